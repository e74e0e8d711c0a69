//! A part of a trace, as it is looked at.

use std::collections::BTreeMap;
use std::fmt;

/// A part of a trace. Identifiers are in hexadecimal digits.
#[derive(Clone, Debug, PartialEq)]
pub struct Span {
    /// Which trace.
    pub trace: String,
    /// Which part of it.
    pub id: String,
    /// What it is a part of; none where the trace begins with it.
    pub parent: Option<String>,
    /// What others along the way have to say.
    pub state: String,
    /// What it is called.
    pub name: String,
    /// `internal`, `server`, `client`, `producer` or `consumer`.
    pub kind: &'static str,
    /// Nanoseconds since 1970.
    pub began: u64,
    /// Nanoseconds since 1970.
    pub ended: u64,
    /// In words.
    pub attributes: BTreeMap<String, String>,
    /// What went wrong, if something did.
    pub error: Option<String>,
    /// `service.name`
    pub service: String,
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let took = self.ended.saturating_sub(self.began) / 1000;
        // What came from outside must neither break the line nor steer the terminal.
        let name = self.name.escape_debug();
        let parent = self.parent.as_deref().unwrap_or("----------------");
        write!(
            f,
            "{} {} {parent} {:8} {took:>8}us {name}",
            self.trace, self.id, self.kind
        )?;
        for (key, value) in &self.attributes {
            write!(f, " {}={}", key.escape_debug(), value.escape_debug())?;
        }
        match &self.error {
            Some(error) => write!(f, " failed: {}", error.escape_debug()),
            None => Ok(()),
        }
    }
}
