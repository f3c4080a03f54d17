//! Cables, what is plugged in at their ends, and whether they reach.

use super::{Judge, Raised, Subject};
use crate::catalogue::parameters::cabling as parameters;
use crate::design::{self, CableGrade, CableKind, FormFactor, Optic};
use crate::quantity::{Length, Rate};
use crate::source::{Span, Spanned};
use crate::topology::{Cable, DeviceId, EthernetSpeed, Medium, PortId, Topology};

pub(super) fn plug_does_not_fit(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    for (item, cables) in topology.written_cables() {
        let mut found = Fits::default();
        for cable in &cables {
            for end in cable.ends() {
                fit(topology, cable, end, &mut found);
            }
        }
        let subject = subject(topology, cables[0]);
        if let Some((plug, at, form_factor, ports)) = found.wrong {
            let raised = judge.violated(subject).at(at.unwrap_or(item.span));
            raised.label("port", topology.port(ports[0]).form_factor.as_ref().map_or(item.span, |form| form.span));
            about_devices(raised, topology, &ports);
            let names: Vec<String> = ports.iter().map(|port| topology.port_name(*port)).collect();
            raised.with("plug", plug).with("ports", names).with("form_factor", form_factor.to_string());
        } else if let Some(key) = found.open {
            judge.unproven(subject, key);
        } else if found.right {
            judge.holds();
        }
    }
}

/// What was found of the ends of one table of cables.
#[derive(Default)]
struct Fits {
    right: bool,
    /// The key that would tell.
    open: Option<String>,
    /// What does not fit, where it is written, what the ports take, and the ports.
    wrong: Option<(String, Option<Span>, FormFactor, Vec<PortId>)>,
}

/// Whether what a cable plugs into an end fits; nothing is asked where neither end's form is said, nor the cable's.
fn fit(topology: &Topology<'_>, cable: &Cable<'_>, end: PortId, found: &mut Fits) {
    let taken = topology.port(end).form_factor.as_ref().map(|form| form.value);
    let speaks = cable.plug(end).is_some() || cable.ends().iter().any(|end| topology.port(*end).form_factor.is_some());
    if !speaks || topology.port(end).management && taken.is_none() {
        return;
    }
    let Some(taken) = taken else {
        found.open.get_or_insert_with(|| topology.form_factor_key(end));
        return;
    };
    let (plug, at, fits) = match plugged(cable, end) {
        Plugged::Form(form, at) => (form.to_string(), at, form.fits(taken)),
        Plugged::Cage(name, at) => (name, Some(at), taken != FormFactor::Rj45),
        Plugged::Either => return found.right = true,
        Plugged::Unknown => {
            found.open.get_or_insert_with(|| format!("{}.kind", topology.cable_path(cable)));
            return;
        }
    };
    if fits {
        found.right = true;
        return;
    }
    match &mut found.wrong {
        Some((known, _, form_factor, ports)) if *known == plug && *form_factor == taken => ports.push(end),
        Some(_) => {}
        wrong @ None => *wrong = Some((plug, at, taken, vec![end])),
    }
}

/// What a cable plugs into a port.
enum Plugged {
    /// A plug of this form.
    Form(FormFactor, Option<Span>),
    /// Something for a cage, whose form is not said: it is named by what is known of it.
    Cage(String, Span),
    /// A jack or a cage: twisted pair, with a transceiver where one is needed.
    Either,
    /// Nobody says.
    Unknown,
}

fn plugged(cable: &Cable<'_>, end: PortId) -> Plugged {
    if let Some(form) = cable.plug(end) {
        return Plugged::Form(form.value, Some(form.span));
    }
    let kind = cable.item.and_then(|item| item.value.kind.as_ref());
    let twisted_pair = cable.optic().is_some_and(|optic| optic.value.medium() == Some(Medium::TwistedPair));
    match (kind, cable.optic()) {
        (Some(kind), _) if kind.value == CableKind::Copper => {
            if twisted_pair {
                Plugged::Either
            } else {
                Plugged::Form(FormFactor::Rj45, Some(kind.span))
            }
        }
        (Some(kind), _) => Plugged::Cage(kind.value.to_string(), kind.span),
        (None, Some(_)) if twisted_pair => Plugged::Either,
        (None, Some(optic)) => Plugged::Cage(optic.value.to_string(), optic.span),
        (None, None) => Plugged::Unknown,
    }
}

pub(super) fn optic_of_another_speed(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    for (_, cables) in topology.written_cables() {
        let Some((optic, carried)) = cables[0].optic().and_then(|optic| Some((optic, optic.value.speed()?))) else {
            continue;
        };
        let other = |rate: Rate| rate != carried;
        let raised = by_speed(judge, &cables, other, |_| false);
        if let Some((raised, link)) = raised {
            raised.at(optic.span).with("optic", optic.value.to_string()).with("speed", carried).with("link", link);
        }
    }
}

pub(super) fn parts_do_not_match(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    for (item, cables) in topology.written_cables() {
        let table = &item.value;
        let (kind, grade, optic) = (table.kind.as_ref(), table.grade.as_ref(), table.optic.as_ref());
        let pairs = [
            kind.zip(grade).map(|(kind, grade)| {
                let fits = kind.value.is_of(grade.value.medium());
                (fits, grade.span, kind.value.to_string(), grade.value.to_string())
            }),
            kind.zip(optic).map(|(kind, optic)| {
                (takes(kind.value, optic.value), optic.span, kind.value.to_string(), optic.value.to_string())
            }),
            grade.zip(optic).map(|(grade, optic)| {
                let fits = sends_into(optic.value, grade.value.medium());
                (fits, optic.span, grade.value.to_string(), optic.value.to_string())
            }),
        ];
        let known: Vec<_> = pairs.into_iter().flatten().collect();
        if let Some((_, at, one, other)) = known.iter().find(|(fits, ..)| !fits) {
            let raised = judge.violated(subject(topology, cables[0])).at(*at);
            raised.with("one", one.as_str()).with("other", other.as_str());
        } else if !known.is_empty() {
            judge.holds();
        }
    }
}

/// Whether a cable of a kind ends in such transceivers.
fn takes(kind: CableKind, optic: Optic) -> bool {
    let media = [Medium::TwistedPair, Medium::Multimode, Medium::SingleMode];
    !kind.has_plugs() && media.into_iter().any(|medium| sends_into(optic, medium) && kind.is_of(medium))
}

/// Whether a transceiver sends into a medium; one that names none takes either fibre.
fn sends_into(optic: Optic, medium: Medium) -> bool {
    optic.medium().map_or(medium != Medium::TwistedPair, |own| own == medium)
}

pub(super) fn dac_too_long(judge: &mut Judge<'_>, limits: &parameters::DacTooLong) {
    let reach = |speed: EthernetSpeed| match speed {
        EthernetSpeed::Gigabit => None,
        EthernetSpeed::TenGigabit => Some(limits.ten),
        EthernetSpeed::TwentyFiveGigabit => Some(limits.twenty_five),
        EthernetSpeed::FortyGigabit => Some(limits.forty),
        EthernetSpeed::HundredGigabit => Some(limits.hundred),
    };
    for (item, cables) in judge.topology().written_cables() {
        if kind_of(item) == Some(CableKind::Dac) {
            within_reach(judge, &cables, reach);
        }
    }
}

pub(super) fn twisted_pair_too_long(judge: &mut Judge<'_>, limits: &parameters::TwistedPairTooLong) {
    for (item, cables) in judge.topology().written_cables() {
        let category_6 = item.value.grade.as_ref().is_some_and(|grade| grade.value == CableGrade::Cat6);
        let reach = |speed: EthernetSpeed| match speed {
            EthernetSpeed::Gigabit => Some(limits.channel),
            EthernetSpeed::TenGigabit => Some(if category_6 { limits.category_6 } else { limits.channel }),
            EthernetSpeed::TwentyFiveGigabit | EthernetSpeed::FortyGigabit => Some(limits.fast),
            EthernetSpeed::HundredGigabit => None,
        };
        if kind_of(item) == Some(CableKind::Copper) {
            within_reach(judge, &cables, reach);
        }
    }
}

pub(super) fn multimode_too_long(judge: &mut Judge<'_>, limits: &parameters::MultimodeTooLong) {
    let topology = judge.topology();
    let om3 = |speed: EthernetSpeed| match speed {
        EthernetSpeed::Gigabit => None,
        EthernetSpeed::TenGigabit => Some(limits.om3_ten),
        EthernetSpeed::TwentyFiveGigabit => Some(limits.om3_twenty_five),
        EthernetSpeed::FortyGigabit => Some(limits.om3_forty),
        EthernetSpeed::HundredGigabit => Some(limits.om3_hundred),
    };
    let om4 = |speed: EthernetSpeed| match speed {
        EthernetSpeed::Gigabit => None,
        EthernetSpeed::TenGigabit => Some(limits.om4_ten),
        EthernetSpeed::TwentyFiveGigabit => Some(limits.om4_twenty_five),
        EthernetSpeed::FortyGigabit => Some(limits.om4_forty),
        EthernetSpeed::HundredGigabit => Some(limits.om4_hundred),
    };
    for (item, cables) in topology.written_cables() {
        let Some(grade) = item.value.grade.as_ref() else { continue };
        let reach: &dyn Fn(EthernetSpeed) -> Option<Length> = match grade.value {
            CableGrade::Om3 => &om3,
            CableGrade::Om4 | CableGrade::Om5 => &om4,
            _ => continue,
        };
        // An active optical cable is as long as its maker sells it.
        if item.value.kind.as_ref().is_some_and(|kind| kind.value.has_plugs()) {
            continue;
        }
        let optic = item.value.optic.as_ref();
        // What is not made for multimode is another rule's.
        if optic.is_some_and(|optic| !sends_into(optic.value, Medium::Multimode) || optic.value.medium().is_none()) {
            continue;
        }
        let length = item.value.length.as_ref();
        if optic.is_none() && length.is_some_and(|length| is_past(topology, &cables, length.value, reach)) {
            let key = format!("{}.optic", topology.cable_path(cables[0]));
            judge.unproven(subject(topology, cables[0]), key);
        } else if let Some(raised) = within_reach(judge, &cables, reach) {
            raised.with("grade", grade.value.to_string());
        }
    }
}

/// Whether a cable between ports of known speed is longer than it carries.
fn is_past(
    topology: &Topology<'_>,
    cables: &[&Cable<'_>],
    length: Length,
    reach: &dyn Fn(EthernetSpeed) -> Option<Length>,
) -> bool {
    let rates = cables.iter().filter_map(|cable| topology.known_speed_of(cable).ok());
    rates.filter_map(EthernetSpeed::of).filter_map(reach).any(|reach| length > reach)
}

pub(super) fn too_short_for_its_optics(judge: &mut Judge<'_>, limits: &parameters::TooShortForItsOptics) {
    let topology = judge.topology();
    for (item, cables) in topology.written_cables() {
        let Some(optic) = item.value.optic.as_ref().filter(|optic| optic.value == Optic::Base10gEr) else { continue };
        let subject = subject(topology, cables[0]);
        match item.value.length.as_ref() {
            None => _ = judge.unproven(subject.clone(), format!("{}.length", subject.path)),
            Some(length) if length.value < limits.least => {
                let raised = judge.violated(subject).at(optic.span);
                between(raised, topology, &cables);
                raised.with("length", length.value).with("optic", optic.value.to_string());
            }
            Some(_) => judge.holds(),
        }
    }
}

pub(super) fn does_not_reach(judge: &mut Judge<'_>, limits: &parameters::DoesNotReach) {
    let topology = judge.topology();
    for (item, cables) in topology.written_cables() {
        let Some(length) = item.value.length.as_ref() else { continue };
        let (mut short, mut open, mut judged): (Vec<(&Cable<'_>, u32)>, Vec<String>, bool) = Default::default();
        for cable in &cables {
            match units_between(topology, cable) {
                None => {}
                Some(Err(key)) => open.push(key),
                Some(Ok(units)) => {
                    judged = true;
                    if length.value < limits.rack_unit * f64::from(units) {
                        short.push((cable, units));
                    }
                }
            }
        }
        let subject = subject(topology, cables[0]);
        if let Some(units) = short.iter().map(|(_, units)| *units).max() {
            let raised = judge.violated(subject).at(length.span);
            let cables: Vec<&Cable<'_>> = short.into_iter().map(|(cable, _)| cable).collect();
            between(raised, topology, &cables);
            let way = limits.rack_unit * f64::from(units);
            raised.with("length", length.value).with("between", units).with("way", way);
        } else if !open.is_empty() {
            open.dedup();
            judge.settle(subject, open);
        } else if judged {
            judge.holds();
        }
    }
}

/// Rack units between the two ends of a cable within one rack, or the key that would tell; nothing where it is not said
/// where they stand, or in different racks.
fn units_between(topology: &Topology<'_>, cable: &Cable<'_>) -> Option<Result<u32, String>> {
    let devices = cable.ends().map(|end| topology.port(end).device);
    let rack = |device: DeviceId| Some((topology.site_of(device), topology.rack_of(device)?));
    let [one, other] = devices;
    if one == other || rack(one)? != rack(other)? {
        return None;
    }
    let [own, far] = devices.map(|device| topology.rack_unit(device).map(|place| place.value));
    let ((low, bottom), top) = if own? <= far? { ((one, own?), far?) } else { ((other, far?), own?) };
    let Some(height) = topology.height(low) else { return Some(Err(topology.model_key(low, "rack_units"))) };
    Some(Ok(top.saturating_sub(bottom.saturating_add(height))))
}

fn kind_of(item: &Spanned<design::Cable>) -> Option<CableKind> {
    item.value.kind.as_ref().map(|kind| kind.value)
}

fn subject(topology: &Topology<'_>, cable: &Cable<'_>) -> Subject {
    Subject::new(topology.cable_path(cable), topology.cable_span(cable))
}

/// Judges cables of one table by how far they carry at their speed; nothing is asked where no length is said.
fn within_reach<'j>(
    judge: &'j mut Judge<'_>,
    cables: &[&Cable<'_>],
    reach: impl Fn(EthernetSpeed) -> Option<Length>,
) -> Option<&'j mut Raised> {
    let length = cables[0].length()?;
    let reach = |rate: Rate| EthernetSpeed::of(rate).and_then(&reach);
    let speed = |cable: &&Cable<'_>| judge.topology().cable_speed(cable.from);
    if cables.iter().all(|cable| speed(cable).is_some_and(|rate| reach(rate).is_none())) {
        return None;
    }
    let wrong = |rate: Rate| reach(rate).is_some_and(|reach| length.value > reach);
    // A link is as fast as its slower end, and what carries a speed carries a lower one as far.
    let right_below = |rate: Rate| reach(rate).is_some_and(|reach| length.value <= reach);
    let (raised, rate) = by_speed(judge, cables, wrong, right_below)?;
    raised.at(length.span).with("length", length.value).with("speed", rate);
    if let Some(reach) = reach(rate) {
        raised.with("reach", reach);
    }
    Some(raised)
}

/// Judges cables of one table by the speed of each: those that it is wrong for are one violation, with the speed of the
/// first of them. Where one end's speed is not known, nothing is asked if the other's settles it.
fn by_speed<'j>(
    judge: &'j mut Judge<'_>,
    cables: &[&Cable<'_>],
    wrong: impl Fn(Rate) -> bool,
    right_below: impl Fn(Rate) -> bool,
) -> Option<(&'j mut Raised, Rate)> {
    let topology = judge.topology();
    let subject = subject(topology, cables[0]);
    let (mut found, mut open): (Vec<(&Cable<'_>, Rate)>, Vec<String>) = Default::default();
    for cable in cables {
        match topology.known_speed_of(cable) {
            Ok(rate) if wrong(rate) => found.push((cable, rate)),
            Ok(_) => {}
            Err(_) if topology.cable_speed(cable.from).is_some_and(&right_below) => {}
            Err(key) => open.push(key),
        }
    }
    let Some((_, rate)) = found.first().copied() else {
        open.dedup();
        judge.settle(subject, open);
        return None;
    };
    let alike: Vec<&Cable<'_>> = found.into_iter().filter(|(_, own)| *own == rate).map(|(cable, _)| cable).collect();
    let raised = judge.violated(subject);
    between(raised, topology, &alike);
    Some((raised, rate))
}

/// Names the ends of cables, and the devices that they are about.
fn between(raised: &mut Raised, topology: &Topology<'_>, cables: &[&Cable<'_>]) {
    let names = |end: fn(&Cable<'_>) -> PortId| {
        cables.iter().map(|cable| topology.port_name(end(cable))).collect::<Vec<String>>()
    };
    raised.with("from", names(|cable| cable.from)).with("to", names(|cable| cable.to));
    let ends: Vec<PortId> = cables.iter().flat_map(|cable| cable.ends()).collect();
    about_devices(raised, topology, &ends);
}

fn about_devices(raised: &mut Raised, topology: &Topology<'_>, ports: &[PortId]) {
    for port in ports {
        let path = topology.written_path(topology.port(*port).device);
        if !raised.about.contains(&path) {
            raised.about(path);
        }
    }
}
