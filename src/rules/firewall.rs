//! Firewalls: how many there are, their ports, and what their models can do.

use super::{Judge, Raised, Subject};
use crate::catalogue::parameters::firewall as parameters;
use crate::design::{FirewallModel, Item, Names, RoutingProtocol};
use crate::source::{Span, Spanned};
use crate::topology::{Firewall, Topology};

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
