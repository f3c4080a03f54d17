//! How many guests of a profile the cluster carries: by storage, memory, virtual processors and capacity.

use super::bandwidth::{constants, silent};
use super::budget::{hosts, processors_for_guests};
use super::figure::{Figure, Method, State, Value};
use super::formula::{least_of, made};
use super::nodes::left_for_guests;
use super::packing::{Room, whole};
use super::performance::{self, Bottleneck};
use super::plant::{describe, load};
use super::store::{Left, Store, missing_pools, pool_of, stores_elsewhere};
use super::usable::usable;
use crate::catalogue::figure_texts as texts;
use crate::catalogue::parameters::figures::GuestsByModel;
use crate::design::{self, Item};
use crate::quantity::units;
use crate::topology::Topology;
use crate::words::{self, Said};

pub(super) fn figures(topology: &Topology<'_>, out: &mut Vec<Figure>) {
    if !topology.has_ceph() {
        return;
    }
    for guest in topology.guests() {
        if guest.value.iops.as_ref().is_some_and(|iops| iops.value > 0.0) && !stores_elsewhere(topology, guest) {
            out.extend([State::Healthy, State::NodeLost].map(|state| by_model(topology, guest, state)));
        }
    }
}

/// What one guest asks of storage.
struct Demand {
    iops: f64,
    bytes: f64,
    write_share: f64,
}

impl Demand {
    /// Operations per second of the mix, from those of writes alone and of reads alone.
    fn mixed(&self, writes: f64, reads: f64) -> f64 {
        1.0 / (self.write_share / writes + (1.0 - self.write_share) / reads)
    }
}

/// What one resource carries.
struct Carries {
    name: Said,
    guests: f64,
    formula: Said,
}

fn by_model(topology: &Topology<'_>, guest: &Item<design::Guest>, state: State) -> Figure {
    let subject = format!("guest.{}", guest.pattern.value);
    let text = texts::GUESTS_BY_MODEL;
    let unknown = |missing: Vec<String>| Figure::unknown(text, subject.clone(), Method::Model, missing).state(state);
    let (Some(iops), Some(io_size)) = (&guest.value.iops, &guest.value.io_size) else {
        return unknown(vec![format!("{subject}.io_size")]);
    };
    let Some(pool) = pool_of(topology, guest) else {
        return unknown(missing_pools(topology));
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
            .formula(words::guests::takes_no_writes(words::figures::pool(pool.pattern.value.as_str())));
    }
    let mut assumed = Vec::new();
    let write_share = guest.value.write_share.as_ref().map_or_else(
        || {
            assumed.push(words::figures::all_written(subject.as_str()));
            1.0
        },
        |share| share.value.base().min(1.0),
    );
    let demand = Demand { iops: iops.value, bytes: io_size.value.base(), write_share };
    let mut carries = match storage(topology, &store, &left, state, &demand, &mut assumed) {
        Ok(carries) => carries,
        Err(missing) => return unknown(missing),
    };
    let mut open = Vec::new();
    for resource in
        [memory(topology, guest, state), processors(topology, guest, state), capacity(topology, &store, guest)]
    {
        match resource {
            Ok(resource) => carries.push(resource),
            Err(missing) => open.extend(missing),
        }
    }
    if !open.is_empty() {
        assumed.push(words::guests::not_counted(open));
    }
    let Some(least) = carries.iter().reduce(|least, own| if own.guests < least.guests { own } else { least }) else {
        return unknown(Vec::new());
    };
    let each = carries.iter().map(|own| made(&own.name, own.formula.clone(), format!("{:.0}", own.guests)));
    let figure = Figure::new(text, subject, Method::Model, least.guests)
        .state(state)
        .decimals(0)
        .formula(least_of(each))
        .binding(&least.name)
        .input("iops", demand.iops)
        .input("io_size", io_size.value)
        .note(words::guests::alone());
    assumed.into_iter().fold(figure, Figure::assumed)
}

/// What storage carries: each of its limits by itself, and all of them together.
fn storage(
    topology: &Topology<'_>,
    store: &Store<'_, '_>,
    left: &Left,
    state: State,
    demand: &Demand,
    assumed: &mut Vec<Said>,
) -> Result<Vec<Carries>, Vec<String>> {
    let described = describe(topology, store, left, state)?;
    let (constants, measured) = constants(topology);
    let load = load(topology);
    let missing = |key| silent(store, key);
    let writes = performance::small_writes(&described.plant, &load, demand.bytes, &constants).map_err(missing)?;
    let reads = match performance::small_reads(&described.plant, &load, demand.bytes, &constants) {
        Ok(reads) => Some(reads),
        Err(_) if demand.write_share >= 1.0 => None,
        Err(key) => return Err(silent(store, key)),
    };
    for (stated, key) in
        [(described.plant.write_operations, "write_iops"), (described.plant.read_operations, "read_iops")]
    {
        if stated.is_none() && (key == "write_iops" || demand.write_share < 1.0) {
            assumed.push(words::guests::bandwidth_counts(key));
        }
    }
    assumed.extend(described.assumed);
    assumed.extend(measured);
    let headroom = GuestsByModel::DEFAULT.headroom;
    let guests = |operations: f64| (operations * headroom.base() / demand.iops).floor();
    let read_limit = |name: &Said| {
        let limits = reads.iter().flat_map(Bottleneck::limits);
        limits.filter(|limit| limit.name == *name).map(|limit| limit.expected).fold(f64::INFINITY, f64::min)
    };
    let of = |name: Said, operations: f64| Carries {
        guests: guests(operations),
        formula: format!("{operations:.0} IOPS x {headroom} / {}", demand.iops).into(),
        name,
    };
    let mut carries: Vec<Carries> = writes
        .limits()
        .iter()
        .map(|limit| of(limit.name.clone(), demand.mixed(limit.expected, read_limit(&limit.name))))
        .collect();
    let all = writes.expected().unwrap_or(f64::INFINITY);
    let read = reads.as_ref().and_then(Bottleneck::expected).unwrap_or(f64::INFINITY);
    let together = demand.mixed(all, read);
    let least = carries.iter().reduce(|least, own| if own.guests < least.guests { own } else { least });
    let name = least.map_or_else(words::guests::storage, |least| words::guests::storage_by(&least.name));
    carries.push(of(name, together));
    Ok(carries)
}

/// Whole guests that fit the nodes of a profile, without the one that takes most where a node is lost.
fn summed(mut each: Vec<f64>, state: State) -> f64 {
    if state != State::Healthy {
        each.sort_by(f64::total_cmp);
        each.pop();
    }
    each.iter().sum()
}

/// Whole guests by memory.
fn memory(topology: &Topology<'_>, guest: &Item<design::Guest>, state: State) -> Result<Carries, Vec<String>> {
    let one = guest.value.memory.as_ref().ok_or_else(|| vec![format!("guest.{}.memory", guest.pattern.value)])?;
    let rooms: Result<Vec<f64>, Vec<String>> = hosts(topology, guest)
        .into_iter()
        .map(|node| Ok(whole(left_for_guests(topology, node)?.size.base(), one.value.base())))
        .collect();
    let guests = summed(rooms?, state);
    Ok(Carries { name: words::figures::memory(), guests, formula: words::guests::whole_by_memory(one.value) })
}

/// Whole guests by virtual processors.
fn processors(topology: &Topology<'_>, guest: &Item<design::Guest>, state: State) -> Result<Carries, Vec<String>> {
    let one = guest.value.vcpus.as_ref().ok_or_else(|| vec![format!("guest.{}.vcpus", guest.pattern.value)])?;
    let rooms: Result<Vec<f64>, Vec<String>> = hosts(topology, guest)
        .into_iter()
        .map(|node| Ok(whole(processors_for_guests(topology, node)?, f64::from(one.value))))
        .collect();
    let guests = summed(rooms?, state);
    Ok(Carries {
        name: words::figures::virtual_processors(),
        guests,
        formula: words::guests::whole_by_processors(one.value),
    })
}

/// Whole guests by what their disks hold.
fn capacity(
    topology: &Topology<'_>,
    store: &Store<'_, '_>,
    guest: &Item<design::Guest>,
) -> Result<Carries, Vec<String>> {
    let disks = [&guest.value.root_disk, &guest.value.data_disk].into_iter().flatten();
    let size = disks.map(|disk| disk.value).reduce(|sum, disk| sum + disk);
    let size = size.ok_or_else(|| vec![format!("guest.{}.root_disk", guest.pattern.value)])?;
    let used = guest.value.used_share.as_ref().map_or(1.0, |share| share.value.base());
    let usable = match usable(topology, store).value {
        Value::Number(usable) => usable,
        Value::Unknown(missing) => return Err(missing),
        Value::Never => return Err(Vec::new()),
    };
    let one = size * used;
    Ok(Carries {
        name: words::guests::capacity(),
        guests: whole(usable * units::TB.factor, one.base()),
        formula: format!("{usable:.2} TB / {one}").into(),
    })
}

/// All guests of the design on its nodes.
pub(super) fn placed(topology: &Topology<'_>, out: &mut Vec<Figure>) {
    if topology.guests().next().is_none() || topology.nodes.is_empty() {
        return;
    }
    out.extend([State::Healthy, State::NodeLost].map(|state| placed_in(topology, state)));
}

fn placed_in(topology: &Topology<'_>, state: State) -> Figure {
    let text = texts::GUESTS_PLACED;
    let unknown = |missing: Vec<String>| Figure::unknown(text, "cluster", Method::Model, missing).state(state);
    let rooms: Result<Vec<Room>, Vec<String>> = topology
        .nodes
        .iter()
        .map(|node| {
            let memory = left_for_guests(topology, node)?.size.base();
            Ok(Room { node: &node.name, memory, processors: processors_for_guests(topology, node)? })
        })
        .collect();
    let mut rooms = match rooms {
        Ok(rooms) => rooms,
        Err(missing) => return unknown(missing),
    };
    if state == State::NodeLost {
        let most = rooms.iter().enumerate().max_by(|one, other| one.1.memory.total_cmp(&other.1.memory));
        if let Some((most, _)) = most {
            rooms.remove(most);
        }
    }
    let mut missing = Vec::new();
    let mut groups = Vec::new();
    for guest in topology.guests() {
        let path = format!("guest.{}", guest.pattern.value);
        let (Some(count), Some(memory)) = (&guest.value.count, &guest.value.memory) else {
            missing.extend(guest.value.count.is_none().then(|| format!("{path}.count")));
            missing.extend(guest.value.memory.is_none().then(|| format!("{path}.memory")));
            continue;
        };
        groups.push(super::packing::Group {
            name: path,
            count: f64::from(count.value) * guest.names.len() as f64,
            memory: memory.value.base(),
            processors: guest.value.vcpus.as_ref().map_or(0.0, |vcpus| f64::from(vcpus.value)),
            nodes: hosts(topology, guest).into_iter().map(|node| node.name.as_str()).collect(),
        });
    }
    if !missing.is_empty() {
        return unknown(missing);
    }
    let packed = super::packing::pack(&mut rooms, groups);
    let figure = Figure::new(text, "cluster", Method::Model, packed.placed)
        .state(state)
        .decimals(0)
        .formula(words::guests::placed(packed.placed, packed.all, rooms.len()))
        .input("guests", packed.all)
        .input("nodes", rooms.len());
    match packed.first_left_out {
        Some(left_out) => figure.binding(left_out.why).note(words::guests::finds_no_room(left_out.name)),
        None => figure,
    }
}
