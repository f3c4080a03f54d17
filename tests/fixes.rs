//! Edits that findings offer: each removes its finding and brings no other, nothing else of the text changes, and what
//! would be a guess is not offered. Those of the rules' cases are proven in `tests/cases.rs`.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests write files and stop at what is not as it should be"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use rackproof::check::{self, Edit, Finding, Policy, Report};
use rackproof::source::{Files, Loaded, Sources};
use tempfile::TempDir;

/// A design has no other files.
struct Alone;

impl Files for Alone {
    fn read(&self, path: &str, _: &str) -> Result<Loaded, rackproof::words::Said> {
        Err(format!("there is no {path}").into())
    }
}

fn judged(text: &str) -> Report {
    let mut sources = Sources::default();
    let root = sources.add("design", text);
    let reading = check::read(&mut sources, root, &Alone, Vec::new());
    check::check(&sources, &reading, &Policy::default())
}

/// Findings of some rules or areas by rule and message.
fn told(report: &Report, rules: &[&str]) -> BTreeSet<(String, String)> {
    let chosen = |finding: &&Finding| rules.iter().any(|rule| finding.rule.starts_with(rule));
    report
        .findings
        .iter()
        .filter(chosen)
        .map(|finding| (finding.rule.to_string(), finding.message.to_string()))
        .collect()
}

/// A text with the one fix made that some findings of a rule offer.
fn fixed(text: &str, rule: &str) -> String {
    let report = judged(text);
    let of_it = |finding: &&Finding| finding.rule == rule && finding.fix.is_some();
    let fix = report.findings.iter().find(of_it).and_then(|finding| finding.fix.as_ref());
    let fix = fix.unwrap_or_else(|| panic!("{rule} offers no fix in\n{text}"));
    check::edited(text, &fix.edits.iter().map(|(span, text)| Edit::at(*span, text)).collect()).unwrap()
}

/// Fixes of texts: the rule, a line of a table, and the same line as it should be.
const LINES: &[(&str, &str, &str, &str)] = &[
    ("design/unknown-key", "ceph.pool.vms", "  replicas=3  # copies", "  size=3  # copies"),
    ("design/unknown-key", "ceph.pool.vms", "\"min-size\" = 2", "min_size = 2"),
    ("design/unknown-key", "server_model.hci", "RAM = { ecc = true } # dear", "memory = { ecc = true } # dear"),
    ("design/unknown-key", "guest.web", "ram\t= '8 GiB'", "memory\t= '8 GiB'"),
    ("design/unknown-key", "ceph", "mons = [\"pve1\", \"pve2\"]", "monitors = [\"pve1\", \"pve2\"]"),
    ("design/unknown-word", "bond.b", "mode = 'LACP' # both", "mode = \"802.3ad\" # both"),
    (
        "design/unknown-word",
        "network.n",
        "purpose = [\"guest\", \"Ceph-Public\"]",
        "purpose = [\"guest\", \"ceph_public\"]",
    ),
    ("design/wrong-type", "ceph.pool.vms", "size = \"3\"", "size = 3"),
    ("design/wrong-type", "design", "proxmox_ve = 9.1 # new", "proxmox_ve = \"9.1\" # new"),
    ("design/wrong-type", "design", "name = 12", "name = \"12\""),
    ("design/wrong-type", "guest.web", "discard = \"yes\"", "discard = true"),
    ("design/wrong-type", "guest.web", "discard = \"\"\"Off\"\"\"", "discard = false"),
];

#[test]
fn a_fix_of_a_text_changes_its_own_words_and_nothing_else() {
    for (rule, table, line, expected) in LINES {
        for newline in ["\n", "\r\n"] {
            let around = |line: &str| {
                let text = format!("# 構成 of [all]\n[node.\"pve{{1..3}}\"]\n\n[{table}]   # here\n{line}\n\n# end");
                text.replace('\n', newline)
            };
            let (before, after) = (around(line), around(expected));
            assert_eq!(fixed(&before, rule), after, "{line}");
            let left = told(&judged(&after), &["design/"]);
            assert!(left.is_subset(&told(&judged(&before), &["design/"])), "{line}: {left:?}");
            assert!(told(&judged(&before), &[rule]).len() > told(&judged(&after), &[rule]).len(), "{line}");
        }
    }
}

#[test]
fn what_would_be_a_guess_is_not_offered() {
    let guesses = [
        // A disk on SATA may be a hard disk; a public network need not be Ceph's.
        ("design/unknown-word", "[server_model.m.disks]\nd = { media = \"sata\" }"),
        ("design/unknown-word", "[network.n]\npurpose = \"public\""),
        // Cores are not threads, a likeness is no sameness.
        ("design/unknown-key", "[guest.g]\ncores = 4"),
        ("design/unknown-key", "[guest.g]\nmemroy = \"4 GiB\""),
        // The key takes a table, and this is its capacity.
        ("design/unknown-key", "[server_model.m]\nram = \"256 GiB\""),
        // The key is there already, or two are meant for it.
        ("design/unknown-key", "[ceph.pool.p]\nsize = 3\nreplicas = 2"),
        ("design/unknown-key", "[ceph.pool.p]\nSize = 3\nreplicas = 2"),
        // A name in headers may stand in several of them.
        ("design/unknown-key", "[Node.a]\nsite = \"x\"\n[Node.b]"),
        ("design/unknown-key", "[server_model.m]\nram.ecc = true\nram.capacity = \"1 TiB\""),
        ("design/unknown-key", "[[Cable]]\nfrom = \"a\"\n[[Cable]]\nfrom = \"b\""),
        // As a number 9.10 is 9.1, and nobody knows which way of writing 16 is the name.
        ("design/wrong-type", "[design]\nproxmox_ve = 9.10"),
        ("design/wrong-type", "[design]\nname = 0x10"),
        ("design/wrong-type", "[ceph]\nmonitors = 3"),
        ("design/wrong-type", "[guest.g]\nnested = \"maybe\""),
        ("design/bad-quantity", "[guest.g]\nmemory = 8"),
        ("design/out-of-range", "[ceph.pool.p]\nsize = 99"),
        // Taking the number of copies up to two would stop the pool with the first that is lost.
        ("pool/min-size-below-two", "[ceph.pool.p]\nsize = 2\nmin_size = 1"),
        ("pool/min-size-below-two", "[ceph.pool.p]\nmin_size = 1"),
    ];
    for (rule, text) in guesses {
        let report = judged(text);
        let mut findings = report.findings.iter().filter(|finding| finding.rule == rule).peekable();
        assert!(findings.peek().is_some(), "{rule}: {text}");
        assert!(findings.all(|finding| finding.fix.is_none()), "{text}");
    }
}

const NOTHING: &str = "rackproof: allow(pool/pg-num-above-limit): x";

#[test]
fn an_acceptance_that_nothing_needs_is_taken_out() {
    let designs = [
        (format!("[design]\n# {NOTHING}\n# why\n[ceph.pool.p]\n"), "[design]\n# why\n[ceph.pool.p]\n".to_owned()),
        (format!("# {NOTHING}\r\n[design]\r\n"), "[design]\r\n".to_owned()),
        (format!("[design]  # {NOTHING}\r\nname = 'x'"), "[design]\r\nname = 'x'".to_owned()),
        (format!("[design]\nname = \"x\" # {NOTHING}"), "[design]\nname = \"x\"".to_owned()),
    ];
    for (before, after) in designs {
        assert_eq!(fixed(&before, "suppression/unused"), after);
        assert_eq!(told(&judged(&after), &["suppression/"]), BTreeSet::new());
    }
    // The pool has one copy, so that this part of the list is needed.
    for (list, left) in [
        ("pool/pg-num-above-limit, pool/single-copy", "pool/single-copy"),
        ("pool/single-copy ,  pool/pg-num-above-limit", "pool/single-copy"),
        (
            "erasure-coding/many-chunks,pool/pg-num-above-limit, pool/single-copy",
            "pool/pg-num-above-limit, pool/single-copy",
        ),
    ] {
        let design = |list: &str| format!("[ceph.pool.p]\nsize = 1 # rackproof: allow({list}) until 2099-01-01: lab\n");
        let after = design(left);
        assert_eq!(fixed(&design(list), "suppression/unused"), after);
        assert!(!told(&judged(&after), &["pool/single-copy"]).is_empty());
    }
}

#[test]
fn an_acceptance_stays_where_its_rule_was_not_judged_by_all_that_is_meant() {
    for text in [
        // A key that is not read could be what the rule is about.
        format!("[node.a]\nmodle = \"m\"\n# {NOTHING}\n[ceph]\n"),
        // The rule is set aside for another one.
        "[[policy]]\nfollow = \"ceph/cluster-network-adds-complexity\"\nset_aside = \"ceph/no-cluster-network\"\nreason = \"x\"\n\n\
         # rackproof: allow(ceph/no-cluster-network): x\n[ceph]\n"
            .to_owned(),
    ] {
        let report = judged(&text);
        let unused: Vec<_> = report.findings.iter().filter(|finding| finding.rule == "suppression/unused").collect();
        assert!(matches!(unused.as_slice(), [one] if one.fix.is_none()), "{text}: {unused:?}");
    }
}

/// A Corosync link over an LACP bond; the guests' bond ends on the same switches.
const LINKS: &str = r#"[server_model.m.cards]
slot1 = { ports = 2, speed = "25GbE" }
slot2 = { ports = 2, speed = "25GbE" }

[node."pve{1..3}"]
model = "m"

[switch."core-{a,b}"]

[bond.bond0]
members   = ["slot1:1", "slot2:1"]
mode      = "802.3ad"
lacp_rate = "slow"

[bond.bond1]
members   = ["slot1:2", "slot2:2"]
mode      = "802.3ad"
lacp_rate = "slow"

[network.corosync0]
purpose   = ["corosync"]
interface = "bond0"

[corosync.link]
0 = { network = "corosync0" }

[[cable]]
from = "pve{1..3}:slot{1,2}:1"
to   = ["core-a:1", "core-b:1", "core-a:2", "core-b:2", "core-a:3", "core-b:3"]

[[cable]]
from = "pve{1..3}:slot{1,2}:2"
to   = ["core-a:4", "core-b:4", "core-a:5", "core-b:5", "core-a:6", "core-b:6"]

[[switch_port]]
ports     = "core-{a,b}:{1..3}"
lacp_rate = "slow"
"#;

#[test]
fn both_sides_of_a_bond_are_set_to_the_fast_rate_unless_another_bond_asks_for_the_slow_one() {
    const AREAS: &[&str] = &["bond/lacp", "corosync/lacp", "corosync/switch-lacp"];
    let rules = ["corosync/lacp-rate-slow", "corosync/switch-lacp-rate-slow"];
    let after = LINKS.replacen("\"slow\"", "\"fast\"", 1);
    let after = after.replace("{1..3}\"\nlacp_rate = \"slow\"", "{1..3}\"\nlacp_rate = \"fast\"");
    for rule in rules {
        assert_eq!(fixed(LINKS, rule), after);
    }
    assert_eq!(told(&judged(LINKS), AREAS).len(), rules.len());
    assert_eq!(told(&judged(&after), AREAS), BTreeSet::new());
    let offers = |text: &str| {
        let findings = judged(text).findings;
        let of_rules = findings.iter().filter(|finding| rules.contains(&finding.rule.as_ref()));
        of_rules.map(|finding| finding.fix.is_some()).collect::<Vec<_>>()
    };
    // The guests' bond is asked by the same settings; then, the bond of the link says nothing.
    assert_eq!(offers(&LINKS.replace("{1..3}\"\nlacp", "{1..6}\"\nlacp")), [false, false]);
    assert_eq!(offers(&LINKS.replacen("lacp_rate = \"slow\"\n", "", 1)), [false, false]);
}

/// A folder with files, in which the program is run.
struct Place(TempDir);

impl Place {
    fn new(files: &[(&str, &str)]) -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        for (name, text) in files {
            fs::write(place.path(name), text).unwrap();
        }
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        String::from_utf8(fs::read(self.path(name)).unwrap()).unwrap()
    }

    fn run(&self, arguments: &[&str]) -> (Option<i32>, String, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rackproof"));
        command.env("LC_ALL", "C");
        let command = command.arg("check").args(arguments).current_dir(self.0.path()).env("COLUMNS", "80");
        let Output { status, stdout, stderr } = command.output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (status.code(), text(stdout), text(stderr))
    }

    fn names(&self) -> BTreeSet<String> {
        let names = fs::read_dir(self.0.path()).unwrap();
        names.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }
}

const WRONG: &str = "\u{feff}# A lab\r\n[ceph.pool.vms]   # guests\r\nreplicas = \"3\"\r\nmin_size = 1\r\n\r\n[ceph]\r\nmons = \"pve{1..3}\"\r\n";
const RIGHT: &str = "\u{feff}# A lab\r\n[ceph.pool.vms]   # guests\r\nsize = 3\r\nmin_size = 2\r\n\r\n[ceph]\r\nmonitors = \"pve{1..3}\"\r\n";

#[test]
fn fix_writes_every_edit_and_reports_what_is_left() {
    let place = Place::new(&[("cluster.toml", WRONG)]);
    let (code, report, told) = place.run(&["--fix", "cluster.toml"]);
    assert_eq!(place.text("cluster.toml"), RIGHT);
    assert_eq!(
        told,
        "rackproof: cluster.toml: 4 fixes made\n  design/unknown-key: Write `size`\n  design/unknown-key: Write \
         `monitors`\n  design/wrong-type: Write 3\n  pool/min-size-below-two: Set min_size of pool vms to 2\n"
    );
    // The report is that of the text as it is now.
    let again = place.run(&["cluster.toml"]);
    assert_eq!((code, report), (again.0, again.1));
    assert_eq!(place.run(&["--fix", "cluster.toml"]).2, "");
    assert_eq!(place.names(), BTreeSet::from(["cluster.toml".to_owned()]));
}

#[test]
fn diff_writes_nothing_and_says_by_its_code_whether_there_is_something() {
    let place = Place::new(&[("cluster.toml", WRONG), ("fine.toml", "[design]\n"), ("broken.toml", "[")]);
    let (code, out, told) = place.run(&["--fix", "--diff", "cluster.toml", "fine.toml"]);
    // Once the key is right its value is read, and then the rule is judged.
    let expected = "--- cluster.toml\n+++ cluster.toml\n@@ -1,7 +1,7 @@\n # A lab\r\n [ceph.pool.vms]   # guests\r\n\
                    -replicas = \"3\"\r\n-min_size = 1\r\n+size = 3\r\n+min_size = 2\r\n \r\n [ceph]\r\n\
                    -mons = \"pve{1..3}\"\r\n+monitors = \"pve{1..3}\"\r\n";
    assert_eq!((code, out.as_str()), (Some(1), expected));
    assert_eq!(place.text("cluster.toml"), WRONG);
    assert!(told.starts_with("rackproof: cluster.toml: 4 fixes not written\n"), "{told}");
    assert_eq!(place.run(&["--fix", "--diff", "fine.toml"]), (Some(0), String::new(), String::new()));
    let (code, out, told) = place.run(&["--fix", "--diff", "broken.toml", "fine.toml"]);
    assert_eq!((code, out.as_str()), (Some(3), ""));
    assert!(told.contains("could be read"), "{told}");
}

#[test]
fn a_file_of_two_designs_is_fixed_once_and_its_acceptances_stay() {
    let shared = format!("# {NOTHING}\n[ceph]\nmons = \"a\"\n");
    let root = "include = \"shared.toml\"\n[node.a]\n";
    let place = Place::new(&[("one.toml", root), ("two.toml", root), ("shared.toml", &shared)]);
    let told = place.run(&["--fix", "one.toml", "two.toml"]).2;
    assert_eq!(told, "rackproof: shared.toml: 1 fix made\n  design/unknown-key: Write `monitors`\n");
    assert_eq!(place.text("shared.toml"), shared.replace("mons", "monitors"));
    assert_eq!((place.text("one.toml").as_str(), place.text("two.toml").as_str()), (root, root));
}

#[test]
fn a_list_of_acceptances_that_nothing_needs_goes_as_a_whole() {
    let list = "erasure-coding/many-chunks, pool/pg-num-above-limit, erasure-coding/one-coding-chunk";
    let place = Place::new(&[("a.toml", &format!("# head\n# rackproof: allow({list}): x\n[design]\n"))]);
    place.run(&["--fix", "a.toml"]);
    assert_eq!(place.text("a.toml"), "# head\n[design]\n");
}

/// Three copies, of which two lie on one node: with two needed, the loss of that node stops the pool.
const SHAKY: &str = r#"[server_model.m.disks]
data = { count = 2, capacity = "1.92 TB", media = "nvme", role = "osd" }

[node."pve{1..3}"]
model = "m"

[ceph]
monitors = "pve{1..3}"

[ceph.pool.vms]
size           = 3
min_size       = 1
failure_domain = "osd"
"#;

#[test]
fn an_edit_that_brings_up_another_finding_is_left_out() {
    let place = Place::new(&[("shaky.toml", SHAKY), ("sound.toml", &SHAKY.replace("\"osd\"\n", "\"host\"\n"))]);
    let (code, _, told) = place.run(&["--fix", "shaky.toml", "sound.toml"]);
    assert_eq!(code, Some(1), "pool/min-size-below-two is an error");
    assert_eq!(
        told,
        "rackproof: sound.toml: 1 fix made\n  pool/min-size-below-two: Set min_size of pool vms to 2\nrackproof: 1 fix \
         left out: something else would be found with it\n"
    );
    assert_eq!(place.text("shaky.toml"), SHAKY);
    assert!(place.text("sound.toml").contains("min_size       = 2\n"));
}

#[test]
fn what_is_accepted_is_not_fixed() {
    let accepted = SHAKY
        .replace("\"osd\"\n", "\"host\"\n")
        .replace("= 1\n", "= 1 # rackproof: allow(pool/min-size-below-two): a lab\n");
    let known = SHAKY.replace("\"osd\"\n", "\"host\"\n");
    let place = Place::new(&[
        ("accepted.toml", &accepted),
        ("known.toml", &known),
        ("rackproof.toml", "designs = [\"*n.toml\"]\n"),
    ]);
    let mut write = Command::new(env!("CARGO_BIN_EXE_rackproof"));
    write.env("LC_ALL", "C");
    let wrote = write.args(["baseline", "write", "known.toml"]).current_dir(place.0.path()).status().unwrap();
    assert!(wrote.success());
    place.run(&["--fix", "accepted.toml", "known.toml"]);
    assert_eq!((place.text("accepted.toml"), place.text("known.toml")), (accepted.clone(), known.clone()));
    place.run(&["--fix", "--no-suppressions", "accepted.toml"]);
    assert!(place.text("accepted.toml").contains("= 2 # rackproof"));
}

#[test]
fn what_cannot_be_written_back_is_said_before_anything_is_done() {
    let place = Place::new(&[("cluster.toml", WRONG)]);
    let refused = |arguments: &[&str], says: &str| {
        let (code, out, told) = place.run(arguments);
        assert_eq!((code, out.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(told.contains(says), "{told}");
    };
    refused(&["--fix", "cluster.toml", "-"], "standard input is none: name the design's file");
    refused(&["--fix", "cluster.toml", "--set", "design.environment=lab"], "'--fix' cannot be used with '--set");
    refused(&["--diff", "cluster.toml"], "--fix");
    refused(&["--fix", "--diff", "--format", "json", "cluster.toml"], "'--diff' cannot be used with '--format");
    if Path::new("/dev/null").exists() {
        refused(&["--fix", "cluster.toml", "/dev/null"], "/dev/null is none");
    }
    assert_eq!(place.text("cluster.toml"), WRONG);
}

#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_written_stays_as_it_is() {
    let long = format!("{}{}", WRONG, "# padding\r\n".repeat(500));
    let place = Place::new(&[("cluster.toml", &long)]);
    // A file may have one block; the design has several.
    let line = format!("trap '' XFSZ && ulimit -f 1 && {} check --fix cluster.toml", env!("CARGO_BIN_EXE_rackproof"));
    let output =
        Command::new("bash").args(["-c", &line]).env("LC_ALL", "C").current_dir(place.0.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.starts_with("rackproof: cluster.toml was not written: File too large"), "{told}");
    assert_eq!((place.text("cluster.toml"), place.names().len()), (long, 1));
}
