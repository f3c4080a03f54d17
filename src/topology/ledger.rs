//! What each switch has to carry: ports by speed, link aggregation groups, VLANs and packet sizes.
//!
//! Every count names what makes it up, and what may add to it while a fact is missing.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use compact_str::format_compact;
use foldhash::{HashMap, HashSet};

use super::Topology;
use super::devices::{DeviceId, PortId};
use super::links::{Bond, Interface};
use super::networks::Network;
use crate::design::{BondMode, Purpose, SwitchRole, Text};
use crate::quantity::Rate;

/// The key under which cables are written.
const CABLE: &str = "cable";
/// Purposes that make a network one for storage.
const STORAGE: [Purpose; 3] = [Purpose::CephPublic, Purpose::CephCluster, Purpose::Storage];

/// A thing in the design and what it adds to a count, one name for each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    /// Path of the thing: `bond.bond0`.
    pub path: Text,
    /// What it adds: the devices that have the bond, the ports, the VLAN ids.
    pub names: Vec<Text>,
}

/// What may add to a count while a fact is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doubt {
    /// The key that would state the fact.
    pub missing: String,
    /// The most it may add; nothing where that is open as well.
    pub most: Option<usize>,
}

/// A count with what makes it up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// What is counted.
    pub shares: Vec<Share>,
    /// What may come on top.
    pub doubts: Vec<Doubt>,
    /// Where the share of each path stands; empty while they are few.
    places: HashMap<Text, usize>,
}

/// Shares of a tally beyond which they are found by an index.
const SEARCHED_IN_TURN: usize = 16;

impl Tally {
    /// The count of what is known.
    pub fn count(&self) -> usize {
        self.shares.iter().map(|share| share.names.len()).sum()
    }

    /// Whether the count stays within a limit, where that can be told.
    pub fn within(&self, limit: usize) -> Option<bool> {
        if self.count() > limit {
            return Some(false);
        }
        let most = self.doubts.iter().try_fold(self.count(), |sum, doubt| Some(sum + doubt.most?));
        most.is_some_and(|most| most <= limit).then_some(true)
    }

    /// The keys that would settle the count, each once.
    pub fn missing(&self) -> Vec<String> {
        let mut keys: Vec<String> = Vec::new();
        for doubt in &self.doubts {
            if !keys.contains(&doubt.missing) {
                keys.push(doubt.missing.clone());
            }
        }
        keys
    }

    fn add(&mut self, path: impl Into<Text>, name: impl Into<Text>) {
        let path = path.into();
        if let Some(place) = self.place(&path) {
            self.shares[place].names.push(name.into());
            return;
        }
        self.shares.push(Share { path, names: vec![name.into()] });
        if self.shares.len() > SEARCHED_IN_TURN {
            self.index(self.places.len());
        }
    }

    /// Notes where the shares from one on stand.
    fn index(&mut self, from: usize) {
        let shares = self.shares.iter().enumerate().skip(from);
        self.places.extend(shares.map(|(place, share)| (share.path.clone(), place)));
    }

    fn place(&self, path: &str) -> Option<usize> {
        if self.shares.len() <= SEARCHED_IN_TURN {
            return self.shares.iter().position(|share| share.path == path);
        }
        self.places.get(path).copied()
    }

    fn has(&self, path: &str) -> bool {
        self.place(path).is_some()
    }

    fn take_out(&mut self, path: &str) {
        self.shares.retain(|share| share.path != path);
        self.places.clear();
        if self.shares.len() > SEARCHED_IN_TURN {
            self.index(0);
        }
    }

    fn doubt(&mut self, missing: impl Into<String>, most: Option<usize>) {
        self.doubts.push(Doubt { missing: missing.into(), most });
    }
}

/// Ports of one speed: those in use and those the model has.
#[derive(Debug, Clone, PartialEq)]
pub struct SpeedClass {
    /// The speed; nothing where it is not known.
    pub speed: Option<Rate>,
    /// Ports in use whose other end has this speed.
    pub needed: Tally,
    /// Ports of this speed that the model has.
    pub available: usize,
}

/// Ports from one speed upwards: a fast port takes a slower device, never the other way round.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PortBalance {
    /// The speed.
    pub speed: Rate,
    /// Ports in use whose other end has this speed or a higher one.
    pub needed: usize,
    /// Ports of the model with this speed or a higher one.
    pub available: usize,
}

/// What one switch has to carry.
#[derive(Debug, Clone, PartialEq)]
pub struct Ledger {
    /// Index of the switch.
    pub switch: usize,
    /// Ports by speed, the fastest first and those of unknown speed last.
    pub ports: Vec<SpeedClass>,
    /// Link aggregation groups: bonds, links to other switches, the peer link of an MLAG pair.
    pub lacp_groups: Tally,
    /// Tagged VLANs.
    pub vlans: Tally,
    /// Indices of the networks that it carries.
    pub networks: Vec<usize>,
}

impl Ledger {
    /// Ports in use, of any speed.
    pub fn ports_needed(&self) -> usize {
        self.ports.iter().map(|class| class.needed.count()).sum()
    }

    /// Ports in use against ports there are, from each speed in use upwards; those of unknown speed are left out.
    pub fn port_balance(&self) -> Vec<PortBalance> {
        let used = self.ports.iter().filter(|class| class.needed.count() > 0);
        used.filter_map(|class| {
            let speed = class.speed?;
            let from = |other: &&SpeedClass| other.speed.is_some_and(|other| other >= speed);
            let needed = self.ports.iter().filter(from).map(|class| class.needed.count()).sum();
            let available = self.ports.iter().filter(from).map(|class| class.available).sum();
            Some(PortBalance { speed, needed, available })
        })
        .collect()
    }

    /// Largest packet in bytes among the networks it carries, and the network.
    pub fn largest_mtu<'t, 'd>(&self, topology: &'t Topology<'d>) -> Option<(u32, &'t Network<'d>)> {
        let networks = self.networks.iter().filter_map(|index| topology.networks.get(*index));
        networks.map(|network| (network.mtu(), network)).reduce(|most, next| if next.0 > most.0 { next } else { most })
    }

    fn class(&mut self, speed: Option<Rate>) -> Option<&mut SpeedClass> {
        let index = self.ports.iter().position(|class| class.speed == speed).unwrap_or_else(|| {
            self.ports.push(SpeedClass { speed, needed: Tally::default(), available: 0 });
            self.ports.len() - 1
        });
        self.ports.get_mut(index)
    }

    fn sort_classes(&mut self) {
        let base = |class: &SpeedClass| class.speed.map_or(-1.0, Rate::base);
        self.ports.sort_by(|left, right| base(right).total_cmp(&base(left)));
    }
}

/// What the management switches of a site have to carry together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManagementLedger {
    /// The site, where sites are said.
    pub site: Option<String>,
    /// Indices of its management switches.
    pub switches: Vec<usize>,
    /// Ports in use: cables, and the management ports of the other switches.
    pub needed: Tally,
    /// Ports that the models have together, where all are described.
    pub available: Option<usize>,
}

/// One switch of an MLAG pair while the other one is gone.
#[derive(Debug, Clone, PartialEq)]
pub struct Survivor {
    /// Index of the pair.
    pub pair: usize,
    /// Index of the switch that is left.
    pub switch: usize,
    /// Index of the one that is gone.
    pub peer: usize,
    /// What it has to carry: its links to the other one carry nothing, and the peer link is no group any more.
    pub ledger: Ledger,
    /// Its ports that still carry something.
    pub ports: Vec<PortId>,
    /// Ports of the one that is gone, those between the two left out.
    pub lost: Vec<PortId>,
    /// Devices that hang on the one that is gone and on nothing else of the pair.
    pub cut_off: Vec<DeviceId>,
}

/// Switches that a network is known to cross.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reach {
    /// Indices of switches that its members are cabled to.
    pub ends: BTreeSet<usize>,
    /// Indices of further switches on the shortest ways between those.
    pub between: BTreeSet<usize>,
    /// Keys of facts that would show more of them.
    pub missing: Vec<String>,
}

impl Reach {
    fn lacks(&mut self, key: String) {
        if !self.missing.contains(&key) {
            self.missing.push(key);
        }
    }
}

/// A line to the outside or to another site.
struct Line<'t> {
    name: &'t str,
    path: String,
    ports: &'t [PortId],
}

/// An end of a cable in a switch.
#[derive(Debug)]
pub(super) struct Plug {
    own: Option<PortId>,
    other: Option<PortId>,
    other_name: Text,
    path: Text,
}

impl<'d> Topology<'d> {
    /// What each switch has to carry, in the order of the switches; counted once.
    pub fn ledgers(&self) -> &[Ledger] {
        self.lookups.ledgers.get_or_init(|| self.counted_ledgers())
    }

    fn counted_ledgers(&self) -> Vec<Ledger> {
        let groups = self.lacp_groups();
        let ledger = |((switch, plugs), groups): ((usize, &Vec<Plug>), Tally)| {
            self.ledger(switch, &plugs.iter().collect::<Vec<_>>(), groups)
        };
        self.plugs().iter().enumerate().zip(groups).map(ledger).collect()
    }

    /// The same with storage on a network of its own: every server with a bond on a switch takes one more port
    /// and one more group there, unless its storage has ports of its own already.
    pub fn ledgers_with_storage_split(&self) -> Vec<Ledger> {
        let mut ledgers = self.ledgers().to_vec();
        for (index, node) in self.nodes.iter().enumerate() {
            let device = DeviceId::Node(index);
            if self.storage_is_split(device) {
                continue;
            }
            for (switch, port) in self.bonded_switches(device) {
                let Some(ledger) = ledgers.get_mut(switch) else { continue };
                ledger.lacp_groups.add(node.path(), node.name.clone());
                let speed = self.port(port).speed.as_ref().map(|speed| speed.value);
                if let Some(class) = ledger.class(speed) {
                    class.needed.add(node.path(), node.name.clone());
                }
            }
        }
        ledgers.iter_mut().for_each(Ledger::sort_classes);
        ledgers
    }

    /// What each switch of an MLAG pair has to carry while the other one is gone; counted once.
    pub fn survivors(&self) -> &[Survivor] {
        self.lookups.survivors.get_or_init(|| self.counted_survivors())
    }

    fn counted_survivors(&self) -> Vec<Survivor> {
        let lines: HashSet<PortId> = self.lines().flat_map(|line| line.ports).copied().collect();
        let mut survivors = Vec::new();
        for (pair, mlag) in self.mlags.iter().enumerate() {
            let [one, other] = *mlag.peers.as_slice() else { continue };
            for (switch, peer) in [(one, other), (other, one)] {
                survivors.push(self.survivor(pair, [switch, peer], &lines));
            }
        }
        survivors
    }

    fn survivor(&self, pair: usize, [switch, peer]: [usize; 2], lines: &HashSet<PortId>) -> Survivor {
        let to_peer = |plug: &&Plug| {
            let name = plug.other_name.split(':').next().unwrap_or_default();
            self.device(name) == Some(DeviceId::Switch(peer))
        };
        let left: Vec<&Plug> = self.plugs()[switch].iter().filter(|plug| !to_peer(plug)).collect();
        let mut groups = self.ledgers()[switch].lacp_groups.clone();
        groups.take_out(&self.mlags[pair].path());
        let ledger = self.ledger(switch, &left, groups);
        let (ports, lost) = (self.outward_ports(switch, peer, lines), self.outward_ports(peer, switch, lines));
        let devices = |ports: &[PortId]| -> BTreeSet<DeviceId> {
            ports.iter().filter_map(|port| Some(self.port(self.far_end(*port)?).device)).collect()
        };
        let cut_off = devices(&lost).difference(&devices(&ports)).copied().collect();
        Survivor { pair, switch, peer, ledger, ports, lost, cut_off }
    }

    /// Ports of a switch by which frames leave it other than to its peer: cabled ones, and those of lines.
    fn outward_ports(&self, switch: usize, peer: usize, lines: &HashSet<PortId>) -> Vec<PortId> {
        let is_outward = |port: &&PortId| match self.far_end(**port) {
            Some(far) => self.port(far).device != DeviceId::Switch(peer),
            None => lines.contains(port),
        };
        let ports = self.switches[switch].ports.iter();
        ports.filter(|port| !self.port(**port).management).filter(is_outward).copied().collect()
    }

    /// What the management switches have to carry, one entry for each site that has some.
    pub fn management_ledgers(&self) -> Vec<ManagementLedger> {
        let plugs = self.plugs();
        let mut sites: BTreeMap<Option<String>, Vec<usize>> = BTreeMap::new();
        for (index, switch) in self.switches.iter().enumerate() {
            if switch.role() == Some(SwitchRole::Management) {
                sites.entry(self.site_of(DeviceId::Switch(index)).map(str::to_owned)).or_default().push(index);
            }
        }
        sites.into_iter().map(|(site, switches)| self.management_ledger(site, switches, plugs)).collect()
    }

    /// The switches that each network crosses, in the order of the networks; found once.
    pub fn reaches(&self) -> &[Reach] {
        self.lookups.reaches.get_or_init(|| self.found_reaches())
    }

    fn found_reaches(&self) -> Vec<Reach> {
        // Most networks end on the same switches.
        let mut known: BTreeMap<BTreeSet<usize>, BTreeSet<usize>> = BTreeMap::new();
        let mut found = Vec::new();
        for network in &self.networks {
            let mut reach = self.reach_of_ends(network);
            let between = known.entry(reach.ends.clone()).or_insert_with(|| self.between(&reach.ends));
            reach.between.clone_from(between);
            found.push(reach);
        }
        found
    }

    fn reach_of_ends(&self, network: &Network<'_>) -> Reach {
        let mut reach = Reach::default();
        for attachment in &network.attachments {
            let Some(interface) = &attachment.interface else {
                reach.lacks(format!("{}.interface", network.path()));
                continue;
            };
            let ports = self.ports_under(interface.value);
            if ports.is_empty() {
                reach.lacks(self.ports_key(attachment.device));
            }
            for port in ports {
                match self.far_end(*port).map(|far| self.port(far).device) {
                    Some(DeviceId::Switch(switch)) => _ = reach.ends.insert(switch),
                    Some(_) => {}
                    None => reach.lacks(CABLE.to_owned()),
                }
            }
        }
        reach
    }

    fn ledger(&self, switch: usize, plugs: &[&Plug], lacp_groups: Tally) -> Ledger {
        let reaches = self.reaches();
        let mut ledger = Ledger {
            switch,
            ports: self.available_ports(switch),
            lacp_groups,
            vlans: self.vlans(switch, reaches),
            networks: Vec::new(),
        };
        let speed = |port: PortId| self.port(port).speed.as_ref().map(|speed| speed.value);
        for plug in plugs {
            let speed = plug.other.and_then(speed).or_else(|| plug.own.and_then(speed));
            if let Some(class) = ledger.class(speed) {
                class.needed.add(plug.path.clone(), plug.other_name.clone());
            }
        }
        ledger.sort_classes();
        let crosses = |reach: &Reach| reach.ends.contains(&switch) || reach.between.contains(&switch);
        ledger.networks = (0..reaches.len()).filter(|index| crosses(&reaches[*index])).collect();
        ledger
    }

    fn available_ports(&self, switch: usize) -> Vec<SpeedClass> {
        let mut classes: Vec<SpeedClass> = Vec::new();
        let groups = self.switches[switch].model.and_then(|model| model.value.ports.as_ref());
        for group in groups.iter().flat_map(|groups| groups.value.iter()) {
            let speed = group.value.speed.as_ref().map(|speed| speed.value);
            match classes.iter_mut().find(|class| class.speed == speed) {
                Some(class) => class.available += group.names.len(),
                None => {
                    classes.push(SpeedClass { speed, needed: Tally::default(), available: group.names.len() });
                }
            }
        }
        classes
    }

    /// Ends of cables by switch, as written: a cable to a port that the model lacks takes a port all the same.
    fn plugs(&self) -> &[Vec<Plug>] {
        self.lookups.plugs.get_or_init(|| self.found_plugs())
    }

    fn found_plugs(&self) -> Vec<Vec<Plug>> {
        let mut plugs: Vec<Vec<Plug>> = self.switches.iter().map(|_| Vec::new()).collect();
        let mut taken: HashSet<(usize, &str)> = HashSet::default();
        let mut plug = |end: &'d str, other: &'d str| {
            let Some((name, label)) = end.split_once(':') else { return };
            let Some(DeviceId::Switch(switch)) = self.device(name) else { return };
            let Some((other_name, other_label)) = other.split_once(':') else { return };
            let Some(other_device) = self.device(other_name) else { return };
            // A lane takes the whole port that it is split from; a port for administration is none of the others.
            let own = self.port_on(DeviceId::Switch(switch), label);
            if own.is_some_and(|own| self.port(own).management) {
                return;
            }
            let whole = own.map(|own| self.port(own).lane_of.unwrap_or(own));
            let label = whole.map_or(label, |whole| self.port(whole).label.as_ref());
            if taken.insert((switch, label)) {
                plugs[switch].push(Plug {
                    own: whole,
                    other: self.port_on(other_device, other_label),
                    other_name: other.into(),
                    path: self.written_path(other_device).into(),
                });
            }
        };
        for cable in self.design.cable.iter().flat_map(|cables| cables.value.iter()) {
            let (Some(from), Some(to)) = (&cable.value.from, &cable.value.to) else { continue };
            if from.value.0.len() == to.value.0.len() {
                for (from, to) in from.value.iter().zip(to.value.iter()) {
                    plug(from, to);
                    plug(to, from);
                }
            }
        }
        for mlag in &self.mlags {
            let labels = mlag.item.value.peer_link.iter().flat_map(|labels| labels.value.iter());
            let [left, right] = mlag.peers.as_slice() else { continue };
            for label in labels {
                for (own, other) in [(*left, *right), (*right, *left)] {
                    if taken.insert((own, label)) {
                        let other_name = format_compact!("{}:{label}", self.switches[other].name);
                        plugs[own].push(Plug {
                            own: self.switches[own].port(label),
                            other: self.switches[other].port(label),
                            other_name,
                            path: mlag.path().into(),
                        });
                    }
                }
            }
        }
        let qdevice = Line { name: "qdevice", path: "cluster.qdevice_ports".to_owned(), ports: &self.qdevice_ports };
        for line in self.lines().chain([qdevice]) {
            for port in line.ports {
                let DeviceId::Switch(switch) = self.port(*port).device else { continue };
                let label = self.whole_label(*port);
                if !self.port(*port).management && taken.insert((switch, label)) {
                    plugs[switch].push(Plug {
                        own: self.switches[switch].port(label),
                        other: None,
                        other_name: line.name.into(),
                        path: line.path.as_str().into(),
                    });
                }
            }
        }
        plugs
    }

    /// Lines that leave the design: to the outside and to other sites.
    fn lines(&self) -> impl Iterator<Item = Line<'_>> {
        let uplinks = self.uplinks.iter();
        let uplinks = uplinks.map(|line| Line { name: &line.name, path: line.path(), ports: &line.ports });
        let site_links = self.site_links.iter();
        uplinks.chain(site_links.map(|line| Line { name: &line.name, path: line.path(), ports: &line.ports }))
    }

    /// Name of a port on its device, or of the port that it is a lane of.
    fn whole_label(&self, port: PortId) -> &str {
        let port = self.port(port);
        port.lane_of.map_or(&port.label, |whole| &self.port(whole).label)
    }

    /// Link aggregation groups of every switch.
    fn lacp_groups(&self) -> Vec<Tally> {
        let mut tallies = vec![Tally::default(); self.switches.len()];
        for bond in &self.bonds {
            self.count_bond(&mut tallies, bond);
        }
        for (switch, tally) in tallies.iter_mut().enumerate() {
            self.count_links(tally, switch);
        }
        for (switch, tally) in tallies.iter_mut().enumerate() {
            self.count_lines(tally, switch);
        }
        for mlag in &self.mlags {
            for switch in &mlag.peers {
                let others = mlag.peers.iter().filter(|peer| *peer != switch);
                let names = others.map(|peer| self.switches[*peer].name.clone()).collect::<String>();
                tallies[*switch].add(mlag.path(), names);
            }
        }
        tallies
    }

    fn count_links(&self, tally: &mut Tally, switch: usize) {
        for (neighbours, cables) in self.aggregated_links(switch) {
            for neighbour in neighbours.iter().filter(|neighbour| cables.contains(neighbour)).take(1) {
                tally.add(self.switches[*neighbour].path(), self.names(neighbours).join(" + "));
            }
        }
    }

    fn count_lines(&self, tally: &mut Tally, switch: usize) {
        let unit = self.unit(switch);
        for line in self.lines() {
            let ends = line.ports.iter().filter_map(|port| match self.port(*port).device {
                DeviceId::Switch(end) if unit.contains(&end) => Some(end),
                _ => None,
            });
            let ends: Vec<usize> = ends.collect();
            // Lines of one table have their ports in common.
            if ends.len() > 1 && ends.contains(&switch) && !tally.has(&line.path) {
                tally.add(line.path, line.name);
            }
        }
    }

    /// Counts a bond on the switches that its members end on, and where more of them may.
    fn count_bond(&self, tallies: &mut [Tally], bond: &Bond<'_>) {
        let ends: Vec<Option<DeviceId>> =
            bond.members.iter().map(|member| self.far_end(*member).map(|far| self.port(far).device)).collect();
        let here: BTreeSet<usize> = ends
            .iter()
            .filter_map(|end| match end {
                Some(DeviceId::Switch(switch)) => Some(*switch),
                _ => None,
            })
            .collect();
        match bond.mode() {
            Some(BondMode::Lacp) => {
                for switch in &here {
                    tallies[*switch].add(bond.path(), self.name(bond.device));
                }
            }
            None => {
                for switch in &here {
                    tallies[*switch].doubt(format!("{}.mode", bond.path()), Some(1));
                }
            }
            Some(_) => return,
        }
        let open = match bond.members.is_empty() {
            true => self.ports_key(bond.device),
            false if ends.contains(&None) => CABLE.to_owned(),
            false => return,
        };
        let others = (0..self.switches.len()).filter(|switch| !here.contains(switch) && self.takes_servers(*switch));
        others.for_each(|switch| tallies[switch].doubt(open.clone(), Some(1)));
    }

    /// Whether bonds of servers may end on a switch by its role.
    fn takes_servers(&self, switch: usize) -> bool {
        !matches!(self.switches[switch].role(), Some(SwitchRole::Management | SwitchRole::Spine))
    }

    /// Other switches, or pairs of them, that two or more cables join to this one or its pair, with those of them
    /// that a cable of this very switch leads to. Between leaf and spine links are routed, not aggregated.
    fn aggregated_links(&self, switch: usize) -> Vec<(&[usize], BTreeSet<usize>)> {
        let own = self.unit(switch);
        let mut units: BTreeMap<&[usize], (usize, BTreeSet<usize>)> = BTreeMap::new();
        for near in own {
            for far in self.next_switches(*near) {
                if !own.contains(far) && !self.is_routed(*near, *far) {
                    let entry = units.entry(self.unit(*far)).or_default();
                    entry.0 += 1;
                    if *near == switch {
                        entry.1.insert(*far);
                    }
                }
            }
        }
        units
            .into_iter()
            .filter(|(_, (cables, ends))| *cables > 1 && !ends.is_empty())
            .map(|(unit, (_, ends))| (unit, ends))
            .collect()
    }

    fn vlans(&self, switch: usize, reaches: &[Reach]) -> Tally {
        let mut tally = Tally::default();
        let mut counted: BTreeSet<u32> = BTreeSet::new();
        let bridged = !self.is_spine(switch);
        let carries = |reach: &Reach| reach.ends.contains(&switch) || bridged && reach.between.contains(&switch);
        for (network, _) in self.networks.iter().zip(reaches).filter(|(_, reach)| carries(reach)) {
            for vlan in network.tagged_vlans() {
                if counted.insert(vlan) {
                    tally.add(network.path(), vlan.to_string());
                }
            }
        }
        for (network, reach) in self.networks.iter().zip(reaches).filter(|(_, reach)| !carries(reach)) {
            let more = network.tagged_vlans().into_iter().filter(|vlan| counted.insert(*vlan)).count();
            if let Some(key) = reach.missing.first().filter(|_| more > 0) {
                tally.doubt(key.clone(), Some(more));
            }
        }
        tally
    }

    /// Switches on the shortest ways between two of `ends`; management switches lie on nobody else's way.
    fn between(&self, ends: &BTreeSet<usize>) -> BTreeSet<usize> {
        let mut found = BTreeSet::new();
        if ends.len() < 2 {
            return found;
        }
        let passes =
            |switch: usize| ends.contains(&switch) || self.switches[switch].role() != Some(SwitchRole::Management);
        let others = |switch: usize| -> Vec<usize> {
            let others = self.neighbours(switch).into_iter().filter(|on| passes(switch) && passes(*on));
            others.collect()
        };
        let next: Vec<Vec<usize>> = (0..self.switches.len()).map(others).collect();
        for from in ends {
            found.extend(led_through(&next, *from, ends));
        }
        found.retain(|switch| !ends.contains(switch));
        found
    }

    fn management_ledger(&self, site: Option<String>, switches: Vec<usize>, plugs: &[Vec<Plug>]) -> ManagementLedger {
        let mut needed = Tally::default();
        let mut cabled: BTreeMap<DeviceId, usize> = BTreeMap::new();
        for plug in switches.iter().flat_map(|switch| &plugs[*switch]) {
            needed.add(plug.path.clone(), plug.other_name.clone());
            let name = plug.other_name.split(':').next().unwrap_or_default();
            if let Some(device) = self.device(name) {
                *cabled.entry(device).or_default() += 1;
            }
        }
        for (index, switch) in self.switches.iter().enumerate() {
            let device = DeviceId::Switch(index);
            if self.site_of(device).map(str::to_owned) != site {
                continue;
            }
            let written = switch.item.value.management_ports_used.as_ref().map(|used| used.value as usize);
            let present = switch.model.and_then(|model| model.value.management_ports.as_ref());
            let by_cable = cabled.get(&device).copied().unwrap_or(0);
            if let Some(used) = written {
                for _ in by_cable..used {
                    needed.add(switch.written_path(), switch.name.clone());
                }
            } else if switch.role() != Some(SwitchRole::Management) {
                // A management switch is usually reached over its own VLAN, any other one by ports of its own.
                let most = present.map(|present| (present.value as usize).saturating_sub(by_cable));
                if most != Some(0) {
                    needed.doubt(format!("{}.management_ports_used", switch.written_path()), most);
                }
            }
        }
        let loose = self.loose_management_ports(site.as_deref());
        if loose > 0 {
            needed.doubt(CABLE, Some(loose));
        }
        let available = switches.iter().map(|switch| self.switches[*switch].port_count()).sum();
        ManagementLedger { site, switches, needed, available }
    }

    /// Ports of servers and firewalls for management or BMC that no cable is plugged into.
    fn loose_management_ports(&self, site: Option<&str>) -> usize {
        let of_site = |device: DeviceId| self.site_of(device) == site;
        let mut loose: BTreeSet<PortId> = BTreeSet::new();
        for network in
            self.networks.iter().filter(|network| network.is_for(Purpose::Management) || network.is_for(Purpose::Bmc))
        {
            for attachment in network.attachments.iter().filter(|attachment| of_site(attachment.device)) {
                if let Some(Interface::Port(port)) = attachment.interface.as_ref().map(|interface| interface.value) {
                    loose.insert(port);
                }
            }
        }
        for (index, firewall) in self.firewalls.iter().enumerate() {
            let ports = firewall.item.value.management_ports.iter().flat_map(|ports| ports.value.iter());
            loose.extend(ports.filter_map(|label| firewall.port(label)).filter(|_| of_site(DeviceId::Firewall(index))));
        }
        loose.into_iter().filter(|port| self.port(*port).cable.is_none()).count()
    }

    /// Whether a network for storage has ports on a device that nothing else uses.
    fn storage_is_split(&self, device: DeviceId) -> bool {
        let (mut storage, mut other): (BTreeSet<PortId>, BTreeSet<PortId>) = Default::default();
        for network in &self.networks {
            let ports = self.network_ports(network, device).unwrap_or_default();
            let for_storage =
                network.purposes().next().is_some() && network.purposes().all(|purpose| STORAGE.contains(&purpose));
            if for_storage { storage.extend(ports) } else { other.extend(ports) }
        }
        storage.iter().any(|port| !other.contains(port))
    }

    /// Switches that a bond of a device ends on, each with a member that leads there.
    fn bonded_switches(&self, device: DeviceId) -> BTreeMap<usize, PortId> {
        let members = self.bonds_on(device).flat_map(|bond| &bond.members);
        members
            .filter_map(|member| match self.port(self.far_end(*member)?).device {
                DeviceId::Switch(switch) => Some((switch, *member)),
                _ => None,
            })
            .collect()
    }

    fn names(&self, switches: &[usize]) -> Vec<String> {
        switches.iter().map(|switch| self.switches[*switch].name.to_string()).collect()
    }
}

/// Switches on the shortest ways from one switch to some others, those included.
fn led_through(next: &[Vec<usize>], from: usize, ends: &BTreeSet<usize>) -> Vec<usize> {
    let away = distances(next, from);
    let mut furthest_first: Vec<usize> = (0..next.len()).filter(|switch| away[*switch].is_some()).collect();
    furthest_first.sort_by_key(|switch| Reverse(away[*switch]));
    let mut leads = vec![false; next.len()];
    for switch in furthest_first {
        let step = away[switch].map(|steps| steps + 1);
        leads[switch] = ends.contains(&switch) || next[switch].iter().any(|on| leads[*on] && away[*on] == step);
    }
    (0..next.len()).filter(|switch| leads[*switch]).collect()
}

/// Steps from one switch to every other.
fn distances(next: &[Vec<usize>], from: usize) -> Vec<Option<usize>> {
    let mut steps = vec![None; next.len()];
    steps[from] = Some(0);
    let (mut edge, mut step) = (vec![from], 0);
    while !edge.is_empty() {
        step += 1;
        let mut further = Vec::new();
        for switch in edge.iter().flat_map(|switch| &next[*switch]) {
            if steps[*switch].is_none() {
                steps[*switch] = Some(step);
                further.push(*switch);
            }
        }
        edge = further;
    }
    steps
}

impl Network<'_> {
    /// Tagged VLANs it puts on its ports, those of guests included; untagged is none.
    pub fn tagged_vlans(&self) -> BTreeSet<u32> {
        let table = self.table();
        let own = table.vlan.iter().map(|vlan| vlan.value);
        let guests = table.guest_vlans.iter().flat_map(|vlans| vlans.value.iter());
        own.chain(guests.filter_map(|vlan| vlan.parse().ok())).filter(|vlan| *vlan > 0).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::testing::resolved;

    /// The smallest set of equipment of S002:43-47: two firewalls, two core switches, three servers.
    const DOCUMENTS: &str = r#"
        [server_model.hci.cards]
        service = { ports = 2, speed = "10GbE" }

        [firewall_model.utm.cards]
        service = { ports = 2, speed = "10GbE" }

        [switch_model.core]
        management_ports = 2
        limits           = { lacp_groups = 8, vlans = 32, mtu = 9216 }

        [switch_model.core.ports]
        "{1..22}"  = { speed = "10GbE" }
        "{23..24}" = { speed = "40GbE" }

        [node."pve{1..3}"]
        model = "hci"

        [firewall."fw{1..2}"]
        model = "utm"

        [switch."core-{a,b}"]
        model = "core"
        role  = "core"

        [mlag.core]
        peers     = ["core-a", "core-b"]
        peer_link = "{23..24}"

        [bond.bond0]
        on      = ["pve{1..3}", "fw{1..2}"]
        members = "service:{1..2}"
        mode    = "802.3ad"

        [network.guests]
        on          = "pve{1..3}"
        interface   = "bond0"
        vlan        = 10
        guest_vlans = "{10..13}"

        [[cable]]
        from = ["pve{1..3}:service:1", "fw{1..2}:service:1"]
        to   = "core-a:{1..5}"

        [[cable]]
        from = ["pve{1..3}:service:2", "fw{1..2}:service:2"]
        to   = "core-b:{1..5}"
    "#;

    #[test]
    fn the_documents_equipment_takes_six_groups_and_seven_ports() {
        for ledger in resolved(DOCUMENTS).ledgers() {
            assert_eq!(ledger.lacp_groups.count(), 6, "{:?}", ledger.lacp_groups);
            assert_eq!(ledger.lacp_groups.within(8), Some(true));
            assert_eq!(ledger.ports_needed(), 7, "{:?}", ledger.ports);
            assert_eq!(ledger.vlans.count(), 4, "{:?}", ledger.vlans);
            let speeds: Vec<_> = ledger.ports.iter().map(|class| (class.needed.count(), class.available)).collect();
            assert_eq!(speeds, [(2, 2), (5, 22)]);
        }
    }

    #[test]
    fn a_storage_network_of_its_own_takes_nine_groups_and_ten_ports() {
        for ledger in resolved(DOCUMENTS).ledgers_with_storage_split() {
            assert_eq!(ledger.lacp_groups.count(), 9, "{:?}", ledger.lacp_groups);
            assert_eq!(ledger.lacp_groups.within(8), Some(false));
            assert_eq!(ledger.ports_needed(), 10, "{:?}", ledger.ports);
        }
    }

    #[test]
    fn storage_that_is_split_already_takes_no_more() {
        let split = DOCUMENTS.replace("[network.guests]", "[network.ceph]\npurpose = [\"ceph_public\"]\non = \"pve{1..3}\"\ninterface = \"bond0\"\n\n[network.guests]").replace(
            "interface   = \"bond0\"\n        vlan        = 10",
            "vlan        = 10",
        );
        let counts = |ledgers: Vec<Ledger>| ledgers.iter().map(|ledger| ledger.lacp_groups.count()).collect::<Vec<_>>();
        assert_eq!(counts(resolved(&split).ledgers_with_storage_split()), [6, 6]);
    }

    #[test]
    fn a_cable_to_a_port_that_the_model_lacks_takes_a_port_all_the_same() {
        let short = DOCUMENTS.replace("\"{1..22}\"  = { speed = \"10GbE\" }", "\"{1..3}\" = { speed = \"10GbE\" }");
        let balance = resolved(&short).ledgers()[0].port_balance();
        let short: Vec<_> = balance.iter().map(|balance| (balance.needed, balance.available)).collect();
        assert_eq!(short, [(2, 2), (7, 5)]);
    }

    #[test]
    fn the_management_side_counts_cables_and_ports_of_switches() {
        let management = r#"
            [switch_model.access.ports]
            "{1..24}" = { speed = "1GbE" }

            [switch.access]
            model = "access"
            role  = "management"

            [[cable]]
            from = ["pve{1..3}:mgmt:1", "fw{1..2}:mgmt:{1..2}"]
            to   = "access:{1..7}"
        "#;
        let text = format!("{DOCUMENTS}{management}")
            .replace(
                "service = { ports = 2, speed = \"10GbE\" }",
                "service = { ports = 2, speed = \"10GbE\" }\nmgmt = { ports = 2, speed = \"1GbE\" }",
            )
            .replace("role  = \"core\"", "role  = \"core\"\nmanagement_ports_used = 2");
        let ledger = resolved(&text).management_ledgers();
        assert_eq!(
            ledger.iter().map(|ledger| (ledger.needed.count(), ledger.available)).collect::<Vec<_>>(),
            [(11, Some(24))]
        );
    }

    /// Both switches of a pair have a cable for administration to the same switch: no group, since none joins them.
    #[test]
    fn cables_for_administration_are_no_group() {
        let text = format!(
            "{DOCUMENTS}\n[switch_model.access.ports]\n\"{{1..8}}\" = {{ speed = \"1GbE\" }}\n\
             [switch.access]\nmodel = \"access\"\nrole = \"management\"\n\
             [[cable]]\nfrom = \"core-{{a,b}}:management:{{1..2}}\"\nto = \"access:{{1..4}}\"\n"
        );
        let counts: Vec<usize> = resolved(&text).ledgers().iter().map(|ledger| ledger.lacp_groups.count()).collect();
        assert_eq!(counts, [6, 6, 0]);
    }

    #[test]
    fn lanes_of_one_port_take_one_port_and_administration_takes_none() {
        let text = DOCUMENTS
            .replace("\"{23..24}\" = { speed = \"40GbE\" }", "\"{23..25}\" = { speed = \"40GbE\", breakout = 4 }")
            .replace(
                "service = { ports = 2, speed = \"10GbE\" }\n\n        [firewall",
                "service = { ports = 4, speed = \"10GbE\" }\n\n        [firewall",
            )
            + "[[cable]]\nfrom = \"pve{1..3}:service:3\"\nto = \"core-a:25/{1..3}\"\n\
               [[cable]]\nfrom = \"pve{1..3}:service:4\"\nto = [\"core-b:25/1\", \"core-{a,b}:management:1\"]\n";
        let topology = resolved(&text);
        // Seven as before, and port 25 once, whose three lanes carry 10 Gbit/s each.
        assert_eq!(topology.ledgers().iter().map(Ledger::ports_needed).collect::<Vec<_>>(), [8, 8]);
        let lane = topology.port_at("core-a:25/1").unwrap();
        assert_eq!(topology.link_speed(lane), "10GbE".parse().ok());
    }
}
