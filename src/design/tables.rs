//! The tables of the language, one struct each.
//!
//! Every key is optional unless it is marked `required`: what is left out makes the rules that need it
//! *unproven*, never wrong. The doc comment of a key is its entry in the manual.

use crate::design::names::{Names, PerDevice, Series};
use crate::design::read::{Named, Spanned};
use crate::design::table::{table, words};
use crate::quantity::{Endurance, Length, Rate, Ratio, Size, Time};

table! {
    /// The whole design.
    pub struct Design {
        /// Other files to read as if they stood here; paths are relative and stay inside the design's folder.
        include: Vec<Spanned<String>>,
        /// What the design is and where it is meant to run.
        design: About,
        /// Choices between two rules that cannot both hold.
        policy: Vec<Spanned<Policy>>,
        /// Sites by name; a design without sites stands in one place.
        site: Named<Site>,
        /// Links between two sites.
        site_link: Named<SiteLink>,
        /// Servers to buy, by model.
        server_model: Named<ServerModel>,
        /// Switches to buy, by model.
        switch_model: Named<SwitchModel>,
        /// Firewalls to buy, by model.
        firewall_model: Named<FirewallModel>,
        /// Servers that form the cluster; the name is the host name.
        node: Named<Node>,
        /// Switches in the racks.
        switch: Named<Switch>,
        /// Firewalls in the racks.
        firewall: Named<Firewall>,
        /// Pairs of switches that act as one for link aggregation.
        mlag: Named<Mlag>,
        /// Bonds of network ports on servers and firewalls.
        bond: Named<Bond>,
        /// Linux bridges on servers.
        bridge: Named<Bridge>,
        /// Networks and what they are for.
        network: Named<Network>,
        /// Cables between two ports, or between two equally long ranges of ports.
        cable: Vec<Spanned<Cable>>,
        /// The Proxmox VE cluster.
        cluster: Cluster,
        /// Corosync, the cluster's heartbeat.
        corosync: Corosync,
        /// Ceph, the cluster's storage.
        ceph: Ceph,
        /// Storages as Proxmox VE knows them, by storage id.
        storage: Named<Storage>,
        /// High availability.
        ha: Ha,
        /// Live migration.
        migration: Migration,
        /// Virtual machine profiles: each describes `count` equal guests.
        guest: Named<Guest>,
        /// Leaf-spine fabrics.
        fabric: Named<Fabric>,
        /// Overlay networks (VXLAN).
        overlay: Named<Overlay>,
        /// How servers without a local system disk are registered and started.
        provisioning: Provisioning,
        /// Where the cluster's notifications go.
        notification: Notification,
    }
}

table! {
    /// What the design is.
    pub struct About {
        /// Version of the language; this program reads version 1.
        language: u32 => 1..=1,
        /// Name of the design.
        name: String,
        /// Where it is meant to run; without it `production` is taken.
        environment: Environment,
        /// Release of Proxmox VE, such as `"9.1"`.
        proxmox_ve: Release,
        /// Package repository the nodes are updated from.
        repository: Repository,
        /// DNS domain of the nodes.
        domain: String,
        /// Whether the domain is registered to the organisation.
        domain_owned: bool,
    }
}

words! {
    /// Where a design is meant to run.
    pub enum Environment { Production = "production", Lab = "lab" }
}
words! {
    /// Package repository of Proxmox VE.
    pub enum Repository { Enterprise = "enterprise", NoSubscription = "no-subscription", Test = "test" }
}

/// A release as vendors print it: major and minor number, such as 9.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Release {
    /// The number before the point.
    pub major: u32,
    /// The number after the point; 0 where none is written.
    pub minor: u32,
}

table! {
    /// A choice between two rules that cannot both hold.
    pub struct Policy {
        /// Rule to follow.
        follow [required]: String,
        /// Rule that is set aside for it; the two name each other in the rule reference.
        set_aside [required]: String,
        /// Why; printed in every report.
        reason [required]: String,
    }
}

table! {
    /// A place with power and network of its own.
    pub struct Site {
        /// What the site is.
        description: String,
    }
}

table! {
    /// A link between two sites.
    pub struct SiteLink {
        /// The two sites.
        sites [required]: Names,
        /// Round trip and jitter between the two sites.
        latency: Latency,
        /// Rate of the link, one way.
        bandwidth: Rate,
        /// Tunnel that encrypts the link.
        vpn: Vpn,
    }
}

words! {
    /// Tunnel between sites.
    pub enum Vpn { Wireguard = "wireguard", Ipsec = "ipsec", Openvpn = "openvpn", None = "none" }
}

table! {
    /// Round trip between two members of a network.
    pub struct Latency {
        /// Time from sending a packet to its answer.
        round_trip: Time,
        /// Largest departure from the round trip.
        jitter: Time,
        /// Where the figures come from.
        basis: Basis,
    }
}

words! {
    /// Where a figure comes from.
    pub enum Basis { Measured = "measured", Declared = "declared" }
}

table! {
    /// A server as it is bought.
    pub struct ServerModel {
        /// What the model is, as on the quote.
        description: String,
        /// Processors.
        cpu: Cpu,
        /// Main memory.
        memory: Memory,
        /// Network cards by slot. A card fails as one, with all its ports; a port is named `slot1:1`.
        cards: Named<Card>,
        /// Storage controllers.
        controllers: Named<Controller>,
        /// Disks in groups of equal ones; an empty table says that there are none.
        disks: Named<Disk>,
        /// Where the operating system starts from; without it, from a local disk.
        boot: Boot,
        /// Whether the firmware of mainboard and network cards is brought to one version before use.
        firmware_managed: bool,
    }
}

words! {
    /// Where the operating system of a server starts from.
    pub enum Boot { Disk = "disk", Network = "network" }
}

table! {
    /// Processors of a server.
    pub struct Cpu {
        /// Number of sockets in use; 1 where it is left out.
        sockets: u32 => 1..=8,
        /// Cores of one processor.
        cores: u32 => 1..=1024,
        /// Threads of one processor: 64 where each of 32 cores has two.
        threads: u32 => 1..=2048,
        /// Model as on the quote.
        model: String,
        /// Vendor.
        vendor: CpuVendor,
    }
}

words! {
    /// Vendor of a processor.
    pub enum CpuVendor { Intel = "intel", Amd = "amd" }
}

table! {
    /// Main memory of a server.
    pub struct Memory {
        /// Installed memory, such as `"256 GiB"`.
        capacity: Size,
        /// Whether it corrects errors.
        ecc: bool,
        /// Memory modules installed.
        modules: u32 => 1..=1024,
        /// Memory channels of all processors together.
        channels: u32 => 1..=256,
    }
}

table! {
    /// A network card.
    pub struct Card {
        /// Number of ports; they are numbered from 1.
        ports: u32 => 1..=128,
        /// Speed of each port, such as `"25GbE"`.
        speed: Rate,
        /// Interface names in port order, once they are known.
        names: Vec<Spanned<String>>,
        /// Its link to the processor, such as `{ generation = 3, lanes = 8 }`.
        pcie: Pcie,
        /// Model as on the quote.
        model: String,
    }
}

table! {
    /// A PCIe link, as the slot gives it to the card.
    pub struct Pcie {
        /// Generation: the smaller one of card and slot.
        generation: u32 => 1..=7,
        /// Lanes: the smaller number of card and slot.
        lanes: u32 => 1..=32,
    }
}

table! {
    /// A storage controller.
    pub struct Controller {
        /// How disks are handed to the operating system.
        mode: ControllerMode,
        /// Model as on the quote.
        model: String,
    }
}

words! {
    /// How a controller hands its disks to the operating system.
    pub enum ControllerMode {
        Hba = "hba", Raid0Single = "raid0-single", Raid0 = "raid0", Raid1 = "raid1", Raid5 = "raid5",
        Raid6 = "raid6", Raid10 = "raid10", Direct = "direct",
    }
}

table! {
    /// A group of equal disks in a server.
    pub struct Disk {
        /// How many there are in each server.
        count: u32 => 0..=1000,
        /// Capacity of one, as sold.
        capacity: Size,
        /// Kind of storage medium.
        media: Media,
        /// What they are for.
        role: DiskRole,
        /// Controller they hang on, by name; NVMe drives on the processor's own lanes have none.
        controller: String,
        /// Group of faster disks that holds WAL and DB of these OSDs.
        db: String,
        /// Whether data in the drive's cache survives a power cut.
        power_loss_protection: bool,
        /// Sustained write rate of one.
        write: Rate,
        /// Sustained read rate of one.
        read: Rate,
        /// Sustained random write operations per second of one.
        write_iops: u64 => 0..=1_000_000_000,
        /// Sustained random read operations per second of one.
        read_iops: u64 => 0..=1_000_000_000,
        /// Rated endurance: `"1 DWPD"` or `"3504 TBW"`.
        endurance: Endurance,
        /// Software mirror over the group (ZFS or mdraid), as for a system disk.
        mirror: bool,
        /// Model as on the quote.
        model: String,
    }
}

words! {
    /// Kind of storage medium.
    pub enum Media { Hdd = "hdd", Ssd = "ssd", Nvme = "nvme", SdCard = "sd-card", Usb = "usb", SataDom = "sata-dom" }
}
words! {
    /// What a disk is for.
    pub enum DiskRole { Os = "os", Osd = "osd", Db = "db", Data = "data", Spare = "spare" }
}

table! {
    /// A server, or a range of equal servers, of the cluster.
    pub struct Node {
        /// Model it is.
        model: String,
        /// Site it stands in.
        site: String,
        /// Rack it stands in.
        rack: String,
        /// Whether it joins the cluster freshly installed.
        fresh_install: bool,
        /// Address that `/etc/hosts` gives for the node's own name.
        hosts_address: Series,
        /// System UUIDs as the mainboard reports them, one for each server.
        system_uuid: Vec<Spanned<String>>,
    }
}

table! {
    /// A switch as it is bought.
    pub struct SwitchModel {
        /// What the model is, as on the quote.
        description: String,
        /// Ports by number or name; a range stands for as many equal ports.
        ports: Named<PortGroup>,
        /// Separate management ports.
        management_ports: u32 => 0..=64,
        /// What data sheets hide.
        limits: SwitchLimits,
        /// Whether two of them can form an MLAG pair or a stack.
        mlag: bool,
    }
}

table! {
    /// Equal ports of a switch or firewall.
    pub struct PortGroup {
        /// Speed of each port, such as `"25GbE"`.
        speed: Rate,
    }
}

table! {
    /// Limits of a switch model.
    pub struct SwitchLimits {
        /// Link aggregation groups, the MLAG peer link included.
        lacp_groups: u32 => 0..=100_000,
        /// VLANs.
        vlans: u32 => 0..=4094,
        /// Largest frame payload in bytes.
        mtu: u32 => 576..=65_535,
    }
}

table! {
    /// A switch, or a range of equal switches.
    pub struct Switch {
        /// Model it is.
        model: String,
        /// What it is for.
        role: SwitchRole,
        /// Site it stands in.
        site: String,
        /// Rack it stands in.
        rack: String,
        /// Ports that carry tagged frames only, so that an unconfigured device gets no link.
        tagged_ports: Names,
        /// Management ports in use for the switch's own administration.
        management_ports_used: u32 => 0..=64,
    }
}

words! {
    /// What a switch is for.
    pub enum SwitchRole { Core = "core", Management = "management", Leaf = "leaf", Spine = "spine" }
}

table! {
    /// A firewall as it is bought.
    pub struct FirewallModel {
        /// What the model is, as on the quote.
        description: String,
        /// Ports in groups, like the cards of a server; a port is named `service:1`.
        cards: Named<Card>,
        /// Whether it takes several VLANs on one port.
        trunk_vlan: bool,
        /// Whether it translates addresses.
        nat: bool,
        /// Whether it routes.
        routing: bool,
        /// Routing protocols it speaks.
        dynamic_routing: Vec<Spanned<RoutingProtocol>>,
    }
}

words! {
    /// Routing protocol.
    pub enum RoutingProtocol { Bgp = "bgp", Ospf = "ospf", Isis = "isis", Rip = "rip" }
}

table! {
    /// A firewall, or a range of equal firewalls.
    pub struct Firewall {
        /// Model it is.
        model: String,
        /// Site it stands in.
        site: String,
        /// Rack it stands in.
        rack: String,
        /// Ports for traffic of guests and users, such as `["service:{1..2}"]`.
        service_ports: Names,
        /// Ports for its own administration.
        management_ports: Names,
        /// Ports to the other firewall of the pair.
        ha_ports: Names,
    }
}

table! {
    /// Two switches that act as one for link aggregation.
    pub struct Mlag {
        /// The two switches.
        peers [required]: Names,
        /// Ports of the link between the two, the same on both; they are cabled by this.
        peer_link: Names,
        /// Network over which the two watch each other.
        keepalive: String,
    }
}

table! {
    /// A bond of ports; one table stands for the same bond on every device it is `on`.
    pub struct Bond {
        /// Servers or firewalls that have it; every node where it is left out.
        on: Names,
        /// Its ports, such as `["slot1:1", "slot2:1"]`.
        members [required]: Names,
        /// Bonding mode of the Linux kernel.
        mode: BondMode,
        /// How often LACP frames are asked for.
        lacp_rate: LacpRate,
        /// What decides the member a frame leaves by.
        xmit_hash_policy: HashPolicy,
        /// How often the link state is looked at.
        miimon: Time,
    }
}

words! {
    /// Bonding mode.
    pub enum BondMode {
        Lacp = "802.3ad", ActiveBackup = "active-backup", BalanceRr = "balance-rr", BalanceXor = "balance-xor",
        BalanceTlb = "balance-tlb", BalanceAlb = "balance-alb", Broadcast = "broadcast",
    }
}
words! {
    /// How often LACP frames are asked for.
    pub enum LacpRate { Slow = "slow", Fast = "fast" }
}
words! {
    /// Transmit hash policy of a bond.
    pub enum HashPolicy {
        Layer2 = "layer2", Layer2Plus3 = "layer2+3", Layer3Plus4 = "layer3+4", Encap2Plus3 = "encap2+3",
        Encap3Plus4 = "encap3+4", VlanSrcmac = "vlan+srcmac",
    }
}

table! {
    /// A Linux bridge; one table stands for the same bridge on every node it is `on`.
    pub struct Bridge {
        /// Servers that have it; every node where it is left out.
        on: Names,
        /// The port or bond it stands on.
        ports: Names,
        /// Whether it passes VLAN tags to guests.
        vlan_aware: bool,
    }
}

table! {
    /// A network: who is in it, by which interface, and what it is for.
    pub struct Network {
        /// What it is for; every purpose is listed.
        purpose: Vec<Spanned<Purpose>>,
        /// Devices in it; every node where it is left out.
        on: Names,
        /// Port (`slot1:1`), bond or bridge that carries it, one for all or by device.
        interface: PerDevice,
        /// VLAN id; 0 or left out for untagged.
        vlan: u32 => 0..=4094,
        /// Further VLAN ids it hands to guests, such as `"{100..120}"`.
        guest_vlans: Names,
        /// Largest packet in bytes; 1500 where it is left out.
        mtu: u32 => 576..=65_535,
        /// Addresses with prefix length, in the order of the devices, or by device.
        address: PerDevice,
        /// Router of the network.
        gateway: String,
        /// Round trip and jitter between its members.
        latency: Latency,
        /// Whether traffic classes (QoS) are what keeps purposes apart.
        qos: bool,
        /// Part of the rate that Ceph may count on where migrations or guests share the interface.
        ceph_reserve: Ratio,
    }
}

words! {
    /// What a network is for.
    pub enum Purpose {
        Management = "management", Corosync = "corosync", CephPublic = "ceph_public", CephCluster = "ceph_cluster",
        Migration = "migration", Guest = "guest", Storage = "storage", Backup = "backup", Bmc = "bmc",
        Provisioning = "provisioning", Keepalive = "keepalive",
    }
}

table! {
    /// A cable, or as many as the two ranges are long.
    pub struct Cable {
        /// One end: `pve{1..3}:slot1:1`.
        from [required]: Names,
        /// The other end: `core-a:{1..3}`.
        to [required]: Names,
        /// What it is made of.
        kind: CableKind,
        /// Its length.
        length: Length,
    }
}

words! {
    /// What a cable is made of.
    pub enum CableKind { Copper = "copper", Dac = "dac", Aoc = "aoc", Fibre = "fibre" }
}

table! {
    /// The Proxmox VE cluster.
    pub struct Cluster {
        /// Its name.
        name: String,
        /// An external vote.
        qdevice: bool,
    }
}

table! {
    /// Corosync, the cluster's heartbeat.
    pub struct Corosync {
        /// Links by number, 0 to 7.
        link: Named<CorosyncLink>,
        /// Transport.
        transport: Transport,
        /// Time before a lost token is noticed, without the part per node; 3000 ms where it is left out.
        token: Time,
        /// Time added for every node beyond two.
        token_coefficient: Time,
    }
}

words! {
    /// Transport of Corosync.
    pub enum Transport { Knet = "knet", Udp = "udp", Udpu = "udpu" }
}

table! {
    /// A Corosync link.
    pub struct CorosyncLink {
        /// Network it runs over.
        network [required]: String,
        /// Priority, 0 to 255: the highest wins; equal ones by the lowest link number.
        priority: u32 => 0..=255,
    }
}

table! {
    /// Ceph, the cluster's storage.
    pub struct Ceph {
        /// Release by name.
        release: CephRelease,
        /// Nodes that run a monitor.
        monitors: Names,
        /// Nodes that run a manager.
        managers: Names,
        /// Nodes that run a metadata server for CephFS.
        metadata_servers: Names,
        /// Memory each OSD is told to stay within.
        osd_memory_target: Size,
        /// Pools by name.
        pool: Named<Pool>,
    }
}

words! {
    /// Release of Ceph.
    pub enum CephRelease { Quincy = "quincy", Reef = "reef", Squid = "squid", Tentacle = "tentacle" }
}

table! {
    /// A Ceph pool.
    pub struct Pool {
        /// What uses it.
        application: Application,
        /// Copies.
        size: u32 => 1..=10,
        /// Copies that must be reachable for reads and writes.
        min_size: u32 => 1..=10,
        /// Placement groups.
        pg_num: u32 => 1..=65_536,
        /// What no two copies share.
        failure_domain: FailureDomain,
        /// Medium its data is kept on; every OSD where it is left out.
        device_class: Media,
        /// Part of all data that lies in it.
        data_share: Ratio,
    }
}

words! {
    /// What uses a pool.
    pub enum Application { Rbd = "rbd", CephfsData = "cephfs-data", CephfsMetadata = "cephfs-metadata", Rgw = "rgw" }
}
words! {
    /// What no two copies of an object share.
    pub enum FailureDomain { Osd = "osd", Host = "host", Rack = "rack", Site = "site" }
}

table! {
    /// A storage as Proxmox VE knows it.
    pub struct Storage {
        /// Its type.
        kind: StorageKind,
        /// Ceph pool behind it.
        pool: String,
        /// What is kept on it.
        content: Vec<Spanned<Content>>,
        /// Whether blocks are allotted when they are written.
        thin: bool,
        /// Target portals of an iSCSI storage, by network name or address.
        portals: Names,
        /// Networks its traffic takes.
        networks: Names,
    }
}

words! {
    /// Storage type.
    pub enum StorageKind {
        Rbd = "rbd", Cephfs = "cephfs", LvmThin = "lvmthin", Lvm = "lvm", Zfs = "zfspool", Directory = "dir",
        Nfs = "nfs", Cifs = "cifs", Iscsi = "iscsi", BackupServer = "pbs",
    }
}
words! {
    /// What is kept on a storage.
    pub enum Content {
        Images = "images", RootDir = "rootdir", Iso = "iso", Backup = "backup", Template = "vztmpl", Snippets = "snippets",
    }
}

table! {
    /// High availability.
    pub struct Ha {
        /// Whether guests are restarted elsewhere when their node fails.
        enabled: bool,
        /// What happens to guests when a node is shut down or restarted.
        shutdown_policy: ShutdownPolicy,
        /// Groups of nodes (Proxmox VE 8).
        group: Named<HaGroup>,
        /// Node affinity rules (Proxmox VE 9).
        node_affinity: Named<NodeAffinity>,
    }
}

words! {
    /// What happens to guests when a node is shut down.
    pub enum ShutdownPolicy { Conditional = "conditional", Freeze = "freeze", Failover = "failover", Migrate = "migrate" }
}

table! {
    /// A group of nodes for high availability.
    pub struct HaGroup {
        /// Its nodes.
        nodes: Names,
        /// Whether guests run on these nodes only.
        restricted: bool,
        /// Whether guests stay where they are when a better node comes back.
        nofailback: bool,
    }
}

table! {
    /// A node affinity rule.
    pub struct NodeAffinity {
        /// Its nodes.
        nodes: Names,
        /// Guest profiles it is about.
        guests: Names,
        /// Whether guests run on these nodes only.
        strict: bool,
    }
}

table! {
    /// Live migration.
    pub struct Migration {
        /// Network it takes; the management network where it is left out.
        network: String,
        /// Most that one migration may take, in the unit Proxmox VE uses: `"1098632 KiB/s"`.
        bandwidth_limit: Rate,
        /// Migrations at the same time.
        parallel: u32 => 1..=1000,
    }
}

table! {
    /// A profile of equal guests.
    pub struct Guest {
        /// How many there are.
        count: u32 => 0..=1_000_000,
        /// Virtual processors of one.
        vcpus: u32 => 1..=1024,
        /// Memory of one, such as `"8 GiB"`.
        memory: Size,
        /// System disk of one, such as `"40 GB"`.
        root_disk: Size,
        /// Storage its disks lie on.
        storage: String,
        /// Operations per second that one needs.
        iops: f64,
        /// Bytes of one operation, such as `"16 KiB"`.
        io_size: Size,
        /// Part of the operations that write.
        write_share: Ratio,
        /// Where the demand figures come from.
        io_basis: Basis,
        /// Operating system.
        os: GuestOs,
        /// Version of the Linux kernel in the guest.
        kernel: Release,
        /// Processor type the guest is shown.
        cpu_type: CpuType,
        /// Whether it runs virtual machines itself.
        nested: bool,
        /// Whether freed blocks are given back to the storage.
        discard: bool,
        /// Whether its disks are shown to it as solid-state drives.
        ssd_emulation: bool,
        /// Bus of its disks.
        bus: Bus,
        /// Whether the agent is switched on in the guest's settings.
        guest_agent: bool,
        /// Whether the agent is installed in the image.
        guest_agent_installed: bool,
        /// When packages are upgraded by themselves.
        upgrade: Upgrade,
        /// Whether settings come from cloud-init at first boot.
        cloud_init: bool,
        /// TCP ports open from the first boot.
        open_ports: Vec<Spanned<u32>>,
        /// Resource pool it is in; rights are given by pool.
        resource_pool: String,
        /// What it is used for.
        stage: Stage,
        /// Whether high availability looks after it.
        ha: bool,
        /// Group for high availability (Proxmox VE 8).
        ha_group: String,
        /// Networks it is in.
        networks: Names,
    }
}

words! {
    /// Operating system of a guest.
    pub enum GuestOs {
        AlmaLinux8 = "almalinux-8", AlmaLinux9 = "almalinux-9", AlmaLinux10 = "almalinux-10",
        RockyLinux8 = "rocky-8", RockyLinux9 = "rocky-9", RockyLinux10 = "rocky-10",
        Rhel8 = "rhel-8", Rhel9 = "rhel-9", Rhel10 = "rhel-10",
        Debian11 = "debian-11", Debian12 = "debian-12", Debian13 = "debian-13",
        Ubuntu2204 = "ubuntu-22.04", Ubuntu2404 = "ubuntu-24.04",
        WindowsServer2022 = "windows-server-2022", WindowsServer2025 = "windows-server-2025",
        ProxmoxVe8 = "proxmox-ve-8", ProxmoxVe9 = "proxmox-ve-9", Other = "other",
    }
}
words! {
    /// Processor type shown to a guest.
    pub enum CpuType {
        Kvm64 = "kvm64", Qemu64 = "qemu64", V2 = "x86-64-v2", V2Aes = "x86-64-v2-AES", V3 = "x86-64-v3",
        V4 = "x86-64-v4", Host = "host", Max = "max",
    }
}
words! {
    /// Bus of a guest's disks.
    pub enum Bus { Scsi = "scsi", VirtioBlock = "virtio-block", Sata = "sata", Ide = "ide" }
}
words! {
    /// When a guest upgrades its packages by itself.
    pub enum Upgrade { FirstBoot = "first-boot", EveryBoot = "every-boot", Never = "never" }
}
words! {
    /// What a guest is used for.
    pub enum Stage { Development = "development", Production = "production" }
}

table! {
    /// A leaf-spine fabric.
    pub struct Fabric {
        /// Switches that servers hang on.
        leaves [required]: Names,
        /// Switches that join the leaves.
        spines [required]: Names,
        /// Whether servers exchange routes with the fabric by BGP EVPN.
        evpn: bool,
    }
}

table! {
    /// An overlay network.
    pub struct Overlay {
        /// Encapsulation.
        kind: Encapsulation,
        /// Network number, 1 to 16777215.
        vni: u32 => 1..=16_777_215,
        /// Network that carries it.
        underlay: String,
        /// Largest packet inside, in bytes.
        mtu: u32 => 576..=65_535,
        /// Whether routes come by BGP EVPN.
        evpn: bool,
    }
}

words! {
    /// Encapsulation of an overlay.
    pub enum Encapsulation { Vxlan = "vxlan", Qinq = "qinq" }
}

table! {
    /// How servers without a local system disk are registered and started.
    pub struct Provisioning {
        /// Whether an inventory holds every server's settings, so that a lost node is built again from it.
        inventory: bool,
        /// Whether servers are told apart by their system UUID.
        by_uuid: bool,
        /// Whether the neighbour switch of each port is checked (LLDP).
        neighbour_check: bool,
        /// Where the system image is loaded from.
        image_source: ImageSource,
        /// Size of the system image once it lies in memory.
        image_size: Size,
    }
}

words! {
    /// Where a system image is loaded from.
    pub enum ImageSource { OwnCeph = "own-ceph", OtherCeph = "other-ceph", HttpServer = "http-server" }
}

table! {
    /// Where the cluster's notifications go.
    pub struct Notification {
        /// Mail relay.
        smtp_relay: String,
        /// Who gets them.
        recipients: Vec<Spanned<String>>,
    }
}
