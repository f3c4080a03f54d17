//! MLAG pairs: whether their switches fit together, watch each other, and carry what a failure moves over.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use foldhash::HashMap;

use super::{Judge, Raised, Subject};
use crate::capacity::peer_link::{PeerLinkNeed, PeerLinkRate};
use crate::catalogue::parameters::mlag as parameters;
use crate::design::{Names, SwitchPort, SwitchRole};
use crate::source::{Span, Spanned};
use crate::topology::{Attached, DeviceId, Mlag, Neighbour, PortId, Switch, Topology, Watch};

pub(super) fn model_without_mlag(judge: &mut Judge<'_>) {
    for mlag in pairs(judge) {
        let switches = switches(judge.topology(), mlag);
        let unable: Vec<&Switch<'_>> =
            switches.iter().copied().filter(|switch| able(switch).is_some_and(|able| !able.value)).collect();
        if let Some(first) = unable.first() {
            let raised = violated(judge, mlag).with("model", model_name(first));
            raised.with("switches", switches.iter().map(|switch| switch.name.clone()).collect::<Vec<_>>());
            raised.at(mlag.item.value.peers.as_ref().map_or(mlag.item.pattern.span, |peers| peers.span));
            for model in unable.iter().filter_map(|switch| able(switch)).map(|able| able.span).collect::<BTreeSet<_>>()
            {
                raised.label("model", model);
            }
        } else {
            let open = switches.iter().filter(|switch| able(switch).is_none());
            judge.settle(subject(mlag), keys(open.map(|switch| model_key(switch, "mlag"))));
        }
    }
}

pub(super) fn different_models(judge: &mut Judge<'_>) {
    for mlag in pairs(judge) {
        let switches = switches(judge.topology(), mlag);
        let [first, second] = switches.as_slice() else { continue };
        let named = |switch: &Switch<'_>| switch.item.value.model.as_ref().map(|model| model.value.clone());
        match (named(first), named(second)) {
            _ if std::ptr::eq(first.item, second.item) => judge.holds(),
            (Some(one), Some(other)) if one == other => judge.holds(),
            (Some(one), Some(other)) => {
                let text = [(first, one), (second, other)].map(|(switch, model)| format!("{} ({model})", switch.name));
                let raised = violated(judge, mlag).with("models", text.to_vec());
                raised.at(mlag.item.value.peers.as_ref().map_or(mlag.item.pattern.span, |peers| peers.span));
                for switch in [first, second] {
                    raised.label("switch", switch.item.value.model.as_ref().map_or(switch.span(), |model| model.span));
                }
            }
            _ => {
                let open = switches.iter().filter(|switch| named(switch).is_none());
                judge.settle(subject(mlag), keys(open.map(|switch| model_key(switch, ""))));
            }
        }
    }
}

pub(super) fn keepalive_over_peer_link(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    for mlag in pairs(judge) {
        let written = mlag.item.value.keepalive.as_ref();
        let Some((written, network)) = written.and_then(|written| Some((written, topology.network(&written.value)?)))
        else {
            judge.unproven(subject(mlag), format!("{}.keepalive", mlag.path()));
            continue;
        };
        match topology.watch(mlag, network) {
            Watch::Apart => judge.holds(),
            Watch::Unknown => _ = judge.unproven(subject(mlag), "cable"),
            Watch::OverPeerLink => {
                let raised = violated(judge, mlag).at(written.span).label("network", network.span());
                raised.with("network", network.name()).about(network.path());
            }
        }
    }
}

pub(super) fn orphan_port(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    for mlag in pairs(judge) {
        if switches(topology, mlag).iter().any(|switch| switch.role() == Some(SwitchRole::Management)) {
            continue;
        }
        let attached = topology.attached(mlag);
        let hanging: Vec<(DeviceId, &Attached)> = attached.iter().filter_map(|at| Some((device_of(at)?, at))).collect();
        if hanging.is_empty() {
            let devices = topology.nodes.len() + topology.firewalls.len();
            if devices > 0 && !topology.is_pair_cabled(mlag) {
                judge.unproven(subject(mlag), "cable");
            }
            continue;
        }
        let mut tables: BTreeMap<String, Vec<(DeviceId, &Attached)>> = BTreeMap::new();
        for (device, at) in hanging {
            tables.entry(topology.written_path(device)).or_default().push((device, at));
        }
        for (path, devices) in tables {
            hangs_on_one(judge, mlag, path, &devices);
        }
    }
}

pub(super) fn peer_link_below_need(judge: &mut Judge<'_>, limits: &parameters::PeerLinkBelowNeed) {
    let topology = judge.topology();
    for mlag in pairs(judge) {
        let rate = match PeerLinkRate::of(topology, mlag) {
            Ok(rate) => rate,
            Err(key) => {
                judge.unproven(subject(mlag), key);
                continue;
            }
        };
        let Some(need) = PeerLinkNeed::of(topology, mlag, limits.simultaneous) else {
            judge.unproven(subject(mlag), "cable");
            continue;
        };
        if rate.surviving >= need.rate() {
            judge.settle(subject(mlag), need.missing);
            continue;
        }
        let raised = violated(judge, mlag).with("needed", need.rate()).with("orphans", need.orphans);
        raised.with("failure", need.failure()).with("surviving", rate.surviving);
        if let Some(peer_link) = &mlag.item.value.peer_link {
            raised.at(peer_link.span).label("peer_link", peer_link.span);
        }
        for name in &need.orphan_names {
            if let Some(device) = topology.device(name) {
                raised.about(topology.written_path(device));
            }
        }
    }
}

pub(super) fn settings_differ(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    let halves = halves(topology);
    for mlag in pairs(judge) {
        let mut seen: BTreeSet<(Span, Span)> = BTreeSet::new();
        let (mut missing, mut alike): (Vec<String>, bool) = (Vec::new(), false);
        for [one, other] in halves.get(&mlag.item.pattern.span).into_iter().flatten().copied() {
            let (Some(left), Some(right)) = (topology.port(one).settings, topology.port(other).settings) else {
                missing.push("switch_port".to_owned());
                continue;
            };
            let differences = differences(left, right);
            let Some((_, at, label)) = differences.iter().find_map(Difference::places) else {
                missing.extend(differences.into_iter().filter_map(Difference::missing));
                alike = true;
                continue;
            };
            if !seen.insert((at, label)) {
                continue;
            }
            let keys: Vec<&str> = differences.iter().filter_map(Difference::places).map(|(key, _, _)| key).collect();
            let raised = violated(judge, mlag).at(at).label("other", label).with("keys", keys);
            raised.with("one", topology.port_name(one)).with("other", topology.port_name(other));
        }
        if seen.is_empty() && (alike || !missing.is_empty()) {
            judge.settle(subject(mlag), keys(missing.into_iter()));
        }
    }
}

pub(super) fn vlan_missing_on_peer_link(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    let halves = halves(topology);
    for mlag in pairs(judge) {
        let set: Vec<&SwitchPort> =
            mlag.peer_link.iter().flatten().flatten().filter_map(|port| topology.port(*port).settings).collect();
        if set.is_empty() {
            continue;
        }
        let wanted: BTreeMap<PortId, BTreeSet<u32>> = halves
            .get(&mlag.item.pattern.span)
            .into_iter()
            .flatten()
            .flatten()
            .copied()
            .filter_map(|port| Some((port, topology.port(port).settings?.vlans()?)))
            .collect();
        if wanted.is_empty() {
            continue;
        }
        if let Some(open) = set.iter().find(|settings| settings.tagged.is_none()) {
            judge.unproven(subject(mlag), format!("{}.tagged", open.path()));
            continue;
        }
        let lacking = |settings: &&&SwitchPort| wanted.values().flatten().any(|vlan| !carries(settings, *vlan));
        let Some(short) = set.iter().find(lacking) else {
            judge.holds();
            continue;
        };
        let cut =
            |vlans: &BTreeSet<u32>| vlans.iter().copied().filter(|vlan| !carries(short, *vlan)).collect::<Vec<_>>();
        let ports: Vec<PortId> =
            wanted.iter().filter(|(_, vlans)| !cut(vlans).is_empty()).map(|(port, _)| *port).collect();
        let vlans: BTreeSet<u32> = wanted.values().flat_map(cut).collect();
        let raised = violated(judge, mlag);
        raised.with("vlans", vlans.iter().map(u32::to_string).collect::<Vec<_>>());
        raised.with("ports", ports.iter().map(|port| topology.port_name(*port)).collect::<Vec<_>>());
        if let Some(tagged) = &short.tagged {
            raised.at(tagged.span);
        }
        let other = ports.first().and_then(|port| topology.port(*port).settings?.ports.as_ref());
        if let Some(other) = other {
            raised.label("port", other.span);
        }
    }
}

/// Pairs whose two switches were found.
fn pairs<'a>(judge: &Judge<'a>) -> Vec<&'a Mlag<'a>> {
    judge.topology().mlags.iter().filter(|mlag| mlag.peers.len() == 2).collect()
}

fn subject(mlag: &Mlag<'_>) -> Subject {
    Subject::new(mlag.path(), mlag.item.pattern.span)
}

fn violated<'j>(judge: &'j mut Judge<'_>, mlag: &Mlag<'_>) -> &'j mut Raised {
    let topology = judge.topology();
    let raised = judge.violated(subject(mlag)).with("mlag", mlag.item.pattern.value.as_str());
    for switch in switches(topology, mlag) {
        raised.about(switch.path());
    }
    raised
}

fn switches<'t, 'd>(topology: &'t Topology<'d>, mlag: &Mlag<'_>) -> Vec<&'t Switch<'d>> {
    mlag.peers.iter().filter_map(|peer| topology.switches.get(*peer)).collect()
}

fn model_name<'d>(switch: &Switch<'d>) -> &'d str {
    switch.item.value.model.as_ref().map_or("", |model| model.value.as_str())
}

fn model_key(switch: &Switch<'_>, key: &str) -> String {
    switch.model_key(key).trim_end_matches('.').to_owned()
}

/// Whether the model of a switch can do MLAG, where that is said.
fn able<'d>(switch: &Switch<'d>) -> Option<&'d Spanned<bool>> {
    switch.model?.value.mlag.as_ref()
}

/// Each key once.
fn keys(keys: impl Iterator<Item = String>) -> Vec<String> {
    keys.collect::<BTreeSet<_>>().into_iter().collect()
}

fn device_of(attached: &Attached) -> Option<DeviceId> {
    match attached.neighbour {
        Neighbour::Device(device) => Some(device),
        Neighbour::Switches(_) | Neighbour::Outside => None,
    }
}

/// Judges equal devices that hang on a pair.
fn hangs_on_one(judge: &mut Judge<'_>, mlag: &Mlag<'_>, path: String, devices: &[(DeviceId, &Attached)]) {
    let topology = judge.topology();
    let Some((first, _)) = devices.first() else { return };
    let about = Subject::new(path, topology.device_span(*first));
    let single: Vec<&(DeviceId, &Attached)> = devices.iter().filter(|(_, at)| at.is_single()).collect();
    // A bond with a port that nobody has cabled yet may well lead to the other switch.
    let is_open = |device: DeviceId| {
        let mut here = topology.bonds_on(device).map(|bond| topology.bond_ends(bond));
        here.any(|ends| ends.open.is_some() && ends.switches.iter().any(|end| mlag.peers.contains(end)))
    };
    let (open, alone): (Vec<_>, Vec<_>) = single.into_iter().partition(|(device, _)| is_open(*device));
    let Some((_, at)) = alone.first() else {
        judge.settle(about, if open.is_empty() { Vec::new() } else { vec!["cable".to_owned()] });
        return;
    };
    let ports: Vec<PortId> = alone.iter().flat_map(|(_, at)| at.ports.concat()).collect();
    let ends: BTreeSet<&str> = ports.iter().map(|port| topology.name(topology.port(*port).device)).collect();
    let cable = at.ports.concat().first().and_then(|port| topology.cables[topology.port(*port).cable?].item);
    let span = about.span;
    let raised = judge.violated(about).about(mlag.path()).with("mlag", mlag.item.pattern.value.as_str());
    raised.with("device", alone.iter().map(|(device, _)| topology.name(*device)).collect::<Vec<_>>());
    raised.with("switch", ends.into_iter().collect::<Vec<_>>());
    if let Some(end) = cable.and_then(|cable| cable.value.to.as_ref()) {
        raised.at(end.span).label("device", span);
    }
    let bonds = alone.iter().flat_map(|(device, _)| topology.bonds_on(*device));
    for path in bonds.map(crate::topology::Bond::path).collect::<BTreeSet<_>>() {
        raised.about(path);
    }
}

/// Ports of the two switches of a pair that are halves of one bond or named group, where one of them has settings; by the
/// place of their pair.
fn halves(topology: &Topology<'_>) -> Arc<Halves> {
    topology.once(0, || found_halves(topology))
}

type Halves = HashMap<Span, Vec<[PortId; 2]>>;

fn found_halves(topology: &Topology<'_>) -> Halves {
    let mut halves = Halves::default();
    if topology.design.switch_port.is_none() {
        return halves;
    }
    let mut add = |mlag: &Mlag<'_>, group: &[PortId]| {
        let in_peer_link = |port: &PortId| mlag.peer_link.iter().flatten().flatten().any(|link| link == port);
        let [one, other] = [0, 1].map(|side: usize| {
            let peer = DeviceId::Switch(mlag.peers[side]);
            let here = |port: &&PortId| topology.port(**port).device == peer && !in_peer_link(port);
            group.iter().filter(here).copied().collect::<Vec<_>>()
        });
        let (Some(left), Some(right)) = (one.first(), other.first()) else { return };
        let ports = other.iter().map(|port| [*left, *port]).chain(one.iter().map(|port| [*port, *right]));
        let is_set = |ports: &[PortId; 2]| ports.iter().any(|port| topology.port(*port).settings.is_some());
        halves.entry(mlag.item.pattern.span).or_default().extend(ports.filter(is_set));
    };
    for bond in &topology.bonds {
        let ends = topology.bond_ends(bond);
        for mlag in ends.switches.iter().flat_map(|switch| led_by(topology, *switch)) {
            add(mlag, &ends.ports);
        }
    }
    for lag in &topology.lags {
        let of_pair = lag.switches.iter().flat_map(|switch| led_by(topology, *switch));
        for mlag in of_pair.filter(|mlag| lag.switches == mlag.peers) {
            add(mlag, &lag.ports);
        }
    }
    let once = |(pair, mut ports): (Span, Vec<[PortId; 2]>)| {
        ports.sort_unstable();
        ports.dedup();
        (pair, ports)
    };
    halves.into_iter().map(once).collect()
}

/// Whole pairs whose first switch this is: by it, each pair is met once.
fn led_by<'t, 'd>(topology: &'t Topology<'d>, switch: usize) -> impl Iterator<Item = &'t Mlag<'d>> {
    topology.pairs_with(switch).filter(move |mlag| mlag.peers.len() == 2 && mlag.peers.first() == Some(&switch))
}

/// How a setting of two ports compares where it is not the same.
enum Difference {
    /// It differs: its key, and where it is written on either side.
    Differs(&'static str, Span, Span),
    /// The key that one side does not state.
    Open(String),
}

impl Difference {
    fn places(&self) -> Option<(&'static str, Span, Span)> {
        match self {
            Self::Differs(key, one, other) => Some((key, *one, *other)),
            Self::Open(_) => None,
        }
    }

    fn missing(self) -> Option<String> {
        match self {
            Self::Differs(..) => None,
            Self::Open(key) => Some(key),
        }
    }
}

fn differences(one: &SwitchPort, other: &SwitchPort) -> Vec<Difference> {
    if std::ptr::eq(one, other) {
        return Vec::new();
    }
    let same_names = |left: &Names, right: &Names| {
        let sets = || [left, right].map(|names| names.iter().collect::<BTreeSet<_>>());
        left.iter().eq(right.iter()) || matches!(sets(), [left, right] if left == right)
    };
    let settings = [one, other];
    let found = [
        difference("tagged", settings, settings.map(|own| own.tagged.as_ref()), same_names),
        difference("native", settings, settings.map(|own| own.native.as_ref()), PartialEq::eq),
        difference("mtu", settings, settings.map(|own| own.mtu.as_ref()), PartialEq::eq),
        difference("lacp_rate", settings, settings.map(|own| own.lacp_rate.as_ref()), PartialEq::eq),
        difference("hash_policy", settings, settings.map(|own| own.hash_policy.as_ref()), PartialEq::eq),
    ];
    found.into_iter().flatten().collect()
}

/// How a value of two settings compares, where it is not the same.
fn difference<T>(
    key: &'static str,
    [one, other]: [&SwitchPort; 2],
    values: [Option<&Spanned<T>>; 2],
    same: impl Fn(&T, &T) -> bool,
) -> Option<Difference> {
    match values {
        [Some(left), Some(right)] if !same(&left.value, &right.value) => {
            Some(Difference::Differs(key, left.span, right.span))
        }
        [Some(_), None] => Some(Difference::Open(format!("{}.{key}", other.path()))),
        [None, Some(_)] => Some(Difference::Open(format!("{}.{key}", one.path()))),
        _ => None,
    }
}

/// Whether a port lets a VLAN through, tagged or not.
fn carries(settings: &SwitchPort, vlan: u32) -> bool {
    settings.vlans().is_some_and(|vlans| vlans.contains(&vlan))
}
