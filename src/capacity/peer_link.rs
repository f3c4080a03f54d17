//! What the peer link of an MLAG pair has to carry in the worst single failure, against what is left of it.

use std::collections::BTreeSet;

use super::figure::{Figure, Method};
use super::formula::all_of;
use crate::catalogue::figure_texts as texts;
use crate::catalogue::parameters::mlag::PeerLinkBelowNeed;
use crate::design::SwitchRole;
use crate::quantity::{Rate, units};
use crate::topology::{Attached, DeviceId, Mlag, Neighbour, PortId, Topology};
use crate::words::{self, Said};

/// What a peer link has to carry, in Gbit/s one way.
#[derive(Debug, Clone, PartialEq)]
pub struct PeerLinkNeed {
    /// Rate of everything that hangs on one of the two switches only: its traffic with the other one's crosses.
    pub orphans: Rate,
    /// Names of what hangs on one switch only.
    pub orphan_names: Vec<String>,
    /// Rate of the uplinks and firewall links of one switch, at most what its servers ask for: they fail, and the
    /// other switch's serve both.
    pub uplinks: Rate,
    /// Rate of the server links of one switch that fail at the same time.
    pub servers: Rate,
    /// How many servers lose their links at the same time.
    pub simultaneous: u32,
    /// Keys of speeds that are not known; the rates above leave these links out.
    pub missing: Vec<String>,
}

impl PeerLinkNeed {
    /// What a pair has to carry where so many servers lose their links to one switch at the same time. Nothing where
    /// no cable to the pair is described.
    pub fn of(topology: &Topology<'_>, mlag: &Mlag<'_>, simultaneous: u32) -> Option<Self> {
        let attached = topology.attached(mlag);
        if attached.is_empty() && !topology.is_pair_cabled(mlag) {
            return None;
        }
        let mut missing = Vec::new();
        let links: Vec<Links<'_>> = attached.iter().map(|at| Links::of(topology, at, &mut missing)).collect();
        let (single, double): (Vec<&Links<'_>>, Vec<&Links<'_>>) =
            links.iter().partition(|links| links.attached.is_single());
        let side = |side: usize| {
            let upward = double.iter().filter(|links| links.is_upward(topology, mlag)).map(|links| links.rates[side]);
            let downward =
                double.iter().filter(|links| !links.is_upward(topology, mlag)).map(|links| links.rates[side]);
            least(total(upward), total(downward))
        };
        Some(Self {
            orphans: total(single.iter().flat_map(|links| links.rates)),
            orphan_names: single.iter().map(|links| links.name(topology)).collect(),
            uplinks: most(side(0), side(1)),
            servers: most(servers(topology, mlag, 0, simultaneous), servers(topology, mlag, 1, simultaneous)),
            simultaneous,
            missing,
        })
    }

    /// The largest failure.
    pub fn failure(&self) -> Rate {
        most(self.uplinks, self.servers)
    }

    /// What the peer link has to carry in that failure.
    pub fn rate(&self) -> Rate {
        self.orphans + self.failure()
    }
}

/// What a peer link carries.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PeerLinkRate {
    /// All its links together.
    pub whole: Rate,
    /// What is left when the fastest of them is gone.
    pub surviving: Rate,
}

impl PeerLinkRate {
    /// What the peer link of a pair carries; the key that is missing where that is not known.
    ///
    /// # Errors
    /// The key that would state its ports or the speed of one.
    pub fn of(topology: &Topology<'_>, mlag: &Mlag<'_>) -> Result<Self, String> {
        let key = || format!("{}.peer_link", mlag.path());
        let written = mlag.item.value.peer_link.as_ref().ok_or_else(key)?;
        let sides = mlag.peer_link.as_ref().filter(|sides| sides.len() == 2).ok_or_else(key)?;
        let mut carried: Option<Self> = None;
        for ports in sides {
            if ports.len() != written.value.0.len() {
                return Err(key());
            }
            let rates: Vec<Rate> =
                ports.iter().map(|port| topology.known_link_speed(*port)).collect::<Result<_, _>>()?;
            let whole = total(rates.iter().copied());
            let surviving = whole - rates.into_iter().reduce(most).unwrap_or(none());
            let side = Self { whole, surviving };
            carried = carried.filter(|other| other.surviving < surviving).or(Some(side));
        }
        carried.ok_or_else(key)
    }
}

/// The rates by which one thing hangs on the two switches of a pair.
struct Links<'a> {
    attached: &'a Attached,
    rates: [Rate; 2],
}

impl<'a> Links<'a> {
    fn of(topology: &Topology<'_>, attached: &'a Attached, missing: &mut Vec<String>) -> Self {
        let mut rates = [none(), none()];
        for (rate, ports) in rates.iter_mut().zip(&attached.ports) {
            for port in ports {
                match port_rate(topology, *port, &attached.neighbour) {
                    Some(more) => *rate = *rate + more,
                    None => missing.push(topology.speed_key(*port)),
                }
            }
        }
        missing.dedup();
        Self { attached, rates }
    }

    /// Whether traffic leaves the pair there: firewalls, lines to the outside, and switches that no servers hang on.
    fn is_upward(&self, topology: &Topology<'_>, mlag: &Mlag<'_>) -> bool {
        let is_leaf = |switch: &usize| topology.switches[*switch].role() == Some(SwitchRole::Leaf);
        match &self.attached.neighbour {
            Neighbour::Device(device) => matches!(device, DeviceId::Firewall(_)),
            Neighbour::Switches(switches) => mlag.peers.iter().any(is_leaf) || !switches.iter().any(is_leaf),
            Neighbour::Outside => true,
        }
    }

    fn name(&self, topology: &Topology<'_>) -> String {
        match &self.attached.neighbour {
            Neighbour::Device(device) => topology.name(*device).to_owned(),
            Neighbour::Switches(switches) => {
                switches.iter().map(|switch| topology.switches[*switch].name.as_str()).collect::<Vec<_>>().join(" + ")
            }
            Neighbour::Outside => self.uplinks(topology).join(" + "),
        }
    }

    fn uplinks(&self, topology: &Topology<'_>) -> Vec<String> {
        let ports = self.attached.ports.concat();
        let here = topology.uplinks.iter().filter(|uplink| uplink.ports.iter().any(|port| ports.contains(port)));
        here.map(|uplink| uplink.name.to_string()).collect()
    }
}

/// What a port of a pair carries: its speed, that of its other end where it is slower, or the rate of its line.
fn port_rate(topology: &Topology<'_>, port: PortId, neighbour: &Neighbour) -> Option<Rate> {
    let rate = topology.cable_speed(port);
    if *neighbour != Neighbour::Outside {
        return rate;
    }
    let line = topology.uplinks.iter().find(|uplink| uplink.ports.contains(&port));
    let line = line.and_then(|uplink| uplink.item.value.bandwidth.as_ref()).map(|bandwidth| bandwidth.value);
    [rate, line].into_iter().flatten().reduce(least)
}

/// Rate of the server bonds over both switches that lose most when their links to one of them fail.
fn servers(topology: &Topology<'_>, mlag: &Mlag<'_>, side: usize, simultaneous: u32) -> Rate {
    let mut rates: Vec<Rate> = Vec::new();
    let far_ends = topology.switches[mlag.peers[side]].ports.iter().filter_map(|port| topology.far_end(*port));
    let nodes: BTreeSet<DeviceId> =
        far_ends.map(|far| topology.port(far).device).filter(|device| matches!(device, DeviceId::Node(_))).collect();
    for bond in nodes.into_iter().flat_map(|node| topology.bonds_on(node)) {
        let ends_on = |switch: usize| {
            let ends = bond.members.iter().filter_map(|member| topology.far_end(*member));
            ends.filter(move |end| topology.port(*end).device == DeviceId::Switch(switch))
        };
        if mlag.peers.iter().all(|peer| ends_on(*peer).next().is_some()) {
            rates.push(total(ends_on(mlag.peers[side]).filter_map(|end| topology.cable_speed(end))));
        }
    }
    rates.sort_by(|left, right| right.base().total_cmp(&left.base()));
    total(rates.into_iter().take(simultaneous as usize))
}

pub(super) fn figures(topology: &Topology<'_>, out: &mut Vec<Figure>) {
    out.extend(topology.mlags.iter().filter(|mlag| mlag.peers.len() == 2).map(|mlag| need(topology, mlag)));
}

fn need(topology: &Topology<'_>, mlag: &Mlag<'_>) -> Figure {
    let text = texts::PEER_LINK_NEED;
    let Some(need) = PeerLinkNeed::of(topology, mlag, PeerLinkBelowNeed::DEFAULT.simultaneous) else {
        return Figure::unknown(text, mlag.path(), Method::Model, vec!["cable".to_owned()]);
    };
    if !need.missing.is_empty() {
        return Figure::unknown(text, mlag.path(), Method::Model, need.missing);
    }
    let formula = words::peer_link::need(need.orphans, need.uplinks, need.servers, need.simultaneous);
    let figure = Figure::new(text, mlag.path(), Method::Model, need.rate().in_unit(&units::GBIT_PER_S))
        .binding(binding(&need))
        .input("single", need.orphans)
        .input("uplinks", need.uplinks)
        .input("servers", need.servers);
    match PeerLinkRate::of(topology, mlag) {
        Ok(rate) => figure
            .formula(all_of([formula, words::peer_link::there(rate.whole, rate.surviving)]))
            .input("surviving", rate.surviving),
        Err(key) => figure.formula(all_of([formula, words::peer_link::not_known(key)])),
    }
}

/// What sets the need.
fn binding(need: &PeerLinkNeed) -> Said {
    let of_servers = need.uplinks < need.servers;
    let failure = if of_servers { words::peer_link::server_links() } else { words::peer_link::uplinks() };
    if need.orphan_names.is_empty() {
        failure
    } else {
        words::peer_link::and_single(failure, need.orphan_names.clone())
    }
}

fn none() -> Rate {
    Rate::new(0.0, &units::GBIT_PER_S)
}

fn total(rates: impl Iterator<Item = Rate>) -> Rate {
    rates.fold(none(), |sum, rate| sum + rate)
}

fn least(one: Rate, other: Rate) -> Rate {
    if other < one { other } else { one }
}

fn most(one: Rate, other: Rate) -> Rate {
    if other > one { other } else { one }
}
