//! How long backup jobs take, by the slowest of what their data passes.

use super::bonds::carried;
use super::budget::{hosts, parts};
use super::figure::{Figure, Method};
use super::formula::most_of;
use super::plant::{missing_speeds, payload_share};
use super::store::{Store, pool_of, stores_elsewhere};
use crate::catalogue::figure_texts as texts;
use crate::design::{Backup, Guest, Item, Purpose, Text};
use crate::quantity::{Rate, Size, Time, units};
use crate::topology::{Network, Topology};
use crate::words::{self, Said};

/// A backup job's run.
#[derive(Debug)]
pub struct Run {
    /// What it sends.
    pub bytes: Size,
    /// How long it takes.
    pub time: Time,
    /// What sets that.
    pub binding: Said,
    /// Keys that would tell that it sends less than was taken.
    pub perhaps_less: Vec<String>,
    assumed: Vec<Said>,
    formula: Said,
}

/// One thing that the data passes.
struct Term {
    name: Said,
    seconds: f64,
    how: Said,
}

/// Bytes of a job that each server sends, and those of them that it reads from Ceph.
struct Sent {
    node: usize,
    all: f64,
    from_ceph: f64,
}

fn path(backup: &Item<Backup>) -> String {
    format!("backup.{}", backup.pattern.value)
}

/// Backup jobs in the order they were written.
pub fn jobs<'d>(topology: &Topology<'d>) -> impl Iterator<Item = &'d Item<Backup>> + use<'d> {
    topology.design.backup.as_ref().into_iter().flat_map(|backups| backups.value.iter())
}

/// The network that a job takes: the one it names, or else the first for that purpose.
pub fn network<'t, 'd>(topology: &'t Topology<'d>, backup: &Item<Backup>) -> Option<&'t Network<'d>> {
    match &backup.value.network {
        Some(name) => topology.network(&name.value),
        None => topology.networks_for(Purpose::Backup).next(),
    }
}

fn saves(backup: &Item<Backup>, guest: &Item<Guest>) -> usize {
    let named = |name: &&Text| backup.value.guests.as_ref().is_none_or(|guests| guests.value.contains(name));
    guest.names.iter().filter(named).count()
}

impl Run {
    /// A run of a job; nothing where it saves no guest.
    ///
    /// # Errors
    /// The keys that are missing.
    pub fn of(topology: &Topology<'_>, backup: &Item<Backup>) -> Result<Option<Self>, Vec<String>> {
        let mut perhaps_less = Vec::new();
        let sent = sent(topology, backup, &mut perhaps_less)?;
        let all: f64 = sent.iter().map(|own| own.all).sum();
        if all <= 0.0 {
            return Ok(None);
        }
        let network = network(topology, backup).ok_or_else(|| vec![format!("{}.network", path(backup))])?;
        let mut terms = vec![over_network(topology, network, &sent)?];
        terms.extend(over_public(topology, &sent));
        terms.extend(from_disks(topology, backup));
        if let Some(limit) = &backup.value.bandwidth_limit {
            terms.push(by_server(words::backup::job_limit(), &sent, |own| own.all, |_| Some(limit.value)));
        }
        if let Some(rate) = &backup.value.target_rate {
            let seconds = all / rate.value.base();
            terms.push(Term { name: words::backup::target(), seconds, how: rate.value.into() });
        }
        let told = most_of(terms.iter().map(Term::said));
        let slowest = terms.into_iter().reduce(|most, term| if term.seconds > most.seconds { term } else { most });
        let (binding, seconds) = slowest.map_or((Said::default(), f64::INFINITY), |term| (term.name, term.seconds));
        let bytes = Size::from_base(all, &units::GB);
        let assumed = perhaps_less.iter().map(|key| format!("{key} = 100 %").into()).collect();
        let formula = Said::run(": ", [bytes.into(), told]);
        Ok(Some(Self { bytes, time: Time::new(seconds, &units::S), binding, perhaps_less, assumed, formula }))
    }
}

impl Term {
    fn said(&self) -> Said {
        let time = Time::new(self.seconds, &units::S).to(&units::MIN);
        vec![Said::run(" ", [self.name.clone(), time.into()]), self.how.clone()].into()
    }
}

/// What each server sends: the used part of its guests' disks, or of that what has changed.
fn sent(topology: &Topology<'_>, backup: &Item<Backup>, open: &mut Vec<String>) -> Result<Vec<Sent>, Vec<String>> {
    let mut sent: Vec<Sent> = (0..topology.nodes.len()).map(|node| Sent { node, all: 0.0, from_ceph: 0.0 }).collect();
    let mut missing = Vec::new();
    if backup.value.changed.is_none() {
        open.push(format!("{}.changed", path(backup)));
    }
    for guest in topology.guests() {
        if saves(backup, guest) == 0 || guest.value.count.as_ref().is_some_and(|count| count.value == 0) {
            continue;
        }
        let own = format!("guest.{}", guest.pattern.value);
        let keys = [(guest.value.count.is_none(), "count"), (guest.value.root_disk.is_none(), "root_disk")];
        missing.extend(keys.iter().filter(|(lacks, _)| *lacks).map(|(_, key)| format!("{own}.{key}")));
        if guest.value.used_share.is_none() {
            open.push(format!("{own}.used_share"));
        }
        let all = saved(backup, guest);
        let on_ceph = topology.has_ceph() && !stores_elsewhere(topology, guest);
        for (host, part) in parts(&hosts(topology, guest)) {
            if let Some(server) = sent.get_mut(host.place) {
                server.all += all * part;
                server.from_ceph += if on_ceph { all * part } else { 0.0 };
            }
        }
    }
    if missing.is_empty() { Ok(sent) } else { Err(missing) }
}

/// The server that takes longest at a rate; servers without one have no part in it.
fn by_server(name: Said, sent: &[Sent], bytes: fn(&Sent) -> f64, rate: impl Fn(&Sent) -> Option<Rate>) -> Term {
    let mut slowest = Term { name, seconds: 0.0, how: Said::default() };
    for own in sent.iter().filter(|own| bytes(own) > 0.0) {
        let Some(rate) = rate(own) else { continue };
        let seconds = bytes(own) / rate.base();
        if seconds > slowest.seconds {
            slowest.seconds = seconds;
            let bytes = Size::from_base(bytes(own), &units::GB);
            slowest.how = words::backup::by_one_server(bytes, rate.to(&units::MB_PER_S));
        }
    }
    slowest
}

/// A server saves one guest after the other, each over one connection.
fn over_network(topology: &Topology<'_>, network: &Network<'_>, sent: &[Sent]) -> Result<Term, Vec<String>> {
    let share = payload_share(network).base();
    let member = |own: &Sent| {
        let device = topology.nodes.get(own.node)?.device();
        Some(topology.member_rate(network, device)? * share)
    };
    if sent.iter().filter(|own| own.all > 0.0).any(|own| member(own).is_none()) {
        return Err(missing_speeds(topology, network));
    }
    Ok(by_server(words::figures::network(network.name()), sent, |own| own.all, member))
}

/// What servers read over the public network: all but what lies on their own OSDs.
fn over_public(topology: &Topology<'_>, sent: &[Sent]) -> Option<Term> {
    let public = topology.networks_for(Purpose::CephPublic).next()?;
    let servers = topology.nodes.iter().filter(|node| node.osd_groups().next().is_some()).count() as f64;
    let remote = if servers > 0.0 { (servers - 1.0) / servers } else { 1.0 };
    let share = payload_share(public).base();
    let rate = |own: &Sent| {
        let device = topology.nodes.get(own.node)?.device();
        // All bytes of a server count, so that its rate is the higher for those that it has itself.
        (remote > 0.0).then_some(carried(topology, public, device, 0)?.rate * (share / remote))
    };
    let name = words::backup::reads_over(words::figures::network(public.name()));
    let term = by_server(name, sent, |own| own.from_ceph, rate);
    (term.seconds > 0.0).then_some(term)
}

/// What the disks of the pools can be read with, all together, where that is known.
fn from_disks(topology: &Topology<'_>, backup: &Item<Backup>) -> Option<Term> {
    let mut slowest: Option<Term> = None;
    for pool in topology.pools() {
        let guests = topology.guests().filter(|guest| saves(backup, guest) > 0 && topology.has_ceph());
        let here = guests.filter(|guest| !stores_elsewhere(topology, guest));
        let here = here.filter(|guest| pool_of(topology, guest).is_some_and(|own| std::ptr::eq(own, pool)));
        let bytes: f64 = here.map(|guest| saved(backup, guest)).sum();
        let Ok(store) = Store::of(topology, pool) else { continue };
        let Ok(read) = store.read() else { continue };
        let disks: f64 = store.servers.iter().map(|server| server.disks).sum();
        let seconds = bytes / (read.base() * disks);
        if seconds > slowest.as_ref().map_or(0.0, |known| known.seconds) {
            let name = words::backup::reads_of(words::figures::pool(pool.pattern.value.as_str()));
            slowest = Some(Term { name, seconds, how: format!("{disks} x {read}").into() });
        }
    }
    slowest
}

/// Bytes of a profile that a job sends; nothing where its disks are not written.
fn saved(backup: &Item<Backup>, guest: &Item<Guest>) -> f64 {
    let part = |written: Option<f64>| written.unwrap_or(1.0).min(1.0);
    let disks = [&guest.value.root_disk, &guest.value.data_disk];
    let disks: f64 = disks.into_iter().flatten().map(|disk| disk.value.base()).sum();
    let count = guest.value.count.as_ref().map_or(0.0, |count| f64::from(count.value)) * saves(backup, guest) as f64;
    let used = part(guest.value.used_share.as_ref().map(|part| part.value.base()));
    disks * count * used * part(backup.value.changed.as_ref().map(|part| part.value.base()))
}

pub(super) fn figures(topology: &Topology<'_>, out: &mut Vec<Figure>) {
    out.extend(jobs(topology).filter_map(|backup| figure(topology, backup)));
}

fn figure(topology: &Topology<'_>, backup: &Item<Backup>) -> Option<Figure> {
    let (text, path) = (texts::BACKUP_TIME, path(backup));
    let run = match Run::of(topology, backup) {
        Ok(run) => run?,
        Err(missing) => return Some(Figure::unknown(text, path, Method::Model, missing)),
    };
    let figure = Figure::new(text, path, Method::Model, run.time.in_unit(&units::H))
        .formula(run.formula)
        .binding(run.binding)
        .input("bytes", run.bytes);
    let figure = match &backup.value.window {
        Some(window) => figure.input("window", window.value),
        None => figure,
    };
    let figure = run.assumed.into_iter().fold(figure, Figure::assumed);
    Some(if backup.value.target_rate.is_none() { figure.assumed(words::backup::target_takes_all()) } else { figure })
}
