//! Processor threads of the nodes.

use super::{Judge, Raised, Subject};
use crate::capacity::budget::{CephServices, ThreadCosts, threads_at_least};
use crate::catalogue::parameters::cpu as parameters;
use crate::topology::{Gap, ModelInUse, Node};

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
    let costs = ThreadCosts {
        monitor: limits.monitor,
        manager: limits.manager,
        metadata_server: limits.metadata_server,
        nvme_osd: limits.osd,
        other_osd: limits.osd,
    };
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
