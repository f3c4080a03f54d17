//! Disks of nodes, one by one.

use rackproof::design::{Disk, DiskRole, Item};
use rackproof::topology::{Node, Topology};

/// One disk of a node.
#[derive(Clone, Copy)]
pub(super) struct OneDisk<'t, 'd> {
    pub(super) node: &'t Node<'d>,
    /// Index of the node.
    pub(super) index: usize,
    pub(super) item: &'d Item<Disk>,
    /// Name of the group.
    pub(super) group: &'d str,
    /// Its number in the group, from 1.
    pub(super) number: u32,
}

impl OneDisk<'_, '_> {
    pub(super) fn name(&self) -> String {
        format!("disk {}:{}:{}", self.node.name, self.group, self.number)
    }

    pub(super) fn controller(&self) -> Option<String> {
        let controller = self.item.value.controller.as_ref()?;
        Some(format!("controller {}:{}", self.node.name, controller.value))
    }

    pub(super) fn is_for(&self, role: DiskRole) -> bool {
        self.item.value.role.as_ref().is_some_and(|known| known.value == role)
    }
}

/// Every disk of a node.
pub(super) fn of_node<'t, 'd>(topology: &'t Topology<'d>, index: usize) -> Vec<OneDisk<'t, 'd>> {
    let node = &topology.nodes[index];
    let mut found = Vec::new();
    for item in node.disk_groups().map(|group| group.item) {
        let count = item.value.count.as_ref().map_or(0, |count| count.value);
        for group in &item.names {
            found.extend((1..=count).map(|number| OneDisk { node, index, item, group, number }));
        }
    }
    found
}
