//! Parts of a design by name, and those that fail together.

use super::Topology;
use super::devices::{DeviceId, PortId};
use super::links::BondId;
use crate::design::{self, Item, Text};
use crate::source::Span;

/// A part of a design that can fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part<'d> {
    /// A server, switch or firewall.
    Device(DeviceId),
    /// A card of a server or firewall, by name.
    Card(DeviceId, &'d str),
    /// A port.
    Port(PortId),
    /// A bond on one device.
    Bond(BondId),
    /// A storage controller of a server, by index of the server and by name.
    Controller(usize, &'d str),
    /// Every disk of a group in a server, by index of the server and by name of the group.
    Disks(usize, &'d str),
    /// Index of a feed.
    Feed(usize),
    /// Index of an uplink.
    Uplink(usize),
    /// Index of a link between sites.
    SiteLink(usize),
}

/// Parts that fail together.
#[derive(Debug, Clone)]
pub struct SharedRisk<'d> {
    /// Name.
    pub name: Text,
    /// The table that describes it, and its equals.
    pub item: &'d Item<design::SharedRisk>,
    /// Parts that were found.
    pub members: Vec<Part<'d>>,
    /// Indices of the cables that were found.
    pub cables: Vec<usize>,
}

impl SharedRisk<'_> {
    /// Path of the table that describes it.
    pub fn path(&self) -> String {
        format!("shared_risk.{}", self.item.pattern.value)
    }

    /// Where its name is written.
    pub fn span(&self) -> Span {
        self.item.pattern.span
    }
}

impl<'d> Topology<'d> {
    /// The part with a name: `core-a`, `pve1:slot1`, `pve1:slot1:1`, `controller pve1:hba`, `disk pve1:data`, `feed-a`.
    /// A controller and a group of disks may leave the word out where the name has one meaning only.
    pub fn part(&self, name: &str) -> Option<Part<'d>> {
        let words = ["controller ", "disk "].map(|word| name.strip_prefix(word));
        if let Some((device, label)) = words.iter().flatten().next().and_then(|name| name.split_once(':')) {
            let DeviceId::Node(node) = self.device(device)? else { return None };
            return if words[0].is_some() { self.controller_of(node, label) } else { self.disks_of(node, label) };
        }
        if let Some(device) = self.device(name) {
            return Some(Part::Device(device));
        }
        if let Some((device, label)) = name.split_once(':') {
            return self.part_of(self.device(device)?, label);
        }
        let uplink = || self.uplinks.iter().position(|uplink| uplink.name == name).map(Part::Uplink);
        let link = || self.site_links.iter().position(|link| link.name == name).map(Part::SiteLink);
        self.feed(name).map(Part::Feed).or_else(uplink).or_else(link)
    }

    fn part_of(&self, device: DeviceId, label: &str) -> Option<Part<'d>> {
        if let Some(port) = self.port_on(device, label) {
            return Some(Part::Port(port));
        }
        let bond = self.bonds.iter().position(|bond| bond.device == device && bond.name() == label);
        if let Some(bond) = bond {
            return Some(Part::Bond(BondId(bond)));
        }
        let cards = self.cards_of(device);
        let card = cards.flat_map(|cards| &cards.names).find(|card| *card == label);
        if let Some(card) = card {
            return Some(Part::Card(device, card));
        }
        let DeviceId::Node(node) = device else { return None };
        match (self.controller_of(node, label), self.disks_of(node, label)) {
            (Some(_), Some(_)) => None,
            (controller, disks) => controller.or(disks),
        }
    }

    fn controller_of(&self, node: usize, name: &str) -> Option<Part<'d>> {
        let controllers = self.nodes[node].model?.value.controllers.iter();
        let names = controllers.flat_map(|controllers| controllers.value.iter()).flat_map(|item| &item.names);
        names.into_iter().find(|known| *known == name).map(|known| Part::Controller(node, known))
    }

    fn disks_of(&self, node: usize, name: &str) -> Option<Part<'d>> {
        let groups = self.nodes[node].model?.value.disks.iter();
        let names = groups.flat_map(|groups| groups.value.iter()).flat_map(|item| &item.names);
        names.into_iter().find(|known| *known == name).map(|known| Part::Disks(node, known))
    }

    /// The cards of a device as they are described; a switch has none.
    pub fn cards_of(&self, device: DeviceId) -> impl Iterator<Item = &'d Item<design::Card>> + use<'d> {
        let cards = match device {
            DeviceId::Node(index) => self.nodes[index].model.and_then(|model| model.value.cards.as_ref()),
            DeviceId::Firewall(index) => self.firewalls[index].model.and_then(|model| model.value.cards.as_ref()),
            DeviceId::Switch(_) => None,
        };
        cards.into_iter().flat_map(|cards| cards.value.iter())
    }
}
