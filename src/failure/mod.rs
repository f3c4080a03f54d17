//! Every single and every double failure of every component, and what is lost after it.
//!
//! `docs/failures.md` is the definition. Components are made of parts (`parts`); the design is laid out for the proof
//! under an assumption about what is not known (`plant`); switches and cables form planes (`planes`), nodes contribute
//! views (`servers`), and losses are told from the sum of these (`losses`). No printing here.

mod claims;
mod components;
mod engine;
mod facts;
mod losses;
mod matrix;
mod parts;
mod planes;
mod plant;
mod proof;
mod rank;
mod restart;
mod servers;
mod storage;
mod story;

pub use claims::{Kept, are_made, kept, mistakes};
pub use components::{Class, Component};
pub use matrix::{Pair, Row};
pub use proof::{Counts, CutSet, Proof, Tally, Verdict, prove, prove_singles};
pub use rank::Pattern;
pub use story::{Change, Remedy, Story, spelled};

use crate::words::{self, Said};

/// What a failure can take from a cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Loss {
    /// No majority of votes hears each other.
    Quorum,
    /// No majority of monitors.
    Monitors,
    /// A pool with fewer copies than it needs.
    Pool,
    /// A working node that cannot be managed.
    Management,
    /// Guests without one of their networks, or without a way out.
    GuestNetwork,
    /// Guests that find no room to start again.
    Restart,
    /// Storage that carries less than guests declare.
    Bandwidth,
}

impl Loss {
    /// Every loss.
    pub const ALL: [Self; 7] = [
        Self::Quorum,
        Self::Monitors,
        Self::Pool,
        Self::Management,
        Self::GuestNetwork,
        Self::Restart,
        Self::Bandwidth,
    ];

    /// In words: `guest network`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Quorum => "quorum",
            Self::Monitors => "monitors",
            Self::Pool => "pool",
            Self::Management => "management",
            Self::GuestNetwork => "guest network",
            Self::Restart => "restart",
            Self::Bandwidth => "bandwidth",
        }
    }

    /// For people.
    pub fn said(self) -> Said {
        match self {
            Self::Quorum => words::losses::quorum(),
            Self::Monitors => words::components::monitors(),
            Self::Pool => words::losses::pool(),
            Self::Management => words::losses::management(),
            Self::GuestNetwork => words::losses::guest_network(),
            Self::Restart => words::losses::restart(),
            Self::Bandwidth => words::losses::bandwidth(),
        }
    }

    fn bit(self) -> u8 {
        1 << (self as u8)
    }
}

/// A set of losses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Losses(u8);

impl Losses {
    /// No loss.
    pub const NONE: Self = Self(0);
    /// Every loss but that of management, which a failure may take and still have survived.
    pub const SERIOUS: Self = Self(!(1 << (Loss::Management as u8)));

    /// Whether a loss is among them.
    pub fn has(self, loss: Loss) -> bool {
        self.0 & loss.bit() != 0
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Those that are in both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Those that are in one of both.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Those that are not in the other set.
    #[must_use]
    pub fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// The losses in their order.
    pub fn iter(self) -> impl Iterator<Item = Loss> {
        Loss::ALL.into_iter().filter(move |loss| self.has(*loss))
    }

    fn set(&mut self, loss: Loss, is_lost: bool) {
        if is_lost {
            self.0 |= loss.bit();
        }
    }
}

/// What becomes of something that is asked of a cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// It goes on, whatever is not known.
    Survived,
    /// A fact is missing to tell.
    Unproven,
    /// It is lost, whatever is not known.
    Lost,
}

impl Outcome {
    /// In a word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Survived => "survived",
            Self::Unproven => "unproven",
            Self::Lost => "lost",
        }
    }

    /// For people.
    pub fn said(self) -> Said {
        match self {
            Self::Survived => words::losses::survived(),
            Self::Unproven => words::names::unproven(),
            Self::Lost => words::losses::lost(),
        }
    }
}
