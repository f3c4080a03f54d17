//! `JUnit` XML: a suite for each design, a case for each finding and for each rule that holds.

use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::clean::clean;
use super::told::{labelled, one_line, path, place, with_acceptance};
use crate::catalogue::Severity;
use crate::check::{Checked, Finding, FindingOutcome, Outcome, SetAside};
use crate::words::{self, Language, Said};

/// A case of a suite.
struct Case {
    class: String,
    name: String,
    file: String,
    line: usize,
    result: Result,
}

/// What became of a case.
enum Result {
    /// It passed, with what is to be noted.
    Passed(Option<String>),
    /// A rule is violated: kind, message, and what to do.
    Failed(&'static str, String, String),
    /// Nothing could be judged.
    Broken(String),
    /// It was left out, for this reason.
    Skipped(String),
}

/// Counts of a suite.
#[derive(Default, Clone, Copy)]
struct Counts {
    tests: usize,
    failures: usize,
    errors: usize,
    skipped: usize,
}

impl Counts {
    fn of(cases: &[Case]) -> Self {
        let mut counts = Self { tests: cases.len(), ..Self::default() };
        for case in cases {
            match case.result {
                Result::Passed(_) => {}
                Result::Failed(..) => counts.failures += 1,
                Result::Broken(_) => counts.errors += 1,
                Result::Skipped(_) => counts.skipped += 1,
            }
        }
        counts
    }

    fn and(self, other: &Self) -> Self {
        Self {
            tests: self.tests + other.tests,
            failures: self.failures + other.failures,
            errors: self.errors + other.errors,
            skipped: self.skipped + other.skipped,
        }
    }

    fn attributes(&self) -> [(&'static str, String); 4] {
        [
            ("tests", self.tests.to_string()),
            ("failures", self.failures.to_string()),
            ("errors", self.errors.to_string()),
            ("skipped", self.skipped.to_string()),
        ]
    }
}

/// The findings of a run.
pub(super) fn check(designs: &[Checked], language: Language) -> String {
    let suites: Vec<(&Checked, Vec<Case>)> = designs.iter().map(|design| (design, cases(design, language))).collect();
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    // Writing to memory does not fail.
    let _ = document(&mut writer, &suites);
    String::from_utf8(writer.into_inner()).unwrap_or_default() + "\n"
}

fn cases(design: &Checked, language: Language) -> Vec<Case> {
    let report = &design.report;
    let holding = report.coverage.iter().filter(|entry| entry.outcome == Outcome::Holds);
    let about_design = |class: &str, name: &str, result| Case {
        class: class.to_owned(),
        name: name.to_owned(),
        file: super::told::slashes(&design.name),
        line: 1,
        result,
    };
    let unread = (!report.whole).then(|| {
        let told = words::formats::unread().say(language).into_owned();
        about_design("rackproof", &words::formats::reads_design().say(language), Result::Broken(told))
    });
    let found = report.findings.iter().map(|finding| of_finding(design, finding, language));
    let chosen = report.set_aside.iter().map(|choice| of_choice(design, choice, language));
    let held =
        holding.map(|entry| about_design(&entry.rule, &words::formats::holds().say(language), Result::Passed(None)));
    unread.into_iter().chain(found).chain(chosen).chain(held).collect()
}

fn of_finding(design: &Checked, finding: &Finding, language: Language) -> Case {
    let sources = &design.sources;
    let message = labelled(finding);
    let say = |said: Said| said.say(language).into_owned();
    let result = match (&finding.suppressed, finding.outcome, finding.severity) {
        (Some(suppressed), ..) => Result::Skipped(say(with_acceptance(message, suppressed))),
        (None, FindingOutcome::Unproven, _) => Result::Skipped(say(words::formats::asked(message, &finding.help))),
        (None, FindingOutcome::Violated, Severity::Note) => Result::Passed(Some(one_line(&message.say(language)))),
        (None, FindingOutcome::Violated, severity) => {
            Result::Failed(severity.word(), say(message), told(design, finding, language))
        }
    };
    Case {
        class: finding.rule.to_string(),
        name: format!("{} ({})", finding.subject, place(sources, finding.span)),
        file: path(sources, finding.span),
        line: sources.positions(finding.span).0.line,
        result,
    }
}

fn of_choice(design: &Checked, choice: &SetAside, language: Language) -> Case {
    let told = words::formats::set_aside_for(choice.follow, choice.reason.as_str());
    Case {
        class: choice.rule.to_owned(),
        name: words::formats::set_aside_case().say(language).into_owned(),
        file: path(&design.sources, choice.span),
        line: design.sources.positions(choice.span).0.line,
        result: Result::Skipped(told.say(language).into_owned()),
    }
}

/// Where a violation is, what to do, and where the rule is stated.
fn told(design: &Checked, finding: &Finding, language: Language) -> String {
    let mut lines = vec![place(&design.sources, finding.span), finding.help.say(language).into_owned()];
    let related = finding.related.iter();
    lines.extend(
        related.map(|other| format!("{}: {}", place(&design.sources, other.span), other.message.say(language))),
    );
    lines.extend(finding.sources.iter().map(|source| words::formats::source(source).say(language).into_owned()));
    // A name with a line break in it begins no line of its own.
    lines.iter().map(|line| one_line(line)).collect::<Vec<_>>().join("\n")
}

fn document(writer: &mut Writer<Vec<u8>>, suites: &[(&Checked, Vec<Case>)]) -> io::Result<()> {
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let all = suites.iter().fold(Counts::default(), |all, (_, cases)| all.and(&Counts::of(cases)));
    let mut attributes = vec![("name", "rackproof".to_owned())];
    attributes.extend(all.attributes());
    element(writer, "testsuites", &attributes, |writer| {
        suites.iter().try_for_each(|(design, cases)| suite(writer, design, cases))
    })
}

fn suite(writer: &mut Writer<Vec<u8>>, design: &Checked, cases: &[Case]) -> io::Result<()> {
    let mut attributes = vec![("name", design.name.clone())];
    attributes.extend(Counts::of(cases).attributes());
    element(writer, "testsuite", &attributes, |writer| cases.iter().try_for_each(|case| test_case(writer, case)))
}

fn test_case(writer: &mut Writer<Vec<u8>>, case: &Case) -> io::Result<()> {
    let attributes = [
        ("classname", case.class.clone()),
        ("name", case.name.clone()),
        ("file", case.file.clone()),
        ("line", case.line.to_string()),
    ];
    element(writer, "testcase", &attributes, |writer| match &case.result {
        Result::Passed(None) => Ok(()),
        Result::Passed(Some(note)) => element(writer, "system-out", &[], |writer| text(writer, note)),
        Result::Failed(kind, message, told) => {
            let attributes = [("type", (*kind).to_owned()), ("message", message.clone())];
            element(writer, "failure", &attributes, |writer| text(writer, told))
        }
        Result::Broken(message) => element(writer, "error", &[("message", message.clone())], |_| Ok(())),
        Result::Skipped(message) => element(writer, "skipped", &[("message", message.clone())], |_| Ok(())),
    })
}

fn element(
    writer: &mut Writer<Vec<u8>>,
    name: &str,
    attributes: &[(&str, String)],
    inner: impl FnOnce(&mut Writer<Vec<u8>>) -> io::Result<()>,
) -> io::Result<()> {
    let attributes: Vec<(&str, String)> =
        attributes.iter().map(|(name, value)| (*name, legal(&one_line(value)))).collect();
    writer
        .create_element(name)
        .with_attributes(attributes.iter().map(|(name, value)| (*name, value.as_str())))
        .write_inner_content(inner)
        .map(|_| ())
}

fn text(writer: &mut Writer<Vec<u8>>, text: &str) -> io::Result<()> {
    writer.write_event(Event::Text(BytesText::new(&legal(text))))
}

/// Text of characters that XML 1.0 allows; of what `clean` leaves it refuses two, even as references.
fn legal(text: &str) -> String {
    clean(text).replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")
}
