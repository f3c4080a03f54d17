//! Failures that the design survives, to be made on purpose; and those that it is known not to survive.

use super::{Ground, Test};
use crate::failure::{Class, Loss, Outcome, spelled};

/// Classes that can be made to fail by hand, with how.
const BY_HAND: [(Class, &str); 7] = [
    (Class::Feed, "switch the feed off"),
    (Class::PowerSupply, "pull the cord of the supply"),
    (Class::Switch, "take the switch off all power"),
    (Class::Firewall, "take the firewall off all power"),
    (Class::Node, "take the server off all power"),
    (Class::Cable, "pull the cable"),
    (Class::Disk, "pull the disk"),
];

pub(super) fn tests(ground: &Ground<'_, '_>) -> Vec<Test> {
    BY_HAND.iter().filter_map(|(class, how)| test(ground, *class, how)).collect()
}

fn test(ground: &Ground<'_, '_>, class: Class, how: &str) -> Option<Test> {
    let proof = ground.proof;
    let new = |loss: &Loss| !proof.baseline.lost.has(*loss);
    let mut survived = Vec::new();
    let mut lost: Vec<String> = Vec::new();
    let mut open = 0;
    for (index, component) in proof.components.iter().enumerate().filter(|(_, component)| component.class == class) {
        let verdict = proof.verdict_of(&[index]);
        let of =
            |outcome| proof.asked.iter().filter(new).filter(move |loss| verdict.of(*loss) == outcome).map(Loss::word);
        let losses: Vec<&str> = of(Outcome::Lost).collect();
        if !losses.is_empty() {
            lost.push(format!("{} ({})", component.name, losses.join(", ")));
        } else if of(Outcome::Unproven).next().is_some() {
            open += 1;
        } else {
            survived.push(component.name.as_str());
        }
    }
    if survived.is_empty() {
        return None;
    }
    let mut notes = Vec::new();
    if !lost.is_empty() {
        let names: Vec<&str> = lost.iter().map(String::as_str).collect();
        notes.push(format!("known to lose something, and not promised: {}", spelled(&names)));
    }
    if open > 0 {
        notes.push(format!("unproven for want of facts, and not promised: {open} more"));
    }
    let which = match survived.len() {
        count if count <= MOST_NAMED => survived.join(", "),
        count => format!("one of each kind; {count} are proven to survive, such as {}", spelled(&survived)),
    };
    Some(Test {
        shows: format!("Any one {} may fail", class.word()),
        on: vec![format!("by hand: {how}, one after the other: {which}")],
        commands: vec!["watch 'pvecm status; ceph status'".to_owned()],
        expected: proof.asked.iter().filter(new).map(stays).collect(),
        notes,
        from: vec!["failures".to_owned()],
    })
}

/// Most components that are named one by one.
const MOST_NAMED: usize = 12;

/// How one sees that nothing is lost.
fn stays(loss: Loss) -> String {
    match loss {
        Loss::Quorum => "pvecm status on every server that works: Quorate: Yes",
        Loss::Monitors => "ceph quorum_status answers",
        Loss::Pool => "ceph pg stat: every placement group stays active",
        Loss::Management => "every server that works can be reached for administration",
        Loss::GuestNetwork => {
            "guests on servers that work answer from outside, without a break longer than their links take to fail over"
        }
        Loss::Restart => "guests of a server that failed run again on another one",
        Loss::Bandwidth => "guests get what they declare: no slow requests in ceph status",
    }
    .to_owned()
}
