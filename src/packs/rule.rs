//! A rule of a pack: its words, its expressions, and how it is judged.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use cel::Env;

use super::entities::{Everything, Kind, Thing, everything};
use super::expression::{Expression, Failure};
use super::form::ExampleOutcome;
use super::message::{self, Place};
use super::parameters::Parameter;
use super::view::{Lists, Scope, View};
use crate::catalogue::{Citation, Evidence, EvidenceValue, Listed, Origin, ParameterText, Rule, Severity, Values};
use crate::design::{Mistake, MistakeKind, Release, Words};
use crate::rules::{Judge, Subject};
use crate::source::{Span, Spanned};
use crate::words::Said;
use crate::words::packs;

/// A rule of a user.
#[derive(Debug)]
pub struct UserRule {
    /// Its id, and where that is written.
    pub id: Spanned<String>,
    /// Examples of its pack.
    pub examples: Vec<Example>,
    pub(super) words: Wording,
    pub(super) parameters: Vec<Parameter>,
    pub(super) for_each: Kind,
    pub(super) chosen: Option<Spanned<Expression>>,
    pub(super) require: Spanned<Expression>,
    pub(super) at: Option<String>,
    pub(super) message: Spanned<Vec<Place>>,
    pub(super) env: Shared,
}

/// The environment that the expressions of a run share.
#[derive(Clone)]
pub(super) struct Shared(pub(super) Arc<Env>);

impl std::fmt::Debug for Shared {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Env")
    }
}

/// The words of a rule.
#[derive(Debug)]
pub(super) struct Wording {
    pub(super) origin: Origin,
    pub(super) severity: [Severity; 2],
    pub(super) summary: String,
    pub(super) rationale: String,
    pub(super) remediation: String,
    pub(super) applies: String,
    pub(super) question: Option<String>,
    pub(super) message: String,
    pub(super) from: Option<Release>,
    pub(super) below: Option<Release>,
    pub(super) sources: Vec<Cited>,
}

/// A place where a rule is stated.
#[derive(Debug)]
pub(super) struct Cited {
    pub(super) work: String,
    pub(super) document: bool,
    pub(super) place: Option<String>,
    pub(super) says: String,
}

impl Cited {
    fn citation(&self) -> Citation<'_> {
        Citation { work: &self.work, document: self.document, place: self.place.as_deref(), says: &self.says }
    }
}

/// A design with what a rule makes of it.
#[derive(Debug, Clone)]
pub struct Example {
    /// What it shows.
    pub name: Spanned<String>,
    /// What the rule makes of it.
    pub outcome: ExampleOutcome,
    /// The design that its own is laid over.
    pub base: String,
    /// Keys that are taken out of the base first.
    pub remove: Vec<String>,
    /// A design, or a part of one.
    pub design: Spanned<String>,
}

/// What was found of things that are one in the design, and alike but for their names.
struct Group {
    subject: Subject,
    at: Span,
    evidence: Vec<Evidence>,
    names: Vec<String>,
}

impl UserRule {
    /// The words and numbers of the rule, as those of the catalogue.
    pub fn texts(&self) -> Rule<'_> {
        let id = self.id.value.as_str();
        let (area, name) = id.split_once('/').unwrap_or((id, ""));
        let words = &self.words;
        let example = |outcome| {
            let shows = |example: &&Example| example.outcome == outcome && !example.design.value.trim().is_empty();
            self.examples.iter().find(shows).map(|example| example.design.value.trim())
        };
        Rule {
            id,
            area,
            name,
            origin: words.origin,
            severity: words.severity,
            summary: &words.summary,
            rationale: &words.rationale,
            remediation: &words.remediation,
            applies: &words.applies,
            question: words.question.as_deref(),
            message: &words.message,
            from: words.from,
            below: words.below,
            caused_by: &[],
            conflicts: &[],
            conflict: None,
            labels: &[],
            fixed: None,
            fix: None,
            suppressible: true,
            sources: Listed::Read(words.sources.iter().map(Cited::citation).collect()),
            parameters: Listed::Read(self.parameters.iter().map(parameter_text).collect()),
            example_violated: example(ExampleOutcome::Violated),
            example_holds: example(ExampleOutcome::Holds),
        }
    }

    /// Judges a design by the rule, with other values for its parameters where they are given. Nothing is told to the judge where the rule itself fails.
    ///
    /// # Errors
    /// What is wrong with the rule, at its place in the pack.
    pub fn judge(&self, judge: &mut Judge<'_>, values: &Values<'_>) -> Result<(), Mistake> {
        let parameters: Vec<Parameter> = self.parameters.iter().map(|parameter| parameter.with(values)).collect();
        let view = View::new(judge.topology());
        let lists = Lists::new(&view, &self.lists());
        let Everything { things, gaps, .. } = everything(view.topology, self.for_each);
        let mut groups: Vec<Group> = Vec::new();
        let mut known: BTreeMap<String, usize> = BTreeMap::new();
        let mut unproven: Vec<(Subject, Vec<String>)> = Vec::new();
        let mut held = 0;
        for thing in things {
            let root = self.for_each.word();
            let scope = Scope { view: &view, lists: &lists, root, subject: thing, parameters: &parameters };
            match self.one(&scope) {
                Ok(None) => {}
                Ok(Some(true)) => held += 1,
                Ok(Some(false)) => {
                    let group = self.group(&scope)?;
                    let evidence: Vec<&EvidenceValue> =
                        group.evidence.iter().filter(|one| !self.is_name(one)).map(|one| &one.value).collect();
                    let key = format!("{}\n{:?}\n{evidence:?}", group.subject.path, group.at);
                    let index = *known.entry(key).or_insert(groups.len());
                    match groups.get_mut(index) {
                        Some(alike) => alike.names.extend(group.names),
                        None => groups.push(group),
                    }
                }
                Err(Trouble::Missing(missing)) => {
                    let subject = subject(&view, thing);
                    if !unproven.iter().any(|known| known.0 == subject && known.1 == missing) {
                        unproven.push((subject, missing));
                    }
                }
                Err(Trouble::Broken(mistake)) => return Err(*mistake),
            }
        }
        (0..held).for_each(|_| judge.holds());
        for group in groups {
            let raised = judge.violated(group.subject);
            raised.at(group.at);
            for evidence in group.evidence {
                let value = if self.is_name(&evidence) && group.names.len() > 1 {
                    EvidenceValue::List(group.names.clone())
                } else {
                    evidence.value
                };
                raised.with(evidence.name, value);
            }
        }
        for gap in &gaps {
            judge.gap(gap);
        }
        for (subject, missing) in unproven {
            judge.settle(subject, missing);
        }
        Ok(())
    }

    /// Kinds of things that its expressions take from the design as a whole.
    fn lists(&self) -> Vec<Kind> {
        let expressions = self.chosen.iter().chain([&self.require]).map(|expression| &expression.value);
        let places = self.message.value.iter().map(|place| &place.expression);
        let kinds: BTreeSet<Kind> = expressions.chain(places).flat_map(|one| one.lists.iter().copied()).collect();
        kinds.into_iter().collect()
    }

    /// Whether the rule holds for a thing; nothing where it does not speak of it.
    fn one(&self, scope: &Scope<'_>) -> Result<Option<bool>, Trouble> {
        if let Some(chosen) = &self.chosen {
            let speaks = chosen.value.holds(&self.env.0, scope);
            if !speaks.map_err(|failure| self.trouble(failure, chosen.span, "where"))? {
                return Ok(None);
            }
        }
        let holds = self.require.value.holds(&self.env.0, scope);
        holds.map(Some).map_err(|failure| self.trouble(failure, self.require.span, "require"))
    }

    fn group(&self, scope: &Scope<'_>) -> Result<Group, Mistake> {
        let subject = subject(scope.view, scope.subject);
        let evidence = message::evidence(&self.message.value, &self.env.0, scope).map_err(|failure| match failure {
            Failure::Missing(missing) => self.broken(missing.join(", "), self.message.span, "message"),
            Failure::Broken(said) => self.broken(said, self.message.span, "message"),
        })?;
        let fact = self.at.as_deref().and_then(|at| scope.subject.read(scope.view.topology, at));
        let at = fact.and_then(|fact| fact.span).unwrap_or(subject.span);
        let name = evidence.iter().find(|one| self.is_name(one)).map(|one| one.value.to_string());
        Ok(Group { subject, at, evidence, names: name.into_iter().collect() })
    }

    /// Whether a value of a message is the name of what is judged.
    fn is_name(&self, evidence: &Evidence) -> bool {
        evidence.name.split_once('.') == Some((self.for_each.word(), "name"))
    }

    fn trouble(&self, failure: Failure, span: Span, key: &str) -> Trouble {
        match failure {
            Failure::Missing(missing) => Trouble::Missing(missing),
            Failure::Broken(said) => Trouble::Broken(Box::new(self.broken(said, span, key))),
        }
    }

    fn broken(&self, problem: impl Into<Said>, span: Span, key: &str) -> Mistake {
        let message = packs::cannot_be_judged(key, &self.id.value, problem);
        Mistake::new(MistakeKind::ExpressionFailed, span, message)
    }
}

/// Why a thing is not judged.
enum Trouble {
    Missing(Vec<String>),
    Broken(Box<Mistake>),
}

fn subject<'v>(view: &View<'v>, thing: Thing<'v>) -> Subject {
    Subject::new(thing.path(view.topology), thing.span(view.topology))
}

fn parameter_text(parameter: &Parameter) -> ParameterText<'_> {
    ParameterText {
        name: &parameter.name.value,
        default: &parameter.default,
        kind: parameter.kind,
        range: parameter.range.as_ref().map(|(low, high)| (low.as_str(), high.as_str())),
        doc: &parameter.doc,
    }
}
