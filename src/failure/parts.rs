//! Parts: the smallest things that can fail, numbered without gaps so that what has failed is one flat table.

use foldhash::HashMap;

use crate::design::{ControllerMode, DiskRole};
use crate::topology::{DeviceId, DiskGroup, Node, PortId, Topology, disks_known};

/// Number of a part.
pub(super) type PartId = u32;

/// No part: what cannot fail on its own.
pub(super) const NO_PART: PartId = PartId::MAX;

/// The smallest things that fail on their own. What takes several of them with it is a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Device(DeviceId),
    /// A power supply, or its line, which is the same.
    Supply(DeviceId, usize),
    /// A cable, or one of its ports, which is the same.
    Cable(usize),
    /// A port without a cable.
    Port(PortId),
    Bond(usize),
    /// A disk of a node, by its bay.
    Disk(usize, usize),
    Monitor(usize),
    Uplink(usize),
    SiteLink(usize),
}

/// A disk of a server model.
#[derive(Debug)]
pub(super) struct Bay<'d> {
    pub(super) group: DiskGroup<'d>,
    /// Name below its node: `data:1`.
    pub(super) label: String,
    /// The disk that holds WAL and DB of this one.
    pub(super) db: Option<usize>,
}

/// A group of system disks.
#[derive(Debug)]
pub(super) struct System {
    pub(super) bays: std::ops::Range<usize>,
    /// How many of them may be gone; nothing where it is not known whether they are mirrored.
    pub(super) spare: Option<usize>,
}

/// The disks of a server model.
#[derive(Debug, Default)]
pub(super) struct Bays<'d> {
    pub(super) all: Vec<Bay<'d>>,
    pub(super) system: Vec<System>,
    /// Whether every disk and its role is known.
    pub(super) known: bool,
}

impl<'d> Bays<'d> {
    fn of(node: &Node<'d>) -> Self {
        let Some(model) = node.model else { return Self::default() };
        let mut found = Self { known: disks_known(&model.value), ..Self::default() };
        for group in node.disk_groups() {
            let first = found.all.len();
            let (Some(count), Some(_)) = (group.disk().count.as_ref(), group.role()) else {
                found.known &= group.count() == Some(0);
                continue;
            };
            for name in &group.item.names {
                for number in 1..=count.value {
                    found.all.push(Bay { group, label: format!("{name}:{number}"), db: None });
                }
            }
            let bays = first..found.all.len();
            if group.role() == Some(DiskRole::Os) && !bays.is_empty() {
                found.system.push(System { spare: spare(group, bays.len()), bays });
            }
        }
        found.join_databases();
        found
    }

    /// Spreads the OSDs of each group over the disks of its DB group in turn.
    fn join_databases(&mut self) {
        let mut turn: HashMap<*const (), usize> = HashMap::default();
        for bay in 0..self.all.len() {
            let group = self.all[bay].group;
            let Some(db) = group.db() else { continue };
            let same = |other: &&usize| std::ptr::eq(self.all[**other].group.item, db.item);
            let holders: Vec<usize> = (0..self.all.len()).collect::<Vec<_>>().iter().filter(same).copied().collect();
            let next = turn.entry(std::ptr::from_ref(group.item).cast()).or_default();
            self.all[bay].db = (!holders.is_empty()).then(|| holders[*next % holders.len()]);
            *next += 1;
        }
    }
}

/// How many of a group's system disks may be gone.
fn spare(group: DiskGroup<'_>, disks: usize) -> Option<usize> {
    let mode = group.controller().and_then(|controller| controller.value.mode.as_ref()).map(|mode| mode.value);
    let mirrored = group.disk().mirror.as_ref().map(|mirror| mirror.value);
    match (mode, mirrored) {
        (_, Some(true)) | (Some(ControllerMode::Raid1), _) => Some(disks - 1),
        (Some(ControllerMode::Raid5 | ControllerMode::Raid10), _) => Some(1.min(disks - 1)),
        (Some(ControllerMode::Raid6), _) => Some(2.min(disks - 1)),
        (Some(ControllerMode::Raid0 | ControllerMode::Raid0Single), _) | (_, Some(false)) => Some(0),
        (_, None) => (disks == 1).then_some(0),
    }
}

/// Where each kind of part begins, and the disks of each node.
#[derive(Debug)]
pub(super) struct Parts<'d> {
    nodes: usize,
    switches: usize,
    firewalls: usize,
    supplies: Vec<PartId>,
    cables: PartId,
    ports: PartId,
    bonds: PartId,
    disks: Vec<PartId>,
    monitors: PartId,
    uplinks: PartId,
    site_links: PartId,
    /// How many parts there are.
    pub(super) count: usize,
    sets: Vec<Bays<'d>>,
    set_of: Vec<usize>,
}

impl<'d> Parts<'d> {
    pub(super) fn new(topology: &Topology<'d>) -> Self {
        let (nodes, switches, firewalls) = (topology.nodes.len(), topology.switches.len(), topology.firewalls.len());
        let mut next = (nodes + switches + firewalls) as PartId;
        let mut take = |count: usize| {
            let first = next;
            next += count as PartId;
            first
        };
        let supplies = topology.devices().map(|device| take(supplies(topology, device))).collect();
        let (cables, ports) = (take(topology.cables.len()), take(topology.ports.len()));
        let bonds = take(topology.bonds.len());
        let (mut sets, mut set_of, mut seen) = (Vec::new(), Vec::new(), HashMap::default());
        for node in &topology.nodes {
            let model = node.model.map(|model| std::ptr::from_ref(model).cast::<()>());
            set_of.push(*seen.entry(model).or_insert_with(|| {
                sets.push(Bays::of(node));
                sets.len() - 1
            }));
        }
        let disks = set_of.iter().map(|set| take(sets[*set].all.len())).collect();
        let (monitors, uplinks) = (take(nodes), take(topology.uplinks.len()));
        let site_links = take(topology.site_links.len());
        let count = next as usize;
        Self {
            nodes,
            switches,
            firewalls,
            supplies,
            cables,
            ports,
            bonds,
            disks,
            monitors,
            uplinks,
            site_links,
            count,
            sets,
            set_of,
        }
    }

    /// Number of a device among all devices: nodes, then switches, then firewalls.
    pub(super) fn device(&self, device: DeviceId) -> usize {
        match device {
            DeviceId::Node(index) => index,
            DeviceId::Switch(index) => self.nodes + index,
            DeviceId::Firewall(index) => self.nodes + self.switches + index,
        }
    }

    pub(super) fn id(&self, part: Part) -> PartId {
        match part {
            Part::Device(device) => self.device(device) as PartId,
            Part::Supply(device, index) => self.supplies[self.device(device)] + index as PartId,
            Part::Cable(index) => self.cables + index as PartId,
            Part::Port(port) => self.ports + port.0 as PartId,
            Part::Bond(index) => self.bonds + index as PartId,
            Part::Disk(node, bay) => self.disks[node] + bay as PartId,
            Part::Monitor(node) => self.monitors + node as PartId,
            Part::Uplink(index) => self.uplinks + index as PartId,
            Part::SiteLink(index) => self.site_links + index as PartId,
        }
    }

    /// The part of a port: its cable where it has one.
    pub(super) fn port(&self, topology: &Topology<'_>, port: PortId) -> PartId {
        let cable = topology.port(port).cable;
        self.id(cable.map_or(Part::Port(port), Part::Cable))
    }

    /// The disks of a node.
    pub(super) fn bays(&self, node: usize) -> &Bays<'d> {
        &self.sets[self.set_of[node]]
    }

    /// How many devices there are.
    pub(super) fn devices(&self) -> usize {
        self.nodes + self.switches + self.firewalls
    }
}

/// Power supplies that are components: those of a device whose feeds are known.
pub(super) fn supplies(topology: &Topology<'_>, device: DeviceId) -> usize {
    topology.supplies(device).feeds.map_or(0, |feeds| feeds.len())
}

/// What has failed.
#[derive(Debug)]
pub(super) struct Failed(Vec<u8>);

impl Failed {
    pub(super) fn none(parts: usize) -> Self {
        Self(vec![0; parts])
    }

    pub(super) fn fail(&mut self, parts: &[PartId]) {
        for part in parts {
            self.0[*part as usize] += 1;
        }
    }

    pub(super) fn mend(&mut self, parts: &[PartId]) {
        for part in parts {
            self.0[*part as usize] -= 1;
        }
    }

    pub(super) fn has(&self, part: PartId) -> bool {
        part != NO_PART && self.0[part as usize] > 0
    }
}
