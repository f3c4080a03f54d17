//! What may be typed.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Check and plan a Proxmox VE, Corosync and Ceph cluster before it is bought
#[derive(Debug, Parser)]
#[command(name = "rackproof", version, propagate_version = true)]
pub(super) struct Arguments {
    /// When to use colours [default: auto: on a terminal, unless NO_COLOR is set]
    #[arg(long, global = true, value_enum, default_value = "auto", hide_default_value = true)]
    pub(super) color: Color,
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Judge designs by every rule and show what is violated or cannot be decided
    Check(Designs),
    /// Compute what designs carry, each figure with its formula
    Plan(Designs),
    /// Prove which single and double failures designs survive, and what the others take
    Failures(Failures),
    /// Explain a rule or a figure
    Explain {
        /// Name of a rule, such as corosync/latency-not-under-five, or of a figure
        name: String,
    },
    /// List the rules
    Rules(Filter),
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
