//! SARIF 2.1.0: one run for all designs.

use serde_json::{Value, json};

use super::clean::clean;
use super::json::{TOOL, evidence, spoken, write};
use super::told::{path, verdict};
use crate::catalogue::{self, Rule, Severity};
use crate::check::{Acceptance, Checked, Finding, FindingOutcome, Fix, SetAside, Suppressed};
use crate::source::{Sources, Span};
use crate::words::{self, Language, Said};

/// Where the schema of the format lies.
const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// The folder that paths are relative to; whoever reads the report says where it is.
const ROOT: &str = "%SRCROOT%";

/// The findings of a run.
pub(super) fn check(designs: &[Checked], language: Language) -> String {
    let rules = rules(designs);
    let index = |finding: &Finding| rules.binary_search_by(|(id, _)| (*id).cmp(finding.rule.as_ref())).ok();
    let results: Vec<Value> = designs
        .iter()
        .flat_map(|design| {
            design.report.findings.iter().map(|finding| result(&design.sources, finding, index(finding), language))
        })
        .collect();
    let rules: Vec<Value> = rules.iter().map(|(id, finding)| descriptor(id, finding, language)).collect();
    write(&json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": TOOL.name,
                "version": TOOL.version,
                "semanticVersion": TOOL.version,
                "rules": rules,
            } },
            "invocations": [invocation(designs, language)],
            "originalUriBaseIds": { ROOT: { "description": message(&words::formats::run_in(), language) } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    }))
}

/// Ids of the rules that findings are about, each with its first finding.
fn rules(designs: &[Checked]) -> Vec<(&str, &Finding)> {
    let findings = designs.iter().flat_map(|design| &design.report.findings);
    let mut rules: Vec<(&str, &Finding)> = findings.map(|finding| (finding.rule.as_ref(), finding)).collect();
    rules.sort_by_key(|(id, _)| *id);
    rules.dedup_by_key(|(id, _)| *id);
    rules
}

fn descriptor(id: &str, finding: &Finding, language: Language) -> Value {
    let Some(rule) = catalogue::rule(id).map(|rule| language.rule(rule)) else {
        let area = id.split('/').next().unwrap_or(id);
        return json!({
            "id": id,
            "name": name(id),
            "shortDescription": { "text": clean(id) },
            "help": { "text": clean(&finding.help.say(language)) },
            "properties": { "origin": finding.origin.word(), "area": area, "tags": [area, finding.origin.word()] },
        });
    };
    let sources: Vec<String> = rule.sources.iter().map(catalogue::Citation::describe).collect();
    let mut descriptor = json!({
        "id": id,
        "name": name(id),
        "shortDescription": { "text": rule.summary },
        "fullDescription": { "text": rule.rationale },
        "help": {
            "text": help(rule, &sources).say(language),
            "markdown": help_in_markdown(rule, &sources).say(language),
        },
        "defaultConfiguration": { "level": rule.severity[0].word() },
        "properties": {
            "origin": rule.origin.word(),
            "area": rule.area,
            "tags": [rule.area, rule.origin.word()],
            "severityInLab": rule.severity[1].word(),
            "sources": sources,
        },
    });
    let address = rule.sources.iter().find_map(|source| catalogue::work(source.work).and_then(|work| work.url));
    if let Some(address) = address {
        descriptor["helpUri"] = address.into();
    }
    descriptor
}

/// `CorosyncSharedNic` for `corosync/shared-nic`: a name of one word, as viewers expect.
fn name(id: &str) -> String {
    let words = id.split(['/', '-', '_']);
    words
        .filter_map(|word| {
            let mut letters = word.chars();
            letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>())
        })
        .collect()
}

fn help(rule: &Rule, sources: &[String]) -> Said {
    words::formats::help(rule.rationale.trim(), rule.applies, rule.remediation, sources.join("; "))
}

fn help_in_markdown(rule: &Rule, sources: &[String]) -> Said {
    let sources: Vec<String> = sources.iter().map(|source| format!("- {source}\n")).collect();
    words::formats::help_in_markdown(rule.rationale.trim(), rule.applies, rule.remediation, sources.concat())
}

fn invocation(designs: &[Checked], language: Language) -> Value {
    let unread = designs
        .iter()
        .filter(|design| !design.report.whole)
        .map(|design| json!({ "level": Severity::Error.word(), "message": message(&verdict(design), language) }));
    let chosen = designs
        .iter()
        .flat_map(|design| design.report.set_aside.iter().map(|choice| set_aside(&design.sources, choice, language)));
    json!({
        "executionSuccessful": designs.iter().all(|design| design.report.whole),
        "toolExecutionNotifications": unread.collect::<Vec<_>>(),
        "toolConfigurationNotifications": chosen.collect::<Vec<_>>(),
    })
}

fn set_aside(sources: &Sources, choice: &SetAside, language: Language) -> Value {
    let told = words::told::set_aside(choice.rule, choice.follow, choice.reason.as_str());
    json!({
        "level": Severity::Note.word(),
        "message": message(&told, language),
        "associatedRule": { "id": choice.rule },
        "locations": [{ "physicalLocation": physical(sources, choice.span) }],
    })
}

fn result(sources: &Sources, finding: &Finding, rule: Option<usize>, language: Language) -> Value {
    // Only what fails has a level.
    let (kind, level, text) = match finding.outcome {
        FindingOutcome::Violated => ("fail", finding.severity.word(), finding.message.clone()),
        FindingOutcome::Unproven => ("open", "none", words::formats::asked(&finding.message, &finding.help)),
    };
    let suppressions = finding.suppressed.iter().map(|suppressed| suppression(sources, suppressed));
    let mut result = json!({
        "ruleId": finding.rule,
        "kind": kind,
        "level": level,
        "message": message(&text, language),
        "locations": [{
            "physicalLocation": physical(sources, finding.span),
            "logicalLocations": [{ "fullyQualifiedName": finding.subject }],
        }],
        "partialFingerprints": { "rackproof/v1": finding.fingerprint },
        // Empty, not absent: absent would mean that nobody knows.
        "suppressions": suppressions.collect::<Vec<_>>(),
        "properties": properties(finding, language),
    });
    if let Some(rule) = rule {
        result["ruleIndex"] = rule.into();
    }
    if !finding.related.is_empty() {
        let related = finding.related.iter().enumerate().map(|(index, related)| {
            json!({
                "id": index,
                "message": message(&related.message, language),
                "physicalLocation": physical(sources, related.span),
            })
        });
        result["relatedLocations"] = related.collect();
    }
    if let Some(fix) = &finding.fix {
        result["fixes"] = json!([fixed(sources, fix, language)]);
    }
    result
}

fn properties(finding: &Finding, language: Language) -> Value {
    json!({
        "severity": finding.severity.word(),
        "origin": finding.origin.word(),
        "help": finding.help.say(language),
        "evidence": evidence(finding, language),
        "missing": finding.missing,
        "assumed": spoken(&finding.assumed, language),
        "causedBy": finding.caused_by,
        "conflict": finding.conflict.as_ref().map(|conflict| conflict.say(language)),
        "sources": spoken(&finding.sources, language),
    })
}

fn suppression(sources: &Sources, suppressed: &Suppressed) -> Value {
    let kind = match suppressed.by {
        Acceptance::Comment => "inSource",
        Acceptance::Configuration | Acceptance::Baseline => "external",
    };
    let mut suppression = json!({
        "kind": kind,
        "status": "accepted",
        "justification": clean(&suppressed.reason.to_string()),
        "properties": { "by": suppressed.by.word(), "until": suppressed.until },
    });
    if let Some(span) = suppressed.span {
        suppression["location"] = json!({ "physicalLocation": physical(sources, span) });
    }
    suppression
}

fn fixed(sources: &Sources, fix: &Fix, language: Language) -> Value {
    let changes = fix.edits.chunk_by(|(left, _), (right, _)| left.source == right.source);
    let changes = changes.filter_map(|edits| {
        let (first, _) = edits.first()?;
        let replacements = edits.iter().map(
            |(span, text)| json!({ "deletedRegion": region(sources, *span), "insertedContent": { "text": text } }),
        );
        Some(json!({
            "artifactLocation": artifact(sources, *first),
            "replacements": replacements.collect::<Vec<_>>(),
        }))
    });
    json!({ "description": message(&fix.title, language), "artifactChanges": changes.collect::<Vec<_>>() })
}

fn physical(sources: &Sources, span: Span) -> Value {
    json!({ "artifactLocation": artifact(sources, span), "region": region(sources, span) })
}

fn artifact(sources: &Sources, span: Span) -> Value {
    let path = path(sources, span);
    match path.strip_prefix('/') {
        Some(rest) => json!({ "uri": format!("file:///{}", encoded(rest)) }),
        None => json!({ "uri": encoded(&path), "uriBaseId": ROOT }),
    }
}

fn region(sources: &Sources, span: Span) -> Value {
    let (start, end) = sources.positions(span);
    json!({ "startLine": start.line, "startColumn": start.column, "endLine": end.line, "endColumn": end.column })
}

/// A path as a URI, by RFC 3986: all but unreserved characters and slashes as bytes in hexadecimal digits. What is no
/// file, such as `<standard input>`, becomes a legal URI as well.
fn encoded(path: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    path.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// A message; braces in it would be placeholders, and a bracket before a parenthesis a link.
fn message(said: &Said, language: Language) -> Value {
    let text = clean(&said.say(language)).replace('{', "{{").replace('}', "}}").replace("](", "] (");
    json!({ "text": text })
}

#[cfg(test)]
mod tests {
    use super::{Language, encoded, message, name};

    #[test]
    fn what_is_no_file_has_a_legal_address() {
        assert_eq!(encoded("<standard input>"), "%3Cstandard%20input%3E");
        assert_eq!(encoded("--set"), "--set");
        assert_eq!(encoded("sites/東京:1.toml"), "sites/%E6%9D%B1%E4%BA%AC%3A1.toml");
    }

    /// Section 3.11.5 of the standard.
    #[test]
    fn braces_are_no_placeholders() {
        assert_eq!(message(&"pve{1..3} [a](b)".into(), Language::English)["text"], "pve{{1..3}} [a] (b)");
    }

    #[test]
    fn names_are_of_one_word() {
        assert_eq!(name("corosync/shared-nic"), "CorosyncSharedNic");
    }
}
