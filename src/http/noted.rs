//! What handlers make of each field of what is sent to them, for whoever wants to know before it is sent.
//!
//! Each of these reads a body by the parser of its handler, and asks the function that makes the handler's event.

use deskhive_client::{ReplyRequest, TicketUpdate};
use respondo_client::inbound;
use respondo_client::replies_in;

use super::agent_api::{fates, reply, update};
use super::{intake, replies};
use crate::mapping::Tally;
use crate::model::{AgentId, Fate, Ticket, TicketId};

/// What an agent asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AgentsRequest {
    /// A message.
    Reply,
    /// A change of status, priority or labels.
    Update,
}

/// Of an external ticket; nothing of one that would be refused.
#[must_use]
pub fn noted_ticket(content_type: &str, body: &[u8]) -> Vec<Fate> {
    let mut tally = Tally::new();
    let parsed = inbound::parse(Some(content_type), body);
    if let Ok(sent) = parsed
        .map_err(drop)
        .and_then(|parsed| parsed.ticket.map_err(drop))
    {
        intake::arrived("", &sent, &mut tally);
    }
    tally.into_fates()
}

/// Of an answer from a Respondo server.
#[must_use]
pub fn noted_answer(content_type: &str, body: &[u8]) -> Vec<Fate> {
    let mut tally = Tally::new();
    if let Ok(reply) = replies_in::parse(Some(content_type), body) {
        replies::returned(String::new(), &reply, &mut tally);
    }
    tally.into_fates()
}

/// Of what an agent asks for.
#[must_use]
pub fn noted_order(what: AgentsRequest, content_type: &str, body: &[u8]) -> Vec<Fate> {
    let mut tally = Tally::new();
    let (content_type, ticket) = (Some(content_type), TicketId(0));
    match what {
        AgentsRequest::Reply => {
            if let Ok(read) = ReplyRequest::from_body(content_type, body) {
                reply::replied(ticket, AgentId(0), &read, &mut tally);
            }
        }
        AgentsRequest::Update => {
            if let Ok(read) = TicketUpdate::from_body(content_type, body, |_| true) {
                update::ordered(ticket, read, &mut tally);
            }
        }
    }
    tally.into_fates()
}

/// Of a ticket of ours and what is said in it, where agents read it.
#[must_use]
pub fn noted_served(ticket: &Ticket) -> Vec<Fate> {
    let mut tally = Tally::new();
    fates::served(ticket, &mut tally);
    tally.into_fates()
}
