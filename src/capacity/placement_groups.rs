//! How many placement groups a pool is to have, and how many come to lie on each OSD.

use super::figure::{Figure, Method};
use super::formula::product;
use super::store::path;
use crate::catalogue::figure_texts as texts;
use crate::catalogue::parameters::figures::{PlacementGroups, PlacementGroupsPerOsd};
use crate::design::{Application, Autoscale, CephRelease, Item, Media, Pool};
use crate::topology::{Redundancy, Topology};
use crate::words::{self, Said};

/// Placement groups on an OSD: what is aimed at, and what is the most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PerOsd {
    /// What is aimed at.
    pub target: u32,
    /// Ceph makes no pool that would pass it.
    pub most: u32,
    /// Whether the release that decides is not written.
    pub assumed: bool,
}

impl PerOsd {
    /// The numbers of the release that is planned; those up to Squid where none is written.
    pub fn of(topology: &Topology<'_>) -> Self {
        let release = topology.design.ceph.as_ref().and_then(|ceph| ceph.value.release.as_ref());
        let PlacementGroups { target, target_newest } = PlacementGroups::DEFAULT;
        let PlacementGroupsPerOsd { most, most_newest } = PlacementGroupsPerOsd::DEFAULT;
        let newest = release.is_some_and(|release| release.value >= CephRelease::Tentacle);
        let (target, most) = if newest { (target_newest, most_newest) } else { (target, most) };
        Self { target, most, assumed: release.is_none() }
    }
}

/// OSDs of a class in the cluster, or the keys that are missing.
fn osds(topology: &Topology<'_>, class: Option<Media>) -> Result<f64, Vec<String>> {
    let mut osds = 0.0;
    for node in &topology.nodes {
        let model = node.model.ok_or_else(|| vec![format!("{}.model", node.path())])?;
        if !crate::topology::disks_known(&model.value) {
            return Err(vec![format!("server_model.{}.disks", model.pattern.value)]);
        }
        for group in node.osd_groups() {
            let missing = |key: &str| vec![format!("{}.{key}", group.path())];
            let lies_on = match class {
                Some(class) => group.media().ok_or_else(|| missing("media"))? == class,
                None => true,
            };
            if lies_on {
                osds += f64::from(group.osds().ok_or_else(|| missing("count"))?);
            }
        }
    }
    if osds > 0.0 { Ok(osds) } else { Err(vec![super::store::OSD_ROLE.to_owned()]) }
}

fn class_of(pool: &Item<Pool>) -> Option<Media> {
    pool.value.device_class.as_ref().map(|class| class.value)
}

fn redundancy(pool: &Item<Pool>) -> Result<Redundancy, Vec<String>> {
    Redundancy::of(&pool.value).map_err(|key| vec![format!("{}.{key}", path(pool))])
}

/// The part of the data on a pool's OSDs that lies in it.
fn share(topology: &Topology<'_>, pool: &Item<Pool>) -> Result<f64, Vec<String>> {
    let fellows: Vec<&Item<Pool>> = topology.pools_on(class_of(pool)).collect();
    let written = |pool: &Item<Pool>| pool.value.data_share.as_ref().map(|share| share.value.base());
    if let Some(own) = written(pool) {
        // Shares are of all data; on one of several classes of OSDs they are parts of what lies there.
        let elsewhere = fellows.len() < topology.pools().count();
        let there: f64 = fellows.iter().filter_map(|pool| written(pool)).sum();
        return Ok(if elsewhere && there > 0.0 { own / there } else { own });
    }
    if fellows.len() == 1 {
        return Ok(1.0);
    }
    let raw = |pool: &Item<Pool>| Some(pool.value.stored.as_ref()?.value.base() * redundancy(pool).ok()?.overhead());
    let all: Option<f64> = fellows.iter().map(|pool| raw(pool)).sum();
    match (raw(pool), all) {
        (Some(own), Some(all)) if all > 0.0 => Ok(own / all),
        _ => Err(vec![format!("{}.data_share", path(pool))]),
    }
}

/// How many placement groups a pool is to have, before and after rounding.
struct Wanted {
    osds: f64,
    share: f64,
    pieces: f64,
    exact: f64,
    rounded: f64,
}

impl Wanted {
    fn of(topology: &Topology<'_>, pool: &Item<Pool>) -> Result<Self, Vec<String>> {
        let (osds, share) = (osds(topology, class_of(pool))?, share(topology, pool)?);
        let pieces = f64::from(redundancy(pool)?.pieces());
        // One placement of each pool on every OSD at least.
        let exact = (osds * f64::from(PerOsd::of(topology).target) * share / pieces).max(osds / pieces);
        Ok(Self { osds, share, pieces, exact, rounded: nearest(exact) })
    }
}

/// The nearest power of two, or the next one where that would be more than a quarter too few.
fn nearest(exact: f64) -> f64 {
    let below = exact.max(1.0).log2().floor().exp2();
    let above = below * 2.0;
    let few = exact - below > exact / 4.0;
    if few || exact - below > above - exact { above } else { below }
}

pub(super) fn figures(topology: &Topology<'_>, out: &mut Vec<Figure>) {
    out.extend(topology.pools().flat_map(|pool| of_pool(topology, pool)));
    if topology.pools().next().is_some() {
        out.extend(topology.osd_classes().into_iter().map(|class| per_osd(topology, class)));
    }
}

fn of_pool(topology: &Topology<'_>, pool: &Item<Pool>) -> Vec<Figure> {
    let figure = |method, value| Figure::new(texts::PLACEMENT_GROUPS, path(pool), method, value).decimals(0);
    let application = pool.value.application.as_ref().map(|application| application.value);
    let mut figures = Vec::new();
    if matches!(application, Some(Application::Rbd | Application::CephfsData)) {
        let number = crate::catalogue::parameters::pool::PgNumBelowDocuments::DEFAULT.minimum;
        figures.push(
            figure(Method::Documents, f64::from(number))
                .formula(words::placement_groups::for_each_pool(number))
                .note(words::placement_groups::one_number()),
        );
    }
    let wanted = match Wanted::of(topology, pool) {
        Ok(wanted) => wanted,
        Err(missing) => {
            figures.push(Figure::unknown(texts::PLACEMENT_GROUPS, path(pool), Method::Model, missing));
            return figures;
        }
    };
    let target = PerOsd::of(topology);
    let Wanted { osds, share, pieces, exact, rounded } = wanted;
    let percent = share * 100.0;
    let rest = format!("{} x {percent:.1} % / {pieces} = {exact:.0}", target.target);
    let model = figure(Method::Model, rounded)
        .formula(product([words::figures::osds(osds), rest.into()]))
        .input("osds", osds)
        .input("target", f64::from(target.target))
        .input("share", share)
        .input("pieces", pieces);
    let model = if target.assumed { model.assumed(words::placement_groups::up_to_squid()) } else { model };
    let up = exact.max(1.0).log2().ceil().exp2();
    figures.push(if up > rounded {
        model.note(words::placement_groups::rounded_up(rounded, format!("{exact:.0}"), up))
    } else {
        model
    });
    figures
}

fn per_osd(topology: &Topology<'_>, class: Option<Media>) -> Figure {
    let text = texts::PLACEMENT_GROUPS_PER_OSD;
    let about = class.map_or_else(|| "ceph".to_owned(), |class| format!("ceph, {class}"));
    match placed(topology, class) {
        Err(missing) => Figure::unknown(text, about, Method::Model, missing),
        Ok(Placed { sum, osds, parts, assumed }) => {
            let limit = PerOsd::of(topology);
            let figure = Figure::new(text, about, Method::Model, sum / osds)
                .decimals(1)
                .formula(Said::run(" / ", [format!("({})", parts.join(" + ")).into(), words::figures::osds(osds)]))
                .input("osds", osds)
                .input("target", f64::from(limit.target))
                .input("most", f64::from(limit.most));
            assumed.into_iter().fold(figure, Figure::assumed)
        }
    }
}

/// Placements on the OSDs of a class.
struct Placed {
    sum: f64,
    osds: f64,
    parts: Vec<String>,
    assumed: Vec<Said>,
}

fn placed(topology: &Topology<'_>, class: Option<Media>) -> Result<Placed, Vec<String>> {
    let own = osds(topology, class)?;
    let mut placed = Placed { sum: 0.0, osds: own, parts: Vec::new(), assumed: Vec::new() };
    for pool in topology.pools_on(class) {
        let pieces = f64::from(redundancy(pool)?.pieces());
        let scaled = pool.value.autoscale.as_ref().is_none_or(|mode| mode.value != Autoscale::Off);
        let groups = match &pool.value.pg_num {
            Some(groups) => f64::from(groups.value),
            None if scaled => {
                let wanted = Wanted::of(topology, pool)?.rounded;
                let key = format!("{}.pg_num", path(pool));
                placed.assumed.push(words::placement_groups::as_computed(key, wanted));
                wanted
            }
            None => return Err(vec![format!("{}.pg_num", path(pool))]),
        };
        // A pool without a class lies on every OSD, and so on these in proportion.
        let part = match (class, class_of(pool)) {
            (Some(_), None) => own / osds(topology, None)?,
            _ => 1.0,
        };
        placed.sum += groups * pieces * part;
        let of = if part < 1.0 { format!(" x {part:.3}") } else { String::new() };
        placed.parts.push(format!("{groups} x {pieces}{of}"));
    }
    Ok(placed)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    /// 6667 is nearer to 8192 than to 4096. Of 180 the nearest is 128, 29 % below, so 256; of 160 it is 128, a fifth
    /// below. 128 and 256 are as far from 192, and 128 is a third below.
    #[test]
    fn the_nearest_power_of_two_is_taken_unless_far_below() {
        for (exact, rounded) in [
            (6667.0, 8192.0),
            (200.0, 256.0),
            (180.0, 256.0),
            (160.0, 128.0),
            (192.0, 256.0),
            (128.0, 128.0),
            (0.3, 1.0),
        ] {
            assert!((nearest(exact) - rounded).abs() < f64::EPSILON, "{exact}");
        }
    }
}
