//! Ports that the management switches of each site need, as the design is cabled and as the documents count.

use super::figure::{Figure, Method};
use super::switches::{in_doubt, made_up};
use crate::catalogue::figure_texts as texts;
use crate::design::SwitchRole;
use crate::topology::{DeviceId, ManagementLedger, Topology};

/// Management ports of one device of each kind, by a passage of the documents.
struct Passage {
    /// Which passage.
    name: &'static str,
    firewall: usize,
    switch: usize,
    server: (usize, &'static str),
    management_switch: usize,
    /// How the passage is read.
    note: &'static str,
}

const PASSAGES: [Passage; 2] = [
    Passage {
        name: "by the table",
        firewall: 2,
        switch: 2,
        server: (1, ""),
        management_switch: 1,
        note: "by the table: S002:43-47 gives every device its management ports; a BMC has no port there",
    },
    Passage {
        name: "by the prose",
        firewall: 1,
        switch: 1,
        server: (2, " (management and BMC)"),
        management_switch: 0,
        note: "by the prose: S002:76 says \"at least 10\" and not for what; read as one port for each device, and one \
               more for the BMC of a server",
    },
];

pub(super) fn figures(topology: &Topology<'_>, out: &mut Vec<Figure>) {
    for ledger in topology.management_ledgers() {
        let subject = subject(topology, &ledger);
        let site = Equipment::of(topology, ledger.site.as_deref());
        out.extend(PASSAGES.iter().map(|passage| by_passage(&ledger, &subject, &site, passage)));
        out.push(cabled(&ledger, &subject));
    }
}

/// The switch where there is one, else what they are.
fn subject(topology: &Topology<'_>, ledger: &ManagementLedger) -> String {
    match (ledger.switches.as_slice(), &ledger.site) {
        ([switch], _) => topology.switches[*switch].path(),
        (switches, None) => format!("{} management switches", switches.len()),
        (switches, Some(site)) => format!("{} management switches in site.{site}", switches.len()),
    }
}

/// Devices of a site by kind.
struct Equipment {
    firewalls: usize,
    switches: usize,
    servers: usize,
    management_switches: usize,
}

impl Equipment {
    fn of(topology: &Topology<'_>, site: Option<&str>) -> Self {
        let here = |device: DeviceId| topology.site_of(device) == site;
        let count = |range: std::ops::Range<usize>, device: fn(usize) -> DeviceId| {
            range.filter(|index| here(device(*index))).count()
        };
        let switches = (0..topology.switches.len()).filter(|index| here(DeviceId::Switch(*index)));
        let (management, others): (Vec<usize>, Vec<usize>) =
            switches.partition(|index| topology.switches[*index].role() == Some(SwitchRole::Management));
        Self {
            firewalls: count(0..topology.firewalls.len(), DeviceId::Firewall),
            switches: others.len(),
            servers: count(0..topology.nodes.len(), DeviceId::Node),
            management_switches: management.len(),
        }
    }
}

/// The count of a passage of the documents, for the equipment of the design.
fn by_passage(ledger: &ManagementLedger, subject: &str, site: &Equipment, passage: &Passage) -> Figure {
    let parts = [
        ("server", site.servers, passage.server.0, passage.server.1),
        ("firewall", site.firewalls, passage.firewall, ""),
        ("other switch", site.switches, passage.switch, ""),
        ("management switch", site.management_switches, passage.management_switch, ""),
    ];
    let counted = parts.iter().filter(|(_, count, each, _)| count * each > 0);
    let formula: Vec<String> =
        counted.map(|(kind, count, each, what)| format!("{} x {each}{what}", several(*count, kind))).collect();
    let needed: usize = parts.iter().map(|(_, count, each, _)| count * each).sum();
    let figure = Figure::new(texts::MANAGEMENT_PORTS, format!("{subject}, {}", passage.name), Method::Documents, 0.0);
    against_ports(figure, needed, ledger.available, &formula.join(" + ")).note(passage.note)
}

fn several(count: usize, kind: &str) -> String {
    match (count, kind.ends_with('h')) {
        (1, _) => format!("1 {kind}"),
        (_, true) => format!("{count} {kind}es"),
        (_, false) => format!("{count} {kind}s"),
    }
}

/// The count of what is cabled, and of ports that switches are said to use for themselves.
fn cabled(ledger: &ManagementLedger, subject: &str) -> Figure {
    let figure = Figure::new(texts::MANAGEMENT_PORTS, subject, Method::Model, 0.0);
    let figure = against_ports(figure, ledger.needed.count(), ledger.available, &made_up(&ledger.needed));
    in_doubt(figure, &ledger.needed)
}

fn against_ports(mut figure: Figure, needed: usize, available: Option<usize>, parts: &str) -> Figure {
    figure.value = super::Value::Number(needed as f64);
    let figure = figure.decimals(0).input("needed", needed);
    let Some(available) = available else {
        return figure.formula(format!("{parts}; ports of the management switches are not stated"));
    };
    let left = available as f64 - needed as f64;
    figure
        .formula(format!("{parts}; {}", super::switches::of_available(available, left)))
        .input("available", available)
        .input("left", left)
}
