//! Bonds, bridges, networks, cables, fabrics and overlays.

use super::{FormFactor, Latency, Vpn};
use crate::design::Text;
use crate::design::names::{Names, PerDevice};
use crate::design::read::Spanned;
use crate::design::table::{table, words};
use crate::quantity::{Length, Ratio, Time};

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
        /// Largest packet in bytes; that of its networks where it is left out.
        mtu: u32 => 576..=65_535,
        /// What it was called in the design that `rackproof diff` compares this one with; of a range, a range as long.
        was: Names,
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
        /// Largest packet in bytes; that of its networks where it is left out.
        mtu: u32 => 576..=65_535,
        /// What it was called in the design that `rackproof diff` compares this one with; of a range, a range as long.
        was: Names,
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
        /// Overlay that carries it between the nodes.
        overlay: Text,
        /// How frames find their way where nodes are cabled to each other without a switch.
        mesh: Mesh,
        /// Addresses with prefix length, in the order of the devices, or by device.
        address: PerDevice,
        /// Router of the network.
        gateway: Text,
        /// Round trip and jitter between its members.
        latency: Latency,
        /// Whether traffic classes (QoS) are what keeps purposes apart.
        qos: bool,
        /// Part of the rate that Ceph may count on where migrations or guests share the interface.
        ceph_reserve: Ratio,
        /// What it was called in the design that `rackproof diff` compares this one with; of a range, a range as long.
        was: Names,
    }
}

words! {
    /// How frames find their way in a mesh of nodes without switches.
    pub enum Mesh {
        Broadcast = "broadcast", Routed = "routed", RoutedWithFallback = "routed-with-fallback", Rstp = "rstp",
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
        /// Grade of a fibre or category of a twisted pair.
        grade: CableGrade,
        /// Transceivers at both ends, as IEEE 802.3 names what they do.
        optic: Optic,
        /// Form of its plugs or transceivers, where it is not that of the ports; two where the ends differ, that of `from`
        /// first: `["QSFP28", "SFP28"]`.
        form_factor: Vec<Spanned<FormFactor>>,
    }
}

words! {
    /// What a cable is made of.
    pub enum CableKind { Copper = "copper", Dac = "dac", Aoc = "aoc", Fibre = "fibre" }
}
words! {
    /// Grade of a fibre (OM: multimode, OS: single-mode), or category of a twisted pair.
    pub enum CableGrade {
        Om1 = "OM1", Om2 = "OM2", Om3 = "OM3", Om4 = "OM4", Om5 = "OM5", Os1 = "OS1", Os2 = "OS2", Cat5e = "Cat5e",
        Cat6 = "Cat6", Cat6a = "Cat6A", Cat7 = "Cat7", Cat8 = "Cat8",
    }
}
words! {
    /// Transceiver, by the name that IEEE 802.3 gives to what it does.
    pub enum Optic {
        Base1000T = "1000BASE-T", Base1000Sx = "1000BASE-SX", Base1000Lx = "1000BASE-LX", Base10gT = "10GBASE-T",
        Base10gSr = "10GBASE-SR", Base10gLr = "10GBASE-LR", Base10gEr = "10GBASE-ER", Base25gSr = "25GBASE-SR",
        Base25gLr = "25GBASE-LR", Base40gSr4 = "40GBASE-SR4", Base40gLr4 = "40GBASE-LR4", Base100gSr4 = "100GBASE-SR4",
        Base100gDr = "100GBASE-DR", Base100gLr4 = "100GBASE-LR4",
    }
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
        /// What it was called in the design that `rackproof diff` compares this one with; of a range, a range as long.
        was: Names,
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
        underlay: Text,
        /// Largest packet inside, in bytes.
        mtu: u32 => 576..=65_535,
        /// Whether routes come by BGP EVPN.
        evpn: bool,
        /// Tunnel that encrypts what the underlay carries.
        vpn: Vpn,
        /// Nodes that the overlay names as its ends, where they are listed by hand.
        peers: Names,
        /// What it was called in the design that `rackproof diff` compares this one with; of a range, a range as long.
        was: Names,
    }
}

words! {
    /// Encapsulation of an overlay.
    pub enum Encapsulation { Vxlan = "vxlan", Qinq = "qinq" }
}
