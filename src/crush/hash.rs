//! The hash of CRUSH: Bob Jenkins' public-domain mix of three words, with Ceph's seed.
#![allow(clippy::many_single_char_names, reason = "the published mix names its words so")]

const SEED: u32 = 1_315_423_911;
const X: u32 = 231_232;
const Y: u32 = 1_232;

/// Bob Jenkins' 96-bit mix.
#[inline(always)]
#[allow(clippy::inline_always, reason = "inlined into the loop over the items of a bucket it becomes vector code")]
fn mix(a: &mut u32, b: &mut u32, c: &mut u32) {
    const ROUNDS: [[u32; 3]; 3] = [[13, 8, 13], [12, 16, 5], [3, 10, 15]];
    for [first, second, third] in ROUNDS {
        *a = a.wrapping_sub(*b).wrapping_sub(*c) ^ (*c >> first);
        *b = b.wrapping_sub(*c).wrapping_sub(*a) ^ (*a << second);
        *c = c.wrapping_sub(*a).wrapping_sub(*b) ^ (*b >> third);
    }
}

/// Hash of two words.
pub fn hash2(mut a: u32, mut b: u32) -> u32 {
    let (mut x, mut y, mut hash) = (X, Y, SEED ^ a ^ b);
    mix(&mut a, &mut b, &mut hash);
    mix(&mut x, &mut a, &mut hash);
    mix(&mut b, &mut y, &mut hash);
    hash
}

/// Hash of three words.
#[inline(always)]
#[allow(clippy::inline_always, reason = "inlined into the loop over the items of a bucket it becomes vector code")]
pub(super) fn hash3(mut a: u32, mut b: u32, mut c: u32) -> u32 {
    let (mut x, mut y, mut hash) = (X, Y, SEED ^ a ^ b ^ c);
    mix(&mut a, &mut b, &mut hash);
    mix(&mut c, &mut x, &mut hash);
    mix(&mut y, &mut a, &mut hash);
    mix(&mut b, &mut x, &mut hash);
    mix(&mut y, &mut c, &mut hash);
    hash
}

/// Hash of four words.
pub(super) fn hash4(mut a: u32, mut b: u32, mut c: u32, mut d: u32) -> u32 {
    let (mut x, mut y, mut hash) = (X, Y, SEED ^ a ^ b ^ c ^ d);
    mix(&mut a, &mut b, &mut hash);
    mix(&mut c, &mut d, &mut hash);
    mix(&mut a, &mut x, &mut hash);
    mix(&mut y, &mut b, &mut hash);
    mix(&mut c, &mut x, &mut hash);
    mix(&mut y, &mut d, &mut hash);
    hash
}

/// The number that a placement group is mapped by, for pools with the flag `hashpspool`, which all pools of today
/// have: the group's number, folded to `pgp_num` so that a growing pool moves few groups, hashed with the pool's.
///
/// A `pgp_num` of 0 is taken as 1.
pub fn placement_seed(pool: u32, group: u32, pgp_num: u32) -> u32 {
    let pgp_num = pgp_num.max(1);
    let mask = u32::MAX.checked_shr((pgp_num - 1).leading_zeros()).unwrap_or(0);
    let folded = if group & mask < pgp_num { group & mask } else { group & (mask >> 1) };
    hash2(folded, pool)
}
