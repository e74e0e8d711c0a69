//! A ticket as REST and webhooks show it.

use std::collections::HashSet;

use serde_json::{Map, Number, Value, json};

use super::Variation;
use super::account::Account;
use super::dates::{in_seconds, with_millis};
use super::ticket::{Interaction, Message, MessageKind, Status, Ticket};

/// Parts of a ticket that are shown where they are asked for.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Scopes {
    pub(crate) messages: bool,
    pub(crate) interactions: bool,
    pub(crate) connected: bool,
}

/// How tickets are shown.
pub(crate) struct Show<'w> {
    pub(crate) account: &'w Account,
    pub(crate) variations: &'w HashSet<Variation>,
}

impl Show<'_> {
    fn varies(&self, variation: Variation) -> bool {
        self.variations.contains(&variation)
    }

    /// As reads show it. Dates of creation have milliseconds, others have none.
    pub(crate) fn read(&self, ticket: &Ticket, scopes: Scopes) -> Map<String, Value> {
        let mut shown = self.ticket(ticket, with_millis(ticket.created), true);
        if scopes.interactions {
            let all: Vec<_> = ticket.interactions.iter().map(interaction).collect();
            shown.insert("interactions".to_owned(), all.into());
        }
        if scopes.messages {
            shown.insert("messages".to_owned(), self.messages(ticket));
        }
        if scopes.connected {
            shown.insert("connectedTickets".to_owned(), json!([]));
        }
        shown
    }

    /// As webhooks show it: no date has milliseconds.
    pub(crate) fn in_webhook(&self, ticket: &Ticket) -> Value {
        let full = self.varies(Variation::WebhooksInFull);
        self.ticket(ticket, in_seconds(ticket.created), full).into()
    }

    pub(crate) fn messages(&self, ticket: &Ticket) -> Value {
        ticket
            .messages
            .iter()
            .map(|each| self.message(each))
            .collect()
    }

    fn ticket(&self, ticket: &Ticket, created: String, full: bool) -> Map<String, Value> {
        let mut shown = Map::new();
        let mut put = |name: &str, value: Value| {
            if !value.is_null() {
                shown.insert(name.to_owned(), value);
            }
        };
        put("id", ticket.id.clone().into());
        put("status", ticket.status.as_str().into());
        put("source", ticket.source.clone().into());
        put("line", ticket.line.into());
        put("firstName", ticket.first_name.clone().into());
        put("lastName", ticket.last_name.clone().into());
        put("phoneNumber", self.phone(ticket));
        put("email", ticket.email.clone().into());
        if full {
            put("publicId", ticket.public_id.clone().into());
            put("languageCode", ticket.language_code.clone().into());
        }
        put("orderAfter", ticket.order_after.map(with_millis).into());
        put("created", json!({ "date": created }));
        if ticket.status == Status::Called || !self.varies(Variation::CalledOnlyWhileCalled) {
            put("called", called(ticket));
        }
        put(
            "served",
            ticket
                .served
                .map_or(Value::Null, |date| json!({ "date": in_seconds(date) })),
        );
        put(
            "cancelled",
            ticket.cancelled.as_ref().map_or(
                Value::Null,
                |end| json!({ "date": in_seconds(end.date), "canceller": end.canceller }),
            ),
        );
        put(
            "assigned",
            ticket.assigned.as_ref().map_or(
                Value::Null,
                |to| json!({ "assigner": to.assigner, "assignee": to.assignee }),
            ),
        );
        put("extra", self.list(self.extra(ticket)));
        let labels = ticket.labels.iter();
        let labels = labels.map(|label| json!({ "value": label.value, "color": label.color }));
        put("labels", self.list(labels.collect()));
        shown
    }

    fn list(&self, items: Vec<Value>) -> Value {
        if items.is_empty() && !self.varies(Variation::EmptyArrays) {
            return Value::Null;
        }
        items.into()
    }

    fn phone(&self, ticket: &Ticket) -> Value {
        let Some(phone) = &ticket.phone_number else {
            return Value::Null;
        };
        if self.varies(Variation::PhoneAsString) {
            return phone.clone().into();
        }
        phone_as_number(phone).map_or_else(|| phone.clone().into(), Value::Number)
    }

    fn extra(&self, ticket: &Ticket) -> Vec<Value> {
        let mut shown = Vec::new();
        for extra in &ticket.extra {
            let mut each = json!({ "title": extra.title, "value": extra.value });
            if let Some(url) = &extra.url {
                each["url"] = url.clone().into();
            }
            shown.push(each);
        }
        for value in &ticket.fields {
            let Ok(field) = self.account.field(&value.field) else {
                continue;
            };
            if let Some(text) = &value.value {
                shown.push(json!({ "title": field.title, "value": text }));
            }
            for (id, title) in &field.options {
                if value.options.contains(id) {
                    shown.push(json!({ "title": field.title, "value": title, "color": COLOR }));
                }
            }
        }
        shown
    }

    fn message(&self, message: &Message) -> Value {
        let kind = match message.kind {
            MessageKind::Incoming => "INCOMING",
            MessageKind::Automated if self.varies(Variation::AutomatedInRest) => {
                "OUTGOING_AUTOMATED"
            }
            MessageKind::Outgoing | MessageKind::Automated => "OUTGOING",
        };
        let mut shown = json!({
            "created": { "date": in_seconds(message.created) },
            "body": message.body,
            "type": kind,
            "status": message.status,
        });
        if let Some(user) = message.user {
            shown["userId"] = user.into();
        }
        shown
    }
}

/// The colour of every label and option here.
pub(crate) const COLOR: &str = "FF00FF";

/// The digits of a phone number as a number; a number of twenty digits may be too large for one.
pub(crate) fn phone_as_number(phone: &str) -> Option<Number> {
    let digits = phone.trim_start_matches('+');
    digits.parse::<u64>().ok().map(Number::from)
}

fn called(ticket: &Ticket) -> Value {
    let Some(called) = &ticket.called else {
        return Value::Null;
    };
    let mut shown = json!({ "date": in_seconds(called.date), "caller": called.caller });
    if let Some(desk) = called.desk {
        shown["desk"] = desk.into();
    }
    shown
}

fn interaction(each: &Interaction) -> Value {
    let mut shown = json!({
        "start": in_seconds(each.start),
        "line": each.line,
        "user": each.user,
    });
    if let Some(end) = each.end {
        shown["end"] = in_seconds(end).into();
    }
    if let Some(desk) = each.desk {
        shown["desk"] = desk.into();
    }
    shown
}
