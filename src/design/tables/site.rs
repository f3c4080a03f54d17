//! Sites and the links between them.

use crate::design::Text;
use crate::design::names::Names;
use crate::design::table::{table, words};
use crate::quantity::{Rate, Time};

table! {
    /// A place with power and network of its own.
    pub struct Site {
        /// What the site is.
        description: Text,
        /// What it was called in the design that `rackproof diff` compares this one with; of a range, a range as long.
        was: Names,
    }
}

table! {
    /// A link between two sites.
    pub struct SiteLink {
        /// The two sites.
        sites [required]: Names,
        /// Round trip and jitter between the two sites.
        latency: Latency,
        /// Rate of the link, one way.
        bandwidth: Rate,
        /// Tunnel that encrypts the link.
        vpn: Vpn,
        /// Largest packet the line itself takes, in bytes; 1500 where it is left out.
        mtu: u32 => 576..=65_535,
        /// Ports it is plugged into at both ends, such as `["fw-a:wan:1", "fw-b:wan:1"]`.
        ports: Names,
        /// What it was called in the design that `rackproof diff` compares this one with; of a range, a range as long.
        was: Names,
    }
}

words! {
    /// Tunnel between sites.
    pub enum Vpn { Wireguard = "wireguard", Ipsec = "ipsec", Openvpn = "openvpn", None = "none" }
}

table! {
    /// Round trip between two members of a network.
    pub struct Latency {
        /// Time from sending a packet to its answer.
        round_trip: Time,
        /// Largest departure from the round trip.
        jitter: Time,
        /// Where the figures come from.
        basis: Basis,
    }
}

words! {
    /// Where a figure comes from.
    pub enum Basis { Measured = "measured", Declared = "declared" }
}
