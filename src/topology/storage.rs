//! Disks of a server with the controller they hang on.

use crate::design::{Controller, Disk, DiskRole, Item, Media, ServerModel};
use crate::quantity::{Rate, Size};
use crate::source::Span;

/// A group of equal disks in a server model.
#[derive(Debug, Clone, Copy)]
pub struct DiskGroup<'d> {
    /// The model.
    pub model: &'d Item<ServerModel>,
    /// The group.
    pub item: &'d Item<Disk>,
}

impl<'d> DiskGroup<'d> {
    /// Every group of a model.
    pub fn of_model(model: &'d Item<ServerModel>) -> impl Iterator<Item = Self> {
        let disks = model.value.disks.as_ref();
        disks.into_iter().flat_map(|disks| disks.value.iter()).map(move |item| Self { model, item })
    }

    /// What is said of a disk of the group.
    pub fn disk(&self) -> &'d Disk {
        &self.item.value
    }

    /// Where the group is described.
    pub fn span(&self) -> Span {
        self.item.pattern.span
    }

    /// Path of the group: `server_model.hci.disks.data`.
    pub fn path(&self) -> String {
        format!("server_model.{}.disks.{}", self.model.pattern.value, self.item.pattern.value)
    }

    /// What the disks are for.
    pub fn role(&self) -> Option<DiskRole> {
        self.disk().role.as_ref().map(|role| role.value)
    }

    /// Kind of medium.
    pub fn media(&self) -> Option<Media> {
        self.disk().media.as_ref().map(|media| media.value)
    }

    /// Disks in each server.
    pub fn count(&self) -> Option<u32> {
        self.disk().count.as_ref().map(|count| count.value.saturating_mul(self.item.names.len() as u32))
    }

    /// Capacity of one disk.
    pub fn capacity(&self) -> Option<Size> {
        self.disk().capacity.as_ref().map(|capacity| capacity.value)
    }

    /// Sustained write rate of one disk.
    pub fn write(&self) -> Option<Rate> {
        self.disk().write.as_ref().map(|write| write.value)
    }

    /// The controller, where one is named and described.
    pub fn controller(&self) -> Option<&'d Item<Controller>> {
        let name = &self.disk().controller.as_ref()?.value;
        let controllers = &self.model.value.controllers.as_ref()?.value;
        controllers.iter().find(|item| item.names.contains(name))
    }

    /// The group of faster disks that holds WAL and DB, where one is named and described.
    pub fn db(&self) -> Option<Self> {
        let name = &self.disk().db.as_ref()?.value;
        let model = self.model;
        Self::of_model(model).find(|group| group.item.names.contains(name))
    }
}
