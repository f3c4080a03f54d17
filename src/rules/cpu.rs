//! STUB cpu

use super::Judge;
use crate::catalogue::parameters::cpu as parameters;

pub(super) fn ceph_threads_short(_judge: &mut Judge<'_>, _limits: &parameters::CephThreadsShort) {}

pub(super) fn nvme_threads_short(_judge: &mut Judge<'_>, _limits: &parameters::NvmeThreadsShort) {}
