//! The report of a change request: complete, safe, reproducible; and the picture in it.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests read fixtures and stop at what is not as it should be"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use rackproof::check::{self, Policy};
use rackproof::drawing::{self, Course, Drawing, Kind, Place};
use rackproof::source::{Files, Loaded, Sources};
use rackproof::topology::{DeviceId, Topology};
use rackproof::words::Language;
use rackproof::{capacity, failure};

const DESIGNS: [&str; 6] = ["install-battle", "two-racks", "three-sites", "mesh", "reference", "five-lines"];

fn rackproof(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rackproof"));
    command
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env_remove("SOURCE_DATE_EPOCH")
        .env("LC_ALL", "C")
        .output()
        .unwrap()
}

fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("report-{name}"));
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).unwrap();
    path
}

/// Both papers of a design, and the exit code.
fn papers(design: &str, folder: &Path, more: &[&str]) -> (String, String, i32) {
    let (html, markdown) = (folder.join("report.html"), folder.join("report.md"));
    let outputs = [html.to_str().unwrap(), markdown.to_str().unwrap()];
    let arguments = [&["report", design, "--output", outputs[0], "--output", outputs[1]], more].concat();
    let output = rackproof(&arguments);
    let read = |path: &Path| fs::read_to_string(path).unwrap_or_else(|error| panic!("{design}: {error}: {output:?}"));
    (read(&html), read(&markdown), output.status.code().unwrap())
}

fn fixture(name: &str) -> String {
    format!("fixtures/designs/{name}.toml")
}

struct Disk;

impl Files for Disk {
    fn read(&self, path: &str, from: &str) -> Result<Loaded, rackproof::words::Said> {
        let path = Path::new(from).parent().unwrap_or(Path::new("")).join(path);
        let text = fs::read_to_string(&path).map_err(|error| error.to_string())?;
        Ok(Loaded { name: path.to_string_lossy().into_owned(), text })
    }
}

/// A text as HTML writes it.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The design with everything that a report is made of.
fn with<T>(design: &str, tell: impl FnOnce(&check::Report, &Topology<'_>) -> T) -> T {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(fixture(design));
    let mut sources = Sources::default();
    let root = sources.add(path.to_string_lossy(), fs::read_to_string(&path).unwrap());
    let reading = check::read(&mut sources, root, &Disk, Vec::new());
    let report = check::check(&sources, &reading, &Policy::default());
    let (topology, _) = check::topology(&sources, &reading);
    tell(&report, &topology.unwrap())
}

#[test]
fn both_papers_hold_every_finding_question_figure_and_claim() {
    for design in DESIGNS {
        let (html, markdown, _) = papers(&fixture(design), &folder(&format!("all-{design}")), &[]);
        with(design, |report, topology| {
            for finding in &report.findings {
                assert!(html.contains(&escaped(&finding.rule)), "{design}: {} is not in the page", finding.rule);
                assert!(markdown.contains(finding.rule.as_ref()), "{design}: {} is not in Markdown", finding.rule);
                let told =
                    if finding.missing.is_empty() { finding.message.to_string() } else { finding.missing.join(", ") };
                assert!(html.contains(&escaped(&told)), "{design}: {told} is not in the page");
                assert!(
                    html.contains(&escaped(&finding.help.to_string())),
                    "{design}: {} is not in the page",
                    finding.help
                );
            }
            for figure in capacity::plan(topology) {
                assert!(
                    html.contains(&escaped(&figure.printed().to_string())),
                    "{design}: {} is not in the page",
                    figure.text.id
                );
                assert!(
                    html.contains(&escaped(&figure.formula.to_string())),
                    "{design}: {} is not in the page",
                    figure.formula
                );
                assert!(markdown.contains(figure.text.id), "{design}: {} is not in Markdown", figure.text.id);
            }
            let proof = failure::prove(topology);
            for kept in failure::kept(&proof) {
                assert!(html.contains(&escaped(&kept.claim.value)) && markdown.contains(&*kept.claim.value));
            }
            for pattern in proof.patterns().iter().take(10) {
                for step in proof.story(&pattern.first).chain {
                    assert!(html.contains(&escaped(&step.to_string())), "{design}: {step} is not in the page");
                }
            }
        });
    }
}

#[test]
fn a_report_has_the_exit_code_of_a_check() {
    let mistakes = fs::read_dir("fixtures/mistakes").unwrap().map(|entry| entry.unwrap().path());
    let designs = DESIGNS.iter().map(|design| PathBuf::from(fixture(design)));
    for path in designs.chain(mistakes) {
        let path = path.to_str().unwrap();
        let own = rackproof(&["report", path]).status.code();
        assert_eq!(own, rackproof(&["check", path]).status.code(), "{path}");
    }
}

#[test]
fn the_same_input_gives_the_same_bytes_and_no_day_but_the_one_that_is_asked_for() {
    let folder = folder("again");
    let first = papers(&fixture("install-battle"), &folder, &[]);
    assert_eq!(first, papers(&fixture("install-battle"), &folder, &[]));
    assert!(!first.0.contains("<time>"));
    let dated = papers(&fixture("install-battle"), &folder, &["--date", "2026-12-24"]);
    assert!(dated.0.contains("<time>2026-12-24</time>") && dated.1.contains("Design report, 2026-12-24"));
    // 1,798,070,400 seconds are 20,811 days: 2026-12-24 in UTC.
    let mut command = Command::new(env!("CARGO_BIN_EXE_rackproof"));
    let command =
        command.args(["report", &fixture("install-battle")]).env("SOURCE_DATE_EPOCH", "1798070400").env("LC_ALL", "C");
    let output = command.current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), dated.1);
}

#[test]
fn the_texts_are_named_with_digests_that_sha256sum_gives() {
    let (html, markdown, _) = papers(&fixture("install-battle"), &folder("digest"), &[]);
    for file in ["fixtures/designs/install-battle.toml", "fixtures/designs/install-battle-common.toml"] {
        let Ok(output) = Command::new("sha256sum").arg(file).output() else { return };
        let digest = String::from_utf8(output.stdout).unwrap()[..64].to_owned();
        assert!(html.contains(&digest) && markdown.contains(&digest), "{file}: {digest}");
    }
}

#[test]
fn every_link_leads_somewhere_and_every_name_of_a_place_is_given_once() {
    for design in DESIGNS {
        let (html, _, _) = papers(&fixture(design), &folder(&format!("links-{design}")), &[]);
        let ids: Vec<&str> = html.split(" id=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
        let unique: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(ids.len(), unique.len(), "{design}: a place is named twice");
        for link in html.split(" href=\"").skip(1).map(|rest| rest.split('"').next().unwrap()) {
            let place = link.strip_prefix('#').unwrap_or_else(|| panic!("{design}: {link} leads out of the page"));
            assert!(unique.contains(place), "{design}: {link} leads nowhere");
        }
        assert!(html.contains("default-src 'none'"), "{design}: the page may load something");
        assert!(!html.contains(" src=") && !html.contains("url(") && !html.contains("@import"), "{design}");
    }
}

#[test]
fn names_from_a_design_stay_text() {
    let folder = folder("names");
    let design = folder.join("cluster.toml");
    let names = ["<script>alert(1)</script>", "\\\"><img src=x>", "a|b", "=cmd()", "\\u202eevil", "`code`", "*bold*"];
    let node = |(index, name)| format!("[node.\"{name}\"]\nmodel = \"m{index}\"\nrack = \"{name}\"\n");
    let nodes = names.iter().enumerate().map(node).collect::<Vec<_>>().concat();
    let text = format!(
        "# rackproof: allow(naming/underscore) until 2027-01-31: <b>reason</b> | =cmd\n[design]\nname = \"{}\"\n{nodes}[network.\"{}\"]\npurpose = [\"corosync\"]\n",
        names.join(" "),
        names[0]
    );
    fs::write(&design, text).unwrap();
    let (html, markdown, _) = papers(design.to_str().unwrap(), &folder, &[]);
    assert!(
        !html.contains("<script>alert") && !html.contains("<img") && !html.contains("<b>reason"),
        "markup of a name"
    );
    assert!(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "a name is not shown as it is");
    for paper in [&html, &markdown] {
        assert!(!paper.chars().any(rackproof::source::is_hidden), "hidden characters");
    }
    let options = pulldown_cmark::Options::ENABLE_TABLES;
    for event in pulldown_cmark::Parser::new_ext(&markdown, options) {
        use pulldown_cmark::{Event, Tag};
        let made = matches!(
            event,
            Event::Html(_)
                | Event::InlineHtml(_)
                | Event::Start(Tag::Link { .. } | Tag::Image { .. } | Tag::HtmlBlock | Tag::Emphasis)
        );
        assert!(!made, "a name became {event:?}");
    }
    // A row has the columns of its head.
    let columns = |line: &str| line.replace("\\|", "").matches('|').count();
    let mut of_head = 0;
    for line in markdown.lines() {
        if !line.starts_with('|') {
            of_head = 0;
        } else if of_head == 0 {
            of_head = columns(line);
        } else {
            assert_eq!(columns(line), of_head, "{line}");
        }
    }
}

#[test]
fn what_cannot_be_written_is_told_before_anything_is_read() {
    let output = rackproof(&["report", "missing.toml", "--output", "report.pdf"]);
    assert_eq!(output.status.code(), Some(2));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("report.html") && told.contains("--print-to-pdf=report.pdf"), "{told}");
    let output = rackproof(&["report", "missing.toml", "--output", "report.docx"]);
    assert_eq!(output.status.code(), Some(2));
    let output = rackproof(&["report", &fixture("reference"), "--date", "24.12.2026"]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_design_that_cannot_be_read_has_a_report_that_says_so() {
    let folder = folder("broken");
    let design = folder.join("cluster.toml");
    fs::write(&design, "[design]\nname = \n").unwrap();
    let (html, markdown, code) = papers(design.to_str().unwrap(), &folder, &[]);
    assert_eq!(code, 3);
    assert!(html.contains("Could not be read") && markdown.contains("Could not be read"));
    assert!(html.contains("design/syntax") && markdown.contains("design/syntax"));
    assert!(!html.contains("id=\"failures\""));
}

/// The picture in each language.
fn drawn(design: &str, tell: impl Fn(&Drawing, &Topology<'_>)) {
    with(design, |_, topology| {
        for language in Language::ALL {
            tell(&drawing::draw(topology, language).unwrap(), topology);
        }
    });
}

fn apart(one: Place, other: Place) -> bool {
    one.x + one.width <= other.x
        || other.x + other.width <= one.x
        || one.y + one.height <= other.y
        || other.y + other.height <= one.y
}

#[test]
fn no_two_things_of_a_picture_lie_on_each_other_or_beyond_its_edge() {
    for design in DESIGNS {
        drawn(design, |drawing, _| {
            for (index, symbol) in drawing.symbols.iter().enumerate() {
                let place = symbol.place;
                let inside = place.x >= 0
                    && place.y >= 0
                    && place.x + place.width <= drawing.width
                    && place.y + place.height <= drawing.height;
                assert!(inside, "{design}: {} lies beyond the edge", symbol.name);
                for other in &drawing.symbols[index + 1..] {
                    assert!(apart(place, other.place), "{design}: {} lies on {}", symbol.name, other.name);
                }
            }
            let racks: Vec<_> = drawing.frames.iter().filter(|frame| !frame.pair).collect();
            for (index, rack) in racks.iter().enumerate() {
                assert!(
                    racks[index + 1..].iter().all(|other| apart(rack.place, other.place)),
                    "{design}: {}",
                    rack.name
                );
            }
        });
    }
}

#[test]
fn every_device_is_drawn_and_every_cable_is_told_once() {
    for design in DESIGNS {
        drawn(design, |drawing, topology| {
            for device in topology.devices() {
                let name = topology.name(device);
                let drawn = |kind: Kind| kind != Kind::Elsewhere && kind != Kind::Uplink;
                let symbols = drawing.symbols.iter().filter(|symbol| symbol.name == name && drawn(symbol.kind));
                assert_eq!(symbols.count(), 1, "{design}: {name}");
            }
            // Stubs from servers, and lines between other devices; lanes only gather what stubs tell.
            let lane = |course: &Course, joint: Option<(i32, i32)>| match course {
                Course::Straight(points) => joint.is_none() && points[0].0 == points[points.len() - 1].0,
                Course::Bent(_) => false,
            };
            let told: Vec<String> = drawing
                .lines
                .iter()
                .filter(|line| !lane(&line.course, line.joint))
                .flat_map(|line| &line.facts)
                .map(ToString::to_string)
                .collect();
            for cable in &topology.cables {
                let ends = [topology.port_name(cable.from), topology.port_name(cable.to)];
                let of = |fact: &&String| ends.iter().all(|end| fact.split([' ', ',']).any(|word| word == end));
                let count = told.iter().filter(of).count();
                assert_eq!(count, 1, "{design}: {} - {}", ends[0], ends[1]);
            }
        });
    }
}

#[test]
fn a_finding_about_a_server_lights_up_the_servers_of_its_table() {
    let (html, _, _) = papers(&fixture("install-battle"), &folder("lights"), &[]);
    // osd/fewer-than-twelve is about node.pve{1..3}: three servers, and the model that all of them are of.
    let finding = html.split("<article").find(|part| part.contains("osd/fewer-than-twelve")).unwrap();
    let lights: BTreeSet<&str> =
        finding.split("data-lights=\"").nth(1).unwrap().split('"').next().unwrap().split(' ').collect();
    let lit = html.split("<g class=\"device ").skip(1).filter(|part| {
        let classes = part.split('"').next().unwrap();
        classes.split(' ').any(|class| lights.contains(class))
    });
    let names: Vec<String> = lit
        .map(|part| {
            part.split("class=\"name\"")
                .nth(1)
                .unwrap()
                .split('>')
                .nth(1)
                .unwrap()
                .split('<')
                .next()
                .unwrap()
                .to_owned()
        })
        .collect();
    assert_eq!(names, ["pve1", "pve2", "pve3"]);
}

/// A switch of a range lights up by the range, as findings name it, and by its own name.
#[test]
fn a_finding_about_a_range_of_switches_lights_up_the_switches_of_its_table() {
    with("two-racks", |_, topology| {
        let drawing = drawing::draw(topology, Language::English).unwrap();
        for switch in topology.devices().filter(|device| matches!(device, DeviceId::Switch(_))) {
            let paths = [topology.written_path(switch), format!("switch.{}", topology.name(switch))];
            let name = topology.name(switch);
            let symbol = drawing.symbols.iter().find(|symbol| symbol.name == name).unwrap();
            for path in paths {
                assert!(symbol.paths.contains(&path), "{name}: {path} is not among {:?}", symbol.paths);
            }
        }
    });
}

/// In Japanese the page says so, and has the same parts in the same places.
#[test]
fn a_report_in_japanese_has_the_parts_of_the_one_in_english() {
    for design in DESIGNS {
        let folder = folder(&format!("japanese-{design}"));
        let (english, english_markdown, code) = papers(&fixture(design), &folder, &[]);
        let (japanese, japanese_markdown, same_code) = papers(&fixture(design), &folder, &["--lang", "ja"]);
        assert_eq!(code, same_code);
        assert!(english.contains("<html lang=\"en\">") && japanese.contains("<html lang=\"ja\">"));
        for of in [" id=\"", "<table", "<tr", "<td", "<th", "<li", "class=\"device", "<title>"] {
            assert_eq!(english.matches(of).count(), japanese.matches(of).count(), "{design}: {of}");
        }
        let shape = |markdown: &str| {
            let cells = |line: &str| line.replace("\\|", "").matches('|').count();
            let head = |line: &str| line.bytes().take_while(|byte| *byte == b'#').count();
            markdown.lines().map(|line| (head(line), cells(line))).collect::<Vec<_>>()
        };
        assert_eq!(shape(&english_markdown), shape(&japanese_markdown), "{design}");
        for said in ["設計レポート", "判定したルール", "作成元"] {
            assert!(japanese.contains(said) && japanese_markdown.contains(said), "{design}: {said}");
        }
    }
}

#[test]
fn the_survival_matrix_counts_every_single_failure() {
    for design in ["install-battle", "two-racks", "reference"] {
        with(design, |_, topology| {
            let proof = failure::prove_singles(topology);
            let rows = proof.by_class();
            for (place, loss) in proof.asked.iter().enumerate() {
                let sum = |count: fn(&failure::Counts) -> u64| {
                    rows.iter().map(|row| count(&row.losses[place].1)).sum::<u64>()
                };
                let all = proof.singles.by_loss[loss as usize];
                assert_eq!(sum(|counts| counts.total), all.total, "{design}: {}", loss.word());
                assert_eq!(sum(|counts| counts.lost), all.lost, "{design}: {}", loss.word());
                assert_eq!(sum(|counts| counts.unproven), all.unproven, "{design}: {}", loss.word());
            }
        });
    }
}

#[test]
fn a_design_without_devices_or_with_too_many_has_no_picture() {
    let empty = Sources::default();
    let mut sources = empty.clone();
    let root = sources.add("a.toml", "[design]\nlanguage = 1\n");
    let reading = check::read(&mut sources, root, &Disk, Vec::new());
    let (topology, _) = check::topology(&sources, &reading);
    assert_eq!(drawing::draw(&topology.unwrap(), Language::English), None);
    let mut sources = empty;
    let many = drawing::MOST_SERVERS + 1;
    let root = sources.add("a.toml", format!("[node.\"pve{{1..{many}}}\"]\nmodel = \"hci\"\n[server_model.hci]\n"));
    let reading = check::read(&mut sources, root, &Disk, Vec::new());
    let (topology, _) = check::topology(&sources, &reading);
    let topology = topology.unwrap();
    assert_eq!(topology.devices().filter(|device| matches!(device, DeviceId::Node(_))).count(), many);
    assert_eq!(drawing::draw(&topology, Language::English), None);
}
