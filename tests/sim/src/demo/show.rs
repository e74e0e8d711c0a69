//! What the reader sees: acts, and beneath each what was observed, a line each.

use std::io::{self, IsTerminal as _, Write as _};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

/// As wide as the longest name of who is seen.
const NAME_WIDTH: usize = 10;

/// Where something was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Zapier,
    FrontDesk,
    Support,
    Hub,
    Agent,
    Daemon,
}

impl Place {
    fn name(self) -> &'static str {
        match self {
            Self::Zapier => "Zapier",
            Self::FrontDesk => "Qminder",
            Self::Support => "DeskHive",
            Self::Hub => "Respondo",
            Self::Agent => "agent",
            Self::Daemon => "daemon",
        }
    }

    /// Of the terminal's own colours, so that they can be read on any ground.
    fn colour(self) -> u8 {
        match self {
            Self::Zapier => 33,
            Self::FrontDesk => 32,
            Self::Support => 36,
            Self::Hub => 35,
            Self::Agent => 34,
            Self::Daemon => 31,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Plain,
    Coloured,
    Json,
}

#[derive(Debug)]
pub(super) struct Show {
    form: Form,
    /// Whether a wait can be shown in a line that is taken back.
    is_live: bool,
    act: String,
}

impl Show {
    pub(super) fn new(as_json: bool) -> Self {
        let wants_none = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let form = match as_json {
            true => Form::Json,
            false if io::stdout().is_terminal() && !wants_none => Form::Coloured,
            false => Form::Plain,
        };
        Self {
            form,
            is_live: io::stderr().is_terminal(),
            act: String::new(),
        }
    }

    pub(super) fn is_json(&self) -> bool {
        self.form == Form::Json
    }

    /// What comes is another act.
    pub(super) fn act(&mut self, title: &str) -> io::Result<()> {
        title.clone_into(&mut self.act);
        match self.form {
            Form::Json => Ok(()),
            Form::Plain => print(&format!("\n{title}")),
            Form::Coloured => print(&format!("\n\u{1b}[1m{title}\u{1b}[0m")),
        }
    }

    /// Something was observed.
    pub(super) fn saw(&self, place: Place, words: &str) -> io::Result<()> {
        let now = now();
        let name = place.name();
        if self.is_json() {
            let at = now.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string();
            let object = json!({ "at": at, "act": self.act, "who": name, "what": words });
            return print(&object.to_string());
        }
        let at = now.strftime("%H:%M:%S%.3f");
        let words = tame(words);
        match self.form {
            Form::Coloured => {
                let colour = place.colour();
                print(&format!(
                    "{at}  \u{1b}[{colour}m{name:<NAME_WIDTH$}\u{1b}[0m {words}"
                ))
            }
            Form::Plain | Form::Json => print(&format!("{at}  {name:<NAME_WIDTH$} {words}")),
        }
    }

    /// Text of many lines: what a command of the operator's printed.
    pub(super) fn quote(&self, command: &str, printed: &str) -> io::Result<()> {
        match self.form {
            Form::Json => {
                let value: Value = serde_json::from_str(printed).unwrap_or_else(|_| json!(printed));
                print(&json!({ "command": command, "printed": value }).to_string())
            }
            Form::Plain | Form::Coloured => {
                print(&format!("\n$ {command}\n{}", printed.trim_end()))
            }
        }
    }

    /// What is known in the end: in words, or as an object.
    pub(super) fn sum_up(&self, words: &[String], object: &Value) -> io::Result<()> {
        if self.is_json() {
            return print(&object.to_string());
        }
        words.iter().try_for_each(|line| print(line))
    }

    /// After so long it is shown that something is waited for, and then as often.
    pub(super) fn patience(&self) -> Duration {
        Duration::from_secs(if self.is_live { 1 } else { 10 })
    }

    /// Something does not come at once.
    pub(super) fn waits(&self, what: &str, since: Duration) -> io::Result<()> {
        let mut out = io::stderr().lock();
        let seconds = since.as_secs();
        if self.is_live {
            write!(out, "\r\u{1b}[2K… {what} ({seconds} s)")?;
        } else {
            writeln!(out, "… {what} ({seconds} s)")?;
        }
        out.flush()
    }

    /// It has come, or never will.
    pub(super) fn waits_no_more(&self) -> io::Result<()> {
        if !self.is_live {
            return Ok(());
        }
        let mut out = io::stderr().lock();
        write!(out, "\r\u{1b}[2K")?;
        out.flush()
    }
}

/// Control characters of what came from outside neither break the line nor steer the terminal.
fn tame(words: &str) -> String {
    let plain = |each: char| if each.is_control() { ' ' } else { each };
    words.chars().map(plain).collect()
}

#[expect(clippy::disallowed_methods, reason = "the reader's own clock")]
fn now() -> Timestamp {
    Timestamp::now()
}

fn print(line: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_has_room() {
        let places = [
            Place::Zapier,
            Place::FrontDesk,
            Place::Support,
            Place::Hub,
            Place::Agent,
            Place::Daemon,
        ];
        assert!(places.iter().all(|place| place.name().len() < NAME_WIDTH));
    }

    #[test]
    fn what_is_seen_stays_in_its_line() {
        assert_eq!(tame("a\nb\u{1b}[2J"), "a b [2J");
    }
}
