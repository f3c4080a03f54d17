//! Rules of users: packs of rules in the form of `rules/`, whose logic is an expression in CEL.
//!
//! A pack is checked as a whole when it is read: every name, function, type and unit. A fact that a design does not
//! state makes a rule *unproven*; whatever else an expression runs into is a mistake of the rule, never of the design.

mod checker;
mod entities;
mod expression;
mod fact;
mod form;
mod functions;
mod literal;
mod load;
mod message;
mod parameters;
mod rule;
mod unit;
mod view;

pub use entities::{Field, Kind, Shape};
pub use form::*;
pub use functions::{FUNCTIONS, Function};
pub use load::load;
pub use rule::{Example, UserRule};
