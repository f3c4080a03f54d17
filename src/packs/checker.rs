//! Checks an expression against the fields of things before anything is judged: names, functions, types and units.

use std::collections::BTreeSet;

use cel::common::ast::{CallExpr, ComprehensionExpr, Expr, IdedExpr, LiteralValue, SelectExpr, SourceInfo, operators};

use super::entities::{Kind, Shape};
use super::functions::FUNCTIONS;
use super::parameters::{Amount, Parameter};
use super::unit;
use crate::design::{Words, nearest};
use crate::quantity::Unit;
use crate::words::Said;
use crate::words::{expected, expressions, guesses, kinds, values};

/// Deepest nesting of loops.
const DEEPEST_LOOP: usize = 3;
/// Deepest nesting of an expression.
const DEEPEST: usize = 64;

/// What an expression amounts to.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Type {
    Truth,
    /// A number, with the unit that it is known to be in.
    Number(Option<&'static Unit>),
    Text,
    Thing(Kind),
    Parameters,
    List(Box<Type>),
    /// An element of a list that is written without any.
    Any,
}

impl Type {
    /// What it is, in words for people.
    pub(super) fn said(&self) -> Said {
        match self {
            Self::Truth => kinds::true_or_false(),
            Self::Number(_) => expected::number(),
            Self::Text => expressions::a_text(),
            Self::Thing(kind) => expressions::a_thing(kind.word()),
            Self::Parameters => expressions::parameters(),
            Self::List(_) => kinds::list(),
            Self::Any => expressions::anything(),
        }
    }
}

impl From<&Type> for Said {
    fn from(of: &Type) -> Self {
        of.said()
    }
}

/// Something wrong with an expression, between two characters of its text.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Problem {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) message: Said,
    pub(super) help: Option<Said>,
}

/// What an expression is checked against.
#[derive(Debug, Clone, Copy)]
pub(super) struct Names<'a> {
    pub(super) root: Kind,
    pub(super) parameters: &'a [Parameter],
}

/// What a check found out.
#[derive(Debug, Default)]
pub(super) struct Checked {
    pub(super) problems: Vec<Problem>,
    /// Kinds of things that are taken from the design as a whole.
    pub(super) lists: BTreeSet<Kind>,
    /// Names of the parameters that are read.
    pub(super) parameters: BTreeSet<String>,
}

/// Checks an expression; answers its type unless something is wrong with it.
pub(super) fn check(expression: &IdedExpr, info: &SourceInfo, names: Names<'_>) -> (Option<Type>, Checked) {
    let text = info.source.chars().collect();
    let mut checker =
        Checker { info, text, names, variables: Vec::new(), loops: 0, depth: 0, found: Checked::default() };
    let found = checker.check(expression);
    let found = found.filter(|_| checker.found.problems.is_empty());
    (found, checker.found)
}

struct Checker<'a> {
    info: &'a SourceInfo,
    text: Vec<char>,
    names: Names<'a>,
    variables: Vec<(String, Type)>,
    loops: usize,
    depth: usize,
    found: Checked,
}

impl Checker<'_> {
    fn report(&mut self, (from, to): (usize, usize), message: Said, help: Option<Said>) {
        self.found.problems.push(Problem { from, to, message, help });
    }

    /// Place of the token that an expression is known by: its operator, name or literal.
    fn place(&self, id: u64) -> (usize, usize) {
        self.info.offset_for(id).map_or((0, self.text.len()), |(from, to)| (from as usize, to as usize + 1))
    }

    /// Place of the name that follows the point of a selection.
    fn place_after(&self, id: u64, name: &str) -> (usize, usize) {
        let (point, _) = self.place(id);
        let blanks = self.text.iter().skip(point + 1).take_while(|character| character.is_whitespace()).count();
        let from = point + 1 + blanks;
        (from, from + name.chars().count())
    }

    /// Place of the name before the bracket of a call.
    fn place_before(&self, id: u64, name: &str) -> (usize, usize) {
        let (bracket, _) = self.place(id);
        let head = self.text.get(..bracket).unwrap_or_default();
        let blanks = head.iter().rev().take_while(|character| character.is_whitespace()).count();
        let to = bracket.saturating_sub(blanks);
        (to.saturating_sub(name.chars().count()), to)
    }

    fn check(&mut self, expression: &IdedExpr) -> Option<Type> {
        self.depth += 1;
        let found = if self.depth > DEEPEST {
            let place = self.place(expression.id);
            self.report(place, expressions::too_deep(DEEPEST), None);
            None
        } else {
            self.one(expression)
        };
        self.depth -= 1;
        found
    }

    fn one(&mut self, expression: &IdedExpr) -> Option<Type> {
        match &expression.expr {
            Expr::Literal(literal) => self.literal(expression.id, literal),
            Expr::Ident(name) => self.name(expression.id, name),
            Expr::Select(select) => self.field(expression.id, select),
            Expr::Call(call) => self.call(expression.id, call),
            Expr::List(list) => {
                let mut of = Type::Any;
                for element in &list.elements {
                    let found = self.check(element)?;
                    of = self.same(element.id, of, found)?;
                }
                Some(Type::List(Box::new(of)))
            }
            Expr::Comprehension(comprehension) => self.comprehension(expression.id, comprehension),
            Expr::Map(_) | Expr::Struct(_) => {
                let place = self.place(expression.id);
                self.report(place, expressions::no_tables(), None);
                None
            }
            Expr::Unspecified => None,
        }
    }

    fn literal(&mut self, id: u64, literal: &LiteralValue) -> Option<Type> {
        let help = match literal {
            LiteralValue::Boolean(_) => return Some(Type::Truth),
            LiteralValue::Double(_) | LiteralValue::Int(_) => return Some(Type::Number(None)),
            LiteralValue::String(_) => return Some(Type::Text),
            LiteralValue::Null => expressions::no_null(),
            LiteralValue::UInt(_) => expressions::no_unsigned(),
            LiteralValue::Bytes(_) => expressions::no_bytes(),
        };
        let place = self.place(id);
        self.report(place, expressions::no_such_value(), Some(help));
        None
    }

    fn name(&mut self, id: u64, name: &str) -> Option<Type> {
        if let Some((_, known)) = self.variables.iter().rev().find(|(known, _)| known == name) {
            return Some(known.clone());
        }
        let root = self.names.root.word();
        match name {
            _ if name == root => return Some(Type::Thing(self.names.root)),
            "cluster" => return Some(Type::Thing(Kind::Cluster)),
            "params" => return Some(Type::Parameters),
            _ => {}
        }
        let variables = self.variables.iter().map(|(name, _)| name.as_str()).filter(|name| !name.starts_with('@'));
        let known: Vec<&str> = [root, "cluster", "params"].into_iter().chain(variables).collect();
        let help = match nearest(name, known.iter().copied()) {
            Some(near) => guesses::did_you_mean(near),
            None if Kind::from_word(name).is_some() => expressions::begin_with(root),
            None => expressions::names_are(known.join(", ")),
        };
        let (from, to) = self.place(id);
        self.report((from, to), values::unknown_word(format!("`{name}`")), Some(help));
        None
    }

    fn field(&mut self, id: u64, select: &SelectExpr) -> Option<Type> {
        let of = self.check(&select.operand)?;
        let place = self.place_after(id, &select.field);
        let found = match of {
            Type::Thing(kind) => self.field_of(place, kind, &select.field)?,
            Type::Parameters => self.parameter(place, &select.field)?,
            Type::List(_) => {
                let help = expressions::ask_elements("nodes.all(n, n.osds > 0), nodes.map(n, n.name), size(nodes)");
                self.report(place, expressions::no_field(&of, &select.field), Some(help));
                return None;
            }
            other => {
                self.report(place, expressions::no_field(&other, &select.field), None);
                return None;
            }
        };
        Some(if select.test { Type::Truth } else { found })
    }

    fn field_of(&mut self, place: (usize, usize), kind: Kind, name: &str) -> Option<Type> {
        let Some(field) = kind.field(name) else {
            let names: Vec<&str> = kind.fields().iter().map(|field| field.name).collect();
            // A name without its unit is the commonest slip: `memory` for `memory_gib`.
            let begins = |known: &&&str| known.strip_prefix(name).is_some_and(|rest| rest.starts_with('_'));
            let near = names.iter().find(begins).copied().or_else(|| nearest(name, names.iter().copied()));
            let help = near.map_or_else(|| expressions::fields_are(names.join(", ")), guesses::did_you_mean);
            self.report(place, expressions::kind_has_no_field(kind.word(), name), Some(help));
            return None;
        };
        if let (Kind::Cluster, Shape::Many(kind)) = (kind, field.shape) {
            self.found.lists.insert(kind);
        }
        Some(match field.shape {
            Shape::Truth => Type::Truth,
            Shape::Number => Type::Number(field.unit()),
            Shape::Text => Type::Text,
            Shape::Texts => Type::List(Box::new(Type::Text)),
            Shape::Numbers => Type::List(Box::new(Type::Number(field.unit()))),
            Shape::One(kind) => Type::Thing(kind),
            Shape::Many(kind) => Type::List(Box::new(Type::Thing(kind))),
        })
    }

    fn parameter(&mut self, place: (usize, usize), name: &str) -> Option<Type> {
        let names = self.names.parameters.iter().map(|parameter| parameter.name.value.as_str());
        let Some(parameter) = self.names.parameters.iter().find(|parameter| parameter.name.value == name) else {
            let help = match nearest(name, names.clone()) {
                Some(near) => guesses::did_you_mean(near),
                None if self.names.parameters.is_empty() => expressions::no_parameters(),
                None => expressions::parameters_are(names.collect::<Vec<_>>().join(", ")),
            };
            self.report(place, expressions::no_parameter(name), Some(help));
            return None;
        };
        self.found.parameters.insert(name.to_owned());
        Some(match parameter.amount {
            Amount::Number(_) => Type::Number(unit::ending(name).map(|ending| ending.unit)),
            Amount::Texts(_) => Type::List(Box::new(Type::Text)),
        })
    }

    /// What two types have in common; `id` is where the second one stands.
    fn same(&mut self, id: u64, one: Type, other: Type) -> Option<Type> {
        match (one, other) {
            (Type::Any, known) | (known, Type::Any) => Some(known),
            (Type::Number(one), Type::Number(other)) => self.same_unit(id, one, other),
            (Type::List(one), Type::List(other)) => Some(Type::List(Box::new(self.same(id, *one, *other)?))),
            (one, other) if one == other => Some(one),
            (one, other) => {
                let place = self.place(id);
                self.report(place, expressions::stand_together(&one, &other), None);
                None
            }
        }
    }

    fn same_unit(&mut self, id: u64, one: Option<&'static Unit>, other: Option<&'static Unit>) -> Option<Type> {
        match (one, other) {
            (Some(one), Some(other)) if one.symbol != other.symbol => {
                let place = self.place(id);
                let message = expressions::units_stand_together(one.symbol, other.symbol);
                self.report(place, message, Some(expressions::make_one_unit()));
                None
            }
            (one, other) => Some(Type::Number(one.or(other))),
        }
    }

    fn must_be(&mut self, expression: &IdedExpr, needed: &Type) -> Option<Type> {
        let found = self.check(expression)?;
        let fits = matches!((&found, needed), (Type::Number(_), Type::Number(_))) || found == *needed;
        if !fits {
            let place = self.place(expression.id);
            let help = matches!((&found, needed), (Type::Thing(_), _)).then(expressions::name_field);
            self.report(place, values::needed_here(needed, &found), help);
            return None;
        }
        Some(found)
    }

    fn call(&mut self, id: u64, call: &CallExpr) -> Option<Type> {
        if let Some(target) = &call.target {
            return self.member_call(id, &call.func_name, target, &call.args);
        }
        match (call.func_name.as_str(), call.args.as_slice()) {
            (operators::LOGICAL_AND | operators::LOGICAL_OR, [left, right]) => {
                let (left, right) = (self.must_be(left, &Type::Truth), self.must_be(right, &Type::Truth));
                left.and(right)
            }
            (operators::LOGICAL_NOT | operators::NOT_STRICTLY_FALSE, [one]) => self.must_be(one, &Type::Truth),
            (operators::NEGATE, [one]) => self.must_be(one, &Type::Number(None)),
            (operators::CONDITIONAL, [condition, one, other]) => {
                self.must_be(condition, &Type::Truth)?;
                let (one, found) = (self.check(one)?, self.check(other)?);
                self.same(other.id, one, found)
            }
            (operators::ADD, [left, right]) => self.sum(id, left, right),
            (operators::SUBSTRACT, [left, right]) => {
                let (left, right) = self.numbers(left, right)?;
                self.same_unit(id, left, right)
            }
            // What comes of it may be in another unit.
            (operators::MULTIPLY | operators::DIVIDE, [left, right]) => {
                self.numbers(left, right).map(|_| Type::Number(None))
            }
            (operators::EQUALS | operators::NOT_EQUALS, [left, right]) => {
                let (left, right) = (self.plain(left)?, self.plain(right)?);
                self.same(id, left, right).map(|_| Type::Truth)
            }
            (
                operators::LESS | operators::LESS_EQUALS | operators::GREATER | operators::GREATER_EQUALS,
                [left, right],
            ) => self.comparison(id, left, right),
            (operators::IN, [one, list]) => {
                let one = self.plain(one)?;
                let found = self.check(list)?;
                let Type::List(of) = found else {
                    let place = self.place(list.id);
                    self.report(place, expressions::list_after_in(&found), None);
                    return None;
                };
                self.same(list.id, one, *of).map(|_| Type::Truth)
            }
            (operators::INDEX, [list, place]) => {
                let found = self.check(list)?;
                self.must_be(place, &Type::Number(None))?;
                let Type::List(of) = found else {
                    let place = self.place(id);
                    self.report(place, expressions::list_before_bracket(&found), None);
                    return None;
                };
                Some(*of)
            }
            (name, arguments) => self.global_call(id, name, arguments),
        }
    }

    fn sum(&mut self, id: u64, left: &IdedExpr, right: &IdedExpr) -> Option<Type> {
        let (one, other) = (self.check(left)?, self.check(right)?);
        match (&one, &other) {
            (Type::Number(_), Type::Number(_)) | (Type::Text, Type::Text) | (Type::List(_), Type::List(_)) => {
                self.same(id, one, other)
            }
            _ => {
                let place = self.place(id);
                self.report(place, expressions::cannot_be_added(&one, &other), None);
                None
            }
        }
    }

    fn comparison(&mut self, id: u64, left: &IdedExpr, right: &IdedExpr) -> Option<Type> {
        let (one, other) = (self.check(left)?, self.check(right)?);
        match (&one, &other) {
            (Type::Number(_), Type::Number(_)) | (Type::Text, Type::Text) => {
                self.same(id, one, other).map(|_| Type::Truth)
            }
            _ => {
                let place = self.place(id);
                self.report(place, expressions::cannot_be_compared_with(&one, &other), None);
                None
            }
        }
    }

    #[allow(clippy::type_complexity, reason = "a pair of units")]
    fn numbers(&mut self, left: &IdedExpr, right: &IdedExpr) -> Option<(Option<&'static Unit>, Option<&'static Unit>)> {
        let (left, right) = (self.must_be(left, &Type::Number(None)), self.must_be(right, &Type::Number(None)));
        match (left?, right?) {
            (Type::Number(left), Type::Number(right)) => Some((left, right)),
            _ => None,
        }
    }

    /// An expression that can be told from others of its kind: no thing as a whole, and no list of them.
    fn plain(&mut self, expression: &IdedExpr) -> Option<Type> {
        let found = self.check(expression)?;
        let mut of = &found;
        while let Type::List(inner) = of {
            of = inner;
        }
        if matches!(of, Type::Thing(_) | Type::Parameters) {
            let place = self.place(expression.id);
            self.report(place, expressions::cannot_be_compared(of), Some(expressions::compare_field()));
            return None;
        }
        Some(found)
    }

    fn global_call(&mut self, id: u64, name: &str, arguments: &[IdedExpr]) -> Option<Type> {
        match (name, arguments) {
            ("size", [list]) => self.measured(list),
            ("sum" | "min" | "max", [list]) => match self.listed(list)? {
                Type::Any => Some(Type::Number(None)),
                Type::Number(unit) => Some(Type::Number(unit)),
                other => {
                    let place = self.place(list.id);
                    let message = expressions::list_of_numbers(name, &other);
                    self.report(place, message, Some(expressions::number_of_each("nodes.map(n, n.draw_w)")));
                    None
                }
            },
            ("distinct", [list]) => match self.plain(list)? {
                list @ Type::List(_) => Some(list),
                other => self.needs_list(list.id, &other),
            },
            _ => self.unknown_function(id, name),
        }
    }

    fn member_call(&mut self, id: u64, name: &str, target: &IdedExpr, arguments: &[IdedExpr]) -> Option<Type> {
        match (name, arguments) {
            ("size", []) => self.measured(target),
            ("contains" | "startsWith" | "endsWith", [part]) => {
                let (target, part) = (self.must_be(target, &Type::Text), self.must_be(part, &Type::Text));
                target.and(part).map(|_| Type::Truth)
            }
            _ => self.unknown_function(id, name),
        }
    }

    fn measured(&mut self, expression: &IdedExpr) -> Option<Type> {
        match self.check(expression)? {
            Type::List(_) | Type::Text => Some(Type::Number(None)),
            other => self.needs_list(expression.id, &other),
        }
    }

    fn listed(&mut self, expression: &IdedExpr) -> Option<Type> {
        match self.check(expression)? {
            Type::List(of) => Some(*of),
            other => self.needs_list(expression.id, &other),
        }
    }

    fn needs_list(&mut self, id: u64, found: &Type) -> Option<Type> {
        let place = self.place(id);
        self.report(place, values::needed_here(kinds::list(), found), None);
        None
    }

    fn unknown_function(&mut self, id: u64, name: &str) -> Option<Type> {
        // An operator that no rule can use, such as `%`, has no name that people write.
        let is_operator = name.contains('_') && !name.contains(char::is_alphabetic);
        if is_operator {
            let place = self.place(id);
            self.report(place, expressions::no_operator(), None);
            return None;
        }
        let place = self.place_before(id, name);
        let known = FUNCTIONS.iter().find(|function| function.name == name);
        let near = || nearest(name, FUNCTIONS.iter().map(|function| function.name));
        let (message, help) = if let Some(function) = known {
            (expressions::used_wrongly(name), values::write_it_as(function.form))
        } else {
            let names = || FUNCTIONS.iter().map(|function| function.name).collect::<Vec<_>>().join(", ");
            let help = near().map_or_else(|| expressions::functions_are(names()), guesses::did_you_mean);
            (expressions::no_function(name), help)
        };
        self.report(place, message, Some(help));
        None
    }

    /// A loop, as the parser writes out `all`, `exists`, `exists_one`, `filter` and `map`.
    fn comprehension(&mut self, id: u64, written: &ComprehensionExpr) -> Option<Type> {
        let range = self.check(&written.iter_range)?;
        let Type::List(element) = range else { return self.needs_list(written.iter_range.id, &range) };
        if self.loops == DEEPEST_LOOP {
            let place = self.place(id);
            self.report(place, expressions::loops_too_deep(DEEPEST_LOOP), None);
            return None;
        }
        let begin = self.check(&written.accu_init)?;
        let before = self.variables.len();
        self.variables.push((written.iter_var.clone(), *element));
        self.variables.push((written.accu_var.clone(), begin));
        self.loops += 1;
        let step = self.check(&written.loop_step);
        self.loops -= 1;
        let result = step.and_then(|step| {
            if let Some(variable) = self.variables.last_mut() {
                variable.1 = step;
            }
            self.check(&written.result)
        });
        self.variables.truncate(before);
        result
    }
}
