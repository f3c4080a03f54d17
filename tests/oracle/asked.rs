//! What is asked of what is left of a cluster.

use std::collections::BTreeSet;
use std::rc::Rc;

use rackproof::design::{DiskRole, FailureDomain, Item, Names, Pool, Purpose};
use rackproof::source::Spanned;
use rackproof::topology::{DeviceId, Firewall, Network, PortId};

use super::components::{monitors, rack_name};
use super::disks::OneDisk;
use super::planes::{Part, main_parts, most_members};
use super::world::World;

/// The sets of nodes that work together with most votes, with whether these are a majority.
pub(super) struct Majority {
    pub(super) sets: Vec<BTreeSet<usize>>,
    pub(super) is_one: bool,
}

impl<'t, 'd> World<'_, 't, 'd> {
    /// Every loss that occurs.
    pub(super) fn losses(&self) -> BTreeSet<&'static str> {
        let mut lost = BTreeSet::new();
        let majority = self.majority();
        if self.topology.nodes.len() >= 2 && !majority.is_one {
            lost.insert("quorum");
        } else {
            // Where several sets have most votes, nobody knows which of them goes on.
            let fates: BTreeSet<bool> = majority.sets.iter().map(|set| self.loses_restart(set)).collect();
            let is_lost = if fates.len() > 1 { !self.hopes() } else { fates.contains(&true) };
            if is_lost {
                lost.insert("restart");
            }
        }
        let reachable = if self.topology.has_ceph() { self.reachable_nodes() } else { Vec::new() };
        if self.loses_monitors() {
            lost.insert("monitors");
        }
        if self.topology.has_ceph()
            && (self.topology.pools().next().is_none() && !self.hopes()
                || self.topology.pools().any(|pool| self.loses_pool(pool, &reachable))
                || self.topology.pools().next().is_some() && self.cuts_off_clients())
        {
            lost.insert("pool");
        }
        if self.loses_management() {
            lost.insert("management");
        }
        let guests_networks = self.guest_networks();
        let has_guests = self.topology.guests().next().is_some();
        if guests_networks.is_empty() && has_guests && !self.hopes()
            || guests_networks.into_iter().any(|network| self.loses_guest_network(network))
        {
            lost.insert("guest network");
        }
        if !lost.contains("monitors") && !lost.contains("pool") && self.loses_bandwidth(&reachable) {
            lost.insert("bandwidth");
        }
        lost
    }

    // ------------------------------------------------------------------------------------------------ quorum

    fn parts_of_corosync(&self) -> Vec<(&'t Network<'d>, Rc<Vec<Part>>)> {
        let links = self.topology.corosync_links.iter().map(|link| self.topology.link_network(link));
        links.map(|network| (network, self.parts_of(network))).collect()
    }

    /// The sets of nodes that all hear each other with most votes.
    fn majority(&self) -> Majority {
        let topology = self.topology;
        let count = topology.nodes.len();
        let has_external = topology
            .design
            .cluster
            .as_ref()
            .and_then(|cluster| cluster.value.qdevice.as_ref())
            .is_some_and(|it| it.value);
        let external = match (has_external, count % 2) {
            (false, _) => 0,
            (true, 0) => 1,
            (true, _) => count - 1,
        };
        let links = self.parts_of_corosync();
        let no_links_hear = links.is_empty() && count > 1 && self.hopes();
        let hear = |one: usize, other: usize| {
            let over = |parts: &Rc<Vec<Part>>| parts.iter().any(|part| part.has_node(one) && part.has_node(other));
            no_links_hear || links.iter().any(|(_, parts)| over(parts))
        };
        let working = self.working_nodes();
        let heard: Vec<Vec<bool>> =
            working.iter().map(|one| working.iter().map(|other| hear(*one, *other)).collect()).collect();
        let mut best: (usize, Vec<BTreeSet<usize>>) = (0, Vec::new());
        for chosen in 0..1_u32 << working.len() {
            let is_in = |place: usize| chosen >> (working.len() - 1 - place) & 1 == 1;
            let places: Vec<usize> = (0..working.len()).filter(|place| is_in(*place)).collect();
            let all_hear = places.iter().all(|one| places.iter().all(|other| one == other || heard[*one][*other]));
            if places.is_empty() || !all_hear {
                continue;
            }
            let set: Vec<usize> = places.into_iter().map(|place| working[place]).collect();
            let votes = set.len() + if external > 0 && self.reaches_external_vote(&set) { external } else { 0 };
            if votes > best.0 {
                best = (votes, Vec::new());
            }
            if votes == best.0 {
                best.1.push(set.into_iter().collect());
            }
        }
        Majority { sets: best.1, is_one: best.0 * 2 > count + external }
    }

    fn reaches_external_vote(&self, set: &[usize]) -> bool {
        let topology = self.topology;
        if topology.design.cluster.as_ref().is_none_or(|cluster| cluster.value.qdevice_ports.is_none()) {
            return self.hopes();
        }
        let mut networks = self.parts_of_corosync();
        networks.extend(topology.networks_for(Purpose::Management).map(|network| (network, self.parts_of(network))));
        networks.iter().any(|(network, parts)| {
            let has_vote = |part: &Part| topology.qdevice_ports.iter().any(|port| self.lies_in(*port, part, network));
            parts.iter().any(|part| set.iter().any(|node| part.has_node(*node)) && has_vote(part))
        })
    }

    // -------------------------------------------------------------------------------------------------- Ceph

    /// Parts of the Ceph public network; nothing is known of one that is not described.
    fn public_parts(&self) -> Vec<Part> {
        let everybody = || Part {
            through: BTreeSet::new(),
            members: self.working_nodes().into_iter().map(DeviceId::Node).collect(),
        };
        match self.topology.networks_for(Purpose::CephPublic).next() {
            Some(network) => self.parts_of(network).to_vec(),
            None if self.hopes() => vec![everybody()],
            None => Vec::new(),
        }
    }

    fn monitors_in(&self, part: &Part, listed: &[&str]) -> usize {
        let runs = |name: &&&str| match self.topology.device(name) {
            Some(device) => part.members.contains(&device) && !self.fails(&format!("monitor {name}")),
            None => false,
        };
        listed.iter().filter(runs).count()
    }

    fn loses_monitors(&self) -> bool {
        if !self.topology.has_ceph() {
            return false;
        }
        let Some(listed) = monitors(self.topology) else { return !self.hopes() };
        !self.public_parts().iter().any(|part| self.monitors_in(part, &listed) * 2 > listed.len())
    }

    /// The main part of the public network.
    fn main_public_parts(&self) -> Vec<Part> {
        let listed = monitors(self.topology).unwrap_or_default();
        let stores = |node: &usize| self.known.disks[*node].iter().any(|disk| disk.is_for(DiskRole::Osd));
        let nodes = 0..self.topology.nodes.len();
        let score = |part: &Part| {
            let storing = nodes.clone().filter(|node| part.has_node(*node)).filter(stores).count();
            vec![self.monitors_in(part, &listed), storing]
        };
        main_parts(&self.public_parts(), score).into_iter().cloned().collect()
    }

    /// Nodes whose OSDs are reachable, for each part that may be the main one.
    pub(super) fn reachable_nodes(&self) -> Vec<BTreeSet<usize>> {
        let nodes = 0..self.topology.nodes.len();
        let public = self.main_public_parts();
        let cluster = self.topology.networks_for(Purpose::CephCluster).next().map(|network| self.parts_of(network));
        let mut found = Vec::new();
        for part in public {
            let reached: BTreeSet<usize> = nodes.clone().filter(|node| part.has_node(*node)).collect();
            match &cluster {
                None => found.push(reached),
                Some(parts) => {
                    let stores = |node: &&usize| self.known.disks[**node].iter().any(|disk| disk.is_for(DiskRole::Osd));
                    let near =
                        |part: &Part| vec![reached.iter().filter(|node| part.has_node(**node)).filter(stores).count()];
                    let mains = main_parts(parts, near);
                    for main in &mains {
                        found.push(reached.iter().copied().filter(|node| main.has_node(*node)).collect());
                    }
                    if mains.is_empty() {
                        found.push(BTreeSet::new());
                    }
                }
            }
        }
        if found.is_empty() {
            found.push(BTreeSet::new());
        }
        found
    }

    /// OSDs that a pool may lie on.
    pub(super) fn osds_of(&self, pool: &Item<Pool>) -> Vec<OneDisk<'t, 'd>> {
        let class = pool.value.device_class.as_ref().map(|class| class.value);
        let all = self.known.disks.iter().flatten().copied();
        let fits = |disk: &OneDisk<'_, '_>| {
            class.is_none_or(|class| disk.item.value.media.as_ref().is_some_and(|media| media.value == class))
        };
        all.filter(|disk| disk.is_for(DiskRole::Osd)).filter(fits).collect()
    }

    /// The failure domain of an OSD by a name of its own; nothing where it is not known.
    pub(super) fn domain_of(&self, pool: &Item<Pool>, osd: &OneDisk<'_, '_>) -> Option<String> {
        let device = DeviceId::Node(osd.index);
        match pool.value.failure_domain.as_ref().map_or(FailureDomain::Host, |domain| domain.value) {
            FailureDomain::Osd => Some(osd.name()),
            FailureDomain::Host => Some(osd.node.name.to_string()),
            FailureDomain::Rack => rack_name(self.topology, device),
            FailureDomain::Site => {
                let has_sites = self.topology.design.site.is_some()
                    || (0..self.topology.nodes.len()).any(|node| self.topology.site_of(DeviceId::Node(node)).is_some());
                match self.topology.site_of(device) {
                    Some(site) => Some(site.to_owned()),
                    None => (!has_sites).then(String::new),
                }
            }
        }
    }

    fn loses_pool(&self, pool: &Item<Pool>, reachable: &[BTreeSet<usize>]) -> bool {
        let osds = self.osds_of(pool);
        let domains: Option<Vec<String>> = osds.iter().map(|osd| self.domain_of(pool, osd)).collect();
        let Some(domains) = domains else { return !self.hopes() };
        let count = domains.iter().collect::<BTreeSet<_>>().len();
        let number = |written: Option<&Spanned<u32>>| written.map(|number| number.value as usize);
        let least = number(pool.value.min_size.as_ref());
        let size = number(pool.value.size.as_ref());
        if size.is_none() && !self.hopes() {
            return true;
        }
        let copies = size.unwrap_or(count).min(count);
        let least = least.unwrap_or_else(|| if self.hopes() { 1 } else { copies.max(1) });
        reachable.iter().all(|reachable| {
            let is_bad = |osd: &OneDisk<'_, '_>| !self.osd_is_up(osd) || !reachable.contains(&osd.index);
            let bad: BTreeSet<&String> =
                osds.iter().zip(&domains).filter(|(osd, _)| is_bad(osd)).map(|(_, domain)| domain).collect();
            copies.saturating_sub(bad.len()) < least
        })
    }

    /// Whether a working node of the public network is cut off from the storage that guests lie on.
    fn cuts_off_clients(&self) -> bool {
        let Some(network) = self.topology.networks_for(Purpose::CephPublic).next() else { return false };
        let lies_here = self.topology.guests().any(|guest| !self.is_stored_elsewhere(guest));
        let mut clients = self.working_nodes();
        clients.retain(|node| network.attachment(DeviceId::Node(*node)).is_some());
        let mains = self.main_public_parts();
        let is_cut = |node: &usize| !mains.iter().any(|main| main.has_node(*node));
        lies_here && clients.iter().any(is_cut)
    }

    // --------------------------------------------------------------------------------------------- management

    fn loses_management(&self) -> bool {
        let networks: Vec<&Network<'_>> = self.topology.networks_for(Purpose::Management).collect();
        self.working_nodes().into_iter().any(|node| {
            let device = DeviceId::Node(node);
            let own: Vec<_> = networks.iter().filter(|network| network.attachment(device).is_some()).collect();
            let hangs = |network: &&&&'t Network<'d>| {
                most_members(&self.parts_of(network)).iter().any(|main| main.has_node(node))
            };
            if own.is_empty() { !self.hopes() } else { own.iter().filter(hangs).count() == 0 }
        })
    }

    // --------------------------------------------------------------------------------------- guests' networks

    fn guest_networks(&self) -> Vec<&'t Network<'d>> {
        let is_named = |network: &&Network<'_>| {
            let mut lists = self.topology.guests().filter_map(|guest| guest.value.networks.as_ref());
            lists.any(|names| names.value.contains(network.name()))
        };
        let networks = self.topology.networks.iter();
        networks.filter(|network| network.is_for(Purpose::Guest) || is_named(network)).collect()
    }

    fn loses_guest_network(&self, network: &'t Network<'d>) -> bool {
        let is_member = |node: &usize| network.attachment(DeviceId::Node(*node)).is_some();
        let members: Vec<usize> = self.working_nodes().into_iter().filter(is_member).collect();
        if members.is_empty() {
            return false;
        }
        let parts = self.parts_of(network);
        let mains = most_members(&parts);
        let ground = self.ground(network).unwrap_or(network);
        !mains.iter().any(|main| members.iter().all(|node| main.has_node(*node)) && self.has_way_out(main, ground))
    }

    fn has_way_out(&self, part: &Part, network: &Network<'_>) -> bool {
        let topology = self.topology;
        if !topology.firewalls.is_empty() {
            return (0..topology.firewalls.len()).any(|firewall| {
                let device = DeviceId::Firewall(firewall);
                self.works(device) && self.serves(firewall, part, network) && self.leads_outside(device)
            });
        }
        topology.uplinks.is_empty()
            || topology.uplinks.iter().any(|uplink| {
                let unknown = uplink.item.value.ports.is_none();
                !self.fails(&uplink.name)
                    && (uplink.ports.iter().any(|port| self.lies_in(*port, part, network)) || unknown && self.hopes())
            })
    }

    /// Whether the bond that a port is in has not failed.
    pub(super) fn carries_on(&self, port: PortId) -> bool {
        let bonds = self.topology.bonds.iter().enumerate().filter(|(_, bond)| bond.members.contains(&port));
        bonds.map(|(index, _)| index).all(|bond| self.bond_stands(bond))
    }

    /// Whether a port of a firewall is for service.
    pub(super) fn is_for_service(&self, firewall: usize, port: PortId) -> bool {
        let written = &self.topology.firewalls[firewall];
        let table = &written.item.value;
        let is_in = |names: &Option<Spanned<Names>>| {
            names.iter().flat_map(|names| names.value.iter()).any(|label| written.port(label) == Some(port))
        };
        if table.service_ports.is_some() {
            return is_in(&table.service_ports);
        }
        !is_in(&table.management_ports) && !is_in(&table.ha_ports)
    }

    /// Whether a firewall routes a network by a port: one for service, or for management one for its own administration.
    pub(super) fn routes(&self, firewall: usize, port: PortId, network: &Network<'_>) -> bool {
        let written = &self.topology.firewalls[firewall];
        let own = written.item.value.management_ports.iter().flat_map(|names| names.value.iter());
        let administers = own.into_iter().any(|label| written.port(label) == Some(port));
        self.carries_on(port)
            && (self.is_for_service(firewall, port) || network.is_for(Purpose::Management) && administers)
    }

    /// Whether a firewall has a live port for service in a part.
    fn serves(&self, firewall: usize, part: &Part, network: &Network<'_>) -> bool {
        let topology = self.topology;
        let written: &Firewall<'_> = &topology.firewalls[firewall];
        let is_listed = written.item.value.service_ports.is_some();
        let service = written.ports.iter().copied().filter(|port| self.is_for_service(firewall, *port));
        service.filter(|port| self.carries_on(*port)).any(|port| {
            let in_bond = topology.bonds.iter().any(|bond| bond.members.contains(&port));
            let is_used = is_listed || in_bond;
            self.live_far_end(port).is_some_and(|far| self.lies_in(far, part, network))
                || is_used && self.is_loose(port) && self.hopes()
        })
    }

    /// Whether an uplink is plugged into a firewall or into a switch that it reaches.
    fn leads_outside(&self, firewall: DeviceId) -> bool {
        let topology = self.topology;
        let mut reached = BTreeSet::from([firewall]);
        for port in topology.ports_of(firewall).iter().filter(|port| self.carries_on(**port)) {
            let Some(far) = self.live_far_end(*port).map(|far| topology.port(far)) else { continue };
            if matches!(far.device, DeviceId::Switch(_)) && !far.management {
                reached.extend(self.switches_reached_from(far.device, &BTreeSet::new()));
            }
        }
        topology.uplinks.is_empty()
            || topology.uplinks.iter().any(|uplink| {
                let is_plugged = |port: &PortId| {
                    let end = topology.port(*port);
                    self.is_live(*port) && !end.management && reached.contains(&end.device)
                };
                !self.fails(&uplink.name)
                    && (uplink.ports.iter().any(is_plugged) || uplink.item.value.ports.is_none() && self.hopes())
            })
    }
}
