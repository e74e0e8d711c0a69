//! What this program does as a child process of its own: peers and baselines, told what to do line by line on
//! standard input and answering each line with one line of JSON.

use std::process::Stdio;

use anyhow::Context as _;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use crate::args::Role;
use crate::output;

pub(crate) mod baseline;
pub(crate) mod poster;
pub(crate) mod receiver;

/// Plays a role until standard input ends.
pub(crate) fn play(role: Role) -> anyhow::Result<()> {
    match role {
        // As many threads as the daemon has.
        Role::Baseline => many_threads()?.block_on(baseline::run()),
        Role::Poster => many_threads()?.block_on(poster::run()),
        Role::Receiver { port } => {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            runtime.block_on(receiver::run(port))
        }
    }
}

fn many_threads() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
}

/// Orders as they come.
fn orders() -> Lines<BufReader<tokio::io::Stdin>> {
    BufReader::new(tokio::io::stdin()).lines()
}

fn answer(answer: &impl Serialize) -> anyhow::Result<()> {
    output::print(&serde_json::to_string(answer)?);
    Ok(())
}

/// A child that plays a role.
pub(crate) struct Helper {
    process: Child,
    orders: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
}

impl Helper {
    /// Starts one, with these arguments of the command line.
    pub(crate) fn start(arguments: &[&str]) -> anyhow::Result<Self> {
        let mut process = Command::new(std::env::current_exe()?)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let orders = process.stdin.take().context("no standard input")?;
        let answers = process.stdout.take().context("no standard output")?;
        Ok(Self {
            process,
            orders,
            answers: BufReader::new(answers).lines(),
        })
    }

    pub(crate) fn pid(&self) -> anyhow::Result<u32> {
        self.process.id().context("the helper has ended")
    }

    /// The next line of JSON.
    pub(crate) async fn hear<T: DeserializeOwned>(&mut self) -> anyhow::Result<T> {
        let line = self.answers.next_line().await?;
        let line = line.context("a helper ended unexpectedly")?;
        Ok(serde_json::from_str(&line)?)
    }

    /// Gives an order and returns the answer.
    pub(crate) async fn ask<T: DeserializeOwned>(
        &mut self,
        order: &impl Serialize,
    ) -> anyhow::Result<T> {
        let mut line = serde_json::to_vec(order)?;
        line.push(b'\n');
        self.orders.write_all(&line).await?;
        self.hear().await
    }
}
