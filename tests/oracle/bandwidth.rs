//! Whether Ceph carries what guests declare, by the model of `plan`, with what is left.

use std::collections::BTreeSet;

use rackproof::design::{Application, BondMode, FailureDomain, Guest, HashPolicy, Item, Pool, Purpose, StorageKind};
use rackproof::topology::{Bond, DeviceId, Network};

use super::disks::OneDisk;
use super::world::World;

/// Payload share of a network by its largest packet, as in the figure `ceph-write-ceiling`.
const PAYLOAD: f64 = 0.94;
const PAYLOAD_OF_JUMBO: f64 = 0.99;
const JUMBO: u32 = 9000;
/// Most connections that are counted over two members and over more.
const COUNTED: usize = 512;
const COUNTED_OVER_MANY: usize = 96;

/// Bytes per second.
pub(super) struct Load {
    pub(super) writes: f64,
    pub(super) reads: f64,
}

impl<'t, 'd> World<'_, 't, 'd> {
    pub(super) fn loses_bandwidth(&self, reachable: &[BTreeSet<usize>]) -> bool {
        if !self.topology.has_ceph() {
            return false;
        }
        let loads: Vec<(&Item<Guest>, Load)> = self
            .topology
            .guests()
            .filter(|guest| !self.is_stored_elsewhere(guest))
            .filter_map(|guest| Some((guest, load(guest)?)))
            .filter(|(_, load)| load.writes + load.reads > 0.0)
            .collect();
        // Where nothing is asked for, everything carries it.
        !loads.is_empty()
            && reachable.iter().all(|reachable| {
                let parts: Option<Vec<f64>> = loads
                    .iter()
                    .map(|(guest, load)| {
                        let (writes, reads) = self.carried(self.pool_of(guest)?, reachable, load.reads > 0.0)?;
                        let part = |asked: f64, carried: f64| if asked > 0.0 { asked / carried } else { 0.0 };
                        Some(part(load.writes, writes) + part(load.reads, reads))
                    })
                    .collect();
                match parts {
                    Some(parts) => parts.into_iter().sum::<f64>() > 1.0,
                    None => !self.hopes(),
                }
            })
    }

    pub(super) fn is_stored_elsewhere(&self, guest: &Item<Guest>) -> bool {
        let storage = guest.value.storage.as_ref().and_then(|name| self.topology.storage(&name.value));
        let kind = storage.and_then(|storage| storage.value.kind.as_ref()).map(|kind| kind.value);
        kind.is_some_and(|kind| !matches!(kind, StorageKind::Rbd | StorageKind::Cephfs))
    }

    /// The pool that a guest's storage names, or the block pool with most data.
    fn pool_of(&self, guest: &Item<Guest>) -> Option<&'d Item<Pool>> {
        let storage = guest.value.storage.as_ref().and_then(|name| self.topology.storage(&name.value));
        let name = storage.and_then(|storage| storage.value.pool.as_ref());
        let pools: Vec<&'d Item<Pool>> = self.topology.pools().filter(|pool| pool.value.size.is_some()).collect();
        let own = name.and_then(|name| pools.iter().copied().find(|pool| pool.names.contains(&name.value)));
        let is_block =
            |pool: &Item<Pool>| pool.value.application.as_ref().is_some_and(|use_| use_.value == Application::Rbd);
        let blocks: Vec<&'d Item<Pool>> = pools.iter().copied().filter(|pool| is_block(pool)).collect();
        let share = |pool: &Item<Pool>| pool.value.data_share.as_ref().map_or(0.0, |share| share.value.base());
        let mut main: Option<&'d Item<Pool>> = None;
        for pool in if blocks.is_empty() { pools } else { blocks } {
            if main.is_none_or(|main| share(pool) > share(main)) {
                main = Some(pool);
            }
        }
        own.or(main)
    }

    /// Bytes per second that are written and read at most; nothing where a rate is not known.
    fn carried(&self, pool: &Item<Pool>, reachable: &BTreeSet<usize>, reads_too: bool) -> Option<(f64, f64)> {
        let all = self.osds_of(pool);
        let storing: BTreeSet<usize> = all.iter().map(|osd| osd.index).collect();
        let is_left = |osd: &OneDisk<'_, '_>| self.osd_is_up(osd) && reachable.contains(&osd.index);
        let left: Vec<OneDisk<'_, '_>> = all.into_iter().filter(is_left).collect();
        let nodes: BTreeSet<usize> = left.iter().map(|osd| osd.index).collect();
        let domains: BTreeSet<String> = left.iter().filter_map(|osd| self.domain_of(pool, osd)).collect();
        let by_disk = pool.value.failure_domain.as_ref().is_some_and(|domain| domain.value == FailureDomain::Osd);
        let (disks, count) = (left.len() as f64, nodes.len() as f64);
        let copies = f64::from(pool.value.size.as_ref()?.value).min(domains.len() as f64);
        let remote = (count - 1.0) / count;
        let sent = (copies - 1.0) * if by_disk { remote } else { 1.0 };
        let slowest = |rates: Vec<Option<f64>>| {
            let rates: Option<Vec<f64>> = rates.into_iter().collect();
            rates.map(|rates| rates.into_iter().fold(f64::INFINITY, f64::min))
        };
        let every = self.osds_of(pool);
        let write = slowest(every.iter().map(|osd| Some(osd.item.value.write.as_ref()?.value.base())).collect())?;
        let read = slowest(every.iter().map(|osd| Some(osd.item.value.read.as_ref()?.value.base())).collect());
        let read = if reads_too { read? } else { read.unwrap_or(f64::INFINITY) };
        let lost = storing.len() - nodes.len();
        let rate = |network: &'t Network<'d>| {
            slowest(nodes.iter().map(|node| self.rate(network, DeviceId::Node(*node), lost)).collect())
        };
        let public = self.topology.networks_for(Purpose::CephPublic).next()?;
        let sharing = self.topology.networks_sharing_ports(public);
        let is_separate = |network: &&Network<'_>| {
            network.name() != public.name() && sharing.iter().all(|other| other.name() != network.name())
        };
        let cluster = self.topology.networks_for(Purpose::CephCluster).find(is_separate);
        let over = |rate: f64, share: f64| if share > 0.0 { count * rate / share } else { f64::INFINITY };
        let public = rate(public)?;
        let writes = match cluster {
            None => over(public, sent + remote),
            Some(cluster) => over(rate(cluster)?, sent).min(over(public, remote)),
        };
        Some(((disks * write / copies).min(writes), (disks * read).min(over(public, remote))))
    }

    /// Payload in bytes per second that a network carries on a node.
    fn rate(&self, network: &'t Network<'d>, device: DeviceId, lost: usize) -> Option<f64> {
        let topology = self.topology;
        let payload = if network.mtu() >= JUMBO { PAYLOAD_OF_JUMBO } else { PAYLOAD };
        let ground = self.ground(network)?;
        let live = self.live_ways(device, ground);
        let interface = ground.attachment(device)?.interface.as_ref()?.value;
        let ports = topology.ports_under(interface);
        let speeds: Option<Vec<f64>> = ports.iter().map(|port| Some(topology.link_speed(*port)?.base())).collect();
        let slowest = speeds?.into_iter().reduce(f64::min)?;
        let effective = topology.bond_under(interface).map_or(1.0, |bond| match bond.mode() {
            Some(BondMode::Lacp | BondMode::BalanceXor) => effective_links(self.connections(bond, lost), live.len()),
            Some(BondMode::BalanceRr) => live.len() as f64,
            _ => 1.0,
        });
        Some(slowest * effective * payload)
    }

    /// Connections of a node over a bond, with so many of its peers lost, those with most OSDs.
    fn connections(&self, bond: &Bond<'_>, lost: usize) -> usize {
        let topology = self.topology;
        let over: Vec<&Network<'_>> = topology.networks_over(bond).collect();
        let serving = over.iter().filter(|network| network.purposes().any(|purpose| purpose != Purpose::Guest));
        let mut peers: BTreeSet<DeviceId> =
            serving.flat_map(|network| &network.attachments).map(|place| place.device).collect();
        if peers.is_empty() {
            peers.extend((0..topology.nodes.len()).map(DeviceId::Node));
        }
        peers.remove(&bond.device);
        let osds = |device: &DeviceId| match device {
            DeviceId::Node(node) => topology.nodes[*node].osd_count().map(|count| count as usize),
            DeviceId::Switch(_) | DeviceId::Firewall(_) => Some(0),
        };
        let mut counts: Vec<Option<usize>> = peers.iter().map(osds).collect();
        counts.sort_unstable();
        counts.truncate(counts.len().saturating_sub(lost));
        let one_each = counts.len().max(1);
        let policy = bond.item.value.xmit_hash_policy.as_ref().map(|policy| policy.value);
        let by_port = matches!(policy, Some(HashPolicy::Layer3Plus4 | HashPolicy::Encap3Plus4));
        let for_ceph =
            over.iter().any(|network| network.is_for(Purpose::CephPublic) || network.is_for(Purpose::CephCluster));
        let others: Option<usize> = counts.into_iter().sum();
        match osds(&bond.device).zip(others) {
            Some((own, others)) if by_port && for_ceph && own * others > 0 => own * others,
            _ => one_each,
        }
    }
}

/// What the guests of a profile ask for, where they say so.
pub(super) fn load(guest: &Item<Guest>) -> Option<Load> {
    let count = f64::from(guest.value.count.as_ref()?.value) * guest.names.len() as f64;
    let bytes = guest.value.iops.as_ref()?.value * guest.value.io_size.as_ref()?.value.base() * count;
    let share = guest.value.write_share.as_ref().map_or(1.0, |share| share.value.base().min(1.0));
    Some(Load { writes: bytes * share, reads: bytes * (1.0 - share) })
}

/// Connections divided by those expected on the fullest of equally likely members.
fn effective_links(connections: usize, members: usize) -> f64 {
    if members <= 1 || connections <= 1 {
        return 1.0;
    }
    let flows = connections.min(if members == 2 { COUNTED } else { COUNTED_OVER_MANY });
    if members == 2 {
        // Chance of k on the first member: k out of n, halved n times.
        let mut chance = 0.5_f64.powf(flows as f64);
        let mut expected = 0.0;
        for first in 0..=flows {
            expected += chance * first.max(flows - first) as f64;
            chance *= (flows - first) as f64 / (first + 1) as f64;
        }
        return flows as f64 / expected;
    }
    // Chance that no member has more than `most`: n! / m^n times the coefficient of x^n in (1 + x + ... x^k / k!)^m.
    let mut expected = 0.0;
    for most in 0..flows {
        let mut series = vec![1.0];
        for _ in 0..members {
            let mut next = vec![0.0; flows + 1];
            for (taken, weight) in series.iter().enumerate() {
                let mut part = 1.0;
                for drawn in 0..=most.min(flows - taken) {
                    next[taken + drawn] += weight * part;
                    part /= (drawn + 1) as f64;
                }
            }
            series = next;
        }
        let factor = (1..=flows).fold(1.0, |product, flow| product * flow as f64 / members as f64);
        expected += 1.0 - series[flows] * factor;
    }
    flows as f64 / expected
}

#[test]
fn flows_spread_over_members() {
    // E[max] of 2 flows over 2 links is 1.5; of 3 flows over 3 links (3 x 3 + 18 x 2 + 6 x 1) / 27.
    assert!((effective_links(2, 2) - 2.0 / 1.5).abs() < 1e-9);
    assert!((effective_links(3, 3) - 3.0 * 27.0 / 51.0).abs() < 1e-9);
    assert!((effective_links(512, 2) - 1.93).abs() < 0.01);
}
