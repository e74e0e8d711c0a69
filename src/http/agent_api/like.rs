//! Likes of messages.

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Extension, Path, State};
use deskhive_client::{Envelope, Like};

use super::fault::Fault;
use super::gate::Caller;
use super::number;
use crate::http::Bridge;
use crate::model::{AgentOrder, MessageId, TicketId};
use crate::plan::Answer;

pub(super) async fn toggle(
    State(bridge): State<Bridge>,
    Extension(caller): Extension<Caller>,
    ids: Result<Path<(String, String)>, PathRejection>,
) -> Result<Json<Envelope<Like>>, Fault> {
    let Path((ticket, message)) = ids.map_err(|_| Fault::not_found())?;
    let order = AgentOrder::Like {
        ticket: TicketId(number(&ticket)?),
        message: MessageId(number(&message)?),
    };
    let Answer::Liked { liked, count } = caller.does(&bridge, order).await? else {
        return Err(caller.unexpected());
    };
    let count = count as u64;
    Ok(Json(Envelope::new(Like { liked, count })))
}
