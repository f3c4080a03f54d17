//! Bonds by the table that describes them, where their members end, and the groups that switches make of their ports.

use std::collections::{BTreeMap, BTreeSet};

use foldhash::HashMap;

use super::Topology;
use super::devices::{DeviceId, PortId};
use super::links::{Bond, BondId};
use crate::design;
use crate::quantity::Rate;

/// Where the members of a bond end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BondEnds {
    /// Switch ports, in the order of the members.
    pub ports: Vec<PortId>,
    /// Indices of the switches that they belong to.
    pub switches: BTreeSet<usize>,
    /// Whether a member leads to another server or firewall.
    pub direct: bool,
    /// The key that would say where the other members end.
    pub open: Option<String>,
}

/// A link aggregation group of a switch or MLAG pair, as the settings of its ports name it.
#[derive(Debug, Clone)]
pub struct Lag<'d> {
    /// Its name.
    pub name: &'d str,
    /// Indices of the switch, or of both switches of the pair.
    pub switches: Vec<usize>,
    /// Its ports.
    pub ports: Vec<PortId>,
}

impl<'d> Topology<'d> {
    /// Bonds by the table that describes them.
    pub fn written_bonds(&self) -> Vec<Vec<&Bond<'d>>> {
        let mut groups: Vec<Vec<&Bond<'_>>> = Vec::new();
        for bond in &self.bonds {
            match groups.last_mut() {
                Some(group) if group.last().is_some_and(|last| std::ptr::eq(last.item, bond.item)) => group.push(bond),
                _ => groups.push(vec![bond]),
            }
        }
        groups
    }

    /// The bond that each port of a bond belongs to.
    pub fn bonds_by_port(&self) -> BTreeMap<PortId, BondId> {
        let members = |(index, bond): (usize, &Bond<'_>)| {
            bond.members.clone().into_iter().map(move |member| (member, BondId(index)))
        };
        self.bonds.iter().enumerate().flat_map(members).collect()
    }

    /// Where the members of a bond end; found once for all bonds.
    pub fn bond_ends(&self, bond: &Bond<'_>) -> &BondEnds {
        &self.lookups.bond_ends.get_or_init(|| self.bonds.iter().map(|bond| self.found_ends(bond)).collect())[bond.id.0]
    }

    fn found_ends(&self, bond: &Bond<'_>) -> BondEnds {
        let mut ends = BondEnds::default();
        for member in &bond.members {
            match self.far_end(*member) {
                Some(far) => match self.port(far).device {
                    DeviceId::Switch(switch) => {
                        ends.ports.push(far);
                        ends.switches.insert(switch);
                    }
                    DeviceId::Node(_) | DeviceId::Firewall(_) => ends.direct = true,
                },
                None => ends.open = Some("cable".to_owned()),
            }
        }
        if !bond.is_whole() {
            ends.open = Some(self.ports_key(bond.device));
        }
        ends
    }

    /// The key that would state the speed of a bond's members; nothing where all are known.
    pub fn missing_member_speed(&self, bond: &Bond<'_>) -> Option<String> {
        if !bond.is_whole() {
            return Some(self.ports_key(bond.device));
        }
        bond.members.iter().find(|port| self.port(**port).speed.is_none()).map(|port| self.speed_key(*port))
    }

    /// Least and most that a bond carries when any one member, or any one of several switches that it ends on, is
    /// gone: all that is left together, or one port where the others wait. The two differ only where the mode is not
    /// known. Nothing where a speed is not known or no member would be left.
    pub fn degraded_rate(&self, bond: &Bond<'_>) -> Option<(Rate, Rate)> {
        let members: Option<Vec<(PortId, Rate)>> =
            bond.members.iter().map(|port| Some((*port, self.link_speed(*port)?))).collect();
        let members = members.filter(|_| bond.is_whole())?;
        let switch = |port: PortId| self.far_end(port).map(|far| self.port(far).device);
        let several = self.bond_ends(bond).switches.len() > 1;
        let left = |lost: PortId| {
            let gone = |port: PortId| port == lost || several && switch(port).is_some() && switch(port) == switch(lost);
            let left: Vec<Rate> = members.iter().filter(|(port, _)| !gone(*port)).map(|(_, rate)| *rate).collect();
            let slowest = left.iter().copied().reduce(least)?;
            let sum = left.into_iter().reduce(|sum, rate| sum + rate)?;
            Some(match bond.mode() {
                Some(design::BondMode::ActiveBackup | design::BondMode::Broadcast) => (slowest, slowest),
                Some(_) => (sum, sum),
                None => (slowest, sum),
            })
        };
        let losses: Option<Vec<(Rate, Rate)>> = bond.members.iter().map(|lost| left(*lost)).collect();
        losses?.into_iter().reduce(|worst, next| (least(worst.0, next.0), least(worst.1, next.1)))
    }

    /// The group that a switch port is set to be in: the switches that make it, and its name.
    pub fn lag_of(&self, port: PortId) -> Option<(&[usize], &'d str)> {
        let DeviceId::Switch(switch) = self.port(port).device else { return None };
        let lag = self.port(port).settings?.lag.as_ref()?;
        Some((self.unit(switch), lag.value.as_str()))
    }

    /// Every link aggregation group that the settings of switch ports name.
    pub(super) fn named_lags(&self) -> Vec<Lag<'d>> {
        if self.design.switch_port.is_none() {
            return Vec::new();
        }
        let mut lags: HashMap<(&[usize], &'d str), Vec<PortId>> = HashMap::default();
        for port in (0..self.ports.len()).map(PortId) {
            if let Some(lag) = self.lag_of(port) {
                lags.entry(lag).or_default().push(port);
            }
        }
        let lag =
            |((switches, name), ports): ((&[usize], &'d str), _)| Lag { name, switches: switches.to_vec(), ports };
        let mut lags: Vec<Lag<'d>> = lags.into_iter().map(lag).collect();
        lags.sort_unstable_by(|one, other| (&one.switches, one.name).cmp(&(&other.switches, other.name)));
        lags
    }
}

fn least(one: Rate, other: Rate) -> Rate {
    if other < one { other } else { one }
}

impl design::SwitchPort {
    /// Path of these settings, by the first port they are for: `switch_port.core-a:1`.
    pub fn path(&self) -> String {
        format!("switch_port.{}", self.ports.as_ref().and_then(|ports| ports.value.iter().next()).unwrap_or_default())
    }

    /// VLANs that the ports carry, tagged or as their native one; nothing where neither is said.
    pub fn vlans(&self) -> Option<BTreeSet<u32>> {
        let tagged = self.tagged.iter().flat_map(|vlans| vlans.value.iter()).filter_map(|vlan| vlan.parse().ok());
        let native = self.native.iter().map(|vlan| vlan.value).filter(|vlan| *vlan > 0);
        (self.tagged.is_some() || self.native.is_some()).then(|| tagged.chain(native).collect())
    }
}
