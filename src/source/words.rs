//! What the parser says, by the words that people are told it in.

use std::sync::LazyLock;

use foldhash::HashMap;
use toml_parser::{Expected, ParseError};

use crate::words::Said;
use crate::words::{dates, syntax};

/// A phrase.
type Words = fn() -> Said;

/// What is told in words of its own, by how the parser begins to say it.
const PLAIN_WORDS: [(&str, Words); 8] = [
    ("string values must be quoted", syntax::quotes_needed),
    ("invalid basic string", syntax::quote_missing),
    ("invalid literal string", syntax::quote_missing),
    ("unclosed table", syntax::header_open),
    ("invalid unquoted key", syntax::name_in_quotes),
    ("duplicate key", syntax::key_twice),
    ("missing comma between array elements", syntax::list_open),
    ("invalid float", syntax::no_number),
];

/// What is told as the parser says it.
const PARSERS_WORDS: &[Words] = &[
    syntax::no_number,
    syntax::no_table,
    syntax::extra_equals,
    syntax::extra_assignment,
    syntax::extra_comma_in_list,
    syntax::extra_comma_in_braces,
    syntax::underscore,
    syntax::carriage_return,
    syntax::signed_radix,
    syntax::comment_character,
    syntax::entry_in_braces,
    syntax::pair,
    syntax::value,
    syntax::key_alone,
    syntax::key_of_many_lines,
    syntax::key_of_many_literal_lines,
    syntax::list_opening_missing,
    syntax::assignment_missing,
    syntax::comma_between_pairs,
    syntax::comment_start_missing,
    syntax::escaped_missing,
    syntax::braces_opening_missing,
    syntax::key_in_braces_missing,
    syntax::opening_quote_missing,
    syntax::table_opening_missing,
    syntax::value_for_key_missing,
    syntax::value_missing,
    syntax::radix_case,
    syntax::number_prefix,
    syntax::number_sign,
    syntax::unicode_digits,
    syntax::tables_open,
    syntax::array_open,
    syntax::braces_open,
    syntax::equals_in_list,
    syntax::after_comment,
    syntax::content,
    syntax::key_or_value,
    syntax::leading_zero,
    syntax::sign,
    syntax::empty_key,
    syntax::string,
    syntax::boolean,
    syntax::date_and_time,
    syntax::whole_number,
    syntax::hexadecimal,
    syntax::octal,
    syntax::binary,
    syntax::mantissa,
    syntax::fraction,
    syntax::exponent,
    syntax::bad_key,
    syntax::bad_table,
    syntax::bad_string_of_many_lines,
    syntax::bad_literal_of_many_lines,
    syntax::letters,
    syntax::numbers,
    syntax::digits,
    syntax::characters,
    syntax::key,
    syntax::a_value,
    syntax::unquoted,
    syntax::basic_string,
    syntax::literal_string,
    syntax::string_of_many_lines,
    syntax::unicode_hexadecimal,
    syntax::no_single_quote,
    syntax::no_visible_single_quote,
    syntax::no_visible_double_quote,
    syntax::printable,
];

/// What the reader of dates and times says, and what it would have taken.
const WORDS_OF_DATES: &[Words] = &[
    dates::date,
    dates::time,
    dates::date_and_time,
    dates::offset,
    dates::any,
    dates::year_or_hour,
    dates::dash_or_colon,
    dates::month,
    dates::day,
    dates::hour,
    dates::minute,
    dates::second,
    dates::nanosecond,
    dates::dash,
    dates::colon,
    dates::four_digits_of_year,
    dates::two_digits_of_month,
    dates::two_digits_of_day,
    dates::two_digits_of_hour,
    dates::two_digits_of_minute,
    dates::two_digits_of_second,
    dates::months,
    dates::days_of_leap_february,
    dates::days_of_february,
    dates::days_of_short_month,
    dates::days_of_long_month,
    dates::t_between,
    dates::hours,
    dates::minutes,
    dates::seconds,
    dates::nanoseconds,
    dates::hours_of_offset,
    dates::minutes_of_offset,
    dates::offset_form,
];

/// Words by their English.
type ByEnglish = LazyLock<HashMap<String, Said>>;

static OF_PARSER: ByEnglish = LazyLock::new(|| by_english(PARSERS_WORDS));
static OF_DATES: ByEnglish = LazyLock::new(|| by_english(WORDS_OF_DATES));

fn by_english(words: &[Words]) -> HashMap<String, Said> {
    words.iter().map(|said| said()).map(|said| (said.to_string(), said)).collect()
}

/// An error of the parser for people.
pub(super) fn of(error: &ParseError) -> Said {
    let description = description(error);
    let plain = PLAIN_WORDS.iter().find(|(parser, _)| description.starts_with(parser));
    plain.map_or_else(|| with_wanted(of_parser(&description), error), |(_, said)| said())
}

/// What the parser says, in one line.
pub(super) fn description(error: &ParseError) -> String {
    error.description().trim_end().replace('\n', ", ")
}

fn of_parser(text: &str) -> Said {
    let known = || OF_PARSER.get(text).cloned();
    known().or_else(|| of_date(text)).unwrap_or_else(|| syntax::unread(text))
}

/// `invalid date, expected month`.
fn of_date(text: &str) -> Option<Said> {
    let said = text.strip_prefix("invalid ")?;
    let Some((what, wanted)) = said.split_once(", expected ") else {
        return Some(dates::invalid(OF_DATES.get(said)?));
    };
    Some(dates::wanted(OF_DATES.get(what)?, OF_DATES.get(wanted)?))
}

/// An error with what the parser would have taken instead.
fn with_wanted(problem: Said, error: &ParseError) -> Said {
    match error.expected() {
        None | Some([]) => problem,
        Some(wanted) => syntax::wanted(problem, Said::run(", ", wanted.iter().map(wanted_here))),
    }
}

fn wanted_here(wanted: &Expected) -> Said {
    match wanted {
        Expected::Literal("\n") => syntax::newline(),
        Expected::Literal("`") => "'`'".into(),
        Expected::Literal(text) => format!("`{}`", text.escape_debug()).into(),
        Expected::Description(text) => of_parser(text),
        _ => syntax::and_so_on(),
    }
}
