//! The performance model against published measurements: every row, and every cluster left out of the fit once.
//!
//! `RACKPROOF_UPDATE=1 cargo test --test calibration` writes `docs/performance.md`.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests read fixtures and stop at what is not as it should be"
)]

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use rackproof::capacity::performance::{self, Bottleneck, Carrier, Constants, Load, Place, Plant};
use rackproof::words::Said;
use serde::Deserialize;

/// 4 MiB, as the large rows were measured; small ones with 4 KiB.
const SMALL: f64 = 4096.0;
/// Rows that the model misses by more than this say why.
const OUTSIDE: f64 = 0.20;
/// A row counts for no more than this in the fit, so that one that nothing explains does not pull at the rest.
const MOST: f64 = 0.40;

#[derive(Deserialize)]
struct Published {
    cluster: Vec<Cluster>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cluster {
    id: String,
    disk: String,
    disk_write: f64,
    disk_read: f64,
    write_iops: f64,
    mesh: bool,
    rows: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    id: String,
    source: String,
    nodes: f64,
    osds: f64,
    threads: f64,
    gigabits: f64,
    place: String,
    machines: Option<f64>,
    clients: f64,
    queue_depth: f64,
    operation: String,
    measured: String,
    outside: Option<String>,
}

impl Row {
    fn is_large(&self) -> bool {
        !self.operation.starts_with("small")
    }

    /// In MB/s, or in operations per second.
    fn measured(&self) -> f64 {
        let (amount, unit) = self.measured.split_once(' ').unwrap();
        let factor = match unit {
            "MiB/s" => 1.048_576,
            "GB/s" => 1000.0,
            "MB/s" | "IOPS" => 1.0,
            other => panic!("{other}"),
        };
        amount.parse::<f64>().unwrap() * factor
    }

    fn plant(&self, cluster: &Cluster) -> Plant {
        // An MTU of 9000; in a mesh every pair of nodes has a link of its own.
        let links = if cluster.mesh { self.nodes - 1.0 } else { 1.0 };
        let payload = self.gigabits * 125.0 * 0.99 * links;
        Plant {
            nodes: self.nodes,
            osds: self.nodes * self.osds,
            write: Some(cluster.disk_write),
            read: Some(cluster.disk_read),
            write_operations: Some(cluster.write_iops),
            read_operations: None,
            small_amplification: 1.0,
            stored: 3.0,
            sent: 2.0,
            gathered: 0.0,
            touched: 3.0,
            threads: Some(self.nodes * self.threads),
            public: Carrier { name: "ceph".to_owned(), rate: payload, how: Said::default() },
            cluster: None,
            local_writes: 1.0 / self.nodes,
            local_reads: 1.0 / self.nodes,
            free: 1.0,
        }
    }

    fn load(&self) -> Load {
        let place = match self.place.as_str() {
            "every-server" => Place::EveryServer,
            "one-server" => Place::OneServer,
            "outside" => Place::Outside { machines: self.machines.unwrap(), rate: Some(self.gigabits * 125.0 * 0.99) },
            other => panic!("{other}"),
        };
        Load { place, clients: Some(self.clients), depth: Some(self.clients * self.queue_depth) }
    }

    fn bottleneck(&self, cluster: &Cluster, constants: &Constants) -> Bottleneck {
        let (plant, load) = (self.plant(cluster), self.load());
        match self.operation.as_str() {
            "write" => performance::writes(&plant, &load, constants),
            "read" => performance::reads(&plant, &load, constants),
            "small-write" => performance::small_writes(&plant, &load, SMALL, constants),
            "small-read" => performance::small_reads(&plant, &load, SMALL, constants),
            other => panic!("{other}"),
        }
        .unwrap()
    }

    /// By how much the model says more than was measured, as a part of it.
    fn error(&self, cluster: &Cluster, constants: &Constants) -> f64 {
        self.bottleneck(cluster, constants).expected().unwrap() / self.measured() - 1.0
    }
}

fn published() -> Published {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/benchmarks/published.toml");
    toml::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

fn large(published: &Published) -> Vec<(&Cluster, &Row)> {
    let rows = published.cluster.iter().flat_map(|cluster| cluster.rows.iter().map(move |row| (cluster, row)));
    rows.filter(|(_, row)| row.is_large()).collect()
}

fn sizes(rows: &[(&Cluster, &Row)], constants: &Constants) -> Vec<f64> {
    let mut errors: Vec<f64> = rows.iter().map(|(cluster, row)| row.error(cluster, constants).abs()).collect();
    errors.sort_by(f64::total_cmp);
    errors
}

/// The value that this part of sorted ones does not exceed.
fn percentile(sorted: &[f64], part: f64) -> f64 {
    let rank = (part * sorted.len() as f64).ceil() as usize;
    sorted[rank.clamp(1, sorted.len()) - 1]
}

fn median(sorted: &[f64]) -> f64 {
    let middle = sorted.len() / 2;
    if sorted.len() % 2 == 1 { sorted[middle] } else { f64::midpoint(sorted[middle - 1], sorted[middle]) }
}

/// A constant of large transfers, with the range the catalogue gives it.
type Knob = (fn(&mut Constants) -> &mut f64, f64, f64);

const KNOBS: [Knob; 8] = [
    (|constants| &mut constants.disk_share, 0.3, 1.0),
    (|constants| &mut constants.network_share, 0.5, 1.0),
    (|constants| &mut constants.thread_writes, 20.0, 5000.0),
    (|constants| &mut constants.thread_reads, 20.0, 10_000.0),
    (|constants| &mut constants.client_writes, 50.0, 50_000.0),
    (|constants| &mut constants.client_reads, 50.0, 50_000.0),
    (|constants| &mut constants.write_path, 20.0, 10_000.0),
    (|constants| &mut constants.read_path, 20.0, 100_000.0),
];

fn cost(rows: &[(&Cluster, &Row)], constants: &Constants) -> f64 {
    rows.iter().map(|(cluster, row)| row.error(cluster, constants).ln_1p().abs().min(MOST)).sum()
}

/// The constants that fit these rows best, found without knowing any: each begins at the top of its range, where it is
/// no limit, and stays there where no row speaks of it.
fn fitted(rows: &[(&Cluster, &Row)]) -> Constants {
    let mut constants = Constants::published();
    for (knob, _, top) in KNOBS {
        *knob(&mut constants) = top;
    }
    let mut least = cost(rows, &constants);
    // Wide steps first, over the whole range, since a limit is felt only near where it binds.
    for step in [2.0, 1.4, 1.2, 1.1, 1.05, 1.02, 1.01, 1.005] {
        for _ in 0..12 {
            let before = least;
            for (knob, bottom, top) in KNOBS {
                let start = *knob(&mut constants);
                let mut best = start;
                for steps in -12..=12 {
                    let tried = (start * f64::powi(step, steps)).clamp(bottom, top);
                    *knob(&mut constants) = tried;
                    let found = cost(rows, &constants);
                    if found < least - 1e-9 {
                        (least, best) = (found, tried);
                    }
                }
                *knob(&mut constants) = best;
            }
            if before - least < 1e-6 {
                break;
            }
        }
    }
    constants
}

/// Every large row, judged by constants that its cluster had no part in.
fn left_out(published: &Published) -> Vec<(&Cluster, Vec<f64>)> {
    let all = large(published);
    let without = |id: &str| all.iter().copied().filter(|(cluster, _)| cluster.id != id).collect::<Vec<_>>();
    let own = |id: &str| all.iter().copied().filter(|(cluster, _)| cluster.id == id).collect::<Vec<_>>();
    let judged = published.cluster.iter().map(|cluster| {
        let constants = fitted(&without(&cluster.id));
        (cluster, sizes(&own(&cluster.id), &constants))
    });
    judged.collect()
}

fn percent(part: f64) -> String {
    format!("{:.1} %", part * 100.0)
}

fn table(text: &mut String, published: &Published, large: bool) {
    let constants = Constants::published();
    let unit = if large { "MB/s" } else { "IOPS" };
    let _ = writeln!(text, "| row | operation | measured {unit} | model {unit} | error | bound by | next |");
    let _ = writeln!(text, "|---|---|--:|--:|--:|---|---|");
    for cluster in &published.cluster {
        for row in cluster.rows.iter().filter(|row| row.is_large() == large) {
            let bottleneck = row.bottleneck(cluster, &constants);
            let ranked = bottleneck.ranked();
            let name = |rank: usize| ranked.get(rank).map_or_else(String::new, |limit| limit.name.to_string());
            let _ = writeln!(
                text,
                "| {} | {} | {:.0} | {:.0} | {:+.0} % | {} | {} |",
                row.id,
                row.operation,
                row.measured(),
                bottleneck.expected().unwrap(),
                row.error(cluster, &constants) * 100.0,
                name(0),
                name(1)
            );
        }
    }
}

fn summary(text: &mut String, name: &str, sorted: &[f64]) {
    let (median, most) = (percent(median(sorted)), percent(percentile(sorted, 0.9)));
    let _ = writeln!(text, "| {name} | {} | {median} | {most} |", sorted.len());
}

fn document(published: &Published) -> String {
    let constants = Constants::published();
    let mut text = String::from(include_str!("calibration/introduction.md"));
    let all = large(published);
    let of = |operation: &str| {
        let rows: Vec<_> = all.iter().copied().filter(|(_, row)| row.operation == operation).collect();
        sizes(&rows, &constants)
    };
    text.push_str(
        "\n## How far off it is\n\n| rows | number | median error | nine of ten within |\n|---|--:|--:|--:|\n",
    );
    summary(&mut text, "large writes and reads", &sizes(&all, &constants));
    summary(&mut text, "large writes", &of("write"));
    summary(&mut text, "large reads", &of("read"));
    text.push_str("\nEach cluster judged by constants fitted without it:\n\n");
    text.push_str("| cluster left out | disks | number | median error | nine of ten within |\n|---|---|--:|--:|--:|\n");
    let judged = left_out(published);
    let mut together: Vec<f64> = judged.iter().flat_map(|(_, errors)| errors.iter().copied()).collect();
    together.sort_by(f64::total_cmp);
    for (cluster, errors) in &judged {
        summary(&mut text, &format!("{} | {}", cluster.id, cluster.disk), errors);
    }
    summary(&mut text, "all | ", &together);
    text.push_str(
        "\n## Rows that it misses by more than a fifth\n\n| row | error | why, as far as is known |\n|---|--:|---|\n",
    );
    for (cluster, row) in &all {
        if let Some(reason) = &row.outside {
            let _ = writeln!(text, "| {} | {:+.0} % | {reason} |", row.id, row.error(cluster, &constants) * 100.0);
        }
    }
    text.push_str("\n## Large transfers, row by row\n\n");
    table(&mut text, published, true);
    text.push_str("\n## Small operations, row by row\n\n");
    text.push_str(include_str!("calibration/small.md"));
    table(&mut text, published, false);
    text.push_str("\n## Sources\n\n");
    let mut sources: Vec<&str> =
        published.cluster.iter().flat_map(|cluster| cluster.rows.iter().map(|row| row.source.as_str())).collect();
    sources.sort_unstable();
    sources.dedup();
    for source in sources {
        let _ = writeln!(text, "- {source}");
    }
    text
}

/// Half of the large writes and reads are met within a tenth.
#[test]
fn half_of_the_large_rows_are_met_within_a_tenth() {
    let published = published();
    let errors = sizes(&large(&published), &Constants::published());
    assert!(errors.len() > 60 && median(&errors) <= 0.10, "{} rows, median {}", errors.len(), median(&errors));
}

/// Of rows whose cluster had no part in the fit, half are met within a fifth.
#[test]
fn a_cluster_that_was_not_fitted_is_met_within_a_fifth() {
    let published = published();
    let mut errors: Vec<f64> = left_out(&published).into_iter().flat_map(|(_, errors)| errors).collect();
    errors.sort_by(f64::total_cmp);
    assert!(median(&errors) <= 0.20, "median {}", median(&errors));
}

#[test]
fn rows_outside_say_why_and_no_others_do() {
    let (published, constants) = (published(), Constants::published());
    for (cluster, row) in large(&published) {
        let error = row.error(cluster, &constants);
        assert_eq!(error.abs() > OUTSIDE, row.outside.is_some(), "{}: {error:+.3}", row.id);
    }
}

#[test]
fn the_reference_is_current() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/performance.md");
    let text = document(&published());
    if std::env::var_os("RACKPROOF_UPDATE").is_some() {
        fs::write(&path, &text).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == text,
        "docs/performance.md is old: RACKPROOF_UPDATE=1 cargo test --test calibration writes it"
    );
}
