//! Whether the guests that high availability looks after find room on the nodes that are left: one by one.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};

use crate::capacity::budget::{hosts, processors_for_guests, room_for_guests};
use crate::catalogue::parameters::ha::GuestsExceedSurvivingMemory;
use crate::design::{Guest, Item};
use crate::quantity::Size;
use crate::topology::{DeviceId, Topology};

/// Most steps of the search where putting the largest guests first finds no place for all.
const MOST_STEPS: usize = 100_000;

/// Nodes that are alike for guests.
#[derive(Debug, Clone, PartialEq)]
struct Kind {
    /// Bytes of memory; nothing where a fact is missing.
    memory: Option<f64>,
    /// Virtual processors that its threads carry together; nothing where a fact is missing.
    processors: Option<f64>,
    /// Virtual processors that one guest may have.
    threads: f64,
    /// Whether each profile may run here.
    takes: Vec<bool>,
}

/// A profile of guests that have to find room.
#[derive(Debug, Clone)]
struct Need {
    count: usize,
    memory: f64,
    processors: f64,
}

/// Whether all guests find room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fit {
    All,
    NotAll,
    /// The search was given up, or a fact is missing.
    Unknown,
}

/// Nodes as hosts of guests.
#[derive(Debug)]
pub(super) struct Hosts {
    /// Kind of each node.
    pub(super) kind_of: Vec<usize>,
    /// Whether high availability is asked for.
    pub(super) asked: bool,
    open: bool,
    kinds: Vec<Kind>,
    needs: Vec<Need>,
    known: RefCell<HashMap<Vec<u32>, Fit>>,
}

impl Hosts {
    pub(super) fn new(topology: &Topology<'_>) -> Self {
        let looked_after = |guest: &&Item<Guest>| guest.value.ha.as_ref().is_none_or(|ha| ha.value);
        let guests: Vec<&Item<Guest>> = topology.guests().filter(looked_after).collect();
        let mut all = Self {
            kind_of: vec![0; topology.nodes.len()],
            asked: !guests.is_empty() && topology.high_availability() != Some(false),
            open: topology.high_availability().is_none(),
            kinds: vec![Kind { memory: None, processors: None, threads: 0.0, takes: vec![false; guests.len()] }],
            needs: Vec::new(),
            known: RefCell::new(HashMap::new()),
        };
        if all.asked && all.needs(&guests) && all.rooms(topology, &guests) {
            return all;
        }
        all.open |= all.asked;
        all
    }

    /// What each guest takes; whether that is known of all.
    fn needs(&mut self, guests: &[&Item<Guest>]) -> bool {
        for guest in guests {
            let (Some(count), Some(_)) = (&guest.value.count, &guest.value.ha) else { return false };
            let memory = guest.value.memory.as_ref().map(|memory| memory.value.base());
            let Some(memory) = memory.or((count.value == 0).then_some(0.0)) else { return false };
            self.needs.push(Need {
                count: count.value as usize * guest.names.len(),
                memory,
                processors: guest.value.vcpus.as_ref().map_or(0.0, |vcpus| f64::from(vcpus.value)),
            });
        }
        true
    }

    /// The room of each node, beside guests that nobody restarts; whether that is known of all.
    fn rooms(&mut self, topology: &Topology<'_>, guests: &[&Item<Guest>]) -> bool {
        let threads_matter = self.needs.iter().any(|need| need.count > 0 && need.processors > 0.0);
        let allowed: Vec<BTreeSet<DeviceId>> = guests
            .iter()
            .map(|guest| hosts(topology, guest).into_iter().filter_map(|node| topology.device(&node.name)).collect())
            .collect();
        let each = GuestsExceedSurvivingMemory::DEFAULT.osd;
        let mut kinds: Vec<Kind> = Vec::new();
        for (index, node) in topology.nodes.iter().enumerate() {
            let memory = room_for_guests(topology, node, each).ok().map(Size::base);
            let (mut processors, mut threads) = (Some(f64::INFINITY), f64::INFINITY);
            if threads_matter {
                processors = processors_for_guests(topology, node).ok();
                threads = node.threads().map_or(f64::INFINITY, f64::from);
            }
            let takes = allowed.iter().map(|nodes| nodes.contains(&DeviceId::Node(index))).collect();
            let kind = Kind { memory, processors, threads, takes };
            self.kind_of[index] = kinds.iter().position(|known| *known == kind).unwrap_or_else(|| {
                kinds.push(kind);
                kinds.len() - 1
            });
        }
        self.kinds = kinds;
        self.beside_others(topology)
    }

    /// Takes the part of guests that high availability does not look after off every node.
    fn beside_others(&mut self, topology: &Topology<'_>) -> bool {
        let (mut memory, mut processors) = (0.0, 0.0);
        for guest in topology.guests().filter(|guest| guest.value.ha.as_ref().is_some_and(|ha| !ha.value)) {
            if guest.value.count.as_ref().is_some_and(|count| count.value == 0) {
                continue;
            }
            let (Some(count), Some(own)) = (&guest.value.count, &guest.value.memory) else { return false };
            let count = f64::from(count.value) * guest.names.len() as f64;
            memory += own.value.base() * count;
            processors += guest.value.vcpus.as_ref().map_or(0.0, |vcpus| f64::from(vcpus.value)) * count;
        }
        let over_nodes = |of: fn(&Kind) -> Option<f64>| -> Option<f64> {
            self.kind_of.iter().map(|kind| of(&self.kinds[*kind])).sum()
        };
        let left = |taken: f64, all: Option<f64>| match all {
            _ if taken <= 0.0 => Some(1.0),
            Some(all) if all > 0.0 => Some((1.0 - taken / all).max(0.0)),
            all => all.map(|_| 0.0),
        };
        let memory = left(memory, over_nodes(|kind| kind.memory));
        let processors = left(processors, over_nodes(|kind| kind.processors));
        for kind in &mut self.kinds {
            kind.memory = kind.memory.zip(memory).map(|(own, left)| own * left);
            kind.processors = kind.processors.zip(processors).map(|(own, left)| own * left);
        }
        true
    }

    /// Whether all guests fit on so many nodes of each kind.
    pub(super) fn fit(&self, counts: &[(usize, u32)]) -> Fit {
        if self.open {
            return Fit::Unknown;
        }
        let mut key = vec![0; self.kinds.len()];
        for (kind, count) in counts {
            key[*kind] += count;
        }
        if let Some(known) = self.known.borrow().get(&key) {
            return *known;
        }
        let is_known = |kind: usize| self.kinds[kind].memory.is_some() && self.kinds[kind].processors.is_some();
        let known: Vec<u32> =
            key.iter().enumerate().map(|(kind, count)| if is_known(kind) { *count } else { 0 }).collect();
        // Nodes of which nobody knows what they take may take all that is left.
        let fit = match self.pack(&known) {
            Fit::NotAll if known != key => Fit::Unknown,
            fit => fit,
        };
        self.known.borrow_mut().insert(key, fit);
        fit
    }

    fn pack(&self, counts: &[u32]) -> Fit {
        let mut nodes: Vec<Room<'_>> = Vec::new();
        for (kind, count) in self.kinds.iter().zip(counts) {
            let (memory, processors) = (kind.memory.unwrap_or(0.0), kind.processors.unwrap_or(0.0));
            let room = Room { kind, memory, processors };
            nodes.extend((0..*count).map(|_| room.clone()));
        }
        let sum = |of: fn(&Need) -> f64| self.needs.iter().map(|need| of(need) * need.count as f64).sum::<f64>();
        let all = |of: fn(&Room<'_>) -> f64| nodes.iter().map(of).sum::<f64>();
        if sum(|need| need.memory) > all(|room| room.memory)
            || sum(|need| need.processors) > all(|room| room.processors)
        {
            return Fit::NotAll;
        }
        // Those with the least choice first, and among equals the largest.
        let mut order: Vec<usize> = (0..self.needs.len()).filter(|need| self.needs[*need].count > 0).collect();
        let choice = |need: usize| nodes.iter().filter(|room| room.kind.takes[need]).count();
        order.sort_by(|left, right| {
            let size = |need: usize| self.needs[need].memory;
            choice(*left).cmp(&choice(*right)).then(size(*right).total_cmp(&size(*left)))
        });
        if self.first_fit(&mut nodes.clone(), &order) {
            return Fit::All;
        }
        let guests: Vec<usize> =
            order.iter().flat_map(|need| std::iter::repeat_n(*need, self.needs[*need].count)).collect();
        let mut steps = 0;
        match self.search(&mut nodes, &guests, 0, &mut steps) {
            true => Fit::All,
            false if steps > MOST_STEPS => Fit::Unknown,
            false => Fit::NotAll,
        }
    }

    /// Puts equal guests together, each onto the first node that has room.
    fn first_fit(&self, nodes: &mut [Room<'_>], order: &[usize]) -> bool {
        order.iter().all(|need| {
            let mut left = self.needs[*need].count;
            for room in nodes.iter_mut() {
                let fitting = room.fitting(*need, &self.needs[*need]).min(left);
                room.take(&self.needs[*need], fitting as f64);
                left -= fitting;
            }
            left == 0
        })
    }

    /// Tries every place for one guest after the other; equal guests keep to the order of the nodes.
    fn search(&self, nodes: &mut Vec<Room<'_>>, guests: &[usize], from: usize, steps: &mut usize) -> bool {
        let Some((need, rest)) = guests.split_first() else { return true };
        for place in from..nodes.len() {
            *steps += 1;
            if *steps > MOST_STEPS {
                return false;
            }
            if nodes[place].fitting(*need, &self.needs[*need]) == 0
                || place > from && nodes[place].is_like(&nodes[place - 1])
            {
                continue;
            }
            nodes[place].take(&self.needs[*need], 1.0);
            let next = if rest.first() == Some(need) { place } else { 0 };
            if self.search(nodes, rest, next, steps) {
                return true;
            }
            nodes[place].take(&self.needs[*need], -1.0);
        }
        false
    }
}

/// What a node still has.
#[derive(Debug, Clone)]
struct Room<'k> {
    kind: &'k Kind,
    memory: f64,
    processors: f64,
}

impl Room<'_> {
    /// How many guests of a profile still fit.
    fn fitting(&self, index: usize, need: &Need) -> usize {
        if !self.kind.takes[index] || need.processors > self.kind.threads {
            return 0;
        }
        let times = |left: f64, size: f64| if size > 0.0 { (left / size + ROUNDING).floor() } else { f64::INFINITY };
        times(self.memory, need.memory).min(times(self.processors, need.processors)).clamp(0.0, 1e9) as usize
    }

    fn take(&mut self, need: &Need, times: f64) {
        self.memory -= need.memory * times;
        self.processors -= need.processors * times;
    }

    fn is_like(&self, other: &Self) -> bool {
        std::ptr::eq(self.kind, other.kind)
            && (self.memory - other.memory).abs() < 1.0
            && (self.processors - other.processors).abs() < ROUNDING
    }
}

/// What sums of sizes may be off by, in guests.
const ROUNDING: f64 = 1e-9;
