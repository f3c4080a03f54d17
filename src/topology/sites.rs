//! Which servers stand at which site, as far as that is said.

use std::collections::BTreeMap;

use super::Topology;
use super::devices::Node;
use crate::design::{FailureDomain, Pool};

impl<'d> Topology<'d> {
    /// Votes of the external vote, where there is one: one beside an even number of nodes, and as many as all nodes but
    /// one beside an odd one.
    pub fn external_votes(&self) -> usize {
        let cluster = self.design.cluster.as_ref().map(|cluster| &cluster.value);
        match cluster.and_then(|cluster| cluster.qdevice.as_ref()) {
            Some(external) if external.value => external_votes(self.nodes.len()),
            _ => 0,
        }
    }

    /// Nodes by the site they stand in; those that name no site are left out.
    pub fn node_sites(&self) -> BTreeMap<&'d str, Vec<&Node<'d>>> {
        let mut sites: BTreeMap<&str, Vec<&Node<'d>>> = BTreeMap::new();
        for node in &self.nodes {
            if let Some(site) = node.site() {
                sites.entry(site).or_default().push(node);
            }
        }
        sites
    }

    /// The same with the nodes that have OSDs only.
    pub fn osd_sites(&self) -> BTreeMap<&'d str, Vec<&Node<'d>>> {
        let mut sites = self.node_sites();
        for nodes in sites.values_mut() {
            nodes.retain(|node| node.osd_groups().next().is_some());
        }
        sites.retain(|_, nodes| !nodes.is_empty());
        sites
    }

    /// Whether two sites mirror each other with a tie-breaking monitor at a third, where that is said.
    pub fn stretch_mode(&self) -> Option<bool> {
        let said = self.design.ceph.as_ref()?.value.stretch_mode.as_ref();
        said.map(|said| said.value)
    }

    /// What no two copies of a pool share: the host where nothing is named, and where each of two sites keeps half of
    /// the copies, as stretch mode does.
    pub fn placement_domain(&self, pool: &Pool) -> FailureDomain {
        match pool.failure_domain.as_ref().map(|domain| domain.value) {
            Some(FailureDomain::Site) if self.stretch_mode() == Some(true) => FailureDomain::Host,
            domain => domain.unwrap_or(FailureDomain::Host),
        }
    }
}

/// Votes that an external vote has beside so many nodes.
pub fn external_votes(nodes: usize) -> usize {
    if nodes.is_multiple_of(2) { 1 } else { nodes - 1 }
}
