//! What is known of devices and cables, in words.

use crate::design::{DiskRole, Purpose};
use crate::topology::{DeviceId, Node, PortId, Topology};
use crate::words::Said;
use crate::words::drawing as words;

/// Most cables whose ends are told one by one.
const MOST_CABLES: usize = 8;

/// What cables are, by one of their ends.
pub(super) fn cable_facts(topology: &Topology<'_>, ports: &[PortId]) -> Vec<Said> {
    let told = ports.iter().filter_map(|port| {
        let far = topology.far_end(*port)?;
        let speed = topology.link_speed(*port).map(|speed| format!(", {speed}")).unwrap_or_default();
        let item = topology.port(*port).cable.and_then(|cable| topology.cables[cable].item).map(|item| &item.value);
        let kind = item.and_then(|item| item.kind.as_ref()).map(|kind| crate::design::Words::word(kind.value));
        let length = item.and_then(|item| item.length.as_ref()).map(|length| length.value.to_string());
        let made: Vec<String> = kind.map(str::to_owned).into_iter().chain(length).collect();
        let made = if made.is_empty() { String::new() } else { format!(", {}", made.join(" ")) };
        Some(format!("{} - {}{speed}{made}", topology.port_name(*port), topology.port_name(far)).into())
    });
    let mut facts: Vec<Said> = told.take(MOST_CABLES).collect();
    if ports.len() > MOST_CABLES {
        facts.push(words::cables_more(ports.len() - MOST_CABLES));
    }
    facts
}

/// What stands below the name of a switch or firewall.
pub(super) fn above_detail(topology: &Topology<'_>, device: DeviceId) -> Said {
    match device {
        DeviceId::Switch(index) => {
            topology.switches[index].role().map_or_else(Said::default, |role| crate::design::Words::word(role).into())
        }
        DeviceId::Firewall(_) => words::firewall(),
        DeviceId::Node(_) => Said::default(),
    }
}

/// What stands below the name of a server.
pub(super) fn node_detail(topology: &Topology<'_>, node: &Node<'_>) -> Said {
    let mut words = Vec::new();
    if let Some(osds) = node.osd_count().filter(|osds| *osds > 0) {
        words.push(format!("{osds} OSD"));
    }
    words.extend(services(topology, node).iter().map(|(short, _)| (*short).to_owned()));
    words.join(" · ").into()
}

/// Ceph services on a node, short and in words.
fn services(topology: &Topology<'_>, node: &Node<'_>) -> Vec<(&'static str, Said)> {
    let Some(ceph) = topology.design.ceph.as_ref() else { return Vec::new() };
    let lists = [
        (&ceph.value.monitors, "mon", words::monitor()),
        (&ceph.value.managers, "mgr", words::manager()),
        (&ceph.value.metadata_servers, "mds", words::metadata_server()),
    ];
    let runs = |names: &Option<crate::source::Spanned<crate::design::Names>>| {
        names.as_ref().is_some_and(|names| names.value.iter().any(|name| *name == node.name))
    };
    lists.into_iter().filter(|(names, _, _)| runs(names)).map(|(_, short, word)| (short, word)).collect()
}

/// What is known of a device, a line each.
pub(super) fn facts(topology: &Topology<'_>, device: DeviceId) -> Vec<Said> {
    let mut facts = vec![topology.name(device).into()];
    if let Some((model, description)) = topology.described_model(device) {
        let description = description.map_or(String::new(), |text| format!(": {text}"));
        facts.push(words::model(format!("{model}{description}")));
    }
    if let DeviceId::Node(index) = device {
        node_facts(topology, &topology.nodes[index], &mut facts);
    }
    facts.extend(topology.site_of(device).map(words::site));
    facts.extend(topology.rack_of(device).map(words::rack));
    let feeds = topology.supplies(device).feeds.unwrap_or_default();
    let feeds: Vec<Said> = feeds.iter().map(|feed| topology.feeds[*feed].name.as_str().into()).collect();
    if !feeds.is_empty() {
        facts.push(words::power_from(feeds));
    }
    facts
}

fn node_facts(topology: &Topology<'_>, node: &Node<'_>, facts: &mut Vec<Said>) {
    facts.extend(node.threads().map(words::threads));
    facts.extend(node.memory().map(|memory| words::memory(memory.value)));
    for group in node.disk_groups() {
        let capacity = group.capacity().map_or_else(words::capacity_not_known, Said::from);
        let disks = match group.count() {
            Some(count) => Said::run(" x ", [count.into(), capacity]),
            None => capacity,
        };
        let disks = match group.role() {
            Some(DiskRole::Osd) => words::for_osds(disks),
            Some(DiskRole::Os) => words::for_system(disks),
            Some(DiskRole::Db) => words::for_databases(disks),
            _ => disks,
        };
        facts.push(words::disks(group.item.pattern.value.as_str(), disks));
    }
    let services: Vec<Said> = services(topology, node).into_iter().map(|(_, service)| service).collect();
    if !services.is_empty() {
        facts.push(services.into());
    }
    let management = topology.networks_for(Purpose::Management).next();
    let address = management.and_then(|network| network.attachment(DeviceId::Node(node.index)));
    if let Some(address) = address.and_then(|attachment| attachment.address.as_ref()) {
        facts.push(words::management(address.value.to_string()));
    }
}
