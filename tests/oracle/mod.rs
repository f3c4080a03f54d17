//! An oracle for `docs/failures.md`: the definition told again, plainly and slowly, to compare the engine with.
//!
//! It shares nothing with the engine but the resolved topology. Failed things are a set of names, every question is a
//! search from scratch, and whatever has few cases is tried in all of them.
#![allow(dead_code, unused_imports, unreachable_pub, reason = "each test uses a part of what is here")]

mod asked;
mod bandwidth;
mod components;
mod disks;
mod guests;
mod known;
mod planes;
mod random;
mod world;

use std::collections::{BTreeMap, BTreeSet};

use rackproof::design;
use rackproof::source::{self, Sources, Span};
use rackproof::topology::{self, Topology};

pub use components::components;
pub use known::Known;
pub use random::random_design;
use world::{Case, World};

/// Every loss that can be asked, by its word.
pub const LOSSES: [&str; 7] = ["quorum", "monitors", "pool", "management", "guest network", "restart", "bandwidth"];

/// What is known of a loss.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It occurs whatever is not known.
    Lost,
    /// It does not occur, whatever is not known; or it is not asked.
    Survived,
    /// It depends on what is not known.
    Unproven,
}

/// What is lost when the components with these names fail together.
pub fn judge(topology: &Topology<'_>, failed: &[&str]) -> BTreeMap<&'static str, Verdict> {
    judge_known(&Known::new(topology), failed)
}

/// The same, for many failures of one design.
pub fn judge_known(known: &Known<'_, '_>, failed: &[&str]) -> BTreeMap<&'static str, Verdict> {
    let best = World::new(known, failed, Case::Best);
    let mut cases = vec![best.losses()];
    // Where nothing had to be guessed, the other cases go the very same way.
    if best.has_guessed() {
        cases.extend([Case::Worst, Case::NodesStand].map(|case| World::new(known, failed, case).losses()));
    }
    // Restart stands on quorum, bandwidth on monitors and pools: where these are lost it is not asked.
    let is_asked = |lost: &BTreeSet<&'static str>, loss: &str| match loss {
        "restart" => !lost.contains("quorum"),
        "bandwidth" => !lost.contains("monitors") && !lost.contains("pool"),
        _ => true,
    };
    let verdict = |loss: &&'static str| {
        let asked = cases.iter().filter(|lost| is_asked(lost, loss)).count();
        let lost = cases.iter().filter(|lost| lost.contains(loss)).count();
        match (asked, lost) {
            (0, _) => Verdict::Survived,
            (asked, 0) if asked == cases.len() => Verdict::Survived,
            (_, lost) if lost == cases.len() => Verdict::Lost,
            // Where nothing is asked of the loss in any case, there is none to be lost.
            (_, 0) if !is_concerned(known.topology, loss) => Verdict::Survived,
            _ => Verdict::Unproven,
        }
    };
    LOSSES.iter().map(|loss| (*loss, verdict(loss))).collect()
}

/// Whether a design asks for restart or bandwidth at all.
fn is_concerned(topology: &Topology<'_>, loss: &str) -> bool {
    match loss {
        "restart" => {
            let looked_after = topology.guests().any(|guest| guest.value.ha.as_ref().is_none_or(|ha| ha.value));
            looked_after && topology.high_availability() != Some(false)
        }
        _ => guests::asks_for_bandwidth(topology),
    }
}

/// What a text means; it lives as long as the tests run. A text with a mistake is a mistake of the test.
pub fn resolved(text: &str) -> Topology<'static> {
    let mut sources = Sources::default();
    let id = sources.add("design", text);
    let (document, errors) = source::parse(&sources, id);
    assert!(errors.is_empty(), "{errors:?}\n{text}");
    let (design, mistakes) = design::read(&document, Span::start_of(id));
    assert!(mistakes.is_empty(), "{mistakes:?}\n{text}");
    let (topology, mistakes) = topology::resolve(Box::leak(Box::new(design)), Span::start_of(id));
    assert!(mistakes.is_empty(), "{mistakes:?}\n{text}");
    topology
}
