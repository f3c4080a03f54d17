//! Edits of a text that change what they are about and nothing else.

use std::collections::BTreeSet;

use crate::source::{self, Kind, Sources, Span, Table, Value};

/// An edit of one text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edit {
    /// First byte that is replaced.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
    /// What stands there afterwards.
    pub text: String,
}

impl Edit {
    /// What a finding writes at a place.
    pub fn at(place: Span, text: &str) -> Self {
        Self { start: place.start as usize, end: place.end as usize, text: text.to_owned() }
    }
}

/// A text with edits made, where they do not touch each other and leave every other key and value as it is.
pub fn edited(text: &str, edits: &BTreeSet<Edit>) -> Option<String> {
    let mut after = String::with_capacity(text.len());
    let mut done = 0;
    for edit in edits {
        after.push_str(text.get(done..edit.start)?);
        after.push_str(&edit.text);
        text.get(edit.start..edit.end)?;
        done = edit.end;
    }
    after.push_str(text.get(done..)?);
    let touched =
        |span: Span| edits.iter().any(|edit| edit.start < span.end as usize && (span.start as usize) < edit.end);
    agree(&parsed(text)?, &parsed(&after)?, &touched).then_some(after)
}

/// The most of some things that fit together, those in front first; all at once where they do.
pub fn together<T: Clone>(things: &[T], fit: &mut impl FnMut(&[T]) -> bool) -> Vec<T> {
    let mut chosen = Vec::new();
    add(&mut chosen, things, fit);
    chosen
}

fn add<T: Clone>(chosen: &mut Vec<T>, more: &[T], fit: &mut impl FnMut(&[T]) -> bool) {
    if more.is_empty() {
        return;
    }
    let with = [chosen.as_slice(), more].concat();
    if fit(&with) {
        *chosen = with;
    } else if more.len() > 1 {
        let (front, back) = more.split_at(more.len() / 2);
        add(chosen, front, fit);
        add(chosen, back, fit);
    }
}

fn parsed(text: &str) -> Option<Table> {
    let mut sources = Sources::default();
    let id = sources.add("", text);
    let (table, errors) = source::parse(&sources, id);
    errors.is_empty().then_some(table)
}

/// Whether two tables are the same but for keys and values of the first that were touched.
fn agree(before: &Table, after: &Table, touched: &dyn Fn(Span) -> bool) -> bool {
    before.0.len() == after.0.len()
        && before.0.iter().zip(&after.0).all(|(before, after)| {
            (before.key.value == after.key.value || touched(before.key.span))
                && agree_values(&before.value, &after.value, touched)
        })
}

fn agree_values(before: &Value, after: &Value, touched: &dyn Fn(Span) -> bool) -> bool {
    match (&before.kind, &after.kind) {
        (Kind::Table(before), Kind::Table(after)) => agree(before, after, touched),
        (Kind::List(before), Kind::List(after)) => {
            before.len() == after.len()
                && before.iter().zip(after).all(|(before, after)| agree_values(before, after, touched))
        }
        (Kind::Table(_) | Kind::List(_), _) => false,
        (old, new) => old == new || touched(before.span),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What becomes of `old` in a text when it is replaced.
    fn replaced(text: &str, old: &str, new: &str) -> Option<String> {
        let start = text.find(old).unwrap_or(text.len());
        edited(text, &BTreeSet::from([Edit { start, end: start + old.len(), text: new.to_owned() }]))
    }

    #[test]
    fn an_edit_changes_its_own_key_or_value_only() {
        let text = "# head\na  =  1   # why\n[t]\nb = [ 1, 2 ]\n";
        assert_eq!(replaced(text, "1 ", "2 ").as_deref(), Some("# head\na  =  2   # why\n[t]\nb = [ 1, 2 ]\n"));
        assert_eq!(replaced(text, "a ", "c ").as_deref(), Some("# head\nc  =  1   # why\n[t]\nb = [ 1, 2 ]\n"));
        assert_eq!(replaced(text, "# why", "").as_deref(), Some("# head\na  =  1   \n[t]\nb = [ 1, 2 ]\n"));
        // A text that is no TOML any more, a value that swallows others, a key that is lost, a place that is none.
        assert_eq!(replaced(text, "1 ", "\"1 "), None);
        assert_eq!(replaced(text, "[ 1, 2 ]", "1"), None);
        assert_eq!(replaced(text, "b = [ 1, 2 ]\n", ""), None);
        assert_eq!(replaced("a = 1\nb = 2\n", "a", "b"), None);
        assert_eq!(edited("a = 1", &BTreeSet::from([Edit { start: 4, end: 9, text: String::new() }])), None);
        assert_eq!(replaced("[x.y]\na = 1\n[x.z]\na = 1\n", "x", "w"), None);
    }

    #[test]
    fn edits_that_overlap_are_not_made_together() {
        let edit = |start, end| Edit { start, end, text: "9".to_owned() };
        assert_eq!(edited("a = 123", &BTreeSet::from([edit(4, 6), edit(5, 7)])), None);
        assert_eq!(edited("a = 123", &BTreeSet::from([edit(4, 5), edit(6, 7)])).as_deref(), Some("a = 929"));
    }

    #[test]
    fn what_does_not_fit_is_left_and_the_rest_taken() {
        let mut asked = 0;
        let mut fit = |numbers: &[u32]| {
            asked += 1;
            !(numbers.contains(&7) || numbers.contains(&3) && numbers.contains(&5))
        };
        assert_eq!(together(&[1, 2, 3, 4, 5, 6, 7, 8], &mut fit), [1, 2, 3, 4, 6, 8]);
        assert_eq!(together(&[1, 2, 4], &mut fit), [1, 2, 4]);
        assert!(asked < 20, "{asked}");
    }
}
