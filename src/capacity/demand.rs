//! What guests declare that they read and write, against what a pool serves with what is left of a cluster.

use super::bonds::live_rate;
use super::plant::payload_share;
use super::store::{Left, Store, missing_pools, pool_of, stores_elsewhere};
use crate::catalogue::parameters::figures::CephWriteBandwidth;
use crate::design::{Guest, Item, Pool};
use crate::topology::{DeviceId, Network, Topology};

/// What the guests of a pool declare together, in bytes per second.
#[derive(Debug, Clone)]
pub struct Demand<'d> {
    /// The pool.
    pub pool: &'d Item<Pool>,
    /// Bytes written per second.
    pub written: f64,
    /// Bytes read per second.
    pub read: f64,
}

/// What guests with `iops` and `io_size` on Ceph declare, by pool; where their share of writes is not said, they write.
///
/// # Errors
/// The keys that are missing.
pub fn demands<'d>(topology: &Topology<'d>) -> Result<Vec<Demand<'d>>, Vec<String>> {
    let mut demands: Vec<Demand<'d>> = Vec::new();
    let mut missing = Vec::new();
    for guest in topology.guests() {
        let (Some(iops), Some(size)) = (&guest.value.iops, &guest.value.io_size) else { continue };
        if !topology.has_ceph() || stores_elsewhere(topology, guest) {
            continue;
        }
        let Some(count) = &guest.value.count else {
            missing.push(format!("guest.{}.count", guest.pattern.value));
            continue;
        };
        let all = iops.value * size.value.base() * f64::from(count.value) * guest.names.len() as f64;
        if all <= 0.0 {
            continue;
        }
        let Some(pool) = pool_of(topology, guest) else {
            missing.extend(missing_pools(topology));
            continue;
        };
        let share = guest.value.write_share.as_ref().map_or(1.0, |share| share.value.base().min(1.0));
        match demands.iter_mut().find(|demand| std::ptr::eq(demand.pool, pool)) {
            Some(demand) => {
                demand.written += all * share;
                demand.read += all * (1.0 - share);
            }
            None => demands.push(Demand { pool, written: all * share, read: all * (1.0 - share) }),
        }
    }
    if missing.is_empty() { Ok(demands) } else { Err(missing) }
}

/// Whether a guest's disks lie on Ceph, as far as is known.
pub fn lies_on_ceph(topology: &Topology<'_>, guest: &Item<Guest>) -> bool {
    topology.has_ceph() && !stores_elsewhere(topology, guest)
}

/// What is left of a pool and of its networks.
#[derive(Debug, Clone, Copy)]
pub struct Remains {
    /// Servers with running OSDs.
    pub nodes: f64,
    /// Running OSDs.
    pub disks: f64,
    /// Copies that find a place.
    pub copies: f64,
    /// Bytes per second, payload only, of the public network on the weakest of the servers.
    pub public: f64,
    /// The same of the cluster network, where there is one.
    pub cluster: Option<f64>,
}

/// A pool with the rates of its disks.
#[derive(Debug)]
pub struct Serving {
    write: f64,
    read: Option<f64>,
    by_disk: bool,
    /// Pieces that together are an object: 1, or k.
    data: f64,
}

impl Serving {
    /// The rates of a pool's slowest disks.
    ///
    /// # Errors
    /// The keys that are missing.
    pub fn of(topology: &Topology<'_>, demand: &Demand<'_>) -> Result<Self, Vec<String>> {
        let store = Store::of(topology, demand.pool)?;
        let read = if demand.read > 0.0 { Some(store.read()?.base()) } else { None };
        Ok(Self {
            write: store.write()?.base(),
            read,
            by_disk: store.by_disk(),
            data: f64::from(store.redundancy.data()),
        })
    }

    /// The part of what a pool serves that its guests ask for: above 1 is too much. By the model of the figures
    /// `ceph-write-ceiling` and `ceph-read-ceiling`.
    pub fn load(&self, demand: &Demand<'_>, remains: &Remains) -> f64 {
        let apart = if self.by_disk && remains.nodes > 0.0 { (remains.nodes - 1.0) / remains.nodes } else { 1.0 };
        let left = Left {
            nodes: remains.nodes,
            disks: remains.disks,
            written: remains.copies,
            data: self.data,
            apart,
            serves: true,
        };
        let amplification = CephWriteBandwidth::DEFAULT.amplification;
        let mut write = left.disks * self.write / (left.stored() * amplification);
        let carries = |rate: f64, share: f64| if share > 0.0 { left.nodes * rate / share } else { f64::INFINITY };
        write = match remains.cluster {
            None => write.min(carries(remains.public, left.sent() + left.remote())),
            Some(cluster) => write.min(carries(cluster, left.sent())).min(carries(remains.public, left.remote())),
        };
        let read = self.read.map_or(f64::INFINITY, |rate| left.disks * rate).min(match remains.cluster {
            None => carries(remains.public, left.gathered() + left.remote()),
            Some(cluster) => carries(cluster, left.gathered()).min(carries(remains.public, left.remote())),
        });
        let part = |asked: f64, served: f64| if asked > 0.0 { asked / served } else { 0.0 };
        part(demand.written, write) + part(demand.read, read)
    }
}

/// Payload in bytes per second that a network carries on a device with so many live members of its bond and so many of
/// its peers lost; nothing where a speed is not known.
pub fn payload(
    topology: &Topology<'_>,
    network: &Network<'_>,
    device: DeviceId,
    live: usize,
    lost: usize,
) -> Option<f64> {
    let rate = live_rate(topology, network, device, live, lost)?;
    Some(rate.base() * payload_share(network).base())
}
