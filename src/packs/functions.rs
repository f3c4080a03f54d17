//! Functions of expressions beyond the operators: those of CEL that rules may use, and a few for lists.

#![allow(
    clippy::needless_pass_by_value,
    clippy::unnecessary_wraps,
    reason = "the environment takes functions of this form"
)]

use std::cmp::Ordering;

use cel::common::types::{CelDouble, CelList, LIST_TYPE};
use cel::common::value::{CowVal, Val};
use cel::{Env, ExecutionError};

use crate::words::expressions;

/// A function that expressions may use, for the manual and for checks.
#[derive(Debug, Clone, Copy)]
pub struct Function {
    /// Its name.
    pub name: &'static str,
    /// How it is written.
    pub form: &'static str,
    /// What it answers.
    pub doc: &'static str,
}

/// Every function, in the order of the manual.
pub static FUNCTIONS: &[Function] = &[
    Function { name: "has", form: "has(node.rack)", doc: "whether a fact is known" },
    Function { name: "all", form: "rack.nodes.all(n, n.osds > 0)", doc: "whether it holds for every element" },
    Function { name: "exists", form: "rack.nodes.exists(n, n.osds > 0)", doc: "whether it holds for an element" },
    Function {
        name: "exists_one",
        form: "rack.nodes.exists_one(n, n.osds > 0)",
        doc: "whether it holds for exactly one element",
    },
    Function { name: "filter", form: "rack.nodes.filter(n, n.osds > 0)", doc: "the elements for which it holds" },
    Function { name: "map", form: "rack.nodes.map(n, n.draw_w)", doc: "a value for each element" },
    Function { name: "size", form: "size(rack.nodes)", doc: "how many elements a list has, or characters a text" },
    Function { name: "sum", form: "sum(rack.nodes.map(n, n.draw_w))", doc: "the sum of a list of numbers" },
    Function { name: "min", form: "min(rack.nodes.map(n, n.draw_w))", doc: "the least of a list of numbers" },
    Function { name: "max", form: "max(rack.nodes.map(n, n.draw_w))", doc: "the largest of a list of numbers" },
    Function {
        name: "distinct",
        form: "distinct(rack.nodes.map(n, n.model))",
        doc: "the list without elements that came before",
    },
    Function { name: "contains", form: "node.name.contains('ceph')", doc: "whether a text is part of a text" },
    Function { name: "startsWith", form: "node.name.startsWith(node.site)", doc: "whether a text begins with a text" },
    Function { name: "endsWith", form: "node.name.endsWith('-lab')", doc: "whether a text ends with a text" },
];

/// The environment of expressions: the standard functions, without optional values, and those for lists.
pub(super) fn environment() -> Env {
    let mut env = Env::stdlib().with_optional_support(false);
    let lists: [(&str, cel::common::functions::Function); 4] =
        [("sum", sum), ("min", least), ("max", largest), ("distinct", distinct)];
    for (name, function) in lists {
        // The standard library has none of these names: none can be declared twice.
        let declared = env.add_overload(name, name, vec![LIST_TYPE], function);
        debug_assert!(declared.is_ok(), "{name} is declared twice");
    }
    env
}

fn elements<'b, 'v>(list: &'b (dyn Val + 'v)) -> Vec<&'b (dyn Val + 'v)> {
    let Some(iterable) = list.as_iterable() else { return Vec::new() };
    let mut walk = iterable.iter();
    std::iter::from_fn(|| walk.next()).collect()
}

fn numbers(arguments: &[CowVal<'_, '_>]) -> Vec<f64> {
    let list = arguments.first().map(|list| elements(list.as_ref())).unwrap_or_default();
    list.into_iter().filter_map(|element| element.downcast_ref::<CelDouble>().map(|number| *number.inner())).collect()
}

fn sum<'b, 'v>(arguments: Vec<CowVal<'b, 'v>>) -> Result<CowVal<'b, 'v>, ExecutionError> {
    Ok(CowVal::owned(CelDouble::from(numbers(&arguments).into_iter().sum::<f64>())))
}

fn least<'b, 'v>(arguments: Vec<CowVal<'b, 'v>>) -> Result<CowVal<'b, 'v>, ExecutionError> {
    outermost("min", &arguments, Ordering::Less)
}

fn largest<'b, 'v>(arguments: Vec<CowVal<'b, 'v>>) -> Result<CowVal<'b, 'v>, ExecutionError> {
    outermost("max", &arguments, Ordering::Greater)
}

fn outermost<'b, 'v>(
    name: &str,
    arguments: &[CowVal<'_, '_>],
    wanted: Ordering,
) -> Result<CowVal<'b, 'v>, ExecutionError> {
    let further = |one: f64, other: f64| if other.total_cmp(&one) == wanted { other } else { one };
    let found = numbers(arguments).into_iter().reduce(further);
    let found = found.ok_or_else(|| ExecutionError::function_error(name, expressions::list_is_empty()))?;
    Ok(CowVal::owned(CelDouble::from(found)))
}

fn distinct<'b, 'v>(arguments: Vec<CowVal<'b, 'v>>) -> Result<CowVal<'b, 'v>, ExecutionError> {
    let list = arguments.first().map(|list| elements(list.as_ref())).unwrap_or_default();
    let mut seen: Vec<&dyn Val> = Vec::new();
    let mut kept = Vec::new();
    for element in list {
        if !seen.iter().any(|known| known.equals(element)) {
            seen.push(element);
            kept.push(element.clone_as_boxed());
        }
    }
    Ok(CowVal::owned(CelList::from(kept)))
}
