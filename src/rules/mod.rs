//! The logic of the rules, one file per area. Numbers and words live in `rules/`.
//!
//! A rule `area/rule-name` is the function `rule_name` of the module `area`. It walks the topology and tells the
//! [`Judge`] for every subject whether the rule holds, is violated or cannot be judged. A rule that speaks about no
//! subject is not applicable.

mod backup;
mod bond;
mod cabling;
mod capacity;
mod ceph;
mod cluster;
mod corosync;
mod cpu;
mod db;
mod disk;
mod diskless;
mod endurance;
mod erasure_coding;
mod fabric;
mod failure;
mod firewall;
mod guest;
mod ha;
mod judge;
mod management;
mod memory;
mod mesh;
mod migration;
mod mlag;
mod monitor;
mod mtu;
mod naming;
mod network;
mod notification;
mod osd;
mod pool;
mod power;
mod raid;
mod recovery;
mod site;
mod storage;
mod switch;
mod uplink;
mod version;
mod vlan;

pub use judge::{Judge, Raised, Subject};

use crate::catalogue::{Evidence, Rule, Values};

/// A rule's logic and the parameters it was given.
pub(crate) struct Logic {
    pub(crate) rule: &'static Rule<'static>,
    pub(crate) judge: fn(&mut Judge<'_>, &Values<'_>),
    pub(crate) evidence: fn(&Values<'_>) -> Vec<Evidence>,
}

include!(concat!(env!("OUT_DIR"), "/registry.rs"));
