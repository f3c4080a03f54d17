//! The tables of the language, one struct each.
//!
//! Every key is optional unless it is marked `required`: what is left out makes the rules that need it
//! *unproven*, never wrong. The doc comment of a key is its entry in the manual.

mod ceph;
mod cluster;
mod equipment;
mod guest;
mod network;
mod power;
mod risk;
mod server;
mod site;

pub use ceph::*;
pub use cluster::*;
pub use equipment::*;
pub use guest::*;
pub use network::*;
pub use power::*;
pub use risk::*;
pub use server::*;
pub use site::*;

use crate::design::Text;
use crate::design::read::{Named, Spanned};
use crate::design::table::{table, words};

table! {
    /// The whole design.
    pub struct Design {
        /// Other files to read as if they stood here; paths are relative and stay inside the design's folder.
        include: Vec<Spanned<Text>>,
        /// What the design is and where it is meant to run.
        design: About,
        /// Choices between two rules that cannot both hold.
        policy: Vec<Spanned<Policy>>,
        /// Sites by name; a design without sites stands in one place.
        site: Named<Site>,
        /// Links between two sites.
        site_link: Named<SiteLink>,
        /// Feeds of power by name; a device names the feed of each of its supplies.
        power_feed: Named<PowerFeed>,
        /// Servers to buy, by model.
        server_model: Named<ServerModel>,
        /// Switches to buy, by model.
        switch_model: Named<SwitchModel>,
        /// Firewalls to buy, by model.
        firewall_model: Named<FirewallModel>,
        /// Servers that form the cluster; the name is the host name.
        node: Named<Node>,
        /// Switches in the racks.
        switch: Named<Switch>,
        /// Firewalls in the racks.
        firewall: Named<Firewall>,
        /// Settings of switch and firewall ports: VLANs, packet size, link aggregation.
        switch_port: Vec<Spanned<SwitchPort>>,
        /// Lines to the outside, by name.
        uplink: Named<Uplink>,
        /// Pairs of switches that act as one for link aggregation.
        mlag: Named<Mlag>,
        /// Bonds of network ports on servers and firewalls.
        bond: Named<Bond>,
        /// Linux bridges on servers.
        bridge: Named<Bridge>,
        /// Networks and what they are for.
        network: Named<Network>,
        /// Cables between two ports, or between two equally long ranges of ports.
        cable: Vec<Spanned<Cable>>,
        /// Components that fail together, by name.
        shared_risk: Named<SharedRisk>,
        /// The Proxmox VE cluster.
        cluster: Cluster,
        /// Corosync, the cluster's heartbeat.
        corosync: Corosync,
        /// Ceph, the cluster's storage.
        ceph: Ceph,
        /// Storages as Proxmox VE knows them, by storage id.
        storage: Named<Storage>,
        /// High availability.
        ha: Ha,
        /// Live migration.
        migration: Migration,
        /// Backup jobs by name.
        backup: Named<Backup>,
        /// Virtual machine profiles: each describes `count` equal guests.
        guest: Named<Guest>,
        /// Leaf-spine fabrics.
        fabric: Named<Fabric>,
        /// Overlay networks (VXLAN).
        overlay: Named<Overlay>,
        /// How servers without a local system disk are registered and started.
        provisioning: Provisioning,
        /// Where the cluster's notifications go.
        notification: Notification,
    }
}

table! {
    /// What the design is.
    pub struct About {
        /// Version of the language; this program reads version 1.
        language: u32 => 1..=1,
        /// Name of the design.
        name: Text,
        /// Where it is meant to run; without it `production` is taken.
        environment: Environment,
        /// Release of Proxmox VE, such as `"9.1"`.
        proxmox_ve: Release,
        /// Package repository the nodes are updated from.
        repository: Repository,
        /// DNS domain of the nodes.
        domain: Text,
        /// Whether the domain is registered to the organisation.
        domain_owned: bool,
        /// Failures it is meant to survive: `"any one switch"`, `"any two disks"`, `"core-a"`, `"feed-a and core-b"`.
        survives: Vec<Spanned<Text>>,
    }
}

words! {
    /// Where a design is meant to run.
    pub enum Environment { Production = "production", Lab = "lab" }
}
words! {
    /// Package repository of Proxmox VE.
    pub enum Repository { Enterprise = "enterprise", NoSubscription = "no-subscription", Test = "test" }
}

/// A release as vendors print it: major and minor number, such as 9.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Release {
    /// The number before the point.
    pub major: u32,
    /// The number after the point; 0 where none is written.
    pub minor: u32,
}

table! {
    /// A choice between two rules that cannot both hold.
    pub struct Policy {
        /// Rule to follow.
        follow [required]: Text,
        /// Rule that is set aside for it; the two name each other in the rule reference.
        set_aside [required]: Text,
        /// Why; printed in every report.
        reason [required]: Text,
    }
}
