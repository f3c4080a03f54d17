//! The corpus of every fuzz target, replayed: what an input does is said once, in `fuzz/src/lib.rs`.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::expect_used,
    clippy::unwrap_used,
    missing_docs,
    unreachable_pub,
    reason = "tests read fixtures and stop at what is not as it should be"
)]

use std::fs;
use std::path::PathBuf;
use std::thread;

#[allow(unreachable_pub, reason = "the fuzz package shares it as its library")]
#[path = "../fuzz/src/lib.rs"]
mod fuzz;

fn replay(target: &str, body: fn(&[u8])) {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(!paths.is_empty(), "{target} has no corpus");
    for path in paths {
        // Seen where a test fails: the input that did it.
        println!("{}", path.display());
        body(&fs::read(path).unwrap());
    }
}

#[test]
fn units() {
    replay("units", fuzz::units);
}

#[test]
fn crush_maps() {
    replay("crush_map", fuzz::crush_map);
}

#[test]
fn reader() {
    replay("reader", fuzz::reader);
}

#[test]
fn suppressions() {
    replay("suppressions", fuzz::suppressions);
}

#[test]
fn configurations() {
    replay("config", fuzz::config);
}

#[test]
fn packs_of_rules() {
    // Expressions are judged to their full depth on a stack as large as that of the program's threads.
    let replayed = thread::Builder::new().stack_size(8 * 1024 * 1024).spawn(|| replay("rule_pack", fuzz::rule_pack));
    replayed.unwrap().join().unwrap();
}

/// A target that is not replayed is one that nobody looks at.
#[test]
fn every_target_is_replayed() {
    let targets = fs::read_dir(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fuzz/fuzz_targets")).unwrap();
    let here = include_str!("fuzz_corpus.rs");
    for target in targets {
        let name = target.unwrap().file_name().to_string_lossy().trim_end_matches(".rs").to_owned();
        assert!(here.contains(&format!("replay(\"{name}\", fuzz::{name})")), "{name}");
    }
}
