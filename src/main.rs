//! The `ticketbridge` binary.

use std::process::ExitCode;

fn main() -> ExitCode {
    ticketbridge::cli::main()
}
