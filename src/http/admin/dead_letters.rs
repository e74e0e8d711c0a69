//! Dead letters: listed, tried again, changed, discarded; one by one or all that fit.

mod choice;

use axum::Json;
use axum::extract::State;
use futures_util::{StreamExt, stream};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::http::Bridge;
use crate::model::{self, DeliveryId, Destination, Edited, OperatorOrder};
use crate::store::ReadError;

use super::deliveries::{cancel_one, shown};
use super::given::{Asked, Given, Numbered};
use super::order::order;
use super::problem::fault;
use super::tickets::something;
use super::wire::{Bulk, BulkItem, Delivery, Done};
use crate::http::problem::Problem;
use choice::Choice;
pub(super) use choice::{ChoiceBody, ChoiceQuery};

/// Orders on their way to the store at a time, in order.
const MOST_AT_ONCE: usize = 64;

pub(super) async fn list(
    State(bridge): State<Bridge>,
    Asked(asked): Asked<ChoiceQuery>,
) -> Result<Json<Vec<Delivery>>, Problem> {
    let choice = Choice::from_query(asked)?;
    let (found, _) = choice.find(&bridge).await?;
    Ok(Json(shown(&bridge, &found).await?))
}

pub(super) async fn retry(
    State(bridge): State<Bridge>,
    Given(given): Given<ChoiceBody>,
) -> Result<Json<Bulk>, Problem> {
    act_on(&bridge, given, Act::Retry).await
}

pub(super) async fn discard(
    State(bridge): State<Bridge>,
    Given(given): Given<ChoiceBody>,
) -> Result<Json<Bulk>, Problem> {
    if !given.says_which() {
        return Err(fault(
            "",
            "says not which to discard: give a filter, or `all`",
        ));
    }
    act_on(&bridge, given, Act::Discard).await
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewText {
    #[schemars(regex(pattern = r"\S"))]
    text: String,
}

pub(super) async fn edit(
    State(bridge): State<Bridge>,
    Numbered(id): Numbered,
    Given(given): Given<NewText>,
) -> Result<Json<Done>, Problem> {
    let edited = Edited {
        delivery: DeliveryId(id),
        text: something(&bridge, &given.text)?,
    };
    order(&bridge, OperatorOrder::Edit(edited)).await
}

#[derive(Clone, Copy)]
enum Act {
    Retry,
    Discard,
}

/// Cut into one event each, oldest first, so that chains keep their order.
async fn act_on(bridge: &Bridge, given: ChoiceBody, act: Act) -> Result<Json<Bulk>, Problem> {
    let dry_run = given.dry_run;
    let (found, more) = Choice::from_body(given)?.find(bridge).await?;
    let mut items = Vec::with_capacity(found.len());
    for delivery in &found {
        items.push(preview(bridge, delivery, act).await?);
    }
    if !dry_run {
        items = stream::iter(items)
            .map(|item| carry_out(bridge, item, act))
            .buffered(MOST_AT_ONCE)
            .collect()
            .await;
    }
    Ok(Json(Bulk {
        dry_run,
        done: items.iter().filter(|item| item.done).count(),
        refused: items.iter().filter(|item| item.problem.is_some()).count(),
        deliveries: items,
        more,
    }))
}

/// What would be sent, and where.
async fn preview(
    bridge: &Bridge,
    delivery: &model::Delivery,
    act: Act,
) -> Result<BulkItem, Problem> {
    let mut item = BulkItem {
        delivery: delivery.id.0,
        ticket: delivery.ticket.0,
        brand: delivery.brand.clone(),
        system: delivery.system.clone(),
        to: String::new(),
        author: delivery
            .reply()
            .map(|reply| reply.author_name.clone())
            .unwrap_or_default(),
        text: String::new(),
        done: false,
        problem: None,
    };
    match (bridge.store.parcel(delivery.id).await, act) {
        (Ok(Some(parcel)), _) => {
            let to = match parcel.wanted_url {
                Some(url) => Destination::ResponseUrl(url),
                None => parcel.to,
            };
            item.to = to.shown();
            item.text = match parcel.delivery.reply() {
                Some(_) => model::Ticket::title_of(&parcel.text),
                None => parcel.delivery.command.word().to_owned(),
            };
        }
        (Ok(None), _) => item.problem = Some("it is gone".to_owned()),
        (Err(ReadError::Unreadable(_)), Act::Discard) => {}
        (Err(error @ ReadError::Unreadable(_)), Act::Retry) => {
            item.problem = Some(error.to_string());
        }
        (Err(error @ ReadError::Failed(_)), _) => return Err(error.into()),
    }
    Ok(item)
}

async fn carry_out(bridge: &Bridge, mut item: BulkItem, act: Act) -> BulkItem {
    if item.problem.is_some() {
        return item;
    }
    let delivery = DeliveryId(item.delivery);
    let done = match act {
        Act::Retry => order(bridge, OperatorOrder::Retry { delivery }).await,
        Act::Discard => cancel_one(bridge, delivery).await,
    };
    match done {
        Ok(_) => item.done = true,
        Err(problem) => item.problem = Some(problem.detail().to_owned()),
    }
    item
}
