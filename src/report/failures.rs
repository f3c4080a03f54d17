//! What survives, as text and as JSON.

use std::fmt::Write as _;

use serde::Serialize;

use super::clean::clean_line;
use super::json::{CheckFinding, FORMAT_VERSION, TOOL, Tool, json_finding, write};
use super::table::table;
use super::text::{Style, snippet};
use super::wrap::indented;
use crate::check::Finding;
use crate::failure::{self, Counts, CutSet, Loss, Outcome, Pattern, Proof, Tally};
use crate::source::Sources;
use crate::words::{self, Language, Said};

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
    let name = clean_line(failing.name).into_owned();
    let Some(proof) = failing.proof else {
        let _ = writeln!(out, "{}", words::failures_text::not_looked_at(name).say(style.language));
        return out;
    };
    let looked_at = words::failures_text::looked_at(name, proof.components.len());
    let _ = writeln!(out, "{}\n", looked_at.say(style.language));
    counts(&mut out, proof, style);
    claims(&mut out, proof, style);
    cut_sets(&mut out, proof, style);
    open_facts(&mut out, proof, style);
    out
}

fn row(name: &Said, counts: &Counts, style: Style) -> Vec<String> {
    let numbers = [counts.survived, counts.lost, counts.unproven, counts.total];
    std::iter::once(name.say(style.language).into_owned()).chain(numbers.map(grouped)).collect()
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
    let say = |heads: &[Said]| heads.iter().map(|head| head.say(style.language).into_owned()).collect::<Vec<_>>();
    let header = [
        words::failures_text::failures(),
        words::failures_text::survived(),
        words::failures_text::lost(),
        words::names::unproven(),
        words::failures_text::all(),
    ];
    let mut rows = vec![row(&words::failures_text::single(), &proof.singles.whole, style)];
    let double = words::failures_text::double();
    rows.extend(proof.doubles.as_ref().map(|doubles| row(&double, &doubles.whole, style)));
    out.push_str(&table(style.width, &say(&header), rows));
    if proof.doubles.is_none() {
        indented(out, 0, &words::failures_text::doubles_not_looked_at().say(style.language), style);
    }
    out.push('\n');
    let of = |tally: &Tally, loss: Loss| {
        let counts = tally.by_loss[loss as usize];
        [grouped(counts.lost), grouped(counts.unproven)]
    };
    let rows = proof.asked.iter().map(|loss| {
        let [lost, open] = of(&proof.singles, loss);
        let doubles = proof.doubles.as_ref().map_or(["-".to_owned(), "-".to_owned()], |doubles| of(doubles, loss));
        let name = lost_thing(loss).say(style.language).into_owned();
        std::iter::once(name).chain([lost, open]).chain(doubles).collect::<Vec<String>>()
    });
    let header = [
        words::failures_text::what_is_lost(),
        words::failures_text::by_singles(),
        words::names::unproven(),
        words::failures_text::by_doubles(),
        words::names::unproven(),
    ];
    out.push_str(&table(style.width, &say(&header), rows.collect()));
    let already: Vec<Said> = proof.baseline.lost.iter().map(lost_thing).collect();
    if !already.is_empty() {
        indented(out, 0, &words::failures_text::lost_already(already).say(style.language), style);
    }
    out.push('\n');
}

fn claims(out: &mut String, proof: &Proof<'_, '_>, style: Style) {
    let kept = failure::kept(proof);
    if kept.is_empty() {
        return;
    }
    let _ = writeln!(out, "{}", words::failures_text::claims().say(style.language));
    for kept in kept {
        let claim = clean_line(&kept.claim.value).into_owned();
        let told = match kept.outcome() {
            Outcome::Survived => words::failures_text::claim_holds(claim, kept.checked),
            Outcome::Unproven => words::failures_text::claim_unproven(claim, kept.unproven, kept.checked),
            Outcome::Lost => words::failures_text::claim_lost(claim, kept.lost, kept.checked),
        };
        indented(out, 2, &told.say(style.language), style);
    }
    out.push('\n');
}

/// A cut set by its names.
pub(super) fn named(proof: &Proof<'_, '_>, cut: &CutSet) -> Said {
    if cut.components.is_empty() {
        return words::failures_text::without_failure();
    }
    Said::run(" + ", cut.components.iter().map(|index| proof.components[*index].said()))
}

/// What is lost, by what kinds of components, and the first that do so.
pub(super) fn heading(proof: &Proof<'_, '_>, pattern: &Pattern) -> Said {
    let (loss, first) = (lost_thing(pattern.loses), named(proof, &pattern.first));
    if pattern.count == 1 {
        return Said::run(": ", [loss, first]);
    }
    let classes = Said::run(" + ", pattern.classes.iter().map(|class| class.said()));
    words::failures_text::pattern(loss, classes, grouped(pattern.count as u64), first)
}

fn lost_thing(loss: Loss) -> Said {
    loss.said()
}

fn cut_sets(out: &mut String, proof: &Proof<'_, '_>, style: Style) {
    let patterns = proof.patterns();
    if patterns.is_empty() {
        indented(out, 0, &words::failures_text::nothing_lost().say(style.language), style);
        out.push('\n');
        return;
    }
    let all: usize = patterns.iter().map(|pattern| pattern.count).sum();
    let mut line = |indent: usize, said: &Said| indented(out, indent, &clean_line(&said.say(style.language)), style);
    line(0, &words::failures_text::cut_sets(grouped(all as u64), patterns.len()));
    line(0, &Said::default());
    for pattern in patterns.iter().take(MOST_PATTERNS) {
        let story = proof.story(&pattern.first);
        line(2, &heading(proof, pattern));
        line(4, &Said::run(" → ", story.chain.clone()));
        line(4, &words::failures_text::what_helps(story.remedy.kind.said(), &story.remedy.what));
    }
    if patterns.len() > MOST_PATTERNS {
        line(2, &words::failures_text::more_kinds(patterns.len() - MOST_PATTERNS));
    }
    out.push('\n');
}

fn open_facts(out: &mut String, proof: &Proof<'_, '_>, style: Style) {
    let facts = proof.open_facts();
    if facts.is_empty() {
        return;
    }
    let _ = writeln!(out, "{}", words::failures_text::not_known().say(style.language));
    for fact in facts.iter().take(MOST_FACTS) {
        indented(out, 2, &clean_line(fact), style);
    }
    if facts.len() > MOST_FACTS {
        let _ = writeln!(out, "  {}", words::counted::and_more(facts.len() - MOST_FACTS).say(style.language));
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
pub fn json(sources: &Sources, failing: &Failing<'_, '_, '_>, language: Language) -> FailuresJson {
    let findings = failing.findings.iter().map(|finding| {
        let finding: CheckFinding<'_> = json_finding(sources, finding, language);
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
        fill(&mut json, proof, language);
    }
    json
}

fn fill(json: &mut FailuresJson, proof: &Proof<'_, '_>, language: Language) {
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
    let mut told: std::collections::HashMap<(Loss, Vec<failure::Class>), (usize, Said)> =
        std::collections::HashMap::new();
    for cut in cuts.iter().take(MOST_CUT_SETS) {
        let classes: Vec<failure::Class> = cut.components.iter().map(|index| proof.components[*index].class).collect();
        let known = told.entry((cut.loses, classes.clone())).or_insert_with(|| (0, named(proof, cut)));
        known.0 += 1;
        // A hundred thousand chains tell nothing that the first ones of their kind do not.
        let (chain, remedy) = if known.0 <= MOST_STORIES {
            let story = proof.story(cut);
            let what = story.remedy.what.say(language).into_owned();
            (story.chain, Some(RemedyJson { kind: story.remedy.kind.word(), what }))
        } else {
            (vec![named(proof, cut), words::failures_text::as_after(&known.1), lost_thing(cut.loses)], None)
        };
        let chain = chain.iter().map(|step| step.say(language).into_owned()).collect();
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
