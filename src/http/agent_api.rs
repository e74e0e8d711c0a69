//! DeskHive's External API, served to agents.
//!
//! Who comes in passes, in this order: the rate limit, the key, the agent's being active; then the operation looks at
//! the ticket and at what was sent. Whoever is not assigned to a ticket cannot tell it from one that does not exist.

use axum::handler::Handler;
use axum::http::header::{ALLOW, SERVER};
use axum::http::{HeaderValue, Method, StatusCode, Uri};
use axum::middleware::{from_fn_with_state, map_response};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post, put};
use axum::{Json, Router};
use deskhive_client::Acknowledgement;

use super::Bridge;

mod canned_responses;
mod dashboard;
mod description;
pub(super) mod fates;
mod fault;
mod gate;
mod knowledge_base;
mod like;
mod messages;
mod notifications;
mod order;
mod people;
mod profile;
mod query;
pub(super) mod reply;
mod resource;
mod sent;
mod tickets;
pub(super) mod update;

pub(super) use description::describe;
use fault::Fault;

/// What bridges know each other by.
pub(crate) const SOFTWARE: &str = "ticketbridge";

/// Whether `path` is answered in this interface's own way, also where nothing is there.
pub(super) fn owns(path: &str) -> bool {
    path.strip_prefix("/api/v1")
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// What is answered where there is no operation.
pub(super) fn no_such_route(path: &str) -> Fault {
    Fault::new(
        StatusCode::NOT_FOUND,
        format!(
            "The route {} could not be found.",
            path.trim_start_matches('/')
        ),
    )
}

/// Every operation with its path and method.
pub(super) fn routes(bridge: &Bridge) -> Router<Bridge> {
    let table = Table { bridge };
    let routes = Router::new()
        .route("/api/v1/health-check", open(get(health_check), "GET, HEAD"))
        .route(
            "/api/v1/external/connection-check",
            table.read(connection_check),
        )
        .route("/api/v1/external/dashboard", table.read(dashboard::show))
        .route("/api/v1/external/tickets", table.read(tickets::list))
        .route(
            "/api/v1/external/tickets/{id}",
            table.read_or_put(tickets::show, update::update),
        )
        .route(
            "/api/v1/external/tickets/{id}/close",
            table.post(update::close),
        )
        .route(
            "/api/v1/external/tickets/{ticketId}/messages/{messageId}/like",
            table.post(like::toggle),
        )
        .route(
            "/api/v1/external/profile",
            table.read_or_put(profile::show, profile::update),
        )
        .route(
            "/api/v1/external/notifications",
            table.read(notifications::list),
        )
        .route(
            "/api/v1/external/notifications/unread-count",
            table.read(notifications::unread_count),
        )
        .route(
            "/api/v1/external/notifications/{id}/read",
            table.post(notifications::read),
        )
        .route(
            "/api/v1/external/tickets/{id}/messages",
            table.read_or_post(messages::list, reply::create),
        )
        .route(
            "/api/v1/external/canned-responses",
            table.read(canned_responses::list),
        )
        .route(
            "/api/v1/external/knowledge-base/search",
            table.read(knowledge_base::search),
        );
    routes.layer(map_response(sign))
}

/// Says whose answer it is: text here is plain text, where a DeskHive would take and give rich text.
async fn sign(mut response: Response) -> Response {
    let name = HeaderValue::from_static(SOFTWARE);
    response.headers_mut().insert(SERVER, name);
    response
}

/// Builds operations that only agents reach.
struct Table<'a> {
    bridge: &'a Bridge,
}

impl Table<'_> {
    /// GET and HEAD.
    fn read<T: 'static>(&self, handler: impl Handler<T, Bridge>) -> MethodRouter<Bridge> {
        self.guard(get(handler), "GET, HEAD")
    }

    /// GET and HEAD, and POST.
    fn read_or_post<T: 'static, U: 'static>(
        &self,
        read: impl Handler<T, Bridge>,
        write: impl Handler<U, Bridge>,
    ) -> MethodRouter<Bridge> {
        self.guard(get(read).merge(post(write)), "GET, HEAD, POST")
    }

    /// GET and HEAD, and PUT.
    fn read_or_put<T: 'static, U: 'static>(
        &self,
        read: impl Handler<T, Bridge>,
        write: impl Handler<U, Bridge>,
    ) -> MethodRouter<Bridge> {
        self.guard(get(read).merge(put(write)), "GET, HEAD, PUT")
    }

    /// POST.
    fn post<T: 'static>(&self, write: impl Handler<T, Bridge>) -> MethodRouter<Bridge> {
        self.guard(post(write), "POST")
    }

    /// The gate stands before the operations, not before the answer to a wrong method.
    fn guard(&self, methods: MethodRouter<Bridge>, names: &'static str) -> MethodRouter<Bridge> {
        let gate = from_fn_with_state(self.bridge.clone(), gate::pass);
        open(methods.route_layer(gate), names)
    }
}

/// Operations that anybody reaches.
fn open(methods: MethodRouter<Bridge>, names: &'static str) -> MethodRouter<Bridge> {
    methods.fallback(move |method: Method, uri: Uri| async move {
        unsupported(&method, uri.path(), names)
    })
}

fn unsupported(method: &Method, path: &str, names: &'static str) -> Response {
    let fault = Fault::new(
        StatusCode::METHOD_NOT_ALLOWED,
        format!(
            "The {method} method is not supported for route {}. Supported methods: {names}.",
            path.trim_start_matches('/')
        ),
    );
    ([(ALLOW, HeaderValue::from_static(names))], fault).into_response()
}

/// A number in a path; nothing else names anything.
fn number(text: &str) -> Result<u64, Fault> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse().map_err(|_| Fault::not_found());
    }
    Err(Fault::not_found())
}

async fn health_check() -> Response {
    Json(serde_json::json!({"message": "Health check successful"})).into_response()
}

async fn connection_check() -> Json<Acknowledgement> {
    Json(Acknowledgement::new("Connection check successful"))
}

#[cfg(test)]
mod tests;
