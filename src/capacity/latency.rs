//! Round trip between the members of a network: as it is written, or from the cables.

use std::collections::{HashMap, HashSet, VecDeque};

use crate::catalogue::parameters::figures::CorosyncRoundTrip;
use crate::design::{self, Item, Latency, SiteLink};
use crate::quantity::{Rate, Size, Time};
use crate::source::Span;
use crate::topology::{DeviceId, Network, Path, PortId, Topology};

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
    /// The way over cables that a computed one was taken from.
    pub way: Option<Path>,
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
    /// Each of them.
    pub estimates: Vec<Estimate>,
    /// Whether the round trip of every pair is known.
    pub complete: bool,
}

/// The round trip between two members of a network. What is written for the network counts for every pair. Two
/// members of different sites have the round trip of a link between these sites, and no other. Within one site it
/// is computed from the cables. Nothing where neither is possible.
pub fn estimate(topology: &Topology<'_>, network: &Network<'_>, from: DeviceId, to: DeviceId) -> Option<Estimate> {
    if let Some(stated) = of_network(network) {
        return Some(stated);
    }
    let (here, there) = (topology.site_of(from), topology.site_of(to));
    if here == there {
        return computed(topology, network, from, to, &CorosyncRoundTrip::DEFAULT);
    }
    let (here, there) = (here?, there?);
    longest(site_links(topology).filter(|(link, _)| joins(link, here, there)).map(|(_, estimate)| estimate))
}

/// The longest round trip between any two nodes of a network, with its jitter.
pub fn worst(topology: &Topology<'_>, network: &Network<'_>) -> Worst {
    let known = known(topology, network);
    Worst { estimate: longest(known.estimates.into_iter()), complete: known.complete }
}

/// The round trips that are known between nodes of a network: the one that is stated for all of it, or those of the
/// links between its sites and the longest within each site. None stands for the others where round trip and jitter
/// are judged apart, since the longest way need not be the one with the most jitter.
pub fn known(topology: &Topology<'_>, network: &Network<'_>) -> Known {
    if let Some(stated) = of_network(network) {
        return Known { estimates: vec![stated], complete: true };
    }
    let mut sites: Vec<(Option<&str>, Members)> = Vec::new();
    let mut index: HashMap<Option<&str>, usize> = HashMap::new();
    for (node, attachment) in topology.nodes_in(network) {
        let place = *index.entry(node.site()).or_insert_with(|| {
            sites.push((node.site(), Members::default()));
            sites.len() - 1
        });
        let ports = attachment.interface.as_ref().map(|interface| topology.ports_under(interface.value));
        sites[place].1.add(attachment.device, ports.unwrap_or_default());
    }
    let mut known = between_sites(topology, &sites.iter().map(|(site, _)| *site).collect::<Vec<_>>());
    known.complete &= !topology.nodes.is_empty();
    for (_, members) in &sites {
        let inside = within_site(topology, network, members);
        known.complete &= inside.complete;
        known.estimates.extend(inside.estimate);
    }
    known
}

fn longest(estimates: impl Iterator<Item = Estimate>) -> Option<Estimate> {
    estimates.reduce(|worst, next| if next.total() > worst.total() { next } else { worst })
}

fn of_network(network: &Network<'_>) -> Option<Estimate> {
    stated(network.table().latency.as_ref().map(|latency| &latency.value)?, format!("{}.latency", network.path()))
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
        way: None,
    })
}

/// Links between sites whose round trip is written.
fn site_links<'d>(topology: &Topology<'d>) -> impl Iterator<Item = (&'d Item<SiteLink>, Estimate)> {
    let links = topology.design.site_link.as_ref().into_iter().flat_map(|links| links.value.iter());
    links.filter_map(|link| {
        let path = format!("site_link.{}.latency", link.pattern.value);
        Some((link, stated(&link.value.latency.as_ref()?.value, path)?))
    })
}

fn joins(link: &Item<SiteLink>, here: &str, there: &str) -> bool {
    link.value.sites.as_ref().is_some_and(|sites| sites.value.contains(here) && sites.value.contains(there))
}

/// The round trips between two of these sites.
fn between_sites(topology: &Topology<'_>, sites: &[Option<&str>]) -> Known {
    let pairs = sites.len() * sites.len().saturating_sub(1) / 2;
    if pairs == 0 {
        return Known { estimates: Vec::new(), complete: true };
    }
    let present: HashSet<&str> = sites.iter().copied().flatten().collect();
    let mut joined: HashSet<[&str; 2]> = HashSet::new();
    let mut estimates = Vec::new();
    for (link, estimate) in site_links(topology) {
        let Some(ends) = link.value.sites.as_ref() else { continue };
        let mut ends: Vec<&str> = ends.value.iter().filter(|site| present.contains(site)).collect();
        ends.sort_unstable();
        ends.dedup();
        let [here, there] = ends.as_slice() else { continue };
        joined.insert([here, there]);
        estimates.push(estimate);
    }
    Known { estimates, complete: joined.len() == pairs }
}

/// Nodes of one site in a network, with the ports that carry it.
#[derive(Default)]
struct Members {
    ports: Vec<(DeviceId, Vec<PortId>)>,
    owners: HashMap<PortId, DeviceId>,
}

impl Members {
    fn add(&mut self, device: DeviceId, ports: Vec<PortId>) {
        self.owners.extend(ports.iter().map(|port| (*port, device)));
        self.ports.push((device, ports));
    }
}

/// The longest round trip within a site. Two sweeps find it: from any member to the farthest, and from there to the
/// farthest again, which on a tree of switches are the two ends that lie farthest apart.
fn within_site(topology: &Topology<'_>, network: &Network<'_>, members: &Members) -> Worst {
    let [(first, _), (_, _), ..] = members.ports.as_slice() else { return Worst { estimate: None, complete: true } };
    let sweep = sweep(topology, members, *first);
    let Some(end) = sweep.farthest.filter(|_| sweep.reached + 1 == members.ports.len()) else {
        return Worst { estimate: None, complete: false };
    };
    let other = self::sweep(topology, members, end).farthest.unwrap_or(*first);
    let estimate = estimate(topology, network, end, other);
    Worst { complete: estimate.is_some(), estimate }
}

struct Sweep {
    reached: usize,
    farthest: Option<DeviceId>,
}

/// Goes from one member over its own ports and through switches to every other member, by its own ports. Of equally
/// far members the one with the slowest port counts as farthest.
fn sweep(topology: &Topology<'_>, members: &Members, from: DeviceId) -> Sweep {
    let mut seen: HashSet<DeviceId> = HashSet::from([from]);
    let mut farthest: Option<(usize, Option<Rate>, DeviceId)> = None;
    let mut reached = 0;
    let own = members.ports.iter().find(|(device, _)| *device == from).map(|(_, ports)| ports.clone());
    let mut queue = VecDeque::from([(0_usize, own.unwrap_or_default())]);
    while let Some((switches, ports)) = queue.pop_front() {
        for end in ports.into_iter().filter_map(|port| topology.far_end(port)) {
            let device = topology.port(end).device;
            if let DeviceId::Switch(index) = device {
                if seen.insert(device) {
                    queue.push_back((switches + 1, topology.switches[index].ports.clone()));
                }
            } else if members.owners.get(&end) == Some(&device) && seen.insert(device) {
                reached += 1;
                let speed = topology.port(end).speed.as_ref().map(|speed| speed.value);
                let farther = farthest.is_none_or(|(most, slowest, _)| {
                    switches > most
                        || (switches == most
                            && speed.is_some_and(|speed| slowest.is_some_and(|slowest| speed < slowest)))
                });
                if farther {
                    farthest = Some((switches, speed, device));
                }
            }
        }
    }
    Sweep { reached, farthest: farthest.map(|(_, _, device)| device) }
}

fn computed(
    topology: &Topology<'_>,
    network: &Network<'_>,
    from: DeviceId,
    to: DeviceId,
    constants: &CorosyncRoundTrip,
) -> Option<Estimate> {
    let way = topology.path(network, from, to)?;
    let cables = way.speeds.iter().map(|speed| speed.map(|speed| transfer(constants.frame, speed)));
    let cables: Time = cables.collect::<Option<Vec<_>>>()?.into_iter().sum();
    let both_ways = |time: Time| (time + time).to(&crate::quantity::units::MS);
    let stacks = constants.stack + constants.stack;
    let one_way = stacks + constants.switch * way.switches as f64 + cables;
    Some(Estimate {
        round_trip: both_ways(one_way),
        jitter: Some(both_ways(cables * f64::from(constants.frames_ahead))),
        basis: Basis::Assumed,
        basis_span: None,
        span: network.span(),
        path: format!("{}.latency", network.path()),
        way: Some(way),
    })
}

/// How long a frame takes on a cable.
fn transfer(frame: Size, rate: Rate) -> Time {
    Time::from_base(frame.base() / rate.base(), &crate::quantity::units::US)
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
        assert_eq!(estimate.way.unwrap().switches, 2);
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
