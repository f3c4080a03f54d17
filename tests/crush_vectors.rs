//! Recorded answers of `crushtool` for maps of every kind; `fixtures/crush/record.sh` records them.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests read fixtures and stop at what is not as it should be"
)]

mod crush;

use std::fs;
use std::path::PathBuf;

use rackproof::crush::{Map, Placer, Show, Trial, part, placement_seed, read, write};
use rackproof::source::Sources;

/// Seeds of the maps that are recorded: between them every kind of bucket, classes, `choose_args`, tunables old and new.
const SEEDS: std::ops::RangeInclusive<u64> = 1..=16;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/crush")
}

fn parse(text: &str) -> Map {
    let mut sources = Sources::default();
    let source = sources.add("map.txt", text);
    let reading = read(&sources, source);
    assert!(reading.mistakes.is_empty(), "{:?}", reading.mistakes);
    reading.map
}

#[test]
fn the_maps_are_those_of_the_generator() {
    for seed in SEEDS {
        let path = folder().join(format!("map-{seed:02}.txt"));
        if std::env::var_os("RACKPROOF_UPDATE").is_some() {
            fs::write(&path, crush::map(seed)).unwrap();
        }
        assert_eq!(fs::read_to_string(&path).unwrap_or_default(), crush::map(seed), "{}", path.display());
    }
}

/// The lines of a trial with the arguments of `crushtool --test`.
fn ours(map: &Map, placer: &Placer, arguments: &str) -> String {
    let words: Vec<&str> = arguments.split_whitespace().collect();
    let value = |name: &str| words[words.iter().position(|word| *word == name).unwrap() + 1];
    let mut weights = placer.all_in();
    for (place, _) in words.iter().enumerate().filter(|(_, word)| **word == "--weight") {
        if let Some(weight) = weights.get_mut(words[place + 1].parse::<usize>().unwrap()) {
            *weight = part(words[place + 2].parse().unwrap()).unwrap();
        }
    }
    let replicas = value("--num-rep").parse().unwrap();
    let trial = Trial {
        map,
        placer,
        rule: map.rule(value("--rule")).unwrap(),
        inputs: value("--min-x").parse().unwrap()..=value("--max-x").parse().unwrap(),
        replicas: replicas..=replicas,
        pool: None,
        weights: &weights,
        show: Show { mappings: true, ..Show::default() },
    };
    crush::lines(&trial)
}

#[test]
fn every_recorded_mapping_is_given() {
    let mut compared = 0;
    for seed in SEEDS {
        let map = parse(&fs::read_to_string(folder().join(format!("map-{seed:02}.txt"))).unwrap());
        let placer = Placer::new(&map, Some(0));
        let answers = fs::read_to_string(folder().join(format!("map-{seed:02}.answers"))).unwrap();
        for recorded in answers.split("# ").filter(|part| !part.is_empty()) {
            let (arguments, lines) = recorded.split_once('\n').unwrap();
            assert_eq!(ours(&map, &placer, arguments), lines, "map {seed}: {arguments}");
            compared += lines.lines().count();
        }
    }
    assert!(compared > 10_000, "only {compared} mappings are recorded");
}

#[test]
fn a_map_that_is_written_reads_back_the_same() {
    for seed in 1..=100 {
        // Numbers are what crushtool -d sorts by: once written, a map stays as it is.
        let written = write(&parse(&crush::map(seed)));
        let again = parse(&written);
        assert_eq!(write(&again), written, "map {seed}");
        assert_eq!(parse(&write(&again)), again, "map {seed}");
    }
}

/// Each mistake is told with its line and hides none that follow.
#[test]
fn all_mistakes_of_a_map_come_in_one_run() {
    let text = "device 0 osd.0\ntype 0 osd\ntype 1 host\nhost a {\n id -1\n alg straw2\n item osd.9\n item b\n}\n\
                rule r {\n id 0\n step take x\n step choose firstn 0 type rack\n}\n\
                rule m {\n id 1\n type msr_firstn\n}\n";
    let mut sources = Sources::default();
    let source = sources.add("map.txt", text);
    let told = read(&sources, source).mistakes;
    let told: Vec<_> =
        told.iter().map(|mistake| (sources.positions(mistake.span).0.line, sources.text(mistake.span))).collect();
    assert_eq!(told, [(7, "osd.9"), (8, "b"), (12, "x"), (13, "rack"), (17, "msr_firstn")]);
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]

    #[test]
    fn no_text_is_too_strange_to_be_read(text in ".*") {
        let mut sources = Sources::default();
        let source = sources.add("map.txt", text);
        let _ = read(&sources, source);
    }

    /// A map with a stretch taken out and another put in: whatever is read maps in bounded time.
    #[test]
    fn no_map_is_too_broken_to_be_mapped(
        seed in 0..40_u64, at in 0..6000_usize, length in 0..40_usize, other in "[ -9a-z{}\\[\\]\n]{0,12}"
    ) {
        let mut text = crush::map(seed);
        let (from, to) = (at.min(text.len()), (at + length).min(text.len()));
        text.replace_range(from..to, &other);
        let mut sources = Sources::default();
        let source = sources.add("map.txt", text);
        let reading = read(&sources, source);
        let placer = Placer::new(&reading.map, Some(0));
        for rule in 0..reading.map.rules.len() {
            for x in 0..2 {
                placer.place(rule, x, 3, &placer.all_in(), &mut rackproof::crush::Scratch::default());
            }
        }
        let _ = write(&reading.map);
        rackproof::check::crush(&sources, &reading, Some(("0", 3)));
    }
}

/// Billions of tries and replicas end: a map is given up after so many draws.
#[test]
fn a_hostile_map_ends() {
    let text = "tunable choose_total_tries 4294967295\ndevice 0 osd.0\ntype 0 osd\ntype 1 host\nhost a {\nid -1\nalg straw2\n\
                hash 0\nitem osd.0 weight 1\n}\nrule r {\nid 0\ntype erasure\nstep take a\n\
                step choose indep 2000000000 type osd\nstep emit\n}\n";
    let map = parse(text);
    let placer = Placer::new(&map, None);
    let mut scratch = rackproof::crush::Scratch::default();
    let placed = placer.place(0, 7, 1_000_000_000, &placer.all_in(), &mut scratch);
    assert_eq!(placed.len(), rackproof::crush::MOST_REPLICAS);
    assert_eq!(placed.iter().filter(|device| **device == 0).count(), 1);
}

/// Bucket cycles cannot be written, but a map that is built may hold itself.
#[test]
fn a_map_that_holds_itself_ends() {
    let mut map = parse(&crush::map(3));
    let root = map.buckets.last().unwrap().id;
    for bucket in &mut map.buckets {
        bucket.items.push(rackproof::crush::Item { id: root, weight: 0x10000 });
    }
    map.number_shadows();
    let placer = Placer::new(&map, None);
    placer.place(0, 1, 3, &placer.all_in(), &mut rackproof::crush::Scratch::default());
}

/// What `osdmaptool --test-map-pgs-dump` answers for 96 groups of three copies.
#[test]
fn placement_groups_are_placed_as_osdmaptool_places_them() {
    let map = parse(&fs::read_to_string(folder().join("groups.map")).unwrap());
    let placer = Placer::new(&map, None);
    let mut scratch = rackproof::crush::Scratch::default();
    let answers = fs::read_to_string(folder().join("groups.answers")).unwrap();
    assert_eq!(answers.lines().count(), 96);
    for line in answers.lines() {
        let mut words = line.split('\t');
        let (pool, group) = words.next().unwrap().split_once('.').unwrap();
        let seed = placement_seed(pool.parse().unwrap(), u32::from_str_radix(group, 16).unwrap(), 96);
        let placed = placer.place(0, seed, 3, &placer.all_in(), &mut scratch);
        assert_eq!(format!("{placed:?}").replace(' ', ""), words.next().unwrap(), "{line}");
    }
}

#[test]
fn the_seed_of_a_group_folds_to_pgp_num() {
    // 12 groups, 8 placed alone: group 9 is placed with group 1, group 7 on its own.
    assert_eq!(placement_seed(3, 9, 8), placement_seed(3, 1, 8));
    assert_ne!(placement_seed(3, 7, 8), placement_seed(3, 3, 8));
    // 6 is no power of two: 6 and 7 fold to 2 and 3.
    assert_eq!(placement_seed(3, 6, 6), placement_seed(3, 2, 6));
    assert_eq!(placement_seed(3, 0, 0), placement_seed(3, 0, 1));
}
