//! Switches and firewalls.

use super::{Card, FormFactor, HashPolicy, LacpRate, PowerSupplies};
use crate::design::Text;
use crate::design::names::Names;
use crate::design::read::{Named, Spanned};
use crate::design::table::{table, words};
use crate::quantity::{Power, Rate, Size};

table! {
    /// A switch as it is bought.
    pub struct SwitchModel {
        /// What the model is, as on the quote.
        description: Text,
        /// Ports by number or name; a range stands for as many equal ports.
        ports: Named<PortGroup>,
        /// Separate management ports, named `management:1` and so on; no frames pass between them and the others.
        management_ports: u32 => 0..=64,
        /// What data sheets hide.
        limits: SwitchLimits,
        /// Whether two of them can form an MLAG pair or a stack.
        mlag: bool,
        /// Power supplies.
        power_supplies: PowerSupplies,
        /// Most that one switch takes.
        draw: Power,
        /// Height in rack units.
        rack_units: u32 => 1..=60,
        /// What it was called in the design that `rackproof diff` compares this one with; of a range, a range as long.
        was: Names,
    }
}

table! {
    /// Equal ports of a switch or firewall.
    pub struct PortGroup {
        /// Speed of each port, such as `"25GbE"`.
        speed: Rate,
        /// Into how many equal lanes one port can be split; lanes of port `49` are named `49/1` and so on.
        breakout: u32 => 2..=8,
        /// What each port takes: the cage for a transceiver or a plug, or a jack.
        form_factor: FormFactor,
    }
}

table! {
    /// Limits of a switch model.
    pub struct SwitchLimits {
        /// Link aggregation groups, the MLAG peer link included.
        lacp_groups: u32 => 0..=100_000,
        /// VLANs.
        vlans: u32 => 0..=4094,
        /// Largest frame payload in bytes.
        mtu: u32 => 576..=65_535,
        /// Most packets of bytes that can wait at one port, such as `"12 MB"`.
        buffer: Size,
    }
}

table! {
    /// A switch, or a range of equal switches.
    pub struct Switch {
        /// Model it is.
        model: Text,
        /// What it is for.
        role: SwitchRole,
        /// Site it stands in.
        site: Text,
        /// Rack it stands in.
        rack: Text,
        /// Lowest rack unit that it takes, counted from the bottom; one for each switch: `[40, 41]`.
        rack_unit: Vec<Spanned<u32>>,
        /// Feed of each power supply, in their order.
        power: Names,
        /// Ports that carry tagged frames only, so that an unconfigured device gets no link.
        tagged_ports: Names,
        /// Management ports in use for the switch's own administration.
        management_ports_used: u32 => 0..=64,
        /// What it was called in the design that `rackproof diff` compares this one with; of a range, a range as long.
        was: Names,
    }
}

words! {
    /// What a switch is for.
    pub enum SwitchRole { Core = "core", Management = "management", Leaf = "leaf", Spine = "spine" }
}

table! {
    /// A firewall as it is bought.
    pub struct FirewallModel {
        /// What the model is, as on the quote.
        description: Text,
        /// Ports in groups, like the cards of a server; a port is named `service:1`.
        cards: Named<Card>,
        /// Whether it takes several VLANs on one port.
        trunk_vlan: bool,
        /// Whether it translates addresses.
        nat: bool,
        /// Whether it routes.
        routing: bool,
        /// Routing protocols it speaks.
        dynamic_routing: Vec<Spanned<RoutingProtocol>>,
        /// Power supplies.
        power_supplies: PowerSupplies,
        /// Most that one firewall takes.
        draw: Power,
        /// Height in rack units.
        rack_units: u32 => 1..=60,
        /// What it was called in the design that `rackproof diff` compares this one with; of a range, a range as long.
        was: Names,
    }
}

words! {
    /// Routing protocol.
    pub enum RoutingProtocol { Bgp = "bgp", Ospf = "ospf", Isis = "isis", Rip = "rip" }
}

table! {
    /// A firewall, or a range of equal firewalls.
    pub struct Firewall {
        /// Model it is.
        model: Text,
        /// Site it stands in.
        site: Text,
        /// Rack it stands in.
        rack: Text,
        /// Lowest rack unit that it takes, counted from the bottom; one for each firewall: `[40, 41]`.
        rack_unit: Vec<Spanned<u32>>,
        /// Feed of each power supply, in their order.
        power: Names,
        /// Ports for traffic of guests and users, such as `["service:{1..2}"]`.
        service_ports: Names,
        /// Ports for its own administration.
        management_ports: Names,
        /// Ports to the other firewall of the pair.
        ha_ports: Names,
        /// What it was called in the design that `rackproof diff` compares this one with; of a range, a range as long.
        was: Names,
    }
}

table! {
    /// Settings of ports of a switch or firewall.
    pub struct SwitchPort {
        /// The ports, such as `["core-a:{1..3}", "core-b:{1..3}"]`.
        ports [required]: Names,
        /// VLANs they carry tagged, such as `["20", "{100..115}"]`; an empty list for none.
        tagged: Names,
        /// VLAN of frames without a tag; 0 for none.
        native: u32 => 0..=4094,
        /// Largest packet in bytes.
        mtu: u32 => 576..=65_535,
        /// Name of the link aggregation group on the switch; ports of one name on one switch or MLAG pair belong together.
        lag: Text,
        /// How often the switch asks for LACP frames.
        lacp_rate: LacpRate,
        /// What decides the member by which the switch sends a frame.
        hash_policy: HashPolicy,
    }
}

table! {
    /// A line to the outside: to a provider or to the network of the building.
    pub struct Uplink {
        /// Ports it is plugged into, such as `"fw{1..2}:wan:1"`.
        ports: Names,
        /// Rate of the line, one way.
        bandwidth: Rate,
        /// What it was called in the design that `rackproof diff` compares this one with; of a range, a range as long.
        was: Names,
    }
}

table! {
    /// Two switches that act as one for link aggregation.
    pub struct Mlag {
        /// The two switches; where the peer link fails, the second one shuts its ports.
        peers [required]: Names,
        /// Ports of the link between the two, the same on both; they are cabled by this, and a cable between them that is
        /// written as well says only what it is made of.
        peer_link: Names,
        /// Network over which the two watch each other.
        keepalive: Text,
        /// What it was called in the design that `rackproof diff` compares this one with; of a range, a range as long.
        was: Names,
    }
}
