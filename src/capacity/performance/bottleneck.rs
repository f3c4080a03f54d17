//! What several limits allow together.

use std::fmt;
use std::rc::Rc;

use crate::words::Said;

/// How a number comes about, in numbers. It is put into words where it is shown: most limits are only compared.
#[derive(Clone)]
pub struct Derivation(Rc<dyn Fn() -> Said>);

impl Derivation {
    /// One that is told by `tell`.
    pub fn new(tell: impl Fn() -> Said + 'static) -> Self {
        Self(Rc::new(tell))
    }

    /// In words.
    pub fn said(&self) -> Said {
        (self.0)()
    }
}

impl fmt::Display for Derivation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.said().fmt(formatter)
    }
}

impl fmt::Debug for Derivation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.said(), formatter)
    }
}

/// One limit of a rate.
#[derive(Debug, Clone)]
pub struct Limit {
    /// What sets it.
    pub name: Said,
    /// What the stated rates allow at the very most; nothing where no stated rate bounds it.
    pub ceiling: Option<f64>,
    /// What is to be expected of it.
    pub expected: f64,
    /// How the expectation comes about.
    pub formula: Derivation,
}

/// The limits of one rate.
#[derive(Debug, Clone)]
pub struct Bottleneck {
    limits: Vec<Limit>,
    sharpness: f64,
}

impl Bottleneck {
    /// Limits in the order they are printed; `sharpness` says how little a limit is felt that is far above the smallest.
    pub fn new(mut limits: Vec<Limit>, sharpness: f64) -> Self {
        limits.retain(|limit| limit.expected.is_finite());
        Self { limits, sharpness }
    }

    /// The limits in the order they are printed.
    pub fn limits(&self) -> &[Limit] {
        &self.limits
    }

    /// The limits, smallest first.
    pub fn ranked(&self) -> Vec<&Limit> {
        let mut ranked: Vec<&Limit> = self.limits.iter().collect();
        ranked.sort_by(|one, other| one.expected.total_cmp(&other.expected));
        ranked
    }

    /// What is to be expected: (sum of limit^-p)^(-1/p). One limit alone is met; two equal ones give a little less than
    /// either, as work waits now for the one and now for the other. Nothing where there is no limit.
    pub fn expected(&self) -> Option<f64> {
        together(self.limits.iter().map(|limit| limit.expected), self.sharpness)
    }

    /// What is to be expected with the smallest limit lifted.
    pub fn without_the_smallest(&self) -> Option<f64> {
        together(self.ranked().into_iter().skip(1).map(|limit| limit.expected), self.sharpness)
    }

    /// The limit that the stated rates set at the very most.
    pub fn ceiling(&self) -> Option<(&Limit, f64)> {
        let known = self.limits.iter().filter_map(|limit| Some((limit, limit.ceiling?)));
        known.reduce(|least, own| if own.1 < least.1 { own } else { least })
    }
}

fn together(limits: impl Iterator<Item = f64>, sharpness: f64) -> Option<f64> {
    let limits: Vec<f64> = limits.collect();
    let least = limits.iter().copied().reduce(f64::min)?;
    if least <= 0.0 {
        return Some(0.0);
    }
    // Relative to the smallest, so that no power leaves the range of floats.
    let sum: f64 = limits.iter().map(|limit| (least / limit).powf(sharpness)).sum();
    Some(least * sum.powf(-1.0 / sharpness))
}

#[cfg(test)]
mod tests {
    use super::{Bottleneck, Derivation, Limit};
    use crate::words::Said;

    fn of(limits: &[f64]) -> Bottleneck {
        let limit = |expected: &f64| Limit {
            name: expected.to_string().into(),
            ceiling: Some(*expected),
            expected: *expected,
            formula: Derivation::new(Said::default),
        };
        Bottleneck::new(limits.iter().map(limit).collect(), 2.0)
    }

    /// 3 and 4: 1 / sqrt(1/9 + 1/16) = 12 / 5. Without the 3 the 4 is left.
    #[test]
    fn two_limits_give_less_than_either() {
        let both = of(&[4.0, 3.0]);
        assert!((both.expected().unwrap() - 2.4).abs() < 1e-12);
        assert!((both.without_the_smallest().unwrap() - 4.0).abs() < 1e-12);
        assert_eq!(both.ranked()[0].name, "3");
        assert!((both.ceiling().unwrap().1 - 3.0).abs() < 1e-12);
    }

    #[test]
    fn what_is_no_limit_counts_for_nothing() {
        assert!((of(&[3.0, f64::INFINITY]).expected().unwrap() - 3.0).abs() < 1e-12);
        assert!(of(&[]).expected().is_none() && of(&[0.0, 3.0]).expected() == Some(0.0));
    }
}
