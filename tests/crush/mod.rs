//! Random CRUSH maps, the same for the same seed, and what `crushtool` answers.
#![allow(dead_code, reason = "each test uses a part")]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A generator of numbers: splitmix64.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below another.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// A number of a range, both ends included.
    pub(crate) fn between(&mut self, first: u64, last: u64) -> u64 {
        first + self.below(last - first + 1)
    }

    /// True so many times in a hundred.
    pub(crate) fn percent(&mut self, part: u64) -> bool {
        self.below(100) < part
    }

    pub(crate) fn pick<'p, T>(&mut self, from: &'p [T]) -> &'p T {
        &from[self.below(from.len() as u64) as usize]
    }
}

/// A bucket that has been written: its name, what its items weigh together, how many there are.
struct Written {
    name: String,
    size: usize,
}

/// A random map: devices in hosts, hosts in racks, racks in one or two roots; every kind of bucket, device classes,
/// weights of nothing, tunables old and new, rules of every form, and other weights for some buckets.
pub(crate) fn map(seed: u64) -> String {
    let mut random = Random(seed);
    let random = &mut random;
    let mut text = String::new();
    tunables(random, &mut text);
    let racks = random.between(1, 5);
    let hosts = random.between(1, 5);
    let devices = random.between(1, 6);
    let kinds: &[&str] = random.pick::<&[&str]>(&[
        &["straw2"][..],
        &["straw2"],
        &["straw2", "straw", "list"],
        &["straw2", "straw", "list", "tree", "uniform"],
        &["straw"],
        &["list"],
        &["tree"],
        &["uniform"],
    ]);
    let count = racks * hosts * devices + random.below(3);
    // The shadow of a uniform bucket of buckets would be uneven: crushtool ends with a failed assertion. The shadow
    // of a tree depends on what memory held before: MALLOC_PERTURB_ changes what crushtool -c makes of it.
    let classes: &[&str] = if kinds.iter().any(|kind| ["uniform", "tree"].contains(kind)) {
        &[]
    } else {
        random.pick::<&[&str]>(&[&[][..], &["ssd"], &["ssd", "hdd"], &["nvme", "hdd", "ssd"]])
    };
    let classes = &classes[..classes.len().min(count as usize)];
    for device in 0..count {
        let class = match classes.get(device as usize) {
            Some(class) => format!(" class {class}"),
            None if classes.is_empty() || random.percent(10) => String::new(),
            None => format!(" class {}", random.pick(classes)),
        };
        let _ = writeln!(text, "device {device} osd.{device}{class}");
    }
    text.push_str("type 0 osd\ntype 1 host\ntype 3 rack\ntype 10 root\n");
    let mut buckets = Vec::new();
    let mut number = -1;
    let mut next = 0;
    let mut rack_names = Vec::new();
    for rack in 0..racks {
        let mut host_names = Vec::new();
        for host in 0..hosts {
            let mut own = Vec::new();
            let many = if random.percent(5) { 0 } else { random.between(1, devices) };
            for _ in 0..many {
                own.push(format!("osd.{next}"));
                next += 1;
            }
            let name = format!("host{rack}-{host}");
            bucket(random, &mut text, "host", &name, kinds, &own, true, &mut number);
            buckets.push(Written { name: name.clone(), size: own.len() });
            host_names.push(name);
        }
        let name = format!("rack{rack}");
        bucket(random, &mut text, "rack", &name, kinds, &host_names, false, &mut number);
        buckets.push(Written { name: name.clone(), size: host_names.len() });
        rack_names.push(name);
    }
    bucket(random, &mut text, "root", "default", kinds, &rack_names, false, &mut number);
    buckets.push(Written { name: "default".to_owned(), size: rack_names.len() });
    rules(random, &mut text, classes);
    if random.percent(30) {
        choose_args(random, &mut text, &buckets);
    }
    text
}

fn tunables(random: &mut Random, text: &mut String) {
    let modern = random.percent(50);
    let mut set = |name: &str, values: &[u64], usual: u64| {
        let value = if modern { usual } else { *random.pick(values) };
        let _ = writeln!(text, "tunable {name} {value}");
    };
    set("choose_local_tries", &[0, 1, 2, 5], 0);
    set("choose_local_fallback_tries", &[0, 1, 3, 5], 0);
    set("choose_total_tries", &[1, 5, 19, 50], 50);
    set("chooseleaf_descend_once", &[0, 1], 1);
    set("chooseleaf_vary_r", &[0, 1, 2, 3], 1);
    set("chooseleaf_stable", &[0, 1], 1);
    set("straw_calc_version", &[0, 1], 1);
    set("allowed_bucket_algs", &[62], 62);
}

fn weight(random: &mut Random) -> String {
    match random.below(10) {
        0 => "0".to_owned(),
        1..=3 => "1.000".to_owned(),
        4 => random.pick(&["0.00002", "99.5", "16.37109", "0.5"]).to_string(),
        _ => format!("{}.{:05}", random.below(12), random.below(100_000)),
    }
}

#[allow(clippy::too_many_arguments, reason = "a bucket has as many parts")]
fn bucket(
    random: &mut Random,
    text: &mut String,
    kind: &str,
    name: &str,
    algorithms: &[&str],
    items: &[String],
    devices: bool,
    number: &mut i32,
) {
    let algorithm = *random.pick(algorithms);
    let _ = writeln!(text, "{kind} {name} {{\n\tid {number}\n\talg {algorithm}\n\thash 0");
    *number -= 1;
    let mut equal = weight(random);
    // crushtool ends with a failed assertion where the items of a uniform bucket weigh nothing.
    if algorithm == "uniform" && equal == "0" {
        "2.5".clone_into(&mut equal);
    }
    let alike = algorithm == "uniform" || random.percent(40);
    for (place, item) in items.iter().enumerate() {
        let own = if alike { equal.clone() } else { weight(random) };
        // A tree without weight is walked beyond its last item: crushtool reads what memory holds there.
        let own = if algorithm == "tree" && place == 0 { "1.25".to_owned() } else { own };
        // A bucket's own weight is what its items weigh, unless it is said otherwise.
        let said = devices || algorithm == "uniform" || (algorithm == "tree" && place == 0) || random.percent(10);
        let own = if said { format!(" weight {own}") } else { String::new() };
        let _ = writeln!(text, "\titem {item}{own}");
    }
    text.push_str("}\n");
}

fn rules(random: &mut Random, text: &mut String, classes: &[&str]) {
    for rule in 0..6 {
        let kind = if rule % 2 == 0 { "replicated" } else { "erasure" };
        let mode = if rule % 2 == 0 { "firstn" } else { "indep" };
        let _ = writeln!(text, "rule rule{rule} {{\n\tid {rule}\n\ttype {kind}\n\tmin_size 1\n\tmax_size 10");
        let settings = [
            ("set_choose_tries", 120),
            ("set_chooseleaf_tries", 8),
            ("set_choose_local_tries", 3),
            ("set_choose_local_fallback_tries", 3),
            ("set_chooseleaf_vary_r", 4),
            ("set_chooseleaf_stable", 2),
        ];
        for (setting, most) in settings {
            if random.percent(15) {
                let _ = writeln!(text, "\tstep {setting} {}", random.below(most));
            }
        }
        for _ in 0..if random.percent(20) { 2 } else { 1 } {
            let class = if classes.is_empty() || random.percent(50) {
                String::new()
            } else {
                format!(" class {}", random.pick(classes))
            };
            let from = random.pick(&["default", "default", "default", "default", "rack0"]);
            let _ = writeln!(text, "\tstep take {from}{class}");
            let few = random.between(1, 4);
            let many = random.pick(&["0", "0", "2", "3", "-1"]);
            match random.below(7) {
                0 => {
                    let _ = writeln!(text, "\tstep choose {mode} {many} type osd");
                }
                1 => {
                    let _ = writeln!(text, "\tstep chooseleaf {mode} {many} type rack");
                }
                2 => {
                    let _ = writeln!(
                        text,
                        "\tstep choose {mode} {few} type rack\n\tstep chooseleaf {mode} {many} type host"
                    );
                }
                3 => {
                    let _ = writeln!(
                        text,
                        "\tstep choose {mode} {few} type rack\n\tstep choose {mode} {few} type host\n\tstep choose {mode} {many} type osd"
                    );
                }
                4 => {
                    let _ = writeln!(text, "\tstep chooseleaf {mode} {many} type osd");
                }
                _ => {
                    let _ = writeln!(text, "\tstep chooseleaf {mode} {many} type host");
                }
            }
            text.push_str("\tstep emit\n");
        }
        text.push_str("}\n");
    }
}

fn choose_args(random: &mut Random, text: &mut String, buckets: &[Written]) {
    text.push_str("choose_args 0 {\n");
    for (index, bucket) in buckets.iter().enumerate() {
        if bucket.size == 0 || random.percent(60) {
            continue;
        }
        let _ = writeln!(text, "  {{\n    bucket_id -{}\n    weight_set [", index + 1);
        for _ in 0..random.between(1, 3) {
            let weights: Vec<String> = (0..bucket.size).map(|_| weight(random)).collect();
            let _ = writeln!(text, "      [ {} ]", weights.join(" "));
        }
        text.push_str("    ]\n");
        if random.percent(30) {
            let ids: Vec<String> = (0..bucket.size).map(|_| format!("{}", random.between(1, 500))).collect();
            let _ = writeln!(text, "    ids [ {} ]", ids.join(" "));
        }
        text.push_str("  }\n");
    }
    text.push_str("}\n");
}

/// Whether `crushtool` can be started.
pub(crate) fn crushtool() -> bool {
    Command::new("crushtool").arg("--help").output().is_ok()
}

/// The lines that a trial prints.
pub(crate) fn lines(trial: &rackproof::crush::Trial<'_>) -> String {
    let mut lines = String::new();
    let printed: Result<usize, ()> = trial.run(|line| {
        lines.push_str(line);
        Ok(())
    });
    printed.unwrap();
    lines
}

/// A folder for the files of a test.
pub(crate) fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// Compiles a map; an error is what `crushtool` says.
pub(crate) fn compile(folder: &Path, text: &str) -> Result<PathBuf, String> {
    let (source, compiled) = (folder.join("map.txt"), folder.join("map.bin"));
    fs::write(&source, text).unwrap();
    let output = Command::new("crushtool").arg("-c").arg(&source).arg("-o").arg(&compiled).output().unwrap();
    if output.status.success() {
        Ok(compiled)
    } else {
        Err(String::from_utf8_lossy(&output.stderr).lines().next().unwrap_or_default().to_owned())
    }
}

/// What `crushtool --test` prints for a compiled map.
pub(crate) fn test(compiled: &Path, arguments: &[String]) -> String {
    let output = Command::new("crushtool").arg("-i").arg(compiled).arg("--test").args(arguments).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}
