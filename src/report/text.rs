//! Text for people.

use std::borrow::Cow;
use std::fmt::Write as _;

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode};

use super::clean::{clean, clean_line};
use super::json::Planned;
use super::snippet::{Lines, first_line};
use super::table::table;
use super::told::{self, accepted, enumerated, label, missing_facts, place, spoken};
pub(super) use super::wrap::{at_dots, columns, indented, wrap};
use crate::capacity::{Figure, State, Value, unit_name};
use crate::catalogue::{self, FigureText, Rule, Severity};
use crate::check::{Checked, Finding, Report};
use crate::source::Sources;
use crate::words::{self, Language, Said};

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
        let text = words::told::set_aside(choice.rule, choice.follow, clean_line(&choice.reason).into_owned());
        indented(&mut out, 0, &text.say(style.language), style);
    }
    if !report.set_aside.is_empty() {
        out.push('\n');
    }
    summary(&mut out, report, name, style);
    out
}

/// Most related places of a finding that are shown; JSON has all of them.
const MOST_PLACES: usize = 6;

struct View<'a> {
    finding: &'a Finding,
    message: Cow<'a, str>,
    language: Language,
    sources: &'a Sources,
    lines: Lines<'a>,
    elsewhere: Vec<Elsewhere<'a>>,
}

struct Elsewhere<'a> {
    message: Cow<'a, str>,
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
                formatter.write_str(&clean_line(&$message))
            }
        }

        impl std::error::Error for $name<'_> {}
    )* };
}

plain_error!(View => |view| view.message, Elsewhere => |place| place.message);

impl Diagnostic for View<'_> {
    fn code<'b>(&'b self) -> Option<Box<dyn std::fmt::Display + 'b>> {
        Some(Box::new(format!("{} [{}]", self.finding.rule, self.finding.severity.said().say(self.language))))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.finding.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Note => miette::Severity::Advice,
        })
    }

    fn help<'b>(&'b self) -> Option<Box<dyn std::fmt::Display + 'b>> {
        let mut lines = vec![clean_line(&self.finding.help.say(self.language)).into_owned()];
        lines.extend(beside(self.finding).iter().map(|told| clean(&told.say(self.language)).into_owned()));
        Some(Box::new(lines.join("\n")))
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
                Some(clean_line(&related.message.say(self.language)).into_owned()),
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

/// What is to be known about a finding beside what to do.
fn beside(finding: &Finding) -> Vec<Said> {
    let hidden = finding.related.len().saturating_sub(MOST_PLACES);
    let assumed = Said::run("; ", finding.assumed.iter().cloned());
    let told = [
        finding.caused_by.map(words::text_format::follows_from),
        (hidden > 0).then(|| words::text_format::more_places(hidden)),
        (!finding.assumed.is_empty()).then(|| words::told::assumed(assumed)),
        finding.conflict.as_ref().map(words::text_format::texts_differ),
        finding.sources.first().map(words::told::source),
    ];
    told.into_iter().flatten().collect()
}

pub(super) fn snippet(out: &mut String, sources: &Sources, finding: &Finding, style: Style) {
    let elsewhere = finding
        .related
        .iter()
        .filter(|related| related.span.source != finding.span.source)
        .take(MOST_PLACES)
        .map(|related| Elsewhere {
            message: related.message.say(style.language),
            lines: Lines(sources.get(related.span.source)),
            label: LabeledSpan::new_primary_with_span(None, first_line(sources, related.span)),
        })
        .collect();
    let message = finding.message.say(style.language);
    let lines = Lines(sources.get(finding.span.source));
    let view = View { finding, message, language: style.language, sources, lines, elsewhere };
    let theme = if style.colour { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let miettes = own_words(&theme, style.language);
    let handler =
        GraphicalReportHandler::new_themed(theme).with_width(style.width).with_links(false).with_context_lines(0);
    let mut shown = String::new();
    if handler.render_report(&mut shown, &view).is_err() {
        shown = format!("{}: {}\n", finding.rule, clean_line(&view.message));
    }
    for line in shown.split_inclusive('\n') {
        let word = miettes.iter().find_map(|(english, own)| Some((own, line.strip_prefix(english.as_str())?)));
        match word {
            Some((own, rest)) => out.extend([own, rest]),
            None => out.push_str(line),
        }
    }
    out.push('\n');
}

/// What miette begins lines with in English, and the same in a language. No line of a design or of a message begins so:
/// they stand behind a number or a sign.
fn own_words(theme: &GraphicalTheme, language: Language) -> [(String, String); 2] {
    let both = |begin: &dyn Fn(Language) -> String| (begin(Language::English), begin(language));
    [
        both(&|language| {
            theme.styles.help.style(format!("  {}: ", words::text_format::help().say(language))).to_string()
        }),
        both(&|language| format!("{}: ", words::text_format::related().say(language))),
    ]
}

/// Most questions that are asked about one missing fact.
const MOST_QUESTIONS: usize = 3;

/// What is missing, each fact once, with the questions of the rules that need it.
fn open_questions(out: &mut String, sources: &Sources, report: &Report, style: Style) {
    let facts = missing_facts(report);
    if facts.is_empty() {
        return;
    }
    indented(out, 0, &words::text_format::needs_facts().say(style.language), style);
    out.push('\n');
    for (missing, findings) in facts {
        let place = findings
            .first()
            .map(|finding| (&sources.get(finding.span.source).name, sources.positions(finding.span).0.line));
        let (name, line) = place.map_or((String::new(), 0), |(name, line)| (clean_line(name).into_owned(), line));
        indented(out, 2, &format!("{} ({name}:{line})", clean_line(&missing)), style);
        let mut questions: Vec<Cow<'_, str>> = Vec::new();
        for finding in &findings {
            let question = finding.help.say(style.language);
            if !questions.contains(&question) {
                questions.push(question);
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
        let needed = words::text_format::for_rules(Said::run(", ", rules.into_iter().map(Said::from)));
        indented(out, 6, &needed.say(style.language), style);
    }
    out.push('\n');
}

/// Findings that somebody has accepted, without their lines.
fn acceptances(out: &mut String, sources: &Sources, report: &Report, style: Style) {
    for (finding, suppressed) in accepted(report) {
        let place = place(sources, finding.span);
        let (what, rule, reason) = (label(finding), finding.rule.as_ref(), &suppressed.reason);
        let text = match &suppressed.until {
            None => words::text_format::accepted(what, rule, place, reason),
            Some(day) => words::text_format::accepted_until(what, rule, place, day, reason),
        };
        indented(out, 0, &clean(&text.say(style.language)), style);
    }
    if report.summary.suppressed > 0 {
        out.push('\n');
    }
}

fn summary(out: &mut String, report: &Report, name: &str, style: Style) {
    for line in counted(report, name) {
        let _ = writeln!(out, "{}", line.say(style.language));
    }
}

/// What was counted, a line each.
fn counted(report: &Report, name: &str) -> Vec<Said> {
    let counts = &report.summary;
    let name = clean_line(name).into_owned();
    if !report.whole {
        return vec![words::told::unread(name, words::told::errors(counts.errors))];
    }
    let findings = Said::run("", [Said::from(name), ": ".into(), told::counts(counts)]);
    // A configuration or a map: there are findings, and no rules that could hold.
    if report.coverage.is_empty() && !report.findings.is_empty() {
        return vec![findings];
    }
    let judged = words::counted::rules(counts.holds + counts.violated + counts.unproven);
    let (holds, violated, unproven) = (counts.holds, counts.violated, counts.unproven);
    let coverage =
        words::text_format::coverage(judged, holds, violated, unproven, counts.not_applicable, counts.set_aside);
    let coverage = match counts.suppressed {
        0 => coverage,
        count => words::text_format::coverage_accepted(coverage, words::counted::findings(count)),
    };
    let offers = report.findings.iter().filter(|finding| finding.fix.is_some() && finding.suppressed.is_none()).count();
    let offers = (offers > 0).then(|| words::text_format::offers(offers));
    [findings, coverage].into_iter().chain(offers).collect()
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
        match group.first().and_then(|figure| style.language.figure(figure.text).table) {
            Some(heading) => steps(&mut out, heading, group, style),
            None => figure_group(&mut out, group, style),
        }
    }
    let unknown = figures.iter().filter(|figure| matches!(figure.value, Value::Unknown(_))).count();
    let total = words::plan_text::total(clean_line(name).into_owned(), figures.len(), unknown);
    let _ = writeln!(out, "{}", total.say(style.language));
    out
}

fn figure_group(out: &mut String, figures: &[Figure], style: Style) {
    let Some(text) = figures.first().map(|figure| style.language.figure(figure.text)) else { return };
    indented(out, 0, &format!("{} [{}]", text.summary, text.id), style);
    // Things with the same number made the same way, such as equal switches, share a row.
    let mut rows: Vec<(Vec<String>, Vec<String>)> = Vec::new();
    for figure in figures {
        let method = match figure.state {
            State::Healthy => figure.method.said(),
            other => vec![figure.method.said(), other.said()].into(),
        };
        let subject = at_dots(&clean_line(&figure.about.say(style.language)), style.width / 3);
        let made = [method, figure.printed()].map(|said| said.say(style.language).into_owned());
        let made: Vec<String> = made.into_iter().chain([derivation(figure, style)]).collect();
        match rows.iter_mut().find(|(_, known)| *known == made) {
            Some((subjects, _)) => subjects.push(subject),
            None => rows.push((vec![subject], made)),
        }
    }
    let rows =
        rows.into_iter().map(|(subjects, made)| std::iter::once(shared_row(&subjects, style)).chain(made).collect());
    let rows: Vec<Vec<String>> = rows.collect();
    let head = [
        words::plan_text::subject(),
        words::plan_text::method(),
        words::plan_text::value(),
        words::plan_text::derivation(),
    ];
    out.push_str(&table(style.width, &in_language(&head, style), rows));
    notes(out, figures, style);
    out.push('\n');
}

/// Figures that lead from one to the next, a table for each thing they are about.
fn steps(out: &mut String, heading: &str, figures: &[Figure], style: Style) {
    indented(out, 0, heading, style);
    for group in figures.chunk_by(|left, right| left.subject == right.subject) {
        let Some(first) = group.first() else { continue };
        let _ = writeln!(out, "{}", clean_line(&first.about.say(style.language)));
        let row = |figure: &Figure| {
            let made = derivation(figure, style);
            vec![figure.text.id.to_owned(), figure.printed().say(style.language).into_owned(), made]
        };
        let head = [words::plan_text::step(), words::plan_text::value(), words::plan_text::derivation()];
        out.push_str(&table(style.width, &in_language(&head, style), group.iter().map(row).collect()));
        notes(out, group, style);
        out.push('\n');
    }
}

fn in_language(said: &[Said], style: Style) -> Vec<Cow<'_, str>> {
    said.iter().map(|said| said.say(style.language)).collect()
}

/// What is to be said of figures, each thing once.
fn notes(out: &mut String, figures: &[Figure], style: Style) {
    let mut told: Vec<Cow<'_, str>> = Vec::new();
    for note in figures.iter().filter_map(|figure| figure.note.as_ref().map(|note| note.say(style.language))) {
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
fn shared_row(subjects: &[String], style: Style) -> String {
    let shown = if subjects.len() > MOST_SUBJECTS { MOST_SUBJECTS - 1 } else { subjects.len() };
    let mut text = subjects[..shown].join("\n");
    if subjects.len() > shown {
        let _ = write!(text, "\n{}", words::counted::and_more(subjects.len() - shown).say(style.language));
    }
    text
}

fn derivation(figure: &Figure, style: Style) -> String {
    let made = match &figure.value {
        Value::Unknown(missing) => words::plan_text::needs(enumerated(missing)),
        Value::Number(_) | Value::Never => figure.formula.clone(),
    };
    let assumed = spoken(&figure.assumed, "; ", style.language);
    let lines = [
        Some(made),
        figure.binding.as_ref().map(words::plan_text::bound_by),
        (!figure.assumed.is_empty()).then(|| words::told::assumed(assumed)),
    ];
    let lines = lines.iter().flatten().map(|line| clean_line(&line.say(style.language)).into_owned());
    lines.collect::<Vec<_>>().join("\n")
}

/// What is wrong with a design's text, where something else than its rules was asked for.
pub fn mistakes(sources: &Sources, findings: &[Finding], style: Style) -> String {
    let mut out = String::new();
    for finding in findings {
        snippet(&mut out, sources, finding, style);
    }
    out
}

/// A list of rules.
pub fn rules(rules: &[&Rule], style: Style) -> String {
    let severity = |rule: &Rule| match rule.severity {
        [production, lab] if production == lab => production.said(),
        [production, lab] => words::explained::listed_severity(production.said(), lab.said()),
    };
    let mut out = String::new();
    for rule in rules {
        let head = words::explained::listed(rule.id, rule.origin.said(), severity(rule));
        let _ = writeln!(out, "{}", head.say(style.language));
        indented(&mut out, 4, style.language.rule(rule).summary, style);
    }
    let _ = writeln!(out, "\n{}", words::counted::rules(rules.len()).say(style.language));
    out
}

/// The whole text of a rule or a figure.
pub fn explain(id: &str, style: Style) -> Option<String> {
    if let Some(rule) = catalogue::rule(id) {
        return Some(explain_rule(rule, style));
    }
    catalogue::figure(id).map(|figure| explain_figure(figure, style))
}

fn heading(out: &mut String, head: &Said, style: Style) {
    let _ = writeln!(out, "{}", head.say(style.language));
}

fn paragraph(out: &mut String, head: &Said, text: &str, style: Style) {
    heading(out, head, style);
    for line in wrap(text, style.width.saturating_sub(2)) {
        let _ = writeln!(out, "  {line}");
    }
    out.push('\n');
}

fn citations(out: &mut String, sources: &[catalogue::Citation], style: Style) {
    heading(out, &words::explained::sources(), style);
    for citation in sources {
        for (index, line) in wrap(&citation.describe(), style.width.saturating_sub(4)).iter().enumerate() {
            let _ = writeln!(out, "  {}{line}", if index == 0 { "- " } else { "  " });
        }
        let Some(work) = catalogue::work(citation.work) else { continue };
        if let (Some(url), Some(read)) = (work.url, work.read) {
            indented(out, 4, work.version, style);
            let _ = writeln!(out, "    {}", words::explained::gone_through(url, read).say(style.language));
        } else {
            let own = work.original.filter(|_| style.language == Language::Japanese);
            indented(out, 4, &format!("{}; {}", own.unwrap_or(work.title), work.version), style);
        }
    }
    out.push('\n');
}

fn parameters(out: &mut String, parameters: &[catalogue::ParameterText], style: Style) {
    if parameters.is_empty() {
        return;
    }
    heading(out, &words::explained::parameters(), style);
    for parameter in parameters {
        let kind = match parameter.range {
            None => parameter.kind.into(),
            Some((low, high)) => words::explained::within(parameter.kind, low, high),
        };
        let text = words::explained::parameter(parameter.name, parameter.default, kind, parameter.doc);
        indented(out, 2, &text.say(style.language), style);
    }
    out.push('\n');
}

/// The whole text of a rule.
pub fn explain_rule(rule: &Rule, style: Style) -> String {
    let texts = style.language.rule(rule);
    let mut out = String::new();
    let severity = match rule.severity {
        [production, lab] if production == lab => production.said(),
        [production, lab] => words::explained::severity_in_lab(production.said(), lab.said()),
    };
    let _ = writeln!(out, "{}\n{}\n", rule.id, texts.summary);
    heading(&mut out, &words::explained::origin_and_severity(rule.origin.said(), severity), style);
    out.push('\n');
    let mut part = |head: Said, text: &str| paragraph(&mut out, &head, text, style);
    part(words::explained::why(), texts.rationale);
    part(words::explained::what_to_do(), texts.remediation);
    part(words::explained::applies_to(), texts.applies);
    if let Some(fix) = &texts.fix {
        part(words::explained::what_fix_does(), fix.does);
    }
    if let Some(question) = texts.question {
        part(words::explained::question(), question);
    }
    if let Some(conflict) = texts.conflict {
        let against =
            if rule.conflicts.is_empty() { String::new() } else { format!(" ({})", rule.conflicts.join(", ")) };
        part(words::explained::texts_differ(), &format!("{conflict}{against}"));
    }
    if !rule.caused_by.is_empty() {
        part(words::explained::may_follow_from(), &rule.caused_by.join(", "));
    }
    parameters(&mut out, &texts.parameters, style);
    examples(&mut out, rule, style);
    citations(&mut out, &texts.sources, style);
    out
}

fn examples(out: &mut String, rule: &Rule, style: Style) {
    let examples = [
        (words::explained::violated_by(), rule.example_violated),
        (words::explained::holds_with(), rule.example_holds),
    ];
    for (head, example) in examples {
        let Some(example) = example else { continue };
        heading(out, &head, style);
        example.lines().for_each(|line| out.extend(["    ", line, "\n"]));
        out.push('\n');
    }
    if catalogue::rule(rule.id).is_some() && rule.example_violated.is_some() {
        let file = words::explained::tested_case(rule.case_file());
        paragraph(out, &words::explained::examples_from(), &file.say(style.language), style);
    }
}

fn explain_figure(figure: &'static FigureText, style: Style) -> String {
    let texts = style.language.figure(figure);
    let mut out = format!("{}\n{}\n\n", figure.id, texts.summary);
    heading(&mut out, &words::explained::unit(unit_name(figure.unit)), style);
    out.push('\n');
    paragraph(&mut out, &words::explained::formula(), texts.formula, style);
    paragraph(&mut out, &words::explained::how_to_read(), texts.explanation, style);
    parameters(&mut out, texts.parameters, style);
    citations(&mut out, texts.sources, style);
    out
}
