//! What is said to people, before it is put into a language: a phrase with what fills its slots. The phrases of
//! `rules/words/` are built in at compile time, a function for each.

use std::borrow::Cow;
use std::fmt;

use compact_str::CompactString;

/// Most entries of a list that a sentence spells out.
const SPELLED_OUT: usize = 8;

/// A language that every word exists in.
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

    /// What stands between the entries of a list.
    pub fn between(self) -> &'static str {
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
                    lists::and_more(parts.len() - SPELLED_OUT).write(language, out);
                }
            }
            Self::Run(run) => joined(&run.1, run.0, language, out),
        }
    }
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

impl From<CompactString> for Said {
    fn from(text: CompactString) -> Self {
        Self::Plain(Cow::Owned(String::from(text)))
    }
}

impl From<&Said> for Said {
    fn from(said: &Said) -> Self {
        said.clone()
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

include!(concat!(env!("OUT_DIR"), "/words.rs"));
