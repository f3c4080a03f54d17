//! How a failure gets to what it takes, told step by step, and the cheapest kind of change that would help.

use super::Loss;
use std::borrow::Cow;
use std::collections::BTreeSet;

use super::components::{Class, Component, What};
use super::engine::{Effect, Engine};
use super::parts::Failed;
use super::planes::{ANYWHERE, Fabric, NOWHERE};
use super::proof::{CutSet, Proof};
use crate::catalogue::Said;
use crate::design::{FailureDomain, Words};
use crate::topology::DeviceId;

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
        self.word().into()
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
pub fn spelled(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [rest @ .., last] if names.len() <= SPELLED_OUT => format!("{} and {last}", rest.join(", ")),
        _ => format!("{} and {} more", names[..SPELLED_OUT - 1].join(", "), names.len() - SPELLED_OUT + 1),
    }
}

impl Proof<'_, '_> {
    /// Tells how a cut set gets to its loss and what would remove it.
    pub fn story(&self, cut: &CutSet) -> Story {
        let engine = &self.engines[0];
        let components: Vec<&Component> = cut.components.iter().map(|index| &self.components[*index]).collect();
        let effects: Vec<Effect> = engine.effects(&components.iter().map(|own| (*own).clone()).collect::<Vec<_>>());
        let effect = engine.together(&effects.iter().collect::<Vec<_>>());
        let mut chain = Vec::new();
        if components.is_empty() {
            chain.push("without any failure".to_owned());
        } else {
            chain.push(components.iter().map(|own| own.name.as_str()).collect::<Vec<_>>().join(" + "));
        }
        let teller = Teller { engine, components: &components, loses: cut.loses };
        engine.look(&effect, |failed, fabric| {
            chain.extend(teller.stopped(failed, fabric));
            chain.extend(teller.networks(failed, fabric));
        });
        chain.push(teller.end(&effect));
        let remedy = engine.look(&effect, |failed, fabric| teller.remedy(failed, fabric));
        Story { chain: chain.into_iter().map(Said::from).collect(), remedy }
    }
}

struct Teller<'s, 't, 'd> {
    engine: &'s Engine<'t, 'd>,
    components: &'s [&'s Component],
    loses: Loss,
}

impl Teller<'_, '_, '_> {
    /// Devices that stop although they are not what failed.
    fn stopped(&self, failed: &Failed, fabric: &Fabric) -> Vec<String> {
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
        if !others.is_empty() {
            steps.push(format!("{} stop{}", spelled(&others), if others.len() == 1 { "s" } else { "" }));
        }
        if !nodes.is_empty() {
            steps.push(match nodes.len() {
                all if all == topology.nodes.len() => "every node stops".to_owned(),
                1 => format!("{} stops", nodes[0]),
                _ => format!("{} stop", spelled(&nodes)),
            });
        }
        steps.extend(self.interfaces(failed, fabric));
        steps
    }

    /// Bonds of working nodes that no way is left of.
    fn interfaces(&self, failed: &Failed, fabric: &Fabric) -> Option<String> {
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
            return Some("every bond".to_owned());
        }
        let mut names: Vec<&str> = dead.iter().map(|(bond, _)| *bond).collect();
        names.sort_unstable();
        names.dedup();
        let mut nodes: Vec<&str> = dead.iter().map(|(_, node)| *node).collect();
        nodes.dedup();
        Some(format!("{} on {}", spelled(&names), spelled(&nodes)))
    }

    /// Networks of the loss, by index among the asked ones, each with what it is to it.
    fn concerned(&self) -> Vec<(usize, String)> {
        let plant = &self.engine.plant;
        let name = |net: usize| plant.topology.networks[plant.nets[net].network].name();
        match self.loses {
            Loss::Quorum => {
                let links = plant.topology.corosync_links.iter().zip(&plant.roles.links);
                links.map(|(link, net)| (*net, format!("Corosync link {}", link.number))).collect()
            }
            Loss::Monitors => {
                plant.roles.public.map(|net| (net, format!("network {}", name(net)))).into_iter().collect()
            }
            Loss::Pool | Loss::Bandwidth => {
                let nets = plant.roles.public.iter().chain(&plant.roles.cluster);
                nets.map(|net| (*net, format!("network {}", name(*net)))).collect()
            }
            Loss::Management => {
                plant.roles.management.iter().map(|net| (*net, format!("network {}", name(*net)))).collect()
            }
            Loss::GuestNetwork => {
                plant.roles.guests.iter().map(|net| (*net, format!("network {}", name(*net)))).collect()
            }
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
    fn networks(&self, failed: &Failed, fabric: &Fabric) -> Vec<String> {
        let topology = self.engine.plant.topology;
        let mut steps = Vec::new();
        for (net, what) in self.concerned() {
            let (parts, cut) = self.spread(failed, fabric, net);
            let names: Vec<&str> = cut.iter().map(|node| topology.nodes[*node].name.as_str()).collect();
            if parts.is_empty() && !cut.is_empty() {
                steps.push(format!("{what} is gone"));
            } else if !cut.is_empty() {
                steps.push(format!("{what} loses {}", spelled(&names)));
            }
            if parts.len() > 1 {
                let sizes: Vec<String> = parts.iter().map(|(_, count)| count.to_string()).collect();
                steps.push(format!("{what} falls into parts of {}", sizes.join(" and ")));
            }
        }
        steps
    }

    /// What is lost in the end, with its numbers.
    fn end(&self, effect: &Effect) -> String {
        let engine = self.engine;
        engine.shares_after(effect, |court, shares, exits| match self.loses {
            Loss::Quorum => {
                let votes = court.most_votes(shares, exits);
                let all = engine.plant.topology.nodes.len() as u32 + engine.votes.external;
                format!("quorum: {votes} of {all} votes together, {} are needed", engine.votes.majority)
            }
            Loss::Monitors => {
                let listed = engine.monitors.unwrap_or(0);
                format!("monitors: {} of {listed} agree, {} are needed", court.most_monitors(shares), listed / 2 + 1)
            }
            Loss::Pool => {
                let reach = court.storage_reach(shares);
                let broken = engine.stores.pools.iter().filter(|pool| !court.pool_serves(pool, shares, reach));
                let mut told: Vec<(String, Vec<&str>)> = Vec::new();
                for pool in broken {
                    let copies = pool.copies().unwrap_or(0);
                    let left = copies.saturating_sub(court.touched(pool, shares, reach));
                    let least = pool.min_size.unwrap_or(1);
                    let how = format!("{left} of {copies} copies left in the worst case, {least} needed");
                    match told.iter_mut().find(|(known, _)| *known == how) {
                        Some((_, pools)) => pools.push(pool.name),
                        None => told.push((how, vec![pool.name])),
                    }
                }
                if told.is_empty() {
                    return "pool: guests on nodes that work lose their storage".to_owned();
                }
                let told = told.iter().map(|(how, pools)| format!("pool {}: {how}", spelled(pools)));
                told.collect::<Vec<_>>().join("; ")
            }
            Loss::Management => "management: nodes that work cannot be reached for administration".to_owned(),
            Loss::GuestNetwork => court.guests_told(shares, exits),
            Loss::Restart => "restart: the guests do not fit on the nodes that are left".to_owned(),
            Loss::Bandwidth => match court.load(shares) {
                Some(load) => format!("bandwidth: guests ask for {:.0} % of what Ceph carries", load * 100.0),
                None => "bandwidth: Ceph does not carry what the guests declare".to_owned(),
            },
        })
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
        Some(Remedy {
            kind: Change::Configuration,
            what: format!("add a Corosync link over network {name}, which still joins a majority").into(),
        })
    }

    /// Nodes that still work together could run more monitors, or the monitors could stand apart.
    fn other_monitors(&self, failed: &Failed, fabric: &Fabric) -> Option<Remedy> {
        let listed = self.engine.monitors?;
        let (parts, _) = self.spread(failed, fabric, self.engine.plant.roles.public?);
        let left = parts.first()?.1 as u32;
        let what = match self.components {
            // With two more of them, two may go.
            [_, _] if left >= listed => format!("list {} monitors, so that two may fail", listed + 2),
            [one] if left > listed / 2 => {
                format!("spread the monitors so that {} holds no majority of them", one.name)
            }
            _ => return None,
        };
        Some(Remedy { kind: Change::Configuration, what: what.into() })
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
            Some(places) if places.len() as u32 >= copies => Remedy {
                kind: Change::Configuration,
                what: format!("set failure_domain = \"{word}\" for pool {}", pool.name).into(),
            },
            _ => Remedy {
                kind: Change::Device,
                what: format!(
                    "let the nodes stand in {copies} {}, and set failure_domain = \"{word}\"",
                    place.class.plural()
                )
                .into(),
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
        Some(match (names.is_empty(), several, topology.feeds.len()) {
            (true, ..) => Remedy { kind: Change::Device, what: "bring in a further feed, and a supply on it".into() },
            (false, true, 2..) => Remedy {
                kind: Change::Cabling,
                what: format!("put one power supply of {} on another feed", spelled(&names)).into(),
            },
            (false, _, 2..) => Remedy {
                kind: Change::Parts,
                what: format!("fit {} with a second power supply on another feed", spelled(&names)).into(),
            },
            _ => Remedy { kind: Change::Device, what: "bring in a second feed of power".into() },
        })
    }

    /// What the class of a component suggests, the cheapest first.
    fn by_parts(&self) -> Remedy {
        let name = |class: Class| self.has(class).map(|own| own.name.as_str());
        let change = |kind: Change, what: String| Remedy { kind, what: what.into() };
        match self.loses {
            Loss::Restart => return change(Change::Parts, "fit more memory or threads, or add a node".to_owned()),
            Loss::Bandwidth => {
                return change(Change::Parts, "plan faster disks or ports, or ask less of the storage".to_owned());
            }
            _ => {}
        }
        if let Some(cable) = name(Class::Cable).or(name(Class::Port)) {
            return change(
                Change::Cabling,
                format!("plug a second cable beside {cable}, into another card and switch"),
            );
        }
        if let Some(risk) = name(Class::SharedRisk) {
            return change(Change::Parts, format!("take one side of {risk} from another batch or way"));
        }
        if let Some(card) = name(Class::Card).or(name(Class::Bond)) {
            return change(Change::Parts, format!("add a port on another card beside {card}"));
        }
        if let Some(disk) = name(Class::Controller).or(name(Class::DbDevice)).or(name(Class::Disk)) {
            return match self.loses {
                Loss::Pool => change(Change::Parts, format!("keep one copy more, or add OSDs apart from {disk}")),
                _ => change(Change::Parts, format!("mirror what hangs on {disk}")),
            };
        }
        if let Some(line) = name(Class::Uplink).or(name(Class::SiteLink)) {
            return change(Change::Device, format!("order a second line beside {line}"));
        }
        if let Some(switch) = name(Class::Switch) {
            return change(
                Change::Device,
                format!("add a switch beside {switch}, with ports of its own for every node"),
            );
        }
        if let Some(firewall) = name(Class::Firewall) {
            return change(Change::Device, format!("add a firewall beside {firewall}"));
        }
        match self.loses {
            Loss::Pool => change(Change::Device, "add a node, and keep one copy more".to_owned()),
            Loss::Quorum | Loss::Monitors => change(Change::Device, "add nodes, or an external vote".to_owned()),
            _ => change(Change::Device, "add a device beside the ones that fail".to_owned()),
        }
    }
}
