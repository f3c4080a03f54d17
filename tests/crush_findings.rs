//! Every finding about a CRUSH map comes where it should, and none in a map that is as it should be.
#![allow(clippy::unwrap_used, reason = "tests stop at what is not as it should be")]

use std::collections::BTreeSet;

use rackproof::catalogue::RULES;
use rackproof::check;
use rackproof::crush;
use rackproof::source::Sources;

/// Three hosts with one OSD each.
const GOOD: &str = "\
tunable choose_local_tries 0
tunable choose_local_fallback_tries 0
tunable choose_total_tries 50
tunable chooseleaf_descend_once 1
tunable chooseleaf_vary_r 1
tunable chooseleaf_stable 1
tunable straw_calc_version 1
device 0 osd.0 class ssd
device 1 osd.1 class ssd
device 2 osd.2 class ssd
type 0 osd
type 1 host
type 2 root
host a {
  id -2
  alg straw2
  hash 0
  item osd.0 weight 1.000
}
host b {
  id -3
  alg straw2
  hash 0
  item osd.1 weight 1.000
}
host c {
  id -4
  alg straw2
  hash 0
  item osd.2 weight 1.000
}
root default {
  id -1
  alg straw2
  hash 0
  item a weight 1.000
  item b weight 1.000
  item c weight 1.000
}
rule replicated_rule {
  id 0
  type replicated
  step take default
  step chooseleaf firstn 0 type host
  step emit
}
";

/// What a change of the good map brings about: the rule, a text of the good map, what stands there instead, and the line
/// that is shown.
const CASES: [(&str, &str, &str, &str); 12] = [
    ("syntax", "type 0 osd\n", "type 0 osd\nwhat is this\n", "what is this"),
    ("unknown-name", "item osd.2 weight", "item osd.7 weight", "item osd.7 weight"),
    ("duplicate", "device 1 osd.1", "device 0 osd.1", "device 0 osd.1"),
    ("out-of-range", "item osd.2 weight 1.000", "item osd.2 weight 9999999.0", "9999999.0"),
    ("not-supported", "type replicated", "type msr_firstn", "type msr_firstn"),
    (
        "uneven-uniform",
        "  alg straw2\n  hash 0\n  item a weight 1.000",
        "  alg uniform\n  hash 0\n  item a weight 2.000",
        "item ",
    ),
    ("device-twice", "  item osd.2 weight 1.000", "  item osd.1 weight 1.000", "item osd.1 weight"),
    ("weight-not-sum", "item c weight 1.000", "item c weight 3.000", "item c weight 3.000"),
    ("no-weight", "item a weight 1.000\n  item b weight 1.000\n  item c weight 1.000", "", "step take default"),
    ("legacy-tunables", "tunable chooseleaf_stable 1", "tunable chooseleaf_stable 0", "tunable"),
    ("emits-buckets", "step chooseleaf firstn", "step choose firstn", "step emit"),
    ("too-few-domains", "type host\n  step emit", "type root\n  step emit", "type root"),
];

/// Findings by the name of their rule, with the line they point at.
fn found(text: &str) -> Vec<(String, String)> {
    let mut sources = Sources::default();
    let source = sources.add("map.txt", text);
    let reading = crush::read(&sources, source);
    let report = check::crush(&sources, &reading, Some(("0", 3)));
    let line = |start: usize| {
        let begin = text[..start].rfind('\n').map_or(0, |at| at + 1);
        text[begin..].lines().next().unwrap_or_default().to_owned()
    };
    let name = |rule: &str| rule.strip_prefix("crush/").unwrap().to_owned();
    report.findings.iter().map(|finding| (name(&finding.rule), line(finding.span.start as usize))).collect()
}

#[test]
fn a_good_map_has_no_finding() {
    assert_eq!(found(GOOD), []);
}

#[test]
fn every_rule_about_maps_finds_its_mistake_on_its_line() {
    for (rule, good, bad, line) in CASES {
        assert!(GOOD.contains(good), "{rule}: {good}");
        let findings = found(&GOOD.replacen(good, bad, 1));
        let own: Vec<_> = findings.iter().filter(|(name, _)| name == rule).collect();
        assert!(own.iter().any(|(_, at)| at.contains(line)), "{rule}: {findings:?}");
    }
    let tested: BTreeSet<&str> = CASES.iter().map(|(rule, ..)| *rule).collect();
    let rules: BTreeSet<&str> = RULES.iter().filter(|rule| rule.area == "crush").map(|rule| rule.name).collect();
    assert_eq!(tested, rules);
}
