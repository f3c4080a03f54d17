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
