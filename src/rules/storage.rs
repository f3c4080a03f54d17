//! STUB storage

use super::Judge;
use crate::catalogue::parameters::storage as parameters;

pub(super) fn content_on_wrong_kind(_judge: &mut Judge<'_>, _limits: &parameters::ContentOnWrongKind) {}

pub(super) fn guests_not_on_shared_storage(_judge: &mut Judge<'_>, _limits: &parameters::GuestsNotOnSharedStorage) {}

pub(super) fn iscsi_single_path(_judge: &mut Judge<'_>, _limits: &parameters::IscsiSinglePath) {}
