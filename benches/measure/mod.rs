//! What the benchmarks have in common.

use std::time::Duration;

/// The middle one of some times, in seconds.
pub(crate) fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64()
}
