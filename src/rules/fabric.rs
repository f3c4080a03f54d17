//! Leaf-spine fabrics and the overlays they carry.

use std::collections::BTreeMap;

use super::{Judge, Subject};
use crate::catalogue::parameters::fabric as parameters;
use crate::design::{Encapsulation, Item, Overlay};
use crate::topology::{DeviceId, Network, Topology};

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
        let overhead = if is_ipv6(underlay) { limits.overhead_ipv6 } else { limits.overhead };
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

fn are_cabled(topology: &Topology<'_>, one: &str, other: &str) -> bool {
    let (Some(DeviceId::Switch(one)), Some(other)) = (topology.device(one), topology.device(other)) else {
        return false;
    };
    let mut far = topology.switches[one].ports.iter().filter_map(|port| topology.far_end(*port));
    far.any(|port| topology.port(port).device == other)
}

/// Whether a network's addresses are IPv6.
fn is_ipv6(network: &Network<'_>) -> bool {
    network.attachments.iter().filter_map(|attachment| attachment.address.as_ref()).any(|address| address.ip.is_ipv6())
}

fn short(judge: &mut Judge<'_>, subject: Subject, overlay: &Item<Overlay>, underlay: &Network<'_>, needed: f64) {
    let Some(mtu) = overlay.value.mtu.as_ref() else { return };
    let raised = judge.violated(subject).at(mtu.span).with("overlay", overlay.pattern.value.as_str());
    raised.with("overlay_mtu", mtu.value).with("needed", needed);
    raised.with("network", underlay.name()).with("underlay_mtu", underlay.mtu());
    raised.label("underlay", underlay.table().mtu.as_ref().map_or(underlay.span(), |mtu| mtu.span));
    raised.about(underlay.path());
}
