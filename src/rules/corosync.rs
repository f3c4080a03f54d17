//! Corosync's links: what else runs over their ports, their order, their latency, and the timeouts that follow.

use std::collections::BTreeSet;

use foldhash::HashMap;

use super::{Judge, Raised, Subject};
use crate::capacity::latency::{self, Estimate};
use crate::capacity::{Timeouts, queues};
use crate::catalogue::parameters::corosync as parameters;
use crate::design::{Bond, BondMode, Item, LacpRate, Purpose};
use crate::source::{Span, Spanned};
use crate::topology::{self, Attachment, CorosyncLink, DeviceId, Interface, Network, Node, PortId, Topology};
use crate::words;

pub(super) fn link_number_out_of_range(judge: &mut Judge<'_>, limits: &parameters::LinkNumberOutOfRange) {
    for link in &judge.topology().corosync_links {
        if link.number <= limits.highest {
            judge.holds();
        } else {
            judge.violated(subject(link)).with("link", link.number);
        }
    }
}

pub(super) fn shared_nic(judge: &mut Judge<'_>, limits: &parameters::SharedNic) {
    let Some(link) = preferred(judge) else { return };
    let topology = judge.topology();
    let network = topology.link_network(link);
    let heeded = |purpose: Purpose| is_foreign(purpose) && !limits.tolerated.contains(&purpose.to_string().as_str());
    let company = Company::of(topology, network, &heeded);
    if company.is_none() {
        return company.settle(judge, subject(link));
    }
    raise_shared(judge, link, &company, "network").with("purposes", company.purposes());
}

/// A link that shares its carrier, with the networks it shares it with under a label.
fn raise_shared<'j>(
    judge: &'j mut Judge<'_>,
    link: &CorosyncLink<'_>,
    company: &Company<'_>,
    label: &'static str,
) -> &'j mut Raised {
    let topology = judge.topology();
    let network = topology.link_network(link);
    let place = company.place(topology, network);
    let raised = judge.violated(subject(link));
    raised.at(place.span).about(network.path());
    raised.with("link", link.number).with("carrier", place.carrier).with("nodes", place.nodes);
    for (other, _, _) in &company.others {
        raised.label(label, other.interface_span()).about(other.path());
    }
    raised
}

pub(super) fn dedicated_link_not_first(judge: &mut Judge<'_>) {
    let Some(first) = judge.topology().corosync_links.first() else { return };
    if let Some(dedicated) = overlooked(judge, first) {
        let raised = judge.violated(subject(dedicated));
        raised.with("link", dedicated.number).with("first", first.number);
        raised.label("first", first.span()).about(first.path());
    }
}

pub(super) fn dedicated_link_not_preferred(judge: &mut Judge<'_>) {
    let Some(preferred) = judge.topology().winning_link() else { return };
    if let Some(dedicated) = overlooked(judge, preferred) {
        let priority = |link: &CorosyncLink<'_>| link.item.value.priority.as_ref().map(|priority| priority.span);
        let raised = judge.violated(subject(dedicated));
        raised.at(priority(dedicated).or_else(|| priority(preferred)).unwrap_or(dedicated.span()));
        raised.with("preferred", preferred.number).with("priority", preferred.priority());
        raised.with("dedicated", dedicated.number).with("dedicated_priority", dedicated.priority());
        raised.label("preferred", preferred.span()).about(preferred.path());
    }
}

pub(super) fn no_second_path(judge: &mut Judge<'_>, limits: &parameters::NoSecondPath) {
    let links = links(judge);
    let topology = judge.topology();
    if links.is_empty() || topology.unread_link().is_some() || topology.nodes.len() == 1 {
        return;
    }
    let paths = Paths::of(topology, links);
    let fewest = limits.fewest as usize;
    let short: Vec<(&Node<'_>, usize)> = topology
        .nodes
        .iter()
        .enumerate()
        .map(|(index, node)| (node, paths.at_most(DeviceId::Node(index))))
        .filter(|(_, most)| *most < fewest)
        .collect();
    let Some((node, _)) = short.first() else {
        return judge.settle(corosync(topology), paths.missing(fewest).into_iter().collect());
    };
    let least = short.iter().map(|(_, most)| *most).min().unwrap_or_default();
    let raised = judge.violated(Subject::new(node.path(), node.span()));
    raised.with("paths", least).with("nodes", short.iter().map(|(node, _)| node.name.as_str()).collect::<Vec<_>>());
    match paths.shared(fewest) {
        Some([first, second]) => {
            raised.at(second.1).label("shared", first.1).about(first.0.path()).about(second.0.path());
        }
        None => {
            raised.at(links.last().map_or(corosync_span(topology), CorosyncLink::span));
        }
    }
}

pub(super) fn on_storage_network(judge: &mut Judge<'_>, limits: &parameters::OnStorageNetwork) {
    let Some(link) = preferred(judge) else { return };
    let topology = judge.topology();
    let network = topology.link_network(link);
    let storage: Vec<Purpose> = topology
        .uses(network)
        .into_iter()
        .filter(|purpose| limits.storage.contains(&purpose.to_string().as_str()))
        .collect();
    let Some(first) = storage.first() else {
        return match &network.table().purpose {
            Some(_) => judge.holds(),
            None => {
                judge.unproven(subject(link), format!("{}.purpose", network.path()));
            }
        };
    };
    let raised = judge.violated(subject(link));
    raised.at(purpose_span(network, *first)).about(network.path());
    raised.with("link", link.number).with("network", network.name()).with("purposes", words(&storage));
    raised.label("link", link.span());
}

pub(super) fn carries_migration(judge: &mut Judge<'_>) {
    let Some(link) = preferred(judge) else { return };
    let topology = judge.topology();
    let network = topology.link_network(link);
    let taken = match migration_networks(topology) {
        Ok(taken) => taken,
        Err(missing) => {
            judge.unproven(subject(link), missing);
            return;
        }
    };
    let is_taken = |other: &Network<'_>| taken.iter().any(|network| network.name() == other.name());
    let shared = topology.company(network).into_iter().find(|(other, _)| is_taken(other));
    let Some((other, devices)) = shared.or_else(|| is_taken(network).then_some((network, &[]))) else {
        let unknown = |other: &&&Network<'_>| unknown_carrier(topology, network, other).is_some();
        return match taken.iter().find(unknown).and_then(|other| unknown_carrier(topology, network, other)) {
            Some(missing) => {
                judge.unproven(subject(link), missing);
            }
            None => judge.holds(),
        };
    };
    let chosen = topology.design.migration.as_ref().and_then(|migration| migration.value.network.as_ref());
    let carrier = carrier(topology, network, devices);
    let raised = judge.violated(subject(link));
    raised.at(chosen.map_or(other.span(), |chosen| chosen.span)).about(network.path()).about(other.path());
    raised.with("link", link.number).with("network", other.name()).with("carrier", carrier);
    raised.label("link", network.interface_span());
}

pub(super) fn primary_on_bond(judge: &mut Judge<'_>) {
    let Some(link) = preferred(judge) else { return };
    let topology = judge.topology();
    let network = topology.link_network(link);
    let known = |(node, attachment): (_, &Attachment)| Some((node, attachment.interface.clone()?));
    let stacked = |interface: &Interface| !matches!(interface, Interface::Port(_));
    let over: Vec<_> =
        topology.nodes_in(network).filter_map(known).filter(|(_, interface)| stacked(&interface.value)).collect();
    let Some((_, first)) = over.first() else {
        return judge.settle(subject(link), topology.missing_interfaces(network));
    };
    let declared = match first.value {
        Interface::Bridge(bridge) => Some(topology.bridges[bridge].item.pattern.span),
        interface => topology.bond_under(interface).map(crate::topology::Bond::span),
    };
    let raised = judge.violated(subject(link));
    raised.at(first.span).about(network.path());
    raised.with("link", link.number).with("carrier", topology.interface_name(first.value));
    raised.with("nodes", over.iter().map(|(node, _)| node.name.as_str()).collect::<Vec<_>>());
    if let Some(span) = declared {
        raised.label("carrier", span);
    }
}

pub(super) fn lacp_rate_slow(judge: &mut Judge<'_>) {
    for (bond, links) in bonds(judge) {
        let table = &bond.value;
        match table.mode.as_ref().map(|mode| mode.value) {
            None => {
                judge.unproven(bond_subject(bond), format!("bond.{}.mode", bond.pattern.value));
            }
            Some(BondMode::Lacp) if table.unread.contains(&"lacp_rate") => {
                judge.unproven(bond_subject(bond), format!("bond.{}.lacp_rate", bond.pattern.value));
            }
            Some(BondMode::Lacp) => {
                let rate = table.lacp_rate.as_ref();
                // The kernel asks slowly where nothing is said.
                let asked = rate.map_or(LacpRate::Slow, |rate| rate.value);
                if asked == LacpRate::Fast {
                    judge.holds();
                    continue;
                }
                let slow = written_slow(judge.topology(), bond);
                let raised = bond_violated(judge, bond, &links);
                raised.at(rate.map_or(bond.pattern.span, |rate| rate.span)).with("lacp_rate", asked.to_string());
                for place in slow {
                    raised.fix(place);
                }
            }
            Some(_) => {}
        }
    }
}

pub(super) fn switch_lacp_rate_slow(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    for (bond, links) in bonds_under(topology) {
        let equals = topology.bonds.iter().filter(|known| std::ptr::eq(known.item, bond));
        let ends: Vec<_> = equals.flat_map(|known| &topology.bond_ends(known).ports).copied().collect();
        let rates = ends.iter().filter_map(|port| Some((port, topology.port(*port).settings?.lacp_rate.as_ref()?)));
        let (slow, fast): (Vec<_>, Vec<_>) = rates.partition(|(_, rate)| rate.value == LacpRate::Slow);
        let mode = bond.value.mode.as_ref().map(|mode| mode.value);
        match slow.first() {
            _ if mode.is_some_and(|mode| mode != BondMode::Lacp) => {}
            Some(_) if mode.is_none() => {
                judge.unproven(bond_subject(bond), format!("bond.{}.mode", bond.pattern.value));
            }
            Some((_, rate)) => {
                let raised = bond_violated(judge, bond, &links).at(rate.span);
                raised.with("ports", slow.iter().map(|(port, _)| topology.port_name(**port)).collect::<Vec<_>>());
                for place in written_slow(topology, bond) {
                    raised.fix(place);
                }
            }
            None if !fast.is_empty() => judge.holds(),
            None => {}
        }
    }
}

pub(super) fn links_on_one_switch(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    if topology.cables.is_empty() && topology.switches.is_empty() {
        return;
    }
    links_on_one(judge, "switch", &|port| match topology.far_end(port).map(|far| topology.port(far).device) {
        None => Part::Open("cable".to_owned()),
        Some(DeviceId::Switch(switch)) => Part::Of(topology.switches[switch].name.to_string()),
        Some(_) => Part::Own,
    });
}

pub(super) fn links_on_one_card(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    links_on_one(judge, "card", &|port| match topology.port(port).card {
        "" => Part::Own,
        card => Part::Of(card.to_owned()),
    });
}

pub(super) fn bond_mode_not_advised(judge: &mut Judge<'_>, limits: &parameters::BondModeNotAdvised) {
    for (bond, links) in bonds(judge) {
        match &bond.value.mode {
            None => {
                judge.unproven(bond_subject(bond), format!("bond.{}.mode", bond.pattern.value));
            }
            Some(mode) if limits.modes.contains(&mode.value.to_string().as_str()) => {
                bond_violated(judge, bond, &links).at(mode.span).with("mode", mode.value.to_string());
            }
            Some(_) => judge.holds(),
        }
    }
}

pub(super) fn latency_not_under_five(judge: &mut Judge<'_>, limits: &parameters::LatencyNotUnderFive) {
    let reaches = |estimate: &Estimate| match estimate.jitter {
        _ if estimate.round_trip >= limits.limit => Some(true),
        jitter => jitter.map(|jitter| estimate.round_trip + jitter >= limits.limit),
    };
    for (link, estimate) in slow_links(judge, reaches) {
        late(judge, link, &estimate).with("jitter", jitter(&estimate));
    }
}

pub(super) fn latency_above_documents(judge: &mut Judge<'_>, limits: &parameters::LatencyAboveDocuments) {
    let above = |estimate: &Estimate| match estimate.jitter {
        _ if estimate.round_trip > limits.limit => Some(true),
        jitter => jitter.map(|jitter| jitter > limits.limit),
    };
    for (link, estimate) in slow_links(judge, above) {
        late(judge, link, &estimate).with("jitter", jitter(&estimate));
    }
}

pub(super) fn latency_not_measured(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    for link in links(judge) {
        let network = topology.link_network(link);
        match latency::worst(topology, network).estimate {
            Some(estimate) if estimate.basis == latency::Basis::Measured => judge.holds(),
            Some(estimate) if estimate.basis == latency::Basis::Declared => match estimate.basis_span {
                None => _ = judge.unproven(subject(link), format!("{}.basis", estimate.path)),
                Some(written) => {
                    late(judge, link, &estimate).at(written).with("basis", words::evidence::declared());
                }
            },
            _ => _ = judge.unproven(subject(link), format!("{}.latency", network.path())),
        }
    }
}

pub(super) fn latency_above_ten_with_more_nodes(
    judge: &mut Judge<'_>,
    limits: &parameters::LatencyAboveTenWithMoreNodes,
) {
    let nodes = judge.topology().nodes.len();
    if nodes == 0 {
        let subject = corosync(judge.topology());
        judge.unproven(subject, "node");
    }
    if nodes <= limits.few as usize {
        return;
    }
    for (link, estimate) in slow_links(judge, |estimate| Some(estimate.round_trip > limits.limit)) {
        late(judge, link, &estimate).with("nodes", nodes);
    }
}

pub(super) fn qos_instead_of_separation(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    let Some(link) = topology.winning_link() else { return };
    let network = topology.link_network(link);
    let Some(qos) = &network.table().qos else { return };
    let company = Company::of(topology, network, &is_foreign);
    if !qos.value {
        judge.holds();
    } else if company.is_none() {
        company.settle(judge, subject(link));
    } else {
        let raised = judge.violated(subject(link));
        raised.at(qos.span).about(network.path());
        raised.with("network", network.name()).with("link", link.number).with("purposes", company.purposes());
    }
}

pub(super) fn shares_management(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    if topology.networks_for(Purpose::Management).next().is_none() {
        return;
    }
    let Some(link) = preferred(judge) else { return };
    let network = topology.link_network(link);
    let company = Company::of(topology, network, &|purpose| purpose == Purpose::Management);
    if company.is_none() {
        return company.settle(judge, subject(link));
    }
    raise_shared(judge, link, &company, "management");
}

pub(super) fn token_timeouts_reach_fencing(judge: &mut Judge<'_>, limits: &parameters::TokenTimeoutsReachFencing) {
    let topology = judge.topology();
    let Some(available) = high_availability(topology) else { return };
    let subject = corosync(topology);
    if topology.nodes.is_empty() {
        judge.unproven(subject, "node");
        return;
    }
    if topology.nodes.len() == 1 {
        return;
    }
    let timeouts = Timeouts::of(topology, limits);
    match timeouts.breaks(limits.limit) {
        Some(false) => judge.holds(),
        Some(true) if available => {
            let raised = judge.violated(subject);
            raised.at(timeouts.span().unwrap_or(corosync_span(topology)));
            raised.with("nodes", topology.nodes.len()).with("coefficient", timeouts.coefficient);
            raised.with("token", timeouts.token).with("sum", timeouts.sum(timeouts.coefficient));
            if let Some(release) = timeouts.release {
                raised.label("release", release);
            }
        }
        Some(true) => {
            judge.unproven(subject, "ha.enabled");
        }
        None => {
            judge.unproven(subject, "design.proxmox_ve");
        }
    }
}

pub(super) fn link_incomplete(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    for link in links(judge) {
        let network = topology.link_network(link);
        let mut gaps = Gaps::default();
        for (index, node) in topology.nodes.iter().enumerate() {
            gaps.look(topology, network, node, network.attachment(DeviceId::Node(index)));
        }
        if topology.nodes.is_empty() {
            gaps.unknown.push("node".to_owned());
        }
        if gaps.left_out.is_empty() {
            judge.settle(subject(link), gaps.unknown);
            continue;
        }
        let raised = judge.violated(subject(link));
        raised.at(gaps.span(network)).about(network.path()).label("link", link.span());
        raised.with("link", link.number).with("network", network.name());
        raised.with("missing", gaps.missing.into_iter().collect::<Vec<_>>());
        raised.with("nodes", gaps.left_out.iter().map(|node| node.name.as_str()).collect::<Vec<_>>());
    }
}

pub(super) fn link_below_one_gigabit(judge: &mut Judge<'_>, limits: &parameters::LinkBelowOneGigabit) {
    let topology = judge.topology();
    for link in links(judge) {
        let network = topology.link_network(link);
        let (slowest, nodes) = topology.ports_below(network, limits.slowest);
        let Some((port, rate)) = slowest else {
            judge.settle(subject(link), topology.missing_speeds(network));
            continue;
        };
        let raised = judge.violated(subject(link));
        raised.at(port.speed.as_ref().map_or(port.span, |speed| speed.span)).about(network.path());
        raised.with("link", link.number).with("rate", rate);
        raised.with("nodes", nodes);
        raised.label("network", network.interface_span());
    }
}

pub(super) fn queue_delay_exceeds_budget(judge: &mut Judge<'_>, limits: &parameters::QueueDelayExceedsBudget) {
    let topology = judge.topology();
    let Some(link) = topology.winning_link() else { return };
    let network = topology.link_network(link);
    // A traffic class of its own at every port does not wait behind the others.
    if network.table().qos.as_ref().is_some_and(|qos| qos.value) {
        return;
    }
    let Some(shared) = queues::shared(topology, network) else { return };
    let Some(queue) = shared.longest.filter(|queue| queue.delay() > limits.budget) else {
        return judge.settle(subject(link), shared.missing);
    };
    let raised = judge.violated(subject(link));
    raised.at(network.interface_span()).about(network.path()).label("buffer", queue.span);
    raised.with("link", link.number).with("port", topology.port_name(queue.port)).with("delay", queue.delay());
    raised.with("buffer", queue.buffer).with("rate", queue.rate);
    raised.with("purposes", words(&shared.purposes.into_iter().collect::<Vec<_>>()));
}

/// The links; where a design of several nodes, or of none yet, has none, that is unproven.
fn links<'a>(judge: &mut Judge<'a>) -> &'a [CorosyncLink<'a>] {
    let topology = judge.topology();
    let written = topology.design.corosync.as_ref().and_then(|corosync| corosync.value.link.as_ref());
    if written.is_none_or(|links| links.value.0.is_empty()) && topology.nodes.len() != 1 {
        judge.unproven(corosync(topology), "corosync.link");
    } else if let Some(key) = topology.unread_link() {
        judge.unproven(corosync(topology), key);
    }
    &topology.corosync_links
}

/// The link that carries the heartbeat while all are up.
fn preferred<'a>(judge: &mut Judge<'a>) -> Option<&'a CorosyncLink<'a>> {
    links(judge);
    judge.topology().winning_link()
}

fn subject(link: &CorosyncLink<'_>) -> Subject {
    Subject::new(link.path(), link.span())
}

fn corosync(topology: &Topology<'_>) -> Subject {
    Subject::new("corosync", corosync_span(topology))
}

fn corosync_span(topology: &Topology<'_>) -> Span {
    topology.design.corosync.as_ref().map_or(topology.anchor(), |corosync| corosync.span)
}

fn words(purposes: &[Purpose]) -> Vec<String> {
    purposes.iter().map(Purpose::to_string).collect()
}

fn is_foreign(purpose: Purpose) -> bool {
    purpose != Purpose::Corosync
}

/// Where a purpose of a network is written, or else its interface.
fn purpose_span(network: &Network<'_>, purpose: Purpose) -> Span {
    let mut written = network.table().purpose.iter().flat_map(|list| list.value.iter());
    written.find(|written| written.value == purpose).map_or(network.interface_span(), |written| written.span)
}

/// Networks that live migration takes: the chosen one, or those for management. Otherwise the key that is missing.
fn migration_networks<'a>(topology: &'a Topology<'a>) -> Result<Vec<&'a Network<'a>>, String> {
    if let Some(network) = topology.migration_network() {
        return Ok(vec![network]);
    }
    let migration = topology.design.migration.as_ref();
    let by_default = migration.is_some_and(|migration| migration.value.network.is_none());
    let networks: Vec<_> = topology.networks_for(Purpose::Management).filter(|_| by_default).collect();
    if networks.is_empty() { Err("migration.network".to_owned()) } else { Ok(networks) }
}

/// Name of what carries a network on the first of these devices; the network's own name where none is given.
fn carrier<'t>(topology: &'t Topology<'_>, network: &'t Network<'_>, devices: &[DeviceId]) -> &'t str {
    let first = devices.first().and_then(|device| network.attachment(*device)?.interface.as_ref());
    first.map_or(network.name(), |interface| topology.interface_name(interface.value))
}

/// The key that would have to be written to know whether another network uses the ports of this one.
fn unknown_carrier(topology: &Topology<'_>, network: &Network<'_>, other: &Network<'_>) -> Option<String> {
    let own = topology.missing_interfaces(network).into_iter().next();
    own.or_else(|| topology.missing_interfaces(other).into_iter().next())
}

/// A network on the same ports, what it is for, and the nodes where it shares them.
type Companion<'a> = (&'a Network<'a>, Vec<Purpose>, Vec<DeviceId>);

/// What else runs over the ports of a network.
struct Company<'a> {
    own: Vec<Purpose>,
    others: Vec<Companion<'a>>,
    missing: Vec<String>,
}

/// Where a network shares what carries it.
struct Place {
    span: Span,
    carrier: String,
    nodes: Vec<String>,
}

impl<'a> Company<'a> {
    fn of(topology: &'a Topology<'a>, network: &Network<'_>, heeded: &dyn Fn(Purpose) -> bool) -> Self {
        let relevant = |network: &Network<'_>| -> Vec<Purpose> {
            topology.uses(network).into_iter().filter(|purpose| heeded(*purpose)).collect()
        };
        let mut missing = topology.missing_interfaces(network);
        if network.table().purpose.is_none() {
            missing.push(format!("{}.purpose", network.path()));
        }
        let mut others = Vec::new();
        let company = topology.company(network);
        for other in topology.networks.iter().filter(|other| other.name() != network.name()) {
            let purposes = relevant(other);
            let sharing = company.iter().find(|(known, _)| known.name() == other.name());
            match sharing {
                Some(_) if other.table().purpose.is_none() => missing.push(format!("{}.purpose", other.path())),
                Some((other, devices)) if !purposes.is_empty() => others.push((*other, purposes, devices.to_vec())),
                None if purposes.iter().any(|purpose| !has_own_port(*purpose)) => {
                    missing.extend(topology.missing_interfaces(other));
                }
                _ => {}
            }
        }
        missing.dedup();
        Self { own: relevant(network), others, missing }
    }

    fn is_none(&self) -> bool {
        self.own.is_empty() && self.others.is_empty()
    }

    fn settle(self, judge: &mut Judge<'_>, subject: Subject) {
        judge.settle(subject, self.missing);
    }

    fn purposes(&self) -> Vec<String> {
        let others = self.others.iter().flat_map(|(_, purposes, _)| purposes);
        let all: BTreeSet<Purpose> = self.own.iter().chain(others).copied().collect();
        words(&all.into_iter().collect::<Vec<_>>())
    }

    /// The purpose itself where the network has it; else the interface on the first node that shares it.
    fn place(&self, topology: &Topology<'_>, network: &Network<'_>) -> Place {
        let shared: BTreeSet<DeviceId> = self.others.iter().flat_map(|(_, _, devices)| devices).copied().collect();
        let members = network.attachments.iter().map(|attachment| attachment.device);
        let devices: BTreeSet<DeviceId> = if self.own.is_empty() { shared } else { members.collect() };
        let devices: Vec<DeviceId> = devices.into_iter().collect();
        let interface = devices.first().and_then(|device| network.attachment(*device)?.interface.as_ref());
        let span = match self.own.first() {
            Some(purpose) => purpose_span(network, *purpose),
            None => interface.map_or(network.interface_span(), |interface| interface.span),
        };
        let nodes = devices.iter().filter_map(|device| match device {
            DeviceId::Node(index) => topology.nodes.get(*index),
            DeviceId::Switch(_) | DeviceId::Firewall(_) => None,
        });
        let nodes = nodes.map(|node| node.name.to_string()).collect();
        Place { span, carrier: carrier(topology, network, &devices).to_owned(), nodes }
    }
}

/// Whether traffic of this kind has a port of its own where no interface is written: the BMC's, or a switch's.
fn has_own_port(purpose: Purpose) -> bool {
    matches!(purpose, Purpose::Bmc | Purpose::Keepalive)
}

/// The dedicated link that should stand in the place of `leader`; where there is none, the rule is settled.
fn overlooked<'a>(judge: &mut Judge<'a>, leader: &CorosyncLink<'_>) -> Option<&'a CorosyncLink<'a>> {
    let topology = judge.topology();
    let links = &topology.corosync_links;
    if links.len() < 2 {
        return None;
    }
    let company = |link: &CorosyncLink<'_>| Company::of(topology, topology.link_network(link), &is_foreign);
    let leading = company(leader);
    if leading.is_none() {
        leading.settle(judge, subject(leader));
        return None;
    }
    let others: Vec<_> = links.iter().map(|link| (link, company(link))).filter(|(_, known)| known.is_none()).collect();
    let dedicated = others.iter().filter(|(_, known)| known.missing.is_empty()).map(|(link, _)| *link);
    let best = dedicated.min_by_key(|link| (std::cmp::Reverse(link.priority()), link.number));
    match others.into_iter().next() {
        Some((link, unknown)) if best.is_none() => unknown.settle(judge, subject(link)),
        _ => {}
    }
    best
}

/// The interfaces that carry the links on each node; two links over one network are one path.
struct Paths<'a> {
    topology: &'a Topology<'a>,
    networks: Vec<&'a Network<'a>>,
}

impl<'a> Paths<'a> {
    fn of(topology: &'a Topology<'a>, links: &[CorosyncLink<'_>]) -> Self {
        let mut networks: Vec<&Network<'_>> = Vec::new();
        for network in links.iter().map(|link| topology.link_network(link)) {
            if !networks.iter().any(|known| known.name() == network.name()) {
                networks.push(network);
            }
        }
        Self { topology, networks }
    }

    /// The places of a device in the networks.
    fn attachments(&self, device: DeviceId) -> impl Iterator<Item = (&'a Network<'a>, &'a Attachment)> {
        self.networks.iter().filter_map(move |network| Some((*network, network.attachment(device)?)))
    }

    /// Links with a known path of their own on a device, and how many more may have one.
    fn count(&self, device: DeviceId) -> (usize, usize) {
        let attachments: Vec<_> = self.attachments(device).map(|(_, attachment)| attachment).collect();
        let (sure, open): (Vec<Interface>, Vec<Interface>) = attachments
            .iter()
            .filter_map(|at| Some(at.interface.as_ref()?.value))
            .partition(|interface| !self.lacks_cable(device, *interface));
        let apart = self.apart(&sure);
        // What may be added: links over an unknown interface, and those over ports that nobody has cabled yet.
        let without_cable = if open.is_empty() { 0 } else { self.apart(&[sure, open].concat()).saturating_sub(apart) };
        let unknown = attachments.iter().filter(|at| at.interface.is_none()).count();
        (apart, unknown + without_cable)
    }

    /// Whether an interface has no cable on a device that has others: its way is then still open.
    fn lacks_cable(&self, device: DeviceId, interface: Interface) -> bool {
        let topology = self.topology;
        topology.is_cabled(topology.ports_of(device)) && !topology.is_cabled(topology.ports_under(interface))
    }

    /// How many of these interfaces use no port of another one.
    fn apart(&self, interfaces: &[Interface]) -> usize {
        let mut known: Vec<&[Interface]> =
            interfaces.iter().map(|interface| self.topology.carriers_under(*interface)).collect();
        known.sort_by_key(|carriers| carriers.len());
        let mut apart: Vec<&[Interface]> = Vec::new();
        for carriers in known {
            if !apart.iter().copied().flatten().any(|taken| carriers.contains(taken)) {
                apart.push(carriers);
            }
        }
        apart.len()
    }

    fn at_most(&self, device: DeviceId) -> usize {
        let (known, unknown) = self.count(device);
        known + unknown
    }

    /// The key that would have to be written to know that every node has enough paths.
    fn missing(&self, fewest: usize) -> Option<String> {
        let topology = self.topology;
        if topology.nodes.is_empty() {
            return Some("node".to_owned());
        }
        let mut nodes = topology.nodes.iter().enumerate().map(|(index, node)| (DeviceId::Node(index), node));
        let (device, node) = nodes.find(|(device, _)| self.count(*device).0 < fewest)?;
        let open = self.attachments(device).find(|(_, attachment)| attachment.interface.is_none());
        Some(open.map_or_else(|| "cable".to_owned(), |(network, _)| topology.missing_interface(network, node)))
    }

    /// Networks of two links that use one port on the first node that has too few paths, and where they say so.
    fn shared(&self, fewest: usize) -> Option<[(&'a Network<'a>, Span); 2]> {
        let mut devices = (0..self.topology.nodes.len()).map(DeviceId::Node);
        let device = devices.find(|device| self.at_most(*device) < fewest)?;
        let mut taken: HashMap<Interface, (&Network<'_>, Span)> = HashMap::default();
        for (network, attachment) in self.attachments(device) {
            let Some(interface) = attachment.interface.as_ref() else { continue };
            for carrier in self.topology.carriers_under(interface.value) {
                if let Some(first) = taken.insert(*carrier, (network, interface.span)) {
                    return Some([first, (network, interface.span)]);
                }
            }
        }
        None
    }
}

/// Bonds under the nodes' interfaces, by the table that describes them, with the numbers of the links they carry; asks
/// for what would tell of the others.
fn bonds<'a>(judge: &mut Judge<'a>) -> Vec<(&'a Item<Bond>, Vec<String>)> {
    let topology = judge.topology();
    if topology.design.bond.is_none() {
        return Vec::new();
    }
    for link in links(judge) {
        let missing = topology.missing_interfaces(topology.link_network(link));
        if !missing.is_empty() {
            judge.settle(subject(link), missing);
        }
    }
    bonds_under(topology)
}

/// Bonds under the nodes' interfaces, by the table that describes them, with the numbers of the links they carry.
fn bonds_under<'a>(topology: &'a Topology<'a>) -> Vec<(&'a Item<Bond>, Vec<String>)> {
    let mut found: Vec<(&Item<Bond>, Vec<String>)> = Vec::new();
    for link in &topology.corosync_links {
        let network = topology.link_network(link);
        for (_, attachment) in topology.nodes_in(network) {
            let bond = attachment.interface.as_ref().and_then(|interface| topology.bond_under(interface.value));
            let Some(bond) = bond else { continue };
            let number = link.number.to_string();
            match found.iter_mut().find(|(item, _)| std::ptr::eq(*item, bond.item)) {
                Some((_, links)) if links.contains(&number) => {}
                Some((_, links)) => links.push(number),
                None => found.push((bond.item, vec![number])),
            }
        }
    }
    found
}

/// Where the slow rate is written at a bond and at its switch ports: all are changed, or the sides would differ. None
/// where nothing is written at the bond, or other bonds ask the same switch ports for the slow rate.
fn written_slow(topology: &Topology<'_>, bond: &Item<Bond>) -> BTreeSet<Span> {
    let is_slow = |rate: &&Spanned<LacpRate>| rate.value == LacpRate::Slow;
    let at_ports = |bond: &topology::Bond<'_>| {
        let rates =
            topology.bond_ends(bond).ports.iter().filter_map(|port| topology.port(*port).settings?.lacp_rate.as_ref());
        rates.filter(is_slow).map(|rate| rate.span).collect::<BTreeSet<Span>>()
    };
    let Some(own) = &bond.value.lacp_rate else { return BTreeSet::new() };
    let equals = topology.bonds.iter().filter(|known| std::ptr::eq(known.item, bond));
    let mut slow: BTreeSet<Span> = equals.flat_map(at_ports).collect();
    let asks_slowly = |other: &&topology::Bond<'_>| {
        !std::ptr::eq(other.item, bond)
            && other.mode().is_none_or(|mode| mode == BondMode::Lacp)
            && other.item.value.lacp_rate.as_ref().is_none_or(|rate| rate.value == LacpRate::Slow)
    };
    if !slow.is_empty() && topology.bonds.iter().filter(asks_slowly).any(|other| !at_ports(other).is_disjoint(&slow)) {
        return BTreeSet::new();
    }
    slow.extend(Some(own).filter(is_slow).map(|rate| rate.span));
    slow
}

/// What a port of a link depends on.
enum Part {
    /// A switch or card, by name.
    Of(String),
    /// Nothing that another link could share.
    Own,
    /// The key that would tell.
    Open(String),
}

/// Judges whether all links of a node that has two or more over different ports depend on one part.
fn links_on_one(judge: &mut Judge<'_>, name: &'static str, part: &dyn Fn(PortId) -> Part) {
    let topology = judge.topology();
    if topology.corosync_links.len() < 2 || topology.unread_link().is_some() {
        return;
    }
    let paths = Paths::of(topology, &topology.corosync_links);
    let (mut shared, mut apart, mut missing): (Vec<(&Node<'_>, String)>, bool, Vec<String>) = Default::default();
    for (index, node) in topology.nodes.iter().enumerate() {
        let device = DeviceId::Node(index);
        if paths.count(device).0 < 2 {
            continue;
        }
        let attachments = paths.attachments(device);
        let interfaces: Vec<Interface> = attachments.filter_map(|(_, at)| Some(at.interface.as_ref()?.value)).collect();
        let ports = interfaces.into_iter().flat_map(|interface| topology.ports_under(interface));
        let (mut known, mut own, mut open): (BTreeSet<String>, bool, Option<String>) = Default::default();
        for port in ports {
            match part(*port) {
                Part::Of(part) => _ = known.insert(part),
                Part::Own => own = true,
                Part::Open(key) => open = Some(key),
            }
        }
        match (known.pop_first(), open) {
            _ if own || !known.is_empty() => apart = true,
            (Some(one), None) => shared.push((node, one)),
            (_, Some(key)) if !missing.contains(&key) => missing.push(key),
            _ => {}
        }
    }
    if shared.is_empty() {
        if apart || !missing.is_empty() {
            judge.settle(corosync(topology), missing);
        }
        return;
    }
    let mut tables: Vec<Vec<(&Node<'_>, String)>> = Vec::new();
    for (node, part) in shared {
        match tables.iter_mut().find(|known| known.iter().any(|(other, _)| std::ptr::eq(other.item, node.item))) {
            Some(table) => table.push((node, part)),
            None => tables.push(vec![(node, part)]),
        }
    }
    for table in tables {
        let Some((first, _)) = table.first() else { continue };
        let raised = judge.violated(Subject::new(first.path(), first.span()));
        let parts: BTreeSet<&str> = table.iter().map(|(_, part)| part.as_str()).collect();
        raised.with(name, parts.into_iter().collect::<Vec<_>>());
        raised.with("nodes", table.iter().map(|(node, _)| node.name.as_str()).collect::<Vec<_>>());
        for link in &topology.corosync_links {
            let network = topology.link_network(link);
            raised.label("link", network.interface_span()).about(network.path());
        }
        if let Some(last) = topology.corosync_links.last() {
            raised.at(topology.link_network(last).interface_span());
        }
    }
}

fn bond_subject(bond: &Item<Bond>) -> Subject {
    Subject::new(format!("bond.{}", bond.pattern.value), bond.pattern.span)
}

fn bond_violated<'j>(judge: &'j mut Judge<'_>, bond: &Item<Bond>, links: &[String]) -> &'j mut Raised {
    let topology = judge.topology();
    let raised = judge.violated(bond_subject(bond));
    raised.with("bond", bond.pattern.value.as_str()).with("links", links.to_vec());
    for link in topology.corosync_links.iter().filter(|link| links.contains(&link.number.to_string())) {
        raised.label("link", topology.link_network(link).interface_span()).about(link.path());
    }
    raised
}

/// Links whose longest round trip breaks a rule; the others hold or are unproven.
fn slow_links<'a>(
    judge: &mut Judge<'a>,
    breaks: impl Fn(&Estimate) -> Option<bool>,
) -> Vec<(&'a CorosyncLink<'a>, Estimate)> {
    let topology = judge.topology();
    let mut slow = Vec::new();
    for link in links(judge) {
        let network = topology.link_network(link);
        let known = latency::known(topology, network);
        let breaking = known.estimates.iter().filter(|estimate| breaks(estimate) == Some(true));
        let worst = breaking.reduce(|worst, next| if next.total() > worst.total() { next } else { worst });
        let open = known.estimates.iter().find(|estimate| breaks(estimate).is_none());
        match (worst, open) {
            (Some(worst), _) => slow.push((link, worst.clone())),
            (None, _) if !known.complete => {
                judge.unproven(subject(link), format!("{}.latency", network.path()));
            }
            (None, Some(open)) => _ = judge.unproven(subject(link), format!("{}.jitter", open.path)),
            (None, None) if !known.estimates.is_empty() => judge.holds(),
            (None, None) => {}
        }
    }
    slow
}

fn late<'j>(judge: &'j mut Judge<'_>, link: &CorosyncLink<'_>, estimate: &Estimate) -> &'j mut Raised {
    let network = judge.topology().link_network(link);
    let raised = judge.violated(subject(link));
    raised.at(estimate.span).about(network.path()).label("network", network.span());
    raised.with("link", link.number).with("network", network.name()).with("round_trip", estimate.round_trip);
    if estimate.basis == latency::Basis::Assumed {
        raised.assumed(estimate.path.clone());
    }
    raised
}

fn jitter(estimate: &Estimate) -> crate::catalogue::EvidenceValue {
    estimate.jitter.map_or_else(|| words::evidence::unknown().into(), Into::into)
}

/// Whether guests are restarted elsewhere: nothing where the design does not plan it, false where it does not say.
fn high_availability(topology: &Topology<'_>) -> Option<bool> {
    let guests = topology.design.guest.iter().flat_map(|guests| guests.value.iter());
    let wanted = guests.filter_map(|guest| guest.value.ha.as_ref()).any(|ha| ha.value);
    let written = topology.design.ha.as_ref().map(|ha| ha.value.enabled.as_ref().map(|enabled| enabled.value));
    match written {
        Some(Some(enabled)) => enabled.then_some(true),
        _ if wanted => Some(true),
        Some(None) => Some(false),
        None => None,
    }
}

/// Nodes that a link does not reach, and what would have to be written to know it of the others.
#[derive(Default)]
struct Gaps<'a> {
    left_out: Vec<&'a Node<'a>>,
    missing: BTreeSet<&'static str>,
    unknown: Vec<String>,
    outside: bool,
}

impl<'a> Gaps<'a> {
    fn look(&mut self, topology: &Topology<'_>, network: &Network<'_>, node: &'a Node<'a>, place: Option<&Attachment>) {
        let Some(place) = place else {
            self.missing.extend(["address", "interface"]);
            self.outside = true;
            return self.left_out.push(node);
        };
        let table = network.table();
        // A value that is written and could not be read has been reported with the text.
        let address =
            place.address.is_none().then(|| table.address.as_ref().map(|written| written.value.covers(&node.name)));
        let interface =
            place.interface.is_none().then(|| table.interface.as_ref().map(|written| written.value.covers(&node.name)));
        for (word, written) in [("address", address), ("interface", interface)] {
            if written == Some(Some(false)) {
                self.missing.insert(word);
            }
        }
        if [address, interface].contains(&Some(Some(false))) {
            self.left_out.push(node);
        } else if interface.is_some() {
            self.note(topology.missing_interface(network, node));
        } else if address == Some(None) {
            self.note(format!("{}.address", network.path()));
        }
    }

    fn note(&mut self, key: String) {
        if !self.unknown.contains(&key) {
            self.unknown.push(key);
        }
    }

    /// The key that leaves nodes out.
    fn span(&self, network: &Network<'_>) -> Span {
        let table = network.table();
        let on = table.on.as_ref().filter(|_| self.outside).map(|on| on.span);
        let address = table.address.as_ref().map(|address| address.span);
        let interface = table.interface.as_ref().map(|interface| interface.span);
        let by_kind = if self.missing.contains("address") { address.or(interface) } else { interface };
        on.or(by_kind).unwrap_or(network.span())
    }
}
