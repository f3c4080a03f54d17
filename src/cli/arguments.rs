//! What may be typed.

use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::report;

/// Check and plan a Proxmox VE, Corosync and Ceph cluster before it is bought
#[derive(Debug, Parser)]
#[command(name = "rackproof", version, propagate_version = true)]
pub(super) struct Arguments {
    /// When to use colours [default: auto: on a terminal, unless NO_COLOR is set]
    #[arg(long, global = true, value_enum, default_value = "auto", hide_default_value = true)]
    pub(super) color: Color,
    /// Language of what people read [default: the locale's; formats for programs are English]
    #[arg(long, global = true, value_enum, value_name = "LANGUAGE")]
    pub(super) lang: Option<LanguageWord>,
    #[command(subcommand)]
    pub(super) command: Command,
}

/// A language by its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum LanguageWord {
    /// English
    En,
    /// Japanese
    Ja,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Judge designs by every rule and show what is violated or cannot be decided
    Check(Check),
    /// Compute what designs carry, each figure with its formula
    Plan(Designs),
    /// Prove which single and double failures designs survive, and what the others take
    Failures(Failures),
    /// Write the report of a design for a change request: verdict, findings, picture, figures, proof
    Report(Report),
    /// Write the tests to be made after installation, with the value that each must show
    Acceptance(Acceptance),
    /// List what to buy for a design, and the cables port by port with their labels
    Parts(Parts),
    /// Show what changes from one design to another: findings, failures, figures, things
    #[command(after_help = DIFF_CODES)]
    Diff(Diff),
    /// Judge and try a CRUSH map, or the one that a design implies
    Crush(Crush),
    /// Explain a rule or a figure
    Explain {
        /// Name of a rule, such as corosync/latency-not-under-five, or of a figure
        name: String,
        #[command(flatten)]
        packs: PackPaths,
    },
    /// Show what is in force for a design: every severity and value, and where it comes from
    Config(Config),
    /// Keep the findings of today as known, so that only new ones fail
    #[command(subcommand)]
    Baseline(Baseline),
    /// List the rules, or test those of a pack
    Rules(Rules),
    /// Serve an editor: a language server over standard input and output
    Lsp,
    /// Print the JSON Schema that editors check and complete by
    Schema {
        /// Which files it is about
        #[arg(value_enum, default_value = "design")]
        of: SchemaOf,
    },
    /// Print what completes commands in a shell: rackproof completions bash
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Write a commented design to start from
    Init {
        /// File to write; it must not exist
        #[arg(default_value = "cluster.toml")]
        path: PathBuf,
    },
}

#[derive(Debug, Args)]
pub(super) struct Designs {
    /// Designs to read; - is standard input
    #[arg(required = true, value_name = "DESIGN")]
    pub(super) paths: Vec<PathBuf>,
    /// Change a value before judging: --set design.environment=lab (can be repeated)
    #[arg(long = "set", value_name = "PATH=VALUE")]
    pub(super) settings: Vec<String>,
    /// Format of the output
    #[arg(long, value_enum, default_value = "text")]
    pub(super) format: Format,
}

#[derive(Debug, Default, Args)]
pub(super) struct Configured {
    /// Configuration to use [default: the nearest rackproof.toml upward from the design]
    #[arg(long, value_name = "FILE", conflicts_with = "no_config")]
    pub(super) config: Option<PathBuf>,
    /// Use no configuration
    #[arg(long)]
    pub(super) no_config: bool,
    /// Findings that are known, as `baseline write` wrote them
    #[arg(long, value_name = "FILE")]
    pub(super) baseline: Option<PathBuf>,
    /// Least severity that fails the run [default: error]
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub(super) fail_on: Option<FailOnWord>,
    /// What a rule that cannot be decided is to the verdict [default: ignore]
    #[arg(long, value_enum)]
    pub(super) unproven: Option<UnprovenWord>,
    /// Accept nothing, whatever comments and configurations say
    #[arg(long)]
    pub(super) no_suppressions: bool,
    /// Fail where a known finding is found no more
    #[arg(long)]
    pub(super) strict_baseline: bool,
    #[command(flatten)]
    pub(super) packs: PackPaths,
    /// Day of the run, YYYY-MM-DD, by which acceptances end [default: `SOURCE_DATE_EPOCH`, or today]
    #[arg(long, value_name = "DAY")]
    pub(super) today: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct Check {
    /// Designs to read, - is standard input [default: those that the configuration names]
    #[arg(value_name = "DESIGN")]
    pub(super) paths: Vec<PathBuf>,
    /// Change a value before judging: --set design.environment=lab (can be repeated)
    #[arg(long = "set", value_name = "PATH=VALUE")]
    pub(super) settings: Vec<String>,
    /// Format on standard output
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = format_parser())]
    pub(super) format: report::Format,
    /// Also write a file in this run: --output sarif=report.sarif (can be repeated)
    #[arg(long = "output", value_name = "FORMAT=FILE")]
    pub(super) outputs: Vec<String>,
    /// Make the edits that findings offer, then report what is left
    #[arg(long, conflicts_with = "settings")]
    pub(super) fix: bool,
    /// With --fix: write nothing, show the edits; exit with 1 where there are some
    #[arg(long, requires = "fix", conflicts_with_all = ["outputs", "format"])]
    pub(super) diff: bool,
    #[command(flatten)]
    pub(super) configured: Configured,
}

/// When `diff` ends with which exit code.
const DIFF_CODES: &str = "\
Exit codes:
  0  nothing got worse
  1  something got worse: a violation at the failing level (--fail-on) is new,
     or rose to it; a single failure or a claim that was survived is lost;
     with --unproven fail, a rule that held cannot be decided any more
  2  wrong usage
  3  one of the designs could not be read, or a rule of your own is broken";

#[derive(Debug, Args)]
pub(super) struct Diff {
    /// Design as it was: a file, REV:PATH in Git, or - for standard input
    pub(super) old: PathBuf,
    /// Design as it is to be: a file, REV:PATH in Git, or - for standard input
    pub(super) new: PathBuf,
    /// Change a value of both designs before judging: --set design.environment=lab (can be repeated)
    #[arg(long = "set", value_name = "PATH=VALUE")]
    pub(super) settings: Vec<String>,
    /// Change a value of NEW alone, to try what it does (can be repeated)
    #[arg(long = "set-new", value_name = "PATH=VALUE")]
    pub(super) new_settings: Vec<String>,
    /// Format on standard output
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = difference_format_parser())]
    pub(super) format: report::difference::Format,
    /// Also write a file in this run: --output markdown=comment.md (can be repeated)
    #[arg(long = "output", value_name = "FORMAT=FILE")]
    pub(super) outputs: Vec<String>,
    #[command(flatten)]
    pub(super) configured: Configured,
}

fn difference_format_parser() -> impl TypedValueParser<Value = report::difference::Format> {
    use report::difference::Format;
    let words = Format::ALL.map(|format| PossibleValue::new(format.word()).help(format.purpose()));
    PossibleValuesParser::new(words).map(|word| Format::named(&word).unwrap_or(Format::Text))
}

fn format_parser() -> impl TypedValueParser<Value = report::Format> {
    let words = report::Format::ALL.map(|format| PossibleValue::new(format.word()).help(format.purpose()));
    PossibleValuesParser::new(words).map(|word| report::Format::named(&word).unwrap_or(report::Format::Text))
}

#[derive(Debug, Args)]
pub(super) struct Config {
    /// Design whose settings are shown [default: what holds for all]
    #[arg(value_name = "DESIGN")]
    pub(super) path: Option<PathBuf>,
    /// Only what differs from the catalogue
    #[arg(long)]
    pub(super) changed: bool,
    #[command(flatten)]
    pub(super) configured: Configured,
}

#[derive(Debug, Subcommand)]
pub(super) enum Baseline {
    /// Write the findings of today to the baseline
    Write {
        /// Designs to read [default: those that the configuration names]
        #[arg(value_name = "DESIGN")]
        paths: Vec<PathBuf>,
        #[command(flatten)]
        configured: Configured,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum FailOnWord {
    Error,
    Warning,
    Note,
    Never,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum UnprovenWord {
    Fail,
    Warn,
    Ignore,
}

#[derive(Debug, Default, Args)]
pub(super) struct PackPaths {
    /// Rules of your own: a pack, or a folder of packs (can be repeated)
    #[arg(id = "packs", long = "rules", value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Rules {
    #[command(flatten)]
    pub(super) filter: Filter,
    #[command(flatten)]
    pub(super) packs: PackPaths,
    #[command(subcommand)]
    pub(super) command: Option<RulesCommand>,
}

#[derive(Debug, Subcommand)]
pub(super) enum RulesCommand {
    /// Run the examples of packs of rules
    Test {
        /// Packs, or folders of packs
        #[arg(required = true, value_name = "PATH")]
        paths: Vec<PathBuf>,
    },
}

#[derive(Debug, Args)]
pub(super) struct Failures {
    #[command(flatten)]
    pub(super) designs: Designs,
    /// Exit with 1 unless every such failure is proven to survive
    #[arg(long, value_enum, value_name = "FAILURES")]
    pub(super) require: Option<Depth>,
    /// Look at single failures only
    #[arg(long, value_enum, value_name = "FAILURES", hide_possible_values = true)]
    pub(super) only: Option<Depth>,
}

#[derive(Debug, Args)]
pub(super) struct Acceptance {
    /// Design to read; - is standard input
    #[arg(value_name = "DESIGN")]
    pub(super) path: PathBuf,
    /// Change a value before the tests are derived (can be repeated)
    #[arg(long = "set", value_name = "PATH=VALUE")]
    pub(super) settings: Vec<String>,
    /// File to write, in Markdown [default: standard output]
    #[arg(long, short = 'o', value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct Report {
    /// Design to read; - is standard input
    #[arg(value_name = "DESIGN")]
    pub(super) path: PathBuf,
    /// Change a value before judging: --set design.environment=lab (can be repeated)
    #[arg(long = "set", value_name = "PATH=VALUE")]
    pub(super) settings: Vec<String>,
    /// File to write, report.html or report.md (can be repeated) [default: Markdown on standard output]
    #[arg(long = "output", short = 'o', value_name = "FILE")]
    pub(super) outputs: Vec<PathBuf>,
    /// Day that the report bears, YYYY-MM-DD, and by which acceptances end [default: `SOURCE_DATE_EPOCH`, or none]
    #[arg(long, value_name = "DAY", conflicts_with = "today")]
    pub(super) date: Option<String>,
    #[command(flatten)]
    pub(super) configured: Configured,
}

#[derive(Debug, Args)]
pub(super) struct Parts {
    /// Design to read; - is standard input
    #[arg(value_name = "DESIGN")]
    pub(super) path: PathBuf,
    /// Change a value before listing: --set design.environment=lab (can be repeated)
    #[arg(long = "set", value_name = "PATH=VALUE")]
    pub(super) settings: Vec<String>,
    /// Format on standard output
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = parts_format_parser())]
    pub(super) format: report::PartsFormat,
    /// Also write a file in this run: --output csv=parts.csv --output cables-csv=cables.csv (can be repeated)
    #[arg(long = "output", value_name = "FORMAT=FILE")]
    pub(super) outputs: Vec<String>,
}

fn parts_format_parser() -> impl TypedValueParser<Value = report::PartsFormat> {
    let words = report::PartsFormat::ALL.map(|format| PossibleValue::new(format.word()).help(format.purpose()));
    PossibleValuesParser::new(words).map(|word| report::PartsFormat::named(&word).unwrap_or(report::PartsFormat::Text))
}

#[derive(Debug, Args)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(super) struct Crush {
    /// A CRUSH map as crushtool -d prints it, or a design; - is standard input
    #[arg(value_name = "MAP|DESIGN")]
    pub(super) path: PathBuf,
    /// Rule to try, by number or name
    #[arg(long)]
    pub(super) rule: Option<String>,
    /// Replicas or chunks
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(super) num_rep: Option<u16>,
    /// Fewest replicas, instead of --num-rep
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=1024), conflicts_with = "num_rep", requires = "max_rep")]
    pub(super) min_rep: Option<u16>,
    /// Most replicas, instead of --num-rep
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=1024), conflicts_with = "num_rep", requires = "min_rep")]
    pub(super) max_rep: Option<u16>,
    /// First input
    #[arg(long, default_value_t = 0)]
    pub(super) min_x: u32,
    /// Last input
    #[arg(long, default_value_t = 1023)]
    pub(super) max_x: u32,
    /// Part of its inputs that a device keeps, 0 to 1: --weight 3 0.5 (can be repeated)
    #[arg(long, num_args = 2, value_names = ["OSD", "WEIGHT"])]
    pub(super) weight: Vec<String>,
    /// Pool whose `choose_args` are used [default: 0, as crushtool --test]
    #[arg(long, allow_negative_numbers = true, default_value_t = 0, hide_default_value = true)]
    pub(super) choose_args: i64,
    /// Pool whose number the inputs are hashed with
    #[arg(long)]
    pub(super) pool_id: Option<u32>,
    /// Print every mapping
    #[arg(long)]
    pub(super) show_mappings: bool,
    /// Print mappings with fewer devices than asked for
    #[arg(long)]
    pub(super) show_bad_mappings: bool,
    /// Print how many inputs each device stores
    #[arg(long)]
    pub(super) show_utilization: bool,
    /// Print how many mappings have how many devices
    #[arg(long)]
    pub(super) show_statistics: bool,
    /// Change a value of a design before its map is made (can be repeated)
    #[arg(long = "set", value_name = "PATH=VALUE")]
    pub(super) settings: Vec<String>,
    /// Format of the findings
    #[arg(long, value_enum, default_value = "text")]
    pub(super) format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Depth {
    /// Every single failure
    Single,
    /// Every single and every double failure
    Double,
}

#[derive(Debug, Args)]
pub(super) struct Filter {
    /// Only rules of this area, such as corosync
    #[arg(long)]
    pub(super) area: Option<String>,
    /// Only rules of this origin
    #[arg(long, value_enum)]
    pub(super) origin: Option<OriginWord>,
    /// Only rules of this severity in production
    #[arg(long, value_enum)]
    pub(super) severity: Option<SeverityWord>,
    /// Format of the output
    #[arg(long, value_enum, default_value = "text")]
    pub(super) format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    Text,
    Json,
}

impl Format {
    /// Whether people read it.
    pub(super) fn for_people(self) -> bool {
        self == Self::Text
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum SchemaOf {
    /// Designs
    Design,
    /// The configuration, rackproof.toml
    Config,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum OriginWord {
    Documents,
    Official,
    Practice,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum SeverityWord {
    Error,
    Warning,
    Note,
}
