//! The oracle of failures by hand-worked examples: every expected value follows from the reasoning beside it.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "tests stop at what is not as it should be")]

mod oracle;

use oracle::{Verdict, components, judge, resolved};

/// Losses that occur or may occur, with a question mark behind those that are unproven.
fn lost(text: &str, failed: &[&str]) -> Vec<String> {
    let topology = resolved(text);
    let names = components(&topology);
    for name in failed {
        assert!(names.iter().any(|known| known == name), "{name} is none of {names:?}");
    }
    let verdicts = judge(&topology, failed);
    let said = oracle::LOSSES.iter().filter_map(|loss| match verdicts[loss] {
        Verdict::Lost => Some((*loss).to_owned()),
        Verdict::Unproven => Some(format!("{loss}?")),
        Verdict::Survived => None,
    });
    said.collect()
}

/// Three nodes, two core switches as a pair, one switch for management with the only Corosync link.
const THREE: &str = r#"
    [power_feed]
    feed-a = {}
    feed-b = {}

    [server_model.hci]
    power_supplies = { count = 2, needed = 1 }
    cards = { onboard = { ports = 2 }, slot1 = { ports = 1 }, slot2 = { ports = 1 } }
    controllers = { boot = { mode = "raid1" } }
    disks = { system = { count = 2, role = "os", controller = "boot" }, data = { count = 2, role = "osd" } }

    [switch_model.core]
    ports = { "{1..30}" = { speed = "25GbE" } }
    management_ports = 1
    power_supplies = { count = 2, needed = 1 }

    [node."pve{1..3}"]
    model = "hci"
    power = ["feed-a", "feed-b"]

    [switch]
    "core-{a,b}" = { model = "core", role = "core", power = ["feed-a", "feed-b"] }
    mgmt = { model = "core", role = "management", power = ["feed-a", "feed-b"] }

    [mlag.core]
    peers = "core-{a,b}"
    peer_link = "30"

    [[cable]]
    from = "pve{1..3}:onboard:{1..2}"
    to = "mgmt:{1..6}"

    [[cable]]
    from = ["pve{1..3}:slot1:1", "pve{1..3}:slot2:1"]
    to = ["core-a:{1..3}", "core-b:{1..3}"]

    [[cable]]
    from = "core-{a,b}:management:1"
    to = "mgmt:{7..8}"

    [bond]
    bond0 = { members = ["slot1:1", "slot2:1"], mode = "802.3ad" }

    [network]
    management = { purpose = "management", interface = "onboard:1" }
    ring0 = { purpose = "corosync", interface = "onboard:2" }
    ring1 = { purpose = "corosync", interface = "bond0", vlan = 22 }
    ceph = { purpose = "ceph_public", interface = "bond0", vlan = 23 }
    guests = { purpose = "guest", interface = "bond0", guest_vlans = "100" }

    [corosync.link]
    0 = { network = "ring0" }

    [ceph]
    monitors = "pve{1..3}"
    pool = { vm = { size = 3, min_size = 2 } }
"#;

fn with_second_link() -> String {
    THREE.replace("0 = { network = \"ring0\" }", "0 = { network = \"ring0\" }\n1 = { network = \"ring1\" }")
}

#[test]
fn the_only_switch_with_the_only_link_takes_quorum() {
    // No two nodes hear each other: the largest set is one node of three votes. Nodes work and lose management.
    assert_eq!(lost(THREE, &["mgmt"]), ["quorum", "management"]);
    // Over the bond all three hear each other still.
    assert_eq!(lost(&with_second_link(), &["mgmt"]), ["management"]);
    // One of the two core switches is enough for the bond, both are not: no link is left then, and storage is gone.
    assert_eq!(lost(&with_second_link(), &["mgmt", "core-a"]), ["management"]);
    assert_eq!(lost(&with_second_link(), &["core-a", "core-b"]), ["monitors", "pool", "guest network"]);
}

#[test]
fn two_nodes_of_three_are_a_majority_and_one_is_not() {
    // Two of three votes and monitors, two of three copies, min_size 2.
    assert!(lost(THREE, &["pve1"]).is_empty());
    // One of three of everything. The node that is left reaches all its networks.
    assert_eq!(lost(THREE, &["pve1", "pve2"]), ["quorum", "monitors", "pool"]);
    // A daemon takes the monitor only.
    assert_eq!(lost(THREE, &["monitor pve1", "pve2"]), ["monitors"]);
}

#[test]
fn disks_in_two_hosts_lose_a_pool_and_in_one_do_not() {
    // Copies lie on three different hosts; two of them on failed disks at worst leaves one, below min_size 2.
    assert_eq!(lost(THREE, &["disk pve1:data:1", "disk pve2:data:1"]), ["pool"]);
    // One host holds one copy, whichever of its disks.
    assert!(lost(THREE, &["disk pve1:data:1", "disk pve1:data:2"]).is_empty());
    // By disk, any two disks may hold two copies.
    let by_disk = THREE.replace("min_size = 2", "min_size = 2, failure_domain = \"osd\"");
    assert_eq!(lost(&by_disk, &["disk pve1:data:1", "disk pve1:data:2"]), ["pool"]);
    // Two copies with min_size 1: one is left.
    let two = THREE.replace("size = 3, min_size = 2", "size = 2, min_size = 1");
    assert!(lost(&two, &["disk pve1:data:1"]).is_empty());
    assert_eq!(lost(&two, &["disk pve1:data:1", "disk pve2:data:1"]), ["pool"]);
}

#[test]
fn system_disks_stop_a_node() {
    // A mirror of two loses one; with both the node stops, as two nodes of three are left.
    assert!(lost(THREE, &["disk pve1:system:1", "disk pve2:system:1"]).is_empty());
    assert!(lost(THREE, &["disk pve1:system:1", "disk pve1:system:2"]).is_empty());
    // Its controller takes both disks: with another node gone, one node of three is left.
    assert_eq!(lost(THREE, &["controller pve1:boot", "pve2"]), ["quorum", "monitors", "pool"]);
    // A single disk takes its node.
    let single = THREE.replace("count = 2, role = \"os\"", "count = 1, role = \"os\"");
    assert_eq!(lost(&single, &["disk pve1:system:1", "disk pve2:system:1"]), ["quorum", "monitors", "pool"]);
    // Two disks of which nobody says that they mirror each other: it depends.
    let unsaid = THREE.replace(", controller = \"boot\"", "").replace("mode = \"raid1\"", "mode = \"hba\"");
    assert_eq!(lost(&unsaid, &["disk pve1:system:1", "disk pve2:system:1"]), ["quorum?", "monitors?", "pool?"]);
}

#[test]
fn a_feed_takes_what_hangs_on_it_alone() {
    assert!(lost(THREE, &["feed-a"]).is_empty());
    // Both core switches on one feed: nobody reaches anybody over the bond. Both have failed as one.
    let one_feed = THREE.replace(
        "role = \"core\", power = [\"feed-a\", \"feed-b\"]",
        "role = \"core\", power = [\"feed-a\", \"feed-a\"]",
    );
    assert_eq!(lost(&one_feed, &["feed-a"]), ["monitors", "pool", "guest network"]);
    assert!(lost(&one_feed, &["feed-b"]).is_empty());
    // One supply of two is enough; both are not. The other peer carries the bond.
    assert!(lost(&one_feed, &["core-a supply 1", "core-a line 2"]).is_empty());
    assert!(lost(&one_feed, &["core-a supply 1", "core-b line 2"]).is_empty());
    // Nobody says how many supplies a switch needs: one is enough, or both are needed.
    let unsaid = THREE.replace(
        "management_ports = 1\n    power_supplies = { count = 2, needed = 1 }",
        "management_ports = 1\n    power_supplies = { count = 2 }",
    );
    assert_eq!(lost(&unsaid, &["feed-a"]), ["quorum?", "monitors?", "pool?", "management?", "guest network?"]);
}

#[test]
fn power_that_is_not_described_fails_all_at_best_none() {
    let dark = THREE.replace("role = \"management\", power = [\"feed-a\", \"feed-b\"]", "role = \"management\"");
    // At worst the switch for management goes, at best nothing does.
    assert_eq!(lost(&dark, &["power that is not described"]), ["quorum?", "management?"]);
    // Servers whose power is not known: were they all down, nobody would miss the guests' networks; but they may
    // stand while core-b is gone for certain and core-a's power is not known.
    let dark = THREE.replace("model = \"hci\"\n    power = [\"feed-a\", \"feed-b\"]", "model = \"hci\"").replace(
        "\"core-{a,b}\" = { model = \"core\", role = \"core\", power = [\"feed-a\", \"feed-b\"] }",
        "\"core-{a,b}\" = { model = \"core\", role = \"core\" }",
    );
    assert_eq!(lost(&dark, &["power that is not described"]), ["quorum?", "monitors?", "pool?", "guest network?"]);
}

#[test]
fn a_pair_that_loses_its_peer_link_shuts_the_second_switch() {
    let link = "cable core-a:30 - core-b:30";
    // With a keepalive all bonds go on over core-a.
    assert!(lost(THREE, &[link]).is_empty());
    // pve1 has no way to core-a: its bond is shut with core-b, and it is cut off; two monitors and copies are left.
    assert_eq!(lost(THREE, &[link, "pve1:slot1"]), ["guest network"]);
    // Without a keepalive both may shut their ports, or none.
    assert_eq!(lost(THREE, &[link, "core-a:management:1"]), ["monitors?", "pool?", "guest network?"]);
    // Where core-a itself is gone, core-b goes on.
    assert!(lost(THREE, &[link, "core-a"]).is_empty());
}

#[test]
fn a_cable_that_is_not_drawn_leads_wherever_it_is_needed_or_nowhere() {
    let open = THREE.replace(
        "from = [\"pve{1..3}:slot1:1\", \"pve{1..3}:slot2:1\"]\n    to = [\"core-a:{1..3}\", \"core-b:{1..3}\"]",
        "from = \"pve{1..3}:slot1:1\"\n    to = \"core-a:{1..3}\"",
    );
    // The second members of all bonds may lead to core-b, to each other, or nowhere.
    assert_eq!(lost(&open, &["core-a"]), ["monitors?", "pool?", "guest network?"]);
    assert!(lost(&open, &["core-b"]).is_empty());
    // What is known to be gone is gone: no member of pve1's bond is left, and the other two go on.
    assert_eq!(lost(&open, &["pve1:bond0"]), ["guest network"]);
    // The whole design without cables: every failure may lose everything that needs one.
    assert_eq!(lost(&open, &["pve1:slot1", "pve1:slot2"]), ["guest network"]);
}

#[test]
fn an_external_vote_counts_for_those_who_reach_it() {
    let two = THREE
        .replace("pve{1..3}", "pve{1..2}")
        .replace("mgmt:{1..6}", "mgmt:{1..4}")
        .replace("core-a:{1..3}\", \"core-b:{1..3}", "core-a:{1..2}\", \"core-b:{1..2}")
        .replace("size = 3, min_size = 2", "size = 2, min_size = 1");
    // Two votes: one is no majority. One monitor of two is none either.
    assert_eq!(lost(&two, &["pve1"]), ["quorum", "monitors"]);
    // Two votes and one: one node with the external vote has two of three.
    let voted = format!("{two}\n[cluster]\nqdevice = true\nqdevice_ports = \"mgmt:20\"\n");
    assert_eq!(lost(&voted, &["pve1"]), ["monitors"]);
    // With the switch both the link and the vote are gone.
    assert_eq!(lost(&voted, &["mgmt"]), ["quorum", "management"]);
    // Nobody says where the vote hangs.
    let unsaid = format!("{two}\n[cluster]\nqdevice = true\n");
    assert_eq!(lost(&unsaid, &["pve1"]), ["quorum?", "monitors"]);
    // Three votes and two: one node with the external votes has three of five.
    let odd = format!("{THREE}\n[cluster]\nqdevice = true\nqdevice_ports = \"mgmt:20\"\n");
    assert_eq!(lost(&odd, &["pve1", "pve2"]), ["monitors", "pool"]);
}

#[test]
fn a_vlan_that_a_port_does_not_carry_is_stopped_there() {
    // core-a's port to pve1 lets 22 and 100 through and not 23: Ceph hangs on core-b, joined by the peer link.
    let set = format!("{THREE}\n[[switch_port]]\nports = \"core-a:1\"\ntagged = [\"22\", \"100\"]\n");
    assert!(lost(&set, &["core-a"]).is_empty());
    // With core-b gone pve1 is out of Ceph's network: two monitors of three and two copies of three are enough.
    assert!(lost(&set, &["core-b"]).is_empty());
    // A second one gone is too many.
    assert_eq!(lost(&set, &["core-b", "pve2"]), ["monitors", "pool"]);
    // The peer link without 23 parts Ceph's network where bonds hang on different switches.
    let set = format!("{THREE}\n[[switch_port]]\nports = \"core-{{a,b}}:30\"\ntagged = [\"22\", \"100\"]\n");
    assert!(lost(&set, &["pve1:slot1"]).is_empty());
    assert_eq!(lost(&set, &["pve1:slot1", "pve2"]), ["monitors", "pool"]);
}

#[test]
fn db_devices_take_their_osds() {
    let db = THREE.replace(
        "data = { count = 2, role = \"osd\" }",
        "data = { count = 3, role = \"osd\", db = \"fast\" }, fast = { count = 2, role = \"db\" }",
    );
    // OSDs 1 and 3 on the first DB disk, 2 on the second: each takes a copy of its host.
    assert_eq!(lost(&db, &["disk pve1:fast:1", "disk pve2:fast:2"]), ["pool"]);
    assert!(lost(&db, &["disk pve1:fast:1", "disk pve1:fast:2"]).is_empty());
}

#[test]
fn a_mesh_passes_on_or_does_not() {
    let ring = |mesh: &str| {
        let text = THREE.replace("slot2 = { ports = 1 }", "slot2 = { ports = 1 }, mesh = { ports = 2 }").replace(
            "ring0 = { purpose = \"corosync\", interface = \"onboard:2\" }",
            &format!("ring0 = {{ purpose = \"corosync\", interface = \"vmbr9\", mesh = \"{mesh}\" }}"),
        );
        format!(
            "{text}\n[bridge]\nvmbr9 = {{ ports = [\"mesh:1\", \"mesh:2\"] }}\n\
             [[cable]]\nfrom = \"pve{{1..3}}:mesh:1\"\nto = [\"pve2:mesh:2\", \"pve3:mesh:2\", \"pve1:mesh:2\"]\n"
        )
    };
    let one = "cable pve1:mesh:1 - pve2:mesh:2";
    let two = "cable pve2:mesh:1 - pve3:mesh:2";
    // With one cable gone, pve3 passes on; without that, pve1 and pve3 are two of three.
    assert!(lost(&ring("rstp"), &[one]).is_empty());
    assert!(lost(&ring("broadcast"), &[one]).is_empty());
    // pve3 gone as well leaves pve1 and pve2 with nothing between them; without pve3's help they never had.
    assert_eq!(lost(&ring("routed-with-fallback"), &[one, "pve3"]), ["quorum"]);
    // pve2 has no cable left; pve1 and pve3 have theirs.
    assert!(lost(&ring("routed"), &[one, two]).is_empty());
}

#[test]
fn guests_need_memory_and_threads_on_what_is_left() {
    let with = |guest: &str| {
        let text = THREE.replace(
            "[server_model.hci]",
            "[server_model.hci]\n    memory = { capacity = \"32 GiB\" }\n    cpu = { threads = 8 }",
        );
        format!("{text}\n[ha]\nenabled = true\n[guest.web]\nha = true\n{guest}\n")
    };
    // A node has 32 - 4 - 2 x 4 = 20 GiB: three guests of 10 GiB need two nodes, five need three.
    assert!(lost(&with("count = 3\nmemory = \"10 GiB\""), &["pve1"]).is_empty());
    assert_eq!(lost(&with("count = 5\nmemory = \"10 GiB\""), &["pve1"]), ["restart"]);
    assert!(lost(&with("count = 5\nmemory = \"10 GiB\""), &["disk pve1:data:1"]).is_empty());
    // Two of 11 GiB do not fit one node, whatever is left in sum.
    assert_eq!(lost(&with("count = 3\nmemory = \"11 GiB\""), &["pve1"]), ["restart"]);
    // A node offers (8 - 2 OSDs - 1 monitor - 2) x 4 = 12 vCPUs: two of 7 do not fit, nor does one of 9 on 8 threads.
    assert!(lost(&with("count = 2\nmemory = \"1 GiB\"\nvcpus = 7"), &["pve1"]).is_empty());
    assert_eq!(lost(&with("count = 3\nmemory = \"1 GiB\"\nvcpus = 7"), &["pve1"]), ["restart"]);
    assert_eq!(lost(&with("count = 1\nmemory = \"1 GiB\"\nvcpus = 9"), &["pve1"]), ["restart"]);
    // Guests beside take 30 of 60 GiB, half of each node: 10 GiB are left on each.
    let beside = "[guest.beside]\nha = false\ncount = 3\nmemory = \"10 GiB\"";
    assert!(lost(&with(&format!("count = 2\nmemory = \"10 GiB\"\n{beside}")), &["pve1"]).is_empty());
    assert_eq!(lost(&with(&format!("count = 3\nmemory = \"10 GiB\"\n{beside}")), &["pve1"]), ["restart"]);
    // Nobody says how much memory a guest has.
    assert_eq!(lost(&with("count = 1"), &["pve1"]), ["restart?"]);
    // A profile bound to pve1 has no other place.
    let bound =
        "count = 1\nmemory = \"1 GiB\"\n[ha.node_affinity.bound]\nnodes = \"pve1\"\nguests = \"web\"\nstrict = true";
    assert_eq!(lost(&with(bound), &["pve1"]), ["restart"]);
    assert!(lost(&with(bound), &["pve2"]).is_empty());
    // Where quorum is lost, restart is not asked.
    assert_eq!(lost(&with(bound), &["pve1", "pve2"]), ["quorum", "monitors", "pool"]);
}

#[test]
fn guests_need_a_way_out() {
    let out = format!(
        "{THREE}\n[firewall_model.edge.cards]\nservice = {{ ports = 2 }}\nwan = {{ ports = 1 }}\n\
         [firewall.\"fw{{1..2}}\"]\nmodel = \"edge\"\nservice_ports = \"service:1\"\npower = [\"feed-a\"]\n\
         [[cable]]\nfrom = \"fw{{1..2}}:service:1\"\nto = [\"core-a:10\", \"core-b:10\"]\n\
         [uplink]\nprovider-a = {{ ports = \"fw1:wan:1\" }}\nprovider-b = {{ ports = \"fw2:wan:1\" }}\n"
    );
    assert!(lost(&out, &["fw1"]).is_empty());
    assert_eq!(lost(&out, &["fw1", "provider-b"]), ["guest network"]);
    assert_eq!(lost(&out, &["fw1:service", "fw2:wan:1"]), ["guest network"]);
    // Either firewall hangs on one core switch: fw2 on core-b is left without an uplink, fw1 without a switch.
    assert_eq!(lost(&out, &["core-a", "provider-b"]), ["guest network"]);
    assert!(lost(&out, &["core-a", "provider-a"]).is_empty());
    // Both firewalls have their one supply on feed-a.
    assert_eq!(lost(&out, &["feed-a"]), ["guest network"]);
}

#[test]
fn sites_are_joined_by_their_link() {
    let sites = THREE
        .replace("[node.\"pve{1..3}\"]\n    model = \"hci\"\n    power = [\"feed-a\", \"feed-b\"]", "[site]\neast = {}\nwest = {}\n[node]\npve1 = { model = \"hci\", site = \"east\", power = [\"feed-a\", \"feed-b\"] }\n\"pve{2..3}\" = { model = \"hci\", site = \"west\", power = [\"feed-a\", \"feed-b\"] }")
        .replace("\"core-{a,b}\" = { model = \"core\", role = \"core\", power", "core-a = { model = \"core\", site = \"east\", power = [\"feed-a\", \"feed-b\"] }\ncore-b = { model = \"core\", site = \"west\", power")
        .replace("[mlag.core]\n    peers = \"core-{a,b}\"\n    peer_link = \"30\"\n", "[site_link.line]\nsites = [\"east\", \"west\"]\nports = [\"core-a:29\", \"core-b:29\"]\n")
        .replace("from = [\"pve{1..3}:slot1:1\", \"pve{1..3}:slot2:1\"]\n    to = [\"core-a:{1..3}\", \"core-b:{1..3}\"]", "from = \"pve{1..3}:slot1:1\"\nto = [\"core-a:1\", \"core-b:{2..3}\"]")
        .replace("members = [\"slot1:1\", \"slot2:1\"]", "members = [\"slot1:1\"]");
    // West keeps two monitors and two copies; pve1 in the east does not hang on the main part of guests' network.
    assert_eq!(lost(&sites, &["line"]), ["guest network"]);
    assert_eq!(lost(&sites, &["core-b:29"]), ["guest network"]);
    // West gone: one node of three.
    assert_eq!(lost(&sites, &["site west"]), ["quorum", "monitors", "pool"]);
    assert!(lost(&sites, &["site east"]).is_empty());
}

#[test]
fn a_shared_risk_fails_all_its_members() {
    let risk = format!(
        "{THREE}\n[shared_risk]\nbatch = {{ members = [\"disk pve1:data\", \"pve2:slot1\"], cables = \"pve2:slot2:1\" }}\n"
    );
    // pve1 without OSDs, pve2 without a bond: two monitors of three, but one copy of three.
    assert_eq!(lost(&risk, &["batch"]), ["pool", "guest network"]);
}

#[test]
fn components_are_named_as_the_manual_says() {
    let names = components(&resolved(THREE));
    let count = |start: &str| names.iter().filter(|name| name.starts_with(start)).count();
    // Six devices with two supplies and two lines each; 2 feeds.
    assert_eq!(names.iter().filter(|name| name.contains(" supply ") || name.contains(" line ")).count(), 24);
    // Six cables to mgmt, six to core, two of administration, one peer link.
    assert_eq!(count("cable "), 15);
    // pve1 itself; 2 supplies, 2 lines; 3 cards; 4 ports; 1 bond. Its controller and 4 disks say what they are.
    assert_eq!(
        names.iter().filter(|name| *name == "pve1" || name.starts_with("pve1:") || name.starts_with("pve1 ")).count(),
        13
    );
    assert_eq!((count("controller pve1:"), count("disk pve1:")), (1, 4));
    assert_eq!(count("monitor "), 3);
    // core-a, its supplies and lines; three ports to nodes, the peer link's, that of administration.
    assert_eq!(names.iter().filter(|name| name.starts_with("core-a")).count(), 10);
    assert!(!names.iter().any(|name| name == "power that is not described"));
}

#[test]
fn guests_ask_for_what_ceph_carries() {
    // Each node: one bond of two members at 10 GbE in a mode that uses one, and two OSDs at 200 MB/s.
    let loaded = |iops: u32| {
        let text = THREE
            .replace(
                "slot1 = { ports = 1 }, slot2 = { ports = 1 }",
                "slot1 = { ports = 1, speed = \"10GbE\" }, slot2 = { ports = 1, speed = \"10GbE\" }",
            )
            .replace(
                "data = { count = 2, role = \"osd\" }",
                "data = { count = 2, role = \"osd\", write = \"200 MB/s\", read = \"300 MB/s\" }",
            )
            .replace("802.3ad", "active-backup");
        format!("{text}\n[guest.web]\ncount = 1\niops = {iops}\nio_size = \"100 kB\"\n")
    };
    // Six disks at 200 MB/s write three copies at 400 MB/s; the network 3 x 1250 x 0.94 / (2 + 2/3) = 1322 MB/s.
    // All operations write where nothing is said: 4000 of 100 kB are 400 MB/s.
    assert!(lost(&loaded(4000), &["core-a"]).is_empty());
    assert_eq!(lost(&loaded(4001), &["core-a"]), ["bandwidth"]);
    // Without a disk five write three copies: 333.3 MB/s. Without a node four write two copies: 400 MB/s.
    assert_eq!(lost(&loaded(3334), &["disk pve1:data:1"]), ["bandwidth"]);
    assert!(lost(&loaded(3333), &["disk pve1:data:1"]).is_empty());
    assert!(lost(&loaded(4000), &["pve1"]).is_empty());
    // By reads six disks give 1800 MB/s: half and half of 6400 x 100 kB are 320 / 400 + 320 / 1800 = 0.98 of it.
    let mixed = |iops: u32| format!("{}write_share = \"50 %\"\n", loaded(iops));
    assert!(lost(&mixed(6400), &["core-a"]).is_empty());
    assert_eq!(lost(&mixed(6600), &["core-a"]), ["bandwidth"]);
    // Nobody says how fast the disks are.
    assert_eq!(lost(&loaded(1).replace("write = \"200 MB/s\", ", ""), &["pve1"]), ["bandwidth?"]);
    // It is not asked of a pool that stands still.
    assert_eq!(lost(&loaded(9000), &["disk pve1:data:1", "disk pve2:data:1"]), ["pool"]);
}

/// Nobody knows which switch the nodes hang on, so each firewall may be the one that they leave by.
#[test]
fn nodes_that_may_be_anywhere_leave_by_the_firewall_that_is_left() {
    let text = r#"
        [server_model.hci]
        cards = { slot1 = { ports = 1 } }
        [switch_model.any]
        ports = { "{1..4}" = { speed = "25GbE" } }
        [firewall_model.edge]
        cards = { service = { ports = 1 }, wan = { ports = 1 } }
        [node."pve{1..2}"]
        model = "hci"
        [switch."core-{a,b}"]
        model = "any"
        role = "core"
        [firewall."fw{1..2}"]
        model = "edge"
        service_ports = "service:1"
        [network.guests]
        purpose = "guest"
        [uplink.provider-1]
        ports = "fw1:wan:1"
        [uplink.provider-2]
        ports = "fw2:wan:1"
        [[cable]]
        from = "fw{1..2}:service:1"
        to = "core-{a,b}:1"
    "#;
    let way_out = |failed: &[&str]| lost(text, failed).into_iter().find(|loss| loss.starts_with("guest network"));
    assert_eq!(way_out(&["fw1"]).as_deref(), Some("guest network?"));
    assert_eq!(way_out(&["fw2"]).as_deref(), Some("guest network?"));
    assert_eq!(way_out(&["fw1", "provider-2"]).as_deref(), Some("guest network"));
}
