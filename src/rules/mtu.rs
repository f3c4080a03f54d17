//! Packet sizes along the ways of networks: bridges, bonds, switch ports, and what encapsulation and tunnels take.

use std::collections::{BTreeMap, BTreeSet};

use super::{Judge, Raised, Subject};
use crate::catalogue::parameters::mtu as parameters;
use crate::design::{Encapsulation, Item, Overlay, Vpn};
use crate::source::{Span, Spanned};
use crate::topology::{Interface, Network, PortId, SiteLink, Subnet, Topology};

pub(super) fn interface_below_network(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    let mut layers: BTreeMap<Span, (Layer<'_>, Vec<&Network<'_>>)> = BTreeMap::new();
    for network in topology.networks.iter().filter(|network| network.table().overlay.is_none()) {
        let mut seen: BTreeSet<Span> = BTreeSet::new();
        for attachment in &network.attachments {
            let Some(interface) = &attachment.interface else { continue };
            for layer in topology.carriers_under(interface.value).iter().filter_map(|at| layer(topology, *at)) {
                if seen.insert(layer.mtu.span) {
                    layers.entry(layer.mtu.span).or_insert_with(|| (layer, Vec::new())).1.push(network);
                }
            }
        }
    }
    for (layer, networks) in layers.into_values() {
        let larger: Vec<&Network<'_>> =
            networks.into_iter().filter(|network| network.mtu() > layer.mtu.value).collect();
        if larger.is_empty() {
            judge.holds();
            continue;
        }
        let raised = judge.violated(Subject::new(layer.path.clone(), layer.span)).at(layer.mtu.span);
        raised.with("layer", layer.name).with("layer_mtu", layer.mtu.value);
        carried(raised, &larger);
    }
}

pub(super) fn bridge_above_bond(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    let mut judged: BTreeSet<(Span, Span)> = BTreeSet::new();
    for (index, bridge) in topology.bridges.iter().enumerate() {
        let Some(above) = layer(topology, Interface::Bridge(index)) else { continue };
        for under in bridge.under.iter().filter_map(|under| layer(topology, *under)) {
            if !judged.insert((above.mtu.span, under.mtu.span)) {
                continue;
            }
            if above.mtu.value <= under.mtu.value {
                judge.holds();
                continue;
            }
            let raised = judge.violated(Subject::new(above.path.clone(), above.span)).at(above.mtu.span);
            raised.with("bridge", above.name).with("bridge_mtu", above.mtu.value);
            raised.with("bond", under.name).with("bond_mtu", under.mtu.value);
            raised.label("bond", under.mtu.span).about(under.path);
        }
    }
}

pub(super) fn switch_port_below_network(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    let settings = &topology.all_settings;
    if settings.tables.iter().all(|settings| settings.table.mtu.is_none()) {
        return;
    }
    let mut crossed: Vec<(BTreeSet<usize>, BTreeSet<PortId>)> = vec![Default::default(); settings.tables.len()];
    let mut used: Vec<bool> = vec![false; settings.tables.len()];
    for (index, (network, way)) in topology.networks.iter().zip(topology.ways()).enumerate() {
        if network.table().overlay.is_some() {
            continue;
        }
        for port in way.edge_ports().chain(way.bridged.iter().copied()).chain(way.routed.iter().copied()) {
            let Some(table) = settings.of(port) else { continue };
            let Some(mtu) = &settings.tables[table].table.mtu else { continue };
            used[table] = true;
            if network.mtu() > mtu.value {
                crossed[table].0.insert(index);
                crossed[table].1.insert(port);
            }
        }
    }
    for table in (0..used.len()).filter(|table| used[*table]) {
        let (written, (networks, ports)) = (&settings.tables[table], &crossed[table]);
        let (Some(mtu), false) = (&written.table.mtu, networks.is_empty()) else {
            judge.holds();
            continue;
        };
        let networks: Vec<&Network<'_>> =
            networks.iter().filter_map(|network| topology.networks.get(*network)).collect();
        let raised = judge.violated(Subject::new(written.path.clone(), written.span)).at(mtu.span);
        raised.with("port", ports.iter().map(|port| topology.port_name(*port)).collect::<Vec<_>>());
        raised.with("port_mtu", mtu.value);
        carried(raised, &networks);
        let devices: BTreeSet<String> =
            ports.iter().map(|port| topology.written_path(topology.port(*port).device)).collect();
        about(raised, devices);
    }
}

pub(super) fn qinq_without_room(judge: &mut Judge<'_>, limits: &parameters::QinqWithoutRoom) {
    for (overlay, underlay) in overlays(judge.topology()) {
        if overlay.value.kind.as_ref().is_some_and(|kind| kind.value == Encapsulation::Qinq) {
            within_underlay(judge, overlay, underlay, limits.tag);
        }
    }
}

pub(super) fn vxlan_in_tunnel_without_room(judge: &mut Judge<'_>, limits: &parameters::VxlanInTunnelWithoutRoom) {
    for (overlay, underlay) in overlays(judge.topology()) {
        let tunnel = overlay.value.vpn.as_ref().map(|vpn| vpn.value);
        let is_vxlan = overlay.value.kind.as_ref().is_some_and(|kind| kind.value == Encapsulation::Vxlan);
        if !is_vxlan || !matches!(tunnel, Some(Vpn::Wireguard | Vpn::Ipsec)) {
            continue;
        }
        let overhead =
            if underlay.is_ipv6() { limits.vxlan_ipv6 + limits.tunnel_ipv6 } else { limits.vxlan + limits.tunnel };
        within_underlay(judge, overlay, underlay, overhead);
    }
}

pub(super) fn site_link_without_room(judge: &mut Judge<'_>, limits: &parameters::SiteLinkWithoutRoom) {
    let topology = judge.topology();
    for link in &topology.site_links {
        let (whole, room) = room(link, limits.line, limits.tunnel);
        let mut open: Vec<String> = Vec::new();
        for network in crossing(topology, link).into_iter().filter(|network| !is_routed(topology, network, link)) {
            if network.table().mtu.is_some() {
                through_link(judge, network, link, whole, room);
            } else if f64::from(network.mtu()) > room {
                open.push(format!("{}.mtu", network.path()));
            }
        }
        if !open.is_empty() {
            judge.settle(Subject::new(link.path(), link.item.pattern.span), open);
        }
    }
}

pub(super) fn site_link_cuts_packets(judge: &mut Judge<'_>, limits: &parameters::SiteLinkCutsPackets) {
    let topology = judge.topology();
    for link in &topology.site_links {
        let (whole, room) = room(link, limits.line, limits.tunnel);
        for network in crossing(topology, link).into_iter().filter(|network| is_routed(topology, network, link)) {
            if network.table().mtu.is_some() {
                through_link(judge, network, link, whole, room);
            }
        }
    }
}

pub(super) fn above_overlay(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    for network in &topology.networks {
        let Some(overlay) = network.table().overlay.as_ref().and_then(|name| overlay_named(topology, &name.value))
        else {
            continue;
        };
        let subject = Subject::new(network.path(), network.span());
        match (&network.table().mtu, &overlay.value.mtu) {
            (_, None) => _ = judge.unproven(subject, format!("overlay.{}.mtu", overlay.pattern.value)),
            (None, Some(inside)) if network.mtu() > inside.value => {
                let key = format!("{}.mtu", network.path());
                judge.unproven(subject, key);
            }
            (Some(mtu), Some(inside)) if mtu.value > inside.value => {
                let raised = judge.violated(subject).at(mtu.span).label("overlay", inside.span);
                raised.with("network", network.name()).with("mtu", mtu.value);
                raised.with("overlay", overlay.pattern.value.as_str()).with("overlay_mtu", inside.value);
                raised.about(format!("overlay.{}", overlay.pattern.value));
            }
            _ => judge.holds(),
        }
    }
}

/// A bridge or bond that says how large its packets are.
struct Layer<'d> {
    name: &'d str,
    path: String,
    span: Span,
    mtu: &'d Spanned<u32>,
}

fn layer<'d>(topology: &Topology<'d>, interface: Interface) -> Option<Layer<'d>> {
    let (kind, pattern, mtu) = match interface {
        Interface::Port(_) => return None,
        Interface::Bond(bond) => {
            let item = topology.bonds[bond.0].item;
            ("bond", &item.pattern, item.value.mtu.as_ref()?)
        }
        Interface::Bridge(bridge) => {
            let item = topology.bridges[bridge].item;
            ("bridge", &item.pattern, item.value.mtu.as_ref()?)
        }
    };
    Some(Layer { name: &pattern.value, path: format!("{kind}.{}", pattern.value), span: pattern.span, mtu })
}

/// Names the networks whose packets are too large, and the largest of these.
fn carried(raised: &mut Raised, networks: &[&Network<'_>]) {
    raised.with("network", networks.iter().map(|network| network.name()).collect::<Vec<_>>());
    raised.with("mtu", networks.iter().map(|network| network.mtu()).max().unwrap_or_default());
    for network in networks {
        raised.label("network", network.table().mtu.as_ref().map_or(network.span(), |mtu| mtu.span));
        raised.about(network.path());
    }
}

fn about(raised: &mut Raised, paths: BTreeSet<String>) {
    for path in paths {
        raised.about(path);
    }
}

/// Networks with members at both ends of a link between sites.
fn crossing<'t, 'd>(topology: &'t Topology<'d>, link: &SiteLink<'d>) -> Vec<&'t Network<'d>> {
    let spans = |network: &&Network<'d>| {
        let sites = network.sites(topology);
        link.sites().all(|site| sites.contains(site))
    };
    topology.networks.iter().filter(|network| network.table().overlay.is_none()).filter(spans).collect()
}

/// Whether the members at the two ends of a link lie in subnets of their own, so that a router stands between them
/// and tells senders what is too large.
fn is_routed(topology: &Topology<'_>, network: &Network<'_>, link: &SiteLink<'_>) -> bool {
    let subnets = network.subnets();
    let at = |site: &str| -> BTreeSet<Subnet> {
        let here = subnets
            .iter()
            .filter(|membership| membership.members.iter().any(|member| topology.site_of(member.device) == Some(site)));
        here.map(|membership| membership.subnet).collect()
    };
    let ends: Vec<BTreeSet<Subnet>> = link.sites().map(at).collect();
    match ends.as_slice() {
        [one, other] => !one.is_empty() && !other.is_empty() && one.is_disjoint(other),
        _ => false,
    }
}

/// The largest packet of a line, and what a tunnel over it leaves.
fn room(link: &SiteLink<'_>, standard: f64, overhead: f64) -> (f64, f64) {
    let written = &link.item.value;
    let most = written.mtu.as_ref().map_or(standard, |mtu| f64::from(mtu.value));
    let encrypts = written.vpn.as_ref().is_some_and(|vpn| matches!(vpn.value, Vpn::Wireguard | Vpn::Ipsec));
    (most, if encrypts { most - overhead } else { most })
}

/// Judges whether the packets of a network fit through a link between sites.
fn through_link(judge: &mut Judge<'_>, network: &Network<'_>, link: &SiteLink<'_>, whole: f64, room: f64) {
    let Some(mtu) = &network.table().mtu else { return };
    if f64::from(mtu.value) <= room {
        judge.holds();
        return;
    }
    let written = link.item.value.mtu.as_ref();
    let raised = judge.violated(Subject::new(network.path(), network.span())).at(mtu.span);
    raised.with("network", network.name()).with("mtu", mtu.value);
    raised.with("link", link.name.as_str()).with("line", whole).with("room", room);
    raised.label("line", written.map_or(link.item.pattern.span, |mtu| mtu.span)).about(link.path());
    if written.is_none() {
        raised.assumed(format!("{}.mtu", link.path()));
    }
}

/// Overlays with the networks that carry them.
fn overlays<'t, 'd>(topology: &'t Topology<'d>) -> Vec<(&'d Item<Overlay>, &'t Network<'d>)> {
    let written = topology.design.overlay.iter().flat_map(|overlays| overlays.value.iter());
    let carried = |overlay: &'d Item<Overlay>| {
        let underlay = overlay.value.underlay.as_ref()?;
        Some((overlay, topology.network(&underlay.value)?))
    };
    written.into_iter().filter_map(carried).collect()
}

fn overlay_named<'d>(topology: &Topology<'d>, name: &str) -> Option<&'d Item<Overlay>> {
    let mut written = topology.design.overlay.iter().flat_map(|overlays| overlays.value.iter());
    written.find(|overlay| overlay.names.iter().any(|known| known == name))
}

/// Judges whether packets of an overlay with what is put around them fit into those of its underlay.
fn within_underlay(judge: &mut Judge<'_>, overlay: &Item<Overlay>, underlay: &Network<'_>, overhead: f64) {
    let path = format!("overlay.{}", overlay.pattern.value);
    let subject = Subject::new(path.clone(), overlay.pattern.span);
    let Some(mtu) = &overlay.value.mtu else {
        judge.unproven(subject, format!("{path}.mtu"));
        return;
    };
    let needed = f64::from(mtu.value) + overhead;
    if needed <= f64::from(underlay.mtu()) {
        judge.holds();
        return;
    }
    let raised = judge.violated(subject).at(mtu.span).with("overlay", overlay.pattern.value.as_str());
    raised.with("overlay_mtu", mtu.value).with("needed", needed);
    raised.with("network", underlay.name()).with("underlay_mtu", underlay.mtu());
    raised.with("room", f64::from(underlay.mtu()) - overhead);
    raised.label("underlay", underlay.table().mtu.as_ref().map_or(underlay.span(), |mtu| mtu.span));
    raised.about(underlay.path());
}
