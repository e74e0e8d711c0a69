//! Systems where each message of the customer's is a ticket of its own, with an address to which answers are sent.

use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::model::{Command, Message, MessageId, Pushing, Returned, Sender, Ticket, Visibility};

use super::backlog::{Brought, catch_up};
use super::command::{came_from, route, send};
use super::draft::Draft;
use super::facts::{Address, Missing};
use super::fingerprint;
use super::outcome::{Answer, Note, Refusal, ReplyTaken, ReturnTaken, Write};
use super::reply;

/// The same answer to the same message within this time is the one that came already: it brings no id.
const SAME_WITHIN: Duration = Duration::from_secs(60);

/// What makes a ticket of a message there; `None` for one that makes none.
pub(super) fn push(
    draft: &mut Draft<'_>,
    ticket: &Ticket,
    system: &str,
    message: MessageId,
    parent: Option<MessageId>,
) -> Result<Option<Command>, Missing> {
    let Some(mut found) = draft.message(ticket.id, message)? else {
        return Ok(None);
    };
    let Sender::Customer(author) = found.from.clone() else {
        return Ok(None);
    };
    let parent = match parent {
        Some(parent) => draft.message(ticket.id, parent)?,
        None => None,
    };
    let (token, name) = give_address(draft, ticket, system, message);
    let uid_there = uid(&ticket.brand, &found);
    found.addresses.push(name);
    draft.put_message(found);
    Ok(Some(Command::PushTicket(Pushing {
        uid: uid_there,
        parent_uid: parent.map(|parent| uid(&ticket.brand, &parent)),
        author,
        token,
    })))
}

/// The customer's messages that are new since, each a ticket that follows the first.
pub(super) fn follow(
    draft: &mut Draft<'_>,
    ticket: &mut Ticket,
    index: usize,
) -> Result<(), Missing> {
    let system = ticket.links[index].system.clone();
    catch_up(draft, ticket, index, |draft, ticket, message| {
        let is_public = message.visibility == Visibility::Public;
        if !is_public || message.is_forgotten() || came_from(draft, message, &system) {
            return Ok(Brought::NotForIt);
        }
        let opening = ticket.opening;
        let Some(command) = push(draft, ticket, &system, message.id, Some(opening))? else {
            return Ok(Brought::NotForIt);
        };
        send(draft, ticket, &system, command, message.id)?;
        Ok(Brought::Sent)
    })
}

/// What a message is called there: no other message of any brand or provider is.
fn uid(brand: &str, message: &Message) -> String {
    let provider = message.provider.as_deref().unwrap_or_default();
    let provider = provider.replace('%', "%25").replace(':', "%3A");
    match &message.external_uid {
        Some(uid) => format!("{brand}:{provider}:{uid}"),
        None => format!("{brand}:{provider}:message-{}", message.id),
    }
}

/// An address to which answers to `message` may be sent; gives its unguessable part, and the name it is kept under.
fn give_address(
    draft: &mut Draft<'_>,
    ticket: &Ticket,
    system: &str,
    message: MessageId,
) -> (String, String) {
    let token = draft.secret(message, system);
    let address = Address {
        system: system.to_owned(),
        ticket: ticket.id,
        message,
        last: None,
    };
    let name = name_of(&token);
    draft.write(Write::Address(name.clone(), address));
    (token, name)
}

/// Under what an address is kept: whoever reads the store's keys cannot answer.
fn name_of(token: &str) -> String {
    hex::encode(Sha256::digest(token))
}

/// An answer came to such an address.
pub(super) fn returned(draft: &mut Draft<'_>, returned: &Returned) -> Result<Answer, Missing> {
    let gone = || Ok(Answer::Refused(Refusal::NotFound("address for replies")));
    let name = name_of(&returned.token);
    let Some(mut address) = draft.facts.address(&name)? else {
        return gone();
    };
    let Some(mut ticket) = draft.ticket(address.ticket)? else {
        return gone();
    };
    let Some(answered) = draft.message(ticket.id, address.message)? else {
        return gone();
    };
    let same = fingerprint::of_text(&returned.text);
    if let Some(last) = &address.last
        && last.text == same
        && draft.now.since(last.at) < SAME_WITHIN
        && let Some(message) = draft.message(ticket.id, last.message)?
    {
        return Ok(taken(
            *message,
            *ticket,
            &answered,
            last.token.clone(),
            true,
        ));
    }
    let id = draft.new_message_id();
    let brand = draft.routes.brands.get(&ticket.brand);
    let name_of_brand = brand.map_or_else(|| ticket.brand.clone(), |brand| brand.name.clone());
    let system = address.system.clone();
    // What is an answer itself was an answer to something.
    let parent = match answered.answers {
        Some(parent) => draft.message(ticket.id, parent)?,
        None => Some(answered.clone()),
    };
    let parent = parent.filter(|parent| parent.response_url.is_some());
    let (answers, way_out) = reply::send_out(draft, &ticket, id, &system, &name_of_brand, parent)?;
    let text = draft.place_text(id, 0, returned.text.trim());
    let (token, own_name) = give_address(draft, &ticket, &system, id);
    let message = Message {
        provider: Some(system.clone()),
        answers: answers.or(Some(address.message)),
        way_out,
        addresses: vec![own_name],
        ..Message::new(
            id,
            ticket.id,
            Sender::Colleague {
                system: system.clone(),
                id: system.clone(),
                name: name_of_brand,
            },
            text,
            draft.now,
        )
    };
    ticket.awaits_agent = false;
    ticket.last_reply_at = Some(draft.now);
    ticket.updated_at = draft.now;
    address.last = Some(super::facts::LastReturned {
        text: same,
        at: draft.now,
        message: id,
        token: token.clone(),
    });
    draft.write(Write::Address(name, address));
    draft.put_message(Box::new(message.clone()));
    draft.put_ticket(ticket.clone());
    Ok(taken(message, *ticket, &answered, token, false))
}

fn taken(
    message: Message,
    ticket: Ticket,
    answered: &Message,
    token: String,
    duplicate: bool,
) -> Answer {
    Answer::Returned(Box::new(ReturnTaken {
        uid: uid(&ticket.brand, &message),
        parent_uid: uid(&ticket.brand, answered),
        token,
        duplicate,
        taken: ReplyTaken { message, ticket },
    }))
}

/// What stood there for a ticket or an answer was removed there. That takes nothing back here.
pub(super) fn removed(draft: &mut Draft<'_>, token: &str) -> Result<Answer, Missing> {
    let Some(address) = draft.facts.address(&name_of(token))? else {
        return Ok(Answer::Refused(Refusal::NotFound("address for replies")));
    };
    if route(draft, &address.system).is_none() || draft.ticket(address.ticket)?.is_none() {
        return Ok(Answer::Refused(Refusal::NotFound("address for replies")));
    }
    let (system, message) = (address.system, address.message);
    draft.note(address.ticket, Note::Removed { system, message });
    Ok(Answer::Done("the removal is recorded".to_owned()))
}
