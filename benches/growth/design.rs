//! A leaf-spine fabric as an inventory would export it: no ranges, every server, cable, port and address written out.

use std::fmt::Write as _;

/// Servers under each pair of leaf switches.
const ON_A_PAIR: usize = 40;
const SPINES: usize = 4;

/// Models, bonds, storage and settings, which are written once whatever the number of servers.
const COMMON: &str = r#"[design]
language     = 1
name         = "Fabric, exported from an inventory"
environment  = "production"
proxmox_ve   = "9.1"
domain       = "cloud.example.co.jp"
domain_owned = true

[power_feed]
"feed-{a,b}" = { capacity = "20000 kW", ups = true }

[server_model.hci]
description      = "2U, one socket, 8 NVMe bays"
cpu              = { sockets = 1, cores = 32, threads = 64, vendor = "amd" }
memory           = { capacity = "512 GiB", ecc = true }
firmware_managed = true
power_supplies   = { count = 2, needed = 1, rating = "1100 W" }
draw             = "700 W"

[server_model.hci.cards]
bmc     = { ports = 1, speed = "1GbE" }
onboard = { ports = 2, speed = "1GbE" }
slot1   = { ports = 2, speed = "25GbE" }
slot2   = { ports = 2, speed = "25GbE" }

[server_model.hci.disks]
os   = { count = 2, capacity = "480 GB", media = "ssd", role = "os", mirror = true, power_loss_protection = true }
data = { count = 6, capacity = "3.84 TB", media = "nvme", role = "osd", power_loss_protection = true, write = "2000 MB/s", read = "6000 MB/s", write_iops = 130000, read_iops = 900000, endurance = "1 DWPD" }

[bond]
bond0 = { members = ["slot1:1", "slot2:1"], mode = "802.3ad", lacp_rate = "fast", xmit_hash_policy = "layer3+4", miimon = "100 ms" }
bond1 = { members = ["slot1:2", "slot2:2"], mode = "802.3ad", lacp_rate = "fast", xmit_hash_policy = "layer3+4", miimon = "100 ms" }

[bridge.vmbr0]
ports      = "bond0"
vlan_aware = true

[corosync]
transport = "knet"

[corosync.link]
0 = { network = "corosync0", priority = 20 }
1 = { network = "corosync1", priority = 10 }

[ceph]
release           = "tentacle"
monitors          = ["pve00001", "pve00041", "pve00081"]
managers          = ["pve00001", "pve00041", "pve00081"]
osd_memory_target = "8 GiB"

[ceph.pool.vm]
application    = "rbd"
size           = 3
min_size       = 2
failure_domain = "host"

[storage.vm]
kind    = "rbd"
pool    = "vm"
content = ["images"]
thin    = true

[switch_model.leaf]
management_ports = 1
mlag             = true
limits           = { lacp_groups = 256, vlans = 4000, mtu = 9216, buffer = "32 MB" }
power_supplies   = { count = 2, needed = 1 }
draw             = "420 W"
ports            = { "{1..88}" = { speed = "25GbE" }, "{89..96}" = { speed = "400GbE" } }

"#;

/// The networks, with what each says of itself and the third byte group of its addresses.
const NETWORKS: [(&str, &str, u32); 6] = [
    ("management", r#"purpose = "management", interface = "onboard:1", vlan = 20"#, 20),
    ("bmc", r#"purpose = "bmc", interface = "bmc:1", vlan = 19"#, 19),
    ("corosync0", r#"purpose = "corosync", interface = "onboard:2", vlan = 21"#, 21),
    ("corosync1", r#"purpose = "corosync", interface = "bond0", vlan = 22"#, 22),
    ("migration", r#"purpose = "migration", interface = "bond0", vlan = 24"#, 24),
    ("ceph", r#"purpose = "ceph_public", interface = "bond1", vlan = 23, mtu = 9000"#, 23),
];

/// A design with so many servers, at least 100. Where `wrong`, every fourth one has a name that is no host name.
pub(crate) fn fabric(servers: usize, wrong: bool) -> String {
    let mut out = COMMON.to_owned();
    switches(&mut out, servers.div_ceil(ON_A_PAIR));
    for (name, said, _) in NETWORKS {
        let _ = writeln!(out, "[network.{name}]");
        for said in said.split(", ") {
            let _ = writeln!(out, "{said}");
        }
        out.push('\n');
    }
    guests(&mut out, servers);
    out.push_str("[network.guests]\npurpose = \"guest\"\ninterface = \"vmbr0\"\nguest_vlans = \"{100..115}\"\n\n");
    for (name, _, group) in NETWORKS {
        let _ = writeln!(out, "[network.{name}.address]");
        for server in 1..=servers {
            let _ = writeln!(out, "{} = \"{}/16\"", host(server, wrong), address(group, server));
        }
        out.push('\n');
    }
    for server in 1..=servers {
        node(&mut out, server, &host(server, wrong));
    }
    out
}

fn host(server: usize, wrong: bool) -> String {
    format!("pve{}{server:05}", if wrong && server.is_multiple_of(4) { "_" } else { "" })
}

fn address(group: u32, server: usize) -> String {
    format!("10.{group}.{}.{}", server / 250, server % 250 + 1)
}

fn cable(out: &mut String, from: &str, to: &str, kind: &str, length: u32) {
    let _ = writeln!(
        out,
        "# Label on both ends: {from} | {to}\n[[cable]]\nfrom   = \"{from}\"\nto     = \"{to}\"\nkind   = \"{kind}\"\nlength = \"{length} m\"\n"
    );
}

fn switches(out: &mut String, pairs: usize) {
    let _ = write!(
        out,
        r#"[switch_model.spine]
management_ports = 1
limits           = {{ lacp_groups = 256, vlans = 4000, mtu = 9216, buffer = "64 MB" }}
power_supplies   = {{ count = 2, needed = 1 }}
draw             = "450 W"
ports            = {{ "{{1..{}}}" = {{ speed = "400GbE" }} }}

[switch_model.access]
limits         = {{ lacp_groups = 8, vlans = 512, mtu = 9216, buffer = "4 MB" }}
power_supplies = {{ count = 2, needed = 1 }}
draw           = "70 W"
ports          = {{ "{{1..{}}}" = {{ speed = "1GbE" }} }}

[switch.mgmt0000]
model = "access"
role  = "management"
power = ["feed-a", "feed-b"]

[fabric.pod]
leaves = ["leaf{{0001..{pairs:04}}}-{{a,b}}"]
spines = ["spine{{1..{SPINES}}}"]

"#,
        (pairs * 2).max(8),
        (ON_A_PAIR * 3 + 8).max(pairs + SPINES),
    );
    for spine in 1..=SPINES {
        let _ = writeln!(
            out,
            "[switch.spine{spine}]\nmodel = \"spine\"\nrole  = \"spine\"\npower = [\"feed-a\", \"feed-b\"]\n"
        );
        cable(out, &format!("spine{spine}:management:1"), &format!("mgmt0000:{}", pairs + spine), "copper", 20);
    }
    for pair in 1..=pairs {
        for side in ['a', 'b'] {
            let _ = writeln!(
                out,
                "[switch.leaf{pair:04}-{side}]\nmodel = \"leaf\"\nrole  = \"leaf\"\nrack  = \"rack-{pair:04}\"\npower = [\"feed-a\", \"feed-b\"]\n"
            );
        }
        let _ = writeln!(
            out,
            "[switch.mgmt{pair:04}]\nmodel = \"access\"\nrole  = \"management\"\nrack  = \"rack-{pair:04}\"\npower = [\"feed-a\", \"feed-b\"]\n"
        );
        let _ = writeln!(
            out,
            "[mlag.pair{pair:04}]\npeers     = \"leaf{pair:04}-{{a,b}}\"\npeer_link = \"{{89..90}}\"\nkeepalive = \"management\"\n"
        );
        for (index, side) in ['a', 'b'].into_iter().enumerate() {
            let port = ON_A_PAIR * 3 + 1 + index;
            cable(out, &format!("leaf{pair:04}-{side}:management:1"), &format!("mgmt{pair:04}:{port}"), "copper", 3);
            for spine in 1..=SPINES {
                let (from, to) =
                    (format!("leaf{pair:04}-{side}:{}", 92 + spine), format!("spine{spine}:{}", pair * 2 - 1 + index));
                cable(out, &from, &to, "aoc", 20);
            }
        }
        cable(out, &format!("mgmt{pair:04}:{}", ON_A_PAIR * 3 + 3), &format!("mgmt0000:{pair}"), "copper", 20);
    }
}

/// A server with its cables and the ports of the switches it is plugged into.
fn node(out: &mut String, server: usize, host: &str) {
    let (pair, place) = ((server - 1) / ON_A_PAIR + 1, (server - 1) % ON_A_PAIR);
    let _ = write!(
        out,
        r#"# Rack {pair}, height {height}; purchase and serial number are kept in the inventory.
[node.{host}]
model         = "hci"
rack          = "rack-{pair:04}"
power         = ["feed-a", "feed-b"]
fresh_install = true
hosts_address = "{address}"
system_uuid   = ["4c4c4544-0042-4d10-8030-{server:012}"]

"#,
        height = place + 1,
        address = address(20, server),
    );
    for (port, side) in [(1, 'a'), (2, 'b')] {
        for line in 1..=2 {
            cable(
                out,
                &format!("{host}:slot{port}:{line}"),
                &format!("leaf{pair:04}-{side}:{}", place * 2 + line),
                "dac",
                3,
            );
        }
    }
    for (index, port) in ["onboard:1", "onboard:2", "bmc:1"].into_iter().enumerate() {
        cable(out, &format!("{host}:{port}"), &format!("mgmt{pair:04}:{}", place * 3 + index + 1), "copper", 3);
    }
    for (line, tagged, mtu) in [(1, "\"22\", \"24\", \"{100..115}\"", 1500), (2, "\"23\"", 9216)] {
        let _ = writeln!(
            out,
            "[[switch_port]]\nports       = \"leaf{pair:04}-{{a,b}}:{}\"\ntagged      = [{tagged}]\nmtu         = {mtu}\nlag         = \"{host}-bond{}\"\nlacp_rate   = \"fast\"\nhash_policy = \"layer3+4\"\n",
            place * 2 + line,
            line - 1,
        );
    }
}

/// Three kinds of guests, eight on each server together.
fn guests(out: &mut String, servers: usize) {
    for (name, count, memory, iops) in
        [("web", servers * 5, 8, 100), ("job", servers * 2, 16, 150), ("db", servers, 32, 400)]
    {
        let _ = writeln!(
            out,
            r#"[guest.{name}]
count                 = {count}
vcpus                 = 4
memory                = "{memory} GiB"
root_disk             = "40 GB"
storage               = "vm"
iops                  = {iops}
mean_iops             = 15
io_size               = "16 KiB"
write_share           = "30 %"
io_basis              = "measured"
os                    = "debian-13"
kernel                = "6.12"
cpu_type              = "x86-64-v3"
discard               = true
bus                   = "scsi"
guest_agent           = true
guest_agent_installed = true
upgrade               = "first-boot"
cloud_init            = true
open_ports            = [22]
stage                 = "production"
networks              = "guests"
"#
        );
    }
}
