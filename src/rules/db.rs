//! Drives that hold the WAL and DB of OSDs on slower disks.

use super::{Judge, Raised, Subject};
use crate::catalogue::parameters::db as parameters;
use crate::design::{Application, DiskRole, Media};
use crate::quantity::{Rate, Ratio, Size, units};
use crate::topology::{DiskGroup, Gap, ModelInUse};

/// OSDs of a model with the faster disks that hold their WAL and DB.
struct Pair<'d> {
    data: DiskGroup<'d>,
    db: DiskGroup<'d>,
    /// Every group that names the same faster disks.
    sharing: Vec<DiskGroup<'d>>,
}

impl Pair<'_> {
    fn gap(&self, group: &DiskGroup<'_>, key: &str) -> Gap {
        let mut gap = Gap::below(group.path(), key, group.span());
        gap.path = self.data.path();
        gap
    }

    /// Disks that hang on one of the faster ones, or what is missing.
    fn shared(&self) -> Result<u32, Gap> {
        let mut disks: u32 = 0;
        for group in &self.sharing {
            disks = disks.saturating_add(group.count().ok_or_else(|| self.gap(group, "count"))?);
        }
        match self.db.count() {
            None | Some(0) => Err(self.gap(&self.db, "count")),
            Some(devices) => Ok(disks.div_ceil(devices)),
        }
    }

    /// Room of one OSD on the faster disks, its own capacity, and the one as part of the other.
    fn room(&self) -> Result<(Size, Size, Ratio), Gap> {
        let mut osds: u32 = 0;
        for group in &self.sharing {
            osds = osds.saturating_add(group.osds().ok_or_else(|| self.gap(group, "count"))?);
        }
        let devices = self.db.count().filter(|devices| *devices > 0).ok_or_else(|| self.gap(&self.db, "count"))?;
        let each = self.db.capacity().ok_or_else(|| self.gap(&self.db, "capacity"))?;
        // A disk of no capacity has no part of it either: its capacity is yet to be written.
        let own = self.data.capacity().filter(|own| own.base() > 0.0);
        let own = own.ok_or_else(|| self.gap(&self.data, "capacity"))?;
        let own = own / f64::from(self.data.osds_per_disk());
        let size = each * f64::from(devices) / f64::from(osds.max(1));
        Ok((size, own, Ratio::from_base(size / own, &units::PERCENT)))
    }

    fn media(&self) -> Result<(Media, Media), Gap> {
        let of = |group: &DiskGroup<'_>| group.media().ok_or_else(|| self.gap(group, "media"));
        Ok((of(&self.data)?, of(&self.db)?))
    }
}

fn pairs<'d>(judge: &Judge<'d>) -> Vec<Pair<'d>> {
    judge.topology().models_in_use().iter().flat_map(pairs_of).collect()
}

fn pairs_of<'d>(model: &ModelInUse<'_, 'd>) -> Vec<Pair<'d>> {
    let groups: Vec<DiskGroup<'_>> = model.disks_for(DiskRole::Osd).collect();
    let pair = |data: &DiskGroup<'d>| {
        let db = data.db()?;
        let same = |other: &&DiskGroup<'_>| other.db().is_some_and(|own| own.path() == db.path());
        Some(Pair { data: *data, db, sharing: groups.iter().filter(same).copied().collect() })
    };
    groups.iter().filter_map(pair).collect()
}

/// A violation at the key that names the faster disks.
fn violates<'j>(judge: &'j mut Judge<'_>, pair: &Pair<'_>) -> &'j mut Raised {
    let raised = judge.violated(Subject::new(pair.data.path(), pair.data.span()));
    raised.at(pair.data.disk().db.as_ref().map_or(pair.data.span(), |db| db.span));
    raised.about(pair.db.path()).with("model", pair.data.model.names.clone()).with("db", pair.db.item.names.clone())
}

fn judge_room(judge: &mut Judge<'_>, pair: &Pair<'_>, minimum: Ratio) {
    match pair.room() {
        Err(gap) => {
            judge.gap(&gap);
        }
        Ok((_, _, share)) if share >= minimum => judge.holds(),
        Ok((size, own, share)) => {
            let raised = violates(judge, pair).with("disks", pair.data.item.names.clone());
            raised.with("size", size.to(&units::GB)).with("share", share).with("capacity", own);
        }
    }
}

pub(super) fn smaller_than_one_percent(judge: &mut Judge<'_>, limits: &parameters::SmallerThanOnePercent) {
    for pair in pairs(judge) {
        judge_room(judge, &pair, limits.minimum);
    }
}

pub(super) fn smaller_than_four_percent_for_objects(
    judge: &mut Judge<'_>,
    limits: &parameters::SmallerThanFourPercentForObjects,
) {
    for pair in pairs(judge) {
        let for_objects = |application: Application| application == Application::Rgw;
        let holds_objects = judge
            .topology()
            .pools_on(pair.data.media())
            .any(|pool| pool.value.application.as_ref().is_some_and(|application| for_objects(application.value)));
        if holds_objects {
            judge_room(judge, &pair, limits.minimum);
        }
    }
}

pub(super) fn too_many_disks_on_one_drive(judge: &mut Judge<'_>, limits: &parameters::TooManyDisksOnOneDrive) {
    for pair in pairs(judge) {
        let (data, faster) = match pair.media() {
            Ok(media) => media,
            Err(gap) => {
                judge.gap(&gap);
                continue;
            }
        };
        let most = if faster == Media::Nvme { limits.most_on_nvme } else { limits.most_on_ssd };
        if data != Media::Hdd || !matches!(faster, Media::Nvme | Media::Ssd) {
            continue;
        }
        match pair.shared() {
            Err(gap) => {
                judge.gap(&gap);
            }
            Ok(shared) if shared <= most => judge.holds(),
            Ok(shared) => {
                let raised = violates(judge, &pair).with("shared", shared);
                raised.with("media", faster.to_string()).with("most", most);
            }
        }
    }
}

/// Rank of a medium by its speed.
fn speed(media: Media) -> u8 {
    match media {
        Media::Nvme => 2,
        Media::Ssd => 1,
        _ => 0,
    }
}

pub(super) fn not_faster_than_data(judge: &mut Judge<'_>) {
    for pair in pairs(judge) {
        match pair.media() {
            Err(gap) => {
                judge.gap(&gap);
            }
            Ok((Media::Hdd, _)) => {}
            Ok((data, faster)) if speed(faster) > speed(data) => judge.holds(),
            Ok((data, faster)) => {
                let raised = violates(judge, &pair).with("disks", pair.data.item.names.clone());
                raised.with("media", data.to_string()).with("faster", faster.to_string());
            }
        }
    }
}

pub(super) fn slower_than_data_together(judge: &mut Judge<'_>) {
    for pair in pairs(judge) {
        let (Ok((Media::Hdd, Media::Ssd | Media::Nvme)), Ok(shared)) = (pair.media(), pair.shared()) else { continue };
        let rates: Option<Vec<Rate>> = pair.sharing.iter().map(DiskGroup::write).collect();
        let fastest = rates.and_then(|rates| rates.into_iter().reduce(|most, own| if own > most { own } else { most }));
        let (Some(fastest), Some(write)) = (fastest, pair.db.write()) else { continue };
        let together = fastest * f64::from(shared);
        if together <= write {
            judge.holds();
        } else {
            let raised = violates(judge, &pair).with("shared", shared);
            raised.with("together", together).with("write", write);
        }
    }
}

pub(super) fn one_drive_takes_the_server(judge: &mut Judge<'_>) {
    for model in judge.topology().models_in_use() {
        let Some(pair) = pairs_of(&model).into_iter().next() else { continue };
        let groups: Vec<DiskGroup<'_>> = model.disks_for(DiskRole::Osd).collect();
        let osds = groups.iter().filter_map(DiskGroup::count).fold(0, u32::saturating_add);
        match (pair.shared(), pair.db.count()) {
            _ if pair.sharing.len() < groups.len() => judge.holds(),
            (Err(gap), _) => {
                judge.gap(&gap);
            }
            (Ok(_), Some(1)) if osds > 1 => {
                violates(judge, &pair).with("osds", osds);
            }
            (Ok(_), _) => judge.holds(),
        }
    }
}
