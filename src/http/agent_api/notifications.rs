//! What an agent is told.

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Extension, Path, State};
use axum::http::Uri;
use deskhive_client::{Envelope, Notification, Page, UnreadCount, wire_time};

use super::fault::Fault;
use super::gate::Caller;
use super::number;
use super::people::People;
use super::query::Query;
use crate::http::Bridge;
use crate::model::{AgentOrder, News, NoticeId};
use crate::plan::Answer;
use crate::store::{NoticeQuery, NoticeView};

const PER_PAGE: u64 = 20;

pub(super) async fn list(
    State(bridge): State<Bridge>,
    Extension(caller): Extension<Caller>,
    uri: Uri,
) -> Result<Json<Page<Notification>>, Fault> {
    let query = Query::of(&uri);
    let paging = query.paging(PER_PAGE);
    let wanted = NoticeQuery {
        agent: caller.agent,
        of: caller.lists(),
        offset: paging.offset(),
        limit: paging.limit(),
    };
    let (found, total) = bridge.store.notices(wanted).await?;
    let people = caller.people(&bridge).await?;
    let items = found.iter().map(|view| to_wire(view, &people)).collect();
    Ok(Json(paging.page(
        items,
        total,
        &caller.live,
        uri.path(),
        &query.kept(&["per_page"]),
    )))
}

pub(super) async fn unread_count(
    State(bridge): State<Bridge>,
    Extension(caller): Extension<Caller>,
) -> Result<Json<Envelope<UnreadCount>>, Fault> {
    let lists = caller.lists();
    let unread_count = bridge.store.unread_notices(caller.agent, lists).await?;
    Ok(Json(Envelope::new(UnreadCount { unread_count })))
}

pub(super) async fn read(
    State(bridge): State<Bridge>,
    Extension(caller): Extension<Caller>,
    id: Result<Path<String>, PathRejection>,
) -> Result<Json<Envelope<Notification>>, Fault> {
    let Path(id) = id.map_err(|_| Fault::not_found())?;
    let order = AgentOrder::Read {
        notice: NoticeId(number(&id)?),
    };
    let Answer::Read(notice) = caller.does(&bridge, order).await? else {
        return Err(caller.unexpected());
    };
    let view = bridge.store.read_notice(*notice).await?;
    let shown = to_wire(&view, &caller.people(&bridge).await?);
    Ok(Json(
        Envelope::new(shown).with_message("Notification marked as read"),
    ))
}

fn to_wire(view: &NoticeView, people: &People) -> Notification {
    let notice = &view.notice;
    let ticket = notice.ticket;
    let (title, message) = match notice.news {
        News::Assigned => (
            format!("New ticket #{ticket}"),
            "A ticket was assigned to you".to_owned(),
        ),
        News::Wrote { .. } => (
            format!("New reply on #{ticket}"),
            "Customer replied to your ticket".to_owned(),
        ),
        News::Status { now, .. } => (
            format!("Status of #{ticket} changed"),
            format!("The status of your ticket is {now} now"),
        ),
    };
    let (sender_name, sender_avatar) = match notice.news.by() {
        Some(agent) => (
            people.name(agent).map(str::to_owned),
            people
                .configured(agent)
                .map(|agent| agent.avatar_url.clone()),
        ),
        None => (Some(view.customer.clone()), None),
    };
    Notification {
        id: notice.id.0,
        kind: notice.news.kind().as_str().to_owned(),
        title,
        message,
        ticket_id: Some(ticket.0),
        sender_name,
        sender_avatar: sender_avatar.filter(|url| !url.is_empty()),
        is_read: view.is_read,
        created_at: wire_time(notice.at.to_timestamp()),
    }
}
