//! Every component that a design names, and the parts that each takes with it.

use std::collections::{BTreeMap, BTreeSet};

use foldhash::HashMap;

use super::parts::{Part, PartId, supplies};
use super::plant::Plant;
use crate::design::{DiskRole, Text};
use crate::topology::{self, DeviceId, Interface, PortId, Topology};
use crate::words::{self, Said};

/// Kind of a component; the order says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// A site with everything in it.
    Site,
    /// A rack with everything in it.
    Rack,
    /// A feed of power.
    Feed,
    /// A power supply.
    PowerSupply,
    /// The line from a feed to a power supply.
    PowerLine,
    /// Power that the design does not describe.
    UndescribedPower,
    /// A switch.
    Switch,
    /// A firewall.
    Firewall,
    /// A server.
    Node,
    /// A network card.
    Card,
    /// A network port.
    Port,
    /// A cable.
    Cable,
    /// A bond.
    Bond,
    /// A line to the outside.
    Uplink,
    /// A line between sites.
    SiteLink,
    /// A storage controller.
    Controller,
    /// A disk.
    Disk,
    /// A disk that holds WAL and DB.
    DbDevice,
    /// A monitor as a daemon.
    Monitor,
    /// Parts that the design says fail together.
    SharedRisk,
}

impl Class {
    /// Every class.
    pub const ALL: [Self; 20] = [
        Self::Site,
        Self::Rack,
        Self::Feed,
        Self::PowerSupply,
        Self::PowerLine,
        Self::UndescribedPower,
        Self::Switch,
        Self::Firewall,
        Self::Node,
        Self::Card,
        Self::Port,
        Self::Cable,
        Self::Bond,
        Self::Uplink,
        Self::SiteLink,
        Self::Controller,
        Self::Disk,
        Self::DbDevice,
        Self::Monitor,
        Self::SharedRisk,
    ];

    /// As claims name it: `power supply`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Site => "site",
            Self::Rack => "rack",
            Self::Feed => "feed",
            Self::PowerSupply => "power supply",
            Self::PowerLine => "power line",
            Self::UndescribedPower => "undescribed power",
            Self::Switch => "switch",
            Self::Firewall => "firewall",
            Self::Node => "node",
            Self::Card => "card",
            Self::Port => "port",
            Self::Cable => "cable",
            Self::Bond => "bond",
            Self::Uplink => "uplink",
            Self::SiteLink => "site link",
            Self::Controller => "controller",
            Self::Disk => "disk",
            Self::DbDevice => "DB device",
            Self::Monitor => "monitor",
            Self::SharedRisk => "shared risk",
        }
    }

    /// Several of them, as claims name them: `power supplies`.
    pub fn plural(self) -> String {
        match self {
            Self::PowerSupply => "power supplies".to_owned(),
            Self::Switch => "switches".to_owned(),
            Self::UndescribedPower => self.word().to_owned(),
            _ => format!("{}s", self.word()),
        }
    }

    /// One of them, for people.
    pub fn said(self) -> Said {
        match self {
            Self::Site => words::components::site(),
            Self::Rack => words::components::rack(),
            Self::Feed => words::components::feed(),
            Self::PowerSupply => words::components::power_supply(),
            Self::PowerLine => words::components::power_line(),
            Self::UndescribedPower => words::components::undescribed_power(),
            Self::Switch => words::components::switch(),
            Self::Firewall => words::components::firewall(),
            Self::Node => words::components::node(),
            Self::Card => words::components::card(),
            Self::Port => words::components::port(),
            Self::Cable => words::components::cable(),
            Self::Bond => words::components::bond(),
            Self::Uplink => words::components::uplink(),
            Self::SiteLink => words::components::site_link(),
            Self::Controller => words::components::controller(),
            Self::Disk => words::components::disk(),
            Self::DbDevice => words::components::db_device(),
            Self::Monitor => words::components::monitor(),
            Self::SharedRisk => words::components::shared_risk(),
        }
    }

    /// Several of them, for people.
    pub fn several(self) -> Said {
        match self {
            Self::Site => words::components::sites(),
            Self::Rack => words::components::racks(),
            Self::Feed => words::components::feeds(),
            Self::PowerSupply => words::components::power_supplies(),
            Self::PowerLine => words::components::power_lines(),
            Self::UndescribedPower => words::components::undescribed_power(),
            Self::Switch => words::components::switches(),
            Self::Firewall => words::components::firewalls(),
            Self::Node => words::components::nodes(),
            Self::Card => words::components::cards(),
            Self::Port => words::components::ports(),
            Self::Cable => words::components::cables(),
            Self::Bond => words::components::bonds(),
            Self::Uplink => words::components::uplinks(),
            Self::SiteLink => words::components::site_links(),
            Self::Controller => words::components::controllers(),
            Self::Disk => words::components::disks(),
            Self::DbDevice => words::components::db_devices(),
            Self::Monitor => words::components::monitors(),
            Self::SharedRisk => words::components::shared_risks(),
        }
    }
}

/// A component that can fail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Component {
    /// Name, as `docs/failures.md` writes it: `core-a`, `pve1:slot1`, `cable pve1:slot1:1 - core-a:1`.
    pub name: String,
    /// Kind.
    pub class: Class,
    pub(super) what: What,
}

impl Component {
    /// Its name, for people.
    pub fn said(&self) -> Said {
        match self.what {
            What::UndescribedPower => words::components::power_not_described(),
            _ => Said::from(&self.name),
        }
    }
}

/// What a component is in the topology.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    Site(String),
    Rack(Option<String>, String),
    Feed(usize),
    Supply(DeviceId, usize),
    UndescribedPower,
    Device(DeviceId),
    Card(DeviceId, Text),
    Port(PortId),
    Cable(usize),
    Bond(usize),
    Uplink(usize),
    SiteLink(usize),
    Controller(usize, Text),
    Disk(usize, usize),
    Monitor(usize),
    SharedRisk(usize),
}

/// Every component in a fixed order: from what takes most with it to what takes least.
pub(super) fn components(plant: &Plant<'_, '_>) -> Vec<Component> {
    let mut list = List { plant, all: Vec::new() };
    list.places();
    list.power();
    list.devices();
    list.wiring();
    list.disks();
    let monitors = plant.topology.design.ceph.as_ref().and_then(|ceph| ceph.value.monitors.as_ref());
    for name in monitors.iter().flat_map(|monitors| monitors.value.iter()) {
        if let Some(DeviceId::Node(node)) = plant.topology.device(name) {
            list.add(Class::Monitor, format!("monitor {name}"), What::Monitor(node));
        }
    }
    for (index, risk) in plant.topology.shared_risks.iter().enumerate() {
        list.add(Class::SharedRisk, risk.name.to_string(), What::SharedRisk(index));
    }
    list.all
}

struct List<'p, 't, 'd> {
    plant: &'p Plant<'t, 'd>,
    all: Vec<Component>,
}

impl List<'_, '_, '_> {
    fn add(&mut self, class: Class, name: String, what: What) {
        self.all.push(Component { name, class, what });
    }

    fn places(&mut self) {
        let topology = self.plant.topology;
        let sites: BTreeSet<&str> = topology.devices().filter_map(|device| topology.site_of(device)).collect();
        for site in &sites {
            self.add(Class::Site, format!("site {site}"), What::Site((*site).to_owned()));
        }
        let racks: BTreeSet<(Option<&str>, &str)> = topology
            .devices()
            .filter_map(|device| Some((topology.site_of(device), topology.rack_of(device)?)))
            .collect();
        for (site, rack) in racks {
            let name = site.map_or(format!("rack {rack}"), |site| format!("rack {site}/{rack}"));
            self.add(Class::Rack, name, What::Rack(site.map(str::to_owned), rack.to_owned()));
        }
    }

    fn power(&mut self) {
        let topology = self.plant.topology;
        for (index, feed) in topology.feeds.iter().enumerate() {
            self.add(Class::Feed, feed.name.to_string(), What::Feed(index));
        }
        if topology.devices().any(|device| topology.supplies(device).feeds.is_none()) {
            self.add(Class::UndescribedPower, "power that is not described".to_owned(), What::UndescribedPower);
        }
        for device in topology.devices() {
            let name = topology.name(device);
            for index in 0..supplies(topology, device) {
                let what = What::Supply(device, index);
                self.add(Class::PowerSupply, format!("{name} supply {}", index + 1), what.clone());
                self.add(Class::PowerLine, format!("{name} line {}", index + 1), what);
            }
        }
    }

    fn devices(&mut self) {
        let topology = self.plant.topology;
        for device in topology.devices() {
            let class = match device {
                DeviceId::Node(_) => Class::Node,
                DeviceId::Switch(_) => Class::Switch,
                DeviceId::Firewall(_) => Class::Firewall,
            };
            self.add(class, topology.name(device).to_owned(), What::Device(device));
        }
    }

    fn wiring(&mut self) {
        let topology = self.plant.topology;
        let used = used_ports(topology);
        for device in topology.devices() {
            let name = topology.name(device);
            for card in topology.cards_of(device).flat_map(|cards| &cards.names) {
                let is_used = |port: &&PortId| used[port.0] && topology.port(**port).card == card;
                if topology.ports_of(device).iter().find(is_used).is_some() {
                    self.add(Class::Card, format!("{name}:{card}"), What::Card(device, card.clone()));
                }
            }
        }
        for port in (0..topology.ports.len()).map(PortId).filter(|port| used[port.0]) {
            self.add(Class::Port, topology.port_name(port), What::Port(port));
        }
        for (index, cable) in topology.cables.iter().enumerate() {
            let name = format!("cable {} - {}", topology.port_name(cable.from), topology.port_name(cable.to));
            self.add(Class::Cable, name, What::Cable(index));
        }
        for (index, bond) in topology.bonds.iter().enumerate() {
            self.add(Class::Bond, format!("{}:{}", topology.name(bond.device), bond.name()), What::Bond(index));
        }
        for (index, uplink) in topology.uplinks.iter().enumerate() {
            self.add(Class::Uplink, uplink.name.to_string(), What::Uplink(index));
        }
        for (index, link) in topology.site_links.iter().enumerate() {
            self.add(Class::SiteLink, link.name.to_string(), What::SiteLink(index));
        }
    }

    fn disks(&mut self) {
        let topology = self.plant.topology;
        for (index, node) in topology.nodes.iter().enumerate() {
            let bays = &self.plant.parts.bays(index).all;
            let controllers = node.model.iter().flat_map(|model| model.value.controllers.iter());
            for name in controllers.flat_map(|controllers| controllers.value.iter()).flat_map(|item| &item.names) {
                if bays.iter().any(|bay| controller(bay) == Some(name)) {
                    let title = format!("controller {}:{name}", node.name);
                    self.add(Class::Controller, title, What::Controller(index, name.clone()));
                }
            }
            for (bay, disk) in bays.iter().enumerate() {
                let class = if disk.group.role() == Some(DiskRole::Db) { Class::DbDevice } else { Class::Disk };
                self.add(class, format!("disk {}:{}", node.name, disk.label), What::Disk(index, bay));
            }
        }
    }
}

fn controller<'b>(bay: &'b super::parts::Bay<'_>) -> Option<&'b Text> {
    bay.group.disk().controller.as_ref().map(|controller| &controller.value)
}

/// Ports in use: with a cable, in a bond, or carrying a network, an uplink, a site link or the external vote; and those
/// with a lane in use.
fn used_ports(topology: &Topology<'_>) -> Vec<bool> {
    let mut used: Vec<bool> = topology.ports.iter().map(|port| port.cable.is_some()).collect();
    let mut mark = |port: PortId| used[port.0] = true;
    topology.bonds.iter().flat_map(|bond| &bond.members).copied().for_each(&mut mark);
    let attachments = topology.networks.iter().flat_map(|network| &network.attachments);
    for interface in attachments.filter_map(|attachment| attachment.interface.as_ref()) {
        if let Interface::Port(port) = interface.value {
            mark(port);
        } else {
            topology.ports_under(interface.value).iter().copied().for_each(&mut mark);
        }
    }
    topology.uplinks.iter().flat_map(|uplink| &uplink.ports).copied().for_each(&mut mark);
    topology.site_links.iter().flat_map(|link| &link.ports).copied().for_each(&mut mark);
    topology.qdevice_ports.iter().copied().for_each(&mut mark);
    for index in 0..used.len() {
        if let Some(whole) = topology.ports[index].lane_of.filter(|_| used[index]) {
            used[whole.0] = true;
        }
    }
    used
}

/// The parts that components take with them, under the assumption of a plant.
pub(super) struct Taken<'p, 't, 'd> {
    plant: &'p Plant<'t, 'd>,
    supplies_of: Vec<Vec<PartId>>,
    lanes: HashMap<PortId, Vec<PortId>>,
    places: BTreeMap<(Option<&'t str>, Option<&'t str>), Vec<DeviceId>>,
}

impl<'p, 't, 'd> Taken<'p, 't, 'd> {
    pub(super) fn new(plant: &'p Plant<'t, 'd>) -> Self {
        let topology = plant.topology;
        let mut supplies_of = vec![Vec::new(); topology.feeds.len()];
        let mut places: BTreeMap<(Option<&str>, Option<&str>), Vec<DeviceId>> = BTreeMap::new();
        for device in topology.devices() {
            for (index, feed) in topology.supplies(device).feeds.into_iter().flatten().enumerate() {
                supplies_of[feed].push(plant.parts.id(Part::Supply(device, index)));
            }
            places.entry((topology.site_of(device), topology.rack_of(device))).or_default().push(device);
        }
        let mut lanes: HashMap<PortId, Vec<PortId>> = HashMap::default();
        for (index, port) in topology.ports.iter().enumerate() {
            if let Some(whole) = port.lane_of {
                lanes.entry(whole).or_default().push(PortId(index));
            }
        }
        Self { plant, supplies_of, lanes, places }
    }

    /// Parts that fail with a component, in order and each once.
    pub(super) fn by(&self, what: &What) -> Vec<PartId> {
        let mut parts = Vec::new();
        self.take(what, &mut parts);
        parts.sort_unstable();
        parts.dedup();
        parts
    }

    fn take(&self, what: &What, parts: &mut Vec<PartId>) {
        let topology = self.plant.topology;
        let id = |part: Part| self.plant.parts.id(part);
        match what {
            What::Site(site) => {
                let here = self.places.iter().filter(|((own, _), _)| *own == Some(site.as_str()));
                parts.extend(here.flat_map(|(_, devices)| devices).map(|device| id(Part::Device(*device))));
                for (index, feed) in topology.feeds.iter().enumerate() {
                    if feed.item.value.site.as_ref().is_some_and(|own| own.value == *site) {
                        parts.extend(&self.supplies_of[index]);
                    }
                }
            }
            What::Rack(site, rack) => {
                let devices = self.places.get(&(site.as_deref(), Some(rack.as_str())));
                parts.extend(devices.into_iter().flatten().map(|device| id(Part::Device(*device))));
            }
            What::Feed(feed) => parts.extend(&self.supplies_of[*feed]),
            What::Supply(device, index) => parts.push(id(Part::Supply(*device, *index))),
            What::UndescribedPower => {
                parts.extend(self.plant.without_described_power().into_iter().map(|device| id(Part::Device(device))));
            }
            What::Device(device) => parts.push(id(Part::Device(*device))),
            What::Card(device, card) => {
                let own = topology.ports_of(*device).iter().filter(|port| topology.port(**port).card == card);
                own.for_each(|port| self.port(*port, parts));
            }
            What::Port(port) => self.port(*port, parts),
            What::Cable(index) => parts.push(id(Part::Cable(*index))),
            What::Bond(index) => parts.push(id(Part::Bond(*index))),
            What::Uplink(index) => parts.push(id(Part::Uplink(*index))),
            What::SiteLink(index) => parts.push(id(Part::SiteLink(*index))),
            What::Controller(node, name) => {
                let bays = self.plant.parts.bays(*node).all.iter().enumerate();
                let own = bays.filter(|(_, bay)| controller(bay) == Some(name));
                parts.extend(own.map(|(bay, _)| id(Part::Disk(*node, bay))));
            }
            What::Disk(node, bay) => parts.push(id(Part::Disk(*node, *bay))),
            What::Monitor(node) => parts.push(id(Part::Monitor(*node))),
            What::SharedRisk(index) => {
                let risk = &topology.shared_risks[*index];
                risk.members.iter().for_each(|member| self.member(*member, parts));
                parts.extend(risk.cables.iter().map(|cable| id(Part::Cable(*cable))));
            }
        }
    }

    fn member(&self, member: topology::Part<'_>, parts: &mut Vec<PartId>) {
        let what = match member {
            topology::Part::Device(device) => What::Device(device),
            topology::Part::Card(device, card) => What::Card(device, card.into()),
            topology::Part::Port(port) => What::Port(port),
            topology::Part::Bond(bond) => What::Bond(bond.0),
            topology::Part::Controller(node, name) => What::Controller(node, name.into()),
            topology::Part::Feed(index) => What::Feed(index),
            topology::Part::Uplink(index) => What::Uplink(index),
            topology::Part::SiteLink(index) => What::SiteLink(index),
            topology::Part::Disks(node, group) => {
                let bays = self.plant.parts.bays(node).all.iter().enumerate();
                let own = bays.filter(|(_, bay)| bay.label.rsplit_once(':').is_some_and(|(name, _)| name == group));
                parts.extend(own.map(|(bay, _)| self.plant.parts.id(Part::Disk(node, bay))));
                return;
            }
        };
        self.take(&what, parts);
    }

    fn port(&self, port: PortId, parts: &mut Vec<PartId>) {
        parts.push(self.plant.parts.port(self.plant.topology, port));
        for lane in self.lanes.get(&port).into_iter().flatten() {
            parts.push(self.plant.parts.port(self.plant.topology, *lane));
        }
    }
}
