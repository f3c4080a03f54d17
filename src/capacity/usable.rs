//! The way from raw to usable capacity, step by step: what a pool may hold so that a loss can heal.

use std::collections::BTreeMap;

use super::figure::{Figure, Method};
use super::fill::ratio;
use super::formula::{product, sum};
use super::room::{Loss, Part, Room, Run};
use super::store::{Store, leading_pools, missing_pools, path};
use crate::catalogue::parameters::figures::UsableCapacity;
use crate::catalogue::{FigureText, figure_texts as texts};
use crate::design::{FailureDomain, Item, Pool, Words};
use crate::quantity::{Ratio, Size, units};
use crate::topology::{Redundancy, Topology};
use crate::words::{self, Said};

/// Fill of an OSD from which Ceph warns, moves nothing more onto it, and takes no more writes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FillRatios {
    /// It warns.
    pub nearfull: Ratio,
    /// Nothing more is moved onto it: recovery stops.
    pub backfillfull: Ratio,
    /// Pools on it take no writes.
    pub full: Ratio,
}

impl FillRatios {
    /// The ratios of a design: as written, else Ceph's own.
    pub fn of(topology: &Topology<'_>) -> Self {
        let UsableCapacity { nearfull, backfillfull, full } = UsableCapacity::DEFAULT;
        let Some(ceph) = topology.design.ceph.as_ref().map(|ceph| &ceph.value) else {
            return Self { nearfull, backfillfull, full };
        };
        Self {
            nearfull: ceph.nearfull_ratio.as_ref().map_or(nearfull, |ratio| ratio.value),
            backfillfull: ceph.backfillfull_ratio.as_ref().map_or(backfillfull, |ratio| ratio.value),
            full: ceph.full_ratio.as_ref().map_or(full, |ratio| ratio.value),
        }
    }
}

pub(super) fn figures(topology: &Topology<'_>, out: &mut Vec<Figure>) {
    if !topology.has_ceph() {
        return;
    }
    let unknown = |about: String, missing| Figure::unknown(texts::USABLE_CAPACITY, about, Method::Model, missing);
    let pools = leading_pools(topology);
    if pools.is_empty() {
        out.push(unknown("ceph".to_owned(), missing_pools(topology)));
    }
    for pool in pools {
        let room = Store::of(topology, pool).and_then(|store| Ok((Room::of(topology, &store)?, store)));
        match room {
            Ok((room, store)) => out.extend(waterfall(topology, &store, &room)),
            Err(missing) => out.push(unknown(path(pool), missing)),
        }
    }
}

pub(super) fn terabytes(bytes: f64) -> Size {
    Size::from_base(bytes, &units::TB)
}

fn waterfall(topology: &Topology<'_>, store: &Store<'_, '_>, room: &Room) -> Vec<Figure> {
    let step = |text, bytes: f64| Figure::new(text, path(store.pool), Method::Model, bytes / units::TB.factor);
    let (raw, matched, held) = (room.raw(), room.matched(), room.held());
    let domain = topology.placement_domain(&store.pool.value);
    let limited = matched < raw - 1.0;
    let apart = step(texts::MATCHED_CAPACITY, matched)
        .formula(apart(room, store, domain))
        .input("raw", terabytes(raw))
        .input("domains", room.places());
    let loss = room.worst();
    let left = loss.map_or(held, |loss| loss.held);
    let ratios = FillRatios::of(topology);
    vec![
        step(texts::RAW_CAPACITY, raw).formula(disks(store)).input("nodes", store.servers.len()),
        if limited { apart.binding(match_limit(room, store)) } else { apart },
        step(texts::HELD_CAPACITY, held)
            .formula(in_pieces(terabytes(matched), store.redundancy))
            .input(input(store.redundancy), store.copies),
        step(texts::CAPACITY_AFTER_LOSS, left).formula(after(store, raw, held, loss)),
        usable_in(topology, store, room),
        filled(store, texts::RECOVERY_STOPS_AT, left, ratios.backfillfull, words::usable::backfillfull),
        filled(store, texts::WRITES_STOP_AT, held, ratios.full, words::usable::full),
    ]
}

/// Raw capacity of a pool that the failure domains do not let its pieces use.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Unmatched {
    /// All of it.
    pub raw: Size,
    /// What can be used; nothing where pieces find no places to be kept apart.
    pub matched: Size,
    /// The part that stays empty.
    pub unused: Ratio,
}

/// How much of a pool's raw capacity stays empty, since a failure domain is larger than the others match.
///
/// # Errors
/// The keys that are missing.
pub fn unmatched(topology: &Topology<'_>, pool: &Item<Pool>) -> Result<Unmatched, Vec<String>> {
    let store = Store::of(topology, pool)?;
    let room = Room::of(topology, &store)?;
    let (raw, matched) = (room.raw(), room.matched());
    Ok(Unmatched { raw: terabytes(raw), matched: terabytes(matched), unused: ratio(1.0 - matched / raw) })
}

/// Terabytes of data that a pool may hold so that a loss can heal; nothing where that is not known.
pub(super) fn usable_amount(topology: &Topology<'_>, store: &Store<'_, '_>) -> Option<f64> {
    let room = Room::of(topology, store).ok()?;
    let left = room.worst().map_or_else(|| room.held(), |loss| loss.held);
    Some(up_to(left, FillRatios::of(topology).nearfull)).filter(|amount| amount.is_finite())
}

/// Data that a pool may hold so that a loss can heal.
pub(super) fn usable(topology: &Topology<'_>, store: &Store<'_, '_>) -> Figure {
    match Room::of(topology, store) {
        Ok(room) => usable_in(topology, store, &room),
        Err(missing) => Figure::unknown(texts::USABLE_CAPACITY, path(store.pool), Method::Model, missing),
    }
}

fn usable_in(topology: &Topology<'_>, store: &Store<'_, '_>, room: &Room) -> Figure {
    let (raw, loss) = (room.raw(), room.worst());
    let left = loss.map_or_else(|| room.held(), |loss| loss.held);
    let usable = filled(store, texts::USABLE_CAPACITY, left, FillRatios::of(topology).nearfull, Said::from)
        .binding(case(room, store, loss))
        .input("raw", terabytes(raw))
        .input("nodes", store.servers.len())
        .input(input(store.redundancy), store.copies)
        .note(naive(topology, raw, store));
    usable.assumed(words::usable::evenly_full())
}

/// Terabytes of what fits by which the fullest OSD comes to a ratio.
fn up_to(bytes: f64, ratio: Ratio) -> f64 {
    bytes * ratio.base() / units::TB.factor
}

fn filled(
    store: &Store<'_, '_>,
    text: &'static FigureText,
    bytes: f64,
    ratio: Ratio,
    told: fn(String) -> Said,
) -> Figure {
    Figure::new(text, path(store.pool), Method::Model, up_to(bytes, ratio))
        .formula(told(format!("{} x {ratio}", terabytes(bytes))))
        .input("fill", ratio)
}

/// The name of the input that holds how many pieces there are.
fn input(redundancy: Redundancy) -> &'static str {
    if matches!(redundancy, Redundancy::Copies(_)) { "copies" } else { "chunks" }
}

fn pieces(redundancy: Redundancy) -> Said {
    if matches!(redundancy, Redundancy::Copies(_)) { words::usable::copies() } else { words::usable::chunks() }
}

/// The disks of a store: `16 disks of 1.92 TB on 4 servers`.
fn disks(store: &Store<'_, '_>) -> Said {
    let mut kinds: BTreeMap<String, (f64, u64)> = BTreeMap::new();
    for group in store.servers.iter().flat_map(|server| &server.groups) {
        let Some(capacity) = group.capacity() else { continue };
        let kind = kinds.entry(capacity.to_string()).or_insert((capacity.base(), 0));
        kind.1 += u64::from(group.count().unwrap_or(0));
    }
    let mut kinds: Vec<(String, (f64, u64))> = kinds.into_iter().filter(|(_, (_, count))| *count > 0).collect();
    kinds.sort_by(|one, other| other.1.0.total_cmp(&one.1.0));
    let parts = kinds.iter().map(|(capacity, (_, count))| format!("{count} x {capacity}").into());
    words::usable::on_servers(first(parts), store.servers.len())
}

/// Most parts of a sum that are written out.
const MOST_PARTS: usize = 4;

/// The first few parts of a sum.
fn first(parts: impl Iterator<Item = Said>) -> Said {
    let mut parts: Vec<Said> = parts.collect();
    let more = parts.len().saturating_sub(MOST_PARTS);
    parts.truncate(MOST_PARTS);
    if more > 0 { words::usable::and_more(sum(parts), more) } else { sum(parts) }
}

/// What the failure domains let pieces use.
fn apart(room: &Room, store: &Store<'_, '_>, domain: FailureDomain) -> Said {
    if room.places() < store.copies {
        return words::usable::places_cannot_hold(room.places(), store.copies, pieces(store.redundancy));
    }
    let most = room.matched() / store.copies;
    let part = |run: Run| {
        let size = terabytes(run.bytes);
        if run.bytes > most + 1.0 {
            words::usable::part_of(run.count, terabytes(most), size)
        } else {
            format!("{} x {size}", run.count).into()
        }
    };
    words::usable::by_domain(domain.word(), first(room.sizes().into_iter().map(part)))
}

fn match_limit(room: &Room, store: &Store<'_, '_>) -> Said {
    if room.places() < store.copies {
        return words::usable::too_few_places_for(pieces(store.redundancy));
    }
    words::usable::unmatched(store.copies, pieces(store.redundancy))
}

/// What a capacity holds in pieces.
fn in_pieces(capacity: impl Into<Said>, redundancy: Redundancy) -> Said {
    match redundancy {
        Redundancy::Copies(copies) => words::usable::in_copies(capacity, copies),
        Redundancy::Chunks { data, coding } => {
            product([capacity.into(), format!("{data} / ({data} + {coding})").into()])
        }
    }
}

/// What is left of the capacity after the loss that binds.
fn after(store: &Store<'_, '_>, raw: f64, held: f64, loss: Option<Loss>) -> Said {
    let Some(loss) = loss else {
        return Said::run(": ", [terabytes(held).into(), words::fill::no_loss_heals()]);
    };
    let (lost, part) = (terabytes(loss.raw), loss.part.said());
    let even = (loss.held * store.redundancy.overhead() - (raw - loss.raw)).abs() < 1.0;
    if even {
        return in_pieces(words::usable::less_lost(terabytes(raw), lost, part), store.redundancy);
    }
    words::usable::without_lost(terabytes(held), lost, part)
}

/// Which case binds, in words.
fn case(room: &Room, store: &Store<'_, '_>, loss: Option<Loss>) -> Said {
    if room.places() < store.copies {
        return words::usable::too_few_places();
    }
    let spare = room.places() > store.copies || store.by_disk();
    match loss.map(|loss| loss.part) {
        Some(part) if spare => words::usable::heals(part.said()),
        Some(Part::Server) => words::usable::server_heals_in_place(),
        Some(Part::DbDevice) => words::usable::device_heals_in_server(),
        Some(Part::Disk) => words::usable::disk_heals_in_server(),
        None => words::usable::nowhere_to_heal(),
    }
}

fn naive(topology: &Topology<'_>, raw: f64, store: &Store<'_, '_>) -> Said {
    let alone = terabytes(raw / store.redundancy.overhead());
    let naive = words::usable::alone(terabytes(raw), store.copies, pieces(store.redundancy), alone);
    let class = store.pool.value.device_class.as_ref().map(|class| class.value);
    if topology.pools_on(class).count() > 1 {
        words::figures::both(naive, words::usable::others_take_part())
    } else {
        naive
    }
}
