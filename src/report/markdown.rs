//! Markdown, for a comment at a change request.

use std::fmt::Write as _;

use super::clean::clean;
use super::told::{acceptance, accepted, label, one_line, open, place, plural, slashes};
use crate::catalogue::Severity;
use crate::check::{Checked, Finding};

/// The findings of a run: the verdict, counts, violations by severity, questions, and what was accepted.
pub(super) fn check(designs: &[Checked]) -> String {
    let mut out = format!("## rackproof: {}\n\n", verdict(designs));
    counts(&mut out, designs);
    let headings = [(Severity::Error, "Errors"), (Severity::Warning, "Warnings"), (Severity::Note, "Notes")];
    for (severity, heading) in headings {
        let of = |design: &'_ Checked| -> Vec<String> {
            let counts = design.report.findings.iter().filter(|finding| finding.counts());
            counts.filter(|finding| finding.severity == severity).map(|finding| violation(design, finding)).collect()
        };
        section(&mut out, heading, &designs.iter().flat_map(of).collect::<Vec<_>>(), severity != Severity::Note);
    }
    let questions = designs.iter().flat_map(|design| open(&design.report).map(|finding| question(design, finding)));
    section(&mut out, "Open questions", &questions.collect::<Vec<_>>(), false);
    let entries = designs.iter().flat_map(|design| {
        accepted(&design.report).map(|(finding, suppressed)| {
            let head = head(design, finding, &format!("{}: {}", label(finding), finding.message));
            format!("{head}  - {}\n", escaped(&acceptance(suppressed).to_string()))
        })
    });
    section(&mut out, "Accepted", &entries.collect::<Vec<_>>(), false);
    let choices = designs.iter().flat_map(|design| {
        design.report.set_aside.iter().map(|choice| {
            let place = code(&place(&design.sources, choice.span));
            format!("- `{}` for `{}`, at {place}: {}\n", choice.rule, choice.follow, escaped(&choice.reason))
        })
    });
    section(&mut out, "Set aside", &choices.collect::<Vec<_>>(), false);
    out.truncate(out.trim_end().len());
    out + "\n"
}

fn verdict(designs: &[Checked]) -> String {
    let sum = |count: fn(&Checked) -> usize| designs.iter().map(count).sum::<usize>();
    let unread = sum(|design| usize::from(!design.report.whole));
    let errors = plural(sum(|design| design.report.summary.errors), "error");
    let warnings = plural(sum(|design| design.report.summary.warnings), "warning");
    let questions = plural(sum(|design| open(&design.report).count()), "open question");
    let unread = if unread == 0 { String::new() } else { format!("{} not readable, ", plural(unread, "design")) };
    format!("{unread}{errors}, {warnings}, {questions}")
}

fn counts(out: &mut String, designs: &[Checked]) {
    out.push_str("| design | errors | warnings | notes | open questions | accepted | rules that hold |\n");
    out.push_str("|---|--:|--:|--:|--:|--:|--:|\n");
    for design in designs {
        let counts = &design.report.summary;
        let holds = if design.report.whole { counts.holds.to_string() } else { "could not be read".to_owned() };
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} | {holds} |",
            code(&slashes(&design.name)).replace('|', "\\|"),
            counts.errors,
            counts.warnings,
            counts.notes,
            open(&design.report).count(),
            counts.suppressed,
        );
    }
    out.push('\n');
}

/// A heading with its entries; what need not be seen at once is folded.
pub(super) fn section(out: &mut String, heading: &str, entries: &[String], unfolded: bool) {
    if entries.is_empty() {
        return;
    }
    let count = entries.len();
    let entries = entries.concat();
    let _ = if unfolded {
        writeln!(out, "### {heading} ({count})\n\n{entries}")
    } else {
        writeln!(out, "<details>\n<summary>{heading} ({count})</summary>\n\n{entries}\n</details>\n")
    };
}

fn head(design: &Checked, finding: &Finding, text: &str) -> String {
    let place = code(&place(&design.sources, finding.span));
    format!("- **{}** {} at {place}, {}\n", escaped(text), code(&finding.rule), code(&finding.subject))
}

fn violation(design: &Checked, finding: &Finding) -> String {
    let mut entry = head(design, finding, &finding.message.to_string());
    let _ = writeln!(entry, "  - {}", escaped(&finding.help.to_string()));
    if let Some(cause) = finding.caused_by {
        let _ = writeln!(entry, "  - Follows from {}", code(cause));
    }
    if let Some(conflict) = &finding.conflict {
        let _ = writeln!(entry, "  - Texts differ: {}", escaped(&conflict.to_string()));
    }
    if let Some(source) = finding.sources.first() {
        let _ = writeln!(entry, "  - Source: {}", escaped(&source.to_string()));
    }
    entry
}

fn question(design: &Checked, finding: &Finding) -> String {
    let head = head(design, finding, &finding.help.to_string());
    format!("{head}  - {}\n", escaped(&finding.message.to_string()))
}

/// Text that Markdown and the services that show it take as it is: no markup, no mention of a person, no reference.
pub(super) fn escaped(text: &str) -> String {
    let text = one_line(text);
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            // Services look for mentions after Markdown has taken escapes away; a character between prevents them.
            '@' | '#' | '!' if letters.peek().is_some_and(|next| next.is_alphanumeric()) => {
                out.push(letter);
                out.push('\u{200b}');
            }
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '|' | '~' | '#' | '$' => {
                out.push('\\');
                out.push(letter);
            }
            _ => out.push(letter),
        }
    }
    out
}

/// Text as code, between more backticks than stand together in it.
pub(super) fn code(text: &str) -> String {
    let text = clean(text).replace(['\n', '\t'], " ");
    let longest = text.split(|letter| letter != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    // A blank on both sides is not shown; it keeps backticks at the ends apart from the fence.
    let blank = if longest > 0 { " " } else { "" };
    format!("{fence}{blank}{text}{blank}{fence}")
}

#[cfg(test)]
mod tests {
    use super::{code, escaped};

    #[test]
    fn names_from_a_design_are_no_markup() {
        assert_eq!(escaped("a|b `c` <img> *d*"), "a\\|b \\`c\\` &lt;img&gt; \\*d\\*");
        assert_eq!(escaped("@all #1 !2"), "@\u{200b}all #\u{200b}1 !\u{200b}2");
        assert_eq!(code("a``b"), "``` a``b ```");
    }
}
