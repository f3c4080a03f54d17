//! Members of the cluster, their votes and what is left when one of them fails.

use std::collections::BTreeMap;
use std::net::IpAddr;

use foldhash::{HashMap, HashSet};

use super::{Judge, Subject};
use crate::catalogue::parameters::cluster as parameters;
use crate::design::{self, Card, Cpu, Disk, FailureDomain, Item, Memory, Named, Pool, Purpose, ServerModel, Text};
use crate::source::{Span, Spanned};
use crate::topology::{DeviceId, Network, Node, Redundancy, Topology};
use crate::words::{self, Said};

pub(super) fn fewer_than_three_nodes(judge: &mut Judge<'_>, limits: &parameters::FewerThanThreeNodes) {
    let Some(nodes) = nodes(judge) else { return };
    if nodes.len() >= limits.fewest as usize {
        judge.holds();
        return;
    }
    let raised = judge.violated(Subject::new("node", nodes.span));
    raised.at(nodes.last).about("cluster").about("ha").with("nodes", nodes.len());
}

pub(super) fn more_nodes_than_guide(judge: &mut Judge<'_>, limits: &parameters::MoreNodesThanGuide) {
    let Some(nodes) = nodes(judge) else { return };
    if nodes.len() <= limits.most as usize {
        judge.holds();
        return;
    }
    judge.violated(Subject::new("node", nodes.span)).at(nodes.last).with("nodes", nodes.len());
}

pub(super) fn even_votes(judge: &mut Judge<'_>) {
    let Some(nodes) = nodes(judge) else { return };
    if nodes.len() < 2 {
        return;
    }
    let qdevice = qdevice(judge.topology());
    match qdevice {
        _ if !nodes.len().is_multiple_of(2) => judge.holds(),
        Some(qdevice) if qdevice.value => judge.holds(),
        Some(qdevice) => {
            let raised = judge.violated(cluster(judge.topology()));
            raised.at(qdevice.span).about("node");
            raised.with("votes", nodes.len()).with("majority", majority(nodes.len()));
        }
        None => {
            let subject = cluster(judge.topology());
            judge.unproven(subject, "cluster.qdevice");
        }
    }
}

pub(super) fn odd_votes_with_qdevice(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    let nodes = topology.nodes.len();
    let Some(qdevice) = qdevice(topology).filter(|qdevice| qdevice.value && nodes > 1) else { return };
    if nodes.is_multiple_of(2) {
        judge.holds();
        return;
    }
    let raised = judge.violated(cluster(topology)).at(qdevice.span).about("node");
    raised.with("nodes", nodes).with("votes", nodes - 1);
}

pub(super) fn node_loss_stops_service(judge: &mut Judge<'_>, limits: &parameters::NodeLossStopsService) {
    let Some(nodes) = nodes(judge) else { return };
    if nodes.len() < 2 {
        return;
    }
    let losses = limits.losses as usize;
    votes_left(judge, &nodes, losses);
    if judge.topology().has_ceph() {
        monitors_left(judge, losses);
        let mut pools = judge.topology().pools().peekable();
        if pools.peek().is_none() {
            let anchor = judge.topology().anchor();
            judge.unproven(Subject::new("ceph.pool", anchor), "ceph.pool");
        }
        for pool in pools {
            copies_left(judge, pool, losses);
        }
    }
}

pub(super) fn node_not_freshly_installed(judge: &mut Judge<'_>) {
    if nodes(judge).is_none() {
        return;
    }
    for item in tables(judge.topology()) {
        match &item.value.fresh_install {
            Some(fresh) if fresh.value => judge.holds(),
            Some(fresh) => {
                judge.violated(subject(item)).at(fresh.span).with("nodes", item.names.clone());
            }
            None => {
                judge.unproven(subject(item), format!("{}.fresh_install", path(item)));
            }
        }
    }
}

pub(super) fn join_address_not_on_node(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    let known = addresses(topology);
    for item in tables(topology) {
        let Some(hosts) = &item.value.hosts_address else { continue };
        let stated = hosts.value.0.as_slice();
        if stated.iter().any(|address| parsed(address).is_none()) {
            judge.unproven(subject(item), format!("{}.hosts_address", subject(item).path));
            continue;
        }
        let all = item.names.iter().enumerate().map(|(index, name)| (name.as_str(), at_index(stated, index)));
        let strangers: Vec<(&str, &str)> = all
            .filter_map(|(name, address)| Some((name, address?)))
            .filter(|(name, address)| !known.get(*name).is_some_and(|own| own.contains(&parsed(address))))
            .collect();
        if strangers.is_empty() {
            judge.holds();
            continue;
        }
        if let Some(network) = unaddressed(topology, item) {
            judge.unproven(subject(item), format!("{}.address", network.path()));
            continue;
        }
        let raised = judge.violated(subject(item));
        raised.at(hosts.span);
        raised.with("nodes", strangers.iter().map(|(name, _)| *name).collect::<Vec<_>>());
        raised.with("addresses", strangers.iter().map(|(_, address)| *address).collect::<Vec<_>>());
    }
}

pub(super) fn nodes_differ(judge: &mut Judge<'_>) {
    let Some(count) = nodes(judge).map(|nodes| nodes.len()) else { return };
    if count < 2 {
        return;
    }
    let topology = judge.topology();
    let mut groups: Vec<(&Item<ServerModel>, &Node<'_>)> = Vec::new();
    let mut unknown: Vec<String> = Vec::new();
    for node in &topology.nodes {
        match node.model {
            Some(model) if groups.iter().any(|(known, _)| std::ptr::eq(*known, model)) => {}
            Some(model) => groups.push((model, node)),
            None if unknown.contains(&format!("{}.model", node.path())) => {}
            None => unknown.push(format!("{}.model", node.path())),
        }
    }
    let mut groups = groups.into_iter();
    let Some((first, _)) = groups.next() else {
        return judge.settle(cluster(topology), unknown);
    };
    let mut differs = false;
    for (model, node) in groups {
        let parts = compare(first, model);
        unknown.extend(parts.iter().filter(|part| part.differs.is_none()).map(|part| part.missing.clone()));
        let different: Vec<&Part> = parts.iter().filter(|part| part.differs == Some(true)).collect();
        let Some(part) = different.first() else { continue };
        differs = true;
        let keys: Vec<&str> = different.iter().map(|part| part.key).collect();
        let raised = judge.violated(Subject::new(node.path(), node.span()));
        raised.at(part.second).label("other", part.first);
        if keys == ["disks"] {
            raised.about(model_path(first)).about(model_path(model));
        }
        raised.with("model", model.pattern.value.as_str()).with("other", first.pattern.value.as_str());
        raised.with("parts", different.iter().map(|part| part.said.clone()).collect::<Vec<_>>());
    }
    if !differs {
        judge.settle(cluster(topology), unknown);
    }
}

/// The nodes as written.
struct Nodes {
    count: usize,
    span: Span,
    last: Span,
}

impl Nodes {
    fn len(&self) -> usize {
        self.count
    }
}

/// The nodes; where none is written, that is unproven.
fn nodes(judge: &mut Judge<'_>) -> Option<Nodes> {
    let topology = judge.topology();
    let written = topology.design.node.as_ref();
    let last = written.and_then(|nodes| nodes.value.iter().last()).map(|item| item.pattern.span);
    if let (Some(written), Some(last)) = (written, last) {
        return Some(Nodes { count: topology.nodes.len(), span: written.span, last });
    }
    judge.unproven(Subject::new("node", topology.anchor()), "node");
    None
}

fn tables<'a>(topology: &Topology<'a>) -> impl Iterator<Item = &'a Item<design::Node>> + use<'a> {
    topology.design.node.iter().flat_map(|nodes| nodes.value.iter())
}

fn path(item: &Item<design::Node>) -> String {
    format!("node.{}", item.pattern.value)
}

fn subject(item: &Item<design::Node>) -> Subject {
    Subject::new(path(item), item.pattern.span)
}

fn cluster(topology: &Topology<'_>) -> Subject {
    Subject::new("cluster", topology.design.cluster.as_ref().map_or(topology.anchor(), |cluster| cluster.span))
}

fn qdevice<'a>(topology: &Topology<'a>) -> Option<&'a Spanned<bool>> {
    topology.design.cluster.as_ref().and_then(|cluster| cluster.value.qdevice.as_ref())
}

fn majority(votes: usize) -> usize {
    votes / 2 + 1
}

/// What is left of `all` after some are lost, and how many it takes.
struct Rest {
    left: usize,
    needed: usize,
}

impl Rest {
    fn of_votes(votes: usize, losses: usize) -> Self {
        Self { left: votes.saturating_sub(losses), needed: majority(votes) }
    }

    fn is_short(&self) -> bool {
        self.left < self.needed
    }
}

/// Notes what is left of something after nodes are lost; `what` is its name.
fn note(judge: &mut Judge<'_>, subject: Subject, at: Span, what: Said, rest: &Rest) {
    if rest.is_short() {
        let nodes = judge.topology().nodes.len();
        let raised = judge.violated(subject);
        raised.at(at).with("nodes", nodes).with("what", what);
        raised.with("left", rest.left).with("needed", rest.needed);
    } else {
        judge.holds();
    }
}

fn votes_left(judge: &mut Judge<'_>, nodes: &Nodes, losses: usize) {
    let qdevice = qdevice(judge.topology());
    // A QDevice has one vote beside an even number of nodes, and one less than the nodes beside an odd one.
    let extra = if nodes.len().is_multiple_of(2) { 1 } else { nodes.len() - 1 };
    let alone = Rest::of_votes(nodes.len(), losses);
    let rest = match qdevice {
        Some(qdevice) if qdevice.value => Rest::of_votes(nodes.len() + extra, losses),
        None if alone.is_short() => {
            let subject = cluster(judge.topology());
            judge.unproven(subject, "cluster.qdevice");
            return;
        }
        _ => alone,
    };
    let about_nodes = Subject::new("node", nodes.span);
    note(judge, about_nodes, nodes.last, words::evidence::votes(), &rest);
}

fn monitors_left(judge: &mut Judge<'_>, losses: usize) {
    let topology = judge.topology();
    let ceph = topology.design.ceph.as_ref();
    let Some(monitors) = ceph.and_then(|ceph| ceph.value.monitors.as_ref()) else {
        let span = ceph.map_or(topology.anchor(), |ceph| ceph.span);
        judge.unproven(Subject::new("ceph.monitors", span), "ceph.monitors");
        return;
    };
    let distinct: HashSet<&str> = monitors.value.iter().collect();
    let rest = Rest::of_votes(distinct.len(), losses);
    let subject = Subject::new("ceph.monitors", monitors.span);
    note(judge, subject, monitors.span, words::components::monitors(), &rest);
}

fn copies_left(judge: &mut Judge<'_>, pool: &Item<Pool>, losses: usize) {
    let path = format!("ceph.pool.{}", pool.pattern.value);
    let subject = Subject::new(path.clone(), pool.pattern.span);
    let redundancy = Redundancy::of(&pool.value);
    let (Ok(redundancy), Some(min_size)) = (redundancy, &pool.value.min_size) else {
        judge.unproven(subject, format!("{path}.{}", redundancy.err().unwrap_or("min_size")));
        return;
    };
    let domain = pool.value.failure_domain.as_ref().map(|domain| domain.value);
    let on_one_node = match domain {
        Some(FailureDomain::Osd) => most_osds(judge.topology()),
        _ => Ok(1),
    };
    let on_one_node = match on_one_node {
        Ok(copies) => copies,
        Err(missing) => {
            judge.unproven(subject, missing);
            return;
        }
    };
    let lost = losses.saturating_mul(on_one_node);
    let rest = Rest { left: (redundancy.pieces() as usize).saturating_sub(lost), needed: min_size.value as usize };
    let at = match (domain, &pool.value.failure_domain) {
        (Some(FailureDomain::Osd), Some(written)) => written.span,
        _ => min_size.span,
    };
    note(judge, subject, at, words::evidence::copies_in_pool(pool.pattern.value.as_str()), &rest);
}

/// The most OSDs that one node has, or the key that would have to be written to know it.
fn most_osds(topology: &Topology<'_>) -> Result<usize, String> {
    let mut most = 0;
    for node in &topology.nodes {
        let missing = || match node.model {
            Some(model) => format!("{}.disks", model_path(model)),
            None => format!("{}.model", node.path()),
        };
        most = most.max(node.osd_count().ok_or_else(missing)?);
    }
    Ok(most as usize)
}

/// The value for one device of a series: its own, or the one for all.
fn at_index(series: &[Text], index: usize) -> Option<&str> {
    match series {
        [one] => Some(one),
        many => many.get(index).map(Text::as_str),
    }
}

fn parsed(address: &str) -> Option<IpAddr> {
    address.split('/').next()?.parse().ok()
}

/// Addresses of every node in its networks, by name; the address of a BMC is not the node's own.
fn addresses<'t>(topology: &'t Topology<'_>) -> HashMap<&'t str, HashSet<Option<IpAddr>>> {
    let mut known: HashMap<&str, HashSet<Option<IpAddr>>> = HashMap::default();
    for network in topology.networks.iter().filter(|network| !is_bmc(network)) {
        for (node, attachment) in topology.nodes_in(network) {
            let own = known.entry(node.name.as_str()).or_default();
            own.extend(attachment.address.as_ref().map(|address| Some(address.value.ip)));
        }
    }
    known
}

fn is_bmc(network: &Network<'_>) -> bool {
    network.is_for(Purpose::Bmc)
}

/// A network of these nodes that may give them addresses and does not say which.
fn unaddressed<'t, 'd>(topology: &'t Topology<'d>, item: &Item<design::Node>) -> Option<&'t Network<'d>> {
    let first = topology.device(item.names.first()?)?;
    let member = |network: &&Network<'_>| matches!(first, DeviceId::Node(_)) && network.attachment(first).is_some();
    let for_guests = |network: &Network<'_>| network.purposes().any(|purpose| purpose == Purpose::Guest);
    let may = |network: &&Network<'_>| !is_bmc(network) && !for_guests(network) && !is_addressed(network, first);
    topology.networks.iter().filter(member).find(may)
}

fn is_addressed(network: &Network<'_>, device: DeviceId) -> bool {
    network.attachment(device).is_some_and(|place| place.address.is_some())
}

fn model_path(model: &Item<ServerModel>) -> String {
    format!("server_model.{}", model.pattern.value)
}

/// A part of two server models: whether they differ in it, where that is known.
struct Part {
    key: &'static str,
    said: Said,
    differs: Option<bool>,
    first: Span,
    second: Span,
    missing: String,
}

/// Compares two models part by part. What one of them does not say is not known.
fn compare(first: &Item<ServerModel>, second: &Item<ServerModel>) -> Vec<Part> {
    let (one, other) = (&first.value, &second.value);
    let part = |key: &'static str, said: Said, spans: [Option<Span>; 2], differs: Option<bool>| {
        let silent = if spans[0].is_none() { first } else { second };
        Part {
            key,
            said,
            differs,
            first: spans[0].unwrap_or(first.pattern.span),
            second: spans[1].unwrap_or(second.pattern.span),
            missing: format!("{}.{key}", model_path(silent)),
        }
    };
    macro_rules! part {
        ($key:ident, $said:expr, $same:ident) => {{
            let (one, other) = (one.$key.as_ref(), other.$key.as_ref());
            part(stringify!($key), $said, [span(one), span(other)], unlike(one, other, $same))
        }};
    }
    vec![
        part!(cpu, words::evidence::processors(), cpus),
        part!(memory, words::evidence::memory(), memories),
        part!(disks, words::components::disks(), disks),
        part!(cards, words::components::cards(), cards),
    ]
}

fn span<T>(written: Option<&Spanned<T>>) -> Option<Span> {
    written.map(|written| written.span)
}

fn unlike<T>(
    one: Option<&Spanned<T>>,
    other: Option<&Spanned<T>>,
    same: impl Fn(&T, &T) -> Option<bool>,
) -> Option<bool> {
    same(&one?.value, &other?.value).map(|same| !same)
}

/// Whether two facts are the same, where both are known.
fn equal<T: PartialEq>(one: Option<&Spanned<T>>, other: Option<&Spanned<T>>) -> Option<bool> {
    Some(one?.value == other?.value)
}

/// False where one fact is; not known where one is not known.
fn all(facts: impl IntoIterator<Item = Option<bool>>) -> Option<bool> {
    let facts: Vec<Option<bool>> = facts.into_iter().collect();
    if facts.contains(&Some(false)) { Some(false) } else { facts.into_iter().collect::<Option<Vec<_>>>().map(|_| true) }
}

fn cpus(one: &Cpu, other: &Cpu) -> Option<bool> {
    let sockets = |cpu: &Cpu| cpu.sockets.as_ref().map_or(1, |sockets| sockets.value);
    // Model and vendor count where both are named.
    let named = |same: Option<bool>| Some(same.unwrap_or(true));
    all([
        Some(sockets(one) == sockets(other)),
        equal(one.cores.as_ref(), other.cores.as_ref()),
        named(equal(one.threads.as_ref(), other.threads.as_ref())),
        named(equal(one.vendor.as_ref(), other.vendor.as_ref())),
        named(equal(one.model.as_ref(), other.model.as_ref())),
    ])
}

fn memories(one: &Memory, other: &Memory) -> Option<bool> {
    equal(one.capacity.as_ref(), other.capacity.as_ref())
}

/// Disks by purpose, medium and capacity, with their number.
fn disks(one: &Named<Disk>, other: &Named<Disk>) -> Option<bool> {
    let counted = |disks: &Named<Disk>| {
        let mut counts: BTreeMap<(design::DiskRole, design::Media, u64), u64> = BTreeMap::new();
        for item in disks.iter() {
            let disk = &item.value;
            let capacity = disk.capacity.as_ref()?.value.base().to_bits();
            let kind = (disk.role.as_ref()?.value, disk.media.as_ref()?.value, capacity);
            let number = u64::from(disk.count.as_ref()?.value) * item.names.len() as u64;
            *counts.entry(kind).or_default() += number;
        }
        Some(counts)
    };
    Some(counted(one)? == counted(other)?)
}

/// Cards by ports and speed, with their number.
fn cards(one: &Named<Card>, other: &Named<Card>) -> Option<bool> {
    let counted = |cards: &Named<Card>| {
        let mut counts: BTreeMap<(u32, u64), usize> = BTreeMap::new();
        for item in cards.iter() {
            let kind = (item.value.ports.as_ref()?.value, item.value.speed.as_ref()?.value.base().to_bits());
            *counts.entry(kind).or_default() += item.names.len();
        }
        Some(counts)
    };
    Some(counted(one)? == counted(other)?)
}
