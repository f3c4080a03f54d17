//! STUB raid

use super::Judge;

pub(super) fn osd_behind_raid(_judge: &mut Judge<'_>) {}

pub(super) fn single_disk_raid0_at_own_risk(_judge: &mut Judge<'_>) {}

pub(super) fn raid0_not_supported(_judge: &mut Judge<'_>) {}
