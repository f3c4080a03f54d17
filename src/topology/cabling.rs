//! What cables are made of, what is plugged in at their ends, and what transceivers do.

use foldhash::HashMap;

use super::Topology;
use super::devices::{DeviceId, PortId};
use super::links::Cable;
use crate::design::{self, CableGrade, CableKind, FormFactor, Optic, Words as _};
use crate::quantity::{Length, Rate, units};
use crate::source::{Span, Spanned};

/// What light or a signal travels in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Medium {
    /// Copper, pair by pair.
    TwistedPair,
    /// Fibre with a wide core.
    Multimode,
    /// Fibre with a narrow core.
    SingleMode,
}

/// Speeds for which the standards of Ethernet say how far a cable carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EthernetSpeed {
    /// 1 Gbit/s.
    Gigabit,
    /// 10 Gbit/s.
    TenGigabit,
    /// 25 Gbit/s.
    TwentyFiveGigabit,
    /// 40 Gbit/s.
    FortyGigabit,
    /// 100 Gbit/s.
    HundredGigabit,
}

impl EthernetSpeed {
    /// The one that a rate is; nothing for others.
    pub fn of(rate: Rate) -> Option<Self> {
        let speeds = [
            (1.0, Self::Gigabit),
            (10.0, Self::TenGigabit),
            (25.0, Self::TwentyFiveGigabit),
            (40.0, Self::FortyGigabit),
            (100.0, Self::HundredGigabit),
        ];
        let same = |speed: f64| Rate::new(speed, &units::GBE) == rate;
        speeds.into_iter().find(|(speed, _)| same(*speed)).map(|(_, speed)| speed)
    }
}

/// Ports and plugs of one shape: what is of one family goes into each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    Rj45,
    Sfp,
    Qsfp,
    QsfpDd,
    Osfp,
}

impl FormFactor {
    fn family(self) -> Family {
        match self {
            Self::Rj45 => Family::Rj45,
            Self::Sfp | Self::SfpPlus | Self::Sfp28 | Self::Sfp56 => Family::Sfp,
            Self::QsfpPlus | Self::Qsfp28 | Self::Qsfp56 => Family::Qsfp,
            Self::QsfpDd => Family::QsfpDd,
            Self::Osfp => Family::Osfp,
        }
    }

    /// Whether a plug of this form goes into a port: it has the same shape, or the port is one of twice the density, which
    /// takes the simple plug as well.
    pub fn fits(self, port: Self) -> bool {
        self.family() == port.family() || (self.family(), port.family()) == (Family::Qsfp, Family::QsfpDd)
    }
}

impl CableKind {
    /// Whether a cable of this kind has something of this medium in it, for transceivers of its own or for those that it is
    /// plugged into.
    pub fn is_of(self, medium: Medium) -> bool {
        match self {
            Self::Copper => medium == Medium::TwistedPair,
            Self::Aoc | Self::Fibre => medium != Medium::TwistedPair,
            Self::Dac => false,
        }
    }

    /// Whether its plugs are part of it, so that it takes no transceivers.
    pub fn has_plugs(self) -> bool {
        matches!(self, Self::Dac | Self::Aoc)
    }
}

impl CableGrade {
    /// What cables of this grade are.
    pub fn medium(self) -> Medium {
        match self {
            Self::Om1 | Self::Om2 | Self::Om3 | Self::Om4 | Self::Om5 => Medium::Multimode,
            Self::Os1 | Self::Os2 => Medium::SingleMode,
            Self::Cat5e | Self::Cat6 | Self::Cat6a | Self::Cat7 | Self::Cat8 => Medium::TwistedPair,
        }
    }
}

impl Optic {
    /// What it sends into; nothing for 1000BASE-LX, which takes either fibre.
    pub fn medium(self) -> Option<Medium> {
        let reach = self.word().split_once("BASE-").map_or("", |(_, reach)| reach);
        match reach.chars().next() {
            Some('T') => Some(Medium::TwistedPair),
            Some('S') => Some(Medium::Multimode),
            _ if self == Self::Base1000Lx => None,
            _ => Some(Medium::SingleMode),
        }
    }

    /// Speed that it carries, as its name says: `10GBASE-SR` 10 Gbit/s, `1000BASE-SX` 1000 Mbit/s.
    pub fn speed(self) -> Option<Rate> {
        let (speed, _) = self.word().split_once("BASE-")?;
        let (amount, unit) = match speed.strip_suffix('G') {
            Some(amount) => (amount, &units::GBIT_PER_S),
            None => (speed, &units::MBIT_PER_S),
        };
        let base = Rate::from_base(amount.parse::<f64>().ok()? * unit.factor, unit);
        Some(base.to(&units::GBE))
    }
}

impl<'d> Cable<'d> {
    /// What is written about it.
    fn table(&self) -> Option<&'d design::Cable> {
        self.item.map(|item| &item.value)
    }

    /// Its two ends.
    pub fn ends(&self) -> [PortId; 2] {
        [self.from, self.to]
    }

    /// What it is made of, where that is said.
    pub fn kind(&self) -> Option<CableKind> {
        self.table()?.kind.as_ref().map(|kind| kind.value)
    }

    /// Its length, where that is said.
    pub fn length(&self) -> Option<&'d Spanned<Length>> {
        self.table()?.length.as_ref()
    }

    /// Grade or category, where that is said.
    pub fn grade(&self) -> Option<&'d Spanned<CableGrade>> {
        self.table()?.grade.as_ref()
    }

    /// Transceivers at its ends, where they are said.
    pub fn optic(&self) -> Option<&'d Spanned<Optic>> {
        self.table()?.optic.as_ref()
    }

    /// Form of what is plugged in at `from` or `to`, where that is said.
    pub fn plug(&self, end: PortId) -> Option<&'d Spanned<FormFactor>> {
        let plugs = &self.table()?.form_factor.as_ref()?.value;
        if end == self.from { plugs.first() } else { plugs.last() }
    }
}

impl<'d> Topology<'d> {
    /// Path of the table that describes a cable: `cable.pve1:slot1:1`, by the first end it names.
    pub fn cable_path(&self, cable: &Cable<'_>) -> String {
        let from = cable.item.and_then(|item| item.value.from.as_ref());
        let written = from.and_then(|from| from.value.iter().next()).map(str::to_owned);
        format!("cable.{}", written.unwrap_or_else(|| self.port_name(cable.from)))
    }

    /// Where a cable is written: its first end, or the port it comes from.
    pub fn cable_span(&self, cable: &Cable<'_>) -> Span {
        let from = cable.item.and_then(|item| item.value.from.as_ref());
        from.map_or_else(|| self.port(cable.from).span, |from| from.span)
    }

    /// Cables by the table that describes them, those of peer links that no table describes left out.
    pub fn written_cables(&self) -> Vec<(&'d Spanned<design::Cable>, Vec<&Cable<'d>>)> {
        let mut tables: Vec<(&'d Spanned<design::Cable>, Vec<&Cable<'_>>)> = Vec::new();
        let mut places: HashMap<Span, usize> = HashMap::default();
        for cable in &self.cables {
            let Some(item) = cable.item else { continue };
            let table = *places.entry(item.span).or_insert(tables.len());
            if table == tables.len() {
                tables.push((item, Vec::new()));
            }
            tables[table].1.push(cable);
        }
        tables
    }

    /// Speed of a cable's slower end.
    ///
    /// # Errors
    /// The key that would state the speed of one of its ends.
    pub fn known_speed_of(&self, cable: &Cable<'_>) -> Result<Rate, String> {
        self.known_link_speed(cable.from)?;
        self.known_link_speed(cable.to)
    }

    /// Form of what a cable plugs into one of its ends: as the cable says, or else as the port does.
    pub fn plugged(&self, cable: &Cable<'_>, end: PortId) -> Option<FormFactor> {
        cable.plug(end).or(self.port(end).form_factor.as_ref()).map(|form| form.value)
    }

    /// The key that would state what a port takes.
    pub fn form_factor_key(&self, port: PortId) -> String {
        let port = self.port(port);
        let ports = self.ports_key(port.device);
        if port.card.is_empty() || port.management { ports } else { format!("{ports}.{}.form_factor", port.card) }
    }

    /// Whether a port is one for the administration of its switch or firewall.
    pub fn is_for_administration(&self, port: PortId) -> bool {
        let known = self.port(port);
        let DeviceId::Firewall(firewall) = known.device else { return known.management };
        let firewall = &self.firewalls[firewall];
        let labels = firewall.item.value.management_ports.iter().flat_map(|labels| labels.value.iter());
        labels.filter_map(|label| firewall.port(label)).any(|own| own == port)
    }

    /// Whether a port joins a firewall with the other one of its pair.
    pub fn is_between_firewalls(&self, port: PortId) -> bool {
        let DeviceId::Firewall(firewall) = self.port(port).device else { return false };
        let firewall = &self.firewalls[firewall];
        let labels = firewall.item.value.ha_ports.iter().flat_map(|labels| labels.value.iter());
        labels.filter_map(|label| firewall.port(label)).any(|own| own == port)
    }
}

#[cfg(test)]
mod tests {
    use super::Medium;
    use crate::design::{FormFactor, Optic};
    use crate::quantity::{Rate, units};

    #[test]
    fn names_of_transceivers_say_speed_and_medium() {
        let gigabit = |amount: f64| Rate::from_base(amount * 1e9 / 8.0, &units::GBE);
        assert_eq!(Optic::Base1000Sx.speed(), Some(gigabit(1.0)));
        assert_eq!(Optic::Base25gSr.speed(), Some(gigabit(25.0)));
        assert_eq!(Optic::Base100gLr4.speed(), Some(gigabit(100.0)));
        assert_eq!(Optic::Base10gT.medium(), Some(Medium::TwistedPair));
        assert_eq!(Optic::Base40gSr4.medium(), Some(Medium::Multimode));
        assert_eq!(Optic::Base100gDr.medium(), Some(Medium::SingleMode));
        assert_eq!(Optic::Base1000Lx.medium(), None);
    }

    #[test]
    fn plugs_go_into_ports_of_their_shape() {
        assert!(FormFactor::SfpPlus.fits(FormFactor::Sfp28));
        assert!(FormFactor::Qsfp28.fits(FormFactor::QsfpDd));
        assert!(!FormFactor::QsfpDd.fits(FormFactor::Qsfp28));
        assert!(!FormFactor::Sfp28.fits(FormFactor::Qsfp28));
        assert!(!FormFactor::Sfp.fits(FormFactor::Rj45));
    }
}
