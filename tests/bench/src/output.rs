//! The only place that prints: results on standard output, progress on standard error.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for the terminal"
)]

/// A result.
pub(crate) fn print(text: &str) {
    println!("{text}");
}

/// Progress, or what went wrong.
pub(crate) fn say(text: &str) {
    eprintln!("{text}");
}
