//! The topology drawn, as SVG.

use maud::{Markup, html};

use super::Dossier;
use super::page::{Column, Section, columns};
use crate::drawing::{Course, Drawing, Frame, Kind, Line, Symbol};
use crate::report::clean::clean_line;
use crate::words::dossier as words;

/// Inks that a page tells apart by colour; further ones repeat the colours with broken lines.
const COLOURS: usize = 8;

pub(super) fn section(dossier: &Dossier<'_>) -> Option<Section> {
    let drawing = dossier.drawing?;
    let content = html! {
        p { (dossier.say(words::how_picture_reads())) }
        (legend(dossier, drawing))
        div.scroll tabindex="0" role="region" aria-label=(dossier.say(words::picture_wide())) { (svg(dossier, drawing)) }
        (in_words(dossier, drawing))
    };
    Some(Section { id: "picture", heading: dossier.say(words::picture()), content })
}

/// Tables of the design that a picture shows, each once; things that show them carry their numbers as classes.
pub(super) fn paths(drawing: &Drawing) -> Vec<&str> {
    let of_symbols = drawing.symbols.iter().flat_map(|symbol| &symbol.paths);
    let of_lines = drawing.lines.iter().flat_map(|line| &line.paths);
    let of_frames = drawing.frames.iter().flat_map(|frame| &frame.paths);
    let mut paths: Vec<&str> = of_symbols.chain(of_lines).chain(of_frames).map(String::as_str).collect();
    paths.sort_unstable();
    paths.dedup();
    paths
}

fn legend(dossier: &Dossier<'_>, drawing: &Drawing) -> Markup {
    html! {
        ul.legend {
            @for (index, name) in drawing.inks.iter().enumerate() {
                li { svg.swatch viewBox="0 0 28 8" aria-hidden="true" { path class=(ink(index)) d="M0 4H28" {} } " " (dossier.say(name)) }
            }
        }
    }
}

fn ink(index: usize) -> String {
    let broken = if index >= COLOURS { " broken" } else { "" };
    format!("line i{}{broken}", index % COLOURS)
}

fn svg(dossier: &Dossier<'_>, drawing: &Drawing) -> Markup {
    let known = paths(drawing);
    let view = format!("0 0 {} {}", drawing.width, drawing.height);
    html! {
        svg.picture viewBox=(view) width=(drawing.width) height=(drawing.height) role="img" aria-labelledby="picture-title" {
            title #picture-title { (dossier.say(words::picture_title())) }
            @for frame in &drawing.frames { (self::frame(dossier, frame, &known)) }
            @for line in &drawing.lines { (self::line(dossier, line, &known)) }
            @for symbol in &drawing.symbols { (self::symbol(dossier, symbol, &known)) }
        }
    }
}

fn classes(own: &str, paths: &[String], known: &[&str]) -> String {
    let numbers = paths.iter().filter_map(|path| known.binary_search(&path.as_str()).ok());
    numbers.fold(own.to_owned(), |classes, number| format!("{classes} p{number}"))
}

fn frame(dossier: &Dossier<'_>, frame: &Frame, known: &[&str]) -> Markup {
    let place = frame.place;
    let class = classes(if frame.pair { "frame pair" } else { "frame" }, &frame.paths, known);
    html! {
        g class=(class) {
            rect x=(place.x) y=(place.y) width=(place.width) height=(place.height) rx="6" {}
            @if frame.pair {
                title { (dossier.say(&frame.name)) }
            } @else {
                text x=(place.x + 10) y=(place.y + 18) { (dossier.say(&frame.name)) }
            }
        }
    }
}

fn line(dossier: &Dossier<'_>, line: &Line, known: &[&str]) -> Markup {
    let way = match &line.course {
        Course::Straight(points) => {
            let points: Vec<String> = points.iter().map(|(x, y)| format!("{x} {y}")).collect();
            format!("M{}", points.join("L"))
        }
        Course::Bent([from, first, second, to]) => {
            format!("M{} {}C{} {} {} {} {} {}", from.0, from.1, first.0, first.1, second.0, second.1, to.0, to.1)
        }
    };
    html! {
        g class=(classes("wire", &line.paths, known)) {
            path class=(ink(line.ink)) d=(way) {}
            @if let Some((x, y)) = line.joint { circle class=(ink(line.ink)) cx=(x) cy=(y) r="3" {} }
            title { (dossier.say_each(&line.facts, "; ")) }
        }
    }
}

fn symbol(dossier: &Dossier<'_>, symbol: &Symbol, known: &[&str]) -> Markup {
    let place = symbol.place;
    let kind = match symbol.kind {
        Kind::Node => "node",
        Kind::Switch => "switch",
        Kind::Firewall => "firewall",
        Kind::Uplink => "outside",
        Kind::Elsewhere => "elsewhere",
    };
    let (middle, centre) = (place.x + place.width / 2, place.y + place.height / 2);
    html! {
        g class=(classes(&format!("device {kind}"), &symbol.paths, known)) {
            rect x=(place.x) y=(place.y) width=(place.width) height=(place.height) rx="4" {}
            text.name x=(middle) y=(centre + if symbol.detail.is_empty() { 5 } else { -2 }) { (clean_line(&symbol.name)) }
            @if !symbol.detail.is_empty() { text.detail x=(middle) y=(centre + 11) { (dossier.say(&symbol.detail)) } }
            title { (dossier.say_each(&symbol.facts, "; ")) }
        }
    }
}

/// The same for those who do not see the picture.
fn in_words(dossier: &Dossier<'_>, drawing: &Drawing) -> Markup {
    let devices = drawing.symbols.iter().filter(|symbol| symbol.kind != Kind::Elsewhere);
    // Lanes only gather what stubs tell one by one.
    let lanes = |line: &&Line| line.joint.is_some() || matches!(line.course, Course::Bent(_)) || !is_lane(line);
    html! {
        details.on-screen {
            summary { (dossier.say(words::picture_in_words())) }
            table {
                caption { (dossier.say(words::pictured_devices())) }
                (columns(dossier, [words::device(), words::what_is_known()].map(Column::Words)))
                tbody { @for symbol in devices { tr { td { (clean_line(&symbol.name)) } td { (dossier.say_each(&symbol.facts[1..], "; ")) } } } }
            }
            table {
                caption { (dossier.say(words::pictured_cables())) }
                (columns(dossier, [words::wire_carries(), words::wire()].map(Column::Words)))
                tbody {
                    @for line in drawing.lines.iter().filter(lanes) {
                        tr { td { (dossier.say(&drawing.inks[line.ink])) } td { (dossier.say_each(&line.facts, "; ")) } }
                    }
                }
            }
        }
    }
}

/// Whether a line only gathers what comes from servers.
fn is_lane(line: &Line) -> bool {
    match &line.course {
        Course::Straight(points) => {
            line.joint.is_none() && points.first().map(|point| point.0) == points.last().map(|point| point.0)
        }
        Course::Bent(_) => false,
    }
}
