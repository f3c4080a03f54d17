//! Where Ceph's monitors run.

use std::collections::{BTreeMap, BTreeSet};

use super::{Judge, Subject};
use crate::source::Span;
use crate::topology::{Gap, Node, Topology};

/// Nodes with a monitor and where that is written; asked for where Ceph is part of the design and nobody says.
fn monitors<'a>(judge: &mut Judge<'a>) -> Option<(Vec<&'a Node<'a>>, Span)> {
    let topology = judge.topology();
    if !topology.has_ceph() {
        return None;
    }
    let Some(written) = topology.design.ceph.as_ref().and_then(|ceph| ceph.value.monitors.as_ref()) else {
        judge.gap(&Gap::below("ceph".to_owned(), "monitors", topology.ceph_span()));
        return None;
    };
    let nodes: Vec<&Node<'_>> = written.value.iter().filter_map(|name| topology.node(name)).collect();
    (!nodes.is_empty()).then_some((nodes, written.span))
}

/// Judges whether two monitors are in one place while another place with nodes has none.
fn share<'a>(judge: &mut Judge<'a>, key: &str, least: usize, place: impl Fn(&Node<'a>) -> Option<String>) {
    let topology = judge.topology();
    if topology.nodes.iter().all(|node| place(node).is_none()) {
        return;
    }
    let Some((monitors, span)) = monitors(judge) else { return };
    if let Some(silent) = topology.nodes.iter().find(|node| place(node).is_none()) {
        judge.gap(&Gap::below(silent.path(), key, silent.span()));
        return;
    }
    let places: BTreeSet<String> = topology.nodes.iter().filter_map(&place).collect();
    if places.len() < least {
        return;
    }
    let mut taken: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for node in &monitors {
        taken.entry(place(node).unwrap_or_default()).or_default().push(node.name.to_string());
    }
    let free: Vec<String> = places.into_iter().filter(|place| !taken.contains_key(place)).collect();
    let fullest = taken.into_iter().reduce(|most, own| if own.1.len() > most.1.len() { own } else { most });
    match fullest {
        Some((shared, names)) if names.len() > 1 && !free.is_empty() => {
            let raised = judge.violated(Subject::new("ceph.monitors", span)).with("monitors", names);
            raised.with("place", shared).with("free", free).label("monitors", span);
        }
        _ => judge.holds(),
    }
}

/// A rack by its name, with the site before it where there is one: two sites may both have a rack of one name.
fn rack(node: &Node<'_>) -> Option<String> {
    let rack = node.rack()?;
    Some(node.site().map_or(rack.to_owned(), |site| format!("{site}/{rack}")))
}

pub(super) fn share_rack(judge: &mut Judge<'_>) {
    share(judge, "rack", 2, rack);
}

pub(super) fn share_site(judge: &mut Judge<'_>) {
    // With two sites one has the majority wherever it goes.
    share(judge, "site", 1 + 2, |node| node.site().map(str::to_owned));
}

pub(super) fn share_feed(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    if !topology.power_is_described() {
        return;
    }
    let Some((monitors, span)) = monitors(judge) else { return };
    let Some(stopping) = stopping_with_feed(judge, topology, &monitors) else { return };
    let worst = stopping.into_iter().reduce(|most, own| if own.1.len() > most.1.len() { own } else { most });
    match worst {
        Some((feed, names)) if names.len() * 2 >= monitors.len() => {
            let raised = judge.violated(Subject::new("ceph.monitors", span));
            raised.with("left", monitors.len() - names.len()).with("all", monitors.len()).with("monitors", names);
            raised.with("feed", topology.feeds[feed].name.as_str()).label("feed", topology.feeds[feed].span());
            raised.about(topology.feeds[feed].path());
        }
        _ => judge.holds(),
    }
}

/// Monitors that stop with each feed; nothing where a supply is not known, which is asked for.
fn stopping_with_feed(
    judge: &mut Judge<'_>,
    topology: &Topology<'_>,
    monitors: &[&Node<'_>],
) -> Option<BTreeMap<usize, Vec<String>>> {
    let mut stopping: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    let mut asked: BTreeSet<String> = BTreeSet::new();
    for node in monitors {
        let device = node.device();
        let Some(feeds) = topology.supplies(device).vital_feeds() else {
            let missing = topology.missing_power(device).unwrap_or_else(|| format!("{}.power", node.path()));
            if asked.insert(missing.clone()) {
                judge.unproven(Subject::new(node.path(), node.span()), missing);
            }
            continue;
        };
        for feed in feeds {
            stopping.entry(feed).or_default().push(node.name.to_string());
        }
    }
    asked.is_empty().then_some(stopping)
}
