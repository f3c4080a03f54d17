//! STUB migration

use super::Judge;
use crate::catalogue::parameters::migration as parameters;

pub(super) fn network_unset(_judge: &mut Judge<'_>) {}

pub(super) fn on_management(_judge: &mut Judge<'_>) {}

pub(super) fn limit_above_ninety_percent(_judge: &mut Judge<'_>, _limits: &parameters::LimitAboveNinetyPercent) {}

pub(super) fn limit_above_one_member(_judge: &mut Judge<'_>, _limits: &parameters::LimitAboveOneMember) {}

pub(super) fn no_limit_on_shared_network(_judge: &mut Judge<'_>) {}
