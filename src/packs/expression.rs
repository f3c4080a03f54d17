//! An expression of a rule: read, checked and made ready once, then judged for each thing.

use std::collections::BTreeSet;
use std::sync::Arc;

use cel::common::ast::{CallExpr, ComprehensionExpr, EntryExpr, Expr, IdedExpr, LiteralValue, operators};
use cel::common::types::{CelBool, CelDouble, CelString};
use cel::common::value::Val;
use cel::{Context, Env, ExecutionError, Value};

use super::checker::{Checked, Names, Problem, Type, check};
use super::entities::Kind;
use super::unit;
use super::view::{ASKED, MOST_STEPS, STEP, Scope};
use crate::catalogue::EvidenceValue;
use crate::words::Said;
use crate::words::{expressions, syntax};

/// Longest expression, in bytes: the parser needs stack for each bracket and operator.
pub(super) const LONGEST: usize = 2_000;
/// Deepest nesting of brackets.
const DEEPEST_BRACKETS: usize = 24;

/// An expression that was found sound.
#[derive(Debug)]
pub(super) struct Expression {
    tree: IdedExpr,
    /// What it amounts to.
    pub(super) of: Type,
    /// Kinds of things that it takes from the design as a whole.
    pub(super) lists: BTreeSet<Kind>,
    /// Names of the parameters that it reads.
    pub(super) parameters: BTreeSet<String>,
}

/// Why an expression has no value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Failure {
    /// Keys that are not written.
    Missing(Vec<String>),
    /// What is wrong with the rule.
    Broken(Said),
}

impl Expression {
    /// Reads and checks an expression.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub(super) fn compile(env: &Env, text: &str, names: Names<'_>) -> Result<Self, Vec<Problem>> {
        within_bounds(text).map_err(|problem| vec![problem])?;
        let (mut tree, info) =
            env.parser().parse_with_source_info(text).map_err(|errors| vec![syntax_problem(text, &errors)])?;
        let (of, Checked { problems, lists, parameters }) = check(&tree, &info, names);
        let Some(of) = of else { return Err(problems) };
        make_ready(&mut tree);
        Ok(Self { tree, of, lists, parameters })
    }

    /// Whether it is true of the thing that is judged.
    ///
    /// # Errors
    /// A missing fact, or what is wrong with the rule.
    pub(super) fn holds(&self, env: &Arc<Env>, scope: &Scope<'_>) -> Result<bool, Failure> {
        self.evaluate(env, scope, |value| value.downcast_ref::<CelBool>().map(|answer| *answer.inner()))
    }

    /// Its value for people.
    ///
    /// # Errors
    /// A missing fact, or what is wrong with the rule.
    pub(super) fn shown(&self, env: &Arc<Env>, scope: &Scope<'_>) -> Result<EvidenceValue, Failure> {
        self.evaluate(env, scope, |value| shown(value, &self.of))
    }

    fn evaluate<T>(
        &self,
        env: &Arc<Env>,
        scope: &Scope<'_>,
        read: impl FnOnce(&dyn Val) -> Option<T>,
    ) -> Result<T, Failure> {
        let mut context = Context::with_env(Arc::clone(env));
        context.set_variable_resolver(scope);
        scope.view.take_missing();
        let value = Value::resolve_val(&self.tree, &context);
        let missing = scope.view.take_missing();
        // What was cut short is no answer, whatever it came to.
        if scope.view.is_spent() {
            return Err(Failure::Broken(expressions::looks_at_too_much(MOST_STEPS)));
        }
        match value {
            Ok(value) => read(value.as_ref()).ok_or_else(|| Failure::Broken(expressions::unreadable_value())),
            Err(ExecutionError::NoSuchKey(_)) if !missing.is_empty() => Err(Failure::Missing(missing)),
            Err(error) => Err(Failure::Broken(said(&error))),
        }
    }
}

/// What a rule runs into, in words for people.
fn said(error: &ExecutionError) -> Said {
    match error {
        ExecutionError::IndexOutOfBounds(place) => match place {
            Value::Float(place) => expressions::no_element(*place),
            _ => expressions::no_such_element(),
        },
        ExecutionError::ValuesNotComparable(..) => expressions::not_comparable(),
        ExecutionError::FunctionError { function, message } => {
            let list_is_empty = expressions::list_is_empty();
            let problem = if list_is_empty == **message { list_is_empty } else { message.into() };
            expressions::failed(function, problem)
        }
        other => expressions::not_evaluated(other.to_string()),
    }
}

fn shown(value: &dyn Val, of: &Type) -> Option<EvidenceValue> {
    if let Some(answer) = value.downcast_ref::<CelBool>() {
        return Some(if *answer.inner() { expressions::yes() } else { expressions::no() }.into());
    }
    if let Some(text) = value.downcast_ref::<CelString>() {
        return Some(text.inner().into());
    }
    if let Some(number) = value.downcast_ref::<CelDouble>() {
        return Some(match of {
            Type::Number(Some(unit)) => unit::quantity(*number.inner(), unit),
            _ => (*number.inner()).into(),
        });
    }
    let Type::List(element) = of else { return None };
    let mut walk = value.as_iterable()?.iter();
    let elements = std::iter::from_fn(|| walk.next());
    let words: Option<Vec<String>> = elements.map(|one| Some(shown(one, element)?.to_string())).collect();
    words.map(EvidenceValue::List)
}

fn within_bounds(text: &str) -> Result<(), Problem> {
    let end = text.chars().count();
    let problem = |from, message: Said| Problem { from, to: end, message, help: None };
    if text.len() > LONGEST {
        return Err(problem(0, expressions::too_long(LONGEST)));
    }
    let mut depth = 0_usize;
    for (index, character) in text.chars().enumerate() {
        match character {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEEPEST_BRACKETS {
            return Err(problem(index, syntax::too_deep(DEEPEST_BRACKETS)));
        }
    }
    Ok(())
}

/// The first place where a text is no expression; what follows it is mostly its echo.
fn syntax_problem(text: &str, errors: &cel::ParseErrors) -> Problem {
    let end = text.chars().count();
    let Some(error) = errors.errors.first() else {
        return Problem { from: 0, to: end, message: expressions::no_expression(), help: None };
    };
    let (line, column) = (usize::try_from(error.pos.0).unwrap_or(1), usize::try_from(error.pos.1).unwrap_or(1));
    let before: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(|line| line.chars().count()).sum();
    let from = (before + column.saturating_sub(1)).min(end);
    let message = expressions::no_expression_since(of_parser(&error.msg));
    Problem { from, to: (from + 1).min(end), message, help: None }
}

/// What the parser says of an expression.
fn of_parser(text: &str) -> Said {
    let text = text.trim_start_matches("Syntax error: ");
    let text = text.split_once(" expecting").map_or(text, |(text, _)| text);
    if text.starts_with("OtherError") {
        return expressions::nested_too_deeply();
    }
    if let Some((wanted, found)) = text.strip_prefix("missing ").and_then(|rest| rest.split_once(" at ")) {
        return expressions::lacking(wanted, found);
    }
    let found = OF_PARSER.iter().find_map(|(begin, said)| Some(said(text.strip_prefix(begin)?.into())));
    let alone = || OF_PARSER_ALONE.iter().map(|said| said()).find(|said| *said == *text);
    found.or_else(alone).unwrap_or_else(|| expressions::unread(text))
}

/// What is said of a part of the text.
type Of = fn(Said) -> Said;

/// How the parser begins what it says of a part of the text that follows.
const OF_PARSER: [(&str, Of); 6] = [
    ("mismatched input ", expressions::mismatched),
    ("extraneous input ", expressions::extraneous),
    ("no viable alternative at input ", expressions::no_alternative),
    ("token recognition error at: ", expressions::not_recognized),
    ("reserved identifier: ", expressions::reserved),
    ("unsupported syntax ", expressions::unsupported),
];

/// What the parser says by itself.
const OF_PARSER_ALONE: [fn() -> Said; 4] =
    [expressions::whole_number, expressions::fraction, expressions::argument_of_has, expressions::simple_name];

/// Makes a checked tree ready: every number one with a fraction, presence asked for without noting what is absent,
/// and each round of a loop counted.
fn make_ready(expression: &mut IdedExpr) {
    match &mut expression.expr {
        Expr::Literal(literal) => {
            if let LiteralValue::Int(number) = literal {
                *literal = LiteralValue::Double(CelDouble::from(*number.inner() as f64));
            }
        }
        Expr::Select(select) => {
            make_ready(&mut select.operand);
            if select.test {
                select.field.insert(0, ASKED);
            }
        }
        Expr::Call(call) => {
            call.target.iter_mut().for_each(|target| make_ready(target));
            call.args.iter_mut().for_each(make_ready);
            if call.func_name == "size" {
                let counted = std::mem::take(expression);
                *expression = global("double", vec![counted]);
            }
        }
        Expr::List(list) => list.elements.iter_mut().for_each(make_ready),
        Expr::Comprehension(comprehension) => {
            let written = comprehension.as_mut();
            for part in [
                &mut written.iter_range,
                &mut written.accu_init,
                &mut written.loop_cond,
                &mut written.loop_step,
                &mut written.result,
            ] {
                make_ready(part);
            }
            count_rounds(written);
        }
        Expr::Map(map) => {
            for entry in &mut map.entries {
                if let EntryExpr::MapEntry(entry) = &mut entry.expr {
                    make_ready(&mut entry.key);
                    make_ready(&mut entry.value);
                }
            }
        }
        Expr::Ident(_) | Expr::Struct(_) | Expr::Unspecified => {}
    }
}

/// Asks for [`STEP`] in each round, where the evaluator's short cut for lists that only grow still sees its shape.
fn count_rounds(written: &mut ComprehensionExpr) {
    let grows = matches!(written.accu_init.expr, Expr::List(_));
    if !grows {
        let condition = std::mem::take(&mut written.loop_cond);
        let stop = node(Expr::Literal(LiteralValue::Boolean(false.into())));
        written.loop_cond = conditional(condition, stop);
        return;
    }
    match &mut written.loop_step.expr {
        Expr::Call(call) if call.func_name == operators::CONDITIONAL && call.args.len() == 3 => {
            let guard = std::mem::take(&mut call.args[0]);
            let skip = node(Expr::Literal(LiteralValue::Boolean(false.into())));
            call.args[0] = conditional(guard, skip);
        }
        _ => {
            let step = std::mem::take(&mut written.loop_step);
            let unchanged = node(Expr::Ident(written.accu_var.clone()));
            written.loop_step = conditional(step, unchanged);
        }
    }
}

fn conditional(then: IdedExpr, otherwise: IdedExpr) -> IdedExpr {
    global(operators::CONDITIONAL, vec![node(Expr::Ident(STEP.to_owned())), then, otherwise])
}

fn global(name: &str, args: Vec<IdedExpr>) -> IdedExpr {
    node(Expr::Call(CallExpr { func_name: name.to_owned(), target: None, args }))
}

fn node(expr: Expr) -> IdedExpr {
    IdedExpr { id: 0, expr }
}
