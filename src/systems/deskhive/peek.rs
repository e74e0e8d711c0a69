//! Answers as they came, for whoever wants to see what a DeskHive is like.

use bytes::Bytes;
use deskhive_client::{Answer, ApiKey, Error, Request};

use super::helpdesk::Helpdesk;

/// With which key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peek {
    /// The agent's.
    Agent,
    /// The installation's; the agent's where there is none.
    Installation,
    /// One that nobody has.
    WrongKey,
}

/// No installation gave this one out.
const WRONG_KEY: &str = "ticketbridge-probes-with-a-wrong-key";

impl Helpdesk {
    /// Sends a request that only reads, once, when it is its turn; the body comes as it is.
    ///
    /// # Errors
    ///
    /// The connector's, as it is.
    pub async fn peek(&self, request: &Request, with: Peek) -> Result<Answer<Bytes>, Error> {
        self.wait_for_turn().await;
        let external = self.external().client.clone();
        let client = match (with, self.internal(), ApiKey::new(WRONG_KEY)) {
            (Peek::Installation, Some(internal), _) => internal.client.clone(),
            (Peek::WrongKey, _, Ok(wrong)) => external.with_key(wrong),
            _ => external,
        };
        client.execute(request).await
    }

    /// Whether we have the installation's key, too.
    pub fn has_installation_key(&self) -> bool {
        self.internal().is_some()
    }
}
