//! STUB version

use super::Judge;
use crate::catalogue::parameters::version as parameters;

pub(super) fn proxmox_ve_end_of_life(_judge: &mut Judge<'_>, _limits: &parameters::ProxmoxVeEndOfLife) {}

pub(super) fn ceph_end_of_life(_judge: &mut Judge<'_>, _limits: &parameters::CephEndOfLife) {}

pub(super) fn ceph_not_offered(_judge: &mut Judge<'_>, _limits: &parameters::CephNotOffered) {}

pub(super) fn no_subscription_in_production(_judge: &mut Judge<'_>, _limits: &parameters::NoSubscriptionInProduction) {}
