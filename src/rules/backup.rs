//! Backup jobs: whether they are done in time, and what they crowd out.

use std::collections::BTreeSet;

use super::{Judge, Subject};
use crate::capacity::backup::{Run, jobs, network};
use crate::catalogue::parameters::backup as parameters;
use crate::design::{Backup, Item, Words};
use crate::quantity::units;
use crate::topology::Network;

fn subject(job: &Item<Backup>) -> Subject {
    Subject::new(format!("backup.{}", job.pattern.value), job.pattern.span)
}

pub(super) fn window_missed(judge: &mut Judge<'_>) {
    for job in jobs(judge.topology()) {
        let Some(window) = &job.value.window else { continue };
        match Run::of(judge.topology(), job) {
            Ok(None) => {}
            Ok(Some(run)) if run.time <= window.value => judge.holds(),
            // A run that sends less may well be done in time.
            Ok(Some(run)) if !run.perhaps_less.is_empty() => judge.settle(subject(job), run.perhaps_less),
            Ok(Some(run)) => {
                let raised = judge.violated(subject(job)).at(window.span).with("job", job.pattern.value.as_str());
                raised.with("bytes", run.bytes.to(&units::TB)).with("time", run.time.to(&units::H));
                raised.with("binding", run.binding).with("window", window.value);
            }
            Err(missing) => judge.settle(subject(job), missing),
        }
    }
}

pub(super) fn no_limit_on_shared_network(judge: &mut Judge<'_>, limits: &parameters::NoLimitOnSharedNetwork) {
    let topology = judge.topology();
    for job in jobs(topology) {
        if job.value.bandwidth_limit.is_some() {
            judge.holds();
            continue;
        }
        let missing = |key: &str| vec![format!("backup.{}.{key}", job.pattern.value)];
        if job.value.unread.contains(&"bandwidth_limit") {
            judge.settle(subject(job), missing("bandwidth_limit"));
            continue;
        }
        let Some(network) = network(topology, job) else {
            judge.settle(subject(job), missing("network"));
            continue;
        };
        let sharing: Vec<&Network<'_>> =
            std::iter::once(network).chain(topology.networks_sharing_ports(network)).collect();
        let counts = |network: &&&Network<'_>| network.purposes().any(|own| limits.purposes.contains(&own.word()));
        let crowded: Vec<&Network<'_>> = sharing.iter().filter(counts).copied().collect();
        if crowded.is_empty() {
            if !topology.interfaces_known(network) {
                judge.settle(subject(job), vec![format!("{}.interface", network.path())]);
            }
            continue;
        }
        let purposes: BTreeSet<&str> = crowded.iter().flat_map(|network| network.purposes()).map(Words::word).collect();
        let purposes: Vec<&str> = purposes.into_iter().filter(|word| limits.purposes.contains(word)).collect();
        let at = job.value.network.as_ref().map_or(job.pattern.span, |name| name.span);
        let raised = judge.violated(subject(job)).at(at).with("job", job.pattern.value.as_str());
        raised.with("network", network.name()).with("purposes", purposes);
        for other in crowded {
            raised.label("network", other.span()).about(other.path());
        }
    }
}
