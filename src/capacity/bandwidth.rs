//! What a pool serves: large writes and reads, small ones per second, and the bounds that nothing passes.

use super::figure::{Figure, Method, State};
use super::formula::{all_of, least_of, made};
use super::performance::{self, Bottleneck, Constants, Load};
use super::plant::{Described, describe, load};
use super::store::{Left, Store, leading_pools, missing_pools, path};
use crate::catalogue::parameters::figures::CephSmallWrites;
use crate::catalogue::{FigureText, figure_texts as texts};
use crate::quantity::units;
use crate::topology::Topology;
use crate::words::{self, Said};

const STATES: [State; 3] = [State::Healthy, State::NodeLost, State::Recovering];

pub(super) fn figures(topology: &Topology<'_>, out: &mut Vec<Figure>) {
    if !topology.has_ceph() {
        return;
    }
    let all = [
        texts::CEPH_WRITE_CEILING,
        texts::CEPH_READ_CEILING,
        texts::CEPH_WRITE_BANDWIDTH,
        texts::CEPH_READ_BANDWIDTH,
        texts::CEPH_SMALL_WRITES,
        texts::CEPH_SMALL_READS,
    ];
    let pools = leading_pools(topology);
    if pools.is_empty() {
        let missing = missing_pools(topology);
        out.extend(all.map(|text| Figure::unknown(text, "ceph", Method::Model, missing.clone())));
    }
    for pool in pools {
        match Store::of(topology, pool) {
            Ok(store) => out.extend(of_pool(topology, &store)),
            Err(missing) => {
                out.extend(all.map(|text| Figure::unknown(text, path(pool), Method::Model, missing.clone())));
            }
        }
    }
}

fn of_pool(topology: &Topology<'_>, store: &Store<'_, '_>) -> Vec<Figure> {
    let cases = STATES.map(|state| Case::of(topology, store, state));
    let [healthy, lost, _] = &cases;
    let mut figures = Vec::new();
    figures.extend([healthy, lost].map(|case| case.ceiling(topology, Direction::Write)));
    figures.extend(documents_read(store));
    figures.push(healthy.ceiling(topology, Direction::Read));
    for direction in [Direction::Write, Direction::Read, Direction::SmallWrite, Direction::SmallRead] {
        figures.extend(cases.iter().map(|case| case.expected(topology, direction)));
    }
    figures
}

/// A pool in a state, told in numbers once for all that is computed of it.
struct Case<'s, 't, 'd> {
    store: &'s Store<'t, 'd>,
    state: State,
    left: Left,
    described: Result<Described, Vec<String>>,
}

/// What clients do.
#[derive(Clone, Copy, PartialEq)]
enum Direction {
    Write,
    Read,
    SmallWrite,
    SmallRead,
}

impl Direction {
    fn text(self) -> &'static FigureText {
        match self {
            Self::Write => texts::CEPH_WRITE_BANDWIDTH,
            Self::Read => texts::CEPH_READ_BANDWIDTH,
            Self::SmallWrite => texts::CEPH_SMALL_WRITES,
            Self::SmallRead => texts::CEPH_SMALL_READS,
        }
    }

    fn ceiling_text(self) -> &'static FigureText {
        if self == Self::Read { texts::CEPH_READ_CEILING } else { texts::CEPH_WRITE_CEILING }
    }

    fn writes(self) -> bool {
        matches!(self, Self::Write | Self::SmallWrite)
    }

    /// The limits of a store in a state.
    fn bottleneck(self, described: &Described, load: &Load, constants: &Constants) -> Result<Bottleneck, &'static str> {
        let plant = &described.plant;
        let bytes = CephSmallWrites::DEFAULT.size.base();
        match self {
            Self::Write => performance::writes(plant, load, constants),
            Self::Read => performance::reads(plant, load, constants),
            Self::SmallWrite => performance::small_writes(plant, load, bytes, constants),
            Self::SmallRead => performance::small_reads(plant, load, bytes, constants),
        }
    }
}

/// The constants of a design, and a word of each that it has measured.
pub(super) fn constants(topology: &Topology<'_>) -> (Constants, Vec<Said>) {
    let measured = topology.design.ceph.as_ref().and_then(|ceph| ceph.value.measured.as_ref());
    let (constants, taken) = Constants::measured(measured.map(|measured| &measured.value));
    let told = |key: &str| words::bandwidth::measured_taken(format!("ceph.measured.{key}"));
    (constants, taken.into_iter().map(told).collect())
}

/// The keys of disks that would state a rate, for all groups that don't.
pub(super) fn silent(store: &Store<'_, '_>, key: &'static str) -> Vec<String> {
    let missing = match key {
        "write" => store.write().err(),
        "read" => store.read().err(),
        _ => None,
    };
    missing.unwrap_or_else(|| {
        let groups = store.servers.iter().flat_map(|server| server.groups.iter());
        let mut keys: Vec<String> = groups.map(|group| format!("{}.{key}", group.path())).collect();
        keys.sort();
        keys.dedup();
        keys
    })
}

/// A pool that stands still in a state.
fn standing_still(store: &Store<'_, '_>, left: &Left, state: State, text: &'static FigureText) -> Option<Figure> {
    if left.disks >= 1.0 && left.serves {
        return None;
    }
    let figure = Figure::new(text, path(store.pool), Method::Model, 0.0).state(state).decimals(0);
    if left.disks < 1.0 {
        return Some(figure.formula(words::bandwidth::no_server_left()));
    }
    let least = store.pool.value.min_size.as_ref().map_or(1, |least| least.value);
    Some(
        figure
            .formula(words::bandwidth::too_few_copies(left.written, least))
            .binding("min_size")
            .note(words::bandwidth::takes_no_writes()),
    )
}

fn fewer_copies(store: &Store<'_, '_>, left: &Left) -> Option<Said> {
    (left.written < store.copies).then(|| words::bandwidth::fewer_copies(left.written, store.copies))
}

/// The bound that stated rates set: the smallest of them.
pub(super) fn write_ceiling(topology: &Topology<'_>, store: &Store<'_, '_>, state: State) -> Figure {
    Case::of(topology, store, state).ceiling(topology, Direction::Write)
}

impl<'s, 't, 'd> Case<'s, 't, 'd> {
    fn of(topology: &'t Topology<'d>, store: &'s Store<'t, 'd>, state: State) -> Self {
        let left = store.left(state);
        let described = describe(topology, store, &left, state);
        Self { store, state, left, described }
    }

    fn unknown(&self, text: &'static FigureText, missing: Vec<String>) -> Figure {
        Figure::unknown(text, path(self.store.pool), Method::Model, missing).state(self.state)
    }

    /// The pool in numbers, or the figure of one that stands still or is not known.
    fn described(&self, text: &'static FigureText) -> Result<&Described, Box<Figure>> {
        if let Some(figure) = standing_still(self.store, &self.left, self.state, text) {
            return Err(Box::new(figure));
        }
        self.described.as_ref().map_err(|missing| Box::new(self.unknown(text, missing.clone())))
    }

    /// The bound that stated rates set: the smallest of them.
    fn ceiling(&self, topology: &Topology<'_>, direction: Direction) -> Figure {
        let text = direction.ceiling_text();
        let Self { store, state, left, .. } = self;
        let unknown = |missing| self.unknown(text, missing);
        let described = match self.described(text) {
            Ok(described) => described,
            Err(figure) => return *figure,
        };
        // What is measured is no stated rate.
        let rated = if direction.writes() { described.plant.write } else { described.plant.read };
        if rated.is_none() {
            return unknown(silent(store, if direction.writes() { "write" } else { "read" }));
        }
        let free = Load { clients: None, depth: None, ..load(topology) };
        let bottleneck = match direction.bottleneck(described, &free, &Constants::published().at_their_best()) {
            Ok(bottleneck) => bottleneck,
            Err(key) => return unknown(silent(store, key)),
        };
        let Some((least, value)) = bottleneck.ceiling() else { return unknown(Vec::new()) };
        let bounded = bottleneck.limits().iter().filter_map(|limit| Some((limit, limit.ceiling?)));
        let each = bounded.map(|(limit, ceiling)| made(&limit.name, limit.formula.said(), format!("{ceiling:.0}")));
        let figure = Figure::new(text, path(store.pool), Method::Model, value)
            .state(*state)
            .decimals(0)
            .formula(least_of(each))
            .binding(&least.name)
            .input("osds", left.disks)
            .input("nodes", left.nodes)
            .input("copies", left.written)
            .assumed(words::bandwidth::evenly_spread());
        fewer_copies(store, left).into_iter().fold(figure, Figure::note)
    }

    /// What is to be expected of a pool in a state.
    fn expected(&self, topology: &Topology<'_>, direction: Direction) -> Figure {
        let text = direction.text();
        let Self { store, state, left, .. } = self;
        let unknown = |missing| self.unknown(text, missing);
        let described = match self.described(text) {
            Ok(described) => described,
            Err(figure) => return *figure,
        };
        let (constants, measured) = constants(topology);
        let bottleneck = match direction.bottleneck(described, &load(topology), &constants) {
            Ok(bottleneck) => bottleneck,
            Err(key) => return unknown(silent(store, key)),
        };
        let Some(value) = bottleneck.expected() else { return unknown(Vec::new()) };
        let ranked = bottleneck.ranked();
        let fewer = fewer_copies(store, left).filter(|_| direction.writes());
        let figure = Figure::new(text, path(store.pool), Method::Model, value)
            .state(*state)
            .decimals(0)
            .formula(formula(&bottleneck, constants.sharpness))
            .limits(bottleneck.limits().iter().map(|limit| (limit.name.clone(), limit.expected)))
            .input("osds", left.disks)
            .input("nodes", left.nodes)
            .input("copies", left.written);
        let figure = ranked.first().map_or(figure.clone(), |least| figure.binding(&least.name));
        let note = match (lifted(&bottleneck), fewer) {
            (Some(lifted), Some(fewer)) => Some(words::figures::both(lifted, fewer)),
            (lifted, fewer) => lifted.or(fewer),
        };
        let figure = note.into_iter().fold(figure, Figure::note);
        let clients = load(topology).clients.is_none().then(words::bandwidth::as_many_clients);
        clients.into_iter().chain(described.assumed.iter().cloned()).chain(measured).fold(figure, Figure::assumed)
    }
}

/// Reads as the documents see them.
fn documents_read(store: &Store<'_, '_>) -> Option<Figure> {
    let left = store.left(State::Healthy);
    let read = store.read().ok()?;
    let rate = read.in_unit(&units::MB_PER_S);
    Some(
        Figure::new(texts::CEPH_READ_CEILING, path(store.pool), Method::Documents, left.disks * rate)
            .decimals(0)
            .formula(format!("{} x {rate}", left.disks))
            .binding(words::performance::disks())
            .input("osds", left.disks)
            .input("read", read)
            .note(words::bandwidth::answered_locally()),
    )
}

/// Every limit with its number.
pub(super) fn formula(bottleneck: &Bottleneck, sharpness: f64) -> Said {
    let limits = bottleneck.limits();
    let each = limits.iter().map(|limit| made(&limit.name, limit.formula.said(), format!("{:.0}", limit.expected)));
    let all = all_of(each);
    if limits.len() > 1 { words::bandwidth::together(all, sharpness) } else { all }
}

/// The next limit, and what lifting the first alone would give.
fn lifted(bottleneck: &Bottleneck) -> Option<Said> {
    let ranked = bottleneck.ranked();
    let (first, next) = (ranked.first()?, ranked.get(1)?);
    let gained = bottleneck.without_the_smallest()?;
    let (rate, gained) = (format!("{:.0}", next.expected), format!("{gained:.0}"));
    Some(words::bandwidth::lifted(&next.name, rate, &first.name, gained))
}
