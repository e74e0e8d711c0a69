//! The operator's interface, under `/admin/v1`: what the command line uses, on the admin socket or, for the bearer of
//! `admin.token_sha256`'s token, over TCP.
//!
//! | method and path | does |
//! | --- | --- |
//! | `GET status` | [`wire::Status`] |
//! | `GET tickets?brand&status&agent&limit&offset` | [`wire::Ticket`]s, newest first; `X-Total-Count` says how many in all |
//! | `GET tickets/{id}` | [`wire::TicketDetails`] |
//! | `POST tickets/{id}/assign` | `{"agent"}` |
//! | `POST tickets/{id}/lock`, `POST tickets/{id}/unlock` | |
//! | `POST tickets/{id}/release` | mirrors it again that changed implausibly often |
//! | `POST tickets/{id}/response-url` | `{"url"}`, judged as intake judges it |
//! | `POST tickets/{id}/reply` | `{"text", "agent"?, "internal"?}`; 201 and [`wire::ReplyStored`] |
//! | `GET trace?of` | [`wire::Trace`], by number first, then by external uid |
//! | `GET deliveries?state&system&ticket&limit` | [`wire::Delivery`]s, newest first |
//! | `GET deliveries/{id}` | [`wire::DeliveryDetails`] |
//! | `POST deliveries/{id}/retry`, `POST deliveries/{id}/cancel` | |
//! | `GET dead-letters?system&ticket&ids&older_than&newer_than&limit` | [`wire::Delivery`]s, oldest first |
//! | `POST dead-letters/retry`, `POST dead-letters/discard` | the same filters as a body, `ids` a list, and `dry_run`; discarding needs a filter or `all`; [`wire::Bulk`] |
//! | `POST dead-letters/{id}/edit` | `{"text"}` |
//! | `GET lanes` | [`wire::Lane`]s that have something pending |
//! | `POST lanes/resume` | `{"lane"}` or `{"url"}` |
//! | `GET systems` | [`wire::System`]s |
//! | `POST systems/{system}/pause`, `POST systems/{system}/resume` | |
//! | `POST systems/{system}/release` | `{"fate", "after"?, "dry_run"?}`; [`wire::Released`], to be asked again with `next` as `after` |
//! | `POST systems/{system}/probe` | [`wire::Probed`]s; it only reads there |
//! | `GET log/level`, `POST log/level` | [`wire::LogLevel`]; `{"level"}` until the next reload |
//! | `GET store/backup` | a copy of the store, as `store backup` keeps it |
//! | `POST reconcile` | `{"systems"?, "after"?, "apply"?}`; [`wire::Reconciled`], to be asked again with `next` as `after` |
//! | `POST erase` | `{"author", "brand"?, "dry_run"?}`: forgets a person; [`wire::Receipt`] |
//!
//! Orders without a shape of their own answer [`wire::Done`]. Errors are [`wire::Problem`]s: 404 for what is not there, 409
//! for what does not fit the state, 422 for what cannot be used, 503 where the store cannot take or tell it.

mod access;
mod backup;
mod dead_letters;
mod deliveries;
mod description;
mod erase;
mod given;
mod in_process;
mod lanes;
mod log_level;
mod order;
mod probe;
mod problem;
mod reconcile;
mod release;
mod status;
mod systems;
mod tickets;
mod trace;
pub mod wire;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::{get, post};

use super::Bridge;
use super::problem::Problem;

pub use access::require_bearer;
pub(super) use description::describe;
pub use in_process::InProcess;
pub use log_level::{LogControl, with_log};

/// The operator's interface. It asks nobody who they are: see [`require_bearer`].
pub fn admin_router(bridge: Bridge) -> Router {
    let calls = Router::new()
        .route("/status", get(status::status))
        .route("/tickets", get(tickets::list))
        .route("/tickets/{id}", get(tickets::show))
        .route("/tickets/{id}/assign", post(tickets::assign))
        .route("/tickets/{id}/lock", post(tickets::lock))
        .route("/tickets/{id}/unlock", post(tickets::unlock))
        .route("/tickets/{id}/release", post(tickets::release))
        .route(
            "/tickets/{id}/response-url",
            post(tickets::set_response_url),
        )
        .route("/tickets/{id}/reply", post(tickets::reply))
        .route("/trace", get(trace::trace))
        .route("/deliveries", get(deliveries::list))
        .route("/deliveries/{id}", get(deliveries::show))
        .route("/deliveries/{id}/retry", post(deliveries::retry))
        .route("/deliveries/{id}/cancel", post(deliveries::cancel))
        .route("/dead-letters", get(dead_letters::list))
        .route("/dead-letters/retry", post(dead_letters::retry))
        .route("/dead-letters/discard", post(dead_letters::discard))
        .route("/dead-letters/{id}/edit", post(dead_letters::edit))
        .route("/lanes", get(lanes::list))
        .route("/lanes/resume", post(lanes::resume))
        .route("/systems", get(systems::list))
        .route("/systems/{system}/pause", post(systems::pause))
        .route("/systems/{system}/resume", post(systems::resume))
        .route("/systems/{system}/release", post(release::release))
        .route("/systems/{system}/probe", post(probe::probe))
        .route("/log/level", get(log_level::show).post(log_level::set))
        .route("/store/backup", get(backup::backup))
        .route("/reconcile", post(reconcile::reconcile))
        .route("/erase", post(erase::erase))
        .fallback(|| async { problem::not_found("resource") })
        .method_not_allowed_fallback(|| async {
            Problem::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "this resource does not know that method",
            )
        })
        .with_state(bridge);
    Router::new().nest("/admin/v1", calls)
}

#[cfg(test)]
mod tests;
