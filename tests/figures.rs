//! Known answers of `plan`, each with its arithmetic.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests read fixtures and stop at what is not as it should be"
)]

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::Value;

fn plan(arguments: &[&str]) -> Vec<Value> {
    let output = Command::new(env!("CARGO_BIN_EXE_rackproof"))
        .env("LC_ALL", "C")
        .args(["plan", "--format", "json"])
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let plan: Value = serde_json::from_slice(&output.stdout).unwrap();
    plan["figures"].as_array().unwrap().clone()
}

const NVME: &str = "fixtures/designs/install-battle.toml";
const SATA: &str = "fixtures/designs/install-battle-sata.toml";

/// The values of a figure by a method, in the order they are printed.
fn values(figures: &[Value], id: &str, method: &str, state: &str) -> Vec<f64> {
    let matching =
        figures.iter().filter(|figure| figure["id"] == id && figure["method"] == method && figure["state"] == state);
    matching.map(|figure| figure["value"].as_f64().unwrap_or(f64::NAN)).collect()
}

fn printed(figures: &[Value], id: &str, method: &str) -> Vec<String> {
    let matching = figures.iter().filter(|figure| figure["id"] == id && figure["method"] == method);
    matching.map(|figure| figure["printed"].as_str().unwrap().to_owned()).collect()
}

fn close(found: f64, expected: f64) {
    assert!((found - expected).abs() <= 1e-6 * expected.abs().max(1.0), "{found} is not {expected}");
}

/// S002:94-98 with NVMe: 1000 x 16 / 1024 = 15.625; floor(2900 / 15.625) = floor(185.6) = 185.
/// With decimal MB/s: 1000 x 16384 / 10^6 = 16.384; floor(2900 / 16.384) = floor(177.002) = 177.
#[test]
fn install_battle_on_nvme_carries_185_by_the_documents_and_177_corrected() {
    let figures = plan(&[NVME]);
    assert_eq!(values(&figures, "guest-bandwidth", "documents", "healthy"), [15.625]);
    assert_eq!(printed(&figures, "guest-bandwidth", "documents"), ["15.62 MB/s"]);
    assert_eq!(values(&figures, "guest-bandwidth", "corrected", "healthy"), [16.384]);
    assert_eq!(values(&figures, "guests-by-disk-bandwidth", "documents", "healthy"), [185.0]);
    assert_eq!(values(&figures, "guests-by-disk-bandwidth", "corrected", "healthy"), [177.0]);
}

/// S002:97 with SATA: floor(550 / 15.625) = floor(35.2) = 35; floor(550 / 16.384) = floor(33.57) = 33.
#[test]
fn install_battle_on_sata_carries_35_by_the_documents_and_33_corrected() {
    let figures = plan(&[SATA]);
    assert_eq!(values(&figures, "guest-bandwidth", "documents", "healthy"), [15.625]);
    assert_eq!(values(&figures, "guests-by-disk-bandwidth", "documents", "healthy"), [35.0]);
    assert_eq!(values(&figures, "guests-by-disk-bandwidth", "corrected", "healthy"), [33.0]);
}

#[test]
fn set_turns_nvme_into_sata_and_back() {
    let group = plan(&[NVME]).iter().find(|figure| figure["id"] == "guests-by-disk-bandwidth").unwrap()["subject"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = group.split(" on ").nth(1).unwrap().to_owned();
    let sata = plan(&["--set", &format!("{path}.write=550 MB/s"), NVME]);
    assert_eq!(values(&sata, "guests-by-disk-bandwidth", "documents", "healthy"), [35.0]);
    assert_eq!(values(&sata, "guests-by-disk-bandwidth", "corrected", "healthy"), [33.0]);
    let nvme = plan(&["--set", &format!("{path}.write=2900 MB/s"), SATA]);
    assert_eq!(values(&nvme, "guests-by-disk-bandwidth", "documents", "healthy"), [185.0]);
    assert_eq!(values(&nvme, "guests-by-disk-bandwidth", "corrected", "healthy"), [177.0]);
}

/// S002:217-227: every row of the table is Gbit/s x 125.
#[test]
fn the_documents_table_of_rates_is_exact() {
    let figures = plan(&[NVME]);
    let rows = [125.0, 1250.0, 2500.0, 3125.0, 4000.0, 5000.0, 8000.0, 10000.0, 12500.0, 16000.0];
    assert_eq!(values(&figures, "link-rate", "documents", "healthy"), rows);
}

/// S002:283: twice 2900 MB/s is 5800 MB/s. Evenly spread over 3 servers with 3 copies:
/// 2900 / 3 x (2 + 2/3) = 2577.8 MB/s.
#[test]
fn the_network_for_writes_is_twice_the_disk_by_the_documents() {
    let figures = plan(&[NVME]);
    assert_eq!(values(&figures, "write-network-need", "documents", "healthy"), [5800.0]);
    close(values(&figures, "write-network-need", "model", "healthy")[0], 2900.0 / 3.0 * (2.0 + 2.0 / 3.0));
}

/// S002:86-87: a quarter of 256 GB is 64 GB.
#[test]
fn the_root_volume_is_a_quarter() {
    let figures = plan(&[NVME]);
    assert_eq!(values(&figures, "root-volume", "documents", "healthy"), [64.0]);
}

/// S002:193: 5 TiB of OSD want 5 to 25 GiB. Two OSDs of 2.5 TiB each are 5 TiB; by OSD, 2 x 8 GiB = 16 GiB.
#[test]
fn five_tebibytes_of_osd_want_five_to_twenty_five_gibibytes() {
    let path = "fixtures/designs/memory-example.toml";
    let figures = plan(&[path]);
    close(values(&figures, "osd-memory-minimum", "documents", "healthy")[0], 5.0);
    close(values(&figures, "osd-memory-peak", "documents", "healthy")[0], 25.0);
    close(values(&figures, "osd-memory-minimum", "model", "healthy")[0], 16.0);
    // 2 x 8 GiB x 1.2
    close(values(&figures, "osd-memory-peak", "model", "healthy")[0], 19.2);
}

/// S004:104: nine tenths of 2 x 10 Gbit/s are 18 x 10^9 / 8 / 1024 = 2,197,265.6 KiB/s; of one member half of that.
#[test]
fn the_migration_limit_is_nine_tenths() {
    let figures = plan(&[NVME]);
    close(values(&figures, "migration-limit", "documents", "healthy")[0], 18e9 / 8.0 / 1024.0);
    close(values(&figures, "migration-limit", "model", "healthy")[0], 9e9 / 8.0 / 1024.0);
    assert_eq!(printed(&figures, "migration-limit", "documents"), ["2197265 KiB/s"]);
}

/// Ceph on 3 servers with 2 SATA OSDs of 550 MB/s each and 3 copies: 6 x 550 / 3 = 1100 MB/s by disks. The network
/// is one bond of 2 x 10GbE by layer2 hashing or better; even one member of it carries
/// 3 x 1250 x 0.94 / (2 + 2/3) = 1321.9 MB/s, so that the disks bind.
#[test]
fn sata_disks_bind_the_write_bandwidth() {
    let figures = plan(&[SATA]);
    close(values(&figures, "ceph-write-ceiling", "model", "healthy")[0], 1100.0);
    let figure =
        figures.iter().find(|figure| figure["id"] == "ceph-write-ceiling" && figure["state"] == "healthy").unwrap();
    assert_eq!(figure["binding"], "disks");
}

/// With as many servers as copies one lost disk binds: 3 servers with 2 OSDs of 1 TB each, 3 copies:
/// 6 TB / 3 x 0.85 x 1/2 = 0.85 TB. One server more: (8 - 2) TB x 0.85 / 3 = 1.7 TB.
#[test]
fn usable_capacity_leaves_room_to_heal() {
    let path = "fixtures/designs/memory-example.toml";
    let group = "server_model.example.disks.data";
    let figures = plan(&["--set", &format!("{group}.capacity=1 TB"), path]);
    close(values(&figures, "usable-capacity", "model", "healthy")[0], 0.85);
    // Four servers with four OSDs of 1.92 TB: (30.72 - 7.68) x 0.85 / 3 = 6.528 TB.
    let four = plan(&[
        "--set",
        &format!("{group}.capacity=1.92 TB"),
        "--set",
        &format!("{group}.count=4"),
        "--set",
        "node.pve4.model=example",
        path,
    ]);
    close(values(&four, "usable-capacity", "model", "healthy")[0], 6.528);
}

/// Hosts with one OSD each, of so many TB, and a pool of a size.
fn hosts_of(terabytes: &[u32], size: u32) -> Vec<Value> {
    let host = |(index, terabytes): (usize, &u32)| {
        format!(
            "[server_model.m{index}.disks]\ndata = {{ count = 1, capacity = \"{terabytes} TB\", role = \"osd\" }}\n\
             [node.n{index}]\nmodel = \"m{index}\"\n"
        )
    };
    let design: Vec<String> = terabytes.iter().enumerate().map(host).collect();
    let design = design.concat();
    plan_of(&format!("{design}[ceph.pool.vm]\nsize = {size}\n"))
}

/// 20, 20, 20 and 60 TB in three copies: the three small ones hold the two copies that the large one does not,
/// 60 / 2 = 30 TB, of which the large one takes 30: 90 TB of 120. 5, 1, 1, 1 and 1 TB in two copies: the four small
/// ones hold the second copy of 4 TB.
#[test]
fn a_large_host_is_filled_no_further_than_the_others_match() {
    let figures = hosts_of(&[20, 20, 20, 60], 3);
    let of = |figures: &[Value], id| model_of(figures, id, "ceph.pool.vm", "healthy");
    close(of(&figures, "raw-capacity"), 120.0);
    close(of(&figures, "matched-capacity"), 90.0);
    close(of(&figures, "held-capacity"), 30.0);
    close(of(&figures, "writes-stop-at"), 30.0 * 0.95);
    close(of(&hosts_of(&[5, 1, 1, 1, 1], 2), "held-capacity"), 4.0);
}

/// So many hosts with so many disks of a capacity, and keys of the pool.
fn equal_hosts(hosts: u32, disks: u32, capacity: &str, more: &str, pool: &str) -> Vec<Value> {
    plan_of(&format!(
        "[server_model.hci.disks]\ndata = {{ count = {disks}, capacity = \"{capacity}\", media = \"hdd\", role = \"osd\"{more}\n\
         [node.\"pve{{1..{hosts}}}\"]\nmodel = \"hci\"\n[ceph.pool.vm]\n{pool}\n"
    ))
}

/// Three hosts, three copies, n OSDs each: the n - 1 others of a host take over from a lost one, so that
/// 0.85 (n - 1) / n of raw / 3 may be filled, and recovery stops at 0.90 (n - 1) / n: for 2, 3, 4, 6 and 8 OSDs
/// 0.425 and 0.45, 0.567 and 0.60, 0.6375 and 0.675, 0.708 and 0.75, 0.744 and 0.7875.
#[test]
fn on_three_hosts_the_osds_of_a_host_take_over_from_each_other() {
    let shares = [
        (2, 0.425, 0.45),
        (3, 0.85 * 2.0 / 3.0, 0.60),
        (4, 0.6375, 0.675),
        (6, 0.85 * 5.0 / 6.0, 0.75),
        (8, 0.74375, 0.7875),
    ];
    for (osds, nearfull, backfillfull) in shares {
        let figures = equal_hosts(3, osds, "2 TB", " }", "size = 3");
        let third = 2.0 * f64::from(osds);
        close(model_of(&figures, "usable-capacity", "ceph.pool.vm", "healthy"), nearfull * third);
        close(model_of(&figures, "recovery-stops-at", "ceph.pool.vm", "healthy"), backfillfull * third);
    }
}

/// 4 + 2 chunks on seven hosts with four disks of 1.92 TB: (53.76 - 7.68) / 1.5 = 30.72 TB, x 0.85 = 26.112 TB. On
/// six hosts none is to spare: a lost disk leaves 5.76 TB of its host, which holds a chunk of a quarter of the data:
/// 4 x 5.76 x 0.85 = 19.584 TB.
#[test]
fn chunks_take_half_as_much_again() {
    let usable = |hosts| {
        let figures = equal_hosts(hosts, 4, "1.92 TB", " }", "data_chunks = 4\ncoding_chunks = 2");
        model_of(&figures, "usable-capacity", "ceph.pool.vm", "healthy")
    };
    close(usable(7), 26.112);
    close(usable(6), 19.584);
}

/// Three hosts with four disks of 8 TB behind two DB devices: a lost one takes two disks, and the other two take
/// over: (32 - 16) x 0.85 = 13.6 TB. Behind a single one it takes the whole host, which nothing heals; then a lost
/// disk binds: (32 - 8) x 0.85 = 20.4 TB. With a fourth host that is healed as well: (128 - 32) / 3 x 0.85 = 27.2 TB.
#[test]
fn a_db_device_takes_all_the_osds_behind_it() {
    let usable = |hosts, devices| {
        let more = format!(
            ", db = \"fast\" }}\nfast = {{ count = {devices}, capacity = \"1 TB\", media = \"nvme\", role = \"db\" }}"
        );
        let figures = equal_hosts(hosts, 4, "8 TB", &more, "size = 3");
        model_of(&figures, "usable-capacity", "ceph.pool.vm", "healthy")
    };
    close(usable(3, 2), 13.6);
    close(usable(3, 1), 20.4);
    close(usable(4, 1), 27.2);
}

/// Two disks of 4 TB with two OSDs on each of three hosts: a lost disk takes both: (8 - 4) x 0.85 = 3.4 TB.
#[test]
fn a_disk_takes_all_its_osds() {
    let figures = equal_hosts(3, 2, "4 TB", ", osds_per_disk = 2 }", "size = 3");
    close(model_of(&figures, "usable-capacity", "ceph.pool.vm", "healthy"), 3.4);
}

/// Two sites with three hosts of 4 TB and four copies, two at each site: a lost host leaves 8 TB of its site for two
/// copies: 4 x 0.85 = 3.4 TB, though (24 - 4) / 4 would be 5. Nothing lost: 12 / 2 = 6 TB.
#[test]
fn in_stretch_mode_each_site_holds_half_of_the_copies() {
    let design = r#"
[server_model.hci.disks]
data = { count = 1, capacity = "4 TB", role = "osd" }
[site]
a = {}
b = {}
[node."a{1..3}"]
model = "hci"
site = "a"
[node."b{1..3}"]
model = "hci"
site = "b"
[ceph]
stretch_mode = true
pool.vm = { size = 4 }
"#;
    let figures = plan_of(design);
    close(model_of(&figures, "held-capacity", "ceph.pool.vm", "healthy"), 6.0);
    close(model_of(&figures, "usable-capacity", "ceph.pool.vm", "healthy"), 3.4);
}

/// Copies apart by disk on three hosts with four disks of 1 TB: a lost host heals onto the others,
/// (12 - 4) / 3 x 0.85 = 2.2667 TB. The ratios are the design's: x 0.75 it is 2 TB.
#[test]
fn copies_apart_by_disk_leave_room_for_a_lost_server() {
    let figures = equal_hosts(3, 4, "1 TB", " }", "size = 3\nfailure_domain = \"osd\"");
    close(model_of(&figures, "usable-capacity", "ceph.pool.vm", "healthy"), 8.0 / 3.0 * 0.85);
    let own = equal_hosts(3, 4, "1 TB", " }", "size = 3\nfailure_domain = \"osd\"\n[ceph]\nnearfull_ratio = \"75 %\"");
    close(model_of(&own, "usable-capacity", "ceph.pool.vm", "healthy"), 2.0);
}

/// Four hosts with four disks of 1.92 TB: 10.24 TB in three copies, 7.68 TB once a host is lost. 4 TB of guests and
/// 0.5 TB of files fill 4 / 10.24 + 0.5 / 10.24 = 43.9 %, and 4.5 / 7.68 = 58.6 % after the loss. With 0.2 TB more
/// each month 0.85 is passed after (0.85 x 7.68 - 4.5) / 0.2 = 10.14 months.
#[test]
fn pools_on_the_same_disks_fill_them_together() {
    let pools = "size = 3\nstored = \"4 TB\"\ngrowth = \"200 GB\"\n[ceph.pool.files]\nsize = 3\nstored = \"500 GB\"";
    let figures = equal_hosts(4, 4, "1.92 TB", " }", pools);
    close(model_of(&figures, "planned-fill", "ceph", "healthy"), 450.0 / 10.24);
    close(model_of(&figures, "fill-after-loss", "ceph", "healthy"), 450.0 / 7.68);
    close(model_of(&figures, "months-until-full", "ceph", "healthy"), (0.85 * 7.68 - 4.5) / 0.2);
    let months = about(&figures, "months-until-full", "ceph", "healthy")[0];
    assert_eq!(months["binding"], "a lost server");
    assert_eq!(months["assumed"], serde_json::json!(["ceph.pool.files does not grow"]));
    // What one pool stores says nothing without the other; and nobody asked where none says it.
    let silent = equal_hosts(4, 4, "1.92 TB", " }", &pools.replace("stored = \"500 GB\"", ""));
    let unknown = about(&silent, "fill-after-loss", "ceph", "healthy")[0];
    assert_eq!(unknown["value"], Value::Null);
    assert!(about(&equal_hosts(4, 4, "1.92 TB", " }", "size = 3"), "fill-after-loss", "ceph", "healthy").is_empty());
}

/// A reviewer sees the fall in one table for each pool, on a narrow terminal too.
#[test]
fn the_way_to_usable_capacity_is_one_table_in_eighty_columns() {
    let output = Command::new(env!("CARGO_BIN_EXE_rackproof"))
        .env("LC_ALL", "C")
        .args(["plan", REFERENCE])
        .env("COLUMNS", "80")
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let table: Vec<&str> = text
        .lines()
        .skip_while(|line| *line != "Capacity of each pool, from raw to usable")
        .take_while(|line| !line.is_empty())
        .collect();
    assert!(table.len() > 8 && table.iter().all(|line| line.chars().count() <= 80), "{table:#?}");
    let steps = ["raw", "matched", "held", "capacity-after-loss", "usable", "recovery-stops-at", "writes-stop-at"];
    let place = |step: &&str| table.iter().position(|line| line.trim_start().starts_with(*step)).unwrap();
    assert!(steps.iter().map(place).is_sorted(), "{table:#?}");
}

/// Ceph's own example: 200 OSDs x 100 / 3 = 6667, so 8192. With Tentacle's target of 200 it is 13333, so 16384.
/// Six OSDs as in S004 with 90 % of the data in the pool: 6 x 100 x 0.9 / 3 = 180; 128 would be 29 % too few: 256.
/// 4 + 2 chunks on 28 OSDs: 28 x 100 / 6 = 467, so 512.
#[test]
fn placement_groups_by_osds_share_and_pieces() {
    let groups = |hosts, disks, pool: &str| {
        let figures = equal_hosts(hosts, disks, "4 TB", " }", pool);
        values(&figures, "placement-groups", "model", "healthy")[0]
    };
    close(groups(20, 10, "size = 3"), 8192.0);
    close(groups(20, 10, "size = 3\n[ceph]\nrelease = \"tentacle\""), 16384.0);
    close(groups(3, 2, "size = 3\ndata_share = \"90 %\""), 256.0);
    close(groups(7, 4, "data_chunks = 4\ncoding_chunks = 2"), 512.0);
}

/// S004's pools on its six OSDs: 128 and 32 for CephFS, 128 for guests and 1 of the manager:
/// (128 + 32 + 128 + 1) x 3 / 6 = 144.5. By the documents guests and files have 128 each.
#[test]
fn the_documents_pools_come_to_144_and_a_half_on_each_osd() {
    let pools = "application = \"rbd\"\nsize = 3\npg_num = 128\n\
                 [ceph.pool.cephfs01_data]\napplication = \"cephfs-data\"\nsize = 3\npg_num = 128\n\
                 [ceph.pool.cephfs01_metadata]\napplication = \"cephfs-metadata\"\nsize = 3\npg_num = 32\n\
                 [ceph.pool.\".mgr\"]\nsize = 3\npg_num = 1";
    let figures = equal_hosts(3, 2, "1 TB", " }", pools);
    close(model_of(&figures, "placement-groups-per-osd", "ceph", "healthy"), 144.5);
    assert_eq!(values(&figures, "placement-groups", "documents", "healthy"), [128.0, 128.0]);
}

/// Twelve NVMe OSDs with a pool of 256 groups of 3, and twelve hard disks with one of 128; a pool of 32 without a class
/// lies on both by halves: (768 + 96 / 2) / 12 = 68 and (384 + 48) / 12 = 36.
#[test]
fn placement_groups_count_by_class() {
    let more = " }\nfast = { count = 4, capacity = \"2 TB\", media = \"nvme\", role = \"osd\" }";
    let pools = "size = 3\npg_num = 256\ndevice_class = \"nvme\"\n\
                 [ceph.pool.bulk]\nsize = 3\npg_num = 128\ndevice_class = \"hdd\"\n\
                 [ceph.pool.both]\nsize = 3\npg_num = 32";
    let figures = equal_hosts(3, 4, "4 TB", more, pools);
    close(model_of(&figures, "placement-groups-per-osd", "ceph, nvme", "healthy"), 68.0);
    close(model_of(&figures, "placement-groups-per-osd", "ceph, hdd", "healthy"), 36.0);
}

/// Three votes lose one: 3 - 2; the monitors the same; size 3 and `min_size` 2 leave one.
#[test]
fn three_servers_lose_one() {
    assert_eq!(values(&plan(&[NVME]), "node-losses", "model", "healthy"), [1.0]);
}

const REFERENCE: &str = "fixtures/designs/reference.toml";

/// The figures of a design given as text.
fn plan_of(design: &str) -> Vec<Value> {
    let mut child = Command::new(env!("CARGO_BIN_EXE_rackproof"))
        .env("LC_ALL", "C")
        .args(["plan", "--format", "json", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(design.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
    let plan: Value = serde_json::from_slice(&output.stdout).unwrap();
    plan["figures"].as_array().unwrap().clone()
}

/// The value of a figure of one subject by the model, in a state.
fn model_of(figures: &[Value], id: &str, subject: &str, state: &str) -> f64 {
    let matching: Vec<Value> = figures.iter().filter(|figure| figure["subject"] == subject).cloned().collect();
    values(&matching, id, "model", state).first().copied().unwrap_or(f64::NAN)
}

const THREE: &str = r#"
[server_model.hci]
memory = { capacity = "256 GiB" }
cards  = { a = { ports = 1, speed = "10GbE" }, b = { ports = 1, speed = "25GbE" } }

[server_model.hci.disks]
system = { count = 2, capacity = "480 GB", role = "os", mirror = true }
data   = { count = 5, capacity = "1.92 TB", media = "nvme", role = "osd", write = "2000 MB/s" }

[node."pve{1..3}"]
model = "hci"

[network.public]
purpose   = "ceph_public"
interface = "a:1"

[ceph]
monitors         = "pve{1..3}"
managers         = "pve{1..3}"
metadata_servers = "pve{1..3}"

[ceph.pool.vm]
application = "rbd"
size        = 3
min_size    = 2
"#;

/// 256 GiB with five OSDs, monitor, manager and metadata server on a ZFS mirror:
/// 256 - 4 - 16 (the least of 10 % and 16 GiB) - 5 x 8 x 1.2 - 5 - 4 - 8 - 25.6 = 145.4 GiB. Of three servers one may
/// be lost: 2 x 145.4 = 290.8 GiB.
#[test]
fn memory_for_guests_leaves_the_cache_of_zfs() {
    let figures = plan_of(THREE);
    close(model_of(&figures, "guest-memory", "server_model.hci", "healthy"), 145.4);
    close(model_of(&figures, "guest-memory", "cluster", "node lost"), 290.8);
}

/// ZFS takes the whole of a mirrored disk; without it the installer cuts off a quarter of 480 GB, at most
/// 96 GiB = 103.079215104 GB.
#[test]
fn nothing_is_cut_off_a_mirror_on_zfs() {
    assert_eq!(values(&plan_of(THREE), "root-volume", "model", "healthy"), [480.0]);
    let plain = plan_of(&THREE.replace(", mirror = true", ""));
    close(values(&plain, "root-volume", "model", "healthy")[0], 103.079_215_104);
}

/// The reference runs monitors on pve1 to pve3 and metadata servers on pve4 and pve5, so no server has both. The
/// one with least left: 512 - 4 - 4 x 8 x 1.2 - 5 - 4 - 51.2 = 409.4 GiB; threads: 4 x 6 + 2 + 1 = 27.
#[test]
fn services_of_different_servers_are_not_added_up() {
    let figures = plan(&[REFERENCE]);
    close(model_of(&figures, "guest-memory", "server_model.hci", "healthy"), 409.4);
    close(model_of(&figures, "ceph-threads", "server_model.hci", "healthy"), 27.0);
}

/// Four OSDs of 2000 MB/s in each of three servers: disks 12 x 2000 / 3 = 8000 MB/s. 10 Gbit/s for everything carry
/// 3 x 1250 x 0.94 / (2 + 2/3) = 1321.875; with 25 Gbit/s for replication that carries 3 x 3125 x 0.94 / 2 = 4406.25
/// and the public network 3 x 1250 x 0.94 / (2/3) = 5287.5.
#[test]
fn the_slower_of_two_networks_binds_writes() {
    let shared = THREE.replace("count = 5", "count = 4");
    close(model_of(&plan_of(&shared), "ceph-write-ceiling", "ceph.pool.vm", "healthy"), 1321.875);
    let split = format!("{shared}\n[network.cluster]\npurpose = \"ceph_cluster\"\ninterface = \"b:1\"\n");
    close(model_of(&plan_of(&split), "ceph-write-ceiling", "ceph.pool.vm", "healthy"), 4406.25);
}

/// The pool on NVMe is not slowed by hard disks in the same servers: the network binds at 1321.875 MB/s with them
/// and without. The pool on hard disks: 6 x 200 / 3 = 400 MB/s, and (24 - 12) TB x 0.85 = 10.2 TB.
#[test]
fn a_pool_is_as_fast_as_the_disks_of_its_class() {
    let bulk =
        "bulk   = { count = 2, capacity = \"12 TB\", media = \"hdd\", role = \"osd\", write = \"200 MB/s\" }\n\n";
    let pool = "device_class = \"nvme\"\n[ceph.pool.archive]\nsize = 3\nmin_size = 2\ndevice_class = \"hdd\"\n";
    let mixed = THREE.replacen("\n[node", &format!("{bulk}[node"), 1) + pool;
    let figures = plan_of(&mixed);
    close(model_of(&figures, "ceph-write-ceiling", "ceph.pool.vm", "healthy"), 1321.875);
    close(model_of(&figures, "ceph-write-ceiling", "ceph.pool.archive", "healthy"), 400.0);
    close(model_of(&figures, "usable-capacity", "ceph.pool.archive", "healthy"), 10.2);
}

/// Servers of 20, 20, 2 and 2 TB: without a large one three copies lie on 20, 2 and 2 TB, and so hold 2 TB,
/// x 0.85 = 1.7 TB; a third of what is left would be 8 TB.
#[test]
fn a_large_server_holds_no_more_than_the_others_match() {
    let design = r#"
[server_model.large.disks]
data = { count = 2, capacity = "10 TB", media = "ssd", role = "osd" }
[server_model.small.disks]
data = { count = 2, capacity = "1 TB", media = "ssd", role = "osd" }
[node."big{1..2}"]
model = "large"
[node."small{1..2}"]
model = "small"
[ceph.pool.vm]
size = 3
"#;
    close(model_of(&plan_of(design), "usable-capacity", "ceph.pool.vm", "healthy"), 1.7);
}

/// Two racks of two servers with two OSDs of 1 TB and two copies: a lost server heals within its rack, so a rack
/// keeps (4 - 2) TB x 0.85 = 1.7 TB.
#[test]
fn a_lost_server_heals_within_its_rack() {
    let design = r#"
[server_model.hci.disks]
data = { count = 2, capacity = "1 TB", media = "ssd", role = "osd" }
[node."a{1..2}"]
model = "hci"
rack = "a"
[node."b{1..2}"]
model = "hci"
rack = "b"
[ceph.pool.vm]
size = 2
failure_domain = "rack"
"#;
    close(model_of(&plan_of(design), "usable-capacity", "ceph.pool.vm", "healthy"), 1.7);
}

const ONE: &str = r#"
[server_model.lab]
cards = { a = { ports = 1, speed = "1GbE" } }
disks = { data = { count = 3, capacity = "1 TB", media = "ssd", role = "osd", write = "550 MB/s" } }
[node.lab]
model = "lab"
[network.lan]
purpose = "ceph_public"
interface = "a:1"
[ceph]
monitors = "lab"
[ceph.pool.vm]
size = 3
min_size = 2
failure_domain = "osd"
"#;

/// Three copies apart by disk on one server with three OSDs: 3 x 550 / 3 = 550 MB/s and 1 TB x 0.85. Apart by server
/// only one finds a place, fewer than `min_size`: nothing is written and nothing can be held.
#[test]
fn copies_apart_by_disk_fit_into_one_server() {
    let figures = plan_of(ONE);
    close(model_of(&figures, "ceph-write-ceiling", "ceph.pool.vm", "healthy"), 550.0);
    close(model_of(&figures, "usable-capacity", "ceph.pool.vm", "healthy"), 0.85);
    let figures = plan_of(&ONE.replace("failure_domain = \"osd\"\n", ""));
    close(model_of(&figures, "ceph-write-ceiling", "ceph.pool.vm", "healthy"), 0.0);
    close(model_of(&figures, "usable-capacity", "ceph.pool.vm", "healthy"), 0.0);
}

/// Five servers, five votes and five monitors lose two; a pool of size 3 on them one. Copies apart by disk only may
/// all lie on the lost server.
#[test]
fn copies_that_may_share_a_server_survive_no_loss() {
    let five = THREE.replace("1..3", "1..5");
    close(model_of(&plan_of(&five), "node-losses", "cluster", "healthy"), 1.0);
    close(model_of(&plan_of(&format!("{five}failure_domain = \"osd\"\n")), "node-losses", "cluster", "healthy"), 0.0);
}

/// Guests on another storage than Ceph are not counted on it.
#[test]
fn guests_on_another_storage_have_no_figure_of_ceph() {
    let guest = "[storage.nas]\nkind = \"nfs\"\n[guest.files]\niops = 100\nio_size = \"16 KiB\"\n";
    let ids = |design: &str| plan_of(design).into_iter().map(|figure| figure["id"].clone()).collect::<Vec<_>>();
    assert!(ids(&format!("{THREE}{guest}")).contains(&Value::from("guests-by-model")));
    let elsewhere = ids(&format!("{THREE}{guest}storage = \"nas\"\n"));
    assert!(!elsewhere.contains(&Value::from("guests-by-model")));
    assert!(!elsewhere.contains(&Value::from("guests-by-disk-bandwidth")));
}

const BOND: &str = r#"
[server_model.a.cards]
slot1 = { ports = 2, speed = "10GbE" }
[server_model.a.disks.data]
role  = "osd"
count = 2
[node."pve{1..3}"]
model = "a"
[bond.bond0]
members          = "slot1:{1..2}"
mode             = "802.3ad"
xmit_hash_policy = "layer3+4"
[network.ceph]
purpose      = ["ceph_public"]
interface    = "bond0"
ceph_reserve = "40 %"
[network.migration]
purpose   = ["migration"]
interface = "bond0"
[migration]
parallel = 2
"#;

/// 2 OSDs against the 4 of the others are 8 connections. Of 8 over two members the fullest has, on average,
/// (16 + 112 + 336 + 560 + 280) / 256 = 5.09375, so that 8 / 5.09375 = 1.5706 members are used.
const EIGHT_OVER_TWO: f64 = 8.0 / 5.09375;

#[test]
fn connections_by_port_are_pairs_of_an_own_and_a_foreign_osd() {
    let figures = plan_of(BOND);
    close(values(&figures, "bond-rate", "model", "healthy")[0], 10.0 * EIGHT_OVER_TWO);
    // A fourth server with 8 OSDs: it has 8 x 6 connections, each of the others 2 x 12 = 24, which spread less well:
    // 24 over two members use 1.72 of them.
    let more = format!(
        "{BOND}\n[server_model.b]\n[server_model.b.cards]\nslot1 = {{ ports = 2, speed = \"10GbE\" }}\n[server_model.b.disks.data]\nrole = \"osd\"\ncount = 8\n[node.pve4]\nmodel = \"b\""
    );
    let rate = values(&plan_of(&more), "bond-rate", "model", "healthy")[0];
    assert!((rate - 17.2).abs() < 0.05, "{rate}");
}

/// Nine tenths of what Ceph leaves of 15.706 Gbit/s, 60 % of it = 9.42 Gbit/s, which is less than one member's 10;
/// half of it for each of two migrations, in KiB/s.
#[test]
fn the_migration_limit_leaves_ceph_its_reserve() {
    let limit = 0.9 * 0.6 * 10e9 * EIGHT_OVER_TWO / 2.0 / 8.0 / 1024.0;
    close(values(&plan_of(BOND), "migration-limit", "model", "healthy")[0], limit);
    // With 20 % reserved 12.56 Gbit/s are left, so that one member of 10 Gbit/s binds.
    let less = BOND.replace("40 %", "20 %");
    close(values(&plan_of(&less), "migration-limit", "model", "healthy")[0], 0.9 * 10e9 / 2.0 / 8.0 / 1024.0);
}

/// Members of 25 GbE on the first servers do not help those that have 1 GbE, nor behind switch ports of 10 GbE.
#[test]
fn a_bond_is_as_fast_as_on_the_slowest_server() {
    let fast = BOND.replace("10GbE", "25GbE");
    let mixed = format!(
        "{fast}\n[server_model.b.cards]\nslot1 = {{ ports = 2, speed = \"1GbE\" }}\n[node.pve4]\nmodel = \"b\""
    );
    assert_eq!(values(&plan_of(&mixed), "bond-rate", "documents", "healthy"), [2.0]);
    let switched = format!(
        "{fast}\n[switch_model.s.ports]\n\"{{1..6}}\" = {{ speed = \"10GbE\" }}\n[switch.s]\nmodel = \"s\"\n[[cable]]\nfrom = \"pve{{1..3}}:slot1:{{1..2}}\"\nto = \"s:{{1..6}}\""
    );
    assert_eq!(values(&plan_of(&switched), "bond-rate", "documents", "healthy"), [20.0]);
    let losing = BOND.replace("slot1:{1..2}", "slot1:{1..3}").replace("ports = 2", "ports = 3");
    let losing = losing.replace("802.3ad", "balance-rr");
    assert_eq!(values(&plan_of(&losing), "bond-rate", "model", "member lost"), [20.0]);
}

/// Three servers on 10GbE bonds by layer2: two peers spread over 2 / 1.5 = 1.33 members. With one server lost, one peer
/// is left and one member is used: 2 servers x 1250 x 0.94 / ((2 - 1) + 1/2) = 1566.7 MB/s, below 4 x 2900 / 2 by disks.
#[test]
fn with_a_server_lost_fewer_connections_spread_over_a_bond() {
    let figures = plan(&[NVME]);
    close(values(&figures, "ceph-write-ceiling", "model", "node lost")[0], 2.0 * 1250.0 * 0.94 / 1.5);
}

/// 48 x 10 Gbit/s over 4 x 40 Gbit/s are 480 : 160 = 3 : 1; with one of two spines gone 480 : 80 = 6 : 1. Two ports
/// to the other leaf count on neither side.
#[test]
fn a_leaf_of_48_ports_over_four_uplinks_is_three_to_one() {
    let design = r#"
[server_model.a.cards]
slot1 = { ports = 1, speed = "10GbE" }
[switch_model.leaf.ports]
"{1..48}"  = { speed = "10GbE" }
"{49..54}" = { speed = "40GbE" }
[switch_model.spine.ports]
"{1..8}" = { speed = "40GbE" }
[node."pve{1..48}"]
model = "a"
[switch."leaf{1..2}"]
model = "leaf"
[switch."spine{1..2}"]
model = "spine"
[fabric.clos]
leaves = "leaf{1..2}"
spines = "spine{1..2}"
[[cable]]
from = "pve{1..48}:slot1:1"
to   = "leaf1:{1..48}"
[[cable]]
from = "leaf1:{49..52}"
to   = ["spine1:{1..2}", "spine2:{1..2}"]
[[cable]]
from = "leaf1:{53..54}"
to   = "leaf2:{53..54}"
"#;
    let figures = plan_of(design);
    close(model_of(&figures, "leaf-oversubscription", "switch.leaf1", "healthy"), 3.0);
    close(model_of(&figures, "leaf-oversubscription", "switch.leaf1", "spine lost"), 6.0);
    let printed = printed(&figures, "leaf-oversubscription", "model");
    assert_eq!(printed, ["3 to 1", "6 to 1"]);
}

/// Three leaves with two servers each and three OSDs of 1000 MB/s: disks 18 x 1000 / 3 = 6000 MB/s, with copies apart
/// by rack. Each leaf: 6000 / 3 x (2 + 1 - 1/3) = 2000 x 2.6667 = 5333 MB/s = 42.667 Gbit/s. Apart by host a further
/// copy is on one of 5 other servers, of which 4 are on other leaves: 2000 x (2 x 0.8 + 2/3) = 4533 MB/s.
#[test]
fn ceph_writes_take_43_gigabits_of_a_leaf() {
    let design = r#"
[server_model.a.cards]
slot1 = { ports = 1, speed = "100GbE" }
[server_model.a.disks]
data = { count = 3, capacity = "1 TB", media = "nvme", role = "osd", write = "1000 MB/s" }
[switch_model.leaf.ports]
"{1..8}" = { speed = "100GbE" }
[node."a{1..2}"]
model = "a"
rack = "a"
[node."b{1..2}"]
model = "a"
rack = "b"
[node."c{1..2}"]
model = "a"
rack = "c"
[switch."leaf{1..3}"]
model = "leaf"
[switch."spine{1..2}"]
model = "leaf"
[fabric.clos]
leaves = "leaf{1..3}"
spines = "spine{1..2}"
[[cable]]
from = ["a{1..2}:slot1:1", "b{1..2}:slot1:1", "c{1..2}:slot1:1"]
to   = "leaf{1..3}:{1..2}"
[network.ceph]
purpose = "ceph_public"
interface = "slot1:1"
[ceph.pool.vm]
size = 3
min_size = 2
failure_domain = "rack"
"#;
    let figures = plan_of(design);
    close(model_of(&figures, "ceph-write-ceiling", "ceph.pool.vm", "healthy"), 6000.0);
    let demand = |figures: &[Value]| model_of(figures, "leaf-ceph-demand", "fabric.clos", "healthy");
    close(demand(&figures), 6000.0 / 3.0 * (2.0 + 2.0 / 3.0) * 8.0 / 1000.0);
    let by_host = plan_of(&design.replace("failure_domain = \"rack\"", "failure_domain = \"host\""));
    close(demand(&by_host), 6000.0 / 3.0 * (2.0 * 0.8 + 2.0 / 3.0) * 8.0 / 1000.0);
}

/// Three servers and two firewalls with 10GbE to each of two core switches, whose peer link has two ports of 40GbE.
const PAIR: &str = r#"
[server_model.hci.cards]
slot1 = { ports = 1, speed = "10GbE" }
slot2 = { ports = 1, speed = "10GbE" }

[firewall_model.edge.cards]
service = { ports = 2, speed = "10GbE" }

[switch_model.core]
ports = { "{1..24}" = { speed = "25GbE" }, "{25..28}" = { speed = "40GbE" } }

[node."pve{1..3}"]
model = "hci"

[firewall."fw{1..2}"]
model = "edge"

[switch."core-{a,b}"]
model = "core"
role  = "core"

[mlag.core]
peers     = "core-{a,b}"
peer_link = "{25..26}"

[bond.bond0]
on      = "pve{1..3}"
members = ["slot1:1", "slot2:1"]
mode    = "802.3ad"

[bond.uplink]
on      = "fw{1..2}"
members = "service:{1..2}"
mode    = "802.3ad"

[[cable]]
from = ["pve{1..3}:slot1:1", "fw{1..2}:service:1"]
to   = "core-a:{1..5}"

[[cable]]
from = ["pve{1..3}:slot2:1", "fw{1..2}:service:2"]
to   = "core-b:{1..5}"
"#;

/// The value of the one `peer-link-need` and what is left of the peer link without one link.
fn peer_link_need(text: &str) -> (f64, f64) {
    let figures = plan_of(text);
    let need = figures.iter().find(|figure| figure["id"] == "peer-link-need").unwrap();
    let inputs = need["inputs"].as_array().unwrap();
    let surviving = inputs.iter().find(|input| input["name"] == "surviving").unwrap();
    (need["value"].as_f64().unwrap(), surviving["value"].as_f64().unwrap())
}

/// Both firewall links of one switch fail: 2 x 10 = 20, below the 3 x 10 of its servers; two servers: 2 x 10 = 20.
/// Nothing hangs on one switch only, so 0 + max(20, 20) = 20. Of 2 x 40 one link is gone: 40.
#[test]
fn the_documents_pair_needs_twenty_of_forty_on_its_peer_link() {
    assert_eq!(peer_link_need(PAIR), (20.0, 40.0));
    let documents = plan(&[NVME]);
    assert_eq!(values(&documents, "peer-link-need", "model", "healthy"), [20.0]);
}

/// One backup server of 25GbE hangs on one switch: 25 + 20 = 45, above the 40 that are left.
#[test]
fn a_server_on_one_switch_counts_in_full_on_the_peer_link() {
    let backup = format!(
        "{PAIR}\n[server_model.backup.cards]\nslot1 = {{ ports = 1, speed = \"25GbE\" }}\n\
         [node.backup]\nmodel = \"backup\"\n[[cable]]\nfrom = \"backup:slot1:1\"\nto = \"core-a:6\"\n"
    );
    assert_eq!(peer_link_need(&backup), (45.0, 40.0));
}

/// Firewalls of 25GbE: 2 x 25 = 50, but the servers of a switch ask for 3 x 10 = 30 only; two servers: 20. So 30.
#[test]
fn uplinks_count_as_far_as_servers_ask_for_them() {
    let fast = PAIR.replace("service = { ports = 2, speed = \"10GbE\" }", "service = { ports = 2, speed = \"25GbE\" }");
    assert_eq!(peer_link_need(&fast), (30.0, 40.0));
}

/// A line of 1 Gbit/s on core-a only hangs on one switch: 1 + 20 = 21. A second one on core-b makes it 10 + 10 + 1
/// = 21 on either switch, below the 30 that its servers ask for: 0 + 21 = 21.
#[test]
fn lines_to_the_outside_count_with_their_own_rate() {
    let one = format!("{PAIR}\n[uplink.a]\nports = \"core-a:10\"\nbandwidth = \"1 Gbit/s\"\n");
    assert_eq!(peer_link_need(&one), (21.0, 40.0));
    let both = format!("{one}[uplink.b]\nports = \"core-b:10\"\nbandwidth = \"1 Gbit/s\"\n");
    assert_eq!(peer_link_need(&both), (21.0, 40.0));
}

/// The figures of one id about one subject in a state.
fn about<'a>(figures: &'a [Value], id: &str, subject: &str, state: &str) -> Vec<&'a Value> {
    let matches = |figure: &&Value| figure["id"] == id && figure["subject"] == subject && figure["state"] == state;
    figures.iter().filter(matches).collect()
}

fn all_close(found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len());
    found.iter().zip(expected).for_each(|(found, expected)| close(*found, *expected));
}

/// A named input of a figure.
fn input(figure: &Value, name: &str) -> f64 {
    let inputs = figure["inputs"].as_array().unwrap();
    inputs.iter().find(|input| input["name"] == name).and_then(|input| input["value"].as_f64()).unwrap_or(f64::NAN)
}

/// S002:72 with the equipment of S002:43-47: three servers, two firewalls and the peer link are 3 + 2 + 1 = 6 groups,
/// within the example of 8. With one more group per server for storage (S002:47) they are 9. With the peer gone its
/// link is no group: 5.
#[test]
fn six_groups_fit_and_the_storage_split_breaks_the_limit() {
    let figures = plan(&[NVME]);
    for switch in ["switch.core-a", "switch.core-b"] {
        let groups = |state| model_of(&figures, "switch-lacp-groups", switch, state);
        all_close(&[groups("healthy"), groups("peer gone"), groups("storage split")], &[6.0, 5.0, 9.0]);
        let healthy = about(&figures, "switch-lacp-groups", switch, "healthy")[0];
        all_close(&["needed", "available", "left"].map(|name| input(healthy, name)), &[6.0, 8.0, 2.0]);
        let split = about(&figures, "switch-lacp-groups", switch, "storage split")[0];
        all_close(&["needed", "available", "left"].map(|name| input(split, name)), &[9.0, 8.0, -1.0]);
        assert!(split["formula"].as_str().unwrap().ends_with("breaks the limit of 8 by 1"), "{split}");
    }
}

/// S002:45: five service ports and two to the peer. The split takes three more; the seven ports there are three too
/// few for ten. With the peer gone the two to it carry nothing.
#[test]
fn ports_of_the_core_switches_add_up() {
    let figures = plan(&[NVME]);
    let ports = |speed: &str, state| model_of(&figures, "switch-ports", &format!("switch.core-a, {speed}"), state);
    all_close(&[ports("10GbE", "healthy"), ports("40GbE", "healthy")], &[5.0, 2.0]);
    all_close(&[ports("10GbE", "storage split"), ports("40GbE", "peer gone")], &[8.0, 0.0]);
    let split = about(&figures, "switch-ports", "switch.core-a, 10GbE", "storage split")[0];
    all_close(&["available", "left"].map(|name| input(split, name)), &[7.0, -3.0]);
    // What stays as it is has no line of its own.
    assert!(about(&figures, "switch-ports", "switch.core-a, 10GbE", "peer gone").is_empty());
    assert!(about(&figures, "switch-ports", "switch.core-a, 40GbE", "storage split").is_empty());
}

/// Three servers and two firewalls by two links of 10 Gbit/s: 5 x 2 x 10 = 100 Gbit/s; over one switch 50 Gbit/s.
#[test]
fn half_of_the_rate_is_left_with_the_peer_gone() {
    let figures = plan(&[NVME]);
    close(model_of(&figures, "mlag-rate", "mlag.core", "healthy"), 100.0);
    close(model_of(&figures, "mlag-rate", "switch.core-b", "peer gone"), 50.0);
}

/// By the table of S002:43-47: 3 servers x 1 + 2 firewalls x 2 + 2 core switches x 2 + 1 management switch x 1 = 12.
/// By the prose of S002:76: 3 x 2 (management and BMC) + 2 + 2 = 10. Cabled are 3 + 4, and the switches use 4 + 1.
#[test]
fn both_counts_of_management_ports_are_shown() {
    let figures = plan(&[NVME]);
    assert_eq!(values(&figures, "management-ports", "documents", "healthy"), [12.0, 10.0]);
    assert_eq!(values(&figures, "management-ports", "model", "healthy"), [12.0]);
    let formulas: Vec<&str> = figures
        .iter()
        .filter(|figure| figure["id"] == "management-ports")
        .map(|figure| figure["formula"].as_str().unwrap())
        .collect();
    assert_eq!(
        formulas,
        [
            "3 servers x 1 + 2 firewalls x 2 + 2 other switches x 2 + 1 management switch x 1; 24 there, 12 left",
            "3 servers x 2 (management and BMC) + 2 firewalls x 1 + 2 other switches x 1; 24 there, 14 left",
            "3 node.pve{1..3} + 4 firewall.fw{1..2} + 4 switch.core-{a,b} + 1 switch.mgmt; 24 there, 12 left",
        ]
    );
}

/// A line to the outside with one port on each switch of the pair is one group on both and one port on each; a line
/// with a single port is no group. Reference: 5 + 5 + 2 bonds and the peer link are 13 groups.
#[test]
fn a_line_to_the_outside_takes_ports_and_a_group() {
    let uplink = |ports: &str| {
        let figures = plan(&["--set", &format!("uplink.building.ports={ports}"), REFERENCE]);
        ["switch.core-a", "switch.core-b"].map(|switch| {
            let groups = model_of(&figures, "switch-lacp-groups", switch, "healthy");
            (groups, model_of(&figures, "switch-ports", &format!("{switch}, 25GbE"), "healthy"))
        })
    };
    assert_eq!(uplink("core-a:40"), [(13.0, 11.0), (13.0, 10.0)]);
    assert_eq!(uplink("core-{a,b}:40"), [(14.0, 11.0), (14.0, 11.0)]);
}

/// One connection gets one member of 10 Gbit/s. With one core switch gone one member is left; where both members hang
/// on the lost switch, none.
#[test]
fn a_bond_carries_what_is_left_on_the_other_switch() {
    let figures = plan(&[NVME]);
    close(model_of(&figures, "bond-connection-rate", "bond.bond0", "healthy"), 10.0);
    close(model_of(&figures, "bond-rate", "bond.bond0", "peer gone"), 10.0);
    let pair = "[switch_model.s.ports]\n\"{1..24}\" = { speed = \"10GbE\" }\n[switch.\"{a,b}\"]\nmodel = \"s\"\n\
                [mlag.core]\npeers = [\"a\", \"b\"]\npeer_link = \"{23..24}\"\n";
    let cables = |first: &str, second: &str| {
        format!(
            "[[cable]]\nfrom = \"pve{{1..3}}:slot1:{{1..2}}\"\nto = [\"{first}:{{1..4}}\", \"{second}:{{5..6}}\"]\n"
        )
    };
    let gone = |design: &str| values(&plan_of(design), "bond-rate", "model", "peer gone");
    assert_eq!(gone(&format!("{BOND}{pair}{}", cables("a", "b"))), [0.0]);
    assert!(gone(BOND).is_empty());
    // In turn over all members a connection gets their sum.
    let turns = BOND.replace("802.3ad", "balance-rr");
    assert_eq!(values(&plan_of(&turns), "bond-connection-rate", "model", "healthy"), [20.0]);
}

/// One switch each way at 1 Gbit/s: stacks 4 x 30 us + switches 2 x 5 us + cables 4 x 1500 B x 8 / 1 Gbit/s = 4 x 12 us
/// are 178 us; one frame ahead at each of the four ports is 48 us of jitter. Three servers are three pairs.
#[test]
fn every_pair_has_a_round_trip() {
    let figures = plan(&[NVME]);
    let pairs = about(&figures, "pair-round-trip", "corosync.link.0, pve{1..3}", "healthy");
    close(pairs[0]["value"].as_f64().unwrap(), 0.178);
    close(input(pairs[0], "jitter"), 0.048);
    close(input(pairs[0], "pairs"), 3.0);
    // At 10 Gbit/s the cables take 4 x 1.2 us.
    close(model_of(&figures, "pair-round-trip", "corosync.link.1, pve{1..3}", "healthy"), 0.1348);
    // What is measured counts for every pair; the public network has no figure and is worked out with 6 m of cable.
    let figures = plan(&[REFERENCE]);
    close(model_of(&figures, "pair-round-trip", "corosync.link.0, pve{1..5}", "healthy"), 0.2);
    close(model_of(&figures, "pair-round-trip", "network.ceph, pve{1..5}", "healthy"), 0.13 + 4.0 * 0.00048 + 0.00006);
}

/// Servers on leaves, 16 on each of two, and one spine between; Corosync by a port of 10 Gbit/s, 25 Gbit/s upwards.
fn leaves(nodes: usize, leaves: usize) -> String {
    use std::fmt::Write as _;
    let each = nodes / leaves;
    let mut design = format!(
        "[server_model.hci.cards]\nslot1 = {{ ports = 1, speed = \"10GbE\" }}\n\
         [switch_model.leaf.ports]\n\"{{1..{each}}}\" = {{ speed = \"10GbE\" }}\nup = {{ speed = \"25GbE\" }}\n\
         [switch_model.spine.ports]\n\"{{1..{leaves}}}\" = {{ speed = \"25GbE\" }}\n\
         [node.\"pve{{1..{nodes}}}\"]\nmodel = \"hci\"\n\
         [switch.\"leaf{{1..{leaves}}}\"]\nmodel = \"leaf\"\nrole = \"leaf\"\n\
         [switch.spine]\nmodel = \"spine\"\nrole = \"spine\"\n\
         [network.heartbeat]\npurpose = [\"corosync\"]\ninterface = \"slot1:1\"\n\
         [corosync.link]\n0 = {{ network = \"heartbeat\" }}\n\
         [[cable]]\nfrom = \"leaf{{1..{leaves}}}:up\"\nto = \"spine:{{1..{leaves}}}\"\nlength = \"1 km\"\n"
    );
    for leaf in 1..=leaves {
        let (first, last) = ((leaf - 1) * each + 1, leaf * each);
        _ = write!(design, "[[cable]]\nfrom = \"pve{{{first}..{last}}}:slot1:1\"\nto = \"leaf{leaf}:{{1..{each}}}\"\n");
    }
    design
}

/// 32 servers are 32 x 31 / 2 = 496 pairs: 2 x 16 x 15 / 2 = 240 on one leaf, 4 x 30 + 2 x 5 + 4 x 1.2 = 134.8 us; and
/// 16 x 16 = 256 over three switches and 2 km of cable each way, 4 x 30 + 6 x 5 + 4 x 1.2 + 4 x 0.48 + 4 x 5 = 176.72 us.
#[test]
fn equal_pairs_share_a_figure() {
    let figures = plan_of(&leaves(32, 2));
    let pairs: Vec<_> = figures.iter().filter(|figure| figure["id"] == "pair-round-trip").collect();
    let found: Vec<_> =
        pairs.iter().map(|figure| (figure["subject"].as_str().unwrap(), input(figure, "pairs"))).collect();
    assert_eq!(
        found,
        [("corosync.link.0, pve1 - pve2 and 239 more", 240.0), ("corosync.link.0, pve{1..16} - pve{17..32}", 256.0)]
    );
    close(pairs[0]["value"].as_f64().unwrap(), 0.1348);
    close(pairs[1]["value"].as_f64().unwrap(), 0.17672);
    // The longest with its jitter: 4 x 1.2 + 4 x 0.48 = 6.72 us.
    close(model_of(&figures, "corosync-round-trip", "corosync.link.0", "healthy"), 0.18344);
}

#[test]
fn a_thousand_servers_are_as_many_figures_as_three() {
    let figures = plan_of(&leaves(1000, 20));
    let pairs: Vec<_> = figures.iter().filter(|figure| figure["id"] == "pair-round-trip").collect();
    close(pairs.iter().map(|figure| input(figure, "pairs")).sum(), 1000.0 * 999.0 / 2.0);
    assert_eq!(pairs.len(), 2);
}

/// A server on both switches of a pair and one on the first alone: a frame of the first may leave by the second switch
/// and then crosses the peer link, 2 x 30 + 2 x 5 + 3 x 1.2 = 73.6 us; the answer does not, 60 + 5 + 2.4 = 67.4 us.
#[test]
fn a_frame_may_have_to_cross_the_peer_link() {
    let design = r#"
[server_model.two.cards]
slot1 = { ports = 2, speed = "10GbE" }
[server_model.one.cards]
slot1 = { ports = 1, speed = "10GbE" }
[node.pve1]
model = "two"
[node.pve2]
model = "one"
[switch_model.core.ports]
"{1..24}" = { speed = "10GbE" }
[switch."core-{a,b}"]
model = "core"
[mlag.core]
peers     = ["core-a", "core-b"]
peer_link = "24"
[bond.bond0]
on      = "pve1"
members = ["slot1:1", "slot1:2"]
mode    = "802.3ad"
[network.heartbeat]
purpose   = ["corosync"]
interface = { pve1 = "bond0", pve2 = "slot1:1" }
[corosync.link]
0 = { network = "heartbeat" }
[[cable]]
from = ["pve1:slot1:{1..2}", "pve2:slot1:1"]
to   = ["core-a:1", "core-b:1", "core-a:2"]
"#;
    let of = |design: &str| model_of(&plan_of(design), "pair-round-trip", "corosync.link.0, pve1 - pve2", "healthy");
    close(of(design), 0.141);
    // Where the second port stands by, all frames take the first: 2 x 67.4 us.
    close(of(&design.replace("802.3ad", "active-backup")), 0.1348);
}

/// One full buffer: 1.5 MB x 8 / 1 Gbit/s = 12 ms, 12 MB x 8 / 10 Gbit/s = 9.6 ms, 16 MB x 8 / 25 Gbit/s = 5.12 ms.
#[test]
fn a_full_buffer_takes_its_size_by_the_rate() {
    let design = |speed: &str, buffer: &str| {
        let fabric = leaves(4, 1).replace("25GbE", "100GbE").replace("10GbE", speed);
        let shared = fabric.replace("[\"corosync\"]", "[\"corosync\", \"migration\"]");
        format!("{shared}[switch_model.leaf.limits]\n{buffer}\n")
    };
    let delay = |speed, buffer| model_of(&plan_of(&design(speed, buffer)), "queue-delay", "corosync.link.0", "healthy");
    close(delay("1GbE", "buffer = \"1.5 MB\""), 12.0);
    close(delay("10GbE", "buffer = \"12 MB\""), 9.6);
    close(delay("25GbE", "buffer = \"16 MB\""), 5.12);
    let open = plan_of(&design("10GbE", "mtu = 9216"));
    let open = about(&open, "queue-delay", "corosync.link.0", "healthy")[0];
    assert!(open["value"].is_null());
    // A link with ports of its own has no queue to wait in.
    assert!(
        plan(&[REFERENCE]).iter().all(|figure| figure["id"] != "queue-delay" || figure["subject"] != "corosync.link.0")
    );
}

/// Twelve NVMe OSDs of 2000 MB/s on three servers with 32 threads each and one network of 100GbE, no guests.
const FAST: &str = r#"
[server_model.hci]
cpu   = { threads = 32 }
cards = { a = { ports = 1, speed = "100GbE" } }

[server_model.hci.disks]
data = { count = 4, capacity = "1.92 TB", media = "nvme", role = "osd", write = "2000 MB/s", read = "3000 MB/s", write_iops = 50000, read_iops = 400000 }

[node."pve{1..4}"]
model = "hci"

[network.ceph]
purpose   = "ceph_public"
interface = "a:1"
mtu       = 9000

[ceph]
monitors = "pve{1..3}"
managers = "pve{1..3}"

[ceph.pool.vm]
application = "rbd"
size        = 3
min_size    = 2
"#;

fn soft(limits: &[f64]) -> f64 {
    limits.iter().map(|limit| limit.powf(-6.0)).sum::<f64>().powf(-1.0 / 6.0)
}

/// Four servers, 16 OSDs, three copies. Disks 16 x 2000 x 0.72 / 3 = 7680 MB/s. Threads, all of
/// them as no guests run: 128 x 210 / 3 = 8960. Network 4 x 12500 x 0.99 / (2 + 3/4) x 0.95 = 17100. With one server lost
/// 12 OSDs, 96 threads and 3 x 12375 / (2 + 2/3) x 0.95; while recovery takes half of all, half of each.
#[test]
fn writes_are_expected_from_every_limit_together() {
    let figures = plan_of(FAST);
    let expected = |state: &str| model_of(&figures, "ceph-write-bandwidth", "ceph.pool.vm", state);
    close(expected("healthy"), soft(&[7680.0, 8960.0, 4.0 * 12375.0 / 2.75 * 0.95]));
    let lost = [12.0 * 2000.0 * 0.72 / 3.0, 96.0 * 210.0 / 3.0, 3.0 * 12375.0 / (2.0 + 2.0 / 3.0) * 0.95];
    close(expected("node lost"), soft(&lost));
    close(expected("recovering"), soft(&lost) / 2.0);
    let gentle = plan_of(&FAST.replace("[ceph]", "[ceph]\nmclock_profile = \"high_client_ops\""));
    close(model_of(&gentle, "ceph-write-bandwidth", "ceph.pool.vm", "recovering"), soft(&lost) * 0.6);
}

/// One client with 16 writes of 4 MiB under way on one of the servers: alone, a write takes the path at 800 MB/s and the
/// disk at 1440, together 1 / (1/800 + 1/1440) = 514.3 MB/s, and 16 of them 8228.6; disks with that 1 / (1/7680 +
/// 1/8228.6). Its server sends 3/4 of what it writes to primaries and, being primary of a quarter, two copies of that:
/// 12375 / (3/4 + 2/4) x 0.95 = 9405. One client does 6250 at most.
#[test]
fn one_client_is_slower_than_many() {
    let clients = "[ceph.clients]\nplace = \"one-server\"\ncount = 1\nqueue_depth = 16\n\n[ceph.pool.vm]";
    let figures = plan_of(&FAST.replace("[ceph.pool.vm]", clients));
    let disks = 1.0 / (1.0 / 7680.0 + 1.0 / (16.0 / (1.0 / 800.0 + 1.0 / 1440.0)));
    close(
        model_of(&figures, "ceph-write-bandwidth", "ceph.pool.vm", "healthy"),
        soft(&[disks, 8960.0, 9405.0, 6250.0]),
    );
}

/// Two data chunks and one coding chunk on four servers: 3/2 stored and 2/2 sent on for each byte. Disks 16 x 2000 x 0.72
/// / 1.5 = 15360, threads 128 x 210 / 1.5 = 17920, network 4 x 12375 / (1 + 3/4) x 0.95 = 26871. Reads: the primary OSD
/// gathers one of two chunks: 4 x 12375 / (3/4 + 1/2) x 0.95 = 37620; disks 16 x 3000 = 48000, threads 128 x 400 = 51200.
#[test]
fn chunks_store_and_send_less_than_copies() {
    let chunks = FAST.replace("size        = 3\nmin_size    = 2", "data_chunks = 2\ncoding_chunks = 1\nmin_size = 2");
    let figures = plan_of(&chunks);
    let of = |id: &str| model_of(&figures, id, "ceph.pool.vm", "healthy");
    close(of("ceph-write-bandwidth"), soft(&[15360.0, 17920.0, 4.0 * 12375.0 / 1.75 * 0.95]));
    close(of("ceph-read-bandwidth"), soft(&[48000.0, 51200.0, 37620.0]));
    close(of("ceph-write-ceiling"), (16.0 * 2000.0 / 1.5_f64).min(4.0 * 12375.0 / 1.75));
}

/// What was measured takes the place of the published constant: OSDs of 1000 MB/s, 16 x 1000 / 3 = 5333.3.
#[test]
fn what_was_measured_takes_the_place_of_a_constant() {
    let measured = FAST.replace("[ceph.pool.vm]", "[ceph.measured]\nosd_write = \"1000 MB/s\"\n\n[ceph.pool.vm]");
    let figures = plan_of(&measured);
    let network = 4.0 * 12375.0 / 2.75 * 0.95;
    close(
        model_of(&figures, "ceph-write-bandwidth", "ceph.pool.vm", "healthy"),
        soft(&[16_000.0 / 3.0, 8960.0, network]),
    );
}

/// Small writes: disks 16 x 50000 / (3 x 1.1) = 242424, threads 128 x 2100 / 3 = 75600, network 17100 MB/s / 4096 bytes.
#[test]
fn small_writes_hang_on_processors() {
    let figures = plan_of(FAST);
    let network = 4.0 * 12375.0 / 2.75 * 0.95 * 1e6 / 4096.0;
    close(
        model_of(&figures, "ceph-small-writes", "ceph.pool.vm", "healthy"),
        soft(&[16.0 * 50_000.0 / 3.3, 89_600.0, network]),
    );
}

/// Guests of 60 GiB on servers of 256 GiB: 256 - 4 - 4 x 8 x 1.2 - 5 - 4 - 25.6 = 179 GiB with monitor and manager, 188
/// without, so 2 and 3 on the servers: 2 + 2 + 2 + 3 = 9, though 725 GiB would be 12. With the server lost that takes
/// most, 6. Of 40 guests of 2 GiB and 9 of 60 GiB all find a place: what each large pair leaves holds small ones.
#[test]
fn guests_are_counted_whole_on_each_server() {
    let guests = FAST.replace("cpu   =", "memory = { capacity = \"256 GiB\" }\ncpu   =")
        + "\n[guest.large]\ncount = 9\nmemory = \"60 GiB\"\niops = 1\nio_size = \"4 KiB\"\n";
    let figures = plan_of(&guests);
    let of = |id: &str, subject: &str, state: &str| model_of(&figures, id, subject, state);
    close(of("guests-by-model", "guest.large", "healthy"), 9.0);
    close(of("guests-by-model", "guest.large", "node lost"), 6.0);
    close(of("guests-placed", "cluster", "healthy"), 9.0);
    close(of("guests-placed", "cluster", "node lost"), 6.0);
    let mixed = plan_of(&format!("{guests}\n[guest.small]\ncount = 40\nmemory = \"2 GiB\"\n"));
    close(model_of(&mixed, "guests-placed", "cluster", "healthy"), 49.0);
}

/// The placement groups of the reference's main pool, counted on each OSD from the map that the design implies: the
/// mappings are those of `crushtool`, as `crush_vectors` and `crush_live` prove. 512 groups x 3 copies on 20 equal OSDs
/// are 76.8 each.
#[test]
fn the_fullest_osd_holds_more_than_its_share() {
    let figures = plan(&[REFERENCE]);
    let of = |id: &str| model_of(&figures, id, "ceph.pool.vm", "healthy");
    let figure = figures.iter().find(|figure| figure["id"] == "fullest-osd").unwrap();
    let formula = figure["formula"].as_str().unwrap();
    let most: f64 = formula.split(": ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
    assert!(formula.ends_with("where 76.8 would be even"), "{formula}");
    close(of("fullest-osd"), most / 76.8);
    // The balancer leaves at most five above the share.
    close(of("fullest-osd-balanced"), (most / 76.8).min(1.0 + 5.0 / 76.8));
    close(of("usable-on-fullest"), of("usable-capacity") / of("fullest-osd-balanced"));
}

/// One OSD on each of three servers and three copies: every group lies on all of them, and nothing is uneven.
#[test]
fn nothing_is_uneven_where_every_osd_holds_everything() {
    let one = THREE.replace("count = 5", "count = 1").replace("size        = 3", "size = 3\npg_num = 32");
    let figures = plan_of(&one);
    close(model_of(&figures, "fullest-osd", "ceph.pool.vm", "healthy"), 1.0);
    close(model_of(&figures, "fullest-osd-balanced", "ceph.pool.vm", "healthy"), 1.0);
}
