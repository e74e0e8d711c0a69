//! From a behaviour and a request to what the connection is to do.

use std::time::{Duration, SystemTime};

use serde_json::json;
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::hold::Queue;
use super::received::path_only;
use super::reply::{self, Replies};
use super::zapier::Meter;
use super::{Behaviour, broken};
use crate::http::{Head, Response};

/// A request that was read as far as its behaviour lets it be.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) head: Head,
    pub(crate) body: Vec<u8>,
}

/// What a connection does with a request.
#[derive(Debug)]
pub(crate) enum Play {
    Answer(Response),
    Later {
        after: Duration,
        answer: Response,
    },
    Held {
        released: oneshot::Receiver<()>,
        answer: Response,
    },
    Hang,
    Send {
        bytes: Vec<u8>,
        status: Option<u16>,
        ending: Ending,
    },
    Drip {
        head: Vec<u8>,
        status: Option<u16>,
        every: Duration,
    },
    /// This once, then that for ever, as fast as it is read.
    Flood {
        head: Vec<u8>,
        status: Option<u16>,
        again: Vec<u8>,
    },
    /// An answer with other bytes around it.
    Among(Response, Among),
}

/// What stands around an answer.
#[derive(Debug)]
pub(crate) struct Among {
    pub(crate) before: Vec<u8>,
    /// Between the answer and `more`.
    pub(crate) after: Duration,
    pub(crate) more: Vec<u8>,
    pub(crate) then: Then,
}

/// What follows on a connection that its client believes to be kept.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Then {
    Keep,
    Close,
    ResetAtNext,
}

/// How a connection is left.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Ending {
    Close,
    /// When the client has gone, reading nothing.
    Unread,
    Reset,
}

impl Among {
    fn nothing() -> Self {
        Self {
            before: Vec::new(),
            after: Duration::ZERO,
            more: Vec::new(),
            then: Then::Keep,
        }
    }
}

impl Play {
    /// The status that goes out without waiting for anything.
    pub(crate) fn status_at_once(&self) -> Option<u16> {
        match self {
            Self::Answer(answer) | Self::Among(answer, _) => Some(answer.status),
            Self::Send { status, .. } | Self::Drip { status, .. } | Self::Flood { status, .. } => {
                *status
            }
            Self::Later { .. } | Self::Held { .. } | Self::Hang => None,
        }
    }

    /// Whether the request stays in flight for some time.
    pub(crate) fn lasts(&self) -> bool {
        match self {
            Self::Answer(_) | Self::Among(..) | Self::Send { .. } => false,
            Self::Later { .. }
            | Self::Held { .. }
            | Self::Hang
            | Self::Drip { .. }
            | Self::Flood { .. } => true,
        }
    }
}

/// What was decided about one request.
#[derive(Debug)]
pub(crate) struct Decision {
    pub(crate) play: Play,
    pub(crate) refused: Option<String>,
    pub(crate) reply_uid: Option<String>,
}

impl From<Play> for Decision {
    fn from(play: Play) -> Self {
        Self {
            play,
            refused: None,
            reply_uid: None,
        }
    }
}

/// Judges requests, and remembers what later judgements depend on.
#[derive(Debug)]
pub(crate) struct Judge {
    replies: Replies,
    pub(crate) zapier: Meter,
}

impl Judge {
    pub(crate) fn new(started: SystemTime) -> Self {
        Self {
            replies: Replies::new(started),
            zapier: Meter::default(),
        }
    }

    /// Decides what this behaviour means for this request, which may join `queue`.
    pub(crate) fn decide(
        &mut self,
        behaviour: Behaviour,
        request: &Request,
        queue: &mut Queue,
        at: SystemTime,
        now: Instant,
    ) -> Decision {
        let close = |bytes: &[u8], status| {
            Play::Send {
                bytes: bytes.to_vec(),
                status,
                ending: Ending::Close,
            }
            .into()
        };
        let reset = |bytes, status| {
            Play::Send {
                bytes,
                status,
                ending: Ending::Reset,
            }
            .into()
        };
        let answer = |answer| Play::Answer(answer).into();
        match behaviour {
            // The script has counted: what comes here is one of those that fail.
            Behaviour::FailFor { status, .. } | Behaviour::Status(status) => answer(plain(status)),
            // The script has chosen one of them, unless there is none.
            Behaviour::InTurn(_) => answer(plain(404)),
            Behaviour::ValidReply => self.reply(request, at, Play::Answer),
            Behaviour::ZapierCatchHook => self.acknowledge(request, now),
            Behaviour::Empty(status) => answer(Response::empty(status)),
            Behaviour::Json(status, value) => answer(Response::json(status, &value)),
            Behaviour::WrongJson => answer(Response::json(
                200,
                &json!({ "ok": true, "external_uid": 7 }),
            )),
            Behaviour::StatusWithHeaders(status, headers) => {
                answer(headers.iter().fold(plain(status), |answer, (name, value)| {
                    answer.with(name, value)
                }))
            }
            Behaviour::Throttle { retry_after } => {
                answer(plain(429).with("Retry-After", &retry_after))
            }
            Behaviour::Gone => answer(plain(410)),
            Behaviour::Redirect { to } => answer(plain(307).with("Location", &to)),
            Behaviour::Hang | Behaviour::HangBeforeReading => Play::Hang.into(),
            Behaviour::SlowDrip { every } => Play::Drip {
                head: broken::endless_length(),
                status: Some(200),
                every,
            }
            .into(),
            Behaviour::DripHeaders { every } => Play::Drip {
                head: broken::unfinished_head(),
                status: None,
                every,
            }
            .into(),
            Behaviour::Reset => reset(Vec::new(), None),
            Behaviour::ResetAfterHeaders => reset(broken::broken_promise(), Some(200)),
            Behaviour::CloseWithoutAnswer => close(b"", None),
            Behaviour::EndlessBody => flood(
                broken::endless_chunks(),
                Some(200),
                broken::chunk(&"a".repeat(16 * 1024)),
            ),
            Behaviour::EndlessHeaders => {
                flood(broken::unfinished_head(), None, broken::more_headers())
            }
            Behaviour::EndlessInformational => flood(Vec::new(), None, broken::informational(256)),
            Behaviour::HugeChunk => flood(broken::huge_chunk(), Some(200), vec![b'a'; 16 * 1024]),
            Behaviour::ChunkBeyondNumbers => close(&broken::chunk_beyond_numbers(), Some(200)),
            Behaviour::DripStatusLine { every } => Play::Drip {
                head: broken::UNFINISHED_STATUS_LINE.to_vec(),
                status: None,
                every,
            }
            .into(),
            Behaviour::EarlyAnswer(status) => Play::Send {
                bytes: plain(status).to_bytes("POST", false),
                status: Some(status),
                ending: Ending::Unread,
            }
            .into(),
            Behaviour::ResetAtHead => reset(Vec::new(), None),
            Behaviour::ResetInHead => reset(broken::half_a_head(), None),
            Behaviour::OldHttp => close(broken::WITHOUT_HEAD, None),
            Behaviour::GzipBomb => answer(gzip_bomb()),
            Behaviour::ShortContentLength => Play::Among(
                plain(200),
                Among {
                    before: broken::short_promise(),
                    ..Among::nothing()
                },
            )
            .into(),
            Behaviour::TwoContentLengths => close(&broken::two_lengths(), Some(200)),
            Behaviour::Informational { count } => self.among(request, at, |among| Among {
                before: broken::informational(count),
                ..among
            }),
            Behaviour::ExtraAnswer { after } => self.among(request, at, |among| Among {
                after,
                more: broken::unasked_answer(),
                ..among
            }),
            Behaviour::CloseAfterAnswer => self.among(request, at, |among| Among {
                then: Then::Close,
                ..among
            }),
            Behaviour::ResetWhenReused => self.among(request, at, |among| Among {
                then: Then::ResetAtNext,
                ..among
            }),
            Behaviour::HugeHeaders { bytes } => self.reply(request, at, |answer| {
                Play::Answer(answer.with("X-Padding", &"a".repeat(bytes)))
            }),
            Behaviour::ManyHeaders { count } => self.reply(request, at, |answer| {
                Play::Answer((0..count).fold(answer, |answer, number| {
                    answer.with(&format!("X-Filler-{number}"), "a")
                }))
            }),
            Behaviour::Garbage => close(broken::GARBAGE, None),
            Behaviour::LateAnswer { after } => {
                self.reply(request, at, |answer| Play::Later { after, answer })
            }
            Behaviour::BrokenChunks => close(&broken::broken_chunks(), Some(200)),
            Behaviour::LyingContentLength => close(&broken::broken_promise(), Some(200)),
            Behaviour::Held => {
                let released = queue.join();
                self.reply(request, at, |answer| Play::Held { released, answer })
            }
        }
    }

    fn reply(
        &mut self,
        request: &Request,
        at: SystemTime,
        play: impl FnOnce(Response) -> Play,
    ) -> Decision {
        let Request { head, body } = request;
        match reply::check(head, body) {
            Ok(reply) => {
                let path = path_only(&head.target);
                let id = head.header("webhook-id");
                let (uid, answer) = self.replies.answer(path, id, reply, at);
                let play = play(Response::json(200, &answer));
                Decision {
                    reply_uid: Some(uid),
                    ..play.into()
                }
            }
            Err(reason) => {
                let answer = Response::json(422, &json!({ "error": reason }));
                Decision {
                    refused: Some(reason),
                    ..play(answer).into()
                }
            }
        }
    }

    fn among(
        &mut self,
        request: &Request,
        at: SystemTime,
        change: impl FnOnce(Among) -> Among,
    ) -> Decision {
        self.reply(request, at, |answer| {
            Play::Among(answer, change(Among::nothing()))
        })
    }

    fn acknowledge(&mut self, request: &Request, now: Instant) -> Decision {
        let Head { method, target, .. } = &request.head;
        if !matches!(method.as_str(), "GET" | "POST" | "PUT") {
            let refused = Some(format!("a catch hook does not take {method}"));
            return Decision {
                refused,
                ..Play::Answer(plain(405)).into()
            };
        }
        match self.zapier.take(path_only(target), now) {
            Ok(acknowledgement) => Play::Answer(Response::json(200, &acknowledgement)).into(),
            Err(limit) => {
                let refused = Some(format!("beyond the limit of {limit}"));
                let answer = Response::json(429, &json!({ "status": "throttled" }));
                Decision {
                    refused,
                    ..Play::Answer(answer).into()
                }
            }
        }
    }
}

fn flood(head: Vec<u8>, status: Option<u16>, again: Vec<u8>) -> Decision {
    Play::Flood {
        head,
        status,
        again,
    }
    .into()
}

fn gzip_bomb() -> Response {
    Response::bytes(200, broken::GZIP_BOMB.clone()).with("Content-Encoding", "gzip")
}

fn plain(status: u16) -> Response {
    Response::text(status, &format!("the receiver answers {status}\n"))
}
