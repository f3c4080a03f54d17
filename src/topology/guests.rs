//! Guests, what they lie on, and what moves them.

use super::Topology;
use super::networks::Network;
use crate::design::{Guest, HaGroup, Item, Named, NodeAffinity, Pool, Purpose, Storage};
use crate::source::Spanned;

fn items<T>(table: Option<&Spanned<Named<T>>>) -> impl Iterator<Item = &Item<T>> {
    table.into_iter().flat_map(|table| table.value.iter())
}

impl<'d> Topology<'d> {
    /// Guest profiles in the order they were written.
    pub fn guests(&self) -> impl Iterator<Item = &'d Item<Guest>> + use<'d> {
        items(self.design.guest.as_ref())
    }

    /// Storages in the order they were written.
    pub fn storages(&self) -> impl Iterator<Item = &'d Item<Storage>> + use<'d> {
        items(self.design.storage.as_ref())
    }

    /// The storage with this name.
    pub fn storage(&self, name: &str) -> Option<&'d Item<Storage>> {
        self.storages().find(|item| item.names.iter().any(|known| known == name))
    }

    /// Ceph pools in the order they were written.
    pub fn pools(&self) -> impl Iterator<Item = &'d Item<Pool>> + use<'d> {
        items(self.design.ceph.as_ref().and_then(|ceph| ceph.value.pool.as_ref()))
    }

    /// Groups of nodes for high availability.
    pub fn ha_groups(&self) -> impl Iterator<Item = &'d Item<HaGroup>> + use<'d> {
        items(self.design.ha.as_ref().and_then(|ha| ha.value.group.as_ref()))
    }

    /// Node affinity rules.
    pub fn node_affinities(&self) -> impl Iterator<Item = &'d Item<NodeAffinity>> + use<'d> {
        items(self.design.ha.as_ref().and_then(|ha| ha.value.node_affinity.as_ref()))
    }

    /// Whether guests are restarted elsewhere when their node fails: said, or implied by a guest that is to be.
    /// Nothing where high availability is described without saying so.
    pub fn high_availability(&self) -> Option<bool> {
        let ha = self.design.ha.as_ref();
        if let Some(enabled) = ha.and_then(|ha| ha.value.enabled.as_ref()) {
            return Some(enabled.value);
        }
        let implied = self.guests().any(|guest| guest.value.ha.as_ref().is_some_and(|ha| ha.value));
        if implied || ha.is_none() { Some(implied) } else { None }
    }

    /// The network that live migration is given: the one it names, or else the first for that purpose.
    pub fn migration_network(&self) -> Option<&Network<'d>> {
        let named = self.design.migration.as_ref().and_then(|migration| migration.value.network.as_ref());
        match named {
            Some(name) => self.network(&name.value),
            None => self.networks_for(Purpose::Migration).next(),
        }
    }
}
