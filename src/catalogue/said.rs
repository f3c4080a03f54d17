//! The texts of the catalogue as they are said: of each rule and figure in both languages.

use super::{
    Citation, Evidence, EvidenceValue, FIGURES, FIGURES_IN_JAPANESE, FigureText, RULES, RULES_IN_JAPANESE, Rule,
};
use crate::words::{Language, Phrase, Said, fill};

impl Language {
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
}

impl Said {
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
}

/// A rule of the catalogue in both languages.
fn catalogued(rule: &Rule<'_>) -> Option<(&'static Rule<'static>, &'static Rule<'static>)> {
    let index = RULES.binary_search_by(|known| known.id.cmp(rule.id)).ok()?;
    Some((&RULES[index], &RULES_IN_JAPANESE[index]))
}

impl From<EvidenceValue> for Said {
    fn from(value: EvidenceValue) -> Self {
        value.said()
    }
}
