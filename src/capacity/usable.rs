//! What a pool may hold so that a loss can heal.

use super::figure::{Figure, Method};
use super::store::{Store, leading_pools, path};
use crate::catalogue::figure_texts as texts;
use crate::catalogue::parameters::figures::UsableCapacity;
use crate::quantity::{Size, units};
use crate::topology::Topology;

pub(super) fn figures(topology: &Topology<'_>, out: &mut Vec<Figure>) {
    if !topology.has_ceph() {
        return;
    }
    let unknown = |about: String, missing| Figure::unknown(texts::USABLE_CAPACITY, about, Method::Model, missing);
    let pools = leading_pools(topology);
    if pools.is_empty() {
        out.push(unknown("ceph".to_owned(), vec!["ceph.pool: a pool with its size".to_owned()]));
    }
    for pool in pools {
        out.push(match Store::of(topology, pool) {
            Ok(store) => usable(topology, &store),
            Err(missing) => unknown(path(pool), missing),
        });
    }
}

/// What may be lost with its data, and heals onto what is left: a server, or a disk where copies are kept apart by
/// disk only.
struct Unit {
    /// Index of what no two copies share.
    domain: usize,
    bytes: f64,
    /// The largest disk in it, where it has others to take over its data.
    disk: Option<f64>,
}

/// The units of a store; an error names the groups whose capacity is not written.
fn units_of(store: &Store<'_, '_>) -> Result<Vec<Unit>, Vec<String>> {
    let mut domains: Vec<&str> = Vec::new();
    let mut found = Vec::new();
    for server in &store.servers {
        let mut sizes = Vec::new();
        for group in &server.groups {
            let missing = || vec![format!("{}.capacity", group.path())];
            let capacity = group.capacity().ok_or_else(missing)?.base();
            sizes.extend((0..group.count().unwrap_or(0)).map(|_| capacity));
        }
        if store.by_disk() {
            let first = found.len();
            found.extend(sizes.iter().enumerate().map(|(index, bytes)| Unit {
                domain: first + index,
                bytes: *bytes,
                disk: None,
            }));
            continue;
        }
        let domain = domains.iter().position(|known| *known == server.domain).unwrap_or_else(|| {
            domains.push(server.domain.as_ref());
            domains.len() - 1
        });
        let largest = sizes.iter().copied().fold(0.0, f64::max);
        found.push(Unit { domain, bytes: sizes.iter().sum(), disk: (sizes.len() > 1).then_some(largest) });
    }
    Ok(found)
}

/// Bytes of the domains.
fn domain_sizes(units: &[Unit]) -> Vec<f64> {
    let mut sizes = vec![0.0; units.iter().map(|unit| unit.domain + 1).max().unwrap_or(0)];
    for unit in units {
        sizes[unit.domain] += unit.bytes;
    }
    sizes
}

/// Bytes that domains of these sizes hold, each byte `copies` times and never twice in one domain: a domain larger
/// than what the others can match is filled no further than they are.
fn holdable(mut sizes: Vec<f64>, copies: f64) -> f64 {
    sizes.sort_by(|left, right| right.total_cmp(left));
    let (mut rest, mut copies) = (sizes.iter().sum::<f64>(), copies);
    for size in sizes {
        if size * copies <= rest {
            return rest / copies;
        }
        rest -= size;
        copies -= 1.0;
        if copies < 1.0 {
            break;
        }
    }
    0.0
}

/// What heals after a loss.
#[derive(Clone, Copy, PartialEq)]
enum Heals {
    /// The largest unit, onto the other domains or the rest of its own.
    Unit,
    /// A disk, onto the others of its own server.
    Disk,
    /// Nothing.
    Nothing,
}

/// What a store holds when one unit is lost: what heals, the bytes lost and the bytes held.
fn after_loss(units: &[Unit], lost: &Unit, copies: f64) -> (Heals, f64, f64) {
    let mut sizes = domain_sizes(units);
    let own = lost.domain;
    sizes[own] -= lost.bytes;
    // What is left of a sum of equal sizes is float noise.
    let left = sizes.iter().filter(|size| **size >= 1.0).count() as f64;
    if left >= copies {
        return (Heals::Unit, lost.bytes, holdable(sizes, copies));
    }
    let disk = lost.disk.unwrap_or(0.0);
    sizes[own] += lost.bytes - disk;
    (if disk > 0.0 { Heals::Disk } else { Heals::Nothing }, disk, holdable(sizes, copies))
}

pub(super) fn usable(topology: &Topology<'_>, store: &Store<'_, '_>) -> Figure {
    let text = texts::USABLE_CAPACITY;
    let fill = UsableCapacity::DEFAULT.nearfull;
    let copies = store.copies;
    let units = match units_of(store) {
        Ok(units) => units,
        Err(missing) => return Figure::unknown(text, path(store.pool), Method::Model, missing),
    };
    let terabytes = |bytes: f64| Size::from_base(bytes, &units::TB);
    let raw: f64 = units.iter().map(|unit| unit.bytes).sum();
    let sizes = domain_sizes(&units);
    let worst = units.iter().map(|unit| after_loss(&units, unit, copies));
    let worst = worst.reduce(|worst, own| if own.2 < worst.2 { own } else { worst });
    let (heals, lost, held) = worst.unwrap_or((Heals::Nothing, 0.0, 0.0));
    let even = (held * copies - (raw - lost)).abs() < 1.0;
    let held = held * f64::from(store.redundancy.data());
    let what = if store.by_disk() { "disk" } else { "server" };
    let (formula, binding) = match heals {
        _ if (sizes.len() as f64) < copies => (
            format!("{} places cannot hold {copies} copies apart", sizes.len()),
            "too few places for the copies".to_owned(),
        ),
        Heals::Unit if even => (
            format!(
                "({} - {} lost {what}) x {fill} / {:.3}",
                terabytes(raw),
                terabytes(lost),
                store.redundancy.overhead()
            )
            .replace(".000", ""),
            format!("a lost {what} heals onto the others"),
        ),
        Heals::Unit => (
            format!("{} x {fill}", terabytes(held)),
            format!("without {} of a lost {what} the others match no more in {copies} copies", terabytes(lost)),
        ),
        Heals::Disk => (
            format!("({} - {} lost disk) x {fill}", terabytes(held + lost), terabytes(lost)),
            "a lost disk heals onto the others of its own server".to_owned(),
        ),
        Heals::Nothing => {
            (format!("{} x {fill}", terabytes(held)), "nearfull; a lost disk has nowhere to heal".to_owned())
        }
    };
    let figure = Figure::new(text, path(store.pool), Method::Model, held * fill.base() / units::TB.factor)
        .formula(formula)
        .binding(binding)
        .input("raw", terabytes(raw))
        .input("nodes", store.servers.len())
        .input("copies", copies);
    let naive = format!("{} / {copies} copies alone would be {}", terabytes(raw), terabytes(raw / copies));
    if topology.pools().count() > 1 {
        figure.note(format!("{naive}; other pools on the same disks take their part of it"))
    } else {
        figure.note(naive)
    }
}

#[cfg(test)]
mod tests {
    use super::holdable;

    /// Three copies on 10, 1 and 1: the 10 holds one copy of no more than the others do, so 1. On 10, 10, 1 and 1
    /// the two large ones take a copy each, the small ones share the third: 2. On four times 8: 32 / 3.
    #[test]
    fn the_small_ones_set_what_the_large_ones_can_match() {
        for (sizes, held) in [
            (vec![10.0, 1.0, 1.0], 1.0),
            (vec![1.0, 10.0, 1.0, 10.0], 2.0),
            (vec![8.0; 4], 32.0 / 3.0),
            (vec![5.0, 5.0], 0.0),
        ] {
            assert!((holdable(sizes.clone(), 3.0) - held).abs() < 1e-9, "{sizes:?}");
        }
    }
}
