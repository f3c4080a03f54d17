//! JSON Schema of the language, for editors: made from the same list of fields as reader and manual.
//!
//! It accepts every text that the reader accepts, and refuses what a schema can see: unknown keys and words, wrong
//! types, misspelt quantities, numbers out of range, missing keys. Names that nothing has are left to the checks.
//!
//! Draft 7 was tried with Taplo 0.9.0 and Tombi 1.9.6, which both read it; no other draft was. There is no `$ref`: the
//! language is no deeper than its tables.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::reference::takes;
use crate::design::{Design, Field, Form, Shape, Table};
use crate::quantity::Unit;
use crate::settings::Configuration;

/// The dialect that the schemas are written in.
const DIALECT: &str = "http://json-schema.org/draft-07/schema#";
/// A decimal number as the reader of quantities takes it.
const NUMBER: &str = r"[0-9]+(_[0-9]+)*(\.[0-9]+(_[0-9]+)*)?([eE][+-]?[0-9]+(_[0-9]+)*)?";
/// White space as the reader trims it: `\s` of the schemas' regular expressions lacks one character of Unicode's.
const BLANKS: &str = r"[\s\u0085]*";

/// The schema of a design.
pub fn design() -> String {
    document("rackproof design", Design::DOC, Design::fields())
}

/// The schema of `rackproof.toml`.
pub fn config() -> String {
    document("rackproof.toml", Configuration::DOC, Configuration::fields())
}

fn document(title: &str, doc: &str, fields: &[Field]) -> String {
    let mut schema = table(fields);
    schema["$schema"] = DIALECT.into();
    schema["title"] = title.into();
    schema["description"] = doc.trim().into();
    format!("{schema:#}\n")
}

fn table(fields: &[Field]) -> Value {
    let properties: Map<String, Value> = fields.iter().map(|field| (field.name.to_owned(), key(field))).collect();
    let required: Vec<&str> = fields.iter().filter(|field| field.required).map(|field| field.name).collect();
    let mut schema = json!({ "type": "object", "additionalProperties": false, "properties": properties });
    if !required.is_empty() {
        schema["required"] = required.into();
    }
    schema
}

fn key(field: &Field) -> Value {
    let mut schema = value(field.shape);
    if let (Form::Whole(_), Some((low, high))) = (field.shape.form, field.range) {
        schema["minimum"] = low.into();
        schema["maximum"] = high.into();
    }
    schema["description"] = description(field).into();
    schema
}

fn value(shape: &Shape) -> Value {
    match shape.form {
        Form::Text => text(shape, None),
        Form::Spelled(pattern) => text(shape, Some(pattern.to_owned())),
        Form::Quantity(units) => text(shape, Some(quantity(units))),
        Form::Switch => json!({ "type": "boolean" }),
        Form::Whole(largest) => json!({ "type": "integer", "minimum": 0, "maximum": largest }),
        Form::Number => json!({ "type": "number", "minimum": 0 }),
        Form::Words(words) => json!({ "enum": words }),
        Form::Table(fields) => table(fields()),
        Form::List(item) => list(value(item)),
        Form::Named(entry) => json!({ "type": "object", "additionalProperties": value(entry) }),
        Form::Either(first, second) => json!({ "anyOf": [value(first), value(second)] }),
    }
}

/// A list, or one value alone. Keywords speak only about values of their own type, so those of the item can stand beside
/// those of the list, and an editor names what is wrong with the item; of `anyOf` it says only that nothing fits.
fn list(item: Value) -> Value {
    let Some(kind) = item.get("type").cloned() else {
        return json!({ "anyOf": [{ "type": "array", "items": item }, item] });
    };
    let mut schema = item.clone();
    schema["type"] = json!(["array", kind]);
    schema["items"] = item;
    schema
}

fn text(shape: &Shape, pattern: Option<String>) -> Value {
    let mut schema = json!({ "type": "string" });
    if let Some(pattern) = pattern {
        schema["pattern"] = pattern.into();
    }
    let expected = shape.expected().to_string();
    let examples: Vec<&str> = expected.split('"').skip(1).step_by(2).collect();
    if !examples.is_empty() {
        schema["examples"] = examples.into();
    }
    schema
}

fn quantity(units: &[Unit]) -> String {
    let spellings: Vec<&str> = units.iter().flat_map(Unit::spellings).collect();
    format!("^{BLANKS}{NUMBER}{BLANKS}({}){BLANKS}$", spellings.join("|"))
}

fn description(field: &Field) -> String {
    let mut out = format!("{}\n\nValue: {}.", field.doc.trim(), takes(field));
    if let Form::Quantity(units) = field.shape.form {
        let symbols: Vec<&str> = units.iter().map(|unit| unit.symbol).collect();
        let _ = write!(out, " Units: {}.", symbols.join(", "));
    }
    out
}
