//! What an event leads to: a pure function from the event, what the store knows and the operator's routes to
//! new state and an answer.
//!
//! Planning reads nothing by itself. Where it lacks a fact it says which, is given that (absence is a fact too)
//! and is called again from the start; so what was given is what the outcome rests on.

mod agent;
mod assign;
mod backlog;
mod chain;
mod command;
mod draft;
mod echo;
mod erase;
mod facts;
mod fingerprint;
mod hear;
mod hub;
mod intake;
mod linked;
mod looping;
mod mend;
mod mirror;
mod notify;
mod observe;
mod operator;
mod outcome;
mod pause;
mod recorded;
mod reply;
mod retain;
mod routes;
mod schedule;
mod see;
mod settle;
mod status;
mod status_reply;
mod thread;
mod traced;
mod visit;

pub use facts::{
    Address, AuthorRecord, Concerning, Departed, Fact, Facts, FoundNotice, Leftover, Lookup,
    MOST_NAMESAKES, Missing, NoticesTogether, Numbers, Slot, UidEntry, WaitingEntry,
};
pub use hear::is_heard;
pub use outcome::{
    AfterSettle, Answer, Note, Outcome, Refusal, ReplyTaken, ReturnTaken, Sighting, Step, Taken,
    Write,
};
pub(crate) use retain::MOST_ATTEMPTS;
pub use routes::{
    AgentRoute, AssignRule, BrandRoute, BreakerRule, DeskRoute, HelpdeskRoute, LoopLimit,
    OnUnknown, Retention, Role, Routes, Schedule, SystemRoute, host_key,
};
pub use schedule::delay;

use crate::model::{Event, Happening};
use draft::Draft;

/// Decides what `event` leads to.
///
/// # Errors
///
/// Says which fact is missing.
pub fn plan(event: &Event, facts: &Facts, routes: &Routes) -> Result<Outcome, Missing> {
    let mut draft = Draft::new(facts, routes, event);
    let mut answer = match &event.what {
        Happening::Arrived(sent) => intake::arrived(&mut draft, sent)?,
        Happening::Replied(reply) => reply::replied(&mut draft, reply)?,
        Happening::Started { delivery } => settle::started(&mut draft, *delivery)?,
        Happening::Settled(settled) => settle::settled(&mut draft, settled)?,
        Happening::Kicked(kick) => chain::kicked(&mut draft, kick.lane)?,
        Happening::SetAside(aside) => chain::set_aside(&mut draft, aside)?,
        Happening::Misplaced { delivery } => reply::misplaced(&mut draft, *delivery)?,
        Happening::Expired { delivery } => settle::expired(&mut draft, *delivery)?,
        Happening::Withheld { delivery, begun } => {
            recorded::withheld(&mut draft, *delivery, *begun)?
        }
        Happening::Unlinked { delivery } => recorded::unlinked(&mut draft, *delivery)?,
        Happening::Observed(observed) => observe::observed(&mut draft, observed)?,
        Happening::Returned(returned) => hub::returned(&mut draft, returned)?,
        Happening::Removed { token } => hub::removed(&mut draft, token)?,
        Happening::Vanished { system, remote } => observe::vanished(&mut draft, system, remote)?,
        Happening::Ordered(order) => operator::ordered(&mut draft, order)?,
        Happening::Did(agent, order) => agent::did(&mut draft, *agent, order)?,
        Happening::Joined(agent) => agent::joined(&mut draft, *agent)?,
        Happening::Decided { version, mapping } => {
            draft.write(Write::Mapping(*version, mapping.clone()));
            Answer::Done(format!("mapping {version} is kept"))
        }
        Happening::Tidied(tidying) => retain::tidied(&mut draft, tidying)?,
        Happening::Erased(erasing) => erase::erased(&mut draft, erasing)?,
    };
    linked::end_said(&mut draft)?;
    recorded::end_unmade(&mut draft)?;
    mirror::follow(&mut draft)?;
    // Whoever made the call goes by the lane as it is after all of this.
    if let Answer::Settled(after) = &mut answer
        && let Some(lane) = draft.lane(after.lane.id)?
    {
        after.lane = *lane;
    }
    let step = traced::place(&mut draft, &answer)?;
    Ok(draft.finish(answer, step))
}

#[cfg(test)]
pub(crate) mod tests;
