//! Room for the pieces of a pool on the disks of its class, and what losses leave of it.

use std::collections::{BTreeMap, BTreeSet};

use super::store::{Server, Store};
use crate::topology::{DiskGroup, Topology};
use crate::words::{self, Said};

/// So many things of one size in bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Run {
    pub(super) bytes: f64,
    pub(super) count: f64,
}

impl Run {
    fn sum(self) -> f64 {
        self.bytes * self.count
    }
}

fn sum(runs: &[Run]) -> f64 {
    runs.iter().map(|run| run.sum()).sum()
}

/// What is lost with all that lies on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// A server.
    Server,
    /// A drive that holds WAL and DB of OSDs, and these with it.
    DbDevice,
    /// A disk.
    Disk,
}

impl Part {
    /// Parts of a server, those first that take the others with them.
    pub(super) const ALL: [Self; 3] = [Self::Server, Self::DbDevice, Self::Disk];

    /// In words.
    pub fn word(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::DbDevice => "DB device",
            Self::Disk => "disk",
        }
    }

    /// For people.
    pub fn said(self) -> Said {
        match self {
            Self::Server => words::figures::server(),
            Self::DbDevice => words::room::db_device(),
            Self::Disk => words::figures::disk(),
        }
    }
}

/// Equal disks with OSDs in a server.
struct Shelf {
    /// Bytes of one OSD.
    osd: f64,
    /// OSDs on one disk.
    per_disk: f64,
    disks: f64,
    /// The DB devices they hang on, by path, and how many disks share one of them.
    db: Option<(String, f64)>,
}

impl Shelf {
    fn of(group: &DiskGroup<'_>, fellows: &[DiskGroup<'_>]) -> Result<Self, Vec<String>> {
        let capacity = group.capacity().ok_or_else(|| vec![format!("{}.capacity", group.path())])?;
        let per_disk = f64::from(group.osds_per_disk());
        let disks = f64::from(group.count().unwrap_or(0));
        Ok(Self { osd: capacity.base() / per_disk, per_disk, disks, db: db(group, fellows)? })
    }

    fn osds(&self, disks: f64) -> Run {
        Run { bytes: self.osd, count: self.per_disk * disks }
    }
}

/// The DB devices of a group, and how many disks hang on one of them: all that name these devices, spread evenly.
fn db(group: &DiskGroup<'_>, fellows: &[DiskGroup<'_>]) -> Result<Option<(String, f64)>, Vec<String>> {
    let Some(db) = group.db() else { return Ok(None) };
    let devices = db.count().ok_or_else(|| vec![format!("{}.count", db.path())])?;
    let shares = |fellow: &&DiskGroup<'_>| fellow.db().is_some_and(|own| own.path() == db.path());
    let disks: f64 = fellows.iter().filter(shares).map(|fellow| f64::from(fellow.count().unwrap_or(0))).sum();
    Ok((devices > 0).then(|| (db.path(), (disks / f64::from(devices)).ceil())))
}

/// A server with what it holds.
struct Host {
    name: String,
    /// Index of the site that takes its own half of the copies; 0 where there are no halves.
    half: usize,
    /// Index of what no two pieces share.
    domain: usize,
    shelves: Vec<Shelf>,
}

impl Host {
    fn bytes(&self) -> f64 {
        self.shelves.iter().map(|shelf| shelf.osds(shelf.disks).sum()).sum()
    }

    /// OSDs that are lost with a part of it, the largest ones.
    fn lost(&self, part: Part) -> Vec<Run> {
        match part {
            Part::Server => self.shelves.iter().map(|shelf| shelf.osds(shelf.disks)).collect(),
            Part::DbDevice => self.behind_device(),
            Part::Disk => {
                let disks = self.shelves.iter().map(|shelf| shelf.osds(shelf.disks.min(1.0)));
                disks.max_by(|one, other| one.sum().total_cmp(&other.sum())).into_iter().collect()
            }
        }
    }

    /// OSDs that hang on one DB device, the largest ones of those that may.
    fn behind_device(&self) -> Vec<Run> {
        let mut shelves: Vec<&Shelf> = self.shelves.iter().collect();
        shelves.sort_by(|one, other| other.osds(1.0).sum().total_cmp(&one.osds(1.0).sum()));
        let mut worst: Vec<Run> = Vec::new();
        for (path, disks) in self.shelves.iter().filter_map(|shelf| shelf.db.as_ref()) {
            let mut left = *disks;
            let mut lost = Vec::new();
            for shelf in shelves.iter().filter(|shelf| shelf.db.as_ref().is_some_and(|(own, _)| own == path)) {
                let taken = left.min(shelf.disks);
                lost.push(shelf.osds(taken));
                left -= taken;
            }
            if sum(&lost) > sum(&worst) {
                worst = lost;
            }
        }
        worst
    }
}

/// Room of a pool.
pub(super) struct Room {
    hosts: Vec<Host>,
    by_name: BTreeMap<String, usize>,
    /// Sizes of the failure domains, for each half.
    halves: Vec<Vec<Run>>,
    /// Bytes of each domain; empty where copies are kept apart by disk only.
    domains: Vec<f64>,
    /// Pieces of an object in each half.
    pieces: f64,
    /// Bytes stored for each byte of a piece.
    data: f64,
}

/// Half, size of the domain, and the OSDs that each part of a server takes.
pub(super) type Kind = (usize, u64, [Vec<(u64, u64)>; 3]);

/// A loss that heals.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Loss {
    pub(super) part: Part,
    /// Raw bytes that are lost.
    pub(super) raw: f64,
    /// Bytes that may be stored and still find a place for each piece.
    pub(super) held: f64,
}

impl Room {
    /// Room of a pool.
    ///
    /// # Errors
    /// The keys that are missing.
    pub(super) fn of(topology: &Topology<'_>, store: &Store<'_, '_>) -> Result<Self, Vec<String>> {
        let sites = halves(topology, store);
        let mut domains: BTreeMap<&str, usize> = BTreeMap::new();
        let mut hosts = Vec::new();
        for server in &store.servers {
            let next = domains.len();
            let domain = *domains.entry(server.domain.as_ref()).or_insert(next);
            let half = sites.iter().position(|site| Some(*site) == server.node.site()).unwrap_or(0);
            hosts.push(Host { name: server.node.name.to_string(), half, domain, shelves: shelves(server)? });
        }
        let parts = sites.len().max(1);
        let mut room = Self {
            by_name: hosts.iter().enumerate().map(|(index, host)| (host.name.clone(), index)).collect(),
            hosts,
            halves: vec![Vec::new(); parts],
            domains: if store.by_disk() { Vec::new() } else { vec![0.0; domains.len()] },
            pieces: store.copies / parts as f64,
            data: f64::from(store.redundancy.data()),
        };
        room.fill();
        Ok(room)
    }

    fn fill(&mut self) {
        for host in &self.hosts {
            match self.domains.get_mut(host.domain) {
                Some(domain) => *domain += host.bytes(),
                None => host.lost(Part::Server).into_iter().for_each(|run| add(&mut self.halves[host.half], run)),
            }
        }
        let mut seen = vec![false; self.domains.len()];
        for host in &self.hosts {
            let Some(bytes) = self.domains.get(host.domain) else { continue };
            if !std::mem::replace(&mut seen[host.domain], true) {
                add(&mut self.halves[host.half], Run { bytes: *bytes, count: 1.0 });
            }
        }
    }

    /// Raw bytes.
    pub(super) fn raw(&self) -> f64 {
        self.halves.iter().map(|half| sum(half)).sum()
    }

    /// Failure domains that hold anything.
    pub(super) fn places(&self) -> f64 {
        self.halves.iter().fold(0.0, |all, half| all + places(half))
    }

    /// Sizes of the failure domains, the smallest first.
    pub(super) fn sizes(&self) -> Vec<Run> {
        let mut sizes: Vec<Run> = Vec::new();
        self.halves.iter().flatten().for_each(|run| add(&mut sizes, *run));
        sizes.sort_by(|one, other| one.bytes.total_cmp(&other.bytes));
        sizes
    }

    /// Raw bytes that the failure domains let pieces use.
    pub(super) fn matched(&self) -> f64 {
        self.per_piece(&self.halves) * self.pieces * self.halves.len() as f64
    }

    /// Bytes that may be stored so that each piece finds a place of its own.
    pub(super) fn held(&self) -> f64 {
        self.per_piece(&self.halves) * self.data
    }

    fn per_piece(&self, halves: &[Vec<Run>]) -> f64 {
        halves.iter().map(|half| holdable(half, self.pieces)).fold(f64::INFINITY, f64::min)
    }

    /// Names of the servers, in order.
    pub(super) fn hosts(&self) -> impl Iterator<Item = &str> {
        self.hosts.iter().map(|host| host.name.as_str())
    }

    /// What a lost part of a server leaves, where it heals: enough failure domains are left to take each piece.
    pub(super) fn after(&self, name: &str, part: Part) -> Option<Loss> {
        self.by_name.get(name).and_then(|index| self.without(&self.hosts[*index], part))
    }

    fn without(&self, host: &Host, part: Part) -> Option<Loss> {
        let lost = host.lost(part);
        let raw = sum(&lost);
        if raw < 1.0 {
            return None;
        }
        let mut halves = self.halves.clone();
        let half = &mut halves[host.half];
        if let Some(whole) = self.domains.get(host.domain) {
            take(half, Run { bytes: *whole, count: 1.0 });
            add(half, Run { bytes: (whole - raw).max(0.0), count: 1.0 });
        } else {
            for run in lost {
                take(half, run);
            }
        }
        let heals = halves.iter().all(|half| places(half) >= self.pieces);
        heals.then(|| Loss { part, raw, held: self.per_piece(&halves) * self.data })
    }

    /// What makes losses of a server leave the same as those of another one.
    pub(super) fn kind_of(&self, name: &str) -> Option<Kind> {
        self.by_name.get(name).map(|index| self.kind(&self.hosts[*index]))
    }

    fn kind(&self, host: &Host) -> Kind {
        let domain = self.domains.get(host.domain).copied().unwrap_or(0.0);
        let lost = Part::ALL
            .map(|part| host.lost(part).iter().map(|run| (run.bytes.to_bits(), run.count.to_bits())).collect());
        (host.half, domain.to_bits(), lost)
    }

    /// The loss that leaves least, of those that heal: of each server the largest part.
    pub(super) fn worst(&self) -> Option<Loss> {
        let mut seen = BTreeSet::new();
        let mut worst: Option<Loss> = None;
        for host in &self.hosts {
            if !seen.insert(self.kind(host)) {
                continue;
            }
            let own = Part::ALL.into_iter().find_map(|part| self.without(host, part));
            worst = match (worst, own) {
                (Some(worst), Some(own)) if own.held >= worst.held => Some(worst),
                (worst, own) => own.or(worst),
            };
        }
        worst
    }
}

/// Sites that take half of the copies each, as stretch mode does; none where a pool is placed over all of them.
fn halves<'d>(topology: &Topology<'d>, store: &Store<'_, 'd>) -> Vec<&'d str> {
    let sites: Vec<&str> = topology.osd_sites().into_keys().collect();
    let stretched = topology.stretch_mode() == Some(true) && sites.len() == 2;
    let known = store.servers.iter().all(|server| server.node.site().is_some());
    if stretched && known { sites } else { Vec::new() }
}

fn shelves(server: &Server<'_, '_>) -> Result<Vec<Shelf>, Vec<String>> {
    server.groups.iter().map(|group| Shelf::of(group, &server.groups)).collect()
}

/// What is behind whole bytes is float noise.
fn same(one: f64, other: f64) -> bool {
    (one - other).abs() < 1.0
}

fn add(runs: &mut Vec<Run>, more: Run) {
    match runs.iter_mut().find(|run| same(run.bytes, more.bytes)) {
        Some(run) => run.count += more.count,
        None => runs.push(more),
    }
}

fn take(runs: &mut [Run], less: Run) {
    if let Some(run) = runs.iter_mut().find(|run| same(run.bytes, less.bytes)) {
        run.count = (run.count - less.count).max(0.0);
    }
}

fn places(runs: &[Run]) -> f64 {
    runs.iter().filter(|run| run.bytes >= 1.0).fold(0.0, |places, run| places + run.count)
}

/// Bytes that domains of these sizes hold, each byte in so many pieces and never two of them in one domain: a domain
/// larger than what the others can match is filled no further than they are.
fn holdable(domains: &[Run], pieces: f64) -> f64 {
    let mut domains = domains.to_vec();
    domains.sort_by(|left, right| right.bytes.total_cmp(&left.bytes));
    let (mut rest, mut pieces) = (sum(&domains), pieces);
    for mut run in domains {
        while run.count >= 1.0 {
            // The last piece fits into all that is left, whatever float noise says.
            if run.bytes * pieces <= rest || pieces <= 1.0 {
                return rest.max(0.0) / pieces;
            }
            rest -= run.bytes;
            pieces -= 1.0;
            run.count -= 1.0;
        }
    }
    0.0
}

#[cfg(test)]
mod tests {
    use super::{Run, add, holdable};

    /// Three copies on 10, 1 and 1: the 10 holds one copy of no more than the others do, so 1. On 10, 10, 1 and 1
    /// the two large ones take a copy each, the small ones share the third: 2. On four times 8: 32 / 3. On 20, 20, 20
    /// and 60: the small ones hold the other two copies of (20 + 20 + 20) / 2 = 30.
    #[test]
    fn the_small_ones_set_what_the_large_ones_can_match() {
        for (sizes, held) in [
            (vec![10.0, 1.0, 1.0], 1.0),
            (vec![1.0, 10.0, 1.0, 10.0], 2.0),
            (vec![8.0; 4], 32.0 / 3.0),
            (vec![5.0, 5.0], 0.0),
            (vec![20.0, 20.0, 20.0, 60.0], 30.0),
        ] {
            let mut runs = Vec::new();
            for tera in &sizes {
                add(&mut runs, Run { bytes: tera * 1e12, count: 1.0 });
            }
            assert!((holdable(&runs, 3.0) - held * 1e12).abs() < 1.0, "{sizes:?}");
        }
    }
}
