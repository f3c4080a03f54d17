//! Healing after a loss.

use super::{Judge, Subject};
use crate::capacity::recovery::{Healing, Recovery, recoveries};
use crate::catalogue::parameters::recovery as parameters;
use crate::quantity::{Time, units};

pub(super) fn above_four_hours(judge: &mut Judge<'_>, limits: &parameters::AboveFourHours) {
    heals_within(judge, limits.limit);
}

pub(super) fn above_one_day(judge: &mut Judge<'_>, limits: &parameters::AboveOneDay) {
    heals_within(judge, limits.limit);
}

fn heals_within(judge: &mut Judge<'_>, limit: Time) {
    for recovery in recoveries(judge.topology()).iter() {
        match &recovery.healing {
            Healing::Never => {}
            healing if healing.is_within(limit) => judge.holds(),
            // Disks that are less full may well heal in time.
            Healing::Takes(_) if !recovery.fill_unknown.is_empty() => {
                judge.settle(subject(recovery), recovery.fill_unknown.clone());
            }
            Healing::Takes(time) => {
                let raised = judge.violated(subject(recovery)).with("lost", recovery.state.lost());
                raised.with("subject", recovery.subject.as_str()).with("bytes", recovery.bytes);
                raised.with("time", time.to(&units::H)).with("binding", recovery.binding.clone());
            }
            Healing::Unknown(missing) => judge.settle(subject(recovery), missing.clone()),
        }
    }
}

fn subject(recovery: &Recovery) -> Subject {
    Subject::new(recovery.subject.clone(), recovery.span)
}
