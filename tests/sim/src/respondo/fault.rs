//! What goes wrong on request.

use std::time::Duration;

/// What goes wrong with a request that arrives.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// The work is done, and the connection closed without an answer.
    LoseAnswer,
    /// The connection is closed without an answer; the work is done after this time, or when the test lets it land.
    LandLate(Option<Duration>),
    /// The work is done twice, as by a gateway that lost the first answer; the second is answered, which is 422.
    Duplicate,
    /// The work is done twice at the same time; the second finds the first only in the database, which is 500.
    Race,
    /// This status and body; no work is done.
    Status(u16, String),
    /// No answer and no work until the test releases it; no work at all if the client goes first.
    Hang,
    /// 502 with a page of HTML, as by the proxy before a server that is gone; no work is done.
    Garbage,
    /// 503 with a page of HTML, as while the server is being updated; no work is done.
    Maintenance,
    /// 307 to the same address under `https`, as by a server that insists on TLS; no work is done.
    ForceSsl,
    /// The work is done, and the answer comes after this time.
    Slow(Duration),
}

/// What goes wrong with a reply that an agent sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplyFault {
    /// The answer comes and is lost: who was called knows nothing of it.
    LoseAnswer,
    /// The connection is closed as soon as the reply is sent.
    HangUp,
}
