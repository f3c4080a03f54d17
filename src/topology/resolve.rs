//! From names to references, with a mistake for every name that leads nowhere.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::hash::Hash;
use std::net::IpAddr;
use std::ops::RangeInclusive;

use petgraph::graph::{DiGraph, UnGraph};

use super::Topology;
use super::addresses::Address;
use super::devices::{DeviceId, Firewall, Node, Port, PortId, Switch};
use super::links::{Bond, BondId, Cable, Interface, Mlag};
use super::networks::{Attachment, CorosyncLink, Network};
use crate::design::{self, Design, Item, Mismatch, Mistake, MistakeKind, Named, Names, nearest};
use crate::source::{Span, Spanned};

/// Most ports, and most places of devices in bonds, bridges and networks, that a design may come to.
const MOST_PARTS: usize = 2_000_000;

/// Ids that a tagged VLAN can have.
const VLAN_IDS: RangeInclusive<u32> = 1..=4094;

/// Mistakes after which no nearest name is looked for.
const MOST_SUGGESTIONS: usize = 100;

/// Resolves a design; `root` is where its text begins.
pub fn resolve(design: &Design, root: Span) -> (Topology<'_>, Vec<Mistake>) {
    let mut resolver = Resolver {
        topology: Topology {
            design,
            nodes: Vec::new(),
            switches: Vec::new(),
            firewalls: Vec::new(),
            ports: Vec::new(),
            cables: Vec::new(),
            bonds: Vec::new(),
            bridges: Vec::new(),
            mlags: Vec::new(),
            networks: Vec::new(),
            corosync_links: Vec::new(),
            graph: UnGraph::default(),
            root,
            ledgers: std::sync::OnceLock::new(),
            vertices: HashMap::new(),
            by_name: HashMap::new(),
        },
        mistakes: Vec::new(),
        places: HashMap::new(),
        parts: 0,
        told: HashMap::new(),
        interfaces: HashMap::new(),
    };
    resolver.devices();
    resolver.mlags();
    resolver.cables();
    resolver.bonds();
    resolver.bridges();
    resolver.networks();
    resolver.corosync();
    resolver.names_elsewhere();
    resolver.processors();
    resolver.into_parts()
}

struct Resolver<'d> {
    topology: Topology<'d>,
    mistakes: Vec<Mistake>,
    places: HashMap<String, Span>,
    parts: usize,
    told: HashMap<(MistakeKind, Span), (usize, usize)>,
    interfaces: HashMap<(DeviceId, &'d str), Interface>,
}

/// The entries of a table by name, whether or not it was written.
fn items<T>(table: Option<&Spanned<Named<T>>>) -> impl Iterator<Item = &Item<T>> {
    table.into_iter().flat_map(|table| table.value.iter())
}

/// The entry that a name stands for.
fn find<'d, T>(table: Option<&'d Spanned<Named<T>>>, name: &str) -> Option<&'d Item<T>> {
    items(table).find(|item| item.names.iter().any(|known| known == name))
}

fn all_names<T>(table: Option<&Spanned<Named<T>>>) -> Vec<&str> {
    items(table).flat_map(|item| item.names.iter().map(String::as_str)).collect()
}

impl<'d> Resolver<'d> {
    /// Notes a mistake. One slip in a range shows up on every device it stands for; it is told once, with their number.
    fn report(&mut self, mistake: Mistake) {
        let place = (mistake.kind, mistake.span);
        if let Some((_, more)) = self.told.get_mut(&place) {
            *more += 1;
        } else {
            self.told.insert(place, (self.mistakes.len(), 0));
            self.mistakes.push(mistake);
        }
    }

    /// The mistakes in order, each with how often it came again at its place.
    fn into_parts(self) -> (Topology<'d>, Vec<Mistake>) {
        let mut mistakes = self.mistakes;
        let mut again: Vec<(usize, usize)> = self.told.into_values().filter(|(_, more)| *more > 0).collect();
        again.sort_unstable();
        for (index, more) in again {
            let _ = write!(mistakes[index].message, " (and {more} more of this kind here)");
        }
        (self.topology, mistakes)
    }

    /// Counts parts of the topology; past the limit it says so once and no more are made.
    fn room_for(&mut self, parts: usize, span: Span) -> bool {
        if self.parts > MOST_PARTS {
            return false;
        }
        self.parts = self.parts.saturating_add(parts);
        if self.parts > MOST_PARTS {
            let message = format!("the design comes to more than {MOST_PARTS} ports and places in networks");
            self.report(Mistake::new(MistakeKind::LimitExceeded, span, message));
            return false;
        }
        true
    }

    fn dangling<'a>(&mut self, what: &str, name: &str, span: Span, known: impl IntoIterator<Item = &'a str>) {
        let message = format!("there is no {what} named `{name}`");
        // Finding the nearest name costs a look at every name: the first mistakes show the pattern.
        if self.mistakes.len() >= MOST_SUGGESTIONS {
            self.report(Mistake::new(MistakeKind::DanglingName, span, message));
            return;
        }
        let known: Vec<&str> = known.into_iter().collect();
        let help = match nearest(name, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if known.is_empty() => format!("the design describes no {what}"),
            None if known.len() <= 12 => format!("the design has {}", known.join(", ")),
            None => format!("the design has {} and {} more", known[..12].join(", "), known.len() - 12),
        };
        self.report(Mistake::new(MistakeKind::DanglingName, span, message).help(help));
    }

    fn unequal(&mut self, mismatch: &Mismatch) {
        let message = format!("{} values stand for {} devices", mismatch.values, mismatch.devices);
        self.report(
            Mistake::new(MistakeKind::UnequalRanges, mismatch.span, message)
                .help("write one value for all, or a range exactly as long as the list of devices"),
        );
    }

    fn model<T>(
        &mut self,
        what: &str,
        table: Option<&'d Spanned<Named<T>>>,
        name: Option<&Spanned<String>>,
    ) -> Option<&'d Item<T>> {
        let name = name?;
        let found = find(table, &name.value);
        if found.is_none() {
            self.dangling(what, &name.value, name.span, all_names(table));
        }
        found
    }

    fn devices(&mut self) {
        let design = self.topology.design;
        for item in items(design.node.as_ref()) {
            let model = self.model("server model", design.server_model.as_ref(), item.value.model.as_ref());
            self.known_site(item.value.site.as_ref());
            self.one_for_each(item);
            for (index, name) in item.names.iter().enumerate() {
                let id = DeviceId::Node(self.topology.nodes.len());
                if !self.place(name, id, item.pattern.span) {
                    continue;
                }
                let (ports, port_names) = self.card_ports(id, model.and_then(|model| model.value.cards.as_ref()));
                self.topology.nodes.push(Node { name: name.clone(), item, index, model, ports, port_names });
            }
        }
        for item in items(design.switch.as_ref()) {
            let model = self.model("switch model", design.switch_model.as_ref(), item.value.model.as_ref());
            self.known_site(item.value.site.as_ref());
            for name in &item.names {
                let id = DeviceId::Switch(self.topology.switches.len());
                if !self.place(name, id, item.pattern.span) {
                    continue;
                }
                let (ports, port_names) = self.switch_ports(id, model);
                self.topology.switches.push(Switch { name: name.clone(), item, model, ports, port_names });
            }
        }
        for item in items(design.firewall.as_ref()) {
            let model = self.model("firewall model", design.firewall_model.as_ref(), item.value.model.as_ref());
            self.known_site(item.value.site.as_ref());
            for name in &item.names {
                let id = DeviceId::Firewall(self.topology.firewalls.len());
                if !self.place(name, id, item.pattern.span) {
                    continue;
                }
                let (ports, port_names) = self.card_ports(id, model.and_then(|model| model.value.cards.as_ref()));
                self.topology.firewalls.push(Firewall { name: name.clone(), item, model, ports, port_names });
            }
        }
    }

    /// What equal servers have of their own has to be as long as the list of their names.
    fn one_for_each(&mut self, item: &Item<design::Node>) {
        let devices = item.names.len();
        let (hosts, uuids) = (item.value.hosts_address.as_ref(), item.value.system_uuid.as_ref());
        let counts =
            [hosts.map(|hosts| (hosts.span, hosts.value.0.len())), uuids.map(|own| (own.span, own.value.len()))];
        for (span, values) in counts.into_iter().flatten().filter(|(_, values)| *values != devices) {
            let message = format!("{values} values stand for {devices} devices");
            self.report(
                Mistake::new(MistakeKind::UnequalRanges, span, message)
                    .help("write one value for each, in their order"),
            );
        }
        for address in hosts.iter().flat_map(|hosts| &hosts.value.0) {
            if !is_plain_address(address) {
                self.bad_address(address, hosts.map_or(item.pattern.span, |hosts| hosts.span), "10.2.20.11");
            }
        }
    }

    fn bad_address(&mut self, written: &str, span: Span, example: &str) {
        let what = if example.contains('/') { "address with prefix length" } else { "address" };
        let message = format!("`{written}` is no {what}");
        self.report(Mistake::new(MistakeKind::BadAddress, span, message).help(format!("write it as `{example}`")));
    }

    /// Gives a device its name and vertex, unless another device has the name.
    fn place(&mut self, name: &str, id: DeviceId, span: Span) -> bool {
        if let Some(first) = self.places.get(name).copied() {
            let message = format!("`{name}` is the name of another device");
            self.report(Mistake::new(MistakeKind::DuplicateName, span, message).related(first, "it is used here"));
            return false;
        }
        self.places.insert(name.to_owned(), span);
        self.topology.by_name.insert(name.to_owned(), id);
        let vertex = self.topology.graph.add_node(id);
        self.topology.vertices.insert(id, vertex);
        true
    }

    fn known_site(&mut self, site: Option<&Spanned<String>>) {
        let sites = self.topology.design.site.as_ref();
        if let Some(site) = site.filter(|site| sites.is_some() && find(sites, &site.value).is_none()) {
            self.dangling("site", &site.value, site.span, all_names(sites));
        }
    }

    fn card_ports(
        &mut self,
        device: DeviceId,
        cards: Option<&'d Spanned<Named<design::Card>>>,
    ) -> (Vec<PortId>, HashMap<String, PortId>) {
        let (mut ports, mut names) = (Vec::new(), HashMap::new());
        for item in items(cards) {
            let aliases = item.value.names.as_ref().map_or([].as_slice(), |names| names.value.as_slice());
            let count = item.value.ports.as_ref().map_or(aliases.len() as u32, |ports| ports.value);
            if !self.room_for(item.names.len().saturating_mul(count as usize), item.pattern.span) {
                break;
            }
            for card in &item.names {
                for number in 1..=count {
                    let label = format!("{card}:{number}");
                    let port = self.new_port(device, card, label.clone(), item.value.speed.clone(), item.pattern.span);
                    ports.push(port);
                    names.insert(label, port);
                    if let Some(alias) = aliases.get(number as usize - 1) {
                        names.insert(alias.value.clone(), port);
                    }
                }
            }
        }
        (ports, names)
    }

    fn switch_ports(
        &mut self,
        device: DeviceId,
        model: Option<&'d Item<design::SwitchModel>>,
    ) -> (Vec<PortId>, HashMap<String, PortId>) {
        let (mut ports, mut names) = (Vec::new(), HashMap::new());
        for item in items(model.and_then(|model| model.value.ports.as_ref())) {
            if !self.room_for(item.names.len(), item.pattern.span) {
                break;
            }
            for name in &item.names {
                let group = item.pattern.value.as_str();
                let port = self.new_port(device, group, name.clone(), item.value.speed.clone(), item.pattern.span);
                ports.push(port);
                names.insert(name.clone(), port);
            }
        }
        (ports, names)
    }

    fn new_port(
        &mut self,
        device: DeviceId,
        card: &'d str,
        label: String,
        speed: Option<Spanned<crate::quantity::Rate>>,
        span: Span,
    ) -> PortId {
        self.topology.ports.push(Port { device, card, label, speed, span, cable: None });
        PortId(self.topology.ports.len() - 1)
    }

    fn port_of(&self, device: DeviceId, label: &str) -> Option<PortId> {
        match device {
            DeviceId::Node(index) => self.topology.nodes[index].port(label),
            DeviceId::Switch(index) => self.topology.switches[index].port(label),
            DeviceId::Firewall(index) => self.topology.firewalls[index].port(label),
        }
    }

    fn add_port(&mut self, device: DeviceId, label: &str, port: PortId) {
        let (ports, names) = match device {
            DeviceId::Node(index) => {
                let node = &mut self.topology.nodes[index];
                (&mut node.ports, &mut node.port_names)
            }
            DeviceId::Switch(index) => {
                let switch = &mut self.topology.switches[index];
                (&mut switch.ports, &mut switch.port_names)
            }
            DeviceId::Firewall(index) => {
                let firewall = &mut self.topology.firewalls[index];
                (&mut firewall.ports, &mut firewall.port_names)
            }
        };
        ports.push(port);
        names.insert(label.to_owned(), port);
    }

    fn port_labels(&self, device: DeviceId) -> Vec<String> {
        self.topology.ports_of(device).iter().map(|port| self.topology.port(*port).label.clone()).collect()
    }

    /// Whether the ports of a device are described, so that a name that is not among them is a mistake.
    fn ports_described(&self, device: DeviceId) -> bool {
        match device {
            DeviceId::Node(index) => self.topology.nodes[index].model.is_some_and(|model| model.value.cards.is_some()),
            DeviceId::Switch(index) => {
                self.topology.switches[index].model.is_some_and(|model| model.value.ports.is_some())
            }
            DeviceId::Firewall(index) => {
                self.topology.firewalls[index].model.is_some_and(|model| model.value.cards.is_some())
            }
        }
    }

    fn known_port(&mut self, device: DeviceId, label: &str, span: Span) -> Option<PortId> {
        let port = self.port_on(device, label);
        if port.is_none() && self.ports_described(device) {
            let labels = self.port_labels(device);
            let what = format!("port on `{}`", self.topology.name(device));
            self.dangling(&what, label, span, labels.iter().map(String::as_str));
        }
        let is_switch = matches!(device, DeviceId::Switch(_));
        port.or_else(|| is_switch.then(|| self.undescribed_port(device, label, span)).flatten())
    }

    /// A port with this name: one that is described, or one of a card that does not say how many it has.
    fn port_on(&mut self, device: DeviceId, label: &str) -> Option<PortId> {
        self.port_of(device, label).or_else(|| self.uncounted_port(device, label))
    }

    fn uncounted_port(&mut self, device: DeviceId, label: &str) -> Option<PortId> {
        let cards = match device {
            DeviceId::Node(index) => self.topology.nodes[index].model?.value.cards.as_ref(),
            DeviceId::Firewall(index) => self.topology.firewalls[index].model?.value.cards.as_ref(),
            DeviceId::Switch(_) => None,
        };
        let (card, number) = label.split_once(':')?;
        let item = find(cards, card).filter(|item| item.value.ports.is_none() && item.value.names.is_none())?;
        let card = item.names.iter().find(|name| *name == card)?;
        number.parse::<u32>().ok().filter(|number| *number > 0)?;
        let port = self.new_port(device, card, label.to_owned(), item.value.speed.clone(), item.pattern.span);
        self.add_port(device, label, port);
        Some(port)
    }

    /// A port of a device whose ports are not described: what is plugged in there is known all the same.
    fn undescribed_port(&mut self, device: DeviceId, label: &str, span: Span) -> Option<PortId> {
        if self.ports_described(device) {
            return None;
        }
        let port = self.new_port(device, "", label.to_owned(), None, span);
        self.add_port(device, label, port);
        Some(port)
    }

    fn known_device(&mut self, name: &str, span: Span) -> Option<DeviceId> {
        let device = self.topology.device(name);
        if device.is_none() {
            let mut names = Vec::new();
            if self.mistakes.len() < MOST_SUGGESTIONS {
                names.extend(self.topology.by_name.keys().cloned());
                names.sort_unstable();
            }
            self.dangling("device", name, span, names.iter().map(String::as_str));
        }
        device
    }

    fn mlags(&mut self) {
        for item in items(self.topology.design.mlag.as_ref()) {
            let mut peers = Vec::new();
            for peer in item.value.peers.iter().flat_map(|peers| peers.value.0.iter()) {
                match self.known_device(&peer.value, peer.span) {
                    Some(DeviceId::Switch(index)) if !peers.contains(&index) => peers.push(index),
                    Some(_) => {
                        let message = format!("`{}` is no second switch of the pair", peer.value);
                        let mistake = Mistake::new(MistakeKind::UsedTwice, peer.span, message);
                        self.report(mistake.help("name two different switches"));
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
            self.topology.mlags.push(Mlag { item, peers, peer_link });
        }
    }

    fn cables(&mut self) {
        for cable in self.topology.design.cable.iter().flat_map(|cables| cables.value.iter()) {
            let (Some(from), Some(to)) = (&cable.value.from, &cable.value.to) else { continue };
            let (ends_from, ends_to) = (&from.value.0, &to.value.0);
            if ends_from.len() != ends_to.len() {
                let message = format!("{} ends on one side and {} on the other", ends_from.len(), ends_to.len());
                let mistake = Mistake::new(MistakeKind::UnequalRanges, to.span, message);
                self.report(
                    mistake
                        .related(from.span, "the other side")
                        .help("write two ranges of equal length; they go pair by pair"),
                );
                continue;
            }
            for (from, to) in ends_from.iter().zip(ends_to) {
                let ends = (self.endpoint(from), self.endpoint(to));
                if let (Some(from_port), Some(to_port)) = ends {
                    self.plug(from_port, to_port, Some(cable), from.span);
                }
            }
        }
    }

    fn endpoint(&mut self, end: &Spanned<String>) -> Option<PortId> {
        let Some((device, label)) = end.value.split_once(':') else {
            let message = format!("`{}` names no port", end.value);
            self.report(
                Mistake::new(MistakeKind::DanglingName, end.span, message)
                    .help("write device and port: `pve1:slot1:1`"),
            );
            return None;
        };
        let device = self.known_device(device, end.span)?;
        self.known_port(device, label, end.span).or_else(|| self.undescribed_port(device, label, end.span))
    }

    fn plug(&mut self, from: PortId, to: PortId, item: Option<&'d Spanned<design::Cable>>, span: Span) {
        if from == to {
            let message = format!("both ends of the cable are `{}`", self.topology.port_name(from));
            self.report(Mistake::new(MistakeKind::Cycle, span, message).help("name two different ports"));
            return;
        }
        for port in [from, to] {
            if let Some(cable) = self.topology.port(port).cable {
                let message = format!("`{}` has two cables", self.topology.port_name(port));
                let first =
                    self.topology.cables[cable].item.and_then(|item| item.value.from.as_ref()).map(|from| from.span);
                let mistake = Mistake::new(MistakeKind::UsedTwice, span, message);
                self.report(match first {
                    Some(first) => mistake.related(first, "the first cable"),
                    None => mistake.help("leave this cable out: `peer_link` of the MLAG pair already stands for it"),
                });
                return;
            }
        }
        let index = self.topology.cables.len();
        self.topology.cables.push(Cable { item, from, to });
        for port in [from, to] {
            self.topology.ports[port.0].cable = Some(index);
        }
        let vertices = [from, to].map(|port| self.topology.vertices[&self.topology.port(port).device]);
        self.topology.graph.add_edge(vertices[0], vertices[1], index);
    }

    /// Devices a table is `on`; every node where that is left out.
    fn members(&mut self, on: Option<&Spanned<Names>>, place: Span) -> Vec<DeviceId> {
        let count = on.map_or(self.topology.nodes.len(), |names| names.value.0.len());
        if !self.room_for(count, place) {
            return Vec::new();
        }
        match on {
            None => (0..self.topology.nodes.len()).map(DeviceId::Node).collect(),
            Some(names) => names.value.0.iter().filter_map(|name| self.known_device(&name.value, name.span)).collect(),
        }
    }

    fn bonds(&mut self) {
        let mut used: HashMap<PortId, Span> = HashMap::new();
        for item in items(self.topology.design.bond.as_ref()) {
            for device in self.members(item.value.on.as_ref(), item.pattern.span) {
                let mut members = Vec::new();
                for label in item.value.members.iter().flat_map(|members| members.value.0.iter()) {
                    let Some(port) = self.known_port(device, &label.value, label.span) else { continue };
                    match used.insert(port, label.span) {
                        Some(first) => {
                            let message = format!("`{}` is in two bonds", self.topology.port_name(port));
                            self.report(
                                Mistake::new(MistakeKind::UsedTwice, label.span, message)
                                    .related(first, "first used here"),
                            );
                        }
                        None => members.push(port),
                    }
                }
                self.own_name(device, "bond", item.pattern.value.as_str(), item.pattern.span);
                let id = BondId(self.topology.bonds.len());
                self.topology.bonds.push(Bond { device, item, members });
                self.interfaces.insert((device, item.pattern.value.as_str()), Interface::Bond(id));
            }
        }
    }

    /// A processor has at least one thread for each core; fewer were counted for one core.
    fn processors(&mut self) {
        for cpu in items(self.topology.design.server_model.as_ref()).filter_map(|item| item.value.cpu.as_ref()) {
            let (Some(cores), Some(threads)) = (&cpu.value.cores, &cpu.value.threads) else { continue };
            if threads.value < cores.value {
                let message = format!("{} threads are fewer than {} cores", threads.value, cores.value);
                let mistake = Mistake::new(MistakeKind::OutOfRange, threads.span, message);
                self.report(mistake.help("write the threads of the whole processor, not of one core"));
            }
        }
    }

    fn bridges(&mut self) {
        let mut cycle = DiGraph::<&Item<design::Bridge>, ()>::new();
        let mut index = HashMap::new();
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
            let message = format!("bridge `{}` stands on bridge `{}`", above.pattern.value, under.pattern.value);
            let span = above.value.ports.as_ref().map_or(above.pattern.span, |ports| ports.span);
            let mistake =
                Mistake::new(MistakeKind::Cycle, span, message).related(under.pattern.span, "the other bridge");
            self.report(mistake.help("let a bridge stand on ports or bonds"));
        }
        for item in items(self.topology.design.bridge.as_ref()) {
            for device in self.members(item.value.on.as_ref(), item.pattern.span) {
                let mut under = Vec::new();
                for label in item.value.ports.iter().flat_map(|ports| ports.value.0.iter()) {
                    if index.contains_key(label.value.as_str()) {
                        continue;
                    }
                    under.extend(self.interface(device, label));
                }
                self.own_name(device, "bridge", item.pattern.value.as_str(), item.pattern.span);
                let id = self.topology.bridges.len();
                self.topology.bridges.push(super::links::Bridge { device, item, under });
                self.interfaces.insert((device, item.pattern.value.as_str()), Interface::Bridge(id));
            }
        }
    }

    /// A bond or bridge must not have the name of a port, bond or other bridge on its device.
    fn own_name(&mut self, device: DeviceId, what: &str, name: &'d str, span: Span) {
        let port = self.port_of(device, name).map(|port| self.topology.port(port).span);
        let taken = match self.interfaces.get(&(device, name)) {
            Some(Interface::Bond(bond)) => Some(self.topology.bonds[bond.0].item.pattern.span),
            Some(Interface::Bridge(bridge)) => Some(self.topology.bridges[*bridge].item.pattern.span),
            Some(Interface::Port(_)) | None => port,
        };
        if let Some(first) = taken {
            let message =
                format!("{what} `{name}` has the name of another interface on `{}`", self.topology.name(device));
            self.report(Mistake::new(MistakeKind::DuplicateName, span, message).related(first, "it is used here"));
        }
    }

    /// The port, bond or bridge that a name stands for on a device.
    fn interface(&mut self, device: DeviceId, name: &Spanned<String>) -> Option<Interface> {
        if let Some(interface) = self.interfaces.get(&(device, name.value.as_str())) {
            return Some(*interface);
        }
        if let Some(port) = self.port_on(device, &name.value) {
            return Some(Interface::Port(port));
        }
        if self.ports_described(device) {
            let mut known = self.port_labels(device);
            known.extend(self.interfaces.keys().filter(|(on, _)| *on == device).map(|(_, name)| (*name).to_owned()));
            known.sort_unstable();
            let what = format!("port, bond or bridge on `{}`", self.topology.name(device));
            self.dangling(&what, &name.value, name.span, known.iter().map(String::as_str));
        }
        None
    }

    fn networks(&mut self) {
        for item in items(self.topology.design.network.as_ref()) {
            let network = &item.value;
            let devices = self.network_members(network, item.pattern.span);
            let names: Vec<String> = devices.iter().map(|device| self.topology.name(*device).to_owned()).collect();
            let interfaces = self.assigned(network.interface.as_ref(), &names);
            let addresses = self.assigned(network.address.as_ref(), &names);
            let mut attachments = Vec::new();
            for (device, name) in devices.into_iter().zip(&names) {
                let interface = interfaces
                    .get(name)
                    .and_then(|written| self.interface(device, written).map(|found| Spanned::new(found, written.span)));
                let address = addresses.get(name).and_then(|written| self.address(written));
                attachments.push(Attachment { device, interface, address });
            }
            self.unique_addresses(item, &attachments);
            self.vlans_and_gateway(network);
            self.topology.networks.push(Network::new(item, attachments));
        }
    }

    /// Members of a network: those it is `on`, or those that its interfaces or addresses name, or every node.
    fn network_members(&mut self, network: &design::Network, place: Span) -> Vec<DeviceId> {
        if network.on.is_some() {
            return self.members(network.on.as_ref(), place);
        }
        let mut named: Vec<Spanned<String>> = Vec::new();
        for written in [&network.interface, &network.address].into_iter().flatten() {
            named.extend(written.value.devices());
        }
        if named.is_empty() {
            return self.members(None, place);
        }
        let (mut devices, mut seen) = (Vec::new(), HashSet::new());
        for name in named {
            devices.extend(self.known_device(&name.value, name.span).filter(|device| seen.insert(*device)));
        }
        devices
    }

    fn assigned(
        &mut self,
        written: Option<&Spanned<design::PerDevice>>,
        names: &[String],
    ) -> HashMap<String, Spanned<String>> {
        let Some(written) = written else { return HashMap::new() };
        let (assigned, mismatches) = written.value.assign(names);
        for mismatch in &mismatches {
            self.unequal(mismatch);
        }
        let known: HashSet<&str> = names.iter().map(String::as_str).collect();
        for device in written.value.devices().filter(|device| !known.contains(device.value.as_str())) {
            self.dangling("member of this network", &device.value, device.span, names.iter().map(String::as_str));
        }
        assigned.into_iter().collect()
    }

    fn address(&mut self, written: &Spanned<String>) -> Option<Spanned<Address>> {
        let address = written.value.parse::<Address>().ok();
        if address.is_none() {
            self.bad_address(&written.value, written.span, "10.2.21.66/24");
        }
        address.map(|address| Spanned::new(address, written.span))
    }

    fn vlans_and_gateway(&mut self, network: &design::Network) {
        for vlan in network.guest_vlans.iter().flat_map(|vlans| vlans.value.0.iter()) {
            if !vlan.value.parse::<u32>().is_ok_and(|id| VLAN_IDS.contains(&id)) {
                let message = format!("`{}` is no VLAN id", vlan.value);
                let mistake = Mistake::new(MistakeKind::OutOfRange, vlan.span, message);
                self.report(mistake.help(format!(
                    "write ids from {} to {}, a range of them as `{{100..115}}`",
                    VLAN_IDS.start(),
                    VLAN_IDS.end()
                )));
            }
        }
        if let Some(gateway) = network.gateway.as_ref().filter(|gateway| !is_plain_address(&gateway.value)) {
            self.bad_address(&gateway.value, gateway.span, "10.2.20.1");
        }
    }

    fn unique_addresses(&mut self, item: &Item<design::Network>, attachments: &[Attachment]) {
        let addresses = attachments.iter().filter_map(|attachment| attachment.address.as_ref());
        let twice = first_twice(addresses.map(|address| (address.value.ip, address.span)));
        if let Some((ip, first, second)) = twice {
            let message = format!("two members of network `{}` have the address {ip}", item.pattern.value);
            let mistake = Mistake::new(MistakeKind::DuplicateName, second, message);
            self.report(if first == second {
                mistake.help("write a range: `10.2.21.{66..68}/24`")
            } else {
                mistake.related(first, "first used here")
            });
        }
    }

    fn corosync(&mut self) {
        let design = self.topology.design;
        let links = design.corosync.as_ref().and_then(|corosync| corosync.value.link.as_ref());
        for item in items(links) {
            for name in &item.names {
                let Ok(number) = name.parse() else {
                    let message = format!("`{name}` is no link number");
                    self.report(
                        Mistake::new(MistakeKind::WrongType, item.pattern.span, message)
                            .help("number the links from 0"),
                    );
                    continue;
                };
                let Some(written) = &item.value.network else { continue };
                match self.topology.networks.iter().position(|network| network.name() == written.value) {
                    Some(network) => self.topology.corosync_links.push(CorosyncLink { number, item, network }),
                    None => self.dangling("network", &written.value, written.span, all_names(design.network.as_ref())),
                }
            }
        }
        self.topology.corosync_links.sort_by_key(|link| link.number);
    }

    /// Names in tables that are looked up by rules and figures rather than kept as references.
    fn names_elsewhere(&mut self) {
        let design = self.topology.design;
        let networks = all_names(design.network.as_ref());
        let mut check = |what: &str, written: Option<&Spanned<String>>, known: &[&str]| {
            if let Some(name) = written.filter(|name| !known.contains(&name.value.as_str())) {
                self.dangling(what, &name.value, name.span, known.iter().copied());
            }
        };
        for item in items(design.server_model.as_ref()) {
            let model = &item.value;
            let (controllers, disks) = (all_names(model.controllers.as_ref()), all_names(model.disks.as_ref()));
            for disk in items(model.disks.as_ref()) {
                check("controller of this model", disk.value.controller.as_ref(), &controllers);
                check("disk group of this model", disk.value.db.as_ref(), &disks);
            }
        }
        let pools = all_names(design.ceph.as_ref().and_then(|ceph| ceph.value.pool.as_ref()));
        let storages = all_names(design.storage.as_ref());
        let groups = all_names(design.ha.as_ref().and_then(|ha| ha.value.group.as_ref()));
        for item in items(design.storage.as_ref()) {
            check("Ceph pool", item.value.pool.as_ref(), &pools);
        }
        for item in items(design.guest.as_ref()) {
            check("storage", item.value.storage.as_ref(), &storages);
            check("group for high availability", item.value.ha_group.as_ref(), &groups);
        }
        for item in items(design.overlay.as_ref()) {
            check("network", item.value.underlay.as_ref(), &networks);
        }
        for item in items(design.mlag.as_ref()) {
            check("network", item.value.keepalive.as_ref(), &networks);
        }
        let migration = design.migration.as_ref();
        check("network", migration.and_then(|migration| migration.value.network.as_ref()), &networks);
        self.lists_elsewhere();
    }

    fn lists_elsewhere(&mut self) {
        let design = self.topology.design;
        let nodes: Vec<&str> = all_names(design.node.as_ref());
        let switches = all_names(design.switch.as_ref());
        let networks = all_names(design.network.as_ref());
        let guests = all_names(design.guest.as_ref());
        let sites = all_names(design.site.as_ref());
        let mut lists: Vec<(&str, &Spanned<Names>, &[&str])> = Vec::new();
        if let Some(ceph) = &design.ceph {
            let daemons = [&ceph.value.monitors, &ceph.value.managers, &ceph.value.metadata_servers];
            lists.extend(daemons.into_iter().flatten().map(|list| ("node", list, nodes.as_slice())));
        }
        if let Some(ha) = &design.ha {
            for group in items(ha.value.group.as_ref()) {
                lists.extend(group.value.nodes.iter().map(|list| ("node", list, nodes.as_slice())));
            }
            for rule in items(ha.value.node_affinity.as_ref()) {
                lists.extend(rule.value.nodes.iter().map(|list| ("node", list, nodes.as_slice())));
                lists.extend(rule.value.guests.iter().map(|list| ("guest profile", list, guests.as_slice())));
            }
        }
        for fabric in items(design.fabric.as_ref()) {
            let tiers = [&fabric.value.leaves, &fabric.value.spines];
            lists.extend(tiers.into_iter().flatten().map(|list| ("switch", list, switches.as_slice())));
        }
        for guest in items(design.guest.as_ref()) {
            lists.extend(guest.value.networks.iter().map(|list| ("network", list, networks.as_slice())));
        }
        for storage in items(design.storage.as_ref()) {
            lists.extend(storage.value.networks.iter().map(|list| ("network", list, networks.as_slice())));
        }
        for link in items(design.site_link.as_ref()) {
            lists.extend(link.value.sites.iter().map(|list| ("site", list, sites.as_slice())));
        }
        for (what, list, known) in lists {
            let set: HashSet<&str> = known.iter().copied().collect();
            for name in list.value.0.iter().filter(|name| !set.contains(name.value.as_str())) {
                self.dangling(what, &name.value, name.span, known.iter().copied());
            }
        }
        for firewall in 0..self.topology.firewalls.len() {
            let table = &self.topology.firewalls[firewall].item.value;
            for list in [&table.service_ports, &table.management_ports, &table.ha_ports].into_iter().flatten() {
                for label in &list.value.0 {
                    self.known_port(DeviceId::Firewall(firewall), &label.value, label.span);
                }
            }
        }
        for switch in 0..self.topology.switches.len() {
            for label in
                self.topology.switches[switch].item.value.tagged_ports.iter().flat_map(|ports| ports.value.0.iter())
            {
                self.known_port(DeviceId::Switch(switch), &label.value, label.span);
            }
        }
    }
}

/// Whether this is an address without prefix length.
fn is_plain_address(text: &str) -> bool {
    text.parse::<IpAddr>().is_ok()
}

/// The first key that comes twice, with both places.
fn first_twice<K: Hash + Eq + Clone>(keys: impl Iterator<Item = (K, Span)>) -> Option<(K, Span, Span)> {
    let mut seen = HashMap::new();
    for (key, span) in keys {
        if let Some(first) = seen.insert(key.clone(), span) {
            return Some((key, first, span));
        }
    }
    None
}
