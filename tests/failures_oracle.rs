//! The proof of failures against the oracle: every component, every single and every double failure of designs made
//! at random, and of the fixtures where that does not take too long.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests read fixtures and stop at what is not as it should be"
)]

mod oracle;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::PathBuf;

use oracle::{Known, LOSSES, Verdict, components, judge_known, random_design, resolved};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use rackproof::failure::{self, Outcome, Proof};
use rackproof::topology::Topology;

/// Designs of one run, always the same; `RACKPROOF_CASES` asks for that many new ones.
const CASES: u32 = 20;
const SEED: u64 = 5405;

/// Longest time in milliseconds that a difference is made smaller.
const SHRINKING: u32 = 120_000;

fn cases() -> (u32, RngSeed) {
    let asked = std::env::var("RACKPROOF_CASES").ok().and_then(|cases| cases.parse().ok());
    asked.map_or((CASES, RngSeed::Fixed(SEED)), |cases| (cases, RngSeed::Random))
}

/// What the engine says of every loss; one that it does not list is not asked, and so has survived.
fn proven(proof: &Proof, failed: &[usize]) -> BTreeMap<&'static str, Verdict> {
    let mut verdicts: BTreeMap<&'static str, Verdict> =
        LOSSES.into_iter().map(|loss| (loss, Verdict::Survived)).collect();
    for (loss, outcome) in proof.verdict(failed) {
        let verdict = match outcome {
            Outcome::Lost => Verdict::Lost,
            Outcome::Survived => Verdict::Survived,
            Outcome::Unproven => Verdict::Unproven,
        };
        let known = verdicts.insert(loss.word(), verdict);
        assert!(known.is_some(), "{} is no loss of the definition", loss.word());
    }
    verdicts
}

/// Where engine and oracle differ on the components of a design.
fn compare_components(topology: &Topology<'_>, proof: &Proof) -> Result<(), String> {
    let engine: BTreeSet<&str> = proof.components.iter().map(|component| component.name.as_str()).collect();
    let names = components(topology);
    let oracle: BTreeSet<&str> = names.iter().map(String::as_str).collect();
    if engine.len() != proof.components.len() {
        return Err("two components have one name".to_owned());
    }
    if engine == oracle {
        return Ok(());
    }
    let only =
        |ours: &BTreeSet<&str>, theirs: &BTreeSet<&str>| format!("{:?}", ours.difference(theirs).collect::<Vec<_>>());
    Err(format!(
        "components only of the engine: {}\nonly of the oracle: {}",
        only(&engine, &oracle),
        only(&oracle, &engine)
    ))
}

/// Where they differ on one failure.
fn compare_failure(known: &Known<'_, '_>, proof: &Proof, failed: &[usize]) -> Result<(), String> {
    let names: Vec<&str> = failed.iter().map(|index| proof.components[*index].name.as_str()).collect();
    let (engine, oracle) = (proven(proof, failed), judge_known(known, &names));
    let mut differences = String::new();
    for loss in LOSSES.iter().filter(|loss| engine[*loss] != oracle[*loss]) {
        writeln!(differences, "  {loss}: the engine says {:?}, the oracle {:?}", engine[loss], oracle[loss]).unwrap();
    }
    if differences.is_empty() { Ok(()) } else { Err(format!("when {names:?} fail:\n{differences}")) }
}

/// Every single and every double failure; the first difference with the design it is about.
fn compare(text: &str) -> Result<(), String> {
    let topology = resolved(text);
    let proof = failure::prove(&topology);
    let known = Known::new(&topology);
    let count = proof.components.len();
    let singles = (0..count).map(|one| vec![one]);
    let doubles = (0..count).flat_map(|one| (one + 1..count).map(move |other| vec![one, other]));
    compare_components(&topology, &proof)
        .and_then(|()| singles.chain(doubles).try_for_each(|failed| compare_failure(&known, &proof, &failed)))
        .map_err(|difference| format!("{difference}\nin this design:\n{text}"))
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: cases().0,
        rng_seed: cases().1,
        failure_persistence: None,
        max_shrink_iters: 4096,
        max_shrink_time: SHRINKING,
        ..ProptestConfig::default()
    })]

    #[test]
    fn engine_and_oracle_agree_on_every_failure_of_random_designs(text in random_design()) {
        let difference = compare(&text).err();
        prop_assert!(difference.is_none(), "{}", difference.unwrap_or_default());
    }
}

/// The designs that the manual shows: every single failure, and every double one whose halves are some places apart,
/// so that all classes meet.
#[test]
fn engine_and_oracle_agree_on_the_designs_shown() {
    for name in ["starter", "reference"] {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("fixtures/designs/{name}.toml"));
        let topology = resolved(&std::fs::read_to_string(path).unwrap());
        let proof = failure::prove(&topology);
        let known = Known::new(&topology);
        compare_components(&topology, &proof).unwrap();
        let count = proof.components.len();
        for one in 0..count {
            compare_failure(&known, &proof, &[one]).unwrap();
            for other in (one + 1..count).step_by(17) {
                compare_failure(&known, &proof, &[one, other]).unwrap();
            }
        }
    }
}

/// Three nodes in a ring of cables that carries one network, with a switch for the other.
fn ring(cables: &str, tables: &str) -> String {
    format!(
        r#"
        [server_model.hci]
        cards = {{ slot1 = {{ ports = 1 }}, mesh = {{ ports = 2 }} }}
        controllers = {{ hba = {{ mode = "hba" }} }}
        disks = {{ data = {{ role = "osd", count = 1, controller = "hba" }} }}
        [switch_model.any]
        ports = {{ "{{1..4}}" = {{ speed = "10GbE" }} }}
        [node]
        pve1 = {{ model = "hci", rack = "r1" }}
        pve2 = {{ model = "hci", rack = "r2" }}
        pve3 = {{ model = "hci", rack = "r1" }}
        [switch]
        core-a = {{ model = "any", role = "core", rack = "r1" }}
        [bridge]
        vmbr9 = {{ ports = ["mesh:1", "mesh:2"] }}
        [[cable]]
        from = "pve{{1..3}}:slot1:1"
        to = "core-a:{{1..3}}"
        {cables}
        {tables}
        "#
    )
}

/// The ring is open between pve1 and pve2, and nobody knows what pve1 has on its free port.
#[test]
fn a_loose_port_in_a_broadcast_mesh_parts_nobody() {
    let cables = r#"
        [[cable]]
        from = ["pve2:mesh:1", "pve3:mesh:1"]
        to = ["pve3:mesh:2", "pve1:mesh:2"]
    "#;
    let tables = r#"
        [network]
        ring0 = { purpose = "corosync", interface = "vmbr9", mesh = "broadcast" }
        [corosync.link]
        0 = { network = "ring0" }
        [cluster]
        qdevice = true
        qdevice_ports = "core-a:4"
    "#;
    compare(&ring(cables, tables)).unwrap();
}

/// Which part of the cluster network counts is decided among the nodes that the public network reaches.
#[test]
fn the_cluster_network_counts_where_the_public_one_reaches() {
    let cables = r#"
        [[cable]]
        from = "pve{1..3}:mesh:1"
        to = ["pve2:mesh:2", "pve3:mesh:2", "pve1:mesh:2"]
    "#;
    let tables = r#"
        [network]
        public = { purpose = "ceph_public", interface = "slot1:1" }
        replication = { purpose = "ceph_cluster", interface = "vmbr9", mesh = "broadcast" }
        [ceph]
        monitors = ["pve1"]
        [ceph.pool.vms]
        size = 2
        min_size = 1
        failure_domain = "rack"
    "#;
    compare(&ring(cables, tables)).unwrap();
}

/// A profile without guests takes no room beside others, whatever a guest of it would take.
#[test]
fn a_profile_of_no_guests_takes_no_room() {
    let text = r#"
        [server_model.hci]
        memory = { capacity = "16 GiB" }
        cpu = { threads = 4 }
        cards = { slot1 = { ports = 1 } }
        disks = {}
        [switch_model.any]
        ports = { "{1..4}" = { speed = "10GbE" } }
        [node."pve{1..3}"]
        model = "hci"
        [switch]
        core-a = { model = "any", role = "core" }
        [network]
        ring0 = { purpose = "corosync", interface = "slot1:1" }
        [corosync.link]
        0 = { network = "ring0" }
        [ha]
        enabled = true
        [guest.later]
        count = 0
        ha = false
        [guest.web]
        count = 1
        memory = "4 GiB"
        ha = true
        [[cable]]
        from = "pve{1..3}:slot1:1"
        to = "core-a:{1..3}"
    "#;
    compare(text).unwrap();
}
