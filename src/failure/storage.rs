//! Ceph pools: which OSDs run, which failure domains are touched, and what the pools serve.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};

use super::parts::{Failed, Part};
use super::planes::{Fabric, NOWHERE};
use super::plant::Plant;
use crate::capacity::demand::{self, Demand, Serving};
use crate::design::{DiskRole, FailureDomain, Media};
use crate::topology::DeviceId;

/// A pool as the proof needs it.
#[derive(Debug)]
pub(super) struct Pool<'d> {
    pub(super) name: &'d str,
    pub(super) item: &'d crate::design::Item<crate::design::Pool>,
    /// Index of the filter that chooses its OSDs.
    pub(super) filter: usize,
    pub(super) domain: FailureDomain,
    /// Place among the classes' domains, where the failure domain is wider than a node.
    pub(super) wide: Option<usize>,
    /// Copies: its size, or as many as there are failure domains. Nothing where that is not known.
    pub(super) copies: Option<u32>,
    pub(super) min_size: Option<u32>,
}

/// The pools, and the bandwidth that is asked of them.
#[derive(Debug)]
pub(super) struct Stores<'d> {
    /// Media that pools are kept on; nothing for every OSD.
    pub(super) filters: Vec<Option<Media>>,
    pub(super) pools: Vec<Pool<'d>>,
    /// Demands by pool with the rates of their disks; nothing where no guest asks, or where a fact is missing.
    pub(super) demands: Vec<(Demand<'d>, usize, Serving)>,
    /// Whether guests ask for bandwidth, and whether a fact is missing to tell whether they get it.
    pub(super) asked: bool,
    pub(super) open: bool,
    kinds: RefCell<Kinds>,
}

/// Rates by kind, and the kinds by bond, model and live members.
#[derive(Debug, Default)]
struct Kinds {
    rates: Vec<Option<f64>>,
    known: HashMap<(usize, *const (), *const (), usize), u32>,
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
            let size = item.value.size.as_ref().map(|size| size.value);
            let places = places(plant, media, domain);
            pools.push(Pool {
                name: &item.pattern.value,
                item,
                filter,
                domain,
                wide: is_wide.then_some(wide),
                copies: size.zip(places).map(|(size, places)| size.min(places)),
                min_size: item.value.min_size.as_ref().map(|least| least.value),
            });
            wide += usize::from(is_wide);
        }
        let asks = |guest: &&crate::design::Item<crate::design::Guest>| {
            guest.value.iops.as_ref().is_some_and(|iops| iops.value > 0.0) && guest.value.io_size.is_some()
        };
        let mut stores = Self {
            filters,
            pools,
            demands: Vec::new(),
            asked: topology.has_ceph() && topology.guests().any(|guest| asks(&guest)),
            open: false,
            kinds: RefCell::new(Kinds { rates: vec![None], known: HashMap::new() }),
        };
        stores.ask(plant);
        stores
    }

    fn ask(&mut self, plant: &Plant<'_, 'd>) {
        match demand::demands(plant.topology) {
            Ok(demands) => {
                self.asked = !demands.is_empty();
                for demand in demands {
                    let pool = self.pools.iter().position(|pool| std::ptr::eq(pool.item, demand.pool));
                    match (pool, Serving::of(plant.topology, &demand)) {
                        (Some(pool), Ok(serving)) => self.demands.push((demand, pool, serving)),
                        _ => self.open = true,
                    }
                }
            }
            Err(_) => self.open = self.asked,
        }
        self.open |= self.asked && plant.roles.public.is_none();
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
        let runs = |bay: &usize| !gone(*bay) && !bays.bays[*bay].db.is_some_and(gone);
        self.filters.iter().map(|media| osds(plant, node, *media).filter(runs).count() as u32).collect()
    }

    /// Kinds of what the public and the cluster network carry on a node; the first kind where that is not asked.
    pub(super) fn rates(&self, plant: &Plant<'_, '_>, failed: &Failed, fabric: &Fabric, node: usize) -> [u32; 2] {
        if self.demands.is_empty() {
            return [0; 2];
        }
        [plant.roles.public, plant.roles.cluster].map(|net| match net {
            Some(net) => {
                let live = plant
                    .ways(node, net)
                    .iter()
                    .filter(|way| plant.lead(failed, fabric, plant.nets[net].plane, way) != NOWHERE)
                    .count();
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
        let rate = demand::payload(topology, network, device, live);
        let kind = kinds.rates.iter().position(|known| *known == rate).unwrap_or_else(|| {
            kinds.rates.push(rate);
            kinds.rates.len() - 1
        }) as u32;
        kinds.known.insert((net, bonded, model, live), kind);
        kind
    }

    /// The rate of a kind in bytes per second; nothing where it is not known.
    pub(super) fn rate(&self, kind: u32) -> Option<f64> {
        self.kinds.borrow().rates[kind as usize]
    }
}

/// Bays of a node whose disks are OSDs on a medium.
fn osds<'p>(plant: &'p Plant<'_, '_>, node: usize, media: Option<Media>) -> impl Iterator<Item = usize> + 'p {
    let bays = &plant.parts.bays(node).bays;
    let is_one = move |bay: &super::parts::Bay<'_>| {
        bay.group.role() == Some(DiskRole::Osd) && (media.is_none() || bay.group.media() == media)
    };
    bays.iter().enumerate().filter(move |(_, bay)| is_one(bay)).map(|(index, _)| index)
}

/// Failure domains with OSDs on a medium; nothing where a fact is missing.
fn places(plant: &Plant<'_, '_>, media: Option<Media>, domain: FailureDomain) -> Option<u32> {
    let topology = plant.topology;
    let mut places: BTreeSet<&str> = BTreeSet::new();
    let mut disks = 0;
    for (index, node) in topology.nodes.iter().enumerate() {
        let bays = plant.parts.bays(index);
        let unknown =
            |bay: &super::parts::Bay<'_>| bay.group.role() == Some(DiskRole::Osd) && bay.group.media().is_none();
        if !bays.known || media.is_some() && bays.bays.iter().any(unknown) {
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
