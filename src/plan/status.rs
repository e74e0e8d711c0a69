//! Where a ticket stands: the one place where that changes, so that whoever must hear of it does.

use crate::model::{AgentId, MessageId, News, Status, Ticket};

use super::draft::Draft;
use super::notify;
use super::outcome::Note;

/// Whose doing a change is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Cause<'a> {
    /// An agent wants it so.
    Agent(AgentId),
    /// The customer wrote.
    Message(MessageId),
    /// It changed at a system.
    System(&'a str),
}

/// Lets `ticket` stand at `to`. Systems hear of it as of any other change, in `mirror`.
pub(super) fn change(draft: &mut Draft<'_>, ticket: &mut Ticket, to: Status, cause: Cause<'_>) {
    let from = std::mem::replace(&mut ticket.status, to);
    if from == to {
        return;
    }
    let by = match cause {
        Cause::Agent(agent) => Some(agent),
        Cause::Message(_) | Cause::System(_) => None,
    };
    let is_closed = to == Status::Closed;
    ticket.closed_at = is_closed.then_some(draft.now);
    ticket.closed_by = by.filter(|_| is_closed);
    ticket.updated_at = draft.now;
    let note = match cause {
        Cause::Agent(by) => Note::Status { from, to, by },
        Cause::Message(message) => Note::Reopened { message },
        Cause::System(system) => Note::Followed {
            system: system.to_owned(),
            from,
            to,
        },
    };
    draft.note(ticket.id, note);
    notify::tell(draft, ticket, News::Status { now: to, by });
}
