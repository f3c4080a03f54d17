//! From map to text, in the form of `crushtool -d`.

use std::collections::{HashMap, HashSet};
use std::fmt::{Display, Write as _};

use super::map::{Algorithm, Bucket, ChooseArguments, Map, Rule, Step, Tunables};
use super::shadow::after_what_it_holds;

/// Decimals that no weight needs more of: 2^-16 is written in full with 16.
const MOST_DECIMALS: usize = 16;

/// The text of a map. It reads back as the same map, and `crushtool -c` accepts it: a rule without sizes is written
/// with the widest ones, since releases before Quincy ask for them.
pub fn write(map: &Map) -> String {
    let mut out = String::from("# begin crush map\n");
    tunables(&mut out, &map.tunables);
    out.push_str("\n# devices\n");
    let mut devices: Vec<_> = map.devices.iter().collect();
    devices.sort_by_key(|device| device.id);
    for device in devices {
        let class = device.class.as_ref().map_or(String::new(), |class| format!(" class {class}"));
        line(&mut out, format_args!("device {} {}{class}", device.id, device.name));
    }
    out.push_str("\n# types\n");
    let mut types: Vec<_> = map.types.iter().collect();
    types.sort_by_key(|kind| kind.id);
    for kind in types {
        line(&mut out, format_args!("type {} {}", kind.id, kind.name));
    }
    out.push_str("\n# buckets\n");
    let names = Names::of(map);
    for index in order(map) {
        bucket(&mut out, &map.buckets[index], &names);
    }
    out.push_str("\n# rules\n");
    let mut rules: Vec<_> = map.rules.iter().collect();
    rules.sort_by_key(|rule| rule.id);
    for known in rules {
        rule(&mut out, known, &names);
    }
    if !map.choose_args.is_empty() {
        out.push_str("\n# choose_args\n");
        map.choose_args.iter().for_each(|known| choose_args(&mut out, known));
    }
    out.push_str("\n# end crush map\n");
    out
}

/// A weight in TiB, with three decimals or as many as it takes to read the same weight back.
pub fn weight_text(weight: u32) -> String {
    short(weight).unwrap_or_else(|| format!("{:.MOST_DECIMALS$}", f64::from(weight) / 65_536.0))
}

/// A weight that reads back; nothing for those above 256 that a float has not enough bits for.
fn short(weight: u32) -> Option<String> {
    let exact = f64::from(weight) / 65_536.0;
    let reads_back = |text: &String| text.parse::<f32>().is_ok_and(|read| (read * 65_536.0) as u32 == weight);
    (3..MOST_DECIMALS).map(|decimals| format!("{exact:.decimals$}")).find(reads_back)
}

fn line(out: &mut String, text: impl Display) {
    // Writing to a string cannot fail.
    let _ = writeln!(out, "{text}");
}

fn tunables(out: &mut String, tunables: &Tunables) {
    let legacy = Tunables::legacy();
    let values = |tunables: &Tunables| {
        [
            ("choose_local_tries", tunables.choose_local_tries),
            ("choose_local_fallback_tries", tunables.choose_local_fallback_tries),
            ("choose_total_tries", tunables.choose_total_tries),
            ("chooseleaf_descend_once", tunables.chooseleaf_descend_once),
            ("chooseleaf_vary_r", u32::from(tunables.chooseleaf_vary_r)),
            ("chooseleaf_stable", u32::from(tunables.chooseleaf_stable)),
            ("straw_calc_version", u32::from(tunables.straw_calc_version)),
            ("allowed_bucket_algs", tunables.allowed_bucket_algs),
        ]
    };
    for ((name, value), (_, silent)) in values(tunables).into_iter().zip(values(&legacy)) {
        if value != silent {
            line(out, format_args!("tunable {name} {value}"));
        }
    }
}

/// Names by number.
struct Names<'m> {
    items: HashMap<i32, &'m str>,
    types: HashMap<u16, &'m str>,
    /// Weights of buckets.
    weights: HashMap<i32, u64>,
}

impl<'m> Names<'m> {
    fn of(map: &'m Map) -> Self {
        let devices = map.devices.iter().map(|device| (device.id, device.name.as_str()));
        let buckets = map.buckets.iter().map(|bucket| (bucket.id, bucket.name.as_str()));
        let types = map.types.iter().map(|kind| (kind.id, kind.name.as_str()));
        let weights = map.buckets.iter().map(|bucket| (bucket.id, bucket.weight()));
        Self { items: devices.chain(buckets).collect(), types: types.collect(), weights: weights.collect() }
    }

    fn item(&self, id: i32) -> String {
        self.items.get(&id).map_or_else(|| format!("item{id}"), |name| (*name).to_owned())
    }

    fn kind(&self, id: u16) -> String {
        self.types.get(&id).map_or_else(|| format!("type{id}"), |name| (*name).to_owned())
    }
}

/// Indices of the buckets from number -1 down, each after what it holds.
fn order(map: &Map) -> Vec<usize> {
    let index: HashMap<i32, usize> = map.buckets.iter().enumerate().map(|(index, bucket)| (bucket.id, index)).collect();
    let mut roots: Vec<usize> = (0..map.buckets.len()).collect();
    roots.sort_by_key(|root| std::cmp::Reverse(map.buckets[*root].id));
    let mut seen = HashSet::new();
    let mut order = Vec::new();
    for root in roots {
        after_what_it_holds(map, &index, root, &mut seen, &mut order);
    }
    order
}

fn bucket(out: &mut String, bucket: &Bucket, names: &Names<'_>) {
    line(out, format_args!("{} {} {{", names.kind(bucket.kind), bucket.name));
    line(out, format_args!("\tid {}\t\t# do not change unnecessarily", bucket.id));
    for shadow in &bucket.shadows {
        line(out, format_args!("\tid {} class {}\t\t# do not change unnecessarily", shadow.id, shadow.class));
    }
    line(out, format_args!("\t# weight {:.3}", bucket.weight() as f64 / 65_536.0));
    let note = match bucket.algorithm {
        Algorithm::Uniform => {
            "\t# do not change bucket size (0) unnecessarily".replace('0', &bucket.items.len().to_string())
        }
        Algorithm::List => "\t# add new items at the end; do not change order unnecessarily".to_owned(),
        Algorithm::Tree => "\t# do not change pos for existing items unnecessarily".to_owned(),
        Algorithm::Straw | Algorithm::Straw2 => String::new(),
    };
    line(out, format_args!("\talg {}{note}", bucket.algorithm.name()));
    line(out, "\thash 0\t# rjenkins1");
    let has_positions = matches!(bucket.algorithm, Algorithm::Uniform | Algorithm::Tree);
    for (place, item) in bucket.items.iter().enumerate() {
        let position = if has_positions { format!(" pos {place}") } else { String::new() };
        // What no float can say is left out where it is what the bucket's own items weigh: it reads back as that.
        let weight = match short(item.weight) {
            None if names.weights.get(&item.id) == Some(&u64::from(item.weight)) => String::new(),
            _ => format!(" weight {}", weight_text(item.weight)),
        };
        line(out, format_args!("\titem {}{weight}{position}", names.item(item.id)));
    }
    out.push_str("}\n");
}

fn rule(out: &mut String, rule: &Rule, names: &Names<'_>) {
    line(out, format_args!("rule {} {{", rule.name));
    line(out, format_args!("\tid {}", rule.id));
    line(out, format_args!("\ttype {}", rule.kind.name()));
    line(out, format_args!("\tmin_size {}", rule.min_size.unwrap_or(1)));
    line(out, format_args!("\tmax_size {}", rule.max_size.unwrap_or(10)));
    for step in &rule.steps {
        match step {
            Step::Take { item, class: None } => line(out, format_args!("\tstep take {}", names.item(*item))),
            Step::Take { item, class: Some(class) } => {
                line(out, format_args!("\tstep take {} class {class}", names.item(*item)));
            }
            Step::Choose(choice) => {
                let verb = if choice.to_device { "chooseleaf" } else { "choose" };
                let (mode, kind) = (choice.mode.name(), names.kind(choice.kind));
                line(out, format_args!("\tstep {verb} {mode} {} type {kind}", choice.count));
            }
            Step::Set(setting, value) => line(out, format_args!("\tstep {} {value}", setting.name())),
            Step::Emit => line(out, "\tstep emit"),
            Step::Noop => line(out, "\tstep noop"),
        }
    }
    out.push_str("}\n");
}

fn choose_args(out: &mut String, arguments: &ChooseArguments) {
    line(out, format_args!("choose_args {} {{", arguments.id));
    for bucket in &arguments.buckets {
        line(out, format_args!("  {{\n    bucket_id {}", bucket.bucket));
        if !bucket.weight_set.is_empty() {
            out.push_str("    weight_set [\n");
            for weights in &bucket.weight_set {
                let weights: Vec<String> = weights.iter().map(|weight| weight_text(*weight)).collect();
                line(out, format_args!("      [ {} ]", weights.join(" ")));
            }
            out.push_str("    ]\n");
        }
        if !bucket.ids.is_empty() {
            let ids: Vec<String> = bucket.ids.iter().map(i32::to_string).collect();
            line(out, format_args!("    ids [ {} ]", ids.join(" ")));
        }
        out.push_str("  }\n");
    }
    out.push_str("}\n");
}
