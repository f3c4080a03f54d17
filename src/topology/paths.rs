//! Ways that frames take between two devices.

use petgraph::algo::astar;

use super::Topology;
use super::devices::{DeviceId, PortId};
use super::networks::Network;
use crate::quantity::Rate;

/// A way from one device to another over cables.
#[derive(Debug, Clone, PartialEq)]
pub struct Path {
    /// Switches on the way.
    pub switches: usize,
    /// Speed of every cable on the way, where both ends say it.
    pub speeds: Vec<Option<Rate>>,
}

impl Topology<'_> {
    /// The shortest way between two members of a network that leaves and arrives by the network's own ports and
    /// passes switches only. Nothing where the cabling does not join them.
    pub fn path(&self, network: &Network<'_>, from: DeviceId, to: DeviceId) -> Option<Path> {
        let start = *self.vertices.get(&from)?;
        let goal = *self.vertices.get(&to)?;
        let own: Vec<PortId> =
            [from, to].into_iter().filter_map(|device| self.network_ports(network, device)).flatten().collect();
        let passes = |cable: usize| {
            let cable = &self.cables[cable];
            [cable.from, cable.to].iter().all(|port| match self.port(*port).device {
                DeviceId::Switch(_) => true,
                device => (device == from || device == to) && own.contains(port),
            })
        };
        let cost =
            |edge: petgraph::graph::EdgeReference<'_, usize>| if passes(*edge.weight()) { 1_u32 } else { 1_000_000 };
        let (cost, way) = astar(&self.graph, start, |vertex| vertex == goal, cost, |_| 0)?;
        if cost >= 1_000_000 {
            return None;
        }
        let speeds = way.windows(2).map(|pair| self.speed_between(pair[0], pair[1], &passes)).collect();
        Some(Path { switches: way.len().saturating_sub(2), speeds })
    }

    fn speed_between(
        &self,
        left: petgraph::graph::NodeIndex,
        right: petgraph::graph::NodeIndex,
        passes: &dyn Fn(usize) -> bool,
    ) -> Option<Rate> {
        let cable = self.graph.edges_connecting(left, right).map(|edge| *edge.weight()).find(|cable| passes(*cable))?;
        let speeds = [self.cables[cable].from, self.cables[cable].to]
            .map(|port| self.port(port).speed.as_ref().map(|speed| speed.value));
        let [one, other] = speeds;
        let (one, other) = (one?, other?);
        Some(if one < other { one } else { other })
    }
}
