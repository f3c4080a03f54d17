//! Networks with the interfaces that carry them, and Corosync links over networks.

use std::collections::HashMap;

use super::Topology;
use super::addresses::Address;
use super::devices::{DeviceId, PortId};
use super::links::{Bond, Interface};
use crate::design::{self, Item, Purpose};
use crate::quantity::Rate;
use crate::source::{Span, Spanned};

/// A network.
#[derive(Debug, Clone)]
pub struct Network<'d> {
    /// The table that describes it.
    pub item: &'d Item<design::Network>,
    /// Who is in it.
    pub attachments: Vec<Attachment>,
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
    pub(super) fn new(item: &'d Item<design::Network>, attachments: Vec<Attachment>) -> Self {
        let places = attachments.iter().enumerate().map(|(index, attachment)| (attachment.device, index)).collect();
        Self { item, attachments, places }
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
        format!("network.{}", self.name())
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
        self.places.get(&device).map(|index| &self.attachments[*index])
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

    /// The link Corosync uses first while all are up: the highest priority, then the lowest number.
    pub fn winning_link(&self) -> Option<&CorosyncLink<'d>> {
        self.corosync_links.iter().min_by_key(|link| (std::cmp::Reverse(link.priority()), link.number))
    }

    /// Ports of a network on a device; nothing where its interface is not known.
    pub fn network_ports(&self, network: &Network<'_>, device: DeviceId) -> Option<Vec<PortId>> {
        let interface = network.attachment(device)?.interface.as_ref()?.value;
        Some(self.ports_under(interface))
    }

    /// Networks, other than `network`, that use one of its ports on some device.
    pub fn networks_sharing_ports(&self, network: &Network<'_>) -> Vec<&Network<'d>> {
        let mut ports: Vec<PortId> = network
            .attachments
            .iter()
            .filter_map(|attachment| attachment.interface.as_ref())
            .flat_map(|interface| self.ports_under(interface.value))
            .collect();
        ports.sort_unstable();
        let shares = |other: &&Network<'d>| {
            other.name() != network.name()
                && other.attachments.iter().filter_map(|attachment| attachment.interface.as_ref()).any(|interface| {
                    self.ports_under(interface.value).iter().any(|port| ports.binary_search(port).is_ok())
                })
        };
        self.networks.iter().filter(shares).collect()
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
        ports.iter().map(|port| self.port(*port).speed.as_ref().map(|speed| speed.value)).collect()
    }
}
