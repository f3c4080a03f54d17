//! Leaf-spine fabrics: which leaves a device hangs on.

use super::Topology;
use super::devices::DeviceId;

impl Topology<'_> {
    /// The leaves that a device is cabled to, by index.
    pub fn leaves_of(&self, device: DeviceId) -> Vec<usize> {
        let mut leaves: Vec<usize> = self
            .ports_of(device)
            .iter()
            .filter_map(|port| match self.port(self.far_end(*port)?).device {
                DeviceId::Switch(switch) => self.is_leaf(switch).then_some(switch),
                _ => None,
            })
            .collect();
        leaves.sort_unstable();
        leaves.dedup();
        leaves
    }
}
