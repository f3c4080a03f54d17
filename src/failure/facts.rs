//! The facts whose absence leaves failures unproven, by the keys that would state them.

use super::components::Class;
use super::plant::Plant;
use super::proof::Proof;
use super::{Loss, Losses};
use crate::capacity::budget::{processors_for_guests, room_for_guests};
use crate::capacity::demand;
use crate::catalogue::parameters::ha::GuestsExceedSurvivingMemory;
use crate::topology::{DeviceId, Redundancy, Topology};

/// Most keys that are named.
const MOST_KEYS: usize = 40;

struct Keys(Vec<String>);

impl Keys {
    fn add(&mut self, key: impl Into<String>) {
        let key = key.into();
        if !key.is_empty() && self.0.len() < MOST_KEYS && !self.0.contains(&key) {
            self.0.push(key);
        }
    }
}

impl Proof<'_, '_> {
    /// Keys of the facts that would settle what is unproven, each once; none where nothing is.
    pub fn open_facts(&self) -> Vec<String> {
        let mut open = self.baseline.open;
        for index in 0..self.components.len() {
            open = open.or(self.verdict_of(&[index]).open);
        }
        let mut keys = Keys(Vec::new());
        if !open.is_empty() || self.components.iter().any(|own| own.class == Class::UndescribedPower) {
            power(self.topology(), &mut keys);
        }
        let network = [Loss::Quorum, Loss::Monitors, Loss::Pool, Loss::Management, Loss::GuestNetwork, Loss::Bandwidth];
        if network.into_iter().any(|loss| open.has(loss)) {
            cabling(&self.engines[0].plant, &mut keys);
        }
        services(self.topology(), open, &mut keys);
        keys.0
    }
}

fn power(topology: &Topology<'_>, keys: &mut Keys) {
    topology.devices().filter_map(|device| topology.missing_power(device)).for_each(|key| keys.add(key));
    for (node, bays) in topology.nodes.iter().map(|node| (node, node.disk_groups())) {
        for group in bays.filter(|group| group.role() == Some(crate::design::DiskRole::Os)) {
            let mirrored = group.controller().is_some() || group.disk().mirror.is_some() || group.count() == Some(1);
            if !mirrored && !node.boots_from_network() {
                keys.add(format!("{}.mirror", group.path()));
            }
        }
    }
}

/// The key of a cable that would tell where an end leads.
fn cable_from(end: &str) -> String {
    format!("cable.from = \"{end}\"")
}

fn cabling(plant: &Plant<'_, '_>, keys: &mut Keys) {
    let topology = plant.topology;
    for net in &plant.nets {
        let network = &topology.networks[plant.carrier(net.network)];
        for attachment in &network.attachments {
            match &attachment.interface {
                None => keys.add(format!("{}.interface", network.path())),
                Some(interface) => {
                    let ports = topology.ports_under(interface.value);
                    if ports.is_empty() {
                        keys.add(topology.ports_key(attachment.device));
                    }
                    if let Some(port) = ports.iter().find(|port| topology.port(**port).cable.is_none()) {
                        keys.add(cable_from(&topology.port_name(*port)));
                    }
                }
            }
        }
        if net.mesh && network.table().mesh.is_none() {
            keys.add(format!("{}.mesh", network.path()));
        }
    }
    for mlag in &topology.mlags {
        if mlag.peer_link.is_none() {
            keys.add(format!("{}.peer_link", mlag.path()));
        }
        for peer in &mlag.peers {
            let switch = &topology.switches[*peer];
            let mut own = switch.ports.iter().filter(|port| topology.port(**port).management);
            if !own.any(|port| topology.port(*port).cable.is_some()) {
                keys.add(cable_from(&format!("{}:management:1", switch.name)));
            }
        }
    }
    for firewall in &topology.firewalls {
        if !topology.is_cabled(&firewall.ports) {
            keys.add(cable_from(&firewall.name));
        }
    }
    topology
        .uplinks
        .iter()
        .filter(|uplink| uplink.ports.is_empty())
        .for_each(|own| keys.add(format!("{}.ports", own.path())));
    topology
        .site_links
        .iter()
        .filter(|link| link.ports.is_empty())
        .for_each(|own| keys.add(format!("{}.ports", own.path())));
}

fn services(topology: &Topology<'_>, open: Losses, keys: &mut Keys) {
    let ceph = topology.design.ceph.as_ref().map(|ceph| &ceph.value);
    if open.has(Loss::Quorum) {
        topology.unread_link().into_iter().for_each(|key| keys.add(key));
        if topology.corosync_links.is_empty() {
            keys.add("corosync.link");
        }
        let voter = topology.design.cluster.as_ref().and_then(|cluster| cluster.value.qdevice.as_ref());
        if voter.is_some_and(|voter| voter.value) && topology.qdevice_ports.is_empty() {
            keys.add("cluster.qdevice_ports");
        }
    }
    if open.has(Loss::Monitors) && ceph.is_none_or(|ceph| ceph.monitors.is_none()) {
        keys.add("ceph.monitors");
    }
    if open.has(Loss::Pool) {
        topology.disk_gaps().into_iter().for_each(|gap| keys.add(gap.missing));
        if topology.pools().next().is_none() {
            keys.add("ceph.pool");
        }
        for pool in topology.pools() {
            let redundancy = Redundancy::of(&pool.value).err();
            for key in redundancy.into_iter().chain(pool.value.min_size.is_none().then_some("min_size")) {
                keys.add(format!("ceph.pool.{}.{key}", pool.pattern.value));
            }
        }
    }
    if [Loss::Monitors, Loss::Pool].into_iter().any(|loss| open.has(loss))
        && topology.networks_for(crate::design::Purpose::CephPublic).next().is_none()
    {
        keys.add("network.purpose = [\"ceph_public\"]");
    }
    if open.has(Loss::Management) && topology.networks_for(crate::design::Purpose::Management).next().is_none() {
        keys.add("network.purpose = [\"management\"]");
    }
    if open.has(Loss::GuestNetwork) && topology.networks_for(crate::design::Purpose::Guest).next().is_none() {
        keys.add("network.purpose = [\"guest\"]");
    }
    if open.has(Loss::Restart) {
        restart(topology, keys);
    }
    if open.has(Loss::Bandwidth) {
        match demand::demands(topology) {
            Err(missing) => missing.into_iter().for_each(|key| keys.add(key)),
            Ok(demands) => {
                let missing = demands.iter().filter_map(|demand| demand::Serving::of(topology, demand).err());
                missing.flatten().for_each(|key| keys.add(key));
            }
        }
    }
}

fn restart(topology: &Topology<'_>, keys: &mut Keys) {
    if topology.high_availability().is_none() {
        keys.add("ha.enabled");
    }
    for guest in topology.guests() {
        let nobody = guest.value.count.as_ref().is_some_and(|count| count.value == 0);
        let said = [
            (guest.value.count.is_some(), "count"),
            (guest.value.memory.is_some() || nobody, "memory"),
            (guest.value.ha.is_some(), "ha"),
        ];
        said.into_iter()
            .filter(|(known, _)| !known)
            .for_each(|(_, key)| keys.add(format!("guest.{}.{key}", guest.pattern.value)));
    }
    let threads = topology.guests().any(|guest| guest.value.vcpus.is_some());
    for (index, node) in topology.nodes.iter().enumerate() {
        if let Err(key) = room_for_guests(topology, node, GuestsExceedSurvivingMemory::DEFAULT.osd) {
            keys.add(key);
        }
        if threads && let Err(missing) = processors_for_guests(topology, node) {
            for key in missing {
                keys.add(key);
            }
        }
        if node.model.is_none() {
            keys.add(topology.model_key(DeviceId::Node(index), ""));
        }
    }
}
