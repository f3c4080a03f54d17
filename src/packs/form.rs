//! The form of a pack: the same as that of the rules in `rules/`, with an expression in place of logic.

use super::entities::Kind;
use crate::design::read::{FromValue, Named, Reader};
use crate::design::table::{Form, Shape, table, words};
use crate::design::{Release, Words};
use crate::source::{self, Spanned, Value};
use crate::words::Said;
use crate::words::expected;

table! {
    /// A pack of rules.
    pub struct PackForm {
        /// What the pack is for.
        description: String,
        /// A design, or a part of one, that the designs of examples are laid over.
        base: String,
        /// Its rules.
        rule: Vec<Spanned<RuleForm>>,
    }
}

table! {
    /// A rule.
    pub struct RuleForm {
        /// `area/rule-name`, in small letters; the area is none of rackproof's own.
        id [required]: String,
        /// Where it comes from; `practice` where it is left out.
        origin: OriginWord,
        /// How bad a violation is: a word, or `{ production = "error", lab = "warning" }`.
        severity [required]: SeverityForm,
        /// What a violation is, in one line.
        summary [required]: String,
        /// Why it hurts.
        rationale [required]: String,
        /// What to change.
        remediation [required]: String,
        /// When it applies, in words.
        applies: String,
        /// What to ask where a fact is missing.
        question: String,
        /// The message; expressions in braces stand for their values.
        message [required]: String,
        /// What it is judged for, one after the other.
        for_each [required]: Kind,
        /// Expression: of which of them it speaks; of all where it is left out.
        r#where: String,
        /// Expression that must be true.
        require [required]: String,
        /// Field whose place in the design the finding points at; the thing itself where it is left out.
        at: String,
        /// Releases of Proxmox VE it applies to.
        versions: VersionsForm,
        /// Its thresholds by name, read as `params.NAME`; the name of a quantity ends with its unit.
        parameters: Named<ParameterForm>,
        /// Where it is stated.
        sources: Vec<Spanned<SourceForm>>,
        /// Designs with what the rule makes of them.
        example: Vec<Spanned<ExampleForm>>,
    }
}

words! {
    /// Where a rule comes from.
    pub enum OriginWord { Documents = "documents", Official = "official", Practice = "practice" }
}
words! {
    /// How bad a violation is.
    pub enum SeverityWord { Error = "error", Warning = "warning", Note = "note" }
}
words! {
    /// Kind of a parameter.
    pub enum ParameterKind {
        Count = "count", Number = "number", TextList = "text-list", Size = "size", Rate = "rate", Time = "time",
        Ratio = "ratio", Length = "length", Power = "power",
    }
}
words! {
    /// What a rule makes of an example.
    pub enum ExampleOutcome {
        Holds = "holds", Violated = "violated", Unproven = "unproven", NotApplicable = "not-applicable",
    }
}

table! {
    /// A severity for each environment.
    pub struct SeverityTable {
        /// In production.
        production [required]: SeverityWord,
        /// In a lab.
        lab [required]: SeverityWord,
    }
}

table! {
    /// Releases of Proxmox VE.
    pub struct VersionsForm {
        /// The first one.
        from: Release,
        /// The one from which the rule applies no more.
        below: Release,
    }
}

table! {
    /// A threshold.
    pub struct ParameterForm {
        /// Its value unless the configuration gives another: a number, a list of texts, or text such as `"256 GiB"`.
        default [required]: Written,
        /// What it measures.
        kind [required]: ParameterKind,
        /// Smallest and largest value allowed.
        range: Vec<Spanned<Written>>,
        /// What it is.
        doc [required]: String,
    }
}

table! {
    /// A place where a rule is stated.
    pub struct SourceForm {
        /// Title of a document.
        document: String,
        /// Lines of the document.
        lines: String,
        /// Title of a guide.
        guide: String,
        /// Section of the guide.
        section: String,
        /// What it states, in short.
        says [required]: String,
    }
}

table! {
    /// A design with what the rule makes of it.
    pub struct ExampleForm {
        /// What it shows.
        name [required]: String,
        /// What the rule makes of it.
        outcome [required]: ExampleOutcome,
        /// A design, or a part of one that is laid over the base; `# <--` ends each line a finding points at.
        design: String,
        /// Keys that are taken out of the base first.
        remove: Vec<Spanned<String>>,
    }
}

/// A severity for both environments.
#[derive(Debug, Clone, Copy)]
pub struct SeverityForm {
    pub(super) production: SeverityWord,
    pub(super) lab: SeverityWord,
}

impl FromValue for SeverityForm {
    const SHAPE: Shape = Shape {
        expects: || {
            let [error, warning, note] = SeverityWord::WORDS else { return Said::default() };
            let [error, warning, note] = [error, warning, note].map(|word| format!("\"{word}\""));
            expected::severity_or_both(error, warning, note)
        },
        form: Form::Either(&SeverityWord::SHAPE, &SeverityTable::SHAPE),
    };

    fn from_value(value: &Value, reader: &mut Reader) -> Option<Self> {
        if matches!(value.kind, source::Kind::Table(_)) {
            let each = SeverityTable::from_value(value, reader)?;
            return Some(Self { production: each.production?.value, lab: each.lab?.value });
        }
        let always = SeverityWord::from_value(value, reader)?;
        Some(Self { production: always, lab: always })
    }
}

/// A value whose type depends on another key.
#[derive(Debug, Clone)]
pub struct Written(pub(super) Value);

impl FromValue for Written {
    const SHAPE: Shape = Shape {
        expects: expected::default_of_parameter,
        form: Form::Either(&f64::SHAPE, &<Vec<Spanned<String>> as FromValue>::SHAPE),
    };

    fn from_value(value: &Value, _: &mut Reader) -> Option<Self> {
        Some(Self(value.clone()))
    }
}

impl FromValue for Kind {
    const SHAPE: Shape =
        Shape { expects: expected::kind_of_thing, form: Form::Words(<Self as crate::design::Words>::WORDS) };

    fn from_value(value: &Value, reader: &mut Reader) -> Option<Self> {
        reader.word(value)
    }
}
