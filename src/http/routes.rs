//! What answers where.

use axum::Router;
use axum::http::{Method, StatusCode, Uri};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};

use super::problem::Problem;
use super::watch::{self, Watch};
use super::{Bridge, Hearing, admin, agent_api, intake, openapi, ops, replies, traced, webhooks};

/// What the outside may reach: intake, agent API and webhooks, and operations as well where they have no listener of
/// their own.
pub fn public_router(bridge: Bridge, hearing: Hearing, with_ops: bool) -> Router {
    let mut routes = Router::new()
        .merge(intake::routes())
        .merge(webhooks::routes(hearing))
        .merge(replies::routes())
        .merge(agent_api::routes(&bridge));
    if with_ops {
        routes = routes.merge(operations(&bridge));
    }
    finish(routes, bridge)
}

/// Operations alone, for `server.ops_listen`.
pub fn ops_router(bridge: Bridge) -> Router {
    finish(operations(&bridge), bridge)
}

fn operations(bridge: &Bridge) -> Router<Bridge> {
    ops::routes()
        .merge(openapi::routes())
        .merge(operators(bridge))
}

/// The operator's interface over TCP, for those who bear its token.
fn operators(bridge: &Bridge) -> Router<Bridge> {
    let router = admin::require_bearer(admin::admin_router(bridge.clone()), bridge.live.clone());
    router.with_state(())
}

pub(super) fn finish(routes: Router<Bridge>, bridge: Bridge) -> Router {
    routes
        .method_not_allowed_fallback(method_not_allowed)
        .fallback(not_found)
        .layer(from_fn(traced::heed))
        .layer(from_fn_with_state(Watch::new(bridge.clone()), watch::watch))
        .with_state(bridge)
}

async fn not_found(uri: Uri) -> Response {
    if agent_api::owns(uri.path()) {
        return agent_api::no_such_route(uri.path()).into_response();
    }
    Problem::new(StatusCode::NOT_FOUND, "there is nothing here").into_response()
}

/// The router adds `Allow`.
async fn method_not_allowed(method: Method) -> Problem {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        format!("{method} is not supported here"),
    )
}
