//! STUB management

use super::Judge;
use crate::catalogue::parameters::management as parameters;

pub(super) fn on_bond(_judge: &mut Judge<'_>) {}

pub(super) fn below_one_gigabit(_judge: &mut Judge<'_>, _limits: &parameters::BelowOneGigabit) {}
