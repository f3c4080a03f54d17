//! STUB network

use super::Judge;
use crate::catalogue::parameters::network as parameters;

pub(super) fn fewer_than_three_networks(_judge: &mut Judge<'_>, _limits: &parameters::FewerThanThreeNetworks) {}

pub(super) fn copper_from_ten_gigabit(_judge: &mut Judge<'_>, _limits: &parameters::CopperFromTenGigabit) {}

pub(super) fn no_service_bond(_judge: &mut Judge<'_>, _limits: &parameters::NoServiceBond) {}

pub(super) fn lacp_across_switches_without_mlag(_judge: &mut Judge<'_>) {}

pub(super) fn bond_on_one_switch(_judge: &mut Judge<'_>) {}

pub(super) fn too_few_ports(_judge: &mut Judge<'_>, _limits: &parameters::TooFewPorts) {}

pub(super) fn bond_promises_sum(_judge: &mut Judge<'_>, _limits: &parameters::BondPromisesSum) {}

pub(super) fn jumbo_not_needed(_judge: &mut Judge<'_>, _limits: &parameters::JumboNotNeeded) {}
