//! What serves a pool, and who asks, told in numbers from the design.

use std::collections::BTreeSet;

use super::bonds::carried;
use super::figure::State;
use super::nodes::threads_of;
use super::performance::{Carrier, Load, Place, Plant};
use super::store::{Left, Server, Store};
use crate::catalogue::parameters::figures::{CephSmallWrites, CephWriteBandwidth, CephWriteCeiling};
use crate::design::{ClientPlace, Clients, Disk, MclockProfile, Media, Purpose, ReadPolicy};
use crate::quantity::{Rate, Ratio, units};
use crate::topology::{DiskGroup, Network, Redundancy, Topology};
use crate::words::{self, Said};

/// What tells which network carries Ceph.
pub(super) const CEPH_PUBLIC: &str = "network.purpose = [\"ceph_public\"]";

/// The share of a network's rate that is payload, by its MTU.
pub(super) fn payload_share(network: &Network<'_>) -> Ratio {
    let constants = CephWriteCeiling::DEFAULT;
    if network.mtu() >= constants.jumbo { constants.payload_jumbo } else { constants.payload }
}

/// The keys of speeds of a network that are not known, or else that of its interface.
pub(super) fn missing_speeds(topology: &Topology<'_>, network: &Network<'_>) -> Vec<String> {
    let missing = topology.missing_speeds(network);
    if missing.is_empty() { vec![format!("{}.interface", network.path())] } else { missing }
}

/// What a pool's servers are in numbers, and what had to be assumed.
pub(super) struct Described {
    pub(super) plant: Plant,
    pub(super) assumed: Vec<Said>,
}

/// What serves a pool in a state.
///
/// # Errors
/// The keys that are missing.
pub(super) fn describe(
    topology: &Topology<'_>,
    store: &Store<'_, '_>,
    left: &Left,
    state: State,
) -> Result<Described, Vec<String>> {
    let mut assumed = Vec::new();
    let (public, cluster) = carriers(topology)?;
    let threads = osd_threads(topology, store, state, &mut assumed);
    let stated = |rate: Result<Rate, Vec<String>>| rate.ok().map(|rate| rate.in_unit(&units::MB_PER_S));
    // Of so many clients, fewer servers answer more from their own: a loss is no gain to count on.
    let counted = load(topology).clients.is_some();
    let servers = if counted { store.servers.len() as f64 } else { left.nodes };
    let plant = Plant {
        nodes: left.nodes,
        osds: left.disks,
        write: stated(store.write()),
        read: stated(store.read()),
        write_operations: operations(store, |disk| disk.write_iops.as_ref().map(|iops| iops.value)),
        read_operations: operations(store, |disk| disk.read_iops.as_ref().map(|iops| iops.value)),
        small_amplification: small_amplification(store),
        stored: left.stored(),
        sent: left.sent(),
        gathered: left.gathered(),
        touched: touched(store, left),
        threads,
        public: carrier(topology, public, store, left)?,
        cluster: cluster.map(|cluster| carrier(topology, cluster, store, left)).transpose()?,
        local_writes: 1.0 / servers,
        local_reads: (local_copies(topology, store, left) / servers).min(1.0),
        free: if state == State::Recovering { 1.0 - recovery_share(topology) } else { 1.0 },
    };
    Ok(Described { plant, assumed })
}

/// Who reads and writes: what the design says of its clients, or guests on every server, as many as it takes.
pub(super) fn load(topology: &Topology<'_>) -> Load {
    let ceph = topology.design.ceph.as_ref();
    let Some(clients) = ceph.and_then(|ceph| ceph.value.clients.as_ref()).map(|clients| &clients.value) else {
        return Load { place: Place::EveryServer, clients: None, depth: None };
    };
    let place = place(topology, clients);
    let counted = clients.count.as_ref().map(|count| f64::from(count.value));
    let count = counted.or((place == Place::OneServer).then_some(1.0));
    let depth = clients.queue_depth.as_ref().zip(count).map(|(depth, count)| f64::from(depth.value) * count);
    Load { place, clients: count, depth }
}

fn place(topology: &Topology<'_>, clients: &Clients) -> Place {
    match clients.place.as_ref().map_or(ClientPlace::EveryServer, |place| place.value) {
        ClientPlace::EveryServer => Place::EveryServer,
        ClientPlace::OneServer => Place::OneServer,
        ClientPlace::Outside => {
            let payload =
                topology.networks_for(Purpose::CephPublic).next().map_or(1.0, |own| payload_share(own).base());
            let rate = clients.rate.as_ref().map(|rate| rate.value.in_unit(&units::MB_PER_S) * payload);
            Place::Outside {
                machines: clients.machines.as_ref().map_or(1.0, |machines| f64::from(machines.value)),
                rate: rate.filter(|_| clients.machines.is_some()),
            }
        }
    }
}

/// The networks that carry Ceph: public, and cluster where it has an interface of its own.
fn carriers<'t, 'd>(topology: &'t Topology<'d>) -> Result<(&'t Network<'d>, Option<&'t Network<'d>>), Vec<String>> {
    let public = topology.networks_for(Purpose::CephPublic).next();
    let public = public.ok_or_else(|| vec![CEPH_PUBLIC.to_owned()])?;
    let shared = topology.networks_sharing_ports(public);
    let separate = |network: &&Network<'_>| {
        network.name() != public.name() && !shared.iter().any(|other| other.name() == network.name())
    };
    Ok((public, topology.networks_for(Purpose::CephCluster).find(separate)))
}

/// What a network carries on the weakest server that stores data, payload only.
fn carrier(
    topology: &Topology<'_>,
    network: &Network<'_>,
    store: &Store<'_, '_>,
    left: &Left,
) -> Result<Carrier, Vec<String>> {
    let lost = (store.servers.len() as f64 - left.nodes).max(0.0) as usize;
    let payload = payload_share(network);
    let mut least: Option<Carrier> = None;
    let mut seen = BTreeSet::new();
    for server in &store.servers {
        let device = server.node.device();
        let Some(place) = network.attachment(device) else { continue };
        // Servers of one model with the same interface carry the same.
        let model = server.node.model.map(|model| model.pattern.value.as_str());
        if !seen.insert((model, place.interface.as_ref().map(|interface| topology.interface_name(interface.value)))) {
            continue;
        }
        let Some(carried) = carried(topology, network, device, lost) else {
            return Err(missing_speeds(topology, network));
        };
        let rate = carried.rate.in_unit(&units::MB_PER_S) * payload.base();
        if least.as_ref().is_none_or(|known| rate < known.rate) {
            let member = (carried.rate * (1.0 / carried.effective)).to(&units::GBIT_PER_S);
            let (links, members) = (format!("{:.2}", carried.effective), words::figures::members(carried.members));
            let how = words::plant::links_filled(member, links, members, payload);
            least = Some(Carrier { name: network.name().to_owned(), rate, how });
        }
    }
    least.ok_or_else(|| vec![format!("{}.interface", network.path())])
}

/// Operations per second of the slowest OSD, where every group states its own.
fn operations(store: &Store<'_, '_>, of: fn(&Disk) -> Option<u64>) -> Option<f64> {
    let groups = store.servers.iter().flat_map(|server| server.groups.iter());
    let stated: Option<Vec<u64>> = groups.map(|group: &DiskGroup<'_>| of(group.disk())).collect();
    stated?.into_iter().min().map(|operations| operations as f64)
}

/// How much more the slowest OSD writes for a small write than one on a solid-state disk.
fn small_amplification(store: &Store<'_, '_>) -> f64 {
    let constants = CephSmallWrites::DEFAULT;
    let mut groups = store.servers.iter().flat_map(|server| server.groups.iter());
    let own_wal = groups.any(|group| group.media() == Some(Media::Hdd) && group.disk().db.is_none());
    if own_wal { constants.own_wal / constants.amplification } else { 1.0 }
}

fn touched(store: &Store<'_, '_>, left: &Left) -> f64 {
    match store.redundancy {
        Redundancy::Copies(_) => left.written,
        Redundancy::Chunks { coding, .. } => (1.0 + f64::from(coding)) * CephSmallWrites::DEFAULT.changed_chunk,
    }
}

/// Copies of which a client reads the one on its own server, where there is one: the primary OSD's, or the nearest.
fn local_copies(topology: &Topology<'_>, store: &Store<'_, '_>, left: &Left) -> f64 {
    let policy = topology.design.ceph.as_ref().and_then(|ceph| ceph.value.read_policy.as_ref());
    let nearest = policy.is_some_and(|policy| policy.value == ReadPolicy::Localize);
    match store.redundancy {
        Redundancy::Copies(_) if nearest && !store.by_disk() => left.written,
        _ => 1.0,
    }
}

/// Part of disks, processors and networks that recovery takes while it has work.
pub(super) fn recovery_share(topology: &Topology<'_>) -> f64 {
    let constants = CephWriteBandwidth::DEFAULT;
    let profile = topology.design.ceph.as_ref().and_then(|ceph| ceph.value.mclock_profile.as_ref());
    match profile.map_or(MclockProfile::Balanced, |profile| profile.value) {
        MclockProfile::Balanced => constants.balanced,
        MclockProfile::HighClientOps => constants.high_client_ops,
        MclockProfile::HighRecoveryOps => constants.high_recovery_ops,
    }
    .base()
}

/// Threads for the OSDs of a store in a state; nothing, with a word of it, where they are not known.
fn osd_threads(topology: &Topology<'_>, store: &Store<'_, '_>, state: State, assumed: &mut Vec<Said>) -> Option<f64> {
    let alone = topology.guests().next().is_none();
    let threads: Option<Vec<f64>> = store.servers.iter().map(|server| threads_on(server, alone)).collect();
    let Some(threads) = threads else {
        assumed.push(words::plant::processors_never_bind());
        return None;
    };
    assumed.push(if alone { words::plant::no_guests() } else { words::plant::threads_shared() });
    let lost =
        matches!(state, State::NodeLost | State::Recovering).then(|| threads.iter().copied().fold(0.0, f64::max));
    Some(threads.iter().sum::<f64>() - lost.unwrap_or(0.0))
}

/// Threads for OSDs on one server: all of them where no guests run, as in the published measurements, or those that OSDs
/// of their medium are given.
fn threads_on(server: &Server<'_, '_>, alone: bool) -> Option<f64> {
    if alone {
        return server.node.threads().map(f64::from);
    }
    let mut wanted: u32 = 0;
    for group in &server.groups {
        wanted = wanted.saturating_add(group.count()?.saturating_mul(threads_of(group.media()?)));
    }
    Some(f64::from(server.node.threads().map_or(wanted, |installed| wanted.min(installed))))
}
