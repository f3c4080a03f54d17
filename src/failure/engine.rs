//! What is lost after a failure, under one assumption. A failure is looked at as a change against the whole cluster:
//! only nodes that it touches are looked at again, and equal sums of contributions are judged once.

use std::cell::RefCell;
use std::collections::HashMap;

use super::Losses;
use super::components::{Component, Taken};
use super::losses::{Court, Judged, Share, Votes};
use super::parts::{Failed, Part, PartId};
use super::planes::{Exits, Fabric};
use super::plant::{Assumption, Plant};
use super::restart::Hosts;
use super::servers::{Classes, View, ViewId};
use super::storage::Stores;
use crate::topology::{DeviceId, Topology};

/// How many nodes contribute each of the views that are there, by number of the view.
type Counts = Vec<(ViewId, u32)>;

/// What is left after a failure.
#[derive(Debug)]
pub(super) struct Scene {
    /// The fabric, where the failure changed it.
    fabric: Option<Box<Fabric>>,
    exits: u32,
    counts: Counts,
    /// Nodes that contribute something else than before, with what they contribute now.
    changed: Vec<(u32, ViewId)>,
    /// Nodes that the failure has anything to do with.
    touched: Vec<u32>,
}

/// The parts that a failure takes, and what these reach.
#[derive(Debug)]
pub(super) struct Effect {
    pub(super) parts: Vec<PartId>,
    /// Nodes that own one of the parts or hang on one.
    nodes: Vec<u32>,
    /// Whether the fabric has to be looked at again.
    fabric: bool,
}

/// The proof under one assumption.
#[derive(Debug)]
pub(super) struct Engine<'t, 'd> {
    pub(super) plant: Plant<'t, 'd>,
    pub(super) stores: Stores<'d>,
    pub(super) hosts: Hosts,
    classes: Classes,
    pub(super) votes: Votes,
    pub(super) monitors: Option<u32>,
    owners: Vec<Owner>,
    failed: RefCell<Failed>,
    healthy: Fabric,
    views_of: Vec<ViewId>,
    counts: Counts,
    views: RefCell<Interned<View>>,
    exits: RefCell<Interned<Exits>>,
    judged: RefCell<HashMap<(u32, Counts), Judged>>,
    asked: Losses,
}

/// Who a part belongs to.
#[derive(Debug, Clone, Copy, Default)]
struct Owner {
    nodes: [Option<u32>; 2],
    fabric: bool,
}

/// Values by number, each once.
#[derive(Debug)]
struct Interned<T> {
    values: Vec<T>,
    numbers: HashMap<T, u32>,
}

impl<T: Clone + Eq + std::hash::Hash> Interned<T> {
    fn new() -> Self {
        Self { values: Vec::new(), numbers: HashMap::new() }
    }

    fn number(&mut self, value: T) -> u32 {
        if let Some(known) = self.numbers.get(&value) {
            return *known;
        }
        let number = self.values.len() as u32;
        self.values.push(value.clone());
        self.numbers.insert(value, number);
        number
    }
}

impl<'t, 'd> Engine<'t, 'd> {
    pub(super) fn new(topology: &'t Topology<'d>, assumption: Assumption) -> Self {
        let plant = Plant::new(topology, assumption);
        let stores = Stores::new(&plant);
        let hosts = Hosts::new(topology);
        let classes = Classes::new(&plant, &stores, &hosts);
        let failed = Failed::none(plant.parts.count);
        let healthy = plant.fabric(&failed);
        let monitors = topology.design.ceph.as_ref().and_then(|ceph| ceph.value.monitors.as_ref());
        let mut engine = Self {
            votes: Votes::of(&plant),
            monitors: monitors.map(|monitors| monitors.value.0.len() as u32),
            owners: owners(&plant),
            failed: RefCell::new(failed),
            healthy,
            views_of: Vec::new(),
            counts: Vec::new(),
            views: RefCell::new(Interned::new()),
            exits: RefCell::new(Interned::new()),
            judged: RefCell::new(HashMap::new()),
            asked: Losses::NONE,
            plant,
            stores,
            hosts,
            classes,
        };
        engine.asked = engine.court().asked();
        let nodes = 0..topology.nodes.len();
        engine.views_of = nodes.map(|node| engine.view(&engine.failed.borrow(), &engine.healthy, node)).collect();
        let mut counts: Counts = Vec::new();
        engine.views_of.iter().for_each(|view| change(&mut counts, *view, 1));
        engine.counts = counts;
        engine
    }

    pub(super) fn asked(&self) -> Losses {
        self.asked
    }

    fn court(&self) -> Court<'_, 't, 'd> {
        Court {
            plant: &self.plant,
            stores: &self.stores,
            hosts: &self.hosts,
            votes: self.votes,
            monitors: self.monitors,
        }
    }

    fn view(&self, failed: &Failed, fabric: &Fabric, node: usize) -> ViewId {
        let view = self.plant.view(failed, fabric, (&self.classes, &self.stores), node);
        self.views.borrow_mut().number(view)
    }

    /// What each component takes with it.
    pub(super) fn effects(&self, components: &[Component]) -> Vec<Effect> {
        let taken = Taken::new(&self.plant);
        components.iter().map(|component| self.effect(taken.by(&component.what))).collect()
    }

    fn effect(&self, parts: Vec<PartId>) -> Effect {
        let owners = || parts.iter().map(|part| self.owners[*part as usize]);
        let mut nodes: Vec<u32> = owners().flat_map(|owner| owner.nodes).flatten().collect();
        nodes.sort_unstable();
        nodes.dedup();
        let fabric = owners().any(|owner| owner.fabric);
        Effect { parts, nodes, fabric }
    }

    /// What is left after a failure.
    pub(super) fn scene(&self, effect: &Effect) -> Scene {
        self.failed.borrow_mut().fail(&effect.parts);
        let failed = self.failed.borrow();
        let fabric = effect.fabric.then(|| Box::new(self.plant.fabric(&failed)));
        let touched = self.touched(effect, fabric.as_deref());
        let (mut counts, mut changed) = (self.counts.clone(), Vec::new());
        for node in &touched {
            let before = self.views_of[*node as usize];
            let after = self.view(&failed, fabric.as_deref().unwrap_or(&self.healthy), *node as usize);
            if before != after {
                change(&mut counts, before, -1);
                change(&mut counts, after, 1);
                changed.push((*node, after));
            }
        }
        let exits = fabric.as_deref().unwrap_or(&self.healthy).exits.clone();
        let exits = self.exits.borrow_mut().number(exits);
        drop(failed);
        self.failed.borrow_mut().mend(&effect.parts);
        Scene { fabric, exits, counts, changed, touched }
    }

    /// Nodes that have anything to do with a failure: they own a part of it, or hang on what it changed.
    fn touched(&self, effect: &Effect, fabric: Option<&Fabric>) -> Vec<u32> {
        let mut touched = effect.nodes.clone();
        if let Some(fabric) = fabric {
            let changed = |vertex: usize| {
                let mut labels = fabric.labels.iter().zip(&self.healthy.labels);
                labels.any(|(now, before)| now[vertex] != before[vertex])
                    || fabric.works[vertex] != self.healthy.works[vertex]
            };
            for vertex in (0..self.plant.vertices()).filter(|vertex| changed(*vertex)) {
                touched.extend(&self.plant.hangers[vertex]);
            }
            let pairs = self.plant.pairs.iter().zip(fabric.shut.iter().zip(&self.healthy.shut));
            for (pair, _) in pairs.filter(|(_, (now, before))| now != before) {
                touched.extend(pair.peers.iter().flat_map(|peer| &self.plant.hangers[*peer as usize]));
            }
            for mesh in self.plant.planes.iter().filter_map(|plane| plane.mesh.as_ref()) {
                touched.extend(mesh.members.iter().map(|member| *member - self.plant.vertices() as u32));
            }
            touched.sort_unstable();
            touched.dedup();
        }
        touched
    }

    /// What is lost in a scene.
    pub(super) fn losses(&self, scene: &Scene) -> Judged {
        self.judge(scene.exits, &scene.counts)
    }

    /// What is lost when a second failure follows a first one; `second` is the scene of the second alone.
    pub(super) fn both(&self, first: (&Effect, &Scene), second: (&Effect, &Scene)) -> Judged {
        let (first, second) = if second.0.fabric && !first.0.fabric { (second, first) } else { (first, second) };
        if second.0.fabric {
            let mut parts = [first.0.parts.as_slice(), &second.0.parts].concat();
            parts.sort_unstable();
            parts.dedup();
            return self.losses(&self.scene(&self.effect(parts)));
        }
        let mut counts = first.1.counts.clone();
        let apart = second.0.nodes.iter().all(|node| first.1.touched.binary_search(node).is_err());
        if apart {
            for (node, after) in &second.1.changed {
                change(&mut counts, self.views_of[*node as usize], -1);
                change(&mut counts, *after, 1);
            }
            return self.judge(first.1.exits, &counts);
        }
        let mut failed = self.failed.borrow_mut();
        failed.fail(&first.0.parts);
        failed.fail(&second.0.parts);
        let fabric = first.1.fabric.as_deref().unwrap_or(&self.healthy);
        for node in &second.0.nodes {
            let known = first.1.changed.binary_search_by_key(node, |(node, _)| *node);
            let before = known.map_or(self.views_of[*node as usize], |place| first.1.changed[place].1);
            let after = self.view(&failed, fabric, *node as usize);
            change(&mut counts, before, -1);
            change(&mut counts, after, 1);
        }
        failed.mend(&second.0.parts);
        failed.mend(&first.0.parts);
        drop(failed);
        self.judge(first.1.exits, &counts)
    }

    fn judge(&self, exits: u32, counts: &Counts) -> Judged {
        let key = (exits, counts.clone());
        if let Some(known) = self.judged.borrow().get(&key) {
            return *known;
        }
        let views = self.views.borrow();
        let share = |(view, count): &(ViewId, u32)| {
            let view = &views.values[*view as usize];
            Share { view, class: &self.classes.classes[view.class as usize], count: *count }
        };
        let shares: Vec<Share<'_>> = counts.iter().map(share).collect();
        let losses = self.court().judge(&shares, &self.exits.borrow().values[exits as usize], self.asked);
        self.judged.borrow_mut().insert(key, losses);
        losses
    }

    /// Nothing fails.
    pub(super) fn nothing(&self) -> Effect {
        self.effect(Vec::new())
    }

    /// Everything that some parts take and reach together.
    pub(super) fn together(&self, effects: &[&Effect]) -> Effect {
        let mut parts: Vec<PartId> = effects.iter().flat_map(|effect| effect.parts.iter().copied()).collect();
        parts.sort_unstable();
        parts.dedup();
        self.effect(parts)
    }

    /// Hands what is left after a failure, part by part, to somebody who tells about it.
    pub(super) fn look<T>(&self, effect: &Effect, tell: impl FnOnce(&Failed, &Fabric) -> T) -> T {
        self.failed.borrow_mut().fail(&effect.parts);
        let told = {
            let failed = self.failed.borrow();
            if effect.fabric { tell(&failed, &self.plant.fabric(&failed)) } else { tell(&failed, &self.healthy) }
        };
        self.failed.borrow_mut().mend(&effect.parts);
        told
    }

    /// The views and classes of every node after a failure, each on its own.
    pub(super) fn shares_after<T>(
        &self,
        effect: &Effect,
        tell: impl FnOnce(&Court<'_, 't, 'd>, &[Share<'_>], &Exits) -> T,
    ) -> T {
        let scene = self.scene(effect);
        let views = self.views.borrow();
        let shares: Vec<Share<'_>> = scene
            .counts
            .iter()
            .map(|(view, count)| {
                let view = &views.values[*view as usize];
                Share { view, class: &self.classes.classes[view.class as usize], count: *count }
            })
            .collect();
        let exits = self.exits.borrow();
        tell(&self.court(), &shares, &exits.values[scene.exits as usize])
    }
}

/// Changes how many nodes contribute a view.
fn change(counts: &mut Counts, view: ViewId, by: i32) {
    match counts.binary_search_by_key(&view, |(view, _)| *view) {
        Ok(place) => {
            counts[place].1 = counts[place].1.saturating_add_signed(by);
            if counts[place].1 == 0 {
                counts.remove(place);
            }
        }
        Err(place) => counts.insert(place, (view, by.unsigned_abs())),
    }
}

/// Who each part belongs to: nodes that have to be looked at again when it fails, and whether the fabric does.
fn owners(plant: &Plant<'_, '_>) -> Vec<Owner> {
    let topology = plant.topology;
    let mut owners = vec![Owner::default(); plant.parts.count];
    let mut own = |part: Part, owner: Owner| owners[plant.parts.id(part) as usize] = owner;
    let in_mesh: Vec<bool> = {
        let mut members = vec![false; topology.nodes.len()];
        for mesh in plant.planes.iter().filter_map(|plane| plane.mesh.as_ref()) {
            mesh.members.iter().for_each(|member| members[*member as usize - plant.vertices()] = true);
        }
        members
    };
    let of = |device: DeviceId| match device {
        DeviceId::Node(node) => Owner { nodes: [Some(node as u32), None], fabric: in_mesh[node] },
        DeviceId::Switch(_) | DeviceId::Firewall(_) => Owner { nodes: [None, None], fabric: true },
    };
    for device in topology.devices() {
        own(Part::Device(device), of(device));
        for index in 0..super::parts::supplies(topology, device) {
            own(Part::Supply(device, index), of(device));
        }
    }
    for (index, cable) in topology.cables.iter().enumerate() {
        let ends = [cable.from, cable.to].map(|port| of(topology.port(port).device));
        let nodes = [ends[0].nodes[0], ends[1].nodes[0]];
        // A node's cable to a switch is the node's own affair, one between other devices the fabric's.
        let fabric = nodes.iter().flatten().any(|node| in_mesh[*node as usize]) || nodes == [None, None];
        own(Part::Cable(index), Owner { nodes, fabric });
    }
    for (index, port) in topology.ports.iter().enumerate() {
        own(Part::Port(crate::topology::PortId(index)), of(port.device));
    }
    for (index, bond) in topology.bonds.iter().enumerate() {
        own(Part::Bond(index), of(bond.device));
    }
    for node in 0..topology.nodes.len() {
        let owner = of(DeviceId::Node(node));
        for bay in 0..plant.parts.bays(node).all.len() {
            own(Part::Disk(node, bay), owner);
        }
        own(Part::Monitor(node), Owner { fabric: false, ..owner });
    }
    let fabric = Owner { nodes: [None, None], fabric: true };
    (0..topology.uplinks.len()).for_each(|index| own(Part::Uplink(index), fabric));
    (0..topology.site_links.len()).for_each(|index| own(Part::SiteLink(index), fabric));
    owners
}
