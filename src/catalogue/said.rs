//! What is said to people, before it is put into a language: a phrase of the catalogue with what fills its slots.

use std::borrow::Cow;
use std::fmt;

use super::{Citation, Evidence, EvidenceValue, RULES, RULES_IN_JAPANESE, Rule};
use super::{FIGURES, FIGURES_IN_JAPANESE, FigureText, words};
use crate::design::Text;
use crate::quantity::{Dimension, Endurance, Quantity};

/// Most entries of a list that a sentence spells out.
const SPELLED_OUT: usize = 8;

/// A language that every word of the catalogue exists in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Japanese.
    Japanese,
}

impl Language {
    /// Every language.
    pub const ALL: [Self; 2] = [Self::English, Self::Japanese];

    /// Its code of two letters, as ISO 639-1 and HTML's `lang` have it.
    pub fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Japanese => "ja",
        }
    }

    /// The language of a locale such as `ja_JP.UTF-8`; English where it is another one.
    pub fn of_locale(locale: &str) -> Self {
        let code = locale.split(['_', '.', '-', '@']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|language| code.eq_ignore_ascii_case(language.code())).unwrap_or_default()
    }

    /// The texts of a rule; a rule of a user's pack has those that it was written with.
    pub fn rule<'r>(self, rule: &'r Rule<'r>) -> &'r Rule<'r> {
        match self {
            Self::English => rule,
            Self::Japanese => catalogued(rule).map_or(rule, |(_, japanese)| japanese),
        }
    }

    /// The texts of a figure.
    pub fn figure(self, figure: &'static FigureText) -> &'static FigureText {
        match self {
            Self::English => figure,
            Self::Japanese => FIGURES
                .iter()
                .position(|known| known.id == figure.id)
                .map_or(figure, |index| &FIGURES_IN_JAPANESE[index]),
        }
    }

    /// What stands between the entries of a list.
    pub(crate) fn between(self) -> &'static str {
        match self {
            Self::English => ", ",
            Self::Japanese => "、",
        }
    }
}

/// One text in every language, with names of slots in braces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Phrase {
    /// English.
    pub en: &'static str,
    /// English where the first value is 1.
    pub one: Option<&'static str>,
    /// Japanese.
    pub ja: &'static str,
}

/// What is said, in no language yet. `Display` says it in English.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// The same in every language: a name, a key, a number with its unit.
    Plain(Cow<'static, str>),
    /// A phrase, with a value for each of its slots.
    Phrase(Box<Filled>),
    /// An enumeration; a long one ends with how many more there are.
    List(Box<[Said]>),
    /// One after the other, with nothing or a sign between them.
    Run(Box<(&'static str, Vec<Said>)>),
}

/// A phrase with a value for each of its slots, by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled {
    /// The phrase.
    pub phrase: Phrase,
    /// The values.
    pub values: Vec<(Cow<'static, str>, Said)>,
}

impl Said {
    /// A phrase with the values of its slots.
    pub fn filled(phrase: Phrase, values: Vec<(Cow<'static, str>, Said)>) -> Self {
        Self::Phrase(Box::new(Filled { phrase, values }))
    }

    /// A phrase without slots, or with slots for evidence of these names.
    pub fn phrase(phrase: Phrase, evidence: &[Evidence]) -> Self {
        let named = |name: &str| phrase.en.contains(&format!("{{{name}}}"));
        let values = evidence.iter().filter(|evidence| named(&evidence.name));
        Self::filled(phrase, values.map(|evidence| (evidence.name.clone(), evidence.value.said())).collect())
    }

    /// A text of a rule with its values: of a rule of the catalogue in each language, of another one as it was written.
    pub fn of_rule(rule: &Rule<'_>, text: impl for<'r> Fn(&'r Rule<'r>) -> &'r str, evidence: &[Evidence]) -> Self {
        if let Some((english, japanese)) = catalogued(rule) {
            return Self::phrase(Phrase { en: text(english), one: None, ja: text(japanese) }, evidence);
        }
        let said = |name: &str| evidence.iter().find(|evidence| evidence.name == name);
        let mut out = String::new();
        fill(text(rule), &mut out, |name, out| match said(name) {
            Some(evidence) => out.push_str(&evidence.value.to_string()),
            None => out.extend(["{", name, "}"]),
        });
        out.into()
    }

    /// Where a rule is stated, each place in one line.
    pub fn sources(rule: &Rule<'_>) -> Vec<Self> {
        let Some((english, japanese)) = catalogued(rule) else {
            return rule.sources.iter().map(|source| source.describe().into()).collect();
        };
        let both = english.sources.iter().zip(japanese.sources.iter());
        let one = |(english, japanese): (&Citation<'static>, &Citation<'static>)| {
            let says = Self::phrase(Phrase { en: english.says, one: None, ja: japanese.says }, &[]);
            Self::run("", [english.place().into(), " (".into(), says, ")".into()])
        };
        both.map(one).collect()
    }

    /// One after the other, with a sign between them.
    pub fn run(sign: &'static str, parts: impl IntoIterator<Item = Said>) -> Self {
        Self::Run(Box::new((sign, parts.into_iter().collect())))
    }

    /// The same with other names: what is the same in every language passes through `renamed`.
    #[must_use]
    pub fn renamed(&self, renamed: &dyn Fn(&str) -> String) -> Self {
        let each = |parts: &[Self]| parts.iter().map(|part| part.renamed(renamed)).collect::<Vec<_>>();
        match self {
            Self::Plain(text) => Self::Plain(Cow::Owned(renamed(text))),
            Self::Phrase(filled) => {
                let values = filled.values.iter().map(|(slot, value)| (slot.clone(), value.renamed(renamed)));
                Self::filled(filled.phrase, values.collect())
            }
            Self::List(parts) => Self::List(each(parts).into()),
            Self::Run(run) => Self::run(run.0, each(&run.1)),
        }
    }

    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Plain(text) => text.is_empty(),
            Self::Phrase(filled) => filled.phrase.en.is_empty(),
            Self::List(parts) => parts.is_empty(),
            Self::Run(run) => run.1.iter().all(Self::is_empty),
        }
    }

    /// In a language.
    pub fn say(&self, language: Language) -> Cow<'_, str> {
        if let Self::Plain(text) = self {
            return Cow::Borrowed(text);
        }
        let mut out = String::new();
        self.write(language, &mut out);
        Cow::Owned(out)
    }

    fn write(&self, language: Language, out: &mut String) {
        match self {
            Self::Plain(text) => out.push_str(text),
            Self::Phrase(filled) => {
                let Filled { phrase, values } = filled.as_ref();
                let is_one =
                    || values.first().is_some_and(|(_, value)| matches!(value, Self::Plain(text) if text == "1"));
                let text = match (language, phrase.one) {
                    (Language::Japanese, _) => phrase.ja,
                    (Language::English, Some(one)) if is_one() => one,
                    (Language::English, _) => phrase.en,
                };
                fill(text, out, |name, out| match values.iter().find(|(slot, _)| slot == name) {
                    Some((_, value)) => value.write(language, out),
                    None => out.extend(["{", name, "}"]),
                });
            }
            Self::List(parts) => {
                joined(&parts[..parts.len().min(SPELLED_OUT)], language.between(), language, out);
                if parts.len() > SPELLED_OUT {
                    words::lists::and_more(parts.len() - SPELLED_OUT).write(language, out);
                }
            }
            Self::Run(run) => joined(&run.1, run.0, language, out),
        }
    }
}

/// A rule of the catalogue in both languages.
fn catalogued(rule: &Rule<'_>) -> Option<(&'static Rule<'static>, &'static Rule<'static>)> {
    let index = RULES.binary_search_by(|known| known.id.cmp(rule.id)).ok()?;
    Some((&RULES[index], &RULES_IN_JAPANESE[index]))
}

fn joined(parts: &[Said], sign: &str, language: Language, out: &mut String) {
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            out.push_str(sign);
        }
        part.write(language, out);
    }
}

/// Copies a text, and lets what stands in braces be written by somebody who knows it.
pub(crate) fn fill(text: &str, out: &mut String, mut slot: impl FnMut(&str, &mut String)) {
    let mut rest = text;
    while let Some((head, tail)) = rest.split_once('{') {
        out.push_str(head);
        let Some((name, after)) = tail.split_once('}') else {
            out.push('{');
            rest = tail;
            continue;
        };
        slot(name, out);
        rest = after;
    }
    out.push_str(rest);
}

impl fmt::Display for Said {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.say(Language::English))
    }
}

impl Default for Said {
    fn default() -> Self {
        Self::Plain(Cow::Borrowed(""))
    }
}

impl PartialEq<str> for Said {
    fn eq(&self, other: &str) -> bool {
        self.say(Language::English) == other
    }
}

impl PartialEq<&str> for Said {
    fn eq(&self, other: &&str) -> bool {
        self.say(Language::English) == *other
    }
}

impl From<&str> for Said {
    fn from(text: &str) -> Self {
        Self::Plain(Cow::Owned(text.to_owned()))
    }
}

impl From<String> for Said {
    fn from(text: String) -> Self {
        Self::Plain(Cow::Owned(text))
    }
}

impl From<&String> for Said {
    fn from(text: &String) -> Self {
        Self::Plain(Cow::Owned(text.clone()))
    }
}

impl From<Cow<'static, str>> for Said {
    fn from(text: Cow<'static, str>) -> Self {
        Self::Plain(text)
    }
}

impl From<Text> for Said {
    fn from(text: Text) -> Self {
        Self::Plain(Cow::Owned(String::from(text)))
    }
}

impl From<&Said> for Said {
    fn from(said: &Said) -> Self {
        said.clone()
    }
}

impl From<EvidenceValue> for Said {
    fn from(value: EvidenceValue) -> Self {
        value.said()
    }
}

macro_rules! shown_alike {
    ($($number:ty),*) => { $(
        impl From<$number> for Said {
            fn from(number: $number) -> Self {
                Self::Plain(Cow::Owned(number.to_string()))
            }
        }
    )* };
}

shown_alike!(u8, u16, u32, u64, i32, usize, f64);

impl<T: Into<Said>> From<Vec<T>> for Said {
    fn from(parts: Vec<T>) -> Self {
        Self::List(parts.into_iter().map(Into::into).collect())
    }
}

impl<D: Dimension> From<Quantity<D>> for Said {
    fn from(quantity: Quantity<D>) -> Self {
        Self::Plain(Cow::Owned(quantity.to_string()))
    }
}

impl From<Endurance> for Said {
    fn from(endurance: Endurance) -> Self {
        Self::Plain(Cow::Owned(endurance.to_string()))
    }
}
