//! Figures about disks: network that a disk's writes need, and the root volume.

use super::figure::{Figure, Method, State};
use crate::catalogue::figure_texts as texts;
use crate::catalogue::parameters::disk::MonitorStoreSmall;
use crate::design::DiskRole;
use crate::quantity::{Rate, Size, units};
use crate::topology::{DiskGroup, Topology};
use crate::words;

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
    let Some(pool) = super::store::pool_on(topology, group.media()) else { return figures };
    let Ok(store) = super::store::Store::of(topology, pool) else { return figures };
    let left = store.left(State::Healthy);
    if left.nodes < 2.0 {
        return figures;
    }
    let (nodes, copies, remote) = (left.nodes, left.written, left.remote());
    let need = rate / nodes * ((copies - 1.0) * left.apart + remote);
    let apart = if left.apart < 1.0 { format!(" x {:.3}", left.apart) } else { String::new() };
    figures.push(
        Figure::new(text, group.path(), Method::Model, need)
            .formula(format!(
                "({rate} / {nodes}) x (({copies} - 1){apart} + ({nodes} - 1) / {nodes}) = {}",
                gigabits(need)
            ))
            .input("write", write)
            .input("nodes", nodes)
            .input("size", copies)
            .note(words::disks::evenly_written(rate, words::figures::pool(pool.pattern.value.as_str()))),
    );
    figures
}

fn root_volume(group: DiskGroup<'_>) -> Vec<Figure> {
    let text = texts::ROOT_VOLUME;
    let Some(capacity) = group.capacity() else {
        let missing = vec![format!("{}.capacity", group.path())];
        return vec![Figure::unknown(text, group.path(), Method::Documents, missing)];
    };
    let MonitorStoreSmall { root_share, root_cap, .. } = MonitorStoreSmall::DEFAULT;
    let part = |size: Size| size * root_share.base();
    let documents = Figure::new(text, group.path(), Method::Documents, part(capacity).in_unit(&units::GB))
        .formula(format!("{} GB x {root_share}", capacity.in_unit(&units::GB)))
        .input("capacity", capacity);
    let volume = match group.volume() {
        Ok(volume) => volume,
        Err(missing) => {
            return vec![documents, Figure::unknown(text, group.path(), Method::Model, vec![missing.missing])];
        }
    };
    let figure = |size: Size| Figure::new(text, group.path(), Method::Model, size.in_unit(&units::GB));
    let model = if group.disk().mirror.as_ref().is_some_and(|mirror| mirror.value) {
        figure(volume)
            .formula(format!("{} GB", volume.in_unit(&units::GB)))
            .binding(words::disks::whole_disk())
            .assumed(words::disks::mirrored_by_zfs(group.path()))
    } else {
        let cut = part(volume);
        figure(if cut < root_cap { cut } else { root_cap })
            .formula(format!("min({} GB x {root_share}, {root_cap})", volume.in_unit(&units::GB)))
            .binding(if cut < root_cap { words::disks::quarter() } else { words::disks::installer_limit() })
    };
    vec![documents, model.input("capacity", capacity)]
}
