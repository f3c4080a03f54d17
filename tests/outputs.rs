//! Where output cannot go: readers that leave, full disks, folders that may not be written to.
#![cfg(unix)]
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests read fixtures and stop at what is not as it should be"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const FINE: &str = "fixtures/designs/reference.toml";
const WRONG: &str = "fixtures/designs/cycloud.toml";

/// Runs a line of shell in which `$rackproof` is the program.
fn shell(line: &str) -> Output {
    let mut command = Command::new("bash");
    command.args(["-c", line]).current_dir(env!("CARGO_MANIFEST_DIR"));
    command.env("LC_ALL", "C").env("rackproof", env!("CARGO_BIN_EXE_rackproof")).output().unwrap()
}

fn code(output: &Output) -> Option<i32> {
    output.status.code()
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("outputs-{name}"));
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).unwrap();
    path
}

#[test]
fn a_reader_that_leaves_ends_the_run_quietly_with_the_code_of_the_design() {
    for (design, expected) in [("fixtures/designs/install-battle.toml", 0), (WRONG, 1)] {
        // The reader takes one byte of more than a pipe holds.
        let designs = [design; 64].join(" ");
        let output = shell(&format!("$rackproof check {designs} | head -c 1; exit ${{PIPESTATUS[0]}}"));
        assert_eq!((code(&output), told(&output).as_str()), (Some(expected), ""), "{design}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_ends_with_a_message_and_three() {
    let commands = ["check", "check --format json", "plan", "failures --only single", "crush"];
    let commands = commands.into_iter().map(|command| format!("{command} {FINE}"));
    for command in commands.chain(["rules".to_owned(), "explain corosync/latency-not-under-five".to_owned()]) {
        let output = shell(&format!("$rackproof {command} > /dev/full"));
        assert_eq!(code(&output), Some(3), "{command}");
        let told = told(&output);
        assert!(told.starts_with("rackproof: standard output cannot be written: No space left"), "{command}: {told}");
    }
}

#[test]
fn a_file_that_does_not_fit_leaves_nothing_behind() {
    let folder = folder("full");
    // A file may have one block; the starter has several.
    let output =
        shell(&format!("cd {} && trap '' XFSZ && ulimit -f 1 && $rackproof init cluster.toml", folder.display()));
    assert_eq!(code(&output), Some(3), "{}", told(&output));
    assert!(told(&output).starts_with("rackproof: cluster.toml was not written: File too large"), "{}", told(&output));
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
}

#[test]
fn a_folder_that_takes_no_files_ends_with_a_message() {
    let folder = folder("read-only");
    fs::write(folder.join("file"), "").unwrap();
    for place in ["missing/cluster.toml", "file/cluster.toml", "/proc/cluster.toml"] {
        let output = shell(&format!("cd {} && $rackproof init {place}", folder.display()));
        assert_eq!(code(&output), Some(3), "{place}");
        assert!(told(&output).starts_with(&format!("rackproof: {place} was not written: ")), "{}", told(&output));
    }
}
