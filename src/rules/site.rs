//! Links between sites.

use super::{Judge, Subject};
use crate::design::Vpn;

pub(super) fn link_without_vpn(judge: &mut Judge<'_>) {
    let links = judge.topology().design.site_link.as_ref();
    for link in links.into_iter().flat_map(|links| links.value.iter()) {
        let path = format!("site_link.{}", link.pattern.value);
        let subject = Subject::new(path.clone(), link.pattern.span);
        match &link.value.vpn {
            None => _ = judge.unproven(subject, format!("{path}.vpn")),
            Some(vpn) if vpn.value == Vpn::None => {
                let sites: Vec<&str> = link.value.sites.iter().flat_map(|sites| sites.value.iter()).collect();
                let raised = judge.violated(subject).at(vpn.span).with("link", link.pattern.value.as_str());
                raised.with("sites", sites);
            }
            Some(_) => judge.holds(),
        }
    }
}
