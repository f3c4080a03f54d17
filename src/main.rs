//! Arguments in, exit code out.

use std::process::ExitCode;

fn main() -> ExitCode {
    rackproof::cli::run(std::env::args_os())
}
