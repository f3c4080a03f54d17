//! Sites, the links between them, and what Ceph and quorum ask of both.

use std::collections::BTreeMap;

use super::{Judge, Raised, Subject};
use crate::capacity::sites::cross_writes;
use crate::catalogue::parameters::site as parameters;
use crate::design::{Encapsulation, Item, Media, Overlay, StorageKind, Vpn};
use crate::quantity::{Rate, units};
use crate::source::Span;
use crate::topology::{Node, SiteLink, Topology, external_votes, node_paths};
use crate::words;

pub(super) fn link_without_vpn(judge: &mut Judge<'_>) {
    let links = judge.topology().design.site_link.as_ref();
    for link in links.into_iter().flat_map(|links| links.value.iter()) {
        let path = format!("site_link.{}", link.pattern.value);
        let subject = Subject::new(path.clone(), link.pattern.span);
        match &link.value.vpn {
            None => _ = judge.unproven(subject, format!("{path}.vpn")),
            Some(vpn) if vpn.value == Vpn::None => {
                let sites: Vec<&str> = link.value.sites.iter().flat_map(|sites| sites.value.iter()).collect();
                let raised = judge.violated(subject).at(vpn.span).with("link", link.pattern.value.as_str());
                raised.with("sites", sites);
            }
            Some(_) => judge.holds(),
        }
    }
}

pub(super) fn overlay_without_vpn(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    for overlay in topology.design.overlay.iter().flat_map(|overlays| overlays.value.iter()) {
        let sites = sites_of_overlay(topology, overlay);
        if sites.len() < 2 || overlay.value.kind.as_ref().is_some_and(|kind| kind.value == Encapsulation::Qinq) {
            continue;
        }
        let path = format!("overlay.{}", overlay.pattern.value);
        let subject = Subject::new(path.clone(), overlay.pattern.span);
        let joins = |link: &&SiteLink<'_>| link.sites().filter(|site| sites.contains(site)).count() > 1;
        let links: Vec<&SiteLink<'_>> = topology.site_links.iter().filter(joins).collect();
        let vpn = |link: &SiteLink<'_>| link.item.value.vpn.as_ref().map(|vpn| vpn.value);
        let bare: Vec<&SiteLink<'_>> = links.iter().copied().filter(|link| vpn(link) == Some(Vpn::None)).collect();
        let own = overlay.value.vpn.as_ref();
        let tunnelled = !links.is_empty() && links.iter().all(|link| vpn(link).is_some_and(|vpn| vpn != Vpn::None));
        if own.is_some_and(|own| own.value != Vpn::None) || tunnelled {
            judge.holds();
        } else if own.is_some() || !bare.is_empty() {
            let raised = judge.violated(subject).at(own.map_or(overlay.pattern.span, |own| own.span));
            raised.with("overlay", overlay.pattern.value.as_str()).with("sites", sites);
            for link in bare {
                raised.label("link", link.item.pattern.span).about(link.path());
            }
        } else {
            judge.unproven(subject, format!("{path}.vpn"));
        }
    }
}

pub(super) fn ceph_latency_above_ten(judge: &mut Judge<'_>, limits: &parameters::CephLatencyAboveTen) {
    let topology = judge.topology();
    for (_, links) in between_osd_sites(topology) {
        for link in written_once(links) {
            let subject = Subject::new(link.path(), link.item.pattern.span);
            let latency = link.item.value.latency.as_ref();
            let Some(round_trip) = latency.and_then(|latency| latency.value.round_trip.as_ref()) else {
                judge.unproven(subject, format!("{}.latency.round_trip", link.path()));
                continue;
            };
            if round_trip.value <= limits.limit {
                judge.holds();
                continue;
            }
            let raised = judge.violated(subject).at(round_trip.span);
            raised.with("link", link.name.as_str()).with("round_trip", round_trip.value);
        }
    }
}

pub(super) fn bandwidth_below_replication(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    for (sites, links) in between_osd_sites(topology) {
        let [one, other] = sites;
        let Some(first) = links.first() else { continue };
        let subject = Subject::new(first.path(), first.item.pattern.span);
        let needed = match cross_writes(topology, [one, other]) {
            Ok(Some(needed)) => needed,
            Ok(None) => continue,
            Err(missing) => {
                judge.unproven(subject, missing);
                continue;
            }
        };
        let unknown = links.iter().find(|link| link.item.value.bandwidth.is_none());
        if let Some(unknown) = unknown {
            let subject = Subject::new(unknown.path(), unknown.item.pattern.span);
            judge.unproven(subject, format!("{}.bandwidth", unknown.path()));
            continue;
        }
        let rates = || links.iter().filter_map(|link| link.item.value.bandwidth.as_ref());
        let there: Rate = rates().map(|rate| rate.value).sum();
        if needed.rate <= there {
            judge.holds();
            continue;
        }
        let at = rates().next().map_or(first.item.pattern.span, |rate| rate.span);
        let raised = judge.violated(subject).at(at).with("sites", vec![one, other]);
        raised.with("needed", needed.rate.to(&units::GBIT_PER_S)).with("bandwidth", there);
        raised.assumed = needed.assumed;
        about(raised, links.iter().map(|link| link.path()));
    }
}

pub(super) fn two_sites_without_stretch_mode(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    let sites = topology.osd_sites();
    if sites.len() != 2 {
        return;
    }
    let subject = Subject::new("ceph", topology.ceph_span());
    match topology.design.ceph.as_ref().and_then(|ceph| ceph.value.stretch_mode.as_ref()) {
        None => _ = judge.unproven(subject, "ceph.stretch_mode"),
        Some(mode) if mode.value => judge.holds(),
        Some(mode) => {
            let raised = judge.violated(subject).at(mode.span);
            raised.with("sites", sites.keys().copied().collect::<Vec<_>>());
            about(raised, sites.keys().map(|site| format!("site.{site}")));
        }
    }
}

pub(super) fn stretch_mode_pool(judge: &mut Judge<'_>, limits: &parameters::StretchModePool) {
    let topology = judge.topology();
    if topology.stretch_mode() != Some(true) {
        return;
    }
    for pool in topology.pools() {
        let path = format!("ceph.pool.{}", pool.pattern.value);
        let subject = Subject::new(path.clone(), pool.pattern.span);
        let (size, least) = (&pool.value.size, &pool.value.min_size);
        let fits = |size: u32, least: u32| size == limits.size && least == limits.min_size;
        match (size, least) {
            (Some(size), Some(least)) if fits(size.value, least.value) => judge.holds(),
            (Some(size), Some(least)) => {
                let at = if size.value == limits.size { least.span } else { size.span };
                let raised = judge.violated(subject).at(at).with("pool", pool.pattern.value.as_str());
                raised.with("pool_size", size.value).with("pool_min_size", least.value);
            }
            (None, _) => _ = judge.unproven(subject, format!("{path}.size")),
            (_, None) => _ = judge.unproven(subject, format!("{path}.min_size")),
        }
    }
}

pub(super) fn stretch_mode_without_tiebreaker(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    let Some(monitors) = stretched_monitors(judge) else { return };
    let sites = topology.osd_sites();
    if monitors.nodes.iter().any(|node| node.site().is_some_and(|site| !sites.contains_key(site))) {
        judge.holds();
    } else if let Some(open) = monitors.nodes.iter().find(|node| node.site().is_none()) {
        judge.unproven(Subject::new(open.path(), open.span()), format!("{}.site", open.path()));
    } else {
        let raised = judge.violated(Subject::new("ceph.monitors", monitors.span));
        raised.with("sites", sites.keys().copied().collect::<Vec<_>>());
    }
}

pub(super) fn stretch_mode_monitors_short(judge: &mut Judge<'_>, limits: &parameters::StretchModeMonitorsShort) {
    let topology = judge.topology();
    let Some(monitors) = stretched_monitors(judge) else { return };
    if monitors.nodes.iter().any(|node| node.site().is_none()) {
        // Where a monitor stands is asked for by the rule on the tie-breaker.
        return;
    }
    let at = |site: &str| monitors.nodes.iter().filter(|node| node.site() == Some(site)).count();
    let sites = topology.osd_sites();
    let short: Vec<&str> = sites.keys().copied().filter(|site| at(site) < limits.each as usize).collect();
    match short.first() {
        None => judge.holds(),
        Some(first) => {
            let raised = judge.violated(Subject::new("ceph.monitors", monitors.span));
            raised.with("monitors", at(first)).with("sites", short);
        }
    }
}

pub(super) fn stretch_mode_on_hdd(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    if topology.stretch_mode() != Some(true) {
        return;
    }
    for model in topology.models_in_use() {
        for group in model.disks_for(crate::design::DiskRole::Osd) {
            let subject = Subject::new(group.path(), group.span());
            match &group.disk().media {
                None => _ = judge.unproven(subject, format!("{}.media", group.path())),
                Some(media) if media.value == Media::Hdd => {
                    judge.violated(subject).at(media.span).with("disks", group.path());
                }
                Some(_) => judge.holds(),
            }
        }
    }
}

pub(super) fn majority_at_one_site(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    let sites = topology.node_sites();
    if sites.len() < 2 || topology.nodes.iter().any(|node| node.site().is_none()) {
        return;
    }
    let all = topology.nodes.len();
    let largest = sites.iter().reduce(|most, next| if next.1.len() > most.1.len() { next } else { most });
    let Some((site, nodes)) = largest else { return };
    let most = |external: bool| nodes.len() * 2 > votes(all, external);
    let subject = Subject::new(format!("site.{site}"), site_span(topology, site, nodes));
    match external_vote(topology) {
        None if most(false) && !most(true) => _ = judge.unproven(subject, "cluster.qdevice"),
        external if most(external.unwrap_or(false)) => {
            let raised = judge.violated(subject).with("site", *site).with("held", nodes.len());
            raised.with("all", votes(all, external.unwrap_or(false))).with("what", words::evidence::votes());
            about(raised, node_paths(nodes).into_iter());
        }
        _ => judge.holds(),
    }
    let Some(monitors) = monitors(topology) else { return };
    let at = |site: &str| monitors.nodes.iter().filter(|node| node.site() == Some(site)).count();
    match sites.keys().find(|site| at(site) * 2 > monitors.nodes.len()) {
        None => judge.holds(),
        Some(site) => {
            let raised = judge.violated(Subject::new("ceph.monitors", monitors.span));
            raised.with("site", *site).with("held", at(site)).with("all", monitors.nodes.len());
            raised.with("what", words::components::monitors()).about(format!("site.{site}"));
        }
    }
}

pub(super) fn even_split_without_third_vote(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    let sites: Vec<(&str, Vec<&Node<'_>>)> = topology.node_sites().into_iter().collect();
    let [(one, left), (other, right)] = sites.as_slice() else { return };
    if topology.nodes.iter().any(|node| node.site().is_none()) {
        return;
    }
    let cluster = topology.design.cluster.as_ref();
    let subject = Subject::new("cluster", cluster.map_or(topology.anchor(), |cluster| cluster.span));
    if left.len() != right.len() {
        judge.holds();
        return;
    }
    match cluster.and_then(|cluster| cluster.value.qdevice.as_ref()) {
        None => _ = judge.unproven(subject, "cluster.qdevice"),
        Some(qdevice) if qdevice.value => judge.holds(),
        Some(qdevice) => {
            let raised = judge.violated(subject).at(qdevice.span);
            raised.with("sites", vec![*one, *other]).with("votes", left.len());
            about(raised, node_paths(left).into_iter().chain(node_paths(right)));
        }
    }
}

pub(super) fn one_node_with_local_storage(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    let sites = topology.node_sites();
    let alone: Vec<(&str, &Node<'_>)> = sites
        .iter()
        .filter_map(|(site, nodes)| Some((*site, *nodes.first()?)))
        .filter(|(site, _)| sites[site].len() == 1)
        .collect();
    let (Some((_, first)), false) = (alone.first(), sites.len() < 2) else { return };
    if topology.has_ceph() || topology.storages().next().is_none() {
        return;
    }
    let subject = Subject::new(first.path(), first.span());
    let kind = |storage: &Item<crate::design::Storage>| storage.value.kind.as_ref().map(|kind| kind.value);
    let local =
        |kind| matches!(kind, StorageKind::LvmThin | StorageKind::Lvm | StorageKind::Zfs | StorageKind::Directory);
    let mut open = topology.storages().filter(|storage| kind(storage).is_none());
    if topology.storages().any(|storage| kind(storage).is_some_and(|kind| !local(kind))) {
        judge.holds();
    } else if let Some(open) = open.next() {
        let path = format!("storage.{}", open.pattern.value);
        judge.unproven(Subject::new(path.clone(), open.pattern.span), format!("{path}.kind"));
    } else {
        let raised = judge.violated(subject);
        raised.with("sites", alone.iter().map(|(site, _)| *site).collect::<Vec<_>>());
        raised.with("storages", topology.storages().map(|storage| storage.pattern.value.clone()).collect::<Vec<_>>());
        about(raised, alone.iter().map(|(_, node)| node.path()));
    }
}

/// Links whose two sites both have OSDs, by the pair of sites.
fn between_osd_sites<'t, 'd>(topology: &'t Topology<'d>) -> BTreeMap<[&'d str; 2], Vec<&'t SiteLink<'d>>> {
    let stored = topology.osd_sites();
    let mut pairs: BTreeMap<[&str; 2], Vec<&SiteLink<'_>>> = BTreeMap::new();
    for link in &topology.site_links {
        let sites = stored.keys().copied().filter(|site| link.sites().any(|own| own == *site));
        if let [one, other] = sites.collect::<Vec<_>>().as_slice() {
            pairs.entry([*one, *other]).or_default().push(link);
        }
    }
    pairs
}

/// One link of each table.
fn written_once<'t, 'd>(links: Vec<&'t SiteLink<'d>>) -> Vec<&'t SiteLink<'d>> {
    let mut once: Vec<&SiteLink<'_>> = Vec::new();
    for link in links {
        if once.iter().all(|known| known.path() != link.path()) {
            once.push(link);
        }
    }
    once
}

/// Sites of the nodes that an overlay joins: its peers, or the members of its underlay, or every node.
fn sites_of_overlay<'d>(topology: &Topology<'d>, overlay: &Item<Overlay>) -> Vec<&'d str> {
    let underlay = overlay.value.underlay.as_ref().and_then(|name| topology.network(&name.value));
    let takes = |node: &Node<'_>| match (&overlay.value.peers, underlay) {
        (Some(peers), _) => peers.value.contains(&node.name),
        (None, Some(underlay)) => underlay.attachment(node.device()).is_some(),
        (None, None) => true,
    };
    let sites = topology.node_sites().into_iter();
    sites.filter(|(_, nodes)| nodes.iter().any(|node| takes(node))).map(|(site, _)| site).collect()
}

/// Nodes with a monitor, and where they are written.
struct Monitors<'t, 'd> {
    nodes: Vec<&'t Node<'d>>,
    span: Span,
}

fn monitors<'t, 'd>(topology: &'t Topology<'d>) -> Option<Monitors<'t, 'd>> {
    let written = topology.design.ceph.as_ref()?.value.monitors.as_ref()?;
    let nodes = written.value.iter().filter_map(|name| topology.node(name)).collect();
    Some(Monitors { nodes, span: written.span })
}

/// The monitors of a cluster in stretch mode over two sites; asks for them where they are not written.
fn stretched_monitors<'a>(judge: &mut Judge<'a>) -> Option<Monitors<'a, 'a>> {
    let topology = judge.topology();
    if topology.stretch_mode() != Some(true) || topology.osd_sites().len() != 2 {
        return None;
    }
    let monitors = monitors(topology);
    if monitors.is_none() {
        judge.unproven(Subject::new("ceph", topology.ceph_span()), "ceph.monitors");
    }
    monitors
}

fn external_vote(topology: &Topology<'_>) -> Option<bool> {
    let qdevice = topology.design.cluster.as_ref()?.value.qdevice.as_ref();
    qdevice.map(|qdevice| qdevice.value)
}

/// All votes, with or without an external one.
fn votes(nodes: usize, external: bool) -> usize {
    if external { nodes + external_votes(nodes) } else { nodes }
}

fn site_span(topology: &Topology<'_>, site: &str, nodes: &[&Node<'_>]) -> Span {
    let sites = topology.design.site.iter().flat_map(|sites| sites.value.iter());
    let written = sites.into_iter().find(|item| item.names.iter().any(|name| name == site));
    let first = nodes.first().map_or(topology.anchor(), |node| node.span());
    written.map_or(first, |item| item.pattern.span)
}

fn about(raised: &mut Raised, paths: impl Iterator<Item = String>) {
    for path in paths {
        raised.about(path);
    }
}
