//! Names in tables that are looked up by rules and figures rather than kept as references.

use foldhash::HashSet;

use super::{Resolver, all_names, items};
use crate::design::{Mistake, MistakeKind, Names, Text};
use crate::source::Spanned;
use crate::topology::devices::DeviceId;
use crate::words::Said;
use crate::words::references;

/// What a name stands for, in words.
type What = fn() -> Said;

impl Resolver<'_> {
    /// A processor has at least one thread for each core; fewer were counted for one core.
    pub(super) fn processors(&mut self) {
        for cpu in items(self.topology.design.server_model.as_ref()).filter_map(|item| item.value.cpu.as_ref()) {
            let (Some(cores), Some(threads)) = (&cpu.value.cores, &cpu.value.threads) else { continue };
            if threads.value < cores.value {
                let message = references::too_few_threads(threads.value, cores.value);
                let mistake = Mistake::new(MistakeKind::OutOfRange, threads.span, message);
                self.report(mistake.help(references::threads_of_processor()));
            }
        }
    }

    /// Names in tables that are looked up by rules and figures rather than kept as references.
    pub(super) fn names_elsewhere(&mut self) {
        let design = self.topology.design;
        let networks = all_names(design.network.as_ref());
        let mut check = |what: What, written: Option<&Spanned<Text>>, known: &[&str]| {
            if let Some(name) = written.filter(|name| !known.contains(&name.value.as_str())) {
                self.dangling(what(), &name.value, name.span, known.iter().copied());
            }
        };
        for item in items(design.server_model.as_ref()) {
            let model = &item.value;
            let (controllers, disks) = (all_names(model.controllers.as_ref()), all_names(model.disks.as_ref()));
            for disk in items(model.disks.as_ref()) {
                check(references::controller_of_model, disk.value.controller.as_ref(), &controllers);
                check(references::disk_group_of_model, disk.value.db.as_ref(), &disks);
            }
        }
        let pools = all_names(design.ceph.as_ref().and_then(|ceph| ceph.value.pool.as_ref()));
        let storages = all_names(design.storage.as_ref());
        let groups = all_names(design.ha.as_ref().and_then(|ha| ha.value.group.as_ref()));
        for item in items(design.storage.as_ref()) {
            check(references::ceph_pool, item.value.pool.as_ref(), &pools);
        }
        for item in items(design.ceph.as_ref().and_then(|ceph| ceph.value.pool.as_ref())) {
            check(references::ceph_pool, item.value.metadata_pool.as_ref(), &pools);
        }
        for item in items(design.guest.as_ref()) {
            check(references::storage, item.value.storage.as_ref(), &storages);
            check(references::ha_group, item.value.ha_group.as_ref(), &groups);
        }
        for item in items(design.overlay.as_ref()) {
            check(references::network, item.value.underlay.as_ref(), &networks);
        }
        let overlays = all_names(design.overlay.as_ref());
        for item in items(design.network.as_ref()) {
            check(references::overlay, item.value.overlay.as_ref(), &overlays);
        }
        for item in items(design.mlag.as_ref()) {
            check(references::network, item.value.keepalive.as_ref(), &networks);
        }
        let migration = design.migration.as_ref();
        check(references::network, migration.and_then(|migration| migration.value.network.as_ref()), &networks);
        for item in items(design.backup.as_ref()) {
            check(references::storage, item.value.storage.as_ref(), &storages);
            check(references::network, item.value.network.as_ref(), &networks);
        }
        self.lists_elsewhere();
    }

    pub(super) fn lists_elsewhere(&mut self) {
        let design = self.topology.design;
        let nodes: Vec<&str> = all_names(design.node.as_ref());
        let switches = all_names(design.switch.as_ref());
        let networks = all_names(design.network.as_ref());
        let guests = all_names(design.guest.as_ref());
        let sites = all_names(design.site.as_ref());
        let [node, switch, network]: [What; 3] = [references::node, references::switch, references::network];
        let [guest, site]: [What; 2] = [references::guest_profile, references::site];
        let mut lists: Vec<(What, &Spanned<Names>, &[&str])> = Vec::new();
        if let Some(ceph) = &design.ceph {
            let daemons = [&ceph.value.monitors, &ceph.value.managers, &ceph.value.metadata_servers];
            lists.extend(daemons.into_iter().flatten().map(|list| (node, list, nodes.as_slice())));
        }
        if let Some(ha) = &design.ha {
            for group in items(ha.value.group.as_ref()) {
                lists.extend(group.value.nodes.iter().map(|list| (node, list, nodes.as_slice())));
            }
            for rule in items(ha.value.node_affinity.as_ref()) {
                lists.extend(rule.value.nodes.iter().map(|list| (node, list, nodes.as_slice())));
                lists.extend(rule.value.guests.iter().map(|list| (guest, list, guests.as_slice())));
            }
        }
        for fabric in items(design.fabric.as_ref()) {
            let tiers = [&fabric.value.leaves, &fabric.value.spines];
            lists.extend(tiers.into_iter().flatten().map(|list| (switch, list, switches.as_slice())));
        }
        for overlay in items(design.overlay.as_ref()) {
            lists.extend(overlay.value.peers.iter().map(|list| (node, list, nodes.as_slice())));
        }
        for guest in items(design.guest.as_ref()) {
            lists.extend(guest.value.networks.iter().map(|list| (network, list, networks.as_slice())));
        }
        for backup in items(design.backup.as_ref()) {
            lists.extend(backup.value.guests.iter().map(|list| (guest, list, guests.as_slice())));
        }
        for storage in items(design.storage.as_ref()) {
            lists.extend(storage.value.networks.iter().map(|list| (network, list, networks.as_slice())));
        }
        for link in items(design.site_link.as_ref()) {
            lists.extend(link.value.sites.iter().map(|list| (site, list, sites.as_slice())));
        }
        for (what, list, known) in lists {
            let set: HashSet<&str> = known.iter().copied().collect();
            for name in list.value.0.iter().filter(|name| !set.contains(name.value.as_str())) {
                self.dangling(what(), &name.value, name.span, known.iter().copied());
            }
        }
        for firewall in 0..self.topology.firewalls.len() {
            let table = &self.topology.firewalls[firewall].item.value;
            for list in [&table.service_ports, &table.management_ports, &table.ha_ports].into_iter().flatten() {
                for label in &list.value.0 {
                    self.known_port(DeviceId::Firewall(firewall), &label.value, label.span);
                }
            }
        }
        for switch in 0..self.topology.switches.len() {
            for label in
                self.topology.switches[switch].item.value.tagged_ports.iter().flat_map(|ports| ports.value.0.iter())
            {
                self.known_port(DeviceId::Switch(switch), &label.value, label.span);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::source::{self, Sources, Span};

    #[test]
    fn a_pool_for_metadata_is_a_pool_of_the_design() {
        let text = r#"
            [ceph.pool.vm]
            data_chunks = 4
            coding_chunks = 2
            metadata_pool = "vm-meta"
            [ceph.pool.vm_meta]
            size = 3
        "#;
        let mut sources = Sources::default();
        let root = sources.add("design", text);
        let (document, errors) = source::parse(&sources, root);
        assert!(errors.is_empty(), "{errors:?}");
        let (design, _) = crate::design::read(&document, Span::start_of(root));
        let (_, mistakes) = crate::topology::resolve(&design, Span::start_of(root));
        let messages: Vec<String> = mistakes.iter().map(|mistake| mistake.message.to_string()).collect();
        assert_eq!(messages, ["there is no Ceph pool named `vm-meta`"]);
    }
}
