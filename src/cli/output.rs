//! Where words leave the program. A reader who has seen enough is no failure.

use std::io::{self, Write};

use super::failure::Failure;
use crate::app::is_journal;

/// Writes `text` and a line's end to standard output.
pub(super) fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    let written = out
        .write_all(text.as_bytes())
        .and_then(|()| match text.ends_with('\n') {
            true => Ok(()),
            false => out.write_all(b"\n"),
        })
        .and_then(|()| out.flush());
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::Failed(
            anyhow::Error::new(error).context("cannot write to standard output"),
        )),
        _ => Ok(()),
    }
}

/// Writes `text` and a line's end to standard error; there is nobody left to tell if that fails.
pub(super) fn complain(text: &str) {
    drop(writeln!(io::stderr().lock(), "{text}"));
}

/// The same, of what kept a command from being done: where the journal reads it, as an error.
pub(super) fn complain_gravely(text: &str) {
    if !is_journal() {
        return complain(text);
    }
    let lines: Vec<String> = text.lines().map(|line| format!("<3>{line}")).collect();
    complain(&lines.join("\n"));
}
