//! Where the language expects the name of something, and the names that a design has.

use crate::design::expand;
use crate::source::{Kind, Table};

/// Keys that name things, and the tables whose entries they name; `*` is any name, the same on both sides.
const REFERENCES: &[(&str, &[&str])] = &[
    ("backup.*.guests", &["guest"]),
    ("backup.*.network", &["network"]),
    ("backup.*.storage", &["storage"]),
    ("bond.*.on", &["node", "firewall"]),
    ("bridge.*.on", &["node"]),
    ("bridge.*.ports", &["bond", "bridge"]),
    ("cable.from", &["node", "switch", "firewall"]),
    ("cable.to", &["switch", "node", "firewall"]),
    ("ceph.managers", &["node"]),
    ("ceph.metadata_servers", &["node"]),
    ("ceph.monitors", &["node"]),
    ("ceph.pool.*.metadata_pool", &["ceph.pool"]),
    ("cluster.qdevice_ports", &["switch"]),
    ("corosync.link.*.network", &["network"]),
    ("fabric.*.leaves", &["switch"]),
    ("fabric.*.spines", &["switch"]),
    ("firewall.*.model", &["firewall_model"]),
    ("firewall.*.power", &["power_feed"]),
    ("firewall.*.site", &["site"]),
    ("guest.*.ha_group", &["ha.group"]),
    ("guest.*.networks", &["network"]),
    ("guest.*.storage", &["storage"]),
    ("ha.group.*.nodes", &["node"]),
    ("ha.node_affinity.*.guests", &["guest"]),
    ("ha.node_affinity.*.nodes", &["node"]),
    ("migration.network", &["network"]),
    ("mlag.*.keepalive", &["network"]),
    ("mlag.*.peers", &["switch"]),
    ("network.*.interface", &["bond", "bridge"]),
    ("network.*.on", &["node", "switch", "firewall"]),
    ("network.*.overlay", &["overlay"]),
    ("node.*.model", &["server_model"]),
    ("node.*.power", &["power_feed"]),
    ("node.*.site", &["site"]),
    ("overlay.*.peers", &["node"]),
    ("overlay.*.underlay", &["network"]),
    ("power_feed.*.site", &["site"]),
    ("server_model.*.disks.*.controller", &["server_model.*.controllers"]),
    ("server_model.*.disks.*.db", &["server_model.*.disks"]),
    ("shared_risk.*.members", &["node", "switch", "firewall", "power_feed", "uplink"]),
    ("site_link.*.sites", &["site"]),
    ("storage.*.networks", &["network"]),
    ("storage.*.pool", &["ceph.pool"]),
    ("storage.*.portals", &["network"]),
    ("switch.*.model", &["switch_model"]),
    ("switch.*.power", &["power_feed"]),
    ("switch.*.site", &["site"]),
    ("switch_port.ports", &["switch", "firewall"]),
    ("uplink.*.ports", &["firewall", "switch"]),
];

/// Longest range that is offered name by name as well.
const SPELLED_OUT: usize = 64;

/// The names that may stand at a key, as the design writes them and one by one.
pub(super) fn names(design: &Table, path: &[String]) -> Vec<String> {
    let Some((filled, tables)) = REFERENCES.iter().find_map(|(pattern, tables)| Some((fill(pattern, path)?, tables)))
    else {
        return Vec::new();
    };
    let mut names = Vec::new();
    for table in *tables {
        let mut filled = filled.iter();
        let keys: Vec<&str> =
            table.split('.').map(|key| if key == "*" { filled.next().map_or(key, |name| name) } else { key }).collect();
        for pattern in entries(design, &keys) {
            names.push(pattern.to_owned());
            let each = expand(pattern).unwrap_or_default();
            if each.len() > 1 && each.len() <= SPELLED_OUT {
                names.extend(each.into_iter().map(String::from));
            }
        }
    }
    names
}

/// The names that stand for the `*` of a pattern, where the path is one of it.
fn fill<'p>(pattern: &str, path: &'p [String]) -> Option<Vec<&'p str>> {
    let keys: Vec<&str> = pattern.split('.').collect();
    let fits = keys.len() == path.len() && keys.iter().zip(path).all(|(key, part)| *key == "*" || key == part);
    fits.then(|| keys.iter().zip(path).filter(|(key, _)| **key == "*").map(|(_, part)| part.as_str()).collect())
}

fn entries<'d>(table: &'d Table, path: &[&str]) -> Vec<&'d str> {
    match path {
        [] => table.0.iter().map(|entry| entry.key.value.as_str()).collect(),
        [key, rest @ ..] => match table.get(key).map(|entry| &entry.value.kind) {
            Some(Kind::Table(below)) => entries(below, rest),
            _ => Vec::new(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::super::language::{Known, field, known};
    use super::*;

    #[test]
    fn references_are_between_keys_of_the_language() {
        let path = |text: &str| text.split('.').map(str::to_owned).collect::<Vec<_>>();
        for (pattern, tables) in REFERENCES {
            assert!(field(&path(pattern)).is_some(), "{pattern} is no key");
            for table in *tables {
                assert!(matches!(known(&path(table)), Some(Known::Entries(_))), "{table} is no table by name");
            }
        }
    }
}
