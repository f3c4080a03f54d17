//! What Ceph carries: bandwidth by the slowest of disks and networks.

use std::collections::BTreeSet;

use super::bonds::carried;
use super::figure::{Figure, Method, State};
use super::store::{Left, Store, leading_pools, path};
use crate::catalogue::figure_texts as texts;
use crate::catalogue::parameters::figures::CephWriteBandwidth;
use crate::design::Purpose;
use crate::quantity::{Ratio, units};
use crate::topology::{Network, Topology};

/// One limit of a bandwidth.
pub(super) struct Term {
    name: String,
    megabytes: f64,
    formula: String,
}

/// The limit that binds, and all of them as a formula.
fn binding(terms: &[Term]) -> Option<(&Term, String)> {
    let least = terms.iter().reduce(|least, term| if term.megabytes < least.megabytes { term } else { least })?;
    let formula =
        terms.iter().map(|term| format!("{} {} = {:.0}", term.name, term.formula, term.megabytes)).collect::<Vec<_>>();
    Some((least, format!("min({})", formula.join("; "))))
}

/// The share of a network's rate that is payload, by its MTU.
pub(super) fn payload_share(network: &Network<'_>) -> Ratio {
    let constants = CephWriteBandwidth::DEFAULT;
    if network.mtu() >= constants.jumbo { constants.payload_jumbo } else { constants.payload }
}

/// What the network of one purpose carries on the weakest server that stores data, payload only.
fn network_rate(
    topology: &Topology<'_>,
    network: &Network<'_>,
    store: &Store<'_, '_>,
    left: &Left,
) -> Result<(f64, String), Vec<String>> {
    let lost = (store.servers.len() as f64 - left.nodes).max(0.0) as usize;
    let payload = payload_share(network);
    let mut least: Option<(f64, String)> = None;
    let mut seen = BTreeSet::new();
    for server in &store.servers {
        let Some(device) = topology.device(&server.node.name) else { continue };
        let Some(place) = network.attachment(device) else { continue };
        // Servers of one model with the same interface carry the same.
        let model = server.node.model.map(|model| model.pattern.value.as_str());
        if !seen.insert((model, place.interface.as_ref().map(|interface| topology.interface_name(interface.value)))) {
            continue;
        }
        let Some(carried) = carried(topology, network, device, lost) else {
            return Err(vec![format!("{}.interface, with the speed of its ports", network.path())]);
        };
        let rate = carried.rate.in_unit(&units::MB_PER_S) * payload.base();
        let text = format!(
            "{} x {:.2} of {} members x {payload}",
            (carried.rate * (1.0 / carried.effective)).to(&units::GBIT_PER_S),
            carried.effective,
            carried.members
        );
        if least.as_ref().is_none_or(|(known, _)| rate < *known) {
            least = Some((rate, text));
        }
    }
    least.ok_or_else(|| vec![format!("{}.interface", network.path())])
}

/// The networks that carry Ceph: public, and cluster where it has an interface of its own.
struct Carriers<'t, 'd> {
    public: &'t Network<'d>,
    cluster: Option<&'t Network<'d>>,
}

fn carriers<'t, 'd>(topology: &'t Topology<'d>) -> Result<Carriers<'t, 'd>, Vec<String>> {
    let public = topology.networks_for(Purpose::CephPublic).next();
    let public = public.ok_or_else(|| vec!["network: one with purpose = [\"ceph_public\"]".to_owned()])?;
    let shared = topology.networks_sharing_ports(public);
    let separate = |network: &&Network<'_>| {
        network.name() != public.name() && !shared.iter().any(|other| other.name() == network.name())
    };
    Ok(Carriers { public, cluster: topology.networks_for(Purpose::CephCluster).find(separate) })
}

/// Limits that networks set to writes.
fn write_limits(topology: &Topology<'_>, store: &Store<'_, '_>, left: &Left) -> Result<Vec<Term>, Vec<String>> {
    let carriers = carriers(topology)?;
    let (public, how) = network_rate(topology, carriers.public, store, left)?;
    let (nodes, remote) = (left.nodes, left.remote());
    let sent = left.sent();
    let apart = if left.apart < 1.0 { format!(" x {:.3}", left.apart) } else { String::new() };
    let copies = format!("({} - 1){apart}", left.written);
    let term = |name: &str, rate: f64, share: f64, divisor: String, how: &str| {
        let formula = format!("{nodes} x {rate:.0} / {divisor} with {how}");
        (share > 0.0).then(|| Term { name: format!("network {name}"), megabytes: nodes * rate / share, formula })
    };
    let Some(cluster) = carriers.cluster else {
        let divisor = format!("({copies} + {remote:.3})");
        return Ok(term(carriers.public.name(), public, sent + remote, divisor, &how).into_iter().collect());
    };
    let (replication, how_cluster) = network_rate(topology, cluster, store, left)?;
    let replicated = term(cluster.name(), replication, sent, copies, &how_cluster);
    let taken_in = term(carriers.public.name(), public, remote, format!("{remote:.3}"), &how);
    Ok(replicated.into_iter().chain(taken_in).collect())
}

/// Limits that networks set to reads.
fn read_limits(topology: &Topology<'_>, store: &Store<'_, '_>, left: &Left) -> Result<Vec<Term>, Vec<String>> {
    let carriers = carriers(topology)?;
    let (public, how) = network_rate(topology, carriers.public, store, left)?;
    let (nodes, remote) = (left.nodes, left.remote());
    if remote <= 0.0 {
        return Ok(Vec::new());
    }
    Ok(vec![Term {
        name: format!("network {}", carriers.public.name()),
        megabytes: nodes * public / remote,
        formula: format!("{nodes} x {public:.0} / {remote:.3} with {how}"),
    }])
}

/// The smallest rate in MB/s that networks let through for writes and reads.
pub(super) fn network_limits(
    topology: &Topology<'_>,
    store: &Store<'_, '_>,
    left: &Left,
) -> Result<(f64, f64), Vec<String>> {
    let least = |terms: Vec<Term>| terms.into_iter().map(|term| term.megabytes).fold(f64::INFINITY, f64::min);
    Ok((least(write_limits(topology, store, left)?), least(read_limits(topology, store, left)?)))
}

pub(super) fn figures(topology: &Topology<'_>, out: &mut Vec<Figure>) {
    if !topology.has_ceph() {
        return;
    }
    let all = [texts::CEPH_WRITE_BANDWIDTH, texts::CEPH_READ_BANDWIDTH];
    let pools = leading_pools(topology);
    if pools.is_empty() {
        let missing = vec!["ceph.pool: a pool with its size".to_owned()];
        out.extend(all.map(|text| Figure::unknown(text, "ceph", Method::Model, missing.clone())));
    }
    for pool in pools {
        match Store::of(topology, pool) {
            Ok(store) => {
                out.extend([State::Healthy, State::NodeLost].map(|state| write(topology, &store, state)));
                out.extend(read(topology, &store));
            }
            Err(missing) => {
                out.extend(all.map(|text| Figure::unknown(text, path(pool), Method::Model, missing.clone())));
            }
        }
    }
}

pub(super) fn write(topology: &Topology<'_>, store: &Store<'_, '_>, state: State) -> Figure {
    let text = texts::CEPH_WRITE_BANDWIDTH;
    let constants = CephWriteBandwidth::DEFAULT;
    let unknown = |missing| Figure::unknown(text, path(store.pool), Method::Model, missing).state(state);
    let left = store.left(state);
    if left.disks < 1.0 || !left.serves {
        return no_service(store, &left, state);
    }
    let disk = match store.write() {
        Ok(disk) => disk,
        Err(missing) => return unknown(missing),
    };
    let rate = disk.in_unit(&units::MB_PER_S);
    let mut terms = vec![Term {
        name: "disks".to_owned(),
        megabytes: left.disks * rate / (left.written * constants.amplification),
        formula: format!("{} x {rate} / ({} x {})", left.disks, left.written, constants.amplification),
    }];
    match write_limits(topology, store, &left) {
        Ok(limits) => terms.extend(limits),
        Err(missing) => return unknown(missing),
    }
    let Some((least, formula)) = binding(&terms) else { return unknown(Vec::new()) };
    let figure = Figure::new(text, path(store.pool), Method::Model, least.megabytes)
        .state(state)
        .decimals(0)
        .formula(formula)
        .binding(&least.name)
        .input("osds", left.disks)
        .input("write", disk)
        .input("nodes", left.nodes)
        .input("copies", left.written)
        .assumed("guests and primary OSDs spread evenly over the servers");
    if left.written < store.copies {
        figure.note(format!("copies that find a place: {} of {}", left.written, store.copies))
    } else {
        figure
    }
}

/// The write bandwidth of a pool that stands still.
fn no_service(store: &Store<'_, '_>, left: &Left, state: State) -> Figure {
    let figure = Figure::new(texts::CEPH_WRITE_BANDWIDTH, path(store.pool), Method::Model, 0.0).state(state);
    if left.disks < 1.0 {
        return figure.formula("no server with OSDs is left");
    }
    let least = store.pool.value.min_size.as_ref().map_or(1, |least| least.value);
    figure
        .formula(format!("copies that find a place: {}, fewer than min_size {least}", left.written))
        .binding("min_size")
        .note("the pool takes no writes")
}

fn read(topology: &Topology<'_>, store: &Store<'_, '_>) -> Vec<Figure> {
    let text = texts::CEPH_READ_BANDWIDTH;
    let left = store.left(State::Healthy);
    let disk = match store.read() {
        Ok(disk) => disk,
        Err(missing) => return vec![Figure::unknown(text, path(store.pool), Method::Model, missing)],
    };
    let rate = disk.in_unit(&units::MB_PER_S);
    let disks =
        Term { name: "disks".to_owned(), megabytes: left.disks * rate, formula: format!("{} x {rate}", left.disks) };
    let mut figures = vec![
        Figure::new(text, path(store.pool), Method::Documents, disks.megabytes)
            .decimals(0)
            .formula(disks.formula.clone())
            .binding("disks")
            .input("osds", left.disks)
            .input("read", disk)
            .note("every read answered by the local OSD, as S002:273 says"),
    ];
    let limits = match read_limits(topology, store, &left) {
        Ok(limits) => limits,
        Err(missing) => {
            figures.push(Figure::unknown(text, path(store.pool), Method::Model, missing));
            return figures;
        }
    };
    let terms: Vec<Term> = std::iter::once(disks).chain(limits).collect();
    if let Some((least, formula)) = binding(&terms) {
        figures.push(
            Figure::new(text, path(store.pool), Method::Model, least.megabytes)
                .decimals(0)
                .formula(formula)
                .binding(&least.name)
                .input("osds", left.disks)
                .input("read", disk)
                .input("nodes", left.nodes)
                .assumed("guests and primary OSDs spread evenly over the servers"),
        );
    }
    figures
}
