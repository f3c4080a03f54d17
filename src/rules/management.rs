//! The management network.

use super::{Judge, Subject};
use crate::catalogue::parameters::management as parameters;
use crate::design::Purpose;
use crate::topology::{Attachment, Bond, Interface, Network, Node};

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
