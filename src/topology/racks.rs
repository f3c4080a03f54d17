//! Where devices stand in their racks, and how high they are.

use super::Topology;
use super::devices::DeviceId;
use crate::design::{Item, Text};
use crate::source::Spanned;

impl<'d> Topology<'d> {
    /// Height of a device in rack units, where its model says so.
    pub fn height(&self, device: DeviceId) -> Option<u32> {
        let height = match device {
            DeviceId::Node(index) => self.nodes[index].model?.value.rack_units.as_ref(),
            DeviceId::Switch(index) => self.switches[index].model?.value.rack_units.as_ref(),
            DeviceId::Firewall(index) => self.firewalls[index].model?.value.rack_units.as_ref(),
        };
        height.map(|height| height.value)
    }

    /// Lowest rack unit that a device takes, counted from the bottom of its rack from 1, where that is said.
    pub fn rack_unit(&self, device: DeviceId) -> Option<&'d Spanned<u32>> {
        let (item, places) = match device {
            DeviceId::Node(index) => {
                let node = &self.nodes[index];
                (Some(node.index), one_each(node.item, node.item.value.rack_unit.as_ref()))
            }
            DeviceId::Switch(index) => {
                let switch = &self.switches[index];
                (place_of(switch.item, &switch.name), one_each(switch.item, switch.item.value.rack_unit.as_ref()))
            }
            DeviceId::Firewall(index) => {
                let firewall = &self.firewalls[index];
                (
                    place_of(firewall.item, &firewall.name),
                    one_each(firewall.item, firewall.item.value.rack_unit.as_ref()),
                )
            }
        };
        places?.get(item?).filter(|place| place.value > 0)
    }
}

/// The place of a name among those of its table.
fn place_of<T>(item: &Item<T>, name: &Text) -> Option<usize> {
    item.names.iter().position(|known| known == name)
}

/// Values of the devices of a table, where there is one for each.
fn one_each<'d, T>(item: &Item<T>, values: Option<&'d Spanned<Vec<Spanned<u32>>>>) -> Option<&'d [Spanned<u32>]> {
    values.map(|values| values.value.as_slice()).filter(|values| values.len() == item.names.len())
}
