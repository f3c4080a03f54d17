//! From the text of a pack to its rules, with every mistake in one run.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::checker::{Names, Problem, Type};
use super::expression::Expression;
use super::form::{ExampleForm, OriginWord, PackForm, RuleForm, SeverityWord, SourceForm};
use super::message;
use super::parameters::Parameter;
use super::rule::{Cited, Example, Shared, UserRule, Wording};
use super::{functions, literal};
use crate::catalogue::{self, Origin, Severity};
use crate::design::read::{FromValue, Reader};
use crate::design::{Mistake, MistakeKind, Words, nearest};
use crate::source::{Kind, SourceId, Sources, Span, Spanned, Value, parse};
use crate::words::{expressions, guesses, kinds, packs, values};

/// Most rules of all packs together.
const MOST_RULES: usize = 1_000;

/// Reads packs. Rules that are sound are answered even where others are not.
pub fn load(sources: &Sources, packs: &[SourceId]) -> (Vec<UserRule>, Vec<Mistake>) {
    if packs.is_empty() {
        return (Vec::new(), Vec::new());
    }
    let mut loading = Loading {
        sources,
        env: Shared(Arc::new(functions::environment())),
        reader: Reader::default(),
        rules: Vec::new(),
        seen: BTreeMap::new(),
    };
    let mut mistakes = Vec::new();
    for pack in packs {
        mistakes.extend(loading.pack(*pack));
    }
    mistakes.extend(loading.reader.into_mistakes());
    mistakes.sort_by_key(|mistake| mistake.span);
    (loading.rules, mistakes)
}

struct Loading<'a> {
    sources: &'a Sources,
    env: Shared,
    reader: Reader,
    rules: Vec<UserRule>,
    seen: BTreeMap<String, Span>,
}

impl Loading<'_> {
    /// Reads a pack; answers where its text is no TOML.
    fn pack(&mut self, id: SourceId) -> Vec<Mistake> {
        let (table, errors) = parse(self.sources, id);
        if !errors.is_empty() {
            let mistake =
                |error: crate::source::SyntaxError| Mistake::new(MistakeKind::Syntax, error.span, error.message);
            return errors.into_iter().map(mistake).collect();
        }
        let value = Value { span: Span::start_of(id), kind: Kind::Table(table) };
        let Some(pack) = PackForm::from_value(&value, &mut self.reader) else { return Vec::new() };
        let base = pack.base.map(|base| base.value).unwrap_or_default();
        for form in pack.rule.into_iter().flat_map(|rules| rules.value) {
            if self.rules.len() >= MOST_RULES {
                let message = packs::too_many_rules(MOST_RULES);
                self.reader.report(Mistake::new(MistakeKind::LimitExceeded, form.span, message));
                break;
            }
            if let Some(rule) = self.rule(&form, &base) {
                self.rules.push(rule);
            }
        }
        Vec::new()
    }

    fn rule(&mut self, form: &Spanned<RuleForm>, base: &str) -> Option<UserRule> {
        let rule = &form.value;
        let id = rule.id.clone()?;
        let is_sound = self.id(&id);
        let severity = rule.severity.as_ref()?.value;
        let forms = rule.parameters.iter().flat_map(|parameters| parameters.value.iter());
        let parameters: Vec<Option<Parameter>> = forms.map(|item| Parameter::read(item, &mut self.reader)).collect();
        // An expression would only be blamed for parameters that could not be read.
        let parameters: Vec<Parameter> = parameters.into_iter().collect::<Option<_>>()?;
        let for_each = rule.for_each.as_ref()?.value;
        let known = Names { root: for_each, parameters: &parameters };
        let chosen = rule.r#where.as_ref().map(|text| self.truth(text, known));
        let require = self.truth(rule.require.as_ref()?, known);
        let message = self.message(rule.message.as_ref()?, known);
        let at = match &rule.at {
            None => None,
            Some(at) => Some(self.at(at, for_each)?),
        };
        let chosen = match chosen {
            None => None,
            Some(chosen) => Some(chosen?),
        };
        let (require, message) = (require?, message?);
        let read: Vec<&String> = chosen.iter().chain([&require]).flat_map(|one| &one.value.parameters).collect();
        let shown = message.value.iter().flat_map(|place| &place.expression.parameters);
        let read: Vec<&String> = read.into_iter().chain(shown).collect();
        for parameter in parameters.iter().filter(|parameter| !read.contains(&&parameter.name.value)) {
            let name = &parameter.name;
            let mistake = Mistake::new(MistakeKind::UnknownKey, name.span, packs::unused_parameter(&name.value));
            self.reader.report(mistake.help(packs::use_parameter(&name.value)));
        }
        let sources = rule.sources.iter().flat_map(|sources| &sources.value).filter_map(|source| self.cited(source));
        let sources = sources.collect();
        let examples = rule.example.iter().flat_map(|examples| &examples.value);
        let examples = examples.filter_map(|form| example(&form.value, base, form.span)).collect();
        let text = |text: &Option<Spanned<String>>| text.as_ref().map(|text| text.value.trim().to_owned());
        is_sound.then_some(())?;
        let versions = rule.versions.as_ref().map(|versions| &versions.value);
        let words = Wording {
            origin: rule.origin.as_ref().map_or(Origin::Practice, |origin| of_origin(origin.value)),
            severity: [of_severity(severity.production), of_severity(severity.lab)],
            summary: text(&rule.summary)?,
            rationale: text(&rule.rationale)?,
            remediation: text(&rule.remediation)?,
            applies: text(&rule.applies).unwrap_or_else(|| format!("Every {}.", for_each.word().replace('_', " "))),
            question: text(&rule.question),
            message: rule.message.as_ref()?.value.clone(),
            from: versions.and_then(|versions| versions.from.as_ref()).map(|from| from.value),
            below: versions.and_then(|versions| versions.below.as_ref()).map(|below| below.value),
            sources,
        };
        let env = self.env.clone();
        Some(UserRule { id, examples, words, parameters, for_each, chosen, require, at, message, env })
    }

    /// Whether an id can be one of a user's rule.
    fn id(&mut self, id: &Spanned<String>) -> bool {
        let word = |word: &str| {
            let letters = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
            word.starts_with(|first: char| first.is_ascii_lowercase())
                && word.chars().all(letters)
                && !word.ends_with('-')
        };
        let parts = id.value.split_once('/').filter(|(area, name)| word(area) && word(name));
        let Some((area, _)) = parts else {
            let mistake = Mistake::new(MistakeKind::UnknownWord, id.span, packs::no_id(&id.value));
            self.reader.report(mistake.help(packs::write_id("house/rack-too-full")));
            return false;
        };
        if catalogue::RULES.iter().any(|rule| rule.area == area) {
            let mistake = Mistake::new(MistakeKind::DuplicateName, id.span, packs::own_area(area));
            self.reader.report(mistake.help(packs::other_area("house")));
            return false;
        }
        if let Some(first) = self.seen.insert(id.value.clone(), id.span) {
            let mistake = Mistake::new(MistakeKind::DuplicateName, id.span, packs::two_rules(&id.value));
            self.reader.report(mistake.related(first, packs::first_rule()));
            return false;
        }
        true
    }

    fn truth(&mut self, text: &Spanned<String>, known: Names<'_>) -> Option<Spanned<Expression>> {
        match Expression::compile(&self.env.0, &text.value, known) {
            Ok(expression) if expression.of == Type::Truth => Some(Spanned::new(expression, text.span)),
            Ok(expression) => {
                let message = values::needed_here(kinds::true_or_false(), expression.of.said());
                self.reader.report(Mistake::new(MistakeKind::WrongType, text.span, message));
                None
            }
            Err(problems) => {
                self.problems(text.span, problems);
                None
            }
        }
    }

    fn message(&mut self, text: &Spanned<String>, known: Names<'_>) -> Option<Spanned<Vec<message::Place>>> {
        let (places, problems) = message::places(&self.env.0, &text.value, known);
        let is_sound = problems.is_empty();
        self.problems(text.span, problems);
        is_sound.then(|| Spanned::new(places, text.span))
    }

    /// Reports what is wrong with an expression where it is written.
    fn problems(&mut self, text: Span, problems: Vec<Problem>) {
        let places = literal::places(self.sources, text);
        let place = |index: usize| places.get(index).or(places.last()).copied().unwrap_or(text.start);
        for Problem { from, to, message, help } in problems {
            let span = Span { source: text.source, start: place(from), end: place(to.max(from)) };
            let mistake = Mistake::new(MistakeKind::BadExpression, span, message);
            self.reader.report(Mistake { help, ..mistake });
        }
    }

    /// The field whose place a finding points at, with or without the name of the thing before it.
    fn at(&mut self, at: &Spanned<String>, kind: super::entities::Kind) -> Option<String> {
        let name = at.value.strip_prefix(kind.word()).and_then(|rest| rest.strip_prefix('.')).unwrap_or(&at.value);
        if kind.field(name).is_some() {
            return Some(name.to_owned());
        }
        let message = expressions::kind_has_no_field(kind.word(), name);
        let mistake = Mistake::new(MistakeKind::UnknownWord, at.span, message);
        let fields: Vec<&str> = kind.fields().iter().map(|field| field.name).collect();
        let help = match nearest(name, fields.iter().copied()) {
            Some(near) => guesses::did_you_mean(near),
            None => expressions::fields_are(fields.join(", ")),
        };
        self.reader.report(mistake.help(help));
        None
    }

    fn cited(&mut self, form: &Spanned<SourceForm>) -> Option<Cited> {
        let source = &form.value;
        let text = |text: &Option<Spanned<String>>| text.as_ref().map(|text| text.value.clone());
        let Some(work) = text(&source.document).or_else(|| text(&source.guide)) else {
            let mistake = Mistake::new(MistakeKind::MissingKey, form.span, packs::no_title());
            self.reader.report(mistake.help(packs::write_title()));
            return None;
        };
        let place = text(&source.lines).or_else(|| text(&source.section));
        Some(Cited { work, document: source.document.is_some(), place, says: text(&source.says)? })
    }
}

fn example(form: &ExampleForm, base: &str, span: Span) -> Option<Example> {
    Some(Example {
        name: form.name.clone()?,
        outcome: form.outcome.as_ref()?.value,
        base: base.to_owned(),
        remove: form.remove.iter().flat_map(|keys| &keys.value).map(|key| key.value.clone()).collect(),
        design: form.design.clone().unwrap_or(Spanned::new(String::new(), span)),
    })
}

fn of_origin(word: OriginWord) -> Origin {
    match word {
        OriginWord::Documents => Origin::Documents,
        OriginWord::Official => Origin::Official,
        OriginWord::Practice => Origin::Practice,
    }
}

fn of_severity(word: SeverityWord) -> Severity {
    match word {
        SeverityWord::Error => Severity::Error,
        SeverityWord::Warning => Severity::Warning,
        SeverityWord::Note => Severity::Note,
    }
}
