//! The words of the program, of which each becomes a function with an argument for each slot, and the Japanese of rules
//! and figures. A text that one language has and the other lacks does not compile.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use serde::Deserialize;

use super::{Citation, Figure, Fix, Parameter, Rule, area_files, module_name, read};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Phrase {
    en: String,
    one: Option<String>,
    ja: String,
}

/// The Japanese of a rule or figure; which texts there are, the English says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Japanese {
    summary: String,
    rationale: Option<String>,
    remediation: Option<String>,
    applies: Option<String>,
    question: Option<String>,
    message: Option<String>,
    conflict: Option<String>,
    fixed: Option<String>,
    #[serde(default)]
    labels: BTreeMap<String, String>,
    fix: Option<JapaneseFix>,
    table: Option<String>,
    formula: Option<String>,
    explanation: Option<String>,
    #[serde(default)]
    says: Vec<String>,
    #[serde(default)]
    parameters: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct JapaneseFix {
    title: String,
    does: String,
}

/// Names in braces, each once, in the order in which they come.
fn slots(text: &str) -> Vec<&str> {
    let mut slots = Vec::new();
    for part in text.split('{').skip(1) {
        let name = part.split_once('}').map_or_else(|| panic!("{text:?}: a brace stays open"), |(name, _)| name);
        if !slots.contains(&name) {
            slots.push(name);
        }
    }
    slots
}

/// Refuses two texts that do not name the same slots.
fn alike(at: &str, one: &str, other: &str) {
    let sorted = |text| {
        let mut slots = slots(text);
        slots.sort_unstable();
        slots
    };
    assert_eq!(sorted(one), sorted(other), "{at}: {one:?} and {other:?} name different slots");
}

/// A function for each phrase of `rules/words/`, in a module for each file.
pub(super) fn phrases(folder: &Path) -> String {
    let mut out = String::new();
    for path in area_files(folder) {
        let room = path.file_stem().and_then(|name| name.to_str()).expect("a file of words has a name").to_owned();
        let phrases: BTreeMap<String, Phrase> = read(&path);
        let _ = writeln!(
            out,
            "#[deny(dead_code)]\n#[allow(clippy::too_many_arguments, reason = \"a phrase has the slots it has\")]\npub(crate) mod {} {{\n#[allow(unused_imports, reason = \"not every room has slots\")]\nuse std::borrow::Cow;\nuse super::{{Phrase, Said}};",
            module_name(&room)
        );
        for (name, phrase) in &phrases {
            let at = format!("{}: {name}", path.display());
            alike(&at, &phrase.en, &phrase.ja);
            let slots = slots(&phrase.en);
            if let Some(one) = &phrase.one {
                let first = slots.first().unwrap_or_else(|| panic!("{at}: there is nothing to count"));
                let left: Vec<&str> = self::slots(one).into_iter().filter(|slot| slot != first).collect();
                let others: Vec<&str> = slots.iter().copied().filter(|slot| slot != first).collect();
                assert_eq!(left, others, "{at}: {one:?} and {:?} name different slots", phrase.en);
            }
            let arguments: Vec<String> = slots.iter().map(|slot| format!("{slot}: impl Into<Said>")).collect();
            let values: Vec<String> =
                slots.iter().map(|slot| format!("(Cow::Borrowed({slot:?}), {slot}.into())")).collect();
            let _ = writeln!(
                out,
                "pub(crate) fn {name}({}) -> Said {{\nSaid::filled(Phrase {{ en: {:?}, one: {:?}, ja: {:?} }}, vec![{}])\n}}",
                arguments.join(", "),
                phrase.en,
                phrase.one,
                phrase.ja,
                values.join(", ")
            );
        }
        out.push_str("}\n");
    }
    out
}

/// What the English text becomes, where there is one.
fn said(at: &str, field: &str, english: Option<&str>, japanese: Option<String>) -> Option<String> {
    assert_eq!(english.is_some(), japanese.is_some(), "{at}: {field} exists in one language only");
    if let (Some(english), Some(japanese)) = (english, &japanese) {
        alike(&format!("{at}: {field}"), english, japanese);
    }
    japanese
}

/// Texts by name, of which both languages have the same.
fn by_name(
    at: &str,
    english: &BTreeMap<String, String>,
    mut japanese: BTreeMap<String, String>,
) -> BTreeMap<String, String> {
    let named = english.iter().map(|(name, text)| {
        let own = said(at, name, Some(text), japanese.remove(name)).expect("both languages have it");
        (name.clone(), own)
    });
    let named = named.collect();
    assert!(japanese.is_empty(), "{at}: {:?} exist in Japanese only", japanese.keys());
    named
}

fn citations(at: &str, english: &[Citation], says: Vec<String>) -> Vec<Citation> {
    assert_eq!(english.len(), says.len(), "{at}: each source says something in both languages");
    english.iter().zip(says).map(|(source, says)| Citation { says, ..source.clone() }).collect()
}

fn parameters(
    at: &str,
    english: &BTreeMap<String, Parameter>,
    docs: BTreeMap<String, String>,
) -> BTreeMap<String, Parameter> {
    let texts = english.iter().map(|(name, parameter)| (name.clone(), parameter.doc.clone())).collect();
    let docs = by_name(at, &texts, docs);
    english
        .iter()
        .map(|(name, parameter)| (name.clone(), Parameter { doc: docs[name].clone(), ..parameter.clone() }))
        .collect()
}

/// Rules and figures with their Japanese words, in the same order.
pub(super) fn japanese(folder: &Path, rules: &[Rule], figures: &[Figure]) -> (Vec<Rule>, Vec<Figure>) {
    let mut texts: BTreeMap<String, Japanese> = BTreeMap::new();
    for path in area_files(folder) {
        texts.append(&mut read(&path));
    }
    let mut take = |id: &str| texts.remove(id).unwrap_or_else(|| panic!("{id}: there is no Japanese"));
    let rules = rules.iter().map(|rule| japanese_rule(rule, take(&rule.id))).collect();
    let figures = figures.iter().map(|figure| japanese_figure(figure, take(&figure.id))).collect();
    assert!(texts.is_empty(), "{:?} exist in Japanese only", texts.keys());
    (rules, figures)
}

fn japanese_rule(rule: &Rule, own: Japanese) -> Rule {
    let at = rule.id.as_str();
    let always = |field: &str, english: &str, japanese: Option<String>| {
        said(at, field, Some(english), japanese).expect("both languages have it")
    };
    assert!(own.table.is_none() && own.formula.is_none() && own.explanation.is_none(), "{at}: a rule is no figure");
    assert_eq!(rule.fix.is_some(), own.fix.is_some(), "{at}: fix exists in one language only");
    Rule {
        summary: always("summary", &rule.summary, Some(own.summary)),
        rationale: always("rationale", &rule.rationale, own.rationale),
        remediation: always("remediation", &rule.remediation, own.remediation),
        applies: always("applies", &rule.applies, own.applies),
        message: always("message", &rule.message, own.message),
        question: said(at, "question", rule.question.as_deref(), own.question),
        conflict: said(at, "conflict", rule.conflict.as_deref(), own.conflict),
        fixed: said(at, "fixed", rule.fixed.as_deref(), own.fixed),
        labels: by_name(at, &rule.labels, own.labels),
        fix: rule.fix.as_ref().zip(own.fix).map(|(fix, own)| Fix {
            title: always("fix.title", &fix.title, Some(own.title)),
            does: always("fix.does", &fix.does, Some(own.does)),
            write: fix.write.clone(),
        }),
        sources: citations(at, &rule.sources, own.says),
        parameters: parameters(at, &rule.parameters, own.parameters),
        ..rule.clone()
    }
}

fn japanese_figure(figure: &Figure, own: Japanese) -> Figure {
    let at = figure.id.as_str();
    let always = |field: &str, english: &str, japanese: Option<String>| {
        said(at, field, Some(english), japanese).expect("both languages have it")
    };
    assert!(own.rationale.is_none() && own.message.is_none() && own.fix.is_none(), "{at}: a figure is no rule");
    Figure {
        table: said(at, "table", figure.table.as_deref(), own.table),
        summary: always("summary", &figure.summary, Some(own.summary)),
        formula: always("formula", &figure.formula, own.formula),
        explanation: always("explanation", &figure.explanation, own.explanation),
        sources: citations(at, &figure.sources, own.says),
        parameters: parameters(at, &figure.parameters, own.parameters),
        ..figure.clone()
    }
}
