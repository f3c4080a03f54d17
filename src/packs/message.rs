//! Messages with expressions in braces.

use std::sync::Arc;

use cel::Env;

use super::checker::{Names, Problem, Type};
use super::expression::{Expression, Failure};
use super::view::Scope;
use crate::catalogue::{Evidence, EvidenceValue};
use crate::words::expressions;

/// A place of a message that an expression fills.
#[derive(Debug)]
pub(super) struct Place {
    /// The expression as it stands in the message.
    pub(super) text: String,
    pub(super) expression: Expression,
}

/// The expressions of a message; what is wrong with them is told by characters of the message.
pub(super) fn places(env: &Env, message: &str, names: Names<'_>) -> (Vec<Place>, Vec<Problem>) {
    let (mut places, mut problems) = (Vec::<Place>::new(), Vec::new());
    let (mut rest, mut at) = (message, 0);
    while let Some(open) = rest.find(['{', '}']) {
        let brace = at + rest[..open].chars().count();
        let after = &rest[open + 1..];
        let end = after.find('}').filter(|_| rest[open..].starts_with('{'));
        let Some(end) = end else {
            let message = expressions::no_partner();
            let help = expressions::write_expressions("{node.name}");
            problems.push(Problem { from: brace, to: brace + 1, message, help: Some(help) });
            return (places, problems);
        };
        let text = &after[..end];
        match Expression::compile(env, text, names) {
            Ok(expression) if matches!(expression.of, Type::Thing(_) | Type::Parameters) => problems.push(Problem {
                from: brace + 1,
                to: brace + 1 + text.chars().count(),
                message: expressions::no_one_value(expression.of.said()),
                help: Some(expressions::name_field()),
            }),
            Ok(expression) => {
                if !places.iter().any(|place| place.text == text) {
                    places.push(Place { text: text.to_owned(), expression });
                }
            }
            Err(found) => problems.extend(found.into_iter().map(|problem| Problem {
                from: problem.from + brace + 1,
                to: problem.to + brace + 1,
                ..problem
            })),
        }
        at = brace + 2 + text.chars().count();
        rest = &after[end + 1..];
    }
    (places, problems)
}

/// The values that a message names.
///
/// # Errors
/// A missing fact, or what is wrong with the rule.
pub(super) fn evidence(places: &[Place], env: &Arc<Env>, scope: &Scope<'_>) -> Result<Vec<Evidence>, Failure> {
    let fill = |place: &Place| {
        let value = match place.expression.shown(env, scope) {
            Ok(value) => value,
            // The verdict stands without a fact that only the message names.
            Err(Failure::Missing(_)) => EvidenceValue::from(expressions::unknown()),
            Err(broken) => return Err(broken),
        };
        Ok(Evidence::new(place.text.clone(), value))
    };
    places.iter().map(fill).collect()
}
