//! Parts of networks: who reaches whom.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::rc::Rc;

use rackproof::design::Mesh;
use rackproof::topology::{DeviceId, Interface, Network, PortId};

use super::world::World;

/// What a network runs through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Vertex {
    Device(DeviceId),
    SiteLink(usize),
}

/// A part of a network in which everybody reaches everybody.
#[derive(Debug, Clone, Default)]
pub(super) struct Part {
    pub(super) through: BTreeSet<Vertex>,
    pub(super) members: BTreeSet<DeviceId>,
}

impl Part {
    pub(super) fn has_node(&self, node: usize) -> bool {
        self.members.contains(&DeviceId::Node(node))
    }

    /// Its first vertex: switches come before firewalls, lines between sites and nodes of a mesh.
    fn first(&self) -> Option<(u8, usize)> {
        let place = |device: DeviceId| match device {
            DeviceId::Switch(index) => (0, index),
            DeviceId::Firewall(index) => (1, index),
            DeviceId::Node(index) => (3, index),
        };
        let through = self.through.iter().map(|vertex| match vertex {
            Vertex::Device(device) => place(*device),
            Vertex::SiteLink(index) => (2, *index),
        });
        through.min().or_else(|| self.members.iter().map(|member| place(*member)).min())
    }

    pub(super) fn passes(&self, device: DeviceId) -> bool {
        self.through.contains(&Vertex::Device(device))
    }
}

/// Where a member of a network is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Nowhere,
    At(DeviceId),
    /// Wherever it is needed.
    Anywhere,
}

/// The parts with the highest score, of equal ones the one with the first switch, firewall, line or node of a mesh.
/// Where all members may be anywhere, each part is as good as the other.
pub(super) fn main_parts(parts: &[Part], score: impl Fn(&Part) -> Vec<usize>) -> Vec<&Part> {
    let rank = |part: &Part| (Reverse(score(part)), part.first());
    let inhabited = || parts.iter().filter(|part| !part.members.is_empty());
    if inhabited().zip(inhabited().skip(1)).all(|(part, next)| part.members == next.members) {
        return inhabited().collect();
    }
    let Some(first) = inhabited().map(rank).min() else { return Vec::new() };
    inhabited().filter(|part| rank(part) == first).collect()
}

/// The parts with most members.
pub(super) fn most_members(parts: &[Part]) -> Vec<&Part> {
    main_parts(parts, |part| vec![part.members.len()])
}

impl<'t, 'd> World<'_, 't, 'd> {
    /// The network whose plane and interfaces a network uses: its own, or those of what carries its overlay.
    pub(super) fn ground(&self, network: &'t Network<'d>) -> Option<&'t Network<'d>> {
        let mut ground = network;
        for _ in 0..=self.topology.networks.len() {
            let Some(name) = &ground.table().overlay else { return Some(ground) };
            let overlays = self.topology.design.overlay.as_ref()?;
            let overlay = overlays.value.iter().find(|item| item.names.contains(&name.value))?;
            ground = self.topology.network(&overlay.value.underlay.as_ref()?.value)?;
        }
        None
    }

    /// Whether a port of a switch lets a network through.
    pub(super) fn lets_through(&self, port: PortId, network: &Network<'_>) -> bool {
        let Some(settings) = self.topology.port(port).settings else { return true };
        let native = settings.native.as_ref().map(|native| native.value);
        if settings.tagged.is_none() && native.is_none() {
            return true;
        }
        let vlans = network.tagged_vlans();
        if vlans.is_empty() {
            return native != Some(0);
        }
        let is_tagged = |vlan: u32| settings.tagged.iter().any(|tagged| tagged.value.contains(&vlan.to_string()));
        vlans.into_iter().all(|vlan| is_tagged(vlan) || native == Some(vlan))
    }

    /// Whether a port is live, lies in a part of a network and lets the network through.
    pub(super) fn lies_in(&self, end: PortId, part: &Part, network: &Network<'_>) -> bool {
        let written = self.topology.port(end);
        self.is_live(end) && !written.management && part.passes(written.device) && self.lets_through(end, network)
    }

    /// Ports that carry a network on a device, in order, without those of failed bonds.
    fn ways(&self, interface: Interface) -> Vec<PortId> {
        match interface {
            Interface::Port(port) => vec![port],
            Interface::Bond(bond) if self.bond_stands(bond.0) => self.topology.bonds[bond.0].members.clone(),
            Interface::Bond(_) => Vec::new(),
            Interface::Bridge(bridge) => {
                self.topology.bridges[bridge].under.iter().flat_map(|under| self.ways(*under)).collect()
            }
        }
    }

    fn ways_of(&self, device: DeviceId, network: &Network<'_>) -> Vec<PortId> {
        let interface = network.attachment(device).and_then(|place| place.interface.as_ref());
        interface.map_or(Vec::new(), |interface| self.ways(interface.value))
    }

    /// Whether a port is live and nobody says where it leads.
    pub(super) fn is_loose(&self, port: PortId) -> bool {
        let has_line = self.topology.uplinks.iter().any(|uplink| uplink.ports.contains(&port))
            || self.topology.site_links.iter().any(|link| link.ports.contains(&port));
        self.is_live(port) && self.topology.port(port).cable.is_none() && !has_line
    }

    /// Live ports by which a member reaches a switch that works and lets the network through, or another member.
    pub(super) fn live_ways(&self, device: DeviceId, network: &Network<'_>) -> Vec<PortId> {
        let is_mesh = self.known.meshes.contains(network.name());
        let reaches_node = |port: PortId| {
            let far = self.live_far_end(port).map(|far| self.topology.port(far).device);
            matches!(far, Some(DeviceId::Node(_)))
        };
        let leads = |port: &PortId| {
            self.switch_behind(*port, network).is_some()
                || is_mesh && reaches_node(*port)
                || self.is_loose(*port) && self.hopes()
        };
        self.ways_of(device, network).into_iter().filter(leads).collect()
    }

    fn switch_behind(&self, port: PortId, network: &Network<'_>) -> Option<DeviceId> {
        let far = self.live_far_end(port)?;
        let end = self.topology.port(far);
        let is_way = matches!(end.device, DeviceId::Switch(_)) && !end.management && self.lets_through(far, network);
        is_way.then_some(end.device)
    }

    fn place(&self, device: DeviceId, ground: Option<&'t Network<'d>>) -> Place {
        let unknown = || if self.hopes() { Place::Anywhere } else { Place::Nowhere };
        if !self.works(device) {
            return Place::Nowhere;
        }
        let Some(network) = ground else { return unknown() };
        let Some(place) = network.attachment(device) else { return Place::Nowhere };
        if place.interface.is_none() {
            return unknown();
        }
        for port in self.ways_of(device, network) {
            if let Some(switch) = self.switch_behind(port, network) {
                return Place::At(switch);
            }
            if self.is_loose(port) && self.hopes() {
                return Place::Anywhere;
            }
        }
        Place::Nowhere
    }

    /// Parts of a network, those without members included.
    pub(super) fn parts_of(&self, network: &'t Network<'d>) -> Rc<Vec<Part>> {
        if let Some(known) = self.parts.borrow().get(network.name()) {
            return Rc::clone(known);
        }
        let parts = Rc::new(self.found_parts(network));
        self.parts.borrow_mut().insert(network.name().to_owned(), Rc::clone(&parts));
        parts
    }

    fn found_parts(&self, network: &'t Network<'d>) -> Vec<Part> {
        let ground = self.ground(network);
        let members: Vec<DeviceId> =
            network.attachments.iter().map(|place| place.device).filter(|device| self.works(*device)).collect();
        let plane = ground.map_or((BTreeSet::new(), Vec::new()), |ground| self.plane(ground));
        if let Some(ground) = ground.filter(|ground| self.known.meshes.contains(ground.name())) {
            return self.meshed_parts(ground, &members, plane);
        }
        let (vertices, edges) = plane;
        let mut parts = components(&vertices, &edges);
        let places: Vec<(DeviceId, Place)> =
            members.into_iter().map(|device| (device, self.place(device, ground))).collect();
        if parts.is_empty() {
            parts.push(Part::default());
        }
        for part in &mut parts {
            for (device, place) in &places {
                let is_here = match place {
                    Place::Nowhere => false,
                    Place::At(switch) => part.passes(*switch),
                    Place::Anywhere => true,
                };
                if is_here {
                    part.members.insert(*device);
                }
            }
        }
        parts
    }

    /// What a network runs through, and what joins that.
    fn plane(&self, network: &Network<'_>) -> (BTreeSet<Vertex>, Vec<(Vertex, Vertex)>) {
        let topology = self.topology;
        let sites: BTreeSet<&str> =
            network.attachments.iter().filter_map(|place| topology.site_of(place.device)).collect();
        let crosses_sites = sites.len() > 1;
        let runs_through = |device: &DeviceId| match device {
            DeviceId::Node(_) => false,
            DeviceId::Switch(_) => self.works(*device),
            DeviceId::Firewall(_) => self.works(*device) && crosses_sites,
        };
        let mut vertices: BTreeSet<Vertex> = topology.devices().filter(runs_through).map(Vertex::Device).collect();
        let mut edges = Vec::new();
        for index in self.known.trunks.iter().copied().filter(|index| self.carries(*index)) {
            let cable = &topology.cables[index];
            let ends = [cable.from, cable.to].map(|port| (port, topology.port(port)));
            if ends.iter().any(|(_, end)| end.management) {
                continue;
            }
            let joins = match ends.each_ref().map(|(_, end)| end.device) {
                [DeviceId::Switch(_), DeviceId::Switch(_)] => {
                    ends.iter().all(|(port, _)| self.lets_through(*port, network))
                }
                [DeviceId::Switch(_), DeviceId::Firewall(wall)] => {
                    crosses_sites && self.routes(wall, ends[1].0, network)
                }
                [DeviceId::Firewall(wall), DeviceId::Switch(_)] => {
                    crosses_sites && self.routes(wall, ends[0].0, network)
                }
                _ => false,
            };
            if joins {
                edges.push((Vertex::Device(ends[0].1.device), Vertex::Device(ends[1].1.device)));
            }
        }
        for mlag in topology.mlags.iter().filter(|mlag| mlag.peer_link.is_none()) {
            if let [one, other] = mlag.peers.as_slice() {
                let peers = [DeviceId::Switch(*one), DeviceId::Switch(*other)];
                if peers.iter().all(|peer| self.works(*peer)) && self.hopes() {
                    edges.push((Vertex::Device(peers[0]), Vertex::Device(peers[1])));
                }
            }
        }
        for (index, link) in topology.site_links.iter().enumerate() {
            if !crosses_sites || self.fails(&link.name) {
                continue;
            }
            vertices.insert(Vertex::SiteLink(index));
            for port in link.ports.iter().filter(|port| self.is_live(**port)) {
                let end = topology.port(*port);
                if !end.management && runs_through(&end.device) {
                    edges.push((Vertex::SiteLink(index), Vertex::Device(end.device)));
                }
            }
            if link.item.value.ports.is_none() && self.hopes() {
                let joined: Vec<&str> = link.sites().collect();
                let is_there = |device: &DeviceId| {
                    runs_through(device) && topology.site_of(*device).is_some_and(|site| joined.contains(&site))
                };
                edges.extend(
                    topology.devices().filter(is_there).map(|end| (Vertex::SiteLink(index), Vertex::Device(end))),
                );
            }
        }
        (vertices, edges)
    }

    /// Whether a live cable joins two members of a mesh.
    fn are_joined(&self, network: &Network<'_>, one: DeviceId, other: DeviceId) -> bool {
        let there = self.ways_of(other, network);
        let cabled = self
            .ways_of(one, network)
            .into_iter()
            .any(|port| self.live_far_end(port).is_some_and(|far| there.contains(&far)));
        cabled || self.may_lead_anywhere(network, one) || self.may_lead_anywhere(network, other)
    }

    fn may_lead_anywhere(&self, network: &Network<'_>, member: DeviceId) -> bool {
        let interface = network.attachment(member).map(|place| place.interface.is_some());
        let is_open = match interface {
            Some(true) => self.ways_of(member, network).into_iter().any(|port| self.is_loose(port)),
            Some(false) => true,
            None => false,
        };
        is_open && self.hopes()
    }

    fn meshed_parts(
        &self,
        network: &'t Network<'d>,
        members: &[DeviceId],
        (mut vertices, mut edges): (BTreeSet<Vertex>, Vec<(Vertex, Vertex)>),
    ) -> Vec<Part> {
        let passes_on = match network.table().mesh.as_ref().map(|mesh| mesh.value) {
            Some(Mesh::Rstp | Mesh::RoutedWithFallback) => true,
            Some(Mesh::Broadcast | Mesh::Routed) => false,
            None => self.hopes(),
        };
        let members: Vec<DeviceId> =
            members.iter().copied().filter(|member| network.attachment(*member).is_some()).collect();
        if passes_on {
            for (index, one) in members.iter().enumerate() {
                vertices.insert(Vertex::Device(*one));
                if let Place::At(switch) = self.place(*one, Some(network)) {
                    edges.push((Vertex::Device(*one), Vertex::Device(switch)));
                }
                for other in members.iter().skip(index + 1) {
                    if self.are_joined(network, *one, *other) {
                        edges.push((Vertex::Device(*one), Vertex::Device(*other)));
                    }
                }
            }
            let mut parts = components(&vertices, &edges);
            for part in &mut parts {
                part.members = members.iter().copied().filter(|member| part.passes(*member)).collect();
            }
            return parts;
        }
        let mut parts = components(&vertices, &edges);
        let mut groups: Vec<Part> = Vec::new();
        // Who may lead anywhere is with everybody, and does not part the others.
        let (loose, members): (Vec<DeviceId>, Vec<DeviceId>) =
            members.into_iter().partition(|member| self.may_lead_anywhere(network, *member));
        for member in members {
            if let Place::At(switch) = self.place(member, Some(network)) {
                for part in parts.iter_mut().filter(|part| part.passes(switch)) {
                    part.members.insert(member);
                }
                continue;
            }
            let joins_all =
                |group: &&mut Part| group.members.iter().all(|other| self.are_joined(network, member, *other));
            match groups.iter_mut().find(joins_all) {
                Some(group) => _ = group.members.insert(member),
                None => groups.push(Part { through: BTreeSet::new(), members: BTreeSet::from([member]) }),
            }
        }
        parts.extend(groups);
        if parts.is_empty() {
            parts.push(Part::default());
        }
        for part in &mut parts {
            part.members.extend(loose.iter().copied());
        }
        parts
    }
}

/// Connected components, by search from each vertex that was not found yet.
fn components(vertices: &BTreeSet<Vertex>, edges: &[(Vertex, Vertex)]) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for start in vertices {
        if parts.iter().any(|part| part.through.contains(start)) {
            continue;
        }
        let mut through = BTreeSet::from([*start]);
        let mut open = vec![*start];
        while let Some(vertex) = open.pop() {
            for (one, other) in edges {
                for (near, far) in [(one, other), (other, one)] {
                    if *near == vertex && through.insert(*far) {
                        open.push(*far);
                    }
                }
            }
        }
        parts.push(Part { through, members: BTreeSet::new() });
    }
    parts
}
