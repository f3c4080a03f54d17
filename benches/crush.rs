//! Mappings per second on one thread against `crushtool --test`, on the same map in the same run.
#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs, reason = "a benchmark prints its figures")]

mod measure;

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use measure::median;
use rackproof::crush::{Placer, Scratch, read};
use rackproof::source::Sources;

const ROUNDS: usize = 5;
const INPUTS: u32 = 200_000;

/// Hosts of equal size below one root, weights of three kinds of disks mixed.
fn map(hosts: u32, disks: u32) -> String {
    let mut text = String::from(
        "tunable choose_local_tries 0\ntunable choose_local_fallback_tries 0\ntunable choose_total_tries 50\n\
         tunable chooseleaf_descend_once 1\ntunable chooseleaf_vary_r 1\ntunable chooseleaf_stable 1\n\
         tunable straw_calc_version 1\ntunable allowed_bucket_algs 54\n",
    );
    for device in 0..hosts * disks {
        let _ = writeln!(text, "device {device} osd.{device}");
    }
    text.push_str("type 0 osd\ntype 1 host\ntype 11 root\n");
    for host in 0..hosts {
        let _ = writeln!(text, "host pve{host} {{\n\tid -{}\n\talg straw2\n\thash 0", host + 2);
        for disk in 0..disks {
            let weight = ["1.7464", "3.4929", "6.9859"][(disk % 3) as usize];
            let _ = writeln!(text, "\titem osd.{} weight {weight}", host * disks + disk);
        }
        text.push_str("}\n");
    }
    text.push_str("root default {\n\tid -1\n\talg straw2\n\thash 0\n");
    (0..hosts).for_each(|host| {
        let _ = writeln!(text, "\titem pve{host}");
    });
    text.push_str(
        "}\nrule replicated_rule {\n\tid 0\n\ttype replicated\n\tmin_size 1\n\tmax_size 10\n\tstep take default\n\
         \tstep chooseleaf firstn 0 type host\n\tstep emit\n}\n",
    );
    text
}

fn time(run: impl FnOnce()) -> Duration {
    let begin = Instant::now();
    run();
    begin.elapsed()
}

fn started(program: &str, arguments: &[&str]) {
    let status = Command::new(program).args(arguments).stdout(Stdio::null()).status();
    assert!(status.is_ok_and(|status| status.success()), "{program} runs");
}

fn main() {
    if Command::new("crushtool").arg("--help").output().is_err() {
        println!("skipped: crushtool is not installed");
        return;
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    for (name, hosts, disks) in [("3 hosts, 18 OSDs", 3, 6), ("50 hosts, 1,000 OSDs", 50, 20)] {
        let text = map(hosts, disks);
        let (source, compiled) = (folder.join("bench.txt"), folder.join("bench.bin"));
        std::fs::write(&source, &text).unwrap();
        let (source, compiled) = (source.to_string_lossy(), compiled.to_string_lossy());
        started("crushtool", &["-c", &source, "-o", &compiled]);
        let last = (INPUTS - 1).to_string();
        let common = ["--rule", "0", "--num-rep", "3", "--min-x", "0", "--max-x", &last, "--show-statistics"];
        let theirs: Vec<&str> = ["-i", &compiled, "--test"].into_iter().chain(common).collect();
        let ours: Vec<&str> = ["crush", &source].into_iter().chain(common).collect();
        let mut sources = Sources::default();
        let id = sources.add("bench.txt", text);
        let placer = Placer::new(&read(&sources, id).map, None);
        let weights = placer.all_in();
        let mut times = [Vec::new(), Vec::new(), Vec::new()];
        // In turn, so that a slow moment of the machine hits all of them alike.
        for _ in 0..ROUNDS {
            times[0].push(time(|| started("crushtool", &theirs)));
            times[1].push(time(|| started(env!("CARGO_BIN_EXE_rackproof"), &ours)));
            times[2].push(time(|| {
                let mut scratch = Scratch::default();
                let place = |x| placer.place(0, x, 3, &weights, &mut scratch).len();
                assert_eq!((0..INPUTS).map(place).sum::<usize>(), INPUTS as usize * 3);
            }));
        }
        let [theirs, ours, within] = times.map(median);
        println!("{name}, {INPUTS} inputs, 3 copies:");
        for (what, taken) in [("crushtool --test", theirs), ("rackproof crush", ours), ("Placer::place", within)] {
            println!("  {what:18} {:9.0} mappings/s  {:5.2} x crushtool", f64::from(INPUTS) / taken, theirs / taken);
        }
    }
}
