//! The command line: reads what was typed, asks the daemon or the store, and puts the answer for people or scripts.
//!
//! Only [`serve`](crate::app::serve) builds a daemon. Everything that concerns tickets and deliveries goes through the
//! operator's interface, whether a daemon answers or this process, so that both do the same. Nothing that comes from
//! outside reaches the terminal with its control characters.

mod args;
mod configuration;
mod dead_letters;
mod deliveries;
#[cfg(test)]
mod documented;
mod failure;
mod generate;
mod lanes;
mod log_level;
mod map;
mod output;
mod probe;
mod reconcile;
mod reply;
mod selftest;
mod status;
mod store;
mod systems;
mod table;
mod test_mappings;
mod tickets;
mod trace;
mod transport;
mod words;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;
use rustix::fs::Mode;
use rustix::process::umask;

use crate::app::{self, HandedOver};
use crate::clock::{Clock, SystemClock};
use crate::rehearsal::Pair;
use crate::settings::{LoadOptions, load};

use args::{Cli, Command, ConfigCommand, GenerateCommand, LogCommand, Operation, TokenCommand};
use failure::Failure;
use transport::Transport;

/// Reads the command line, does what it says, and tells how that ended.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Nobody is left to tell if that cannot be written.
            drop(error.print());
            return match error.kind() {
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => ExitCode::SUCCESS,
                _ => ExitCode::from(2),
            };
        }
    };
    match begin(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let words = failure.words();
            if !words.is_empty() {
                output::complain_gravely(&format!("ticketbridge: {words}"));
            }
            ExitCode::from(failure.exit_code())
        }
    }
}

fn begin(cli: Cli) -> Result<(), Failure> {
    // Whatever is written, by a daemon or beside it, is for its own user.
    umask(Mode::RWXG | Mode::RWXO);
    // While there is one thread.
    let handed_over = match cli.command {
        Command::Serve => HandedOver::take().map_err(Failure::HandedOver)?,
        _ => HandedOver::default(),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::Failed(anyhow::Error::new(error).context("cannot start")))?;
    let ended = runtime.block_on(run(cli, handed_over));
    // Whatever waits for a disk that never answers is not waited for.
    runtime.shutdown_background();
    ended
}

async fn run(cli: Cli, handed_over: HandedOver) -> Result<(), Failure> {
    let Cli { config, command } = cli;
    match command {
        Command::Serve => serve(config, handed_over).await,
        Command::CheckConfig { no_files, json } => {
            configuration::check(&config, !no_files, json.json)
        }
        Command::Config(ConfigCommand::Show { part, json }) => {
            configuration::show(&config, part, json.json)
        }
        Command::Token(TokenCommand::New { name }) => configuration::new_token(&name),
        Command::Generate(GenerateCommand::Man { folder }) => generate::man_pages(&folder),
        Command::Generate(GenerateCommand::Completions { shell }) => generate::completions(shell),
        Command::Selftest(json) => {
            let options = LoadOptions { open_files: false };
            let loaded = load(&config, options).map_err(Failure::Configuration)?;
            selftest::run(&loaded.settings, json.json).await
        }
        Command::Store(command) => store::run(&config, command).await,
        Command::Map {
            from,
            to,
            file,
            brand,
            system,
            json,
        } => {
            let pair = Pair {
                from,
                to,
                brand,
                system,
            };
            map::run(&config, &pair, &file, json.json).await
        }
        Command::TestMappings { dir, update, json } => {
            test_mappings::run(&config, dir, update, json.json).await
        }
        Command::Operate(operation) => operate(config, operation).await,
    }
}

async fn serve(config: PathBuf, handed_over: HandedOver) -> Result<(), Failure> {
    let loaded = load(&config, LoadOptions { open_files: true }).map_err(Failure::Configuration)?;
    let log = app::init_log(&loaded.settings.log)?;
    Ok(app::serve(config, loaded, log, handed_over).await?)
}

/// Without secrets, so that an operator who may not read them can look after the daemon. Only where no daemon runs that
/// could call systems, this process needs them for that.
async fn operate(config: PathBuf, operation: Operation) -> Result<(), Failure> {
    let loaded =
        load(&config, LoadOptions { open_files: false }).map_err(Failure::Configuration)?;
    app::init_command_log();
    let calls = operation.calls_systems().then_some(config.as_path());
    let transport = match operation.needs_daemon() {
        true => Transport::to_daemon(&loaded.settings).await?,
        false => Transport::open(&loaded.settings, calls).await?,
    };
    let now = SystemClock.now();
    let done = match operation {
        Operation::Status(json) => status::run(&transport, json.json).await,
        Operation::Tickets(command) => tickets::run(&transport, command, now).await,
        Operation::Trace { of, json } => trace::run(&transport, of, json.json).await,
        Operation::Reply {
            id,
            text,
            agent,
            internal,
        } => reply::run(&transport, id, &text, agent, internal).await,
        Operation::Deliveries(command) => deliveries::run(&transport, command, now).await,
        Operation::DeadLetters(command) => dead_letters::run(&transport, command, now).await,
        Operation::Lanes(command) => lanes::run(&transport, command, now).await,
        Operation::Systems(command) => systems::run(&transport, command, now).await,
        Operation::Probe { system, json } => probe::run(&transport, &system, json.json).await,
        Operation::Reconcile {
            system,
            apply,
            json,
        } => reconcile::run(&transport, system, apply, json.json).await,
        Operation::Log(LogCommand::Level { spec, json }) => {
            log_level::run(&transport, spec, json.json).await
        }
    };
    let closed = transport.close().await;
    done.and(closed)
}

#[cfg(test)]
mod tests;
