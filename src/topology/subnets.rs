//! Subnets that the addresses of a network lie in.

use std::collections::BTreeMap;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::addresses::Address;
use super::networks::{Attachment, Network};

/// A range of addresses with one prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subnet {
    is_ipv6: bool,
    first: u128,
    prefix: u8,
}

impl Subnet {
    /// The last address as a number; the first one is what subnets are ordered by.
    fn last(&self) -> u128 {
        let width = if self.is_ipv6 { 128 } else { 32 };
        let host_bits = width - u32::from(self.prefix);
        self.first | 1_u128.checked_shl(host_bits).map_or(u128::MAX, |size| size - 1)
    }

    /// Whether an address lies in it.
    pub fn contains(&self, ip: IpAddr) -> bool {
        let (bits, is_ipv6) = number(ip);
        self.is_ipv6 == is_ipv6 && self.first <= bits && bits <= self.last()
    }

    /// Whether another subnet lies in it, or is the same.
    pub fn holds(&self, other: &Self) -> bool {
        self.is_ipv6 == other.is_ipv6 && self.first <= other.first && other.last() <= self.last()
    }

    /// Addresses that hosts can have in an IPv4 subnet; IPv6 never runs short.
    pub fn host_addresses(&self) -> Option<u32> {
        // The first address is the network's own and the last one that of the broadcast.
        let between = (self.last() - self.first).saturating_sub(1);
        (!self.is_ipv6).then(|| u32::try_from(between).unwrap_or(u32::MAX))
    }
}

impl fmt::Display for Subnet {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match u32::try_from(self.first) {
            Ok(first) if !self.is_ipv6 => write!(formatter, "{}/{}", Ipv4Addr::from_bits(first), self.prefix),
            _ => write!(formatter, "{}/{}", Ipv6Addr::from_bits(self.first), self.prefix),
        }
    }
}

fn number(ip: IpAddr) -> (u128, bool) {
    match ip {
        IpAddr::V4(ip) => (u128::from(ip.to_bits()), false),
        IpAddr::V6(ip) => (ip.to_bits(), true),
    }
}

impl Address {
    /// The subnet it lies in; nothing for an address of its own or one end of a line, whose prefix leaves room for no
    /// third.
    pub fn subnet(&self) -> Option<Subnet> {
        let (bits, is_ipv6) = number(self.ip);
        let width = if is_ipv6 { 128_u32 } else { 32 };
        let host_bits = width - u32::from(self.prefix);
        let mask = 1_u128.checked_shl(host_bits).map_or(u128::MAX, |size| size - 1);
        (host_bits > 1).then_some(Subnet { is_ipv6, first: bits & !mask, prefix: self.prefix })
    }
}

/// Members of a network whose addresses lie in one subnet.
#[derive(Debug, Clone)]
pub struct Membership<'t> {
    /// The subnet.
    pub subnet: Subnet,
    /// The members.
    pub members: Vec<&'t Attachment>,
}

impl Network<'_> {
    /// The subnets its members' addresses lie in, in their order.
    pub fn subnets(&self) -> Vec<Membership<'_>> {
        let mut subnets: BTreeMap<Subnet, Vec<&Attachment>> = BTreeMap::new();
        for attachment in &self.attachments {
            if let Some(subnet) = attachment.address.as_ref().and_then(|address| address.subnet()) {
                subnets.entry(subnet).or_default().push(attachment);
            }
        }
        subnets.into_iter().map(|(subnet, members)| Membership { subnet, members }).collect()
    }

    /// Whether it has addresses of IPv6.
    pub fn is_ipv6(&self) -> bool {
        let mut addresses = self.attachments.iter().filter_map(|attachment| attachment.address.as_ref());
        addresses.any(|address| address.ip.is_ipv6())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subnet(text: &str) -> Option<Subnet> {
        text.parse::<Address>().ok()?.subnet()
    }

    #[test]
    fn a_subnet_is_the_address_without_its_host_bits() {
        let subnet = subnet("10.2.21.66/26").unwrap();
        assert_eq!(subnet.to_string(), "10.2.21.64/26");
        // 64 addresses less those of the network and the broadcast.
        assert_eq!(subnet.host_addresses(), Some(62));
        assert!(subnet.contains("10.2.21.127".parse().unwrap()));
        assert!(!subnet.contains("10.2.21.128".parse().unwrap()));
    }

    #[test]
    fn ends_of_a_line_and_single_hosts_are_in_no_subnet() {
        assert_eq!(subnet("10.0.0.1/32"), None);
        assert_eq!(subnet("10.0.0.1/31"), None);
        assert_eq!(subnet("2001:db8::1/128"), None);
        assert_eq!(subnet("10.0.0.1/30").and_then(|subnet| subnet.host_addresses()), Some(2));
    }

    #[test]
    fn families_do_not_overlap_and_everything_holds_everything() {
        let (four, six) = (subnet("0.0.0.0/0").unwrap(), subnet("::/0").unwrap());
        assert!(four.holds(&subnet("10.0.0.0/8").unwrap()));
        assert!(six.holds(&subnet("2001:db8::/32").unwrap()));
        assert!(!six.holds(&four) && !four.holds(&six));
        assert_eq!(four.host_addresses(), Some(u32::MAX - 1));
    }
}
