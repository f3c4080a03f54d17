//! Disks that hold data: their number, size, medium and quality.

use std::collections::{BTreeMap, BTreeSet};

use super::{Judge, Raised, Subject};
use crate::catalogue::parameters::osd as parameters;
use crate::design::{Application, DiskRole, Media};
use crate::quantity::{Ratio, Size, units};
use crate::source::{Span, Spanned};
use crate::topology::{DiskGroup, Gap, ModelInUse, Topology, node_paths};

fn subject(group: &DiskGroup<'_>) -> Subject {
    Subject::new(group.path(), group.span())
}

fn lacks(judge: &mut Judge<'_>, group: &DiskGroup<'_>, key: &str) {
    judge.gap(&Gap::below(group.path(), key, group.span()));
}

/// A violation of a group's disks, named as in every message of this area.
fn violates<'j>(judge: &'j mut Judge<'_>, group: &DiskGroup<'_>, at: Option<Span>) -> &'j mut Raised {
    let raised = judge.violated(subject(group));
    raised.at(at.unwrap_or(group.span()));
    raised.with("disks", group.item.names.clone()).with("model", group.model.names.clone())
}

/// Groups of OSD disks; where disks are not known, the rule is unproven.
fn osd_groups<'a>(judge: &mut Judge<'a>) -> Vec<DiskGroup<'a>> {
    let topology = judge.topology();
    for gap in topology.disk_gaps() {
        judge.gap(&gap);
    }
    topology.models_in_use().iter().flat_map(|model| model.disks_for(DiskRole::Osd)).collect()
}

/// What most of several things have: the value of the greatest weight, the larger one of equals.
fn most_common<T: PartialOrd + Copy>(values: &[(T, usize)]) -> Option<T> {
    let weight = |value: T| values.iter().filter(|(own, _)| *own == value).map(|(_, weight)| weight).sum::<usize>();
    let mut best: Option<(T, usize)> = None;
    for (value, _) in values {
        let own = weight(*value);
        if best.is_none_or(|(known, most)| own > most || (own == most && *value > known)) {
            best = Some((*value, own));
        }
    }
    best.map(|(value, _)| value)
}

/// A group of OSDs of known capacity, and how many there are of it in the cluster.
#[derive(Clone, Copy)]
struct Sized<'a> {
    group: DiskGroup<'a>,
    capacity: Size,
    weight: usize,
}

pub(super) fn unequal_sizes(judge: &mut Judge<'_>, limits: &parameters::UnequalSizes) {
    let topology = judge.topology();
    for gap in topology.disk_gaps() {
        judge.gap(&gap);
    }
    let mut classes: BTreeMap<Media, Vec<Sized<'_>>> = BTreeMap::new();
    for model in topology.models_in_use() {
        for group in model.disks_for(DiskRole::Osd) {
            let weight = group.count().unwrap_or(1) as usize * model.nodes.len().max(1);
            match (group.media(), group.capacity()) {
                (Some(media), Some(capacity)) => {
                    classes.entry(media).or_default().push(Sized { group, capacity, weight });
                }
                (None, _) => lacks(judge, &group, "media"),
                (_, None) => lacks(judge, &group, "capacity"),
            }
        }
    }
    for (media, groups) in classes {
        sizes_of_class(judge, media, &groups, limits.limit);
    }
}

fn sizes_of_class(judge: &mut Judge<'_>, media: Media, groups: &[Sized<'_>], limit: Ratio) {
    let weights: Vec<(Size, usize)> = groups.iter().map(|group| (group.capacity, group.weight)).collect();
    let smallest = groups.iter().copied().reduce(|least, own| if own.capacity < least.capacity { own } else { least });
    let largest = groups.iter().copied().reduce(|most, own| if own.capacity > most.capacity { own } else { most });
    let (Some(common), Some(smallest), Some(largest)) = (most_common(&weights), smallest, largest) else { return };
    let bound = largest.capacity * (1.0 - limit.base());
    // Sizes are whole bytes; what is behind them is float noise.
    if smallest.capacity.base().round() >= bound.base().round() {
        judge.holds();
        return;
    }
    let odd = if largest.capacity - common > common - smallest.capacity { largest } else { smallest };
    let spread = (largest.capacity - smallest.capacity) / largest.capacity;
    let raised = judge.violated(subject(&odd.group));
    raised.at(capacity_span(&odd.group));
    raised.with("media", media.to_string()).with("spread", Ratio::from_base(spread, &units::PERCENT));
    raised.with("smallest", smallest.capacity).with("largest", largest.capacity);
    for other in groups.iter().filter(|other| other.group.path() != odd.group.path()) {
        raised.about(other.group.path());
    }
    if let Some(usual) = groups.iter().find(|other| other.capacity == common) {
        raised.label("common", capacity_span(&usual.group));
    }
}

fn capacity_span(group: &DiskGroup<'_>) -> Span {
    group.disk().capacity.as_ref().map_or(group.span(), |capacity| capacity.span)
}

/// A model whose nodes store data, with its OSDs by class.
struct Stock<'t, 'd> {
    model: ModelInUse<'t, 'd>,
    counts: BTreeMap<Media, u32>,
}

impl Stock<'_, '_> {
    fn of(&self, media: Media) -> u32 {
        self.counts.get(&media).copied().unwrap_or(0)
    }

    fn span(&self, media: Media) -> Span {
        let group = self.model.disks_for(DiskRole::Osd).find(|group| group.media() == Some(media));
        let count = |group: DiskGroup<'_>| group.disk().count.as_ref().map_or(group.span(), |count| count.span);
        group.map_or(self.model.span(), count)
    }
}

pub(super) fn unequal_counts(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    for gap in topology.disk_gaps() {
        judge.gap(&gap);
    }
    let mut stocks = Vec::new();
    for model in topology.models_in_use().into_iter().filter(|model| !model.nodes.is_empty()) {
        let mut counts: BTreeMap<Media, u32> = BTreeMap::new();
        let mut known = true;
        for group in model.disks_for(DiskRole::Osd) {
            match (group.media(), group.count()) {
                (Some(media), Some(count)) => *counts.entry(media).or_default() += count,
                (media, _) => {
                    known = false;
                    lacks(judge, &group, if media.is_none() { "media" } else { "count" });
                }
            }
        }
        if known && !counts.is_empty() {
            stocks.push(Stock { model, counts });
        }
    }
    if stocks.iter().map(|stock| stock.model.nodes.len()).sum::<usize>() < 2 {
        return;
    }
    let classes: BTreeSet<Media> = stocks.iter().flat_map(|stock| stock.counts.keys().copied()).collect();
    for media in classes {
        counts_of_class(judge, media, &stocks);
    }
}

/// Compares nodes with OSDs of a class, and those without that share another class with them. Nodes that have no
/// class in common are tiers of their own.
fn counts_of_class(judge: &mut Judge<'_>, media: Media, stocks: &[Stock<'_, '_>]) {
    let having: BTreeSet<Media> =
        stocks.iter().filter(|stock| stock.of(media) > 0).flat_map(|stock| stock.counts.keys().copied()).collect();
    let compared: Vec<&Stock<'_, '_>> =
        stocks.iter().filter(|stock| stock.counts.keys().any(|own| having.contains(own))).collect();
    let weights: Vec<(u32, usize)> = compared.iter().map(|stock| (stock.of(media), stock.model.nodes.len())).collect();
    let fewest = compared.iter().min_by_key(|stock| stock.of(media));
    let most = compared.iter().max_by_key(|stock| stock.of(media));
    let (Some(common), Some(fewest), Some(most)) = (most_common(&weights), fewest, most) else { return };
    if fewest.of(media) == most.of(media) {
        judge.holds();
        return;
    }
    let (odd, other) =
        if most.of(media) - common > common - fewest.of(media) { (most, fewest) } else { (fewest, most) };
    let raised = judge.violated(Subject::new(odd.model.path(), odd.model.span()));
    raised.at(odd.span(media)).label("other", other.span(media)).about(other.model.path());
    raised.with("media", media.to_string());
    raised.with("fewest", fewest.of(media)).with("fewest_nodes", fewest.model.node_names());
    raised.with("most", most.of(media)).with("most_nodes", most.model.node_names());
}

pub(super) fn mixed_media_in_pool(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    let groups: Vec<DiskGroup<'_>> =
        topology.models_in_use().iter().flat_map(|model| model.disks_for(DiskRole::Osd)).collect();
    let media: BTreeSet<Media> = groups.iter().filter_map(DiskGroup::media).collect();
    let mut gaps = topology.disk_gaps();
    let unknown = groups.iter().filter(|group| group.media().is_none());
    gaps.extend(unknown.map(|group| Gap::below(group.path(), "media", group.span())));
    if media.len() < 2 && !gaps.is_empty() {
        for gap in &gaps {
            judge.gap(gap);
        }
        return;
    }
    if media.len() > 1 && topology.pools().next().is_none() {
        judge.gap(&Gap::below("ceph".to_owned(), "pool", topology.ceph_span()));
    }
    // Hard disks are the first of the media.
    let slowest = groups.iter().filter(|group| group.media().is_some()).min_by_key(|group| group.media());
    for pool in topology.pools() {
        if media.len() < 2 || pool.value.device_class.is_some() {
            judge.holds();
            continue;
        }
        let raised = judge.violated(Subject::new(format!("ceph.pool.{}", pool.pattern.value), pool.pattern.span));
        raised.with("pool", pool.names.clone());
        raised.with("media", media.iter().map(ToString::to_string).collect::<Vec<_>>());
        if let Some(group) = slowest {
            raised.label("media", group.disk().media.as_ref().map_or(group.span(), |media| media.span));
            raised.about(group.path());
        }
    }
}

pub(super) fn consumer_ssd(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    for gap in topology.disk_gaps() {
        judge.gap(&gap);
    }
    for group in topology.models_in_use().iter().flat_map(ModelInUse::ceph_disks) {
        let protection = group.disk().power_loss_protection.as_ref();
        match (group.media(), protection.map(|protection| protection.value)) {
            (Some(Media::Hdd), _) => {}
            (_, Some(true)) => judge.holds(),
            (Some(media), Some(false)) => {
                violates(judge, &group, protection.map(|protection| protection.span)).with("media", media.to_string());
            }
            (_, None) => lacks(judge, &group, "power_loss_protection"),
            (None, Some(false)) => lacks(judge, &group, "media"),
        }
    }
}

pub(super) fn endurance_low(judge: &mut Judge<'_>, limits: &parameters::EnduranceLow) {
    for group in osd_groups(judge) {
        if group.media() == Some(Media::Hdd) {
            continue;
        }
        let (endurance, rated) = match group.endurance(f64::from(limits.warranty_years)) {
            Ok(rated) => rated,
            Err(key) => {
                lacks(judge, &group, key);
                continue;
            }
        };
        if rated > limits.limit {
            judge.holds();
            continue;
        }
        match holds_guests(judge.topology(), &group) {
            Ok(true) => {
                violates(judge, &group, Some(endurance.span)).with("endurance", rated);
            }
            Ok(false) => {}
            Err(gap) => {
                judge.gap(&gap);
            }
        }
    }
}

/// Whether a pool for guests' disks lies on a group of OSDs.
fn holds_guests(topology: &Topology<'_>, group: &DiskGroup<'_>) -> Result<bool, Gap> {
    if topology.pools().next().is_none() {
        return Err(Gap::below("ceph".to_owned(), "pool", topology.ceph_span()));
    }
    let mut unknown = None;
    for pool in topology.pools() {
        let path = || format!("ceph.pool.{}", pool.pattern.value);
        let application = pool.value.application.as_ref().map(|application| application.value);
        let class = pool.value.device_class.as_ref().map(|class| class.value);
        let lies_on = class.is_none() || group.media().is_none_or(|media| class == Some(media));
        match application {
            _ if !lies_on => {}
            Some(Application::Rbd) if group.media().is_some() => return Ok(true),
            Some(Application::Rbd) => unknown = Some(Gap::below(group.path(), "media", group.span())),
            Some(_) => {}
            None => unknown = Some(Gap::below(path(), "application", pool.pattern.span)),
        }
    }
    unknown.map_or(Ok(false), Err)
}

/// OSDs that are hard disks or may be; a design that names none doesn't plan any.
fn on_hard_disks<'a>(judge: &mut Judge<'a>) -> Vec<DiskGroup<'a>> {
    let mut found = Vec::new();
    for model in judge.topology().models_in_use() {
        for group in model.disks().filter(|group| matches!(group.role(), None | Some(DiskRole::Osd))) {
            match (group.media(), group.role()) {
                (Some(Media::Hdd), Some(_)) => found.push(group),
                (Some(Media::Hdd), None) => lacks(judge, &group, "role"),
                (None, Some(_)) => lacks(judge, &group, "media"),
                (Some(_), _) | (None, None) => {}
            }
        }
    }
    found
}

pub(super) fn on_hdd(judge: &mut Judge<'_>) {
    for group in on_hard_disks(judge) {
        violates(judge, &group, group.disk().media.as_ref().map(|media| media.span));
    }
    let groups = judge.topology().models_in_use();
    for group in groups.iter().flat_map(|model| model.disks_for(DiskRole::Osd)) {
        if group.media().is_some_and(|media| media != Media::Hdd) {
            judge.holds();
        }
    }
}

pub(super) fn hdd_without_db(judge: &mut Judge<'_>) {
    for group in on_hard_disks(judge) {
        let Some(db) = &group.disk().db else {
            violates(judge, &group, None);
            continue;
        };
        match group.db().map(|faster| (faster, faster.media())) {
            Some((_, Some(Media::Hdd))) => {
                violates(judge, &group, Some(db.span));
            }
            Some((_, Some(_))) => judge.holds(),
            Some((faster, None)) => lacks(judge, &faster, "media"),
            None => {
                judge.unproven(
                    subject(&group),
                    format!("server_model.{}.disks.{}", group.model.pattern.value, db.value),
                );
            }
        }
    }
}

/// OSDs of the whole cluster as far as they are known, and what keeps the rest from being known.
fn osds_of_cluster(topology: &Topology<'_>) -> (usize, Vec<Gap>) {
    let mut gaps = topology.disk_gaps();
    if topology.nodes.is_empty() {
        gaps = vec![topology.node_gap()];
    }
    let mut osds = 0;
    for model in topology.models_in_use() {
        for group in model.disks_for(DiskRole::Osd) {
            match group.count() {
                Some(count) => osds += count as usize * model.nodes.len(),
                None => gaps.push(Gap::below(group.path(), "count", group.span())),
            }
        }
    }
    (osds, gaps)
}

fn fewer_than(judge: &mut Judge<'_>, minimum: u32) {
    let topology = judge.topology();
    if !topology.has_ceph() && !topology.ceph_is_open() {
        return;
    }
    let (osds, gaps) = osds_of_cluster(topology);
    if osds >= minimum as usize {
        judge.holds();
        return;
    }
    for gap in &gaps {
        judge.gap(gap);
    }
    if !gaps.is_empty() {
        return;
    }
    let models = topology.models_in_use();
    let group = models.iter().find_map(|model| model.disks_for(DiskRole::Osd).next());
    let count = group.map(|group| group.disk().count.as_ref().map_or(group.span(), |count| count.span));
    let raised = judge.violated(Subject::new("ceph", topology.ceph_span()));
    raised.at(count.unwrap_or(topology.ceph_span())).with("osds", osds);
    for model in &models {
        raised.about(model.path());
        for path in node_paths(&model.nodes) {
            raised.about(path);
        }
    }
}

pub(super) fn fewer_than_three(judge: &mut Judge<'_>, limits: &parameters::FewerThanThree) {
    fewer_than(judge, limits.minimum);
}

pub(super) fn fewer_than_twelve(judge: &mut Judge<'_>, limits: &parameters::FewerThanTwelve) {
    fewer_than(judge, limits.minimum);
}

pub(super) fn node_without_osd(judge: &mut Judge<'_>, limits: &parameters::NodeWithoutOsd) {
    let topology = judge.topology();
    if !topology.has_ceph() && !topology.ceph_is_open() {
        return;
    }
    if topology.nodes.is_empty() {
        judge.gap(&topology.node_gap());
        return;
    }
    let open = topology.ceph_is_open();
    for gap in if open { topology.disk_gaps() } else { topology.model_gaps() } {
        judge.gap(&gap);
    }
    for model in topology.models_in_use().into_iter().filter(|_| !open) {
        if !breaks_ties(topology, &model) {
            osds_of_model(judge, &model, limits.minimum);
        }
    }
}

/// Whether all nodes of a model stand at the third site of a stretched cluster, which holds no data.
fn breaks_ties(topology: &Topology<'_>, model: &ModelInUse<'_, '_>) -> bool {
    let stored = topology.osd_sites();
    let elsewhere = |site: Option<&str>| site.is_some_and(|site| !stored.contains_key(site));
    let stretched = topology.stretch_mode() == Some(true) && stored.len() == 2 && !model.nodes.is_empty();
    stretched && model.nodes.iter().all(|node| elsewhere(node.site()))
}

fn osds_of_model(judge: &mut Judge<'_>, model: &ModelInUse<'_, '_>, minimum: u32) {
    let mut osds = 0;
    let mut gaps = Vec::new();
    if !model.disks_known() {
        gaps.push(Gap::below(model.path(), "disks", model.span()));
    }
    for group in model.disks() {
        match (group.role(), group.count()) {
            (Some(DiskRole::Osd), Some(count)) => osds += count,
            (Some(DiskRole::Osd), None) => gaps.push(Gap::below(group.path(), "count", group.span())),
            (None, _) => gaps.push(Gap::below(group.path(), "role", group.span())),
            (Some(_), _) => {}
        }
    }
    if osds >= minimum {
        judge.holds();
    } else if gaps.is_empty() {
        let written = DiskGroup::of_model(model.model).find(|group| group.role() == Some(DiskRole::Osd));
        let count = written.and_then(|group| group.disk().count.as_ref()).map(|count| count.span);
        let raised = judge.violated(Subject::new(model.path(), model.span()));
        raised.at(count.unwrap_or(model.span())).with("nodes", model.node_names()).with("osds", osds);
        for node in &model.nodes {
            raised.about(node.path());
        }
        if let Some(named) = model.nodes.first().and_then(|node| node.item.value.model.as_ref()) {
            raised.label("nodes", named.span);
        }
    } else {
        for gap in &gaps {
            judge.gap(gap);
        }
    }
}

pub(super) fn larger_than_preferred(judge: &mut Judge<'_>, limits: &parameters::LargerThanPreferred) {
    for group in osd_groups(judge) {
        match group.capacity() {
            Some(capacity) if capacity > limits.preferred => {
                violates(judge, &group, Some(capacity_span(&group))).with("capacity", capacity);
            }
            Some(_) => judge.holds(),
            None => lacks(judge, &group, "capacity"),
        }
    }
}

pub(super) fn smaller_than_one_tebibyte(judge: &mut Judge<'_>, limits: &parameters::SmallerThanOneTebibyte) {
    for group in osd_groups(judge) {
        match group.capacity() {
            Some(capacity) if capacity < limits.minimum => {
                violates(judge, &group, Some(capacity_span(&group))).with("capacity", capacity);
            }
            Some(_) => judge.holds(),
            None => lacks(judge, &group, "capacity"),
        }
    }
}

pub(super) fn smaller_than_hundred_gib(judge: &mut Judge<'_>, limits: &parameters::SmallerThanHundredGib) {
    for group in osd_groups(judge) {
        let each = f64::from(group.osds_per_disk());
        match group.capacity().map(|capacity| capacity / each) {
            Some(capacity) if capacity < limits.minimum => {
                violates(judge, &group, Some(capacity_span(&group))).with("capacity", capacity);
            }
            Some(_) => judge.holds(),
            None => lacks(judge, &group, "capacity"),
        }
    }
}

/// Groups of OSD disks that say how many OSDs are on each.
fn shared_disks<'a>(judge: &Judge<'a>) -> Vec<(DiskGroup<'a>, Spanned<u32>)> {
    let models = judge.topology().models_in_use();
    let groups = models.iter().flat_map(|model| model.disks_for(DiskRole::Osd));
    groups.filter_map(|group| Some((group, group.disk().osds_per_disk.clone()?))).collect()
}

pub(super) fn several_on_sata_or_sas(judge: &mut Judge<'_>) {
    for (group, osds) in shared_disks(judge) {
        match group.media() {
            Some(Media::Nvme) => {}
            _ if osds.value < 2 => judge.holds(),
            Some(media) => {
                let raised = violates(judge, &group, Some(osds.span));
                raised.with("media", media.to_string()).with("osds", osds.value);
            }
            None => lacks(judge, &group, "media"),
        }
    }
}

pub(super) fn several_on_nvme(judge: &mut Judge<'_>, limits: &parameters::SeveralOnNvme) {
    for (group, osds) in shared_disks(judge).into_iter().filter(|(group, _)| group.media() == Some(Media::Nvme)) {
        match group.capacity() {
            _ if osds.value < 2 => judge.holds(),
            Some(capacity) if capacity >= limits.large => judge.holds(),
            Some(capacity) => {
                let raised = violates(judge, &group, Some(osds.span));
                raised.with("osds", osds.value).with("capacity", capacity);
            }
            None => lacks(judge, &group, "capacity"),
        }
    }
}

pub(super) fn many_on_one_server(judge: &mut Judge<'_>, limits: &parameters::ManyOnOneServer) {
    let topology = judge.topology();
    for gap in topology.disk_gaps() {
        judge.gap(&gap);
    }
    for model in topology.models_in_use() {
        let groups: Vec<DiskGroup<'_>> = model.disks_for(DiskRole::Osd).collect();
        let silent: Vec<&DiskGroup<'_>> = groups.iter().filter(|group| group.osds().is_none()).collect();
        let osds = groups.iter().filter_map(DiskGroup::osds).fold(0, u32::saturating_add);
        if osds > limits.most {
            let largest = groups.iter().max_by_key(|group| group.osds());
            let at = largest.and_then(|group| group.disk().count.as_ref()).map_or(model.span(), |count| count.span);
            let raised = judge.violated(Subject::new(model.path(), model.span())).at(at);
            raised.with("model", model.model.names.clone()).with("osds", osds);
        } else if !silent.is_empty() {
            for group in silent {
                lacks(judge, group, "count");
            }
        } else if osds > 0 {
            judge.holds();
        }
    }
}

pub(super) fn hdd_larger_than_eight_tb(judge: &mut Judge<'_>, limits: &parameters::HddLargerThanEightTb) {
    for group in on_hard_disks(judge) {
        let Some(capacity) = group.capacity() else {
            lacks(judge, &group, "capacity");
            continue;
        };
        match holds_guests(judge.topology(), &group) {
            _ if capacity <= limits.most => judge.holds(),
            Ok(true) => {
                violates(judge, &group, Some(capacity_span(&group))).with("capacity", capacity);
            }
            Ok(false) => {}
            Err(gap) => {
                judge.gap(&gap);
            }
        }
    }
}
