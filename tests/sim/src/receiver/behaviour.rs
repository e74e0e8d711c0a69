//! The ways in which a receiver can behave, well and badly.

use std::time::Duration;

use serde_json::Value;

/// What a receiver does with the requests at one path.
///
/// Unless something else is said, the request is read to its end, the answer keeps to HTTP
/// and the connection is kept.
#[derive(Clone, Debug, PartialEq)]
pub enum Behaviour {
    /// Checks the request against the reply format and answers 200 with a reply response.
    ///
    /// Its `external_uid` is new for every `Webhook-Id` at this path; the same id again is
    /// given the same answer, whole. A request without that header is always new. A request
    /// that breaks the format is answered 422 and recorded as refused.
    ValidReply,
    /// Acknowledges in the fixed form of a Zapier Catch Hook, and answers 429 without
    /// `Retry-After` beyond the documented limits.
    ZapierCatchHook,
    /// This status without a body.
    Empty(u16),
    /// This status with this body, as `application/json`.
    Json(u16, Value),
    /// 200 with a JSON object that is not a reply response.
    WrongJson,
    /// This status with a sentence as `text/plain`.
    Status(u16),
    /// As `Status`, with these headers verbatim.
    StatusWithHeaders(u16, Vec<(String, String)>),
    /// 429 with this `Retry-After` verbatim.
    Throttle {
        /// The header's value.
        retry_after: String,
    },
    /// This status so many times, then as `ValidReply`.
    ///
    /// In a script it stands for one request like every other step, unless it is the last.
    FailFor {
        /// How many requests fail.
        count: u32,
        /// What they are answered.
        status: u16,
    },
    /// 410.
    Gone,
    /// 307, which keeps the method and the body, to this `Location`.
    Redirect {
        /// The header's value.
        to: String,
    },
    /// Reads the request and never answers.
    Hang,
    /// Reads the head, then neither reads nor answers. It is recorded without its body.
    HangBeforeReading,
    /// A complete head at once, then a byte of the body at a time, for ever.
    SlowDrip {
        /// The time between two bytes.
        every: Duration,
    },
    /// A status line at once, then a byte of a header at a time, for ever.
    DripHeaders {
        /// The time between two bytes.
        every: Duration,
    },
    /// Reads the request, then resets the connection.
    Reset,
    /// Sends the head of a 200 and some of its body, then resets the connection.
    ResetAfterHeaders,
    /// Reads the request, then closes the connection in order.
    CloseWithoutAnswer,
    /// A 200 whose body goes on as fast as it is read.
    EndlessBody,
    /// As `ValidReply`, with one header of this many bytes.
    HugeHeaders {
        /// The length of the header's value.
        bytes: usize,
    },
    /// As `ValidReply`, with this many more headers.
    ManyHeaders {
        /// How many.
        count: usize,
    },
    /// Answers with bytes that are not HTTP, then closes.
    Garbage,
    /// Waits this long, then as `ValidReply`.
    LateAnswer {
        /// The time from the request to its answer.
        after: Duration,
    },
    /// A 200 in chunks, one of which has no size, then closes.
    BrokenChunks,
    /// A 200 that promises more bytes than it sends before it closes.
    LyingContentLength,
    /// As `ValidReply`, when `Receiver::release` lets it go.
    Held,
    /// The start of a status line at once, then a byte of its reason at a time, for ever.
    DripStatusLine {
        /// The time between two bytes.
        every: Duration,
    },
    /// A 200 whose headers go on as fast as they are read.
    EndlessHeaders,
    /// Informational answers, as fast as they are read and without the final one.
    EndlessInformational,
    /// As `ValidReply`, after so many informational answers.
    Informational {
        /// How many.
        count: usize,
    },
    /// A 200 with a chunk of 2^63 bytes, sent as fast as it is read.
    HugeChunk,
    /// A 200 with a chunk whose size has more digits than any number type.
    ChunkBeyondNumbers,
    /// Answers this status when it has read the head, and closes without reading the body.
    EarlyAnswer(u16),
    /// Reads the head, then resets the connection.
    ResetAtHead,
    /// Sends half of a head, then resets the connection.
    ResetInHead,
    /// A body without a head, as HTTP/0.9 had it, then closes.
    OldHttp,
    /// 200 with a body that is said to be gzip, and would be many megabytes.
    GzipBomb,
    /// A 200 that promises fewer bytes than it sends; the connection is kept.
    ShortContentLength,
    /// A 200 with two lengths that contradict each other.
    TwoContentLengths,
    /// As `ValidReply`, and so much later another whole answer that nobody asked for.
    ExtraAnswer {
        /// The time between the two; none if they are sent together.
        after: Duration,
    },
    /// As `ValidReply`, then closes the connection that was to be kept.
    CloseAfterAnswer,
    /// As `ValidReply`, then resets the kept connection when the next request arrives on it.
    ResetWhenReused,
    /// These, in turn, over and over.
    InTurn(Vec<Behaviour>),
}
