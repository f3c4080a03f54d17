//! Power cords to buy.

use std::collections::{BTreeMap, BTreeSet};

use super::{Part, PartKind};
use crate::topology::{DeviceId, Topology};
use crate::words;

/// Power cords by the feed that they hang on, then those whose feed or number is not known.
pub(super) fn cords(topology: &Topology<'_>) -> Vec<Part> {
    let mut by_feed: BTreeMap<usize, (u64, BTreeSet<DeviceId>)> = BTreeMap::new();
    let (mut loose, mut loose_devices, mut loose_keys) = (0, BTreeSet::new(), Vec::new());
    let (mut open, mut open_keys) = (BTreeSet::new(), Vec::new());
    for device in topology.devices() {
        let supplies = topology.supplies(device);
        match (supplies.feeds, supplies.count) {
            (Some(feeds), _) => {
                for feed in feeds {
                    let (cords, devices) = by_feed.entry(feed).or_default();
                    *cords += 1;
                    devices.insert(device);
                }
            }
            (None, Some(count)) => {
                loose += count as u64;
                loose_devices.insert(device);
                loose_keys.push(format!("{}.power", topology.written_path(device)));
            }
            (None, None) => {
                open.insert(device);
                open_keys.push(topology.model_key(device, "power_supplies.count"));
            }
        }
    }
    let cord = |count, devices: &BTreeSet<DeviceId>| Part::new(PartKind::PowerCord, count).used_by(topology, devices);
    let fed = by_feed.into_iter().map(|(feed, (cords, devices))| {
        cord(Some(cords), &devices).described([Some(words::parts::to_feed(topology.feeds[feed].name.as_str()))])
    });
    let loose = (!loose_devices.is_empty()).then(|| cord(Some(loose), &loose_devices).lacking_all(loose_keys));
    let open = (!open.is_empty()).then(|| cord(None, &open).lacking_all(open_keys));
    fed.chain(loose).chain(open).collect()
}
