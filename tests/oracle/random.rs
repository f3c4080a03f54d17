//! Small designs at random: a plan of choices that shrinks, and the text it stands for.

use std::fmt::Write as _;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

/// Devices, cards and what they hang on.
#[derive(Debug, Clone)]
struct Hardware {
    nodes: usize,
    /// Ports of each card.
    cards: Vec<usize>,
    cores: usize,
    /// Cables of the peer link where two core switches are a pair.
    peer_link: Option<usize>,
    keepalive: Keepalive,
    managements: usize,
    /// Further cables between switches, by their places modulo the number of switches.
    between: Vec<(usize, usize)>,
    /// Where each port of a node leads, modulo the number of switches.
    wiring: Vec<usize>,
    racks: Racks,
    sites: Option<Sites>,
}

#[derive(Debug, Clone, Copy)]
enum Keepalive {
    No,
    Direct,
    /// Into switches for management, where there are some.
    Cabled,
}

#[derive(Debug, Clone, Copy)]
enum Racks {
    No,
    One,
    /// Nodes and switches in turn in two racks.
    Two,
}

/// Two sites with devices in turn.
#[derive(Debug, Clone, Copy)]
struct Sites {
    /// Ports of core switches, or else of firewalls where there are two.
    link_on_firewalls: bool,
    link: bool,
}

#[derive(Debug, Clone)]
struct Power {
    feeds: usize,
    /// Supplies of servers and of network devices.
    supplies: [usize; 2],
    /// How many of them are needed, where that is said.
    needed: [Option<usize>; 2],
    /// Whether servers, switches and firewalls say what they hang on.
    described: [bool; 3],
    /// Feed of the first supply of each device in turn moves by this.
    turn: usize,
}

#[derive(Debug, Clone)]
struct Disks {
    osds: usize,
    db: Option<usize>,
    controller: bool,
    system: System,
}

#[derive(Debug, Clone, Copy)]
enum System {
    No,
    Mirror,
    Raid1,
    Single,
    Stripe,
    Unsaid,
}

/// A network on the interface with this number, modulo their number.
#[derive(Debug, Clone, Copy)]
struct On {
    interface: usize,
    vlan: bool,
}

#[derive(Debug, Clone)]
struct Networks {
    /// Members of each bond: two ports or one.
    bonds: Vec<(bool, bool)>,
    /// Whether members of a bond lead to different core switches.
    spread: bool,
    bridge: bool,
    corosync: Vec<On>,
    management: Option<On>,
    public: Option<On>,
    cluster: Option<On>,
    guests: Option<On>,
    /// Whether guests' network runs over that of the first Corosync link.
    overlay: bool,
    mesh: Option<Mesh>,
    /// Ports of switches with settings of their own: which, VLANs they lack, native VLAN 0.
    settings: Vec<(usize, Option<usize>, bool)>,
}

/// Three nodes cabled to each other.
#[derive(Debug, Clone, Copy)]
struct Mesh {
    mode: usize,
    carries: usize,
}

#[derive(Debug, Clone)]
struct Ceph {
    monitors: usize,
    pools: Vec<(usize, usize, usize)>,
    target: Option<usize>,
}

#[derive(Debug, Clone)]
struct Edge {
    firewalls: usize,
    /// Service ports of each.
    service: usize,
    bonded: bool,
    listed: bool,
    uplinks: usize,
    on_switches: bool,
    vote: Vote,
}

/// External vote.
#[derive(Debug, Clone, Copy)]
enum Vote {
    No,
    /// On the switch with this number.
    On(usize),
    /// It is not said where.
    Somewhere,
}

#[derive(Debug, Clone)]
struct Guests {
    enabled: Option<bool>,
    memory: Option<usize>,
    threads: Option<usize>,
    larger_last: bool,
    profiles: Vec<Profile>,
    /// Whether profiles say what they read and write.
    load: Option<usize>,
}

#[derive(Debug, Clone)]
struct Profile {
    count: usize,
    memory: Option<usize>,
    vcpus: Option<usize>,
    ha: Option<bool>,
    /// Nodes that it is bound to, by bits.
    bound: Option<usize>,
    network: bool,
}

/// A fact that is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unsaid {
    MinSize,
    Monitors,
    UplinkPorts,
    SiteLinkPorts,
    PeerLink,
    Interface,
    DiskRates,
}

#[derive(Debug, Clone)]
struct Plan {
    hardware: Hardware,
    power: Power,
    disks: Disks,
    networks: Networks,
    ceph: Option<Ceph>,
    edge: Edge,
    guests: Guests,
    /// Cables left out, by place modulo their number.
    undrawn: Vec<usize>,
    /// Other facts left out.
    unsaid: Vec<Unsaid>,
    /// What fails together: kind, and which.
    risks: Vec<(usize, usize)>,
}

/// True, but for this chance of a false that shrinks away.
fn unless(chance: f64) -> impl Strategy<Value = bool> {
    prop::bool::weighted(chance).prop_map(|otherwise| !otherwise)
}

fn hardware() -> impl Strategy<Value = Hardware> {
    let nodes = prop_oneof![1 => Just(2_usize), 3 => Just(3), 1 => Just(4), 1 => Just(5)];
    let keepalive = prop_oneof![Just(Keepalive::Cabled), Just(Keepalive::Direct), Just(Keepalive::No)];
    let racks = prop_oneof![3 => Just(Racks::No), 1 => Just(Racks::One), 1 => Just(Racks::Two)];
    let sites = (any::<bool>(), unless(0.2)).prop_map(|(link_on_firewalls, link)| Sites { link_on_firewalls, link });
    (
        (nodes, vec(1..=2_usize, 1..=3), 1..=2_usize, option::weighted(0.7, 1..=2_usize), keepalive),
        (0..=2_usize, vec((0..4_usize, 0..4_usize), 0..=2), vec(0..4_usize, 6), racks, option::weighted(0.15, sites)),
    )
        .prop_map(|((nodes, cards, cores, peer_link, keepalive), (managements, between, wiring, racks, sites))| {
            Hardware { nodes, cards, cores, peer_link, keepalive, managements, between, wiring, racks, sites }
        })
}

fn power() -> impl Strategy<Value = Power> {
    let needed = || prop_oneof![4 => Just(Some(1_usize)), 1 => Just(Some(2)), 1 => Just(None)];
    let described = || unless(0.15);
    (0..=3_usize, [1..=2_usize, 1..=2], (needed(), needed()), (described(), described(), described()), 0..2_usize)
        .prop_map(|(feeds, supplies, needed, described, turn)| Power {
            feeds,
            supplies,
            needed: needed.into(),
            described: described.into(),
            turn,
        })
}

fn disks() -> impl Strategy<Value = Disks> {
    let system = prop_oneof![
        Just(System::No),
        Just(System::Mirror),
        Just(System::Raid1),
        Just(System::Single),
        Just(System::Stripe),
        Just(System::Unsaid),
    ];
    (1..=3_usize, option::weighted(0.3, 1..=2_usize), any::<bool>(), system)
        .prop_map(|(osds, db, controller, system)| Disks { osds, db, controller, system })
}

fn networks() -> impl Strategy<Value = Networks> {
    let on = || (0..4_usize, any::<bool>()).prop_map(|(interface, vlan)| On { interface, vlan });
    let mesh = (0..5_usize, 0..3_usize).prop_map(|(mode, carries)| Mesh { mode, carries });
    let setting = (0..40_usize, option::of(0..6_usize), any::<bool>());
    (
        (vec((prop::bool::weighted(0.8), any::<bool>()), 0..=2), unless(0.2), any::<bool>(), vec(on(), 1..=3)),
        option::weighted(0.8, on()),
        option::weighted(0.9, on()),
        option::weighted(0.3, on()),
        (option::weighted(0.6, on()), prop::bool::weighted(0.1)),
        option::weighted(0.3, mesh),
        prop_oneof![3 => Just(Vec::new()), 1 => vec(setting, 1..=2)],
    )
        .prop_map(
            |((bonds, spread, bridge, corosync), management, public, cluster, (guests, overlay), mesh, settings)| {
                Networks {
                    bonds,
                    spread,
                    bridge,
                    corosync,
                    management,
                    public,
                    cluster,
                    guests,
                    overlay,
                    mesh,
                    settings,
                }
            },
        )
}

fn ceph() -> impl Strategy<Value = Ceph> {
    (1..32_usize, vec((1..=4_usize, 1..=3_usize, 0..5_usize), 0..=2), option::of(1..=4_usize))
        .prop_map(|(monitors, pools, target)| Ceph { monitors, pools, target })
}

fn edge() -> impl Strategy<Value = Edge> {
    let vote = prop_oneof![15 => Just(Vote::No), 4 => (0..4_usize).prop_map(Vote::On), 1 => Just(Vote::Somewhere)];
    (0..=2_usize, 1..=2_usize, any::<bool>(), unless(0.2), 0..=2_usize, any::<bool>(), vote).prop_map(
        |(firewalls, service, bonded, listed, uplinks, on_switches, vote)| Edge {
            firewalls,
            service,
            bonded,
            listed,
            uplinks,
            on_switches,
            vote,
        },
    )
}

fn guests() -> impl Strategy<Value = Guests> {
    let profile = (
        0..=3_usize,
        prop_oneof![24 => (1..=4_usize).prop_map(Some), 1 => Just(None)],
        option::of(1..=14_usize),
        prop_oneof![16 => Just(Some(true)), 4 => Just(Some(false)), 1 => Just(None)],
        option::weighted(0.3, 1..32_usize),
        any::<bool>(),
    )
        .prop_map(|(count, memory, vcpus, ha, bound, network)| Profile {
            count,
            memory,
            vcpus,
            ha,
            bound,
            network,
        });
    let known = |values: std::ops::RangeInclusive<usize>| prop_oneof![9 => values.prop_map(Some), 1 => Just(None)];
    (
        prop_oneof![8 => Just(Some(true)), 1 => Just(Some(false)), 1 => Just(None)],
        known(1..=3),
        known(1..=3),
        prop::bool::weighted(0.2),
        vec(profile, 0..=3),
        option::weighted(0.35, 1..=6_usize),
    )
        .prop_map(|(enabled, memory, threads, larger_last, profiles, load)| Guests {
            enabled,
            memory,
            threads,
            larger_last,
            profiles,
            load,
        })
}

fn unsaid() -> impl Strategy<Value = Unsaid> {
    prop_oneof![
        Just(Unsaid::MinSize),
        Just(Unsaid::Monitors),
        Just(Unsaid::UplinkPorts),
        Just(Unsaid::SiteLinkPorts),
        Just(Unsaid::PeerLink),
        Just(Unsaid::Interface),
        Just(Unsaid::DiskRates),
    ]
}

fn plan() -> impl Strategy<Value = Plan> {
    (
        hardware(),
        power(),
        disks(),
        networks(),
        option::weighted(0.85, ceph()),
        edge(),
        guests(),
        prop_oneof![3 => Just(Vec::new()), 1 => vec(0..40_usize, 1..=2)],
        prop_oneof![3 => Just(Vec::new()), 1 => vec((0..5_usize, 0..40_usize), 1..=2)],
        prop_oneof![3 => Just(Vec::new()), 1 => vec(unsaid(), 1..=2)],
    )
        .prop_map(|(hardware, power, disks, networks, ceph, edge, guests, undrawn, risks, unsaid)| Plan {
            hardware,
            power,
            disks,
            networks,
            ceph,
            edge,
            guests,
            undrawn,
            unsaid,
            risks,
        })
}

/// Texts of small designs, with and without missing facts.
pub fn random_design() -> impl Strategy<Value = String> {
    plan().prop_map(|plan| Writer::new(&plan).written())
}

/// Ports 37 and 38 of core switches are the peer link.
const PEER_PORT: usize = 37;

/// Writes a plan down.
struct Writer<'p> {
    plan: &'p Plan,
    text: String,
    /// Names of switches, core switches first.
    switches: Vec<String>,
    /// Next free port of each switch.
    free: Vec<usize>,
    cables: Vec<(String, String)>,
    /// Names of the interfaces of a node, each with the VLANs it has.
    interfaces: Vec<String>,
    vlans: Vec<usize>,
}

macro_rules! line {
    ($writer:expr, $($text:tt)*) => { writeln!($writer.text, $($text)*).unwrap() };
}

impl<'p> Writer<'p> {
    fn new(plan: &'p Plan) -> Self {
        let hardware = &plan.hardware;
        let mut switches: Vec<String> =
            ["core-a", "core-b"][..hardware.cores].iter().map(ToString::to_string).collect();
        switches.extend(["mgmt-a", "mgmt-b"][..hardware.managements].iter().map(ToString::to_string));
        let free = vec![1; switches.len()];
        Self {
            plan,
            text: String::new(),
            switches,
            free,
            cables: Vec::new(),
            interfaces: Vec::new(),
            vlans: Vec::new(),
        }
    }

    fn written(mut self) -> String {
        self.models();
        self.devices();
        self.cabling();
        self.interfaces_and_networks();
        self.cluster();
        self.storage();
        self.guests();
        self.draw_cables();
        self.risks();
        self.text
    }

    fn says(&self, fact: Unsaid) -> bool {
        !self.plan.unsaid.contains(&fact)
    }

    fn has_pair(&self) -> bool {
        self.plan.hardware.cores == 2 && self.plan.hardware.peer_link.is_some()
    }

    fn has_mesh(&self) -> bool {
        self.plan.networks.mesh.is_some() && self.plan.hardware.nodes == 3
    }

    fn feed_of(&self, device: usize, supplies: usize, described: bool) -> String {
        let power = &self.plan.power;
        if power.feeds == 0 || !described {
            return String::new();
        }
        let names: Vec<String> = (0..supplies)
            .map(|supply| format!("\"feed-{}\"", (supply + device * power.turn) % power.feeds + 1))
            .collect();
        format!(", power = [{}]", names.join(", "))
    }

    fn place_of(&self, index: usize) -> String {
        let rack = match self.plan.hardware.racks {
            Racks::No => String::new(),
            Racks::One => ", rack = \"r1\"".to_owned(),
            Racks::Two => format!(", rack = \"r{}\"", index % 2 + 1),
        };
        let site = self.plan.hardware.sites.map_or(String::new(), |_| {
            format!(", site = \"{}\"", if index.is_multiple_of(2) { "east" } else { "west" })
        });
        format!("{rack}{site}")
    }

    fn supplies(&self, kind: usize) -> String {
        let (count, needed) = (self.plan.power.supplies[kind], self.plan.power.needed[kind]);
        match needed.filter(|needed| *needed <= count) {
            Some(needed) => format!("power_supplies = {{ count = {count}, needed = {needed} }}"),
            None => format!("power_supplies = {{ count = {count} }}"),
        }
    }

    fn models(&mut self) {
        let (hardware, disks, guests) = (&self.plan.hardware, &self.plan.disks, &self.plan.guests);
        for feed in 1..=self.plan.power.feeds {
            let site = hardware
                .sites
                .map_or(String::new(), |_| format!("site = \"{}\"", if feed == 1 { "east" } else { "west" }));
            line!(self, "[power_feed.feed-{feed}]\n{site}");
        }
        if let Some(sites) = hardware.sites {
            line!(self, "[site]\neast = {{}}\nwest = {{}}");
            if sites.link && hardware.cores == 2 {
                let by_firewall = sites.link_on_firewalls && self.plan.edge.firewalls == 2;
                let ports = if by_firewall { "\"fw{1..2}:line:1\"" } else { "[\"core-a:40\", \"core-b:40\"]" };
                line!(self, "[site_link.line]\nsites = [\"east\", \"west\"]");
                if self.says(Unsaid::SiteLinkPorts) {
                    line!(self, "ports = {ports}");
                }
            }
        }
        for (model, times) in [("hci", 1), ("big", 2)] {
            if model == "big" && !guests.larger_last {
                continue;
            }
            line!(self, "[server_model.{model}]\n{}", self.supplies(0));
            if let Some(memory) = guests.memory {
                line!(self, "memory = {{ capacity = \"{} GiB\" }}", memory * 16 * times);
            }
            if let Some(threads) = guests.threads {
                line!(self, "cpu = {{ threads = {} }}", threads * 4 * times);
            }
            let mut cards: Vec<String> = hardware
                .cards
                .iter()
                .enumerate()
                .map(|(card, ports)| format!("slot{} = {{ ports = {ports}, speed = \"10GbE\" }}", card + 1))
                .collect();
            if self.has_mesh() {
                cards.push("mesh = { ports = 2, speed = \"25GbE\" }".to_owned());
            }
            line!(self, "cards = {{ {} }}", cards.join(", "));
            line!(self, "controllers = {{ boot = {{ mode = \"raid1\" }}, hba = {{ mode = \"hba\" }} }}");
            let system = match disks.system {
                System::No => None,
                System::Mirror => Some("count = 2, mirror = true"),
                System::Raid1 => Some("count = 2, controller = \"boot\""),
                System::Single => Some("count = 1"),
                System::Stripe => Some("count = 2, mirror = false"),
                System::Unsaid => Some("count = 2, controller = \"hba\""),
            };
            let mut groups: Vec<String> =
                system.iter().map(|system| format!("system = {{ role = \"os\", {system} }}")).collect();
            if self.plan.ceph.is_some() {
                let rates =
                    if self.says(Unsaid::DiskRates) { ", write = \"400 MB/s\", read = \"500 MB/s\"" } else { "" };
                let db = disks.db.map_or("", |_| ", db = \"fast\"");
                let controller = if disks.controller { ", controller = \"hba\"" } else { "" };
                groups.push(format!("data = {{ role = \"osd\", count = {}{rates}{db}{controller} }}", disks.osds));
                groups.extend(disks.db.map(|count| format!("fast = {{ role = \"db\", count = {count} }}")));
            }
            line!(self, "disks = {{ {} }}", groups.join(", "));
        }
        line!(
            self,
            "[switch_model.any]\nports = {{ \"{{1..40}}\" = {{ speed = \"25GbE\" }} }}\nmanagement_ports = 1\n{}",
            self.supplies(1)
        );
        if self.plan.edge.firewalls > 0 {
            line!(
                self,
                "[firewall_model.edge]\ncards = {{ service = {{ ports = 2 }}, wan = {{ ports = 2 }}, line = {{ ports = 1 }} }}\n{}",
                self.supplies(1)
            );
        }
    }

    fn devices(&mut self) {
        let (hardware, power) = (&self.plan.hardware, &self.plan.power);
        for node in 0..hardware.nodes {
            let is_larger = self.plan.guests.larger_last && node + 1 == hardware.nodes;
            let model = if is_larger { "big" } else { "hci" };
            let feeds = self.feed_of(node, power.supplies[0], power.described[0]);
            line!(self, "[node]\npve{} = {{ model = \"{model}\"{}{feeds} }}", node + 1, self.place_of(node));
            if node == 0 {
                continue;
            }
            // One header for all nodes.
            let header = self.text.rfind("[node]\n").unwrap_or(0);
            self.text.replace_range(header..header + "[node]\n".len(), "");
        }
        line!(self, "[switch]");
        for (index, name) in self.switches.clone().iter().enumerate() {
            let role = if index < hardware.cores { "core" } else { "management" };
            let feeds = self.feed_of(index, power.supplies[1], power.described[1]);
            line!(self, "{name} = {{ model = \"any\", role = \"{role}\"{}{feeds} }}", self.place_of(index));
        }
        if self.plan.edge.firewalls > 0 {
            line!(self, "[firewall]");
        }
        for firewall in 0..self.plan.edge.firewalls {
            let feeds = self.feed_of(firewall, power.supplies[1], power.described[2]);
            let service = if self.plan.edge.listed {
                format!(", service_ports = \"service:{{1..{}}}\"", self.plan.edge.service)
            } else {
                String::new()
            };
            line!(self, "fw{} = {{ model = \"edge\"{}{feeds}{service} }}", firewall + 1, self.place_of(firewall));
        }
        if self.has_pair() {
            let last = PEER_PORT + hardware.peer_link.unwrap_or(1) - 1;
            line!(self, "[mlag.core]\npeers = \"core-{{a,b}}\"");
            if self.says(Unsaid::PeerLink) {
                line!(self, "peer_link = \"{{{PEER_PORT}..{last}}}\"");
            }
        }
    }

    /// A free port of the switch with this number.
    fn port_of(&mut self, switch: usize) -> String {
        let index = switch % self.switches.len();
        let port = self.free[index];
        self.free[index] += 1;
        format!("{}:{port}", self.switches[index])
    }

    /// Labels of a node's ports, those of the mesh left out.
    fn labels(&self) -> Vec<String> {
        let cards = self.plan.hardware.cards.iter().enumerate();
        cards.flat_map(|(card, ports)| (1..=*ports).map(move |port| format!("slot{}:{port}", card + 1))).collect()
    }

    /// Members of each bond, and the ports that are left: the first and the last of them make a bond, so that they
    /// are on different cards where there are several.
    fn bonded(&self) -> (Vec<Vec<String>>, Vec<String>) {
        let (mut bonds, mut rest) = (Vec::new(), self.labels());
        for (pair, _) in &self.plan.networks.bonds {
            let wanted = if *pair { 2 } else { 1 };
            if rest.len() < wanted {
                break;
            }
            let mut members = vec![rest.remove(0)];
            members.extend((wanted == 2).then(|| rest.pop()).flatten());
            bonds.push(members);
        }
        (bonds, rest)
    }

    fn cabling(&mut self) {
        let hardware = self.plan.hardware.clone();
        let (bonds, _) = self.bonded();
        for (index, label) in self.labels().into_iter().enumerate() {
            let member = bonds.iter().find_map(|members| members.iter().position(|member| *member == label));
            let switch = match member.filter(|_| self.plan.networks.spread) {
                Some(member) => member % hardware.cores,
                None => hardware.wiring[index],
            };
            for node in 1..=hardware.nodes {
                let end = self.port_of(switch);
                self.cables.push((format!("pve{node}:{label}"), end));
            }
        }
        for (one, other) in &hardware.between {
            if one % self.switches.len() != other % self.switches.len() {
                let ends = (self.port_of(*one), self.port_of(*other));
                self.cables.push(ends);
            }
        }
        if self.has_pair() {
            match hardware.keepalive {
                Keepalive::No => {}
                Keepalive::Direct => {
                    self.cables.push(("core-a:management:1".to_owned(), "core-b:management:1".to_owned()));
                }
                Keepalive::Cabled if hardware.managements == 0 => {}
                Keepalive::Cabled => {
                    for (index, core) in ["core-a", "core-b"].into_iter().enumerate() {
                        let end = self.port_of(hardware.cores + index % hardware.managements);
                        self.cables.push((format!("{core}:management:1"), end));
                    }
                }
            }
        }
        for firewall in 1..=self.plan.edge.firewalls {
            for port in 1..=self.plan.edge.service {
                let end = self.port_of((firewall + port) % hardware.cores);
                self.cables.push((format!("fw{firewall}:service:{port}"), end));
            }
        }
        if self.has_mesh() {
            for (one, other) in [(1, 2), (2, 3), (3, 1)] {
                self.cables.push((format!("pve{one}:mesh:1"), format!("pve{other}:mesh:2")));
            }
        }
    }

    fn interfaces_and_networks(&mut self) {
        let networks = self.plan.networks.clone();
        let (members, rest) = self.bonded();
        let mut bonds = String::new();
        for (index, (members, (_, lacp))) in members.into_iter().zip(&networks.bonds).enumerate() {
            let mode = if *lacp { "802.3ad" } else { "active-backup" };
            let policy = if *lacp { ", xmit_hash_policy = \"layer3+4\"" } else { "" };
            let on: Vec<String> = (1..=self.plan.hardware.nodes).map(|node| format!("\"pve{node}\"")).collect();
            writeln!(
                bonds,
                "bond{index} = {{ on = [{}], members = {members:?}, mode = \"{mode}\"{policy} }}",
                on.join(", ")
            )
            .unwrap();
            self.interfaces.push(format!("bond{index}"));
        }
        self.interfaces.extend(rest);
        let edge = &self.plan.edge;
        if edge.bonded && edge.service == 2 && edge.firewalls > 0 {
            writeln!(
                bonds,
                "edge = {{ on = \"fw{{1..{}}}\", members = \"service:{{1..2}}\", mode = \"802.3ad\" }}",
                edge.firewalls
            )
            .unwrap();
        }
        line!(self, "[bond]\n{bonds}");
        let mut bridges = String::new();
        if networks.bridge {
            writeln!(bridges, "vmbr0 = {{ ports = \"{}\" }}", self.interfaces[0]).unwrap();
            "vmbr0".clone_into(&mut self.interfaces[0]);
        }
        if self.has_mesh() {
            writeln!(bridges, "vmbr9 = {{ ports = [\"mesh:1\", \"mesh:2\"] }}").unwrap();
        }
        line!(self, "[bridge]\n{bridges}\n[network]");
        let mesh = networks.mesh.filter(|_| self.has_mesh());
        let over_mesh = |place: usize| mesh.filter(|mesh| mesh.carries == place);
        for (index, on) in networks.corosync.iter().enumerate() {
            self.network(&format!("ring{index}"), "corosync", *on, over_mesh(0).filter(|_| index == 0), false);
        }
        for (name, purpose, on, place) in [
            ("management", "management", networks.management, 9),
            ("public", "ceph_public", networks.public.filter(|_| self.plan.ceph.is_some()), 1),
            ("replication", "ceph_cluster", networks.cluster.filter(|_| self.plan.ceph.is_some()), 2),
            ("guests", "guest", networks.guests, 9),
        ] {
            if let Some(on) = on {
                self.network(name, purpose, on, over_mesh(place), purpose == "guest");
            }
        }
    }

    fn network(&mut self, name: &str, purpose: &str, on: On, mesh: Option<Mesh>, guests: bool) {
        let mut keys = vec![format!("purpose = \"{purpose}\"")];
        let is_silent = name == "ring0" && !self.says(Unsaid::Interface);
        if let Some(mesh) = mesh {
            keys.push("interface = \"vmbr9\"".to_owned());
            let modes = ["broadcast", "routed", "routed-with-fallback", "rstp"];
            keys.extend(modes.get(mesh.mode).map(|mode| format!("mesh = \"{mode}\"")));
        } else if guests && self.plan.networks.overlay {
            keys.push("overlay = \"fabric\"".to_owned());
        } else if !is_silent {
            keys.push(format!("interface = \"{}\"", self.interfaces[on.interface % self.interfaces.len()]));
            if on.vlan {
                let vlan = 20 + self.vlans.len();
                self.vlans.push(vlan);
                keys.push(if guests { format!("guest_vlans = \"{vlan}\"") } else { format!("vlan = {vlan}") });
            }
        }
        line!(self, "{name} = {{ {} }}", keys.join(", "));
    }

    fn cluster(&mut self) {
        if self.plan.networks.overlay && self.plan.networks.guests.is_some() {
            line!(self, "[overlay.fabric]\nkind = \"vxlan\"\nvni = 7\nunderlay = \"ring0\"");
        }
        let links: Vec<String> = (0..self.plan.networks.corosync.len())
            .map(|link| format!("{link} = {{ network = \"ring{link}\" }}"))
            .collect();
        line!(self, "[corosync.link]\n{}", links.join("\n"));
        match self.plan.edge.vote {
            Vote::No => {}
            Vote::Somewhere => line!(self, "[cluster]\nqdevice = true"),
            Vote::On(switch) => {
                let port = self.port_of(switch);
                line!(self, "[cluster]\nqdevice = true\nqdevice_ports = \"{port}\"");
            }
        }
        let edge = &self.plan.edge;
        for uplink in 0..edge.uplinks {
            let port = if edge.firewalls > 0 && !edge.on_switches {
                format!("fw{}:wan:{}", uplink % edge.firewalls + 1, uplink / edge.firewalls + 1)
            } else {
                self.port_of(uplink % self.plan.hardware.cores)
            };
            line!(self, "[uplink.provider-{}]", uplink + 1);
            if uplink > 0 || self.says(Unsaid::UplinkPorts) {
                line!(self, "ports = \"{port}\"");
            }
        }
    }

    fn storage(&mut self) {
        let Some(ceph) = &self.plan.ceph else { return };
        let nodes = self.plan.hardware.nodes;
        let mut monitors: Vec<String> = (0..nodes)
            .filter(|node| ceph.monitors >> node & 1 == 1)
            .map(|node| format!("\"pve{}\"", node + 1))
            .collect();
        if monitors.is_empty() {
            monitors.push("\"pve1\"".to_owned());
        }
        let monitors = monitors.join(", ");
        line!(self, "[ceph]\nmanagers = \"pve1\"");
        if self.says(Unsaid::Monitors) {
            line!(self, "monitors = [{monitors}]");
        }
        if let Some(target) = ceph.target {
            line!(self, "osd_memory_target = \"{target} GiB\"");
        }
        let is_racked = !matches!(self.plan.hardware.racks, Racks::No);
        for (index, (size, least, domain)) in ceph.pools.iter().enumerate() {
            let domain = match domain {
                0 => "osd",
                1 | 2 if is_racked => "rack",
                _ => "host",
            };
            let least = least.min(size);
            line!(self, "[ceph.pool.pool{index}]\napplication = \"rbd\"\nsize = {size}\nfailure_domain = \"{domain}\"");
            if index > 0 || self.says(Unsaid::MinSize) {
                line!(self, "min_size = {least}");
            }
        }
    }

    fn guests(&mut self) {
        let guests = &self.plan.guests;
        line!(self, "[ha]");
        if let Some(enabled) = guests.enabled {
            line!(self, "enabled = {enabled}");
        }
        for (index, profile) in guests.profiles.iter().enumerate() {
            line!(self, "[guest.vm{index}]\ncount = {}", profile.count);
            if let Some(memory) = profile.memory {
                line!(self, "memory = \"{} GiB\"", memory * 4);
            }
            if let Some(vcpus) = profile.vcpus {
                line!(self, "vcpus = {vcpus}");
            }
            if let Some(ha) = profile.ha {
                line!(self, "ha = {ha}");
            }
            if profile.network && self.plan.networks.guests.is_some() {
                line!(self, "networks = \"guests\"");
            }
            if let Some(load) = guests.load {
                line!(self, "iops = {}\nio_size = \"64 KiB\"", load * 5000);
                if index != 0 {
                    line!(self, "write_share = \"30 %\"");
                }
            }
            if let Some(bound) = profile.bound {
                let nodes: Vec<String> = (0..self.plan.hardware.nodes)
                    .filter(|node| bound >> node & 1 == 1)
                    .map(|node| format!("\"pve{}\"", node + 1))
                    .collect();
                if !nodes.is_empty() {
                    line!(
                        self,
                        "[ha.node_affinity.rule{index}]\nnodes = [{}]\nguests = \"vm{index}\"\nstrict = true",
                        nodes.join(", ")
                    );
                }
            }
        }
    }

    fn draw_cables(&mut self) {
        for undrawn in &self.plan.undrawn {
            if !self.cables.is_empty() {
                self.cables.remove(undrawn % self.cables.len());
            }
        }
        for (from, to) in self.cables.clone() {
            line!(self, "[[cable]]\nfrom = \"{from}\"\nto = \"{to}\"");
        }
        let ends: Vec<String> = self
            .cables
            .iter()
            .flat_map(|(from, to)| [from, to])
            .filter(|end| self.switches.iter().any(|switch| end.starts_with(&format!("{switch}:"))))
            .filter(|end| !end.contains("management:"))
            .cloned()
            .collect();
        let mut set: Vec<String> = Vec::new();
        for (which, lacks, untagged_stops) in self.plan.networks.settings.clone() {
            let Some(port) = ends.get(which % ends.len().max(1)).filter(|port| !set.contains(port)) else { continue };
            set.push(port.clone());
            let lacking = lacks.and_then(|lacks| self.vlans.get(lacks % self.vlans.len().max(1)).copied());
            let tagged: Vec<String> =
                self.vlans.iter().filter(|vlan| Some(**vlan) != lacking).map(|vlan| format!("\"{vlan}\"")).collect();
            let native = if untagged_stops { "native = 0" } else { "" };
            line!(self, "[[switch_port]]\nports = \"{port}\"\ntagged = [{}]\n{native}", tagged.join(", "));
        }
    }

    fn risks(&mut self) {
        for (index, (kind, which)) in self.plan.risks.iter().enumerate() {
            let nodes = self.plan.hardware.nodes;
            let members = match kind {
                0 => format!("members = \"{}\"", self.switches[which % self.switches.len()]),
                1 => format!("members = \"pve{{1..{nodes}}}:slot1\""),
                2 if self.plan.power.feeds > 0 => format!("members = \"feed-{}\"", which % self.plan.power.feeds + 1),
                3 if self.plan.ceph.is_some() => "members = [\"pve1:data\", \"pve2:slot1:1\"]".to_owned(),
                _ => {
                    let Some((end, _)) = self.cables.get(which % self.cables.len().max(1)) else { continue };
                    format!("members = \"pve2\"\ncables = \"{end}\"")
                }
            };
            line!(self, "[shared_risk.risk{index}]\n{members}");
        }
    }
}
