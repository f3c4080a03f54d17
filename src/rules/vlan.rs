//! VLANs and subnets: what ports pass at both ends of a link and along the way of a network, what shares an id, and
//! whether addresses, VLANs and cables of a network agree.

use std::collections::{BTreeMap, BTreeSet};

use foldhash::HashMap;
use std::net::IpAddr;

use super::{Judge, Subject};
use crate::catalogue::parameters::vlan as parameters;
use crate::design::Purpose;
use crate::source::Span;
use crate::topology::{
    AllSettings, Attachment, DeviceId, Edge, Interface, Membership, Network, PortId, PortSettings, Subnet, Topology,
};
use crate::words::{self, Said};

/// Purposes that guests have no business with.
const INTERNAL: &[Purpose] = &[
    Purpose::Management,
    Purpose::Bmc,
    Purpose::Corosync,
    Purpose::CephCluster,
    Purpose::Migration,
    Purpose::Keepalive,
    Purpose::Provisioning,
];

pub(super) fn missing_on_port(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    let settings = &topology.all_settings;
    if !settings.tables.iter().any(PortSettings::sets_vlans) {
        return;
    }
    for (network, way) in topology.networks.iter().zip(topology.ways()) {
        let vlans = network.tagged_vlans();
        if vlans.is_empty() || network.table().overlay.is_some() {
            continue;
        }
        let ports = by_table(settings, way.edge_ports().chain(way.bridged.iter().copied()));
        let lacking: Vec<(&PortSettings<'_>, &[PortId], Vec<u32>)> = ports
            .iter()
            .map(|(table, ports)| (&settings.tables[*table], ports.as_slice()))
            .map(|(written, ports)| (written, ports, not_passed(written, &vlans, Some(false))))
            .filter(|(_, _, missing)| !missing.is_empty())
            .collect();
        let open: Vec<String> = ports
            .iter()
            .map(|(table, _)| &settings.tables[*table])
            .filter(|written| written.tagged.is_none() && !not_passed(written, &vlans, None).is_empty())
            .map(|written| format!("{}.tagged", written.path))
            .collect();
        let subject = Subject::new(network.path(), network.span());
        let Some((first, _, _)) = lacking.first() else {
            if !ports.is_empty() {
                judge.settle(subject, open);
            }
            continue;
        };
        let raised = judge.violated(subject).at(first.tagged_span()).with("network", network.name());
        let missing: BTreeSet<u32> = lacking.iter().flat_map(|(_, _, missing)| missing).copied().collect();
        raised.with("vlan", spelled(missing));
        raised.with("port", names(topology, lacking.iter().flat_map(|(_, ports, _)| ports.iter().copied())));
        let declared = network.table().vlan.as_ref().map(|vlan| vlan.span);
        let declared = declared.or_else(|| network.table().guest_vlans.as_ref().map(|vlans| vlans.span));
        raised.label("network", declared.unwrap_or(network.span()));
        for (written, _, _) in &lacking {
            raised.about(written.path.clone());
        }
    }
}

pub(super) fn tagged_at_one_end(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    let settings = &topology.all_settings;
    for ((one, other), cables) in links(topology, settings) {
        let (left, right) = (&settings.tables[one], &settings.tables[other]);
        let (Some(tagged), Some(others)) = (&left.tagged, &right.tagged) else { continue };
        if tagged == others {
            judge.holds();
            continue;
        }
        let ends = [(left, right, tagged, others, false), (right, left, others, tagged, true)];
        for (lacking, having, own, theirs, turned) in ends {
            let missing: Vec<u32> = theirs.difference(own).copied().collect();
            if missing.is_empty() {
                continue;
            }
            let own = cables.iter().map(|(from, to)| if turned { *to } else { *from });
            let far = cables.iter().map(|(from, to)| if turned { *from } else { *to });
            let raised = judge.violated(Subject::new(lacking.path.clone(), lacking.span)).at(lacking.tagged_span());
            raised.with("vlan", spelled(missing)).with("port", names(topology, own));
            raised.with("far", names(topology, far)).label("far", having.tagged_span()).about(having.path.clone());
        }
    }
}

pub(super) fn native_differs(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    let settings = &topology.all_settings;
    for ((one, other), cables) in links(topology, settings) {
        let (left, right) = (&settings.tables[one], &settings.tables[other]);
        let (Some(native), Some(far_native)) = (left.native, right.native) else { continue };
        if native == far_native {
            judge.holds();
            continue;
        }
        let raised = judge.violated(Subject::new(right.path.clone(), right.span)).at(right.native_span());
        raised.with("port", names(topology, cables.iter().map(|(_, to)| *to))).with("native", native_said(far_native));
        raised.with("far", names(topology, cables.iter().map(|(from, _)| *from)));
        raised.with("far_native", native_said(native));
        raised.label("far", left.native_span()).about(left.path.clone());
    }
}

pub(super) fn untagged_not_taken(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    let settings = &topology.all_settings;
    if settings.tables.iter().all(|written| written.native.is_none()) {
        return;
    }
    for network in topology.networks.iter().filter(|network| sends_untagged(network)) {
        let ports = by_table(settings, topology.edges(network).iter().map(|edge| edge.far));
        let known: Vec<(&PortSettings<'_>, &[PortId], u32)> = ports
            .iter()
            .filter_map(|(table, ports)| {
                let written = &settings.tables[*table];
                Some((written, ports.as_slice(), written.native?))
            })
            .collect();
        let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
        for (_, ports, native) in known.iter().filter(|(_, _, native)| *native > 0) {
            *counts.entry(*native).or_default() += ports.len();
        }
        let expected = counts.into_iter().max_by_key(|(_, ports)| *ports).map(|(native, _)| native);
        let wrong: Vec<_> = known.iter().filter(|(_, _, native)| Some(*native) != expected).collect();
        let Some((first, _, native)) = wrong.first() else {
            if !known.is_empty() {
                judge.holds();
            }
            continue;
        };
        let raised = judge.violated(Subject::new(network.path(), network.span())).at(first.native_span());
        raised.with("network", network.name()).with("native", native_said(*native));
        raised.with("port", names(topology, wrong.iter().flat_map(|(_, ports, _)| ports.iter().copied())));
        let expected = expected.map_or_else(words::evidence::not_written, native_said);
        raised.with("expected", expected).label("network", network.span());
        for (written, _, _) in wrong {
            raised.about(written.path.clone());
        }
    }
}

pub(super) fn one_id_two_subnets(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    let subnets: Vec<Vec<Membership<'_>>> = topology.networks.iter().map(Network::subnets).collect();
    let mut by_id: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (index, network) in topology.networks.iter().enumerate() {
        let vlan = network.table().vlan.as_ref().map_or(0, |vlan| vlan.value);
        if vlan > 0 && network.table().overlay.is_none() && !subnets[index].is_empty() {
            by_id.entry(vlan).or_default().push(index);
        }
    }
    let places = places(topology);
    for (vlan, networks) in by_id {
        for (position, other) in networks.iter().enumerate().skip(1) {
            let differs = |one: &&usize| !share_subnet(&subnets[**one], &subnets[*other]);
            let others: Vec<usize> = networks[..position].iter().filter(differs).copied().collect();
            let network = &topology.networks[*other];
            let subject = Subject::new(network.path(), network.span());
            let together = others.iter().find(|one| places[**one].intersection(&places[*other]).next().is_some());
            if let Some(one) = together.map(|one| &topology.networks[*one]) {
                let raised = judge.violated(subject).with("vlan", vlan);
                raised.with("network", network.name()).with("other", one.name());
                raised.with("subnet", subnet_names(&subnets[*other]));
                raised.with(
                    "other_subnet",
                    topology
                        .networks
                        .iter()
                        .zip(&subnets)
                        .find_map(|(network, subnets)| (network.name() == one.name()).then(|| subnet_names(subnets)))
                        .unwrap_or_default(),
                );
                if let (Some(own), Some(first)) = (&network.table().vlan, &one.table().vlan) {
                    raised.at(own.span).label("other", first.span);
                }
                raised.about(one.path());
            } else if others.iter().chain([other]).any(|network| places[*network].is_empty()) && !others.is_empty() {
                judge.unproven(subject, "cable");
            } else {
                judge.holds();
            }
        }
    }
}

pub(super) fn guests_on_internal_vlan(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    let places = places(topology);
    let is_guest = |network: &Network<'_>| network.is_for(Purpose::Guest) || network.table().guest_vlans.is_some();
    let internal: Vec<(usize, &Network<'_>, u32)> = topology
        .networks
        .iter()
        .enumerate()
        .filter(|(_, network)| !is_guest(network) && network.purposes().any(|purpose| INTERNAL.contains(&purpose)))
        .filter_map(|(index, network)| Some((index, network, network.table().vlan.as_ref()?.value)))
        .filter(|(_, _, vlan)| *vlan > 0)
        .collect();
    for (index, guests) in topology.networks.iter().enumerate().filter(|(_, network)| is_guest(network)) {
        let vlans = guests.tagged_vlans();
        if vlans.is_empty() || guests.table().overlay.is_some() {
            continue;
        }
        let apart = |other: usize| {
            let (own, other) = (&places[index], &places[other]);
            !own.is_empty() && !other.is_empty() && own.intersection(other).next().is_none()
        };
        let shared: Vec<&(usize, &Network<'_>, u32)> =
            internal.iter().filter(|(other, _, vlan)| vlans.contains(vlan) && !apart(*other)).collect();
        if shared.is_empty() {
            judge.holds();
            continue;
        }
        let written = guests.table().guest_vlans.as_ref().map(|vlans| vlans.span);
        let written = written.or_else(|| guests.table().vlan.as_ref().map(|vlan| vlan.span));
        let raised = judge.violated(Subject::new(guests.path(), guests.span())).at(written.unwrap_or(guests.span()));
        raised.with("network", guests.name()).with("vlan", spelled(shared.iter().map(|(_, _, vlan)| *vlan)));
        raised.with("other", shared.iter().map(|(_, network, _)| network.name()).collect::<Vec<_>>());
        for (_, network, _) in shared {
            raised.label("other", network.table().vlan.as_ref().map_or(network.span(), |vlan| vlan.span));
            raised.about(network.path());
        }
    }
}

pub(super) fn default_vlan_tagged(judge: &mut Judge<'_>, limits: &parameters::DefaultVlanTagged) {
    for network in &judge.topology().networks {
        let vlans = network.tagged_vlans();
        if vlans.is_empty() || network.table().overlay.is_some() {
            continue;
        }
        if !vlans.contains(&limits.default_vlan) {
            judge.holds();
            continue;
        }
        let table = network.table();
        let own = table.vlan.as_ref().filter(|vlan| vlan.value == limits.default_vlan).map(|vlan| vlan.span);
        let guests = table.guest_vlans.as_ref().map(|vlans| vlans.span);
        let at = own.or(guests).unwrap_or(network.span());
        judge.violated(Subject::new(network.path(), network.span())).at(at).with("network", network.name());
    }
}

pub(super) fn not_trunked_to_firewall(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    let settings = &topology.all_settings;
    let trunks: Vec<Trunk> =
        (0..topology.firewalls.len()).filter_map(|index| trunk(topology, settings, index)).collect();
    for network in topology.networks.iter().filter(|network| network.table().overlay.is_none()) {
        let Some(gateway) = &network.table().gateway else { continue };
        let Some(vlan) = network.table().vlan.as_ref().filter(|vlan| vlan.value > 0) else { continue };
        let by_trunk = |trunk: &&Trunk| !(trunk.administration_open && network.is_for(Purpose::Management));
        let judged: Vec<&Trunk> = trunks.iter().filter(by_trunk).collect();
        if judged.is_empty() {
            continue;
        }
        let without: Vec<&Trunk> = judged.into_iter().filter(|trunk| !trunk.carries(settings, vlan.value)).collect();
        if without.is_empty() {
            judge.holds();
            continue;
        }
        let written = without.iter().flat_map(|trunk| trunk.groups.values().flatten()).map(|(_, table)| *table);
        let tables: BTreeSet<usize> =
            written.filter(|table| settings.tables[*table].passes(vlan.value) == Some(false)).collect();
        let first = tables.first().map_or(gateway.span, |table| settings.tables[*table].tagged_span());
        let raised = judge.violated(Subject::new(network.path(), network.span())).at(first);
        raised.with("network", network.name()).with("vlan", vlan.value).with("gateway", gateway.value.as_str());
        raised.with("firewall", without.iter().map(|trunk| topology.name(trunk.device)).collect::<Vec<_>>());
        raised.label("gateway", gateway.span);
        for path in tables.iter().map(|table| settings.tables[*table].path.clone()) {
            raised.about(path);
        }
        let written: BTreeSet<String> = without.iter().map(|trunk| topology.written_path(trunk.device)).collect();
        for path in written {
            raised.about(path);
        }
    }
}

pub(super) fn cable_in_wrong_switch(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    let islands = topology.islands();
    let grouped: Vec<Vec<Group<'_, '_>>> =
        topology.networks.iter().map(|network| groups(topology, network, &islands)).collect();
    let mut strays: BTreeMap<DeviceId, Vec<(&Network<'_>, Edge, &Group<'_, '_>)>> = BTreeMap::new();
    let all: Vec<&Group<'_, '_>> = grouped.iter().flatten().collect();
    for group in &all {
        let Some(common) = group.common else {
            let subject = Subject::new(group.network.path(), group.network.interface_span());
            judge.unproven(subject, "cable");
            continue;
        };
        let away: Vec<&Seat> = group.seats.iter().filter(|seat| !seat.islands.contains(&common)).collect();
        if away.is_empty() {
            judge.holds();
            continue;
        }
        let mut open = false;
        for seat in &away {
            let is_swapped = seat.islands.iter().any(|island| swapped(&all, group, seat, common, *island));
            if is_swapped || away.len() == 1 && group.is_alone(topology, seat) {
                strays.entry(seat.device).or_default().push((group.network, seat.edge, group));
            } else {
                open = true;
            }
        }
        if open {
            judge.unproven(Subject::new(group.network.path(), group.network.interface_span()), "cable");
        }
    }
    for (device, wrong) in strays {
        misplaced(judge, device, &wrong);
    }
}

pub(super) fn subnets_overlap(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    let mut all: Vec<(Subnet, usize)> = Vec::new();
    for (index, network) in topology.networks.iter().enumerate() {
        let inside = network.table().overlay.is_some() && network.purposes().all(|purpose| purpose == Purpose::Guest);
        if !inside {
            all.extend(network.subnets().into_iter().map(|membership| (membership.subnet, index)));
        }
    }
    // In this order a subnet comes after every one that it lies in.
    all.sort_unstable();
    let mut open: Vec<(Subnet, usize)> = Vec::new();
    let mut told: BTreeSet<(usize, usize)> = BTreeSet::new();
    for (subnet, index) in all {
        while open.last().is_some_and(|(around, _)| !around.holds(&subnet)) {
            open.pop();
        }
        let clash = open
            .iter()
            .rev()
            .find(|(around, other)| *other != index && !may_overlap(topology, (index, &subnet), (*other, around)));
        if let Some((around, other)) = clash {
            let (first, second) = if index < *other { (index, *other) } else { (*other, index) };
            if told.insert((first, second)) {
                let of_index = |wanted: usize| if wanted == index { subnet } else { *around };
                overlap(judge, (first, of_index(first)), (second, of_index(second)));
            }
        } else {
            judge.holds();
        }
        open.push((subnet, index));
    }
}

pub(super) fn members_in_two_subnets(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    let segments = topology.segments();
    for network in &topology.networks {
        let mut segment: HashMap<DeviceId, usize> = HashMap::default();
        for edge in topology.edges(network) {
            if let DeviceId::Switch(switch) = topology.port(edge.far).device {
                segment.entry(edge.device).or_insert(segments[switch]);
            }
        }
        let mut places: BTreeMap<Place<'_>, Vec<(Subnet, &Attachment)>> = BTreeMap::new();
        for membership in network.subnets() {
            for member in membership.members {
                let place = (topology.site_of(member.device), segment.get(&member.device).copied());
                places.entry(place).or_default().push((membership.subnet, member));
            }
        }
        let split = places.values().map(|members| minority(members)).find(|odd| !odd.is_empty());
        let subject = Subject::new(network.path(), network.span());
        match split {
            None if places.is_empty() => {}
            None => judge.holds(),
            Some(odd) => {
                let others: BTreeSet<String> =
                    network.subnets().iter().map(|membership| membership.subnet.to_string()).collect();
                let own: BTreeSet<String> = odd.iter().map(|(subnet, _)| subnet.to_string()).collect();
                let raised = judge.violated(subject).with("network", network.name());
                if let Some(address) = odd.first().and_then(|(_, member)| member.address.as_ref()) {
                    raised.at(address.span);
                }
                raised.with("device", odd.iter().map(|(_, member)| topology.name(member.device)).collect::<Vec<_>>());
                raised.with("others", others.difference(&own).cloned().collect::<Vec<_>>());
                raised.with("subnet", own.into_iter().collect::<Vec<_>>());
                let paths: BTreeSet<String> =
                    odd.iter().map(|(_, member)| topology.written_path(member.device)).collect();
                for path in paths {
                    raised.about(path);
                }
            }
        }
    }
}

pub(super) fn gateway_outside_subnet(judge: &mut Judge<'_>) {
    for network in &judge.topology().networks {
        let Some(gateway) = &network.table().gateway else { continue };
        let Ok(ip) = gateway.value.parse::<IpAddr>() else { continue };
        let subnets = network.subnets();
        if subnets.iter().any(|membership| membership.subnet.contains(ip)) {
            judge.holds();
        } else if !subnets.is_empty() {
            let raised = judge.violated(Subject::new(network.path(), network.span())).at(gateway.span);
            raised.with("network", network.name()).with("gateway", gateway.value.as_str());
            raised.with("subnet", subnet_names(&subnets));
            if let Some(address) = &network.table().address {
                raised.label("address", address.span);
            }
        }
    }
}

pub(super) fn subnet_without_growth(judge: &mut Judge<'_>, limits: &parameters::SubnetWithoutGrowth) {
    for network in &judge.topology().networks {
        for membership in network.subnets() {
            // Two addresses are meant for a line between two devices.
            let Some(available) = membership.subnet.host_addresses().filter(|available| *available > 2) else {
                continue;
            };
            let gateway = network.table().gateway.as_ref().and_then(|gateway| gateway.value.parse::<IpAddr>().ok());
            let is_inside = |ip: &IpAddr| membership.subnet.contains(*ip);
            let is_member = |ip: &IpAddr| {
                let mut addresses = membership.members.iter().filter_map(|member| member.address.as_ref());
                addresses.any(|address| address.ip == *ip)
            };
            let router = usize::from(gateway.filter(is_inside).is_some_and(|ip| !is_member(&ip)));
            let members = membership.members.len();
            let needed = (members as f64 * limits.growth).ceil() + router as f64;
            if needed <= f64::from(available) {
                judge.holds();
                continue;
            }
            let raised = judge.violated(Subject::new(network.path(), network.span()));
            if let Some(address) = membership.members.first().and_then(|member| member.address.as_ref()) {
                raised.at(address.span);
            }
            raised.with("network", network.name()).with("subnet", membership.subnet.to_string());
            raised.with("available", available).with("members", members).with("needed", needed);
        }
    }
}

fn names(topology: &Topology<'_>, ports: impl Iterator<Item = PortId>) -> Vec<String> {
    let ports: BTreeSet<PortId> = ports.collect();
    ports.into_iter().map(|port| topology.port_name(port)).collect()
}

fn native_said(native: u32) -> Said {
    if native == 0 { words::evidence::none() } else { native.into() }
}

/// VLAN ids for people, with a range where some follow each other.
fn spelled(vlans: impl IntoIterator<Item = u32>) -> Vec<String> {
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    for vlan in vlans.into_iter().collect::<BTreeSet<u32>>() {
        match ranges.last_mut() {
            Some((_, last)) if *last + 1 == vlan => *last = vlan,
            _ => ranges.push((vlan, vlan)),
        }
    }
    let word = |(first, last): (u32, u32)| if first == last { first.to_string() } else { format!("{first}-{last}") };
    ranges.into_iter().map(word).collect()
}

/// Ports by the table that sets VLANs on them.
fn by_table(settings: &AllSettings<'_>, ports: impl Iterator<Item = PortId>) -> Vec<(usize, Vec<PortId>)> {
    let set = |port: PortId| {
        settings.of(port).filter(|table| settings.tables[*table].sets_vlans()).map(|table| (table, port))
    };
    let mut set: Vec<(usize, PortId)> = ports.filter_map(set).collect();
    set.sort_unstable();
    set.dedup();
    let tables = set.chunk_by(|(one, _), (other, _)| one == other);
    tables.map(|ports| (ports[0].0, ports.iter().map(|(_, port)| *port).collect())).collect()
}

/// VLANs whose frames come out at a port with this answer.
fn not_passed(written: &PortSettings<'_>, vlans: &BTreeSet<u32>, answer: Option<bool>) -> Vec<u32> {
    vlans.iter().copied().filter(|vlan| written.passes(*vlan) == answer).collect()
}

/// Cables that lead from one table of settings to another, by the two.
type Links = BTreeMap<(usize, usize), Vec<(PortId, PortId)>>;

fn links(topology: &Topology<'_>, settings: &AllSettings<'_>) -> Links {
    let mut links = Links::new();
    if settings.tables.is_empty() {
        return links;
    }
    for cable in &topology.cables {
        let ends = [cable.from, cable.to].map(|port| settings.of(port));
        if let [Some(one), Some(other)] = ends {
            let ports = if one <= other { (cable.from, cable.to) } else { (cable.to, cable.from) };
            links.entry((one.min(other), one.max(other))).or_default().push(ports);
        }
    }
    links
}

/// Whether the members of a network send frames without a tag.
fn sends_untagged(network: &Network<'_>) -> bool {
    let table = network.table();
    let unread = ["vlan", "guest_vlans"].iter().any(|key| table.unread.contains(key));
    network.tagged_vlans().is_empty() && !unread && table.overlay.is_none() && table.mesh.is_none()
}

/// For every network the switches that carry it; where only spines are shared, nothing is.
fn places(topology: &Topology<'_>) -> Vec<BTreeSet<usize>> {
    let mut places = vec![BTreeSet::new(); topology.networks.len()];
    for ledger in topology.ledgers().iter().filter(|ledger| !topology.is_spine(ledger.switch)) {
        for network in &ledger.networks {
            places[*network].insert(ledger.switch);
        }
    }
    places
}

fn share_subnet(one: &[Membership<'_>], other: &[Membership<'_>]) -> bool {
    one.iter().any(|own| other.iter().any(|theirs| theirs.subnet == own.subnet))
}

fn subnet_names(subnets: &[Membership<'_>]) -> Vec<String> {
    subnets.iter().map(|membership| membership.subnet.to_string()).collect()
}

/// The ports of a firewall that lead to switches and say their VLANs, by the bond they are in.
struct Trunk {
    device: DeviceId,
    groups: BTreeMap<usize, Vec<(PortId, usize)>>,
    /// Whether a port for its administration says nothing, so that a network for management may come in there.
    administration_open: bool,
}

impl Trunk {
    /// Whether all ports of one bond, or one single port, pass a VLAN.
    fn carries(&self, settings: &AllSettings<'_>, vlan: u32) -> bool {
        let passes = |table: usize| settings.tables[table].passes(vlan) != Some(false);
        self.groups.values().any(|ports| ports.iter().all(|(_, table)| passes(*table)))
    }
}

/// Nothing where a port that leads to a switch says nothing about VLANs: the network may come in there.
fn trunk(topology: &Topology<'_>, settings: &AllSettings<'_>, firewall: usize) -> Option<Trunk> {
    let device = DeviceId::Firewall(firewall);
    let administration = topology.firewalls[firewall].item.value.management_ports.as_ref();
    let (mut groups, mut administration_open) = (BTreeMap::<usize, Vec<(PortId, usize)>>::new(), false);
    for port in topology.ports_of(device) {
        let Some(far) = topology.far_end(*port) else { continue };
        if !matches!(topology.port(far).device, DeviceId::Switch(_)) {
            continue;
        }
        let set = |port: PortId| settings.of(port).filter(|table| settings.tables[*table].sets_vlans());
        let tables: Vec<usize> = [*port, far].into_iter().filter_map(set).collect();
        if tables.is_empty() && administration.is_some_and(|ports| ports.value.contains(&topology.port(*port).label)) {
            administration_open = true;
            continue;
        }
        if tables.is_empty() {
            return None;
        }
        // A port outside of any bond is a group of its own.
        let group = topology.bond_with(*port).map_or(topology.bonds.len() + port.0, |bond| bond.0);
        groups.entry(group).or_default().extend(tables.into_iter().map(|table| (*port, table)));
    }
    (!groups.is_empty()).then_some(Trunk { device, groups, administration_open })
}

/// Where a member of a network is plugged in.
struct Seat {
    device: DeviceId,
    edge: Edge,
    islands: Vec<usize>,
}

impl Seat {
    /// The seat of one member by its cables, each with the island that it leads to.
    fn of(edges: &[(Edge, usize)]) -> Self {
        let mut islands: Vec<usize> = edges.iter().map(|(_, island)| *island).collect();
        islands.sort_unstable();
        islands.dedup();
        let (edge, _) = edges[0];
        Self { device: edge.device, edge, islands }
    }
}

/// The members of a network in one site that are cabled to switches.
struct Group<'t, 'd> {
    network: &'t Network<'d>,
    site: Option<&'d str>,
    /// By device.
    seats: Vec<Seat>,
    /// The island that more than half of them are on.
    common: Option<usize>,
}

impl Group<'_, '_> {
    /// Whether a member stands in the rack of others that are equal to it, so that nothing but a slip explains its cable.
    fn is_alone(&self, topology: &Topology<'_>, seat: &Seat) -> bool {
        let place = |device: DeviceId| (topology.written_path(device), topology.rack_of(device));
        let equals = self.seats.iter().filter(|other| place(other.device) == place(seat.device)).count();
        equals > 2
    }

    /// The network with subnet, VLAN and the switches that most members end in.
    fn described(&self, topology: &Topology<'_>) -> Said {
        let common = self.seats.iter().filter(|seat| self.common.is_some_and(|island| seat.islands.contains(&island)));
        let switches: BTreeSet<&str> =
            common.filter_map(|seat| topology.switch_of(seat.edge.port)).map(|switch| switch.name.as_str()).collect();
        let switches = switches.into_iter().map(Said::from).reduce(words::story::names_and_last).unwrap_or_default();
        let mut ids = subnet_names(&self.network.subnets());
        ids.extend(self.network.table().vlan.iter().map(|vlan| format!("VLAN {}", vlan.value)));
        if ids.is_empty() {
            words::evidence::network_on(self.network.name(), switches)
        } else {
            words::evidence::network_with_ids_on(self.network.name(), ids, switches)
        }
    }

    fn on(&self, device: DeviceId) -> Option<&Seat> {
        let place = self.seats.binary_search_by_key(&device, |seat| seat.device).ok()?;
        self.seats.get(place)
    }
}

fn groups<'t, 'd>(topology: &'t Topology<'d>, network: &'t Network<'d>, islands: &[usize]) -> Vec<Group<'t, 'd>> {
    if network.table().overlay.is_some() {
        return Vec::new();
    }
    let mut sites: BTreeMap<Option<&str>, Vec<(Edge, usize)>> = BTreeMap::new();
    for edge in topology.edges(network).iter().copied() {
        let DeviceId::Switch(switch) = topology.port(edge.far).device else { continue };
        sites.entry(topology.site_of(edge.device)).or_default().push((edge, islands[switch]));
    }
    let group = |(site, mut edges): (Option<&'d str>, Vec<(Edge, usize)>)| {
        edges.sort_by_key(|(edge, _)| edge.device);
        let seats = edges.chunk_by(|(one, _), (other, _)| one.device == other.device).map(Seat::of);
        let seats: Vec<Seat> = seats.collect();
        let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
        for island in seats.iter().flat_map(|seat| &seat.islands) {
            *counts.entry(*island).or_default() += 1;
        }
        let common = counts.into_iter().max_by_key(|(_, seats)| *seats);
        let common = common.filter(|(_, count)| count * 2 > seats.len()).map(|(island, _)| island);
        Group { network, site, seats, common }
    };
    let groups = sites.into_iter().map(group);
    groups.filter(|group| group.seats.len() > 1).collect()
}

/// Whether another network of the member has taken its place: the others have that network where this one is
/// plugged in, and the member has it where the others have this one.
fn swapped(all: &[&Group<'_, '_>], group: &Group<'_, '_>, seat: &Seat, common: usize, island: usize) -> bool {
    let others = all.iter().filter(|other| other.site == group.site && other.common == Some(island));
    others
        .filter_map(|other| other.on(seat.device))
        .any(|other| other.islands.contains(&common) && other.edge != seat.edge)
}

/// One violation for all cables of a device that end in the wrong switch.
fn misplaced(judge: &mut Judge<'_>, device: DeviceId, wrong: &[(&Network<'_>, Edge, &Group<'_, '_>)]) {
    let topology = judge.topology();
    let Some((first, edge, _)) = wrong.first() else { return };
    let cable = topology.port(edge.port).cable.map(|cable| &topology.cables[cable]);
    let written = cable.filter(|cable| cable.item.is_some());
    let path = written.map_or_else(|| first.path(), |cable| topology.cable_path(cable));
    let end = |edge: &Edge| topology.end_span(edge.far).unwrap_or_else(|| topology.device_span(device));
    let mut cables: Vec<Said> = Vec::new();
    for (_, edge, _) in wrong {
        let cable = words::evidence::cable_end(topology.port_name(edge.port), topology.port_name(edge.far));
        if !cables.contains(&cable) {
            cables.push(cable);
        }
    }
    let raised = judge.violated(Subject::new(path, end(edge))).at(end(edge)).with("cable", cables);
    raised.with("network", wrong.iter().map(|(_, _, group)| group.described(topology)).collect::<Vec<_>>());
    let spans: BTreeSet<Span> = wrong.iter().map(|(_, edge, _)| end(edge)).collect();
    for span in spans.into_iter().filter(|span| *span != end(edge)) {
        raised.label("cable", span);
    }
    raised.about(topology.written_path(device));
    for (network, _, _) in wrong {
        raised.label("network", network.interface_span()).about(network.path());
    }
}

/// Whether two networks may have overlapping subnets: they are one network written twice, of devices or interfaces
/// that do not get in each other's way, or lie in different sites.
fn may_overlap(topology: &Topology<'_>, one: (usize, &Subnet), other: (usize, &Subnet)) -> bool {
    let (left, right) = (&topology.networks[one.0], &topology.networks[other.0]);
    let mut shared = left.attachments.iter().filter_map(|own| Some((own, right.attachment(own.device)?)));
    let (own_sites, other_sites) = (left.sites(topology), right.sites(topology));
    if !own_sites.is_empty() && !other_sites.is_empty() && own_sites.is_disjoint(&other_sites) {
        return true;
    }
    let vlan = |network: &Network<'_>| network.table().vlan.as_ref().map_or(0, |vlan| vlan.value);
    // The management controller has an interface of its own, which the operating system knows nothing of.
    let is_bmc = |network: &Network<'_>| {
        network.is_for(Purpose::Bmc) && network.purposes().all(|purpose| purpose == Purpose::Bmc)
    };
    let same_place = |(own, theirs): (&Attachment, &Attachment)| {
        let interface = |member: &Attachment| member.interface.as_ref().map(|interface| interface.value);
        let (own, theirs): (Option<Interface>, Option<Interface>) = (interface(own), interface(theirs));
        own == theirs
    };
    one.1 == other.1 && vlan(left) == vlan(right) && (is_bmc(left) != is_bmc(right) || shared.all(same_place))
}

fn overlap(judge: &mut Judge<'_>, first: (usize, Subnet), second: (usize, Subnet)) {
    let topology = judge.topology();
    let (one, other) = (&topology.networks[first.0], &topology.networks[second.0]);
    let raised = judge.violated(Subject::new(other.path(), other.span()));
    raised.with("network", other.name()).with("subnet", second.1.to_string());
    raised.with("other", one.name()).with("other_subnet", first.1.to_string());
    if let (Some(own), Some(before)) = (&other.table().address, &one.table().address) {
        raised.at(own.span).label("other", before.span);
    }
    raised.about(one.path());
}

/// A site, and the switches that bridge to each other, where either is known.
type Place<'d> = (Option<&'d str>, Option<usize>);

/// Members that are not in the subnet that most of them are in.
fn minority<'t>(members: &[(Subnet, &'t Attachment)]) -> Vec<(Subnet, &'t Attachment)> {
    let mut counts: BTreeMap<Subnet, usize> = BTreeMap::new();
    for (subnet, _) in members {
        *counts.entry(*subnet).or_default() += 1;
    }
    let most = counts.into_iter().reduce(|most, next| if next.1 > most.1 { next } else { most });
    members.iter().filter(|(subnet, _)| most.is_some_and(|(common, _)| common != *subnet)).copied().collect()
}
