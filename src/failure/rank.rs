//! The order in which cut sets are read: fewer components first, then what is more likely to fail.

use std::collections::HashMap;

use super::proof::{CutSet, Proof};
use super::{Class, Loss};
use crate::catalogue::parameters::failure::ClaimNotKept;

/// How likely a class of components fails, from 0 for the most likely.
pub(super) fn place(class: Class) -> usize {
    let order = ClaimNotKept::DEFAULT.most_likely_first;
    order.iter().position(|word| *word == class.word()).unwrap_or(order.len())
}

/// Cut sets of the same classes that lose the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    /// What is lost.
    pub loses: Loss,
    /// Classes of the components, in the order of these.
    pub classes: Vec<Class>,
    /// How many such cut sets there are.
    pub count: usize,
    /// The first of them.
    pub first: CutSet,
}

impl Proof<'_, '_> {
    /// Where a cut set stands among those that are read first.
    pub(crate) fn key(&self, cut: &CutSet) -> (usize, usize, Loss, Vec<usize>) {
        let places = cut.components.iter().map(|index| place(self.components[*index].class));
        (cut.components.len(), places.sum(), cut.loses, cut.components.clone())
    }

    /// The smallest sets of components that lose something, the likeliest first.
    pub fn ranked_cut_sets(&self) -> Vec<CutSet> {
        let mut cuts: Vec<CutSet> = self.cut_sets().collect();
        cuts.sort_by_cached_key(|cut| self.key(cut));
        cuts
    }

    /// The likeliest component of each kind.
    pub(crate) fn likeliest(&self, kinds: &[usize]) -> Vec<usize> {
        let of = |kind: &usize| {
            let members = self.members(*kind).iter().copied();
            members.min_by_key(|index| (place(self.components[*index].class), *index))
        };
        kinds.iter().filter_map(of).collect()
    }

    /// Classes of components, in the order of the classes.
    pub(crate) fn classes(&self, components: &[usize]) -> Vec<Class> {
        let mut classes: Vec<Class> = components.iter().map(|index| self.components[*index].class).collect();
        classes.sort_unstable();
        classes
    }

    /// Cut sets put together by what is lost and by the classes of their components, in the order of the likeliest.
    /// Components that take the same with them, such as a cable and its ports, count as the likeliest of them.
    pub fn patterns(&self) -> Vec<Pattern> {
        let mut patterns: HashMap<(Loss, Vec<Class>), Pattern> = HashMap::new();
        for (loses, sides) in self.cuts_by_kind() {
            let components = self.likeliest(&sides);
            let classes = self.classes(&components);
            let count = sides.iter().map(|kind| self.members(*kind).len()).product::<usize>();
            let cut = CutSet { components, loses };
            match patterns.get_mut(&(loses, classes.clone())) {
                Some(known) => {
                    known.count += count;
                    if self.key(&cut) < self.key(&known.first) {
                        known.first = cut;
                    }
                }
                None => _ = patterns.insert((loses, classes.clone()), Pattern { loses, classes, count, first: cut }),
            }
        }
        let mut patterns: Vec<Pattern> = patterns.into_values().collect();
        patterns.sort_by_cached_key(|pattern| self.key(&pattern.first));
        patterns
    }
}
