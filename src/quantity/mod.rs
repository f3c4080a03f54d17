//! Units of measure: quantities that carry the unit they were written in.
//!
//! A [`Quantity`] keeps its amount and unit as written; it is compared and combined in the base unit of its dimension:
//!
//! | type | base unit | units |
//! |---|---|---|
//! | [`Size`] | byte | `B`, `kB` to `PB` (powers of 1000), `KiB` to `PiB` (powers of 1024) |
//! | [`Rate`] | byte per second | `B/s` to `TB/s`, `KiB/s` to `GiB/s`, `bit/s` to `Tbit/s`, `GbE` |
//! | [`Time`] | second | `ns`, `us`, `ms`, `s`, `min`, `h`, `days`, `years` (of 365 days) |
//! | [`Ratio`] | the whole: 1 is 100 % | `%` |
//! | [`Length`] | metre | `mm`, `cm`, `m`, `km` |
//! | [`Power`] | watt | `W`, `kW` |
//!
//! A parsed amount is zero or more and finite, in its own unit and in the base unit. Arithmetic is that of 64-bit
//! floats: a difference can be negative, and a division by zero infinite or not a number.

use std::{
    cmp::Ordering,
    fmt,
    iter::Sum,
    marker::PhantomData,
    ops::{Add, Div, Mul, Sub},
    str::FromStr,
};

pub use measure::Measure;
pub use parse::QuantityError;
pub(crate) use said::said_of;

use crate::words::Said;

mod measure;
mod parse;
mod said;
pub mod units;

/// What a quantity measures.
pub trait Dimension: Copy + Send + 'static {
    /// What it measures.
    const MEASURE: Measure;
    /// A quantity as one would write it, for messages: `1.92 TB`.
    const EXAMPLE: &'static str;
    /// The two units most likely meant by a number alone; twice the same one where there is no choice.
    const LIKELY: [&'static str; 2];
    /// Its units, at least one. The sum of no quantities is zero of the first.
    const UNITS: &'static [Unit];

    /// What is needed where one is, for messages: `a size such as "1.92 TB"`.
    fn expected() -> Said {
        Self::MEASURE.expected(Self::EXAMPLE)
    }
}

/// A unit of measure. Two units are equal if spelling and factor are; their addresses say nothing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Unit {
    /// How it is written. Case matters.
    pub symbol: &'static str,
    /// Base units in one of it; above zero.
    pub factor: f64,
    /// Other spellings that are read, never written.
    pub aliases: &'static [&'static str],
}

impl Unit {
    /// Every spelling that is read, the one that is written first.
    pub fn spellings(&self) -> impl Iterator<Item = &'static str> {
        std::iter::once(self.symbol).chain(self.aliases.iter().copied())
    }

    /// How many of this unit make one base unit, if that is a whole number: 0.001 has no exact float, 1000 has.
    fn per_base(&self) -> Option<f64> {
        if self.factor >= 1.0 {
            return None;
        }
        let per = (1.0 / self.factor).round();
        ((1.0 / per).to_bits() == self.factor.to_bits()).then_some(per)
    }

    fn to_base(self, amount: f64) -> f64 {
        self.per_base().map_or(amount * self.factor, |per| amount / per)
    }

    fn of_base(self, base: f64) -> f64 {
        self.per_base().map_or(base / self.factor, |per| base * per)
    }
}

/// An amount in a unit of the dimension `D`.
///
/// Comparisons are made in the base unit, so `1 TB` equals `1000 GB`. Sums, differences and multiples keep the unit of
/// the left side.
#[derive(Debug, Clone, Copy)]
pub struct Quantity<D: Dimension> {
    amount: f64,
    unit: &'static Unit,
    dimension: PhantomData<D>,
}

impl<D: Dimension> Quantity<D> {
    /// So many of the unit. The unit has to be one of `D`, which is not checked.
    pub const fn new(amount: f64, unit: &'static Unit) -> Self {
        Self { amount, unit, dimension: PhantomData }
    }

    /// So many base units, expressed in `unit`.
    pub fn from_base(base: f64, unit: &'static Unit) -> Self {
        Self::new(unit.of_base(base), unit)
    }

    /// The amount in the unit it was written in.
    pub fn amount(self) -> f64 {
        self.amount
    }

    /// The unit it was written in.
    pub fn unit(self) -> &'static Unit {
        self.unit
    }

    /// The amount in base units: bytes, bytes per second, seconds, wholes, metres or watts.
    pub fn base(self) -> f64 {
        self.unit.to_base(self.amount)
    }

    /// The amount in another unit of the same dimension.
    pub fn in_unit(self, unit: &'static Unit) -> f64 {
        if self.unit.factor.to_bits() == unit.factor.to_bits() { self.amount } else { unit.of_base(self.base()) }
    }

    /// The same quantity in another unit of the same dimension.
    #[must_use]
    pub fn to(self, unit: &'static Unit) -> Self {
        Self::new(self.in_unit(unit), unit)
    }
}

impl<D: Dimension> PartialEq for Quantity<D> {
    fn eq(&self, other: &Self) -> bool {
        self.base() == other.base()
    }
}

impl<D: Dimension> PartialOrd for Quantity<D> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.base().partial_cmp(&other.base())
    }
}

impl<D: Dimension> Add for Quantity<D> {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self::new(self.amount + other.in_unit(self.unit), self.unit)
    }
}

impl<D: Dimension> Sub for Quantity<D> {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self::new(self.amount - other.in_unit(self.unit), self.unit)
    }
}

impl<D: Dimension> Mul<f64> for Quantity<D> {
    type Output = Self;

    fn mul(self, times: f64) -> Self {
        Self::new(self.amount * times, self.unit)
    }
}

impl<D: Dimension> Div<f64> for Quantity<D> {
    type Output = Self;

    fn div(self, parts: f64) -> Self {
        Self::new(self.amount / parts, self.unit)
    }
}

impl<D: Dimension> Div for Quantity<D> {
    type Output = f64;

    /// How many times the right side goes into the left one.
    fn div(self, other: Self) -> f64 {
        self.base() / other.base()
    }
}

impl<D: Dimension> Default for Quantity<D> {
    /// Nothing at all, in the dimension's first unit.
    fn default() -> Self {
        Self::new(0.0, const { &D::UNITS[0] })
    }
}

impl<D: Dimension> Sum for Quantity<D> {
    /// In the unit of the first; zero of the dimension's first unit if there is none.
    fn sum<I: Iterator<Item = Self>>(items: I) -> Self {
        items.reduce(|sum, item| sum + item).unwrap_or_default()
    }
}

impl<D: Dimension> FromStr for Quantity<D> {
    type Err = QuantityError;

    /// Reads a decimal number of zero or more (`_` may group digits, `1e3` is read too), blanks or none, and a unit.
    fn from_str(text: &str) -> Result<Self, QuantityError> {
        let (amount, unit) = parse::parse(text, const { &parse::Kind::of::<D>() })?;
        Ok(Self::new(amount, unit))
    }
}

impl<D: Dimension> fmt::Display for Quantity<D> {
    /// The amount, rounded half away from zero to at most three decimals, and the unit as data sheets write it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&written(self.amount, self.unit))
    }
}

/// Decimals that are shown.
const DECIMALS: usize = 3;
/// Decimals that are looked at for rounding; what is behind them is float noise.
const HEEDED: usize = 9;

/// An amount with its unit; one day is not "1 days".
fn written(amount: f64, unit: &Unit) -> String {
    let number = plain(amount);
    let symbol = match unit.symbol.strip_suffix('s') {
        Some(one) if number == "1" && unit.aliases.contains(&one) => one,
        _ => unit.symbol,
    };
    joined(&number, symbol)
}

/// A number with its unit: with a blank, save for Ethernet speeds.
fn joined(number: &str, symbol: &str) -> String {
    let blank = if symbol == units::GBE.symbol { "" } else { " " };
    format!("{number}{blank}{symbol}")
}

/// A number with at most [`DECIMALS`] decimals, rounded half away from zero as decimal text: 2.0005, which no float
/// holds exactly, becomes 2.001.
fn plain(number: f64) -> String {
    let mut digits = number.abs().to_string();
    if digits.split_once('.').is_some_and(|(_, fraction)| fraction.len() > HEEDED) {
        digits = format!("{:.HEEDED$}", number.abs());
    }
    if let Some((whole, fraction)) = digits.split_once('.') {
        let (kept, dropped) = fraction.split_at(fraction.len().min(DECIMALS));
        let mut kept = format!("{whole}.{kept}");
        if dropped.starts_with(|next: char| next >= '5') {
            kept = incremented(&kept);
        }
        kept.truncate(kept.trim_end_matches('0').trim_end_matches('.').len());
        digits = kept;
    }
    if number < 0.0 && digits != "0" { format!("-{digits}") } else { digits }
}

/// Adds one to the last digit of a decimal number.
fn incremented(number: &str) -> String {
    let mut carry = true;
    let mut backwards: Vec<char> = Vec::with_capacity(number.len() + 1);
    for digit in number.chars().rev() {
        backwards.push(match digit {
            '9' if carry => '0',
            '0'..='8' if carry => {
                carry = false;
                char::from_digit(digit.to_digit(10).map_or(0, |value| value + 1), 10).unwrap_or(digit)
            }
            _ => digit,
        });
    }
    if carry {
        backwards.push('1');
    }
    backwards.into_iter().rev().collect()
}

macro_rules! dimensions {
    ($($(#[$doc:meta])* $quantity:ident, $name:ident, $example:literal, $likely:expr, [$($unit:ident),* $(,)?];)*) => {
        $(
            #[doc = concat!("The dimension of [`", stringify!($quantity), "`].")]
            #[derive(Debug, Clone, Copy)]
            pub struct $name;

            impl Dimension for $name {
                const MEASURE: Measure = Measure::$quantity;
                const EXAMPLE: &'static str = $example;
                const LIKELY: [&'static str; 2] = $likely;
                const UNITS: &'static [Unit] = &[$(units::$unit),*];
            }

            $(#[$doc])*
            pub type $quantity = Quantity<$name>;
        )*
    };
}

dimensions! {
    /// An amount of data, in base units of a byte. `TB` (10^12) is not `TiB` (2^40).
    Size, SizeDimension, "1.92 TB", ["GiB", "GB"],
        [B, KB, MB, GB, TB, PB, KIB, MIB, GIB, TIB, PIB];
    /// Data per time, in base units of a byte per second. `MB/s` is neither `MiB/s` nor `Mbit/s`.
    Rate, RateDimension, "2900 MB/s", ["GbE", "MB/s"],
        [
            B_PER_S, KB_PER_S, MB_PER_S, GB_PER_S, TB_PER_S, KIB_PER_S, MIB_PER_S, GIB_PER_S,
            BIT_PER_S, KBIT_PER_S, MBIT_PER_S, GBIT_PER_S, TBIT_PER_S, GBE,
        ];
    /// A duration, in base units of a second.
    Time, TimeDimension, "0.2 ms", ["ms", "s"], [S, NS, US, MS, MIN, H, DAYS, YEARS];
    /// A share, in base units of the whole: 85 % is 0.85. More than 100 % is allowed.
    Ratio, RatioDimension, "85 %", ["%", "%"], [PERCENT];
    /// A distance, in base units of a metre.
    Length, LengthDimension, "3 m", ["m", "cm"], [METRE, MILLIMETRE, CENTIMETRE, KILOMETRE];
    /// Electrical power, in base units of a watt.
    Power, PowerDimension, "750 W", ["W", "kW"], [WATT, KILOWATT];
}

/// How much may be written to a drive before it wears out, in either of the two ways data sheets state it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Endurance {
    /// Full writes of its capacity per day of the warranty, zero or more: `1 DWPD`.
    DrivesPerDay(f64),
    /// All that may be written in its lifetime: `3504 TBW` is 3504 TB.
    Written(Size),
}

/// Days in a year of a warranty.
const DAYS_PER_YEAR: f64 = 365.0;

impl Endurance {
    /// Its units.
    pub const UNITS: &'static [Unit] = parse::ENDURANCE.units;

    /// Full writes of `capacity` per day over `years` of 365 days; infinite or not a number if either is zero.
    pub fn drives_per_day(self, capacity: Size, years: f64) -> f64 {
        match self {
            Self::DrivesPerDay(drives) => drives,
            Self::Written(total) => total / (capacity * (DAYS_PER_YEAR * years)),
        }
    }

    /// All that may be written to `capacity` over `years` of 365 days; as stated, or else in TB.
    pub fn written(self, capacity: Size, years: f64) -> Size {
        match self {
            Self::DrivesPerDay(drives) => (capacity * (drives * DAYS_PER_YEAR * years)).to(&units::TB),
            Self::Written(total) => total,
        }
    }
}

impl FromStr for Endurance {
    type Err = QuantityError;

    /// Reads `1 DWPD`, `3504 TBW` or `14 PBW`; the number as for a [`Quantity`].
    fn from_str(text: &str) -> Result<Self, QuantityError> {
        let (amount, unit) = parse::parse(text, &parse::ENDURANCE)?;
        Ok(if *unit == units::DWPD {
            Self::DrivesPerDay(amount)
        } else if *unit == units::PBW {
            Self::Written(Size::new(amount, &units::PB))
        } else {
            Self::Written(Size::new(amount, &units::TB))
        })
    }
}

impl fmt::Display for Endurance {
    /// Rounded as a [`Quantity`] is; what is stated in another size than TB or PB is written in TBW.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&match self {
            Self::DrivesPerDay(drives) => written(*drives, &units::DWPD),
            Self::Written(total) if *total.unit() == units::PB => written(total.amount(), &units::PBW),
            Self::Written(total) => written(total.in_unit(&units::TB), &units::TBW),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const FIVE_GIB: Size = Size::new(5.0, &units::GIB);

    fn read<D: Dimension>(text: &str) -> Quantity<D> {
        text.parse().unwrap_or_else(|error| panic!("{text:?}: {error}"))
    }

    fn refused<T: FromStr<Err = QuantityError>>(text: &str) -> String {
        match text.parse::<T>() {
            Ok(_) => panic!("{text:?} was read"),
            Err(error) => error.to_string(),
        }
    }

    #[track_caller]
    fn same(left: f64, right: f64) {
        assert!((left - right).abs() <= right.abs() * 1e-12, "{left} is not {right}");
    }

    #[test]
    fn conversions_keep_decimal_and_binary_apart() {
        // 25 x 10^9 bit/s / 8 = 3.125 x 10^9 B/s
        same(read::<RateDimension>("25GbE").in_unit(&units::MB_PER_S), 3125.0);
        assert_eq!(read::<RateDimension>("25GbE"), read("25 Gbit/s"));
        // 1000 x 16 x 1024 = 16 384 000 B/s; / 10^6 = 16.384; / 1024^2 = 15.625
        let documents = read::<RateDimension>("16 KiB/s") * 1000.0;
        same(documents.in_unit(&units::MB_PER_S), 16.384);
        same(documents.in_unit(&units::MIB_PER_S), 15.625);
        assert_eq!(documents.to(&units::MIB_PER_S).to_string(), "15.625 MiB/s");
        // 10^12 / 2^40 = 0.909494...
        same(read::<SizeDimension>("1 TB").in_unit(&units::TIB), 0.909_494_701_772_928_2);
        // 0.9 x 10^10 / 8 = 1.125 x 10^9 B/s; / 1024 = 1 098 632.8125
        let limit = read::<RateDimension>("10 Gbit/s") * read::<RatioDimension>("90 %").base();
        same(limit.in_unit(&units::KIB_PER_S), 1_098_632.812_5);
        assert_eq!(limit.to(&units::KIB_PER_S).to_string(), "1098632.813 KiB/s");
    }

    #[test]
    fn fractions_of_a_base_unit_are_exact() {
        // 35 x 0.01 is 0.35000000000000003 in floats; 35 / 100 is 0.35
        assert_eq!(read::<RatioDimension>("35 %").base().to_bits(), 0.35_f64.to_bits());
        assert_eq!(read::<TimeDimension>("0.2 ms"), read("200 us"));
        assert_eq!(read::<TimeDimension>("7 ns").base().to_bits(), 7e-9_f64.to_bits());
        assert_eq!(read::<LengthDimension>("300 cm"), read("3 m"));
        // 3 x 365 = 1095 days
        assert_eq!(read::<TimeDimension>("3 years"), read("1095 days"));
        assert_eq!(read::<PowerDimension>("0.75 kW"), read("750 W"));
    }

    #[test]
    fn arithmetic_keeps_the_left_unit() {
        // 1 TB + 500 GB = 1.5 TB
        assert_eq!((read::<SizeDimension>("1 TB") + read("500 GB")).to_string(), "1.5 TB");
        assert_eq!((read::<SizeDimension>("500 GB") - read("1 TB")).to_string(), "-500 GB");
        assert_eq!((read::<SizeDimension>("1 TB") / 3.0).to_string(), "0.333 TB");
        // 2900 MB/s / (100 Mbit/s = 12.5 MB/s) = 232
        same(read::<RateDimension>("2900 MB/s") / read("100 Mbps"), 232.0);
        // 480 + 1920 = 2400
        assert_eq!([read("480 GB"), read("1.92 TB")].into_iter().sum::<Size>().to_string(), "2400 GB");
        assert_eq!(std::iter::empty().sum::<Size>().to_string(), "0 B");
        assert!(read::<SizeDimension>("1 TiB") > read("1 TB"));
        assert_eq!(Size::from_base(2_147_483_648.0, &units::GIB).to_string(), "2 GiB");
        // 5 x 2^30 = 5 368 709 120
        same(FIVE_GIB.base(), 5_368_709_120.0);
    }

    #[test]
    fn display_rounds_half_away_and_hides_noise() {
        let shown = |amount| Size::new(amount, &units::GB).to_string();
        assert_eq!(shown(0.1 + 0.2), "0.3 GB");
        assert_eq!(shown(0.0625), "0.063 GB");
        assert_eq!(shown(-0.0625), "-0.063 GB");
        assert_eq!(shown(2.0005), "2.001 GB");
        assert_eq!(shown(1.000_5_f64.next_down()), "1.001 GB");
        assert_eq!(shown(999.9996), "1000 GB");
        assert_eq!(shown(-0.0001), "0 GB");
        assert_eq!(shown(-0.0), "0 GB");
        assert_eq!(shown(100.0), "100 GB");
        assert_eq!(shown(20_000_000_000_000.1), "20000000000000.1 GB");
        assert_eq!(shown(f64::INFINITY), "inf GB");
        assert_eq!(format!("{:>8}", read::<SizeDimension>("5GiB")), "   5 GiB");
        assert_eq!(read::<RateDimension>("25 GbE").to_string(), "25GbE");
        assert_eq!(read::<RatioDimension>("85%").to_string(), "85 %");
        assert_eq!(read::<TimeDimension>("1 d").to_string(), "1 day");
        assert_eq!(read::<TimeDimension>("1ms").to_string(), "1 ms");
        assert_eq!(read::<TimeDimension>("5 \u{b5}s").to_string(), "5 us");
    }

    #[test]
    fn numbers_are_read_as_in_toml() {
        same(read::<SizeDimension>(" 1_000.5\tGB ").amount(), 1000.5);
        same(read::<SizeDimension>("1e3GB").amount(), 1000.0);
        same(read::<SizeDimension>("2.5E-1 GB").amount(), 0.25);
        same(read::<SizeDimension>("0 B").amount(), 0.0);
        for bad in ["1,920 GB", "5. GB", ".5 GB", "1__0 GB", "_1 GB", "1_ GB", "1.2.3 GB"] {
            assert!(refused::<Size>(bad).contains(" is not a number: "), "{bad}");
        }
        for none in ["", "GB", "nan GB", "inf GB", "-inf GB", "+5 GB", "- GB", "\u{ff15} GB", "._, GB"] {
            assert!(refused::<Size>(none).contains("write a number and a unit"), "{none}");
        }
        assert_eq!(refused::<Size>("-5 GB"), "\"-5 GB\" is negative: write zero or more, such as \"1.92 TB\"");
        for large in ["1e400 B", "1e300 PB"] {
            assert!(refused::<Size>(large).contains(" is too large: "), "{large}");
        }
    }

    #[test]
    fn a_bare_number_names_the_likely_units() {
        assert_eq!(refused::<Size>("5"), "5 has no unit: write \"5 GiB\" or \"5 GB\"");
        assert_eq!(refused::<Rate>("25"), "25 has no unit: write \"25GbE\" or \"25 MB/s\"");
        assert_eq!(refused::<Ratio>("85"), "85 has no unit: write \"85 %\"");
        assert_eq!(refused::<Ratio>("0.29"), "0.29 has no unit: write \"29 %\" or \"0.29 %\"");
        assert_eq!(refused::<Endurance>("1"), "1 has no unit: write \"1 DWPD\" or \"1 TBW\"");
    }

    #[test]
    fn a_wrong_unit_names_the_right_one() {
        assert_eq!(
            refused::<Size>("5 mb"),
            "\"mb\" is not a unit of size: did you mean \"MB\"? Upper and lower case matter"
        );
        assert_eq!(refused::<Size>("5 MB/s"), "MB/s is a rate; a size is needed, such as \"1.92 TB\"");
        assert_eq!(refused::<Size>("5 mib/s"), "MiB/s is a rate; a size is needed, such as \"1.92 TB\"");
        assert_eq!(refused::<Rate>("5 GB"), "GB is a size; a rate is needed, such as \"2900 MB/s\"");
        assert_eq!(refused::<Endurance>("5 TB"), "TB is a size; an endurance is needed, such as \"1 DWPD\"");
        assert_eq!(refused::<Ratio>("5 percent"), "\"percent\" is not a unit of percentage: write %");
        assert_eq!(refused::<Length>("5 ft"), "\"ft\" is not a unit of length: write m, mm, cm or km");
        let suggested = |error: Result<Rate, QuantityError>| match error {
            Err(QuantityError::UnknownUnit { suggestion, .. }) => suggestion,
            _ => None,
        };
        assert_eq!(suggested("1 gb/s".parse()), Some("Gb/s"));
        assert_eq!(suggested("10G".parse()), Some("GbE"));
        // Neither a thousand times nor eight times too much.
        assert_eq!(suggested("100MbE".parse()), Some("Mbps"));
        assert!(refused::<Size>("5 \u{1b}[31m").contains("\\u{1b}"));
        assert!(refused::<Size>(&"9".repeat(5000)).len() < 200);
        assert!(refused::<Size>(&format!("5 {}", "G".repeat(5000))).len() < 200);
    }

    #[test]
    fn endurance_converts_both_ways() {
        let capacity = read("1.92 TB");
        let rated: Endurance = read_endurance("3504 TBW");
        // 3504 / (1.92 x 365 x 5) = 3504 / 3504 = 1
        same(rated.drives_per_day(capacity, 5.0), 1.0);
        same(read_endurance("1 DWPD").written(capacity, 5.0).in_unit(&units::TB), 3504.0);
        same(read_endurance("3 DWPD").drives_per_day(capacity, 5.0), 3.0);
        assert_eq!(rated.written(capacity, 5.0).to_string(), "3504 TB");
        for text in ["1 DWPD", "0.3 DWPD", "3504 TBW", "14 PBW"] {
            assert_eq!(read_endurance(text).to_string(), text);
        }
        assert_eq!(Endurance::Written(Size::new(500.0, &units::GB)).to_string(), "0.5 TBW");
    }

    fn read_endurance(text: &str) -> Endurance {
        text.parse().unwrap_or_else(|error| panic!("{text:?}: {error}"))
    }

    fn every_spelling_is_read<D: Dimension>() {
        assert!(!D::UNITS.is_empty());
        read::<D>(D::EXAMPLE);
        for likely in D::LIKELY {
            read::<D>(&joined("1", likely));
        }
        for unit in D::UNITS {
            assert!(unit.factor > 0.0);
            for spelling in std::iter::once(&unit.symbol).chain(unit.aliases) {
                for text in [format!("7{spelling}"), format!("7 {spelling}")] {
                    let quantity = read::<D>(&text);
                    assert_eq!(quantity.unit(), unit, "{text}");
                    same(quantity.base(), 7.0 * unit.factor);
                }
            }
        }
    }

    fn round_trip<D: Dimension>(amount: f64) {
        for unit in D::UNITS {
            let quantity = Quantity::<D>::new(amount, unit);
            let back = read::<D>(&quantity.to_string());
            assert_eq!(back.base().to_bits(), quantity.base().to_bits(), "{quantity}");
        }
    }

    #[test]
    fn every_unit_and_alias_is_read() {
        every_spelling_is_read::<SizeDimension>();
        every_spelling_is_read::<RateDimension>();
        every_spelling_is_read::<TimeDimension>();
        every_spelling_is_read::<RatioDimension>();
        every_spelling_is_read::<LengthDimension>();
        every_spelling_is_read::<PowerDimension>();
    }

    proptest! {
        #[test]
        fn what_is_shown_is_read_back(thousandths in prop_oneof![0_u64..10_000_000, 0..u64::MAX]) {
            let amount = thousandths as f64 / 1000.0;
            round_trip::<SizeDimension>(amount);
            round_trip::<RateDimension>(amount);
            round_trip::<TimeDimension>(amount);
            round_trip::<RatioDimension>(amount);
            round_trip::<LengthDimension>(amount);
            round_trip::<PowerDimension>(amount);
        }

        #[test]
        fn what_is_shown_is_within_half_a_thousandth(amount in 0.0..1e9_f64) {
            let shown = read::<SizeDimension>(&Size::new(amount, &units::TB).to_string());
            prop_assert!((shown.amount() - amount).abs() < 0.000_501);
        }

        #[test]
        fn units_convert_there_and_back(amount in 0.0..1e9_f64, from in 0..14_usize, to in 0..14_usize) {
            let rate = Rate::new(amount, &RateDimension::UNITS[from]);
            same(rate.to(&RateDimension::UNITS[to]).to(rate.unit()).amount(), amount);
        }

        #[test]
        fn no_text_panics(text in prop_oneof![".*", "[-+]?[0-9_.,eE+-]{0,9} ?\\PC{0,6}", "[0-9]{1,3} ?[a-zA-Z/%]{1,8}"]) {
            let errors = [
                text.parse::<Size>().err(),
                text.parse::<Rate>().err(),
                text.parse::<Time>().err(),
                text.parse::<Ratio>().err(),
                text.parse::<Length>().err(),
                text.parse::<Power>().err(),
                text.parse::<Endurance>().err(),
            ];
            for error in errors.into_iter().flatten() {
                prop_assert!(!error.to_string().is_empty());
            }
        }
    }
}
