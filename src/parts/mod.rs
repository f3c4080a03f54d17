//! What a design takes to buy, and how it is cabled: plain data, in the order in which a buyer orders and a technician
//! works. What the design does not say is named by the key that would tell, never guessed.

mod cabling;
mod connections;
mod equipment;
mod list;
mod names;
mod power;
mod totals;

use crate::design::{CableGrade, CableKind, FormFactor, Optic};
use crate::quantity::{Length, Power, Rate};
use crate::topology::Topology;
use crate::words::{self, Said};

/// What a design takes to buy, what that fills and draws, and how it is cabled.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Parts {
    /// One row for each thing to buy: servers with what is in them, switches, firewalls, transceivers, cables, power cords.
    pub list: Vec<Part>,
    /// Rack units and watts by rack, racks in the order in which the design first names them; devices without one last.
    pub racks: Vec<RackTotal>,
    /// Rack units and watts of all devices.
    pub total: Total,
    /// One row for each cable, in the order in which they are plugged in.
    pub cabling: Vec<PlannedCable>,
    /// Ports that something from outside the design is plugged into, in the order of their devices.
    pub lines: Vec<Line>,
}

/// Kind of a thing to buy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PartKind {
    /// A server without what the following rows name.
    Server,
    /// A processor.
    Processor,
    /// A memory module, or memory whose modules are not stated.
    Memory,
    /// A network card.
    Card,
    /// A storage controller.
    Controller,
    /// A disk.
    Disk,
    /// A switch.
    Switch,
    /// A firewall.
    Firewall,
    /// A power supply.
    PowerSupply,
    /// A transceiver.
    Transceiver,
    /// A network cable.
    Cable,
    /// A power cord.
    PowerCord,
}

impl PartKind {
    /// Its name for scripts.
    pub fn word(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Processor => "processor",
            Self::Memory => "memory",
            Self::Card => "network card",
            Self::Controller => "controller",
            Self::Disk => "disk",
            Self::Switch => "switch",
            Self::Firewall => "firewall",
            Self::PowerSupply => "power supply",
            Self::Transceiver => "transceiver",
            Self::Cable => "cable",
            Self::PowerCord => "power cord",
        }
    }

    /// Its name for people.
    pub fn said(self) -> Said {
        match self {
            Self::Server => words::parts::server(),
            Self::Processor => words::parts::processor(),
            Self::Memory => words::parts::memory(),
            Self::Card => words::parts::card(),
            Self::Controller => words::parts::controller(),
            Self::Disk => words::parts::disk(),
            Self::Switch => words::parts::switch(),
            Self::Firewall => words::parts::firewall(),
            Self::PowerSupply => words::parts::power_supply(),
            Self::Transceiver => words::parts::transceiver(),
            Self::Cable => words::parts::cable(),
            Self::PowerCord => words::parts::power_cord(),
        }
    }
}

/// Equal things to buy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// What kind of thing.
    pub kind: PartKind,
    /// How many; nothing where the design does not say.
    pub count: Option<u64>,
    /// Model as the design names it, where it does.
    pub model: Option<String>,
    /// What the design says of it, in a line.
    pub description: Said,
    /// Devices that it is for, as ranges: `pve{1..3}`.
    pub used_by: Vec<String>,
    /// Keys that would state what is missing to order it.
    pub not_known: Vec<String>,
}

/// What devices fill and draw, as far as their models say so.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Total {
    /// How many devices there are.
    pub devices: usize,
    /// Rack units of those whose height is known.
    pub rack_units: u64,
    /// Devices whose height is not known.
    pub of_unknown_height: usize,
    /// Most that those draw together whose draw is known.
    pub draw: Power,
    /// Devices whose draw is not known.
    pub of_unknown_draw: usize,
    /// Keys that would state what is missing.
    pub not_known: Vec<String>,
}

/// What fills a rack.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RackTotal {
    /// Site, where the design names sites.
    pub site: Option<String>,
    /// Rack; nothing for devices that are said to stand in none.
    pub rack: Option<String>,
    /// What its devices fill and draw.
    pub total: Total,
}

/// A cable of the plan.
#[derive(Debug, Clone, PartialEq)]
pub struct PlannedCable {
    /// Its number, from 1.
    pub number: usize,
    /// The end that comes first on the technician's way.
    pub from: End,
    /// The other end.
    pub to: End,
    /// What it is made of.
    pub kind: Option<CableKind>,
    /// Length.
    pub length: Option<Length>,
    /// Speed of its slower end, or of the one that is known.
    pub speed: Option<Rate>,
    /// Grade or category.
    pub grade: Option<CableGrade>,
    /// Transceivers at both ends.
    pub optic: Option<Optic>,
    /// Networks that it carries, in the order of the design.
    pub networks: Vec<Carried>,
    /// Bonds that its ends are in, each once.
    pub bonds: Vec<String>,
    /// What else it is for.
    pub role: Option<Role>,
    /// Keys that would state what is missing.
    pub not_known: Vec<String>,
}

/// An end of a cable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// Text of its flag label: `007A`.
    pub label: String,
    /// Device.
    pub device: String,
    /// Port on the device.
    pub port: String,
    /// Where the device stands.
    pub place: Place,
    /// Form of what is plugged in: as the cable says, or else as the port does.
    pub form_factor: Option<FormFactor>,
}

/// Where a device stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// Site, where the design names sites.
    pub site: Option<String>,
    /// Rack.
    pub rack: Option<String>,
    /// Lowest rack unit it takes, from the bottom.
    pub rack_unit: Option<u32>,
}

/// A network on a cable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carried {
    /// Name of the network.
    pub network: String,
    /// VLAN that it is tagged with; nothing where it is untagged.
    pub vlan: Option<u32>,
}

/// What a cable is for beside networks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// It is one of the peer link of an MLAG pair.
    PeerLink,
    /// It joins the two firewalls of a pair.
    FirewallPair,
    /// It leads to a port for the administration of a switch or firewall.
    Administration,
    /// It joins two switches.
    BetweenSwitches,
}

impl Role {
    /// Its name for scripts.
    pub fn word(self) -> &'static str {
        match self {
            Self::PeerLink => "peer link",
            Self::FirewallPair => "firewall pair",
            Self::Administration => "administration",
            Self::BetweenSwitches => "between switches",
        }
    }

    /// Its name for people.
    pub fn said(self) -> Said {
        match self {
            Self::PeerLink => words::parts::peer_link(),
            Self::FirewallPair => words::parts::firewall_pair(),
            Self::Administration => words::parts::administration(),
            Self::BetweenSwitches => words::parts::between_switches(),
        }
    }
}

/// Something from outside the design that is plugged into a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What it is: `uplink provider-a`.
    pub name: Said,
    /// Device.
    pub device: String,
    /// Port on the device.
    pub port: String,
    /// Where the device stands.
    pub place: Place,
}

/// What a design takes to buy, and how it is cabled.
pub fn parts(topology: &Topology<'_>) -> Parts {
    let walk = cabling::Walk::new(topology);
    Parts {
        list: list::list(topology),
        racks: totals::by_rack(topology, &walk),
        total: totals::total(topology, topology.devices()),
        cabling: cabling::plan(topology, &walk),
        lines: cabling::lines(topology, &walk),
    }
}
