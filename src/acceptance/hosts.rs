//! What each server must show by itself.

use std::collections::BTreeMap;

use super::{Ground, Test};
use crate::quantity::units;
use crate::topology::{DeviceId, PortId};

pub(super) fn tests(ground: &Ground<'_, '_>) -> Vec<Test> {
    [release(ground), addresses(ground), memory(ground)].into_iter().flatten().chain(links(ground)).collect()
}

fn release(ground: &Ground<'_, '_>) -> Option<Test> {
    let release = ground.topology.release()?;
    Some(Test {
        shows: "Every server runs the release that the design was judged for".to_owned(),
        on: ground.servers(),
        commands: vec!["pveversion".to_owned()],
        expected: vec![format!("pve-manager/{release}, in every part that is written here")],
        from: vec!["design.proxmox_ve".to_owned()],
        ..Test::default()
    })
}

/// What each server's own name must resolve to.
fn addresses(ground: &Ground<'_, '_>) -> Option<Test> {
    let written = ground.topology.nodes.iter().filter_map(|node| {
        let table = node.item.value.hosts_address.as_ref()?;
        let place = node.item.names.iter().position(|name| *name == node.name)?;
        let address = table.value.0.get(place).or_else(|| table.value.0.first())?;
        Some((node.name.to_string(), address.to_string()))
    });
    let written: Vec<(String, String)> = written.collect();
    if written.is_empty() {
        return None;
    }
    Some(Test {
        shows: "A server's own name resolves to its address in the cluster".to_owned(),
        on: written.iter().map(|(name, _)| name.clone()).collect(),
        commands: vec!["hostname --ip-address".to_owned()],
        expected: written.iter().map(|(name, address)| format!("on {name}: {address}")).collect(),
        from: vec!["node.*.hosts_address".to_owned()],
        ..Test::default()
    })
}

fn memory(ground: &Ground<'_, '_>) -> Option<Test> {
    let mut sizes: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for node in &ground.topology.nodes {
        let Some(memory) = node.memory() else { continue };
        let threads = node.threads().map_or(String::new(), |threads| format!(", nproc {threads}"));
        let size = format!("{:.0} GiB installed{threads}", memory.value.in_unit(&units::GIB));
        sizes.entry(size).or_default().push(node.name.to_string());
    }
    if sizes.is_empty() {
        return None;
    }
    Some(Test {
        shows: "Memory and processors are those that were ordered".to_owned(),
        on: sizes.values().flatten().cloned().collect(),
        commands: vec!["dmidecode -t memory | grep -E '^\\s+Size: [0-9]'; nproc".to_owned()],
        expected: sizes.into_iter().map(|(size, nodes)| format!("{}: {size}", ground.told(&nodes))).collect(),
        from: vec!["server_model.*.memory.capacity".to_owned(), "server_model.*.cpu".to_owned()],
        ..Test::default()
    })
}

/// Ports of servers that are cabled, with the speed at which their links come up.
fn links(ground: &Ground<'_, '_>) -> Option<Test> {
    let topology = ground.topology;
    let mut speeds: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (index, node) in topology.nodes.iter().enumerate() {
        for port in topology.ports_of(DeviceId::Node(index)) {
            let Some(speed) = cabled_speed(ground, *port) else { continue };
            let line = format!("{}: {speed:.0}", topology.port(*port).label);
            speeds.entry(line).or_default().push(node.name.to_string());
        }
    }
    if speeds.is_empty() {
        return None;
    }
    let told = |(line, nodes): (String, Vec<String>)| format!("{line} on {}", ground.told(&nodes));
    Some(Test {
        shows: "Every cable is plugged in and its link has come up at full speed (in Mbit/s)".to_owned(),
        on: ground.servers(),
        commands: vec![
            "for link in /sys/class/net/*/speed; do echo \"$link $(cat $link 2>/dev/null)\"; done".to_owned(),
        ],
        expected: speeds.into_iter().map(told).collect(),
        from: vec!["cable".to_owned()],
        ..Test::default()
    })
}

/// Speed of a cabled port's link in Mbit/s, where it is known.
fn cabled_speed(ground: &Ground<'_, '_>, port: PortId) -> Option<f64> {
    ground.topology.port(port).cable?;
    Some(ground.topology.link_speed(port)?.in_unit(&units::MBIT_PER_S))
}
