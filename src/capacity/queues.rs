//! How long a frame of Corosync waits at a port of a switch whose buffer bulk traffic has filled.

use std::collections::BTreeSet;

use super::figure::{Figure, Method};
use super::pairs;
use crate::catalogue::figure_texts as texts;
use crate::catalogue::parameters::figures::QueueDelay;
use crate::design::Purpose;
use crate::quantity::{Rate, Size, Time, units};
use crate::source::Span;
use crate::topology::{CorosyncLink, DeviceId, Network, PortId, Topology};
use crate::words;

/// A full buffer at a port of a switch.
#[derive(Debug, Clone, PartialEq)]
pub struct Queue {
    /// The port that frames leave the switch by.
    pub port: PortId,
    /// Most that can wait there.
    pub buffer: Size,
    /// Where that is written.
    pub span: Span,
    /// Rate at which it is sent.
    pub rate: Rate,
}

impl Queue {
    /// How long the last frame waits: buffer / rate.
    pub fn delay(&self) -> Time {
        Time::from_base(self.buffer.base() / self.rate.base(), &units::MS)
    }
}

/// Ports of switches by which a network's frames leave together with bulk traffic.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Shared {
    /// What the bulk traffic is.
    pub purposes: BTreeSet<Purpose>,
    /// How many ports there are.
    pub ports: usize,
    /// The longest queue of those that are known.
    pub longest: Option<Queue>,
    /// Keys that would tell how long the others are.
    pub missing: Vec<String>,
}

/// The ports of switches that a network shares with bulk traffic; nothing where none is known to be shared.
pub fn shared(topology: &Topology<'_>, network: &Network<'_>) -> Option<Shared> {
    let (ports, purposes) = shared_ports(topology, network);
    let mut shared = Shared { purposes, ..Shared::default() };
    for port in &ports {
        let switch = match port {
            Egress::Open => {
                shared.lacks("cable".to_owned());
                continue;
            }
            Egress::Port(port) => *port,
        };
        shared.ports += 1;
        match queue(topology, switch) {
            Ok(queue) if shared.longest.as_ref().is_none_or(|known| queue.delay() > known.delay()) => {
                shared.longest = Some(queue);
            }
            Ok(_) => {}
            Err(missing) => shared.lacks(missing),
        }
    }
    (!ports.is_empty()).then_some(shared)
}

impl Shared {
    fn lacks(&mut self, key: String) {
        if !self.missing.contains(&key) {
            self.missing.push(key);
        }
    }
}

fn queue(topology: &Topology<'_>, port: PortId) -> Result<Queue, String> {
    let DeviceId::Switch(index) = topology.port(port).device else { return Err("cable".to_owned()) };
    let switch = &topology.switches[index];
    let buffer = switch.limits().and_then(|limits| limits.buffer.as_ref());
    let buffer = buffer.ok_or_else(|| switch.model_key("limits.buffer"))?;
    let rate = topology.known_link_speed(port)?;
    Ok(Queue { port, buffer: buffer.value, span: buffer.span, rate })
}

/// Where frames leave a switch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Egress {
    /// By this port.
    Port(PortId),
    /// By one that is not known, since a cable is not written.
    Open,
}

/// Ports of switches that a network shares, with what runs over them as well: those towards its members, and those
/// towards other switches.
fn shared_ports(topology: &Topology<'_>, network: &Network<'_>) -> (Vec<Egress>, BTreeSet<Purpose>) {
    let (mut ports, mut purposes): (Vec<Egress>, BTreeSet<Purpose>) = Default::default();
    let own = egress(topology, network, true);
    let passes_on = own.iter().any(|(member, _)| member.is_none());
    for other in &topology.networks {
        let bulk = bulk(topology, other);
        if bulk.is_empty() {
            continue;
        }
        let theirs = if other.place == network.place { None } else { Some(egress(topology, other, passes_on)) };
        let known = ports.len();
        ports.extend(common(&own, theirs.as_ref().unwrap_or(&own)).map(|(_, place)| *place));
        if ports.len() > known {
            purposes.extend(bulk);
        }
    }
    ports.sort_unstable();
    ports.dedup();
    (ports, purposes)
}

/// What two lists in order have in common.
fn common<'l, T: Ord>(one: &'l [T], other: &'l [T]) -> impl Iterator<Item = &'l T> {
    let mut rest = other.iter().peekable();
    one.iter().filter(move |own| {
        while rest.next_if(|their| their < own).is_some() {}
        rest.peek() == Some(own)
    })
}

/// What a network carries that fills a port for as long as it gets it.
fn bulk(topology: &Topology<'_>, network: &Network<'_>) -> BTreeSet<Purpose> {
    let counts = |purpose: &Purpose| QueueDelay::DEFAULT.bulk.contains(&purpose.to_string().as_str());
    topology.uses(network).into_iter().filter(counts).collect()
}

/// Ports by which frames of a network leave switches, each with the port of the member it leads to where it leads to
/// one: a port that nobody has cabled yet can be shared as well. Those from switch to switch are left out where nobody
/// asks for them. Each is there once, in their order.
fn egress(
    topology: &Topology<'_>,
    network: &Network<'_>,
    from_switch_to_switch: bool,
) -> Vec<(Option<PortId>, Egress)> {
    let mut egress = Vec::new();
    for (_, attachment) in topology.nodes_in(network) {
        let Some(interface) = attachment.interface.as_ref() else { continue };
        for port in topology.ports_under(interface.value).iter().copied() {
            match topology.far_end(port) {
                Some(far) if matches!(topology.port(far).device, DeviceId::Switch(_)) => {
                    egress.push((Some(port), Egress::Port(far)));
                }
                Some(_) => {}
                None => egress.push((Some(port), Egress::Open)),
            }
        }
    }
    if from_switch_to_switch {
        let hops = topology.hops(pairs::switch_pairs(topology, network));
        for (one, other, from, to) in topology.cables_between_switches() {
            let ends = [(one, (from, to)), (other, (to, from))].into_iter().filter(|(_, hop)| hops.contains(hop));
            egress.extend(ends.map(|(port, _)| (None, Egress::Port(port))));
        }
    }
    egress.sort();
    egress.dedup();
    egress
}

pub(super) fn figures(topology: &Topology<'_>, out: &mut Vec<Figure>) {
    out.extend(topology.corosync_links.iter().filter_map(|link| figure(topology, link)));
}

fn figure(topology: &Topology<'_>, link: &CorosyncLink<'_>) -> Option<Figure> {
    let text = texts::QUEUE_DELAY;
    let network = topology.link_network(link);
    let shared = shared(topology, network)?;
    let beside: Vec<String> = shared.purposes.iter().map(Purpose::to_string).collect();
    let figure = match &shared.longest {
        Some(queue) if shared.missing.is_empty() => {
            let waiting = format!("{} x 8 / {}", queue.buffer, queue.rate.to(&units::GBIT_PER_S));
            Figure::new(text, link.path(), Method::Model, queue.delay().in_unit(&units::MS))
                .formula(words::queues::beside(waiting, beside.clone()))
                .binding(words::queues::port(topology.port_name(queue.port)))
                .input("buffer", queue.buffer)
                .input("rate", queue.rate)
        }
        _ => Figure::unknown(text, link.path(), Method::Model, shared.missing),
    };
    let figure = figure.input("ports", shared.ports).input("beside", beside);
    let qos = network.table().qos.as_ref().is_some_and(|qos| qos.value);
    Some(if qos { figure.note(words::queues::own_class()) } else { figure })
}
