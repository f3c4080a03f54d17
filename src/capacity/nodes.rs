//! Memory and threads of servers.

use super::documents::per_tebibyte;
use super::figure::{Figure, Method};
use crate::catalogue::figure_texts as texts;
use crate::catalogue::parameters::figures::{CephThreads, GuestMemory, OsdMemoryMinimum, OsdMemoryPeak};
use crate::design::{Item, Media, Names, ServerModel};
use crate::quantity::{Size, units};
use crate::source::Spanned;
use crate::topology::{Node, Topology};

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
        if node.osd_groups().next().is_some() {
            out.extend(ceph_threads(topology, &subject, model, node));
        }
    }
}

/// Memory each OSD is told to stay within, and whether the design says so.
fn target(topology: &Topology<'_>, default: Size) -> (Size, bool) {
    let written = topology.design.ceph.as_ref().and_then(|ceph| ceph.value.osd_memory_target.as_ref());
    written.map_or((default, false), |target| (target.value, true))
}

fn osd_memory(topology: &Topology<'_>, subject: &str, node: &Node<'_>) -> Vec<Figure> {
    let (least, peak) = (OsdMemoryMinimum::DEFAULT, OsdMemoryPeak::DEFAULT);
    let mut figures = Vec::new();
    let kinds = [(texts::OSD_MEMORY_MINIMUM, least.per_tebibyte), (texts::OSD_MEMORY_PEAK, peak.per_tebibyte)];
    for (text, each) in kinds {
        figures.push(match node.osd_capacity() {
            None => Figure::unknown(
                text,
                subject,
                Method::Documents,
                vec![format!("{subject}.disks: count and capacity of each OSD group")],
            ),
            Some(capacity) => {
                let tebibytes = capacity.to(&units::TIB);
                Figure::new(text, subject, Method::Documents, per_tebibyte(each, capacity).in_unit(&units::GIB))
                    .formula(format!("{each} x {tebibytes} of OSD"))
                    .input("osd_capacity", capacity)
            }
        });
    }
    let Some(osds) = node.osd_count() else { return figures };
    for (text, default, factor) in [
        (texts::OSD_MEMORY_MINIMUM, least.target, 1.0),
        (texts::OSD_MEMORY_PEAK, peak.target, 1.0 + peak.headroom.base()),
    ] {
        let (target, written) = target(topology, default);
        let memory = target * f64::from(osds) * factor;
        let factor = if factor > 1.0 { format!(" x {factor}") } else { String::new() };
        let figure = Figure::new(text, subject, Method::Model, memory.in_unit(&units::GIB))
            .formula(format!("{osds} OSDs x {target}{factor}"))
            .input("osds", osds)
            .input("osd_memory_target", target);
        figures.push(if written { figure } else { figure.assumed(format!("ceph.osd_memory_target = {target}")) });
    }
    figures.sort_by_key(|figure| figure.text.id);
    figures
}

/// Whether a daemon runs on a node of a model; the fullest node of the model counts.
fn runs(topology: &Topology<'_>, model: &Item<ServerModel>, daemons: Option<&Spanned<Names>>) -> bool {
    let of_model = |node: &&Node<'_>| node.model.is_some_and(|known| std::ptr::eq(known, model));
    daemons.is_some_and(|daemons| topology.nodes.iter().filter(of_model).any(|node| daemons.value.contains(&node.name)))
}

fn guest_memory(topology: &Topology<'_>, subject: &str, model: &Item<ServerModel>, node: &Node<'_>) -> Figure {
    let constants = GuestMemory::DEFAULT;
    let text = texts::GUEST_MEMORY;
    let (Some(installed), Some(osds)) = (node.memory(), node.osd_count()) else {
        let mut missing = Vec::new();
        if node.memory().is_none() {
            missing.push(format!("{subject}.memory.capacity"));
        }
        if node.osd_count().is_none() {
            missing.push(format!("{subject}.disks: count of each OSD group"));
        }
        return Figure::unknown(text, subject, Method::Model, missing);
    };
    let installed = installed.value;
    let ceph = topology.design.ceph.as_ref().map(|ceph| &ceph.value);
    let (target, written) = target(topology, constants.target);
    let mut left = installed.to(&units::GIB) - constants.host;
    let mut formula = format!("{} - {} host", installed.to(&units::GIB), constants.host);
    if osds > 0 {
        let each = 1.0 + constants.osd_headroom.base();
        left = left - target * f64::from(osds) * each;
        formula = format!("{formula} - {osds} OSDs x {target} x {each}");
    }
    let daemons = [
        ("monitor", ceph.and_then(|ceph| ceph.monitors.as_ref()), constants.monitor),
        ("manager", ceph.and_then(|ceph| ceph.managers.as_ref()), constants.manager),
        ("metadata server", ceph.and_then(|ceph| ceph.metadata_servers.as_ref()), constants.metadata_server),
    ];
    for (name, places, memory) in daemons {
        if runs(topology, model, places) {
            left = left - memory;
            formula = format!("{formula} - {memory} {name}");
        }
    }
    let reserve = installed * constants.reserve.base();
    left = left - reserve;
    let figure = Figure::new(text, subject, Method::Model, left.in_unit(&units::GIB))
        .decimals(1)
        .formula(format!("{formula} - {} reserve", constants.reserve))
        .input("installed", installed)
        .input("osds", osds)
        .input("osd_memory_target", target);
    let figure = if left.base() < 0.0 { figure.note("below zero: nothing is left for guests") } else { figure };
    if written || osds == 0 { figure } else { figure.assumed(format!("ceph.osd_memory_target = {target}")) }
}

fn ceph_threads(topology: &Topology<'_>, subject: &str, model: &Item<ServerModel>, node: &Node<'_>) -> Vec<Figure> {
    let constants = CephThreads::DEFAULT;
    let text = texts::CEPH_THREADS;
    let ceph = topology.design.ceph.as_ref().map(|ceph| &ceph.value);
    let monitor = runs(topology, model, ceph.and_then(|ceph| ceph.monitors.as_ref()));
    let manager = runs(topology, model, ceph.and_then(|ceph| ceph.managers.as_ref()));
    let metadata = runs(topology, model, ceph.and_then(|ceph| ceph.metadata_servers.as_ref()));
    let Some(osds) = node.osd_count() else {
        return vec![Figure::unknown(
            text,
            subject,
            Method::Documents,
            vec![format!("{subject}.disks: count of each OSD group")],
        )];
    };
    let count = |present: bool, threads: u32| if present { threads } else { 0 };
    let threads = node.threads().map_or(String::new(), |threads| format!("; the server has {threads}"));
    let documents = count(monitor, 1) + count(manager, 1) + osds;
    let mut figures = vec![
        Figure::new(text, subject, Method::Documents, f64::from(documents))
            .decimals(0)
            .formula(format!("{} monitor + {} manager + {osds} OSDs{threads}", count(monitor, 1), count(manager, 1)))
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
        let each = threads_of(media, constants.nvme, constants.ssd, constants.hdd);
        by_medium += each * disks;
        parts.push(format!("{disks} x {each}"));
    }
    let daemons = count(monitor, constants.monitor)
        + count(manager, constants.manager)
        + count(metadata, constants.metadata_server);
    figures.push(
        Figure::new(text, subject, Method::Model, f64::from(by_medium + daemons))
            .decimals(0)
            .formula(format!("{} for OSDs + {daemons} for other services{threads}", parts.join(" + ")))
            .input("osds", osds),
    );
    figures
}

/// Threads of an OSD by its medium.
pub(super) fn threads_of(media: Media, nvme: u32, ssd: u32, hdd: u32) -> u32 {
    match media {
        Media::Nvme => nvme,
        Media::Hdd => hdd,
        _ => ssd,
    }
}
