//! Meshes: nodes that are cabled to each other without a switch.

use std::collections::{BTreeMap, BTreeSet};

use super::{Judge, Raised, Subject};
use crate::catalogue::parameters::mesh as parameters;
use crate::design::{BondMode, Mesh};
use crate::source::Span;
use crate::topology::{DeviceId, Edge, Interface, Network, PortId, Topology};
use crate::words;

pub(super) fn more_than_five_nodes(judge: &mut Judge<'_>, limits: &parameters::MoreThanFiveNodes) {
    within(judge, limits.most, |_| true);
}

pub(super) fn more_than_three_nodes(judge: &mut Judge<'_>, limits: &parameters::MoreThanThreeNodes) {
    within(judge, limits.most, |_| true);
}

pub(super) fn broadcast_beyond_three_nodes(judge: &mut Judge<'_>, limits: &parameters::BroadcastBeyondThreeNodes) {
    within(judge, limits.most, |mesh| mesh.method == Some(Mesh::Broadcast));
}

pub(super) fn pair_not_cabled(judge: &mut Judge<'_>) {
    for mesh in meshes(judge.topology()) {
        let subject = mesh.subject();
        let Some(method) = mesh.method else {
            judge.unproven(subject, format!("{}.mesh", mesh.network.path()));
            continue;
        };
        if !matches!(method, Mesh::Broadcast | Mesh::Routed) || asks_for_cables(judge, &mesh) {
            continue;
        }
        let missing = mesh.pairs_without_cable();
        if missing.is_empty() {
            judge.holds();
            continue;
        }
        let raised = judge.violated(subject).at(mesh.span());
        raised.with("network", mesh.network.name()).with("method", method.to_string()).with("pair", missing);
        mesh.about_nodes(raised);
    }
}

pub(super) fn node_cut_off(judge: &mut Judge<'_>) {
    for mesh in meshes(judge.topology()).iter().filter(|mesh| mesh.forwards()) {
        if asks_for_cables(judge, mesh) {
            continue;
        }
        let apart = mesh.unreached();
        if apart.is_empty() {
            judge.holds();
            continue;
        }
        let raised = judge.violated(mesh.subject()).at(mesh.span());
        raised.with("network", mesh.network.name()).with("node", mesh.names(&apart));
        mesh.about_nodes(raised);
    }
}

pub(super) fn loop_open(judge: &mut Judge<'_>) {
    for mesh in meshes(judge.topology()).iter().filter(|mesh| mesh.forwards()) {
        if asks_for_cables(judge, mesh) {
            continue;
        }
        let single: Vec<DeviceId> =
            mesh.neighbours.iter().filter(|(_, next)| next.len() == 1).map(|(device, _)| *device).collect();
        if single.is_empty() {
            judge.holds();
            continue;
        }
        let raised = judge.violated(mesh.subject()).at(mesh.span());
        raised.with("network", mesh.network.name()).with("node", mesh.names(&single));
        mesh.about_nodes(raised);
    }
}

pub(super) fn interface_does_not_fit(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    for mesh in meshes(topology) {
        let Some(method) = mesh.method.filter(|method| matches!(method, Mesh::Broadcast | Mesh::Rstp)) else {
            continue;
        };
        let Some(interface) = mesh.network.attachments.iter().find_map(|attachment| attachment.interface.as_ref())
        else {
            judge.unproven(mesh.subject(), format!("{}.interface", mesh.network.path()));
            continue;
        };
        let mode = match interface.value {
            Interface::Bond(bond) => topology.bonds[bond.0].mode(),
            Interface::Port(_) | Interface::Bridge(_) => None,
        };
        let (fits, needed) = match (method, interface.value) {
            (Mesh::Broadcast, Interface::Bond(bond)) if mode.is_none() => {
                judge.unproven(mesh.subject(), format!("{}.mode", topology.bonds[bond.0].path()));
                continue;
            }
            (Mesh::Broadcast, _) => (mode == Some(BondMode::Broadcast), words::evidence::broadcast_bond()),
            (_, carrier) => (matches!(carrier, Interface::Bridge(_)), words::evidence::bridge()),
        };
        if fits {
            judge.holds();
            continue;
        }
        let raised = judge.violated(mesh.subject()).at(mesh.network.interface_span());
        raised.with("network", mesh.network.name()).with("method", method.to_string());
        raised.with("interface", topology.interface_name(interface.value)).with("needed", needed);
    }
}

/// A network of nodes that are cabled to each other.
struct MeshOf<'t, 'd> {
    topology: &'t Topology<'d>,
    network: &'t Network<'d>,
    method: Option<Mesh>,
    /// Every node with the other members that its ports in the network, or theirs, join it with.
    neighbours: BTreeMap<DeviceId, BTreeSet<DeviceId>>,
    /// The key that would say where the ports of all nodes lead.
    open: Option<String>,
}

impl MeshOf<'_, '_> {
    fn subject(&self) -> Subject {
        Subject::new(self.network.path(), self.network.span())
    }

    /// Where the method is written, or else the network.
    fn span(&self) -> Span {
        self.network.table().mesh.as_ref().map_or(self.network.span(), |mesh| mesh.span)
    }

    /// Whether nodes pass on what is for others.
    fn forwards(&self) -> bool {
        matches!(self.method, Some(Mesh::Rstp | Mesh::RoutedWithFallback))
    }

    fn names(&self, devices: &[DeviceId]) -> Vec<String> {
        devices.iter().map(|device| self.topology.name(*device).to_owned()).collect()
    }

    fn pairs_without_cable(&self) -> Vec<String> {
        let mut missing = Vec::new();
        for (device, next) in &self.neighbours {
            let others = self.neighbours.range(device..).map(|(other, _)| other).filter(|other| *other != device);
            for other in others.filter(|other| !next.contains(other)) {
                missing.push(self.names(&[*device, *other]).join(" + "));
            }
        }
        missing
    }

    /// Nodes that no way over others leads to from the first one.
    fn unreached(&self) -> Vec<DeviceId> {
        let mut reached: BTreeSet<DeviceId> = BTreeSet::new();
        let mut open: Vec<DeviceId> = self.neighbours.keys().take(1).copied().collect();
        while let Some(device) = open.pop() {
            if reached.insert(device) {
                open.extend(self.neighbours.get(&device).into_iter().flatten());
            }
        }
        self.neighbours.keys().filter(|device| !reached.contains(device)).copied().collect()
    }

    fn about_nodes(&self, raised: &mut Raised) {
        let paths: BTreeSet<String> =
            self.neighbours.keys().map(|device| self.topology.written_path(*device)).collect();
        for path in paths {
            raised.about(path);
        }
    }
}

/// Meshes: networks that say so, and those whose members' ports lead to each other.
fn meshes<'t, 'd>(topology: &'t Topology<'d>) -> Vec<MeshOf<'t, 'd>> {
    let networks = topology.networks.iter().zip(topology.ways());
    networks.filter_map(|(network, way)| mesh_of(topology, network, &way.edges)).collect()
}

fn mesh_of<'t, 'd>(topology: &'t Topology<'d>, network: &'t Network<'d>, edges: &[Edge]) -> Option<MeshOf<'t, 'd>> {
    let method = network.table().mesh.as_ref().map(|mesh| mesh.value);
    let to_node = |edge: &Edge| matches!(topology.port(edge.far).device, DeviceId::Node(_));
    if method.is_none() && !edges.iter().any(to_node) {
        return None;
    }
    let nodes = || network.attachments.iter().filter(|attachment| matches!(attachment.device, DeviceId::Node(_)));
    let mut neighbours: BTreeMap<DeviceId, BTreeSet<DeviceId>> =
        nodes().map(|attachment| (attachment.device, BTreeSet::new())).collect();
    let mut direct = false;
    for edge in edges {
        let other = topology.port(edge.far).device;
        if neighbours.contains_key(&other) && other != edge.device {
            direct = true;
            neighbours.entry(edge.device).or_default().insert(other);
            neighbours.entry(other).or_default().insert(edge.device);
        }
    }
    // Two nodes with a cable between them need no method.
    if method.is_none() && (!direct || neighbours.len() <= 2) || neighbours.is_empty() {
        return None;
    }
    let open = nodes()
        .find(|attachment| topology.network_ports(network, attachment.device).is_none_or(<[PortId]>::is_empty))
        .map(|_| format!("{}.interface", network.path()));
    let open = open.or_else(|| (!direct).then(|| "cable".to_owned()));
    Some(MeshOf { topology, network, method, neighbours, open })
}

/// Whether it is not known where the ports lead, and asks for it.
fn asks_for_cables(judge: &mut Judge<'_>, mesh: &MeshOf<'_, '_>) -> bool {
    if let Some(key) = &mesh.open {
        judge.unproven(mesh.subject(), key.clone());
    }
    mesh.open.is_some()
}

/// Judges the number of nodes in meshes against a limit.
fn within(judge: &mut Judge<'_>, most: u32, chosen: impl Fn(&MeshOf<'_, '_>) -> bool) {
    for mesh in meshes(judge.topology()).iter().filter(|mesh| chosen(mesh)) {
        let nodes = mesh.neighbours.len();
        if nodes <= most as usize {
            judge.holds();
            continue;
        }
        let raised = judge.violated(mesh.subject()).at(mesh.span());
        raised.with("network", mesh.network.name()).with("nodes", nodes);
    }
}
