//! Failures that are survived no more, those that are now, and claims.

use std::collections::{BTreeMap, BTreeSet};

use foldhash::{HashMap, HashSet};

use super::Renames;
use crate::failure::{self, Change, Class, Component, Counts, CutSet, Loss, Losses, Outcome, Proof, Verdict};
use crate::words::Said;

/// Pairs of one group that are named.
const MOST_PAIRS: usize = 1_000;

/// What becomes of the failures.
#[derive(Debug, Default)]
pub struct Failures {
    /// How many are survived in each design.
    pub counts: Option<(Survived, Survived)>,
    /// Cut sets that only one design has, by what becomes of them; the worst first, and then the likeliest.
    pub cut_sets: Vec<CutSets>,
    /// Single failures that were survived, and of which nobody knows now; under their new names.
    pub undecided: Vec<String>,
    /// Single failures of which nobody knew, and which are survived now.
    pub decided: Vec<String>,
    /// Claims of which something else becomes.
    pub claims: Vec<ClaimChange>,
}

/// How many failures a design survives.
#[derive(Debug, Clone, Copy, Default)]
pub struct Survived {
    /// Components that can fail.
    pub components: usize,
    /// Each alone.
    pub singles: Counts,
    /// Each with every other; nothing where there are too many.
    pub doubles: Option<Counts>,
}

/// What becomes of a cut set; the order is that of telling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// Both designs have its components, and only in the new one it loses this.
    Lost,
    /// Components are in it that the old design does not have.
    LostWithNew,
    /// It is lost, and nobody knew whether it was.
    TurnsOutLost,
    /// Both designs have its components, and in the new one it is survived.
    Survived,
    /// It was lost, and nobody knows whether it still is.
    Undecided,
    /// A component of it is no more.
    Gone,
}

impl Fate {
    /// In a word or two.
    pub fn word(self) -> &'static str {
        match self {
            Self::Lost => "lost",
            Self::LostWithNew => "lost with new",
            Self::TurnsOutLost => "turns out lost",
            Self::Survived => "survived",
            Self::Undecided => "undecided",
            Self::Gone => "gone",
        }
    }

    /// Whether the new design has it.
    pub fn is_new(self) -> bool {
        matches!(self, Self::Lost | Self::LostWithNew | Self::TurnsOutLost)
    }
}

/// Cut sets of the same classes that lose the same, and of which the same becomes.
#[derive(Debug, Clone)]
pub struct CutSets {
    /// What becomes of them.
    pub fate: Fate,
    /// What is lost.
    pub loses: Loss,
    /// Classes of the components. Of those that take the same with them, as a cable and its ports, that of the likeliest.
    pub classes: Vec<Class>,
    /// How many there are.
    pub count: usize,
    /// Names of the components of each, the likeliest first; of pairs, no more than a thousand.
    pub sets: Vec<Vec<String>>,
    /// Steps from the first set to what is lost, in the design that loses it.
    pub chain: Vec<Said>,
    /// The cheapest kind of change that removes the first set, and what it is.
    pub remedy: (Change, Said),
    /// Whether they only come or go with components, and the other design has cut sets of the same classes that lose the same.
    pub has_like: bool,
    /// Whether the design got worse by them.
    pub is_worse: bool,
}

/// A claim of which something else becomes; nothing where a design does not make it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimChange {
    /// The claim, under new names.
    pub claim: String,
    /// What became of it.
    pub old: Option<Outcome>,
    /// What becomes of it.
    pub new: Option<Outcome>,
}

impl ClaimChange {
    /// Whether it was kept and is no more.
    pub fn is_lost(&self) -> bool {
        (self.old, self.new) == (Some(Outcome::Survived), Some(Outcome::Lost))
    }
}

impl Failures {
    /// Single failures by which the design got worse, each once; one that is lost without any failure counts as one.
    pub fn newly_lost(&self) -> usize {
        let worse = self.cut_sets.iter().filter(|group| group.is_worse);
        worse.flat_map(|group| &group.sets).collect::<BTreeSet<_>>().len()
    }
}

/// Compares what two designs survive.
pub(super) fn compare(old: &Proof<'_, '_>, new: &Proof<'_, '_>, renames: &Renames) -> Failures {
    let before = Named::new(old, &|component| renames.component(component));
    let now = Named::new(new, &|component| component.name.clone());
    let (undecided, decided) = singles(&before, &now);
    let mut cut_sets = cuts(&now, &before, &lost_before);
    cut_sets.extend(cuts(&before, &now, &survived_now));
    for group in cut_sets.iter_mut().filter(|group| !group.fate.is_new()) {
        group.chain = group.chain.iter().map(|step| step.renamed(&|text| renames.text(text).into_owned())).collect();
    }
    let (kinds_before, kinds_now) = (kinds(old), kinds(new));
    for group in &mut cut_sets {
        let others = if group.fate.is_new() { &kinds_before } else { &kinds_now };
        group.has_like = matches!(group.fate, Fate::LostWithNew | Fate::Gone)
            && others.contains(&(group.loses, group.classes.clone()));
        let alone = Losses::SERIOUS.has(group.loses) && group.classes.len() <= 1;
        // A further component that takes no more than its like did before is nothing new.
        group.is_worse = alone && (group.fate == Fate::Lost || group.fate == Fate::LostWithNew && !group.has_like);
    }
    cut_sets.sort_by_key(|group| (!group.is_worse, group.fate, group.has_like));
    Failures {
        counts: Some((survived(old), survived(new))),
        cut_sets,
        undecided,
        decided,
        claims: claims(old, new, renames),
    }
}

fn survived(proof: &Proof<'_, '_>) -> Survived {
    Survived {
        components: proof.components.len(),
        singles: proof.singles.whole,
        doubles: proof.doubles.map(|doubles| doubles.whole),
    }
}

/// What failures of which classes take from a design. A component takes what those take that are of its kind, whatever their
/// class.
fn kinds(proof: &Proof<'_, '_>) -> HashSet<(Loss, Vec<Class>)> {
    let mut found = HashSet::default();
    for (loss, kinds) in proof.cuts_by_kind() {
        found.insert((loss, proof.classes(&proof.likeliest(&kinds))));
        if let [kind] = kinds[..] {
            found.extend(proof.members(kind).iter().map(|index| (loss, vec![proof.components[*index].class])));
        }
    }
    found
}

/// A proof whose components are found by name.
struct Named<'p, 't, 'd> {
    proof: &'p Proof<'t, 'd>,
    names: Vec<String>,
    places: HashMap<(Class, String), usize>,
}

impl<'p, 't, 'd> Named<'p, 't, 'd> {
    fn new(proof: &'p Proof<'t, 'd>, called: &dyn Fn(&Component) -> String) -> Self {
        let names: Vec<String> = proof.components.iter().map(called).collect();
        let places = names.iter().zip(&proof.components).enumerate();
        let places = places.map(|(index, (name, component))| ((component.class, name.clone()), index)).collect();
        Self { proof, names, places }
    }

    /// For each component of another design the same one of this, where it has it.
    fn same(&self, other: &Named<'_, '_, '_>) -> Vec<Option<usize>> {
        let components = other.proof.components.iter().zip(&other.names);
        components.map(|(component, name)| self.places.get(&(component.class, name.clone())).copied()).collect()
    }
}

/// What becomes of a cut set by what the other design makes of those of its components that it has, and by whether it has
/// all of them; nothing where it is lost in both.
type Judgement = dyn Fn(Outcome, bool) -> Option<Fate>;

fn lost_before(before: Outcome, has_all: bool) -> Option<Fate> {
    match before {
        Outcome::Lost => None,
        _ if !has_all => Some(Fate::LostWithNew),
        Outcome::Unproven => Some(Fate::TurnsOutLost),
        Outcome::Survived => Some(Fate::Lost),
    }
}

fn survived_now(now: Outcome, has_all: bool) -> Option<Fate> {
    match now {
        Outcome::Lost => None,
        Outcome::Unproven => Some(Fate::Undecided),
        Outcome::Survived if has_all => Some(Fate::Survived),
        Outcome::Survived => Some(Fate::Gone),
    }
}

/// Cut sets of one design that the other does not lose, the likeliest first.
fn cuts(of: &Named<'_, '_, '_>, other: &Named<'_, '_, '_>, judge: &Judgement) -> Vec<CutSets> {
    let same = other.same(of);
    let mut verdicts: HashMap<Vec<usize>, Verdict> = HashMap::default();
    let mut groups: BTreeMap<(Fate, Loss, Vec<Class>), Vec<CutSet>> = BTreeMap::new();
    for (loses, kinds) in of.proof.cuts_by_kind() {
        let classes = of.proof.classes(&of.proof.likeliest(&kinds));
        for components in of.proof.sets_of(&kinds) {
            let shared: Vec<usize> = components.iter().filter_map(|index| same[*index]).collect();
            let mut own: Vec<usize> = shared.iter().map(|index| other.proof.kind(*index)).collect();
            own.sort_unstable();
            let verdict = verdicts.entry(own).or_insert_with(|| other.proof.verdict_of(&shared));
            if let Some(fate) = judge(verdict.of(loses), shared.len() == components.len()) {
                groups.entry((fate, loses, classes.clone())).or_default().push(CutSet { components, loses });
            }
        }
    }
    let mut groups: Vec<_> = groups
        .into_iter()
        .map(|(key, mut cuts)| {
            cuts.sort_by_cached_key(|cut| of.proof.key(cut));
            (key, cuts)
        })
        .collect();
    groups.sort_by_cached_key(|(_, cuts)| of.proof.key(&cuts[0]));
    let told = |((fate, loses, classes), cuts): ((Fate, Loss, Vec<Class>), Vec<CutSet>)| {
        let story = of.proof.story(&cuts[0]);
        let is_pair = cuts[0].components.len() > 1;
        let named = |cut: &CutSet| cut.components.iter().map(|index| of.names[*index].clone()).collect();
        CutSets {
            fate,
            loses,
            classes,
            count: cuts.len(),
            sets: cuts.iter().take(if is_pair { MOST_PAIRS } else { cuts.len() }).map(named).collect(),
            chain: story.chain,
            remedy: (story.remedy.kind, story.remedy.what),
            has_like: false,
            is_worse: false,
        }
    };
    groups.into_iter().map(told).collect()
}

/// Single failures that cannot be decided any more, and those that can be now and are survived.
fn singles(before: &Named<'_, '_, '_>, now: &Named<'_, '_, '_>) -> (Vec<String>, Vec<String>) {
    let (mut undecided, mut decided) = (Vec::new(), Vec::new());
    for ((index, name), other) in now.names.iter().enumerate().zip(before.same(now)) {
        let Some(other) = other else { continue };
        match (before.proof.verdict_of(&[other]).outcome(), now.proof.verdict_of(&[index]).outcome()) {
            (Outcome::Survived, Outcome::Unproven) => undecided.push(name.clone()),
            (Outcome::Unproven, Outcome::Survived) => decided.push(name.clone()),
            _ => {}
        }
    }
    (undecided, decided)
}

fn claims(old: &Proof<'_, '_>, new: &Proof<'_, '_>, renames: &Renames) -> Vec<ClaimChange> {
    let made = |proof: &Proof<'_, '_>, called: &dyn Fn(&str) -> String| -> Vec<(String, Outcome)> {
        failure::kept(proof).iter().map(|kept| (called(&kept.claim.value), kept.outcome())).collect()
    };
    let before = made(old, &|claim| renames.text(claim).into_owned());
    let now = made(new, &str::to_owned);
    let find = |claims: &[(String, Outcome)], claim: &str| {
        claims.iter().find(|(own, _)| own == claim).map(|(_, outcome)| *outcome)
    };
    let kept = now.iter().map(|(claim, outcome)| (claim, find(&before, claim), Some(*outcome)));
    let withdrawn = before.iter().filter(|(claim, _)| find(&now, claim).is_none());
    let withdrawn = withdrawn.map(|(claim, outcome)| (claim, Some(*outcome), None));
    let changes = kept.chain(withdrawn).filter(|(_, old, new)| old != new);
    changes.map(|(claim, old, new)| ClaimChange { claim: claim.clone(), old, new }).collect()
}
