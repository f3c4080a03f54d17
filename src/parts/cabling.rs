//! The cabling plan: rack by rack, device by device from the bottom up, port by port; cables within a rack before those
//! between racks.

use std::collections::BTreeSet;

use foldhash::{HashMap, HashSet};

use super::{Carried, End, Line, Place, PlannedCable, Role};
use crate::topology::{Cable, DeviceId, PortId, Topology};
use crate::words::{self, Said};

/// Fewest digits of a label.
const DIGITS: usize = 3;

/// The way that a technician takes: every device by its place on it.
pub(super) struct Walk {
    racks: HashMap<DeviceId, usize>,
    steps: HashMap<DeviceId, usize>,
}

impl Walk {
    /// Racks in the order in which the design first names them, devices from the bottom up; devices of which it does not
    /// say where they stand come last, in the order in which they are written.
    pub(super) fn new(topology: &Topology<'_>) -> Self {
        let mut known: HashMap<(Option<&str>, &str), usize> = HashMap::default();
        let mut racks = HashMap::default();
        for device in topology.devices() {
            if let Some(rack) = topology.rack_of(device) {
                let next = known.len();
                racks.insert(device, *known.entry((topology.site_of(device), rack)).or_insert(next));
            }
        }
        let mut way: Vec<DeviceId> = topology.devices().collect();
        way.sort_by_key(|device| {
            let place = topology.rack_unit(*device).map(|place| place.value);
            (racks.get(device).copied().unwrap_or(usize::MAX), place.unwrap_or(u32::MAX), *device)
        });
        let steps = way.into_iter().enumerate().map(|(step, device)| (device, step)).collect();
        Self { racks, steps }
    }

    /// Whether the design says of any device in which rack it stands.
    pub(super) fn names_racks(&self) -> bool {
        !self.racks.is_empty()
    }

    /// Number of a device's rack; the largest one where the design does not name it.
    pub(super) fn rack(&self, device: DeviceId) -> usize {
        self.racks.get(&device).copied().unwrap_or(usize::MAX)
    }

    /// A port's place on the way.
    fn port(&self, topology: &Topology<'_>, port: PortId) -> (usize, PortId) {
        (self.steps.get(&topology.port(port).device).copied().unwrap_or(usize::MAX), port)
    }

    /// Where a device stands, as the design says.
    pub(super) fn place(topology: &Topology<'_>, device: DeviceId) -> Place {
        Place {
            site: topology.site_of(device).map(str::to_owned),
            rack: topology.rack_of(device).map(str::to_owned),
            rack_unit: topology.rack_unit(device).map(|place| place.value),
        }
    }
}

/// Every cable once, each from the end that comes first on the way.
pub(super) fn plan(topology: &Topology<'_>, walk: &Walk) -> Vec<PlannedCable> {
    let mut cables: Vec<(&Cable<'_>, [PortId; 2])> = topology
        .cables
        .iter()
        .map(|cable| {
            let mut ends = cable.ends();
            ends.sort_by_key(|end| walk.port(topology, *end));
            (cable, ends)
        })
        .collect();
    cables.sort_by_key(|(_, [from, to])| {
        let racks = [*from, *to].map(|end| walk.rack(topology.port(end).device));
        (racks[0] != racks[1], walk.port(topology, *from), *to)
    });
    let carried = Carriers::new(topology);
    let digits = cables.len().to_string().len().max(DIGITS);
    let row = |(index, (cable, ends)): (usize, (&Cable<'_>, [PortId; 2]))| {
        let number = index + 1;
        let end = |end: PortId, side: char| {
            let port = topology.port(end);
            End {
                label: format!("{number:0digits$}{side}"),
                device: topology.name(port.device).to_owned(),
                port: port.label.to_string(),
                place: Walk::place(topology, port.device),
                form_factor: topology.plugged(cable, end),
            }
        };
        PlannedCable {
            number,
            from: end(ends[0], 'A'),
            to: end(ends[1], 'B'),
            kind: cable.kind(),
            length: cable.length().map(|length| length.value),
            speed: topology.cable_speed(cable.from),
            grade: cable.grade().map(|grade| grade.value),
            optic: cable.optic().map(|optic| optic.value),
            networks: carried.networks(topology, ends),
            bonds: carried.bonds(topology, ends),
            role: carried.role(topology, ends),
            not_known: missing(topology, cable),
        }
    };
    cables.into_iter().enumerate().map(row).collect()
}

/// Keys that would state what a technician looks for: kind, length and speed of a cable.
fn missing(topology: &Topology<'_>, cable: &Cable<'_>) -> Vec<String> {
    let path = topology.cable_path(cable);
    let mut keys = Vec::new();
    if cable.kind().is_none() {
        keys.push(format!("{path}.kind"));
    }
    if cable.length().is_none() {
        keys.push(format!("{path}.length"));
    }
    if topology.cable_speed(cable.from).is_none() {
        keys.push(topology.speed_key(cable.from));
    }
    keys
}

/// What ports carry.
struct Carriers {
    /// Places of networks by port.
    networks: Vec<Vec<usize>>,
    /// Places of bonds by port.
    bonds: HashMap<PortId, usize>,
    peer_link: HashSet<PortId>,
}

impl Carriers {
    fn new(topology: &Topology<'_>) -> Self {
        let bonds = topology.bonds_by_port().into_iter().map(|(port, bond)| (port, bond.0)).collect();
        let peer_link = topology.mlags.iter().flat_map(|mlag| mlag.peer_link.iter().flatten().flatten().copied());
        Self { networks: topology.networks_by_port(), bonds, peer_link: peer_link.collect() }
    }

    fn networks(&self, topology: &Topology<'_>, ends: [PortId; 2]) -> Vec<Carried> {
        let places: BTreeSet<usize> = ends.iter().flat_map(|end| &self.networks[end.0]).copied().collect();
        let carried = |place: usize| {
            let network = &topology.networks[place];
            let vlan = network.table().vlan.as_ref().map(|vlan| vlan.value).filter(|vlan| *vlan > 0);
            Carried { network: network.name().to_owned(), vlan }
        };
        places.into_iter().map(carried).collect()
    }

    fn bonds(&self, topology: &Topology<'_>, ends: [PortId; 2]) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for bond in ends.iter().filter_map(|end| self.bonds.get(end)) {
            let name = topology.bonds[*bond].name();
            if !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
        }
        names
    }

    fn role(&self, topology: &Topology<'_>, ends: [PortId; 2]) -> Option<Role> {
        let is_switch = |end: &PortId| matches!(topology.port(*end).device, DeviceId::Switch(_));
        if ends.iter().all(|end| self.peer_link.contains(end)) {
            Some(Role::PeerLink)
        } else if ends.iter().any(|end| topology.is_between_firewalls(*end)) {
            Some(Role::FirewallPair)
        } else if ends.iter().any(|end| topology.is_for_administration(*end)) {
            Some(Role::Administration)
        } else {
            ends.iter().all(is_switch).then_some(Role::BetweenSwitches)
        }
    }
}

/// Uplinks, links between sites and the host of the external vote, by the ports that they are plugged into.
pub(super) fn lines(topology: &Topology<'_>, walk: &Walk) -> Vec<Line> {
    let uplinks = topology.uplinks.iter().map(|uplink| (words::parts::uplink(uplink.name.as_str()), &uplink.ports));
    let sites = topology.site_links.iter().map(|link| (words::parts::site_link(link.name.as_str()), &link.ports));
    let vote = std::iter::once((words::parts::external_vote(), &topology.qdevice_ports));
    let mut ports: Vec<(PortId, Said)> = uplinks
        .chain(sites)
        .chain(vote)
        .flat_map(|(name, ports)| ports.iter().map(move |port| (*port, name.clone())))
        .collect();
    ports.sort_by_key(|(port, _)| walk.port(topology, *port));
    let line = |(id, name): (PortId, Said)| {
        let port = topology.port(id);
        let device = topology.name(port.device).to_owned();
        Line { name, device, port: port.label.to_string(), place: Walk::place(topology, port.device) }
    };
    ports.into_iter().map(line).collect()
}
