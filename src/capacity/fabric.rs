//! Oversubscription of leaf-spine fabrics: what hangs on each leaf against what leads to its spines.

use std::collections::BTreeSet;

use super::bandwidth::write_ceiling;
use super::figure::{Figure, Method, State, Value};
use super::store::{Store, main_pool};
use crate::catalogue::figure_texts as texts;
use crate::design::{Fabric, FailureDomain, Item, SwitchRole};
use crate::quantity::{Rate, units};
use crate::topology::{DeviceId, Topology};
use crate::words;

/// What one leaf carries, from the cables that are plugged in.
#[derive(Debug, Clone, PartialEq)]
pub struct LeafLoad {
    /// Index of the switch.
    pub switch: usize,
    /// Rate of all cabled ports that lead neither to a spine nor to another leaf, one way.
    pub downlink: Rate,
    /// Rate of all cables to the spines, one way.
    pub uplink: Rate,
    /// The same without the spine that most of it leads to.
    pub uplink_spine_lost: Rate,
    /// Keys that would state the speed of further ports, each once.
    pub missing: Vec<String>,
}

impl LeafLoad {
    /// Downlinks to uplinks: 3 is written 3:1. Infinite without uplinks.
    pub fn ratio(&self) -> f64 {
        self.downlink / self.uplink
    }

    /// The same with the spine gone that most uplinks lead to.
    pub fn ratio_spine_lost(&self) -> f64 {
        self.downlink / self.uplink_spine_lost
    }
}

/// The leaves of a fabric that have cables both to servers and to spines.
pub fn leaf_loads(topology: &Topology<'_>, fabric: &Item<Fabric>) -> Vec<LeafLoad> {
    let (Some(leaves), Some(spines)) = (&fabric.value.leaves, &fabric.value.spines) else { return Vec::new() };
    let indices = |names: &crate::design::Names| -> Vec<usize> {
        let found = names.iter().filter_map(|name| topology.device(name));
        found.filter_map(|device| if let DeviceId::Switch(index) = device { Some(index) } else { None }).collect()
    };
    let (leaves, spines) = (indices(&leaves.value), indices(&spines.value));
    let loads = leaves.iter().map(|leaf| leaf_load(topology, *leaf, &leaves, &spines));
    loads.filter(|load| load.downlink.base() > 0.0 && load.uplink.base() > 0.0 || !load.missing.is_empty()).collect()
}

fn leaf_load(topology: &Topology<'_>, leaf: usize, leaves: &[usize], spines: &[usize]) -> LeafLoad {
    let (mut down, mut up) = (0.0, vec![0.0; spines.len()]);
    let mut missing: Vec<String> = Vec::new();
    for port in &topology.switches[leaf].ports {
        let Some(far) = topology.far_end(*port).filter(|_| !topology.port(*port).management) else { continue };
        let device = topology.port(far).device;
        let is_leaf = matches!(device, DeviceId::Switch(switch) if leaves.contains(&switch));
        if is_leaf || is_foreign_spine(topology, device, spines) {
            continue;
        }
        let Some(rate) = topology.cable_speed(*port) else {
            let key = topology.speed_key(*port);
            if !missing.contains(&key) {
                missing.push(key);
            }
            continue;
        };
        match spines.iter().position(|spine| device == DeviceId::Switch(*spine)) {
            Some(spine) => up[spine] += rate.base(),
            None => down += rate.base(),
        }
    }
    let all: f64 = up.iter().sum();
    let most = up.into_iter().fold(0.0, f64::max);
    let rate = |base: f64| Rate::from_base(base, &units::GBIT_PER_S);
    LeafLoad { switch: leaf, downlink: rate(down), uplink: rate(all), uplink_spine_lost: rate(all - most), missing }
}

/// Whether a device is a spine that is none of this fabric's: what leads there is no load of servers.
fn is_foreign_spine(topology: &Topology<'_>, device: DeviceId, spines: &[usize]) -> bool {
    let DeviceId::Switch(switch) = device else { return false };
    topology.switches[switch].role() == Some(SwitchRole::Spine) && !spines.contains(&switch)
}

/// Groups of leaves that servers with OSDs hang on: a server on two leaves makes one group of the two. Ceph crosses
/// the spines where there are two groups or more.
pub fn ceph_leaf_groups(topology: &Topology<'_>) -> BTreeSet<Vec<usize>> {
    let stores = (0..topology.nodes.len()).filter(|node| topology.nodes[*node].osd_groups().next().is_some());
    stores.map(|node| topology.leaves_of(DeviceId::Node(node))).filter(|leaves| !leaves.is_empty()).collect()
}

pub(super) fn figures(topology: &Topology<'_>, out: &mut Vec<Figure>) {
    for fabric in topology.design.fabric.iter().flat_map(|fabrics| fabrics.value.iter()) {
        for load in leaf_loads(topology, fabric) {
            out.push(oversubscription(topology, &load, State::Healthy));
            if load.uplink_spine_lost.base() > 0.0 {
                out.push(oversubscription(topology, &load, State::SpineLost));
            }
        }
        out.extend(ceph_demand(topology, fabric));
    }
}

fn oversubscription(topology: &Topology<'_>, load: &LeafLoad, state: State) -> Figure {
    let subject = topology.switches[load.switch].path();
    let text = texts::LEAF_OVERSUBSCRIPTION;
    if !load.missing.is_empty() {
        return Figure::unknown(text, subject, Method::Model, load.missing.clone()).state(state);
    }
    let (ratio, uplink) = match state {
        State::SpineLost => (load.ratio_spine_lost(), load.uplink_spine_lost),
        _ => (load.ratio(), load.uplink),
    };
    Figure::new(text, subject, Method::Model, ratio)
        .state(state)
        .formula(words::fabric::down_over_up(load.downlink, uplink))
        .input("downlink", load.downlink)
        .input("uplink", uplink)
}

/// What Ceph writes across the spines from each group of leaves at the cluster's full write bandwidth.
fn ceph_demand(topology: &Topology<'_>, fabric: &Item<Fabric>) -> Option<Figure> {
    let groups = ceph_leaf_groups(topology).len() as f64;
    let store = Store::of(topology, main_pool(topology)?).ok().filter(|_| groups > 1.0)?;
    let subject = format!("fabric.{}", fabric.pattern.value);
    let text = texts::LEAF_CEPH_DEMAND;
    let bandwidth = write_ceiling(topology, &store, State::Healthy);
    let megabytes = match bandwidth.value {
        Value::Number(megabytes) => megabytes,
        Value::Unknown(missing) => return Some(Figure::unknown(text, subject, Method::Model, missing)),
        Value::Never => return None,
    };
    let by_rack = store.pool.value.failure_domain.as_ref().map(|domain| domain.value);
    let nodes = store.servers.len() as f64;
    // A copy on another server is on another leaf as often as there are servers there; on another rack it always is.
    let apart = match by_rack {
        Some(FailureDomain::Rack | FailureDomain::Site) => 1.0,
        _ => nodes * (1.0 - 1.0 / groups) / (nodes - 1.0),
    };
    let share = (store.copies - 1.0) * apart + 1.0 - 1.0 / groups;
    let demand = Rate::new(megabytes / groups * share, &units::MB_PER_S).to(&units::GBIT_PER_S);
    Some(
        Figure::new(text, subject, Method::Model, demand.amount())
            .formula(format!(
                "{megabytes:.0} MB/s / {groups} x (({} - 1) x {apart:.3} + 1 - 1 / {groups}) x 8 / 1000",
                store.copies
            ))
            .input("write_bandwidth", Rate::new(megabytes, &units::MB_PER_S))
            .input("groups", groups)
            .input("copies", store.copies)
            .assumed(words::fabric::evenly_spread()),
    )
}
