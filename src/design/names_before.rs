//! Names of things, by table, and the names that they had in an older design.

use super::Text;
use super::names::Names;
use super::read::{Item, Named, Spanned};
use super::tables::{
    Backup, Bond, Bridge, Card, Controller, Design, Disk, Fabric, Firewall, FirewallModel, Guest, HaGroup, Mlag,
    Network, Node, NodeAffinity, Overlay, Pool, PowerFeed, ServerModel, SharedRisk, Site, SiteLink, Storage, Switch,
    SwitchModel, Uplink,
};

/// The key that names what a thing was called before.
pub const WAS: &str = "was";

/// A table of a design whose keys are names.
#[derive(Debug, Clone)]
pub struct NameTable<'d> {
    /// Path of the table: `node`, `ceph.pool`, `server_model.hci.cards`.
    pub path: String,
    /// Its entries in the order they were written.
    pub entries: Vec<NameEntry<'d>>,
}

/// An entry of a table of names.
#[derive(Debug, Clone, Copy)]
pub struct NameEntry<'d> {
    /// The key as written, a name or a range of names.
    pub pattern: &'d Spanned<Text>,
    /// The names it stands for.
    pub names: &'d [Text],
    /// The names that they had before, in the same order.
    pub was: Option<&'d Spanned<Names>>,
}

impl NameEntry<'_> {
    /// Names before and now, pair by pair; none where the two ranges are not equally long.
    pub fn renames(&self) -> impl Iterator<Item = (&str, &str)> {
        let was = self.was.filter(|was| was.value.0.len() == self.names.len());
        was.into_iter().flat_map(|was| was.value.iter()).zip(self.names.iter().map(Text::as_str))
    }
}

/// A table of things that may have had other names.
trait MayBeRenamed {
    fn was(&self) -> Option<&Spanned<Names>>;
}

macro_rules! may_be_renamed {
    ($($table:ty),* $(,)?) => { $(
        impl MayBeRenamed for $table {
            fn was(&self) -> Option<&Spanned<Names>> {
                self.was.as_ref()
            }
        }
    )* };
}

may_be_renamed!(
    Backup,
    Bond,
    Bridge,
    Card,
    Controller,
    Disk,
    Fabric,
    Firewall,
    FirewallModel,
    Guest,
    HaGroup,
    Mlag,
    Network,
    Node,
    NodeAffinity,
    Overlay,
    Pool,
    PowerFeed,
    ServerModel,
    SharedRisk,
    Site,
    SiteLink,
    Storage,
    Switch,
    SwitchModel,
    Uplink,
);

/// Every table of names in a design; a table comes before those inside it.
pub fn name_tables(design: &Design) -> Vec<NameTable<'_>> {
    let mut found = Vec::new();
    found.extend(of("site", design.site.as_ref()));
    found.extend(of("site_link", design.site_link.as_ref()));
    found.extend(of("power_feed", design.power_feed.as_ref()));
    found.extend(of("server_model", design.server_model.as_ref()));
    for item in design.server_model.iter().flat_map(|table| table.value.iter()) {
        let below = |key: &str| format!("server_model.{}.{key}", item.pattern.value);
        found.extend(of(below("cards"), item.value.cards.as_ref()));
        found.extend(of(below("controllers"), item.value.controllers.as_ref()));
        found.extend(of(below("disks"), item.value.disks.as_ref()));
    }
    found.extend(of("switch_model", design.switch_model.as_ref()));
    found.extend(of("firewall_model", design.firewall_model.as_ref()));
    for item in design.firewall_model.iter().flat_map(|table| table.value.iter()) {
        found.extend(of(format!("firewall_model.{}.cards", item.pattern.value), item.value.cards.as_ref()));
    }
    found.extend(of("node", design.node.as_ref()));
    found.extend(of("switch", design.switch.as_ref()));
    found.extend(of("firewall", design.firewall.as_ref()));
    found.extend(of("uplink", design.uplink.as_ref()));
    found.extend(of("mlag", design.mlag.as_ref()));
    found.extend(of("bond", design.bond.as_ref()));
    found.extend(of("bridge", design.bridge.as_ref()));
    found.extend(of("network", design.network.as_ref()));
    found.extend(of("shared_risk", design.shared_risk.as_ref()));
    found.extend(of("ceph.pool", design.ceph.as_ref().and_then(|ceph| ceph.value.pool.as_ref())));
    found.extend(of("storage", design.storage.as_ref()));
    found.extend(of("ha.group", design.ha.as_ref().and_then(|ha| ha.value.group.as_ref())));
    found.extend(of("ha.node_affinity", design.ha.as_ref().and_then(|ha| ha.value.node_affinity.as_ref())));
    found.extend(of("backup", design.backup.as_ref()));
    found.extend(of("guest", design.guest.as_ref()));
    found.extend(of("fabric", design.fabric.as_ref()));
    found.extend(of("overlay", design.overlay.as_ref()));
    found
}

fn of<T: MayBeRenamed>(path: impl Into<String>, table: Option<&Spanned<Named<T>>>) -> Option<NameTable<'_>> {
    Some(NameTable { path: path.into(), entries: table?.value.iter().map(entry).collect() })
}

fn entry<T: MayBeRenamed>(item: &Item<T>) -> NameEntry<'_> {
    NameEntry { pattern: &item.pattern, names: &item.names, was: item.value.was() }
}
