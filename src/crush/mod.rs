//! CRUSH: which devices store what, bit for bit as `crushtool` answers.
//!
//! A [`Map`] is what the text of a CRUSH map says; [`read`] makes one and [`write()`] turns it back into text. A
//! [`Placer`] is a map made ready for mapping. The algorithm is that of Weil et al., "CRUSH: Controlled, Scalable,
//! Decentralized Placement of Replicated Data" (SC'06), with the later bucket kind straw2; what the paper leaves open
//! was found by experiments with `crushtool`, which `tests/crush_live.rs` repeats.

mod choose;
mod draw;
mod hash;
mod logarithm;
mod map;
mod placer;
mod read;
mod shadow;
mod straw;
mod table;
mod trial;
mod write;

pub use hash::{hash2, placement_seed};
pub use map::{
    Algorithm, Bucket, BucketArguments, Choice, ChooseArguments, Device, Item, LARGEST_ID, Map, Mode, Rule, RuleKind,
    Setting, Shadow, Step, Tunables, Type, WHOLE,
};
pub use placer::{MOST_REPLICAS, NOTHING, Placer, Scratch};
pub use read::{BucketPlace, Mistake, MistakeKind, Places, Reading, RulePlace, read};
pub use trial::{Show, Trial, part};
pub use write::{weight_text, write};
