//! What units measure, in words.

use crate::words::Said;
use crate::words::{expected, quantities};

/// What a unit measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// An amount of data.
    Size,
    /// Data per time.
    Rate,
    /// A duration.
    Time,
    /// A share.
    Ratio,
    /// A distance.
    Length,
    /// Electrical power.
    Power,
    /// How much may be written to a drive.
    Endurance,
}

impl Measure {
    /// With the article that English has: `a size`.
    pub fn said(self) -> Said {
        match self {
            Self::Size => quantities::a_size(),
            Self::Rate => quantities::a_rate(),
            Self::Time => quantities::a_time(),
            Self::Ratio => quantities::a_percentage(),
            Self::Length => quantities::a_length(),
            Self::Power => quantities::a_power(),
            Self::Endurance => quantities::an_endurance(),
        }
    }

    /// Without an article: `size`.
    pub fn bare(self) -> Said {
        match self {
            Self::Size => quantities::size(),
            Self::Rate => quantities::rate(),
            Self::Time => quantities::time(),
            Self::Ratio => quantities::percentage(),
            Self::Length => quantities::length(),
            Self::Power => quantities::power(),
            Self::Endurance => quantities::endurance(),
        }
    }

    /// What is needed where one is: `a size such as "1.92 TB"`.
    pub fn expected(self, example: &str) -> Said {
        expected::quantity(self.said(), format!("\"{example}\""))
    }
}
