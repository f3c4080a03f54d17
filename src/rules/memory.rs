//! STUB memory

use super::Judge;
use crate::catalogue::parameters::memory as parameters;

pub(super) fn osd_below_one_gib_per_tib(_judge: &mut Judge<'_>, _limits: &parameters::OsdBelowOneGibPerTib) {}

pub(super) fn osd_below_five_gib_per_tib(_judge: &mut Judge<'_>, _limits: &parameters::OsdBelowFiveGibPerTib) {}

pub(super) fn osd_below_eight_gib_each(_judge: &mut Judge<'_>, _limits: &parameters::OsdBelowEightGibEach) {}

pub(super) fn channels_unfilled(_judge: &mut Judge<'_>) {}
