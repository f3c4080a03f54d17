//! STUB site

use super::Judge;

pub(super) fn link_without_vpn(_judge: &mut Judge<'_>) {}
