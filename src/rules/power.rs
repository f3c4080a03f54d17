//! Power supplies of devices and the feeds they hang on.

use super::{Judge, Raised, Subject};
use crate::capacity::power::{FeedLoad, FeedLoads, feed_loads};
use crate::catalogue::parameters::power as parameters;
use crate::quantity::Power;
use crate::source::Span;
use crate::topology::{DeviceId, Feed, Supplies, Topology};
use crate::words;

pub(super) fn no_spare_supply(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    let groups = servers_and_switches(topology);
    if !topology.power_is_described() {
        if !groups.is_empty() {
            judge.unproven(Subject::new("power_feed", topology.anchor()), "power_feed");
        }
        return;
    }
    for (first, group) in groups {
        let supplies = topology.supplies(first);
        let spare = has_spare(&supplies);
        if spare == Some(true) {
            judge.holds();
        } else if spare == Some(false) {
            let (count, needed) = (supplies.count.unwrap_or(0), supplies.needed.unwrap_or(0));
            let raised = judge.violated(subject(topology, first)).at(fitted_span(topology, first));
            raised.with("devices", names(topology, &group)).with("count", count).with("needed", needed);
        } else if topology.design.power_feed.is_some() {
            let key = if supplies.count.is_some() { "power_supplies.needed" } else { "power_supplies.count" };
            judge.unproven(subject(topology, first), topology.model_key(first, key));
        }
    }
}

pub(super) fn supplies_on_one_feed(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    let mut alone: Vec<(DeviceId, Vec<DeviceId>, usize)> = Vec::new();
    for (first, group) in servers_and_switches(topology) {
        let supplies = topology.supplies(first);
        if has_spare(&supplies) == Some(false) {
            continue;
        }
        match supplies.vital_feeds() {
            Some(vital) => match vital.first() {
                Some(feed) => alone.push((first, group, *feed)),
                None => judge.holds(),
            },
            // Supplies that are not known at all are asked for once, by the rule on spare supplies.
            None if supplies.feeds.is_none() && supplies.needed.is_some() && topology.design.power_feed.is_some() => {
                let key = format!("{}.power", topology.written_path(first));
                judge.unproven(subject(topology, first), key);
            }
            None => {}
        }
    }
    if let [feed] = topology.feeds.as_slice() {
        let devices: Vec<DeviceId> = alone.iter().flat_map(|(_, group, _)| group.iter().copied()).collect();
        if !devices.is_empty() {
            depends(judge.violated(Subject::new(feed.path(), feed.span())), topology, &devices, feed);
        }
        return;
    }
    for (first, group, feed) in alone {
        let at = topology.named_feeds(first).map_or(topology.device_span(first), |named| named.span);
        let raised = judge.violated(subject(topology, first)).at(at);
        depends(raised, topology, &group, &topology.feeds[feed]);
    }
}

pub(super) fn supply_too_small(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    let mut seen: Vec<String> = Vec::new();
    for device in topology.devices() {
        let (Some((path, span)), Some(fitted)) = (topology.model_of(device), topology.fitted(device)) else { continue };
        if seen.contains(&path) {
            continue;
        }
        seen.push(path.clone());
        let subject = Subject::new(path.clone(), span);
        let (Some(rating), Some(draw)) = (&fitted.value.rating, topology.draw(device)) else {
            if fitted.value.rating.is_some() {
                judge.unproven(subject, format!("{path}.draw"));
            } else if topology.draw(device).is_some() {
                judge.unproven(subject, format!("{path}.power_supplies.rating"));
            }
            continue;
        };
        let Some(needed) = topology.supplies(device).needed else { continue };
        let together = rating.value * needed as f64;
        if together >= draw.value {
            judge.holds();
            continue;
        }
        let raised = judge.violated(subject).at(draw.span).label("rating", rating.span);
        raised.with("model", path).with("draw", draw.value).with("needed", needed).with("together", together);
        raised.about(topology.written_path(device));
    }
}

pub(super) fn no_ups(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    if topology.high_availability() == Some(false) {
        return;
    }
    for feeds in by_site(topology) {
        let Some(first) = feeds.first() else { continue };
        let ups = |feed: &Feed<'_>| feed.item.value.ups.as_ref().map(|ups| ups.value);
        let subject = Subject::new(first.path(), first.span());
        if feeds.iter().any(|feed| ups(feed) == Some(true)) {
            judge.holds();
        } else if let Some(open) = feeds.iter().find(|feed| ups(feed).is_none()) {
            judge.unproven(Subject::new(open.path(), open.span()), format!("{}.ups", open.path()));
        } else if topology.high_availability().is_none() {
            judge.unproven(subject, "ha.enabled");
        } else {
            let at = first.item.value.ups.as_ref().map_or(first.span(), |ups| ups.span);
            let raised = judge.violated(subject).at(at);
            raised.with("feeds", feeds.iter().map(|feed| feed.name.clone()).collect::<Vec<_>>());
            about(raised, feeds.iter().map(|feed| feed.path()));
        }
    }
}

pub(super) fn feed_overloaded(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    let Some(FeedLoads { loads, missing }) = judged_loads(topology) else { return };
    let mut open: Vec<(&Feed<'_>, Option<String>)> = Vec::new();
    for load in worst_by_table(topology, loads) {
        let feed = &topology.feeds[load.feed];
        match &feed.item.value.capacity {
            None => open.push((feed, Some(format!("{}.capacity", feed.path())))),
            Some(capacity) if load.load > capacity.value => {
                let raised = judge.violated(Subject::new(feed.path(), feed.span())).at(capacity.span);
                loaded(raised, topology, &load, capacity.value);
            }
            Some(_) if missing.is_empty() => judge.holds(),
            Some(_) => open.push((feed, None)),
        }
    }
    let Some((first, _)) = open.first() else { return };
    let raised = judge.unproven(Subject::new(first.path(), first.span()), String::new());
    let mut keys: Vec<String> = open.into_iter().filter_map(|(_, key)| key).chain(missing).collect();
    keys.dedup();
    raised.missing = keys;
}

pub(super) fn feed_without_reserve(judge: &mut Judge<'_>, limits: &parameters::FeedWithoutReserve) {
    let topology = judge.topology();
    let Some(FeedLoads { loads, missing }) = judged_loads(topology) else { return };
    for load in worst_by_table(topology, loads) {
        let feed = &topology.feeds[load.feed];
        // A feed past its whole capacity is the other rule's, and so are questions.
        let Some(capacity) = feed.item.value.capacity.as_ref().filter(|capacity| load.load <= capacity.value) else {
            continue;
        };
        if load.load > capacity.value * limits.share.base() {
            let raised = judge.violated(Subject::new(feed.path(), feed.span())).at(capacity.span);
            loaded(raised, topology, &load, capacity.value);
        } else if missing.is_empty() {
            judge.holds();
        }
    }
}

pub(super) fn mlag_peers_on_one_feed(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    for mlag in &topology.mlags {
        let vital = mlag.peers.iter().map(|peer| topology.supplies(DeviceId::Switch(*peer)).vital_feeds());
        let Some(vital) = vital.collect::<Option<Vec<Vec<usize>>>>() else { continue };
        let [one, other] = vital.as_slice() else { continue };
        let Some(shared) = one.iter().find(|feed| other.contains(feed)) else {
            judge.holds();
            continue;
        };
        let feed = &topology.feeds[*shared];
        let raised = judge.violated(Subject::new(mlag.path(), mlag.item.pattern.span));
        raised.with("mlag", mlag.item.pattern.value.as_str()).with("feed", feed.name.as_str());
        raised.label("feed", feed.span()).about(feed.path());
        let switches = mlag.peers.iter().map(|peer| &topology.switches[*peer]);
        about(raised, switches.flat_map(|switch| [switch.path(), switch.written_path()]));
    }
}

/// Servers and switches by the table that describes them, each with the first of its devices.
fn servers_and_switches(topology: &Topology<'_>) -> Vec<(DeviceId, Vec<DeviceId>)> {
    let groups = topology.written_devices().into_iter();
    let groups = groups.filter_map(|group| Some((group.first().copied()?, group)));
    groups.filter(|(first, _)| !matches!(first, DeviceId::Firewall(_))).collect()
}

/// Whether a supply may fail; nothing where that is not known.
fn has_spare(supplies: &Supplies) -> Option<bool> {
    Some(supplies.count? > supplies.needed?)
}

fn subject(topology: &Topology<'_>, device: DeviceId) -> Subject {
    Subject::new(topology.written_path(device), topology.device_span(device))
}

fn names(topology: &Topology<'_>, devices: &[DeviceId]) -> Vec<String> {
    devices.iter().map(|device| topology.name(*device).to_owned()).collect()
}

/// Where the supplies of a device are written, or else the device.
fn fitted_span(topology: &Topology<'_>, device: DeviceId) -> Span {
    let fitted = topology.fitted(device).map(|fitted| fitted.span);
    let named = topology.named_feeds(device).map(|named| named.span);
    fitted.or(named).unwrap_or(topology.device_span(device))
}

fn depends(raised: &mut Raised, topology: &Topology<'_>, devices: &[DeviceId], feed: &Feed<'_>) {
    raised.with("devices", names(topology, devices)).with("feed", feed.name.as_str());
    raised.label("feed", feed.span());
    about(raised, devices.iter().map(|device| topology.written_path(*device)));
}

fn about(raised: &mut Raised, paths: impl Iterator<Item = String>) {
    for path in paths {
        if !raised.about.contains(&path) {
            raised.about(path);
        }
    }
}

/// Feeds by the site they supply.
fn by_site<'t, 'd>(topology: &'t Topology<'d>) -> Vec<Vec<&'t Feed<'d>>> {
    let site = |feed: &Feed<'d>| feed.item.value.site.as_ref().map(|site| site.value.as_str());
    let mut groups: Vec<Vec<&Feed<'_>>> = Vec::new();
    for feed in &topology.feeds {
        match groups.iter_mut().find(|group| group.iter().all(|known| site(known) == site(feed))) {
            Some(group) => group.push(feed),
            None => groups.push(vec![feed]),
        }
    }
    groups
}

/// What feeds carry, where the design says what one of them takes or what a device draws.
fn judged_loads(topology: &Topology<'_>) -> Option<FeedLoads> {
    let limited = topology.feeds.iter().any(|feed| feed.item.value.capacity.is_some());
    let drawn = !topology.feeds.is_empty() && topology.devices().any(|device| topology.draw(device).is_some());
    (limited || drawn).then(|| feed_loads(topology))
}

/// The largest load among the feeds of each table.
fn worst_by_table(topology: &Topology<'_>, loads: Vec<FeedLoad>) -> Vec<FeedLoad> {
    let span = |load: &FeedLoad| topology.feeds[load.feed].span();
    let mut worst: Vec<FeedLoad> = Vec::new();
    for load in loads {
        match worst.iter_mut().find(|known| span(known) == span(&load)) {
            Some(known) if load.load > known.load => *known = load,
            Some(_) => {}
            None => worst.push(load),
        }
    }
    worst
}

fn loaded(raised: &mut Raised, topology: &Topology<'_>, load: &FeedLoad, capacity: Power) {
    let feeds = &topology.feeds;
    raised.with("feed", feeds[load.feed].name.as_str()).with("load", load.load.to(capacity.unit()));
    let lost = load.lost.map_or_else(words::evidence::none, |lost| feeds[lost].name.as_str().into());
    raised.with("lost", lost).with("capacity", capacity);
}
