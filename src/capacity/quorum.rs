//! How many servers may be lost.

use super::figure::{Figure, Method, State};
use super::store::Store;
use crate::catalogue::figure_texts as texts;
use crate::design::{Item, Pool};
use crate::topology::{Redundancy, Topology};

pub(super) fn figures(topology: &Topology<'_>, out: &mut Vec<Figure>) {
    if topology.nodes.is_empty() {
        return;
    }
    let nodes = topology.nodes.len();
    let votes = nodes + topology.external_votes();
    let spare = |votes: usize| votes.saturating_sub(votes / 2 + 1);
    let mut terms = vec![("Corosync votes".to_owned(), spare(votes), format!("{votes} votes - {}", votes / 2 + 1))];
    let mut missing = Vec::new();
    if topology.has_ceph() {
        let ceph = topology.design.ceph.as_ref().map(|ceph| &ceph.value);
        match ceph.and_then(|ceph| ceph.monitors.as_ref()) {
            Some(monitors) => {
                let count = monitors.value.0.len();
                terms.push(("monitors".to_owned(), spare(count), format!("{count} monitors - {}", count / 2 + 1)));
            }
            None => missing.push("ceph.monitors".to_owned()),
        }
        let pools = ceph.and_then(|ceph| ceph.pool.as_ref());
        if pools.is_none() {
            missing.push("ceph.pool".to_owned());
        }
        for pool in pools.into_iter().flat_map(|pools| pools.value.iter()) {
            let name = &pool.pattern.value;
            match (Redundancy::of(&pool.value), &pool.value.min_size) {
                (Ok(redundancy), Some(min_size)) => {
                    let (copies, formula) = copies_apart(topology, pool, redundancy.pieces());
                    let left = copies.saturating_sub(min_size.value) as usize;
                    terms.push((format!("pool {name}"), left, format!("pool {name}: {formula} - {}", min_size.value)));
                }
                _ => missing.push(format!("ceph.pool.{name}: size and min_size")),
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
    let formula = terms.iter().map(|(_, _, text)| text.as_str()).collect::<Vec<_>>().join("; ");
    out.push(
        Figure::new(texts::NODE_LOSSES, "cluster", Method::Model, *least as f64)
            .decimals(0)
            .formula(format!("min({formula})"))
            .binding(name)
            .input("nodes", nodes),
    );
}

/// Copies of a pool that a lost server takes away at most one of, with how they are counted: no more than there are
/// places for, and none where one server may hold them all.
fn copies_apart(topology: &Topology<'_>, pool: &Item<Pool>, size: u32) -> (u32, String) {
    let Ok(store) = Store::of(topology, pool) else { return (size, size.to_string()) };
    if store.by_disk() && store.servers.iter().any(|server| server.disks > 1.0) {
        return (0, "copies may share a server: 0".to_owned());
    }
    let places = store.left(State::Healthy).written as u32;
    if places < size { (places, format!("{places} of {size} copies placed")) } else { (size, size.to_string()) }
}
