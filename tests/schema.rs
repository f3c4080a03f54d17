//! The schema of designs and the reader agree, as far as a schema can see.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests read fixtures and stop at what is not as it should be"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use jsonschema::Validator;
use proptest::prelude::*;
use rackproof::design::{self, Mistake, MistakeKind};
use rackproof::quantity::{Endurance, Length, Power, Rate, Ratio, Size, Time};
use rackproof::report::schema;
use rackproof::settings;
use rackproof::source::{self, Sources, Span};
use serde_json::Value;

static VALIDATOR: LazyLock<Validator> =
    LazyLock::new(|| jsonschema::draft7::new(&serde_json::from_str(&schema::design()).unwrap()).unwrap());

fn mistakes(text: &str) -> Vec<Mistake> {
    let mut sources = Sources::default();
    let root = sources.add("design", text);
    let (document, errors) = source::parse(&sources, root);
    assert!(errors.is_empty(), "{errors:?}");
    design::read(&document, Span::start_of(root)).1
}

fn complaints(text: &str) -> Vec<String> {
    let instance: Value = toml::from_str(text).unwrap();
    VALIDATOR.iter_errors(&instance).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(self::files(&path));
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            files.push(path);
        }
    }
    files.sort();
    files
}

fn fixtures(folder: &str) -> Vec<(String, String)> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(folder);
    files(&root).into_iter().map(|path| (path.display().to_string(), fs::read_to_string(&path).unwrap())).collect()
}

#[test]
fn the_schema_is_one() {
    let schema: Value = serde_json::from_str(&schema::design()).unwrap();
    assert!(jsonschema::draft7::meta::is_valid(&schema));
}

#[test]
fn the_schema_of_configurations_and_their_reader_agree() {
    let schema: Value = serde_json::from_str(&schema::config()).unwrap();
    let validator = jsonschema::draft7::new(&schema).unwrap();
    let texts = [
        (true, "select = [\"all\"]\ndeselect = \"origin:documents\"\n[verdict]\nfail_on = \"warning\""),
        (true, "[rule.\"corosync/shared-nic\"]\nseverity = \"off\"\nparameters = { a = 5, b = \"5 ms\", c = [\"x\"] }"),
        (true, "[[suppress]]\nrule = \"a/b\"\nsubject = \"c\"\nreason = \"d\"\nuntil = \"2027-03-31\""),
        (true, "[[only]]\ndesigns = \"lab/*.toml\"\nrule = { \"a/b\" = { severity = \"note\" } }"),
        (false, "selects = [\"all\"]"),
        (false, "select = [1]"),
        (false, "[verdict]\nfail_on = \"warnings\""),
        (false, "[[suppress]]\nrule = \"a/b\"\nsubject = \"c\""),
        (false, "[[suppress]]\nrule = \"a/b\"\nsubject = \"c\"\nreason = \"d\"\nuntil = \"soon\""),
    ];
    for (sound, text) in texts {
        let mut sources = Sources::default();
        let root = sources.add("rackproof.toml", text);
        assert_eq!(settings::read(&sources, root).mistakes.is_empty(), sound, "the reader: {text}");
        assert_eq!(validator.is_valid(&toml::from_str(text).unwrap()), sound, "the schema: {text}");
    }
}

#[test]
fn every_design_fits_the_schema() {
    for (name, text) in fixtures("designs").into_iter().chain(fixtures("mistakes")) {
        let complaints = complaints(&text);
        assert!(complaints.is_empty(), "{name}: {complaints:#?}");
    }
}

/// A case is a part of a design; a part may lack a key that its base has, and then neither takes it.
#[test]
fn a_case_fits_the_schema_if_the_reader_takes_it() {
    let mut fitting = 0;
    for (name, file) in fixtures("rules") {
        let file: toml::Table = toml::from_str(&file).unwrap();
        for case in file["case"].as_array().unwrap() {
            let Some(text) = case.get("design").and_then(toml::Value::as_str) else { continue };
            let (mistakes, complaints) = (mistakes(text), complaints(text));
            let seen = mistakes.iter().any(|mistake| visible(mistake.kind));
            assert_eq!(seen, !complaints.is_empty(), "{name}: {text}\n{mistakes:#?}\n{complaints:#?}");
            fitting += usize::from(complaints.is_empty());
        }
    }
    assert!(fitting > 1000, "only {fitting} cases fit");
}

/// Mistakes that a schema can see.
fn visible(kind: MistakeKind) -> bool {
    use MistakeKind::{BadQuantity, MissingKey, OutOfRange, UnknownKey, UnknownWord, WrongType};
    [BadQuantity, MissingKey, OutOfRange, UnknownKey, UnknownWord, WrongType].contains(&kind)
}

#[test]
fn what_the_reader_refuses_the_schema_refuses() {
    use MistakeKind::{BadQuantity, LimitExceeded, MissingKey, OutOfRange, UnknownKey, UnknownWord, WrongType};
    let wrong = [
        (UnknownKey, "disign = 1"),
        (UnknownKey, "[design]\nenviroment = \"lab\""),
        (UnknownKey, "[server_model.hci.disks]\nos = { number = 2 }"),
        (UnknownKey, "[[cable]]\nfrom = \"a:1\"\nto = \"b:1\"\ncolour = \"red\""),
        (MissingKey, "[bond.bond0]\nmode = \"802.3ad\""),
        (MissingKey, "[[cable]]\nfrom = \"a:1\""),
        (WrongType, "design = 5"),
        (WrongType, "node = [1]"),
        (WrongType, "[design]\nname = 5"),
        (WrongType, "[design]\nproxmox_ve = 9.1"),
        (WrongType, "[design]\nproxmox_ve = \"nine\""),
        (WrongType, "[ceph]\nmonitors = 3"),
        (WrongType, "[ceph]\nmonitors = [\"pve1\", 2]"),
        (WrongType, "[ceph]\nbalancer = \"on\""),
        (WrongType, "[server_model.hci]\nmemory = \"256 GiB\""),
        (WrongType, "[guest.web]\ncount = 1.5"),
        (WrongType, "[guest.web]\niops = \"fast\""),
        (WrongType, "[network.a]\naddress = 1"),
        (WrongType, "[network.a]\naddress = { pve1 = 1 }"),
        (UnknownWord, "[design]\nenvironment = \"prod\""),
        (UnknownWord, "[network.a]\npurpose = \"everything\""),
        (UnknownWord, "[network.a]\npurpose = [\"guest\", \"everything\"]"),
        (BadQuantity, "[guest.web]\nmemory = 8"),
        (BadQuantity, "[guest.web]\nmemory = \"8\""),
        (BadQuantity, "[guest.web]\nmemory = \"8 MB/s\""),
        (BadQuantity, "[guest.web]\nmemory = \"8 gib\""),
        (BadQuantity, "[server_model.hci.disks]\nos = { endurance = \"1 TB\" }"),
        (OutOfRange, "[design]\nlanguage = 2"),
        (OutOfRange, "[network.a]\nvlan = 4095"),
        (OutOfRange, "[guest.web]\niops = -1"),
        (OutOfRange, "[guest.web]\nopen_ports = [-1]"),
        (LimitExceeded, "[guest.web]\nopen_ports = 1_000_000_001"),
    ];
    for (kind, text) in wrong {
        assert!(mistakes(text).iter().any(|mistake| mistake.kind == kind), "the reader takes {text}");
        assert!(!complaints(text).is_empty(), "the schema takes {text}");
    }
}

#[test]
fn what_the_reader_lets_pass_the_schema_lets_pass() {
    let sound = [
        "include = \"common.toml\"",
        "[design]\nproxmox_ve = \"9\"\nsurvives = \"any one switch\"",
        "[ceph]\nmonitors = \"pve{1..3}\"\nnearfull_ratio = \"85%\"",
        "[network.\"管理\"]\npurpose = \"management\"\naddress = { \"pve{1..3}\" = \"10.0.0.{1..3}/24\" }",
        "[cable]\nfrom = \"a:1\"\nto = [\"b:1\"]",
        "[guest.web]\nopen_ports = 22\niops = 0.5\nmemory = \" 1_024.5e0\u{a0}MiB\u{85}\"",
        "[server_model.hci.disks]\nos = { endurance = \"3504 TBW\", write = \"25GbE\" }",
    ];
    for text in sound {
        assert_eq!(mistakes(text), [], "{text}");
        assert_eq!(complaints(text), Vec::<String>::new(), "{text}");
    }
}

/// A design with one quantity of each kind.
fn quantities(text: &str) -> [(Value, bool); 7] {
    let guest = |key: &str| serde_json::json!({ "guest": { "web": { key: text } } });
    [
        (guest("memory"), text.parse::<Size>().is_ok()),
        (guest("dirty_rate"), text.parse::<Rate>().is_ok()),
        (guest("used_share"), text.parse::<Ratio>().is_ok()),
        (serde_json::json!({ "corosync": { "token": text } }), text.parse::<Time>().is_ok()),
        (serde_json::json!({ "cable": { "from": "a", "to": "b", "length": text } }), text.parse::<Length>().is_ok()),
        (serde_json::json!({ "power_feed": { "a": { "capacity": text } } }), text.parse::<Power>().is_ok()),
        (
            serde_json::json!({ "server_model": { "a": { "disks": { "b": { "endurance": text } } } } }),
            text.parse::<Endurance>().is_ok(),
        ),
    ]
}

proptest! {
    #[test]
    fn the_schema_spells_quantities_as_the_reader_does(
        number in "[ \u{a0}]?[-+]?[0-9_]{0,3}(\\.[0-9_]{0,2})?([eE][+-]?[0-9_]{0,2})?",
        unit in "[ \u{3000}]?([kKMGT]i?(B|b)|[kKMGT]?(B|b|bit)(/s|ps)|[GM]bE|[nu\u{b5}m]?s|h|min|days?|years?|%|[kcm]?m|k?W|DWPD|[TP]BW)[ \u{85}]?",
    ) {
            for (design, read) in quantities(&format!("{number}{unit}")) {
            prop_assert_eq!(VALIDATOR.is_valid(&design), read, "{}", design);
        }
    }
}
