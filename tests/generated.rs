//! Files made from the catalogue and the list of fields are as they would be made now.
//!
//! `RACKPROOF_UPDATE=1 cargo test --test generated` writes them.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests read fixtures and stop at what is not as it should be"
)]

use std::fs;
use std::path::PathBuf;

use rackproof::report::{reference, schema};

fn current(path: &str, text: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("RACKPROOF_UPDATE").is_some() {
        fs::write(&path, text).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == text, "{} is old: RACKPROOF_UPDATE=1 cargo test --test generated writes it", path.display());
}

#[test]
fn the_rule_reference_is_current() {
    current("rules/README.md", &reference::rules());
}

#[test]
fn the_figure_reference_is_current() {
    current("docs/figures.md", &reference::figures());
}

#[test]
fn the_manual_of_users_rules_is_current() {
    current("docs/user-rules.md", &reference::user_rules());
}

#[test]
fn the_language_reference_is_current() {
    current("docs/language.md", &reference::language());
}

#[test]
fn the_schema_of_configurations_is_current() {
    current("schemas/config.schema.json", &schema::config());
}

#[test]
fn the_schema_of_designs_is_current() {
    current("schemas/design.schema.json", &schema::design());
}
