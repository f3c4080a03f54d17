//! Every figure with its formula, what went in, what binds it and where it comes from.

use maud::{Markup, html};

use super::Dossier;
use super::page::{Section, prose};
use crate::capacity::{Figure, State, Value};
use crate::catalogue::FigureText;
use crate::report::clean::clean_line;
use crate::report::told::plural;

pub(super) fn section(dossier: &Dossier<'_>) -> Option<Section> {
    if dossier.figures.is_empty() {
        return None;
    }
    let unknown = dossier.unknown_figures();
    let content = html! {
        p {
            "Each number with how it was made. A number by the documents' own arithmetic stands beside the corrected one and a fuller model."
            @if unknown > 0 { " " (plural(unknown, "figure")) " cannot be computed until the design states what is named there." }
        }
        @for (text, figures) in groups(dossier.figures) { (group(text, &figures)) }
    };
    let heading = format!("Every figure ({})", dossier.figures.len());
    Some(Section { id: "figures", heading, content })
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

fn group(text: &FigureText, figures: &[&Figure]) -> Markup {
    let mut notes: Vec<String> =
        figures.iter().filter_map(|figure| figure.note.as_ref().map(ToString::to_string)).collect();
    notes.sort_unstable();
    notes.dedup();
    html! {
        details.figure id={ "figure-" (text.id) } {
            summary { span { (text.summary) } " " code { (text.id) } " " b { (range(figures)) } }
            p.formula { code { (clean_line(text.formula)) } }
            p { (prose(text.explanation)) }
            div.scroll {
                table {
                    thead { tr { th scope="col" { "for" } th scope="col" { "state, method" } th.number scope="col" { "value" } th scope="col" { "how it was made" } th scope="col" { "bound by" } th scope="col" { "what went in" } } }
                    tbody { @for figure in figures { (row(figure)) } }
                }
            }
            @if !notes.is_empty() { ul { @for note in notes { li { (clean_line(&note)) } } } }
            p.quiet { "Source: " (text.sources.iter().map(crate::catalogue::Citation::describe).collect::<Vec<_>>().join("; ")) }
        }
    }
}

/// The smallest and the largest value of equal figures; what is not known is said.
fn range(figures: &[&Figure]) -> String {
    let mut known: Vec<&&Figure> = figures.iter().filter(|figure| figure.number().is_some()).collect();
    known.sort_by(|one, other| one.number().unwrap_or_default().total_cmp(&other.number().unwrap_or_default()));
    match (known.first(), known.last()) {
        (Some(least), Some(most)) if least.printed() == most.printed() => least.printed().to_string(),
        (Some(least), Some(most)) => format!("{} to {}", least.printed(), most.printed()),
        _ => figures.first().map_or(String::new(), |figure| figure.printed().to_string()),
    }
}

/// State and method in words.
pub(super) fn made_for(figure: &Figure) -> String {
    match figure.state {
        State::Healthy => figure.method.word().to_owned(),
        other => format!("{}, {}", other.word(), figure.method.word()),
    }
}

/// The formula with numbers, or what is missing.
pub(super) fn derivation(figure: &Figure) -> String {
    match &figure.value {
        Value::Unknown(missing) => format!("needs {}", missing.join(", ")),
        Value::Number(_) | Value::Never => figure.formula.to_string(),
    }
}

fn row(figure: &Figure) -> Markup {
    html! {
        tr {
            td { (clean_line(&figure.subject)) }
            td { (made_for(figure)) }
            td.number { (figure.printed()) }
            td {
                (clean_line(&derivation(figure)))
                @if !figure.assumed.is_empty() { div.quiet { "assumed: " (clean_line(&figure.assumed.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))) } }
            }
            td { (clean_line(&figure.binding.as_ref().map(ToString::to_string).unwrap_or_default())) }
            td { @for (index, input) in figure.inputs.iter().enumerate() { @if index > 0 { ", " } (clean_line(&input.name)) " " (clean_line(&input.value.to_string())) } }
        }
    }
}
