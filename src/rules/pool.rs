//! STUB pool

use super::Judge;
use crate::catalogue::parameters::pool as parameters;

pub(super) fn size_below_three(_judge: &mut Judge<'_>, _limits: &parameters::SizeBelowThree) {}

pub(super) fn min_size_below_two(_judge: &mut Judge<'_>, _limits: &parameters::MinSizeBelowTwo) {}

pub(super) fn size_above_failure_domains(_judge: &mut Judge<'_>) {}

pub(super) fn pg_num_below_documents(_judge: &mut Judge<'_>, _limits: &parameters::PgNumBelowDocuments) {}

pub(super) fn pgs_per_osd_out_of_range(_judge: &mut Judge<'_>, _limits: &parameters::PgsPerOsdOutOfRange) {}

pub(super) fn pg_num_not_power_of_two(_judge: &mut Judge<'_>) {}
