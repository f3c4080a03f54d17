//! What a cluster loses, from the sum of what its nodes contribute.

use std::collections::{BTreeMap, BTreeSet};

use super::planes::{ANYWHERE, Exits, NOWHERE};
use super::plant::Plant;
use super::restart::{Fit, Hosts};
use super::servers::{Class, View};
use super::storage::{Bandwidth, Pool, Stores};
use super::story::spelled;
use super::{Loss, Losses};
use crate::capacity::demand::Remains;
use crate::design::FailureDomain;
use crate::topology::Redundancy;
use crate::words::{self, Said};

/// Votes of a cluster.
#[derive(Debug, Clone, Copy)]
pub(super) struct Votes {
    pub(super) external: u32,
    pub(super) majority: u32,
}

impl Votes {
    pub(super) fn of(plant: &Plant<'_, '_>) -> Self {
        let nodes = plant.topology.nodes.len() as u32;
        let external = plant.topology.external_votes() as u32;
        Self { external, majority: u32::midpoint(nodes, external) + 1 }
    }
}

/// What becomes of a guests' network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum GuestNetwork {
    Whole,
    /// Some node is cut off from the others.
    Parted,
    NoWayOut,
}

/// What is lost, and what is not asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Judged {
    pub(super) lost: Losses,
    pub(super) unasked: Losses,
}

/// So many nodes that contribute the same.
pub(super) struct Share<'v> {
    pub(super) view: &'v View,
    pub(super) class: &'v Class,
    pub(super) count: u32,
}

/// What the losses are told from.
pub(super) struct Court<'c, 't, 'd> {
    pub(super) plant: &'c Plant<'t, 'd>,
    pub(super) stores: &'c Stores<'d>,
    pub(super) hosts: &'c Hosts,
    pub(super) votes: Votes,
    pub(super) monitors: Option<u32>,
}

/// Whether two nodes that hang on these parts meet there.
fn meets(one: u32, other: u32) -> bool {
    one != NOWHERE && other != NOWHERE && (one == other || one == ANYWHERE || other == ANYWHERE)
}

/// The part of a network with most of something; of equal ones the first. Who hangs anywhere counts everywhere.
fn main_part(shares: impl Iterator<Item = (u32, [u32; 2])>) -> Option<(u32, [u32; 2])> {
    let mut parts: BTreeMap<u32, [u32; 2]> = BTreeMap::new();
    let mut everywhere = [0, 0];
    for (part, weight) in shares {
        if part == ANYWHERE {
            everywhere = [everywhere[0] + weight[0], everywhere[1] + weight[1]];
        } else if part != NOWHERE {
            let known = parts.entry(part).or_default();
            *known = [known[0] + weight[0], known[1] + weight[1]];
        }
    }
    if parts.is_empty() && everywhere != [0, 0] {
        return Some((ANYWHERE, everywhere));
    }
    let most = parts.into_iter().reduce(|most, next| if next.1 > most.1 { next } else { most })?;
    Some((most.0, [most.1[0] + everywhere[0], most.1[1] + everywhere[1]]))
}

impl Court<'_, '_, '_> {
    fn hope(&self) -> bool {
        self.plant.hope()
    }

    /// Everything that is lost, and what is not asked since what it stands on is lost.
    pub(super) fn judge(&self, shares: &[Share<'_>], exits: &Exits, asked: Losses) -> Judged {
        let (mut lost, mut unasked) = (Losses::NONE, Losses::NONE);
        let voters = self.voters(shares, exits);
        lost.set(Loss::Quorum, asked.has(Loss::Quorum) && voters.is_none());
        lost.set(Loss::Monitors, asked.has(Loss::Monitors) && !self.monitors_agree(shares));
        let reach = self.storage_reach(shares);
        lost.set(Loss::Pool, asked.has(Loss::Pool) && !self.pools_serve(shares, reach));
        lost.set(Loss::Management, asked.has(Loss::Management) && !self.all_manageable(shares));
        lost.set(Loss::GuestNetwork, asked.has(Loss::GuestNetwork) && !self.guests_connected(shares, exits));
        if let (true, Some(circles)) = (asked.has(Loss::Restart), &voters) {
            lost.set(Loss::Restart, !self.guests_restart(circles));
        }
        let stands = lost.has(Loss::Pool) || lost.has(Loss::Monitors);
        lost.set(Loss::Bandwidth, asked.has(Loss::Bandwidth) && !stands && !self.bandwidth_serves(shares, reach));
        unasked.set(Loss::Restart, asked.has(Loss::Restart) && voters.is_none());
        unasked.set(Loss::Bandwidth, asked.has(Loss::Bandwidth) && stands);
        Judged { lost, unasked }
    }

    /// The sets of nodes that hear each other with most votes, as kinds of hosts, where these are a majority.
    fn voters(&self, shares: &[Share<'_>], exits: &Exits) -> Option<Vec<Circle>> {
        let (votes, circles) = self.circles(shares, exits);
        (votes >= self.votes.majority || self.plant.topology.nodes.len() < 2).then_some(circles)
    }

    /// Whether guests find room on the nodes that go on. Where several sets have most votes, nobody knows which it is.
    fn guests_restart(&self, circles: &[Circle]) -> bool {
        let fits = |circle: &Circle| match self.hosts.fit(circle) {
            Fit::All => true,
            Fit::NotAll => false,
            Fit::Unknown => self.hope(),
        };
        if self.hope() { circles.iter().any(fits) } else { circles.iter().all(fits) }
    }

    /// The most votes of nodes that hear each other.
    pub(super) fn most_votes(&self, shares: &[Share<'_>], exits: &Exits) -> u32 {
        self.circles(shares, exits).0
    }

    /// The sets of nodes that hear each other with most votes, as kinds of hosts.
    fn circles(&self, shares: &[Share<'_>], exits: &Exits) -> (u32, Vec<Circle>) {
        let working: Vec<&Share<'_>> = shares.iter().filter(|share| share.view.works).collect();
        let links = &self.plant.roles.links;
        let unknown = links.is_empty() || self.plant.topology.unread_link().is_some();
        if self.plant.topology.nodes.len() < 2 || unknown && self.hope() {
            let votes = working.iter().map(|share| share.count).sum::<u32>() + self.votes.external;
            return (votes, vec![working.iter().map(|share| (share.class.host, share.count)).collect()]);
        }
        let mut groups: BTreeMap<Vec<u32>, Group> = BTreeMap::new();
        // Nodes that no link carries hear nobody, not even each other.
        let mut silent: Vec<(usize, bool)> = Vec::new();
        for share in working {
            let parts: Vec<u32> = links.iter().map(|net| share.view.hangs[*net]).collect();
            let reaches_vote = self.reaches_vote(share.view, exits);
            if parts.iter().all(|part| *part == NOWHERE) {
                silent.push((share.class.host, reaches_vote));
                continue;
            }
            let group = groups.entry(parts).or_default();
            group.votes += share.count;
            group.hosts.push((share.class.host, share.count));
            group.reaches_vote |= reaches_vote;
        }
        let heard: Vec<(&Vec<u32>, &Group)> = groups.iter().collect();
        let mut search =
            Search { groups: &heard, external: self.votes.external, most: 0, circles: Vec::new(), chosen: Vec::new() };
        search.from(0);
        let hosts = |circle: &Vec<usize>| circle.iter().flat_map(|group| heard[*group].1.hosts.clone()).collect();
        let (mut votes, mut circles): (u32, Vec<Circle>) = (search.most, search.circles.iter().map(hosts).collect());
        // Who hears nobody may have the external vote all the same.
        for (host, reaches_vote) in silent {
            let own = 1 + if reaches_vote { self.votes.external } else { 0 };
            if own > votes {
                (votes, circles) = (own, Vec::new());
            }
            if own == votes {
                circles.push(vec![(host, 1)]);
            }
        }
        (votes, circles)
    }

    fn reaches_vote(&self, view: &View, exits: &Exits) -> bool {
        if self.votes.external == 0 {
            return false;
        }
        let cluster = self.plant.topology.design.cluster.as_ref();
        if cluster.is_none_or(|cluster| cluster.value.qdevice_ports.is_none()) {
            return self.hope();
        }
        let nets = self.plant.roles.links.iter().chain(&self.plant.roles.management);
        nets.into_iter().any(|net| {
            let part = view.hangs[*net];
            part == ANYWHERE && !exits.vote[*net].is_empty() || exits.vote[*net].contains(&part)
        })
    }

    fn monitors_agree(&self, shares: &[Share<'_>]) -> bool {
        let Some(listed) = self.monitors else { return self.hope() };
        (self.plant.roles.public.is_some() || self.hope()) && self.most_monitors(shares) > listed / 2
    }

    /// The most monitors that reach each other.
    pub(super) fn most_monitors(&self, shares: &[Share<'_>]) -> u32 {
        let running = shares.iter().filter(|share| share.view.monitor);
        let Some(public) = self.plant.roles.public else { return running.map(|share| share.count).sum() };
        let parts = running.map(|share| (share.view.hangs[public], [share.count, 0]));
        main_part(parts).map_or(0, |(_, [monitors, _])| monitors)
    }

    /// The parts of the public and the cluster network where Ceph goes on.
    pub(super) fn storage_reach(&self, shares: &[Share<'_>]) -> [Option<u32>; 2] {
        let stores = |share: &&Share<'_>| {
            share.view.works && (share.view.monitor || share.class.disks.iter().any(|disks| *disks > 0))
        };
        let with_disks =
            |share: &Share<'_>| if share.class.disks.iter().any(|disks| *disks > 0) { share.count } else { 0 };
        let public = self.plant.roles.public.and_then(|net| {
            let weight = |share: &Share<'_>| [if share.view.monitor { share.count } else { 0 }, with_disks(share)];
            main_part(shares.iter().filter(stores).map(|share| (share.view.hangs[net], weight(share))))
        });
        let public = public.map(|(part, _)| part);
        let cluster = self.plant.roles.cluster.and_then(|net| {
            let near = |share: &&Share<'_>| match (self.plant.roles.public, public) {
                (Some(net), Some(part)) => meets(share.view.hangs[net], part),
                _ => true,
            };
            let chosen = shares.iter().filter(stores).filter(near);
            main_part(chosen.map(|share| (share.view.hangs[net], [with_disks(share), 0])))
        });
        [public, cluster.map(|(part, _)| part)]
    }

    /// Whether a node's OSDs are reached.
    fn reached(&self, view: &View, reach: [Option<u32>; 2]) -> bool {
        let hangs = |net: Option<usize>, part: Option<u32>| match net {
            Some(net) => part.is_some_and(|part| meets(view.hangs[net], part)),
            None => true,
        };
        view.works && hangs(self.plant.roles.public, reach[0]) && hangs(self.plant.roles.cluster, reach[1])
    }

    fn pools_serve(&self, shares: &[Share<'_>], reach: [Option<u32>; 2]) -> bool {
        if self.stores.pools.is_empty() || self.plant.roles.public.is_none() && !self.hope() {
            return self.hope();
        }
        self.stores.pools.iter().all(|pool| self.pool_serves(pool, shares, reach)) && self.clients_reach(shares, reach)
    }

    /// Whether every working node reaches the storage that its guests lie on.
    pub(super) fn clients_reach(&self, shares: &[Share<'_>], reach: [Option<u32>; 2]) -> bool {
        let Some(public) = self.plant.roles.public.filter(|_| self.stores.clients) else { return true };
        let mut clients = shares.iter().filter(|share| share.view.works && share.class.members[public]);
        clients.all(|share| reach[0].is_some_and(|part| meets(share.view.hangs[public], part)))
    }

    /// Whether enough copies are reached in the worst case: every failure domain that is touched holds one.
    pub(super) fn pool_serves(&self, pool: &Pool<'_>, shares: &[Share<'_>], reach: [Option<u32>; 2]) -> bool {
        let Some(places) = pool.places.filter(|_| pool.size.is_some() || self.hope()) else { return self.hope() };
        let copies = pool.size.unwrap_or(places).min(places);
        let left = copies.saturating_sub(self.touched(pool, shares, reach));
        match pool.min_size {
            Some(least) => left >= least,
            None if left == copies && left > 0 => true,
            None => left > 0 && self.hope(),
        }
    }

    /// Failure domains of a pool with an OSD that is down or out of reach.
    pub(super) fn touched(&self, pool: &Pool<'_>, shares: &[Share<'_>], reach: [Option<u32>; 2]) -> u32 {
        let mut domains: BTreeMap<u32, u32> = BTreeMap::new();
        let mut touched = 0;
        for share in shares.iter().filter(|share| share.class.disks[pool.filter] > 0) {
            let up = if self.reached(share.view, reach) { share.view.up[pool.filter] } else { 0 };
            let down = share.class.disks[pool.filter] - up;
            match (pool.domain, pool.wide) {
                _ if down == 0 => {}
                (FailureDomain::Osd, _) => touched += down * share.count,
                (_, Some(wide)) => *domains.entry(share.class.domains[wide]).or_default() += share.count,
                (_, None) => touched += share.count,
            }
        }
        // A site of two that mirror each other holds half of the copies, each on another node.
        let most = if pool.stretched { pool.copies().unwrap_or(0) / 2 } else { 1 };
        touched + domains.values().map(|nodes| (*nodes).min(most)).sum::<u32>()
    }

    fn all_manageable(&self, shares: &[Share<'_>]) -> bool {
        let nets = &self.plant.roles.management;
        let mains: Vec<Option<u32>> = nets.iter().map(|net| Self::main_of(*net, shares)).collect();
        shares.iter().filter(|share| share.view.works).all(|share| {
            if !nets.iter().any(|net| share.class.members[*net]) {
                return self.hope();
            }
            let hangs =
                |(net, main): (&usize, &Option<u32>)| main.is_some_and(|main| meets(share.view.hangs[*net], main));
            nets.iter().zip(&mains).any(hangs)
        })
    }

    /// The part of a network with most of its working members.
    fn main_of(net: usize, shares: &[Share<'_>]) -> Option<u32> {
        let members = shares.iter().filter(|share| share.view.works && share.class.members[net]);
        main_part(members.map(|share| (share.view.hangs[net], [share.count, 0]))).map(|(part, _)| part)
    }

    fn guests_connected(&self, shares: &[Share<'_>], exits: &Exits) -> bool {
        let nets = &self.plant.roles.guests;
        if nets.is_empty() {
            return self.hope();
        }
        (0..nets.len()).all(|place| self.guest_network(place, shares, exits) == GuestNetwork::Whole)
    }

    /// What becomes of a guests' network.
    fn guest_network(&self, place: usize, shares: &[Share<'_>], exits: &Exits) -> GuestNetwork {
        let net = self.plant.roles.guests[place];
        let mut members = shares.iter().filter(|share| share.view.works && share.class.members[net]).peekable();
        if members.peek().is_none() {
            return GuestNetwork::Whole;
        }
        let Some(main) = Self::main_of(net, shares) else { return GuestNetwork::Parted };
        let (out, way_out) =
            (&exits.out[place], !self.plant.gates.is_empty() || !self.plant.topology.uplinks.is_empty());
        let leads_out = out.contains(&main) || out.contains(&ANYWHERE) || main == ANYWHERE && !out.is_empty();
        if !members.all(|share| meets(share.view.hangs[net], main)) {
            GuestNetwork::Parted
        } else if way_out && !leads_out {
            GuestNetwork::NoWayOut
        } else {
            GuestNetwork::Whole
        }
    }

    /// What the guests lose, in words.
    pub(super) fn guests_told(&self, shares: &[Share<'_>], exits: &Exits) -> Said {
        let topology = self.plant.topology;
        let of = |becomes: GuestNetwork| -> Vec<&str> {
            let lost = |place: &usize| self.guest_network(*place, shares, exits) == becomes;
            let nets = (0..self.plant.roles.guests.len()).filter(lost).map(|place| self.plant.roles.guests[place]);
            nets.map(|net| topology.networks[self.plant.nets[net].network].name()).collect()
        };
        let (parted, inside) = (of(GuestNetwork::Parted), of(GuestNetwork::NoWayOut));
        let mut told = Vec::new();
        if !parted.is_empty() {
            told.push(words::story::guest_networks_parted(spelled(&parted)));
        }
        if !inside.is_empty() {
            told.push(words::story::guest_networks_inside(spelled(&inside)));
        }
        Said::run("; ", told)
    }

    fn bandwidth_serves(&self, shares: &[Share<'_>], reach: [Option<u32>; 2]) -> bool {
        match self.load_with(shares, reach) {
            Some(load) => load <= 1.0,
            None => self.hope(),
        }
    }

    /// What guests ask of what Ceph carries: above 1 is too much. Nothing where a fact is missing.
    pub(super) fn load(&self, shares: &[Share<'_>]) -> Option<f64> {
        self.load_with(shares, self.storage_reach(shares))
    }

    fn load_with(&self, shares: &[Share<'_>], reach: [Option<u32>; 2]) -> Option<f64> {
        let Bandwidth::Asked(demands) = &self.stores.bandwidth else { return None };
        let mut load = 0.0;
        for (demand, pool, serving) in demands {
            load += serving.load(demand, &self.remains(&self.stores.pools[*pool], shares, reach)?);
        }
        Some(load)
    }

    /// What is left of a pool and its networks; nothing where a rate is not known.
    fn remains(&self, pool: &Pool<'_>, shares: &[Share<'_>], reach: [Option<u32>; 2]) -> Option<Remains> {
        let mut remains = Remains { nodes: 0.0, disks: 0.0, copies: 0.0, public: f64::INFINITY, cluster: None };
        let mut domains: BTreeSet<u32> = BTreeSet::new();
        let serves = |share: &&Share<'_>| self.reached(share.view, reach) && share.view.up[pool.filter] > 0;
        let storing = shares.iter().filter(|share| share.class.disks[pool.filter] > 0);
        let all: u32 = storing.map(|share| share.count).sum();
        let lost = (all - shares.iter().filter(serves).map(|share| share.count).sum::<u32>()) as usize;
        for share in shares.iter().filter(serves) {
            remains.nodes += f64::from(share.count);
            remains.disks += f64::from(share.count * share.view.up[pool.filter]);
            remains.public = remains.public.min(self.stores.rate(self.plant, share.view.rates[0], lost)?);
            if self.stores.separate {
                let own = self.stores.rate(self.plant, share.view.rates[1], lost)?;
                remains.cluster = Some(remains.cluster.map_or(own, |least| least.min(own)));
            }
            domains.extend(pool.wide.map(|wide| share.class.domains[wide]));
        }
        let places = match (pool.domain, pool.wide) {
            (FailureDomain::Osd, _) => remains.disks,
            (_, Some(_)) => domains.len() as f64,
            (_, None) => remains.nodes,
        };
        let size = Redundancy::of(&pool.item.value).map_or(0.0, |redundancy| f64::from(redundancy.pieces()));
        remains.copies = size.min(places);
        Some(remains)
    }

    /// What is asked of a design at all.
    pub(super) fn asked(&self) -> Losses {
        let topology = self.plant.topology;
        let mut asked = Losses::NONE;
        asked.set(Loss::Quorum, topology.nodes.len() > 1);
        asked.set(Loss::Monitors, topology.has_ceph());
        asked.set(Loss::Pool, topology.has_ceph());
        asked.set(Loss::Management, !topology.nodes.is_empty());
        asked.set(Loss::GuestNetwork, !self.plant.roles.guests.is_empty() || topology.guests().next().is_some());
        asked.set(Loss::Restart, self.hosts.asked);
        asked.set(Loss::Bandwidth, !matches!(self.stores.bandwidth, Bandwidth::NotAsked));
        asked
    }
}

/// Nodes that go on together: so many of each kind of host.
type Circle = Vec<(usize, u32)>;

/// Nodes that hang on the same parts of every Corosync link.
#[derive(Debug, Default)]
struct Group {
    votes: u32,
    hosts: Circle,
    reaches_vote: bool,
}

/// The search for the groups that all hear each other and have most votes together.
struct Search<'g> {
    groups: &'g [(&'g Vec<u32>, &'g Group)],
    external: u32,
    most: u32,
    circles: Vec<Vec<usize>>,
    chosen: Vec<usize>,
}

impl Search<'_> {
    fn votes(&self, groups: impl Iterator<Item = usize>) -> u32 {
        groups.map(|group| self.groups[group].1.votes).sum()
    }

    /// Tries to add each group from a place on to those that are chosen.
    fn from(&mut self, from: usize) {
        if !self.chosen.is_empty() {
            let with = self.chosen.iter().any(|group| self.groups[*group].1.reaches_vote);
            let votes = self.votes(self.chosen.iter().copied()) + if with { self.external } else { 0 };
            if votes > self.most {
                (self.most, self.circles) = (votes, Vec::new());
            }
            if votes == self.most {
                self.circles.push(self.chosen.clone());
            }
        }
        let still = self.votes(self.chosen.iter().copied().chain(from..self.groups.len()));
        if still + self.external < self.most {
            return;
        }
        for next in from..self.groups.len() {
            let hears = |group: &usize| {
                let parts = self.groups[*group].0.iter().zip(self.groups[next].0);
                parts.into_iter().any(|(one, other)| meets(*one, *other))
            };
            if self.chosen.iter().all(hears) {
                self.chosen.push(next);
                self.from(next + 1);
                self.chosen.pop();
            }
        }
    }
}
