//! Ceph, its pools, and storages as Proxmox VE knows them.

use super::Media;
use crate::design::Text;
use crate::design::names::Names;
use crate::design::read::{Named, Spanned};
use crate::design::table::{table, words};
use crate::quantity::{Rate, Ratio, Size, Time};

table! {
    /// Ceph, the cluster's storage.
    pub struct Ceph {
        /// Release by name.
        release: CephRelease,
        /// Nodes that run a monitor.
        monitors: Names,
        /// Nodes that run a manager.
        managers: Names,
        /// Nodes that run a metadata server for CephFS.
        metadata_servers: Names,
        /// Whether two sites mirror each other with a tie-breaking monitor at a third (stretch mode).
        stretch_mode: bool,
        /// Memory each OSD is told to stay within.
        osd_memory_target: Size,
        /// Fill of an OSD from which Ceph warns; 85 % where it is left out.
        nearfull_ratio: Ratio,
        /// Fill of an OSD from which nothing more is moved onto it; 90 % where it is left out.
        backfillfull_ratio: Ratio,
        /// Fill of an OSD from which the pools on it take no writes; 95 % where it is left out.
        full_ratio: Ratio,
        /// Whether the balancer evens out placement groups; on where it is left out, as Ceph has it.
        balancer: bool,
        /// How OSDs share their time between clients and recovery; `balanced` where it is left out.
        mclock_profile: MclockProfile,
        /// Which copy answers a read; `primary` where it is left out.
        read_policy: ReadPolicy,
        /// Who reads and writes, and how; guests on every server where it is left out.
        clients: Clients,
        /// Constants of the performance model as measured on such hardware; they take the place of the model's own.
        measured: Measured,
        /// Pools by name.
        pool: Named<Pool>,
    }
}

words! {
    /// Release of Ceph.
    pub enum CephRelease { Quincy = "quincy", Reef = "reef", Squid = "squid", Tentacle = "tentacle" }
}

words! {
    /// How OSDs share their time between clients and recovery (mClock profile).
    pub enum MclockProfile {
        Balanced = "balanced", HighClientOps = "high_client_ops", HighRecoveryOps = "high_recovery_ops",
    }
}
words! {
    /// Which copy answers a read: the primary OSD's, or the nearest one.
    pub enum ReadPolicy { Primary = "primary", Localize = "localize" }
}

table! {
    /// Who reads and writes the cluster's storage together, and how.
    pub struct Clients {
        /// Where they run.
        place: ClientPlace,
        /// How many machines they run on, where they run outside.
        machines: u32 => 1..=10_000,
        /// Rate of the network of one such machine, such as `"25GbE"`.
        rate: Rate,
        /// How many there are: processes or guests that read and write at the same time.
        count: u32 => 1..=1_000_000,
        /// Operations that one of them has under way at the same time.
        queue_depth: u32 => 1..=65_536,
    }
}

words! {
    /// Where the clients of storage run.
    pub enum ClientPlace { EveryServer = "every-server", OneServer = "one-server", Outside = "outside" }
}

table! {
    /// Constants of the performance model, measured on the hardware that is planned.
    pub struct Measured {
        /// Large writes that one OSD of the slowest kind takes in, copies of others included, such as `"1300 MB/s"`.
        osd_write: Rate,
        /// Large reads that one OSD of the slowest kind answers, such as `"3000 MB/s"`.
        osd_read: Rate,
        /// Large writes of one client with every network and disk idle otherwise.
        client_write: Rate,
        /// Large reads of one client with every network and disk idle otherwise.
        client_read: Rate,
        /// Time of one small write with no other under way, such as `"0.42 ms"`.
        write_latency: Time,
        /// Time of one small read with no other under way.
        read_latency: Time,
        /// Small writes per second that one thread of an OSD carries through, copies included.
        writes_per_thread: u32 => 1..=10_000_000,
        /// Small reads per second that one thread of an OSD answers.
        reads_per_thread: u32 => 1..=10_000_000,
    }
}

table! {
    /// A Ceph pool.
    pub struct Pool {
        /// What uses it.
        application: Application,
        /// Copies of a replicated pool.
        size: u32 => 1..=10,
        /// Data chunks of an erasure-coded pool: k.
        data_chunks: u32 => 1..=32,
        /// Coding chunks of an erasure-coded pool: m.
        coding_chunks: u32 => 1..=32,
        /// Copies, or chunks, that must be reachable for reads and writes.
        min_size: u32 => 1..=64,
        /// Replicated pool that holds the image metadata of an erasure-coded pool for guests' disks.
        metadata_pool: Text,
        /// Placement groups.
        pg_num: u32 => 1..=65_536,
        /// What no two copies share.
        failure_domain: FailureDomain,
        /// Medium its data is kept on; every OSD where it is left out.
        device_class: Media,
        /// Part of all data that lies in it.
        data_share: Ratio,
        /// What clients store in it, counted once, such as `"12 TB"`.
        stored: Size,
        /// What is added to it each month, such as `"500 GB"`.
        growth: Size,
        /// Whether Ceph sets the number of placement groups by itself; on where it is left out, as Ceph has it.
        autoscale: Autoscale,
        /// What it was called in the design that `rackproof diff` compares this one with; of a range, a range as long.
        was: Names,
    }
}

words! {
    /// Whether Ceph sets the number of a pool's placement groups by itself.
    pub enum Autoscale { On = "on", Warn = "warn", Off = "off" }
}
words! {
    /// What uses a pool.
    pub enum Application { Rbd = "rbd", CephfsData = "cephfs-data", CephfsMetadata = "cephfs-metadata", Rgw = "rgw" }
}
words! {
    /// What no two copies of an object share.
    pub enum FailureDomain { Osd = "osd", Host = "host", Rack = "rack", Site = "site" }
}

table! {
    /// A storage as Proxmox VE knows it.
    pub struct Storage {
        /// Its type.
        kind: StorageKind,
        /// Ceph pool behind it.
        pool: Text,
        /// What is kept on it.
        content: Vec<Spanned<Content>>,
        /// Whether blocks are allotted when they are written.
        thin: bool,
        /// Target portals of an iSCSI storage, by network name or address.
        portals: Names,
        /// Networks its traffic takes.
        networks: Names,
        /// What it was called in the design that `rackproof diff` compares this one with; of a range, a range as long.
        was: Names,
    }
}

words! {
    /// Storage type.
    pub enum StorageKind {
        Rbd = "rbd", Cephfs = "cephfs", LvmThin = "lvmthin", Lvm = "lvm", Zfs = "zfspool", Directory = "dir",
        Nfs = "nfs", Cifs = "cifs", Iscsi = "iscsi", BackupServer = "pbs",
    }
}
words! {
    /// What is kept on a storage.
    pub enum Content {
        Images = "images", RootDir = "rootdir", Iso = "iso", Backup = "backup", Template = "vztmpl", Snippets = "snippets",
    }
}
