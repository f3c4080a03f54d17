//! Lines between switches and firewalls, cables from server to server, and frames around pairs.

use std::collections::BTreeMap;

use super::facts::cable_facts;
use super::inks::Inks;
use super::{Course, Drawing, Frame, Kind, Line, Place, Places, cable_paths};
use crate::topology::{DeviceId, PortId, Topology};
use crate::words::Said;
use crate::words::drawing as words;

/// Cables between two devices that carry the same, by one of their ends.
type Bundle = ((DeviceId, DeviceId, usize), Vec<PortId>);

pub(super) fn between_switches(topology: &Topology<'_>, inks: &Inks, places: &Places, drawing: &mut Drawing) {
    let bundles = bundles(topology, inks);
    let mut ports = Ports::default();
    for ((one, other, _), _) in &bundles {
        ports.count(*one, *other, places);
    }
    let mut arcs = 0;
    for ((one, other, ink), ends) in &bundles {
        let (Some(from), Some(to)) = (places.get(one), places.get(other)) else { continue };
        let servers = matches!((one, other), (DeviceId::Node(_), DeviceId::Node(_)));
        let course = if servers {
            arcs += 1;
            beside(*from, *to, arcs)
        } else {
            ports.course((*one, *from), (*other, *to), places)
        };
        let facts = cable_facts(topology, ends);
        let mut paths = cable_paths(topology, inks, ends);
        paths.extend(pair_of(topology, *one, *other));
        drawing.lines.push(Line { ink: *ink, course, joint: None, facts, paths });
    }
    uplinks(topology, places, drawing);
}

fn bundles(topology: &Topology<'_>, inks: &Inks) -> Vec<Bundle> {
    let mut bundles: Vec<Bundle> = Vec::new();
    let mut known: BTreeMap<(DeviceId, DeviceId, usize), usize> = BTreeMap::new();
    for cable in &topology.cables {
        let (one, other) = (topology.port(cable.from).device, topology.port(cable.to).device);
        let servers = [one, other].iter().filter(|device| matches!(device, DeviceId::Node(_))).count();
        if servers == 1 || one == other {
            continue;
        }
        let (near, far) = (one.min(other), one.max(other));
        let end = if inks.is_named(cable.to) && !inks.is_named(cable.from) { cable.to } else { cable.from };
        let key = (near, far, inks.of_port(end));
        let place = *known.entry(key).or_insert_with(|| {
            bundles.push((key, Vec::new()));
            bundles.len() - 1
        });
        bundles[place].1.push(end);
    }
    bundles
}

/// The pair that a line between two switches is the peer link of.
fn pair_of(topology: &Topology<'_>, one: DeviceId, other: DeviceId) -> Option<String> {
    let (DeviceId::Switch(one), DeviceId::Switch(other)) = (one, other) else { return None };
    let pair = topology.mlags.iter().find(|mlag| mlag.peers.contains(&one) && mlag.peers.contains(&other));
    pair.map(crate::topology::Mlag::path)
}

/// Lines at the upper and lower edge of each device, which share the edge evenly.
#[derive(Default)]
struct Ports {
    above: BTreeMap<DeviceId, (i32, i32)>,
    below: BTreeMap<DeviceId, (i32, i32)>,
    beside: BTreeMap<(DeviceId, DeviceId), i32>,
}

impl Ports {
    fn count(&mut self, one: DeviceId, other: DeviceId, places: &Places) {
        let (Some(from), Some(to)) = (places.get(&one), places.get(&other)) else { return };
        if from.y == to.y {
            if !adjacent(*from, *to, places) {
                self.above.entry(one).or_default().0 += 1;
                self.above.entry(other).or_default().0 += 1;
            }
            return;
        }
        let (upper, lower) = if from.y < to.y { (one, other) } else { (other, one) };
        self.below.entry(upper).or_default().0 += 1;
        self.above.entry(lower).or_default().0 += 1;
    }

    fn course(&mut self, one: (DeviceId, Place), other: (DeviceId, Place), places: &Places) -> Course {
        let (left, right) = if one.1.x <= other.1.x { (one, other) } else { (other, one) };
        if left.1.y == right.1.y {
            if adjacent(left.1, right.1, places) {
                let drawn = self.beside.entry((left.0, right.0)).or_default();
                *drawn += 1;
                let y = left.1.y + left.1.height - 6 * *drawn;
                return Course::Straight(vec![(left.1.x + left.1.width, y), (right.1.x, y)]);
            }
            let (from, to) = (next(&mut self.above, left), next(&mut self.above, right));
            let top = left.1.y - 22 - ((to - from) / 60).min(14);
            return Course::Bent([(from, left.1.y), (from, top), (to, top), (to, right.1.y)]);
        }
        let (upper, lower) = if one.1.y < other.1.y { (one, other) } else { (other, one) };
        let (from, to) = (next(&mut self.below, upper), next(&mut self.above, lower));
        let (start, end) = (upper.1.y + upper.1.height, lower.1.y);
        let half = i32::midpoint(start, end);
        Course::Bent([(from, start), (from, half), (to, half), (to, end)])
    }
}

/// The next free point of an edge.
fn next(edge: &mut BTreeMap<DeviceId, (i32, i32)>, (device, place): (DeviceId, Place)) -> i32 {
    let (count, used) = edge.entry(device).or_insert((1, 0));
    *used += 1;
    place.x + place.width * *used / (*count + 1)
}

/// Whether nothing stands between two devices of a row.
fn adjacent(one: Place, other: Place, places: &Places) -> bool {
    let (left, right) = if one.x <= other.x { (one, other) } else { (other, one) };
    let between = |place: &&Place| place.y == left.y && place.x > left.x && place.x < right.x;
    right.x - left.x - left.width < 40 && places.values().find(between).is_none()
}

/// A cable from server to server: an arc on their left.
fn beside(one: Place, other: Place, number: i32) -> Course {
    let (from, to) = (one.y + one.height / 2, other.y + other.height / 2);
    let x = one.x - 8 - 9 * number;
    Course::Bent([(one.x, from), (x, from), (x, to), (other.x, to)])
}

/// Lines from devices to what leads outside.
fn uplinks(topology: &Topology<'_>, places: &Places, drawing: &mut Drawing) {
    let outside = words::outside();
    for uplink in &topology.uplinks {
        let symbol = drawing
            .symbols
            .iter()
            .find(|symbol| symbol.kind == Kind::Uplink && symbol.name == uplink.name.as_str())
            .map(|symbol| symbol.place);
        let Some(above) = symbol else { continue };
        let mut devices: Vec<DeviceId> = uplink.ports.iter().map(|port| topology.port(*port).device).collect();
        devices.dedup();
        for below in devices.iter().filter_map(|device| places.get(device)) {
            let (from, to) = (above.x + above.width / 2, below.x + below.width / 2);
            let (start, end) = (above.y + above.height, below.y);
            let half = i32::midpoint(start, end);
            let ink = drawing.inks.iter().position(|ink| *ink == outside).unwrap_or_else(|| {
                drawing.inks.push(outside.clone());
                drawing.inks.len() - 1
            });
            drawing.lines.push(Line {
                ink,
                course: Course::Bent([(from, start), (from, half), (to, half), (to, end)]),
                joint: None,
                facts: vec![words::line_of(uplink.name.as_str(), uplink.path())],
                paths: vec![uplink.path()],
            });
        }
    }
}

/// Frames around pairs of switches.
pub(super) fn pairs(topology: &Topology<'_>, places: &Places, drawing: &mut Drawing) {
    for mlag in &topology.mlags {
        let peers = mlag.peers.iter().filter_map(|peer| places.get(&DeviceId::Switch(*peer)));
        let Some(place) = peers.copied().reduce(around) else { continue };
        let place = Place { x: place.x - 6, y: place.y - 6, width: place.width + 12, height: place.height + 12 };
        let name = Said::from(format!("MLAG {}", mlag.item.pattern.value));
        drawing.frames.push(Frame { place, name, pair: true, paths: vec![mlag.path()] });
    }
}

fn around(one: Place, other: Place) -> Place {
    let (x, y) = (one.x.min(other.x), one.y.min(other.y));
    let right = (one.x + one.width).max(other.x + other.width);
    let bottom = (one.y + one.height).max(other.y + other.height);
    Place { x, y, width: right - x, height: bottom - y }
}
