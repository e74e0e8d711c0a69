//! Everything as the API shows it.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::account::{Agent, Customer};
use super::ticket::{Author, Message, Ticket};
use super::variation::{AssignedTo, Content, Dates, Ids, Missing, NoteFlag, Sender};
use super::{Notification, World};

impl World {
    pub(crate) fn id(&self, id: u64) -> Value {
        match self.variations.ids {
            Ids::Numbers => id.into(),
            Ids::Texts => id.to_string().into(),
        }
    }

    pub(crate) fn date(&self, at: Timestamp) -> Value {
        let format = match self.variations.dates {
            Dates::Zulu => "%Y-%m-%dT%H:%M:%SZ",
            Dates::Micros => "%Y-%m-%dT%H:%M:%S.000000Z",
            Dates::Offset => "%Y-%m-%dT%H:%M:%S+00:00",
            Dates::Plain => "%Y-%m-%d %H:%M:%S",
        };
        at.strftime(format).to_string().into()
    }

    fn maybe_date(&self, at: Option<Timestamp>) -> Value {
        at.map_or(Value::Null, |at| self.date(at))
    }

    fn content(&self, text: &str) -> Value {
        if self.variations.content == Content::AsWritten || text.starts_with('<') {
            return text.into();
        }
        let escaped = text
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;");
        format!("<p>{}</p>", escaped.replace('\n', "<br>")).into()
    }

    /// Puts in what something is related to, if it is.
    fn relate(&self, shown: &mut Map<String, Value>, name: &str, related: Option<Value>) {
        match (related, self.variations.missing) {
            (Some(related), _) => shown.insert(name.to_owned(), related),
            (None, Missing::Null) => shown.insert(name.to_owned(), Value::Null),
            (None, Missing::Omitted) => None,
        };
    }

    fn named(&self, id: u64, name: &str) -> Value {
        json!({ "id": self.id(id), "name": name })
    }

    pub(crate) fn show_ticket(&self, ticket: &Ticket) -> Value {
        let account = &self.account;
        let mut shown = Map::new();
        for (name, value) in [
            ("id", self.id(ticket.id)),
            ("reference_id", ticket.reference_id.clone().into()),
            ("title", ticket.title.clone().into()),
            ("content", self.content(&ticket.content)),
            ("status", ticket.status.as_str().into()),
            ("priority", ticket.priority.as_str().into()),
            ("labels", self.labels_of(ticket)),
            (
                "agents",
                ticket
                    .agents
                    .iter()
                    .filter_map(|id| self.show_agent(*id))
                    .collect(),
            ),
            ("custom_fields", self.fields_of(ticket)),
            ("is_resolved", ticket.is_resolved.into()),
            ("is_locked", ticket.is_locked.into()),
            ("last_reply_at", self.maybe_date(ticket.last_reply_at)),
            ("closed_at", self.maybe_date(ticket.closed_at)),
            ("created_at", self.date(ticket.created_at)),
            ("updated_at", self.date(ticket.updated_at)),
        ] {
            shown.insert(name.to_owned(), value);
        }
        for (name, id, places) in [
            ("department", ticket.department, &account.departments),
            ("category", ticket.category, &account.categories),
            ("product", ticket.product, &account.products),
        ] {
            let place = id.and_then(|id| Some(self.named(id, &places.get(&id)?.name)));
            self.relate(&mut shown, name, place);
        }
        let customer = ticket.customer.and_then(|id| self.customers.get(&id));
        let customer = customer
            .map(|each| json!({ "id": self.id(each.id), "name": each.name, "email": each.email }));
        self.relate(&mut shown, "customer", customer);
        self.relate(&mut shown, "assigned_to", self.assigned_to(ticket));
        shown.into()
    }

    fn show_agent(&self, id: u64) -> Option<Value> {
        Some(self.named(id, &self.account.agents.get(&id)?.name))
    }

    fn assigned_to(&self, ticket: &Ticket) -> Option<Value> {
        let user = ticket
            .assigned_to
            .and_then(|id| Some(self.named(id, self.account.users.get(&id)?)));
        match self.variations.assigned_to {
            AssignedTo::UserAlone => user,
            AssignedTo::AgentToo => user.or_else(|| self.show_agent(*ticket.agents.first()?)),
        }
    }

    fn labels_of(&self, ticket: &Ticket) -> Value {
        let labels = ticket.labels.iter();
        labels
            .filter_map(|id| {
                let label = self.account.labels.get(id)?;
                Some(json!({ "id": self.id(*id), "name": label.name, "color": label.color }))
            })
            .collect()
    }

    fn fields_of(&self, ticket: &Ticket) -> Value {
        let fields = ticket.custom_fields.iter();
        fields
            .map(|each| {
                json!({
                    "id": self.id(each.id),
                    "label": each.label,
                    "type": each.kind,
                    "value": each.value,
                })
            })
            .collect()
    }

    /// A message; no shape of it is documented.
    pub(crate) fn show_message(&self, ticket: u64, message: &Message, agent: Option<u64>) -> Value {
        let mut shown = json!({
            "id": self.id(message.id),
            "ticket_id": self.id(ticket),
            "content": self.content(&message.content),
            "attachments": [],
            "likes_count": message.liked_by.len(),
            "liked": agent.is_some_and(|agent| message.liked_by.contains(&agent)),
            "created_at": self.date(message.created_at),
            "updated_at": self.date(message.updated_at),
        });
        match self.variations.note_flag {
            NoteFlag::Boolean => shown["is_internal"] = message.is_internal.into(),
            NoteFlag::Number => shown["is_internal"] = u8::from(message.is_internal).into(),
            NoteFlag::Absent => {}
        }
        let (class, word, id) = match message.author {
            Author::Customer(id) => ("Botble\\SupportDesk\\Models\\Customer", "customer", id),
            Author::Agent(id) => ("Botble\\SupportDesk\\Models\\Agent", "agent", id),
            Author::User(id) => ("Botble\\ACL\\Models\\User", "user", id),
        };
        let kind = match self.variations.sender {
            Sender::ClassName | Sender::ClassNameAlone => Some(class),
            Sender::Word => Some(word),
            Sender::SenderAlone => None,
        };
        if let Some(kind) = kind {
            shown["sender_type"] = kind.into();
            shown["sender_id"] = self.id(id);
        }
        if self.variations.sender != Sender::ClassNameAlone {
            shown["sender"] = self.sender(message.author);
        }
        shown
    }

    fn sender(&self, author: Author) -> Value {
        let (id, name, email, avatar) = match author {
            Author::Customer(id) => match self.customers.get(&id) {
                Some(each) => (id, &each.name, Some(&each.email), None),
                None => return Value::Null,
            },
            Author::Agent(id) => match self.account.agents.get(&id) {
                Some(each) => (id, &each.name, Some(&each.email), Some(&each.avatar_url)),
                None => return Value::Null,
            },
            Author::User(id) => match self.account.users.get(&id) {
                Some(name) => (id, name, None, None),
                None => return Value::Null,
            },
        };
        json!({ "id": self.id(id), "name": name, "email": email, "avatar_url": avatar })
    }

    pub(crate) fn show_profile(&self, agent: &Agent) -> Value {
        let settings = &agent.notification_settings;
        let settings = if settings.is_empty() && self.variations.empty_settings_as_list {
            json!([])
        } else {
            settings.clone().into()
        };
        json!({
            "id": self.id(agent.id),
            "name": agent.name,
            "email": agent.email,
            "phone": agent.phone,
            "locale": agent.locale,
            "avatar_url": agent.avatar_url,
            "notification_settings": settings,
            "is_active": agent.is_active,
            "created_at": self.date(agent.created_at),
        })
    }

    /// A customer; no shape of it is documented.
    pub(crate) fn show_customer(&self, customer: &Customer) -> Value {
        json!({
            "id": self.id(customer.id),
            "name": customer.name,
            "email": customer.email,
            "phone": customer.phone,
            "envato_username": customer.envato_username,
            "created_at": self.date(customer.created_at),
            "updated_at": self.date(customer.updated_at),
        })
    }

    pub(crate) fn show_notification(&self, each: &Notification) -> Value {
        let sender = each
            .sender
            .map_or(Value::Null, |author| self.sender(author));
        json!({
            "id": self.id(each.id),
            "type": each.kind,
            "title": each.title,
            "message": each.message,
            "ticket_id": self.id(each.ticket),
            "sender_name": sender["name"],
            "sender_avatar": sender["avatar_url"],
            "is_read": each.is_read,
            "created_at": self.date(each.created_at),
        })
    }
}
