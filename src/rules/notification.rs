//! Where the cluster's messages go.

use super::{Judge, Subject};
use crate::source::Span;

pub(super) fn no_target(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    let written = topology.design.notification.as_ref();
    let table = written.map(|written| &written.value);
    let subject = Subject::new("notification", written.map_or(topology.anchor(), |written| written.span));
    let relay = table.and_then(|table| table.smtp_relay.as_ref());
    let read = table.filter(|table| !table.unread.contains(&"recipients"));
    let recipients = read.and_then(|table| table.recipients.as_ref());
    let empty: Vec<(&'static str, Span)> = [
        relay.filter(|relay| relay.value.trim().is_empty()).map(|relay| ("smtp_relay", relay.span)),
        recipients.filter(|list| list.value.is_empty()).map(|list| ("recipients", list.span)),
    ]
    .into_iter()
    .flatten()
    .collect();
    if let Some((_, span)) = empty.first() {
        let names: Vec<&str> = empty.iter().map(|(name, _)| *name).collect();
        judge.violated(subject).at(*span).with("missing", names);
        return;
    }
    let unknown = [("notification.smtp_relay", relay.is_none()), ("notification.recipients", recipients.is_none())];
    let unknown = unknown.iter().filter(|(_, unknown)| *unknown).map(|(key, _)| (*key).to_owned());
    judge.settle(subject, unknown.collect());
}
