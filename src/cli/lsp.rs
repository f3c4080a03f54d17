//! `rackproof lsp`

use std::path::Path;
use std::sync::Arc;

use lsp_server::{Connection, Message, ProtocolError};

use super::configured::Configurations;
use super::terminal::Terminal;
use super::{arguments, files};
use crate::language_server::{Configured, Server, Surroundings};
use crate::source::Files;
use crate::words::{self, Language};

/// What lies on the disk around the documents.
struct Disk;

impl Surroundings for Disk {
    fn files(&self, folder: &str) -> Box<dyn Files> {
        files::in_folder(folder)
    }

    fn configured(&self, design: &str) -> Configured {
        let design = Path::new(design);
        // A document that was never saved lies in no folder.
        let options = arguments::Configured { no_config: !design.is_absolute(), ..Default::default() };
        // Without options only the environment's day can be wrong; that was asked when the server started.
        let Ok(mut configurations) = Configurations::new(&options) else { return Configured::default() };
        let configured = configurations.of(Some(design));
        let (settings, known) = configured.of_design(design);
        let own = Arc::clone(&configured.packs.rules);
        Configured { sources: configured.sources.clone(), settings, known, own, wrong: configured.reports() }
    }
}

/// Serves an editor until it says `exit`: 0 if it said `shutdown` before, 1 otherwise, as the protocol has it.
pub(super) fn run(terminal: &Terminal) -> u8 {
    if let Err(error) = Configurations::new(&arguments::Configured::default()) {
        terminal.complain(error);
        return 2;
    }
    let (connection, threads) = Connection::stdio();
    let served = serve(&connection, terminal.style.language);
    drop(connection);
    // After a broken message the reader's own error says the same once more.
    let read = threads.join();
    match (served, read) {
        (Ok(true), _) => 0,
        (Ok(false), Ok(())) => {
            terminal.complain(words::command_line::editor_left());
            1
        }
        (_, Err(error)) => {
            terminal.complain(words::command_line::editor_not_understood(error.to_string()));
            1
        }
        (Err(error), Ok(())) => {
            terminal.complain(words::command_line::editor_not_served(error.to_string()));
            1
        }
    }
}

/// Answers messages; designs are judged once no message waits. Says whether the editor took its leave properly.
fn serve(connection: &Connection, language: Language) -> Result<bool, ProtocolError> {
    let capabilities = serde_json::to_value(Server::capabilities()).unwrap_or_default();
    let (id, _) = connection.initialize_start()?;
    connection.initialize_finish(id, capabilities)?;
    let mut server = Server::new(Box::new(Disk), language);
    loop {
        let waiting = connection.receiver.try_recv();
        if server.is_behind() && waiting.is_err() {
            for told in server.judge() {
                send(connection, told);
            }
            continue;
        }
        let Ok(message) = waiting.or_else(|_| connection.receiver.recv()) else { return Ok(false) };
        match message {
            Message::Request(request) if connection.handle_shutdown(&request)? => return Ok(true),
            Message::Request(request) => send(connection, server.answer(request)),
            Message::Notification(notification) if notification.method == "exit" => return Ok(false),
            Message::Notification(notification) => server.notify(notification),
            Message::Response(_) => {}
        }
    }
}

/// An editor that has gone away is noticed when the next message is read.
fn send(connection: &Connection, message: impl Into<Message>) {
    let _ = connection.sender.send(message.into());
}
