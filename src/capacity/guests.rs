//! How many guests of a profile storage carries: by disks, network and processors.

use super::ceph::{Osds, main_pool, network_limits, osds};
use super::figure::{Figure, Method, State};
use super::nodes::threads_of;
use crate::catalogue::figure_texts as texts;
use crate::catalogue::parameters::figures::GuestsByModel;
use crate::design::{self, Item};
use crate::quantity::units;
use crate::topology::Topology;

pub(super) fn figures(topology: &Topology<'_>, out: &mut Vec<Figure>) {
    if !topology.has_ceph() {
        return;
    }
    for guest in topology.design.guest.iter().flat_map(|guests| guests.value.iter()) {
        if guest.value.iops.is_some() {
            out.extend([State::Healthy, State::NodeLost].map(|state| by_model(topology, guest, state)));
        }
    }
}

/// What one guest asks for.
struct Demand {
    iops: f64,
    bytes: f64,
    write_share: f64,
}

fn by_model(topology: &Topology<'_>, guest: &Item<design::Guest>, state: State) -> Figure {
    let subject = format!("guest.{}", guest.pattern.value);
    let text = texts::GUESTS_BY_MODEL;
    let unknown = |missing: Vec<String>| Figure::unknown(text, subject.clone(), Method::Model, missing).state(state);
    let (Some(iops), Some(io_size)) = (&guest.value.iops, &guest.value.io_size) else {
        return unknown(vec![format!("{subject}.io_size")]);
    };
    let Some((_, copies)) = main_pool(topology) else {
        return unknown(vec!["ceph.pool: a pool with its size".to_owned()]);
    };
    let osds = match osds(topology) {
        Ok(osds) => osds,
        Err(missing) => return unknown(missing),
    };
    let lost = if state == State::NodeLost { 1.0 } else { 0.0 };
    let nodes = osds.nodes - lost;
    let count = osds.count - lost * osds.largest;
    if nodes < 1.0 || iops.value <= 0.0 {
        return Figure::new(text, subject, Method::Model, 0.0)
            .state(state)
            .decimals(0)
            .formula("no server is left".to_owned());
    }
    let mut assumed = Vec::new();
    let write_share = guest.value.write_share.as_ref().map_or_else(
        || {
            assumed.push(format!("{subject}.write_share = 100 %, the safe side"));
            1.0
        },
        |share| share.value.base().min(1.0),
    );
    let demand = Demand { iops: iops.value, bytes: io_size.value.base(), write_share };
    let copies = copies.min(nodes);
    let network = match network_limits(topology, nodes, copies) {
        Ok((write, read)) => {
            mixed(write * units::MB_PER_S.factor / demand.bytes, read * units::MB_PER_S.factor / demand.bytes, &demand)
        }
        Err(missing) => return unknown(missing),
    };
    let disks = match disk_operations(topology, &osds, count, copies, &demand, &mut assumed) {
        Ok(disks) => disks,
        Err(missing) => return unknown(missing),
    };
    let processors = match processor_operations(topology, state) {
        Ok(processors) => processors,
        Err(missing) => return unknown(missing),
    };
    let constants = GuestsByModel::DEFAULT;
    let terms = [("disks", disks), ("network", network), ("processors", processors)];
    let (name, least) =
        terms.into_iter().reduce(|least, term| if term.1 < least.1 { term } else { least }).unwrap_or(("disks", 0.0));
    let guests = (least * constants.headroom.base() / demand.iops).floor();
    let figure = Figure::new(text, subject, Method::Model, guests)
        .state(state)
        .decimals(0)
        .formula(format!(
            "floor(min(disks {disks:.0}, network {network:.0}, processors {processors:.0} IOPS) x {} / {})",
            constants.headroom, demand.iops
        ))
        .binding(name)
        .input("iops", demand.iops)
        .input("io_size", io_size.value)
        .input("disk_iops", disks)
        .input("network_iops", network)
        .input("processor_iops", processors);
    assumed.into_iter().fold(figure, Figure::assumed)
}

/// Operations per second of a mix, from those of writes alone and of reads alone.
fn mixed(writes: f64, reads: f64, demand: &Demand) -> f64 {
    1.0 / (demand.write_share / writes + (1.0 - demand.write_share) / reads)
}

fn disk_operations(
    topology: &Topology<'_>,
    osds: &Osds,
    count: f64,
    copies: f64,
    demand: &Demand,
    assumed: &mut Vec<String>,
) -> Result<f64, Vec<String>> {
    let constants = GuestsByModel::DEFAULT;
    let groups = super::disks::osd_groups(topology);
    let least = |operations: fn(&design::Disk) -> Option<u64>| {
        let rated: Option<Vec<u64>> = groups.iter().map(|group| operations(group.disk())).collect();
        rated.and_then(|rated| rated.into_iter().min()).map(|operations| operations as f64)
    };
    let mut each = |operations: Option<f64>, key: &str, rate: &Result<crate::quantity::Rate, Vec<String>>| match (
        operations, rate,
    ) {
        (Some(operations), Ok(rate)) => Ok(operations.min(rate.base() / demand.bytes)),
        (Some(operations), Err(_)) => Ok(operations),
        (None, Ok(rate)) => {
            assumed.push(format!("{key} of the OSDs not stated: their bandwidth alone counts"));
            Ok(rate.base() / demand.bytes)
        }
        (None, Err(missing)) => Err(missing.clone()),
    };
    let mut writes = f64::INFINITY;
    if demand.write_share > 0.0 {
        let operations =
            each(least(|disk| disk.write_iops.as_ref().map(|iops| iops.value)), "write_iops", &osds.write)?;
        writes = count * operations / (copies * constants.amplification);
    }
    let mut reads = f64::INFINITY;
    if demand.write_share < 1.0 {
        reads = count * each(least(|disk| disk.read_iops.as_ref().map(|iops| iops.value)), "read_iops", &osds.read)?;
    }
    Ok(mixed(writes, reads, demand))
}

/// Client operations that the threads for OSDs handle, on all servers that are left.
fn processor_operations(topology: &Topology<'_>, state: State) -> Result<f64, Vec<String>> {
    let constants = GuestsByModel::DEFAULT;
    let mut threads = Vec::new();
    for node in topology.nodes.iter().filter(|node| node.osd_groups().next().is_some()) {
        let mut wanted = 0;
        for group in node.osd_groups() {
            let (Some(media), Some(count)) = (group.media(), group.count()) else {
                return Err(vec![format!("{}: media and count", group.path())]);
            };
            wanted += count * threads_of(media, constants.nvme_threads, constants.ssd_threads, constants.hdd_threads);
        }
        threads.push(node.threads().map_or(wanted, |installed| wanted.min(installed)));
    }
    let largest = threads.iter().max().copied().unwrap_or(0);
    let all: u32 = threads.iter().sum();
    let left = if state == State::NodeLost { all - largest } else { all };
    Ok(f64::from(left) * f64::from(constants.per_thread))
}
