//! Memory of the nodes: what is left for OSDs, and how it is fitted.

use std::collections::BTreeSet;

use super::{Judge, Subject};
use crate::capacity::budget::{GuestShares, MemoryBudget, hosts, profile_memory};
use crate::capacity::nodes::NodeBudget;
use crate::catalogue::parameters::memory as parameters;
use crate::design::DiskRole;
use crate::quantity::{Ratio, Size, units};
use crate::source::Span;
use crate::topology::{Gap, ModelInUse, Node, Topology};

/// What is asked of the memory that is left.
#[derive(Clone, Copy)]
enum Need {
    /// So much for each TiB of OSDs.
    ForEachTebibyte(Size),
    /// So much for each OSD.
    ForEachOsd(Size),
}

impl Need {
    /// Memory that the OSDs of a node need.
    fn of(self, osds: u32, capacity: Size) -> Size {
        match self {
            Self::ForEachTebibyte(size) => size * capacity.in_unit(&units::TIB),
            Self::ForEachOsd(size) => size * f64::from(osds),
        }
    }

    fn key(self) -> &'static str {
        match self {
            Self::ForEachTebibyte(_) => "capacity",
            Self::ForEachOsd(_) => "count",
        }
    }
}

pub(super) fn osd_below_one_gib_per_tib(judge: &mut Judge<'_>, limits: &parameters::OsdBelowOneGibPerTib) {
    memory_for_osds(judge, Need::ForEachTebibyte(limits.limit));
}

pub(super) fn osd_below_five_gib_per_tib(judge: &mut Judge<'_>, limits: &parameters::OsdBelowFiveGibPerTib) {
    memory_for_osds(judge, Need::ForEachTebibyte(limits.limit));
}

pub(super) fn osd_below_eight_gib_each(judge: &mut Judge<'_>, limits: &parameters::OsdBelowEightGibEach) {
    memory_for_osds(judge, Need::ForEachOsd(limits.limit));
}

/// OSDs of a model: their number and capacity, or the keys that are missing.
fn osds(model: &ModelInUse<'_, '_>, need: Need) -> Result<(u32, Size), Vec<Gap>> {
    let (mut osds, mut capacity) = (0_u32, Size::new(0.0, &units::TB));
    let mut gaps = Vec::new();
    for group in model.disks_for(DiskRole::Osd) {
        match (group.osds(), group.capacity(), need) {
            (Some(count), Some(size), _) => {
                osds = osds.saturating_add(count);
                capacity = capacity + size * f64::from(group.count().unwrap_or(0));
            }
            (Some(count), None, Need::ForEachOsd(_)) => osds = osds.saturating_add(count),
            (None, _, _) => gaps.push(Gap::below(group.path(), "count", group.span())),
            (_, None, _) => gaps.push(Gap::below(group.path(), need.key(), group.span())),
        }
    }
    if gaps.is_empty() { Ok((osds, capacity)) } else { Err(gaps) }
}

fn memory_for_osds(judge: &mut Judge<'_>, need: Need) {
    let topology = judge.topology();
    let mut gaps = topology.disk_gaps();
    let guests = GuestShares::of_design(topology);
    for model in topology.models_in_use() {
        match osds(&model, need) {
            Ok((0, _)) => {}
            Ok((osds, capacity)) => {
                let own = Wanted { osds, capacity, need, size: need.of(osds, capacity) };
                gaps.extend(judge_model(judge, &model, &guests, &own));
            }
            Err(more) => gaps.extend(more),
        }
    }
    if topology.nodes.is_empty() && topology.design.server_model.is_some() {
        gaps.push(topology.node_gap());
    }
    for (index, gap) in gaps.iter().enumerate() {
        if !gaps[..index].contains(gap) {
            judge.gap(gap);
        }
    }
}

/// What the OSDs of a model want.
struct Wanted {
    osds: u32,
    capacity: Size,
    need: Need,
    size: Size,
}

/// Judges the nodes of a model, which differ in the guests they run at most; answers what is not known.
fn judge_model(judge: &mut Judge<'_>, model: &ModelInUse<'_, '_>, guests: &GuestShares, wanted: &Wanted) -> Vec<Gap> {
    let mut short: Vec<(&Node<'_>, MemoryBudget)> = Vec::new();
    for node in &model.nodes {
        match MemoryBudget::of(node, guests) {
            Ok(budget) if budget.free < wanted.size => short.push((node, budget)),
            Ok(_) => judge.holds(),
            Err(gaps) => return gaps,
        }
    }
    let Some((_, worst)) = short.iter().reduce(|worst, own| if own.1.free < worst.1.free { own } else { worst }) else {
        return Vec::new();
    };
    let memory = model.model.value.memory.as_ref();
    let place = memory.map_or(model.span(), |memory| memory.span);
    let capacity = memory.and_then(|memory| memory.value.capacity.as_ref());
    let largest = largest_profile(judge.topology());
    let raised = judge.violated(Subject::new(format!("{}.memory", model.path()), place));
    raised.at(capacity.map_or(place, |capacity| capacity.span));
    raised.with("nodes", short.iter().map(|(node, _)| node.name.clone()).collect::<Vec<_>>());
    raised.with("free", worst.free).with("capacity", worst.installed).with("guests", worst.guests);
    raised.with("host", worst.host);
    raised.with("needed", wanted.size.to(worst.free.unit()));
    match wanted.need {
        Need::ForEachTebibyte(_) => raised.with("osd_capacity", wanted.capacity.to(&units::TIB)),
        Need::ForEachOsd(_) => raised.with("osds", wanted.osds),
    };
    for assumed in &worst.assumed {
        raised.assumed(assumed);
    }
    for (node, _) in &short {
        raised.about(node.path());
    }
    if let Some(largest) = largest {
        raised.label("guests", largest);
    }
    Vec::new()
}

/// Where the profile is written whose guests take the most memory.
fn largest_profile(topology: &Topology<'_>) -> Option<Span> {
    let sizes = topology.guests().filter_map(|guest| Some((guest, profile_memory(guest).ok()?)));
    let largest = sizes.reduce(|most, own| if own.1 > most.1 { own } else { most });
    largest.map(|(guest, _)| guest.value.memory.as_ref().map_or(guest.pattern.span, |memory| memory.span))
}

pub(super) fn node_budget_exceeded(judge: &mut Judge<'_>, limits: &parameters::NodeBudgetExceeded) {
    free_memory(judge, limits.osd, limits.free);
}

pub(super) fn less_than_a_tenth_free(judge: &mut Judge<'_>, limits: &parameters::LessThanATenthFree) {
    free_memory(judge, limits.osd, limits.free);
}

/// Judges what stays free of a node's memory beside guests and everything that runs for them.
fn free_memory(judge: &mut Judge<'_>, osd: Size, free: Ratio) {
    let topology = judge.topology();
    let guests = GuestShares::of_design(topology);
    let mut asked = BTreeSet::new();
    if topology.nodes.is_empty() && topology.design.server_model.is_some() {
        judge.gap(&topology.node_gap());
    }
    for model in topology.models_in_use() {
        let mut short: Vec<(&Node<'_>, NodeBudget<'_>)> = Vec::new();
        for node in &model.nodes {
            // A byte is float noise.
            match NodeBudget::of(topology, node, &guests, osd) {
                Ok(budget) if budget.free.base() + 1.0 < (budget.installed * free.base()).base() => {
                    short.push((node, budget));
                }
                Ok(_) => judge.holds(),
                Err(missing) => {
                    let new: Vec<String> = missing.into_iter().filter(|key| asked.insert(key.clone())).collect();
                    if !new.is_empty() {
                        judge.settle(Subject::new(model.path(), model.span()), new);
                    }
                }
            }
        }
        let worst = short.iter().reduce(|worst, own| if own.1.free < worst.1.free { own } else { worst });
        let Some((_, worst)) = worst else { continue };
        let memory = model.model.value.memory.as_ref();
        let place = memory.map_or(model.span(), |memory| memory.span);
        let at = memory.and_then(|memory| memory.value.capacity.as_ref()).map_or(place, |capacity| capacity.span);
        let raised = judge.violated(Subject::new(format!("{}.memory", model.path()), place)).at(at);
        raised.with("nodes", short.iter().map(|(node, _)| node.name.clone()).collect::<Vec<_>>());
        raised.with("installed", worst.installed).with("services", worst.services).with("guests", worst.guests);
        raised.with("left", worst.free);
        for assumed in &worst.assumed {
            raised.assumed(assumed.said());
        }
        for (node, _) in &short {
            raised.about(node.path());
        }
    }
    for gap in topology.model_gaps() {
        if asked.insert(gap.missing.clone()) {
            judge.gap(&gap);
        }
    }
}

/// Judges the memory that OSDs are told to stay within, where it is written.
fn osd_target(judge: &mut Judge<'_>, least: Size) {
    let topology = judge.topology();
    let Some(target) = topology.design.ceph.as_ref().and_then(|ceph| ceph.value.osd_memory_target.as_ref()) else {
        return;
    };
    if target.value >= least {
        judge.holds();
    } else {
        let own = Subject::new("ceph.osd_memory_target", topology.ceph_span());
        judge.violated(own).at(target.span).with("target", target.value);
    }
}

pub(super) fn osd_target_below_two_gib(judge: &mut Judge<'_>, limits: &parameters::OsdTargetBelowTwoGib) {
    osd_target(judge, limits.minimum);
}

pub(super) fn osd_target_below_four_gib(judge: &mut Judge<'_>, limits: &parameters::OsdTargetBelowFourGib) {
    osd_target(judge, limits.minimum);
}

pub(super) fn osd_target_below_eight_gib(judge: &mut Judge<'_>, limits: &parameters::OsdTargetBelowEightGib) {
    osd_target(judge, limits.minimum);
}

pub(super) fn no_ecc(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    for gap in topology.model_gaps() {
        judge.gap(&gap);
    }
    for model in topology.models_in_use() {
        let memory = model.model.value.memory.as_ref();
        let place = memory.map_or(model.span(), |memory| memory.span);
        match memory.and_then(|memory| memory.value.ecc.as_ref()) {
            Some(ecc) if ecc.value => judge.holds(),
            Some(ecc) => {
                let raised = judge.violated(Subject::new(format!("{}.memory", model.path()), place)).at(ecc.span);
                raised.with("model", model.model.names.clone());
            }
            None => _ = judge.gap(&Gap::below(model.path(), "memory.ecc", place)),
        }
    }
}

pub(super) fn monitor_host_below_32_gb(judge: &mut Judge<'_>, limits: &parameters::MonitorHostBelow32Gb) {
    let topology = judge.topology();
    let ceph = topology.design.ceph.as_ref().map(|ceph| &ceph.value);
    let lists = ceph.into_iter().flat_map(|ceph| [&ceph.monitors, &ceph.managers]).flatten();
    let named: BTreeSet<&str> = lists.flat_map(|names| names.value.iter()).collect();
    let on = |node: &&Node<'_>| named.contains(node.name.as_str());
    if topology.has_ceph() && ceph.is_none_or(|ceph| ceph.monitors.is_none()) {
        judge.gap(&Gap::below("ceph".to_owned(), "monitors", topology.ceph_span()));
    }
    for model in topology.models_in_use() {
        let nodes: Vec<String> = model.nodes.iter().copied().filter(on).map(|node| node.name.to_string()).collect();
        if nodes.is_empty() {
            continue;
        }
        let memory = model.model.value.memory.as_ref();
        let place = memory.map_or(model.span(), |memory| memory.span);
        match memory.and_then(|memory| memory.value.capacity.as_ref()) {
            None => _ = judge.gap(&Gap::below(model.path(), "memory.capacity", place)),
            Some(installed) if installed.value >= limits.minimum => judge.holds(),
            Some(installed) => {
                let own = Subject::new(format!("{}.memory", model.path()), place);
                let raised = judge.violated(own).at(installed.span).with("nodes", nodes);
                raised.with("installed", installed.value);
            }
        }
    }
}

pub(super) fn storage_node_below_twice_targets(
    judge: &mut Judge<'_>,
    limits: &parameters::StorageNodeBelowTwiceTargets,
) {
    let topology = judge.topology();
    if topology.guests().next().is_none() {
        return;
    }
    let running: BTreeSet<&str> =
        topology.guests().flat_map(|guest| hosts(topology, guest)).map(|node| node.name.as_str()).collect();
    let target = topology.design.ceph.as_ref().and_then(|ceph| ceph.value.osd_memory_target.as_ref());
    let each = target.map_or(limits.osd, |target| target.value);
    for model in topology.models_in_use() {
        let stores = |node: &&&Node<'_>| node.osd_groups().next().is_some() && !running.contains(node.name.as_str());
        let nodes: Vec<&Node<'_>> = model.nodes.iter().filter(stores).copied().collect();
        let Some(first) = nodes.first() else { continue };
        let memory = model.model.value.memory.as_ref();
        let place = memory.map_or(model.span(), |memory| memory.span);
        match (first.memory(), first.osd_count()) {
            (None, _) => _ = judge.gap(&Gap::below(model.path(), "memory.capacity", place)),
            (_, None) => _ = judge.gap(&Gap::below(model.path(), "disks", model.span())),
            (Some(installed), Some(osds)) => {
                let needed = each * (f64::from(osds) * limits.times);
                if installed.value >= needed {
                    judge.holds();
                    continue;
                }
                let own = Subject::new(format!("{}.memory", model.path()), place);
                let raised = judge.violated(own).at(installed.span).with("installed", installed.value);
                raised.with("nodes", nodes.iter().map(|node| node.name.clone()).collect::<Vec<_>>());
                raised.with("osds", osds).with("target", each).with("needed", needed);
            }
        }
    }
}

pub(super) fn channels_unfilled(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    for gap in topology.model_gaps() {
        judge.gap(&gap);
    }
    for model in topology.models_in_use() {
        let memory = model.model.value.memory.as_ref();
        let place = memory.map_or(model.span(), |memory| memory.span);
        let modules = memory.and_then(|memory| memory.value.modules.as_ref());
        let channels = memory.and_then(|memory| memory.value.channels.as_ref());
        match (modules, channels) {
            (Some(modules), Some(channels)) if modules.value % channels.value != 0 => {
                let raised = judge.violated(Subject::new(format!("{}.memory", model.path()), place));
                raised.at(modules.span).with("model", model.model.names.clone());
                raised.with("modules", modules.value).with("channels", channels.value);
            }
            (Some(_), Some(_)) => judge.holds(),
            (None, _) => {
                judge.gap(&Gap::below(model.path(), "memory.modules", place));
            }
            (_, None) => {
                judge.gap(&Gap::below(model.path(), "memory.channels", place));
            }
        }
    }
}
