//! Addresses with prefix length.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// An address and the length of its network's prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Address {
    /// The address.
    pub ip: IpAddr,
    /// Length of the prefix in bits.
    pub prefix: u8,
}

impl Address {
    /// Bits of the network part, for comparing networks.
    pub fn network(&self) -> (u128, u8) {
        let (bits, width) = match self.ip {
            IpAddr::V4(ip) => (u128::from(ip.to_bits()), 32_u32),
            IpAddr::V6(ip) => (ip.to_bits(), 128),
        };
        let host_bits = width - u32::from(self.prefix);
        (bits.checked_shr(host_bits).unwrap_or(0), self.prefix)
    }
}

impl FromStr for Address {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (ip, prefix) = text.split_once('/').ok_or(())?;
        let ip: IpAddr = ip.parse().map_err(|_| ())?;
        let prefix: u8 = prefix.parse().map_err(|_| ())?;
        let longest = if ip.is_ipv4() { 32 } else { 128 };
        if prefix > longest { Err(()) } else { Ok(Self { ip, prefix }) }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.ip, self.prefix)
    }
}
