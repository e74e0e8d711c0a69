//! The receivers: a few healthy ones, and one of every bad kind, each on a host of its own.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use serde_json::json;
use ticketbridge_sim::{Behaviour, Received, Receiver, RudeSocket, Rudeness};

/// A receiver that does what it should.
pub(super) struct Healthy {
    pub(super) name: String,
    pub(super) urls: Vec<String>,
    receiver: Receiver,
}

impl Healthy {
    pub(super) fn url(&self) -> String {
        self.urls[0].clone()
    }

    pub(super) fn received(&self) -> Vec<Received> {
        self.receiver.received()
    }

    pub(super) fn in_flight(&self) -> usize {
        self.receiver.in_flight_overall()
    }
}

/// What must have become of a bad receiver's replies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// All were accepted.
    Accepted,
    /// All are dead letters.
    Dead,
    /// As `Dead`, and every call lasts until its time is up.
    Hangs,
    /// One of the two, for each.
    Either,
    /// The first is a dead letter, and the others are held.
    Held,
}

/// A receiver that does not.
pub(super) struct Bad {
    pub(super) name: &'static str,
    pub(super) url: String,
    pub(super) fate: Fate,
    peer: Peer,
}

enum Peer {
    Http(Receiver),
    Socket(RudeSocket),
}

impl Bad {
    /// Calls under way. Where the peer does not read, it does not see when they end, and none are counted.
    pub(super) fn in_flight(&self) -> usize {
        if SEE_NO_END.contains(&self.name) {
            return 0;
        }
        match &self.peer {
            Peer::Http(receiver) => receiver.in_flight_overall(),
            Peer::Socket(socket) => socket.open_connections(),
        }
    }

    pub(super) fn attempts(&self) -> usize {
        match &self.peer {
            Peer::Http(receiver) => receiver.received().len(),
            Peer::Socket(socket) => socket.connections(),
        }
    }
}

const SEE_NO_END: [&str; 3] = [
    "never-reads",
    "hangs-before-reading",
    "endless-informational",
];
const HEALTHY: u8 = 4;

/// Starts the healthy ones, with two URLs each.
pub(super) async fn healthy_receivers() -> Vec<Healthy> {
    let mut all = Vec::new();
    for number in 1..=HEALTHY {
        let receiver = Receiver::start_on(host(2, number)).await.unwrap();
        let urls: Vec<String> = ["/one", "/two"]
            .map(|path| {
                receiver.behave(path, Behaviour::ValidReply);
                receiver.url(path)
            })
            .to_vec();
        all.push(Healthy {
            name: format!("healthy-{number}"),
            urls,
            receiver,
        });
    }
    all
}

/// Starts all the others; `elsewhere` is where those lead that lead elsewhere.
pub(super) async fn bad_receivers(elsewhere: &str) -> Vec<Bad> {
    let mut all = Vec::new();
    for (name, fate, behaviour) in behaviours(elsewhere) {
        let number = u8::try_from(all.len()).unwrap() + 1;
        let receiver = Receiver::start_on(host(3, number)).await.unwrap();
        let url = receiver.url("/hook");
        let behaviour = match behaviour {
            Behaviour::Redirect { to } if to.is_empty() => Behaviour::Redirect { to: url.clone() },
            other => other,
        };
        receiver.behave("/hook", behaviour);
        all.push(Bad {
            name,
            url,
            fate,
            peer: Peer::Http(receiver),
        });
    }
    for (number, (name, scheme, fate, rudeness)) in (1..).zip(RUDE) {
        let socket = RudeSocket::start_on(host(4, number), *rudeness)
            .await
            .unwrap();
        all.push(Bad {
            name,
            url: format!("{scheme}://{}/hook", socket.addr()),
            fate: *fate,
            peer: Peer::Socket(socket),
        });
    }
    all.retain(|bad| !is_left_out(bad.name));
    all
}

/// For somebody who looks for the one that is to blame.
fn is_left_out(name: &str) -> bool {
    let left_out = std::env::var("SOAK_WITHOUT").unwrap_or_default();
    left_out.split(',').any(|each| each == name)
}

fn host(kind: u8, number: u8) -> SocketAddr {
    SocketAddr::from((Ipv4Addr::new(127, 0, kind, number), 0))
}

const RUDE: &[(&str, &str, Fate, Rudeness)] = &[
    ("resets-at-once", "http", Fate::Dead, Rudeness::ResetsAtOnce),
    ("closes-at-once", "http", Fate::Dead, Rudeness::ClosesAtOnce),
    ("silent", "http", Fate::Hangs, Rudeness::Silent),
    ("never-reads", "http", Fate::Hangs, Rudeness::NeverReads),
    ("full-backlog", "http", Fate::Hangs, Rudeness::Full),
    ("speaks-first", "http", Fate::Dead, Rudeness::Garbage),
    ("tls-reset", "https", Fate::Dead, Rudeness::ResetsAtOnce),
    ("tls-never-ends", "https", Fate::Hangs, Rudeness::Silent),
    ("tls-garbage", "https", Fate::Dead, Rudeness::Garbage),
    ("tls-drips", "https", Fate::Hangs, Rudeness::DripsTls),
];

fn behaviours(elsewhere: &str) -> Vec<(&'static str, Fate, Behaviour)> {
    use Fate::{Accepted, Dead, Either, Hangs, Held};
    let every = Duration::from_millis(100);
    let throttle = |retry_after: &str| Behaviour::Throttle {
        retry_after: retry_after.to_owned(),
    };
    let redirect = |to: &str| Behaviour::Redirect { to: to.to_owned() };
    let unavailable = |retry_after: &str| {
        let header = ("Retry-After".to_owned(), retry_after.to_owned());
        Behaviour::StatusWithHeaders(503, vec![header])
    };
    vec![
        ("zapier", Accepted, Behaviour::ZapierCatchHook),
        ("empty-204", Accepted, Behaviour::Empty(204)),
        ("json", Accepted, Behaviour::Json(202, json!({ "a": [1] }))),
        ("wrong-json", Accepted, Behaviour::WrongJson),
        ("status-404", Dead, Behaviour::Status(404)),
        ("status-500", Dead, Behaviour::Status(500)),
        ("status-418", Dead, Behaviour::Status(418)),
        ("status-999", Dead, Behaviour::Status(999)),
        ("throttle-1", Dead, throttle("1")),
        ("throttle-0", Dead, throttle("0")),
        (
            "throttle-for-ever",
            Dead,
            throttle("99999999999999999999999999"),
        ),
        (
            "throttle-past",
            Dead,
            throttle("Thu, 01 Jan 1970 00:00:00 GMT"),
        ),
        (
            "throttle-9999",
            Dead,
            throttle("Fri, 31 Dec 9999 23:59:59 GMT"),
        ),
        ("throttle-nonsense", Dead, throttle("-1e400")),
        ("unavailable-long", Dead, unavailable("1e9")),
        ("unavailable-9999", Dead, unavailable("9999999999")),
        (
            "fails-3",
            Accepted,
            Behaviour::FailFor {
                count: 3,
                status: 503,
            },
        ),
        ("gone", Held, Behaviour::Gone),
        ("redirects-inside", Dead, redirect(elsewhere)),
        ("redirects-to-itself", Dead, redirect("")),
        (
            "redirects-to-metadata",
            Dead,
            redirect("http://169.254.169.254/latest/"),
        ),
        ("hangs", Hangs, Behaviour::Hang),
        ("hangs-before-reading", Hangs, Behaviour::HangBeforeReading),
        ("drips-body", Accepted, Behaviour::SlowDrip { every }),
        ("drips-headers", Hangs, Behaviour::DripHeaders { every }),
        (
            "drips-status-line",
            Hangs,
            Behaviour::DripStatusLine { every },
        ),
        ("reset", Dead, Behaviour::Reset),
        ("reset-at-head", Dead, Behaviour::ResetAtHead),
        ("reset-in-head", Dead, Behaviour::ResetInHead),
        ("reset-after-headers", Either, Behaviour::ResetAfterHeaders),
        ("closes-without-answer", Dead, Behaviour::CloseWithoutAnswer),
        ("endless-body", Accepted, Behaviour::EndlessBody),
        ("endless-headers", Dead, Behaviour::EndlessHeaders),
        (
            "endless-informational",
            Hangs,
            Behaviour::EndlessInformational,
        ),
        (
            "informational",
            Accepted,
            Behaviour::Informational { count: 3 },
        ),
        (
            "huge-headers",
            Dead,
            Behaviour::HugeHeaders { bytes: 1024 * 1024 },
        ),
        ("many-headers", Dead, Behaviour::ManyHeaders { count: 5000 }),
        ("garbage", Dead, Behaviour::Garbage),
        ("old-http", Dead, Behaviour::OldHttp),
        (
            "late-but-in-time",
            Accepted,
            Behaviour::LateAnswer {
                after: Duration::from_millis(300),
            },
        ),
        (
            "too-late",
            Hangs,
            Behaviour::LateAnswer {
                after: Duration::from_secs(60),
            },
        ),
        ("broken-chunks", Accepted, Behaviour::BrokenChunks),
        ("huge-chunk", Accepted, Behaviour::HugeChunk),
        (
            "chunk-beyond-numbers",
            Accepted,
            Behaviour::ChunkBeyondNumbers,
        ),
        ("lying-length", Accepted, Behaviour::LyingContentLength),
        ("short-length", Accepted, Behaviour::ShortContentLength),
        ("two-lengths", Dead, Behaviour::TwoContentLengths),
        ("gzip-bomb", Accepted, Behaviour::GzipBomb),
        ("answers-early", Accepted, Behaviour::EarlyAnswer(200)),
        ("refuses-early", Dead, Behaviour::EarlyAnswer(413)),
        (
            "extra-answer",
            Accepted,
            Behaviour::ExtraAnswer {
                after: Duration::ZERO,
            },
        ),
        (
            "extra-answer-later",
            Accepted,
            Behaviour::ExtraAnswer {
                after: Duration::from_millis(3),
            },
        ),
        ("closes-after-answer", Accepted, Behaviour::CloseAfterAnswer),
        ("resets-when-reused", Accepted, Behaviour::ResetWhenReused),
        (
            "in-turn",
            Accepted,
            Behaviour::InTurn(vec![Behaviour::ValidReply, Behaviour::Status(500)]),
        ),
    ]
}
