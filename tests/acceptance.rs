//! The tests after installation: each value against the arithmetic it comes from, and commands that a shell can read.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests read fixtures and stop at what is not as it should be"
)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use rackproof::acceptance::{Acceptance, Test, acceptance};
use rackproof::source::{Files, Loaded, Sources};
use rackproof::{capacity, check, failure};

struct Disk;

impl Files for Disk {
    fn read(&self, path: &str, from: &str) -> Result<Loaded, rackproof::words::Said> {
        let path = Path::new(from).parent().unwrap_or(Path::new("")).join(path);
        let text = fs::read_to_string(&path).map_err(|error| error.to_string())?;
        Ok(Loaded { name: path.to_string_lossy().into_owned(), text })
    }
}

fn of_text(name: &str, text: String) -> Acceptance {
    let mut sources = Sources::default();
    let root = sources.add(name, text);
    let reading = check::read(&mut sources, root, &Disk, Vec::new());
    let (topology, _) = check::topology(&sources, &reading);
    let topology = topology.unwrap();
    acceptance(&topology, &capacity::plan(&topology), &failure::prove(&topology))
}

fn of(design: &str) -> Acceptance {
    let path = format!("{}/fixtures/designs/{design}.toml", env!("CARGO_MANIFEST_DIR"));
    of_text(&path, fs::read_to_string(&path).unwrap())
}

fn tests(plan: &Acceptance) -> impl Iterator<Item = &Test> {
    plan.parts.iter().flat_map(|part| &part.tests)
}

/// The test whose title begins so.
fn find<'a>(plan: &'a Acceptance, begin: &str) -> &'a Test {
    tests(plan).find(|test| test.shows.starts_with(begin)).unwrap_or_else(|| panic!("no test {begin}"))
}

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_rackproof"))
        .env("LC_ALL", "C")
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap()
}

#[test]
fn values_of_two_racks_are_those_of_its_text() {
    let plan = of("two-racks");
    let expects = |begin: &str, value: &str| {
        let test = find(&plan, begin);
        assert!(
            test.expected.iter().any(|expected| expected == value),
            "{begin}: {value} is not in {:?}",
            test.expected
        );
    };
    // 9000 bytes less 20 of IPv4 and 8 of ICMP.
    assert!(find(&plan, "Network ceph passes").commands[0].contains("ping -M do -s 8972 -c 10"));
    assert!(find(&plan, "Network management passes").commands[0].contains("ping -M do -s 1472 -c 10"));
    // 25 Gbit/s x 99 % x 95 % = 23.5125 and 1 Gbit/s x 94 % x 95 % = 0.893.
    expects("One connection over network ceph", "receiver: at least 23.51 Gbits/sec (25GbE x 99 % payload x 95 %)");
    expects("One connection over network management", "receiver: at least 0.89 Gbits/sec (1GbE x 94 % payload x 95 %)");
    expects("Round trips of network corosync1", "avg at most 0.4 ms");
    expects("Round trips of network corosync1", "mdev at most 0.2 ms");
    // 32 nodes and the external vote; a majority of 33 is 17.
    expects("Every server, and the external vote", "Total votes: 33");
    expects("Every server, and the external vote", "Quorum: 17");
    // 3000 ms + 125 ms x (32 - 2).
    expects("Corosync waits", "6750 (milliseconds)");
    // 32 servers x 6.
    expects("Ceph is healthy", "osd: 192 osds: 192 up, 192 in");
    expects("OSDs are told", "8589934592 (bytes: 8 GiB)");
    expects("Pool vm", "pg_num: 8192");
    // 192 x 3.84 x 10^12 / 2^40 = 670.55.
    expects("All disks", "RAW STORAGE, SIZE: 671 TiB, which are 737.28 TB");
    expects("Disks data", "randwrite, each of 6: IOPS at least 130000");
    // 16 of bond0, 16 of bond1, one of the firewall and the peer link.
    expects("MLAG rack1", "link aggregation groups up on leaf1a: 34, leaf1b: 34");
    assert_eq!(plan.not_promised, Vec::<String>::new());
}

#[test]
fn a_failure_that_loses_something_is_never_promised_to_be_survived() {
    // Each server's management hangs on mgmt1a or mgmt2a alone; the other eight switches may fail.
    let plan = of("two-racks");
    let switches = find(&plan, "Any one switch");
    let on = &switches.on[0];
    assert!(["leaf1a", "leaf2b", "spine1", "mgmt1b"].iter().all(|name| on.contains(name)), "{on}");
    assert!(!on.contains("mgmt1a") && !on.contains("mgmt2a"), "{on}");
    assert!(switches.notes[0].contains("mgmt1a (management)"), "{:?}", switches.notes);
    // Guests of this one ask for more than Ceph carries, failure or not: bandwidth is promised nowhere.
    for test in tests(&of("install-battle")).filter(|test| test.from == ["failures"]) {
        assert!(!test.expected.iter().any(|expected| expected.contains("slow requests")), "{}", test.shows);
    }
}

#[test]
fn what_the_design_leaves_open_is_listed_and_not_tested() {
    let plan = of("install-battle");
    assert!(
        plan.not_promised.iter().any(|key| key == "server_model.hci.disks.data.write_iops"),
        "{:?}",
        plan.not_promised
    );
    assert!(
        !tests(&plan).any(|test| test
            .expected
            .iter()
            .any(|value| value.contains("IOPS at least") && value.contains("randwrite")))
    );
    let empty = of_text("a.toml", "[design]\nlanguage = 1\n".to_owned());
    assert_eq!(empty.parts, Vec::new());
}

#[test]
fn every_test_says_from_what_it_comes_and_what_must_be_seen() {
    for design in ["install-battle", "two-racks", "three-sites", "mesh", "reference", "starter"] {
        for test in tests(&of(design)) {
            assert!(
                !test.from.is_empty() && !test.expected.is_empty() && !test.on.is_empty(),
                "{design}: {}",
                test.shows
            );
        }
    }
}

#[cfg(unix)]
#[test]
fn a_shell_reads_every_command_and_names_stay_words() {
    let hostile = "$(touch forged); a'b\\\" |`x`";
    let text = format!(
        "[node.\"pve{{1..3}}\"]\nmodel = \"m\"\n[server_model.m.disks]\nd = {{ count = 4, capacity = \"1 TB\", media = \"nvme\", role = \"osd\", write = \"1000 MB/s\" }}\n[ceph.pool.\"{}\"]\napplication = \"rbd\"\nsize = 3\n",
        hostile.replace('\\', "\\\\").replace('"', "\\\"")
    );
    let plans = [of("two-racks"), of("three-sites"), of_text("a.toml", text)];
    for command in plans.iter().flat_map(tests).flat_map(|test| &test.commands) {
        let read = Command::new("sh").args(["-n", "-c", command]).output().unwrap();
        assert!(read.status.success(), "{command}: {}", String::from_utf8_lossy(&read.stderr));
    }
    let pool = find(&plans[2], "Pool $(touch");
    let words = Command::new("sh")
        .args(["-c", &format!("ceph() {{ printf '%s\\n' \"$@\"; }}\n{}", pool.commands[0])])
        .output()
        .unwrap();
    assert_eq!(String::from_utf8(words.stdout).unwrap(), format!("osd\npool\nget\n{hostile}\nall\n"));
}

#[test]
fn the_command_writes_markdown_and_answers_for_the_design() {
    let output = run(&["acceptance", "fixtures/designs/reference.toml"]);
    assert_eq!(output.status.code(), Some(0));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.starts_with("# Acceptance tests: ") && text.contains("- [ ] Quorate: Yes (measured: ______)"));
    assert_eq!(run(&["acceptance", "missing.toml"]).status.code(), Some(3));
}
