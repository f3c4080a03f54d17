//! The topology as a picture: where devices stand and how lines run between them. Plain data in whole pixels; what it
//! looks like on a page is the renderer's.
//!
//! Racks stand beside each other. In each, firewalls stand above spines, spines above the switches that its servers hang
//! on, and those above the servers. Each of these switches has a lane for each network that comes to it, which runs down
//! beside the servers; a server joins the lanes it is cabled to. So the picture grows by a row for each server and by
//! nothing else. A switch of another rack is drawn again, as a sign that points to it.

mod facts;
mod inks;
mod rack;
mod wiring;

use std::collections::BTreeMap;

use crate::topology::{DeviceId, PortId, Topology};
use crate::words::{Language, Said};
use inks::{Ink, Inks};

/// Most servers that are drawn; more of them are no picture that anybody reads.
pub const MOST_SERVERS: usize = 128;

/// A picture of a topology.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Drawing {
    /// Width.
    pub width: i32,
    /// Height.
    pub height: i32,
    /// Frames around things that belong together, to be drawn below everything else.
    pub frames: Vec<Frame>,
    /// Lines.
    pub lines: Vec<Line>,
    /// Devices.
    pub symbols: Vec<Symbol>,
    /// What lines carry, in the order of [`Line::ink`].
    pub inks: Vec<Said>,
}

/// A rectangle by its upper left corner.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Place {
    /// From the left.
    pub x: i32,
    /// From above.
    pub y: i32,
    /// Width.
    pub width: i32,
    /// Height.
    pub height: i32,
}

/// A frame with its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// Where it is.
    pub place: Place,
    /// What stands at its upper edge.
    pub name: Said,
    /// Whether it is a pair of switches, and no rack.
    pub pair: bool,
    /// Tables of the design that it shows.
    pub paths: Vec<String>,
}

/// Kind of a symbol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A server.
    Node,
    /// A switch.
    Switch,
    /// A firewall.
    Firewall,
    /// A line to the outside.
    Uplink,
    /// A switch or firewall that stands in another rack.
    Elsewhere,
}

/// A device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Symbol {
    /// What it is.
    pub kind: Kind,
    /// Where it is.
    pub place: Place,
    /// Its name.
    pub name: String,
    /// What is written below the name.
    pub detail: Said,
    /// What is known of it, a line each.
    pub facts: Vec<Said>,
    /// Tables of the design that it shows.
    pub paths: Vec<String>,
}

/// How a line runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Course {
    /// Straight from point to point.
    Straight(Vec<(i32, i32)>),
    /// From the first point to the last, bent towards the two between.
    Bent([(i32, i32); 4]),
}

/// A cable, or equal ones together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What it carries, as an index of [`Drawing::inks`].
    pub ink: usize,
    /// How it runs.
    pub course: Course,
    /// Where it joins a lane.
    pub joint: Option<(i32, i32)>,
    /// What it is, a line each.
    pub facts: Vec<Said>,
    /// Tables of the design that it shows.
    pub paths: Vec<String>,
}

/// Draws a topology; nothing where there is no device, or more than [`MOST_SERVERS`] servers. Things are as wide as
/// their words in a language.
pub fn draw(topology: &Topology<'_>, language: Language) -> Option<Drawing> {
    if topology.devices().next().is_none() || topology.nodes.len() > MOST_SERVERS {
        return None;
    }
    let inks = Inks::of(topology);
    let mut drawing = Drawing { inks: inks.all.iter().map(Ink::said).collect(), ..Drawing::default() };
    let places = rack::racks(topology, &inks, language, &mut drawing);
    wiring::between_switches(topology, &inks, &places, &mut drawing);
    wiring::pairs(topology, &places, &mut drawing);
    Some(drawing)
}

/// A count of things of one size, to be multiplied with it.
fn pixels(count: usize) -> i32 {
    /// More than any page is wide.
    const MOST: i32 = 100_000;
    i32::try_from(count).unwrap_or(MOST).min(MOST)
}

/// Letters that are as wide as a text: one of Japanese is as wide as two others.
fn letters(text: &str) -> usize {
    unicode_width::UnicodeWidthStr::width(text)
}

/// Where each device is.
type Places = BTreeMap<DeviceId, Place>;

/// Tables that describe a device: its own, as one device and as the design writes it, and its model's.
fn device_paths(topology: &Topology<'_>, device: DeviceId) -> Vec<String> {
    let own = match device {
        DeviceId::Switch(index) => Some(topology.switches[index].path()),
        DeviceId::Node(_) | DeviceId::Firewall(_) => None,
    };
    let written = Some(topology.written_path(device)).filter(|written| own.as_ref() != Some(written));
    let model = topology.model_of(device).map(|(path, _)| path);
    own.into_iter().chain(written).chain(model).collect()
}

/// Tables that describe what a cable between two ports is and carries.
fn cable_paths(topology: &Topology<'_>, inks: &Inks, ports: &[PortId]) -> Vec<String> {
    let mut paths: Vec<String> = Vec::new();
    for port in ports {
        let bond = topology.bond_with(*port).map(|bond| topology.bonds[bond.0].path());
        let networks = inks.networks_on(*port).iter().map(|network| topology.networks[*network].path());
        let links = topology.corosync_links.iter().filter(|link| inks.networks_on(*port).contains(&link.network));
        let links = links.map(crate::topology::CorosyncLink::path);
        let cable = topology.port(*port).cable.map(|cable| topology.cable_path(&topology.cables[cable]));
        paths.extend(cable.into_iter().chain(bond).chain(networks).chain(links));
    }
    paths.sort();
    paths.dedup();
    paths
}
