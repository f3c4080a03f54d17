//! Networks, addresses and Corosync links.

use foldhash::HashSet;

use super::{Resolver, all_names, first_twice, is_plain_address, items};
use crate::design::{self, Item, Mistake, MistakeKind};
use crate::source::{Span, Spanned};
use crate::topology::addresses::Address;
use crate::topology::devices::DeviceId;
use crate::topology::networks::{Attachment, CorosyncLink, Network};
use crate::words::references;

impl<'d> Resolver<'d> {
    pub(super) fn networks(&mut self) {
        for item in items(self.topology.design.network.as_ref()) {
            let network = &item.value;
            let devices = self.network_members(network, item.pattern.span);
            let written = [network.interface.as_ref(), network.address.as_ref()];
            let [interfaces, addresses] = written.map(|written| self.assigned(written, &devices));
            let mut attachments = Vec::with_capacity(devices.len());
            for ((device, interface), address) in devices.into_iter().zip(interfaces).zip(addresses) {
                let interface = interface.and_then(|written| {
                    let found = self.interface(device, written.value, written.span)?;
                    Some(Spanned::new(found, written.span))
                });
                let address = address.and_then(|written| self.address(&written));
                attachments.push(Attachment { device, interface, address });
            }
            self.unique_addresses(item, &attachments);
            self.vlans_and_gateway(network);
            let place = self.topology.networks.len();
            self.topology.networks.push(Network::new(place, item, attachments));
        }
    }

    /// Members of a network: those it is `on`, or those that its interfaces or addresses name, or every node.
    pub(super) fn network_members(&mut self, network: &design::Network, place: Span) -> Vec<DeviceId> {
        if network.on.is_some() {
            return self.members(network.on.as_ref(), place);
        }
        let mut named: Vec<Spanned<&str>> = Vec::new();
        for written in [&network.interface, &network.address].into_iter().flatten() {
            named.extend(written.value.devices());
        }
        if named.is_empty() {
            return self.members(None, place);
        }
        let (mut devices, mut seen) = (Vec::new(), HashSet::default());
        for name in named {
            devices.extend(self.known_device(name.value, name.span).filter(|device| seen.insert(*device)));
        }
        devices
    }

    /// What is written for each device, in their order.
    pub(super) fn assigned(
        &mut self,
        written: Option<&'d Spanned<design::PerDevice>>,
        devices: &[DeviceId],
    ) -> Vec<Option<Spanned<&'d str>>> {
        let Some(written) = written else { return devices.iter().map(|_| None).collect() };
        let names: Vec<&'d str> = devices.iter().map(|device| self.topology.written_name(*device)).collect();
        let assigned = written.value.assign(&names);
        for mismatch in &assigned.mismatches {
            self.unequal(mismatch);
        }
        for device in assigned.unknown {
            self.dangling(references::member_of_network(), device.value, device.span, names.iter().copied());
        }
        assigned.values
    }

    pub(super) fn address(&mut self, written: &Spanned<&str>) -> Option<Spanned<Address>> {
        let address = written.value.parse::<Address>().ok();
        if address.is_none() {
            self.bad_address(written.value, written.span, "10.2.21.66/24");
        }
        address.map(|address| Spanned::new(address, written.span))
    }

    pub(super) fn vlans_and_gateway(&mut self, network: &design::Network) {
        for vlan in network.guest_vlans.iter().flat_map(|vlans| &vlans.value.0) {
            self.vlan_id(vlan);
        }
        if let Some(gateway) = network.gateway.as_ref().filter(|gateway| !is_plain_address(&gateway.value)) {
            self.bad_address(&gateway.value, gateway.span, "10.2.20.1");
        }
    }

    pub(super) fn unique_addresses(&mut self, item: &Item<design::Network>, attachments: &[Attachment]) {
        let addresses = attachments.iter().filter_map(|attachment| attachment.address.as_ref());
        let twice = first_twice(addresses.map(|address| (address.value.ip, address.span)));
        if let Some((ip, first, second)) = twice {
            let message = references::address_twice(item.pattern.value.as_str(), ip.to_string());
            let mistake = Mistake::new(MistakeKind::DuplicateName, second, message);
            self.report(if first == second {
                mistake.help(references::write_range("10.2.21.{66..68}/24"))
            } else {
                mistake.related(first, references::first_used_here())
            });
        }
    }

    pub(super) fn corosync(&mut self) {
        let design = self.topology.design;
        let links = design.corosync.as_ref().and_then(|corosync| corosync.value.link.as_ref());
        for item in items(links) {
            for name in &item.names {
                let Ok(number) = name.parse() else {
                    let message = references::no_link_number(name.as_str());
                    let mistake = Mistake::new(MistakeKind::WrongType, item.pattern.span, message);
                    self.report(mistake.help(references::number_links("0")));
                    continue;
                };
                let Some(written) = &item.value.network else { continue };
                match self.topology.networks.iter().position(|network| network.name() == written.value) {
                    Some(network) => self.topology.corosync_links.push(CorosyncLink { number, item, network }),
                    None => self.dangling(
                        references::network(),
                        &written.value,
                        written.span,
                        all_names(design.network.as_ref()),
                    ),
                }
            }
        }
        self.topology.corosync_links.sort_by_key(|link| link.number);
    }
}
