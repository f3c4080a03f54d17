//! Choosing items of one type below a bucket.

use super::draw::{Forest, Node};
use super::hash::hash2;
use super::map::{Algorithm, WHOLE};
use super::placer::NOTHING;

/// Draws of one mapping, counted in items looked at, after which a map is given up: far above what the largest cluster
/// takes, and a bound for maps that ask for billions of tries or hold themselves.
const MOST_DRAWS: u64 = 1 << 22;

/// Mark of a place that is still to be filled.
pub(super) const OPEN: i32 = NOTHING - 1;

/// The settings a step chooses by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Settings {
    pub(super) tries: u32,
    /// Tries of the descent to a device, where a rule sets them.
    pub(super) leaf_tries: Option<u32>,
    pub(super) local_tries: u32,
    pub(super) local_fallback_tries: u32,
    pub(super) vary_r: u32,
    pub(super) stable: bool,
}

/// What is sought below a bucket.
#[derive(Debug, Clone, Copy)]
pub(super) struct Goal {
    pub(super) kind: u16,
    pub(super) tries: u32,
    /// Tries for a device below what is found, where one is sought.
    pub(super) leaf_tries: Option<u32>,
}

impl Goal {
    fn device(tries: u32) -> Self {
        Self { kind: 0, tries, leaf_tries: None }
    }
}

/// One mapping: an input, and the devices it may go to.
pub(super) struct Mapping<'a> {
    pub(super) forest: &'a Forest,
    pub(super) devices: usize,
    /// By number of the device: how much of its inputs it keeps, in units of 2^-16.
    pub(super) weights: &'a [u32],
    pub(super) x: u32,
    pub(super) settings: Settings,
    draws: u64,
}

/// Where a draw leads.
enum Step<'a> {
    /// To something of the type sought.
    Reached(i32),
    /// To a bucket on the way.
    Below(&'a Node),
    /// To nothing: the bucket is empty.
    Empty,
    /// To something that does not lead to the type sought, or the mapping is given up.
    Stray,
}

/// What became of an attempt to fill a place.
enum Attempt {
    Placed(i32, i32),
    /// The device found turns the input away.
    Out(i32),
    Again,
    Never,
}

impl<'a> Mapping<'a> {
    pub(super) fn new(forest: &'a Forest, devices: usize, weights: &'a [u32], x: u32, settings: Settings) -> Self {
        Self { forest, devices, weights, x, settings, draws: 0 }
    }

    fn given_up(&self) -> bool {
        self.draws > MOST_DRAWS
    }

    /// Whether a device turns this input away: its weight is the part of its inputs that it keeps.
    fn is_out(&self, device: i32) -> bool {
        let Some(weight) = usize::try_from(device).ok().and_then(|device| self.weights.get(device)) else {
            return true;
        };
        *weight < WHOLE && hash2(self.x, device.cast_unsigned()) & 0xffff >= *weight
    }

    fn step(&mut self, node: &Node, drawn: Option<i32>, kind: u16) -> Step<'a> {
        self.draws += node.size as u64 + 1;
        let Some(item) = drawn else { return Step::Empty };
        if self.given_up() {
            return Step::Stray;
        }
        match usize::try_from(item) {
            Ok(device) if device < self.devices && kind == 0 => Step::Reached(item),
            Ok(_) => Step::Stray,
            Err(_) => match self.forest.node(item) {
                Some(bucket) if bucket.kind == kind => Step::Reached(item),
                Some(bucket) => Step::Below(bucket),
                None => Step::Stray,
            },
        }
    }

    /// Fills places one after another: what finds nothing is left out, and the next moves up. Answers how many are
    /// filled.
    pub(super) fn firstn(
        &mut self,
        start: &'a Node,
        count: u32,
        goal: Goal,
        chosen: &mut [i32],
        leaves: &mut [i32],
    ) -> usize {
        let mut filled = 0;
        for replica in 0..count {
            if filled == chosen.len() || self.given_up() {
                break;
            }
            let Some((item, leaf)) = self.replica(start, replica, goal, &chosen[..filled], &leaves[..filled]) else {
                continue;
            };
            chosen[filled] = item;
            leaves[filled] = leaf;
            filled += 1;
        }
        filled
    }

    /// What a replica finds that is not taken yet, and the device below it.
    fn replica(
        &mut self,
        start: &'a Node,
        first: u32,
        goal: Goal,
        taken: &[i32],
        taken_leaves: &[i32],
    ) -> Option<(i32, i32)> {
        let Settings { local_tries, local_fallback_tries, .. } = self.settings;
        let mut failed = 0_u32;
        loop {
            let (mut node, mut failed_here) = (start, 0_u32);
            // From the top down, and again in the same bucket where the settings allow it.
            loop {
                let round = first.wrapping_add(failed);
                let by_permutation = local_fallback_tries > 0
                    && failed_here as usize >= node.size / 2
                    && failed_here > local_fallback_tries;
                let drawn = if by_permutation {
                    self.forest.permutation(node, self.x, round)
                } else {
                    self.forest.draw(node, self.x, round, taken.len())
                };
                let mut collides = false;
                match self.step(node, drawn, goal.kind) {
                    Step::Stray => return None,
                    Step::Below(bucket) => {
                        node = bucket;
                        continue;
                    }
                    Step::Empty => {}
                    Step::Reached(item) => {
                        collides = taken.contains(&item);
                        if !collides && let Some(leaf) = self.accept(item, round, goal, taken_leaves) {
                            return Some((item, leaf));
                        }
                    }
                }
                failed = failed.saturating_add(1);
                failed_here = failed_here.saturating_add(1);
                let again_here = (collides && failed_here <= local_tries)
                    || (local_fallback_tries > 0
                        && u64::from(failed_here) <= node.size as u64 + u64::from(local_fallback_tries));
                if !again_here {
                    break;
                }
            }
            if failed >= goal.tries || self.given_up() {
                return None;
            }
        }
    }

    /// The device that an item stands for, itself or one below it, where one is to be had.
    fn accept(&mut self, item: i32, round: u32, goal: Goal, taken_leaves: &[i32]) -> Option<i32> {
        if item >= 0 {
            return (!self.is_out(item)).then_some(item);
        }
        let Some(tries) = goal.leaf_tries else { return Some(item) };
        let bucket = self.forest.node(item)?;
        let vary = self.settings.vary_r;
        let inherited = if vary > 0 { round.checked_shr(vary - 1).unwrap_or(0) } else { 0 };
        let own = if self.settings.stable { 0 } else { taken_leaves.len() as u32 };
        let first = own.wrapping_add(inherited);
        self.replica(bucket, first, Goal::device(tries), taken_leaves, taken_leaves).map(|(device, _)| device)
    }

    /// Fills places each on its own: what finds nothing stays [`NOTHING`].
    pub(super) fn indep(&mut self, start: &'a Node, count: u32, goal: Goal, chosen: &mut [i32], leaves: &mut [i32]) {
        chosen.fill(OPEN);
        leaves.fill(NOTHING);
        let mut open = chosen.len();
        for failed in 0..goal.tries {
            if open == 0 || self.given_up() {
                break;
            }
            for place in 0..chosen.len() {
                if chosen[place] != OPEN {
                    continue;
                }
                let (item, leaf) = match self.attempt(start, place as u32, failed, count, goal, chosen, 0) {
                    Attempt::Again => continue,
                    // Ceph's answer keeps a device that turned the input away, where it was sought as its own leaf.
                    Attempt::Out(device) => {
                        leaves[place] = device;
                        continue;
                    }
                    Attempt::Placed(item, leaf) => (item, leaf),
                    Attempt::Never => (NOTHING, NOTHING),
                };
                chosen[place] = item;
                leaves[place] = leaf;
                open -= 1;
            }
        }
        chosen.iter_mut().filter(|place| **place == OPEN).for_each(|place| *place = NOTHING);
    }

    #[allow(
        clippy::too_many_arguments,
        reason = "a place, a try and what is taken: all of it changes from call to call"
    )]
    fn attempt(
        &mut self,
        start: &'a Node,
        first: u32,
        failed: u32,
        count: u32,
        goal: Goal,
        taken: &[i32],
        position: usize,
    ) -> Attempt {
        let mut node = start;
        loop {
            // Where the number of places divides a uniform bucket's size, rounds would repeat each other's items.
            let repeats = node.algorithm == Algorithm::Uniform && (node.size as u64).is_multiple_of(u64::from(count));
            let stride = count.wrapping_add(u32::from(repeats));
            let round = first.wrapping_add(stride.wrapping_mul(failed));
            let drawn = self.forest.draw(node, self.x, round, position);
            let item = match self.step(node, drawn, goal.kind) {
                Step::Stray => return Attempt::Never,
                Step::Empty => return Attempt::Again,
                Step::Below(bucket) => {
                    node = bucket;
                    continue;
                }
                Step::Reached(item) => item,
            };
            if taken.contains(&item) {
                return Attempt::Again;
            }
            if item >= 0 && self.is_out(item) {
                return Attempt::Out(item);
            }
            let leaf = match (item, goal.leaf_tries) {
                (0.., _) | (_, None) => Some(item),
                (_, Some(tries)) => self.leaf(item, first, round, count, tries),
            };
            return leaf.map_or(Attempt::Again, |leaf| Attempt::Placed(item, leaf));
        }
    }

    /// A device below a bucket, for a place of its own.
    fn leaf(&mut self, bucket: i32, place: u32, round: u32, count: u32, tries: u32) -> Option<i32> {
        let start = self.forest.node(bucket)?;
        for failed in 0..tries {
            if self.given_up() {
                return None;
            }
            let first = place.wrapping_add(round);
            match self.attempt(start, first, failed, count, Goal::device(tries), &[], place as usize) {
                Attempt::Placed(device, _) => return Some(device),
                Attempt::Again | Attempt::Out(_) => {}
                Attempt::Never => return None,
            }
        }
        None
    }
}
