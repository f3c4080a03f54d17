//! What changes between two designs, as one page that loads nothing.

use maud::{Markup, PreEscaped, html};

use super::headline::headline;
use super::lines;
use super::rows;
use crate::capacity::Figure;
use crate::check::{Finding, FindingOutcome};
use crate::compare::{CutSets, Design, Difference};
use crate::report::clean::clean_line;
use crate::report::page;
use crate::report::told::{acceptance, label, place};
use crate::words::{self, Language, Said};

/// Everything that changes: nothing is folded away or left out.
pub(super) fn difference(difference: &Difference<'_>, language: Language) -> String {
    let worse = difference.worse().any() || !difference.is_whole();
    let class = match (worse, difference.is_empty()) {
        (true, _) => "error",
        (false, true) => "holds",
        (false, false) => "note",
    };
    let title = format!("{} → {}", difference.old.name, difference.new.name);
    let page = Page { language };
    let body = html! {
        header {
            p.kind { (page.say(&words::difference::title())) }
            h1 { (code(difference.old.name)) " → " (code(difference.new.name)) }
            div.verdict.(class) { p { strong { (clean_line(&headline(difference, language))) } } }
        }
        main {
            @if difference.is_whole() {
                (page.findings(difference)) (page.failures(difference)) (page.figures(difference)) (page.things(difference))
            } @else {
                (page.unread(&difference.old)) (page.unread(&difference.new))
            }
        }
    };
    page::page(&title, &body, None, language)
}

fn code(text: &str) -> Markup {
    html! { code { (clean_line(text)) } }
}

/// What writes the page.
#[derive(Clone, Copy)]
struct Page {
    language: Language,
}

impl Page {
    fn say(self, said: &Said) -> String {
        clean_line(&said.say(self.language)).into_owned()
    }

    /// A phrase whose slots hold markup; phrases themselves have no signs of HTML.
    fn set(self, phrase: &Said) -> Markup {
        PreEscaped(phrase.say(self.language).into_owned())
    }

    /// A part of the page; none where there is nothing in it.
    fn part(self, heading: &Said, entries: &[Markup]) -> Markup {
        html! {
            @if !entries.is_empty() {
                section { h2 { (self.say(heading)) " (" (entries.len()) ")" } @for entry in entries { (entry) } }
            }
        }
    }

    fn unread(self, design: &Design<'_>) -> Markup {
        let told = |finding: &&Finding| {
            let help = html! { p { (self.say(&finding.help)) } };
            self.entry(design, finding, &finding.subject, &finding.message, &help)
        };
        html! {
            @if !design.is_judged() {
                p { (self.set(&words::difference::unreadable(code(design.name).into_string()))) }
                (self.part(&words::difference::errors(), &design.reasons().iter().map(told).collect::<Vec<_>>()))
            }
        }
    }

    /// A finding: what it says, the rule, the thing and the place, and what is to be said of the change.
    fn entry(self, design: &Design<'_>, finding: &Finding, subject: &str, told: &Said, more: &Markup) -> Markup {
        let place = html! { (place(design.sources, finding.span)) };
        let [rule, subject, place] = [code(&finding.rule), code(subject), place].map(Markup::into_string);
        html! {
            article.finding.(finding.severity.word()) {
                h3 { span.badge { (self.say(&label(finding))) } " " (self.say(told)) }
                p.about { (self.set(&words::difference::about(rule, subject, place))) }
                (more)
            }
        }
    }

    fn accepted(self, finding: &Finding) -> Markup {
        html! { @if let Some(suppressed) = &finding.suppressed { p { (self.say(&acceptance(suppressed))) } } }
    }

    fn findings(self, difference: &Difference<'_>) -> Markup {
        let Difference { old, new, findings, .. } = difference;
        let is_violation = |finding: &Finding| finding.outcome == FindingOutcome::Violated;
        let appeared = findings.appeared.iter().filter(|own| is_violation(own.finding)).map(|own| {
            let finding = own.finding;
            let more = html! {
                p {
                    @match finding.caused_by {
                        Some(cause) => (self.set(&words::difference::cause(code(cause).into_string()))),
                        None => (self.say(&finding.help)),
                    }
                }
                (self.accepted(finding))
            };
            let entry = self.entry(new, finding, &finding.subject, &finding.message, &more);
            html! { div style=(format!("margin-left: {}rem", own.depth * 2)) { (entry) } }
        });
        let changed = findings.changed.iter().map(|own| {
            let was = |said: &Said| html! { p { (self.say(&words::difference::was(said))) } };
            let more = html! {
                @if label(own.old) != label(own.new) { (was(&label(own.old))) }
                @if own.old.message != own.new.message { (was(&own.old.message)) }
                @for (name, was, is) in &own.values { p.quiet { (self.say(&lines::value(name, was, is))) } }
                (self.accepted(own.new))
            };
            self.entry(new, own.new, &own.new.subject, &own.new.message, &more)
        });
        let gone = |violations: bool| {
            let own = findings.vanished.iter().filter(move |own| is_violation(own.finding) == violations);
            own.map(|own| {
                let gone = html! { p { (self.say(&lines::gone(own))) } };
                self.entry(old, own.finding, &own.subject, &own.finding.message, &gone)
            })
            .collect::<Vec<_>>()
        };
        let questions = findings.appeared.iter().filter(|own| !is_violation(own.finding)).map(|own| {
            let more = html! { p { (self.say(&own.finding.message)) } (self.accepted(own.finding)) };
            self.entry(new, own.finding, &own.finding.subject, &own.finding.help, &more)
        });
        html! {
            (self.part(&words::difference::new_violations(), &appeared.collect::<Vec<_>>()))
            (self.part(&words::difference::changed_findings(), &changed.collect::<Vec<_>>()))
            (self.part(&words::difference::gone_violations(), &gone(true)))
            (self.part(&words::difference::questions_asked(), &questions.collect::<Vec<_>>()))
            (self.part(&words::difference::gone_questions(), &gone(false)))
        }
    }

    fn list(self, items: &[Said]) -> Markup {
        html! { @if !items.is_empty() { ul { @for item in items { li { (self.say(item)) } } } } }
    }

    fn failures(self, difference: &Difference<'_>) -> Markup {
        let failures = &difference.failures;
        let told = lines::failures(difference, usize::MAX, self.language);
        let groups =
            failures.cut_sets.chunk_by(|left, right| left.fate == right.fate && left.is_worse == right.is_worse);
        let cut_sets = |groups: &[CutSets]| groups.iter().map(|group| self.cut_sets(group)).collect::<Vec<_>>();
        html! {
            @if !told.is_empty() { section { h2 { (self.say(&words::difference::failures())) } (self.list(&told)) } }
            @for group in groups { (self.part(&lines::fate(group[0].fate), &cut_sets(group))) }
        }
    }

    fn cut_sets(self, group: &CutSets) -> Markup {
        let (kind, what) = &group.remedy;
        html! {
            p { strong { (self.say(&lines::cut_sets(group, self.language))) } }
            @if group.fate.is_new() {
                p { (clean_line(&lines::chain(group, self.language))) }
                p { span.badge { (self.say(&kind.said())) } " " (self.say(&words::difference::help(what))) }
            }
        }
    }

    fn figures(self, difference: &Difference<'_>) -> Markup {
        let figures = &difference.figures;
        html! {
            (self.moved(difference))
            (self.alone(&words::difference::new_figures(), &figures.appeared))
            (self.alone(&words::difference::gone_figures(), &figures.vanished))
        }
    }

    fn moved(self, difference: &Difference<'_>) -> Markup {
        let moved = &difference.figures.moved;
        let several = |lines: &[String]| html! { @for line in lines { div { (clean_line(line)) } } };
        let rows = rows::rows(moved, self.language);
        html! {
            @if !rows.is_empty() { section {
                h2 { (self.say(&words::difference::moved_figures())) " (" (moved.len()) ")" }
                div.scroll {
                    table {
                        thead {
                            tr {
                                @for head in [words::difference::figure(), words::difference::subject()] {
                                    th scope="col" { (self.say(&head)) }
                                }
                                @for head in [words::difference::before(), words::difference::now(), words::difference::course()] {
                                    th.number scope="col" { (self.say(&head)) }
                                }
                            }
                        }
                        tbody {
                            @for row in &rows {
                                tr {
                                    td { (clean_line(&row.name)) } td { (clean_line(&row.subjects.join(self.language.between()))) }
                                    td.number { (several(&row.old)) } td.number { (several(&row.new)) } td.number { (row.course) }
                                }
                            }
                        }
                    }
                }
                (self.list(&rows::left_out(moved, rows.len(), usize::MAX)))
            } }
        }
    }

    /// Figures that only one of the designs has.
    fn alone(self, heading: &Said, figures: &[&Figure]) -> Markup {
        html! {
            @if !figures.is_empty() {
                section {
                    h2 { (self.say(heading)) " (" (figures.len()) ")" }
                    (self.list(&figures.iter().map(|figure| rows::alone(figure)).collect::<Vec<_>>()))
                }
            }
        }
    }

    fn things(self, difference: &Difference<'_>) -> Markup {
        let told = lines::things(difference, self.language);
        html! {
            @if !told.is_empty() { section { h2 { (self.say(&words::difference::design())) } (self.list(&told)) } }
        }
    }
}
