//! What the memory and the threads of a node are spent on.

use std::sync::Arc;

use foldhash::HashSet;

use crate::catalogue::parameters::figures::{GuestMemory, GuestThreads};
use crate::design::{DiskRole, Guest, Item, Media};
use crate::quantity::{Size, units};
use crate::topology::{DeviceId, Gap, Node, Topology, disks_known};
use crate::words::{self, Said};

/// Memory of a node, and what is left of it for Ceph.
#[derive(Debug, Clone, PartialEq)]
pub struct MemoryBudget {
    /// Installed.
    pub installed: Size,
    /// For the operating system and Proxmox VE.
    pub host: Size,
    /// The node's share of all guests, each with all the memory it is given.
    pub guests: Size,
    /// What is left; below zero where it does not even reach for the guests.
    pub free: Size,
    /// What was assumed.
    pub assumed: Vec<Said>,
}

impl MemoryBudget {
    /// Memory of a node that stays free for Ceph.
    ///
    /// # Errors
    /// The keys that are missing.
    pub fn of(node: &Node<'_>, guests: &GuestShares) -> Result<Self, Vec<Gap>> {
        let host = host_memory();
        let installed = installed(node);
        let mut gaps = guests.gaps.clone();
        gaps.extend(installed.as_ref().err().cloned());
        match installed {
            Ok(installed) if gaps.is_empty() => {
                let share = guests.of(node);
                let assumed = guests.assumed.clone();
                Ok(Self { installed, host, guests: share, free: installed - host - share, assumed })
            }
            _ => Err(gaps),
        }
    }
}

/// Memory of the operating system and Proxmox VE itself on each node.
pub fn host_memory() -> Size {
    GuestMemory::DEFAULT.host
}

/// Installed memory of a node.
///
/// # Errors
/// The key that is missing.
pub fn installed(node: &Node<'_>) -> Result<Size, Gap> {
    let Some(model) = node.model else { return Err(Gap::below(node.path(), "model", node.span())) };
    let gap = || {
        let place = model.value.memory.as_ref().map_or(model.pattern.span, |memory| memory.span);
        Gap::below(format!("server_model.{}", model.pattern.value), "memory.capacity", place)
    };
    node.memory().map(|memory| memory.value).ok_or_else(gap)
}

/// Memory of a node that host and OSDs leave to guests; `each` is what an OSD takes where the design does not say.
///
/// # Errors
/// The key that is missing.
pub fn room_for_guests(topology: &Topology<'_>, node: &Node<'_>, each: Size) -> Result<Size, String> {
    let capacity = installed(node).map_err(|gap| gap.missing)?;
    let mut osds = 0;
    for group in node.osd_groups() {
        osds += group.osds().ok_or_else(|| format!("{}.count", group.path()))?;
    }
    let target = topology.design.ceph.as_ref().and_then(|ceph| ceph.value.osd_memory_target.as_ref());
    let each = target.map_or(each, |target| target.value);
    let left = capacity - host_memory() - each * f64::from(osds);
    Ok(if left.base() > 0.0 { left } else { Size::new(0.0, left.unit()) })
}

/// Virtual processors that a node's threads carry beside host and Ceph services.
///
/// # Errors
/// The keys that are missing.
pub fn processors_for_guests(topology: &Topology<'_>, node: &Node<'_>) -> Result<f64, Vec<String>> {
    Ok(threads_for_guests(topology, node)? * GuestThreads::DEFAULT.overcommit)
}

/// Threads of a node that host and Ceph services leave to guests.
///
/// # Errors
/// The keys that are missing.
pub fn threads_for_guests(topology: &Topology<'_>, node: &Node<'_>) -> Result<f64, Vec<String>> {
    let constants = GuestThreads::DEFAULT;
    let services = CephServices::of(topology, node);
    let each = constants.service;
    let costs = ThreadCosts { monitor: each, manager: each, metadata_server: each, nvme_osd: each, other_osd: each };
    let threads = node.threads().ok_or_else(|| match node.model {
        None => vec![format!("{}.model", node.path())],
        Some(model) => vec![format!("server_model.{}.cpu.threads", model.pattern.value)],
    })?;
    if !services.osd_gaps.is_empty() && topology.has_ceph() {
        return Err(services.osd_gaps.iter().map(|gap| gap.missing.clone()).collect());
    }
    let left = f64::from(threads) - f64::from(services.threads(costs)) - f64::from(constants.host);
    Ok(left.max(0.0))
}

/// Memory of all guests, shared out to the nodes that run them.
#[derive(Debug, Clone)]
pub struct GuestShares {
    /// By the place of the node; nothing of no guests.
    shares: Vec<Option<Size>>,
    /// Keys that are missing; with one, no share is known.
    pub gaps: Vec<Gap>,
    /// What was assumed.
    pub assumed: Vec<Said>,
}

impl GuestShares {
    /// The shares of a design: the guests of a profile are spread over the nodes they run on by the memory of these,
    /// and evenly where it is not known.
    pub fn of_design(topology: &Topology<'_>) -> Arc<Self> {
        topology.once(0, || Self::found(topology))
    }

    fn found(topology: &Topology<'_>) -> Self {
        let mut shares = Self { shares: vec![None; topology.nodes.len()], gaps: Vec::new(), assumed: Vec::new() };
        if topology.design.guest.is_none() {
            shares.assumed.push(words::budget::no_guests());
        }
        for guest in topology.guests() {
            match profile_memory(guest) {
                Ok(memory) => shares.spread(memory, &hosts(topology, guest)),
                Err(gaps) => shares.gaps.extend(gaps),
            }
        }
        shares
    }

    fn spread(&mut self, memory: Size, hosts: &[&Node<'_>]) {
        for (host, part) in parts(hosts) {
            let share = memory * part;
            let known = &mut self.shares[host.place];
            *known = Some(known.map_or(share, |known| known + share));
        }
    }

    /// The share of a node; nothing of no guests.
    pub fn of(&self, node: &Node<'_>) -> Size {
        self.shares[node.place].unwrap_or(Size::new(0.0, &units::GIB))
    }
}

/// The part of a profile's guests that each of its nodes runs: by the memory of these, and evenly where it is not known.
pub fn parts<'t, 'd>(hosts: &[&'t Node<'d>]) -> Vec<(&'t Node<'d>, f64)> {
    let installed: Option<Vec<f64>> =
        hosts.iter().map(|host| host.memory().map(|installed| installed.value.base())).collect();
    let known = installed.filter(|installed| installed.iter().sum::<f64>() > 0.0);
    let weights = known.unwrap_or_else(|| vec![1.0; hosts.len()]);
    let sum: f64 = weights.iter().sum();
    hosts.iter().copied().zip(weights).map(|(host, weight)| (host, weight / sum)).collect()
}

/// Memory of all guests of a profile together.
///
/// # Errors
/// The keys that are missing.
pub fn profile_memory(guest: &Item<Guest>) -> Result<Size, Vec<Gap>> {
    let count = guest.value.count.as_ref().map(|count| f64::from(count.value) * guest.names.len() as f64);
    let memory = guest.value.memory.as_ref().map(|memory| memory.value);
    let gap = |key| Gap::below(format!("guest.{}", guest.pattern.value), key, guest.pattern.span);
    match (count, memory) {
        (Some(count), Some(memory)) => Ok(memory * count),
        (Some(0.0), None) => Ok(Size::new(0.0, &units::GIB)),
        (count, memory) => Err([count.is_none().then(|| gap("count")), memory.is_none().then(|| gap("memory"))]
            .into_iter()
            .flatten()
            .collect()),
    }
}

/// Nodes that the guests of a profile run on: those that high availability keeps them to and that are in all of their
/// networks; every node where that leaves none.
pub fn hosts<'t, 'd>(topology: &'t Topology<'d>, guest: &Item<Guest>) -> Vec<&'t Node<'d>> {
    let mut bounds = kept_to(topology, guest);
    bounds.extend(connected(topology, guest));
    let runs = |node: &&Node<'_>| bounds.iter().all(|bound| bound.contains(node.name.as_str()));
    let hosts: Vec<&Node<'d>> = topology.nodes.iter().filter(runs).collect();
    if hosts.is_empty() { topology.nodes.iter().collect() } else { hosts }
}

/// Nodes of the restricted group and the strict affinity rules of a guest.
fn kept_to<'t>(topology: &'t Topology<'_>, guest: &Item<Guest>) -> Vec<HashSet<&'t str>> {
    let named = guest.value.ha_group.as_ref().map(|group| group.value.as_str());
    let restricting = topology
        .ha_groups()
        .filter(|group| group.names.iter().any(|name| Some(name.as_str()) == named))
        .filter(|group| group.value.restricted.as_ref().is_some_and(|restricted| restricted.value))
        .filter_map(|group| group.value.nodes.as_ref());
    let strict = topology
        .node_affinities()
        .filter(|rule| rule.value.strict.as_ref().is_some_and(|strict| strict.value))
        .filter(|rule| {
            let guests = rule.value.guests.as_ref();
            guests.is_some_and(|guests| guest.names.iter().any(|name| guests.value.contains(name)))
        })
        .filter_map(|rule| rule.value.nodes.as_ref());
    restricting.chain(strict).map(|nodes| nodes.value.iter().collect()).collect()
}

/// Nodes in each network of a guest that has nodes in it.
fn connected<'t>(topology: &'t Topology<'_>, guest: &Item<Guest>) -> Vec<HashSet<&'t str>> {
    let names = guest.value.networks.iter().flat_map(|networks| networks.value.iter());
    let networks = names.filter_map(|name| topology.network(name));
    let members = networks.map(|network| {
        let nodes = network.attachments.iter().filter(|member| matches!(member.device, DeviceId::Node(_)));
        nodes.map(|member| topology.name(member.device)).collect::<HashSet<&str>>()
    });
    members.filter(|members| !members.is_empty()).collect()
}

/// Threads that a node has at least: all of them where they are known, or one for each core.
pub fn threads_at_least(node: &Node<'_>) -> Option<u32> {
    let cpu = &node.model?.value.cpu.as_ref()?.value;
    let sockets = cpu.sockets.as_ref().map_or(1, |sockets| sockets.value);
    node.threads().or(cpu.cores.as_ref().map(|cores| cores.value.saturating_mul(sockets)))
}

/// Ceph services of a node; nothing where it is not known how many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CephServices {
    /// Monitors: one or none.
    pub monitors: Option<u32>,
    /// Managers: one or none.
    pub managers: Option<u32>,
    /// Metadata servers: one or none.
    pub metadata_servers: Option<u32>,
    /// OSDs on NVMe that are known.
    pub nvme_osds: u32,
    /// Other OSDs that are known.
    pub other_osds: u32,
    /// Lists of services that are missing.
    pub service_gaps: Vec<Gap>,
    /// What keeps the number of OSDs from being known.
    pub osd_gaps: Vec<Gap>,
    /// What keeps the medium of counted OSDs from being known.
    pub media_gaps: Vec<Gap>,
}

/// Threads that each kind of Ceph service is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ThreadCosts {
    /// A monitor.
    pub monitor: u32,
    /// A manager.
    pub manager: u32,
    /// A metadata server.
    pub metadata_server: u32,
    /// An OSD on NVMe.
    pub nvme_osd: u32,
    /// Another OSD.
    pub other_osd: u32,
}

impl CephServices {
    /// Services of a node.
    pub fn of(topology: &Topology<'_>, node: &Node<'_>) -> Self {
        let mut services = Self {
            monitors: None,
            managers: None,
            metadata_servers: None,
            nvme_osds: 0,
            other_osds: 0,
            service_gaps: Vec::new(),
            osd_gaps: Vec::new(),
            media_gaps: Vec::new(),
        };
        let ceph = topology.design.ceph.as_ref().map(|ceph| &ceph.value);
        let mut listed = |key: &str, names: Option<&crate::source::Spanned<crate::design::Names>>, needed: bool| {
            if names.is_none() && needed {
                services.service_gaps.push(Gap::below("ceph".to_owned(), key, topology.ceph_span()));
                return None;
            }
            Some(names.map_or(0, |names| u32::from(names.value.contains(&node.name))))
        };
        let has_ceph = topology.has_ceph();
        let files = topology.cephfs_span().is_some();
        let monitors = listed("monitors", ceph.and_then(|ceph| ceph.monitors.as_ref()), has_ceph);
        let managers = listed("managers", ceph.and_then(|ceph| ceph.managers.as_ref()), has_ceph);
        let metadata_servers =
            listed("metadata_servers", ceph.and_then(|ceph| ceph.metadata_servers.as_ref()), has_ceph && files);
        (services.monitors, services.managers, services.metadata_servers) = (monitors, managers, metadata_servers);
        services.count_osds(node);
        services
    }

    fn count_osds(&mut self, node: &Node<'_>) {
        let Some(model) = node.model else {
            self.osd_gaps.push(Gap::below(node.path(), "model", node.span()));
            return;
        };
        if !disks_known(&model.value) {
            self.osd_gaps.push(Gap::below(
                format!("server_model.{}", model.pattern.value),
                "disks",
                model.pattern.span,
            ));
        }
        for group in node.disk_groups().filter(|group| matches!(group.role(), None | Some(DiskRole::Osd))) {
            match (group.role(), group.osds(), group.media()) {
                (_, Some(0), _) => {}
                (None, _, _) => self.osd_gaps.push(Gap::below(group.path(), "role", group.span())),
                (_, None, _) => self.osd_gaps.push(Gap::below(group.path(), "count", group.span())),
                (_, Some(count), Some(Media::Nvme)) => self.nvme_osds += count,
                (_, Some(count), media) => {
                    self.other_osds += count;
                    if media.is_none() {
                        self.media_gaps.push(Gap::below(group.path(), "media", group.span()));
                    }
                }
            }
        }
    }

    /// OSDs that are known.
    pub fn osds(&self) -> u32 {
        self.nvme_osds + self.other_osds
    }

    /// Whether any service is known to run.
    pub fn any(&self) -> bool {
        self.osds() > 0 || [self.monitors, self.managers, self.metadata_servers].contains(&Some(1))
    }

    /// Threads that the services need at least: what is not known is taken as not there.
    pub fn threads(&self, costs: ThreadCosts) -> u32 {
        self.threads_with(costs, 0)
    }

    /// Threads that the services need at most, the OSDs that are not known left aside.
    pub fn threads_at_most(&self, costs: ThreadCosts) -> u32 {
        self.threads_with(costs, 1)
    }

    fn threads_with(&self, costs: ThreadCosts, unknown: u32) -> u32 {
        let services = self.monitors.unwrap_or(unknown) * costs.monitor
            + self.managers.unwrap_or(unknown) * costs.manager
            + self.metadata_servers.unwrap_or(unknown) * costs.metadata_server;
        let nvme = self.nvme_osds.saturating_mul(costs.nvme_osd);
        let other = self.other_osds.saturating_mul(costs.other_osd);
        services.saturating_add(nvme).saturating_add(other)
    }
}
