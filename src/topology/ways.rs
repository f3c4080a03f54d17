//! The ways of a network from port to port: where its members are plugged in, the cables between switches that it
//! crosses, and what is set on the ports there.

use std::collections::BTreeSet;
use std::sync::Arc;

use foldhash::HashMap;

use super::Topology;
use super::devices::{DeviceId, Port, PortId};
use super::networks::Network;
use crate::design::{self, Names};
use crate::source::Span;

/// A cabled port that carries a network on one of its members.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edge {
    /// The member.
    pub device: DeviceId,
    /// Its port.
    pub port: PortId,
    /// The port at the other end of the cable.
    pub far: PortId,
}

/// Where the frames of a network pass.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Way {
    /// Cabled ports of its members.
    pub edges: Vec<Edge>,
    /// Both ends of every cable between two switches that it crosses and that bridges frames.
    pub bridged: Vec<PortId>,
    /// Both ends of every cable between leaf and spine that it crosses.
    pub routed: Vec<PortId>,
}

impl Way {
    /// Ports where members are plugged in: their own and those at the other end.
    pub fn edge_ports(&self) -> impl Iterator<Item = PortId> {
        self.edges.iter().flat_map(|edge| [edge.port, edge.far])
    }
}

/// What is set on some ports of a switch or firewall.
#[derive(Debug, Clone)]
pub struct PortSettings<'d> {
    /// The table that says it.
    pub table: &'d design::SwitchPort,
    /// Path of the table, by its first port: `switch_port.core-a:1`.
    pub path: String,
    /// Where its ports are written.
    pub span: Span,
    /// VLANs that the ports carry tagged, where that is said; one set for tables that follow each other and say the same.
    pub tagged: Option<Arc<BTreeSet<u32>>>,
    /// VLAN of frames without a tag, where that is said; 0 for none.
    pub native: Option<u32>,
}

impl PortSettings<'_> {
    /// Whether anything is said about VLANs.
    pub fn sets_vlans(&self) -> bool {
        self.tagged.is_some() || self.native.is_some()
    }

    /// Whether frames of a VLAN pass; nothing where the tagged ones are not said.
    pub fn passes(&self, vlan: u32) -> Option<bool> {
        if self.native == Some(vlan) {
            return Some(true);
        }
        self.tagged.as_ref().map(|tagged| tagged.contains(&vlan))
    }

    /// Where the tagged VLANs are written, or else the ports.
    pub fn tagged_span(&self) -> Span {
        self.table.tagged.as_ref().map_or(self.span, |tagged| tagged.span)
    }

    /// Where the native VLAN is written, or else the ports.
    pub fn native_span(&self) -> Span {
        self.table.native.as_ref().map_or(self.span, |native| native.span)
    }
}

/// Everything that is set on ports, by table.
#[derive(Debug, Clone, Default)]
pub struct AllSettings<'d> {
    /// The tables in their order.
    pub tables: Vec<PortSettings<'d>>,
    /// Index of the table that sets a port, by port.
    by_port: Vec<Option<u32>>,
}

impl AllSettings<'_> {
    /// Index of the table that sets a port.
    pub fn of(&self, port: PortId) -> Option<usize> {
        self.by_port.get(port.0).copied().flatten().map(|table| table as usize)
    }
}

impl<'d> Topology<'d> {
    /// What is set on ports of switches and firewalls.
    pub(super) fn read_settings(&self) -> AllSettings<'d> {
        let mut all = AllSettings::default();
        let mut places: HashMap<Span, u32> = HashMap::default();
        let mut last: Option<(&Names, Arc<BTreeSet<u32>>)> = None;
        for written in self.design.switch_port.iter().flat_map(|tables| tables.value.iter()) {
            let table = &written.value;
            let Some(ports) = &table.ports else { continue };
            let first = ports.value.0.first().map_or("", |port| port.value.as_str());
            let tagged = table.tagged.as_ref().map(|tagged| &tagged.value);
            let tagged = tagged.map(|names| match &last {
                Some((known, vlans)) if known.iter().eq(names.iter()) => Arc::clone(vlans),
                _ => {
                    let vlans = Arc::new(names.iter().filter_map(|vlan| vlan.parse().ok()).collect());
                    last = Some((names, Arc::clone(&vlans)));
                    vlans
                }
            });
            places.insert(ports.span, all.tables.len() as u32);
            all.tables.push(PortSettings {
                table,
                path: ["switch_port.", first].concat(),
                span: ports.span,
                tagged,
                native: table.native.as_ref().map(|native| native.value),
            });
        }
        if !all.tables.is_empty() {
            let table = |port: &Port<'_>| places.get(&port.settings?.ports.as_ref()?.span).copied();
            all.by_port = self.ports.iter().map(table).collect();
        }
        all
    }

    /// Cabled ports of a network's members, member by member.
    pub fn edges(&self, network: &Network<'_>) -> &[Edge] {
        &self.ways()[network.place].edges
    }

    fn found_edges(&self, network: &Network<'_>) -> Vec<Edge> {
        let mut edges = Vec::new();
        for attachment in &network.attachments {
            let Some(interface) = &attachment.interface else { continue };
            for port in self.ports_under(interface.value).iter().copied() {
                if let Some(far) = self.far_end(port) {
                    edges.push(Edge { device: attachment.device, port, far });
                }
            }
        }
        edges
    }

    /// The way of every network, in their order.
    pub fn ways(&self) -> &[Way] {
        self.lookups.ways.get_or_init(|| self.found_ways())
    }

    fn found_ways(&self) -> Vec<Way> {
        let mut ways: Vec<Way> =
            self.networks.iter().map(|network| Way { edges: self.found_edges(network), ..Way::default() }).collect();
        let ledgers = self.ledgers();
        for (from, to, one, other) in self.cables_between_switches() {
            let crossed: BTreeSet<usize> = ledgers[other].networks.iter().copied().collect();
            for network in ledgers[one].networks.iter().filter(|network| crossed.contains(network)) {
                let way = &mut ways[*network];
                let ports = if self.is_routed(one, other) { &mut way.routed } else { &mut way.bridged };
                ports.extend([from, to]);
            }
        }
        ways
    }

    /// For every switch the smallest index among those that cables or an MLAG pair join it with.
    pub fn islands(&self) -> Vec<usize> {
        self.joined(|_, _| true)
    }

    /// The same over cables that bridge frames: leaves are joined by no spine.
    pub fn segments(&self) -> Vec<usize> {
        self.joined(|one, other| !self.is_routed(one, other))
    }

    fn joined(&self, counts: impl Fn(usize, usize) -> bool) -> Vec<usize> {
        let mut next: Vec<BTreeSet<usize>> = (0..self.switches.len())
            .map(|one| self.neighbours(one).into_iter().filter(|other| counts(one, *other)).collect())
            .collect();
        for mlag in &self.mlags {
            if let [one, other] = *mlag.peers.as_slice() {
                next[one].insert(other);
                next[other].insert(one);
            }
        }
        let mut islands: Vec<Option<usize>> = vec![None; next.len()];
        for start in 0..next.len() {
            let mut open = vec![start];
            while let Some(switch) = open.pop() {
                if islands[switch].is_none() {
                    islands[switch] = Some(start);
                    open.extend(&next[switch]);
                }
            }
        }
        islands.into_iter().enumerate().map(|(switch, island)| island.unwrap_or(switch)).collect()
    }

    /// Cables over which frames pass from switch to switch: their ends and the indices of the switches; found once.
    pub fn cables_between_switches(&self) -> impl Iterator<Item = (PortId, PortId, usize, usize)> {
        let found = || self.found_switch_cables().collect();
        self.lookups.switch_cables.get_or_init(found).iter().copied()
    }

    fn found_switch_cables(&self) -> impl Iterator<Item = (PortId, PortId, usize, usize)> {
        self.cables.iter().filter_map(|cable| {
            let (from, to) = (self.port(cable.from), self.port(cable.to));
            match (from.device, to.device) {
                (DeviceId::Switch(one), DeviceId::Switch(other))
                    if one != other && !from.management && !to.management =>
                {
                    Some((cable.from, cable.to, one, other))
                }
                _ => None,
            }
        })
    }

    /// Where an end of a port's cable is written; nothing for a cable that is implied.
    pub fn end_span(&self, port: PortId) -> Option<Span> {
        let item = self.cables[self.port(port).cable?].item?;
        let name = self.port_name(port);
        let ends = item.value.from.iter().chain(&item.value.to).flat_map(|ends| &ends.value.0);
        let written = ends.into_iter().find(|end| end.value == name).map(|end| end.span);
        written.or_else(|| item.value.to.as_ref().map(|to| to.span))
    }
}

impl<'d> Network<'d> {
    /// Sites that its members stand in, where that is said.
    pub fn sites(&self, topology: &Topology<'d>) -> BTreeSet<&'d str> {
        self.attachments.iter().filter_map(|attachment| topology.site_of(attachment.device)).collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::topology::testing::resolved;

    const TWO_ROOMS: &str = r#"
        [server_model.hci.cards]
        onboard = { ports = 2, speed = "1GbE" }

        [switch_model.access]
        ports            = { "{1..8}" = { speed = "1GbE" } }
        management_ports = 1

        [node."pve{1..2}"]
        model = "hci"

        [switch."sw{1..4}"]
        model = "access"

        [network.lan]
        interface = "onboard:1"

        [[cable]]
        from = "pve{1..2}:onboard:1"
        to   = ["sw1:1", "sw2:1"]

        [[cable]]
        from = "sw1:8"
        to   = "sw2:8"

        [[cable]]
        from = "sw3:management:1"
        to   = "sw1:7"
    "#;

    #[test]
    fn a_port_for_administration_joins_no_switches() {
        let topology = resolved(TWO_ROOMS);
        assert_eq!(topology.islands(), [0, 0, 2, 3]);
    }

    #[test]
    fn a_way_holds_both_ends_of_the_cable_between_its_switches() {
        let topology = resolved(TWO_ROOMS);
        let way = &topology.ways()[0];
        let names: Vec<String> = way.bridged.iter().map(|port| topology.port_name(*port)).collect();
        assert_eq!(names, ["sw1:8", "sw2:8"]);
        assert_eq!(way.edges.len(), 2);
    }
}
