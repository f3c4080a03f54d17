//! Words that are often written for a key or a word of the language, so that the error names the right one.

/// What is often written, in lower case, and what may be meant by it: the first one known at the place is offered.
const GUESSES: &[(&str, &[&str])] = &[
    ("bandwidth", &["speed", "bandwidth_limit"]),
    ("boot", &["os"]),
    ("bonding_mode", &["mode"]),
    ("ceph", &["osd", "ceph_public"]),
    ("cidr", &["address"]),
    ("class", &["device_class", "media"]),
    ("cores", &["vcpus"]),
    ("count", &["ports"]),
    ("cpu", &["vcpus"]),
    ("cpus", &["vcpus", "sockets", "cpu"]),
    ("disk", &["root_disk", "disks"]),
    ("dwpd", &["endurance"]),
    ("hash", &["xmit_hash_policy"]),
    ("hash_policy", &["xmit_hash_policy"]),
    ("heartbeat", &["corosync"]),
    ("host", &["node"]),
    ("hosts", &["node"]),
    ("interfaces", &["members", "ports", "interface"]),
    ("iops", &["write_iops"]),
    ("ip", &["address", "hosts_address"]),
    ("lacp", &["802.3ad", "lacp_groups", "limits", "lacp_rate"]),
    ("mgrs", &["managers"]),
    ("mons", &["monitors"]),
    ("network", &["cards"]),
    ("nic", &["interface", "cards"]),
    ("nics", &["cards"]),
    ("pgs", &["pg_num"]),
    ("plp", &["power_loss_protection"]),
    ("public", &["ceph_public"]),
    ("raid", &["mirror"]),
    ("raid1", &["mirror"]),
    ("ram", &["memory"]),
    ("release", &["proxmox_ve"]),
    ("replicas", &["size"]),
    ("rtt", &["round_trip"]),
    ("sas", &["ssd"]),
    ("sata", &["ssd"]),
    ("server", &["node"]),
    ("servers", &["node"]),
    ("size", &["capacity"]),
    ("slaves", &["members"]),
    ("storage", &["disks"]),
    ("subnet", &["address"]),
    ("system", &["os"]),
    ("tbw", &["endurance"]),
    ("type", &["media", "kind"]),
    ("version", &["release", "proxmox_ve"]),
    ("vlans", &["guest_vlans", "vlan"]),
    ("vm", &["guest"]),
    ("vms", &["guest"]),
];

/// The known word that is most likely meant by one that is not known.
pub(super) fn meant<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let lower = word.to_lowercase();
    let guesses = GUESSES.iter().find(|(guess, _)| *guess == lower).map_or(&[] as &[&str], |(_, meant)| meant);
    guesses.iter().find_map(|meant| known.iter().find(|name| *name == meant).copied())
}

#[cfg(test)]
mod tests {
    use super::meant;

    #[test]
    fn the_first_word_known_at_the_place_is_offered() {
        assert_eq!(meant("LACP", &["active-backup", "802.3ad"]), Some("802.3ad"));
        assert_eq!(meant("disk", &["discard", "root_disk"]), Some("root_disk"));
        assert_eq!(meant("lacp", &["members", "mode"]), None);
    }
}
