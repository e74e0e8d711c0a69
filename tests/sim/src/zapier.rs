//! A Zap that sends external tickets: the POST of "Webhooks by Zapier", as it is publicly known.
//!
//! A step has 30 s, follows no redirect, and is an error unless the answer is 2xx. What is answered 429 is held and
//! sent again; what is an error is replayed five times within eleven hours. A sending has no id that would tell it
//! from the one before.

mod payload;

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::time::{sleep, timeout};
use url::{Position, Url};

use crate::http::first;
use crate::outgoing::{self, Target};

pub use payload::PayloadType;

/// How long a step may take.
const TIME_LIMIT: Duration = Duration::from_secs(30);
/// How long a step is held that was answered 429 without a `Retry-After`.
const USUAL_HOLD: Duration = Duration::from_secs(60);
/// How often a step is held before that is an error too; nothing is published of it.
const MAX_HOLDS: usize = 10;
const MINUTE: u64 = 60;
/// How long after an error each replay is.
const REPLAYS: [Duration; 5] = [
    Duration::from_secs(5 * MINUTE),
    Duration::from_secs(30 * MINUTE),
    Duration::from_secs(60 * MINUTE),
    Duration::from_secs(180 * MINUTE),
    Duration::from_secs(360 * MINUTE),
];

/// The credentials that the step was given; none at first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credentials {
    /// None, unless they stand in the rows.
    None,
    /// `Authorization: Bearer`, as a header of the step.
    Bearer(String),
    /// The field "Basic Auth", a name and a password.
    Basic(String, String),
}

/// A Zap with one step that posts what it is given.
#[derive(Clone, Debug)]
pub struct Zap {
    url: Url,
    payload_type: PayloadType,
    credentials: Credentials,
    time_limit: Duration,
    longest_wait: Duration,
}

/// One sending, and what it was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// How long it came after the one before, by Zapier's word; the test may have cut it short.
    pub after: Duration,
    /// The status and the body of the answer, or why there is none.
    pub answer: Result<(u16, String), String>,
}

impl Attempt {
    /// Whether the step is done by that.
    pub fn is_success(&self) -> bool {
        matches!(self.answer, Ok((200..300, _)))
    }
}

impl Zap {
    /// A Zap that posts JSON to this URL of `http`, without credentials.
    pub fn new(url: &str) -> Result<Self, url::ParseError> {
        Ok(Self {
            url: Url::parse(url)?,
            payload_type: PayloadType::Json,
            credentials: Credentials::None,
            time_limit: TIME_LIMIT,
            longest_wait: Duration::MAX,
        })
    }

    /// Sets how the rows are written.
    pub fn payload_type(mut self, payload_type: PayloadType) -> Self {
        self.payload_type = payload_type;
        self
    }

    /// Gives the step credentials.
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = credentials;
        self
    }

    /// Sets how long a step may take, in place of 30 s.
    pub fn time_limit(mut self, limit: Duration) -> Self {
        self.time_limit = limit;
        self
    }

    /// Cuts every wait between two sendings down to this.
    pub fn wait_at_most(mut self, longest: Duration) -> Self {
        self.longest_wait = longest;
        self
    }

    /// Runs the step once, as somebody does who replays it by hand. The rows are names and values, as a person types
    /// them.
    pub async fn step(&self, rows: &[(&str, &str)]) -> Attempt {
        self.send(rows, Duration::ZERO).await.0
    }

    /// Runs the step with everything that Zapier does by itself, to its success or its last error.
    pub async fn run(&self, rows: &[(&str, &str)]) -> Vec<Attempt> {
        let mut attempts = Vec::new();
        let (mut after, mut holds, mut replays) = (Duration::ZERO, 0, REPLAYS.into_iter());
        loop {
            let (attempt, hold) = self.send(rows, after).await;
            let is_success = attempt.is_success();
            attempts.push(attempt);
            after = match hold {
                _ if is_success => return attempts,
                Some(hold) if holds < MAX_HOLDS => {
                    holds += 1;
                    hold
                }
                Some(_) | None => match replays.next() {
                    Some(after) => after,
                    None => return attempts,
                },
            };
            sleep(after.min(self.longest_wait)).await;
        }
    }

    /// Sends once; also how long the step is to be held then, if it was told so.
    async fn send(&self, rows: &[(&str, &str)], after: Duration) -> (Attempt, Option<Duration>) {
        let target = Target {
            host: self.url.host_str().unwrap_or_default().to_owned(),
            port: self.url.port_or_known_default().unwrap_or_default(),
            at: None,
            tls: None,
            // The limit is for all of it together.
            patience: Duration::MAX,
        };
        let request = self.request(rows);
        let (answer, hold) =
            match timeout(self.time_limit, outgoing::ask(&target, request.as_bytes())).await {
                Err(_) => (Err("the step took too long".to_owned()), None),
                Ok(Err(broken)) => (Err(broken.to_string()), None),
                Ok(Ok(answer)) => {
                    let asked = first(&answer.headers, "Retry-After");
                    let asked = asked.and_then(|text| text.parse().ok());
                    let hold = asked.map_or(USUAL_HOLD, Duration::from_secs);
                    let body = String::from_utf8_lossy(answer.body.as_deref().unwrap_or_default());
                    let hold = (answer.status == 429).then_some(hold);
                    (Ok((answer.status, body.into_owned())), hold)
                }
            };
        (Attempt { after, answer }, hold)
    }

    fn request(&self, rows: &[(&str, &str)]) -> String {
        let target = &self.url[Position::BeforePath..Position::AfterQuery];
        let host = &self.url[Position::BeforeHost..Position::AfterPort];
        let (content_type, body) = payload::write(self.payload_type, rows);
        let authorization = match &self.credentials {
            Credentials::None => String::new(),
            Credentials::Bearer(token) => format!("Authorization: Bearer {token}\r\n"),
            Credentials::Basic(name, password) => {
                let encoded = STANDARD.encode(format!("{name}:{password}"));
                format!("Authorization: Basic {encoded}\r\n")
            }
        };
        format!(
            "POST {target} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: Zapier\r\nAccept: */*\r\n\
             {authorization}Content-Type: {content_type}\r\nContent-Length: {}\r\n\
             Connection: close\r\n\r\n{body}",
            body.len()
        )
    }
}
