//! Storages as Proxmox VE knows them: what they hold, who reaches them, and over how many paths.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};

use super::{Judge, Subject};
use crate::catalogue::parameters::storage as parameters;
use crate::design::{Content, Guest, Item, Storage, StorageKind, Words};
use crate::source::Span;
use crate::topology::{Address, DeviceId, Network, PortId, Topology};

pub(super) fn content_on_wrong_kind(judge: &mut Judge<'_>, limits: &parameters::ContentOnWrongKind) {
    for storage in judge.topology().storages() {
        let Some(kind) = &storage.value.kind else {
            unproven(judge, storage, "kind");
            continue;
        };
        let unfit = match kind.value {
            StorageKind::Rbd => limits.file_content,
            StorageKind::Cephfs => limits.block_content,
            _ => continue,
        };
        let Some(content) = &storage.value.content else {
            unproven(judge, storage, "content");
            continue;
        };
        let wrong: Vec<_> = content.value.iter().filter(|content| unfit.contains(&content.value.word())).collect();
        let Some(first) = wrong.first() else {
            judge.holds();
            continue;
        };
        let words = wrong.iter().map(|content| Content::word(content.value)).collect::<Vec<_>>();
        let raised = judge.violated(subject(storage)).at(first.span).with("storage", name(storage));
        raised.with("kind", kind.value.word()).with("content", words).label("kind", kind.span);
    }
}

pub(super) fn guests_not_on_shared_storage(judge: &mut Judge<'_>, limits: &parameters::GuestsNotOnSharedStorage) {
    let topology = judge.topology();
    for guest in topology.guests() {
        let moves = moves(topology, guest);
        if moves == Some(false) {
            continue;
        }
        let path = format!("guest.{}", guest.pattern.value);
        let subject = Subject::new(&path, guest.pattern.span);
        match (shared(topology, guest, limits), moves) {
            (Ok(true), _) => judge.holds(),
            (_, None) => _ = judge.unproven(subject, format!("{path}.ha")),
            (Err(missing), Some(_)) => _ = judge.unproven(subject, missing),
            (Ok(false), Some(_)) => {
                let Some(storage) = storage_of(topology, guest) else { continue };
                let at = guest.value.storage.as_ref().map_or(guest.pattern.span, |storage| storage.span);
                let kind = storage.value.kind.as_ref().map_or("", |kind| kind.value.word());
                let raised = judge.violated(subject).at(at).with("guest", guest.pattern.value.as_str());
                raised.with("storage", name(storage)).with("kind", kind);
                raised.label("storage", storage.pattern.span).about(storage_path(storage));
            }
        }
    }
}

/// Whether a guest is to run on another node at some time; nothing where high availability is on and the guest does
/// not say whether it is under it.
fn moves(topology: &Topology<'_>, guest: &Item<Guest>) -> Option<bool> {
    if topology.design.migration.is_some() {
        return Some(true);
    }
    match (topology.high_availability(), &guest.value.ha) {
        (Some(false), _) | (None, None) => Some(false),
        (_, Some(ha)) => Some(ha.value),
        (Some(true), None) => None,
    }
}

/// Whether every node reaches the storage of a guest, or the key that would tell.
fn shared(
    topology: &Topology<'_>,
    guest: &Item<Guest>,
    limits: &parameters::GuestsNotOnSharedStorage,
) -> Result<bool, String> {
    let named = guest.value.storage.as_ref().ok_or_else(|| format!("guest.{}.storage", guest.pattern.value))?;
    let storage = storage_of(topology, guest).ok_or_else(|| format!("storage.{}", named.value))?;
    let kind = storage.value.kind.as_ref().ok_or_else(|| format!("{}.kind", storage_path(storage)))?;
    let over_network = storage.value.portals.is_some() || storage.value.networks.is_some();
    Ok(over_network || limits.shared_kinds.contains(&kind.value.word()))
}

fn storage_of<'d>(topology: &Topology<'d>, guest: &Item<Guest>) -> Option<&'d Item<Storage>> {
    topology.storage(&guest.value.storage.as_ref()?.value)
}

pub(super) fn backups_on_own_ceph(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    let on_ceph = |guest: &&Item<Guest>| storage_of(topology, guest).is_some_and(|own| is_own_ceph(topology, own));
    let Some(guest) = topology.guests().find(on_ceph) else { return };
    let backups: Vec<_> = topology.storages().filter(|storage| backup_span(storage).is_some()).collect();
    if backups.iter().any(|storage| !is_own_ceph(topology, storage)) {
        judge.holds();
        return;
    }
    if let Some(silent) = topology.storages().find(|storage| storage.value.content.is_none() && !is_server(storage)) {
        unproven(judge, silent, "content");
        return;
    }
    let Some((first, span)) = backups.first().and_then(|first| Some((first, backup_span(first)?))) else {
        judge.unproven(Subject::new("storage", topology.anchor()), "storage");
        return;
    };
    let kinds = backups.iter().filter_map(|storage| storage.value.kind.as_ref()).map(|kind| kind.value.word());
    let kinds: BTreeSet<&str> = kinds.collect();
    let raised = judge.violated(subject(first)).at(span).label("guests", guest.pattern.span);
    raised.with("storage", backups.iter().map(|storage| name(storage)).collect::<Vec<_>>());
    raised.with("kind", kinds.into_iter().collect::<Vec<_>>());
}

/// Where a storage says that it holds backups; a backup server does by its kind.
fn backup_span(storage: &Item<Storage>) -> Option<Span> {
    let mut content = storage.value.content.iter().flat_map(|content| content.value.iter());
    let written = content.find(|content| content.value == Content::Backup).map(|content| content.span);
    written.or_else(|| is_server(storage).then_some(storage.pattern.span))
}

fn is_server(storage: &Item<Storage>) -> bool {
    storage.value.kind.as_ref().is_some_and(|kind| kind.value == StorageKind::BackupServer)
}

/// Whether a storage lies on the Ceph that the design describes.
fn is_own_ceph(topology: &Topology<'_>, storage: &Item<Storage>) -> bool {
    let ceph = [StorageKind::Rbd, StorageKind::Cephfs];
    topology.has_ceph() && storage.value.kind.as_ref().is_some_and(|kind| ceph.contains(&kind.value))
}

pub(super) fn iscsi_single_path(judge: &mut Judge<'_>, limits: &parameters::IscsiSinglePath) {
    let topology = judge.topology();
    let iscsi =
        |storage: &&Item<Storage>| storage.value.kind.as_ref().is_some_and(|kind| kind.value == StorageKind::Iscsi);
    for storage in topology.storages().filter(iscsi) {
        let minimum = limits.minimum as usize;
        match paths(topology, storage, minimum) {
            Err(missing) => _ = judge.unproven(subject(storage), missing),
            Ok(paths) if paths >= minimum => judge.holds(),
            Ok(paths) => {
                let at = storage.value.portals.as_ref().map_or(storage.pattern.span, |portals| portals.span);
                let raised = judge.violated(subject(storage)).at(at);
                raised.with("storage", name(storage)).with("paths", paths);
                for network in portal_networks(topology, storage).unwrap_or_default() {
                    raised.label("network", network.interface_span()).about(network.path());
                }
            }
        }
    }
}

/// Paths to an iSCSI storage: as many as it has portals, and no more than the node with the fewest ports has towards
/// them. Too few portals are too few, wherever they are.
fn paths(topology: &Topology<'_>, storage: &Item<Storage>, minimum: usize) -> Result<usize, String> {
    let portals = portals(storage).ok_or_else(|| format!("{}.portals", storage_path(storage)))?.len();
    if portals < minimum {
        return Ok(portals);
    }
    let networks = portal_networks(topology, storage)?;
    let mut least = portals;
    for (index, _) in topology.nodes.iter().enumerate() {
        let node = DeviceId::Node(index);
        let mut ports: BTreeSet<PortId> = BTreeSet::new();
        let joined = networks.iter().filter(|network| network.attachment(node).is_some());
        let mut reached = false;
        for network in joined {
            let carried = topology.network_ports(network, node);
            ports.extend(carried.ok_or_else(|| format!("{}.interface", network.path()))?);
            reached = true;
        }
        if reached {
            least = least.min(ports.len());
        }
    }
    Ok(least)
}

fn portals(storage: &Item<Storage>) -> Option<BTreeSet<&str>> {
    storage.value.portals.as_ref().map(|portals| portals.value.iter().collect())
}

/// The networks of an iSCSI storage: those it names, and those its portals are or have an address in.
fn portal_networks<'t>(topology: &'t Topology<'_>, storage: &Item<Storage>) -> Result<Vec<&'t Network<'t>>, String> {
    let named = storage.value.networks.as_ref();
    let mut networks: Vec<&Network<'_>> =
        named.iter().flat_map(|names| names.value.iter()).filter_map(|name| topology.network(name)).collect();
    for portal in portals(storage).unwrap_or_default() {
        let found = topology.network(portal).or_else(|| network_with(topology, portal));
        match found {
            Some(network) if networks.iter().all(|known| known.name() != network.name()) => networks.push(network),
            None if named.is_none() => return Err(format!("{}.networks", storage_path(storage))),
            _ => {}
        }
    }
    Ok(networks)
}

/// The network that an address belongs to, with or without a port number.
fn network_with<'t>(topology: &'t Topology<'_>, portal: &str) -> Option<&'t Network<'t>> {
    let ip: IpAddr = portal.parse().ok().or_else(|| Some(portal.parse::<SocketAddr>().ok()?.ip()))?;
    topology.networks.iter().find(|network| {
        network.attachments.iter().filter_map(|attachment| attachment.address.as_ref()).any(|member| {
            let address = Address { ip, prefix: member.value.prefix };
            ip.is_ipv4() == member.value.ip.is_ipv4() && address.network() == member.value.network()
        })
    })
}

fn name(storage: &Item<Storage>) -> &str {
    &storage.pattern.value
}

fn storage_path(storage: &Item<Storage>) -> String {
    format!("storage.{}", name(storage))
}

fn subject(storage: &Item<Storage>) -> Subject {
    Subject::new(storage_path(storage), storage.pattern.span)
}

fn unproven(judge: &mut Judge<'_>, storage: &Item<Storage>, key: &str) {
    judge.unproven(subject(storage), format!("{}.{key}", storage_path(storage)));
}
