//! A day at a helpdesk, played with all simulated peers and a daemon between them.
//!
//! Every line that is shown was seen at the peer that it names; what does not come in time is said, and ends the demo.

mod acts;
mod agent;
mod check;
mod daemon;
mod folder;
mod ledger;
mod scene;
mod show;
mod stage;

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use serde_json::json;
use tokio::time::Instant;

pub(crate) use daemon::called_as;

use show::Show;
use stage::Stage;

/// Plays a day at a helpdesk with all peers and a daemon, and shows it as it happens
///
/// Qminder, DeskHive, Respondo and Zapier are simulated on loopback; the daemon is the real one, in a process of its
/// own. Each line has the time (UTC) and was observed at the peer that it names. It ends with the daemon's trace of each
/// ticket, within a minute; 1 if something did not come.
#[derive(Args)]
pub(crate) struct Options {
    /// Keep the daemon's folder, with its configuration, log and store; must not be there yet
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,

    /// Print a JSON object for each line, the summary and each trace
    #[arg(long)]
    json: bool,
}

/// Plays until the end, or until it is told to stop.
pub(crate) async fn run(
    options: Options,
    stop: impl Future<Output = ()>,
) -> anyhow::Result<ExitCode> {
    let began = Instant::now();
    let show = Show::new(options.json);
    let mut stage = Stage::set(show, options.keep.as_deref()).await?;
    let ended = tokio::select! {
        played = play(&mut stage, began) => Some(played),
        () = stop => None,
    };
    let log = stage.daemon.last_words();
    let closed = stage.daemon.end().await;
    match ended {
        Some(Ok(())) => {
            closed?;
            leave(&stage)?;
            Ok(ExitCode::SUCCESS)
        }
        // Whoever read has seen enough.
        Some(Err(error)) if is_broken_pipe(&error) => Ok(ExitCode::SUCCESS),
        Some(Err(error)) => {
            stage.show.waits_no_more()?;
            let mut out = io::stderr().lock();
            writeln!(
                out,
                "\nThe demo breaks off: {error:#}\n\nThe daemon's log ends:\n{log}"
            )?;
            Ok(ExitCode::FAILURE)
        }
        None => {
            stage.show.waits_no_more()?;
            // As a shell says of who was interrupted.
            Ok(ExitCode::from(130))
        }
    }
}

async fn play(stage: &mut Stage, began: Instant) -> anyhow::Result<()> {
    acts::play(stage).await?;
    stage.act("Night. Everything is counted")?;
    check::rest(stage).await?;
    let found = check::check(stage).await?;
    stage.show.sum_up(&found.words(), &found.object())?;
    stage.act("What an operator sees")?;
    let numbers: Vec<u64> = stage
        .ledger
        .accounts()
        .iter()
        .map(|one| one.number)
        .collect();
    for number in numbers {
        let number = number.to_string();
        let mut command = vec!["trace", &number];
        if stage.show.is_json() {
            command.push("--json");
        }
        let printed = stage.daemon.run(&command).await?;
        let command = format!("ticketbridge {}", command.join(" "));
        stage.show.quote(&command, &printed)?;
    }
    took(stage, began.elapsed())
}

fn took(stage: &Stage, took: Duration) -> anyhow::Result<()> {
    let seconds = took.as_secs_f64();
    let object = json!({ "seconds": seconds });
    let words = [String::new(), format!("All of that took {seconds:.1} s.")];
    Ok(stage.show.sum_up(&words, &object)?)
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let cause = error.root_cause().downcast_ref::<io::Error>();
    cause.is_some_and(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
}

/// Where the rest can be read, once the daemon has ended.
fn leave(stage: &Stage) -> anyhow::Result<()> {
    let log = stage.daemon.log().display();
    let words = match stage.folder.is_kept() {
        true => format!("Its log is {log}, beside its configuration and its store."),
        false => format!("Its log was {log}, and goes with its folder; --keep DIR keeps both."),
    };
    let object = json!({ "log": stage.daemon.log(), "kept": stage.folder.is_kept() });
    Ok(stage.show.sum_up(&[words], &object)?)
}
