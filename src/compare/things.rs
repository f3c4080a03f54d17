//! Things that are added and removed, and what is said of the others otherwise.

use std::collections::BTreeSet;

use foldhash::HashMap;

use super::{Renames, Side};
use crate::design::{self, Design, Field, Form as Shaped, Shape, Table as _, WAS, expand};
use crate::failure::{Class, Proof};
use crate::source::{Entry, Kind, Sources, Table, Value};
use crate::topology::{self, Topology};

/// What becomes of the things that a design names.
#[derive(Debug, Default)]
pub struct Things {
    /// Those that only the new design has.
    pub added: Vec<Thing>,
    /// Those that only the old design has, under their new names.
    pub removed: Vec<Thing>,
    /// What is said otherwise of those that both have.
    pub changed: Vec<Property>,
    /// How many components of each class can fail, in the old and in the new design, where the numbers differ.
    pub components: Vec<(Class, usize, usize)>,
}

/// How a thing is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Under its name in a table of such things.
    Named,
    /// As a table that a design has once.
    Table,
    /// As an entry of a list.
    Entry,
    /// As one of the cables between two ranges of ports.
    Cable,
}

/// Something that a design names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thing {
    /// How it is written.
    pub form: Form,
    /// Path of the table it stands in: `node`, `server_model.hci.cards`, `cable`.
    pub table: String,
    /// Its name, the ends of a cable, or what is written in an entry of a list; nothing where it is the table itself.
    pub name: String,
}

/// What is said of one thing, or in the same words of several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Property {
    /// Path of the table that the things stand in, or of the table that has the key.
    pub table: String,
    /// The things; none where the table itself has the key.
    pub names: Vec<String>,
    /// The key, with those of tables between: `memory.capacity`.
    pub key: String,
    /// What was said.
    pub old: Option<String>,
    /// What is said.
    pub new: Option<String>,
}

/// Compares what two designs say.
pub(super) fn compare(old: &Side<'_, '_, '_>, new: &Side<'_, '_, '_>, renames: &Renames) -> Things {
    let mut walk =
        Walk { sources: (old.sources, new.sources), renames, found: Things::default(), places: HashMap::default() };
    walk.keys(&Place::default(), Design::fields(), Some(&old.reading.document), Some(&new.reading.document));
    if let (Some(before), Some(now)) = (old.proof, new.proof) {
        walk.cables(before.topology(), now.topology());
        walk.found.components = components(before, now);
    }
    walk.found
}

fn components(old: &Proof<'_, '_>, new: &Proof<'_, '_>) -> Vec<(Class, usize, usize)> {
    let count = |proof: &Proof<'_, '_>, class| proof.components.iter().filter(|own| own.class == class).count();
    let counts = Class::ALL.into_iter().map(|class| (class, count(old, class), count(new, class)));
    counts.filter(|(_, old, new)| old != new).collect()
}

/// Where the walk stands: in a table, at a thing of it, below some keys.
#[derive(Debug, Clone, Default)]
struct Place {
    table: String,
    name: Option<String>,
    keys: Vec<&'static str>,
}

impl Place {
    fn at(&self, key: &'static str) -> Self {
        let mut place = self.clone();
        if place.table.is_empty() {
            key.clone_into(&mut place.table);
        } else {
            place.keys.push(key);
        }
        place
    }

    /// Path of what stands here.
    fn path(&self) -> String {
        let name = self.name.iter().map(String::as_str);
        std::iter::once(self.table.as_str()).chain(name).chain(self.keys.iter().copied()).collect::<Vec<_>>().join(".")
    }
}

struct Walk<'a> {
    sources: (&'a Sources, &'a Sources),
    renames: &'a Renames,
    found: Things,
    /// Where a change is listed that several things share.
    places: HashMap<[String; 4], usize>,
}

impl Walk<'_> {
    fn keys(&mut self, place: &Place, fields: &'static [Field], old: Option<&Table>, new: Option<&Table>) {
        for field in fields.iter().filter(|field| ![WAS, "include", "cable"].contains(&field.name)) {
            let [old, new] = [old, new].map(|table| Some(&table?.get(field.name)?.value));
            self.value(&place.at(field.name), field.shape, old, new);
        }
    }

    fn value(&mut self, place: &Place, shape: &'static Shape, old: Option<&Value>, new: Option<&Value>) {
        match (shape.form, old, new) {
            (_, None, None) => {}
            (Shaped::Table(fields), Some(old), Some(new)) => match (table(old), table(new)) {
                (Some(old), Some(new)) => self.keys(place, fields(), Some(old), Some(new)),
                _ => self.said(place, Some(old), Some(new)),
            },
            (Shaped::Table(_), None, Some(_)) => self.found.added.push(whole(place)),
            (Shaped::Table(_), Some(_), None) => self.found.removed.push(whole(place)),
            (Shaped::Named(entry), _, _) => self.named(place, entry, old, new),
            (Shaped::List(Shape { form: Shaped::Table(_), .. }), _, _) => self.entries(place, old, new),
            _ => self.said(place, old, new),
        }
    }

    /// Things by name: which there are, and what is said of those that both designs have.
    fn named(&mut self, place: &Place, entry: &'static Shape, old: Option<&Value>, new: Option<&Value>) {
        let path = place.path();
        let start = format!("{path}.");
        let now = by_name(new, &str::to_owned);
        let before = by_name(old, &|name| {
            let called = self.renames.subject(&format!("{start}{name}")).into_owned();
            called.strip_prefix(&start).map_or(called.clone(), str::to_owned)
        });
        let find: HashMap<&str, &Value> = before.iter().map(|(name, value)| (name.as_str(), *value)).collect();
        let mut kept = BTreeSet::new();
        for (name, value) in &now {
            let Some(other) = find.get(name.as_str()) else {
                self.found.added.push(Thing { form: Form::Named, table: path.clone(), name: name.clone() });
                continue;
            };
            kept.insert(name.as_str());
            let place = Place { table: path.clone(), name: Some(name.clone()), keys: Vec::new() };
            self.value(&place, entry, Some(other), Some(value));
        }
        let gone = before.iter().filter(|(name, _)| !kept.contains(name.as_str()));
        self.found.removed.extend(gone.map(|(name, _)| Thing {
            form: Form::Named,
            table: path.clone(),
            name: name.clone(),
        }));
    }

    /// Tables in a list have no names: those that are written in one design only.
    fn entries(&mut self, place: &Place, old: Option<&Value>, new: Option<&Value>) {
        let mut before: Vec<(Vec<String>, &Value)> = items(old).iter().map(|item| (words(item), item)).collect();
        let mut added = Vec::new();
        for item in items(new) {
            let own = words(item);
            match before.iter().position(|(other, _)| self.same_words(other, &own)) {
                Some(same) => _ = before.remove(same),
                None => added.push(item),
            }
        }
        let thing = |value: &Value, sources: &Sources| Thing {
            form: Form::Entry,
            table: place.path(),
            name: written(value, sources),
        };
        self.found.added.extend(added.into_iter().map(|value| thing(value, self.sources.1)));
        self.found.removed.extend(before.into_iter().map(|(_, value)| thing(value, self.sources.0)));
    }

    /// A value that says something; names in it may have changed.
    fn said(&mut self, place: &Place, old: Option<&Value>, new: Option<&Value>) {
        let same = old.zip(new).is_some_and(|(old, new)| self.same_words(&words(old), &words(new)));
        if !same {
            let (old, new) = (old.map(|old| written(old, self.sources.0)), new.map(|new| written(new, self.sources.1)));
            self.changed(&place.table, place.name.as_deref(), place.keys.join("."), old, new);
        }
    }

    /// Whether two values say the same, but for names that have changed.
    fn same_words(&self, old: &[String], new: &[String]) -> bool {
        old.len() == new.len() && old.iter().zip(new).all(|(old, new)| self.renames.same_text(old, new))
    }

    fn changed(&mut self, table: &str, name: Option<&str>, key: String, old: Option<String>, new: Option<String>) {
        let told = |value: &Option<String>| value.as_ref().map_or_else(String::new, |value| format!("={value}"));
        let identity = [table.to_owned(), key.clone(), told(&old), told(&new)];
        if let (Some(name), Some(known)) = (name, self.places.get(&identity)) {
            self.found.changed[*known].names.push(name.to_owned());
            return;
        }
        self.places.insert(identity, self.found.changed.len());
        let names = name.map(str::to_owned).into_iter().collect();
        self.found.changed.push(Property { table: table.to_owned(), names, key, old, new });
    }

    /// Cables by their ends, whichever of these is written first.
    fn cables(&mut self, old: &Topology<'_>, new: &Topology<'_>) {
        let before = cables(old, self.renames);
        let now = cables(new, &Renames::default());
        let find = |cables: &[Cable]| -> HashMap<[String; 2], usize> {
            cables.iter().enumerate().map(|(index, cable)| (cable.identity.clone(), index)).collect()
        };
        let (known, kept) = (find(&before), find(&now));
        let thing = |cable: &Cable| Thing { form: Form::Cable, table: "cable".to_owned(), name: cable.name.clone() };
        self.found.removed.extend(before.iter().filter(|cable| !kept.contains_key(&cable.identity)).map(thing));
        for cable in &now {
            let Some(other) = known.get(&cable.identity).map(|index| &before[*index]) else {
                self.found.added.push(thing(cable));
                continue;
            };
            for (key, old, new) in [("kind", &other.kind, &cable.kind), ("length", &other.length, &cable.length)] {
                if old != new {
                    self.changed("cable", Some(&cable.name), key.to_owned(), old.clone(), new.clone());
                }
            }
        }
    }
}

/// A cable and what is said of it.
struct Cable {
    /// Its ends, in an order that does not depend on which is written first.
    identity: [String; 2],
    name: String,
    kind: Option<String>,
    length: Option<String>,
}

fn cables(topology: &Topology<'_>, renames: &Renames) -> Vec<Cable> {
    let cable = |cable: &topology::Cable<'_>| {
        let mut identity = [cable.from, cable.to].map(|end| renames.port(&topology.port_name(end)));
        let name = identity.join(" - ");
        identity.sort_unstable();
        let said = cable.item.map(|item| &item.value);
        Cable {
            identity,
            name,
            kind: said.and_then(|said| said.kind.as_ref()).map(|kind| kind.value.to_string()),
            length: said.and_then(|said| said.length.as_ref()).map(|length| length.value.to_string()),
        }
    };
    topology.cables.iter().map(cable).collect()
}

fn whole(place: &Place) -> Thing {
    Thing { form: Form::Table, table: place.path(), name: String::new() }
}

fn table(value: &Value) -> Option<&Table> {
    match &value.kind {
        Kind::Table(table) => Some(table),
        _ => None,
    }
}

/// The values of a list; one value alone is a list of one.
fn items(value: Option<&Value>) -> &[Value] {
    match value {
        None => &[],
        Some(Value { kind: Kind::List(values), .. }) => values,
        Some(value) => std::slice::from_ref(value),
    }
}

/// The entries of a table of names, written out.
fn by_name<'v>(value: Option<&'v Value>, called: &dyn Fn(&str) -> String) -> Vec<(String, &'v Value)> {
    let entries = value.and_then(table).map_or(&[][..], |table| &table.0);
    let names = |entry: &'v Entry| {
        let names = expand(&entry.key.value).unwrap_or_else(|_| vec![entry.key.value.clone()]);
        names.into_iter().map(move |name| (name, &entry.value))
    };
    entries.iter().flat_map(names).map(|(name, value)| (called(&name), value)).collect()
}

/// What a value says, ranges written out: two that say the same have the same words.
fn words(value: &Value) -> Vec<String> {
    let named = |text: &str| -> Vec<String> {
        let names = expand(text).unwrap_or_else(|_| vec![design::Text::from(text)]);
        names.into_iter().map(String::from).collect()
    };
    match &value.kind {
        Kind::Text(text) => named(text),
        Kind::List(values) => values.iter().flat_map(words).collect(),
        Kind::Table(table) => {
            let entry = |entry: &Entry| named(&entry.key.value).into_iter().chain(words(&entry.value)).collect();
            let mut entries: Vec<Vec<String>> = table.0.iter().map(entry).collect();
            entries.sort_unstable();
            entries.concat()
        }
        Kind::Integer(number) => vec![number.to_string()],
        Kind::Float(number) => vec![number.to_string()],
        Kind::Boolean(answer) => vec![answer.to_string()],
        Kind::HugeInteger(text) | Kind::Datetime(text) => vec![text.to_string()],
    }
}

/// A value as it is written, in one line.
fn written(value: &Value, sources: &Sources) -> String {
    match &value.kind {
        Kind::Text(text) => text.to_string(),
        Kind::List(values) => {
            let values: Vec<String> = values.iter().map(|value| quoted(value, sources)).collect();
            format!("[{}]", values.join(", "))
        }
        Kind::Table(table) => {
            let entries =
                table.0.iter().map(|entry| format!("{} = {}", entry.key.value, quoted(&entry.value, sources)));
            format!("{{ {} }}", entries.collect::<Vec<_>>().join(", "))
        }
        _ => sources.text(value.span).to_owned(),
    }
}

/// A value within another one: texts stand in quotes.
fn quoted(value: &Value, sources: &Sources) -> String {
    let text = written(value, sources);
    if matches!(value.kind, Kind::Text(_)) { format!("\"{text}\"") } else { text }
}
