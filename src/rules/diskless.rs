//! STUB diskless

use super::Judge;
use crate::catalogue::parameters::diskless as parameters;

pub(super) fn cannot_run_proxmox(_judge: &mut Judge<'_>) {}

pub(super) fn no_bmc_address(_judge: &mut Judge<'_>) {}

pub(super) fn no_system_uuid(_judge: &mut Judge<'_>) {}

pub(super) fn no_provisioning_network(_judge: &mut Judge<'_>) {}

pub(super) fn neighbour_not_checked(_judge: &mut Judge<'_>) {}

pub(super) fn firmware_not_managed(_judge: &mut Judge<'_>) {}

pub(super) fn image_on_own_ceph(_judge: &mut Judge<'_>) {}

pub(super) fn image_memory_not_budgeted(_judge: &mut Judge<'_>, _limits: &parameters::ImageMemoryNotBudgeted) {}

pub(super) fn no_inventory(_judge: &mut Judge<'_>) {}
