//! One ticket's whole story, found by its number or by what its sender calls it.

mod lost;
mod note;
mod tell;

use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::http::Bridge;
use crate::model::TicketId;
use crate::plan::Routes;
use crate::store;

use super::given::Asked;
use super::problem::not_found;
use super::wire::{DeliveryDetails, Message, Story, Ticket, Trace};
use crate::http::problem::Problem;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Of {
    /// A ticket's number, or what its sender calls it.
    #[schemars(example = "1")]
    of: String,
}

pub(super) async fn trace(
    State(bridge): State<Bridge>,
    Asked(Of { of }): Asked<Of>,
) -> Result<Json<Trace>, Problem> {
    let mut ids: Vec<TicketId> = of.parse().into_iter().collect();
    ids.extend(
        bridge
            .store
            .find(of)
            .await?
            .into_iter()
            .filter(|id| Some(id) != ids.first())
            .collect::<Vec<_>>(),
    );
    let live = bridge.live.load_full();
    let mut stories = Vec::new();
    for id in ids {
        if let Some(story) = bridge.store.story(id).await? {
            stories.push(to_wire(&story, &live.routes, bridge.store.incarnation()));
        }
    }
    let mut stories = stories.into_iter();
    let story = stories.next().ok_or_else(|| not_found("ticket"))?;
    Ok(Json(Trace {
        story,
        others: stories.collect(),
    }))
}

fn to_wire(story: &store::Story, routes: &Routes, incarnation: &str) -> Story {
    Story {
        ticket: Ticket::to_wire(&story.ticket, routes),
        messages: story.messages.iter().map(Message::to_wire).collect(),
        deliveries: story
            .deliveries
            .iter()
            .map(|delivery| DeliveryDetails::to_wire(delivery, incarnation))
            .collect(),
        entries: tell::entries(story),
    }
}
