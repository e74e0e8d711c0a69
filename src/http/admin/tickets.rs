//! Tickets: listed, shown, given to agents, locked, answered.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, StatusCode};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::http::Bridge;
use crate::model::{
    AgentId, Assignee, Happening, OperatorOrder, Replied, Status, TicketId, Tombstone, Visibility,
    WayOut,
};
use crate::plan::{Answer, Routes};
use crate::store::{Absence, TicketQuery};

use super::given::{Asked, Given, Numbered};
use super::order::{commit, order, unexpected};
use super::problem::{fault, not_found};
use super::wire::{Done, ReplyStored, Ticket, TicketDetails};
use crate::http::problem::Problem;

/// On a page that does not say how many.
const USUAL: usize = 50;
/// On a page.
const MOST: usize = 1000;
/// Says how many there are in all.
pub(super) const TOTAL: HeaderName = HeaderName::from_static("x-total-count");

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ListQuery {
    brand: Option<String>,
    #[schemars(with = "Option<deskhive_client::Status>")]
    status: Option<String>,
    agent: Option<u64>,
    limit: Option<usize>,
    offset: Option<u64>,
}

pub(super) async fn list(
    State(bridge): State<Bridge>,
    Asked(asked): Asked<ListQuery>,
) -> Result<([(HeaderName, String); 1], Json<Vec<Ticket>>), Problem> {
    let status = match asked.status.as_deref().map(str::parse::<Status>) {
        None => None,
        Some(Ok(status)) => Some(status),
        Some(Err(error)) => return Err(fault("/status", error.to_string())),
    };
    let live = bridge.live.load_full();
    let of = bridge.store.ticket_lists().await?;
    let of = of
        .into_iter()
        .filter(|(brand, assignee)| {
            asked.brand.as_ref().is_none_or(|wanted| wanted == brand)
                && asked
                    .agent
                    .is_none_or(|agent| may_work(&live.routes, AgentId(agent), brand, *assignee))
        })
        .collect();
    let query = TicketQuery {
        of,
        status,
        offset: asked.offset.unwrap_or(0),
        limit: asked.limit.unwrap_or(USUAL).min(MOST),
        ..TicketQuery::default()
    };
    let (found, total) = bridge.store.tickets(query).await?;
    let tickets = found
        .iter()
        .map(|view| Ticket::to_wire(&view.ticket, &live.routes))
        .collect();
    Ok(([(TOTAL, total.to_string())], Json(tickets)))
}

/// Whether `agent` sees a brand's tickets of `assignee`: their own, and those of everybody in a brand of theirs.
fn may_work(routes: &Routes, agent: AgentId, brand: &str, assignee: Assignee) -> bool {
    match assignee {
        Assignee::One(one) => one == agent,
        Assignee::All => routes
            .brands
            .get(brand)
            .is_some_and(|brand| brand.agents.contains(&agent)),
    }
}

pub(super) async fn show(
    State(bridge): State<Bridge>,
    Numbered(id): Numbered,
) -> Result<Json<TicketDetails>, Problem> {
    let story = bridge.store.story(TicketId(id)).await?;
    let Some(story) = story else {
        return Err(absent(&bridge, TicketId(id)).await?);
    };
    Ok(Json(TicketDetails::to_wire(
        &story,
        &bridge.live.load().routes,
    )))
}

/// Why there is no ticket of this number.
pub(super) async fn absent(bridge: &Bridge, id: TicketId) -> Result<Problem, Problem> {
    let why = match bridge.store.absence(id).await? {
        Absence::Never => return Ok(not_found("ticket")),
        Absence::Removed(Tombstone { at, erased: true }) => {
            format!("it was erased at {at}, because its author is forgotten")
        }
        Absence::Removed(Tombstone { at, erased: false }) => {
            format!("it was removed at {at}, long after it was closed (`retention.closed_tickets`)")
        }
        Absence::Forgotten => "it was removed, so long ago that nothing is known of it".to_owned(),
    };
    let detail = format!("ticket {id} is not there any more: {why}");
    Ok(Problem::new(StatusCode::NOT_FOUND, detail))
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Assignment {
    agent: u64,
}

pub(super) async fn assign(
    State(bridge): State<Bridge>,
    Numbered(id): Numbered,
    Given(given): Given<Assignment>,
) -> Result<Json<Done>, Problem> {
    let (ticket, agent) = (TicketId(id), AgentId(given.agent));
    order(&bridge, OperatorOrder::Assign { ticket, agent }).await
}

pub(super) async fn lock(
    State(bridge): State<Bridge>,
    Numbered(id): Numbered,
) -> Result<Json<Done>, Problem> {
    set_locked(&bridge, TicketId(id), true).await
}

pub(super) async fn unlock(
    State(bridge): State<Bridge>,
    Numbered(id): Numbered,
) -> Result<Json<Done>, Problem> {
    set_locked(&bridge, TicketId(id), false).await
}

async fn set_locked(
    bridge: &Bridge,
    ticket: TicketId,
    locked: bool,
) -> Result<Json<Done>, Problem> {
    order(bridge, OperatorOrder::Lock { ticket, locked }).await
}

pub(super) async fn release(
    State(bridge): State<Bridge>,
    Numbered(id): Numbered,
) -> Result<Json<Done>, Problem> {
    let ticket = TicketId(id);
    order(&bridge, OperatorOrder::Release { ticket }).await
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewUrl {
    url: String,
}

pub(super) async fn set_response_url(
    State(bridge): State<Bridge>,
    Numbered(id): Numbered,
    Given(given): Given<NewUrl>,
) -> Result<Json<Done>, Problem> {
    let (ticket, url) = (TicketId(id), given.url);
    if let Err(wrong) = bridge.live.load().guard.judge(&url) {
        return Err(fault("/url", wrong.to_string()));
    }
    order(&bridge, OperatorOrder::SetResponseUrl { ticket, url }).await
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewReply {
    #[schemars(regex(pattern = r"\S"))]
    text: String,
    agent: Option<u64>,
    #[serde(default)]
    internal: bool,
}

pub(super) async fn reply(
    State(bridge): State<Bridge>,
    Numbered(id): Numbered,
    Given(given): Given<NewReply>,
) -> Result<(StatusCode, Json<ReplyStored>), Problem> {
    let replied = Replied {
        ticket: TicketId(id),
        agent: given.agent.map(AgentId),
        only_assigned: false,
        text: something(&bridge, &given.text)?,
        visibility: if given.internal {
            Visibility::Internal
        } else {
            Visibility::Public
        },
    };
    let Answer::Replied(taken) = commit(&bridge, Happening::Replied(replied)).await? else {
        return Err(unexpected());
    };
    let message = &taken.message;
    let crate::model::Sender::Agent { id: agent, name } = &message.from else {
        return Err(unexpected());
    };
    tracing::info!(
        ticket = id,
        message_id = message.id.0,
        "the operator replied"
    );
    let stored = ReplyStored {
        ticket: taken.ticket.id.0,
        message: message.id.0,
        agent: agent.0,
        agent_name: name.clone(),
        internal: message.visibility == Visibility::Internal,
        delivery: match message.way_out {
            WayOut::By(delivery) => Some(delivery.0),
            WayOut::None | WayOut::Nowhere => None,
        },
        went_nowhere: message.way_out == WayOut::Nowhere,
    };
    Ok((StatusCode::CREATED, Json(stored)))
}

/// Text that says something, without white space around it, and no longer than what intake takes.
pub(super) fn something(bridge: &Bridge, text: &str) -> Result<String, Problem> {
    let most = bridge.live.load().settings.server.max_body;
    match text.trim() {
        "" => Err(fault("/text", "is empty")),
        text if text.len() as u64 > most => {
            let detail = format!("is longer than {most} bytes, which is `server.max_body`");
            Err(fault("/text", detail))
        }
        text => Ok(text.to_owned()),
    }
}
