//! From reports to bytes: one pure renderer per format. No decisions.

mod acceptance;
mod clean;
mod concise;
mod config;
mod diff;
pub mod difference;
mod dossier;
mod failures;
mod format;
mod github;
mod gitlab;
mod json;
mod junit;
mod markdown;
mod page;
mod parts;
pub mod reference;
mod sarif;
pub mod schema;
mod snippet;
mod table;
mod text;
mod told;
mod wrap;

pub use acceptance::acceptance;
pub use clean::{clean, clean_line};
pub use config::config;
pub use diff::diff;
pub use dossier::{Dossier, html as dossier_html, markdown as dossier_markdown};
pub use failures::{
    Failing, FailuresJson, json as failures_json, text as failures_text, together as failures_together,
};
pub use format::{Format, render};
pub use json::{Planned, check as check_json, plan as plan_json, rules as rules_json};
pub use parts::{Format as PartsFormat, Listed, render as parts};
pub use text::{
    Style, check as check_text, explain, explain_rule, mistakes as mistakes_text, plan as plan_text,
    rules as rules_text,
};
