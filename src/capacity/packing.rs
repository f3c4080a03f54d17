//! Guests on nodes, one by one: what is left of a node in pieces holds nobody.

use crate::words::{self, Said};

/// What a node has for guests.
pub(super) struct Room<'t> {
    pub(super) node: &'t str,
    /// Bytes.
    pub(super) memory: f64,
    /// Virtual processors.
    pub(super) processors: f64,
}

/// Equal guests.
pub(super) struct Group<'t> {
    pub(super) name: String,
    pub(super) count: f64,
    /// Bytes of one.
    pub(super) memory: f64,
    /// Virtual processors of one.
    pub(super) processors: f64,
    /// Nodes they may run on.
    pub(super) nodes: Vec<&'t str>,
}

/// What found a place.
pub(super) struct Packed {
    pub(super) placed: f64,
    pub(super) all: f64,
    /// The first group of which a guest found none.
    pub(super) first_left_out: Option<LeftOut>,
}

/// A group of which a guest found no place.
pub(super) struct LeftOut {
    pub(super) name: String,
    pub(super) why: Said,
}

/// How many whole ones fit.
pub(super) fn whole(room: f64, one: f64) -> f64 {
    // Sums of decimal quantities miss whole numbers by float noise.
    if one <= 0.0 { f64::INFINITY } else { ((room / one) * (1.0 + 1e-12)).floor().max(0.0) }
}

/// Puts guests on nodes, those with most memory first, and takes what they need out of the rooms.
pub(super) fn pack(rooms: &mut [Room<'_>], mut groups: Vec<Group<'_>>) -> Packed {
    groups.sort_by(|one, other| other.memory.total_cmp(&one.memory));
    let all = groups.iter().map(|group| group.count).sum();
    let mut packed = Packed { placed: 0.0, all, first_left_out: None };
    for group in groups {
        let mut left = group.count;
        let mut short_of_memory = false;
        for room in rooms.iter_mut().filter(|room| group.nodes.contains(&room.node)) {
            let (memory, processors) = (whole(room.memory, group.memory), whole(room.processors, group.processors));
            let taken = left.min(memory).min(processors);
            short_of_memory |= memory <= processors;
            room.memory -= taken * group.memory;
            room.processors -= taken * group.processors;
            left -= taken;
        }
        packed.placed += group.count - left;
        if left > 0.0 && packed.first_left_out.is_none() {
            let why = if short_of_memory { words::figures::memory() } else { words::figures::virtual_processors() };
            packed.first_left_out = Some(LeftOut { name: group.name, why });
        }
    }
    packed
}

#[cfg(test)]
mod tests {
    use super::{Group, Room, pack};

    fn group<'t>(name: &str, count: f64, memory: f64, nodes: &[&'t str]) -> Group<'t> {
        Group { name: name.to_owned(), count, memory, processors: 1.0, nodes: nodes.to_vec() }
    }

    fn rooms() -> Vec<Room<'static>> {
        ["a", "b"].map(|node| Room { node, memory: 10.0, processors: 100.0 }).into()
    }

    /// Two nodes of 10: three guests of 6 would need 18 of 20, but only one fits on each. What is left, 4 and 4, holds
    /// four guests of 2.
    #[test]
    fn pieces_of_two_nodes_hold_nobody() {
        let packed =
            pack(&mut rooms(), vec![group("small", 4.0, 2.0, &["a", "b"]), group("large", 3.0, 6.0, &["a", "b"])]);
        assert!((packed.placed - 6.0).abs() < 1e-9 && (packed.all - 7.0).abs() < 1e-9);
        let left_out = packed.first_left_out.map(|left| (left.name, left.why.to_string()));
        assert_eq!(left_out, Some(("large".to_owned(), "memory".to_owned())));
    }

    /// Guests that are kept to one node fill that one only.
    #[test]
    fn guests_stay_on_their_nodes() {
        let packed = pack(&mut rooms(), vec![group("kept", 5.0, 4.0, &["a"])]);
        assert!((packed.placed - 2.0).abs() < 1e-9);
    }
}
