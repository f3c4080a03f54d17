//! The CRUSH map that a design implies, and which OSDs it gives each placement group.
//!
//! Sites, racks and nodes are buckets where the design declares them; OSDs are numbered node by node, group by group,
//! disk by disk, and weigh their capacity in TiB, as Ceph sets it for a new OSD.

use foldhash::HashMap;

use crate::crush::{
    Algorithm, Bucket, Choice, Device, Item as Held, LARGEST_ID, Map, Mode, NOTHING, Placer, Rule, RuleKind, Scratch,
    Setting, Step, Tunables, Type, placement_seed,
};
use crate::design::{FailureDomain, Item, Media, Pool};
use crate::quantity::Size;
use crate::quantity::units::TIB;
use crate::topology::{Node, Redundancy, Topology};

/// Numbers and names of Ceph's usual types.
const TYPES: [(u16, &str); 12] = [
    (0, "osd"),
    (1, "host"),
    (2, "chassis"),
    (3, "rack"),
    (4, "row"),
    (5, "pdu"),
    (6, "pod"),
    (7, "room"),
    (8, "datacenter"),
    (9, "zone"),
    (10, "region"),
    (11, "root"),
];
const HOST: u16 = 1;
const RACK: u16 = 3;
const DATACENTER: u16 = 8;
const ROOT: u16 = 11;

/// What keeps the copies of a pool apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Demand {
    /// Whole copies, or data and coding chunks.
    pub kind: RuleKind,
    /// What no two of them share.
    pub domain: FailureDomain,
    /// Medium they are kept on; any where it is not said.
    pub class: Option<Media>,
}

impl Demand {
    /// What a pool asks for.
    pub fn of(topology: &Topology<'_>, pool: &Pool) -> Self {
        let class = pool.device_class.as_ref().map(|class| class.value);
        let kind = match Redundancy::of(pool) {
            Ok(Redundancy::Chunks { .. }) => RuleKind::Erasure,
            _ => RuleKind::Replicated,
        };
        Self { kind, domain: topology.placement_domain(pool), class }
    }
}

/// The CRUSH map of a design.
#[derive(Debug, Clone)]
pub struct Placement {
    /// The map.
    pub map: Map,
    /// Index of the node that each OSD sits in, by the OSD's number.
    pub nodes: Vec<usize>,
    /// Capacity of each OSD, by its number.
    pub sizes: Vec<Size>,
    /// The rule of each demand, in the order of the map's rules.
    pub demands: Vec<Demand>,
    placer: Placer,
}

impl Placement {
    /// The map of a design, with a rule for each demand of its pools.
    ///
    /// # Errors
    /// The keys that are missing: a node's model, its disks, their count, capacity or role; a failure domain.
    pub fn of(topology: &Topology<'_>) -> Result<Self, Vec<String>> {
        let mut missing: Vec<String> = topology.disk_gaps().into_iter().map(|gap| gap.missing).collect();
        if !missing.is_empty() {
            return Err(missing);
        }
        let mut tree = Tree::default();
        for (index, node) in topology.nodes.iter().enumerate() {
            if let Err(key) = tree.add(index, node) {
                missing.push(key);
            }
        }
        let mut demands = vec![Demand { kind: RuleKind::Replicated, domain: FailureDomain::Host, class: None }];
        for pool in topology.pools() {
            let demand = Demand::of(topology, &pool.value);
            if !demands.contains(&demand) {
                demands.push(demand);
            }
            let unknown = |node: &Node<'_>| topology.failure_domain_of(node, demand.domain).err();
            missing.extend(topology.nodes.iter().filter_map(unknown));
        }
        if !missing.is_empty() {
            missing.sort();
            missing.dedup();
            return Err(missing);
        }
        Ok(Self::with(tree, demands))
    }

    fn with(tree: Tree, demands: Vec<Demand>) -> Self {
        let Tree { nodes, sizes, devices, .. } = tree;
        let (root, buckets) = buckets(tree.held);
        let rules = demands.iter().enumerate().map(|(id, demand)| rule(id, *demand, root)).collect();
        let mut map = Map {
            tunables: Tunables::default(),
            devices,
            types: TYPES.iter().map(|(id, name)| Type { id: *id, name: (*name).to_owned() }).collect(),
            buckets,
            rules,
            choose_args: Vec::new(),
        };
        map.number_shadows();
        let placer = Placer::new(&map, None);
        Self { map, nodes, sizes, demands, placer }
    }

    /// The map made ready.
    pub fn placer(&self) -> &Placer {
        &self.placer
    }

    /// The OSDs of each placement group of a pool, the first being its primary; [`NOTHING`] stands where a chunk finds
    /// no place. `pool` is its number, which Ceph counts from 1; `weights` are those of [`Placer::place`]: the OSDs
    /// that are in.
    ///
    /// A demand that no pool of the design has gives no OSDs.
    pub fn groups(&self, pool: u32, demand: Demand, size: usize, pg_num: u32, weights: &[u32]) -> Vec<Vec<i32>> {
        let Some(rule) = self.demands.iter().position(|known| *known == demand) else { return Vec::new() };
        let mut scratch = Scratch::default();
        let mut place = |group| {
            let seed = placement_seed(pool, group, pg_num);
            self.placer.place(rule, seed, size, weights, &mut scratch).to_vec()
        };
        (0..pg_num).map(&mut place).collect()
    }

    /// The OSDs of each placement group of each pool, all OSDs being in; pools without size or `pg_num` are left out.
    pub fn pools<'d>(&self, topology: &Topology<'d>) -> Vec<(&'d Item<Pool>, Vec<Vec<i32>>)> {
        let all_in = self.placer.all_in();
        let groups = |(number, pool): (usize, &'d Item<Pool>)| {
            let (size, pg_num) = (Redundancy::of(&pool.value).ok()?.pieces(), pool.value.pg_num.as_ref()?.value);
            let demand = Demand::of(topology, &pool.value);
            Some((pool, self.groups(number as u32 + 1, demand, size as usize, pg_num, &all_in)))
        };
        topology.pools().enumerate().filter_map(groups).collect()
    }

    /// Weights with the OSDs of one node out.
    pub fn without(&self, node: usize) -> Vec<u32> {
        let mut weights = self.placer.all_in();
        for (weight, own) in weights.iter_mut().zip(&self.nodes) {
            if *own == node {
                *weight = 0;
            }
        }
        weights
    }

    /// OSDs of a group that were found.
    pub fn found(group: &[i32]) -> impl Iterator<Item = usize> + '_ {
        group.iter().filter(|osd| **osd != NOTHING).filter_map(|osd| usize::try_from(*osd).ok())
    }
}

/// Where a node stands: the names of its site and rack, where they are declared.
type Stand = (Option<String>, Option<String>);

/// Devices and the hosts that hold them, as they are added.
#[derive(Default)]
struct Tree {
    devices: Vec<Device>,
    nodes: Vec<usize>,
    sizes: Vec<Size>,
    held: Vec<(Stand, String, Vec<Held>)>,
}

impl Tree {
    fn add(&mut self, index: usize, node: &Node<'_>) -> Result<(), String> {
        let mut items = Vec::new();
        for group in node.osd_groups() {
            let count = group.osds().ok_or_else(|| format!("{}.count", group.path()))?;
            let capacity = group.capacity().ok_or_else(|| format!("{}.capacity", group.path()))?;
            if self.devices.len() + count as usize > LARGEST_ID as usize {
                return Err(format!("{}.count", group.path()));
            }
            let weight = weight(capacity.in_unit(&TIB) / f64::from(group.osds_per_disk()));
            for _ in 0..count {
                let id = i32::try_from(self.devices.len()).unwrap_or(LARGEST_ID);
                let class = group.media().map(|media| media.to_string());
                self.devices.push(Device { id, name: format!("osd.{id}"), class });
                self.nodes.push(index);
                self.sizes.push(capacity * (1.0 / f64::from(group.osds_per_disk())));
                items.push(Held { id, weight });
            }
        }
        if !items.is_empty() {
            let owned = |name: Option<&str>| name.map(str::to_owned);
            self.held.push(((owned(node.site()), owned(node.rack())), node.name.to_string(), items));
        }
        Ok(())
    }
}

/// Weight of an OSD of so many TiB: with four decimals, as Ceph starts it, then cut to units of 2^-16.
fn weight(tebibytes: f64) -> u32 {
    ((tebibytes * 1e4).round() / 1e4 * 65_536.0) as u32
}

/// Buckets of the hosts, of racks and sites around them, and the root, whose number is -1.
fn buckets(held: Vec<(Stand, String, Vec<Held>)>) -> (i32, Vec<Bucket>) {
    const ROOT_ID: i32 = -1;
    let mut next = ROOT_ID;
    let mut number = || {
        next -= 1;
        next
    };
    let bucket = |id, name: &str, kind, items| Bucket {
        id,
        name: name.to_owned(),
        kind,
        algorithm: Algorithm::Straw2,
        items,
        shadows: Vec::new(),
    };
    let mut buckets = Vec::new();
    // What holds what, in the order of first mention: racks of sites, then sites, then the root.
    let mut racks: Vec<(Stand, Vec<Held>)> = Vec::new();
    for (stand, name, items) in held {
        let host = bucket(number(), &name, HOST, items);
        hold(&mut racks, stand, &host);
        buckets.push(host);
    }
    let mut names: HashMap<String, usize> = HashMap::default();
    for host in &buckets {
        names.insert(host.name.clone(), 1);
    }
    let mut free = |name: &str, site: Option<&str>| {
        let own = match site {
            Some(site) if names.contains_key(name) => format!("{site}-{name}"),
            _ if names.contains_key(name) => format!("{name}-{}", names.len()),
            _ => name.to_owned(),
        };
        names.insert(own.clone(), 1);
        own
    };
    let mut sites: Vec<(Option<String>, Vec<Held>)> = Vec::new();
    for ((site, rack), items) in racks {
        match rack {
            Some(rack) => {
                let rack = bucket(number(), &free(&rack, site.as_deref()), RACK, items);
                hold(&mut sites, site, &rack);
                buckets.push(rack);
            }
            None => match sites.iter_mut().find(|(known, _)| *known == site) {
                Some((_, held)) => held.extend(items),
                None => sites.push((site, items)),
            },
        }
    }
    let mut top = Vec::new();
    for (site, items) in sites {
        match site {
            Some(site) => {
                let site = bucket(number(), &free(&site, None), DATACENTER, items);
                top.push(whole(&site));
                buckets.push(site);
            }
            None => top.extend(items),
        }
    }
    buckets.push(bucket(ROOT_ID, &free("default", None), ROOT, top));
    (ROOT_ID, buckets)
}

fn hold<K: PartialEq>(holders: &mut Vec<(K, Vec<Held>)>, key: K, bucket: &Bucket) {
    match holders.iter_mut().find(|(known, _)| *known == key) {
        Some((_, held)) => held.push(whole(bucket)),
        None => holders.push((key, vec![whole(bucket)])),
    }
}

/// A bucket as an item of another.
fn whole(bucket: &Bucket) -> Held {
    Held { id: bucket.id, weight: u32::try_from(bucket.weight()).unwrap_or(u32::MAX) }
}

/// The rule of a demand; that of whole copies on any medium kept apart by host has the name Ceph gives its first rule.
fn rule(id: usize, demand: Demand, root: i32) -> Rule {
    let Demand { kind, domain, class } = demand;
    let (count, kind_of_domain) = (0, kind_number(domain));
    let mut steps = Vec::new();
    if kind == RuleKind::Erasure {
        steps.push(Step::Set(Setting::ChooseleafTries, 5));
        steps.push(Step::Set(Setting::ChooseTries, 100));
    }
    steps.push(Step::Take { item: root, class: class.map(|class| class.to_string()) });
    let mode = if kind == RuleKind::Erasure { Mode::Indep } else { Mode::Firstn };
    let to_device = domain != FailureDomain::Osd;
    steps.push(Step::Choose(Choice { to_device, mode, count, kind: kind_of_domain }));
    steps.push(Step::Emit);
    let name = if (kind, domain, class) == (RuleKind::Replicated, FailureDomain::Host, None) {
        "replicated_rule".to_owned()
    } else {
        let class = class.map_or(String::new(), |class| format!("_{class}"));
        format!("{}_{domain}{class}", kind.name())
    };
    Rule { id: id as u8, name, kind, min_size: None, max_size: None, steps }
}

fn kind_number(domain: FailureDomain) -> u16 {
    match domain {
        FailureDomain::Osd => 0,
        FailureDomain::Host => HOST,
        FailureDomain::Rack => RACK,
        FailureDomain::Site => DATACENTER,
    }
}
