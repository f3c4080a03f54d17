//! STUB notification

use super::Judge;

pub(super) fn no_target(_judge: &mut Judge<'_>) {}
