//! How far a comparison came.

use std::fmt;
use std::str::FromStr;

use crate::model::TicketId;

/// Where a comparison goes on. Its text is for whoever asks to give back, not to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cursor {
    /// With the tickets behind this one.
    Tickets(TicketId),
    /// With a page of what a system lists.
    Listing {
        /// Which system.
        system: String,
        /// From 1.
        page: u64,
    },
}

/// A text that is no cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("nothing that an earlier answer gave as `next`")]
pub struct BadCursor;

impl Default for Cursor {
    fn default() -> Self {
        Self::Tickets(TicketId(0))
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tickets(after) => write!(f, "tickets:{}", after.0),
            Self::Listing { system, page } => write!(f, "listing:{page}:{system}"),
        }
    }
}

impl FromStr for Cursor {
    type Err = BadCursor;

    fn from_str(text: &str) -> Result<Self, BadCursor> {
        let (kind, rest) = text.split_once(':').ok_or(BadCursor)?;
        match kind {
            "tickets" => {
                let after = rest.parse().map_err(|_| BadCursor)?;
                Ok(Self::Tickets(TicketId(after)))
            }
            "listing" => {
                let (page, system) = rest.split_once(':').ok_or(BadCursor)?;
                Ok(Self::Listing {
                    system: system.to_owned(),
                    page: page.parse().map_err(|_| BadCursor)?,
                })
            }
            _ => Err(BadCursor),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_as_it_was_written() {
        let listing = |system: &str, page| Cursor::Listing {
            system: system.to_owned(),
            page,
        };
        for cursor in [
            Cursor::default(),
            Cursor::Tickets(TicketId(u64::MAX)),
            listing("front-desk", 1),
            listing("a:b", 7),
        ] {
            assert_eq!(cursor.to_string().parse(), Ok(cursor));
        }
        for text in [
            "",
            "tickets",
            "tickets:x",
            "listing:7",
            "listing:x:y",
            "other:1",
        ] {
            assert_eq!(text.parse::<Cursor>(), Err(BadCursor), "{text:?}");
        }
    }
}
