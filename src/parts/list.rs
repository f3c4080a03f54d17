//! The parts list: one row for each thing to buy.

use std::collections::BTreeSet;

use super::{Part, PartKind, connections, equipment, names, power};
use crate::topology::{DeviceId, Topology};
use crate::words::Said;

/// Every row, in the order of an order: servers with what is in them, switches, firewalls, then what joins them.
pub(super) fn list(topology: &Topology<'_>) -> Vec<Part> {
    let mut list = Vec::new();
    if topology.nodes.is_empty() {
        list.push(Part::new(PartKind::Server, None).lacking("node"));
    }
    list.extend(equipment::equipment(topology));
    list.extend(connections::transceivers(topology));
    list.extend(connections::cables(topology));
    list.extend(power::cords(topology));
    list
}

impl Part {
    pub(super) fn new(kind: PartKind, count: Option<u64>) -> Self {
        let (used_by, not_known) = (Vec::new(), Vec::new());
        Self { kind, count, model: None, description: Said::default(), used_by, not_known }
    }

    pub(super) fn of(self, model: Option<&str>) -> Self {
        Self { model: model.map(str::to_owned), ..self }
    }

    /// Says what it is: what is known, as an enumeration.
    pub(super) fn described(self, facts: impl IntoIterator<Item = Option<Said>>) -> Self {
        let facts: Vec<Said> = facts.into_iter().flatten().filter(|fact| !fact.is_empty()).collect();
        Self { description: facts.into(), ..self }
    }

    pub(super) fn used_by(self, topology: &Topology<'_>, devices: &BTreeSet<DeviceId>) -> Self {
        Self { used_by: names::devices(topology, devices), ..self }
    }

    pub(super) fn lacking(mut self, key: impl Into<String>) -> Self {
        let key = key.into();
        if !self.not_known.contains(&key) {
            self.not_known.push(key);
        }
        self
    }

    pub(super) fn lacking_all(self, keys: impl IntoIterator<Item = String>) -> Self {
        keys.into_iter().fold(self, Self::lacking)
    }
}
