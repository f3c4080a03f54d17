//! Cables, bonds, bridges and MLAG pairs.

use super::Topology;
use super::devices::{DeviceId, PortId};
use crate::design::{self, BondMode, Item, Text};
use crate::source::{Span, Spanned};

/// A cable between two ports.
#[derive(Debug, Clone)]
pub struct Cable<'d> {
    /// The table that describes it, and its equals; none for the peer link of an MLAG pair, which is implied.
    pub item: Option<&'d Spanned<design::Cable>>,
    /// One end.
    pub from: PortId,
    /// The other end.
    pub to: PortId,
}

/// A line to the outside.
#[derive(Debug, Clone)]
pub struct Uplink<'d> {
    /// Name.
    pub name: Text,
    /// The table that describes it, and its equals.
    pub item: &'d Item<design::Uplink>,
    /// Ports it is plugged into.
    pub ports: Vec<PortId>,
}

impl Uplink<'_> {
    /// Path of the table that describes it.
    pub fn path(&self) -> String {
        format!("uplink.{}", self.item.pattern.value)
    }
}

/// A line between two sites.
#[derive(Debug, Clone)]
pub struct SiteLink<'d> {
    /// Name.
    pub name: Text,
    /// The table that describes it, and its equals.
    pub item: &'d Item<design::SiteLink>,
    /// Ports it is plugged into, at either end.
    pub ports: Vec<PortId>,
}

impl SiteLink<'_> {
    /// Path of the table that describes it.
    pub fn path(&self) -> String {
        format!("site_link.{}", self.item.pattern.value)
    }

    /// Names of the sites that it joins.
    pub fn sites(&self) -> impl Iterator<Item = &str> {
        self.item.value.sites.iter().flat_map(|sites| sites.value.iter())
    }
}

/// Names a bond of the topology.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BondId(pub usize);

/// A bond on one device.
#[derive(Debug, Clone)]
pub struct Bond<'d> {
    /// Its name in the topology.
    pub id: BondId,
    /// Device that has it.
    pub device: DeviceId,
    /// The table that describes it, and its equals.
    pub item: &'d Item<design::Bond>,
    /// Its ports.
    pub members: Vec<PortId>,
}

impl Bond<'_> {
    /// Where the bond is described.
    pub fn span(&self) -> Span {
        self.item.pattern.span
    }

    /// Name of the bond.
    pub fn name(&self) -> &str {
        &self.item.pattern.value
    }

    /// Path of the table that describes it.
    pub fn path(&self) -> String {
        ["bond.", self.name()].concat()
    }

    /// Whether every port it names was found.
    pub fn is_whole(&self) -> bool {
        self.item.value.members.as_ref().is_some_and(|members| members.value.0.len() == self.members.len())
    }

    /// Bonding mode, where it is said.
    pub fn mode(&self) -> Option<BondMode> {
        self.item.value.mode.as_ref().map(|mode| mode.value)
    }
}

/// A bridge on one node.
#[derive(Debug, Clone)]
pub struct Bridge<'d> {
    /// Device that has it.
    pub device: DeviceId,
    /// The table that describes it, and its equals.
    pub item: &'d Item<design::Bridge>,
    /// What it stands on.
    pub under: Vec<Interface>,
}

/// What carries a network on a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Interface {
    /// A port.
    Port(PortId),
    /// A bond.
    Bond(BondId),
    /// Index of a bridge.
    Bridge(usize),
}

/// A pair of switches that act as one.
#[derive(Debug, Clone)]
pub struct Mlag<'d> {
    /// The table that describes it.
    pub item: &'d Item<design::Mlag>,
    /// Its place among all pairs, from 0.
    pub place: usize,
    /// Indices of the switches that were found.
    pub peers: Vec<usize>,
    /// Ports of the peer link, by peer, where they are said.
    pub peer_link: Option<Vec<Vec<PortId>>>,
}

impl Mlag<'_> {
    /// Path of the pair.
    pub fn path(&self) -> String {
        ["mlag.", &self.item.pattern.value].concat()
    }
}

impl Topology<'_> {
    /// The key that would say which switches are a pair, where that was written and could not be read.
    pub fn unread_pair(&self) -> Option<String> {
        let open = self.mlags.iter().find(|mlag| mlag.peers.len() != 2);
        let unread = || self.design.unread.contains(&"mlag").then(|| "mlag".to_owned());
        open.map(|mlag| format!("{}.peers", mlag.path())).or_else(unread)
    }
}
