//! What customers are told by itself when the status of their ticket changes, where the operator has words for it.

use crate::mapping::{Scope, Template};
use crate::model::{AgentId, Message, Sender, Ticket};

use super::draft::Draft;
use super::facts::Missing;
use super::reply;

/// The words for where `ticket` stands now, since `agent` let it stand there.
pub(super) fn of_agent(
    draft: &mut Draft<'_>,
    ticket: &mut Ticket,
    agent: AgentId,
) -> Result<(), Missing> {
    let mappings = draft.routes.mappings.clone();
    let replies = &mappings.in_force().response_url.status_replies;
    let template = replies.of(ticket.status);
    if template.is_empty() {
        return Ok(());
    }
    let profile = draft.facts.profile(agent)?.unwrap_or_default();
    let configured = draft.routes.agents.get(&agent);
    let configured = configured.map(|agent| agent.name.clone());
    let name = profile.changed.name.or(configured).unwrap_or_default();
    send(draft, ticket, Sender::Agent { id: agent, name }, template)
}

/// The words for the status that it has at `system` now.
pub(super) fn of_system(
    draft: &mut Draft<'_>,
    ticket: &mut Ticket,
    system: &str,
    status: &str,
) -> Result<(), Missing> {
    let route = draft.routes.systems.get(system);
    let Some(template) = route.and_then(|route| route.mapping.status_reply(status)) else {
        return Ok(());
    };
    let brand = draft.routes.brands.get(&ticket.brand);
    let name = brand.map_or_else(|| ticket.brand.clone(), |brand| brand.name.clone());
    let by = Sender::Colleague {
        system: system.to_owned(),
        id: system.to_owned(),
        name,
    };
    send(draft, ticket, by, template)
}

/// Such a reply answers nothing: whoever waits for an agent goes on waiting. A ticket without a way back gets none.
fn send(
    draft: &mut Draft<'_>,
    ticket: &mut Ticket,
    by: Sender,
    template: &Template,
) -> Result<(), Missing> {
    let scope = Scope::default()
        .with("number", &ticket.id.to_string())
        .with("title", &ticket.title)
        .with("status", ticket.status.as_str())
        .with("brand", &ticket.brand)
        .with("author", &ticket.author.username);
    let said = template.render(&scope).unwrap_or_default();
    let answered = match ticket.answer {
        Some(answered) => draft.message(ticket.id, answered)?,
        None => None,
    };
    let has_way_back = answered.is_some_and(|answered| answered.response_url.is_some());
    if said.is_empty() || !has_way_back || ticket.locked {
        return Ok(());
    }
    let (uid, name) = match &by {
        Sender::Agent { id, name } => (id.to_string(), name.clone()),
        Sender::Colleague { id, name, .. } => (id.clone(), name.clone()),
        Sender::Customer(author) => (author.external_uid.clone(), author.username.clone()),
    };
    // What was said at a system is not brought there.
    let provider = match &by {
        Sender::Colleague { system, .. } => Some(system.clone()),
        Sender::Agent { .. } | Sender::Customer(_) => None,
    };
    let id = draft.new_message_id();
    let (answers, way_out) = reply::send_out(draft, ticket, id, &uid, &name, None)?;
    let text = draft.place_text(id, 0, &said);
    draft.put_message(Box::new(Message {
        provider,
        answers,
        way_out,
        ..Message::new(id, ticket.id, by, text, draft.now)
    }));
    ticket.updated_at = draft.now;
    Ok(())
}
