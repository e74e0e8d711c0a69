//! `GET /openapi.json`: what is served here, as OpenAPI 3.1 has it, with schemas derived from the types that go over the
//! wire. Each interface describes itself beside its routes; a test holds the description against what is served.

use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use serde_json::{Value, json};
use url::Url;

use super::{Bridge, admin, agent_api, intake, ops, replies, webhooks};
use crate::settings::{Listen, Server};

mod description;
mod operation;
#[cfg(test)]
mod tests;

pub(super) use description::Description;
pub(super) use operation::{Answer, Operation};

pub(super) const PATH: &str = "/openapi.json";

const ABOUT: &str = "Carries support tickets and their replies between ticket systems and loses none. Where there is a GET \
there is a HEAD as well. Text and numbers are in UTF-8 JSON; times are RFC 3339, those of intake also as its document \
spells them.";

pub(super) fn routes() -> Router<Bridge> {
    let last = Last::default();
    Router::new().route(PATH, get(move |bridge| serve(bridge, last)))
}

/// The document as it was last served, and the URL it names: anybody may ask for it, and making it takes a while.
#[derive(Clone, Default)]
struct Last(Arc<Mutex<Option<(Url, Bytes)>>>);

async fn serve(State(bridge): State<Bridge>, last: Last) -> Response {
    let live = bridge.live.load();
    let body = last.of(&live.settings.server);
    ([(CONTENT_TYPE, "application/json")], body).into_response()
}

impl Last {
    fn of(&self, server: &Server) -> Bytes {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &*last {
            Some((url, body)) if *url == server.public_url => body.clone(),
            _ => {
                let body = Bytes::from(document(server).to_string());
                *last = Some((server.public_url.clone(), body.clone()));
                body
            }
        }
    }
}

/// The whole document, for a daemon that is reached as `server` says.
pub(super) fn document(server: &Server) -> Value {
    let mut description = Description::new();
    intake::describe(&mut description);
    agent_api::describe(&mut description);
    webhooks::describe(&mut description);
    replies::describe(&mut description);
    description.move_to(ops_url(server));
    ops::describe(&mut description);
    admin::describe(&mut description);
    let (paths, schemas) = description.finish();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "ticketbridge",
            "version": env!("CARGO_PKG_VERSION"),
            "description": ABOUT,
            "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"},
        },
        "servers": [{"url": server.public_url.as_str().trim_end_matches('/')}],
        "tags": [
            {"name": "intake", "description": "Tickets from outside, in Respondo's external ticket format."},
            {"name": "agent API", "description": "DeskHive's External API, served to agents."},
            {"name": "webhooks", "description": "What systems tell of their tickets."},
            {"name": "replies", "description": "Answers from Respondo servers, at the addresses given with tickets."},
            {"name": "operations", "description": "Whether the daemon lives, and its figures."},
            {"name": "operator", "description": "What the command line uses; over TCP only with admin.token_sha256."},
        ],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "intakeBearer": {"type": "http", "scheme": "bearer", "description": "One of the brand's tokens."},
                "intakeBasic": {"type": "http", "scheme": "basic", "description": "The token's name and the token."},
                "intakeKey": {"type": "apiKey", "in": "header", "name": "X-API-KEY", "description": "One of the brand's tokens."},
                "agentKey": {"type": "apiKey", "in": "header", "name": "X-API-KEY", "description": "A key of an active agent."},
                "qminderSignature": {"type": "apiKey", "in": "header", "name": "X-Qminder-Signature", "description": "HMAC-SHA256 in hexadecimal over the webhook's URL, as it was registered, and the body."},
                "operatorToken": {"type": "http", "scheme": "bearer", "description": "The token of admin.token_sha256."},
            },
        },
    })
}

/// Where operations are, if they have an address of their own that a URL can name.
fn ops_url(server: &Server) -> Option<String> {
    match server.ops_listen.as_ref()? {
        Listen::Tcp(address) => Some(format!("http://{address}")),
        Listen::Unix(_) => None,
    }
}
