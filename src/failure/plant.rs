//! The design as the proof needs it: parts, planes of switches, and the ways on which each node hangs in each network.
//!
//! What is not known is decided by an [`Assumption`].

use std::collections::{BTreeMap, BTreeSet};

use foldhash::HashMap;

use super::parts::{NO_PART, Part, PartId, Parts};
use super::planes::{Edge, Mesh, Plane};
use crate::design::{self, BondMode, Purpose};
use crate::source::Spanned;
use crate::topology::{Bond, BondId, DeviceId, Firewall, Interface, Network, Port, PortId, Topology};

/// How what is not known is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Assumption {
    /// As it would be best.
    Best,
    /// As it would be worst.
    Worst,
    /// As it would be worst for network devices, while nodes stand.
    NodesStand,
}

/// Where a way leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Far {
    /// To a vertex of the planes: a switch or firewall.
    Vertex(u32),
    /// To wherever it is needed, since nobody knows.
    Anywhere,
}

/// A way on which a node hangs in a network.
#[derive(Debug, Clone, Copy)]
pub(super) struct Way {
    pub(super) part: PartId,
    pub(super) bond: PartId,
    pub(super) far: Far,
    /// The pair and the peer of it that this way leads to, where its bond spans the pair.
    pub(super) spans: Option<(u32, u8)>,
}

/// A network that something is asked of.
#[derive(Debug)]
pub(super) struct Net {
    /// Index of the network itself; an overlay's interfaces are those of its underlay.
    pub(super) network: usize,
    pub(super) plane: usize,
    /// Whether its members are cabled to each other.
    pub(super) mesh: bool,
}

/// A pair of switches that act as one.
#[derive(Debug)]
pub(super) struct Pair {
    pub(super) peers: [u32; 2],
    /// The peer link's cables; nothing where they are not known and taken to be gone.
    pub(super) link: Vec<PartId>,
    pub(super) always_linked: bool,
    pub(super) keepalive: Keepalive,
}

/// Whether the two switches of a pair still know of each other without their peer link.
#[derive(Debug)]
pub(super) enum Keepalive {
    /// Nobody knows, and it is taken to be so.
    Taken(bool),
    /// By these ways of each peer's administration ports to switches, or by cables from one to the other.
    Ways { to_switches: [Vec<(PartId, u32)>; 2], direct: Vec<PartId> },
}

/// A firewall as the way out of guests' networks.
#[derive(Debug)]
pub(super) struct Gate {
    pub(super) vertex: u32,
    /// Ways for service that carry it, for each guests' network.
    pub(super) service: Vec<Vec<Way>>,
    /// All ways to switches.
    pub(super) all: Vec<Way>,
    /// Uplinks plugged into it, each with the part of its port.
    pub(super) uplinks: Vec<(PartId, PartId)>,
    /// Ports for service that lead nobody knows where, each with its bond; taken to lead where they are needed.
    pub(super) loose: Vec<(PartId, PartId)>,
}

/// An uplink plugged into a switch.
#[derive(Debug)]
pub(super) struct SwitchUplink {
    pub(super) uplink: PartId,
    pub(super) port: PartId,
    pub(super) switch: u32,
    /// Whether its port carries each guests' network.
    pub(super) carries: Vec<bool>,
}

/// The networks by what is asked of them, as indices of [`Plant::nets`].
#[derive(Debug, Default)]
pub(super) struct Roles {
    pub(super) links: Vec<usize>,
    pub(super) public: Option<usize>,
    pub(super) cluster: Option<usize>,
    pub(super) management: Vec<usize>,
    pub(super) guests: Vec<usize>,
}

/// The design as the proof needs it.
#[derive(Debug)]
pub(super) struct Plant<'t, 'd> {
    pub(super) topology: &'t Topology<'d>,
    pub(super) assumption: Assumption,
    pub(super) parts: Parts<'d>,
    /// First part, number and need of each device's supplies; no number where nothing of them can fail.
    pub(super) supplies: Vec<(PartId, usize, usize)>,
    pub(super) nets: Vec<Net>,
    pub(super) roles: Roles,
    pub(super) planes: Vec<Plane>,
    pub(super) pairs: Vec<Pair>,
    pub(super) gates: Vec<Gate>,
    /// Uplinks plugged into switches.
    pub(super) switch_uplinks: Vec<SwitchUplink>,
    /// Uplinks that are plugged in nobody knows where, and taken to be where they are needed.
    pub(super) uplinks_everywhere: Vec<PartId>,
    /// Ports of switches that the external vote hangs on, with the networks that they carry.
    pub(super) voter: Vec<(PartId, u32, Vec<bool>)>,
    ways: Vec<Way>,
    starts: Vec<u32>,
    /// Nodes that hang on each vertex.
    pub(super) hangers: Vec<Vec<u32>>,
    /// Nodes that are members of each network.
    pub(super) members: Vec<Vec<bool>>,
}

impl<'t, 'd> Plant<'t, 'd> {
    pub(super) fn new(topology: &'t Topology<'d>, assumption: Assumption) -> Self {
        let parts = Parts::new(topology);
        let mut plant = Self {
            topology,
            assumption,
            parts,
            supplies: Vec::new(),
            nets: Vec::new(),
            roles: Roles::default(),
            planes: Vec::new(),
            pairs: Vec::new(),
            gates: Vec::new(),
            switch_uplinks: Vec::new(),
            uplinks_everywhere: Vec::new(),
            voter: Vec::new(),
            ways: Vec::new(),
            starts: Vec::new(),
            hangers: Vec::new(),
            members: Vec::new(),
        };
        plant.supplies = topology.devices().map(|device| plant.supply(device)).collect();
        plant.pairs = topology.mlags.iter().filter(|mlag| mlag.peers.len() == 2).map(|mlag| plant.pair(mlag)).collect();
        plant.choose_networks();
        plant.lay_ways();
        plant.ways_out();
        plant
    }

    /// Whether what is not known is taken at its best.
    pub(super) fn hope(&self) -> bool {
        self.assumption == Assumption::Best
    }

    /// Whether a device takes the worst where it is not known what becomes of it.
    fn fears(&self, device: DeviceId) -> bool {
        match self.assumption {
            Assumption::Best => false,
            Assumption::Worst => true,
            Assumption::NodesStand => !matches!(device, DeviceId::Node(_)),
        }
    }

    /// Whether it is not known of some node what takes it with it.
    pub(super) fn nodes_are_open(topology: &Topology<'_>, parts: &Parts<'_>) -> bool {
        (0..topology.nodes.len()).any(|node| {
            let supplies = topology.supplies(DeviceId::Node(node));
            let mirrored = parts.bays(node).system.iter().all(|system| system.spare.is_some());
            supplies.feeds.is_none() || supplies.needed.is_none() || !mirrored
        })
    }

    /// Devices that the failure of undescribed power takes with it.
    pub(super) fn without_described_power(&self) -> Vec<DeviceId> {
        let unknown = |device: &DeviceId| self.topology.supplies(*device).feeds.is_none();
        self.topology.devices().filter(unknown).filter(|device| self.fears(*device)).collect()
    }

    fn supply(&self, device: DeviceId) -> (PartId, usize, usize) {
        let supplies = self.topology.supplies(device);
        let Some(feeds) = supplies.feeds else { return (NO_PART, 0, 0) };
        let first = self.parts.id(Part::Supply(device, 0));
        let worst = if self.assumption == Assumption::Best { 1 } else { feeds.len() };
        let needed = supplies.needed.unwrap_or_else(|| if self.fears(device) { worst } else { 1 });
        (first, feeds.len(), needed)
    }

    /// Number of a switch among the vertices of the planes.
    pub(super) fn switch(index: usize) -> u32 {
        index as u32
    }

    pub(super) fn firewall(&self, index: usize) -> u32 {
        (self.topology.switches.len() + index) as u32
    }

    pub(super) fn site_link(&self, index: usize) -> u32 {
        (self.topology.switches.len() + self.topology.firewalls.len() + index) as u32
    }

    /// Vertices without those of nodes, which only meshes have.
    pub(super) fn vertices(&self) -> usize {
        self.topology.switches.len() + self.topology.firewalls.len() + self.topology.site_links.len()
    }

    pub(super) fn node(&self, index: usize) -> u32 {
        (self.vertices() + index) as u32
    }

    /// The vertex of a device, and of a node where it is part of a mesh.
    pub(super) fn vertex(&self, device: DeviceId) -> u32 {
        match device {
            DeviceId::Switch(index) => Self::switch(index),
            DeviceId::Firewall(index) => self.firewall(index),
            DeviceId::Node(index) => self.node(index),
        }
    }

    fn pair(&self, mlag: &crate::topology::Mlag<'_>) -> Pair {
        let peers = [Self::switch(mlag.peers[0]), Self::switch(mlag.peers[1])];
        let link: Vec<PartId> = match &mlag.peer_link {
            Some(sides) => {
                let cables = sides.iter().flatten().filter_map(|port| self.topology.port(*port).cable);
                let cables: BTreeSet<usize> = cables.collect();
                cables.into_iter().map(|cable| self.parts.id(Part::Cable(cable))).collect()
            }
            None => Vec::new(),
        };
        let always_linked = mlag.peer_link.is_none() && self.hope();
        Pair { peers, link, always_linked, keepalive: self.keepalive(&mlag.peers) }
    }

    fn keepalive(&self, peers: &[usize]) -> Keepalive {
        let ways = |switch: usize| -> Vec<(PartId, u32, PortId)> {
            let own = self.topology.switches[switch].ports.iter().filter(|port| self.topology.port(**port).management);
            own.filter_map(|port| match self.topology.port(self.topology.far_end(*port)?).device {
                DeviceId::Switch(far) => Some((self.parts.port(self.topology, *port), Self::switch(far), *port)),
                _ => None,
            })
            .collect()
        };
        let ways = [ways(peers[0]), ways(peers[1])];
        if ways.iter().any(Vec::is_empty) {
            return Keepalive::Taken(self.hope());
        }
        let own = |port: &PortId| self.topology.far_end(*port).is_some_and(|far| self.topology.port(far).management);
        let partner = Self::switch(peers[1]);
        let direct = ways[0].iter().filter(|(_, far, port)| *far == partner && own(port)).map(|(part, ..)| *part);
        let direct = direct.collect();
        let to_switches = ways
            .map(|ways| ways.into_iter().filter(|(.., port)| !own(port)).map(|(part, far, _)| (part, far)).collect());
        Keepalive::Ways { to_switches, direct }
    }

    /// Index among the asked networks of what carries a network.
    fn net(&mut self, index: usize) -> usize {
        if let Some(known) = self.nets.iter().position(|net| net.network == index) {
            return known;
        }
        let carrier = self.carrier(index);
        let (plane, mesh) = self.plane(index, carrier);
        self.nets.push(Net { network: index, plane, mesh });
        self.nets.len() - 1
    }

    /// The network whose interfaces and switches carry a network: the underlay of its overlay, or itself.
    pub(super) fn carrier(&self, index: usize) -> usize {
        let topology = self.topology;
        let overlay = topology.networks[index].table().overlay.as_ref();
        let overlays = topology.design.overlay.iter().flat_map(|overlays| overlays.value.iter());
        let overlay = overlay.and_then(|name| overlays.into_iter().find(|item| item.names.contains(&name.value)));
        let underlay = overlay.and_then(|overlay| overlay.value.underlay.as_ref());
        let underlay = underlay.and_then(|name| topology.networks.iter().position(|own| own.name() == name.value));
        underlay.unwrap_or(index)
    }

    fn choose_networks(&mut self) {
        let topology = self.topology;
        self.planes.push(self.bare_plane());
        let of = |purpose: Purpose| {
            let purposes = topology.networks.iter().enumerate().filter(move |(_, network)| network.is_for(purpose));
            purposes.map(|(index, _)| index).collect::<Vec<_>>()
        };
        let links: Vec<usize> = topology.corosync_links.iter().map(|link| link.network).collect();
        self.roles.links = links.into_iter().map(|network| self.net(network)).collect();
        self.roles.public = of(Purpose::CephPublic).first().map(|network| self.net(*network));
        self.roles.cluster = of(Purpose::CephCluster).first().map(|network| self.net(*network));
        self.roles.management = of(Purpose::Management).into_iter().map(|network| self.net(network)).collect();
        let mut guests: BTreeSet<usize> = of(Purpose::Guest).into_iter().collect();
        for name in topology.guests().flat_map(|guest| guest.value.networks.iter().flat_map(|names| names.value.iter()))
        {
            guests.extend(topology.networks.iter().position(|network| network.name() == name));
        }
        self.roles.guests = guests.into_iter().map(|network| self.net(network)).collect();
    }

    /// Cables that join two switches outside of their administration.
    fn switch_cables(&self) -> impl Iterator<Item = (usize, &Port<'d>, &Port<'d>)> {
        self.topology.cables.iter().enumerate().filter_map(|(index, cable)| {
            let ends = [self.topology.port(cable.from), self.topology.port(cable.to)];
            let joins = |port: &&Port<'_>| matches!(port.device, DeviceId::Switch(_)) && !port.management;
            (ends.iter().all(joins) && ends[0].device != ends[1].device).then_some((index, ends[0], ends[1]))
        })
    }

    fn edge(&self, cable: usize, one: DeviceId, other: DeviceId) -> Edge {
        let part = self.parts.id(Part::Cable(cable));
        Edge { one: self.vertex(one), other: self.vertex(other), part, bond: NO_PART, spans: None }
    }

    /// All switches by all cables between them, whatever these carry.
    fn bare_plane(&self) -> Plane {
        let edges = self.switch_cables().map(|(cable, one, other)| self.edge(cable, one.device, other.device));
        Plane { edges: edges.chain(self.taken_links()).collect(), mesh: None, routed: false }
    }

    /// Peer links that nobody describes and that are taken to be there.
    fn taken_links(&self) -> impl Iterator<Item = Edge> {
        let taken = self.pairs.iter().filter(|pair| pair.always_linked);
        taken.map(|pair| Edge { one: pair.peers[0], other: pair.peers[1], part: NO_PART, bond: NO_PART, spans: None })
    }

    /// The plane of a network, shared with others that are carried alike; and whether it is a mesh.
    fn plane(&mut self, index: usize, carrier: usize) -> (usize, bool) {
        let topology = self.topology;
        let ids = ids(&topology.networks[index], &topology.networks[carrier]);
        let carried = self.switch_cables().filter(|(_, one, other)| carries(one, &ids) && carries(other, &ids));
        let mut edges: Vec<Edge> = carried
            .map(|(cable, one, other)| self.edge(cable, one.device, other.device))
            .chain(self.taken_links())
            .collect();
        let network = &topology.networks[carrier];
        let sites: BTreeSet<&str> = topology.nodes_in(network).filter_map(|(node, _)| node.site()).collect();
        let routed = sites.len() > 1;
        if routed {
            edges.extend(self.between_sites(topology.networks[index].is_for(Purpose::Management)));
        }
        let mesh = self.mesh(network, &ids);
        let is_mesh = mesh.is_some();
        let plane = Plane { edges, mesh, routed };
        let known = self.planes.iter().position(|own| *own == plane);
        let place = known.unwrap_or_else(|| {
            self.planes.push(plane);
            self.planes.len() - 1
        });
        (place, is_mesh)
    }

    /// What firewalls and lines join where a network spans sites; one for management also runs through the firewalls'
    /// own ports for it.
    fn between_sites(&self, for_management: bool) -> Vec<Edge> {
        let topology = self.topology;
        let mut edges = Vec::new();
        for (index, firewall) in topology.firewalls.iter().enumerate() {
            let vertex = self.firewall(index);
            for (way, _) in self.cabled_ways(&routing_ports(firewall, for_management)) {
                if let Far::Vertex(switch) = way.far {
                    edges.push(Edge { one: vertex, other: switch, part: way.part, bond: way.bond, spans: way.spans });
                }
            }
        }
        for (index, link) in topology.site_links.iter().enumerate() {
            let vertex = self.site_link(index);
            for port in &link.ports {
                let other = self.vertex(topology.port(*port).device);
                edges.push(Edge {
                    one: vertex,
                    other,
                    part: self.parts.port(topology, *port),
                    bond: NO_PART,
                    spans: None,
                });
            }
            if link.ports.is_empty() && self.hope() {
                let at_its_ends = |device: &DeviceId| {
                    !matches!(device, DeviceId::Node(_))
                        && topology.site_of(*device).is_some_and(|site| link.sites().any(|own| own == site))
                };
                edges.extend(topology.devices().filter(at_its_ends).map(|device| Edge {
                    one: vertex,
                    other: self.vertex(device),
                    part: NO_PART,
                    bond: NO_PART,
                    spans: None,
                }));
            }
        }
        edges
    }

    /// The mesh that members of a network form by cables to each other.
    fn mesh(&self, network: &Network<'_>, ids: &BTreeSet<u32>) -> Option<Mesh> {
        let topology = self.topology;
        let mut owner: HashMap<PortId, usize> = HashMap::default();
        let mut bond_of: HashMap<PortId, PartId> = HashMap::default();
        let mut in_order: Vec<PortId> = Vec::new();
        for attachment in &network.attachments {
            let (DeviceId::Node(node), Some(interface)) = (attachment.device, &attachment.interface) else { continue };
            for (port, bond) in self.ports_in_order(interface.value) {
                owner.insert(port, node);
                in_order.push(port);
                bond_of.insert(port, bond.map_or(NO_PART, |bond| self.parts.id(Part::Bond(bond.0))));
            }
        }
        let (mut joined, mut ways, mut loose) = (BTreeMap::new(), Vec::new(), Vec::new());
        for (port, node) in in_order.iter().filter_map(|port| Some((port, owner.get(port)?))) {
            let Some(far) = topology.far_end(*port) else {
                if self.hope() {
                    loose.push((self.node(*node), self.parts.port(topology, *port), bond_of[port]));
                }
                continue;
            };
            let part = self.parts.port(topology, *port);
            match (owner.get(&far), topology.port(far).device) {
                (Some(other), _) if other != node => {
                    let bonds = [bond_of[port], bond_of[&far]];
                    joined.insert(part, (self.node(*node), self.node(*other), bonds));
                }
                (_, DeviceId::Switch(switch)) if carries(topology.port(far), ids) => {
                    ways.push(Edge {
                        one: self.node(*node),
                        other: Self::switch(switch),
                        part,
                        bond: bond_of[port],
                        spans: None,
                    });
                }
                _ => {}
            }
        }
        if joined.is_empty() {
            return None;
        }
        let forwards = match network.table().mesh.as_ref().map(|mesh| mesh.value) {
            Some(design::Mesh::Rstp | design::Mesh::RoutedWithFallback) => true,
            Some(design::Mesh::Broadcast | design::Mesh::Routed) => false,
            None => self.hope(),
        };
        let cables = joined.into_iter().map(|(part, (one, other, bonds))| (one, other, part, bonds)).collect();
        let mut members: Vec<u32> = owner.values().map(|node| self.node(*node)).collect();
        members.sort_unstable();
        members.dedup();
        Some(Mesh { members, cables, ways, loose, forwards })
    }

    /// The ports of an interface in the order they are tried, each with its bond.
    pub(super) fn ports_in_order(&self, interface: Interface) -> Vec<(PortId, Option<BondId>)> {
        match interface {
            Interface::Port(port) => vec![(port, None)],
            Interface::Bond(bond) => {
                self.topology.bonds[bond.0].members.iter().map(|port| (*port, Some(bond))).collect()
            }
            Interface::Bridge(bridge) => {
                let under = &self.topology.bridges[bridge].under;
                under.iter().flat_map(|under| self.ports_in_order(*under)).collect()
            }
        }
    }

    /// Whether every port under an interface is known.
    fn is_whole(&self, interface: Interface) -> bool {
        match interface {
            Interface::Port(_) => true,
            Interface::Bond(bond) => self.topology.bonds[bond.0].is_whole(),
            Interface::Bridge(bridge) => {
                let under = &self.topology.bridges[bridge].under;
                !under.is_empty() && under.iter().all(|under| self.is_whole(*under))
            }
        }
    }

    fn lay_ways(&mut self) {
        let nodes = self.topology.nodes.len();
        let mut hangers: Vec<Vec<u32>> = vec![Vec::new(); self.vertices()];
        self.members = vec![vec![false; nodes]; self.nets.len()];
        let mut bonds: HashMap<PortId, usize> = HashMap::default();
        for (index, bond) in self.topology.bonds.iter().enumerate() {
            bonds.extend(bond.members.iter().map(|port| (*port, index)));
        }
        for node in 0..nodes {
            for net in 0..self.nets.len() {
                self.starts.push(self.ways.len() as u32);
                let ways = self.ways_of(node, net);
                for way in &ways {
                    if let Far::Vertex(vertex) = way.far
                        && hangers[vertex as usize].last() != Some(&(node as u32))
                    {
                        hangers[vertex as usize].push(node as u32);
                    }
                }
                self.ways.extend(ways);
            }
        }
        self.starts.push(self.ways.len() as u32);
        self.hangers = hangers;
    }

    fn ways_of(&mut self, node: usize, net: usize) -> Vec<Way> {
        let topology = self.topology;
        let own = &topology.networks[self.nets[net].network];
        let carrier = &topology.networks[self.carrier(self.nets[net].network)];
        let device = DeviceId::Node(node);
        let is_member = own.attachment(device).is_some() || carrier.attachment(device).is_some();
        self.members[net][node] = is_member;
        if !is_member {
            return Vec::new();
        }
        let anywhere = Way { part: NO_PART, bond: NO_PART, far: Far::Anywhere, spans: None };
        let interface = carrier.attachment(device).and_then(|attachment| attachment.interface.as_ref());
        let Some(interface) = interface else {
            return if self.hope() { vec![anywhere] } else { Vec::new() };
        };
        let ids = ids(own, carrier);
        let mut ways = Vec::new();
        for (port, bond) in self.ports_in_order(interface.value) {
            ways.extend(self.way(port, bond, Some(&ids)));
        }
        if !self.is_whole(interface.value) && self.hope() {
            ways.push(anywhere);
        }
        ways
    }

    /// The way from a port to the device at the end of its cable, where that carries what is asked for.
    fn way(&self, port: PortId, bond: Option<BondId>, ids: Option<&BTreeSet<u32>>) -> Option<Way> {
        let part = self.parts.port(self.topology, port);
        let bond_part = bond.map_or(NO_PART, |bond| self.parts.id(Part::Bond(bond.0)));
        let Some(far) = self.topology.far_end(port) else {
            return self.hope().then_some(Way { part, bond: bond_part, far: Far::Anywhere, spans: None });
        };
        let far = self.topology.port(far);
        if ids.is_some_and(|ids| !carries(far, ids)) || far.management || matches!(far.device, DeviceId::Node(_)) {
            return None;
        }
        let spans = bond.and_then(|bond| self.spans(&self.topology.bonds[bond.0], far.device));
        Some(Way { part, bond: bond_part, far: Far::Vertex(self.vertex(far.device)), spans })
    }

    /// The pair that a bond spans, and which peer of it a device is.
    fn spans(&self, bond: &Bond<'_>, device: DeviceId) -> Option<(u32, u8)> {
        if bond.mode().is_some_and(|mode| mode != BondMode::Lacp) {
            return None;
        }
        let ends: Vec<u32> = bond
            .members
            .iter()
            .filter_map(|port| Some(self.vertex(self.topology.port(self.topology.far_end(*port)?).device)))
            .collect();
        let spanned = |pair: &Pair| pair.peers.iter().all(|peer| ends.contains(peer));
        let pair = self.pairs.iter().position(spanned)?;
        let peer = self.pairs[pair].peers.iter().position(|peer| *peer == self.vertex(device))?;
        Some((pair as u32, peer as u8))
    }

    /// Ways of a node in a network.
    pub(super) fn ways(&self, node: usize, net: usize) -> &[Way] {
        let place = node * self.nets.len() + net;
        &self.ways[self.starts[place] as usize..self.starts[place + 1] as usize]
    }

    /// Ways of cabled ports to switches, outside of their administration, each with the port of the switch.
    fn cabled_ways(&self, ports: &[PortId]) -> Vec<(Way, PortId)> {
        let to_switch = |port: &PortId| {
            let far = self.topology.far_end(*port)?;
            let is_switch = matches!(self.topology.port(far).device, DeviceId::Switch(_));
            Some((self.way(*port, self.topology.bond_with(*port), None)?, far)).filter(|_| is_switch)
        };
        ports.iter().filter_map(to_switch).collect()
    }

    /// VLANs of a network of the proof.
    fn ids_of(&self, net: usize) -> BTreeSet<u32> {
        let index = self.nets[net].network;
        ids(&self.topology.networks[index], &self.topology.networks[self.carrier(index)])
    }

    fn ways_out(&mut self) {
        let topology = self.topology;
        let guests: Vec<BTreeSet<u32>> = self.roles.guests.iter().map(|net| self.ids_of(*net)).collect();
        let mut gates = Vec::new();
        for (index, firewall) in topology.firewalls.iter().enumerate() {
            let cabled = self.cabled_ways(&service_ports(firewall));
            let carrying = |ids: &BTreeSet<u32>| {
                let own = cabled.iter().filter(|(_, far)| carries(topology.port(*far), ids));
                own.map(|(way, _)| *way).collect()
            };
            let device = DeviceId::Firewall(index);
            let uplinks = self.plugged(|port| port.device == device);
            gates.push(Gate {
                vertex: self.firewall(index),
                service: guests.iter().map(carrying).collect(),
                all: self.cabled_ways(&firewall.ports).into_iter().map(|(way, _)| way).collect(),
                uplinks: uplinks.into_iter().map(|(uplink, port)| (uplink, self.parts.port(topology, port))).collect(),
                loose: if self.hope() { self.loose_service(firewall) } else { Vec::new() },
            });
        }
        self.gates = gates;
        let on_switch = self.plugged(|port| matches!(port.device, DeviceId::Switch(_)) && !port.management);
        self.switch_uplinks = on_switch
            .into_iter()
            .map(|(uplink, port)| SwitchUplink {
                uplink,
                port: self.parts.port(topology, port),
                switch: self.vertex(topology.port(port).device),
                carries: guests.iter().map(|ids| carries(topology.port(port), ids)).collect(),
            })
            .collect();
        let loose = topology.uplinks.iter().enumerate().filter(|(_, uplink)| uplink.item.value.ports.is_none());
        let taken = loose.filter(|_| self.hope()).map(|(index, _)| self.parts.id(Part::Uplink(index))).collect();
        self.uplinks_everywhere = taken;
        let nets: Vec<BTreeSet<u32>> = (0..self.nets.len()).map(|net| self.ids_of(net)).collect();
        let hosts = topology.qdevice_ports.iter().filter_map(|port| match topology.port(*port) {
            own if own.management => None,
            own => match own.device {
                DeviceId::Switch(switch) => {
                    let carried = nets.iter().map(|ids| carries(own, ids)).collect();
                    Some((self.parts.port(topology, *port), Self::switch(switch), carried))
                }
                _ => None,
            },
        });
        self.voter = hosts.collect();
    }

    /// Ports for service without a cable or anything else plugged in: nobody knows where they lead.
    fn loose_service(&self, firewall: &Firewall<'_>) -> Vec<(PartId, PartId)> {
        let topology = self.topology;
        let is_listed = firewall.item.value.service_ports.is_some();
        let lines = topology.uplinks.iter().flat_map(|uplink| &uplink.ports);
        let plugged: Vec<PortId> =
            lines.chain(topology.site_links.iter().flat_map(|link| &link.ports)).copied().collect();
        let loose = |port: PortId| {
            let bond = topology.bond_with(port);
            let used = is_listed || bond.is_some();
            let is_loose = used && topology.port(port).cable.is_none() && !plugged.contains(&port);
            let bond = bond.map_or(NO_PART, |bond| self.parts.id(Part::Bond(bond.0)));
            is_loose.then(|| (self.parts.port(topology, port), bond))
        };
        service_ports(firewall).into_iter().filter_map(loose).collect()
    }

    /// Uplinks plugged into some ports: the part of the uplink, and the port.
    fn plugged(&self, chosen: impl Fn(&Port<'_>) -> bool) -> Vec<(PartId, PortId)> {
        let uplinks = self.topology.uplinks.iter().enumerate();
        let ends = uplinks.flat_map(|(index, uplink)| uplink.ports.iter().map(move |port| (index, *port)));
        let chosen = ends.filter(|(_, port)| chosen(self.topology.port(*port)));
        chosen.map(|(index, port)| (self.parts.id(Part::Uplink(index)), port)).collect()
    }
}

/// Ports of a firewall by their names.
fn listed(firewall: &Firewall<'_>, names: Option<&Spanned<design::Names>>) -> Vec<PortId> {
    names.iter().flat_map(|names| names.value.iter()).filter_map(|label| firewall.port(label)).collect()
}

/// Ports by which a firewall routes a network: those for service, and those for its administration for management.
fn routing_ports(firewall: &Firewall<'_>, for_management: bool) -> Vec<PortId> {
    let own = firewall.item.value.management_ports.as_ref().filter(|_| for_management);
    [service_ports(firewall), listed(firewall, own)].concat()
}

/// Ports of a firewall for service: those that are listed, or all but those for its administration and its partner.
fn service_ports(firewall: &Firewall<'_>) -> Vec<PortId> {
    let table = &firewall.item.value;
    let others = [table.management_ports.as_ref(), table.ha_ports.as_ref()];
    let other: Vec<PortId> = others.into_iter().flat_map(|names| listed(firewall, names)).collect();
    match &table.service_ports {
        Some(ports) => listed(firewall, Some(ports)),
        None => firewall.ports.iter().copied().filter(|port| !other.contains(port)).collect(),
    }
}

/// VLANs that a port must carry for a network.
fn ids(network: &Network<'_>, carrier: &Network<'_>) -> BTreeSet<u32> {
    if std::ptr::eq(network.item, carrier.item) { network.tagged_vlans() } else { carrier.tagged_vlans() }
}

/// Whether a port lets a network with these VLANs through; without settings it does.
fn carries(port: &Port<'_>, ids: &BTreeSet<u32>) -> bool {
    let Some(settings) = port.settings else { return true };
    let native = settings.native.as_ref().map(|native| native.value);
    let tagged = settings.tagged.as_ref();
    if tagged.is_none() && native.is_none() {
        return true;
    }
    if ids.is_empty() {
        return native != Some(0);
    }
    ids.iter().all(|id| native == Some(*id) || tagged.is_some_and(|tagged| tagged.value.contains(&id.to_string())))
}
