//! The command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

/// Measures the ticketbridge daemon against baselines in the same run
#[derive(Debug, Parser)]
pub(crate) struct Args {
    /// Only this scenario; may be repeated
    #[arg(long, value_name = "NAME")]
    pub(crate) only: Vec<Name>,
    /// How often each figure is taken, alternating with what it is held against
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) runs: u32,
    /// Rounds of `churn`, of 10,000 tickets each; 100 are a million
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) rounds: u64,
    /// A smoke run: everything small, one run, figures mean little
    #[arg(long)]
    pub(crate) quick: bool,
    /// The daemon's binary; by default `ticketbridge` beside this program
    #[arg(long, value_name = "FILE")]
    pub(crate) daemon: Option<PathBuf>,
    /// Where stores are made, on a real disk; by default the folder of this program
    #[arg(long, value_name = "DIR")]
    pub(crate) folder: Option<PathBuf>,
    /// One JSON document instead of a table
    #[arg(long, conflicts_with = "markdown")]
    pub(crate) json: bool,
    /// Markdown instead of a table, as in docs/BENCHMARKS.md
    #[arg(long)]
    pub(crate) markdown: bool,
    #[command(subcommand)]
    pub(crate) role: Option<Role>,
}

/// What can be measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Name {
    /// Tickets taken in, at 1 to 256 connections
    Intake,
    /// Processor time of a ticket, by part
    Parts,
    /// Replies delivered
    Deliveries,
    /// A healthy receiver beside one that hangs
    Neighbour,
    /// What a lane's limit lets through
    Limits,
    /// Pages of a list of tickets, against the number stored
    Lists,
    /// Memory, and time from start to ready
    Footprint,
    /// Intake with a million stored tickets
    Million,
    /// A thousand dead hosts that come back
    Outage,
    /// Searches in a large knowledge base
    Search,
    /// Tickets that come and go
    Churn,
    /// Tickets whose way is told as a trace
    Traces,
    /// A backup of a large store while it goes on
    Backup,
    /// Tickets removed while others come
    Retention,
}

/// What the program does as a child of its own.
#[derive(Debug, Clone, Subcommand)]
#[command(hide = true)]
pub(crate) enum Role {
    /// Takes tickets, parses them, answers at once and keeps nothing
    #[command(hide = true)]
    Baseline,
    /// Takes replies on every loopback address and notes when each came
    #[command(hide = true)]
    Receiver {
        /// 0: any
        #[arg(long, default_value_t = 0)]
        port: u16,
    },
    /// Posts replies by a plain client
    #[command(hide = true)]
    Poster,
}
