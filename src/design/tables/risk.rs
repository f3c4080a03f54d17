//! What a design is meant to survive, and what fails together.

use crate::design::Text;
use crate::design::names::Names;
use crate::design::table::table;

table! {
    /// Components that fail together although nothing in the wiring shows it: one firmware batch, one duct, one line card.
    pub struct SharedRisk {
        /// What they share.
        description: Text,
        /// Devices (`core-a`), cards (`pve{1..3}:slot1`), ports (`core-a:{1..24}`), controllers and disk groups
        /// (`controller pve1:hba`, `disk pve1:data`), feeds, uplinks and site links, by name.
        members: Names,
        /// Cables, each by one of its ends: `pve{1..3}:slot1:1`.
        cables: Names,
        /// What it was called in the design that `rackproof diff` compares this one with; of a range, a range as long.
        was: Names,
    }
}
