//! Racks: rows of switches, lanes below them, and servers beside the lanes.

use std::collections::BTreeMap;

use super::facts::{above_detail, cable_facts, facts, node_detail};
use super::inks::Inks;
use super::{Course, Drawing, Frame, Kind, Line, Place, Places, Symbol, cable_paths, device_paths, letters, pixels};
use crate::design::SwitchRole;
use crate::topology::{DeviceId, PortId, Topology};
use crate::words::Language;
use crate::words::drawing as words;

const MARGIN: i32 = 16;
const TITLE: i32 = 26;
const SERVER: i32 = 148;
const SWITCH: i32 = 34;
/// Height of a row of switches with the room for lines below it.
const ROW: i32 = SWITCH + 58;
const BETWEEN: i32 = 14;
const LANE: i32 = 12;
/// Width of a letter of a name.
const LETTER: i32 = 8;
const STUB: i32 = 7;

/// Rows above the servers: what leads outside, firewalls, spines, and switches that servers hang on.
const ROWS: usize = 4;
const LAST_ROW: usize = ROWS - 1;

/// What stands in a rack.
#[derive(Default)]
struct Rack<'t> {
    name: Option<(Option<&'t str>, &'t str)>,
    nodes: Vec<usize>,
    others: Vec<DeviceId>,
}

/// Cables of one server in one lane.
struct Stub {
    node: usize,
    lane: (DeviceId, usize),
    ports: Vec<PortId>,
}

/// Draws every rack with its servers and their cables; answers where each device is.
pub(super) fn racks(topology: &Topology<'_>, inks: &Inks, language: Language, drawing: &mut Drawing) -> Places {
    let racks = in_racks(topology);
    let stubs: Vec<Vec<Stub>> = racks.iter().map(|rack| stubs(topology, inks, rack)).collect();
    let used: Vec<bool> = (0..ROWS).map(|row| row_used(topology, &racks, &stubs, row)).collect();
    let top = MARGIN + if racks.iter().any(|rack| rack.name.is_some()) { TITLE } else { 0 };
    let mut places = Places::new();
    let mut left = MARGIN;
    let mut bottom = top;
    for (rack, stubs) in racks.iter().zip(&stubs) {
        let mut frame = Builder { topology, inks, language, drawing, places: &mut places, left, top, used: &used };
        let (right, lowest) = frame.rack(rack, stubs);
        if let Some((site, name)) = rack.name {
            let title = site.map_or_else(|| words::rack(name), |site| words::rack_of_site(name, site));
            let place = Place { x: left, y: MARGIN, width: right - left, height: lowest - MARGIN };
            drawing.frames.push(Frame { place, name: title, pair: false, paths: Vec::new() });
        }
        bottom = bottom.max(lowest);
        left = right + MARGIN;
    }
    drawing.width = left;
    for frame in drawing.frames.iter_mut().filter(|frame| !frame.pair) {
        frame.place.height = bottom - frame.place.y;
    }
    drawing.height = bottom + MARGIN;
    places
}

fn in_racks<'t>(topology: &'t Topology<'_>) -> Vec<Rack<'t>> {
    let mut racks: Vec<Rack<'t>> = Vec::new();
    for device in topology.devices() {
        let (site, rack) = (topology.site_of(device), topology.rack_of(device));
        let name = rack.or(site).map(|name| (site.filter(|_| rack.is_some()), name));
        let place = racks.iter().position(|rack| rack.name == name).unwrap_or_else(|| {
            racks.push(Rack { name, ..Rack::default() });
            racks.len() - 1
        });
        match device {
            DeviceId::Node(index) => racks[place].nodes.push(index),
            other => racks[place].others.push(other),
        }
    }
    racks
}

/// Cables from the servers of a rack to switches and firewalls, in the order of the servers' ports.
fn stubs(topology: &Topology<'_>, inks: &Inks, rack: &Rack<'_>) -> Vec<Stub> {
    let mut stubs: Vec<Stub> = Vec::new();
    for node in &rack.nodes {
        let first = stubs.len();
        for port in &topology.nodes[*node].ports {
            let Some(far) = topology.far_end(*port).map(|far| topology.port(far).device) else { continue };
            if matches!(far, DeviceId::Node(_)) {
                continue;
            }
            let lane = (far, inks.of_port(*port));
            match stubs[first..].iter_mut().find(|stub| stub.lane == lane) {
                Some(stub) => stub.ports.push(*port),
                None => stubs.push(Stub { node: *node, lane, ports: vec![*port] }),
            }
        }
    }
    stubs
}

fn row_of(topology: &Topology<'_>, device: DeviceId, stubs: &[Stub]) -> usize {
    let hung_on = stubs.iter().any(|stub| stub.lane.0 == device);
    match device {
        _ if hung_on => LAST_ROW,
        DeviceId::Firewall(_) => 1,
        DeviceId::Switch(index) if topology.switches[index].role() == Some(SwitchRole::Spine) => 2,
        DeviceId::Switch(index) if topology.switches[index].role() == Some(SwitchRole::Core) => 2,
        _ => LAST_ROW,
    }
}

fn row_used(topology: &Topology<'_>, racks: &[Rack<'_>], stubs: &[Vec<Stub>], row: usize) -> bool {
    if row == 0 {
        return !topology.uplinks.is_empty();
    }
    let mut devices = racks.iter().zip(stubs).flat_map(|(rack, stubs)| rack.others.iter().map(move |own| (own, stubs)));
    devices.any(|(device, stubs)| row_of(topology, *device, stubs) == row)
}

struct Builder<'b, 't, 'd> {
    topology: &'t Topology<'d>,
    inks: &'b Inks,
    language: Language,
    drawing: &'b mut Drawing,
    places: &'b mut Places,
    left: i32,
    top: i32,
    used: &'b [bool],
}

impl Builder<'_, '_, '_> {
    /// Draws a rack; answers where it ends to the right and below.
    fn rack(&mut self, rack: &Rack<'_>, stubs: &[Stub]) -> (i32, i32) {
        let direct = rack.nodes.iter().filter(|node| self.has_direct_cable(**node)).count();
        let arcs = if direct > 0 { 16 + 12 * pixels(direct) } else { 0 };
        let servers = self.left + BETWEEN + arcs;
        let lanes_from = if rack.nodes.is_empty() { self.left + BETWEEN } else { servers + SERVER + 22 };
        let mut right = if rack.nodes.is_empty() { self.left + BETWEEN } else { servers + SERVER };
        let mut lanes: BTreeMap<(DeviceId, usize), i32> = BTreeMap::new();
        let widest = (0..ROWS).map(|row| self.row_width(&self.row(rack, stubs, row), stubs)).max().unwrap_or_default();
        let mut y = self.top;
        for row in (0..ROWS).filter(|row| self.used[*row]) {
            let devices = self.row(rack, stubs, row);
            let free = widest - self.row_width(&devices, stubs);
            let mut x = lanes_from + if row == LAST_ROW { 0 } else { free.max(0) / 2 };
            for device in devices {
                let width = self.symbol(device, rack, stubs, (x, y), &mut lanes);
                x += width + BETWEEN;
            }
            if row == 0 {
                x = self.uplinks(rack, lanes_from, widest, y);
            }
            right = right.max(x);
            y += ROW;
        }
        let mut lanes_end: BTreeMap<(DeviceId, usize), (i32, Vec<PortId>)> = BTreeMap::new();
        for node in &rack.nodes {
            let own: Vec<&Stub> = stubs.iter().filter(|stub| stub.node == *node).collect();
            let height = (14 + STUB * pixels(own.len())).max(34);
            let place = Place { x: servers, y, width: SERVER, height };
            self.server(*node, place);
            for (index, stub) in own.iter().enumerate() {
                let at = y + 7 + STUB / 2 + STUB * pixels(index);
                let Some(x) = lanes.get(&stub.lane) else { continue };
                self.line(stub.lane.1, vec![(servers + SERVER, at), (*x, at)], Some((*x, at)), &stub.ports);
                let end = lanes_end.entry(stub.lane).or_default();
                end.0 = at;
                end.1.extend(&stub.ports);
            }
            y += height + 8;
        }
        for (lane, (end, ports)) in lanes_end {
            let Some(x) = lanes.get(&lane) else { continue };
            self.line(lane.1, vec![(*x, self.lanes_top()), (*x, end)], None, &ports);
        }
        (right.max(self.left + 120) + BETWEEN, y + BETWEEN - 8)
    }

    fn has_direct_cable(&self, node: usize) -> bool {
        let far = |port: &PortId| self.topology.far_end(*port).map(|far| self.topology.port(far).device);
        self.topology.nodes[node].ports.iter().filter_map(far).any(|device| matches!(device, DeviceId::Node(_)))
    }

    /// Devices of a row: those of the rack, and in the last row those of other racks that its servers hang on.
    fn row(&self, rack: &Rack<'_>, stubs: &[Stub], row: usize) -> Vec<DeviceId> {
        let own = rack.others.iter().copied().filter(|device| row_of(self.topology, *device, stubs) == row);
        let mut devices: Vec<DeviceId> = if row == 0 { Vec::new() } else { own.collect() };
        if row == LAST_ROW {
            for device in stubs.iter().map(|stub| stub.lane.0) {
                if !devices.contains(&device) && !rack.others.contains(&device) {
                    devices.push(device);
                }
            }
        }
        devices
    }

    /// Draws a device of a row above the servers and lays out its lanes; answers its width.
    fn symbol(
        &mut self,
        device: DeviceId,
        rack: &Rack<'_>,
        stubs: &[Stub],
        (x, y): (i32, i32),
        lanes: &mut BTreeMap<(DeviceId, usize), i32>,
    ) -> i32 {
        let own = inks_below(device, stubs);
        let name = self.topology.name(device).to_owned();
        let detail = above_detail(self.topology, device);
        let width = self.width_of(device, &own);
        let first = x + (width - (pixels(own.len()) - 1) * LANE) / 2;
        for (index, ink) in own.iter().enumerate() {
            lanes.insert((device, *ink), first + LANE * pixels(index));
        }
        let here = rack.others.contains(&device);
        let kind = match device {
            _ if !here => Kind::Elsewhere,
            DeviceId::Firewall(_) => Kind::Firewall,
            _ => Kind::Switch,
        };
        let place = Place { x, y, width, height: SWITCH };
        if here {
            self.places.insert(device, place);
        } else {
            // The lanes of a rack begin below its own signs, wherever the device itself stands.
            self.places.entry(device).or_insert(place);
        }
        let facts = facts(self.topology, device);
        let paths = device_paths(self.topology, device);
        self.drawing.symbols.push(Symbol { kind, place, name, detail, facts, paths });
        width
    }

    fn width_of(&self, device: DeviceId, lanes: &[usize]) -> i32 {
        let detail = above_detail(self.topology, device);
        let widest = letters(self.topology.name(device)).max(letters(&detail.say(self.language)) * 4 / 5);
        (pixels(widest) * LETTER + 16).max(pixels(lanes.len()) * LANE + 16).max(64)
    }

    fn row_width(&self, devices: &[DeviceId], stubs: &[Stub]) -> i32 {
        devices.iter().map(|device| self.width_of(*device, &inks_below(*device, stubs)) + BETWEEN).sum()
    }

    /// Where lanes begin: below the last row.
    fn lanes_top(&self) -> i32 {
        let rows = pixels((0..LAST_ROW).filter(|row| self.used[*row]).count());
        self.top + rows * ROW + SWITCH
    }

    fn server(&mut self, node: usize, place: Place) {
        let device = DeviceId::Node(node);
        self.places.insert(device, place);
        self.drawing.symbols.push(Symbol {
            kind: Kind::Node,
            place,
            name: self.topology.nodes[node].name.to_string(),
            detail: node_detail(self.topology, &self.topology.nodes[node]),
            facts: facts(self.topology, device),
            paths: device_paths(self.topology, device),
        });
    }

    /// Lines to the outside that leave from devices of a rack; answers where they end to the right.
    fn uplinks(&mut self, rack: &Rack<'_>, from: i32, widest: i32, y: i32) -> i32 {
        let width = |uplink: &crate::topology::Uplink<'_>| pixels(letters(&uplink.name)) * LETTER + 16;
        let all: i32 = self
            .topology
            .uplinks
            .iter()
            .filter(|uplink| self.leaves(rack, uplink))
            .map(|own| width(own) + BETWEEN)
            .sum();
        let mut x = from + (widest - all).max(0) / 2;
        for uplink in &self.topology.uplinks {
            if !self.leaves(rack, uplink) {
                continue;
            }
            let name = uplink.name.to_string();
            let width = width(uplink);
            let place = Place { x, y, width, height: SWITCH };
            let detail = uplink.item.value.bandwidth.as_ref().map(|bandwidth| bandwidth.value.into());
            let facts = vec![words::outside_line(name.as_str())];
            let detail = detail.unwrap_or_default();
            let paths = vec![uplink.path()];
            self.drawing.symbols.push(Symbol { kind: Kind::Uplink, place, name, detail, facts, paths });
            x += width + BETWEEN;
        }
        x
    }

    /// Whether a line to the outside leaves from a device of a rack.
    fn leaves(&self, rack: &Rack<'_>, uplink: &crate::topology::Uplink<'_>) -> bool {
        let owner = uplink.ports.first().map(|port| self.topology.port(*port).device);
        owner.is_some_and(|owner| match owner {
            DeviceId::Node(node) => rack.nodes.contains(&node),
            other => rack.others.contains(&other),
        })
    }

    fn line(&mut self, ink: usize, points: Vec<(i32, i32)>, joint: Option<(i32, i32)>, ports: &[PortId]) {
        let facts = cable_facts(self.topology, ports);
        let paths = cable_paths(self.topology, self.inks, ports);
        self.drawing.lines.push(Line { ink, course: Course::Straight(points), joint, facts, paths });
    }
}

/// Inks of the lanes below a device, in order.
fn inks_below(device: DeviceId, stubs: &[Stub]) -> Vec<usize> {
    let mut inks: Vec<usize> = stubs.iter().filter(|stub| stub.lane.0 == device).map(|stub| stub.lane.1).collect();
    inks.sort_unstable();
    inks.dedup();
    inks
}
