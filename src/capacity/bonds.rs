//! What bonds really carry, and the limit to enter for migrations.

use std::collections::{BTreeMap, BTreeSet};

use super::figure::{Figure, Method, State};
use crate::catalogue::figure_texts as texts;
use crate::catalogue::parameters::figures::MigrationLimit;
use crate::design::{BondMode, HashPolicy, Mesh, Purpose};
use crate::quantity::{Rate, units};
use crate::topology::{Bond, DeviceId, Network, Topology};
use crate::words::{self, Said};

/// What a network's interface carries on one server, and why.
pub(super) struct Carried {
    pub(super) rate: Rate,
    pub(super) members: usize,
    pub(super) effective: f64,
}

pub(super) fn figures(topology: &Topology<'_>, out: &mut Vec<Figure>) {
    let mut tables: Vec<Vec<&Bond<'_>>> = Vec::new();
    for bond in topology.bonds.iter().filter(|bond| matches!(bond.device, DeviceId::Node(_))) {
        match tables.iter_mut().find(|bonds| bonds.iter().any(|known| std::ptr::eq(known.item, bond.item))) {
            Some(bonds) => bonds.push(bond),
            None => tables.push(vec![bond]),
        }
    }
    out.extend(tables.iter().filter_map(|bonds| connection_rate(topology, bonds)));
    out.extend(tables.iter().flat_map(|bonds| bond_rate(topology, bonds)));
    out.extend(migration_limit(topology));
}

/// How the connections of a server spread over a bond.
struct Spread {
    connections: usize,
    assumed: Option<Said>,
    policy: HashPolicy,
}

impl Spread {
    /// By address there is one connection to each peer; by port one between each two OSDs of different servers. With
    /// peers lost, those with most OSDs are taken to be gone.
    fn of(topology: &Topology<'_>, bond: &Bond<'_>, lost: usize) -> Self {
        let osds = |device: &DeviceId| match device {
            DeviceId::Node(index) => topology.nodes[*index].osd_count().map(|count| count as usize),
            DeviceId::Switch(_) | DeviceId::Firewall(_) => Some(0),
        };
        let mut peers: Vec<Option<usize>> = peers(topology, bond).iter().map(osds).collect();
        peers.sort_unstable();
        peers.truncate(peers.len().saturating_sub(lost));
        let policy = bond.item.value.xmit_hash_policy.as_ref().map_or(HashPolicy::Layer2, |policy| policy.value);
        if !matches!(policy, HashPolicy::Layer3Plus4 | HashPolicy::Encap3Plus4) {
            return Self { connections: peers.len().max(1), assumed: None, policy };
        }
        let one_each = |why: Said| Self { connections: peers.len().max(1), assumed: Some(why), policy };
        if !topology.networks_over(bond).any(carries_ceph) {
            return one_each(words::bonds::no_ceph(bond.path()));
        }
        let others: Option<usize> = peers.iter().copied().sum();
        match osds(&bond.device).zip(others).map(|(own, others)| own.saturating_mul(others)) {
            Some(0) | None => one_each(words::bonds::osds_unknown(bond.path())),
            Some(connections) => Self { connections, assumed: None, policy },
        }
    }

    /// Members that are used at the same time, of those that are left.
    fn effective(&self, mode: Option<BondMode>, members: usize) -> f64 {
        match mode {
            Some(BondMode::Lacp | BondMode::BalanceXor) => effective_links(self.connections, members),
            Some(BondMode::BalanceRr) => members as f64,
            _ => 1.0,
        }
    }
}

fn carries_ceph(network: &Network<'_>) -> bool {
    network.is_for(Purpose::CephPublic) || network.is_for(Purpose::CephCluster)
}

/// Devices that a server speaks with over a bond: the members of its networks; every other server where it carries
/// none, or guests alone.
fn peers(topology: &Topology<'_>, bond: &Bond<'_>) -> BTreeSet<DeviceId> {
    let networks = topology.networks_over(bond).filter(|network| network.purposes().any(|own| own != Purpose::Guest));
    let members = networks.flat_map(|network| &network.attachments).map(|attachment| attachment.device);
    let mut peers: BTreeSet<DeviceId> = members.collect();
    if peers.is_empty() {
        peers.extend((0..topology.nodes.len()).map(DeviceId::Node));
    }
    peers.remove(&bond.device);
    peers
}

/// Links that `connections` equal connections fill, hashed evenly onto `members`: F / E[fullest member].
///
/// The expected fullest member is the sum over k of P(some member holds more than k); the probability that none
/// does is the coefficient of x^F in (sum of x^i / i! for i up to k)^m, times F! / m^F.
pub(super) fn effective_links(connections: usize, members: usize) -> f64 {
    /// More connections are counted as this many, which stays on the safe side: more of them spread better.
    const COUNTED: usize = 512;
    /// The same for bonds of more than two members, where each count costs more.
    const COUNTED_OVER_MANY: usize = 96;
    if members <= 1 || connections <= 1 {
        return 1.0;
    }
    let flows = connections.min(if members == 2 { COUNTED } else { COUNTED_OVER_MANY });
    if members == 2 {
        // The fuller one of two holds the larger of k and F - k, where k are on the first.
        let chances = binomial(flows, 0.5, flows).into_iter().enumerate();
        let expected: f64 = chances.map(|(first, chance)| chance * first.max(flows - first) as f64).sum();
        return flows as f64 / expected;
    }
    let share = 1.0 / members as f64;
    // Members one after the other: the chance that the first j of them took i connections, none more than k. Each
    // step draws from the connections left, so that no factorial is needed.
    let mut expected = 0.0;
    for most in 0..flows {
        let mut chance = vec![0.0; flows + 1];
        chance[0] = 1.0;
        for member in 0..members {
            let part = share / (1.0 - share * member as f64);
            let last = member + 1 == members;
            let mut next = vec![0.0; flows + 1];
            for (taken, probability) in chance.iter().enumerate().filter(|(_, probability)| **probability > 0.0) {
                let left = flows - taken;
                if last {
                    if left <= most {
                        next[flows] += probability;
                    }
                    continue;
                }
                for (drawn, weight) in binomial(left, part, most).into_iter().enumerate() {
                    next[taken + drawn] += probability * weight;
                }
            }
            chance = next;
        }
        expected += 1.0 - chance[flows].min(1.0);
    }
    flows as f64 / expected.max(1.0)
}

/// Probabilities of 0 to `most` hits in `draws` draws that each hit with `chance`.
fn binomial(draws: usize, chance: f64, most: usize) -> Vec<f64> {
    let odds = chance / (1.0 - chance);
    let mut logarithm = draws as f64 * (1.0 - chance).ln();
    let mut weights = Vec::with_capacity(most.min(draws) + 1);
    for hits in 0..=most.min(draws) {
        weights.push(logarithm.exp());
        logarithm += ((draws - hits) as f64 / (hits + 1) as f64 * odds).ln();
    }
    weights
}

/// What a network carries on one device: all members of a bond as far as its connections spread over them, with so many
/// of its peers lost.
pub(super) fn carried(
    topology: &Topology<'_>,
    network: &Network<'_>,
    device: DeviceId,
    lost: usize,
) -> Option<Carried> {
    let member = topology.member_rate(network, device)?;
    let interface = network.attachment(device)?.interface.as_ref()?.value;
    if let Some(mesh) = &network.table().mesh {
        let ports = topology.network_ports(network, device)?.len();
        let effective = mesh_links(mesh.value, network.attachments.len().saturating_sub(lost), ports);
        return Some(Carried { rate: member * effective, members: ports, effective });
    }
    let Some(bond) = topology.bond_under(interface) else {
        return Some(Carried { rate: member, members: 1, effective: 1.0 });
    };
    let effective = Spread::of(topology, bond, lost).effective(bond.mode(), bond.members.len());
    Some(Carried { rate: member * effective, members: bond.members.len(), effective })
}

/// Links of a mesh that a node fills when it speaks with every other one alike.
///
/// A broadcast bond sends every frame over all of its links, so that they carry as much as one. A spanning tree cuts a
/// ring at one place: its middle link carries what all nodes on the one side send to those on the other. Routed, every
/// pair has a link of its own; in a ring, routes take the shorter way round and share the links by their length.
fn mesh_links(mesh: Mesh, nodes: usize, ports: usize) -> f64 {
    let others = nodes.saturating_sub(1);
    if others < 2 || ports < 2 {
        return 1.0;
    }
    let (nodes, half) = (nodes as f64, (nodes / 2) as f64);
    let each = nodes - 1.0;
    match mesh {
        Mesh::Broadcast => 1.0,
        Mesh::Rstp => each / (half * (nodes - half)),
        Mesh::Routed | Mesh::RoutedWithFallback if ports >= others => each,
        // Links of all nodes, one in each direction, over the hops that one pair takes on average.
        Mesh::Routed | Mesh::RoutedWithFallback => 2.0 * each / (half * (nodes - half)),
    }
}

/// What a network carries on one device with so many live members of its bond, or over its single port, and with so many
/// of its peers lost.
pub(super) fn live_rate(
    topology: &Topology<'_>,
    network: &Network<'_>,
    device: DeviceId,
    live: usize,
    lost: usize,
) -> Option<Rate> {
    let member = topology.member_rate(network, device)?;
    let interface = network.attachment(device)?.interface.as_ref()?.value;
    match topology.bond_under(interface) {
        _ if live == 0 => Some(member * 0.0),
        None => Some(member),
        Some(bond) => Some(member * Spread::of(topology, bond, lost).effective(bond.mode(), live)),
    }
}

/// Members of the bond under a network on a device that so many large transfers to other servers fill at the same time.
pub(super) fn links_filled(topology: &Topology<'_>, network: &Network<'_>, device: DeviceId, transfers: usize) -> f64 {
    let interface = network.attachment(device).and_then(|place| place.interface.as_ref());
    let Some(bond) = interface.and_then(|interface| topology.bond_under(interface.value)) else { return 1.0 };
    let by_port = matches!(
        bond.item.value.xmit_hash_policy.as_ref().map(|policy| policy.value),
        Some(HashPolicy::Layer3Plus4 | HashPolicy::Encap3Plus4)
    );
    let members = bond.members.len();
    match bond.mode() {
        // Frames to one peer leave by one member, however many transfers they belong to.
        Some(BondMode::Lacp | BondMode::BalanceXor) if by_port => effective_links(transfers, members),
        Some(BondMode::Lacp | BondMode::BalanceXor) => {
            effective_links(transfers.min(peers(topology, bond).len()), members)
        }
        Some(BondMode::BalanceRr) => members as f64,
        _ => 1.0,
    }
}

/// A bond on one server.
struct Rated<'t, 'd> {
    bond: &'t Bond<'d>,
    slowest: Rate,
    spread: Spread,
}

impl Rated<'_, '_> {
    fn effective(&self, lost: usize) -> f64 {
        match self.bond.members.len().saturating_sub(lost) {
            0 => 0.0,
            left => self.spread.effective(self.bond.mode(), left),
        }
    }

    /// What it carries with so many members lost.
    fn figure(&self, lost: usize) -> Figure {
        let (gigabits, effective) = (self.slowest.in_unit(&units::GBIT_PER_S), self.effective(lost));
        let (path, left) = (self.bond.path(), self.bond.members.len().saturating_sub(lost));
        let (filled, links) = (format!("{effective:.2}"), words::bonds::links(left));
        let figure = Figure::new(texts::BOND_RATE, path.as_str(), Method::Model, gigabits * effective)
            .formula(words::bonds::of_links(filled, links, format!("{gigabits} Gbit/s")))
            .input("members", left)
            .input("connections", self.spread.connections)
            .input("member_rate", self.slowest);
        let assumed = match self.bond.mode() {
            Some(BondMode::Lacp | BondMode::BalanceXor) => self.spread.assumed.clone(),
            Some(_) => None,
            None => Some(words::bonds::one_at_a_time(format!("{path}.mode"))),
        };
        assumed.into_iter().fold(figure, Figure::assumed)
    }

    fn rate(&self) -> Rate {
        self.slowest * self.effective(0)
    }
}

/// The slowest member of a bond, or the key that would tell.
fn slowest_member(topology: &Topology<'_>, bond: &Bond<'_>) -> Result<Rate, String> {
    let written = bond.item.value.members.as_ref().map_or(0, |members| members.value.0.len());
    let mut slowest: Option<Rate> = None;
    for port in &bond.members {
        let speed = topology.known_link_speed(*port)?;
        slowest = Some(slowest.filter(|least| *least <= speed).unwrap_or(speed));
    }
    slowest.filter(|_| bond.members.len() == written).ok_or_else(|| topology.ports_key(bond.device))
}

/// Bonds of one table, each with its slowest member, or the keys that would tell.
fn with_slowest<'t, 'd>(
    topology: &Topology<'d>,
    bonds: &[&'t Bond<'d>],
) -> Result<Vec<(&'t Bond<'d>, Rate)>, Vec<String>> {
    let mut found: Vec<(&Bond<'_>, Rate)> = Vec::new();
    let mut missing: Vec<String> = Vec::new();
    for bond in bonds {
        match slowest_member(topology, bond) {
            Ok(slowest) => found.push((bond, slowest)),
            Err(key) if missing.contains(&key) => {}
            Err(key) => missing.push(key),
        }
    }
    if missing.is_empty() { Ok(found) } else { Err(missing) }
}

/// What one connection gets, for the server on which that is least.
fn connection_rate(topology: &Topology<'_>, bonds: &[&Bond<'_>]) -> Option<Figure> {
    let text = texts::BOND_CONNECTION_RATE;
    let path = bonds.first()?.path();
    let found = match with_slowest(topology, bonds) {
        Ok(found) => found,
        Err(missing) => return Some(Figure::unknown(text, path, Method::Model, missing)),
    };
    let (bond, slowest) = found.into_iter().reduce(|least, next| if next.1 < least.1 { next } else { least })?;
    let members = bond.members.len();
    // Round robin sends one connection's frames over all members in turn.
    let used = if bond.mode() == Some(BondMode::BalanceRr) { members } else { 1 };
    let gigabits = slowest.in_unit(&units::GBIT_PER_S);
    let figure = Figure::new(text, path, Method::Model, gigabits * used as f64)
        .formula(words::bonds::used_members(used, words::figures::members(members), format!("{gigabits} Gbit/s")))
        .input("members", members)
        .input("used", used)
        .input("member_rate", slowest);
    Some(if used > 1 { figure.note(words::bonds::out_of_order()) } else { figure })
}

/// Figures of a bond, for the server on which it carries least.
fn bond_rate(topology: &Topology<'_>, bonds: &[&Bond<'_>]) -> Vec<Figure> {
    let text = texts::BOND_RATE;
    let Some(path) = bonds.first().map(|bond| bond.path()) else { return Vec::new() };
    let rated: Vec<Rated<'_, '_>> = match with_slowest(topology, bonds) {
        Ok(found) => found
            .into_iter()
            .map(|(bond, slowest)| Rated { bond, slowest, spread: Spread::of(topology, bond, 0) })
            .collect(),
        Err(missing) => return vec![Figure::unknown(text, path, Method::Model, missing)],
    };
    let peer_gone = peer_gone(topology, &rated);
    let least = rated.into_iter().reduce(|least, next| if next.rate() < least.rate() { next } else { least });
    let Some(least) = least else { return Vec::new() };
    let gigabits = least.slowest.in_unit(&units::GBIT_PER_S);
    let members = least.bond.members.len();
    let connections = least.spread.connections;
    let mode = least.bond.mode().map_or_else(words::bonds::mode_unknown, |mode| mode.to_string().into());
    let documents = Figure::new(text, path.clone(), Method::Documents, gigabits * members as f64)
        .formula(format!("{members} x {gigabits} Gbit/s"))
        .input("members", members)
        .input("member_rate", least.slowest)
        .note(words::bonds::sum_of_members());
    let policy = least.spread.policy.to_string();
    let spread = words::bonds::spread(mode, policy, connections, words::figures::members(members));
    let mut figures = vec![documents];
    for lost in (0..2).filter(|lost| *lost == 0 || members > *lost) {
        let figure = least.figure(lost);
        figures.push(match lost {
            0 => figure.binding(spread.clone()),
            _ => figure.state(State::MemberLost),
        });
    }
    figures.extend(peer_gone);
    figures
}

/// What the worst placed of these bonds carries with one switch of its MLAG pair gone, all members on it with it.
fn peer_gone(topology: &Topology<'_>, rated: &[Rated<'_, '_>]) -> Option<Figure> {
    let paired: BTreeSet<usize> = topology.mlags.iter().flat_map(|mlag| &mlag.peers).copied().collect();
    let on_peers = |bond: &Bond<'_>| {
        let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
        for far in bond.members.iter().filter_map(|member| topology.far_end(*member)) {
            if let DeviceId::Switch(switch) = topology.port(far).device
                && paired.contains(&switch)
            {
                *counts.entry(switch).or_default() += 1;
            }
        }
        counts
    };
    let mut worst: Option<(Rate, &Rated<'_, '_>, usize, usize)> = None;
    for one in rated {
        for (switch, lost) in on_peers(one.bond) {
            let rate = one.slowest * one.effective(lost);
            if worst.as_ref().is_none_or(|(least, ..)| rate < *least) {
                worst = Some((rate, one, lost, switch));
            }
        }
    }
    let (_, one, lost, switch) = worst?;
    let figure = one.figure(lost).state(State::PeerGone);
    Some(if lost == one.bond.members.len() {
        let device = topology.name(one.bond.device);
        figure.binding(words::bonds::all_on_switch(device, topology.switches[switch].path()))
    } else {
        figure
    })
}

/// What migration gets on one server.
pub(super) struct Lane {
    /// All members of the bond together.
    all: Rate,
    /// One of them.
    pub(super) member: Rate,
    /// What the bond really carries.
    pub(super) effective: Rate,
    /// What Ceph is promised of it.
    pub(super) reserve: Option<Rate>,
}

impl Lane {
    /// The lane of a device; `shared` are the networks with ports in common with this one.
    pub(super) fn of<'d>(
        topology: &Topology<'d>,
        network: &Network<'d>,
        shared: &[&Network<'d>],
        device: DeviceId,
    ) -> Option<Self> {
        let all = topology.network_rate(network, device)?;
        let member = topology.member_rate(network, device)?;
        let effective = carried(topology, network, device, 0)?.rate;
        let sharing = std::iter::once(network).chain(shared.iter().copied());
        let shares = sharing.filter(|network| carries_ceph(network) && network.attachment(device).is_some());
        let promised =
            shares.filter_map(|network| network.table().ceph_reserve.as_ref()).map(|part| part.value.base().min(1.0));
        let reserve = promised.reduce(f64::max).map(|part| effective * part);
        Some(Self { all, member, effective, reserve })
    }

    /// The most that migrations get together.
    fn rate(&self) -> Rate {
        let left = self.reserve.map_or(self.effective, |reserve| self.effective - reserve);
        if left < self.member { left } else { self.member }
    }
}

fn migration_limit(topology: &Topology<'_>) -> Vec<Figure> {
    let constants = MigrationLimit::DEFAULT;
    let text = texts::MIGRATION_LIMIT;
    let Some(migration) = &topology.design.migration else { return Vec::new() };
    let unknown = |missing: String| vec![Figure::unknown(text, "migration", Method::Documents, vec![missing])];
    let Some(network) = topology.migration_network() else {
        return if migration.value.network.is_some() { Vec::new() } else { unknown("migration.network".to_owned()) };
    };
    let nodes = topology.nodes_in(network).map(|(_, attachment)| attachment.device);
    let shared = topology.networks_sharing_ports(network);
    let lanes: Option<Vec<Lane>> = nodes.map(|device| Lane::of(topology, network, &shared, device)).collect();
    let slowest = lanes
        .into_iter()
        .flatten()
        .reduce(|least, next| if (next.rate(), next.all) < (least.rate(), least.all) { next } else { least });
    let Some(lane) = slowest else {
        let missing = topology.missing_speeds(network).into_iter().next();
        return unknown(missing.unwrap_or_else(|| format!("{}.interface", network.path())));
    };
    let (parallel, said) = migration.value.parallel.as_ref().map_or((1, false), |parallel| (parallel.value, true));
    let share = constants.share.base();
    let documents = Figure::new(text, "migration", Method::Documents, (lane.all * share).in_unit(&units::KIB_PER_S))
        .decimals(0)
        .cut_off()
        .formula(format!("{} x {}", constants.share, lane.all.to(&units::GBIT_PER_S)))
        .input("rate", lane.all);
    let each = lane.rate() * share / f64::from(parallel);
    let member = lane.member.to(&units::GBIT_PER_S);
    let model = Figure::new(text, "migration", Method::Model, each.in_unit(&units::KIB_PER_S))
        .decimals(0)
        .cut_off()
        .input("member_rate", lane.member)
        .input("parallel", parallel);
    let model = match lane.reserve {
        None => {
            model.formula(format!("{} x {member} / {parallel}", constants.share)).binding(words::bonds::one_member())
        }
        Some(reserve) => {
            let (effective, reserve) = (lane.effective.to(&units::GBIT_PER_S), reserve.to(&units::GBIT_PER_S));
            let binds =
                if lane.rate() < lane.member { words::bonds::what_ceph_leaves() } else { words::bonds::one_member() };
            model
                .formula(format!("{} x min({member}, {effective} - {reserve}) / {parallel}", constants.share))
                .input("ceph_reserve", reserve)
                .binding(binds)
        }
    };
    let model = if said { model } else { model.assumed("migration.parallel = 1") };
    vec![documents, model]
}

#[cfg(test)]
mod tests {
    use super::{effective_links, mesh_links};
    use crate::design::Mesh;

    /// Each of N nodes sends 1 / (N - 1) of its rate to each other one. Three in a ring that is cut: the middle link
    /// carries 1 x 2 pairs of 1/2, so each node fills 1 link; four: 2 x 2 pairs of 1/3, 3/4 of a link. Routed with a link
    /// for each pair: N - 1 links. Routed in a ring of four: to the neighbours 1 hop, to the one across 2, together 4 hops
    /// of 1/3 over the 2 links that each node has: 2 / (4/3) = 1.5.
    #[test]
    fn a_mesh_carries_what_its_busiest_link_lets_through() {
        for (mesh, nodes, ports, links) in [
            (Mesh::Broadcast, 3, 2, 1.0),
            (Mesh::Rstp, 3, 2, 1.0),
            (Mesh::Rstp, 4, 2, 0.75),
            (Mesh::Routed, 3, 2, 2.0),
            (Mesh::Routed, 5, 4, 4.0),
            (Mesh::RoutedWithFallback, 4, 2, 1.5),
        ] {
            assert!((mesh_links(mesh, nodes, ports) - links).abs() < 1e-9, "{mesh:?} {nodes}");
        }
    }

    /// F equal flows over two links, from the binomial distribution: E[max] of 2 flows is 1.5, so 2 / 1.5 = 1.33;
    /// of 4 flows (2 x 4 + 8 x 3 + 6 x 2) / 16 = 2.75, so 4 / 2.75 = 1.45.
    #[test]
    fn flows_spread_over_two_links() {
        for (flows, links) in
            [(1, 1.0), (2, 2.0 / 1.5), (4, 4.0 / 2.75), (8, 1.57), (12, 1.63), (24, 1.72), (48, 1.79), (96, 1.85)]
        {
            let found = effective_links(flows, 2);
            assert!((found - links).abs() < 0.006, "{flows} flows: {found}, not {links}");
        }
    }

    /// Three flows over three links: all on one in 3 of 27 ways, two on one in 18, one each in 6, so that
    /// E[max] = (3 x 3 + 18 x 2 + 6) / 27 = 51 / 27.
    #[test]
    fn flows_spread_over_three_links() {
        assert!((effective_links(3, 3) - 3.0 / (51.0 / 27.0)).abs() < 1e-9);
        assert!((effective_links(5, 1) - 1.0).abs() < 1e-9);
    }
}
