//! Whether guests find a place after a failure: every distribution is tried.

use std::collections::BTreeSet;

use rackproof::capacity::budget::host_memory;
use rackproof::design::{DiskRole, Guest, Item};
use rackproof::topology::DeviceId;

use super::world::World;

/// Memory of an OSD in bytes where no target is written: 4 GiB.
const OSD_MEMORY: f64 = 4.0 * 1024.0 * 1024.0 * 1024.0;
/// Threads that a node keeps for itself.
const HOST_THREADS: f64 = 2.0;
/// Virtual processors on one thread.
const OVERCOMMIT: f64 = 4.0;
/// Bytes and virtual processors that rounding may take.
const NOISE: f64 = 0.001;

/// What a node has for guests.
#[derive(Clone, Copy)]
struct Room {
    node: usize,
    memory: f64,
    /// Virtual processors; nothing where no profile asks.
    vcpus: Option<f64>,
    /// Threads it has at all.
    threads: Option<u32>,
}

/// A guest's wants.
struct Wants {
    count: u32,
    memory: f64,
    vcpus: Option<u32>,
    hosts: BTreeSet<usize>,
}

impl World<'_, '_, '_> {
    pub(super) fn loses_restart(&self, nodes: &BTreeSet<usize>) -> bool {
        if self.topology.guests().all(|guest| Self::is_under_ha(guest) == Some(false)) {
            return false;
        }
        match self.topology.high_availability() {
            Some(false) => false,
            None => !self.hopes(),
            Some(true) => {
                let known = self.known.fits.borrow().get(nodes).copied();
                let fit = known.unwrap_or_else(|| self.fit(nodes));
                self.known.fits.borrow_mut().insert(nodes.clone(), fit);
                match fit {
                    Some(fit) => !fit,
                    None => !self.hopes(),
                }
            }
        }
    }

    fn is_under_ha(guest: &Item<Guest>) -> Option<bool> {
        guest.value.ha.as_ref().map(|ha| ha.value)
    }

    fn count(guest: &Item<Guest>) -> Option<u32> {
        guest.value.count.as_ref().map(|count| count.value * guest.names.len() as u32)
    }

    /// Nodes that a profile's guests may run on.
    fn hosts(&self, guest: &Item<Guest>) -> BTreeSet<usize> {
        let topology = self.topology;
        let all: BTreeSet<usize> = (0..topology.nodes.len()).collect();
        let named = |names: &rackproof::design::Names| -> BTreeSet<usize> {
            all.iter().copied().filter(|node| names.contains(&topology.nodes[*node].name)).collect()
        };
        let mut hosts = all.clone();
        for group in topology.ha_groups() {
            let is_own = guest.value.ha_group.as_ref().is_some_and(|own| group.names.contains(&own.value));
            let is_bound = group.value.restricted.as_ref().is_some_and(|restricted| restricted.value);
            if let Some(nodes) = group.value.nodes.as_ref().filter(|_| is_own && is_bound) {
                hosts = hosts.intersection(&named(&nodes.value)).copied().collect();
            }
        }
        for rule in topology.node_affinities() {
            let is_bound = rule.value.strict.as_ref().is_some_and(|strict| strict.value);
            let listed = rule.value.guests.as_ref();
            let is_own = listed.is_some_and(|listed| guest.names.iter().any(|name| listed.value.contains(name)));
            if let Some(nodes) = rule.value.nodes.as_ref().filter(|_| is_own && is_bound) {
                hosts = hosts.intersection(&named(&nodes.value)).copied().collect();
            }
        }
        for name in guest.value.networks.iter().flat_map(|names| names.value.iter()) {
            let Some(network) = topology.network(name) else { continue };
            let members: BTreeSet<usize> =
                all.iter().copied().filter(|node| network.attachment(DeviceId::Node(*node)).is_some()).collect();
            if !members.is_empty() {
                hosts = hosts.intersection(&members).copied().collect();
            }
        }
        if hosts.is_empty() { all } else { hosts }
    }

    /// Whether all guests under high availability fit; nothing where a fact is missing.
    fn fit(&self, nodes: &BTreeSet<usize>) -> Option<bool> {
        let topology = self.topology;
        let mut wants = Vec::new();
        let (mut beside, mut vcpus_beside) = (0.0, 0.0);
        for guest in topology.guests() {
            let is_under_ha = Self::is_under_ha(guest)?;
            let count = Self::count(guest)?;
            if count == 0 {
                continue;
            }
            let memory = guest.value.memory.as_ref()?.value.base();
            if !is_under_ha {
                beside += f64::from(count) * memory;
                vcpus_beside +=
                    f64::from(count) * guest.value.vcpus.as_ref().map_or(0.0, |vcpus| f64::from(vcpus.value));
                continue;
            }
            let vcpus = guest.value.vcpus.as_ref().map(|vcpus| vcpus.value);
            wants.push(Wants { count, memory, vcpus, hosts: self.hosts(guest) });
        }
        if wants.is_empty() {
            return Some(true);
        }
        let mut left = 1.0;
        if beside > 0.0 {
            let rooms: Option<Vec<f64>> = (0..topology.nodes.len()).map(|node| self.memory_room(node)).collect();
            let all: f64 = rooms?.into_iter().sum();
            left = if all > 0.0 { (1.0 - beside / all).max(0.0) } else { 0.0 };
        }
        let asks_threads = wants.iter().any(|wants| wants.vcpus.is_some());
        let mut vcpus_left = 1.0;
        if asks_threads && vcpus_beside > 0.0 {
            let all: Option<f64> =
                (0..topology.nodes.len()).map(|node| Some(self.vcpu_room(node, topology.nodes[node].threads()?))).sum();
            vcpus_left = all.map_or(f64::NAN, |all| if all > 0.0 { (1.0 - vcpus_beside / all).max(0.0) } else { 0.0 });
        }
        // Nodes of which something is not known may take all the rest, or nothing.
        let (mut rooms, mut unknown) = (Vec::new(), false);
        for node in nodes {
            let memory = self.memory_room(*node);
            let threads = if asks_threads { topology.nodes[*node].threads() } else { None };
            match (memory, threads) {
                (Some(memory), threads) if threads.is_some() || !asks_threads => {
                    let vcpus = threads.map(|threads| self.vcpu_room(*node, threads) * vcpus_left);
                    if vcpus.is_some_and(f64::is_nan) {
                        unknown = true;
                        continue;
                    }
                    rooms.push(Room { node: *node, memory: memory * left, vcpus, threads });
                }
                _ => unknown = true,
            }
        }
        if place(&wants, &mut rooms) { Some(true) } else { (!unknown).then_some(false) }
    }

    fn osds(&self, node: usize) -> f64 {
        self.known.disks[node].iter().filter(|disk| disk.is_for(DiskRole::Osd)).count() as f64
    }

    /// Memory in bytes that host and OSDs leave.
    fn memory_room(&self, node: usize) -> Option<f64> {
        let target = self.topology.design.ceph.as_ref().and_then(|ceph| ceph.value.osd_memory_target.as_ref());
        let each = target.map_or(OSD_MEMORY, |target| target.value.base());
        let installed = self.topology.nodes[node].memory()?.value.base();
        Some((installed - host_memory().base() - each * self.osds(node)).max(0.0))
    }

    fn vcpu_room(&self, node: usize, threads: u32) -> f64 {
        let name = &self.topology.nodes[node].name;
        let ceph = self.topology.design.ceph.as_ref().map(|ceph| &ceph.value);
        let lists = ceph.map(|ceph| [&ceph.monitors, &ceph.managers, &ceph.metadata_servers]);
        let daemons = lists.iter().flatten().copied().flatten().filter(|list| list.value.contains(name)).count();
        (f64::from(threads) - self.osds(node) - daemons as f64 - HOST_THREADS).max(0.0) * OVERCOMMIT
    }
}

/// Whether guests of a design ask Ceph for bandwidth.
pub(super) fn asks_for_bandwidth(topology: &rackproof::topology::Topology<'_>) -> bool {
    let asks = |guest: &Item<Guest>| super::bandwidth::load(guest).is_some_and(|load| load.writes + load.reads > 0.0);
    topology.has_ceph() && topology.guests().any(asks)
}

/// Whether guests find a place each: puts one guest of the first profile on each node it may run on, and goes on.
fn place(wants: &[Wants], rooms: &mut [Room]) -> bool {
    match wants.split_first() {
        None => true,
        Some((first, rest)) => place_equal(first, first.count, 0, rest, rooms),
    }
}

/// Puts guests of one profile onto nodes from the given place on; equal guests go in the order of nodes.
fn place_equal(wants: &Wants, count: u32, from: usize, rest: &[Wants], rooms: &mut [Room]) -> bool {
    if count == 0 {
        return place(rest, rooms);
    }
    for index in from..rooms.len() {
        let before = rooms[index];
        let needed = f64::from(wants.vcpus.unwrap_or(0));
        let fits = wants.hosts.contains(&before.node)
            && wants.memory <= before.memory + NOISE
            && (needed == 0.0 || before.vcpus.is_some_and(|vcpus| needed <= vcpus + NOISE))
            && wants.vcpus.is_none_or(|vcpus| before.threads.is_some_and(|threads| vcpus <= threads));
        if !fits {
            continue;
        }
        rooms[index].memory -= wants.memory;
        rooms[index].vcpus = before.vcpus.map(|vcpus| vcpus - needed);
        if place_equal(wants, count - 1, index, rest, rooms) {
            return true;
        }
        rooms[index] = before;
    }
    false
}
