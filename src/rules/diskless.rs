//! Servers that start from the network: what they need before they can, and what they must not rely on.

use std::collections::BTreeSet;

use super::{Judge, Raised, Subject};
use crate::catalogue::parameters::diskless as parameters;
use crate::design::{Boot, DiskRole, ImageSource, Item, Provisioning, Purpose, ServerModel, Text};
use crate::quantity::Size;
use crate::source::{Span, Spanned};
use crate::topology::{DeviceId, DiskGroup, Network, Node, Topology};

pub(super) fn cannot_run_proxmox(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    for (model, nodes) in models(topology) {
        let subject = of_model(model);
        let groups: Vec<DiskGroup<'_>> = DiskGroup::of_model(model).collect();
        let has_system = groups.iter().any(|group| group.role() == Some(DiskRole::Os) && group.count() != Some(0));
        let open = groups.iter().find(|group| group.role().is_none());
        if has_system {
            judge.holds();
        } else if model.value.disks.is_none() {
            let key = format!("{}.disks", subject.path);
            judge.unproven(subject, key);
        } else if let Some(group) = open {
            judge.unproven(subject, format!("{}.role", group.path()));
        } else {
            let raised = judge.violated(subject).at(boot_span(model)).with("model", model.pattern.value.as_str());
            raised.with("node", names(&nodes));
            about(raised, &nodes);
        }
    }
}

pub(super) fn no_bmc_address(judge: &mut Judge<'_>) {
    member_of(judge, Purpose::Bmc, "address", |network, device| {
        network.attachment(device).is_some_and(|attachment| attachment.address.is_some())
    });
}

pub(super) fn no_system_uuid(judge: &mut Judge<'_>) {
    for nodes in written(judge.topology()) {
        let Some(first) = nodes.first() else { continue };
        let subject = Subject::new(first.path(), first.span());
        let Some(recorded) = &first.item.value.system_uuid else {
            let key = format!("{}.system_uuid", subject.path);
            judge.unproven(subject, key);
            continue;
        };
        // A list that is too long or too short has been reported with the text.
        if recorded.value.len() != first.item.names.len() {
            continue;
        }
        let different: BTreeSet<Text> = recorded.value.iter().map(|uuid| uuid.value.to_lowercase()).collect();
        if different.len() >= first.item.names.len() {
            judge.holds();
        } else {
            let raised = judge.violated(subject).at(recorded.span).with("node", names(&nodes));
            raised.with("uuids", different.len()).with("servers", first.item.names.len());
        }
    }
}

pub(super) fn servers_not_told_apart_by_uuid(judge: &mut Judge<'_>) {
    needs(judge, "by_uuid", |provisioning| provisioning.by_uuid.as_ref());
}

pub(super) fn no_provisioning_network(judge: &mut Judge<'_>) {
    member_of(judge, Purpose::Provisioning, "interface", |network, device| {
        network.attachment(device).is_some_and(|attachment| attachment.interface.is_some())
    });
}

pub(super) fn neighbour_not_checked(judge: &mut Judge<'_>) {
    needs(judge, "neighbour_check", |provisioning| provisioning.neighbour_check.as_ref());
}

pub(super) fn firmware_not_managed(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    for (model, nodes) in models(topology) {
        let subject = of_model(model);
        match &model.value.firmware_managed {
            None => {
                let key = format!("{}.firmware_managed", subject.path);
                judge.unproven(subject, key);
            }
            Some(managed) if !managed.value => {
                let raised = judge.violated(subject).at(managed.span).with("model", model.pattern.value.as_str());
                about(raised, &nodes);
            }
            Some(_) => judge.holds(),
        }
    }
}

pub(super) fn image_on_own_ceph(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    let nodes: Vec<&Node<'_>> = topology.nodes.iter().filter(|node| node.boots_from_network()).collect();
    if nodes.is_empty() {
        return;
    }
    let subject = provisioning_subject(topology);
    let Some(source) = provisioning(topology).and_then(|provisioning| provisioning.image_source.as_ref()) else {
        judge.unproven(subject, "provisioning.image_source");
        return;
    };
    let monitors = topology.design.ceph.as_ref().and_then(|ceph| ceph.value.monitors.as_ref());
    let is_monitor = |node: &Node<'_>| monitors.is_some_and(|monitors| monitors.value.contains(&node.name));
    let serving: Vec<&Node<'_>> =
        nodes.iter().copied().filter(|node| node.osd_groups().next().is_some() || is_monitor(node)).collect();
    if source.value != ImageSource::OwnCeph {
        judge.holds();
    } else if let Some(first) = serving.first() {
        let raised = judge.violated(subject).at(source.span).label("node", first.span()).with("node", names(&serving));
        about(raised, &serving);
    } else if monitors.is_none() {
        judge.unproven(subject, "ceph.monitors");
    } else {
        judge.holds();
    }
}

pub(super) fn image_memory_not_budgeted(judge: &mut Judge<'_>, limits: &parameters::ImageMemoryNotBudgeted) {
    let topology = judge.topology();
    for nodes in written(topology) {
        let Some(first) = nodes.first() else { continue };
        let subject = Subject::new(first.path(), first.span());
        let image = provisioning(topology).and_then(|provisioning| provisioning.image_size.as_ref());
        let (memory, image, guests) = match (first.memory(), image, guest_share(topology)) {
            (Some(memory), Some(image), Ok(guests)) => (memory, image, guests),
            (None, ..) => {
                let model = first.model.map_or("", |model| model.pattern.value.as_str());
                judge.unproven(subject, format!("server_model.{model}.memory.capacity"));
                continue;
            }
            (_, None, _) => {
                judge.unproven(subject, "provisioning.image_size");
                continue;
            }
            (.., Err(key)) => {
                judge.unproven(subject, key);
                continue;
            }
        };
        let left = memory.value - image.value - guests;
        if left >= limits.spare {
            judge.holds();
        } else {
            let raised = judge.violated(subject).at(image.span).label("memory", memory.span);
            raised.with("node", names(&nodes)).with("memory", memory.value).with("image", image.value);
            raised.with("guests", guests.to(memory.value.unit())).with("left", left);
            if let Some(model) = first.model {
                raised.about(of_model(model).path);
            }
        }
    }
}

pub(super) fn no_inventory(judge: &mut Judge<'_>) {
    needs(judge, "inventory", |provisioning| provisioning.inventory.as_ref());
}

fn names(nodes: &[&Node<'_>]) -> Vec<String> {
    nodes.iter().map(|node| node.name.to_string()).collect()
}

fn about(raised: &mut Raised, nodes: &[&Node<'_>]) {
    let paths: BTreeSet<String> = nodes.iter().map(|node| node.path()).collect();
    for path in paths {
        raised.about(path);
    }
}

fn of_model(model: &Item<ServerModel>) -> Subject {
    Subject::new(format!("server_model.{}", model.pattern.value), model.pattern.span)
}

fn boot_span(model: &Item<ServerModel>) -> Span {
    model.value.boot.as_ref().map_or(model.pattern.span, |boot| boot.span)
}

fn provisioning<'d>(topology: &Topology<'d>) -> Option<&'d Provisioning> {
    topology.design.provisioning.as_ref().map(|provisioning| &provisioning.value)
}

fn provisioning_subject(topology: &Topology<'_>) -> Subject {
    let table = topology.design.provisioning.as_ref();
    Subject::new("provisioning", table.map_or(topology.anchor(), |table| table.span))
}

/// Models that start from the network, with the nodes that are of them.
fn models<'t, 'd>(topology: &'t Topology<'d>) -> Vec<(&'d Item<ServerModel>, Vec<&'t Node<'d>>)> {
    let mut models: Vec<(&Item<ServerModel>, Vec<&Node<'_>>)> = Vec::new();
    for node in &topology.nodes {
        let Some(model) =
            node.model.filter(|model| model.value.boot.as_ref().map(|boot| boot.value) == Some(Boot::Network))
        else {
            continue;
        };
        match models.iter_mut().find(|(known, _)| std::ptr::eq(*known, model)) {
            Some((_, nodes)) => nodes.push(node),
            None => models.push((model, vec![node])),
        }
    }
    models
}

/// Nodes that start from the network, by the table that describes them.
fn written<'t, 'd>(topology: &'t Topology<'d>) -> Vec<Vec<&'t Node<'d>>> {
    let mut groups: Vec<Vec<&Node<'_>>> = Vec::new();
    for node in topology.nodes.iter().filter(|node| node.boots_from_network()) {
        match groups.last_mut() {
            Some(group) if group.iter().all(|last| std::ptr::eq(last.item, node.item)) => group.push(node),
            _ => groups.push(vec![node]),
        }
    }
    groups
}

/// Judges whether every node that starts from the network is in a network for `purpose` with what `has` looks for;
/// `key` is where that would be written.
fn member_of(judge: &mut Judge<'_>, purpose: Purpose, key: &str, has: impl Fn(&Network<'_>, DeviceId) -> bool) {
    let topology = judge.topology();
    let networks: Vec<&Network<'_>> = topology.networks_for(purpose).collect();
    for nodes in written(topology) {
        let Some(first) = nodes.first() else { continue };
        let subject = Subject::new(first.path(), first.span());
        let within = |network: &Network<'_>, node: &Node<'_>| network.attachment(node.device()).is_some();
        let served = |node: &&Node<'_>| networks.iter().any(|network| has(network, node.device()));
        let outside: Vec<&Node<'_>> =
            nodes.iter().copied().filter(|node| !networks.iter().any(|network| within(network, node))).collect();
        let open = networks.iter().find(|network| nodes.iter().any(|node| within(network, node) && !served(node)));
        if topology.networks.is_empty() {
            judge.unproven(subject, "network");
        } else if !outside.is_empty() {
            let raised = judge.violated(subject).with("node", names(&outside));
            if let Some(model) = first.model {
                raised.label("model", boot_span(model)).about(of_model(model).path);
            }
            for network in &networks {
                raised.about(network.path());
            }
        } else if let Some(network) = open {
            judge.unproven(subject, format!("{}.{key}", network.path()));
        } else {
            judge.holds();
        }
    }
}

/// Judges a switch of the provisioning table, where a node starts from the network.
fn needs(judge: &mut Judge<'_>, key: &str, switch: impl Fn(&Provisioning) -> Option<&Spanned<bool>>) {
    let topology = judge.topology();
    let models = models(topology);
    if models.is_empty() {
        return;
    }
    match provisioning(topology).and_then(switch) {
        None => _ = judge.unproven(provisioning_subject(topology), format!("provisioning.{key}")),
        Some(on) if !on.value => {
            let raised = judge.violated(provisioning_subject(topology)).at(on.span);
            for (model, _) in &models {
                raised.about(of_model(model).path);
            }
        }
        Some(_) => judge.holds(),
    }
}

/// Memory that the guests take on each node at full strength, or the key that is missing.
fn guest_share(topology: &Topology<'_>) -> Result<Size, String> {
    let Some(guests) = &topology.design.guest else { return Err("guest".to_owned()) };
    let mut sizes: Vec<Size> = Vec::new();
    for guest in guests.value.iter() {
        let path = |key: &str| format!("guest.{}.{key}", guest.pattern.value);
        let count = guest.value.count.as_ref().ok_or_else(|| path("count"))?;
        let memory = guest.value.memory.as_ref().ok_or_else(|| path("memory"))?;
        sizes.push(memory.value * f64::from(count.value) * guest.names.len() as f64);
    }
    Ok(sizes.into_iter().sum::<Size>() / topology.nodes.len().max(1) as f64)
}
