//! The tests after installation: what was promised by the design, as commands and the values they must show.
//!
//! Every test comes from something that the design states or that `plan` and `failures` make of it, and says from what.
//! What the design leaves open is no test; it is listed as not promised.

mod cluster;
mod failures;
mod hosts;
mod network;
mod storage;

use crate::capacity::Figure;
use crate::failure::Proof;
use crate::topology::Topology;

/// The tests of a design.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Acceptance {
    /// Tests by subject, in the order in which they are run.
    pub parts: Vec<Part>,
    /// What cannot be tested, since the design does not state it: the keys that would.
    pub not_promised: Vec<String>,
}

/// Tests of one subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its title.
    pub title: &'static str,
    /// When and how they are run.
    pub how: &'static str,
    /// The tests.
    pub tests: Vec<Test>,
}

/// One test.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Test {
    /// What it shows.
    pub shows: String,
    /// Where it is run: names of servers, or what is done by hand.
    pub on: Vec<String>,
    /// Commands for a shell of the server, in their order; a file that they need is written by them.
    pub commands: Vec<String>,
    /// What must be seen, each with its value.
    pub expected: Vec<String>,
    /// What is to be known of it beside its values.
    pub notes: Vec<String>,
    /// What promises it: keys of the design, figures, rules.
    pub from: Vec<String>,
}

/// What tests are made of.
struct Ground<'a, 'd> {
    topology: &'a Topology<'d>,
    figures: &'a [Figure],
    proof: &'a Proof<'a, 'd>,
}

/// The tests that a design asks for.
pub fn acceptance(topology: &Topology<'_>, figures: &[Figure], proof: &Proof<'_, '_>) -> Acceptance {
    let ground = Ground { topology, figures, proof };
    let mut acceptance = Acceptance::default();
    let parts = [
        Part { title: "Servers", how: "On each server, before the cluster is made.", tests: hosts::tests(&ground) },
        Part {
            title: "Disks",
            how: "On each server, before the disks become OSDs: these tests write over everything on the disk.",
            tests: storage::disks(&ground, &mut acceptance.not_promised),
        },
        Part {
            title: "Network",
            how: "On each server, with nothing else running. The servers answer each other's tests.",
            tests: network::tests(&ground, &mut acceptance.not_promised),
        },
        Part { title: "Cluster", how: "On any server, once the cluster is made.", tests: cluster::tests(&ground) },
        Part {
            title: "Ceph",
            how: "On any server, once every OSD is in; benchmarks where nothing else uses the pool.",
            tests: storage::ceph(&ground, &mut acceptance.not_promised),
        },
        Part {
            title: "Failures",
            how: "One after the other, with guests running; the next begins when Ceph reports HEALTH_OK again.",
            tests: failures::tests(&ground),
        },
    ];
    acceptance.parts = parts.into_iter().filter(|part| !part.tests.is_empty()).collect();
    acceptance.not_promised.sort();
    acceptance.not_promised.dedup();
    acceptance
}

/// A name of the design as a word of a shell; it stays one word, whatever is in it.
fn word(name: &str) -> String {
    // A name with a zero byte is no name of anything; a shell could not be given it.
    shlex::try_quote(&name.replace('\0', "")).map_or_else(|_| String::new(), std::borrow::Cow::into_owned)
}

impl Ground<'_, '_> {
    /// Names of all servers.
    fn servers(&self) -> Vec<String> {
        self.topology.nodes.iter().map(|node| node.name.to_string()).collect()
    }

    /// A server for what is the same on all of them.
    fn any_server(&self) -> Vec<String> {
        self.servers().into_iter().take(1).collect()
    }

    /// Names of servers in a sentence.
    fn told(&self, nodes: &[String]) -> String {
        if nodes.len() == self.topology.nodes.len() { "every server".to_owned() } else { nodes.join(", ") }
    }
}
