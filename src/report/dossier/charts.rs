//! Bars: from raw to usable capacity, and what bounds each rate in each state.

use maud::{Markup, html};

use super::Dossier;
use super::page::Section;
use crate::capacity::{Figure, Value};
use crate::catalogue::figure_texts as texts;
use crate::report::clean::clean_line;

/// Limits further up than this many times what is reached are cut.
const CUT: f64 = 4.0;

/// From raw to usable capacity, a picture for each pool.
pub(super) fn capacity(dossier: &Dossier<'_>) -> Option<Section> {
    let steps = [
        texts::RAW_CAPACITY,
        texts::MATCHED_CAPACITY,
        texts::HELD_CAPACITY,
        texts::CAPACITY_AFTER_LOSS,
        texts::USABLE_CAPACITY,
    ];
    let of_step = |figure: &&Figure| steps.iter().any(|text| text.id == figure.text.id);
    let figures: Vec<&Figure> = dossier.figures.iter().filter(of_step).collect();
    let pools: Vec<&[&Figure]> = figures.chunk_by(|one, other| one.subject == other.subject).collect();
    let known: Vec<&[&Figure]> = pools.iter().copied().filter(|pool| pool.len() > 1).collect();
    if pools.is_empty() {
        return None;
    }
    let content = html! {
        @for pool in &known { (waterfall(pool)) }
        @for figure in pools.iter().filter(|pool| pool.len() == 1).flat_map(|pool| pool.iter()) {
            p { "Capacity of " code { (clean_line(&figure.subject)) } " is not known" (wanting(figure)) "." }
        }
    };
    Some(Section { id: "capacity", heading: "How much it holds".to_owned(), content })
}

fn wanting(figure: &Figure) -> String {
    match &figure.value {
        Value::Unknown(missing) => format!(": the design does not state {}", clean_line(&missing.join(", "))),
        Value::Number(_) | Value::Never => String::new(),
    }
}

fn waterfall(steps: &[&Figure]) -> Markup {
    let largest = steps.iter().filter_map(|figure| figure.number()).fold(0.0, f64::max).max(f64::MIN_POSITIVE);
    let name = |figure: &Figure| figure.text.id.replace('-', " ");
    html! {
        figure.chart {
            figcaption { "Pool " code { (clean_line(&steps[0].subject)) } ": each step with what it takes away" }
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
                        span.value { (figure.printed()) }
                    }
                }
            }
            ul.steps {
                @for figure in steps {
                    li {
                        b { (name(figure)) ": " (figure.printed()) } " = " (clean_line(&figure.formula.to_string()))
                        @if let Some(binding) = &figure.binding { ", bound by " (clean_line(&binding.to_string())) }
                        @if !figure.assumed.is_empty() { span.quiet { " (assumed: " (clean_line(&figure.assumed.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))) ")" } }
                    }
                }
            }
        }
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
        p { "Each bar is what one part would allow by itself; work waits for the shortest one, which binds. The line across is what all of them together let through. Bars of more than four times that are cut." }
        @for group in figures.chunk_by(same) { (chain(group)) }
    };
    Some(Section { id: "bottlenecks", heading: "How much it carries, and what binds it".to_owned(), content })
}

fn chain(states: &[&Figure]) -> Markup {
    html! {
        figure.chart {
            figcaption { (states[0].text.summary) ", " code { (clean_line(&states[0].subject)) } }
            @for figure in states { (limits(figure)) }
        }
    }
}

fn limits(figure: &Figure) -> Markup {
    let reached = figure.number().unwrap_or_default().max(f64::MIN_POSITIVE);
    let largest = figure.limits.iter().map(|(_, limit)| *limit).fold(reached, f64::max);
    let scale = largest.min(reached * CUT);
    let least = figure.limits.iter().map(|(_, limit)| *limit).fold(f64::INFINITY, f64::min);
    html! {
        p.state title=(clean_line(&figure.formula.to_string())) { b { (figure.state.word()) ": " (figure.printed()) } }
        ul.bars {
            @for (name, limit) in &figure.limits {
                li {
                    span.label { (clean_line(&name.to_string())) }
                    span.track {
                        span.limit.binds[*limit <= least].cut[*limit > scale] style=(width(limit / scale)) {}
                        span.reached style=(format!("left: {:.1}%", reached / scale * 100.0)) {}
                    }
                    span.value { (format!("{limit:.0} {}", figure.unit)) @if *limit <= least { " " strong { "binds" } } }
                }
            }
        }
    }
}
