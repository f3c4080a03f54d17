//! STUB corosync

use super::Judge;
use crate::catalogue::parameters::corosync as parameters;

pub(super) fn link_number_out_of_range(_judge: &mut Judge<'_>, _limits: &parameters::LinkNumberOutOfRange) {}

pub(super) fn shared_nic(_judge: &mut Judge<'_>, _limits: &parameters::SharedNic) {}

pub(super) fn dedicated_link_not_first(_judge: &mut Judge<'_>) {}

pub(super) fn dedicated_link_not_preferred(_judge: &mut Judge<'_>) {}

pub(super) fn no_second_path(_judge: &mut Judge<'_>, _limits: &parameters::NoSecondPath) {}

pub(super) fn on_storage_network(_judge: &mut Judge<'_>, _limits: &parameters::OnStorageNetwork) {}

pub(super) fn carries_migration(_judge: &mut Judge<'_>) {}

pub(super) fn primary_on_bond(_judge: &mut Judge<'_>) {}

pub(super) fn lacp_rate_slow(_judge: &mut Judge<'_>) {}

pub(super) fn bond_mode_not_advised(_judge: &mut Judge<'_>, _limits: &parameters::BondModeNotAdvised) {}

pub(super) fn latency_not_under_five(_judge: &mut Judge<'_>, _limits: &parameters::LatencyNotUnderFive) {}

pub(super) fn latency_above_documents(_judge: &mut Judge<'_>, _limits: &parameters::LatencyAboveDocuments) {}

pub(super) fn latency_above_ten_with_more_nodes(
    _judge: &mut Judge<'_>,
    _limits: &parameters::LatencyAboveTenWithMoreNodes,
) {
}

pub(super) fn qos_instead_of_separation(_judge: &mut Judge<'_>) {}

pub(super) fn shares_management(_judge: &mut Judge<'_>) {}

pub(super) fn token_timeouts_reach_fencing(_judge: &mut Judge<'_>, _limits: &parameters::TokenTimeoutsReachFencing) {}

pub(super) fn link_incomplete(_judge: &mut Judge<'_>) {}

pub(super) fn link_below_one_gigabit(_judge: &mut Judge<'_>, _limits: &parameters::LinkBelowOneGigabit) {}
