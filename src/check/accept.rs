//! Findings that somebody has accepted: by a comment in the design, by the configuration, by the baseline.

use super::baseline::Known;
use super::findings::{Acceptance, Coverage, Finding, Outcome, Suppressed};
use super::told;
use crate::catalogue::{self, parameters::suppression::Expiring};
use crate::design::nearest;
use crate::settings::{Accepted, Day, Settings};
use crate::source::{Comment, SourceId, Sources, Span, comments};
use crate::words::{self, Said};

/// What a comment to this program begins with.
const TAG: &str = "rackproof:";
/// What accepts findings at the place that the comment stands at.
const HERE: &str = "allow(";
/// What accepts findings in the whole file.
const FILE: &str = "allow-file(";

/// What has to hold before an acceptance that no finding needs may be taken out.
pub(super) struct Judged<'a> {
    /// Where the design begins.
    pub(super) root: SourceId,
    /// What became of every rule.
    pub(super) coverage: &'a [Coverage],
    /// Whether nothing is wrong with the design's text.
    pub(super) sound: bool,
}

impl Judged<'_> {
    /// Whether a rule was judged by all that is written, and no other design can need its acceptance: one that stands in an
    /// included file may be needed by another that includes it.
    fn settles(&self, allowance: &Allowance) -> bool {
        let of_it = |entry: &&Coverage| entry.rule == allowance.rule;
        let judged = |entry: &Coverage| !matches!(entry.outcome, Outcome::Off | Outcome::SetAside);
        self.sound && allowance.span.source == self.root && self.coverage.iter().find(of_it).is_some_and(judged)
    }
}

/// Marks what is accepted; adds what is to be said of the acceptances themselves. Answers the places of the
/// configuration's acceptances that were needed.
pub(super) fn accept(
    findings: &mut Vec<Finding>,
    sources: &Sources,
    settings: &Settings,
    known: &[Known],
    own_rules: &[&str],
    judged: &Judged<'_>,
) -> Vec<Span> {
    let mut told = Vec::new();
    let mut allowed = Vec::new();
    if settings.heeds_comments() {
        for id in sources.ids() {
            for comment in comments(sources, id, TAG) {
                read(sources, &comment, own_rules, &mut allowed, &mut told);
            }
        }
    }
    if let Some(forbidden) = settings.suppressions.as_ref().filter(|allowed| !allowed.value) {
        for allowance in allowed.drain(..) {
            let why = [("rule", allowance.rule.as_str().into()), ("why", words::suppressions::forbidden())];
            let mut finding = super::told(sources, "suppression/not-allowed", allowance.span, &why);
            finding
                .related
                .push(super::Related { span: forbidden.span, message: words::suppressions::forbidden_here() });
            told.push(finding);
        }
    }
    by_comments(findings, sources, settings, &allowed, judged, &mut told);
    let used = by_configuration(findings, sources, settings, &mut told);
    super::baseline::mark(findings, known, sources, &mut told);
    findings.extend(told);
    used
}

/// A rule that a comment accepts.
struct Allowance {
    rule: String,
    about: Option<Span>,
    until: Option<Day>,
    reason: String,
    span: Span,
}

impl Allowance {
    fn covers(&self, finding: &Finding) -> bool {
        let inside = |about: Span| {
            about.source == finding.span.source && about.start <= finding.span.start && finding.span.start <= about.end
        };
        finding.rule == self.rule && suppressible(&finding.rule) && self.about.is_some_and(inside)
    }
}

fn suppressible(id: &str) -> bool {
    catalogue::rule(id).is_none_or(|rule| rule.suppressible)
}

/// Reads a comment: the rules it accepts, and what is wrong with it.
fn read(
    sources: &Sources,
    comment: &Comment,
    own_rules: &[&str],
    allowed: &mut Vec<Allowance>,
    wrong: &mut Vec<Finding>,
) {
    let said = sources.text(comment.said).trim();
    let mut complain = |id, evidence: &[(&'static str, Said)]| wrong.push(told(sources, id, comment.span, evidence));
    let parts = match parts(said) {
        Ok(parts) => parts,
        Err(problem) => return complain("suppression/malformed", &[("problem", problem)]),
    };
    let whole = Span { source: comment.span.source, start: 0, end: sources.get(comment.span.source).text.len() as u32 };
    let about = if parts.whole_file { Some(whole) } else { comment.about };
    if about.is_none() {
        return complain("suppression/malformed", &[("problem", words::suppressions::above_nothing())]);
    }
    for rule in parts.rules {
        let exists = catalogue::rule(rule).is_some() || own_rules.contains(&rule);
        if !exists {
            let known = catalogue::RULES.iter().map(|rule| rule.id).chain(own_rules.iter().copied());
            let near = nearest(rule, known).map_or_else(Said::default, words::suppressions::did_you_mean);
            complain("suppression/unknown-rule", &[("rule", rule.into()), ("near", near)]);
        } else if !suppressible(rule) {
            complain("suppression/not-allowed", &[("rule", rule.into()), ("why", words::suppressions::about_texts())]);
        } else if parts.reason.is_empty() {
            complain("suppression/without-reason", &[("rule", rule.into())]);
        } else {
            allowed.push(Allowance {
                rule: rule.to_owned(),
                about,
                until: parts.until,
                reason: parts.reason.to_owned(),
                span: comment.span,
            });
        }
    }
}

/// A comment taken apart.
struct Parts<'a> {
    whole_file: bool,
    rules: Vec<&'a str>,
    until: Option<Day>,
    reason: &'a str,
}

fn parts(said: &str) -> Result<Parts<'_>, Said> {
    let (whole_file, rest) = match (said.strip_prefix(FILE), said.strip_prefix(HERE)) {
        (Some(rest), _) => (true, rest),
        (_, Some(rest)) => (false, rest),
        _ => return Err(words::suppressions::neither_form()),
    };
    let Some((rules, rest)) = rest.split_once(')') else { return Err(words::suppressions::list_stays_open()) };
    let rules: Vec<&str> = rules.split(',').map(str::trim).filter(|rule| !rule.is_empty()).collect();
    if rules.is_empty() {
        return Err(words::suppressions::names_no_rule());
    }
    let (head, reason) = match rest.split_once(':') {
        Some((head, reason)) => (head.trim(), reason.trim()),
        None => (rest.trim(), ""),
    };
    let until = match head.strip_prefix("until") {
        None if head.is_empty() => None,
        None => return Err(words::suppressions::neither_day_nor_reason(head)),
        Some(day) => {
            let day = day.trim();
            Some(day.parse().map_err(|()| words::suppressions::no_day(day))?)
        }
    };
    Ok(Parts { whole_file, rules, until, reason })
}

fn by_comments(
    findings: &mut [Finding],
    sources: &Sources,
    settings: &Settings,
    allowed: &[Allowance],
    judged: &Judged<'_>,
    told: &mut Vec<Finding>,
) {
    for allowance in allowed {
        // What another comment accepts already needs no second one.
        let open = |finding: &Finding| finding.suppressed.is_none() && allowance.covers(finding);
        let covered: Vec<usize> = (0..findings.len()).filter(|index| open(&findings[*index])).collect();
        let Allowance { rule, until, span, reason, .. } = allowance;
        if !ends(sources, settings, rule, *until, *span, told) {
            continue;
        }
        if covered.is_empty() {
            let mut unused = super::told(sources, "suppression/unused", *span, &[("rule", rule.into())]);
            if let Some(text) = catalogue::rule(&unused.rule).filter(|_| judged.settles(allowance)) {
                unused.fix = super::fix(text, &[taken_out(sources, allowance)], &unused.evidence);
            }
            told.push(unused);
        }
        for index in covered {
            suppress(&mut findings[index], Acceptance::Comment, reason, *until, Some(*span));
        }
    }
}

/// What is taken out with an acceptance: its rule where the comment accepts others as well, or else the comment, with its
/// line where nothing else stands in it.
fn taken_out(sources: &Sources, allowance: &Allowance) -> Span {
    let Span { source, start, end } = allowance.span;
    let comment = sources.text(allowance.span);
    let list = comment.find('(').map_or(0, |open| open + 1)..comment.find(')').unwrap_or(comment.len());
    let mut rules: Vec<(usize, &str)> = Vec::new();
    let mut at = list.start;
    for entry in comment.get(list).unwrap_or_default().split(',') {
        rules.push((at + entry.len() - entry.trim_start().len(), entry.trim()));
        at += entry.len() + 1;
    }
    rules.retain(|(_, rule)| !rule.is_empty());
    let place = |from: usize, to: usize| Span { source, start: start + from as u32, end: start + to as u32 };
    let position = rules.iter().position(|(_, rule)| *rule == allowance.rule);
    match position.map(|index| rules.split_at(index)) {
        Some((_, [(from, _), (next, _), ..])) => place(*from, *next),
        Some(([.., (before, other)], [(from, rule)])) => place(before + other.len(), from + rule.len()),
        _ => {
            let text = sources.get(source).text.as_str();
            let head = text.get(..start as usize).unwrap_or_default().trim_end_matches([' ', '\t']);
            let tail = text.get(end as usize..).unwrap_or_default();
            let alone = head.is_empty() || head.ends_with('\n');
            let newline = ["\r\n", "\n"].into_iter().find(|newline| alone && tail.starts_with(newline));
            Span { source, start: head.len() as u32, end: end + newline.map_or(0, str::len) as u32 }
        }
    }
}

fn by_configuration(
    findings: &mut [Finding],
    sources: &Sources,
    settings: &Settings,
    told: &mut Vec<Finding>,
) -> Vec<Span> {
    let mut used = Vec::new();
    for Accepted { rule, subject, until, reason, span } in settings.accepted() {
        let mut covered = findings.iter_mut().filter(|finding| finding.rule == *rule && finding.subject == *subject);
        let Some(first) = covered.next() else { continue };
        used.push(*span);
        if ends(sources, settings, rule, *until, *span, told) {
            for finding in std::iter::once(first).chain(covered) {
                suppress(finding, Acceptance::Configuration, reason, *until, Some(*span));
            }
        }
    }
    used
}

/// Whether an acceptance still holds; tells where it has ended, or ends soon.
fn ends(
    sources: &Sources,
    settings: &Settings,
    rule: &str,
    until: Option<Day>,
    span: Span,
    told: &mut Vec<Finding>,
) -> bool {
    let (Some(until), Some(today)) = (until, settings.today) else { return true };
    let day = until.0.to_string();
    if until < today {
        told.push(super::told(sources, "suppression/expired", span, &[("rule", rule.into()), ("until", day.into())]));
        return false;
    }
    let values = catalogue::rule("suppression/expiring").map(|rule| settings.values(rule)).unwrap_or_default();
    let left = today.0.until(until.0).map_or(i32::MAX, |span| span.get_days());
    if f64::from(left) <= Expiring::of(&values).before.in_unit(&crate::quantity::units::DAYS) {
        let evidence = [("rule", rule.into()), ("until", day.into()), ("days", words::quantities::days(left))];
        told.push(super::told(sources, "suppression/expiring", span, &evidence));
    }
    true
}

pub(super) fn suppress(
    finding: &mut Finding,
    by: Acceptance,
    reason: impl Into<Said>,
    until: Option<Day>,
    span: Option<Span>,
) {
    if finding.suppressed.is_none() {
        let until = until.map(|day| day.0.to_string());
        finding.suppressed = Some(Suppressed { by, reason: reason.into(), until, span });
    }
}
