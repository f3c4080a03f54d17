//! How long guests take to move, one alone and all of a server.

use foldhash::{HashMap, HashSet};

use super::bonds::{Lane, links_filled};
use super::budget::{hosts, parts};
use super::figure::{Figure, Method, State};
use super::formula::least_of;
use super::plant::{missing_speeds, payload_share};
use crate::catalogue::figure_texts as texts;
use crate::design::{Guest, Item, Migration, Purpose, StorageKind};
use crate::quantity::{Rate, Size, Time, units};
use crate::topology::{DeviceId, Network, Node, Topology};
use crate::words::{self, Said};

/// What migrations get on the slowest of the servers.
#[derive(Debug, Clone)]
pub struct Pace {
    /// What one gets that moves alone.
    pub alone: Rate,
    /// What sets that.
    pub binding: Said,
    /// What all get together that are let run at the same time.
    pub together: Rate,
    /// What sets that.
    shared_binding: Said,
    /// How many these are.
    pub parallel: u32,
    /// What was assumed.
    pub assumed: Vec<Said>,
    /// Terms of which the rate of one alone is the least.
    terms: Vec<Said>,
}

/// Whether guests are meant to move.
fn moves(topology: &Topology<'_>) -> bool {
    topology.design.migration.is_some()
        || topology.migration_network().is_some()
        || topology.high_availability() == Some(true)
}

fn written<'d>(topology: &Topology<'d>) -> Option<&'d Migration> {
    topology.design.migration.as_ref().map(|migration| &migration.value)
}

/// The network migrations take, and whether it was chosen for them: where none is, it is that of management.
fn network<'t, 'd>(topology: &'t Topology<'d>) -> Option<(&'t Network<'d>, bool)> {
    let named = written(topology).is_some_and(|migration| migration.network.is_some());
    let chosen = topology.migration_network().map(|network| (network, true));
    chosen.or_else(|| (!named).then(|| Some((topology.networks_for(Purpose::Management).next()?, false)))?)
}

impl Pace {
    /// The pace in a design with so many migrations at most; what `parallel` says counts where it is fewer.
    ///
    /// # Errors
    /// The keys that are missing.
    pub fn of(topology: &Topology<'_>, most: u32) -> Result<Self, Vec<String>> {
        let (network, chosen) = network(topology).ok_or_else(|| vec!["migration.network".to_owned()])?;
        let migration = written(topology);
        if migration.is_some_and(|migration| migration.unread.contains(&"bandwidth_limit")) {
            return Err(vec!["migration.bandwidth_limit".to_owned()]);
        }
        let said = migration.and_then(|migration| migration.parallel.as_ref());
        let parallel = said.map_or(1, |parallel| parallel.value).clamp(1, most.max(1));
        let limit = migration.and_then(|migration| migration.bandwidth_limit.as_ref()).map(|limit| limit.value);
        let mut slowest: Option<Self> = None;
        let mut seen = HashSet::default();
        let shared = topology.networks_sharing_ports(network);
        for (node, attachment) in topology.nodes_in(network) {
            // Servers of one model with the same interface at the same speed get the same.
            let model = node.model.map(|model| model.pattern.value.as_str());
            let interface = attachment.interface.as_ref().map(|interface| topology.interface_name(interface.value));
            let speed = topology.member_rate(network, attachment.device).map(|rate| rate.base().to_bits());
            if !seen.insert((model, interface, speed)) {
                continue;
            }
            let lane = Lane::of(topology, network, &shared, attachment.device)
                .ok_or_else(|| missing_speeds(topology, network))?;
            let pace = Self::on(topology, network, attachment.device, &lane, limit, parallel);
            if slowest.as_ref().is_none_or(|least| pace.together < least.together) {
                slowest = Some(pace);
            }
        }
        let mut pace = slowest.ok_or_else(|| missing_speeds(topology, network))?;
        if !chosen {
            pace.assumed.push(words::migration::falls_back(network.name()));
        }
        if migration.is_none_or(|migration| migration.encrypted.as_ref().is_none_or(|encrypted| encrypted.value)) {
            pace.assumed.push(words::migration::encryption_keeps_up());
        }
        Ok(pace)
    }

    fn on(
        topology: &Topology<'_>,
        network: &Network<'_>,
        device: DeviceId,
        lane: &Lane,
        limit: Option<Rate>,
        parallel: u32,
    ) -> Self {
        let share = payload_share(network);
        let payload = |rate: Rate| (rate * share.base()).to(&units::MB_PER_S);
        let connection = payload(lane.member * links_filled(topology, network, device, 1));
        let left = lane.reserve.map(|reserve| payload(lane.effective - reserve));
        let member = format!("{} x {share}", lane.member.to(&units::GBIT_PER_S));
        let mut bounds = vec![(words::migration::one_connection(), connection, Said::from(member))];
        bounds.extend(left.map(|left| {
            let formula = format!("({} - {}) x {share}", lane.effective, lane.reserve.unwrap_or(left));
            (words::bonds::what_ceph_leaves(), left, formula.into())
        }));
        bounds.extend(
            limit.map(|limit| {
                (words::migration::limit(), limit.to(&units::MB_PER_S), words::migration::limited_to(limit))
            }),
        );
        let told = |(_, rate, formula): &(Said, Rate, Said)| Said::run(" = ", [formula.clone(), (*rate).into()]);
        let terms = bounds.iter().map(told).collect();
        let bounds = bounds.into_iter().map(|(name, rate, _)| (name, rate));
        let least = bounds.reduce(|least, bound| if bound.1 < least.1 { bound } else { least });
        let (binding, alone) = least.unwrap_or_else(|| (words::migration::one_connection(), connection));
        let spread = payload(lane.member * links_filled(topology, network, device, parallel as usize));
        let shared = [(words::migration::bond_filled(), Some(spread)), (words::bonds::what_ceph_leaves(), left)];
        let shared = shared.into_iter().filter_map(|(name, rate)| Some((name, rate?)));
        let all = (binding.clone(), alone * f64::from(parallel));
        let (shared_binding, together) = shared.fold(all, |least, bound| if bound.1 < least.1 { bound } else { least });
        Self { alone, binding, together, shared_binding, parallel, assumed: Vec::new(), terms }
    }

    /// Where the rate of one alone comes from.
    fn formula(&self) -> Said {
        least_of(self.terms.iter().cloned())
    }

    /// What each of those that run at the same time gets.
    pub fn each(&self) -> Rate {
        self.together / f64::from(self.parallel)
    }
}

/// Time to move so much memory over a rate while the guest changes some of it; nothing where it changes it as fast.
/// What was changed is sent again and again, each time for less long: M / B + M / B x d / B + ... = M / (B - d).
pub fn time_to_move(memory: Size, rate: Rate, dirty: Rate) -> Option<Time> {
    let left = rate.base() - dirty.base();
    (left > 0.0).then(|| Time::new(memory.base() / left, &units::S))
}

fn dirty_rate(guest: &Item<Guest>) -> Option<Rate> {
    guest.value.dirty_rate.as_ref().map(|rate| rate.value)
}

fn standing_still() -> Rate {
    Rate::new(0.0, &units::MB_PER_S)
}

fn path(guest: &Item<Guest>) -> String {
    format!("guest.{}", guest.pattern.value)
}

/// What emptying a server takes.
#[derive(Debug)]
pub struct Evacuation<'t, 'd> {
    /// The server that takes longest.
    pub node: &'t Node<'d>,
    /// Memory of its guests.
    pub memory: Size,
    /// How long it takes; nothing where a guest changes its memory as fast as it is sent.
    pub time: Option<Time>,
    /// Profiles that say nothing of how fast their guests change memory; they were taken to stand still.
    pub still: Vec<String>,
    /// Profiles whose disks lie on the servers themselves and move along, which is not counted.
    pub local: Vec<String>,
    /// What migrations get.
    pub pace: Pace,
    /// Where the time comes from.
    formula: Said,
    binding: Said,
}

/// A profile's guests on one server.
struct Load<'d> {
    guest: &'d Item<Guest>,
    each: Size,
    count: f64,
}

impl<'t, 'd> Evacuation<'t, 'd> {
    /// Emptying the server whose guests take longest; nothing where no server runs any.
    ///
    /// # Errors
    /// The keys that are missing.
    pub fn of(topology: &'t Topology<'d>) -> Result<Option<Self>, Vec<String>> {
        let mut longest: Option<Self> = None;
        let mut paces: HashMap<u32, Pace> = HashMap::default();
        for (node, loads) in loads(topology)? {
            let guests = loads.iter().map(|load| load.count).sum::<f64>().ceil();
            let parallel = written(topology).and_then(|migration| migration.parallel.as_ref());
            let most = parallel.map_or(1.0, |parallel| f64::from(parallel.value));
            let most = guests.clamp(1.0, most.max(1.0)) as u32;
            let pace = match paces.get(&most) {
                Some(pace) => pace.clone(),
                None => Pace::of(topology, most)?,
            };
            let mut own = Self::on(topology, node, &loads, pace.clone());
            own.pace.assumed.extend(parallel.is_none().then(|| "migration.parallel = 1".into()));
            paces.insert(most, pace);
            let later = |known: &Self| match (known.time, own.time) {
                (None, _) => false,
                (Some(_), None) => true,
                (Some(known), Some(own)) => own > known,
            };
            if longest.as_ref().is_none_or(later) {
                longest = Some(own);
            }
        }
        Ok(longest)
    }

    fn on(topology: &Topology<'_>, node: &'t Node<'d>, loads: &[Load<'_>], pace: Pace) -> Self {
        let memory: Size = loads.iter().map(|load| load.each * load.count).sum();
        let (each, mut seconds, mut alone) = (pace.each(), Some(0.0), 0.0_f64);
        for load in loads {
            let dirty = dirty_rate(load.guest).unwrap_or(standing_still());
            let one = time_to_move(load.each, each, dirty).map(|time| time.base() / f64::from(pace.parallel));
            seconds = seconds.zip(one).map(|(sum, one)| sum + one * load.count);
            alone = alone.max(time_to_move(load.each, pace.alone, dirty).map_or(0.0, Time::base));
        }
        let dirty: f64 = loads.iter().filter_map(|load| dirty_rate(load.guest)).map(Rate::base).fold(0.0, f64::max);
        let (binding, time) = match seconds {
            Some(seconds) if seconds < alone => (words::migration::largest_guest(), Some(alone)),
            _ => (pace.shared_binding.clone(), seconds),
        };
        let (all, one) = (memory.to(&units::GIB), pace.formula());
        let formula = if dirty > 0.0 {
            words::migration::all_at_once_changing(all, pace.together, pace.parallel, one)
        } else {
            words::migration::all_at_once(all, pace.together, pace.parallel, one)
        };
        let names = |is: &dyn Fn(&Load<'_>) -> bool| {
            loads.iter().filter(|load| is(load)).map(|load| path(load.guest)).collect::<Vec<_>>()
        };
        let still = names(&|load| load.guest.value.dirty_rate.is_none());
        let local = names(&|load| on_server(topology, load.guest));
        let time = time.map(|seconds| Time::new(seconds, &units::S));
        Self { node, memory, time, still, local, pace, formula, binding }
    }
}

/// Whether a guest's disks are known to lie on the server it runs on.
fn on_server(topology: &Topology<'_>, guest: &Item<Guest>) -> bool {
    let storage = guest.value.storage.as_ref().and_then(|name| topology.storage(&name.value));
    let kind = storage.and_then(|storage| storage.value.kind.as_ref()).map(|kind| kind.value);
    matches!(kind, Some(StorageKind::LvmThin | StorageKind::Zfs | StorageKind::Directory))
}

/// Guests of each server that runs some, or the keys that are missing.
fn loads<'t, 'd>(topology: &'t Topology<'d>) -> Result<Vec<(&'t Node<'d>, Vec<Load<'d>>)>, Vec<String>> {
    let mut servers: Vec<(&Node<'_>, Vec<Load<'_>>)> = topology.nodes.iter().map(|node| (node, Vec::new())).collect();
    let mut missing = Vec::new();
    for guest in topology.guests() {
        let (Some(count), Some(memory)) = (&guest.value.count, &guest.value.memory) else {
            let keys = [(guest.value.count.is_none(), "count"), (guest.value.memory.is_none(), "memory")];
            missing.extend(keys.iter().filter(|(lacks, _)| *lacks).map(|(_, key)| format!("{}.{key}", path(guest))));
            continue;
        };
        let all = f64::from(count.value) * guest.names.len() as f64;
        for (host, part) in parts(&hosts(topology, guest)) {
            if let Some((_, loads)) = servers.get_mut(host.place) {
                loads.push(Load { guest, each: memory.value, count: all * part });
            }
        }
    }
    servers.retain(|(_, loads)| loads.iter().any(|load| load.count > 0.0));
    if missing.is_empty() { Ok(servers) } else { Err(missing) }
}

pub(super) fn figures(topology: &Topology<'_>, out: &mut Vec<Figure>) {
    if !moves(topology) || topology.guests().next().is_none() || topology.nodes.len() < 2 {
        return;
    }
    out.extend(topology.guests().map(|guest| one(topology, guest)));
    out.extend(evacuation(topology));
}

/// Moving one guest of a profile alone.
fn one(topology: &Topology<'_>, guest: &Item<Guest>) -> Figure {
    let text = texts::MIGRATION_TIME;
    let path = path(guest);
    let Some(memory) = &guest.value.memory else {
        return Figure::unknown(text, path.clone(), Method::Model, vec![format!("{path}.memory")]);
    };
    let pace = match Pace::of(topology, 1) {
        Ok(pace) => pace,
        Err(missing) => return Figure::unknown(text, path, Method::Model, missing),
    };
    let dirty = dirty_rate(guest);
    let figure = match time_to_move(memory.value, pace.alone, dirty.unwrap_or(standing_still())) {
        Some(time) => Figure::new(text, path.clone(), Method::Model, time.base()).decimals(1),
        None => Figure::never(text, path.clone(), Method::Model).note(words::migration::changes_too_fast()),
    };
    let rate = dirty.map_or(pace.alone.to_string(), |dirty| format!("({} - {dirty})", pace.alone));
    let figure = figure
        .formula(vec![format!("{} / {rate}", memory.value).into(), pace.formula()])
        .binding(pace.binding)
        .input("memory", memory.value)
        .input("rate", pace.alone);
    let figure = match dirty {
        Some(dirty) => figure.input("dirty_rate", dirty),
        None => figure.assumed(words::migration::stands_still(path)),
    };
    let figure = if on_server(topology, guest) { figure.note(words::migration::disks_move_along()) } else { figure };
    pace.assumed.into_iter().fold(figure, Figure::assumed)
}

/// Emptying a server of its guests.
fn evacuation(topology: &Topology<'_>) -> Option<Figure> {
    let text = texts::EVACUATION_TIME;
    let evacuation = match Evacuation::of(topology) {
        Ok(evacuation) => evacuation?,
        Err(missing) => return Some(Figure::unknown(text, "cluster", Method::Model, missing)),
    };
    let figure = match evacuation.time {
        Some(time) => Figure::new(text, "cluster", Method::Model, time.in_unit(&units::MIN)),
        None => Figure::never(text, "cluster", Method::Model),
    };
    let figure = figure
        .state(State::Healthy)
        .formula(evacuation.formula)
        .binding(evacuation.binding)
        .input("node", evacuation.node.name.as_str())
        .input("memory", evacuation.memory.to(&units::GIB))
        .input("rate", evacuation.pace.together)
        .input("parallel", evacuation.pace.parallel);
    let figure = match written(topology).and_then(|migration| migration.window.as_ref()) {
        Some(window) => figure.input("window", window.value),
        None => figure,
    };
    let still = evacuation.still.iter().map(|path| Said::from(format!("{path}.dirty_rate = 0 MB/s")));
    let figure = still.chain(evacuation.pace.assumed).fold(figure, Figure::assumed);
    Some(if evacuation.local.is_empty() {
        figure
    } else {
        figure.note(Said::run(": ", [evacuation.local.into(), words::migration::disks_move_along()]))
    })
}
