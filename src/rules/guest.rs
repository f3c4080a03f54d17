//! Guests: what their profiles, and the template behind them, leave to chance.

use super::{Judge, Raised, Subject};
use crate::catalogue::parameters::guest as parameters;
use crate::design::{Basis, Bus, CpuType, Environment, Guest, GuestOs, Item, Stage, Upgrade, Words};
use crate::source::{Span, Spanned};
use crate::topology::Topology;
use crate::words;

type Profile = Item<Guest>;

pub(super) fn cpu_type_below_os_level(judge: &mut Judge<'_>, limits: &parameters::CpuTypeBelowOsLevel) {
    for guest in judge.topology().guests() {
        let shown = guest.value.cpu_type.as_ref();
        let Some(os) = &guest.value.os else {
            match shown {
                Some(shown) if shown.value >= CpuType::V3 => judge.holds(),
                _ => unproven(judge, guest, "os"),
            }
            continue;
        };
        let Some(needed) = level(os.value, limits) else { continue };
        match shown {
            None => unproven(judge, guest, "cpu_type"),
            Some(shown) if shown.value >= needed => judge.holds(),
            Some(shown) => {
                violated(judge, guest, shown.span)
                    .with("os", os.value.word())
                    .with("needed", needed.word())
                    .with("cpu_type", shown.value.word())
                    .label("os", os.span);
            }
        }
    }
}

/// The processor type that a system needs at least; the types stand in the order of what they offer.
fn level(os: GuestOs, limits: &parameters::CpuTypeBelowOsLevel) -> Option<CpuType> {
    if limits.level_three.contains(&os.word()) {
        return Some(CpuType::V3);
    }
    limits.level_two.contains(&os.word()).then_some(CpuType::V2)
}

pub(super) fn cpu_type_left_to_default(judge: &mut Judge<'_>) {
    for guest in judge.topology().guests() {
        if guest.value.cpu_type.is_some() {
            judge.holds();
        } else if !guest.value.unread.contains(&"cpu_type") {
            violated(judge, guest, guest.pattern.span);
        }
    }
}

pub(super) fn nested_in_production(judge: &mut Judge<'_>, limits: &parameters::NestedInProduction) {
    if judge.topology().environment() != Environment::Production {
        return;
    }
    for guest in judge.topology().guests() {
        match &guest.value.nested {
            Some(nested) if nested.value => {
                violated(judge, guest, nested.span);
            }
            Some(_) => judge.holds(),
            None if is_hypervisor(guest, limits.hypervisors) => unproven(judge, guest, "nested"),
            None => {}
        }
    }
}

pub(super) fn nested_without_host_cpu(judge: &mut Judge<'_>, limits: &parameters::NestedWithoutHostCpu) {
    for guest in judge.topology().guests() {
        let nested = guest.value.nested.as_ref().map(|nested| nested.value);
        let implied = nested.is_none() && is_hypervisor(guest, limits.hypervisors);
        if nested != Some(true) && !implied {
            continue;
        }
        match &guest.value.cpu_type {
            Some(shown) if limits.types.contains(&shown.value.word()) => judge.holds(),
            _ if implied => unproven(judge, guest, "nested"),
            None => unproven(judge, guest, "cpu_type"),
            Some(shown) => {
                let raised = violated(judge, guest, shown.span).with("cpu_type", shown.value.word());
                guest.value.nested.iter().for_each(|nested| _ = raised.label("nested", nested.span));
            }
        }
    }
}

fn is_hypervisor(guest: &Profile, hypervisors: &[&str]) -> bool {
    guest.value.os.as_ref().is_some_and(|os| hypervisors.contains(&os.value.word()))
}

pub(super) fn discard_off_on_thin_storage(judge: &mut Judge<'_>, limits: &parameters::DiscardOffOnThinStorage) {
    let topology = judge.topology();
    for guest in topology.guests() {
        let thin = thin(topology, guest, limits);
        match (thin, &guest.value.discard) {
            (Ok(false), _) => {}
            (_, Some(discard)) if discard.value => judge.holds(),
            (Err(missing), _) => _ = judge.unproven(subject(guest), missing),
            (Ok(true), None) => unproven(judge, guest, "discard"),
            (Ok(true), Some(discard)) => {
                let name = guest.value.storage.as_ref().map_or("", |storage| storage.value.as_str());
                let raised = violated(judge, guest, discard.span).with("storage", name);
                if let Some(storage) = topology.storage(name) {
                    raised.label("storage", storage.pattern.span).about(format!("storage.{}", storage.pattern.value));
                }
            }
        }
    }
}

/// Whether a guest lies on thin storage, or the key that would tell.
fn thin(
    topology: &Topology<'_>,
    guest: &Profile,
    limits: &parameters::DiscardOffOnThinStorage,
) -> Result<bool, String> {
    let name = guest.value.storage.as_ref().ok_or_else(|| format!("{}.storage", path(guest)))?;
    let storage = topology.storage(&name.value).ok_or_else(|| format!("storage.{}", name.value))?;
    let key = |key: &str| format!("storage.{}.{key}", storage.pattern.value);
    if let Some(thin) = &storage.value.thin {
        return Ok(thin.value);
    }
    let kind = storage.value.kind.as_ref().ok_or_else(|| key("kind"))?.value.word();
    match (limits.thin_kinds.contains(&kind), limits.thick_kinds.contains(&kind)) {
        (true, _) => Ok(true),
        (false, true) => Ok(false),
        (false, false) => Err(key("thin")),
    }
}

pub(super) fn discard_on_old_kernel(judge: &mut Judge<'_>, limits: &parameters::DiscardOnOldKernel) {
    for guest in judge.topology().guests().filter(|guest| discards(guest) && !is_windows(guest)) {
        match older(guest, limits.kernel_major, limits.newer) {
            Err(missing) => unproven(judge, guest, missing),
            Ok(None) => judge.holds(),
            Ok(Some(kernel)) => {
                violated(judge, guest, kernel.span).with("kernel", kernel.value.to_string());
            }
        }
    }
}

pub(super) fn discard_on_virtio_block_with_old_kernel(
    judge: &mut Judge<'_>,
    limits: &parameters::DiscardOnVirtioBlockWithOldKernel,
) {
    for guest in judge.topology().guests().filter(|guest| discards(guest) && !is_windows(guest)) {
        let bus = guest.value.bus.as_ref();
        if bus.is_some_and(|bus| bus.value != Bus::VirtioBlock) {
            continue;
        }
        match (older(guest, limits.kernel_major, limits.newer), bus) {
            (Ok(None), _) => judge.holds(),
            (_, None) => unproven(judge, guest, "bus"),
            (Err(missing), Some(_)) => unproven(judge, guest, missing),
            (Ok(Some(kernel)), Some(bus)) => {
                violated(judge, guest, bus.span).with("kernel", kernel.value.to_string()).label("kernel", kernel.span);
            }
        }
    }
}

pub(super) fn ssd_emulation_on_virtio_block(judge: &mut Judge<'_>) {
    for guest in judge.topology().guests() {
        let Some(emulation) = guest.value.ssd_emulation.as_ref().filter(|emulation| emulation.value) else { continue };
        match &guest.value.bus {
            None => unproven(judge, guest, "bus"),
            Some(bus) if bus.value == Bus::VirtioBlock => {
                violated(judge, guest, bus.span).label("ssd_emulation", emulation.span);
            }
            Some(_) => judge.holds(),
        }
    }
}

fn discards(guest: &Profile) -> bool {
    guest.value.discard.as_ref().is_some_and(|discard| discard.value)
}

fn is_windows(guest: &Profile) -> bool {
    let windows = [GuestOs::WindowsServer2022, GuestOs::WindowsServer2025];
    guest.value.os.as_ref().is_some_and(|os| windows.contains(&os.value))
}

/// The guest's kernel where it is older than a major version, or the key that would tell.
fn older<'d>(
    guest: &'d Profile,
    major: u32,
    newer: &[&str],
) -> Result<Option<&'d Spanned<crate::design::Release>>, &'static str> {
    match (&guest.value.kernel, &guest.value.os) {
        (Some(kernel), _) => Ok(Some(kernel).filter(|kernel| kernel.value.major < major)),
        (None, Some(os)) if newer.contains(&os.value.word()) => Ok(None),
        (None, Some(_)) => Err("kernel"),
        (None, None) => Err("os"),
    }
}

pub(super) fn agent_not_enabled(judge: &mut Judge<'_>) {
    for guest in judge.topology().guests() {
        let settings =
            [("guest_agent", &guest.value.guest_agent), ("guest_agent_installed", &guest.value.guest_agent_installed)];
        let off: Vec<(&str, Span)> = settings
            .iter()
            .filter_map(|(key, setting)| setting.as_ref().filter(|on| !on.value).map(|on| (*key, on.span)))
            .collect();
        let unset = settings.iter().find(|(_, setting)| setting.is_none());
        match (off.as_slice(), unset) {
            ([], None) => judge.holds(),
            ([], Some((key, _))) => unproven(judge, guest, key),
            ([first, others @ ..], _) => {
                let keys: Vec<&str> = off.iter().map(|(key, _)| *key).collect();
                let raised = violated(judge, guest, first.1).with("settings", keys);
                for (_, span) in others {
                    raised.label("other", *span);
                }
            }
        }
    }
}

pub(super) fn upgrade_at_every_boot(judge: &mut Judge<'_>) {
    for guest in judge.topology().guests() {
        match &guest.value.upgrade {
            None => unproven(judge, guest, "upgrade"),
            Some(upgrade) if upgrade.value == Upgrade::EveryBoot => {
                violated(judge, guest, upgrade.span).fix(upgrade.span);
            }
            Some(_) => judge.holds(),
        }
    }
}

pub(super) fn root_disk_not_grown(judge: &mut Judge<'_>, limits: &parameters::RootDiskNotGrown) {
    for guest in judge.topology().guests() {
        let from_image = guest.value.cloud_init.as_ref().map(|cloud_init| cloud_init.value);
        match (&guest.value.root_disk, from_image) {
            (_, Some(false)) => {}
            (Some(disk), _) if disk.value > limits.limit => judge.holds(),
            (None, _) => unproven(judge, guest, "root_disk"),
            (Some(_), None) => unproven(judge, guest, "cloud_init"),
            (Some(disk), Some(true)) => {
                violated(judge, guest, disk.span).with("root_disk", disk.value);
            }
        }
    }
}

pub(super) fn without_cloud_init(judge: &mut Judge<'_>) {
    for guest in judge.topology().guests() {
        match &guest.value.cloud_init {
            None => unproven(judge, guest, "cloud_init"),
            Some(used) if used.value => judge.holds(),
            Some(used) => _ = violated(judge, guest, used.span),
        }
    }
}

pub(super) fn template_opens_more_than_ssh(judge: &mut Judge<'_>, limits: &parameters::TemplateOpensMoreThanSsh) {
    for guest in judge.topology().guests() {
        let Some(open) = &guest.value.open_ports else {
            unproven(judge, guest, "open_ports");
            continue;
        };
        let surplus: Vec<_> = open.value.iter().filter(|port| port.value != limits.allowed).collect();
        match surplus.first() {
            None => judge.holds(),
            Some(first) => {
                let ports: Vec<String> = surplus.iter().map(|port| port.value.to_string()).collect();
                violated(judge, guest, first.span).with("ports", ports);
            }
        }
    }
}

pub(super) fn development_and_production_share_pool(judge: &mut Judge<'_>) {
    let guests: Vec<&Profile> = judge.topology().guests().collect();
    let staged = |stage: Stage| {
        let has = move |guest: &&&Profile| guest.value.stage.as_ref().is_some_and(|known| known.value == stage);
        guests.iter().filter(has).copied().collect::<Vec<_>>()
    };
    let (development, production) = (staged(Stage::Development), staged(Stage::Production));
    unstaged(judge, &guests);
    if development.is_empty() || production.is_empty() {
        return;
    }
    for guest in development.iter().chain(&production).filter(|guest| guest.value.resource_pool.is_none()) {
        unproven(judge, guest, "resource_pool");
    }
    for guest in development {
        let Some(pool) = &guest.value.resource_pool else { continue };
        let sharing: Vec<&&Profile> = production.iter().filter(|other| shares(guest, other)).collect();
        if sharing.is_empty() {
            judge.holds();
            continue;
        }
        let raised = judge.violated(subject(guest)).at(pool.span).with("development", name(guest));
        raised.with("production", sharing.iter().map(|other| name(other)).collect::<Vec<_>>());
        raised.with("pool", pool.value.as_str());
        for other in sharing {
            raised.label("production", other.pattern.span).about(path(other));
        }
    }
}

/// Guests of no known stage that share a pool with guests of a known one.
fn unstaged(judge: &mut Judge<'_>, guests: &[&Profile]) {
    for guest in guests.iter().filter(|guest| guest.value.stage.is_none()) {
        if guests.iter().any(|other| other.value.stage.is_some() && shares(guest, other)) {
            unproven(judge, guest, "stage");
        }
    }
}

fn shares(left: &Profile, right: &Profile) -> bool {
    let pool = |guest: &Profile| guest.value.resource_pool.as_ref().map(|pool| pool.value.clone());
    pool(left).is_some() && pool(left) == pool(right)
}

pub(super) fn io_not_measured(judge: &mut Judge<'_>) {
    for guest in judge.topology().guests() {
        match (&guest.value.iops, &guest.value.io_basis) {
            (None, _) => unproven(judge, guest, "iops"),
            (Some(_), None) => unproven(judge, guest, "io_basis"),
            (Some(iops), Some(basis)) => match basis.value {
                Basis::Measured => judge.holds(),
                Basis::Declared => {
                    let raised = violated(judge, guest, basis.span).with("iops", iops.value);
                    raised.with("basis", words::evidence::declared());
                }
            },
        }
    }
}

fn name(guest: &Profile) -> &str {
    &guest.pattern.value
}

fn path(guest: &Profile) -> String {
    format!("guest.{}", name(guest))
}

fn subject(guest: &Profile) -> Subject {
    Subject::new(path(guest), guest.pattern.span)
}

fn violated<'j>(judge: &'j mut Judge<'_>, guest: &Profile, at: Span) -> &'j mut Raised {
    judge.violated(subject(guest)).at(at).with("guest", name(guest))
}

fn unproven(judge: &mut Judge<'_>, guest: &Profile, key: &str) {
    judge.unproven(subject(guest), format!("{}.{key}", path(guest)));
}
