//! What interfaces stand on: a bridge on bonds and ports, a bond on ports.

use super::Topology;
use super::devices::PortId;
use super::links::{BondId, Interface};

/// Every interface with all that it stands on, found once.
#[derive(Debug, Default)]
pub(super) struct Stacks {
    /// Each port alone, by port.
    ports: Vec<PortId>,
    port_carriers: Vec<Interface>,
    /// By bond.
    bond_carriers: Vec<Vec<Interface>>,
    /// By bridge.
    bridge_ports: Vec<Vec<PortId>>,
    bridge_carriers: Vec<Vec<Interface>>,
}

impl Topology<'_> {
    /// The ports that carry an interface.
    pub fn ports_under(&self, interface: Interface) -> &[PortId] {
        match interface {
            Interface::Port(PortId(port)) => &self.stacks().ports[port..=port],
            Interface::Bond(bond) => &self.bonds[bond.0].members,
            Interface::Bridge(bridge) => &self.stacks().bridge_ports[bridge],
        }
    }

    /// An interface with everything it stands on: bridge, bond and ports.
    pub fn carriers_under(&self, interface: Interface) -> &[Interface] {
        let stacks = self.stacks();
        match interface {
            Interface::Port(PortId(port)) => &stacks.port_carriers[port..=port],
            Interface::Bond(bond) => &stacks.bond_carriers[bond.0],
            Interface::Bridge(bridge) => &stacks.bridge_carriers[bridge],
        }
    }

    fn stacks(&self) -> &Stacks {
        self.lookups.stacks.get_or_init(|| {
            let ports = || (0..self.ports.len()).map(PortId);
            let carriers = |interface| {
                let mut carriers = Vec::new();
                self.add_carriers(interface, &mut carriers);
                carriers
            };
            let bridge_carriers: Vec<Vec<Interface>> =
                (0..self.bridges.len()).map(|bridge| carriers(Interface::Bridge(bridge))).collect();
            let only_ports = |carriers: &Vec<Interface>| {
                let port = |carrier: &Interface| match carrier {
                    Interface::Port(port) => Some(*port),
                    Interface::Bond(_) | Interface::Bridge(_) => None,
                };
                carriers.iter().filter_map(port).collect()
            };
            Stacks {
                ports: ports().collect(),
                port_carriers: ports().map(Interface::Port).collect(),
                bond_carriers: (0..self.bonds.len()).map(|bond| carriers(Interface::Bond(BondId(bond)))).collect(),
                bridge_ports: bridge_carriers.iter().map(only_ports).collect(),
                bridge_carriers,
            }
        })
    }

    fn add_carriers(&self, interface: Interface, carriers: &mut Vec<Interface>) {
        carriers.push(interface);
        match interface {
            Interface::Port(_) => {}
            Interface::Bond(bond) => carriers.extend(self.bonds[bond.0].members.iter().copied().map(Interface::Port)),
            Interface::Bridge(bridge) => {
                self.bridges[bridge].under.iter().for_each(|under| self.add_carriers(*under, carriers));
            }
        }
    }
}
