//! Memory and threads of servers.

use super::budget::{CephServices, GuestShares, processors_for_guests};
use super::figure::{Figure, Method, State};
use super::formula::{all_of, product};
use crate::catalogue::figure_texts as texts;
use crate::catalogue::parameters::figures::{CephThreads, GuestMemory, GuestThreads, OsdMemoryPeak};
use crate::catalogue::parameters::memory::{OsdBelowEightGibEach, OsdBelowFiveGibPerTib, OsdBelowOneGibPerTib};
use crate::design::{DiskRole, Item, Media, ServerModel, StorageKind};
use crate::quantity::{Ratio, Size, units};
use crate::topology::{DiskGroup, Node, Topology};
use crate::words::{self, Said};

/// Models that some node is, with the first of these nodes.
pub(super) fn models<'d, 't>(topology: &'t Topology<'d>) -> Vec<(&'d Item<ServerModel>, &'t Node<'d>)> {
    let mut models: Vec<(&Item<ServerModel>, &Node<'_>)> = Vec::new();
    for node in &topology.nodes {
        if let Some(model) = node.model.filter(|model| !models.iter().any(|(known, _)| std::ptr::eq(*known, *model))) {
            models.push((model, node));
        }
    }
    models
}

/// Nodes of a model.
fn nodes_of<'t, 'd>(topology: &'t Topology<'d>, model: &Item<ServerModel>) -> Vec<&'t Node<'d>> {
    topology.nodes.iter().filter(|node| node.model.is_some_and(|known| std::ptr::eq(known, model))).collect()
}

pub(super) fn figures(topology: &Topology<'_>, out: &mut Vec<Figure>) {
    for (model, node) in models(topology) {
        let subject = format!("server_model.{}", model.pattern.value);
        if node.osd_groups().next().is_some() {
            out.extend(osd_memory(topology, &subject, node));
        }
    }
    for (model, node) in models(topology) {
        let subject = format!("server_model.{}", model.pattern.value);
        out.push(guest_memory(topology, &subject, model, node));
        out.push(guest_threads(topology, &subject, model));
        if node.osd_groups().next().is_some() {
            out.extend(ceph_threads(topology, &subject, model, node));
        }
    }
    out.extend(cluster_memory(topology));
}

/// Memory each OSD is told to stay within, and whether the design says so.
fn target(topology: &Topology<'_>) -> (Size, bool) {
    let written = topology.design.ceph.as_ref().and_then(|ceph| ceph.value.osd_memory_target.as_ref());
    written.map_or((OsdBelowEightGibEach::DEFAULT.limit, false), |target| (target.value, true))
}

fn osd_memory(topology: &Topology<'_>, subject: &str, node: &Node<'_>) -> Vec<Figure> {
    let mut figures = Vec::new();
    let kinds = [
        (texts::OSD_MEMORY_MINIMUM, OsdBelowOneGibPerTib::DEFAULT.limit),
        (texts::OSD_MEMORY_PEAK, OsdBelowFiveGibPerTib::DEFAULT.limit),
    ];
    for (text, each) in kinds {
        figures.push(match node.osd_capacity() {
            None => Figure::unknown(
                text,
                subject,
                Method::Documents,
                vec![format!("{subject}.disks.count"), format!("{subject}.disks.capacity")],
            ),
            Some(capacity) => {
                let tebibytes = capacity.to(&units::TIB);
                Figure::new(text, subject, Method::Documents, per_tebibyte(each, capacity).in_unit(&units::GIB))
                    .formula(words::nodes::of_osd(each, tebibytes))
                    .input("osd_capacity", capacity)
            }
        });
    }
    let Some(osds) = node.osd_count() else { return figures };
    let (target, written) = target(topology);
    for (text, factor) in
        [(texts::OSD_MEMORY_MINIMUM, 1.0), (texts::OSD_MEMORY_PEAK, 1.0 + OsdMemoryPeak::DEFAULT.headroom.base())]
    {
        let memory = target * f64::from(osds) * factor;
        let factor = (factor > 1.0).then(|| factor.into());
        let factors = [words::figures::osds(osds), target.into()].into_iter().chain(factor);
        let figure = Figure::new(text, subject, Method::Model, memory.in_unit(&units::GIB))
            .formula(product(factors))
            .input("osds", osds)
            .input("osd_memory_target", target);
        figures.push(if written { figure } else { figure.assumed(format!("ceph.osd_memory_target = {target}")) });
    }
    figures.sort_by_key(|figure| figure.text.id);
    figures
}

/// What is left of a node's memory for guests.
pub(super) struct Left<'d> {
    pub(super) size: Size,
    installed: Size,
    taken: Vec<Taken>,
    osds: u32,
    assumed: Vec<Assumed<'d>>,
}

/// What was assumed of a node's memory.
#[derive(Debug, Clone)]
pub enum Assumed<'d> {
    /// ZFS mirrors these disks.
    Mirror(DiskGroup<'d>),
    /// An OSD stays within so much.
    Target(Size),
    /// What this key would place runs on other nodes.
    Elsewhere(String),
    /// Something of the guests.
    OfGuests(Said),
}

impl Assumed<'_> {
    /// For people.
    pub fn said(&self) -> Said {
        match self {
            Self::Mirror(disks) => words::disks::mirrored_by_zfs(disks.path()),
            Self::Target(target) => format!("ceph.osd_memory_target = {target}").into(),
            Self::Elsewhere(key) => words::nodes::none_on_server(key),
            Self::OfGuests(what) => what.clone(),
        }
    }
}

/// The words of something that takes so much.
type OfSize = fn(Size) -> Said;

/// What takes some of a node's memory.
enum Taken {
    Host(Size),
    ZfsCache(Size),
    /// OSDs, what each is told to stay within, and the factor for what they take beyond it.
    Osds(u32, Size, f64),
    /// A service of Ceph, by its words.
    Service(OfSize, Size),
    Reserve(Ratio),
}

impl Left<'_> {
    /// How it was made, with its numbers. Most nodes are asked for the size alone.
    fn formula(&self) -> Said {
        Said::run(" - ", std::iter::once(self.installed.into()).chain(self.taken.iter().map(Taken::said)))
    }
}

impl Taken {
    fn said(&self) -> Said {
        match *self {
            Self::Host(size) => words::nodes::host(size),
            Self::ZfsCache(size) => words::nodes::zfs_cache(size),
            Self::Osds(osds, target, each) => product([words::figures::osds(osds), target.into(), each.into()]),
            Self::Service(told, size) => told(size),
            Self::Reserve(share) => words::nodes::reserve(share),
        }
    }
}

/// Memory that ZFS takes for its cache: on a node that starts from a software mirror, or that has a ZFS storage.
fn zfs_cache<'d>(topology: &Topology<'_>, node: &Node<'d>, installed: Size) -> Option<(Size, Option<DiskGroup<'d>>)> {
    let constants = GuestMemory::DEFAULT;
    let share = installed * constants.zfs_share.base();
    let cache = if share < constants.zfs_most { share } else { constants.zfs_most };
    let kind = |kind: StorageKind| {
        move |storage: &Item<crate::design::Storage>| storage.value.kind.as_ref().is_some_and(|own| own.value == kind)
    };
    if topology.storages().any(kind(StorageKind::Zfs)) {
        return Some((cache, None));
    }
    let mut system = node.disk_groups().filter(|group| group.role() == Some(DiskRole::Os));
    let mirror = system.find(|group| group.disk().mirror.as_ref().is_some_and(|mirror| mirror.value))?;
    Some((cache, Some(mirror)))
}

/// What a node has left for guests, or the keys that are missing.
pub(super) fn left_for_guests<'d>(topology: &Topology<'_>, node: &Node<'d>) -> Result<Left<'d>, Vec<String>> {
    left_with(topology, node, target(topology))
}

/// A node's memory with everything that takes some of it.
#[derive(Debug, Clone)]
pub struct NodeBudget<'d> {
    /// Installed.
    pub installed: Size,
    /// For the host, the cache of ZFS and Ceph's services.
    pub services: Size,
    /// The node's share of all guests, each with all the memory it is given.
    pub guests: Size,
    /// What stays free; below zero where there is not enough.
    pub free: Size,
    /// What was assumed.
    pub assumed: Vec<Assumed<'d>>,
}

impl<'d> NodeBudget<'d> {
    /// The budget of a node; `each` is what an OSD is told to stay within where the design does not say.
    ///
    /// # Errors
    /// The keys that are missing.
    pub fn of(topology: &Topology<'_>, node: &Node<'d>, guests: &GuestShares, each: Size) -> Result<Self, Vec<String>> {
        let (target, written) = target(topology);
        let left = left_with(topology, node, if written { (target, true) } else { (each, false) });
        let mut missing: Vec<String> = guests.gaps.iter().map(|gap| gap.missing.clone()).collect();
        let installed = node.memory().map(|memory| memory.value.to(&units::GIB));
        match (left, installed) {
            (Ok(left), Some(installed)) if missing.is_empty() => {
                let room = left.size + installed * GuestMemory::DEFAULT.reserve.base();
                let share = guests.of(node).to(&units::GIB);
                let of_guests = guests.assumed.iter().cloned().map(Assumed::OfGuests);
                let assumed = left.assumed.into_iter().chain(of_guests).collect();
                Ok(Self { installed, services: installed - room, guests: share, free: room - share, assumed })
            }
            (left, _) => {
                missing.extend(left.err().unwrap_or_default());
                Err(missing)
            }
        }
    }
}

fn left_with<'d>(
    topology: &Topology<'_>,
    node: &Node<'d>,
    (target, written): (Size, bool),
) -> Result<Left<'d>, Vec<String>> {
    let constants = GuestMemory::DEFAULT;
    let Some(model) = node.model else { return Err(vec![format!("{}.model", node.path())]) };
    let (Some(installed), Some(osds)) = (node.memory(), node.osd_count()) else {
        let subject = format!("server_model.{}", model.pattern.value);
        let missing = [
            node.memory().is_none().then(|| format!("{subject}.memory.capacity")),
            node.osd_count().is_none().then(|| format!("{subject}.disks.count")),
        ];
        return Err(missing.into_iter().flatten().collect());
    };
    let installed = installed.value;
    let mut assumed = Vec::new();
    let mut size = installed.to(&units::GIB) - constants.host;
    let mut taken = vec![Taken::Host(constants.host)];
    if let Some((cache, basis)) = zfs_cache(topology, node, installed) {
        size = size - cache;
        taken.push(Taken::ZfsCache(cache.to(&units::GIB)));
        assumed.extend(basis.map(Assumed::Mirror));
    }
    if osds > 0 {
        let each = 1.0 + OsdMemoryPeak::DEFAULT.headroom.base();
        size = size - target * f64::from(osds) * each;
        taken.push(Taken::Osds(osds, target, each));
        assumed.extend((!written).then_some(Assumed::Target(target)));
    }
    let services = CephServices::of(topology, node);
    let of_ceph: [(OfSize, Option<u32>, Size); 3] = [
        (words::nodes::monitor, services.monitors, constants.monitor),
        (words::nodes::manager, services.managers, constants.manager),
        (words::nodes::metadata_server, services.metadata_servers, constants.metadata_server),
    ];
    for (told, running, memory) in of_ceph {
        if running.unwrap_or(0) > 0 {
            size = size - memory;
            taken.push(Taken::Service(told, memory));
        }
    }
    assumed.extend(services.service_gaps.into_iter().map(|gap| Assumed::Elsewhere(gap.missing)));
    size = size - installed * constants.reserve.base();
    taken.push(Taken::Reserve(constants.reserve));
    Ok(Left { size, installed: installed.to(&units::GIB), taken, osds, assumed })
}

/// Memory for guests on the node of a model that has least.
fn guest_memory(topology: &Topology<'_>, subject: &str, model: &Item<ServerModel>, node: &Node<'_>) -> Figure {
    let text = texts::GUEST_MEMORY;
    let all: Result<Vec<Left<'_>>, Vec<String>> =
        nodes_of(topology, model).into_iter().map(|node| left_for_guests(topology, node)).collect();
    let left = match all {
        Ok(all) => all.into_iter().reduce(|least, own| if own.size < least.size { own } else { least }),
        Err(missing) => return Figure::unknown(text, subject, Method::Model, missing),
    };
    let Some(left) = left else { return Figure::unknown(text, subject, Method::Model, Vec::new()) };
    let figure = Figure::new(text, subject, Method::Model, left.size.in_unit(&units::GIB))
        .decimals(1)
        .formula(left.formula())
        .input("osds", left.osds);
    let figure = node.memory().map_or(figure.clone(), |installed| figure.input("installed", installed.value));
    let figure = if left.osds > 0 { figure.input("osd_memory_target", target(topology).0) } else { figure };
    let figure = if left.size.base() < 0.0 { figure.note(words::nodes::below_zero()) } else { figure };
    left.assumed.iter().map(Assumed::said).fold(figure, Figure::assumed)
}

/// Virtual processors on the node of a model that carries least.
fn guest_threads(topology: &Topology<'_>, subject: &str, model: &Item<ServerModel>) -> Figure {
    let text = texts::GUEST_THREADS;
    let constants = GuestThreads::DEFAULT;
    let all: Result<Vec<f64>, Vec<String>> =
        nodes_of(topology, model).into_iter().map(|node| processors_for_guests(topology, node)).collect();
    let least = match all {
        Ok(all) => all.into_iter().fold(f64::INFINITY, f64::min),
        Err(missing) => return Figure::unknown(text, subject, Method::Model, missing),
    };
    let threads = nodes_of(topology, model).first().and_then(|node| node.threads()).unwrap_or(0);
    let services = f64::from(threads) - f64::from(constants.host) - least / constants.overcommit;
    Figure::new(text, subject, Method::Model, least)
        .decimals(0)
        .formula(words::nodes::threads(threads, services, constants.host, constants.overcommit))
        .input("threads", threads)
        .assumed(words::nodes::share_a_thread(constants.overcommit))
}

/// Memory for the guests of all nodes, and of those that are left without the one that has most.
fn cluster_memory(topology: &Topology<'_>) -> Vec<Figure> {
    let text = texts::GUEST_MEMORY;
    if topology.nodes.len() < 2 {
        return Vec::new();
    }
    let all: Result<Vec<Left<'_>>, Vec<String>> =
        topology.nodes.iter().map(|node| left_for_guests(topology, node)).collect();
    // What the nodes lack is said once for each model.
    let Ok(all) = all else { return Vec::new() };
    let sizes = || all.iter().map(|left| left.size.in_unit(&units::GIB).max(0.0));
    let (sum, most) = (sizes().sum::<f64>(), sizes().fold(0.0, f64::max));
    let figure = |value, formula: Said| {
        Figure::new(text, "cluster", Method::Model, value).decimals(1).formula(formula).input("nodes", all.len())
    };
    let without = words::nodes::without_largest(format!("{sum:.1} GiB"), format!("{most:.1} GiB"));
    let lost = figure(sum - most, without);
    vec![figure(sum, words::nodes::sum(all.len())), lost.state(State::NodeLost).note(words::nodes::not_all_restart())]
}

/// Threads of the Ceph services on the node of a model that needs most.
fn ceph_threads(topology: &Topology<'_>, subject: &str, model: &Item<ServerModel>, node: &Node<'_>) -> Vec<Figure> {
    let constants = CephThreads::DEFAULT;
    let text = texts::CEPH_THREADS;
    let Some(osds) = node.osd_count() else {
        let missing = vec![format!("{subject}.disks.count")];
        return vec![Figure::unknown(text, subject, Method::Documents, missing)];
    };
    let running = |services: &CephServices| {
        let one = |service: Option<u32>| service.unwrap_or(0);
        [one(services.monitors), one(services.managers), one(services.metadata_servers)]
    };
    let services: Vec<[u32; 3]> =
        nodes_of(topology, model).into_iter().map(|node| running(&CephServices::of(topology, node))).collect();
    let [monitor, manager, _] = services.iter().copied().max_by_key(|[one, two, _]| one + two).unwrap_or([0; 3]);
    let with_threads =
        |formula: Said| all_of(std::iter::once(formula).chain(node.threads().map(words::nodes::server_has)));
    let mut figures = vec![
        Figure::new(text, subject, Method::Documents, f64::from(monitor + manager + osds))
            .decimals(0)
            .formula(with_threads(words::nodes::services(monitor, manager, words::figures::osds(osds))))
            .input("osds", osds),
    ];
    let mut by_medium = 0;
    let mut parts = Vec::new();
    for group in node.osd_groups() {
        let (Some(media), Some(disks)) = (group.media(), group.count()) else {
            let missing = vec![format!("{}.media", group.path())];
            figures.push(Figure::unknown(text, subject, Method::Model, missing));
            return figures;
        };
        let each = threads_of(media);
        by_medium += each * disks;
        parts.push(format!("{disks} x {each}"));
    }
    let cost = |[monitor, manager, metadata]: [u32; 3]| {
        monitor * constants.monitor + manager * constants.manager + metadata * constants.metadata_server
    };
    let daemons = services.iter().copied().map(cost).max().unwrap_or(0);
    figures.push(
        Figure::new(text, subject, Method::Model, f64::from(by_medium + daemons))
            .decimals(0)
            .formula(with_threads(words::nodes::threads_of_services(parts.join(" + "), daemons)))
            .input("osds", osds),
    );
    figures
}

/// Threads of an OSD by its medium.
pub(super) fn threads_of(media: Media) -> u32 {
    let constants = CephThreads::DEFAULT;
    match media {
        Media::Nvme => constants.nvme,
        Media::Hdd => constants.hdd,
        _ => constants.ssd,
    }
}

/// GiB that hold so much for each TiB of a capacity.
fn per_tebibyte(each: Size, capacity: Size) -> Size {
    each * capacity.in_unit(&units::TIB)
}
