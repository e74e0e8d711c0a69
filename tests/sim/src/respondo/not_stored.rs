//! Why nothing is there to see of what an agent did.

/// Why an agent's reply was not stored, or a ticket not deleted.
///
/// Except where it says so, who was called has the reply all the same.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotStored {
    /// There is no such ticket; nothing was sent.
    #[error("there is no ticket {0}")]
    NoSuchTicket(u64),
    /// There is no such act in this era; nothing was sent.
    #[error("tickets cannot be deleted in this era")]
    NotInThisEra,
    /// The response URL is none that Ruby can call; nothing was sent.
    #[error("the response URL cannot be called: {0}")]
    BadUrl(String),
    /// There was no connection; nothing was sent.
    #[error("there was no connection: {0}")]
    Unreachable(String),
    /// The other side speaks no TLS, or its certificate is not trusted; nothing was sent.
    #[error("there was no secure connection: {0}")]
    Tls(String),
    /// Nothing came, or went, for as long as the server waits.
    #[error("there was no answer in time")]
    TimedOut,
    /// The connection ended before the answer did.
    #[error("the connection ended before the answer")]
    AnswerLost,
    /// The answer is not HTTP.
    #[error("the answer is not HTTP: {0}")]
    NotHttp(String),
    /// The body of the answer is not JSON.
    #[error("the answer is not JSON: {0}")]
    NotJson(String),
    /// The body of the answer is JSON and no object, or the author in it is none.
    #[error("{0} is not an object")]
    NotAnObject(&'static str),
    /// A rule of the ticket's or the author's model is broken.
    #[error("invalid: {0}")]
    Invalid(String),
    /// The database refused: the answer has no response URL, or a text has a null byte in it.
    #[error("the database refused: {0}")]
    Database(String),
    /// The answer has a member that is not a ticket's; in era D alone.
    #[error("a ticket has no attribute {0}")]
    UnknownAttribute(String),
    /// The custom provider is not one that the code can take here.
    #[error("the provider {0:?} is not known")]
    UnknownProvider(String),
    /// The answer was read, nothing was stored, and the agent was told nothing: there is a custom provider.
    #[error("nothing was stored, as the ticket's provider is {0:?}")]
    Silently(String),
}

impl NotStored {
    /// The status of the page that the agent sees; none where it looks like success.
    pub fn agent_saw(&self) -> Option<u16> {
        match self {
            Self::NoSuchTicket(_) | Self::NotInThisEra => Some(404),
            Self::Invalid(_) => Some(422),
            Self::Silently(_) => None,
            Self::BadUrl(_)
            | Self::Unreachable(_)
            | Self::Tls(_)
            | Self::TimedOut
            | Self::AnswerLost
            | Self::NotHttp(_)
            | Self::NotJson(_)
            | Self::NotAnObject(_)
            | Self::Database(_)
            | Self::UnknownAttribute(_)
            | Self::UnknownProvider(_) => Some(500),
        }
    }
}
