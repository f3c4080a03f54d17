//! Names of nodes and of their domain.

use foldhash::HashMap;

use super::{Judge, Subject};
use crate::catalogue::parameters::naming as parameters;
use crate::design::{About, Application, Item, Node, StorageKind, Text};
use crate::source::Spanned;
use crate::topology::Topology;

pub(super) fn hostname_not_rfc1035(judge: &mut Judge<'_>, limits: &parameters::HostnameNotRfc1035) {
    let longest = limits.longest as usize;
    each_table(judge, |name| fault(name, longest, |first| first.is_ascii_alphabetic()));
}

pub(super) fn hostname_not_rfc1123(judge: &mut Judge<'_>, limits: &parameters::HostnameNotRfc1123) {
    let longest = limits.longest as usize;
    each_table(judge, |name| {
        let digits_only = name.bytes().all(|byte| byte.is_ascii_digit());
        if digits_only { Some(name.to_owned()) } else { fault(name, longest, |first| first.is_ascii_alphanumeric()) }
    });
}

pub(super) fn metadata_server_name_leading_digit(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    let servers = topology.design.ceph.as_ref().and_then(|ceph| ceph.value.metadata_servers.as_ref());
    if servers.is_none() && !has_cephfs(topology) {
        return;
    }
    for item in tables(topology) {
        let digit_first: Vec<&str> =
            item.names.iter().map(Text::as_str).filter(|name| starts_with_digit(name)).collect();
        let Some(servers) = servers.filter(|_| !digit_first.is_empty()) else {
            if digit_first.is_empty() {
                judge.holds();
            } else {
                judge.unproven(subject(item), "ceph.metadata_servers");
            }
            continue;
        };
        let named: Vec<&str> = digit_first.into_iter().filter(|name| servers.value.contains(name)).collect();
        let Some(first) = named.first() else {
            judge.holds();
            continue;
        };
        let digit: String = first.chars().take(1).collect();
        let raised = judge.violated(subject(item));
        raised.with("digit", digit).with("names", named).label("metadata_servers", servers.span);
    }
}

pub(super) fn hostname_duplicate(judge: &mut Judge<'_>) {
    let mut seen: HashMap<Text, (&str, &Item<Node>)> = HashMap::default();
    for item in tables(judge.topology()) {
        let mut twice: Option<(&str, &str, &Item<Node>)> = None;
        for name in &item.names {
            match seen.get(&name.to_ascii_lowercase()) {
                Some((other, first)) => twice = twice.or(Some((name, other, first))),
                None => {
                    seen.insert(name.to_ascii_lowercase(), (name, item));
                }
            }
        }
        match twice {
            None => judge.holds(),
            Some((name, other, first)) => {
                let raised = judge.violated(subject(item));
                raised.with("name", name).with("other", other);
                raised.label("other", first.pattern.span).about(path(first));
            }
        }
    }
}

pub(super) fn domain_not_owned(judge: &mut Judge<'_>, limits: &parameters::DomainNotOwned) {
    let Some(domain) = domain(judge) else { return };
    match owned(judge.topology(), domain, limits.unregistrable) {
        Some(true) => judge.holds(),
        Some(false) => {
            judge.violated(domain_subject(domain)).with("domain", domain.value.as_str());
        }
        None => {
            judge.unproven(domain_subject(domain), "design.domain_owned");
        }
    }
}

pub(super) fn domain_neither_owned_nor_private(
    judge: &mut Judge<'_>,
    limits: &parameters::DomainNeitherOwnedNorPrivate,
) {
    let Some(domain) = domain(judge) else { return };
    if suffix(domain, limits.private).is_some() {
        judge.holds();
        return;
    }
    match owned(judge.topology(), domain, limits.private) {
        Some(true) => judge.holds(),
        Some(false) => {
            judge.violated(domain_subject(domain)).with("domain", domain.value.as_str());
        }
        None => {
            judge.unproven(domain_subject(domain), "design.domain_owned");
        }
    }
}

pub(super) fn domain_local_is_multicast(judge: &mut Judge<'_>, limits: &parameters::DomainLocalIsMulticast) {
    reserved_domain(judge, limits.reserved);
}

pub(super) fn domain_internal_without_certificates(
    judge: &mut Judge<'_>,
    limits: &parameters::DomainInternalWithoutCertificates,
) {
    reserved_domain(judge, limits.reserved);
}

pub(super) fn hostname_placeholder(judge: &mut Judge<'_>, limits: &parameters::HostnamePlaceholder) {
    let is_placeholder = |name: &&Text| limits.placeholders.iter().any(|known| known.eq_ignore_ascii_case(name));
    for item in tables(judge.topology()) {
        let names: Vec<&str> = item.names.iter().filter(is_placeholder).map(Text::as_str).collect();
        if names.is_empty() {
            judge.holds();
        } else {
            judge.violated(subject(item)).with("names", names);
        }
    }
}

fn tables<'a>(topology: &Topology<'a>) -> impl Iterator<Item = &'a Item<Node>> + use<'a> {
    topology.design.node.iter().flat_map(|nodes| nodes.value.iter())
}

fn path(item: &Item<Node>) -> String {
    format!("node.{}", item.pattern.value)
}

fn subject(item: &Item<Node>) -> Subject {
    Subject::new(path(item), item.pattern.span)
}

/// Judges the names of every table of nodes; `fault` is the piece of a name that breaks the rule.
fn each_table(judge: &mut Judge<'_>, fault: impl Fn(&str) -> Option<String>) {
    for item in tables(judge.topology()) {
        let faults: Vec<(&str, String)> =
            item.names.iter().filter_map(|name| Some((name.as_str(), fault(name)?))).collect();
        let Some((_, first)) = faults.first() else {
            judge.holds();
            continue;
        };
        let raised = judge.violated(subject(item));
        raised.with("fault", first.clone()).with("names", faults.iter().map(|(name, _)| *name).collect::<Vec<_>>());
    }
}

/// The first piece of a name that is not as it should be: a character, or what is beyond the longest name.
fn fault(name: &str, longest: usize, may_be_first: impl Fn(char) -> bool) -> Option<String> {
    let first = name.chars().next().filter(|first| !may_be_first(*first));
    let inner = || name.chars().find(|character| !character.is_ascii_alphanumeric() && *character != '-');
    let last = || name.chars().next_back().filter(|last| !last.is_ascii_alphanumeric());
    let surplus = || name.chars().skip(longest).collect::<String>();
    let character = first.or_else(inner).or_else(last).map(String::from);
    character.or_else(|| Some(surplus()).filter(|surplus| !surplus.is_empty()))
}

fn starts_with_digit(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_digit())
}

/// Whether a pool or a storage needs a metadata server.
fn has_cephfs(topology: &Topology<'_>) -> bool {
    let pools = topology.design.ceph.as_ref().and_then(|ceph| ceph.value.pool.as_ref());
    let applications =
        pools.into_iter().flat_map(|pools| pools.value.iter()).filter_map(|pool| pool.value.application.as_ref());
    let storages = topology.design.storage.iter().flat_map(|storages| storages.value.iter());
    let mut kinds = storages.filter_map(|storage| storage.value.kind.as_ref());
    let mut cephfs = applications
        .filter(|application| matches!(application.value, Application::CephfsData | Application::CephfsMetadata));
    cephfs.next().is_some() || kinds.any(|kind| kind.value == StorageKind::Cephfs)
}

fn about<'a>(topology: &Topology<'a>) -> Option<&'a About> {
    topology.design.design.as_ref().map(|about| &about.value)
}

/// The domain; where there is none, that is unproven.
fn domain<'a>(judge: &mut Judge<'a>) -> Option<&'a Spanned<Text>> {
    let topology = judge.topology();
    let domain = about(topology).and_then(|about| about.domain.as_ref());
    if domain.is_none() {
        judge.unproven(Subject::new("design.domain", topology.anchor()), "design.domain");
    }
    domain
}

fn domain_subject(domain: &Spanned<Text>) -> Subject {
    Subject::new("design.domain", domain.span)
}

/// Whether the domain belongs to the organisation; nobody can own one of the reserved ones.
fn owned(topology: &Topology<'_>, domain: &Spanned<Text>, reserved: &[&str]) -> Option<bool> {
    let stated = about(topology).and_then(|about| about.domain_owned.as_ref()).map(|owned| owned.value);
    stated.or(suffix(domain, reserved).map(|_| false))
}

/// The reserved top-level domain that a domain ends in.
fn suffix<'r>(domain: &str, reserved: &[&'r str]) -> Option<&'r str> {
    let last = domain.trim_end_matches('.').rsplit('.').next()?;
    reserved.iter().copied().find(|suffix| suffix.eq_ignore_ascii_case(last))
}

fn reserved_domain(judge: &mut Judge<'_>, reserved: &[&str]) {
    let Some(domain) = about(judge.topology()).and_then(|about| about.domain.as_ref()) else { return };
    match suffix(domain, reserved) {
        None => judge.holds(),
        Some(suffix) => {
            judge.violated(domain_subject(domain)).with("domain", domain.value.as_str()).with("suffix", suffix);
        }
    }
}
