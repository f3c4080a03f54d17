//! STUB firewall

use super::Judge;
use crate::catalogue::parameters::firewall as parameters;

pub(super) fn not_redundant(_judge: &mut Judge<'_>, _limits: &parameters::NotRedundant) {}

pub(super) fn too_few_ports(_judge: &mut Judge<'_>, _limits: &parameters::TooFewPorts) {}

pub(super) fn no_trunk_nat_routing(_judge: &mut Judge<'_>) {}

pub(super) fn no_dynamic_routing(_judge: &mut Judge<'_>) {}

pub(super) fn no_bgp_for_evpn(_judge: &mut Judge<'_>) {}
