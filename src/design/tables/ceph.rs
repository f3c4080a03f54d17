//! Ceph, its pools, and storages as Proxmox VE knows them.

use super::Media;
use crate::design::names::Names;
use crate::design::read::{Named, Spanned};
use crate::design::table::{table, words};
use crate::quantity::{Ratio, Size};

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
        /// Pools by name.
        pool: Named<Pool>,
    }
}

words! {
    /// Release of Ceph.
    pub enum CephRelease { Quincy = "quincy", Reef = "reef", Squid = "squid", Tentacle = "tentacle" }
}

table! {
    /// A Ceph pool.
    pub struct Pool {
        /// What uses it.
        application: Application,
        /// Copies.
        size: u32 => 1..=10,
        /// Copies that must be reachable for reads and writes.
        min_size: u32 => 1..=10,
        /// Placement groups.
        pg_num: u32 => 1..=65_536,
        /// What no two copies share.
        failure_domain: FailureDomain,
        /// Medium its data is kept on; every OSD where it is left out.
        device_class: Media,
        /// Part of all data that lies in it.
        data_share: Ratio,
    }
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
        pool: String,
        /// What is kept on it.
        content: Vec<Spanned<Content>>,
        /// Whether blocks are allotted when they are written.
        thin: bool,
        /// Target portals of an iSCSI storage, by network name or address.
        portals: Names,
        /// Networks its traffic takes.
        networks: Names,
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
