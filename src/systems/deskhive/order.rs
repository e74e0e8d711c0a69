//! What a delivery asks of DeskHive: made without sending it, the same for every try.

use deskhive_client::internal::{Created, NewTicket, TicketChange};
use deskhive_client::{Call, Invalid, Posted, ReplyRequest, Request, TicketUpdate};
use deskhive_client::{external, internal};

use crate::mapping::readable::line;
use crate::mapping::{DeskHiveMapping, Spoken, Tally, spoken_at_deskhive};
use crate::model::{
    Author, Command, Incarnation, Link, LinkState, Message, Sender, Status, Ticket, Visibility,
};
use crate::store::{Conversation, Parcel};
use crate::systems::ShownRequest;
use crate::systems::contact::Contact;
use crate::systems::filled::{filled, scope_of};

use super::access::Key;
use super::reference::with_reference;
use super::spelling::Spelling;
use super::visitor::Visitor;
use super::ways::Terms;
use super::words::{priority_to, status_to};

/// What is asked.
#[derive(Debug)]
pub(super) enum Order {
    /// A ticket that stands for ours.
    Make(Box<Make>),
    /// A message in a thread.
    Post(Post),
    /// A ticket that stands where ours stands.
    Update(Update),
}

/// A ticket to be made.
#[derive(Debug)]
pub(super) struct Make {
    pub(super) visitor: Visitor,
    /// For nobody yet.
    ticket: NewTicket,
}

/// A message to be added.
#[derive(Debug)]
pub(super) struct Post {
    /// To this ticket.
    pub(super) remote: u64,
    /// In plain text.
    pub(super) text: String,
    is_internal: bool,
}

/// A change to be made.
#[derive(Debug)]
pub(super) struct Update {
    /// Of this ticket.
    pub(super) remote: u64,
    change: TicketUpdate,
}

impl Order {
    /// What `parcel` asks.
    ///
    /// # Errors
    ///
    /// In words, why it never can.
    pub(super) fn of(
        parcel: &Parcel,
        terms: &Terms,
        incarnation: &Incarnation,
        tally: &mut Tally,
    ) -> Result<Self, String> {
        let delivery = &parcel.delivery;
        let mapping = terms.mapping(delivery.mapping);
        let conversation = parcel.conversation.as_deref();
        let conversation = conversation.ok_or("the ticket is missing")?;
        let linked = || linked(conversation, &delivery.system);
        match &delivery.command {
            Command::CreateTicket { visitor } => {
                let domain = terms.customer_email_domain.as_deref();
                let content = with_reference(&parcel.text, incarnation, delivery.id);
                tally.converted(
                    "content",
                    "ticket /content",
                    "in HTML, with our reference at its end",
                );
                let ours = &conversation.ticket;
                let title = title(parcel, ours, visitor, mapping, tally);
                let mut ticket = NewTicket::new(0, title, content);
                let priority = *mapping.priority_out.of(ours.priority);
                carried(
                    "priority",
                    ours.priority == priority,
                    "ticket /priority",
                    tally,
                );
                ticket.priority = Some(priority_to(priority));
                let nameless = &mapping.nameless;
                let make = Make {
                    visitor: Visitor::of(visitor, &delivery.brand, domain, nameless, tally),
                    ticket,
                };
                make.of(0).map_err(|invalid| invalid.to_string())?;
                Ok(Self::Make(Box::new(make)))
            }
            Command::PostMessage | Command::PostEdit if parcel.text.trim().is_empty() => {
                Err("the message is empty".to_owned())
            }
            Command::PostMessage => {
                Post::of(parcel, linked()?, mapping, Spoken::New, tally).map(Self::Post)
            }
            Command::PostEdit => {
                Post::of(parcel, linked()?, mapping, Spoken::Edit, tally).map(Self::Post)
            }
            Command::UpdateTicket => {
                let ticket = &conversation.ticket;
                let status = *mapping.status_out.of(ticket.status);
                let priority = *mapping.priority_out.of(ticket.priority);
                carried("status", ticket.status == status, "update /status", tally);
                carried(
                    "priority",
                    ticket.priority == priority,
                    "update /priority",
                    tally,
                );
                let change = TicketUpdate {
                    status: Some(status_to(status)),
                    priority: Some(priority_to(priority)),
                    labels: None,
                };
                let remote = linked()?;
                Ok(Self::Update(Update { remote, change }))
            }
            // It is one too many, and nobody is to work on it.
            Command::CancelTicket { remote } => Ok(Self::Update(Update {
                remote: number(remote)?,
                change: TicketUpdate {
                    status: Some(status_to(Status::Closed)),
                    priority: None,
                    labels: None,
                },
            })),
            Command::Reply(_) => Err("a reply goes to a response URL".to_owned()),
            Command::ReplaceRecord
            | Command::AddLabel(_)
            | Command::RemoveLabel(_)
            | Command::SendSms
            | Command::PushTicket(_) => Err(format!(
                "deskhive has no way to {}",
                delivery.command.word()
            )),
        }
    }
}

impl Make {
    /// As a call for the customer of this number.
    ///
    /// # Errors
    ///
    /// What DeskHive would refuse.
    pub(super) fn of(&self, customer: u64) -> Result<Call<Created>, Invalid> {
        internal::create_ticket(&NewTicket {
            customer,
            ..self.ticket.clone()
        })
    }
}

impl Post {
    fn of(
        parcel: &Parcel,
        remote: u64,
        mapping: &DeskHiveMapping,
        how: Spoken,
        tally: &mut Tally,
    ) -> Result<Self, String> {
        let message = &parcel.message;
        let text = spoken_at_deskhive(mapping, message, &parcel.text, how);
        tell_post(message, how, text == parcel.text.trim(), tally);
        let post = Self {
            remote,
            text,
            is_internal: how == Spoken::Edit || message.visibility == Visibility::Internal,
        };
        let checked = post.by(Key::Agent, Spelling::Rich);
        checked.map_err(|invalid| invalid.to_string())?;
        Ok(post)
    }

    /// As a call with that key, in that spelling.
    ///
    /// # Errors
    ///
    /// What DeskHive would refuse.
    pub(super) fn by(&self, key: Key, spelling: Spelling) -> Result<Call<Posted>, Invalid> {
        let content = spelling.write(&self.text);
        let message = match self.is_internal {
            true => ReplyRequest::internal(content),
            false => ReplyRequest::public(content),
        };
        match key {
            Key::Agent => external::reply(self.remote, &message),
            Key::Installation => internal::post_message(self.remote, &message),
        }
    }
}

impl Update {
    /// As a call with that key.
    ///
    /// # Errors
    ///
    /// What DeskHive would refuse.
    pub(super) fn by(&self, key: Key) -> Result<Call<Option<deskhive_client::Ticket>>, Invalid> {
        match key {
            Key::Agent => external::update_ticket(self.remote, &self.change),
            Key::Installation => {
                let change = TicketChange {
                    status: self.change.status.clone(),
                    priority: self.change.priority.clone(),
                    ..TicketChange::default()
                };
                internal::update_ticket(self.remote, &change)
            }
        }
    }
}

/// The line that people see, which is never blank.
fn title(
    parcel: &Parcel,
    ours: &Ticket,
    visitor: &Author,
    mapping: &DeskHiveMapping,
    tally: &mut Tally,
) -> String {
    // What is made of a follow-up is called by it.
    let ticket = Ticket {
        title: Ticket::title_of(&parcel.text),
        author: visitor.clone(),
        ..ours.clone()
    };
    let scope = scope_of(&ticket, &Contact::of(visitor));
    let title = &mapping.texts.title;
    match filled(
        title,
        &scope,
        NewTicket::LONGEST_TITLE,
        "ticket /title",
        tally,
    ) {
        // A ticket without a title is refused.
        said if said.is_empty() => {
            let (to, title, most) = ("ticket /title", &ticket.title, NewTicket::LONGEST_TITLE);
            match line(title, most) {
                own if own.is_empty() => Ticket::title_of(""),
                own => {
                    tally.on_one_line("title", to, title, most);
                    own
                }
            }
        }
        said => said,
    }
}

/// `field` has the same word there, or the one that a table says.
fn carried(field: &'static str, is_same: bool, to: &'static str, tally: &mut Tally) {
    match is_same {
        true => tally.kept(field, to),
        false => tally.converted(field, to, "by its table in the mapping"),
    }
}

fn tell_post(message: &Message, how: Spoken, is_verbatim: bool, tally: &mut Tally) {
    const TO: &str = "message /content";
    let text = match message.visibility {
        Visibility::Public => "message.text",
        Visibility::Internal => "note.text",
    };
    match is_verbatim {
        true => tally.converted(text, TO, "in HTML"),
        false => tally.converted(text, TO, "by its template, in HTML"),
    }
    match message.from {
        Sender::Customer(_) => {
            tally.converted("message.author", TO, "nobody posts as the customer there")
        }
        Sender::Agent { .. } | Sender::Colleague { .. } if is_verbatim => {
            tally.dropped(
                "message.author",
                "it is posted in the name of the key's agent",
            );
        }
        Sender::Agent { .. } | Sender::Colleague { .. } => {
            tally.converted("message.author", TO, "by its template");
        }
    }
    tally.dropped("message.created_at", "the time of the call stands there");
    match how {
        Spoken::New => tally.kept("message.visibility", "message /is_internal"),
        Spoken::Edit => tally.converted(
            "message.visibility",
            "message /is_internal",
            "edits are told internally",
        ),
    }
}

/// The requests of an order, as an operator may see them: a ticket's customer is made, or found, before it.
pub(super) fn shown(order: &Order, spelling: Spelling) -> Result<Vec<ShownRequest>, String> {
    let invalid = |invalid: Invalid| invalid.to_string();
    let one = |request: Request| ShownRequest::of(&request, text(&request));
    Ok(match order {
        Order::Make(make) => {
            let address = make.visitor.addresses.first();
            let address = address.map(String::as_str).unwrap_or_default();
            let customer = internal::create_customer(&make.visitor.with_address(address));
            let ticket = make.of(0).map_err(invalid)?.into_request();
            // The number is known once the customer is.
            let of = serde_json::Value::from(format!("number of {address}"));
            let body = text(&ticket);
            let body = body.replacen("\"customer_id\":0", &format!("\"customer_id\":{of}"), 1);
            vec![
                one(customer.map_err(invalid)?.into_request()),
                ShownRequest::of(&ticket, body),
            ]
        }
        Order::Post(post) => vec![one(post
            .by(Key::Agent, spelling)
            .map_err(invalid)?
            .into_request())],
        Order::Update(update) => vec![one(update.by(Key::Agent).map_err(invalid)?.into_request())],
    })
}

fn text(request: &Request) -> String {
    String::from_utf8_lossy(request.body()).into_owned()
}

impl ShownRequest {
    fn of(request: &Request, body: String) -> Self {
        let (method, target) = (request.method(), request.target());
        Self::new(method, target, request.headers(), Some("x-api-key"), body)
    }
}

/// The system's ticket that stands for ours.
fn linked(conversation: &Conversation, system: &str) -> Result<u64, String> {
    match link_of(conversation, system) {
        None => Err("no ticket was made there for this one".to_owned()),
        Some(link) if link.state == LinkState::Gone => {
            Err("the ticket was deleted there".to_owned())
        }
        Some(link) => match &link.remote {
            None => Err("no ticket was made there for this one".to_owned()),
            Some(remote) => number(remote),
        },
    }
}

pub(super) fn link_of<'a>(conversation: &'a Conversation, system: &str) -> Option<&'a Link> {
    let mut links = conversation.ticket.links.iter();
    links.find(|link| link.system == system)
}

/// The number of a ticket there.
pub(super) fn number(remote: &str) -> Result<u64, String> {
    let is_number = remote.bytes().all(|byte| byte.is_ascii_digit());
    let number = remote.parse().ok().filter(|_| is_number);
    number.ok_or_else(|| "the ticket's id there is not a number".to_owned())
}
