//! How many servers may be lost.

use super::figure::{Figure, Method, State};
use super::formula::least_of;
use super::store::{Store, path};
use crate::catalogue::figure_texts as texts;
use crate::design::{Item, Pool};
use crate::topology::{Redundancy, Topology};
use crate::words::{self, Said};

pub(super) fn figures(topology: &Topology<'_>, out: &mut Vec<Figure>) {
    if topology.nodes.is_empty() {
        return;
    }
    let nodes = topology.nodes.len();
    let votes = nodes + topology.external_votes();
    let spare = |votes: usize| votes.saturating_sub(votes / 2 + 1);
    let majority = |votes: usize| votes / 2 + 1;
    let mut terms = vec![(words::quorum::corosync_votes(), spare(votes), words::quorum::votes(votes, majority(votes)))];
    let mut missing = Vec::new();
    if topology.has_ceph() {
        let ceph = topology.design.ceph.as_ref().map(|ceph| &ceph.value);
        match ceph.and_then(|ceph| ceph.monitors.as_ref()) {
            Some(monitors) => {
                let count = monitors.value.0.len();
                let formula = words::quorum::of_monitors(count, majority(count));
                terms.push((words::quorum::monitors(), spare(count), formula));
            }
            None => missing.push("ceph.monitors".to_owned()),
        }
        let pools = ceph.and_then(|ceph| ceph.pool.as_ref());
        if pools.is_none() {
            missing.push("ceph.pool".to_owned());
        }
        for pool in pools.into_iter().flat_map(|pools| pools.value.iter()) {
            match (Redundancy::of(&pool.value), &pool.value.min_size) {
                (Ok(redundancy), Some(min_size)) => {
                    let (copies, apart) = copies_apart(topology, pool, redundancy.pieces());
                    let left = copies.saturating_sub(min_size.value) as usize;
                    let name = words::figures::pool(pool.pattern.value.as_str());
                    let spare = Said::run(" - ", [apart, min_size.value.into()]);
                    terms.push((name.clone(), left, Said::run(": ", [name, spare])));
                }
                (redundancy, min_size) => {
                    let keys = [redundancy.err(), min_size.is_none().then_some("min_size")];
                    missing.extend(keys.into_iter().flatten().map(|key| format!("{}.{key}", path(pool))));
                }
            }
        }
    }
    if !missing.is_empty() {
        out.push(Figure::unknown(texts::NODE_LOSSES, "cluster", Method::Model, missing));
        return;
    }
    let Some((name, least, _)) = terms.iter().reduce(|least, term| if term.1 < least.1 { term } else { least }) else {
        return;
    };
    let formula = least_of(terms.iter().map(|(_, _, formula)| formula.clone()));
    out.push(
        Figure::new(texts::NODE_LOSSES, "cluster", Method::Model, *least as f64)
            .decimals(0)
            .formula(formula)
            .binding(name)
            .input("nodes", nodes),
    );
}

/// Copies of a pool that a lost server takes away at most one of, with how they are counted: no more than there are
/// places for, and none where one server may hold them all.
fn copies_apart(topology: &Topology<'_>, pool: &Item<Pool>, size: u32) -> (u32, Said) {
    let Ok(store) = Store::of(topology, pool) else { return (size, size.into()) };
    if store.by_disk() && store.servers.iter().any(|server| server.disks > 1.0) {
        return (0, words::quorum::on_one_server(0_u32));
    }
    let places = store.left(State::Healthy).written as u32;
    if places < size { (places, words::quorum::placed(places, size)) } else { (size, size.into()) }
}
