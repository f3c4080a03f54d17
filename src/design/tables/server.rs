//! Servers and what is in them.

use super::PowerSupplies;
use crate::design::Text;
use crate::design::names::{Names, Series};
use crate::design::read::{Named, Spanned};
use crate::design::table::{table, words};
use crate::quantity::{Endurance, Power, Rate, Size};

table! {
    /// A server as it is bought.
    pub struct ServerModel {
        /// What the model is, as on the quote.
        description: Text,
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
        /// Power supplies.
        power_supplies: PowerSupplies,
        /// Most that one server takes, such as `"620 W"`.
        draw: Power,
        /// Height in rack units.
        rack_units: u32 => 1..=60,
        /// What it was called in the design that `rackproof diff` compares this one with; of a range, a range as long.
        was: Names,
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
        model: Text,
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
        names: Vec<Spanned<Text>>,
        /// Its link to the processor, such as `{ generation = 3, lanes = 8 }`.
        pcie: Pcie,
        /// Model as on the quote.
        model: Text,
        /// What its ports take: the cage for a transceiver or a plug, or a jack.
        form_factor: FormFactor,
        /// Whether it comes with the device, such as ports on the mainboard, so that it is not bought apart.
        onboard: bool,
        /// What it was called in the design that `rackproof diff` compares this one with; of a range, a range as long.
        was: Names,
    }
}

words! {
    /// Form of a network port, and of what is plugged into it.
    pub enum FormFactor {
        Rj45 = "RJ45", Sfp = "SFP", SfpPlus = "SFP+", Sfp28 = "SFP28", Sfp56 = "SFP56", QsfpPlus = "QSFP+",
        Qsfp28 = "QSFP28", Qsfp56 = "QSFP56", QsfpDd = "QSFP-DD", Osfp = "OSFP",
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
        model: Text,
        /// What it was called in the design that `rackproof diff` compares this one with; of a range, a range as long.
        was: Names,
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
        controller: Text,
        /// Group of faster disks that holds WAL and DB of these OSDs.
        db: Text,
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
        /// Writes of 4 KiB per second with each one kept safe before the next (`fio --sync=1 --iodepth=1`).
        sync_write_iops: u64 => 0..=1_000_000_000,
        /// OSDs on one such disk; 1 where it is left out.
        osds_per_disk: u32 => 1..=16,
        /// What is written to one such disk on a mean day by the system and its logs, such as `"50 GB"`.
        written_per_day: Size,
        /// Rated endurance: `"1 DWPD"` or `"3504 TBW"`.
        endurance: Endurance,
        /// Software mirror over the group (ZFS or mdraid), as for a system disk.
        mirror: bool,
        /// Model as on the quote.
        model: Text,
        /// What it was called in the design that `rackproof diff` compares this one with; of a range, a range as long.
        was: Names,
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
        model: Text,
        /// Site it stands in.
        site: Text,
        /// Rack it stands in.
        rack: Text,
        /// Lowest rack unit that it takes, counted from the bottom; one for each server: `[1, 3, 5]`.
        rack_unit: Vec<Spanned<u32>>,
        /// Whether it joins the cluster freshly installed.
        fresh_install: bool,
        /// Address that `/etc/hosts` gives for the node's own name.
        hosts_address: Series,
        /// Feed of each power supply, in their order: `["feed-a", "feed-b"]`.
        power: Names,
        /// System UUIDs as the mainboard reports them, one for each server.
        system_uuid: Vec<Spanned<Text>>,
        /// What it was called in the design that `rackproof diff` compares this one with; of a range, a range as long.
        was: Names,
    }
}
