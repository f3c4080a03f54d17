//! What ports carry: the same on two cables is drawn in the same ink.

use crate::topology::{DeviceId, PortId, Topology};
use crate::words::Said;
use crate::words::drawing as words;

/// What a cable carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Ink {
    /// A bond, networks, or both.
    Named(String),
    /// It leads to a server, and the design names no network.
    Unnamed,
    /// It leads from one other device to another, and the design names no bond.
    Between,
}

impl Ink {
    /// For people.
    pub(super) fn said(&self) -> Said {
        match self {
            Self::Named(name) => name.into(),
            Self::Unnamed => words::no_network(),
            Self::Between => words::between_devices(),
        }
    }
}

/// What each port carries.
pub(super) struct Inks {
    /// Inks in the order they are first met.
    pub(super) all: Vec<Ink>,
    networks: Vec<Vec<usize>>,
    of_port: Vec<Option<usize>>,
}

impl Inks {
    pub(super) fn of(topology: &Topology<'_>) -> Self {
        let networks = topology.networks_by_port();
        let mut inks = Self { all: Vec::new(), networks, of_port: vec![None; topology.ports.len()] };
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
        self.of_port[port.0].is_some_and(|ink| matches!(self.all[ink], Ink::Named(_)))
    }

    /// The ink of a cable by its end.
    pub(super) fn of_port(&self, port: PortId) -> usize {
        self.of_port[port.0].unwrap_or_default()
    }

    fn ink_port(&mut self, topology: &Topology<'_>, port: PortId) {
        let ink = self.ink(topology, port);
        let index = self.all.iter().position(|known| *known == ink).unwrap_or_else(|| {
            self.all.push(ink);
            self.all.len() - 1
        });
        self.of_port[port.0] = Some(index);
    }

    fn ink(&self, topology: &Topology<'_>, port: PortId) -> Ink {
        let networks: Vec<&str> = self.networks[port.0].iter().map(|index| topology.networks[*index].name()).collect();
        let networks = networks.join(", ");
        let bond = topology.bond_with(port).map(|bond| topology.bonds[bond.0].name());
        match (bond, networks.is_empty()) {
            (Some(bond), true) => Ink::Named(bond.to_owned()),
            (Some(bond), false) => Ink::Named(format!("{bond}: {networks}")),
            (None, false) => Ink::Named(networks),
            (None, true) if is_server(topology, port) => Ink::Unnamed,
            (None, true) => Ink::Between,
        }
    }
}

fn is_server(topology: &Topology<'_>, port: PortId) -> bool {
    matches!(topology.port(port).device, DeviceId::Node(_))
}
