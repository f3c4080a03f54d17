//! What is written to disks on a mean day, and how long they endure it.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::figure::{Figure, Method};
use super::formula::sum;
use super::recovery::Stored;
use super::store::{missing_pools, pool_of, stores_elsewhere};
use crate::catalogue::figure_texts as texts;
use crate::catalogue::parameters::figures::{DailyWrites, EnduranceYears};
use crate::design::{Disk, DiskRole, Guest, Item, Media};
use crate::quantity::{Rate, Size, Time, units};
use crate::topology::{DiskGroup, Node, Topology};
use crate::words::{self, Said};

/// What one disk of a group takes on a mean day.
#[derive(Debug, Clone)]
pub struct Wear<'d> {
    /// The group.
    pub group: DiskGroup<'d>,
    /// Written to one disk per day, or the keys that are missing.
    pub per_day: Result<Size, Vec<String>>,
    /// What was assumed.
    pub assumed: Vec<Said>,
    how: How,
    note: Option<Said>,
}

/// How it was counted.
#[derive(Debug, Clone)]
enum How {
    /// By what reaches it of the writes of guests, and their sum.
    ByGuests(Vec<Part>, Rate),
    /// By the system and its logs.
    BySystem,
}

/// A part of a pool's writes that reaches one disk.
#[derive(Debug, Clone)]
struct Part {
    writes: Rc<[Term]>,
    way: Way,
}

/// What guests of a profile write.
#[derive(Debug, Clone, Copy)]
struct Term {
    guests: f64,
    mean: f64,
    size: Size,
    share: f64,
}

/// How a pool's writes come to one disk, with the part of all raw bytes that it holds.
#[derive(Debug, Clone, Copy)]
enum Way {
    /// As data, and as what is known about it unless another disk has that.
    Data { overhead: f64, factor: f64, part: f64 },
    /// As databases of the disks behind it, and as the journal of small writes where those are hard disks.
    Databases { overhead: f64, metadata: f64, journal: bool, part: f64, behind: f64 },
}

impl Part {
    /// In words, with numbers.
    fn said(&self) -> Said {
        let term = |Term { guests, mean, size, share }: &Term| format!("{guests} x {mean} IOPS x {size} x {share}");
        let writes = format!("({})", self.writes.iter().map(term).collect::<Vec<_>>().join(" + "));
        match self.way {
            Way::Data { overhead, factor, part } => {
                words::endurance::data(writes, overhead, factor, format!("{part:.4}"))
            }
            Way::Databases { overhead, metadata, journal, part, behind } => {
                let factor = if journal { format!("(1 + {metadata:.1})") } else { format!("{metadata:.1}") };
                words::endurance::databases(writes, overhead, factor, format!("{part:.4}"), behind)
            }
        }
    }
}

impl Wear<'_> {
    /// How it was counted, with numbers. Rules ask for the amount alone.
    fn formula(&self, per_day: Size) -> Said {
        match &self.how {
            How::ByGuests(parts, all) => Said::run(" = ", [sum(parts.iter().map(Part::said)), (*all).into()]),
            How::BySystem => words::endurance::by_system(per_day),
        }
    }

    /// Full writes of the capacity on each day, and what the disk is rated for over so many years.
    ///
    /// # Errors
    /// The keys that are missing.
    pub fn against_rating(&self, years: f64) -> Result<(f64, f64), Vec<String>> {
        let path = self.group.path();
        let mut missing = self.per_day.clone().err().unwrap_or_default();
        let capacity = self.group.capacity();
        missing.extend(capacity.is_none().then(|| format!("{path}.capacity")));
        let rated = self.group.endurance(years).map(|(_, rated)| rated);
        missing.extend(rated.err().map(|key| format!("{path}.{key}")).filter(|key| !missing.contains(key)));
        match (&self.per_day, capacity, rated) {
            (Ok(per_day), Some(capacity), Ok(rated)) if missing.is_empty() => Ok((*per_day / capacity, rated)),
            _ => Err(missing),
        }
    }

    /// Whether a value is above a limit; a hair above it is float noise.
    pub fn exceeds(&self, value: f64, limit: f64) -> bool {
        value > limit * (1.0 + 1e-9)
    }

    /// Years until all that the disk is rated for is written; nothing where nothing is written.
    ///
    /// # Errors
    /// The keys that are missing.
    pub fn years(&self) -> Result<Option<Time>, Vec<String>> {
        let warranty = f64::from(EnduranceYears::DEFAULT.warranty_years);
        let (need, rated) = self.against_rating(warranty)?;
        Ok((need > 0.0).then(|| Time::new(rated * warranty / need, &units::YEARS)))
    }
}

/// Mean writes of the guests in a pool, in bytes per second, with those of them that are small.
#[derive(Default)]
struct Writes {
    all: f64,
    /// Of operations that a hard disk's OSD first writes to its journal.
    deferred: f64,
    assumed: Vec<Said>,
    missing: Vec<String>,
    terms: Vec<Term>,
}

impl Writes {
    /// Adds the guests of a profile.
    fn add(&mut self, guest: &Item<Guest>) {
        let path = format!("guest.{}", guest.pattern.value);
        let count = guest.value.count.as_ref().map(|count| f64::from(count.value) * guest.names.len() as f64);
        let (mean, size) = (guest.value.mean_iops.as_ref(), guest.value.io_size.as_ref());
        let share = guest.value.write_share.as_ref().map(|share| share.value.base().min(1.0));
        if count == Some(0.0) || share == Some(0.0) || mean.is_some_and(|mean| mean.value <= 0.0) {
            return;
        }
        let (Some(count), Some(mean), Some(size)) = (count, mean, size) else {
            let keys = [(count.is_none(), "count"), (mean.is_none(), "mean_iops"), (size.is_none(), "io_size")];
            self.missing.extend(keys.iter().filter(|(lacks, _)| *lacks).map(|(_, key)| format!("{path}.{key}")));
            return;
        };
        if share.is_none() {
            self.assumed.push(words::figures::all_written(path));
        }
        let share = share.unwrap_or(1.0);
        let written = count * mean.value * size.value.base() * share;
        self.all += written;
        if size.value < DailyWrites::DEFAULT.deferred {
            self.deferred += written;
        }
        self.terms.push(Term { guests: count, mean: mean.value, size: size.value, share });
    }
}

/// What one disk takes per second, and how that was counted.
#[derive(Default)]
struct Taken {
    bytes: f64,
    parts: Vec<Part>,
    missing: Vec<String>,
    assumed: Vec<Said>,
}

/// Those of some that are not known yet.
fn new<T: PartialEq + Clone>(known: &[T], more: &[T]) -> Vec<T> {
    more.iter().filter(|one| !known.contains(one)).cloned().collect()
}

impl Taken {
    /// Adds a part of a pool's writes; a profile that says too little leaves the sum open.
    fn add(&mut self, writes: &Writes, bytes: f64, part: Part) {
        self.bytes += bytes;
        if bytes > 0.0 {
            self.parts.push(part);
        }
        self.missing.extend(new(&self.missing, &writes.missing));
        self.assumed.extend(new(&self.assumed, &writes.assumed));
    }
}

/// A group of disks on one server.
type Place<'d> = (usize, &'d str, &'d str);

fn place<'d>(node: usize, group: &DiskGroup<'d>) -> Place<'d> {
    (node, group.model.pattern.value.as_str(), group.item.pattern.value.as_str())
}

/// What disks of Ceph take, the busiest of each group, by the mean writes of guests; nothing where no guest lies on Ceph.
pub fn ceph_wear<'d>(topology: &Topology<'d>) -> Vec<Wear<'d>> {
    let mut pools: Vec<(&Item<crate::design::Pool>, Writes)> = Vec::new();
    let mut homeless = Writes::default();
    for guest in topology.guests().filter(|guest| topology.has_ceph() && !stores_elsewhere(topology, guest)) {
        let Some(pool) = pool_of(topology, guest) else {
            homeless.missing = missing_pools(topology);
            continue;
        };
        if let Some((_, writes)) = pools.iter_mut().find(|(known, _)| std::ptr::eq(*known, pool)) {
            writes.add(guest);
            continue;
        }
        let mut writes = Writes::default();
        writes.add(guest);
        pools.push((pool, writes));
    }
    if pools.is_empty() && homeless.missing.is_empty() {
        return Vec::new();
    }
    let mut taken: BTreeMap<Place<'d>, (DiskGroup<'d>, Taken)> = BTreeMap::new();
    for (pool, writes) in &pools {
        match Stored::of(topology, pool) {
            Ok(stored) => share_out(&stored, writes, &mut taken),
            Err(missing) => homeless.missing.extend(missing),
        }
    }
    busiest(topology, taken, &homeless.missing)
}

/// Shares a pool's writes out to its disks and to those with their databases.
fn share_out<'d>(stored: &Stored<'d>, writes: &Writes, taken: &mut BTreeMap<Place<'d>, (DiskGroup<'d>, Taken)>) {
    let metadata = DailyWrites::DEFAULT.amplification - 1.0;
    let overhead = stored.redundancy.overhead();
    let terms: Rc<[Term]> = writes.terms.as_slice().into();
    let by = |way: Way| Part { writes: Rc::clone(&terms), way };
    for lot in &stored.lots {
        let part = stored.part(lot);
        let own = taken.entry(place(lot.node, &lot.group)).or_insert((lot.group, Taken::default()));
        let db = lot.group.db();
        let factor = if db.is_some() { 1.0 } else { 1.0 + metadata };
        own.1.add(writes, writes.all * overhead * part * factor, by(Way::Data { overhead, factor, part }));
        let Some(db) = db else { continue };
        // Disks behind one disk with databases: the fullest one counts.
        let behind = (lot.count / f64::from(db.count().unwrap_or(1).max(1))).ceil();
        let journal = if lot.group.media() == Some(Media::Hdd) { writes.deferred } else { 0.0 };
        let bytes = (writes.all * metadata + journal) * overhead * part * behind;
        let own = taken.entry(place(lot.node, &db)).or_insert((db, Taken::default()));
        let journal = journal > 0.0;
        own.1.add(writes, bytes, by(Way::Databases { overhead, metadata, journal, part, behind }));
    }
}

/// The busiest server of each group that wears.
fn busiest<'d>(
    topology: &Topology<'d>,
    taken: BTreeMap<Place<'d>, (DiskGroup<'d>, Taken)>,
    missing: &[String],
) -> Vec<Wear<'d>> {
    let mut found: Vec<(DiskGroup<'d>, Taken)> = Vec::new();
    for (_, (group, own)) in taken {
        match found.iter_mut().find(|(known, _)| std::ptr::eq(known.item, group.item)) {
            Some((_, known)) if own.bytes > known.bytes => *known = own,
            Some(_) => {}
            None => found.push((group, own)),
        }
    }
    if !missing.is_empty() {
        let silent = topology.nodes.iter().flat_map(Node::osd_groups);
        for group in silent {
            if !found.iter().any(|(known, _)| std::ptr::eq(known.item, group.item)) {
                found.push((group, Taken::default()));
            }
        }
    }
    let wears = found.into_iter().filter(|(group, _)| group.media() != Some(Media::Hdd)).map(|(group, mut own)| {
        own.missing.extend(missing.iter().cloned());
        let per_second = Rate::from_base(own.bytes, &units::MB_PER_S);
        Wear {
            group,
            per_day: if own.missing.is_empty() { Ok(in_a_day(per_second)) } else { Err(own.missing) },
            assumed: own.assumed,
            how: How::ByGuests(own.parts, per_second),
            note: Some(words::endurance::more_on_top()),
        }
    });
    wears.collect()
}

fn in_a_day(rate: Rate) -> Size {
    Size::new(rate.base() * units::DAYS.factor, &units::B).to(&units::TB)
}

/// What system disks take where that is written; where it is not, a value from practice counts, if that is wanted.
pub fn system_wear<'d>(topology: &Topology<'d>, assume: bool) -> Vec<Wear<'d>> {
    let written = |disk: &Disk| disk.written_per_day.as_ref().map(|written| written.value);
    let mut found = Vec::new();
    for model in topology.models_in_use() {
        for group in model.disks_for(DiskRole::Os) {
            let own = written(group.disk());
            if own.is_none() && !assume {
                continue;
            }
            let per_day = own.unwrap_or(DailyWrites::DEFAULT.system);
            let assumed = own.is_none().then(|| format!("{}.written_per_day = {per_day}", group.path()).into());
            found.push(Wear {
                group,
                per_day: Ok(per_day),
                assumed: assumed.into_iter().collect(),
                how: How::BySystem,
                note: None,
            });
        }
    }
    found
}

pub(super) fn figures(topology: &Topology<'_>, out: &mut Vec<Figure>) {
    let mut wears = ceph_wear(topology);
    wears.extend(system_wear(topology, true).into_iter().filter(|wear| wear.group.disk().endurance.is_some()));
    out.extend(wears.iter().map(daily));
    out.extend(wears.iter().map(need));
    out.extend(wears.iter().map(years));
}

fn finished(figure: Figure, wear: &Wear<'_>) -> Figure {
    let figure = wear.note.iter().fold(figure, Figure::note);
    wear.assumed.iter().cloned().fold(figure, Figure::assumed)
}

fn daily(wear: &Wear<'_>) -> Figure {
    let (text, path) = (texts::DAILY_WRITES, wear.group.path());
    match &wear.per_day {
        Ok(per_day) => finished(
            Figure::new(text, path, Method::Model, per_day.in_unit(&units::TB))
                .decimals(3)
                .formula(words::endurance::a_day(wear.formula(*per_day))),
            wear,
        ),
        Err(missing) => unknown(text, path, missing),
    }
}

/// What is not known of the mean is not taken from the peak.
fn unknown(text: &'static crate::catalogue::FigureText, path: String, missing: &[String]) -> Figure {
    let figure = Figure::unknown(text, path, Method::Model, missing.to_vec());
    if missing.iter().any(|key| key.ends_with(".mean_iops")) {
        figure.note(words::endurance::mean_of_a_day())
    } else {
        figure
    }
}

fn need(wear: &Wear<'_>) -> Figure {
    let (text, path) = (texts::ENDURANCE_NEED, wear.group.path());
    let per_day = match &wear.per_day {
        Ok(per_day) => *per_day,
        Err(missing) => return unknown(text, path, missing),
    };
    let Some(capacity) = wear.group.capacity() else {
        let missing = vec![format!("{path}.capacity")];
        return unknown(text, path, &missing);
    };
    let figure = Figure::new(text, path, Method::Model, per_day / capacity)
        .formula(format!("{per_day} / {capacity}"))
        .input("per_day", per_day)
        .input("capacity", capacity);
    let figure = match wear.group.disk().endurance.as_ref() {
        Some(rated) => figure.input("rated", rated.value),
        None => figure,
    };
    finished(figure, wear)
}

fn years(wear: &Wear<'_>) -> Figure {
    let (text, path) = (texts::ENDURANCE_YEARS, wear.group.path());
    let warranty = EnduranceYears::DEFAULT.warranty_years;
    let time = match wear.years() {
        Ok(time) => time,
        Err(missing) => return unknown(text, path, &missing),
    };
    let (Ok(per_day), Some(capacity), Some(rated)) =
        (&wear.per_day, wear.group.capacity(), wear.group.disk().endurance.as_ref())
    else {
        return unknown(text, path, &[]);
    };
    let written = rated.value.written(capacity, f64::from(warranty));
    let figure = match time {
        Some(time) => Figure::new(text, path, Method::Model, time.in_unit(&units::YEARS)).decimals(1),
        None => Figure::never(text, path, Method::Model),
    };
    let figure = figure.formula(format!("{written} / ({per_day} x 365)")).input("rated", rated.value);
    finished(figure, wear)
}
