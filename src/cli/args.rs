//! What may be typed.

use std::path::PathBuf;

use clap::{ArgGroup, Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use crate::rehearsal::Kind;

/// Carries support tickets and their replies between ticket systems and loses none.
#[derive(Debug, Parser)]
#[command(name = "ticketbridge", version, max_term_width = 100)]
pub(super) struct Cli {
    /// The configuration
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        default_value = "/etc/ticketbridge/config.toml"
    )]
    pub(super) config: PathBuf,
    /// What to do
    #[command(subcommand)]
    pub(super) command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Run the daemon
    Serve,
    /// Report every problem with the configuration at once
    CheckConfig {
        /// Do not open secrets and other files that it names
        #[arg(long)]
        no_files: bool,
        #[command(flatten)]
        json: Json,
    },
    /// The configuration in force
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Tokens for senders, agents and the operator
    #[command(subcommand)]
    Token(TokenCommand),
    /// Man pages and completions for shells, made from this command line
    #[command(subcommand)]
    Generate(GenerateCommand),
    /// See whether tickets and replies get through here: one of each, through a daemon of its own that leaves nothing
    Selftest(Json),
    /// The store itself: look at it, copy it, put a copy in its place
    #[command(subcommand)]
    Store(StoreCommand),
    /// Show which requests would follow from a sample, and what is lost on the way; nothing is called
    ///
    /// KIND is `respondo`, `qminder`, `deskhive` or `agent-api`.
    Map {
        /// Who sends the sample
        #[arg(long, value_name = "KIND")]
        from: Kind,
        /// Who gets the requests
        #[arg(long, value_name = "KIND")]
        to: Kind,
        /// The sample as its sender would send it, a JSON array for several in order; `-` is standard input
        file: PathBuf,
        /// Whose tickets; otherwise the first brand that fits
        #[arg(long)]
        brand: Option<String>,
        /// Which system; otherwise the first that fits
        #[arg(long)]
        system: Option<String>,
        #[command(flatten)]
        json: Json,
    },
    /// Try samples that are kept as files with what has to follow from them
    TestMappings {
        /// The folder; otherwise `mapping-tests` beside the configuration
        dir: Option<PathBuf>,
        /// Write what follows as what is expected
        #[arg(long)]
        update: bool,
        #[command(flatten)]
        json: Json,
    },
    /// What the daemon or the store is asked
    #[command(flatten)]
    Operate(Operation),
}

/// What concerns tickets and deliveries.
#[derive(Debug, Subcommand)]
pub(super) enum Operation {
    /// How everything stands, by system and host
    Status(Json),
    /// Tickets
    #[command(subcommand)]
    Tickets(TicketsCommand),
    /// One ticket's whole story in time order
    Trace {
        /// A ticket's number, or what its sender calls it
        #[arg(value_name = "ID-OR-EXTERNAL-UID")]
        of: String,
        #[command(flatten)]
        json: Json,
    },
    /// Answer a ticket
    Reply {
        /// The ticket
        id: u64,
        /// What to say
        text: String,
        /// In whose name; otherwise in that of whoever the ticket is assigned to
        #[arg(long, value_name = "ID")]
        agent: Option<u64>,
        /// A note among agents, which never leaves
        #[arg(long)]
        internal: bool,
    },
    /// Deliveries
    #[command(subcommand)]
    Deliveries(DeliveriesCommand),
    /// Deliveries that were given up on
    #[command(subcommand)]
    DeadLetters(DeadLettersCommand),
    /// Lanes, one for each destination
    #[command(subcommand)]
    Lanes(LanesCommand),
    /// Systems: the outside installations that tickets are mirrored to
    #[command(subcommand)]
    Systems(SystemsCommand),
    /// See whether a system is what it is taken for, without changing anything there
    Probe {
        /// The system
        system: String,
        #[command(flatten)]
        json: Json,
    },
    /// Compare what is here with what systems have of it
    Reconcile {
        /// Only this system
        system: Option<String>,
        /// Heal what differs
        #[arg(long)]
        apply: bool,
        #[command(flatten)]
        json: Json,
    },
    /// The running daemon's log
    #[command(subcommand)]
    Log(LogCommand),
}

/// `log …`
#[derive(Debug, Subcommand)]
pub(super) enum LogCommand {
    /// Show what the running daemon's log lets through, or change it until the next reload or restart
    Level {
        /// error, warn, info, debug, trace or off; or a filter such as `info,ticketbridge::delivery=debug`
        spec: Option<String>,
        #[command(flatten)]
        json: Json,
    },
}

impl Operation {
    /// Whether systems are called for it, with their keys.
    pub(super) fn calls_systems(&self) -> bool {
        matches!(self, Self::Probe { .. } | Self::Reconcile { .. })
    }

    /// Whether only a running daemon can do it.
    pub(super) fn needs_daemon(&self) -> bool {
        matches!(self, Self::Log(_))
    }
}

/// How to print.
#[derive(Debug, Clone, Copy, Args)]
pub(super) struct Json {
    /// Print one JSON document
    #[arg(long)]
    pub(super) json: bool,
}

/// `config …`
#[derive(Debug, Subcommand)]
pub(super) enum ConfigCommand {
    /// Each value and where it comes from; never secrets
    Show {
        /// `mapping`: what fields become in other systems, in full; otherwise only what is different from the defaults
        /// is shown of that
        part: Option<ConfigPart>,
        #[command(flatten)]
        json: Json,
    },
}

/// What of the configuration is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ConfigPart {
    /// What fields become in other systems.
    Mapping,
}

/// `token …`
#[derive(Debug, Subcommand)]
pub(super) enum TokenCommand {
    /// Make a token, shown once, and the line to put into the configuration
    New {
        /// What the sender calls it
        name: String,
    },
}

/// `generate …`
#[derive(Debug, Subcommand)]
pub(super) enum GenerateCommand {
    /// Write a man page for each command
    Man {
        /// Where to; it is made if it is not there
        #[arg(value_name = "FOLDER")]
        folder: PathBuf,
    },
    /// Print what completes commands in a shell
    Completions {
        /// Which shell
        shell: Shell,
    },
}

/// `tickets …`
#[derive(Debug, Subcommand)]
pub(super) enum TicketsCommand {
    /// List tickets, newest first
    List {
        /// Only of this brand
        #[arg(long)]
        brand: Option<String>,
        /// Only with this status
        #[arg(long)]
        status: Option<StatusWord>,
        /// Only those that this agent may work on
        #[arg(long, value_name = "ID")]
        agent: Option<u64>,
        /// At most this many
        #[arg(long, default_value_t = 50)]
        limit: usize,
        /// Skip this many
        #[arg(long, default_value_t = 0)]
        offset: u64,
        #[command(flatten)]
        json: Json,
    },
    /// Show a ticket with its messages
    Show {
        /// The ticket
        id: u64,
        #[command(flatten)]
        json: Json,
    },
    /// Give a ticket to one agent
    Assign {
        /// The ticket
        id: u64,
        /// The agent's number
        agent: u64,
    },
    /// Refuse replies to a ticket
    Lock {
        /// The ticket
        id: u64,
    },
    /// Take replies to a ticket again
    Unlock {
        /// The ticket
        id: u64,
    },
    /// Mirror a ticket again that changed implausibly often
    Release {
        /// The ticket
        id: u64,
    },
    /// Send answers elsewhere from now on
    SetResponseUrl {
        /// The ticket
        id: u64,
        /// Where to
        url: String,
    },
}

/// A ticket's status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(super) enum StatusWord {
    /// New, or the customer wrote again
    Open,
    /// Being worked on
    InProgress,
    /// Waiting for somebody outside
    OnHold,
    /// Done
    Closed,
}

/// `deliveries …`
#[derive(Debug, Subcommand)]
pub(super) enum DeliveriesCommand {
    /// List deliveries, newest first
    List {
        /// Only in this state
        #[arg(long)]
        state: Option<StateWord>,
        /// Only of this system
        #[arg(long)]
        system: Option<String>,
        /// Only of this ticket
        #[arg(long, value_name = "ID")]
        ticket: Option<u64>,
        /// At most this many
        #[arg(long, default_value_t = 100)]
        limit: usize,
        #[command(flatten)]
        json: Json,
    },
    /// Show a delivery with all its attempts
    Show {
        /// The delivery
        id: u64,
        #[command(flatten)]
        json: Json,
    },
    /// Try now what is pending, or again what is dead or held
    Retry {
        /// The deliveries
        #[arg(required = true, value_name = "ID")]
        ids: Vec<u64>,
    },
    /// Never send them
    Cancel {
        /// The deliveries
        #[arg(required = true, value_name = "ID")]
        ids: Vec<u64>,
    },
}

/// A delivery's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum StateWord {
    /// Behind another of its ticket
    Waiting,
    /// To be sent as soon as its time has come
    Due,
    /// Perhaps being sent
    Started,
    /// Written down instead of sent, in dry-run mode
    Recorded,
    /// Its outcome is unknown and a person decides
    Held,
    /// Taken, with a valid reply response
    Delivered,
    /// Taken, with any other answer
    Unverified,
    /// Given up on
    Dead,
    /// Called off by a person
    Cancelled,
}

/// `dead-letters …`
#[derive(Debug, Subcommand)]
pub(super) enum DeadLettersCommand {
    /// List dead letters, oldest first
    List {
        #[command(flatten)]
        which: Which,
        #[command(flatten)]
        json: Json,
    },
    /// Try them again; without a filter, all
    Retry {
        #[command(flatten)]
        which: Which,
        /// Only print what would be sent where
        #[arg(long)]
        dry_run: bool,
        #[command(flatten)]
        json: Json,
    },
    /// Change what one says when it is tried again
    Edit {
        /// The delivery
        id: u64,
        /// The new text; otherwise it is read from standard input
        #[arg(long)]
        text: Option<String>,
    },
    /// Never send them
    Discard {
        #[command(flatten)]
        which: Which,
        /// All that there are
        #[arg(
            long,
            required_unless_present_any = ["ids", "system", "ticket", "older_than", "newer_than"]
        )]
        all: bool,
        /// Only print what would be discarded
        #[arg(long)]
        dry_run: bool,
        #[command(flatten)]
        json: Json,
    },
}

/// Which dead letters.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub(super) struct Which {
    /// Only these
    #[arg(value_name = "ID")]
    pub(super) ids: Vec<u64>,
    /// Only of this system
    #[arg(long)]
    pub(super) system: Option<String>,
    /// Only of this ticket
    #[arg(long, value_name = "ID")]
    pub(super) ticket: Option<u64>,
    /// Only those dead for at least so long, such as `2h`
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub(super) older_than: Option<String>,
    /// Only those dead for less, such as `1d`
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub(super) newer_than: Option<String>,
    /// At most this many, the oldest first
    #[arg(long)]
    pub(super) limit: Option<usize>,
}

/// A duration as it was typed, since words are what the daemon is asked with.
fn duration(text: &str) -> Result<String, String> {
    match humantime::parse_duration(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(_) => Err("not a duration such as `2h` or `3d`".to_owned()),
    }
}

/// `systems …`
#[derive(Debug, Subcommand)]
pub(super) enum SystemsCommand {
    /// What is configured, what is pending, and what is paused and why
    List(Json),
    /// Send nothing to a system until it is resumed; its queue is kept
    Pause {
        /// The system
        id: String,
    },
    /// Let a system go on that was paused, also by itself
    Resume {
        /// The system
        id: String,
    },
    /// Decide what becomes of what `mode = "dry-run"` recorded
    #[command(group(ArgGroup::new("fate").required(true)))]
    Release {
        /// The system
        id: String,
        /// Send it, in order
        #[arg(long, group = "fate")]
        send: bool,
        /// Never send it
        #[arg(long, group = "fate")]
        discard: bool,
        /// Only say how much it is
        #[arg(long)]
        dry_run: bool,
        #[command(flatten)]
        json: Json,
    },
}

/// `store …`
#[derive(Debug, Subcommand)]
pub(super) enum StoreCommand {
    /// Read every record, and each index and counter against what it stands for
    Check {
        /// Look at this backup instead
        #[arg(long, value_name = "FILE")]
        backup: Option<PathBuf>,
        #[command(flatten)]
        json: Json,
    },
    /// Copy the store at one point in time into a file, while the daemon goes on
    Backup {
        /// The file; one that is a backup already is replaced when the new one is whole
        file: PathBuf,
    },
    /// Make a store of a backup
    Restore {
        /// The backup
        file: PathBuf,
        /// Move a store that is there aside
        #[arg(long)]
        replace: bool,
    },
    /// Copy the store of a stopped daemon without the room that it does not use any more
    Compact {
        /// The file; `store restore --replace` puts it in the place of the store
        file: PathBuf,
    },
    /// Forget a person: their tickets go whole, their words in others' tickets are taken out
    Erase {
        /// What the person goes by: the `author.external_uid` of their tickets
        #[arg(long, value_name = "UID")]
        author: String,
        /// Only in this brand
        #[arg(long)]
        brand: Option<String>,
        /// Only print what would go
        #[arg(long)]
        dry_run: bool,
        #[command(flatten)]
        json: Json,
    },
}

/// `lanes …`
#[derive(Debug, Subcommand)]
pub(super) enum LanesCommand {
    /// What is pending, by host, destination and age
    List(Json),
    /// Let a lane go on that is gone, paused or broken
    Resume {
        /// The lane's number, or its exact URL
        #[arg(value_name = "URL-OR-ID")]
        which: String,
    },
}
