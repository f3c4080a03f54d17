//! What user rules speak about: the kinds of things, their fields, and how each field is read from a design.
//!
//! One table per kind feeds the check of expressions at load, the lazy view that rules are judged on, and the manual.

use std::collections::BTreeSet;

use super::fact::{Fact, Worth, known, said};
use super::unit;
use crate::design::{About, Backup, Card, ControllerMode, Cpu, DiskRole, Guest, Item, Pool, ServerModel, Words};
use crate::quantity::{Size, Unit};
use crate::source::{Span, Spanned};
use crate::topology::{DeviceId, DiskGroup, Gap, Node, PortId, Topology, disks_known};

/// A field of a kind of things.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// Its name; the end states the unit of a quantity.
    pub name: &'static str,
    /// What it is.
    pub doc: &'static str,
    /// What kind of value it has.
    pub shape: Shape,
}

impl Field {
    /// The unit that its name states.
    pub fn unit(&self) -> Option<&'static Unit> {
        unit::ending(self.name).map(|ending| ending.unit)
    }
}

/// What kind of value a field has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// True or false.
    Truth,
    /// A number.
    Number,
    /// Text.
    Text,
    /// A list of texts.
    Texts,
    /// A list of numbers.
    Numbers,
    /// A thing.
    One(Kind),
    /// A list of things.
    Many(Kind),
}

macro_rules! kinds {
    ($( $(#[doc = $doc:literal])* $kind:ident $word:ident: $thing:ty, )*) => {
        /// A kind of things that a rule can speak about.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind {
            $( $(#[doc = $doc])* $kind, )*
        }

        impl Kind {
            /// Every kind, in the order of the manual.
            pub const ALL: &'static [Self] = &[$(Self::$kind),*];

            /// What it is.
            pub fn doc(self) -> &'static str {
                match self { $( Self::$kind => concat!($($doc),*).trim_ascii(), )* }
            }

            /// Its fields.
            pub fn fields(self) -> &'static [Field] {
                match self { $( Self::$kind => $word::FIELDS, )* }
            }

            /// The field with this name.
            pub fn field(self, name: &str) -> Option<&'static Field> {
                self.fields().iter().find(|field| field.name == name)
            }
        }

        impl Words for Kind {
            const WORDS: &'static [&'static str] = &[$(stringify!($word)),*];

            fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|kind| kind.word() == word)
            }

            fn word(self) -> &'static str {
                match self { $( Self::$kind => stringify!($word), )* }
            }
        }

        /// A thing of a design.
        #[derive(Debug, Clone, Copy)]
        pub(super) enum Thing<'v> {
            $( $kind($thing), )*
        }

        impl<'v> Thing<'v> {
            /// What a field says; nothing where the kind has no such field.
            pub(super) fn read(self, topology: &'v Topology<'v>, name: &str) -> Option<Fact<'v>> {
                match self { $( Self::$kind(thing) => $word::read(topology, thing, name), )* }
            }
        }
    };
}

kinds! {
    /// The design as a whole.
    Cluster cluster: (),
    /// A site: one that is described, or that a node stands at.
    Site site: &'v str,
    /// A rack that nodes stand in; racks of one name at two sites are two.
    Rack rack: Rack<'v>,
    /// A server of the cluster.
    Node node: usize,
    /// A group of equal disks in a server model that is in use.
    DiskGroup disk_group: DiskGroup<'v>,
    /// A network card of a server model that is in use, or several equal ones.
    Card card: Fitted<'v>,
    /// A network port of a server, switch or firewall.
    Port port: PortId,
    /// A bond on one device.
    Bond bond: usize,
    /// A switch.
    Switch switch: usize,
    /// A network.
    Network network: usize,
    /// A cable between two ports.
    Cable cable: usize,
    /// A Corosync link.
    CorosyncLink corosync_link: usize,
    /// A Ceph pool.
    Pool pool: &'v Item<Pool>,
    /// A profile of equal guests.
    Guest guest: &'v Item<Guest>,
    /// A backup job.
    Backup backup: &'v Item<Backup>,
    /// A feed of power.
    PowerFeed power_feed: usize,
}

/// A rack of a site, or of a design that names no site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rack<'v> {
    site: Option<&'v str>,
    name: &'v str,
}

impl<'v> Rack<'v> {
    fn of(node: &Node<'v>) -> Option<Self> {
        Some(Self { site: node.site(), name: node.rack()? })
    }
}

/// A card in a server model.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fitted<'v> {
    model: &'v Item<ServerModel>,
    item: &'v Item<Card>,
}

impl Fitted<'_> {
    fn path(self) -> String {
        format!("server_model.{}.cards.{}", self.model.pattern.value, self.item.pattern.value)
    }
}

/// Makes the list of fields of a kind, and what reads them.
macro_rules! fields {
    ($module:ident($topology:ident, $thing:ident: $type:ty) {
        $( $(#[doc = $doc:literal])* $name:ident: $shape:expr => $read:expr, )*
    }) => {
        mod $module {
            use super::*;

            pub(super) static FIELDS: &[Field] = {
                #[allow(unused_imports, reason = "not every kind has fields of every shape")]
                use Shape::{Many, Number, Numbers, One, Text, Texts, Truth};
                &[ $( Field { name: stringify!($name), doc: concat!($($doc),*).trim_ascii(), shape: $shape }, )* ]
            };

            #[allow(unused_variables, reason = "not every kind needs the topology")]
            pub(super) fn read<'v>($topology: &'v Topology<'v>, $thing: $type, name: &str) -> Option<Fact<'v>> {
                Some(match name {
                    $( stringify!($name) => $read.into(), )*
                    _ => return None,
                })
            }
        }
    };
}

fields! { cluster(t, _cluster: ()) {
    /// Name of the design.
    name: Text => about(t, |about| about.name.as_ref(), "name"),
    /// `"production"` or `"lab"`; production where nothing is said.
    environment: Text => t.environment().word(),
    /// Release of Proxmox VE: 9 for 9.1.
    proxmox_ve_major: Number => known(
        t.design.design.as_ref().and_then(|about| about.value.proxmox_ve.as_ref()).map(|release| release.value.major),
        || "design.proxmox_ve".to_owned(),
    ),
    /// Package repository the nodes are updated from.
    repository: Text => about(t, |about| about.repository.as_ref(), "repository"),
    /// DNS domain of the nodes.
    domain: Text => about(t, |about| about.domain.as_ref(), "domain"),
    /// Whether there is an external vote; none where nothing is said.
    qdevice: Truth => t.external_votes() > 0,
    /// Whether guests are restarted elsewhere when their node fails.
    high_availability: Truth => known(t.high_availability(), || "ha.enabled".to_owned()),
    /// Every site.
    sites: Many(Kind::Site) => Kind::Site,
    /// Every rack.
    racks: Many(Kind::Rack) => Kind::Rack,
    /// Every server.
    nodes: Many(Kind::Node) => Kind::Node,
    /// Every group of disks of the models in use.
    disk_groups: Many(Kind::DiskGroup) => Kind::DiskGroup,
    /// Every switch.
    switches: Many(Kind::Switch) => Kind::Switch,
    /// Every bond, one for each device that has it.
    bonds: Many(Kind::Bond) => Kind::Bond,
    /// Every network.
    networks: Many(Kind::Network) => Kind::Network,
    /// Every cable.
    cables: Many(Kind::Cable) => Kind::Cable,
    /// Every Corosync link.
    corosync_links: Many(Kind::CorosyncLink) => Kind::CorosyncLink,
    /// Every Ceph pool.
    pools: Many(Kind::Pool) => Kind::Pool,
    /// Every profile of guests.
    guests: Many(Kind::Guest) => Kind::Guest,
    /// Every backup job.
    backups: Many(Kind::Backup) => Kind::Backup,
    /// Every feed of power.
    power_feeds: Many(Kind::PowerFeed) => Kind::PowerFeed,
} }

fields! { site(t, name: &'v str) {
    /// Its name.
    name: Text => name,
    /// Nodes that stand there.
    nodes: Many(Kind::Node) => nodes_where(t, |node| node.site() == Some(name)),
    /// Racks that stand there.
    racks: Many(Kind::Rack) => racks(t).filter(|rack| rack.site == Some(name)).map(Thing::Rack).collect::<Vec<_>>(),
    /// Switches that stand there.
    switches: Many(Kind::Switch) => switches_where(t, |device| t.site_of(device) == Some(name)),
} }

fields! { rack(t, rack: Rack<'v>) {
    /// Its name.
    name: Text => rack.name,
    /// Site it stands at.
    site: Text => known(rack.site, || format!("rack.{}.site", rack.name)),
    /// Nodes that stand in it.
    nodes: Many(Kind::Node) => nodes_where(t, |node| Rack::of(node) == Some(rack)),
    /// Switches that stand in it.
    switches: Many(Kind::Switch) => switches_where(t, |device| {
        t.rack_of(device) == Some(rack.name) && t.site_of(device) == rack.site
    }),
} }

fields! { node(t, index: usize) {
    /// Host name.
    name: Text => t.nodes[index].name.as_str(),
    /// Model it is.
    model: Text => said(t.nodes[index].item.value.model.as_ref(), || below(&t.nodes[index], "model")),
    /// Site it stands at.
    site: Text => said(t.nodes[index].item.value.site.as_ref(), || below(&t.nodes[index], "site")),
    /// Rack it stands in.
    rack: Text => said(t.nodes[index].item.value.rack.as_ref(), || below(&t.nodes[index], "rack")),
    /// Sockets in use; 1 where nothing is said of a described processor.
    sockets: Number => cpu(t, index, |cpu| Some(cpu.sockets.as_ref().map_or(1, |sockets| sockets.value)), "cpu"),
    /// Cores of all processors.
    cores: Number => cpu(t, index, |cpu| {
        let sockets = cpu.sockets.as_ref().map_or(1, |sockets| sockets.value);
        cpu.cores.as_ref().map(|cores| cores.value.saturating_mul(sockets))
    }, "cpu.cores"),
    /// Threads of all processors.
    threads: Number => known(t.nodes[index].threads(), || t.model_key(DeviceId::Node(index), "cpu.threads")),
    /// Model of the processors.
    cpu_model: Text => said(
        t.nodes[index].model.and_then(|model| model.value.cpu.as_ref()).and_then(|cpu| cpu.value.model.as_ref()),
        || t.model_key(DeviceId::Node(index), "cpu.model"),
    ),
    /// Installed memory.
    memory_gib: Number => said(t.nodes[index].memory(), || t.model_key(DeviceId::Node(index), "memory.capacity")),
    /// Whether the memory corrects errors.
    memory_ecc: Truth => said(
        t.nodes[index].model.and_then(|model| model.value.memory.as_ref()).and_then(|memory| memory.value.ecc.as_ref()),
        || t.model_key(DeviceId::Node(index), "memory.ecc"),
    ),
    /// Groups of equal disks.
    disk_groups: Many(Kind::DiskGroup) => known(
        t.nodes[index].model.filter(|model| disks_known(&model.value)).map(|model| {
            DiskGroup::of_model(model).map(Thing::DiskGroup).collect::<Vec<_>>()
        }),
        || t.model_key(DeviceId::Node(index), "disks"),
    ),
    /// OSDs.
    osds: Number => known(
        t.nodes[index].model.filter(|model| disks_known(&model.value)).and_then(|_| t.nodes[index].osd_count()),
        || t.model_key(DeviceId::Node(index), "disks"),
    ),
    /// Capacity of all OSDs together.
    osd_capacity_tb: Number => known(
        t.nodes[index].model.filter(|model| disks_known(&model.value)).and_then(|model| {
            t.nodes[index].osd_capacity().map(Size::base).or_else(|| {
                DiskGroup::of_model(model).all(|group| group.role().is_some_and(|role| role != DiskRole::Osd)).then_some(0.0)
            })
        }),
        || t.model_key(DeviceId::Node(index), "disks"),
    ),
    /// Network cards.
    cards: Many(Kind::Card) => known(
        t.nodes[index].model.and_then(|model| cards(model)),
        || t.model_key(DeviceId::Node(index), "cards"),
    ),
    /// Network ports.
    ports: Many(Kind::Port) => known(
        t.nodes[index].model.filter(|model| model.value.cards.is_some()).map(|_| ports(&t.nodes[index].ports)),
        || t.ports_key(DeviceId::Node(index)),
    ),
    /// Bonds.
    bonds: Many(Kind::Bond) => things_where(&t.bonds, |bond| bond.device == DeviceId::Node(index), Thing::Bond),
    /// Networks it is in.
    networks: Many(Kind::Network) => things_where(
        &t.networks,
        |network| network.attachment(DeviceId::Node(index)).is_some(),
        Thing::Network,
    ),
    /// Whether its operating system starts from the network.
    network_boot: Truth => known(
        t.nodes[index].model.map(|_| t.nodes[index].boots_from_network()),
        || below(&t.nodes[index], "model"),
    ),
    /// Most that it takes.
    draw_w: Number => said(t.draw(DeviceId::Node(index)), || t.model_key(DeviceId::Node(index), "draw")),
    /// Power supplies that are fitted.
    power_supplies: Number => supplies(t, DeviceId::Node(index)),
    /// Power supplies that must run for it to work.
    power_supplies_needed: Number => supplies_needed(t, DeviceId::Node(index)),
    /// Names of the feeds that its supplies hang on, in their order.
    power_feeds: Texts => said(t.named_feeds(DeviceId::Node(index)), || below(&t.nodes[index], "power")),
} }

fields! { disk_group(t, group: DiskGroup<'v>) {
    /// Its name in the model.
    name: Text => group.item.pattern.value.as_str(),
    /// The server model.
    server_model: Text => group.model.pattern.value.as_str(),
    /// What the disks are for: `"os"`, `"osd"`, `"db"`, `"data"` or `"spare"`.
    role: Text => said(group.disk().role.as_ref(), || in_group(group, "role")),
    /// Medium: `"hdd"`, `"ssd"`, `"nvme"` and so on.
    media: Text => said(group.disk().media.as_ref(), || in_group(group, "media")),
    /// Disks in each server.
    count: Number => known(group.count(), || in_group(group, "count")),
    /// OSDs in each server, were they all OSDs.
    osds: Number => known(group.osds(), || in_group(group, "count")),
    /// Capacity of one disk, as sold.
    capacity_tb: Number => said(group.disk().capacity.as_ref(), || in_group(group, "capacity")),
    /// Sustained write rate of one disk.
    write_mb_per_s: Number => said(group.disk().write.as_ref(), || in_group(group, "write")),
    /// Sustained read rate of one disk.
    read_mb_per_s: Number => said(group.disk().read.as_ref(), || in_group(group, "read")),
    /// Sustained random writes per second of one disk.
    write_iops: Number => said(group.disk().write_iops.as_ref(), || in_group(group, "write_iops")),
    /// Sustained random reads per second of one disk.
    read_iops: Number => said(group.disk().read_iops.as_ref(), || in_group(group, "read_iops")),
    /// Whether data in the drive's cache survives a power cut.
    power_loss_protection: Truth => said(
        group.disk().power_loss_protection.as_ref(),
        || in_group(group, "power_loss_protection"),
    ),
    /// Rated endurance; one in TBW is spread over five years.
    endurance_dwpd: Number => match group.endurance(WARRANTY_YEARS) {
        Ok((written, rated)) => Fact { value: Ok(rated.into()), span: Some(written.span) },
        Err(key) => Fact::missing(in_group(group, key)),
    },
    /// Software mirror over the group; none where nothing is said.
    mirror: Truth => group.disk().mirror.as_ref().is_some_and(|mirror| mirror.value),
    /// Model as on the quote.
    model: Text => said(group.disk().model.as_ref(), || in_group(group, "model")),
    /// Controller it hangs on, by name; missing for disks that name none.
    controller: Text => said(group.disk().controller.as_ref(), || in_group(group, "controller")),
    /// How its controller hands the disks over: `"hba"`, `"raid1"` and so on; `"direct"` for disks that name none.
    controller_mode: Text => match (&group.disk().controller, group.controller()) {
        (None, _) => ControllerMode::Direct.word().into(),
        (Some(_), Some(controller)) => said(controller.value.mode.as_ref(), || controller_key(group, ".mode")),
        (Some(_), None) => Fact::missing(controller_key(group, "")),
    },
} }

fields! { card(t, card: Fitted<'v>) {
    /// Its name in the model.
    name: Text => card.item.pattern.value.as_str(),
    /// The server model.
    server_model: Text => card.model.pattern.value.as_str(),
    /// Number of ports of one.
    ports: Number => said(card.item.value.ports.as_ref(), || format!("{}.ports", card.path())),
    /// Speed of each port.
    speed_gbit_per_s: Number => said(card.item.value.speed.as_ref(), || format!("{}.speed", card.path())),
    /// Model as on the quote.
    model: Text => said(card.item.value.model.as_ref(), || format!("{}.model", card.path())),
} }

fields! { port(t, id: PortId) {
    /// Name on its device: `slot1:1`, or `1` on a switch.
    name: Text => t.port(id).label.as_ref(),
    /// Device it belongs to.
    device: Text => t.name(t.port(id).device),
    /// Card it sits on; the port group of a switch.
    card: Text => t.port(id).card,
    /// Speed.
    speed_gbit_per_s: Number => said(t.port(id).speed.as_ref(), || t.speed_key(id)),
    /// Whether a cable is plugged in.
    cabled: Truth => known(
        (t.port(id).cable.is_some() || t.design.cable.is_some()).then_some(t.port(id).cable.is_some()),
        || "cable".to_owned(),
    ),
    /// Whether it is a switch's port for its own administration.
    management: Truth => t.port(id).management,
    /// The port at the other end of its cable; missing for a port without cable.
    far_end: One(Kind::Port) => known(t.far_end(id).map(Thing::Port), || "cable".to_owned()),
} }

fields! { bond(t, index: usize) {
    /// Its name.
    name: Text => t.bonds[index].name(),
    /// Device that has it.
    device: Text => t.name(t.bonds[index].device),
    /// Bonding mode: `"802.3ad"`, `"active-backup"` and so on.
    mode: Text => said(t.bonds[index].item.value.mode.as_ref(), || in_bond(t, index, "mode")),
    /// How often LACP frames are asked for: `"slow"` or `"fast"`.
    lacp_rate: Text => said(t.bonds[index].item.value.lacp_rate.as_ref(), || in_bond(t, index, "lacp_rate")),
    /// What decides the member a frame leaves by.
    xmit_hash_policy: Text => said(
        t.bonds[index].item.value.xmit_hash_policy.as_ref(),
        || in_bond(t, index, "xmit_hash_policy"),
    ),
    /// How often the link state is looked at.
    miimon_ms: Number => said(t.bonds[index].item.value.miimon.as_ref(), || in_bond(t, index, "miimon")),
    /// Largest packet in bytes.
    mtu: Number => said(t.bonds[index].item.value.mtu.as_ref(), || in_bond(t, index, "mtu")),
    /// Its ports.
    members: Many(Kind::Port) => known(
        t.bonds[index].is_whole().then(|| ports(&t.bonds[index].members)),
        || in_bond(t, index, "members"),
    ),
} }

fields! { switch(t, index: usize) {
    /// Its name.
    name: Text => t.switches[index].name.as_str(),
    /// Model it is.
    model: Text => said(t.switches[index].item.value.model.as_ref(), || in_switch(t, index, "model")),
    /// What it is for: `"core"`, `"management"`, `"leaf"` or `"spine"`.
    role: Text => said(t.switches[index].item.value.role.as_ref(), || in_switch(t, index, "role")),
    /// Site it stands at.
    site: Text => said(t.switches[index].item.value.site.as_ref(), || in_switch(t, index, "site")),
    /// Rack it stands in.
    rack: Text => said(t.switches[index].item.value.rack.as_ref(), || in_switch(t, index, "rack")),
    /// Its ports, those for its own administration included.
    ports: Many(Kind::Port) => known(
        t.switches[index].port_count().map(|_| ports(&t.switches[index].ports)),
        || t.switches[index].model_key("ports"),
    ),
    /// Ports that have no cable, those for its own administration left out.
    free_ports: Number => known(
        t.switches[index].port_count().filter(|_| t.design.cable.is_some()).map(|_| {
            let free = |id: &&PortId| !t.port(**id).management && t.port(**id).cable.is_none();
            t.switches[index].ports.iter().filter(free).count()
        }),
        || if t.design.cable.is_some() { t.switches[index].model_key("ports") } else { "cable".to_owned() },
    ),
    /// Largest packet in bytes that its model takes.
    mtu: Number => said(
        t.switches[index].limits().and_then(|limits| limits.mtu.as_ref()),
        || t.switches[index].model_key("limits.mtu"),
    ),
    /// Names of the other switches of its MLAG pair.
    mlag_peers: Texts => mlag_peers(t, index),
    /// Most that it takes.
    draw_w: Number => said(t.draw(DeviceId::Switch(index)), || t.switches[index].model_key("draw")),
    /// Power supplies that are fitted.
    power_supplies: Number => supplies(t, DeviceId::Switch(index)),
    /// Power supplies that must run for it to work.
    power_supplies_needed: Number => supplies_needed(t, DeviceId::Switch(index)),
    /// Names of the feeds that its supplies hang on, in their order.
    power_feeds: Texts => said(t.named_feeds(DeviceId::Switch(index)), || in_switch(t, index, "power")),
} }

fields! { network(t, index: usize) {
    /// Its name.
    name: Text => t.networks[index].name(),
    /// What it is for: `"corosync"`, `"ceph_public"` and so on.
    purposes: Texts => known(
        t.networks[index].table().purpose.as_ref().map(|_| {
            t.networks[index].purposes().map(Words::word).collect::<Vec<_>>()
        }),
        || in_network(t, index, "purpose"),
    ),
    /// VLAN id; 0 for untagged, and where nothing is said.
    vlan: Number => t.networks[index].table().vlan.as_ref().map_or(0, |vlan| vlan.value),
    /// Largest packet in bytes; 1500 where nothing is said.
    mtu: Number => t.networks[index].mtu(),
    /// Nodes that are in it.
    nodes: Many(Kind::Node) => t.networks[index].attachments.iter().filter_map(|attachment| {
        let DeviceId::Node(node) = attachment.device else { return None };
        Some(Thing::Node(node))
    }).collect::<Vec<_>>(),
    /// Router of the network.
    gateway: Text => said(t.networks[index].table().gateway.as_ref(), || in_network(t, index, "gateway")),
    /// Round trip between its members.
    round_trip_ms: Number => said(
        t.networks[index].table().latency.as_ref().and_then(|latency| latency.value.round_trip.as_ref()),
        || in_network(t, index, "latency.round_trip"),
    ),
    /// Largest departure from the round trip.
    jitter_ms: Number => said(
        t.networks[index].table().latency.as_ref().and_then(|latency| latency.value.jitter.as_ref()),
        || in_network(t, index, "latency.jitter"),
    ),
} }

fields! { cable(t, index: usize) {
    /// One end.
    from: One(Kind::Port) => Thing::Port(t.cables[index].from),
    /// The other end.
    to: One(Kind::Port) => Thing::Port(t.cables[index].to),
    /// What it is made of: `"copper"`, `"dac"`, `"aoc"` or `"fibre"`.
    material: Text => said(
        t.cables[index].item.and_then(|item| item.value.kind.as_ref()),
        || format!("{}.kind", Thing::Cable(index).path(t)),
    ),
    /// Its length.
    length_m: Number => said(
        t.cables[index].item.and_then(|item| item.value.length.as_ref()),
        || format!("{}.length", Thing::Cable(index).path(t)),
    ),
} }

fields! { corosync_link(t, index: usize) {
    /// Its number.
    number: Number => t.corosync_links[index].number,
    /// Priority; 1 where nothing is said.
    priority: Number => t.corosync_links[index].priority(),
    /// Its network.
    network: One(Kind::Network) => Thing::Network(t.corosync_links[index].network),
} }

fields! { pool(t, item: &'v Item<Pool>) {
    /// Its name.
    name: Text => item.pattern.value.as_str(),
    /// What uses it: `"rbd"` and so on.
    application: Text => said(item.value.application.as_ref(), || in_item("ceph.pool", item, "application")),
    /// Copies of a replicated pool.
    size: Number => said(item.value.size.as_ref(), || in_item("ceph.pool", item, "size")),
    /// Copies, or chunks, that must be reachable.
    min_size: Number => said(item.value.min_size.as_ref(), || in_item("ceph.pool", item, "min_size")),
    /// Data chunks of an erasure-coded pool.
    data_chunks: Number => said(item.value.data_chunks.as_ref(), || in_item("ceph.pool", item, "data_chunks")),
    /// Coding chunks of an erasure-coded pool.
    coding_chunks: Number => said(item.value.coding_chunks.as_ref(), || in_item("ceph.pool", item, "coding_chunks")),
    /// Placement groups.
    pg_num: Number => said(item.value.pg_num.as_ref(), || in_item("ceph.pool", item, "pg_num")),
    /// What no two copies share; the host where nothing is said.
    failure_domain: Text => t.placement_domain(&item.value).word(),
    /// Medium its data is kept on.
    device_class: Text => said(item.value.device_class.as_ref(), || in_item("ceph.pool", item, "device_class")),
    /// What clients store in it, counted once.
    stored_tb: Number => said(item.value.stored.as_ref(), || in_item("ceph.pool", item, "stored")),
} }

fields! { guest(t, item: &'v Item<Guest>) {
    /// Its name.
    name: Text => item.pattern.value.as_str(),
    /// How many there are.
    count: Number => said(item.value.count.as_ref(), || in_item("guest", item, "count")),
    /// Virtual processors of one.
    vcpus: Number => said(item.value.vcpus.as_ref(), || in_item("guest", item, "vcpus")),
    /// Memory of one.
    memory_gib: Number => said(item.value.memory.as_ref(), || in_item("guest", item, "memory")),
    /// System disk of one.
    root_disk_gb: Number => said(item.value.root_disk.as_ref(), || in_item("guest", item, "root_disk")),
    /// Further disks of one, all together.
    data_disk_gb: Number => said(item.value.data_disk.as_ref(), || in_item("guest", item, "data_disk")),
    /// Operations per second that one needs.
    iops: Number => said(item.value.iops.as_ref(), || in_item("guest", item, "iops")),
    /// Storage its disks lie on.
    storage: Text => said(item.value.storage.as_ref(), || in_item("guest", item, "storage")),
    /// Operating system.
    os: Text => said(item.value.os.as_ref(), || in_item("guest", item, "os")),
    /// Processor type it is shown.
    cpu_type: Text => said(item.value.cpu_type.as_ref(), || in_item("guest", item, "cpu_type")),
    /// What it is used for: `"development"` or `"production"`.
    stage: Text => said(item.value.stage.as_ref(), || in_item("guest", item, "stage")),
    /// Whether high availability looks after it.
    ha: Truth => said(item.value.ha.as_ref(), || in_item("guest", item, "ha")),
    /// Resource pool it is in.
    resource_pool: Text => said(item.value.resource_pool.as_ref(), || in_item("guest", item, "resource_pool")),
    /// Networks it is in, by name.
    networks: Texts => said(item.value.networks.as_ref(), || in_item("guest", item, "networks")),
    /// Backup jobs that save it.
    backups: Many(Kind::Backup) => known(
        everything(t, Kind::Backup).whole().ok().map(|jobs| {
            let saves = |job: &Thing<'v>| match job {
                Thing::Backup(job) => job.value.guests.as_ref().is_none_or(|guests| {
                    item.names.iter().any(|name| guests.value.contains(name))
                }),
                _ => false,
            };
            jobs.into_iter().filter(saves).collect::<Vec<_>>()
        }),
        || "backup".to_owned(),
    ),
} }

fields! { backup(t, item: &'v Item<Backup>) {
    /// Its name.
    name: Text => item.pattern.value.as_str(),
    /// Guest profiles it saves; missing where it saves all.
    guests: Texts => said(item.value.guests.as_ref(), || in_item("backup", item, "guests")),
    /// Storage it writes to.
    storage: Text => said(item.value.storage.as_ref(), || in_item("backup", item, "storage")),
    /// Network its traffic takes.
    network: Text => said(item.value.network.as_ref(), || in_item("backup", item, "network")),
    /// Most that the target takes in.
    target_rate_mb_per_s: Number => said(item.value.target_rate.as_ref(), || in_item("backup", item, "target_rate")),
    /// Part of a guest's data that one run sends.
    changed_percent: Number => said(item.value.changed.as_ref(), || in_item("backup", item, "changed")),
    /// Time until it must be done.
    window_h: Number => said(item.value.window.as_ref(), || in_item("backup", item, "window")),
} }

fields! { power_feed(t, index: usize) {
    /// Its name.
    name: Text => t.feeds[index].name.as_str(),
    /// Site it supplies.
    site: Text => said(t.feeds[index].item.value.site.as_ref(), || format!("{}.site", t.feeds[index].path())),
    /// What its breaker lets through.
    capacity_w: Number => said(
        t.feeds[index].item.value.capacity.as_ref(),
        || format!("{}.capacity", t.feeds[index].path()),
    ),
    /// Whether it is buffered by an uninterruptible power supply.
    ups: Truth => said(t.feeds[index].item.value.ups.as_ref(), || format!("{}.ups", t.feeds[index].path())),
} }

/// Years that an endurance in TBW is spread over, as warranties of server drives run.
const WARRANTY_YEARS: f64 = 5.0;

fn about<'v, T: Worth + 'v>(
    topology: &'v Topology<'v>,
    key: impl Fn(&'v About) -> Option<&'v Spanned<T>>,
    name: &str,
) -> Fact<'v> {
    said(topology.design.design.as_ref().and_then(|about| key(&about.value)), || format!("design.{name}"))
}

fn below(node: &Node<'_>, key: &str) -> String {
    format!("{}.{key}", node.path())
}

fn in_group(group: DiskGroup<'_>, key: &str) -> String {
    format!("{}.{key}", group.path())
}

fn controller_key(group: DiskGroup<'_>, key: &str) -> String {
    let name = group.disk().controller.as_ref().map_or("", |name| name.value.as_str());
    format!("server_model.{}.controllers.{name}{key}", group.model.pattern.value)
}

fn in_bond(topology: &Topology<'_>, index: usize, key: &str) -> String {
    format!("{}.{key}", topology.bonds[index].path())
}

fn in_switch(topology: &Topology<'_>, index: usize, key: &str) -> String {
    format!("{}.{key}", topology.switches[index].written_path())
}

fn in_network(topology: &Topology<'_>, index: usize, key: &str) -> String {
    format!("{}.{key}", topology.networks[index].path())
}

fn in_item<T>(table: &str, item: &Item<T>, key: &str) -> String {
    format!("{table}.{}.{key}", item.pattern.value)
}

fn cpu<'v>(topology: &Topology<'v>, index: usize, value: impl Fn(&Cpu) -> Option<u32>, key: &str) -> Fact<'v> {
    let cpu = topology.nodes[index].model.and_then(|model| model.value.cpu.as_ref());
    known(cpu.and_then(|cpu| value(&cpu.value)), || topology.model_key(DeviceId::Node(index), key))
}

fn supplies<'v>(topology: &Topology<'v>, device: DeviceId) -> Fact<'v> {
    known(topology.supplies(device).count, || topology.model_key(device, "power_supplies.count"))
}

fn supplies_needed<'v>(topology: &Topology<'v>, device: DeviceId) -> Fact<'v> {
    known(topology.supplies(device).needed, || topology.model_key(device, "power_supplies.needed"))
}

fn mlag_peers<'v>(topology: &'v Topology<'v>, index: usize) -> Fact<'v> {
    if let Some(missing) = topology.unread_pair() {
        return Fact::missing(missing);
    }
    let peers = topology.unit(index).iter().filter(|peer| **peer != index);
    peers.map(|peer| topology.switches[*peer].name.as_str()).collect::<Vec<_>>().into()
}

fn ports<'v>(ids: &[PortId]) -> Vec<Thing<'v>> {
    ids.iter().copied().map(Thing::Port).collect()
}

fn cards(model: &Item<ServerModel>) -> Option<Vec<Thing<'_>>> {
    let cards = model.value.cards.as_ref()?;
    Some(cards.value.iter().map(|item| Thing::Card(Fitted { model, item })).collect())
}

fn things_where<'v, T>(all: &[T], chosen: impl Fn(&T) -> bool, thing: fn(usize) -> Thing<'v>) -> Vec<Thing<'v>> {
    all.iter().enumerate().filter(|(_, one)| chosen(one)).map(|(index, _)| thing(index)).collect()
}

fn nodes_where<'v>(topology: &Topology<'v>, chosen: impl Fn(&Node<'v>) -> bool) -> Vec<Thing<'v>> {
    things_where(&topology.nodes, chosen, Thing::Node)
}

fn switches_where<'v>(topology: &Topology<'v>, chosen: impl Fn(DeviceId) -> bool) -> Vec<Thing<'v>> {
    let switches = 0..topology.switches.len();
    switches.filter(|index| chosen(DeviceId::Switch(*index))).map(Thing::Switch).collect()
}

fn racks<'v>(topology: &Topology<'v>) -> impl Iterator<Item = Rack<'v>> + use<'v> {
    topology.nodes.iter().filter_map(Rack::of).collect::<BTreeSet<_>>().into_iter()
}

fn sites<'v>(topology: &'v Topology<'v>) -> Vec<Thing<'v>> {
    let described = topology.design.site.iter().flat_map(|sites| sites.value.iter()).flat_map(|item| &item.names);
    let stood_at = topology.nodes.iter().filter_map(Node::site);
    let mut seen = BTreeSet::new();
    described
        .map(crate::design::Text::as_str)
        .chain(stood_at)
        .filter(|name| seen.insert(*name))
        .map(Thing::Site)
        .collect()
}

/// Everything of a kind that a design has, and what keeps that from being all there is.
pub(super) struct Everything<'v> {
    pub(super) things: Vec<Thing<'v>>,
    pub(super) gaps: Vec<Gap>,
    /// The table that would hold such things, where the design has none and need not have one.
    pub(super) absent: Option<&'static str>,
}

impl<'v> Everything<'v> {
    /// The things, where they are all there is.
    ///
    /// # Errors
    /// The path of the key that is missing.
    pub(super) fn whole(self) -> Result<Vec<Thing<'v>>, String> {
        match (self.gaps.into_iter().next(), self.absent) {
            (Some(gap), _) => Err(gap.missing),
            (None, Some(table)) => Err(table.to_owned()),
            (None, None) => Ok(self.things),
        }
    }
}

/// Everything of a kind that a design has.
pub(super) fn everything<'v>(topology: &'v Topology<'v>, kind: Kind) -> Everything<'v> {
    let design = topology.design;
    let count = |count: usize, thing: fn(usize) -> Thing<'v>| (0..count).map(thing).collect();
    let (things, table, written): (Vec<Thing<'v>>, &'static str, bool) = match kind {
        Kind::Cluster => (vec![Thing::Cluster(())], "design", true),
        Kind::Site => (sites(topology), "site", true),
        Kind::Rack => (racks(topology).map(Thing::Rack).collect(), "node", true),
        Kind::Node => (count(topology.nodes.len(), Thing::Node), "node", true),
        Kind::DiskGroup => {
            let groups = topology.models_in_use().into_iter().flat_map(|model| DiskGroup::of_model(model.model));
            (groups.map(Thing::DiskGroup).collect(), "server_model", true)
        }
        Kind::Card => {
            let cards = topology.models_in_use().into_iter().filter_map(|model| cards(model.model));
            (cards.flatten().collect(), "server_model", true)
        }
        Kind::Port => (count(topology.ports.len(), |index| Thing::Port(PortId(index))), "server_model", true),
        Kind::Bond => (count(topology.bonds.len(), Thing::Bond), "bond", design.bond.is_some()),
        Kind::Switch => (count(topology.switches.len(), Thing::Switch), "switch", design.switch.is_some()),
        Kind::Network => (count(topology.networks.len(), Thing::Network), "network", true),
        Kind::Cable => (count(topology.cables.len(), Thing::Cable), "cable", design.cable.is_some()),
        Kind::CorosyncLink => (count(topology.corosync_links.len(), Thing::CorosyncLink), "corosync", true),
        Kind::Pool => (
            topology.pools().map(Thing::Pool).collect(),
            "ceph.pool",
            topology.has_ceph() || design.ceph.as_ref().is_some_and(|ceph| ceph.value.pool.is_some()),
        ),
        Kind::Guest => (topology.guests().map(Thing::Guest).collect(), "guest", design.guest.is_some()),
        Kind::Backup => {
            let jobs = design.backup.iter().flat_map(|jobs| jobs.value.iter());
            (jobs.map(Thing::Backup).collect(), "backup", design.backup.is_some())
        }
        Kind::PowerFeed => (count(topology.feeds.len(), Thing::PowerFeed), "power_feed", design.power_feed.is_some()),
    };
    let mut gaps = gaps(topology, kind);
    if design.unread.contains(&table) {
        gaps.push(Gap { path: table.to_owned(), span: topology.anchor(), missing: table.to_owned() });
    }
    let absent = (!written && gaps.is_empty()).then_some(table);
    Everything { things, gaps, absent }
}

/// What keeps the things of a kind from being all known: tables that every design has, and models of servers.
fn gaps(topology: &Topology<'_>, kind: Kind) -> Vec<Gap> {
    let design = topology.design;
    let table = |name: &str| vec![Gap { path: name.to_owned(), span: topology.anchor(), missing: name.to_owned() }];
    match kind {
        Kind::Node | Kind::Rack if design.node.is_none() => vec![topology.node_gap()],
        Kind::Rack => {
            let mut gaps: Vec<Gap> = topology.nodes.iter().filter(|node| node.rack().is_none()).map(rack_gap).collect();
            gaps.dedup();
            gaps
        }
        Kind::DiskGroup => {
            let mut gaps = topology.model_gaps();
            let models = topology.models_in_use();
            let unknown = models.iter().filter(|model| !model.disks_known());
            gaps.extend(unknown.map(|model| Gap::below(model.path(), "disks", model.span())));
            gaps
        }
        Kind::Card | Kind::Port => {
            let mut gaps = topology.model_gaps();
            let models = topology.models_in_use();
            let unknown = models.iter().filter(|model| model.model.value.cards.is_none());
            gaps.extend(unknown.map(|model| Gap::below(model.path(), "cards", model.span())));
            gaps
        }
        Kind::Network if design.network.is_none() => table("network"),
        Kind::CorosyncLink if design.corosync.as_ref().is_none_or(|corosync| corosync.value.link.is_none()) => {
            table("corosync.link")
        }
        Kind::Pool if design.ceph.as_ref().is_none_or(|ceph| ceph.value.pool.is_none()) && topology.has_ceph() => {
            table("ceph.pool")
        }
        _ => Vec::new(),
    }
}

fn rack_gap(node: &Node<'_>) -> Gap {
    Gap::below(node.path(), "rack", node.span())
}

impl<'v> Thing<'v> {
    /// Path of the thing in the design; equals of one table have one path.
    pub(super) fn path(self, topology: &'v Topology<'v>) -> String {
        match self {
            Self::Cluster(()) => "cluster".to_owned(),
            Self::Site(name) => format!("site.{name}"),
            Self::Rack(Rack { site: Some(site), name }) => format!("rack.{site}/{name}"),
            Self::Rack(Rack { site: None, name }) => format!("rack.{name}"),
            Self::Node(index) => topology.nodes[index].path(),
            Self::DiskGroup(group) => group.path(),
            Self::Card(card) => card.path(),
            Self::Port(id) => {
                let port = topology.port(id);
                format!("{}:{}", topology.written_path(port.device), port.label)
            }
            Self::Bond(index) => topology.bonds[index].path(),
            Self::Switch(index) => topology.switches[index].path(),
            Self::Network(index) => topology.networks[index].path(),
            Self::Cable(index) => topology.cable_path(&topology.cables[index]),
            Self::CorosyncLink(index) => topology.corosync_links[index].path(),
            Self::Pool(item) => format!("ceph.pool.{}", item.pattern.value),
            Self::Guest(item) => format!("guest.{}", item.pattern.value),
            Self::Backup(item) => format!("backup.{}", item.pattern.value),
            Self::PowerFeed(index) => topology.feeds[index].path(),
        }
    }

    /// Where it is written.
    pub(super) fn span(self, topology: &'v Topology<'v>) -> Span {
        match self {
            Self::Cluster(()) => topology.anchor(),
            Self::Site(name) => site_span(topology, name),
            Self::Rack(rack) => {
                let node = topology.nodes.iter().find(|node| Rack::of(node) == Some(rack));
                let written = node.and_then(|node| node.item.value.rack.as_ref());
                written.map_or(topology.anchor(), |written| written.span)
            }
            Self::Node(index) => topology.nodes[index].span(),
            Self::DiskGroup(group) => group.span(),
            Self::Card(card) => card.item.pattern.span,
            Self::Port(id) => topology.port(id).span,
            Self::Bond(index) => topology.bonds[index].span(),
            Self::Switch(index) => topology.switches[index].span(),
            Self::Network(index) => topology.networks[index].span(),
            Self::Cable(index) => topology.cable_span(&topology.cables[index]),
            Self::CorosyncLink(index) => topology.corosync_links[index].span(),
            Self::Pool(item) => item.pattern.span,
            Self::Guest(item) => item.pattern.span,
            Self::Backup(item) => item.pattern.span,
            Self::PowerFeed(index) => topology.feeds[index].span(),
        }
    }
}

fn site_span(topology: &Topology<'_>, name: &str) -> Span {
    let mut described = topology.design.site.iter().flat_map(|sites| sites.value.iter());
    let item = described.find(|item| item.names.iter().any(|known| known == name)).map(|item| item.pattern.span);
    let node = topology.nodes.iter().filter_map(|node| node.item.value.site.as_ref());
    item.or_else(|| node.filter(|site| site.value == name).map(|site| site.span).next()).unwrap_or(topology.anchor())
}
