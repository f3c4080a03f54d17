//! Switches and firewalls.

use super::Card;
use crate::design::names::Names;
use crate::design::read::{Named, Spanned};
use crate::design::table::{table, words};
use crate::quantity::Rate;

table! {
    /// A switch as it is bought.
    pub struct SwitchModel {
        /// What the model is, as on the quote.
        description: String,
        /// Ports by number or name; a range stands for as many equal ports.
        ports: Named<PortGroup>,
        /// Separate management ports.
        management_ports: u32 => 0..=64,
        /// What data sheets hide.
        limits: SwitchLimits,
        /// Whether two of them can form an MLAG pair or a stack.
        mlag: bool,
    }
}

table! {
    /// Equal ports of a switch or firewall.
    pub struct PortGroup {
        /// Speed of each port, such as `"25GbE"`.
        speed: Rate,
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
    }
}

table! {
    /// A switch, or a range of equal switches.
    pub struct Switch {
        /// Model it is.
        model: String,
        /// What it is for.
        role: SwitchRole,
        /// Site it stands in.
        site: String,
        /// Rack it stands in.
        rack: String,
        /// Ports that carry tagged frames only, so that an unconfigured device gets no link.
        tagged_ports: Names,
        /// Management ports in use for the switch's own administration.
        management_ports_used: u32 => 0..=64,
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
        description: String,
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
        model: String,
        /// Site it stands in.
        site: String,
        /// Rack it stands in.
        rack: String,
        /// Ports for traffic of guests and users, such as `["service:{1..2}"]`.
        service_ports: Names,
        /// Ports for its own administration.
        management_ports: Names,
        /// Ports to the other firewall of the pair.
        ha_ports: Names,
    }
}

table! {
    /// Two switches that act as one for link aggregation.
    pub struct Mlag {
        /// The two switches.
        peers [required]: Names,
        /// Ports of the link between the two, the same on both; they are cabled by this.
        peer_link: Names,
        /// Network over which the two watch each other.
        keepalive: String,
    }
}
