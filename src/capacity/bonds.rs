//! What bonds really carry, and the limit to enter for migrations.

use super::figure::{Figure, Method, State};
use crate::catalogue::figure_texts as texts;
use crate::catalogue::parameters::figures::MigrationLimit;
use crate::design::{BondMode, HashPolicy};
use crate::quantity::{Rate, units};
use crate::topology::{Bond, DeviceId, Network, Topology};

/// What a network's interface carries on one server, and why.
pub(super) struct Carried {
    pub(super) rate: Rate,
    pub(super) members: usize,
    pub(super) effective: f64,
}

pub(super) fn figures(topology: &Topology<'_>, out: &mut Vec<Figure>) {
    let mut seen: Vec<&str> = Vec::new();
    for bond in topology.bonds.iter().filter(|bond| matches!(bond.device, DeviceId::Node(_))) {
        if !seen.contains(&bond.name()) {
            seen.push(bond.name());
            out.extend(bond_rate(topology, bond));
        }
    }
    out.extend(migration_limit(topology));
}

/// Connections that leave a server over a bond, by its hash policy.
fn connections(topology: &Topology<'_>, bond: &Bond<'_>) -> usize {
    let DeviceId::Node(index) = bond.device else { return 1 };
    let peers = topology.nodes.len().saturating_sub(1).max(1);
    let policy = bond.item.value.xmit_hash_policy.as_ref().map_or(HashPolicy::Layer2, |policy| policy.value);
    let by_port = matches!(policy, HashPolicy::Layer3Plus4 | HashPolicy::Encap3Plus4);
    let osds = topology.nodes[index].osd_count().unwrap_or(1).max(1) as usize;
    if by_port { osds.saturating_mul(osds).saturating_mul(peers) } else { peers }
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

/// What a network carries on one device: all members of a bond as far as its connections spread over them.
pub(super) fn carried(topology: &Topology<'_>, network: &Network<'_>, device: DeviceId) -> Option<Carried> {
    let member = topology.member_rate(network, device)?;
    let interface = network.attachment(device)?.interface.as_ref()?.value;
    let Some(bond) = topology.bond_under(interface) else {
        return Some(Carried { rate: member, members: 1, effective: 1.0 });
    };
    let (effective, _) = spread(topology, bond);
    Some(Carried { rate: member * effective, members: bond.members.len(), effective })
}

fn spread(topology: &Topology<'_>, bond: &Bond<'_>) -> (f64, usize) {
    match bond.mode() {
        Some(BondMode::Lacp | BondMode::BalanceXor) => {
            let connections = connections(topology, bond);
            (effective_links(connections, bond.members.len()), connections)
        }
        Some(BondMode::BalanceRr) => (bond.members.len() as f64, 1),
        _ => (1.0, 1),
    }
}

fn bond_rate(topology: &Topology<'_>, bond: &Bond<'_>) -> Vec<Figure> {
    let text = texts::BOND_RATE;
    let speeds: Option<Vec<Rate>> =
        bond.members.iter().map(|port| topology.port(*port).speed.as_ref().map(|speed| speed.value)).collect();
    let slowest =
        speeds.and_then(|speeds| speeds.into_iter().reduce(|least, speed| if speed < least { speed } else { least }));
    let Some(slowest) = slowest else {
        return vec![Figure::unknown(
            text,
            bond.path(),
            Method::Model,
            vec!["server_model: speed of the cards".to_owned()],
        )];
    };
    let gigabits = slowest.in_unit(&units::GBIT_PER_S);
    let members = bond.members.len();
    let (effective, connections) = spread(topology, bond);
    let policy = bond.item.value.xmit_hash_policy.as_ref().map_or(HashPolicy::Layer2, |policy| policy.value);
    let mode = bond.mode().map_or("mode unknown".to_owned(), |mode| mode.to_string());
    let healthy = Figure::new(text, bond.path(), Method::Model, gigabits * effective)
        .formula(format!("{effective:.2} effective links x {gigabits} Gbit/s"))
        .input("members", members)
        .input("connections", connections)
        .input("member_rate", slowest)
        .binding(format!("{mode}, {policy}: {connections} connections over {members} members"))
        .note(format!("one connection carries {gigabits} Gbit/s at most, whatever the sum"));
    let documents = Figure::new(text, bond.path(), Method::Documents, gigabits * members as f64)
        .formula(format!("{members} x {gigabits} Gbit/s"))
        .input("members", members)
        .input("member_rate", slowest)
        .note("the sum of all members, as S002:67 sees the link speed");
    let mut figures = vec![documents, healthy];
    if members > 1 {
        let left = members - 1;
        let (effective, _) = if left > 1 { (effective_links(connections, left), 0) } else { (1.0, 0) };
        figures.push(
            Figure::new(text, bond.path(), Method::Model, gigabits * effective)
                .state(State::MemberLost)
                .formula(format!("{effective:.2} effective links x {gigabits} Gbit/s"))
                .input("members", left)
                .input("member_rate", slowest),
        );
    }
    figures
}

fn migration_limit(topology: &Topology<'_>) -> Vec<Figure> {
    let constants = MigrationLimit::DEFAULT;
    let text = texts::MIGRATION_LIMIT;
    let Some(migration) = &topology.design.migration else { return Vec::new() };
    let Some(name) = &migration.value.network else {
        return vec![Figure::unknown(text, "migration", Method::Documents, vec!["migration.network".to_owned()])];
    };
    let Some(network) = topology.network(&name.value) else { return Vec::new() };
    let device = network.attachments.first().map(|attachment| attachment.device);
    let rates = device
        .and_then(|device| Some((topology.network_rate(network, device)?, topology.member_rate(network, device)?)));
    let Some((all, member)) = rates else {
        return vec![Figure::unknown(
            text,
            "migration",
            Method::Documents,
            vec![format!("{}.interface", network.path())],
        )];
    };
    let (parallel, said) = migration.value.parallel.as_ref().map_or((1, false), |parallel| (parallel.value, true));
    let share = constants.share.base();
    let documents = Figure::new(text, "migration", Method::Documents, (all * share).in_unit(&units::KIB_PER_S))
        .decimals(0)
        .cut_off()
        .formula(format!("{} x {}", constants.share, all.to(&units::GBIT_PER_S)))
        .input("rate", all);
    let each = member * share / f64::from(parallel);
    let model = Figure::new(text, "migration", Method::Model, each.in_unit(&units::KIB_PER_S))
        .decimals(0)
        .cut_off()
        .formula(format!("{} x {} / {parallel}", constants.share, member.to(&units::GBIT_PER_S)))
        .input("member_rate", member)
        .input("parallel", parallel)
        .binding("one member of the bond");
    let model = if said { model } else { model.assumed("migration.parallel = 1") };
    vec![documents, model]
}

#[cfg(test)]
mod tests {
    use super::effective_links;

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
