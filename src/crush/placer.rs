//! A map made ready for mapping, and the steps of its rules.

use std::collections::HashMap;

use super::choose::{Goal, Mapping, Settings};
use super::draw::Forest;
use super::map::{Bucket, Choice, LARGEST_ID, Map, Mode, Setting, Step, Tunables, WHOLE};
use super::shadow;

/// A place that no device was found for.
pub const NOTHING: i32 = i32::MAX;

/// Most replicas of one mapping; a rule that is asked for more gives this many.
pub const MOST_REPLICAS: usize = 1024;

/// Number of the other weights that hold for every pool without its own.
const ALL_POOLS: i64 = -1;

/// A map made ready for mapping.
#[derive(Debug, Clone)]
pub struct Placer {
    forest: Forest,
    devices: usize,
    present: Vec<bool>,
    tunables: Tunables,
    rules: Vec<Vec<Action>>,
}

/// A step of a rule with its names resolved.
#[derive(Debug, Clone, Copy)]
enum Action {
    Take(i32),
    Choose(Choice),
    Set(Setting, u32),
    Emit,
}

/// Room for the steps of a rule, used again from mapping to mapping.
#[derive(Debug, Clone, Default)]
pub struct Scratch {
    working: Vec<i32>,
    chosen: Vec<i32>,
    leaves: Vec<i32>,
    result: Vec<i32>,
}

impl Placer {
    /// Makes a map ready, with the other weights that it has for the pool `choose_args` or else for all pools, which
    /// are those of -1. `crushtool --test` takes those of 0.
    ///
    /// Devices and buckets numbered beyond [`LARGEST_ID`] are left out.
    pub fn new(map: &Map, choose_args: Option<i64>) -> Self {
        let mut buckets = shadow::whole(map);
        buckets.retain(|bucket| (-LARGEST_ID..0).contains(&bucket.id));
        let arguments = [choose_args, Some(ALL_POOLS)];
        let arguments = arguments.iter().find_map(|id| map.choose_args.iter().find(|known| Some(known.id) == *id));
        let arguments = arguments.map(|known| known.buckets.as_slice()).unwrap_or_default();
        let devices = map.device_count().min(LARGEST_ID as usize + 1);
        let items = buckets.iter().flat_map(|bucket| &bucket.items);
        let mut present = vec![false; devices];
        for item in items.filter_map(|item| usize::try_from(item.id).ok()).filter(|item| *item < devices) {
            present[item] = true;
        }
        let shadows = shadows(&map.buckets);
        let rules = map.rules.iter().map(|rule| rule.steps.iter().filter_map(|step| action(step, &shadows)).collect());
        Self {
            forest: Forest::new(&buckets, arguments, map.tunables.straw_calc_version),
            devices,
            present,
            tunables: map.tunables,
            rules: rules.collect(),
        }
    }

    /// Weights of devices that are all in: one for each that a bucket holds, nothing for the others.
    pub fn all_in(&self) -> Vec<u32> {
        self.present.iter().map(|present| if *present { WHOLE } else { 0 }).collect()
    }

    /// Devices that a rule, by its index in the map, gives an input, in order; [`NOTHING`] where an `indep` rule finds
    /// none.
    ///
    /// `weights` are by number of the device, in units of 2^-16: the part of its inputs that a device keeps; a device
    /// without one keeps none. A map that takes more than 2^22 draws is given up, as if its tries were used up.
    pub fn place<'s>(
        &self,
        rule: usize,
        x: u32,
        replicas: usize,
        weights: &[u32],
        scratch: &'s mut Scratch,
    ) -> &'s [i32] {
        let replicas = replicas.min(MOST_REPLICAS);
        scratch.result.clear();
        scratch.working.clear();
        let mut mapping = Mapping::new(&self.forest, self.devices, weights, x, self.settings());
        for action in self.rules.get(rule).into_iter().flatten() {
            match action {
                Action::Take(item) => {
                    let exists = match usize::try_from(*item) {
                        Ok(device) => device < self.devices,
                        Err(_) => self.forest.node(*item).is_some(),
                    };
                    if exists {
                        scratch.working.clear();
                        scratch.working.push(*item);
                    }
                }
                Action::Set(setting, value) => set(&mut mapping.settings, *setting, *value),
                Action::Choose(choice) => self.choose(*choice, &mut mapping, replicas, scratch),
                Action::Emit => {
                    let room = replicas - scratch.result.len();
                    scratch.result.extend(scratch.working.iter().take(room));
                    scratch.working.clear();
                }
            }
        }
        &scratch.result
    }

    fn settings(&self) -> Settings {
        let tunables = self.tunables;
        Settings {
            // The map counts retries, a step tries.
            tries: tunables.choose_total_tries.saturating_add(1),
            leaf_tries: None,
            local_tries: tunables.choose_local_tries,
            local_fallback_tries: tunables.choose_local_fallback_tries,
            vary_r: u32::from(tunables.chooseleaf_vary_r),
            stable: tunables.chooseleaf_stable > 0,
        }
    }

    fn choose<'p>(&'p self, choice: Choice, mapping: &mut Mapping<'p>, replicas: usize, scratch: &mut Scratch) {
        let Scratch { working, chosen, leaves, .. } = scratch;
        chosen.clear();
        chosen.resize(replicas, 0);
        leaves.clear();
        leaves.resize(replicas, 0);
        let Settings { tries, leaf_tries, .. } = mapping.settings;
        let retries = match choice.mode {
            Mode::Firstn if self.tunables.chooseleaf_descend_once == 0 => tries,
            _ => 1,
        };
        let goal =
            Goal { kind: choice.kind, tries, leaf_tries: choice.to_device.then_some(leaf_tries.unwrap_or(retries)) };
        let wanted = i64::try_from(replicas).unwrap_or(i64::MAX);
        let asked = if choice.count > 0 { i64::from(choice.count) } else { wanted + i64::from(choice.count) };
        let count = u32::try_from(asked).unwrap_or(0);
        let mut filled = 0;
        for start in working.iter().filter_map(|item| if *item < 0 { self.forest.node(*item) } else { None }) {
            let room = (replicas - filled).min(count as usize);
            let (chosen, leaves) = (&mut chosen[filled..filled + room], &mut leaves[filled..filled + room]);
            filled += match choice.mode {
                Mode::Firstn => mapping.firstn(start, count, goal, chosen, leaves),
                Mode::Indep => {
                    mapping.indep(start, count, goal, chosen, leaves);
                    room
                }
            };
        }
        let found = if choice.to_device { leaves } else { chosen };
        working.clear();
        working.extend_from_slice(&found[..filled]);
    }
}

fn set(settings: &mut Settings, setting: Setting, value: u32) {
    match setting {
        // Nothing could be chosen without a try.
        Setting::ChooseTries if value > 0 => settings.tries = value,
        Setting::ChooseleafTries if value > 0 => settings.leaf_tries = Some(value),
        Setting::ChooseTries | Setting::ChooseleafTries => {}
        Setting::ChooseLocalTries => settings.local_tries = value,
        Setting::ChooseLocalFallbackTries => settings.local_fallback_tries = value,
        Setting::ChooseleafVaryR => settings.vary_r = value,
        Setting::ChooseleafStable => settings.stable = value > 0,
    }
}

/// Numbers of shadows by bucket and class.
fn shadows(buckets: &[Bucket]) -> HashMap<(i32, &str), i32> {
    buckets
        .iter()
        .flat_map(|bucket| bucket.shadows.iter().map(move |shadow| ((bucket.id, shadow.class.as_str()), shadow.id)))
        .collect()
}

fn action(step: &Step, shadows: &HashMap<(i32, &str), i32>) -> Option<Action> {
    match step {
        Step::Take { item, class: None } => Some(Action::Take(*item)),
        // A class without shadow takes what does not exist.
        Step::Take { item, class: Some(class) } => {
            Some(Action::Take(shadows.get(&(*item, class.as_str())).copied().unwrap_or(i32::MIN)))
        }
        Step::Choose(choice) => Some(Action::Choose(*choice)),
        Step::Set(setting, value) => Some(Action::Set(*setting, *value)),
        Step::Emit => Some(Action::Emit),
        Step::Noop => None,
    }
}
