//! Lines to the outside and the firewalls they are plugged into.

use std::collections::BTreeSet;

use super::{Judge, Raised, Subject};
use crate::catalogue::parameters::uplink as parameters;
use crate::quantity::{Rate, units};
use crate::source::Span;
use crate::topology::{DeviceId, Firewall, Part, PortId, SharedRisk, Topology, Uplink};

pub(super) fn single_line(judge: &mut Judge<'_>, limits: &parameters::SingleLine) {
    let topology = judge.topology();
    if topology.uplinks.is_empty() {
        return;
    }
    if topology.uplinks.len() >= limits.fewest as usize {
        judge.holds();
        return;
    }
    let first = topology.uplinks.first().map(span);
    let raised = judge.violated(table(topology)).at(first.unwrap_or(topology.anchor()));
    raised.with("lines", topology.uplinks.len());
    about_lines(raised, topology.uplinks.iter());
}

pub(super) fn on_one_device(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    let lines = &topology.uplinks;
    if lines.is_empty() || (lines.len() < 2 && topology.firewalls.len() < 2) {
        return;
    }
    let open: Vec<&Uplink<'_>> = lines.iter().filter(|line| line.ports.is_empty()).collect();
    let devices: BTreeSet<DeviceId> =
        lines.iter().flat_map(|line| &line.ports).map(|port| topology.port(*port).device).collect();
    match (devices.len(), open.first()) {
        (2.., _) => judge.holds(),
        (_, Some(line)) => _ = ask_ports(judge, line),
        (_, None) => {
            let raised = judge.violated(table(topology)).at(lines.first().map_or(topology.anchor(), span));
            raised.with("lines", lines.iter().map(|line| line.name.as_str()).collect::<Vec<_>>());
            raised.with("device", devices.iter().map(|device| topology.name(*device)).collect::<Vec<_>>());
            let spans: BTreeSet<Span> = lines.iter().map(span).collect();
            for span in spans.into_iter().skip(1) {
                raised.label("line", span);
            }
            for device in devices {
                raised.about(topology.written_path(device));
            }
            about_lines(raised, lines.iter());
        }
    }
}

pub(super) fn port_slower_than_line(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    for line in &topology.uplinks {
        if line.ports.is_empty() {
            ask_ports(judge, line);
            continue;
        }
        let Some(bandwidth) = &line.item.value.bandwidth else {
            judge.unproven(subject(line), format!("{}.bandwidth", line.path()));
            continue;
        };
        if let Some(port) = line.ports.iter().find(|port| topology.port(**port).speed.is_none()) {
            judge.unproven(subject(line), topology.speed_key(*port));
            continue;
        }
        let slow = carriers(topology, line).into_iter().find(|(_, rate)| *rate < bandwidth.value);
        let Some((ports, rate)) = slow else {
            judge.holds();
            continue;
        };
        let raised = judge.violated(subject(line)).at(bandwidth.span);
        raised.with("line", line.name.as_str()).with("bandwidth", bandwidth.value);
        raised.with("rate", rate.to(&units::GBIT_PER_S));
        let devices: BTreeSet<DeviceId> = ports.iter().map(|port| topology.port(*port).device).collect();
        raised.with("device", devices.iter().map(|device| topology.name(*device)).collect::<Vec<_>>());
        for device in devices {
            raised.about(topology.written_path(device));
        }
        let speeds: BTreeSet<Span> =
            ports.iter().filter_map(|port| topology.port(*port).speed.as_ref()).map(|speed| speed.span).collect();
        for speed in speeds {
            raised.label("port", speed);
        }
    }
}

/// The ports that have to carry a line together: those on one firewall, of which only one is in use at a time, and
/// those on all other devices.
fn carriers(topology: &Topology<'_>, line: &Uplink<'_>) -> Vec<(Vec<PortId>, Rate)> {
    let firewall = |port: &PortId| match topology.port(*port).device {
        DeviceId::Firewall(index) => Some(index),
        DeviceId::Node(_) | DeviceId::Switch(_) => None,
    };
    let owners: BTreeSet<Option<usize>> = line.ports.iter().map(firewall).collect();
    let of_owner = |owner: Option<usize>| {
        let ports: Vec<PortId> = line.ports.iter().copied().filter(|port| firewall(port) == owner).collect();
        let rate = sum(topology, &ports)?;
        Some((ports, rate))
    };
    owners.into_iter().filter_map(of_owner).collect()
}

fn sum(topology: &Topology<'_>, ports: &[PortId]) -> Option<Rate> {
    let speeds: Option<Vec<Rate>> = ports.iter().map(|port| topology.link_speed(*port)).collect();
    speeds?.into_iter().reduce(|sum, speed| sum + speed)
}

/// A firewall whose service ports are too slow for its lines once some are lost.
struct Short<'a> {
    firewall: &'a Firewall<'a>,
    lines: Vec<&'a Uplink<'a>>,
    needed: Rate,
    left: Rate,
}

pub(super) fn faster_than_service_ports(judge: &mut Judge<'_>, limits: &parameters::FasterThanServicePorts) {
    let topology = judge.topology();
    for group in topology.firewalls.chunk_by(|one, other| std::ptr::eq(one.item, other.item)) {
        let (mut short, mut missing): (Vec<Short<'_>>, Vec<String>) = (Vec::new(), Vec::new());
        let mut judged = false;
        for firewall in group {
            let lines = lines_of(topology, firewall);
            if lines.is_empty() {
                continue;
            }
            match left(topology, firewall, limits.lost as usize) {
                Ok(None) => continue,
                Ok(Some(left)) => short.extend(too_slow(firewall, lines, left, &mut missing)),
                Err(key) => missing.push(key),
            }
            judged = true;
        }
        let Some(first) = group.first().filter(|_| judged) else { continue };
        let subject = Subject::new(first.path(), first.span());
        let worst = short.iter().reduce(|worst, next| if next.left < worst.left { next } else { worst });
        let Some(worst) = worst else {
            missing.sort_unstable();
            missing.dedup();
            judge.settle(subject, missing);
            continue;
        };
        let place = first.item.value.service_ports.as_ref().map_or(first.span(), |ports| ports.span);
        let raised = judge.violated(subject).at(place);
        raised.with("firewall", short.iter().map(|short| short.firewall.name.as_str()).collect::<Vec<_>>());
        raised.with("rate", worst.left.to(&units::GBIT_PER_S)).with("bandwidth", worst.needed.to(&units::GBIT_PER_S));
        raised.with("lines", worst.lines.iter().map(|line| line.name.as_str()).collect::<Vec<_>>());
        for line in &worst.lines {
            raised.label("line", span(line));
        }
        about_lines(raised, worst.lines.iter().copied());
        raised.about(format!("{}.service_ports", first.path()));
    }
}

/// Lines that are plugged into a firewall.
fn lines_of<'a>(topology: &'a Topology<'a>, firewall: &Firewall<'_>) -> Vec<&'a Uplink<'a>> {
    let own = |line: &&Uplink<'_>| line.ports.iter().any(|port| firewall.ports.contains(port));
    topology.uplinks.iter().filter(own).collect()
}

/// What the service ports of a firewall carry once the fastest of them are lost; nothing where none would be left.
///
/// # Errors
/// The key that is missing.
fn left(topology: &Topology<'_>, firewall: &Firewall<'_>, lost: usize) -> Result<Option<Rate>, String> {
    let Some(written) = firewall.item.value.service_ports.as_ref() else {
        return Err(format!("{}.service_ports", firewall.path()));
    };
    let mut speeds = Vec::new();
    for label in written.value.iter() {
        let port = firewall.port(label);
        let device = topology.device(&firewall.name);
        let ports_key = || device.map_or_else(|| firewall.path(), |device| topology.ports_key(device));
        let port = port.ok_or_else(ports_key)?;
        speeds.push(topology.known_link_speed(port)?);
    }
    speeds.sort_by(|one, other| other.base().total_cmp(&one.base()));
    Ok(speeds.into_iter().skip(lost).reduce(|sum, speed| sum + speed))
}

fn too_slow<'a>(
    firewall: &'a Firewall<'a>,
    lines: Vec<&'a Uplink<'a>>,
    left: Rate,
    missing: &mut Vec<String>,
) -> Option<Short<'a>> {
    let known = lines.iter().filter_map(|line| line.item.value.bandwidth.as_ref()).map(|bandwidth| bandwidth.value);
    let needed = known.reduce(|sum, rate| sum + rate).filter(|needed| left < *needed);
    if needed.is_none() {
        let open = lines.iter().filter(|line| line.item.value.bandwidth.is_none());
        missing.extend(open.map(|line| format!("{}.bandwidth", line.path())));
    }
    needed.map(|needed| Short { firewall, lines, needed, left })
}

pub(super) fn lines_share_risk(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    let lines = &topology.uplinks;
    if lines.len() < 2 || topology.shared_risks.is_empty() {
        return;
    }
    let takes = |risk: &SharedRisk<'_>, line: usize| {
        let own = |part: &Part<'_>| match part {
            Part::Uplink(index) => *index == line,
            Part::Port(port) => lines[line].ports == [*port],
            _ => false,
        };
        risk.members.iter().any(own)
    };
    let common = topology.shared_risks.iter().find(|risk| (0..lines.len()).all(|line| takes(risk, line)));
    let Some(risk) = common else {
        judge.holds();
        return;
    };
    let members = risk.item.value.members.as_ref();
    let raised = judge.violated(Subject::new(risk.path(), risk.span()));
    raised.at(members.map_or(risk.span(), |members| members.span));
    raised.with("risk", risk.name.as_str());
    raised.with("lines", lines.iter().map(|line| line.name.as_str()).collect::<Vec<_>>());
    let spans: BTreeSet<Span> = lines.iter().map(span).collect();
    for span in spans {
        raised.label("line", span);
    }
    about_lines(raised, lines.iter());
}

fn ask_ports<'j>(judge: &'j mut Judge<'_>, line: &Uplink<'_>) -> &'j mut Raised {
    judge.unproven(subject(line), format!("{}.ports", line.path()))
}

fn about_lines<'t, 'd: 't>(raised: &mut Raised, lines: impl Iterator<Item = &'t Uplink<'d>>) {
    let paths: BTreeSet<String> = lines.map(Uplink::path).collect();
    for path in paths {
        raised.about(path);
    }
}

fn span(line: &Uplink<'_>) -> Span {
    line.item.pattern.span
}

fn subject(line: &Uplink<'_>) -> Subject {
    Subject::new(line.path(), span(line))
}

fn table(topology: &Topology<'_>) -> Subject {
    Subject::new("uplink", topology.design.uplink.as_ref().map_or(topology.anchor(), |lines| lines.span))
}
