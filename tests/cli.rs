//! The contract for scripts: exit codes, JSON, standard input, and messages for what cannot be read.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests read fixtures and stop at what is not as it should be"
)]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

fn rackproof(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rackproof"));
    command.env("LC_ALL", "C");
    command.args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).env_remove("NO_COLOR").env("COLUMNS", "80");
    command
}

fn run(arguments: &[&str]) -> Output {
    rackproof(arguments).output().unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap_or(-1)
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", text(output)))
}

/// A folder of its own for a test, removed at its end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("cli-{name}"));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn refused(path: &str, says: &str) {
    let output = run(&["check", path]);
    assert_eq!(code(&output), 3, "{path}: {}", text(&output));
    assert!(text(&output).replace("\n  │ ", " ").contains(says), "{path}: {}", text(&output));
    let output = run(&["check", "--format", "json", path]);
    assert_eq!(code(&output), 3);
    let report = json(&output);
    assert_eq!(report["format_version"], 1);
    assert!(report["summary"]["errors"].as_u64() >= Some(1));
    assert_eq!(report["findings"].as_array().unwrap().len() as u64, report["summary"]["errors"].as_u64().unwrap());
    assert_eq!(code(&run(&["plan", path])), 3);
}

#[test]
fn what_cannot_be_read_ends_with_a_message_and_three() {
    let folder = Folder::new("refused");
    refused(&folder.file("empty.toml", ""), "is empty");
    refused(folder.0.to_str().unwrap(), "is a folder");
    refused(&folder.file("brackets.toml", "[".repeat(50_000_000)), "is larger than 32 MiB");
    refused(&folder.file("fewer-brackets.toml", "[".repeat(1_000_000)), "nested more than 64 deep");
    refused(&folder.file("latin1.toml", [b'[', 0xfc, b']']), "is not UTF-8");
    refused(&folder.file("count.toml", "[guest.web]\ncount = 1e18\n"), "larger than 1000000000");
    refused(&folder.file("range.toml", "[node.\"pve{1..1000000000}\"]\n"), "more than 100000 names");
    refused(&folder.file("ports.toml", MANY_PORTS), "more than 2000000 ports");
    refused("no-such-file.toml", "cannot be read");
    refused(&folder.file("broken.toml", "[design\nname = \"x\"\nenvironment = production\n"), "");
}

const MANY_PORTS: &str = "\
[server_model.x.cards.\"c{1..1000}\"]
ports = 128
[node.\"n{1..1000}\"]
model = \"x\"
";

#[test]
fn includes_stay_inside_the_folder_and_do_not_run_in_circles() {
    let folder = Folder::new("include");
    let main = folder.file("a.toml", "include = [\"b.toml\"]\n");
    folder.file("b.toml", "include = [\"a.toml\"]\n");
    refused(&main, "includes itself");
    let outside = folder.file("inner/design.toml", "include = [\"../secret.toml\"]\n");
    folder.file("secret.toml", "[design]\nname = \"secret\"\n");
    refused(&outside, "outside the design's folder");
    let absolute = folder.file("inner/absolute.toml", "include = [\"/etc/hostname\"]\n");
    refused(&absolute, "is no relative path");
    let parts = folder.file("whole.toml", "include = [\"parts/models.toml\"]\n[node.pve1]\nmodel = \"hci\"\n");
    folder.file("parts/models.toml", "[server_model.hci]\n[server_model.hci.memory]\ncapacity = \"64\"\n");
    let report = json(&run(&["check", "--format", "json", &parts]));
    let finding =
        report["findings"].as_array().unwrap().iter().find(|finding| finding["rule"] == "design/bad-quantity").unwrap();
    assert!(finding["path"].as_str().unwrap().ends_with("parts/models.toml"));
    assert_eq!((finding["line"].as_u64(), finding["column"].as_u64()), (Some(3), Some(12)));
}

#[test]
fn a_key_in_two_files_is_told_with_both_places() {
    let folder = Folder::new("twice");
    let main = folder.file("a.toml", "include = [\"b.toml\"]\n[design]\nname = \"a\"\n");
    folder.file("b.toml", "[design]\nname = \"b\"\n");
    let report = json(&run(&["check", "--format", "json", &main]));
    let finding = &report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .find(|finding| finding["rule"] == "design/duplicate-key")
        .unwrap();
    assert!(finding["path"].as_str().unwrap().ends_with("b.toml"));
    assert!(finding["related"][0]["path"].as_str().unwrap().ends_with("a.toml"));
}

#[test]
fn all_mistakes_of_a_text_come_in_one_run() {
    let output = run(&["check", "--format", "json", "fixtures/broken/mistakes.toml"]);
    let report = json(&output);
    let rules: Vec<&str> =
        report["findings"].as_array().unwrap().iter().filter_map(|finding| finding["rule"].as_str()).collect();
    for rule in [
        "design/unknown-key",
        "design/bad-quantity",
        "design/unknown-word",
        "design/out-of-range",
        "design/bad-range",
        "design/limit-exceeded",
    ] {
        assert!(rules.contains(&rule), "{rule} is missing in {rules:?}");
    }
    assert_eq!(code(&output), 3);
}

#[test]
fn a_bare_number_is_told_the_two_likely_units() {
    let folder = Folder::new("units");
    let path = folder.file("bare.toml", "[server_model.x.memory]\ncapacity = 256\n");
    let output = text(&run(&["check", &path]));
    assert!(output.contains("256 has no unit"), "{output}");
    assert!(output.contains("256 GiB") && output.contains("256 GB"), "{output}");
}

#[test]
fn a_common_guess_is_told_what_to_write() {
    let folder = Folder::new("guesses");
    for (line, help) in [
        ("design.proxmox_ve = 9.1", "write \"9.1\""),
        ("network.a.mtu = \"9000\"", "write 9000 without quotes"),
        ("ceph.pool.a.size = \"3\"", "write 3 without quotes"),
        ("bridge.a.vlan_aware = \"yes\"", "write true without quotes"),
        ("bond.a = { members = \"slot1:1\", mode = \"LACP\" }", "did you mean \"802.3ad\"?"),
        ("bond.a = { members = \"slot1:1\", vlan = 20 }", "it is a key of network"),
        ("server_model.a.memory = \"256 GiB\"", "write { capacity = ... } with the keys capacity, ecc"),
        ("server_model.a.cores = 32", "it belongs in `cpu`"),
        ("server_model.a.cpu = { cores = 32, threads = 2 }", "threads of the whole processor, not of one core"),
        ("server_model.a.nics = {}", "did you mean `cards`?"),
        ("switch_model.a.ports = 48", "write, for each name, NAME = { speed = ... }"),
        ("ceph.monitors = 3", "write names in quotes"),
        ("switch.コア.role = \"core\"", "a name with other characters than"),
        ("guest.a.disk = \"40 GB\"", "did you mean `root_disk`?"),
    ] {
        let output = run(&["check", &folder.file("guess.toml", format!("{line}\n"))]);
        let words: Vec<String> = text(&output).split_whitespace().map(str::to_owned).collect();
        assert!(words.join(" ").contains(help), "{line}: {}", text(&output));
    }
}

#[test]
fn exit_codes_are_those_of_the_contract() {
    assert_eq!(code(&run(&["check", "fixtures/designs/reference.toml"])), 0);
    assert_eq!(code(&run(&["check", "fixtures/mistakes/raid.toml"])), 1);
    assert_eq!(code(&run(&["check", "fixtures/designs/reference.toml", "fixtures/mistakes/raid.toml"])), 1);
    assert_eq!(code(&run(&["check", "fixtures/mistakes/raid.toml", "no-such-file.toml"])), 3);
    assert_eq!(code(&run(&["check"])), 2);
    assert_eq!(code(&run(&["check", "--set", "nothing", "fixtures/designs/reference.toml"])), 2);
    assert_eq!(code(&run(&["explain", "no/such-rule"])), 2);
    assert_eq!(code(&run(&["rules", "--area", "nowhere"])), 2);
    assert_eq!(code(&run(&["--version"])), 0);
    assert_eq!(code(&run(&["--help"])), 0);
}

#[test]
fn a_design_comes_by_standard_input() {
    let mut child = rackproof(&["check", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(b"[design]\nname = \"five lines\"\n\n[node.\"pve{1..3}\"]\nsite = \"here\"\n")
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(code(&output), 0, "{}", text(&output));
    assert!(text(&output).contains("<standard input>: 0 errors"));
}

#[test]
fn set_points_at_the_option() {
    let setting = "network.corosync0.latency.round_trip=6 ms";
    let output = run(&["check", "--set", setting, "--format", "json", "fixtures/designs/reference.toml"]);
    let report = json(&output);
    let finding = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .find(|finding| finding["rule"] == "corosync/latency-not-under-five")
        .unwrap();
    assert_eq!(finding["path"], "--set");
    assert_eq!(code(&output), 1);
    let quoted = run(&["check", "--set", "design.name=\"a \\\"b\\\" c\"", "fixtures/designs/reference.toml"]);
    assert_eq!(code(&quoted), 0);
}

#[test]
fn json_has_every_field_of_the_contract() {
    let report = json(&run(&["check", "--format", "json", "fixtures/mistakes/raid.toml"]));
    assert_eq!(report["tool"]["name"], "rackproof");
    for key in
        ["errors", "warnings", "notes", "holds", "violated", "unproven", "not_applicable", "set_aside", "suppressed"]
    {
        assert!(report["summary"][key].is_u64(), "{key}");
    }
    for finding in report["findings"].as_array().unwrap() {
        for key in [
            "rule",
            "origin",
            "severity",
            "outcome",
            "subject",
            "message",
            "path",
            "line",
            "column",
            "end_line",
            "end_column",
            "related",
            "evidence",
            "assumed",
            "caused_by",
            "help",
            "sources",
            "fingerprint",
            "suppressed",
        ] {
            assert!(finding.get(key).is_some(), "{key}");
        }
    }
    let plan = json(&run(&["plan", "--format", "json", "fixtures/designs/reference.toml"]));
    for figure in plan["figures"].as_array().unwrap() {
        for key in
            ["id", "subject", "state", "method", "value", "unit", "binding", "formula", "inputs", "assumed", "source"]
        {
            assert!(figure.get(key).is_some(), "{key}");
        }
    }
}

#[test]
fn a_fingerprint_survives_new_lines_and_numbers() {
    let folder = Folder::new("fingerprint");
    let design =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/mistakes/latency.toml")).unwrap();
    let first = folder.file("first.toml", &design);
    let second = folder.file("second.toml", format!("\n\n# moved down\n{}", design.replace("\"5 ms\"", "\"7 ms\"")));
    let prints = |path: &str| -> Vec<(String, String)> {
        let report = json(&run(&["check", "--format", "json", path]));
        let findings = report["findings"].as_array().unwrap().iter();
        findings
            .filter(|finding| finding["rule"] == "corosync/latency-not-under-five")
            .map(|finding| {
                (finding["rule"].as_str().unwrap().to_owned(), finding["fingerprint"].as_str().unwrap().to_owned())
            })
            .collect()
    };
    assert_eq!(prints(&first).len(), 1);
    assert_eq!(prints(&first), prints(&second));
}

#[test]
fn colours_come_only_where_they_are_asked_for() {
    let plain = run(&["check", "fixtures/mistakes/raid.toml"]);
    assert!(!text(&plain).contains('\u{1b}'));
    let coloured = run(&["--color", "always", "check", "fixtures/mistakes/raid.toml"]);
    assert!(text(&coloured).contains('\u{1b}'));
}

#[test]
fn hostile_names_do_not_reach_the_terminal() {
    let folder = Folder::new("hostile");
    let path = folder.file("hostile.toml", "[node.\"pve\\u001b[31m\\u202e1\"]\nmodel = \"\\u001b]0;title\\u0007\"\n");
    for arguments in [["check", path.as_str()], ["plan", path.as_str()]] {
        let output = text(&run(&arguments));
        assert!(!output.contains('\u{1b}') && !output.contains('\u{202e}') && !output.contains('\u{7}'), "{output}");
    }
}

#[test]
fn no_line_is_wider_than_eighty_columns_beside_sources() {
    for arguments in [
        vec!["plan", "fixtures/designs/reference.toml"],
        vec!["explain", "corosync/latency-not-under-five"],
        vec!["rules", "--area", "corosync"],
    ] {
        for line in
            text(&run(&arguments)).lines().filter(|line| !line.contains("https://") && !line.starts_with("    "))
        {
            assert!(unicode_width::UnicodeWidthStr::width(line) <= 80, "{arguments:?}: {line}");
        }
    }
}

#[test]
fn init_writes_a_design_that_passes() {
    let folder = Folder::new("init");
    let path = folder.0.join("cluster.toml");
    let path = path.to_str().unwrap();
    assert_eq!(code(&run(&["init", path])), 0);
    let report = json(&run(&["check", "--format", "json", path]));
    assert_eq!(report["summary"]["errors"], 0);
    assert_eq!(report["summary"]["warnings"], 0);
    assert_eq!(code(&run(&["init", path])), 2, "a file that exists is not written over");
}

#[test]
fn every_rule_and_figure_is_explained() {
    let list = json(&run(&["rules", "--format", "json"]));
    let rules = list["rules"].as_array().unwrap();
    assert!(rules.len() > 100);
    for rule in rackproof::catalogue::RULES
        .iter()
        .map(|rule| rule.id)
        .chain(rackproof::catalogue::FIGURES.iter().map(|figure| figure.id))
    {
        let style =
            rackproof::report::Style { width: 80, colour: false, language: rackproof::words::Language::English };
        assert!(rackproof::report::explain(rule, style).is_some_and(|text| text.contains("Sources")), "{rule}");
    }
}

/// Rules and messages of the findings about a design that is given as text.
fn findings_of(design: &str) -> Vec<(String, String)> {
    let mut child =
        rackproof(&["check", "--format", "json", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(design.as_bytes()).unwrap();
    let report = json(&child.wait_with_output().unwrap());
    let word = |finding: &serde_json::Value, key: &str| finding[key].as_str().unwrap_or_default().to_owned();
    let findings = report["findings"].as_array().unwrap();
    findings.iter().map(|finding| (word(finding, "rule"), word(finding, "message"))).collect()
}

#[test]
fn lists_for_nodes_addresses_and_vlan_ids_are_checked_as_text() {
    let findings = findings_of(
        "[node.\"pve{1..3}\"]\nhosts_address = \"10.2.20.{11..12}\"\nsystem_uuid = [\"a\", \"b\", \"c\", \"d\"]\n\
         [node.pve4]\nhosts_address = \"10.2.20.256\"\n\
         [network.guests]\ngateway = \"10.2.20.1/24\"\nguest_vlans = [\"{100..102}\", \"0\", \"4095\", \"200-210\"]\n",
    );
    for (rule, message) in [
        ("design/unequal-ranges", "2 values stand for 3 devices"),
        ("design/unequal-ranges", "4 values stand for 3 devices"),
        ("design/bad-address", "`10.2.20.256` is no address"),
        ("design/bad-address", "`10.2.20.1/24` is no address"),
        ("design/out-of-range", "`0` is no VLAN id"),
        ("design/out-of-range", "`4095` is no VLAN id"),
        ("design/out-of-range", "`200-210` is no VLAN id"),
    ] {
        assert!(findings.contains(&(rule.to_owned(), message.to_owned())), "{message}: {findings:#?}");
    }
    let mistakes = findings.iter().filter(|(rule, _)| rule.starts_with("design/")).count();
    assert_eq!(mistakes, 7, "{findings:#?}");
}

#[test]
fn cables_of_servers_without_model_take_their_ports() {
    let findings = findings_of(
        "[node.\"pve{1..2}\"]\n[switch.core]\n[[cable]]\nfrom = \"pve{1..2}:slot1:1\"\nto = \"core:{1..2}\"\n\
         [[cable]]\nfrom = \"pve{1..2}:slot1:2\"\nto = \"core:{2..3}\"\n",
    );
    let twice = ("design/used-twice".to_owned(), "`core:2` has two cables".to_owned());
    assert!(findings.contains(&twice), "{findings:#?}");
}

#[test]
fn a_card_that_does_not_say_how_many_ports_it_has_may_have_any() {
    let findings = findings_of(
        "[server_model.a.cards]\nslot1 = { speed = \"25GbE\" }\n[node.pve1]\nmodel = \"a\"\n\
         [bond.bond0]\nmembers = [\"slot1:1\", \"slot1:2\"]\n[network.a]\ninterface = \"slot2:1\"\n",
    );
    let mistakes: Vec<_> = findings.iter().filter(|(rule, _)| rule.starts_with("design/")).collect();
    assert_eq!(mistakes.len(), 1, "{mistakes:#?}");
    assert!(mistakes[0].1.contains("slot2:1"), "{mistakes:#?}");
}

#[test]
fn a_bond_with_the_name_of_a_port_is_told() {
    let findings = findings_of(
        "[server_model.a.cards]\nlom = { ports = 2, names = [\"eno1\", \"eno2\"] }\n[node.\"pve{1..2}\"]\nmodel = \"a\"\n\
         [bond.eno1]\nmembers = \"eno2\"\n[bridge.bond0]\nports = \"eno2\"\n[bond.bond0]\nmembers = \"lom:1\"\n",
    );
    let told: Vec<&str> = findings
        .iter()
        .filter(|(rule, _)| rule == "design/duplicate-name")
        .map(|(_, message)| message.as_str())
        .collect();
    assert_eq!(
        told,
        [
            "bond `eno1` has the name of another interface on `pve1` (and 1 more of this kind here)",
            "bridge `bond0` has the name of another interface on `pve1` (and 1 more of this kind here)",
        ]
    );
}

const CHUNKS: &str = r#"
[server_model.hci.disks]
data = { count = 4, capacity = "1.92 TB", media = "nvme", role = "osd" }
[node."pve{1..7}"]
model = "hci"
[ceph.pool.archive]
data_chunks   = 4
coding_chunks = 2
pg_num        = 64
"#;

/// What `crushtool --test` of Debian's ceph-base 16.2.15 answers for the map that the design implies.
const CHUNKS_MAPPED: &str = "\
CRUSH rule 1 x 0 [13,8,18,2,5,25]
CRUSH rule 1 x 1 [18,27,9,0,20,13]
CRUSH rule 1 x 2 [9,21,14,5,19,3]
";

#[test]
fn the_map_of_a_design_is_tried_as_crushtool_tries_it() {
    let folder = Folder::new("crush-design");
    let design = folder.file("chunks.toml", CHUNKS);
    let trial = ["--rule", "erasure_host", "--num-rep", "6", "--min-x", "0", "--max-x", "2", "--show-mappings"];
    let mapped = run(&[&["crush", &design][..], &trial].concat());
    assert_eq!((code(&mapped), text(&mapped).as_str()), (0, CHUNKS_MAPPED));
    // The map itself, written to a file, is the same.
    let map = folder.file("map.txt", text(&run(&["crush", &design])));
    assert_eq!(text(&run(&[&["crush", &map][..], &trial].concat())), CHUNKS_MAPPED);
}

#[test]
fn crush_says_what_is_wrong_by_its_exit_code() {
    let folder = Folder::new("crush-codes");
    let design = folder.file("chunks.toml", CHUNKS);
    assert_eq!(code(&run(&["crush", &design, "--rule", "0"])), 2, "a trial shows something");
    assert_eq!(code(&run(&["crush", &design, "--rule", "none", "--show-mappings"])), 2, "no such rule");
    assert_eq!(code(&run(&["crush", "no-such-map.txt"])), 3, "no such file");
    let broken = folder.file("broken.txt", "device 0 osd.0\nwhat is this\n");
    let output = run(&["crush", &broken]);
    assert_eq!(code(&output), 1);
    assert!(String::from_utf8_lossy(&output.stderr).contains("crush/syntax"));
    let unknown = folder.file("open.toml", CHUNKS.replace("capacity = \"1.92 TB\", ", ""));
    let output = run(&["crush", &unknown]);
    assert_eq!(code(&output), 1);
    assert!(String::from_utf8_lossy(&output.stderr).contains("server_model.hci.disks.data.capacity"));
}

/// The script is asked as the shell would ask it: the words so far, and which of them is being typed.
#[test]
fn completions_complete_commands() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let output = run(&["completions", shell]);
        assert!(code(&output) == 0 && text(&output).contains("baseline"), "{shell}");
    }
    let ask = r#"source /dev/stdin; COMP_WORDS=(rackproof fai); COMP_CWORD=1
        _rackproof rackproof fai rackproof; echo "${COMPREPLY[*]}""#;
    let mut bash = Command::new("bash").args(["-c", ask]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    bash.stdin.take().unwrap().write_all(&run(&["completions", "bash"]).stdout).unwrap();
    assert_eq!(text(&bash.wait_with_output().unwrap()).trim(), "failures");
}
