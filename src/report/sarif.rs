//! SARIF 2.1.0: one run for all designs.

use serde_json::{Value, json};

use super::clean::clean;
use super::json::{TOOL, evidence, write};
use super::told::{path, verdict};
use crate::catalogue::{self, Rule, Said, Severity};
use crate::check::{Acceptance, Checked, Finding, FindingOutcome, Fix, SetAside, Suppressed};
use crate::source::{Sources, Span};

/// Where the schema of the format lies.
const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// The folder that paths are relative to; whoever reads the report says where it is.
const ROOT: &str = "%SRCROOT%";

/// The findings of a run.
pub(super) fn check(designs: &[Checked]) -> String {
    let rules = rules(designs);
    let index = |finding: &Finding| rules.binary_search_by(|(id, _)| (*id).cmp(finding.rule.as_ref())).ok();
    let results: Vec<Value> = designs
        .iter()
        .flat_map(|design| {
            design.report.findings.iter().map(|finding| result(&design.sources, finding, index(finding)))
        })
        .collect();
    let rules: Vec<Value> = rules.iter().map(|(id, finding)| descriptor(id, finding)).collect();
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
            "invocations": [invocation(designs)],
            "originalUriBaseIds": { ROOT: { "description": message("The folder that rackproof was run in.") } },
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

fn descriptor(id: &str, finding: &Finding) -> Value {
    let Some(rule) = catalogue::rule(id) else {
        let area = id.split('/').next().unwrap_or(id);
        return json!({
            "id": id,
            "name": name(id),
            "shortDescription": { "text": clean(id) },
            "help": { "text": clean(&finding.help.to_string()) },
            "properties": { "origin": finding.origin.word(), "area": area, "tags": [area, finding.origin.word()] },
        });
    };
    let sources: Vec<String> = rule.sources.iter().map(catalogue::Citation::describe).collect();
    let mut descriptor = json!({
        "id": id,
        "name": name(id),
        "shortDescription": { "text": rule.summary },
        "fullDescription": { "text": rule.rationale },
        "help": { "text": help(rule, &sources), "markdown": help_in_markdown(rule, &sources) },
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

fn help(rule: &Rule, sources: &[String]) -> String {
    format!(
        "{}\n\nApplies to: {}\n\nWhat to do: {}\n\nSources: {}",
        rule.rationale.trim(),
        rule.applies,
        rule.remediation,
        sources.join("; ")
    )
}

fn help_in_markdown(rule: &Rule, sources: &[String]) -> String {
    let sources: Vec<String> = sources.iter().map(|source| format!("- {source}\n")).collect();
    format!(
        "{}\n\n**Applies to:** {}\n\n**What to do:** {}\n\n**Sources:**\n\n{}",
        rule.rationale.trim(),
        rule.applies,
        rule.remediation,
        sources.concat()
    )
}

fn invocation(designs: &[Checked]) -> Value {
    let unread = designs
        .iter()
        .filter(|design| !design.report.whole)
        .map(|design| json!({ "level": Severity::Error.word(), "message": message(&verdict(design).to_string()) }));
    let chosen = designs
        .iter()
        .flat_map(|design| design.report.set_aside.iter().map(|choice| set_aside(&design.sources, choice)));
    json!({
        "executionSuccessful": designs.iter().all(|design| design.report.whole),
        "toolExecutionNotifications": unread.collect::<Vec<_>>(),
        "toolConfigurationNotifications": chosen.collect::<Vec<_>>(),
    })
}

fn set_aside(sources: &Sources, choice: &SetAside) -> Value {
    let told = format!("set aside: {} for {}: {}", choice.rule, choice.follow, choice.reason);
    json!({
        "level": Severity::Note.word(),
        "message": message(&told),
        "associatedRule": { "id": choice.rule },
        "locations": [{ "physicalLocation": physical(sources, choice.span) }],
    })
}

fn result(sources: &Sources, finding: &Finding, rule: Option<usize>) -> Value {
    // Only what fails has a level.
    let (kind, level, text) = match finding.outcome {
        FindingOutcome::Violated => ("fail", finding.severity.word(), finding.message.to_string()),
        FindingOutcome::Unproven => ("open", "none", format!("{}. {}", finding.message, finding.help)),
    };
    let suppressions = finding.suppressed.iter().map(|suppressed| suppression(sources, suppressed));
    let mut result = json!({
        "ruleId": finding.rule,
        "kind": kind,
        "level": level,
        "message": message(&text),
        "locations": [{
            "physicalLocation": physical(sources, finding.span),
            "logicalLocations": [{ "fullyQualifiedName": finding.subject }],
        }],
        "partialFingerprints": { "rackproof/v1": finding.fingerprint },
        // Empty, not absent: absent would mean that nobody knows.
        "suppressions": suppressions.collect::<Vec<_>>(),
        "properties": properties(finding),
    });
    if let Some(rule) = rule {
        result["ruleIndex"] = rule.into();
    }
    if !finding.related.is_empty() {
        let related = finding.related.iter().enumerate().map(|(index, related)| {
            json!({
                "id": index,
                "message": message(&related.message.to_string()),
                "physicalLocation": physical(sources, related.span),
            })
        });
        result["relatedLocations"] = related.collect();
    }
    if let Some(fix) = &finding.fix {
        result["fixes"] = json!([fixed(sources, fix)]);
    }
    result
}

fn spoken(said: &[Said]) -> Vec<String> {
    said.iter().map(ToString::to_string).collect()
}

fn properties(finding: &Finding) -> Value {
    json!({
        "severity": finding.severity.word(),
        "origin": finding.origin.word(),
        "help": finding.help.to_string(),
        "evidence": evidence(finding),
        "missing": finding.missing,
        "assumed": spoken(&finding.assumed),
        "causedBy": finding.caused_by,
        "conflict": finding.conflict.as_ref().map(ToString::to_string),
        "sources": spoken(&finding.sources),
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

fn fixed(sources: &Sources, fix: &Fix) -> Value {
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
    json!({ "description": message(&fix.title.to_string()), "artifactChanges": changes.collect::<Vec<_>>() })
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
fn message(text: &str) -> Value {
    let text = clean(text).replace('{', "{{").replace('}', "}}").replace("](", "] (");
    json!({ "text": text })
}

#[cfg(test)]
mod tests {
    use super::{encoded, message, name};

    #[test]
    fn what_is_no_file_has_a_legal_address() {
        assert_eq!(encoded("<standard input>"), "%3Cstandard%20input%3E");
        assert_eq!(encoded("--set"), "--set");
        assert_eq!(encoded("sites/東京:1.toml"), "sites/%E6%9D%B1%E4%BA%AC%3A1.toml");
    }

    /// Section 3.11.5 of the standard.
    #[test]
    fn braces_are_no_placeholders() {
        assert_eq!(message("pve{1..3} [a](b)")["text"], "pve{{1..3}} [a] (b)");
    }

    #[test]
    fn names_are_of_one_word() {
        assert_eq!(name("corosync/shared-nic"), "CorosyncSharedNic");
    }
}
