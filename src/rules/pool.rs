//! Ceph pools: copies, places to keep them apart, and placement groups.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::{Judge, Subject};
use crate::capacity::State;
use crate::capacity::placement_groups::PerOsd;
use crate::capacity::served::served;
use crate::catalogue::parameters::pool as parameters;
use crate::design::{Application, Autoscale, DiskRole, FailureDomain, Item, Media, Pool, StorageKind, Text, Words};
use crate::quantity::{Ratio, Size};
use crate::source::{Span, Spanned};
use crate::topology::{Node, Redundancy, Topology};

/// The key that would state a missing fact.
type Missing = String;

pub(super) fn size_below_three(judge: &mut Judge<'_>, limits: &parameters::SizeBelowThree) {
    for pool in pools(judge) {
        match (Redundancy::of(&pool.value), &pool.value.size) {
            (Err(key), _) => unproven(judge, pool, key),
            (Ok(Redundancy::Chunks { .. }), _) | (_, None) => {}
            (_, Some(size)) if size.value >= limits.minimum => judge.holds(),
            (_, Some(size)) => {
                let raised = judge.violated(subject(pool)).at(size.span);
                raised.with("pool", name(pool)).with("size", size.value);
            }
        }
    }
}

pub(super) fn min_size_below_two(judge: &mut Judge<'_>, limits: &parameters::MinSizeBelowTwo) {
    for pool in pools(judge) {
        match &pool.value.min_size {
            None => unproven(judge, pool, "min_size"),
            Some(least) if least.value >= limits.minimum => judge.holds(),
            Some(least) => {
                let raised = judge.violated(subject(pool)).at(least.span);
                raised.with("pool", name(pool)).with("min_size", least.value);
                // With as many as there are, the pool would stand still with the first that is not reachable.
                if matches!(Redundancy::of(&pool.value), Ok(Redundancy::Copies(copies)) if copies > limits.minimum) {
                    raised.fix(least.span);
                }
            }
        }
    }
}

pub(super) fn size_above_failure_domains(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    let pools = pools(judge);
    if nodes_missing(judge, &pools) {
        return;
    }
    let mut asked = BTreeSet::new();
    for pool in pools {
        let redundancy = match Redundancy::of(&pool.value) {
            Ok(redundancy) => redundancy,
            Err(key) => {
                unproven(judge, pool, key);
                continue;
            }
        };
        let domain = topology.placement_domain(&pool.value);
        let places = places(topology, domain, pool.value.device_class.as_ref().map(|class| class.value));
        let copies = redundancy.pieces() as usize;
        if places.sure >= copies {
            judge.holds();
        } else if let Some(missing) = places.missing.filter(|_| places.possible >= copies) {
            if asked.insert(missing.clone()) {
                judge.unproven(subject(pool), missing);
            }
        } else {
            let raised = judge.violated(subject(pool)).at(redundancy_span(pool)).with("pool", name(pool));
            raised.with("size", redundancy.pieces()).with("domains", places.sure).with("failure_domain", domain.word());
            if topology.nodes.len() < copies {
                raised.about("cluster").about("node");
            }
            let mut pointed = BTreeSet::new();
            for node in places.without {
                if pointed.insert(node.span()) {
                    raised.about(node.path()).label("domains", node.span());
                }
            }
        }
    }
}

pub(super) fn copies_may_share_host(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    let hosts = topology.nodes.iter().filter(|node| node.osd_groups().next().is_some()).count();
    for pool in topology.pools() {
        let Some(domain) = pool.value.failure_domain.as_ref() else { continue };
        if domain.value != FailureDomain::Osd {
            judge.holds();
        } else if hosts > 1 && Redundancy::of(&pool.value).map_or(true, |redundancy| redundancy.pieces() > 1) {
            judge.violated(subject(pool)).at(domain.span).with("pool", name(pool)).with("hosts", hosts);
        }
    }
}

pub(super) fn failure_domains_unequal(judge: &mut Judge<'_>, limits: &parameters::FailureDomainsUnequal) {
    let topology = judge.topology();
    for pool in topology.pools() {
        let domain = pool.value.failure_domain.as_ref().map(|domain| domain.value);
        let Some(domain) = domain.filter(|domain| matches!(domain, FailureDomain::Rack | FailureDomain::Site)) else {
            continue;
        };
        let class = pool.value.device_class.as_ref().map(|class| class.value);
        let weights = match weights(topology, domain, class) {
            Ok(weights) => weights,
            Err(missing) => {
                judge.unproven(subject(pool), missing);
                continue;
            }
        };
        let order =
            |one: &(&Cow<'_, str>, &Size), other: &(&Cow<'_, str>, &Size)| one.1.base().total_cmp(&other.1.base());
        let (Some(least), Some(most)) = (weights.iter().min_by(order), weights.iter().max_by(order)) else { continue };
        if *least.1 >= *most.1 * (1.0 - limits.difference.base()) {
            judge.holds();
            continue;
        }
        let at = pool.value.failure_domain.as_ref().map_or(pool.pattern.span, |domain| domain.span);
        let raised = judge.violated(subject(pool)).at(at).with("pool", name(pool));
        raised.with("failure_domain", domain.word()).with("small", least.0.as_ref()).with("small_size", *least.1);
        raised.with("large", most.0.as_ref()).with("large_size", *most.1);
        raised.about("node");
    }
}

pub(super) fn racks_not_used(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    for pool in topology.pools() {
        let domain = pool.value.failure_domain.as_ref();
        let Ok(redundancy) = Redundancy::of(&pool.value) else { continue };
        let size = redundancy.pieces();
        if domain.is_some_and(|domain| domain.value == FailureDomain::Osd) {
            continue;
        }
        let class = pool.value.device_class.as_ref().map(|class| class.value);
        let wide = |wider: FailureDomain| wide_enough(topology, wider, class, size as usize);
        let wider =
            [FailureDomain::Site, FailureDomain::Rack].into_iter().find_map(|wider| Some((wider, wide(wider)?)));
        match (wider, domain.map(|domain| domain.value)) {
            (None, _) => {}
            (Some(_), Some(FailureDomain::Rack | FailureDomain::Site)) => judge.holds(),
            (Some((wider, places)), _) => {
                let raised = judge.violated(subject(pool)).at(domain.map_or(pool.pattern.span, |domain| domain.span));
                raised.with("pool", name(pool)).with("size", size).with("places", places);
                raised.with("wider", wider.word());
            }
        }
    }
}

/// How many racks or sites hold OSDs of a class, where every such node names its own, there are enough of them, and
/// some hold more than one node.
fn wide_enough(topology: &Topology<'_>, wider: FailureDomain, class: Option<Media>, copies: usize) -> Option<usize> {
    let named = |node: &Node<'_>| if wider == FailureDomain::Site { node.site() } else { node.rack() }.is_some();
    let holding: Vec<&Node<'_>> = topology.nodes.iter().filter(|node| Osds::of(node, class).count > 0).collect();
    if !holding.iter().all(|node| named(node)) {
        return None;
    }
    let places: BTreeSet<Cow<'_, str>> =
        holding.iter().filter_map(|node| topology.failure_domain_of(node, wider).ok()).collect();
    // With one server in each rack, copies apart by host are apart by rack as well.
    (copies > 1 && places.len() >= copies && places.len() < holding.len()).then_some(places.len())
}

/// Capacity of the OSDs of a class by rack or site. A node that names none is asked for by another rule.
fn weights<'t>(
    topology: &'t Topology<'t>,
    domain: FailureDomain,
    class: Option<Media>,
) -> Result<BTreeMap<Cow<'t, str>, Size>, Missing> {
    let mut weights: BTreeMap<Cow<'_, str>, Size> = BTreeMap::new();
    for node in &topology.nodes {
        let Ok(place) = topology.failure_domain_of(node, domain) else { continue };
        for group in node.osd_groups().filter(|group| class.is_none() || group.media() == class) {
            let key = |key: &str| format!("{}.{key}", group.path());
            let capacity = group.capacity().ok_or_else(|| key("capacity"))?;
            let own = capacity * f64::from(group.count().ok_or_else(|| key("count"))?);
            weights.entry(place.clone()).and_modify(|sum| *sum = *sum + own).or_insert(own);
        }
    }
    Ok(weights)
}

/// Failure domains that can hold a copy.
pub(super) struct Places<'t> {
    /// Those that hold OSDs of the class for certain.
    pub(super) sure: usize,
    /// Those that may hold one, the certain ones included.
    possible: usize,
    /// The first fact that would decide between the two.
    pub(super) missing: Option<Missing>,
    /// Nodes that hold no such OSD.
    without: Vec<&'t Node<'t>>,
}

pub(super) fn places<'t>(topology: &'t Topology<'t>, domain: FailureDomain, class: Option<Media>) -> Places<'t> {
    let mut places = Places { sure: 0, possible: 0, missing: None, without: Vec::new() };
    let (mut sure, mut possible) = (BTreeSet::new(), BTreeSet::new());
    for node in &topology.nodes {
        let osds = Osds::of(node, class);
        if osds.count == 0 && osds.missing.is_none() {
            places.without.push(node);
            continue;
        }
        if domain == FailureDomain::Osd {
            places.sure += osds.count as usize;
            places.possible = if osds.missing.is_some() { usize::MAX } else { places.possible.max(places.sure) };
        }
        match topology.failure_domain_of(node, domain) {
            Ok(key) => {
                if osds.count > 0 {
                    sure.insert(key.clone());
                }
                possible.insert(key);
            }
            Err(unknown) => {
                possible.insert(Cow::Borrowed(node.name.as_str()));
                places.missing = places.missing.or(Some(unknown));
            }
        }
        places.missing = places.missing.or(osds.missing);
    }
    if domain != FailureDomain::Osd {
        (places.sure, places.possible) = (sure.len(), possible.len());
    }
    places
}

/// OSDs of a node: those that are known, and what would tell of others.
struct Osds {
    count: u32,
    missing: Option<Missing>,
}

impl Osds {
    fn of(node: &Node<'_>, class: Option<Media>) -> Self {
        let mut osds = Self { count: 0, missing: None };
        let Some(model) = node.model else {
            osds.missing = Some(format!("{}.model", node.path()));
            return osds;
        };
        if model.value.disks.is_none() {
            osds.missing = Some(format!("server_model.{}.disks", model.pattern.value));
        }
        for group in node.disk_groups() {
            let key = |key: &str| Some(format!("{}.{key}", group.path()));
            let missing = match (group.role(), class, group.media(), group.count()) {
                (_, _, _, Some(0)) => None,
                (None, ..) => key("role"),
                (Some(role), ..) if role != DiskRole::Osd => None,
                (_, Some(_), None, _) => key("media"),
                (_, Some(class), Some(media), _) if class != media => None,
                (_, _, _, None) => key("count"),
                (_, _, _, Some(_)) => {
                    osds.count = osds.count.saturating_add(group.osds().unwrap_or(0));
                    None
                }
            };
            osds.missing = osds.missing.or(missing);
        }
        osds
    }
}

pub(super) fn pg_num_below_documents(judge: &mut Judge<'_>, limits: &parameters::PgNumBelowDocuments) {
    for pool in pools(judge) {
        let for_data = |application| matches!(application, Application::Rbd | Application::CephfsData);
        let application = pool.value.application.as_ref().map(|application| for_data(application.value));
        match (&pool.value.pg_num, application) {
            (_, Some(false)) => {}
            (None, _) => unproven(judge, pool, "pg_num"),
            (Some(groups), _) if groups.value >= limits.minimum => judge.holds(),
            (Some(_), None) => unproven(judge, pool, "application"),
            (Some(groups), Some(true)) => {
                let raised = judge.violated(subject(pool)).at(groups.span);
                raised.with("pool", name(pool)).with("pg_num", groups.value);
            }
        }
    }
}

pub(super) fn pgs_per_osd_out_of_range(judge: &mut Judge<'_>, limits: &parameters::PgsPerOsdOutOfRange) {
    let topology = judge.topology();
    let pools = pools(judge);
    if pools.is_empty() || nodes_missing(judge, &pools) {
        return;
    }
    let mut complete = true;
    for pool in &pools {
        let redundancy = Redundancy::of(&pool.value).err();
        for key in redundancy.into_iter().chain(pool.value.pg_num.is_none().then_some("pg_num")) {
            unproven(judge, pool, key);
            complete = false;
        }
    }
    let classes = topology.osd_classes();
    let mut asked = BTreeSet::new();
    for (node, class) in topology.nodes.iter().flat_map(|node| classes.iter().map(move |class| (node, *class))) {
        if let Some(missing) = Osds::of(node, class).missing.filter(|missing| asked.insert(missing.clone())) {
            judge.unproven(Subject::new(node.path(), node.span()), missing);
            complete = false;
        }
    }
    if complete {
        for class in classes {
            judge_class(judge, limits, &pools, class);
        }
    }
}

fn judge_class(
    judge: &mut Judge<'_>,
    limits: &parameters::PgsPerOsdOutOfRange,
    pools: &[&Item<Pool>],
    class: Option<Media>,
) {
    let osds = |class| judge.topology().nodes.iter().map(|node| Osds::of(node, class).count).sum::<u32>();
    let (own, all) = (osds(class), osds(None));
    // A pool without a class lies on every OSD, and so on these in proportion.
    let share = f64::from(own) / f64::from(all.max(1));
    let mut placements = 0.0;
    let mut largest: Option<(f64, &Item<Pool>)> = None;
    let mut counted = Vec::new();
    for pool in pools {
        let weight = match pool.value.device_class.as_ref().map(|class| class.value) {
            None => share,
            chosen if chosen == class => 1.0,
            Some(_) => continue,
        };
        let groups = pool.value.pg_num.as_ref().map_or(0.0, |groups| f64::from(groups.value));
        let pieces = Redundancy::of(&pool.value).map_or(0.0, |redundancy| f64::from(redundancy.pieces()));
        let part = groups * pieces * weight;
        placements += part;
        counted.push(name(pool).to_owned());
        if largest.is_none_or(|(most, _)| part > most) {
            largest = Some((part, pool));
        }
    }
    let Some((_, pool)) = largest.filter(|_| own > 0) else { return };
    let per_osd = placements / f64::from(own);
    let most = PerOsd::of(judge.topology()).most;
    if (f64::from(limits.lower)..=f64::from(most)).contains(&per_osd) {
        judge.holds();
        return;
    }
    let at = pool.value.pg_num.as_ref().map_or(pool.pattern.span, |groups| groups.span);
    let raised = judge.violated(Subject::new("ceph.pool", at)).with("placements", placements);
    raised.with("pools", counted).with("osds", own).with("per_osd", per_osd).with("upper", most);
}

pub(super) fn pg_num_not_power_of_two(judge: &mut Judge<'_>) {
    for pool in judge.topology().pools() {
        let Some(groups) = &pool.value.pg_num else { continue };
        if groups.value.is_power_of_two() {
            judge.holds();
            continue;
        }
        let above = groups.value.next_power_of_two();
        let raised = judge.violated(subject(pool)).at(groups.span).with("pool", name(pool));
        raised.with("pg_num", groups.value).with("below", above / 2).with("above", above);
    }
}

pub(super) fn guests_exceed_expected(judge: &mut Judge<'_>, limits: &parameters::GuestsExceedExpected) {
    guests_exceed(judge, State::Healthy, limits.most);
}

pub(super) fn guests_exceed_expected_with_node_lost(
    judge: &mut Judge<'_>,
    limits: &parameters::GuestsExceedExpectedWithNodeLost,
) {
    guests_exceed(judge, State::NodeLost, limits.most);
}

/// Compares what guests ask of each pool with what it is expected to serve; a pool that stands still is another rule's
/// finding.
fn guests_exceed(judge: &mut Judge<'_>, state: State, most: Ratio) {
    let topology = judge.topology();
    for served in served(topology) {
        match served.load(topology, state) {
            Err(missing) => judge.settle(subject(served.pool), missing),
            Ok(None) => {}
            Ok(Some(load)) if load <= most => judge.holds(),
            Ok(Some(load)) => {
                let guests: Vec<Text> = served.guests.iter().map(|guest| guest.pattern.value.clone()).collect();
                let first = served.guests.first().and_then(|guest| guest.value.iops.as_ref());
                let at = first.map_or(served.pool.pattern.span, |iops| iops.span);
                let raised = judge.violated(subject(served.pool)).at(at).with("pool", name(served.pool));
                raised.with("guests", guests).with("load", load);
                for guest in &served.guests {
                    raised.about(format!("guest.{}", guest.pattern.value));
                }
            }
        }
    }
}

/// Every pool. Where none is described that is a fact missing, unless the design does without Ceph.
fn pools<'d>(judge: &mut Judge<'d>) -> Vec<&'d Item<Pool>> {
    let topology = judge.topology();
    let pools: Vec<_> = topology.pools().collect();
    if pools.is_empty() && (topology.has_ceph() || is_open(topology)) {
        let span = topology.design.ceph.as_ref().map_or(topology.anchor(), |ceph| ceph.span);
        judge.unproven(Subject::new("ceph.pool", span), "ceph.pool");
    }
    pools
}

/// Whether Ceph may still become part of a design that says nothing of it: other storages are not all there is, and
/// some disks are not known.
fn is_open(topology: &Topology<'_>) -> bool {
    let unknown = |node: &Node<'_>| Osds::of(node, None).missing.is_some();
    !stores_elsewhere(topology) && (topology.nodes.is_empty() || topology.nodes.iter().any(unknown))
}

/// Whether storages are described and every one is of a kind that is not Ceph.
fn stores_elsewhere(topology: &Topology<'_>) -> bool {
    let other = |kind| !matches!(kind, StorageKind::Rbd | StorageKind::Cephfs);
    let mut storages = topology.storages().peekable();
    storages.peek().is_some()
        && storages.all(|storage| storage.value.kind.as_ref().is_some_and(|kind| other(kind.value)))
}

fn nodes_missing(judge: &mut Judge<'_>, pools: &[&Item<Pool>]) -> bool {
    let topology = judge.topology();
    let missing = !pools.is_empty() && topology.nodes.is_empty();
    if missing {
        judge.unproven(Subject::new("node", topology.anchor()), "node");
    }
    missing
}

pub(super) fn name(pool: &Item<Pool>) -> &str {
    &pool.pattern.value
}

pub(super) fn subject(pool: &Item<Pool>) -> Subject {
    Subject::new(format!("ceph.pool.{}", name(pool)), pool.pattern.span)
}

/// Where the copies or chunks of a pool are written.
pub(super) fn redundancy_span(pool: &Item<Pool>) -> Span {
    let written = pool.value.data_chunks.as_ref().or(pool.value.size.as_ref());
    written.map_or(pool.pattern.span, |written| written.span)
}

pub(super) fn unproven(judge: &mut Judge<'_>, pool: &Item<Pool>, key: &str) {
    judge.unproven(subject(pool), format!("ceph.pool.{}.{key}", name(pool)));
}

pub(super) fn single_copy(judge: &mut Judge<'_>) {
    for pool in judge.topology().pools() {
        match (Redundancy::of(&pool.value), &pool.value.size) {
            (Ok(Redundancy::Copies(1)), Some(size)) => {
                judge.violated(subject(pool)).at(size.span).with("pool", name(pool)).with("size", size.value);
            }
            (Ok(Redundancy::Copies(_)), _) => judge.holds(),
            _ => {}
        }
    }
}

/// Pools with a `min_size`, and how many pieces they have.
fn least_and_pieces<'d>(judge: &Judge<'d>) -> Vec<(&'d Item<Pool>, &'d Spanned<u32>, u32)> {
    let known =
        |pool: &'d Item<Pool>| Some((pool, pool.value.min_size.as_ref()?, Redundancy::of(&pool.value).ok()?.pieces()));
    judge.topology().pools().filter_map(known).collect()
}

pub(super) fn min_size_above_size(judge: &mut Judge<'_>) {
    for (pool, least, pieces) in least_and_pieces(judge) {
        if least.value <= pieces {
            judge.holds();
            continue;
        }
        let raised = judge.violated(subject(pool)).at(least.span).with("pool", name(pool));
        raised.with("min_size", least.value).with("size", pieces);
    }
}

pub(super) fn min_size_equals_size(judge: &mut Judge<'_>) {
    for (pool, least, pieces) in least_and_pieces(judge).into_iter().filter(|(_, _, pieces)| *pieces > 1) {
        if least.value == pieces {
            judge.violated(subject(pool)).at(least.span).with("pool", name(pool)).with("size", pieces);
        } else {
            judge.holds();
        }
    }
}

pub(super) fn pg_num_above_limit(judge: &mut Judge<'_>, limits: &parameters::PgNumAboveLimit) {
    for pool in judge.topology().pools() {
        let Some(groups) = &pool.value.pg_num else { continue };
        if groups.value <= limits.most {
            judge.holds();
        } else {
            let raised = judge.violated(subject(pool)).at(groups.span);
            raised.with("pool", name(pool)).with("pg_num", groups.value);
        }
    }
}

pub(super) fn autoscaler_off_without_number(judge: &mut Judge<'_>) {
    for pool in judge.topology().pools() {
        let Some(mode) = pool.value.autoscale.as_ref().filter(|mode| mode.value == Autoscale::Off) else { continue };
        if pool.value.pg_num.is_some() {
            judge.holds();
        } else {
            judge.violated(subject(pool)).at(mode.span).with("pool", name(pool));
        }
    }
}
