//! What survives, as text and as JSON.

use std::fmt::Write as _;

use serde::Serialize;

use super::clean::clean_line;
use super::json::{CheckFinding, FORMAT_VERSION, TOOL, Tool, json_finding, write};
use super::table::table;
use super::text::{Style, indented, snippet};
use crate::check::Finding;
use crate::failure::{self, Counts, CutSet, Loss, Outcome, Pattern, Proof, Tally};
use crate::source::Sources;

/// Patterns of cut sets that the text shows.
pub(super) const MOST_PATTERNS: usize = 30;
/// Cut sets that JSON lists.
const MOST_CUT_SETS: usize = 100_000;
/// Cut sets of one pattern whose whole chain is told.
const MOST_STORIES: usize = 50;
/// Facts that the text asks for.
const MOST_FACTS: usize = 20;

/// A design and its proof; without one where the design could not be read.
#[derive(Debug)]
pub struct Failing<'p, 't, 'd> {
    /// Name of the design.
    pub name: &'p str,
    /// The proof.
    pub proof: Option<&'p Proof<'t, 'd>>,
    /// What is wrong with the design's text.
    pub findings: Vec<Finding>,
}

/// The proof of a design for a terminal.
pub fn text(sources: &Sources, failing: &Failing<'_, '_, '_>, style: Style) -> String {
    let mut out = String::new();
    for finding in &failing.findings {
        snippet(&mut out, sources, finding, style);
    }
    let name = clean_line(failing.name);
    let Some(proof) = failing.proof else {
        let _ = writeln!(out, "{name}: no failure was looked at, since the design could not be read");
        return out;
    };
    let _ = writeln!(out, "{name}: {} components, each failing alone and with every other\n", proof.components.len());
    counts(&mut out, proof, style);
    claims(&mut out, proof, style);
    cut_sets(&mut out, proof, style);
    open_facts(&mut out, proof, style);
    out
}

fn row(name: &str, counts: &Counts) -> Vec<String> {
    let numbers = [counts.survived, counts.lost, counts.unproven, counts.total];
    std::iter::once(name.to_owned()).chain(numbers.map(grouped)).collect()
}

/// A count with its thousands apart.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

fn counts(out: &mut String, proof: &Proof<'_, '_>, style: Style) {
    let header = ["failures", "survived", "lost", "unproven", "all"];
    let mut rows = vec![row("single", &proof.singles.whole)];
    rows.extend(proof.doubles.as_ref().map(|doubles| row("double", &doubles.whole)));
    out.push_str(&table(style.width, &header, rows));
    if proof.doubles.is_none() {
        indented(
            out,
            0,
            "Double failures were not looked at: there are too many, or single ones were asked for.",
            style,
        );
    }
    out.push('\n');
    let of = |tally: &Tally, loss: Loss| {
        let counts = tally.by_loss[loss as usize];
        [grouped(counts.lost), grouped(counts.unproven)]
    };
    let rows = proof.asked.iter().map(|loss| {
        let [lost, open] = of(&proof.singles, loss);
        let doubles = proof.doubles.as_ref().map_or(["-".to_owned(), "-".to_owned()], |doubles| of(doubles, loss));
        std::iter::once(loss.word().to_owned()).chain([lost, open]).chain(doubles).collect::<Vec<String>>()
    });
    let header = ["what is lost", "by singles", "unproven", "by doubles", "unproven"];
    out.push_str(&table(style.width, &header, rows.collect()));
    let already: Vec<&str> = proof.baseline.lost.iter().map(Loss::word).collect();
    if !already.is_empty() {
        let told = format!("Lost without any failure, and so after each one: {}.", already.join(", "));
        indented(out, 0, &told, style);
    }
    out.push('\n');
}

fn claims(out: &mut String, proof: &Proof<'_, '_>, style: Style) {
    let kept = failure::kept(proof);
    if kept.is_empty() {
        return;
    }
    out.push_str("What the design claims to survive\n");
    for kept in kept {
        let becomes = match kept.outcome() {
            Outcome::Survived => format!("holds for all {}", kept.checked),
            Outcome::Unproven => format!("is unproven for {} of {}", kept.unproven, kept.checked),
            Outcome::Lost => format!("does not hold for {} of {}", kept.lost, kept.checked),
        };
        indented(out, 2, &format!("\"{}\" {becomes}", clean_line(&kept.claim.value)), style);
    }
    out.push('\n');
}

/// A cut set by its names.
pub(super) fn named(proof: &Proof<'_, '_>, cut: &CutSet) -> String {
    let names: Vec<&str> = cut.components.iter().map(|index| proof.components[*index].name.as_str()).collect();
    if names.is_empty() { "without any failure".to_owned() } else { names.join(" + ") }
}

pub(super) fn heading(proof: &Proof<'_, '_>, pattern: &Pattern) -> String {
    let first = named(proof, &pattern.first);
    if pattern.count == 1 {
        return format!("{}: {first}", pattern.loses.word());
    }
    let classes: Vec<&str> = pattern.classes.iter().map(|class| class.word()).collect();
    let count = grouped(pattern.count as u64);
    format!("{}: {} ({count} such sets), first {first}", pattern.loses.word(), classes.join(" + "))
}

fn cut_sets(out: &mut String, proof: &Proof<'_, '_>, style: Style) {
    let patterns = proof.patterns();
    if patterns.is_empty() {
        out.push_str("No failure that was looked at is known to lose anything.\n\n");
        return;
    }
    let all: usize = patterns.iter().map(|pattern| pattern.count).sum();
    indented(
        out,
        0,
        &format!("Cut sets: {} of {} kinds, the likeliest first", grouped(all as u64), patterns.len()),
        style,
    );
    out.push('\n');
    for pattern in patterns.iter().take(MOST_PATTERNS) {
        let story = proof.story(&pattern.first);
        indented(out, 2, &clean_line(&heading(proof, pattern)), style);
        indented(out, 4, &clean_line(&crate::catalogue::Said::run(" → ", story.chain.clone()).to_string()), style);
        indented(
            out,
            4,
            &clean_line(&format!("what helps ({}): {}", story.remedy.kind.word(), story.remedy.what)),
            style,
        );
    }
    if patterns.len() > MOST_PATTERNS {
        let more = patterns.len() - MOST_PATTERNS;
        indented(out, 2, &format!("and {more} more kinds; --format json lists every cut set"), style);
    }
    out.push('\n');
}

fn open_facts(out: &mut String, proof: &Proof<'_, '_>, style: Style) {
    let facts = proof.open_facts();
    if facts.is_empty() {
        return;
    }
    out.push_str("Not known, and for want of it unproven:\n");
    for fact in facts.iter().take(MOST_FACTS) {
        indented(out, 2, &clean_line(fact), style);
    }
    if facts.len() > MOST_FACTS {
        let _ = writeln!(out, "  and {} more", facts.len() - MOST_FACTS);
    }
    out.push('\n');
}

/// How many failures became of what, as JSON writes it.
#[derive(Debug, Serialize, Default)]
pub(super) struct CountsJson {
    total: u64,
    survived: u64,
    lost: u64,
    unproven: u64,
}

impl From<&Counts> for CountsJson {
    fn from(counts: &Counts) -> Self {
        Self { total: counts.total, survived: counts.survived, lost: counts.lost, unproven: counts.unproven }
    }
}

#[derive(Debug, Serialize)]
struct LossJson {
    loss: &'static str,
    singles: CountsJson,
    doubles: Option<CountsJson>,
}

#[derive(Debug, Serialize)]
struct CutSetJson {
    components: Vec<String>,
    classes: Vec<&'static str>,
    loses: &'static str,
    chain: Vec<String>,
    remedy: Option<RemedyJson>,
}

#[derive(Debug, Serialize)]
struct RemedyJson {
    kind: &'static str,
    what: String,
}

#[derive(Debug, Serialize)]
struct ClaimJson {
    claim: String,
    outcome: &'static str,
    checked: usize,
    lost: usize,
    unproven: usize,
    cut_set: Option<Vec<String>>,
}

/// The proof of a design as JSON writes it.
#[derive(Debug, Serialize)]
pub struct FailuresJson {
    format_version: u32,
    tool: Tool,
    path: String,
    components: usize,
    singles: CountsJson,
    doubles: Option<CountsJson>,
    losses: Vec<LossJson>,
    claims: Vec<ClaimJson>,
    cut_sets: Vec<CutSetJson>,
    cut_sets_left_out: usize,
    open_facts: Vec<String>,
    findings: Vec<serde_json::Value>,
}

/// The proof of a design for scripts.
pub fn json(sources: &Sources, failing: &Failing<'_, '_, '_>) -> FailuresJson {
    let findings = failing.findings.iter().map(|finding| {
        let finding: CheckFinding<'_> = json_finding(sources, finding);
        serde_json::to_value(&finding).unwrap_or_default()
    });
    let mut json = FailuresJson {
        format_version: FORMAT_VERSION,
        tool: TOOL,
        path: failing.name.to_owned(),
        components: 0,
        singles: CountsJson::default(),
        doubles: Some(CountsJson::default()),
        losses: Vec::new(),
        claims: Vec::new(),
        cut_sets: Vec::new(),
        cut_sets_left_out: 0,
        open_facts: Vec::new(),
        findings: findings.collect(),
    };
    if let Some(proof) = failing.proof {
        fill(&mut json, proof);
    }
    json
}

fn fill(json: &mut FailuresJson, proof: &Proof<'_, '_>) {
    json.components = proof.components.len();
    json.singles = CountsJson::from(&proof.singles.whole);
    json.doubles = proof.doubles.as_ref().map(|doubles| CountsJson::from(&doubles.whole));
    let of = |tally: &Tally, loss: Loss| CountsJson::from(&tally.by_loss[loss as usize]);
    json.losses = proof
        .asked
        .iter()
        .map(|loss| LossJson {
            loss: loss.word(),
            singles: of(&proof.singles, loss),
            doubles: proof.doubles.as_ref().map(|doubles| of(doubles, loss)),
        })
        .collect();
    let names = |cut: &CutSet| -> Vec<String> {
        cut.components.iter().map(|index| proof.components[*index].name.clone()).collect()
    };
    json.claims = failure::kept(proof)
        .into_iter()
        .map(|kept| ClaimJson {
            claim: kept.claim.value.to_string(),
            outcome: kept.outcome().word(),
            checked: kept.checked,
            lost: kept.lost,
            unproven: kept.unproven,
            cut_set: kept.first.as_ref().map(names),
        })
        .collect();
    json.open_facts = proof.open_facts();
    let cuts = proof.ranked_cut_sets();
    json.cut_sets_left_out = cuts.len().saturating_sub(MOST_CUT_SETS);
    let mut told: std::collections::HashMap<(Loss, Vec<failure::Class>), (usize, String)> =
        std::collections::HashMap::new();
    for cut in cuts.iter().take(MOST_CUT_SETS) {
        let classes: Vec<failure::Class> = cut.components.iter().map(|index| proof.components[*index].class).collect();
        let known = told.entry((cut.loses, classes.clone())).or_insert_with(|| (0, named(proof, cut)));
        known.0 += 1;
        // A hundred thousand chains tell nothing that the first ones of their kind do not.
        let (chain, remedy) = if known.0 <= MOST_STORIES {
            let story = proof.story(cut);
            (
                story.chain.iter().map(ToString::to_string).collect(),
                Some(RemedyJson { kind: story.remedy.kind.word(), what: story.remedy.what.to_string() }),
            )
        } else {
            (vec![named(proof, cut), format!("as after {}", known.1), cut.loses.word().to_owned()], None)
        };
        let classes = classes.into_iter().map(failure::Class::word).collect();
        json.cut_sets.push(CutSetJson { components: names(cut), classes, loses: cut.loses.word(), chain, remedy });
    }
}

/// The proofs of one or several designs: one stands alone, several are a list.
pub fn together(proofs: &[FailuresJson]) -> String {
    match proofs {
        [one] => write(one),
        designs => write(&DesignsJson { format_version: FORMAT_VERSION, designs }),
    }
}

#[derive(Serialize)]
struct DesignsJson<'p> {
    format_version: u32,
    designs: &'p [FailuresJson],
}
