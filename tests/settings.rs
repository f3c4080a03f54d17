//! What a team decides: configuration, acceptances and baseline, through the program.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests write files and stop at what is not as it should be"
)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

/// A cluster whose bond has one member only, and whose pool keeps two copies.
const DESIGN: &str = r#"[server_model.hci.cards]
slot1 = { ports = 2, speed = "25GbE" }

[node."pve{1..3}"]
model = "hci"

[bond.bond0]
members = ["slot1:1"]
mode = "active-backup"

[ceph.pool.vm]
application = "rbd"
size = 2
min_size = 2
"#;
const BOND: &str = "bond/single-member";
const POOL: &str = "pool/size-below-three";

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rackproof"));
    command.env("LC_ALL", "C");
    command.args(arguments).current_dir(folder).env_remove("SOURCE_DATE_EPOCH").output().unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Findings of a run: rule, severity and how it was accepted, if it was.
fn findings(folder: &Path, arguments: &[&str]) -> Vec<(String, String, String)> {
    let all = [&["check", "--format", "json"][..], arguments].concat();
    let report: Value = serde_json::from_slice(&run(folder, &all).stdout).unwrap();
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let read =
        |finding: &Value| (word(&finding["rule"]), word(&finding["severity"]), word(&finding["suppression"]["by"]));
    report["findings"].as_array().unwrap().iter().map(read).collect()
}

/// Severity and acceptance of the first finding of a rule.
fn of(folder: &Path, arguments: &[&str], rule: &str) -> Option<(String, String)> {
    let found = findings(folder, arguments).into_iter().find(|(own, _, _)| own == rule);
    found.map(|(_, severity, by)| (severity, by))
}

fn has(severity: &str, by: &str) -> (String, String) {
    (severity.to_owned(), by.to_owned())
}

#[test]
fn the_example_breaks_both_rules() {
    let folder = folder(&[("a.toml", DESIGN)]);
    assert!(of(folder.path(), &["a.toml"], BOND).is_some() && of(folder.path(), &["a.toml"], POOL).is_some());
}

#[test]
fn a_configuration_is_found_upward_and_decides_severity_and_selection() {
    let config = "deselect = [\"bond\"]\n[rule.\"pool/size-below-three\"]\nseverity = \"note\"\n";
    let folder = folder(&[("rackproof.toml", config), ("designs/deep/a.toml", DESIGN)]);
    assert_eq!(of(folder.path(), &["designs/deep/a.toml"], BOND), None);
    assert_eq!(of(folder.path(), &["designs/deep/a.toml"], POOL), Some(has("note", "")));
    assert!(of(folder.path(), &["--no-config", "designs/deep/a.toml"], BOND).is_some());
    // A rule is more specific than its area.
    let select = ("rackproof.toml", "select = [\"bond/single-member\"]\ndeselect = [\"bond\"]\n");
    let folder = self::folder(&[select, ("a.toml", DESIGN)]);
    assert!(of(folder.path(), &["a.toml"], BOND).is_some());
    assert_eq!(of(folder.path(), &["a.toml"], POOL), None, "only what is selected is judged");
}

#[test]
fn parameters_have_units_and_ranges_and_the_finding_points_at_the_line_that_set_them() {
    let config = "[rule.\"pool/size-below-three\"]\nparameters = { minimum = 2 }\n";
    let held = folder(&[("rackproof.toml", config), ("a.toml", DESIGN)]);
    assert_eq!(of(held.path(), &["a.toml"], POOL), None, "two copies are at least two");
    let config = "[rule.\"pool/size-below-three\"]\nparameters = { minimum = 4 }\n";
    let folder = folder(&[("rackproof.toml", config), ("a.toml", DESIGN)]);
    let shown = text(&run(folder.path(), &["check", "a.toml"]));
    assert!(shown.contains("minimum is set to 4 here") && shown.contains("rackproof.toml:2"), "{shown}");
    for (value, said) in [("\"4 GiB\"", "no whole number"), ("100000", "outside"), ("{}", "is needed here")] {
        let config = format!("[rule.\"pool/size-below-three\"]\nparameters = {{ minimum = {value} }}\n");
        let folder = self::folder(&[("rackproof.toml", &config), ("a.toml", DESIGN)]);
        let output = run(folder.path(), &["check", "a.toml"]);
        assert!(text(&output).contains(said), "{value}: {}", text(&output));
        assert_eq!(output.status.code(), Some(1));
    }
}

#[test]
fn what_is_wrong_with_a_configuration_is_told_in_one_run() {
    let config = "selekt = 1\ndeselect = [\"corosink\"]\n[rule.\"pool/size-below-tree\"]\nseverity = \"off\"\n\
                  [rule.\"design/syntax\"]\nseverity = \"off\"\n[rule.\"failure/claim-not-kept\"]\nparameters = { most_likely_first = [\"disk\"] }\n";
    let folder = folder(&[("rackproof.toml", config), ("a.toml", DESIGN)]);
    let output = run(folder.path(), &["check", "a.toml"]);
    let shown = text(&output);
    for said in [
        "`selekt`",
        "did you mean `corosync`?",
        "did you mean `pool/size-below-three`?",
        "its severity stays",
        "cannot be changed",
    ] {
        assert!(shown.contains(said), "{said}: {shown}");
    }
    assert!(shown.contains(BOND), "the design is judged all the same");
    let broken = self::folder(&[("rackproof.toml", "select = [\n"), ("a.toml", DESIGN)]);
    let output = run(broken.path(), &["check", "a.toml"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(!text(&output).contains(BOND), "nothing is judged by a configuration that cannot be read");
}

#[test]
fn a_configuration_extends_a_shared_one_and_says_where_values_come_from() {
    let shared = "[verdict]\nfail_on = \"warning\"\n[rule.\"pool/size-below-three\"]\nseverity = \"warning\"\nparameters = { minimum = 2 }\n";
    let own = "extend = \"company/base.toml\"\n[rule.\"pool/size-below-three\"]\nparameters = { minimum = 5 }\n";
    let folder = folder(&[("company/base.toml", shared), ("rackproof.toml", own), ("a.toml", DESIGN)]);
    assert_eq!(of(folder.path(), &["a.toml"], POOL), Some(has("warning", "")));
    assert_eq!(run(folder.path(), &["check", "a.toml"]).status.code(), Some(1));
    let shown = text(&run(folder.path(), &["config", "--changed"]));
    for line in
        ["\"warning\"", "company/base.toml:2", "company/base.toml:4", "parameters.minimum = 5", "rackproof.toml:3"]
    {
        assert!(shown.contains(line), "{line}: {shown}");
    }
    let all = text(&run(folder.path(), &["config", "--fail-on", "never"]));
    assert!(all.contains("fail_on = \"never\"") && all.contains("# --fail-on"), "{all}");
    assert_eq!(all.matches("\n[rule.").count(), rackproof::catalogue::RULES.len());
    let itself = self::folder(&[("rackproof.toml", "extend = \"rackproof.toml\"\n"), ("a.toml", DESIGN)]);
    let output = run(itself.path(), &["check", "a.toml"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(text(&output).contains("extends itself"));
}

#[test]
fn some_designs_can_have_settings_of_their_own() {
    let config = "designs = [\"*/*.toml\"]\n[[only]]\ndesigns = [\"lab/*\"]\ndeselect = [\"pool\"]\n";
    let folder = folder(&[("rackproof.toml", config), ("lab/a.toml", DESIGN), ("live/a.toml", DESIGN)]);
    assert_eq!(of(folder.path(), &["lab/a.toml"], POOL), None);
    assert!(of(folder.path(), &["live/a.toml"], POOL).is_some());
    let both = findings(folder.path(), &[]);
    assert_eq!(both.iter().filter(|(rule, _, _)| rule == BOND).count(), 2, "both designs are checked");
}

/// The design with a comment behind the bond's members.
fn with_comment(comment: &str) -> String {
    DESIGN.replace("members = [\"slot1:1\"]", &format!("members = [\"slot1:1\"] # {comment}"))
}

#[test]
fn comments_accept_findings_where_they_stand() {
    let design = with_comment("rackproof: allow(bond/single-member) until 2027-03-31: second card ordered (CR-4711)");
    let folder = folder(&[("a.toml", &design)]);
    let today = ["--today", "2026-11-24", "a.toml"];
    assert_eq!(of(folder.path(), &today, BOND).unwrap().1, "comment");
    assert_eq!(of(folder.path(), &[&["--no-suppressions"][..], &today].concat(), BOND).unwrap().1, "");
    let above =
        DESIGN.replace("[bond.bond0]", "# rackproof: allow(bond/single-member): one port is all it has\n[bond.bond0]");
    let whole =
        format!("# rackproof: allow-file(bond/single-member, pool/size-below-three): a lab on a desk\n{DESIGN}");
    let folder = self::folder(&[("above.toml", &above), ("whole.toml", &whole)]);
    assert_eq!(of(folder.path(), &["above.toml"], BOND).unwrap().1, "comment");
    assert_eq!(of(folder.path(), &["above.toml"], POOL).unwrap().1, "");
    assert_eq!(of(folder.path(), &["whole.toml"], BOND).unwrap().1, "comment");
    assert_eq!(of(folder.path(), &["whole.toml"], POOL).unwrap().1, "comment");
}

#[test]
fn acceptances_that_are_wrong_are_findings() {
    let wrong = [
        ("rackproof: allow(bond/single-member)", "suppression/without-reason"),
        ("rackproof: allow(bond/single-membr): x", "suppression/unknown-rule"),
        ("rackproof: allow(): x", "suppression/malformed"),
        ("rackproof: alow(bond/single-member): x", "suppression/malformed"),
        ("rackproof: allow(bond/single-member) until 2027-02-30: x", "suppression/malformed"),
        ("rackproof: allow(pool/size-below-three): x", "suppression/unused"),
        ("rackproof: allow(design/unknown-key): x", "suppression/not-allowed"),
        ("rackproof: allow(bond/single-member) until 2026-11-23: x", "suppression/expired"),
    ];
    for (comment, rule) in wrong {
        let folder = folder(&[("a.toml", &with_comment(comment))]);
        let today = ["--today", "2026-11-24", "a.toml"];
        assert!(of(folder.path(), &today, rule).is_some(), "{comment}: {:?}", findings(folder.path(), &today));
        assert_eq!(of(folder.path(), &today, BOND).unwrap().1, "", "{comment} accepts nothing");
    }
}

/// Were it not told, it would accept the next violation without anybody deciding it once the first is taken out.
#[test]
fn a_second_comment_for_an_accepted_finding_is_unused() {
    let both =
        format!("# rackproof: allow-file({BOND}): one\n{}", with_comment(&format!("rackproof: allow({BOND}): two")));
    let folder = folder(&[("a.toml", &both)]);
    assert_eq!(of(folder.path(), &["a.toml"], BOND).unwrap().1, "comment");
    assert!(of(folder.path(), &["a.toml"], "suppression/unused").is_some());
}

#[test]
fn an_acceptance_tells_of_its_end_fourteen_days_before_and_holds_through_its_last_day() {
    let design = with_comment("rackproof: allow(bond/single-member) until 2026-12-08: x");
    let folder = folder(&[("a.toml", &design)]);
    // 14 days before 8 December is 24 November.
    for (today, told, by) in [
        ("2026-11-23", None, "comment"),
        ("2026-11-24", Some("suppression/expiring"), "comment"),
        ("2026-12-08", Some("suppression/expiring"), "comment"),
        ("2026-12-09", Some("suppression/expired"), ""),
    ] {
        let arguments = ["--today", today, "a.toml"];
        let about: Vec<_> = findings(folder.path(), &arguments)
            .into_iter()
            .filter(|(rule, _, _)| rule.starts_with("suppression/"))
            .collect();
        assert_eq!(about.first().map(|(rule, _, _)| rule.as_str()), told, "{today}");
        assert_eq!(of(folder.path(), &arguments, BOND).unwrap().1, by, "{today}");
    }
    let by_environment = Command::new(env!("CARGO_BIN_EXE_rackproof"))
        .env("LC_ALL", "C")
        .args(["check", "--format", "json", "a.toml"])
        .current_dir(folder.path())
        .env("SOURCE_DATE_EPOCH", "1796774400")
        .output()
        .unwrap();
    // 1796774400 s are 20,796 days after 1970-01-01: 2026-12-09.
    assert!(text(&by_environment).contains("suppression/expired"));
}

#[test]
fn a_configuration_accepts_by_subject_and_can_forbid_acceptances() {
    let config = "designs = [\"a.toml\"]\n[[suppress]]\nrule = \"bond/single-member\"\nsubject = \"bond.bond{0..1}\"\nreason = \"CR-1\"\n";
    let folder = folder(&[("rackproof.toml", config), ("a.toml", DESIGN)]);
    assert_eq!(of(folder.path(), &["a.toml"], BOND).unwrap().1, "configuration");
    let left =
        format!("{config}[[suppress]]\nrule = \"bond/single-member\"\nsubject = \"bond.gone\"\nreason = \"CR-2\"\n");
    let both = self::folder(&[("rackproof.toml", &left), ("a.toml", DESIGN)]);
    assert_eq!(of(both.path(), &["a.toml"], "suppression/unused"), None, "other designs may need it");
    let unused = findings(both.path(), &[]).into_iter().filter(|(rule, _, _)| rule == "suppression/unused").count();
    assert_eq!(unused, 1, "the entry with a range is needed by one of its subjects");
    let forbids = "[verdict]\nsuppressions = false\n";
    let design = with_comment("rackproof: allow(bond/single-member): x");
    let folder = self::folder(&[("rackproof.toml", forbids), ("a.toml", &design)]);
    assert!(of(folder.path(), &["a.toml"], "suppression/not-allowed").is_some());
    assert_eq!(of(folder.path(), &["a.toml"], BOND).unwrap().1, "");
}

#[test]
fn the_baseline_knows_findings_by_rule_and_subject_whatever_their_line() {
    let folder = folder(&[("a.toml", DESIGN)]);
    assert_eq!(run(folder.path(), &["baseline", "write", "a.toml"]).status.code(), Some(0));
    assert_eq!(of(folder.path(), &["a.toml"], BOND).unwrap().1, "baseline");
    assert_eq!(run(folder.path(), &["check", "--fail-on", "note", "a.toml"]).status.code(), Some(0), "nothing is new");
    fs::write(folder.path().join("a.toml"), format!("# moved by a line\n{DESIGN}")).unwrap();
    assert_eq!(of(folder.path(), &["a.toml"], BOND).unwrap().1, "baseline");
    fs::write(folder.path().join("a.toml"), DESIGN.replace("bond0", "bond1")).unwrap();
    assert_eq!(of(folder.path(), &["a.toml"], BOND).unwrap().1, "", "another subject is new");
    assert_eq!(of(folder.path(), &["a.toml"], "baseline/stale"), Some(has("note", "")));
    assert_eq!(of(folder.path(), &["--strict-baseline", "a.toml"], "baseline/stale"), Some(has("error", "")));
    assert_eq!(run(folder.path(), &["baseline", "write", "a.toml"]).status.code(), Some(0));
    assert_eq!(of(folder.path(), &["a.toml"], "baseline/stale"), None);
}

/// A design whose configuration could not be read was left out, and the findings of the next one stood under its name.
#[test]
fn no_baseline_is_written_where_one_of_several_configurations_cannot_be_read() {
    let broken = "[rule.\n";
    let folder = folder(&[
        ("a.toml", DESIGN),
        ("b/rackproof.toml", broken),
        ("b/b.toml", &DESIGN.replace("bond0", "bond1")),
        ("c.toml", &DESIGN.replace("bond0", "bond2")),
    ]);
    let output = run(folder.path(), &["baseline", "write", "a.toml", "b/b.toml", "c.toml"]);
    assert_eq!(output.status.code(), Some(3), "{}", text(&output));
    assert!(!folder.path().join("rackproof-baseline.toml").exists());
}

/// Designs are judged on several threads; each report stands where its design was named.
#[test]
fn designs_of_one_run_are_told_in_the_order_they_were_named() {
    let names: Vec<String> = (0..40).map(|number| format!("{:02}.toml", (number * 17) % 40)).collect();
    let designs: Vec<(&str, String)> =
        names.iter().map(|name| (name.as_str(), DESIGN.replace("bond0", &format!("bond{}", &name[..2])))).collect();
    let folder = folder(&designs.iter().map(|(name, design)| (*name, design.as_str())).collect::<Vec<_>>());
    let check = |names: &[&str]| text(&run(folder.path(), &[&["check", "--format", "concise"], names].concat()));
    let findings = |text: String| -> Vec<String> {
        text.lines().filter(|line| line.contains(".toml:") && line.contains(BOND)).map(str::to_owned).collect()
    };
    let all: Vec<&str> = names.iter().map(String::as_str).collect();
    let alone: Vec<String> = all.iter().flat_map(|name| findings(check(&[name]))).collect();
    assert_eq!(alone.len(), 40);
    assert_eq!(findings(check(&all)), alone);
}

#[test]
fn what_fails_a_run_is_asked_for_and_inclusive() {
    let config = "[rule.\"pool/size-below-three\"]\nseverity = \"warning\"\n";
    let folder = folder(&[
        ("rackproof.toml", &format!("select = [\"{POOL}\", \"ceph/no-public-network\"]\n{config}")),
        ("a.toml", DESIGN),
    ]);
    let code =
        |arguments: &[&str]| run(folder.path(), &[&["check"][..], arguments, &["a.toml"]].concat()).status.code();
    assert_eq!(code(&[]), Some(0), "a warning is no error");
    assert_eq!(code(&["--fail-on", "warning"]), Some(1));
    assert_eq!(code(&["--fail-on", "note"]), Some(1));
    assert_eq!(code(&["--fail-on", "never"]), Some(0));
    assert_eq!(code(&["--unproven", "fail"]), Some(1), "networks are not known");
    assert_eq!(code(&["--unproven", "warn"]), Some(0));
    assert_eq!(code(&["--fail-on", "never", "--unproven", "fail"]), Some(0));
}

#[test]
fn one_run_writes_any_number_of_formats() {
    let folder = folder(&[("a.toml", DESIGN)]);
    let output = run(folder.path(), &["check", "--output", "json=one.json", "--output", "text=two.txt", "a.toml"]);
    assert_eq!(output.status.code(), Some(1));
    let written: Value = serde_json::from_slice(&fs::read(folder.path().join("one.json")).unwrap()).unwrap();
    assert!(!written["findings"].as_array().unwrap().is_empty());
    assert_eq!(fs::read_to_string(folder.path().join("two.txt")).unwrap(), text(&output));
    for wrong in ["json", "jso=x", "json="] {
        assert_eq!(run(folder.path(), &["check", "--output", wrong, "a.toml"]).status.code(), Some(2), "{wrong}");
    }
    assert_eq!(run(folder.path(), &["check"]).status.code(), Some(2), "no design is named anywhere");
}
