//! Properties of capacity that hold for any hardware.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "tests stop at what is not as it should be")]

use proptest::prelude::*;
use rackproof::check;
use rackproof::source::{Files, Loaded, Sources};
use rackproof::{capacity, topology};

struct NoFiles;

impl Files for NoFiles {
    fn read(&self, path: &str, _from: &str) -> Result<Loaded, rackproof::words::Said> {
        Err(format!("{path} is not there").into())
    }
}

/// A host: disks, GiB of each, disks behind one DB device (0: none).
type Host = (u32, u64, u32);

/// A design of such hosts; `size` writes the capacity of a disk.
fn design(hosts: &[Host], size: fn(u64) -> String, pool: &str) -> String {
    let host = |(index, (disks, gibibytes, behind)): (usize, &Host)| {
        let (db, fast) = match behind {
            0 => (String::new(), String::new()),
            behind => (
                ", db = \"fast\"".to_owned(),
                format!("fast = {{ count = {}, capacity = \"1 TB\", role = \"db\" }}\n", disks.div_ceil(*behind)),
            ),
        };
        format!(
            "[server_model.m{index}.disks]\ndata = {{ count = {disks}, capacity = \"{}\", role = \"osd\"{db} }}\n{fast}\
             [node.n{index}]\nmodel = \"m{index}\"\n",
            size(*gibibytes)
        )
    };
    let hosts: Vec<String> = hosts.iter().enumerate().map(host).collect();
    format!("{}[ceph.pool.vm]\n{pool}\n", hosts.concat())
}

/// Raw and usable TB of the pool.
fn capacities(text: &str) -> (f64, f64) {
    let mut sources = Sources::default();
    let root = sources.add("text", text);
    let reading = check::read(&mut sources, root, &NoFiles, Vec::new());
    let (topology, mistakes) = topology::resolve(&reading.design, reading.root);
    assert!(mistakes.is_empty(), "{mistakes:?}");
    let figures = capacity::plan(&topology);
    let of = |id| figures.iter().find(|figure| figure.text.id == id).unwrap().number().unwrap();
    (of("raw-capacity"), of("usable-capacity"))
}

fn binary(gibibytes: u64) -> String {
    format!("{gibibytes} GiB")
}

/// The same bytes in TB of 10^12: 2^30 / 10^12 has twelve decimals.
fn decimal(gibibytes: u64) -> String {
    let bytes = gibibytes << 30;
    format!("{}.{:012} TB", bytes / 1_000_000_000_000, bytes % 1_000_000_000_000)
}

fn hosts() -> impl Strategy<Value = Vec<Host>> {
    prop::collection::vec((1_u32..12, 100_u64..20_000, 0_u32..4), 1..9)
}

/// Keys of a pool, and raw bytes for each byte stored.
fn pool() -> impl Strategy<Value = (String, f64)> {
    let domain = prop::sample::select(vec!["", "failure_domain = \"host\"\n", "failure_domain = \"osd\"\n"]);
    let copies = (1_u32..5).prop_map(|size| (format!("size = {size}\n"), f64::from(size)));
    let chunks = (1_u32..6, 1_u32..4).prop_map(|(data, coding)| {
        let overhead = f64::from(data + coding) / f64::from(data);
        (format!("data_chunks = {data}\ncoding_chunks = {coding}\n"), overhead)
    });
    (prop_oneof![copies, chunks], domain).prop_map(|((keys, overhead), domain)| (keys + domain, overhead))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn usable_is_never_more_than_raw_by_copies_or_chunks(hosts in hosts(), (keys, overhead) in pool()) {
        let (raw, usable) = capacities(&design(&hosts, binary, &keys));
        prop_assert!((0.0..=raw / overhead * 0.85 + 1e-9).contains(&usable), "{usable} of {raw} TB");
    }

    /// Where copies are apart by disk only and hosts are unequal, one more may be what lets a larger loss heal, and so
    /// asks for a larger reserve.
    #[test]
    fn one_more_of_a_kind_never_lowers_it(hosts in hosts(), which in any::<prop::sample::Index>(), (keys, _) in pool()) {
        let hosts = if keys.contains("osd") { vec![hosts[0]; hosts.len()] } else { hosts };
        let mut more = hosts.clone();
        more.push(*which.get(&hosts));
        let before = capacities(&design(&hosts, binary, &keys)).1;
        let after = capacities(&design(&more, binary, &keys)).1;
        prop_assert!(after >= before - 1e-9, "{before} TB, and {after} TB with one more");
    }

    #[test]
    fn units_do_not_change_it(hosts in hosts(), (keys, _) in pool()) {
        let (raw, usable) = capacities(&design(&hosts, binary, &keys));
        let (other_raw, other_usable) = capacities(&design(&hosts, decimal, &keys));
        prop_assert!((raw - other_raw).abs() < 1e-9, "{raw} and {other_raw} TB");
        prop_assert!((usable - other_usable).abs() < 1e-9, "{usable} and {other_usable} TB");
    }
}
