//! The Proxmox VE cluster: Corosync, high availability, migration, provisioning, notifications.

use crate::design::Text;
use crate::design::names::Names;
use crate::design::read::{Named, Spanned};
use crate::design::table::{table, words};
use crate::quantity::{Rate, Ratio, Size, Time};

table! {
    /// The Proxmox VE cluster.
    pub struct Cluster {
        /// Its name.
        name: Text,
        /// An external vote.
        qdevice: bool,
        /// Ports that the host of the external vote hangs on, such as `"mgmt:24"`; no node may run it.
        qdevice_ports: Names,
    }
}

table! {
    /// Corosync, the cluster's heartbeat.
    pub struct Corosync {
        /// Links by number, 0 to 7.
        link: Named<CorosyncLink>,
        /// Transport.
        transport: Transport,
        /// Time before a lost token is noticed, without the part per node; 3000 ms where it is left out.
        token: Time,
        /// Time added for every node beyond two.
        token_coefficient: Time,
    }
}

words! {
    /// Transport of Corosync.
    pub enum Transport { Knet = "knet", Udp = "udp", Udpu = "udpu" }
}

table! {
    /// A Corosync link.
    pub struct CorosyncLink {
        /// Network it runs over.
        network [required]: Text,
        /// Priority, 0 to 255: the highest wins; equal ones by the lowest link number.
        priority: u32 => 0..=255,
    }
}

table! {
    /// High availability.
    pub struct Ha {
        /// Whether guests are restarted elsewhere when their node fails.
        enabled: bool,
        /// What happens to guests when a node is shut down or restarted.
        shutdown_policy: ShutdownPolicy,
        /// Groups of nodes (Proxmox VE 8).
        group: Named<HaGroup>,
        /// Node affinity rules (Proxmox VE 9).
        node_affinity: Named<NodeAffinity>,
    }
}

words! {
    /// What happens to guests when a node is shut down.
    pub enum ShutdownPolicy { Conditional = "conditional", Freeze = "freeze", Failover = "failover", Migrate = "migrate" }
}

table! {
    /// A group of nodes for high availability.
    pub struct HaGroup {
        /// Its nodes.
        nodes: Names,
        /// Whether guests run on these nodes only.
        restricted: bool,
        /// Whether guests stay where they are when a better node comes back.
        nofailback: bool,
        /// What it was called in the design that `rackproof diff` compares this one with; of a range, a range as long.
        was: Names,
    }
}

table! {
    /// A node affinity rule.
    pub struct NodeAffinity {
        /// Its nodes.
        nodes: Names,
        /// Guest profiles it is about.
        guests: Names,
        /// Whether guests run on these nodes only.
        strict: bool,
        /// What it was called in the design that `rackproof diff` compares this one with; of a range, a range as long.
        was: Names,
    }
}

table! {
    /// Live migration.
    pub struct Migration {
        /// Network it takes; the management network where it is left out.
        network: Text,
        /// Most that one migration may take, in the unit Proxmox VE uses: `"1098632 KiB/s"`.
        bandwidth_limit: Rate,
        /// Migrations at the same time.
        parallel: u32 => 1..=1000,
        /// Whether the memory is sent encrypted (`secure`); it is where it is left out, as Proxmox VE has it.
        encrypted: bool,
        /// Time in which a node must be emptied for maintenance, such as `"15 min"`.
        window: Time,
    }
}

table! {
    /// A backup job.
    pub struct Backup {
        /// Guest profiles it saves; all of them where it is left out.
        guests: Names,
        /// Storage it writes to.
        storage: Text,
        /// Network its traffic takes to the storage.
        network: Text,
        /// Most that the target takes in, such as `"800 MB/s"`.
        target_rate: Rate,
        /// Part of a guest's data that one run sends: 100 % for full backups, what changed for incremental ones.
        changed: Ratio,
        /// Most that the job may take on one node (`bwlimit`).
        bandwidth_limit: Rate,
        /// Time from its begin until it must be done, such as `"6 h"`.
        window: Time,
        /// What it was called in the design that `rackproof diff` compares this one with; of a range, a range as long.
        was: Names,
    }
}

table! {
    /// How servers without a local system disk are registered and started.
    pub struct Provisioning {
        /// Whether an inventory holds every server's settings, so that a lost node is built again from it.
        inventory: bool,
        /// Whether servers are told apart by their system UUID.
        by_uuid: bool,
        /// Whether the neighbour switch of each port is checked (LLDP).
        neighbour_check: bool,
        /// Where the system image is loaded from.
        image_source: ImageSource,
        /// Size of the system image once it lies in memory.
        image_size: Size,
    }
}

words! {
    /// Where a system image is loaded from.
    pub enum ImageSource { OwnCeph = "own-ceph", OtherCeph = "other-ceph", HttpServer = "http-server" }
}

table! {
    /// Where the cluster's notifications go.
    pub struct Notification {
        /// Mail relay.
        smtp_relay: Text,
        /// Who gets them.
        recipients: Vec<Spanned<Text>>,
    }
}
