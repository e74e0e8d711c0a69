//! Measures the daemon's release binary as a child process, and what it is held against in the same run.
//!
//! Each scenario is a module under `scenario` and answers with a [`report::Section`]. Load comes from this process,
//! on one thread; the daemon, the receivers and the baselines are processes of their own. Nothing here is linked
//! into the daemon, and nothing of the daemon is linked in here.

mod args;
mod clock;
mod commands;
mod config;
mod context;
mod daemon;
mod load;
mod machine;
mod message;
mod output;
mod report;
mod role;
mod scenario;
mod stock;
mod usage;
mod windows;
mod wire;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    let args = args::Args::parse();
    match begin(args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            output::say(&format!("ticketbridge-bench: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn begin(args: args::Args) -> anyhow::Result<()> {
    usage::raise_open_files()?;
    if let Some(role) = args.role {
        return role::play(role);
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(scenario::run_all(args))
}
