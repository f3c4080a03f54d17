//! STUB fabric

use super::Judge;
use crate::catalogue::parameters::fabric as parameters;

pub(super) fn leaf_misses_spine(_judge: &mut Judge<'_>) {}

pub(super) fn underlay_mtu_short(_judge: &mut Judge<'_>, _limits: &parameters::UnderlayMtuShort) {}
