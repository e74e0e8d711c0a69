//! The ways in.

use crate::daemon::ticket;

use super::target::HOOK;

/// One way in, with the credentials that it asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Entrance {
    Intake,
    IntakeByItsOtherName,
    Agent,
    Operator,
    Metrics,
}

impl Entrance {
    pub(super) const ALL: [Self; 5] = [
        Self::Intake,
        Self::IntakeByItsOtherName,
        Self::Agent,
        Self::Operator,
        Self::Metrics,
    ];

    /// Those that read what they are sent.
    pub(super) const READING: [Self; 4] = [
        Self::Intake,
        Self::IntakeByItsOtherName,
        Self::Agent,
        Self::Operator,
    ];

    pub(super) fn is_intake(self) -> bool {
        matches!(self, Self::Intake | Self::IntakeByItsOtherName)
    }

    /// The request line without the version.
    pub(super) fn line(self) -> &'static str {
        match self {
            Self::Intake => "POST /brands/acme/external_tickets",
            Self::IntakeByItsOtherName => "POST /brands/acme/tickets/create_external.json",
            Self::Agent => "POST /api/v1/external/tickets/1/messages",
            Self::Operator => "POST /admin/v1/tickets/1/reply",
            Self::Metrics => "GET /metrics",
        }
    }

    fn credentials(self) -> &'static str {
        match self {
            Self::Intake | Self::IntakeByItsOtherName => "x-api-key: test-token\r\n",
            Self::Agent => "x-api-key: test-agent-key\r\n",
            Self::Operator => "authorization: Bearer test-operator\r\n",
            Self::Metrics => "",
        }
    }

    /// The head of a request with `more` lines, which end in CR LF, but not yet the empty one.
    pub(super) fn head(self, more: &str) -> String {
        format!(
            "{} HTTP/1.1\r\nhost: bridge\r\n{}{more}",
            self.line(),
            self.credentials()
        )
    }

    /// A whole request that ends its connection.
    pub(super) fn request(self, content_type: &str, body: &[u8]) -> Vec<u8> {
        let length = body.len();
        let more = format!(
            "connection: close\r\ncontent-type: {content_type}\r\ncontent-length: {length}\r\n\r\n"
        );
        [self.head(&more).as_bytes(), body].concat()
    }
}

/// A ticket that is taken once.
pub(super) fn good(uid: &str) -> Vec<u8> {
    ticket(uid, HOOK).to_string().into_bytes()
}

/// A ticket that is taken once, with this JSON for its content.
pub(super) fn with_content(uid: &str, json: &[u8]) -> Vec<u8> {
    let mut whole = ticket(uid, HOOK);
    whole["content"] = "HERE".into();
    let text = whole.to_string();
    let (before, after) = text.split_once("\"HERE\"").unwrap();
    [before.as_bytes(), json, after.as_bytes()].concat()
}
