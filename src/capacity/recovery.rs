//! How long a pool's copies take to be whole again after a disk, a disk with the databases of several OSDs, or a server
//! is lost.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use foldhash::HashMap;

use super::bonds::carried;
use super::figure::{Figure, Method, State};
use super::formula::least_of;
use super::plant::{CEPH_PUBLIC, missing_speeds, recovery_share};
use super::store::{Store, path};
use crate::catalogue::figure_texts as texts;
use crate::catalogue::parameters::figures::{RecoveryTime, UsableCapacity};
use crate::design::{FailureDomain, Item, MclockProfile, Purpose, Words};
use crate::quantity::{Rate, Ratio, Size, Time, units};
use crate::source::Span;
use crate::topology::{DiskGroup, Network, Redundancy, Topology};
use crate::words::{self, Said};

/// What happens to the copies that a loss takes.
#[derive(Debug, Clone, PartialEq)]
pub enum Healing {
    /// They are whole again after so long.
    Takes(Time),
    /// There is nowhere to put them, or nothing starts by itself.
    Never,
    /// The keys that are missing.
    Unknown(Vec<String>),
}

/// A loss, and how it heals.
#[derive(Debug, Clone)]
pub struct Recovery {
    /// Path of what is lost: a group of disks, or a server model.
    pub subject: String,
    /// Where that is written.
    pub span: Span,
    /// The disk, the disk with databases or the server.
    pub state: State,
    /// How it ends.
    pub healing: Healing,
    /// Bytes to move.
    pub bytes: Size,
    /// What sets the pace.
    pub binding: Said,
    /// Keys that would state how full the disks are, where a fill was assumed.
    pub fill_unknown: Vec<String>,
    pace: Pace,
    assumed: Vec<Said>,
}

/// What is known of the pace of a recovery.
#[derive(Debug, Clone)]
enum Pace {
    /// Nothing.
    Unknown,
    /// There is none, and why.
    None(Said),
    /// The slowest of these limits to so many bytes.
    Limits(f64, Vec<Term>),
}

impl Healing {
    /// Whether it takes no longer than a limit; a hair above it is float noise.
    pub fn is_within(&self, limit: Time) -> bool {
        matches!(self, Self::Takes(time) if time.base() <= limit.base() * (1.0 + 1e-9))
    }
}

/// Equal disks of one server that store a pool.
pub(super) struct Lot<'d> {
    pub(super) node: usize,
    pub(super) group: DiskGroup<'d>,
    pub(super) count: f64,
    /// Capacity of one.
    each: f64,
    /// Index of what no two copies share.
    domain: usize,
}

/// A pool on its disks.
pub(super) struct Stored<'d> {
    path: String,
    pub(super) redundancy: Redundancy,
    pub(super) lots: Vec<Lot<'d>>,
    /// Bytes of what no two copies share.
    domains: Vec<f64>,
    /// All of them together.
    capacity: f64,
    kept_apart_by: FailureDomain,
    /// Raw bytes of all copies; nothing where it is not said what is stored.
    raw: Option<f64>,
    /// Part of all raw bytes on its disks, among the pools there.
    weight: f64,
}

/// What is lost.
#[derive(Clone, Copy)]
enum Loss<'d> {
    /// A disk of a group.
    Disk(usize, DiskGroup<'d>),
    /// A disk with the databases of several OSDs.
    Database(usize, DiskGroup<'d>),
    /// A server.
    Node(usize),
}

fn same(left: &DiskGroup<'_>, right: &DiskGroup<'_>) -> bool {
    std::ptr::eq(left.item, right.item)
}

impl Loss<'_> {
    fn node(&self) -> usize {
        match self {
            Self::Disk(node, _) | Self::Database(node, _) | Self::Node(node) => *node,
        }
    }

    /// Disks that it takes of a lot.
    fn of(&self, lot: &Lot<'_>) -> f64 {
        if lot.node != self.node() {
            return 0.0;
        }
        match self {
            Self::Node(_) => lot.count,
            Self::Disk(_, group) => f64::from(u8::from(same(group, &lot.group))).min(lot.count),
            Self::Database(_, group) if lot.group.db().is_some_and(|db| same(group, &db)) => {
                let databases = group.count().unwrap_or(1).max(1);
                (lot.count / f64::from(databases)).ceil().min(lot.count)
            }
            Self::Database(..) => 0.0,
        }
    }

    fn state(&self) -> State {
        match self {
            Self::Disk(..) => State::DiskLost,
            Self::Database(..) => State::DatabaseLost,
            Self::Node(_) => State::NodeLost,
        }
    }
}

impl<'d> Stored<'d> {
    pub(super) fn of(topology: &Topology<'d>, pool: &'d Item<crate::design::Pool>) -> Result<Self, Vec<String>> {
        let store = Store::of(topology, pool)?;
        let by_disk = store.by_disk();
        let mut names: HashMap<&str, usize> = HashMap::default();
        let (mut lots, mut sizes) = (Vec::new(), Vec::new());
        for server in &store.servers {
            let next = names.len();
            let domain = *names.entry(server.domain.as_ref()).or_insert(next);
            sizes.resize(names.len(), 0.0);
            let node = server.node.place;
            for group in server.groups.iter().filter(|group| group.count() != Some(0)) {
                let each = group.capacity().ok_or_else(|| vec![format!("{}.capacity", group.path())])?.base();
                let count = f64::from(group.count().unwrap_or(0));
                sizes[domain] += each * count;
                lots.push(Lot { node, group: *group, count, each, domain });
            }
        }
        let overhead = store.redundancy.overhead();
        let kept_apart_by = if by_disk { FailureDomain::Osd } else { topology.placement_domain(&pool.value) };
        let share = pool.value.data_share.as_ref().map_or(f64::NAN, |share| share.value.base());
        Ok(Self {
            path: path(pool),
            redundancy: store.redundancy,
            capacity: sizes.iter().sum(),
            domains: sizes,
            kept_apart_by,
            raw: pool.value.stored.as_ref().map(|stored| stored.value.base() * overhead),
            weight: share * overhead,
            lots,
        })
    }

    fn pieces(&self) -> usize {
        self.redundancy.pieces() as usize
    }

    fn by_disk(&self) -> bool {
        self.kept_apart_by == FailureDomain::Osd
    }

    /// The part of all raw bytes that one disk of a lot holds.
    pub(super) fn part(&self, lot: &Lot<'d>) -> f64 {
        // With as many places as pieces, each holds one of every object, however large it is.
        if !self.by_disk() && self.domains.len() == self.pieces() {
            lot.each / self.domains[lot.domain] / self.pieces() as f64
        } else {
            lot.each / self.capacity
        }
    }

    /// Bytes of this pool on what is lost, of so many raw bytes in all.
    fn lost_of(&self, raw: f64, loss: Loss<'_>) -> f64 {
        let lost = self.lots.iter().map(|lot| (lot, loss.of(lot))).filter(|(_, lost)| *lost > 0.0);
        lost.map(|(lot, lost)| self.part(lot) * lost * raw).sum()
    }

    fn lost_capacity(&self, loss: Loss<'_>) -> f64 {
        self.lots.iter().map(|lot| loss.of(lot) * lot.each).sum()
    }

    /// Lots that take over what is lost, or why there are none.
    fn targets(&self, loss: Loss<'_>) -> Result<Vec<&Lot<'d>>, Said> {
        let left = |lot: &Lot<'_>| lot.count - loss.of(lot) > 0.0;
        let pieces = self.pieces();
        if self.by_disk() {
            let disks: f64 = self.lots.iter().map(|lot| lot.count - loss.of(lot)).sum();
            return if disks >= pieces as f64 {
                Ok(self.lots.iter().filter(|lot| left(lot)).collect())
            } else {
                Err(words::recovery::disks_left(self.path.as_str(), disks, pieces))
            };
        }
        let alive: BTreeSet<usize> = self.lots.iter().filter(|lot| left(lot)).map(|lot| lot.domain).collect();
        let own = self.lots.iter().find(|lot| lot.node == loss.node()).map(|lot| lot.domain);
        let domain = self.kept_apart_by.word();
        if alive.len() < pieces {
            let (left, places, lost) = (alive.len(), self.domains.len(), loss.state().lost());
            return Err(words::recovery::places_left(self.path.as_str(), left, places, domain, pieces, lost));
        }
        let gone = own.filter(|own| !alive.contains(own));
        if gone.is_some() && matches!(self.kept_apart_by, FailureDomain::Rack | FailureDomain::Site) {
            return Err(words::recovery::all_down(self.path.as_str(), domain));
        }
        // With as many places as pieces, what a place loses can only go to the rest of the same place.
        let within = own.filter(|_| gone.is_none() && self.domains.len() == pieces);
        Ok(self.lots.iter().filter(|lot| left(lot) && within.is_none_or(|own| own == lot.domain)).collect())
    }

    /// Lots that the data is read from.
    fn sources(&self, loss: Loss<'_>) -> Vec<&Lot<'d>> {
        let own = self.lots.iter().find(|lot| lot.node == loss.node()).map(|lot| lot.domain);
        let others = |lot: &&Lot<'d>| self.by_disk() || self.domains.len() > self.pieces() || Some(lot.domain) != own;
        self.lots.iter().filter(|lot| lot.count - loss.of(lot) > 0.0).filter(others).collect()
    }
}

/// Bytes by server and group of disks.
type Loads<'d> = BTreeMap<(usize, &'d str), (f64, DiskGroup<'d>)>;

/// Adds bytes to a lot's disks, by capacity; the number is that of one disk.
fn spread<'d>(loads: &mut Loads<'d>, lots: &[&Lot<'d>], loss: Loss<'_>, bytes: f64) {
    let all: f64 = lots.iter().map(|lot| lot.each * (lot.count - loss.of(lot))).sum();
    for lot in lots {
        let load = loads.entry((lot.node, lot.group.item.pattern.value.as_str())).or_insert((0.0, lot.group));
        load.0 += bytes * lot.each / all;
    }
}

/// One limit of the pace.
#[derive(Debug, Clone)]
struct Term {
    name: Said,
    seconds: f64,
    how: How,
}

/// How a limit comes about.
#[derive(Debug, Clone)]
enum How {
    /// Nothing has to pass it.
    Idle,
    /// The busiest disk writes or reads at this rate.
    Disk { rate: Rate, share: Ratio },
    /// So many servers take it in, the busiest at this rate.
    Network { servers: usize, rate: Rate, efficiency: Ratio, share: Ratio },
}

impl How {
    fn said(&self) -> Said {
        match *self {
            Self::Idle => Said::default(),
            Self::Disk { rate, share } => words::recovery::each(rate, share),
            Self::Network { servers, rate, efficiency, share } => {
                words::recovery::taken_in(servers, rate, efficiency, share)
            }
        }
    }
}

/// The busiest disk of a load, at the rate its group has; an error names the groups that don't say theirs.
fn by_disks(
    name: Said,
    loads: &Loads<'_>,
    share: Ratio,
    rate: impl Fn(&DiskGroup<'_>) -> Result<Rate, String>,
) -> Result<Term, Vec<String>> {
    let mut missing = BTreeSet::new();
    let mut busiest = Term { name, seconds: 0.0, how: How::Idle };
    for (bytes, group) in loads.values() {
        match rate(group) {
            Ok(rate) => {
                let seconds = bytes / (rate.base() * share.base());
                if seconds > busiest.seconds {
                    busiest.seconds = seconds;
                    busiest.how = How::Disk { rate, share };
                }
            }
            Err(key) => _ = missing.insert(key),
        }
    }
    if missing.is_empty() { Ok(busiest) } else { Err(missing.into_iter().collect()) }
}

/// The network that recovery takes: the cluster network, or else the public one.
fn recovery_network<'t, 'd>(topology: &'t Topology<'d>) -> Option<&'t Network<'d>> {
    topology.networks_for(Purpose::CephCluster).chain(topology.networks_for(Purpose::CephPublic)).next()
}

fn by_network(
    topology: &Topology<'_>,
    taken_in: &BTreeMap<usize, f64>,
    share: Ratio,
    lost: usize,
) -> Result<Term, Vec<String>> {
    let network = recovery_network(topology).ok_or_else(|| vec![CEPH_PUBLIC.to_owned()])?;
    let efficiency = RecoveryTime::DEFAULT.efficiency;
    let mut busiest = Term { name: words::figures::network(network.name()), seconds: 0.0, how: How::Idle };
    let mut known: BTreeMap<(Option<&str>, Option<String>), Rate> = BTreeMap::new();
    for (node, bytes) in taken_in {
        let Some(server) = topology.nodes.get(*node) else { continue };
        let device = server.device();
        let place = network.attachment(device);
        let interface = place.and_then(|place| place.interface.as_ref());
        let key = (
            server.model.map(|model| model.pattern.value.as_str()),
            interface.map(|interface| topology.interface_name(interface.value).to_owned()),
        );
        let rate = match known.get(&key).copied().or_else(|| Some(carried(topology, network, device, lost)?.rate)) {
            Some(rate) => *known.entry(key).or_insert(rate),
            None => return Err(missing_speeds(topology, network)),
        };
        let seconds = bytes / (rate.base() * efficiency.base() * share.base());
        if seconds > busiest.seconds {
            busiest.seconds = seconds;
            let rate = rate.to(&units::GBIT_PER_S);
            busiest.how = How::Network { servers: taken_in.len(), rate, efficiency, share };
        }
    }
    Ok(busiest)
}

/// Part of every disk and of the network that recovery gets.
fn share_of_recovery(topology: &Topology<'_>) -> Ratio {
    Ratio::from_base(recovery_share(topology), &units::PERCENT)
}

/// Fill of an OSD from which Ceph warns.
fn nearfull(topology: &Topology<'_>) -> Ratio {
    let written = topology.design.ceph.as_ref().and_then(|ceph| ceph.value.nearfull_ratio.as_ref());
    written.map_or(UsableCapacity::DEFAULT.nearfull, |ratio| ratio.value)
}

/// Bytes that each pool loses, and the keys that would tell where a fill was taken instead.
fn lost_bytes(topology: &Topology<'_>, pools: &[&Stored<'_>], loss: Loss<'_>) -> (Vec<f64>, Vec<String>) {
    let silent: Vec<String> =
        pools.iter().filter(|pool| pool.raw.is_none()).map(|pool| format!("{}.stored", pool.path)).collect();
    if silent.is_empty() {
        return (pools.iter().map(|pool| pool.lost_of(pool.raw.unwrap_or(0.0), loss)).collect(), silent);
    }
    let weighed = pools.iter().all(|pool| pool.weight.is_finite()) && pools.iter().any(|pool| pool.weight > 0.0);
    let weight = |pool: &Stored<'_>| if weighed { pool.weight } else { 1.0 };
    let fill = nearfull(topology).base();
    // Each disk is full once, whichever pools share it.
    let here = |pool: &Stored<'_>, lot: &Lot<'_>| {
        pool.lots.iter().any(|other| other.node == lot.node && same(&other.group, &lot.group))
    };
    let part = |pool: &Stored<'_>, lot: &Lot<'_>| {
        let all: f64 = pools.iter().filter(|other| here(other, lot)).map(|other| weight(other)).sum();
        if all > 0.0 { weight(pool) / all } else { 0.0 }
    };
    let bytes = pools.iter().map(|pool| {
        let lost = pool.lots.iter().map(|lot| (lot, loss.of(lot) * lot.each)).filter(|(_, lost)| *lost > 0.0);
        lost.map(|(lot, lost)| lost * fill * part(pool, lot)).sum()
    });
    let bytes = bytes.collect();
    (bytes, silent)
}

/// Every loss of a design with Ceph that is worth a figure, and how it heals.
pub fn recoveries(topology: &Topology<'_>) -> Arc<Vec<Recovery>> {
    topology.once(0, || found_recoveries(topology))
}

fn found_recoveries(topology: &Topology<'_>) -> Vec<Recovery> {
    if !topology.has_ceph() {
        return Vec::new();
    }
    let all: Result<Vec<Stored<'_>>, Vec<String>> = topology.pools().map(|pool| Stored::of(topology, pool)).collect();
    let pools = match all {
        Ok(pools) => pools,
        Err(missing) => return vec![unknown(topology, missing)],
    };
    if pools.is_empty() {
        return vec![unknown(topology, vec!["ceph.pool".to_owned()])];
    }
    let mut worst: Vec<Recovery> = Vec::new();
    for (subject, span, loss) in losses(topology, &pools) {
        let Some(own) = recovery(topology, &pools, subject, span, loss) else { continue };
        let known = worst.iter_mut().find(|known| known.subject == own.subject && known.state == own.state);
        match known {
            Some(known) if is_worse(&own.healing, &known.healing) => *known = own,
            Some(_) => {}
            None => worst.push(own),
        }
    }
    worst.sort_by_key(|recovery| recovery.state);
    worst
}

fn is_worse(own: &Healing, known: &Healing) -> bool {
    match (own, known) {
        (Healing::Takes(own), Healing::Takes(known)) => own > known,
        (Healing::Takes(_), _) | (_, Healing::Unknown(_)) => false,
        (Healing::Never, known) => *known != Healing::Never,
        (Healing::Unknown(_), _) => true,
    }
}

fn unknown(topology: &Topology<'_>, missing: Vec<String>) -> Recovery {
    Recovery {
        subject: "ceph".to_owned(),
        span: topology.ceph_span(),
        state: State::DiskLost,
        healing: Healing::Unknown(missing),
        bytes: Size::new(0.0, &units::TB),
        binding: Said::default(),
        fill_unknown: Vec::new(),
        pace: Pace::Unknown,
        assumed: Vec::new(),
    }
}

/// Losses that differ: of equal servers at the same place for every pool, one stands for all.
fn losses<'d>(topology: &Topology<'d>, pools: &[Stored<'d>]) -> Vec<(String, Span, Loss<'d>)> {
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    // By node and pool, the domain that keeps copies apart there; of several groups of disks on a node, the first tells.
    let mut domains: HashMap<(usize, usize), usize> = HashMap::default();
    for (place, pool) in pools.iter().enumerate() {
        let larger = matches!(pool.kept_apart_by, FailureDomain::Rack | FailureDomain::Site);
        for lot in &pool.lots {
            domains.entry((lot.node, place)).or_insert(if larger { lot.domain } else { 0 });
        }
    }
    for (index, node) in topology.nodes.iter().enumerate() {
        let Some(model) = node.model else { continue };
        let places = (0..pools.len()).map(|place| domains.get(&(index, place)).copied());
        if !seen.insert((model.pattern.value.as_str(), places.collect::<Vec<_>>())) {
            continue;
        }
        let mut databases: Vec<DiskGroup<'d>> = Vec::new();
        for group in node.osd_groups() {
            found.push((group.path(), group.span(), Loss::Disk(index, group)));
            if let Some(db) = group.db().filter(|db| !databases.iter().any(|known| same(known, db))) {
                databases.push(db);
            }
        }
        found.extend(databases.into_iter().map(|db| (db.path(), db.span(), Loss::Database(index, db))));
        if node.osd_groups().next().is_some() {
            let path = format!("server_model.{}", model.pattern.value);
            found.push((path, model.pattern.span, Loss::Node(index)));
        }
    }
    found
}

/// How a loss heals; nothing where it takes no pool's data.
fn recovery(
    topology: &Topology<'_>,
    pools: &[Stored<'_>],
    subject: String,
    span: Span,
    loss: Loss<'_>,
) -> Option<Recovery> {
    let hit: Vec<&Stored<'_>> = pools.iter().filter(|pool| pool.lost_capacity(loss) > 0.0).collect();
    if hit.is_empty() {
        return None;
    }
    let (bytes, fill_unknown) = lost_bytes(topology, &hit, loss);
    let all: f64 = bytes.iter().sum();
    let mut own = Recovery {
        subject,
        span,
        state: loss.state(),
        healing: Healing::Never,
        bytes: Size::from_base(all, &units::TB),
        binding: Said::default(),
        pace: Pace::Unknown,
        assumed: assumed(topology, &fill_unknown),
        fill_unknown,
    };
    let (mut writes, mut reads, mut taken_in) = (Loads::new(), Loads::new(), BTreeMap::new());
    for (pool, bytes) in hit.iter().zip(&bytes) {
        let targets = match pool.targets(loss) {
            Ok(targets) => targets,
            Err(why) => {
                own.pace = Pace::None(why);
                return Some(own);
            }
        };
        spread(&mut writes, &targets, loss, *bytes);
        let sources = pool.sources(loss);
        let read = f64::from(pool.redundancy.data());
        spread(&mut reads, &sources, loss, bytes * read);
        send(&mut taken_in, &targets, &sources, loss, *bytes, read);
    }
    let share = share_of_recovery(topology);
    let lost = usize::from(matches!(loss, Loss::Node(_)));
    let terms = [
        by_network(topology, &taken_in, share, lost),
        by_disks(words::recovery::writes(), &writes, share, |group| {
            group.write().ok_or_else(|| format!("{}.write", group.path()))
        }),
        by_disks(words::recovery::reads(), &reads, share, |group| {
            let read = group.disk().read.as_ref().map(|rate| rate.value);
            read.or(group.write()).ok_or_else(|| format!("{}.read", group.path()))
        }),
    ];
    let mut missing = Vec::new();
    let mut known = Vec::new();
    for term in terms {
        match term {
            Ok(term) => known.push(term),
            Err(keys) => missing.extend(keys),
        }
    }
    if missing.is_empty() {
        finish(&mut own, known, all);
    } else {
        own.healing = Healing::Unknown(missing);
    }
    Some(own)
}

/// What servers take in: what is put onto their disks, and of erasure-coded pools also the chunks that the missing one
/// is computed from, save the one that is there already.
fn send(
    taken_in: &mut BTreeMap<usize, f64>,
    targets: &[&Lot<'_>],
    sources: &[&Lot<'_>],
    loss: Loss<'_>,
    bytes: f64,
    read: f64,
) {
    for (lots, bytes) in [(targets, bytes), (sources, bytes * (read - 1.0))] {
        let all: f64 = lots.iter().map(|lot| lot.each * (lot.count - loss.of(lot))).sum();
        for lot in lots.iter().filter(|_| bytes > 0.0) {
            *taken_in.entry(lot.node).or_insert(0.0) += bytes * lot.each * (lot.count - loss.of(lot)) / all;
        }
    }
}

/// Seconds until a lost OSD is noticed and marked out.
fn detection() -> Time {
    let constants = RecoveryTime::DEFAULT;
    constants.grace + constants.out_interval
}

fn finish(own: &mut Recovery, terms: Vec<Term>, bytes: f64) {
    let Some(slowest) = slowest(&terms) else { return };
    own.binding.clone_from(&slowest.name);
    own.healing = Healing::Takes(Time::new(detection().base() + slowest.seconds, &units::S));
    own.pace = Pace::Limits(bytes, terms);
}

/// The limit that takes the longest; of equal ones the first.
fn slowest(terms: &[Term]) -> Option<&Term> {
    terms.iter().reduce(|most, term| if term.seconds > most.seconds { term } else { most })
}

/// How the time comes about, with its numbers.
fn formula(size: Size, bytes: f64, terms: &[Term]) -> Said {
    let constants = RecoveryTime::DEFAULT;
    let rate = |seconds: f64| Rate::from_base(bytes / seconds, &units::MB_PER_S);
    let told = |term: &Term| -> Said {
        let pace = format!("{:.0} MB/s", rate(term.seconds).amount());
        vec![Said::run(" ", [term.name.clone(), pace.into()]), term.how.said()].into()
    };
    let slowest = least_of(terms.iter().filter(|term| term.seconds > 0.0).map(told));
    let waiting = format!("{} + {} + {size}", constants.grace, constants.out_interval.to(&units::MIN));
    Said::run(" / ", [waiting.into(), slowest])
}

fn assumed(topology: &Topology<'_>, fill_unknown: &[String]) -> Vec<Said> {
    let mut assumed = Vec::new();
    if !fill_unknown.is_empty() {
        assumed.push(words::recovery::filled(fill_unknown.to_vec(), nearfull(topology)));
    }
    if topology.design.ceph.as_ref().is_none_or(|ceph| ceph.value.mclock_profile.is_none()) {
        let balanced = MclockProfile::Balanced.to_string();
        assumed.push(words::recovery::profile(balanced, share_of_recovery(topology)));
    }
    assumed
}

pub(super) fn figures(topology: &Topology<'_>, out: &mut Vec<Figure>) {
    out.extend(recoveries(topology).iter().cloned().map(Figure::from));
}

impl From<Recovery> for Figure {
    fn from(recovery: Recovery) -> Self {
        let (text, method) = (texts::RECOVERY_TIME, Method::Model);
        let figure = match recovery.healing {
            Healing::Unknown(missing) => {
                return Self::unknown(text, recovery.subject, method, missing).state(recovery.state);
            }
            Healing::Never => Self::never(text, recovery.subject, method),
            Healing::Takes(time) => {
                Self::new(text, recovery.subject, method, time.in_unit(&units::H)).binding(recovery.binding)
            }
        };
        let figure = figure.state(recovery.state).input("bytes", recovery.bytes);
        let figure = match recovery.pace {
            Pace::Unknown => figure,
            Pace::None(why) => figure.formula(why),
            Pace::Limits(bytes, terms) => {
                let moving = Time::new(slowest(&terms).map_or(0.0, |slowest| slowest.seconds), &units::S);
                let figure = figure.formula(formula(recovery.bytes, bytes, &terms));
                figure.input("detection", detection().to(&units::S)).input("moving", moving)
            }
        };
        recovery.assumed.into_iter().fold(figure, Self::assumed)
    }
}
