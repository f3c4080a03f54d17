//! What stands between Ceph and its disks.

use super::{Judge, Raised, Subject};
use crate::design::{Controller, ControllerMode, Item, Media, Text};
use crate::source::Span;
use crate::topology::{DiskGroup, ModelInUse};

/// A controller with the disks on it that Ceph writes to.
struct Hung<'a> {
    path: String,
    model: &'a str,
    controller: &'a Item<Controller>,
    disks: Vec<DiskGroup<'a>>,
}

impl Hung<'_> {
    fn mode(&self) -> Option<ControllerMode> {
        self.controller.value.mode.as_ref().map(|mode| mode.value)
    }

    fn subject(&self) -> Subject {
        Subject::new(self.path.clone(), self.span())
    }

    fn span(&self) -> Span {
        self.controller.pattern.span
    }

    fn disk_names(&self) -> Vec<Text> {
        self.disks.iter().flat_map(|group| group.item.names.iter().cloned()).collect()
    }

    fn violates<'j>(&self, judge: &'j mut Judge<'_>) -> &'j mut Raised {
        let raised = judge.violated(self.subject());
        raised.at(self.controller.value.mode.as_ref().map_or(self.span(), |mode| mode.span));
        raised.with("disks", self.disk_names()).with("model", self.model);
        raised.with("controller", self.controller.names.clone());
        for group in &self.disks {
            raised.label("disks", group.span()).about(group.path());
        }
        raised
    }
}

/// Every controller of a model in use that has disks of Ceph on it.
fn controllers<'a>(judge: &Judge<'a>) -> Vec<Hung<'a>> {
    let mut hung = Vec::new();
    for model in judge.topology().models_in_use() {
        let disks = model.ceph_disks();
        let controllers = model.model.value.controllers.as_ref();
        for controller in controllers.into_iter().flat_map(|controllers| controllers.value.iter()) {
            let on_it = |group: &&DiskGroup<'a>| group.controller().is_some_and(|own| std::ptr::eq(own, controller));
            let disks: Vec<DiskGroup<'a>> = disks.iter().filter(on_it).copied().collect();
            if !disks.is_empty() {
                let path = format!("{}.controllers.{}", model.path(), controller.pattern.value);
                hung.push(Hung { path, model: &model.model.pattern.value, controller, disks });
            }
        }
    }
    hung
}

pub(super) fn osd_behind_raid(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    for hung in controllers(judge) {
        match hung.mode() {
            None => {
                judge.unproven(hung.subject(), format!("{}.mode", hung.path));
            }
            Some(ControllerMode::Hba | ControllerMode::Direct | ControllerMode::Raid0Single) => judge.holds(),
            Some(mode) => {
                hung.violates(judge).with("mode", mode.to_string());
            }
        }
    }
    for model in topology.models_in_use() {
        without_controller(judge, &model);
    }
    for gap in topology.disk_gaps() {
        judge.gap(&gap);
    }
}

/// NVMe drives may hang on the processor itself; for others a controller is missing.
fn without_controller(judge: &mut Judge<'_>, model: &ModelInUse<'_, '_>) {
    for group in model.ceph_disks().into_iter().filter(|group| group.controller().is_none()) {
        let subject = Subject::new(group.path(), group.span());
        match (&group.disk().controller, group.media()) {
            (Some(name), _) => {
                judge.unproven(subject, format!("{}.controllers.{}", model.path(), name.value));
            }
            (None, Some(Media::Nvme)) => judge.holds(),
            (None, _) => {
                judge.unproven(subject, format!("{}.controller", group.path()));
            }
        }
    }
}

pub(super) fn single_disk_raid0_at_own_risk(judge: &mut Judge<'_>) {
    single_disk_raid0(judge);
}

pub(super) fn raid0_not_supported(judge: &mut Judge<'_>) {
    single_disk_raid0(judge);
}

fn single_disk_raid0(judge: &mut Judge<'_>) {
    for hung in controllers(judge) {
        match hung.mode() {
            Some(ControllerMode::Raid0Single) => {
                hung.violates(judge);
            }
            Some(_) => judge.holds(),
            None => {}
        }
    }
}
