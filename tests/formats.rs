//! Every format tells the same findings, in the form that its readers ask for.
//!
//! `RACKPROOF_UPDATE=1 cargo test --test formats` writes the examples in `tests/formats/`.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests read fixtures and stop at what is not as it should be"
)]

use std::borrow::Cow;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::LazyLock;

use jsonschema::Validator;
use quick_xml::events::{BytesStart, Event};
use rackproof::catalogue::{Evidence, Origin, Severity};
use rackproof::check::{
    Acceptance, Checked, Coverage, Finding, FindingOutcome, Fix, Outcome, Related, Report, SetAside, Summary,
    Suppressed,
};
use rackproof::report::{Format, Style, render};
use rackproof::source::{SourceId, Sources, Span};
use regex::Regex;
use serde_json::Value;

const STYLE: Style = Style { width: 80, colour: false, language: rackproof::words::Language::English };

static SARIF: LazyLock<Validator> = LazyLock::new(|| {
    // The schema's pattern of a language has a bracket without partner, which a strict reader of patterns refuses. No
    // report has that key, so that what it says of languages is not needed.
    let text = include_str!("schemas/sarif-schema-2.1.0.json").replace("[a-zA-Z]{2}]?$", "[a-zA-Z]{2}$");
    let schema = serde_json::from_str(&text).unwrap();
    jsonschema::options().should_validate_formats(true).build(&schema).unwrap()
});

static CHECK: LazyLock<Validator> = LazyLock::new(|| {
    let schema: Value = serde_json::from_str(include_str!("../schemas/check.schema.json")).unwrap();
    assert!(jsonschema::draft202012::meta::is_valid(&schema));
    jsonschema::draft202012::new(&schema).unwrap()
});

static PARTS: LazyLock<Validator> = LazyLock::new(|| {
    let schema: Value = serde_json::from_str(include_str!("../schemas/parts.schema.json")).unwrap();
    assert!(jsonschema::draft202012::meta::is_valid(&schema));
    jsonschema::draft202012::new(&schema).unwrap()
});

fn valid(validator: &Validator, text: &str) -> Value {
    let value: Value = serde_json::from_str(text).unwrap();
    let complaints: Vec<String> =
        validator.iter_errors(&value).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(complaints.is_empty(), "{complaints:#?}");
    value
}

/// A violation whose span holds these words of the text.
fn finding(sources: &Sources, id: SourceId, words: &str, rule: &'static str, subject: &str) -> Finding {
    let start = sources.get(id).text.find(words).unwrap() as u32;
    Finding {
        rule: Cow::Borrowed(rule),
        origin: Origin::Official,
        severity: Severity::Error,
        outcome: FindingOutcome::Violated,
        subject: subject.to_owned(),
        message: format!("{subject} is not as it should be").into(),
        span: Span { source: id, start, end: start + words.len() as u32 },
        related: Vec::new(),
        evidence: Vec::new(),
        assumed: Vec::new(),
        missing: Vec::new(),
        about: Vec::new(),
        caused_by: None,
        help: "Change it.".into(),
        conflict: None,
        sources: vec!["A guide, 1.2 (says so)".into()],
        fingerprint: rackproof::check::identity(&format!("{rule}\n{subject}")),
        suppressed: None,
        fix: None,
    }
}

fn unproven(finding: Finding) -> Finding {
    Finding {
        outcome: FindingOutcome::Unproven,
        severity: Severity::Note,
        message: "cannot be decided: ceph.public_network is not known".into(),
        missing: vec!["ceph.public_network".to_owned()],
        help: "Which network do clients reach Ceph by?".into(),
        ..finding
    }
}

fn accepted(by: Acceptance, until: Option<&str>, span: Option<Span>, finding: Finding) -> Finding {
    let suppressed = Suppressed { by, reason: "It is a lab".into(), until: until.map(str::to_owned), span };
    Finding { suppressed: Some(suppressed), ..finding }
}

const TEXT: &str = "\
# 本番 design
[network.corosync0]
purpose   = [\"corosync\", \"guest\"]
interface = \"slot1:1\"   # accepted
[ceph]
balancer = false
";

/// Words that mean something in one format or another.
const AWKWARD: &str = "slot1:1 | `x` <b> & \"q\" {0} [a](b) @all #1 50 %, 本番\n::error::x ]]> *y*";

/// A design with a finding of every kind.
fn design() -> Checked {
    let mut sources = Sources::default();
    let root = sources.add("sites/本番 a,b.toml", TEXT);
    let setting = sources.add("--set", "ceph.balancer = false");
    let at = |words: &str, rule, subject: &str| finding(&sources, root, words, rule, subject);
    let comment = at("# accepted", "", "").span;
    let purpose = at("purpose", "", "").span;
    let findings = vec![
        Finding {
            message: AWKWARD.into(),
            related: vec![
                Related { span: purpose, message: "guests are here".into() },
                Related { span: finding(&sources, setting, "ceph", "", "").span, message: "and set here".into() },
            ],
            evidence: vec![Evidence::new("count", 2_u32), Evidence::new("names", vec!["a", "b"])],
            assumed: vec!["a rate".into()],
            conflict: Some("one text says so, another does not".into()),
            fix: Some(Fix {
                title: "Take guests away".into(),
                edits: vec![(at(", \"guest\"", "", "").span, String::new())],
            }),
            ..at("[network.corosync0]\npurpose", "corosync/shared-nic", "corosync.link.0")
        },
        Finding {
            severity: Severity::Warning,
            caused_by: Some("corosync/shared-nic"),
            ..at("[\"corosync\", \"guest\"]", "corosync/primary-on-bond", "corosync.link.0")
        },
        Finding { severity: Severity::Note, ..at("balancer", "osd/on-hdd", "ceph") },
        unproven(at("[ceph]", "ceph/no-public-network", "network")),
        accepted(
            Acceptance::Comment,
            Some("2026-12-31"),
            Some(comment),
            at("\"slot1:1\"", "corosync/carries-migration", "corosync.link.0"),
        ),
        accepted(
            Acceptance::Configuration,
            None,
            None,
            Finding { severity: Severity::Warning, ..at("false", "corosync/no-second-path", "node.pve1") },
        ),
        accepted(Acceptance::Baseline, None, None, unproven(at("[ceph]", "ceph/no-cluster-network", "network"))),
        finding(&sources, setting, "false", "our-rules/naming", "ceph"),
    ];
    let coverage = vec![
        Coverage { rule: Cow::Borrowed("osd/too-few"), outcome: Outcome::Holds },
        Coverage { rule: Cow::Borrowed("corosync/shared-nic"), outcome: Outcome::Violated },
    ];
    let set_aside = vec![SetAside {
        rule: "corosync/latency-above-documents",
        follow: "corosync/latency-not-under-five",
        reason: "The guide is newer".to_owned(),
        span: purpose,
    }];
    // Counted by hand over the findings above.
    let summary = Summary {
        errors: 2,
        warnings: 1,
        notes: 1,
        holds: 1,
        violated: 1,
        unproven: 1,
        not_applicable: 0,
        set_aside: 1,
        suppressed: 3,
        off: 0,
    };
    let report = Report { findings, coverage, set_aside, summary, whole: true, accepted: Vec::new() };
    Checked { name: "sites/本番 a,b.toml".to_owned(), sources, report }
}

/// A design whose text cannot be read.
fn broken(name: &str) -> Checked {
    let mut sources = Sources::default();
    let root = sources.add(name, "[design\n");
    let findings = vec![finding(&sources, root, "[design", "design/syntax", "text: [design")];
    let summary = Summary { errors: 1, violated: 1, ..Summary::default() };
    let report =
        Report { findings, coverage: Vec::new(), set_aside: Vec::new(), summary, whole: false, accepted: Vec::new() };
    Checked { name: name.to_owned(), sources, report }
}

fn run() -> Vec<Checked> {
    vec![design(), broken("broken.toml")]
}

/// Rule, path, line and weight of a finding.
type Told = (String, String, usize, String);
/// Reads the findings of a run from one format.
type Reader = fn(&str) -> Vec<Told>;

fn told(rule: &str, path: &str, line: usize, weight: &str) -> Told {
    (rule.to_owned(), path.to_owned(), line, weight.to_owned())
}

/// What `run` is made of; lines are counted in `TEXT`.
fn expected() -> Vec<Told> {
    let path = "sites/本番 a,b.toml";
    let mut told = vec![
        told("corosync/shared-nic", path, 2, "error"),
        told("corosync/primary-on-bond", path, 3, "warning"),
        told("osd/on-hdd", path, 6, "note"),
        told("ceph/no-public-network", path, 5, "unproven"),
        told("corosync/carries-migration", path, 4, "accepted error"),
        told("corosync/no-second-path", path, 6, "accepted warning"),
        told("ceph/no-cluster-network", path, 5, "accepted unproven"),
        told("our-rules/naming", "--set", 1, "error"),
        told("design/syntax", "broken.toml", 1, "error"),
    ];
    told.sort();
    told
}

fn weight(accepted: bool, word: &str) -> String {
    if accepted { format!("accepted {word}") } else { word.to_owned() }
}

fn text_of(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn line_of(value: &Value) -> usize {
    usize::try_from(value.as_u64().unwrap()).unwrap()
}

fn of_json(text: &str) -> Vec<Told> {
    let of = |finding: &Value| {
        let unproven = finding["outcome"] == "unproven";
        let word = if unproven { "unproven" } else { text_of(&finding["severity"]) };
        let weight = weight(finding["suppressed"] == true, word);
        told(text_of(&finding["rule"]), text_of(&finding["path"]), line_of(&finding["line"]), &weight)
    };
    valid(&CHECK, text)["findings"].as_array().unwrap().iter().map(of).collect()
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut parts = text.split('%');
    bytes.extend(parts.next().unwrap().bytes());
    for part in parts {
        bytes.push(u8::from_str_radix(&part[..2], 16).unwrap());
        bytes.extend(part[2..].bytes());
    }
    String::from_utf8(bytes).unwrap()
}

fn of_sarif(text: &str) -> Vec<Told> {
    let log = valid(&SARIF, text);
    let rules = &log["runs"][0]["tool"]["driver"]["rules"];
    let of = |result: &Value| {
        let word = match text_of(&result["kind"]) {
            "open" => {
                assert_eq!(result["level"], "none");
                "unproven"
            }
            _ => text_of(&result["level"]),
        };
        let accepted = !result["suppressions"].as_array().unwrap().is_empty();
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uriBaseId"], "%SRCROOT%");
        assert_eq!(rules[line_of(&result["ruleIndex"])]["id"], result["ruleId"]);
        let path = percent_decoded(text_of(&place["artifactLocation"]["uri"]));
        told(text_of(&result["ruleId"]), &path, line_of(&place["region"]["startLine"]), &weight(accepted, word))
    };
    log["runs"][0]["results"].as_array().unwrap().iter().map(of).collect()
}

fn of_concise(text: &str) -> Vec<Told> {
    let line = Regex::new(r"^(.*?):(\d+):\d+: ((?:accepted )?(?:error|warning|note|unproven))\[(.*?)\] ").unwrap();
    let found = text.lines().filter_map(|text| line.captures(text));
    found.map(|found| told(&found[4], &found[1], found[2].parse().unwrap(), &found[3])).collect()
}

fn unescaped(text: &str) -> String {
    text.replace("%3A", ":").replace("%2C", ",").replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%")
}

fn of_github(text: &str) -> Vec<Told> {
    let line = Regex::new(
        r"^::(error|warning|notice) file=([^,:]*),line=(\d+),endLine=\d+(?:,col=\d+,endColumn=\d+)?,title=([^,:]*)::",
    )
    .unwrap();
    let of = |text: &str| {
        let found = line.captures(text).unwrap();
        let title = unescaped(&found[4]);
        let (weight, rule) = title.split_once(": ").unwrap();
        let command = match weight {
            "error" | "warning" => weight,
            _ => "notice",
        };
        assert_eq!(&found[1], command, "{text}");
        told(rule, &unescaped(&found[2]), found[3].parse().unwrap(), weight)
    };
    text.lines().filter(|line| !line.starts_with("rackproof: ")).map(of).collect()
}

fn of_gitlab(text: &str) -> Vec<Told> {
    let issues: Value = serde_json::from_str(text).unwrap();
    let of = |issue: &Value| {
        let (weight, _) = text_of(&issue["description"]).split_once(": ").unwrap();
        let severity = match weight {
            "error" => "critical",
            "warning" => "major",
            "note" => "minor",
            _ => "info",
        };
        assert_eq!(issue["severity"], severity);
        let place = &issue["location"];
        told(text_of(&issue["check_name"]), text_of(&place["path"]), line_of(&place["lines"]["begin"]), weight)
    };
    issues.as_array().unwrap().iter().map(of).collect()
}

fn attribute(element: &BytesStart<'_>, name: &str) -> String {
    let attribute = element.try_get_attribute(name).unwrap().unwrap();
    quick_xml::escape::unescape(&attribute.value).unwrap().into_owned()
}

/// A case by class, name, file and line; and the element in it with its message or text.
struct Case {
    class: String,
    name: String,
    file: String,
    line: usize,
    element: String,
    message: String,
}

fn junit_cases(text: &str) -> Vec<Case> {
    let mut reader = quick_xml::Reader::from_str(text);
    let mut cases: Vec<Case> = Vec::new();
    let mut depth = 0;
    loop {
        let event = reader.read_event().unwrap();
        match &event {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth -= 1,
            _ => {}
        }
        match event {
            Event::Start(element) | Event::Empty(element) => {
                let name = element.name().0.to_owned();
                match name.as_str() {
                    "testsuites" | "testsuite" => {}
                    "testcase" => cases.push(Case {
                        class: attribute(&element, "classname"),
                        name: attribute(&element, "name"),
                        file: attribute(&element, "file"),
                        line: attribute(&element, "line").parse().unwrap(),
                        element: String::new(),
                        message: String::new(),
                    }),
                    _ => {
                        let case = cases.last_mut().unwrap();
                        if name != "system-out" {
                            case.message = attribute(&element, "message");
                        }
                        case.element = name;
                    }
                }
            }
            Event::Text(text) => {
                if let Some(case) = cases.last_mut().filter(|case| case.element == "system-out") {
                    case.message += &text;
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(depth, 0);
    cases
}

fn of_junit(text: &str) -> Vec<Told> {
    let about = |case: &Case| case.name != "holds" && case.name != "set aside" && case.class != "rackproof";
    let of = |case: Case| {
        let (weight, _) = case.message.split_once(": ").unwrap();
        let element = match weight {
            "error" | "warning" => "failure",
            "note" => "system-out",
            _ => "skipped",
        };
        assert_eq!(case.element, element, "{}", case.name);
        told(&case.class, &case.file, case.line, weight)
    };
    junit_cases(text).into_iter().filter(about).map(of).collect()
}

fn of_markdown(text: &str) -> Vec<Told> {
    let heading = Regex::new(r"^(?:### |<summary>)([A-Za-z ]+) \(\d+\)").unwrap();
    let entry = Regex::new(r"^- \*\*(.*)\*\* `(.*?)` at `(.*):(\d+)`, `.*`$").unwrap();
    let mut under = String::new();
    let mut found = Vec::new();
    for line in text.lines() {
        if let Some(heading) = heading.captures(line) {
            heading[1].clone_into(&mut under);
        } else if let Some(entry) = entry.captures(line) {
            let weight = match under.as_str() {
                "Errors" => "error",
                "Warnings" => "warning",
                "Notes" => "note",
                "Open questions" => "unproven",
                _ => entry.get(1).unwrap().as_str().split_once(": ").unwrap().0,
            };
            found.push(told(&entry[2], &entry[3], entry[4].parse().unwrap(), weight));
        }
    }
    found
}

#[test]
fn all_formats_tell_the_same_findings() {
    let readers: [(Format, Reader); 7] = [
        (Format::Json, of_json),
        (Format::Sarif, of_sarif),
        (Format::Concise, of_concise),
        (Format::Github, of_github),
        (Format::Gitlab, of_gitlab),
        (Format::Junit, of_junit),
        (Format::Markdown, of_markdown),
    ];
    for (format, read) in readers {
        let mut found = read(&render(format, &run(), STYLE));
        found.sort();
        assert_eq!(found, expected(), "{format:?}");
    }
    let text = render(Format::Text, &run(), STYLE);
    for (rule, ..) in expected() {
        assert!(text.contains(&rule), "{rule} is missing in\n{text}");
    }
}

#[test]
fn every_format_tells_of_designs_that_could_not_be_read() {
    for format in [Format::Text, Format::Concise, Format::Github, Format::Junit, Format::Markdown] {
        let text = render(format, &run(), STYLE);
        assert!(text.contains("could not be read"), "{format:?}: {text}");
    }
    let json: Value = serde_json::from_str(&render(Format::Json, &run(), STYLE)).unwrap();
    assert_eq!(json["designs"][0]["readable"], true);
    assert_eq!(json["designs"][1]["readable"], false);
    let sarif: Value = serde_json::from_str(&render(Format::Sarif, &run(), STYLE)).unwrap();
    let invocation = &sarif["runs"][0]["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    assert_eq!(invocation["toolExecutionNotifications"].as_array().unwrap().len(), 1);
}

#[test]
fn a_run_without_findings_is_told_as_well() {
    let mut clean = design();
    clean.report = Report {
        findings: Vec::new(),
        coverage: Vec::new(),
        set_aside: Vec::new(),
        summary: Summary::default(),
        whole: true,
        accepted: Vec::new(),
    };
    let designs = [clean];
    assert_eq!(of_json(&render(Format::Json, &designs, STYLE)), []);
    let sarif = valid(&SARIF, &render(Format::Sarif, &designs, STYLE));
    assert_eq!(sarif["runs"][0]["results"], serde_json::json!([]));
    assert_eq!(sarif["runs"][0]["invocations"][0]["executionSuccessful"], true);
    assert_eq!(render(Format::Gitlab, &designs, STYLE), "[]\n");
    assert!(junit_cases(&render(Format::Junit, &designs, STYLE)).is_empty());
    let line = "sites/本番 a,b.toml: 0 errors, 0 warnings, 0 notes, 0 unproven, 0 accepted\n";
    assert_eq!(render(Format::Concise, &designs, STYLE), line);
    assert_eq!(render(Format::Github, &designs, STYLE), format!("rackproof: {line}"));
    assert!(render(Format::Markdown, &designs, STYLE).starts_with("## rackproof: 0 errors, 0 warnings"));
    for format in Format::ALL {
        assert!(!render(format, &[], STYLE).contains("panicked"), "{format:?}");
    }
}

#[test]
fn accepted_findings_keep_their_reason_everywhere() {
    for format in Format::ALL {
        let text = render(format, &run(), STYLE).split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(text.matches("It is a lab").count(), 3, "{format:?}: {text}");
        assert!(text.contains("2026-12-31"), "{format:?}");
    }
    let sarif: Value = serde_json::from_str(&render(Format::Sarif, &run(), STYLE)).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let kinds: Vec<&str> = results.iter().filter_map(|result| result["suppressions"][0]["kind"].as_str()).collect();
    assert_eq!(kinds, ["inSource", "external", "external"]);
}

#[test]
fn sarif_regions_count_characters_and_end_after_the_last() {
    let sarif: Value = serde_json::from_str(&render(Format::Sarif, &run(), STYLE)).unwrap();
    let run = &sarif["runs"][0];
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    // `interface = "slot1:1"`: the quote is the 13th character, the text in quotes is 9 long.
    let region = &run["results"][4]["locations"][0]["physicalLocation"]["region"];
    assert_eq!(*region, serde_json::json!({ "startLine": 4, "startColumn": 13, "endLine": 4, "endColumn": 22 }));
    let change = &run["results"][0]["fixes"][0]["artifactChanges"][0]["replacements"][0];
    assert_eq!(change["deletedRegion"]["startLine"], 3);
    assert_eq!(run["results"][0]["relatedLocations"].as_array().unwrap().len(), 2);
    let ids: Vec<&str> =
        run["tool"]["driver"]["rules"].as_array().unwrap().iter().map(|rule| text_of(&rule["id"])).collect();
    assert!(ids.is_sorted() && ids.len() == 9, "{ids:?}");
}

#[test]
fn gitlab_fingerprints_tell_designs_apart() {
    let designs = [broken("a.toml"), broken("b.toml")];
    let issues: Value = serde_json::from_str(&render(Format::Gitlab, &designs, STYLE)).unwrap();
    assert_ne!(issues[0]["fingerprint"], issues[1]["fingerprint"]);
}

#[test]
fn hostile_names_break_no_format() {
    let names = [
        "<standard input>",
        "a\nb::error::x.toml",
        "::stop-commands::x",
        "a\"&'<>]]>.toml",
        "`|`@all.toml",
        "\u{1b}[31m\u{202e}\u{0}\u{ffff}.toml",
        "a:b%,c{0}.toml",
        "/absolute/path.toml",
        "##[error]x",
        "",
    ];
    for name in names {
        let mut design = broken(name);
        let finding = &mut design.report.findings[0];
        finding.message = format!("{name}\n{name}").into();
        finding.subject = name.to_owned();
        finding.help = name.into();
        let designs = [design];
        valid(&CHECK, &render(Format::Json, &designs, STYLE));
        valid(&SARIF, &render(Format::Sarif, &designs, STYLE));
        let _: Value = serde_json::from_str(&render(Format::Gitlab, &designs, STYLE)).unwrap();
        let junit = render(Format::Junit, &designs, STYLE);
        assert_eq!(junit_cases(&junit).len(), 2, "{name:?}");
        let legal = |letter: char| letter == '\n' || (letter >= ' ' && letter != '\u{fffe}' && letter != '\u{ffff}');
        assert!(junit.chars().all(legal), "{name:?}");
        let concise = render(Format::Concise, &designs, STYLE);
        assert_eq!(concise.lines().count(), 2, "{name:?}: {concise}");
        let github = render(Format::Github, &designs, STYLE);
        let lines: Vec<&str> = github.lines().collect();
        assert!(lines.len() == 2 && lines[0].starts_with("::error file="), "{name:?}: {github}");
        assert!(lines[1].starts_with("rackproof: ") && !lines[1].contains("##["), "{name:?}: {github}");
        let markdown = render(Format::Markdown, &designs, STYLE);
        assert!(!markdown.contains("**@all") && !markdown.contains('\u{1b}'), "{name:?}: {markdown}");
    }
}

fn json_of(arguments: &[&str]) -> (Option<i32>, String) {
    let out = Command::new(env!("CARGO_BIN_EXE_rackproof"))
        .env("LC_ALL", "C")
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["check", "--format", "json"])
        .args(arguments)
        .output()
        .unwrap();
    (out.status.code(), String::from_utf8(out.stdout).unwrap())
}

#[test]
fn real_runs_fit_the_published_schema() {
    let runs: [(&[&str], i32); 5] = [
        (&["fixtures/designs/reference.toml", "fixtures/mistakes/corosync-nic.toml"], 1),
        (&["fixtures/designs/five-lines.toml"], 0),
        (&["fixtures/broken/mistakes.toml"], 3),
        (&["fixtures/broken/syntax.toml"], 3),
        (&["fixtures/no-such-file.toml"], 3),
    ];
    for (arguments, code) in runs {
        let (exit, text) = json_of(arguments);
        let json = valid(&CHECK, &text);
        assert_eq!(exit, Some(code), "{arguments:?}");
        assert_eq!(json["designs"][0]["readable"], code != 3);
    }
}

/// What the schema does not know it refuses, so that a key that is added to the report and not to the schema is seen.
#[test]
fn the_published_schema_knows_every_key() {
    fn objects(value: &Value, path: &str, found: &mut Vec<String>) {
        match value {
            Value::Object(entries) => {
                found.push(path.to_owned());
                entries.iter().for_each(|(key, value)| objects(value, &format!("{path}/{key}"), found));
            }
            Value::Array(items) => {
                items.iter().enumerate().for_each(|(index, value)| objects(value, &format!("{path}/{index}"), found));
            }
            _ => {}
        }
    }
    let whole: Value = serde_json::from_str(&render(Format::Json, &run(), STYLE)).unwrap();
    let mut places = Vec::new();
    objects(&whole, "", &mut places);
    // The run, its tool, two designs, three summaries, nine findings, three suppressions and more.
    assert!(places.len() > 20, "{places:?}");
    for place in places {
        let mut more = whole.clone();
        more.pointer_mut(&place).unwrap()["unknown"] = 1.into();
        assert!(!CHECK.is_valid(&more), "an unknown key in {place} is let pass");
        let keys: Vec<String> = whole.pointer(&place).unwrap().as_object().unwrap().keys().cloned().collect();
        for key in keys {
            let mut fewer = whole.clone();
            fewer.pointer_mut(&place).unwrap().as_object_mut().unwrap().remove(&key);
            assert!(!CHECK.is_valid(&fewer), "{place} without {key} is let pass");
        }
    }
}

#[test]
fn the_examples_are_current() {
    let extension = |format: Format| match format {
        Format::Text | Format::Concise | Format::Github => "txt",
        Format::Json | Format::Sarif | Format::Gitlab => "json",
        Format::Junit => "xml",
        Format::Markdown => "md",
    };
    let version = format!("\"{}\"", env!("CARGO_PKG_VERSION"));
    for format in Format::ALL {
        let name = format!("tests/formats/{}.{}", format.word(), extension(format));
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(name);
        let text = render(format, &run(), STYLE).replace(&version, "\"VERSION\"");
        if std::env::var_os("RACKPROOF_UPDATE").is_some() {
            fs::write(&path, &text).unwrap();
        }
        let committed = fs::read_to_string(&path).unwrap_or_default();
        assert!(committed == text, "{}: RACKPROOF_UPDATE=1 cargo test --test formats writes it", path.display());
    }
}

#[test]
fn parts_as_json_are_as_their_schema_says() {
    let root = env!("CARGO_MANIFEST_DIR");
    let mut designs: Vec<PathBuf> = fs::read_dir(PathBuf::from(root).join("fixtures/designs"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    designs.push(PathBuf::from(root).join("fixtures/broken/syntax.toml"));
    designs.push(PathBuf::from(root).join("fixtures/broken/mistakes.toml"));
    for design in designs {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rackproof"));
        command.env("LC_ALL", "C");
        let output = command.args(["parts", "--format", "json"]).arg(&design).output().unwrap();
        let report = valid(&PARTS, std::str::from_utf8(&output.stdout).unwrap());
        let readable = output.status.code() != Some(3);
        assert_eq!(report["readable"], readable, "{}", design.display());
        assert_eq!(report["findings"].as_array().unwrap().is_empty(), output.status.code() == Some(0));
        // A key that is new stands in the schema: a wrong one is refused.
        let mut wrong = report.clone();
        wrong["parts"] = serde_json::json!([{ "kind": "server", "count": 1 }]);
        assert!(!PARTS.is_valid(&wrong));
    }
}
