//! What switches have to carry against what their models offer, and how core and management switches are paired.

use super::{Judge, Raised, Subject};
use crate::catalogue::parameters::switch as parameters;
use crate::design::{SwitchLimits, SwitchModel, SwitchRole};
use crate::quantity::Rate;
use crate::source::{Span, Spanned};
use crate::topology::{DeviceId, Ledger, Mlag, Network, PortBalance, PortId, Switch, Tally, Topology};

pub(super) fn single_core_switch(judge: &mut Judge<'_>, limits: &parameters::SingleCoreSwitch) {
    let topology = judge.topology();
    if topology.switches.is_empty() || is_fabric(topology) {
        return;
    }
    let cores = with_role(topology, SwitchRole::Core);
    let open = without_role(topology);
    let minimum = limits.minimum as usize;
    if cores.len() >= minimum {
        judge.holds();
    } else if cores.len() + open.len() >= minimum {
        unproven_roles(judge, &open);
    } else {
        let nearest = topology.switches.first().map_or(topology.anchor(), Switch::span);
        let subject =
            cores.first().map_or(Subject::new("switch", nearest), |core| Subject::new(core.path(), core.span()));
        let raised = judge.violated(subject).with("switches", cores.len());
        about(raised, cores.iter().map(|core| core.written_path()));
    }
}

pub(super) fn no_management_switch(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    let Some(first) = topology.switches.first() else { return };
    let open = without_role(topology);
    if !with_role(topology, SwitchRole::Management).is_empty() {
        judge.holds();
    } else if !open.is_empty() {
        unproven_roles(judge, &open);
    } else {
        judge.violated(Subject::new("switch", first.span())).with("switches", names(&topology.switches));
    }
}

pub(super) fn core_pair_without_mlag(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    let cores: Vec<usize> = indices_with_role(topology, SwitchRole::Core);
    if cores.len() < 2 {
        return;
    }
    let paired = |core: &usize| topology.mlags.iter().any(|mlag| mlag.peers.len() > 1 && mlag.peers.contains(core));
    let alone: Vec<&Switch<'_>> =
        cores.iter().filter(|core| !paired(core)).filter_map(|core| topology.switches.get(*core)).collect();
    let Some(first) = alone.first() else {
        judge.holds();
        return;
    };
    let subject = Subject::new(first.written_path(), first.span());
    if let Some(key) = topology.unread_pair() {
        judge.unproven(subject, key);
        return;
    }
    let unable = alone.iter().find_map(|switch| model_mlag(switch).filter(|able| !able.value));
    if unable.is_none() && topology.mlags.is_empty() && !bonds_span_cores(topology, &cores) {
        judge.unproven(subject, "mlag");
        return;
    }
    let raised = judge.violated(subject).with("switches", names(alone.iter().copied()));
    if let Some(unable) = unable {
        raised.at(unable.span);
    }
    about(raised, alone.iter().map(|switch| switch.path()));
}

pub(super) fn peer_link_below_guide(judge: &mut Judge<'_>, limits: &parameters::PeerLinkBelowGuide) {
    let topology = judge.topology();
    for mlag in &topology.mlags {
        let Some((span, sides)) = peer_link(judge, mlag) else { continue };
        let rates: Vec<Rate> = sides.iter().filter_map(|ports| known_rate(topology, ports)).collect();
        let least = rates.iter().copied().reduce(|least, rate| if rate < least { rate } else { least });
        match least.or_else(|| sides.iter().any(Vec::is_empty).then_some(limits.minimum * 0.0)) {
            Some(rate) if rate < limits.minimum => {
                let links = sides.iter().map(Vec::len).min().unwrap_or(0);
                pair(judge.violated(subject(mlag)), topology, mlag)
                    .at(span)
                    .with("links", links)
                    .with("rate", rate.to(limits.minimum.unit()));
            }
            Some(_) if rates.len() == sides.len() => judge.holds(),
            _ => {
                let slowless = sides.iter().flatten().find(|port| topology.port(**port).speed.is_none());
                let key = slowless.map_or_else(|| mlag.path(), |port| topology.speed_key(*port));
                judge.unproven(subject(mlag), key);
            }
        }
    }
}

pub(super) fn peer_link_not_redundant(judge: &mut Judge<'_>, limits: &parameters::PeerLinkNotRedundant) {
    let topology = judge.topology();
    for mlag in &topology.mlags {
        let Some((span, sides)) = peer_link(judge, mlag) else { continue };
        let links = sides.iter().map(Vec::len).min().unwrap_or(0);
        if links >= limits.minimum as usize {
            judge.holds();
        } else {
            pair(judge.violated(subject(mlag)), topology, mlag).at(span).with("links", links);
        }
    }
}

pub(super) fn ports_short(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    let ledgers = topology.ledgers();
    for group in written(topology, |switch| switch.role() != Some(SwitchRole::Management)) {
        let used: Vec<&Ledger> = of_group(ledgers, &group).filter(|ledger| ledger.ports_needed() > 0).collect();
        let (Some(first), false) = (first_of(topology, &group), used.is_empty()) else { continue };
        let Some(ports) =
            first.model.filter(|_| first.port_count().is_some()).and_then(|model| model.value.ports.as_ref())
        else {
            judge.unproven(of_switch(first), first.model_key("ports"));
            continue;
        };
        let short: Vec<(&Ledger, PortBalance)> =
            used.iter().filter_map(|ledger| Some((*ledger, shortage(ledger)?))).collect();
        let worst =
            short.iter().reduce(|worst, next| if missing_ports(next) > missing_ports(worst) { next } else { worst });
        if let Some((_, balance)) = worst {
            let switches = short.iter().filter_map(|(ledger, _)| topology.switches.get(ledger.switch));
            let raised = short_of(judge, first, switches, "model", ports.span);
            raised.with("needed", balance.needed).with("speed", balance.speed).with("available", balance.available);
        } else if let Some(slowless) = speed_in_doubt(&used).then(|| without_speed(first)).flatten() {
            judge.unproven(of_switch(first), slowless);
        } else {
            judge.holds();
        }
    }
}

pub(super) fn lacp_groups_exceeded(judge: &mut Judge<'_>) {
    within_limit(judge, "limits.lacp_groups", |limits| limits.lacp_groups.as_ref(), |ledger| &ledger.lacp_groups);
}

pub(super) fn vlans_exceeded(judge: &mut Judge<'_>) {
    within_limit(judge, "limits.vlans", |limits| limits.vlans.as_ref(), |ledger| &ledger.vlans);
}

pub(super) fn mtu_exceeded(judge: &mut Judge<'_>, limits: &parameters::MtuExceeded) {
    let topology = judge.topology();
    let reached = topology.networks.iter().zip(topology.reaches());
    for (network, reach) in reached.filter(|(network, _)| f64::from(network.mtu()) > limits.standard) {
        let crossed: Vec<usize> = reach.ends.iter().chain(&reach.between).copied().collect();
        let too_small: Vec<usize> =
            crossed.iter().copied().filter(|switch| takes(topology, *switch, network) == Some(false)).collect();
        if !too_small.is_empty() {
            exceeded(judge, network, &too_small);
            continue;
        }
        let unknown = crossed.iter().find(|switch| takes(topology, **switch, network).is_none());
        let elsewhere = (0..topology.switches.len())
            .filter(|switch| {
                !crossed.contains(switch) && topology.switches[*switch].role() != Some(SwitchRole::Management)
            })
            .any(|switch| takes(topology, switch, network) != Some(true));
        let subject = Subject::new(network.path(), network.span());
        if let Some(switch) = unknown.and_then(|switch| topology.switches.get(*switch)) {
            judge.unproven(subject, switch.model_key("limits.mtu"));
        } else if let Some(key) = reach.missing.first().filter(|_| elsewhere) {
            judge.unproven(subject, key.clone());
        } else if !topology.switches.is_empty() && (!crossed.is_empty() || !reach.missing.is_empty()) {
            judge.holds();
        }
    }
}

pub(super) fn core_without_two_management_ports(
    judge: &mut Judge<'_>,
    limits: &parameters::CoreWithoutTwoManagementPorts,
) {
    let topology = judge.topology();
    for (model, group) in by_model(judge, SwitchRole::Core) {
        let Some(first) = first_of(topology, &group) else { continue };
        match &model.management_ports {
            None => _ = judge.unproven(of_model(first), first.model_key("management_ports")),
            Some(ports) if ports.value < limits.minimum => {
                let raised = judge.violated(of_model(first)).at(ports.span).with("ports", ports.value);
                in_use(raised, topology, &group);
            }
            Some(_) => judge.holds(),
        }
    }
}

pub(super) fn management_ports_short(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    for ledger in topology.management_ledgers() {
        let Some(first) = first_of(topology, &ledger.switches) else { continue };
        if ledger.needed.count() == 0 && ledger.needed.doubts.is_empty() {
            continue;
        }
        let Some(available) = ledger.available else {
            let undescribed = ledger.switches.iter().filter_map(|switch| topology.switches.get(*switch));
            let undescribed = undescribed.into_iter().find(|switch| switch.port_count().is_none()).unwrap_or(first);
            judge.unproven(of_switch(undescribed), undescribed.model_key("ports"));
            continue;
        };
        match ledger.needed.within(available) {
            Some(true) => judge.holds(),
            Some(false) => {
                let ports = first.model.and_then(|model| model.value.ports.as_ref()).map(|ports| ports.span);
                let switches = ledger.switches.iter().filter_map(|switch| topology.switches.get(*switch));
                let raised = short_of(judge, first, switches, "model", ports.unwrap_or(first.span()));
                raised.with("needed", ledger.needed.count()).with("available", available);
            }
            None => lacking(judge.unproven(of_switch(first), String::new()), ledger.needed.missing()),
        }
    }
}

pub(super) fn management_switch_small(judge: &mut Judge<'_>, limits: &parameters::ManagementSwitchSmall) {
    let topology = judge.topology();
    for (model, group) in by_model(judge, SwitchRole::Management) {
        let Some(first) = first_of(topology, &group) else { continue };
        match (&model.ports, first.port_count()) {
            (Some(ports), Some(count)) if count < limits.minimum as usize => {
                let raised = judge.violated(of_model(first)).at(ports.span).with("ports", count);
                in_use(raised, topology, &group);
            }
            (Some(_), Some(_)) => judge.holds(),
            _ => _ = judge.unproven(of_model(first), first.model_key("ports")),
        }
    }
}

pub(super) fn management_port_tagged(judge: &mut Judge<'_>) {
    let topology = judge.topology();
    for group in written(topology, |switch| switch.role() == Some(SwitchRole::Management)) {
        let Some(first) = first_of(topology, &group) else { continue };
        let switches: Vec<&Switch<'_>> = group.iter().filter_map(|index| topology.switches.get(*index)).collect();
        let ends: Vec<_> =
            switches.iter().flat_map(|switch| &switch.ports).filter(|port| wants_access(topology, **port)).collect();
        if ends.is_empty() {
            continue;
        }
        let tagged = first.item.value.tagged_ports.as_ref();
        let is_tagged = |label: &str| tagged.is_some_and(|tagged| tagged.value.contains(label));
        let wrong: Vec<_> = ends.into_iter().filter(|port| is_tagged(&topology.port(**port).label)).copied().collect();
        let (Some(tagged), false) = (tagged, wrong.is_empty()) else {
            judge.holds();
            continue;
        };
        let far: Vec<_> = wrong.iter().filter_map(|port| topology.far_end(*port)).collect();
        let raised = judge.violated(of_switch(first)).at(tagged.span);
        raised.with("port", wrong.iter().map(|port| topology.port_name(*port)).collect::<Vec<_>>());
        raised.with("device", far.iter().map(|port| topology.port_name(*port)).collect::<Vec<_>>());
        let cable = wrong.first().and_then(|port| topology.cables[topology.port(*port).cable?].item);
        if let Some(end) = cable.and_then(|cable| cable.value.from.as_ref()) {
            raised.label("cable", end.span);
        }
        about(raised, switches.iter().map(|switch| switch.path()));
        about(raised, far.iter().map(|port| topology.written_path(topology.port(*port).device)));
    }
}

fn names<'t, 'd: 't>(switches: impl IntoIterator<Item = &'t Switch<'d>>) -> Vec<String> {
    switches.into_iter().map(|switch| switch.name.to_string()).collect()
}

/// Whether a leaf-spine fabric takes the place of core switches.
fn is_fabric(topology: &Topology<'_>) -> bool {
    topology.design.fabric.is_some() || !with_role(topology, SwitchRole::Spine).is_empty()
}

fn indices_with_role(topology: &Topology<'_>, role: SwitchRole) -> Vec<usize> {
    (0..topology.switches.len()).filter(|index| topology.switches[*index].role() == Some(role)).collect()
}

fn with_role<'t, 'd>(topology: &'t Topology<'d>, role: SwitchRole) -> Vec<&'t Switch<'d>> {
    topology.switches.iter().filter(|switch| switch.role() == Some(role)).collect()
}

fn without_role<'t, 'd>(topology: &'t Topology<'d>) -> Vec<&'t Switch<'d>> {
    topology.switches.iter().filter(|switch| switch.role().is_none()).collect()
}

/// One question for every table of switches that says no role.
fn unproven_roles(judge: &mut Judge<'_>, open: &[&Switch<'_>]) {
    let Some(first) = open.first() else { return };
    let mut keys: Vec<String> = open.iter().map(|switch| format!("{}.role", switch.written_path())).collect();
    keys.dedup();
    lacking(judge.unproven(of_switch(first), String::new()), keys);
}

fn about(raised: &mut Raised, paths: impl Iterator<Item = String>) {
    for path in paths {
        raised.about(path);
    }
}

fn lacking(raised: &mut Raised, keys: Vec<String>) {
    raised.missing = keys;
}

fn of_switch(switch: &Switch<'_>) -> Subject {
    Subject::new(switch.written_path(), switch.span())
}

/// The model of a switch as a subject; the switch itself where it has none.
fn of_model(switch: &Switch<'_>) -> Subject {
    switch.model.map_or_else(
        || of_switch(switch),
        |model| Subject::new(format!("switch_model.{}", model.pattern.value), model.pattern.span),
    )
}

/// Switches by the table that describes them.
fn written(topology: &Topology<'_>, chosen: impl Fn(&Switch<'_>) -> bool) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for (index, switch) in topology.switches.iter().enumerate().filter(|(_, switch)| chosen(switch)) {
        let equal = |group: &&mut Vec<usize>| {
            first_of(topology, group).is_some_and(|first| std::ptr::eq(first.item, switch.item))
        };
        match groups.iter_mut().find(equal) {
            Some(group) => group.push(index),
            None => groups.push(vec![index]),
        }
    }
    groups
}

fn first_of<'t, 'd>(topology: &'t Topology<'d>, group: &[usize]) -> Option<&'t Switch<'d>> {
    topology.switches.get(*group.first()?)
}

/// Switches of a role by model; asks for the model of those that name none.
fn by_model<'a>(judge: &mut Judge<'a>, role: SwitchRole) -> Vec<(&'a SwitchModel, Vec<usize>)> {
    let topology = judge.topology();
    let mut models: Vec<(&SwitchModel, Vec<usize>)> = Vec::new();
    for group in written(topology, |switch| switch.role() == Some(role)) {
        let Some(first) = first_of(topology, &group) else { continue };
        let Some(model) = first.model else {
            judge.unproven(of_switch(first), first.model_key("").trim_end_matches('.'));
            continue;
        };
        match models.iter_mut().find(|(known, _)| std::ptr::eq(*known, &raw const model.value)) {
            Some((_, switches)) => switches.extend(group),
            None => models.push((&model.value, group)),
        }
    }
    models
}

/// Names the switches that use a model.
fn in_use(raised: &mut Raised, topology: &Topology<'_>, group: &[usize]) {
    let switches: Vec<&Switch<'_>> = group.iter().filter_map(|index| topology.switches.get(*index)).collect();
    raised.with("switch", names(switches.iter().copied()));
    if let Some(model) = switches.first().and_then(|switch| switch.model) {
        raised.with("model", model.pattern.value.as_str());
    }
    for switch in switches {
        raised.about(switch.path()).about(switch.written_path());
    }
}

fn model_mlag<'d>(switch: &Switch<'d>) -> Option<&'d Spanned<bool>> {
    switch.model?.value.mlag.as_ref()
}

/// Whether some bond has members on two of the core switches, so that its redundancy is planned.
fn bonds_span_cores(topology: &Topology<'_>, cores: &[usize]) -> bool {
    topology.bonds.iter().any(|bond| {
        let mut ends: Vec<usize> = bond
            .members
            .iter()
            .filter_map(|member| match topology.port(topology.far_end(*member)?).device {
                DeviceId::Switch(index) => Some(index),
                _ => None,
            })
            .filter(|index| cores.contains(index))
            .collect();
        ends.sort_unstable();
        ends.dedup();
        ends.len() > 1
    })
}

fn subject(mlag: &Mlag<'_>) -> Subject {
    Subject::new(mlag.path(), mlag.item.pattern.span)
}

fn pair<'r>(raised: &'r mut Raised, topology: &Topology<'_>, mlag: &Mlag<'_>) -> &'r mut Raised {
    let peers = mlag.peers.iter().filter_map(|peer| topology.switches.get(*peer));
    about(raised, peers.map(Switch::path));
    raised.with("mlag", mlag.item.pattern.value.as_str())
}

/// Where the ports of a peer link are written, and the ports by peer; asks for them where they are not.
fn peer_link<'a>(judge: &mut Judge<'_>, mlag: &'a Mlag<'_>) -> Option<(Span, &'a Vec<Vec<PortId>>)> {
    let key = match (&mlag.item.value.peer_link, &mlag.peer_link) {
        _ if mlag.peers.len() != 2 => "peers",
        (Some(written), Some(sides)) if sides.iter().all(|side| side.len() == written.value.0.len()) => {
            return Some((written.span, sides));
        }
        _ => "peer_link",
    };
    judge.unproven(subject(mlag), format!("{}.{key}", mlag.path()));
    None
}

/// Rate of some ports together, where every speed is known.
fn known_rate(topology: &Topology<'_>, ports: &[PortId]) -> Option<Rate> {
    let speeds: Option<Vec<Rate>> =
        ports.iter().map(|port| topology.port(*port).speed.as_ref().map(|speed| speed.value)).collect();
    speeds?.into_iter().reduce(|sum, speed| sum + speed)
}

fn of_group<'l>(ledgers: &'l [Ledger], group: &'l [usize]) -> impl Iterator<Item = &'l Ledger> {
    ledgers.iter().filter(|ledger| group.contains(&ledger.switch))
}

/// A violation about switches whose model is too small, at the model's name.
fn short_of<'j, 't, 'd: 't>(
    judge: &'j mut Judge<'_>,
    first: &Switch<'_>,
    switches: impl Iterator<Item = &'t Switch<'d>>,
    label: &'static str,
    span: Span,
) -> &'j mut Raised {
    let switches: Vec<&Switch<'_>> = switches.collect();
    let model = first.item.value.model.as_ref();
    let raised = judge.violated(of_switch(first)).at(model.map_or(first.span(), |model| model.span)).label(label, span);
    raised.with("switch", names(switches.iter().copied()));
    raised.with("model", model.map_or("", |model| model.value.as_str()));
    if let Some(model) = model {
        raised.about(format!("switch_model.{}", model.value));
    }
    about(raised, switches.iter().map(|switch| switch.path()));
    raised
}

/// Where a switch is certainly short of ports: at the highest speed there is too little of.
fn shortage(ledger: &Ledger) -> Option<PortBalance> {
    let open: usize = unknown_speed(ledger).map_or(0, |class| class.1);
    ledger.port_balance().into_iter().find(|balance| balance.needed > balance.available + open)
}

/// Ports in use and ports of the model whose speed is not known.
fn unknown_speed(ledger: &Ledger) -> Option<(usize, usize)> {
    ledger.ports.iter().find(|class| class.speed.is_none()).map(|class| (class.needed.count(), class.available))
}

fn missing_ports(short: &(&Ledger, PortBalance)) -> usize {
    short.1.needed - short.1.available
}

/// Whether ports without a known speed decide over the balance.
fn speed_in_doubt(used: &[&Ledger]) -> bool {
    used.iter().any(|ledger| {
        unknown_speed(ledger).is_some_and(|(needed, _)| needed > 0)
            || ledger.port_balance().iter().any(|balance| balance.needed > balance.available)
    })
}

fn without_speed(switch: &Switch<'_>) -> Option<String> {
    let groups = switch.model?.value.ports.as_ref()?;
    let group = groups.value.iter().find(|group| group.value.speed.is_none())?;
    Some(switch.model_key(&format!("ports.{}.speed", group.pattern.value)))
}

/// Judges a count of the ledger against a limit of the model.
fn within_limit(
    judge: &mut Judge<'_>,
    key: &str,
    limit: impl Fn(&SwitchLimits) -> Option<&Spanned<u32>>,
    count: impl Fn(&Ledger) -> &Tally,
) {
    let topology = judge.topology();
    let ledgers = topology.ledgers();
    for group in written(topology, |_| true) {
        let used: Vec<&Ledger> = of_group(ledgers, &group)
            .filter(|ledger| count(ledger).count() > 0 || !count(ledger).doubts.is_empty())
            .collect();
        let (Some(first), false) = (first_of(topology, &group), used.is_empty()) else { continue };
        let Some(limit) = first.limits().and_then(&limit) else {
            judge.unproven(of_switch(first), first.model_key(key));
            continue;
        };
        let verdict = |ledger: &Ledger| count(ledger).within(limit.value as usize);
        let over: Vec<&Ledger> = used.iter().copied().filter(|ledger| verdict(ledger) == Some(false)).collect();
        if let Some(most) = over.iter().map(|ledger| count(ledger).count()).max() {
            let switches = over.iter().filter_map(|ledger| topology.switches.get(ledger.switch));
            let raised = short_of(judge, first, switches, "model", limit.span);
            raised.with("needed", most).with("limit", limit.value);
        } else if let Some(open) = used.iter().find(|ledger| verdict(ledger).is_none()) {
            lacking(judge.unproven(of_switch(first), String::new()), count(open).missing());
        } else {
            judge.holds();
        }
    }
}

/// Whether a switch takes the packets of a network, where that is known.
fn takes(topology: &Topology<'_>, switch: usize, network: &Network<'_>) -> Option<bool> {
    let limit = topology.switches.get(switch)?.limits()?.mtu.as_ref()?;
    Some(network.mtu() <= limit.value)
}

/// One violation for each model that is too small for a network.
fn exceeded(judge: &mut Judge<'_>, network: &Network<'_>, switches: &[usize]) {
    let topology = judge.topology();
    let mut models: Vec<Vec<&Switch<'_>>> = Vec::new();
    for switch in switches.iter().filter_map(|switch| topology.switches.get(*switch)) {
        let same = |group: &&mut Vec<&Switch<'_>>| group.iter().any(|other| model_name(other) == model_name(switch));
        match models.iter_mut().find(same) {
            Some(group) => group.push(switch),
            None => models.push(vec![switch]),
        }
    }
    for group in models {
        let Some(limit) = group.first().and_then(|first| first.limits()).and_then(|limits| limits.mtu.as_ref()) else {
            continue;
        };
        let raised = judge.violated(Subject::new(network.path(), network.span()));
        raised.at(network.table().mtu.as_ref().map_or(network.span(), |mtu| mtu.span)).label("model", limit.span);
        raised.with("network", network.name()).with("mtu", network.mtu()).with("limit", limit.value);
        raised.with("model", group.first().map_or("", |first| model_name(first)));
        raised.with("switch", names(group.iter().copied()));
        about(raised, group.iter().map(|switch| switch.path()));
    }
}

fn model_name<'d>(switch: &Switch<'d>) -> &'d str {
    switch.model.map_or("", |model| model.pattern.value.as_str())
}

/// Whether what is plugged into a port has to be reachable without any VLAN settings: servers, and firewalls by
/// their management ports. Links to other switches may be trunks.
fn wants_access(topology: &Topology<'_>, port: PortId) -> bool {
    let Some(far) = topology.far_end(port) else { return false };
    match topology.port(far).device {
        DeviceId::Node(_) => true,
        DeviceId::Switch(_) => false,
        DeviceId::Firewall(index) => {
            let ports =
                topology.firewalls.get(index).and_then(|firewall| firewall.item.value.management_ports.as_ref());
            ports.is_some_and(|ports| ports.value.contains(&topology.port(far).label))
        }
    }
}
