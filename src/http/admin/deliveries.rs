//! Deliveries: listed, shown, tried again, called off.

use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::http::Bridge;
use crate::model::{self, DeliveryId, OperatorOrder, TicketId};
use crate::store::{DeliveryQuery, ReadError};

use super::given::{Asked, Numbered};
use super::order::order;
use super::problem::{fault, not_found};
use super::wire::{Delivery, DeliveryDetails, Done};
use crate::http::problem::Problem;

const USUAL: usize = 100;
const MOST: usize = 10_000;
const STATES: [&str; 9] = [
    "waiting",
    "due",
    "started",
    "recorded",
    "held",
    "delivered",
    "unverified",
    "dead",
    "cancelled",
];

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ListQuery {
    #[schemars(extend("enum" = STATES))]
    state: Option<String>,
    system: Option<String>,
    ticket: Option<u64>,
    limit: Option<usize>,
}

pub(super) async fn list(
    State(bridge): State<Bridge>,
    Asked(asked): Asked<ListQuery>,
) -> Result<Json<Vec<Delivery>>, Problem> {
    if let Some(state) = &asked.state
        && !STATES.contains(&state.as_str())
    {
        let detail = format!("`{state}` is none of {}", STATES.join(", "));
        return Err(fault("/state", detail));
    }
    let query = DeliveryQuery {
        state: asked.state,
        system: asked.system,
        ticket: asked.ticket.map(TicketId),
        limit: asked.limit.unwrap_or(USUAL).min(MOST),
    };
    let found = bridge.store.deliveries(query).await?;
    Ok(Json(shown(&bridge, &found).await?))
}

/// With where each goes.
pub(super) async fn shown(
    bridge: &Bridge,
    deliveries: &[model::Delivery],
) -> Result<Vec<Delivery>, Problem> {
    let lanes = deliveries.iter().map(|delivery| delivery.lane).collect();
    let destinations = bridge.store.destinations(lanes).await?;
    let to = |delivery: &model::Delivery| destinations.get(&delivery.lane).map(String::as_str);
    Ok(deliveries
        .iter()
        .map(|delivery| Delivery::to_wire(delivery, to(delivery).unwrap_or_default()))
        .collect())
}

pub(super) async fn show(
    State(bridge): State<Bridge>,
    Numbered(id): Numbered,
) -> Result<Json<DeliveryDetails>, Problem> {
    let found = bridge.store.delivery(DeliveryId(id)).await?;
    let found = found.ok_or_else(|| not_found("delivery"))?;
    let mut details = DeliveryDetails::to_wire(&found, bridge.store.incarnation());
    if found.delivery.state.is_pending() {
        show_request(&bridge, &mut details).await?;
    }
    Ok(Json(details))
}

/// Adds what would go out.
pub(super) async fn show_request(
    bridge: &Bridge,
    details: &mut DeliveryDetails,
) -> Result<(), Problem> {
    let shown = match (
        &bridge.systems,
        bridge.store.parcel(DeliveryId(details.delivery.id)).await,
    ) {
        (_, Err(error @ ReadError::Failed(_))) => return Err(error.into()),
        (_, Err(error @ ReadError::Unreadable(_))) => Err(error.to_string()),
        (_, Ok(None)) => return Ok(()),
        (None, Ok(Some(_))) => Err("ask while the daemon runs".to_owned()),
        (Some(systems), Ok(Some(parcel))) => systems.shown(&parcel),
    };
    match shown {
        Ok(shown) => {
            details.requests = shown.requests.into_iter().map(Into::into).collect();
        }
        Err(words) => details.request_problem = Some(words),
    }
    Ok(())
}

pub(super) async fn retry(
    State(bridge): State<Bridge>,
    Numbered(id): Numbered,
) -> Result<Json<Done>, Problem> {
    let delivery = DeliveryId(id);
    order(&bridge, OperatorOrder::Retry { delivery }).await
}

pub(super) async fn cancel(
    State(bridge): State<Bridge>,
    Numbered(id): Numbered,
) -> Result<Json<Done>, Problem> {
    cancel_one(&bridge, DeliveryId(id)).await
}

/// Calls one off, and counts it.
pub(super) async fn cancel_one(
    bridge: &Bridge,
    delivery: DeliveryId,
) -> Result<Json<Done>, Problem> {
    let found = bridge.store.delivery(delivery).await?;
    let system = found.ok_or_else(|| not_found("delivery"))?.delivery.system;
    let done = order(bridge, OperatorOrder::Cancel { delivery }).await?;
    bridge.metrics.delivery(&system, "cancelled");
    Ok(done)
}
