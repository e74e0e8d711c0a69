//! What is not sent, because a server would refuse it or could not use it.

use std::fmt;

use thiserror::Error;

/// Something that no server takes, found before anything is sent. It names a field, never a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{field} {rule}")]
pub struct Invalid {
    /// The field, as a JSON pointer without its first slash: `author/username`.
    pub field: &'static str,
    /// What it has to be.
    pub rule: Rule,
}

/// What a field has to be. Its `Display` is a sentence without a subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rule {
    /// More than white space.
    NotBlank,
    /// An address of http or https in visible ASCII, with a host.
    Address,
    /// With a path, if only `/`: servers since August 2022 cannot call an address without one.
    Path,
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotBlank => "is blank",
            Self::Address => "is no address of http or https",
            Self::Path => "has no path",
        })
    }
}

impl Invalid {
    pub(super) fn unless(is_right: bool, field: &'static str, rule: Rule) -> Result<(), Self> {
        if is_right {
            Ok(())
        } else {
            Err(Self { field, rule })
        }
    }
}
