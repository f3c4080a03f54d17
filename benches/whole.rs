//! Whole runs of the program against `rackproof --version` and against each other, as ratios of one run.
#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    missing_docs,
    reason = "a benchmark copies the program and prints its figures"
)]

mod measure;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use measure::median;

const ROUNDS: usize = 40;

/// A copy of the program, as an installation makes it: what the linker has just written is mapped page by page, which takes
/// longer than the run.
fn installed() -> PathBuf {
    let copy = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("rackproof");
    fs::copy(env!("CARGO_BIN_EXE_rackproof"), &copy).expect("the program can be copied");
    copy
}

fn time(program: &Path, arguments: &[&str]) -> Duration {
    let begin = Instant::now();
    let status =
        Command::new(program).args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).stdout(Stdio::null()).status();
    assert!(status.is_ok(), "the program can be started");
    begin.elapsed()
}

fn main() {
    let runs: [(&str, &[&str]); 4] = [
        ("--version", &["--version"]),
        ("check, three nodes", &["check", "fixtures/designs/starter.toml"]),
        ("check --format json, three nodes", &["check", "--format", "json", "fixtures/designs/starter.toml"]),
        ("plan, three nodes", &["plan", "fixtures/designs/starter.toml"]),
    ];
    let program = installed();
    let mut times = vec![Vec::new(); runs.len()];
    // In turn, so that a slow moment of the machine hits all of them alike.
    for _ in 0..ROUNDS {
        for (index, (_, arguments)) in runs.iter().enumerate() {
            times[index].push(time(&program, arguments));
        }
    }
    let medians: Vec<f64> = times.into_iter().map(|times| median(times) * 1e3).collect();
    for ((name, _), median_time) in runs.iter().zip(&medians) {
        println!("{name:34} {median_time:7.2} ms  {:5.2} x --version", median_time / medians[0]);
    }
}
