//! The proof of failures on growing designs: every double failure of a hyper-converged cluster of 4 to 32 nodes in two
//! racks, and every single failure of a leaf-spine fabric of 1,000 to 10,000 servers. The whole program is timed.
#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    missing_docs,
    reason = "a benchmark writes its designs and prints its figures"
)]

mod measure;

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const ROUNDS: usize = 5;

/// Power, models, networks and storage that both designs share.
const COMMON: &str = r#"
[power_feed]
"feed-{a,b}" = { ups = true }

[server_model.hci]
cpu            = { sockets = 1, cores = 32, threads = 64 }
memory         = { capacity = "512 GiB" }
power_supplies = { count = 2, needed = 1 }

[server_model.hci.cards]
onboard = { ports = 2, speed = "1GbE" }
slot1   = { ports = 2, speed = "25GbE" }
slot2   = { ports = 2, speed = "25GbE" }

[server_model.hci.disks]
os   = { count = 2, capacity = "480 GB", media = "ssd", role = "os", mirror = true }
data = { count = 6, capacity = "3.84 TB", media = "nvme", role = "osd", write = "2000 MB/s", read = "6000 MB/s" }

[bond]
bond0 = { members = ["slot1:1", "slot2:1"], mode = "802.3ad", xmit_hash_policy = "layer3+4" }
bond1 = { members = ["slot1:2", "slot2:2"], mode = "802.3ad", xmit_hash_policy = "layer3+4" }

[network]
management = { purpose = "management", interface = "onboard:1" }
corosync0  = { purpose = "corosync", interface = "onboard:2" }
corosync1  = { purpose = "corosync", interface = "bond0" }
ceph       = { purpose = "ceph_public", interface = "bond1", mtu = 9000 }
guests     = { purpose = "guest", interface = "bond0" }

[corosync.link]
0 = { network = "corosync0" }
1 = { network = "corosync1" }

[ceph.pool.vm]
application    = "rbd"
size           = 3
min_size       = 2
failure_domain = "host"
"#;

fn cables(out: &mut String, from: &str, to: &str) {
    let _ = writeln!(out, "[[cable]]\nfrom = \"{from}\"\nto = \"{to}\"\n");
}

/// A cluster of so many nodes in two racks, each rack with a pair of switches and one for management.
fn two_racks(nodes: usize) -> String {
    let half = nodes / 2;
    let mut out = COMMON.to_owned();
    let _ = write!(
        out,
        r#"
[switch_model.core]
management_ports = 1
mlag             = true
power_supplies   = {{ count = 2, needed = 1 }}
ports            = {{ "{{1..96}}" = {{ speed = "25GbE" }}, "{{97..104}}" = {{ speed = "100GbE" }} }}

[switch_model.access]
power_supplies = {{ count = 2, needed = 1 }}
ports          = {{ "{{1..96}}" = {{ speed = "1GbE" }} }}

[firewall_model.edge]
power_supplies = {{ count = 2, needed = 1 }}
cards          = {{ service = {{ ports = 2, speed = "25GbE" }}, wan = {{ ports = 1 }} }}

[firewall."fw{{1..2}}"]
model         = "edge"
power         = ["feed-a", "feed-b"]
service_ports = "service:{{1..2}}"

[uplink]
provider-a = {{ ports = "fw1:wan:1" }}
provider-b = {{ ports = "fw2:wan:1" }}

[ha]
enabled = true

[guest.web]
count       = {guests}
vcpus       = 4
memory      = "16 GiB"
iops        = 200
io_size     = "16 KiB"
write_share = "30 %"
ha          = true
networks    = "guests"

[ceph]
monitors = ["pve{{1..2}}", "pve{last}"]

"#,
        guests = nodes * 12,
        last = nodes
    );
    out += "[switch]\n";
    for rack in ["r1", "r2"] {
        let _ = write!(
            out,
            "\"{rack}-{{a,b}}\" = {{ model = \"core\", role = \"core\", rack = \"{rack}\", power = [\"feed-a\", \"feed-b\"] }}\n\
             {rack}-m = {{ model = \"access\", role = \"management\", rack = \"{rack}\", power = [\"feed-a\", \"feed-b\"] }}\n"
        );
    }
    for (rack, first) in [("r1", 1), ("r2", half + 1)] {
        let last = first + half - 1;
        let (one, other, mgmt) = (format!("{rack}-a"), format!("{rack}-b"), format!("{rack}-m"));
        let _ = write!(
            out,
            r#"
[node."pve{{{first}..{last}}}"]
model = "hci"
rack  = "{rack}"
power = ["feed-a", "feed-b"]

[mlag.{rack}]
peers     = "{rack}-{{a,b}}"
peer_link = "{{97..98}}"
keepalive = "management"

"#
        );
        cables(&mut out, &format!("pve{{{first}..{last}}}:slot1:{{1..2}}"), &format!("{one}:{{1..{}}}", half * 2));
        cables(&mut out, &format!("pve{{{first}..{last}}}:slot2:{{1..2}}"), &format!("{other}:{{1..{}}}", half * 2));
        cables(&mut out, &format!("pve{{{first}..{last}}}:onboard:{{1..2}}"), &format!("{mgmt}:{{1..{}}}", half * 2));
        cables(&mut out, &format!("{rack}-{{a,b}}:management:1"), &format!("{mgmt}:{{95..96}}"));
        cables(
            &mut out,
            &format!("fw{}:service:{{1..2}}", if rack == "r1" { 1 } else { 2 }),
            &format!("{rack}-{{a,b}}:96"),
        );
    }
    cables(&mut out, "r1-a:{99..100}", "r2-{a,b}:99");
    cables(&mut out, "r1-b:{99..100}", "r2-{a,b}:100");
    cables(&mut out, "r1-m:{93..94}", "r2-m:{93..94}");
    out
}

/// A leaf-spine fabric with so many servers, 40 on each pair of leaves.
fn fabric(servers: usize) -> String {
    const ON_A_PAIR: usize = 40;
    const SPINES: usize = 4;
    let pairs = servers.div_ceil(ON_A_PAIR);
    let mut out = COMMON.to_owned();
    let _ = write!(
        out,
        r#"
[switch_model.leaf]
management_ports = 1
mlag             = true
power_supplies   = {{ count = 2, needed = 1 }}
ports            = {{ "{{1..88}}" = {{ speed = "25GbE" }}, "{{89..96}}" = {{ speed = "100GbE" }} }}

[switch_model.spine]
power_supplies = {{ count = 2, needed = 1 }}
ports          = {{ "{{1..{spine_ports}}}" = {{ speed = "100GbE" }} }}

[switch_model.access]
power_supplies = {{ count = 2, needed = 1 }}
ports          = {{ "{{1..{access_ports}}}" = {{ speed = "1GbE" }} }}

[switch]
"leaf{{1..{pairs}}}-{{a,b}}" = {{ model = "leaf", role = "leaf", power = ["feed-a", "feed-b"] }}
"spine{{1..{SPINES}}}"       = {{ model = "spine", role = "spine", power = ["feed-a", "feed-b"] }}
"mgmt{{1..{pairs}}}"         = {{ model = "access", role = "management", power = ["feed-a", "feed-b"] }}
mgmt0                        = {{ model = "access", role = "management", power = ["feed-a", "feed-b"] }}

[fabric.pod]
leaves = "leaf{{1..{pairs}}}-{{a,b}}"
spines = "spine{{1..{SPINES}}}"

[ceph]
monitors = "pve{{1..5}}"

[node."pve{{1..{servers}}}"]
model = "hci"
power = ["feed-a", "feed-b"]

"#,
        spine_ports = pairs * 2,
        access_ports = (ON_A_PAIR * 2 + 8).max(pairs),
    );
    let _ = writeln!(out, "[mlag]");
    for pair in 1..=pairs {
        let _ = writeln!(
            out,
            "pair{pair} = {{ peers = \"leaf{pair}-{{a,b}}\", peer_link = \"{{89..90}}\", keepalive = \"management\" }}"
        );
    }
    for pair in 1..=pairs {
        let (first, last) = ((pair - 1) * ON_A_PAIR + 1, (pair * ON_A_PAIR).min(servers));
        let ports = (last - first + 1) * 2;
        cables(&mut out, &format!("pve{{{first}..{last}}}:slot1:{{1..2}}"), &format!("leaf{pair}-a:{{1..{ports}}}"));
        cables(&mut out, &format!("pve{{{first}..{last}}}:slot2:{{1..2}}"), &format!("leaf{pair}-b:{{1..{ports}}}"));
        cables(&mut out, &format!("pve{{{first}..{last}}}:onboard:{{1..2}}"), &format!("mgmt{pair}:{{1..{ports}}}"));
        cables(&mut out, &format!("leaf{pair}-{{a,b}}:management:1"), &format!("mgmt{pair}:{{85..86}}"));
        cables(&mut out, &format!("mgmt{pair}:87"), &format!("mgmt0:{pair}"));
        cables(&mut out, &format!("leaf{pair}-a:{{93..96}}"), &format!("spine{{1..{SPINES}}}:{}", pair * 2 - 1));
        cables(&mut out, &format!("leaf{pair}-b:{{93..96}}"), &format!("spine{{1..{SPINES}}}:{}", pair * 2));
    }
    out
}

/// One run of the program: its time, its largest memory in MiB where the system tells, and what it printed.
fn run(arguments: &[&str], path: &PathBuf) -> (Duration, String) {
    let begin = Instant::now();
    let output = Command::new(env!("CARGO_BIN_EXE_rackproof"))
        .arg("failures")
        .args(arguments)
        .arg(path)
        .stdin(Stdio::null())
        .output();
    let took = begin.elapsed();
    let output = output.expect("the program can be started");
    assert!(output.status.code().is_some_and(|code| code < 2), "{}", String::from_utf8_lossy(&output.stdout));
    (took, String::from_utf8_lossy(&output.stdout).into_owned())
}

fn median(arguments: &[&str], path: &PathBuf) -> f64 {
    measure::median((0..ROUNDS).map(|_| run(arguments, path).0).collect())
}

fn bench(name: &str, sizes: &[usize], arguments: &[&str], design: fn(usize) -> String) {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let mut before: Option<(usize, f64)> = None;
    for size in sizes {
        let path = folder.join(format!("{name}-{size}.toml"));
        std::fs::write(&path, design(*size)).expect("the folder for designs can be written");
        let (_, text) = run(arguments, &path);
        let counted = text.lines().find(|line| line.contains("components")).unwrap_or_default();
        let components = counted.rsplit_once(": ").map_or("", |(_, rest)| rest);
        let components = components.split(',').next().unwrap_or_default();
        let time = median(arguments, &path);
        let growth = before.map_or(String::new(), |(smaller, earlier)| {
            let (times, size) = (time / earlier, *size as f64 / smaller as f64);
            format!("{times:6.1} x the time for {size:.1} x the servers")
        });
        println!("{name:10} {size:6} servers, {components:>18}: {:8.1} ms {growth}", time * 1e3);
        before = Some((*size, time));
    }
}

fn main() {
    bench("doubles", &[4, 8, 16, 32], &[], two_racks);
    bench("singles", &[1_000, 2_000, 5_000, 10_000], &["--only", "single"], fabric);
}
