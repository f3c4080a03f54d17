//! Words that are often written for a key or a word of the language, so that the error names the right one.

/// Other names of a key or word, in lower case: wherever that is known, nothing else can be meant.
const SAME: &[(&str, &str)] = &[
    ("bonding_mode", "mode"),
    ("hash_policy", "xmit_hash_policy"),
    ("lacp", "802.3ad"),
    ("mgrs", "managers"),
    ("mons", "monitors"),
    ("pgs", "pg_num"),
    ("plp", "power_loss_protection"),
    ("ram", "memory"),
    ("replicas", "size"),
    ("rtt", "round_trip"),
    ("slaves", "members"),
];

/// What is often written, in lower case, and what may be meant by it: the first one known at the place is offered.
const GUESSES: &[(&str, &[&str])] = &[
    ("bandwidth", &["speed", "bandwidth_limit"]),
    ("boot", &["os"]),
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
    ("heartbeat", &["corosync"]),
    ("host", &["node"]),
    ("hosts", &["node"]),
    ("interfaces", &["members", "ports", "interface"]),
    ("iops", &["write_iops"]),
    ("ip", &["address", "hosts_address"]),
    ("lacp", &["lacp_groups", "limits", "lacp_rate"]),
    ("network", &["cards"]),
    ("nic", &["interface", "cards"]),
    ("nics", &["cards"]),
    ("public", &["ceph_public"]),
    ("raid", &["mirror"]),
    ("raid1", &["mirror"]),
    ("release", &["proxmox_ve"]),
    ("sas", &["ssd"]),
    ("sata", &["ssd"]),
    ("server", &["node"]),
    ("servers", &["node"]),
    ("size", &["capacity"]),
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

/// The known word that is the same as one that is not known: under another name, or spelled in other letters or with
/// other dashes.
pub(super) fn same<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let lower = word.to_lowercase();
    let other = SAME.iter().find(|(name, _)| *name == lower).map(|(_, meant)| *meant);
    let named = other.and_then(|meant| known.iter().find(|name| **name == meant));
    let plain = plain(word);
    let mut alike = known.iter().filter(|name| self::plain(name) == plain);
    named.or_else(|| alike.next().filter(|_| alike.next().is_none())).copied()
}

/// A word without what is a matter of spelling.
fn plain(word: &str) -> String {
    word.chars().filter(|character| !matches!(character, '-' | '_' | ' ')).flat_map(char::to_lowercase).collect()
}

/// The known word that is most likely meant by one that is not known.
pub(super) fn meant<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let lower = word.to_lowercase();
    let guesses = GUESSES.iter().find(|(guess, _)| *guess == lower).map_or(&[] as &[&str], |(_, meant)| meant);
    let guessed = || guesses.iter().find_map(|meant| known.iter().find(|name| *name == meant).copied());
    same(word, known).or_else(guessed)
}

#[cfg(test)]
mod tests {
    use super::{meant, same};

    #[test]
    fn the_first_word_known_at_the_place_is_offered() {
        assert_eq!(meant("LACP", &["active-backup", "802.3ad"]), Some("802.3ad"));
        assert_eq!(meant("disk", &["discard", "root_disk"]), Some("root_disk"));
        assert_eq!(meant("lacp", &["members", "mode"]), None);
    }

    #[test]
    fn only_another_spelling_or_name_is_the_same_word() {
        let known = ["ceph_public", "nvme", "802.3ad", "ssd", "vcpus"];
        assert_eq!(same("Ceph-Public", &known), Some("ceph_public"));
        assert_eq!(same("NVMe", &known), Some("nvme"));
        assert_eq!(same("LACP", &known), Some("802.3ad"));
        // A disk on SATA may be a hard disk, and cores are not always threads.
        assert_eq!((same("sata", &known), same("cores", &known), same("nvm", &known)), (None, None, None));
        assert_eq!(same("min-size", &["min_size", "minsize"]), None);
    }
}
