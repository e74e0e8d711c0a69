//! What systems are told of our tickets: one look at each ticket that an event may have changed, whatever it was.

use std::time::Duration;

use crate::model::{
    Author, Command, Delivery, DeliveryId, DeliveryState, Destination, Link, LinkState, Message,
    MessageId, Said, Sender, Status, Ticket, Visibility,
};

use super::chain;
use super::draft::Draft;
use super::facts::Missing;
use super::fingerprint;
use super::outcome::Note;
use super::routes::DeskRoute;

/// So long after it was sent, our own text that is seen at a system is taken for an echo.
const ECHO_TIME: Duration = Duration::from_secs(10 * 60);

/// How many of our own words a link remembers.
const MOST_SAID: usize = 32;

/// Sees to it that the systems which have a ticket, or should have it, hear what is new with it.
pub(super) fn follow(draft: &mut Draft<'_>) -> Result<(), Missing> {
    if draft.routes.systems.is_empty() {
        return Ok(());
    }
    for id in draft.drafted_tickets() {
        let Some(mut ticket) = draft.ticket(id)? else {
            continue;
        };
        let before = draft.facts.ticket(id).ok().flatten();
        let links = ticket.links.clone();
        if before.is_none() {
            let opening = ticket.opening;
            make_everywhere(draft, &mut ticket, opening)?;
        } else {
            visit_again(draft, &mut ticket, before.as_deref())?;
        }
        for index in 0..ticket.links.len() {
            follow_link(draft, &mut ticket, index, before.as_deref())?;
        }
        if ticket.links != links {
            draft.put_ticket(ticket);
        }
    }
    Ok(())
}

/// Has a ticket made at each system that the brand mirrors to, once for those that share a queue.
fn make_everywhere(
    draft: &mut Draft<'_>,
    ticket: &mut Ticket,
    message: MessageId,
) -> Result<(), Missing> {
    let routes = draft.routes;
    let mirror_to = match routes.brands.get(&ticket.brand) {
        Some(brand) => brand.mirror_to.as_slice(),
        None => return Ok(()),
    };
    for system in mirror_to {
        let Some(desk) = desk(draft, system) else {
            continue;
        };
        if ticket.links.iter().any(|link| link.system == *system) {
            continue;
        }
        let sharing = ticket.links.iter().find(|link| {
            let other = routes.systems.get(&link.system);
            other
                .and_then(|other| other.desk.as_ref())
                .is_some_and(|other| other.queue == desk.queue)
        });
        let link = match sharing {
            Some(shared) => Link {
                system: system.clone(),
                record: None,
                labels: Vec::new(),
                ..shared.clone()
            },
            None => {
                let visitor = visitor(draft, ticket, message)?;
                let command = Command::CreateTicket { visitor };
                let by = send(draft, ticket, system, command, message)?;
                Link::wanted(system, by, draft.now)
            }
        };
        ticket.links.push(link);
    }
    Ok(())
}

/// Who wrote the message that brings a visit about.
fn visitor(draft: &Draft<'_>, ticket: &Ticket, message: MessageId) -> Result<Author, Missing> {
    let message = draft.message(ticket.id, message)?;
    Ok(match message.map(|message| message.from) {
        Some(Sender::Customer(author)) => author,
        Some(Sender::Agent { .. } | Sender::Colleague { .. }) | None => ticket.author.clone(),
    })
}

/// The customer wrote again after a visit ended: another one, where that is wanted.
fn visit_again(
    draft: &mut Draft<'_>,
    ticket: &mut Ticket,
    before: Option<&Ticket>,
) -> Result<(), Missing> {
    let newest = newest_of_customer(draft, ticket)?;
    let wrote = draft.new_messages(ticket.id);
    let wrote = |link: &Link| {
        let mut wrote = wrote.iter();
        wrote.find(|message| message.is_customers() && !message.late && is_after(message, link))
    };
    let brand = draft.routes.brands.get(&ticket.brand);
    let mirrored = |system: &String| brand.is_some_and(|brand| brand.mirror_to.contains(system));
    let over = |link: &Link| {
        let again = desk(draft, &link.system).is_some_and(|desk| desk.follow_up_makes_new);
        let is_leaving = link.leaving && link.state == LinkState::Waiting;
        let is_over = link.state == LinkState::Ended || is_leaving;
        again && is_over && mirrored(&link.system)
    };
    // Or wrote after it, and only now it is known that it ended.
    let missed = |link: &Link| {
        let links = before.map(|before| before.links.as_slice());
        let mut links = links.unwrap_or_default().iter();
        let was = links.find(|was| was.system == link.system && was.remote == link.remote);
        let is_news = was.is_some_and(Link::is_open) && link.state == LinkState::Ended;
        let newest = newest.as_deref();
        newest.filter(|newest| is_news && is_unseen(newest, link))
    };
    let wrote = |link: &Link| wrote(link).or_else(|| missed(link));
    let mut ended = ticket.links.iter().filter(|link| over(link));
    let Some(message) = ended.find_map(wrote).map(|message| message.id) else {
        return Ok(());
    };
    let ended: Vec<Link> = ticket.links.extract_if(.., |link| over(link)).collect();
    make_everywhere(draft, ticket, message)?;
    for link in &mut ticket.links {
        let before = ended.iter().find(|ended| ended.system == link.system);
        if let Some(before) = before {
            link.earlier.clone_from(&before.remote);
            link.earlier_unheard = before.unheard || before.is_open();
            link.heard.clone_from(&before.heard);
            link.said.clone_from(&before.said);
        }
    }
    Ok(())
}

/// The newest message of the customer's that came by itself.
pub(super) fn newest_of_customer(
    draft: &Draft<'_>,
    ticket: &Ticket,
) -> Result<Option<Box<Message>>, Missing> {
    match ticket.answer {
        Some(newest) => draft.message(ticket.id, newest),
        None => Ok(None),
    }
}

/// Whether nobody at the visit can have seen `message`, since it came after the end, as far as two clocks tell.
pub(super) fn is_unseen(message: &Message, link: &Link) -> bool {
    message.is_customers()
        && !message.late
        && message.provider.as_ref() != Some(&link.system)
        && link
            .changed_at
            .is_some_and(|ended| ended < message.arrived_at)
}

/// Whether `message` came after what is known to have happened at the link's system. What was said at a visit is heard
/// late where that ended meanwhile.
pub(super) fn is_after(message: &Message, link: &Link) -> bool {
    let said_there = message.provider.as_ref() == Some(&link.system);
    !said_there
        || link
            .changed_at
            .is_none_or(|ended| ended < message.created_at)
}

fn follow_link(
    draft: &mut Draft<'_>,
    ticket: &mut Ticket,
    index: usize,
    before: Option<&Ticket>,
) -> Result<(), Missing> {
    let link = ticket.links[index].clone();
    let Some(desk) = desk(draft, &link.system).cloned() else {
        return Ok(());
    };
    let was = before.and_then(|before| before.links.iter().find(|was| was.system == link.system));
    let is_new = was.is_none_or(|was| was.remote != link.remote);
    let began_there = before.is_none();
    let changed = before.is_some_and(|before| before.updated_at != ticket.updated_at);
    match link.state {
        LinkState::Wanted(_) | LinkState::Gone => return Ok(()),
        LinkState::Waiting | LinkState::Attended | LinkState::Ended => {}
    }
    if (is_new && !began_there) || changed {
        replace_record(draft, ticket, index)?;
    }
    if !link.is_open() {
        return Ok(());
    }
    relabel(draft, ticket, index)?;
    if desk.sends_sms {
        for message in draft.new_messages(ticket.id) {
            send_sms(draft, ticket, index, &message)?;
        }
    }
    let closed_now =
        ticket.closed_by.is_some() && before.is_some_and(|before| before.status != Status::Closed);
    if desk.cancels_closed
        && closed_now
        && link.state == LinkState::Waiting
        && let Some(remote) = &link.remote
        && is_first_of_queue(draft, ticket, index)
    {
        let remote = remote.clone();
        ticket.links[index].leaving = true;
        let message = ticket.opening;
        send(
            draft,
            ticket,
            &link.system,
            Command::CancelTicket { remote },
            message,
        )?;
    }
    Ok(())
}

/// What concerns the system's ticket, and not the record beside it, is done once by those that share it.
fn is_first_of_queue(draft: &Draft<'_>, ticket: &Ticket, index: usize) -> bool {
    let link = &ticket.links[index];
    let queue = |link: &Link| desk(draft, &link.system).map(|desk| desk.queue.clone());
    let first = ticket
        .links
        .iter()
        .position(|other| queue(other) == queue(link));
    first == Some(index)
}

/// Only the newest is ever sent: one that still waits is told that there is more to say.
fn replace_record(draft: &mut Draft<'_>, ticket: &mut Ticket, index: usize) -> Result<(), Missing> {
    let known = match ticket.links[index].record {
        Some(id) => draft.readable(id)?,
        None => None,
    };
    if let Some(mut pending) = known.filter(|delivery| delivery.state.is_pending()) {
        pending.revision = pending.revision.saturating_add(1);
        draft.put_delivery(pending);
        return Ok(());
    }
    let (system, message) = (ticket.links[index].system.clone(), ticket.opening);
    let id = send(draft, ticket, &system, Command::ReplaceRecord, message)?;
    ticket.links[index].record = Some(id);
    Ok(())
}

/// Labels that clerks put there are theirs: only what we put there is taken off again.
fn relabel(draft: &mut Draft<'_>, ticket: &mut Ticket, index: usize) -> Result<(), Missing> {
    if !is_first_of_queue(draft, ticket, index) {
        return Ok(());
    }
    let names = ticket
        .labels
        .iter()
        .filter_map(|id| draft.routes.labels.get(id));
    let wanted: Vec<String> = names.cloned().collect();
    let there = std::mem::replace(&mut ticket.links[index].labels, wanted.clone());
    let (system, message) = (ticket.links[index].system.clone(), ticket.opening);
    for name in wanted.iter().filter(|name| !there.contains(name)) {
        let command = Command::AddLabel(name.clone());
        send(draft, ticket, &system, command, message)?;
    }
    for name in there.iter().filter(|name| !wanted.contains(name)) {
        let command = Command::RemoveLabel(name.clone());
        send(draft, ticket, &system, command, message)?;
    }
    Ok(())
}

fn send_sms(
    draft: &mut Draft<'_>,
    ticket: &mut Ticket,
    index: usize,
    message: &Message,
) -> Result<(), Missing> {
    // What was said there is known there.
    let said_there = message.provider.as_deref() == Some(&ticket.links[index].system);
    if message.is_customers()
        || said_there
        || !ticket.links[index].reachable
        || message.visibility != Visibility::Public
        || !is_first_of_queue(draft, ticket, index)
    {
        return Ok(());
    }
    let text = draft.text_of(message)?;
    let system = ticket.links[index].system.clone();
    let delivery = send(draft, ticket, &system, Command::SendSms, message.id)?;
    let said = &mut ticket.links[index].said;
    said.push(Said {
        delivery,
        text: fingerprint::of_text(&text),
        until: None,
    });
    let surplus = said.len().saturating_sub(MOST_SAID);
    said.drain(..surplus);
    Ok(())
}

/// Plans a command to a system that concerns `ticket`.
pub(super) fn send(
    draft: &mut Draft<'_>,
    ticket: &Ticket,
    system: &str,
    command: Command,
    message: MessageId,
) -> Result<DeliveryId, Missing> {
    let id = draft.new_delivery_id();
    let Some(lane) = draft.lane_of(system)? else {
        return Ok(id);
    };
    let revision = match command {
        Command::ReplaceRecord => 0,
        _ => draft
            .message(ticket.id, message)?
            .map_or(0, |message| message.revision),
    };
    let delivery = Delivery {
        id,
        lane: lane.id,
        system: system.to_owned(),
        ticket: ticket.id,
        brand: ticket.brand.clone(),
        command,
        message,
        revision,
        state: DeliveryState::Waiting,
        attempts: 0,
        tries: 0,
        last: None,
        created_at: draft.now,
        age_from: draft.now,
        in_doubt_since: None,
    };
    chain::enqueue(draft, Box::new(delivery))?;
    Ok(id)
}

/// The ticket that `delivery` was to make at a system is there. Says whether it is the one that stands for ours from
/// now on; another one that does already leaves this one as one too many.
pub(super) fn made(
    draft: &mut Draft<'_>,
    delivery: &Delivery,
    remote: &str,
) -> Result<bool, Missing> {
    let Some(mut ticket) = draft.ticket(delivery.ticket)? else {
        return Ok(false);
    };
    let Some(desk) = desk(draft, &delivery.system).cloned() else {
        return Ok(false);
    };
    let mut linked = false;
    for link in &mut ticket.links {
        if link.state == LinkState::Wanted(delivery.id) {
            link.state = LinkState::Waiting;
            link.remote = Some(remote.to_owned());
            link.since = draft.now;
            link.seen_at = draft.now;
            link.status.clone_from(&desk.new_status);
            linked = true;
        }
    }
    if linked {
        let (system, remote) = (delivery.system.clone(), remote.to_owned());
        draft.note(ticket.id, Note::Linked { system, remote });
        draft.put_ticket(ticket);
        return Ok(true);
    }
    one_too_many(draft, ticket, &delivery.system, remote)?;
    Ok(false)
}

/// A call whose answer was lost landed after all: of two tickets there that stand for one here, the one that is not
/// linked is taken out of the queue.
fn one_too_many(
    draft: &mut Draft<'_>,
    mut ticket: Box<Ticket>,
    system: &str,
    remote: &str,
) -> Result<(), Missing> {
    let Some(link) = ticket.links.iter_mut().find(|link| link.system == system) else {
        return Ok(());
    };
    let known =
        link.remote.as_deref() == Some(remote) || link.surplus.iter().any(|one| one == remote);
    if known {
        return Ok(());
    }
    link.surplus.push(remote.to_owned());
    let (of, remote) = (system.to_owned(), remote.to_owned());
    let note = Note::Surplus {
        system: of,
        remote: remote.clone(),
    };
    draft.note(ticket.id, note);
    let opening = ticket.opening;
    send(
        draft,
        &ticket,
        system,
        Command::CancelTicket { remote },
        opening,
    )?;
    draft.put_ticket(ticket);
    Ok(())
}

/// What was sent to the customer will be seen there for a while.
pub(super) fn said(draft: &mut Draft<'_>, delivery: &Delivery) -> Result<(), Missing> {
    if delivery.state.is_pending() {
        return Ok(());
    }
    let Some(mut ticket) = draft.ticket(delivery.ticket)? else {
        return Ok(());
    };
    let until = draft.now.plus(ECHO_TIME);
    for said in ticket.links.iter_mut().flat_map(|link| &mut link.said) {
        if said.delivery == delivery.id {
            said.until = Some(until);
        }
    }
    draft.put_ticket(ticket);
    Ok(())
}

/// A ticket was deleted at its system: nothing is sent there any more, and none is made anew by itself.
pub(super) fn vanished(
    draft: &mut Draft<'_>,
    ticket: crate::model::TicketId,
    system: &str,
    remote: &str,
) -> Result<bool, Missing> {
    let Some(mut ticket) = draft.ticket(ticket)? else {
        return Ok(false);
    };
    let queue = desk(draft, system).map(|desk| desk.queue.clone());
    let routes = draft.routes;
    let mut gone = false;
    for link in &mut ticket.links {
        if link.system == system && link.earlier.as_deref() == Some(remote) {
            link.earlier = None;
            link.earlier_unheard = false;
            gone = true;
            continue;
        }
        let same_queue = routes
            .systems
            .get(&link.system)
            .and_then(|route| route.desk.as_ref())
            .map(|desk| &desk.queue)
            == queue.as_ref();
        let is_it = link.remote.as_deref() == Some(remote) && (link.system == system || same_queue);
        if is_it && link.state != LinkState::Gone {
            link.state = LinkState::Gone;
            gone = true;
        }
    }
    if gone {
        call_off(draft, ticket.id, system)?;
        let (system, remote) = (system.to_owned(), remote.to_owned());
        draft.note(ticket.id, Note::Vanished { system, remote });
        draft.put_ticket(ticket);
    }
    Ok(gone)
}

/// What still waits for a ticket that is not there any more is never sent.
fn call_off(
    draft: &mut Draft<'_>,
    ticket: crate::model::TicketId,
    system: &str,
) -> Result<(), Missing> {
    let to = Destination::System(system.to_owned());
    let Some(lane) = draft.facts.lane_to(&to)? else {
        return Ok(());
    };
    for id in draft.facts.chain(lane, ticket)? {
        let waiting = draft.readable(id)?.filter(|delivery| {
            let is_at_rest = matches!(
                delivery.state,
                DeliveryState::Waiting | DeliveryState::Due { .. }
            );
            is_at_rest && !matches!(delivery.command, Command::CreateTicket { .. })
        });
        if let Some(mut delivery) = waiting {
            delivery.state = DeliveryState::Cancelled { at: draft.now };
            draft.put_delivery(delivery);
        }
    }
    chain::rest(draft, lane)
}

pub(super) fn desk<'a>(draft: &Draft<'a>, system: &str) -> Option<&'a DeskRoute> {
    draft.routes.systems.get(system)?.desk.as_ref()
}
