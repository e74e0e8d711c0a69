//! A ticket as the REST API and the webhooks tell it.

use jiff::Timestamp;
use serde::Deserialize;

use crate::lenient::{optional_text, optional_time, or_default};
use crate::{LineId, Source, Status, TicketId};

mod parts;
#[cfg(test)]
mod tests;

pub use parts::{Assignment, Calling, Cancelling, Extra, Interaction, Label, Message, Moment};

/// One visit: [Tickets](https://developer.qminder.com/reference/tickets).
///
/// Read with patience, since the answers differ among themselves: ids and telephone numbers come as text and as
/// numbers, times with milliseconds and without, and what there is none of is empty, `null` or absent. Unknown keys
/// are ignored, unknown words kept.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Ticket {
    /// The name that every call takes.
    pub id: TicketId,
    /// The name that visitors see: `A-42`. Older answers leave it out.
    #[serde(default)]
    pub public_id: Option<String>,
    /// Where it stands.
    pub status: Status,
    /// Where it came from.
    #[serde(default)]
    pub source: Option<Source>,
    /// The line that it stands in.
    #[serde(default)]
    pub line: Option<LineId>,
    /// The visitor's given name.
    #[serde(default)]
    pub first_name: Option<String>,
    /// The visitor's family name.
    #[serde(default)]
    pub last_name: Option<String>,
    /// The visitor's telephone number, with or without `+`. What comes as a number is here as its digits.
    #[serde(default, deserialize_with = "optional_text")]
    pub phone_number: Option<String>,
    /// The visitor's e-mail address.
    #[serde(default)]
    pub email: Option<String>,
    /// The visitor's language: `en`.
    #[serde(default)]
    pub language_code: Option<String>,
    /// What the ticket sorts by instead of its creation, once it was moved within the line: see
    /// [`sort_key`](Self::sort_key).
    #[serde(default, deserialize_with = "optional_time")]
    pub order_after: Option<Timestamp>,
    /// When it was made.
    #[serde(default)]
    pub created: Option<Moment>,
    /// The last call. Said to be there only while the status is `CALLED`; answers about served tickets have it too.
    #[serde(default)]
    pub called: Option<Calling>,
    /// When it was marked as served.
    #[serde(default)]
    pub served: Option<Moment>,
    /// The removal from the queue; only the official client knows of it.
    #[serde(default)]
    pub cancelled: Option<Cancelling>,
    /// Who is to serve it, where someone was named.
    #[serde(default)]
    pub assigned: Option<Assignment>,
    /// What the visitor filled in. A field with several chosen options comes as several entries of one title.
    #[serde(default, deserialize_with = "or_default")]
    pub extra: Vec<Extra>,
    /// Its labels.
    #[serde(default, deserialize_with = "or_default")]
    pub labels: Vec<Label>,
    /// Every time that it was called; only where [`Scope::Interactions`](crate::tickets::Scope) was asked for.
    #[serde(default, deserialize_with = "or_default")]
    pub interactions: Vec<Interaction>,
    /// The SMS to and from the visitor; only where [`Scope::Messages`](crate::tickets::Scope) was asked for.
    #[serde(default, deserialize_with = "or_default")]
    pub messages: Vec<Message>,
}

impl Ticket {
    /// What tickets of a line are served in the order of: [`order_after`](Self::order_after), else their creation.
    pub fn sort_key(&self) -> Option<Timestamp> {
        self.order_after
            .or(self.created.as_ref().map(|created| created.date))
    }
}
