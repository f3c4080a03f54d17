//! Markdown, for a comment at a change request.

use std::fmt::Write as _;

use super::clean::clean;
use super::told::{acceptance, accepted, labelled, one_line, open, place, slashes};
use crate::catalogue::Severity;
use crate::check::{Checked, Finding};
use crate::words::{self, Language, Said};

/// The findings of a run: the verdict, counts, violations by severity, questions, and what was accepted.
pub(super) fn check(designs: &[Checked], language: Language) -> String {
    let mut out = format!("## {}\n\n", verdict(designs).say(language));
    counts(&mut out, designs, language);
    let mut part = |heading: Said, entries: Vec<String>, unfolded| {
        section(&mut out, &heading.say(language), &entries, unfolded);
    };
    for severity in [Severity::Error, Severity::Warning, Severity::Note] {
        let of = |design: &'_ Checked| -> Vec<String> {
            let counts = design.report.findings.iter().filter(|finding| finding.counts());
            let own = counts.filter(|finding| finding.severity == severity);
            own.map(|finding| violation(design, finding, language)).collect()
        };
        let heading = match severity {
            Severity::Error => words::markdown_format::errors(),
            Severity::Warning => words::markdown_format::warnings(),
            Severity::Note => words::markdown_format::notes(),
        };
        part(heading, designs.iter().flat_map(of).collect(), severity != Severity::Note);
    }
    let questions =
        designs.iter().flat_map(|design| open(&design.report).map(|finding| question(design, finding, language)));
    part(words::markdown_format::open_questions(), questions.collect(), false);
    let entries = designs.iter().flat_map(|design| {
        accepted(&design.report).map(|(finding, suppressed)| {
            let head = head(design, finding, &labelled(finding), language);
            format!("{head}  - {}\n", escaped(&acceptance(suppressed).say(language)))
        })
    });
    part(words::markdown_format::accepted(), entries.collect(), false);
    let choices = designs.iter().flat_map(|design| {
        design.report.set_aside.iter().map(|choice| {
            let place = code(&place(&design.sources, choice.span));
            let (rule, followed) = (code(choice.rule), code(choice.follow));
            let entry = words::markdown_format::choice(rule, followed, place, escaped(&choice.reason));
            entry.say(language).into_owned() + "\n"
        })
    });
    part(words::markdown_format::set_aside(), choices.collect(), false);
    out.truncate(out.trim_end().len());
    out + "\n"
}

fn verdict(designs: &[Checked]) -> Said {
    let sum = |count: fn(&Checked) -> usize| designs.iter().map(count).sum::<usize>();
    let unread = sum(|design| usize::from(!design.report.whole));
    let errors = words::told::errors(sum(|design| design.report.summary.errors));
    let warnings = words::told::warnings(sum(|design| design.report.summary.warnings));
    let questions = words::counted::open_questions(sum(|design| open(&design.report).count()));
    match unread {
        0 => words::markdown_format::title(errors, warnings, questions),
        unread => words::markdown_format::title_unread(words::counted::designs(unread), errors, warnings, questions),
    }
}

fn counts(out: &mut String, designs: &[Checked], language: Language) {
    let heads = [
        words::markdown_format::design(),
        words::markdown_format::count_of_errors(),
        words::markdown_format::count_of_warnings(),
        words::markdown_format::count_of_notes(),
        words::markdown_format::count_of_questions(),
        words::markdown_format::count_of_accepted(),
        words::markdown_format::count_of_holding(),
    ];
    let heads: Vec<_> = heads.iter().map(|head| head.say(language)).collect();
    let _ = writeln!(out, "| {} |", heads.join(" | "));
    out.push_str("|---|--:|--:|--:|--:|--:|--:|\n");
    for design in designs {
        let counts = &design.report.summary;
        let holds: Said = if design.report.whole { counts.holds.into() } else { words::markdown_format::unread() };
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} | {} |",
            code(&slashes(&design.name)).replace('|', "\\|"),
            counts.errors,
            counts.warnings,
            counts.notes,
            open(&design.report).count(),
            counts.suppressed,
            holds.say(language),
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

fn head(design: &Checked, finding: &Finding, what: &Said, language: Language) -> String {
    let place = code(&place(&design.sources, finding.span));
    let what = escaped(&what.say(language));
    let head = words::markdown_format::head(what, code(&finding.rule), place, code(&finding.subject));
    head.say(language).into_owned() + "\n"
}

fn violation(design: &Checked, finding: &Finding, language: Language) -> String {
    let mut entry = head(design, finding, &finding.message, language);
    let mut item = |text: &str| {
        let _ = writeln!(entry, "  - {text}");
    };
    item(&escaped(&finding.help.say(language)));
    if let Some(cause) = finding.caused_by {
        item(&words::markdown_format::follows_from(code(cause)).say(language));
    }
    if let Some(conflict) = &finding.conflict {
        item(&words::markdown_format::texts_differ(escaped(&conflict.say(language))).say(language));
    }
    if let Some(source) = finding.sources.first() {
        item(&words::formats::source(escaped(&source.say(language))).say(language));
    }
    entry
}

fn question(design: &Checked, finding: &Finding, language: Language) -> String {
    let head = head(design, finding, &finding.help, language);
    format!("{head}  - {}\n", escaped(&finding.message.say(language)))
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
