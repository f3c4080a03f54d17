//! Names of the old design under which it is compared with the new one.

use std::borrow::Cow;
use std::collections::BTreeSet;

use foldhash::{HashMap, HashSet};

use crate::design::{Design, NameEntry, NameTable, Table as _, Text, name_tables};
use crate::failure::{Class, Component};
use crate::source::Span;

/// A thing that has another name in the new design.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Renamed {
    /// Path of the table it stands in: `node`, `ceph.pool`.
    pub table: String,
    /// Its name in the old design.
    pub before: String,
    /// Its name in the new design.
    pub now: String,
}

/// A name that `was` gives and the old design does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownName {
    /// The name, as `was` gives it to which thing.
    pub renamed: Renamed,
    /// Where it is written in the new design.
    pub span: Span,
}

/// How things of the old design are called in the new one.
///
/// Beside the names that `was` gives these are ranges: where `pve{1..3}` of the old design has become `pve{1..4}`, what is
/// said of the range as a whole is about the same thing.
#[derive(Debug, Default)]
pub struct Renames {
    tables: Vec<(String, HashMap<String, String>)>,
    /// What each name of the old design is called now, by the kind of thing that has it.
    called: HashMap<String, BTreeSet<(String, String)>>,
    /// Names with other characters than words have, the longest first.
    phrases: Vec<String>,
    /// Things that `was` gives another name.
    pub renamed: Vec<Renamed>,
    /// Names that `was` gives for nothing.
    pub unknown: Vec<UnknownName>,
}

impl Renames {
    /// Finds what has another name.
    pub fn between(old: &Design, new: &Design) -> Self {
        let (before, now) = (name_tables(old), name_tables(new));
        let mut renames = Self::default();
        for table in &now {
            let same = before.iter().find(|own| renames.subject(&own.path) == table.path);
            renames.add(table, same);
        }
        renames.collect_names(&before);
        renames
    }

    fn add(&mut self, table: &NameTable<'_>, before: Option<&NameTable<'_>>) {
        let entries = before.map_or(&[][..], |before| &before.entries);
        let known: HashSet<&str> = entries.iter().flat_map(|entry| entry.names.iter().map(Text::as_str)).collect();
        let mut names: HashMap<String, String> = HashMap::default();
        for entry in &table.entries {
            for (was, name) in entry.renames() {
                let renamed = Renamed { table: table.path.clone(), before: was.to_owned(), now: name.to_owned() };
                if known.contains(was) {
                    names.insert(was.to_owned(), name.to_owned());
                    self.renamed.push(renamed);
                } else if let Some(written) = entry.was {
                    self.unknown.push(UnknownName { renamed, span: written.span });
                }
            }
        }
        let ranges = ranges(entries, &table.entries, &names);
        names.extend(ranges);
        self.tables.push((table.path.clone(), names));
    }

    fn collect_names(&mut self, before: &[NameTable<'_>]) {
        if self.is_empty() {
            return;
        }
        for table in before {
            let path = self.subject(&table.path).into_owned();
            let names = self.tables.iter().find(|(own, _)| *own == path).map(|(_, names)| names);
            let kind = path.rsplit('.').next().unwrap_or_default();
            for entry in &table.entries {
                for name in std::iter::once(&entry.pattern.value).chain(entry.names) {
                    let now = names.and_then(|names| names.get(name.as_str())).map_or(name.as_str(), String::as_str);
                    self.called.entry(name.to_string()).or_default().insert((kind.to_owned(), now.to_owned()));
                }
            }
        }
        self.called.retain(|name, called| called.iter().any(|(_, now)| now != name));
        self.phrases = self.called.keys().filter(|name| !name.chars().all(in_word)).cloned().collect();
        self.phrases.sort_by(|left, right| right.len().cmp(&left.len()).then_with(|| left.cmp(right)));
    }

    /// Whether nothing has another name.
    fn is_empty(&self) -> bool {
        self.tables.iter().all(|(_, names)| names.is_empty())
    }

    /// What a finding or a figure is about under its new names: `node.pve1` as `node.host1`. It is the path of a thing, and may
    /// name others behind it: `network.ceph, pve{1..5}`, `guest.web on server_model.hci.disks.front`.
    pub fn subject<'t>(&self, subject: &'t str) -> Cow<'t, str> {
        if self.is_empty() {
            return Cow::Borrowed(subject);
        }
        let aside = |part: &str| part.split(" on ").map(|path| self.path(path)).collect::<Vec<_>>().join(" on ");
        Cow::Owned(subject.split(", ").map(aside).collect::<Vec<_>>().join(", "))
    }

    fn path(&self, path: &str) -> String {
        let first = path.split('.').next().unwrap_or_default();
        if !Design::fields().iter().any(|field| field.name == first) {
            return self.text(path).into_owned();
        }
        let mut found = path.to_owned();
        for (table, names) in &self.tables {
            let Some(rest) = found.strip_prefix(table.as_str()).and_then(|rest| rest.strip_prefix('.')) else {
                continue;
            };
            let ends = rest.match_indices('.').map(|(end, _)| end).chain([rest.len()]);
            let renamed = ends.filter_map(|end| Some((end, names.get(&rest[..end])?))).next_back();
            if let Some((end, now)) = renamed {
                found = format!("{table}.{now}{}", &rest[end..]);
            }
        }
        found
    }

    /// A component under its new name.
    pub fn component(&self, component: &Component) -> String {
        let kinds: &[&str] = match component.class {
            Class::Site | Class::Rack => &["site"],
            Class::Feed => &["power_feed"],
            Class::PowerSupply | Class::PowerLine | Class::Node | Class::Switch | Class::Firewall | Class::Monitor => {
                &["node", "switch", "firewall"]
            }
            Class::Card | Class::Port | Class::Cable => return self.port(&component.name),
            Class::Bond => &["node", "firewall", "bond"],
            Class::Uplink => &["uplink"],
            Class::SiteLink => &["site_link"],
            Class::Controller => &["node", "controllers"],
            Class::Disk | Class::DbDevice => &["node", "disks"],
            Class::SharedRisk => &["shared_risk"],
            Class::UndescribedPower => &[],
        };
        self.translated(&component.name, |kind| kinds.contains(&kind)).into_owned()
    }

    /// A port, or what is named by its ports, under its new name.
    pub fn port(&self, name: &str) -> String {
        self.translated(name, |kind| ["node", "switch", "firewall", "cards"].contains(&kind)).into_owned()
    }

    /// A text with every name in it that has changed. A name that belongs to several things, not all of which are now called
    /// the same, is left as it is: nobody knows which of them is meant.
    pub fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.translated(text, |_| true)
    }

    /// A text with the names of things of some kinds.
    fn translated<'t>(&self, text: &'t str, is_meant: impl Fn(&str) -> bool) -> Cow<'t, str> {
        if self.called.is_empty() {
            return Cow::Borrowed(text);
        }
        let now = |name: &str| {
            let called = self.called.get(name)?;
            let mut meant = called.iter().filter(|(kind, _)| is_meant(kind)).map(|(_, now)| now.as_str());
            let first = meant.next()?;
            meant.all(|other| other == first).then_some(first)
        };
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while !rest.is_empty() {
            let (name, after) = self.name_at(rest);
            out.push_str(now(name).unwrap_or(name));
            let next = if name.is_empty() { after.chars().next() } else { None };
            out.extend(next);
            rest = &after[next.map_or(0, char::len_utf8)..];
        }
        Cow::Owned(out)
    }

    /// The name that a text begins with, and what follows; no name where it begins with a sign.
    fn name_at<'t>(&self, text: &'t str) -> (&'t str, &'t str) {
        let phrase = self.phrases.iter().find(|phrase| starts_with_name(text, phrase)).map(String::len);
        text.split_at(phrase.unwrap_or_else(|| text.find(|letter| !in_word(letter)).unwrap_or(text.len())))
    }

    /// Whether two texts say the same, but for names that have changed. Each name may mean any of the things that have it.
    pub fn same_text(&self, old: &str, new: &str) -> bool {
        if old == new || self.called.is_empty() {
            return old == new;
        }
        let (mut old, mut new) = (old, new);
        while !old.is_empty() {
            let (name, after) = self.name_at(old);
            let now = self.called.get(name).into_iter().flatten().map(|(_, now)| now.as_str());
            let mut called = now.chain([name]).filter(|name| !name.is_empty());
            let rest = if name.is_empty() {
                let sign = old.chars().next();
                old = &old[sign.map_or(0, char::len_utf8)..];
                sign.and_then(|sign| new.strip_prefix(sign))
            } else {
                old = after;
                called.find_map(|now| starts_with_name(new, now).then(|| &new[now.len()..]))
            };
            let Some(rest) = rest else { return false };
            new = rest;
        }
        new.is_empty()
    }
}

/// Ranges that stand for some of the same things in both designs, and are written otherwise.
fn ranges(before: &[NameEntry<'_>], now: &[NameEntry<'_>], renamed: &HashMap<String, String>) -> Vec<(String, String)> {
    let is_range = |entry: &NameEntry<'_>| entry.pattern.value.contains('{');
    let owner: HashMap<&str, usize> = now
        .iter()
        .enumerate()
        .filter(|(_, entry)| is_range(entry))
        .flat_map(|(index, entry)| entry.names.iter().map(move |name| (name.as_str(), index)))
        .collect();
    let mut owned: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); now.len()];
    let mut owners: Vec<BTreeSet<usize>> = Vec::new();
    for (place, entry) in before.iter().enumerate() {
        let names = if is_range(entry) { entry.names } else { &[] };
        let called = |name: &str| renamed.get(name).map_or_else(|| name.to_owned(), Clone::clone);
        let found: BTreeSet<usize> =
            names.iter().filter_map(|name| owner.get(called(name).as_str()).copied()).collect();
        for index in &found {
            owned[*index].insert(place);
        }
        owners.push(found);
    }
    let only = |set: &BTreeSet<usize>| set.first().copied().filter(|_| set.len() == 1);
    let pairs = before.iter().zip(&owners).filter_map(|(entry, owners)| {
        let other = only(owners).filter(|index| only(&owned[*index]).is_some())?;
        Some((entry.pattern.value.to_string(), now[other].pattern.value.to_string()))
    });
    pairs.filter(|(old, new)| old != new).collect()
}

/// Whether a character can stand within a name; others stand between names.
fn in_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '-' || letter == '_'
}

/// Whether a text begins with a name and goes on with something else.
fn starts_with_name(text: &str, name: &str) -> bool {
    let ends = |after: &str| !name.ends_with(in_word) || !after.starts_with(in_word);
    text.strip_prefix(name).is_some_and(ends)
}
