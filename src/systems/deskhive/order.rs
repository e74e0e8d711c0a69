//! What a delivery asks of DeskHive: made without sending it, the same for every try.

use deskhive_client::internal::{Created, NewTicket, TicketChange};
use deskhive_client::{Call, Invalid, Posted, ReplyRequest, Request, TicketUpdate};
use deskhive_client::{external, internal};

use crate::model::{
    Command, Incarnation, Link, LinkState, Status, Ticket, Visibility, relayed_text,
};
use crate::store::{Conversation, Parcel};
use crate::systems::readable::line;

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
    ) -> Result<Self, String> {
        let delivery = &parcel.delivery;
        let conversation = parcel.conversation.as_deref();
        let conversation = conversation.ok_or("the ticket is missing")?;
        let linked = || linked(conversation, &delivery.system);
        match &delivery.command {
            Command::CreateTicket { visitor } => {
                let domain = terms.customer_email_domain.as_deref();
                let content = with_reference(&parcel.text, incarnation, delivery.id);
                let mut ticket = NewTicket::new(0, title(&parcel.text), content);
                ticket.priority = Some(priority_to(conversation.ticket.priority));
                let make = Make {
                    visitor: Visitor::of(visitor, &delivery.brand, domain),
                    ticket,
                };
                make.of(0).map_err(|invalid| invalid.to_string())?;
                Ok(Self::Make(Box::new(make)))
            }
            Command::PostMessage | Command::PostEdit if parcel.text.trim().is_empty() => {
                Err("the message is empty".to_owned())
            }
            Command::PostMessage => Post::of(parcel, linked()?, false).map(Self::Post),
            Command::PostEdit => Post::of(parcel, linked()?, true).map(Self::Post),
            Command::UpdateTicket => {
                let ticket = &conversation.ticket;
                let change = TicketUpdate {
                    status: Some(status_to(ticket.status)),
                    priority: Some(priority_to(ticket.priority)),
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
    fn of(parcel: &Parcel, remote: u64, is_edit: bool) -> Result<Self, String> {
        let text = relayed_text(&parcel.message, &parcel.text, is_edit);
        let post = Self {
            remote,
            text,
            is_internal: is_edit || parcel.message.visibility == Visibility::Internal,
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
fn title(text: &str) -> String {
    match line(&Ticket::title_of(text), NewTicket::LONGEST_TITLE) {
        title if title.is_empty() => Ticket::title_of(""),
        title => title,
    }
}

/// The request that matters most of an order, as an operator may see it.
pub(super) fn shown(order: &Order, spelling: Spelling) -> Result<(Request, String), String> {
    let invalid = |invalid: Invalid| invalid.to_string();
    let request = match order {
        Order::Make(make) => make.of(0).map_err(invalid)?.into_request(),
        Order::Post(post) => post
            .by(Key::Agent, spelling)
            .map_err(invalid)?
            .into_request(),
        Order::Update(update) => update.by(Key::Agent).map_err(invalid)?.into_request(),
    };
    let body = String::from_utf8_lossy(request.body()).into_owned();
    let body = match order {
        // The number is known once the customer is.
        Order::Make(make) => {
            let address = make.visitor.addresses.first();
            let of = format!(
                "number of {}",
                address.map(String::as_str).unwrap_or_default()
            );
            let of = serde_json::Value::from(of);
            body.replacen("\"customer_id\":0", &format!("\"customer_id\":{of}"), 1)
        }
        Order::Post(_) | Order::Update(_) => body,
    };
    Ok((request, body))
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
