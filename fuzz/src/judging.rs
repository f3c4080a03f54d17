//! Targets of what decides how a design is judged: acceptances, configurations and packs of rules.

use std::cell::OnceCell;

use rackproof::catalogue;
use rackproof::check::{self, Finding, Policy, Report};
use rackproof::design::{self, Mistake};
use rackproof::packs::{self, UserRule};
use rackproof::report;
use rackproof::settings::{self, Configuration, Day, Settings};
use rackproof::source::{self, Sources, Span, Spanned, comments};
use rackproof::topology::{self, Topology};

use super::{is_slow, text, told};

/// What a comment to rackproof begins with.
const TAG: &str = "rackproof:";
/// Most comments of a design that is tried: a name that is no rule's is compared with every rule.
const MOST_COMMENTS: usize = 8;
/// Line between a design and the configuration that it is checked by.
const CONFIGURATION: &str = "#### rackproof.toml\n";
/// The day of every run.
const TODAY: &str = "2027-03-17";
/// The rules whose findings are accepted: several findings of each stand in few lines of a design.
const JUDGED: [&str; 4] =
    ["bond/single-member", "network/no-service-bond", "pool/min-size-equals-size", "pool/size-below-three"];

/// Acceptances by comments of a design and entries of a configuration: every comment is answered, and no finding is lost.
pub fn suppressions(input: &[u8]) {
    let text = text(input);
    if text.lines().any(is_slow) {
        return;
    }
    let (design, configuration) = text.split_once(CONFIGURATION).unwrap_or((text, ""));
    let comments_in_it = design.matches(TAG).count();
    if comments_in_it > MOST_COMMENTS || comments_in_it == 0 && !configuration.contains("suppress") {
        return;
    }
    let mut sources = Sources::default();
    let root = sources.add("design.toml", design);
    let (document, errors) = source::parse(&sources, root);
    if !errors.is_empty() {
        return;
    }
    let (design, _) = design::read(&document, Span::start_of(root));
    let (topology, _) = topology::resolve(&design, Span::start_of(root));

    let mut settings = judging(&JUDGED, &[]);
    let id = sources.add("rackproof.toml", configuration);
    let said = settings::read(&sources, id).configuration;
    let accepting = Configuration { suppress: said.suppress, verdict: said.verdict, ..Configuration::default() };
    for mistake in settings.lay(&accepting, &[]) {
        positioned(&sources, &mistake);
    }
    let report = judged(&sources, &topology, &settings);
    for comment in comments(&sources, root, TAG) {
        let answers = |finding: &Finding| {
            finding.span == comment.span
                || finding.suppressed.as_ref().is_some_and(|accepted| accepted.span == Some(comment.span))
        };
        assert!(report.findings.iter().any(answers), "{}", sources.text(comment.span));
    }
    let mut some = false;
    for finding in &report.findings {
        let Some(accepted) = &finding.suppressed else { continue };
        some = true;
        assert!(catalogue::rule(&finding.rule).is_some_and(|rule| rule.suppressible), "{}", finding.rule);
        assert!(!accepted.reason.to_string().trim().is_empty());
        assert!(accepted.until.as_ref().is_none_or(|until| until.as_str() >= TODAY));
    }
    if some {
        settings.accept_nothing = true;
        assert_eq!(of_rules(&report), of_rules(&judged(&sources, &topology, &settings)));
    }
}

fn judged(sources: &Sources, topology: &Topology<'_>, settings: &Settings) -> Report {
    let report = check::judge(sources, topology, Vec::new(), &Policy { settings, ..Policy::default() });
    for finding in &report.findings {
        assert!(!finding.message.is_empty());
        let _ = sources.positions(finding.span);
    }
    report
}

/// Findings in the order of their places that are not about acceptances.
fn of_rules(report: &Report) -> Vec<(Span, &str, &str)> {
    let findings = report.findings.iter().filter(|finding| !finding.rule.starts_with("suppression/"));
    let mut of_rules: Vec<_> =
        findings.map(|finding| (finding.span, finding.rule.as_ref(), finding.subject.as_str())).collect();
    of_rules.sort_unstable();
    of_rules
}

/// Settings that judge these rules alone.
fn judging(rules: &[&str], own: &[UserRule]) -> Settings {
    let nowhere = Span::start_of(Sources::default().add("", ""));
    let select = rules.iter().map(|rule| Spanned::new((*rule).to_owned(), nowhere)).collect();
    let configuration = Configuration { select: Some(Spanned::new(select, nowhere)), ..Configuration::default() };
    let mut settings = Settings::default();
    settings.today = TODAY.parse::<Day>().ok();
    let own: Vec<_> = own.iter().map(UserRule::texts).collect();
    assert_eq!(settings.lay(&configuration, &own), Vec::new());
    settings
}

fn positioned(sources: &Sources, mistake: &Mistake) {
    assert!(!mistake.message.is_empty());
    for span in mistake.related.iter().map(|(span, _)| *span).chain([mistake.span]) {
        let _ = sources.positions(span);
    }
}

/// Configurations: what is reported of a sound one is a configuration that says the same.
pub fn config(input: &[u8]) {
    let text = text(input);
    if text.lines().any(is_slow) {
        return;
    }
    let (settings, shown) = configured(text);
    let _ = settings.verdict();
    if let Some(shown) = shown {
        let (_, again) = configured(&shown);
        let again = again.expect("what is reported has no mistake");
        assert_eq!(without_places(&again), without_places(&shown));
    }
}

/// The settings of a design by a configuration, and its report where the configuration has no mistake.
fn configured(text: &str) -> (Settings, Option<String>) {
    let mut sources = Sources::default();
    let id = sources.add("rackproof.toml", text);
    let layer = settings::read(&sources, id);
    let mut settings = Settings::default();
    let mut mistakes = layer.mistakes;
    mistakes.extend(settings.lay(&layer.configuration, &[]));
    for mistake in &mistakes {
        positioned(&sources, mistake);
    }
    let settings = settings.of_design("designs/lab.toml");
    let shown =
        report::config(&sources, Some("rackproof.toml"), &settings, &[], true, rackproof::words::Language::English);
    told(&shown);
    let sound = layer.parsed && mistakes.is_empty();
    (settings, sound.then_some(shown))
}

/// A report without the comments that say where its values come from.
fn without_places(report: &str) -> String {
    report.lines().map(|line| line.rsplit_once(" # ").map_or(line, |(value, _)| value).trim_end()).collect()
}

/// What packs are judged on: every kind of thing stands in it, with facts that are known and others that are not.
const DESIGN: &str = include_str!("judged.toml");

/// Packs of rules: what is sound has an outcome on a design, or a mistake of its own.
pub fn rule_pack(input: &[u8]) {
    let mut sources = Sources::default();
    sources.add("design.toml", DESIGN);
    let pack = sources.add("pack.toml", text(input));
    let (rules, mistakes) = packs::load(&sources, &[pack]);
    for mistake in &mistakes {
        positioned(&sources, mistake);
    }
    if rules.is_empty() {
        return;
    }
    let ids: Vec<&str> = rules.iter().map(|rule| rule.id.value.as_str()).collect();
    let settings = judging(&ids, &rules);
    let policy = Policy { settings: &settings, own: &rules, ..Policy::default() };
    let report = on_design(|topology| check::judge(&sources, topology, Vec::new(), &policy));
    for id in ids {
        let outcomes = report.coverage.iter().filter(|entry| entry.rule == id).count();
        let failures = report.findings.iter().filter(|finding| finding.rule == "pack/expression-failed").count();
        assert!(outcomes == 1 || outcomes == 0 && failures > 0, "{id}");
    }
    for finding in &report.findings {
        let _ = sources.positions(finding.span);
    }
}

/// Does something with the design, which is read once in a thread.
fn on_design<T>(body: impl FnOnce(&Topology<'_>) -> T) -> T {
    thread_local! {
        static TOPOLOGY: OnceCell<Topology<'static>> = const { OnceCell::new() };
    }
    let read = || {
        let mut sources = Sources::default();
        let root = sources.add("design.toml", DESIGN);
        let (document, errors) = source::parse(&sources, root);
        let (design, mistakes) = design::read(&document, Span::start_of(root));
        // Read once and never given back: what is resolved borrows it.
        let (topology, unresolved) = topology::resolve(Box::leak(Box::new(design)), Span::start_of(root));
        assert!(errors.is_empty() && mistakes.is_empty() && unresolved.is_empty(), "{mistakes:?} {unresolved:?}");
        topology
    };
    TOPOLOGY.with(|topology| body(topology.get_or_init(read)))
}
