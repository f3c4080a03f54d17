//! Packets, round trips, bonds and rates between servers.

use std::net::IpAddr;

use super::{Ground, Test, word};
use crate::catalogue::parameters::corosync::LatencyNotUnderFive;
use crate::catalogue::parameters::figures::{CephWriteBandwidth, CephWriteCeiling};
use crate::design::{BondMode, Purpose, Words};
use crate::quantity::units;
use crate::topology::{Bond, DeviceId, Network};

/// Headers of a ping: IPv4 and IPv6, each with that of ICMP.
const PING_OVER_IPV4: u32 = 28;
const PING_OVER_IPV6: u32 = 48;

pub(super) fn tests(ground: &Ground<'_, '_>, not_promised: &mut Vec<String>) -> Vec<Test> {
    let mut tests = Vec::new();
    for network in &ground.topology.networks {
        if network.is_for(Purpose::Guest) || network.is_for(Purpose::Bmc) {
            continue;
        }
        let members = members(ground, network);
        if members.len() < 2 {
            not_promised.push(format!("{}.address", network.path()));
            continue;
        }
        tests.push(packets(network, &members));
        tests.extend(round_trips(ground, network, &members, not_promised));
        tests.extend(rate(ground, network, &members, not_promised));
    }
    tests.extend(bonds(ground));
    tests.extend(pairs(ground));
    tests
}

/// Servers in a network with their addresses.
fn members(ground: &Ground<'_, '_>, network: &Network<'_>) -> Vec<(String, IpAddr)> {
    let of = ground.topology.nodes_in(network);
    of.filter_map(|(node, attachment)| Some((node.name.to_string(), attachment.address.as_ref()?.value.ip))).collect()
}

fn names(members: &[(String, IpAddr)]) -> Vec<String> {
    members.iter().map(|(name, _)| name.clone()).collect()
}

fn addresses(members: &[(String, IpAddr)]) -> String {
    members.iter().map(|(_, address)| address.to_string()).collect::<Vec<_>>().join(" ")
}

/// The largest packet passes undivided from each member to each other one.
fn packets(network: &Network<'_>, members: &[(String, IpAddr)]) -> Test {
    let mtu = network.mtu();
    let headers = if members.iter().all(|(_, address)| address.is_ipv4()) { PING_OVER_IPV4 } else { PING_OVER_IPV6 };
    Test {
        shows: format!("Network {} passes packets of {mtu} bytes undivided", network.name()),
        on: names(members),
        commands: vec![format!(
            "for peer in {}; do ping -M do -s {} -c 10 -q $peer | grep -E 'PING|loss'; done",
            addresses(members),
            mtu.saturating_sub(headers)
        )],
        expected: vec!["0% packet loss to every member".to_owned()],
        notes: vec![format!("the size is {mtu} less {headers} bytes of headers")],
        from: vec![if network.table().mtu.is_some() {
            format!("{}.mtu", network.path())
        } else {
            format!("{}: 1500 where no mtu is written", network.path())
        }],
    }
}

/// Round trip and jitter, of networks that carry Corosync or that the design gives some for.
fn round_trips(
    ground: &Ground<'_, '_>,
    network: &Network<'_>,
    members: &[(String, IpAddr)],
    not_promised: &mut Vec<String>,
) -> Option<Test> {
    let declared = network.table().latency.as_ref().map(|latency| &latency.value);
    let link =
        ground.topology.corosync_links.iter().find(|link| ground.topology.link_network(link).place == network.place);
    let mut expected = Vec::new();
    let mut from = Vec::new();
    let milliseconds = |time: crate::quantity::Time| time.to(&units::MS).to_string();
    if let Some(round_trip) = declared.and_then(|latency| latency.round_trip.as_ref()) {
        expected.push(format!("avg at most {}", milliseconds(round_trip.value)));
        from.push(format!("{}.latency.round_trip", network.path()));
    }
    if let Some(jitter) = declared.and_then(|latency| latency.jitter.as_ref()) {
        expected.push(format!("mdev at most {}", milliseconds(jitter.value)));
        from.push(format!("{}.latency.jitter", network.path()));
    }
    if let Some(link) = link {
        let limit = LatencyNotUnderFive::DEFAULT.limit;
        expected.push(format!("avg and mdev together under {}, to every member", milliseconds(limit)));
        from.push(format!("corosync/latency-not-under-five for {}", link.path()));
        if declared.is_none() {
            not_promised.push(format!("{}.latency", network.path()));
        }
    }
    if expected.is_empty() {
        return None;
    }
    Some(Test {
        shows: format!("Round trips of network {} are as planned", network.name()),
        on: names(members),
        commands: vec![format!("for peer in {}; do ping -c 1000 -i 0.01 -q $peer | tail -1; done", addresses(members))],
        expected,
        from,
        ..Test::default()
    })
}

/// One connection fills the slowest port on the way.
fn rate(
    ground: &Ground<'_, '_>,
    network: &Network<'_>,
    members: &[(String, IpAddr)],
    not_promised: &mut Vec<String>,
) -> Option<Test> {
    let slowest = ground
        .topology
        .nodes_in(network)
        .map(|(node, _)| ground.topology.member_rate(network, DeviceId::Node(node.index)));
    let Some(slowest) = slowest.collect::<Option<Vec<_>>>() else {
        not_promised.extend(ground.topology.missing_speeds(network));
        return None;
    };
    let slowest = slowest.into_iter().reduce(|least, own| if own < least { own } else { least })?;
    let ceiling = CephWriteCeiling::DEFAULT;
    let jumbo = network.mtu() >= ceiling.jumbo;
    let payload = if jumbo { ceiling.payload_jumbo } else { ceiling.payload };
    let share = CephWriteBandwidth::DEFAULT.network_share;
    let accepted = slowest.in_unit(&units::GBIT_PER_S) * payload.base() * share.base();
    let peer = members.last()?.1;
    Some(Test {
        shows: format!("One connection over network {} gets what the figures count on", network.name()),
        on: names(&members[..members.len() - 1]),
        commands: vec![
            format!("iperf3 --server --bind {peer} --daemon    # on {}", word(&members.last()?.0)),
            format!("iperf3 --client {peer} --time 30"),
        ],
        expected: vec![format!("receiver: at least {accepted:.2} Gbits/sec ({slowest} x {payload} payload x {share})")],
        from: vec![format!("cables of {}", network.path()), "figure ceph-write-bandwidth: network_share".to_owned()],
        ..Test::default()
    })
}

/// Every bond of servers, by the table that describes it.
fn bonds(ground: &Ground<'_, '_>) -> Vec<Test> {
    let mut tables: Vec<Vec<&Bond<'_>>> = Vec::new();
    for bond in &ground.topology.bonds {
        match tables.iter_mut().find(|known| std::ptr::eq(known[0].item, bond.item)) {
            Some(known) => known.push(bond),
            None => tables.push(vec![bond]),
        }
    }
    tables.iter().map(|bonds| self::bond(ground, bonds)).collect()
}

fn bond(ground: &Ground<'_, '_>, bonds: &[&Bond<'_>]) -> Test {
    let first = bonds[0];
    let table = &first.item.value;
    let name = first.name();
    let servers = matches!(first.device, DeviceId::Node(_));
    let members = first.members.len();
    let mut expected = Vec::new();
    if let Some(mode) = first.mode() {
        let words = if servers { kernel_words(mode) } else { mode.word() };
        expected.push(format!("Bonding Mode: {words}"));
        if mode == BondMode::Lacp {
            expected.push(format!("Number of ports: {members}, all in the active aggregator"));
        }
    }
    expected.extend(table.lacp_rate.as_ref().map(|rate| format!("LACP rate: {}", rate.value.word())));
    expected
        .extend(table.xmit_hash_policy.as_ref().map(|policy| format!("Transmit Hash Policy: {}", policy.value.word())));
    let interval = table.miimon.as_ref().map(|miimon| miimon.value.in_unit(&units::MS));
    expected.extend(interval.map(|interval| format!("MII Polling Interval (ms): {interval:.0}")));
    let labels: Vec<&str> = first.members.iter().map(|port| ground.topology.port(*port).label.as_ref()).collect();
    expected.push(format!("MII Status: up for each of {}", labels.join(", ")));
    if let Some(speed) = first.members.first().and_then(|port| ground.topology.link_speed(*port)) {
        expected.push(format!("Speed: {:.0} Mbps for each", speed.in_unit(&units::MBIT_PER_S)));
    }
    Test {
        shows: format!("Bond {name} has come up with all its members"),
        on: bonds.iter().map(|bond| ground.topology.name(bond.device).to_owned()).collect(),
        commands: if servers { vec![format!("cat /proc/net/bonding/{}", word(name))] } else { Vec::new() },
        expected,
        notes: if servers { Vec::new() } else { vec!["read them where the device shows its bonds".to_owned()] },
        from: vec![first.path()],
    }
}

/// What the kernel calls a mode.
fn kernel_words(mode: BondMode) -> &'static str {
    match mode {
        BondMode::Lacp => "IEEE 802.3ad Dynamic link aggregation",
        BondMode::ActiveBackup => "fault-tolerance (active-backup)",
        BondMode::BalanceRr => "load balancing (round-robin)",
        BondMode::BalanceXor => "load balancing (xor)",
        BondMode::BalanceTlb => "transmit load balancing",
        BondMode::BalanceAlb => "adaptive load balancing",
        BondMode::Broadcast => "fault-tolerance (broadcast)",
    }
}

fn pairs(ground: &Ground<'_, '_>) -> Vec<Test> {
    let topology = ground.topology;
    let groups = |peers: &[usize]| {
        let ledgers = topology.ledgers().iter().filter(|ledger| peers.contains(&ledger.switch));
        let told =
            ledgers.map(|ledger| format!("{}: {}", topology.switches[ledger.switch].name, ledger.lacp_groups.count()));
        told.collect::<Vec<String>>().join(", ")
    };
    topology
        .mlags
        .iter()
        .map(|mlag| {
            let names: Vec<String> = mlag.peers.iter().map(|peer| topology.switches[*peer].name.to_string()).collect();
            let links = mlag.peer_link.as_ref().and_then(|links| links.first()).map(Vec::len);
            let mut expected = vec!["both switches see each other as peer".to_owned()];
            expected.extend(links.map(|links| format!("peer link: {links} members up")));
            expected.extend(
                mlag.item.value.keepalive.as_ref().map(|keepalive| format!("keepalive up over {}", keepalive.value)),
            );
            expected.push(format!("link aggregation groups up on {}", groups(&mlag.peers)));
            Test {
                shows: format!("MLAG {} stands", mlag.item.pattern.value),
                on: names,
                commands: Vec::new(),
                expected,
                from: vec![mlag.path()],
                ..Test::default()
            }
        })
        .collect()
}
