//! What changes between two designs, for scripts; version 1 of the format.

use std::borrow::Cow;

use serde::Serialize;

use crate::capacity::{Figure, Value};
use crate::check::{Finding, Outcome};
use crate::compare::{
    Appeared, Changed, CutSets, Design, Difference, Form, Moved, Property, Survived, Thing, Vanished,
};
use crate::failure::{self, Class};
use crate::report::failures::CountsJson;
use crate::report::json::{CheckFinding, FORMAT_VERSION, TOOL, Tool, json_finding, write};
use crate::words::Language;

#[derive(Serialize)]
struct Root<'a> {
    format_version: u32,
    tool: Tool,
    old: DesignJson<'a>,
    new: DesignJson<'a>,
    worse: Option<WorseJson>,
    findings: FindingsJson<'a>,
    figures: FiguresJson<'a>,
    failures: FailuresJson<'a>,
    things: ThingsJson<'a>,
}

#[derive(Serialize)]
struct DesignJson<'a> {
    path: &'a str,
    readable: bool,
    errors: Vec<CheckFinding<'a>>,
}

#[derive(Serialize)]
struct WorseJson {
    any: bool,
    violations: usize,
    questions: usize,
    failures: usize,
    claims: usize,
}

#[derive(Serialize)]
struct FindingsJson<'a> {
    appeared: Vec<AppearedJson<'a>>,
    changed: Vec<ChangedJson<'a>>,
    vanished: Vec<VanishedJson<'a>>,
}

#[derive(Serialize)]
struct AppearedJson<'a> {
    fails: bool,
    depth: usize,
    finding: CheckFinding<'a>,
}

#[derive(Serialize)]
struct ChangedJson<'a> {
    fails: bool,
    failed: bool,
    old: CheckFinding<'a>,
    new: CheckFinding<'a>,
}

#[derive(Serialize)]
struct VanishedJson<'a> {
    failed: bool,
    subject: &'a str,
    rule_now: Option<&'static str>,
    finding: CheckFinding<'a>,
}

#[derive(Serialize)]
struct FiguresJson<'a> {
    moved: Vec<MovedJson<'a>>,
    appeared: Vec<FigureJson<'a>>,
    vanished: Vec<FigureJson<'a>>,
}

#[derive(Serialize)]
struct MovedJson<'a> {
    id: &'a str,
    subject: &'a str,
    state: &'static str,
    method: &'static str,
    old: ValueJson<'a>,
    new: ValueJson<'a>,
    percent: Option<f64>,
}

#[derive(Serialize)]
struct FigureJson<'a> {
    id: &'a str,
    subject: &'a str,
    state: &'static str,
    method: &'static str,
    #[serde(flatten)]
    value: ValueJson<'a>,
}

#[derive(Serialize)]
struct ValueJson<'a> {
    value: Option<f64>,
    unit: &'a str,
    printed: String,
    binding: Option<Cow<'a, str>>,
    missing: &'a [String],
}

#[derive(Serialize)]
struct FailuresJson<'a> {
    old: Option<SurvivedJson>,
    new: Option<SurvivedJson>,
    undecided: &'a [String],
    decided: &'a [String],
    claims: Vec<ClaimJson<'a>>,
    cut_sets: Vec<CutSetsJson<'a>>,
}

#[derive(Serialize)]
struct SurvivedJson {
    components: usize,
    singles: CountsJson,
    doubles: Option<CountsJson>,
}

#[derive(Serialize)]
struct ClaimJson<'a> {
    claim: &'a str,
    old: Option<&'static str>,
    new: Option<&'static str>,
    lost: bool,
}

#[derive(Serialize)]
struct CutSetsJson<'a> {
    fate: &'static str,
    worse: bool,
    has_like: bool,
    loses: &'static str,
    classes: Vec<&'static str>,
    count: usize,
    sets: &'a [Vec<String>],
    chain: Vec<Cow<'a, str>>,
    remedy: RemedyJson<'a>,
}

#[derive(Serialize)]
struct RemedyJson<'a> {
    kind: &'static str,
    what: Cow<'a, str>,
}

#[derive(Serialize)]
struct ThingsJson<'a> {
    added: Vec<ThingJson<'a>>,
    removed: Vec<ThingJson<'a>>,
    changed: Vec<PropertyJson<'a>>,
    renamed: Vec<RenamedJson<'a>>,
    unknown_names: Vec<RenamedJson<'a>>,
    components: Vec<ComponentsJson>,
}

#[derive(Serialize)]
struct ThingJson<'a> {
    form: &'static str,
    table: &'a str,
    name: &'a str,
}

#[derive(Serialize)]
struct PropertyJson<'a> {
    table: &'a str,
    names: &'a [String],
    key: &'a str,
    old: Option<&'a str>,
    new: Option<&'a str>,
}

#[derive(Serialize)]
struct RenamedJson<'a> {
    table: &'a str,
    before: &'a str,
    now: &'a str,
}

#[derive(Serialize)]
struct ComponentsJson {
    class: &'static str,
    old: usize,
    new: usize,
}

/// A difference with everything in it.
pub(super) fn difference(difference: &Difference<'_>, language: Language) -> String {
    let Difference { old, new, .. } = difference;
    let worse = difference.worse();
    write(&Root {
        format_version: FORMAT_VERSION,
        tool: TOOL,
        old: design(old, language),
        new: design(new, language),
        worse: difference.is_whole().then(|| WorseJson {
            any: worse.any(),
            violations: worse.violations,
            questions: worse.questions,
            failures: worse.failures,
            claims: worse.claims,
        }),
        findings: FindingsJson {
            appeared: difference.findings.appeared.iter().map(|own| appeared(new, own, language)).collect(),
            changed: difference.findings.changed.iter().map(|own| changed(old, new, own, language)).collect(),
            vanished: difference.findings.vanished.iter().map(|own| vanished(old, own, language)).collect(),
        },
        figures: FiguresJson {
            moved: difference.figures.moved.iter().map(|own| moved(own, language)).collect(),
            appeared: difference.figures.appeared.iter().map(|own| figure(own, language)).collect(),
            vanished: difference.figures.vanished.iter().map(|own| figure(own, language)).collect(),
        },
        failures: failures(difference, language),
        things: things(difference),
    })
}

fn design<'a>(design: &'a Design<'_>, language: Language) -> DesignJson<'a> {
    let told = |finding: &'a Finding| json_finding(design.sources, finding, language);
    let readable = design.is_judged();
    let errors = if readable { Vec::new() } else { design.reasons().into_iter().map(told).collect() };
    DesignJson { path: design.name, readable, errors }
}

fn appeared<'a>(design: &'a Design<'_>, own: &'a Appeared<'_>, language: Language) -> AppearedJson<'a> {
    AppearedJson { fails: own.fails, depth: own.depth, finding: json_finding(design.sources, own.finding, language) }
}

fn changed<'a>(old: &'a Design<'_>, new: &'a Design<'_>, own: &'a Changed<'_>, language: Language) -> ChangedJson<'a> {
    ChangedJson {
        fails: own.fails,
        failed: own.failed,
        old: json_finding(old.sources, own.old, language),
        new: json_finding(new.sources, own.new, language),
    }
}

fn vanished<'a>(old: &'a Design<'_>, own: &'a Vanished<'_>, language: Language) -> VanishedJson<'a> {
    VanishedJson {
        failed: own.failed,
        subject: &own.subject,
        rule_now: own.rule.map(word),
        finding: json_finding(old.sources, own.finding, language),
    }
}

/// What became of a rule, in the words of the summary of `check`.
fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Holds => "holds",
        Outcome::Violated => "violated",
        Outcome::Unproven => "unproven",
        Outcome::NotApplicable => "not_applicable",
        Outcome::SetAside => "set_aside",
        Outcome::Off => "off",
    }
}

fn value(figure: &Figure, language: Language) -> ValueJson<'_> {
    ValueJson {
        value: figure.number(),
        unit: figure.unit,
        printed: figure.printed().say(language).into_owned(),
        binding: figure.binding.as_ref().map(|binding| binding.say(language)),
        missing: match &figure.value {
            Value::Unknown(missing) => missing,
            Value::Number(_) | Value::Never => &[],
        },
    }
}

fn moved<'a>(own: &'a Moved<'_>, language: Language) -> MovedJson<'a> {
    MovedJson {
        id: own.new.text.id,
        subject: &own.new.subject,
        state: own.new.state.word(),
        method: own.new.method.word(),
        old: value(own.old, language),
        new: value(own.new, language),
        percent: own.percent(),
    }
}

fn figure(own: &Figure, language: Language) -> FigureJson<'_> {
    FigureJson {
        id: own.text.id,
        subject: &own.subject,
        state: own.state.word(),
        method: own.method.word(),
        value: value(own, language),
    }
}

fn survived(counts: &Survived) -> SurvivedJson {
    SurvivedJson {
        components: counts.components,
        singles: CountsJson::from(&counts.singles),
        doubles: counts.doubles.as_ref().map(CountsJson::from),
    }
}

fn cut_sets(group: &CutSets, language: Language) -> CutSetsJson<'_> {
    CutSetsJson {
        fate: group.fate.word(),
        worse: group.is_worse,
        has_like: group.has_like,
        loses: group.loses.word(),
        classes: group.classes.iter().copied().map(Class::word).collect(),
        count: group.count,
        sets: &group.sets,
        chain: group.chain.iter().map(|step| step.say(language)).collect(),
        remedy: RemedyJson { kind: group.remedy.0.word(), what: group.remedy.1.say(language) },
    }
}

fn failures<'a>(difference: &'a Difference<'_>, language: Language) -> FailuresJson<'a> {
    let failures = &difference.failures;
    let claims = failures.claims.iter().map(|change| ClaimJson {
        claim: &change.claim,
        old: change.old.map(failure::Outcome::word),
        new: change.new.map(failure::Outcome::word),
        lost: change.is_lost(),
    });
    FailuresJson {
        old: failures.counts.as_ref().map(|(old, _)| survived(old)),
        new: failures.counts.as_ref().map(|(_, new)| survived(new)),
        undecided: &failures.undecided,
        decided: &failures.decided,
        claims: claims.collect(),
        cut_sets: failures.cut_sets.iter().map(|group| cut_sets(group, language)).collect(),
    }
}

fn form(form: Form) -> &'static str {
    match form {
        Form::Named => "named",
        Form::Table => "table",
        Form::Entry => "entry",
        Form::Cable => "cable",
    }
}

fn things<'a>(difference: &'a Difference<'_>) -> ThingsJson<'a> {
    let things = &difference.things;
    let thing = |own: &'a Thing| ThingJson { form: form(own.form), table: &own.table, name: &own.name };
    let property = |own: &'a Property| PropertyJson {
        table: &own.table,
        names: &own.names,
        key: &own.key,
        old: own.old.as_deref(),
        new: own.new.as_deref(),
    };
    let renamed =
        |own: &'a crate::compare::Renamed| RenamedJson { table: &own.table, before: &own.before, now: &own.now };
    let components = things.components.iter();
    ThingsJson {
        added: things.added.iter().map(thing).collect(),
        removed: things.removed.iter().map(thing).collect(),
        changed: things.changed.iter().map(property).collect(),
        renamed: difference.renamed.iter().map(renamed).collect(),
        unknown_names: difference.unknown_names.iter().map(|unknown| renamed(&unknown.renamed)).collect(),
        components: components
            .map(|(class, old, new)| ComponentsJson { class: class.word(), old: *old, new: *new })
            .collect(),
    }
}
