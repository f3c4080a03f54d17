//! STUB naming

use super::Judge;
use crate::catalogue::parameters::naming as parameters;

pub(super) fn hostname_not_rfc1035(_judge: &mut Judge<'_>, _limits: &parameters::HostnameNotRfc1035) {}

pub(super) fn hostname_not_rfc1123(_judge: &mut Judge<'_>, _limits: &parameters::HostnameNotRfc1123) {}

pub(super) fn metadata_server_name_leading_digit(_judge: &mut Judge<'_>) {}

pub(super) fn hostname_duplicate(_judge: &mut Judge<'_>) {}

pub(super) fn domain_not_owned(_judge: &mut Judge<'_>) {}

pub(super) fn domain_neither_owned_nor_private(
    _judge: &mut Judge<'_>,
    _limits: &parameters::DomainNeitherOwnedNorPrivate,
) {
}

pub(super) fn domain_local_is_multicast(_judge: &mut Judge<'_>, _limits: &parameters::DomainLocalIsMulticast) {}

pub(super) fn domain_internal_without_certificates(
    _judge: &mut Judge<'_>,
    _limits: &parameters::DomainInternalWithoutCertificates,
) {
}

pub(super) fn hostname_placeholder(_judge: &mut Judge<'_>, _limits: &parameters::HostnamePlaceholder) {}
