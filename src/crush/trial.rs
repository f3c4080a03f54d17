//! A rule tried on a range of inputs, with the lines that `crushtool --test` prints.

use std::fmt::Write as _;
use std::ops::RangeInclusive;

use super::hash::hash2;
use super::map::{Map, WHOLE};
use super::placer::{NOTHING, Placer, Scratch};

/// What of a trial is printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of crushtool")]
pub struct Show {
    /// Every mapping.
    pub mappings: bool,
    /// Mappings with fewer devices than asked for.
    pub bad_mappings: bool,
    /// How many inputs each device stores.
    pub utilization: bool,
    /// How many mappings have how many devices.
    pub statistics: bool,
}

/// A trial of one rule.
#[derive(Debug, Clone)]
pub struct Trial<'a> {
    /// The map.
    pub map: &'a Map,
    /// The map made ready.
    pub placer: &'a Placer,
    /// Index of the rule.
    pub rule: usize,
    /// Inputs.
    pub inputs: RangeInclusive<u32>,
    /// Numbers of replicas.
    pub replicas: RangeInclusive<usize>,
    /// Pool whose number the inputs are hashed with.
    pub pool: Option<u32>,
    /// Weights of devices by number, in units of 2^-16.
    pub weights: &'a [u32],
    /// What is printed.
    pub show: Show,
}

impl Trial<'_> {
    /// Runs the trial; `print` takes its lines as they come. Answers how many mappings lack a device. Where every device
    /// is out nothing is tried.
    ///
    /// # Errors
    /// What `print` answers ends the trial.
    pub fn run<E>(&self, mut print: impl FnMut(&str) -> Result<(), E>) -> Result<usize, E> {
        let rule = &self.map.rules[self.rule];
        let mut bad = 0;
        let mut line = String::new();
        if self.show.statistics || self.show.utilization {
            let (first, last) = (self.inputs.start(), self.inputs.end());
            let (least, most) = (self.replicas.start(), self.replicas.end());
            let _ = writeln!(line, "rule {} ({}), x = {first}..{last}, numrep = {least}..{most}", rule.id, rule.name);
            print(&line)?;
        }
        if self.weights.iter().all(|weight| *weight == 0) {
            return Ok(bad);
        }
        for replicas in self.replicas.clone() {
            bad += self.replicas(replicas, &mut line, &mut print)?;
        }
        Ok(bad)
    }

    fn replicas<E>(
        &self,
        replicas: usize,
        line: &mut String,
        print: &mut impl FnMut(&str) -> Result<(), E>,
    ) -> Result<usize, E> {
        let rule = &self.map.rules[self.rule];
        let mut scratch = Scratch::default();
        let mut stored = vec![0_u64; self.weights.len()];
        let mut sizes: Vec<u64> = Vec::new();
        let (mut bad, mut inputs) = (0, 0_u64);
        for x in self.inputs.clone() {
            let seed = self.pool.map_or(x, |pool| hash2(x, pool));
            let devices = self.placer.place(self.rule, seed, replicas, self.weights, &mut scratch);
            inputs += 1;
            let size = devices.len();
            for device in devices.iter().filter(|device| **device != NOTHING) {
                if let Some(count) = usize::try_from(*device).ok().and_then(|device| stored.get_mut(device)) {
                    *count += 1;
                }
            }
            if sizes.len() <= size {
                sizes.resize(size + 1, 0);
            }
            sizes[size] += 1;
            let is_bad = size != replicas || devices.contains(&NOTHING);
            bad += usize::from(is_bad);
            if self.show.mappings {
                line.clear();
                let _ = writeln!(line, "CRUSH rule {} x {x} {}", rule.id, List(devices));
                print(line)?;
            }
            if is_bad && self.show.bad_mappings {
                line.clear();
                let _ =
                    writeln!(line, "bad mapping rule {} x {x} num_rep {replicas} result {}", rule.id, List(devices));
                print(line)?;
            }
        }
        line.clear();
        self.summary(replicas, inputs, &sizes, &stored, line);
        print(line)?;
        Ok(bad)
    }

    fn summary(&self, replicas: usize, inputs: u64, sizes: &[u64], stored: &[u64], out: &mut String) {
        let rule = &self.map.rules[self.rule];
        if self.show.utilization || self.show.statistics {
            for (size, count) in sizes.iter().enumerate().filter(|(_, count)| **count > 0) {
                let (id, name) = (rule.id, &rule.name);
                let _ = writeln!(out, "rule {id} ({name}) num_rep {replicas} result size == {size}:\t{count}/{inputs}");
            }
        }
        if self.show.utilization {
            let total: u64 = self.weights.iter().map(|weight| u64::from(*weight)).sum();
            let wanted = inputs as f64 * replicas.min(self.weights.len()) as f64;
            for (device, count) in stored.iter().enumerate().filter(|(_, count)| **count > 0) {
                let expected = f64::from(self.weights[device]) / total as f64 * wanted;
                let _ = writeln!(out, "  device {device}:\t\t stored : {count}\t expected : {}", six_digits(expected));
            }
        }
    }
}

/// A part of the whole in units of 2^-16, as `crushtool --weight` takes it; nothing unless it lies between 0 and 1.
pub fn part(part: f64) -> Option<u32> {
    (0.0..=1.0).contains(&part).then_some((part * f64::from(WHOLE)) as u32)
}

/// A number as C++ streams print it: six digits, without zeros at the end.
fn six_digits(value: f64) -> String {
    if !value.is_finite() || value == 0.0 {
        return "0".to_owned();
    }
    let whole = value.abs().log10().floor() as i32 + 1;
    let text = format!("{value:.*}", usize::try_from(6 - whole).unwrap_or(0));
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// Devices in brackets.
struct List<'d>(&'d [i32]);

impl std::fmt::Display for List<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_char('[')?;
        for (place, device) in self.0.iter().enumerate() {
            let comma = if place == 0 { "" } else { "," };
            write!(out, "{comma}{device}")?;
        }
        out.write_char(']')
    }
}
