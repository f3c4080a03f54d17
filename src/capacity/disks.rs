//! Figures about disks: network that a disk's writes need, and the root volume.

use super::figure::{Figure, Method};
use crate::catalogue::figure_texts as texts;
use crate::catalogue::parameters::figures::RootVolume;
use crate::design::DiskRole;
use crate::quantity::{Rate, units};
use crate::topology::{DiskGroup, Topology};

/// Groups of disks of every model that some node is, each once.
pub(super) fn groups<'d>(topology: &Topology<'d>) -> Vec<DiskGroup<'d>> {
    super::nodes::models(topology).into_iter().flat_map(|(model, _)| DiskGroup::of_model(model)).collect()
}

/// Groups of OSD disks of every model that some node is.
pub(super) fn osd_groups<'d>(topology: &Topology<'d>) -> Vec<DiskGroup<'d>> {
    groups(topology).into_iter().filter(|group| group.role() == Some(DiskRole::Osd)).collect()
}

pub(super) fn figures(topology: &Topology<'_>, out: &mut Vec<Figure>) {
    for group in osd_groups(topology) {
        out.extend(network_need(topology, group));
    }
    for group in groups(topology).into_iter().filter(|group| group.role() == Some(DiskRole::Os)) {
        out.extend(root_volume(group));
    }
}

fn network_need(topology: &Topology<'_>, group: DiskGroup<'_>) -> Vec<Figure> {
    let text = texts::WRITE_NETWORK_NEED;
    let Some(write) = group.write() else {
        return vec![Figure::unknown(text, group.path(), Method::Documents, vec![format!("{}.write", group.path())])];
    };
    let rate = write.in_unit(&units::MB_PER_S);
    let gigabits = |megabytes: f64| Rate::new(megabytes, &units::MB_PER_S).to(&units::GBIT_PER_S);
    let twice = 2.0 * rate;
    let mut figures = vec![
        Figure::new(text, group.path(), Method::Documents, twice)
            .decimals(0)
            .formula(format!("2 x {rate} MB/s = {}", gigabits(twice)))
            .input("write", write),
    ];
    let nodes = topology.nodes.iter().filter(|node| node.osd_groups().next().is_some()).count() as f64;
    if let Some((pool, copies)) = super::ceph::main_pool(topology).filter(|_| nodes >= 1.0) {
        let need = rate / nodes * ((copies - 1.0) + (nodes - 1.0) / nodes);
        figures.push(
            Figure::new(text, group.path(), Method::Model, need)
                .formula(format!("({rate} / {nodes}) x (({copies} - 1) + ({nodes} - 1) / {nodes}) = {}", gigabits(need)))
                .input("write", write)
                .input("nodes", nodes)
                .input("size", copies)
                .note(format!(
                    "for {rate} MB/s written evenly to pool {}; with every client and primary on one server the documents' rule holds",
                    pool.pattern.value
                )),
        );
    }
    figures
}

fn root_volume(group: DiskGroup<'_>) -> Vec<Figure> {
    let constants = RootVolume::DEFAULT;
    let text = texts::ROOT_VOLUME;
    let Some(capacity) = group.capacity() else {
        return vec![Figure::unknown(
            text,
            group.path(),
            Method::Documents,
            vec![format!("{}.capacity", group.path())],
        )];
    };
    let gigabytes = capacity.in_unit(&units::GB);
    let quarter = capacity * constants.part.base();
    let least = if quarter < constants.most { quarter } else { constants.most };
    let documents = Figure::new(text, group.path(), Method::Documents, quarter.in_unit(&units::GB))
        .formula(format!("{gigabytes} GB x {}", constants.part))
        .input("capacity", capacity);
    let model = Figure::new(text, group.path(), Method::Model, least.in_unit(&units::GB))
        .formula(format!("min({gigabytes} GB x {}, {})", constants.part, constants.most))
        .input("capacity", capacity)
        .binding(if quarter < constants.most { "a quarter of the disk" } else { "the installer's limit" });
    vec![documents, model]
}
