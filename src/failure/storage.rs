//! Ceph pools: which OSDs run, which failure domains are touched, and what the pools serve.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};

use super::parts::{Failed, Part};
use super::planes::Fabric;
use super::plant::Plant;
use crate::capacity::demand::{self, Demand, Serving};
use crate::design::{DiskRole, FailureDomain, Media};
use crate::topology::{DeviceId, Redundancy};

/// A pool as the proof needs it.
#[derive(Debug)]
pub(super) struct Pool<'d> {
    pub(super) name: &'d str,
    pub(super) item: &'d crate::design::Item<crate::design::Pool>,
    /// Index of the filter that chooses its OSDs.
    pub(super) filter: usize,
    pub(super) domain: FailureDomain,
    /// Whether each of two sites keeps half of the copies, on nodes of their own (stretch mode).
    pub(super) stretched: bool,
    /// Place among the classes' domains, where the failure domain is wider than a node.
    pub(super) wide: Option<usize>,
    /// Copies that it asks for.
    pub(super) size: Option<u32>,
    /// Failure domains with OSDs of it; nothing where that is not known.
    pub(super) places: Option<u32>,
    pub(super) min_size: Option<u32>,
}

impl Pool<'_> {
    /// Copies that find a place, where that is known.
    pub(super) fn copies(&self) -> Option<u32> {
        self.size.zip(self.places).map(|(size, places)| size.min(places))
    }
}

/// The bandwidth that guests ask for.
#[derive(Debug)]
pub(super) enum Bandwidth<'d> {
    NotAsked,
    /// A fact is missing to tell whether they get it.
    Open,
    /// Demands by pool with the rates of its disks.
    Asked(Vec<(Demand<'d>, usize, Serving)>),
}

/// The pools, and the bandwidth that is asked of them.
#[derive(Debug)]
pub(super) struct Stores<'d> {
    /// Media that pools are kept on; nothing for every OSD.
    pub(super) filters: Vec<Option<Media>>,
    pub(super) pools: Vec<Pool<'d>>,
    pub(super) bandwidth: Bandwidth<'d>,
    /// Whether replication has a network of its own.
    pub(super) separate: bool,
    /// Whether guests' disks lie in the pools.
    pub(super) clients: bool,
    kinds: RefCell<Kinds>,
}

/// Kinds of what a network carries on a node: by network, bond, model and live members. Each has a node of that kind.
#[derive(Debug, Default)]
struct Kinds {
    all: Vec<(usize, usize, usize)>,
    known: HashMap<(usize, *const (), *const (), usize), u32>,
    rates: HashMap<(u32, usize), Option<f64>>,
}

impl<'d> Stores<'d> {
    pub(super) fn new(plant: &Plant<'_, 'd>) -> Self {
        let topology = plant.topology;
        let mut filters: Vec<Option<Media>> = Vec::new();
        let mut wide = 0;
        let mut pools = Vec::new();
        for item in topology.pools() {
            let media = item.value.device_class.as_ref().map(|class| class.value);
            let filter = filters.iter().position(|known| *known == media).unwrap_or_else(|| {
                filters.push(media);
                filters.len() - 1
            });
            let domain = item.value.failure_domain.as_ref().map_or(FailureDomain::Host, |domain| domain.value);
            let is_wide = matches!(domain, FailureDomain::Rack | FailureDomain::Site);
            let size = Redundancy::of(&item.value).ok().map(Redundancy::pieces);
            let places = places(plant, media, topology.placement_domain(&item.value));
            let stretched = domain == FailureDomain::Site && topology.stretch_mode() == Some(true);
            pools.push(Pool {
                name: &item.pattern.value,
                item,
                filter,
                domain,
                stretched,
                wide: is_wide.then_some(wide),
                size,
                places,
                min_size: item.value.min_size.as_ref().map(|least| least.value),
            });
            wide += usize::from(is_wide);
        }
        let mut stores = Self {
            filters,
            pools,
            bandwidth: Bandwidth::NotAsked,
            separate: separate(plant),
            clients: topology.guests().any(|guest| demand::lies_on_ceph(topology, guest)),
            kinds: RefCell::default(),
        };
        stores.bandwidth = stores.asked(plant);
        stores
    }

    fn asked(&self, plant: &Plant<'_, 'd>) -> Bandwidth<'d> {
        let Ok(demands) = demand::demands(plant.topology) else { return Bandwidth::Open };
        if demands.is_empty() {
            return Bandwidth::NotAsked;
        }
        if plant.roles.public.is_none() {
            return Bandwidth::Open;
        }
        let served = demands.into_iter().map(|demand| {
            let pool = self.pools.iter().position(|pool| std::ptr::eq(pool.item, demand.pool))?;
            let serving = Serving::of(plant.topology, &demand).ok()?;
            Some((demand, pool, serving))
        });
        served.collect::<Option<Vec<_>>>().map_or(Bandwidth::Open, Bandwidth::Asked)
    }

    /// OSDs of a node for each filter.
    pub(super) fn disks(&self, plant: &Plant<'_, '_>, node: usize) -> Vec<u32> {
        self.filters.iter().map(|media| osds(plant, node, *media).count() as u32).collect()
    }

    /// OSDs of a working node that run, for each filter.
    pub(super) fn up(&self, plant: &Plant<'_, '_>, failed: &Failed, node: usize) -> Vec<u32> {
        let bays = plant.parts.bays(node);
        let first = plant.parts.id(Part::Disk(node, 0));
        let gone = |bay: usize| failed.has(first + bay as u32);
        let runs = |bay: &usize| !gone(*bay) && !bays.all[*bay].db.is_some_and(gone);
        self.filters.iter().map(|media| osds(plant, node, *media).filter(runs).count() as u32).collect()
    }

    /// Kinds of what the public and the cluster network carry on a node; 0 where that is not asked.
    pub(super) fn rates(&self, plant: &Plant<'_, '_>, failed: &Failed, fabric: &Fabric, node: usize) -> [u32; 2] {
        if !matches!(self.bandwidth, Bandwidth::Asked(_)) {
            return [0; 2];
        }
        [plant.roles.public, plant.roles.cluster].map(|net| match net {
            Some(net) => {
                let live = plant.live_ways(failed, fabric, node, net);
                self.kind(plant, net, node, live)
            }
            None => 0,
        })
    }

    fn kind(&self, plant: &Plant<'_, '_>, net: usize, node: usize, live: usize) -> u32 {
        let topology = plant.topology;
        let network = &topology.networks[plant.carrier(plant.nets[net].network)];
        let device = DeviceId::Node(node);
        let interface = network.attachment(device).and_then(|attachment| attachment.interface.as_ref());
        let bond = interface.and_then(|interface| topology.bond_under(interface.value));
        let model = topology.nodes[node].model.map_or(std::ptr::null(), |model| std::ptr::from_ref(model).cast());
        let bonded = bond.map_or(std::ptr::null(), |bond| std::ptr::from_ref(bond.item).cast());
        let mut kinds = self.kinds.borrow_mut();
        if let Some(known) = kinds.known.get(&(net, bonded, model, live)) {
            return *known;
        }
        // The first kind is that of networks that nothing is asked of.
        if kinds.all.is_empty() {
            kinds.all.push((net, node, 0));
        }
        let kind = kinds.all.len() as u32;
        kinds.all.push((net, node, live));
        kinds.known.insert((net, bonded, model, live), kind);
        kind
    }

    /// Payload in bytes per second of a kind with so many of its peers lost; nothing where it is not known.
    pub(super) fn rate(&self, plant: &Plant<'_, '_>, kind: u32, lost: usize) -> Option<f64> {
        let mut kinds = self.kinds.borrow_mut();
        if let Some(known) = kinds.rates.get(&(kind, lost)) {
            return *known;
        }
        let rate = (kind > 0).then(|| kinds.all[kind as usize]).and_then(|(net, node, live)| {
            let network = &plant.topology.networks[plant.carrier(plant.nets[net].network)];
            demand::payload(plant.topology, network, DeviceId::Node(node), live, lost)
        });
        kinds.rates.insert((kind, lost), rate);
        rate
    }
}

/// Whether the cluster network shares no port with the public one.
fn separate(plant: &Plant<'_, '_>) -> bool {
    let network = |net: usize| &plant.topology.networks[plant.nets[net].network];
    let (Some(public), Some(cluster)) = (plant.roles.public, plant.roles.cluster) else { return false };
    let sharing = plant.topology.networks_sharing_ports(network(public));
    public != cluster && sharing.iter().all(|other| other.name() != network(cluster).name())
}

/// Bays of a node whose disks are OSDs on a medium.
fn osds<'p>(plant: &'p Plant<'_, '_>, node: usize, media: Option<Media>) -> impl Iterator<Item = usize> + 'p {
    let bays = &plant.parts.bays(node).all;
    let is_one = move |bay: &super::parts::Bay<'_>| {
        bay.group.role() == Some(DiskRole::Osd) && (media.is_none() || bay.group.media() == media)
    };
    bays.iter().enumerate().filter(move |(_, bay)| is_one(bay)).map(|(index, _)| index)
}

/// Failure domains with OSDs on a medium; nothing where a fact is missing.
fn places(plant: &Plant<'_, '_>, media: Option<Media>, domain: FailureDomain) -> Option<u32> {
    let topology = plant.topology;
    let mut places: BTreeSet<Cow<'_, str>> = BTreeSet::new();
    let mut disks = 0;
    for (index, node) in topology.nodes.iter().enumerate() {
        let bays = plant.parts.bays(index);
        let unknown =
            |bay: &super::parts::Bay<'_>| bay.group.role() == Some(DiskRole::Osd) && bay.group.media().is_none();
        if !bays.known || media.is_some() && bays.all.iter().any(unknown) {
            return None;
        }
        let own = osds(plant, index, media).count();
        if own > 0 {
            disks += own;
            places.insert(topology.failure_domain_of(node, domain).ok()?);
        }
    }
    Some(if domain == FailureDomain::Osd { disks } else { places.len() } as u32)
}
