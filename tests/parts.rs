//! The parts list and the cabling plan: counts by arithmetic, the order of the plan, and names that try to be more than text.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests read fixtures and stop at what is not as it should be"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use rackproof::check;
use rackproof::design::CableKind;
use rackproof::parts::{self, Part, PartKind, Parts, PlannedCable, Role};
use rackproof::report::{self, Listed, PartsFormat, Style};
use rackproof::source::{Files, Loaded, Sources};
use regex::Regex;
use serde_json::Value;

const STYLE: Style = Style { width: 80, colour: false, language: rackproof::words::Language::English };

struct Designs;

impl Files for Designs {
    fn read(&self, path: &str, _: &str) -> Result<Loaded, rackproof::words::Said> {
        Ok(Loaded { name: path.to_owned(), text: fixture(path) })
    }
}

fn fixture(name: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/designs").join(name);
    fs::read_to_string(path).unwrap()
}

/// Parts of a design whose text is right, and the topology's cables as pairs of ports.
fn parts_of(text: &str) -> (Listed, BTreeSet<BTreeSet<String>>) {
    let mut sources = Sources::default();
    let root = sources.add("design.toml", text);
    let reading = check::read(&mut sources, root, &Designs, Vec::new());
    let (topology, findings) = check::topology(&sources, &reading);
    assert!(findings.is_empty(), "{findings:#?}");
    let topology = topology.unwrap();
    let cables = topology.cables.iter().map(|cable| cable.ends().map(|end| topology.port_name(end)).into());
    let (cables, parts) = (cables.collect(), parts::parts(&topology));
    (Listed { name: "design.toml".to_owned(), sources, parts: Some(parts), findings }, cables)
}

fn listed(text: &str) -> Parts {
    parts_of(text).0.parts.unwrap()
}

/// Rows of a kind whose description holds these words.
fn rows<'p>(parts: &'p Parts, kind: PartKind, words: &str) -> Vec<&'p Part> {
    parts.list.iter().filter(|part| part.kind == kind && part.description.to_string().contains(words)).collect()
}

fn only<'p>(parts: &'p Parts, kind: PartKind, words: &str) -> &'p Part {
    let rows = rows(parts, kind, words);
    assert_eq!(rows.len(), 1, "{kind:?} {words}: {:#?}", parts.list);
    rows[0]
}

#[test]
fn the_list_of_two_racks_is_what_its_text_comes_to() {
    let parts = listed(&fixture("two-racks.toml"));
    let count = |kind, words: &str| only(&parts, kind, words).count;
    // Two tables of 16 servers: 32, each with one processor, 12 modules, 2 system and 6 data disks, 2 cards and 2 supplies.
    assert_eq!(count(PartKind::Server, "12 NVMe bays"), Some(32));
    assert_eq!(count(PartKind::Processor, "48 cores"), Some(32));
    assert_eq!(count(PartKind::Memory, ""), Some(32 * 12));
    // 768 GiB in 12 modules: 64 GiB each.
    assert!(only(&parts, PartKind::Memory, "").description.to_string().starts_with("64 GiB module, ECC"));
    assert_eq!(count(PartKind::Disk, "480 GB"), Some(32 * 2));
    assert_eq!(count(PartKind::Disk, "3.84 TB"), Some(32 * 6));
    assert_eq!(count(PartKind::PowerSupply, "1100 W"), Some(32 * 2));
    // The ports on the mainboard, of the cards `bmc` and `onboard`, are not bought.
    let cards: Vec<Option<u64>> = rows(&parts, PartKind::Card, "").iter().map(|card| card.count).collect();
    assert_eq!(cards, [Some(32), Some(32)]);
    // Two leaves and two management switches in each rack, one spine and one firewall.
    assert_eq!(count(PartKind::Switch, "48 x 25GbE"), Some(4));
    assert_eq!(count(PartKind::Switch, "48 x 1GbE"), Some(4));
    assert_eq!(count(PartKind::Switch, "32 x 100GbE"), Some(2));
    assert_eq!(count(PartKind::Firewall, ""), Some(2));
    // Copper: 3 for each server, 2 for each of 6 switches with management ports in use, 2 for each firewall.
    assert_eq!(count(PartKind::Cable, "copper, 1GbE, 3 m"), Some(32 * 3 + 6 * 2 + 2 * 2));
    // 4 for each server and 2 for each firewall; two peer links of 2; 3 from each of 4 leaves to each of 2 spines.
    assert_eq!(count(PartKind::Cable, "dac, 25GbE, 3 m, SFP28"), Some(32 * 4 + 2 * 2));
    assert_eq!(count(PartKind::Cable, "dac, 100GbE, 0.5 m, QSFP28"), Some(2 * 2));
    assert_eq!(count(PartKind::Cable, "aoc, 100GbE, 10 m, QSFP28"), Some(4 * 2 * 3));
    assert_eq!(count(PartKind::Cable, "aoc, 10GbE, 10 m, SFP+"), Some(2));
    // Four fibres with a transceiver at each end.
    assert_eq!(count(PartKind::Cable, "fibre, OM4, 10GbE, 10 m"), Some(4));
    assert_eq!(count(PartKind::Transceiver, "10GBASE-SR, SFP+"), Some(4 * 2));
    // 22 devices in each rack (16 servers, 2 leaves, a spine, 2 management switches, a firewall) with a supply on each feed.
    for feed in ["r1-a", "r1-b", "r2-a", "r2-b"] {
        assert_eq!(count(PartKind::PowerCord, &format!("to feed {feed}")), Some(22), "{feed}");
    }
    assert!(parts.list.iter().all(|part| part.not_known.is_empty()), "{:#?}", parts.list);
    // 16 x 2 U, and 1 U for each of the 6 others; 16 x 720 W + 2 x 420 W + 450 W + 2 x 70 W + 150 W = 13,100 W.
    let racks: Vec<_> = parts.racks.iter().map(|own| (own.rack.as_deref(), &own.total)).collect();
    assert_eq!(racks.iter().map(|(rack, _)| *rack).collect::<Vec<_>>(), [Some("r1"), Some("r2")]);
    for (_, total) in racks {
        assert_eq!((total.devices, total.rack_units, total.draw.base()), (22, 16 * 2 + 6, 13_100.0));
    }
    assert_eq!((parts.total.rack_units, parts.total.draw.base()), (2 * 38, 2.0 * 13_100.0));
    assert_eq!((parts.total.of_unknown_height, parts.total.of_unknown_draw), (0, 0));
    // Two uplinks, and two ports for the host of the external vote.
    assert_eq!(parts.lines.len(), 4);
}

#[test]
fn what_a_design_leaves_out_is_named_by_its_key() {
    let parts = listed(&fixture("install-battle.toml"));
    // Three servers with two data disks each, whose capacity the articles do not say.
    let disk = only(&parts, PartKind::Disk, "nvme");
    assert_eq!(
        (disk.count, disk.not_known.as_slice()),
        (Some(3 * 2), ["server_model.hci.disks.data.capacity".to_owned()].as_slice())
    );
    let memory = only(&parts, PartKind::Memory, "");
    assert_eq!((memory.count, memory.not_known.as_slice()), (None, ["server_model.hci.memory".to_owned()].as_slice()));
    // Fibres: 2 for each of 3 servers and 2 for each of 2 firewalls, with a transceiver at each end.
    assert_eq!(only(&parts, PartKind::Cable, "fibre").count, Some(3 * 2 + 2 * 2));
    let transceivers = only(&parts, PartKind::Transceiver, "");
    assert_eq!(transceivers.count, Some((3 * 2 + 2 * 2) * 2));
    for key in ["cable.pve1:slot1:1.optic", "server_model.hci.cards.slot1.form_factor"] {
        assert!(transceivers.not_known.iter().any(|known| known == key), "{key}: {transceivers:#?}");
    }
    // Nothing is said of supplies, so that no number of cords is known.
    let cords = only(&parts, PartKind::PowerCord, "");
    assert_eq!(cords.count, None);
    assert!(cords.not_known.contains(&"switch_model.core.power_supplies.count".to_owned()), "{cords:#?}");
    // 3 servers, 2 core switches, 1 management switch, 2 firewalls.
    assert_eq!((parts.total.devices, parts.total.of_unknown_height, parts.total.of_unknown_draw), (8, 8, 8));
    // The two cables of the peer link have no table: one would say what they are.
    let peer_link = parts.cabling.iter().find(|cable| cable.role == Some(Role::PeerLink)).unwrap();
    assert_eq!(peer_link.not_known, ["cable.core-a:6.kind", "cable.core-a:6.length"]);
}

#[test]
fn memory_whose_modules_are_not_stated_is_not_counted() {
    let text = "[server_model.hci]\nmemory = { capacity = \"256 GiB\" }\n[node.\"pve{1..3}\"]\nmodel = \"hci\"\n";
    let parts = listed(text);
    let memory = only(&parts, PartKind::Memory, "256 GiB for each server, modules not stated");
    assert_eq!(
        (memory.count, memory.not_known.as_slice()),
        (None, ["server_model.hci.memory.modules".to_owned()].as_slice())
    );
    // 256 GiB in 6 modules would be 42.67 GiB each, which no module has.
    let parts = listed(&text.replace("\"256 GiB\"", "\"256 GiB\", modules = 6"));
    let memory = only(&parts, PartKind::Memory, "256 GiB in 6 for each server");
    assert_eq!(memory.count, Some(6 * 3));
    assert!(!memory.description.to_string().contains("module,"), "{}", memory.description);
}

const BREAKOUT: &str = r#"
[server_model.hci.cards]
onboard = { ports = 1, speed = "1GbE", form_factor = "RJ45" }
slot1   = { ports = 2, speed = "25GbE", form_factor = "SFP28" }

[switch_model.leaf.ports]
"{1..2}" = { speed = "100GbE", form_factor = "QSFP28", breakout = 4 }
"{3..8}" = { speed = "1GbE", form_factor = "SFP" }

[node."pve{1..3}"]
model = "hci"

[switch.leaf]
model = "leaf"

[[cable]]
from   = "leaf:1/{1..3}"
to     = "pve{1..3}:slot1:1"
kind   = "dac"
length = "2 m"

[[cable]]
from   = "leaf:2/{1..3}"
to     = "pve{1..3}:slot1:2"
kind   = "fibre"
grade  = "OM4"
length = "10 m"
optic  = "25GBASE-SR"

[[cable]]
from   = "pve{1..3}:onboard:1"
to     = "leaf:{3..5}"
kind   = "copper"
length = "3 m"
optic  = "1000BASE-T"
"#;

#[test]
fn lanes_of_one_port_are_one_cable_and_one_transceiver() {
    let parts = listed(BREAKOUT);
    // Three lanes of port 1 by one cable with four plugs, three of port 2 by one fibre that parts.
    assert_eq!(only(&parts, PartKind::Cable, "dac").count, Some(1));
    assert_eq!(only(&parts, PartKind::Cable, "dac").description, "dac, 25GbE, 2 m, QSFP28 to SFP28, split into lanes");
    assert_eq!(only(&parts, PartKind::Cable, "fibre").count, Some(1));
    // One transceiver in port 2, and one at each of the three servers.
    assert_eq!(only(&parts, PartKind::Transceiver, "25GBASE-SR, QSFP28, split into lanes").count, Some(1));
    assert_eq!(only(&parts, PartKind::Transceiver, "25GBASE-SR, SFP28").count, Some(3));
    // The plan still names every lane.
    assert_eq!(parts.cabling.len(), 9);
    // Twisted pair takes a transceiver in the cages of the switch, and none in the jacks of the servers.
    let copper = only(&parts, PartKind::Transceiver, "1000BASE-T");
    assert_eq!((copper.count, copper.used_by.as_slice()), (Some(3), ["leaf".to_owned()].as_slice()));
}

/// Where a cable is on a technician's way: within a rack before between racks, then rack, place and name of its first device.
fn place(cable: &PlannedCable) -> (bool, Option<String>, Option<u32>) {
    let across = cable.from.place.rack != cable.to.place.rack;
    (across, cable.from.place.rack.clone(), cable.from.place.rack_unit)
}

#[test]
fn every_cable_stands_once_in_the_plan_in_the_order_of_work() {
    for design in
        ["two-racks.toml", "install-battle.toml", "three-sites.toml", "mesh.toml", "reference.toml", "starter.toml"]
    {
        let (listed, cables) = parts_of(&fixture(design));
        let plan = listed.parts.unwrap().cabling;
        let name = |device: &str, port: &str| format!("{device}:{port}");
        let planned: Vec<BTreeSet<String>> =
            plan.iter().map(|cable| [&cable.from, &cable.to].map(|end| name(&end.device, &end.port)).into()).collect();
        assert_eq!(planned.len(), cables.len(), "{design}");
        assert_eq!(planned.into_iter().collect::<BTreeSet<_>>(), cables, "{design}");
        let labels: Vec<&str> =
            plan.iter().flat_map(|cable| [&cable.from.label, &cable.to.label]).map(String::as_str).collect();
        assert_eq!(labels.iter().collect::<BTreeSet<_>>().len(), labels.len(), "{design}");
        // Short, and of letters that every label printer has.
        assert!(labels.iter().all(|label| label.len() <= 6 && label.bytes().all(|byte| byte.is_ascii_alphanumeric())));
        assert!(plan.iter().enumerate().all(|(index, cable)| cable.number == index + 1), "{design}");
    }
    let plan = listed(&fixture("two-racks.toml")).cabling;
    assert!(plan.is_sorted_by_key(place));
    // From the bottom up: pve01 stands in U1 of rack r1, and its first port is that of the card written first.
    assert_eq!(
        (plan[0].from.device.as_str(), plan[0].from.port.as_str(), plan[0].from.label.as_str()),
        ("pve01", "bmc:1", "001A")
    );
    assert_eq!((plan[0].from.place.rack_unit, plan[0].to.label.as_str()), (Some(1), "001B"));
    let ceph = plan.iter().find(|cable| cable.from.port == "slot1:2").unwrap();
    assert_eq!((ceph.bonds.as_slice(), ceph.kind), (["bond1".to_owned()].as_slice(), Some(CableKind::Dac)));
    assert_eq!((ceph.networks[0].network.as_str(), ceph.networks[0].vlan), ("ceph", Some(23)));
}

#[test]
fn devices_are_cabled_from_the_bottom_up_and_those_without_a_place_last() {
    let text = r#"
        [node]
        top    = { rack = "r1", rack_unit = 30 }
        bottom = { rack = "r1", rack_unit = 2 }
        loose  = { rack = "r1" }
        [switch.core]
        rack      = "r1"
        rack_unit = 40
        [[cable]]
        from = ["loose:slot1:1", "top:slot1:1", "bottom:slot1:1"]
        to   = ["core:1", "core:2", "core:3"]
    "#;
    let plan = listed(text).cabling;
    let ends: Vec<(&str, &str)> =
        plan.iter().map(|cable| (cable.from.device.as_str(), cable.to.device.as_str())).collect();
    assert_eq!(ends, [("bottom", "core"), ("top", "core"), ("core", "loose")]);
}

/// Texts of users that try to be markup, a formula, a field, a line or a direction.
const HOSTILE: [&str; 8] = [
    "=cmd|'/C calc'!A0",
    "<script>alert(1)</script>",
    "@SUM(1+1)*cmd",
    "a\",\"=1+1",
    "b;=1+1",
    "'quoted",
    "[x](http://example.net) | `y`",
    "本番 ＝1+1",
];

fn hostile() -> String {
    let design = |(index, name): (usize, &&str)| {
        let name = name.replace('\\', "\\\\").replace('"', "\\\"");
        format!(
            "[server_model.m{index}]\ndescription = \"{name}\"\n[node.n{index}]\nmodel = \"m{index}\"\nrack = \"{name}\"\n\
             [[cable]]\nfrom = \"n{index}:slot1:1\"\nto = \"core:{index}\"\n"
        )
    };
    HOSTILE.iter().enumerate().map(design).collect::<String>() + "[switch.core]\n"
}

/// A field as `docs/parts.md` says it is read: without the apostrophes that were set.
fn unguarded(field: &str) -> String {
    let (mut out, mut begins) = (String::new(), true);
    let mut letters = field.chars();
    while let Some(letter) = letters.next() {
        if begins && letter == '\'' {
            out.extend(letters.next());
            begins = false;
            continue;
        }
        begins = matches!(letter, ',' | ';' | '"') || begins && letter == ' ';
        out.push(letter);
    }
    out
}

fn records(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().from_reader(text.as_bytes());
    reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}

#[test]
fn hostile_names_stay_text_in_every_format() {
    let (listed, _) = parts_of(&hostile());
    let csv = report::parts(PartsFormat::Csv, &listed, STYLE);
    let servers: Vec<String> =
        records(&csv).into_iter().filter(|row| row[0] == "server").map(|row| unguarded(&row[3])).collect();
    assert_eq!(servers, HOSTILE);
    let cables = report::parts(PartsFormat::CablesCsv, &listed, STYLE);
    let racks: Vec<String> = records(&cables).iter().map(|row| unguarded(&row[3])).collect();
    assert_eq!(racks, HOSTILE);
    for text in [&csv, &cables] {
        // Wherever a spreadsheet may begin a cell, at a quote, comma, semicolon or line, no formula begins.
        let starts = text.split(['"', ',', ';', '\n']).map(str::trim_start);
        let formulas: Vec<&str> = starts.filter(|cell| cell.starts_with(['=', '+', '-', '@', '＝'])).collect();
        assert_eq!(formulas, Vec::<&str>::new());
        // All fields are in quotes, and no name begins a line.
        assert!(text.lines().all(|line| line.starts_with('"') && line.ends_with('"')), "{text}");
    }
    let markdown = report::parts(PartsFormat::Markdown, &listed, STYLE);
    assert!(!markdown.contains("<script") && !markdown.contains("[x](http"), "{markdown}");
    for line in markdown.lines().filter(|line| line.starts_with('|')) {
        let columns = line.replace("\\|", "").matches('|').count();
        assert!([3, 5, 7].contains(&columns), "{line}");
    }
    let json: Value = serde_json::from_str(&report::parts(PartsFormat::Json, &listed, STYLE)).unwrap();
    let racks: Vec<&str> =
        json["cables"].as_array().unwrap().iter().map(|cable| cable["from"]["rack"].as_str().unwrap()).collect();
    assert_eq!(racks, HOSTILE);
    let text = report::parts(
        PartsFormat::Text,
        &listed,
        Style { width: 200, colour: false, language: rackproof::words::Language::English },
    );
    assert!(HOSTILE.iter().all(|name| text.contains(name)), "{text}");
}

#[test]
fn marks_of_direction_do_not_reach_a_spreadsheet() {
    let (listed, _) = parts_of("[node.\"pve\u{202e}1\"]\nrack = \"r\\u0007\\n=1\"\n");
    for format in PartsFormat::ALL {
        let text = report::parts(format, &listed, STYLE);
        assert!(!text.contains('\u{202e}') && !text.contains('\u{7}'), "{format:?}: {text}");
    }
}

#[test]
fn all_files_are_written_in_one_run_and_hold_what_is_printed() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rackproof"));
        command.env("LC_ALL", "C");
        let root = env!("CARGO_MANIFEST_DIR");
        command.args(arguments).current_dir(root).env("COLUMNS", "80").env("LC_ALL", "C").output().unwrap()
    };
    let design = "fixtures/designs/two-racks.toml";
    let file = |format: PartsFormat| folder.path().join(format.word());
    let outputs: Vec<String> = PartsFormat::ALL
        .iter()
        .map(|format| format!("--output={}={}", format.word(), file(*format).display()))
        .collect();
    let mut arguments = vec!["parts", design];
    arguments.extend(outputs.iter().map(String::as_str));
    assert_eq!(run(&arguments).status.code(), Some(0));
    for format in PartsFormat::ALL {
        let printed = run(&["parts", design, "--format", format.word()]);
        assert_eq!(fs::read(file(format)).unwrap(), printed.stdout, "{format:?}");
    }
    assert_eq!(run(&["parts", design, "--output", "csv"]).status.code(), Some(2));
    // What `--set` lays over the design is listed: 24 modules in each of 32 servers.
    let set = run(&["parts", design, "--format", "csv", "--set", "server_model.hci.memory.modules=24"]);
    let rows = records(&String::from_utf8(set.stdout).unwrap());
    assert!(rows.iter().any(|row| row[0] == "memory" && row[1] == "768"), "{rows:#?}");
}

#[test]
fn what_cannot_be_read_is_told_and_nothing_is_listed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("broken.toml");
    fs::write(&path, "[design\n").unwrap();
    for format in PartsFormat::ALL {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rackproof"));
        command.env("LC_ALL", "C");
        let output = command.args(["parts", "--format", format.word()]).arg(&path).output().unwrap();
        assert_eq!(output.status.code(), Some(3), "{format:?}");
        assert!(!output.stdout.is_empty(), "{format:?}");
        let told = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert!(told.contains("broken.toml"), "{format:?}: {told}");
    }
}

#[test]
fn what_is_wrong_with_places_and_plugs_is_told() {
    let text = r#"
        [node."pve{1..3}"]
        rack_unit = [1, 3]
        [switch."core-{a,b}"]
        rack_unit = [0, 40]
        [[cable]]
        from        = "pve1:slot1:1"
        to          = "core-a:1"
        form_factor = ["SFP28", "SFP28", "SFP28"]
    "#;
    let mut sources = Sources::default();
    let root = sources.add("design.toml", text);
    let reading = check::read(&mut sources, root, &Designs, Vec::new());
    let (_, findings) = check::topology(&sources, &reading);
    let told: BTreeSet<String> = findings.iter().map(|finding| finding.message.to_string()).collect();
    let due = ["0 is no rack unit", "2 values stand for 3 devices", "3 form factors stand for the two ends of a cable"]
        .map(str::to_owned);
    assert_eq!(told, due.into());
}

#[test]
fn a_table_says_what_the_cables_of_a_peer_link_are_made_of() {
    let pair = "[switch.\"core-{a,b}\"]\n[mlag.core]\npeers = \"core-{a,b}\"\npeer_link = \"{1..2}\"\n";
    // Written from the other end, and for one of the two cables.
    let table = "[[cable]]\nfrom = \"core-b:1\"\nto = \"core-a:1\"\nkind = \"dac\"\nlength = \"1 m\"\n\
                 form_factor = [\"QSFP28\", \"QSFP-DD\"]\n";
    let (listed, cables) = parts_of(&format!("{pair}{table}"));
    let plan = listed.parts.unwrap().cabling;
    assert_eq!((plan.len(), cables.len()), (2, 2));
    assert!(plan.iter().all(|cable| cable.role == Some(Role::PeerLink)));
    assert_eq!(plan.iter().map(|cable| cable.kind).collect::<Vec<_>>(), [Some(CableKind::Dac), None]);
    // The plugs stay at their ends, from whichever one the plan begins.
    let plugs =
        [&plan[0].from, &plan[0].to].map(|end| (end.device.as_str(), end.form_factor.map(|form| form.to_string())));
    assert_eq!(plugs, [("core-a", Some("QSFP-DD".to_owned())), ("core-b", Some("QSFP28".to_owned()))]);
}

/// What the program prints of a design, in a language.
fn printed(design: &str, format: PartsFormat, language: &str) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rackproof"));
    command.args(["parts", design, "--format", format.word(), "--lang", language]);
    command.current_dir(env!("CARGO_MANIFEST_DIR")).env("COLUMNS", "1000").env("LC_ALL", "C");
    String::from_utf8(command.output().unwrap().stdout).unwrap()
}

/// Words of English that stand one after the other outside of code and of what the design itself says.
fn english(told: &str, design: &str) -> Vec<String> {
    let mut plain = told.replace('\\', "");
    let quoted = Regex::new("\"([^\"\n]*)\"").unwrap();
    for (_, [own]) in quoted.captures_iter(design).map(|own| own.extract()).filter(|(_, [own])| own.contains(' ')) {
        plain = plain.replace(own, "|");
    }
    let code = Regex::new("`[^`]*`").unwrap();
    let sentence = Regex::new(r"\b[a-z]+(?: [a-z]+){2,}\b").unwrap();
    sentence.find_iter(&code.replace_all(&plain, "|")).map(|found| found.as_str().to_owned()).collect()
}

fn numbers(told: &str) -> Vec<&str> {
    let mut numbers: Vec<&str> = told.split(|letter: char| !letter.is_ascii_digit()).collect();
    numbers.retain(|number| !number.is_empty());
    numbers.sort_unstable();
    numbers
}

#[test]
fn the_lists_of_every_design_are_said_in_japanese_with_the_same_numbers() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/designs");
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let designs: Vec<PathBuf> = paths.filter(|path| path.extension().is_some_and(|own| own == "toml")).collect();
    // A design says what those say that it includes.
    let said: String = designs.iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    for path in designs.iter().map(|path| path.to_str().unwrap()) {
        for format in [PartsFormat::Text, PartsFormat::Markdown, PartsFormat::Csv, PartsFormat::CablesCsv] {
            let (ours, theirs) = (printed(path, format, "ja"), printed(path, format, "en"));
            assert_eq!(english(&ours, &said), Vec::<String>::new(), "{path}, {format:?}: {ours}");
            assert_eq!(numbers(&ours), numbers(&theirs), "{path}, {format:?}: {ours}");
            assert_eq!(ours.lines().count(), theirs.lines().count(), "{path}, {format:?}: {ours}");
        }
    }
}

#[test]
fn heads_of_columns_are_in_the_language_and_keys_of_json_are_not() {
    let path = "fixtures/designs/two-racks.toml";
    let head = |format| printed(path, format, "ja").lines().next().unwrap().to_owned();
    assert_eq!(head(PartsFormat::Csv), r#""種類","数量","モデル","内容","使用先","不明なキー""#);
    assert!(head(PartsFormat::CablesCsv).starts_with(r#""番号","始点のラベル","始点の拠点","始点のラック""#));
    let (ours, theirs) = (printed(path, PartsFormat::Json, "ja"), printed(path, PartsFormat::Json, "en"));
    let [ours, theirs] = [ours, theirs].map(|json| serde_json::from_str::<Value>(&json).unwrap());
    assert_eq!(ours["cables"], theirs["cables"]);
    for (part, other) in ours["parts"].as_array().unwrap().iter().zip(theirs["parts"].as_array().unwrap()) {
        assert_eq!((&part["kind"], &part["count"], &part["model"]), (&other["kind"], &other["count"], &other["model"]));
    }
    assert_eq!(ours["parts"][1]["description"], "amd、48コア、96スレッド");
    assert_eq!(theirs["parts"][1]["description"], "amd, 48 cores, 96 threads");
    let mut command = Command::new(env!("CARGO_BIN_EXE_rackproof"));
    command.args(["parts", path, "--format", "json"]).current_dir(env!("CARGO_MANIFEST_DIR"));
    let output = command.env("LC_ALL", "ja_JP.UTF-8").output().unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&output.stdout).unwrap(), theirs);
}

#[test]
fn what_cannot_be_read_is_told_in_japanese() {
    for format in [PartsFormat::Text, PartsFormat::Markdown] {
        let told = printed("fixtures/broken/syntax.toml", format, "ja");
        assert!(told.contains("設計を読み込めないため、部品を一覧にしていない"), "{told}");
    }
}
