//! Text for people.

use std::fmt::Write as _;

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode};

use super::clean::{clean, clean_line};
use super::json::Planned;
use super::snippet::{Lines, first_line};
use super::table::table;
use super::told::{accepted, label, missing_facts, place, plural};
use crate::capacity::{Figure, State, Value};
use crate::catalogue::{self, FigureText, Language, Rule, Severity};
use crate::check::{Checked, Finding, Report};
use crate::source::Sources;

/// How text is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Columns of the terminal.
    pub width: usize,
    /// Whether colours are used.
    pub colour: bool,
    /// Language of the words.
    pub language: Language,
}

/// A report: findings with their lines, open questions, and what was covered.
pub fn check(checked: &Checked, style: Style) -> String {
    let Checked { name, sources, report } = checked;
    let mut out = String::new();
    for finding in report.findings.iter().filter(|finding| finding.counts()) {
        snippet(&mut out, sources, finding, style);
    }
    open_questions(&mut out, sources, report, style);
    acceptances(&mut out, sources, report, style);
    for choice in &report.set_aside {
        let text = format!("set aside: {} for {}: {}", choice.rule, choice.follow, clean_line(&choice.reason));
        indented(&mut out, 0, &text, style);
    }
    if !report.set_aside.is_empty() {
        out.push('\n');
    }
    summary(&mut out, report, name);
    out
}

/// Most related places of a finding that are shown; JSON has all of them.
const MOST_PLACES: usize = 6;

struct View<'a> {
    finding: &'a Finding,
    sources: &'a Sources,
    lines: Lines<'a>,
    elsewhere: Vec<Elsewhere<'a>>,
}

struct Elsewhere<'a> {
    message: String,
    lines: Lines<'a>,
    label: LabeledSpan,
}

macro_rules! plain_error {
    ($($name:ident => |$self:ident| $message:expr),*) => { $(
        impl std::fmt::Debug for $name<'_> {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(self, formatter)
            }
        }

        impl std::fmt::Display for $name<'_> {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                let $self = self;
                formatter.write_str(&clean_line(&$message.to_string()))
            }
        }

        impl std::error::Error for $name<'_> {}
    )* };
}

plain_error!(View => |view| view.finding.message, Elsewhere => |place| place.message);

impl Diagnostic for View<'_> {
    fn code<'b>(&'b self) -> Option<Box<dyn std::fmt::Display + 'b>> {
        Some(Box::new(format!("{} [{}]", self.finding.rule, self.finding.severity.word())))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.finding.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Note => miette::Severity::Advice,
        })
    }

    fn help<'b>(&'b self) -> Option<Box<dyn std::fmt::Display + 'b>> {
        let finding = self.finding;
        let mut help = clean_line(&finding.help.to_string()).into_owned();
        if let Some(cause) = finding.caused_by {
            let _ = write!(help, "\nfollows from: {cause}");
        }
        let hidden = finding.related.len().saturating_sub(MOST_PLACES);
        if hidden > 0 {
            let _ = write!(help, "\nand {hidden} more places like those shown");
        }
        if !finding.assumed.is_empty() {
            let _ = write!(
                help,
                "\nassumed: {}",
                finding.assumed.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
            );
        }
        if let Some(conflict) = &finding.conflict {
            let _ = write!(help, "\ntexts differ: {conflict}");
        }
        if let Some(source) = finding.sources.first() {
            let _ = write!(help, "\nsource: {source}");
        }
        Some(Box::new(clean(&help).into_owned()))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        (!self.lines.0.text.is_empty()).then_some(&self.lines as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let own = self.finding.span;
        let related = self.finding.related.iter().filter(move |related| related.span.source == own.source);
        let related = related.filter(move |related| related.span != own).take(MOST_PLACES);
        let labels = related.map(|related| {
            LabeledSpan::new_with_span(
                Some(clean_line(&related.message.to_string()).into_owned()),
                first_line(self.sources, related.span),
            )
        });
        let primary = LabeledSpan::new_primary_with_span(None, first_line(self.sources, own));
        Some(Box::new(std::iter::once(primary).chain(labels)))
    }

    fn related<'b>(&'b self) -> Option<Box<dyn Iterator<Item = &'b dyn Diagnostic> + 'b>> {
        if self.elsewhere.is_empty() {
            return None;
        }
        Some(Box::new(self.elsewhere.iter().map(|place| place as &dyn Diagnostic)))
    }
}

impl Diagnostic for Elsewhere<'_> {
    fn severity(&self) -> Option<miette::Severity> {
        Some(miette::Severity::Advice)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.lines)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(std::iter::once(self.label.clone())))
    }
}

pub(super) fn snippet(out: &mut String, sources: &Sources, finding: &Finding, style: Style) {
    let elsewhere = finding
        .related
        .iter()
        .filter(|related| related.span.source != finding.span.source)
        .take(MOST_PLACES)
        .map(|related| Elsewhere {
            message: related.message.to_string(),
            lines: Lines(sources.get(related.span.source)),
            label: LabeledSpan::new_primary_with_span(None, first_line(sources, related.span)),
        })
        .collect();
    let view = View { finding, sources, lines: Lines(sources.get(finding.span.source)), elsewhere };
    let theme = if style.colour { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let handler =
        GraphicalReportHandler::new_themed(theme).with_width(style.width).with_links(false).with_context_lines(0);
    if handler.render_report(out, &view).is_err() {
        let _ = writeln!(out, "{}: {}", finding.rule, clean_line(&finding.message.to_string()));
    }
    out.push('\n');
}

/// Most questions that are asked about one missing fact.
const MOST_QUESTIONS: usize = 3;

/// What is missing, each fact once, with the questions of the rules that need it.
fn open_questions(out: &mut String, sources: &Sources, report: &Report, style: Style) {
    let facts = missing_facts(report);
    if facts.is_empty() {
        return;
    }
    out.push_str("Unproven: rules that need facts which the design does not state.\n\n");
    for (missing, findings) in facts {
        let place = findings
            .first()
            .map(|finding| (&sources.get(finding.span.source).name, sources.positions(finding.span).0.line));
        let (name, line) = place.map_or((String::new(), 0), |(name, line)| (clean_line(name).into_owned(), line));
        indented(out, 2, &format!("{} ({name}:{line})", clean_line(&missing)), style);
        let mut questions: Vec<String> = Vec::new();
        for finding in &findings {
            if !questions.contains(&finding.help.to_string()) {
                questions.push(finding.help.to_string());
            }
        }
        // Many questions at one fact mean that a whole table is missing; its name says enough.
        if questions.len() <= MOST_QUESTIONS {
            for question in questions {
                indented(out, 6, &question, style);
            }
        }
        let mut rules: Vec<&str> = findings.iter().map(|finding| finding.rule.as_ref()).collect();
        rules.dedup();
        indented(out, 6, &format!("for {}", rules.join(", ")), style);
    }
    out.push('\n');
}

/// Findings that somebody has accepted, without their lines.
fn acceptances(out: &mut String, sources: &Sources, report: &Report, style: Style) {
    for (finding, suppressed) in accepted(report) {
        let place = place(sources, finding.span);
        let until = suppressed.until.as_ref().map_or_else(String::new, |day| format!(" until {day}"));
        let word = label(finding);
        let text = format!("{word}: {} ({place}){until}: {}", finding.rule, suppressed.reason);
        indented(out, 0, &clean(&text), style);
    }
    if report.summary.suppressed > 0 {
        out.push('\n');
    }
}

/// A paragraph under an indent; lines after the first hang two columns further in.
pub(super) fn indented(out: &mut String, indent: usize, text: &str, style: Style) {
    for (index, line) in wrap(text, style.width.saturating_sub(indent + 2)).iter().enumerate() {
        let hang = if index == 0 { indent } else { indent + 2 };
        let _ = writeln!(out, "{}{line}", " ".repeat(hang));
    }
}

fn summary(out: &mut String, report: &Report, name: &str) {
    let counts = &report.summary;
    if !report.whole {
        let errors = plural(counts.errors, "error");
        let _ = writeln!(out, "{}: could not be read; no rule was judged ({errors})", clean_line(name));
        return;
    }
    if report.coverage.is_empty() && !report.findings.is_empty() {
        // A configuration or a map: there are findings, and no rules that could hold.
        let counted = [(counts.errors, "error"), (counts.warnings, "warning"), (counts.notes, "note")];
        let counted = counted.map(|(count, word)| plural(count, word)).join(", ");
        let _ = writeln!(out, "{}: {counted}", clean_line(name));
        return;
    }
    let accepted = match counts.suppressed {
        0 => String::new(),
        count => format!("; {} accepted", plural(count, "finding")),
    };
    let judged = counts.holds + counts.violated + counts.unproven;
    let _ = writeln!(
        out,
        "{}: {}, {}, {}\n{} apply: {} hold, {} violated, {} unproven; {} do not apply, {} set aside{accepted}",
        clean_line(name),
        plural(counts.errors, "error"),
        plural(counts.warnings, "warning"),
        plural(counts.notes, "note"),
        plural(judged, "rule"),
        counts.holds,
        counts.violated,
        counts.unproven,
        counts.not_applicable,
        counts.set_aside,
    );
    let offers = report.findings.iter().filter(|finding| finding.fix.is_some() && finding.suppressed.is_none()).count();
    if offers > 0 {
        let verb = if offers == 1 { "offers" } else { "offer" };
        let _ = writeln!(out, "{} {verb} a fix: --fix makes it, --fix --diff shows it", plural(offers, "finding"));
    }
}

/// The figures of a design, a table for each, and how each number was made.
pub fn plan(plan: &Planned, style: Style) -> String {
    let Planned { name, sources, figures, findings } = plan;
    let mut out = String::new();
    for finding in findings {
        snippet(&mut out, sources, finding, style);
    }
    let together = |figure: &Figure| figure.text.table.unwrap_or(figure.text.id);
    for group in figures.chunk_by(|left, right| together(left) == together(right)) {
        match group.first().and_then(|figure| figure.text.table) {
            Some(heading) => steps(&mut out, heading, group, style),
            None => figure_group(&mut out, group, style),
        }
    }
    let unknown = figures.iter().filter(|figure| matches!(figure.value, Value::Unknown(_))).count();
    let _ = writeln!(out, "{}: {} figures, {} of them unknown", clean_line(name), figures.len(), unknown);
    out
}

fn figure_group(out: &mut String, figures: &[Figure], style: Style) {
    let Some(text) = figures.first().map(|figure| figure.text) else { return };
    indented(out, 0, &format!("{} [{}]", text.summary, text.id), style);
    // Things with the same number made the same way, such as equal switches, share a row.
    let mut rows: Vec<(Vec<String>, [String; 3])> = Vec::new();
    for figure in figures {
        let method = match figure.state {
            State::Healthy => figure.method.word().to_owned(),
            other => format!("{}, {}", figure.method.word(), other.word()),
        };
        let subject = at_dots(&clean_line(&figure.subject), style.width / 3);
        let made = [method, figure.printed(), derivation(figure)];
        match rows.iter_mut().find(|(_, known)| *known == made) {
            Some((subjects, _)) => subjects.push(subject),
            None => rows.push((vec![subject], made)),
        }
    }
    let rows = rows.into_iter().map(|(subjects, made)| std::iter::once(shared_row(&subjects)).chain(made).collect());
    let rows: Vec<Vec<String>> = rows.collect();
    out.push_str(&table(style.width, &["for", "method", "value", "how it was made"], rows));
    notes(out, figures, style);
    out.push('\n');
}

/// Figures that lead from one to the next, a table for each thing they are about.
fn steps(out: &mut String, heading: &str, figures: &[Figure], style: Style) {
    indented(out, 0, heading, style);
    for group in figures.chunk_by(|left, right| left.subject == right.subject) {
        let Some(first) = group.first() else { continue };
        let _ = writeln!(out, "{}", clean_line(&first.subject));
        let row = |figure: &Figure| {
            let made = derivation(figure);
            vec![figure.text.id.to_owned(), figure.printed(), made]
        };
        out.push_str(&table(style.width, &["step", "value", "how it was made"], group.iter().map(row).collect()));
        notes(out, group, style);
        out.push('\n');
    }
}

/// What is to be said of figures, each thing once.
fn notes(out: &mut String, figures: &[Figure], style: Style) {
    let mut told: Vec<String> = Vec::new();
    for note in figures.iter().filter_map(|figure| figure.note.as_ref().map(ToString::to_string)) {
        if told.contains(&note) {
            continue;
        }
        for (index, line) in wrap(&clean_line(&note), style.width.saturating_sub(4)).iter().enumerate() {
            let _ = writeln!(out, "{}{line}", if index == 0 { "  * " } else { "    " });
        }
        told.push(note);
    }
}

/// Most things that a row of a table names.
const MOST_SUBJECTS: usize = 4;

/// Subjects of one row, each on a line.
fn shared_row(subjects: &[String]) -> String {
    let shown = if subjects.len() > MOST_SUBJECTS { MOST_SUBJECTS - 1 } else { subjects.len() };
    let mut text = subjects[..shown].join("\n");
    if subjects.len() > shown {
        let _ = write!(text, "\nand {} more", subjects.len() - shown);
    }
    text
}

fn derivation(figure: &Figure) -> String {
    let mut text = match &figure.value {
        Value::Unknown(missing) => clean_line(&format!("needs {}", missing.join(", "))).into_owned(),
        Value::Number(_) | Value::Never => clean_line(&figure.formula.to_string()).into_owned(),
    };
    if let Some(binding) = &figure.binding {
        let _ = write!(text, "\nbound by {}", clean_line(&binding.to_string()));
    }
    if !figure.assumed.is_empty() {
        let _ = write!(
            text,
            "\nassumed: {}",
            clean_line(&figure.assumed.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))
        );
    }
    text
}

/// What is wrong with a design's text, where something else than its rules was asked for.
pub fn mistakes(sources: &Sources, findings: &[Finding], style: Style) -> String {
    let mut out = String::new();
    for finding in findings {
        snippet(&mut out, sources, finding, style);
    }
    out
}

/// Breaks a text at blanks so that no line is wider than `width` columns. A word that is wider, such as a sentence in
/// Japanese, is broken anywhere.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let mut used = lines.last().map_or(0, |line| columns(line));
        if used > 0 && used + 1 + columns(word) <= width {
            push(&mut lines, " ");
        } else if used > 0 {
            lines.push(String::new());
            used = 0;
        }
        if used > 0 || columns(word) <= width {
            push(&mut lines, word);
            continue;
        }
        for character in word.chars() {
            let wide = unicode_width::UnicodeWidthChar::width(character).unwrap_or(0);
            if lines.last().is_some_and(|line| columns(line) + wide > width) {
                lines.push(String::new());
            }
            push(&mut lines, character.encode_utf8(&mut [0; 4]));
        }
    }
    lines
}

/// Breaks each word of a text after a dot where it would be wider than `width`, so that a long path stays readable:
/// `server_model.hci.disks.` and `front`.
pub(super) fn at_dots(text: &str, width: usize) -> String {
    let broken = |word: &str| {
        let mut lines = vec![String::new()];
        for part in word.split_inclusive('.') {
            let used = lines.last().map_or(0, |line| columns(line));
            if used > 0 && used + columns(part) > width {
                lines.push(String::new());
            }
            push(&mut lines, part);
        }
        lines.join("\n")
    };
    text.split(' ').map(broken).collect::<Vec<_>>().join(" ")
}

fn push(lines: &mut [String], text: &str) {
    if let Some(line) = lines.last_mut() {
        line.push_str(text);
    }
}

pub(super) fn columns(text: &str) -> usize {
    // Of printable ASCII each character has one.
    if text.bytes().fold(true, |plain, byte| plain & (b' '..=b'~').contains(&byte)) {
        return text.len();
    }
    unicode_width::UnicodeWidthStr::width(text)
}

/// A list of rules.
pub fn rules(rules: &[&Rule], style: Style) -> String {
    let severity = |rule: &Rule| match rule.severity {
        [production, lab] if production == lab => production.word().to_owned(),
        [production, lab] => format!("{}, lab {}", production.word(), lab.word()),
    };
    let mut out = String::new();
    for rule in rules {
        let _ = writeln!(out, "{} ({}, {})", rule.id, rule.origin.word(), severity(rule));
        indented(&mut out, 4, rule.summary, style);
    }
    let _ = writeln!(out, "\n{} rules", rules.len());
    out
}

/// The whole text of a rule or a figure.
pub fn explain(id: &str, style: Style) -> Option<String> {
    if let Some(rule) = catalogue::rule(id) {
        return Some(explain_rule(rule, style));
    }
    catalogue::figure(id).map(|figure| explain_figure(figure, style))
}

fn paragraph(out: &mut String, head: &str, text: &str, style: Style) {
    if !head.is_empty() {
        let _ = writeln!(out, "{head}");
    }
    for line in wrap(text, style.width.saturating_sub(2)) {
        let _ = writeln!(out, "  {line}");
    }
    out.push('\n');
}

fn citations(out: &mut String, sources: &[catalogue::Citation], style: Style) {
    out.push_str("Sources\n");
    for citation in sources {
        for (index, line) in wrap(&citation.describe(), style.width.saturating_sub(4)).iter().enumerate() {
            let _ = writeln!(out, "  {}{line}", if index == 0 { "- " } else { "  " });
        }
        let Some(work) = catalogue::work(citation.work) else { continue };
        match (work.url, work.read) {
            (Some(url), Some(read)) => {
                indented(out, 4, work.version, style);
                let _ = writeln!(out, "    {url} (gone through {read})");
            }
            _ => indented(out, 4, &format!("{}; {}", work.title, work.version), style),
        }
    }
    out.push('\n');
}

fn parameters(out: &mut String, parameters: &[catalogue::ParameterText], style: Style) {
    if parameters.is_empty() {
        return;
    }
    out.push_str("Parameters\n");
    for parameter in parameters {
        let range = parameter.range.map_or(String::new(), |(low, high)| format!(", {low} to {high}"));
        let text = format!("{} = {} ({}{range}): {}", parameter.name, parameter.default, parameter.kind, parameter.doc);
        indented(out, 2, &text, style);
    }
    out.push('\n');
}

/// The whole text of a rule.
pub fn explain_rule(rule: &Rule, style: Style) -> String {
    let mut out = String::new();
    let [production, lab] = rule.severity;
    let severity = if production == lab {
        production.word().to_owned()
    } else {
        format!("{}; {} in a lab", production.word(), lab.word())
    };
    let _ = writeln!(out, "{}\n{}\n", rule.id, rule.summary);
    let _ = writeln!(out, "origin {}; severity {severity}\n", rule.origin.word());
    paragraph(&mut out, "Why", rule.rationale, style);
    paragraph(&mut out, "What to do", rule.remediation, style);
    paragraph(&mut out, "Applies to", rule.applies, style);
    if let Some(fix) = &rule.fix {
        paragraph(&mut out, "What check --fix does", fix.does, style);
    }
    if let Some(question) = rule.question {
        paragraph(&mut out, "Asked where a fact is missing", question, style);
    }
    if let Some(conflict) = rule.conflict {
        let against =
            if rule.conflicts.is_empty() { String::new() } else { format!(" ({})", rule.conflicts.join(", ")) };
        paragraph(&mut out, "Where texts differ", &format!("{conflict}{against}"), style);
    }
    if !rule.caused_by.is_empty() {
        paragraph(&mut out, "May follow from", &rule.caused_by.join(", "), style);
    }
    parameters(&mut out, &rule.parameters, style);
    for (head, example) in [("Violated by", rule.example_violated), ("Holds with", rule.example_holds)] {
        if let Some(example) = example {
            let _ = writeln!(
                out,
                "{head}\n{}\n",
                example.lines().map(|line| format!("    {line}")).collect::<Vec<_>>().join("\n")
            );
        }
    }
    if catalogue::rule(rule.id).is_some() && rule.example_violated.is_some() {
        let said = format!("{}, which the tests run over a whole design", rule.case_file());
        paragraph(&mut out, "Examples are from", &said, style);
    }
    citations(&mut out, &rule.sources, style);
    out
}

fn explain_figure(figure: &FigureText, style: Style) -> String {
    let mut out = String::new();
    let unit = if figure.unit.is_empty() { "a number" } else { figure.unit };
    let _ = writeln!(out, "{}\n{}\n\nunit: {unit}\n", figure.id, figure.summary);
    paragraph(&mut out, "Formula", figure.formula, style);
    paragraph(&mut out, "How to read it", figure.explanation, style);
    parameters(&mut out, figure.parameters, style);
    citations(&mut out, figure.sources, style);
    out
}

#[cfg(test)]
mod tests {
    use super::{columns, wrap};

    #[test]
    fn long_paths_break_after_a_dot() {
        assert_eq!(super::at_dots("server_model.hci.disks.front", 26), "server_model.hci.disks.\nfront");
        assert_eq!(super::at_dots("ceph, balancer on", 8), "ceph, balancer on");
    }

    #[test]
    fn lines_stay_within_their_width_in_any_script() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        for line in wrap("本番環境のハイパーバイザーは三台 small words", 10) {
            assert!(columns(&line) <= 10, "{line}");
        }
        assert_eq!(wrap("", 10), [""]);
    }
}
