//! Corosync and Proxmox VE as a whole.

use super::{Ground, Test};
use crate::capacity::Timeouts;
use crate::catalogue::parameters::corosync::TokenTimeoutsReachFencing;
use crate::quantity::units;
use crate::topology::{CorosyncLink, external_votes};

pub(super) fn tests(ground: &Ground<'_, '_>) -> Vec<Test> {
    [quorum(ground), links(ground), token(ground), availability(ground), notification(ground)]
        .into_iter()
        .flatten()
        .collect()
}

fn quorum(ground: &Ground<'_, '_>) -> Option<Test> {
    let nodes = ground.topology.nodes.len();
    if nodes < 2 {
        return None;
    }
    let cluster = ground.topology.design.cluster.as_ref().and_then(|cluster| cluster.value.qdevice.as_ref());
    let external = if cluster.is_some_and(|qdevice| qdevice.value) { external_votes(nodes) } else { 0 };
    let votes = nodes + external;
    let mut expected = vec![
        format!("Nodes: {nodes}"),
        "Quorate: Yes".to_owned(),
        format!("Total votes: {votes}"),
        format!("Quorum: {}", votes / 2 + 1),
    ];
    if external > 0 {
        expected.push("Flags: Quorate Qdevice".to_owned());
    }
    Some(Test {
        shows: "Every server, and the external vote where there is one, is in the cluster".to_owned(),
        on: ground.any_server(),
        commands: vec!["pvecm status".to_owned()],
        expected,
        from: vec!["node".to_owned(), "cluster".to_owned()],
        ..Test::default()
    })
}

fn links(ground: &Ground<'_, '_>) -> Option<Test> {
    let links = &ground.topology.corosync_links;
    if links.is_empty() {
        return None;
    }
    let others = ground.topology.nodes.len().saturating_sub(1);
    let of = |link: &CorosyncLink<'_>| {
        format!(
            "LINK ID {} (network {}): connected to all {others} others",
            link.number,
            ground.topology.link_network(link).name()
        )
    };
    Some(Test {
        shows: "Every Corosync link reaches every server".to_owned(),
        on: ground.servers(),
        commands: vec!["corosync-cfgtool -s".to_owned()],
        expected: links.iter().map(of).collect(),
        from: links.iter().map(CorosyncLink::path).collect(),
        ..Test::default()
    })
}

/// The token timeout that the figures count with; nothing where it hangs on a release that is not named.
fn token(ground: &Ground<'_, '_>) -> Option<Test> {
    let nodes = ground.topology.nodes.len();
    ground.topology.release().filter(|_| nodes > 2)?;
    let timeouts = Timeouts::of(ground.topology, &TokenTimeoutsReachFencing::DEFAULT);
    let token = timeouts.token + timeouts.coefficient * nodes.saturating_sub(2) as f64;
    Some(Test {
        shows: "Corosync waits for a lost token as long as planned".to_owned(),
        on: ground.any_server(),
        commands: vec!["corosync-cmapctl -g runtime.config.totem.token".to_owned()],
        expected: vec![format!("{:.0} (milliseconds)", token.in_unit(&units::MS))],
        from: vec!["figure corosync-token-sum".to_owned()],
        ..Test::default()
    })
}

fn availability(ground: &Ground<'_, '_>) -> Option<Test> {
    let ha = ground.topology.design.ha.as_ref()?;
    ha.value.enabled.as_ref().filter(|enabled| enabled.value)?;
    Some(Test {
        shows: "The manager of high availability runs on every server".to_owned(),
        on: ground.any_server(),
        commands: vec!["ha-manager status".to_owned()],
        expected: vec![
            "quorum OK".to_owned(),
            "one master is active, and an lrm for each server is active or idle".to_owned(),
        ],
        from: vec!["ha.enabled".to_owned()],
        ..Test::default()
    })
}

fn notification(ground: &Ground<'_, '_>) -> Option<Test> {
    let notification = ground.topology.design.notification.as_ref()?;
    let recipients = notification.value.recipients.as_ref()?;
    let names: Vec<String> = recipients.value.iter().map(|recipient| recipient.value.to_string()).collect();
    Some(Test {
        shows: "A notification reaches those who must hear of a failure".to_owned(),
        on: ground.any_server(),
        commands: vec!["pvesh create /cluster/notifications/targets/mail-to-root/test".to_owned()],
        expected: vec![format!("the message arrives at {}", names.join(", "))],
        from: vec!["notification".to_owned()],
        ..Test::default()
    })
}
