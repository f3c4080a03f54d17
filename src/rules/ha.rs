//! STUB ha

use super::Judge;
use crate::catalogue::parameters::ha as parameters;

pub(super) fn fewer_than_three_nodes(_judge: &mut Judge<'_>, _limits: &parameters::FewerThanThreeNodes) {}

pub(super) fn guest_without_group(_judge: &mut Judge<'_>) {}

pub(super) fn group_on_release_without_groups(_judge: &mut Judge<'_>) {}

pub(super) fn failback_moves_guests(_judge: &mut Judge<'_>) {}

pub(super) fn nofailback_does_not_return(_judge: &mut Judge<'_>) {}

pub(super) fn shutdown_policy_not_migrate(_judge: &mut Judge<'_>) {}

pub(super) fn restricted_to_one_node(_judge: &mut Judge<'_>, _limits: &parameters::RestrictedToOneNode) {}

pub(super) fn guests_exceed_surviving_memory(
    _judge: &mut Judge<'_>,
    _limits: &parameters::GuestsExceedSurvivingMemory,
) {
}
