//! Servers, switches, firewalls and their ports.

use std::sync::Arc;

use foldhash::{HashMap, HashMapExt as _};

use super::{MOST_SUGGESTIONS, Resolver, all_names, find, is_plain_address, items};
use crate::design::{self, Item, Mistake, MistakeKind, Named, Text};
use crate::source::{Span, Spanned};
use crate::topology::devices::{DeviceId, Firewall, Node, Port, PortId, PortNames, Switch};
use crate::words::references;

/// How the ports of a switch for its own administration are named: `management:1`.
const MANAGEMENT: &str = "management";
/// Ports that a switch has at most, mostly.
const USUAL_PORTS: usize = 128;

impl<'d> Resolver<'d> {
    pub(super) fn devices(&mut self) {
        let design = self.topology.design;
        for item in items(design.node.as_ref()) {
            let model = self.model(references::server_model, design.server_model.as_ref(), item.value.model.as_ref());
            self.known_site(item.value.site.as_ref());
            self.one_for_each(item);
            self.rack_units(item.names.len(), item.value.rack_unit.as_ref());
            for (index, name) in item.names.iter().enumerate() {
                let place = self.topology.nodes.len();
                let id = DeviceId::Node(place);
                if !self.place(name, id, item.pattern.span) {
                    continue;
                }
                let cards = model.and_then(|model| model.value.cards.as_ref());
                let (ports, port_names) =
                    self.ports_like(id, cards.map(|cards| cards.span), |resolver| resolver.card_ports(cards));
                self.topology.nodes.push(Node { name: name.clone(), item, index, place, model, ports, port_names });
            }
        }
        for item in items(design.switch.as_ref()) {
            let model = self.model(references::switch_model, design.switch_model.as_ref(), item.value.model.as_ref());
            self.known_site(item.value.site.as_ref());
            self.rack_units(item.names.len(), item.value.rack_unit.as_ref());
            for name in &item.names {
                let id = DeviceId::Switch(self.topology.switches.len());
                if !self.place(name, id, item.pattern.span) {
                    continue;
                }
                let (ports, port_names) =
                    self.ports_like(id, model.map(|model| model.pattern.span), |resolver| resolver.switch_ports(model));
                self.topology.switches.push(Switch { name: name.clone(), item, model, ports, port_names });
            }
        }
        for item in items(design.firewall.as_ref()) {
            let model =
                self.model(references::firewall_model, design.firewall_model.as_ref(), item.value.model.as_ref());
            self.known_site(item.value.site.as_ref());
            self.rack_units(item.names.len(), item.value.rack_unit.as_ref());
            for name in &item.names {
                let id = DeviceId::Firewall(self.topology.firewalls.len());
                if !self.place(name, id, item.pattern.span) {
                    continue;
                }
                let cards = model.and_then(|model| model.value.cards.as_ref());
                let (ports, port_names) =
                    self.ports_like(id, cards.map(|cards| cards.span), |resolver| resolver.card_ports(cards));
                self.topology.firewalls.push(Firewall { name: name.clone(), item, model, ports, port_names });
            }
        }
    }

    /// What equal servers have of their own has to be as long as the list of their names.
    pub(super) fn one_for_each(&mut self, item: &Item<design::Node>) {
        let devices = item.names.len();
        let (hosts, uuids) = (item.value.hosts_address.as_ref(), item.value.system_uuid.as_ref());
        let counts =
            [hosts.map(|hosts| (hosts.span, hosts.value.0.len())), uuids.map(|own| (own.span, own.value.len()))];
        for (span, values) in counts.into_iter().flatten() {
            self.one_value_each(devices, values, span);
        }
        for address in hosts.iter().flat_map(|hosts| &hosts.value.0) {
            if !is_plain_address(address) {
                self.bad_address(address, hosts.map_or(item.pattern.span, |hosts| hosts.span), "10.2.20.11");
            }
        }
    }

    /// Places in racks are counted from 1, and equal devices have one each.
    fn rack_units(&mut self, devices: usize, places: Option<&Spanned<Vec<Spanned<u32>>>>) {
        let Some(places) = places else { return };
        self.one_value_each(devices, places.value.len(), places.span);
        for place in places.value.iter().filter(|place| place.value == 0) {
            let mistake = Mistake::new(MistakeKind::OutOfRange, place.span, references::no_rack_unit("0"));
            self.report(mistake.help(references::count_rack_units("1")));
        }
    }

    fn one_value_each(&mut self, devices: usize, values: usize, span: Span) {
        if values == devices {
            return;
        }
        let message = references::values_for_devices(values, devices);
        self.report(Mistake::new(MistakeKind::UnequalRanges, span, message).help(references::one_value_each()));
    }

    pub(super) fn bad_address(&mut self, written: &str, span: Span, example: &str) {
        let message = if example.contains('/') {
            references::no_address_with_prefix(written)
        } else {
            references::no_address(written)
        };
        let mistake = Mistake::new(MistakeKind::BadAddress, span, message);
        self.report(mistake.help(references::write_address(example)));
    }

    /// Gives a device its name and vertex, unless another device has the name.
    pub(super) fn place(&mut self, name: &str, id: DeviceId, span: Span) -> bool {
        if !self.name_once(name, span) {
            return false;
        }
        self.topology.by_name.insert(name.into(), id);
        let vertex = self.topology.graph.add_node(id);
        self.topology.vertices.insert(id, vertex);
        true
    }

    /// Notes a name that failures are told by, unless another thing has it.
    pub(super) fn name_once(&mut self, name: &str, span: Span) -> bool {
        let Some(first) = self.places.get(name).copied() else {
            self.places.insert(name.into(), span);
            return true;
        };
        let mistake = Mistake::new(MistakeKind::DuplicateName, span, references::name_of_another(name));
        self.report(mistake.related(first, references::used_here()));
        false
    }

    pub(super) fn known_site(&mut self, site: Option<&Spanned<Text>>) {
        let sites = self.topology.design.site.as_ref();
        if let Some(site) = site.filter(|site| sites.is_some() && find(sites, &site.value).is_none()) {
            self.dangling(references::site(), &site.value, site.span, all_names(sites));
        }
    }

    /// Ports of a device as its model describes them; a model is written out once.
    fn ports_like(
        &mut self,
        device: DeviceId,
        model: Option<Span>,
        write_out: impl FnOnce(&mut Self) -> Described<'d>,
    ) -> (Vec<PortId>, PortNames) {
        let Some(place) = model else { return Default::default() };
        let known = self.described.get(&place).map(Arc::clone);
        let described = if let Some(known) = known {
            if !self.room_for(known.ports.len(), place) {
                return Default::default();
            }
            known
        } else {
            let described = Arc::new(write_out(self));
            self.described.insert(place, Arc::clone(&described));
            described
        };
        let first = self.topology.ports.len();
        self.topology.ports.extend(described.ports.iter().map(|port| Port {
            device,
            lane_of: port.lane_of.map(|whole| PortId(first + whole.0)),
            ..port.clone()
        }));
        let ports = (first..self.topology.ports.len()).map(PortId).collect();
        (ports, PortNames { first, described: Arc::clone(&described.names), named: HashMap::default() })
    }

    fn card_ports(&mut self, cards: Option<&'d Spanned<Named<design::Card>>>) -> Described<'d> {
        let (mut ports, mut names) = (Vec::new(), HashMap::default());
        for item in items(cards) {
            let aliases = item.value.names.as_ref().map_or([].as_slice(), |names| names.value.as_slice());
            let count = item.value.ports.as_ref().map_or(aliases.len() as u32, |ports| ports.value);
            if !self.room_for(item.names.len().saturating_mul(count as usize), item.pattern.span) {
                break;
            }
            for card in &item.names {
                for number in 1..=count {
                    let label: Arc<str> = format!("{card}:{number}").into();
                    names.insert(Arc::clone(&label), ports.len());
                    if let Some(alias) = aliases.get(number as usize - 1) {
                        names.insert(alias.value.as_str().into(), ports.len());
                    }
                    let port = described_port(card, label, item.value.speed.clone(), item.pattern.span);
                    ports.push(Port { form_factor: item.value.form_factor.clone(), ..port });
                }
            }
        }
        Described { ports, names: Arc::new(names) }
    }

    fn switch_ports(&mut self, model: Option<&'d Item<design::SwitchModel>>) -> Described<'d> {
        let groups = || items(model.and_then(|model| model.value.ports.as_ref()));
        let count = groups().map(|item| item.names.len()).sum::<usize>().min(USUAL_PORTS);
        let mut ports = Vec::with_capacity(count);
        let mut names = HashMap::with_capacity(count);
        let mut add = |port: Port<'d>| {
            names.insert(Arc::clone(&port.label), ports.len());
            ports.push(port);
            PortId(ports.len() - 1)
        };
        for item in groups() {
            let lanes = item.value.breakout.as_ref().map_or(0, |lanes| lanes.value);
            let count = item.names.len().saturating_mul(lanes as usize + 1);
            if !self.room_for(count, item.pattern.span) {
                break;
            }
            let group = item.pattern.value.as_str();
            let speed = item.value.speed.as_ref();
            let form_factor = item.value.form_factor.as_ref();
            for name in &item.names {
                let port = described_port(group, name.as_str().into(), speed.cloned(), item.pattern.span);
                let whole = add(Port { form_factor: form_factor.cloned(), ..port });
                for lane in 1..=lanes {
                    let speed = speed.map(|speed| Spanned::new(speed.value * (1.0 / f64::from(lanes)), speed.span));
                    let label = format!("{name}/{lane}").into();
                    let port = described_port(group, label, speed, item.pattern.span);
                    add(Port { lane_of: Some(whole), form_factor: form_factor.cloned(), ..port });
                }
            }
        }
        let own = model.and_then(|model| model.value.management_ports.as_ref());
        for number in 1..=own.map_or(0, |own| own.value) {
            let span = own.map_or(self.topology.root, |own| own.span);
            let port = described_port(MANAGEMENT, format!("{MANAGEMENT}:{number}").into(), None, span);
            add(Port { management: true, ..port });
        }
        Described { ports, names: Arc::new(names) }
    }

    pub(super) fn new_port(
        &mut self,
        device: DeviceId,
        card: &'d str,
        label: String,
        speed: Option<Spanned<crate::quantity::Rate>>,
        span: Span,
    ) -> PortId {
        let port = described_port(card, label.into(), speed, span);
        self.topology.ports.push(Port { device, ..port });
        PortId(self.topology.ports.len() - 1)
    }

    pub(super) fn add_port(&mut self, device: DeviceId, label: &str, port: PortId) {
        let (ports, names) = match device {
            DeviceId::Node(index) => {
                let node = &mut self.topology.nodes[index];
                (&mut node.ports, &mut node.port_names.named)
            }
            DeviceId::Switch(index) => {
                let switch = &mut self.topology.switches[index];
                (&mut switch.ports, &mut switch.port_names.named)
            }
            DeviceId::Firewall(index) => {
                let firewall = &mut self.topology.firewalls[index];
                (&mut firewall.ports, &mut firewall.port_names.named)
            }
        };
        ports.push(port);
        names.insert(label.to_owned(), port);
    }

    pub(super) fn port_labels(&self, device: DeviceId) -> Vec<String> {
        self.topology.ports_of(device).iter().map(|port| self.topology.port(*port).label.as_ref().to_owned()).collect()
    }

    /// Whether the ports of a device are described, so that a name that is not among them is a mistake.
    pub(super) fn ports_described(&self, device: DeviceId) -> bool {
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

    pub(super) fn known_port(&mut self, device: DeviceId, label: &str, span: Span) -> Option<PortId> {
        let port = self.port_on(device, label);
        if port.is_none() && self.ports_described(device) {
            let labels = self.port_labels(device);
            let what = references::port_on(self.topology.name(device));
            self.dangling(what, label, span, labels.iter().map(String::as_str));
        }
        let is_switch = matches!(device, DeviceId::Switch(_));
        port.or_else(|| is_switch.then(|| self.undescribed_port(device, label, span)).flatten())
    }

    /// A port with this name: one that is described, or one of a card that does not say how many it has.
    pub(super) fn port_on(&mut self, device: DeviceId, label: &str) -> Option<PortId> {
        self.topology.port_on(device, label).or_else(|| self.uncounted_port(device, label))
    }

    pub(super) fn uncounted_port(&mut self, device: DeviceId, label: &str) -> Option<PortId> {
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
        self.topology.ports[port.0].form_factor.clone_from(&item.value.form_factor);
        self.add_port(device, label, port);
        Some(port)
    }

    /// A port of a device whose ports are not described: what is plugged in there is known all the same.
    pub(super) fn undescribed_port(&mut self, device: DeviceId, label: &str, span: Span) -> Option<PortId> {
        if self.ports_described(device) {
            return None;
        }
        let port = self.new_port(device, "", label.to_owned(), None, span);
        let is_own = label.split_once(':').is_some_and(|(kind, _)| kind == MANAGEMENT);
        self.topology.ports[port.0].management = is_own && matches!(device, DeviceId::Switch(_));
        self.add_port(device, label, port);
        Some(port)
    }

    pub(super) fn known_device(&mut self, name: &str, span: Span) -> Option<DeviceId> {
        let device = self.topology.device(name);
        if device.is_none() {
            let mut names = Vec::new();
            if self.mistakes.len() < MOST_SUGGESTIONS {
                names.extend(self.topology.by_name.keys().cloned());
                names.sort_unstable();
            }
            self.dangling(references::device(), name, span, names.iter().map(Text::as_str));
        }
        device
    }
}

/// The ports of a model, whose ids count from the first of them.
pub(super) struct Described<'d> {
    ports: Vec<Port<'d>>,
    names: Arc<HashMap<Arc<str>, usize>>,
}

/// A port as a model describes it, which no device has yet.
fn described_port(card: &str, label: Arc<str>, speed: Option<Spanned<crate::quantity::Rate>>, span: Span) -> Port<'_> {
    Port {
        device: DeviceId::Node(0),
        card,
        label,
        speed,
        span,
        cable: None,
        form_factor: None,
        far: None,
        lane_of: None,
        management: false,
        settings: None,
    }
}
