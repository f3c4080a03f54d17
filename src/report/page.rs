//! A page of HTML that loads nothing and sends nothing.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::clean::clean_line;
use super::json::TOOL;
use crate::words::Language;

const STYLE: &str = include_str!("page.css");
/// What type in Japanese needs beside.
const JAPANESE_STYLE: &str = include_str!("page.ja.css");
/// Nothing is loaded, and nothing is sent.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

/// A page with its title, its content, and a script that it can do without.
pub(super) fn page(title: &str, body: &Markup, script: Option<&'static str>, language: Language) -> String {
    let page = html! {
        (DOCTYPE)
        html lang=(language.code()) {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="generator" content=(format!("{} {}", TOOL.name, TOOL.version));
                title { (clean_line(title)) }
                style { (PreEscaped(STYLE)) @if language == Language::Japanese { (PreEscaped(JAPANESE_STYLE)) } }
            }
            body {
                (body)
                @if let Some(script) = script { script { (PreEscaped(script)) } }
            }
        }
    };
    page.into_string()
}
