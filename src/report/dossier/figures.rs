//! Every figure with its formula, what went in, what binds it and where it comes from.

use maud::{Markup, html};

use super::Dossier;
use super::inputs::input;
use super::page::{Column, Section, columns, prose};
use crate::capacity::{Figure, State, Value};
use crate::catalogue::{Citation, FigureText};
use crate::report::clean::clean_line;
use crate::words::Said;
use crate::words::dossier as words;

pub(super) fn section(dossier: &Dossier<'_>) -> Option<Section> {
    if dossier.figures.is_empty() {
        return None;
    }
    let unknown = dossier.unknown_figures();
    let why = match unknown {
        0 => words::figures_why(),
        unknown => words::sentences(words::figures_why(), words::figures_unknown(unknown)),
    };
    let content = html! {
        p { (dossier.say(why)) }
        @for (text, figures) in groups(dossier.figures) { (group(dossier, text, &figures)) }
    };
    Some(Section { id: "figures", heading: dossier.say(words::figures(dossier.figures.len())), content })
}

/// Figures by their text, in the order of the first of each.
pub(super) fn groups(figures: &[Figure]) -> Vec<(&'static FigureText, Vec<&Figure>)> {
    let mut groups: Vec<(&'static FigureText, Vec<&Figure>)> = Vec::new();
    for figure in figures {
        match groups.iter_mut().find(|(text, _)| text.id == figure.text.id) {
            Some((_, own)) => own.push(figure),
            None => groups.push((figure.text, vec![figure])),
        }
    }
    groups
}

fn group(dossier: &Dossier<'_>, text: &'static FigureText, figures: &[&Figure]) -> Markup {
    let text = dossier.language.figure(text);
    let mut notes: Vec<String> =
        figures.iter().filter_map(|figure| figure.note.as_ref()).map(|note| dossier.say(note)).collect();
    notes.sort_unstable();
    notes.dedup();
    html! {
        details.figure id={ "figure-" (text.id) } {
            summary { span { (text.summary) } " " code { (text.id) } " " b { (dossier.say(range(dossier, figures))) } }
            p.formula { code { (clean_line(text.formula)) } }
            p { (prose(text.explanation)) }
            div.scroll {
                table {
                    (columns(dossier, head()))
                    tbody { @for figure in figures { (row(dossier, figure)) } }
                }
            }
            @if !notes.is_empty() { ul { @for note in notes { li { (note) } } } }
            p.quiet { (dossier.say(words::sources(sources(text)))) }
        }
    }
}

fn head() -> [Column; 6] {
    [
        Column::Words(words::figure_for()),
        Column::Words(words::state_and_method()),
        Column::Numbers(words::value()),
        Column::Words(words::how_it_was_made()),
        Column::Words(words::limiting()),
        Column::Words(words::what_went_in()),
    ]
}

/// Where a figure comes from.
pub(super) fn sources(text: &FigureText) -> String {
    text.sources.iter().map(Citation::describe).collect::<Vec<_>>().join("; ")
}

/// The smallest and the largest value of equal figures; what is not known is said.
fn range(dossier: &Dossier<'_>, figures: &[&Figure]) -> Said {
    let mut known: Vec<&&Figure> = figures.iter().filter(|figure| figure.number().is_some()).collect();
    known.sort_by(|one, other| one.number().unwrap_or_default().total_cmp(&other.number().unwrap_or_default()));
    let printed = |figure: &Figure| dossier.say(figure.printed());
    match (known.first(), known.last()) {
        (Some(least), Some(most)) if printed(least) == printed(most) => printed(least).into(),
        (Some(least), Some(most)) => words::span(printed(least), printed(most)),
        _ => figures.first().map_or_else(String::new, |figure| printed(figure)).into(),
    }
}

/// State and method in words.
pub(super) fn made_for(figure: &Figure) -> Said {
    match figure.state {
        State::Healthy => figure.method.said(),
        other => vec![other.said(), figure.method.said()].into(),
    }
}

/// The formula with numbers, or what is missing.
pub(super) fn derivation(dossier: &Dossier<'_>, figure: &Figure) -> Said {
    match &figure.value {
        Value::Unknown(missing) => words::needs(dossier.names(missing)),
        Value::Number(_) | Value::Never => figure.formula.clone(),
    }
}

fn row(dossier: &Dossier<'_>, figure: &Figure) -> Markup {
    let inputs = figure.inputs.iter().map(|own| {
        html! { (dossier.say(input(&own.name))) " " (dossier.say(own.value.said())) }
    });
    html! {
        tr {
            td { (dossier.say(&figure.about)) }
            td { (dossier.say(made_for(figure))) }
            td.number { (dossier.say(figure.printed())) }
            td {
                (dossier.say(derivation(dossier, figure)))
                @if !figure.assumed.is_empty() { div.quiet { (dossier.say(words::assumed_here(dossier.say_each(&figure.assumed, "; ")))) } }
            }
            td { @if let Some(binding) = &figure.binding { (dossier.say(binding)) } }
            td { (dossier.listed(inputs)) }
        }
    }
}
