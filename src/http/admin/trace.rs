//! One ticket's whole story, found by its number or by what its sender calls it.

mod lost;
mod note;
mod tell;

use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::http::Bridge;
use crate::live::Live;
use crate::model::TicketId;
use crate::plan::Routes;
use crate::store::{self, Store};

use super::deliveries::show_request;
use super::given::Asked;
use super::problem::not_found;
use super::tickets;
use super::wire::{DeliveryDetails, Message, Story, Ticket, Trace};
use crate::http::problem::Problem;

/// So many requests are shown at once; each is read and made for it.
const MOST_REQUESTS: usize = 200;

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
    let number = ids.first().copied();
    ids.extend(
        bridge
            .store
            .find(of.clone())
            .await?
            .into_iter()
            .filter(|id| Some(id) != ids.first())
            .collect::<Vec<_>>(),
    );
    let live = bridge.live.load_full();
    let mut stories = Vec::new();
    for id in ids {
        if let Some(story) = bridge.store.story(id).await? {
            let mut story = to_wire(&story, &live.routes, &bridge.store);
            show_requests(&bridge, &mut story).await?;
            stories.push(story);
        }
    }
    let mut stories = stories.into_iter();
    let Some(story) = stories.next() else {
        return Err(absent(&bridge, number, of, &live).await?);
    };
    Ok(Json(Trace {
        story,
        others: stories.collect(),
    }))
}

/// What would be sent if the system were live.
async fn show_requests(bridge: &Bridge, story: &mut Story) -> Result<(), Problem> {
    let deliveries = story.deliveries.iter_mut();
    let recorded = deliveries.filter(|details| details.delivery.state == "recorded");
    for details in recorded.take(MOST_REQUESTS) {
        show_request(bridge, details).await?;
    }
    Ok(())
}

/// Why there is no ticket that goes by this.
async fn absent(
    bridge: &Bridge,
    number: Option<TicketId>,
    of: String,
    live: &Live,
) -> Result<Problem, Problem> {
    let brands = live.routes.brands.keys().cloned().collect();
    let departed = bridge.store.departed(of, brands).await?;
    match departed.first().copied().or(number) {
        Some(id) => tickets::absent(bridge, id).await,
        None => Ok(not_found("ticket")),
    }
}

fn to_wire(story: &store::Story, routes: &Routes, store: &Store) -> Story {
    Story {
        ticket: Ticket::to_wire(&story.ticket, routes),
        messages: story.messages.iter().map(Message::to_wire).collect(),
        deliveries: story
            .deliveries
            .iter()
            .map(|delivery| DeliveryDetails::to_wire(delivery, store.incarnation()))
            .collect(),
        entries: tell::entries(story, store.restorations()),
    }
}
