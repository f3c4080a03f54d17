//! System disks: size, medium, endurance, mirror, and room for a monitor.

use super::{Judge, Raised, Subject};
use crate::catalogue::parameters::disk as parameters;
use crate::design::{Boot, ControllerMode, DiskRole, Media};
use crate::quantity::Size;
use crate::source::Span;
use crate::topology::{DiskGroup, Gap, ModelInUse, Node, Topology};

/// Whether servers of a model start from a disk of their own.
fn starts_from_disk(model: &ModelInUse<'_, '_>) -> bool {
    model.model.value.boot.as_ref().is_none_or(|boot| boot.value == Boot::Disk)
}

/// What keeps the system disks of a model from being known.
fn system_gaps(model: &ModelInUse<'_, '_>) -> Vec<Gap> {
    let known = model.disks_for(DiskRole::Os).next().is_some();
    if known || !starts_from_disk(model) {
        return Vec::new();
    }
    let unknown = model.disks().filter(|group| group.role().is_none());
    let gaps: Vec<Gap> = unknown.map(|group| Gap::below(group.path(), "role", group.span())).collect();
    if gaps.is_empty() { vec![Gap::below(model.path(), "disks", model.span())] } else { gaps }
}

/// Groups of system disks; where they are not known, the rule is unproven.
fn system_disks<'a>(judge: &mut Judge<'a>) -> Vec<DiskGroup<'a>> {
    let topology = judge.topology();
    let mut gaps = topology.model_gaps();
    let mut groups = Vec::new();
    for model in topology.models_in_use() {
        gaps.extend(system_gaps(&model));
        groups.extend(model.disks_for(DiskRole::Os));
    }
    for gap in &gaps {
        judge.gap(gap);
    }
    groups
}

fn lacks(judge: &mut Judge<'_>, group: &DiskGroup<'_>, key: &str) {
    judge.gap(&Gap::below(group.path(), key, group.span()));
}

fn violates<'j>(judge: &'j mut Judge<'_>, group: &DiskGroup<'_>, at: Option<Span>) -> &'j mut Raised {
    let raised = judge.violated(Subject::new(group.path(), group.span()));
    raised.at(at.unwrap_or(group.span()));
    raised.with("disks", group.item.names.clone()).with("model", group.model.names.clone())
}

fn capacity_span(group: &DiskGroup<'_>) -> Option<Span> {
    group.disk().capacity.as_ref().map(|capacity| capacity.span)
}

pub(super) fn os_smaller_than_256_gb(judge: &mut Judge<'_>, limits: &parameters::OsSmallerThan256Gb) {
    for group in system_disks(judge) {
        match group.capacity() {
            Some(capacity) if capacity < limits.minimum => {
                violates(judge, &group, capacity_span(&group)).with("capacity", capacity);
            }
            Some(_) => judge.holds(),
            None => lacks(judge, &group, "capacity"),
        }
    }
}

pub(super) fn os_not_ssd(judge: &mut Judge<'_>) {
    for group in system_disks(judge) {
        match &group.disk().media {
            Some(media) if matches!(media.value, Media::Ssd | Media::Nvme) => judge.holds(),
            Some(media) => {
                violates(judge, &group, Some(media.span)).with("media", media.value.to_string());
            }
            None => lacks(judge, &group, "media"),
        }
    }
}

pub(super) fn os_endurance_low(judge: &mut Judge<'_>, limits: &parameters::OsEnduranceLow) {
    for group in system_disks(judge) {
        if group.media().is_some_and(|media| !matches!(media, Media::Ssd | Media::Nvme)) {
            continue;
        }
        let (endurance, rated) = match group.endurance(f64::from(limits.warranty_years)) {
            Ok(rated) => rated,
            Err(key) => {
                lacks(judge, &group, key);
                continue;
            }
        };
        if rated >= limits.minimum {
            judge.holds();
        } else if group.media().is_none() {
            lacks(judge, &group, "media");
        } else {
            let raised = violates(judge, &group, Some(endurance.span));
            raised.with("endurance", endurance.value).with("rated", rated);
        }
    }
}

/// What is known of the redundancy of a group of system disks.
enum Mirror {
    /// The loss of one disk is survived.
    Yes,
    /// It is not; the place that says so.
    No(Span),
    /// The key that would tell.
    Unknown(Gap),
}

/// Whether the controller of a group, if it makes one volume of the disks, leaves a copy when one disk is lost.
fn redundant(mode: ControllerMode) -> bool {
    matches!(mode, ControllerMode::Raid1 | ControllerMode::Raid5 | ControllerMode::Raid6 | ControllerMode::Raid10)
}

fn mirror_of(group: &DiskGroup<'_>) -> Mirror {
    let missing = |key: &str| Mirror::Unknown(Gap::below(group.path(), key, group.span()));
    let Some(count) = &group.disk().count else { return missing("count") };
    if group.count().is_some_and(|count| count < 2) {
        return Mirror::No(count.span);
    }
    let software = group.disk().mirror.as_ref();
    if software.is_some_and(|software| software.value) {
        return Mirror::Yes;
    }
    let controller = group.controller();
    let mode = controller.and_then(|controller| controller.value.mode.as_ref());
    match (mode, software) {
        (Some(mode), _) if redundant(mode.value) => Mirror::Yes,
        (Some(mode), _) if mode.value == ControllerMode::Raid0 => Mirror::No(mode.span),
        (None, _) if controller.is_some() => {
            let name = controller.map(|controller| controller.pattern.value.as_str()).unwrap_or_default();
            let path = format!("server_model.{}.controllers.{name}", group.model.pattern.value);
            Mirror::Unknown(Gap::below(path, "mode", group.span()))
        }
        (_, Some(software)) => Mirror::No(software.span),
        (_, None) => missing("mirror"),
    }
}

pub(super) fn os_not_mirrored(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    for gap in topology.model_gaps() {
        judge.gap(&gap);
    }
    for model in topology.models_in_use() {
        for gap in system_gaps(&model) {
            judge.gap(&gap);
        }
        let groups: Vec<DiskGroup<'_>> = model.disks_for(DiskRole::Os).collect();
        let mirrors: Vec<Mirror> = groups.iter().map(mirror_of).collect();
        if mirrors.iter().any(|mirror| matches!(mirror, Mirror::Yes)) {
            judge.holds();
            continue;
        }
        let unknown = mirrors.iter().find_map(|mirror| match mirror {
            Mirror::Unknown(gap) => Some(gap),
            Mirror::Yes | Mirror::No(_) => None,
        });
        if let Some(gap) = unknown {
            judge.gap(gap);
            continue;
        }
        let (Some(Mirror::No(span)), Some(group)) = (mirrors.first(), groups.first()) else { continue };
        let raised = judge.violated(Subject::new(group.path(), group.span()));
        raised.at(*span).with("model", model.model.names.clone());
        raised.with("disks", groups.iter().flat_map(|group| group.item.names.clone()).collect::<Vec<_>>());
        raised.with("count", groups.iter().filter_map(DiskGroup::count).sum::<u32>());
        for other in &groups {
            raised.about(other.path());
        }
        let mode = group.controller().and_then(|controller| controller.value.mode.as_ref());
        if let Some(mode) = mode.filter(|mode| mode.span != *span) {
            raised.label("controller", mode.span);
        }
    }
}

pub(super) fn monitor_store_small(judge: &mut Judge<'_>, limits: &parameters::MonitorStoreSmall) {
    let topology = judge.topology();
    if topology.ceph_is_open() {
        judge.gap(&Gap { path: "ceph".to_owned(), span: topology.anchor(), missing: "ceph".to_owned() });
    }
    if !topology.has_ceph() {
        return;
    }
    let listed = topology.design.ceph.as_ref().and_then(|ceph| ceph.value.monitors.as_ref());
    let runs = |node: &&Node<'_>| listed.is_none_or(|monitors| monitors.value.contains(&node.name));
    for gap in monitor_gaps(topology, &runs) {
        judge.gap(&gap);
    }
    let mut undecided = false;
    for model in topology.models_in_use() {
        let nodes: Vec<String> = model.nodes.iter().copied().filter(runs).map(|node| node.name.to_string()).collect();
        if nodes.is_empty() {
            continue;
        }
        for gap in system_gaps(&model) {
            judge.gap(&gap);
        }
        for group in model.disks_for(DiskRole::Os) {
            let store = root_of(&group, limits);
            match store {
                Ok(None) => {}
                Ok(Some((root, _))) if root >= limits.minimum => judge.holds(),
                Ok(Some(_)) if listed.is_none() => undecided = true,
                Ok(Some((root, volume))) => {
                    let raised = judge.violated(Subject::new(group.path(), group.span()));
                    raised.at(capacity_span(&group).unwrap_or(group.span())).with("nodes", nodes.clone());
                    raised.with("root", root.to(limits.minimum.unit())).with("capacity", volume);
                    raised.with("disks", group.item.names.clone());
                }
                Err(gap) => {
                    judge.gap(&gap);
                }
            }
        }
    }
    if undecided {
        judge.gap(&Gap::below("ceph".to_owned(), "monitors", topology.ceph_span()));
    }
}

/// Tables of nodes that run a monitor, or may, and have no model.
fn monitor_gaps(topology: &Topology<'_>, runs: &impl Fn(&&Node<'_>) -> bool) -> Vec<Gap> {
    let silent = topology.nodes.iter().filter(|node| node.model.is_none()).filter(|node| runs(node));
    let mut gaps: Vec<Gap> = silent.map(|node| Gap::below(node.path(), "model", node.span())).collect();
    gaps.dedup();
    gaps
}

/// The root volume that the installer makes of a group, and the volume it makes it of; nothing where ZFS takes all.
fn root_of(group: &DiskGroup<'_>, limits: &parameters::MonitorStoreSmall) -> Result<Option<(Size, Size)>, Gap> {
    let software = group.disk().mirror.as_ref().map(|mirror| mirror.value);
    if software == Some(true) {
        return Ok(None);
    }
    let volume = group.volume()?;
    let share = volume * limits.root_share.base();
    let root = if share > limits.root_cap { limits.root_cap } else { share };
    let mode = group.controller().and_then(|controller| controller.value.mode.as_ref()).map(|mode| mode.value);
    let one_volume = mode.is_some_and(|mode| redundant(mode) || mode == ControllerMode::Raid0);
    if root < limits.minimum && software.is_none() && !one_volume && group.count() != Some(1) {
        // Several disks side by side may be a ZFS mirror.
        return Err(Gap::below(group.path(), "mirror", group.span()));
    }
    Ok(Some((root, volume)))
}
