//! Room for data, before and after a loss.

use super::{Judge, Raised, Subject};
use crate::capacity::balance::fullest_fill;
use crate::capacity::fill::{Fill, fills};
use crate::capacity::promised::promised;
use crate::capacity::room::Part;
use crate::capacity::usable::{FillRatios, unmatched};
use crate::catalogue::parameters::capacity as parameters;
use crate::design::Text;
use crate::quantity::Ratio;
use crate::topology::{Redundancy, node_paths};

/// How full the OSDs of each class are; where a fact is missing the rule is unproven.
fn known<'d>(judge: &mut Judge<'d>) -> Vec<Fill<'d>> {
    let topology = judge.topology();
    let mut known = Vec::new();
    for (_, fill) in fills(topology) {
        match fill {
            Ok(fill) => known.push(fill),
            Err(missing) if missing.is_empty() => {}
            Err(missing) => judge.settle(Subject::new("ceph.pool", topology.ceph_span()), missing),
        }
    }
    known
}

/// A violation at what the pool that takes most stores.
fn violates<'j>(judge: &'j mut Judge<'_>, fill: &Fill<'_>, part: Ratio) -> &'j mut Raised {
    let topology = judge.topology();
    let first = fill.pools.first();
    let stored = first.and_then(|pool| pool.value.stored.as_ref()).map_or(topology.ceph_span(), |stored| stored.span);
    let subject = fill.class.map_or("ceph.pool".to_owned(), |class| format!("ceph.pool, {class}"));
    let pools: Vec<Text> = fill.pools.iter().map(|pool| pool.pattern.value.clone()).collect();
    judge.violated(Subject::new(subject, stored)).with("pools", pools).with("fill", part)
}

pub(super) fn planned_fill_above_nearfull(judge: &mut Judge<'_>) {
    let nearfull = FillRatios::of(judge.topology()).nearfull;
    for fill in known(judge) {
        if fill.healthy() > nearfull {
            violates(judge, &fill, fill.healthy()).with("nearfull", nearfull);
        } else {
            judge.holds();
        }
    }
}

pub(super) fn fullest_osd_above_nearfull(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    let nearfull = FillRatios::of(topology).nearfull;
    let fullest = match fullest_fill(topology) {
        Ok(Some(fullest)) => fullest,
        Ok(None) => return,
        Err(missing) => {
            judge.settle(Subject::new("ceph.pool", topology.ceph_span()), missing);
            return;
        }
    };
    if fullest.fill <= nearfull {
        judge.holds();
        return;
    }
    let first = fullest.pools.first().and_then(|pool| pool.value.pg_num.as_ref());
    let at = first.map_or(topology.ceph_span(), |written| written.span);
    let pools: Vec<Text> = fullest.pools.iter().map(|pool| pool.pattern.value.clone()).collect();
    let raised = judge.violated(Subject::new("ceph.pool", at)).with("osd", fullest.osd.as_str());
    raised.with("node", fullest.node).with("fill", fullest.fill).with("nearfull", nearfull).with("pools", pools);
}

/// Compares the fill after the loss of such a part with a ratio, where it heals.
fn after(judge: &mut Judge<'_>, part: Part, name: &'static str, ratio: Ratio) {
    for fill in known(judge) {
        match fill.after(part) {
            None => {}
            Some(left) if left <= ratio => judge.holds(),
            Some(left) => {
                violates(judge, &fill, left).with(name, ratio);
            }
        }
    }
}

pub(super) fn server_loss_above_full(judge: &mut Judge<'_>) {
    let full = FillRatios::of(judge.topology()).full;
    after(judge, Part::Server, "full", full);
}

pub(super) fn server_loss_above_nearfull(judge: &mut Judge<'_>) {
    let nearfull = FillRatios::of(judge.topology()).nearfull;
    after(judge, Part::Server, "nearfull", nearfull);
}

pub(super) fn disk_loss_above_backfillfull(judge: &mut Judge<'_>) {
    let backfillfull = FillRatios::of(judge.topology()).backfillfull;
    after(judge, Part::Disk, "backfillfull", backfillfull);
}

pub(super) fn disk_loss_above_nearfull(judge: &mut Judge<'_>) {
    let nearfull = FillRatios::of(judge.topology()).nearfull;
    after(judge, Part::Disk, "nearfull", nearfull);
}

pub(super) fn db_device_loss_above_nearfull(judge: &mut Judge<'_>) {
    let nearfull = FillRatios::of(judge.topology()).nearfull;
    after(judge, Part::DbDevice, "nearfull", nearfull);
}

pub(super) fn ratios_out_of_order(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    let Some(ceph) = topology.design.ceph.as_ref().map(|ceph| &ceph.value) else { return };
    let written = [&ceph.nearfull_ratio, &ceph.backfillfull_ratio, &ceph.full_ratio];
    let Some(first) = written.into_iter().flatten().next() else { return };
    let FillRatios { nearfull, backfillfull, full } = FillRatios::of(topology);
    if nearfull <= backfillfull && backfillfull <= full {
        judge.holds();
        return;
    }
    let raised = judge.violated(Subject::new("ceph", topology.ceph_span())).at(first.span);
    raised.with("nearfull", nearfull).with("backfillfull", backfillfull).with("full", full);
}

pub(super) fn disks_promised_twice(judge: &mut Judge<'_>, limits: &parameters::DisksPromisedTwice) {
    for (pool, promised) in promised(judge.topology()) {
        let subject = Subject::new(format!("ceph.pool.{}", pool.pattern.value), pool.pattern.span);
        match promised {
            Err(missing) if missing.is_empty() => {}
            Err(missing) => judge.settle(subject, missing),
            Ok(promised) if promised.overcommit() <= limits.most => judge.holds(),
            Ok(promised) => {
                let raised = judge.violated(subject).with("pool", pool.pattern.value.as_str());
                raised.with("disks", promised.disks).with("usable", promised.usable);
                raised.with("overcommit", promised.overcommit());
            }
        }
    }
}

pub(super) fn domain_larger_than_others_match(judge: &mut Judge<'_>, limits: &parameters::DomainLargerThanOthersMatch) {
    let topology = judge.topology();
    for pool in topology.pools().filter(|pool| Redundancy::of(&pool.value).is_ok()) {
        let subject = Subject::new(format!("ceph.pool.{}", pool.pattern.value), pool.pattern.span);
        match unmatched(topology, pool) {
            Err(missing) => judge.settle(subject, missing),
            // Too few places are another rule's finding.
            Ok(room) if room.matched.base() < 1.0 => {}
            Ok(room) if room.unused <= limits.most => judge.holds(),
            Ok(room) => {
                let raised = judge.violated(subject).with("pool", pool.pattern.value.as_str());
                raised.with("raw", room.raw).with("matched", room.matched).with("unused", room.unused);
                for model in topology.models_in_use() {
                    raised.about(model.path());
                    for node in node_paths(&model.nodes) {
                        raised.about(node);
                    }
                }
            }
        }
    }
}
