//! What is seen at a Qminder: by its webhook, or by the poll.

use http::Method;
use qminder_client::ticket::Message;
use qminder_client::webhooks::{Event, SIGNATURE_HEADER, Subject, sign};
use qminder_client::{MessageType, Secret, Ticket};
use serde_json::Value;

use crate::mapping::Tally;
use crate::model::{Fate, Phase, RemoteTicket};
use crate::rehearsal::Fault;
use crate::rehearsal::outcome::{Refusal, Violation};
use crate::rehearsal::roles::{Role, Roles};
use crate::rehearsal::sample::{Given, JSON};
use crate::rehearsal::stage::webhook_secret;
use crate::settings::SystemKind;
use crate::systems::qminder::noted;

use super::{Happened, Play, of_known};

/// Where a webhook has the ticket.
const DATA: &str = "/data";

impl Play {
    pub(super) async fn at_desk(&mut self, given: &Given) -> Result<Happened, Fault> {
        let is_event = given.value.get("type").is_some_and(Value::is_string)
            && given.value.get("data").is_some();
        let told = match is_event {
            true => &given.value["data"],
            false => &given.value,
        };
        let ticket = match is_event {
            false => Some(self.read(told)?),
            true => match Event::parse(&given.body) {
                Ok(event) => match event.subject {
                    Subject::Ticket(ticket) => Some(*ticket),
                    _ => None,
                },
                Err(_) => Some(self.read(told)?),
            },
        };
        let mut tally = Tally::new();
        let incarnation = self.stage.store.incarnation().to_owned();
        let remote = ticket
            .as_ref()
            .map(|ticket| noted(ticket, &incarnation, !is_event, &mut tally));
        let mut inward = tally.into_fates();
        if is_event {
            for fate in &mut inward {
                if !fate.from.is_empty() {
                    fate.from = format!("{DATA}{}", fate.from).into();
                }
            }
            let mut tally = Tally::new();
            tally.converted(
                "/type",
                "order of news",
                "only says that something happened",
            );
            inward.extend(tally.into_fates());
        }
        let Some(remote) = remote else {
            self.come_to(given);
            self.by_webhook(given).await?;
            let notes = vec!["the event is about no ticket, and is ignored".to_owned()];
            return Ok(Happened {
                inward,
                notes,
                ..Happened::default()
            });
        };
        let line = ticket.as_ref().and_then(|ticket| ticket.line.as_ref());
        let in_line = line.is_some_and(|line| Some(line.as_str()) == self.line().as_deref());
        let mut happened = self.begin(&remote, told, in_line).await?;
        self.come_to(given);
        let is_known = self.linked.contains(&remote.id);
        let is_seen = match is_event {
            true => {
                let before = self.ticket;
                self.by_webhook(given).await?;
                self.find(&remote.id).await?;
                self.ticket.is_some() && (is_known || self.ticket != before)
            }
            false => self.observe(&remote, self.cast.imports && in_line).await?,
        };
        if !is_seen {
            happened.notes.push(match in_line {
                true => "nothing begins here with a ticket like this one".to_owned(),
                false => format!(
                    "the ticket stands in no line of ours: `line` is {:?}",
                    self.line().unwrap_or_default()
                ),
            });
        }
        happened.begins = is_seen && !is_known;
        if happened.begins {
            self.linked.push(remote.id.clone());
        }
        happened.inward = known_or_new(inward, is_known);
        let messages = ticket.as_ref().map(|ticket| ticket.messages.as_slice());
        happened.roles = Roles::of("/messages", messages.unwrap_or_default().iter().map(role));
        Ok(happened)
    }

    /// A ticket that the sample goes on about, unless it begins with it.
    async fn begin(
        &mut self,
        remote: &RemoteTicket,
        told: &Value,
        in_line: bool,
    ) -> Result<Happened, Fault> {
        let mut happened = Happened::default();
        let begins = matches!(remote.phase, Some(Phase::Waiting | Phase::Attended));
        if self.linked.contains(&remote.id) || (self.cast.imports && begins && in_line) {
            return Ok(happened);
        }
        if self.cast.mirrors {
            let words = self.specimen(Some(&remote.id)).await?;
            happened
                .before
                .push(format!("{words}, mirrored as {}", remote.id));
        } else if in_line {
            let mut began = told.clone();
            if let Some(fields) = began.as_object_mut() {
                fields.insert("status".to_owned(), "NEW".into());
                for later in ["called", "served", "cancelled", "interactions", "messages"] {
                    fields.remove(later);
                }
            }
            let began = Given::json(began);
            let ticket = self.read(&began.value)?;
            let incarnation = self.stage.store.incarnation().to_owned();
            let as_new = noted(&ticket, &incarnation, true, &mut Tally::off());
            self.observe(&as_new, true).await?;
            self.linked.push(remote.id.clone());
            self.stage.carry(&mut self.names).await?;
            happened
                .before
                .push("the same ticket when it was NEW".to_owned());
        }
        Ok(happened)
    }

    fn read(&self, told: &Value) -> Result<Ticket, Fault> {
        serde_json::from_value(told.clone()).map_err(|error| {
            self.refused(Refusal {
                errors: vec![Violation {
                    pointer: String::new(),
                    detail: error.to_string(),
                }],
                ..Refusal::unread("it is no ticket of Qminder's".to_owned())
            })
        })
    }

    /// In which line the source's tickets stand.
    fn line(&self) -> Option<String> {
        let live = self.stage.live.load();
        match &live.settings.systems.get(self.cast.source.as_ref()?)?.kind {
            SystemKind::Qminder(qminder) => Some(qminder.line.clone()),
            SystemKind::DeskHive(_) | SystemKind::Respondo(_) => None,
        }
    }

    async fn by_webhook(&self, given: &Given) -> Result<(), Fault> {
        let Some(system) = self.cast.source.clone() else {
            return Ok(());
        };
        let url = {
            let live = self.stage.live.load();
            match live
                .settings
                .systems
                .get(&system)
                .map(|system| &system.kind)
            {
                Some(SystemKind::Qminder(qminder)) => qminder
                    .webhook
                    .as_ref()
                    .map(|webhook| webhook.registered_url.clone()),
                _ => None,
            }
        };
        let secret = Secret::from(webhook_secret());
        let signature = sign(&url.unwrap_or_default(), &secret, &given.body);
        let headers = [
            ("content-type", JSON),
            (SIGNATURE_HEADER, signature.as_str()),
        ];
        let path = format!("/webhooks/qminder/{system}");
        self.send(Method::POST, &path, &headers, &given.body)
            .await?;
        Ok(())
    }

    /// The ticket that stands for one at the source.
    async fn find(&mut self, remote: &str) -> Result<(), Fault> {
        if let Some(system) = self.cast.source.clone() {
            let linked = self.stage.store.linked(system, remote.to_owned()).await;
            let linked = linked.map_err(anyhow::Error::new)?;
            self.ticket = linked.or(self.ticket);
        }
        Ok(())
    }
}

fn role(message: &Message) -> Option<Role> {
    match message.message_type {
        MessageType::Incoming => Some(Role::Customer),
        MessageType::Outgoing if message.user_id.is_some() => Some(Role::Agent),
        _ => None,
    }
}

fn known_or_new(inward: Vec<Fate>, is_known: bool) -> Vec<Fate> {
    match is_known {
        true => of_known(inward),
        false => inward,
    }
}
