//! What is known of devices and cables, in words.

use crate::design::{DiskRole, Purpose};
use crate::topology::{DeviceId, Node, PortId, Topology};

/// Most cables whose ends are told one by one.
const MOST_CABLES: usize = 8;

/// What cables are, by one of their ends.
pub(super) fn cable_facts(topology: &Topology<'_>, ports: &[PortId]) -> Vec<String> {
    let told = ports.iter().filter_map(|port| {
        let far = topology.far_end(*port)?;
        let speed = topology.link_speed(*port).map(|speed| format!(", {speed}")).unwrap_or_default();
        let item = topology.port(*port).cable.and_then(|cable| topology.cables[cable].item).map(|item| &item.value);
        let kind = item.and_then(|item| item.kind.as_ref()).map(|kind| crate::design::Words::word(kind.value));
        let length = item.and_then(|item| item.length.as_ref()).map(|length| length.value.to_string());
        let made: Vec<String> = kind.map(str::to_owned).into_iter().chain(length).collect();
        let made = if made.is_empty() { String::new() } else { format!(", {}", made.join(" ")) };
        Some(format!("{} - {}{speed}{made}", topology.port_name(*port), topology.port_name(far)))
    });
    let mut facts: Vec<String> = told.take(MOST_CABLES).collect();
    if ports.len() > MOST_CABLES {
        facts.push(format!("and {} more cables", ports.len() - MOST_CABLES));
    }
    facts
}

/// What stands below the name of a switch or firewall.
pub(super) fn above_detail(topology: &Topology<'_>, device: DeviceId) -> String {
    match device {
        DeviceId::Switch(index) => {
            topology.switches[index].role().map_or(String::new(), |role| crate::design::Words::word(role).to_owned())
        }
        DeviceId::Firewall(_) => "firewall".to_owned(),
        DeviceId::Node(_) => String::new(),
    }
}

/// What stands below the name of a server.
pub(super) fn node_detail(topology: &Topology<'_>, node: &Node<'_>) -> String {
    let mut words = Vec::new();
    if let Some(osds) = node.osd_count().filter(|osds| *osds > 0) {
        words.push(format!("{osds} OSD"));
    }
    words.extend(services(topology, node).iter().map(|(short, _)| (*short).to_owned()));
    words.join(" · ")
}

/// Ceph services on a node, short and in words.
fn services(topology: &Topology<'_>, node: &Node<'_>) -> Vec<(&'static str, &'static str)> {
    let Some(ceph) = topology.design.ceph.as_ref() else { return Vec::new() };
    let lists = [
        (&ceph.value.monitors, "mon", "monitor"),
        (&ceph.value.managers, "mgr", "manager"),
        (&ceph.value.metadata_servers, "mds", "metadata server"),
    ];
    let runs = |names: &Option<crate::source::Spanned<crate::design::Names>>| {
        names.as_ref().is_some_and(|names| names.value.iter().any(|name| *name == node.name))
    };
    lists.into_iter().filter(|(names, _, _)| runs(names)).map(|(_, short, word)| (short, word)).collect()
}

/// What is known of a device, a line each.
pub(super) fn facts(topology: &Topology<'_>, device: DeviceId) -> Vec<String> {
    let mut facts = vec![topology.name(device).to_owned()];
    if let Some((model, description)) = topology.described_model(device) {
        let description = description.map_or(String::new(), |text| format!(": {text}"));
        facts.push(format!("model {model}{description}"));
    }
    if let DeviceId::Node(index) = device {
        node_facts(topology, &topology.nodes[index], &mut facts);
    }
    let place = [
        topology.site_of(device).map(|site| format!("site {site}")),
        topology.rack_of(device).map(|rack| format!("rack {rack}")),
    ];
    facts.extend(place.into_iter().flatten());
    let feeds = topology.supplies(device).feeds.unwrap_or_default();
    let feeds: Vec<&str> = feeds.iter().map(|feed| topology.feeds[*feed].name.as_str()).collect();
    if !feeds.is_empty() {
        facts.push(format!("power from {}", feeds.join(", ")));
    }
    facts
}

fn node_facts(topology: &Topology<'_>, node: &Node<'_>, facts: &mut Vec<String>) {
    if let Some(threads) = node.threads() {
        facts.push(format!("{threads} threads"));
    }
    if let Some(memory) = node.memory() {
        facts.push(format!("{} of memory", memory.value));
    }
    for group in node.disk_groups() {
        let count = group.count().map_or(String::new(), |count| format!("{count} x "));
        let capacity = group.capacity().map_or("capacity not known".to_owned(), |capacity| capacity.to_string());
        let role = match group.role() {
            Some(DiskRole::Osd) => " for OSDs",
            Some(DiskRole::Os) => " for the system",
            Some(DiskRole::Db) => " for WAL and DB",
            _ => "",
        };
        facts.push(format!("disks {}: {count}{capacity}{role}", group.item.pattern.value));
    }
    let services: Vec<&str> = services(topology, node).into_iter().map(|(_, word)| word).collect();
    if !services.is_empty() {
        facts.push(services.join(", "));
    }
    let management = topology.networks_for(Purpose::Management).next();
    let address = management.and_then(|network| network.attachment(DeviceId::Node(node.index)));
    if let Some(address) = address.and_then(|attachment| attachment.address.as_ref()) {
        facts.push(format!("management {}", address.value));
    }
}
