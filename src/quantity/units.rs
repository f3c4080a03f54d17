//! Every unit a design may write, one static each.
//!
//! A unit's `factor` says how many base units are in one of it. The base units are the byte, the byte per second, the
//! second, the whole (1 = 100 %), the metre and the watt.

use super::Unit;

macro_rules! units {
    ($($(#[$doc:meta])* $name:ident = $symbol:literal, $factor:expr $(, $alias:literal)*;)*) => {
        $(
            $(#[$doc])*
            pub static $name: Unit = Unit { symbol: $symbol, factor: $factor, aliases: &[$($alias),*] };
        )*
    };
}

const KI: f64 = 1024.0;
const MI: f64 = KI * KI;
const GI: f64 = MI * KI;
const TI: f64 = GI * KI;
const PI: f64 = TI * KI;
/// A bit, in bytes.
const BIT: f64 = 0.125;
const DAY: f64 = 24.0 * 60.0 * 60.0;

units! {
    /// Byte, the base unit of sizes.
    B = "B", 1.0;
    /// Kilobyte: 10^3 bytes.
    KB = "kB", 1e3;
    /// Megabyte: 10^6 bytes.
    MB = "MB", 1e6;
    /// Gigabyte: 10^9 bytes.
    GB = "GB", 1e9;
    /// Terabyte: 10^12 bytes.
    TB = "TB", 1e12;
    /// Petabyte: 10^15 bytes.
    PB = "PB", 1e15;
    /// Kibibyte: 2^10 bytes.
    KIB = "KiB", KI;
    /// Mebibyte: 2^20 bytes.
    MIB = "MiB", MI;
    /// Gibibyte: 2^30 bytes.
    GIB = "GiB", GI;
    /// Tebibyte: 2^40 bytes.
    TIB = "TiB", TI;
    /// Pebibyte: 2^50 bytes.
    PIB = "PiB", PI;

    /// Byte per second, the base unit of rates.
    B_PER_S = "B/s", 1.0, "Bps";
    /// Kilobyte (10^3 bytes) per second.
    KB_PER_S = "kB/s", 1e3, "kBps";
    /// Megabyte (10^6 bytes) per second.
    MB_PER_S = "MB/s", 1e6, "MBps";
    /// Gigabyte (10^9 bytes) per second.
    GB_PER_S = "GB/s", 1e9, "GBps";
    /// Terabyte (10^12 bytes) per second.
    TB_PER_S = "TB/s", 1e12, "TBps";
    /// Kibibyte (2^10 bytes) per second.
    KIB_PER_S = "KiB/s", KI, "KiBps";
    /// Mebibyte (2^20 bytes) per second.
    MIB_PER_S = "MiB/s", MI, "MiBps";
    /// Gibibyte (2^30 bytes) per second.
    GIB_PER_S = "GiB/s", GI, "GiBps";
    /// Bit per second: an eighth of a byte per second.
    BIT_PER_S = "bit/s", BIT, "bps", "b/s";
    /// Kilobit (10^3 bits) per second.
    KBIT_PER_S = "kbit/s", 1e3 * BIT, "kbps", "kb/s";
    /// Megabit (10^6 bits) per second.
    MBIT_PER_S = "Mbit/s", 1e6 * BIT, "Mbps", "Mb/s";
    /// Gigabit (10^9 bits) per second.
    GBIT_PER_S = "Gbit/s", 1e9 * BIT, "Gbps", "Gb/s";
    /// Terabit (10^12 bits) per second.
    TBIT_PER_S = "Tbit/s", 1e12 * BIT, "Tbps", "Tb/s";
    /// Gigabit Ethernet, as data sheets write a port's speed: the same as Gbit/s.
    GBE = "GbE", 1e9 * BIT;

    /// Nanosecond.
    NS = "ns", 1e-9;
    /// Microsecond; both the micro sign and the Greek letter are read.
    US = "us", 1e-6, "\u{b5}s", "\u{3bc}s";
    /// Millisecond.
    MS = "ms", 1e-3;
    /// Second, the base unit of times.
    S = "s", 1.0;
    /// Minute.
    MIN = "min", 60.0;
    /// Hour.
    H = "h", 60.0 * 60.0;
    /// Day of 24 hours.
    DAYS = "days", DAY, "day", "d";
    /// Year of 365 days, as warranties and endurance figures count it.
    YEARS = "years", 365.0 * DAY, "year";

    /// Per cent: a hundredth of the whole.
    PERCENT = "%", 0.01;

    /// Millimetre.
    MILLIMETRE = "mm", 1e-3;
    /// Centimetre.
    CENTIMETRE = "cm", 1e-2;
    /// Metre, the base unit of lengths.
    METRE = "m", 1.0;
    /// Kilometre.
    KILOMETRE = "km", 1e3;

    /// Watt, the base unit of power.
    WATT = "W", 1.0;
    /// Kilowatt.
    KILOWATT = "kW", 1e3;

    /// Full writes of the capacity per day; its base unit is itself. For [`Endurance`](super::Endurance) only.
    DWPD = "DWPD", 1.0;
    /// Terabytes (10^12 bytes) that may be written in a lifetime. For [`Endurance`](super::Endurance) only.
    TBW = "TBW", 1e12;
    /// Petabytes (10^15 bytes) that may be written in a lifetime. For [`Endurance`](super::Endurance) only.
    PBW = "PBW", 1e15;
}
