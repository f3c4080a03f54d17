//! Power: feeds, and the supplies of each device that hang on them.

use super::Topology;
use super::devices::DeviceId;
use crate::design::{Item, Names, PowerFeed, PowerSupplies, Text};
use crate::quantity::Power;
use crate::source::{Span, Spanned};

/// A feed of power.
#[derive(Debug, Clone)]
pub struct Feed<'d> {
    /// Name.
    pub name: Text,
    /// The table that describes it, and its equals.
    pub item: &'d Item<PowerFeed>,
}

impl Feed<'_> {
    /// Path of the table that describes it.
    pub fn path(&self) -> String {
        format!("power_feed.{}", self.item.pattern.value)
    }

    /// Where its name is written.
    pub fn span(&self) -> Span {
        self.item.pattern.span
    }
}

/// The power supplies of one device, as far as they are known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Supplies {
    /// How many are fitted.
    pub count: Option<usize>,
    /// How many must run; a single one must.
    pub needed: Option<usize>,
    /// Index of the feed of each supply in order; nothing where no feed is named.
    pub feeds: Option<Vec<usize>>,
}

impl Supplies {
    /// Indices of the feeds that the device stops without, each once; nothing where its supplies are not known.
    pub fn vital_feeds(&self) -> Option<Vec<usize>> {
        let feeds = self.feeds.as_ref()?;
        let mut vital = feeds.clone();
        vital.sort_unstable();
        vital.dedup();
        let needed = self.needed.or((vital.len() == 1).then_some(1))?;
        vital.retain(|feed| feeds.iter().filter(|own| *own != feed).count() < needed);
        Some(vital)
    }
}

impl<'d> Topology<'d> {
    /// Whether anything about power is written: feeds, supplies, or what a device takes.
    pub fn power_is_described(&self) -> bool {
        let of_device = |device: DeviceId| {
            self.fitted(device).is_some() || self.named_feeds(device).is_some() || self.draw(device).is_some()
        };
        self.design.power_feed.is_some() || self.design.unread.contains(&"power_feed") || self.devices().any(of_device)
    }

    /// Most that a device takes, where its model says so.
    pub fn draw(&self, device: DeviceId) -> Option<&'d Spanned<Power>> {
        match device {
            DeviceId::Node(index) => self.nodes[index].model?.value.draw.as_ref(),
            DeviceId::Switch(index) => self.switches[index].model?.value.draw.as_ref(),
            DeviceId::Firewall(index) => self.firewalls[index].model?.value.draw.as_ref(),
        }
    }

    /// The power supplies of a device.
    pub fn supplies(&self, device: DeviceId) -> Supplies {
        let fitted = self.fitted(device).map(|supplies| &supplies.value);
        let named = self.named_feeds(device).map(|names| &names.value);
        let feeds = named.map(|names| names.iter().filter_map(|name| self.feed(name)).collect::<Vec<usize>>());
        let whole = |feeds: &Vec<usize>| named.is_some_and(|names| names.0.len() == feeds.len()) && !feeds.is_empty();
        let feeds = feeds.filter(whole);
        let written = |count: &Spanned<u32>| count.value as usize;
        let count = fitted.and_then(|fitted| fitted.count.as_ref()).map(written).or(feeds.as_ref().map(Vec::len));
        let needed = fitted.and_then(|fitted| fitted.needed.as_ref()).map(written).or((count == Some(1)).then_some(1));
        Supplies { count, needed, feeds: feeds.filter(|feeds| Some(feeds.len()) == count) }
    }

    /// Index of the feed with this name.
    pub fn feed(&self, name: &str) -> Option<usize> {
        self.feeds.iter().position(|feed| feed.name == name)
    }

    /// What is written about the power supplies of a device's model.
    pub fn fitted(&self, device: DeviceId) -> Option<&'d Spanned<PowerSupplies>> {
        match device {
            DeviceId::Node(index) => self.nodes[index].model?.value.power_supplies.as_ref(),
            DeviceId::Switch(index) => self.switches[index].model?.value.power_supplies.as_ref(),
            DeviceId::Firewall(index) => self.firewalls[index].model?.value.power_supplies.as_ref(),
        }
    }

    /// The feeds that a device names, as written.
    pub fn named_feeds(&self, device: DeviceId) -> Option<&'d Spanned<Names>> {
        match device {
            DeviceId::Node(index) => self.nodes[index].item.value.power.as_ref(),
            DeviceId::Switch(index) => self.switches[index].item.value.power.as_ref(),
            DeviceId::Firewall(index) => self.firewalls[index].item.value.power.as_ref(),
        }
    }

    /// The key that would tell how a device is supplied, where that is not known.
    pub fn missing_power(&self, device: DeviceId) -> Option<String> {
        let supplies = self.supplies(device);
        if supplies.feeds.is_none() {
            return Some(format!("{}.power", self.written_path(device)));
        }
        let key = supplies.needed.is_none().then(|| self.model_key(device, "power_supplies.needed"));
        key.filter(|_| supplies.count != Some(1))
    }
}
