//! Disks before they become OSDs, and Ceph with its pools.

use super::{Ground, Test, word};
use crate::capacity::{Figure, Method, State};
use crate::catalogue::figure_texts as texts;
use crate::catalogue::parameters::figures::CephSmallWrites;
use crate::design::{Disk, Words};
use crate::quantity::units;
use crate::topology::DiskGroup;

/// A job of `fio` on a whole disk.
struct Job {
    name: &'static str,
    how: &'static str,
    block: &'static str,
}

const WRITE: Job = Job { name: "write", how: "write", block: "1M" };
const READ: Job = Job { name: "read", how: "read", block: "1M" };
const SMALL_WRITE: Job = Job { name: "randwrite", how: "randwrite", block: "4k" };
const SMALL_READ: Job = Job { name: "randread", how: "randread", block: "4k" };

/// Disks for OSDs against the data sheet.
pub(super) fn disks(ground: &Ground<'_, '_>, not_promised: &mut Vec<String>) -> Vec<Test> {
    let mut groups: Vec<(DiskGroup<'_>, Vec<String>)> = Vec::new();
    for node in &ground.topology.nodes {
        for group in node.osd_groups() {
            match groups.iter_mut().find(|(known, _)| std::ptr::eq(known.item, group.item)) {
                Some((_, nodes)) => nodes.push(node.name.to_string()),
                None => groups.push((group, vec![node.name.to_string()])),
            }
        }
    }
    groups.into_iter().filter_map(|(group, nodes)| disk(&group, nodes, not_promised)).collect()
}

fn disk(group: &DiskGroup<'_>, nodes: Vec<String>, not_promised: &mut Vec<String>) -> Option<Test> {
    let disk: &Disk = group.disk();
    let rate = |rate: &crate::source::Spanned<crate::quantity::Rate>| {
        format!(
            "BW at least {:.0} MB/s (of 10^6 bytes; fio prints them in brackets)",
            rate.value.in_unit(&units::MB_PER_S)
        )
    };
    let operations = |count: f64| format!("IOPS at least {count:.0}");
    let promised = [
        (&WRITE, "write", disk.write.as_ref().map(rate)),
        (&READ, "read", disk.read.as_ref().map(rate)),
        (&SMALL_WRITE, "write_iops", disk.write_iops.as_ref().map(|count| operations(count.value as f64))),
        (&SMALL_READ, "read_iops", disk.read_iops.as_ref().map(|count| operations(count.value as f64))),
    ];
    let stated: Vec<_> = promised.iter().filter_map(|(job, key, value)| Some((*job, *key, value.as_ref()?))).collect();
    let silent = promised.iter().filter(|(_, _, value)| value.is_none());
    not_promised.extend(silent.map(|(_, key, _)| format!("{}.{key}", group.path())));
    if stated.is_empty() {
        return None;
    }
    let count = group.count().map_or("each".to_owned(), |count| format!("each of {count}"));
    Some(Test {
        shows: format!("Disks {} do what their data sheet says", group.item.pattern.value),
        on: nodes,
        commands: stated.iter().map(|(job, _, _)| job.command()).collect(),
        expected: stated.iter().map(|(job, _, value)| format!("{}, {count}: {value}", job.name)).collect(),
        from: stated.iter().map(|(_, key, _)| format!("{}.{key}", group.path())).collect(),
        ..Test::default()
    })
}

impl Job {
    fn command(&self) -> String {
        format!(
            "fio --name={} --filename=/dev/DISK --rw={} --bs={} --iodepth=64 --ioengine=libaio --direct=1 --time_based --runtime=60",
            self.name, self.how, self.block
        )
    }
}

/// Ceph as a whole, its pools, and what they carry.
pub(super) fn ceph(ground: &Ground<'_, '_>, not_promised: &mut Vec<String>) -> Vec<Test> {
    if !ground.topology.has_ceph() {
        return Vec::new();
    }
    let mut tests = vec![health(ground)];
    tests.extend(memory_target(ground));
    tests.extend(pools(ground));
    tests.extend(raw(ground));
    tests.extend(rates(ground, not_promised));
    tests
}

fn health(ground: &Ground<'_, '_>) -> Test {
    let ceph = ground.topology.design.ceph.as_ref().map(|ceph| &ceph.value);
    let osds: Option<u32> = ground.topology.nodes.iter().map(crate::topology::Node::osd_count).sum();
    let mut expected = vec!["HEALTH_OK".to_owned()];
    let monitors = ceph.and_then(|ceph| ceph.monitors.as_ref());
    expected.extend(monitors.map(|names| format!("mon: {} daemons in quorum", names.value.iter().count())));
    let managers = ceph.and_then(|ceph| ceph.managers.as_ref());
    expected.extend(managers.map(|names| match names.value.iter().count() {
        0 => "mgr: none".to_owned(),
        count => format!("mgr: one active, {} on standby", count - 1),
    }));
    expected.extend(osds.filter(|osds| *osds > 0).map(|osds| format!("osd: {osds} osds: {osds} up, {osds} in")));
    expected.push("pgs: all active+clean".to_owned());
    Test {
        shows: "Ceph is healthy with every daemon of the design".to_owned(),
        on: ground.any_server(),
        commands: vec!["ceph status".to_owned(), "ceph osd tree".to_owned()],
        expected,
        from: vec!["ceph".to_owned(), "server_model.*.disks".to_owned()],
        ..Test::default()
    }
}

fn memory_target(ground: &Ground<'_, '_>) -> Option<Test> {
    let target = ground.topology.design.ceph.as_ref()?.value.osd_memory_target.as_ref()?;
    Some(Test {
        shows: "OSDs are told to stay within the memory that was planned for them".to_owned(),
        on: ground.any_server(),
        commands: vec!["ceph config get osd osd_memory_target".to_owned()],
        expected: vec![format!("{:.0} (bytes: {})", target.value.base(), target.value)],
        from: vec!["ceph.osd_memory_target".to_owned()],
        ..Test::default()
    })
}

fn pools(ground: &Ground<'_, '_>) -> Vec<Test> {
    let pools = ground.topology.design.ceph.as_ref().and_then(|ceph| ceph.value.pool.as_ref());
    let items = pools.into_iter().flat_map(|pools| pools.value.iter());
    items
        .flat_map(|item| item.names.iter().map(move |name| (name, &item.value)))
        .map(|(name, pool)| {
            let mut expected = Vec::new();
            expected.extend(pool.size.as_ref().map(|size| format!("size: {}", size.value)));
            expected.extend(pool.min_size.as_ref().map(|size| format!("min_size: {}", size.value)));
            expected.extend(pool.pg_num.as_ref().map(|groups| format!("pg_num: {}", groups.value)));
            expected.extend(
                pool.failure_domain
                    .as_ref()
                    .map(|domain| format!("the rule chooses leaves by type {}", domain.value.word())),
            );
            Test {
                shows: format!("Pool {name} keeps its copies as planned"),
                on: ground.any_server(),
                commands: vec![
                    format!("ceph osd pool get {} all", word(name)),
                    format!(
                        "ceph osd crush rule dump $(ceph osd pool get {} crush_rule -f json | jq -r .crush_rule)",
                        word(name)
                    ),
                ],
                expected,
                from: vec![format!("ceph.pool.{name}")],
                ..Test::default()
            }
        })
        .filter(|test| !test.expected.is_empty())
        .collect()
}

fn figures<'g>(ground: &'g Ground<'_, '_>, id: &'g str) -> impl Iterator<Item = (&'g Figure, f64)> {
    let of = ground.figures.iter().filter(move |figure| figure.text.id == id && figure.method == Method::Model);
    of.filter_map(|figure| Some((figure, figure.number()?)))
}

fn raw(ground: &Ground<'_, '_>) -> Option<Test> {
    let (figure, terabytes) = figures(ground, texts::RAW_CAPACITY.id).max_by(|one, other| one.1.total_cmp(&other.1))?;
    let tebibytes = terabytes * units::TB.factor / units::TIB.factor;
    Some(Test {
        shows: "All disks are there".to_owned(),
        on: ground.any_server(),
        commands: vec!["ceph df".to_owned()],
        expected: vec![format!("RAW STORAGE, SIZE: {tebibytes:.0} TiB, which are {}", figure.printed())],
        from: vec![format!("figure {} of {}", figure.text.id, figure.subject)],
        ..Test::default()
    })
}

/// What a pool carries, healthy: large transfers by `rados bench`, small ones by `fio`, from every server at once.
fn rates(ground: &Ground<'_, '_>, not_promised: &mut Vec<String>) -> Vec<Test> {
    let mut tests = Vec::new();
    let size = CephSmallWrites::DEFAULT.size.base();
    let kinds = [
        (texts::CEPH_WRITE_BANDWIDTH, "write"),
        (texts::CEPH_READ_BANDWIDTH, "seq"),
        (texts::CEPH_SMALL_WRITES, "randwrite"),
        (texts::CEPH_SMALL_READS, "randread"),
    ];
    for (text, how) in kinds {
        let open = ground.figures.iter().filter(|figure| figure.text.id == text.id && figure.number().is_none());
        not_promised.extend(open.map(|figure| format!("figure {} of {}", text.id, figure.subject)));
        for (figure, value) in figures(ground, text.id).filter(|(figure, _)| figure.state == State::Healthy) {
            let Some(pool) = figure.subject.strip_prefix("ceph.pool.") else { continue };
            let large = !how.starts_with("rand");
            let commands = if large { bench(&word(pool), how) } else { small(&word(pool), how, size) };
            let expected = if large {
                // `rados bench` counts in 2^20 bytes and writes MB.
                format!(
                    "Bandwidth (MB/sec), summed over all servers: at least {:.0} ({})",
                    value * units::MB.factor / units::MIB.factor,
                    figure.printed()
                )
            } else {
                format!("IOPS, summed over all servers: at least {value:.0}")
            };
            let binds = figure.binding.as_ref().map(|binding| format!("what binds it: {binding}"));
            let together = std::iter::once("on every server at the same time".to_owned());
            tests.push(Test {
                shows: format!("{}, pool {pool}", text.summary),
                on: ground.servers(),
                commands,
                expected: vec![expected],
                notes: together.chain(binds).collect(),
                from: vec![format!("figure {} of {}", text.id, figure.subject)],
            });
        }
    }
    tests
}

fn bench(pool: &str, how: &str) -> Vec<String> {
    let keep = if how == "write" { " -b 4M --no-cleanup" } else { "" };
    vec![format!("rados bench -p {pool} 60 {how} -t 16 --run-name $(hostname){keep}")]
}

fn small(pool: &str, how: &str, size: f64) -> Vec<String> {
    vec![
        format!("rbd create --size 100G {pool}/acceptance-$(hostname)"),
        format!(
            "fio --name={how} --ioengine=rbd --pool={pool} --rbdname=acceptance-$(hostname) --clientname=admin --rw={how} --bs={size:.0} --iodepth=64 --numjobs=4 --group_reporting --time_based --runtime=60"
        ),
        format!("rbd rm {pool}/acceptance-$(hostname)"),
    ]
}
