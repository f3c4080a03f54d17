//! Lines out of the racks, settings of ports, and parts that fail together.

use super::{Resolver, VLAN_IDS, items};
use crate::design::{Mistake, MistakeKind, Names, Text};
use crate::source::Spanned;
use crate::topology::devices::PortId;
use crate::topology::links::{SiteLink, Uplink};
use crate::topology::risks::SharedRisk;
use crate::words::references;

impl<'d> Resolver<'d> {
    /// Uplinks, links between sites and the external vote, with the ports they are plugged into.
    pub(super) fn lines(&mut self) {
        let design = self.topology.design;
        for item in items(design.uplink.as_ref()) {
            let ports = self.free_ports(item.value.ports.as_ref());
            for name in &item.names {
                self.name_once(name, item.pattern.span);
                self.topology.uplinks.push(Uplink { name: name.clone(), item, ports: ports.clone() });
            }
        }
        for item in items(design.site_link.as_ref()) {
            let ports = self.free_ports(item.value.ports.as_ref());
            for name in &item.names {
                self.name_once(name, item.pattern.span);
                self.topology.site_links.push(SiteLink { name: name.clone(), item, ports: ports.clone() });
            }
        }
        let cluster = design.cluster.as_ref();
        let hosted = cluster.and_then(|cluster| cluster.value.qdevice_ports.as_ref());
        self.topology.qdevice_ports = self.free_ports(hosted);
    }

    /// Ports by the names of their ends: `core-a:{1..3}`.
    fn ports(&mut self, ends: Option<&'d Spanned<Names>>) -> Vec<PortId> {
        ends.into_iter().flat_map(|ends| &ends.value.0).filter_map(|end| self.endpoint(end)).collect()
    }

    /// Ports of what leaves the design, which no cable within it may be plugged into. A link between sites may share
    /// its port with the uplink that it tunnels through.
    fn free_ports(&mut self, ends: Option<&'d Spanned<Names>>) -> Vec<PortId> {
        let mut ports = Vec::new();
        for end in ends.into_iter().flat_map(|ends| &ends.value.0) {
            let Some(port) = self.endpoint(end) else { continue };
            ports.push(port);
            let Some(cable) = self.topology.port(port).cable else { continue };
            let message = references::cable_elsewhere(end.value.as_str());
            let mistake = Mistake::new(MistakeKind::UsedTwice, end.span, message);
            let from = self.topology.cables[cable].item.and_then(|item| item.value.from.as_ref());
            self.report(match from {
                Some(from) => mistake.related(from.span, references::the_cable()),
                None => mistake.help(references::cable_is_peer_link()),
            });
        }
        ports
    }

    pub(super) fn port_settings(&mut self) {
        for settings in self.topology.design.switch_port.iter().flat_map(|list| list.value.iter()) {
            for port in self.ports(settings.value.ports.as_ref()) {
                if self.topology.ports[port.0].settings.replace(&settings.value).is_none() {
                    continue;
                }
                let name = self.topology.port_name(port);
                let message = references::set_twice(name);
                let mistake = Mistake::new(MistakeKind::UsedTwice, settings.span, message);
                self.report(mistake.help(references::one_table_of_settings()));
            }
            for vlan in settings.value.tagged.iter().flat_map(|vlans| &vlans.value.0) {
                self.vlan_id(vlan);
            }
        }
        self.topology.all_settings = self.topology.read_settings();
        self.topology.lags = self.topology.named_lags();
    }

    /// A VLAN id among several that are written as names.
    pub(super) fn vlan_id(&mut self, vlan: &Spanned<Text>) {
        if vlan.value.parse::<u32>().is_ok_and(|id| VLAN_IDS.contains(&id)) {
            return;
        }
        let message = references::no_vlan(vlan.value.as_str());
        let mistake = Mistake::new(MistakeKind::OutOfRange, vlan.span, message);
        self.report(mistake.help(references::write_vlans(*VLAN_IDS.start(), *VLAN_IDS.end(), "{100..115}")));
    }

    pub(super) fn shared_risks(&mut self) {
        for item in items(self.topology.design.shared_risk.as_ref()) {
            let mut members = Vec::new();
            for name in item.value.members.iter().flat_map(|names| &names.value.0) {
                match self.topology.part(&name.value) {
                    Some(part) => members.push(part),
                    None => self.dangling(references::part(), &name.value, name.span, []),
                }
            }
            let mut cables = Vec::new();
            for end in item.value.cables.iter().flat_map(|ends| &ends.value.0) {
                let port = self.topology.port_at(&end.value);
                match port.and_then(|port| self.topology.port(port).cable) {
                    Some(cable) => cables.push(cable),
                    None => self.dangling(references::cable_with_end(), &end.value, end.span, []),
                }
            }
            for name in &item.names {
                self.name_once(name, item.pattern.span);
                let (members, cables) = (members.clone(), cables.clone());
                self.topology.shared_risks.push(SharedRisk { name: name.clone(), item, members, cables });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::source::{self, Sources, Span};

    #[test]
    fn a_line_and_a_cable_do_not_share_a_port() {
        let text = r#"
            [firewall."fw{1..2}"]
            [uplink.provider]
            ports = ["fw1:wan:1", "fw2:wan:1"]
            [site_link.tunnel]
            sites = []
            ports = "fw1:wan:1"
            [[cable]]
            from = "fw1:wan:2"
            to   = "fw2:wan:1"
        "#;
        let mut sources = Sources::default();
        let root = sources.add("design", text);
        let (document, errors) = source::parse(&sources, root);
        assert!(errors.is_empty(), "{errors:?}");
        let (design, _) = crate::design::read(&document, Span::start_of(root));
        let (_, mistakes) = crate::topology::resolve(&design, Span::start_of(root));
        let messages: Vec<String> = mistakes.iter().map(|mistake| mistake.message.to_string()).collect();
        assert_eq!(messages, ["`fw2:wan:1` has a cable to another device already"]);
    }
}
