//! Ports that the management switches of each site need, as the design is cabled and as the documents count.

use super::figure::{Figure, Method};
use super::formula::{all_of, product, sum};
use super::switches::{in_doubt, made_up};
use crate::catalogue::figure_texts as texts;
use crate::design::SwitchRole;
use crate::topology::{DeviceId, ManagementLedger, Topology};
use crate::words::{self, Said};

/// The words of so many devices of a kind.
type Several = fn(usize) -> Said;

/// Management ports of one device of each kind, by a passage of the documents.
struct Passage {
    /// Which passage.
    name: fn() -> Said,
    firewall: usize,
    switch: usize,
    server: usize,
    /// Whether one of a server's ports is that of its BMC.
    bmc: bool,
    management_switch: usize,
    /// How the passage is read.
    note: fn() -> Said,
}

const PASSAGES: [Passage; 2] = [
    Passage {
        name: words::management::by_table,
        firewall: 2,
        switch: 2,
        server: 1,
        bmc: false,
        management_switch: 1,
        note: words::management::table_counts,
    },
    Passage {
        name: words::management::by_prose,
        firewall: 1,
        switch: 1,
        server: 2,
        bmc: true,
        management_switch: 0,
        note: words::management::prose_counts,
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
fn subject(topology: &Topology<'_>, ledger: &ManagementLedger) -> Said {
    let switches = || words::management::switches(ledger.switches.len());
    match (ledger.switches.as_slice(), &ledger.site) {
        ([switch], _) => topology.switches[*switch].path().into(),
        (_, None) => switches(),
        (_, Some(site)) => words::management::at_site(switches(), format!("site.{site}")),
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
fn by_passage(ledger: &ManagementLedger, subject: &Said, site: &Equipment, passage: &Passage) -> Figure {
    let parts: [(Several, usize, usize); 4] = [
        (words::management::servers, site.servers, passage.server),
        (words::management::firewalls, site.firewalls, passage.firewall),
        (words::management::other_switches, site.switches, passage.switch),
        (words::management::switches, site.management_switches, passage.management_switch),
    ];
    let mut ports: Vec<Said> = parts.iter().map(|(_, _, each)| Said::from(*each)).collect();
    if passage.bmc {
        ports[0] = words::management::and_bmc(ports[0].clone());
    }
    let counted = parts.iter().zip(ports).filter(|((_, count, each), _)| count * each > 0);
    let formula = sum(counted.map(|((kind, count, _), ports)| product([kind(*count), ports])));
    let needed: usize = parts.iter().map(|(_, count, each)| count * each).sum();
    let subject = vec![subject.clone(), (passage.name)()];
    let figure = Figure::new(texts::MANAGEMENT_PORTS, subject, Method::Documents, 0.0);
    against_ports(figure, needed, ledger.available, formula).note((passage.note)())
}

/// The count of what is cabled, and of ports that switches are said to use for themselves.
fn cabled(ledger: &ManagementLedger, subject: &Said) -> Figure {
    let figure = Figure::new(texts::MANAGEMENT_PORTS, subject, Method::Model, 0.0);
    let figure = against_ports(figure, ledger.needed.count(), ledger.available, made_up(&ledger.needed));
    in_doubt(figure, &ledger.needed)
}

fn against_ports(mut figure: Figure, needed: usize, available: Option<usize>, parts: Said) -> Figure {
    figure.value = super::Value::Number(needed as f64);
    let figure = figure.decimals(0).input("needed", needed);
    let Some(available) = available else {
        return figure.formula(all_of([parts, words::management::ports_unknown()]));
    };
    let left = available as f64 - needed as f64;
    figure
        .formula(all_of([parts, super::switches::of_available(available, left)]))
        .input("available", available)
        .input("left", left)
}
