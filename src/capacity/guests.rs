//! How many guests of a profile storage carries: by disks, network and processors.

use super::ceph::network_limits;
use super::figure::{Figure, Method, State};
use super::nodes::threads_of;
use super::store::{Left, Store, pool_of, stores_elsewhere};
use crate::catalogue::figure_texts as texts;
use crate::catalogue::parameters::figures::GuestsByModel;
use crate::design::{self, Item};
use crate::quantity::{Rate, units};
use crate::topology::{DiskGroup, Topology};

pub(super) fn figures(topology: &Topology<'_>, out: &mut Vec<Figure>) {
    if !topology.has_ceph() {
        return;
    }
    for guest in topology.design.guest.iter().flat_map(|guests| guests.value.iter()) {
        if guest.value.iops.as_ref().is_some_and(|iops| iops.value > 0.0) && !stores_elsewhere(topology, guest) {
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
    let Some(pool) = pool_of(topology, guest) else {
        return unknown(vec!["ceph.pool: a pool with its size".to_owned()]);
    };
    let store = match Store::of(topology, pool) {
        Ok(store) => store,
        Err(missing) => return unknown(missing),
    };
    let left = store.left(state);
    if left.disks < 1.0 || !left.serves {
        return Figure::new(text, subject, Method::Model, 0.0)
            .state(state)
            .decimals(0)
            .formula(format!("pool {} takes no writes with what is left", pool.pattern.value));
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
    let network = match network_limits(topology, &store, &left) {
        Ok((write, read)) => {
            mixed(write * units::MB_PER_S.factor / demand.bytes, read * units::MB_PER_S.factor / demand.bytes, &demand)
        }
        Err(missing) => return unknown(missing),
    };
    let disks = match disk_operations(&store, &left, &demand, &mut assumed) {
        Ok(disks) => disks,
        Err(missing) => return unknown(missing),
    };
    let processors = match processor_operations(&store, state) {
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
    store: &Store<'_, '_>,
    left: &Left,
    demand: &Demand,
    assumed: &mut Vec<String>,
) -> Result<f64, Vec<String>> {
    let constants = GuestsByModel::DEFAULT;
    let groups = || store.servers.iter().flat_map(|server| server.groups.iter());
    let least = |operations: fn(&design::Disk) -> Option<u64>| {
        let rated: Option<Vec<u64>> = groups().map(|group: &DiskGroup<'_>| operations(group.disk())).collect();
        rated.and_then(|rated| rated.into_iter().min()).map(|operations| operations as f64)
    };
    let mut each = |operations: Option<f64>, key: &str, rate: Result<Rate, Vec<String>>| match (operations, rate) {
        (Some(operations), Ok(rate)) => Ok(operations.min(rate.base() / demand.bytes)),
        (Some(operations), Err(_)) => Ok(operations),
        (None, Ok(rate)) => {
            assumed.push(format!("{key} of the OSDs not stated: their bandwidth alone counts"));
            Ok(rate.base() / demand.bytes)
        }
        (None, Err(missing)) => Err(missing),
    };
    let mut writes = f64::INFINITY;
    if demand.write_share > 0.0 {
        let rated = least(|disk| disk.write_iops.as_ref().map(|iops| iops.value));
        writes = left.disks * each(rated, "write_iops", store.write())? / (left.written * constants.amplification);
    }
    let mut reads = f64::INFINITY;
    if demand.write_share < 1.0 {
        let rated = least(|disk| disk.read_iops.as_ref().map(|iops| iops.value));
        reads = left.disks * each(rated, "read_iops", store.read())?;
    }
    Ok(mixed(writes, reads, demand))
}

/// Client operations that the threads for OSDs handle, on all servers that are left.
fn processor_operations(store: &Store<'_, '_>, state: State) -> Result<f64, Vec<String>> {
    let mut threads = Vec::new();
    for server in &store.servers {
        let mut wanted = 0;
        for group in &server.groups {
            let (Some(media), Some(count)) = (group.media(), group.count()) else {
                return Err(vec![format!("{}: media and count", group.path())]);
            };
            wanted += count * threads_of(media);
        }
        threads.push(server.node.threads().map_or(wanted, |installed| wanted.min(installed)));
    }
    let largest = threads.iter().max().copied().unwrap_or(0);
    let all: u32 = threads.iter().sum();
    let left = if state == State::NodeLost { all - largest } else { all };
    Ok(f64::from(left) * f64::from(GuestsByModel::DEFAULT.per_thread))
}
