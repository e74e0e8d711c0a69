//! External tickets: new ones, follow-ups, late parents, and the same again.

use crate::model::{
    DeliveryState, Destination, ExternalTicket, Message, MessageId, News, Pace, Sender, Status,
    Ticket, TicketId,
};

use super::assign;
use super::chain;
use super::draft::Draft;
use super::facts::{AuthorRecord, Departed, Missing, Slot, UidEntry, WaitingEntry};
use super::notify;
use super::outcome::{Answer, Note, Refusal, Taken, Write};
use super::retain;
use super::status::{self, Cause};

/// How many other records one event changes that brings `new_text`, so that its rows stay in one batch: four rows each,
/// beside those of the text.
///
/// Deliveries beyond that move when their turn comes (`reply::misplaced`), or, where the old lane is held, when a
/// person resumes that; children beyond that keep their tickets and are not told of their parent.
fn most_others(new_text: &str) -> usize {
    const MOST: usize = 24;
    const BYTES_IN_THE_PLACE_OF_ONE: usize = 4 * 4096;
    MOST.saturating_sub(new_text.len() / BYTES_IN_THE_PLACE_OF_ONE)
        .max(1)
}

pub(super) fn arrived(draft: &mut Draft<'_>, sent: &ExternalTicket) -> Result<Answer, Missing> {
    let needs_way_back = draft.routes.require_response_url;
    take_in(draft, sent, needs_way_back)
}

/// Takes what arrived, also what began at a system and has no response URL.
pub(super) fn take_in(
    draft: &mut Draft<'_>,
    sent: &ExternalTicket,
    needs_way_back: bool,
) -> Result<Answer, Missing> {
    let known = draft.facts.uid(&sent.brand, &sent.external_uid)?;
    let slot = Slot::Sent(sent.provider.clone());
    let same = draft
        .facts
        .named(&sent.brand, &sent.external_uid, &slot, &known)?;
    if let Some(entry) = same {
        return match draft.ticket(entry.ticket)? {
            Some(_) => again(draft, sent, &entry),
            // Of a ticket that was removed, this is left for the moment.
            None => Ok(Answer::Taken(Box::new(retain::repeated(
                sent,
                &Departed {
                    ticket: entry.ticket,
                    message: entry.message,
                    joined: false,
                    at: draft.now,
                },
            )))),
        };
    }
    if let Some(departed) = retain::departed(draft, sent)? {
        return Ok(Answer::Taken(Box::new(retain::repeated(sent, &departed))));
    }
    let parent = match &sent.parent_uid {
        Some(uid) => find_parent(draft, sent, uid)?,
        None => None,
    };
    let response_url = match &sent.response_url {
        Some(url) => Some(url.clone()),
        None => inherited_url(draft, parent.as_ref())?,
    };
    if response_url.is_none() && needs_way_back {
        return Ok(Answer::Refused(Refusal::NoWayBack {
            parent_known: parent.is_some(),
        }));
    }
    let children = waiting_children(draft, sent, &known)?;

    let id = draft.new_message_id();
    let home = match (&parent, children.first()) {
        (Some(parent), _) => Home::Thread(parent.ticket),
        (None, Some(child)) => Home::BeforeChild(child.ticket),
        (None, None) => Home::New,
    };
    let (mut ticket, late) = match home {
        Home::Thread(number) => (draft.ticket(number)?, false),
        Home::BeforeChild(number) => (draft.ticket(number)?, true),
        Home::New => (None, false),
    };
    let joined = ticket.is_some();
    let number = match &ticket {
        Some(ticket) => ticket.id,
        None => draft.new_ticket_id(),
    };
    let opens = (!joined).then_some(number);
    let customer = remember_author(draft, sent, opens)?.unwrap_or(number);
    let ticket = match ticket.as_mut() {
        Some(ticket) => ticket,
        None => ticket.insert(Box::new(open(draft, sent, number, id, customer)?)),
    };
    if !late {
        if response_url.is_some() {
            ticket.answer = Some(id);
        }
        ticket.awaits_agent = true;
        ticket.last_reply_at = joined.then_some(draft.now).or(ticket.last_reply_at);
    }
    notify::tell(
        draft,
        ticket,
        if joined {
            News::Wrote { message: id }
        } else {
            News::Assigned
        },
    );
    if !late && ticket.status == Status::Closed {
        status::change(draft, ticket, Status::Open, Cause::Message(id));
    }
    if ticket.author.external_uid == sent.author.external_uid {
        ticket.author.username.clone_from(&sent.author.username);
    }
    ticket.updated_at = draft.now;

    let text = draft.place_text(id, 0, &sent.content);
    draft.put_message(Box::new(Message {
        external_uid: Some(sent.external_uid.clone()),
        provider: sent.provider.clone(),
        parent_uid: sent.parent_uid.clone(),
        response_url: response_url.clone(),
        late,
        created_at: sent.created_at,
        ..Message::new(
            id,
            number,
            Sender::Customer(sent.author.clone()),
            text,
            draft.now,
        )
    }));
    draft.write(Write::Uid {
        brand: sent.brand.clone(),
        uid: sent.external_uid.clone(),
        slot,
        ticket: number,
        message: id,
    });
    if parent.is_none()
        && let Some(uid) = &sent.parent_uid
    {
        draft.write(Write::Waiting {
            brand: sent.brand.clone(),
            uid: uid.clone(),
            ticket: number,
            message: id,
            waits: Some(sent.provider.clone()),
        });
    }
    let answer = Taken {
        ticket: number,
        message: id,
        joined,
        duplicate: false,
        updated: false,
        status: ticket.status,
        response_url_known: response_url.is_some(),
        created_at: sent.created_at,
    };
    draft.put_ticket(ticket.clone());
    end_waiting(draft, &sent.brand, &sent.external_uid, &children)?;
    relate(draft, number, children.iter().map(|child| child.ticket))?;
    Ok(Answer::Taken(Box::new(answer)))
}

enum Home {
    Thread(TicketId),
    BeforeChild(TicketId),
    New,
}

/// The child's own provider first, then the only match in the brand.
fn find_parent(
    draft: &Draft<'_>,
    sent: &ExternalTicket,
    uid: &str,
) -> Result<Option<UidEntry>, Missing> {
    let known = draft.facts.uid(&sent.brand, uid)?;
    let own = Slot::Sent(sent.provider.clone());
    let found = draft.facts.named(&sent.brand, uid, &own, &known)?;
    Ok(found.or(match known.as_slice() {
        [only] => Some(only.clone()),
        _ => None,
    }))
}

/// The parent's response URL; a late parent's, too, since whoever names it means it.
fn inherited_url(draft: &Draft<'_>, parent: Option<&UidEntry>) -> Result<Option<String>, Missing> {
    let Some(parent) = parent else {
        return Ok(None);
    };
    let Some(message) = draft.message(parent.ticket, parent.message)? else {
        return Ok(None);
    };
    match (message.response_url, message.answers) {
        (Some(url), _) => Ok(Some(url)),
        (None, Some(answered)) => Ok(draft
            .message(parent.ticket, answered)?
            .and_then(|answered| answered.response_url)),
        (None, None) => Ok(None),
    }
}

/// Those whose waiting ends with this arrival: of the same provider, or any while it is the only match.
fn waiting_children(
    draft: &Draft<'_>,
    sent: &ExternalTicket,
    known: &[UidEntry],
) -> Result<Vec<WaitingEntry>, Missing> {
    let waiting = draft.facts.waiting(&sent.brand, &sent.external_uid)?;
    Ok(waiting
        .into_iter()
        .filter(|child| known.is_empty() || child.provider == sent.provider)
        .take(most_others(&sent.content))
        .collect())
}

pub(super) fn end_waiting(
    draft: &mut Draft<'_>,
    brand: &str,
    uid: &str,
    children: &[WaitingEntry],
) -> Result<(), Missing> {
    for child in children {
        draft.write(Write::Waiting {
            brand: brand.to_owned(),
            uid: uid.to_owned(),
            ticket: child.ticket,
            message: child.message,
            waits: None,
        });
    }
    Ok(())
}

/// Lets all these tickets name each other.
pub(super) fn relate(
    draft: &mut Draft<'_>,
    number: TicketId,
    others: impl Iterator<Item = TicketId>,
) -> Result<(), Missing> {
    const MOST: usize = 16;
    let mut group: Vec<TicketId> = std::iter::once(number).chain(others).collect();
    group.sort_unstable();
    group.dedup();
    group.truncate(MOST);
    if group.len() < 2 {
        return Ok(());
    }
    for id in &group {
        if let Some(mut ticket) = draft.ticket(*id)? {
            group.iter().for_each(|other| ticket.relate(*other));
            draft.put_ticket(ticket);
            draft.note(
                *id,
                Note::Related {
                    tickets: group.iter().copied().filter(|other| other != id).collect(),
                },
            );
        }
    }
    Ok(())
}

/// Keeps what is known of a sender who has opened a ticket, or opens this one now. Says which was their first.
fn remember_author(
    draft: &mut Draft<'_>,
    sent: &ExternalTicket,
    opens: Option<TicketId>,
) -> Result<Option<TicketId>, Missing> {
    let known = draft.facts.author(&sent.brand, &sent.author.external_uid)?;
    let first = known.as_ref().map(|record| record.customer).or(opens);
    if let Some(customer) = first
        && known.is_none_or(|record| record.username != sent.author.username)
    {
        draft.write(Write::Author {
            brand: sent.brand.clone(),
            uid: sent.author.external_uid.clone(),
            record: AuthorRecord {
                username: sent.author.username.clone(),
                customer,
            },
        });
    }
    Ok(first)
}

fn open(
    draft: &mut Draft<'_>,
    sent: &ExternalTicket,
    id: TicketId,
    opening: MessageId,
    customer: TicketId,
) -> Result<Ticket, Missing> {
    let assignee = assign::choose(draft, &sent.brand)?;
    let brand = draft.routes.brands.get(&sent.brand);
    Ok(Ticket {
        id,
        brand: sent.brand.clone(),
        external_uid: sent.external_uid.clone(),
        provider: sent.provider.clone(),
        title: Ticket::title_of(&sent.content),
        opening,
        status: Status::Open,
        priority: brand.map_or(crate::model::Priority::Medium, |brand| brand.priority),
        department: brand.and_then(|brand| brand.department),
        category: brand.and_then(|brand| brand.category),
        product: brand.and_then(|brand| brand.product),
        labels: Vec::new(),
        locked: false,
        author: sent.author.clone(),
        customer,
        assignee,
        answer: None,
        awaits_agent: true,
        created_at: sent.created_at,
        arrived_at: draft.now,
        updated_at: draft.now,
        last_reply_at: None,
        closed_at: None,
        closed_by: None,
        related: Vec::new(),
        links: Vec::new(),
        pace: Pace::default(),
        loop_since: None,
        status_by: None,
        trace: None,
    })
}

/// The same uid again: nothing new, an edit, or a new way back.
fn again(
    draft: &mut Draft<'_>,
    sent: &ExternalTicket,
    entry: &UidEntry,
) -> Result<Answer, Missing> {
    let (Some(mut ticket), Some(mut message)) = (
        draft.ticket(entry.ticket)?,
        draft.message(entry.ticket, entry.message)?,
    ) else {
        return Ok(Answer::Refused(Refusal::NotFound("ticket")));
    };
    let edited = draft.text_of(&message)? != sent.content;
    if edited {
        draft.revise(&mut message, &sent.content);
        draft.note(
            ticket.id,
            Note::Edited {
                message: message.id,
                revision: message.revision,
            },
        );
        if ticket.opening == message.id {
            ticket.title = Ticket::title_of(&sent.content);
        }
    }
    let redirected = sent.response_url.is_some() && sent.response_url != message.response_url;
    if redirected && let Some(url) = &sent.response_url {
        let text = if edited { &sent.content } else { "" };
        let moved = redirect(draft, &mut message, url, text)?;
        draft.note(
            ticket.id,
            Note::ResponseUrl {
                message: message.id,
                moved,
            },
        );
        if !message.late && ticket.answer.is_none_or(|answer| answer < message.id) {
            ticket.answer = Some(message.id);
        }
    }
    let updated = edited || redirected;
    if updated {
        ticket.updated_at = draft.now;
    } else {
        message.duplicates = message.duplicates.saturating_add(1);
        message.duplicate_at = Some(draft.now);
    }
    remember_author(draft, sent, None)?;
    if ticket.author.external_uid == sent.author.external_uid {
        ticket.author.username.clone_from(&sent.author.username);
    }
    if let Sender::Customer(author) = &mut message.from
        && author.external_uid == sent.author.external_uid
    {
        author.username.clone_from(&sent.author.username);
    }
    let answer = Taken {
        ticket: ticket.id,
        message: message.id,
        joined: message.id != ticket.opening,
        duplicate: !updated,
        updated,
        status: ticket.status,
        response_url_known: message.response_url.is_some(),
        created_at: message.created_at,
    };
    draft.put_ticket(ticket);
    draft.put_message(message);
    Ok(Answer::Taken(Box::new(answer)))
}

/// Sends answers to `message` to `url` from now on; what is on its way to the old one and was not begun moves
/// along, in order. The same event gives the message `new_text`, if any. Says how many moved.
pub(super) fn redirect(
    draft: &mut Draft<'_>,
    message: &mut Message,
    url: &str,
    new_text: &str,
) -> Result<usize, Missing> {
    let Some(old) = message.response_url.replace(url.to_owned()) else {
        return Ok(0);
    };
    let Some(old_lane) = draft.facts.lane_to(&Destination::ResponseUrl(old))? else {
        return Ok(0);
    };
    let most = most_others(new_text);
    let mut moving = Vec::new();
    let mut staying = Vec::new();
    for id in draft.facts.chain(old_lane, message.ticket)? {
        if let Some(delivery) = draft.readable(id)? {
            let begun = matches!(
                delivery.state,
                DeliveryState::Started { .. } | DeliveryState::Held { .. }
            );
            let answers = delivery.reply().map(|reply| reply.answers);
            let moves = answers == Some(message.id) && !begun && moving.len() < most;
            if moves {
                moving.push(delivery)
            } else {
                staying.push(delivery)
            }
        }
    }
    if moving.is_empty() {
        return Ok(0);
    }
    let new_lane = draft.lane_to(url)?;
    let head_left = moving
        .iter()
        .any(|delivery| delivery.state != DeliveryState::Waiting);
    if head_left && let Some(mut next) = staying.into_iter().next() {
        next.state = DeliveryState::Due { at: draft.now };
        draft.put_delivery(next);
        chain::wake(draft, old_lane, draft.now)?;
    }
    let moved = moving.len();
    for mut delivery in moving {
        chain::change_lane(draft, &mut delivery, new_lane.id)?;
        chain::enqueue(draft, delivery)?;
    }
    Ok(moved)
}
