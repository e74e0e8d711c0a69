//! The closed lists of words: status and priority.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

/// Where a ticket stands.
///
/// Reading a document keeps a word that is not in the list; [`FromStr`], which is for what people ask for, refuses it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Status {
    /// `open`
    Open,
    /// `in_progress`
    InProgress,
    /// `on_hold`
    OnHold,
    /// `closed`
    Closed,
    /// A word that the documentation does not list, as it came.
    Unknown(String),
}

/// How much a ticket presses.
///
/// Reading a document keeps a word that is not in the list; [`FromStr`], which is for what people ask for, refuses it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Priority {
    /// `low`
    Low,
    /// `medium`
    Medium,
    /// `high`
    High,
    /// `critical`
    Critical,
    /// A word that the documentation does not list, as it came.
    Unknown(String),
}

/// Text that is no status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a status: open, in_progress, on_hold and closed are")]
pub struct UnknownStatus;

/// Text that is no priority.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a priority: low, medium, high and critical are")]
pub struct UnknownPriority;

impl Status {
    /// The documented ones.
    pub const ALL: [Self; 4] = [Self::Open, Self::InProgress, Self::OnHold, Self::Closed];

    /// Whether it is one of the documented ones.
    pub fn is_known(&self) -> bool {
        !matches!(self, Self::Unknown(_))
    }

    /// The word on the wire.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Open => "open",
            Self::InProgress => "in_progress",
            Self::OnHold => "on_hold",
            Self::Closed => "closed",
            Self::Unknown(text) => text,
        }
    }
}

impl Priority {
    /// The documented ones, least first.
    pub const ALL: [Self; 4] = [Self::Low, Self::Medium, Self::High, Self::Critical];

    /// Whether it is one of the documented ones.
    pub fn is_known(&self) -> bool {
        !matches!(self, Self::Unknown(_))
    }

    /// The word on the wire.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
            Self::Unknown(text) => text,
        }
    }
}

impl Default for Status {
    /// None.
    fn default() -> Self {
        Self::Unknown(String::new())
    }
}

impl FromStr for Status {
    type Err = UnknownStatus;

    fn from_str(text: &str) -> Result<Self, UnknownStatus> {
        let mut all = Self::ALL.into_iter();
        all.find(|status| status.as_str() == text)
            .ok_or(UnknownStatus)
    }
}

impl Default for Priority {
    /// None.
    fn default() -> Self {
        Self::Unknown(String::new())
    }
}

impl FromStr for Priority {
    type Err = UnknownPriority;

    fn from_str(text: &str) -> Result<Self, UnknownPriority> {
        let mut all = Self::ALL.into_iter();
        all.find(|priority| priority.as_str() == text)
            .ok_or(UnknownPriority)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Priority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Status {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl Serialize for Priority {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Status {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Ok(text.parse().unwrap_or(Self::Unknown(text)))
    }
}

impl<'de> Deserialize<'de> for Priority {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Ok(text.parse().unwrap_or(Self::Unknown(text)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_words_go_both_ways() {
        for (status, word) in
            Status::ALL
                .into_iter()
                .zip(["open", "in_progress", "on_hold", "closed"])
        {
            assert_eq!(word.parse(), Ok(status.clone()));
            assert_eq!(status.to_string(), word);
            let json = format!("\"{word}\"");
            assert_eq!(serde_json::to_string(&status).unwrap(), json);
            assert_eq!(serde_json::from_str::<Status>(&json).unwrap(), status);
        }
        for (priority, word) in Priority::ALL
            .into_iter()
            .zip(["low", "medium", "high", "critical"])
        {
            assert_eq!(word.parse(), Ok(priority.clone()));
            assert_eq!(priority.to_string(), word);
            let json = format!("\"{word}\"");
            assert_eq!(serde_json::to_string(&priority).unwrap(), json);
            assert_eq!(serde_json::from_str::<Priority>(&json).unwrap(), priority);
        }
    }

    #[test]
    fn other_words_are_kept_when_read_and_refused_when_asked_for() {
        for word in ["", "Open", "in progress", "escalated"] {
            let json = format!("\"{word}\"");
            let status: Status = serde_json::from_str(&json).unwrap();
            assert_eq!(status, Status::Unknown(word.to_owned()));
            assert_eq!(serde_json::to_string(&status).unwrap(), json);
            let priority: Priority = serde_json::from_str(&json).unwrap();
            assert_eq!(priority, Priority::Unknown(word.to_owned()));
            assert_eq!(serde_json::to_string(&priority).unwrap(), json);
            assert_eq!(word.parse::<Status>(), Err(UnknownStatus));
            assert_eq!(word.parse::<Priority>(), Err(UnknownPriority));
        }
    }
}
