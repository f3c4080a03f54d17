//! Names and disks of a design, written out once for all its failures.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use rackproof::topology::{DeviceId, Network, PortId, Topology};

use super::components::{bond_name, cable_name, is_in_use};
use super::disks::{self, OneDisk};

/// A design with what is asked of it again and again.
pub struct Known<'t, 'd> {
    pub(super) topology: &'t Topology<'d>,
    pub(super) ports: Vec<String>,
    /// Name of the card that a port of a server or firewall sits on.
    pub(super) cards: Vec<Option<String>>,
    /// Ports that anything is asked of: those of switches only where something is plugged in.
    pub(super) asked: Vec<PortId>,
    pub(super) cables: Vec<String>,
    /// Cables that end on no server.
    pub(super) trunks: Vec<usize>,
    /// Names of networks whose members are cabled to each other, whether or not that works.
    pub(super) meshes: BTreeSet<&'t str>,
    pub(super) bonds: Vec<String>,
    /// Disks of each node.
    pub(super) disks: Vec<Vec<OneDisk<'t, 'd>>>,
    /// Whether guests fit on these nodes, where that was asked already.
    pub(super) fits: RefCell<BTreeMap<BTreeSet<usize>, Option<bool>>>,
}

impl<'t, 'd> Known<'t, 'd> {
    /// What is known of a design.
    pub fn new(topology: &'t Topology<'d>) -> Self {
        let card = |port: &rackproof::topology::Port<'_>| {
            let has_card = !matches!(port.device, DeviceId::Switch(_)) && !port.card.is_empty();
            has_card.then(|| format!("{}:{}", topology.name(port.device), port.card))
        };
        let is_asked = |port: &PortId| {
            let written = topology.port(*port);
            let lines = topology.uplinks.iter().map(|uplink| &uplink.ports);
            let mut lines = lines.chain(topology.site_links.iter().map(|link| &link.ports));
            !matches!(written.device, DeviceId::Switch(_))
                || written.cable.is_some()
                || topology.qdevice_ports.contains(port)
                || lines.any(|ports| ports.contains(port))
                || is_in_use(topology, *port)
        };
        let is_trunk = |cable: &usize| {
            let cable = &topology.cables[*cable];
            let is_node = |port| matches!(topology.port(port).device, DeviceId::Node(_));
            !is_node(cable.from) && !is_node(cable.to)
        };
        let is_mesh = |network: &&Network<'_>| {
            let interfaces = network.attachments.iter().filter_map(|place| place.interface.as_ref());
            let ports: BTreeSet<PortId> =
                interfaces.flat_map(|interface| topology.ports_under(interface.value)).copied().collect();
            ports.iter().any(|port| topology.far_end(*port).is_some_and(|far| ports.contains(&far)))
        };
        Self {
            asked: (0..topology.ports.len()).map(PortId).filter(is_asked).collect(),
            trunks: (0..topology.cables.len()).filter(is_trunk).collect(),
            meshes: topology.networks.iter().filter(is_mesh).map(Network::name).collect(),
            topology,
            ports: (0..topology.ports.len()).map(|port| topology.port_name(PortId(port))).collect(),
            cards: topology.ports.iter().map(card).collect(),
            cables: (0..topology.cables.len()).map(|cable| cable_name(topology, cable)).collect(),
            bonds: (0..topology.bonds.len()).map(|bond| bond_name(topology, bond)).collect(),
            disks: (0..topology.nodes.len()).map(|node| disks::of_node(topology, node)).collect(),
            fits: RefCell::default(),
        }
    }
}
