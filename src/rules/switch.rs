//! STUB switch

use super::Judge;
use crate::catalogue::parameters::switch as parameters;

pub(super) fn single_core_switch(_judge: &mut Judge<'_>, _limits: &parameters::SingleCoreSwitch) {}

pub(super) fn core_pair_without_mlag(_judge: &mut Judge<'_>) {}

pub(super) fn peer_link_below_guide(_judge: &mut Judge<'_>, _limits: &parameters::PeerLinkBelowGuide) {}

pub(super) fn peer_link_not_redundant(_judge: &mut Judge<'_>, _limits: &parameters::PeerLinkNotRedundant) {}

pub(super) fn ports_short(_judge: &mut Judge<'_>) {}

pub(super) fn lacp_groups_exceeded(_judge: &mut Judge<'_>) {}

pub(super) fn vlans_exceeded(_judge: &mut Judge<'_>) {}

pub(super) fn mtu_exceeded(_judge: &mut Judge<'_>, _limits: &parameters::MtuExceeded) {}

pub(super) fn core_without_two_management_ports(
    _judge: &mut Judge<'_>,
    _limits: &parameters::CoreWithoutTwoManagementPorts,
) {
}

pub(super) fn management_ports_short(_judge: &mut Judge<'_>) {}

pub(super) fn management_switch_small(_judge: &mut Judge<'_>, _limits: &parameters::ManagementSwitchSmall) {}

pub(super) fn management_port_tagged(_judge: &mut Judge<'_>) {}
