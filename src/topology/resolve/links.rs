//! Pairs of switches, cables, bonds and bridges.

use foldhash::HashMap;

use petgraph::graph::DiGraph;

use super::{Resolver, items};
use crate::design::{self, Item, Mistake, MistakeKind, Names, Text};
use crate::source::{Span, Spanned};
use crate::topology::devices::{DeviceId, PortId};
use crate::topology::links::{Bond, BondId, Bridge, Cable, Interface, Mlag};
use crate::words::Said;
use crate::words::references;

impl<'d> Resolver<'d> {
    pub(super) fn mlags(&mut self) {
        for item in items(self.topology.design.mlag.as_ref()) {
            let mut peers = Vec::new();
            for peer in item.value.peers.iter().flat_map(|peers| peers.value.0.iter()) {
                match self.known_device(&peer.value, peer.span) {
                    Some(DeviceId::Switch(index)) if !peers.contains(&index) => peers.push(index),
                    Some(_) => {
                        let message = references::no_second_switch(peer.value.as_str());
                        let mistake = Mistake::new(MistakeKind::UsedTwice, peer.span, message);
                        self.report(mistake.help(references::two_switches()));
                    }
                    None => {}
                }
            }
            let peer_link = item.value.peer_link.as_ref().map(|labels| {
                let device = |peer: &usize| DeviceId::Switch(*peer);
                peers
                    .iter()
                    .map(|peer| {
                        labels
                            .value
                            .0
                            .iter()
                            .filter_map(|label| self.known_port(device(peer), &label.value, label.span))
                            .collect()
                    })
                    .collect::<Vec<Vec<PortId>>>()
            });
            if let (Some([left, right]), Some(labels)) = (peer_link.as_deref(), item.value.peer_link.as_ref()) {
                for (from, to) in left.clone().into_iter().zip(right.clone()) {
                    self.plug(from, to, None, labels.span);
                }
            }
            let place = self.topology.mlags.len();
            self.topology.mlags.push(Mlag { item, place, peers, peer_link });
        }
    }

    pub(super) fn cables(&mut self) {
        for cable in self.topology.design.cable.iter().flat_map(|cables| cables.value.iter()) {
            let (Some(from), Some(to)) = (&cable.value.from, &cable.value.to) else { continue };
            let (ends_from, ends_to) = (&from.value.0, &to.value.0);
            if ends_from.len() != ends_to.len() {
                let message = references::ends_of_sides(ends_from.len(), ends_to.len());
                let mistake = Mistake::new(MistakeKind::UnequalRanges, to.span, message);
                self.report(mistake.related(from.span, references::other_side()).help(references::two_equal_ranges()));
                continue;
            }
            for (from, to) in ends_from.iter().zip(ends_to) {
                let ends = (self.endpoint(from), self.endpoint(to));
                if let (Some(from_port), Some(to_port)) = ends {
                    self.plug(from_port, to_port, Some(cable), from.span);
                }
            }
            self.two_plugs(&cable.value);
        }
    }

    /// A cable has a plug at each end: one form for both, or one for each.
    fn two_plugs(&mut self, cable: &design::Cable) {
        let Some(plugs) = cable.form_factor.as_ref().filter(|plugs| !(1..=2).contains(&plugs.value.len())) else {
            return;
        };
        let message = references::form_factors(plugs.value.len());
        let mistake = Mistake::new(MistakeKind::UnequalRanges, plugs.span, message);
        self.report(mistake.help(references::one_or_two_form_factors()));
    }

    pub(super) fn endpoint(&mut self, end: &Spanned<Text>) -> Option<PortId> {
        let Some((device, label)) = end.value.split_once(':') else {
            let message = references::names_no_port(end.value.as_str());
            let mistake = Mistake::new(MistakeKind::DanglingName, end.span, message);
            self.report(mistake.help(references::write_device_and_port("pve1:slot1:1")));
            return None;
        };
        let device = self.known_device(device, end.span)?;
        self.known_port(device, label, end.span).or_else(|| self.undescribed_port(device, label, end.span))
    }

    pub(super) fn plug(&mut self, from: PortId, to: PortId, item: Option<&'d Spanned<design::Cable>>, span: Span) {
        if from == to {
            let message = references::cable_to_itself(self.topology.port_name(from));
            self.report(Mistake::new(MistakeKind::Cycle, span, message).help(references::two_ports()));
            return;
        }
        if let Some(peer_link) = self.peer_link_between(from, to).filter(|_| item.is_some()) {
            self.topology.cables[peer_link] = Cable { item, from, to };
            return;
        }
        for port in [from, to] {
            if let Some(cable) = self.topology.port(port).cable {
                let message = references::two_cables(self.topology.port_name(port));
                let first =
                    self.topology.cables[cable].item.and_then(|item| item.value.from.as_ref()).map(|from| from.span);
                let mistake = Mistake::new(MistakeKind::UsedTwice, span, message);
                self.report(match first {
                    Some(first) => mistake.related(first, references::first_cable()),
                    None => mistake.help(references::cable_of_peer_link()),
                });
                return;
            }
        }
        let index = self.topology.cables.len();
        self.topology.cables.push(Cable { item, from, to });
        for (port, far) in [(from, to), (to, from)] {
            let port = &mut self.topology.ports[port.0];
            (port.cable, port.far) = (Some(index), Some(far));
        }
        let vertices = [from, to].map(|port| self.topology.vertices[&self.topology.port(port).device]);
        self.topology.graph.add_edge(vertices[0], vertices[1], index);
    }

    /// The cable of a peer link that has these two ends and that no table has described yet.
    fn peer_link_between(&self, from: PortId, to: PortId) -> Option<usize> {
        let [own, other] = [from, to].map(|port| self.topology.port(port).cable);
        own.filter(|cable| other == own && self.topology.cables[*cable].item.is_none())
    }

    /// Devices a table is `on`; every node where that is left out.
    pub(super) fn members(&mut self, on: Option<&Spanned<Names>>, place: Span) -> Vec<DeviceId> {
        let count = on.map_or(self.topology.nodes.len(), |names| names.value.0.len());
        if !self.room_for(count, place) {
            return Vec::new();
        }
        match on {
            None => (0..self.topology.nodes.len()).map(DeviceId::Node).collect(),
            Some(names) => names.value.0.iter().filter_map(|name| self.known_device(&name.value, name.span)).collect(),
        }
    }

    pub(super) fn bonds(&mut self) {
        let mut used: HashMap<PortId, Span> = HashMap::default();
        for item in items(self.topology.design.bond.as_ref()) {
            for device in self.members(item.value.on.as_ref(), item.pattern.span) {
                let mut members = Vec::new();
                for label in item.value.members.iter().flat_map(|members| members.value.0.iter()) {
                    let Some(port) = self.known_port(device, &label.value, label.span) else { continue };
                    match used.insert(port, label.span) {
                        Some(first) => {
                            let message = references::two_bonds(self.topology.port_name(port));
                            let mistake = Mistake::new(MistakeKind::UsedTwice, label.span, message);
                            self.report(mistake.related(first, references::first_used_here()));
                        }
                        None => members.push(port),
                    }
                }
                self.own_name(device, references::bond_named, item.pattern.value.as_str(), item.pattern.span);
                let id = BondId(self.topology.bonds.len());
                self.topology.bonds.push(Bond { id, device, item, members });
                self.interfaces.insert((device, item.pattern.value.as_str()), Interface::Bond(id));
            }
        }
    }

    pub(super) fn bridges(&mut self) {
        let mut cycle = DiGraph::<&Item<design::Bridge>, ()>::new();
        let mut index = HashMap::default();
        for item in items(self.topology.design.bridge.as_ref()) {
            index.insert(item.pattern.value.as_str(), cycle.add_node(item));
        }
        for item in items(self.topology.design.bridge.as_ref()) {
            for name in item.value.ports.iter().flat_map(|ports| ports.value.iter()) {
                if let Some(under) = index.get(name) {
                    cycle.add_edge(index[item.pattern.value.as_str()], *under, ());
                }
            }
        }
        // A bridge stands on ports and bonds only, so that every bridge on a bridge is refused and none can be its own ground.
        for edge in cycle.edge_indices() {
            let Some((above, under)) = cycle.edge_endpoints(edge) else { continue };
            let (above, under) = (cycle[above], cycle[under]);
            let message = references::bridge_on_bridge(above.pattern.value.as_str(), under.pattern.value.as_str());
            let span = above.value.ports.as_ref().map_or(above.pattern.span, |ports| ports.span);
            let mistake = Mistake::new(MistakeKind::Cycle, span, message);
            let mistake = mistake.related(under.pattern.span, references::other_bridge());
            self.report(mistake.help(references::bridge_on_ports()));
        }
        for item in items(self.topology.design.bridge.as_ref()) {
            for device in self.members(item.value.on.as_ref(), item.pattern.span) {
                let mut under = Vec::new();
                for label in item.value.ports.iter().flat_map(|ports| ports.value.0.iter()) {
                    if index.contains_key(label.value.as_str()) {
                        continue;
                    }
                    under.extend(self.interface(device, &label.value, label.span));
                }
                self.own_name(device, references::bridge_named, item.pattern.value.as_str(), item.pattern.span);
                let id = self.topology.bridges.len();
                self.topology.bridges.push(Bridge { device, item, under });
                self.interfaces.insert((device, item.pattern.value.as_str()), Interface::Bridge(id));
            }
        }
    }

    /// A bond or bridge must not have the name of a port, bond or other bridge on its device.
    pub(super) fn own_name(&mut self, device: DeviceId, told: fn(Said, Said) -> Said, name: &'d str, span: Span) {
        let port = self.topology.port_on(device, name).map(|port| self.topology.port(port).span);
        let taken = match self.interfaces.get(&(device, name)) {
            Some(Interface::Bond(bond)) => Some(self.topology.bonds[bond.0].item.pattern.span),
            Some(Interface::Bridge(bridge)) => Some(self.topology.bridges[*bridge].item.pattern.span),
            Some(Interface::Port(_)) | None => port,
        };
        if let Some(first) = taken {
            let message = told(name.into(), self.topology.name(device).into());
            let mistake = Mistake::new(MistakeKind::DuplicateName, span, message);
            self.report(mistake.related(first, references::used_here()));
        }
    }

    /// The port, bond or bridge that a name stands for on a device.
    pub(super) fn interface(&mut self, device: DeviceId, name: &str, span: Span) -> Option<Interface> {
        if let Some(interface) = self.interfaces.get(&(device, name)) {
            return Some(*interface);
        }
        if let Some(port) = self.port_on(device, name) {
            return Some(Interface::Port(port));
        }
        if self.ports_described(device) {
            let mut known = self.port_labels(device);
            known.extend(self.interfaces.keys().filter(|(on, _)| *on == device).map(|(_, name)| (*name).to_owned()));
            known.sort_unstable();
            let what = references::interface_on(self.topology.name(device));
            self.dangling(what, name, span, known.iter().map(String::as_str));
        }
        None
    }
}
