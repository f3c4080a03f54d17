//! Figures that move, as rows of a table.

use std::collections::HashMap;

use crate::capacity::{Figure, Method, State};
use crate::compare::{Course, Moved};
use crate::words::{self, Language, Said};

/// How far a figure moves: an arrow and the percent of its old value.
fn course(moved: &Moved<'_>, language: Language) -> String {
    let arrow = match moved.course() {
        Course::Up => "▲",
        Course::Down => "▼",
        Course::Level => "=",
        Course::Otherwise => return String::new(),
    };
    match moved.percent() {
        Some(percent) if moved.course() != Course::Level => format!("{arrow} {}", self::percent(percent).say(language)),
        _ => arrow.to_owned(),
    }
}

/// Least percentage that is printed.
const LEAST: f64 = 0.1;

/// A percentage with as many decimals as it needs to be told from none, one at most.
fn percent(percent: f64) -> Said {
    let size = percent.abs();
    if size < LEAST {
        return words::difference::under(LEAST);
    }
    let text = format!("{size:.1}");
    format!("{} %", text.strip_suffix(".0").unwrap_or(&text)).into()
}

/// A row of figures that move alike, in a language.
pub(super) struct Row {
    /// The figure's name; with the method where it is not the model, and with the state where something is lost.
    pub(super) name: String,
    /// What they are about.
    pub(super) subjects: Vec<String>,
    /// The value before, and what bound it where that is another thing now.
    pub(super) old: Vec<String>,
    /// The value now, and what binds it where that was another thing.
    pub(super) new: Vec<String>,
    /// How far it moves.
    pub(super) course: String,
}

/// Whether a figure moves so little that it is printed as before.
fn is_unseen(moved: &Moved<'_>) -> bool {
    let little = moved.percent().is_some_and(|percent| percent.abs() < LEAST);
    little && !moved.binding && moved.old.printed() == moved.new.printed()
}

/// What a table of figures with so many rows leaves out.
pub(super) fn left_out(moved: &[Moved<'_>], rows: usize, most: usize) -> Vec<Said> {
    let unseen = moved.iter().filter(|own| is_unseen(own)).count();
    let more = rows.saturating_sub(most);
    let more = (more > 0).then(|| words::difference::more_in_json(more));
    let unseen = (unseen > 0).then(|| words::difference::unseen(unseen));
    more.into_iter().chain(unseen).collect()
}

/// Figures that move so that it is seen, those that move alike in one row.
pub(super) fn rows(moved: &[Moved<'_>], language: Language) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    let mut places: HashMap<(String, Vec<String>, Vec<String>), usize> = HashMap::new();
    for figure in moved.iter().filter(|own| !is_unseen(own)) {
        let row = row(figure, language);
        let place = places.entry((row.name.clone(), row.old.clone(), row.new.clone())).or_insert(rows.len());
        match rows.get_mut(*place) {
            Some(known) => known.subjects.extend(row.subjects),
            None => rows.push(row),
        }
    }
    rows
}

/// A figure's name, with its method where that is not the model and its state where something is lost.
pub(super) fn name(figure: &Figure) -> Said {
    let method = Some(figure.method).filter(|method| *method != Method::Model).map(Method::said);
    let state = Some(figure.state).filter(|state| *state != State::Healthy).map(State::said);
    std::iter::once(figure.text.id.into()).chain(method).chain(state).collect::<Vec<_>>().into()
}

/// A figure that only one of the designs has.
pub(super) fn alone(figure: &Figure) -> Said {
    words::difference::value_of(name(figure), &figure.about, figure.printed())
}

fn row(moved: &Moved<'_>, language: Language) -> Row {
    let Moved { old, new, binding } = moved;
    let cell = |figure: &Figure| {
        let bound = figure.binding.as_ref().filter(|_| *binding).map(words::difference::bound_by);
        let lines = std::iter::once(figure.printed()).chain(bound);
        lines.map(|line: Said| line.say(language).into_owned()).collect()
    };
    Row {
        name: name(new).say(language).into_owned(),
        subjects: vec![new.subject.clone()],
        old: cell(old),
        new: cell(new),
        course: course(moved, language),
    }
}
