//! `rackproof lsp`

use lsp_server::{Connection, Message, ProtocolError};

use super::files;
use super::terminal::Terminal;
use crate::language_server::Server;

/// Serves an editor until it says `exit`: 0 if it said `shutdown` before, 1 otherwise, as the protocol has it.
pub(super) fn run(terminal: &Terminal) -> u8 {
    let (connection, threads) = Connection::stdio();
    let served = serve(&connection);
    drop(connection);
    // After a broken message the reader's own error says the same once more.
    let read = threads.join();
    match (served, read) {
        (Ok(true), _) => 0,
        (Ok(false), Ok(())) => {
            terminal.complain("the editor went away without `shutdown`");
            1
        }
        (_, Err(error)) => {
            terminal.complain(&format!("the editor cannot be understood: {error}"));
            1
        }
        (Err(error), Ok(())) => {
            terminal.complain(&format!("the editor cannot be served: {error}"));
            1
        }
    }
}

/// Answers messages; designs are judged once no message waits. Says whether the editor took its leave properly.
fn serve(connection: &Connection) -> Result<bool, ProtocolError> {
    let capabilities = serde_json::to_value(Server::capabilities()).unwrap_or_default();
    let (id, _) = connection.initialize_start()?;
    connection.initialize_finish(id, capabilities)?;
    let mut server = Server::new(files::in_folder);
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
