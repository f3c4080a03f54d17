//! What guests' disks are promised, over what their pool may hold.

use super::figure::{Figure, Method};
use super::store::{Store, path, pool_of, stores_elsewhere};
use super::usable::usable_amount;
use crate::catalogue::figure_texts as texts;
use crate::design::{Guest, Item, Pool};
use crate::quantity::{Size, units};
use crate::topology::Topology;

/// Disks promised to the guests of a pool, and what the pool may hold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Promised {
    /// Disks of all guests together, as they see them.
    pub disks: Size,
    /// What may be stored so that a loss can heal.
    pub usable: Size,
}

impl Promised {
    /// Bytes promised for each byte that may be stored.
    pub fn overcommit(self) -> f64 {
        self.disks / self.usable
    }
}

/// A pool with what is promised on it, or the keys that are missing.
pub type OfPool<'d> = (&'d Item<Pool>, Result<Promised, Vec<String>>);

/// Pools that guests with disks of a known size lie in; no keys are missing where the pool's pieces find no places.
pub fn promised<'d>(topology: &Topology<'d>) -> Vec<OfPool<'d>> {
    let mut found = Vec::new();
    for pool in topology.pools() {
        let lies_in = |guest: &&Item<Guest>| {
            !stores_elsewhere(topology, guest)
                && pool_of(topology, guest).is_some_and(|own| std::ptr::eq::<Item<Pool>>(own, pool))
        };
        let guests: Vec<&Item<Guest>> = topology.guests().filter(lies_in).collect();
        if guests.iter().any(|guest| disk(guest).is_some()) {
            found.push((pool, of(topology, pool, &guests)));
        }
    }
    found
}

/// All disks of one guest.
fn disk(guest: &Item<Guest>) -> Option<Size> {
    let disks = [&guest.value.root_disk, &guest.value.data_disk].into_iter().flatten();
    disks.map(|disk| disk.value).reduce(|sum, disk| sum + disk)
}

fn of(topology: &Topology<'_>, pool: &Item<Pool>, guests: &[&Item<Guest>]) -> Result<Promised, Vec<String>> {
    let mut bytes = 0.0;
    for guest in guests {
        let missing = |key: &str| vec![format!("guest.{}.{key}", guest.pattern.value)];
        let count = guest.value.count.as_ref().ok_or_else(|| missing("count"))?;
        bytes += disk(guest).ok_or_else(|| missing("root_disk"))?.base() * f64::from(count.value);
    }
    let capacity = || vec!["server_model.disks.capacity".to_owned()];
    let usable = usable_amount(topology, &Store::of(topology, pool)?).ok_or_else(capacity)?;
    if usable <= 0.0 {
        return Err(Vec::new());
    }
    Ok(Promised { disks: Size::from_base(bytes, &units::TB), usable: Size::new(usable, &units::TB) })
}

pub(super) fn figures(topology: &Topology<'_>, out: &mut Vec<Figure>) {
    for (pool, promised) in promised(topology) {
        let text = texts::OVERCOMMIT;
        out.push(match promised {
            Err(missing) => Figure::unknown(text, path(pool), Method::Model, missing),
            Ok(promised) => Figure::new(text, path(pool), Method::Model, promised.overcommit())
                .formula(format!("{} / {}", promised.disks, promised.usable))
                .input("disks", promised.disks)
                .input("usable", promised.usable),
        });
    }
}
