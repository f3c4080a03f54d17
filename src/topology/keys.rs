//! Paths of devices, and of the keys that would state a fact about them.

use foldhash::HashMap;

use super::Topology;
use super::devices::{DeviceId, PortId, Switch};
use crate::design::Text;
use crate::source::Span;

impl<'d> Topology<'d> {
    /// Path of the table that describes a device: `node.pve{1..3}`, `switch.core-{a,b}`.
    pub fn written_path(&self, device: DeviceId) -> String {
        match device {
            DeviceId::Node(index) => self.nodes[index].path(),
            DeviceId::Switch(index) => self.switches[index].written_path(),
            DeviceId::Firewall(index) => self.firewalls[index].path(),
        }
    }

    /// Name of a device as a range of its table writes it out.
    pub(super) fn written_name(&self, device: DeviceId) -> &'d str {
        let (names, name) = match device {
            DeviceId::Node(index) => return &self.nodes[index].item.names[self.nodes[index].index],
            DeviceId::Switch(index) => (&self.switches[index].item.names, &self.switches[index].name),
            DeviceId::Firewall(index) => (&self.firewalls[index].item.names, &self.firewalls[index].name),
        };
        names.iter().find(|known| *known == name).map_or("", Text::as_str)
    }

    /// The key that would describe the ports of a device.
    pub fn ports_key(&self, device: DeviceId) -> String {
        self.model_key(device, if matches!(device, DeviceId::Switch(_)) { "ports" } else { "cards" })
    }

    /// The key that would state what is said under `key` of a device's model.
    pub fn model_key(&self, device: DeviceId, key: &str) -> String {
        let (kind, model) = match device {
            DeviceId::Node(index) => ("server_model", self.nodes[index].item.value.model.as_ref()),
            DeviceId::Switch(index) => ("switch_model", self.switches[index].item.value.model.as_ref()),
            DeviceId::Firewall(index) => ("firewall_model", self.firewalls[index].item.value.model.as_ref()),
        };
        match model {
            None => format!("{}.model", self.written_path(device)),
            Some(model) => format!("{kind}.{}.{key}", model.value),
        }
    }

    /// Path of a device's model and where its name is written, where the model is described.
    pub fn model_of(&self, device: DeviceId) -> Option<(String, Span)> {
        let (kind, name) = match device {
            DeviceId::Node(index) => ("server_model", &self.nodes[index].model?.pattern),
            DeviceId::Switch(index) => ("switch_model", &self.switches[index].model?.pattern),
            DeviceId::Firewall(index) => ("firewall_model", &self.firewalls[index].model?.pattern),
        };
        Some((format!("{kind}.{}", name.value), name.span))
    }

    /// Name of a device's model and what it is, as on the quote, where the model is described.
    pub fn described_model(&self, device: DeviceId) -> Option<(&'d Text, Option<&'d Text>)> {
        let (name, description) = match device {
            DeviceId::Node(index) => self.nodes[index].model.map(|model| (&model.pattern, &model.value.description)),
            DeviceId::Switch(index) => {
                self.switches[index].model.map(|model| (&model.pattern, &model.value.description))
            }
            DeviceId::Firewall(index) => {
                self.firewalls[index].model.map(|model| (&model.pattern, &model.value.description))
            }
        }?;
        Some((&name.value, description.as_ref().map(|text| &text.value)))
    }

    /// Devices by the table that describes them.
    pub fn written_devices(&self) -> Vec<Vec<DeviceId>> {
        let mut groups: Vec<Vec<DeviceId>> = Vec::new();
        let mut places: HashMap<Span, usize> = HashMap::default();
        for device in self.devices() {
            let group = *places.entry(self.device_span(device)).or_insert(groups.len());
            if group == groups.len() {
                groups.push(Vec::new());
            }
            groups[group].push(device);
        }
        groups
    }

    /// The key that would state the speed of a port.
    pub fn speed_key(&self, port: PortId) -> String {
        let port = self.port(port);
        let ports = self.ports_key(port.device);
        if port.card.is_empty() { ports } else { format!("{ports}.{}.speed", port.card) }
    }

    /// The port that an end of a cable names: `pve1:slot1:1`.
    pub fn port_at(&self, end: &str) -> Option<PortId> {
        let (device, label) = end.split_once(':')?;
        self.port_on(self.device(device)?, label)
    }

    /// The port of a device with a label or interface name.
    pub fn port_on(&self, device: DeviceId, label: &str) -> Option<PortId> {
        match device {
            DeviceId::Node(index) => self.nodes[index].port(label),
            DeviceId::Switch(index) => self.switches[index].port(label),
            DeviceId::Firewall(index) => self.firewalls[index].port(label),
        }
    }
}

impl Switch<'_> {
    /// Path of the table that describes it, and its equals.
    pub fn written_path(&self) -> String {
        format!("switch.{}", self.item.pattern.value)
    }

    /// The key that would state what is said under `key` of its model.
    pub fn model_key(&self, key: &str) -> String {
        match &self.item.value.model {
            None => format!("{}.model", self.written_path()),
            Some(model) => format!("switch_model.{}.{key}", model.value),
        }
    }

    /// How many ports its model has, where that is described.
    pub fn port_count(&self) -> Option<usize> {
        let model = self.model.filter(|model| !model.value.unread.contains(&"ports"))?;
        let ports = model.value.ports.as_ref().filter(|ports| !ports.value.0.is_empty())?;
        Some(ports.value.iter().map(|group| group.names.len()).sum())
    }
}
