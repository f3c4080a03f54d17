//! The constants of the model: published ones, or those that a design has measured.

use crate::catalogue::parameters::figures::{CephReadBandwidth, CephSmallReads, CephSmallWrites, CephWriteBandwidth};
use crate::design::Measured;
use crate::quantity::units;

/// The constants of the model. Rates are in MB/s, times in seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Constants {
    /// Bytes that a disk takes in for each byte of a large write.
    pub amplification: f64,
    /// Part of a disk's stated write rate that an OSD reaches.
    pub disk_share: f64,
    /// Part of a network's payload that Ceph fills.
    pub network_share: f64,
    /// Large writes, copies included, that one thread carries through.
    pub thread_writes: f64,
    /// Large reads that one thread answers.
    pub thread_reads: f64,
    /// Large writes of one client.
    pub client_writes: f64,
    /// Large reads of one client.
    pub client_reads: f64,
    /// Large writes one after the other, the disk's own time left out.
    pub write_path: f64,
    /// Large reads one after the other, the disk's own time left out.
    pub read_path: f64,
    /// How little a limit is felt that is far above the smallest.
    pub sharpness: f64,
    /// Writes to a solid-state disk for one small write, metadata included.
    pub small_amplification: f64,
    /// Small writes per second, copies included, that one thread carries through.
    pub thread_small_writes: f64,
    /// Small reads per second that one thread answers.
    pub thread_small_reads: f64,
    /// Small writes per second of one client.
    pub client_small_writes: f64,
    /// Small reads per second of one client.
    pub client_small_reads: f64,
    /// Time of one small write with no other under way.
    pub write_latency: f64,
    /// Time of one small read with no other under way.
    pub read_latency: f64,
    /// Large writes of one OSD as measured, in place of a part of the stated rate.
    pub osd_write: Option<f64>,
    /// Large reads of one OSD as measured, in place of the stated rate.
    pub osd_read: Option<f64>,
}

impl Constants {
    /// The constants of the catalogue.
    pub fn published() -> Self {
        let (write, read) = (CephWriteBandwidth::DEFAULT, CephReadBandwidth::DEFAULT);
        let (small_writes, small_reads) = (CephSmallWrites::DEFAULT, CephSmallReads::DEFAULT);
        let rate = |rate: crate::quantity::Rate| rate.in_unit(&units::MB_PER_S);
        Self {
            amplification: write.amplification,
            disk_share: write.disk_share.base(),
            network_share: write.network_share.base(),
            thread_writes: rate(write.per_thread),
            thread_reads: rate(read.per_thread),
            client_writes: rate(write.per_client),
            client_reads: rate(read.per_client),
            write_path: rate(write.path),
            read_path: rate(read.path),
            sharpness: write.sharpness,
            small_amplification: small_writes.amplification,
            thread_small_writes: f64::from(small_writes.per_thread),
            thread_small_reads: f64::from(small_reads.per_thread),
            client_small_writes: f64::from(small_writes.per_client),
            client_small_reads: f64::from(small_reads.per_client),
            write_latency: small_writes.latency.base(),
            read_latency: small_reads.latency.base(),
            osd_write: None,
            osd_read: None,
        }
    }

    /// The same without what measurements take off: disks at their stated rates and networks full of payload.
    #[must_use]
    pub fn at_their_best(self) -> Self {
        Self { disk_share: 1.0, network_share: 1.0, ..self }
    }

    /// The same with what a design has measured in their place, and the keys that were taken.
    pub fn measured(measured: Option<&Measured>) -> (Self, Vec<&'static str>) {
        let mut constants = Self::published();
        let mut taken = Vec::new();
        let Some(measured) = measured else { return (constants, taken) };
        let rate = |rate: &Option<crate::source::Spanned<crate::quantity::Rate>>| {
            rate.as_ref().map(|rate| rate.value.in_unit(&units::MB_PER_S))
        };
        constants.osd_write = rate(&measured.osd_write);
        constants.osd_read = rate(&measured.osd_read);
        let time =
            |time: &Option<crate::source::Spanned<crate::quantity::Time>>| time.as_ref().map(|time| time.value.base());
        let count = |count: &Option<crate::source::Spanned<u32>>| count.as_ref().map(|count| f64::from(count.value));
        taken.extend(constants.osd_write.map(|_| "osd_write"));
        taken.extend(constants.osd_read.map(|_| "osd_read"));
        for (key, place, value) in [
            ("client_write", &mut constants.client_writes, rate(&measured.client_write)),
            ("client_read", &mut constants.client_reads, rate(&measured.client_read)),
            ("write_latency", &mut constants.write_latency, time(&measured.write_latency)),
            ("read_latency", &mut constants.read_latency, time(&measured.read_latency)),
            ("writes_per_thread", &mut constants.thread_small_writes, count(&measured.writes_per_thread)),
            ("reads_per_thread", &mut constants.thread_small_reads, count(&measured.reads_per_thread)),
        ] {
            if let Some(value) = value {
                *place = value;
                taken.push(key);
            }
        }
        (constants, taken)
    }
}
