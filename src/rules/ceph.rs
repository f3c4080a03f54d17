//! STUB ceph

use super::Judge;
use crate::catalogue::parameters::ceph as parameters;

pub(super) fn no_public_network(_judge: &mut Judge<'_>) {}

pub(super) fn no_cluster_network(_judge: &mut Judge<'_>) {}

pub(super) fn cluster_network_adds_complexity(_judge: &mut Judge<'_>) {}

pub(super) fn public_and_cluster_on_one_card(_judge: &mut Judge<'_>) {}

pub(super) fn shares_guest_network(_judge: &mut Judge<'_>) {}

pub(super) fn nvme_below_25_gigabit(_judge: &mut Judge<'_>, _limits: &parameters::NvmeBelow25Gigabit) {}

pub(super) fn network_below_twice_disk_writes(
    _judge: &mut Judge<'_>,
    _limits: &parameters::NetworkBelowTwiceDiskWrites,
) {
}

pub(super) fn network_below_disk_writes(_judge: &mut Judge<'_>, _limits: &parameters::NetworkBelowDiskWrites) {}

pub(super) fn fewer_than_three_monitors(_judge: &mut Judge<'_>, _limits: &parameters::FewerThanThreeMonitors) {}

pub(super) fn more_monitors_than_needed(_judge: &mut Judge<'_>, _limits: &parameters::MoreMonitorsThanNeeded) {}

pub(super) fn fewer_than_two_managers(_judge: &mut Judge<'_>, _limits: &parameters::FewerThanTwoManagers) {}

pub(super) fn fewer_than_two_metadata_servers(
    _judge: &mut Judge<'_>,
    _limits: &parameters::FewerThanTwoMetadataServers,
) {
}
