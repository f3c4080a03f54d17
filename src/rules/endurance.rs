//! Wear of disks by what is written to them.

use std::collections::BTreeSet;

use super::{Judge, Raised, Subject};
use crate::capacity::endurance::{Wear, ceph_wear, system_wear};
use crate::catalogue::parameters::endurance as parameters;
use crate::quantity::{Ratio, units};

pub(super) fn below_writes(judge: &mut Judge<'_>, limits: &parameters::BelowWrites) {
    written_beyond(judge, limits.share, f64::from(limits.warranty_years));
}

pub(super) fn far_below_writes(judge: &mut Judge<'_>, limits: &parameters::FarBelowWrites) {
    written_beyond(judge, limits.share, f64::from(limits.warranty_years));
}

fn written_beyond(judge: &mut Judge<'_>, share: Ratio, years: f64) {
    let mut asked = BTreeSet::new();
    for wear in ceph_wear(judge.topology()) {
        let (needed, rated, written) = match (wear.against_rating(years), wear.per_day.as_ref()) {
            (Ok((needed, rated)), Ok(written)) => (needed, rated, *written),
            (Err(missing), _) => {
                lacks(judge, &wear, missing, &mut asked);
                continue;
            }
            (Ok(_), Err(_)) => continue,
        };
        if wear.exceeds(needed, rated * share.base()) {
            let raised = violates(judge, &wear).with("written", written);
            raised.with("needed", needed).with("rated", rated);
        } else {
            judge.holds();
        }
    }
}

pub(super) fn system_disk_short_lived(judge: &mut Judge<'_>, limits: &parameters::SystemDiskShortLived) {
    let mut asked = BTreeSet::new();
    for wear in system_wear(judge.topology(), false) {
        match (wear.years(), &wear.per_day, &wear.group.disk().endurance) {
            (Ok(Some(lasts)), Ok(written), Some(endurance))
                if wear.exceeds(limits.service_life.base(), lasts.base()) =>
            {
                let written = *written;
                let raised = violates(judge, &wear).with("written", written);
                raised.with("endurance", endurance.value).with("lasts", lasts.to(&units::YEARS));
            }
            (Ok(_), ..) => judge.holds(),
            (Err(missing), ..) => lacks(judge, &wear, missing, &mut asked),
        }
    }
}

fn subject(wear: &Wear<'_>) -> Subject {
    Subject::new(wear.group.path(), wear.group.span())
}

/// Asks for each key once, whichever disks need it.
fn lacks(judge: &mut Judge<'_>, wear: &Wear<'_>, missing: Vec<String>, asked: &mut BTreeSet<String>) {
    let new: Vec<String> = missing.into_iter().filter(|key| asked.insert(key.clone())).collect();
    if !new.is_empty() {
        judge.settle(subject(wear), new);
    }
}

fn violates<'j>(judge: &'j mut Judge<'_>, wear: &Wear<'_>) -> &'j mut Raised {
    let at = wear.group.disk().endurance.as_ref().map_or(wear.group.span(), |endurance| endurance.span);
    let raised = judge.violated(subject(wear)).at(at);
    for assumed in &wear.assumed {
        raised.assumed(assumed);
    }
    raised.with("disks", wear.group.item.names.clone()).with("model", wear.group.model.names.clone())
}
