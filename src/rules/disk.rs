//! STUB disk

use super::Judge;
use crate::catalogue::parameters::disk as parameters;

pub(super) fn os_smaller_than_256_gb(_judge: &mut Judge<'_>, _limits: &parameters::OsSmallerThan256Gb) {}

pub(super) fn os_not_ssd(_judge: &mut Judge<'_>) {}

pub(super) fn os_endurance_low(_judge: &mut Judge<'_>, _limits: &parameters::OsEnduranceLow) {}

pub(super) fn os_not_mirrored(_judge: &mut Judge<'_>) {}

pub(super) fn monitor_store_small(_judge: &mut Judge<'_>, _limits: &parameters::MonitorStoreSmall) {}
