//! What stores a Ceph pool: the servers with disks of its class, and what of them is left after a loss.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::figure::State;
use crate::design::{Application, Disk, FailureDomain, Guest, Item, Media, Pool, StorageKind};
use crate::quantity::Rate;
use crate::topology::{DiskGroup, Node, Redundancy, Topology, disks_known};

/// What makes a group of disks store for Ceph.
pub(super) const OSD_ROLE: &str = "server_model.disks.role = \"osd\"";

/// A server that stores a part of a pool.
pub(super) struct Server<'t, 'd> {
    pub(super) node: &'t Node<'d>,
    /// What no two copies share, by name.
    pub(super) domain: Cow<'t, str>,
    /// Its OSDs of the pool's class.
    pub(super) groups: Vec<DiskGroup<'d>>,
    /// How many these are.
    pub(super) disks: f64,
}

/// A pool with the servers that store it.
pub(super) struct Store<'t, 'd> {
    pub(super) pool: &'d Item<Pool>,
    pub(super) redundancy: Redundancy,
    /// Copies, or chunks, that it keeps apart.
    pub(super) copies: f64,
    pub(super) servers: Vec<Server<'t, 'd>>,
}

/// What a state leaves of a store.
pub(super) struct Left {
    /// Servers.
    pub(super) nodes: f64,
    /// OSDs.
    pub(super) disks: f64,
    /// Copies, or chunks, that find a place.
    pub(super) written: f64,
    /// Pieces that together are an object: 1, or k.
    pub(super) data: f64,
    /// Part of the further copies that lie on another server than the first.
    pub(super) apart: f64,
    /// Whether enough copies are reachable for the pool to take writes.
    pub(super) serves: bool,
}

impl Left {
    /// Bytes stored for each byte that is written.
    pub(super) fn stored(&self) -> f64 {
        self.written / self.data
    }

    /// Bytes sent on to another server for each byte that is written.
    pub(super) fn sent(&self) -> f64 {
        (self.written - 1.0).max(0.0) / self.data * self.apart
    }

    /// Bytes that the primary OSD gathers from other servers for each byte that is read.
    pub(super) fn gathered(&self) -> f64 {
        (self.data - 1.0) / self.data * self.apart
    }

    /// Part of what guests read and write that crosses the network.
    pub(super) fn remote(&self) -> f64 {
        (self.nodes - 1.0) / self.nodes
    }
}

impl<'t, 'd> Store<'t, 'd> {
    /// The store of a pool; an error names the keys that are missing.
    pub(super) fn of(topology: &'t Topology<'d>, pool: &'d Item<Pool>) -> Result<Self, Vec<String>> {
        let redundancy = Redundancy::of(&pool.value).map_err(|key| vec![format!("{}.{key}", path(pool))])?;
        let class = pool.value.device_class.as_ref().map(|class| class.value);
        let mut servers = Vec::new();
        for node in &topology.nodes {
            let groups = groups_of(node, class).map_err(|missing| vec![missing])?;
            let counts: Option<Vec<u32>> = groups.iter().map(DiskGroup::count).collect();
            let counts = counts.ok_or_else(|| vec!["server_model.disks.count".to_owned()])?;
            let disks: u32 = counts.into_iter().fold(0, u32::saturating_add);
            if disks > 0 {
                let domain = topology
                    .failure_domain_of(node, topology.placement_domain(&pool.value))
                    .map_err(|missing| vec![missing])?;
                servers.push(Server { node, domain, groups, disks: f64::from(disks) });
            }
        }
        if servers.is_empty() {
            let media = class.map(|class| format!("server_model.disks.media = \"{class}\""));
            return Err(std::iter::once(OSD_ROLE.to_owned()).chain(media).collect());
        }
        Ok(Self { pool, redundancy, copies: f64::from(redundancy.pieces()), servers })
    }

    /// Whether copies are kept apart by disk only, so that one server may hold several.
    pub(super) fn by_disk(&self) -> bool {
        domain(self.pool) == FailureDomain::Osd
    }

    /// The server that is lost in the worst case: the one with most OSDs.
    fn largest(&self) -> usize {
        let most =
            self.servers.iter().enumerate().reduce(|most, own| if own.1.disks > most.1.disks { own } else { most });
        most.map_or(0, |(index, _)| index)
    }

    /// What a state leaves.
    pub(super) fn left(&self, state: State) -> Left {
        let lost = matches!(state, State::NodeLost | State::Recovering).then(|| self.largest());
        let left: Vec<&Server<'_, '_>> =
            self.servers.iter().enumerate().filter(|(index, _)| Some(*index) != lost).map(|(_, own)| own).collect();
        let nodes = left.len() as f64;
        let disks: f64 = left.iter().map(|server| server.disks).sum();
        let domains = left.iter().map(|server| &server.domain).collect::<BTreeSet<_>>().len() as f64;
        let written = self.copies.min(if self.by_disk() { disks } else { domains });
        let least = self.pool.value.min_size.as_ref().map_or(1.0, |least| f64::from(least.value));
        let apart = if self.by_disk() && nodes > 0.0 { (nodes - 1.0) / nodes } else { 1.0 };
        let data = f64::from(self.redundancy.data());
        Left { nodes, disks, written, data, apart, serves: written >= least.max(data) }
    }

    /// The rate of the slowest OSD; an error names the groups that don't say theirs.
    pub(super) fn slowest(&self, key: &str, rate: fn(&Disk) -> Option<Rate>) -> Result<Rate, Vec<String>> {
        let groups = || self.servers.iter().flat_map(|server| server.groups.iter());
        let silent = groups().filter(|group| rate(group.disk()).is_none());
        let missing: BTreeSet<String> = silent.map(|group| format!("{}.{key}", group.path())).collect();
        let least = groups().filter_map(|group| rate(group.disk())).reduce(|a, b| if b < a { b } else { a });
        least.filter(|_| missing.is_empty()).ok_or_else(|| missing.into_iter().collect())
    }

    /// Sustained write rate of the slowest OSD.
    pub(super) fn write(&self) -> Result<Rate, Vec<String>> {
        self.slowest("write", |disk| disk.write.as_ref().map(|rate| rate.value))
    }

    /// Sustained read rate of the slowest OSD.
    pub(super) fn read(&self) -> Result<Rate, Vec<String>> {
        self.slowest("read", |disk| disk.read.as_ref().map(|rate| rate.value))
    }
}

/// OSD groups of a node that are of a class, or the key that would tell.
fn groups_of<'d>(node: &Node<'d>, class: Option<Media>) -> Result<Vec<DiskGroup<'d>>, String> {
    let model = node.model.ok_or_else(|| format!("{}.model", node.path()))?;
    if !disks_known(&model.value) {
        return Err(format!("server_model.{}.disks", model.pattern.value));
    }
    let groups: Vec<DiskGroup<'d>> = node.osd_groups().collect();
    let unknown = groups.iter().find(|group| class.is_some() && group.media().is_none());
    match unknown {
        Some(group) => Err(format!("{}.media", group.path())),
        None => Ok(groups.into_iter().filter(|group| class.is_none() || group.media() == class).collect()),
    }
}

fn domain(pool: &Item<Pool>) -> FailureDomain {
    pool.value.failure_domain.as_ref().map_or(FailureDomain::Host, |domain| domain.value)
}

/// Path of a pool: `ceph.pool.vm`.
pub(super) fn path(pool: &Item<Pool>) -> String {
    format!("ceph.pool.{}", pool.pattern.value)
}

/// The keys that would state a pool that figures can be computed for.
pub(super) fn missing_pools(topology: &Topology<'_>) -> Vec<String> {
    let lacks = |pool: &Item<Pool>| Some(format!("{}.{}", path(pool), Redundancy::of(&pool.value).err()?));
    let missing: Vec<String> = topology.pools().filter_map(lacks).collect();
    if missing.is_empty() { vec!["ceph.pool".to_owned()] } else { missing }
}

/// The pool that guests' disks lie in: the block pool with the largest share of data.
pub(super) fn main_pool<'d>(topology: &Topology<'d>) -> Option<&'d Item<Pool>> {
    leading(topology.pools())
}

/// The same among the pools that may lie on a medium.
pub(super) fn pool_on<'d>(topology: &Topology<'d>, media: Option<Media>) -> Option<&'d Item<Pool>> {
    let class = |pool: &Item<Pool>| pool.value.device_class.as_ref().map(|class| class.value);
    leading(topology.pools().filter(|pool| class(pool).is_none_or(|class| media.is_none_or(|media| media == class))))
}

fn leading<'d>(pools: impl Iterator<Item = &'d Item<Pool>>) -> Option<&'d Item<Pool>> {
    let share = |item: &Item<Pool>| item.value.data_share.as_ref().map_or(0.0, |share| share.value.base());
    let block = |item: &Item<Pool>| item.value.application.as_ref().is_some_and(|use_| use_.value == Application::Rbd);
    let mut pools: Vec<_> = pools.filter(|pool| Redundancy::of(&pool.value).is_ok()).collect();
    if pools.iter().any(|pool| block(pool)) {
        pools.retain(|pool| block(pool));
    }
    pools.into_iter().reduce(|best, next| if share(next) > share(best) { next } else { best })
}

/// Pools that figures are computed for: the main pool, and of every other class the one with most data.
pub(super) fn leading_pools<'d>(topology: &Topology<'d>) -> Vec<&'d Item<Pool>> {
    let class = |pool: &Item<Pool>| pool.value.device_class.as_ref().map(|class| class.value);
    let mut pools: Vec<&Item<Pool>> = main_pool(topology).into_iter().collect();
    for media in topology.pools().filter_map(class) {
        if pools.iter().all(|pool| class(pool) != Some(media)) {
            pools.extend(leading(topology.pools().filter(|pool| class(pool) == Some(media))));
        }
    }
    pools
}

/// Whether a guest's disks are known to lie on another storage than Ceph.
pub(super) fn stores_elsewhere(topology: &Topology<'_>, guest: &Item<Guest>) -> bool {
    let storage = guest.value.storage.as_ref().and_then(|name| topology.storage(&name.value));
    let kind = storage.and_then(|storage| storage.value.kind.as_ref()).map(|kind| kind.value);
    kind.is_some_and(|kind| !matches!(kind, StorageKind::Rbd | StorageKind::Cephfs))
}

/// The pool that a guest's disks lie in: the one behind its storage, or else the main pool.
pub(super) fn pool_of<'d>(topology: &Topology<'d>, guest: &Item<Guest>) -> Option<&'d Item<Pool>> {
    let storage = guest.value.storage.as_ref().and_then(|name| topology.storage(&name.value));
    let named = storage.and_then(|storage| storage.value.pool.as_ref());
    let own = named.and_then(|named| topology.pools().find(|pool| pool.names.contains(&named.value)));
    own.filter(|pool| Redundancy::of(&pool.value).is_ok()).or_else(|| main_pool(topology))
}
