//! How evenly placement groups lie on the OSDs: CRUSH places them by chance, and the fullest OSD is full first.

use super::figure::{Figure, Method};
use super::fill::ratio;
use super::formula::all_of;
use super::placement::{Demand, Placement};
use super::room::Room;
use super::store::{Store, leading_pools, path};
use super::usable::usable_amount;
use crate::catalogue::figure_texts as texts;
use crate::catalogue::parameters::figures::FullestOsd;
use crate::design::{Item, Pool};
use crate::quantity::{Ratio, Size, units};
use crate::topology::{Redundancy, Topology};
use crate::words::{self, Said};

/// How a pool's placement groups lie on the OSDs.
struct Balance<'d> {
    pool: &'d Item<Pool>,
    /// Placement groups times the pieces that together are an object.
    per_group: f64,
    /// OSDs of the pool's class.
    osds: Vec<OnOsd>,
}

/// What an OSD holds of a pool.
#[derive(Clone, Copy)]
struct OnOsd {
    osd: usize,
    bytes: f64,
    /// Placement groups as CRUSH places them.
    groups: u32,
    /// Placement groups if data lay as evenly as the failure domains allow.
    fair: f64,
}

impl OnOsd {
    /// Its name as Ceph gives it: `osd.4`.
    fn name(&self) -> String {
        format!("osd.{}", self.osd)
    }

    /// Placement groups once the balancer has moved what it moves.
    fn balanced(&self) -> f64 {
        f64::from(self.groups).min(self.fair + f64::from(FullestOsd::DEFAULT.balancer_deviation))
    }

    fn left(&self, balancer: bool) -> f64 {
        if balancer { self.balanced() } else { f64::from(self.groups) }
    }
}

pub(super) fn figures(topology: &Topology<'_>, out: &mut Vec<Figure>) {
    if !topology.has_ceph() || topology.pools().all(|pool| pool.value.pg_num.is_none()) {
        return;
    }
    let placement = match Placement::of(topology) {
        Ok(placement) => placement,
        Err(missing) => {
            out.push(Figure::unknown(texts::FULLEST_OSD, "ceph", Method::Model, missing));
            return;
        }
    };
    let leading = leading_pools(topology);
    let balances = match balances(topology, &placement) {
        Ok(balances) => balances,
        Err(missing) => {
            out.push(Figure::unknown(texts::FULLEST_OSD, "ceph", Method::Model, missing));
            return;
        }
    };
    for pool in topology.pools().filter(|pool| too_wide(&placement, pool)) {
        let missing = vec![format!("{}.pg_num", path(pool))];
        let figure = Figure::unknown(texts::FULLEST_OSD, path(pool), Method::Model, missing);
        out.push(figure.note(words::balance::too_wide()));
    }
    out.extend(balances.iter().filter_map(|balance| balance.fullest(topology, &placement, false)));
    out.extend(balances.iter().filter_map(|balance| balance.fullest(topology, &placement, true)));
    let leads = |balance: &&Balance<'_>| leading.iter().any(|own| std::ptr::eq(*own, balance.pool));
    out.extend(balances.iter().filter(leads).filter_map(|balance| balance.usable(topology, &placement)));
    for balancer in [false, true] {
        out.extend(fullest_of(topology, &placement, &balances, balancer).map(|fullest| fullest.figure(balancer)));
    }
}

/// Whether the balancer is on, as it is unless a design says otherwise.
pub fn balancer(topology: &Topology<'_>) -> bool {
    let ceph = topology.design.ceph.as_ref();
    ceph.and_then(|ceph| ceph.value.balancer.as_ref()).is_none_or(|balancer| balancer.value)
}

/// The OSD that is fullest with what pools are to store.
#[derive(Debug, Clone)]
pub struct FullestFill<'d> {
    /// Its name as Ceph gives it: `osd.4`.
    pub osd: String,
    /// Node it sits in.
    pub node: &'d str,
    /// Part of it that is full.
    pub fill: Ratio,
    /// Pools on it that say what they store.
    pub pools: Vec<&'d Item<Pool>>,
    terms: Vec<Said>,
}

/// The fullest OSD with what pools are to store, the balancer on or off as the design has it; nothing where no pool says
/// both what it stores and its placement groups.
///
/// # Errors
/// The keys that are missing.
pub fn fullest_fill<'d>(topology: &'d Topology<'d>) -> Result<Option<FullestFill<'d>>, Vec<String>> {
    let counts = |pool: &Item<Pool>| pool.value.pg_num.is_some() && pool.value.stored.is_some();
    if !topology.has_ceph() || !topology.pools().any(counts) {
        return Ok(None);
    }
    let placement = Placement::of(topology)?;
    let balances = balances(topology, &placement)?;
    Ok(fullest_of(topology, &placement, &balances, balancer(topology)))
}

fn fullest_of<'d>(
    topology: &'d Topology<'_>,
    placement: &Placement,
    balances: &[Balance<'d>],
    balancer: bool,
) -> Option<FullestFill<'d>> {
    let stored = |balance: &Balance<'_>| balance.pool.value.stored.as_ref().map(|stored| stored.value.base());
    let mut fills = vec![0.0; placement.nodes.len()];
    for balance in balances {
        let Some(stored) = stored(balance) else { continue };
        for own in &balance.osds {
            fills[own.osd] += stored * own.left(balancer) / balance.per_group / own.bytes;
        }
    }
    let (osd, fill) = fills.iter().copied().enumerate().reduce(|most, own| if own.1 > most.1 { own } else { most })?;
    if fill <= 0.0 {
        return None;
    }
    let mut fullest = FullestFill {
        osd: format!("osd.{osd}"),
        node: &topology.nodes[placement.nodes[osd]].name,
        fill: ratio(fill),
        pools: Vec::new(),
        terms: Vec::new(),
    };
    for balance in balances {
        let own = balance.osds.iter().find(|own| own.osd == osd);
        if let (Some(own), Some(stored)) = (own, &balance.pool.value.stored) {
            fullest.pools.push(balance.pool);
            let (groups, of) = (own.left(balancer), balance.per_group);
            let pool = balance.pool.pattern.value.as_str();
            fullest.terms.push(words::balance::stored_part(stored.value, count(groups), of, pool));
        }
    }
    let mut capacities = balances.iter().flat_map(|balance| &balance.osds);
    let bytes = capacities.find(|own| own.osd == osd)?.bytes;
    fullest.terms.push(words::balance::on_capacity(Size::from_base(bytes, &units::TB)));
    Some(fullest)
}

/// A number of placement groups, whole where it is.
fn count(groups: f64) -> String {
    let text = format!("{groups:.1}");
    text.strip_suffix(".0").unwrap_or(&text).to_owned()
}

/// Whether the balancer is on, in words.
fn balancer_is(on: bool) -> Said {
    if on { words::balance::balancer_on() } else { words::balance::balancer_off() }
}

impl FullestFill<'_> {
    fn figure(&self, balancer: bool) -> Figure {
        let subject = vec!["ceph".into(), balancer_is(balancer)];
        Figure::new(texts::FULLEST_OSD_FILL, subject, Method::Model, self.fill.in_unit(&units::PERCENT))
            .decimals(1)
            .formula(all_of(self.terms.iter().cloned()))
            .binding(words::balance::osd_on(self.osd.as_str(), self.node))
    }
}

/// Whether the groups of a pool would take too long to place.
fn too_wide(placement: &Placement, pool: &Item<Pool>) -> bool {
    let (Some(written), Ok(redundancy)) = (&pool.value.pg_num, Redundancy::of(&pool.value)) else { return false };
    placement.draws(written.value, redundancy.pieces() as usize) > u64::from(FullestOsd::DEFAULT.most_draws)
}

/// How the placement groups of every pool lie that says how many it has.
fn balances<'d>(topology: &'d Topology<'_>, placement: &Placement) -> Result<Vec<Balance<'d>>, Vec<String>> {
    let mut balances = Vec::new();
    for (number, pool) in (1..).zip(topology.pools()) {
        balances.extend(Balance::of(topology, placement, number, pool)?);
    }
    Ok(balances)
}

impl<'d> Balance<'d> {
    /// How the groups of a pool lie; nothing where its pieces find no places, or it has no groups yet.
    fn of(
        topology: &Topology<'_>,
        placement: &Placement,
        number: u32,
        pool: &'d Item<Pool>,
    ) -> Result<Option<Self>, Vec<String>> {
        let (Some(written), Ok(redundancy)) = (&pool.value.pg_num, Redundancy::of(&pool.value)) else {
            return Ok(None);
        };
        let held = Room::of(topology, &Store::of(topology, pool)?)?.held();
        let (demand, pieces) = (Demand::of(topology, &pool.value), redundancy.pieces() as usize);
        if held < 1.0 || too_wide(placement, pool) || topology.stretch_mode() == Some(true) {
            return Ok(None);
        }
        let groups = placement.groups(number, demand, pieces, written.value, &placement.placer().all_in());
        let mut counts = vec![0_u32; placement.nodes.len()];
        for osd in groups.iter().flat_map(|group| Placement::found(group)) {
            counts[osd] += 1;
        }
        let per_group = f64::from(written.value) * f64::from(redundancy.data());
        let mut osds = Vec::new();
        for (osd, bytes) in placement.capacities(demand.class).enumerate() {
            if let Some(bytes) = bytes.filter(|bytes| *bytes > 0.0) {
                osds.push(OnOsd { osd, bytes, groups: counts[osd], fair: per_group * bytes / held });
            }
        }
        Ok(Some(Self { pool, per_group, osds }))
    }

    /// The OSD that is fullest for its capacity, and how much fuller than an even spread makes it.
    fn worst(&self, balancer: bool) -> Option<(OnOsd, f64)> {
        let ratios = self.osds.iter().map(|own| (*own, own.left(balancer) / own.fair));
        // An OSD below an even spread is never the fullest; float noise may say so where all are even.
        ratios.reduce(|most, own| if own.1 > most.1 { own } else { most }).map(|(own, ratio)| (own, ratio.max(1.0)))
    }

    fn fullest(&self, topology: &Topology<'_>, placement: &Placement, balancer: bool) -> Option<Figure> {
        let (own, ratio) = self.worst(balancer)?;
        let text = if balancer { texts::FULLEST_OSD_BALANCED } else { texts::FULLEST_OSD };
        let node = topology.nodes[placement.nodes[own.osd]].name.as_str();
        let (osd, fair) = (words::balance::osd_on(own.name(), node), format!("{:.1}", own.fair));
        let formula = if balancer {
            words::balance::at_most_groups(osd, count(own.balanced()), fair)
        } else {
            words::balance::groups(osd, own.groups, fair)
        };
        let figure = Figure::new(text, path(self.pool), Method::Model, ratio).decimals(3).formula(formula);
        if balancer {
            return Some(figure);
        }
        let counts = || self.osds.iter().map(|own| own.groups);
        let (fewest, most) = (counts().min()?, counts().max()?);
        let pool = self.pool.pattern.value.as_str();
        Some(figure.note(words::balance::placed(pool, fewest, most)))
    }

    /// What a pool may hold when its fullest OSD counts.
    fn usable(&self, topology: &Topology<'_>, placement: &Placement) -> Option<Figure> {
        let store = Store::of(topology, self.pool).ok()?;
        let even = usable_amount(topology, &store)?;
        let on = balancer(topology);
        let (own, ratio) = self.worst(on)?;
        let said = topology.design.ceph.as_ref().is_some_and(|ceph| ceph.value.balancer.is_some());
        let node = topology.nodes[placement.nodes[own.osd]].name.as_str();
        let figure = Figure::new(texts::USABLE_ON_FULLEST, path(self.pool), Method::Model, even / ratio)
            .formula(vec![format!("{even:.2} TB / {ratio:.3}").into(), balancer_is(on)])
            .binding(words::balance::osd_on(own.name(), node));
        Some(if said { figure } else { figure.assumed("ceph.balancer = true") })
    }
}

impl Placement {
    /// Capacity of each OSD in bytes, where it is of a class.
    fn capacities(&self, class: Option<crate::design::Media>) -> impl Iterator<Item = Option<f64>> + '_ {
        let class = class.map(|class| class.to_string());
        self.map.devices.iter().zip(&self.sizes).map(move |(device, size): (_, &Size)| {
            let fits = class.is_none() || device.class == class;
            fits.then(|| size.base())
        })
    }

    /// Draws that it takes to place so many groups: one for each child of the buckets on the way.
    fn draws(&self, placement_groups: u32, pieces: usize) -> u64 {
        let widest = self.map.buckets.iter().map(|bucket| bucket.items.len()).max().unwrap_or(0);
        u64::from(placement_groups) * pieces as u64 * widest as u64
    }
}
