//! Everything that can fail, by name.

use std::collections::BTreeSet;

use rackproof::topology::{DeviceId, PortId, Topology};

use super::disks;

/// The component that all devices hang on whose supply is not known.
pub(super) const UNDESCRIBED_POWER: &str = "power that is not described";

/// Name of the rack a device stands in.
pub(super) fn rack_name(topology: &Topology<'_>, device: DeviceId) -> Option<String> {
    let rack = topology.rack_of(device)?;
    Some(match topology.site_of(device) {
        Some(site) => format!("rack {site}/{rack}"),
        None => format!("rack {rack}"),
    })
}

/// Name of a cable.
pub(super) fn cable_name(topology: &Topology<'_>, cable: usize) -> String {
    let cable = &topology.cables[cable];
    format!("cable {} - {}", topology.port_name(cable.from), topology.port_name(cable.to))
}

/// Name of a bond.
pub(super) fn bond_name(topology: &Topology<'_>, bond: usize) -> String {
    let bond = &topology.bonds[bond];
    format!("{}:{}", topology.name(bond.device), bond.name())
}

/// Nodes that run a monitor, by name, as listed.
pub(super) fn monitors<'d>(topology: &Topology<'d>) -> Option<Vec<&'d str>> {
    let listed = topology.design.ceph.as_ref()?.value.monitors.as_ref()?;
    Some(listed.value.iter().collect())
}

/// Whether something is plugged into a port, or runs over it.
pub(super) fn is_in_use(topology: &Topology<'_>, port: PortId) -> bool {
    let cabled = topology.port(port).cable.is_some();
    let bonded = topology.bonds.iter().any(|bond| bond.members.contains(&port));
    let carries = topology.networks.iter().flat_map(|network| &network.attachments).any(|member| {
        member.interface.as_ref().is_some_and(|interface| topology.ports_under(interface.value).contains(&port))
    });
    let lines = topology.uplinks.iter().map(|uplink| &uplink.ports);
    let plugged = lines.chain(topology.site_links.iter().map(|link| &link.ports)).any(|ports| ports.contains(&port));
    let votes = topology.qdevice_ports.contains(&port);
    let lanes = (0..topology.ports.len()).map(PortId).filter(|lane| topology.port(*lane).lane_of == Some(port));
    cabled || bonded || carries || plugged || votes || lanes.into_iter().any(|lane| is_in_use(topology, lane))
}

/// Names of all components, each once.
pub fn components(topology: &Topology<'_>) -> Vec<String> {
    let mut names = BTreeSet::new();
    for device in topology.devices() {
        let name = topology.name(device);
        names.insert(name.to_owned());
        names.extend(topology.site_of(device).map(|site| format!("site {site}")));
        names.extend(rack_name(topology, device));
        match topology.supplies(device).feeds {
            None => _ = names.insert(UNDESCRIBED_POWER.to_owned()),
            Some(feeds) => {
                for number in 1..=feeds.len() {
                    names.insert(format!("{name} supply {number}"));
                    names.insert(format!("{name} line {number}"));
                }
            }
        }
    }
    names.extend(topology.feeds.iter().map(|feed| feed.name.to_string()));
    for port in (0..topology.ports.len()).map(PortId).filter(|port| is_in_use(topology, *port)) {
        names.insert(topology.port_name(port));
        let written = topology.port(port);
        if !matches!(written.device, DeviceId::Switch(_)) && !written.card.is_empty() {
            names.insert(format!("{}:{}", topology.name(written.device), written.card));
        }
    }
    names.extend((0..topology.cables.len()).map(|cable| cable_name(topology, cable)));
    names.extend((0..topology.bonds.len()).map(|bond| bond_name(topology, bond)));
    names.extend(topology.uplinks.iter().map(|uplink| uplink.name.to_string()));
    names.extend(topology.site_links.iter().map(|link| link.name.to_string()));
    for (index, node) in topology.nodes.iter().enumerate() {
        for disk in disks::of_node(topology, index) {
            names.insert(disk.name());
            names.extend(disk.controller());
        }
        if monitors(topology).is_some_and(|monitors| monitors.contains(&node.name.as_str())) {
            names.insert(format!("monitor {}", node.name));
        }
    }
    names.extend(topology.shared_risks.iter().map(|risk| risk.name.to_string()));
    names.into_iter().collect()
}
