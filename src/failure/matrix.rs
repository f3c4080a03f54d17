//! What survives, by the classes of what fails.

use super::proof::{Counts, Proof};
use super::{Class, Loss};

/// Single failures of one class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The class.
    pub class: Class,
    /// For each loss that is asked about, how many of the failures became of what.
    pub losses: Vec<(Loss, Counts)>,
}

/// Double failures of two classes of which neither alone loses the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// The classes, in their order.
    pub classes: [Class; 2],
    /// How many pairs lose something.
    pub count: usize,
    /// What they lose.
    pub loses: Vec<Loss>,
}

impl Proof<'_, '_> {
    /// Every single failure, by class and by what is asked.
    pub fn by_class(&self) -> Vec<Row> {
        let of_class =
            |class: Class| (0..self.components.len()).filter(move |index| self.components[*index].class == class);
        let present = Class::ALL.into_iter().filter(|class| of_class(*class).next().is_some());
        present
            .map(|class| {
                let mut losses: Vec<(Loss, Counts)> = self.asked.iter().map(|loss| (loss, Counts::default())).collect();
                for index in of_class(class) {
                    let verdict = self.verdict_of(&[index]);
                    for (loss, counts) in &mut losses {
                        counts.add(verdict.of(*loss), 1);
                    }
                }
                Row { class, losses }
            })
            .collect()
    }

    /// Cut sets of two components, by their classes.
    pub fn pairs_by_class(&self) -> Vec<Pair> {
        let mut pairs: Vec<Pair> = Vec::new();
        for pattern in self.patterns() {
            let [one, other] = pattern.classes.as_slice() else { continue };
            let classes = [*one, *other];
            match pairs.iter_mut().find(|pair| pair.classes == classes) {
                Some(pair) => {
                    pair.count += pattern.count;
                    pair.loses.push(pattern.loses);
                }
                None => pairs.push(Pair { classes, count: pattern.count, loses: vec![pattern.loses] }),
            }
        }
        for pair in &mut pairs {
            pair.loses.sort_unstable();
        }
        pairs
    }
}
