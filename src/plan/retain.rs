//! How long what is finished is kept: closed tickets, the records of ended deliveries, and what is known of things that
//! were removed.

use crate::model::{DeliveryId, TicketId};
use crate::model::{ExternalTicket, NoticeLeaf, Remembered, Status, Tidying, Time, Tombstone};

use super::draft::Draft;
use super::facts::{Departed, Missing};
use super::outcome::{Answer, Refusal, Taken, Write};

/// Records of tries that are removed with one event, oldest first.
pub(crate) const MOST_ATTEMPTS: usize = 64;
/// Agents who have read something, of whom that is forgotten with one event: three rows each.
const MOST_READERS: usize = 24;

pub(super) fn tidied(draft: &mut Draft<'_>, tidying: &Tidying) -> Result<Answer, Missing> {
    match tidying {
        Tidying::Retire { ticket } => retire(draft, *ticket),
        Tidying::Sweep { ticket } => sweep(draft, *ticket),
        Tidying::Prune { delivery } => prune(draft, *delivery),
        Tidying::Unnotice(leaf) => unnotice(draft, leaf),
        Tidying::Lapse(remembered) => Ok(lapse(draft, *remembered)),
    }
}

/// The last moment of which what ended then is not kept any more.
fn cut_off(draft: &Draft<'_>, kept_for: std::time::Duration) -> Time {
    draft.now.minus(kept_for)
}

/// A closed ticket goes once nothing about it has changed for long enough. What somebody still has to see to stays.
fn retire(draft: &mut Draft<'_>, id: TicketId) -> Result<Answer, Missing> {
    let Some(kept_for) = draft.routes.retention.closed_tickets else {
        return Ok(not_yet("closed tickets are kept"));
    };
    let Some(ticket) = draft.ticket(id)? else {
        return Ok(Answer::Refused(Refusal::NotFound("ticket")));
    };
    let until = cut_off(draft, kept_for);
    let is_old = ticket.at_rest_since().is_some_and(|since| since <= until);
    if !is_old || draft.facts.is_busy(id, until)? {
        return Ok(not_yet("the ticket is not finished for long enough"));
    }
    let known = draft
        .facts
        .author(&ticket.brand, &ticket.author.external_uid)?;
    if known.is_some_and(|author| author.customer == id) {
        draft.write(Write::AuthorRemoved {
            brand: ticket.brand.clone(),
            uid: ticket.author.external_uid.clone(),
        });
    }
    let stone = Tombstone {
        at: draft.now,
        erased: false,
    };
    draft.write(Write::TicketRemoved {
        old: ticket,
        stone,
        unused_since: until,
    });
    Ok(Answer::Tidied { more: false })
}

fn sweep(draft: &mut Draft<'_>, ticket: TicketId) -> Result<Answer, Missing> {
    let Some(left) = draft.facts.leftover(ticket)? else {
        return Ok(Answer::Tidied { more: false });
    };
    // What could not be removed for so long that even the removal is forgotten goes as if it were removed now.
    let stone = draft.facts.tombstone(ticket)?.unwrap_or(Tombstone {
        at: draft.now,
        erased: false,
    });
    let unused_since = match draft.routes.retention.closed_tickets {
        Some(kept_for) if !stone.erased => cut_off(draft, kept_for),
        Some(_) | None => draft.now,
    };
    draft.write(Write::Swept {
        ticket,
        left,
        stone,
        unused_since,
    });
    Ok(Answer::Tidied { more: true })
}

/// The record of a delivery goes with those of its tries; what it carried stays.
fn prune(draft: &mut Draft<'_>, id: DeliveryId) -> Result<Answer, Missing> {
    let Some(kept_for) = draft.routes.retention.deliveries else {
        return Ok(not_yet("the records of deliveries are kept"));
    };
    let Some(delivery) = draft.delivery(id)? else {
        return Ok(Answer::Refused(Refusal::NotFound("delivery")));
    };
    let until = cut_off(draft, kept_for);
    if delivery
        .state
        .at_rest_since()
        .is_none_or(|since| since > until)
    {
        return Ok(not_yet("the delivery is not finished for long enough"));
    }
    let mut attempts = draft.facts.attempts(id, MOST_ATTEMPTS + 1)?;
    let more = attempts.len() > MOST_ATTEMPTS;
    attempts.truncate(MOST_ATTEMPTS);
    draft.write(Write::AttemptsRemoved(id, attempts));
    if !more {
        draft.write(Write::DeliveryRemoved {
            old: delivery,
            unused_since: until,
        });
    }
    Ok(Answer::Tidied { more })
}

/// Agents are told no longer of tickets that are not there any more.
fn unnotice(draft: &mut Draft<'_>, leaf: &NoticeLeaf) -> Result<Answer, Missing> {
    let found = draft.facts.notice_leaf(leaf)?;
    let mut gone = Vec::new();
    for notice in &found.notices {
        if draft.facts.ticket(notice.ticket)?.is_none() {
            gone.push(notice.clone());
        }
    }
    let read = found.read.iter().map(|(agent, read)| {
        let read = read.iter().filter(|notice| gone.contains(notice));
        (*agent, read.cloned().collect::<Vec<_>>())
    });
    let mut read: Vec<_> = read.filter(|(_, read)| !read.is_empty()).collect();
    let more = read.len() > MOST_READERS;
    read.truncate(MOST_READERS);
    if gone.is_empty() {
        return Ok(Answer::Tidied { more: false });
    }
    draft.write(Write::NoticesRemoved {
        brand: leaf.brand.clone(),
        assignee: leaf.assignee,
        notices: if more { Vec::new() } else { gone },
        read,
    });
    Ok(Answer::Tidied { more })
}

fn lapse(draft: &mut Draft<'_>, remembered: Remembered) -> Answer {
    if remembered.at > cut_off(draft, draft.routes.retention.dedup_window) {
        return not_yet("repetitions are known for longer");
    }
    draft.write(Write::Lapsed(remembered));
    Answer::Tidied { more: false }
}

/// What went by this uid before and was removed, as long as that is known.
pub(super) fn departed(
    draft: &Draft<'_>,
    sent: &ExternalTicket,
) -> Result<Option<Departed>, Missing> {
    let (brand, uid) = (&sent.brand, &sent.external_uid);
    let found = draft.facts.departed(brand, uid, sent.provider.as_deref())?;
    let after = cut_off(draft, draft.routes.retention.dedup_window);
    Ok(found.filter(|departed| departed.at > after))
}

/// The answer to what arrives again after it was removed: it is a duplicate, and brings nothing back.
pub(super) fn repeated(sent: &ExternalTicket, departed: &Departed) -> Taken {
    Taken {
        ticket: departed.ticket,
        message: departed.message,
        joined: departed.joined,
        duplicate: true,
        updated: false,
        status: Status::Closed,
        response_url_known: false,
        created_at: sent.created_at,
    }
}

fn not_yet(why: &str) -> Answer {
    Answer::Refused(Refusal::NotNow(why.to_owned()))
}
