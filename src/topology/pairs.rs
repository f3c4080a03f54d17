//! MLAG pairs: what hangs on them, and how their two switches reach each other.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use foldhash::HashSet;
use petgraph::visit::EdgeRef as _;

use super::Topology;
use super::devices::{DeviceId, PortId};
use super::links::Mlag;
use super::networks::Network;
use crate::design::{Purpose, SwitchRole};

/// Purposes that belong on a single port: nothing is asked of both switches of a pair for them.
const SINGLE: [Purpose; 5] =
    [Purpose::Management, Purpose::Bmc, Purpose::Corosync, Purpose::Provisioning, Purpose::Keepalive];

/// What hangs on a pair of switches.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Neighbour {
    /// A server or firewall.
    Device(DeviceId),
    /// Another switch, or another pair of them.
    Switches(Vec<usize>),
    /// Lines to the outside.
    Outside,
}

/// The ports by which one thing hangs on the two switches of a pair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attached {
    /// The thing.
    pub neighbour: Neighbour,
    /// Ports of the first and of the second switch.
    pub ports: [Vec<PortId>; 2],
}

impl Attached {
    /// Whether it hangs on one of the two switches only.
    pub fn is_single(&self) -> bool {
        self.ports.iter().any(Vec::is_empty)
    }
}

/// How the two switches of a pair see each other while the peer link is down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Watch {
    /// By a way of its own.
    Apart,
    /// By no other way than the peer link.
    OverPeerLink,
    /// No cable tells.
    Unknown,
}

impl<'d> Topology<'d> {
    /// What hangs on the two switches of a pair; administration, the pair's own links and the routed ones between leaf
    /// and spine are left out. It is found once.
    pub fn attached(&self, mlag: &Mlag<'d>) -> Arc<Vec<Attached>> {
        self.once(mlag.place, || self.found_attached(mlag))
    }

    fn found_attached(&self, mlag: &Mlag<'d>) -> Vec<Attached> {
        let single = self.single_purpose_ports();
        let outside: HashSet<PortId> = self.uplinks.iter().flat_map(|uplink| uplink.ports.iter().copied()).collect();
        let is_aside = |far: PortId| single.contains(&far) || self.port(far).management;
        let mut found: BTreeMap<Neighbour, [Vec<PortId>; 2]> = BTreeMap::new();
        for (side, peer) in mlag.peers.iter().enumerate().take(2) {
            for port in &self.switches[*peer].ports {
                let far = self.far_end(*port);
                let neighbour = match far.map(|far| self.port(far).device) {
                    _ if self.port(*port).management || far.is_some_and(is_aside) => None,
                    Some(DeviceId::Switch(other)) => self.neighbour_switch(mlag, *peer, other),
                    Some(device) => Some(Neighbour::Device(device)),
                    None => outside.contains(port).then_some(Neighbour::Outside),
                };
                if let Some(neighbour) = neighbour {
                    found.entry(neighbour).or_default()[side].push(*port);
                }
            }
        }
        found.into_iter().map(|(neighbour, ports)| Attached { neighbour, ports }).collect()
    }

    /// Whether anything but the two switches themselves is cabled to a pair, or a line to the outside plugged in.
    pub fn is_pair_cabled(&self, mlag: &Mlag<'_>) -> bool {
        let ports = || mlag.peers.iter().flat_map(|peer| &self.switches[*peer].ports);
        let leads_away = |port: &PortId| {
            let far = self.far_end(*port).map(|far| self.port(far).device);
            !self.port(*port).management
                && far.is_some_and(|far| !matches!(far, DeviceId::Switch(other) if mlag.peers.contains(&other)))
        };
        ports().any(leads_away) || ports().any(|port| self.uplinks.iter().any(|uplink| uplink.ports.contains(port)))
    }

    fn neighbour_switch(&self, mlag: &Mlag<'_>, peer: usize, other: usize) -> Option<Neighbour> {
        let aside = mlag.peers.contains(&other)
            || self.is_routed(peer, other)
            || self.switches[other].role() == Some(SwitchRole::Management);
        (!aside).then(|| Neighbour::Switches(self.unit(other).to_vec()))
    }

    /// Ports of servers that carry nothing but what belongs on a single port, and ports of firewalls for their
    /// administration and for each other.
    fn single_purpose_ports(&self) -> &HashSet<PortId> {
        self.lookups.single_purpose_ports.get_or_init(|| self.found_single_purpose_ports())
    }

    fn found_single_purpose_ports(&self) -> HashSet<PortId> {
        let (mut single, mut other): (HashSet<PortId>, HashSet<PortId>) = Default::default();
        for network in &self.networks {
            let is_single =
                network.purposes().next().is_some() && network.purposes().all(|purpose| SINGLE.contains(&purpose));
            let interfaces = network.attachments.iter().filter_map(|attachment| attachment.interface.as_ref());
            let ports = interfaces.flat_map(|interface| self.ports_under(interface.value)).copied();
            if is_single { single.extend(ports) } else { other.extend(ports) }
        }
        for firewall in &self.firewalls {
            let table = &firewall.item.value;
            let labels = [&table.management_ports, &table.ha_ports].into_iter().flatten();
            single.extend(labels.flat_map(|labels| labels.value.iter()).filter_map(|label| firewall.port(label)));
        }
        single.retain(|port| !other.contains(port));
        single
    }

    /// How the switches of a pair watch each other over a network.
    pub fn watch(&self, mlag: &Mlag<'d>, network: &Network<'_>) -> Watch {
        let sides: Vec<Option<BTreeSet<DeviceId>>> =
            mlag.peers.iter().map(|peer| self.watch_entries(mlag, network, *peer)).collect();
        let [Some(from), Some(to)] = sides.as_slice() else {
            return if self.has_further_link(mlag) { Watch::Apart } else { Watch::Unknown };
        };
        let [first, second] = [0, 1].map(|side| DeviceId::Switch(mlag.peers[side]));
        let straight = from.contains(&second) || to.contains(&first);
        if straight || self.is_reached(from, to, &self.peer_cables(mlag)) {
            Watch::Apart
        } else if from.is_empty() || to.is_empty() || self.is_reached(from, to, &HashSet::default()) {
            Watch::OverPeerLink
        } else {
            Watch::Unknown
        }
    }

    /// Devices at which a switch of a pair enters the network it watches the other one over: what its ports there lead
    /// to, or the switch itself where the network runs over its ordinary ports. Empty where only the peer link carries
    /// it; nothing where no cable tells.
    fn watch_entries(&self, mlag: &Mlag<'d>, network: &Network<'_>, peer: usize) -> Option<BTreeSet<DeviceId>> {
        let device = DeviceId::Switch(peer);
        let lead = |ports: &[PortId]| -> BTreeSet<DeviceId> {
            let peer_link: HashSet<PortId> = mlag.peer_link.iter().flatten().flatten().copied().collect();
            let ends = ports.iter().filter(|port| !peer_link.contains(port)).filter_map(|port| self.far_end(*port));
            ends.map(|far| self.port(far).device).collect()
        };
        let interface = network.attachment(device).and_then(|attachment| attachment.interface.as_ref());
        if let Some(interface) = interface {
            let ports = self.ports_under(interface.value);
            return self.is_cabled(ports).then(|| lead(ports));
        }
        let switch = &self.switches[peer];
        let own: Vec<PortId> = switch.ports.iter().copied().filter(|port| self.port(*port).management).collect();
        if self.is_cabled(&own) {
            return Some(lead(&own));
        }
        let none =
            switch.model.and_then(|model| model.value.management_ports.as_ref()).is_some_and(|own| own.value == 0);
        none.then(|| BTreeSet::from([device]))
    }

    /// Cables of the peer link.
    fn peer_cables(&self, mlag: &Mlag<'_>) -> HashSet<usize> {
        let ports = mlag.peer_link.iter().flatten().flatten();
        ports.filter_map(|port| self.port(*port).cable).collect()
    }

    /// Whether a cable beside the peer link joins the two switches of a pair.
    fn has_further_link(&self, mlag: &Mlag<'_>) -> bool {
        let peer_link = self.peer_cables(mlag);
        let [first, second] = mlag.peers.as_slice() else { return false };
        self.switches[*first].ports.iter().any(|port| {
            let is_other = |far: PortId| self.port(far).device == DeviceId::Switch(*second);
            self.far_end(*port).is_some_and(is_other)
                && self.port(*port).cable.is_some_and(|own| !peer_link.contains(&own))
        })
    }

    /// Whether frames get from one of some devices to one of some others through switches, without these cables and
    /// without ports for administration, between which and the others no frames pass.
    fn is_reached(&self, from: &BTreeSet<DeviceId>, to: &BTreeSet<DeviceId>, barred: &HashSet<usize>) -> bool {
        let mut seen = from.clone();
        if !from.is_disjoint(to) {
            return true;
        }
        let mut edge: Vec<DeviceId> = from.iter().copied().collect();
        while let Some(device) = edge.pop() {
            let Some(vertex) = self.vertices.get(&device).filter(|_| matches!(device, DeviceId::Switch(_))) else {
                continue;
            };
            for cable in self.graph.edges(*vertex) {
                let ends = [self.cables[*cable.weight()].from, self.cables[*cable.weight()].to];
                if barred.contains(cable.weight()) || ends.iter().any(|port| self.port(*port).management) {
                    continue;
                }
                let other = if cable.source() == *vertex { cable.target() } else { cable.source() };
                let Some(next) = self.graph.node_weight(other) else { continue };
                if to.contains(next) {
                    return true;
                }
                if seen.insert(*next) {
                    edge.push(*next);
                }
            }
        }
        false
    }
}
