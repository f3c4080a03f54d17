//! What Ceph serves: one bottleneck model for large and small operations, writes and reads.
//!
//! A [`Plant`] is what serves, in plain numbers; a [`Load`] who asks. [`writes`] and [`reads`] give the limits of large
//! transfers, [`small_writes`] and [`small_reads`] those of small operations; a [`Bottleneck`] makes one expectation
//! of them. Networks are arithmetic; the few [`Constants`] for disks, processors and clients come from published
//! measurements, and `docs/performance.md` holds every one of these against what the model says.

mod bottleneck;
mod constants;
mod limits;

pub use bottleneck::{Bottleneck, Derivation, Limit};
pub use constants::Constants;
pub use limits::{reads, small_reads, small_writes, writes};

use crate::words::Said;

/// What serves a pool. Rates are in MB/s of 10^6 bytes.
#[derive(Debug, Clone)]
pub struct Plant {
    /// Servers with OSDs.
    pub nodes: f64,
    /// OSDs.
    pub osds: f64,
    /// Stated write rate of the slowest OSD.
    pub write: Option<f64>,
    /// Stated read rate of the slowest OSD.
    pub read: Option<f64>,
    /// Stated small writes per second of the slowest OSD.
    pub write_operations: Option<f64>,
    /// Stated small reads per second of the slowest OSD.
    pub read_operations: Option<f64>,
    /// Writes that the slowest OSD's disk takes in for one small write: 2 where a hard disk holds its own WAL.
    pub small_amplification: f64,
    /// Bytes stored for each byte written: the copies, or (k + m) / k.
    pub stored: f64,
    /// Bytes sent to further servers for each byte written: the further copies, or (k + m - 1) / k.
    pub sent: f64,
    /// Bytes that the primary OSD gathers from others for each byte read: (k - 1) / k of erasure coding.
    pub gathered: f64,
    /// Pieces that a small write touches: the copies, or a data chunk and every coding chunk.
    pub touched: f64,
    /// Threads for the OSDs of all servers together.
    pub threads: Option<f64>,
    /// Payload that the public network carries on one server.
    pub public: Carrier,
    /// The same of the cluster network, where it has an interface of its own.
    pub cluster: Option<Carrier>,
    /// Part of the writes whose primary OSD is on the client's own server.
    pub local_writes: f64,
    /// Part of the reads that the client's own server answers.
    pub local_reads: f64,
    /// Part of disks, processors and networks that is left to clients: 1, or what recovery leaves.
    pub free: f64,
}

/// A network on one server.
#[derive(Debug, Clone)]
pub struct Carrier {
    /// Its name.
    pub name: String,
    /// Payload in MB/s.
    pub rate: f64,
    /// How the payload comes about, in words.
    pub how: Said,
}

/// Who reads and writes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Load {
    /// Where the clients run.
    pub place: Place,
    /// How many clients there are; as many as it takes where it is not known.
    pub clients: Option<f64>,
    /// Operations under way at the same time, of all clients together; as many as it takes where it is not known.
    pub depth: Option<f64>,
}

/// Where clients run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Place {
    /// On all servers that store, evenly.
    EveryServer,
    /// On one server that stores.
    OneServer,
    /// On machines that store nothing.
    Outside {
        /// How many.
        machines: f64,
        /// Payload of one machine's network in MB/s, where it is known.
        rate: Option<f64>,
    },
}
