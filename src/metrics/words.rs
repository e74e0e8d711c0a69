//! What is counted by its cause, in the words of the labels.

/// Why intake refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rejection {
    /// None, wrong ones, or for another brand.
    Credentials,
    /// Not JSON, or not what the document says.
    Schema,
    /// Too large.
    Size,
    /// Another content type.
    Type,
    /// Too many.
    Rate,
    /// The store cannot take it.
    Store,
}

impl Rejection {
    pub(super) const ALL: [Self; 6] = [
        Self::Credentials,
        Self::Schema,
        Self::Size,
        Self::Type,
        Self::Rate,
        Self::Store,
    ];

    /// As in metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Credentials => "credentials",
            Self::Schema => "schema",
            Self::Size => "size",
            Self::Type => "type",
            Self::Rate => "rate",
            Self::Store => "store",
        }
    }
}

/// What becomes of a webhook that a system sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WebhookOutcome {
    /// It is stored.
    Taken,
    /// It concerns nothing of ours.
    Ignored,
    /// Its signature is missing or wrong.
    Unsigned,
    /// It is signed and makes no sense.
    Unreadable,
    /// It could not be stored.
    Failed,
}

impl WebhookOutcome {
    pub(super) const ALL: [Self; 5] = [
        Self::Taken,
        Self::Ignored,
        Self::Unsigned,
        Self::Unreadable,
        Self::Failed,
    ];

    /// As in metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Taken => "taken",
            Self::Ignored => "ignored",
            Self::Unsigned => "unsigned",
            Self::Unreadable => "unreadable",
            Self::Failed => "failed",
        }
    }
}

/// What becomes of a part of a trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SpanOutcome {
    /// The collector has it.
    Exported,
    /// The collector did not take it.
    Refused,
    /// There was no room to keep it.
    Dropped,
}

impl SpanOutcome {
    pub(super) const ALL: [Self; 3] = [Self::Exported, Self::Refused, Self::Dropped];

    /// As in metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Exported => "exported",
            Self::Refused => "refused",
            Self::Dropped => "dropped",
        }
    }
}
