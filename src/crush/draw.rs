//! The buckets of a map as flat arrays, and how each kind of bucket draws an item.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::hash::{hash3, hash4};
use super::logarithm::{Divisor, Lengths, lengths};
use super::map::{Algorithm, Bucket, BucketArguments};
use super::straw;

/// Items of a straw2 bucket that are hashed together.
const LANES: usize = 4;

static LENGTHS: LazyLock<Lengths> = LazyLock::new(lengths);

/// A bucket.
#[derive(Debug, Clone)]
pub(super) struct Node {
    id: u32,
    pub(super) kind: u16,
    pub(super) algorithm: Algorithm,
    /// Place of its first item.
    first: usize,
    /// Number of its items.
    pub(super) size: usize,
    /// Place of what its kind keeps besides: sums, nodes of a tree, divisors.
    extra: usize,
    /// Number of positions with divisors of their own.
    positions: usize,
}

/// All buckets.
#[derive(Debug, Clone, Default)]
pub(super) struct Forest {
    nodes: Vec<Node>,
    /// Index of a bucket by its number: that of -1 first.
    index: Vec<Option<u32>>,
    items: Vec<i32>,
    /// Beside each item: its weight in a list, the length of its straw.
    values: Vec<u32>,
    /// Beside each item: the number it is hashed by.
    labels: Vec<u32>,
    /// Sums of lists and nodes of trees.
    sums: Vec<u32>,
    divisors: Vec<Divisor>,
}

impl Forest {
    pub(super) fn new(buckets: &[Bucket], arguments: &[BucketArguments], straw_version: u8) -> Self {
        let arguments: HashMap<i32, &BucketArguments> = arguments.iter().map(|known| (known.bucket, known)).collect();
        let mut forest = Self::default();
        for bucket in buckets {
            forest.add(bucket, arguments.get(&bucket.id).copied(), straw_version);
        }
        forest
    }

    fn add(&mut self, bucket: &Bucket, arguments: Option<&BucketArguments>, straw_version: u8) {
        let weights: Vec<u32> = bucket.items.iter().map(|item| item.weight).collect();
        let (first, size) = (self.items.len(), weights.len());
        let padding = size.next_multiple_of(LANES) - size;
        self.items.extend(bucket.items.iter().map(|item| item.id).chain(std::iter::repeat_n(0, padding)));
        let labels = arguments.map(|known| known.ids.as_slice()).filter(|ids| ids.len() == size);
        let label = |place: usize| labels.map_or(bucket.items[place].id, |labels| labels[place]).cast_unsigned();
        self.labels.extend((0..size).map(label).chain(std::iter::repeat_n(0, padding)));
        let (mut extra, mut positions) = (self.sums.len(), 0);
        let mut values = weights.clone();
        match bucket.algorithm {
            Algorithm::Uniform => {}
            Algorithm::List => self.sums.extend(weights.iter().scan(0_u32, |sum, weight| {
                *sum = sum.wrapping_add(*weight);
                Some(*sum)
            })),
            Algorithm::Tree => self.sums.extend(straw::tree(&weights)),
            Algorithm::Straw => values = straw::lengths(&weights, straw_version),
            Algorithm::Straw2 => {
                extra = self.divisors.len();
                let sets = arguments.map(|known| known.weight_set.as_slice()).unwrap_or_default();
                let sets = sets.iter().filter(|set| set.len() == size).map(Vec::as_slice);
                let mut add = |weights: &[u32]| {
                    self.divisors.extend(weights.iter().map(|weight| Divisor::of(*weight)));
                    self.divisors.extend(std::iter::repeat_n(Divisor::NONE, padding));
                    positions += 1;
                };
                sets.for_each(&mut add);
                if positions == 0 {
                    self.divisors.extend(weights.iter().map(|weight| Divisor::of(*weight)));
                    self.divisors.extend(std::iter::repeat_n(Divisor::NONE, padding));
                    positions = 1;
                }
            }
        }
        self.values.extend(values.into_iter().chain(std::iter::repeat_n(0, padding)));
        let place = slot(bucket.id);
        if self.index.len() <= place {
            self.index.resize(place + 1, None);
        }
        self.index[place] = Some(self.nodes.len() as u32);
        let (id, kind, algorithm) = (bucket.id.cast_unsigned(), bucket.kind, bucket.algorithm);
        self.nodes.push(Node { id, kind, algorithm, first, size, extra, positions });
    }

    /// The bucket with this number.
    #[inline]
    pub(super) fn node(&self, id: i32) -> Option<&Node> {
        let place = self.index.get(slot(id)).copied().flatten()?;
        self.nodes.get(place as usize)
    }

    /// The item a bucket draws in round `r` for input `x`; nothing from an empty bucket or a tree without weight.
    #[inline]
    pub(super) fn draw(&self, node: &Node, x: u32, r: u32, position: usize) -> Option<i32> {
        if node.size == 0 {
            return None;
        }
        match node.algorithm {
            Algorithm::Straw2 => self.straw2(node, x, r, position),
            Algorithm::Straw => self.straw(node, x, r),
            Algorithm::Uniform => self.permutation(node, x, r),
            Algorithm::List => Some(self.list(node, x, r)),
            Algorithm::Tree => self.tree(node, x, r),
        }
    }

    fn straw2(&self, node: &Node, x: u32, r: u32, position: usize) -> Option<i32> {
        let padded = node.size.next_multiple_of(LANES);
        let begin = node.extra + position.min(node.positions - 1) * padded;
        let labels = self.labels.get(node.first..node.first + padded)?.chunks_exact(LANES);
        let divisors = self.divisors.get(begin..begin + padded)?.chunks_exact(LANES);
        let lengths: &[u64] = &LENGTHS;
        let (mut best, mut place) = (u64::MAX, 0);
        for (chunk, (labels, divisors)) in labels.zip(divisors).enumerate() {
            let mut drawn = [0; LANES];
            for lane in 0..LANES {
                drawn[lane] = hash3(x, labels[lane], r) & 0xffff;
            }
            for lane in 0..LANES {
                let straw = divisors[lane].divide(lengths[drawn[lane] as usize]);
                if straw < best {
                    (best, place) = (straw, chunk * LANES + lane);
                }
            }
        }
        self.items.get(node.first + place).copied()
    }

    fn straw(&self, node: &Node, x: u32, r: u32) -> Option<i32> {
        let items = node.first..node.first + node.size;
        let draw = |place: usize| {
            let drawn = hash3(x, self.items[place].cast_unsigned(), r) & 0xffff;
            u64::from(drawn) * u64::from(self.values[place])
        };
        let longest =
            items.map(|place| (draw(place), place)).reduce(|best, next| if next.0 > best.0 { next } else { best });
        longest.map(|(_, place)| self.items[place])
    }

    /// The item at place r of a permutation of the bucket's items that depends on x: step p of the shuffle exchanges
    /// places p and p + hash mod (size - p). Which item ends at place r is found from the last exchange back.
    pub(super) fn permutation(&self, node: &Node, x: u32, r: u32) -> Option<i32> {
        let size = u32::try_from(node.size).ok().filter(|size| *size > 0)?;
        let last = r % size;
        let partner = |step: u32| step + hash3(x, node.id, step) % (size - step);
        let place =
            (0..last).rev().fold(partner(last), |place, step| if partner(step) == place { step } else { place });
        self.items.get(node.first + place as usize).copied()
    }

    fn list(&self, node: &Node, x: u32, r: u32) -> i32 {
        let takes = |place: &usize| {
            let item = node.first + place;
            let drawn = hash4(x, self.items[item].cast_unsigned(), r, node.id) & 0xffff;
            let drawn = (u64::from(drawn) * u64::from(self.sums[node.extra + place])) >> 16;
            drawn < u64::from(self.values[item])
        };
        let place = (0..node.size).rev().find(takes).unwrap_or(0);
        self.items[node.first + place]
    }

    fn tree(&self, node: &Node, x: u32, r: u32) -> Option<i32> {
        let mut half = node.size.next_power_of_two();
        let mut at = half;
        while half > 1 {
            half /= 2;
            let weight = u64::from(self.sums[node.extra + at]);
            let drawn = (u64::from(hash4(x, at as u32, r, node.id)) * weight) >> 32;
            let left = at - half;
            at = if drawn < u64::from(self.sums[node.extra + left]) { left } else { at + half };
        }
        Some(at / 2).filter(|place| *place < node.size).map(|place| self.items[node.first + place])
    }
}

/// Place of a bucket's number in an array.
fn slot(id: i32) -> usize {
    usize::try_from(-1 - i64::from(id)).unwrap_or(usize::MAX)
}
