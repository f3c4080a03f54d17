//! Ways of frames from switch to switch, and the cables by which members of a network reach the first one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use foldhash::HashMap;

use super::Topology;
use super::devices::{DeviceId, PortId};
use super::links::Interface;
use super::networks::Attachment;
use crate::design::{BondMode, SwitchRole};
use crate::quantity::Rate;

/// What a way consists of. Of several cables or ways of as many switches the slowest counts.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Route {
    /// Switches on it.
    pub switches: usize,
    /// Cables on it.
    pub cables: usize,
    /// Time that a byte takes to be sent on all of them one after the other, in seconds.
    pub seconds_per_byte: f64,
    /// Length of all cables together in metres, as far as it is said.
    pub metres: f64,
    /// A port on it whose speed is not known.
    pub slowless: Option<PortId>,
}

impl Route {
    /// What two ways have to have in common to be the same to the last bit.
    pub fn bits(&self) -> RouteBits {
        (self.switches, self.cables, self.seconds_per_byte.to_bits(), self.metres.to_bits(), self.slowless)
    }

    /// One way after the other.
    #[must_use]
    pub fn then(self, next: Self) -> Self {
        Self {
            switches: self.switches + next.switches,
            cables: self.cables + next.cables,
            seconds_per_byte: self.seconds_per_byte + next.seconds_per_byte,
            metres: self.metres + next.metres,
            slowless: self.slowless.or(next.slowless),
        }
    }

    /// Of two ways between the same ends the one that frames take: over fewer switches.
    #[must_use]
    pub fn shorter(self, other: Self) -> Self {
        match other.switches.cmp(&self.switches) {
            std::cmp::Ordering::Equal => self.slower(other),
            std::cmp::Ordering::Less => other,
            std::cmp::Ordering::Greater => self,
        }
    }

    /// The slower of two ways, switches first.
    #[must_use]
    pub fn slower(self, other: Self) -> Self {
        let weight = |way: &Self| (way.switches, way.slowless.is_some(), way.seconds_per_byte, way.metres);
        if weight(&other) > weight(&self) { other } else { self }
    }
}

/// A way to the last bit.
type RouteBits = (usize, usize, u64, u64, Option<PortId>);

/// Where a cable of a member leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Landing {
    /// Index of the switch.
    Switch(usize),
    /// Another member, without a switch between.
    Device(DeviceId),
}

/// Ways from some switches to all others; equal ways are kept once.
#[derive(Debug, Default)]
pub struct SwitchWays {
    routes: Vec<Route>,
    /// Numbers of the ways by both ends; nothing from switches that nobody asked for.
    numbers: Vec<Vec<u32>>,
}

/// In place of the number of a way where there is none.
const NO_WAY: u32 = u32::MAX;

impl SwitchWays {
    /// The way from one switch to another.
    pub fn way(&self, from: usize, to: usize) -> Option<Route> {
        self.routes.get(self.number(from, to) as usize).copied()
    }

    /// The number of the way from one switch to another: equal ones have the same.
    pub fn number(&self, from: usize, to: usize) -> u32 {
        self.numbers.get(from).and_then(|numbers| numbers.get(to)).copied().unwrap_or(NO_WAY)
    }

    /// Switches on the way from one to another, both included.
    pub fn switches(&self, from: usize, to: usize) -> Option<usize> {
        self.routes.get(self.number(from, to) as usize).map(|way| way.switches)
    }
}

/// Switches by their index, each with others in their order.
pub type SwitchPairs = BTreeMap<usize, Vec<usize>>;

impl Topology<'_> {
    /// A cable as a way of its own, from the port at one end.
    pub fn cable_way(&self, port: PortId) -> Route {
        let far = self.far_end(port);
        let slowless = std::iter::once(port).chain(far).find(|end| self.port(*end).speed.is_none());
        let cable = self.port(port).cable.and_then(|cable| self.cables[cable].item);
        let length = cable.and_then(|cable| cable.value.length.as_ref()).map_or(0.0, |length| length.value.base());
        Route {
            switches: 0,
            cables: 1,
            seconds_per_byte: self.link_speed(port).map_or(0.0, |rate: Rate| rate.base().recip()),
            metres: length,
            slowless,
        }
    }

    /// Where the ports lead that a member sends by: all of them, the first one where the others of a bond stand by.
    pub fn landings(&self, attachment: &Attachment) -> Vec<(Landing, Route)> {
        let Some(interface) = attachment.interface.as_ref().map(|interface| interface.value) else { return Vec::new() };
        let mut landings: Vec<(Landing, Route)> = Vec::new();
        for port in self.sending_ports(interface).iter().copied() {
            let Some(far) = self.far_end(port) else { continue };
            let landing = match self.port(far).device {
                DeviceId::Switch(_) if self.port(far).management => continue,
                DeviceId::Switch(switch) => Landing::Switch(switch),
                device => Landing::Device(device),
            };
            let way = self.cable_way(port);
            match landings.iter_mut().find(|(known, _)| *known == landing) {
                Some((_, known)) => *known = known.slower(way),
                None => landings.push((landing, way)),
            }
        }
        landings.sort_by_key(|(landing, _)| *landing);
        landings
    }

    /// Ports by which frames leave an interface while all are well.
    pub fn sending_ports(&self, interface: Interface) -> &[PortId] {
        let ports = self.ports_under(interface);
        match self.bond_under(interface).and_then(super::links::Bond::mode) {
            Some(BondMode::ActiveBackup) => ports.get(..1).unwrap_or(ports),
            _ => ports,
        }
    }

    /// Steps from switch to switch that frames may take on the ways from some switches to others. They are found once for
    /// the same pairs.
    pub fn hops(&self, pairs: SwitchPairs) -> Arc<BTreeSet<(usize, usize)>> {
        self.lookups.hops.get(pairs, |pairs| self.found_hops(pairs))
    }

    fn found_hops(&self, pairs: &SwitchPairs) -> BTreeSet<(usize, usize)> {
        let before: Vec<Vec<usize>> =
            (0..self.switches.len()).map(|switch| self.neighbours(switch).into_iter().collect()).collect();
        let through: Vec<bool> =
            self.switches.iter().map(|switch| switch.role() != Some(SwitchRole::Management)).collect();
        let ways = self.switch_ways();
        // Whether the step from a neighbour is taken, by switch and place of the neighbour.
        let mut taken: Vec<Vec<bool>> = before.iter().map(|near| vec![false; near.len()]).collect();
        for (from, targets) in pairs {
            let distance: Vec<Option<usize>> = (0..before.len()).map(|to| ways.switches(*from, to)).collect();
            let usual = |one: usize| one == *from || through[one];
            let mut seen = vec![false; before.len()];
            for target in targets {
                seen[*target] = true;
            }
            let mut queue: Vec<usize> = targets.clone();
            while let Some(switch) = queue.pop() {
                let Some(here) = distance[switch] else { continue };
                let nearer = |one: usize| distance[one].is_some_and(|there| there + 1 == here);
                let any = !before[switch].iter().any(|one| nearer(*one) && usual(*one));
                for (place, one) in before[switch].iter().copied().enumerate() {
                    if !nearer(one) || !any && !usual(one) {
                        continue;
                    }
                    taken[switch][place] = true;
                    if !std::mem::replace(&mut seen[one], true) {
                        queue.push(one);
                    }
                }
            }
        }
        let steps = |(switch, near): (usize, &Vec<usize>)| {
            let steps = near.iter().zip(&taken[switch]).filter(|(_, taken)| **taken);
            steps.map(|(one, _)| (*one, switch)).collect::<Vec<_>>()
        };
        before.iter().enumerate().flat_map(steps).collect()
    }

    /// Ways from the switches that servers and firewalls hang on to all others, over as few switches as can be. A management
    /// switch lies on the way of others only where there is no other way. They are found once.
    pub fn switch_ways(&self) -> &SwitchWays {
        self.lookups.switch_ways.get_or_init(|| self.found_switch_ways())
    }

    fn found_switch_ways(&self) -> SwitchWays {
        let mut entered = vec![false; self.switches.len()];
        for cable in &self.cables {
            match [cable.from, cable.to].map(|port| self.port(port).device) {
                [DeviceId::Switch(_), DeviceId::Switch(_)] => {}
                [DeviceId::Switch(switch), _] | [_, DeviceId::Switch(switch)] => entered[switch] = true,
                _ => {}
            }
        }
        let mut cables: BTreeMap<(usize, usize), Route> = BTreeMap::new();
        for (port, _, one, other) in self.cables_between_switches() {
            let way = self.cable_way(port);
            for ends in [(one, other), (other, one)] {
                cables.entry(ends).and_modify(|known| *known = known.slower(way)).or_insert(way);
            }
        }
        let mut known = KnownRoutes::default();
        let mut next: Vec<Vec<(usize, Route)>> = self.switches.iter().map(|_| Vec::new()).collect();
        for ((near, far), way) in cables {
            next[near].push((far, way.then(STEP)));
        }
        let through = |switch: usize| self.switches[switch].role() != Some(SwitchRole::Management);
        let mut ways = |from: usize| {
            let mut ways = ways_from(&next, &mut known, from, through);
            // More is reached through a management switch that has a neighbour which nothing else leads to.
            let stopped = |switch: &usize| {
                !through(*switch)
                    && ways[*switch] != NO_WAY
                    && next[*switch].iter().any(|(far, _)| ways[*far] == NO_WAY)
            };
            if (0..next.len()).any(|switch| stopped(&switch)) {
                let others = ways_from(&next, &mut known, from, |_| true);
                for (way, other) in ways.iter_mut().zip(others) {
                    *way = if *way == NO_WAY { other } else { *way };
                }
            }
            ways
        };
        let entered = entered.into_iter().enumerate();
        let numbers = entered.map(|(switch, entered)| if entered { ways(switch) } else { Vec::new() }).collect();
        SwitchWays { routes: known.routes, numbers }
    }
}

/// Ways that were met, equal ones once.
#[derive(Default)]
struct KnownRoutes {
    routes: Vec<Route>,
    numbers: HashMap<RouteBits, u32>,
    /// The one that was met last: mostly the next is equal to it.
    last: Option<(RouteBits, u32)>,
}

impl KnownRoutes {
    fn number(&mut self, way: Route) -> u32 {
        let bits = way.bits();
        if let Some((_, number)) = self.last.filter(|(last, _)| *last == bits) {
            return number;
        }
        let number = *self.numbers.entry(bits).or_insert_with(|| {
            self.routes.push(way);
            self.routes.len() as u32 - 1
        });
        self.last = Some((bits, number));
        number
    }

    fn get(&self, number: u32) -> Option<Route> {
        self.routes.get(number as usize).copied()
    }
}

/// A switch on a way.
const STEP: Route = Route { switches: 1, cables: 0, seconds_per_byte: 0.0, metres: 0.0, slowless: None };

/// Numbers of the ways from one switch to all others through those that frames may pass; `next` has every cable with the
/// switch that it leads to.
fn ways_from(
    next: &[Vec<(usize, Route)>],
    known: &mut KnownRoutes,
    from: usize,
    through: impl Fn(usize) -> bool,
) -> Vec<u32> {
    let mut ways = vec![NO_WAY; next.len()];
    ways[from] = known.number(STEP);
    let mut edge = vec![from];
    // All switches at one distance are final before the next are reached from them.
    while !edge.is_empty() {
        let mut reached = Vec::new();
        for switch in edge.into_iter().filter(|switch| *switch == from || through(*switch)) {
            let Some(here) = known.get(ways[switch]) else { continue };
            for (far, step) in &next[switch] {
                let (own, way) = (here.then(*step), &mut ways[*far]);
                match known.get(*way) {
                    None => {
                        *way = known.number(own);
                        reached.push(*far);
                    }
                    Some(one) if one.switches == own.switches => {
                        let slower = one.slower(own);
                        if slower.bits() != one.bits() {
                            *way = known.number(slower);
                        }
                    }
                    Some(_) => {}
                }
            }
        }
        edge = reached;
    }
    ways
}
