//! `rackproof schema`

use super::arguments::SchemaOf;
use super::terminal::Terminal;
use crate::report::schema;

pub(super) fn run(of: SchemaOf, terminal: &Terminal) -> u8 {
    let text = match of {
        SchemaOf::Design => schema::design(),
        SchemaOf::Config => schema::config(),
    };
    terminal.print(&text).map_or_else(|error| error, |()| 0)
}
