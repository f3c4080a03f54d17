//! Whether Ceph carries what guests declare, by the model of `plan`, with what is left.

use super::world::World;

impl World<'_, '_> {
    pub(super) fn loses_bandwidth(&self) -> bool {
        false
    }
}
