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
/// Of runs that take long.
const FEW_ROUNDS: usize = 5;

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

/// Median times of runs in milliseconds, taken in turn, so that a slow moment of the machine hits all of them alike.
fn medians(program: &Path, runs: &[(&str, &[&str])], rounds: usize) -> Vec<f64> {
    let mut times = vec![Vec::new(); runs.len()];
    for _ in 0..rounds {
        for (index, (_, arguments)) in runs.iter().enumerate() {
            times[index].push(time(program, arguments));
        }
    }
    times.into_iter().map(|times| median(times) * 1e3).collect()
}

fn print(runs: &[(&str, &[&str])], medians: &[f64]) {
    for ((name, _), median) in runs.iter().zip(medians) {
        println!("{name:34} {median:7.2} ms  {:5.2} x {}", median / medians[0], runs[0].0);
    }
}

fn main() {
    let program = installed();
    let small: [(&str, &[&str]); 4] = [
        ("--version", &["--version"]),
        ("check, three nodes", &["check", "fixtures/designs/starter.toml"]),
        ("check --format json, three nodes", &["check", "--format", "json", "fixtures/designs/starter.toml"]),
        ("plan, three nodes", &["plan", "fixtures/designs/starter.toml"]),
    ];
    print(&small, &medians(&program, &small, ROUNDS));
    let page = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("report.html");
    let page = page.to_str().expect("the folder has a name in UTF-8");
    let large: [(&str, &[&str]); 3] = [
        ("failures, 32 nodes", &["failures", "fixtures/designs/two-racks.toml"]),
        ("report, 32 nodes", &["report", "fixtures/designs/two-racks.toml", "--output", page]),
        ("diff, 32 nodes", &["diff", "fixtures/designs/two-racks.toml", "fixtures/designs/two-racks.toml"]),
    ];
    print(&large, &medians(&program, &large, FEW_ROUNDS));
}
