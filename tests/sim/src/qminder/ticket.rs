//! A ticket as the peer keeps it.

use jiff::Timestamp;
use serde_json::Value;

/// Where a ticket stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// In the queue.
    New,
    /// Being served.
    Called,
    /// Served.
    Served,
    /// The visitor did not come.
    NoShow,
    /// Removed from the queue.
    CancelledByClerk,
}

impl Status {
    /// The word that the API uses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "NEW",
            Self::Called => "CALLED",
            Self::Served => "SERVED",
            Self::NoShow => "NOSHOW",
            Self::CancelledByClerk => "CANCELLED_BY_CLERK",
        }
    }
}

/// Who called a ticket, when and to where.
#[derive(Clone, Debug, PartialEq)]
pub struct Called {
    /// When.
    pub date: Timestamp,
    /// The user who called.
    pub caller: u64,
    /// The desk, if one was named.
    pub desk: Option<u64>,
}

/// An end in the queue.
#[derive(Clone, Debug, PartialEq)]
pub struct Cancelled {
    /// When.
    pub date: Timestamp,
    /// The user who removed the ticket.
    pub canceller: u64,
}

/// Who is to serve a ticket.
#[derive(Clone, Debug, PartialEq)]
pub struct Assigned {
    /// The user who said so.
    pub assigner: u64,
    /// The user who is to serve.
    pub assignee: u64,
}

/// A label.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    /// Its text.
    pub value: String,
    /// Six hexadecimal digits without a hash sign.
    pub color: String,
}

/// An additional field in the legacy spelling, which the writer titles.
#[derive(Clone, Debug, PartialEq)]
pub struct Extra {
    /// The title.
    pub title: String,
    /// A text or a number.
    pub value: Value,
    /// Where the value leads.
    pub url: Option<String>,
}

/// The value of an input field of the location.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldValue {
    /// The UUID of the input field.
    pub field: String,
    /// The text, for a field that is not a choice.
    pub value: Option<String>,
    /// The UUIDs of the chosen options.
    pub options: Vec<String>,
}

/// One service of a ticket.
#[derive(Clone, Debug, PartialEq)]
pub struct Interaction {
    /// When it began.
    pub start: Timestamp,
    /// When it ended, if it has.
    pub end: Option<Timestamp>,
    /// The line from which the visitor was called.
    pub line: u64,
    /// The user who served.
    pub user: u64,
    /// The desk, if one was named.
    pub desk: Option<u64>,
}

/// What sent a text message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageKind {
    /// The visitor.
    Incoming,
    /// A clerk or an integration.
    Outgoing,
    /// Qminder itself.
    Automated,
}

/// A text message.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// When it was sent or received.
    pub created: Timestamp,
    /// The text.
    pub body: String,
    /// What sent it.
    pub kind: MessageKind,
    /// `NEW`, `SENT`, `DELIVERED` or `INVALID_NUMBER`.
    pub status: String,
    /// The user who sent it, if one was named.
    pub user: Option<u64>,
}

/// What one provider attached.
#[derive(Clone, Debug, PartialEq)]
pub struct External {
    /// The provider, of which a ticket has one section each.
    pub provider: String,
    /// The header of the section.
    pub title: String,
    /// The data as they were sent, parsed.
    pub data: Value,
    /// When they were first attached, or last where the variation says so.
    pub created: Timestamp,
}

/// A ticket.
#[derive(Clone, Debug, PartialEq)]
pub struct Ticket {
    /// Decimal digits.
    pub id: String,
    /// What the visitor is shown, as `A-42`.
    pub public_id: String,
    /// Where it stands.
    pub status: Status,
    /// `MANUAL`, `NAME`, `MICROSITE`, or a legacy source.
    pub source: String,
    /// The line that it is in, or was called from.
    pub line: u64,
    /// The visitor's given name.
    pub first_name: String,
    /// The visitor's family name.
    pub last_name: Option<String>,
    /// Digits, perhaps with a plus sign before them.
    pub phone_number: Option<String>,
    /// The visitor's address.
    pub email: Option<String>,
    /// The visitor's language.
    pub language_code: String,
    /// When it was made.
    pub created: Timestamp,
    /// When its status last changed.
    pub status_set: Timestamp,
    /// Its place in the queue if it was moved.
    pub order_after: Option<Timestamp>,
    /// The last call, which stays after the service.
    pub called: Option<Called>,
    /// When it was served.
    pub served: Option<Timestamp>,
    /// Its end, if it was removed from the queue.
    pub cancelled: Option<Cancelled>,
    /// Who is to serve it.
    pub assigned: Option<Assigned>,
    /// Legacy additional fields.
    pub extra: Vec<Extra>,
    /// Values of input fields.
    pub fields: Vec<FieldValue>,
    /// Labels, in the order in which they were added.
    pub labels: Vec<Label>,
    /// Services, the open one last.
    pub interactions: Vec<Interaction>,
    /// Text messages, the oldest first.
    pub messages: Vec<Message>,
    /// What providers attached, in the order of their first attachment.
    pub external: Vec<External>,
}

impl Ticket {
    /// A ticket that has just been made.
    pub(crate) fn new(number: u64, line: u64, first_name: &str, at: Timestamp) -> Self {
        Self {
            id: number.to_string(),
            public_id: format!("A-{}", number % 1000),
            status: Status::New,
            source: "MANUAL".to_owned(),
            line,
            first_name: first_name.to_owned(),
            last_name: None,
            phone_number: None,
            email: None,
            language_code: "en".to_owned(),
            created: at,
            status_set: at,
            order_after: None,
            called: None,
            served: None,
            cancelled: None,
            assigned: None,
            extra: Vec::new(),
            fields: Vec::new(),
            labels: Vec::new(),
            interactions: Vec::new(),
            messages: Vec::new(),
            external: Vec::new(),
        }
    }

    /// The moment by which it stands in the queue.
    pub(crate) fn place(&self) -> Timestamp {
        self.order_after.unwrap_or(self.created)
    }

    /// Whether it has a label with this text.
    pub fn has_label(&self, value: &str) -> bool {
        self.labels.iter().any(|label| label.value == value)
    }

    /// What this provider attached.
    pub fn external_by(&self, provider: &str) -> Option<&External> {
        self.external.iter().find(|each| each.provider == provider)
    }

    pub(crate) fn number(&self) -> u64 {
        self.id.parse().expect("a ticket's id is a number")
    }

    pub(crate) fn set(&mut self, status: Status, at: Timestamp) {
        self.status = status;
        self.status_set = at;
        if status != Status::Called
            && let Some(open) = self.interactions.last_mut()
        {
            open.end = open.end.or(Some(at));
        }
    }
}
