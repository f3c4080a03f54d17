//! What a design means: devices, ports, cables, bonds, networks and their purposes, resolved into one graph.
//!
//! Names become references here. A name that nothing has, a port used twice or a bridge on itself is a mistake
//! with both places; what is sound goes on being resolved. No thresholds.

mod addresses;
mod bonds;
mod cabling;
mod devices;
mod fabrics;
mod guests;
mod keys;
mod ledger;
mod links;
mod lookups;
mod networks;
mod pairs;
mod power;
mod racks;
mod resolve;
mod risks;
mod routes;
mod sites;
mod stacks;
mod storage;
mod subnets;
#[cfg(test)]
mod testing;
mod ways;

pub use addresses::Address;
pub use bonds::{BondEnds, Lag};
pub use cabling::{EthernetSpeed, Medium};
pub use devices::{DeviceId, Firewall, Node, Port, PortId, Switch};
pub use ledger::{Doubt, Ledger, ManagementLedger, PortBalance, Reach, Share, SpeedClass, Survivor, Tally};
pub use links::{Bond, BondId, Bridge, Cable, Interface, Mlag, SiteLink, Uplink};
pub use networks::{Attachment, CorosyncLink, Network};
pub use pairs::{Attached, Neighbour, Watch};
pub use power::{Feed, Supplies};
pub use resolve::resolve;
pub use risks::{Part, SharedRisk};
pub use routes::{Landing, Route, SwitchPairs, SwitchWays};
pub use sites::external_votes;
pub use storage::{DiskGroup, Gap, ModelInUse, Redundancy, disks_known, node_paths};
pub use subnets::{Membership, Subnet};
pub use ways::{AllSettings, Edge, PortSettings, Way};

use foldhash::HashMap;

use petgraph::graph::{NodeIndex, UnGraph};

use crate::design::{Design, Environment, Purpose, Release, Text};
use crate::source::Span;

/// The resolved design.
#[derive(Debug)]
pub struct Topology<'d> {
    /// What was written.
    pub design: &'d Design,
    /// Servers in the order they were written, one for each name.
    pub nodes: Vec<Node<'d>>,
    /// Switches.
    pub switches: Vec<Switch<'d>>,
    /// Firewalls.
    pub firewalls: Vec<Firewall<'d>>,
    /// Every port of every device.
    pub ports: Vec<Port<'d>>,
    /// Cables that have two sound ends.
    pub cables: Vec<Cable<'d>>,
    /// Bonds, one for each device that has it.
    pub bonds: Vec<Bond<'d>>,
    /// Bridges, one for each node that has it.
    pub bridges: Vec<Bridge<'d>>,
    /// Feeds of power.
    pub feeds: Vec<Feed<'d>>,
    /// Lines to the outside.
    pub uplinks: Vec<Uplink<'d>>,
    /// Lines between sites.
    pub site_links: Vec<SiteLink<'d>>,
    /// Parts that fail together.
    pub shared_risks: Vec<SharedRisk<'d>>,
    /// Ports that the host of the external vote hangs on.
    pub qdevice_ports: Vec<PortId>,
    /// Pairs of switches.
    pub mlags: Vec<Mlag<'d>>,
    /// Networks with the interfaces that carry them.
    pub networks: Vec<Network<'d>>,
    /// Corosync links by number.
    pub corosync_links: Vec<CorosyncLink<'d>>,
    /// Devices joined by cables; an edge is the index of a cable.
    pub graph: UnGraph<DeviceId, usize>,
    pub(crate) root: Span,
    /// Link aggregation groups that the settings of switch ports name.
    pub lags: Vec<Lag<'d>>,
    /// What is set on ports of switches and firewalls.
    pub all_settings: AllSettings<'d>,
    lookups: lookups::Lookups,
    vertices: HashMap<DeviceId, NodeIndex>,
    by_name: HashMap<Text, DeviceId>,
}

impl<'d> Topology<'d> {
    /// The environment the design is judged for: production where nothing is said.
    pub fn environment(&self) -> Environment {
        let about = self.design.design.as_ref();
        about
            .and_then(|about| about.environment.as_ref())
            .map_or(Environment::Production, |environment| environment.value)
    }

    /// The release of Proxmox VE that the design is for, where it is said.
    pub fn release(&self) -> Option<Release> {
        self.design.design.as_ref()?.value.proxmox_ve.as_ref().map(|release| release.value)
    }

    /// Where to point for what is written nowhere: the `[design]` table, or the beginning of the text.
    pub fn anchor(&self) -> Span {
        self.design.design.as_ref().map_or(self.root, |about| about.span)
    }

    /// The device with this name.
    pub fn device(&self, name: &str) -> Option<DeviceId> {
        self.by_name.get(name).copied()
    }

    /// The node with this name.
    pub fn node(&self, name: &str) -> Option<&Node<'d>> {
        match self.device(name) {
            Some(DeviceId::Node(index)) => self.nodes.get(index),
            _ => None,
        }
    }

    /// Name of a device.
    pub fn name(&self, device: DeviceId) -> &str {
        match device {
            DeviceId::Node(index) => &self.nodes[index].name,
            DeviceId::Switch(index) => &self.switches[index].name,
            DeviceId::Firewall(index) => &self.firewalls[index].name,
        }
    }

    /// A port.
    pub fn port(&self, id: PortId) -> &Port<'d> {
        &self.ports[id.0]
    }

    /// Every device: servers, switches, firewalls.
    pub fn devices(&self) -> impl Iterator<Item = DeviceId> + use<> {
        let nodes = (0..self.nodes.len()).map(DeviceId::Node);
        let switches = (0..self.switches.len()).map(DeviceId::Switch);
        nodes.chain(switches).chain((0..self.firewalls.len()).map(DeviceId::Firewall))
    }

    /// Site a device stands in, where that is said.
    pub fn site_of(&self, device: DeviceId) -> Option<&'d str> {
        let site = match device {
            DeviceId::Node(index) => self.nodes[index].item.value.site.as_ref(),
            DeviceId::Switch(index) => self.switches[index].item.value.site.as_ref(),
            DeviceId::Firewall(index) => self.firewalls[index].item.value.site.as_ref(),
        };
        site.map(|site| site.value.as_str())
    }

    /// Rack a device stands in, where that is said.
    pub fn rack_of(&self, device: DeviceId) -> Option<&'d str> {
        let rack = match device {
            DeviceId::Node(index) => self.nodes[index].item.value.rack.as_ref(),
            DeviceId::Switch(index) => self.switches[index].item.value.rack.as_ref(),
            DeviceId::Firewall(index) => self.firewalls[index].item.value.rack.as_ref(),
        };
        rack.map(|rack| rack.value.as_str())
    }

    /// Where a device's name is written.
    pub fn device_span(&self, device: DeviceId) -> Span {
        match device {
            DeviceId::Node(index) => self.nodes[index].span(),
            DeviceId::Switch(index) => self.switches[index].span(),
            DeviceId::Firewall(index) => self.firewalls[index].span(),
        }
    }

    /// Every port of a device.
    pub fn ports_of(&self, device: DeviceId) -> &[PortId] {
        match device {
            DeviceId::Node(index) => &self.nodes[index].ports,
            DeviceId::Switch(index) => &self.switches[index].ports,
            DeviceId::Firewall(index) => &self.firewalls[index].ports,
        }
    }

    /// Whether one of these ports has a cable.
    pub fn is_cabled(&self, ports: &[PortId]) -> bool {
        ports.iter().any(|port| self.port(*port).cable.is_some())
    }

    /// A port with its device: `pve1:slot1:1`.
    pub fn port_name(&self, id: PortId) -> String {
        let port = self.port(id);
        format!("{}:{}", self.name(port.device), port.label)
    }

    /// The port at the other end of a port's cable.
    pub fn far_end(&self, id: PortId) -> Option<PortId> {
        self.port(id).far
    }

    /// The switch that a port's cable leads to.
    pub fn switch_of(&self, id: PortId) -> Option<&Switch<'d>> {
        match self.port(self.far_end(id)?).device {
            DeviceId::Switch(index) => self.switches.get(index),
            _ => None,
        }
    }

    /// The network with this name.
    pub fn network(&self, name: &str) -> Option<&Network<'d>> {
        self.networks.iter().find(|network| network.name() == name)
    }

    /// Networks with a purpose.
    pub fn networks_for(&self, purpose: Purpose) -> impl Iterator<Item = &Network<'d>> {
        self.networks.iter().filter(move |network| network.is_for(purpose))
    }

    /// The bond that carries an interface, where one does.
    pub fn bond_under(&self, interface: Interface) -> Option<&Bond<'d>> {
        match interface {
            Interface::Port(_) => None,
            Interface::Bond(bond) => self.bonds.get(bond.0),
            Interface::Bridge(bridge) => self.bridges[bridge].under.iter().find_map(|under| self.bond_under(*under)),
        }
    }

    /// Whether Ceph is part of the design: described, or implied by an OSD disk or a network for it.
    pub fn has_ceph(&self) -> bool {
        self.design.ceph.is_some()
            || self
                .networks
                .iter()
                .any(|network| network.is_for(Purpose::CephPublic) || network.is_for(Purpose::CephCluster))
            || self.nodes.iter().any(|node| node.osd_groups().next().is_some())
    }
}
