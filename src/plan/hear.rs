//! What the customer and the people at a system say to each other there, each once.

use std::collections::HashSet;

use crate::model::{
    Link, LinkState, Message, MessageId, News, RemoteMessage, RemoteSender, RemoteTicket, Sender,
    Status, Ticket, Visibility, WayOut,
};

use super::command::route;
use super::draft::Draft;
use super::echo::{Whose, is_outcome, whose};
use super::facts::Missing;
use super::fingerprint;
use super::notify;
use super::outcome::Sighting;
use super::reply;
use super::status::{self, Cause};

/// So many of a link's messages are known again one by one.
const MOST_HEARD: usize = 256;

/// So many new ones are taken with one event, so that its rows stay in one batch; a long text counts for several.
const MOST_NEW: usize = 16;

/// So much text counts for one more.
const BYTES_IN_THE_PLACE_OF_ONE: usize = 4 * 4096;

/// Within so many microseconds of its ticket's beginning, the customer's message that says the same is its beginning.
const SAME_MOMENT: i64 = 3_000_000;

/// Whether a message at the link's system was seen before.
#[must_use]
pub fn is_heard(link: &Link, heard: &RemoteMessage) -> bool {
    let is_passed = heard.number.is_some_and(|number| number <= link.heard_to);
    is_passed || link.heard.contains(&fingerprint::of_message(heard))
}

/// Takes what is new of what was said; whether that is all of it.
pub(super) fn hear_all(
    draft: &mut Draft<'_>,
    ticket: &mut Ticket,
    index: usize,
    remote: &RemoteTicket,
    sighting: &mut Sighting,
) -> Result<bool, Missing> {
    let messages = remote.messages.as_deref().unwrap_or_default();
    let is_all = hear_some(draft, ticket, index, remote, messages, sighting)?;
    pass(&mut ticket.links[index], messages);
    Ok(is_all)
}

fn hear_some(
    draft: &mut Draft<'_>,
    ticket: &mut Ticket,
    index: usize,
    remote: &RemoteTicket,
    messages: &[RemoteMessage],
    sighting: &mut Sighting,
) -> Result<bool, Missing> {
    let mut heard = 0;
    for message in messages {
        if heard >= MOST_NEW {
            sighting.ask_again = true;
            return Ok(false);
        }
        match hear(draft, ticket, index, remote, message, sighting)? {
            Hearing::Known => {}
            Hearing::New => heard += 1 + message.text.len() / BYTES_IN_THE_PLACE_OF_ONE,
            Hearing::NotYet => {
                sighting.ask_again = true;
                return Ok(false);
            }
        }
    }
    Ok(true)
}

enum Hearing {
    Known,
    New,
    /// It may be what a call says that is under way.
    NotYet,
}

/// What somebody said there, unless it is known, our own, or the system's.
fn hear(
    draft: &mut Draft<'_>,
    ticket: &mut Ticket,
    index: usize,
    remote: &RemoteTicket,
    heard: &RemoteMessage,
    sighting: &mut Sighting,
) -> Result<Hearing, Missing> {
    let link = &ticket.links[index];
    let name = fingerprint::of_message(heard);
    if is_heard(link, heard) {
        return Ok(Hearing::Known);
    }
    let text = heard.text.trim();
    let echo = match &heard.from {
        RemoteSender::Colleague { id, may_be_us, .. } if *may_be_us => {
            whose(draft, ticket, index, id, text)?
        }
        _ => Whose::Theirs,
    };
    if matches!(echo, Whose::InDoubt) {
        return Ok(Hearing::NotYet);
    }
    ticket.links[index].heard.push(name.clone());
    sighting.news = true;
    if text.is_empty() || is_opening(remote, heard) {
        return Ok(Hearing::New);
    }
    let system = ticket.links[index].system.clone();
    let uid = format!("{system}:{}:{name}", remote.id);
    match (&heard.from, echo) {
        (RemoteSender::Automatic, _) => {}
        (_, Whose::Ours(place)) => {
            let said = ticket.links[index].said[place].clone();
            // While nobody knows what became of a call there may be another one, with an echo of its own.
            let is_settled = match heard.number {
                Some(number) => is_outcome(draft, said.delivery, number)?,
                None => said.until.is_some(),
            };
            if is_settled {
                ticket.links[index].said.remove(place);
            }
            sighting.echoes += 1;
        }
        (RemoteSender::Customer, _) if heard.visibility == Visibility::Public => {
            customer_said(draft, ticket, index, uid, heard);
        }
        (RemoteSender::Customer, _) => {
            let from = Sender::Customer(ticket.author.clone());
            note(draft, ticket, &system, from, uid, heard);
        }
        (RemoteSender::Colleague { id, name, .. }, _) => {
            let (from, author_uid) = colleague(draft, &system, id, name.as_deref());
            match heard.visibility {
                Visibility::Public => {
                    colleague_said(draft, ticket, &system, (from, &author_uid), uid, heard)?;
                }
                Visibility::Internal => note(draft, ticket, &system, from, uid, heard),
            }
        }
    }
    Ok(Hearing::New)
}

/// Forgets the oldest of very many messages that were heard. Of those that have numbers, the lowest are passed: no
/// other of these `messages`, as they were read, has a lower number and is still to be heard.
fn pass(link: &mut Link, messages: &[RemoteMessage]) {
    if link.heard.len() <= MOST_HEARD || messages.is_empty() {
        return;
    }
    let surplus = link.heard.len() - MOST_HEARD;
    let heard: HashSet<u64> = link
        .heard
        .iter()
        .filter_map(|name| name.parse().ok())
        .collect();
    let numbers = messages.iter().filter_map(|message| message.number);
    let new = numbers.filter(|number| *number > link.heard_to && !heard.contains(number));
    let lowest_new = new.min().unwrap_or(u64::MAX);
    let mut passed: Vec<u64> = heard
        .into_iter()
        .filter(|number| *number < lowest_new)
        .collect();
    passed.sort_unstable();
    passed.truncate(surplus);
    if let Some(highest) = passed.last() {
        link.heard_to = link.heard_to.max(*highest);
        let heard_to = link.heard_to;
        let is_passed = |name: &str| name.parse().is_ok_and(|number: u64| number <= heard_to);
        link.heard.retain(|name| !is_passed(name));
    } else if messages.iter().all(|message| message.number.is_none()) {
        link.heard.drain(..surplus);
    }
}

/// Some systems show what a ticket begins with as its first message, too.
fn is_opening(remote: &RemoteTicket, heard: &RemoteMessage) -> bool {
    let Some(created_at) = remote.created_at.filter(|_| heard.number.is_some()) else {
        return false;
    };
    let apart = heard.at.as_micros().abs_diff(created_at.as_micros());
    let is_same_moment = apart <= SAME_MOMENT.unsigned_abs();
    heard.from == RemoteSender::Customer
        && is_same_moment
        && fingerprint::ends_with(&remote.opening, &heard.text)
}

fn customer_said(
    draft: &mut Draft<'_>,
    ticket: &mut Ticket,
    index: usize,
    uid: String,
    heard: &RemoteMessage,
) {
    let from = Sender::Customer(ticket.author.clone());
    let link = ticket.links[index].clone();
    let way = (None, WayOut::None);
    let id = put_message(draft, ticket, &link.system, from, uid, heard, way);
    ticket.last_reply_at = Some(draft.now);
    ticket.awaits_agent = true;
    notify::tell(draft, ticket, News::Wrote { message: id });
    // Who ended the visit there knew of it; an agent here could not.
    let was_answered = link.state == LinkState::Ended
        && ticket.closed_by.is_none()
        && link.changed_at.is_some_and(|ended| heard.at <= ended);
    if ticket.status == Status::Closed && !was_answered {
        status::change(draft, ticket, Status::Open, Cause::Message(id));
    }
}

/// Who they are here, and what the outside knows them by.
fn colleague(draft: &Draft<'_>, system: &str, user: &str, name: Option<&str>) -> (Sender, String) {
    let is_desk = route(draft, system).is_some_and(|route| route.desk().is_some());
    let mut agents = draft.routes.agents.iter();
    let known = agents.find(|(_, agent)| is_desk && agent.qminder_user.as_deref() == Some(user));
    match known {
        Some((id, agent)) => {
            let name = agent.name.clone();
            (Sender::Agent { id: *id, name }, id.to_string())
        }
        None => {
            let from = Sender::Colleague {
                system: system.to_owned(),
                id: user.to_owned(),
                name: name.map_or_else(|| format!("{system} {user}"), str::to_owned),
            };
            (from, format!("{system}:{user}"))
        }
    }
}

/// Somebody there answered: that is an answer to the customer wherever they write from.
fn colleague_said(
    draft: &mut Draft<'_>,
    ticket: &mut Ticket,
    system: &str,
    (from, author_uid): (Sender, &str),
    uid: String,
    heard: &RemoteMessage,
) -> Result<(), Missing> {
    let name = from.name().to_owned();
    let message = draft.next_message_id();
    let way = reply::send_out(draft, ticket, message, author_uid, &name, None)?;
    put_message(draft, ticket, system, from, uid, heard, way);
    ticket.last_reply_at = Some(draft.now);
    ticket.awaits_agent = false;
    Ok(())
}

/// Something that the customer may not see.
fn note(
    draft: &mut Draft<'_>,
    ticket: &mut Ticket,
    system: &str,
    from: Sender,
    uid: String,
    heard: &RemoteMessage,
) {
    put_message(
        draft,
        ticket,
        system,
        from,
        uid,
        heard,
        (None, WayOut::None),
    );
}

fn put_message(
    draft: &mut Draft<'_>,
    ticket: &mut Ticket,
    system: &str,
    from: Sender,
    uid: String,
    heard: &RemoteMessage,
    (answers, way_out): (Option<MessageId>, WayOut),
) -> MessageId {
    let id = draft.new_message_id();
    let text = draft.place_text(id, 0, heard.text.trim());
    draft.put_message(Box::new(Message {
        visibility: heard.visibility,
        external_uid: Some(uid),
        provider: Some(system.to_owned()),
        answers,
        way_out,
        created_at: heard.at,
        ..Message::new(id, ticket.id, from, text, draft.now)
    }));
    ticket.updated_at = draft.now;
    id
}
