//! Processor threads of the nodes.

use std::collections::BTreeSet;

use super::{Judge, Raised, Subject};
use crate::capacity::State;
use crate::capacity::budget::{CephServices, ThreadCosts, hosts, threads_at_least, threads_for_guests};
use crate::catalogue::parameters::cpu as parameters;
use crate::design::{CpuType, Guest, Item, ServerModel};
use crate::source::Span;
use crate::topology::{Gap, ModelInUse, Node, Topology};

/// A node with its Ceph services.
type Loaded<'t, 'd> = (&'t Node<'d>, CephServices);

/// Every model with nodes, and what is known of the Ceph services of each node.
fn loaded_models<'a>(judge: &mut Judge<'a>) -> Vec<(ModelInUse<'a, 'a>, Vec<Loaded<'a, 'a>>)> {
    let topology = judge.topology();
    if !topology.has_ceph() && !topology.ceph_is_open() {
        return Vec::new();
    }
    if topology.nodes.is_empty() {
        judge.gap(&topology.node_gap());
        return Vec::new();
    }
    for gap in topology.model_gaps() {
        judge.gap(&gap);
    }
    let with_services = |model: ModelInUse<'a, 'a>| {
        let nodes = model.nodes.iter().map(|node| (*node, CephServices::of(topology, node))).collect();
        (model, nodes)
    };
    topology.models_in_use().into_iter().map(with_services).collect()
}

/// Whether the cores alone are enough threads for all services that are known or may be there.
fn enough(node: &Node<'_>, services: &CephServices, costs: ThreadCosts) -> bool {
    let known = services.osd_gaps.is_empty() && services.media_gaps.is_empty() && services.any();
    known && threads_at_least(node).is_some_and(|threads| threads >= services.threads_at_most(costs))
}

fn thread_gap(model: &ModelInUse<'_, '_>) -> Gap {
    let place = model.model.value.cpu.as_ref().map_or(model.span(), |cpu| cpu.span);
    Gap::below(model.path(), "cpu.threads", place)
}

fn once(judge: &mut Judge<'_>, gaps: &[Gap]) {
    for (index, gap) in gaps.iter().enumerate() {
        if !gaps[..index].contains(gap) {
            judge.gap(gap);
        }
    }
}

fn violates<'j>(judge: &'j mut Judge<'_>, model: &ModelInUse<'_, '_>, short: &[Loaded<'_, '_>]) -> &'j mut Raised {
    let cpu = model.model.value.cpu.as_ref();
    let place = cpu.map_or(model.span(), |cpu| cpu.span);
    let threads = cpu.and_then(|cpu| cpu.value.threads.as_ref());
    let raised = judge.violated(Subject::new(format!("{}.cpu", model.path()), place));
    raised.at(threads.map_or(place, |threads| threads.span));
    for (node, _) in short {
        raised.about(node.path());
    }
    raised.with("nodes", short.iter().map(|(node, _)| node.name.clone()).collect::<Vec<_>>())
}

pub(super) fn ceph_threads_short(judge: &mut Judge<'_>, limits: &parameters::CephThreadsShort) {
    services_short(
        judge,
        ThreadCosts {
            monitor: limits.monitor,
            manager: limits.manager,
            metadata_server: limits.metadata_server,
            nvme_osd: limits.osd,
            other_osd: limits.osd,
        },
    );
}

pub(super) fn threads_below_ceph_table(judge: &mut Judge<'_>, limits: &parameters::ThreadsBelowCephTable) {
    services_short(
        judge,
        ThreadCosts {
            monitor: limits.monitor,
            manager: limits.manager,
            metadata_server: limits.metadata_server,
            nvme_osd: limits.nvme_osd,
            other_osd: limits.osd,
        },
    );
}

/// Judges the threads of nodes against what their Ceph services cost.
fn services_short(judge: &mut Judge<'_>, costs: ThreadCosts) {
    let mut gaps = Vec::new();
    for (model, nodes) in loaded_models(judge) {
        let mut short = Vec::new();
        for (node, services) in nodes {
            match node.threads() {
                None if enough(node, &services, costs) => judge.holds(),
                None if services.threads_at_most(costs) > 0 || !services.osd_gaps.is_empty() => {
                    gaps.push(thread_gap(&model));
                }
                Some(threads) if threads < services.threads(costs) => short.push((node, services)),
                Some(threads) if threads < services.threads_at_most(costs) || !services.osd_gaps.is_empty() => {
                    gaps.extend(services.service_gaps.into_iter().chain(services.osd_gaps));
                }
                Some(_) if services.any() => judge.holds(),
                _ => {}
            }
        }
        let Some((node, worst)) = short.iter().max_by_key(|(_, services)| services.threads(costs)) else { continue };
        let raised = violates(judge, &model, &short);
        raised.with("threads", node.threads().unwrap_or(0)).with("needed", worst.threads(costs));
        raised.with("monitors", worst.monitors.unwrap_or(0)).with("managers", worst.managers.unwrap_or(0));
        raised.with("metadata_servers", worst.metadata_servers.unwrap_or(0)).with("osds", worst.osds());
    }
    once(judge, &gaps);
}

pub(super) fn nvme_threads_short(judge: &mut Judge<'_>, limits: &parameters::NvmeThreadsShort) {
    let taken = ThreadCosts {
        monitor: limits.per_service,
        manager: limits.per_service,
        metadata_server: limits.per_service,
        nvme_osd: 0,
        other_osd: limits.per_service,
    };
    let wanted = ThreadCosts { nvme_osd: limits.minimum, ..taken };
    let mut gaps = Vec::new();
    for (model, nodes) in loaded_models(judge) {
        let mut short = Vec::new();
        for (node, services) in nodes {
            match node.threads() {
                None if services.nvme_osds > 0 && enough(node, &services, wanted) => judge.holds(),
                None if services.nvme_osds > 0 => gaps.push(thread_gap(&model)),
                Some(threads) if services.nvme_osds > 0 && threads < services.threads(wanted) => {
                    short.push((node, services));
                }
                _ if !services.osd_gaps.is_empty() || !services.media_gaps.is_empty() => {
                    gaps.extend(services.osd_gaps.into_iter().chain(services.media_gaps));
                }
                Some(threads) if services.nvme_osds > 0 && threads < services.threads_at_most(wanted) => {
                    gaps.extend(services.service_gaps);
                }
                _ if services.nvme_osds > 0 => judge.holds(),
                _ => {}
            }
        }
        let Some((node, worst)) = short.iter().max_by_key(|(_, services)| services.threads(taken)) else { continue };
        let left = node.threads().unwrap_or(0).saturating_sub(worst.threads(taken));
        let raised = violates(judge, &model, &short);
        raised.with("left", left).with("osds", worst.nvme_osds);
        raised.with("usable", worst.nvme_osds.saturating_mul(limits.recommended));
    }
    once(judge, &gaps);
}

fn guest_path(guest: &Item<Guest>) -> String {
    format!("guest.{}", guest.pattern.value)
}

/// Virtual processors of all guests: of those that start again elsewhere, and of the others. Keys that are missing are
/// asked for.
fn virtual_processors(judge: &mut Judge<'_>) -> Option<(f64, f64)> {
    let (mut moving, mut staying, mut complete) = (0.0, 0.0, true);
    for guest in judge.topology().guests() {
        let gap = |key| Gap::below(guest_path(guest), key, guest.pattern.span);
        let (Some(count), Some(vcpus)) = (&guest.value.count, &guest.value.vcpus) else {
            if guest.value.count.as_ref().is_some_and(|count| count.value == 0) {
                continue;
            }
            judge.gap(&gap(if guest.value.count.is_none() { "count" } else { "vcpus" }));
            complete = false;
            continue;
        };
        let own = f64::from(count.value) * guest.names.len() as f64 * f64::from(vcpus.value);
        if guest.value.ha.as_ref().is_some_and(|ha| !ha.value) { staying += own } else { moving += own }
    }
    complete.then_some((moving, staying))
}

/// Threads that each node leaves to guests; keys that are missing are asked for.
fn threads_left(judge: &mut Judge<'_>) -> Option<Vec<f64>> {
    let topology = judge.topology();
    let mut asked = BTreeSet::new();
    let mut left = Vec::new();
    for node in &topology.nodes {
        match threads_for_guests(topology, node) {
            Ok(threads) => left.push(threads),
            Err(missing) => {
                let new: Vec<String> = missing.into_iter().filter(|key| asked.insert(key.clone())).collect();
                if !new.is_empty() {
                    judge.settle(Subject::new(node.path(), node.span()), new);
                }
            }
        }
    }
    asked.is_empty().then_some(left)
}

fn overcommitted(judge: &mut Judge<'_>, limit: f64) {
    let topology = judge.topology();
    if topology.guests().next().is_none() {
        return;
    }
    if topology.nodes.is_empty() {
        judge.gap(&topology.node_gap());
        return;
    }
    let (Some((moving, staying)), Some(left)) = (virtual_processors(judge), threads_left(judge)) else { return };
    let (nodes, threads) = (left.len() as f64, left.iter().sum::<f64>());
    let mut states = vec![(State::Healthy, moving + staying, threads)];
    if topology.high_availability() == Some(true) && nodes > 1.0 {
        // What high availability does not look after stops with its node.
        let most = left.iter().copied().fold(0.0, f64::max);
        states.push((State::NodeLost, moving + staying * (nodes - 1.0) / nodes, threads - most));
    }
    let Some((state, vcpus, threads)) = states.into_iter().find(|(_, vcpus, threads)| *vcpus > threads * limit) else {
        judge.holds();
        return;
    };
    let largest = topology.guests().max_by_key(|guest| {
        let of = |number: Option<u32>| u64::from(number.unwrap_or(0));
        of(guest.value.count.as_ref().map(|count| count.value)) * of(guest.value.vcpus.as_ref().map(|own| own.value))
    });
    let place = largest.and_then(|guest| guest.value.vcpus.as_ref()).map_or(topology.anchor(), |vcpus| vcpus.span);
    let raised = judge.violated(Subject::new("cluster", topology.anchor())).at(place);
    raised.with("state", state.said()).with("vcpus", vcpus).with("threads", threads);
}

pub(super) fn overcommit_above_four(judge: &mut Judge<'_>, limits: &parameters::OvercommitAboveFour) {
    overcommitted(judge, limits.limit);
}

pub(super) fn overcommit_above_eight(judge: &mut Judge<'_>, limits: &parameters::OvercommitAboveEight) {
    overcommitted(judge, limits.limit);
}

pub(super) fn guest_larger_than_node(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    let mut asked = BTreeSet::new();
    for guest in topology.guests() {
        let Some(vcpus) = &guest.value.vcpus else { continue };
        let mut small: Option<(&Node<'_>, u32)> = None;
        let mut known = true;
        for node in hosts(topology, guest) {
            match node.threads() {
                Some(threads) if small.is_none_or(|(_, least)| threads < least) => small = Some((node, threads)),
                Some(_) => {}
                None => {
                    known = false;
                    let gap = match node.model {
                        None => Gap::below(node.path(), "model", node.span()),
                        Some(model) => thread_gap_of(model),
                    };
                    if asked.insert(gap.missing.clone()) {
                        judge.gap(&gap);
                    }
                }
            }
        }
        match small {
            Some((node, threads)) if vcpus.value > threads => {
                let own = Subject::new(guest_path(guest), guest.pattern.span);
                let raised = judge.violated(own).at(vcpus.span).with("guest", guest.pattern.value.as_str());
                raised.with("vcpus", vcpus.value).with("node", node.name.as_str()).with("threads", threads);
                raised.about(node.path()).label("node", node.span());
            }
            Some(_) if known => judge.holds(),
            _ => {}
        }
    }
}

fn thread_gap_of(model: &Item<ServerModel>) -> Gap {
    let place = model.value.cpu.as_ref().map_or(model.pattern.span, |cpu| cpu.span);
    Gap::below(format!("server_model.{}", model.pattern.value), "cpu.threads", place)
}

/// Whether guests move between nodes while they run.
fn moves(topology: &Topology<'_>) -> bool {
    topology.design.migration.is_some() || topology.high_availability() == Some(true)
}

/// A processor's vendor or model as written, or the key that would tell.
fn written<'d>(
    model: &'d Item<ServerModel>,
    key: &str,
    value: Option<(String, Span)>,
) -> Result<(&'d Item<ServerModel>, String, Span), Gap> {
    let place = model.value.cpu.as_ref().map_or(model.pattern.span, |cpu| cpu.span);
    let missing = || Gap::below(format!("server_model.{}", model.pattern.value), key, place);
    let (value, span) = value.ok_or_else(missing)?;
    Ok((model, value, span))
}

/// Values that models have, and the first of another kind than the first one; gaps are asked for.
fn unlike<'d>(
    judge: &mut Judge<'_>,
    models: &[&'d Item<ServerModel>],
    of: impl Fn(&'d Item<ServerModel>) -> Result<(&'d Item<ServerModel>, String, Span), Gap>,
) -> Option<Vec<(&'d Item<ServerModel>, String, Span)>> {
    let mut values = Vec::new();
    let mut complete = true;
    for model in models {
        match of(model) {
            Ok(value) => values.push(value),
            Err(gap) => {
                judge.gap(&gap);
                complete = false;
            }
        }
    }
    let differ = values.iter().any(|(_, value, _)| values.first().is_some_and(|(_, first, _)| first != value));
    if differ {
        return Some(values);
    }
    if complete {
        judge.holds();
    }
    None
}

/// Models of nodes, each once.
fn models_of<'d>(nodes: &[&Node<'d>]) -> Vec<&'d Item<ServerModel>> {
    let mut models: Vec<&Item<ServerModel>> = Vec::new();
    for model in nodes.iter().filter_map(|node| node.model) {
        if !models.iter().any(|known| std::ptr::eq(*known, model)) {
            models.push(model);
        }
    }
    models
}

pub(super) fn vendors_mixed(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    let nodes: Vec<&Node<'_>> = topology.nodes.iter().collect();
    let models = models_of(&nodes);
    if !moves(topology) || nodes.len() < 2 {
        return;
    }
    if models.len() < 2 {
        for gap in topology.model_gaps() {
            judge.gap(&gap);
        }
        if nodes.iter().all(|node| node.model.is_some()) {
            judge.holds();
        }
        return;
    }
    let vendor = |model| written(model, "cpu.vendor", vendor_of(model));
    let Some(values) = unlike(judge, &models, vendor) else { return };
    let Some((_, first, place)) = values.first() else { return };
    let other = values.iter().find(|(_, value, _)| value != first);
    let Some((model, second, at)) = other else { return };
    let own = Subject::new(format!("server_model.{}.cpu", model.pattern.value), *at);
    let raised = judge.violated(own).with("vendors", vec![first.as_str(), second.as_str()]);
    raised.with("models", values.iter().map(|(model, ..)| model.pattern.value.clone()).collect::<Vec<_>>());
    raised.label("other", *place);
}

fn vendor_of(model: &Item<ServerModel>) -> Option<(String, Span)> {
    let vendor = model.value.cpu.as_ref()?.value.vendor.as_ref()?;
    Some((vendor.value.to_string(), vendor.span))
}

pub(super) fn host_type_on_unlike_models(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    for guest in topology.guests().filter(|_| moves(topology)) {
        let shown = guest.value.cpu_type.as_ref();
        let Some(shown) = shown.filter(|shown| matches!(shown.value, CpuType::Host | CpuType::Max)) else { continue };
        let nodes = hosts(topology, guest);
        let models = models_of(&nodes);
        if models.len() < 2 {
            if nodes.iter().all(|node| node.model.is_some()) {
                judge.holds();
            }
            continue;
        }
        let name = |model| written(model, "cpu.model", name_of(model));
        let Some(values) = unlike(judge, &models, name) else { continue };
        let processors: BTreeSet<String> = values.iter().map(|(_, value, _)| value.clone()).collect();
        let own = Subject::new(guest_path(guest), guest.pattern.span);
        let raised = judge.violated(own).at(shown.span).with("guest", guest.pattern.value.as_str());
        raised.with("cpu_type", shown.value.to_string()).with("processors", processors.into_iter().collect::<Vec<_>>());
        for (_, _, span) in values {
            raised.label("processor", span);
        }
    }
}

fn name_of(model: &Item<ServerModel>) -> Option<(String, Span)> {
    let name = model.value.cpu.as_ref()?.value.model.as_ref()?;
    Some((name.value.to_string(), name.span))
}
