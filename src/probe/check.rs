//! One assumption, and what was seen.

use std::fmt;

/// An assumption about a system, held against what it answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// How that came out.
    pub verdict: Verdict,
    /// What is assumed.
    pub assumption: String,
    /// What was seen.
    pub seen: String,
}

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// As assumed.
    Ok,
    /// Worth knowing; it works all the same, or cannot be seen.
    Note,
    /// It will not work.
    Wrong,
}

impl Verdict {
    /// One word for people and scripts.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Note => "note",
            Self::Wrong => "wrong",
        }
    }
}

/// Checks in the making.
#[derive(Debug, Default)]
pub(super) struct Checks(Vec<Check>);

impl Checks {
    pub(super) fn ok(&mut self, assumption: impl fmt::Display, seen: impl fmt::Display) {
        self.add(Verdict::Ok, assumption, seen);
    }

    pub(super) fn note(&mut self, assumption: impl fmt::Display, seen: impl fmt::Display) {
        self.add(Verdict::Note, assumption, seen);
    }

    pub(super) fn wrong(&mut self, assumption: impl fmt::Display, seen: impl fmt::Display) {
        self.add(Verdict::Wrong, assumption, seen);
    }

    /// `ok` where it is so, else `otherwise`.
    pub(super) fn judge(
        &mut self,
        is_so: bool,
        otherwise: Verdict,
        assumption: impl fmt::Display,
        seen: impl fmt::Display,
    ) {
        let verdict = if is_so { Verdict::Ok } else { otherwise };
        self.add(verdict, assumption, seen);
    }

    fn add(&mut self, verdict: Verdict, assumption: impl fmt::Display, seen: impl fmt::Display) {
        self.0.push(Check {
            verdict,
            assumption: assumption.to_string(),
            seen: seen.to_string(),
        });
    }

    pub(super) fn done(self) -> Vec<Check> {
        self.0
    }
}
