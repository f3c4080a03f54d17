//! What rules ask of a topology again and again, found once.

use std::any::{Any, TypeId};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use foldhash::{HashMap, HashSet};

use super::ledger::{Ledger, Plug, Reach, Survivor};
use super::routes::{SwitchPairs, SwitchWays};
use super::stacks::Stacks;
use super::ways::Way;
use super::{Bond, BondEnds, BondId, DeviceId, Mlag, PortId, Topology};
use crate::design::SwitchRole;
use crate::quantity::Rate;

/// Answers that are found when they are first asked for.
#[derive(Debug, Default)]
pub(super) struct Lookups {
    switches: OnceLock<Vec<SwitchPlace>>,
    /// By device, in the order of all devices.
    bonds: OnceLock<Vec<Vec<BondId>>>,
    pub(super) bond_ends: OnceLock<Vec<BondEnds>>,
    pub(super) stacks: OnceLock<Stacks>,
    /// By port.
    pub(super) link_speeds: OnceLock<Vec<Option<Rate>>>,
    pub(super) switch_cables: OnceLock<Vec<(PortId, PortId, usize, usize)>>,
    pub(super) plugs: OnceLock<Vec<Vec<Plug>>>,
    /// By network.
    pub(super) company: OnceLock<Vec<OnceLock<Company>>>,
    pub(super) reaches: OnceLock<Vec<Reach>>,
    pub(super) ways: OnceLock<Vec<Way>>,
    pub(super) switch_ways: OnceLock<SwitchWays>,
    /// By the pairs of switches that they lie between.
    pub(super) hops: Memo<SwitchPairs, BTreeSet<(usize, usize)>>,
    pub(super) ledgers: OnceLock<Vec<Ledger>>,
    pub(super) survivors: OnceLock<Vec<Survivor>>,
    pub(super) single_purpose_ports: OnceLock<HashSet<PortId>>,
    kept: Kept,
}

/// Places of the networks that use ports of another one, with the devices where they do.
pub(super) type Company = Vec<(usize, Vec<DeviceId>)>;

/// What was made of a design by those who ask it, by its type and the number of what it is about.
#[derive(Default)]
struct Kept(Mutex<HashMap<(TypeId, usize), Arc<Making>>>);

/// A place for what is made by the first who asks, while the others wait.
type Making = OnceLock<Arc<dyn Any + Send + Sync>>;

impl std::fmt::Debug for Kept {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Kept")
    }
}

/// Answers by what was asked, each found when it is first asked for.
#[derive(Debug)]
pub(super) struct Memo<K, V>(Mutex<BTreeMap<K, Arc<V>>>);

impl<K, V> Default for Memo<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Ord, V> Memo<K, V> {
    pub(super) fn get(&self, asked: K, find: impl FnOnce(&K) -> V) -> Arc<V> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(answer) = known.get(&asked) {
            return Arc::clone(answer);
        }
        let answer = Arc::new(find(&asked));
        known.insert(asked, Arc::clone(&answer));
        answer
    }
}

/// Where a switch stands among the others.
#[derive(Debug, Default)]
struct SwitchPlace {
    /// Itself with its MLAG peer, or alone.
    unit: Vec<usize>,
    /// Indices of the MLAG pairs that it is one of.
    pairs: Vec<usize>,
    in_fabric: bool,
    leaf: bool,
    spine: bool,
    /// The switch at the other end of every cable over which frames pass, one for each cable.
    next: Vec<usize>,
}

impl<'d> Topology<'d> {
    /// What is made of the design when it is first asked for, such as the round trips of a network: the type says what it is,
    /// the number what it is about.
    pub(crate) fn once<T: Any + Send + Sync>(&self, about: usize, make: impl FnOnce() -> T) -> Arc<T> {
        let place = {
            let mut kept = self.lookups.kept.0.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(kept.entry((TypeId::of::<T>(), about)).or_default())
        };
        let kept = Arc::clone(place.get_or_init(|| Arc::new(make())));
        kept.downcast().unwrap_or_else(|_| unreachable!("the key names the type"))
    }

    fn place(&self, switch: usize) -> &SwitchPlace {
        &self.lookups.switches.get_or_init(|| self.placed())[switch]
    }

    fn placed(&self) -> Vec<SwitchPlace> {
        let fabrics = || self.design.fabric.iter().flat_map(|fabrics| fabrics.value.iter());
        let spines: BTreeSet<&str> =
            fabrics().flat_map(|fabric| &fabric.value.spines).flat_map(|names| names.value.iter()).collect();
        let leaves: BTreeSet<&str> =
            fabrics().flat_map(|fabric| &fabric.value.leaves).flat_map(|names| names.value.iter()).collect();
        let place = |(index, switch): (usize, &super::Switch<'_>)| SwitchPlace {
            unit: vec![index],
            pairs: Vec::new(),
            in_fabric: leaves.contains(switch.name.as_str()) || spines.contains(switch.name.as_str()),
            leaf: leaves.contains(switch.name.as_str()),
            spine: switch.role() == Some(SwitchRole::Spine) || spines.contains(switch.name.as_str()),
            next: Vec::new(),
        };
        let mut places: Vec<SwitchPlace> = self.switches.iter().enumerate().map(place).collect();
        // Of a switch in two pairs, which is a mistake, the first counts.
        for (pair, mlag) in self.mlags.iter().enumerate().rev() {
            for peer in &mlag.peers {
                places[*peer].unit.clone_from(&mlag.peers);
                places[*peer].pairs.insert(0, pair);
            }
        }
        for (_, _, one, other) in self.cables_between_switches() {
            places[one].next.push(other);
            places[other].next.push(one);
        }
        places
    }

    /// The switch and its MLAG peer, or the switch alone.
    pub fn unit(&self, switch: usize) -> &[usize] {
        &self.place(switch).unit
    }

    /// MLAG pairs that a switch is one of.
    pub fn pairs_with(&self, switch: usize) -> impl Iterator<Item = &Mlag<'d>> {
        self.place(switch).pairs.iter().map(|pair| &self.mlags[*pair])
    }

    /// The switch at the other end of every cable over which frames pass between switches, one for each cable.
    pub(super) fn next_switches(&self, switch: usize) -> &[usize] {
        &self.place(switch).next
    }

    /// Switches that such cables join a switch with, each once.
    pub(super) fn neighbours(&self, switch: usize) -> BTreeSet<usize> {
        self.next_switches(switch).iter().copied().collect()
    }

    /// Whether two switches are leaf and spine of a fabric.
    pub(super) fn is_routed(&self, one: usize, other: usize) -> bool {
        let roles = [one, other].map(|switch| self.switches[switch].role());
        let by_role = roles.contains(&Some(SwitchRole::Leaf)) && roles.contains(&Some(SwitchRole::Spine));
        by_role || self.place(one).in_fabric && self.place(other).in_fabric
    }

    /// Whether a switch is a leaf of a fabric that is described.
    pub(super) fn is_leaf(&self, switch: usize) -> bool {
        self.place(switch).leaf
    }

    /// Whether a switch joins leaves.
    pub fn is_spine(&self, switch: usize) -> bool {
        self.place(switch).spine
    }

    /// The bonds that a device has, in the order they were written.
    pub fn bonds_on(&self, device: DeviceId) -> impl Iterator<Item = &Bond<'d>> {
        self.bond_ids_on(device).iter().map(|bond| &self.bonds[bond.0])
    }

    /// The bond that a port is a member of.
    pub fn bond_with(&self, port: PortId) -> Option<BondId> {
        let bonds = self.bond_ids_on(self.port(port).device);
        bonds.iter().copied().find(|bond| self.bonds[bond.0].members.contains(&port))
    }

    fn bond_ids_on(&self, device: DeviceId) -> &[BondId] {
        let bonds = self.lookups.bonds.get_or_init(|| {
            let mut bonds = vec![Vec::new(); self.nodes.len() + self.switches.len() + self.firewalls.len()];
            for bond in &self.bonds {
                bonds[self.place_of(bond.device)].push(bond.id);
            }
            bonds
        });
        &bonds[self.place_of(device)]
    }

    /// Where a device stands among all of them.
    fn place_of(&self, device: DeviceId) -> usize {
        match device {
            DeviceId::Node(index) => index,
            DeviceId::Switch(index) => self.nodes.len() + index,
            DeviceId::Firewall(index) => self.nodes.len() + self.switches.len() + index,
        }
    }
}
