//! The limits of large transfers and of small operations.

use super::{Bottleneck, Carrier, Constants, Derivation, Limit, Load, Place, Plant};
use crate::capacity::formula::product;
use crate::quantity::units;
use crate::words::{self, Said};

/// A number for people: whole from 100, else two decimals at most.
fn number(value: f64) -> String {
    if value.abs() >= 100.0 {
        return format!("{value:.0}");
    }
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A factor in a formula; none where it changes nothing.
fn times(share: f64) -> String {
    if (share - 1.0).abs() < f64::EPSILON { String::new() } else { format!(" x {}", number(share)) }
}

/// A formula with what follows it as a sign and a number.
fn then(formula: Said, rest: String) -> Said {
    Said::run("", [formula, rest.into()])
}

/// A divisor in a formula; none where it changes nothing.
fn over(divisor: f64) -> String {
    if (divisor - 1.0).abs() < f64::EPSILON { String::new() } else { format!(" / {}", number(divisor)) }
}

/// How much of one server's network a byte takes, by where the clients are.
struct Shares {
    /// On the network that clients use.
    public: Share,
    /// On the network between OSDs.
    cluster: Share,
}

/// Bytes on the busiest server for each byte that clients move, and how that is put together.
#[derive(Clone, Copy)]
struct Share {
    bytes: f64,
    /// The servers that it is spread over; nothing where one has it all.
    nodes: Option<f64>,
    divisor: Divisor,
}

/// What a rate is divided by.
#[derive(Clone, Copy)]
enum Divisor {
    One(f64),
    Sum(f64, f64),
    /// The second of them spread over so many servers.
    SumOfSpread(f64, f64, f64),
}

impl Divisor {
    /// What clients move and what OSDs move for it, where they do.
    fn of(clients: f64, between: f64) -> Self {
        if between == 0.0 { Self::One(clients) } else { Self::Sum(clients, between) }
    }

    fn words(self) -> String {
        match self {
            Self::One(one) => number(one),
            Self::Sum(clients, between) => format!("({} + {})", number(clients), number(between)),
            Self::SumOfSpread(clients, between, nodes) => {
                format!("({} + {} / {nodes})", number(clients), number(between))
            }
        }
    }
}

impl Share {
    /// So much on one of `nodes` servers.
    fn spread(bytes: f64, nodes: f64, divisor: Divisor) -> Self {
        Self { bytes: bytes / nodes, nodes: Some(nodes), divisor }
    }

    /// So much on the one server that clients run on.
    fn on_one(bytes: f64, divisor: Divisor) -> Self {
        Self { bytes, nodes: None, divisor }
    }

    fn larger(self, other: Self) -> Self {
        if other.bytes > self.bytes { other } else { self }
    }

    /// The formula of a rate that is written so.
    fn formula(self, rate: Said) -> Said {
        let factors = self.nodes.map(Said::from).into_iter().chain([rate]);
        then(product(factors), format!(" / {}", self.divisor.words()))
    }
}

/// Shares of a transfer of which `remote` leaves the client's server, and for each byte of which OSDs move `between`
/// among themselves.
fn shares(plant: &Plant, place: Place, remote: f64, between: f64) -> Shares {
    let nodes = plant.nodes;
    let public = match place {
        Place::EveryServer => Share::spread(remote, nodes, Divisor::One(remote)),
        Place::OneServer => Share::on_one(remote, Divisor::One(remote)),
        Place::Outside { .. } => Share::spread(1.0, nodes, Divisor::One(1.0)),
    };
    Shares { public, cluster: Share::spread(between, nodes, Divisor::One(between)) }
}

/// The share where one network carries both: on the server with clients, and on the others.
fn shared(plant: &Plant, place: Place, remote: f64, between: f64) -> Share {
    let nodes = plant.nodes;
    match place {
        Place::EveryServer => Share::spread(remote + between, nodes, Divisor::of(remote, between)),
        Place::OneServer => {
            let clients =
                if between == 0.0 { Divisor::One(remote) } else { Divisor::SumOfSpread(remote, between, nodes) };
            let others = Share::spread(1.0 + between, nodes, Divisor::of(1.0, between));
            Share::on_one(remote + between / nodes, clients).larger(others)
        }
        Place::Outside { .. } => Share::spread(1.0 + between, nodes, Divisor::of(1.0, between)),
    }
}

fn network_name(carrier: &Carrier) -> Said {
    words::figures::network(carrier.name.as_str())
}

fn network(carrier: &Carrier, share: Share, free: f64, constants: &Constants) -> Option<Limit> {
    if share.bytes <= 0.0 {
        return None;
    }
    let ceiling = carrier.rate * free / share.bytes;
    let (rate, how, network_share) = (carrier.rate, carrier.how.clone(), constants.network_share);
    Some(Limit {
        name: network_name(carrier),
        ceiling: Some(ceiling),
        expected: ceiling * network_share,
        formula: Derivation::new(move || {
            let formula = share.formula(product(of_free(number(rate), free)));
            words::performance::with_rate(then(formula, times(network_share)), &how)
        }),
    })
}

/// Limits that networks set to a transfer.
fn networks(plant: &Plant, load: &Load, remote: f64, between: f64, constants: &Constants) -> Vec<Limit> {
    let limit = |carrier: &Carrier, share: Share| network(carrier, share, plant.free, constants);
    let mut limits: Vec<Limit> = match &plant.cluster {
        None => limit(&plant.public, shared(plant, load.place, remote, between)).into_iter().collect(),
        Some(cluster) => {
            let shares = shares(plant, load.place, remote, between);
            limit(cluster, shares.cluster).into_iter().chain(limit(&plant.public, shares.public)).collect()
        }
    };
    if let Place::Outside { machines, rate: Some(rate) } = load.place {
        let network_share = constants.network_share;
        limits.push(Limit {
            name: words::performance::network_of_clients(),
            ceiling: Some(machines * rate),
            expected: machines * rate * network_share,
            formula: Derivation::new(move || format!("{machines} x {}{}", number(rate), times(network_share)).into()),
        });
    }
    limits
}

/// Part of a write that leaves the server of the client.
fn remote(plant: &Plant, place: Place) -> f64 {
    match place {
        Place::Outside { .. } => 1.0,
        Place::EveryServer | Place::OneServer => 1.0 - plant.local_writes,
    }
}

/// What the disks do with so many operations under way: each takes the path through the cluster and its turn on a disk.
fn with_depth(rate: f64, alone: f64, depth: Option<f64>) -> f64 {
    match depth {
        Some(depth) if depth > 0.0 && rate > 0.0 => 1.0 / (1.0 / rate + 1.0 / (depth * alone)),
        _ => rate,
    }
}

/// The formula of what disks do with so many operations under way.
fn told_with_depth(formula: Said, depth: Option<f64>, alone: f64) -> Said {
    match depth {
        Some(depth) => words::performance::with_depth(formula, number(depth), number(alone)),
        None => formula,
    }
}

/// Limits of large writes in MB/s; an error names what of a disk is not stated.
///
/// # Errors
/// `write`, where neither a stated nor a measured rate is known.
pub fn writes(plant: &Plant, load: &Load, constants: &Constants) -> Result<Bottleneck, &'static str> {
    let (stated, measured, disk_share) = (plant.write, constants.osd_write, constants.disk_share);
    let each = measured.or(stated.map(|stated| stated * disk_share)).ok_or("write")?;
    let rate = move || match measured {
        Some(measured) => words::performance::measured(number(measured)),
        None => format!("{}{}", number(stated.unwrap_or(each)), times(disk_share)).into(),
    };
    let amplified = plant.stored * constants.amplification;
    let (osds, free, stored) = (plant.osds, plant.free, plant.stored);
    let (depth, of_thread) = (load.depth, constants.thread_writes);
    // One after the other: the path, and then the disk.
    let alone = 1.0 / (1.0 / constants.write_path + 1.0 / each);
    let mut limits = vec![Limit {
        name: words::performance::disks(),
        ceiling: stated.map(|stated| osds * stated * free / amplified),
        expected: with_depth(osds * each * free / amplified, alone, depth),
        formula: Derivation::new(move || {
            let taken = product(counted(osds, of_free(rate(), free)));
            told_with_depth(then(taken, format!(" / {}", number(amplified))), depth, alone)
        }),
    }];
    limits.extend(plant.threads.map(|threads| Limit {
        name: words::performance::processors(),
        ceiling: None,
        expected: threads * of_thread * free / stored,
        formula: Derivation::new(move || then(by_threads(threads, of_thread, free), format!(" / {}", number(stored)))),
    }));
    limits.extend(networks(plant, load, remote(plant, load.place), plant.sent, constants));
    limits.extend(clients(load, constants.client_writes));
    Ok(Bottleneck::new(limits, constants.sharpness))
}

/// Limits of large reads in MB/s; an error names what of a disk is not stated.
///
/// # Errors
/// `read`, where neither a stated nor a measured rate is known.
pub fn reads(plant: &Plant, load: &Load, constants: &Constants) -> Result<Bottleneck, &'static str> {
    let Some(each) = constants.osd_read.or(plant.read) else { return Err("read") };
    let (osds, free, depth, of_thread) = (plant.osds, plant.free, load.depth, constants.thread_reads);
    let alone = 1.0 / (1.0 / constants.read_path + 1.0 / each);
    let mut limits = vec![Limit {
        name: words::performance::disks(),
        ceiling: plant.read.map(|stated| osds * stated * free),
        expected: with_depth(osds * each * free, alone, depth),
        formula: Derivation::new(move || {
            told_with_depth(product(counted(osds, of_free(number(each), free))), depth, alone)
        }),
    }];
    limits.extend(plant.threads.map(|threads| Limit {
        name: words::performance::processors(),
        ceiling: None,
        expected: threads * of_thread * free,
        formula: Derivation::new(move || by_threads(threads, of_thread, free)),
    }));
    let remote = match load.place {
        Place::Outside { .. } => 1.0,
        Place::EveryServer | Place::OneServer => 1.0 - plant.local_reads,
    };
    let clients = reading_clients(plant, load, remote, constants);
    // Their own line is part of what known clients take in.
    let lines = networks(plant, load, remote, plant.gathered, constants).into_iter();
    limits.extend(lines.filter(|limit| clients.is_none() || !is_line_of_clients(limit, plant, load)));
    limits.extend(clients);
    Ok(Bottleneck::new(limits, constants.sharpness))
}

fn is_line_of_clients(limit: &Limit, plant: &Plant, load: &Load) -> bool {
    match load.place {
        Place::EveryServer => false,
        // What OSDs gather from each other takes a part of it as well.
        Place::OneServer => limit.name == network_name(&plant.public) && plant.gathered <= 0.0,
        Place::Outside { .. } => limit.name == words::performance::network_of_clients(),
    }
}

/// What clients read that share their machines' lines: each takes bytes off the line and then works on them, one after
/// the other, while the line serves its neighbours.
fn reading_clients(plant: &Plant, load: &Load, remote: f64, constants: &Constants) -> Option<Limit> {
    let count = load.clients?;
    let (machines, line) = match load.place {
        Place::EveryServer => (plant.nodes, Some(plant.public.rate)),
        Place::OneServer => (1.0, Some(plant.public.rate)),
        Place::Outside { machines, rate } => (machines, rate),
    };
    let line = line.filter(|_| remote > 0.0).map_or(f64::INFINITY, |rate| rate * constants.network_share / remote);
    // Fewer clients than machines leave some of these idle.
    let busy = machines.min(count);
    let own = constants.client_reads;
    let each = taking_turns(count / busy, line, own);
    Some(Limit {
        name: if line.is_finite() { words::performance::clients_on_lines() } else { words::performance::clients() },
        ceiling: None,
        expected: busy * each,
        formula: Derivation::new(move || {
            let all = format!("{} x {}", number(count), number(own));
            if line.is_finite() { words::performance::over_lines(all, number(busy), number(line)) } else { all.into() }
        }),
    })
}

/// What so many equal clients get that take turns at one line and work by themselves in between: the closed queue of
/// one server, by mean value analysis (Reiser and Lavenberg, 1980). One client gets 1 / (1 / line + 1 / own), many
/// fill the line; between two whole numbers of them it is in proportion.
fn taking_turns(clients: f64, line: f64, own: f64) -> f64 {
    /// More clients on one line fill it.
    const COUNTED: usize = 200;
    let whole = (clients.floor() as usize).clamp(1, COUNTED);
    let (at_line, alone) = (1.0 / line, 1.0 / own);
    let (mut waiting, mut rate, mut before) = (0.0, 0.0, 0.0);
    for customers in 1..=whole + 1 {
        let stay = at_line * (1.0 + waiting);
        before = rate;
        rate = customers as f64 / (stay + alone);
        waiting = rate * stay;
    }
    before + (rate - before) * (clients - whole as f64).clamp(0.0, 1.0)
}

/// A rate, and the part of it that is left to clients where that is not all of it.
fn of_free(rate: impl Into<Said>, free: f64) -> impl Iterator<Item = Said> {
    let part = (free < 1.0).then(|| words::performance::free(number(free)));
    std::iter::once(rate.into()).chain(part)
}

/// The factors of what so many things do.
fn counted(count: f64, factors: impl Iterator<Item = Said>) -> impl Iterator<Item = Said> {
    std::iter::once(Said::from(count)).chain(factors)
}

/// What so many threads do at a rate each.
fn by_threads(threads: f64, each: f64, free: f64) -> Said {
    let threads = std::iter::once(words::performance::threads(threads));
    product(threads.chain(of_free(number(each), free)))
}

fn clients(load: &Load, each: f64) -> Option<Limit> {
    load.clients.map(|clients| Limit {
        name: words::performance::clients(),
        ceiling: None,
        expected: clients * each,
        formula: Derivation::new(move || format!("{} x {}", number(clients), number(each)).into()),
    })
}

/// Limits of small operations of so many bytes, per second.
struct Small {
    disks: Limit,
    threads: Option<f64>,
    /// Operations per second of one thread, however small they are.
    per_thread: f64,
    /// MB/s of one thread, however large they are.
    thread_rate: f64,
    pieces: f64,
    per_client: f64,
    latency: f64,
}

impl Small {
    fn bottleneck(self, networks: Vec<Limit>, bytes: f64, plant: &Plant, load: &Load, sharpness: f64) -> Bottleneck {
        let Self { disks, threads, pieces, latency, .. } = self;
        let mut limits = vec![disks];
        let (free, per_thread) = (plant.free, self.per_thread.min(self.thread_rate * units::MB.factor / bytes));
        limits.extend(threads.map(|threads| Limit {
            name: words::performance::processors(),
            ceiling: None,
            expected: threads * per_thread * free / pieces,
            formula: Derivation::new(move || then(by_threads(threads, per_thread, free), over(pieces))),
        }));
        let operations = |rate: f64| rate * units::MB.factor / bytes;
        limits.extend(networks.into_iter().map(|Limit { name, ceiling, expected, .. }| Limit {
            name,
            ceiling: ceiling.map(operations),
            expected: operations(expected),
            formula: Derivation::new(move || words::performance::by_size(number(expected), number(bytes))),
        }));
        limits.extend(clients(load, self.per_client));
        limits.extend(load.depth.map(|depth| Limit {
            name: words::performance::latency(),
            ceiling: None,
            expected: depth / latency,
            formula: Derivation::new(move || {
                then(words::performance::under_way(number(depth)), format!(" / {} ms", number(latency * 1e3)))
            }),
        }));
        Bottleneck::new(limits, sharpness)
    }
}

/// Operations per second of one disk: as stated, and no more than its bandwidth lets through.
fn operations_of(stated: Option<f64>, rate: Option<f64>, bytes: f64) -> Option<f64> {
    let by_rate = rate.map(|rate| rate * units::MB.factor / bytes);
    [stated, by_rate].into_iter().flatten().reduce(f64::min)
}

/// Limits of small writes of so many bytes, per second; an error names what of a disk is not stated.
///
/// # Errors
/// `write_iops`, where neither operations nor a rate is known.
pub fn small_writes(plant: &Plant, load: &Load, bytes: f64, constants: &Constants) -> Result<Bottleneck, &'static str> {
    let rate = constants.osd_write.or(plant.write.map(|stated| stated * constants.disk_share));
    let each = operations_of(plant.write_operations, rate, bytes).ok_or("write_iops")?;
    let pieces = plant.touched * plant.small_amplification * constants.small_amplification;
    let (osds, free) = (plant.osds, plant.free);
    let small = Small {
        disks: Limit {
            name: words::performance::disks(),
            ceiling: Some(osds * each * free / plant.touched),
            expected: osds * each * free / pieces,
            formula: Derivation::new(move || {
                then(product(counted(osds, of_free(number(each), free))), format!(" / {}", number(pieces)))
            }),
        },
        threads: plant.threads,
        per_thread: constants.thread_small_writes,
        thread_rate: constants.thread_writes,
        pieces: plant.touched,
        per_client: constants.client_small_writes,
        latency: constants.write_latency,
    };
    let networks = networks(plant, load, remote(plant, load.place), plant.sent, constants);
    Ok(small.bottleneck(networks, bytes, plant, load, constants.sharpness))
}

/// Limits of small reads of so many bytes, per second; an error names what of a disk is not stated.
///
/// # Errors
/// `read_iops`, where neither operations nor a rate is known.
pub fn small_reads(plant: &Plant, load: &Load, bytes: f64, constants: &Constants) -> Result<Bottleneck, &'static str> {
    let each = operations_of(plant.read_operations, constants.osd_read.or(plant.read), bytes).ok_or("read_iops")?;
    let (osds, free) = (plant.osds, plant.free);
    let all = osds * each * free;
    let small = Small {
        disks: Limit {
            name: words::performance::disks(),
            ceiling: Some(all),
            expected: all,
            formula: Derivation::new(move || product(counted(osds, of_free(number(each), free)))),
        },
        threads: plant.threads,
        per_thread: constants.thread_small_reads,
        thread_rate: constants.thread_reads,
        pieces: 1.0,
        per_client: constants.client_small_reads,
        latency: constants.read_latency,
    };
    let remote = match load.place {
        Place::Outside { .. } => 1.0,
        Place::EveryServer | Place::OneServer => 1.0 - plant.local_reads,
    };
    // A small read is answered from one chunk.
    let networks = networks(plant, load, remote, 0.0, constants);
    Ok(small.bottleneck(networks, bytes, plant, load, constants.sharpness))
}

#[cfg(test)]
mod tests {
    use super::taking_turns;

    /// A line of 6 and own work at 3: one client 1 / (1/6 + 1/3) = 2. Then a third of its time is at the line, so that
    /// the second one stays 1/6 x 4/3 = 2/9 there: 2 / (2/9 + 3/9) = 3.6. Many fill the line.
    #[test]
    fn clients_take_turns_at_a_line() {
        assert!((taking_turns(1.0, 6.0, 3.0) - 2.0).abs() < 1e-12);
        assert!((taking_turns(2.0, 6.0, 3.0) - 3.6).abs() < 1e-12);
        assert!((taking_turns(1.5, 6.0, 3.0) - 2.8).abs() < 1e-12);
        assert!((taking_turns(150.0, 6.0, 3.0) - 6.0).abs() < 1e-6);
        assert!((taking_turns(1.0, f64::INFINITY, 3.0) - 3.0).abs() < 1e-12);
    }
}
