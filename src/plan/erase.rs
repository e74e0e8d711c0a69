//! A person's right to be forgotten: tickets of theirs go whole, what they wrote in others' loses its words.

use crate::model::{
    Author, Delivery, Erasing, Message, MessageId, Sender, Text, TicketId, Tombstone, WayOut,
};

use super::chain;
use super::draft::Draft;
use super::facts::Missing;
use super::mirror;
use super::outcome::{Answer, Note, Refusal, Write};
use super::retain::MOST_ATTEMPTS;

/// Texts that take more rows go before their message.
const MOST_TEXT_ROWS: usize = 64;
/// Among so many messages of a ticket the next one is looked for that has a way back.
const MOST_SEARCHED: usize = 256;

pub(super) fn erased(draft: &mut Draft<'_>, erasing: &Erasing) -> Result<Answer, Missing> {
    match erasing {
        Erasing::Ticket { ticket, author } => erase_ticket(draft, *ticket, author),
        Erasing::Message {
            ticket,
            message,
            author,
        } => erase_message(draft, *ticket, *message, author),
        Erasing::Author { brand, author } => {
            draft.write(Write::AuthorRemoved {
                brand: brand.clone(),
                uid: author.clone(),
            });
            Ok(Answer::Tidied { more: false })
        }
    }
}

fn erase_ticket(draft: &mut Draft<'_>, id: TicketId, author: &str) -> Result<Answer, Missing> {
    let Some(ticket) = draft.ticket(id)? else {
        return Ok(Answer::Refused(Refusal::NotFound("ticket")));
    };
    if ticket.author.external_uid != author {
        return Ok(Answer::Refused(Refusal::NotNow(
            "the ticket is somebody else's".to_owned(),
        )));
    }
    // Those that wait go before those they wait for, so that no chain is ever without its head.
    if let Some(next) = draft.facts.pending(id)?.first() {
        if let Some(delivery) = draft.delivery(*next)? {
            remove(draft, delivery)?;
        }
        return Ok(Answer::Tidied { more: true });
    }
    let stone = Tombstone {
        at: draft.now,
        erased: true,
    };
    draft.write(Write::TicketRemoved {
        old: ticket,
        stone,
        unused_since: draft.now,
    });
    Ok(Answer::Tidied { more: false })
}

/// Takes a delivery away with a part of its tries, and itself with the last of them. Says whether it is gone.
fn remove(draft: &mut Draft<'_>, delivery: Box<Delivery>) -> Result<bool, Missing> {
    let mut attempts = draft.facts.attempts(delivery.id, MOST_ATTEMPTS + 1)?;
    let is_all = attempts.len() <= MOST_ATTEMPTS;
    attempts.truncate(MOST_ATTEMPTS);
    draft.write(Write::AttemptsRemoved(delivery.id, attempts));
    if is_all {
        draft.write(Write::DeliveryRemoved {
            old: delivery,
            unused_since: draft.now,
        });
    }
    Ok(is_all)
}

/// Takes a part of a message's texts away, more than one event can; it says nothing of them any more.
fn remove_texts(draft: &mut Draft<'_>, old: Box<Message>) {
    let new = Box::new(Message {
        text: Text::Inline(Message::ERASED.to_owned()),
        ..(*old).clone()
    });
    draft.write(Write::TextsRemoved { old, new });
}

fn erase_message(
    draft: &mut Draft<'_>,
    ticket: TicketId,
    id: MessageId,
    author: &str,
) -> Result<Answer, Missing> {
    let (Some(home), Some(message)) = (draft.ticket(ticket)?, draft.message(ticket, id)?) else {
        return Ok(Answer::Refused(Refusal::NotFound("message")));
    };
    let is_theirs =
        matches!(&message.from, Sender::Customer(sender) if sender.external_uid == author);
    if !is_theirs {
        return Ok(Answer::Refused(Refusal::NotNow(
            "the message is somebody else's".to_owned(),
        )));
    }
    let concerning = draft.facts.concerning(ticket, id)?;
    if let Some(next) = concerning.deliveries.first() {
        if let Some(delivery) = draft.delivery(*next)? {
            let before = delivery.clone();
            if remove(draft, delivery)? && before.state.is_pending() {
                chain::leave(draft, &before)?;
            }
        }
        return Ok(Answer::Tidied { more: true });
    }
    let brand = home.brand.clone();
    // What was said to them is about them.
    if let Some(next) = concerning.answers.first() {
        if draft.facts.concerning(ticket, *next)?.text_rows > MOST_TEXT_ROWS {
            if let Some(answer) = draft.message(ticket, *next)? {
                remove_texts(draft, answer);
            }
        } else if let Some(old) = draft.message(ticket, *next)? {
            let new = Box::new(Message {
                text: Text::Inline(Message::ERASED.to_owned()),
                remote_uid: None,
                way_out: WayOut::None,
                ..(*old).clone()
            });
            draft.write(Write::MessageErased { brand, old, new });
        }
        return Ok(Answer::Tidied { more: true });
    }
    if concerning.text_rows > MOST_TEXT_ROWS {
        remove_texts(draft, message);
        return Ok(Answer::Tidied { more: true });
    }
    let nobody = Author {
        external_uid: String::new(),
        username: Message::ERASED.to_owned(),
    };
    let new = Box::new(Message {
        from: Sender::Customer(nobody),
        text: Text::Inline(Message::ERASED.to_owned()),
        external_uid: None,
        parent_uid: None,
        response_url: None,
        remote_uid: None,
        addresses: Vec::new(),
        ..(*message).clone()
    });
    // Whatever is told of the ticket from here on is told without them.
    draft.put_message(new.clone());
    draft.write(Write::MessageErased {
        brand,
        old: message,
        new,
    });
    let mut home = home;
    if home.answer == Some(id) {
        let earlier = draft.messages_after(ticket, MessageId(0), MOST_SEARCHED)?;
        let mut earlier = earlier.iter().rev().filter(|other| {
            other.id != id && other.is_customers() && !other.late && other.response_url.is_some()
        });
        home.answer = earlier.next().map(|other| other.id);
    }
    mirror::renew_records(draft, &mut home)?;
    draft.put_ticket(home);
    draft.note(ticket, Note::Erased { message: id });
    Ok(Answer::Tidied { more: false })
}
