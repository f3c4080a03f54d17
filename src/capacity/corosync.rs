//! Corosync's timeouts, and the round trips of its links.

use super::figure::{Figure, Method};
use super::latency::{self, Basis};
use crate::catalogue::figure_texts as texts;
use crate::catalogue::parameters::corosync::TokenTimeoutsReachFencing;
use crate::design::Release;
use crate::quantity::{Time, units};
use crate::source::Span;
use crate::topology::{CorosyncLink, Topology};
use crate::words;

/// Token and consensus timeout of a cluster.
#[derive(Debug, Clone)]
pub struct Timeouts {
    nodes: usize,
    /// Time before a lost token is noticed, without the part per node.
    pub token: Time,
    consensus_extra: f64,
    /// Time added for every node beyond two.
    pub coefficient: Time,
    other_coefficient: Option<Time>,
    written: Option<Span>,
    /// Where the release is written that decides the coefficient.
    pub release: Option<Span>,
}

impl Timeouts {
    /// The timeouts of a design, with Corosync's own values where it says nothing.
    pub(crate) fn of(topology: &Topology<'_>, limits: &TokenTimeoutsReachFencing) -> Self {
        let corosync = topology.design.corosync.as_ref().map(|corosync| &corosync.value);
        let token = corosync.and_then(|corosync| corosync.token.as_ref());
        let written = corosync.and_then(|corosync| corosync.token_coefficient.as_ref());
        let release = topology.design.design.as_ref().and_then(|about| about.value.proxmox_ve.as_ref());
        let changed = limits.changed_in.iter().filter_map(|text| text.parse::<Release>().ok()).min();
        let is_old = |release: Release| changed.is_some_and(|changed| release < changed);
        let by_release = match release {
            Some(release) if is_old(release.value) => limits.old_coefficient,
            _ => limits.coefficient,
        };
        Self {
            nodes: topology.nodes.len(),
            token: token.map_or(limits.token, |token| token.value),
            consensus_extra: limits.consensus_extra.base(),
            coefficient: written.map_or(by_release, |written| written.value),
            other_coefficient: (written.is_none() && release.is_none()).then_some(limits.old_coefficient),
            written: written.map(|written| written.span).or(token.map(|token| token.span)),
            release: release.filter(|_| written.is_none()).map(|release| release.span),
        }
    }

    /// Both timeouts together with a coefficient, which counts for every node beyond two.
    pub fn sum(&self, coefficient: Time) -> Time {
        let token = self.token + coefficient * self.nodes.saturating_sub(2) as f64;
        (token + (token + token * self.consensus_extra)).to(&units::S)
    }

    /// Whether they pass a limit; nothing where that depends on a release that is not named.
    pub fn breaks(&self, limit: Time) -> Option<bool> {
        let breaks = self.sum(self.coefficient) > limit;
        match self.other_coefficient.map(|coefficient| self.sum(coefficient) > limit) {
            Some(other) if other != breaks => None,
            _ => Some(breaks),
        }
    }

    /// Where a value is written that makes them, if one is.
    pub fn span(&self) -> Option<Span> {
        self.written.or(self.release)
    }
}

pub(super) fn figures(topology: &Topology<'_>, out: &mut Vec<Figure>) {
    out.extend(topology.corosync_links.iter().map(|link| round_trip(topology, link)));
    if topology.nodes.len() > 1 {
        out.push(token_sum(topology));
    }
}

fn round_trip(topology: &Topology<'_>, link: &CorosyncLink<'_>) -> Figure {
    let text = texts::COROSYNC_ROUND_TRIP;
    let network = topology.link_network(link);
    let worst = latency::worst(topology, network);
    let Some(estimate) = worst.estimate.filter(|_| worst.complete) else {
        let missing = vec![format!("{}.latency", network.path())];
        let figure = Figure::unknown(text, link.path(), Method::Model, missing);
        return figure.note(words::figures::would_tell_as_well("cable"));
    };
    let total = estimate.total();
    let round_trip = estimate.round_trip.to(&units::MS);
    let formula = match estimate.jitter {
        Some(jitter) => words::corosync::round_trip_and_jitter(round_trip, jitter.to(&units::MS)),
        None => words::corosync::round_trip_alone(round_trip),
    };
    let figure = Figure::new(text, link.path(), Method::Model, total.in_unit(&units::MS))
        .decimals(3)
        .formula(formula)
        .input("round_trip", estimate.round_trip)
        .binding(words::figures::network(network.name()));
    match estimate.basis {
        Basis::Measured => figure.note(Basis::Measured.said()),
        Basis::Declared => figure.note(words::corosync::not_measured()),
        Basis::Assumed => figure.assumed(words::corosync::from_cabling()),
    }
}

fn token_sum(topology: &Topology<'_>) -> Figure {
    let limits = TokenTimeoutsReachFencing::DEFAULT;
    let timeouts = Timeouts::of(topology, &limits);
    let nodes = topology.nodes.len();
    let figure = Figure::new(
        texts::COROSYNC_TOKEN_SUM,
        "corosync",
        Method::Model,
        timeouts.sum(timeouts.coefficient).in_unit(&units::S),
    )
    .formula(format!(
        "(1 + {}) x ({} + ({nodes} - 2) x {})",
        1.0 + timeouts.consensus_extra,
        timeouts.token,
        timeouts.coefficient
    ))
    .input("nodes", nodes)
    .input("token", timeouts.token)
    .input("coefficient", timeouts.coefficient)
    .note(words::corosync::room_before_watchdog(limits.limit));
    match timeouts.other_coefficient {
        Some(other) => figure.assumed(words::corosync::release(timeouts.coefficient, other, timeouts.sum(other))),
        None => figure,
    }
}
