//! What guests ask of a pool, as a part of what it is expected to serve.

use super::bandwidth::{constants, silent};
use super::figure::State;
use super::fill::ratio;
use super::performance;
use super::plant::{describe, load};
use super::store::{Store, pool_of, stores_elsewhere};
use crate::design::{Guest, Item, Pool};
use crate::quantity::Ratio;
use crate::topology::Topology;

/// A pool whose guests say how many operations they need.
#[derive(Debug, Clone)]
pub struct Served<'d> {
    /// The pool.
    pub pool: &'d Item<Pool>,
    /// Guest profiles on it.
    pub guests: Vec<&'d Item<Guest>>,
}

/// Pools whose guests say how many operations they need and of what size.
pub fn served<'d>(topology: &Topology<'d>) -> Vec<Served<'d>> {
    let mut all: Vec<Served<'d>> = Vec::new();
    if !topology.has_ceph() {
        return all;
    }
    for guest in topology.guests().filter(|guest| asks(guest) && !stores_elsewhere(topology, guest)) {
        let Some(pool) = pool_of(topology, guest) else { continue };
        match all.iter_mut().find(|served| std::ptr::eq(served.pool, pool)) {
            Some(served) => served.guests.push(guest),
            None => all.push(Served { pool, guests: vec![guest] }),
        }
    }
    all
}

fn asks(guest: &Item<Guest>) -> bool {
    let count = guest.value.count.as_ref().is_none_or(|count| count.value > 0);
    count && guest.value.io_size.is_some() && guest.value.iops.as_ref().is_some_and(|iops| iops.value > 0.0)
}

impl Served<'_> {
    /// The part of what the pool is expected to serve in a state that its guests ask for together: each profile's
    /// operations by the rate at which the pool serves such operations alone. Nothing where the pool serves none.
    ///
    /// # Errors
    /// The keys that are missing.
    pub fn load(&self, topology: &Topology<'_>, state: State) -> Result<Option<Ratio>, Vec<String>> {
        let store = Store::of(topology, self.pool)?;
        let left = store.left(state);
        if left.disks < 1.0 || !left.serves {
            return Ok(None);
        }
        let described = describe(topology, &store, &left, state)?;
        let ((constants, _), load) = (constants(topology), load(topology));
        let mut asked = 0.0;
        for guest in &self.guests {
            let (Some(iops), Some(size)) = (&guest.value.iops, &guest.value.io_size) else { continue };
            let count = guest.value.count.as_ref();
            let count = count.ok_or_else(|| vec![format!("guest.{}.count", guest.pattern.value)])?;
            let operations = iops.value * f64::from(count.value) * guest.names.len() as f64;
            let writes = guest.value.write_share.as_ref().map_or(1.0, |share| share.value.base().min(1.0));
            let missing = |key| silent(&store, key);
            let bytes = size.value.base();
            let mut part = |share: f64, rate: Option<f64>| asked += operations * share / rate.unwrap_or(f64::INFINITY);
            if writes > 0.0 {
                let limits = performance::small_writes(&described.plant, &load, bytes, &constants).map_err(missing)?;
                part(writes, limits.expected());
            }
            if writes < 1.0 {
                let limits = performance::small_reads(&described.plant, &load, bytes, &constants).map_err(missing)?;
                part(1.0 - writes, limits.expected());
            }
        }
        Ok(Some(ratio(asked)))
    }
}
