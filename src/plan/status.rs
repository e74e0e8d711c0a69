//! Where a ticket stands: the one place where that changes, so that whoever must hear of it does.

use crate::mapping::AGENT_API;
use crate::model::{AgentId, Link, LinkState, MessageId, News, Status, Ticket};

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
    ticket.status_by = match cause {
        Cause::Agent(_) => Some(AGENT_API.to_owned()),
        Cause::System(system) => Some(system.to_owned()),
        Cause::Message(_) => None,
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

/// Whose word keeps `ticket` where it stands against what `system` says, if somebody's does.
pub(super) fn outranked(draft: &Draft<'_>, ticket: &Ticket, system: &str) -> Option<String> {
    let ranks = &draft.routes.mappings.in_force().status_wins;
    let rank = |of: &str| ranks.iter().position(|ranked| ranked == of);
    let by = ticket.status_by.as_deref()?;
    let has_gone = |link: &Link| link.system == by && link.state == LinkState::Gone;
    if draft.routes.share_queue(by, system) || ticket.links.iter().any(has_gone) {
        return None;
    }
    let ours = rank(by)?;
    let wins = rank(system).is_none_or(|theirs| ours < theirs);
    wins.then(|| by.to_owned())
}
