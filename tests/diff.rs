//! `diff`: what changes between two designs, in every format, and what counts as worse.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests read fixtures and stop at what is not as it should be"
)]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;

use jsonschema::Validator;
use regex::Regex;
use serde_json::Value;
use tempfile::TempDir;

const REFERENCE: &str = "fixtures/designs/reference.toml";

static SCHEMA: LazyLock<Validator> = LazyLock::new(|| {
    let schema: Value = serde_json::from_str(include_str!("../schemas/diff.schema.json")).unwrap();
    assert!(jsonschema::draft202012::meta::is_valid(&schema));
    jsonschema::draft202012::new(&schema).unwrap()
});

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn reference() -> String {
    fs::read_to_string(root().join(REFERENCE)).unwrap()
}

fn diff_in(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rackproof"));
    command.env("LC_ALL", "C");
    command.arg("diff").args(arguments).current_dir(folder).env_remove("NO_COLOR").env("COLUMNS", "80");
    command.output().unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// Exit code and JSON of a run, which fits the published schema.
fn json_in(folder: &Path, arguments: &[&str]) -> (i32, Value) {
    let output = diff_in(folder, &[&["--format", "json"], arguments].concat());
    let told = String::from_utf8_lossy(&output.stderr);
    let json: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {told}"));
    let wrong: Vec<String> =
        SCHEMA.iter_errors(&json).map(|error| format!("{} at {}", error, error.instance_path())).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    (output.status.code().unwrap(), json)
}

/// Exit code and JSON of the reference design against another text.
fn against(changed: &str) -> (i32, Value) {
    against_with(changed, &[])
}

fn against_with(changed: &str, options: &[&str]) -> (i32, Value) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("new.toml");
    fs::write(&path, changed).unwrap();
    json_in(&root(), &[&[REFERENCE, path.to_str().unwrap()], options].concat())
}

/// A text with something else at every place of it, which there is.
fn with(text: &str, old: &str, new: &str) -> String {
    assert!(text.contains(old), "there is no `{old}`");
    text.replace(old, new)
}

fn list<'v>(value: &'v Value, path: &str) -> &'v Vec<Value> {
    value.pointer(path).and_then(Value::as_array).unwrap_or_else(|| panic!("there is no list {path}"))
}

fn word(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Rules of findings in a list of the output.
fn rules<'v>(json: &'v Value, path: &str) -> Vec<&'v str> {
    list(json, path).iter().map(|own| word(&own["finding"]["rule"])).collect()
}

/// Old and new value of a figure as people read them.
fn moved<'v>(json: &'v Value, id: &str, subject: &str, state: &str) -> (&'v str, &'v str) {
    let is = |own: &&Value| own["id"] == id && own["subject"] == subject && own["state"] == state;
    let found = list(json, "/figures/moved").iter().find(is);
    let found = found.unwrap_or_else(|| panic!("{id} of {subject}, {state}, did not move"));
    (word(&found["old"]["printed"]), word(&found["new"]["printed"]))
}

/// Names of things in a list of the output, with their tables.
fn things(json: &Value, path: &str) -> BTreeSet<String> {
    list(json, path).iter().map(|own| format!("{} {}", word(&own["table"]), word(&own["name"]))).collect()
}

/// What of one design is neither new nor gone nor changed.
fn nothing_changes(json: &Value) {
    let lists = [
        "/findings/appeared",
        "/findings/changed",
        "/findings/vanished",
        "/figures/moved",
        "/figures/appeared",
        "/figures/vanished",
        "/failures/undecided",
        "/failures/decided",
        "/failures/claims",
        "/failures/cut_sets",
        "/things/added",
        "/things/removed",
        "/things/changed",
        "/things/components",
        "/things/unknown_names",
    ];
    for path in lists {
        assert!(list(json, path).is_empty(), "{path}: {:#}", json.pointer(path).unwrap());
    }
    assert_eq!(json["worse"]["any"], false);
}

/// A mistake of the reference design, and what it changes.
struct Mistake {
    file: &'static str,
    rule: &'static str,
    /// What follows from the mistake.
    causes: &'static [&'static str],
    /// Figures that move: name, subject, state, old and new value.
    figures: &'static [(&'static str, &'static str, &'static str, &'static str, &'static str)],
    /// Single failures and losses without any that count as worse.
    failures: u64,
}

const MISTAKES: [Mistake; 7] = [
    Mistake {
        file: "hostname",
        rule: "naming/hostname-not-rfc1035",
        causes: &["naming/metadata-server-name-leading-digit"],
        // A name is no number: figures stay, but for the OSD that binds one of them, which is on a node of the same place.
        figures: &[("usable-on-fullest", "ceph.pool.vm", "healthy", "16.34 TB", "16.34 TB")],
        failures: 0,
    },
    Mistake {
        file: "corosync-nic",
        rule: "corosync/shared-nic",
        causes: &[
            "corosync/primary-on-bond",
            "corosync/queue-delay-exceeds-budget",
            "corosync/no-second-path",
            "corosync/carries-migration",
        ],
        // Core switches carry VLANs 22, 23, 24 and 100 to 115, and now 21 as well, which was the only one of access-b.
        figures: &[
            ("switch-vlans", "switch.core-a", "healthy", "19 VLANs", "20 VLANs"),
            ("switch-vlans", "switch.core-b", "healthy", "19 VLANs", "20 VLANs"),
            ("switch-vlans", "switch.access-b", "healthy", "1 VLAN", "0 VLANs"),
        ],
        failures: 0,
    },
    Mistake {
        file: "latency",
        rule: "corosync/latency-not-under-five",
        causes: &[],
        // Round trip with jitter: 0.2 + 0.1 and 5 + 0.1 ms.
        figures: &[
            ("corosync-round-trip", "corosync.link.0", "healthy", "0.3 ms", "5.1 ms"),
            ("pair-round-trip", "corosync.link.0, pve{1..5}", "healthy", "0.2 ms", "5 ms"),
        ],
        failures: 0,
    },
    Mistake {
        file: "osd-memory",
        rule: "memory/osd-below-one-gib-per-tib",
        causes: &[
            "memory/node-budget-exceeded",
            "memory/less-than-a-tenth-free",
            "memory/osd-below-eight-gib-each",
            "memory/osd-below-five-gib-per-tib",
            "ha/guests-exceed-surviving-memory",
        ],
        // A tenth stays free: 0.9 x (512 - 192) = 288 GiB less for guests on each of five nodes, 1440 on all, 1152 on four.
        figures: &[
            ("guest-memory", "server_model.hci", "healthy", "409.4 GiB", "121.4 GiB"),
            ("guest-memory", "cluster", "healthy", "2049 GiB", "609 GiB"),
            ("guest-memory", "cluster", "node lost", "1638.6 GiB", "486.6 GiB"),
        ],
        // The guests do not fit, without any failure and after each.
        failures: 1,
    },
    Mistake {
        file: "osd-size",
        rule: "osd/unequal-sizes",
        causes: &[],
        // Five nodes with 2 x 3.84 + 2 x 1.92 instead of 4 x 3.84 TB; three copies; four nodes after a loss.
        figures: &[
            ("raw-capacity", "ceph.pool.vm", "healthy", "76.8 TB", "57.6 TB"),
            ("held-capacity", "ceph.pool.vm", "healthy", "25.6 TB", "19.2 TB"),
            ("capacity-after-loss", "ceph.pool.vm", "healthy", "20.48 TB", "15.36 TB"),
        ],
        failures: 0,
    },
    Mistake { file: "raid", rule: "raid/osd-behind-raid", causes: &[], figures: &[], failures: 0 },
    Mistake {
        file: "swapped-nic",
        rule: "vlan/cable-in-wrong-switch",
        causes: &[],
        // Access-a carries VLANs 19 and 20, and now 21 to one port; access-b carries 21, and now 20 to one port.
        figures: &[
            ("switch-vlans", "switch.access-a", "healthy", "2 VLANs", "3 VLANs"),
            ("switch-vlans", "switch.access-b", "healthy", "1 VLAN", "2 VLANs"),
        ],
        failures: 0,
    },
];

#[test]
fn each_mistake_is_named_with_what_it_causes_and_the_figures_that_move() {
    for mistake in MISTAKES {
        let path = format!("fixtures/mistakes/{}.toml", mistake.file);
        let (code, json) = json_in(&root(), &[REFERENCE, &path]);
        assert_eq!(code, 1, "{}", mistake.file);
        let appeared = rules(&json, "/findings/appeared");
        // The mistake comes first, and all that follows stands beneath it.
        assert_eq!(appeared[0], mistake.rule);
        let caused: BTreeSet<&str> = appeared[1..].iter().copied().collect();
        assert_eq!(caused, mistake.causes.iter().copied().collect(), "{}", mistake.file);
        for (index, own) in list(&json, "/findings/appeared").iter().enumerate() {
            assert_eq!(own["depth"], u64::from(index > 0));
            let cause = (index > 0).then_some(mistake.rule);
            assert_eq!(own["finding"]["caused_by"].as_str(), cause, "{}", mistake.file);
        }
        for (id, subject, state, old, new) in mistake.figures {
            assert_eq!(moved(&json, id, subject, state), (*old, *new), "{}: {id} of {subject}", mistake.file);
        }
        assert_eq!(json["worse"]["failures"].as_u64(), Some(mistake.failures), "{}", mistake.file);
        assert!(list(&json, "/findings/vanished").is_empty() && list(&json, "/findings/changed").is_empty());
        // Each is told to people as well, with the verdict first.
        let output = diff_in(&root(), &[REFERENCE, &path]);
        let told = text(&output);
        assert!(told.starts_with("worse: "), "{told}");
        let names = mistake.causes.iter().chain([&mistake.rule]).chain(mistake.figures.iter().map(|(id, ..)| id));
        for name in names {
            assert!(told.contains(name), "{}: {name} is not told:\n{told}", mistake.file);
        }
        assert!(told.lines().all(|line| line.chars().count() <= 80), "{told}");
        // The other way round the mistake is resolved, and nothing got worse.
        let (code, json) = json_in(&root(), &[&path, REFERENCE]);
        let vanished: BTreeSet<&str> = rules(&json, "/findings/vanished").into_iter().collect();
        assert_eq!(vanished, mistake.causes.iter().copied().chain([mistake.rule]).collect());
        assert_eq!(code, 0, "{}: {:#}", mistake.file, json["worse"]);
    }
}

#[test]
fn figures_move_by_percent_of_their_old_value_where_there_is_one() {
    let (_, json) = json_in(&root(), &[REFERENCE, "fixtures/mistakes/latency.toml"]);
    let percent = |id: &str| {
        let found = list(&json, "/figures/moved").iter().find(|own| own["id"] == id).unwrap();
        found["percent"].as_f64().unwrap()
    };
    // (5.1 - 0.3) / 0.3 and (5 - 0.2) / 0.2
    assert!((percent("corosync-round-trip") - 1600.0).abs() < 1e-6);
    assert!((percent("pair-round-trip") - 2400.0).abs() < 1e-6);
    let (_, json) = json_in(&root(), &["fixtures/mistakes/corosync-nic.toml", REFERENCE]);
    let of_access = list(&json, "/figures/moved").iter().find(|own| own["subject"] == "switch.access-b").unwrap();
    // From none to one VLAN is no percent.
    assert_eq!((&of_access["old"]["value"], &of_access["percent"]), (&Value::from(0.0), &Value::Null));
    // What cannot be computed is unknown and never 0.
    let (_, json) = against(&with(&reference(), "capacity = \"512 GiB\", ", ""));
    let of_guests = |own: &&Value| own["id"] == "guest-memory" && own["subject"] == "server_model.hci";
    let unknown = list(&json, "/figures/moved").iter().find(of_guests).unwrap();
    assert_eq!((&unknown["new"]["value"], &unknown["percent"]), (&Value::Null, &Value::Null));
    assert_eq!(unknown["new"]["printed"], "unknown");
    assert_eq!(unknown["new"]["missing"], serde_json::json!(["server_model.hci.memory.capacity"]));
}

#[test]
fn a_design_and_itself_do_not_differ() {
    let (code, json) = json_in(&root(), &[REFERENCE, REFERENCE]);
    nothing_changes(&json);
    assert_eq!(code, 0);
    let output = diff_in(&root(), &[REFERENCE, REFERENCE]);
    assert_eq!(text(&output), format!("no difference: {REFERENCE} → {REFERENCE}\n"));
    // Other words for the same: comments, order of tables, and which end of a cable is written first.
    let reversed = with(
        &reference(),
        "from   = \"fw1:ha:{1..2}\"\nto     = \"fw2:ha:{1..2}\"",
        "from = \"fw2:ha:{1..2}\"\nto = \"fw1:ha:{1..2}\" # back",
    );
    let (_, json) = against(&reversed);
    let ports = ["fw1:ha:1", "fw1:ha:2", "fw2:ha:1", "fw2:ha:2"];
    assert!(things(&json, "/things/added").is_empty() && things(&json, "/things/removed").is_empty(), "{ports:?}");
}

/// The reference design with a sixth node, cabled like the others.
fn grown() -> String {
    let mut text = with(&with(&reference(), "pve{1..5}", "pve{1..6}"), "{11..15}", "{11..16}");
    for (old, new) in [
        ("\"access-a:{1..5}\"", "[\"access-a:{1..5}\", \"access-a:15\"]"),
        ("\"access-a:{6..10}\"", "[\"access-a:{6..10}\", \"access-a:16\"]"),
        ("\"access-b:{1..5}\"", "[\"access-b:{1..5}\", \"access-b:15\"]"),
        ("\"core-a:{1..5}\"", "[\"core-a:{1..5}\", \"core-a:13\"]"),
        ("\"core-b:{1..5}\"", "[\"core-b:{1..5}\", \"core-b:13\"]"),
        ("\"core-a:{6..10}\"", "[\"core-a:{6..10}\", \"core-a:14\"]"),
        ("\"core-b:{6..10}\"", "[\"core-b:{6..10}\", \"core-b:14\"]"),
    ] {
        text = with(&text, old, new);
    }
    text
}

#[test]
fn a_sixth_node_is_a_node_its_cables_and_what_they_carry() {
    let (code, json) = against(&grown());
    let added = things(&json, "/things/added");
    assert!(added.contains("node pve6") && things(&json, "/things/removed").is_empty(), "{added:?}");
    // bmc, two onboard ports and four of the bonds
    assert_eq!(added.iter().filter(|thing| thing.starts_with("cable pve6:")).count(), 7);
    assert_eq!(added.len(), 8);
    // Six times 4 x 3.84 TB instead of five times; three copies.
    assert_eq!(moved(&json, "raw-capacity", "ceph.pool.vm", "healthy"), ("76.8 TB", "92.16 TB"));
    assert_eq!(moved(&json, "held-capacity", "ceph.pool.vm", "healthy"), ("25.6 TB", "30.72 TB"));
    // What is said of the range as a whole is about the same range, longer.
    assert!(list(&json, "/figures/appeared").is_empty() && list(&json, "/figures/vanished").is_empty());
    assert_eq!(rules(&json, "/findings/appeared"), ["cluster/even-votes"]);
    // The new node takes what the others take, and no failure that was survived is lost.
    assert_eq!((code, &json["worse"]["any"]), (0, &Value::from(false)));
    for group in list(&json, "/failures/cut_sets") {
        assert_eq!((&group["fate"], &group["has_like"]), (&"lost with new".into(), &true.into()), "{group:#}");
    }
    // Six votes stand in two equal halves: a warning, which fails where warnings do.
    let (code, json) = against_with(&grown(), &["--fail-on", "warning"]);
    assert_eq!((code, json["worse"]["violations"].as_u64()), (1, Some(1)));
    // With one node less the same things go.
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("old.toml");
    fs::write(&path, grown()).unwrap();
    let (code, json) = json_in(&root(), &[path.to_str().unwrap(), REFERENCE]);
    assert_eq!((things(&json, "/things/removed"), code), (added, 0));
    assert!(list(&json, "/failures/cut_sets").iter().all(|group| group["fate"] == "gone"));
}

/// The reference design with other names, each of which says what it was.
fn renamed() -> String {
    let mut text = reference();
    for (old, new) in [
        ("pve{", "host{"),
        ("[node.\"host{1..5}\"]", "[node.\"host{1..5}\"]\nwas = \"pve{1..5}\""),
        ("core-{a,b}", "spine-{a,b}"),
        ("[switch.\"spine-{a,b}\"]", "[switch.\"spine-{a,b}\"]\nwas = [\"core-a\", \"core-b\"]"),
        ("core-a", "spine-a"),
        ("core-b", "spine-b"),
        ("was = [\"spine-a\", \"spine-b\"]", "was = [\"core-a\", \"core-b\"]"),
        // The network has the name of a table, of the storage and of a part of rules' names.
        ("[network.ceph]", "[network.rados]\nwas = \"ceph\""),
        ("bond0", "lan"),
        ("[bond.lan]", "[bond.lan]\nwas = \"bond0\""),
        // The pool has the name of a storage that keeps it.
        ("[ceph.pool.vm]", "[ceph.pool.disks]\nwas = \"vm\""),
        ("pool    = \"vm\"", "pool    = \"disks\""),
        ("[guest.web]", "[guest.www]\nwas = \"web\""),
        ("[\"web\", \"database\"", "[\"www\", \"database\""),
        ("server_model.hci", "server_model.node1u"),
        ("[server_model.node1u]", "[server_model.node1u]\nwas = \"hci\""),
        ("model         = \"hci\"", "model         = \"node1u\""),
        // The disks have the name of their controller.
        (".disks.rear]", ".disks.back]\nwas = \"rear\""),
        ("slot1:", "nic1:"),
        ("slot1   = {", "nic1    = { was = \"slot1\","),
    ] {
        text = with(&text, old, new);
    }
    text
}

#[test]
fn a_design_whose_things_have_other_names_does_not_differ() {
    let (code, json) = against(&renamed());
    nothing_changes(&json);
    assert_eq!(code, 0);
    let renamed = list(&json, "/things/renamed");
    assert_eq!(renamed.len(), 5 + 2 + 7);
    let of_node = serde_json::json!({ "table": "node", "before": "pve1", "now": "host1" });
    assert!(renamed.contains(&of_node), "{renamed:?}");
    // Without a word of it they are others.
    let silent =
        Regex::new(r#"(?m)^was = .*\n|was = "slot1","#).unwrap().replace_all(&self::renamed(), "").into_owned();
    let (_, json) = against(&silent);
    assert!(things(&json, "/things/added").contains("node host1"));
    assert!(things(&json, "/things/removed").contains("node pve1"));
}

#[test]
fn what_is_wrong_is_told_although_things_have_other_names() {
    let wrong = with(&renamed(), "round_trip = \"0.2 ms\"", "round_trip = \"5 ms\"");
    let (code, json) = against(&wrong);
    assert_eq!((code, rules(&json, "/findings/appeared")), (1, vec!["corosync/latency-not-under-five"]));
    let subjects: BTreeSet<&str> = list(&json, "/figures/moved").iter().map(|own| word(&own["subject"])).collect();
    assert_eq!(subjects, BTreeSet::from(["corosync.link.0", "corosync.link.0, host{1..5}"]));
    // A name that was wrong is judged as it was: another name resolves it.
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("new.toml");
    fs::write(&path, with(&reference(), "[node.\"pve{1..5}\"]", "[node.\"pve{1..5}\"]\nwas = \"1pve{1..5}\"")).unwrap();
    let (code, json) = json_in(&root(), &["fixtures/mistakes/hostname.toml", path.to_str().unwrap()]);
    let vanished: Vec<&str> = list(&json, "/findings/vanished").iter().map(|own| word(&own["subject"])).collect();
    assert_eq!((code, vanished), (0, vec!["node.pve{1..5}", "node.pve{1..5}"]));
    assert!(list(&json, "/figures/moved").is_empty() && list(&json, "/failures/cut_sets").is_empty());
}

#[test]
fn a_name_that_the_old_design_does_not_have_is_told() {
    let text = with(&reference(), "[guest.web]", "[guest.web]\nwas = \"www\"");
    let (code, json) = against(&text);
    let unknown = serde_json::json!([{ "table": "guest", "before": "www", "now": "web" }]);
    assert_eq!((code, &json["things"]["unknown_names"]), (0, &unknown));
}

/// The cables of the second member of Ceph's bond.
const SECOND_CABLES: &str = "[[cable]]
from   = \"pve{1..5}:slot2:2\"
to     = \"core-b:{6..10}\"
kind   = \"dac\"
length = \"3 m\"
";

/// The reference design whose nodes reach Ceph over one port each.
fn single_homed() -> String {
    with(&with(&reference(), SECOND_CABLES, ""), "[\"slot1:2\", \"slot2:2\"]", "[\"slot1:2\"]")
}

#[test]
fn single_failures_that_were_survived_are_lost_with_their_reasons() {
    let (code, json) = against(&single_homed());
    let lost = |loses: &str, class: &str| {
        let is = |group: &&Value| {
            group["fate"] == "lost" && group["loses"] == loses && group["classes"] == serde_json::json!([class])
        };
        list(&json, "/failures/cut_sets").iter().find(is).unwrap_or_else(|| panic!("no {class} takes the {loses}"))
    };
    // Each node's cable, with the ports at its ends; its card; and for all nodes the switch that they hang on.
    let single = |group: &Value| (group["sets"].as_array().unwrap().len(), group["worse"].as_bool().unwrap());
    assert_eq!(single(lost("pool", "cable")), (15, true));
    assert_eq!(single(lost("pool", "card")), (5, true));
    assert_eq!(single(lost("pool", "switch")), (1, true));
    assert_eq!(single(lost("monitors", "switch")), (1, true));
    let switch = lost("pool", "switch");
    assert_eq!(switch["sets"], serde_json::json!([["core-a"]]));
    assert!(switch["chain"].to_string().contains("network ceph is gone"), "{switch:#}");
    assert_eq!((code, json["worse"]["failures"].as_u64()), (1, Some(15 + 5 + 1)));
    // Back again, they are survived.
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("old.toml");
    fs::write(&path, single_homed()).unwrap();
    let (code, json) = json_in(&root(), &[path.to_str().unwrap(), REFERENCE]);
    let is_back = |group: &Value| group["fate"] == "survived" && group["sets"] == serde_json::json!([["core-a"]]);
    assert!(list(&json, "/failures/cut_sets").iter().any(is_back));
    assert_eq!(code, 0);
}

#[test]
fn a_failure_of_which_nobody_knows_any_more_is_neither_lost_nor_survived() {
    // The bond still names its second port, and no cable says where that leads.
    let uncabled = with(&reference(), SECOND_CABLES, "");
    let (code, json) = against(&uncabled);
    assert!(list(&json, "/failures/undecided").contains(&"core-a".into()));
    let fates: BTreeSet<&str> = list(&json, "/failures/cut_sets").iter().map(|group| word(&group["fate"])).collect();
    assert!(fates.contains("undecided") && !fates.contains("survived"), "{fates:?}");
    let undecided = list(&json, "/failures/undecided").len();
    assert_eq!((code, things(&json, "/things/removed").len()), (0, 5));
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("old.toml");
    fs::write(&path, uncabled).unwrap();
    let told = text(&diff_in(&root(), &[REFERENCE, path.to_str().unwrap()])).replace("\n  ", " ");
    assert!(told.starts_with("not worse: "), "{told}");
    assert!(told.contains(&format!("{undecided} failures not known any more")), "{told}");
    let (_, json) = json_in(&root(), &[path.to_str().unwrap(), REFERENCE]);
    assert!(list(&json, "/failures/decided").contains(&"core-a".into()));
    // What turns out to be lost was not survived before.
    let turns_out = |group: &Value| group["fate"] == "turns out lost" && group["worse"] == false;
    assert!(list(&json, "/failures/cut_sets").iter().any(turns_out));
}

#[test]
fn a_claim_that_was_kept_is_lost() {
    let claim = "design.survives=[\"any one switch\", \"any one disk\"]";
    let (code, json) = json_in(&root(), &[REFERENCE, "fixtures/mistakes/osd-memory.toml", "--set", claim]);
    assert_eq!((code, json["worse"]["claims"].as_u64()), (1, Some(2)));
    let lost = serde_json::json!({ "claim": "any one switch", "old": "survived", "new": "lost", "lost": true });
    assert!(list(&json, "/failures/claims").contains(&lost));
    // A claim of the new design alone is new, and not lost.
    let (code, json) = json_in(&root(), &[REFERENCE, REFERENCE, "--set-new", claim]);
    let made: Vec<_> = list(&json, "/failures/claims").iter().map(|own| (&own["old"], &own["new"])).collect();
    assert_eq!(made, [(&Value::Null, &"survived".into()), (&Value::Null, &"survived".into())]);
    assert_eq!(code, 0);
}

#[test]
fn a_question_counts_only_where_it_is_asked_to() {
    let line = "latency   = { round_trip = \"0.3 ms\", jitter = \"0.2 ms\", basis = \"measured\" }\n";
    let silent = with(&reference(), line, "");
    let (code, json) = against(&silent);
    let appeared = list(&json, "/findings/appeared");
    assert!(!appeared.is_empty() && appeared.iter().all(|own| own["finding"]["outcome"] == "unproven"));
    assert_eq!(code, 0);
    let (code, json) = against_with(&silent, &["--unproven", "fail"]);
    assert_eq!((code, json["worse"]["questions"].as_u64()), (1, Some(appeared.len() as u64)));
}

#[test]
fn severity_acceptance_and_values_change_a_finding() {
    let slow = |milliseconds: &str| {
        with(&reference(), "round_trip = \"0.2 ms\"", &format!("round_trip = \"{milliseconds} ms\""))
    };
    let folder = TempDir::new().unwrap();
    let file = |name: &str, text: &str| {
        fs::write(folder.path().join(name), text).unwrap();
        name.to_owned()
    };
    let run = |arguments: &[&str]| json_in(folder.path(), arguments);
    let old = file("old.toml", &slow("5"));
    // 6 ms are told otherwise than 5 ms; it was an error before.
    let (code, json) = run(&[&old, &file("new.toml", &slow("6"))]);
    let changed = list(&json, "/findings/changed");
    assert_eq!((code, changed.len()), (0, 1));
    assert!(word(&changed[0]["old"]["message"]).contains("takes 5 ms"));
    assert!(word(&changed[0]["new"]["message"]).contains("takes 6 ms"));
    // Accepted, and accepted no more.
    let comment = "# rackproof: allow(corosync/latency-not-under-five): a lab on one switch\n[network.corosync0]";
    let accepted = file("accepted.toml", &with(&slow("5"), "[network.corosync0]", comment));
    let (code, json) = run(&[&old, &accepted]);
    assert_eq!((code, &json["findings"]["changed"][0]["failed"]), (0, &true.into()));
    let told = text(&diff_in(folder.path(), &[&old, &accepted]));
    assert!(told.contains("error → accepted error: corosync/latency-not-under-five"), "{told}");
    assert!(told.contains("a lab on one switch"), "{told}");
    let (code, json) = run(&[&accepted, &old]);
    assert_eq!((code, &json["findings"]["changed"][0]["fails"]), (1, &true.into()));
    // In a lab a shared port is a warning.
    let shared = root().join("fixtures/mistakes/corosync-nic.toml");
    let shared = shared.to_str().unwrap();
    let (code, json) = run(&[shared, shared, "--set-new", "design.environment=lab"]);
    let is = |own: &&Value| own["new"]["rule"] == "corosync/shared-nic";
    let own = list(&json, "/findings/changed").iter().find(is).unwrap();
    assert_eq!((&own["old"]["severity"], &own["new"]["severity"]), (&"error".into(), &"warning".into()));
    assert_eq!((code, &own["failed"]), (0, &true.into()));
    // The other way round it rises to an error.
    let (code, json) =
        run(&[shared, shared, "--set", "design.environment=lab", "--set-new", "design.environment=production"]);
    let own = list(&json, "/findings/changed").iter().find(is).unwrap();
    assert_eq!((code, &own["fails"]), (1, &true.into()));
    // A configuration that lies beside the new design holds for both.
    let configuration = folder.path().join("rackproof.toml");
    fs::write(&configuration, "[rule.\"corosync/latency-not-under-five\"]\nseverity = \"note\"\n").unwrap();
    let sound = file("sound.toml", &reference());
    let (code, json) = run(&[&sound, &old]);
    assert_eq!((code, &json["findings"]["appeared"][0]["finding"]["severity"]), (0, &"note".into()));
    // What is wrong with it is told beside the difference, and what cannot be read stops the run.
    for (wrong, code) in [("[rules]\n", 1), ("[rule\n", 3)] {
        fs::write(&configuration, wrong).unwrap();
        let output = diff_in(folder.path(), &[&sound, &sound]);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(told.contains("rackproof.toml"), "{told}");
        assert_eq!((output.status.code(), text(&output).is_empty()), (Some(code), code == 3), "{told}");
    }
}

#[test]
fn a_finding_whose_rule_is_set_aside_is_not_told_as_resolved() {
    let choice = "[[policy]]\nfollow    = \"osd/smaller-than-one-tebibyte\"\nset_aside = \"osd/larger-than-preferred\"\nreason    = \"drives below 1 TiB spend too much on metadata; balance comes from four OSDs on each of five nodes\"\n";
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("old.toml");
    fs::write(&path, with(&reference(), choice, "")).unwrap();
    let (_, json) = json_in(&root(), &[path.to_str().unwrap(), REFERENCE]);
    let vanished = list(&json, "/findings/vanished");
    assert!(!vanished.is_empty());
    assert!(vanished.iter().all(|own| own["rule_now"] == "set_aside"), "{vanished:#?}");
    let told = text(&diff_in(&root(), &[path.to_str().unwrap(), REFERENCE]));
    assert!(told.contains("the rule is set aside now"), "{told}");
}

/// A repository with the reference design in `conf/`, in two files.
fn repository() -> TempDir {
    let folder = TempDir::new().unwrap();
    let conf = folder.path().join("conf");
    fs::create_dir(&conf).unwrap();
    let (head, guests) = reference()
        .split_once("[guest.web]")
        .map(|(head, guests)| (head.to_owned(), format!("[guest.web]{guests}")))
        .unwrap();
    fs::write(conf.join("design.toml"), format!("include = [\"parts/guests.toml\"]\n{head}")).unwrap();
    fs::create_dir(conf.join("parts")).unwrap();
    fs::write(conf.join("parts/guests.toml"), guests).unwrap();
    let git = |arguments: &[&str]| {
        let identity = ["-c", "user.name=test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false"];
        let output = Command::new("git").args(identity).args(arguments).current_dir(folder.path()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    git(&["init", "--quiet"]);
    git(&["add", "."]);
    git(&["commit", "--quiet", "--message", "a design"]);
    folder
}

#[test]
fn a_revision_is_read_with_what_it_includes() {
    let folder = repository();
    let conf = folder.path().join("conf");
    let (code, json) = json_in(folder.path(), &["HEAD:conf/design.toml", "conf/design.toml"]);
    nothing_changes(&json);
    assert_eq!((code, &json["old"]["path"]), (0, &"HEAD:conf/design.toml".into()));
    // The working tree changes, in the included file as well; paths are taken from where the command is run.
    let guests = fs::read_to_string(conf.join("parts/guests.toml")).unwrap();
    fs::write(conf.join("parts/guests.toml"), with(&guests, "count                 = 40", "count = 80")).unwrap();
    let design = fs::read_to_string(conf.join("design.toml")).unwrap();
    fs::write(conf.join("design.toml"), with(&design, "round_trip = \"0.2 ms\"", "round_trip = \"5 ms\"")).unwrap();
    for (place, old) in [(&conf, "HEAD:design.toml"), (&conf.join("parts"), "HEAD:../design.toml")] {
        let new = if place.ends_with("parts") { "../design.toml" } else { "design.toml" };
        let (code, json) = json_in(place, &[old, new]);
        let keys: Vec<String> = list(&json, "/things/changed")
            .iter()
            .map(|own| format!("{} {}", word(&own["key"]), word(&own["new"])))
            .collect();
        assert_eq!((code, keys), (1, vec!["latency.round_trip 5 ms".to_owned(), "count 80".to_owned()]));
        assert!(rules(&json, "/findings/appeared").contains(&"corosync/latency-not-under-five"));
    }
    // Backwards, and both from Git.
    let (code, json) = json_in(folder.path(), &["conf/design.toml", "HEAD:conf/design.toml"]);
    assert_eq!((code, rules(&json, "/findings/vanished").contains(&"corosync/latency-not-under-five")), (0, true));
    let (_, json) = json_in(folder.path(), &["HEAD:conf/design.toml", "HEAD:./conf/design.toml"]);
    nothing_changes(&json);
    // An absolute path leads there as well.
    let absolute = format!("HEAD:{}", conf.canonicalize().unwrap().join("design.toml").display());
    let (code, _) = json_in(&root(), &[&absolute, conf.join("design.toml").to_str().unwrap()]);
    assert_eq!(code, 1);
}

#[cfg(unix)]
#[test]
fn a_file_of_that_very_name_comes_before_a_revision() {
    let folder = repository();
    fs::write(
        folder.path().join("HEAD:design.toml"),
        with(&reference(), "round_trip = \"0.2 ms\"", "round_trip = \"5 ms\""),
    )
    .unwrap();
    fs::write(folder.path().join("new.toml"), reference()).unwrap();
    let (_, json) = json_in(folder.path(), &["HEAD:design.toml", "new.toml"]);
    assert_eq!(rules(&json, "/findings/vanished"), ["corosync/latency-not-under-five"]);
}

#[test]
fn what_git_cannot_give_is_told_in_its_own_words() {
    let folder = repository();
    let unread = |old: &str, says: &str| {
        let (code, json) = json_in(folder.path(), &["--", old, "conf/design.toml"]);
        assert_eq!((code, &json["old"]["readable"], &json["new"]["readable"]), (3, &false.into(), &true.into()));
        let message = word(&json["old"]["errors"][0]["message"]);
        assert!(message.contains(says) && !message.contains('\n'), "{message}");
        assert_eq!(json["worse"], Value::Null);
        let told = text(&diff_in(folder.path(), &["--", old, "conf/design.toml"]));
        assert!(told.starts_with("nothing is compared: the old design could not be read\n"), "{told}");
        let markdown = text(&diff_in(folder.path(), &["--format", "markdown", "--", old, "conf/design.toml"]));
        assert!(markdown.contains("the old design could not be read"), "{markdown}");
    };
    unread("no-such-branch:conf/design.toml", "cannot be read: invalid object name 'no-such-branch'");
    unread("HEAD:conf/other.toml", "path 'conf/other.toml' does not exist in 'HEAD'");
    unread("HEAD:conf", "bad file");
    // An option is no revision, whatever Git would make of it.
    unread("--output=x:conf/design.toml", "No such file");
}

#[test]
fn a_revision_includes_nothing_from_outside_its_folder() {
    let folder = repository();
    fs::write(folder.path().join("conf/outside.toml"), "include = [\"../secret.toml\"]\n").unwrap();
    let git = |arguments: &[&str]| {
        let identity = ["-c", "user.name=test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false"];
        assert!(
            Command::new("git").args(identity).args(arguments).current_dir(folder.path()).status().unwrap().success()
        );
    };
    git(&["add", "."]);
    git(&["commit", "--quiet", "--message", "outside"]);
    let (code, json) = json_in(folder.path(), &["HEAD:conf/outside.toml", "conf/design.toml"]);
    assert_eq!((code, json["old"]["errors"].to_string().contains("lies outside the design's folder")), (3, true));
}

#[test]
fn each_side_that_cannot_be_read_is_named_with_its_errors() {
    let broken = "fixtures/broken/syntax.toml";
    for (old, new, says) in [
        (broken, REFERENCE, "the old design could not be read"),
        (REFERENCE, "fixtures/no-such-file.toml", "the new design could not be read"),
        (broken, broken, "neither design could be read"),
    ] {
        let output = diff_in(&root(), &[old, new]);
        assert_eq!(output.status.code(), Some(3));
        assert!(text(&output).starts_with(&format!("nothing is compared: {says}\n")), "{}", text(&output));
        let (code, json) = json_in(&root(), &[old, new]);
        assert_eq!(code, 3);
        for (side, path) in [("old", old), ("new", new)] {
            let readable = path == REFERENCE;
            assert_eq!(json[side]["readable"], readable);
            assert_eq!(list(&json, &format!("/{side}/errors")).is_empty(), readable);
        }
    }
    assert!(text(&diff_in(&root(), &[broken, REFERENCE])).contains("syntax.toml:5): the text has no closing quote"));
}

#[test]
fn wrong_usage_ends_with_two() {
    for arguments in [
        &["-", "-"][..],
        &[REFERENCE],
        &[REFERENCE, REFERENCE, "--output", "sarif=x"],
        &[REFERENCE, REFERENCE, "--set", "nonsense"],
        &[REFERENCE, REFERENCE, "--today", "soon"],
    ] {
        assert_eq!(diff_in(&root(), arguments).status.code(), Some(2), "{arguments:?}");
    }
}

#[test]
fn standard_input_is_one_of_the_designs_and_files_are_written_in_the_same_run() {
    let folder = TempDir::new().unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_rackproof"))
        .env("LC_ALL", "C")
        .args(["diff", "-", "fixtures/mistakes/latency.toml", "--format", "json"])
        .args(["--output", &format!("markdown={}", folder.path().join("comment.md").display())])
        .args(["--output", &format!("text={}", folder.path().join("difference.txt").display())])
        .current_dir(root())
        .env("LC_ALL", "C")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(reference().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((output.status.code(), &json["old"]["path"]), (Some(1), &"<standard input>".into()));
    let comment = fs::read_to_string(folder.path().join("comment.md")).unwrap();
    assert!(
        comment.starts_with("## rackproof diff: worse: 1 new error; 2 figures moved, 1 value changed\n"),
        "{comment}"
    );
    assert!(comment.contains("| corosync-round-trip | corosync.link.0 | 0.3 ms | 5.1 ms | ▲ 1600 % |"), "{comment}");
    assert!(fs::read_to_string(folder.path().join("difference.txt")).unwrap().starts_with("worse: 1 new error;"));
    let nowhere = folder.path().join("missing/comment.md");
    let output = diff_in(&root(), &[REFERENCE, REFERENCE, "--output", &format!("markdown={}", nowhere.display())]);
    assert_eq!((output.status.code(), nowhere.exists()), (Some(3), false));
}

#[test]
fn a_page_has_every_finding_and_every_figure_and_loads_nothing() {
    for mistake in ["osd-memory", "corosync-nic", "swapped-nic"] {
        let path = format!("fixtures/mistakes/{mistake}.toml");
        let page = text(&diff_in(&root(), &[REFERENCE, &path, "--format", "html"]));
        let (_, json) = json_in(&root(), &[REFERENCE, &path]);
        let list = |place: &str| json.pointer(place).and_then(Value::as_array).cloned().unwrap_or_default();
        assert!(!list("/findings/appeared").is_empty());
        for own in list("/findings/appeared") {
            let rule = own.pointer("/finding/rule").or(own.get("rule")).and_then(Value::as_str).unwrap();
            assert!(page.contains(&format!("<code>{rule}</code>")), "{mistake}: {rule}");
        }
        for own in list("/figures/moved") {
            let id = own.get("id").and_then(Value::as_str).unwrap();
            assert!(page.contains(id), "{mistake}: {id}");
        }
        assert!(page.contains("default-src 'none'") && !page.contains(" src=") && !page.contains("href="));
    }
    let same = text(&diff_in(&root(), &[REFERENCE, REFERENCE, "--format", "html"]));
    assert!(same.contains("no difference"), "{same}");
}

const HOSTILE: [&str; 5] = ["<script>alert(1)</script>", "a\"b'c", "\u{202e}gnp.exe", "a|b|c", "`x` **y** @all"];

#[test]
fn hostile_names_stay_text_in_every_format() {
    let folder = TempDir::new().unwrap();
    let design = |kind: &str, size: u32| {
        let mut text = format!("[design]\nname = {}\n", Value::from(format!("{kind} {}", HOSTILE[0])));
        for (index, name) in HOSTILE.iter().enumerate() {
            let key = Value::from(format!("{kind}{name}"));
            let quoted = Value::from(*name);
            let vlan = index as u32 + size;
            let _ = write!(text, "[node.{key}]\nrack = {quoted}\n[network.{quoted}]\nvlan = {vlan}\n");
            let _ = write!(text, "[ceph.pool.{quoted}]\nsize = {size}\nmin_size = 1\nfailure_domain = \"host\"\n");
        }
        text
    };
    fs::write(folder.path().join("old|<b>.toml"), design("x", 3)).unwrap();
    fs::write(folder.path().join("new\u{202e}`.toml"), design("y", 2)).unwrap();
    let run = |format: &str| {
        let output = diff_in(folder.path(), &["--format", format, "old|<b>.toml", "new\u{202e}`.toml"]);
        text(&output)
    };
    let hidden =
        |text: &str| text.chars().any(|letter| letter == '\u{202e}' || (letter.is_control() && letter != '\n'));
    let (told, markdown) = (run("text"), run("markdown"));
    assert!(!hidden(&told), "{told}");
    assert!(told.contains("<script>alert(1)</script>"), "{told}");
    assert!(!hidden(&markdown), "{markdown}");
    // Outside of code there is no tag but those of the comment itself, and every row of a table has its five cells.
    let code = Regex::new(r"(?s)```.*?```|``.*?``|`[^`]*`").unwrap();
    let unescaped = Regex::new(r"\\.").unwrap();
    let plain = unescaped.replace_all(&markdown, "").into_owned();
    let plain = code.replace_all(&plain, "").into_owned();
    let tags = Regex::new(r"<[^>]*>").unwrap();
    let known = ["<details>", "</details>", "<summary>", "</summary>", "<br>"];
    for tag in tags.find_iter(&plain) {
        assert!(known.contains(&tag.as_str()), "{} in {markdown}", tag.as_str());
    }
    assert!(!plain.contains("**y**") && !plain.contains("@all"), "{markdown}");
    for row in plain.lines().filter(|line| line.starts_with('|')) {
        assert_eq!(row.matches('|').count(), 6, "{row}");
    }
    let page = run("html");
    assert!(!hidden(&page) && !page.contains("<script") && !page.contains("<b>"), "{page}");
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "{page}");
    let (_, json) = json_in(folder.path(), &["old|<b>.toml", "new\u{202e}`.toml"]);
    assert!(things(&json, "/things/added").contains(&format!("node y{}", HOSTILE[2])));
    assert!(!run("json").contains('\u{202e}'));
}

#[test]
fn the_schema_tells_findings_as_that_of_check_does_and_knows_every_key() {
    let schema = |text: &str| -> Value { serde_json::from_str(text).unwrap() };
    let (diff, check) =
        (schema(include_str!("../schemas/diff.schema.json")), schema(include_str!("../schemas/check.schema.json")));
    assert_eq!(diff["$defs"]["finding"], check["$defs"]["finding"]);
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("new.toml");
    // Something of everything: findings, figures, failures, claims, things and names.
    let cable =
        "[[cable]]\nfrom   = \"pve{1..5}:slot2:2\"\nto     = \"core-b:{6..10}\"\nkind   = \"dac\"\nlength = \"3 m\"\n";
    let text = with(&with(&reference(), cable, ""), "[guest.web]", "[guest.www]\nwas = \"web\"");
    let text = with(&text, "guests = [\"web\"", "guests = [\"www\"");
    fs::write(&path, with(&text, "interface = \"onboard:2\"", "interface = \"bond0\"")).unwrap();
    let claim = "design.survives=[\"any one switch\"]";
    let (_, whole) = json_in(&root(), &[REFERENCE, path.to_str().unwrap(), "--set", claim]);
    let lists = [
        "/findings/appeared",
        "/figures/moved",
        "/figures/appeared",
        "/failures/cut_sets",
        "/failures/claims",
        "/things/removed",
        "/things/changed",
        "/things/renamed",
        "/things/components",
    ];
    let mut places = vec![String::new(), "/old".to_owned(), "/worse".to_owned(), "/failures/old".to_owned()];
    for path in lists {
        assert!(!list(&whole, path).is_empty(), "{path}");
        places.push(format!("{path}/0"));
    }
    for place in places {
        let mut more = whole.clone();
        more.pointer_mut(&place).unwrap()["unknown"] = 1.into();
        assert!(!SCHEMA.is_valid(&more), "an unknown key in {place} is let pass");
        let keys: Vec<String> = whole.pointer(&place).unwrap().as_object().unwrap().keys().cloned().collect();
        for key in keys {
            let mut fewer = whole.clone();
            fewer.pointer_mut(&place).unwrap().as_object_mut().unwrap().remove(&key);
            assert!(!SCHEMA.is_valid(&fewer), "{place} without {key} is let pass");
        }
    }
}

/// What a run says in Japanese as text, Markdown and HTML, without what figures are about and bound by, and
/// without the steps of failures.
fn in_japanese(arguments: &[&str]) -> [(&'static str, String); 3] {
    let (_, json) = json_in(&root(), arguments);
    let mut others: Vec<&str> = Vec::new();
    for group in list(&json, "/failures/cut_sets") {
        others.extend(list(group, "/chain").iter().chain([&group["remedy"]["what"]]).map(word));
    }
    for own in list(&json, "/figures/moved") {
        others.extend([&own["old"], &own["new"]].map(|value| word(&value["binding"])));
    }
    for path in ["/figures/moved", "/figures/appeared", "/figures/vanished"] {
        others.extend(list(&json, path).iter().map(|own| word(&own["subject"])));
    }
    others.retain(|other| other.contains(' '));
    others.sort_by_key(|other| std::cmp::Reverse(other.len()));
    // In text the cells of figures are broken into lines.
    let cells = Regex::new(r"(?s)\n変化する数値 \(\d+\)\n.*?\n(\n|$)").unwrap();
    ["text", "markdown", "html"].map(|format| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rackproof"));
        command.args(["--lang", "ja", "diff", "--format", format]).args(arguments);
        command.current_dir(root()).env("COLUMNS", "100000").env("LC_ALL", "C");
        let told = text(&command.output().unwrap());
        // In Markdown signs have a backslash before them.
        let told = others.iter().fold(told.replace('\\', ""), |told, other| told.replace(other, ""));
        (format, if format == "text" { cells.replace(&told, "\n").into_owned() } else { told })
    })
}

/// Words of English that stand one after the other outside of code, quotes, markup and paths.
fn english(told: &str) -> Vec<String> {
    let aside = [
        r"(?s)<style>.*?</style>|<code>.*?</code>|<[^>]*>",
        r#"`[^`]*`|「[^」]*」|"[^"\n]*"|&quot;.*?&quot;"#,
        r"[\w-]*[._/\\{}:]\S*",
    ];
    let aside = Regex::new(&aside.join("|")).unwrap();
    let sentence = Regex::new(r"\b[a-z]+(?: [a-z]+){2,}\b").unwrap();
    let plain = aside.replace_all(told, "|").into_owned();
    sentence.find_iter(&plain).map(|found| found.as_str().to_owned()).collect()
}

#[test]
fn each_mistake_is_named_in_japanese_in_every_format() {
    for mistake in MISTAKES {
        let path = format!("fixtures/mistakes/{}.toml", mistake.file);
        for (format, told) in in_japanese(&[REFERENCE, &path]) {
            assert!(told.contains("悪化: 新規のエラー"), "{}: {told}", mistake.file);
            assert!(told.contains(mistake.rule), "{}: {told}", mistake.file);
            assert_eq!(english(&told), Vec::<String>::new(), "{}, {format}: {told}", mistake.file);
            assert_eq!(told.contains("<html lang=\"ja\">"), format == "html");
        }
        for (format, told) in in_japanese(&[&path, REFERENCE]) {
            assert!(told.contains("悪化なし: なくなった違反"), "{}: {told}", mistake.file);
            assert_eq!(english(&told), Vec::<String>::new(), "{}, {format}: {told}", mistake.file);
        }
    }
}

#[test]
fn everything_that_changes_is_told_in_japanese() {
    let folder = TempDir::new().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let renamed = file("renamed.toml", &renamed());
    let unnamed =
        file("unnamed.toml", &with(&with(&reference(), "[guest.web]", "[guest.www]"), "[\"web\", ", "[\"www\", "));
    let unknown = file("unknown.toml", &with(&reference(), "[guest.web]", "[guest.web]\nwas = \"www\""));
    let grown = file("grown.toml", &grown());
    let uncabled = file("uncabled.toml", &with(&reference(), SECOND_CABLES, ""));
    let slow = file("slow.toml", &with(&reference(), "round_trip = \"0.2 ms\"", "round_trip = \"6 ms\""));
    let shared = "fixtures/mistakes/corosync-nic.toml";
    let broken = "fixtures/broken/syntax.toml";
    let claims = "design.survives=[\"any one switch\", \"any one disk\"]";
    let runs: [(&[&str], &str); 12] = [
        (&[REFERENCE, REFERENCE], "差分なし"),
        (&[REFERENCE, &renamed], "改名: node pve{1..5} → host{1..5}"),
        (&[REFERENCE, &unnamed], "guestでは、削除と追加が同数である"),
        (&[REFERENCE, &unknown], "示すguest.wwwは"),
        (&[REFERENCE, &grown], "追加: node pve6"),
        (&[&grown, REFERENCE], "構成要素とともになくなった"),
        (&[REFERENCE, &uncabled], "結果が分からなくなったもの: "),
        (&[&uncabled, REFERENCE], "耐えると分かったもの: "),
        (&["fixtures/mistakes/latency.toml", &slow], "変化した指摘"),
        (&[shared, shared, "--set-new", "design.environment=lab"], "変化した指摘"),
        (
            &[REFERENCE, "fixtures/mistakes/osd-memory.toml", "--set", claims],
            "「any one switch」: 成り立つ → 成り立たない",
        ),
        (&[REFERENCE, REFERENCE, "--set-new", claims], "主張なし → 成り立つ"),
    ];
    for (arguments, says) in runs {
        for (format, told) in in_japanese(arguments) {
            assert!(told.contains(says), "{arguments:?}, {format}, {says}: {told}");
            assert_eq!(english(&told), Vec::<String>::new(), "{arguments:?}, {format}: {told}");
        }
    }
    for (arguments, says) in [
        ([broken, REFERENCE], "比較していない: 旧設計を読み込めない"),
        ([REFERENCE, broken], "比較していない: 新設計を読み込めない"),
        ([broken, broken], "比較していない: どちらの設計も読み込めない"),
    ] {
        for (format, told) in in_japanese(&arguments) {
            assert!(told.contains(says), "{arguments:?}, {format}: {told}");
        }
    }
}

#[test]
fn json_is_english_unless_a_language_is_asked_for() {
    let arguments = ["diff", REFERENCE, "fixtures/mistakes/latency.toml", "--format", "json"];
    let run = |more: &[&str], locale: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rackproof"));
        command.args(arguments).args(more).current_dir(root()).env("LC_ALL", locale);
        text(&command.output().unwrap())
    };
    assert_eq!(run(&[], "ja_JP.UTF-8"), run(&[], "C"));
    let json: Value = serde_json::from_str(&run(&["--lang", "ja"], "C")).unwrap();
    assert!(SCHEMA.is_valid(&json));
}
