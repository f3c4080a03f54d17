//! Devices to buy, with what is in them.

use std::collections::BTreeSet;

use foldhash::HashMap;

use super::{Part, PartKind};
use crate::design::{Card, ControllerMode, Item, ServerModel, Words as _};
use crate::quantity::{Size, units};
use crate::source::Span;
use crate::topology::{DeviceId, DiskGroup, Topology, disks_known};
use crate::words::{self, Said};

/// Servers, switches and firewalls by model.
pub(super) fn equipment(topology: &Topology<'_>) -> Vec<Part> {
    by_model(topology).iter().flat_map(|devices| of_model(topology, devices)).collect()
}

/// Devices of one model together, in the order in which the first of each is written; so are those of one kind without a model.
fn by_model(topology: &Topology<'_>) -> Vec<Vec<DeviceId>> {
    let mut models: Vec<Vec<DeviceId>> = Vec::new();
    let mut places: HashMap<(PartKind, Option<Span>), usize> = HashMap::default();
    for device in topology.devices() {
        let model = topology.model_of(device).map(|(_, span)| span);
        let place = *places.entry((kind_of(device), model)).or_insert(models.len());
        if place == models.len() {
            models.push(Vec::new());
        }
        models[place].push(device);
    }
    models
}

fn kind_of(device: DeviceId) -> PartKind {
    match device {
        DeviceId::Node(_) => PartKind::Server,
        DeviceId::Switch(_) => PartKind::Switch,
        DeviceId::Firewall(_) => PartKind::Firewall,
    }
}

/// Devices of one model with what is in them.
fn of_model(topology: &Topology<'_>, devices: &[DeviceId]) -> Vec<Part> {
    let Some(first) = devices.first().copied() else { return Vec::new() };
    let number = devices.len() as u64;
    let all: BTreeSet<DeviceId> = devices.iter().copied().collect();
    let model = topology.described_model(first);
    let description = model.and_then(|(_, description)| description);
    let height = topology.height(first).map(|height| format!("{height} U").into());
    let device = Part::new(kind_of(first), Some(number))
        .of(model.map(|(name, _)| name.as_str()))
        .described([description.map(|text| text.as_str().into()), height]);
    let mut missing: Vec<String> = devices.iter().map(|device| topology.model_key(*device, "description")).collect();
    missing.dedup();
    let mut rows = vec![if description.is_some() { device } else { device.lacking_all(missing) }];
    if let DeviceId::Node(index) = first {
        rows.extend(topology.nodes[index].model.into_iter().flat_map(|model| inside(model, number)));
    }
    rows.extend(power_supplies(topology, first, number));
    rows.into_iter().map(|row| row.used_by(topology, &all)).collect()
}

/// What is in so many servers of a model.
fn inside(model: &Item<ServerModel>, servers: u64) -> Vec<Part> {
    let mut rows = vec![processors(model, servers), memory(model, servers)];
    let path = format!("server_model.{}", model.pattern.value);
    match &model.value.cards {
        Some(cards) => rows.extend(cards.value.iter().filter_map(|item| card(item, &path, servers))),
        None => rows.push(Part::new(PartKind::Card, None).lacking(format!("{path}.cards"))),
    }
    for item in model.value.controllers.iter().flat_map(|controllers| controllers.value.iter()) {
        let mode = item.value.mode.as_ref().map(|mode| mode.value);
        // Drives that hang on the mainboard or the processor have no controller that could be bought.
        if mode == Some(ControllerMode::Direct) {
            continue;
        }
        let named = item.value.model.as_ref();
        let row = Part::new(PartKind::Controller, Some(servers * item.names.len() as u64))
            .of(named.map(|model| model.value.as_str()))
            .described([Some(Said::from(item.pattern.value.as_str())), mode.map(|mode| mode.word().into())]);
        rows.push(if named.is_some() {
            row
        } else {
            row.lacking(format!("{path}.controllers.{}.model", item.pattern.value))
        });
    }
    if !disks_known(&model.value) {
        rows.push(Part::new(PartKind::Disk, None).lacking(format!("{path}.disks")));
    }
    rows.extend(DiskGroup::of_model(model).filter(|group| group.count() != Some(0)).map(|group| disk(group, servers)));
    rows
}

fn processors(model: &Item<ServerModel>, servers: u64) -> Part {
    let path = format!("server_model.{}.cpu", model.pattern.value);
    let Some(cpu) = model.value.cpu.as_ref().map(|cpu| &cpu.value) else {
        return Part::new(PartKind::Processor, None).lacking(path);
    };
    let sockets = cpu.sockets.as_ref().map_or(1, |sockets| u64::from(sockets.value));
    let row = Part::new(PartKind::Processor, Some(sockets * servers))
        .of(cpu.model.as_ref().map(|model| model.value.as_str()))
        .described([
            cpu.vendor.as_ref().map(|vendor| vendor.value.word().into()),
            cpu.cores.as_ref().map(|cores| words::parts::cores(cores.value)),
            cpu.threads.as_ref().map(|threads| words::parts::threads(threads.value)),
        ]);
    if cpu.model.is_some() { row } else { row.lacking(format!("{path}.model")) }
}

fn memory(model: &Item<ServerModel>, servers: u64) -> Part {
    let path = format!("server_model.{}.memory", model.pattern.value);
    let Some(memory) = model.value.memory.as_ref().map(|memory| &memory.value) else {
        return Part::new(PartKind::Memory, None).lacking(path);
    };
    let capacity = memory.capacity.as_ref().map(|capacity| capacity.value);
    let modules = memory.modules.as_ref().map(|modules| modules.value);
    let ecc = memory.ecc.as_ref().map(|ecc| if ecc.value { "ECC".into() } else { words::parts::without_ecc() });
    let row = Part::new(PartKind::Memory, modules.map(|modules| u64::from(modules) * servers));
    match (modules, capacity) {
        (Some(modules), Some(capacity)) => {
            let each = each_module(capacity, modules).map(words::parts::module);
            row.described([each, ecc, Some(words::parts::memory_in_modules(capacity, modules))])
        }
        (Some(modules), None) => {
            row.described([ecc, Some(words::parts::modules(modules))]).lacking(format!("{path}.capacity"))
        }
        (None, capacity) => {
            let each = capacity.map(words::parts::memory_without_modules);
            let row = row.described([each, ecc]).lacking(format!("{path}.modules"));
            if capacity.is_some() { row } else { row.lacking(format!("{path}.capacity")) }
        }
    }
}

/// Size of one of equal modules, where it is one that modules can have: a whole number of GiB.
fn each_module(capacity: Size, modules: u32) -> Option<Size> {
    let each = (capacity / f64::from(modules)).to(&units::GIB);
    (each.amount() >= 1.0 && each.amount().fract() == 0.0).then_some(each)
}

/// A card, unless it comes with the server.
fn card(item: &Item<Card>, path: &str, servers: u64) -> Option<Part> {
    let card = &item.value;
    if card.onboard.as_ref().is_some_and(|onboard| onboard.value) {
        return None;
    }
    let ports = match (card.ports.as_ref(), card.speed.as_ref()) {
        (Some(ports), Some(speed)) => Some(format!("{} x {}", ports.value, speed.value).into()),
        (Some(ports), None) => Some(words::parts::ports(ports.value)),
        (None, speed) => speed.map(|speed| speed.value.into()),
    };
    let form_factor = card.form_factor.as_ref().map(|form| form.value.word().into());
    let row = Part::new(PartKind::Card, Some(servers * item.names.len() as u64))
        .of(card.model.as_ref().map(|model| model.value.as_str()))
        .described([Some(item.pattern.value.as_str().into()), ports, form_factor]);
    if card.model.is_some() {
        return Some(row);
    }
    let path = format!("{path}.cards.{}", item.pattern.value);
    let missing =
        [("ports", card.ports.is_none()), ("speed", card.speed.is_none()), ("form_factor", card.form_factor.is_none())];
    let keys = missing.into_iter().filter(|(_, open)| *open).map(|(key, _)| format!("{path}.{key}"));
    Some(row.lacking_all(keys))
}

fn disk(group: DiskGroup<'_>, servers: u64) -> Part {
    let disk = group.disk();
    let capacity = group.capacity().map(Said::from);
    let protected = disk.power_loss_protection.as_ref().filter(|protected| protected.value);
    let media = group.media().map(|media| media.word().into());
    let missing = [("count", group.count().is_none()), ("capacity", capacity.is_none()), ("media", media.is_none())];
    let named = disk.model.as_ref();
    let row = Part::new(PartKind::Disk, group.count().map(|count| u64::from(count) * servers))
        .of(named.map(|model| model.value.as_str()))
        .described([
            Some(group.item.pattern.value.as_str().into()),
            capacity,
            media,
            disk.endurance.as_ref().map(|endurance| endurance.value.into()),
            protected.map(|_| words::parts::power_loss_protection()),
        ]);
    // A model says what one disk is, not how many there are.
    let open = missing.into_iter().filter(|(key, open)| *open && (named.is_none() || *key == "count"));
    row.lacking_all(open.map(|(key, _)| format!("{}.{key}", group.path())))
}

/// Power supplies of devices whose model counts them.
fn power_supplies(topology: &Topology<'_>, device: DeviceId, devices: u64) -> Option<Part> {
    let fitted = &topology.fitted(device)?.value;
    let count = fitted.count.as_ref()?;
    let rating = fitted.rating.as_ref().map(|rating| rating.value.into());
    let row = Part::new(PartKind::PowerSupply, Some(u64::from(count.value) * devices)).described([rating]);
    let key = || topology.model_key(device, "power_supplies.rating");
    Some(if fitted.rating.is_some() { row } else { row.lacking(key()) })
}
