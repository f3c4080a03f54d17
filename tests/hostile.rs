//! Names, texts and comments of a design that try to write on the reader's terminal or into a report.
#![cfg(unix)]
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests read fixtures and stop at what is not as it should be"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use rackproof::source::is_hidden;

/// What TOML takes as escapes in texts: escape, bell, null, delete, a control of the upper half, marks of direction, what
/// has no width, and a new line with a verdict of its own.
const BAD: &str =
    "\\u001b[2J\\u001b]0;x\\u0007\\u0000\\u007f\\u009b31m\\u202e\\u2066\\u200b\\ufeff\\r\\nFORGED: 0 errors";

/// A design that puts them wherever it can.
fn design() -> String {
    // Marks of direction may stand in a comment as they are; control characters may not.
    let lines = [
        "# \u{202e}\u{2066}\u{200b} comment",
        "[design]",
        "name = \"BAD\" # \u{202e}",
        "survives = [\"any one BAD\"]",
        "environment = \"BAD\"",
        "[[policy]]",
        "rule = \"BAD\"",
        "follow = \"documents\"",
        "reason = \"BAD\"",
        "[server_model.\"mBAD\"]",
        "memory = { capacity = \"BAD\" }",
        "cpu = { sockets = 1, \"keyBAD\" = 1 }",
        "[server_model.\"mBAD\".cards]",
        "\"slotBAD\" = { ports = 2, speed = \"1GbE\" }",
        "[server_model.\"mBAD\".disks]",
        "\"diskBAD\" = { count = 2, capacity = \"1 TB\", role = \"osd\", media = \"nvme\" }",
        "[node.\"pveBAD{1..3}\"]",
        "model = \"mBAD\"",
        "[node.other]",
        "model = \"missingBAD\"",
        "[switch.\"swBAD\"]",
        "role = \"core\"",
        "[network.\"netBAD\"]",
        "purpose = [\"corosync\", \"BAD\"]",
        "address = \"BAD\"",
        "[[cable]]",
        "from = \"pveBAD{1..3}:slotBAD:1\"",
        "to = \"swBAD:{1..3}\"",
        "[ceph]",
        "monitors = [\"pveBAD1\", \"noneBAD\"]",
        "[ceph.pool.\"poolBAD\"]",
        "size = 3",
        "[guest.\"guestBAD\"]",
        "count = 3",
    ];
    lines.join("\n").replace("BAD", BAD) + "\n"
}

fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("hostile-{name}"));
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).unwrap();
    path
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rackproof"));
    command.env("LC_ALL", "C");
    command.args(arguments).current_dir(folder).env("COLUMNS", "100").output().unwrap()
}

/// Nothing that a terminal obeys, and no line that the design wrote.
fn harmless(what: &str, output: &Output) {
    for bytes in [&output.stdout, &output.stderr] {
        let text = std::str::from_utf8(bytes).unwrap();
        if let Some(place) = text.find(is_hidden) {
            let around: String = text[place..].chars().take(20).collect();
            panic!("{what}: hidden characters {around:?}");
        }
        for line in text.lines() {
            let line = line.trim_start_matches(|sign: char| !sign.is_ascii_alphanumeric());
            assert!(!line.starts_with("FORGED"), "{what}: {line}");
        }
    }
    assert!(!output.stdout.is_empty() || !output.stderr.is_empty(), "{what} says nothing");
    assert!(output.status.code().is_some_and(|code| code <= 3), "{what}: {:?}", output.status);
}

/// Values of `--format` that a command takes, as its help lists them: a format that is new is tried without more ado.
fn formats(command: &str) -> Vec<String> {
    let help = run(Path::new("."), &[command, "--help"]);
    let help = String::from_utf8(help.stdout).unwrap();
    let option = &help[help.find("--format").unwrap()..];
    let option = option.split("\n      --").next().unwrap();
    // Words alone stand in one line; those with a purpose have a line each.
    let formats: Vec<String> = match option.split_once("[possible values: ") {
        Some((_, list)) => list.split(']').next().unwrap().split(',').map(|word| word.trim().to_owned()).collect(),
        None => option
            .lines()
            .filter_map(|line| line.trim().strip_prefix("- ")?.split_once(':'))
            .map(|(word, _)| word.to_owned())
            .collect(),
    };
    assert!(formats.contains(&"text".to_owned()) && formats.contains(&"json".to_owned()), "{formats:?}");
    formats
}

#[test]
fn no_name_of_a_design_reaches_a_terminal_or_a_report_raw() {
    let folder = folder("names");
    let file = "\u{1b}[31m\u{202e}hostile\nFORGED.toml";
    fs::write(folder.join(file), design()).unwrap();
    for command in ["check", "plan", "failures", "crush", "parts"] {
        for format in formats(command) {
            let output = run(&folder, &[command, "--format", &format, file]);
            harmless(&format!("{command} --format {format}"), &output);
            if format == "json" && !output.stdout.is_empty() {
                serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap();
            }
        }
    }
}

#[test]
fn no_name_of_a_design_reaches_a_page_raw() {
    let folder = folder("page");
    fs::write(folder.join("cluster.toml"), design()).unwrap();
    for file in ["report.html", "report.md"] {
        harmless(file, &run(&folder, &["report", "cluster.toml"]));
        let _ = run(&folder, &["report", "cluster.toml", "--output", file]);
        let text = fs::read_to_string(folder.join(file)).unwrap();
        assert!(!text.contains(is_hidden), "{file} hides characters");
        assert!(!text.lines().any(|line| line.starts_with("FORGED")), "{file} has a line of the design's");
    }
}

#[test]
fn text_that_is_no_design_is_shown_without_what_it_hides() {
    let folder = folder("broken");
    let raw = "[design]\nname = \"a\u{1b}[2Jb\u{202e}\u{7f}\n\u{1b}]0;x\u{7} = = \u{9b}\nx = \"\u{feff}\r\n";
    for (name, text) in [("broken.toml", raw), ("broken.map", &raw.replace('=', " "))] {
        fs::write(folder.join(name), text).unwrap();
        for command in ["check", "plan", "failures", "crush", "parts"] {
            harmless(&format!("{command} {name}"), &run(&folder, &[command, name]));
        }
    }
    let map = "device 0 osd\u{1b}[2J.0\ntype 0 osd\ntype 1 root\nroot r\u{202e} {\n\tid -1\n\talg straw2\n\thash 0\n\titem osd\u{1b}[2J.0 weight 1.0\n}\n\
               rule x\u{9b} {\n\tid 0\n\ttype replicated\n\tstep take r\u{202e}\n\tstep choose firstn 0 type osd\n\tstep emit\n}\n";
    fs::write(folder.join("map"), map).unwrap();
    harmless("crush map", &run(&folder, &["crush", "map"]));
    harmless("crush trial", &run(&folder, &["crush", "map", "--rule", "0", "--num-rep", "1", "--show-statistics"]));
}

#[test]
fn arguments_are_told_without_what_they_hide() {
    let folder = folder("arguments");
    let bad = "x\u{1b}[2J\u{202e}\nFORGED";
    for arguments in [
        vec!["check", bad],
        vec!["explain", bad],
        vec!["rules", "--area", bad],
        vec!["check", "--set", bad, "x.toml"],
        vec!["init", bad],
        vec!["init", bad],
        vec!["init", "x\u{1b}[2J/FORGED"],
    ] {
        harmless(&format!("{arguments:?}"), &run(&folder, &arguments));
    }
}
