//! Known answers of `plan` for moving guests, healing, wear, budgets and backups, each with its arithmetic.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests read what the program prints and stop at what is not as it should be"
)]

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::Value;

fn plan(design: &str) -> Vec<Value> {
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

fn figure<'a>(figures: &'a [Value], id: &str, subject: &str, state: &str) -> &'a Value {
    let found = figures.iter().find(|own| own["id"] == id && own["subject"] == subject && own["state"] == state);
    found.unwrap_or_else(|| panic!("no {id} of {subject}, {state}"))
}

fn number(figure: &Value) -> f64 {
    figure["value"].as_f64().unwrap_or_else(|| panic!("{figure:#}"))
}

fn close(found: f64, expected: f64) {
    assert!((found - expected).abs() <= 1e-6 * expected.abs().max(1.0), "{found} is not {expected}");
}

fn text<'a>(figure: &'a Value, key: &str) -> &'a str {
    figure[key].as_str().unwrap_or_else(|| panic!("{figure:#}"))
}

fn assumes(figure: &Value, what: &str) -> bool {
    figure["assumed"].as_array().unwrap().iter().any(|own| own.as_str().unwrap().contains(what))
}

/// Three servers of one port each, which migrations take up to nine tenths of.
fn moving(speed: &str, limit: &str, guest: &str) -> String {
    format!(
        "[server_model.hci]\nmemory = {{ capacity = \"256 GiB\" }}\ncards = {{ a = {{ ports = 1, speed = \"{speed}\" }} }}\n\
         [node.\"pve{{1..3}}\"]\nmodel = \"hci\"\n[network.fast]\npurpose = [\"migration\"]\ninterface = \"a:1\"\n\
         [migration]\nnetwork = \"fast\"\nbandwidth_limit = \"{limit}\"\n[guest.web]\n{guest}\n"
    )
}

/// 16 GiB are 17,179.869 MB: at 1,125 MB/s, nine tenths of 10GbE, 15.27 s. With 200 MB/s changed meanwhile
/// 17,179.869 / (1,125 - 200) = 18.57 s. What changes as fast as it is sent never arrives.
#[test]
fn sixteen_gibibytes_move_in_fifteen_seconds() {
    let megabytes = 16.0 * 1_073.741_824;
    let of = |dirty: &str| plan(&moving("10GbE", "1125 MB/s", &format!("count = 3\nmemory = \"16 GiB\"\n{dirty}")));
    let still = of("");
    let one = figure(&still, "migration-time", "guest.web", "healthy");
    close(number(one), megabytes / 1_125.0);
    assert_eq!(text(one, "printed"), "15.3 s");
    assert_eq!(text(one, "binding"), "the bandwidth limit");
    assert!(assumes(one, "guest.web.dirty_rate"));
    let busy = of("dirty_rate = \"200 MB/s\"");
    let one = figure(&busy, "migration-time", "guest.web", "healthy");
    close(number(one), megabytes / 925.0);
    assert_eq!(text(one, "printed"), "18.6 s");
    let too_busy = of("dirty_rate = \"1125 MB/s\"");
    assert_eq!(text(figure(&too_busy, "migration-time", "guest.web", "healthy"), "printed"), "never");
    assert_eq!(text(figure(&too_busy, "evacuation-time", "cluster", "healthy"), "printed"), "never");
}

/// Without a limit one connection carries 1,250 x 0.94 = 1,175 MB/s.
#[test]
fn without_a_limit_the_port_binds() {
    let design = moving("10GbE", "1125 MB/s", "count = 3\nmemory = \"16 GiB\"");
    let figures = plan(&design.replace("bandwidth_limit = \"1125 MB/s\"", ""));
    let one = figure(&figures, "migration-time", "guest.web", "healthy");
    close(number(one), 16.0 * 1_073.741_824 / 1_175.0);
    assert_eq!(text(one, "binding"), "one connection");
}

/// 179 GiB on each server are 192,199.786 MB: 170.8 s at 1,125 MB/s, 28.5 min over 1GbE at 112.5 MB/s.
#[test]
fn a_server_is_emptied_in_its_memory_by_the_rate() {
    let megabytes = 179.0 * 1_073.741_824;
    let minutes = |speed: &str, limit: &str| {
        let figures = plan(&moving(speed, limit, "count = 3\nmemory = \"179 GiB\""));
        let found = figure(&figures, "evacuation-time", "cluster", "healthy").clone();
        (number(&found), text(&found, "printed").to_owned())
    };
    let (fast, printed) = minutes("10GbE", "1125 MB/s");
    close(fast, megabytes / 1_125.0 / 60.0);
    assert_eq!(printed, "2.85 min");
    let (slow, printed) = minutes("1GbE", "112.5 MB/s");
    close(slow, megabytes / 112.5 / 60.0);
    assert_eq!(printed, "28.47 min");
}

/// Two at the same time by one port of 10GbE share its 1,175 MB/s: 587.5 each. Ten guests of 8 GiB on each of three
/// servers, each changing 100 MB/s: 10 x 8,589.935 / (587.5 - 100) / 2 = 88.1 s.
#[test]
fn migrations_at_the_same_time_share_the_port() {
    let design = moving("10GbE", "1125 MB/s", "count = 30\nmemory = \"8 GiB\"\ndirty_rate = \"100 MB/s\"");
    let figures = plan(&design.replace("[guest.web]", "parallel = 2\n[guest.web]"));
    let found = figure(&figures, "evacuation-time", "cluster", "healthy");
    close(number(found), 10.0 * 8.0 * 1_073.741_824 / 487.5 / 2.0 / 60.0);
}

/// Servers with so many OSDs each behind one port, and one pool of three copies.
fn storing(servers: u32, disks: &str, port: &str, pool: &str) -> String {
    format!(
        "[server_model.hci]\ncards = {{ a = {{ ports = 1, speed = \"{port}\" }} }}\n\
         [server_model.hci.disks.data]\nrole = \"osd\"\n{disks}\n\
         [node.\"pve{{1..{servers}}}\"]\nmodel = \"hci\"\n[network.ceph]\npurpose = [\"ceph_public\"]\ninterface = \"a:1\"\n\
         [ceph]\nmclock_profile = \"balanced\"\n[ceph.pool.vm]\napplication = \"rbd\"\n{pool}\n"
    )
}

const DATA: &str = "server_model.hci.disks.data";

fn input(figure: &Value, name: &str) -> f64 {
    let inputs = figure["inputs"].as_array().unwrap();
    inputs.iter().find(|input| input["name"] == name).and_then(|input| input["value"].as_f64()).unwrap()
}

/// Four servers with 4 x 1.92 TB, 60 % full: 0.6 x 30.72 TB / 3 = 6.144 TB are stored. A server takes 0.6 x 7.68 TB =
/// 4.608 TB with it. Network 3 x 3,125 x 0.8 x 0.5 = 3,750 MB/s, disks 12 x 1,000 x 0.5 = 6,000: 1,228.8 s, and 620 s
/// until it begins: 1,848.8 s, 31 minutes.
#[test]
fn a_lost_server_heals_onto_the_three_others() {
    let disks = "count = 4\ncapacity = \"1.92 TB\"\nmedia = \"nvme\"\nwrite = \"1000 MB/s\"";
    let design = storing(4, disks, "25GbE", "size = 3\nmin_size = 2\nstored = \"6.144 TB\"");
    let figures = plan(&design);
    let lost = figure(&figures, "recovery-time", "server_model.hci", "node lost");
    close(input(lost, "bytes"), 4.608);
    close(input(lost, "moving"), 1_228.8);
    close(number(lost), 1_848.8 / 3_600.0);
    assert_eq!(text(lost, "binding"), "network ceph");
    assert_eq!(text(lost, "printed"), "0.51 h");
    // One disk: 1.152 TB onto the 15 that are left, 4 servers take it in: 1.152e6 / (4 x 1,250) = 230.4 s at most; the
    // lost one's server has three targets of fifteen, the others four: 1.152e6 x 4 / 15 / 1,250 = 245.76 s.
    let lost = figure(&figures, "recovery-time", DATA, "disk lost");
    close(input(lost, "moving"), 245.76);
    // By the other profiles the share is 70 % and 40 %.
    let moving = |profile: &str| {
        let figures = plan(&design.replace("balanced", profile));
        input(figure(&figures, "recovery-time", "server_model.hci", "node lost"), "moving")
    };
    close(moving("high_recovery_ops"), 1_228.8 * 0.5 / 0.7);
    close(moving("high_client_ops"), 1_228.8 * 0.5 / 0.4);
}

/// Three servers with two disks of 4 TB and 150 MB/s, 40 % full (0.4 x 24 TB / 3 = 3.2 TB stored), one lost: 1.6 TB go
/// onto the other disk of the same server: 150 x 0.5 = 75 MB/s, 21,333 s, 5.9 hours. With eight disks, seven take it:
/// 525 MB/s, but 10GbE carries 1,250 x 0.8 x 0.5 = 500: 3,200 s, 0.9 hours. A lost server has nowhere to go.
#[test]
fn on_three_servers_a_lost_disk_refills_its_own_server() {
    let disks = |count: u32| format!("count = {count}\ncapacity = \"4 TB\"\nmedia = \"hdd\"\nwrite = \"150 MB/s\"");
    let of = |count: u32, stored: &str| {
        plan(&storing(3, &disks(count), "10GbE", &format!("size = 3\nmin_size = 2\nstored = \"{stored}\"")))
    };
    let two = of(2, "3.2 TB");
    let lost = figure(&two, "recovery-time", DATA, "disk lost");
    close(input(lost, "bytes"), 1.6);
    close(input(lost, "moving"), 1.6e6 / 75.0);
    close(number(lost), (1.6e6 / 75.0 + 620.0) / 3_600.0);
    assert_eq!(text(lost, "binding"), "writes of the disks that take over");
    let eight = of(8, "12.8 TB");
    let lost = figure(&eight, "recovery-time", DATA, "disk lost");
    close(input(lost, "moving"), 1.6e6 / 500.0);
    assert_eq!(text(lost, "binding"), "network ceph");
    let gone = figure(&two, "recovery-time", "server_model.hci", "node lost");
    assert_eq!(text(gone, "printed"), "never");
    assert!(text(gone, "formula").contains("2 of 3 places (host) are left for 3 copies"), "{gone:#}");
}

/// Where nobody says what is stored, disks are taken to be filled to nearfull: 0.85 x 4 TB = 3.4 TB, and to what the
/// design calls nearfull: 0.8 x 4 TB = 3.2 TB.
#[test]
fn a_fill_that_is_not_written_is_nearfull_and_said() {
    let disks = "count = 2\ncapacity = \"4 TB\"\nmedia = \"hdd\"\nwrite = \"150 MB/s\"";
    let design = storing(3, disks, "10GbE", "size = 3\nmin_size = 2");
    let figures = plan(&design);
    let lost = figure(&figures, "recovery-time", DATA, "disk lost");
    close(input(lost, "bytes"), 3.4);
    assert!(assumes(lost, "ceph.pool.vm.stored: disks filled to 85 %"), "{lost:#}");
    let figures = plan(&design.replace("[ceph]\n", "[ceph]\nnearfull_ratio = \"80 %\"\n"));
    close(input(figure(&figures, "recovery-time", DATA, "disk lost"), "bytes"), 3.2);
}

/// Six disks of 4 TB behind two database disks on each of four servers, 3.2 TB stored three times on 24 disks: 0.4 TB
/// each. One database disk takes three of them, 1.2 TB; the 21 others write 75 MB/s each: 1.2e6 / (21 x 75) = 761.9 s.
#[test]
fn a_lost_database_disk_takes_the_disks_behind_it() {
    let disks = "count = 6\ncapacity = \"4 TB\"\nmedia = \"hdd\"\nwrite = \"150 MB/s\"\ndb = \"wal\"\n\
                 [server_model.hci.disks.wal]\nrole = \"db\"\ncount = 2\ncapacity = \"960 GB\"\nmedia = \"nvme\"";
    let figures = plan(&storing(4, disks, "25GbE", "size = 3\nmin_size = 2\nstored = \"3.2 TB\""));
    let lost = figure(&figures, "recovery-time", "server_model.hci.disks.wal", "database disk lost");
    close(input(lost, "bytes"), 1.2);
    close(input(lost, "moving"), 1.2e6 / (21.0 * 75.0));
}

/// Seven servers with four disks of 1.92 TB, 4 + 2 chunks, 20 TB stored: 30 TB raw on 28 disks, 4.2857 TB on a server.
/// Each rebuilt chunk is read four times, by the 24 disks left: 4 x 4.2857e6 / (24 x 1,000 x 0.5) = 1,428.6 s. The
/// network takes in four times as much, too: 4 x 4.2857e6 / 6 / 1,250 = 2,285.7 s by 25GbE, and 571.4 s by 100GbE.
#[test]
fn erasure_coding_reads_k_chunks_for_each() {
    let disks = "count = 4\ncapacity = \"1.92 TB\"\nmedia = \"nvme\"\nwrite = \"1000 MB/s\"";
    let pool = "data_chunks = 4\ncoding_chunks = 2\nmin_size = 5\nstored = \"20 TB\"";
    let moving = |port: &str| {
        let figures = plan(&storing(7, disks, port, pool));
        let lost = figure(&figures, "recovery-time", "server_model.hci", "node lost").clone();
        (input(&lost, "moving"), text(&lost, "binding").to_owned())
    };
    let bytes = 30e6 / 7.0;
    let (seconds, binding) = moving("25GbE");
    close(seconds, 4.0 * bytes / 6.0 / 1_250.0);
    assert_eq!(binding, "network ceph");
    let (seconds, binding) = moving("100GbE");
    close(seconds, 4.0 * bytes / (24.0 * 500.0));
    assert_eq!(binding, "reads of the disks with copies");
}

/// Four racks of one server each with three copies by rack: the whole rack is down with its server.
#[test]
fn a_whole_rack_is_not_marked_out() {
    let disks = "count = 4\ncapacity = \"1.92 TB\"\nmedia = \"nvme\"\nwrite = \"1000 MB/s\"";
    let design = storing(4, disks, "25GbE", "size = 3\nmin_size = 2\nstored = \"6 TB\"\nfailure_domain = \"rack\"");
    let rack = |rack: u32| format!("[node.pve{rack}]\nmodel = \"hci\"\nrack = \"r{rack}\"\n");
    let racks = [1, 2, 3, 4].map(rack).concat();
    let figures = plan(&design.replace("[node.\"pve{1..4}\"]\nmodel = \"hci\"\n", &racks));
    let gone = figure(&figures, "recovery-time", "server_model.hci", "node lost");
    assert_eq!(text(gone, "printed"), "never");
    assert!(text(gone, "formula").contains("mon_osd_down_out_subtree_limit"), "{gone:#}");
}

/// Three servers with four OSDs each and a hundred guests of 50 operations of 16 KiB on the mean.
fn worn(capacity: &str, guest: &str) -> Vec<Value> {
    let disks = format!(
        "count = 4\ncapacity = \"{capacity}\"\nmedia = \"nvme\"\nwrite = \"1000 MB/s\"\nendurance = \"1 DWPD\""
    );
    let guests = format!("[guest.web]\ncount = 100\nio_size = \"16 KiB\"\nwrite_share = \"100 %\"\n{guest}\n");
    plan(&format!("{}{guests}", storing(3, &disks, "25GbE", "size = 3\nmin_size = 2")))
}

/// 100 x 50 x 16,384 B = 81.92 MB/s, x 3 copies / 12 disks = 20.48, x 1.3 = 26.624 MB/s = 2.3003 TB a day: 1.198 DWPD
/// on 1.92 TB, 0.599 on 3.84 TB. A drive of 1 DWPD on 1.92 TB over five years lasts 5 / 1.198 = 4.17 years.
#[test]
fn the_mean_of_a_day_wears_disks() {
    let day = 100.0 * 50.0 * 16_384.0 * 3.0 / 12.0 * 1.3 * 86_400.0 / 1e12;
    let figures = worn("1.92 TB", "mean_iops = 50");
    close(number(figure(&figures, "daily-writes", DATA, "healthy")), day);
    let need = figure(&figures, "endurance-need", DATA, "healthy");
    close(number(need), day / 1.92);
    assert_eq!(text(need, "printed"), "1.2 DWPD");
    close(number(figure(&figures, "endurance-years", DATA, "healthy")), 5.0 / (day / 1.92));
    let figures = worn("3.84 TB", "mean_iops = 50");
    assert_eq!(text(figure(&figures, "endurance-need", DATA, "healthy"), "printed"), "0.6 DWPD");
}

#[test]
fn the_peak_wears_no_disk() {
    let figures = worn("1.92 TB", "iops = 1000");
    let need = figure(&figures, "endurance-need", DATA, "healthy");
    assert_eq!(text(need, "printed"), "unknown");
    assert!(text(need, "note").contains("peak"), "{need:#}");
}

/// Six hard disks behind two database disks on each of three servers, three copies, 100 guests x 50 x 16 KiB: of 81.92
/// MB/s each server stores one copy, 13.653 MB/s on each of six disks. A database disk takes the journal and 0.3 of
/// metadata for three of them: 13.653 x 1.3 x 3 = 53.25 MB/s. With operations of 64 KiB, four times the bytes and no
/// journal: 54.613 x 0.3 x 3 = 49.15 MB/s.
#[test]
fn a_database_disk_takes_the_journal_of_small_writes() {
    let disks = "count = 6\ncapacity = \"4 TB\"\nmedia = \"hdd\"\nwrite = \"150 MB/s\"\ndb = \"wal\"\n\
                 [server_model.hci.disks.wal]\nrole = \"db\"\ncount = 2\ncapacity = \"960 GB\"\nmedia = \"nvme\"";
    let daily = |size: &str| {
        let guests =
            format!("[guest.web]\ncount = 100\nmean_iops = 50\nio_size = \"{size}\"\nwrite_share = \"100 %\"\n");
        let figures = plan(&format!("{}{guests}", storing(3, disks, "25GbE", "size = 3\nmin_size = 2")));
        // Hard disks are not rated by what is written to them.
        assert!(figures.iter().all(|figure| figure["id"] != "daily-writes" || figure["subject"] != DATA));
        number(figure(&figures, "daily-writes", "server_model.hci.disks.wal", "healthy"))
    };
    close(daily("16 KiB"), 100.0 * 50.0 * 16_384.0 / 6.0 * 1.3 * 3.0 * 86_400.0 / 1e12);
    close(daily("64 KiB"), 100.0 * 50.0 * 65_536.0 / 6.0 * 0.3 * 3.0 * 86_400.0 / 1e12);
}

/// 4 + 2 chunks are 1.5 bytes for each: 81.92 MB/s x 1.5 / 28 disks x 1.3.
#[test]
fn chunks_wear_by_their_overhead() {
    let disks = "count = 4\ncapacity = \"1.92 TB\"\nmedia = \"nvme\"\nwrite = \"1000 MB/s\"";
    let pool = "data_chunks = 4\ncoding_chunks = 2\nmin_size = 5";
    let guests = "[guest.web]\ncount = 100\nmean_iops = 50\nio_size = \"16 KiB\"\nwrite_share = \"100 %\"\n";
    let figures = plan(&format!("{}{guests}", storing(7, disks, "25GbE", pool)));
    let day = 100.0 * 50.0 * 16_384.0 * 1.5 / 28.0 * 1.3 * 86_400.0 / 1e12;
    close(number(figure(&figures, "daily-writes", DATA, "healthy")), day);
}

/// 150 TBW at 50 GB a day: 150,000 / (50 x 365) = 8.2 years; at 250 GB a day 1.6 years. Where nothing is written of it,
/// 50 GB a day are assumed.
#[test]
fn a_system_disk_lasts_its_rating_by_the_day() {
    let of = |day: &str| {
        let design = format!(
            "[server_model.hci.disks.os]\nrole = \"os\"\ncount = 2\ncapacity = \"256 GB\"\nmedia = \"ssd\"\n\
             endurance = \"150 TBW\"\n{day}\n[node.\"pve{{1..3}}\"]\nmodel = \"hci\"\n"
        );
        let figures = plan(&design);
        figure(&figures, "endurance-years", "server_model.hci.disks.os", "healthy").clone()
    };
    close(number(&of("written_per_day = \"50 GB\"")), 150_000.0 / (50.0 * 365.0));
    let busy = of("written_per_day = \"250 GB\"");
    close(number(&busy), 150_000.0 / (250.0 * 365.0));
    assert_eq!(text(&busy, "printed"), "1.6 years");
    let silent = of("");
    assert_eq!(text(&silent, "printed"), "8.2 years");
    assert!(assumes(&silent, "written_per_day = 50 GB"));
}

/// Thirty guests of 200 GB, half full, of which a tenth has changed: 30 x 200 x 0.5 x 0.1 = 300 GB, 100 GB on each of
/// three servers. Over 1GbE 125 x 0.94 = 117.5 MB/s: 851 s; into a target of 150 MB/s 2,000 s; with 40 MB/s on each
/// server 2,500 s.
fn backed_up(job: &str) -> Value {
    let design = format!(
        "[server_model.hci]\ncards = {{ a = {{ ports = 1, speed = \"1GbE\" }} }}\n[node.\"pve{{1..3}}\"]\nmodel = \"hci\"\n\
         [network.save]\npurpose = [\"backup\"]\ninterface = \"a:1\"\n[backup.nightly]\nchanged = \"10 %\"\n{job}\n\
         [guest.web]\ncount = 30\nroot_disk = \"40 GB\"\ndata_disk = \"160 GB\"\nused_share = \"50 %\"\n"
    );
    figure(&plan(&design), "backup-time", "backup.nightly", "healthy").clone()
}

#[test]
fn a_backup_takes_as_long_as_the_slowest_it_passes() {
    let plain = backed_up("");
    close(input(&plain, "bytes"), 300.0);
    close(number(&plain), 100e3 / 117.5 / 3_600.0);
    assert_eq!(text(&plain, "binding"), "network save");
    assert!(assumes(&plain, "the target takes in"));
    let target = backed_up("target_rate = \"150 MB/s\"");
    close(number(&target), 2_000.0 / 3_600.0);
    assert_eq!(text(&target, "binding"), "the target");
    let limit = backed_up("target_rate = \"150 MB/s\"\nbandwidth_limit = \"40 MB/s\"");
    close(number(&limit), 2_500.0 / 3_600.0);
    assert_eq!(text(&limit, "binding"), "the limit of the job");
}

/// Guests on Ceph are read over its network: 100 GB on each of three servers, two thirds of it from others, by 1GbE:
/// 66,667 MB / 117.5 = 567 s; the copies go out by 10GbE in 85 s. Twelve disks of 10 MB/s take longer: 2,500 s.
#[test]
fn what_is_saved_is_read_first() {
    let disks = "count = 4\ncapacity = \"4 TB\"\nmedia = \"hdd\"\nwrite = \"150 MB/s\"\nread = \"150 MB/s\"";
    let design = storing(3, disks, "1GbE", "size = 3\nmin_size = 2");
    let design = design.replace(
        "a = { ports = 1, speed = \"1GbE\" }",
        "a = { ports = 1, speed = \"1GbE\" }, b = { ports = 1, speed = \"10GbE\" }",
    );
    let design = format!(
        "{design}[network.save]\npurpose = [\"backup\"]\ninterface = \"b:1\"\n[backup.nightly]\nchanged = \"10 %\"\n\
         [guest.web]\ncount = 30\nroot_disk = \"40 GB\"\ndata_disk = \"160 GB\"\nused_share = \"50 %\"\n"
    );
    let found = plan(&design);
    let found = figure(&found, "backup-time", "backup.nightly", "healthy");
    close(number(found), 100e3 * 2.0 / 3.0 / 117.5 / 3_600.0);
    assert_eq!(text(found, "binding"), "reads over network ceph");
    let slow = plan(&design.replace("read = \"150 MB/s\"", "read = \"10 MB/s\""));
    let slow = figure(&slow, "backup-time", "backup.nightly", "healthy");
    close(number(slow), 300e3 / 120.0 / 3_600.0);
    assert_eq!(text(slow, "binding"), "reads of pool vm");
}
