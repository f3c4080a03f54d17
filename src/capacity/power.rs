//! What feeds of power have to carry, while all are there and with another one gone.

use std::collections::BTreeSet;

use crate::quantity::{Power, units};
use crate::topology::Topology;

/// The most that a feed has to carry.
#[derive(Debug, Clone, PartialEq)]
pub struct FeedLoad {
    /// Index of the feed.
    pub feed: usize,
    /// Load of all devices whose supplies and draw are known, in W.
    pub load: Power,
    /// Index of the feed that is gone then; nothing where the load is the same with all of them.
    pub lost: Option<usize>,
}

/// What the feeds carry, and what is missing for a whole picture.
#[derive(Debug, Clone, PartialEq)]
pub struct FeedLoads {
    /// One for each feed, in their order.
    pub loads: Vec<FeedLoad>,
    /// Keys that would state the draw or the supplies of further devices, each once.
    pub missing: Vec<String>,
}

/// A device on its feeds.
struct Load {
    watts: f64,
    feeds: Vec<usize>,
}

impl Load {
    /// What the device takes from a feed while another one is gone: its supplies that are left share it equally.
    fn on(&self, feed: usize, lost: Option<usize>) -> f64 {
        let left = self.feeds.iter().filter(|own| Some(**own) != lost).count();
        let here = self.feeds.iter().filter(|own| **own == feed).count();
        if left == 0 || Some(feed) == lost { 0.0 } else { self.watts * here as f64 / left as f64 }
    }
}

/// The most that each feed has to carry, healthy or with any one other feed gone.
pub fn feed_loads(topology: &Topology<'_>) -> FeedLoads {
    let (loads, missing) = loads(topology);
    let most = |feed: usize| {
        let own: Vec<&Load> = loads.iter().filter(|load| load.feeds.contains(&feed)).collect();
        let others: BTreeSet<usize> = own.iter().flat_map(|load| load.feeds.iter().copied()).collect();
        let lost = others.into_iter().filter(|other| *other != feed).map(Some);
        let states = std::iter::once(None).chain(lost);
        let carried = states.map(|lost| (own.iter().map(|load| load.on(feed, lost)).sum::<f64>(), lost));
        let most = carried.reduce(|most, next| if next.0 > most.0 { next } else { most });
        let (watts, lost) = most.unwrap_or((0.0, None));
        FeedLoad { feed, load: Power::new(watts, &units::WATT), lost }
    };
    FeedLoads { loads: (0..topology.feeds.len()).map(most).collect(), missing }
}

fn loads(topology: &Topology<'_>) -> (Vec<Load>, Vec<String>) {
    let (mut loads, mut missing): (Vec<Load>, Vec<String>) = (Vec::new(), Vec::new());
    let mut lacks = |key: String| {
        if !missing.contains(&key) {
            missing.push(key);
        }
    };
    for device in topology.devices() {
        let feeds = topology.supplies(device).feeds;
        match (feeds, topology.draw(device)) {
            (Some(feeds), Some(draw)) => loads.push(Load { watts: draw.value.base(), feeds }),
            (None, _) => lacks(format!("{}.power", topology.written_path(device))),
            (Some(_), None) => lacks(topology.model_key(device, "draw")),
        }
    }
    (loads, missing)
}
