//! What tests of the topology share.

use super::{Topology, resolve};
use crate::source::{self, Sources, Span};

/// What a design means; it lives as long as the tests run.
pub(super) fn resolved(text: &str) -> Topology<'static> {
    let mut sources = Sources::default();
    let id = sources.add("design", text);
    let (document, errors) = source::parse(&sources, id);
    assert_eq!(errors, []);
    let (design, mistakes) = crate::design::read(&document, Span::start_of(id));
    assert_eq!(mistakes, []);
    resolve(Box::leak(Box::new(design)), Span::start_of(id)).0
}
