//! A person's orders.

use crate::model::{
    AgentId, Assignee, Attempt, Class, Delivery, DeliveryId, DeliveryState, News, OperatorOrder,
    TicketId, Time,
};

use super::chain;
use super::draft::Draft;
use super::facts::Missing;
use super::intake;
use super::looping;
use super::mend;
use super::notify;
use super::outcome::{Answer, Note, Refusal, Write};
use super::pause;
use super::recorded;
use super::reply;

pub(super) fn ordered(draft: &mut Draft<'_>, order: &OperatorOrder) -> Result<Answer, Missing> {
    match order {
        OperatorOrder::Assign { ticket, agent } => assign(draft, *ticket, *agent),
        OperatorOrder::Lock { ticket, locked } => {
            let locked = *locked;
            change_ticket(draft, *ticket, Note::Locked { locked }, |ticket| {
                ticket.locked = locked
            })
        }
        OperatorOrder::Release { ticket } => looping::release(draft, *ticket),
        OperatorOrder::SetResponseUrl { ticket, url } => set_response_url(draft, *ticket, url),
        OperatorOrder::Retry { delivery } => retry(draft, *delivery),
        OperatorOrder::ReleaseRecorded { delivery, send } => {
            recorded::release(draft, *delivery, *send)
        }
        OperatorOrder::Cancel { delivery } => cancel(draft, *delivery),
        OperatorOrder::Mend {
            ticket,
            system,
            what,
        } => mend::ordered(draft, *ticket, system, what),
        OperatorOrder::Edit(edited) => edit(draft, edited.delivery, &edited.text),
        OperatorOrder::Pause { system } => pause::order(draft, system),
        OperatorOrder::Probe { system } => pause::probe(draft, system),
        OperatorOrder::ResumeSystem { system } => pause::end_by_order(draft, system),
        OperatorOrder::Resume { lane } => Ok(match chain::resume(draft, *lane)? {
            Some(lane) => Answer::Lane(lane),
            None => Answer::Refused(Refusal::NotFound("lane")),
        }),
    }
}

fn assign(draft: &mut Draft<'_>, id: TicketId, agent: AgentId) -> Result<Answer, Missing> {
    match draft.routes.agents.get(&agent) {
        None => return Ok(Answer::Refused(Refusal::NotFound("agent"))),
        Some(route) if !route.active => {
            let why = format!("agent {agent} is not active");
            return Ok(Answer::Refused(Refusal::NotNow(why)));
        }
        Some(_) => {}
    }
    let Some(ticket) = draft.ticket(id)? else {
        return Ok(Answer::Refused(Refusal::NotFound("ticket")));
    };
    if !draft.routes.works_for(agent, &ticket.brand) {
        return Ok(Answer::Refused(Refusal::not_of_brand(agent, &ticket)));
    }
    let assignee = Assignee::One(agent);
    let is_news = ticket.assignee != assignee;
    let answer = change_ticket(draft, id, Note::Assigned { agent, by: None }, |ticket| {
        ticket.assignee = assignee
    })?;
    if is_news && let Some(ticket) = draft.ticket(id)? {
        notify::tell(draft, &ticket, News::Assigned);
    }
    Ok(answer)
}

fn change_ticket(
    draft: &mut Draft<'_>,
    id: TicketId,
    note: Note,
    change: impl FnOnce(&mut crate::model::Ticket),
) -> Result<Answer, Missing> {
    let Some(mut ticket) = draft.ticket(id)? else {
        return Ok(Answer::Refused(Refusal::NotFound("ticket")));
    };
    let before = ticket.clone();
    change(&mut ticket);
    if before == ticket {
        return Ok(Answer::Done(format!("ticket {id} is so already")));
    }
    ticket.updated_at = draft.now;
    draft.put_ticket(ticket);
    draft.note(id, note);
    Ok(Answer::Done(format!("ticket {id} is changed")))
}

fn set_response_url(draft: &mut Draft<'_>, id: TicketId, url: &str) -> Result<Answer, Missing> {
    let Some(mut ticket) = draft.ticket(id)? else {
        return Ok(Answer::Refused(Refusal::NotFound("ticket")));
    };
    let target = ticket.answer.unwrap_or(ticket.opening);
    let Some(mut message) = draft.message(id, target)? else {
        return Ok(Answer::Refused(Refusal::NotFound("message")));
    };
    if message.response_url.as_deref() == Some(url) {
        return Ok(Answer::Done(format!("ticket {id} is so already")));
    }
    let moved = intake::redirect(draft, &mut message, url, "")?;
    draft.note(
        id,
        Note::ResponseUrl {
            message: message.id,
            moved,
        },
    );
    ticket.answer = Some(message.id);
    ticket.updated_at = draft.now;
    draft.put_message(message);
    draft.put_ticket(ticket);
    Ok(Answer::Done(format!(
        "answers to ticket {id} go to the new URL; deliveries that moved along: {moved}"
    )))
}

fn retry(draft: &mut Draft<'_>, id: DeliveryId) -> Result<Answer, Missing> {
    let Some(mut delivery) = draft.delivery(id)? else {
        return Ok(Answer::Refused(Refusal::NotFound("delivery")));
    };
    match delivery.state {
        DeliveryState::Due { .. } | DeliveryState::Held { .. } | DeliveryState::Started { .. } => {
            let before = delivery.clone();
            if let DeliveryState::Started { at } = delivery.state {
                give_up_waiting(draft, &mut delivery, at);
                if delivery.command.is_looked_up() {
                    delivery.in_doubt_since.get_or_insert(at);
                }
            }
            delivery.age_from = draft.now;
            order(draft, &delivery, "retry");
            let wanted = reply::wanted_lane(draft, &delivery)?;
            if draft.routes.is_dry_run(&delivery.system) {
                recorded::keep(draft, delivery);
                chain::rest(draft, wanted)?;
            } else if wanted == delivery.lane {
                let now = draft.now;
                delivery.state = DeliveryState::Due { at: now };
                draft.put_delivery(delivery);
                chain::wake(draft, wanted, now)?;
            } else {
                delivery.lane = wanted;
                chain::enqueue(draft, delivery)?;
                chain::leave(draft, &before)?;
            }
        }
        DeliveryState::Dead { .. } => {
            delivery.age_from = draft.now;
            delivery.attempts = 0;
            delivery.lane = reply::wanted_lane(draft, &delivery)?;
            order(draft, &delivery, "retry");
            chain::enqueue(draft, delivery)?;
        }
        DeliveryState::Waiting => {
            return Ok(refused(
                id,
                "waits behind another delivery of its ticket; retry that one",
            ));
        }
        DeliveryState::Recorded { .. } => {
            return Ok(refused(
                id,
                "was recorded in dry-run mode: `systems release` says what becomes of it",
            ));
        }
        DeliveryState::Delivered { .. } => return Ok(refused(id, "was delivered")),
        DeliveryState::Cancelled { .. } => return Ok(refused(id, "was cancelled")),
    }
    Ok(Answer::Done(format!("delivery {id} is tried again")))
}

fn cancel(draft: &mut Draft<'_>, id: DeliveryId) -> Result<Answer, Missing> {
    let Some(before) = draft.delivery(id)? else {
        return Ok(Answer::Refused(Refusal::NotFound("delivery")));
    };
    match before.state {
        DeliveryState::Delivered { .. } => return Ok(refused(id, "was delivered")),
        DeliveryState::Cancelled { .. } => return Ok(refused(id, "was cancelled already")),
        DeliveryState::Waiting
        | DeliveryState::Due { .. }
        | DeliveryState::Started { .. }
        | DeliveryState::Recorded { .. }
        | DeliveryState::Held { .. }
        | DeliveryState::Dead { .. } => {}
    }
    let mut delivery = before.clone();
    delivery.state = DeliveryState::Cancelled { at: draft.now };
    order(draft, &delivery, "cancel");
    draft.put_delivery(delivery);
    if before.state.is_pending() {
        chain::leave(draft, &before)?;
    }
    Ok(Answer::Done(format!("delivery {id} is cancelled")))
}

fn edit(draft: &mut Draft<'_>, id: DeliveryId, text: &str) -> Result<Answer, Missing> {
    let Some(mut delivery) = draft.delivery(id)? else {
        return Ok(Answer::Refused(Refusal::NotFound("delivery")));
    };
    if !matches!(delivery.state, DeliveryState::Dead { .. }) {
        return Ok(refused(id, "is not a dead letter"));
    }
    if delivery.reply().is_none() {
        return Ok(refused(id, "is no reply, whose text could be changed"));
    }
    let Some(mut message) = draft.message(delivery.ticket, delivery.message)? else {
        return Ok(Answer::Refused(Refusal::NotFound("message")));
    };
    draft.revise(&mut message, text);
    delivery.revision = message.revision;
    order(draft, &delivery, "edit");
    draft.put_message(message);
    draft.put_delivery(delivery);
    Ok(Answer::Done(format!(
        "delivery {id} says something else when it is retried"
    )))
}

/// Counts the call that was begun at `began` as one of unknown outcome, so that the next try says that it may repeat it.
fn give_up_waiting(draft: &mut Draft<'_>, delivery: &mut Delivery, began: Time) {
    if let Some(earlier) = delivery.last.take() {
        draft.write(Write::Attempt(delivery.id, earlier));
    }
    delivery.tries = delivery.tries.saturating_add(1);
    delivery.last = Some(Attempt {
        number: delivery.tries,
        at: began,
        took_ms: u64::try_from(draft.now.since(began).as_millis()).unwrap_or(u64::MAX),
        class: Class::Unknown,
        status: None,
        detail: "not waited for any longer, by a person's order".to_owned(),
        next: Some(draft.now),
        may_repeat: false,
        fates: Vec::new(),
    });
}

pub(super) fn order(draft: &mut Draft<'_>, delivery: &Delivery, order: &str) {
    draft.note(
        delivery.ticket,
        Note::Ordered {
            delivery: delivery.id,
            order: order.to_owned(),
        },
    );
}

fn refused(id: DeliveryId, what: &str) -> Answer {
    Answer::Refused(Refusal::NotNow(format!("delivery {id} {what}")))
}
