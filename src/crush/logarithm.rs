//! The fixed-point logarithm of straw2, and division by a weight.
//!
//! An item's draw is -ln(u) / weight with u uniform: exponentially distributed, so that the least of all falls to each
//! item in proportion to its weight. Ceph takes u from 16 bits of the hash and the logarithm to base 2, in units of
//! 2^-44.

use super::table::{COARSE, FINE};

/// 2^44 × log2(u + 1) for 16 bits of a hash, as Ceph's tables give it.
fn logarithm(u: u16) -> u64 {
    let x = u64::from(u) + 1;
    // Scaled into [2^15, 2^16]: the exponent apart, the mantissa as 1.f.
    let exponent = x.ilog2().min(15);
    let mantissa = x << (15 - exponent);
    let (reciprocal, coarse) = COARSE[(mantissa >> 8) as usize - 128];
    let rest = (mantissa * reciprocal) >> 48;
    let fine = FINE[(rest & 0xff) as usize];
    (u64::from(exponent) << 44) + ((coarse + fine) >> 4)
}

/// Bits that a [`Lengths`] entry is shifted up, so that a 64 × 64 bit product divides it.
const HEAD_ROOM: u32 = 15;

/// -log2 of each 16-bit fraction, in units of 2^-44, shifted up by [`HEAD_ROOM`].
pub(super) type Lengths = Box<[u64]>;

/// Lengths by the 16 bits of a hash.
pub(super) fn lengths() -> Lengths {
    (0..=u16::MAX).map(|u| ((1 << 48) - logarithm(u)) << HEAD_ROOM).collect()
}

/// Division of a length by a weight, as one multiplication; exact for all lengths up to 2^48.
///
/// With s = ceil(log2 w) and m = ceil(2^(49+s) / w), floor(n × m / 2^(49+s)) is floor(n / w) for n up to 2^48: m is
/// too large by less than 1, the product by less than n, and n × w stays below 2^(49+s).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Divisor {
    factor: u64,
    shift: u32,
}

impl Divisor {
    /// The divisor of a weight in units of 2^-16; nothing for a weight of 0.
    pub(super) fn of(weight: u32) -> Self {
        let Some(shift) = weight.checked_sub(1).map(|less| u32::BITS - less.leading_zeros()) else {
            return Self::NONE;
        };
        let factor = (1_u128 << (64 - HEAD_ROOM + shift)).div_ceil(u128::from(weight));
        Self { factor: factor as u64, shift }
    }

    /// The divisor of weight 0, which no length is short enough for.
    pub(super) const NONE: Self = Self { factor: 0, shift: u32::MAX };

    /// The length of a straw: the shorter, the better; the longest of all for weight 0.
    #[inline]
    pub(super) fn divide(self, length: u64) -> u64 {
        if self.factor == 0 {
            return u64::MAX;
        }
        ((u128::from(length) * u128::from(self.factor)) >> 64) as u64 >> self.shift
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `COARSE` and `FINE` are named after, and how many of their entries are something else.
    #[test]
    fn so_many_entries_depart_from_their_formula() {
        let unit = 2_f64.powi(48);
        let departs = |recorded: u64, formula: f64| (recorded as f64 - formula).abs() > 1.0;
        let coarse = |k: usize| 1.0 + k as f64 / 128.0;
        let reciprocals = (0..COARSE.len()).filter(|k| departs(COARSE[*k].0, unit / coarse(*k))).count();
        let logarithms = (0..COARSE.len()).filter(|k| departs(COARSE[*k].1, unit * coarse(*k).log2())).count();
        let fine = |k: usize| 1.0 + k as f64 / 32_768.0;
        let fines = (0..FINE.len()).filter(|k| departs(FINE[*k], unit * fine(*k).log2())).count();
        assert_eq!((reciprocals, logarithms, fines), (0, 1, 235));
    }

    #[test]
    fn a_multiplication_divides_exactly() {
        let lengths = lengths();
        let weights = (0..32).flat_map(|bit| [(1_u32 << bit) - 1, 1 << bit, (1 << bit) + 1]).chain([
            3,
            119_232,
            6_553_600,
            u32::MAX,
        ]);
        for weight in weights.filter(|weight| *weight > 0) {
            let divisor = Divisor::of(weight);
            for length in lengths.iter().step_by(97).chain(lengths.last()) {
                assert_eq!(divisor.divide(*length), (length >> HEAD_ROOM) / u64::from(weight), "{length} / {weight}");
            }
        }
        assert_eq!(Divisor::of(0).divide(1 << 63), u64::MAX);
    }
}
