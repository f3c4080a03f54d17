//! `rackproof failures`

use super::arguments::{Depth, Failures, Format};
use super::files;
use super::terminal::Terminal;
use crate::check::{self, Finding};
use crate::failure::{self, Outcome, Proof};
use crate::report::{self, Failing};

pub(super) fn run(command: &Failures, terminal: &Terminal) -> u8 {
    let opened = match files::open(&command.designs, terminal) {
        Ok(opened) => opened,
        Err(code) => return code,
    };
    let style = terminal.style_of_output(command.designs.format.for_people());
    let mut code = 0;
    let mut texts = Vec::new();
    let mut reports = Vec::new();
    for design in &opened {
        let (topology, findings) = check::topology(&design.sources, &design.reading);
        let Some(topology) = topology else {
            code = 3;
            let unread = Failing { name: &design.name, proof: None, findings };
            match command.designs.format {
                Format::Text => texts.push(report::failures_text(&design.sources, &unread, style)),
                Format::Json => reports.push(report::failures_json(&design.sources, &unread, style.language)),
            }
            continue;
        };
        let singles_only = command.only == Some(Depth::Single) && command.require != Some(Depth::Double);
        let proof = if singles_only { failure::prove_singles(&topology) } else { failure::prove(&topology) };
        code = code.max(verdict(&proof, command.require, &findings));
        let failing = Failing { name: &design.name, proof: Some(&proof), findings };
        match command.designs.format {
            Format::Text => texts.push(report::failures_text(&design.sources, &failing, style)),
            Format::Json => reports.push(report::failures_json(&design.sources, &failing, style.language)),
        }
    }
    let text = match command.designs.format {
        Format::Text => texts.join("\n"),
        Format::Json => report::failures_together(&reports),
    };
    terminal.print(&text).map_or_else(|error| error, |()| code)
}

/// 1 where a claim of the design fails, where its text is wrong, or where what is required is not proven to survive.
fn verdict(proof: &Proof<'_, '_>, required: Option<Depth>, findings: &[Finding]) -> u8 {
    let claims = failure::kept(proof).iter().any(|kept| kept.outcome() == Outcome::Lost);
    let all = |counts: &failure::Counts| counts.survived == counts.total;
    let singles = required.is_none() || all(&proof.singles.whole);
    let doubles = required != Some(Depth::Double) || proof.doubles.is_some_and(|doubles| all(&doubles.whole));
    u8::from(claims || !singles || !doubles || !findings.is_empty())
}
