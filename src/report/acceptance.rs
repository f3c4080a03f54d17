//! The tests after installation, as Markdown to be filled in.

use std::fmt::Write as _;

use super::clean::clean_line;
use super::markdown::{code, escaped};
use crate::acceptance::{Acceptance, Test};

/// Servers that are named one by one.
const MOST_NAMED: usize = 8;

/// The test plan of a design: a box to tick and a place for what was measured at each value.
pub fn acceptance(name: &str, plan: &Acceptance) -> String {
    let mut out = format!("# Acceptance tests: {}\n\n", escaped(name));
    out.push_str("Each value is one that the design states, or that `rackproof plan` and `rackproof failures` make of it; a test says from what.\n\n");
    for (number, part) in (1..).zip(&plan.parts) {
        let _ = writeln!(out, "## {number}. {}\n\n{}\n", part.title, part.how);
        for (index, test) in (1..).zip(&part.tests) {
            self::test(&mut out, &format!("{number}.{index}"), test);
        }
    }
    if !plan.not_promised.is_empty() {
        out.push_str("## Not promised\n\nThe design does not state these, so that nothing can be tested by them:\n\n");
        for key in &plan.not_promised {
            let _ = writeln!(out, "- {}", code(key));
        }
    }
    out.truncate(out.trim_end().len());
    out + "\n"
}

fn test(out: &mut String, number: &str, test: &Test) {
    let _ = writeln!(out, "### {number} {}\n", escaped(&test.shows));
    let shown = test.on.len().min(MOST_NAMED);
    let more = if test.on.len() > shown { format!(" and {} more", test.on.len() - shown) } else { String::new() };
    let _ = writeln!(out, "On: {}{more}\n", escaped(&test.on[..shown].join(", ")));
    if !test.commands.is_empty() {
        let commands: Vec<String> = test.commands.iter().map(|command| clean_line(command).into_owned()).collect();
        let text = commands.join("\n");
        let fence = "`".repeat(longest_run(&text).max(2) + 1);
        let _ = writeln!(out, "{fence}sh\n{text}\n{fence}\n");
    }
    for value in &test.expected {
        let _ = writeln!(out, "- [ ] {} (measured: ______)", escaped(value));
    }
    out.push('\n');
    for note in &test.notes {
        let _ = writeln!(out, "{}.\n", escaped(note));
    }
    let _ = writeln!(out, "From: {}\n", escaped(&test.from.join(", ")));
}

fn longest_run(text: &str) -> usize {
    text.split(|letter| letter != '`').map(str::len).max().unwrap_or(0)
}
