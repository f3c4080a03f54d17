//! How evenly placement groups lie on the OSDs: CRUSH places them by chance, and the fullest OSD is full first.

use super::figure::{Figure, Method};
use super::placement::{Demand, Placement};
use super::room::Room;
use super::store::{Store, leading_pools, path};
use super::usable::usable;
use crate::catalogue::figure_texts as texts;
use crate::catalogue::parameters::figures::FullestOsd;
use crate::design::{Item, Pool};
use crate::quantity::Size;
use crate::topology::{Redundancy, Topology};

/// How a pool's placement groups lie on the OSDs.
struct Balance<'d> {
    pool: &'d Item<Pool>,
    placement_groups: u32,
    /// The OSD that is fullest for what it holds.
    fullest: Fullest,
    /// The fewest and the most placement groups on an OSD that may hold some.
    range: (u32, u32),
    /// How much fuller the fullest OSD is than all are when data lies as evenly as the failure domains allow.
    crush: f64,
    /// The same once the balancer has moved what it moves.
    balanced: f64,
}

struct Fullest {
    osd: usize,
    node: String,
    groups: u32,
    fair: f64,
}

pub(super) fn figures(topology: &Topology<'_>, out: &mut Vec<Figure>) {
    if !topology.has_ceph() {
        return;
    }
    let leading = leading_pools(topology);
    let counts = |pool: &Item<Pool>| pool.value.pg_num.is_some() && leading.iter().any(|own| std::ptr::eq(*own, pool));
    let pools: Vec<(u32, &Item<Pool>)> = (1..).zip(topology.pools()).filter(|(_, pool)| counts(pool)).collect();
    if pools.is_empty() {
        return;
    }
    let placement = Placement::of(topology);
    for (number, pool) in pools {
        let balance = match &placement {
            Ok(placement) => Balance::of(topology, placement, number, pool),
            Err(missing) => Err(missing.clone()),
        };
        match balance {
            Ok(Some(balance)) => out.extend(balance.figures(topology)),
            Ok(None) => {}
            Err(missing) => out.push(Figure::unknown(texts::FULLEST_OSD, path(pool), Method::Model, missing)),
        }
    }
}

/// Whether the balancer is on, as it is unless a design says otherwise.
fn balancer(topology: &Topology<'_>) -> bool {
    let ceph = topology.design.ceph.as_ref();
    ceph.and_then(|ceph| ceph.value.balancer.as_ref()).is_none_or(|balancer| balancer.value)
}

impl<'d> Balance<'d> {
    /// How the groups of a pool lie; nothing where its pieces find no places.
    fn of(
        topology: &Topology<'d>,
        placement: &Placement,
        number: u32,
        pool: &'d Item<Pool>,
    ) -> Result<Option<Self>, Vec<String>> {
        let store = Store::of(topology, pool)?;
        let held = Room::of(topology, &store)?.held();
        let (Some(written), Ok(redundancy)) = (&pool.value.pg_num, Redundancy::of(&pool.value)) else {
            return Ok(None);
        };
        let placement_groups = written.value;
        if held < 1.0 || topology.stretch_mode() == Some(true) {
            return Ok(None);
        }
        let demand = Demand::of(topology, &pool.value);
        let pieces = redundancy.pieces() as usize;
        if placement.draws(placement_groups, pieces) > u64::from(FullestOsd::DEFAULT.most_draws) {
            return Ok(None);
        }
        let groups = placement.groups(number, demand, pieces, placement_groups, &placement.placer().all_in());
        let mut counts = vec![0_u32; placement.nodes.len()];
        for osd in groups.iter().flat_map(|group| Placement::found(group)) {
            counts[osd] += 1;
        }
        let per_group = f64::from(placement_groups) * f64::from(redundancy.data());
        let deviation = f64::from(FullestOsd::DEFAULT.balancer_deviation);
        let (mut crush, mut balanced, mut fullest) = (0.0_f64, 0.0_f64, None);
        let (mut fewest, mut most) = (u32::MAX, 0);
        for (osd, (count, bytes)) in counts.iter().zip(placement.capacities(demand.class)).enumerate() {
            let Some(bytes) = bytes.filter(|bytes| *bytes > 0.0) else { continue };
            // What it would hold if data lay as evenly as the failure domains allow.
            let fair = per_group * bytes / held;
            let ratio = f64::from(*count) / fair;
            (fewest, most) = (fewest.min(*count), most.max(*count));
            balanced = balanced.max(ratio.min(1.0 + deviation / fair));
            if ratio > crush {
                crush = ratio;
                let node = topology.nodes[placement.nodes[osd]].name.clone();
                fullest = Some(Fullest { osd, node, groups: *count, fair });
            }
        }
        let range = (fewest, most);
        // Failure domains that are filled to their last byte are never below an even spread; float noise is.
        let (crush, balanced) = (crush.max(1.0), balanced.max(1.0));
        Ok(fullest.map(|fullest| Self { pool, placement_groups, fullest, range, crush, balanced }))
    }

    fn figures(&self, topology: &Topology<'_>) -> Vec<Figure> {
        let Fullest { osd, node, groups, fair } = &self.fullest;
        let (fewest, most) = self.range;
        let deviation = FullestOsd::DEFAULT.balancer_deviation;
        let crush = Figure::new(texts::FULLEST_OSD, path(self.pool), Method::Model, self.crush)
            .decimals(3)
            .formula(format!("osd.{osd} on {node}: {groups} placement groups where {fair:.1} would be even"))
            .input("pg_num", self.placement_groups)
            .note(format!("{fewest} to {most} placement groups on an OSD, as CRUSH places them"));
        let balanced = Figure::new(texts::FULLEST_OSD_BALANCED, path(self.pool), Method::Model, self.balanced)
            .decimals(3)
            .formula(format!("min({:.3}, 1 + {deviation} / {fair:.1}) of the OSD where that is most", self.crush))
            .input("pg_num", self.placement_groups);
        let mut figures = vec![crush, balanced];
        figures.extend(self.usable(topology));
        figures
    }

    /// What a pool may hold when its fullest OSD counts.
    fn usable(&self, topology: &Topology<'_>) -> Option<Figure> {
        let store = Store::of(topology, self.pool).ok()?;
        let even = usable(topology, &store).number()?;
        let on = balancer(topology);
        let (ratio, how) = if on { (self.balanced, "balancer on") } else { (self.crush, "balancer off") };
        let said = topology.design.ceph.as_ref().is_some_and(|ceph| ceph.value.balancer.is_some());
        let figure = Figure::new(texts::USABLE_ON_FULLEST, path(self.pool), Method::Model, even / ratio)
            .formula(format!("{even:.2} TB / {ratio:.3}, {how}"))
            .binding(format!("osd.{} on {}", self.fullest.osd, self.fullest.node));
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
