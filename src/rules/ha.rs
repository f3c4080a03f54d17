//! High availability: groups, the way back, and room on the nodes that survive.

use std::collections::BTreeSet;

use super::{Judge, Subject};
use crate::capacity::budget::room_for_guests;
use crate::catalogue::parameters::ha as parameters;
use crate::design::{Guest, Item, Names, ShutdownPolicy, Text, Words};
use crate::quantity::{Size, units};
use crate::source::{Span, Spanned};
use crate::topology::{Node, Topology};

type Profile = Item<Guest>;

pub(super) fn fewer_than_three_nodes(judge: &mut Judge<'_>, limits: &parameters::FewerThanThreeNodes) {
    let topology = judge.topology();
    let nodes = topology.nodes.len();
    match topology.high_availability() {
        Some(false) => {}
        _ if nodes == 0 => no_nodes(judge),
        _ if nodes >= limits.minimum as usize => judge.holds(),
        None => _ = judge.unproven(subject(topology), "ha.enabled"),
        Some(true) => {
            let raised = judge.violated(subject(topology)).with("nodes", nodes).about("cluster");
            for node in &topology.nodes {
                raised.about(node.path());
            }
        }
    }
}

pub(super) fn guest_without_group(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    let on = topology.high_availability();
    let lists = topology.node_affinities().filter_map(|rule| rule.value.guests.as_ref());
    let open = unread_list(topology);
    let listed: BTreeSet<&str> = lists.flat_map(|names| names.value.iter()).collect();
    for guest in topology.guests().filter(|_| on == Some(true)) {
        let free: Vec<&str> = guest.names.iter().map(Text::as_str).filter(|name| !listed.contains(name)).collect();
        let placed = guest.value.ha_group.is_some() || free.is_empty();
        match &guest.value.ha {
            Some(ha) if !ha.value => {}
            _ if placed => judge.holds(),
            None => unproven(judge, guest, "ha"),
            Some(ha) => {
                if let Some(key) = &open {
                    judge.unproven(guest_subject(guest), key.clone());
                    continue;
                }
                let raised = judge.violated(guest_subject(guest)).at(ha.span);
                if free.len() == guest.names.len() {
                    raised.with("guest", guest.pattern.value.as_str());
                } else {
                    raised.with("guest", free);
                }
            }
        }
    }
}

/// The key of a node affinity rule whose guests are not said, or name one that the design doesn't have.
fn unread_list(topology: &Topology<'_>) -> Option<String> {
    let known: BTreeSet<&str> = topology.guests().flat_map(|guest| &guest.names).map(Text::as_str).collect();
    let is_whole = |names: &Names| names.iter().all(|name| known.contains(name));
    let open = topology.node_affinities().find(|rule| {
        let guests = rule.value.guests.as_ref();
        rule.value.unread.contains(&"guests") || guests.is_none_or(|guests| !is_whole(&guests.value))
    });
    open.map(|rule| format!("ha.node_affinity.{}.guests", rule.pattern.value))
}

pub(super) fn group_on_release_without_groups(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    let release = topology.design.design.as_ref().and_then(|about| about.value.proxmox_ve.as_ref());
    for group in topology.ha_groups() {
        let subject = group_subject(group);
        match release {
            None => _ = judge.unproven(subject, "design.proxmox_ve"),
            Some(release) => {
                let raised = judge.violated(subject).with("group", group.pattern.value.as_str());
                raised.with("release", release.value.to_string()).label("release", release.span);
            }
        }
    }
    for _ in topology.node_affinities() {
        judge.holds();
    }
}

pub(super) fn failback_moves_guests(judge: &mut Judge<'_>) {
    for group in judge.topology().ha_groups() {
        let subject = group_subject(group);
        match &group.value.nofailback {
            None => {
                let missing = format!("{}.nofailback", subject.path);
                judge.unproven(subject, missing);
            }
            Some(stays) if stays.value => judge.holds(),
            Some(stays) => _ = judge.violated(subject).at(stays.span).with("group", group.pattern.value.as_str()),
        }
    }
}

pub(super) fn nofailback_does_not_return(judge: &mut Judge<'_>) {
    for group in judge.topology().ha_groups() {
        match &group.value.nofailback {
            None => {}
            Some(stays) if !stays.value => judge.holds(),
            Some(stays) => {
                let raised = judge.violated(group_subject(group)).at(stays.span);
                raised.with("group", group.pattern.value.as_str());
            }
        }
    }
}

pub(super) fn shutdown_policy_not_migrate(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    let on = topology.high_availability();
    if on == Some(false) {
        return;
    }
    let policy = topology.design.ha.as_ref().and_then(|ha| ha.value.shutdown_policy.as_ref());
    match policy {
        Some(policy) if policy.value == ShutdownPolicy::Migrate => judge.holds(),
        _ if on.is_none() => _ = judge.unproven(subject(topology), "ha.enabled"),
        None => _ = judge.unproven(subject(topology), "ha.shutdown_policy"),
        Some(policy) => _ = judge.violated(subject(topology)).at(policy.span).with("policy", policy.value.word()),
    }
}

pub(super) fn restricted_to_one_node(judge: &mut Judge<'_>, limits: &parameters::RestrictedToOneNode) {
    let topology = judge.topology();
    for group in topology.ha_groups() {
        let (nodes, only) = (group.value.nodes.as_ref(), group.value.restricted.as_ref());
        judge_restriction(judge, limits, group_subject(group), nodes, only, "restricted");
    }
    for rule in topology.node_affinities() {
        let subject = Subject::new(format!("ha.node_affinity.{}", rule.pattern.value), rule.pattern.span);
        judge_restriction(judge, limits, subject, rule.value.nodes.as_ref(), rule.value.strict.as_ref(), "strict");
    }
}

fn judge_restriction(
    judge: &mut Judge<'_>,
    limits: &parameters::RestrictedToOneNode,
    subject: Subject,
    nodes: Option<&Spanned<Names>>,
    only: Option<&Spanned<bool>>,
    key: &'static str,
) {
    if only.is_some_and(|only| !only.value) {
        return;
    }
    let Some(nodes) = nodes else {
        let missing = format!("{}.nodes", subject.path);
        judge.unproven(subject, missing);
        return;
    };
    let names: BTreeSet<&str> = nodes.value.iter().collect();
    if names.len() >= limits.minimum as usize {
        judge.holds();
    } else if only.is_none() {
        let missing = format!("{}.{key}", subject.path);
        judge.unproven(subject, missing);
    } else {
        let group = subject.path.clone();
        let raised = judge.violated(subject).at(nodes.span).with("group", group);
        raised.with("nodes", names.into_iter().collect::<Vec<_>>());
    }
}

pub(super) fn guests_exceed_surviving_memory(judge: &mut Judge<'_>, limits: &parameters::GuestsExceedSurvivingMemory) {
    let topology = judge.topology();
    let on = topology.high_availability();
    let mut guests = topology.guests().filter(|guest| guest.value.ha.as_ref().is_none_or(|ha| ha.value)).peekable();
    if on == Some(false) || guests.peek().is_none() {
        return;
    }
    if on.is_none() {
        judge.unproven(subject(topology), "ha.enabled");
        return;
    }
    if topology.nodes.is_empty() {
        no_nodes(judge);
        return;
    }
    let mut complete = true;
    let mut demands = Vec::new();
    for guest in guests {
        match Demand::of(topology, guest) {
            Ok(demand) => demands.push(demand),
            Err(key) => {
                unproven(judge, guest, key);
                complete = false;
            }
        }
    }
    // The ones with the least choice first, and among equals the largest.
    demands.sort_by(|left, right| {
        let choice = |demand: &Demand<'_>| demand.allowed.as_ref().map_or(usize::MAX, BTreeSet::len);
        choice(left).cmp(&choice(right)).then(right.memory.base().total_cmp(&left.memory.base()))
    });
    let Some(rooms) = rooms(judge, limits) else { return };
    let Some(rooms) = beside_others(judge, rooms) else { return };
    for lost in losses(&rooms, &demands, limits.losses as usize) {
        if let Some(unplaced) = pack(&rooms, &demands, &lost) {
            raise(judge, &rooms, &demands, &lost, &unplaced);
            return;
        }
    }
    if complete && rooms.len() > limits.losses as usize {
        judge.holds();
    }
}

/// Equal guests that need a place.
struct Demand<'d> {
    guest: &'d Profile,
    count: u64,
    memory: Size,
    /// Indices of the nodes they may run on, where they are restricted.
    allowed: Option<BTreeSet<usize>>,
}

impl<'d> Demand<'d> {
    /// What a profile demands, or the key that would tell.
    fn of(topology: &Topology<'_>, guest: &'d Profile) -> Result<Self, &'static str> {
        guest.value.ha.as_ref().ok_or("ha")?;
        let count = guest.value.count.as_ref().ok_or("count")?.value;
        let memory = guest.value.memory.as_ref().ok_or("memory")?.value;
        let nodes = restriction(topology, guest).map(|names| {
            let listed: BTreeSet<&str> = names.value.iter().collect();
            let named = |(_, node): &(usize, &Node<'_>)| listed.contains(node.name.as_str());
            topology.nodes.iter().enumerate().filter(named).map(|(index, _)| index).collect()
        });
        Ok(Self { guest, count: u64::from(count) * guest.names.len() as u64, memory, allowed: nodes })
    }

    fn may_run_on(&self, node: usize) -> bool {
        self.allowed.as_ref().is_none_or(|allowed| allowed.contains(&node))
    }
}

/// The nodes that a restricted group or a strict node affinity rule leaves to a profile.
fn restriction<'d>(topology: &Topology<'d>, guest: &Profile) -> Option<&'d Spanned<Names>> {
    let is = |only: &Option<Spanned<bool>>| only.as_ref().is_some_and(|only| only.value);
    let strict = topology.node_affinities().filter(|rule| is(&rule.value.strict)).find(|rule| {
        let listed: BTreeSet<&str> = rule.value.guests.iter().flat_map(|names| names.value.iter()).collect();
        guest.names.iter().all(|name| listed.contains(name.as_str()))
    });
    let named = guest.value.ha_group.as_ref();
    let group = topology
        .ha_groups()
        .filter(|group| is(&group.value.restricted))
        .find(|group| named.is_some_and(|named| group.names.contains(&named.value)));
    strict.and_then(|rule| rule.value.nodes.as_ref()).or_else(|| group?.value.nodes.as_ref())
}

/// Memory that each node has for guests; nothing where a fact is missing, which is reported.
fn rooms(judge: &mut Judge<'_>, limits: &parameters::GuestsExceedSurvivingMemory) -> Option<Vec<Size>> {
    let topology = judge.topology();
    let mut asked = BTreeSet::new();
    let mut rooms = Vec::new();
    for node in &topology.nodes {
        match room_for_guests(topology, node, limits.osd) {
            Ok(room) => rooms.push(room),
            Err(missing) if asked.insert(missing.clone()) => {
                judge.unproven(Subject::new(node.path(), node.span()), missing);
            }
            Err(_) => {}
        }
    }
    Some(rooms).filter(|_| asked.is_empty())
}

/// What is left beside guests that high availability does not look after: they stay where they run, and every node is
/// taken to give them the same part of its memory.
fn beside_others(judge: &mut Judge<'_>, rooms: Vec<Size>) -> Option<Vec<Size>> {
    let topology = judge.topology();
    let mut taken = 0.0;
    for guest in topology.guests().filter(|guest| guest.value.ha.as_ref().is_some_and(|ha| !ha.value)) {
        match (&guest.value.count, &guest.value.memory) {
            (Some(count), Some(memory)) => {
                taken += f64::from(count.value) * guest.names.len() as f64 * memory.value.base();
            }
            (None, _) => {
                unproven(judge, guest, "count");
                return None;
            }
            (_, None) => {
                unproven(judge, guest, "memory");
                return None;
            }
        }
    }
    let all: f64 = rooms.iter().map(|room| room.base()).sum();
    let left = if all > 0.0 { (1.0 - taken / all).max(0.0) } else { 0.0 };
    Some(rooms.into_iter().map(|room| room * left).collect())
}

/// Losses to survive: that of the nodes with most room, and in each restricted group that of its own. A group whose
/// nodes are all lost has no place left, whatever its memory.
fn losses(rooms: &[Size], demands: &[Demand<'_>], count: usize) -> BTreeSet<Vec<usize>> {
    let largest = |mut nodes: Vec<usize>| {
        nodes.sort_by(|left, right| room_of(rooms, *right).total_cmp(&room_of(rooms, *left)).then(left.cmp(right)));
        let enough = nodes.len() > count;
        nodes.truncate(count);
        nodes.sort_unstable();
        Some(nodes).filter(|_| enough)
    };
    let groups = demands.iter().filter_map(|demand| Some(demand.allowed.as_ref()?.iter().copied().collect()));
    std::iter::once((0..rooms.len()).collect()).chain(groups).filter_map(largest).collect()
}

fn room_of(rooms: &[Size], node: usize) -> f64 {
    rooms.get(node).map_or(0.0, |room| room.base())
}

/// Guests that find no place.
struct Unplaced {
    demand: usize,
    count: u64,
}

/// Puts guests onto the nodes that are left, each onto the first that has room. Equal guests go together.
fn pack(rooms: &[Size], demands: &[Demand<'_>], lost: &[usize]) -> Option<Unplaced> {
    let mut free: Vec<f64> = rooms.iter().map(|room| room.base()).collect();
    for (index, demand) in demands.iter().enumerate() {
        let size = demand.memory.base();
        let (mut left, mut places) = (demand.count, 0_usize);
        for (node, room) in free.iter_mut().enumerate() {
            if lost.contains(&node) || !demand.may_run_on(node) {
                continue;
            }
            places += 1;
            let fitting = if size > 0.0 { left.min((*room / size).floor() as u64) } else { left };
            *room -= size * fitting as f64;
            left -= fitting;
        }
        if left > 0 && places > 0 {
            return Some(Unplaced { demand: index, count: left });
        }
    }
    None
}

fn raise(judge: &mut Judge<'_>, rooms: &[Size], demands: &[Demand<'_>], lost: &[usize], unplaced: &Unplaced) {
    let topology = judge.topology();
    let Some(demand) = demands.get(unplaced.demand) else { return };
    let survivors = || topology.nodes.iter().enumerate().filter(|(index, _)| !lost.contains(index));
    let gone: Vec<&str> = lost.iter().filter_map(|index| Some(topology.nodes.get(*index)?.name.as_str())).collect();
    let needed: Size = demands.iter().map(|demand| demand.memory * demand.count as f64).sum();
    let room: Size = survivors().filter_map(|(index, _)| rooms.get(index).copied()).sum();
    let guest = demand.guest;
    let at = guest.value.memory.as_ref().map_or(guest.pattern.span, |memory| memory.span);
    let raised = judge.violated(subject(topology)).at(at);
    raised.with("lost", gone).with("guest", guest.pattern.value.as_str()).with("unplaced", unplaced.count as f64);
    raised.with("count", demand.count as f64).with("memory", demand.memory);
    raised.with("needed", needed.to(&units::GIB)).with("room", room.to(&units::GIB));
    raised.with("survivors", survivors().count()).about(format!("guest.{}", guest.pattern.value));
    let mut models = BTreeSet::new();
    for (model, memory) in survivors().filter_map(|(_, node)| Some((node.model?, node.memory()?))) {
        if models.insert(model.pattern.value.as_str()) {
            raised.about(format!("server_model.{}.memory", model.pattern.value)).label("memory", memory.span);
        }
    }
}

/// High availability as a whole, where it is switched on or implied.
fn subject(topology: &Topology<'_>) -> Subject {
    let ha = topology.design.ha.as_ref();
    let enabled = ha.and_then(|ha| ha.value.enabled.as_ref()).map(|enabled| enabled.span);
    let implied = || topology.guests().find_map(|guest| guest.value.ha.as_ref().filter(|ha| ha.value));
    let span: Option<Span> = enabled.or_else(|| implied().map(|ha| ha.span)).or_else(|| ha.map(|ha| ha.span));
    Subject::new("ha", span.unwrap_or(topology.anchor()))
}

fn no_nodes(judge: &mut Judge<'_>) {
    judge.unproven(subject(judge.topology()), "node");
}

fn group_subject(group: &Item<crate::design::HaGroup>) -> Subject {
    Subject::new(format!("ha.group.{}", group.pattern.value), group.pattern.span)
}

fn guest_subject(guest: &Profile) -> Subject {
    Subject::new(format!("guest.{}", guest.pattern.value), guest.pattern.span)
}

fn unproven(judge: &mut Judge<'_>, guest: &Profile, key: &str) {
    judge.unproven(guest_subject(guest), format!("guest.{}.{key}", guest.pattern.value));
}

pub(super) fn guest_in_two_affinity_rules(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    for rule in topology.node_affinities().filter(|rule| rule.value.guests.is_none()) {
        let own = Subject::new(format!("ha.node_affinity.{}", rule.pattern.value), rule.pattern.span);
        judge.unproven(own, format!("ha.node_affinity.{}.guests", rule.pattern.value));
    }
    for guest in topology.guests() {
        let mut lists: Vec<(&str, Span)> = Vec::new();
        for rule in topology.node_affinities() {
            let Some(guests) = &rule.value.guests else { continue };
            if guest.names.iter().any(|name| guests.value.contains(name)) {
                lists.push((rule.pattern.value.as_str(), guests.span));
            }
        }
        match lists.as_slice() {
            [] => {}
            [_] => judge.holds(),
            [(_, first), .., (_, last)] => {
                let raised = judge.violated(guest_subject(guest)).at(*last);
                raised.with("guest", guest.pattern.value.as_str()).label("rule", *first);
                raised.with("rules", lists.iter().map(|(name, _)| *name).collect::<Vec<_>>());
            }
        }
    }
}
