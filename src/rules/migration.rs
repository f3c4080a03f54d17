//! Live migration: the network it takes, and how much of it.

use std::collections::BTreeSet;

use super::{Judge, Subject};
use crate::capacity::migration::{Evacuation, Pace};
use crate::catalogue::parameters::migration as parameters;
use crate::design::{BondMode, Migration, Purpose, Text, Words};
use crate::quantity::{Rate, Ratio, units};
use crate::source::{Span, Spanned};
use crate::topology::{Bond, DeviceId, Interface, Network, Node, Topology};

pub(super) fn network_unset(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    if named(topology).is_some() || topology.migration_network().is_some() {
        judge.holds();
        return;
    }
    match (topology.design.migration.is_some(), management(topology)) {
        (true, Some(network)) => {
            let raised = judge.violated(subject(topology)).with("network", network.name());
            raised.label("network", network.span()).about(network.path());
        }
        (true, None) => _ = judge.unproven(subject(topology), "migration.network"),
        // Guests under high availability move, so that the network is open rather than of no interest.
        (false, _) if topology.high_availability() == Some(true) => {
            judge.unproven(subject(topology), "migration.network");
        }
        (false, _) => {}
    }
}

pub(super) fn on_management(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    let Some(network) = topology.migration_network() else { return };
    let heartbeat = match topology.winning_link() {
        Some(link) => topology.link_network(link).name() == network.name(),
        None => network.is_for(Purpose::Corosync),
    };
    let management = network.is_for(Purpose::Management).then_some(Purpose::Management);
    let purposes: Vec<&str> =
        management.into_iter().chain(heartbeat.then_some(Purpose::Corosync)).map(Purpose::word).collect();
    let written = network.table().purpose.as_ref();
    if purposes.is_empty() {
        match written {
            Some(_) => judge.holds(),
            None => _ = judge.unproven(subject(topology), format!("{}.purpose", network.path())),
        }
        return;
    }
    let at = named(topology).map_or(written.map_or(network.span(), |purpose| purpose.span), |name| name.span);
    let raised = judge.violated(subject(topology)).at(at).with("network", network.name());
    raised.with("purposes", purposes).label("network", network.span()).about(network.path());
}

pub(super) fn limit_above_ninety_percent(judge: &mut Judge<'_>, limits: &parameters::LimitAboveNinetyPercent) {
    let topology = judge.topology();
    let Some((limit, carriers)) = limited(judge) else { return };
    let slowest = carriers.iter().min_by(|left, right| left.whole.base().total_cmp(&right.whole.base()));
    let Some(slowest) = slowest else { return };
    if limit.value <= slowest.whole * limits.share.base() {
        judge.holds();
        return;
    }
    let used = Ratio::from_base(limit.value / slowest.whole, &units::PERCENT);
    let raised = judge.violated(subject(topology)).at(limit.span).with("bandwidth_limit", limit.value);
    raised.with("limit_rate", in_gigabit(limit.value)).with("rate", in_gigabit(slowest.whole)).with("used", used);
    raised.with("interface", slowest.name.as_str()).label("interface", slowest.span).about(slowest.path.as_str());
}

/// The limit that is set, and what carries migrations; what is missing to know that leaves the rule unproven.
fn limited<'a>(judge: &mut Judge<'a>) -> Option<(&'a Spanned<Rate>, Vec<Carrier>)> {
    let topology = judge.topology();
    let limit = written(topology)?.bandwidth_limit.as_ref()?;
    match carriers(topology) {
        Ok(carriers) => Some((limit, carriers)),
        Err(missing) => {
            judge.unproven(subject(topology), missing);
            None
        }
    }
}

pub(super) fn limit_above_one_member(judge: &mut Judge<'_>, limits: &parameters::LimitAboveOneMember) {
    let topology = judge.topology();
    let Some((limit, carriers)) = limited(judge) else { return };
    // Round robin is the one mode that spreads a single connection over all members.
    let bonds = carriers.iter().filter(|carrier| carrier.members > 1 && carrier.mode != Some(BondMode::BalanceRr));
    let slowest = bonds.min_by(|left, right| left.member.base().total_cmp(&right.member.base()));
    let Some(slowest) = slowest else { return };
    let most = slowest.member * limits.share.base();
    if limit.value <= most {
        judge.holds();
    } else if slowest.mode.is_none() {
        judge.unproven(subject(topology), format!("{}.mode", slowest.path));
    } else {
        let raised = judge.violated(subject(topology)).at(limit.span).with("bandwidth_limit", limit.value);
        raised.with("limit_rate", in_gigabit(limit.value)).with("rate", in_gigabit(slowest.member));
        raised.with("most", in_gigabit(most)).with("interface", slowest.name.as_str());
        raised.label("interface", slowest.span).about(slowest.path.as_str());
    }
}

pub(super) fn no_limit_on_shared_network(judge: &mut Judge<'_>, limits: &parameters::NoLimitOnSharedNetwork) {
    let topology = judge.topology();
    let migration = written(topology);
    if migration.is_some_and(|migration| migration.bandwidth_limit.is_some()) {
        judge.holds();
        return;
    }
    if migration.is_some_and(|migration| migration.unread.contains(&"bandwidth_limit")) {
        judge.unproven(subject(topology), "migration.bandwidth_limit");
        return;
    }
    let Some(network) = taken(topology) else {
        if migration.is_some() && named(topology).is_none() {
            judge.unproven(subject(topology), "migration.network");
        }
        return;
    };
    let sharing: Vec<&Network<'_>> = std::iter::once(network).chain(topology.networks_sharing_ports(network)).collect();
    let counts = |purpose: &Purpose| limits.purposes.contains(&purpose.word());
    let purposes: BTreeSet<&str> =
        sharing.iter().flat_map(|network| network.purposes()).filter(counts).map(Words::word).collect();
    if purposes.is_empty() {
        if let Some(missing) = unknown(topology, network, counts) {
            judge.unproven(subject(topology), missing);
        }
    } else if migration.is_none() {
        judge.unproven(subject(topology), "migration.bandwidth_limit");
    } else {
        let own = subject(topology);
        let at = named(topology).map_or(own.span, |name| name.span);
        let raised = judge.violated(own).at(at).with("network", network.name());
        raised.with("purposes", purposes.into_iter().collect::<Vec<_>>());
        for other in sharing.into_iter().filter(|network| network.purposes().any(|purpose| counts(&purpose))) {
            raised.label("network", other.span()).about(other.path());
        }
    }
}

pub(super) fn limit_below_a_tenth_of_gigabit(judge: &mut Judge<'_>, limits: &parameters::LimitBelowATenthOfGigabit) {
    let topology = judge.topology();
    let Some(limit) = written(topology).and_then(|migration| migration.bandwidth_limit.as_ref()) else { return };
    if limit.value >= limits.minimum {
        judge.holds();
        return;
    }
    let raised = judge.violated(subject(topology)).at(limit.span).with("bandwidth_limit", limit.value);
    raised.with("limit_rate", limit.value.to(&units::MBIT_PER_S));
}

pub(super) fn limits_add_up(judge: &mut Judge<'_>, limits: &parameters::LimitsAddUp) {
    let topology = judge.topology();
    let Some(parallel) = written(topology).and_then(|migration| migration.parallel.as_ref()) else { return };
    if parallel.value < 2 {
        return;
    }
    let Some((limit, carriers)) = limited(judge) else { return };
    let slowest = carriers.iter().min_by(|left, right| left.whole.base().total_cmp(&right.whole.base()));
    let Some(slowest) = slowest else { return };
    let together = limit.value * f64::from(parallel.value);
    if together <= slowest.whole * limits.share.base() {
        judge.holds();
        return;
    }
    let raised = judge.violated(subject(topology)).at(parallel.span).with("parallel", parallel.value);
    raised.with("together", in_gigabit(together)).with("rate", in_gigabit(slowest.whole));
    raised.with("interface", slowest.name.as_str()).label("interface", slowest.span).about(slowest.path.as_str());
    raised.label("limit", limit.span);
}

pub(super) fn encryption_left_to_default(judge: &mut Judge<'_>, limits: &parameters::EncryptionLeftToDefault) {
    let topology = judge.topology();
    let Some(migration) = written(topology) else { return };
    if migration.encrypted.is_some() {
        judge.holds();
        return;
    }
    if migration.unread.contains(&"encrypted") {
        judge.unproven(subject(topology), "migration.encrypted");
        return;
    }
    match carriers(topology) {
        Err(missing) => _ = judge.unproven(subject(topology), missing),
        Ok(carriers) => {
            let slowest = carriers.iter().min_by(|left, right| left.member.base().total_cmp(&right.member.base()));
            let Some(fast) = slowest.filter(|slowest| slowest.member > limits.rate) else { return };
            let raised = judge.violated(subject(topology)).with("interface", fast.name.as_str());
            raised.with("rate", in_gigabit(fast.member)).label("interface", fast.span).about(fast.path.as_str());
        }
    }
}

/// Whether a design moves guests.
fn moves(topology: &Topology<'_>) -> bool {
    topology.design.migration.is_some() || topology.high_availability() == Some(true)
}

pub(super) fn guest_changes_faster_than_sent(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    let changing = topology.guests().filter_map(|guest| Some((guest, guest.value.dirty_rate.as_ref()?)));
    let changing: Vec<_> = changing.filter(|_| moves(topology)).collect();
    if changing.is_empty() {
        return;
    }
    let pace = match Pace::of(topology, u32::MAX) {
        Ok(pace) => pace,
        Err(missing) => {
            judge.settle(subject(topology), missing);
            return;
        }
    };
    for (guest, dirty) in changing {
        if dirty.value < pace.each() {
            judge.holds();
            continue;
        }
        let own = Subject::new(format!("guest.{}", guest.pattern.value), guest.pattern.span);
        let raised = judge.violated(own).at(dirty.span).with("guest", guest.pattern.value.as_str());
        raised.with("dirty_rate", dirty.value).with("rate", pace.each()).with("parallel", pace.parallel);
    }
}

pub(super) fn evacuation_above_window(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    let Some(window) = written(topology).and_then(|migration| migration.window.as_ref()) else { return };
    let evacuation = match Evacuation::of(topology) {
        Ok(Some(evacuation)) => evacuation,
        Ok(None) if topology.guests().next().is_some() && topology.nodes.is_empty() => {
            judge.unproven(subject(topology), "node");
            return;
        }
        Ok(None) => return,
        Err(missing) => {
            judge.settle(subject(topology), missing);
            return;
        }
    };
    // A guest that never arrives has a rule of its own.
    let Some(time) = evacuation.time else { return };
    if time <= window.value {
        let still = evacuation.still.iter().map(|guest| format!("{guest}.dirty_rate")).collect();
        judge.settle(subject(topology), still);
        return;
    }
    let raised = judge.violated(subject(topology)).at(window.span).with("node", evacuation.node.name.as_str());
    raised.with("memory", evacuation.memory.to(&units::GIB)).with("time", time.to(&units::MIN));
    raised.with("rate", in_gigabit(evacuation.pace.together)).with("window", window.value);
    raised.about(evacuation.node.path());
    for assumed in &evacuation.pace.assumed {
        raised.assumed(assumed);
    }
}

pub(super) fn node_outside_network(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    let Some(network) = topology.migration_network().filter(|_| named(topology).is_some()) else { return };
    let out = topology.nodes.iter().filter_map(|node| Some((node, topology.leaves_out(network, node)?)));
    let out: Vec<(&Node<'_>, Span)> = out.collect();
    let Some((_, place)) = out.first() else {
        judge.holds();
        return;
    };
    let at = named(topology).map_or(network.span(), |name| name.span);
    let raised = judge.violated(subject(topology)).at(at).with("network", network.name());
    raised.with("nodes", out.iter().map(|(node, _)| node.name.clone()).collect::<Vec<_>>());
    raised.label("network", *place).about(network.path());
}

/// The key that would tell whether a network shares its ports with one that counts.
fn unknown(topology: &Topology<'_>, network: &Network<'_>, counts: impl Fn(&Purpose) -> bool) -> Option<String> {
    if network.table().purpose.is_none() {
        return Some(format!("{}.purpose", network.path()));
    }
    let others = topology.networks.iter().filter(|other| other.purposes().any(|purpose| counts(&purpose)));
    let open = std::iter::once(network).chain(others).find(|network| !topology.interfaces_known(network));
    open.map(|network| format!("{}.interface", network.path()))
}

/// What carries the migration network on a node.
struct Carrier {
    name: String,
    path: String,
    span: Span,
    /// Rate of all of it.
    whole: Rate,
    /// Rate of its slowest port.
    member: Rate,
    members: usize,
    mode: Option<BondMode>,
}

/// What carries the network that migration takes on each node, or the key that would tell.
fn carriers(topology: &Topology<'_>) -> Result<Vec<Carrier>, String> {
    let network = taken(topology).ok_or("migration.network")?;
    let mut carriers = Vec::new();
    for attachment in &network.attachments {
        let DeviceId::Node(index) = attachment.device else { continue };
        let Some(node) = topology.nodes.get(index) else { continue };
        let interface = attachment.interface.as_ref().ok_or_else(|| topology.missing_interface(network, node))?;
        carriers.push(carrier(topology, network, node, interface.value)?);
    }
    if carriers.is_empty() { Err("node".to_owned()) } else { Ok(carriers) }
}

fn carrier(
    topology: &Topology<'_>,
    network: &Network<'_>,
    node: &Node<'_>,
    interface: Interface,
) -> Result<Carrier, String> {
    let ports = topology.ports_under(interface);
    let mut speeds = Vec::new();
    for port in ports {
        speeds.push(topology.known_link_speed(*port)?);
    }
    let first = ports.first().map(|port| topology.port(*port));
    let (Some(first), Some(member), Some(sum)) = (
        first,
        speeds.iter().copied().reduce(|least, speed| if speed < least { speed } else { least }),
        speeds.iter().copied().reduce(|sum, speed| sum + speed),
    ) else {
        return Err(topology.missing_interface(network, node));
    };
    let bond = topology.bond_under(interface);
    let mode = bond.and_then(Bond::mode);
    let one_at_a_time = matches!(mode, Some(BondMode::ActiveBackup | BondMode::Broadcast));
    let whole = if one_at_a_time { member } else { sum };
    let (name, path, span) = match bond {
        Some(bond) => (bond.name().to_owned(), bond.path(), bond.span()),
        None => (first.label.as_ref().to_owned(), network.path(), first.span),
    };
    let members = bond.map_or(1, |bond| bond.members.len());
    Ok(Carrier { name, path, span, whole, member, members, mode })
}

fn in_gigabit(rate: Rate) -> Rate {
    rate.to(&units::GBIT_PER_S)
}

/// The network that migration takes: the one it is given, or else that of management.
fn taken<'t>(topology: &'t Topology<'_>) -> Option<&'t Network<'t>> {
    topology.migration_network().or_else(|| management(topology).filter(|_| named(topology).is_none()))
}

fn management<'t>(topology: &'t Topology<'_>) -> Option<&'t Network<'t>> {
    topology.networks_for(Purpose::Management).next()
}

fn written<'d>(topology: &Topology<'d>) -> Option<&'d Migration> {
    topology.design.migration.as_ref().map(|migration| &migration.value)
}

fn named<'d>(topology: &Topology<'d>) -> Option<&'d Spanned<Text>> {
    written(topology)?.network.as_ref()
}

fn subject(topology: &Topology<'_>) -> Subject {
    let span = topology.design.migration.as_ref().map_or(topology.anchor(), |migration| migration.span);
    Subject::new("migration", span)
}
