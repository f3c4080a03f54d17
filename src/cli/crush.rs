//! `rackproof crush`

use std::path::{Path, PathBuf};

use super::arguments::{Crush, Format};
use super::files;
use super::terminal::Terminal;
use crate::capacity::placement::Placement;
use crate::check::{self, Checked};
use crate::crush::{self, Map, Placer, Show, Trial, part};
use crate::report::{self, Planned};
use crate::settings::Settings;
use crate::source::Sources;
use crate::words::{self, Said};

pub(super) fn run(command: &Crush, terminal: &Terminal) -> u8 {
    let shows =
        command.show_mappings || command.show_bad_mappings || command.show_utilization || command.show_statistics;
    if shows != command.rule.is_some() {
        terminal.complain(words::command_line::trial_needs());
        return 2;
    }
    let (name, text) = files::text(&command.path);
    let is_design = text.as_ref().is_ok_and(|text| is_design(&command.path, text));
    let read = match text {
        Ok(text) if is_design => design(command, name, text, terminal),
        Ok(text) => map(command, name, text, terminal),
        Err(error) => {
            terminal.complain(words::command_line::about(name, error));
            Err(3)
        }
    };
    let (map, code) = match read {
        Ok(read) => read,
        Err(code) => return code,
    };
    let done = match &command.rule {
        Some(rule) => trial(command, rule, &map, terminal),
        None if command.format == Format::Json => Ok(()),
        None => terminal.print(&report::clean(&crush::write(&map))),
    };
    done.err().unwrap_or(code)
}

/// A design is TOML: its file says so, or its first line opens a table or sets a key.
fn is_design(path: &Path, text: &str) -> bool {
    let first = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#')).unwrap_or_default();
    path.extension().is_some_and(|extension| extension == "toml") || first.starts_with('[') || first.contains('=')
}

/// Reads and judges a map; its findings go to standard error, since standard output carries a map or mappings.
fn map(command: &Crush, name: String, text: String, terminal: &Terminal) -> Result<(Map, u8), u8> {
    if !command.settings.is_empty() {
        terminal.complain(words::command_line::map_not_set());
        return Err(2);
    }
    let mut sources = Sources::default();
    let source = sources.add(name.clone(), text);
    let reading = crush::read(&sources, source);
    let replicas = command.num_rep.or(command.max_rep).map(usize::from);
    let report = check::crush(&sources, &reading, command.rule.as_deref().zip(replicas));
    let code = report.exit_code(Settings::default().verdict());
    let checked = Checked { name, sources, report };
    if command.rule.is_none() && command.format == Format::Json {
        terminal.print(&report::check_json(&[checked], terminal.style_of_output(false).language))?;
    } else if !checked.report.findings.is_empty() {
        terminal.tell(&report::check_text(&checked, terminal.style));
    }
    // A map that is not whole would be tried as another one.
    if reading.mistakes.is_empty() { Ok((reading.map, code)) } else { Err(code) }
}

/// The map that a design implies.
fn design(command: &Crush, name: String, text: String, terminal: &Terminal) -> Result<(Map, u8), u8> {
    let folder = command.path.parent().filter(|parent| !parent.as_os_str().is_empty());
    let folder = folder.map_or_else(|| PathBuf::from("."), Path::to_owned);
    let files::Opened { name, sources, reading } =
        files::open_text(name, Ok(text), folder, &command.settings, Sources::default()).map_err(|error| {
            terminal.complain(error);
            2
        })?;
    let (topology, findings) = check::topology(&sources, &reading);
    let code = u8::from(!findings.is_empty());
    if code > 0 {
        let plan = Planned { name: name.clone(), sources, figures: Vec::new(), findings };
        terminal.tell(&report::plan_text(&plan, terminal.style));
    }
    let Some(topology) = topology else { return Err(3) };
    match Placement::of(&topology) {
        Ok(placement) => Ok((placement.map, code)),
        Err(missing) => {
            terminal.complain(words::command_line::no_map(name, Said::run(", ", missing.iter().map(Said::from))));
            Err(1)
        }
    }
}

fn trial(command: &Crush, rule: &str, map: &Map, terminal: &Terminal) -> Result<(), u8> {
    let Some(index) = map.rule(rule) else {
        let names = map.rules.iter().map(|rule| Said::from(format!("{} {}", rule.id, rule.name)));
        terminal.complain(words::command_line::no_map_rule(rule, Said::run(", ", names)));
        return Err(2);
    };
    let placer = Placer::new(map, Some(command.choose_args));
    let mut weights = placer.all_in();
    for pair in command.weight.chunks_exact(2) {
        let device = pair[0].parse::<usize>().ok().and_then(|device| weights.get_mut(device));
        let (Some(device), Some(weight)) = (device, pair[1].parse().ok().and_then(part)) else {
            terminal.complain(words::command_line::weight_form(&pair[0], &pair[1]));
            return Err(2);
        };
        *device = weight;
    }
    let rule = &map.rules[index];
    let sizes = (rule.min_size.map_or(1, u16::from), rule.max_size.map_or(10, u16::from));
    let least = command.num_rep.or(command.min_rep).unwrap_or(sizes.0);
    let most = command.num_rep.or(command.max_rep).unwrap_or(sizes.1);
    let show = Show {
        mappings: command.show_mappings,
        bad_mappings: command.show_bad_mappings,
        utilization: command.show_utilization,
        statistics: command.show_statistics,
    };
    let trial = Trial {
        map,
        placer: &placer,
        rule: index,
        inputs: command.min_x..=command.max_x,
        replicas: usize::from(least)..=usize::from(most),
        pool: command.pool_id,
        weights: &weights,
        show,
    };
    let mut lines = String::new();
    trial.run(|line| {
        lines.push_str(line);
        if lines.len() < OUTPUT {
            return Ok(());
        }
        terminal.print(&report::clean(&std::mem::take(&mut lines)))
    })?;
    terminal.print(&report::clean(&lines))
}

/// Bytes of lines that are printed together.
const OUTPUT: usize = 1 << 16;
