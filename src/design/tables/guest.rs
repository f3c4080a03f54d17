//! Profiles of guests.

use super::{Basis, Release};
use crate::design::Text;
use crate::design::names::Names;
use crate::design::read::Spanned;
use crate::design::table::{table, words};
use crate::quantity::{Rate, Ratio, Size};

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
        /// Further disks of one, all together, such as `"200 GB"`.
        data_disk: Size,
        /// Part of its disks that holds data; all of it where it is left out.
        used_share: Ratio,
        /// Memory that one changes per second while it runs, such as `"50 MB/s"`.
        dirty_rate: Rate,
        /// Storage its disks lie on.
        storage: Text,
        /// Operations per second that one needs.
        iops: f64,
        /// Operations per second of one on the mean of a day; wear and backups are counted by it.
        mean_iops: f64,
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
        resource_pool: Text,
        /// What it is used for.
        stage: Stage,
        /// Whether high availability looks after it.
        ha: bool,
        /// Group for high availability (Proxmox VE 8).
        ha_group: Text,
        /// Networks it is in.
        networks: Names,
        /// What it was called in the design that `rackproof diff` compares this one with; of a range, a range as long.
        was: Names,
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
