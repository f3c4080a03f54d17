//! From the text of a configuration to layers of settings, with everything that is wrong with it.

use glob::Pattern;

use super::effective::{Accepted, Own, Scope, Selector, Settings};
use super::tables::{Configuration, Only, Raw, RuleSettings, Suppress};
use crate::catalogue::{self, Parameter, ParameterText, Refusal, Rule};
use crate::design::table::quoted;
use crate::design::{FromValue, Mistake, MistakeKind, Named, Reader, Text, expand, nearest};
use crate::source::{self, Kind, SourceId, Sources, Span, Spanned, Value};
use crate::words::Said;
use crate::words::{configuration, guesses, values};

/// One configuration as it was read, before what it extends is known.
#[derive(Debug)]
pub struct Layer {
    /// What it says.
    pub configuration: Configuration,
    /// What is wrong with it.
    pub mistakes: Vec<Mistake>,
    /// Whether it is TOML at all.
    pub parsed: bool,
}

/// Reads the text of a configuration.
pub fn read(sources: &Sources, id: SourceId) -> Layer {
    let (document, errors) = source::parse(sources, id);
    let parsed = errors.is_empty();
    let mut mistakes: Vec<Mistake> =
        errors.into_iter().map(|error| Mistake::new(MistakeKind::Syntax, error.span, error.message)).collect();
    let mut reader = Reader::default();
    let value = Value { span: Span::start_of(id), kind: Kind::Table(document) };
    let configuration = Configuration::from_value(&value, &mut reader).unwrap_or_default();
    if parsed {
        mistakes.extend(reader.into_mistakes());
    }
    Layer { configuration, mistakes, parsed }
}

impl Settings {
    /// Lays a configuration over these settings. The user's `own` rules are known beside those of the catalogue. Answers
    /// what is wrong with it.
    pub fn lay(&mut self, configuration: &Configuration, own: &[Rule<'_>]) -> Vec<Mistake> {
        let mut laying = Laying { own, mistakes: Vec::new() };
        let for_all = laying.scope(
            configuration.select.as_ref().map(|list| list.value.as_slice()),
            configuration.deselect.as_ref().map(|list| list.value.as_slice()),
            configuration.rule.as_ref().map(|rules| &rules.value),
            configuration.suppress.as_ref().map(|list| list.value.as_slice()),
        );
        self.scope.lay(&for_all);
        for only in configuration.only.iter().flat_map(|list| &list.value) {
            let Some(designs) = laying.patterns(&only.value) else { continue };
            let scope = laying.scope(
                only.value.select.as_ref().map(|list| list.value.as_slice()),
                only.value.deselect.as_ref().map(|list| list.value.as_slice()),
                only.value.rule.as_ref().map(|rules| &rules.value),
                only.value.suppress.as_ref().map(|list| list.value.as_slice()),
            );
            self.only.push((designs, scope));
        }
        if let Some(verdict) = configuration.verdict.as_ref().map(|verdict| &verdict.value) {
            self.fail_on = verdict.fail_on.clone().or(self.fail_on.take());
            self.unproven = verdict.unproven.clone().or(self.unproven.take());
            self.suppressions = verdict.suppressions.clone().or(self.suppressions.take());
        }
        laying.mistakes
    }
}

struct Laying<'a> {
    own: &'a [Rule<'a>],
    mistakes: Vec<Mistake>,
}

impl<'a> Laying<'a> {
    fn scope(
        &mut self,
        select: Option<&[Spanned<String>]>,
        deselect: Option<&[Spanned<String>]>,
        rules: Option<&Named<RuleSettings>>,
        suppress: Option<&[Spanned<Suppress>]>,
    ) -> Scope {
        let mut scope = Scope {
            select: select.map(|words| self.selectors(words)),
            deselect: deselect.map(|words| self.selectors(words)),
            ..Scope::default()
        };
        for item in rules.iter().flat_map(|rules| rules.iter()) {
            let id = &item.pattern;
            let Some(rule) = self.known(id) else { continue };
            let mut own = Own { severity: item.value.severity.clone(), ..Own::default() };
            if let Some(level) = &own.severity
                && catalogue::about_text(rule.area)
            {
                self.wrong(level.span, configuration::about_text(rule.id));
                own.severity = None;
            }
            for parameter in item.value.parameters.iter().flat_map(|named| named.value.iter()) {
                own.parameters.extend(self.parameter(rule, &parameter.pattern, &parameter.value));
            }
            scope.rules.push((id.value.to_string(), own));
        }
        for entry in suppress.into_iter().flatten() {
            scope.accepted.extend(self.accepted(entry));
        }
        scope
    }

    /// A rule by its id; one that does not exist is told.
    fn known(&mut self, id: &Spanned<impl AsRef<str>>) -> Option<&'a Rule<'a>> {
        let written = id.value.as_ref();
        if let Some(rule) = self.rules().find(|rule| rule.id == written) {
            return Some(rule);
        }
        let known = self.rules().map(|rule| rule.id);
        let mistake = Mistake::new(MistakeKind::DanglingName, id.span, configuration::no_rule(written));
        self.mistakes.push(mistake.help(match nearest(written, known) {
            Some(near) => guesses::did_you_mean(near),
            None => configuration::list_rules(),
        }));
        None
    }

    fn selectors(&mut self, words: &[Spanned<String>]) -> Vec<Spanned<Selector>> {
        let known = |word: &Spanned<String>| {
            let selector = match word.value.as_str() {
                "all" => Selector::All,
                "origin:documents" => Selector::Origin(catalogue::Origin::Documents),
                "origin:official" => Selector::Origin(catalogue::Origin::Official),
                "origin:practice" => Selector::Origin(catalogue::Origin::Practice),
                id if self.rules().any(|rule| rule.id == id) => Selector::Rule(id.to_owned()),
                area if self.rules().any(|rule| rule.area == area) => Selector::Area(area.to_owned()),
                _ => return Err(self.unknown_selector(word)),
            };
            Ok(Spanned::new(selector, word.span))
        };
        let (known, wrong): (Vec<_>, Vec<_>) = words.iter().map(known).partition(Result::is_ok);
        self.mistakes.extend(wrong.into_iter().filter_map(Result::err));
        known.into_iter().filter_map(Result::ok).collect()
    }

    /// Rules of the catalogue and the user's own.
    fn rules(&self) -> impl Iterator<Item = &'a Rule<'a>> + use<'a> {
        catalogue::RULES.iter().map(|rule| -> &'a Rule<'a> { rule }).chain(self.own)
    }

    fn unknown_selector(&self, word: &Spanned<String>) -> Mistake {
        let origins = ["all", "origin:documents", "origin:official", "origin:practice"];
        let (areas, rules) = (self.rules().map(|rule| rule.area), self.rules().map(|rule| rule.id));
        let mistake = Mistake::new(MistakeKind::UnknownWord, word.span, configuration::no_selector(&word.value));
        mistake.help(match nearest(&word.value, origins.into_iter().chain(areas).chain(rules)) {
            Some(near) => guesses::did_you_mean(near),
            None => configuration::write_selector(quoted(&origins)),
        })
    }

    fn parameter(
        &mut self,
        rule: &Rule<'_>,
        name: &Spanned<Text>,
        raw: &Raw,
    ) -> Option<(String, Spanned<Vec<String>>)> {
        let words = words_of(&raw.0);
        let Some(text) = rule.parameters.iter().find(|parameter| parameter.name == name.value) else {
            let names: Vec<&str> = rule.parameters.iter().map(|parameter| parameter.name).collect();
            let message = configuration::no_parameter(rule.id, name.value.as_str());
            let mistake = Mistake::new(MistakeKind::UnknownKey, name.span, message);
            self.mistakes.push(mistake.help(match (names.as_slice(), nearest(&name.value, names.iter().copied())) {
                ([], _) => configuration::has_none(),
                (_, Some(near)) => guesses::did_you_mean(near),
                (names, None) => configuration::has_parameters(names.join(", ")),
            }));
            return None;
        };
        if rule.fixed.is_some() {
            let reason = Said::of_rule(rule, |rule| rule.fixed.unwrap_or_default(), &[]);
            self.wrong(name.span, configuration::fixed(rule.id, reason));
            return None;
        }
        let Some(words) = words else {
            self.wrong(raw.0.span, values::needed_here(Raw::SHAPE.expected(), raw.0.kind.said()));
            return None;
        };
        let borrowed: Vec<&str> = words.iter().map(String::as_str).collect();
        if let Err(Refusal { message, help }) = Parameter::read(text, &borrowed) {
            let told = told(rule, text);
            let mistake = Mistake::new(MistakeKind::OutOfRange, raw.0.span, message);
            self.mistakes.push(mistake.help(match help {
                Some(help) => configuration::also(help, told),
                None => told,
            }));
            return None;
        }
        Some((name.value.to_string(), Spanned::new(words, raw.0.span)))
    }

    fn accepted(&mut self, entry: &Spanned<Suppress>) -> Vec<Accepted> {
        let Suppress { rule: Some(rule), subject: Some(subject), until, reason: Some(reason), .. } = &entry.value
        else {
            // The reader has reported the missing key.
            return Vec::new();
        };
        let Some(known) = self.known(rule) else { return Vec::new() };
        if !known.suppressible {
            self.wrong(rule.span, configuration::not_acceptable(&rule.value));
            return Vec::new();
        }
        if reason.value.trim().is_empty() {
            self.wrong(reason.span, configuration::no_reason());
            return Vec::new();
        }
        match expand(&subject.value) {
            Ok(subjects) => subjects
                .into_iter()
                .map(|subject| Accepted {
                    rule: rule.value.clone(),
                    subject: subject.into(),
                    until: until.as_ref().map(|day| day.value),
                    reason: reason.value.clone(),
                    span: rule.span,
                })
                .collect(),
            Err(error) => {
                self.wrong(subject.span, error.said());
                Vec::new()
            }
        }
    }

    fn patterns(&mut self, only: &Only) -> Option<Vec<Pattern>> {
        let designs = only.designs.as_ref()?;
        let mut patterns = Vec::new();
        for design in &designs.value {
            match Pattern::new(&design.value) {
                Ok(pattern) => patterns.push(pattern),
                Err(error) => {
                    self.wrong(design.span, configuration::no_pattern(&design.value, of_pattern(error.msg)));
                }
            }
        }
        Some(patterns)
    }

    fn wrong(&mut self, span: Span, message: Said) {
        self.mistakes.push(Mistake::new(MistakeKind::OutOfRange, span, message));
    }
}

/// What a parameter is, and what stands where nobody gives it another value.
fn told(rule: &Rule<'_>, text: &ParameterText<'_>) -> Said {
    let home = if catalogue::rule(rule.id).is_some() { configuration::catalogue() } else { configuration::pack() };
    match text.range {
        Some((low, high)) => configuration::parameter_within(text.name, text.kind, low, high, home, text.default),
        None => configuration::parameter_is(text.name, text.kind, home, text.default),
    }
}

/// What is wrong with a pattern, by what its reader says.
fn of_pattern(reader: &str) -> Said {
    let known = [configuration::wildcards(), configuration::recursive_wildcards(), configuration::character_range()];
    known.into_iter().find(|said| *said == *reader).unwrap_or_else(|| configuration::unread_pattern(reader))
}

/// A value as the words it was written in; nothing for a table or a switch.
fn words_of(value: &Value) -> Option<Vec<String>> {
    match &value.kind {
        Kind::Text(text) => Some(vec![text.to_string()]),
        Kind::Integer(number) => Some(vec![number.to_string()]),
        Kind::Float(number) => Some(vec![number.to_string()]),
        Kind::List(values) => values.iter().map(|value| words_of(value).filter(|words| words.len() == 1)).try_fold(
            Vec::new(),
            |mut all, words| {
                all.extend(words?);
                Some(all)
            },
        ),
        _ => None,
    }
}
