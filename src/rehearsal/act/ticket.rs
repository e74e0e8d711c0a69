//! External tickets, and answers from Respondo servers.

use http::Method;
use http::header::CONTENT_TYPE;
use serde_json::Value;

use crate::http::{noted_answer, noted_ticket};
use crate::rehearsal::Fault;
use crate::rehearsal::sample::Given;
use crate::rehearsal::specimen;

use super::{Happened, Play, of_message};

impl Play {
    pub(super) async fn external_ticket(&mut self, given: &Given) -> Result<Happened, Fault> {
        let text = |key: &str| given.value.get(key).and_then(Value::as_str);
        let mut before = Vec::new();
        // One that begins with a follow-up follows something.
        if self.number == 1
            && let Some(parent) = text("parent_uid")
        {
            let ticket = specimen::external_ticket(Some(parent), text("custom_provider"));
            let body = ticket.to_string();
            self.intake(super::JSON, body.as_bytes()).await?;
            self.stage.carry(&mut self.names).await?;
            before.push(format!(
                "what it follows, {parent:?}: the external ticket format's second example, with a response URL"
            ));
        }
        self.come_to(given);
        let begins = self.ticket.is_none();
        let has_joined = self.intake(given.content_type, &given.body).await?;
        let inward = noted_ticket(given.content_type, &given.body);
        Ok(Happened {
            inward: match has_joined {
                true => of_message(inward, self.pair.to, self.is_by_customer(given).await?),
                false => inward,
            },
            begins,
            before,
            ..Happened::default()
        })
    }

    /// Whether whoever wrote it is the customer whose ticket it is about.
    async fn is_by_customer(&self, given: &Given) -> Result<bool, Fault> {
        let Some(id) = self.ticket else {
            return Ok(false);
        };
        let view = self.stage.store.ticket(id).await;
        let view = view.map_err(anyhow::Error::new)?;
        let uid = given.value.pointer("/author/external_uid");
        Ok(view.is_some_and(|view| {
            uid.and_then(Value::as_str) == Some(&view.ticket.author.external_uid)
        }))
    }

    pub(super) async fn answer(&mut self, given: &Given) -> Result<Happened, Fault> {
        let mut before = Vec::new();
        if self.ticket.is_none() {
            before.push(self.specimen(None).await?);
        }
        self.come_to(given);
        let hub = self.cast.source.as_deref();
        let mut given_out = self.names.addresses.iter().rev();
        let address = given_out.find(|(system, _)| Some(system.as_str()) == hub);
        let Some((_, token)) = address else {
            let words = "no ticket was pushed to which it could be an answer";
            return Err(Fault::NobodyFits(words.to_owned()));
        };
        let path = format!("/replies/{token}");
        let headers = [(CONTENT_TYPE.as_str(), given.content_type)];
        self.send(Method::POST, &path, &headers, &given.body)
            .await?;
        Ok(Happened {
            inward: noted_answer(given.content_type, &given.body),
            before,
            ..Happened::default()
        })
    }
}
