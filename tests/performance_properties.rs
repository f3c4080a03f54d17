//! What holds of expected bandwidth for any cluster.
#![allow(clippy::unwrap_used, reason = "tests stop at what is not as it should be")]

use proptest::prelude::*;
use rackproof::capacity::{Figure, Method, State};
use rackproof::source::{Files, Loaded, Sources};
use rackproof::{capacity, check, topology};

struct NoFiles;

impl Files for NoFiles {
    fn read(&self, path: &str, _from: &str) -> Result<Loaded, rackproof::words::Said> {
        Err(format!("{path} is not there").into())
    }
}

/// Equal servers with one network.
#[derive(Debug, Clone)]
struct Cluster {
    nodes: u32,
    osds: u32,
    threads: u32,
    gigabits: u32,
    write: u32,
    read: u32,
    pool: String,
    /// Pieces of each object on different servers.
    pieces: u32,
    clients: String,
}

impl Cluster {
    fn text(&self, rate: fn(u32) -> String) -> String {
        let Self { nodes, osds, threads, gigabits, pool, clients, .. } = self;
        format!(
            r#"
[server_model.a]
cpu = {{ threads = {threads} }}
cards = {{ a = {{ ports = 1, speed = "{gigabits}GbE" }} }}
[server_model.a.disks]
data = {{ count = {osds}, capacity = "2 TB", media = "nvme", role = "osd", write = "{}", read = "{}", write_iops = 40000, read_iops = 90000 }}
[node."pve{{1..{nodes}}}"]
model = "a"
[network.ceph]
purpose = "ceph_public"
interface = "a:1"
[ceph]
monitors = "pve1"
{clients}
[ceph.pool.vm]
application = "rbd"
{pool}
"#,
            rate(self.write),
            rate(self.read)
        )
    }

    fn figures(&self) -> Vec<Figure> {
        figures(&self.text(|rate| format!("{rate} MB/s")))
    }
}

fn figures(text: &str) -> Vec<Figure> {
    let mut sources = Sources::default();
    let root = sources.add("text", text);
    let reading = check::read(&mut sources, root, &NoFiles, Vec::new());
    let (topology, _) = topology::resolve(&reading.design, reading.root);
    capacity::plan(&topology)
}

const EXPECTED: [&str; 4] = ["ceph-write-bandwidth", "ceph-read-bandwidth", "ceph-small-writes", "ceph-small-reads"];

fn value(figures: &[Figure], id: &str, state: State) -> f64 {
    let found = figures
        .iter()
        .find(|figure| figure.text.id == id && figure.state == state && figure.method == Method::Model)
        .unwrap_or_else(|| panic!("{id}"));
    found.number().unwrap_or_else(|| panic!("{id}: {:?}", found.value))
}

fn clusters() -> impl Strategy<Value = Cluster> {
    let pools = prop_oneof![
        (2_u32..4).prop_map(|size| (format!("size = {size}\nmin_size = 1"), size)),
        (2_u32..4, 1_u32..3).prop_map(|(data, coding)| {
            let keys = format!("data_chunks = {data}\ncoding_chunks = {coding}\nmin_size = {data}");
            (keys, data + coding)
        }),
    ];
    let clients = prop_oneof![
        Just(String::new()),
        (1_u32..40, 1_u32..64)
            .prop_map(|(count, depth)| { format!("[ceph.clients]\ncount = {count}\nqueue_depth = {depth}") }),
        (1_u32..64).prop_map(|depth| format!("[ceph.clients]\nplace = \"one-server\"\nqueue_depth = {depth}")),
        (1_u32..5).prop_map(|machines| {
            format!("[ceph.clients]\nplace = \"outside\"\nmachines = {machines}\nrate = \"25GbE\"\ncount = 8")
        }),
    ];
    let rates = (prop::sample::select(vec![1_u32, 10, 25, 100]), 100_u32..4000, 100_u32..7000);
    (1_u32..6, 1_u32..9, 8_u32..128, rates, pools, clients).prop_map(
        |(spare, osds, threads, (gigabits, write, read), (pool, pieces), clients)| Cluster {
            nodes: pieces + spare,
            osds,
            threads,
            gigabits,
            write,
            read,
            pool,
            pieces,
            clients,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    /// With a server to spare every copy still finds a place, so that nothing is faster for the loss; recovery takes a
    /// part of what is left.
    #[test]
    fn a_lost_server_makes_nothing_faster(cluster in clusters()) {
        prop_assert!(cluster.nodes > cluster.pieces);
        let figures = cluster.figures();
        for id in EXPECTED {
            let [healthy, lost, recovering] =
                [State::Healthy, State::NodeLost, State::Recovering].map(|state| value(&figures, id, state));
            prop_assert!(lost <= healthy * (1.0 + 1e-9), "{id}: {lost} > {healthy}");
            prop_assert!(recovering <= lost * (1.0 + 1e-9), "{id}: {recovering} > {lost}");
        }
    }

    /// One more equal server never makes the whole slower. A few clients on the servers themselves may be slower: the
    /// more servers there are, the less of what they move stays on their own.
    #[test]
    fn one_more_server_makes_nothing_slower(cluster in clusters()) {
        let outside = cluster.clients.contains("outside");
        let clients = if outside { cluster.clients.clone() } else { String::new() };
        let cluster = Cluster { clients, ..cluster };
        let more = Cluster { nodes: cluster.nodes + 1, ..cluster.clone() };
        let (before, after) = (cluster.figures(), more.figures());
        for id in EXPECTED {
            let (before, after) = (value(&before, id, State::Healthy), value(&after, id, State::Healthy));
            prop_assert!(after >= before * (1.0 - 1e-9), "{id}: {after} < {before}");
        }
    }

    /// What is expected never passes the bound of stated rates.
    #[test]
    fn nothing_passes_the_ceiling(cluster in clusters()) {
        let figures = cluster.figures();
        for state in [State::Healthy, State::NodeLost] {
            let (bound, expected) =
                (value(&figures, "ceph-write-ceiling", state), value(&figures, "ceph-write-bandwidth", state));
            prop_assert!(expected <= bound * (1.0 + 1e-9), "{expected} > {bound}");
        }
        let (bound, expected) = (
            value(&figures, "ceph-read-ceiling", State::Healthy),
            value(&figures, "ceph-read-bandwidth", State::Healthy),
        );
        prop_assert!(expected <= bound * (1.0 + 1e-9), "{expected} > {bound}");
    }

    /// MB/s, GB/s and Mbit/s say the same.
    #[test]
    fn units_do_not_change_it(cluster in clusters()) {
        let megabytes = cluster.figures();
        for rate in [|rate: u32| format!("{} GB/s", f64::from(rate) / 1e3), |rate: u32| format!("{} Mbit/s", rate * 8)] {
            let other = figures(&cluster.text(rate));
            for id in EXPECTED {
                let (one, two) = (value(&megabytes, id, State::Healthy), value(&other, id, State::Healthy));
                prop_assert!((one - two).abs() <= one * 1e-9, "{id}: {one} and {two}");
            }
        }
    }
}
