//! Answers as they came, for whoever wants to see what a Qminder is like.

use bytes::Bytes;
use qminder_client::{Answer, ApiKey, Error, LineId, Request, UserId};

use super::desk::Desk;

/// With which key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peek {
    /// The configured one.
    Key,
    /// One that nobody has.
    WrongKey,
}

/// No server gave this one out.
const WRONG_KEY: &str = "ticketbridge-probes-with-a-wrong-key";

impl Desk {
    /// Sends a request that only reads, once, when it is its turn; the body comes as it is.
    ///
    /// # Errors
    ///
    /// The connector's, as it is.
    pub async fn peek(&self, request: &Request, with: Peek) -> Result<Answer<Bytes>, Error> {
        self.wait_for_turn().await;
        let wrong = match with {
            Peek::Key => None,
            Peek::WrongKey => ApiKey::new(WRONG_KEY).ok(),
        };
        let client = match wrong {
            Some(wrong) => self.client().clone().with_key(wrong),
            None => self.client().clone(),
        };
        client.execute(request).await
    }

    /// In whose name calls that need a user are made.
    pub fn user(&self) -> Option<&UserId> {
        self.terms().user.as_ref()
    }

    /// The line that tickets are made in.
    pub fn line(&self) -> &LineId {
        &self.terms().line
    }
}
