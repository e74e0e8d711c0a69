//! The messages of a ticket, without the opening one, which stands in the ticket itself.

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Extension, Path, State};
use axum::http::Uri;
use deskhive_client::{Message, Page};

use super::fault::Fault;
use super::gate::Caller;
use super::query::Query;
use super::{resource, tickets};
use crate::http::Bridge;

const PER_PAGE: u64 = 30;

pub(super) async fn list(
    State(bridge): State<Bridge>,
    Extension(caller): Extension<Caller>,
    id: Result<Path<String>, PathRejection>,
    uri: Uri,
) -> Result<Json<Page<Message>>, Fault> {
    let id = tickets::number(id)?;
    let ticket = caller.ticket(&bridge, id).await?.ticket;
    let query = Query::of(&uri);
    let paging = query.paging(PER_PAGE);
    let (found, total) = bridge
        .store
        .messages(ticket.clone(), paging.offset(), paging.limit())
        .await?;
    let items = found
        .into_iter()
        .map(|view| resource::message(&view.message, view.content, &ticket, caller.agent))
        .collect();
    Ok(Json(paging.page(
        items,
        total,
        &caller.live,
        uri.path(),
        &query.kept(&["per_page"]),
    )))
}
