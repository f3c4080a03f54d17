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
    fn read(&self, path: &str, _from: &str) -> Result<Loaded, rackproof::words::Said> {
        Err(format!("{path} is not there").into())
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
    check::check(
        sources,
        &Reading { document: table.clone(), design, mistakes, root: Span::start_of(root), parsed: true },
        &check::Policy::default(),
    )
}

fn judge_text(text: &str) -> (Sources, Reading, Report) {
    let mut sources = Sources::default();
    let root = sources.add("text", text);
    let reading = check::read(&mut sources, root, &NoFiles, Vec::new());
    let judged = check::check(&sources, &reading, &check::Policy::default());
    (sources, reading, judged)
}

/// What a report says, without places.
fn verdict(report: &Report) -> BTreeSet<(String, String, &'static str)> {
    let word = |finding: &check::Finding| {
        (finding.rule.clone().into_owned(), finding.subject.clone(), finding.severity.word())
    };
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
            let rules: BTreeSet<String> = report.findings.iter().map(|finding| finding.rule.clone().into_owned()).filter(|rule| rule.contains("memory")).collect();
            rules
        };
        prop_assert!(findings(less + more).is_subset(&findings(less)));
    }

    #[test]
    fn more_disks_never_heal_slower_and_never_wear_sooner(servers in 3_u32..9, disks in 2_u32..12, more in 1_u32..12) {
        let of = |disks: u32, id: &str, state: capacity::State| figure_of(&storing(servers, disks, 30), id, state);
        for (id, state) in [
            ("recovery-time", capacity::State::DiskLost),
            ("recovery-time", capacity::State::NodeLost),
            ("endurance-need", capacity::State::Healthy),
        ] {
            let (few, many) = (of(disks, id, state), of(disks + more, id, state));
            prop_assert_eq!(few.is_some(), many.is_some(), "{}", id);
            if let (Some(few), Some(many)) = (few, many) {
                prop_assert!(many <= few * (1.0 + 1e-9), "{}: {} and {}", id, few, many);
            }
        }
    }

    #[test]
    fn more_guests_are_never_moved_saved_or_written_sooner(guests in 3_u32..200, more in 0_u32..200) {
        for id in ["evacuation-time", "backup-time", "daily-writes"] {
            let of = |guests: u32| figure_of(&storing(4, 4, guests), id, capacity::State::Healthy).unwrap();
            prop_assert!(of(guests) <= of(guests + more) * (1.0 + 1e-9), "{}", id);
        }
    }

    /// What is the same in other units gives the same times.
    #[test]
    fn units_change_no_time(guests in 3_u32..200) {
        let design = storing(4, 4, guests);
        let other = design
            .replace("\"4 TB\"", "\"4000 GB\"").replace("\"10 TB\"", "\"10000 GB\"").replace("\"25GbE\"", "\"25000 Mbit/s\"")
            .replace("\"400 MB/s\"", "\"0.4 GB/s\"").replace("\"40 GB\"", "\"40000 MB\"").replace("\"4 GiB\"", "\"4096 MiB\"");
        for (id, state) in [
            ("recovery-time", capacity::State::NodeLost),
            ("evacuation-time", capacity::State::Healthy),
            ("backup-time", capacity::State::Healthy),
            ("endurance-need", capacity::State::Healthy),
        ] {
            let (one, two) = (figure_of(&design, id, state).unwrap(), figure_of(&other, id, state).unwrap());
            prop_assert!((one - two).abs() <= 1e-9 * one.abs(), "{}: {} and {}", id, one, two);
        }
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
        let style = report::Style { width: 80, colour: false, language: rackproof::words::Language::English };
        let checked = check::Checked { name: "text".to_owned(), sources: sources.clone(), report: judged };
        let _ = report::check_text(&checked, style);
        let _ = report::check_json(std::slice::from_ref(&checked), style.language);
        if reading.parsed {
            let (topology, _) = topology::resolve(&reading.design, reading.root);
            let figures = capacity::plan(&topology);
            let name = "text".to_owned();
            let _ = report::plan_text(&report::Planned { name, sources, figures, findings: Vec::new() }, style);
        }
    }

    #[test]
    fn names_of_any_kind_never_panic(name in "\\PC{0,40}") {
        let _ = design::expand(&name);
        let text = format!("[node.{}]\nmodel = \"x\"\n", toml_quoted(&name));
        let _ = judge_text(&text);
    }
}

/// A figure of a design in a state, by the library alone.
fn figure_of(text: &str, id: &str, state: capacity::State) -> Option<f64> {
    let (_, reading, _) = judge_text(text);
    let (topology, _) = topology::resolve(&reading.design, reading.root);
    let figures = capacity::plan(&topology);
    figures.iter().find(|figure| figure.text.id == id && figure.state == state)?.number()
}

/// Servers with OSDs that share 10 TB stored, and guests that write, move and are saved.
fn storing(servers: u32, disks: u32, guests: u32) -> String {
    format!(
        "[server_model.hci]\nmemory = {{ capacity = \"256 GiB\" }}\ncards = {{ a = {{ ports = 1, speed = \"25GbE\" }} }}\n\
         [server_model.hci.disks.data]\nrole = \"osd\"\ncount = {disks}\ncapacity = \"4 TB\"\nmedia = \"ssd\"\n\
         write = \"400 MB/s\"\nread = \"500 MB/s\"\nendurance = \"1 DWPD\"\n[node.\"pve{{1..{servers}}}\"]\nmodel = \"hci\"\n\
         [network.all]\npurpose = [\"ceph_public\", \"migration\", \"backup\"]\ninterface = \"a:1\"\n\
         [ceph.pool.vm]\napplication = \"rbd\"\nsize = 3\nmin_size = 2\nstored = \"10 TB\"\n\
         [migration]\nnetwork = \"all\"\n[backup.nightly]\nchanged = \"10 %\"\n\
         [guest.web]\ncount = {guests}\nmemory = \"4 GiB\"\nroot_disk = \"40 GB\"\nmean_iops = 20\nio_size = \"16 KiB\"\n"
    )
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
