//! Random maps against `crushtool`, where it is installed: every mapping must be the same.
//!
//! `RACKPROOF_MAPS=2000 cargo test --release --test crush_live -- --nocapture` compares more maps than the usual 200;
//! `RACKPROOF_SEED` begins at another.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests run another program and stop at what is not as it should be"
)]

mod crush;

use std::io::Write as _;

use rackproof::crush::{Map, Placer, Show, Trial, read, write};
use rackproof::source::Sources;

const INPUTS: u32 = 1024;

fn parse(text: &str) -> Map {
    let mut sources = Sources::default();
    let source = sources.add("map.txt", text);
    let reading = read(&sources, source);
    assert!(reading.mistakes.is_empty(), "{:?}\n{text}", reading.mistakes);
    reading.map
}

/// The lines of a trial that are mappings.
fn ours(map: &Map, placer: &Placer, rule: usize, replicas: usize, weights: &[u32]) -> String {
    let show = Show { mappings: true, ..Show::default() };
    let trial =
        Trial { map, placer, rule, inputs: 0..=INPUTS - 1, replicas: replicas..=replicas, pool: None, weights, show };
    crush::lines(&trial)
}

fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

#[test]
fn every_mapping_is_the_one_of_crushtool() {
    if !crush::crushtool() {
        // Past the capture of tests that pass: what was not compared must be seen.
        let _ = writeln!(std::io::stderr(), "skipped: crushtool is not installed");
        return;
    }
    let folder = crush::folder("crush-live");
    let (maps, first) = (number("RACKPROOF_MAPS", 200), number("RACKPROOF_SEED", 1));
    let (mut compared, mut wrong, mut refused) = (0_u64, 0_u64, 0);
    for seed in first..first + maps {
        let text = crush::map(seed);
        let compiled = match crush::compile(&folder, &text) {
            Ok(compiled) => compiled,
            Err(error) => {
                refused += 1;
                println!("map {seed} is refused: {error}");
                continue;
            }
        };
        let map = parse(&text);
        assert_eq!(parse(&write(&map)), parse(&write(&parse(&write(&map)))), "map {seed} changes when it is written");
        let placer = Placer::new(&map, Some(0));
        let mut random = crush::Random(seed ^ 0x5eed);
        for (rule, known) in map.rules.iter().enumerate() {
            for replicas in [1, 3, random.between(2, 8) as usize] {
                let mut weights = placer.all_in();
                let mut arguments: Vec<String> = [
                    "--rule",
                    &known.id.to_string(),
                    "--num-rep",
                    &replicas.to_string(),
                    "--min-x",
                    "0",
                    "--max-x",
                    &(INPUTS - 1).to_string(),
                    "--show-mappings",
                ]
                .iter()
                .map(|text| (*text).to_owned())
                .collect();
                for _ in 0..random.below(4) {
                    let device = random.below(weights.len() as u64) as usize;
                    let part = *random.pick(&["0", "0.25", "0.5", "0.9", "1"]);
                    weights[device] = (part.parse::<f64>().unwrap() * 65_536.0) as u32;
                    arguments.extend(["--weight".to_owned(), device.to_string(), part.to_owned()]);
                }
                let theirs = crush::test(&compiled, &arguments);
                let ours = ours(&map, &placer, rule, replicas, &weights);
                let differing: Vec<(&str, &str)> =
                    theirs.lines().zip(ours.lines()).filter(|(theirs, ours)| theirs != ours).collect();
                compared += u64::from(INPUTS);
                let missing = theirs.lines().count().abs_diff(ours.lines().count());
                if !differing.is_empty() || missing > 0 {
                    if wrong < 20_000 {
                        println!(
                            "map {seed} {:?}: {} differ, first {:?}, {missing} missing",
                            arguments,
                            differing.len(),
                            differing.first()
                        );
                    }
                    wrong += (differing.len() + missing) as u64;
                }
            }
        }
    }
    let _ = writeln!(
        std::io::stderr(),
        "{maps} maps, {refused} refused by crushtool, {compared} mappings compared, {wrong} differ"
    );
    assert_eq!((wrong, refused), (0, 0));
}
