//! `rackproof config`

use std::path::Path;

use super::arguments::Config;
use super::configured::Configurations;
use super::terminal::Terminal;
use crate::packs::UserRule;
use crate::report;

pub(super) fn run(command: &Config, terminal: &Terminal) -> u8 {
    let mut configurations = match Configurations::new(&command.configured) {
        Ok(configurations) => configurations,
        Err(error) => {
            terminal.complain(error);
            return 2;
        }
    };
    let configured = configurations.of(command.path.as_deref());
    let wrong = configured.reports();
    if !wrong.is_empty() {
        terminal.tell(&report::render(report::Format::Text, &wrong, terminal.style));
    }
    let settings = match command.path.as_deref() {
        Some(design) => configured.of_design(design).0,
        None => configured.settings.clone(),
    };
    let path = configured.path.as_deref().map(Path::display).map(|path| path.to_string());
    let own: Vec<_> = configured.packs.rules.iter().map(UserRule::texts).collect();
    let text =
        report::config(&configured.sources, path.as_deref(), &settings, &own, command.changed, terminal.style.language);
    let code = wrong.iter().map(|own| own.report.exit_code(settings.verdict())).max().unwrap_or(0);
    terminal.print(&text).map_or_else(|error| error, |()| code)
}
