//! The unit that the end of a name states: `memory_gib` is a number of GiB.

use crate::catalogue::EvidenceValue;
use crate::quantity::{Size, Unit, units};

/// How a name ends, the unit that this states, and the kind of parameter it is for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ending {
    pub(super) text: &'static str,
    pub(super) unit: &'static Unit,
    pub(super) kind: &'static str,
}

impl Ending {
    /// So many base units in the unit.
    pub(super) fn of_base(&self, base: f64) -> f64 {
        Size::from_base(base, self.unit).amount()
    }
}

macro_rules! endings {
    ($($kind:literal: $($text:literal $unit:ident),*;)*) => {
        /// Every ending of a name that states a unit.
        pub(super) static ENDINGS: &[Ending] = &[
            $( $( Ending { text: $text, unit: &units::$unit, kind: $kind }, )* )*
        ];
    };
}

endings! {
    "size": "kib" KIB, "mib" MIB, "gib" GIB, "tib" TIB, "kb" KB, "mb" MB, "gb" GB, "tb" TB;
    "rate": "mb_per_s" MB_PER_S, "mib_per_s" MIB_PER_S, "mbit_per_s" MBIT_PER_S, "gbit_per_s" GBIT_PER_S;
    "time": "us" US, "ms" MS, "s" S, "min" MIN, "h" H, "days" DAYS, "years" YEARS;
    "ratio": "percent" PERCENT;
    "length": "m" METRE, "km" KILOMETRE;
    "power": "w" WATT, "kw" KILOWATT;
    "endurance": "dwpd" DWPD;
}

/// An amount with its unit, for people.
pub(super) fn quantity(amount: f64, unit: &'static Unit) -> EvidenceValue {
    // How an amount is written depends on its unit alone, so a size stands for any quantity.
    Size::new(amount, unit).into()
}

/// The ending of a name that states a unit; of several that fit, the longest.
pub(super) fn ending(name: &str) -> Option<&'static Ending> {
    let fits = |ending: &&Ending| name.strip_suffix(ending.text).is_some_and(|head| head.ends_with('_'));
    ENDINGS.iter().filter(fits).max_by_key(|ending| ending.text.len())
}

/// Endings for a kind of parameter.
pub(super) fn endings_for(kind: &str) -> impl Iterator<Item = &'static str> {
    ENDINGS.iter().filter(move |ending| ending.kind == kind).map(|ending| ending.text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_ending_counts() {
        assert_eq!(ending("write_mb_per_s").map(|ending| ending.unit.symbol), Some("MB/s"));
        assert_eq!(ending("window_s").map(|ending| ending.unit.symbol), Some("s"));
        assert!(ending("osds").is_none() && ending("items").is_none() && ending("gib").is_none());
    }
}
