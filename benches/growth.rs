//! Speed where it could be felt: a design of 10,000 nodes against the TOML parser of the crate `toml` alone, how time grows
//! from 1,000 nodes on, a report of 5,000 findings, and 1,000 designs in one run. Whole runs of the program in turn with
//! what they are measured against; medians and their ratios are printed.
#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    missing_docs,
    reason = "a benchmark writes its designs and prints its figures"
)]

#[path = "growth/design.rs"]
mod design;
mod measure;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use measure::median;

const ROUNDS: usize = 7;
const SIZES: [usize; 4] = [1_000, 2_000, 5_000, 10_000];
const DESIGNS: usize = 1_000;
/// Address space of the largest run, in KiB.
const ONE_GIB: usize = 1024 * 1024;

/// Time and findings of one run.
fn check(arguments: &[&str], paths: &[PathBuf]) -> (Duration, usize) {
    let begin = Instant::now();
    let output = Command::new(env!("CARGO_BIN_EXE_rackproof"))
        .args(["check", "--no-config"])
        .args(arguments)
        .args(paths)
        .stdin(Stdio::null())
        .output();
    let took = begin.elapsed();
    let output = output.expect("the program can be started");
    assert!(output.status.code().is_some_and(|code| code < 2), "{}", String::from_utf8_lossy(&output.stderr));
    (took, String::from_utf8_lossy(&output.stdout).lines().count())
}

/// What the crate `toml` takes for the same file.
fn parse(path: &Path) -> Duration {
    let begin = Instant::now();
    let text = fs::read_to_string(path).expect("the design was written");
    let document = toml::de::DeTable::parse(&text).expect("the design is TOML");
    let took = begin.elapsed();
    assert!(!document.get_ref().is_empty());
    took
}

fn write(name: &str, text: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, text).expect("the folder for designs can be written");
    path
}

fn against_the_parser() {
    let mut before: Option<(usize, f64)> = None;
    for nodes in SIZES {
        let text = design::fabric(nodes, false);
        let path = write(&format!("growth-{nodes}.toml"), &text);
        let (mut checks, mut parses) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            checks.push(check(&["--format", "concise"], std::slice::from_ref(&path)).0);
            parses.push(parse(&path));
        }
        let (checked, parsed) = (median(checks), median(parses));
        let growth = before.map_or(String::new(), |(smaller, earlier)| {
            format!("; {:.1} x the time for {:.1} x the nodes", checked / earlier, nodes as f64 / smaller as f64)
        });
        println!(
            "{nodes:6} nodes, {:5.1} MB: check {:7.1} ms, DeTable::parse {:6.1} ms, {:.2} x{growth}",
            text.len() as f64 / 1e6,
            checked * 1e3,
            parsed * 1e3,
            checked / parsed,
        );
        before = Some((nodes, checked));
    }
}

/// Whether the largest design is checked within one GiB of address space, where the shell can limit it.
fn within_one_gib() {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("growth-{}.toml", SIZES[3]));
    let limited = Command::new("sh")
        .args(["-c", &format!("ulimit -v {ONE_GIB} && exec \"$0\" check --no-config --format concise \"$1\"")])
        .arg(env!("CARGO_BIN_EXE_rackproof"))
        .arg(&path)
        .stdout(Stdio::null())
        .status();
    let within = limited.is_ok_and(|status| status.code().is_some_and(|code| code < 2));
    println!("{:6} nodes within 1 GiB of address space: {}", SIZES[3], if within { "yes" } else { "no" });
}

/// The text report of a design with two findings for every fourth node, against one without.
fn many_findings() {
    let nodes = SIZES[3];
    let paths = [false, true].map(|wrong| write(&format!("growth-{wrong}.toml"), &design::fabric(nodes, wrong)));
    let findings = check(&["--format", "concise"], &paths[1..]).1 - check(&["--format", "concise"], &paths[..1]).1;
    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        for (times, path) in times.iter_mut().zip(&paths) {
            times.push(check(&["--format", "text"], std::slice::from_ref(path)).0);
        }
    }
    let [without, with] = times.map(median);
    println!(
        "text report with {findings} more findings: {:.1} ms more, {:.2} x",
        (with - without) * 1e3,
        with / without
    );
}

fn many_designs() {
    let starter = include_str!("../fixtures/designs/starter.toml");
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("growth-designs");
    fs::create_dir_all(&folder).expect("the folder for designs can be made");
    let paths: Vec<PathBuf> = (0..DESIGNS).map(|index| folder.join(format!("{index:04}.toml"))).collect();
    for path in &paths {
        fs::write(path, starter).expect("the folder for designs can be written");
    }
    let (mut all, mut one) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        all.push(check(&["--format", "concise"], &paths).0);
        one.push(check(&["--format", "concise"], &paths[..1]).0);
    }
    let (all, one) = (median(all), median(one));
    println!("{DESIGNS} designs of three nodes in one run: {:.1} ms, {:.1} x one", all * 1e3, all / one);
}

fn main() {
    against_the_parser();
    within_one_gib();
    many_findings();
    many_designs();
}
