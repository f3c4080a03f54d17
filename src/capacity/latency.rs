//! Round trip between the members of a network: as it is written, or from the cables.

use super::pairs::groups;
use crate::catalogue::parameters::figures::CorosyncRoundTrip;
use crate::design::{self, Latency};
use crate::quantity::{Time, units};
use crate::source::Span;
use crate::topology::{DeviceId, Network, Route, Topology};
use crate::words::{self, Said};

/// Where a round trip comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Basis {
    /// Somebody measured it.
    Measured,
    /// The design says so.
    Declared,
    /// It was computed from the cables with values from practice.
    Assumed,
}

impl Basis {
    /// In a word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Measured => "measured",
            Self::Declared => "declared",
            Self::Assumed => "assumed",
        }
    }

    /// For people.
    pub fn said(self) -> Said {
        match self {
            Self::Measured => words::latency::measured(),
            Self::Declared => words::latency::declared(),
            Self::Assumed => words::latency::assumed(),
        }
    }
}

/// A round trip.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimate {
    /// Time from sending a packet to its answer.
    pub round_trip: Time,
    /// Largest departure from it, where that is known.
    pub jitter: Option<Time>,
    /// Where the two come from.
    pub basis: Basis,
    /// Where that is written.
    pub basis_span: Option<Span>,
    /// Where they are written; for a computed one, where the network is.
    pub span: Span,
    /// Path of the table that states them, or that would: `network.corosync0.latency`.
    pub path: String,
    /// The ways there and back that a computed one was taken from.
    pub ways: Option<[Route; 2]>,
}

impl Estimate {
    /// Round trip and jitter together; an unknown jitter counts as none.
    pub fn total(&self) -> Time {
        self.jitter.map_or(self.round_trip, |jitter| self.round_trip + jitter)
    }
}

/// The longest round trip of a network.
#[derive(Debug, Clone, PartialEq)]
pub struct Worst {
    /// The longest of those that are known; nothing where there is no pair of members.
    pub estimate: Option<Estimate>,
    /// Whether the round trip of every pair is known.
    pub complete: bool,
}

/// The round trips of a network that are known.
#[derive(Debug, Clone, PartialEq)]
pub struct Known {
    /// Each of them, equal pairs once.
    pub estimates: Vec<Estimate>,
    /// Whether the round trip of every pair is known.
    pub complete: bool,
}

/// The longest round trip between any two nodes of a network, with its jitter.
pub fn worst(topology: &Topology<'_>, network: &Network<'_>) -> Worst {
    let known = known(topology, network);
    Worst { estimate: longest(known.estimates.into_iter()), complete: known.complete }
}

/// The round trips that are known between nodes of a network: the one that is stated for all of it, or those of its
/// groups of equal pairs. The longest one need not be the one with the most jitter.
pub fn known(topology: &Topology<'_>, network: &Network<'_>) -> Known {
    if let Some(stated) = of_network(network) {
        return Known { estimates: vec![stated], complete: true };
    }
    let mut known = Known { estimates: Vec::new(), complete: !topology.nodes.is_empty() };
    for group in groups(topology, network).iter() {
        match &group.estimate {
            Ok(estimate) => known.estimates.push(estimate.clone()),
            Err(_) => known.complete = false,
        }
    }
    known
}

/// The same between those nodes that are chosen. Within one site a round trip that is not known is passed over: nobody is
/// asked how long the way through a room takes.
pub fn known_between(topology: &Topology<'_>, network: &Network<'_>, chosen: impl Fn(DeviceId) -> bool) -> Known {
    if let Some(stated) = of_network(network) {
        return Known { estimates: vec![stated], complete: true };
    }
    let mut known = Known { estimates: Vec::new(), complete: true };
    for group in groups(topology, network).iter() {
        let (one, other) = (&group.between.0, group.between.1.as_ref());
        let has = |side: &[DeviceId]| !group.all_named || side.iter().any(|device| chosen(*device));
        if !has(one) || !other.is_none_or(|other| has(other)) {
            continue;
        }
        let site = |side: &[DeviceId]| side.first().and_then(|device| topology.site_of(*device));
        match &group.estimate {
            Ok(estimate) => known.estimates.push(estimate.clone()),
            Err(_) => known.complete &= other.is_none_or(|other| site(one) == site(other)),
        }
    }
    known
}

/// The longest of some round trips.
pub(super) fn longest(estimates: impl Iterator<Item = Estimate>) -> Option<Estimate> {
    estimates.reduce(|worst, next| if next.total() > worst.total() { next } else { worst })
}

/// What is written for a network, which counts for every pair of its members.
pub(super) fn of_network(network: &Network<'_>) -> Option<Estimate> {
    stated(network.table().latency.as_ref().map(|latency| &latency.value)?, format!("{}.latency", network.path()))
}

/// The longest round trip that is written for a link between two sites.
pub(super) fn between_sites(topology: &Topology<'_>, here: &str, there: &str) -> Option<Estimate> {
    let links = topology.design.site_link.iter().flat_map(|links| links.value.iter());
    let joins = links.filter(|link| {
        link.value.sites.as_ref().is_some_and(|sites| sites.value.contains(here) && sites.value.contains(there))
    });
    longest(joins.filter_map(|link| {
        let path = format!("site_link.{}.latency", link.pattern.value);
        stated(&link.value.latency.as_ref()?.value, path)
    }))
}

fn stated(latency: &Latency, path: String) -> Option<Estimate> {
    let round_trip = latency.round_trip.as_ref()?;
    let basis = match latency.basis.as_ref().map(|basis| basis.value) {
        Some(design::Basis::Measured) => Basis::Measured,
        Some(design::Basis::Declared) | None => Basis::Declared,
    };
    Some(Estimate {
        round_trip: round_trip.value,
        jitter: latency.jitter.as_ref().map(|jitter| jitter.value),
        basis,
        basis_span: latency.basis.as_ref().map(|basis| basis.span),
        span: round_trip.span,
        path,
        ways: None,
    })
}

/// The round trip over two ways, there and back, whose speeds are known.
pub(super) fn over(network: &Network<'_>, ways: [Route; 2], constants: &CorosyncRoundTrip) -> Estimate {
    let one_way = |way: &Route| {
        let stacks = constants.stack + constants.stack;
        let switches = constants.switch * way.switches as f64;
        let light = constants.per_kilometre * (way.metres / units::KILOMETRE.factor);
        (stacks + switches + sending(way, constants) + light).to(&units::MS)
    };
    let [there, back] = &ways;
    let waiting = sending(there, constants) + sending(back, constants);
    Estimate {
        round_trip: one_way(there) + one_way(back),
        jitter: Some((waiting * f64::from(constants.frames_ahead)).to(&units::MS)),
        basis: Basis::Assumed,
        basis_span: None,
        span: network.span(),
        path: format!("{}.latency", network.path()),
        ways: Some(ways),
    }
}

/// How long a frame takes to be sent on every cable of a way.
pub(super) fn sending(way: &Route, constants: &CorosyncRoundTrip) -> Time {
    Time::from_base(constants.frame.base() * way.seconds_per_byte, &units::US)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{self, Sources};
    use crate::topology;

    const ROOM: &str = r#"
        [server_model.hci.cards]
        onboard = { ports = 1, speed = "1GbE" }
        [switch_model.access.ports]
        "{1..48}" = { speed = "1GbE" }
        [node."pve{1..4}"]
        model = "hci"
        [switch."access-{a,b}"]
        model = "access"
        [network.heartbeat]
        interface = "onboard:1"
        [[cable]]
        from = "pve{1..3}:onboard:1"
        to   = "access-a:{1..3}"
        [[cable]]
        from = "access-a:48"
        to   = "access-b:48"
        [[cable]]
        from = "pve4:onboard:1"
        to   = "access-b:1"
    "#;

    fn worst_of(text: &str) -> Worst {
        let mut sources = Sources::default();
        let root = sources.add("design", text);
        let (document, errors) = source::parse(&sources, root);
        assert!(errors.is_empty(), "{errors:?}");
        let (design, mistakes) = crate::design::read(&document, Span::start_of(root));
        assert!(mistakes.is_empty(), "{mistakes:?}");
        let (topology, mistakes) = topology::resolve(&design, Span::start_of(root));
        assert!(mistakes.is_empty(), "{mistakes:?}");
        worst(&topology, &topology.networks[0])
    }

    #[test]
    fn the_way_over_two_switches_is_the_longest() {
        let worst = worst_of(ROOM);
        let estimate = worst.estimate.unwrap();
        // 2 x (2 x 30 us + 2 x 5 us + 3 x 1500 B x 8 / 1 Gbit/s) = 2 x (60 + 10 + 36) us = 212 us
        assert_eq!(estimate.round_trip.to_string(), "0.212 ms");
        // 2 x 1 x 36 us = 72 us
        assert_eq!(estimate.jitter.unwrap().to_string(), "0.072 ms");
        assert_eq!((estimate.basis, worst.complete), (Basis::Assumed, true));
        assert_eq!(estimate.ways.unwrap().map(|way| way.switches), [2, 2]);
    }

    #[test]
    fn what_is_written_wins() {
        let worst =
            worst_of(&format!("{ROOM}\n[network.heartbeat.latency]\nround_trip = \"3 ms\"\nbasis = \"measured\""));
        let estimate = worst.estimate.unwrap();
        assert_eq!((estimate.total().to_string().as_str(), estimate.basis), ("3 ms", Basis::Measured));
    }

    #[test]
    fn a_node_without_a_cable_leaves_it_open() {
        let worst = worst_of(&ROOM.replace("pve4:onboard:1", "access-a:47"));
        assert!(!worst.complete);
    }

    #[test]
    fn two_sites_need_a_figure_for_their_link() {
        let sites = "[site.east]\n[site.west]\n[site.north]\n[node.a]\nsite = \"east\"\n[node.b]\nsite = \"west\"\n\
                     [network.heartbeat]\n[site_link.one]\nsites = [\"east\", \"west\"]\n\
                     latency = { round_trip = \"4 ms\" }\n";
        let worst = worst_of(sites);
        assert_eq!((worst.estimate.unwrap().total().to_string(), worst.complete), ("4 ms".to_owned(), true));
        let worst = worst_of(&format!("{sites}[node.c]\nsite = \"north\""));
        assert!(!worst.complete);
        assert_eq!(worst.estimate.unwrap().path, "site_link.one.latency");
    }
}
