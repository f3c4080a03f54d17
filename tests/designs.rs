//! What the designs of the five documents are told.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests read fixtures and stop at what is not as it should be"
)]

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

fn check(arguments: &[&str]) -> Vec<Value> {
    let output = Command::new(env!("CARGO_BIN_EXE_rackproof"))
        .env("LC_ALL", "C")
        .args(["check", "--format", "json"])
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    report["findings"].as_array().unwrap().clone()
}

/// The findings of a rule with an outcome.
fn of<'a>(findings: &'a [Value], rule: &str, outcome: &str) -> Vec<&'a Value> {
    findings.iter().filter(|finding| finding["rule"] == rule && finding["outcome"] == outcome).collect()
}

#[test]
fn no_design_has_a_mistake_in_its_text() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/designs");
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let path = path.to_str().unwrap();
        let findings = check(&[path]);
        let mistakes: Vec<&Value> =
            findings.iter().filter(|finding| finding["rule"].as_str().unwrap().starts_with("design/")).collect();
        assert!(mistakes.is_empty(), "{path}: {mistakes:#?}");
    }
}

#[test]
fn nekko_cloud_is_told_that_five_milliseconds_are_not_under_five() {
    let findings = check(&["fixtures/designs/nekko-cloud.toml"]);
    let told = of(&findings, "corosync/latency-not-under-five", "violated");
    assert_eq!(told.len(), 1);
    let message = told[0]["message"].as_str().unwrap();
    assert!(message.contains("5 ms") && message.contains("not under 5 ms"), "{message}");
    // S000:174-189: the template switches discard and the agent on and upgrades at first boot only.
    for rule in ["guest/discard-off-on-thin-storage", "guest/agent-not-enabled", "guest/upgrade-at-every-boot"] {
        assert!(of(&findings, rule, "violated").is_empty(), "{rule}");
    }
}

#[test]
fn nested_lab_is_told_that_kvm64_does_not_carry_enterprise_linux_nine() {
    let findings = check(&["fixtures/designs/nested-lab.toml"]);
    let told = of(&findings, "guest/cpu-type-below-os-level", "violated");
    assert_eq!(told.len(), 1);
    let message = told[0]["message"].as_str().unwrap();
    assert!(message.contains("almalinux-9") && message.contains("kvm64"), "{message}");
    assert!(of(&findings, "guest/nested-in-production", "violated").is_empty(), "a lab may nest");
}

#[test]
fn nested_lab_in_production_is_told_that_nesting_is_for_labs() {
    let findings = check(&["--set", "design.environment=production", "fixtures/designs/nested-lab.toml"]);
    let told = of(&findings, "guest/nested-in-production", "violated");
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["severity"], "error");
}

#[test]
fn cycloud_is_told_what_a_diskless_node_lacks_for_proxmox_ve() {
    let findings = check(&["fixtures/designs/cycloud.toml"]);
    let told = of(&findings, "diskless/cannot-run-proxmox", "violated");
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["severity"], "error");
}

/// S002 and S004 leave memory, processors and disk sizes open: those rules ask, and none of them is reported as fine.
#[test]
fn install_battle_is_asked_for_what_its_documents_leave_open() {
    let findings = check(&["fixtures/designs/install-battle.toml"]);
    for rule in ["memory/osd-below-one-gib-per-tib", "cpu/ceph-threads-short", "osd/unequal-sizes", "osd/endurance-low"]
    {
        assert!(!of(&findings, rule, "unproven").is_empty(), "{rule}");
    }
    // The documents' own choices that today's texts speak against.
    for rule in ["version/proxmox-ve-end-of-life", "migration/limit-above-one-member", "ha/nofailback-does-not-return"]
    {
        assert_eq!(of(&findings, rule, "violated").len(), 1, "{rule}");
    }
    assert!(findings.iter().all(|finding| finding["severity"] != "error"), "the documents' own design has no error");
}

#[test]
fn five_lines_are_a_design() {
    let findings = check(&["fixtures/designs/five-lines.toml"]);
    assert!(findings.iter().all(|finding| finding["outcome"] == "unproven"));
}

/// The larger designs are sound: what they are told may be advice, never an error.
#[test]
fn two_racks_and_three_sites_have_no_error() {
    for design in ["fixtures/designs/two-racks.toml", "fixtures/designs/three-sites.toml"] {
        let findings = check(&[design]);
        let errors: Vec<&Value> = findings.iter().filter(|finding| finding["severity"] == "error").collect();
        assert!(errors.is_empty(), "{design}: {errors:#?}");
    }
}
