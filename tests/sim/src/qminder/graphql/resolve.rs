//! Answers a query that was found good.

use graphql_parser::query::{Field, Selection, Value as Literal};
use serde_json::{Map, Value};

use super::check::fragment;
use super::{Query, Selections, records, schema};
use crate::qminder::World;
use crate::qminder::dates::with_millis;
use crate::qminder::form::number;
use crate::qminder::ticket::Ticket;
use crate::qminder::wire::phone_as_number;

/// What a field comes to.
#[derive(Clone)]
pub(crate) enum Out {
    Leaf(Value),
    Object(Node),
    List(Vec<Out>),
}

/// Something that has fields.
#[derive(Clone)]
pub(crate) enum Node {
    Query,
    Account,
    Location(u64),
    Line(u64),
    User(u64),
    Desk(u64),
    Ticket(u64),
    /// Something whose fields are all at hand.
    Record(Vec<(&'static str, Out)>),
}

pub(crate) struct Resolver<'w> {
    pub(crate) world: &'w World,
    pub(crate) query: &'w Query,
    pub(crate) variables: &'w Map<String, Value>,
    /// The user whom the key belongs to.
    pub(crate) me: Option<u64>,
}

pub(crate) const NULL: Out = Out::Leaf(Value::Null);

pub(crate) fn leaf(value: impl Into<Value>) -> Out {
    Out::Leaf(value.into())
}

pub(crate) fn user(id: Option<u64>) -> Out {
    id.map_or(NULL, |id| Out::Object(Node::User(id)))
}

pub(crate) fn list(items: impl Iterator<Item = Node>) -> Out {
    Out::List(items.map(Out::Object).collect())
}

impl Resolver<'_> {
    pub(crate) fn root(&self, selections: &Selections) -> Value {
        self.select(&Node::Query, "Query", selections)
    }

    fn select(&self, node: &Node, of: &str, selections: &Selections) -> Value {
        let mut shown = Map::new();
        self.select_into(&mut shown, node, of, selections);
        shown.into()
    }

    fn select_into(
        &self,
        shown: &mut Map<String, Value>,
        node: &Node,
        of: &str,
        selections: &Selections,
    ) {
        for selection in &selections.items {
            match selection {
                Selection::Field(field) => {
                    let name = field.alias.as_ref().unwrap_or(&field.name);
                    shown.insert(name.clone(), self.field(node, of, field));
                }
                Selection::InlineFragment(inline) => {
                    self.select_into(shown, node, of, &inline.selection_set);
                }
                Selection::FragmentSpread(spread) => {
                    let found = fragment(self.query, &spread.fragment_name);
                    self.select_into(shown, node, of, found.expect("the query was checked"));
                }
            }
        }
    }

    fn field(&self, node: &Node, of: &str, field: &Field<'static, String>) -> Value {
        if field.name == "__typename" {
            return of.into();
        }
        let known = schema::field(of, &field.name).expect("the query was checked");
        let of = schema::named(&known.field_type);
        self.show(&self.resolve(node, field), of, &field.selection_set)
    }

    fn show(&self, out: &Out, of: &str, selections: &Selections) -> Value {
        match out {
            Out::Leaf(value) => value.clone(),
            Out::Object(node) => self.select(node, of, selections),
            Out::List(items) => items
                .iter()
                .map(|item| self.show(item, of, selections))
                .collect(),
        }
    }

    fn resolve(&self, node: &Node, field: &Field<'static, String>) -> Out {
        let name = field.name.as_str();
        match node {
            Node::Query => self.start(name, field),
            Node::Account => match name {
                "id" => leaf("1"),
                "name" => leaf("Example"),
                "locations" => self.locations(),
                _ => leaf(true),
            },
            Node::Location(id) => self.location(*id, name),
            Node::Line(id) => self.line(*id, name),
            Node::User(id) => self.user(*id, name),
            Node::Desk(id) => match name {
                "id" => leaf(id.to_string()),
                _ => leaf(self.world.account.desks[id].name.clone()),
            },
            Node::Ticket(id) => self.ticket(&self.world.tickets[id], name),
            Node::Record(fields) => {
                let found = fields.iter().find(|(each, _)| *each == name);
                found.map_or(NULL, |(_, out)| out.clone())
            }
        }
    }

    fn start(&self, name: &str, field: &Field<'static, String>) -> Out {
        let account = &self.world.account;
        let id = field.arguments.iter().find(|(name, _)| name == "id");
        let id = id.and_then(|(_, literal)| self.id(literal));
        let found = match (name, id) {
            ("account", _) => Some(Node::Account),
            ("me", _) => self.me.map(Node::User),
            ("location", Some(id)) if account.locations.contains_key(&id) => {
                Some(Node::Location(id))
            }
            ("line", Some(id)) if account.lines.contains_key(&id) => Some(Node::Line(id)),
            ("user", Some(id)) if account.users.contains_key(&id) => Some(Node::User(id)),
            ("ticket", Some(id)) if self.world.tickets.contains_key(&id) => Some(Node::Ticket(id)),
            ("locations", _) => return self.locations(),
            _ => None,
        };
        found.map_or(NULL, Out::Object)
    }

    fn id(&self, literal: &Literal<'static, String>) -> Option<u64> {
        match literal {
            Literal::String(text) => number(text),
            Literal::Int(id) => id.as_i64().and_then(|id| u64::try_from(id).ok()),
            Literal::Variable(name) => match self.variables.get(name)? {
                Value::String(text) => number(text),
                Value::Number(id) => id.as_u64(),
                _ => None,
            },
            _ => None,
        }
    }

    fn locations(&self) -> Out {
        list(
            self.world
                .account
                .locations
                .keys()
                .map(|id| Node::Location(*id)),
        )
    }

    fn location(&self, id: u64, name: &str) -> Out {
        let account = &self.world.account;
        let location = &account.locations[&id];
        match name {
            "id" => leaf(id.to_string()),
            "name" => leaf(location.name.clone()),
            "timezone" => leaf("America/New_York"),
            "lines" => {
                let here = account.lines.iter().filter(|(_, line)| line.location == id);
                list(here.map(|(id, _)| Node::Line(*id)))
            }
            "users" => list(account.users.keys().map(|id| Node::User(*id))),
            "desks" => {
                let here = account.desks.iter().filter(|(_, desk)| desk.location == id);
                list(here.map(|(id, _)| Node::Desk(*id)))
            }
            "languages" => Out::List(
                location
                    .languages
                    .iter()
                    .map(|code| records::language(code))
                    .collect(),
            ),
            "inputFields" => {
                let here = account.fields.iter().filter(|field| field.location == id);
                list(here.map(records::input_field))
            }
            _ => leaf(true),
        }
    }

    fn line(&self, id: u64, name: &str) -> Out {
        let line = &self.world.account.lines[&id];
        match name {
            "id" => leaf(id.to_string()),
            "name" => leaf(line.name.clone()),
            "color" => leaf("#ff00ff"),
            "location" => Out::Object(Node::Location(line.location)),
            "disabled" => leaf(line.disabled),
            _ => leaf(false),
        }
    }

    fn user(&self, id: u64, name: &str) -> Out {
        let user = &self.world.account.users[&id];
        match name {
            "id" => leaf(id.to_string()),
            "email" => leaf(user.email.clone()),
            "firstName" => leaf(user.first_name.clone()),
            "lastName" => leaf(user.last_name.clone()),
            _ => leaf(false),
        }
    }

    fn ticket(&self, ticket: &Ticket, name: &str) -> Out {
        let called = ticket.called.as_ref();
        match name {
            "id" => leaf(ticket.id.clone()),
            "status" => leaf(ticket.status.as_str()),
            "statusSetAt" => leaf(with_millis(ticket.status_set)),
            "line" => Out::Object(Node::Line(ticket.line)),
            "firstName" => leaf(ticket.first_name.clone()),
            "lastName" => leaf(ticket.last_name.clone()),
            "phoneNumber" => {
                let phone = ticket.phone_number.as_deref().and_then(phone_as_number);
                leaf(phone.map_or(Value::Null, Value::Number))
            }
            "email" => leaf(ticket.email.clone()),
            "created" => records::record(vec![("date", leaf(with_millis(ticket.created)))]),
            "waitStartedAt" => leaf(with_millis(ticket.place())),
            "cancelled" => ticket.cancelled.as_ref().map_or(NULL, |end| {
                records::record(vec![
                    ("date", leaf(with_millis(end.date))),
                    ("user", user(Some(end.canceller))),
                ])
            }),
            "assignee" => user(ticket.assigned.as_ref().map(|to| to.assignee)),
            "caller" => user(called.map(|called| called.caller)),
            "fields2" => {
                let fields = &self.world.account.fields;
                list(
                    ticket
                        .fields
                        .iter()
                        .map(|value| records::field(fields, value)),
                )
            }
            "labels" => list(ticket.labels.iter().map(records::label)),
            "interactions" => list(
                ticket
                    .interactions
                    .iter()
                    .enumerate()
                    .map(records::interaction),
            ),
            "messages" => list(ticket.messages.iter().enumerate().map(records::message)),
            "external" => list(ticket.external.iter().map(records::external)),
            _ => records::language(&ticket.language_code),
        }
    }
}
