//! What is wrong in the text itself is told as such, and no rule is violated only because of it.
#![allow(clippy::unwrap_used, reason = "tests stop at what is not as it should be")]

use rackproof::check::{self, Report};
use rackproof::source::{Files, Loaded, Sources};

struct NoFiles;

impl Files for NoFiles {
    fn read(&self, path: &str, _from: &str) -> Result<Loaded, rackproof::words::Said> {
        Err(format!("{path} is not there").into())
    }
}

const REFERENCE: &str = include_str!("../fixtures/designs/reference.toml");

/// Judges the reference with one text in place of another.
fn checked(sound: &str, wrong: &str) -> Report {
    assert!(REFERENCE.contains(sound), "the reference has no `{sound}`");
    let mut sources = Sources::default();
    let root = sources.add("reference", REFERENCE.replacen(sound, wrong, 1));
    let reading = check::read(&mut sources, root, &NoFiles, Vec::new());
    check::check(&sources, &reading, &check::Policy::default())
}

#[test]
fn a_mistake_in_the_text_violates_no_rule() {
    let mistakes = [
        (r#"["core-a", "core-b"]"#, r#"["core-x", "core-y"]"#),
        (r#"["core-a", "core-b"]"#, r#"["core-a", "core-y"]"#),
        (r#"["core-a", "core-b"]"#, "5"),
        (r#"peer_link = "{49..50}""#, r#"peer_link = "{59..60}""#),
        (r#""{49..54}" = { speed = "100GbE" }"#, r#""{49..54}" = 5"#),
        (r#""{1..48}"  = { speed = "25GbE" }"#, r#""{1..48}"  = 5"#),
        (r#""{1..24}" = { speed = "1GbE" }"#, r#""{1..24}" = 5"#),
        (r#"["slot1:2", "slot2:2"]"#, r#"["slot1:2", "slot2:9"]"#),
        (r#"on               = "fw{1..2}""#, r#"on               = "fx{1..2}""#),
        (r#"["service:1", "service:2"]"#, "5"),
        (r#"lacp_rate        = "fast""#, r#"lacp_rate        = "quick""#),
        (r#"xmit_hash_policy = "layer3+4""#, r#"xmit_hash_policy = "layer34""#),
        (r#"xmit_hash_policy = "layer3+4""#, r#"xmit_hash_polcy = "layer3+4""#),
        (r#"{ network = "corosync0", priority = 20 }"#, r#"{ network = "corosync9", priority = 20 }"#),
        (r#"{ network = "corosync0", priority = 20 }"#, r#"{ network = "corosync0", priority = "high" }"#),
        (r#"0 = { network = "corosync0""#, r#"first = { network = "corosync0""#),
        (r#"hosts_address = "10.2.20.{11..15}""#, r#"hosts_address = "10.2.2O.{11..15}""#),
        (r#"address   = "10.2.20.{11..15}/24""#, r#"address   = "10.2.2O.{11..15}/24""#),
        (r#"["web", "database", "build"]"#, r#"["wbe", "database", "build"]"#),
        (r#"["bgp", "ospf"]"#, r#"["bpg"]"#),
        (r#"bandwidth_limit = "1220703 KiB/s""#, r#"bandwidth_limit = "1220703""#),
        (r#"recipients = ["platform@example.co.jp"]"#, "recipients = [5]"),
        (r#"cpu_type              = "x86-64-v3""#, "cpu_type              = 3"),
        (r#"["ceph_public"]"#, r#"["ceph_pubic"]"#),
        ("[notification]", "[backup.nightly]\nstorage = \"bakup\"\n[notification]"),
        ("[notification]", "[backup.nightly]\nnetwork = \"mangement\"\n[notification]"),
        ("[notification]", "[backup.nightly]\nguests = [\"web\", \"databse\"]\n[notification]"),
    ];
    for (sound, wrong) in mistakes {
        let report = checked(sound, wrong);
        let (text, rules): (Vec<&str>, Vec<&str>) =
            report.violations().map(|finding| finding.rule.as_ref()).partition(|rule| rule.starts_with("design/"));
        assert!(!text.is_empty(), "`{wrong}` is no mistake");
        assert_eq!(rules, Vec::<&str>::new(), "`{wrong}`");
    }
}

#[test]
fn a_pair_of_unknown_switches_leaves_its_peer_link_open() {
    let report = checked(r#"["core-a", "core-b"]"#, r#"["core-x", "core-y"]"#);
    let open: Vec<_> = report.unproven().filter(|finding| finding.rule == "switch/peer-link-not-redundant").collect();
    assert_eq!(open.len(), 1);
    assert_eq!(open[0].missing, ["mlag.core.peers"]);
}
