//! What each switch has to carry against what its model can: ports, LACP groups, VLANs, MTU.

use super::figure::{Figure, Method, State};
use super::formula::{all_of, sum};
use crate::catalogue::{FigureText, figure_texts as texts};
use crate::quantity::{Rate, units};
use crate::topology::{Ledger, PortId, SpeedClass, Survivor, Switch, Tally, Topology};
use crate::words::{self, Said};

pub(super) fn figures(topology: &Topology<'_>, out: &mut Vec<Figure>) {
    let ledgers = topology.ledgers();
    let split = topology.ledgers_with_storage_split();
    let split: Vec<&Ledger> = split.iter().filter(|split| differs(ledgers, split)).collect();
    let survivors = topology.survivors();
    let switch = |ledger: &Ledger| topology.switches.get(ledger.switch);
    let both = |ledger| Some((ledger, switch(ledger)?));
    let healthy: Vec<(&Ledger, &Switch<'_>)> = ledgers.iter().filter_map(both).collect();
    let split: Vec<(&Ledger, &Switch<'_>)> = split.into_iter().filter_map(both).collect();
    let alone: Vec<(&Ledger, &Switch<'_>)> = survivors.iter().filter_map(|survivor| both(&survivor.ledger)).collect();

    out.extend(healthy.iter().flat_map(|(ledger, switch)| ports(ledger, switch)));
    for (ledger, switch) in &alone {
        let before = ledgers.get(ledger.switch);
        out.extend(ports_without_peer(ledger, before, switch));
    }
    for (ledger, switch) in &split {
        out.extend(ports_split(ledger, ledgers.get(ledger.switch), switch));
    }

    out.extend(healthy.iter().map(|(ledger, switch)| groups(ledger, switch, State::Healthy)));
    out.extend(alone.iter().map(|(ledger, switch)| groups(ledger, switch, State::PeerGone)));
    out.extend(split.iter().map(|(ledger, switch)| groups(ledger, switch, State::StorageSplit)));

    out.extend(healthy.iter().map(|(ledger, switch)| {
        let limit = switch.limits().and_then(|limits| limits.vlans.as_ref()).map(|limit| limit.value);
        against(texts::SWITCH_VLANS, switch, &ledger.vlans, limit, "limits.vlans", State::Healthy)
    }));
    out.extend(healthy.iter().filter_map(|(ledger, switch)| largest_packet(topology, ledger, switch)));
    for pair in survivors.chunk_by(|one, other| one.pair == other.pair) {
        out.extend(pair_rates(topology, pair));
    }
}

/// Whether splitting storage off would change a switch at all.
fn differs(ledgers: &[Ledger], split: &Ledger) -> bool {
    ledgers.get(split.switch).is_some_and(|ledger| ledger.lacp_groups.count() != split.lacp_groups.count())
}

/// Subject of ports of one speed: `switch.core-a, 10GbE`.
fn of_speed(switch: &Switch<'_>, speed: Option<Rate>) -> Said {
    vec![switch.path().into(), speed.map_or_else(words::switches::speed_unknown, Said::from)].into()
}

/// Ports in use by speed. A fast port takes a slower device, so that what is left counts the faster ports as well.
fn ports(ledger: &Ledger, switch: &Switch<'_>) -> Vec<Figure> {
    let used = ledger.ports.iter().filter(|class| class.needed.count() > 0);
    used.map(|class| ports_of_speed(ledger, class, switch)).collect()
}

/// The same with storage split off, for the speeds at which that takes more.
fn ports_split(ledger: &Ledger, before: Option<&Ledger>, switch: &Switch<'_>) -> Vec<Figure> {
    let count = |class: &&SpeedClass| {
        let before = before.and_then(|before| before.ports.iter().find(|known| known.speed == class.speed));
        before.map_or(0, |before| before.needed.count())
    };
    let changed = ledger.ports.iter().filter(|class| class.needed.count() != count(class));
    changed.map(|class| ports_of_speed(ledger, class, switch).state(State::StorageSplit)).collect()
}

fn ports_of_speed(ledger: &Ledger, class: &SpeedClass, switch: &Switch<'_>) -> Figure {
    let needed = class.needed.count();
    let figure = Figure::new(texts::SWITCH_PORTS, of_speed(switch, class.speed), Method::Model, needed as f64)
        .decimals(0)
        .input("needed", needed);
    let made_up = made_up(&class.needed);
    let balance = ledger.port_balance().into_iter().find(|balance| Some(balance.speed) == class.speed);
    let Some(balance) = balance else { return figure.formula(made_up) };
    let left = balance.available as f64 - balance.needed as f64;
    let more = balance.needed.saturating_sub(needed);
    let faster = (more > 0).then(|| words::switches::with_faster(balance.needed, more));
    let stand: Vec<Said> = faster.into_iter().chain([of_available(balance.available, left)]).collect();
    figure.formula(all_of([made_up, stand.into()])).input("available", balance.available).input("left", left)
}

/// How many there are and how many of them are left or missing.
pub(super) fn of_available(available: usize, left: f64) -> Said {
    if left < 0.0 { words::switches::too_few(available, -left) } else { words::switches::left(available, left) }
}

/// Ports of the speeds at which some carry nothing while the peer is gone.
fn ports_without_peer(ledger: &Ledger, before: Option<&Ledger>, switch: &Switch<'_>) -> Vec<Figure> {
    let classes = before.iter().flat_map(|before| &before.ports);
    let changed = classes.filter_map(|class| {
        let now = ledger.ports.iter().find(|now| now.speed == class.speed).map_or(0, |now| now.needed.count());
        (now != class.needed.count()).then_some((class, now))
    });
    let figure = |(class, now): (&SpeedClass, usize)| {
        let idle = class.needed.count() - now;
        Figure::new(texts::SWITCH_PORTS, of_speed(switch, class.speed), Method::Model, now as f64)
            .state(State::PeerGone)
            .decimals(0)
            .formula(words::switches::to_lost_switch(class.needed.count(), idle))
            .input("needed", now)
            .input("healthy", class.needed.count())
    };
    changed.map(figure).collect()
}

fn groups(ledger: &Ledger, switch: &Switch<'_>, state: State) -> Figure {
    let limit = switch.limits().and_then(|limits| limits.lacp_groups.as_ref()).map(|limit| limit.value);
    against(texts::SWITCH_LACP_GROUPS, switch, &ledger.lacp_groups, limit, "limits.lacp_groups", state)
}

/// The parts of a count: `3 bond.bond0 + 2 bond.uplink`.
pub(super) fn made_up(tally: &Tally) -> Said {
    if tally.shares.is_empty() {
        return words::switches::none();
    }
    sum(tally.shares.iter().map(|share| format!("{} {}", share.names.len(), share.path).into()))
}

/// A figure that names what may come on top of a count.
pub(super) fn in_doubt(figure: Figure, tally: &Tally) -> Figure {
    let missing = tally.missing();
    if missing.is_empty() { figure } else { figure.assumed(words::switches::nothing_more(missing)) }
}

/// How a need stands to a limit of the model, with what is available and left as inputs.
fn limited(figure: Figure, parts: Said, needed: usize, limit: Option<u32>, key: &str) -> Figure {
    let Some(limit) = limit else { return figure.formula(all_of([parts, words::switches::limit_unknown(key)])) };
    let left = f64::from(limit) - needed as f64;
    let figure = figure.input("available", limit).input("left", left);
    let stand =
        if left < 0.0 { words::switches::limit_broken(limit, -left) } else { words::switches::allowed(limit, left) };
    figure.formula(all_of([parts, stand]))
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
    in_doubt(limited(figure, made_up(tally), needed, limit, key), tally)
}

fn largest_packet(topology: &Topology<'_>, ledger: &Ledger, switch: &Switch<'_>) -> Option<Figure> {
    let (mtu, network) = ledger.largest_mtu(topology)?;
    let limit = switch.limits().and_then(|limits| limits.mtu.as_ref()).map(|limit| limit.value);
    let figure =
        Figure::new(texts::SWITCH_MTU, switch.path(), Method::Model, f64::from(mtu)).decimals(0).input("needed", mtu);
    Some(limited(figure, network.path().into(), mtu as usize, limit, "limits.mtu"))
}

/// What the links of a pair to everything else carry together, and what is left of it with one switch gone.
fn pair_rates(topology: &Topology<'_>, pair: &[Survivor]) -> Vec<Figure> {
    let text = texts::MLAG_RATE;
    let Some(first) = pair.first() else { return Vec::new() };
    let path = topology.mlags[first.pair].path();
    let gigabits = |rate: Rate| rate.in_unit(&units::GBIT_PER_S);
    let all: Vec<PortId> = first.ports.iter().chain(&first.lost).copied().collect();
    let whole = match links_rate(topology, &all) {
        Ok((rate, parts)) => {
            let figure = Figure::new(text, path, Method::Model, gigabits(rate));
            let figure = figure.formula(parts).input("links", all.len());
            (rate, figure)
        }
        Err(missing) => return vec![Figure::unknown(text, path, Method::Model, missing)],
    };
    let mut figures = vec![whole.1];
    for survivor in pair {
        let Ok((rate, parts)) = links_rate(topology, &survivor.ports) else { continue };
        let name = topology.switches[survivor.switch].path();
        let figure = Figure::new(text, name.clone(), Method::Model, gigabits(rate))
            .state(State::PeerGone)
            .formula(all_of([parts, words::switches::with_both(whole.0.to(&units::GBIT_PER_S))]))
            .input("links", survivor.ports.len())
            .input("healthy", whole.0)
            .note(words::switches::as_with_both());
        let cut_off: Vec<&str> = survivor.cut_off.iter().map(|device| topology.name(*device)).collect();
        figures.push(if cut_off.is_empty() {
            figure
        } else {
            figure.binding(words::switches::on_one_alone(several(&cut_off), topology.switches[survivor.peer].path()))
        });
    }
    figures
}

/// The first few of these names.
fn several(names: &[&str]) -> Said {
    const SHOWN: usize = 4;
    let more = names.len().saturating_sub(SHOWN);
    let shown = Said::from(names[..names.len() - more].to_vec());
    if more == 0 { shown } else { Said::run("", [shown, words::lists::and_more(more)]) }
}

/// Rate of some links of switches together, and the sum by what is at the other end. Otherwise the keys of the speeds
/// that are missing.
fn links_rate(topology: &Topology<'_>, links: &[PortId]) -> Result<(Rate, Said), Vec<String>> {
    let mut parts: Vec<(Option<String>, Rate, usize)> = Vec::new();
    let mut missing: Vec<String> = Vec::new();
    let mut all = Rate::new(0.0, &units::GBIT_PER_S);
    for port in links {
        let Some(rate) = topology.link_speed(*port) else {
            let key = topology.speed_key(*port);
            if !missing.contains(&key) {
                missing.push(key);
            }
            continue;
        };
        all = all + rate;
        let path = topology.far_end(*port).map(|far| topology.written_path(topology.port(far).device));
        match parts.iter_mut().find(|(known, speed, _)| *known == path && *speed == rate) {
            Some((_, _, count)) => *count += 1,
            None => parts.push((path, rate, 1)),
        }
    }
    if !missing.is_empty() {
        return Err(missing);
    }
    let part = |(path, rate, count): (Option<String>, Rate, usize)| {
        let far = path.map_or_else(words::switches::outside, Said::from);
        words::switches::to(count, rate.in_unit(&units::GBIT_PER_S), far)
    };
    let told = if parts.is_empty() { words::switches::no_links() } else { sum(parts.into_iter().map(part)) };
    Ok((all, told))
}
