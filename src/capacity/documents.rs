//! The documents' own arithmetic, and the same with its units put right.

use super::figure::{Figure, Method};
use super::store::{pool_of, stores_elsewhere};
use crate::catalogue::figure_texts as texts;
use crate::design::{self, Item};
use crate::quantity::{Rate, units};
use crate::topology::{DiskGroup, Topology};
use crate::words;

/// Gbit/s of the documents' table, with what they call it.
const TABLE: [(f64, &str); 10] = [
    (1.0, ""),
    (10.0, ""),
    (20.0, ""),
    (25.0, ""),
    (32.0, "PCIe Gen3 x4"),
    (40.0, ""),
    (64.0, "PCIe Gen4 x4"),
    (80.0, ""),
    (100.0, ""),
    (128.0, "PCIe Gen5 x4"),
];

pub(super) fn figures(topology: &Topology<'_>, out: &mut Vec<Figure>) {
    out.extend(TABLE.iter().map(|(gigabits, name)| link_rate(*gigabits, name)));
    let guests = || topology.design.guest.iter().flat_map(|guests| guests.value.iter());
    for guest in guests() {
        out.extend(bandwidths(guest).into_iter().map(|(_, figure)| figure));
    }
    for guest in guests().filter(|guest| !stores_elsewhere(topology, guest)) {
        let pool = pool_of(topology, guest);
        let class = pool.and_then(|pool| pool.value.device_class.as_ref()).map(|class| class.value);
        let groups = super::disks::osd_groups(topology).into_iter();
        for group in groups.filter(|group| class.is_none_or(|class| group.media().is_none_or(|media| media == class))) {
            out.extend(guests_on(guest, group));
        }
    }
}

fn link_rate(gigabits: f64, name: &str) -> Figure {
    let rate = Rate::new(gigabits, &units::GBIT_PER_S);
    let subject = if name.is_empty() { rate.to_string() } else { format!("{rate}, {name}") };
    Figure::new(texts::LINK_RATE, subject, Method::Documents, rate.in_unit(&units::MB_PER_S))
        .formula(format!("{gigabits} Gbit/s x 125"))
        .input("rate", rate)
}

/// What one guest's operations take in MB/s, by the documents and corrected.
fn bandwidths(guest: &Item<design::Guest>) -> Vec<(f64, Figure)> {
    let subject = format!("guest.{}", guest.pattern.value);
    let text = texts::GUEST_BANDWIDTH;
    let (Some(iops), Some(io_size)) = (&guest.value.iops, &guest.value.io_size) else {
        return Vec::new();
    };
    let (iops, io_size) = (iops.value, io_size.value);
    let kibibytes = io_size.in_unit(&units::KIB);
    let binary = iops * kibibytes / 1024.0;
    let decimal = iops * io_size.base() / units::MB.factor;
    let documents = Figure::new(text, &subject, Method::Documents, binary)
        .cut_off()
        .formula(format!("{iops} x {kibibytes} KiB / 1024"))
        .input("iops", iops)
        .input("io_size", io_size)
        .note(words::documents::is_binary());
    let corrected = Figure::new(text, &subject, Method::Corrected, decimal)
        .decimals(3)
        .formula(words::documents::by_bytes(iops, io_size.base()))
        .input("iops", iops)
        .input("io_size", io_size)
        .note(words::documents::is_decimal());
    vec![(binary, documents), (decimal, corrected)]
}

fn guests_on(guest: &Item<design::Guest>, group: DiskGroup<'_>) -> Vec<Figure> {
    let subject = words::documents::guest_on(format!("guest.{}", guest.pattern.value), group.path());
    let Some(write) = group.write() else {
        let missing = vec![format!("{}.write", group.path())];
        return vec![Figure::unknown(texts::GUESTS_BY_DISK_BANDWIDTH, subject, Method::Documents, missing)];
    };
    let rate = write.in_unit(&units::MB_PER_S);
    let count = |(bandwidth, figure): (f64, Figure)| {
        let reason = match figure.method {
            Method::Documents => words::documents::one_disk_only(),
            _ => words::documents::same_units(),
        };
        Figure::new(texts::GUESTS_BY_DISK_BANDWIDTH, &subject, figure.method, (rate / bandwidth).floor())
            .decimals(0)
            .formula(format!("floor({rate} / {bandwidth})"))
            .input("write", write)
            .input("bandwidth", bandwidth)
            .binding(words::documents::disk_bandwidth())
            .note(reason)
    };
    bandwidths(guest).into_iter().filter(|(bandwidth, _)| *bandwidth > 0.0).map(count).collect()
}
