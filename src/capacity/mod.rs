//! Figures with their derivation: value, unit, formula with numbers put in, inputs, assumptions and source.
//!
//! The documents' own arithmetic stands beside the corrected one and a fuller model, each labelled by its method.

pub mod backup;
pub mod balance;
mod bandwidth;
mod bonds;
pub mod budget;
mod corosync;
pub mod demand;
mod disks;
mod documents;
pub mod endurance;
pub mod fabric;
mod figure;
pub mod fill;
mod formula;
mod guests;
pub mod latency;
mod management;
pub mod migration;
pub mod nodes;
mod packing;
pub mod pairs;
pub mod peer_link;
pub mod performance;
pub mod placement;
pub mod placement_groups;
mod plant;
pub mod power;
pub mod promised;
pub mod queues;
mod quorum;
pub mod recovery;
pub mod room;
pub mod served;
pub mod sites;
mod store;
mod switches;
pub mod usable;

pub use corosync::Timeouts;
pub use figure::{Figure, Method, State, Value};

use crate::topology::Topology;

/// Every figure that the design is about. A missing input makes a figure unknown, never zero.
pub fn plan(topology: &Topology<'_>) -> Vec<Figure> {
    let mut figures = Vec::new();
    documents::figures(topology, &mut figures);
    disks::figures(topology, &mut figures);
    nodes::figures(topology, &mut figures);
    bonds::figures(topology, &mut figures);
    bandwidth::figures(topology, &mut figures);
    usable::figures(topology, &mut figures);
    balance::figures(topology, &mut figures);
    fill::figures(topology, &mut figures);
    promised::figures(topology, &mut figures);
    placement_groups::figures(topology, &mut figures);
    guests::figures(topology, &mut figures);
    guests::placed(topology, &mut figures);
    recovery::figures(topology, &mut figures);
    endurance::figures(topology, &mut figures);
    migration::figures(topology, &mut figures);
    backup::figures(topology, &mut figures);
    quorum::figures(topology, &mut figures);
    corosync::figures(topology, &mut figures);
    pairs::figures(topology, &mut figures);
    queues::figures(topology, &mut figures);
    switches::figures(topology, &mut figures);
    fabric::figures(topology, &mut figures);
    peer_link::figures(topology, &mut figures);
    management::figures(topology, &mut figures);
    figures
}
