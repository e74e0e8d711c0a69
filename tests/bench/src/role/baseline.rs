//! What intake is held against: an axum server that parses the same JSON into the same kind of struct, and answers at
//! once with as many bytes as the daemon does. Nothing is stored, checked or logged.

use std::future::IntoFuture as _;

use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;

#[derive(Deserialize)]
struct Ticket {
    external_uid: String,
    content: String,
    response_url: Option<String>,
    custom_provider: Option<String>,
    parent_uid: Option<String>,
    author: Author,
    created_at: String,
    personal_access_token: Credentials,
}

#[derive(Serialize, Deserialize)]
struct Author {
    external_uid: String,
    username: String,
}

#[derive(Deserialize)]
struct Credentials {
    name: String,
    token: String,
}

#[derive(Serialize)]
struct Answer {
    id: u64,
    message_id: u64,
    external_uid: String,
    status: &'static str,
    content: String,
    provider: Option<String>,
    parent_id: Option<u64>,
    author: Author,
    response_url_known: bool,
    created_at: String,
    duplicate: bool,
    updated: bool,
}

async fn receive(Json(ticket): Json<Ticket>) -> (StatusCode, Json<Answer>) {
    let Ticket {
        external_uid,
        content,
        response_url,
        custom_provider,
        parent_uid,
        author,
        created_at,
        personal_access_token: Credentials { name, token },
    } = ticket;
    let known = !name.is_empty() && !token.is_empty();
    let answer = Answer {
        id: 1_000_000,
        message_id: 1_000_000,
        external_uid,
        status: "open",
        content,
        provider: custom_provider,
        parent_id: parent_uid.is_some().then_some(1),
        author,
        response_url_known: response_url.is_some(),
        created_at,
        duplicate: false,
        updated: !known,
    };
    (StatusCode::CREATED, Json(answer))
}

pub(super) async fn run() -> anyhow::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    super::answer(&listener.local_addr()?)?;
    let router = Router::new().route("/brands/{brand}/external_tickets", post(receive));
    let listener = axum::serve::ListenerExt::tap_io(listener, |stream| {
        // As the daemon's listener does.
        drop(stream.set_nodelay(true));
    });
    let mut orders = super::orders();
    tokio::select! {
        ended = axum::serve(listener, router).into_future() => ended?,
        _ = orders.next_line() => {}
    }
    Ok(())
}
