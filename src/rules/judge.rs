//! What a rule's logic speaks to: outcomes, subjects and evidence.

use std::borrow::Cow;

use crate::catalogue::{Evidence, EvidenceValue};
use crate::source::Span;
use crate::topology::{Gap, Topology};
use crate::words::Said;

/// What a rule is judged about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// Path of the thing in the design: `network.corosync0`. It never holds a line number.
    pub path: String,
    /// Where it is written.
    pub span: Span,
}

impl Subject {
    /// Names a subject.
    pub fn new(path: impl Into<String>, span: Span) -> Self {
        Self { path: path.into(), span }
    }
}

/// A violation, or what could not be judged.
#[derive(Debug, Clone, PartialEq)]
pub struct Raised {
    /// What it is about.
    pub subject: Subject,
    /// The place to look at first.
    pub at: Span,
    /// Paths of other things it is about, for telling consequences from causes.
    pub about: Vec<String>,
    /// Values the message names.
    pub evidence: Vec<Evidence>,
    /// Other places, by key of the rule's labels.
    pub related: Vec<(Span, &'static str)>,
    /// Inputs that were assumed.
    pub assumed: Vec<Said>,
    /// Facts that are missing; a violation has none.
    pub missing: Vec<String>,
    /// Places where the one right edit is made; what is written there stands in the catalogue.
    pub fix: Vec<Span>,
}

impl Raised {
    /// Points at a more exact place than the subject itself.
    pub fn at(&mut self, span: Span) -> &mut Self {
        self.at = span;
        self
    }

    /// Adds a value that the message names.
    pub fn with(&mut self, name: impl Into<Cow<'static, str>>, value: impl Into<EvidenceValue>) -> &mut Self {
        self.evidence.push(Evidence::new(name, value));
        self
    }

    /// Points at a related place; the text stands under `labels` in the catalogue.
    pub fn label(&mut self, key: &'static str, span: Span) -> &mut Self {
        self.related.push((span, key));
        self
    }

    /// Names another thing it is about.
    pub fn about(&mut self, path: impl Into<String>) -> &mut Self {
        self.about.push(path.into());
        self
    }

    /// Offers the rule's edit at a place; what it writes stands under `fix` in the catalogue.
    pub fn fix(&mut self, span: Span) -> &mut Self {
        self.fix.push(span);
        self
    }

    /// Names an input that was assumed rather than known.
    pub fn assumed(&mut self, input: impl Into<Said>) -> &mut Self {
        self.assumed.push(input.into());
        self
    }
}

/// Collects the outcomes of one rule.
#[derive(Debug)]
pub struct Judge<'a> {
    topology: &'a Topology<'a>,
    pub(crate) held: usize,
    pub(crate) violated: Vec<Raised>,
    pub(crate) unproven: Vec<Raised>,
}

impl<'a> Judge<'a> {
    pub(crate) fn new(topology: &'a Topology<'a>) -> Self {
        Self { topology, held: 0, violated: Vec::new(), unproven: Vec::new() }
    }

    /// The design that is judged.
    pub fn topology(&self) -> &'a Topology<'a> {
        self.topology
    }

    /// Whether nothing was found that is violated or cannot be judged.
    pub(crate) fn is_silent(&self) -> bool {
        self.violated.is_empty() && self.unproven.is_empty()
    }

    /// The rule holds for a subject.
    pub fn holds(&mut self) {
        self.held += 1;
    }

    /// The rule is violated at a subject.
    pub fn violated(&mut self, subject: Subject) -> &mut Raised {
        self.violated.push(raised(subject));
        last(&mut self.violated)
    }

    /// The rule cannot be judged where something is not written.
    pub fn gap(&mut self, gap: &Gap) -> &mut Raised {
        self.unproven(Subject::new(gap.path.clone(), gap.span), gap.missing.clone())
    }

    /// The rule cannot be judged for a subject, since a fact is missing: the path of the key that would state it.
    pub fn unproven(&mut self, subject: Subject, missing: impl Into<String>) -> &mut Raised {
        let mut raised = raised(subject);
        raised.missing.push(missing.into());
        self.unproven.push(raised);
        last(&mut self.unproven)
    }

    /// The rule holds for a subject, unless keys are missing.
    pub fn settle(&mut self, subject: Subject, missing: Vec<String>) {
        let mut missing = missing.into_iter();
        match missing.next() {
            None => self.holds(),
            Some(first) => self.unproven(subject, first).missing.extend(missing),
        }
    }
}

fn raised(subject: Subject) -> Raised {
    let at = subject.span;
    Raised {
        subject,
        at,
        about: Vec::new(),
        evidence: Vec::new(),
        related: Vec::new(),
        assumed: Vec::new(),
        missing: Vec::new(),
        fix: Vec::new(),
    }
}

fn last(list: &mut [Raised]) -> &mut Raised {
    let index = list.len() - 1;
    &mut list[index]
}
