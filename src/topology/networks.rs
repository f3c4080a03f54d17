//! Networks with the interfaces that carry them, and Corosync links over networks.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use foldhash::{HashMap, HashSet};

use super::Topology;
use super::addresses::Address;
use super::devices::{DeviceId, Node, Port, PortId};
use super::links::{Bond, Interface};
use super::lookups::Company;
use crate::design::{self, BondMode, Item, Purpose, Text};
use crate::quantity::Rate;
use crate::source::{Span, Spanned};

/// A network.
#[derive(Debug, Clone)]
pub struct Network<'d> {
    /// Its place among the networks.
    pub place: usize,
    /// The table that describes it.
    pub item: &'d Item<design::Network>,
    /// Who is in it.
    pub attachments: Vec<Attachment>,
    /// Places of members among the attachments, but for nodes that stand where they stand among all nodes: in most networks
    /// every node does.
    places: HashMap<DeviceId, usize>,
}

/// A device in a network.
#[derive(Debug, Clone)]
pub struct Attachment {
    /// The device.
    pub device: DeviceId,
    /// What carries the network there, where it is said and sound.
    pub interface: Option<Spanned<Interface>>,
    /// The device's address, where it is said and sound.
    pub address: Option<Spanned<Address>>,
}

impl<'d> Network<'d> {
    pub(super) fn new(place: usize, item: &'d Item<design::Network>, attachments: Vec<Attachment>) -> Self {
        let devices = attachments.iter().map(|attachment| attachment.device).enumerate();
        let elsewhere = devices.filter(|(place, device)| *device != DeviceId::Node(*place));
        let places = elsewhere.map(|(place, device)| (device, place)).collect();
        Self { place, item, attachments, places }
    }

    /// Name.
    pub fn name(&self) -> &'d str {
        &self.item.pattern.value
    }

    /// Where its name is written.
    pub fn span(&self) -> Span {
        self.item.pattern.span
    }

    /// Path of the network: `network.corosync0`.
    pub fn path(&self) -> String {
        ["network.", self.name()].concat()
    }

    /// What is written about it.
    pub fn table(&self) -> &'d design::Network {
        &self.item.value
    }

    /// Its purposes as written.
    pub fn purposes(&self) -> impl Iterator<Item = Purpose> + use<'d> {
        self.table().purpose.iter().flat_map(|list| list.value.iter()).map(|purpose| purpose.value)
    }

    /// Whether it has a purpose.
    pub fn is_for(&self, purpose: Purpose) -> bool {
        self.purposes().any(|known| known == purpose)
    }

    /// Where its interface is written, or else its name.
    pub fn interface_span(&self) -> Span {
        self.table().interface.as_ref().map_or(self.span(), |interface| interface.span)
    }

    /// Largest packet in bytes.
    pub fn mtu(&self) -> u32 {
        self.table().mtu.as_ref().map_or(1500, |mtu| mtu.value)
    }

    /// The place of a device in it.
    pub fn attachment(&self, device: DeviceId) -> Option<&Attachment> {
        let usual = match device {
            DeviceId::Node(node) => self.attachments.get(node).filter(|attachment| attachment.device == device),
            DeviceId::Switch(_) | DeviceId::Firewall(_) => None,
        };
        usual.or_else(|| self.places.get(&device).map(|place| &self.attachments[*place]))
    }
}

/// A Corosync link.
#[derive(Debug, Clone)]
pub struct CorosyncLink<'d> {
    /// Its number.
    pub number: u32,
    /// The table that describes it.
    pub item: &'d Item<design::CorosyncLink>,
    /// Index of its network.
    pub network: usize,
}

impl CorosyncLink<'_> {
    /// Priority; 0 acts as 1, and 1 is what Corosync takes where nothing is said.
    pub fn priority(&self) -> u32 {
        self.item.value.priority.as_ref().map_or(1, |priority| priority.value.max(1))
    }

    /// Path of the link: `corosync.link.0`.
    pub fn path(&self) -> String {
        format!("corosync.link.{}", self.number)
    }

    /// Where its number is written.
    pub fn span(&self) -> Span {
        self.item.pattern.span
    }
}

impl<'d> Topology<'d> {
    /// The network of a Corosync link.
    pub fn link_network(&self, link: &CorosyncLink<'_>) -> &Network<'d> {
        &self.networks[link.network]
    }

    /// The key that would state a link of Corosync that was written and could not be read.
    pub fn unread_link(&self) -> Option<String> {
        let table = &self.design.corosync.as_ref()?.value;
        let mut written = table.link.iter().flat_map(|links| &links.value.0);
        let is_numbered = |item: &Item<design::CorosyncLink>| item.names.iter().all(|name| name.parse::<u32>().is_ok());
        let is_known = |name: &Spanned<Text>| self.network(&name.value).is_some();
        if table.unread.contains(&"link") || !written.clone().all(is_numbered) {
            return Some("corosync.link".to_owned());
        }
        let lost = written.find(|item| !item.value.network.as_ref().is_some_and(is_known));
        lost.map(|item| format!("corosync.link.{}.network", item.pattern.value))
    }

    /// The link Corosync uses first while all are up: the highest priority, then the lowest number.
    pub fn winning_link(&self) -> Option<&CorosyncLink<'d>> {
        if self.unread_link().is_some() {
            return None;
        }
        self.corosync_links.iter().min_by_key(|link| (std::cmp::Reverse(link.priority()), link.number))
    }

    /// What a network is used for: its purposes as written, and what migration and storages choose it for.
    pub fn uses(&self, network: &Network<'_>) -> BTreeSet<Purpose> {
        let mut uses: BTreeSet<Purpose> = network.purposes().collect();
        let migration = self.design.migration.as_ref().and_then(|migration| migration.value.network.as_ref());
        if migration.is_some_and(|chosen| chosen.value == network.name()) {
            uses.insert(Purpose::Migration);
        }
        let storages = self.design.storage.iter().flat_map(|storages| storages.value.iter());
        if storages.filter_map(|item| item.value.networks.as_ref()).any(|names| names.value.contains(network.name())) {
            uses.insert(Purpose::Storage);
        }
        uses
    }

    /// Ports of a network on a device; nothing where its interface is not known.
    pub fn network_ports(&self, network: &Network<'_>, device: DeviceId) -> Option<&[PortId]> {
        let interface = network.attachment(device)?.interface.as_ref()?.value;
        Some(self.ports_under(interface))
    }

    /// Places of the networks on each port, in their order.
    pub fn networks_by_port(&self) -> Vec<Vec<usize>> {
        let mut networks = vec![Vec::new(); self.ports.len()];
        for network in &self.networks {
            let interfaces = network.attachments.iter().filter_map(|attachment| attachment.interface.as_ref());
            for port in interfaces.flat_map(|interface| self.ports_under(interface.value)) {
                if networks[port.0].last() != Some(&network.place) {
                    networks[port.0].push(network.place);
                }
            }
        }
        networks
    }

    /// Networks, other than `network`, that use one of its ports on some device.
    pub fn networks_sharing_ports(&self, network: &Network<'_>) -> Vec<&Network<'d>> {
        self.company(network).into_iter().map(|(other, _)| other).collect()
    }

    /// Whether every member's interface in a network is known.
    pub fn interfaces_known(&self, network: &Network<'_>) -> bool {
        !network.attachments.is_empty() && network.attachments.iter().all(|attachment| attachment.interface.is_some())
    }

    /// Bonds that carry a network, one for each device that has one.
    pub fn bonds_of(&self, network: &Network<'_>) -> Vec<&Bond<'d>> {
        let interfaces = network.attachments.iter().filter_map(|attachment| attachment.interface.as_ref());
        interfaces.filter_map(|interface| self.bond_under(interface.value)).collect()
    }

    /// Networks that a bond carries on its device.
    pub fn networks_over<'t>(&'t self, bond: &'t Bond<'_>) -> impl Iterator<Item = &'t Network<'d>> {
        self.networks.iter().filter(|network| {
            let interface = network.attachment(bond.device).and_then(|attachment| attachment.interface.as_ref());
            let under = interface.and_then(|interface| self.bond_under(interface.value));
            under.is_some_and(|under| std::ptr::eq(under.item, bond.item))
        })
    }

    /// Rate of all ports of a network on a device together; nothing where a speed is not known.
    pub fn network_rate(&self, network: &Network<'_>, device: DeviceId) -> Option<Rate> {
        let speeds = self.port_speeds(network, device)?;
        speeds.into_iter().reduce(|sum, speed| sum + speed)
    }

    /// Speed of the slowest port of a network on a device: the most one connection gets.
    pub fn member_rate(&self, network: &Network<'_>, device: DeviceId) -> Option<Rate> {
        let speeds = self.port_speeds(network, device)?;
        speeds.into_iter().reduce(|least, speed| if speed < least { speed } else { least })
    }

    fn port_speeds(&self, network: &Network<'_>, device: DeviceId) -> Option<Vec<Rate>> {
        let ports = self.network_ports(network, device)?;
        ports.iter().map(|port| self.link_speed(*port)).collect()
    }

    /// Name of an interface on its device: `onboard:2`, `bond0`, `vmbr0`.
    pub fn interface_name(&self, interface: Interface) -> &str {
        match interface {
            Interface::Port(port) => &self.port(port).label,
            Interface::Bond(bond) => self.bonds[bond.0].name(),
            Interface::Bridge(bridge) => &self.bridges[bridge].item.pattern.value,
        }
    }

    /// The nodes among the members of a network.
    pub fn nodes_in<'t>(&'t self, network: &'t Network<'d>) -> impl Iterator<Item = (&'t Node<'d>, &'t Attachment)> {
        network.attachments.iter().filter_map(|attachment| match attachment.device {
            DeviceId::Node(index) => Some((self.nodes.get(index)?, attachment)),
            DeviceId::Switch(_) | DeviceId::Firewall(_) => None,
        })
    }

    /// Where a network leaves a node out: what says who is in it, or values by device that have none for the node.
    /// Nothing where the node is in it.
    pub fn leaves_out(&self, network: &Network<'_>, node: &Node<'_>) -> Option<Span> {
        let table = network.table();
        let place = network.attachment(node.device());
        let [address, interface] = [table.address.as_ref(), table.interface.as_ref()];
        let Some(place) = place else {
            let on = table.on.as_ref().map(|on| on.span);
            let by = address.or(interface).map(|written| written.span);
            return Some(on.or(by).unwrap_or(network.span()));
        };
        // A value that is written and could not be read has been reported with the text.
        let lacks = |known: bool, written: Option<&Spanned<design::PerDevice>>| {
            written.filter(|written| !known && !written.value.covers(&node.name)).map(|written| written.span)
        };
        lacks(place.address.is_some(), address).or_else(|| lacks(place.interface.is_some(), interface))
    }

    /// The key that would have to be written to know which ports carry a network on a node.
    pub fn missing_interface(&self, network: &Network<'_>, node: &Node<'_>) -> String {
        let said = network.table().interface.as_ref().is_some_and(|written| written.value.covers(&node.name));
        match node.model {
            None if said => format!("{}.model", node.path()),
            Some(model) if said && model.value.cards.is_none() => {
                format!("server_model.{}.cards", model.pattern.value)
            }
            _ => format!("{}.interface", network.path()),
        }
    }

    /// Networks, other than `network`, that use one of its interfaces or ports, each with the nodes where they do; found
    /// once.
    pub fn company(&self, network: &Network<'_>) -> Vec<(&Network<'d>, &[DeviceId])> {
        let all = self.lookups.company.get_or_init(|| self.networks.iter().map(|_| OnceLock::new()).collect());
        let company = all[network.place].get_or_init(|| self.found_company(network));
        company.iter().map(|(other, devices)| (&self.networks[*other], devices.as_slice())).collect()
    }

    fn found_company(&self, network: &Network<'_>) -> Company {
        let interfaces = network.attachments.iter().filter_map(|attachment| attachment.interface.as_ref());
        let own: HashSet<Interface> =
            interfaces.flat_map(|interface| self.carriers_under(interface.value)).copied().collect();
        let mut company = Vec::new();
        for other in self.networks.iter().filter(|other| other.name() != network.name()) {
            let shares = |attachment: &&Attachment| {
                let interface = attachment.interface.as_ref();
                interface.is_some_and(|at| self.carriers_under(at.value).iter().any(|carrier| own.contains(carrier)))
            };
            let devices: Vec<DeviceId> =
                other.attachments.iter().filter(shares).map(|attachment| attachment.device).collect();
            if !devices.is_empty() {
                company.push((other.place, devices));
            }
        }
        company
    }

    /// The slowest port of a network's nodes among those below a rate, and the names of the nodes that have such.
    pub fn ports_below<'t>(
        &'t self,
        network: &'t Network<'d>,
        rate: Rate,
    ) -> (Option<(&'t Port<'d>, Rate)>, Vec<&'t str>) {
        let (mut slowest, mut nodes): (Option<(&Port<'d>, Rate)>, Vec<&str>) = (None, Vec::new());
        for (node, attachment) in self.nodes_in(network) {
            let Some((port, own)) = self.slowest_port(attachment).filter(|(_, own)| *own < rate) else { continue };
            nodes.push(&node.name);
            if slowest.is_none_or(|(_, least)| own < least) {
                slowest = Some((port, own));
            }
        }
        (slowest, nodes)
    }

    /// The slowest port that carries a member, and the slowest at the other end of its cables; ports whose speed is
    /// not known are passed over.
    pub fn slowest_port(&self, attachment: &Attachment) -> Option<(&Port<'d>, Rate)> {
        let own = self.ports_under(attachment.interface.as_ref()?.value);
        let ends = own.iter().flat_map(|port| std::iter::once(*port).chain(self.far_end(*port)));
        let speeds = ends.filter_map(|port| Some((self.port(port), self.port(port).speed.as_ref()?.value)));
        speeds.reduce(|least, next| if next.1 < least.1 { next } else { least })
    }

    /// The key that would have to be written to know the speed of a node's ports in a network; nothing where it is
    /// known.
    pub fn missing_speed(&self, network: &Network<'_>, node: &Node<'_>, attachment: &Attachment) -> Option<String> {
        let ports = attachment.interface.as_ref().map(|interface| self.ports_under(interface.value));
        let Some(ports) = ports.filter(|ports| !ports.is_empty()) else {
            return Some(self.missing_interface(network, node));
        };
        let bond = attachment.interface.as_ref().and_then(|interface| self.bond_under(interface.value));
        if bond.is_some_and(|bond| !bond.is_whole()) {
            return bond.map(|bond| self.ports_key(bond.device));
        }
        ports.iter().find(|port| self.port(**port).speed.is_none()).map(|port| self.speed_key(*port))
    }

    /// Keys that would have to be written to know which interfaces carry a network on its nodes, each once.
    pub fn missing_interfaces(&self, network: &Network<'_>) -> Vec<String> {
        self.missing(network, |node, attachment| {
            attachment.interface.is_none().then(|| self.missing_interface(network, node))
        })
    }

    /// Keys that would have to be written to know the speed of every node's ports in a network, each once.
    pub fn missing_speeds(&self, network: &Network<'_>) -> Vec<String> {
        self.missing(network, |node, attachment| self.missing_speed(network, node, attachment))
    }

    fn missing(&self, network: &Network<'_>, gap: impl Fn(&Node<'_>, &Attachment) -> Option<String>) -> Vec<String> {
        if self.nodes.is_empty() {
            return vec!["node".to_owned()];
        }
        let mut missing: Vec<String> = Vec::new();
        for (node, attachment) in self.nodes_in(network) {
            if let Some(key) = gap(node, attachment).filter(|key| !missing.contains(key)) {
                missing.push(key);
            }
        }
        missing
    }

    /// Least and most that a member can send in a network: all its ports together, or one where the others of a bond
    /// wait; the two differ where the mode of the bond is not known. Nothing where a port's speed is not known.
    pub fn carried_rate(&self, attachment: &Attachment) -> Option<(Rate, Rate)> {
        let interface = attachment.interface.as_ref()?.value;
        if self.bond_under(interface).is_some_and(|bond| !bond.is_whole()) {
            return None;
        }
        let speeds: Option<Vec<Rate>> = self.ports_under(interface).iter().map(|port| self.link_speed(*port)).collect();
        let speeds = speeds?;
        let slowest = speeds.iter().copied().reduce(|least, speed| if speed < least { speed } else { least })?;
        let sum = speeds.into_iter().reduce(|sum, speed| sum + speed)?;
        Some(match self.bond_under(interface).map(Bond::mode) {
            Some(Some(BondMode::ActiveBackup | BondMode::Broadcast)) => (slowest, slowest),
            Some(None) => (slowest, sum),
            Some(Some(_)) | None => (sum, sum),
        })
    }

    /// Speed of a port, or of the port at the other end of its cable if that is slower; found once for all ports.
    pub fn link_speed(&self, port: PortId) -> Option<Rate> {
        let ports = || (0..self.ports.len()).map(PortId);
        self.lookups.link_speeds.get_or_init(|| ports().map(|port| self.found_link_speed(port)).collect())[port.0]
    }

    fn found_link_speed(&self, port: PortId) -> Option<Rate> {
        let speed = |port: PortId| self.port(port).speed.as_ref().map(|speed| speed.value);
        let (own, other) = (speed(port)?, self.far_end(port).and_then(speed));
        Some(other.filter(|other| *other < own).unwrap_or(own))
    }

    /// The same, or the key that would tell.
    ///
    /// # Errors
    /// The key that would state the port's speed.
    pub fn known_link_speed(&self, port: PortId) -> Result<Rate, String> {
        self.link_speed(port).ok_or_else(|| self.speed_key(port))
    }

    /// The speed of the cable in a port: that of the slower end, or of the one that is known.
    pub fn cable_speed(&self, port: PortId) -> Option<Rate> {
        self.link_speed(port).or_else(|| self.link_speed(self.far_end(port)?))
    }
}
