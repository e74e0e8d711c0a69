//! Deliveries to a Respondo server: one ticket each, and what its answer means.

use std::sync::Arc;

use respondo_client::Author;
use respondo_client::push::{ExternalTicket, Kind, Request};

use crate::clock::Clock;
use crate::model::{Class, Command, Pushing};
use crate::store::Parcel;
use crate::systems::{Courier, Delivering, HIDDEN, Report, Shown, Trouble, shown_headers};

use super::fault::trouble;
use super::ways::{HubWays, address};

/// One Respondo server.
pub struct Hub {
    ways: HubWays,
    clock: Arc<dyn Clock>,
}

impl Courier for Hub {
    fn deliver(&self, parcel: Parcel, _webhook_id: String) -> Delivering<'_> {
        Box::pin(async move { self.push(&parcel).await })
    }
}

impl Hub {
    /// A server whose calls are let through the gate by whoever sends them.
    #[must_use]
    pub fn new(ways: HubWays, clock: Arc<dyn Clock>) -> Self {
        Self { ways, clock }
    }

    /// What [`Courier::deliver`] would send, without the token and the address for answers.
    ///
    /// # Errors
    ///
    /// In words, why nothing can be sent.
    pub fn shown(&self, parcel: &Parcel) -> Result<Shown, String> {
        let pushing = pushing(parcel)?;
        let hidden = Pushing {
            token: HIDDEN.to_owned(),
            ..pushing.clone()
        };
        let request = self.request(parcel, &hidden)?;
        let mut body: serde_json::Value =
            serde_json::from_slice(request.body()).map_err(|error| error.to_string())?;
        if let Some(token) = body.pointer_mut("/personal_access_token/token") {
            *token = HIDDEN.into();
        }
        Ok(Shown {
            method: request.method().to_string(),
            target: request.target().to_owned(),
            headers: shown_headers(&request.headers(), None),
            body: body.to_string(),
        })
    }

    /// The status with which the server answers at the address that tickets are pushed to, without one.
    ///
    /// # Errors
    ///
    /// No answer came; what the error says holds no secret.
    pub async fn reach(&self) -> Result<u16, respondo_client::push::Error> {
        let ways = &self.ways;
        ways.client.reach(ways.path, ways.remote_brand).await
    }

    async fn push(&self, parcel: &Parcel) -> Report {
        if !self.ways.is_live {
            return Report::withheld();
        }
        let request = pushing(parcel).and_then(|pushing| self.request(parcel, pushing));
        let request = match request {
            Ok(request) => request,
            Err(words) => return Trouble::new(Class::Rejected, words).into_report(),
        };
        let error = match self.ways.client.send(&request).await {
            Ok(pushed) => {
                let words = format!("pushed as ticket {}", pushed.id);
                return done(200, words, Some(pushed.id));
            }
            Err(error) => error,
        };
        // It cannot be asked whether it has a ticket, but it takes none twice.
        if error.kind() == Kind::Duplicate && parcel.delivery.in_doubt_since.is_some() {
            return done(422, "it was pushed by an earlier call".to_owned(), None);
        }
        trouble(&error, self.clock.now()).into_report()
    }

    fn request(&self, parcel: &Parcel, pushing: &Pushing) -> Result<Request, String> {
        let ways = &self.ways;
        let named = |name: &str, otherwise: &str| match name.trim() {
            "" => otherwise.to_owned(),
            _ => name.to_owned(),
        };
        let uid = named(&pushing.author.external_uid, "unknown");
        let ticket = ExternalTicket {
            external_uid: pushing.uid.clone(),
            content: parcel.text.clone(),
            response_url: address(&ways.public_url, &pushing.token),
            author: Author {
                username: named(&pushing.author.username, &uid),
                external_uid: uid,
            },
            created_at: parcel.message.created_at.to_timestamp(),
            parent_uid: pushing.parent_uid.clone(),
            // Servers lose replies to tickets that have one.
            custom_provider: None,
        };
        Request::new(ways.path, ways.remote_brand, &ways.token, &ticket)
            .map_err(|invalid| invalid.to_string())
    }
}

fn pushing(parcel: &Parcel) -> Result<&Pushing, String> {
    match &parcel.delivery.command {
        Command::PushTicket(pushing) => Ok(pushing),
        other => Err(format!("respondo has no way to {}", other.word())),
    }
}

fn done(status: u16, words: String, remote_uid: Option<String>) -> Report {
    Report {
        status: Some(status),
        remote_uid,
        ..Report::unanswered(Class::Ok, words, None)
    }
}
