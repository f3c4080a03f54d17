//! JSON for scripts; version 1 of the format.

use std::borrow::Cow;

use serde::Serialize;

use super::Listed;
use crate::parts::{End, Line, Part, Place, PlannedCable, RackTotal, Total};
use crate::quantity::units;
use crate::report::json::{CheckFinding, FORMAT_VERSION, TOOL, Tool, json_finding, write};
use crate::words::Language;

#[derive(Serialize)]
struct PartsJson<'a> {
    format_version: u32,
    tool: Tool,
    path: &'a str,
    readable: bool,
    parts: Vec<PartJson<'a>>,
    racks: Vec<RackJson<'a>>,
    total: TotalJson<'a>,
    cables: Vec<CableJson<'a>>,
    lines: Vec<LineJson<'a>>,
    findings: Vec<CheckFinding<'a>>,
}

#[derive(Serialize)]
struct PartJson<'a> {
    kind: &'static str,
    count: Option<u64>,
    model: Option<&'a str>,
    description: Cow<'a, str>,
    used_by: &'a [String],
    not_known: &'a [String],
}

impl<'a> PartJson<'a> {
    fn new(part: &'a Part, language: Language) -> Self {
        Self {
            kind: part.kind.word(),
            count: part.count,
            model: part.model.as_deref(),
            description: part.description.say(language),
            used_by: &part.used_by,
            not_known: &part.not_known,
        }
    }
}

#[derive(Serialize)]
struct TotalJson<'a> {
    devices: usize,
    rack_units: u64,
    devices_of_unknown_height: usize,
    watts: f64,
    devices_of_unknown_draw: usize,
    not_known: &'a [String],
}

impl<'a> From<&'a Total> for TotalJson<'a> {
    fn from(total: &'a Total) -> Self {
        Self {
            devices: total.devices,
            rack_units: total.rack_units,
            devices_of_unknown_height: total.of_unknown_height,
            watts: total.draw.in_unit(&units::WATT),
            devices_of_unknown_draw: total.of_unknown_draw,
            not_known: &total.not_known,
        }
    }
}

#[derive(Serialize)]
struct RackJson<'a> {
    site: Option<&'a str>,
    rack: Option<&'a str>,
    #[serde(flatten)]
    total: TotalJson<'a>,
}

impl<'a> From<&'a RackTotal> for RackJson<'a> {
    fn from(own: &'a RackTotal) -> Self {
        Self { site: own.site.as_deref(), rack: own.rack.as_deref(), total: TotalJson::from(&own.total) }
    }
}

#[derive(Serialize)]
struct PlaceJson<'a> {
    site: Option<&'a str>,
    rack: Option<&'a str>,
    rack_unit: Option<u32>,
    device: &'a str,
    port: &'a str,
}

impl<'a> PlaceJson<'a> {
    fn new(place: &'a Place, device: &'a str, port: &'a str) -> Self {
        let (site, rack) = (place.site.as_deref(), place.rack.as_deref());
        Self { site, rack, rack_unit: place.rack_unit, device, port }
    }
}

#[derive(Serialize)]
struct EndJson<'a> {
    label: &'a str,
    #[serde(flatten)]
    place: PlaceJson<'a>,
    form_factor: Option<String>,
}

impl<'a> From<&'a End> for EndJson<'a> {
    fn from(end: &'a End) -> Self {
        Self {
            label: &end.label,
            place: PlaceJson::new(&end.place, &end.device, &end.port),
            form_factor: end.form_factor.map(|form| form.to_string()),
        }
    }
}

#[derive(Serialize)]
struct CarriedJson<'a> {
    name: &'a str,
    vlan: Option<u32>,
}

#[derive(Serialize)]
struct CableJson<'a> {
    number: usize,
    from: EndJson<'a>,
    to: EndJson<'a>,
    kind: Option<String>,
    grade: Option<String>,
    optic: Option<String>,
    length_m: Option<f64>,
    speed_gbit_per_s: Option<f64>,
    bonds: &'a [String],
    networks: Vec<CarriedJson<'a>>,
    role: Option<&'static str>,
    not_known: &'a [String],
}

impl<'a> From<&'a PlannedCable> for CableJson<'a> {
    fn from(cable: &'a PlannedCable) -> Self {
        let networks = cable.networks.iter();
        Self {
            number: cable.number,
            from: EndJson::from(&cable.from),
            to: EndJson::from(&cable.to),
            kind: cable.kind.map(|kind| kind.to_string()),
            grade: cable.grade.map(|grade| grade.to_string()),
            optic: cable.optic.map(|optic| optic.to_string()),
            length_m: cable.length.map(|length| length.in_unit(&units::METRE)),
            speed_gbit_per_s: cable.speed.map(|speed| speed.in_unit(&units::GBIT_PER_S)),
            bonds: &cable.bonds,
            networks: networks.map(|own| CarriedJson { name: &own.network, vlan: own.vlan }).collect(),
            role: cable.role.map(crate::parts::Role::word),
            not_known: &cable.not_known,
        }
    }
}

#[derive(Serialize)]
struct LineJson<'a> {
    name: Cow<'a, str>,
    #[serde(flatten)]
    place: PlaceJson<'a>,
}

impl<'a> LineJson<'a> {
    fn new(line: &'a Line, language: Language) -> Self {
        Self { name: line.name.say(language), place: PlaceJson::new(&line.place, &line.device, &line.port) }
    }
}

/// Both lists of a design; empty ones where it could not be read.
pub(super) fn parts(listed: &Listed, language: Language) -> String {
    let none = crate::parts::Parts::default();
    let parts = listed.parts.as_ref().unwrap_or(&none);
    write(&PartsJson {
        format_version: FORMAT_VERSION,
        tool: TOOL,
        path: &listed.name,
        readable: listed.parts.is_some(),
        parts: parts.list.iter().map(|part| PartJson::new(part, language)).collect(),
        racks: parts.racks.iter().map(RackJson::from).collect(),
        total: TotalJson::from(&parts.total),
        cables: parts.cabling.iter().map(CableJson::from).collect(),
        lines: parts.lines.iter().map(|line| LineJson::new(line, language)).collect(),
        findings: listed.findings.iter().map(|finding| json_finding(&listed.sources, finding, language)).collect(),
    })
}
