//! The binary as a process, with somebody at its keyboard who reads its screen.

use std::process::{ExitStatus, Stdio};

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

use crate::client::LONG;

/// The binary, to be run with these arguments.
pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ticketbridge-sim"));
    command
        .args(arguments)
        .stdout(Stdio::piped())
        .kill_on_drop(true);
    command
}

/// What a subcommand says of itself.
pub(crate) async fn help(subcommand: &str) -> String {
    let output = command(&[subcommand, "--help"]).output().await.unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// A peer on a free port, with its keyboard and its screen.
pub(crate) struct Desk {
    child: Child,
    keyboard: ChildStdin,
    screen: Lines<BufReader<ChildStdout>>,
}

impl Desk {
    pub(crate) fn open(subcommand: &str, arguments: &[&str]) -> Self {
        let mut child = command(&[subcommand, "--listen", "127.0.0.1:0"])
            .args(arguments)
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        Self {
            keyboard: child.stdin.take().unwrap(),
            screen: BufReader::new(child.stdout.take().unwrap()).lines(),
            child,
        }
    }

    /// The next line on the screen.
    pub(crate) async fn line(&mut self) -> String {
        let line = timeout(LONG, self.screen.next_line()).await.unwrap();
        line.unwrap().unwrap()
    }

    /// The address that the first line says it listens on.
    pub(crate) async fn address(&mut self, scheme: &str) -> String {
        let first = self.line().await;
        let address = first.strip_prefix(&format!("listening on {scheme}://"));
        let address = address.and_then(|rest| rest.strip_suffix(", until Ctrl-C"));
        address.expect(&first).to_owned()
    }

    /// Types a command; the first line that is shown then.
    pub(crate) async fn types(&mut self, command: &str) -> String {
        let line = format!("{command}\n");
        self.keyboard.write_all(line.as_bytes()).await.unwrap();
        self.line().await
    }

    /// Sends a signal, and waits for the end.
    pub(crate) async fn end(mut self, signal: &str) -> ExitStatus {
        let id = self.child.id().unwrap().to_string();
        let sent = Command::new("kill").args([signal, &id]).status().await;
        assert!(sent.unwrap().success());
        timeout(LONG, self.child.wait()).await.unwrap().unwrap()
    }
}
