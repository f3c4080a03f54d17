//! What holds for a design: its rules, their severities and values, each with the line that set it.

use glob::Pattern;

use super::tables::{Day, FailOn, Level, Unproven};
use crate::catalogue::{self, Origin, Parameter, Rule, Severity, Values};
use crate::source::{Span, Spanned};

/// Settings of a run. Without any configuration they are the catalogue's.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    pub(super) scope: Scope,
    pub(super) only: Vec<(Vec<Pattern>, Scope)>,
    /// Least severity that fails a run.
    pub fail_on: Option<Spanned<FailOn>>,
    /// What a rule that cannot be decided is to the verdict.
    pub unproven: Option<Spanned<Unproven>>,
    /// Whether findings may be accepted.
    pub suppressions: Option<Spanned<bool>>,
    /// The day of the run; without it nothing expires.
    pub today: Option<Day>,
    /// Whether this run accepts nothing, whatever designs and configurations say.
    pub accept_nothing: bool,
}

/// What a configuration says for all designs, or for some.
#[derive(Debug, Clone, Default)]
pub(super) struct Scope {
    pub(super) select: Option<Vec<Spanned<Selector>>>,
    pub(super) deselect: Option<Vec<Spanned<Selector>>>,
    pub(super) rules: Vec<(String, Own)>,
    pub(super) accepted: Vec<Accepted>,
}

/// What a configuration says of one rule.
#[derive(Debug, Clone, Default)]
pub(super) struct Own {
    pub(super) severity: Option<Spanned<Level>>,
    pub(super) parameters: Vec<(String, Spanned<Vec<String>>)>,
}

/// Rules that a word of `select` or `deselect` stands for; later ones are more specific.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Selector {
    All,
    Origin(Origin),
    Area(String),
    Rule(String),
}

impl Selector {
    fn takes(&self, id: &str, origin: Origin) -> bool {
        match self {
            Self::All => true,
            Self::Origin(own) => *own == origin,
            Self::Area(area) => id.split_once('/').is_some_and(|(own, _)| own == area),
            Self::Rule(rule) => rule == id,
        }
    }

    fn rank(&self) -> u8 {
        match self {
            Self::All => 0,
            Self::Origin(_) => 1,
            Self::Area(_) => 2,
            Self::Rule(_) => 3,
        }
    }
}

/// A finding that a configuration accepts.
#[derive(Debug, Clone, PartialEq)]
pub struct Accepted {
    /// Rule that may be violated.
    pub rule: String,
    /// What it may be violated by.
    pub subject: String,
    /// Last day on which it is accepted.
    pub until: Option<Day>,
    /// Why.
    pub reason: String,
    /// Where that is written.
    pub span: Span,
}

/// What holds for one rule: a severity, or that it is not judged, and who said so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chosen {
    /// The severity that the configuration gives, where it gives one.
    pub severity: Option<Severity>,
    /// Whether the rule is judged.
    pub judged: bool,
    /// The line that decided, where it was not the catalogue.
    pub span: Option<Span>,
}

impl Scope {
    /// Lays another scope over this one: its lists replace, its rules and acceptances join.
    pub(super) fn lay(&mut self, over: &Self) {
        self.select = over.select.clone().or(self.select.take());
        self.deselect = over.deselect.clone().or(self.deselect.take());
        for (id, own) in &over.rules {
            let Some((_, present)) = self.rules.iter_mut().find(|(known, _)| known == id) else {
                self.rules.push((id.clone(), own.clone()));
                continue;
            };
            present.severity = own.severity.clone().or(present.severity.take());
            for (name, value) in &own.parameters {
                present.parameters.retain(|(known, _)| known != name);
                present.parameters.push((name.clone(), value.clone()));
            }
        }
        self.accepted.extend(over.accepted.iter().cloned());
    }

    /// Whether it leaves every rule as the catalogue has it.
    fn leaves_rules_alone(&self) -> bool {
        self.select.is_none() && self.deselect.is_none() && self.rules.is_empty()
    }

    fn own(&self, id: &str) -> Option<&Own> {
        self.rules.iter().find(|(known, _)| known == id).map(|(_, own)| own)
    }

    fn selected(&self, id: &str, origin: Origin) -> (bool, Option<Span>) {
        // What is said of acceptances is switched off by its own name alone, not together with the rules of a text.
        let by_name_alone = ["suppression/", "baseline/"].iter().any(|area| id.starts_with(area));
        let least = if by_name_alone { Selector::Area(String::new()).rank() } else { 0 };
        let most = |list: &Option<Vec<Spanned<Selector>>>| {
            let taking = list.iter().flatten().filter(|selector| selector.value.takes(id, origin));
            let taking = taking.filter(|selector| selector.value.rank() >= least);
            taking.max_by_key(|selector| selector.value.rank()).map(|selector| (selector.value.rank(), selector.span))
        };
        match (most(&self.select), most(&self.deselect)) {
            (Some((select, span)), Some((deselect, _))) if select > deselect => (true, Some(span)),
            (_, Some((_, span))) => (false, Some(span)),
            (Some((_, span)), None) => (true, Some(span)),
            (None, None) if by_name_alone => (true, None),
            (None, None) => {
                let first = self.select.as_ref().map(|list| list.first().map(|word| word.span));
                (first.is_none(), first.flatten())
            }
        }
    }
}

impl Settings {
    /// Gives a rule a severity, as an option of the command line does.
    pub fn judge_as(&mut self, id: &str, level: Spanned<Level>) {
        let own = Own { severity: Some(level), ..Own::default() };
        self.scope.lay(&Scope { rules: vec![(id.to_owned(), own)], ..Scope::default() });
    }

    /// Whether they say anything for some designs only.
    pub fn differ_by_design(&self) -> bool {
        !self.only.is_empty()
    }

    /// The settings of one design, named as it lies below the configuration; what is said for some designs goes over what is said for all.
    #[must_use]
    pub fn of_design(&self, name: &str) -> Self {
        let mut own = self.clone();
        own.only.clear();
        for (patterns, scope) in &self.only {
            if patterns.iter().any(|pattern| pattern.matches(name)) {
                own.scope.lay(scope);
            }
        }
        own
    }

    /// What holds for a rule.
    pub fn chosen(&self, id: &str, origin: Origin) -> Chosen {
        let by_catalogue = Chosen { severity: None, judged: true, span: None };
        if self.scope.leaves_rules_alone() {
            return by_catalogue;
        }
        let area = id.split_once('/').map_or(id, |(area, _)| area);
        if catalogue::about_text(area) && catalogue::rule(id).is_some() {
            return by_catalogue;
        }
        let (judged, span) = self.scope.selected(id, origin);
        let Some(level) = self.scope.own(id).and_then(|own| own.severity.as_ref()) else {
            return Chosen { severity: None, judged, span };
        };
        let severity = match level.value {
            Level::Error => Some(Severity::Error),
            Level::Warning => Some(Severity::Warning),
            Level::Note => Some(Severity::Note),
            Level::Off => None,
        };
        let off = level.value == Level::Off;
        Chosen { severity, judged: judged && !off, span: if judged { Some(level.span) } else { span } }
    }

    /// The values of a rule's parameters that are not the catalogue's.
    pub fn values(&self, rule: &Rule<'_>) -> Values<'_> {
        let mut values = Values::default();
        for (name, words) in self.scope.own(rule.id).map_or(&[][..], |own| &own.parameters) {
            let Some(text) = rule.parameters.iter().find(|text| text.name == name) else { continue };
            let words: Vec<&str> = words.value.iter().map(String::as_str).collect();
            if let Ok(value) = Parameter::read(text, &words) {
                values.set(name, value);
            }
        }
        values
    }

    /// Parameters that a configuration gives a rule: name, value as written, and where.
    pub fn parameters(&self, id: &str) -> impl Iterator<Item = (&str, &Spanned<Vec<String>>)> {
        let own = self.scope.own(id).map_or(&[][..], |own| &own.parameters);
        own.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// Findings that the configuration accepts.
    pub fn accepted(&self) -> &[Accepted] {
        let forbidden = self.suppressions.as_ref().is_some_and(|allowed| !allowed.value);
        if forbidden || self.accept_nothing { &[] } else { &self.scope.accepted }
    }

    /// Findings that the configuration accepts anywhere.
    pub fn all_accepted(&self) -> impl Iterator<Item = &Accepted> {
        self.scope.accepted.iter().chain(self.only.iter().flat_map(|(_, scope)| &scope.accepted))
    }

    /// Whether comments are looked at; where a configuration forbids acceptances, to say so.
    pub fn heeds_comments(&self) -> bool {
        !self.accept_nothing
    }

    /// What decides the exit code.
    pub fn verdict(&self) -> (FailOn, Unproven) {
        let fail_on = self.fail_on.as_ref().map_or(FailOn::Error, |fail_on| fail_on.value);
        (fail_on, self.unproven.as_ref().map_or(Unproven::Ignore, |unproven| unproven.value))
    }

    /// Whether a configuration changes anything of a rule.
    pub fn changes(&self, id: &str) -> bool {
        self.scope.own(id).is_some()
    }
}
