//! Power: feeds, and the supplies of devices that hang on them.

use crate::design::Text;
use crate::design::names::Names;
use crate::design::table::table;
use crate::quantity::Power;

table! {
    /// A feed of power: a line into the racks that fails on its own.
    pub struct PowerFeed {
        /// Site it supplies.
        site: Text,
        /// What its breaker lets through, such as `"3.6 kW"`.
        capacity: Power,
        /// Whether it is buffered by an uninterruptible power supply.
        ups: bool,
        /// What it was called in the design that `rackproof diff` compares this one with; of a range, a range as long.
        was: Names,
    }
}

table! {
    /// Power supplies of one device.
    pub struct PowerSupplies {
        /// How many are fitted.
        count: u32 => 1..=16,
        /// How many must run for the device to work; 1 where only one is fitted.
        needed: u32 => 1..=16,
        /// What one of them delivers, such as `"800 W"`.
        rating: Power,
    }
}
