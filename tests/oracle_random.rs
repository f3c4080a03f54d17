//! Designs made at random are sound, and the oracle answers for each of their failures.
#![allow(clippy::unwrap_used, reason = "tests stop at what is not as it should be")]

mod oracle;

use oracle::{LOSSES, Verdict, components, judge, random_design, resolved};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// A design without mistakes, names that are there once, and answers for every single failure.
    #[test]
    fn random_designs_are_sound_and_judged(text in random_design()) {
        let topology = resolved(&text);
        let names = components(&topology);
        prop_assert!(names.windows(2).all(|pair| pair[0] < pair[1]));
        for name in &names {
            prop_assert_eq!(judge(&topology, &[name]).len(), LOSSES.len());
        }
    }
}

/// What is asked of a random design is lost, survived and unproven now and then, so that a comparison has something to
/// compare.
#[test]
fn random_designs_differ() {
    use proptest::strategy::ValueTree as _;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut seen = std::collections::BTreeMap::new();
    for _ in 0..150 {
        let text = random_design().new_tree(&mut runner).unwrap().current();
        let topology = resolved(&text);
        for name in components(&topology).into_iter().step_by(5) {
            for (loss, verdict) in judge(&topology, &[&name]) {
                *seen.entry((loss, format!("{verdict:?}"))).or_insert(0_usize) += 1;
            }
        }
    }
    for loss in LOSSES {
        for verdict in [Verdict::Lost, Verdict::Survived, Verdict::Unproven] {
            let count = seen.get(&(loss, format!("{verdict:?}"))).copied().unwrap_or(0);
            assert!(count > 0, "{loss} is never {verdict:?}: {seen:?}");
        }
    }
}
