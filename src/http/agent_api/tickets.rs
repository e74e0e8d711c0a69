//! The tickets of an agent.

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Extension, Path, State};
use axum::http::Uri;
use deskhive_client::{Envelope, Page, Ticket};

use super::fault::Fault;
use super::gate::Caller;
use super::people::People;
use super::query::Query;
use super::resource;
use crate::http::Bridge;
use crate::model::{Assignee, TicketId};
use crate::store::{TicketQuery, TicketView};

const PER_PAGE: u64 = 15;

pub(super) async fn list(
    State(bridge): State<Bridge>,
    Extension(caller): Extension<Caller>,
    uri: Uri,
) -> Result<Json<Page<Ticket>>, Fault> {
    let query = Query::of(&uri);
    let paging = query.paging(PER_PAGE);
    let wanted = TicketQuery {
        of: caller.lists(),
        offset: paging.offset(),
        limit: paging.limit(),
        ..TicketQuery::default()
    };
    // A word that no ticket has finds no ticket.
    let (found, total) = match filtered(wanted, &query) {
        Some(wanted) => bridge.store.tickets(wanted).await?,
        None => (Vec::new(), 0),
    };
    let people = caller.people(&bridge).await?;
    let items = found
        .iter()
        .map(|view| resource::ticket(view, &caller.live, &people))
        .collect();
    let kept = query.kept(&["status", "priority", "department_id", "per_page"]);
    Ok(Json(paging.page(
        items,
        total,
        &caller.live,
        uri.path(),
        &kept,
    )))
}

fn filtered(mut wanted: TicketQuery, query: &Query) -> Option<TicketQuery> {
    if let Some(status) = query.get("status") {
        wanted.status = Some(status.parse().ok()?);
    }
    if let Some(priority) = query.get("priority") {
        wanted.priority = Some(priority.parse().ok()?);
    }
    if let Some(department) = query.get("department_id") {
        wanted.department = Some(department.parse().ok()?);
    }
    Some(wanted)
}

pub(super) async fn show(
    State(bridge): State<Bridge>,
    Extension(caller): Extension<Caller>,
    id: Result<Path<String>, PathRejection>,
) -> Result<Json<Envelope<Ticket>>, Fault> {
    let view = caller.ticket(&bridge, number(id)?).await?;
    let ticket = resource::ticket(&view, &caller.live, &caller.people(&bridge).await?);
    Ok(Json(Envelope::new(ticket)))
}

/// A ticket's number in a path; nothing else names one.
pub(super) fn number(id: Result<Path<String>, PathRejection>) -> Result<TicketId, Fault> {
    let Path(id) = id.map_err(|_| Fault::not_found())?;
    super::number(&id).map(TicketId)
}

impl Caller {
    /// A ticket that the agent is assigned to.
    pub(super) async fn ticket(&self, bridge: &Bridge, id: TicketId) -> Result<TicketView, Fault> {
        let view = bridge.store.ticket(id).await?;
        view.filter(|view| {
            self.live
                .routes
                .agents_of(&view.ticket)
                .contains(&self.agent)
        })
        .ok_or_else(Fault::not_found)
    }

    /// Where the agent's tickets are listed.
    pub(super) fn lists(&self) -> Vec<(String, Assignee)> {
        self.live.routes.lists_of(self.agent)
    }

    /// All agents, by the settings that were in force when this one asked.
    pub(super) async fn people(&self, bridge: &Bridge) -> Result<People, Fault> {
        Ok(People::of(bridge, &self.live).await?)
    }
}
