//! Servers, switches, firewalls and their ports.

use std::sync::Arc;

use foldhash::HashMap;

use super::storage::DiskGroup;
use crate::design::{self, Boot, DiskRole, FormFactor, Item, ServerModel, Text};
use crate::quantity::{Rate, Size};
use crate::source::{Span, Spanned};

/// Names a device of the topology.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DeviceId {
    /// Index of a server.
    Node(usize),
    /// Index of a switch.
    Switch(usize),
    /// Index of a firewall.
    Firewall(usize),
}

/// Names a port of the topology.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PortId(pub usize);

/// A network port.
#[derive(Debug, Clone)]
pub struct Port<'d> {
    /// Device it belongs to.
    pub device: DeviceId,
    /// Card it sits on; the port group of a switch.
    pub card: &'d str,
    /// Name on its device: `slot1:1`, or `1` on a switch; one text for all devices of a model.
    pub label: Arc<str>,
    /// Speed.
    pub speed: Option<Spanned<Rate>>,
    /// What it takes: a cage or a jack.
    pub form_factor: Option<Spanned<FormFactor>>,
    /// Where the card or port group is described.
    pub span: Span,
    /// Index of the cable that is plugged in.
    pub cable: Option<usize>,
    /// The port at the other end of that cable.
    pub(super) far: Option<PortId>,
    /// The port that this one is a lane of.
    pub lane_of: Option<PortId>,
    /// Whether it is a switch's port for its own administration: no frames pass from it to the others.
    pub management: bool,
    /// What is set on it, where that is said.
    pub settings: Option<&'d design::SwitchPort>,
}

/// Ports of a device by name.
#[derive(Debug, Clone, Default)]
pub(super) struct PortNames {
    /// Id of the first port that its model describes.
    pub(super) first: usize,
    /// Names of the ports that its model describes, counted from the first; one list for all devices of the model.
    pub(super) described: Arc<HashMap<Arc<str>, usize>>,
    /// Ports that were only named where something is plugged in.
    pub(super) named: HashMap<String, PortId>,
}

impl PortNames {
    fn get(&self, name: &str) -> Option<PortId> {
        let described = self.described.get(name).map(|place| PortId(self.first + place));
        described.or_else(|| self.named.get(name).copied())
    }
}

/// A server.
#[derive(Debug, Clone)]
pub struct Node<'d> {
    /// Host name.
    pub name: Text,
    /// The table that describes it, and its equals.
    pub item: &'d Item<design::Node>,
    /// Its place among the equals of that table, from 0.
    pub index: usize,
    /// Its place among all servers, from 0.
    pub place: usize,
    /// Model, where it is described.
    pub model: Option<&'d Item<ServerModel>>,
    /// Ports in order.
    pub ports: Vec<PortId>,
    pub(super) port_names: PortNames,
}

impl<'d> Node<'d> {
    /// What names it among all devices.
    pub fn device(&self) -> DeviceId {
        DeviceId::Node(self.place)
    }

    /// Where the node's name is written.
    pub fn span(&self) -> Span {
        self.item.pattern.span
    }

    /// Path of the table that describes it: `node.pve{1..3}`.
    pub fn path(&self) -> String {
        ["node.", &self.item.pattern.value].concat()
    }

    /// Site it stands in, where that is said.
    pub fn site(&self) -> Option<&'d str> {
        self.item.value.site.as_ref().map(|site| site.value.as_str())
    }

    /// Rack it stands in, where that is said.
    pub fn rack(&self) -> Option<&'d str> {
        self.item.value.rack.as_ref().map(|rack| rack.value.as_str())
    }

    /// Installed memory, where it is known.
    pub fn memory(&self) -> Option<&'d Spanned<Size>> {
        self.model?.value.memory.as_ref()?.value.capacity.as_ref()
    }

    /// Threads of all processors together, where they are known.
    pub fn threads(&self) -> Option<u32> {
        let cpu = &self.model?.value.cpu.as_ref()?.value;
        let sockets = cpu.sockets.as_ref().map_or(1, |sockets| sockets.value);
        cpu.threads.as_ref().map(|threads| threads.value.saturating_mul(sockets))
    }

    /// Whether its operating system starts from the network.
    pub fn boots_from_network(&self) -> bool {
        self.model.and_then(|model| model.value.boot.as_ref()).is_some_and(|boot| boot.value == Boot::Network)
    }

    /// Groups of disks.
    pub fn disk_groups(&self) -> impl Iterator<Item = DiskGroup<'d>> + use<'d> {
        self.model.into_iter().flat_map(DiskGroup::of_model)
    }

    /// Groups of disks that are OSDs.
    pub fn osd_groups(&self) -> impl Iterator<Item = DiskGroup<'d>> + use<'d> {
        self.disk_groups().filter(|group| group.role() == Some(DiskRole::Osd))
    }

    /// Number of OSDs, where every group says how many disks it has.
    pub fn osd_count(&self) -> Option<u32> {
        self.model?;
        self.osd_groups().map(|group| group.osds()).sum()
    }

    /// Capacity of all OSDs together, where it is known.
    pub fn osd_capacity(&self) -> Option<Size> {
        self.model?;
        let mut sum: Option<Size> = None;
        for group in self.osd_groups() {
            let capacity = group.capacity()? * f64::from(group.count()?);
            sum = Some(sum.map_or(capacity, |sum| sum + capacity));
        }
        sum
    }

    /// The port with a label or interface name.
    pub fn port(&self, name: &str) -> Option<PortId> {
        self.port_names.get(name)
    }
}

/// A switch.
#[derive(Debug, Clone)]
pub struct Switch<'d> {
    /// Name.
    pub name: Text,
    /// The table that describes it, and its equals.
    pub item: &'d Item<design::Switch>,
    /// Model, where it is described.
    pub model: Option<&'d Item<design::SwitchModel>>,
    /// Ports in order.
    pub ports: Vec<PortId>,
    pub(super) port_names: PortNames,
}

impl<'d> Switch<'d> {
    /// Where the switch's name is written.
    pub fn span(&self) -> Span {
        self.item.pattern.span
    }

    /// Path of the switch: `switch.core-a`.
    pub fn path(&self) -> String {
        ["switch.", &self.name].concat()
    }

    /// What it is for, where that is said.
    pub fn role(&self) -> Option<design::SwitchRole> {
        self.item.value.role.as_ref().map(|role| role.value)
    }

    /// Limits of its model.
    pub fn limits(&self) -> Option<&'d design::SwitchLimits> {
        self.model?.value.limits.as_ref().map(|limits| &limits.value)
    }

    /// The port with a name.
    pub fn port(&self, name: &str) -> Option<PortId> {
        self.port_names.get(name)
    }
}

/// A firewall.
#[derive(Debug, Clone)]
pub struct Firewall<'d> {
    /// Name.
    pub name: Text,
    /// The table that describes it, and its equals.
    pub item: &'d Item<design::Firewall>,
    /// Model, where it is described.
    pub model: Option<&'d Item<design::FirewallModel>>,
    /// Ports in order.
    pub ports: Vec<PortId>,
    pub(super) port_names: PortNames,
}

impl Firewall<'_> {
    /// Where the firewall's name is written.
    pub fn span(&self) -> Span {
        self.item.pattern.span
    }

    /// Path of the table that describes it.
    pub fn path(&self) -> String {
        format!("firewall.{}", self.item.pattern.value)
    }

    /// The port with a name.
    pub fn port(&self, name: &str) -> Option<PortId> {
        self.port_names.get(name)
    }
}
