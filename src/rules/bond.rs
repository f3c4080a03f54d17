//! Bonds of servers and firewalls: their members, modes and rates, and the groups that face them on switches.

use std::collections::{BTreeMap, BTreeSet};

use foldhash::HashSet;

use super::{Judge, Raised, Subject};
use crate::catalogue::parameters::bond as parameters;
use crate::design::{BondMode, Encapsulation, HashPolicy, LacpRate, Purpose, SwitchPort, SwitchRole};
use crate::quantity::Rate;
use crate::source::Span;
use crate::topology::{Bond, BondEnds, BondId, DeviceId, Lag, Mlag, Network, PortId, Topology};
use crate::words::{self, Said};

pub(super) fn single_member(judge: &mut Judge<'_>) {
    for group in judge.topology().written_bonds() {
        let Some(first) = group.first() else { continue };
        let Some(members) = &first.item.value.members else { continue };
        if members.value.0.len() > 1 {
            judge.holds();
            continue;
        }
        let raised = violated(judge, &group).at(members.span);
        raised.with("member", members.value.iter().collect::<Vec<_>>());
    }
}

pub(super) fn members_of_unequal_speed(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    for group in bonds_of_several(topology, &[BondMode::Lacp]) {
        let Some(first) = group.first() else { continue };
        let unequal: Vec<&Bond<'_>> =
            group.iter().copied().filter(|bond| slowest_of_unequal(topology, bond).is_some()).collect();
        if let Some((port, rates)) = unequal.first().and_then(|bond| slowest_of_unequal(topology, bond)) {
            if first.mode().is_none() {
                judge.unproven(subject(first), mode_key(first));
                continue;
            }
            let raised = violated(judge, &unequal);
            raised.at(first.item.value.members.as_ref().map_or(first.span(), |members| members.span));
            raised.with("speeds", rates.iter().map(Rate::to_string).collect::<Vec<_>>());
            raised.label("port", port);
        } else {
            let missing = group.iter().find_map(|bond| topology.missing_member_speed(bond));
            judge.settle(subject(first), missing.into_iter().collect());
        }
    }
}

pub(super) fn members_on_one_card(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    let bmc = bmc_ports(topology);
    for group in bonds_of_several(topology, &[]) {
        let Some(first) = group.first() else { continue };
        let choices: Vec<(&Bond<'_>, Choice<'_>)> =
            group.iter().filter_map(|bond| Some((*bond, choice(topology, bond, &bmc)?))).collect();
        let one: Vec<&Bond<'_>> =
            choices.iter().filter(|(_, choice)| matches!(choice, Choice::OneCard(..))).map(|(bond, _)| *bond).collect();
        let found = choices.iter().find_map(|(bond, choice)| match choice {
            Choice::OneCard(card, other) => Some((bond, *card, other.clone())),
            _ => None,
        });
        let open = choices.iter().find_map(|(_, choice)| match choice {
            Choice::Open(key) => Some(key.clone()),
            _ => None,
        });
        if let Some((bond, card, other)) = found {
            let raised = violated(judge, &one).with("card", card).with("other", other);
            raised.at(bond.item.value.members.as_ref().map_or(bond.span(), |members| members.span));
            if let Some(port) = bond.members.first() {
                raised.label("card", topology.port(*port).span);
            }
        } else if open.is_some() || choices.iter().any(|(_, choice)| matches!(choice, Choice::Apart)) {
            judge.settle(subject(first), open.into_iter().collect());
        }
    }
}

pub(super) fn mode_not_advised(judge: &mut Judge<'_>, limits: &parameters::ModeNotAdvised) {
    let topology = judge.topology();
    for group in topology.written_bonds() {
        let Some(first) = group.first() else { continue };
        if group.iter().any(|bond| is_mesh(topology, bond)) {
            continue;
        }
        match &first.item.value.mode {
            None => _ = judge.unproven(subject(first), mode_key(first)),
            Some(mode) if limits.modes.contains(&mode.value.to_string().as_str()) => {
                violated(judge, &group).at(mode.span).with("mode", mode.value.to_string());
            }
            Some(_) => judge.holds(),
        }
    }
}

pub(super) fn active_backup_to_mlag_pair(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    for group in bonds_of_several(topology, &[BondMode::ActiveBackup, BondMode::Lacp]) {
        let Some(first) = group.first() else { continue };
        let ends: Vec<(&Bond<'_>, &BondEnds)> = group.iter().map(|bond| (*bond, topology.bond_ends(bond))).collect();
        let over: Vec<(&Bond<'_>, &Mlag<'_>)> = ends
            .iter()
            .filter(|(_, ends)| ends.switches.len() > 1)
            .filter_map(|(bond, ends)| Some((*bond, pair_of(topology, ends)?)))
            .collect();
        let open = ends.iter().filter(|(_, ends)| ends.switches.len() == 1 && pair_of(topology, ends).is_some());
        let open = open.into_iter().find_map(|(_, ends)| ends.open.clone());
        match (first.mode(), over.first()) {
            (Some(BondMode::ActiveBackup), Some((_, mlag))) => {
                let bonds: Vec<&Bond<'_>> = over.iter().map(|(bond, _)| *bond).collect();
                let raised = violated(judge, &bonds).with("mlag", mlag.item.pattern.value.as_str());
                raised.with("switches", switch_names(topology, &mlag.peers)).about(mlag.path());
                raised.label("mlag", mlag.item.pattern.span);
                raised.at(first.item.value.mode.as_ref().map_or(first.span(), |mode| mode.span));
            }
            (Some(BondMode::ActiveBackup), None) => {
                if let Some(key) = open {
                    judge.unproven(subject(first), key);
                }
            }
            (None, Some(_)) => _ = judge.unproven(subject(first), mode_key(first)),
            (Some(_), Some(_)) => judge.holds(),
            (_, None) => {}
        }
    }
}

pub(super) fn link_not_watched(judge: &mut Judge<'_>) {
    for group in judge.topology().written_bonds() {
        let Some(miimon) = group.first().and_then(|first| first.item.value.miimon.as_ref()) else { continue };
        if miimon.value.base() > 0.0 {
            judge.holds();
        } else {
            violated(judge, &group).at(miimon.span).with("miimon", miimon.value).fix(miimon.span);
        }
    }
}

pub(super) fn lacp_rate_differs(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    for group in written_with_modes(topology, &[BondMode::Lacp]) {
        let Some(first) = group.first() else { continue };
        let own = first.item.value.lacp_rate.as_ref();
        // The kernel asks slowly where nothing is said.
        let asked = own.map_or(LacpRate::Slow, |rate| rate.value);
        let set: Vec<(&Bond<'_>, PortId, &SwitchPort)> =
            settings_of(topology, &group).into_iter().filter(|(_, _, settings)| settings.lacp_rate.is_some()).collect();
        let differs = |settings: &SwitchPort| settings.lacp_rate.as_ref().is_some_and(|rate| rate.value != asked);
        let other: Vec<_> = set.iter().filter(|(_, _, settings)| differs(settings)).collect();
        let rate = other.first().and_then(|(_, _, settings)| settings.lacp_rate.as_ref());
        match rate {
            _ if first.item.value.unread.contains(&"lacp_rate") => {}
            Some(_) if first.mode().is_none() => _ = judge.unproven(subject(first), mode_key(first)),
            Some(rate) => {
                let bonds: Vec<&Bond<'_>> = unique(other.iter().map(|(bond, _, _)| *bond));
                let raised = violated(judge, &bonds).at(rate.span);
                raised.with("lacp_rate", asked.to_string()).with("switch_rate", rate.value.to_string());
                raised.with("ports", other.iter().map(|(_, port, _)| topology.port_name(*port)).collect::<Vec<_>>());
                raised.label("bond", own.map_or(first.span(), |own| own.span));
            }
            None if !set.is_empty() => judge.holds(),
            None => {}
        }
    }
}

pub(super) fn switch_ports_not_one_lag(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    for group in written_with_modes(topology, &[BondMode::Lacp]) {
        let Some(first) = group.first() else { continue };
        let facing: Vec<Facing<'_>> = group.iter().filter_map(|bond| Facing::of(topology, bond)).collect();
        let split: Vec<&Facing<'_>> = facing.iter().filter(|facing| facing.split.is_some()).collect();
        let missing = facing.iter().find_map(|facing| facing.missing.clone());
        if let Some(Facing { split: Some((at, other)), .. }) = split.first() {
            if first.mode().is_none() {
                judge.unproven(subject(first), mode_key(first));
                continue;
            }
            let bonds: Vec<&Bond<'_>> = split.iter().map(|facing| facing.bond).collect();
            let raised = violated(judge, &bonds).at(*at).label("lag", *other);
            raised.with("ports", split.iter().flat_map(|facing| facing.port_texts(topology)).collect::<Vec<_>>());
        } else if !facing.is_empty() {
            judge.settle(subject(first), missing.into_iter().collect());
        }
    }
}

pub(super) fn lag_without_bond(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    let by_port = topology.bonds_by_port();
    for lag in &topology.lags {
        let ends = lag_ends(topology, lag, &by_port);
        let Some(settings) = lag.ports.first().and_then(|port| topology.port(*port).settings) else { continue };
        let devices: Vec<&LagEnd> = ends.iter().filter(|end| !matches!(end, LagEnd::Switches(_))).collect();
        if devices.is_empty() {
            continue;
        }
        let subject = Subject::new(settings.path(), settings.lag.as_ref().map_or(topology.anchor(), |lag| lag.span));
        let alone =
            |mode: BondMode| matches!(mode, BondMode::ActiveBackup | BondMode::BalanceTlb | BondMode::BalanceAlb);
        let verdict = match devices.as_slice() {
            [LagEnd::Bond(bond)] if ends.len() == 1 => match topology.bonds[bond.0].mode() {
                None => Err(mode_key(&topology.bonds[bond.0])),
                Some(mode) => Ok(!alone(mode)),
            },
            [LagEnd::Port(port)] if topology.bonds_on(topology.port(*port).device).next().is_none() => {
                Err("bond".to_owned())
            }
            _ => Ok(false),
        };
        match verdict {
            Err(key) => _ = judge.unproven(subject, key),
            Ok(true) => judge.holds(),
            Ok(false) => not_one_bond(judge, subject, lag, &ends),
        }
    }
}

pub(super) fn degraded_below_ten_gigabit(judge: &mut Judge<'_>, limits: &parameters::DegradedBelowTenGigabit) {
    let topology = judge.topology();
    for group in bonds_of_several(topology, &[]) {
        let carrying: Vec<&Bond<'_>> = group
            .iter()
            .copied()
            .filter(|bond| matches!(bond.device, DeviceId::Node(_)) && topology.networks_over(bond).any(carries_ceph))
            .collect();
        let Some(first) = carrying.first() else { continue };
        let rates: Vec<(&Bond<'_>, (Rate, Rate))> =
            carrying.iter().filter_map(|bond| Some((*bond, topology.degraded_rate(bond)?))).collect();
        let below: Vec<&(&Bond<'_>, (Rate, Rate))> =
            rates.iter().filter(|(_, (_, most))| *most < limits.minimum).collect();
        let slowest =
            below.iter().map(|(_, (_, most))| *most).reduce(|least, next| if next < least { next } else { least });
        if let Some(rate) = slowest {
            let bonds: Vec<&Bond<'_>> = below.iter().map(|(bond, _)| *bond).collect();
            let ceph: BTreeSet<&str> = bonds
                .iter()
                .flat_map(|bond| topology.networks_over(bond))
                .filter(|network| carries_ceph(network))
                .map(Network::name)
                .collect();
            let raised =
                violated(judge, &bonds).with("rate", rate).with("networks", ceph.into_iter().collect::<Vec<_>>());
            raised.at(first.item.value.members.as_ref().map_or(first.span(), |members| members.span));
        } else if rates.iter().any(|(_, (least, _))| *least < limits.minimum) {
            judge.unproven(subject(first), mode_key(first));
        } else {
            let missing = carrying.iter().find_map(|bond| topology.missing_member_speed(bond));
            judge.settle(subject(first), missing.into_iter().collect());
        }
    }
}

pub(super) fn overlay_hash_ignores_ports(judge: &mut Judge<'_>, limits: &parameters::OverlayHashIgnoresPorts) {
    let topology = judge.topology();
    let mut over: Vec<Tunnelled<'_>> = Vec::new();
    for overlay in topology.design.overlay.iter().flat_map(|overlays| overlays.value.iter()) {
        if overlay.value.kind.as_ref().is_none_or(|kind| kind.value != Encapsulation::Vxlan) {
            continue;
        }
        let path = format!("overlay.{}", overlay.pattern.value);
        let about = Subject::new(path.clone(), overlay.pattern.span);
        let Some(network) = overlay.value.underlay.as_ref().and_then(|name| topology.network(&name.value)) else {
            judge.unproven(about, format!("{path}.underlay"));
            continue;
        };
        let missing = topology.missing_interfaces(network);
        if !missing.is_empty() {
            judge.settle(about, missing);
            continue;
        }
        let name = (overlay.pattern.value.as_str(), overlay.pattern.span);
        for bond in topology.bonds_of(network).into_iter().filter(|bond| bond.members.len() > 1) {
            match over.iter_mut().find(|(bonds, _)| bonds.iter().any(|known| std::ptr::eq(known.item, bond.item))) {
                Some((bonds, overlays)) => {
                    bonds.push(bond);
                    overlays.push(name);
                }
                None => over.push((vec![bond], vec![name])),
            }
        }
    }
    for (bonds, mut overlays) in over {
        let bonds = unique(bonds.into_iter());
        overlays.sort_unstable();
        overlays.dedup();
        tunnels_over(judge, &bonds, &overlays, limits.policies);
    }
}

pub(super) fn switch_hash_ignores_ports(judge: &mut Judge<'_>, limits: &parameters::SwitchHashIgnoresPorts) {
    let topology = judge.topology();
    if topology.design.switch_port.is_none() {
        return;
    }
    let mut told: HashSet<Span> = HashSet::default();
    for bond in &topology.bonds {
        let ends = topology.bond_ends(bond);
        let mut by_switch: BTreeMap<DeviceId, Vec<PortId>> = BTreeMap::new();
        for port in ends.ports.iter().copied() {
            by_switch.entry(topology.port(port).device).or_default().push(port);
        }
        for ports in by_switch.into_values().filter(|ports| ports.len() > 1) {
            let settings =
                ports.iter().find_map(|port| topology.port(*port).settings.filter(|own| own.hash_policy.is_some()));
            let Some((settings, policy)) = settings.and_then(|own| Some((own, own.hash_policy.as_ref()?))) else {
                continue;
            };
            if limits.policies.contains(&policy.value.to_string().as_str()) {
                judge.holds();
            } else if told.insert(policy.span) {
                let raised = judge.violated(Subject::new(settings.path(), policy.span)).label("bond", bond.span());
                raised.with("ports", ports.iter().map(|port| topology.port_name(*port)).collect::<Vec<_>>());
                raised.with("bond", bond.name()).with("device", topology.name(bond.device));
                raised.with("policy", policy.value.to_string()).about(bond.path());
            }
        }
    }
}

fn subject(bond: &Bond<'_>) -> Subject {
    Subject::new(bond.path(), bond.span())
}

fn mode_key(bond: &Bond<'_>) -> String {
    format!("{}.mode", bond.path())
}

/// A violation about equal bonds on several devices.
fn violated<'j>(judge: &'j mut Judge<'_>, bonds: &[&Bond<'_>]) -> &'j mut Raised {
    let topology = judge.topology();
    let first = bonds.first().map_or_else(|| Subject::new("bond", topology.anchor()), |first| subject(first));
    let raised = judge.violated(first);
    raised.with("bond", bonds.first().map_or("", |first| first.name()));
    raised.with("device", bonds.iter().map(|bond| topology.name(bond.device)).collect::<Vec<_>>());
    let mut paths: BTreeSet<String> = BTreeSet::new();
    for bond in bonds {
        paths.insert(topology.written_path(bond.device));
        paths.extend(topology.networks_over(bond).map(Network::path));
    }
    for path in paths {
        raised.about(path);
    }
    raised
}

/// Each bond once, in their order.
fn unique<'t, 'd>(bonds: impl Iterator<Item = &'t Bond<'d>>) -> Vec<&'t Bond<'d>> {
    let mut known: Vec<&Bond<'_>> = Vec::new();
    for bond in bonds {
        if !known.iter().any(|other| std::ptr::eq(*other, bond)) {
            known.push(bond);
        }
    }
    known
}

/// Bonds by the table that describes them, of some modes or of a mode that is not said.
fn written_with_modes<'t, 'd>(topology: &'t Topology<'d>, modes: &[BondMode]) -> Vec<Vec<&'t Bond<'d>>> {
    let fits = |bond: &Bond<'_>| bond.mode().is_none_or(|mode| modes.is_empty() || modes.contains(&mode));
    topology.written_bonds().into_iter().filter(|group| group.iter().all(|bond| fits(bond))).collect()
}

/// The same with two or more members.
fn bonds_of_several<'t, 'd>(topology: &'t Topology<'d>, modes: &[BondMode]) -> Vec<Vec<&'t Bond<'d>>> {
    let several = |bond: &Bond<'_>| bond.item.value.members.as_ref().is_some_and(|members| members.value.0.len() > 1);
    written_with_modes(topology, modes).into_iter().filter(|group| group.iter().all(|bond| several(bond))).collect()
}

fn switch_names(topology: &Topology<'_>, switches: &[usize]) -> Vec<String> {
    switches.iter().filter_map(|switch| topology.switches.get(*switch)).map(|switch| switch.name.to_string()).collect()
}

/// The pair that all ends of a bond belong to.
fn pair_of<'t, 'd>(topology: &'t Topology<'d>, ends: &BondEnds) -> Option<&'t Mlag<'d>> {
    let is_pair = |mlag: &&Mlag<'_>| mlag.peers.len() > 1 && ends.switches.iter().all(|end| mlag.peers.contains(end));
    topology.pairs_with(*ends.switches.first()?).find(is_pair).filter(|_| !ends.direct)
}

/// Speeds of a bond's members where they differ, and where the slowest is declared.
fn slowest_of_unequal(topology: &Topology<'_>, bond: &Bond<'_>) -> Option<(Span, Vec<Rate>)> {
    let mut rates: Vec<(Rate, PortId)> =
        bond.members.iter().filter_map(|port| Some((topology.link_speed(*port)?, *port))).collect();
    rates.sort_by(|left, right| left.0.base().total_cmp(&right.0.base()));
    let (slowest, port) = *rates.first()?;
    if rates.iter().all(|(rate, _)| *rate == slowest) {
        return None;
    }
    // The slower end of the link sets its speed.
    let ends = [Some(port), topology.far_end(port)];
    let declared = ends.into_iter().flatten().filter_map(|end| topology.port(end).speed.as_ref());
    let span = declared.filter(|speed| speed.value == slowest).map(|speed| speed.span).next();
    Some((span.unwrap_or(topology.port(port).span), rates.into_iter().map(|(rate, _)| rate).collect()))
}

/// Ports of management controllers.
fn bmc_ports(topology: &Topology<'_>) -> HashSet<PortId> {
    let interfaces = topology
        .networks_for(Purpose::Bmc)
        .flat_map(|network| &network.attachments)
        .filter_map(|attachment| attachment.interface.as_ref());
    interfaces.flat_map(|interface| topology.ports_under(interface.value)).copied().collect()
}

/// Whether the members of a bond could be on two cards.
enum Choice<'a> {
    /// They are.
    Apart,
    /// They are on one card, and these ports of others would do.
    OneCard(&'a str, Vec<String>),
    /// The key that would tell.
    Open(String),
}

/// Nothing where no other card could carry a member, or the device is no server: groups of a firewall's ports are no
/// cards.
fn choice<'a>(topology: &'a Topology<'a>, bond: &Bond<'_>, bmc: &HashSet<PortId>) -> Option<Choice<'a>> {
    let DeviceId::Node(_) = bond.device else { return None };
    let cards: BTreeSet<&str> = bond.members.iter().map(|port| topology.port(*port).card).collect();
    if cards.len() > 1 {
        return Some(Choice::Apart);
    }
    if let Some(key) = topology.missing_member_speed(bond) {
        return Some(Choice::Open(key));
    }
    let card = cards.into_iter().next()?;
    let own = |port: PortId| topology.port(port).speed.as_ref().map(|speed| speed.value);
    let slowest = bond
        .members
        .iter()
        .filter_map(|port| own(*port))
        .reduce(|least, next| if next < least { next } else { least })?;
    let aside = |port: PortId| topology.switch_of(port).is_some_and(|to| to.role() == Some(SwitchRole::Management));
    let is_aside = bond.members.iter().all(|port| aside(*port));
    let others: Vec<PortId> = topology
        .ports_of(bond.device)
        .iter()
        .copied()
        .filter(|port| topology.port(*port).card != card && !bmc.contains(port) && (is_aside || !aside(*port)))
        .collect();
    let fits: Vec<PortId> = others.iter().copied().filter(|port| own(*port) == Some(slowest)).collect();
    if let Some(unknown) = others.into_iter().find(|port| own(*port).is_none()).filter(|_| fits.is_empty()) {
        return Some(Choice::Open(topology.speed_key(unknown)));
    }
    let labels: Vec<String> = fits.into_iter().map(|port| topology.port(port).label.as_ref().to_owned()).collect();
    (!labels.is_empty()).then_some(Choice::OneCard(card, labels))
}

/// Whether a bond joins servers without a switch.
fn is_mesh(topology: &Topology<'_>, bond: &Bond<'_>) -> bool {
    topology.bond_ends(bond).direct || topology.networks_over(bond).any(|network| network.table().mesh.is_some())
}

/// Settings of the switch ports that some bonds end in.
fn settings_of<'t, 'd>(
    topology: &'t Topology<'d>,
    bonds: &[&'t Bond<'d>],
) -> Vec<(&'t Bond<'d>, PortId, &'d SwitchPort)> {
    if topology.design.switch_port.is_none() {
        return Vec::new();
    }
    let ends = bonds.iter().flat_map(|bond| topology.bond_ends(bond).ports.iter().map(move |port| (*bond, *port)));
    ends.filter_map(|(bond, port)| Some((bond, port, topology.port(port).settings?))).collect()
}

/// The switch side of a bond.
struct Facing<'t> {
    bond: &'t Bond<'t>,
    ports: &'t [PortId],
    /// Where two of them are set differently.
    split: Option<(Span, Span)>,
    /// The key that would tell of the others.
    missing: Option<String>,
}

impl<'t> Facing<'t> {
    /// Nothing where no port names a group.
    fn of(topology: &'t Topology<'t>, bond: &'t Bond<'t>) -> Option<Self> {
        let ends = topology.bond_ends(bond);
        let named: Vec<(PortId, (&[usize], &str))> =
            ends.ports.iter().filter_map(|port| Some((*port, topology.lag_of(*port)?))).collect();
        let (first, lag) = named.first()?;
        let place = |port: PortId| {
            let settings = topology.port(port).settings?;
            let lag = settings.lag.as_ref().map(|lag| lag.span);
            lag.or_else(|| settings.ports.as_ref().map(|ports| ports.span))
        };
        let unlike =
            |port: &&PortId| topology.port(**port).settings.is_some() && topology.lag_of(**port).as_ref() != Some(lag);
        let split = ends.ports.iter().find(unlike).and_then(|port| Some((place(*port)?, place(*first)?)));
        let unset = ends.ports.iter().any(|port| topology.port(*port).settings.is_none());
        let missing = ends.open.clone().or_else(|| unset.then(|| "switch_port".to_owned()));
        Some(Self { bond, ports: &ends.ports, split, missing })
    }

    /// Its ports with their groups.
    fn port_texts(&self, topology: &Topology<'_>) -> Vec<String> {
        let text = |port: &PortId| match topology.lag_of(*port) {
            Some((_, name)) => format!("{} ({name})", topology.port_name(*port)),
            None => topology.port_name(*port),
        };
        self.ports.iter().map(text).collect()
    }
}

/// What the ports of a group lead to.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum LagEnd {
    /// A bond.
    Bond(BondId),
    /// A port that is in no bond.
    Port(PortId),
    /// Another switch or pair.
    Switches(Vec<usize>),
}

/// Each end once; ports without a cable lead nowhere yet.
fn lag_ends(topology: &Topology<'_>, lag: &Lag<'_>, by_port: &BTreeMap<PortId, BondId>) -> Vec<LagEnd> {
    let ends = lag.ports.iter().filter_map(|port| topology.far_end(*port)).map(|far| match topology.port(far).device {
        DeviceId::Switch(switch) => LagEnd::Switches(topology.unit(switch).to_vec()),
        DeviceId::Node(_) | DeviceId::Firewall(_) => {
            by_port.get(&far).map_or(LagEnd::Port(far), |bond| LagEnd::Bond(*bond))
        }
    });
    ends.collect::<BTreeSet<_>>().into_iter().collect()
}

fn not_one_bond(judge: &mut Judge<'_>, subject: Subject, lag: &Lag<'_>, ends: &[LagEnd]) {
    let topology = judge.topology();
    let text = |end: &LagEnd| match end {
        LagEnd::Bond(bond) => {
            let bond = &topology.bonds[bond.0];
            let (name, device) = (bond.name(), topology.name(bond.device));
            match bond.mode() {
                None => words::evidence::bond(name, device),
                Some(mode) => words::evidence::bond_of_mode(name, device, mode.to_string()),
            }
        }
        LagEnd::Port(port) => topology.port_name(*port).into(),
        LagEnd::Switches(switches) => switch_names(topology, switches).join(" + ").into(),
    };
    let raised =
        judge.violated(subject).with("lag", lag.name).with("ends", ends.iter().map(text).collect::<Vec<Said>>());
    raised.with("switches", switch_names(topology, &lag.switches));
    let mut told: BTreeSet<String> = BTreeSet::new();
    for bond in
        ends.iter().filter_map(|end| if let LagEnd::Bond(bond) = end { topology.bonds.get(bond.0) } else { None })
    {
        if told.insert(bond.path()) {
            raised.label("bond", bond.span()).about(bond.path());
        }
    }
}

fn carries_ceph(network: &Network<'_>) -> bool {
    network.is_for(Purpose::CephPublic) || network.is_for(Purpose::CephCluster)
}

/// Equal bonds, and the overlays whose underlay they carry.
type Tunnelled<'a> = (Vec<&'a Bond<'a>>, Vec<(&'a str, Span)>);

/// Judges equal bonds under the underlay of some overlays.
fn tunnels_over(judge: &mut Judge<'_>, bonds: &[&Bond<'_>], overlays: &[(&str, Span)], good: &[&str]) {
    let Some(first) = bonds.first() else { return };
    let policy = first.item.value.xmit_hash_policy.as_ref();
    // The kernel looks at hardware addresses where nothing is said.
    let by = policy.map_or(HashPolicy::Layer2, |policy| policy.value).to_string();
    let spreads = first.mode().is_none_or(|mode| matches!(mode, BondMode::Lacp | BondMode::BalanceXor));
    if !spreads || first.item.value.unread.contains(&"xmit_hash_policy") {
        return;
    }
    if good.contains(&by.as_str()) {
        judge.holds();
    } else if first.mode().is_none() {
        judge.unproven(subject(first), mode_key(first));
    } else {
        let raised = violated(judge, bonds).with("policy", by);
        raised.with("overlays", overlays.iter().map(|(name, _)| *name).collect::<Vec<_>>());
        raised.at(policy.map_or(first.span(), |policy| policy.span));
        for (name, span) in overlays {
            raised.label("overlay", *span).about(format!("overlay.{name}"));
        }
    }
}
