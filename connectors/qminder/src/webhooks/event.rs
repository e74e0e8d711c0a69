//! What an event says.

use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;

use crate::{LineId, LocationId, Ticket};

#[cfg(test)]
mod tests;

/// Something that happened.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Event {
    /// What happened.
    pub event_type: EventType,
    /// What it happened to.
    pub subject: Subject,
}

/// What happened.
///
/// No type is documented for no-shows, labels, SMS, appointments and external data. A ticket that returns to the queue
/// is told as created.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EventType {
    /// `ticket_created`
    TicketCreated,
    /// `ticket_called`
    TicketCalled,
    /// `ticket_recalled`
    TicketRecalled,
    /// `ticket_cancelled`: removed from the queue. Only the page about ticket events knows of it.
    TicketCancelled,
    /// `ticket_changed`
    TicketChanged,
    /// `ticket_served`
    TicketServed,
    /// `line_changed`
    LineChanged,
    /// `location_created`
    LocationCreated,
    /// `location_changed`
    LocationChanged,
    /// A type that is not documented, as it came.
    Unknown(String),
}

/// What an event is about.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Subject {
    /// A ticket as it is now.
    Ticket(Box<Ticket>),
    /// A line.
    Line(Named<LineId>),
    /// A location.
    Location(Named<LocationId>),
    /// What an event of an unknown type has as its `data`.
    Unknown(Value),
}

/// Something that has an id and a name.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Named<Id> {
    /// Its id.
    pub id: Id,
    /// Its name.
    #[serde(default)]
    pub name: String,
}

/// A body that is no event: not JSON, without a type, or with data that do not fit a known type.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("not an event{}", .event_type.as_deref().map(|found| format!(" of type {found}")).unwrap_or_default())]
#[non_exhaustive]
pub struct UnreadableEvent {
    /// The type, if it was a known one.
    pub event_type: Option<String>,
}

impl EventType {
    /// The documented ones.
    pub const KNOWN: [Self; 9] = [
        Self::TicketCreated,
        Self::TicketCalled,
        Self::TicketRecalled,
        Self::TicketCancelled,
        Self::TicketChanged,
        Self::TicketServed,
        Self::LineChanged,
        Self::LocationCreated,
        Self::LocationChanged,
    ];

    /// The word on the wire.
    pub fn as_str(&self) -> &str {
        match self {
            Self::TicketCreated => "ticket_created",
            Self::TicketCalled => "ticket_called",
            Self::TicketRecalled => "ticket_recalled",
            Self::TicketCancelled => "ticket_cancelled",
            Self::TicketChanged => "ticket_changed",
            Self::TicketServed => "ticket_served",
            Self::LineChanged => "line_changed",
            Self::LocationCreated => "location_created",
            Self::LocationChanged => "location_changed",
            Self::Unknown(text) => text,
        }
    }
}

impl From<String> for EventType {
    fn from(text: String) -> Self {
        let mut known = Self::KNOWN.into_iter();
        known
            .find(|event_type| event_type.as_str() == text)
            .unwrap_or(Self::Unknown(text))
    }
}

impl Event {
    /// Reads the body of a request whose signature was [verified](super::verify).
    ///
    /// # Errors
    ///
    /// [`UnreadableEvent`]. A type that is not documented is none: it comes with its data as they are.
    pub fn parse(body: &[u8]) -> Result<Self, UnreadableEvent> {
        #[derive(Deserialize)]
        struct Body {
            #[serde(rename = "type")]
            event_type: String,
            #[serde(default)]
            data: Value,
        }

        let unreadable = UnreadableEvent { event_type: None };
        let body: Body = serde_json::from_slice(body).map_err(|_| unreadable)?;
        let event_type = EventType::from(body.event_type);
        let data = body.data;
        let subject = match &event_type {
            EventType::TicketCreated
            | EventType::TicketCalled
            | EventType::TicketRecalled
            | EventType::TicketCancelled
            | EventType::TicketChanged
            | EventType::TicketServed => Box::<Ticket>::deserialize(data).map(Subject::Ticket),
            EventType::LineChanged => Named::deserialize(data).map(Subject::Line),
            EventType::LocationCreated | EventType::LocationChanged => {
                Named::deserialize(data).map(Subject::Location)
            }
            EventType::Unknown(_) => Ok(Subject::Unknown(data)),
        };
        match subject {
            Ok(subject) => Ok(Self {
                event_type,
                subject,
            }),
            Err(_) => Err(UnreadableEvent {
                event_type: Some(event_type.as_str().to_owned()),
            }),
        }
    }
}
