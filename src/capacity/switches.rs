//! What each switch has to carry against what its model can: ports, LACP groups, VLANs, MTU.

use super::figure::{Figure, Method, State};
use crate::catalogue::{FigureText, figure_texts as texts};
use crate::topology::{Ledger, SpeedClass, Switch, Tally, Topology};

pub(super) fn figures(topology: &Topology<'_>, out: &mut Vec<Figure>) {
    let ledgers = topology.ledgers();
    let split = topology.ledgers_with_storage_split();
    for (ledger, switch) in ledgers.iter().zip(&topology.switches) {
        out.extend(ports(ledger, switch, State::Healthy));
    }
    for (ledger, switch) in split.iter().zip(&topology.switches).filter(|(split, _)| differs(ledgers, split)) {
        out.extend(ports(ledger, switch, State::StorageSplit));
    }
    let lacp = |ledger: &Ledger, switch: &Switch<'_>, state| {
        let limit = switch.limits().and_then(|limits| limits.lacp_groups.as_ref()).map(|limit| limit.value);
        against(texts::SWITCH_LACP_GROUPS, switch, &ledger.lacp_groups, limit, "lacp_groups", state)
    };
    for (ledger, switch) in ledgers.iter().zip(&topology.switches) {
        out.push(lacp(ledger, switch, State::Healthy));
    }
    for (ledger, switch) in split.iter().zip(&topology.switches).filter(|(split, _)| differs(ledgers, split)) {
        out.push(lacp(ledger, switch, State::StorageSplit));
    }
    for (ledger, switch) in ledgers.iter().zip(&topology.switches) {
        let limit = switch.limits().and_then(|limits| limits.vlans.as_ref()).map(|limit| limit.value);
        out.push(against(texts::SWITCH_VLANS, switch, &ledger.vlans, limit, "vlans", State::Healthy));
    }
    for (ledger, switch) in ledgers.iter().zip(&topology.switches) {
        out.extend(largest_packet(topology, ledger, switch));
    }
}

/// Whether splitting storage off would change a switch at all.
fn differs(ledgers: &[Ledger], split: &Ledger) -> bool {
    ledgers.get(split.switch).is_some_and(|ledger| ledger.lacp_groups.count() != split.lacp_groups.count())
}

/// Ports in use by speed. A fast port takes a slower device, so that what is left counts the faster ports as well.
fn ports(ledger: &Ledger, switch: &Switch<'_>, state: State) -> Vec<Figure> {
    let balances = ledger.port_balance();
    let figure = |class: &SpeedClass| {
        let speed = class.speed.map_or("speed not known".to_owned(), |speed| speed.to_string());
        let needed = class.needed.count();
        let figure =
            Figure::new(texts::SWITCH_PORTS, format!("{}, {speed}", switch.path()), Method::Model, needed as f64)
                .state(state)
                .decimals(0)
                .input("needed", needed);
        let made_up = made_up(&class.needed);
        let Some(balance) = balances.iter().find(|balance| Some(balance.speed) == class.speed) else {
            return figure.formula(made_up);
        };
        let left = balance.available as f64 - balance.needed as f64;
        figure
            .formula(format!("{made_up}; {} of this speed or more there, {left} left", balance.available))
            .input("available", balance.available)
            .input("left", left)
    };
    ledger.ports.iter().filter(|class| class.needed.count() > 0).map(figure).collect()
}

/// The parts of a count: `3 bond.bond0 + 2 bond.uplink`.
fn made_up(tally: &Tally) -> String {
    if tally.shares.is_empty() {
        return "none".to_owned();
    }
    tally.shares.iter().map(|share| format!("{} {}", share.names.len(), share.path)).collect::<Vec<_>>().join(" + ")
}

fn against(
    text: &'static FigureText,
    switch: &Switch<'_>,
    tally: &Tally,
    limit: Option<u32>,
    key: &str,
    state: State,
) -> Figure {
    let needed = tally.count();
    let figure =
        Figure::new(text, switch.path(), Method::Model, needed as f64).state(state).decimals(0).input("needed", needed);
    let figure = match limit {
        Some(limit) => {
            let left = f64::from(limit) - needed as f64;
            let figure = figure.formula(format!("{}; {limit} allowed, {left} left", made_up(tally)));
            let figure = figure.input("available", limit).input("left", left);
            if left < 0.0 {
                figure.note(format!("{} breaks the limit of {limit}: {needed} are needed", switch.path()))
            } else {
                figure
            }
        }
        None => figure.formula(format!("{}; the model's limits.{key} is not known", made_up(tally))),
    };
    let missing = tally.missing();
    if missing.is_empty() { figure } else { figure.assumed(format!("nothing more comes from {}", missing.join(", "))) }
}

fn largest_packet(topology: &Topology<'_>, ledger: &Ledger, switch: &Switch<'_>) -> Option<Figure> {
    let (mtu, network) = ledger.largest_mtu(topology)?;
    let limit = switch.limits().and_then(|limits| limits.mtu.as_ref()).map(|limit| limit.value);
    let allowed = limit.map_or("the model's limits.mtu is not known".to_owned(), |limit| format!("{limit} allowed"));
    Some(
        Figure::new(texts::SWITCH_MTU, switch.path(), Method::Model, f64::from(mtu))
            .decimals(0)
            .formula(format!("network {}; {allowed}", network.name()))
            .input("needed", mtu)
            .binding(format!("network {}", network.name())),
    )
}
