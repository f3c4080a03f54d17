//! What Ceph carries: bandwidth by the slowest of disks and networks, and capacity that leaves room to heal.

use super::bonds::carried;
use super::figure::{Figure, Method, State};
use crate::catalogue::figure_texts as texts;
use crate::catalogue::parameters::figures::{CephWriteBandwidth, UsableCapacity};
use crate::design::{Application, Item, Pool, Purpose};
use crate::quantity::{Rate, Size, units};
use crate::topology::{Network, Node, Topology};

/// Pools with their number of copies.
fn pools<'d>(topology: &Topology<'d>) -> Vec<(&'d Item<Pool>, f64)> {
    let pools = topology.design.ceph.as_ref().and_then(|ceph| ceph.value.pool.as_ref());
    let sized = |item: &'d Item<Pool>| item.value.size.as_ref().map(|size| (item, f64::from(size.value)));
    pools.into_iter().flat_map(|pools| pools.value.iter()).filter_map(sized).collect()
}

/// The pool that guests' disks lie in: the block pool with the largest share of data.
pub(super) fn main_pool<'d>(topology: &Topology<'d>) -> Option<(&'d Item<Pool>, f64)> {
    let share = |item: &Item<Pool>| item.value.data_share.as_ref().map_or(0.0, |share| share.value.base());
    let block = |item: &Item<Pool>| item.value.application.as_ref().is_some_and(|use_| use_.value == Application::Rbd);
    let mut pools = pools(topology);
    if pools.iter().any(|(item, _)| block(item)) {
        pools.retain(|(item, _)| block(item));
    }
    pools.into_iter().reduce(|best, next| if share(next.0) > share(best.0) { next } else { best })
}

/// OSDs of the cluster, with what is missing to know them.
pub(super) struct Osds {
    /// Servers with OSDs.
    pub(super) nodes: f64,
    /// OSDs of all servers.
    pub(super) count: f64,
    /// OSDs of the server that has most.
    pub(super) largest: f64,
    /// Sustained write rate of the slowest.
    pub(super) write: Result<Rate, Vec<String>>,
    /// Sustained read rate of the slowest.
    pub(super) read: Result<Rate, Vec<String>>,
}

/// The OSDs of the design; an error names the keys that are missing.
pub(super) fn osds(topology: &Topology<'_>) -> Result<Osds, Vec<String>> {
    let servers: Vec<&Node<'_>> = topology.nodes.iter().filter(|node| node.osd_groups().next().is_some()).collect();
    if servers.is_empty() {
        return Err(vec!["server_model.disks: a group with role = \"osd\"".to_owned()]);
    }
    let counts: Option<Vec<u32>> = servers.iter().map(|node| node.osd_count()).collect();
    let Some(counts) = counts else { return Err(vec!["server_model.disks: count of each OSD group".to_owned()]) };
    let slowest = |key: &str, rate: fn(&crate::design::Disk) -> Option<Rate>| {
        let groups = super::disks::osd_groups(topology);
        let missing: Vec<String> = groups
            .iter()
            .filter(|group| rate(group.disk()).is_none())
            .map(|group| format!("{}.{key}", group.path()))
            .collect();
        let rates = groups.iter().filter_map(|group| rate(group.disk()));
        let least = rates.reduce(|least, rate| if rate < least { rate } else { least });
        least.filter(|_| missing.is_empty()).ok_or(missing)
    };
    Ok(Osds {
        nodes: servers.len() as f64,
        count: counts.iter().map(|count| f64::from(*count)).sum(),
        largest: counts.iter().max().map_or(0.0, |count| f64::from(*count)),
        write: slowest("write", |disk| disk.write.as_ref().map(|rate| rate.value)),
        read: slowest("read", |disk| disk.read.as_ref().map(|rate| rate.value)),
    })
}

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

/// What the network of one purpose carries on the weakest server, payload only.
fn network_rate(topology: &Topology<'_>, network: &Network<'_>) -> Result<(f64, String), Vec<String>> {
    let constants = CephWriteBandwidth::DEFAULT;
    let payload = if network.mtu() >= constants.jumbo { constants.payload_jumbo } else { constants.payload };
    let mut least: Option<(f64, String)> = None;
    for (_, node) in super::nodes::models(topology) {
        let Some(device) = topology.device(&node.name) else { continue };
        if network.attachment(device).is_none() {
            continue;
        }
        let Some(carried) = carried(topology, network, device) else {
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

/// Limits that networks set to writes, with `nodes` servers and `copies` copies.
fn write_limits(topology: &Topology<'_>, nodes: f64, copies: f64) -> Result<Vec<Term>, Vec<String>> {
    let carriers = carriers(topology)?;
    let (public, how) = network_rate(topology, carriers.public)?;
    let remote = (nodes - 1.0) / nodes;
    let Some(cluster) = carriers.cluster else {
        let share = (copies - 1.0) + remote;
        return Ok(vec![Term {
            name: format!("network {}", carriers.public.name()),
            megabytes: if share > 0.0 { nodes * public / share } else { f64::INFINITY },
            formula: format!("{nodes} x {public:.0} / (({copies} - 1) + {remote:.3}) with {how}"),
        }]);
    };
    let (replication, how_cluster) = network_rate(topology, cluster)?;
    let mut terms = Vec::new();
    if copies > 1.0 {
        terms.push(Term {
            name: format!("network {}", cluster.name()),
            megabytes: nodes * replication / (copies - 1.0),
            formula: format!("{nodes} x {replication:.0} / ({copies} - 1) with {how_cluster}"),
        });
    }
    if remote > 0.0 {
        terms.push(Term {
            name: format!("network {}", carriers.public.name()),
            megabytes: nodes * public / remote,
            formula: format!("{nodes} x {public:.0} / {remote:.3} with {how}"),
        });
    }
    Ok(terms)
}

/// Limits that networks set to reads.
fn read_limits(topology: &Topology<'_>, nodes: f64) -> Result<Vec<Term>, Vec<String>> {
    let carriers = carriers(topology)?;
    let (public, how) = network_rate(topology, carriers.public)?;
    let remote = (nodes - 1.0) / nodes;
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
pub(super) fn network_limits(topology: &Topology<'_>, nodes: f64, copies: f64) -> Result<(f64, f64), Vec<String>> {
    let least = |terms: Vec<Term>| terms.into_iter().map(|term| term.megabytes).fold(f64::INFINITY, f64::min);
    Ok((least(write_limits(topology, nodes, copies)?), least(read_limits(topology, nodes)?)))
}

pub(super) fn figures(topology: &Topology<'_>, out: &mut Vec<Figure>) {
    if !topology.has_ceph() {
        return;
    }
    let Some((pool, copies)) = main_pool(topology) else {
        let missing = vec!["ceph.pool: a pool with its size".to_owned()];
        for text in [texts::CEPH_WRITE_BANDWIDTH, texts::CEPH_READ_BANDWIDTH, texts::USABLE_CAPACITY] {
            out.push(Figure::unknown(text, "ceph", Method::Model, missing.clone()));
        }
        return;
    };
    let subject = format!("ceph.pool.{}", pool.pattern.value);
    match osds(topology) {
        Ok(osds) => {
            out.extend([State::Healthy, State::NodeLost].map(|state| write(topology, &subject, &osds, copies, state)));
            out.extend(read(topology, &subject, &osds));
        }
        Err(missing) => {
            for text in [texts::CEPH_WRITE_BANDWIDTH, texts::CEPH_READ_BANDWIDTH] {
                out.push(Figure::unknown(text, &subject, Method::Model, missing.clone()));
            }
        }
    }
    for (pool, copies) in pools(topology).into_iter().filter(|(item, _)| std::ptr::eq(*item, pool)) {
        out.push(usable(topology, pool, copies));
    }
}

fn write(topology: &Topology<'_>, subject: &str, osds: &Osds, copies: f64, state: State) -> Figure {
    let text = texts::CEPH_WRITE_BANDWIDTH;
    let constants = CephWriteBandwidth::DEFAULT;
    let (nodes, count) = match state {
        State::NodeLost => (osds.nodes - 1.0, osds.count - osds.largest),
        _ => (osds.nodes, osds.count),
    };
    let written = copies.min(nodes);
    let disk = match &osds.write {
        Ok(disk) => *disk,
        Err(missing) => return Figure::unknown(text, subject, Method::Model, missing.clone()).state(state),
    };
    if nodes < 1.0 {
        return Figure::new(text, subject, Method::Model, 0.0)
            .state(state)
            .formula("no server with OSDs is left".to_owned());
    }
    let rate = disk.in_unit(&units::MB_PER_S);
    let mut terms = vec![Term {
        name: "disks".to_owned(),
        megabytes: count * rate / (written * constants.amplification),
        formula: format!("{count} x {rate} / ({written} x {})", constants.amplification),
    }];
    match write_limits(topology, nodes, written) {
        Ok(limits) => terms.extend(limits),
        Err(missing) => return Figure::unknown(text, subject, Method::Model, missing).state(state),
    }
    let Some((least, formula)) = binding(&terms) else {
        return Figure::unknown(text, subject, Method::Model, Vec::new()).state(state);
    };
    let figure = Figure::new(text, subject, Method::Model, least.megabytes)
        .state(state)
        .decimals(0)
        .formula(formula)
        .binding(&least.name)
        .input("osds", count)
        .input("write", disk)
        .input("nodes", nodes)
        .input("copies", written)
        .assumed("guests and primary OSDs spread evenly over the servers");
    if written < copies {
        figure.note(format!("only {written} of {copies} copies are written while the server is gone"))
    } else {
        figure
    }
}

fn read(topology: &Topology<'_>, subject: &str, osds: &Osds) -> Vec<Figure> {
    let text = texts::CEPH_READ_BANDWIDTH;
    let disk = match &osds.read {
        Ok(disk) => *disk,
        Err(missing) => return vec![Figure::unknown(text, subject, Method::Model, missing.clone())],
    };
    let rate = disk.in_unit(&units::MB_PER_S);
    let disks =
        Term { name: "disks".to_owned(), megabytes: osds.count * rate, formula: format!("{} x {rate}", osds.count) };
    let mut figures = vec![
        Figure::new(text, subject, Method::Documents, disks.megabytes)
            .decimals(0)
            .formula(disks.formula.clone())
            .binding("disks")
            .input("osds", osds.count)
            .input("read", disk)
            .note("every read answered by the local OSD, as S002:273 says"),
    ];
    let limits = match read_limits(topology, osds.nodes) {
        Ok(limits) => limits,
        Err(missing) => {
            figures.push(Figure::unknown(text, subject, Method::Model, missing));
            return figures;
        }
    };
    let terms: Vec<Term> = std::iter::once(disks).chain(limits).collect();
    if let Some((least, formula)) = binding(&terms) {
        figures.push(
            Figure::new(text, subject, Method::Model, least.megabytes)
                .decimals(0)
                .formula(formula)
                .binding(&least.name)
                .input("osds", osds.count)
                .input("read", disk)
                .input("nodes", osds.nodes)
                .assumed("guests and primary OSDs spread evenly over the servers"),
        );
    }
    figures
}

fn usable(topology: &Topology<'_>, pool: &Item<Pool>, copies: f64) -> Figure {
    let text = texts::USABLE_CAPACITY;
    let fill = UsableCapacity::DEFAULT.nearfull;
    let subject = format!("ceph.pool.{}", pool.pattern.value);
    let class = pool.value.device_class.as_ref().map(|class| class.value);
    let mut servers: Vec<(f64, f64)> = Vec::new();
    for node in &topology.nodes {
        let (mut bytes, mut disks) = (0.0, 0.0);
        for group in node.osd_groups().filter(|group| class.is_none_or(|class| group.media() == Some(class))) {
            let (Some(capacity), Some(count)) = (group.capacity(), group.count()) else {
                let missing = vec![format!("{}: count and capacity", group.path())];
                return Figure::unknown(text, subject, Method::Model, missing);
            };
            bytes += capacity.base() * f64::from(count);
            disks += f64::from(count);
        }
        if disks > 0.0 {
            servers.push((bytes, disks));
        }
    }
    let nodes = servers.len() as f64;
    let terabytes = |bytes: f64| Size::from_base(bytes, &units::TB);
    let raw: f64 = servers.iter().map(|(bytes, _)| bytes).sum();
    let smallest = servers.iter().map(|(bytes, _)| *bytes).fold(f64::INFINITY, f64::min);
    let largest = servers.iter().map(|(bytes, _)| *bytes).fold(0.0, f64::max);
    let fewest = servers.iter().map(|(_, disks)| *disks).fold(f64::INFINITY, f64::min);
    let (bytes, formula, binding) = if nodes < copies {
        (0.0, format!("{nodes} servers cannot hold {copies} copies"), "too few servers for the copies")
    } else if nodes > copies {
        let formula = format!("({} - {} largest server) x {fill} / {copies}", terabytes(raw), terabytes(largest));
        ((raw - largest) * fill.base() / copies, formula, "a lost server heals onto the others")
    } else if fewest > 1.0 {
        let heal = (fewest - 1.0) / fewest;
        let formula = format!("{nodes} x {} x {fill} x ({fewest} - 1) / {fewest} / {copies}", terabytes(smallest));
        (nodes * smallest * fill.base() * heal / copies, formula, "a lost disk heals onto the others of its own server")
    } else {
        let formula = format!("{nodes} x {} x {fill} / {copies}", terabytes(smallest));
        (
            nodes * smallest * fill.base() / copies,
            formula,
            "nearfull; one disk per server leaves nowhere to heal a lost one",
        )
    };
    Figure::new(text, subject, Method::Model, bytes / units::TB.factor)
        .formula(formula)
        .binding(binding)
        .input("raw", terabytes(raw))
        .input("nodes", nodes)
        .input("copies", copies)
        .note(format!("{} / {copies} copies alone would be {}", terabytes(raw), terabytes(raw / copies)))
}
