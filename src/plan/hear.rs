//! What the customer and the people at a system say to each other there, each once.

use crate::model::{
    LinkState, Message, MessageId, News, RemoteMessage, RemoteSender, RemoteTicket, Sender, Status,
    Ticket, Visibility, WayOut,
};

use super::command::desk;
use super::draft::Draft;
use super::facts::Missing;
use super::fingerprint;
use super::notify;
use super::outcome::Sighting;
use super::reply;
use super::status::{self, Cause};

/// So many of a link's messages are known again.
const MOST_HEARD: usize = 256;

/// So many new ones are taken with one event, so that its rows stay in one batch.
const MOST_NEW: usize = 16;

/// Takes what is new of what was said; whether that is all of it.
pub(super) fn hear_all(
    draft: &mut Draft<'_>,
    ticket: &mut Ticket,
    index: usize,
    remote: &RemoteTicket,
    sighting: &mut Sighting,
) -> Result<bool, Missing> {
    let mut heard = 0;
    for message in remote.messages.iter().flatten() {
        if heard == MOST_NEW {
            sighting.ask_again = true;
            return Ok(false);
        }
        heard += usize::from(hear(draft, ticket, index, &remote.id, message, sighting)?);
    }
    Ok(true)
}

/// A message to or from the customer there, unless it is known, our own, or the system's. Whether it was new.
fn hear(
    draft: &mut Draft<'_>,
    ticket: &mut Ticket,
    index: usize,
    remote: &str,
    heard: &RemoteMessage,
    sighting: &mut Sighting,
) -> Result<bool, Missing> {
    let link = &mut ticket.links[index];
    let name = fingerprint::of_message(heard);
    if link.heard.contains(&name) {
        return Ok(false);
    }
    link.heard.push(name.clone());
    sighting.news = true;
    let surplus = link.heard.len().saturating_sub(MOST_HEARD);
    link.heard.drain(..surplus);
    let text = heard.text.trim();
    if text.is_empty() {
        return Ok(true);
    }
    let system = link.system.clone();
    let uid = format!("{system}:{remote}:{name}");
    match &heard.from {
        RemoteSender::Automatic => {}
        RemoteSender::Customer => customer_said(draft, ticket, index, uid, heard),
        RemoteSender::Colleague(user) => {
            let same = fingerprint::of_text(text);
            let now = draft.now;
            let us = desk(draft, &system).and_then(|desk| desk.user.as_ref());
            let may_be_ours = us.is_none_or(|us| us == user);
            let ours = link.said.iter().position(|said| {
                may_be_ours && said.text == same && said.until.is_none_or(|until| now < until)
            });
            if let Some(ours) = ours {
                // While nobody knows what became of a call there may be another one, with an echo of its own.
                if link.said[ours].until.is_some() {
                    link.said.remove(ours);
                }
                sighting.echoes += 1;
            } else {
                colleague_said(draft, ticket, &system, user, uid, heard)?;
            }
        }
    }
    Ok(true)
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

/// Somebody there answered: that is an answer to the customer wherever they write from.
fn colleague_said(
    draft: &mut Draft<'_>,
    ticket: &mut Ticket,
    system: &str,
    user: &str,
    uid: String,
    heard: &RemoteMessage,
) -> Result<(), Missing> {
    let known = draft
        .routes
        .agents
        .iter()
        .find(|(_, agent)| agent.qminder_user.as_deref() == Some(user));
    let (from, author_uid) = match known {
        Some((id, agent)) => {
            let name = agent.name.clone();
            (Sender::Agent { id: *id, name }, id.to_string())
        }
        None => {
            let from = Sender::Colleague {
                system: system.to_owned(),
                id: user.to_owned(),
                name: format!("{system} {user}"),
            };
            (from, format!("{system}:{user}"))
        }
    };
    let name = from.name().to_owned();
    let message = draft.next_message_id();
    let way = reply::send_out(draft, ticket, message, &author_uid, &name)?;
    put_message(draft, ticket, system, from, uid, heard, way);
    ticket.awaits_agent = false;
    Ok(())
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
        id,
        ticket: ticket.id,
        from,
        visibility: Visibility::Public,
        revision: 0,
        text,
        external_uid: Some(uid),
        provider: Some(system.to_owned()),
        parent_uid: None,
        response_url: None,
        late: false,
        answers,
        way_out,
        remote_uid: None,
        duplicates: 0,
        duplicate_at: None,
        created_at: heard.at,
        arrived_at: draft.now,
        edited_at: None,
        likes: Vec::new(),
    }));
    ticket.last_reply_at = Some(draft.now);
    ticket.updated_at = draft.now;
    id
}
