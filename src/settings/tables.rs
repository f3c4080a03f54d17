//! The tables of `rackproof.toml`.

use jiff::civil::Date;

use crate::design::read::unlike;
use crate::design::table::{Form, Shape, table, words};
use crate::design::{FromValue, Mistake, MistakeKind, Named, Reader};
use crate::source::{Kind, Spanned, Value};
use crate::words::{expected, values};

table! {
    /// How the designs of a folder are checked. It is found upward from a design; paths in it are relative to it.
    pub struct Configuration {
        /// Configurations that this one stands on; what it says itself goes over what they say.
        extend: Vec<Spanned<String>>,
        /// Designs to check where none is named: paths or patterns such as `"designs/*.toml"`.
        designs: Vec<Spanned<String>>,
        /// Packs of your own rules: files, or folders of them.
        rule_packs: Vec<Spanned<String>>,
        /// Rules to judge: `"all"`, an area, `"origin:official"` or a rule; without it all. The most specific word decides.
        select: Vec<Spanned<String>>,
        /// Rules not to judge, in the same words.
        deselect: Vec<Spanned<String>>,
        /// What decides the exit code.
        verdict: Verdict,
        /// Severity and parameters of rules, by id.
        rule: Named<RuleSettings>,
        /// Findings that are accepted.
        suppress: Vec<Spanned<Suppress>>,
        /// What holds for some of the designs only.
        only: Vec<Spanned<Only>>,
    }
}

table! {
    /// What decides the exit code.
    pub struct Verdict {
        /// Least severity that fails a run; without it `"error"`.
        fail_on: FailOn,
        /// What a rule that cannot be decided is; without it `"ignore"`.
        unproven: Unproven,
        /// File of findings that are known; new ones fail.
        baseline: String,
        /// Whether findings may be accepted, by comment or here; without it true.
        suppressions: bool,
    }
}

words! {
    /// Least severity that fails a run.
    pub enum FailOn { Error = "error", Warning = "warning", Note = "note", Never = "never" }
}

words! {
    /// What a rule that cannot be decided is to the verdict.
    pub enum Unproven { Fail = "fail", Warn = "warn", Ignore = "ignore" }
}

words! {
    /// How bad a violation is, or that nobody asks.
    pub enum Level { Error = "error", Warning = "warning", Note = "note", Off = "off" }
}

table! {
    /// Severity and parameters of a rule.
    pub struct RuleSettings {
        /// How bad a violation is; `"off"` does not judge the rule.
        severity: Level,
        /// Values of its parameters by name, with their unit: `{ minimum = "25 GbE" }`.
        parameters: Named<Raw>,
    }
}

table! {
    /// A finding that is accepted.
    pub struct Suppress {
        /// Rule that may be violated.
        rule [required]: String,
        /// What it may be violated by, as the report names it: `"network.corosync0"`; a range stands for several.
        subject [required]: String,
        /// Last day on which it is accepted: `2027-03-31`; without it for ever.
        until: Day,
        /// Why; printed in every report.
        reason [required]: String,
    }
}

table! {
    /// What holds for some of the designs only.
    pub struct Only {
        /// Those designs: paths or patterns such as `"lab/*.toml"`.
        designs [required]: Vec<Spanned<String>>,
        /// Rules to judge there, instead of those selected for all.
        select: Vec<Spanned<String>>,
        /// Rules not to judge there, instead of those deselected for all.
        deselect: Vec<Spanned<String>>,
        /// Severity and parameters of rules there.
        rule: Named<RuleSettings>,
        /// Findings that are accepted there.
        suppress: Vec<Spanned<Suppress>>,
    }
}

/// A value that is read once the parameter it is for is known.
#[derive(Debug, Clone)]
pub struct Raw(pub Value);

impl FromValue for Raw {
    const SHAPE: Shape = Shape {
        expects: expected::value_of_parameter,
        form: Form::Either(&<f64 as FromValue>::SHAPE, &<Vec<Spanned<String>> as FromValue>::SHAPE),
    };

    fn from_value(value: &Value, _: &mut Reader) -> Option<Self> {
        Some(Self(value.clone()))
    }
}

/// A day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(pub Date);

impl std::str::FromStr for Day {
    type Err = ();

    /// Reads `YYYY-MM-DD`, nothing shorter and nothing longer.
    fn from_str(text: &str) -> Result<Self, ()> {
        if text.len() == 10 { text.parse().map(Self).map_err(|_| ()) } else { Err(()) }
    }
}

impl FromValue for Day {
    const SHAPE: Shape = Shape { expects: || expected::day("2027-03-31"), form: Form::Spelled(r"^\d{4}-\d{2}-\d{2}$") };

    fn from_value(value: &Value, reader: &mut Reader) -> Option<Self> {
        let (Kind::Text(text) | Kind::Datetime(text)) = &value.kind else {
            reader.report(unlike(value, Self::SHAPE.expected()));
            return None;
        };
        let day = text.parse().ok();
        if day.is_none() {
            let mistake = Mistake::new(MistakeKind::WrongType, value.span, values::no_day(text.as_str()));
            reader.report(mistake.help(values::write_day("2027-03-31")));
        }
        day
    }
}
