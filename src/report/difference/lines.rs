//! What several formats tell of a difference in the same words.

use crate::check::Outcome;
use crate::compare::{ClaimChange, CutSets, Difference, Fate, Form, Property, Thing, Things, Vanished};
use crate::design::{Run, collapse};
use crate::failure::{self, Class};
use crate::report::told::spoken;
use crate::words::{self, Language, Said};

/// Names of a cut set's first components, or of things, that are spelled out before the others are counted.
pub(super) const MOST_NAMES: usize = 6;

/// What became of a finding's rule in the new design, where the finding is gone.
pub(super) fn gone(vanished: &Vanished<'_>) -> Said {
    match vanished.rule {
        Some(Outcome::Holds) => words::difference::rule_holds(),
        Some(Outcome::Violated) => words::difference::rule_violated_elsewhere(),
        Some(Outcome::Unproven) => words::difference::rule_unproven_elsewhere(),
        Some(Outcome::NotApplicable) => words::difference::rule_not_applicable(),
        Some(Outcome::SetAside) => words::difference::rule_set_aside(),
        Some(Outcome::Off) => words::difference::rule_off(),
        None => words::difference::text_mended(),
    }
}

/// How many names are spelled out, and what is said of the others.
pub(super) fn some(names: &[String], most: usize, language: Language) -> String {
    if names.len() <= most {
        return names.join(language.between());
    }
    let more = words::lists::and_more(names.len() - most);
    format!("{}{}", names[..most].join(language.between()), more.say(language))
}

/// Things of one table after the other, their names as ranges: `node pve{4..6}`.
fn by_table(things: &[Thing], language: Language) -> Vec<String> {
    let told = |group: &[Thing]| {
        let table = &group[0].table;
        let names: Vec<&str> = group.iter().map(|thing| thing.name.as_str()).collect();
        let ranges = match group[0].form {
            Form::Table => return words::difference::the_table(table).say(language).into_owned(),
            Form::Named => collapse(names),
            Form::Entry => names.into_iter().map(str::to_owned).collect(),
            Form::Cable => cables(&names),
        };
        format!("{table} {}", some(&ranges, MOST_NAMES, language))
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
fn path(property: &Property, language: Language) -> String {
    let names: Vec<&str> = property.names.iter().map(String::as_str).collect();
    let ranges = if property.table == "cable" { cables(&names) } else { collapse(names) };
    let names = some(&ranges, MOST_NAMES, language);
    let parts = [property.table.as_str(), names.as_str(), property.key.as_str()];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(".")
}

/// A value of a finding, before and now.
pub(super) fn value(name: &str, old: &Said, new: &Said) -> Said {
    Said::run("", [name.into(), ": ".into(), old.clone(), " → ".into(), new.clone()])
}

/// What one design writes for a key; a key that was not written says nothing.
fn written(value: Option<&String>) -> Said {
    value.map_or_else(words::difference::not_written, Said::from)
}

/// A key whose value is another one.
pub(super) fn changed(property: &Property, language: Language) -> Said {
    words::difference::changed(path(property, language), written(property.old.as_ref()), written(property.new.as_ref()))
}

/// Heading of what becomes of cut sets.
pub(super) fn fate(fate: Fate) -> Said {
    match fate {
        Fate::Lost => words::difference::lost(),
        Fate::LostWithNew => words::difference::lost_with_new(),
        Fate::TurnsOutLost => words::difference::turns_out_lost(),
        Fate::Survived => words::difference::survived_now(),
        Fate::Undecided => words::difference::not_known_now(),
        Fate::Gone => words::difference::gone_with_components(),
    }
}

/// Cut sets whose like both designs have, in one line.
pub(super) fn like_others(groups: &[&CutSets]) -> Option<Said> {
    let sets: usize = groups.iter().map(|group| group.count).sum();
    let kinds = words::difference::kinds(groups.len());
    (sets > 0).then(|| words::difference::like_others(words::difference::sets(sets), kinds))
}

/// Steps to a loss; without a failure there is no first one.
pub(super) fn chain(group: &CutSets, language: Language) -> String {
    let first = usize::from(group.classes.is_empty());
    spoken(group.chain.get(first..).unwrap_or_default(), " → ", language)
}

/// The kind of a change that would help, and what it is.
pub(super) fn helps(group: &CutSets) -> Said {
    words::difference::helps(group.remedy.0.said(), &group.remedy.1)
}

/// What cut sets lose and which they are: `pool: disk + disk (160 such sets), first ...`.
pub(super) fn cut_sets(group: &CutSets, language: Language) -> Said {
    let CutSets { count, .. } = *group;
    let loss = group.loses.said();
    let first: Said = group.sets.first().map_or_else(String::new, |set| set.join(" + ")).into();
    let first = if first.is_empty() { words::difference::without_failure() } else { first };
    if count == 1 {
        return Said::run(": ", [loss, first]);
    }
    if group.classes.len() == 1 {
        let names = collapse(group.sets.iter().flatten().map(String::as_str));
        return words::difference::singles_lost(loss, count, some(&names, MOST_NAMES, language));
    }
    let classes = Said::run(" + ", group.classes.iter().map(|class| class.said()));
    words::difference::pairs_lost(loss, classes, count, first)
}

/// How many failures of a kind are survived, before and now; nothing where both are the same.
fn survived(difference: &Difference<'_>) -> Vec<Said> {
    let Some((old, new)) = &difference.failures.counts else { return Vec::new() };
    let of = |counts: failure::Counts| match counts.unproven {
        0 => words::difference::survived(counts.survived, counts.total),
        open => words::difference::survived_or_open(counts.survived, counts.total, open),
    };
    let singles = (old.singles != new.singles).then(|| words::difference::singles(of(old.singles), of(new.singles)));
    let doubles = match (old.doubles, new.doubles) {
        (Some(old), Some(new)) => (old != new).then(|| words::difference::doubles(of(old), of(new))),
        _ => Some(words::difference::too_many_doubles()),
    };
    singles.into_iter().chain(doubles).collect()
}

/// A claim and what becomes of it.
fn claim(change: &ClaimChange) -> Said {
    let became = |outcome: Option<failure::Outcome>| match outcome {
        None => words::difference::not_claimed(),
        Some(failure::Outcome::Survived) => words::difference::claim_holds(),
        Some(failure::Outcome::Unproven) => words::names::unproven(),
        Some(failure::Outcome::Lost) => words::difference::claim_lost(),
    };
    words::difference::claim(&change.claim, became(change.old), became(change.new))
}

/// Things that have another name: `node pve{1..3} → host{1..3}`.
pub(super) fn renamed(difference: &Difference<'_>, language: Language) -> Vec<Said> {
    let told = |group: &[crate::compare::Renamed]| {
        let before = collapse(group.iter().map(|own| own.before.as_str()));
        let now = collapse(group.iter().map(|own| own.now.as_str()));
        let [before, now] = [before, now].map(|names| some(&names, MOST_NAMES, language));
        words::difference::renamed(format!("{} {before} → {now}", group[0].table))
    };
    difference.renamed.chunk_by(|left, right| left.table == right.table).map(told).collect()
}

/// Tables in which as many things are removed as are added: they may have been renamed.
pub(super) fn maybe_renamed(difference: &Difference<'_>) -> Vec<Said> {
    let things = &difference.things;
    let named = |things: &[Thing], table: &str| {
        things.iter().filter(|thing| thing.form == Form::Named && thing.table == table).count()
    };
    let groups = things.removed.chunk_by(|left, right| left.table == right.table).map(|group| group[0].table.as_str());
    let may_be = groups.filter(|table| {
        let removed = named(&things.removed, table);
        removed > 0 && removed == named(&things.added, table)
    });
    may_be.map(words::difference::maybe_renamed).collect()
}

/// How many components of each class can fail, where the numbers differ.
pub(super) fn components(difference: &Difference<'_>, language: Language) -> Option<Said> {
    let moved =
        |(class, old, new): &(Class, usize, usize)| Said::run(" ", [class.several(), format!("{old} → {new}").into()]);
    let told: Vec<Said> = difference.things.components.iter().map(moved).collect();
    (!told.is_empty()).then(|| words::difference::what_can_fail(spoken(&told, language.between(), language)))
}

/// What is told of failures beside cut sets, naming so many components at most.
pub(super) fn failures(difference: &Difference<'_>, most: usize, language: Language) -> Vec<Said> {
    let failures = &difference.failures;
    let mut told = survived(difference);
    told.extend(failures.claims.iter().map(claim));
    let names = |names: &[String]| (!names.is_empty()).then(|| some(names, most, language));
    told.extend(names(&failures.undecided).map(words::difference::undecided));
    told.extend(names(&failures.decided).map(words::difference::decided));
    told
}

/// Things that only one of the designs has.
pub(super) fn added_and_removed(things: &Things, language: Language) -> impl Iterator<Item = Said> {
    let added = by_table(&things.added, language).into_iter().map(words::difference::added);
    added.chain(by_table(&things.removed, language).into_iter().map(words::difference::removed))
}

/// What becomes of things and of what is said of them, an entry each.
pub(super) fn things(difference: &Difference<'_>, language: Language) -> Vec<Said> {
    let things = &difference.things;
    let mut told = renamed(difference, language);
    told.extend(difference.unknown_names.iter().map(|unknown| {
        let renamed = &unknown.renamed;
        words::difference::unknown_old_name(format!("{}.{}", renamed.table, renamed.before))
    }));
    told.extend(added_and_removed(things, language));
    told.extend(things.changed.iter().map(|property| changed(property, language)));
    told.extend(components(difference, language));
    told.extend(maybe_renamed(difference));
    told
}
