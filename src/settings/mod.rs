//! Which rules are judged, how bad their violations are, with which values, and what is accepted: `rackproof.toml`
//! over the catalogue's own words.

mod effective;
mod read;
mod tables;

pub use effective::{Accepted, Chosen, Settings};
pub use read::{Layer, read};
pub use tables::*;
