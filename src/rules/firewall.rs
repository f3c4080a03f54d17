//! Firewalls: how many there are, their ports, and what their models can do.

use std::collections::BTreeSet;

use super::{Judge, Raised, Subject};
use crate::catalogue::parameters::firewall as parameters;
use crate::design::{FirewallModel, Item, Names, RoutingProtocol};
use crate::source::{Span, Spanned};
use crate::topology::{DeviceId, Firewall, PortId, Topology};

pub(super) fn not_redundant(judge: &mut Judge<'_>, limits: &parameters::NotRedundant) {
    let firewalls = &judge.topology().firewalls;
    let Some(first) = firewalls.first() else { return };
    if firewalls.len() >= limits.minimum as usize {
        judge.holds();
    } else {
        judge.violated(Subject::new(first.path(), first.span())).with("firewalls", firewalls.len());
    }
}

pub(super) fn too_few_ports(judge: &mut Judge<'_>, limits: &parameters::TooFewPorts) {
    let topology = judge.topology();
    let paired = topology.firewalls.len() > 1;
    for firewall in written(topology) {
        let table = &firewall.item.value;
        let asked = [
            ("service_ports", &table.service_ports, limits.service),
            ("management_ports", &table.management_ports, limits.management),
            ("ha_ports", &table.ha_ports, limits.ha),
        ];
        // A single firewall has no partner to be joined with.
        for (key, ports, needed) in asked.into_iter().filter(|(key, ..)| paired || *key != "ha_ports") {
            enough_ports(judge, firewall, key, ports.as_ref(), needed);
        }
    }
}

pub(super) fn no_trunk_nat_routing(judge: &mut Judge<'_>) {
    for (model, users) in models_in_use(judge) {
        let abilities =
            [("trunk_vlan", &model.value.trunk_vlan), ("nat", &model.value.nat), ("routing", &model.value.routing)];
        let lacks: Vec<(&str, Span)> = abilities
            .iter()
            .filter_map(|(key, able)| able.as_ref().filter(|able| !able.value).map(|able| (*key, able.span)))
            .collect();
        let open: Vec<&str> = abilities.iter().filter(|(_, able)| able.is_none()).map(|(key, _)| *key).collect();
        if let Some((_, span)) = lacks.first() {
            let raised = used_by(judge.violated(subject(model)), &users).at(*span);
            raised.with("missing", lacks.iter().map(|(key, _)| *key).collect::<Vec<_>>());
        } else if open.is_empty() {
            judge.holds();
        } else {
            let raised = judge.unproven(subject(model), String::new());
            raised.missing = open.iter().map(|key| format!("{}.{key}", subject(model).path)).collect();
        }
    }
}

pub(super) fn no_dynamic_routing(judge: &mut Judge<'_>) {
    for (model, users) in models_in_use(judge) {
        match &model.value.dynamic_routing {
            Some(spoken) if spoken.value.is_empty() && !model.value.unread.contains(&"dynamic_routing") => {
                used_by(judge.violated(subject(model)), &users).at(spoken.span);
            }
            Some(spoken) if !spoken.value.is_empty() => judge.holds(),
            _ => _ = judge.unproven(subject(model), format!("{}.dynamic_routing", subject(model).path)),
        }
    }
}

pub(super) fn no_bgp_for_evpn(judge: &mut Judge<'_>) {
    let Some((evpn, planned)) = evpn(judge.topology()) else { return };
    for (model, users) in models_in_use(judge) {
        match &model.value.dynamic_routing {
            None => _ = judge.unproven(subject(model), format!("{}.dynamic_routing", subject(model).path)),
            Some(spoken) if spoken.value.iter().any(|protocol| protocol.value == RoutingProtocol::Bgp) => judge.holds(),
            Some(spoken) => {
                let raised = used_by(judge.violated(subject(model)), &users).at(spoken.span);
                raised.with("evpn", evpn.as_str()).label("evpn", planned).about(evpn.clone());
            }
        }
    }
}

pub(super) fn failover_ports_not_joined(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    if topology.firewalls.len() < 2 {
        return;
    }
    for group in topology.firewalls.chunk_by(|one, other| std::ptr::eq(one.item, other.item)) {
        let Some(first) = group.first() else { continue };
        let Some(written) = first.item.value.ha_ports.as_ref().filter(|ports| !ports.value.0.is_empty()) else {
            continue;
        };
        let (mut astray, mut missing): (Vec<PortId>, Vec<String>) = (Vec::new(), Vec::new());
        for firewall in group {
            for label in written.value.iter() {
                match firewall.port(label) {
                    None => missing.extend(topology.device(&firewall.name).map(|device| topology.ports_key(device))),
                    Some(port) if topology.far_end(port).is_none() => missing.push("cable".to_owned()),
                    Some(port) if !leads_to_partner(topology, firewall, port) => astray.push(port),
                    Some(_) => {}
                }
            }
        }
        let subject = Subject::new(first.path(), first.span());
        if astray.is_empty() {
            missing.dedup();
            judge.settle(subject, missing);
            continue;
        }
        let raised = judge.violated(subject).at(written.span);
        raised.with("ports", astray.iter().map(|port| topology.port_name(*port)).collect::<Vec<_>>());
        let ends = astray.iter().filter_map(|port| topology.far_end(*port));
        raised.with("ends", ends.map(|end| topology.port_name(end)).collect::<Vec<_>>());
        let cables = astray.iter().filter_map(|port| topology.cables[topology.port(*port).cable?].item);
        let ends: BTreeSet<Span> = cables.filter_map(|cable| cable.value.to.as_ref()).map(|to| to.span).collect();
        for end in ends {
            raised.label("cable", end);
        }
    }
}

/// Whether a failover port is cabled to another firewall, or to a switch like one of another firewall.
fn leads_to_partner(topology: &Topology<'_>, firewall: &Firewall<'_>, port: PortId) -> bool {
    let Some(end) = topology.far_end(port).map(|end| topology.port(end).device) else { return false };
    let on_switch = |other: &Firewall<'_>| {
        let labels = other.item.value.ha_ports.iter().flat_map(|ports| ports.value.iter());
        let mut ends = labels.filter_map(|label| topology.far_end(other.port(label)?));
        ends.any(|end| matches!(topology.port(end).device, DeviceId::Switch(_)))
    };
    let mut others = topology.firewalls.iter().filter(|other| other.name != firewall.name);
    match end {
        DeviceId::Node(_) => false,
        DeviceId::Firewall(other) => topology.firewalls[other].name != firewall.name,
        DeviceId::Switch(_) => others.any(on_switch),
    }
}

pub(super) fn port_counted_twice(judge: &mut Judge<'_>) {
    for firewall in written(judge.topology()) {
        let table = &firewall.item.value;
        let lists: Vec<(&'static str, &Spanned<Names>)> = [
            ("service_ports", &table.service_ports),
            ("management_ports", &table.management_ports),
            ("ha_ports", &table.ha_ports),
        ]
        .into_iter()
        .filter_map(|(key, ports)| Some((key, ports.as_ref()?)))
        .collect();
        // Two names of one port are one port.
        let is_same = |one: &str, other: &str| {
            one == other || firewall.port(one).is_some_and(|port| firewall.port(other) == Some(port))
        };
        let mut twice = false;
        for (index, (key, ports)) in lists.iter().enumerate() {
            for (other_key, others) in &lists[..index] {
                let both: Vec<&str> =
                    ports.value.iter().filter(|one| others.value.iter().any(|other| is_same(one, other))).collect();
                if both.is_empty() {
                    continue;
                }
                twice = true;
                let raised = judge.violated(Subject::new(format!("{}.{key}", firewall.path()), ports.span));
                raised.label("other", others.span).about(firewall.path());
                raised.with("firewall", firewall.item.names.clone()).with("ports", both);
                raised.with("purpose", *key).with("other_purpose", *other_key);
            }
        }
        if !twice && lists.len() > 1 {
            judge.holds();
        }
    }
}

fn enough_ports(
    judge: &mut Judge<'_>,
    firewall: &Firewall<'_>,
    key: &'static str,
    ports: Option<&Spanned<Names>>,
    needed: u32,
) {
    let path = format!("{}.{key}", firewall.path());
    match ports {
        Some(ports) if ports.value.0.len() < needed as usize => {
            let raised = judge.violated(Subject::new(path, ports.span));
            raised.with("firewall", firewall.item.names.clone()).with("ports", ports.value.0.len());
            raised.with("purpose", key).with("needed", needed);
        }
        Some(_) => judge.holds(),
        None if needed == 0 => judge.holds(),
        None => _ = judge.unproven(Subject::new(path.clone(), firewall.span()), path),
    }
}

/// Firewalls, one for each table that describes some.
fn written<'t, 'd>(topology: &'t Topology<'d>) -> Vec<&'t Firewall<'d>> {
    let mut firewalls: Vec<&Firewall<'_>> = topology.firewalls.iter().collect();
    firewalls.dedup_by_key(|firewall| firewall.path());
    firewalls
}

fn subject(model: &Item<FirewallModel>) -> Subject {
    Subject::new(format!("firewall_model.{}", model.pattern.value), model.pattern.span)
}

/// Models with the firewalls that use them; asks for the model of those that name none.
fn models_in_use<'a>(judge: &mut Judge<'a>) -> Vec<(&'a Item<FirewallModel>, Vec<&'a Firewall<'a>>)> {
    let mut models: Vec<(&Item<FirewallModel>, Vec<&Firewall<'_>>)> = Vec::new();
    for firewall in written(judge.topology()) {
        let Some(model) = firewall.model else {
            let key = match &firewall.item.value.model {
                None => format!("{}.model", firewall.path()),
                Some(model) => format!("firewall_model.{}", model.value),
            };
            judge.unproven(Subject::new(firewall.path(), firewall.span()), key);
            continue;
        };
        match models.iter_mut().find(|(known, _)| std::ptr::eq(*known, model)) {
            Some((_, users)) => users.push(firewall),
            None => models.push((model, vec![firewall])),
        }
    }
    models
}

/// Names a model and the firewalls that use it.
fn used_by<'r>(raised: &'r mut Raised, users: &[&Firewall<'_>]) -> &'r mut Raised {
    for firewall in users {
        raised.about(firewall.path());
        if let Some(model) = &firewall.item.value.model {
            raised.label("firewall", model.span);
        }
    }
    let model = users.first().and_then(|firewall| firewall.model);
    raised.with("model", model.map_or("", |model| model.pattern.value.as_str()))
}

/// The first fabric or overlay that uses EVPN, and where it says so.
fn evpn(topology: &Topology<'_>) -> Option<(String, Span)> {
    let fabrics = topology.design.fabric.iter().flat_map(|fabrics| fabrics.value.iter());
    let overlays = topology.design.overlay.iter().flat_map(|overlays| overlays.value.iter());
    let by_fabric = fabrics.map(|fabric| (format!("fabric.{}", fabric.pattern.value), &fabric.value.evpn));
    let by_overlay = overlays.map(|overlay| (format!("overlay.{}", overlay.pattern.value), &overlay.value.evpn));
    by_fabric.chain(by_overlay).find_map(|(path, evpn)| {
        let evpn = evpn.as_ref().filter(|evpn| evpn.value)?;
        Some((path, evpn.span))
    })
}
