//! What several formats tell of a difference in the same words.

use crate::check::Outcome;
use crate::compare::{ClaimChange, CutSets, Difference, Fate, Form, Property, Thing, Vanished};
use crate::design::{Run, collapse};
use crate::failure;
use crate::report::told::plural;

/// Names of a cut set's first components, or of things, that are spelled out before the others are counted.
pub(super) const MOST_NAMES: usize = 6;

/// What became of a finding's rule in the new design, where the finding is gone.
pub(super) fn gone(vanished: &Vanished<'_>) -> &'static str {
    match vanished.rule {
        Some(Outcome::Holds) => "the rule holds",
        Some(Outcome::Violated) => "the rule is violated elsewhere",
        Some(Outcome::Unproven) => "the rule cannot be decided elsewhere",
        Some(Outcome::NotApplicable) => "the rule does not apply any more",
        Some(Outcome::SetAside) => "the rule is set aside now",
        Some(Outcome::Off) => "the rule is not judged",
        None => "the text has it no more",
    }
}

/// How many names are spelled out, and what is said of the others.
pub(super) fn some(names: &[String], most: usize) -> String {
    if names.len() <= most {
        return names.join(", ");
    }
    format!("{} and {} more", names[..most].join(", "), names.len() - most)
}

/// Things of one table after the other, their names as ranges: `node pve{4..6}`.
pub(super) fn by_table(things: &[Thing]) -> Vec<String> {
    let told = |group: &[Thing]| {
        let table = &group[0].table;
        let names: Vec<&str> = group.iter().map(|thing| thing.name.as_str()).collect();
        let ranges = match group[0].form {
            Form::Table => return format!("the table {table}"),
            Form::Named => collapse(names),
            Form::Entry => names.into_iter().map(str::to_owned).collect(),
            Form::Cable => cables(&names),
        };
        format!("{table} {}", some(&ranges, MOST_NAMES))
    };
    things.chunk_by(|left, right| (left.form, &left.table) == (right.form, &right.table)).map(told).collect()
}

/// Cables whose ends count up together as two ranges.
fn cables(names: &[&str]) -> Vec<String> {
    let ends = |name: &'_ str| name.split_once(" - ").map(|(from, to)| (from.len(), to.len()));
    let mut told = Vec::new();
    let mut run: Option<(Run<'_>, Run<'_>)> = None;
    let told_of = |run: &(Run<'_>, Run<'_>)| format!("{} - {}", run.0, run.1);
    for name in names {
        let Some((from, to)) = ends(name).map(|(from, _)| (&name[..from], &name[from + 3..])) else { continue };
        let longer = run.as_ref().and_then(|(left, right)| Some((left.with(from)?, right.with(to)?)));
        if longer.is_none() {
            told.extend(run.as_ref().map(told_of));
        }
        run = longer.or_else(|| Some((Run::new(from), Run::new(to))));
    }
    told.extend(run.as_ref().map(told_of));
    told
}

/// Path of a key, with those that it is the same of as ranges: `node.pve{1..3}.rack`.
pub(super) fn path(property: &Property) -> String {
    let names: Vec<&str> = property.names.iter().map(String::as_str).collect();
    let ranges = if property.table == "cable" { cables(&names) } else { collapse(names) };
    let names = some(&ranges, MOST_NAMES);
    let parts = [property.table.as_str(), names.as_str(), property.key.as_str()];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(".")
}

/// A value of one design; a key that was not written says nothing.
pub(super) fn value(value: Option<&String>) -> &str {
    value.map_or("not written", String::as_str)
}

/// Heading of what becomes of cut sets.
pub(super) fn fate(fate: Fate) -> &'static str {
    match fate {
        Fate::Lost => "Survived before, lost now",
        Fate::LostWithNew => "Lost through new components",
        Fate::TurnsOutLost => "Lost, and not known before",
        Fate::Survived => "Lost before, survived now",
        Fate::Undecided => "Lost before, not known now",
        Fate::Gone => "Gone with their components",
    }
}

/// Cut sets whose like both designs have, in one line.
pub(super) fn like_others(groups: &[&CutSets]) -> Option<String> {
    let sets: usize = groups.iter().map(|group| group.count).sum();
    let kinds = plural(groups.len(), "kind");
    (sets > 0).then(|| format!("{} of {kinds} that both designs have", plural(sets, "cut set")))
}

/// Steps to a loss; without a failure there is no first one.
pub(super) fn chain(group: &CutSets) -> String {
    let first = usize::from(group.classes.is_empty());
    group.chain.get(first..).unwrap_or_default().iter().map(ToString::to_string).collect::<Vec<_>>().join(" → ")
}

/// What cut sets lose and which they are: `pool: disk + disk (160 such sets), first ...`.
pub(super) fn cut_sets(group: &CutSets) -> String {
    let first = group.sets.first().map_or_else(String::new, |set| set.join(" + "));
    let first = if first.is_empty() { "without any failure".to_owned() } else { first };
    let count = group.count;
    if count == 1 {
        return format!("{}: {first}", group.loses.word());
    }
    if group.classes.len() == 1 {
        let names: Vec<String> = group.sets.iter().flatten().cloned().collect();
        let names = collapse(names.iter().map(String::as_str));
        return format!("{}: {count} single failures, {}", group.loses.word(), some(&names, MOST_NAMES));
    }
    let classes: Vec<&str> = group.classes.iter().map(|class| class.word()).collect();
    format!("{}: {} ({count} such sets), first {first}", group.loses.word(), classes.join(" + "))
}

/// How many failures of a kind are survived, before and now; nothing where both are the same.
pub(super) fn survived(difference: &Difference<'_>) -> Vec<String> {
    let Some((old, new)) = &difference.failures.counts else { return Vec::new() };
    let told = |word: &str, old: Option<failure::Counts>, new: Option<failure::Counts>| {
        let (old, new) = (old?, new?);
        let of = |counts: failure::Counts| {
            let open = if counts.unproven > 0 { format!(", {} unproven", counts.unproven) } else { String::new() };
            format!("{} of {} survived{open}", counts.survived, counts.total)
        };
        (old != new).then(|| format!("{word}: {} → {}", of(old), of(new)))
    };
    let singles = told("single failures", Some(old.singles), Some(new.singles));
    let doubles = if old.doubles.is_some() && new.doubles.is_some() {
        told("double failures", old.doubles, new.doubles)
    } else {
        Some("double failures: too many to look at each".to_owned())
    };
    singles.into_iter().chain(doubles).collect()
}

/// A claim and what becomes of it.
pub(super) fn claim(change: &ClaimChange) -> String {
    let word = |outcome: Option<failure::Outcome>| match outcome {
        None => "not claimed",
        Some(failure::Outcome::Survived) => "holds",
        Some(failure::Outcome::Unproven) => "unproven",
        Some(failure::Outcome::Lost) => "does not hold",
    };
    format!("\"{}\": {} → {}", change.claim, word(change.old), word(change.new))
}

/// Things that have another name: `node pve{1..3} → host{1..3}`.
pub(super) fn renamed(difference: &Difference<'_>) -> Vec<String> {
    let told = |group: &[crate::compare::Renamed]| {
        let before = collapse(group.iter().map(|own| own.before.as_str()));
        let now = collapse(group.iter().map(|own| own.now.as_str()));
        format!("{} {} → {}", group[0].table, some(&before, MOST_NAMES), some(&now, MOST_NAMES))
    };
    difference.renamed.chunk_by(|left, right| left.table == right.table).map(told).collect()
}

/// Tables in which as many things are removed as are added: they may have been renamed.
pub(super) fn maybe_renamed(difference: &Difference<'_>) -> Vec<String> {
    let things = &difference.things;
    let named = |things: &[Thing], table: &str| {
        things.iter().filter(|thing| thing.form == Form::Named && thing.table == table).count()
    };
    let groups = things.removed.chunk_by(|left, right| left.table == right.table).map(|group| group[0].table.as_str());
    let may_be = groups.filter(|table| {
        let removed = named(&things.removed, table);
        removed > 0 && removed == named(&things.added, table)
    });
    may_be
        .map(|table| format!("As many are removed from {table} as are added: if they have new names, say it by `was`."))
        .collect()
}

/// How many components of each class can fail, where the numbers differ.
pub(super) fn components(difference: &Difference<'_>) -> Vec<String> {
    let things = &difference.things;
    things.components.iter().map(|(class, old, new)| format!("{} {old} → {new}", class.plural())).collect()
}

/// What is told of failures beside cut sets, naming so many components at most.
pub(super) fn failures(difference: &Difference<'_>, most: usize) -> Vec<String> {
    let failures = &difference.failures;
    let mut told: Vec<String> = survived(difference).into_iter().collect();
    told.extend(failures.claims.iter().map(claim));
    let known = [(&failures.undecided, "not known any more"), (&failures.decided, "known to be survived now")];
    let known = known.into_iter().filter(|(names, _)| !names.is_empty());
    told.extend(known.map(|(names, words)| format!("{words}: {}", some(names, most))));
    told
}

/// What becomes of things and of what is said of them, an entry each.
pub(super) fn things(difference: &Difference<'_>) -> Vec<String> {
    let things = &difference.things;
    let mut told: Vec<String> = renamed(difference).into_iter().map(|told| format!("renamed: {told}")).collect();
    told.extend(difference.unknown_names.iter().map(|unknown| {
        let renamed = &unknown.renamed;
        format!("was names {}.{}, which the old design does not have", renamed.table, renamed.before)
    }));
    for (word, things) in [("added", &things.added), ("removed", &things.removed)] {
        told.extend(by_table(things).into_iter().map(|told| format!("{word}: {told}")));
    }
    told.extend(things.changed.iter().map(|property| {
        let (old, new) = (value(property.old.as_ref()), value(property.new.as_ref()));
        format!("changed: {}: {old} → {new}", path(property))
    }));
    let components = components(difference);
    if !components.is_empty() {
        told.push(format!("what can fail: {}", components.join(", ")));
    }
    told.extend(maybe_renamed(difference));
    told
}
