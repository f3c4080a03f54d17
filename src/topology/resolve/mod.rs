//! From names to references, with a mistake for every name that leads nowhere.

mod devices;
mod links;
mod names;
mod networks;
mod power;
mod renames;
mod risks;

use std::hash::Hash;
use std::net::IpAddr;
use std::ops::RangeInclusive;
use std::sync::Arc;

use foldhash::HashMap;
use petgraph::graph::UnGraph;

use super::Topology;
use super::devices::DeviceId;
use super::links::Interface;
use super::lookups::Lookups;
use super::ways::AllSettings;
use crate::design::{Design, Item, Mismatch, Mistake, MistakeKind, Named, Text, nearest};
use crate::source::{Span, Spanned};
use crate::words::Said;
use crate::words::{self, guesses, references};

/// Most ports, and most places of devices in bonds, bridges and networks, that a design may come to.
const MOST_PARTS: usize = 2_000_000;

/// Ids that a tagged VLAN can have.
const VLAN_IDS: RangeInclusive<u32> = 1..=4094;

/// Mistakes after which no nearest name is looked for.
const MOST_SUGGESTIONS: usize = 100;
/// Most names of a table that are told where none is like the one that is written.
const MOST_NAMED: usize = 12;

/// Resolves a design; `root` is where its text begins.
pub fn resolve(design: &Design, root: Span) -> (Topology<'_>, Vec<Mistake>) {
    let mut resolver = Resolver {
        topology: Topology {
            design,
            nodes: Vec::new(),
            switches: Vec::new(),
            firewalls: Vec::new(),
            ports: Vec::new(),
            cables: Vec::new(),
            bonds: Vec::new(),
            bridges: Vec::new(),
            feeds: Vec::new(),
            uplinks: Vec::new(),
            site_links: Vec::new(),
            shared_risks: Vec::new(),
            qdevice_ports: Vec::new(),
            mlags: Vec::new(),
            networks: Vec::new(),
            corosync_links: Vec::new(),
            graph: UnGraph::default(),
            root,
            lags: Vec::new(),
            all_settings: AllSettings::default(),
            lookups: Lookups::default(),
            vertices: HashMap::default(),
            by_name: HashMap::default(),
        },
        mistakes: Vec::new(),
        places: HashMap::default(),
        parts: 0,
        told: HashMap::default(),
        interfaces: HashMap::default(),
        described: HashMap::default(),
    };
    resolver.feeds();
    resolver.devices();
    resolver.supplies();
    resolver.mlags();
    resolver.cables();
    resolver.bonds();
    resolver.bridges();
    resolver.networks();
    resolver.lines();
    resolver.port_settings();
    resolver.shared_risks();
    resolver.corosync();
    resolver.names_elsewhere();
    resolver.names_before();
    resolver.processors();
    resolver.into_parts()
}

struct Resolver<'d> {
    topology: Topology<'d>,
    mistakes: Vec<Mistake>,
    places: HashMap<Text, Span>,
    parts: usize,
    told: HashMap<(MistakeKind, Span), (usize, usize)>,
    interfaces: HashMap<(DeviceId, &'d str), Interface>,
    described: HashMap<Span, Arc<devices::Described<'d>>>,
}

/// The entries of a table by name, whether or not it was written.
fn items<T>(table: Option<&Spanned<Named<T>>>) -> impl Iterator<Item = &Item<T>> {
    table.into_iter().flat_map(|table| table.value.iter())
}

/// The entry that a name stands for.
fn find<'d, T>(table: Option<&'d Spanned<Named<T>>>, name: &str) -> Option<&'d Item<T>> {
    items(table).find(|item| item.names.iter().any(|known| known == name))
}

fn all_names<T>(table: Option<&Spanned<Named<T>>>) -> Vec<&str> {
    items(table).flat_map(|item| item.names.iter().map(Text::as_str)).collect()
}

impl<'d> Resolver<'d> {
    /// Notes a mistake. One slip in a range shows up on every device it stands for; it is told once, with their number.
    fn report(&mut self, mistake: Mistake) {
        let place = (mistake.kind, mistake.span);
        if let Some((_, more)) = self.told.get_mut(&place) {
            *more += 1;
        } else {
            self.told.insert(place, (self.mistakes.len(), 0));
            self.mistakes.push(mistake);
        }
    }

    /// The mistakes in order, each with how often it came again at its place.
    fn into_parts(self) -> (Topology<'d>, Vec<Mistake>) {
        let mut mistakes = self.mistakes;
        let mut again: Vec<(usize, usize)> = self.told.into_values().filter(|(_, more)| *more > 0).collect();
        again.sort_unstable();
        for (index, more) in again {
            let first = std::mem::take(&mut mistakes[index].message);
            mistakes[index].message = words::mistakes::and_more(first, more);
        }
        (self.topology, mistakes)
    }

    /// Counts parts of the topology; past the limit it says so once and no more are made.
    fn room_for(&mut self, parts: usize, span: Span) -> bool {
        if self.parts > MOST_PARTS {
            return false;
        }
        self.parts = self.parts.saturating_add(parts);
        if self.parts > MOST_PARTS {
            self.report(Mistake::new(MistakeKind::LimitExceeded, span, references::too_many_parts(MOST_PARTS)));
            return false;
        }
        true
    }

    fn dangling<'a>(&mut self, what: Said, name: &str, span: Span, known: impl IntoIterator<Item = &'a str>) {
        let message = references::dangling(&what, name);
        // Finding the nearest name costs a look at every name: the first mistakes show the pattern.
        if self.mistakes.len() >= MOST_SUGGESTIONS {
            self.report(Mistake::new(MistakeKind::DanglingName, span, message));
            return;
        }
        let known: Vec<&str> = known.into_iter().collect();
        let help = match nearest(name, known.iter().copied()) {
            Some(near) => guesses::did_you_mean(near),
            None if known.is_empty() => references::describes_none(what),
            None if known.len() <= MOST_NAMED => references::has(known.join(", ")),
            None => references::has_and_more(known[..MOST_NAMED].join(", "), known.len() - MOST_NAMED),
        };
        self.report(Mistake::new(MistakeKind::DanglingName, span, message).help(help));
    }

    fn unequal(&mut self, mismatch: &Mismatch) {
        let message = references::values_for_devices(mismatch.values, mismatch.devices);
        let mistake = Mistake::new(MistakeKind::UnequalRanges, mismatch.span, message);
        self.report(mistake.help(references::one_value_or_range()));
    }

    fn model<T>(
        &mut self,
        what: fn() -> Said,
        table: Option<&'d Spanned<Named<T>>>,
        name: Option<&Spanned<Text>>,
    ) -> Option<&'d Item<T>> {
        let name = name?;
        let found = find(table, &name.value);
        if found.is_none() {
            self.dangling(what(), &name.value, name.span, all_names(table));
        }
        found
    }
}

/// Whether this is an address without prefix length.
fn is_plain_address(text: &str) -> bool {
    text.parse::<IpAddr>().is_ok()
}

/// The first key that comes twice, with both places.
fn first_twice<K: Hash + Eq + Clone>(keys: impl Iterator<Item = (K, Span)>) -> Option<(K, Span, Span)> {
    let mut seen = HashMap::default();
    for (key, span) in keys {
        if let Some(first) = seen.insert(key.clone(), span) {
            return Some((key, first, span));
        }
    }
    None
}
