//! Round trip and jitter of every pair of members of a network, equal pairs together.

use std::sync::Arc;

use foldhash::HashMap;

use super::figure::{Figure, Method};
use super::formula::all_of;
use super::latency::{self, Basis, Estimate};
use crate::catalogue::figure_texts as texts;
use crate::catalogue::parameters::figures::CorosyncRoundTrip;
use crate::design::{Purpose, Text, collapse};
use crate::quantity::units;
use crate::topology::{DeviceId, Landing, Network, PortId, Route, SwitchPairs, SwitchWays, Topology};
use crate::words::{self, Said};

/// Pairs of nodes between which frames take equally long over equal ways.
#[derive(Debug, Clone, PartialEq)]
pub struct PairGroup {
    /// How long that is; otherwise the key that would tell.
    pub estimate: Result<Estimate, String>,
    /// How many pairs there are.
    pub pairs: usize,
    /// Between whom: members of the first set with members of the second, or with each other where there is none.
    pub between: (Vec<DeviceId>, Option<Vec<DeviceId>>),
    /// Whether that names all of them.
    pub all_named: bool,
}

/// Nodes of one site whose frames take the same ways.
struct Class {
    site: Option<Text>,
    landings: Vec<(Landing, Route)>,
    missing: Option<String>,
    devices: Vec<DeviceId>,
    /// Equal where all but the switches and devices is.
    shape: u32,
}

impl Class {
    /// Switches that its nodes hang on.
    fn switches(&self) -> impl Iterator<Item = usize> {
        self.landings.iter().filter_map(|(landing, _)| match landing {
            Landing::Switch(switch) => Some(*switch),
            Landing::Device(_) => None,
        })
    }

    /// Writes down what decides how frames pass between two classes, as numbers: their shapes, and the ways between their
    /// switches there and back. Answers false where a member is cabled to another one without a switch.
    fn numbers_to(&self, other: &Class, ways: &SwitchWays, numbers: &mut Vec<u32>) -> bool {
        numbers.clear();
        numbers.extend([self.shape, other.shape]);
        for first in self.switches() {
            for last in other.switches() {
                numbers.extend([ways.number(first, last), ways.number(last, first)]);
            }
        }
        [self, other].iter().all(|class| class.switches().count() == class.landings.len())
    }
}

/// What classes have in common but for the switches and devices that they lead to.
type Shape = (Option<Text>, Vec<Sent>, Option<String>);

/// How a frame is sent to a landing, to the last bit.
type Sent = (usize, usize, u64, u64, Option<PortId>);

/// What nodes of a class have in common.
#[derive(PartialEq, Eq, Hash)]
struct Likeness<'d> {
    site: Option<&'d str>,
    landings: Vec<(Landing, u64)>,
    missing: Option<String>,
    /// The node itself, where it is cabled to others without a switch.
    alone: Option<DeviceId>,
}

/// How frames pass between two nodes.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Passage<'c> {
    /// Between two sites.
    Sites(Option<&'c str>, Option<&'c str>),
    /// Over cables, there and back.
    Ways([Exact; 2]),
    /// Nobody knows without this key.
    Missing(&'c str),
}

/// A way that is the same as another only to the last bit.
#[derive(Clone, Copy)]
struct Exact(Route);

impl PartialEq for Exact {
    fn eq(&self, other: &Self) -> bool {
        self.0.bits() == other.0.bits()
    }
}

impl Eq for Exact {}

impl std::hash::Hash for Exact {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.bits().hash(state);
    }
}

/// What pairs of a group have in common: all that is printed of them.
#[derive(PartialEq, Eq, Hash)]
enum Sameness {
    Estimate { path: String, round_trip: u64, jitter: Option<u64>, steps: Vec<usize> },
    Missing(String),
}

/// Every pair of nodes of a network. What is written for the network counts for every pair. Two nodes of different
/// sites have the round trip of a link between these sites, and no other. Within one site it is computed from the
/// cables.
pub fn groups(topology: &Topology<'_>, network: &Network<'_>) -> Arc<Vec<PairGroup>> {
    topology.once(network.place, || found_groups(topology, network))
}

fn found_groups(topology: &Topology<'_>, network: &Network<'_>) -> Vec<PairGroup> {
    if let Some(stated) = latency::of_network(network) {
        let devices: Vec<DeviceId> = topology.nodes_in(network).map(|(_, attachment)| attachment.device).collect();
        let pairs = devices.len() * devices.len().saturating_sub(1) / 2;
        let group = PairGroup { estimate: Ok(stated), pairs, between: (devices, None), all_named: true };
        return if pairs > 0 { vec![group] } else { Vec::new() };
    }
    let classes = classes(topology, network);
    let ways = topology.switch_ways();
    let mut groups: Vec<PairGroup> = Vec::new();
    let mut places: HashMap<Sameness, usize> = HashMap::default();
    let mut passages: HashMap<Passage<'_>, usize> = HashMap::default();
    let (mut alike, mut likeness): (HashMap<Vec<u32>, usize>, Vec<u32>) = Default::default();
    for (index, one) in classes.iter().enumerate() {
        for (offset, other) in classes[index..].iter().enumerate() {
            let same = offset == 0;
            let (here, there) = (one.devices.len(), other.devices.len());
            let pairs = if same { here * (here - 1) / 2 } else { here * there };
            if pairs == 0 {
                continue;
            }
            let comparable = one.numbers_to(other, ways, &mut likeness);
            if let Some(group) = alike.get(&likeness).filter(|_| comparable).and_then(|place| groups.get_mut(*place)) {
                group.pairs += pairs;
                group.all_named = false;
                continue;
            }
            let passage = passage(one, other, ways);
            let place = passages.get(&passage).copied().or_else(|| {
                let estimate = estimate(topology, network, &passage);
                let place = places.get(&sameness(&estimate)).copied()?;
                passages.insert(passage.clone(), place);
                Some(place)
            });
            if comparable {
                alike.insert(likeness.clone(), place.unwrap_or(groups.len()));
            }
            if let Some(group) = place.and_then(|place| groups.get_mut(place)) {
                group.pairs += pairs;
                group.all_named = false;
                continue;
            }
            let estimate = estimate(topology, network, &passage);
            places.insert(sameness(&estimate), groups.len());
            passages.insert(passage, groups.len());
            let between = (one.devices.clone(), (!same).then(|| other.devices.clone()));
            groups.push(PairGroup { estimate, pairs, between, all_named: true });
        }
    }
    groups
}

fn sameness(estimate: &Result<Estimate, String>) -> Sameness {
    let bits = |time: crate::quantity::Time| time.base().to_bits();
    match estimate {
        Ok(estimate) => Sameness::Estimate {
            path: estimate.path.clone(),
            round_trip: bits(estimate.round_trip),
            jitter: estimate.jitter.map(bits),
            steps: estimate.ways.iter().flatten().flat_map(|way| [way.switches, way.cables]).collect(),
        },
        Err(missing) => Sameness::Missing(missing.clone()),
    }
}

/// The nodes of a network by the ways of their frames, in the order of the first of each class.
fn classes(topology: &Topology<'_>, network: &Network<'_>) -> Arc<Vec<Class>> {
    topology.once(network.place, || found_classes(topology, network))
}

fn found_classes(topology: &Topology<'_>, network: &Network<'_>) -> Vec<Class> {
    let mut classes: Vec<Class> = Vec::new();
    let mut places: HashMap<Likeness<'_>, usize> = HashMap::default();
    for (node, attachment) in topology.nodes_in(network) {
        let landings = topology.landings(attachment);
        let missing = if attachment.interface.is_none() {
            Some(topology.missing_interface(network, node))
        } else {
            landings.is_empty().then(|| "cable".to_owned())
        };
        let direct = landings.iter().any(|(landing, _)| matches!(landing, Landing::Device(_)));
        let likeness = Likeness {
            site: node.site(),
            landings: landings.iter().map(|(landing, way)| (*landing, way.seconds_per_byte.to_bits())).collect(),
            missing: missing.clone(),
            alone: direct.then_some(attachment.device),
        };
        if let Some(class) = places.get(&likeness).and_then(|place| classes.get_mut(*place)) {
            class.devices.push(attachment.device);
            for ((_, known), (_, way)) in class.landings.iter_mut().zip(landings) {
                *known = known.slower(way);
            }
            continue;
        }
        places.insert(likeness, classes.len());
        classes.push(Class {
            site: node.site().map(Text::from),
            landings,
            missing,
            devices: vec![attachment.device],
            shape: 0,
        });
    }
    let mut shapes: HashMap<Shape, u32> = HashMap::default();
    for class in &mut classes {
        let sent = class.landings.iter().map(|(_, way)| way.bits()).collect();
        let next = shapes.len() as u32;
        class.shape = *shapes.entry((class.site.clone(), sent, class.missing.clone())).or_insert(next);
    }
    classes
}

/// Switches on which frames between nodes of one site enter, each with those by which they leave.
pub(super) fn switch_pairs(topology: &Topology<'_>, network: &Network<'_>) -> SwitchPairs {
    let classes = classes(topology, network);
    let ways = topology.switch_ways();
    let mut pairs = SwitchPairs::new();
    for one in classes.iter() {
        let alone = |other: &Class| std::ptr::eq(one, other) && one.devices.len() < 2;
        for first in one.switches() {
            let steps = |last: usize| ways.switches(first, last);
            let reached = pairs.entry(first).or_default();
            for other in classes.iter().filter(|other| other.site == one.site && !alone(other)) {
                let nearest = other.switches().filter_map(steps).min();
                let last = other.switches().filter(|last| nearest.is_some() && steps(*last) == nearest);
                reached.extend(last.filter(|last| *last != first));
            }
        }
    }
    for reached in pairs.values_mut() {
        reached.sort_unstable();
        reached.dedup();
    }
    pairs
}

/// How frames pass between the nodes of two classes.
fn passage<'c>(one: &'c Class, other: &'c Class, ways: &SwitchWays) -> Passage<'c> {
    if one.site != other.site {
        return Passage::Sites(one.site.as_deref(), other.site.as_deref());
    }
    if let Some(missing) = one.missing.as_ref().or(other.missing.as_ref()) {
        return Passage::Missing(missing);
    }
    match (way(one, other, ways), way(other, one, ways)) {
        (Some(there), Some(back)) => Passage::Ways([Exact(there), Exact(back)]),
        _ => Passage::Missing("cable"),
    }
}

fn estimate(topology: &Topology<'_>, network: &Network<'_>, passage: &Passage<'_>) -> Result<Estimate, String> {
    match passage {
        Passage::Sites(here, there) => {
            let joined = here.zip(*there).and_then(|(here, there)| latency::between_sites(topology, here, there));
            joined.ok_or_else(|| format!("{}.latency", network.path()))
        }
        Passage::Missing(key) => Err((*key).to_owned()),
        Passage::Ways([Exact(there), Exact(back)]) => match there.slowless.or(back.slowless) {
            None => Ok(latency::over(network, [*there, *back], &CorosyncRoundTrip::DEFAULT)),
            Some(port) => {
                let mut ends = std::iter::once(port).chain(topology.far_end(port));
                let unknown = ends.find(|end| topology.port(*end).speed.is_none());
                Err(topology.speed_key(unknown.unwrap_or(port)))
            }
        },
    }
}

/// The way of a frame from a node of one class to one of another: by the worst of the ports it may leave by, and from
/// there over as few switches as can be.
fn way(from: &Class, to: &Class, ways: &SwitchWays) -> Option<Route> {
    let lands_on = |class: &Class, devices: &[DeviceId]| {
        class.landings.iter().any(|(landing, _)| devices.iter().any(|device| *landing == Landing::Device(*device)))
    };
    let onward = |landing: Landing, sent: Route| match landing {
        Landing::Device(device) => (to.devices.contains(&device) && lands_on(to, &from.devices)).then_some(sent),
        Landing::Switch(first) => {
            let arrivals = to.landings.iter().filter_map(|(landing, last)| match landing {
                Landing::Switch(switch) => Some(sent.then(ways.way(first, *switch)?).then(*last)),
                Landing::Device(_) => None,
            });
            arrivals.reduce(Route::shorter)
        }
    };
    from.landings.iter().filter_map(|(landing, sent)| onward(*landing, *sent)).reduce(Route::slower)
}

pub(super) fn figures(topology: &Topology<'_>, out: &mut Vec<Figure>) {
    let mut done: Vec<usize> = Vec::new();
    for link in &topology.corosync_links {
        done.push(link.network);
        out.extend(of_network(topology, topology.link_network(link), &link.path()));
    }
    for (index, network) in topology.networks.iter().enumerate() {
        if network.is_for(Purpose::CephPublic) && !done.contains(&index) {
            out.extend(of_network(topology, network, &network.path()));
        }
    }
}

fn of_network(topology: &Topology<'_>, network: &Network<'_>, path: &str) -> Vec<Figure> {
    groups(topology, network).iter().map(|group| figure(topology, network, path, group)).collect()
}

fn figure(topology: &Topology<'_>, network: &Network<'_>, path: &str, group: &PairGroup) -> Figure {
    let subject = vec![path.into(), named(topology, group)];
    let text = texts::PAIR_ROUND_TRIP;
    let estimate = match &group.estimate {
        Ok(estimate) => estimate,
        Err(missing) => {
            let figure = Figure::unknown(text, subject, Method::Model, vec![missing.clone()]);
            let of_network = format!("{}.latency", network.path());
            let other = (*missing != of_network).then(|| words::figures::would_tell_as_well(of_network));
            return other.into_iter().fold(figure.input("pairs", group.pairs), Figure::note);
        }
    };
    let jitter = estimate.jitter.map(|jitter| words::pairs::jitter(jitter.to(&units::MS)));
    let pairs = vec![words::pairs::pairs(group.pairs), jitter.unwrap_or_else(words::pairs::jitter_unknown)];
    let made = match &estimate.ways {
        Some(ways) => computed(ways),
        None => words::pairs::stated(estimate.basis.said(), estimate.path.as_str()),
    };
    let mut figure = Figure::new(text, subject, Method::Model, estimate.round_trip.in_unit(&units::MS))
        .decimals(3)
        .formula(all_of([pairs.into(), made]))
        .input("pairs", group.pairs)
        .input("round_trip", estimate.round_trip)
        .input("basis", estimate.basis.said());
    if let Some(jitter) = estimate.jitter {
        figure = figure.input("jitter", jitter);
    }
    if let Some([there, back]) = &estimate.ways {
        figure = figure.input("switches", there.switches.max(back.switches));
    }
    match estimate.basis {
        Basis::Assumed => figure.note(words::pairs::from_practice()),
        Basis::Measured | Basis::Declared => figure,
    }
}

/// The formula of a computed round trip with its numbers.
fn computed([there, back]: &[Route; 2]) -> Said {
    let constants = CorosyncRoundTrip::DEFAULT;
    let one_way = |way: &Route| {
        let cables = if way.metres > 0.0 {
            words::pairs::long_cables(way.cables, way.metres)
        } else {
            words::pairs::cables(way.cables)
        };
        let (switches, sending) = (words::pairs::switches(way.switches), latency::sending(way, &constants));
        words::pairs::one_way(constants.stack, switches, constants.switch, sending, cables)
    };
    if there == back {
        Said::run("", ["2 x (".into(), one_way(there), ")".into()])
    } else {
        words::pairs::there_and_back(one_way(there), one_way(back))
    }
}

/// The pairs in words: `pve{1..5}` for all of these with each other, `pve{1..2} - pve{3..4}`, or the first pair and how
/// many more there are.
fn named(topology: &Topology<'_>, group: &PairGroup) -> Said {
    let names = |devices: &[DeviceId]| devices.iter().map(|device| topology.name(*device)).collect::<Vec<_>>();
    let (one, other) = &group.between;
    let (one, other) = (names(one), other.as_ref().map(|other| names(other)));
    if group.all_named {
        return match (one.as_slice(), other) {
            ([first, second], None) => format!("{first} - {second}").into(),
            (_, None) => range(&one),
            (_, Some(other)) => Said::run(" - ", [range(&one), range(&other)]),
        };
    }
    let mut members = one.into_iter();
    let first = members.next().unwrap_or_default();
    let second = match other {
        Some(other) => other.first().copied().unwrap_or_default(),
        None => members.next().unwrap_or_default(),
    };
    words::pairs::pair_and_more(format!("{first} - {second}"), group.pairs - 1)
}

/// Most names that are spelled out one by one.
const SPELLED_OUT: usize = 3;

/// Names as a range where they are numbered one after the other: `pve{1..5}`.
fn range(names: &[&str]) -> Said {
    match (names, collapse(names.iter().copied()).as_slice()) {
        (_, [one]) => one.into(),
        _ if names.len() <= SPELLED_OUT => names.to_vec().into(),
        ([first, ..], _) => words::pairs::first_and_more(*first, names.len() - 1),
        ([], _) => Said::default(),
    }
}
