//! What the peers that a person plays have in common: what is new is shown, and what is typed is done.

use std::io::{self, BufRead as _, Write as _};
use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use tokio::sync::mpsc;

/// Longer than anybody plays.
pub(crate) const EVER: Duration = Duration::MAX;

/// Prints what is there from the start, what is new as it comes, and what is said to each typed line.
///
/// `news` may be dropped while it waits, and must have lost nothing then.
pub(crate) async fn play(
    base_url: &str,
    has: &str,
    mut news: impl AsyncFnMut() -> Vec<String>,
    perform: impl AsyncFn(&str) -> Vec<String>,
) -> io::Result<()> {
    let mut out = io::stdout();
    writeln!(out, "listening on {base_url}, until Ctrl-C")?;
    writeln!(out, "{has}")?;
    let mut typed = typed();
    loop {
        out.flush()?;
        let lines = tokio::select! {
            lines = news() => lines,
            // An input that ends leaves the peer to its requests.
            Some(command) = typed.recv() => perform(&command).await,
        };
        for line in lines {
            writeln!(out, "{line}")?;
        }
    }
}

/// The lines of the standard input, read by a thread that ends with the process.
fn typed() -> mpsc::Receiver<String> {
    let (tell, told) = mpsc::channel(1);
    std::thread::spawn(move || {
        for line in io::stdin().lock().lines().map_while(Result::ok) {
            if tell.blocking_send(line).is_err() {
                return;
            }
        }
    });
    told
}

/// A request in a line.
///
/// What came from outside is escaped, so that it can neither break the line nor steer the terminal.
pub(crate) fn request(
    method: &str,
    target: &str,
    answered: Option<u16>,
    refused: Option<&str>,
) -> String {
    let answer = answered.map_or("no answer".to_owned(), |status| status.to_string());
    let (method, target) = (method.escape_debug(), target.escape_debug());
    let mut line = format!("{method} {target} -> {answer}");
    if let Some(reason) = refused {
        line.push_str(&format!(" refused: {}", reason.escape_debug()));
    }
    line
}

/// Writes a peer's certificate, in PEM, where it was asked for.
pub(crate) fn write_certificate(file: Option<&Path>, pem: Option<&str>) -> anyhow::Result<()> {
    if let (Some(file), Some(pem)) = (file, pem) {
        std::fs::write(file, pem).with_context(|| format!("cannot write {}", file.display()))?;
    }
    Ok(())
}
