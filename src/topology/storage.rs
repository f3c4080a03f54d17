//! Disks of a server with the controller they hang on.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::Topology;
use super::devices::Node;
use crate::design::{
    Application, Boot, Controller, ControllerMode, Disk, DiskRole, FailureDomain, Item, Media, Pool, ServerModel,
    Storage, StorageKind,
};
use crate::quantity::{Endurance, Rate, Size};
use crate::source::{Span, Spanned};

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
        ["server_model.", &self.model.pattern.value, ".disks.", &self.item.pattern.value].concat()
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

    /// OSDs on one disk.
    pub fn osds_per_disk(&self) -> u32 {
        self.disk().osds_per_disk.as_ref().map_or(1, |osds| osds.value)
    }

    /// OSDs in each server.
    pub fn osds(&self) -> Option<u32> {
        self.count().map(|count| count.saturating_mul(self.osds_per_disk()))
    }

    /// Capacity of one disk.
    pub fn capacity(&self) -> Option<Size> {
        self.disk().capacity.as_ref().map(|capacity| capacity.value)
    }

    /// The endurance as written, and as full writes of the capacity on each day of so many years; or the key that
    /// would tell.
    ///
    /// # Errors
    /// `endurance` or `capacity`, whichever is missing.
    pub fn endurance(&self, years: f64) -> Result<(&'d Spanned<Endurance>, f64), &'static str> {
        let written = self.disk().endurance.as_ref().ok_or("endurance")?;
        let rated = match written.value {
            Endurance::DrivesPerDay(rated) => rated,
            Endurance::Written(_) => written.value.drives_per_day(self.capacity().ok_or("capacity")?, years),
        };
        Ok((written, rated))
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

    /// Size of the volume that the installer sees: a disk, or what a controller makes of several.
    ///
    /// # Errors
    /// The key that is missing.
    pub fn volume(&self) -> Result<Size, Gap> {
        let missing = |key| Gap::below(self.path(), key, self.span());
        let capacity = self.capacity().ok_or_else(|| missing("capacity"))?;
        let mode = self.controller().and_then(|controller| controller.value.mode.as_ref()).map(|mode| mode.value);
        let disks = || self.count().ok_or_else(|| missing("count"));
        let carrying = match mode {
            Some(ControllerMode::Raid0) => disks()?,
            Some(ControllerMode::Raid10) => disks()? / 2,
            Some(ControllerMode::Raid5) => disks()?.saturating_sub(1),
            Some(ControllerMode::Raid6) => disks()?.saturating_sub(2),
            _ => 1,
        };
        Ok(capacity * f64::from(carrying.max(1)))
    }

    /// The group of faster disks that holds WAL and DB, where one is named and described.
    pub fn db(&self) -> Option<Self> {
        let name = &self.disk().db.as_ref()?.value;
        let model = self.model;
        Self::of_model(model).find(|group| group.item.names.contains(name))
    }
}

/// How a pool keeps what it stores, so that a loss takes nothing away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Redundancy {
    /// So many whole copies.
    Copies(u32),
    /// Erasure coding: an object is cut into `data` chunks (k), and `coding` further ones (m) are computed from them.
    Chunks {
        /// k
        data: u32,
        /// m
        coding: u32,
    },
}

impl Redundancy {
    /// The redundancy of a pool, or the key that would tell.
    ///
    /// # Errors
    /// `size`, or `data_chunks` or `coding_chunks` where the other one is written.
    pub fn of(pool: &Pool) -> Result<Self, &'static str> {
        match (&pool.data_chunks, &pool.coding_chunks, &pool.size) {
            (Some(data), Some(coding), _) => Ok(Self::Chunks { data: data.value, coding: coding.value }),
            (Some(_), None, _) => Err("coding_chunks"),
            (None, Some(_), _) => Err("data_chunks"),
            (None, None, Some(size)) => Ok(Self::Copies(size.value)),
            (None, None, None) => Err("size"),
        }
    }

    /// Pieces of each object that no two failure domains share: copies, or k + m chunks.
    pub fn pieces(self) -> u32 {
        match self {
            Self::Copies(copies) => copies,
            Self::Chunks { data, coding } => data + coding,
        }
    }

    /// Pieces that together are an object: 1, or k.
    pub fn data(self) -> u32 {
        match self {
            Self::Copies(_) => 1,
            Self::Chunks { data, .. } => data,
        }
    }

    /// Raw bytes for each byte stored: the copies, or (k + m) / k.
    pub fn overhead(self) -> f64 {
        f64::from(self.pieces()) / f64::from(self.data())
    }
}

/// A fact that is not written: what it is about, and the key that would state it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// Path of what it is about.
    pub path: String,
    /// Where that is written, or the best place to write it.
    pub span: Span,
    /// Path of the key.
    pub missing: String,
}

impl Gap {
    /// A key that is missing below a path.
    pub fn below(path: String, key: &str, span: Span) -> Self {
        let missing = format!("{path}.{key}");
        Self { path, span, missing }
    }
}

/// A server model with the nodes that are of it.
#[derive(Debug, Clone)]
pub struct ModelInUse<'t, 'd> {
    /// The model.
    pub model: &'d Item<ServerModel>,
    /// Its nodes in order; none where the design has no nodes at all.
    pub nodes: Vec<&'t Node<'d>>,
}

impl<'d> ModelInUse<'_, 'd> {
    /// Path of the model: `server_model.hci`.
    pub fn path(&self) -> String {
        format!("server_model.{}", self.model.pattern.value)
    }

    /// Where the model's name is written.
    pub fn span(&self) -> Span {
        self.model.pattern.span
    }

    /// Names of its nodes.
    pub fn node_names(&self) -> Vec<String> {
        self.nodes.iter().map(|node| node.name.to_string()).collect()
    }

    /// Whether its disks are known: listed, or none in a server that starts from the network.
    pub fn disks_known(&self) -> bool {
        disks_known(&self.model.value)
    }

    /// Disks of the model, without groups of which there is none.
    pub fn disks(&self) -> impl Iterator<Item = DiskGroup<'d>> + use<'d> {
        DiskGroup::of_model(self.model).filter(|group| group.count() != Some(0))
    }

    /// Disks for a purpose.
    pub fn disks_for(&self, role: DiskRole) -> impl Iterator<Item = DiskGroup<'d>> + use<'d> {
        self.disks().filter(move |group| group.role() == Some(role))
    }

    /// Disks that Ceph writes to: OSDs, and what holds their WAL and DB.
    pub fn ceph_disks(&self) -> Vec<DiskGroup<'d>> {
        let named: Vec<String> =
            self.disks_for(DiskRole::Osd).filter_map(|group| group.db()).map(|db| db.path()).collect();
        self.disks()
            .filter(|group| matches!(group.role(), Some(DiskRole::Osd | DiskRole::Db)) || named.contains(&group.path()))
            .collect()
    }
}

/// Whether the disks of a model are known: listed, or none in a server that starts from the network.
pub fn disks_known(model: &ServerModel) -> bool {
    model.disks.is_some() || model.boot.as_ref().is_some_and(|boot| boot.value == Boot::Network)
}

/// Paths of the tables that describe nodes, each once.
pub fn node_paths(nodes: &[&Node<'_>]) -> Vec<String> {
    let mut paths: Vec<String> = nodes.iter().map(|node| node.path()).collect();
    paths.dedup();
    paths
}

impl<'d> Topology<'d> {
    /// Server models that nodes are of; every model where the design has no nodes yet.
    pub fn models_in_use(&self) -> Vec<ModelInUse<'_, 'd>> {
        let models = self.design.server_model.as_ref().into_iter().flat_map(|models| models.value.iter());
        let of = |model: &'d Item<ServerModel>| {
            self.nodes.iter().filter(|node| node.model.is_some_and(|own| std::ptr::eq(own, model))).collect()
        };
        models
            .map(|model| ModelInUse { model, nodes: of(model) })
            .filter(|model| self.nodes.is_empty() || !model.nodes.is_empty())
            .collect()
    }

    /// Nodes without a model, one gap for each table; or the whole table, where the design has neither nodes nor models.
    pub fn model_gaps(&self) -> Vec<Gap> {
        if self.nodes.is_empty() && self.design.server_model.is_none() {
            return vec![self.node_gap()];
        }
        let nodes = self.nodes.iter().filter(|node| node.model.is_none());
        let mut gaps: Vec<Gap> = nodes.map(|node| Gap::below(node.path(), "model", node.span())).collect();
        gaps.dedup();
        gaps
    }

    /// The table of nodes, for a design that has none.
    pub fn node_gap(&self) -> Gap {
        Gap { path: "node".to_owned(), span: self.anchor(), missing: "node".to_owned() }
    }

    /// What pools choose between: nothing where no pool names a class of OSDs, else every class there is.
    pub fn osd_classes(&self) -> Vec<Option<Media>> {
        if self.pools().all(|pool| pool.value.device_class.is_none()) {
            return vec![None];
        }
        let media = self.nodes.iter().flat_map(Node::osd_groups).filter_map(|group| group.media());
        media.collect::<BTreeSet<_>>().into_iter().map(Some).collect()
    }

    /// Pools that lie on a class of OSDs, those that name none included.
    pub fn pools_on(&self, class: Option<Media>) -> impl Iterator<Item = &'d Item<Pool>> + use<'d> {
        let chosen = |pool: &Item<Pool>| pool.value.device_class.as_ref().map(|class| class.value);
        self.pools().filter(move |pool| class.is_none() || chosen(pool).is_none() || chosen(pool) == class)
    }

    /// What keeps the disks of the nodes from being known: models, their disks, or what a disk is for.
    pub fn disk_gaps(&self) -> Vec<Gap> {
        let mut gaps = self.model_gaps();
        for model in self.models_in_use() {
            if !model.disks_known() {
                gaps.push(Gap::below(model.path(), "disks", model.span()));
            }
            let unknown = model.disks().filter(|group| group.role().is_none());
            gaps.extend(unknown.map(|group| Gap::below(group.path(), "role", group.span())));
        }
        gaps
    }

    /// Whether nobody has decided yet if Ceph is part of the design: nothing says so, and some disks are not known.
    pub fn ceph_is_open(&self) -> bool {
        !self.has_ceph() && (self.nodes.is_empty() || !self.disk_gaps().is_empty())
    }

    /// Where Ceph is written, or the best place to write it.
    pub fn ceph_span(&self) -> Span {
        self.design.ceph.as_ref().map_or(self.anchor(), |ceph| ceph.span)
    }

    /// Where CephFS is written, if it is part of the design: a pool for it, or a storage on it.
    pub fn cephfs_span(&self) -> Option<Span> {
        let is_for_files = |pool: &&Item<Pool>| {
            let application = pool.value.application.as_ref().map(|application| application.value);
            matches!(application, Some(Application::CephfsData | Application::CephfsMetadata))
        };
        let pool = self.pools().find(is_for_files).map(|pool| pool.pattern.span);
        let is_on_it = |storage: &&Item<Storage>| {
            storage.value.kind.as_ref().is_some_and(|kind| kind.value == StorageKind::Cephfs)
        };
        pool.or_else(|| self.storages().find(is_on_it).map(|storage| storage.pattern.span))
    }

    /// The failure domain that a node is in, by name; a design that names no site stands in one.
    ///
    /// # Errors
    /// The key that is missing.
    pub fn failure_domain_of<'t>(&'t self, node: &'t Node<'d>, domain: FailureDomain) -> Result<Cow<'t, str>, String> {
        let no_site = || self.design.site.is_none() && self.nodes.iter().all(|node| node.site().is_none());
        match domain {
            FailureDomain::Osd | FailureDomain::Host => Ok(Cow::Borrowed(&node.name)),
            FailureDomain::Rack => match (node.site(), node.rack()) {
                // Two sites may both have a rack of one name.
                (Some(site), Some(rack)) => Ok(Cow::Owned(format!("{site}/{rack}"))),
                (None, Some(rack)) => Ok(Cow::Borrowed(rack)),
                (_, None) => Err(format!("{}.rack", node.path())),
            },
            FailureDomain::Site if no_site() => Ok(Cow::Borrowed("")),
            FailureDomain::Site => node.site().map(Cow::Borrowed).ok_or_else(|| format!("{}.site", node.path())),
        }
    }
}
