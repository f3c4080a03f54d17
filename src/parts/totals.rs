//! Rack units and watts.

use super::cabling::Walk;
use super::{RackTotal, Total};
use crate::topology::{DeviceId, Topology};

/// What devices fill and draw.
pub(super) fn total(topology: &Topology<'_>, devices: impl Iterator<Item = DeviceId>) -> Total {
    let mut total = Total::default();
    for device in devices {
        total.devices += 1;
        if let Some(height) = topology.height(device) {
            total.rack_units += u64::from(height);
        } else {
            total.of_unknown_height += 1;
            lacks(&mut total.not_known, topology.model_key(device, "rack_units"));
        }
        if let Some(draw) = topology.draw(device) {
            total.draw = total.draw + draw.value;
        } else {
            total.of_unknown_draw += 1;
            lacks(&mut total.not_known, topology.model_key(device, "draw"));
        }
    }
    total
}

/// What each rack holds; devices that are said to stand in none come last.
pub(super) fn by_rack(topology: &Topology<'_>, walk: &Walk) -> Vec<RackTotal> {
    let mut devices: Vec<DeviceId> = topology.devices().collect();
    devices.sort_by_key(|device| walk.rack(*device));
    let racks = devices.chunk_by(|left, right| walk.rack(*left) == walk.rack(*right));
    let rack = |devices: &[DeviceId]| {
        let place = devices.first().map(|first| Walk::place(topology, *first)).unwrap_or_default();
        let mut total = total(topology, devices.iter().copied());
        // A design that names no rack at all stands in one.
        if place.rack.is_none() && walk.names_racks() {
            for device in devices {
                lacks(&mut total.not_known, format!("{}.rack", topology.written_path(*device)));
            }
        }
        RackTotal { site: place.site, rack: place.rack, total }
    };
    racks.map(rack).collect()
}

fn lacks(keys: &mut Vec<String>, key: String) {
    if !keys.contains(&key) {
        keys.push(key);
    }
}
