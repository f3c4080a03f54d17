//! The manual in Markdown, made from the catalogue and the list of fields: rules, figures, language and users' rules.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::catalogue::{self, Citation, Origin, ParameterText, Rule};
use crate::design::{Design, Field, Form, Table, Words};
use crate::packs::{self, PackForm};

const GENERATED: &str = "<!-- Generated from `rules/` and `src/design/tables/`; `RACKPROOF_UPDATE=1 cargo test --test generated` writes it. -->\n";

/// The rule reference: every rule by area, then the list of the documents' constraints, then the sources.
pub fn rules() -> String {
    let mut out = format!("# Rules\n\n{GENERATED}\n");
    let areas: BTreeSet<&str> = catalogue::RULES.iter().map(|rule| rule.area).collect();
    let _ = writeln!(
        out,
        "{} rules in {} areas. `rackproof explain RULE` prints the same text. D: from the documents, O: from official \
         text, P: from practice. Examples are parts of designs that are laid over a whole one: the rule's cases, which \
         `cargo test --test cases` runs.\n",
        catalogue::RULES.len(),
        areas.len()
    );
    let _ = writeln!(
        out,
        "[Constraints of the documents](#constraints-of-the-documents) lists every statement of the five documents with \
         the rule that judges it; [where texts differ](#where-texts-differ) every contradiction between them and official text.\n"
    );
    for area in &areas {
        let _ = writeln!(out, "## {area}\n");
        for rule in catalogue::RULES.iter().filter(|rule| rule.area == *area) {
            rule_section(&mut out, rule);
        }
    }
    contradictions(&mut out);
    constraints(&mut out);
    sources(&mut out);
    out
}

fn letter(origin: Origin) -> &'static str {
    match origin {
        Origin::Documents => "D",
        Origin::Official => "O",
        Origin::Practice => "P",
    }
}

fn rule_section(out: &mut String, rule: &Rule) {
    let [production, lab] = rule.severity;
    let severity = if production == lab {
        production.word().to_owned()
    } else {
        format!("{}, in a lab {}", production.word(), lab.word())
    };
    let _ = writeln!(out, "### {}\n\n{} · {severity} · {}.\n", rule.id, letter(rule.origin), rule.summary);
    let _ = writeln!(out, "{}\n\n*Applies to:* {} *What to do:* {}\n", rule.rationale, rule.applies, rule.remediation);
    if let Some(fix) = &rule.fix {
        let _ = writeln!(out, "*What `check --fix` does:* {}\n", fix.does);
    }
    if let Some(question) = rule.question {
        let _ = writeln!(out, "*Asked where a fact is missing:* {question}\n");
    }
    parameters(out, &rule.parameters);
    for citation in rule.sources.iter() {
        let _ = writeln!(out, "- {}", cite(citation));
    }
    if let (Some(violated), Some(holds)) = (rule.example_violated, rule.example_holds) {
        let cases = rule.case_file();
        let _ = writeln!(out, "\n*Violated by* ([cases](../{cases})):\n\n```toml\n{violated}\n```");
        let _ = writeln!(out, "\n*Holds with:*\n\n```toml\n{holds}\n```");
    }
    out.push('\n');
}

fn cite(citation: &Citation) -> String {
    match citation.place {
        Some(place) if citation.document => format!("{}:{place}: {}", citation.work, citation.says),
        Some(place) => format!("{}, {place}: {}", citation.work, citation.says),
        None => format!("{}: {}", citation.work, citation.says),
    }
}

fn parameters(out: &mut String, parameters: &[ParameterText]) {
    for parameter in parameters {
        let range = parameter.range.map_or(String::new(), |(low, high)| format!(", {low} to {high}"));
        let _ = writeln!(
            out,
            "- `{}` = {} ({}{range}): {}",
            parameter.name, parameter.default, parameter.kind, parameter.doc
        );
    }
}

fn contradictions(out: &mut String) {
    out.push_str("## Where texts differ\n\n| rule | origin | how | other side |\n|---|---|---|---|\n");
    for rule in catalogue::RULES {
        if let Some(conflict) = rule.conflict {
            let _ = writeln!(
                out,
                "| {} | {} | {} | {} |",
                rule.id,
                letter(rule.origin),
                cell(conflict),
                rule.conflicts.join(", ")
            );
        }
    }
    out.push('\n');
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

/// Every statement of a document with the rule or figure that judges it, or the reason why none does.
fn constraints(out: &mut String) {
    let ruled = catalogue::RULES.iter().map(|rule| (&*rule.sources, rule.id.to_owned()));
    let figured = catalogue::FIGURES.iter().map(|figure| (figure.sources, format!("figure {}", figure.id)));
    let judged = ruled.chain(figured).flat_map(|(sources, by)| sources.iter().map(move |source| (source, by.clone())));
    let without = catalogue::WITHOUT_RULE.iter().map(|entry| (&entry.source, format!("no rule: {}", entry.reason)));
    let mut rows: Vec<(&Citation, String)> = judged.chain(without).filter(|(source, _)| source.document).collect();
    rows.sort_by_key(|(source, by)| {
        let lines = source.place.unwrap_or("");
        (source.work, first_line(lines), lines, by.clone())
    });
    out.push_str(
        "## Constraints of the documents\n\nEvery statement that reads as a constraint, by document and line.\n",
    );
    let mut document = "";
    for (source, judged_by) in rows {
        if source.work != document {
            document = source.work;
            let title = catalogue::work(document).map_or("", |work| work.title);
            let _ = writeln!(out, "\n### {document}: {title}\n\n| lines | statement | rule or figure |\n|---|---|---|");
        }
        let _ = writeln!(out, "| {} | {} | {} |", source.place.unwrap_or(""), cell(source.says), cell(&judged_by));
    }
    out.push_str("\n### Official texts without a rule\n\n| text | statement | why |\n|---|---|---|\n");
    for entry in catalogue::WITHOUT_RULE.iter().filter(|entry| !entry.source.document) {
        let (work, place) = (entry.source.work, entry.source.place.unwrap_or(""));
        let _ = writeln!(out, "| {work}, {place} | {} | {} |", cell(entry.source.says), cell(entry.reason));
    }
    out.push('\n');
}

fn first_line(lines: &str) -> u32 {
    lines.split(|c: char| !c.is_ascii_digit()).next().and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

fn sources(out: &mut String) {
    out.push_str(
        "## Sources\n\n*Gone through* is the day the statements cited from an edition were last gone through in the project's \
         collection of facts. The page behind a link may say something else by now.\n\n\
         | key | title | version or date | gone through |\n|---|---|---|---|\n",
    );
    for work in catalogue::WORKS {
        let title = match (work.url, work.original) {
            (Some(url), _) => format!("[{}]({url})", cell(work.title)),
            (None, Some(original)) => format!("{} ({})", cell(work.title), cell(original)),
            (None, None) => cell(work.title),
        };
        let _ = writeln!(out, "| {} | {title} | {} | {} |", work.key, cell(work.version), work.read.unwrap_or(""));
    }
}

/// The figure reference.
pub fn figures() -> String {
    let mut out = format!(
        "# Figures\n\n{GENERATED}\n{} figures. `rackproof explain FIGURE` prints the same text.\n\n",
        catalogue::FIGURES.len()
    );
    for figure in catalogue::FIGURES {
        let unit = if figure.unit.is_empty() { "a number" } else { figure.unit };
        let _ = writeln!(
            out,
            "## {}\n\n{}, in {unit}.\n\n```text\n{}\n```\n\n{}\n",
            figure.id, figure.summary, figure.formula, figure.explanation
        );
        parameters(&mut out, figure.parameters);
        for citation in figure.sources {
            let _ = writeln!(out, "- {}", cite(citation));
        }
        out.push('\n');
    }
    out
}

/// The manual of users' rules: the form of a pack, and everything that its expressions can read.
pub fn user_rules() -> String {
    let generated = GENERATED.replace("`rules/` and `src/design/tables/`", "`src/packs/`");
    let mut out = format!("# Rules of your own\n\n{generated}\n{USER_RULES}# The form of a pack\n\n");
    table_section(&mut out, "", PackForm::DOC, PackForm::fields(), &mut BTreeSet::new());
    out.push_str("# Functions\n\n| function | answers |\n|---|---|\n");
    for function in packs::FUNCTIONS {
        let _ = writeln!(out, "| `{}` | {} |", cell(function.form), function.doc);
    }
    out.push_str("\n# Things and their fields\n\n");
    for kind in packs::Kind::ALL {
        let _ = writeln!(out, "## {}\n\n{}\n\n| field | value | meaning |\n|---|---|---|", kind.word(), kind.doc());
        for field in kind.fields() {
            let _ = writeln!(out, "| `{}` | {} | {} |", field.name, answers(field), cell(field.doc.trim()));
        }
        out.push('\n');
    }
    out.truncate(out.trim_end().len());
    out + "\n"
}

/// What a field of a thing says, in words.
fn answers(field: &packs::Field) -> String {
    let unit = field.unit().map_or(String::new(), |unit| format!(" of {}", unit.symbol));
    match field.shape {
        packs::Shape::Truth => "true or false".to_owned(),
        packs::Shape::Number => format!("a number{unit}"),
        packs::Shape::Text => "a text".to_owned(),
        packs::Shape::Texts => "a list of texts".to_owned(),
        packs::Shape::Numbers => format!("a list of numbers{unit}"),
        packs::Shape::One(kind) => format!("a {}", kind.word()),
        packs::Shape::Many(kind) => format!("a list: {}", kind.word()),
    }
}

const USER_RULES: &str = "\
A pack is one TOML file of rules in the form of rackproof's own, with an expression in
[CEL](https://github.com/google/cel-spec) in place of logic. `fixtures/rule-packs/house/house.toml` is one to copy from.

```toml pack
[[rule]]
id          = \"house/rack-too-full\"
severity    = \"error\"
summary     = \"A rack holds more servers than one failure may take\"
rationale   = \"A rack is one place for fire, water and a careless hand.\"
remediation = \"Spread the servers over more racks.\"
for_each    = \"rack\"
require     = \"size(rack.nodes) <= params.most_nodes\"
message     = \"rack {rack.name} holds {size(rack.nodes)} servers, more than {params.most_nodes}\"

[rule.parameters.most_nodes]
default = 3
kind    = \"count\"
doc     = \"servers of one cluster in one rack\"
```

- `rackproof check --rules PACK` judges by it as well, `rackproof rules --rules PACK` and `rackproof explain --rules PACK`
  show its rules, and `rackproof rules test PACK` runs its examples. PACK is a file, or a folder of them. A configuration
  names packs by `rule_packs`, and changes severities and parameters of their rules as of any other.
- **A fact that is not written makes the rule unproven**, with the key that would state it; `has(node.rack)` asks for it
  first. Where one side of `&&` or `||` decides, the other may be unknown.
- **All numbers are one kind**, and the end of a name states the unit: `memory_gib` is a number of GiB. Numbers of
  different units are neither added nor compared.
- **Names, functions, types and units are checked when a pack is read.** What an expression still runs into, such as an
  element that a list does not have, is the rule's mistake: exit code 3, and no outcome of that rule.
- An expression has at most 2,000 bytes, 24 brackets in each other and 3 loops in each other.

";

/// The language reference: every table and key.
pub fn language() -> String {
    let mut out = format!("# The design language\n\n{GENERATED}\n");
    out.push_str(LANGUAGE);
    table_section(&mut out, "", Design::DOC, Design::fields(), &mut BTreeSet::new());
    out
}

const LANGUAGE: &str = "\
A design is one TOML file, or several by `include`. Every table and every key is optional unless it says *required*:
what is left out makes the rules that need it unproven, never wrong.

- **Quantities carry their unit**, as on a data sheet: `\"25GbE\"`, `\"1.92 TB\"`, `\"256 GiB\"`, `\"2900 MB/s\"`, `\"0.2 ms\"`, `\"30 %\"`.
- **Repetition is a range**: `pve{1..3}` is three names, `core-{a,b}` two, `cn{0001..0032}` keeps its zeros. Two ranges go
  pair by pair and are equally long.
- **A name with other characters** than a to z, 0 to 9, `-` and `_` stands in quotes: `[node.\"pve{1..3}\"]`, `[network.\"管理\"]`.
- **A port is named by device, card and number**: `pve1:slot1:1`; a switch port by switch and number: `core-a:1`.
- **`--set PATH=VALUE`** lays one value over the design: `--set design.environment=lab`.

";

fn table_section(out: &mut String, path: &str, doc: &str, fields: &[Field], seen: &mut BTreeSet<String>) {
    if !seen.insert(path.to_owned()) {
        return;
    }
    let heading = if path.is_empty() { "top level".to_owned() } else { format!("`[{path}]`") };
    let _ = writeln!(out, "## {heading}\n\n{}\n\n| key | value | meaning |\n|---|---|---|", doc.trim());
    for field in fields {
        let _ = writeln!(out, "| `{}` | {} | {} |", field.name, cell(&takes(field)), cell(field.doc.trim()));
    }
    out.push('\n');
    for field in fields {
        let dot = if path.is_empty() { field.name.to_owned() } else { format!("{path}.{}", field.name) };
        match field.shape.form {
            Form::Table(inner) => table_section(out, &dot, field.doc, inner(), seen),
            Form::Named(shape) => {
                if let Form::Table(inner) = shape.form {
                    table_section(out, &format!("{dot}.NAME"), field.doc, inner(), seen);
                }
            }
            Form::List(shape) => {
                if let Form::Table(inner) = shape.form {
                    table_section(out, &format!("[{dot}]"), field.doc, inner(), seen);
                }
            }
            _ => {}
        }
    }
}

/// What a key takes, in words: `a whole number, 1 to 10`.
pub(crate) fn takes(field: &Field) -> String {
    let range = field.range.map_or(String::new(), |(low, high)| format!(", {low} to {high}"));
    let required = if field.required { " *required*" } else { "" };
    format!("{}{range}{required}", value(field))
}

fn value(field: &Field) -> String {
    match field.shape.form {
        Form::Words(words) => words.iter().map(|word| format!("`\"{word}\"`")).collect::<Vec<_>>().join(", "),
        Form::Table(_) => "table".to_owned(),
        Form::Named(_) => "table by name".to_owned(),
        Form::List(shape) => match shape.form {
            Form::Table(_) => "list of tables".to_owned(),
            Form::Words(words) => {
                format!("list of {}", words.iter().map(|word| format!("`\"{word}\"`")).collect::<Vec<_>>().join(", "))
            }
            _ if field.shape.expected() == "a list" => format!("list of {}", shape.expected()),
            _ => field.shape.expected().to_string(),
        },
        _ => field.shape.expected().to_string(),
    }
}
