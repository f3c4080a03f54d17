//! STUB cluster

use super::Judge;
use crate::catalogue::parameters::cluster as parameters;

pub(super) fn fewer_than_three_nodes(_judge: &mut Judge<'_>, _limits: &parameters::FewerThanThreeNodes) {}

pub(super) fn more_nodes_than_guide(_judge: &mut Judge<'_>, _limits: &parameters::MoreNodesThanGuide) {}

pub(super) fn even_votes(_judge: &mut Judge<'_>) {}

pub(super) fn node_loss_stops_service(_judge: &mut Judge<'_>, _limits: &parameters::NodeLossStopsService) {}

pub(super) fn node_not_freshly_installed(_judge: &mut Judge<'_>) {}

pub(super) fn join_address_not_on_node(_judge: &mut Judge<'_>) {}

pub(super) fn nodes_differ(_judge: &mut Judge<'_>) {}
