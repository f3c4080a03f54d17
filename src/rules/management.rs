//! The management network.

use std::net::IpAddr;

use foldhash::HashSet;

use super::{Judge, Subject};
use crate::catalogue::parameters::management as parameters;
use crate::design::{Environment, Purpose, Text};
use crate::quantity::Rate;
use crate::source::{Span, Spanned};
use crate::topology::{Attachment, Bond, DeviceId, Gap, Interface, Network, Node, Topology, node_paths};
use crate::words;

pub(super) fn on_bond(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    for network in networks(judge) {
        let bonded: Vec<(&Node<'_>, &Attachment, &Bond<'_>)> = topology
            .nodes_in(network)
            .filter_map(|(node, attachment)| {
                let interface = attachment.interface.as_ref()?;
                Some((node, attachment, topology.bond_under(interface.value)?))
            })
            .collect();
        let Some((_, attachment, bond)) = bonded.first() else {
            judge.settle(subject(network), topology.missing_interfaces(network));
            continue;
        };
        let interface = attachment.interface.as_ref();
        let raised = judge.violated(subject(network));
        raised.at(interface.map_or(network.span(), |interface| interface.span)).about(bond.path());
        raised.with("network", network.name()).with("bond", bond.name());
        raised.with("nodes", bonded.iter().map(|(node, _, _)| node.name.as_str()).collect::<Vec<_>>());
        raised.label("bond", bond.span());
        if let Some(Interface::Bridge(bridge)) = interface.map(|interface| interface.value) {
            raised.label("bridge", topology.bridges[bridge].item.pattern.span);
        }
    }
}

pub(super) fn below_one_gigabit(judge: &mut Judge<'_>, limits: &parameters::BelowOneGigabit) {
    let topology = judge.topology();
    for network in networks(judge) {
        let (slowest, nodes) = topology.ports_below(network, limits.slowest);
        let Some((port, rate)) = slowest else {
            judge.settle(subject(network), topology.missing_speeds(network));
            continue;
        };
        let raised = judge.violated(subject(network));
        raised.at(port.speed.as_ref().map_or(port.span, |speed| speed.span));
        raised.with("network", network.name()).with("rate", rate);
        raised.with("nodes", nodes);
        raised.label("network", network.interface_span());
    }
}

pub(super) fn no_bmc_network(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    let planned = topology.networks_for(Purpose::Management).next().is_some();
    if topology.environment() == Environment::Lab || !planned {
        return;
    }
    let reached: HashSet<DeviceId> = topology
        .networks_for(Purpose::Bmc)
        .flat_map(|network| network.attachments.iter().map(|attachment| attachment.device))
        .collect();
    let silent = topology.networks.iter().find(|network| is_silent(network));
    let asked: Vec<&Node<'_>> = topology.nodes.iter().filter(|node| !node.boots_from_network()).collect();
    for group in asked.chunk_by(|one, other| std::ptr::eq(one.item, other.item)) {
        let outside = |node: &&&Node<'_>| !reached.contains(&node.device());
        let lacking: Vec<&str> = group.iter().filter(outside).map(|node| node.name.as_str()).collect();
        let Some(first) = group.first() else { continue };
        if lacking.is_empty() {
            judge.holds();
        } else if let Some(network) = silent {
            judge.gap(&Gap::below(network.path(), "purpose", network.span()));
        } else {
            judge.violated(Subject::new(first.path(), first.span())).with("nodes", lacking);
        }
    }
}

pub(super) fn bmc_shares_network(judge: &mut Judge<'_>, limits: &parameters::BmcSharesNetwork) {
    let topology = judge.topology();
    let foreign =
        |purpose: Purpose| purpose != Purpose::Bmc && !limits.tolerated.contains(&purpose.to_string().as_str());
    for network in topology.networks_for(Purpose::Bmc) {
        let others: Vec<String> =
            network.purposes().filter(|purpose| foreign(*purpose)).map(|purpose| purpose.to_string()).collect();
        if !others.is_empty() {
            let span = network.table().purpose.as_ref().map_or(network.span(), |purpose| purpose.span);
            let raised = judge.violated(subject(network)).at(span);
            raised.with("network", network.name()).with("what", words::evidence::network()).with("others", others);
            continue;
        }
        let company: Vec<&Network<'_>> = topology.networks_sharing_ports(network);
        let on_vlan: Vec<&Network<'_>> = topology.networks.iter().filter(|other| same_vlan(network, other)).collect();
        let is_foreign = |other: &&&Network<'_>| other.purposes().any(foreign);
        let shares: Vec<&Network<'_>> = company.iter().filter(is_foreign).copied().collect();
        let tagged: Vec<&Network<'_>> = on_vlan.iter().filter(is_foreign).copied().collect();
        let vlan = network.table().vlan.as_ref().map_or(network.span(), |vlan| vlan.span);
        let (what, others, span) = if shares.is_empty() {
            ("VLAN".into(), tagged, vlan)
        } else {
            (words::components::port(), shares, network.interface_span())
        };
        if others.is_empty() {
            let silent = company.iter().chain(&on_vlan).filter(|other| is_silent(other));
            judge.settle(subject(network), silent.map(|other| format!("{}.purpose", other.path())).collect());
            continue;
        }
        let raised = judge.violated(subject(network)).at(span);
        raised.with("network", network.name()).with("what", what);
        raised.with("others", others.iter().map(|other| other.name()).collect::<Vec<_>>());
        for other in &others {
            raised.about(other.path()).label("other", other.span());
        }
    }
}

/// Whether nobody has said what a network is for.
fn is_silent(network: &Network<'_>) -> bool {
    network.table().purpose.is_none() || network.table().unread.contains(&"purpose")
}

/// Whether another network has the same VLAN, or hands it to guests.
fn same_vlan(network: &Network<'_>, other: &Network<'_>) -> bool {
    let Some(vlan) = network.table().vlan.as_ref().map(|vlan| vlan.value).filter(|vlan| *vlan > 0) else {
        return false;
    };
    let own = other.table().vlan.as_ref().is_some_and(|theirs| theirs.value == vlan);
    let guests = other.table().guest_vlans.as_ref().is_some_and(|vlans| vlans.value.contains(&vlan.to_string()));
    other.name() != network.name() && (own || guests)
}

pub(super) fn bmc_on_fast_port(judge: &mut Judge<'_>, limits: &parameters::BmcOnFastPort) {
    let topology = judge.topology();
    for network in topology.networks_for(Purpose::Bmc) {
        let mut fastest: Option<(Rate, Span)> = None;
        let (mut nodes, mut missing): (Vec<&str>, Vec<String>) = (Vec::new(), Vec::new());
        for (node, attachment) in topology.nodes_in(network) {
            let own = attachment.interface.as_ref().map(|interface| topology.ports_under(interface.value));
            let Some(own) = own else {
                missing.push(topology.missing_interface(network, node));
                continue;
            };
            let ports: Vec<_> =
                own.iter().flat_map(|port| std::iter::once(*port).chain(topology.far_end(*port))).collect();
            let speeds = ports.iter().filter_map(|port| topology.port(*port).speed.as_ref());
            let fast = speeds.filter(|speed| speed.value >= limits.fast).map(|speed| (speed.value, speed.span));
            if let Some(fast) = fast.reduce(|most, next| if next.0 > most.0 { next } else { most }) {
                nodes.push(&node.name);
                fastest = Some(fastest.filter(|(most, _)| *most >= fast.0).unwrap_or(fast));
            } else {
                let open = ports.iter().filter(|port| topology.port(**port).speed.is_none());
                missing.extend(open.map(|port| topology.speed_key(*port)));
            }
        }
        if let Some((rate, span)) = fastest {
            let raised = judge.violated(subject(network)).at(span);
            raised.with("network", network.name()).with("rate", rate).with("nodes", nodes);
            raised.label("network", network.interface_span());
        } else if topology.nodes_in(network).next().is_some() {
            missing.sort_unstable();
            missing.dedup();
            judge.settle(subject(network), missing);
        }
    }
}

pub(super) fn several_default_gateways(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    let routed: Vec<(&Network<'_>, &Spanned<Text>, IpAddr)> = topology
        .networks
        .iter()
        .filter(|network| network.purposes().next().is_none() || network.purposes().any(|own| own != Purpose::Bmc))
        .filter_map(|network| {
            let gateway = network.table().gateway.as_ref()?;
            Some((network, gateway, gateway.value.parse().ok()?))
        })
        .collect();
    for (index, (network, gateway, address)) in routed.iter().enumerate() {
        let rivals = routed[..index].iter().filter(|(_, _, other)| other.is_ipv4() == address.is_ipv4());
        let rival =
            rivals.map(|rival| (rival, hosts_in_both(topology, network, rival.0))).find(|(_, both)| !both.is_empty());
        let Some(((other, other_gateway, _), both)) = rival else {
            judge.holds();
            continue;
        };
        let raised = judge.violated(subject(network)).at(gateway.span).label("other", other_gateway.span);
        raised.with("nodes", both.iter().map(|node| node.name.as_str()).collect::<Vec<_>>());
        raised.with("network", network.name()).with("gateway", gateway.value.as_str());
        raised.with("other", other.name()).with("other_gateway", other_gateway.value.as_str());
        raised.about(other.path());
        for path in node_paths(&both) {
            raised.about(path);
        }
    }
}

/// Nodes that have an address of their own in both networks.
fn hosts_in_both<'t>(topology: &'t Topology<'t>, one: &Network<'_>, other: &Network<'_>) -> Vec<&'t Node<'t>> {
    // Without addresses, a network for guests only is none that a node itself speaks on.
    let is_host = |network: &Network<'_>, device: DeviceId| {
        let place = network.attachment(device);
        place.is_some_and(|place| place.address.is_some() || !network.is_for(Purpose::Guest))
    };
    let in_both = |node: &&Node<'_>| is_host(one, node.device()) && is_host(other, node.device());
    topology.nodes.iter().filter(in_both).collect()
}

/// The networks for management; where there is none, that is unproven.
fn networks<'a>(judge: &mut Judge<'a>) -> Vec<&'a Network<'a>> {
    let topology = judge.topology();
    let networks: Vec<_> = topology.networks_for(Purpose::Management).collect();
    if networks.is_empty() {
        let unsaid = topology.networks.iter().find(|network| network.table().purpose.is_none());
        let missing =
            unsaid.map_or_else(|| "network.management".to_owned(), |network| format!("{}.purpose", network.path()));
        judge.unproven(Subject::new("network", topology.anchor()), missing);
    }
    networks
}

fn subject(network: &Network<'_>) -> Subject {
    Subject::new(network.path(), network.span())
}
