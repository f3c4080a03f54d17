//! Judges a CRUSH map: what is wrong with its text, and what would place badly.

use std::collections::{HashMap, HashSet};

use super::findings::{Finding, Related, Report};
use super::told;
use crate::crush::{Map, MistakeKind, Reading, Step, Tunables, weight_text};
use crate::source::{Sources, Span};
use crate::words::{self, Said};

/// What crushtool's three decimals may take from a weight, in units of 2^-16.
const ROUNDING: u64 = 66;

/// Judges a map. `tried` is a rule, by number or name, with the number of replicas that it is to place.
pub fn crush(sources: &Sources, reading: &Reading, tried: Option<(&str, usize)>) -> Report {
    let tried = tried.and_then(|(rule, replicas)| Some((reading.map.rule(rule)?, replicas)));
    let mut judge = Judge { sources, reading, findings: Vec::new() };
    for mistake in &reading.mistakes {
        let name = match mistake.kind {
            MistakeKind::Syntax => "syntax",
            MistakeKind::UnknownName => "unknown-name",
            MistakeKind::Duplicate => "duplicate",
            MistakeKind::OutOfRange => "out-of-range",
            MistakeKind::Unsupported => "not-supported",
            MistakeKind::UnevenUniform => "uneven-uniform",
        };
        let problem = [("problem", mistake.message.clone())];
        let finding = told(sources, &format!("crush/{name}"), mistake.span, &problem);
        judge.findings.push(Finding { help: mistake.help.clone(), ..finding });
    }
    judge.tunables();
    judge.buckets();
    for rule in 0..reading.map.rules.len() {
        let replicas = tried.filter(|(own, _)| *own == rule).map(|(_, replicas)| replicas);
        judge.rule(rule, replicas);
    }
    Report::new(judge.findings, Vec::new(), Vec::new(), true)
}

struct Judge<'a> {
    sources: &'a Sources,
    reading: &'a Reading,
    findings: Vec<Finding>,
}

impl Judge<'_> {
    fn add(&mut self, name: &str, span: Span, evidence: &[(&'static str, &str)]) {
        let evidence: Vec<(&'static str, Said)> =
            evidence.iter().map(|(name, value)| (*name, (*value).into())).collect();
        self.findings.push(told(self.sources, &format!("crush/{name}"), span, &evidence));
    }

    fn tunables(&mut self) {
        let (Some(jewel), own) = (Tunables::profile("jewel"), self.reading.map.tunables) else { return };
        let pairs = [
            ("choose_local_tries", own.choose_local_tries > jewel.choose_local_tries),
            ("choose_local_fallback_tries", own.choose_local_fallback_tries > jewel.choose_local_fallback_tries),
            ("choose_total_tries", own.choose_total_tries < jewel.choose_total_tries),
            ("chooseleaf_descend_once", own.chooseleaf_descend_once < jewel.chooseleaf_descend_once),
            ("chooseleaf_vary_r", own.chooseleaf_vary_r < jewel.chooseleaf_vary_r),
            ("chooseleaf_stable", own.chooseleaf_stable < jewel.chooseleaf_stable),
            ("straw_calc_version", own.straw_calc_version < jewel.straw_calc_version),
        ];
        let names: Vec<&str> = pairs.iter().filter(|(_, old)| *old).map(|(name, _)| *name).collect();
        if !names.is_empty() {
            self.add("legacy-tunables", self.reading.places.tunables, &[("names", &names.join(", "))]);
        }
    }

    fn buckets(&mut self) {
        let reading = self.reading;
        let index: HashMap<i32, usize> =
            reading.map.buckets.iter().enumerate().map(|(index, bucket)| (bucket.id, index)).collect();
        let mut held: HashMap<i32, (usize, Span)> = HashMap::new();
        for (place, (bucket, spans)) in reading.map.buckets.iter().zip(&reading.places.buckets).enumerate() {
            for (item, span) in bucket.items.iter().zip(&spans.items) {
                let name = reading.map.name(item.id).unwrap_or_default();
                if let Some((first, other)) = held.get(&item.id).copied() {
                    let first = &reading.map.buckets[first].name;
                    self.add("device-twice", *span, &[("item", name), ("first", first), ("second", &bucket.name)]);
                    if let Some(finding) = self.findings.last_mut() {
                        finding.related.push(Related { span: other, message: words::check::first_held() });
                    }
                } else {
                    held.insert(item.id, (place, *span));
                }
                let Some(own) = index.get(&item.id).map(|own| &reading.map.buckets[*own]) else { continue };
                if own.weight().abs_diff(u64::from(item.weight)) > ROUNDING * (own.items.len() as u64 + 1) {
                    let sum = format!("{:.3}", own.weight() as f64 / 65_536.0);
                    let evidence = [
                        ("item", name),
                        ("bucket", &bucket.name),
                        ("written", &weight_text(item.weight)),
                        ("sum", &sum),
                    ];
                    self.add("weight-not-sum", *span, &evidence);
                }
            }
        }
    }

    fn rule(&mut self, index: usize, replicas: Option<usize>) {
        let reading = self.reading;
        let (rule, spans) = (&reading.map.rules[index], &reading.places.rules[index]);
        let mut from: Option<(i32, Option<&str>)> = None;
        let mut kind = 0;
        for (step, span) in rule.steps.iter().zip(&spans.steps) {
            match step {
                Step::Take { item, class } => {
                    from = Some((*item, class.as_deref()));
                    kind = reading.map.bucket(*item).map_or(0, |bucket| bucket.kind);
                    if let Some(bucket) = reading.map.bucket(*item).filter(|bucket| bucket.weight() == 0) {
                        self.add("no-weight", *span, &[("rule", &rule.name), ("bucket", &bucket.name)]);
                    }
                }
                Step::Choose(choice) => {
                    kind = if choice.to_device { 0 } else { choice.kind };
                    let asked = match (choice.count, replicas) {
                        (1.., replicas) => {
                            Some(choice.count as usize).map(|count| count.min(replicas.unwrap_or(count)))
                        }
                        (0, replicas) => replicas,
                        (less, replicas) => replicas.map(|all| all.saturating_sub(less.unsigned_abs() as usize)),
                    };
                    // Only the first step begins at one known bucket.
                    if let (Some((root, class)), Some(asked)) = (from.take(), asked) {
                        let found = domains(&reading.map, root, class, choice.kind);
                        if found < asked {
                            let (wanted, found) = (asked.to_string(), found.to_string());
                            let root = reading.map.name(root).unwrap_or_default();
                            let kind = reading.map.type_name(choice.kind).unwrap_or_default();
                            let evidence = [
                                ("rule", rule.name.as_str()),
                                ("wanted", &wanted),
                                ("kind", kind),
                                ("root", root),
                                ("found", &found),
                            ];
                            self.add("too-few-domains", *span, &evidence);
                        }
                    }
                }
                Step::Emit if kind > 0 => {
                    let kind = reading.map.type_name(kind).unwrap_or_default();
                    self.add("emits-buckets", *span, &[("rule", &rule.name), ("kind", kind)]);
                }
                Step::Emit | Step::Set(..) | Step::Noop => {}
            }
        }
    }
}

/// How many buckets of a type, or devices, below a root have a device of the class with weight.
fn domains(map: &Map, root: i32, class: Option<&str>, kind: u16) -> usize {
    let fits: HashSet<i32> = map
        .devices
        .iter()
        .filter(|device| class.is_none() || device.class.as_deref() == class)
        .map(|device| device.id)
        .collect();
    // What a bucket holds stands before it, so one walk from the first to the last sees every part before its whole.
    let mut below: HashMap<i32, HashSet<i32>> = HashMap::new();
    for bucket in &map.buckets {
        let mut found = HashSet::new();
        for item in bucket.items.iter().filter(|item| item.weight > 0) {
            match below.get(&item.id) {
                Some(parts) => found.extend(parts),
                None if kind == 0 && fits.contains(&item.id) => {
                    found.insert(item.id);
                }
                None if fits.contains(&item.id) => {
                    found.insert(bucket.id);
                }
                None => {}
            }
        }
        if kind > 0 && bucket.kind == kind {
            found = if found.is_empty() { found } else { HashSet::from([bucket.id]) };
        }
        below.insert(bucket.id, found);
    }
    let of_kind = |id: &&i32| kind == 0 || map.bucket(**id).is_some_and(|bucket| bucket.kind == kind);
    below.get(&root).map_or(0, |found| found.iter().filter(of_kind).count())
}
