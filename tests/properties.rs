//! Properties that hold for any input.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests read fixtures and stop at what is not as it should be"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use proptest::prelude::*;
use rackproof::check::{self, Reading, Report};
use rackproof::source::{self, Files, Kind, Loaded, Sources, Span, Table};
use rackproof::{capacity, design, report, topology};

struct NoFiles;

impl Files for NoFiles {
    fn read(&self, path: &str, _from: &str) -> Result<Loaded, String> {
        Err(format!("{path} is not there"))
    }
}

fn fixtures() -> Vec<(String, String)> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut texts = Vec::new();
    for folder in ["designs", "mistakes", "broken"] {
        for entry in fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            texts.push((path.file_stem().unwrap().to_string_lossy().into_owned(), fs::read_to_string(&path).unwrap()));
        }
    }
    texts.sort();
    texts
}

fn fixture(name: &str) -> String {
    fixtures().into_iter().find(|(known, _)| known == name).unwrap().1
}

fn judge_table(sources: &Sources, root: source::SourceId, table: &Table) -> Report {
    let (design, mistakes) = design::read(table, Span::start_of(root));
    check::check(sources, &Reading { design, mistakes, root: Span::start_of(root), parsed: true })
}

fn judge_text(text: &str) -> (Sources, Reading, Report) {
    let mut sources = Sources::default();
    let root = sources.add("text", text);
    let reading = check::read(&mut sources, root, &NoFiles, Vec::new());
    let judged = check::check(&sources, &reading);
    (sources, reading, judged)
}

/// What a report says, without places.
fn verdict(report: &Report) -> BTreeSet<(String, String, &'static str)> {
    let word = |finding: &check::Finding| (finding.rule.to_owned(), finding.subject.clone(), finding.severity.word());
    report.findings.iter().map(word).collect()
}

/// Orders the entries of every table by a key that depends on the seed.
fn shuffle(table: &mut Table, seed: u64) {
    let weight = |key: &str| {
        key.bytes().fold(seed, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3).rotate_left(7))
    };
    table.0.sort_by_key(|entry| weight(&entry.key.value));
    for entry in &mut table.0 {
        match &mut entry.value.kind {
            Kind::Table(inner) => shuffle(inner, seed),
            Kind::List(values) => {
                for value in values {
                    if let Kind::Table(inner) = &mut value.kind {
                        shuffle(inner, seed);
                    }
                }
            }
            _ => {}
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_order_of_tables_changes_no_verdict(seed in any::<u64>(), which in 0_usize..5) {
        let name = ["reference", "raid", "osd-memory", "corosync-nic", "nested-lab"][which];
        let mut sources = Sources::default();
        let root = sources.add(name, fixture(name));
        let (table, errors) = source::parse(&sources, root);
        prop_assert!(errors.is_empty());
        let mut shuffled = table.clone();
        shuffle(&mut shuffled, seed);
        let (before, after) = (judge_table(&sources, root, &table), judge_table(&sources, root, &shuffled));
        prop_assert_eq!(verdict(&before), verdict(&after));
        prop_assert_eq!(before.summary, after.summary);
    }

    #[test]
    fn more_memory_never_makes_a_memory_finding(less in 8_u32..1024, more in 0_u32..1024) {
        let findings = |gibibytes: u32| {
            let text = fixture("reference").replace("capacity = \"512 GiB\"", &format!("capacity = \"{gibibytes} GiB\""));
            let (_, _, report) = judge_text(&text);
            let rules: BTreeSet<&str> = report.findings.iter().map(|finding| finding.rule).filter(|rule| rule.contains("memory")).collect();
            rules
        };
        prop_assert!(findings(less + more).is_subset(&findings(less)));
    }

    #[test]
    fn mutated_fixtures_never_panic(
        which in any::<prop::sample::Index>(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0_u8..6, any::<char>()), 1..12),
    ) {
        let texts = fixtures();
        let mut text: Vec<char> = which.get(&texts).1.chars().collect();
        for (place, kind, character) in edits {
            let place = place.index(text.len().max(1));
            match kind {
                0 => { text.insert(place, character); }
                1 if place < text.len() => { text.remove(place); }
                2 if place < text.len() => { text[place] = character; }
                3 => { text.truncate(place); }
                4 => { let line: Vec<char> = text[place..].iter().take(40).copied().collect(); text.splice(place..place, line); }
                _ => { text.splice(place..place, "\"{1..3}\" = 0\n".chars()); }
            }
        }
        let text: String = text.into_iter().collect();
        let (sources, reading, judged) = judge_text(&text);
        let style = report::Style { width: 80, colour: false };
        let _ = report::check_text(&sources, &judged, "text", style);
        let _ = report::check_json(&sources, std::slice::from_ref(&judged));
        if reading.parsed {
            let (topology, _) = topology::resolve(&reading.design, reading.root);
            let figures = capacity::plan(&topology);
            let _ = report::plan_text(&sources, "text", &figures, &[], style);
        }
    }

    #[test]
    fn names_of_any_kind_never_panic(name in "\\PC{0,40}") {
        let _ = design::expand(&name);
        let text = format!("[node.{}]\nmodel = \"x\"\n", toml_quoted(&name));
        let _ = judge_text(&text);
    }
}

fn toml_quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}
