//! Where an event and what follows from it stand in a trace: a ticket's way is one, unless somebody says otherwise.
//!
//! Who brings something about may say in which trace that happens; what follows from it is told there. Everything else
//! is told in the ticket's trace: the one that it came with, or a new one where the operator wants traces. Where nobody
//! does, contexts are passed on as they came, and nothing is told.

use crate::model::{Delivery, Happening, SpanId, Ticket, TraceContext, TraceId};

use super::draft::Draft;
use super::facts::Missing;
use super::outcome::{Answer, Step};

/// Gives what is new its place, and says what is to be told of the event, unless nothing came of it.
pub(super) fn place(draft: &mut Draft<'_>, answer: &Answer) -> Result<Option<Step>, Missing> {
    let new = draft.new_deliveries();
    let called = match answer {
        Answer::Settled(after) => call(draft, &after.delivery),
        _ => None,
    };
    let is_quiet = draft.routes.traces.is_none() && draft.event.trace.is_none();
    if new.is_empty() && (called.is_some() || is_quiet) {
        return Ok(called);
    }
    let Some(mut ticket) = concerned(draft, answer)? else {
        return Ok(called);
    };
    let step = called.or_else(|| step(draft, &ticket));
    let context = match &step {
        Some(step) => Some(&step.context),
        None => draft.event.trace.as_ref().or(ticket.trace.as_ref()),
    };
    let Some(context) = context.cloned() else {
        return Ok(None);
    };
    for mut delivery in new {
        delivery.trace = Some(context.clone());
        draft.put_delivery(Box::new(delivery));
    }
    // A ticket from before there were traces has one from now on, but not that of whoever just answers in it.
    if ticket.trace.is_none() && (draft.is_new(ticket.id) || draft.event.trace.is_none()) {
        ticket.trace = Some(context);
        draft.put_ticket(ticket);
    }
    Ok(step)
}

/// The ticket that the event was about, if it was about one and something came of it.
fn concerned(draft: &Draft<'_>, answer: &Answer) -> Result<Option<Box<Ticket>>, Missing> {
    let id = match answer {
        Answer::Taken(taken) => Some(taken.ticket),
        Answer::Settled(after) => Some(after.delivery.ticket),
        _ => draft.changed_ticket(),
    };
    match id {
        Some(id) => draft.ticket(id),
        None => Ok(None),
    }
}

/// The step of a call that ended, if its delivery was planned in a trace.
fn call(draft: &Draft<'_>, delivery: &Delivery) -> Option<Step> {
    draft.routes.traces?;
    // By now it counts another try.
    let before = draft.facts.delivery(delivery.id).ok().flatten()?;
    Some(Step {
        ticket: delivery.ticket,
        brand: delivery.brand.clone(),
        context: before.call_context()?,
        after: before.trace.map(|planned| planned.span),
        message: None,
    })
}

/// The step that the event itself is, unless it is nothing but the daemon's bookkeeping.
fn step(draft: &Draft<'_>, ticket: &Ticket) -> Option<Step> {
    let share = draft.routes.traces?;
    if !is_step(&draft.event.what) {
        return None;
    }
    let span = SpanId::drawn(&draft.event.random);
    let from = draft.event.trace.as_ref().or(ticket.trace.as_ref());
    let context = from.map_or_else(
        || {
            let trace = TraceId::drawn(&draft.event.random);
            let sampled = trace.is_among(share);
            TraceContext {
                trace,
                span,
                sampled,
                state: None,
            }
        },
        |from| from.at(span),
    );
    let messages = draft.new_messages(ticket.id);
    Some(Step {
        ticket: ticket.id,
        brand: ticket.brand.clone(),
        context,
        after: from.map(|from| from.span),
        message: messages.first().map(|message| message.id),
    })
}

/// Whether it is told as something of its own; the rest is what the daemon does to keep its books.
fn is_step(what: &Happening) -> bool {
    match what {
        Happening::Arrived(_)
        | Happening::Replied(_)
        | Happening::Observed(_)
        | Happening::Returned(_)
        | Happening::Removed { .. }
        | Happening::Vanished { .. }
        | Happening::Ordered(_)
        | Happening::Did(..) => true,
        Happening::Started { .. }
        // Of a call, which is a step of its own where its delivery was planned in a trace.
        | Happening::Settled(_)
        | Happening::Kicked(_)
        | Happening::SetAside(_)
        | Happening::Misplaced { .. }
        | Happening::Expired { .. }
        | Happening::Withheld { .. }
        | Happening::Unlinked { .. }
        | Happening::Joined(_)
        | Happening::Decided { .. }
        | Happening::Tidied(_)
        | Happening::Erased(_) => false,
    }
}
