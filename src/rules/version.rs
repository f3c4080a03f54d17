//! Releases and package repositories.

use super::{Judge, Subject};
use crate::catalogue::parameters::version as parameters;
use crate::design::{CephRelease, Environment, Release};
use crate::source::Spanned;

pub(super) fn proxmox_ve_end_of_life(judge: &mut Judge<'_>, limits: &parameters::ProxmoxVeEndOfLife) {
    let Some(release) = proxmox_ve(judge) else { return };
    match second_of(limits.ended, &release.value.major.to_string()) {
        None => judge.holds(),
        Some(ended) => {
            let raised = judge.violated(Subject::new("design.proxmox_ve", release.span));
            raised.with("release", release.value.to_string()).with("ended_in", ended);
        }
    }
}

pub(super) fn ceph_end_of_life(judge: &mut Judge<'_>, limits: &parameters::CephEndOfLife) {
    let Some(release) = ceph(judge) else { return };
    match second_of(limits.ended, &release.value.to_string()) {
        None => judge.holds(),
        Some(ended) => {
            let raised = judge.violated(Subject::new("ceph.release", release.span));
            raised.with("release", release.value.to_string()).with("ended_in", ended);
        }
    }
}

pub(super) fn ceph_not_offered(judge: &mut Judge<'_>, limits: &parameters::CephNotOffered) {
    if !judge.topology().has_ceph() {
        return;
    }
    let Some(proxmox_ve) = proxmox_ve(judge) else { return };
    let major = proxmox_ve.value.major.to_string();
    let offered: Vec<&str> = pairs(limits.offered).filter(|(known, _)| *known == major).map(|(_, ceph)| ceph).collect();
    if offered.is_empty() {
        return;
    }
    let Some(ceph) = ceph(judge) else { return };
    if offered.contains(&ceph.value.to_string().as_str()) {
        judge.holds();
        return;
    }
    let raised = judge.violated(Subject::new("ceph.release", ceph.span));
    raised.with("release", ceph.value.to_string()).with("proxmox_ve", proxmox_ve.value.to_string());
    raised.with("offered_for_it", offered);
    raised.label("proxmox_ve", proxmox_ve.span).about("design.proxmox_ve");
}

pub(super) fn no_subscription_in_production(judge: &mut Judge<'_>, limits: &parameters::NoSubscriptionInProduction) {
    let topology = judge.topology();
    if topology.environment() != Environment::Production {
        return;
    }
    let repository = topology.design.design.as_ref().and_then(|about| about.value.repository.as_ref());
    let Some(repository) = repository else {
        judge.unproven(Subject::new("design.repository", topology.anchor()), "design.repository");
        return;
    };
    let word = repository.value.to_string();
    if limits.repositories.contains(&word.as_str()) {
        judge.violated(Subject::new("design.repository", repository.span)).with("repository", word);
    } else {
        judge.holds();
    }
}

/// The release of Proxmox VE; where none is named, that is unproven.
fn proxmox_ve<'a>(judge: &mut Judge<'a>) -> Option<&'a Spanned<Release>> {
    let topology = judge.topology();
    let release = topology.design.design.as_ref().and_then(|about| about.value.proxmox_ve.as_ref());
    if release.is_none() {
        judge.unproven(Subject::new("design.proxmox_ve", topology.anchor()), "design.proxmox_ve");
    }
    release
}

/// The release of Ceph in a design with Ceph; where none is named, that is unproven.
fn ceph<'a>(judge: &mut Judge<'a>) -> Option<&'a Spanned<CephRelease>> {
    let topology = judge.topology();
    let ceph = topology.design.ceph.as_ref();
    let release = ceph.and_then(|ceph| ceph.value.release.as_ref());
    if release.is_none() && topology.has_ceph() {
        let span = ceph.map_or(topology.anchor(), |ceph| ceph.span);
        judge.unproven(Subject::new("ceph.release", span), "ceph.release");
    }
    release
}

/// Entries of a list that each hold two words.
fn pairs<'l>(list: &'l [&'l str]) -> impl Iterator<Item = (&'l str, &'l str)> {
    list.iter().filter_map(|entry| entry.split_once(' '))
}

fn second_of<'l>(list: &'l [&'l str], first: &str) -> Option<&'l str> {
    pairs(list).find(|(known, _)| *known == first).map(|(_, second)| second)
}
