//! Simulated peers by hand: `ticketbridge-sim receiver` shows the replies that reach it, and a person plays the clerk
//! with `ticketbridge-sim qminder`, customer and agent with `deskhive`, and the agent with `respondo`; `collector` shows
//! the traces that reach it. `demo` plays them all, with a daemon.

mod by_hand;
mod defaults;
mod demo;
mod front_desk;
mod helpdesk;
mod report;
mod support_desk;
mod traces;

use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, Parser, Subcommand};
use serde_json::json;
use ticketbridge_sim::{Behaviour, Receiver};
use tokio::signal::unix::{SignalKind, signal};

/// Simulated peers, to try ticketbridge against.
#[derive(Parser)]
#[command(name = "ticketbridge-sim", version)]
struct Command {
    #[command(subcommand)]
    peer: Peer,
}

#[derive(Subcommand)]
enum Peer {
    Demo(demo::Options),
    Receiver(ReceiverOptions),
    Deskhive(helpdesk::Options),
    Qminder(front_desk::Options),
    Respondo(support_desk::Options),
    Collector(traces::Options),
}

/// Receives replies at response URLs and shows each in a line
///
/// A line has the time (UTC), the method, the path, the Webhook-Id, the answer and the text
/// of the reply. A request that is not answered is shown when its client gives up.
#[derive(Args)]
#[command(after_help = defaults::HELP)]
struct ReceiverOptions {
    /// The address to listen on
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:9090")]
    listen: SocketAddr,

    /// How one path behaves, matched exactly; may be given several times
    #[arg(long, value_name = "PATH=BEHAVIOUR", value_parser = behaviour_at)]
    behave: Vec<(String, Behaviour)>,

    /// Print a JSON object for each request, with its headers and body
    #[arg(long)]
    json: bool,
}

fn behaviour_at(text: &str) -> Result<(String, Behaviour), String> {
    let (path, word) = text.split_once('=').ok_or("expected PATH=BEHAVIOUR")?;
    if !path.starts_with('/') {
        return Err("a path begins with a slash".to_owned());
    }
    let behaviour = word
        .parse()
        .map_err(|unknown| format!("{unknown}; see --help"))?;
    Ok((path.to_owned(), behaviour))
}

fn main() -> anyhow::Result<ExitCode> {
    match demo::called_as() {
        Some(ended) => Ok(ended),
        None => simulate(),
    }
}

#[tokio::main]
async fn simulate() -> anyhow::Result<ExitCode> {
    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut terminated = signal(SignalKind::terminate())?;
    let stop = async {
        tokio::select! {
            _ = interrupted.recv() => (),
            _ = terminated.recv() => (),
        }
    };
    match Command::parse().peer {
        Peer::Demo(options) => return demo::run(options, stop).await,
        Peer::Receiver(options) => until(stop, receive(options)).await,
        Peer::Deskhive(options) => until(stop, helpdesk::run(options)).await,
        Peer::Qminder(options) => until(stop, front_desk::run(options)).await,
        Peer::Respondo(options) => until(stop, support_desk::run(options)).await,
        Peer::Collector(options) => until(stop, traces::run(options)).await,
    }?;
    Ok(ExitCode::SUCCESS)
}

/// Serves until it is told to stop.
async fn until(
    stop: impl Future<Output = ()>,
    serving: impl Future<Output = anyhow::Result<()>>,
) -> anyhow::Result<()> {
    tokio::select! {
        served = serving => served,
        () = stop => Ok(()),
    }
}

async fn receive(options: ReceiverOptions) -> anyhow::Result<()> {
    let receiver = Receiver::start_on(options.listen)
        .await
        .with_context(|| format!("cannot listen on {}", options.listen))?;
    let loopback = format!(
        "http://127.0.0.1:{}/valid/redirected",
        receiver.addr().port()
    );
    receiver.otherwise(move |path| Some(defaults::behaviour(path, &loopback)));
    for (path, behaviour) in &options.behave {
        receiver.behave(path, behaviour.clone());
    }
    shown(show(&receiver, options.json).await)
}

/// What became of printing, where whoever read may have seen enough.
fn shown(printed: io::Result<()>) -> anyhow::Result<()> {
    match printed {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        printed => printed.context("cannot print"),
    }
}

async fn show(receiver: &Receiver, as_json: bool) -> io::Result<()> {
    let mut out = io::stdout();
    if as_json {
        writeln!(out, "{}", json!({ "listening": receiver.url("") }))?;
    } else {
        writeln!(out, "listening on {}, until Ctrl-C", receiver.url(""))?;
        writeln!(
            out,
            "a response_url to begin with: {}",
            receiver.url("/valid/1")
        )?;
    }
    loop {
        for received in receiver.take_ended().await {
            let line = if as_json {
                report::object(&received).to_string()
            } else {
                report::line(&received)
            };
            writeln!(out, "{line}")?;
        }
        out.flush()?;
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Command::command().debug_assert();
    }

    #[test]
    fn the_documents_call_it_as_it_is() {
        const CARGO: &str = "cargo run --release -p ticketbridge-sim --";
        let mut calls = 0;
        for file in ["README.md", "docs/MANUAL.md"] {
            let path = format!("{}/../../{file}", env!("CARGO_MANIFEST_DIR"));
            let text = std::fs::read_to_string(path).unwrap();
            let text = text
                .replace("\\\n", " ")
                .replace(CARGO, "$ ticketbridge-sim");
            let quoted = text
                .split('`')
                .filter(|span| span.starts_with("ticketbridge-sim "));
            let typed = text.lines().filter_map(|line| line.strip_prefix("$ "));
            for call in quoted.chain(typed.filter(|line| line.starts_with("ticketbridge-sim "))) {
                if let Err(error) = Command::try_parse_from(call.split_whitespace()) {
                    panic!("{file}: {call}: {error}");
                }
                calls += 1;
            }
        }
        assert!(calls > 8, "{calls}");
    }

    #[test]
    fn a_behaviour_belongs_to_a_path() {
        assert_eq!(
            behaviour_at("/a=status:503"),
            Ok(("/a".to_owned(), Behaviour::Status(503)))
        );
        assert_eq!(
            behaviour_at("a=gone"),
            Err("a path begins with a slash".to_owned())
        );
        assert_eq!(
            behaviour_at("/a"),
            Err("expected PATH=BEHAVIOUR".to_owned())
        );
        assert_eq!(
            behaviour_at("/a=x"),
            Err("\"x\" is not a behaviour; see --help".to_owned())
        );
    }
}
