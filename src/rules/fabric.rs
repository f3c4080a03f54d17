//! Leaf-spine fabrics and the overlays they carry.

use std::collections::{BTreeMap, BTreeSet};

use super::{Judge, Subject};
use crate::capacity::fabric::{LeafLoad, ceph_leaf_groups, leaf_loads};
use crate::catalogue::parameters::fabric as parameters;
use crate::design::{Encapsulation, Environment, Item, Overlay, Purpose, Words};
use crate::topology::{DeviceId, Network, Node, Topology, node_paths};

/// Purposes that an overlay itself depends on.
const BELOW: &[Purpose] = &[Purpose::Corosync, Purpose::CephPublic, Purpose::CephCluster];

pub(super) fn leaf_misses_spine(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    for fabric in topology.design.fabric.iter().flat_map(|fabrics| fabrics.value.iter()) {
        let (Some(leaves), Some(spines)) = (&fabric.value.leaves, &fabric.value.spines) else { continue };
        let path = format!("fabric.{}", fabric.pattern.value);
        let subject = Subject::new(path, fabric.pattern.span);
        let mut gaps: BTreeMap<Vec<&str>, Vec<&str>> = BTreeMap::new();
        for leaf in leaves.value.iter() {
            let missing = spines.value.iter().filter(|spine| !are_cabled(topology, leaf, spine)).collect();
            gaps.entry(missing).or_default().push(leaf);
        }
        let uncabled = gaps.keys().all(|missing| missing.len() == spines.value.0.len());
        gaps.retain(|missing, _| !missing.is_empty());
        if gaps.is_empty() {
            judge.holds();
        } else if uncabled {
            judge.unproven(subject, "cable");
        } else {
            for (missing, leaves_without) in &gaps {
                let raised = judge.violated(subject.clone()).at(leaves.span).label("spine", spines.span);
                raised.with("fabric", fabric.pattern.value.as_str());
                raised.with("leaf", leaves_without.clone()).with("spines", missing.clone());
                for name in leaves_without.iter().chain(missing) {
                    raised.about(format!("switch.{name}"));
                }
            }
        }
    }
}

pub(super) fn underlay_mtu_short(judge: &mut Judge<'_>, limits: &parameters::UnderlayMtuShort) {
    let topology = judge.topology();
    for overlay in topology.design.overlay.iter().flat_map(|overlays| overlays.value.iter()) {
        let underlay = overlay.value.underlay.as_ref().and_then(|name| topology.network(&name.value));
        let kind = overlay.value.kind.as_ref().map(|kind| kind.value);
        let (Some(underlay), true) = (underlay, kind != Some(Encapsulation::Qinq)) else { continue };
        let path = format!("overlay.{}", overlay.pattern.value);
        let subject = Subject::new(path.clone(), overlay.pattern.span);
        let overhead = if underlay.is_ipv6() { limits.overhead_ipv6 } else { limits.overhead };
        let Some(mtu) = overlay.value.mtu.as_ref() else {
            judge.unproven(subject, format!("{path}.mtu"));
            continue;
        };
        let needed = f64::from(mtu.value) + overhead;
        if needed <= f64::from(underlay.mtu()) {
            judge.holds();
        } else if kind.is_none() {
            judge.unproven(subject, format!("{path}.kind"));
        } else {
            short(judge, subject, overlay, underlay, needed);
        }
    }
}

pub(super) fn single_spine(judge: &mut Judge<'_>, limits: &parameters::SingleSpine) {
    let topology = judge.topology();
    for fabric in topology.design.fabric.iter().flat_map(|fabrics| fabrics.value.iter()) {
        let Some(spines) = &fabric.value.spines else { continue };
        if spines.value.0.len() >= limits.minimum as usize {
            judge.holds();
            continue;
        }
        let subject = Subject::new(format!("fabric.{}", fabric.pattern.value), fabric.pattern.span);
        let raised = judge.violated(subject).at(spines.span).with("fabric", fabric.pattern.value.as_str());
        raised.with("spines", spines.value.0.len());
        for spine in spines.value.iter() {
            raised.about(format!("switch.{spine}"));
        }
    }
}

pub(super) fn oversubscribed(judge: &mut Judge<'_>, limits: &parameters::Oversubscribed) {
    for leaves in written_leaves(judge.topology()) {
        if let Some(open) = leaves.iter().find(|leaf| !leaf.missing.is_empty()) {
            let subject = of_leaf(judge.topology(), open);
            judge.unproven(subject, String::new()).missing.clone_from(&open.missing);
        } else {
            judge_ratio(judge, &leaves, limits.limit);
        }
    }
}

pub(super) fn oversubscribed_for_ceph(judge: &mut Judge<'_>, limits: &parameters::OversubscribedForCeph) {
    let topology = judge.topology();
    let groups = ceph_leaf_groups(topology);
    if groups.len() < 2 {
        return;
    }
    let with_stores: BTreeSet<usize> = groups.into_iter().flatten().collect();
    for mut leaves in written_leaves(topology) {
        // A speed that is not known is asked for by the rule on all traffic.
        leaves.retain(|leaf| with_stores.contains(&leaf.switch) && leaf.missing.is_empty());
        judge_ratio(judge, &leaves, limits.limit);
    }
}

pub(super) fn vni_used_twice(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    let mut seen: BTreeMap<u32, &Item<Overlay>> = BTreeMap::new();
    for overlay in topology.design.overlay.iter().flat_map(|overlays| overlays.value.iter()) {
        let qinq = overlay.value.kind.as_ref().is_some_and(|kind| kind.value == Encapsulation::Qinq);
        let Some(vni) = overlay.value.vni.as_ref().filter(|_| !qinq) else { continue };
        let first = seen.insert(vni.value, overlay);
        let name = |item: &Item<Overlay>| item.pattern.value.clone();
        let twice = match first {
            Some(first) => Some(vec![name(first), name(overlay)]),
            None => (overlay.names.len() > 1).then(|| overlay.names.clone()),
        };
        let Some(overlays) = twice else {
            judge.holds();
            continue;
        };
        let subject = Subject::new(format!("overlay.{}", overlay.pattern.value), overlay.pattern.span);
        let raised = judge.violated(subject).at(vni.span).with("vni", vni.value).with("overlays", overlays);
        if let Some(other) = first {
            raised.label("first", other.value.vni.as_ref().map_or(other.pattern.span, |vni| vni.span));
            raised.about(format!("overlay.{}", other.pattern.value));
        }
    }
}

pub(super) fn peers_miss_node(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    for overlay in topology.design.overlay.iter().flat_map(|overlays| overlays.value.iter()) {
        let Some(peers) = &overlay.value.peers else { continue };
        let underlay = overlay.value.underlay.as_ref().and_then(|name| topology.network(&name.value));
        let takes = |name: &str| {
            let device = topology.device(name);
            underlay.is_none_or(|underlay| device.is_some_and(|device| underlay.attachment(device).is_some()))
        };
        let nodes = topology.nodes.iter().filter(|node| takes(&node.name) && !peers.value.contains(&node.name));
        let missing: Vec<&Node<'_>> = nodes.collect();
        if missing.is_empty() {
            judge.holds();
            continue;
        }
        let subject = Subject::new(format!("overlay.{}", overlay.pattern.value), overlay.pattern.span);
        let raised = judge.violated(subject).at(peers.span).with("overlay", overlay.pattern.value.as_str());
        raised.with("nodes", missing.iter().map(|node| node.name.clone()).collect::<Vec<_>>());
        for path in node_paths(&missing) {
            raised.about(path);
        }
    }
}

pub(super) fn evpn_technology_preview(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    if topology.environment() != Environment::Production {
        return;
    }
    let overlays = topology.design.overlay.iter().flat_map(|overlays| overlays.value.iter());
    let overlays = overlays.map(|item| ("overlay", &item.pattern, item.value.evpn.as_ref()));
    let fabrics = topology.design.fabric.iter().flat_map(|fabrics| fabrics.value.iter());
    let fabrics = fabrics.map(|item| ("fabric", &item.pattern, item.value.evpn.as_ref()));
    for (kind, name, evpn) in overlays.chain(fabrics) {
        match evpn {
            Some(evpn) if evpn.value => {
                let path = format!("{kind}.{}", name.value);
                let subject = Subject::new(path.clone(), name.span);
                judge.violated(subject).at(evpn.span).with("place", path);
            }
            Some(_) => judge.holds(),
            None => {}
        }
    }
}

pub(super) fn cluster_traffic_in_overlay(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    for network in &topology.networks {
        let Some(overlay) = &network.table().overlay else { continue };
        let held: Vec<&str> = network.purposes().filter(|use_| BELOW.contains(use_)).map(Words::word).collect();
        if held.is_empty() {
            judge.holds();
            continue;
        }
        let raised = judge.violated(Subject::new(network.path(), network.span())).at(overlay.span);
        raised.with("network", network.name()).with("purposes", held).with("overlay", overlay.value.as_str());
        raised.about(format!("overlay.{}", overlay.value));
    }
}

/// Leaves by the table that describes them, with what they carry.
fn written_leaves(topology: &Topology<'_>) -> Vec<Vec<LeafLoad>> {
    let mut groups: Vec<Vec<LeafLoad>> = Vec::new();
    for fabric in topology.design.fabric.iter().flat_map(|fabrics| fabrics.value.iter()) {
        for load in leaf_loads(topology, fabric) {
            let place = topology.switches[load.switch].span();
            let own = |group: &&mut Vec<LeafLoad>| {
                group.first().is_some_and(|known| topology.switches[known.switch].span() == place)
            };
            match groups.iter_mut().find(own) {
                Some(group) => group.push(load),
                None => groups.push(vec![load]),
            }
        }
    }
    groups
}

fn of_leaf(topology: &Topology<'_>, leaf: &LeafLoad) -> Subject {
    let switch = &topology.switches[leaf.switch];
    Subject::new(switch.written_path(), switch.span())
}

fn judge_ratio(judge: &mut Judge<'_>, leaves: &[LeafLoad], limit: f64) {
    let topology = judge.topology();
    let over: Vec<&LeafLoad> = leaves.iter().filter(|leaf| leaf.ratio() > limit).collect();
    let worst = over.iter().copied().reduce(|worst, next| if next.ratio() > worst.ratio() { next } else { worst });
    let Some(worst) = worst else {
        if !leaves.is_empty() {
            judge.holds();
        }
        return;
    };
    let raised = judge.violated(of_leaf(topology, worst));
    let names = over.iter().map(|leaf| topology.switches[leaf.switch].name.clone());
    raised.with("leaves", names.collect::<Vec<_>>()).with("ratio", worst.ratio());
    raised.with("downlink", worst.downlink).with("uplink", worst.uplink);
    for leaf in over {
        raised.about(topology.switches[leaf.switch].path());
    }
}

fn are_cabled(topology: &Topology<'_>, one: &str, other: &str) -> bool {
    let (Some(DeviceId::Switch(one)), Some(other)) = (topology.device(one), topology.device(other)) else {
        return false;
    };
    let mut far = topology.switches[one].ports.iter().filter_map(|port| topology.far_end(*port));
    far.any(|port| topology.port(port).device == other)
}

fn short(judge: &mut Judge<'_>, subject: Subject, overlay: &Item<Overlay>, underlay: &Network<'_>, needed: f64) {
    let Some(mtu) = overlay.value.mtu.as_ref() else { return };
    let raised = judge.violated(subject).at(mtu.span).with("overlay", overlay.pattern.value.as_str());
    raised.with("overlay_mtu", mtu.value).with("needed", needed);
    raised.with("network", underlay.name()).with("underlay_mtu", underlay.mtu());
    raised.label("underlay", underlay.table().mtu.as_ref().map_or(underlay.span(), |mtu| mtu.span));
    raised.about(underlay.path());
}
