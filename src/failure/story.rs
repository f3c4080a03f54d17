//! How a failure gets to what it takes, told step by step, and the cheapest kind of change that would help.

use super::Loss;
use std::borrow::Cow;
use std::collections::BTreeSet;

use super::components::{Class, Component, What};
use super::engine::{Effect, Engine};
use super::losses::{Court, Share};
use super::parts::Failed;
use super::planes::{ANYWHERE, Fabric, NOWHERE};
use super::proof::{CutSet, Proof};
use crate::design::{FailureDomain, Words};
use crate::topology::DeviceId;
use crate::words::{self, Said};

/// Most names that a step spells out.
const SPELLED_OUT: usize = 4;

/// Kind of a change, from the cheapest to the dearest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// Settings only.
    Configuration,
    /// Cables, or other ports for them.
    Cabling,
    /// Parts of devices: cards, disks, memory, power supplies.
    Parts,
    /// A further device or line.
    Device,
}

impl Change {
    /// In a word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Configuration => "configuration",
            Self::Cabling => "cabling",
            Self::Parts => "parts",
            Self::Device => "device",
        }
    }

    /// For people.
    pub fn said(self) -> Said {
        match self {
            Self::Configuration => words::names::configuration(),
            Self::Cabling => words::remedies::cabling(),
            Self::Parts => words::remedies::parts(),
            Self::Device => words::remedies::device(),
        }
    }
}

/// The cheapest kind of change that removes a cut set, and what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remedy {
    /// Kind.
    pub kind: Change,
    /// What to do.
    pub what: Said,
}

/// A cut set with its story.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Story {
    /// Steps from what fails to what is lost.
    pub chain: Vec<Said>,
    /// What would remove it.
    pub remedy: Remedy,
}

/// Names in a sentence: `pve1, pve2 and 5 more`.
pub fn spelled(names: &[&str]) -> Said {
    match names {
        [] => Said::default(),
        [one] => (*one).into(),
        [rest @ .., last] if names.len() <= SPELLED_OUT => words::story::names_and_last(rest.to_vec(), *last),
        _ => {
            let (first, rest) = names.split_at(SPELLED_OUT - 1);
            Said::run("", [first.to_vec().into(), words::lists::and_more(rest.len())])
        }
    }
}

impl Proof<'_, '_> {
    /// Tells how a cut set gets to its loss and what would remove it.
    pub fn story(&self, cut: &CutSet) -> Story {
        let engine = &self.engines[0];
        let components: Vec<&Component> = cut.components.iter().map(|index| &self.components[*index]).collect();
        let effects: Vec<Effect> = engine.effects(&components.iter().map(|own| (*own).clone()).collect::<Vec<_>>());
        let effect = engine.together(&effects.iter().collect::<Vec<_>>());
        let mut chain = vec![if components.is_empty() {
            words::story::without_failure()
        } else {
            Said::run(" + ", components.iter().map(|own| own.said()))
        }];
        let teller = Teller { engine, components: &components, loses: cut.loses };
        engine.look(&effect, |failed, fabric| {
            chain.extend(teller.stopped(failed, fabric));
            chain.extend(teller.networks(failed, fabric));
        });
        chain.push(teller.end(&effect));
        let remedy = engine.look(&effect, |failed, fabric| teller.remedy(failed, fabric));
        Story { chain, remedy }
    }
}

struct Teller<'s, 't, 'd> {
    engine: &'s Engine<'t, 'd>,
    components: &'s [&'s Component],
    loses: Loss,
}

impl Teller<'_, '_, '_> {
    /// Devices that stop although they are not what failed.
    fn stopped(&self, failed: &Failed, fabric: &Fabric) -> Vec<Said> {
        let (plant, topology) = (&self.engine.plant, self.engine.plant.topology);
        let failed_itself = |device: DeviceId| self.components.iter().any(|own| own.what == What::Device(device));
        let works = |device: DeviceId| match device {
            DeviceId::Node(node) => plant.works(failed, node),
            _ => fabric.works[plant.vertex(device) as usize],
        };
        let gone: Vec<DeviceId> =
            topology.devices().filter(|device| !works(*device) && !failed_itself(*device)).collect();
        let nodes: Vec<&str> =
            gone.iter().filter(|own| matches!(own, DeviceId::Node(_))).map(|own| topology.name(*own)).collect();
        let others: Vec<&str> =
            gone.iter().filter(|own| !matches!(own, DeviceId::Node(_))).map(|own| topology.name(*own)).collect();
        let mut steps = Vec::new();
        steps.extend(stop(&others));
        if !nodes.is_empty() && nodes.len() == topology.nodes.len() {
            steps.push(words::story::every_node_stops());
        } else {
            steps.extend(stop(&nodes));
        }
        steps.extend(self.interfaces(failed, fabric));
        steps
    }

    /// Bonds of working nodes that no way is left of.
    fn interfaces(&self, failed: &Failed, fabric: &Fabric) -> Option<Said> {
        let (plant, topology) = (&self.engine.plant, self.engine.plant.topology);
        let mut dead: Vec<(&str, &str)> = Vec::new();
        let mut all = 0;
        for bond in &topology.bonds {
            let DeviceId::Node(node) = bond.device else { continue };
            if !plant.works(failed, node) {
                continue;
            }
            all += 1;
            let live = bond.members.iter().any(|port| {
                let far = topology.far_end(*port).map(|far| topology.port(far).device);
                let works = |device: DeviceId| match device {
                    DeviceId::Node(node) => plant.works(failed, node),
                    _ => fabric.works[plant.vertex(device) as usize],
                };
                !failed.has(plant.parts.port(topology, *port)) && far.is_none_or(works)
            });
            if !live {
                dead.push((bond.name(), topology.name(bond.device)));
            }
        }
        if dead.is_empty() {
            return None;
        }
        if dead.len() == all && all > 1 {
            return Some(words::story::every_bond());
        }
        let mut names: Vec<&str> = dead.iter().map(|(bond, _)| *bond).collect();
        names.sort_unstable();
        names.dedup();
        let mut nodes: Vec<&str> = dead.iter().map(|(_, node)| *node).collect();
        nodes.dedup();
        Some(words::story::bonds(spelled(&names), spelled(&nodes)))
    }

    /// Networks of the loss, by index among the asked ones, each with what it is to it.
    fn concerned(&self) -> Vec<(usize, Said)> {
        let plant = &self.engine.plant;
        let network =
            |net: &usize| (*net, words::story::network(plant.topology.networks[plant.nets[*net].network].name()));
        match self.loses {
            Loss::Quorum => {
                let links = plant.topology.corosync_links.iter().zip(&plant.roles.links);
                links.map(|(link, net)| (*net, words::story::corosync_link(link.number))).collect()
            }
            Loss::Monitors => plant.roles.public.iter().map(network).collect(),
            Loss::Pool | Loss::Bandwidth => {
                plant.roles.public.iter().chain(&plant.roles.cluster).map(network).collect()
            }
            Loss::Management => plant.roles.management.iter().map(network).collect(),
            Loss::GuestNetwork => plant.roles.guests.iter().map(network).collect(),
            Loss::Restart => Vec::new(),
        }
    }

    /// How many working members hang on each part of a network, the largest first, and how many on none.
    fn spread(&self, failed: &Failed, fabric: &Fabric, net: usize) -> (Vec<(u32, usize)>, Vec<usize>) {
        let plant = &self.engine.plant;
        let (mut parts, mut cut): (Vec<(u32, usize)>, Vec<usize>) = (Vec::new(), Vec::new());
        for node in (0..plant.topology.nodes.len()).filter(|node| plant.members[net][*node]) {
            if !plant.works(failed, node) {
                continue;
            }
            match plant.hang(failed, fabric, node, net) {
                NOWHERE => cut.push(node),
                part => match parts.iter_mut().find(|(known, _)| *known == part) {
                    Some((_, count)) => *count += 1,
                    None => parts.push((part, 1)),
                },
            }
        }
        parts.sort_by(|left, right| right.1.cmp(&left.1).then(left.0.cmp(&right.0)));
        (parts, cut)
    }

    /// What becomes of the networks that the loss is about.
    fn networks(&self, failed: &Failed, fabric: &Fabric) -> Vec<Said> {
        let topology = self.engine.plant.topology;
        let mut steps = Vec::new();
        for (net, what) in self.concerned() {
            let (parts, cut) = self.spread(failed, fabric, net);
            let names: Vec<&str> = cut.iter().map(|node| topology.nodes[*node].name.as_str()).collect();
            if parts.is_empty() && !cut.is_empty() {
                steps.push(words::story::is_gone(&what));
            } else if !cut.is_empty() {
                steps.push(words::story::loses(&what, spelled(&names)));
            }
            if parts.len() > 1 {
                let sizes = parts.iter().map(|(_, count)| Said::from(*count));
                let sizes = sizes.reduce(words::story::sizes_and_last).unwrap_or_default();
                steps.push(words::story::falls_apart(what, sizes));
            }
        }
        steps
    }

    /// What is lost in the end, with its numbers.
    fn end(&self, effect: &Effect) -> Said {
        let engine = self.engine;
        engine.shares_after(effect, |court, shares, exits| match self.loses {
            Loss::Quorum => {
                let votes = court.most_votes(shares, exits);
                let all = engine.plant.topology.nodes.len() as u32 + engine.votes.external;
                words::story::votes_together(votes, all, engine.votes.majority)
            }
            Loss::Monitors => {
                let listed = engine.monitors.unwrap_or(0);
                words::story::monitors_agree(court.most_monitors(shares), listed, listed / 2 + 1)
            }
            Loss::Pool => self.pools(court, shares),
            Loss::Management => words::story::management_cut_off(),
            Loss::GuestNetwork => court.guests_told(shares, exits),
            Loss::Restart => words::story::guests_do_not_fit(),
            Loss::Bandwidth => match court.load(shares) {
                Some(load) => words::story::guests_ask_for(format!("{:.0} %", load * 100.0)),
                None => words::story::guests_ask_too_much(),
            },
        })
    }

    /// What is left of the pools that serve nobody any more.
    fn pools(&self, court: &Court<'_, '_, '_>, shares: &[Share<'_>]) -> Said {
        let reach = court.storage_reach(shares);
        let broken = self.engine.stores.pools.iter().filter(|pool| !court.pool_serves(pool, shares, reach));
        let mut told: Vec<([u32; 3], Vec<&str>)> = Vec::new();
        for pool in broken {
            let copies = pool.copies().unwrap_or(0);
            let left = copies.saturating_sub(court.touched(pool, shares, reach));
            let how = [left, copies, pool.min_size.unwrap_or(1)];
            match told.iter_mut().find(|(known, _)| *known == how) {
                Some((_, pools)) => pools.push(pool.name),
                None => told.push((how, vec![pool.name])),
            }
        }
        if told.is_empty() {
            return words::story::pools_cut_off();
        }
        let each = |([left, copies, least], pools): &([u32; 3], Vec<&str>)| {
            words::story::copies_left(spelled(pools), *left, *copies, *least)
        };
        Said::run("; ", told.iter().map(each))
    }

    fn has(&self, class: Class) -> Option<&Component> {
        self.components.iter().find(|own| own.class == class).copied()
    }

    fn remedy(&self, failed: &Failed, fabric: &Fabric) -> Remedy {
        let by_settings = match self.loses {
            Loss::Quorum => self.other_link(failed, fabric),
            Loss::Monitors => self.other_monitors(failed, fabric),
            Loss::Pool => self.other_domain(),
            _ => None,
        };
        by_settings.or_else(|| self.by_power()).unwrap_or_else(|| self.by_parts())
    }

    /// A network that still joins a majority could carry Corosync as well.
    fn other_link(&self, failed: &Failed, fabric: &Fabric) -> Option<Remedy> {
        let plant = &self.engine.plant;
        let others = (0..plant.nets.len()).filter(|net| !plant.roles.links.contains(net));
        let joins = |net: &usize| {
            let (parts, _) = self.spread(failed, fabric, *net);
            parts.first().is_some_and(|(part, count)| *part != ANYWHERE && *count as u32 >= self.engine.votes.majority)
        };
        let net = others.into_iter().find(joins)?;
        let name = plant.topology.networks[plant.nets[net].network].name();
        Some(Remedy { kind: Change::Configuration, what: words::remedies::add_corosync_link(name) })
    }

    /// Nodes that still work together could run more monitors, or the monitors could stand apart.
    fn other_monitors(&self, failed: &Failed, fabric: &Fabric) -> Option<Remedy> {
        let listed = self.engine.monitors?;
        let (parts, _) = self.spread(failed, fabric, self.engine.plant.roles.public?);
        let left = parts.first()?.1 as u32;
        let what = match self.components {
            // With two more of them, two may go.
            [_, _] if left >= listed => words::remedies::list_monitors(listed + 2),
            [one] if left > listed / 2 => words::remedies::spread_monitors(one.said()),
            _ => return None,
        };
        Some(Remedy { kind: Change::Configuration, what })
    }

    /// A wider failure domain, where there are as many of them as copies; or more racks, where there are not.
    fn other_domain(&self) -> Option<Remedy> {
        let topology = self.engine.plant.topology;
        let place = self.has(Class::Rack).or(self.has(Class::Site))?;
        let word = place.class.word();
        let pools = &self.engine.stores.pools;
        let pool = pools.iter().find(|pool| matches!(pool.domain, FailureDomain::Host | FailureDomain::Osd))?;
        let (wider, copies) = (FailureDomain::from_word(word)?, pool.copies()?);
        let names = topology.nodes.iter().map(|node| topology.failure_domain_of(node, wider).ok());
        let places: Option<BTreeSet<Cow<'_, str>>> = names.collect();
        Some(match places {
            Some(places) if places.len() as u32 >= copies => {
                Remedy { kind: Change::Configuration, what: words::remedies::set_failure_domain(word, pool.name) }
            }
            _ => Remedy {
                kind: Change::Device,
                what: words::remedies::spread_nodes(copies, place.class.several(), word),
            },
        })
    }

    /// Where power is part of it, supplies on other feeds.
    fn by_power(&self) -> Option<Remedy> {
        let topology = self.engine.plant.topology;
        let power = [Class::Feed, Class::PowerSupply, Class::PowerLine];
        let own = power.into_iter().find_map(|class| self.has(class))?;
        let fed = |device: &DeviceId| match own.what {
            What::Feed(feed) => topology.supplies(*device).feeds.is_some_and(|feeds| feeds.contains(&feed)),
            What::Supply(of, _) => of == *device,
            _ => false,
        };
        let devices: Vec<DeviceId> = topology.devices().filter(fed).collect();
        let on_one = |device: &&DeviceId| {
            topology.supplies(**device).feeds.is_some_and(|feeds| feeds.iter().all(|feed| *feed == feeds[0]))
        };
        let lone: Vec<&DeviceId> = devices.iter().filter(on_one).collect();
        let names: Vec<&str> = lone.iter().map(|device| topology.name(**device)).collect();
        let several = lone.iter().all(|device| topology.supplies(**device).count.is_some_and(|count| count > 1));
        let (kind, what) = match (names.is_empty(), several, topology.feeds.len()) {
            (true, ..) => (Change::Device, words::remedies::further_feed()),
            (false, true, 2..) => (Change::Cabling, words::remedies::supply_on_other_feed(spelled(&names))),
            (false, _, 2..) => (Change::Parts, words::remedies::second_supply(spelled(&names))),
            _ => (Change::Device, words::remedies::second_feed()),
        };
        Some(Remedy { kind, what })
    }

    /// What the class of a component suggests, the cheapest first.
    fn by_parts(&self) -> Remedy {
        let name = |class: Class| self.has(class).map(Component::said);
        let (kind, what) = if self.loses == Loss::Restart {
            (Change::Parts, words::remedies::more_memory())
        } else if self.loses == Loss::Bandwidth {
            (Change::Parts, words::remedies::faster_storage())
        } else if let Some(cable) = name(Class::Cable).or(name(Class::Port)) {
            (Change::Cabling, words::remedies::second_cable(cable))
        } else if let Some(risk) = name(Class::SharedRisk) {
            (Change::Parts, words::remedies::other_batch(risk))
        } else if let Some(card) = name(Class::Card).or(name(Class::Bond)) {
            (Change::Parts, words::remedies::port_on_other_card(card))
        } else if let Some(disk) = name(Class::Controller).or(name(Class::DbDevice)).or(name(Class::Disk)) {
            let what = match self.loses {
                Loss::Pool => words::remedies::one_copy_more(disk),
                _ => words::remedies::mirror(disk),
            };
            (Change::Parts, what)
        } else if let Some(line) = name(Class::Uplink).or(name(Class::SiteLink)) {
            (Change::Device, words::remedies::second_line(line))
        } else if let Some(switch) = name(Class::Switch) {
            (Change::Device, words::remedies::further_switch(switch))
        } else if let Some(firewall) = name(Class::Firewall) {
            (Change::Device, words::remedies::further_firewall(firewall))
        } else {
            let what = match self.loses {
                Loss::Pool => words::remedies::node_and_copy(),
                Loss::Quorum | Loss::Monitors => words::remedies::more_votes(),
                _ => words::remedies::further_device(),
            };
            (Change::Device, what)
        };
        Remedy { kind, what }
    }
}

/// That devices stop, where there are any.
fn stop(devices: &[&str]) -> Option<Said> {
    match devices {
        [] => None,
        [device] => Some(words::story::device_stops(*device)),
        _ => Some(words::story::devices_stop(spelled(devices))),
    }
}
