//! Planes of switches, and which parts of them still hang together.

use super::parts::{Failed, PartId};
use super::plant::{Far, Keepalive, Plant, SwitchUplink, Way};

/// No part of a plane.
pub(super) const NOWHERE: u32 = u32::MAX;
/// Wherever it is needed.
pub(super) const ANYWHERE: u32 = u32::MAX - 1;

/// A cable or line between two vertices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Edge {
    pub(super) one: u32,
    pub(super) other: u32,
    pub(super) part: PartId,
    pub(super) bond: PartId,
    /// The pair and the peer of it that this leads to, where its bond spans the pair.
    pub(super) spans: Option<(u32, u8)>,
}

/// Nodes that are cabled to each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mesh {
    pub(super) members: Vec<u32>,
    pub(super) cables: Vec<(u32, u32, PartId, [PartId; 2])>,
    /// Cables of members to switches.
    pub(super) ways: Vec<Edge>,
    /// Ports of members that lead nobody knows where, each with its bond; taken to lead to every other member.
    pub(super) loose: Vec<(u32, PartId, PartId)>,
    /// Whether members pass on what is not for them.
    pub(super) forwards: bool,
}

/// What a network runs over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Plane {
    pub(super) edges: Vec<Edge>,
    pub(super) mesh: Option<Mesh>,
    /// Whether firewalls and lines between sites are part of it.
    pub(super) routed: bool,
}

/// Ports that the peers of a pair have shut for want of their peer link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shut {
    Nothing,
    SecondPeer,
    BothPeers,
}

/// What still works of switches, firewalls and lines, and how it hangs together.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Fabric {
    /// Whether each vertex works; nodes are looked at one by one.
    pub(super) works: Vec<bool>,
    /// For each plane the part that each vertex is in, named by its first vertex.
    pub(super) labels: Vec<Vec<u32>>,
    pub(super) shut: Vec<Shut>,
    pub(super) exits: Exits,
}

/// Parts of planes with a way out or to the external vote.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct Exits {
    /// By guest network the parts that lead out; [`ANYWHERE`] among them where every part does.
    pub(super) out: Vec<Vec<u32>>,
    /// By network the parts that reach the external vote.
    pub(super) vote: Vec<Vec<u32>>,
}

/// Sets of vertices that hang together.
struct Joined(Vec<u32>);

impl Joined {
    fn new(vertices: usize) -> Self {
        Self((0..vertices as u32).collect())
    }

    fn first(&mut self, vertex: u32) -> u32 {
        let mut vertex = vertex;
        while self.0[vertex as usize] != vertex {
            let above = self.0[self.0[vertex as usize] as usize];
            self.0[vertex as usize] = above;
            vertex = above;
        }
        vertex
    }

    /// Joins two sets; the smaller name stays.
    fn join(&mut self, one: u32, other: u32) {
        let (one, other) = (self.first(one), self.first(other));
        self.0[one.max(other) as usize] = one.min(other);
    }
}

impl Plant<'_, '_> {
    /// Whether a device works.
    pub(super) fn works(&self, failed: &Failed, device: usize) -> bool {
        if failed.has(device as PartId) {
            return false;
        }
        let (first, count, needed) = self.supplies[device];
        if count > 0 {
            let live = (0..count).filter(|index| !failed.has(first + *index as PartId)).count();
            if live < needed {
                return false;
            }
        }
        device >= self.topology.nodes.len() || self.system_works(failed, device)
    }

    /// Whether a node still has what it starts from.
    fn system_works(&self, failed: &Failed, node: usize) -> bool {
        let bays = self.parts.bays(node);
        bays.system.iter().all(|system| {
            let first = self.parts.id(super::parts::Part::Disk(node, system.bays.start));
            let gone = (0..system.bays.len()).filter(|index| failed.has(first + *index as PartId)).count();
            if gone == 0 {
                return true;
            }
            let spare = system.spare.unwrap_or_else(|| {
                let worst = self.assumption == super::plant::Assumption::Worst;
                if worst { 0 } else { system.bays.len() - 1 }
            });
            gone <= spare
        })
    }

    /// What works of switches, firewalls and lines.
    pub(super) fn fabric(&self, failed: &Failed) -> Fabric {
        let topology = self.topology;
        let nodes = topology.nodes.len();
        let devices = nodes..self.parts.devices();
        let mut works: Vec<bool> = devices.map(|device| self.works(failed, device)).collect();
        let lines = 0..topology.site_links.len();
        works.extend(lines.map(|index| !failed.has(self.parts.id(super::parts::Part::SiteLink(index)))));
        let shut: Vec<Shut> = (0..self.pairs.len()).map(|pair| self.shut(failed, &works, pair)).collect();
        let labels = self.planes.iter().map(|plane| self.labels(failed, &works, plane, &shut, &[])).collect();
        let mut fabric = Fabric { works, labels, shut, exits: Exits::default() };
        fabric.exits = self.exits(failed, &fabric);
        fabric
    }

    /// The part of a plane that each vertex is in, without some cables and what is shut.
    fn labels(&self, failed: &Failed, works: &[bool], plane: &Plane, shut: &[Shut], without: &[PartId]) -> Vec<u32> {
        let vertices = self.vertices() + if plane.mesh.is_some() { self.topology.nodes.len() } else { 0 };
        let mut joined = Joined::new(vertices);
        let mut up = works.to_vec();
        if let Some(mesh) = &plane.mesh {
            up.resize(vertices, false);
            for member in &mesh.members {
                up[*member as usize] = self.works(failed, *member as usize - self.vertices());
            }
        }
        let live = |edge: &Edge| {
            up[edge.one as usize]
                && up[edge.other as usize]
                && !failed.has(edge.part)
                && !failed.has(edge.bond)
                && !is_shut(shut, edge.spans)
        };
        for edge in plane.edges.iter().filter(|edge| live(edge) && !without.contains(&edge.part)) {
            joined.join(edge.one, edge.other);
        }
        if let Some(mesh) = &plane.mesh {
            let joins = |(one, other, part, bonds): &(u32, u32, PartId, [PartId; 2])| {
                up[*one as usize]
                    && up[*other as usize]
                    && !failed.has(*part)
                    && !bonds.iter().any(|bond| failed.has(*bond))
            };
            let cables: Vec<(u32, u32)> =
                mesh.cables.iter().filter(|cable| joins(cable)).map(|(one, other, ..)| (*one, *other)).collect();
            let is_loose = |(member, part, bond): &&(u32, PartId, PartId)| {
                up[*member as usize] && !failed.has(*part) && !failed.has(*bond)
            };
            let loose: Vec<u32> = mesh.loose.iter().filter(is_loose).map(|(member, ..)| *member).collect();
            if mesh.forwards {
                for (one, other) in &cables {
                    joined.join(*one, *other);
                }
                for edge in mesh.ways.iter().filter(|edge| live(edge)) {
                    joined.join(edge.one, edge.other);
                }
                for member in loose {
                    let others = mesh.members.iter().filter(|other| up[**other as usize]);
                    others.for_each(|other| joined.join(member, *other));
                }
            } else {
                // Who may lead anywhere parts nobody; who hangs on a switch as well is with those on the switch.
                let is_alone = |member: &u32| up[*member as usize] && !loose.contains(member);
                let mut alone: Vec<u32> = mesh.members.iter().copied().filter(is_alone).collect();
                alone.retain(|member| {
                    let way = mesh.ways.iter().find(|edge| edge.one == *member && live(edge));
                    way.inspect(|edge| joined.join(edge.one, edge.other)).is_none()
                });
                group(&mut joined, &alone, &cables);
            }
        }
        (0..vertices as u32).map(|vertex| if up[vertex as usize] { joined.first(vertex) } else { NOWHERE }).collect()
    }

    fn shut(&self, failed: &Failed, works: &[bool], pair: usize) -> Shut {
        let pair = &self.pairs[pair];
        let both = pair.peers.iter().all(|peer| works[*peer as usize]);
        if !both || pair.always_linked || pair.link.iter().any(|cable| !failed.has(*cable)) {
            return Shut::Nothing;
        }
        let alive = match &pair.keepalive {
            Keepalive::Taken(alive) => *alive,
            Keepalive::Ways { to_switches: ways, direct } => {
                let labels = self.labels(failed, works, &self.planes[0], &[], &pair.link);
                let reached = |ways: &[(PartId, u32)]| -> Vec<u32> {
                    let live = ways.iter().filter(|(part, far)| !failed.has(*part) && works[*far as usize]);
                    live.map(|(_, far)| labels[*far as usize]).collect()
                };
                let (one, other) = (reached(&ways[0]), reached(&ways[1]));
                one.iter().any(|label| other.contains(label)) || direct.iter().any(|cable| !failed.has(*cable))
            }
        };
        // Without a keepalive each peer may take itself for the only one; at its best only one of them acts.
        if alive || self.hope() { Shut::SecondPeer } else { Shut::BothPeers }
    }

    /// Whether a way leads on, and where to in a plane.
    pub(super) fn lead(failed: &Failed, fabric: &Fabric, plane: usize, way: &Way) -> u32 {
        if failed.has(way.part) || failed.has(way.bond) {
            return NOWHERE;
        }
        if is_shut(&fabric.shut, way.spans) {
            return NOWHERE;
        }
        match way.far {
            Far::Anywhere => ANYWHERE,
            Far::Vertex(vertex) => fabric.labels[plane][vertex as usize],
        }
    }

    fn exits(&self, failed: &Failed, fabric: &Fabric) -> Exits {
        let guests = self.roles.guests.iter().enumerate();
        let out = guests.map(|(place, net)| self.out(failed, fabric, place, self.nets[*net].plane)).collect();
        let vote = |(net, own): (usize, &super::plant::Net)| {
            let live = self
                .voter
                .iter()
                .filter(|(part, switch, carried)| carried[net] && !failed.has(*part) && fabric.works[*switch as usize]);
            sorted(live.map(|(_, switch, _)| fabric.labels[own.plane][*switch as usize]).collect())
        };
        Exits { out, vote: self.nets.iter().enumerate().map(vote).collect() }
    }

    /// Parts of the plane of a guests' network that lead out: through a firewall, and on to an uplink where there are
    /// some; to an uplink where there is no firewall.
    fn out(&self, failed: &Failed, fabric: &Fabric, place: usize, plane: usize) -> Vec<u32> {
        let live =
            |own: &&SwitchUplink| !failed.has(own.uplink) && !failed.has(own.port) && fabric.works[own.switch as usize];
        let everywhere = self.uplinks_everywhere.iter().any(|uplink| !failed.has(*uplink));
        let mut out: Vec<u32> = Vec::new();
        if self.gates.is_empty() {
            if everywhere {
                out.push(ANYWHERE);
            }
            let plugged = self.switch_uplinks.iter().filter(live).filter(|own| own.carries[place]);
            out.extend(plugged.map(|own| fabric.labels[plane][own.switch as usize]));
        }
        for gate in self.gates.iter().filter(|gate| fabric.works[gate.vertex as usize]) {
            let own = gate.uplinks.iter().any(|(uplink, port)| !failed.has(*uplink) && !failed.has(*port));
            let reached: Vec<u32> = gate.all.iter().map(|way| Self::lead(failed, fabric, 0, way)).collect();
            let mut beside = self.switch_uplinks.iter().filter(live).map(|own| fabric.labels[0][own.switch as usize]);
            let leads = own || everywhere || beside.any(|label| reached.contains(&label));
            if !self.topology.uplinks.is_empty() && !leads {
                continue;
            }
            if gate.loose.iter().any(|(port, bond)| !failed.has(*port) && !failed.has(*bond)) {
                out.push(ANYWHERE);
            }
            if !self.hangers[gate.vertex as usize].is_empty() {
                out.push(fabric.labels[plane][gate.vertex as usize]);
            }
            out.extend(gate.service[place].iter().map(|way| Self::lead(failed, fabric, plane, way)));
        }
        sorted(out)
    }
}

/// Whether a pair has shut the ports that a bond leads to.
fn is_shut(shut: &[Shut], spans: Option<(u32, u8)>) -> bool {
    let Some((pair, peer)) = spans else { return false };
    match shut.get(pair as usize) {
        Some(Shut::BothPeers) => true,
        Some(Shut::SecondPeer) => peer == 1,
        Some(Shut::Nothing) | None => false,
    }
}

/// Parts in order, each once.
fn sorted(mut labels: Vec<u32>) -> Vec<u32> {
    labels.retain(|label| *label != NOWHERE);
    labels.sort_unstable();
    labels.dedup();
    labels
}

/// Groups of members that pass nothing on: each joins the first group where a cable leads it to everyone.
fn group(joined: &mut Joined, members: &[u32], cables: &[(u32, u32)]) {
    let is_joined = |one: u32, other: u32| cables.contains(&(one, other)) || cables.contains(&(other, one));
    let mut groups: Vec<Vec<u32>> = Vec::new();
    for member in members.iter().copied() {
        match groups.iter_mut().find(|group| group.iter().all(|other| is_joined(member, *other))) {
            Some(group) => group.push(member),
            None => groups.push(vec![member]),
        }
    }
    for group in groups {
        for member in &group {
            joined.join(group[0], *member);
        }
    }
}
