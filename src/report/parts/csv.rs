//! Comma-separated values that no spreadsheet takes for formulas.
//!
//! A cell's text may begin with what a spreadsheet takes for a formula. As OWASP advises, an apostrophe stands before it, and
//! every field is in quotes. Spreadsheets that part fields at a semicolon could begin a cell within a text, so that the
//! apostrophe is set there as well. What reads a file takes out every apostrophe that was set: one at the beginning of a
//! field, or after a comma, a semicolon or a quote, with blanks between or without.

use csv::{QuoteStyle, WriterBuilder};

use super::networks;
use crate::parts::{End, Part, PlannedCable};
use crate::quantity::units;
use crate::report::clean::clean_line;
use crate::words::{self, Language, Said};

/// The parts list.
pub(super) fn list(list: &[Part], language: Language) -> String {
    let heads = [
        words::parts::column_kind(),
        words::parts::count(),
        words::parts::model(),
        words::parts::description(),
        words::parts::column_used_by(),
        words::parts::column_not_known(),
    ];
    let row = |part: &Part| {
        [
            part.kind.said().say(language).into_owned(),
            part.count.map(|count| count.to_string()).unwrap_or_default(),
            part.model.clone().unwrap_or_default(),
            part.description.say(language).into_owned(),
            part.used_by.join(", "),
            part.not_known.join(", "),
        ]
    };
    table(heads.map(|head| head.say(language).into_owned()), list.iter().map(row))
}

/// The cabling plan.
pub(super) fn cabling(cabling: &[PlannedCable], language: Language) -> String {
    let heads = heads_of_cabling().map(|head| head.say(language).into_owned());
    table(heads, cabling.iter().map(|own| cable(own, language)))
}

fn heads_of_cabling() -> [Said; 24] {
    let [from_label, from_site, from_rack, from_unit, from_device, from_port, from_form] =
        heads_of_end().map(words::parts::column_from);
    let [to_label, to_site, to_rack, to_unit, to_device, to_port, to_form] =
        heads_of_end().map(words::parts::column_to);
    [
        words::parts::column_number(),
        from_label,
        from_site,
        from_rack,
        from_unit,
        from_device,
        from_port,
        from_form,
        to_label,
        to_site,
        to_rack,
        to_unit,
        to_device,
        to_port,
        to_form,
        words::parts::column_kind(),
        words::parts::column_grade(),
        words::parts::column_optic(),
        words::parts::column_length(),
        words::parts::column_speed(),
        words::parts::column_bonds(),
        words::parts::column_networks(),
        words::parts::column_role(),
        words::parts::column_not_known(),
    ]
}

fn heads_of_end() -> [Said; 7] {
    [
        words::parts::label(),
        words::parts::column_site(),
        words::parts::rack(),
        words::parts::column_rack_unit(),
        words::parts::column_device(),
        words::parts::port(),
        words::parts::column_form_factor(),
    ]
}

fn cable(cable: &PlannedCable, language: Language) -> [String; 24] {
    let word = |value: Option<&dyn ToString>| value.map(ToString::to_string).unwrap_or_default();
    let [from_label, from_site, from_rack, from_unit, from_device, from_port, from_form] = end(&cable.from);
    let [to_label, to_site, to_rack, to_unit, to_device, to_port, to_form] = end(&cable.to);
    [
        cable.number.to_string(),
        from_label,
        from_site,
        from_rack,
        from_unit,
        from_device,
        from_port,
        from_form,
        to_label,
        to_site,
        to_rack,
        to_unit,
        to_device,
        to_port,
        to_form,
        word(cable.kind.as_ref().map(|kind| kind as &dyn ToString)),
        word(cable.grade.as_ref().map(|grade| grade as &dyn ToString)),
        word(cable.optic.as_ref().map(|optic| optic as &dyn ToString)),
        cable.length.map(|length| length.in_unit(&units::METRE).to_string()).unwrap_or_default(),
        cable.speed.map(|speed| speed.in_unit(&units::GBIT_PER_S).to_string()).unwrap_or_default(),
        cable.bonds.join(", "),
        networks(&cable.networks, "VLAN ", ", "),
        cable.role.map(|role| role.said().say(language).into_owned()).unwrap_or_default(),
        cable.not_known.join(", "),
    ]
}

fn end(end: &End) -> [String; 7] {
    [
        end.label.clone(),
        end.place.site.clone().unwrap_or_default(),
        end.place.rack.clone().unwrap_or_default(),
        end.place.rack_unit.map(|unit| unit.to_string()).unwrap_or_default(),
        end.device.clone(),
        end.port.clone(),
        end.form_factor.map(|form| form.to_string()).unwrap_or_default(),
    ]
}

fn table<const COLUMNS: usize>(heads: [String; COLUMNS], rows: impl Iterator<Item = [String; COLUMNS]>) -> String {
    let mut writer = WriterBuilder::new().quote_style(QuoteStyle::Always).from_writer(Vec::new());
    // Writing to memory cannot fail, and all rows are as long as the heads.
    let _ = writer.write_record(heads);
    for row in rows {
        let _ = writer.write_record(row.map(|text| guarded(&clean_line(&text))));
    }
    writer.into_inner().ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
}

/// A text in which nothing that could begin a cell begins a formula.
fn guarded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut begins = true;
    for letter in text.chars() {
        // Spreadsheets of East Asia take the wide forms as well. An apostrophe that was there keeps one of its own.
        if begins && matches!(letter, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠' | '\'') {
            out.push('\'');
        }
        begins = matches!(letter, ',' | ';' | '"') || begins && letter == ' ';
        out.push(letter);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::guarded;

    #[test]
    fn nothing_begins_a_formula() {
        assert_eq!(guarded("=cmd|'/C calc'!A0"), "'=cmd|'/C calc'!A0");
        assert_eq!(guarded("a;=1+1"), "a;'=1+1");
        assert_eq!(guarded("a, -40 °C"), "a, '-40 °C");
        assert_eq!(guarded("＠sum"), "'＠sum");
        assert_eq!(guarded("'quoted'"), "''quoted'");
        assert_eq!(guarded("pve1:slot1:1, 2 x 25GbE"), "pve1:slot1:1, 2 x 25GbE");
    }
}
