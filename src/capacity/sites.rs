//! What links between sites have to carry for Ceph.

use super::store::{pool_of, stores_elsewhere};
use crate::design::{FailureDomain, Item, Pool};
use crate::quantity::{Rate, units};
use crate::topology::{Redundancy, Topology};
use crate::words::{self, Said};

/// Writes of guests that Ceph copies from one site to another.
#[derive(Debug, Clone, PartialEq)]
pub struct CrossWrites {
    /// Rate one way: the larger of the two directions.
    pub rate: Rate,
    /// Inputs that were assumed.
    pub assumed: Vec<Said>,
}

/// What a line between two sites with OSDs has to carry: the writes of each site's guests, times the copies that lie
/// at the other. Guests are taken to spread evenly over the nodes with OSDs. Nothing where no guest states its demand.
///
/// # Errors
/// The key that is missing.
pub fn cross_writes(topology: &Topology<'_>, sites: [&str; 2]) -> Result<Option<CrossWrites>, String> {
    let stored = topology.osd_sites();
    let all: usize = stored.values().map(Vec::len).sum();
    let [one, other] = sites.map(|site| stored.get(site).map_or(0.0, |nodes| nodes.len() as f64 / all as f64));
    let mut written: Option<f64> = None;
    let mut assumed = Vec::new();
    for guest in topology.guests() {
        let Some(iops) = guest.value.iops.as_ref().filter(|iops| iops.value > 0.0) else { continue };
        if stores_elsewhere(topology, guest) {
            continue;
        }
        let path = format!("guest.{}", guest.pattern.value);
        let count = guest.value.count.as_ref().ok_or_else(|| format!("{path}.count"))?;
        let io_size = guest.value.io_size.as_ref().ok_or_else(|| format!("{path}.io_size"))?;
        let share = guest.value.write_share.as_ref().map(|share| share.value.base().min(1.0));
        if share.is_none() {
            assumed.push(words::figures::all_written(path));
        }
        let pool = pool_of(topology, guest).ok_or_else(|| "ceph.pool".to_owned())?;
        let rate = f64::from(count.value) * iops.value * io_size.value.base() * share.unwrap_or(1.0);
        let ways = [
            one * copies_at(topology, pool, stored.len(), other),
            other * copies_at(topology, pool, stored.len(), one),
        ];
        *written.get_or_insert(0.0) += rate * ways[0].max(ways[1]);
    }
    Ok(written.map(|written| CrossWrites { rate: Rate::from_base(written, &units::GBIT_PER_S), assumed }))
}

/// Copies of a pool that lie at a site on average, from the site's share of the nodes with OSDs.
fn copies_at(topology: &Topology<'_>, pool: &Item<Pool>, sites: usize, share: f64) -> f64 {
    let size = Redundancy::of(&pool.value).map_or(0.0, Redundancy::overhead);
    let by_site = pool.value.failure_domain.as_ref().is_some_and(|domain| domain.value == FailureDomain::Site);
    if by_site || topology.stretch_mode() == Some(true) { size / sites as f64 } else { size * share }
}
