//! Ceph's networks and services.

use std::collections::BTreeSet;

use super::{Judge, Raised, Subject, network};
use crate::capacity::latency::{self, Basis, Estimate, Worst};
use crate::catalogue::parameters::ceph as parameters;
use crate::design::{Ceph, DiskRole, Media, Names, Purpose};
use crate::quantity::{Rate, Time, units};
use crate::source::{Span, Spanned};
use crate::topology::{DeviceId, DiskGroup, Gap, ModelInUse, Network, Node, Topology};
use crate::words::{self, Said};

/// Whether Ceph is part of the design; unproven where nobody has decided.
fn has_ceph(judge: &mut Judge<'_>) -> bool {
    let topology = judge.topology();
    if topology.ceph_is_open() {
        judge.gap(&Gap { path: "ceph".to_owned(), span: topology.anchor(), missing: "ceph".to_owned() });
    }
    topology.has_ceph()
}

/// What keeps the networks for a purpose from being known: no networks at all, or some that don't say what they are for.
fn network_gaps(topology: &Topology<'_>) -> Vec<Gap> {
    if topology.design.network.is_none() {
        return vec![Gap { path: "network".to_owned(), span: topology.anchor(), missing: "network".to_owned() }];
    }
    let silent = topology
        .networks
        .iter()
        .filter(|network| network.table().purpose.is_none() || network.table().unread.contains(&"purpose"));
    silent.map(|network| Gap::below(network.path(), "purpose", network.span())).collect()
}

/// What keeps the disks of a design with Ceph, or perhaps with it, from being known.
fn disk_gaps(topology: &Topology<'_>) -> Vec<Gap> {
    if topology.has_ceph() || topology.ceph_is_open() { topology.disk_gaps() } else { Vec::new() }
}

fn all(judge: &mut Judge<'_>, gaps: &[Gap]) {
    for (index, gap) in gaps.iter().enumerate() {
        if !gaps[..index].contains(gap) {
            judge.gap(gap);
        }
    }
}

fn subject(network: &Network<'_>) -> Subject {
    Subject::new(network.path(), network.span())
}

/// Where a purpose of a network is written.
fn purpose_span(network: &Network<'_>, purpose: Purpose) -> Span {
    let written = network.table().purpose.iter().flat_map(|list| list.value.iter());
    written.filter(|own| own.value == purpose).map(|own| own.span).next().unwrap_or(network.span())
}

fn public_networks<'a>(topology: &'a Topology<'a>) -> Vec<&'a Network<'a>> {
    topology.networks_for(Purpose::CephPublic).collect()
}

/// Networks for replication that clients are not on.
fn networks_apart<'a>(topology: &'a Topology<'a>) -> Vec<&'a Network<'a>> {
    topology.networks_for(Purpose::CephCluster).filter(|network| !network.is_for(Purpose::CephPublic)).collect()
}

pub(super) fn no_public_network(judge: &mut Judge<'_>) {
    if !has_ceph(judge) {
        return;
    }
    let topology = judge.topology();
    let gaps = network_gaps(topology);
    if !public_networks(topology).is_empty() {
        judge.holds();
    } else if gaps.is_empty() {
        let raised = judge.violated(Subject::new("ceph", topology.ceph_span()));
        raised.with("networks", topology.networks.len());
    } else {
        all(judge, &gaps);
    }
}

pub(super) fn no_cluster_network(judge: &mut Judge<'_>) {
    if !has_ceph(judge) {
        return;
    }
    let topology = judge.topology();
    let gaps = network_gaps(topology);
    if !networks_apart(topology).is_empty() {
        judge.holds();
        return;
    }
    if !gaps.is_empty() {
        all(judge, &gaps);
        return;
    }
    for network in public_networks(topology) {
        let raised = judge.violated(subject(network));
        raised.at(purpose_span(network, Purpose::CephPublic)).with("network", network.name());
    }
}

pub(super) fn cluster_network_adds_complexity(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    let public = public_networks(topology);
    if public.is_empty() {
        return;
    }
    let apart = networks_apart(topology);
    for network in &apart {
        let raised = judge.violated(subject(network));
        raised.at(purpose_span(network, Purpose::CephCluster)).with("network", network.name());
        raised.with("public", public.iter().map(|network| network.name()).collect::<Vec<_>>());
        for network in &public {
            raised.about(network.path());
        }
    }
    if apart.is_empty() {
        judge.holds();
    }
}

/// Networks that carry Ceph.
fn ceph_networks<'a>(topology: &'a Topology<'a>) -> Vec<&'a Network<'a>> {
    let for_ceph = |network: &&Network<'_>| network.is_for(Purpose::CephPublic) || network.is_for(Purpose::CephCluster);
    topology.networks.iter().filter(for_ceph).collect()
}

/// The network that copies travel over: the cluster network, or the public one without it.
fn replication_networks<'a>(topology: &'a Topology<'a>) -> Vec<&'a Network<'a>> {
    let cluster: Vec<_> = topology.networks_for(Purpose::CephCluster).collect();
    if cluster.is_empty() { public_networks(topology) } else { cluster }
}

fn interface_gap(topology: &Topology<'_>, network: &Network<'_>, node: &Node<'_>) -> Gap {
    let missing = topology.missing_interface(network, node);
    Gap { path: network.path(), span: network.interface_span(), missing }
}

fn names(nodes: &[&Node<'_>]) -> Vec<String> {
    nodes.iter().map(|node| node.name.to_string()).collect()
}

fn about_nodes(raised: &mut Raised, nodes: &[&Node<'_>]) {
    for path in crate::topology::node_paths(nodes) {
        raised.about(path);
    }
}

pub(super) fn network_on_one_card(judge: &mut Judge<'_>) {
    if !has_ceph(judge) {
        return;
    }
    let topology = judge.topology();
    let networks = ceph_networks(topology);
    let mut gaps = if networks.is_empty() { network_gaps(topology) } else { topology.model_gaps() };
    for model in topology.models_in_use() {
        let mut found: Vec<(OneCard<'_>, Vec<&Node<'_>>)> = Vec::new();
        for node in &model.nodes {
            let (cards, more) = one_card(topology, &networks, node);
            if cards.is_empty() && more.is_empty() && networks.iter().any(|own| own.attachment(node.device()).is_some())
            {
                judge.holds();
            }
            for card in cards {
                match found.iter_mut().find(|(known, _)| *known == card) {
                    Some((_, nodes)) => nodes.push(node),
                    None => found.push((card, vec![node])),
                }
            }
            gaps.extend(more);
        }
        for (card, nodes) in &found {
            on_one_card(judge, &model, &networks, card, nodes);
        }
    }
    all(judge, &gaps);
}

/// A card with all ports of some networks.
#[derive(PartialEq)]
struct OneCard<'a> {
    card: &'a str,
    networks: Vec<&'a str>,
}

/// Cards of a node that have all ports of a network, and the keys that would tell it of the other networks.
fn one_card<'a>(
    topology: &'a Topology<'a>,
    networks: &[&'a Network<'a>],
    node: &Node<'_>,
) -> (Vec<OneCard<'a>>, Vec<Gap>) {
    let (mut found, mut gaps): (Vec<OneCard<'_>>, _) = (Vec::new(), Vec::new());
    for network in networks {
        let Some(place) = network.attachment(node.device()) else { continue };
        let ports = place.interface.as_ref().map(|interface| topology.ports_under(interface.value)).unwrap_or_default();
        // A port that only a cable names is on a card that nobody described.
        let (known, open): (Vec<_>, Vec<_>) =
            ports.iter().copied().partition(|port| !topology.port(*port).card.is_empty());
        let cards: BTreeSet<&str> = known.into_iter().map(|port| topology.port(port).card).collect();
        let bond = place.interface.as_ref().and_then(|interface| topology.bond_under(interface.value));
        match (cards.first(), open.first()) {
            _ if cards.len() > 1 => {}
            (Some(_), None) if bond.is_some_and(|bond| !bond.is_whole()) => {
                gaps.extend(bond.map(|bond| Gap::below(bond.path(), "members", bond.span())));
            }
            (_, Some(port)) => {
                let missing = topology.ports_key(topology.port(*port).device);
                gaps.push(Gap { path: network.path(), span: network.interface_span(), missing });
            }
            (None, None) => gaps.push(interface_gap(topology, network, node)),
            (Some(card), None) => match found.iter_mut().find(|known| known.card == *card) {
                Some(known) => known.networks.push(network.name()),
                None => found.push(OneCard { card, networks: vec![network.name()] }),
            },
        }
    }
    (found, gaps)
}

fn on_one_card(
    judge: &mut Judge<'_>,
    model: &ModelInUse<'_, '_>,
    networks: &[&Network<'_>],
    card: &OneCard<'_>,
    nodes: &[&Node<'_>],
) {
    let topology = judge.topology();
    let networks: Vec<&Network<'_>> =
        networks.iter().filter(|network| card.networks.contains(&network.name())).copied().collect();
    let ports = nodes.iter().flat_map(|node| node.ports.iter()).map(|port| topology.port(*port));
    let span = ports.filter(|port| port.card == card.card).map(|port| port.span).next().unwrap_or(model.span());
    let raised = judge.violated(Subject::new(format!("{}.cards.{}", model.path(), card.card), span));
    if let Some(network) = networks.first() {
        raised.at(network.interface_span());
    }
    raised.label("card", span).with("nodes", names(nodes)).with("card", card.card);
    raised.with("networks", card.networks.clone());
    for network in &networks {
        raised.about(network.path());
    }
    about_nodes(raised, nodes);
}

pub(super) fn shares_guest_network(judge: &mut Judge<'_>) {
    if !has_ceph(judge) {
        return;
    }
    let topology = judge.topology();
    let publics = public_networks(topology);
    let mut gaps = if publics.is_empty() { network_gaps(topology) } else { Vec::new() };
    for public in publics {
        let company = topology.company(public);
        let silent = company.iter().filter(|(other, _)| other.table().purpose.is_none());
        gaps.extend(silent.map(|(other, _)| Gap::below(other.path(), "purpose", other.span())));
        for guests in topology.networks_for(Purpose::Guest) {
            let together = if guests.name() == public.name() {
                topology.nodes_in(public).map(|(node, _)| node).collect()
            } else {
                let shared = company.iter().find(|(other, _)| other.name() == guests.name());
                let devices = shared.map_or([].as_slice(), |(_, devices)| devices);
                nodes_of(topology, devices)
            };
            if together.is_empty() {
                let unknown = unknown_together(topology, public, guests);
                if unknown.is_empty() {
                    judge.holds();
                }
                gaps.extend(unknown);
            } else {
                shared_with_guests(judge, public, guests, &together);
            }
        }
    }
    all(judge, &gaps);
}

fn nodes_of<'a>(topology: &'a Topology<'a>, devices: &[DeviceId]) -> Vec<&'a Node<'a>> {
    let node = |device: &DeviceId| match device {
        DeviceId::Node(index) => topology.nodes.get(*index),
        DeviceId::Switch(_) | DeviceId::Firewall(_) => None,
    };
    devices.iter().filter_map(node).collect()
}

/// The keys that would tell whether two networks meet on a node.
fn unknown_together(topology: &Topology<'_>, one: &Network<'_>, other: &Network<'_>) -> Vec<Gap> {
    let mut gaps: Vec<Gap> = Vec::new();
    for (node, own) in topology.nodes_in(one) {
        let Some(theirs) = other.attachment(node.device()) else { continue };
        let unknown = [(one, own), (other, theirs)].into_iter().filter(|(_, place)| place.interface.is_none());
        gaps.extend(unknown.map(|(network, _)| interface_gap(topology, network, node)));
    }
    gaps
}

fn shared_with_guests(judge: &mut Judge<'_>, public: &Network<'_>, guests: &Network<'_>, nodes: &[&Node<'_>]) {
    let topology = judge.topology();
    let carriers = |network: &Network<'_>| {
        let place = nodes.first().and_then(|node| network.attachment(node.device()));
        let interface = place.and_then(|place| place.interface.as_ref());
        interface.map(|interface| topology.carriers_under(interface.value)).unwrap_or_default()
    };
    let theirs = carriers(guests);
    let shared = carriers(public).iter().find(|carrier| theirs.contains(carrier));
    let raised = judge.violated(subject(guests));
    raised.at(guests.interface_span()).label("network", public.interface_span()).about(public.path());
    raised
        .with("nodes", names(nodes))
        .with("interface", shared.map_or("", |carrier| topology.interface_name(*carrier)));
    raised.with("network", public.name()).with("guest_network", guests.name());
    about_nodes(raised, nodes);
}

/// A node whose network is too slow, and what it carries.
struct Slow<'a> {
    node: &'a Node<'a>,
    rate: Rate,
    span: Span,
}

/// Nodes of a model in a network, by what they carry.
#[derive(Default)]
struct Speeds<'a> {
    slow: Vec<Slow<'a>>,
    fast: usize,
    unknown: Vec<Gap>,
}

/// Sorts the nodes of a model by whether they carry what is needed in a network.
fn speeds<'a>(
    topology: &'a Topology<'a>,
    model: &ModelInUse<'a, 'a>,
    network: &Network<'_>,
    needed: Rate,
) -> Speeds<'a> {
    let mut speeds = Speeds::default();
    for node in &model.nodes {
        let Some(place) = network.attachment(node.device()) else { continue };
        match topology.carried_rate(place) {
            Some((_, most)) if most < needed => {
                let span =
                    topology.slowest_port(place).and_then(|(port, _)| port.speed.as_ref()).map(|speed| speed.span);
                speeds.slow.push(Slow { node, rate: most, span: span.unwrap_or(network.interface_span()) });
            }
            Some((least, _)) if least < needed => {
                let bond = place.interface.as_ref().and_then(|interface| topology.bond_under(interface.value));
                speeds.unknown.extend(bond.map(|bond| Gap::below(bond.path(), "mode", bond.span())));
            }
            Some(_) => speeds.fast += 1,
            None => {
                let missing = topology.missing_speed(network, node, place);
                let missing = missing.unwrap_or_else(|| topology.missing_interface(network, node));
                speeds.unknown.push(Gap { path: network.path(), span: network.interface_span(), missing });
            }
        }
    }
    speeds
}

/// Raises a violation by the slow nodes of one model, with the slowest one's rate.
fn too_slow<'j>(
    judge: &'j mut Judge<'_>,
    network: &Network<'_>,
    speeds: &Speeds<'_>,
    disks: &DiskGroup<'_>,
    place: Span,
) -> Option<&'j mut Raised> {
    for _ in 0..speeds.fast {
        judge.holds();
    }
    let slow = &speeds.slow;
    let slowest = slow.iter().reduce(|least, own| if own.rate < least.rate { own } else { least })?;
    let nodes: Vec<&Node<'_>> = slow.iter().map(|slow| slow.node).collect();
    let raised = judge.violated(subject(network));
    raised.at(slowest.span).label("disks", place).about(disks.path());
    raised.with("network", network.name()).with("nodes", names(&nodes));
    raised.with("rate", slowest.rate.to(&units::GBIT_PER_S));
    about_nodes(raised, &nodes);
    Some(raised)
}

pub(super) fn nvme_below_25_gigabit(judge: &mut Judge<'_>, limits: &parameters::NvmeBelow25Gigabit) {
    let topology = judge.topology();
    let networks = ceph_networks(topology);
    let mut gaps = disk_gaps(topology);
    for model in topology.models_in_use() {
        let osds: Vec<DiskGroup<'_>> = model.disks_for(DiskRole::Osd).collect();
        let nvme = osds.iter().find(|group| group.media() == Some(Media::Nvme));
        let Some(group) = nvme.or_else(|| osds.iter().find(|group| group.media().is_none())) else { continue };
        if networks.is_empty() {
            gaps.extend(network_gaps(topology));
        }
        for network in &networks {
            let speeds = speeds(topology, &model, network, limits.minimum);
            if nvme.is_some() {
                let span = group.disk().media.as_ref().map_or(group.span(), |media| media.span);
                too_slow(judge, network, &speeds, group, span);
                gaps.extend(speeds.unknown);
            } else if !speeds.slow.is_empty() || !speeds.unknown.is_empty() {
                gaps.push(Gap::below(group.path(), "media", group.span()));
            }
        }
    }
    all(judge, &gaps);
}

pub(super) fn network_below_twice_disk_writes(judge: &mut Judge<'_>, limits: &parameters::NetworkBelowTwiceDiskWrites) {
    below_disk_writes(judge, limits.factor);
}

pub(super) fn network_below_disk_writes(judge: &mut Judge<'_>, limits: &parameters::NetworkBelowDiskWrites) {
    below_disk_writes(judge, limits.factor);
}

/// Holds the replication network against `factor` times what the fastest disk of a model writes.
fn below_disk_writes(judge: &mut Judge<'_>, factor: f64) {
    let topology = judge.topology();
    let networks = replication_networks(topology);
    let mut gaps = disk_gaps(topology);
    for model in topology.models_in_use() {
        let osds: Vec<DiskGroup<'_>> = model.disks_for(DiskRole::Osd).collect();
        if osds.is_empty() {
            continue;
        }
        if networks.is_empty() {
            gaps.extend(network_gaps(topology));
            continue;
        }
        let silent = osds.iter().filter(|group| group.write().is_none());
        gaps.extend(silent.map(|group| Gap::below(group.path(), "write", group.span())));
        let writing = osds.iter().filter_map(|group| Some((group, group.disk().write.as_ref()?)));
        let fastest = writing.reduce(|most, own| if own.1.value > most.1.value { own } else { most });
        let Some((group, write)) = fastest else { continue };
        let needed = write.value * factor;
        for network in &networks {
            let speeds = speeds(topology, &model, network, needed);
            if let Some(raised) = too_slow(judge, network, &speeds, group, write.span) {
                raised.with("disks", group.item.names.clone()).with("write_rate", write.value);
                raised.with("needed", needed.to(&units::GBIT_PER_S));
            }
            gaps.extend(speeds.unknown);
        }
    }
    all(judge, &gaps);
}

/// Names in a list of Ceph's services, each counted once; unproven where the list is missing.
fn services<'a>(
    judge: &mut Judge<'a>,
    key: &str,
    list: impl Fn(&'a Ceph) -> Option<&'a Spanned<Names>>,
) -> Option<(u32, Span)> {
    if !has_ceph(judge) {
        return None;
    }
    let topology = judge.topology();
    let Some(names) = topology.design.ceph.as_ref().and_then(|ceph| list(&ceph.value)) else {
        judge.gap(&Gap::below("ceph".to_owned(), key, topology.ceph_span()));
        return None;
    };
    let distinct: BTreeSet<&str> = names.value.iter().collect();
    Some((u32::try_from(distinct.len()).unwrap_or(u32::MAX), names.span))
}

pub(super) fn fewer_than_three_monitors(judge: &mut Judge<'_>, limits: &parameters::FewerThanThreeMonitors) {
    let Some((monitors, span)) = services(judge, "monitors", |ceph| ceph.monitors.as_ref()) else { return };
    if monitors < limits.minimum {
        judge.violated(Subject::new("ceph.monitors", span)).with("monitors", monitors);
    } else {
        judge.holds();
    }
}

pub(super) fn more_monitors_than_needed(judge: &mut Judge<'_>, limits: &parameters::MoreMonitorsThanNeeded) {
    let Some((monitors, span)) = services(judge, "monitors", |ceph| ceph.monitors.as_ref()) else { return };
    // Stretch mode has rules of its own on monitors, and takes five.
    if monitors > limits.maximum && judge.topology().stretch_mode() != Some(true) {
        judge.violated(Subject::new("ceph.monitors", span)).with("monitors", monitors);
    } else {
        judge.holds();
    }
}

pub(super) fn fewer_than_two_managers(judge: &mut Judge<'_>, limits: &parameters::FewerThanTwoManagers) {
    let Some((managers, span)) = services(judge, "managers", |ceph| ceph.managers.as_ref()) else { return };
    if managers < limits.minimum {
        judge.violated(Subject::new("ceph.managers", span)).with("managers", managers);
    } else {
        judge.holds();
    }
}

pub(super) fn fewer_than_two_metadata_servers(judge: &mut Judge<'_>, limits: &parameters::FewerThanTwoMetadataServers) {
    let topology = judge.topology();
    let Some(files) = topology.cephfs_span() else { return };
    let listed = services(judge, "metadata_servers", |ceph| ceph.metadata_servers.as_ref());
    let Some((metadata_servers, span)) = listed else { return };
    if metadata_servers < limits.minimum {
        let raised = judge.violated(Subject::new("ceph.metadata_servers", span));
        raised.with("metadata_servers", metadata_servers).label("pool", files);
    } else {
        judge.holds();
    }
}

pub(super) fn network_below_ten_gigabit(judge: &mut Judge<'_>, limits: &parameters::NetworkBelowTenGigabit) {
    below_rate(judge, limits.minimum);
}

pub(super) fn network_below_one_gigabit(judge: &mut Judge<'_>, limits: &parameters::NetworkBelowOneGigabit) {
    below_rate(judge, limits.minimum);
}

/// Holds what each network of Ceph carries on its nodes against a rate.
fn below_rate(judge: &mut Judge<'_>, minimum: Rate) {
    let topology = judge.topology();
    let mut gaps = Vec::new();
    for network in ceph_networks(topology) {
        let mut slowest: Option<(Rate, Span)> = None;
        let (mut nodes, mut open): (Vec<&Node<'_>>, Vec<Gap>) = (Vec::new(), Vec::new());
        for (node, place) in topology.nodes_in(network) {
            let bond = place.interface.as_ref().and_then(|interface| topology.bond_under(interface.value));
            match topology.carried_rate(place) {
                Some((_, most)) if most < minimum => {
                    let port = topology.slowest_port(place).and_then(|(port, _)| port.speed.as_ref());
                    let span = port.map_or(network.interface_span(), |speed| speed.span);
                    slowest = Some(slowest.filter(|(least, _)| *least <= most).unwrap_or((most, span)));
                    nodes.push(node);
                }
                Some((least, _)) if least < minimum => {
                    open.extend(bond.map(|bond| Gap::below(bond.path(), "mode", bond.span())));
                }
                Some(_) => {}
                None => {
                    let missing = topology.missing_speed(network, node, place);
                    let missing = missing.unwrap_or_else(|| topology.missing_interface(network, node));
                    open.push(Gap { path: network.path(), span: network.interface_span(), missing });
                }
            }
        }
        if let Some((rate, span)) = slowest {
            let raised = judge.violated(subject(network)).at(span).with("network", network.name());
            raised.with("rate", rate.to(&units::GBIT_PER_S)).with("nodes", names(&nodes));
            about_nodes(raised, &nodes);
        } else if open.is_empty() && topology.nodes_in(network).next().is_some() {
            judge.holds();
        }
        gaps.extend(open);
    }
    all(judge, &gaps);
}

pub(super) fn network_on_single_port(judge: &mut Judge<'_>, limits: &parameters::NetworkOnSinglePort) {
    let topology = judge.topology();
    let mut gaps = Vec::new();
    for network in ceph_networks(topology).into_iter().filter(|network| network.table().mesh.is_none()) {
        let (mut nodes, mut open): (Vec<(&Node<'_>, usize)>, Vec<Gap>) = (Vec::new(), Vec::new());
        let mut judged = false;
        for (node, place) in topology.nodes_in(network) {
            if network::is_routed(topology, place.device) {
                continue;
            }
            judged = true;
            let Some(interface) = place.interface.as_ref() else {
                open.push(interface_gap(topology, network, node));
                continue;
            };
            let ports = topology.ports_under(interface.value).len();
            let bond = topology.bond_under(interface.value).filter(|bond| !bond.is_whole());
            if let Some(bond) = bond {
                open.push(Gap::below(bond.path(), "members", bond.span()));
            } else if ports == 0 {
                open.push(interface_gap(topology, network, node));
            } else if ports < limits.fewest as usize {
                nodes.push((node, ports));
            }
        }
        if let Some(ports) = nodes.iter().map(|(_, ports)| *ports).min() {
            let nodes: Vec<&Node<'_>> = nodes.into_iter().map(|(node, _)| node).collect();
            let raised = judge.violated(subject(network)).at(network.interface_span());
            raised.with("network", network.name()).with("ports", ports).with("nodes", names(&nodes));
            about_nodes(raised, &nodes);
        } else if open.is_empty() && judged {
            judge.holds();
        }
        gaps.extend(open);
    }
    all(judge, &gaps);
}

/// A service of Ceph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Service {
    Osds,
    Manager,
    MetadataServer,
    Monitor,
}

impl Service {
    fn said(self) -> Said {
        match self {
            Self::Osds => words::evidence::osds(),
            Self::Manager => words::evidence::manager(),
            Self::MetadataServer => words::evidence::metadata_server(),
            Self::Monitor => words::components::monitor(),
        }
    }
}

/// The services of Ceph that run on a node.
fn services_on(topology: &Topology<'_>, node: &Node<'_>) -> Vec<Service> {
    let ceph = topology.design.ceph.as_ref().map(|ceph| &ceph.value);
    let lists = [
        (Service::Monitor, ceph.and_then(|ceph| ceph.monitors.as_ref())),
        (Service::Manager, ceph.and_then(|ceph| ceph.managers.as_ref())),
        (Service::MetadataServer, ceph.and_then(|ceph| ceph.metadata_servers.as_ref())),
    ];
    let listed = lists.into_iter().filter(|(_, list)| list.is_some_and(|list| list.value.contains(&node.name)));
    let osds = has_osds(node).then_some(Service::Osds);
    listed.map(|(service, _)| service).chain(osds).collect()
}

fn has_osds(node: &Node<'_>) -> bool {
    node.osd_groups().any(|group| group.count() != Some(0))
}

/// Nodes of one table that are in none of some networks, with what leaves the first of them out.
struct LeftOut<'a> {
    nodes: Vec<&'a Node<'a>>,
    network: &'a Network<'a>,
    span: Span,
}

/// The nodes that none of some networks reaches, by the tables that describe them; the other nodes asked for hold.
fn left_out<'a>(
    judge: &mut Judge<'a>,
    networks: &[&'a Network<'a>],
    asked: impl Fn(&Node<'a>) -> bool,
) -> Vec<LeftOut<'a>> {
    let topology = judge.topology();
    let mut found: Vec<LeftOut<'_>> = Vec::new();
    for node in topology.nodes.iter().filter(|node| asked(node)) {
        let spans: Vec<Option<Span>> = networks.iter().map(|network| topology.leaves_out(network, node)).collect();
        let (Some(Some(span)), Some(network)) = (spans.first().copied(), networks.first()) else {
            judge.holds();
            continue;
        };
        if spans.contains(&None) {
            judge.holds();
            continue;
        }
        match found.last_mut().filter(|last| last.nodes.iter().all(|known| std::ptr::eq(known.item, node.item))) {
            Some(last) => last.nodes.push(node),
            None => found.push(LeftOut { nodes: vec![node], network, span }),
        }
    }
    found
}

fn raise_left_out<'j>(judge: &'j mut Judge<'_>, left_out: &LeftOut<'_>) -> Option<&'j mut Raised> {
    let first = left_out.nodes.first()?;
    let raised = judge.violated(Subject::new(first.path(), first.span()));
    raised.at(left_out.span).about(left_out.network.path()).label("node", first.span());
    raised.with("nodes", names(&left_out.nodes)).with("network", left_out.network.name());
    Some(raised)
}

/// A network that does not say what it is for, and which a node is in.
fn silent_network(topology: &Topology<'_>, node: &Node<'_>) -> Option<Gap> {
    let silent = topology.networks.iter().filter(|network| network.table().purpose.is_none());
    let own = silent.filter(|network| topology.leaves_out(network, node).is_none());
    own.map(|network| Gap::below(network.path(), "purpose", network.span())).next()
}

pub(super) fn service_outside_public_network(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    let networks = public_networks(topology);
    if networks.is_empty() {
        return;
    }
    for left_out in left_out(judge, &networks, |node| !services_on(topology, node).is_empty()) {
        if let Some(gap) = left_out.nodes.first().and_then(|node| silent_network(topology, node)) {
            judge.gap(&gap);
            continue;
        }
        let services: BTreeSet<Service> = left_out.nodes.iter().flat_map(|node| services_on(topology, node)).collect();
        if let Some(raised) = raise_left_out(judge, &left_out) {
            raised.with("services", services.into_iter().map(Service::said).collect::<Vec<_>>());
        }
    }
}

pub(super) fn node_outside_public_network(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    let networks = public_networks(topology);
    if networks.is_empty() || networks.iter().any(|network| network.table().gateway.is_some()) {
        return;
    }
    for left_out in left_out(judge, &networks, |node| services_on(topology, node).is_empty()) {
        match left_out.nodes.first().and_then(|node| silent_network(topology, node)) {
            Some(gap) => _ = judge.gap(&gap),
            None => _ = raise_left_out(judge, &left_out),
        }
    }
}

pub(super) fn osd_node_outside_cluster_network(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    let networks = networks_apart(topology);
    if networks.is_empty() {
        return;
    }
    let disks_open = |node: &Node<'_>| {
        let unsaid = node.disk_groups().find(|group| group.role().is_none());
        match node.model {
            None => Some(Gap::below(node.path(), "model", node.span())),
            Some(model) if !crate::topology::disks_known(&model.value) => {
                Some(Gap::below(format!("server_model.{}", model.pattern.value), "disks", model.pattern.span))
            }
            Some(_) => unsaid.map(|group| Gap::below(group.path(), "role", group.span())),
        }
    };
    let asked = |node: &Node<'_>| has_osds(node) || disks_open(node).is_some();
    for left_out in left_out(judge, &networks, asked) {
        match left_out.nodes.first().filter(|node| !has_osds(node)).and_then(|node| disks_open(node)) {
            Some(gap) => _ = judge.gap(&gap),
            None => _ = raise_left_out(judge, &left_out),
        }
    }
}

pub(super) fn cluster_network_has_gateway(judge: &mut Judge<'_>) {
    for network in networks_apart(judge.topology()) {
        match &network.table().gateway {
            None => judge.holds(),
            Some(gateway) => {
                let raised = judge.violated(subject(network)).at(gateway.span);
                raised.with("network", network.name()).with("gateway", gateway.value.as_str());
            }
        }
    }
}

/// The address families a node has in some networks.
struct Families<'a> {
    node: &'a Node<'a>,
    words: BTreeSet<&'static str>,
    networks: Vec<&'a Network<'a>>,
    span: Span,
}

/// The families of every node's addresses in networks that serve the same end.
fn families<'a>(topology: &'a Topology<'a>, networks: &[&'a Network<'a>]) -> Vec<Families<'a>> {
    let mut found = Vec::new();
    for node in &topology.nodes {
        let mut own: Option<Families<'_>> = None;
        for network in networks {
            let Some(address) = network.attachment(node.device()).and_then(|place| place.address.as_ref()) else {
                continue;
            };
            let word = if address.value.ip.is_ipv4() { "IPv4" } else { "IPv6" };
            let span = address.span;
            let own = own.get_or_insert_with(|| Families { node, words: BTreeSet::new(), networks: Vec::new(), span });
            own.words.insert(word);
            own.networks.push(network);
        }
        found.extend(own);
    }
    found
}

pub(super) fn mixed_address_families(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    let mut all = families(topology, &public_networks(topology));
    all.extend(families(topology, &networks_apart(topology)));
    let Some(first) = all.first() else { return };
    let Some(other) = all.iter().find(|other| other.words != first.words) else {
        judge.holds();
        return;
    };
    let Some(network) = other.networks.first() else { return };
    let words = |families: &Families<'_>| families.words.iter().copied().collect::<Vec<_>>();
    let networks =
        |families: &Families<'_>| families.networks.iter().map(|own| own.name().to_owned()).collect::<Vec<_>>();
    let raised = judge.violated(subject(network)).at(other.span).label("other", first.span);
    raised.with("family", words(first)).with("node", first.node.name.as_str()).with("networks", networks(first));
    raised.with("other_family", words(other)).with("other_node", other.node.name.as_str());
    raised.with("other_networks", networks(other));
    for own in first.networks.iter().chain(&other.networks) {
        raised.about(own.path());
    }
}

pub(super) fn round_trip_above_one_millisecond(
    judge: &mut Judge<'_>,
    limits: &parameters::RoundTripAboveOneMillisecond,
) {
    slow_round_trip(judge, limits.limit);
}

pub(super) fn round_trip_above_ten_milliseconds(
    judge: &mut Judge<'_>,
    limits: &parameters::RoundTripAboveTenMilliseconds,
) {
    slow_round_trip(judge, limits.limit);
}

/// Holds the longest round trip between nodes with OSDs, in each network of Ceph, against a limit.
fn slow_round_trip(judge: &mut Judge<'_>, limit: Time) {
    let topology = judge.topology();
    for network in ceph_networks(topology) {
        let Some(worst) = between_osds(topology, network) else { continue };
        match worst.estimate.filter(|estimate| estimate.round_trip > limit || worst.complete) {
            Some(estimate) if estimate.round_trip > limit => {
                let raised = judge.violated(subject(network)).at(estimate.span).label("network", network.span());
                raised.with("network", network.name()).with("round_trip", estimate.round_trip);
                if estimate.basis == Basis::Assumed {
                    raised.assumed(estimate.path.clone());
                }
            }
            Some(_) => judge.holds(),
            None => _ = judge.unproven(subject(network), format!("{}.latency", network.path())),
        }
    }
}

/// The longest round trip between two nodes with OSDs in a network. A site without OSDs, such as that of a tiebreaker,
/// may be far away.
fn between_osds(topology: &Topology<'_>, network: &Network<'_>) -> Option<Worst> {
    let stores = |device: DeviceId| matches!(device, DeviceId::Node(index) if has_osds(&topology.nodes[index]));
    if !topology.nodes_in(network).any(|(node, _)| has_osds(node)) {
        return None;
    }
    let known = latency::known_between(topology, network, stores);
    let longer = |worst: Estimate, next: Estimate| if next.round_trip > worst.round_trip { next } else { worst };
    let estimate = known.estimates.into_iter().reduce(longer);
    (estimate.is_some() || !known.complete).then_some(Worst { estimate, complete: known.complete })
}
