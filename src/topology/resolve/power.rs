//! Feeds of power and the supplies that hang on them.

use super::{Resolver, all_names, items};
use crate::design::{Mistake, MistakeKind};
use crate::topology::power::Feed;
use crate::words::references;

impl Resolver<'_> {
    pub(super) fn feeds(&mut self) {
        let design = self.topology.design;
        for item in items(design.power_feed.as_ref()) {
            self.known_site(item.value.site.as_ref());
            for name in &item.names {
                self.name_once(name, item.pattern.span);
                self.topology.feeds.push(Feed { name: name.clone(), item });
            }
        }
    }

    /// Every supply hangs on a feed that is described.
    pub(super) fn supplies(&mut self) {
        let design = self.topology.design;
        let known = all_names(design.power_feed.as_ref());
        let devices: Vec<_> = self.topology.devices().collect();
        for device in devices {
            let Some(named) = self.topology.named_feeds(device) else { continue };
            for feed in &named.value.0 {
                if self.topology.feed(&feed.value).is_none() {
                    self.dangling(references::power_feed(), &feed.value, feed.span, known.iter().copied());
                }
            }
            let Some(fitted) = self.topology.fitted(device).and_then(|fitted| fitted.value.count.as_ref()) else {
                continue;
            };
            if named.value.0.len() != fitted.value as usize {
                let message = references::feeds_for_supplies(named.value.0.len(), fitted.value);
                let mistake = Mistake::new(MistakeKind::UnequalRanges, named.span, message);
                let mistake = mistake.related(fitted.span, references::supplies_of_model());
                self.report(mistake.help(references::one_feed_each()));
            }
        }
    }
}
