//! Deliveries to a Respondo server: one ticket each, and what its answer means.

use std::sync::Arc;

use respondo_client::Author;
use respondo_client::push::{ExternalTicket, Kind, Request};

use crate::clock::Clock;
use crate::mapping::Tally;
use crate::model::{Class, Command, Pushing};
use crate::store::Parcel;
use crate::systems::{Courier, Delivering, HIDDEN, Report, Shown, ShownRequest, Trouble, carried};

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
        let mut tally = Tally::new();
        let request = self.request(parcel, &hidden, &mut tally)?;
        let mut body: serde_json::Value =
            serde_json::from_slice(request.body()).map_err(|error| error.to_string())?;
        if let Some(token) = body.pointer_mut("/personal_access_token/token") {
            *token = HIDDEN.into();
        }
        let (method, target) = (request.method(), request.target());
        let headers = request.headers();
        Ok(Shown {
            requests: vec![ShownRequest::new(
                method,
                target,
                &headers,
                None,
                body.to_string(),
            )],
            fates: tally.into_fates(),
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
        let mut tally = Tally::new();
        let request = pushing(parcel).and_then(|pushing| self.request(parcel, pushing, &mut tally));
        let request = match request {
            Ok(request) => request,
            Err(words) => return Trouble::new(Class::Rejected, words).into_report(),
        };
        let client = self.ways.client.clone().with_headers(carried::headers());
        let error = match client.send(&request).await {
            Ok(pushed) => {
                let words = format!("pushed as ticket {}", pushed.id);
                return done(200, words, Some(pushed.id)).with_fates(tally);
            }
            Err(error) => error,
        };
        // It cannot be asked whether it has a ticket, but it takes none twice.
        if error.kind() == Kind::Duplicate && parcel.delivery.in_doubt_since.is_some() {
            return done(422, "it was pushed by an earlier call".to_owned(), None)
                .with_fates(tally);
        }
        trouble(&error, self.clock.now()).into_report()
    }

    fn request(
        &self,
        parcel: &Parcel,
        pushing: &Pushing,
        tally: &mut Tally,
    ) -> Result<Request, String> {
        let ways = &self.ways;
        tell(parcel, pushing, tally);
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

fn tell(parcel: &Parcel, pushing: &Pushing, tally: &mut Tally) {
    let is_blank = |text: &str| text.trim().is_empty();
    tally.kept("content", "ticket /content");
    tally.kept("message.text", "ticket /content");
    tally.converted(
        "external_uid",
        "ticket /external_uid",
        "with brand and provider in front, so that it is unique",
    );
    tally.converted(
        "provider",
        "ticket /external_uid",
        "in front of the uid: servers lose replies to tickets with a custom_provider",
    );
    tally.converted("brand", "ticket /external_uid", "in front of the uid");
    match &pushing.parent_uid {
        Some(_) => tally.converted(
            "parent_uid",
            "ticket /parent_uid",
            "the message that opened the ticket",
        ),
        None => tally.absent("parent_uid", "ticket /parent_uid", "it opens the ticket"),
    }
    match is_blank(&pushing.author.external_uid) {
        true => tally.defaulted(
            "author.external_uid",
            "ticket /author/external_uid",
            "it is blank",
        ),
        false => tally.kept("author.external_uid", "ticket /author/external_uid"),
    }
    match is_blank(&pushing.author.username) {
        true => tally.defaulted(
            "author.username",
            "ticket /author/username",
            "it is blank: the uid",
        ),
        false => tally.kept("author.username", "ticket /author/username"),
    }
    tally.converted(
        "response_url",
        "ticket /response_url",
        "our own address, so that answers come through us",
    );
    match parcel.message.created_at.as_micros() % 1_000_000 {
        0 => tally.kept("created_at", "ticket /created_at"),
        _ => tally.converted(
            "created_at",
            "ticket /created_at",
            "in the server's spelling",
        ),
    }
}
