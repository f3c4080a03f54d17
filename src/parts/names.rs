//! Devices in few words: as the design writes them, or as ranges.

use std::collections::BTreeSet;

use crate::topology::{DeviceId, Topology};

/// Devices as the tables that describe them write them; of a table whose devices are not all among them, as ranges.
pub(super) fn devices(topology: &Topology<'_>, devices: &BTreeSet<DeviceId>) -> Vec<String> {
    let mut names = Vec::new();
    for group in topology.written_devices() {
        let among: Vec<&str> =
            group.iter().filter(|device| devices.contains(device)).map(|device| topology.name(*device)).collect();
        match among.as_slice() {
            [] => {}
            all if all.len() == group.len() => names.extend(group.first().map(|first| pattern(topology, *first))),
            some => names.extend(ranges(some)),
        }
    }
    names
}

/// Names of the devices of a table as it writes them: `pve{1..3}`.
fn pattern(topology: &Topology<'_>, device: DeviceId) -> String {
    let pattern = match device {
        DeviceId::Node(index) => &topology.nodes[index].item.pattern,
        DeviceId::Switch(index) => &topology.switches[index].item.pattern,
        DeviceId::Firewall(index) => &topology.firewalls[index].item.pattern,
    };
    pattern.value.to_string()
}

/// Names that count on from each other as ranges: `pve{2..4}`.
fn ranges(names: &[&str]) -> Vec<String> {
    let follows = |left: &&str, right: &&str| {
        let ((stem, number), (next_stem, next_number)) = (numbered(left), numbered(right));
        let due = number.parse::<u64>().ok().and_then(|number| number.checked_add(1));
        stem == next_stem && due.is_some_and(|due| format!("{due:0width$}", width = number.len()) == next_number)
    };
    let runs = names.chunk_by(follows);
    let range = |run: &[&str]| match run {
        [first, .., last] => {
            let ((stem, first), (_, last)) = (numbered(first), numbered(last));
            format!("{stem}{{{first}..{last}}}")
        }
        _ => run.concat(),
    };
    runs.map(range).collect()
}

/// A name and the number it ends with.
fn numbered(name: &str) -> (&str, &str) {
    name.split_at(name.trim_end_matches(|letter: char| letter.is_ascii_digit()).len())
}

#[cfg(test)]
mod tests {
    use super::ranges;

    #[test]
    fn names_that_count_on_are_a_range() {
        assert_eq!(ranges(&["pve1", "pve2", "pve4"]), ["pve{1..2}", "pve4"]);
        assert_eq!(ranges(&["pve08", "pve09", "pve10"]), ["pve{08..10}"]);
        assert_eq!(ranges(&["pve9", "pve10", "core-a", "core-b"]), ["pve{9..10}", "core-a", "core-b"]);
        assert_eq!(ranges(&["a99999999999999999999", "a99999999999999999999"]).len(), 2);
    }
}
