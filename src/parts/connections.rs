//! Transceivers and cables to buy.

use std::collections::{BTreeMap, BTreeSet};

use super::{Part, PartKind};
use crate::design::{CableKind, FormFactor, Optic, Words as _};
use crate::quantity::{Rate, units};
use crate::topology::{Cable, DeviceId, Medium, PortId, Topology};
use crate::words::{self, Said};

/// Rows that are made of the same things, with what they are made of.
#[derive(Default)]
struct Gathered {
    /// Things that are bought once each: the port that a transceiver sits in, or that a cable is known by.
    things: BTreeSet<PortId>,
    devices: BTreeSet<DeviceId>,
    not_known: Vec<String>,
}

impl Gathered {
    fn lacks(&mut self, key: String) {
        if !self.not_known.contains(&key) {
            self.not_known.push(key);
        }
    }

    fn row(self, topology: &Topology<'_>, kind: PartKind) -> Part {
        Part::new(kind, Some(self.things.len() as u64)).used_by(topology, &self.devices).lacking_all(self.not_known)
    }
}

/// A rate that can be sorted by.
type Speed = Option<u64>;

fn speed_of(topology: &Topology<'_>, cable: &Cable<'_>) -> (Speed, Option<Said>) {
    let speed = topology.cable_speed(cable.from);
    (speed.map(|speed| speed.base() as u64), speed.map(|speed: Rate| speed.to(&units::GBE).into()))
}

/// The port that a lane is one of, or the port itself: what is plugged in is plugged in there.
fn whole(topology: &Topology<'_>, port: PortId) -> PortId {
    topology.port(port).lane_of.unwrap_or(port)
}

/// Transceivers: one at each end of a fibre, none at other cables but those that twisted pairs need in cages.
pub(super) fn transceivers(topology: &Topology<'_>) -> Vec<Part> {
    type Key = (Option<Optic>, Speed, Option<FormFactor>, bool, bool);
    let mut rows: BTreeMap<Key, (Option<Said>, Gathered)> = BTreeMap::new();
    for cable in &topology.cables {
        let (speed, shown) = speed_of(topology, cable);
        for end in cable.ends() {
            let form_factor = topology.plugged(cable, end);
            let Some(certain) = takes_transceiver(cable, form_factor) else { continue };
            let optic = cable.optic().map(|optic| optic.value);
            // A transceiver's name says its speed.
            let speed = speed.filter(|_| optic.is_none());
            let key = (optic, speed, form_factor, topology.port(end).lane_of.is_some(), certain);
            let (_, row) = rows.entry(key).or_insert_with(|| (shown.clone(), Gathered::default()));
            row.things.insert(whole(topology, end));
            row.devices.insert(topology.port(end).device);
            if optic.is_none() {
                row.lacks(format!("{}.optic", topology.cable_path(cable)));
            }
            if form_factor.is_none() {
                row.lacks(topology.form_factor_key(end));
            }
        }
    }
    let row = |((optic, _, form_factor, lane, certain), (speed, gathered)): (Key, (Option<Said>, Gathered))| {
        let row = gathered.row(topology, PartKind::Transceiver);
        let row = row.described([
            optic.map(|optic| optic.word().into()),
            form_factor.map(|form| form.word().into()),
            speed.filter(|_| optic.is_none()),
            lane.then(words::parts::split),
            (!certain).then(words::parts::only_in_cages),
        ]);
        if certain { row } else { Part { count: None, ..row } }
    };
    rows.into_iter().map(row).collect()
}

/// Whether what a cable plugs into an end is a transceiver; nothing where it is none, and false where that hangs on the form
/// of the port, which is not known.
fn takes_transceiver(cable: &Cable<'_>, form_factor: Option<FormFactor>) -> Option<bool> {
    let medium = cable.optic().and_then(|optic| optic.value.medium());
    match (cable.kind(), medium) {
        (Some(CableKind::Copper) | None, Some(Medium::TwistedPair)) => match form_factor {
            Some(FormFactor::Rj45) => None,
            known => Some(known.is_some()),
        },
        (Some(CableKind::Fibre), _) => Some(true),
        (None, _) => cable.optic().map(|_| true),
        (Some(CableKind::Copper | CableKind::Dac | CableKind::Aoc), _) => None,
    }
}

/// Cables of equal kind, speed, length, grade and plugs; those from the lanes of one port are one cable.
pub(super) fn cables(topology: &Topology<'_>) -> Vec<Part> {
    type Key = (bool, Option<CableKind>, Speed, Option<u64>, Option<&'static str>, Vec<&'static str>, bool);
    let mut rows: BTreeMap<Key, (Vec<Option<Said>>, Gathered)> = BTreeMap::new();
    for cable in &topology.cables {
        let (speed, shown) = speed_of(topology, cable);
        let (kind, length) = (cable.kind(), cable.length().map(|length| length.value));
        let lane = cable.ends().into_iter().find(|end| topology.port(*end).lane_of.is_some());
        let grade = cable.grade().map(|grade| grade.value.word());
        // A direct attach or active optical cable is bought with its plugs.
        let with_plugs = kind.is_some_and(CableKind::has_plugs);
        let plugs = if with_plugs { plugs(topology, cable) } else { Vec::new() };
        let millimetres = length.map(|length| (length.base() * 1000.0).round() as u64);
        let key = (kind.is_none(), kind, speed, millimetres, grade, plugs.clone(), lane.is_some());
        let (_, row) = rows.entry(key).or_insert_with(|| {
            let facts = vec![
                kind.map(|kind| kind.word().into()),
                grade.map(Said::from),
                shown,
                length.map(Said::from),
                both(&plugs),
                lane.map(|_| words::parts::split()),
            ];
            (facts, Gathered::default())
        });
        row.things.insert(whole(topology, lane.unwrap_or(cable.from)));
        row.devices.extend(cable.ends().map(|end| topology.port(end).device));
        let path = topology.cable_path(cable);
        if kind.is_none() {
            row.lacks(format!("{path}.kind"));
        }
        if length.is_none() {
            row.lacks(format!("{path}.length"));
        }
        if cable.grade().is_none() && kind == Some(CableKind::Fibre) {
            row.lacks(format!("{path}.grade"));
        }
        for end in cable.ends().into_iter().filter(|end| with_plugs && topology.plugged(cable, *end).is_none()) {
            row.lacks(topology.form_factor_key(end));
        }
    }
    let row =
        |(facts, gathered): (Vec<Option<Said>>, Gathered)| gathered.row(topology, PartKind::Cable).described(facts);
    rows.into_values().map(row).collect()
}

/// Forms of the two plugs of a cable, the same one once; nothing where one is not known.
fn plugs(topology: &Topology<'_>, cable: &Cable<'_>) -> Vec<&'static str> {
    let forms = cable.ends().map(|end| topology.plugged(cable, end));
    let [Some(from), Some(to)] = forms else { return Vec::new() };
    let mut forms = vec![from, to];
    forms.sort_unstable_by(|left, right| right.cmp(left));
    forms.dedup();
    forms.into_iter().map(FormFactor::word).collect()
}

/// The two plugs of a cable in a few words; nothing where they are not known.
fn both(plugs: &[&'static str]) -> Option<Said> {
    match *plugs {
        [one, other] => Some(words::parts::plugs(one, other)),
        [both] => Some(both.into()),
        _ => None,
    }
}
