//! STUB osd

use super::Judge;
use crate::catalogue::parameters::osd as parameters;

pub(super) fn unequal_sizes(_judge: &mut Judge<'_>, _limits: &parameters::UnequalSizes) {}

pub(super) fn unequal_counts(_judge: &mut Judge<'_>) {}

pub(super) fn mixed_media_in_pool(_judge: &mut Judge<'_>) {}

pub(super) fn consumer_ssd(_judge: &mut Judge<'_>) {}

pub(super) fn endurance_low(_judge: &mut Judge<'_>, _limits: &parameters::EnduranceLow) {}

pub(super) fn on_hdd(_judge: &mut Judge<'_>) {}

pub(super) fn hdd_without_db(_judge: &mut Judge<'_>) {}

pub(super) fn fewer_than_three(_judge: &mut Judge<'_>, _limits: &parameters::FewerThanThree) {}

pub(super) fn fewer_than_twelve(_judge: &mut Judge<'_>, _limits: &parameters::FewerThanTwelve) {}

pub(super) fn node_without_osd(_judge: &mut Judge<'_>, _limits: &parameters::NodeWithoutOsd) {}

pub(super) fn larger_than_preferred(_judge: &mut Judge<'_>, _limits: &parameters::LargerThanPreferred) {}

pub(super) fn smaller_than_one_tebibyte(_judge: &mut Judge<'_>, _limits: &parameters::SmallerThanOneTebibyte) {}
