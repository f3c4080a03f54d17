//! Networks and how they are kept apart, cables, and the bonds of servers and firewalls.

use std::collections::BTreeSet;

use super::{Judge, Raised, Subject};
use crate::catalogue::parameters::network as parameters;
use crate::design::{self, BondMode, CableKind, HashPolicy, Item, Names, Purpose, ServerModel};
use crate::quantity::{Rate, units};
use crate::source::{Span, Spanned};
use crate::topology::{Bond, BondEnds, Cable, DeviceId, Network, PortId, Topology};

/// The purposes that the documents give a network each.
const APART: &[Purpose] = &[Purpose::Management, Purpose::CephPublic, Purpose::CephCluster];

pub(super) fn fewer_than_three_networks(judge: &mut Judge<'_>, limits: &parameters::FewerThanThreeNetworks) {
    let topology = judge.topology();
    if !topology.has_ceph() {
        return;
    }
    let span = topology.design.ceph.as_ref().map_or(topology.anchor(), |ceph| ceph.span);
    let subject = Subject::new("ceph", span);
    let carriers: Vec<&Network<'_>> = topology.networks.iter().filter(|network| apart(network) > 0).collect();
    if topology.networks.is_empty() {
        judge.unproven(subject, "network");
    } else if carriers.len() >= limits.minimum as usize {
        judge.holds();
    } else if topology.networks_for(Purpose::Management).next().is_none() {
        judge.unproven(subject, "network.management");
    } else if topology.networks_for(Purpose::CephPublic).next().is_none() {
        judge.unproven(subject, "network.ceph_public");
    } else {
        let raised = judge.violated(subject).with("count", carriers.len());
        raised.with("networks", carriers.iter().map(|network| network.name()).collect::<Vec<_>>());
        let shared = carriers.iter().copied().reduce(|most, next| if busier(next, most) { next } else { most });
        if let Some(purpose) = shared.and_then(|network| network.table().purpose.as_ref()) {
            raised.at(purpose.span);
        }
        about(raised, carriers.iter().map(|network| network.path()));
    }
}

pub(super) fn copper_from_ten_gigabit(judge: &mut Judge<'_>, limits: &parameters::CopperFromTenGigabit) {
    let topology = judge.topology();
    for (item, cables) in topology.written_cables() {
        let Some(from) = item.value.from.as_ref().and_then(|from| from.value.0.first()) else { continue };
        let subject = || Subject::new(format!("cable.{}", from.value), from.span);
        let kind = item.value.kind.as_ref();
        if kind.is_some_and(|kind| kind.value != CableKind::Copper) {
            judge.holds();
            continue;
        }
        let is_fast = |cable: &&Cable<'_>| cable_rate(topology, cable).is_some_and(|rate| rate >= limits.limit);
        let fast: Vec<&Cable<'_>> = cables.iter().copied().filter(is_fast).collect();
        let open = cables.iter().find_map(|cable| open_speed(topology, cable, limits.limit));
        match (fast.first(), open, kind) {
            (Some(first), _, Some(kind)) => {
                let raised = judge.violated(subject()).at(kind.span);
                raised.with("from", fast.iter().map(|cable| topology.port_name(cable.from)).collect::<Vec<_>>());
                raised.with("to", fast.iter().map(|cable| topology.port_name(cable.to)).collect::<Vec<_>>());
                if let Some(rate) = cable_rate(topology, first) {
                    raised.with("speed", rate);
                }
            }
            (Some(_), _, None) => {
                let subject = subject();
                let key = format!("{}.kind", subject.path);
                judge.unproven(subject, key);
            }
            (None, Some(port), _) => _ = judge.unproven(subject(), topology.speed_key(port)),
            (None, None, _) => judge.holds(),
        }
    }
}

pub(super) fn no_service_bond(judge: &mut Judge<'_>, limits: &parameters::NoServiceBond) {
    let topology = judge.topology();
    for group in written_devices(topology) {
        let verdicts: Vec<(DeviceId, ServiceBond)> =
            group.iter().map(|device| (*device, service_bond(topology, *device, limits))).collect();
        let Some(first) = group.first() else { continue };
        let subject = || Subject::new(topology.written_path(*first), topology.device_span(*first));
        let lacking: Vec<DeviceId> = verdicts
            .iter()
            .filter(|(_, found)| matches!(found, ServiceBond::None(_)))
            .map(|(device, _)| *device)
            .collect();
        let open = verdicts.iter().find_map(|(_, found)| match found {
            ServiceBond::Open(key) => Some(key),
            _ => None,
        });
        let at = verdicts.iter().find_map(|(_, found)| match found {
            ServiceBond::None(at) => *at,
            _ => None,
        });
        if !lacking.is_empty() {
            let raised = judge.violated(subject());
            raised.with("device", lacking.iter().map(|device| topology.name(*device)).collect::<Vec<_>>());
            if let Some(at) = at {
                raised.at(at);
            }
            let bonds = lacking.iter().flat_map(|device| topology.bonds_on(*device));
            let paths: BTreeSet<String> = bonds.map(Bond::path).collect();
            about(raised, paths.into_iter());
        } else if let Some(key) = open {
            judge.unproven(subject(), key.clone());
        } else if verdicts.iter().any(|(_, found)| matches!(found, ServiceBond::Fits)) {
            judge.holds();
        }
    }
}

pub(super) fn lacp_across_switches_without_mlag(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    for group in topology.written_bonds() {
        let Some(first) = group.first() else { continue };
        if first.mode().is_some_and(|mode| mode != BondMode::Lacp) {
            continue;
        }
        let ends: Vec<(&Bond<'_>, &BondEnds)> = group.iter().map(|bond| (*bond, topology.bond_ends(bond))).collect();
        let split: Vec<&(&Bond<'_>, &BondEnds)> =
            ends.iter().filter(|(_, ends)| ends.switches.len() > 1 && !is_pair(topology, &ends.switches)).collect();
        let subject = Subject::new(first.path(), first.span());
        if let (false, Some(key)) = (split.is_empty(), topology.unread_pair()) {
            judge.unproven(subject, key);
        } else if let (Some((_, ends)), Some(mode)) = (split.first(), &first.item.value.mode) {
            let raised = judge.violated(subject).at(mode.span).with("bond", first.name());
            raised.with("device", split.iter().map(|(bond, _)| topology.name(bond.device)).collect::<Vec<_>>());
            raised.with("switches", names(topology, &ends.switches));
            label_cables(raised, topology, split.iter().map(|(bond, _)| *bond));
            about_bonds(raised, topology, split.iter().map(|(bond, _)| *bond));
        } else if !split.is_empty() {
            judge.unproven(subject, format!("{}.mode", first.path()));
        } else if let Some(key) = ends.iter().find_map(|(_, ends)| ends.open.clone()) {
            judge.unproven(subject, key);
        } else if ends.iter().any(|(_, ends)| ends.switches.len() > 1) {
            judge.holds();
        }
    }
}

pub(super) fn bond_on_one_switch(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    for group in topology.written_bonds() {
        let Some(first) = group.first() else { continue };
        let Some(members) = first.item.value.members.as_ref().filter(|members| members.value.0.len() > 1) else {
            continue;
        };
        let ends: Vec<(&Bond<'_>, &BondEnds)> = group.iter().map(|bond| (*bond, topology.bond_ends(bond))).collect();
        let on_one: Vec<&(&Bond<'_>, &BondEnds)> =
            ends.iter().filter(|(_, ends)| ends.switches.len() == 1 && ends.open.is_none() && !ends.direct).collect();
        let open = ends.iter().filter(|(_, ends)| ends.switches.len() < 2).find_map(|(_, ends)| ends.open.clone());
        let subject = Subject::new(first.path(), first.span());
        if !on_one.is_empty() {
            let switches: BTreeSet<usize> = on_one.iter().flat_map(|(_, ends)| &ends.switches).copied().collect();
            let raised = judge.violated(subject).at(members.span).with("bond", first.name());
            raised.with("members", members.value.0.len());
            raised.with("device", on_one.iter().map(|(bond, _)| topology.name(bond.device)).collect::<Vec<_>>());
            raised.with("switch", names(topology, &switches));
            label_cables(raised, topology, on_one.iter().map(|(bond, _)| *bond));
            about_bonds(raised, topology, on_one.iter().map(|(bond, _)| *bond));
        } else if let Some(key) = open {
            judge.unproven(subject, key);
        } else if ends.iter().any(|(_, ends)| ends.switches.len() > 1) {
            judge.holds();
        }
    }
}

pub(super) fn too_few_ports(judge: &mut Judge<'_>, limits: &parameters::TooFewPorts) {
    let topology = judge.topology();
    let needed = limits.service + limits.management;
    for (model, nodes) in models_in_use(judge) {
        let path = format!("server_model.{}", model.pattern.value);
        let subject = Subject::new(path.clone(), model.pattern.span);
        let Some(cards) = &model.value.cards else {
            judge.unproven(subject, format!("{path}.cards"));
            continue;
        };
        let counted = |card: &Item<design::Card>| {
            card.value.ports.as_ref().map_or(0, |ports| ports.value.saturating_mul(card.names.len() as u32))
        };
        let all: u32 = cards.value.iter().map(counted).sum();
        let available = all.saturating_sub(bmc_ports(topology, &nodes));
        let open = cards.value.iter().find(|card| card.value.ports.is_none());
        if available >= needed {
            judge.holds();
        } else if let Some(card) = open {
            judge.unproven(subject, format!("{path}.cards.{}.ports", card.pattern.value));
        } else {
            let raised = judge.violated(subject).at(cards.span).with("model", model.pattern.value.as_str());
            raised.with("available", available).with("needed", needed);
            let tables: BTreeSet<String> = nodes.iter().map(|device| topology.written_path(*device)).collect();
            about(raised, tables.into_iter());
        }
    }
}

pub(super) fn card_faster_than_slot(judge: &mut Judge<'_>, limits: &parameters::CardFasterThanSlot) {
    for model in judge.topology().models_in_use() {
        let cards = model.model.value.cards.iter().flat_map(|cards| cards.value.iter());
        for card in cards {
            let Some(pcie) = &card.value.pcie else { continue };
            let name = &card.pattern.value;
            let subject = Subject::new(format!("{}.cards.{name}", model.path()), card.pattern.span);
            let (link, described) = (&pcie.value, &card.value);
            let (Some(generation), Some(lanes)) = (&link.generation, &link.lanes) else {
                let missing = if link.generation.is_none() { "pcie.generation" } else { "pcie.lanes" };
                let missing = format!("{}.{missing}", subject.path);
                judge.unproven(subject, missing);
                continue;
            };
            let (Some(ports), Some(speed)) = (&described.ports, &described.speed) else {
                let missing = format!("{}.{}", subject.path, if described.ports.is_none() { "ports" } else { "speed" });
                judge.unproven(subject, missing);
                continue;
            };
            let doublings = f64::from(generation.value) - f64::from(limits.first_generation);
            let carried = limits.lane * (f64::from(lanes.value) * doublings.exp2());
            let rate = speed.value * f64::from(ports.value);
            if rate <= carried {
                judge.holds();
                continue;
            }
            let raised = judge.violated(subject).at(pcie.span).label("speed", speed.span);
            raised.with("model", model.model.pattern.value.as_str()).with("card", name.as_str());
            raised.with("ports", ports.value).with("rate", rate.to(&units::GBIT_PER_S)).with("carried", carried);
            raised.with("generation", generation.value).with("lanes", lanes.value);
        }
    }
}

pub(super) fn bond_promises_sum(judge: &mut Judge<'_>, limits: &parameters::BondPromisesSum) {
    let topology = judge.topology();
    for group in topology.written_bonds() {
        let Some(first) = group.first() else { continue };
        let written = first.item.value.members.as_ref().map_or(0, |members| members.value.0.len());
        let policy = first.item.value.xmit_hash_policy.as_ref();
        let by_peer = policy.map_or(HashPolicy::Layer2, |policy| policy.value);
        let unread = first.item.value.unread.contains(&"xmit_hash_policy");
        if written < 2 || unread || !matches!(by_peer, HashPolicy::Layer2 | HashPolicy::Layer2Plus3) {
            continue;
        }
        if first.mode().is_some_and(|mode| mode != BondMode::Lacp) {
            continue;
        }
        let needed = limits.peers_per_member as usize * written;
        let peers: Vec<(&Bond<'_>, usize)> =
            group.iter().filter_map(|bond| Some((*bond, peers(topology, bond)?))).collect();
        let few: Vec<(&Bond<'_>, usize)> = peers.iter().copied().filter(|(_, peers)| *peers < needed).collect();
        let subject = Subject::new(first.path(), first.span());
        if let Some(least) = few.iter().map(|(_, peers)| *peers).min() {
            if first.mode().is_none() {
                judge.unproven(subject, format!("{}.mode", first.path()));
                continue;
            }
            let raised = judge.violated(subject).with("bond", first.name()).with("policy", by_peer.to_string());
            raised.with("device", few.iter().map(|(bond, _)| topology.name(bond.device)).collect::<Vec<_>>());
            raised.with("peers", least).with("members", written).with("needed", needed);
            if let Some(policy) = policy {
                raised.at(policy.span);
            }
            about_bonds(raised, topology, few.iter().map(|(bond, _)| *bond));
        } else if !peers.is_empty() {
            judge.holds();
        } else if let Some(key) = group.iter().find_map(|bond| open_network(topology, bond)) {
            judge.unproven(subject, key);
        }
    }
}

pub(super) fn jumbo_not_needed(judge: &mut Judge<'_>, limits: &parameters::JumboNotNeeded) {
    let topology = judge.topology();
    for network in &topology.networks {
        let Some(mtu) = &network.table().mtu else { continue };
        let rates = network.attachments.iter().map(|attachment| topology.member_rate(network, attachment.device));
        let known: Vec<Rate> = rates.clone().flatten().collect();
        let slowest = known.into_iter().reduce(|least, rate| if rate < least { rate } else { least });
        let slow = slowest.filter(|rate| *rate <= limits.slow);
        let management = network.is_for(Purpose::Management);
        let subject = Subject::new(network.path(), network.span());
        if f64::from(mtu.value) <= limits.standard {
            judge.holds();
        } else if management || slow.is_some() {
            let purposes: Vec<String> = network.purposes().map(|purpose| purpose.to_string()).collect();
            let raised = judge.violated(subject).at(mtu.span).with("network", network.name());
            raised.with("purpose", purposes).with("mtu", mtu.value);
            if let Some(rate) = slow {
                raised.with("rate", rate).label("interface", network.interface_span());
            }
        } else if let Some(key) = rates
            .zip(&network.attachments)
            .find_map(|(rate, attachment)| rate.is_none().then(|| open_rate(topology, network, attachment.device)))
        {
            judge.unproven(subject, key);
        }
    }
}

fn about(raised: &mut Raised, paths: impl Iterator<Item = String>) {
    for path in paths {
        raised.about(path);
    }
}

/// How many of the purposes that want a network each a network has.
fn apart(network: &Network<'_>) -> usize {
    APART.iter().filter(|purpose| network.is_for(**purpose)).count()
}

/// Whether a network carries more of those purposes than another; of equal ones, that of Ceph.
fn busier(network: &Network<'_>, than: &Network<'_>) -> bool {
    let weight = |network: &Network<'_>| (apart(network), network.is_for(Purpose::CephPublic));
    weight(network) > weight(than)
}

fn port_rate(topology: &Topology<'_>, port: PortId) -> Option<Rate> {
    topology.port(port).speed.as_ref().map(|speed| speed.value)
}

/// What a cable carries: the speed of its slower end.
fn cable_rate(topology: &Topology<'_>, cable: &Cable<'_>) -> Option<Rate> {
    let (from, to) = (port_rate(topology, cable.from)?, port_rate(topology, cable.to)?);
    Some(if from < to { from } else { to })
}

/// A port of unknown speed that decides whether a cable reaches a limit.
fn open_speed(topology: &Topology<'_>, cable: &Cable<'_>, limit: Rate) -> Option<PortId> {
    let ends = [cable.from, cable.to];
    let slow = ends.iter().filter_map(|port| port_rate(topology, *port)).any(|rate| rate < limit);
    ends.into_iter().find(|port| !slow && port_rate(topology, *port).is_none())
}

/// Servers and firewalls by the table that describes them.
fn written_devices(topology: &Topology<'_>) -> Vec<Vec<DeviceId>> {
    let mut groups = topology.written_devices();
    groups.retain(|group| !matches!(group.first(), Some(DeviceId::Switch(_))));
    groups
}

/// Whether a device has the bond for service that the documents ask for.
enum ServiceBond {
    /// It has.
    Fits,
    /// The key that would tell.
    Open(String),
    /// It has none, with the value that is wrong where a bond comes near.
    None(Option<Span>),
    /// It exchanges routes with the fabric instead.
    Routed,
}

fn service_bond(topology: &Topology<'_>, device: DeviceId, limits: &parameters::NoServiceBond) -> ServiceBond {
    let (mut open, mut near) = (None, None);
    for bond in topology.bonds_on(device) {
        match fits(topology, bond, limits) {
            ServiceBond::Fits => return ServiceBond::Fits,
            ServiceBond::Open(key) => open = open.or(Some(key)),
            ServiceBond::None(at) => near = near.or(at),
            ServiceBond::Routed => {}
        }
    }
    if let Some(key) = open.or_else(|| unread_bond(topology).filter(|_| near.is_none())) {
        ServiceBond::Open(key)
    } else if is_routed(topology, device) {
        ServiceBond::Routed
    } else if near.is_some() || is_wired(topology, device) {
        ServiceBond::None(near)
    } else {
        ServiceBond::Open("bond".to_owned())
    }
}

/// The key of a bond that was written and could not be read, or is on a device that the design doesn't have.
fn unread_bond(topology: &Topology<'_>) -> Option<String> {
    let bonds = topology.design.bond.iter().flat_map(|bonds| bonds.value.iter());
    let is_known = |on: &Spanned<Names>| on.value.iter().all(|name| topology.device(name).is_some());
    let lost = bonds.into_iter().find(|bond| bond.value.on.as_ref().is_some_and(|on| !is_known(on)));
    let unread = || topology.design.unread.contains(&"bond").then(|| "bond".to_owned());
    lost.map(|bond| format!("bond.{}.on", bond.pattern.value)).or_else(unread)
}

fn fits(topology: &Topology<'_>, bond: &Bond<'_>, limits: &parameters::NoServiceBond) -> ServiceBond {
    let Some(members) = &bond.item.value.members else {
        return ServiceBond::Open(format!("{}.members", bond.path()));
    };
    let wrong_mode = bond.item.value.mode.as_ref().filter(|mode| mode.value != BondMode::Lacp);
    let speeds = || bond.members.iter().filter_map(|port| topology.port(*port).speed.as_ref());
    if members.value.0.len() < limits.ports as usize {
        return ServiceBond::None(Some(members.span));
    }
    if let Some(slow) = speeds().find(|speed| speed.value < limits.speed) {
        return ServiceBond::None(Some(slow.span));
    }
    if let Some(mode) = wrong_mode {
        return ServiceBond::None(Some(mode.span));
    }
    if bond.item.value.mode.is_none() {
        return ServiceBond::Open(format!("{}.mode", bond.path()));
    }
    if bond.members.len() < members.value.0.len() {
        return ServiceBond::Open(topology.ports_key(bond.device));
    }
    match bond.members.iter().find(|port| topology.port(**port).speed.is_none()) {
        Some(port) => ServiceBond::Open(topology.speed_key(*port)),
        None => ServiceBond::Fits,
    }
}

/// Whether the design says what a device's ports are used for, so that a bond that is not there is none.
fn is_wired(topology: &Topology<'_>, device: DeviceId) -> bool {
    let attached =
        |network: &Network<'_>| network.attachment(device).is_some_and(|attachment| attachment.interface.is_some());
    topology.is_cabled(topology.ports_of(device)) || topology.networks.iter().any(attached)
}

/// Whether a device hangs on a leaf of a fabric that exchanges routes with servers.
pub(super) fn is_routed(topology: &Topology<'_>, device: DeviceId) -> bool {
    let fabrics = topology.design.fabric.iter().flat_map(|fabrics| fabrics.value.iter());
    let routed = fabrics.filter(|fabric| fabric.value.evpn.as_ref().is_some_and(|evpn| evpn.value));
    let leaves: Vec<&str> =
        routed.filter_map(|fabric| fabric.value.leaves.as_ref()).flat_map(|leaves| leaves.value.iter()).collect();
    let mut switches = topology.ports_of(device).iter().filter_map(|port| topology.switch_of(*port));
    switches.any(|switch| leaves.contains(&switch.name.as_str()))
}

fn is_pair(topology: &Topology<'_>, switches: &BTreeSet<usize>) -> bool {
    let first = switches.first().into_iter();
    let mut pairs = first.flat_map(|first| topology.pairs_with(*first));
    pairs.any(|mlag| switches.iter().all(|switch| mlag.peers.contains(switch)))
}

fn names(topology: &Topology<'_>, switches: &BTreeSet<usize>) -> Vec<String> {
    switches.iter().filter_map(|switch| topology.switches.get(*switch)).map(|switch| switch.name.to_string()).collect()
}

/// Points at the cables of some bonds, each table of cables once.
fn label_cables<'t, 'd: 't>(raised: &mut Raised, topology: &Topology<'_>, bonds: impl Iterator<Item = &'t Bond<'d>>) {
    let cables = bonds.flat_map(|bond| &bond.members).filter_map(|member| topology.port(*member).cable);
    let ends: BTreeSet<Span> =
        cables.filter_map(|cable| topology.cables[cable].item?.value.to.as_ref()).map(|to| to.span).collect();
    for end in ends {
        raised.label("cable", end);
    }
}

/// Names the devices, switches and networks of some bonds.
fn about_bonds<'t, 'd: 't>(raised: &mut Raised, topology: &Topology<'_>, bonds: impl Iterator<Item = &'t Bond<'d>>) {
    let mut paths: BTreeSet<String> = BTreeSet::new();
    for bond in bonds {
        let switches = &topology.bond_ends(bond).switches;
        paths.insert(topology.written_path(bond.device));
        paths.extend(names(topology, switches).iter().map(|name| format!("switch.{name}")));
        paths.extend(topology.networks_over(bond).map(Network::path));
    }
    about(raised, paths.into_iter());
}

/// Devices that a server speaks with over a bond, guests left out; nothing where it carries no network of its own.
fn peers(topology: &Topology<'_>, bond: &Bond<'_>) -> Option<usize> {
    let own = |network: &&Network<'_>| network.purposes().collect::<Vec<_>>() != [Purpose::Guest];
    let networks: Vec<&Network<'_>> = topology.networks_over(bond).filter(own).collect();
    let others: BTreeSet<DeviceId> = networks
        .iter()
        .flat_map(|network| &network.attachments)
        .map(|attachment| attachment.device)
        .filter(|device| *device != bond.device)
        .collect();
    (!networks.is_empty()).then_some(others.len())
}

/// The key that would say which networks a bond carries.
fn open_network(topology: &Topology<'_>, bond: &Bond<'_>) -> Option<String> {
    let DeviceId::Node(_) = bond.device else { return None };
    if topology.networks.is_empty() {
        return Some("network".to_owned());
    }
    let open = topology
        .networks
        .iter()
        .find(|network| network.attachment(bond.device).is_some_and(|attachment| attachment.interface.is_none()));
    open.map(|network| format!("{}.interface", network.path()))
}

/// Server models with the nodes that use them; asks for the model of those that name none.
fn models_in_use<'a>(judge: &mut Judge<'a>) -> Vec<(&'a Item<ServerModel>, Vec<DeviceId>)> {
    let topology = judge.topology();
    let mut models: Vec<(&Item<ServerModel>, Vec<DeviceId>)> = Vec::new();
    for group in written_devices(topology) {
        let Some(DeviceId::Node(first)) = group.first().copied() else { continue };
        let node = &topology.nodes[first];
        let Some(model) = node.model else {
            judge.unproven(Subject::new(node.path(), node.span()), topology.ports_key(DeviceId::Node(first)));
            continue;
        };
        match models.iter_mut().find(|(known, _)| std::ptr::eq(*known, model)) {
            Some((_, nodes)) => nodes.extend(group),
            None => models.push((model, group)),
        }
    }
    models
}

/// Ports of a server model that are its management controller's own.
fn bmc_ports(topology: &Topology<'_>, nodes: &[DeviceId]) -> u32 {
    let bmc = |network: &&Network<'_>| {
        network.is_for(Purpose::Bmc) && network.purposes().all(|purpose| purpose == Purpose::Bmc)
    };
    let ports = topology
        .networks
        .iter()
        .filter(bmc)
        .flat_map(|network| nodes.iter().filter_map(|device| topology.network_ports(network, *device)));
    let labels: BTreeSet<&str> = ports.flatten().map(|port| topology.port(*port).label.as_ref()).collect();
    labels.len() as u32
}

/// The key that would state how fast a network is on a device.
fn open_rate(topology: &Topology<'_>, network: &Network<'_>, device: DeviceId) -> String {
    let ports = topology.network_ports(network, device);
    match ports {
        None => format!("{}.interface", network.path()),
        Some([]) => topology.ports_key(device),
        Some(ports) => {
            let open = ports.iter().find(|port| topology.port(**port).speed.is_none());
            open.map_or_else(|| topology.ports_key(device), |port| topology.speed_key(*port))
        }
    }
}
