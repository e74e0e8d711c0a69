//! Answers from our side, and the deliveries that carry the public ones out.

use crate::model::{
    Answering, Command, Delivery, DeliveryId, DeliveryState, LaneId, Message, MessageId,
    RESPONSE_URL, Replied, Sender, Ticket, Visibility, WayOut,
};

use super::chain;
use super::draft::Draft;
use super::facts::Missing;
use super::outcome::{Answer, Refusal, ReplyTaken};

pub(super) fn replied(draft: &mut Draft<'_>, reply: &Replied) -> Result<Answer, Missing> {
    let Some(mut ticket) = draft.ticket(reply.ticket)? else {
        return Ok(Answer::Refused(Refusal::NotFound("ticket")));
    };
    let allowed = draft.routes.agents_of(&ticket);
    let agent = match reply.agent {
        Some(agent) if reply.only_assigned && !allowed.contains(&agent) => {
            return Ok(Answer::Refused(Refusal::NotFound("ticket")));
        }
        Some(agent) => agent,
        None => match allowed.first() {
            Some(first) => *first,
            None => {
                return Ok(Answer::Refused(Refusal::NotNow(
                    "the ticket is assigned to nobody who is active: name an agent".to_owned(),
                )));
            }
        },
    };
    let Some(configured) = draft.routes.agents.get(&agent) else {
        return Ok(Answer::Refused(Refusal::NotFound("agent")));
    };
    if !allowed.contains(&agent) && !draft.routes.works_for(agent, &ticket.brand) {
        return Ok(Answer::Refused(Refusal::not_of_brand(agent, &ticket)));
    }
    let profile = draft.facts.profile(agent)?.unwrap_or_default();
    let name = profile
        .changed
        .name
        .unwrap_or_else(|| configured.name.clone());
    if ticket.locked {
        return Ok(Answer::Refused(Refusal::Locked));
    }
    let id = draft.new_message_id();
    let (answers, way_out) = match reply.visibility {
        Visibility::Internal => (None, WayOut::None),
        Visibility::Public => send_out(draft, &ticket, id, &agent.to_string(), &name, None)?,
    };
    let text = draft.place_text(id, 0, &reply.text);
    let message = Message {
        visibility: reply.visibility,
        answers,
        way_out,
        ..Message::new(
            id,
            ticket.id,
            Sender::Agent { id: agent, name },
            text,
            draft.now,
        )
    };
    if reply.visibility == Visibility::Public {
        ticket.awaits_agent = false;
        ticket.last_reply_at = Some(draft.now);
    }
    ticket.updated_at = draft.now;
    draft.put_message(Box::new(message.clone()));
    draft.put_ticket(ticket.clone());
    Ok(Answer::Replied(Box::new(ReplyTaken {
        message,
        ticket: *ticket,
    })))
}

/// Plans the delivery of a public reply to where the message that it answers wants it: the one that it names, or else
/// the customer's newest.
pub(super) fn send_out(
    draft: &mut Draft<'_>,
    ticket: &Ticket,
    message: MessageId,
    author_uid: &str,
    author_name: &str,
    names: Option<Box<Message>>,
) -> Result<(Option<MessageId>, WayOut), Missing> {
    let answered = match (names, ticket.answer) {
        (Some(named), _) => Some(named),
        (None, Some(id)) => draft.message(ticket.id, id)?,
        (None, None) => None,
    };
    let Some(answered) = answered else {
        return Ok((None, WayOut::Nowhere));
    };
    let Some(url) = &answered.response_url else {
        return Ok((Some(answered.id), WayOut::Nowhere));
    };
    let lane = draft.lane_to(url)?;
    let id = draft.new_delivery_id();
    chain::enqueue(
        draft,
        Box::new(Delivery {
            id,
            lane: lane.id,
            system: RESPONSE_URL.to_owned(),
            ticket: ticket.id,
            brand: ticket.brand.clone(),
            command: Command::Reply(Answering {
                answers: answered.id,
                parent_uid: answered.external_uid.clone().unwrap_or_default(),
                author_uid: author_uid.to_owned(),
                author_name: author_name.to_owned(),
            }),
            message,
            revision: 0,
            mapping: draft.routes.mappings.current(),
            state: DeliveryState::Waiting,
            attempts: 0,
            tries: 0,
            last: None,
            created_at: draft.now,
            age_from: draft.now,
            in_doubt_since: None,
            mark: None,
            recorded_at: None,
            trace: None,
        }),
    )?;
    Ok((Some(answered.id), WayOut::By(id)))
}

/// Where the message that `delivery` answers wants answers to go now; what is no reply stays where it is.
pub(super) fn wanted_lane(draft: &mut Draft<'_>, delivery: &Delivery) -> Result<LaneId, Missing> {
    let Some(reply) = delivery.reply() else {
        return Ok(delivery.lane);
    };
    let answered = draft.message(delivery.ticket, reply.answers)?;
    match answered.and_then(|answered| answered.response_url) {
        Some(url) => Ok(draft.lane_to(&url)?.id),
        None => Ok(delivery.lane),
    }
}

/// A delivery whose answered message got another response URL after it was planned moves to that URL's lane.
pub(super) fn misplaced(draft: &mut Draft<'_>, id: DeliveryId) -> Result<Answer, Missing> {
    let Some(before) = draft.delivery(id)? else {
        return Ok(Answer::Refused(Refusal::NotFound("delivery")));
    };
    if !matches!(before.state, DeliveryState::Due { .. }) {
        return Ok(Answer::Refused(Refusal::Stale));
    }
    let lane = wanted_lane(draft, &before)?;
    if lane == before.lane {
        return Ok(Answer::Refused(Refusal::Stale));
    }
    let mut delivery = before.clone();
    chain::change_lane(draft, &mut delivery, lane)?;
    chain::enqueue(draft, delivery)?;
    chain::leave(draft, &before)?;
    Ok(Answer::Done(format!(
        "delivery {id} moved to the new response URL"
    )))
}
