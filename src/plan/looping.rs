//! Copies that chase each other: a ticket that is mirrored implausibly often is mirrored no more, until a person says
//! that it may be.

use crate::model::{Pace, Ticket, TicketId};

use super::draft::Draft;
use super::facts::Missing;
use super::outcome::{Answer, Note, Refusal};

/// Systems were told something of `ticket`. One change too many is the last that they are told of.
pub(super) fn count(draft: &mut Draft<'_>, ticket: &mut Ticket) {
    let limit = draft.routes.loop_limit;
    let pace = &mut ticket.pace;
    let began = pace
        .from
        .filter(|from| draft.now.since(*from) < limit.within);
    match began {
        Some(_) => pace.changes = pace.changes.saturating_add(1),
        None => {
            *pace = Pace {
                from: Some(draft.now),
                changes: 1,
            };
        }
    }
    if pace.changes > limit.changes {
        let changes = pace.changes;
        ticket.loop_since = Some(draft.now);
        draft.note(ticket.id, Note::LoopBroken { changes });
    }
}

/// Mirrors it again. What was missed meanwhile is caught up with.
pub(super) fn release(draft: &mut Draft<'_>, id: TicketId) -> Result<Answer, Missing> {
    let Some(mut ticket) = draft.ticket(id)? else {
        return Ok(Answer::Refused(Refusal::NotFound("ticket")));
    };
    if ticket.loop_since.take().is_none() {
        return Ok(Answer::Done(format!("ticket {id} is mirrored already")));
    }
    ticket.pace = Pace::default();
    // The records beside it are made anew for that.
    ticket.updated_at = draft.now;
    draft.put_ticket(ticket);
    draft.note(id, Note::Released);
    Ok(Answer::Done(format!("ticket {id} is mirrored again")))
}
