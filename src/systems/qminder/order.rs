//! What a delivery asks of Qminder: the request, made without sending it, the same for every try.

use qminder_client::tickets::{
    AddedLabel, Created, add_label, cancel, create, remove_label, send_message,
};
use qminder_client::{Call, Request, TicketId, external};

use crate::mapping::{QminderMapping, Tally};
use crate::model::{Command, Incarnation, Link, LinkState, Ticket};
use crate::store::{Conversation, Parcel};
use crate::systems::label::label;

use super::record::record;
use super::visit::{Announced, visit};
use super::ways::Terms;

/// Under which name a Qminder's ticket shows the visitor's language.
const LANGUAGE: &str = "languageCode";

/// What is asked.
#[derive(Debug)]
pub(super) enum Order {
    /// A ticket that stands for ours.
    Make(Call<Created>),
    /// The record beside a ticket.
    Record(Call<()>),
    /// A label on this ticket.
    Label(TicketId, Call<AddedLabel>),
    /// A label off this ticket.
    Unlabel(TicketId, Call<()>),
    /// This ticket out of the queue.
    Cancel(TicketId, Call<()>),
    /// A message to the visitor of this ticket.
    Sms(TicketId, Call<()>),
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
        let user = terms.user.as_ref();
        Ok(match &delivery.command {
            Command::Reply(_) => return Err("a reply goes to a response URL".to_owned()),
            Command::PushTicket(_)
            | Command::PostMessage
            | Command::PostEdit
            | Command::UpdateTicket => {
                return Err(format!("qminder has no way to {}", delivery.command.word()));
            }
            Command::CreateTicket { visitor } => {
                let announced = Announced {
                    label: &label(incarnation, delivery.id),
                    line: &terms.line,
                    language: language(&conversation.ticket, terms, mapping, tally),
                    nameless: &mapping.nameless,
                };
                let visit = visit(visitor, announced, tally);
                Self::Make(create(&visit).map_err(|invalid| invalid.to_string())?)
            }
            Command::ReplaceRecord => {
                let record = record(conversation, terms.style(mapping), tally);
                Self::Record(external::attach(&linked()?, &record))
            }
            Command::AddLabel(name) => {
                let remote = linked()?;
                let call = add_label(&remote, name, user);
                Self::Label(remote, call.map_err(|invalid| invalid.to_string())?)
            }
            Command::RemoveLabel(name) => {
                let remote = linked()?;
                let call = remove_label(&remote, name, user);
                Self::Unlabel(remote, call)
            }
            Command::CancelTicket { remote } => {
                let user = user.ok_or_else(|| {
                    format!(
                        "qminder cancels tickets only in the name of a user: set `user` of the system {:?}",
                        delivery.system
                    )
                })?;
                let remote = id(remote)?;
                let call = cancel(&remote, user);
                Self::Cancel(remote, call)
            }
            Command::SendSms if parcel.text.trim().is_empty() => {
                return Err("the message is empty".to_owned());
            }
            Command::SendSms => {
                let remote = linked()?;
                let text = terms.sms(parcel);
                match text == parcel.text {
                    true => tally.kept("message.text", "form message"),
                    false => tally.converted("message.text", "form message", "by its template"),
                }
                let call = send_message(&remote, &text, user);
                Self::Sms(remote, call)
            }
        })
    }

    /// What would go over the wire.
    pub(super) fn request(&self) -> &Request {
        match self {
            Self::Make(call) => call.request(),
            Self::Label(_, call) => call.request(),
            Self::Record(call)
            | Self::Unlabel(_, call)
            | Self::Cancel(_, call)
            | Self::Sms(_, call) => call.request(),
        }
    }
}

/// What the visitor's language is called there: where they came by another Qminder, that one says.
fn language<'a>(
    ticket: &'a Ticket,
    terms: &'a Terms,
    mapping: &'a QminderMapping,
    tally: &mut Tally,
) -> &'a str {
    const TO: &str = "ticket /languageCode";
    let mut details = ticket.links.iter().flat_map(|link| &link.details);
    let spoken = details.find(|(name, _)| name == LANGUAGE);
    if let Some((_, spoken)) = spoken
        && let Some(language) = mapping.languages.of(spoken).apply(spoken)
    {
        if language == spoken {
            tally.kept("language", TO);
        } else {
            tally.converted("language", TO, "mapping.languages");
        }
        return language;
    }
    tally.defaulted("", TO, "the system's `language`");
    &terms.language
}

/// The system's ticket that stands for ours.
fn linked(conversation: &Conversation, system: &str) -> Result<TicketId, String> {
    let links = &conversation.ticket.links;
    let link = links.iter().find(|link| link.system == system);
    // What was planned for a visit goes to that visit, also where it is over and another one is wanted.
    let remote = |link: &Link| link.remote.clone().or_else(|| link.earlier.clone());
    match link.map(|link| (&link.state, remote(link))) {
        None | Some((_, None)) => Err("no ticket was made there for this one".to_owned()),
        Some((LinkState::Gone, _)) => Err("the ticket was deleted there".to_owned()),
        Some((_, Some(remote))) => id(&remote),
    }
}

pub(super) fn id(remote: &str) -> Result<TicketId, String> {
    TicketId::try_from(remote).map_err(|error| format!("the ticket's id there is {error}"))
}
