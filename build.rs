//! Turns the texts and numbers of `rules/` into constants: reading them at each start would cost more than a
//! whole check. The first violated and the first holding case of each rule become its pair of examples.

#![allow(clippy::disallowed_methods, reason = "a build script reads files and what cargo tells it")]
#![allow(clippy::type_complexity, reason = "a map of borrowed parts is clearer in place")]

#[path = "build/words.rs"]
mod words;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use serde::Deserialize;

/// Areas whose rules are judged by the readers of texts, not by a function of `src/rules/`.
const TEXT_AREAS: [&str; 6] = ["design", "crush", "config", "suppression", "baseline", "pack"];

/// Units that a parameter may be written in, and the constants they become.
const UNITS: &[(&str, &str)] = &[
    ("B", "B"),
    ("kB", "KB"),
    ("MB", "MB"),
    ("GB", "GB"),
    ("TB", "TB"),
    ("PB", "PB"),
    ("KiB", "KIB"),
    ("MiB", "MIB"),
    ("GiB", "GIB"),
    ("TiB", "TIB"),
    ("PiB", "PIB"),
    ("MB/s", "MB_PER_S"),
    ("GB/s", "GB_PER_S"),
    ("KiB/s", "KIB_PER_S"),
    ("MiB/s", "MIB_PER_S"),
    ("Mbit/s", "MBIT_PER_S"),
    ("Gbit/s", "GBIT_PER_S"),
    ("GbE", "GBE"),
    ("ns", "NS"),
    ("us", "US"),
    ("ms", "MS"),
    ("s", "S"),
    ("min", "MIN"),
    ("h", "H"),
    ("days", "DAYS"),
    ("years", "YEARS"),
    ("%", "PERCENT"),
    ("mm", "MILLIMETRE"),
    ("m", "METRE"),
    ("km", "KILOMETRE"),
    ("W", "WATT"),
];

/// FNV-1a over the files of a folder and of the folders in it, by name; lines end alike on every platform.
fn digest(folder: &Path) -> u64 {
    let mut files = texts_in(folder);
    files.sort();
    let texts = files.iter().map(|path| fs::read_to_string(path).expect("a rule file is text").replace("\r\n", "\n"));
    let texts: Vec<String> = texts.collect();
    let bytes = texts.iter().flat_map(|text| text.bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

fn texts_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the rules lie in a folder").map(|entry| entry.expect("an entry").path());
    let texts = entries.flat_map(|path| if path.is_dir() { texts_in(&path) } else { vec![path] });
    texts.filter(|path| path.extension().is_some_and(|extension| extension == "toml")).collect()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Area {
    #[serde(default)]
    rule: Vec<Rule>,
    #[serde(default)]
    figure: Vec<Figure>,
}

#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
struct Rule {
    id: String,
    origin: String,
    severity: Severity,
    summary: String,
    rationale: String,
    remediation: String,
    applies: String,
    question: Option<String>,
    message: String,
    versions: Option<Versions>,
    #[serde(default)]
    caused_by: Vec<String>,
    #[serde(default)]
    conflicts: Vec<String>,
    conflict: Option<String>,
    #[serde(default)]
    labels: BTreeMap<String, String>,
    fix: Option<Fix>,
    #[serde(default)]
    sources: Vec<Citation>,
    #[serde(default)]
    parameters: BTreeMap<String, Parameter>,
    /// Why a configuration cannot change the parameters: figures are made with them too.
    fixed: Option<String>,
    /// Whether a finding can be accepted; what is wrong with a text cannot.
    suppressible: Option<bool>,
}

#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
struct Fix {
    title: String,
    write: String,
    does: String,
}

#[derive(Deserialize, Clone)]
#[serde(untagged)]
enum Severity {
    Always(String),
    Each { production: String, lab: String },
}

#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
struct Versions {
    from: Option<String>,
    below: Option<String>,
}

#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
struct Citation {
    document: Option<String>,
    lines: Option<String>,
    guide: Option<String>,
    section: Option<String>,
    says: String,
}

#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
struct Parameter {
    default: toml::Value,
    kind: String,
    range: Option<Vec<toml::Value>>,
    doc: String,
}

#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
struct Figure {
    id: String,
    table: Option<String>,
    summary: String,
    unit: String,
    formula: String,
    explanation: String,
    #[serde(default)]
    sources: Vec<Citation>,
    #[serde(default)]
    parameters: BTreeMap<String, Parameter>,
}

#[derive(Deserialize)]
struct Cases {
    #[serde(default)]
    case: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    outcome: String,
    design: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Works {
    document: BTreeMap<String, Document>,
    guide: BTreeMap<String, Guide>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    title: String,
    original: String,
    written: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Guide {
    title: String,
    version: String,
    url: String,
    read: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Constraints {
    without_rule: Vec<WithoutRule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WithoutRule {
    document: Option<String>,
    lines: Option<String>,
    guide: Option<String>,
    section: Option<String>,
    says: String,
    reason: String,
}

fn main() {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").expect("cargo names the package's folder"));
    println!("cargo::rerun-if-changed=rules");
    println!("cargo::rerun-if-changed=fixtures/rules");

    let mut out = String::new();
    works(&mut out, &read(&root.join("rules/sources.toml")));
    constraints(&mut out, read(&root.join("rules/constraints.toml")));

    let (mut rules, mut figures) = (Vec::new(), Vec::new());
    for path in area_files(&root.join("rules")) {
        let area: Area = read(&path);
        rules.extend(area.rule);
        figures.extend(area.figure);
    }
    rules.sort_by(|left, right| left.id.cmp(&right.id));

    out.push_str("/// Every rule, by id.\npub static RULES: &[Rule<'static>] = &[\n");
    for rule in &rules {
        rule_constant(&mut out, rule, &examples(&root, &rule.id));
    }
    let (rules_in_japanese, figures_in_japanese) = words::japanese(&root.join("rules/ja"), &rules, &figures);
    out.push_str(
        "];\n/// Every rule in Japanese, in the same order.\npub static RULES_IN_JAPANESE: &[Rule<'static>] = &[\n",
    );
    for rule in &rules_in_japanese {
        rule_constant(&mut out, rule, &examples(&root, &rule.id));
    }
    out.push_str(
        "];\n/// Every figure in Japanese, in the same order.\npub static FIGURES_IN_JAPANESE: &[FigureText] = &[\n",
    );
    for figure in &figures_in_japanese {
        figure_constant(&mut out, figure);
    }
    out.push_str("];\n/// Every figure.\npub static FIGURES: &[FigureText] = &[\n");
    for figure in &figures {
        figure_constant(&mut out, figure);
    }
    out.push_str("];\n/// The figures by name; one that nobody computes does not compile.\npub(crate) mod figure_texts {\nuse super::FigureText;\n");
    for (index, figure) in figures.iter().enumerate() {
        let name = module_name(&figure.id).to_uppercase();
        let _ = writeln!(out, "pub(crate) static {name}: &FigureText = &super::FIGURES[{index}];");
    }
    out.push_str("}\n");
    let _ = writeln!(
        out,
        "/// Digest of every text and number in `rules/`: FNV-1a, 64 bits, of the files by name.\npub const DIGEST: &str = \"{:016x}\";",
        digest(&root.join("rules"))
    );
    parameter_types(&mut out, &rules, &figures);
    write_out("words.rs", &words::phrases(&root.join("rules/words")));
    write_out("catalogue.rs", &out);
    write_out("registry.rs", &registry(&rules));
}

fn read<T: for<'de> Deserialize<'de>>(path: &Path) -> T {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn area_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<_> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .filter(|path| !path.ends_with("sources.toml") && !path.ends_with("constraints.toml"))
        .collect();
    paths.sort();
    paths
}

fn write_out(name: &str, text: &str) {
    let folder = env::var("OUT_DIR").expect("cargo names the output folder");
    fs::write(Path::new(&folder).join(name), text).unwrap_or_else(|error| panic!("{name}: {error}"));
}

fn examples(root: &Path, id: &str) -> [Option<String>; 2] {
    let path = root.join(format!("fixtures/rules/{id}.toml"));
    if !path.exists() {
        return [None, None];
    }
    let cases: Cases = read(&path);
    ["violated", "holds"].map(|outcome| {
        let case = cases.case.iter().find(|case| case.outcome == outcome && case.design.is_some())?;
        Some(
            case.design
                .as_deref()
                .unwrap_or_default()
                .replace("# <--", "")
                .lines()
                .map(str::trim_end)
                .collect::<Vec<_>>()
                .join("\n")
                .trim()
                .to_owned(),
        )
    })
}

fn works(out: &mut String, works: &Works) {
    out.push_str("/// Every source.\npub static WORKS: &[Work] = &[\n");
    for (key, document) in &works.document {
        let _ = writeln!(
            out,
            "Work {{ key: {key:?}, title: {:?}, original: Some({:?}), version: {:?}, url: None, read: None }},",
            document.title, document.original, document.written
        );
    }
    for (key, guide) in &works.guide {
        let _ = writeln!(
            out,
            "Work {{ key: {key:?}, title: {:?}, original: None, version: {:?}, url: Some({:?}), read: Some({:?}) }},",
            guide.title, guide.version, guide.url, guide.read
        );
    }
    out.push_str("];\n");
}

fn constraints(out: &mut String, constraints: Constraints) {
    out.push_str(
        "/// Statements that no rule judges, with the reason.\npub static WITHOUT_RULE: &[WithoutRule] = &[\n",
    );
    for WithoutRule { document, lines, guide, section, says, reason } in constraints.without_rule {
        let source = citation(&Citation { document, lines, guide, section, says });
        let _ = writeln!(out, "WithoutRule {{ source: {source}, reason: {reason:?} }},");
    }
    out.push_str("];\n");
}

fn rule_constant(out: &mut String, rule: &Rule, examples: &[Option<String>; 2]) {
    let (area, name) = rule.id.split_once('/').unwrap_or_else(|| panic!("{}: an id is area/name", rule.id));
    let (production, lab) = match &rule.severity {
        Severity::Always(severity) => (severity, severity),
        Severity::Each { production, lab } => (production, lab),
    };
    let release = |text: &Option<String>| match text {
        None => "None".to_owned(),
        Some(text) => {
            let (major, minor) = text.split_once('.').unwrap_or((text, "0"));
            format!("Some(Release {{ major: {major}, minor: {minor} }})")
        }
    };
    let (from, below) = rule
        .versions
        .as_ref()
        .map_or(("None".to_owned(), "None".to_owned()), |versions| (release(&versions.from), release(&versions.below)));
    let [bad, good] = examples;
    let _ = writeln!(
        out,
        "Rule {{ id: {:?}, area: {area:?}, name: {name:?}, origin: Origin::{}, severity: [Severity::{}, Severity::{}], summary: {:?}, \
         rationale: {:?}, remediation: {:?}, applies: {:?}, question: {:?}, message: {:?}, from: {from}, below: {below}, \
         caused_by: &{:?}, conflicts: &{:?}, conflict: {:?}, labels: &{:?}, fix: {}, sources: Listed::BuiltIn({}), parameters: Listed::BuiltIn({}), fixed: {:?}, suppressible: {}, example_violated: {bad:?}, example_holds: {good:?} }},",
        rule.id,
        capital(&rule.origin),
        capital(production),
        capital(lab),
        rule.summary,
        rule.rationale.trim(),
        rule.remediation,
        rule.applies,
        rule.question,
        rule.message,
        rule.caused_by,
        rule.conflicts,
        rule.conflict,
        rule.labels.iter().collect::<Vec<_>>(),
        fix(rule.fix.as_ref()),
        citations(&rule.sources),
        parameters(&rule.parameters),
        rule.fixed,
        rule.suppressible.unwrap_or(true),
    );
}

fn fix(fix: Option<&Fix>) -> String {
    fix.map_or("None".to_owned(), |Fix { title, write, does }| {
        format!("Some(FixText {{ title: {title:?}, write: {write:?}, does: {does:?} }})")
    })
}

fn figure_constant(out: &mut String, figure: &Figure) {
    let _ = writeln!(
        out,
        "FigureText {{ id: {:?}, table: {:?}, summary: {:?}, unit: {:?}, formula: {:?}, explanation: {:?}, sources: {}, parameters: {} }},",
        figure.id,
        figure.table,
        figure.summary,
        figure.unit,
        figure.formula,
        figure.explanation.trim(),
        citations(&figure.sources),
        parameters(&figure.parameters),
    );
}

fn citations(sources: &[Citation]) -> String {
    let cited: Vec<String> = sources.iter().map(citation).collect();
    format!("&[{}]", cited.join(", "))
}

fn citation(source: &Citation) -> String {
    let key = source
        .document
        .as_ref()
        .or(source.guide.as_ref())
        .unwrap_or_else(|| panic!("a source names a document or a guide"));
    let place = source.lines.as_ref().or(source.section.as_ref());
    format!(
        "Citation {{ work: {key:?}, document: {}, place: {place:?}, says: {:?} }}",
        source.document.is_some(),
        source.says
    )
}

fn parameters(parameters: &BTreeMap<String, Parameter>) -> String {
    let mut out = String::from("&[");
    for (name, parameter) in parameters {
        let range = parameter.range.as_ref().map(|range| (plain(&range[0]), plain(&range[1])));
        let _ = write!(
            out,
            "ParameterText {{ name: {name:?}, default: {:?}, kind: {:?}, range: {range:?}, doc: {:?} }}, ",
            plain(&parameter.default),
            parameter.kind,
            parameter.doc
        );
    }
    out.push(']');
    out
}

fn plain(value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) => text.clone(),
        toml::Value::Array(values) => values.iter().map(plain).collect::<Vec<_>>().join(", "),
        toml::Value::Integer(number) => number.to_string(),
        toml::Value::Float(number) => number.to_string(),
        other => panic!("{other:?} is no parameter"),
    }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().collect::<String>() + letters.as_str()).unwrap_or_default()
}

fn type_name(id: &str) -> String {
    let name = id.split_once('/').map_or(id, |(_, name)| name);
    name.split(['-', '_', '.']).map(capital).collect()
}

fn module_name(word: &str) -> String {
    word.replace('-', "_")
}

fn parameter_types(out: &mut String, rules: &[Rule], figures: &[Figure]) {
    let mut areas: BTreeMap<String, Vec<(&str, &BTreeMap<String, Parameter>)>> = BTreeMap::new();
    for rule in rules.iter().filter(|rule| !rule.parameters.is_empty()) {
        let area = rule.id.split_once('/').map_or("", |(area, _)| area);
        areas.entry(module_name(area)).or_default().push((&rule.id, &rule.parameters));
    }
    for figure in figures.iter().filter(|figure| !figure.parameters.is_empty()) {
        areas.entry("figures".to_owned()).or_default().push((&figure.id, &figure.parameters));
    }
    out.push_str(
        "/// The parameters of every rule and figure, typed by their units. One that nobody reads does not compile.\n",
    );
    out.push_str("#[deny(dead_code)]\npub(crate) mod parameters {\n");
    for (area, entries) in areas {
        let _ = writeln!(
            out,
            "pub(crate) mod {area} {{\n#[allow(unused_imports, reason = \"not every area has every unit\")]\nuse crate::quantity::{{Length, Rate, Ratio, Size, Time, units}};\n#[allow(unused_imports, reason = \"figures take no other values\")]\nuse crate::catalogue::{{Evidence, Values}};"
        );
        for (id, parameters) in entries {
            parameter_type(out, id, parameters, id.contains('/'));
        }
        out.push_str("}\n");
    }
    out.push_str("}\n");
}

/// The parameters of one rule or figure; only those of a rule can be given other values.
fn parameter_type(out: &mut String, id: &str, parameters: &BTreeMap<String, Parameter>, of_rule: bool) {
    let name = type_name(id);
    let has_words = parameters.values().any(|parameter| parameter.kind == "text-list");
    let allow = if has_words && !of_rule {
        "#[allow(clippy::elidable_lifetime_names, reason = \"as those of rules\")]\n"
    } else {
        ""
    };
    let (lifetime, defaults) = if has_words { ("<'a>", "<'static>") } else { ("", "") };
    let _ = writeln!(out, "#[derive(Clone)]\npub(crate) struct {name}{lifetime} {{");
    for (field, parameter) in parameters {
        let _ = writeln!(out, "pub(crate) {field}: {},", rust_type(id, &parameter.kind));
    }
    let _ = writeln!(
        out,
        "}}\n{allow}impl{lifetime} {name}{lifetime} {{\npub(crate) const DEFAULT: {name}{defaults} = {name} {{"
    );
    for (field, parameter) in parameters {
        let _ = writeln!(out, "{field}: {},", rust_value(id, parameter));
    }
    out.push_str("};\n");
    if of_rule {
        let values = if has_words { "&'a Values<'a>" } else { "&Values<'_>" };
        let _ = writeln!(
            out,
            "#[allow(dead_code, reason = \"rules about texts are judged by their readers\")]\npub(crate) fn of(values: {values}) -> Self {{ Self {{"
        );
        for field in parameters.keys() {
            let _ = writeln!(out, "{field}: values.get({field:?}).unwrap_or(Self::DEFAULT.{field}),");
        }
        out.push_str(
            "} }\n#[allow(dead_code, reason = \"rules about texts are judged by their readers\")]\npub(crate) fn evidence(values: &Values<'_>) -> Vec<Evidence> { let own = ",
        );
        let _ = writeln!(out, "{name}::of(values); vec![");
        for field in parameters.keys() {
            let _ = writeln!(out, "Evidence::new({field:?}, own.{field}),");
        }
        out.push_str("] }\n");
    }
    out.push_str("}\n");
}

fn rust_type(id: &str, kind: &str) -> &'static str {
    match kind {
        "time" => "Time",
        "size" => "Size",
        "rate" => "Rate",
        "ratio" => "Ratio",
        "length" => "Length",
        "count" => "u32",
        "number" => "f64",
        "text-list" => "&'a [&'a str]",
        other => panic!("{id}: there is no parameter of kind {other}"),
    }
}

/// A whole number in groups of three digits.
fn grouped(number: i64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push('_');
        }
        out.push(digit);
    }
    out
}

fn rust_value(id: &str, parameter: &Parameter) -> String {
    match (parameter.kind.as_str(), &parameter.default) {
        ("count", toml::Value::Integer(number)) => format!("{}_u32", grouped(*number)),
        ("number", toml::Value::Integer(number)) => format!("{number}.0_f64"),
        ("number", toml::Value::Float(number)) => format!("{number:?}_f64"),
        ("text-list", toml::Value::Array(values)) => {
            let words: Vec<_> = values.iter().map(plain).collect();
            format!("&{words:?} as &'static [&'static str]")
        }
        (kind, toml::Value::String(text)) => {
            let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
            let amount: f64 = text[..digits].parse().unwrap_or_else(|_| panic!("{id}: {text} is no quantity"));
            let symbol = text[digits..].trim();
            let unit = UNITS
                .iter()
                .find(|(known, _)| *known == symbol)
                .unwrap_or_else(|| panic!("{id}: unit {symbol} is not known"));
            format!("{}::new({amount:?}_f64, &units::{})", rust_type(id, kind), unit.1)
        }
        (kind, value) => panic!("{id}: {value:?} is no {kind}"),
    }
}

/// One line for each rule that has logic: its words, its parameters and the function of the same name.
fn registry(rules: &[Rule]) -> String {
    let mut out = String::from("pub(crate) static LOGIC: &[Logic] = &[\n");
    for (index, rule) in rules.iter().enumerate() {
        let (area, name) = rule.id.split_once('/').unwrap_or_default();
        // Judged by the readers of their texts.
        if TEXT_AREAS.contains(&area) {
            continue;
        }
        let (area, function) = (module_name(area), module_name(name));
        if rule.parameters.is_empty() {
            let _ = writeln!(
                out,
                "Logic {{ rule: &crate::catalogue::RULES[{index}], judge: |judge, _| {area}::{function}(judge), evidence: |_| Vec::new() }},"
            );
        } else {
            let parameters = format!("crate::catalogue::parameters::{area}::{}", type_name(&rule.id));
            let _ = writeln!(
                out,
                "Logic {{ rule: &crate::catalogue::RULES[{index}], judge: |judge, values| {area}::{function}(judge, &{parameters}::of(values)), evidence: {parameters}::evidence }},"
            );
        }
    }
    out.push_str("];\n");
    out
}
