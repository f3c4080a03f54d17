//! What each target does with an input, for the fuzzer and for `cargo test --test fuzz_corpus`, which replays the corpus.
//!
//! Inputs are text: what follows the first byte that is no UTF-8 is cut off.

mod judging;

pub use judging::{config, rule_pack, suppressions};

use rackproof::crush::{self, Placer, Scratch};
use rackproof::design::{self, LONGEST_RANGE, Release};
use rackproof::quantity::{Endurance, Length, Power, Rate, Ratio, Size, Time};
use rackproof::report::clean;
use rackproof::source::{self, Files, Loaded, Sources, Span};
use rackproof::topology::{self, Address};

/// Names that one pattern may stand for here: a longer list costs milliseconds and finds nothing that a short one hides.
const MOST_NAMES: usize = 1000;

fn text(input: &[u8]) -> &str {
    input.utf8_chunks().next().map_or("", |chunk| chunk.valid())
}

/// How many names a pattern stands for, were every pair of braces a range.
fn names(pattern: &str) -> usize {
    let choices = |range: &str| match range.split_once("..") {
        Some((first, last)) => {
            let number = |text: &str| text.trim().parse::<usize>().unwrap_or(0);
            number(last).saturating_sub(number(first)).saturating_add(1)
        }
        None => range.matches(',').count() + 1,
    };
    let ranges = pattern.split('{').skip(1).filter_map(|rest| rest.split_once('}'));
    ranges.map(|(range, _)| choices(range)).fold(1, usize::saturating_mul)
}

/// Whether a pattern is neither quickly expanded nor quickly refused.
fn is_slow(pattern: &str) -> bool {
    (MOST_NAMES + 1..=LONGEST_RANGE).contains(&names(pattern))
}

/// Quantities, ranges of names, addresses and releases.
pub fn units(input: &[u8]) {
    let text = text(input);
    macro_rules! shown_is_read_back {
        ($($quantity:ty),*) => {$(
            match text.parse::<$quantity>() {
                Ok(quantity) => {
                    let shown = quantity.to_string();
                    let read = shown.parse::<$quantity>().expect("what is shown can be read");
                    assert_eq!(read.to_string(), shown);
                }
                Err(error) => told(&error.to_string()),
            }
        )*};
    }
    shown_is_read_back!(Size, Rate, Time, Ratio, Length, Power, Endurance);
    if let Ok(address) = text.parse::<Address>() {
        assert_eq!(address.to_string().parse(), Ok(address));
    }
    if let Ok(release) = text.parse::<Release>() {
        assert_eq!(release.to_string().parse(), Ok(release));
    }
    if is_slow(text) {
        return;
    }
    match design::expand(text) {
        Ok(names) => assert!((1..=LONGEST_RANGE).contains(&names.len())),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

/// A message says something, and nothing that a terminal obeys.
fn told(message: &str) {
    assert!(!message.is_empty() && clean(message) == message, "{message:?}");
}

/// Largest number of a device or bucket whose map is tried: arrays are by number.
const LARGEST_TRIED: i32 = 256;
/// Most tries of a map that is tried.
const MOST_TRIES: u32 = 60;

/// CRUSH maps: what is written reads back as the same map and places the same.
pub fn crush_map(input: &[u8]) {
    let Some(map) = map(text(input)) else { return };
    let written = crush::write(&map);
    let again = self::map(&written).expect("what is written has no mistake");
    assert_eq!(in_order(&again), in_order(&map));
    if !is_quick(&map) {
        return;
    }
    let (first, second) = (Placer::new(&map, Some(0)), Placer::new(&again, Some(0)));
    let weights = first.all_in();
    let (mut scratch, mut other) = (Scratch::default(), Scratch::default());
    for rule in &map.rules {
        let (Some(rule), Some(same)) = (map.rule(&rule.name), again.rule(&rule.name)) else { continue };
        for x in 0..2 {
            let placed = first.place(rule, x, 3, &weights, &mut scratch);
            assert!(placed.len() <= 3);
            assert_eq!(placed, second.place(same, x, 3, &weights, &mut other));
        }
    }
}

fn map(text: &str) -> Option<crush::Map> {
    let mut sources = Sources::default();
    let source = sources.add("map", text);
    let reading = crush::read(&sources, source);
    for mistake in &reading.mistakes {
        assert!(!mistake.message.is_empty() && !mistake.help.is_empty());
        let _ = sources.positions(mistake.span);
    }
    reading.mistakes.is_empty().then_some(reading.map)
}

/// A map in the order of its numbers, with what is written for what it leaves open.
fn in_order(map: &crush::Map) -> crush::Map {
    let mut map = map.clone();
    map.devices.sort_by_key(|device| device.id);
    map.types.sort_by_key(|kind| kind.id);
    map.buckets.sort_by_key(|bucket| bucket.id);
    for bucket in &mut map.buckets {
        bucket.shadows.sort_by(|one, other| one.class.cmp(&other.class));
    }
    map.rules.sort_by_key(|rule| rule.id);
    for rule in &mut map.rules {
        rule.min_size.get_or_insert(1);
        rule.max_size.get_or_insert(10);
    }
    map
}

/// Whether placing by a map takes microseconds.
fn is_quick(map: &crush::Map) -> bool {
    let small = |id: i32| (-LARGEST_TRIED..LARGEST_TRIED).contains(&id);
    let few = |tries: u32| tries <= MOST_TRIES;
    let tunables = map.tunables;
    let set = |step: &crush::Step| match step {
        crush::Step::Set(_, value) => few(*value),
        _ => true,
    };
    map.devices.iter().all(|device| small(device.id))
        && map.buckets.iter().all(|bucket| small(bucket.id) && bucket.shadows.iter().all(|shadow| small(shadow.id)))
        && [tunables.choose_local_tries, tunables.choose_local_fallback_tries, tunables.choose_total_tries]
            .into_iter()
            .all(few)
        && map.rules.iter().flat_map(|rule| &rule.steps).all(set)
}

/// A folder without other files.
struct NoFiles;

impl Files for NoFiles {
    fn read(&self, path: &str, _: &str) -> Result<Loaded, rackproof::words::Said> {
        Err(format!("`{path}` cannot be read").into())
    }
}

/// Start of a first line that holds a setting for what follows it.
const SETTING: &str = "#set ";

/// Designs: reading and resolving them. A first line `#set PATH=VALUE` is laid over the rest.
pub fn reader(input: &[u8]) {
    let text = text(input);
    if text.lines().any(is_slow) {
        return;
    }
    let mut sources = Sources::default();
    let root = sources.add("design.toml", text);
    let (mut document, errors, _) = source::load(&mut sources, root, &NoFiles);
    for error in &errors {
        let _ = sources.positions(error.span);
    }
    if let Some(setting) = text.lines().next().and_then(|line| line.strip_prefix(SETTING)) {
        match source::parse_setting(&mut sources, setting) {
            Ok(table) => source::lay_over(&mut document, table),
            Err(error) => assert!(!error.is_empty()),
        }
    }
    let (design, mistakes) = design::read(&document, Span::start_of(root));
    let (_, more) = topology::resolve(&design, Span::start_of(root));
    for mistake in mistakes.iter().chain(&more) {
        assert!(!mistake.message.is_empty());
        let _ = sources.positions(mistake.span);
    }
}
