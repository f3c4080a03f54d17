//! The parts list and the cabling plan, one renderer per format.

mod csv;
mod json;
pub(super) mod markdown;
mod text;

use super::text::Style;
use crate::check::Finding;
use crate::design::Words as _;
use crate::parts::{Carried, End, Parts, Place, PlannedCable, Total};
use crate::quantity::units;
use crate::source::Sources;
use crate::words::{self, Language, Said};

/// A design with its parts; without them where it could not be read.
#[derive(Debug)]
pub struct Listed {
    /// Name of the design.
    pub name: String,
    /// Every text that the findings' spans lie in.
    pub sources: Sources,
    /// What it takes.
    pub parts: Option<Parts>,
    /// What is wrong with the design's text.
    pub findings: Vec<Finding>,
}

/// A format of the parts list and the cabling plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// Tables for people.
    Text,
    /// The parts list as comma-separated values.
    Csv,
    /// The cabling plan as comma-separated values.
    CablesCsv,
    /// Tables for a change request.
    Markdown,
    /// JSON for scripts.
    Json,
}

impl Format {
    /// Whether people read it; programs read the others.
    pub fn for_people(self) -> bool {
        self != Self::Json
    }

    /// Every format.
    pub const ALL: [Self; 5] = [Self::Text, Self::Csv, Self::CablesCsv, Self::Markdown, Self::Json];

    /// Its name on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Csv => "csv",
            Self::CablesCsv => "cables-csv",
            Self::Markdown => "markdown",
            Self::Json => "json",
        }
    }

    /// What it is for, in a few words.
    pub fn purpose(self) -> &'static str {
        match self {
            Self::Text => "both lists as tables, for people",
            Self::Csv => "the parts list, for a spreadsheet",
            Self::CablesCsv => "the cabling plan, for a spreadsheet or a label printer",
            Self::Markdown => "both lists, for a change request",
            Self::Json => "everything, for scripts",
        }
    }

    /// The format of this name.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.word() == word)
    }
}

/// Parts of a design in a format. Of the style only the language is for all of them.
pub fn render(format: Format, listed: &Listed, style: Style) -> String {
    let none = Parts::default();
    let parts = listed.parts.as_ref().unwrap_or(&none);
    match format {
        Format::Text => text::parts(listed, style),
        Format::Csv => csv::list(&parts.list, style.language),
        Format::CablesCsv => csv::cabling(&parts.cabling, style.language),
        Format::Markdown => markdown::parts(listed, style.language),
        Format::Json => json::parts(listed, style.language),
    }
}

/// A rack, with its site where there is one.
pub(super) fn rack(site: Option<&str>, rack: Option<&str>) -> Option<String> {
    rack.map(|rack| site.map_or_else(|| rack.to_owned(), |site| format!("{site}/{rack}")))
}

fn rack_of(place: &Place) -> Option<String> {
    rack(place.site.as_deref(), place.rack.as_deref())
}

/// Cables that are plugged in at one place, with its name: within a rack, between racks, or where no rack is known.
pub(super) fn sections(cabling: &[PlannedCable]) -> Vec<(Said, &[PlannedCable])> {
    let place = |cable: &PlannedCable| {
        let [from, to] = [&cable.from, &cable.to].map(|end| rack_of(&end.place));
        (from == to).then_some(from)
    };
    let heading = |cable: &PlannedCable| match place(cable) {
        Some(Some(rack)) => words::parts::within_rack(rack),
        Some(None) => words::parts::without_rack(),
        None => words::parts::between_racks(),
    };
    let sections = cabling.chunk_by(|left, right| place(left) == place(right));
    sections.map(|cables| (cables.first().map(heading).unwrap_or_default(), cables)).collect()
}

/// A port by its device, with the rack where that is asked for: `r1 U3 pve1:slot1:1`.
pub(super) fn port(place: &Place, device: &str, port: &str, with_rack: bool) -> String {
    let rack = rack_of(place).filter(|_| with_rack);
    let unit = place.rack_unit.map(|unit| format!("U{unit}"));
    let words = [rack, unit, Some(format!("{device}:{port}"))];
    words.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// An end of a cable.
pub(super) fn end(end: &End, with_rack: bool) -> String {
    port(&end.place, &end.device, &end.port, with_rack)
}

/// What a cable is, in a line; a question mark stands for what is not known.
pub(super) fn made_of(cable: &PlannedCable) -> Said {
    let speed = cable.speed.map(|speed| speed.to(&units::GBE).into());
    let known = [
        Some(cable.kind.map_or_else(words::parts::kind_open, |kind| kind.word().into())),
        cable.grade.map(|grade| grade.word().into()),
        Some(cable.length.map_or_else(words::parts::length_open, Said::from)),
        cable.optic.map(|optic| optic.word().into()).or(speed).or_else(|| Some(words::parts::speed_open())),
    ];
    known.into_iter().flatten().collect::<Vec<_>>().into()
}

/// Networks of a cable, with a word before the number of a VLAN and a sign between them: `guests, ceph (VLAN 23)`.
fn networks(networks: &[Carried], word: &str, sign: &str) -> String {
    let written = |carried: &Carried| match carried.vlan {
        Some(vlan) => format!("{} ({word}{vlan})", carried.network),
        None => carried.network.clone(),
    };
    networks.iter().map(written).collect::<Vec<_>>().join(sign)
}

/// What a cable carries and is for, in a line.
pub(super) fn carries(cable: &PlannedCable, word: &str, language: Language) -> String {
    let bonds = cable.bonds.join(language.between());
    let networks = networks(&cable.networks, word, language.between());
    let carried = match (bonds.is_empty(), networks.is_empty()) {
        (true, _) => networks,
        (false, true) => bonds,
        (false, false) => format!("{bonds}: {networks}"),
    };
    let role = cable.role.map(|role| role.said().say(language).into_owned()).into_iter();
    role.chain((!carried.is_empty()).then_some(carried)).collect::<Vec<_>>().join(language.between())
}

/// Heads of the table of racks.
fn heads_of_racks() -> [Said; 4] {
    [words::parts::rack(), words::parts::devices(), words::parts::rack_units(), words::parts::watts()]
}

/// Rack units of devices, as far as they are known.
pub(super) fn rack_units(total: &Total) -> Said {
    so_far(total.rack_units.to_string(), total.of_unknown_height, total.devices)
}

/// Draw of devices, as far as it is known.
pub(super) fn draw(total: &Total) -> Said {
    so_far(total.draw.to_string(), total.of_unknown_draw, total.devices)
}

/// A sum that is a least one where some of the devices are not counted.
fn so_far(sum: String, unknown: usize, all: usize) -> Said {
    match unknown {
        0 => sum.into(),
        _ if unknown == all => words::parts::not_known(),
        _ => words::parts::at_least(sum, unknown),
    }
}

/// Keys that would state what is missing, each once, in their order.
pub(super) fn not_known<'p>(keys: impl IntoIterator<Item = &'p String>) -> Vec<&'p str> {
    let mut seen = foldhash::HashSet::default();
    keys.into_iter().map(String::as_str).filter(|key| seen.insert(*key)).collect()
}
