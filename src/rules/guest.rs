//! STUB guest

use super::Judge;
use crate::catalogue::parameters::guest as parameters;

pub(super) fn cpu_type_below_os_level(_judge: &mut Judge<'_>, _limits: &parameters::CpuTypeBelowOsLevel) {}

pub(super) fn cpu_type_left_to_default(_judge: &mut Judge<'_>) {}

pub(super) fn nested_in_production(_judge: &mut Judge<'_>) {}

pub(super) fn nested_without_host_cpu(_judge: &mut Judge<'_>) {}

pub(super) fn discard_off_on_thin_storage(_judge: &mut Judge<'_>, _limits: &parameters::DiscardOffOnThinStorage) {}

pub(super) fn discard_on_old_kernel(_judge: &mut Judge<'_>, _limits: &parameters::DiscardOnOldKernel) {}

pub(super) fn discard_on_virtio_block_with_old_kernel(
    _judge: &mut Judge<'_>,
    _limits: &parameters::DiscardOnVirtioBlockWithOldKernel,
) {
}

pub(super) fn agent_not_enabled(_judge: &mut Judge<'_>) {}

pub(super) fn upgrade_at_every_boot(_judge: &mut Judge<'_>) {}

pub(super) fn root_disk_not_grown(_judge: &mut Judge<'_>, _limits: &parameters::RootDiskNotGrown) {}

pub(super) fn without_cloud_init(_judge: &mut Judge<'_>) {}

pub(super) fn template_opens_more_than_ssh(_judge: &mut Judge<'_>, _limits: &parameters::TemplateOpensMoreThanSsh) {}

pub(super) fn development_and_production_share_pool(_judge: &mut Judge<'_>) {}

pub(super) fn io_not_measured(_judge: &mut Judge<'_>) {}
