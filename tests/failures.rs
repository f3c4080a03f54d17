//! What the documents' design and the reference survive, what the command answers, and what graph theory says of the same
//! wiring.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests read fixtures and stop at what is not as it should be"
)]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use petgraph::algo::{articulation_points, bridges};
use petgraph::graph::UnGraph;
use proptest::prelude::*;
use rackproof::failure::{self, Class, Loss, Outcome};
use rackproof::source::{self, Sources, Span};
use rackproof::topology::Topology;
use rackproof::words::Language;
use regex::Regex;
use serde_json::Value;

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_rackproof"))
        .env("LC_ALL", "C")
        .arg("failures")
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap()
}

fn json(arguments: &[&str]) -> Value {
    let output = run(&[arguments, &["--format", "json"]].concat());
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Cut sets of a loss, each as its components.
fn cuts(proof: &Value, loss: &str) -> BTreeSet<Vec<String>> {
    let names = |cut: &Value| -> Vec<String> {
        cut["components"].as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect()
    };
    let sets = proof["cut_sets"].as_array().unwrap().iter();
    sets.filter(|cut| cut["loses"] == loss).map(names).collect()
}

fn one(name: &str) -> Vec<String> {
    vec![name.to_owned()]
}

/// A folder with the documents' design, one line of it changed.
fn install_battle(folder: &str, old: &str, new: &str) -> String {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/designs");
    let to = Path::new(env!("CARGO_TARGET_TMPDIR")).join(folder);
    fs::create_dir_all(&to).unwrap();
    for name in ["install-battle.toml", "install-battle-common.toml"] {
        let text = fs::read_to_string(from.join(name)).unwrap();
        fs::write(to.join(name), text.replace(old, new)).unwrap();
    }
    to.join("install-battle.toml").to_string_lossy().into_owned()
}

/// S002:46 has one management switch, which carries the management ports and Corosync's first link. The second link
/// runs over the core switches, S004:11.
#[test]
fn the_documents_management_switch_takes_quorum_exactly_when_corosync_has_no_second_path() {
    let with = json(&["fixtures/designs/install-battle.toml"]);
    assert!(cuts(&with, "management").contains(&one("mgmt")));
    assert!(!cuts(&with, "quorum").contains(&one("mgmt")));
    let without = install_battle("one-link", "1 = { network = \"service\" }", "# no second link");
    let without = json(&[&without]);
    assert!(cuts(&without, "management").contains(&one("mgmt")));
    assert!(cuts(&without, "quorum").contains(&one("mgmt")));
}

/// Two of three nodes are a majority: 3 / 2 + 1 = 2. So one node may go, and any two take quorum and monitors; with
/// three copies of which two must be left, any two nodes take the pools.
#[test]
fn the_documents_three_nodes_survive_one_of_them() {
    let proof = json(&["fixtures/designs/install-battle.toml"]);
    for loss in ["quorum", "monitors", "pool"] {
        let cuts = cuts(&proof, loss);
        assert!(!cuts.contains(&one("pve1")), "{loss}");
        for pair in [["pve1", "pve2"], ["pve1", "pve3"], ["pve2", "pve3"]] {
            assert!(cuts.contains(pair.map(str::to_owned).as_slice()), "{loss} {pair:?}");
        }
    }
}

#[test]
fn counts_add_up_and_doubles_are_all_pairs() {
    for design in ["install-battle", "reference", "starter", "two-racks", "mesh", "three-sites"] {
        let proof = json(&[&format!("fixtures/designs/{design}.toml")]);
        let components = proof["components"].as_u64().unwrap();
        assert_eq!(proof["singles"]["total"], components, "{design}");
        assert_eq!(proof["doubles"]["total"], components * (components - 1) / 2, "{design}");
        for counts in [&proof["singles"], &proof["doubles"]] {
            let sum: u64 = ["survived", "lost", "unproven"].map(|key| counts[key].as_u64().unwrap()).iter().sum();
            assert_eq!(sum, counts["total"].as_u64().unwrap(), "{design}");
        }
    }
}

/// Nobody says how the documents' devices are supplied, so that nothing is known of a failure of power.
#[test]
fn unknown_power_is_unproven_and_never_survived() {
    let proof = json(&["--set", "guest.vm.iops=1", "fixtures/designs/install-battle.toml"]);
    assert!(proof["singles"]["unproven"].as_u64().unwrap() >= 1);
    let facts: Vec<&str> = proof["open_facts"].as_array().unwrap().iter().map(|fact| fact.as_str().unwrap()).collect();
    for key in ["node.pve{1..3}.power", "switch.core-{a,b}.power", "firewall.fw{1..2}.power"] {
        assert!(facts.contains(&key), "{key} is not among {facts:?}");
    }
}

#[test]
fn what_is_required_decides_the_exit_code() {
    let code = |arguments: &[&str]| run(arguments).status.code();
    let reference = "fixtures/designs/reference.toml";
    assert_eq!(code(&[reference]), Some(0));
    // The whole cluster stands in one rack.
    assert_eq!(code(&["--require", "single", reference]), Some(1));
    assert_eq!(code(&["--set", "design.survives=[\"any one feed\"]", reference]), Some(0));
    assert_eq!(code(&["--set", "design.survives=[\"any two nodes\"]", reference]), Some(1));
    assert_eq!(code(&["--require", "triple", reference]), Some(2));
    assert_eq!(code(&["fixtures/broken/syntax.toml"]), Some(3));
    let broken = json(&["fixtures/broken/syntax.toml"]);
    assert_eq!(broken["components"], 0);
}

#[test]
fn a_claim_that_nobody_understands_is_told_what_to_write() {
    let told = |claim: &str| {
        let set = format!("design.survives=[\"{claim}\"]");
        let output = Command::new(env!("CARGO_BIN_EXE_rackproof"))
            .env("LC_ALL", "C")
            .args(["check", "--set", &set, "fixtures/designs/reference.toml"])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8_lossy(&output.stdout).split_whitespace().collect::<Vec<_>>().join(" ")
    };
    assert!(told("any one swich").contains("did you mean `switch`?"));
    assert!(told("core-c").contains("did you mean `core-"));
    assert!(told("everything").contains("write `any one switch`"));
}

fn resolved(text: &str) -> Topology<'static> {
    let mut sources = Sources::default();
    let id = sources.add("design", text);
    let (document, errors) = source::parse(&sources, id);
    assert_eq!(errors, []);
    let (design, mistakes) = rackproof::design::read(&document, Span::start_of(id));
    assert_eq!(mistakes, [], "{text}");
    let (topology, mistakes) = rackproof::topology::resolve(Box::leak(Box::new(design)), Span::start_of(id));
    assert_eq!(mistakes, [], "{text}");
    topology
}

/// Switches joined by cables, and a node with one management port on each of them.
#[derive(Debug, Clone)]
struct Wiring {
    switches: usize,
    cables: Vec<(usize, usize)>,
}

impl Wiring {
    fn text(&self) -> String {
        let mut text = format!(
            "[server_model.a.cards]\nnic = {{ ports = 1 }}\n[node.\"n{{1..{n}}}\"]\nmodel = \"a\"\n\
             [switch.\"s{{1..{n}}}\"]\nrole = \"core\"\n\
             [network.management]\npurpose = \"management\"\ninterface = \"nic:1\"\n",
            n = self.switches
        );
        let mut ports = vec![1; self.switches];
        let mut port = |switch: usize| {
            ports[switch] += 1;
            format!("s{}:{}", switch + 1, ports[switch])
        };
        for switch in 0..self.switches {
            writeln!(text, "[[cable]]\nfrom = \"n{0}:nic:1\"\nto = \"s{0}:1\"", switch + 1).unwrap();
        }
        for (one, other) in &self.cables {
            writeln!(text, "[[cable]]\nfrom = \"{}\"\nto = \"{}\"", port(*one), port(*other)).unwrap();
        }
        text
    }

    fn graph(&self) -> UnGraph<(), usize> {
        let mut graph = UnGraph::default();
        let vertices: Vec<_> = (0..self.switches).map(|_| graph.add_node(())).collect();
        for (index, (one, other)) in self.cables.iter().enumerate() {
            graph.add_edge(vertices[*one], vertices[*other], index);
        }
        graph
    }
}

/// Connected wirings: a random tree and a few cables more, parallel ones among them.
fn wirings() -> impl Strategy<Value = Wiring> {
    (3_usize..9).prop_flat_map(|switches| {
        let tree = (1..switches).map(|switch| (0..switch).prop_map(move |above| (above, switch))).collect::<Vec<_>>();
        let more = proptest::collection::vec((0..switches, 0..switches), 0..6);
        (tree, more).prop_map(move |(mut cables, more)| {
            cables.extend(more.into_iter().filter(|(one, other)| one != other));
            Wiring { switches, cables }
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    /// A node is cut off from the others by a switch that is an articulation point, by its own switch (unless nobody is
    /// left to be cut off from), and by a cable that is a bridge.
    #[test]
    fn cut_switches_and_cables_are_articulation_points_and_bridges(wiring in wirings()) {
        let topology = resolved(&wiring.text());
        let proof = failure::prove_singles(&topology);
        let lost = |name: &str| {
            let index = proof.components.iter().position(|component| component.name == name).unwrap();
            proof.verdict(&[index]).contains(&(Loss::Management, Outcome::Lost))
        };
        let graph = wiring.graph();
        let points: BTreeSet<usize> = articulation_points::articulation_points(&graph).into_iter().map(petgraph::prelude::NodeIndex::index).collect();
        for switch in 0..wiring.switches {
            // The node that hangs on the switch alone is always cut off with it.
            let (node, name) = (format!("n{}", switch + 1), format!("s{}", switch + 1));
            prop_assert!(lost(&name), "{}", name);
            // Without that node, whether others are cut off from each other is the graph's affair.
            let place = |name: &str| proof.components.iter().position(|component| component.name == name).unwrap();
            let parted = proof.verdict(&[place(&node), place(&name)]).contains(&(Loss::Management, Outcome::Lost));
            prop_assert_eq!(parted, points.contains(&switch), "{}", name);
        }
        // petgraph's bridges are for simple graphs: of parallel cables none is one.
        let parallel = |one: usize, other: usize| {
            wiring.cables.iter().filter(|ends| **ends == (one, other) || **ends == (other, one)).count() > 1
        };
        let bridge: BTreeSet<usize> = bridges(&graph).map(|edge| *edge.weight()).collect();
        for component in proof.components.iter().filter(|component| component.class == Class::Cable && component.name.starts_with("cable s")) {
            let cable = topology.cables.iter().position(|cable| {
                format!("cable {} - {}", topology.port_name(cable.from), topology.port_name(cable.to)) == component.name
            }).unwrap() - wiring.switches;
            let (one, other) = wiring.cables[cable];
            prop_assert_eq!(lost(&component.name), bridge.contains(&cable) && !parallel(one, other), "{}", component.name);
        }
    }

    /// A cable between two switches only adds a path: what survived before survives after it.
    #[test]
    fn a_further_cable_never_turns_survived_into_lost(wiring in wirings(), one in 0_usize..9, other in 0_usize..9) {
        let (one, other) = (one % wiring.switches, other % wiring.switches);
        prop_assume!(one != other);
        let before = resolved(&wiring.text());
        let more = Wiring { cables: [wiring.cables.as_slice(), &[(one, other)]].concat(), ..wiring };
        let after = resolved(&more.text());
        let (before, after) = (failure::prove(&before), failure::prove(&after));
        let place = |name: &str| after.components.iter().position(|component| component.name == name).unwrap();
        let places: Vec<usize> = before.components.iter().map(|component| place(&component.name)).collect();
        for first in 0..places.len() {
            for second in first..places.len() {
                let pair = if first == second { vec![first] } else { vec![first, second] };
                let then: Vec<usize> = pair.iter().map(|index| places[*index]).collect();
                for ((loss, was), (_, is)) in before.verdict(&pair).into_iter().zip(after.verdict(&then)) {
                    prop_assert!(was != Outcome::Survived || is == Outcome::Survived, "{loss:?} after {pair:?}");
                }
            }
        }
    }
}

/// Everything in one folder that the manual names as an example of `failures` can be proven.
#[test]
fn every_design_can_be_proven() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/designs");
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let output = run(&[path.to_str().unwrap()]);
        assert!(output.status.code().is_some_and(|code| code < 2), "{}", path.display());
    }
}

#[test]
fn every_story_is_told_in_japanese() {
    let sentence = Regex::new(r"\b[a-z]{2,}(?:,? [a-z]{2,}){2,}\b").unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/designs");
    let mut left = BTreeSet::new();
    for design in ["reference", "three-sites", "two-racks"] {
        let text = fs::read_to_string(folder.join(format!("{design}.toml"))).unwrap();
        let topology = resolved(&text);
        let proof = failure::prove(&topology);
        for pattern in proof.patterns() {
            let story = proof.story(&pattern.first);
            let said = story.chain.into_iter().chain([story.remedy.what, story.remedy.kind.said()]);
            let said = said.map(|said| said.say(Language::Japanese).into_owned());
            left.extend(said.filter(|said| sentence.is_match(said)));
        }
    }
    assert_eq!(left, BTreeSet::new());
}
