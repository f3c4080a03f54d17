//! All single and double failures, counted, and the smallest ones that lose something.

use std::collections::HashMap;

use super::components::{Component, components};
use super::engine::{Effect, Engine, Scene};
use super::losses::Judged;
use super::parts::PartId;
use super::plant::{Assumption, Plant};
use super::{Loss, Losses, Outcome};
use crate::topology::Topology;

/// Most pairs of failures that are looked at; a design with more is proven for single failures only.
const MOST_PAIRS: u64 = 40_000_000;

/// How many failures became of what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// All of them.
    pub total: u64,
    /// Those that lose nothing, or in the whole nothing but management.
    pub survived: u64,
    /// Those that lose something.
    pub lost: u64,
    /// Those where a fact is missing to tell.
    pub unproven: u64,
}

impl Counts {
    pub(super) fn add(&mut self, outcome: Outcome, times: u64) {
        self.total += times;
        match outcome {
            Outcome::Survived => self.survived += times,
            Outcome::Lost => self.lost += times,
            Outcome::Unproven => self.unproven += times,
        }
    }
}

/// Counts of single or double failures: in the whole, and for each loss in the order of [`Loss::ALL`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// In the whole: survived where nothing but management is lost.
    pub whole: Counts,
    /// By loss.
    pub by_loss: [Counts; 7],
}

impl Tally {
    fn add(&mut self, verdict: Verdict, times: u64) {
        self.whole.add(verdict.outcome(), times);
        for (loss, counts) in Loss::ALL.into_iter().zip(&mut self.by_loss) {
            counts.add(verdict.of(loss), times);
        }
    }
}

/// What a failure loses, and what it may lose.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Lost whatever is not known.
    pub lost: Losses,
    /// Lost or not, for want of facts.
    pub open: Losses,
}

impl Verdict {
    /// What becomes of one thing that is asked.
    pub fn of(self, loss: Loss) -> Outcome {
        match (self.lost.has(loss), self.open.has(loss)) {
            (true, _) => Outcome::Lost,
            (false, true) => Outcome::Unproven,
            (false, false) => Outcome::Survived,
        }
    }

    /// What becomes of the whole: a failure that loses nothing but management has survived.
    pub fn outcome(self) -> Outcome {
        if !self.lost.and(Losses::SERIOUS).is_empty() {
            Outcome::Lost
        } else if self.open.and(Losses::SERIOUS).is_empty() {
            Outcome::Survived
        } else {
            Outcome::Unproven
        }
    }
}

/// Components that lose something together, and of which no smaller part does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CutSet {
    /// Indices of the components: none where it is lost without any failure, one, or two.
    pub components: Vec<usize>,
    /// What is lost.
    pub loses: Loss,
}

/// Components that take exactly the same with them.
#[derive(Debug)]
struct Alike {
    members: Vec<usize>,
    /// For each assumption what they take, and what is left.
    sides: Vec<(Effect, Scene)>,
    verdict: Verdict,
}

/// The proof of what a design survives.
#[derive(Debug)]
pub struct Proof<'t, 'd> {
    /// Every component.
    pub components: Vec<Component>,
    /// What is asked of the design.
    pub asked: Losses,
    /// What is lost, or may be, without any failure.
    pub baseline: Verdict,
    /// All single failures.
    pub singles: Tally,
    /// All double failures; nothing where there are too many to look at each.
    pub doubles: Option<Tally>,
    pub(super) engines: Vec<Engine<'t, 'd>>,
    alike: Vec<Alike>,
    class_of: Vec<usize>,
    cuts: Vec<(Loss, usize, Option<usize>)>,
}

/// Proves what a design survives: every single failure, and every double failure where the pairs can be counted out.
pub fn prove<'t, 'd>(topology: &'t Topology<'d>) -> Proof<'t, 'd> {
    let mut proof = Proof::of_singles(topology);
    let classes = proof.alike.len() as u64;
    if classes.saturating_mul(classes.saturating_sub(1)) / 2 <= MOST_PAIRS {
        proof.pair_up();
    }
    proof
}

/// Proves what a design survives of single failures only.
pub fn prove_singles<'t, 'd>(topology: &'t Topology<'d>) -> Proof<'t, 'd> {
    Proof::of_singles(topology)
}

impl<'t, 'd> Proof<'t, 'd> {
    fn of_singles(topology: &'t Topology<'d>) -> Self {
        let mut engines = vec![Engine::new(topology, Assumption::Best), Engine::new(topology, Assumption::Worst)];
        if Plant::nodes_are_open(topology, &engines[0].plant.parts) {
            engines.push(Engine::new(topology, Assumption::NodesStand));
        }
        let components = components(&engines[0].plant);
        let mut proof = Self {
            asked: engines[0].asked(),
            baseline: Verdict::default(),
            singles: Tally::default(),
            doubles: None,
            alike: Vec::new(),
            class_of: Vec::with_capacity(components.len()),
            cuts: Vec::new(),
            components,
            engines,
        };
        proof.baseline = proof.alone(&proof.engines.iter().map(Engine::nothing).collect::<Vec<_>>());
        proof.group();
        proof.count_singles();
        proof
    }

    /// What failures with these effects lose, one effect for each assumption.
    fn alone(&self, effects: &[Effect]) -> Verdict {
        let sides = self.engines.iter().zip(effects);
        agree(sides.map(|(engine, effect)| engine.losses(&engine.scene(effect))))
    }

    /// Puts components together that take the same with them under every assumption.
    fn group(&mut self) {
        let mut effects: Vec<_> =
            self.engines.iter().map(|engine| engine.effects(&self.components).into_iter()).collect();
        let mut known: HashMap<Vec<Vec<PartId>>, usize> = HashMap::new();
        for index in 0..self.components.len() {
            let own: Vec<Effect> = effects.iter_mut().filter_map(Iterator::next).collect();
            let key: Vec<Vec<PartId>> = own.iter().map(|effect| effect.parts.clone()).collect();
            if let Some(class) = known.get(&key) {
                self.alike[*class].members.push(index);
                self.class_of.push(*class);
                continue;
            }
            let sides: Vec<(Effect, Scene)> = self
                .engines
                .iter()
                .zip(own)
                .map(|(engine, effect)| {
                    let scene = engine.scene(&effect);
                    (effect, scene)
                })
                .collect();
            let losses = self.engines.iter().zip(&sides).map(|(engine, (_, scene))| engine.losses(scene));
            let verdict = agree(losses);
            known.insert(key, self.alike.len());
            self.class_of.push(self.alike.len());
            self.alike.push(Alike { members: vec![index], sides, verdict });
        }
    }

    fn count_singles(&mut self) {
        for (class, alike) in self.alike.iter().enumerate() {
            self.singles.add(alike.verdict, alike.members.len() as u64);
            let new = alike.verdict.lost.without(self.baseline.lost);
            self.cuts.extend(new.iter().map(|loss| (loss, class, None)));
        }
    }

    fn pair_up(&mut self) {
        let mut tally = Tally::default();
        let mut cuts = Vec::new();
        for (first, one) in self.alike.iter().enumerate() {
            let times = one.members.len() as u64;
            if times > 1 {
                // Two that take the same are like one.
                tally.add(one.verdict, times * (times - 1) / 2);
            }
            for (second, other) in self.alike.iter().enumerate().skip(first + 1) {
                let verdict = self.together(one, other);
                tally.add(verdict, times * other.members.len() as u64);
                let new =
                    verdict.lost.without(one.verdict.lost).without(other.verdict.lost).without(self.baseline.lost);
                cuts.extend(new.iter().map(|loss| (loss, first, Some(second))));
            }
        }
        self.cuts.extend(cuts);
        self.doubles = Some(tally);
    }

    fn together(&self, one: &Alike, other: &Alike) -> Verdict {
        let sides = self.engines.iter().zip(one.sides.iter().zip(&other.sides));
        agree(sides.map(|(engine, (first, second))| engine.both((&first.0, &first.1), (&second.0, &second.1))))
    }

    /// What a failure of some components loses; none, one or two of them by index.
    ///
    /// # Panics
    /// Never: further components than two are left out.
    pub fn verdict_of(&self, components: &[usize]) -> Verdict {
        let class = |index: &usize| &self.alike[self.class_of[*index]];
        match components {
            [] => self.baseline,
            [one] => class(one).verdict,
            [one, other, ..] if self.class_of[*one] == self.class_of[*other] => class(one).verdict,
            [one, other, ..] => self.together(class(one), class(other)),
        }
    }

    /// What a failure of any number of components loses.
    pub(super) fn verdict_all(&self, components: &[usize]) -> Verdict {
        if components.len() <= 2 {
            return self.verdict_of(components);
        }
        let side = |side: usize| {
            let effects: Vec<&Effect> =
                components.iter().map(|index| &self.alike[self.class_of[*index]].sides[side].0).collect();
            self.engines[side].losses(&self.engines[side].scene(&self.engines[side].together(&effects)))
        };
        agree((0..self.engines.len()).map(side))
    }

    /// What becomes of everything that is asked when one or two components fail.
    pub fn verdict(&self, components: &[usize]) -> Vec<(Loss, Outcome)> {
        let verdict = self.verdict_of(components);
        self.asked.iter().map(|loss| (loss, verdict.of(loss))).collect()
    }

    /// The kind of a component: those of one kind take the same with them.
    pub fn kind(&self, component: usize) -> usize {
        self.class_of[component]
    }

    /// Components of a kind.
    pub fn members(&self, kind: usize) -> &[usize] {
        &self.alike[kind].members
    }

    /// Cut sets as what is lost and none, one or two kinds of components.
    pub fn cuts_by_kind(&self) -> impl Iterator<Item = (Loss, Vec<usize>)> + '_ {
        let without = self.baseline.lost.iter().map(|loss| (loss, Vec::new()));
        without.chain(
            self.cuts.iter().map(|(loss, first, second)| (*loss, std::iter::once(*first).chain(*second).collect())),
        )
    }

    /// The smallest sets of components that lose something, in no particular order.
    pub fn cut_sets(&self) -> impl Iterator<Item = CutSet> + '_ {
        self.cuts_by_kind().flat_map(move |(loses, kinds)| {
            self.sets_of(&kinds).into_iter().map(move |components| CutSet { components, loses })
        })
    }

    /// Every set with one component of each kind.
    pub fn sets_of(&self, kinds: &[usize]) -> Vec<Vec<usize>> {
        kinds.iter().fold(vec![Vec::new()], |sets, kind| {
            let with = |set: &Vec<usize>| {
                let longer = |member: &usize| [set.as_slice(), &[*member]].concat();
                self.members(*kind).iter().map(longer).collect::<Vec<_>>()
            };
            sets.iter().flat_map(with).collect()
        })
    }

    /// The design.
    pub fn topology(&self) -> &'t Topology<'d> {
        self.engines[0].plant.topology
    }
}

/// What is lost under every assumption, and what under some. What is not asked under one of them, since what it stands on
/// is lost there, nobody knows.
fn agree(judged: impl Iterator<Item = Judged>) -> Verdict {
    let (mut all, mut some) = (Losses(u8::MAX), Losses::NONE);
    let (mut never, mut once) = (Losses(u8::MAX), Losses::NONE);
    for side in judged {
        all = all.and(side.lost);
        some = some.or(side.lost);
        never = never.and(side.unasked);
        once = once.or(side.unasked);
    }
    Verdict { lost: all, open: some.or(once.without(never)).without(all) }
}
