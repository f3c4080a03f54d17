//! What ports carry: the same on two cables is drawn in the same ink.

use crate::topology::{DeviceId, PortId, Topology};

/// What cables from servers carry where the design names no network.
const UNNAMED: &str = "no network named";
/// What cables between other devices carry where it names no bond.
const BETWEEN: &str = "between switches and firewalls";

/// What each port carries.
pub(super) struct Inks {
    /// Names in the order they are first met.
    pub(super) names: Vec<String>,
    networks: Vec<Vec<usize>>,
    of_port: Vec<Option<usize>>,
}

impl Inks {
    pub(super) fn of(topology: &Topology<'_>) -> Self {
        let networks = topology.networks_by_port();
        let mut inks = Self { names: Vec::new(), networks, of_port: vec![None; topology.ports.len()] };
        // Servers first: their networks are what the picture is about.
        for cable in &topology.cables {
            let servers = [cable.from, cable.to].into_iter().filter(|port| is_server(topology, *port));
            servers.for_each(|port| inks.ink_port(topology, port));
        }
        for cable in &topology.cables {
            let between = ![cable.from, cable.to].iter().any(|port| is_server(topology, *port));
            [cable.from, cable.to].into_iter().filter(|_| between).for_each(|port| inks.ink_port(topology, port));
        }
        inks
    }

    /// Networks on a port, by index.
    pub(super) fn networks_on(&self, port: PortId) -> &[usize] {
        &self.networks[port.0]
    }

    /// Whether a port is in a bond or carries a network that the design names.
    pub(super) fn is_named(&self, port: PortId) -> bool {
        self.of_port[port.0].is_some_and(|ink| self.names[ink] != BETWEEN && self.names[ink] != UNNAMED)
    }

    /// The ink of a cable by its end.
    pub(super) fn of_port(&self, port: PortId) -> usize {
        self.of_port[port.0].unwrap_or_default()
    }

    fn ink_port(&mut self, topology: &Topology<'_>, port: PortId) {
        let name = self.name(topology, port);
        let index = self.names.iter().position(|known| *known == name).unwrap_or_else(|| {
            self.names.push(name);
            self.names.len() - 1
        });
        self.of_port[port.0] = Some(index);
    }

    fn name(&self, topology: &Topology<'_>, port: PortId) -> String {
        let networks: Vec<&str> = self.networks[port.0].iter().map(|index| topology.networks[*index].name()).collect();
        let networks = networks.join(", ");
        let bond = topology.bond_with(port).map(|bond| topology.bonds[bond.0].name());
        match (bond, networks.is_empty()) {
            (Some(bond), true) => bond.to_owned(),
            (Some(bond), false) => format!("{bond}: {networks}"),
            (None, false) => networks,
            (None, true) if is_server(topology, port) => UNNAMED.to_owned(),
            (None, true) => BETWEEN.to_owned(),
        }
    }
}

fn is_server(topology: &Topology<'_>, port: PortId) -> bool {
    matches!(topology.port(port).device, DeviceId::Node(_))
}
