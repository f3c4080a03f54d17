//! Figures that move, and those that only one design has.

use std::borrow::Cow;

use foldhash::HashMap;

use super::Renames;
use crate::capacity::{Figure, Method, State, Value};

/// Part of a value by which it may differ and still be the same: sums of the same numbers in another order do.
const SAME: f64 = 1e-9;

/// What becomes of the figures.
#[derive(Debug, Default)]
pub struct Figures<'a> {
    /// Those that both designs have, and that are others now.
    pub moved: Vec<Moved<'a>>,
    /// Those that only the new design has.
    pub appeared: Vec<&'a Figure>,
    /// Those that only the old design has.
    pub vanished: Vec<&'a Figure>,
}

/// A figure that is another one now, or is bound by something else.
#[derive(Debug, Clone, Copy)]
pub struct Moved<'a> {
    /// As it was.
    pub old: &'a Figure,
    /// As it is.
    pub new: &'a Figure,
    /// Whether what binds it is another thing.
    pub binding: bool,
}

/// Where a figure goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Course {
    /// It is larger now.
    Up,
    /// It is smaller now.
    Down,
    /// It is as large, and bound by something else.
    Level,
    /// It is not a number in one of the designs.
    Otherwise,
}

impl Moved<'_> {
    /// Old and new value, where both are numbers of one unit.
    fn numbers(&self) -> Option<(f64, f64)> {
        let (old, new) = (self.old.number()?, self.new.number()?);
        (self.old.unit == self.new.unit).then_some((old, new))
    }

    /// Where it goes.
    pub fn course(&self) -> Course {
        match self.numbers().unzip() {
            (Some(old), Some(new)) if same_number(old, new) => Course::Level,
            (Some(old), Some(new)) if new > old => Course::Up,
            (Some(_), Some(_)) => Course::Down,
            _ if self.old.value == self.new.value => Course::Level,
            _ => Course::Otherwise,
        }
    }

    /// By how many percent of its old value it moves; nothing where that was 0 or one of them is no number.
    pub fn percent(&self) -> Option<f64> {
        let (old, new) = self.numbers()?;
        (old != 0.0).then(|| (new - old) / old.abs() * 100.0)
    }
}

/// Identity of a figure.
type Key<'a> = (&'static str, Cow<'a, str>, State, Method);

/// Compares the figures of two designs.
pub(super) fn compare<'a>(old: &'a [Figure], new: &'a [Figure], renames: &Renames) -> Figures<'a> {
    let mut before: HashMap<Key<'_>, Vec<&Figure>> = HashMap::default();
    for figure in old.iter().rev() {
        let subject = renames.subject(&figure.subject);
        before.entry((figure.text.id, subject, figure.state, figure.method)).or_default().push(figure);
    }
    let mut found = Figures::default();
    for figure in new {
        let key = (figure.text.id, Cow::Borrowed(figure.subject.as_str()), figure.state, figure.method);
        let Some(other) = before.get_mut(&key).and_then(Vec::pop) else {
            found.appeared.push(figure);
            continue;
        };
        let binding = match (&other.binding, &figure.binding) {
            (Some(old), Some(new)) => !renames.same_text(&old.to_string(), &new.to_string()),
            (old, new) => old != new,
        };
        if binding || !same(other, figure) {
            found.moved.push(Moved { old: other, new: figure, binding });
        }
    }
    let left = |figure: &&Figure| {
        let key = (figure.text.id, renames.subject(&figure.subject), figure.state, figure.method);
        before.get(&key).is_some_and(|left| left.iter().any(|own| std::ptr::eq(*own, *figure)))
    };
    found.vanished = old.iter().filter(left).collect();
    found
}

fn same(old: &Figure, new: &Figure) -> bool {
    match (&old.value, &new.value) {
        (Value::Number(before), Value::Number(now)) => same_number(*before, *now) && old.unit == new.unit,
        // What is missing are questions, which findings tell.
        (Value::Unknown(_), Value::Unknown(_)) | (Value::Never, Value::Never) => true,
        _ => false,
    }
}

fn same_number(old: f64, new: f64) -> bool {
    (old - new).abs() <= SAME * old.abs().max(new.abs())
}
