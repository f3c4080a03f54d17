//! The six mistakes: the reference design with one thing changed each.
//!
//! `RACKPROOF_UPDATE=1 cargo test --test mistakes` writes the files anew from the reference.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests read fixtures and stop at what is not as it should be"
)]

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

struct Mistake {
    file: &'static str,
    rule: &'static str,
    /// What is changed, for the head of the file.
    says: &'static str,
    old: &'static str,
    new: &'static str,
    /// Which of several equal places is changed, from 0; nothing for all of them.
    which: Option<usize>,
    /// The line that the error points at holds this text.
    line: &'static str,
}

const MISTAKES: [Mistake; 7] = [
    Mistake {
        file: "hostname",
        rule: "naming/hostname-not-rfc1035",
        says: "The nodes' names begin with a digit, wherever they stand.",
        old: "pve{",
        new: "1pve{",
        which: None,
        line: "[node.\"1pve{1..5}\"]",
    },
    Mistake {
        file: "corosync-nic",
        rule: "corosync/shared-nic",
        says: "The first Corosync link runs over the guests' bond instead of a port of its own.",
        old: "interface = \"onboard:2\"",
        new: "interface = \"bond0\"",
        which: Some(0),
        line: "interface = \"bond0\"",
    },
    Mistake {
        file: "latency",
        rule: "corosync/latency-not-under-five",
        says: "The first Corosync link takes 5 ms: not under 5 ms.",
        old: "round_trip = \"0.2 ms\"",
        new: "round_trip = \"5 ms\"",
        which: Some(0),
        line: "round_trip = \"5 ms\"",
    },
    Mistake {
        file: "raid",
        rule: "raid/osd-behind-raid",
        says: "The rear controller hands its OSD disks out as a RAID 5 volume.",
        old: "rear  = { mode = \"hba\" }",
        new: "rear  = { mode = \"raid5\" }",
        which: Some(0),
        line: "rear  = { mode = \"raid5\" }",
    },
    Mistake {
        file: "osd-size",
        rule: "osd/unequal-sizes",
        says: "The rear OSD disks are half as large as those in front.",
        old: "capacity              = \"3.84 TB\"",
        new: "capacity              = \"1.92 TB\"",
        which: Some(1),
        line: "capacity              = \"1.92 TB\"",
    },
    Mistake {
        file: "osd-memory",
        rule: "memory/osd-below-one-gib-per-tib",
        says: "The servers have so little memory that guests leave nothing for the OSDs.",
        old: "capacity = \"512 GiB\"",
        new: "capacity = \"192 GiB\"",
        which: Some(0),
        line: "capacity = \"192 GiB\"",
    },
    Mistake {
        file: "swapped-nic",
        rule: "vlan/cable-in-wrong-switch",
        says: "The onboard ports of pve3 have changed places: each ends in the switch of the other.",
        old: SOUND_ONBOARD,
        new: SWAPPED_ONBOARD,
        which: Some(0),
        line: "\"access-b:3\"",
    },
];

const SOUND_ONBOARD: &str = r#"to     = "access-a:{6..10}"
kind   = "copper"
length = "3 m"

[[cable]]
from   = "pve{1..5}:onboard:2"
to     = "access-b:{1..5}""#;

const SWAPPED_ONBOARD: &str = r#"to     = ["access-a:{6..7}", "access-b:3", "access-a:{9..10}"]
kind   = "copper"
length = "3 m"

[[cable]]
from   = "pve{1..5}:onboard:2"
to     = ["access-b:{1..2}", "access-a:8", "access-b:{4..5}"]"#;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn changed(mistake: &Mistake) -> String {
    let reference = fs::read_to_string(root().join("fixtures/designs/reference.toml")).unwrap();
    // The reference's head is replaced by what is wrong here.
    let body = reference.split_once("\n\n").map_or(reference.as_str(), |(_, body)| body);
    let places: Vec<usize> = body.match_indices(mistake.old).map(|(index, _)| index).collect();
    assert!(!places.is_empty(), "{}: the reference has no `{}`", mistake.file, mistake.old);
    let body = match mistake.which {
        None => body.replace(mistake.old, mistake.new),
        Some(which) => {
            let place = places[which];
            format!("{}{}{}", &body[..place], mistake.new, &body[place + mistake.old.len()..])
        }
    };
    format!("# The reference design with one mistake: {}\n#\n# {}\n\n{body}", mistake.rule, mistake.says)
}

fn check(path: &str) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_rackproof"))
        .env("LC_ALL", "C")
        .args(["check", "--format", "json", path])
        .current_dir(root())
        .output()
        .unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn each_file_is_the_reference_with_one_thing_changed() {
    for mistake in &MISTAKES {
        let path = root().join(format!("fixtures/mistakes/{}.toml", mistake.file));
        let expected = changed(mistake);
        if std::env::var_os("RACKPROOF_UPDATE").is_some() {
            fs::write(&path, &expected).unwrap();
        }
        assert!(fs::read_to_string(&path).unwrap_or_default() == expected, "{} is old", path.display());
    }
}

#[test]
fn each_gives_its_error_on_its_line_and_nothing_that_it_does_not_cause() {
    for mistake in &MISTAKES {
        let path = format!("fixtures/mistakes/{}.toml", mistake.file);
        let report = check(&path);
        let findings = report["findings"].as_array().unwrap();
        let (own, others): (Vec<&Value>, Vec<&Value>) =
            findings.iter().partition(|finding| finding["rule"] == mistake.rule);
        assert_eq!(own.len(), 1, "{path}: {own:#?}");
        assert_eq!(own[0]["severity"], "error", "{path}");
        assert_eq!(own[0]["outcome"], "violated", "{path}");
        assert!(own[0]["caused_by"].is_null(), "{path}");
        let text = fs::read_to_string(root().join(&path)).unwrap();
        let line = own[0]["line"].as_u64().unwrap() as usize;
        assert!(text.lines().nth(line - 1).unwrap().contains(mistake.line), "{path}: line {line}");
        for other in others {
            let (rule, cause) = (&other["rule"], &other["caused_by"]);
            assert_eq!(cause, mistake.rule, "{path}: {rule}: {}", other["message"]);
        }
    }
}

#[test]
fn the_reference_has_no_finding_of_any_kind() {
    let report = check("fixtures/designs/reference.toml");
    assert_eq!(report["findings"].as_array().unwrap().len(), 0, "{:#}", report["findings"]);
    assert_eq!(report["summary"]["unproven"], 0);
}
