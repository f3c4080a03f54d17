//! What each node contributes. Nodes that contribute the same are counted, not told apart: that is what keeps the
//! proof fast, since after most failures a cluster is the same sum of the same few contributions.

use std::collections::{BTreeMap, HashMap};

use super::parts::{Failed, Part};
use super::planes::{ANYWHERE, Fabric, NOWHERE};
use super::plant::Plant;
use super::restart::Hosts;
use super::storage::Stores;
use crate::design::FailureDomain;

/// Number of a contribution.
pub(super) type ViewId = u32;

/// What never changes about a node, as far as anything is asked of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Class {
    /// Networks that it is a member of.
    pub(super) members: Vec<bool>,
    /// Whether it is one that a monitor is listed for.
    pub(super) monitor: bool,
    /// OSDs for each store.
    pub(super) disks: Vec<u32>,
    /// Failure domain for each pool whose domain is wider than a node.
    pub(super) domains: Vec<u32>,
    /// Kind of host that it is for guests.
    pub(super) host: usize,
}

/// What a node contributes in a situation.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct View {
    pub(super) class: u32,
    pub(super) works: bool,
    /// For each network the part that it hangs on.
    pub(super) hangs: Vec<u32>,
    /// Whether its monitor runs.
    pub(super) monitor: bool,
    /// OSDs that run, for each store.
    pub(super) up: Vec<u32>,
    /// What its public and cluster network carry, as kinds of rate.
    pub(super) rates: [u32; 2],
}

/// Classes of nodes, and the class of each.
#[derive(Debug)]
pub(super) struct Classes {
    pub(super) classes: Vec<Class>,
    class_of: Vec<u32>,
}

impl Classes {
    pub(super) fn new(plant: &Plant<'_, '_>, stores: &Stores<'_>, hosts: &Hosts) -> Self {
        let topology = plant.topology;
        let monitors = topology.design.ceph.as_ref().and_then(|ceph| ceph.value.monitors.as_ref());
        let (mut classes, mut class_of, mut known) = (Vec::new(), Vec::new(), HashMap::new());
        let listed: std::collections::HashSet<&str> =
            monitors.iter().flat_map(|monitors| monitors.value.iter()).collect();
        let mut names: BTreeMap<(usize, String), u32> = BTreeMap::new();
        for (index, node) in topology.nodes.iter().enumerate() {
            let mut domain = |pool: usize, domain: FailureDomain| {
                let name = topology.failure_domain_of(node, domain).unwrap_or_default().into_owned();
                let next = names.len() as u32;
                *names.entry((pool, name)).or_insert(next)
            };
            let wide = |domain: FailureDomain| matches!(domain, FailureDomain::Rack | FailureDomain::Site);
            let pools = stores.pools.iter().enumerate().filter(|(_, pool)| wide(pool.domain));
            let class = Class {
                members: (0..plant.nets.len()).map(|net| plant.members[net][index]).collect(),
                monitor: listed.contains(node.name.as_str()),
                disks: stores.disks(plant, index),
                domains: pools.map(|(place, pool)| domain(place, pool.domain)).collect(),
                host: hosts.kind_of[index],
            };
            class_of.push(*known.entry(class).or_insert_with_key(|class: &Class| {
                classes.push(class.clone());
                classes.len() as u32 - 1
            }));
        }
        Self { classes, class_of }
    }
}

impl Plant<'_, '_> {
    /// What a node contributes after a failure.
    pub(super) fn view(
        &self,
        failed: &Failed,
        fabric: &Fabric,
        (classes, stores): (&Classes, &Stores<'_>),
        node: usize,
    ) -> View {
        let class = classes.class_of[node];
        if !self.works(failed, node) {
            let none = vec![NOWHERE; self.nets.len()];
            let up = vec![0; stores.filters.len()];
            return View { class, works: false, hangs: none, monitor: false, up, rates: [0; 2] };
        }
        let hangs = (0..self.nets.len()).map(|net| self.hang(failed, fabric, node, net)).collect();
        let monitor = classes.classes[class as usize].monitor && !failed.has(self.parts.id(Part::Monitor(node)));
        let up = stores.up(self, failed, node);
        let rates = stores.rates(self, failed, fabric, node);
        View { class, works: true, hangs, monitor, up, rates }
    }

    /// The part of a network's plane that a working node hangs on: at the end of its first live way.
    pub(super) fn hang(&self, failed: &Failed, fabric: &Fabric, node: usize, net: usize) -> u32 {
        let (plane, mesh) = (self.nets[net].plane, self.nets[net].mesh);
        let mut leads = self.ways(node, net).iter().map(|way| Self::lead(failed, fabric, plane, way));
        if mesh && let Some(label) = self.in_mesh(fabric, node, plane) {
            return if leads.any(|label| label == ANYWHERE) { ANYWHERE } else { label };
        }
        leads.find(|label| *label != NOWHERE).unwrap_or(NOWHERE)
    }

    /// Ways of a working node in a network that still lead somewhere.
    pub(super) fn live_ways(&self, failed: &Failed, fabric: &Fabric, node: usize, net: usize) -> usize {
        let plane = self.nets[net].plane;
        let leads = self.ways(node, net).iter().filter(|way| Self::lead(failed, fabric, plane, way) != NOWHERE);
        let vertex = self.node(node);
        let cables = self.planes[plane].mesh.iter().flat_map(|mesh| &mesh.cables);
        let joins = |(one, other, part, bonds): &&(u32, u32, u32, [u32; 2])| {
            let far = if *one == vertex { *other } else { *one };
            (*one == vertex || *other == vertex)
                && !failed.has(*part)
                && !bonds.iter().any(|bond| failed.has(*bond))
                && self.works(failed, far as usize - self.vertices())
        };
        leads.count() + cables.filter(joins).count()
    }

    fn in_mesh(&self, fabric: &Fabric, node: usize, plane: usize) -> Option<u32> {
        let vertex = self.node(node);
        let mesh = self.planes[plane].mesh.as_ref()?;
        mesh.members.binary_search(&vertex).ok().map(|_| fabric.labels[plane][vertex as usize])
    }
}
