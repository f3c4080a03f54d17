//! Pools that keep chunks instead of copies.

use super::Judge;
use super::pool::{name, places, subject, unproven};
use crate::catalogue::parameters::erasure_coding as parameters;
use crate::design::{Application, FailureDomain, Item, Pool, Words};
use crate::source::Spanned;
use crate::topology::Redundancy;

/// An erasure-coded pool.
struct Coded<'d> {
    pool: &'d Item<Pool>,
    /// k
    data: &'d Spanned<u32>,
    /// m
    coding: &'d Spanned<u32>,
}

fn coded<'d>(judge: &Judge<'d>) -> Vec<Coded<'d>> {
    let chunks = |pool: &'d Item<Pool>| {
        let (data, coding) = (pool.value.data_chunks.as_ref()?, pool.value.coding_chunks.as_ref()?);
        Some(Coded { pool, data, coding })
    };
    judge.topology().pools().filter_map(chunks).collect()
}

fn application(pool: &Item<Pool>) -> Option<Application> {
    pool.value.application.as_ref().map(|application| application.value)
}

pub(super) fn one_coding_chunk(judge: &mut Judge<'_>) {
    for Coded { pool, data, coding } in coded(judge) {
        if coding.value > 1 {
            judge.holds();
            continue;
        }
        let raised = judge.violated(subject(pool)).at(coding.span).with("pool", name(pool));
        raised.with("data", data.value).with("coding", coding.value);
    }
}

pub(super) fn many_chunks(judge: &mut Judge<'_>, limits: &parameters::ManyChunks) {
    for Coded { pool, data, coding } in coded(judge) {
        let span = if data.value > limits.most_data { data.span } else { coding.span };
        if data.value <= limits.most_data && coding.value <= limits.most_coding {
            judge.holds();
            continue;
        }
        let raised = judge.violated(subject(pool)).at(span).with("pool", name(pool));
        raised.with("data", data.value).with("coding", coding.value);
    }
}

pub(super) fn min_size_too_low(judge: &mut Judge<'_>) {
    for Coded { pool, data, .. } in coded(judge).into_iter().filter(|coded| coded.coding.value > 1) {
        let least = data.value + 1;
        match &pool.value.min_size {
            None => unproven(judge, pool, "min_size"),
            Some(written) if written.value >= least => judge.holds(),
            Some(written) => {
                let raised = judge.violated(subject(pool)).at(written.span).with("pool", name(pool));
                raised.with("min_size", written.value).with("least", least).fix(written.span);
            }
        }
    }
}

pub(super) fn no_metadata_pool(judge: &mut Judge<'_>) {
    for Coded { pool, data, .. } in coded(judge) {
        match (application(pool), &pool.value.metadata_pool) {
            (None, None) => unproven(judge, pool, "application"),
            (Some(Application::Rbd), None) => {
                judge.violated(subject(pool)).at(data.span).with("pool", name(pool));
            }
            (Some(Application::Rbd) | None, Some(_)) => judge.holds(),
            (Some(_), _) => {}
        }
    }
}

pub(super) fn metadata_on_chunks(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    for pool in topology.pools() {
        let named = topology.pools().filter_map(|other| other.value.metadata_pool.as_ref());
        let named = named.into_iter().find(|named| pool.names.contains(&named.value));
        if named.is_none() && application(pool) != Some(Application::CephfsMetadata) {
            continue;
        }
        match (Redundancy::of(&pool.value), &pool.value.data_chunks) {
            (Ok(Redundancy::Chunks { .. }), Some(data)) => {
                let raised = judge.violated(subject(pool)).at(data.span).with("pool", name(pool));
                if let Some(named) = named {
                    raised.label("named", named.span);
                }
            }
            (Ok(_), _) => judge.holds(),
            (Err(_), _) => {}
        }
    }
}

pub(super) fn no_spare_failure_domain(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    for Coded { pool, data, coding } in coded(judge) {
        let domain = topology.placement_domain(&pool.value);
        let chunks = (data.value + coding.value) as usize;
        let places = places(topology, domain, pool.value.device_class.as_ref().map(|class| class.value));
        if domain == FailureDomain::Osd || places.missing.is_some() || places.sure < chunks {
            continue;
        }
        if places.sure > chunks {
            judge.holds();
            continue;
        }
        let raised = judge.violated(subject(pool)).at(data.span).with("pool", name(pool)).with("chunks", chunks);
        raised.with("domains", places.sure).with("failure_domain", domain.word());
    }
}

pub(super) fn size_also_written(judge: &mut Judge<'_>) {
    for Coded { pool, data, coding } in coded(judge) {
        let Some(size) = &pool.value.size else {
            judge.holds();
            continue;
        };
        let raised = judge.violated(subject(pool)).at(size.span).with("pool", name(pool)).with("size", size.value);
        raised.with("data", data.value).with("coding", coding.value);
    }
}
