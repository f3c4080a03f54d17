//! What a CRUSH map says.

use super::shadow;

/// Largest number of a device or, with its sign changed, of a bucket: more than any cluster has, and few enough to
/// keep arrays by number.
pub const LARGEST_ID: i32 = 1 << 20;

/// A weight of one, in the units that weights are kept in: 2^-16.
pub const WHOLE: u32 = 0x1_0000;

/// A CRUSH map.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Map {
    /// Settings of the whole map.
    pub tunables: Tunables,
    /// Devices: the OSDs.
    pub devices: Vec<Device>,
    /// Types of devices and buckets, devices being of type 0.
    pub types: Vec<Type>,
    /// Buckets, each after those it holds.
    pub buckets: Vec<Bucket>,
    /// Rules.
    pub rules: Vec<Rule>,
    /// Other weights for some buckets, by pool or for all.
    pub choose_args: Vec<ChooseArguments>,
}

/// Settings of a map; the names are those of its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tunables {
    /// Retries in the same bucket after a collision.
    pub choose_local_tries: u32,
    /// Retries in the same bucket by permutation.
    pub choose_local_fallback_tries: u32,
    /// Retries from the top.
    pub choose_total_tries: u32,
    /// Whether the descent to a device below a chosen bucket is tried once only.
    pub chooseleaf_descend_once: u32,
    /// Whether that descent begins with the number of the try, and how much of it.
    pub chooseleaf_vary_r: u8,
    /// Whether that descent begins anew for each replica.
    pub chooseleaf_stable: u8,
    /// How lengths of straw buckets are calculated.
    pub straw_calc_version: u8,
    /// Which kinds of buckets may be made, a bit for each.
    pub allowed_bucket_algs: u32,
}

impl Tunables {
    /// Settings of a profile by its name in Ceph's documentation: `argonaut` or `legacy`, `bobtail`, `firefly`, `hammer`,
    /// `jewel`, `optimal`, `default`.
    pub fn profile(name: &str) -> Option<Self> {
        let argonaut = Self {
            choose_local_tries: 2,
            choose_local_fallback_tries: 5,
            choose_total_tries: 19,
            chooseleaf_descend_once: 0,
            chooseleaf_vary_r: 0,
            chooseleaf_stable: 0,
            straw_calc_version: 0,
            allowed_bucket_algs: Algorithm::mask(&[Algorithm::Uniform, Algorithm::List, Algorithm::Straw]),
        };
        let bobtail = Self {
            choose_local_tries: 0,
            choose_local_fallback_tries: 0,
            choose_total_tries: 50,
            chooseleaf_descend_once: 1,
            ..argonaut
        };
        let firefly = Self { chooseleaf_vary_r: 1, ..bobtail };
        let hammer = Self {
            straw_calc_version: 1,
            allowed_bucket_algs: argonaut.allowed_bucket_algs | Algorithm::mask(&[Algorithm::Straw2]),
            ..firefly
        };
        let jewel = Self { chooseleaf_stable: 1, ..hammer };
        match name {
            "argonaut" | "legacy" => Some(argonaut),
            "bobtail" => Some(bobtail),
            "firefly" => Some(firefly),
            "hammer" => Some(hammer),
            "jewel" | "optimal" | "default" => Some(jewel),
            _ => None,
        }
    }

    /// What a text that sets nothing means: the behaviour of the first release.
    pub fn legacy() -> Self {
        Self::profile("legacy").unwrap_or_default()
    }
}

impl Default for Tunables {
    fn default() -> Self {
        Self {
            choose_local_tries: 0,
            choose_local_fallback_tries: 0,
            choose_total_tries: 50,
            chooseleaf_descend_once: 1,
            chooseleaf_vary_r: 1,
            chooseleaf_stable: 1,
            straw_calc_version: 1,
            allowed_bucket_algs: 54,
        }
    }
}

/// A device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Number, from 0 to [`LARGEST_ID`].
    pub id: i32,
    /// Name.
    pub name: String,
    /// Class, such as `ssd`.
    pub class: Option<String>,
}

/// A type of buckets; type 0 is that of devices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Type {
    /// Number.
    pub id: u16,
    /// Name.
    pub name: String,
}

/// How a bucket chooses among its items.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Algorithm {
    /// All alike, by permutation.
    Uniform,
    /// From the newest item to the oldest.
    List,
    /// Down a binary tree.
    Tree,
    /// The longest of straws whose lengths were made for the weights.
    Straw,
    /// The best of exponential draws.
    Straw2,
}

impl Algorithm {
    /// Every algorithm, in the order of its number from 1.
    pub const ALL: [Self; 5] = [Self::Uniform, Self::List, Self::Tree, Self::Straw, Self::Straw2];

    /// Name in a text.
    pub fn name(self) -> &'static str {
        match self {
            Self::Uniform => "uniform",
            Self::List => "list",
            Self::Tree => "tree",
            Self::Straw => "straw",
            Self::Straw2 => "straw2",
        }
    }

    /// Algorithms as the bits of `allowed_bucket_algs`.
    pub fn mask(algorithms: &[Self]) -> u32 {
        algorithms.iter().fold(0, |mask, algorithm| mask | 2 << (*algorithm as u32))
    }
}

/// A bucket: a host, a rack, a root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bucket {
    /// Number, from -1 down to minus [`LARGEST_ID`].
    pub id: i32,
    /// Name.
    pub name: String,
    /// Number of its type.
    pub kind: u16,
    /// How it chooses.
    pub algorithm: Algorithm,
    /// What it holds, in order.
    pub items: Vec<Item>,
    /// Numbers of its shadows, one for each device class.
    pub shadows: Vec<Shadow>,
}

impl Bucket {
    /// Sum of the weights of its items.
    pub fn weight(&self) -> u64 {
        self.items.iter().map(|item| u64::from(item.weight)).sum()
    }
}

/// A device or bucket in a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Item {
    /// Number of the device or bucket.
    pub id: i32,
    /// Weight in units of 2^-16.
    pub weight: u32,
}

/// The number of the copy of a bucket that holds the devices of one class only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shadow {
    /// Class.
    pub class: String,
    /// Number of the copy.
    pub id: i32,
}

/// A rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Number.
    pub id: u8,
    /// Name.
    pub name: String,
    /// What its pools are.
    pub kind: RuleKind,
    /// Fewest replicas it is for; releases after Pacific write none.
    pub min_size: Option<u8>,
    /// Most replicas it is for.
    pub max_size: Option<u8>,
    /// Steps.
    pub steps: Vec<Step>,
}

/// What the pools of a rule are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleKind {
    /// Whole copies.
    Replicated,
    /// Data and coding chunks.
    Erasure,
}

impl RuleKind {
    /// Name in a text.
    pub fn name(self) -> &'static str {
        match self {
            Self::Replicated => "replicated",
            Self::Erasure => "erasure",
        }
    }
}

/// A step of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Begin at a bucket or device.
    Take {
        /// Its number.
        item: i32,
        /// Only devices of this class.
        class: Option<String>,
    },
    /// Choose below what was chosen.
    Choose(Choice),
    /// Change a setting for the steps that follow.
    Set(Setting, u32),
    /// Hand out what was chosen.
    Emit,
    /// Nothing.
    Noop,
}

/// What a step chooses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    /// Whether to descend to a device in each bucket chosen.
    pub to_device: bool,
    /// What becomes of a place that finds nothing.
    pub mode: Mode,
    /// How many: 0 for as many as replicas, below 0 for so many fewer.
    pub count: i32,
    /// Number of the type to choose.
    pub kind: u16,
}

/// What becomes of a place that finds nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Those behind it move up: for copies.
    Firstn,
    /// It stays empty: for chunks.
    Indep,
}

impl Mode {
    /// Name in a text.
    pub fn name(self) -> &'static str {
        match self {
            Self::Firstn => "firstn",
            Self::Indep => "indep",
        }
    }
}

/// A setting that a rule changes for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setting {
    /// Tries from the top.
    ChooseTries,
    /// Tries of the descent to a device.
    ChooseleafTries,
    /// Retries in the same bucket after a collision.
    ChooseLocalTries,
    /// Retries in the same bucket by permutation.
    ChooseLocalFallbackTries,
    /// Whether the descent to a device begins with the number of the try.
    ChooseleafVaryR,
    /// Whether the descent to a device begins anew for each replica.
    ChooseleafStable,
}

impl Setting {
    /// Every setting.
    pub const ALL: [Self; 6] = [
        Self::ChooseTries,
        Self::ChooseleafTries,
        Self::ChooseLocalTries,
        Self::ChooseLocalFallbackTries,
        Self::ChooseleafVaryR,
        Self::ChooseleafStable,
    ];

    /// Name in a text.
    pub fn name(self) -> &'static str {
        match self {
            Self::ChooseTries => "set_choose_tries",
            Self::ChooseleafTries => "set_chooseleaf_tries",
            Self::ChooseLocalTries => "set_choose_local_tries",
            Self::ChooseLocalFallbackTries => "set_choose_local_fallback_tries",
            Self::ChooseleafVaryR => "set_chooseleaf_vary_r",
            Self::ChooseleafStable => "set_chooseleaf_stable",
        }
    }
}

/// Other weights for some buckets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChooseArguments {
    /// Number of the pool, or -1 for all.
    pub id: i64,
    /// Buckets.
    pub buckets: Vec<BucketArguments>,
}

/// Other weights and numbers for the items of a bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BucketArguments {
    /// Number of the bucket.
    pub bucket: i32,
    /// Weights of the items for each place of a replica, the last for all further places.
    pub weight_set: Vec<Vec<u32>>,
    /// Numbers to draw by instead of the items' own.
    pub ids: Vec<i32>,
}

impl Map {
    /// The bucket with this number; shadows are no buckets of the map.
    pub fn bucket(&self, id: i32) -> Option<&Bucket> {
        self.buckets.iter().find(|bucket| bucket.id == id)
    }

    /// The rule with this number or name.
    pub fn rule(&self, name: &str) -> Option<usize> {
        let by_number = name.parse::<u8>().ok();
        let number = |rule: &Rule| Some(rule.id) == by_number;
        self.rules.iter().position(|rule| rule.name == name).or_else(|| self.rules.iter().position(number))
    }

    /// Name of a device or bucket.
    pub fn name(&self, id: i32) -> Option<&str> {
        match id {
            0.. => self.devices.iter().find(|device| device.id == id).map(|device| device.name.as_str()),
            _ => self.bucket(id).map(|bucket| bucket.name.as_str()),
        }
    }

    /// Name of a type.
    pub fn type_name(&self, id: u16) -> Option<&str> {
        self.types.iter().find(|kind| kind.id == id).map(|kind| kind.name.as_str())
    }

    /// Gives every bucket a shadow for every device class, numbered as Ceph numbers those that are new.
    pub fn number_shadows(&mut self) {
        shadow::number(self);
    }

    /// Number that follows the largest of a device.
    pub fn device_count(&self) -> usize {
        self.devices.iter().map(|device| device.id as usize + 1).max().unwrap_or(0)
    }
}
