//! What still stands when some components have failed: devices, ports, cables.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use rackproof::design::{BondMode, ControllerMode, DiskRole};
use rackproof::topology::{Bond, DeviceId, Part as Written, PortId, Topology};

use super::components::{UNDESCRIBED_POWER, bond_name, cable_name, rack_name};
use super::disks::{self, OneDisk};
use super::known::Known;
use super::planes::Part;

/// How what is not known is taken.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Case {
    Best,
    Worst,
    /// The worst, but nodes stand.
    NodesStand,
}

/// A design after a failure, in one case.
pub(super) struct World<'k, 't, 'd> {
    pub(super) known: &'k Known<'t, 'd>,
    pub(super) topology: &'t Topology<'d>,
    failed: BTreeSet<String>,
    case: Case,
    guessed: Cell<bool>,
    working: BTreeSet<DeviceId>,
    ports: BTreeSet<PortId>,
    cables: BTreeSet<usize>,
    /// Parts of networks that were asked for already, by name.
    pub(super) parts: RefCell<BTreeMap<String, Rc<Vec<Part>>>>,
}

impl<'k, 't, 'd> World<'k, 't, 'd> {
    pub(super) fn new(known: &'k Known<'t, 'd>, failed: &[&str], case: Case) -> Self {
        let topology = known.topology;
        let mut world = Self {
            known,
            topology,
            failed: with_members_of_risks(topology, failed),
            case,
            guessed: Cell::new(false),
            working: BTreeSet::new(),
            ports: BTreeSet::new(),
            cables: BTreeSet::new(),
            parts: RefCell::default(),
        };
        world.working = topology.devices().filter(|device| world.device_works(*device)).collect();
        world.ports = known.asked.iter().copied().filter(|port| world.port_works(*port)).collect();
        world.cables = world.carrying_cables();
        for port in world.ports_shut_by_pairs() {
            world.ports.remove(&port);
        }
        world.cables = world.carrying_cables();
        world
    }

    pub(super) fn fails(&self, name: &str) -> bool {
        self.failed.contains(name)
    }

    pub(super) fn has_guessed(&self) -> bool {
        self.guessed.get()
    }

    /// Whether what is not known about network devices, cables and the cluster is for the better.
    pub(super) fn hopes(&self) -> bool {
        self.guessed.set(true);
        self.case == Case::Best
    }

    /// Whether what is not known about whether a device stands is for the better.
    fn hopes_for(&self, device: DeviceId) -> bool {
        self.guessed.set(true);
        match device {
            DeviceId::Node(_) => self.case != Case::Worst,
            DeviceId::Switch(_) | DeviceId::Firewall(_) => self.case == Case::Best,
        }
    }

    pub(super) fn works(&self, device: DeviceId) -> bool {
        self.working.contains(&device)
    }

    /// Indices of working nodes.
    pub(super) fn working_nodes(&self) -> Vec<usize> {
        (0..self.topology.nodes.len()).filter(|node| self.works(DeviceId::Node(*node))).collect()
    }

    pub(super) fn is_live(&self, port: PortId) -> bool {
        self.ports.contains(&port)
    }

    pub(super) fn carries(&self, cable: usize) -> bool {
        self.cables.contains(&cable)
    }

    /// The port at the other end of a live cable.
    pub(super) fn live_far_end(&self, port: PortId) -> Option<PortId> {
        let cable = self.topology.port(port).cable?;
        self.carries(cable).then(|| self.topology.far_end(port))?
    }

    pub(super) fn bond_stands(&self, bond: usize) -> bool {
        self.works(self.topology.bonds[bond].device) && !self.fails(&self.known.bonds[bond])
    }

    fn device_works(&self, device: DeviceId) -> bool {
        let topology = self.topology;
        let in_failed_site = topology.site_of(device).is_some_and(|site| self.fails(&format!("site {site}")));
        let in_failed_rack = rack_name(topology, device).is_some_and(|rack| self.fails(&rack));
        !self.fails(topology.name(device))
            && !in_failed_site
            && !in_failed_rack
            && self.is_powered(device)
            && self.has_its_system(device)
    }

    fn is_powered(&self, device: DeviceId) -> bool {
        let name = self.topology.name(device);
        let supplies = self.topology.supplies(device);
        let Some(feeds) = supplies.feeds else {
            return !self.fails(UNDESCRIBED_POWER) || self.hopes_for(device);
        };
        let is_live = |(index, feed): (usize, &usize)| {
            let number = index + 1;
            !self.fails(&format!("{name} supply {number}"))
                && !self.fails(&format!("{name} line {number}"))
                && self.feed_works(*feed)
        };
        let live = feeds.iter().enumerate().filter(|supply| is_live(*supply)).count();
        match supplies.needed {
            Some(needed) => live >= needed,
            None if live == 0 => false,
            None => live == feeds.len() || self.hopes_for(device),
        }
    }

    fn feed_works(&self, feed: usize) -> bool {
        let feed = &self.topology.feeds[feed];
        let site = feed.item.value.site.as_ref();
        !self.fails(&feed.name) && !site.is_some_and(|site| self.fails(&format!("site {}", site.value)))
    }

    /// Whether a node's system disks are there; other devices have none.
    fn has_its_system(&self, device: DeviceId) -> bool {
        let DeviceId::Node(node) = device else { return true };
        let disks = &self.known.disks[node];
        let system: Vec<&OneDisk<'_, '_>> = disks.iter().filter(|disk| disk.is_for(DiskRole::Os)).collect();
        let groups: BTreeSet<&str> = system.iter().map(|disk| disk.group).collect();
        groups.into_iter().all(|group| {
            let group: Vec<_> = system.iter().filter(|disk| disk.group == group).collect();
            let gone = group.iter().filter(|disk| self.is_gone(disk)).count();
            gone == 0 || gone <= self.disks_it_can_lose(device, group[0], group.len())
        })
    }

    fn disks_it_can_lose(&self, device: DeviceId, disk: &OneDisk<'_, '_>, count: usize) -> usize {
        let controllers = disk.node.model.and_then(|model| model.value.controllers.as_ref());
        let named = disk.item.value.controller.as_ref().map(|name| name.value.as_str());
        let controller = controllers.and_then(|controllers| {
            controllers.value.iter().find(|item| item.names.iter().any(|name| Some(name.as_str()) == named))
        });
        let mode = controller.and_then(|item| item.value.mode.as_ref()).map(|mode| mode.value);
        let mirror = disk.item.value.mirror.as_ref().map(|mirror| mirror.value);
        match (mode, mirror) {
            _ if count == 1 => 0,
            (_, Some(true)) | (Some(ControllerMode::Raid1), _) => count - 1,
            (Some(ControllerMode::Raid5 | ControllerMode::Raid10), _) => 1,
            (Some(ControllerMode::Raid6), _) => 2.min(count - 1),
            (Some(ControllerMode::Raid0), _) | (_, Some(false)) => 0,
            _ if self.hopes_for(device) => count - 1,
            _ => 0,
        }
    }

    /// Whether a disk is gone by itself or with its controller.
    fn is_gone(&self, disk: &OneDisk<'_, '_>) -> bool {
        self.fails(&disk.name()) || disk.controller().is_some_and(|controller| self.fails(&controller))
    }

    /// Whether an OSD runs: its node, its disk and the disk that holds its DB.
    pub(super) fn osd_is_up(&self, osd: &OneDisk<'_, '_>) -> bool {
        if !self.works(DeviceId::Node(osd.index)) || self.is_gone(osd) {
            return false;
        }
        let Some(db) = &osd.item.value.db else { return true };
        let disks = &self.known.disks[osd.index];
        let group: Vec<_> = disks.iter().filter(|disk| disk.group == db.value).collect();
        group.is_empty() || !self.is_gone(group[(osd.number as usize - 1) % group.len()])
    }

    fn port_works(&self, port: PortId) -> bool {
        let written = self.topology.port(port);
        self.works(written.device)
            && !self.fails(&self.known.ports[port.0])
            && !self.known.cards[port.0].as_ref().is_some_and(|card| self.fails(card))
            && written.lane_of.is_none_or(|whole| self.port_works(whole))
    }

    fn carrying_cables(&self) -> BTreeSet<usize> {
        let carries = |index: &usize| {
            let cable = &self.topology.cables[*index];
            self.is_live(cable.from) && self.is_live(cable.to) && !self.fails(&self.known.cables[*index])
        };
        (0..self.topology.cables.len()).filter(carries).collect()
    }

    /// Ports of switches that a pair shuts because its peers have lost the link between them.
    fn ports_shut_by_pairs(&self) -> BTreeSet<PortId> {
        let mut shut = BTreeSet::new();
        for mlag in &self.topology.mlags {
            let [first, second] = mlag.peers.as_slice() else { continue };
            let peers = [DeviceId::Switch(*first), DeviceId::Switch(*second)];
            if !peers.iter().all(|peer| self.works(*peer)) || self.has_peer_link(mlag) {
                continue;
            }
            // At its best one of them is taken to know of the other all the same.
            let shutting =
                if self.has_keepalive(mlag, peers) || self.hopes() { vec![peers[1]] } else { peers.to_vec() };
            let is_lacp = |bond: &&Bond<'_>| bond.mode().is_none_or(|mode| mode == BondMode::Lacp);
            for bond in self.topology.bonds.iter().filter(is_lacp) {
                let ends: Vec<PortId> =
                    bond.members.iter().filter_map(|member| self.topology.far_end(*member)).collect();
                let is_on = |peer: &DeviceId| ends.iter().any(|end| self.topology.port(*end).device == *peer);
                if peers.iter().all(is_on) {
                    shut.extend(ends.into_iter().filter(|end| shutting.contains(&self.topology.port(*end).device)));
                }
            }
        }
        shut
    }

    /// Cables of the peer link of a pair.
    pub(super) fn peer_cables(&self, mlag: &rackproof::topology::Mlag<'_>) -> BTreeSet<usize> {
        let ports = mlag.peer_link.iter().flatten().flatten();
        ports.filter_map(|port| self.topology.port(*port).cable).collect()
    }

    fn has_peer_link(&self, mlag: &rackproof::topology::Mlag<'_>) -> bool {
        match &mlag.peer_link {
            Some(_) => self.peer_cables(mlag).iter().any(|cable| self.carries(*cable)),
            None => self.hopes(),
        }
    }

    /// Whether the two switches of a pair watch each other by their ports for administration.
    fn has_keepalive(&self, mlag: &rackproof::topology::Mlag<'_>, peers: [DeviceId; 2]) -> bool {
        let ends = |peer: DeviceId| -> Vec<PortId> {
            let own = self.topology.ports_of(peer).iter().filter(|port| self.topology.port(**port).management);
            own.filter_map(|port| self.live_far_end(*port)).collect()
        };
        let switches = |peer: DeviceId| -> Vec<DeviceId> {
            let ends = ends(peer).into_iter().filter(|end| !self.topology.port(*end).management);
            ends.map(|end| self.topology.port(end).device).filter(|end| matches!(end, DeviceId::Switch(_))).collect()
        };
        let is_direct = ends(peers[0]).into_iter().any(|end| {
            let end = self.topology.port(end);
            end.device == peers[1] && end.management
        });
        let barred = self.peer_cables(mlag);
        is_direct
            || switches(peers[0]).into_iter().any(|from| {
                let reached = self.switches_reached_from(from, &barred);
                switches(peers[1]).iter().any(|to| reached.contains(to))
            })
    }

    /// Switches that live cables lead to from a working switch, whatever they carry, itself included.
    pub(super) fn switches_reached_from(&self, from: DeviceId, barred: &BTreeSet<usize>) -> BTreeSet<DeviceId> {
        let mut reached = BTreeSet::from([from]);
        let mut open = vec![from];
        while let Some(switch) = open.pop() {
            let hoped = self.peers_hoped_to_be_linked(switch);
            open.extend(hoped.into_iter().filter(|peer| reached.insert(*peer)));
            for (index, cable) in self.topology.cables.iter().enumerate() {
                let (one, other) = (self.topology.port(cable.from), self.topology.port(cable.to));
                if !self.carries(index) || barred.contains(&index) || one.management || other.management {
                    continue;
                }
                for (near, far) in [(one.device, other.device), (other.device, one.device)] {
                    if near == switch && matches!(far, DeviceId::Switch(_)) && reached.insert(far) {
                        open.push(far);
                    }
                }
            }
        }
        reached
    }

    /// Working peers of a switch by a peer link that nobody has written, where it is taken to be there.
    fn peers_hoped_to_be_linked(&self, switch: DeviceId) -> Vec<DeviceId> {
        let unwritten = self.topology.mlags.iter().filter(|mlag| mlag.peer_link.is_none() && self.hopes());
        let pairs = unwritten.map(|mlag| mlag.peers.iter().map(|peer| DeviceId::Switch(*peer)).collect::<Vec<_>>());
        let own = pairs.filter(|peers| peers.contains(&switch)).flatten();
        own.filter(|peer| *peer != switch && self.works(*peer)).collect()
    }
}

/// Names of what fails, with all that shared risks among it take along.
fn with_members_of_risks(topology: &Topology<'_>, failed: &[&str]) -> BTreeSet<String> {
    let mut names: BTreeSet<String> = failed.iter().map(|name| (*name).to_owned()).collect();
    for risk in topology.shared_risks.iter().filter(|risk| failed.contains(&risk.name.as_str())) {
        for member in &risk.members {
            match member {
                Written::Device(device) => _ = names.insert(topology.name(*device).to_owned()),
                Written::Card(device, card) => _ = names.insert(format!("{}:{card}", topology.name(*device))),
                Written::Port(port) => _ = names.insert(topology.port_name(*port)),
                Written::Bond(bond) => _ = names.insert(bond_name(topology, bond.0)),
                Written::Controller(node, name) => {
                    names.insert(format!("controller {}:{name}", topology.nodes[*node].name));
                }
                Written::Disks(node, group) => {
                    let disks = disks::of_node(topology, *node);
                    names.extend(disks.iter().filter(|disk| disk.group == *group).map(OneDisk::name));
                }
                Written::Feed(feed) => _ = names.insert(topology.feeds[*feed].name.to_string()),
                Written::Uplink(uplink) => _ = names.insert(topology.uplinks[*uplink].name.to_string()),
                Written::SiteLink(link) => _ = names.insert(topology.site_links[*link].name.to_string()),
            }
        }
        names.extend(risk.cables.iter().map(|cable| cable_name(topology, *cable)));
    }
    names
}
