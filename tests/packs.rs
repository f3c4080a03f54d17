//! Rules of users: what is told at load, what a missing fact and a failing expression come to, and the sample pack.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests read fixtures and stop at what is not as it should be"
)]

use rackproof::check::{self, Outcome, Policy, Reading, Report};
use rackproof::design::Mistake;
use rackproof::packs::{self, UserRule};
use rackproof::settings::Settings;
use rackproof::source::{self, Sources, Span};

fn pack(for_each: &str, keys: &str) -> String {
    format!(
        "[[rule]]\nid = \"house/x\"\nseverity = \"error\"\nsummary = \"s\"\nrationale = \"r.\"\nremediation = \"r.\"\n\
         for_each = \"{for_each}\"\n{keys}\n"
    )
}

fn load(text: &str) -> (Sources, Vec<UserRule>, Vec<Mistake>) {
    let mut sources = Sources::default();
    let id = sources.add("house.toml", text);
    let (rules, mistakes) = packs::load(&sources, &[id]);
    (sources, rules, mistakes)
}

/// What is told of a pack: the words under the place, the message and the help.
fn told(for_each: &str, require: &str) -> Vec<(String, String, String)> {
    let (sources, _, mistakes) = load(&pack(for_each, &format!("message = \"m\"\nrequire = \"{require}\"")));
    let told = |mistake: Mistake| {
        (
            sources.text(mistake.span).to_owned(),
            mistake.message.to_string(),
            mistake.help.unwrap_or_default().to_string(),
        )
    };
    mistakes.into_iter().map(told).collect()
}

fn judged(for_each: &str, require: &str, design: &str) -> Report {
    let (mut sources, rules, mistakes) =
        load(&pack(for_each, &format!("message = \"{{{for_each}.name}}\"\nrequire = \"{require}\"")));
    assert_eq!(mistakes, Vec::new());
    let id = sources.add("design.toml", design);
    let (document, errors) = source::parse(&sources, id);
    assert!(errors.is_empty(), "{errors:?}");
    let (design, mistakes) = rackproof::design::read(&document, Span::start_of(id));
    let reading = Reading { document, design, mistakes, root: Span::start_of(id), parsed: true };
    check::check(&sources, &reading, &Policy { own: &rules, ..Policy::default() })
}

fn outcome(for_each: &str, require: &str, design: &str) -> Option<Outcome> {
    let report = judged(for_each, require, design);
    report.coverage.iter().find(|entry| entry.rule == "house/x").map(|entry| entry.outcome)
}

const THREE: &str = "[server_model.hci.memory]\ncapacity = \"256 GiB\"\n[node.\"pve{1..3}\"]\nmodel = \"hci\"\n";

#[test]
fn an_unknown_field_is_told_where_it_stands_with_what_was_meant() {
    let told = told("node", "node.memory > 64");
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!((told[0].0.as_str(), told[0].2.as_str()), ("memory", "did you mean `memory_gib`?"));
}

#[test]
fn names_functions_types_and_units_are_checked_at_load() {
    for (require, place, words) in [
        ("nod.cores > 1", "nod", "not known"),
        ("node.name.beginsWith('a')", "beginsWith", "no function"),
        ("node.cores", "cores", "true or false is needed"),
        ("node.name > 3", ">", "cannot be compared"),
        ("node.memory_gib > node.osd_capacity_tb", ">", "GiB"),
        ("params.least > 3", "least", "no parameter"),
        ("cluster.nodes.name == 'a'", "name", "a list has no field"),
        ("rack.name == 'a'", "rack", "not known"),
    ] {
        let told = told("node", require);
        assert!(told.len() == 1 && told[0].1.contains(words), "{require}: {told:?}");
        assert!(told[0].0.contains(place) || place.contains(&told[0].0), "{require}: {told:?}");
    }
}

#[test]
fn long_and_deep_expressions_are_refused_before_they_are_parsed() {
    let long = vec!["true"; 2_000].join("&&");
    assert!(told("node", &long)[0].1.contains("bytes"));
    let deep = format!("{}true{}", "(".repeat(60), ")".repeat(60));
    assert!(told("node", &deep)[0].1.contains("nested"));
    let listed = format!("size({}1{}) > 0", "[".repeat(900), "]".repeat(900));
    assert!(told("node", &listed)[0].1.contains("nested"));
}

#[test]
fn a_missing_fact_is_unproven_with_the_key_that_would_state_it() {
    let report = judged("node", "node.memory_ecc", THREE);
    let missing: Vec<&String> =
        report.findings.iter().filter(|f| f.rule == "house/x").flat_map(|f| &f.missing).collect();
    assert_eq!(missing, ["server_model.hci.memory.ecc"]);
    assert_eq!(
        report.exit_code(Settings::default().verdict()),
        check_alone(THREE),
        "unproven alone changes no exit code"
    );
}

fn check_alone(design: &str) -> u8 {
    judged("node", "true", design).exit_code(Settings::default().verdict())
}

/// CEL's `&&` and `||` absorb what is not known where the other side decides.
#[test]
fn what_is_not_known_gives_way_to_a_side_that_decides() {
    for (require, expected) in [
        ("node.memory_ecc && false", Outcome::Violated),
        ("node.memory_ecc || true", Outcome::Holds),
        ("node.memory_ecc && true", Outcome::Unproven),
        ("has(node.memory_ecc)", Outcome::Violated),
        ("!has(node.memory_ecc) || node.memory_ecc", Outcome::Holds),
        ("has(node.memory_gib)", Outcome::Holds),
    ] {
        assert_eq!(outcome("node", require, THREE), Some(expected), "{require}");
    }
}

#[test]
fn whole_numbers_and_numbers_with_a_fraction_are_one() {
    for require in
        ["node.memory_gib / 3 > 85", "node.memory_gib * 2 == 512", "7 / 2 == 3.5", "size(cluster.nodes) * 1.5 == 4.5"]
    {
        assert_eq!(outcome("node", require, THREE), Some(Outcome::Holds), "{require}");
    }
}

#[test]
fn an_expression_that_fails_is_the_rules_mistake() {
    let report = judged("node", "cluster.nodes[7].cores > 1", THREE);
    assert_eq!(report.exit_code(Settings::default().verdict()), 3);
    let failed: Vec<_> = report.findings.iter().filter(|f| f.rule == "pack/expression-failed").collect();
    assert_eq!(failed.len(), 1);
    assert!(report.findings.iter().all(|finding| finding.rule != "house/x"));
}

#[test]
fn loops_over_everything_in_loops_over_everything_end() {
    let many = "[node.\"pve{1..3000}\"]\n";
    let report =
        judged("cluster", "cluster.nodes.all(a, cluster.nodes.all(b, a.name != b.name || a.name == b.name))", many);
    assert!(
        report.findings.iter().any(|f| f.rule == "pack/expression-failed" && f.message.to_string().contains("things"))
    );
}

#[test]
fn equals_of_one_table_are_one_finding() {
    let report = judged("node", "node.memory_gib >= 512", THREE);
    let own: Vec<_> = report.findings.iter().filter(|finding| finding.rule == "house/x").collect();
    assert_eq!(own.len(), 1);
    assert_eq!(own[0].message, "pve1, pve2, pve3");
}

#[test]
fn the_examples_of_the_sample_pack_come_out_as_they_say() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/rule-packs/house/house.toml");
    let (sources, rules, mistakes) = load(&std::fs::read_to_string(path).unwrap());
    assert_eq!(mistakes, Vec::new());
    let wrong: Vec<String> = rules.iter().flat_map(|rule| check::examples(&sources, rule)).collect();
    assert_eq!(wrong, Vec::<String>::new());
    assert_eq!(rules.len(), 6);
}

/// Expressions as long as they may be, each of one shape: they end in an answer or a complaint, on the smallest stack
/// that a main thread has on any system.
#[test]
fn no_shape_of_a_longest_expression_takes_the_stack() {
    const LONGEST: usize = 2_000;
    const SMALL_STACK: usize = 1024 * 1024;
    let chain = |first: &str, more: &str, end: &str| {
        let times = (LONGEST - first.len() - end.len()) / more.len();
        format!("{first}{}{end}", more.repeat(times))
    };
    let nested = |open: &str, inside: &str, close: &str| {
        let times = (LONGEST - inside.len()) / (open.len() + close.len());
        format!("{}{inside}{}", open.repeat(times), close.repeat(times))
    };
    let shapes = [
        chain("true", "&&true", ""),
        chain("false", "||false", ""),
        chain("true", "==true", ""),
        chain("1", "+1", ">0"),
        chain("1", "-1", "<9"),
        chain("1", "*1", ">0"),
        chain("1", "/1", ">0"),
        chain("'a'", "+'a'", "!=''"),
        chain("", "!", "true"),
        chain("", "-", "1<9"),
        chain("", "true?true:", "true"),
        chain("node", ".name", ""),
        chain("cluster.nodes", "[0]", ""),
        chain("size(cluster.nodes", ".filter(n,true)", ")>0"),
        chain("size([1", ",1", "])>0"),
        chain("1", " in [1]", ""),
        chain("1", "<1", ""),
        nested("(", "true", ")"),
        nested("[", "1", "]"),
        nested("{1:", "1", "}"),
        nested("cluster.nodes.all(n,", "true", ")"),
        nested("has(", "node.name", ")"),
        nested("(true?", "true", ":true)"),
    ];
    for shape in shapes {
        assert!(shape.len() <= LONGEST);
        let run = move || {
            eprintln!("{}", &shape[..40]);
            let text = pack("node", &format!("message = \"m\"\nrequire = \"{shape}\""));
            if load(&text).2.is_empty() {
                judged("node", &shape, THREE);
            }
        };
        std::thread::Builder::new().stack_size(SMALL_STACK).spawn(run).unwrap().join().unwrap();
    }
}

/// What the program says of a folder with these files; its exit code.
fn checked(files: &[(&str, &str)], arguments: &[&str]) -> (String, Option<i32>) {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::create_dir_all(folder.path().join(name).parent().unwrap()).unwrap();
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let program = std::process::Command::new(env!("CARGO_BIN_EXE_rackproof"))
        .env("LC_ALL", "C")
        .arg("check")
        .args(arguments)
        .current_dir(folder.path())
        .output()
        .unwrap();
    (String::from_utf8(program.stdout).unwrap() + &String::from_utf8(program.stderr).unwrap(), program.status.code())
}

#[test]
fn a_configuration_names_packs_and_changes_their_rules() {
    let keys = "message = \"{node.name} has {node.memory_gib}, less than {params.least_gib}\"\n\
                require = \"node.memory_gib >= params.least_gib\"\n\
                [rule.parameters.least_gib]\ndefault = \"512 GiB\"\nkind = \"size\"\n\
                range = [\"64 GiB\", \"4 TiB\"]\ndoc = \"d\"";
    let pack = pack("node", keys);
    let run = |configuration: &str| {
        let configuration = format!("rule_packs = [\"rules\"]\n{configuration}");
        let files =
            [("cluster.toml", THREE), ("rules/house.toml", pack.as_str()), ("rackproof.toml", configuration.as_str())];
        checked(&files, &["cluster.toml", "--format", "concise"])
    };
    let (as_written, _) = run("");
    assert!(as_written.contains("house/x") && as_written.contains("256 GiB, less than 512 GiB"), "{as_written}");
    let lower = "[rule.\"house/x\"]\nparameters = { least_gib = \"256 GiB\" }";
    assert!(!run(lower).0.contains("house/x"), "{}", run(lower).0);
    assert!(!run("deselect = [\"house\"]").0.contains("house/x"));
    let (out_of_range, _) = run("[rule.\"house/x\"]\nparameters = { least_gib = \"1 GiB\" }");
    assert!(out_of_range.contains("1 GiB is outside 64 GiB to 4 TiB"), "{out_of_range}");
    let accepted = "[[suppress]]\nrule = \"house/x\"\nsubject = \"server_model.hci\"\nreason = \"bought so\"";
    assert!(!run(accepted).0.contains("there is no rule"), "{}", run(accepted).0);
}

#[test]
fn a_broken_pack_ends_with_3_and_is_told_where_it_stands() {
    let broken = pack("node", "message = \"m\"\nrequire = \"node.memory > 1\"");
    let files = [("cluster.toml", THREE), ("house.toml", broken.as_str())];
    let (said, code) = checked(&files, &["cluster.toml", "--rules", "house.toml", "--format", "concise"]);
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains("house.toml:9") && said.contains("pack/broken"), "{said}");
    let (said, code) = checked(&files, &["cluster.toml", "--rules", "none.toml"]);
    assert_eq!(code, Some(3), "{said}");
}
