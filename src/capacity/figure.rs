//! One computed quantity.

use crate::catalogue::{Evidence, EvidenceValue, FigureText};
use crate::words::{self, Said};

/// What the cluster is going through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Everything works.
    Healthy,
    /// One member of a bond is gone.
    MemberLost,
    /// One switch of an MLAG pair is gone.
    PeerGone,
    /// Storage has a network of its own, two more ports per server: a variant beside the design.
    StorageSplit,
    /// One OSD disk is gone.
    DiskLost,
    /// One disk that holds WAL and DB is gone, and every OSD behind it.
    DatabaseLost,
    /// One node is gone.
    NodeLost,
    /// One node is gone, and what it held is copied anew.
    Recovering,
    /// One spine of a fabric is gone.
    SpineLost,
}

impl State {
    /// In words.
    pub fn word(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::StorageSplit => "storage split",
            Self::MemberLost => "member lost",
            Self::PeerGone => "peer gone",
            Self::DiskLost => "disk lost",
            Self::DatabaseLost => "database disk lost",
            Self::NodeLost => "node lost",
            Self::Recovering => "recovering",
            Self::SpineLost => "spine lost",
        }
    }

    /// For people.
    pub fn said(self) -> Said {
        match self {
            Self::Healthy => words::names::healthy(),
            Self::StorageSplit => words::names::storage_split(),
            Self::MemberLost => words::names::member_lost(),
            Self::PeerGone => words::names::peer_gone(),
            Self::DiskLost => words::names::disk_lost(),
            Self::DatabaseLost => words::names::database_lost(),
            Self::NodeLost => words::names::node_lost(),
            Self::Recovering => words::names::recovering(),
            Self::SpineLost => words::names::spine_lost(),
        }
    }
}

impl State {
    /// What is lost, for people; nothing that is lost is nothing.
    pub fn lost(self) -> Said {
        match self {
            Self::Healthy | Self::StorageSplit => words::figures::nothing(),
            Self::MemberLost => words::figures::member(),
            Self::PeerGone => words::figures::switch(),
            Self::DiskLost => words::figures::disk(),
            Self::DatabaseLost => words::figures::disk_with_databases(),
            Self::NodeLost | Self::Recovering => words::figures::server(),
            Self::SpineLost => words::figures::spine(),
        }
    }
}

/// How a figure is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Method {
    /// The documents' own arithmetic.
    Documents,
    /// The documents' method with the units put right.
    Corrected,
    /// A full model.
    Model,
}

impl Method {
    /// In words.
    pub fn word(self) -> &'static str {
        match self {
            Self::Documents => "documents",
            Self::Corrected => "corrected",
            Self::Model => "model",
        }
    }

    /// For people.
    pub fn said(self) -> Said {
        match self {
            Self::Documents => words::names::documents(),
            Self::Corrected => words::names::corrected(),
            Self::Model => words::names::model(),
        }
    }
}

/// The value of a figure.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A finite number in the figure's unit, unrounded.
    Number(f64),
    /// It cannot be computed; the keys that would have to be written.
    Unknown(Vec<String>),
    /// It never comes about, as a recovery that has nowhere to go; the formula says why.
    Never,
}

/// A computed quantity.
#[derive(Debug, Clone)]
pub struct Figure {
    /// Its texts.
    pub text: &'static FigureText,
    /// What it is about: the path of a thing in the design, or `cluster`. It tells figures apart, and is the same in
    /// every language.
    pub subject: String,
    /// The same for people.
    pub about: Said,
    /// For which state.
    pub state: State,
    /// By which method.
    pub method: Method,
    /// Its value.
    pub value: Value,
    /// Its unit.
    pub unit: &'static str,
    /// Decimals it is printed with; the value itself is never rounded.
    pub decimals: usize,
    /// Whether printing cuts off instead of rounding, as the documents do.
    pub cut_off: bool,
    /// What sets the limit.
    pub binding: Option<Said>,
    /// What bounds it, each by itself and in the figure's unit, where several do.
    pub limits: Vec<(Said, f64)>,
    /// The formula with numbers put in.
    pub formula: Said,
    /// The numbers that went in.
    pub inputs: Vec<Evidence>,
    /// Inputs that were assumed.
    pub assumed: Vec<Said>,
    /// Why it differs from another method.
    pub note: Option<Said>,
}

impl Figure {
    /// A figure of a catalogue entry, still without formula and inputs.
    pub fn new(text: &'static FigureText, subject: impl Into<Said>, method: Method, value: f64) -> Self {
        let value = if value.is_finite() { Value::Number(value) } else { Value::Unknown(Vec::new()) };
        let about = subject.into();
        Self {
            text,
            subject: about.to_string(),
            about,
            state: State::Healthy,
            method,
            value,
            unit: text.unit,
            decimals: 2,
            cut_off: false,
            binding: None,
            limits: Vec::new(),
            formula: Said::default(),
            inputs: Vec::new(),
            assumed: Vec::new(),
            note: None,
        }
    }

    /// A figure that cannot be computed, with the keys that are missing.
    pub fn unknown(text: &'static FigureText, subject: impl Into<Said>, method: Method, missing: Vec<String>) -> Self {
        Self { value: Value::Unknown(missing), ..Self::new(text, subject, method, 0.0) }
    }

    /// A figure of something that never comes about; its formula says why.
    pub fn never(text: &'static FigureText, subject: impl Into<Said>, method: Method) -> Self {
        Self { value: Value::Never, ..Self::new(text, subject, method, 0.0) }
    }

    /// Sets the state.
    #[must_use]
    pub fn state(mut self, state: State) -> Self {
        self.state = state;
        self
    }

    /// Sets the formula with numbers put in.
    #[must_use]
    pub fn formula(mut self, formula: impl Into<Said>) -> Self {
        self.formula = formula.into();
        self
    }

    /// Adds an input.
    #[must_use]
    pub fn input(mut self, name: &'static str, value: impl Into<EvidenceValue>) -> Self {
        self.inputs.push(Evidence::new(name, value));
        self
    }

    /// Names what sets the limit.
    #[must_use]
    pub fn binding(mut self, binding: impl Into<Said>) -> Self {
        self.binding = Some(binding.into());
        self
    }

    /// Names everything that bounds it, each with what it would allow by itself.
    #[must_use]
    pub fn limits(mut self, limits: impl IntoIterator<Item = (Said, f64)>) -> Self {
        self.limits = limits.into_iter().collect();
        self
    }

    /// Names an input that was assumed.
    #[must_use]
    pub fn assumed(mut self, input: impl Into<Said>) -> Self {
        self.assumed.push(input.into());
        self
    }

    /// Says why it differs from another method.
    #[must_use]
    pub fn note(mut self, note: impl Into<Said>) -> Self {
        self.note = Some(note.into());
        self
    }

    /// Sets the decimals it is printed with.
    #[must_use]
    pub fn decimals(mut self, decimals: usize) -> Self {
        self.decimals = decimals;
        self
    }

    /// Prints by cutting off rather than rounding.
    #[must_use]
    pub fn cut_off(mut self) -> Self {
        self.cut_off = true;
        self
    }

    /// The number, where it is known.
    pub fn number(&self) -> Option<f64> {
        match self.value {
            Value::Number(number) => Some(number),
            Value::Unknown(_) | Value::Never => None,
        }
    }

    /// The value as people read it.
    pub fn printed(&self) -> Said {
        match &self.value {
            Value::Unknown(_) => words::printed::unknown(),
            Value::Never => words::printed::never(),
            Value::Number(number) => {
                let scale = 10_f64.powi(i32::try_from(self.decimals).unwrap_or(0));
                let shown = if self.cut_off { (number * scale).trunc() / scale } else { *number };
                let text = format!("{shown:.*}", self.decimals);
                let text =
                    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text };
                in_unit(text, self.unit)
            }
        }
    }
}

/// A number in the unit of a figure: things that are counted are words, units of measure are symbols.
fn in_unit(number: String, unit: &'static str) -> Said {
    match unit {
        "ports" => words::printed::ports(number),
        "guests" => words::printed::guests(number),
        "servers" => words::printed::servers(number),
        "threads" => words::printed::threads(number),
        "groups" => words::printed::groups(number),
        "placement groups" => words::printed::placement_groups(number),
        "VLANs" => words::printed::vlans(number),
        "bytes" => words::printed::bytes(number),
        "months" => words::printed::months(number),
        "years" => words::printed::years(number),
        "vCPUs" => words::printed::virtual_processors(number),
        "to 1" => words::printed::to_one(number),
        "" => number.into(),
        symbol => format!("{number} {symbol}").into(),
    }
}

/// The unit of a figure, as people call it.
pub fn unit_name(unit: &'static str) -> Said {
    match unit {
        "" => words::units::none(),
        "ports" => words::units::ports(),
        "guests" => words::units::guests(),
        "servers" => words::units::servers(),
        "threads" => words::units::threads(),
        "groups" => words::units::groups(),
        "placement groups" => words::units::placement_groups(),
        "VLANs" => words::units::vlans(),
        "bytes" => words::units::bytes(),
        "months" => words::units::months(),
        "years" => words::units::years(),
        "vCPUs" => words::units::virtual_processors(),
        "to 1" => words::units::to_one(),
        symbol => symbol.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::{in_unit, unit_name};
    use crate::catalogue::FIGURES;
    use crate::words::Language;

    /// Symbols of units are the same in every language; a unit of letters that is none of them is a word.
    #[test]
    fn every_unit_that_is_a_word_is_said_in_every_language() {
        const SYMBOLS: [&str; 13] =
            ["%", "DWPD", "GB", "Gbit/s", "GiB", "IOPS", "KiB/s", "MB/s", "TB", "h", "min", "ms", "s"];
        for unit in FIGURES.iter().map(|figure| figure.unit).filter(|unit| !unit.is_empty() && !SYMBOLS.contains(unit))
        {
            for said in [unit_name(unit), in_unit("2".to_owned(), unit)] {
                assert_ne!(said.say(Language::Japanese), said.say(Language::English), "{unit}");
            }
        }
        assert_eq!(in_unit("1".to_owned(), "placement groups"), "1 placement group");
        assert_eq!(in_unit("1".to_owned(), "MB/s"), "1 MB/s");
    }
}
