//! Bars: from raw to usable capacity, and what bounds each rate in each state.

use maud::{Markup, html};

use super::Dossier;
use super::page::Section;
use crate::capacity::{Figure, Value};
use crate::catalogue::figure_texts as texts;
use crate::report::clean::clean_line;
use crate::words::Said;
use crate::words::dossier as words;

/// Limits further up than this many times what is reached are cut.
const CUT: f64 = 4.0;

/// From raw to usable capacity, a picture for each pool.
pub(super) fn capacity(dossier: &Dossier<'_>) -> Option<Section> {
    let of_step = |figure: &&Figure| step(figure).is_some();
    let figures: Vec<&Figure> = dossier.figures.iter().filter(of_step).collect();
    let pools: Vec<&[&Figure]> = figures.chunk_by(|one, other| one.subject == other.subject).collect();
    let known: Vec<&[&Figure]> = pools.iter().copied().filter(|pool| pool.len() > 1).collect();
    if pools.is_empty() {
        return None;
    }
    let content = html! {
        @for pool in &known { (waterfall(dossier, pool)) }
        @for figure in pools.iter().filter(|pool| pool.len() == 1).flat_map(|pool| pool.iter()) {
            p { (unknown(dossier, figure)) }
        }
    };
    Some(Section { id: "capacity", heading: dossier.say(words::capacity()), content })
}

/// Short name of a step from raw to usable capacity.
fn step(figure: &Figure) -> Option<Said> {
    match figure.text.id {
        id if id == texts::RAW_CAPACITY.id => Some(words::raw_capacity()),
        id if id == texts::MATCHED_CAPACITY.id => Some(words::matched_capacity()),
        id if id == texts::HELD_CAPACITY.id => Some(words::held_capacity()),
        id if id == texts::CAPACITY_AFTER_LOSS.id => Some(words::capacity_after_loss()),
        id if id == texts::USABLE_CAPACITY.id => Some(words::usable_capacity()),
        _ => None,
    }
}

fn unknown(dossier: &Dossier<'_>, figure: &Figure) -> Markup {
    let pool = html! { code { (dossier.say(&figure.about)) } };
    match &figure.value {
        Value::Unknown(missing) => {
            let missing = html! { (dossier.names(missing)) };
            dossier.set(|[pool, missing]| words::capacity_wants(pool, missing), &[pool, missing])
        }
        Value::Number(_) | Value::Never => dossier.set(|[pool]| words::capacity_unknown(pool), &[pool]),
    }
}

fn waterfall(dossier: &Dossier<'_>, steps: &[&Figure]) -> Markup {
    let largest = steps.iter().filter_map(|figure| figure.number()).fold(0.0, f64::max).max(f64::MIN_POSITIVE);
    let name = |figure: &Figure| dossier.say(step(figure).unwrap_or_default());
    let pool = html! { code { (clean_line(&steps[0].subject)) } };
    html! {
        figure.chart {
            figcaption { (dossier.set(|[pool]| words::waterfall(pool), &[pool])) }
            ul.bars {
                @for (index, figure) in steps.iter().enumerate() {
                    @let before = index.checked_sub(1).and_then(|before| steps[before].number());
                    @let own = figure.number().unwrap_or_default();
                    li {
                        span.label { (name(figure)) }
                        span.track {
                            span.kept.last[index + 1 == steps.len()] style=(width(own / largest)) {}
                            @if let Some(before) = before.filter(|before| *before > own) { span.taken style=(width((before - own) / largest)) {} }
                        }
                        span.value { (dossier.say(figure.printed())) }
                    }
                }
            }
            ul.steps {
                @for figure in steps {
                    li {
                        b { (name(figure)) ": " (dossier.say(figure.printed())) } " = " (dossier.say(bound(figure)))
                        @if !figure.assumed.is_empty() { span.quiet { " " (dossier.say(words::assumed_aside(dossier.say_each(&figure.assumed, "; ")))) } }
                    }
                }
            }
        }
    }
}

/// A figure's formula and what bounds it.
fn bound(figure: &Figure) -> Said {
    match &figure.binding {
        Some(binding) => words::bound_by(&figure.formula, binding),
        None => figure.formula.clone(),
    }
}

/// A part of the track, in tenths of a percent.
fn width(part: f64) -> String {
    format!("width: {:.1}%", part.clamp(0.0, 1.0) * 100.0)
}

/// What bounds each rate in each state: the limits in a row, the smallest marked.
pub(super) fn bottlenecks(dossier: &Dossier<'_>) -> Option<Section> {
    let figures: Vec<&Figure> = dossier.figures.iter().filter(|figure| !figure.limits.is_empty()).collect();
    if figures.is_empty() {
        return None;
    }
    let same = |one: &&Figure, other: &&Figure| one.text.id == other.text.id && one.subject == other.subject;
    let content = html! {
        p { (dossier.say(words::how_bars_read())) }
        @for group in figures.chunk_by(same) { (chain(dossier, group)) }
    };
    Some(Section { id: "bottlenecks", heading: dossier.say(words::bottlenecks()), content })
}

fn chain(dossier: &Dossier<'_>, states: &[&Figure]) -> Markup {
    let summary = html! { (dossier.language.figure(states[0].text).summary) };
    let subject = html! { code { (clean_line(&states[0].subject)) } };
    html! {
        figure.chart {
            figcaption { (dossier.listed([summary, subject])) }
            @for figure in states { (limits(dossier, figure)) }
        }
    }
}

fn limits(dossier: &Dossier<'_>, figure: &Figure) -> Markup {
    let reached = figure.number().unwrap_or_default().max(f64::MIN_POSITIVE);
    let largest = figure.limits.iter().map(|(_, limit)| *limit).fold(reached, f64::max);
    let scale = largest.min(reached * CUT);
    let least = figure.limits.iter().map(|(_, limit)| *limit).fold(f64::INFINITY, f64::min);
    html! {
        p.state title=(dossier.say(&figure.formula)) { b { (dossier.say(figure.state.said())) ": " (dossier.say(figure.printed())) } }
        ul.bars {
            @for (name, limit) in &figure.limits {
                li {
                    span.label { (dossier.say(name)) }
                    span.track {
                        span.limit.binds[*limit <= least].cut[*limit > scale] style=(width(limit / scale)) {}
                        span.reached style=(format!("left: {:.1}%", reached / scale * 100.0)) {}
                    }
                    span.value { (format!("{limit:.0} {}", figure.unit)) @if *limit <= least { " " strong { (dossier.say(words::binds())) } } }
                }
            }
        }
    }
}
