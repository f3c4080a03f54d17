//! What a design claims to survive.

use super::components::{Class, Component, What, components};
use super::plant::{Assumption, Plant};
use super::proof::{Proof, Verdict};
use super::{CutSet, Losses, Outcome};
use crate::design::{Mistake, MistakeKind, SwitchRole, Text, Words, nearest};
use crate::source::Spanned;
use crate::topology::{DeviceId, Topology};
use crate::words::{self, Said};

/// A claim as it is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Claim {
    /// Any one, or any two, of a class.
    Any { two: bool, of: Of },
    /// These components together, by index.
    These(Vec<usize>),
}

/// What a claim is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Of {
    Component,
    Class(Class),
    /// Switches of a role.
    Role(SwitchRole),
}

/// A claim and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept<'d> {
    /// The claim as written.
    pub claim: &'d Spanned<Text>,
    /// Failures that it is about.
    pub checked: usize,
    /// Those that lose something.
    pub lost: usize,
    /// Those where a fact is missing to tell.
    pub unproven: usize,
    /// The first one that loses something, as a cut set.
    pub first: Option<CutSet>,
}

impl Kept<'_> {
    /// What became of the claim as a whole.
    pub fn outcome(&self) -> Outcome {
        match (self.lost, self.unproven) {
            (0, 0) => Outcome::Survived,
            (0, _) => Outcome::Unproven,
            _ => Outcome::Lost,
        }
    }
}

/// The claims of a design, as written.
fn written<'d>(topology: &Topology<'d>) -> impl Iterator<Item = &'d Spanned<Text>> {
    let about = topology.design.design.as_ref();
    about.and_then(|about| about.value.survives.as_ref()).into_iter().flat_map(|claims| &claims.value)
}

/// Whether a design claims anything.
pub fn are_made(topology: &Topology<'_>) -> bool {
    written(topology).next().is_some()
}

/// Claims that cannot be understood.
pub fn mistakes(topology: &Topology<'_>) -> Vec<Mistake> {
    if !are_made(topology) {
        return Vec::new();
    }
    let known = components(&Plant::new(topology, Assumption::Best));
    written(topology).filter_map(|claim| read(claim, &known).err()).collect()
}

/// What becomes of each claim that can be understood.
pub fn kept<'d>(proof: &Proof<'_, 'd>) -> Vec<Kept<'d>> {
    let claims = written(proof.topology());
    claims.filter_map(|claim| read(claim, &proof.components).ok().map(|meant| judge(proof, claim, &meant))).collect()
}

fn judge<'d>(proof: &Proof<'_, 'd>, claim: &'d Spanned<Text>, meant: &Claim) -> Kept<'d> {
    let mut kept = Kept { claim, checked: 0, lost: 0, unproven: 0, first: None };
    let mut count = |failed: Vec<usize>| {
        let verdict: Verdict = proof.verdict_all(&failed);
        kept.checked += 1;
        match verdict.outcome() {
            Outcome::Survived => {}
            Outcome::Unproven => kept.unproven += 1,
            Outcome::Lost => {
                kept.lost += 1;
                if kept.first.is_none() {
                    kept.first = verdict
                        .lost
                        .and(Losses::SERIOUS)
                        .iter()
                        .next()
                        .map(|loses| CutSet { components: failed, loses });
                }
            }
        }
    };
    match meant {
        Claim::These(failed) => count(failed.clone()),
        Claim::Any { two, of } => {
            let chosen: Vec<usize> =
                (0..proof.components.len()).filter(|index| is_of(proof, &proof.components[*index], *of)).collect();
            for (place, one) in chosen.iter().enumerate() {
                if *two {
                    chosen[place + 1..].iter().for_each(|other| count(vec![*one, *other]));
                } else {
                    count(vec![*one]);
                }
            }
        }
    }
    kept
}

fn is_of(proof: &Proof<'_, '_>, component: &Component, of: Of) -> bool {
    match (of, &component.what) {
        (Of::Component, _) => true,
        (Of::Class(class), _) => component.class == class,
        (Of::Role(role), What::Device(DeviceId::Switch(index))) => {
            proof.topology().switches[*index].role() == Some(role)
        }
        (Of::Role(_), _) => false,
    }
}

/// Reads `any one switch`, `any two disks` or the names of components joined by `and`.
fn read(claim: &Spanned<Text>, known: &[Component]) -> Result<Claim, Mistake> {
    let wrong = |message: Said, help: Said| Err(Mistake::new(MistakeKind::UnknownWord, claim.span, message).help(help));
    let text = claim.value.trim();
    let counted =
        text.strip_prefix("any one ").map(|of| (false, of)).or(text.strip_prefix("any two ").map(|of| (true, of)));
    if let Some((two, word)) = counted {
        if let Some(of) = class_of(word) {
            return Ok(Claim::Any { two, of });
        }
        let classes = || Class::ALL.into_iter().map(Class::word).chain(["component"]);
        let help = match nearest(word, classes()) {
            Some(near) => words::guessed::did_you_mean(near),
            None => words::claims::write_one_of(Said::run(", ", classes().map(Said::from))),
        };
        return wrong(words::claims::no_such_class(word), help);
    }
    let mut failed = Vec::new();
    for name in text.split(" and ").map(str::trim) {
        if let Some(index) = known.iter().position(|component| component.name == name) {
            failed.push(index);
            continue;
        }
        let help = match nearest(name, known.iter().map(|component| component.name.as_str())) {
            Some(near) => words::guessed::did_you_mean(near),
            None => words::claims::forms(),
        };
        return wrong(words::claims::no_such_component(name), help);
    }
    Ok(Claim::These(failed))
}

fn class_of(word: &str) -> Option<Of> {
    if matches!(word, "component" | "components") {
        return Some(Of::Component);
    }
    let named = |class: &Class| class.word() == word || class.plural() == word;
    if let Some(class) = Class::ALL.into_iter().find(named) {
        return Some(Of::Class(class));
    }
    let role = word.strip_suffix(" switch").or_else(|| word.strip_suffix(" switches"))?;
    SwitchRole::from_word(role).map(Of::Role)
}
