//! How full OSDs are with what pools are to store, and when they are too full for a loss to heal.

use std::collections::BTreeSet;

use super::figure::{Figure, Method};
use super::room::{Part, Room};
use super::store::{Store, path};
use super::usable::{FillRatios, terabytes};
use crate::catalogue::figure_texts as texts;
use crate::design::{Item, Media, Pool};
use crate::quantity::{Ratio, Size, units};
use crate::topology::Topology;
use crate::words::{self, Said};

/// What one pool puts onto the OSDs, in bytes as clients store them.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Term {
    stored: f64,
    growth: f64,
    /// What fits if the pool had the OSDs to itself.
    held: f64,
}

/// Fill in one case.
#[derive(Debug, Clone, PartialEq)]
struct Case {
    part: Option<Part>,
    terms: Vec<Term>,
}

impl Case {
    fn fill(&self) -> f64 {
        self.terms.iter().map(|term| term.stored / term.held).sum()
    }

    fn monthly(&self) -> f64 {
        self.terms.iter().map(|term| term.growth / term.held).sum()
    }

    /// Months until it passes a ratio; nothing where it does not grow.
    fn months(&self, ratio: Ratio) -> Option<f64> {
        let monthly = self.monthly();
        (monthly > 0.0).then(|| ((ratio.base() - self.fill()) / monthly).max(0.0))
    }

    /// `(12 TB + 1 TB) / 25.6 TB`, pools that find the same room together.
    fn formula(&self, amount: fn(&Term) -> f64) -> String {
        let mut rooms: Vec<(Size, Vec<String>)> = Vec::new();
        for term in self.terms.iter().filter(|term| amount(term) > 0.0) {
            let (held, part) = (terabytes(term.held), terabytes(amount(term)).to_string());
            match rooms.iter_mut().find(|(known, _)| *known == held) {
                Some((_, parts)) => parts.push(part),
                None => rooms.push((held, vec![part])),
            }
        }
        let part = |(held, parts): (Size, Vec<String>)| match parts.as_slice() {
            [only] => format!("{only} / {held}"),
            _ => format!("({}) / {held}", parts.join(" + ")),
        };
        rooms.into_iter().map(part).collect::<Vec<_>>().join(" + ")
    }
}

/// How full the OSDs of a class are.
#[derive(Debug, Clone)]
pub struct Fill<'d> {
    /// The class; nothing where no pool names one.
    pub class: Option<Media>,
    /// Pools on it, the one that takes most of the OSDs first.
    pub pools: Vec<&'d Item<Pool>>,
    healthy: Case,
    /// The fullest case of each part whose loss heals.
    losses: Vec<Case>,
    assumed: Vec<Said>,
}

impl<'d> Fill<'d> {
    /// Part of the OSDs that is full while nothing is lost.
    pub fn healthy(&self) -> Ratio {
        ratio(self.healthy.fill())
    }

    /// The same once the loss of such a part has healed, where any loss of one does and that of its server does not.
    pub fn after(&self, part: Part) -> Option<Ratio> {
        self.losses.iter().find(|case| case.part == Some(part)).map(|case| ratio(case.fill()))
    }

    fn of(topology: &Topology<'d>, class: Option<Media>, pools: &[&'d Item<Pool>]) -> Result<Self, Vec<String>> {
        let silent = pools.iter().filter(|pool| pool.value.stored.is_none());
        let silent: Vec<String> = silent.map(|pool| format!("{}.stored", path(pool))).collect();
        if !silent.is_empty() {
            return Err(silent);
        }
        let mut rooms = Vec::new();
        for pool in pools {
            rooms.push(Room::of(topology, &Store::of(topology, pool)?)?);
        }
        // A pool whose pieces find no place is another rule's finding; nothing can be said of a fill.
        if rooms.iter().any(|room| room.held() < 1.0) {
            return Err(Vec::new());
        }
        let terms = |held: &dyn Fn(&Room) -> f64| -> Vec<Term> {
            pools.iter().zip(&rooms).map(|(pool, room)| Term { held: held(room), ..amounts(pool) }).collect()
        };
        let healthy = Case { part: None, terms: terms(&Room::held) };
        let mut losses: Vec<Case> = Vec::new();
        for (host, part) in parts(&rooms) {
            let held = |room: &Room| room.after(host, part).map_or_else(|| room.held(), |loss| loss.held);
            let case = Case { part: Some(part), terms: terms(&held) };
            match losses.iter_mut().find(|known| known.part == case.part) {
                Some(known) if case.fill() > known.fill() => *known = case,
                Some(_) => {}
                None => losses.push(case),
            }
        }
        let grows = |pool: &Item<Pool>| pool.value.growth.is_some();
        let still = pools.iter().filter(|pool| !grows(pool) && pools.iter().any(|other| grows(other)));
        let assumed = still.map(|pool| words::fill::does_not_grow(path(pool))).collect();
        let mut order: Vec<usize> = (0..pools.len()).collect();
        let part = |index: usize| healthy.terms[index].stored / healthy.terms[index].held;
        order.sort_by(|one, other| part(*other).total_cmp(&part(*one)));
        Ok(Self { class, pools: order.into_iter().map(|index| pools[index]).collect(), healthy, losses, assumed })
    }

    /// The fullest case.
    fn worst(&self) -> &Case {
        let mut worst = &self.healthy;
        for case in &self.losses {
            if case.fill() > worst.fill() {
                worst = case;
            }
        }
        worst
    }
}

fn amounts(pool: &Item<Pool>) -> Term {
    let bytes = |size: Option<f64>| size.unwrap_or(0.0);
    Term {
        stored: bytes(pool.value.stored.as_ref().map(|stored| stored.value.base())),
        growth: bytes(pool.value.growth.as_ref().map(|growth| growth.value.base())),
        held: 0.0,
    }
}

pub(super) fn ratio(fill: f64) -> Ratio {
    // What is behind twelve decimals is float noise, and must not bring a fill above the ratio it is exactly at.
    Ratio::from_base((fill * 1e12).round() / 1e12, &units::PERCENT)
}

/// Parts of the servers whose loss heals in some pool, what is in a server only where its own does not; equal servers
/// once.
fn parts(rooms: &[Room]) -> Vec<(&str, Part)> {
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for host in rooms.iter().flat_map(Room::hosts) {
        if !seen.insert(rooms.iter().map(|room| room.kind_of(host)).collect::<Vec<_>>()) {
            continue;
        }
        let heals = |part: Part| rooms.iter().any(|room| room.after(host, part).is_some());
        if heals(Part::Server) {
            found.push((host, Part::Server));
        } else {
            found.extend([Part::DbDevice, Part::Disk].into_iter().filter(|part| heals(*part)).map(|part| (host, part)));
        }
    }
    found
}

/// A class of OSDs with how full it is, or the keys that are missing.
pub type OfClass<'d> = (Option<Media>, Result<Fill<'d>, Vec<String>>);

/// How full the OSDs of each class are to be, where some pool says what it stores; or the keys that are missing, none
/// where a pool finds no place on the OSDs.
pub fn fills<'d>(topology: &Topology<'d>) -> Vec<OfClass<'d>> {
    let mut fills = Vec::new();
    for class in topology.osd_classes() {
        let pools: Vec<&Item<Pool>> = topology.pools_on(class).collect();
        if pools.iter().any(|pool| pool.value.stored.is_some()) {
            fills.push((class, Fill::of(topology, class, &pools)));
        }
    }
    fills
}

pub(super) fn figures(topology: &Topology<'_>, out: &mut Vec<Figure>) {
    let nearfull = FillRatios::of(topology).nearfull;
    for (class, fill) in fills(topology) {
        let about = class.map_or_else(|| "ceph".to_owned(), |class| format!("ceph, {class}"));
        let fill = match fill {
            Ok(fill) => fill,
            Err(missing) => {
                out.push(Figure::unknown(texts::FILL_AFTER_LOSS, about, Method::Model, missing));
                continue;
            }
        };
        let stored = |term: &Term| term.stored;
        let step = |text, value| Figure::new(text, about.clone(), Method::Model, value);
        let percent = |text, case: &Case| step(text, case.fill() * 100.0).formula(case.formula(stored));
        out.push(percent(texts::PLANNED_FILL, &fill.healthy).assumed(words::fill::as_full_as_mean()));
        let worst = fill.worst();
        out.push(percent(texts::FILL_AFTER_LOSS, worst).binding(bound(worst)));
        out.extend(months(&fill, nearfull).map(|(value, case)| {
            let growth = words::fill::monthly(case.formula(|term| term.growth));
            let room = format!("({nearfull} - {}) / (", ratio(case.fill()));
            let formula = Said::run("", [room.into(), growth, ")".into()]);
            let figure = step(texts::MONTHS_UNTIL_FULL, value).decimals(1).formula(formula).binding(bound(case));
            fill.assumed.iter().fold(figure, Figure::assumed)
        }));
    }
}

fn bound(case: &Case) -> Said {
    case.part.map_or_else(words::fill::no_loss_heals, |part| words::fill::lost(part.said()))
}

/// Months until the first case passes nearfull.
fn months<'f>(fill: &'f Fill<'_>, nearfull: Ratio) -> Option<(f64, &'f Case)> {
    let cases = std::iter::once(&fill.healthy).chain(&fill.losses);
    let months = cases.filter_map(|case| Some((case.months(nearfull)?, case)));
    months.min_by(|one, other| one.0.total_cmp(&other.0))
}
