//! Files made from the catalogue and the list of fields are as they would be made now.
//!
//! `RACKPROOF_UPDATE=1 cargo test --test generated` writes them.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests read fixtures and stop at what is not as it should be"
)]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use clap::Command;
use rackproof::report::{reference, schema};

fn current(path: &str, text: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("RACKPROOF_UPDATE").is_some() {
        fs::write(&path, text).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == text, "{} is old: RACKPROOF_UPDATE=1 cargo test --test generated writes it", path.display());
}

/// Every command that can be called, its parents before it, as it says of itself.
fn commands(command: &Command) -> Vec<Command> {
    let below = command.get_subcommands().filter(|below| below.get_name() != "help").flat_map(commands);
    std::iter::once(command.clone()).chain(below).collect()
}

fn all_commands() -> Vec<Command> {
    let mut rackproof = rackproof::cli::command();
    rackproof.build();
    commands(&rackproof)
}

#[test]
fn the_help_of_every_command_is_current() {
    let mut text = "# Commands\n\n<!-- Generated from `src/cli/arguments.rs`; `RACKPROOF_UPDATE=1 cargo test --test generated` \
                    writes it. -->\n\nWhat each command says of itself with `--help`, on 80 columns. `man/` has the same as \
                    manual pages, and `rackproof completions` completes it in a shell.\n"
        .to_owned();
    for command in all_commands() {
        let name = command.get_bin_name().unwrap_or(command.get_name()).to_owned();
        let help = command.term_width(80).render_long_help().to_string();
        let lines: Vec<&str> = help.lines().map(str::trim_end).collect();
        let _ = write!(text, "\n## {name}\n\n```text\n{}\n```\n", lines.join("\n"));
    }
    current("docs/commands.md", &text);
}

#[test]
fn the_manual_pages_are_current() {
    let mut pages = BTreeSet::new();
    for command in all_commands() {
        let source = format!("rackproof {}", command.get_version().unwrap());
        let man = clap_mangen::Man::new(command).source(source);
        let mut page = Vec::new();
        man.render(&mut page).unwrap();
        let name = man.get_filename();
        current(&format!("man/{name}"), &String::from_utf8(page).unwrap());
        pages.insert(name);
    }
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("man");
    let there: BTreeSet<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(there, pages, "a page of a command that is no more");
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
