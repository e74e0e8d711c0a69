//! What is seen at a DeskHive: a ticket, as one is answered with, and the messages of its thread.

use deskhive_client::{ThreadMessage, Ticket};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::clock::Clock as _;
use crate::mapping::Tally;
use crate::model::{Fate, Phase, RemoteTicket};
use crate::rehearsal::Fault;
use crate::rehearsal::outcome::{Refusal, Violation};
use crate::rehearsal::roles::{Role, Roles, only_the_name};
use crate::rehearsal::sample::Given;
use crate::systems::deskhive::noted_thread;

use super::{Happened, Play, of_known};

/// A ticket and its messages where the sample has them.
struct Parts<'a> {
    ticket: &'a Value,
    /// Pointer to it.
    at: &'static str,
    messages: &'a [Value],
    messages_at: &'static str,
}

impl Play {
    pub(super) async fn at_helpdesk(&mut self, given: &Given) -> Result<Happened, Fault> {
        let parts = parts(&given.value);
        let ticket: Ticket = self.part(parts.at, parts.ticket)?;
        let mut messages: Vec<ThreadMessage> = Vec::new();
        for (number, message) in parts.messages.iter().enumerate() {
            let at = format!("{}/{number}", parts.messages_at);
            messages.push(self.part(&at, message)?);
        }
        let mut tally = Tally::new();
        let remote = self.see(&ticket, &messages, &mut tally);
        let mut happened = self.opened(&ticket, &remote).await?;
        self.come_to(given);
        let is_known = self.linked.contains(&remote.id);
        let is_seen = self.observe(&remote, self.cast.imports).await?;
        if !is_seen {
            let words = "nothing begins here with a ticket like this one";
            happened.notes.push(words.to_owned());
        }
        happened.begins = is_seen && !is_known;
        if happened.begins {
            self.linked.push(remote.id);
        }
        let inward = placed(tally.into_fates(), &parts).into_iter();
        let inward = inward.map(|fate| only_the_name(fate, &given.value));
        let inward: Vec<Fate> = inward.collect();
        happened.roles = Roles::of(parts.messages_at, messages.iter().map(role));
        happened.inward = match is_known {
            true => of_known(inward),
            false => inward,
        };
        Ok(happened)
    }

    /// A ticket that the sample goes on about, unless it begins with it.
    async fn opened(&mut self, ticket: &Ticket, remote: &RemoteTicket) -> Result<Happened, Fault> {
        let mut happened = Happened::default();
        let begins = matches!(remote.phase, Some(Phase::Waiting | Phase::Attended));
        if self.linked.contains(&remote.id) || (self.cast.imports && begins) {
            return Ok(happened);
        }
        if self.cast.mirrors {
            let words = self.specimen(Some(&remote.id)).await?;
            happened
                .before
                .push(format!("{words}, mirrored as {}", remote.id));
        } else {
            let began = Ticket {
                status: deskhive_client::Status::Open,
                closed_at: None,
                ..ticket.clone()
            };
            let began = self.see(&began, &[], &mut Tally::off());
            self.observe(&began, true).await?;
            self.linked.push(remote.id.clone());
            self.stage.carry(&mut self.names).await?;
            happened
                .before
                .push("the same ticket when it was open".to_owned());
        }
        Ok(happened)
    }

    fn see(&self, ticket: &Ticket, messages: &[ThreadMessage], tally: &mut Tally) -> RemoteTicket {
        let incarnation = self.stage.store.incarnation();
        let now = self.stage.clock.now();
        noted_thread(ticket, messages, incarnation, now, tally)
    }

    fn part<T: DeserializeOwned>(&self, at: &str, told: &Value) -> Result<T, Fault> {
        serde_json::from_value(told.clone()).map_err(|error| {
            self.refused(Refusal {
                errors: vec![Violation {
                    pointer: at.to_owned(),
                    detail: error.to_string(),
                }],
                ..Refusal::unread("it is no ticket of DeskHive's".to_owned())
            })
        })
    }
}

fn role(message: &ThreadMessage) -> Option<Role> {
    use deskhive_client::Role::{Agent, Customer, Staff, System, Unknown, User};
    match message.author.role {
        _ if message.is_internal() => Some(Role::Note),
        Customer => Some(Role::Customer),
        Agent | User | Staff => Some(Role::Agent),
        System | Unknown => None,
    }
}

/// A ticket alone, or in its envelope; or both answers, under `ticket` and `messages`.
fn parts(value: &Value) -> Parts<'_> {
    let both = value.get("ticket");
    let (ticket, at) = match both {
        Some(ticket) => match ticket.get("data") {
            Some(data) => (data, "/ticket/data"),
            None => (ticket, "/ticket"),
        },
        None => match value.get("data") {
            Some(data) => (data, "/data"),
            None => (value, ""),
        },
    };
    let listed = both.and(value.get("messages"));
    let (messages, messages_at) = match listed.and_then(|listed| listed.get("data")) {
        Some(data) => (Some(data), "/messages/data"),
        None => (listed, "/messages"),
    };
    let messages = messages.and_then(Value::as_array);
    Parts {
        ticket,
        at,
        messages: messages.map(Vec::as_slice).unwrap_or_default(),
        messages_at,
    }
}

/// The fates under the pointers that the sample has.
fn placed(fates: Vec<Fate>, parts: &Parts<'_>) -> Vec<Fate> {
    const MESSAGES: &str = "/messages";
    let place = |fate: Fate| {
        let from = match fate.from.strip_prefix(MESSAGES) {
            _ if fate.from.is_empty() => String::new(),
            Some(rest) => format!("{}{rest}", parts.messages_at),
            None => format!("{}{}", parts.at, fate.from),
        };
        Fate {
            from: from.into(),
            ..fate
        }
    };
    let mut tally = Tally::new();
    let wrapping = "only wraps the answer";
    for at in [parts.at, parts.messages_at] {
        if let Some(around) = at.strip_suffix("/data") {
            for key in ["status", "message", "links", "meta"] {
                tally.converted(format!("{around}/{key}"), "envelope", wrapping);
            }
        }
    }
    fates
        .into_iter()
        .map(place)
        .chain(tally.into_fates())
        .collect()
}
