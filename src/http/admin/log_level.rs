//! What the running daemon's log lets through.

use std::sync::Arc;

use axum::{Extension, Json, Router};
use schemars::JsonSchema;
use serde::Deserialize;

use super::given::Given;
use super::problem::{fault, not_found};
use super::wire::{Done, LogLevel};
use crate::http::problem::Problem;

/// Says what is wrong with a level that cannot be used.
type SetLevel = dyn Fn(&str) -> Result<(), String> + Send + Sync;

/// Tells and changes what a log lets through.
#[derive(Clone)]
pub struct LogControl {
    level: Arc<dyn Fn() -> String + Send + Sync>,
    set: Arc<SetLevel>,
}

impl LogControl {
    /// `set` says what is wrong with a level that cannot be used, to follow its name, and changes nothing then.
    pub fn new(
        level: impl Fn() -> String + Send + Sync + 'static,
        set: impl Fn(&str) -> Result<(), String> + Send + Sync + 'static,
    ) -> Self {
        Self {
            level: Arc::new(level),
            set: Arc::new(set),
        }
    }
}

/// Lets the operator's interface in `router` change the log; without it, there is none to change.
pub fn with_log(router: Router, log: LogControl) -> Router {
    router.layer(Extension(log))
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewLevel {
    /// As `log.level` in the configuration.
    #[schemars(length(min = 1))]
    level: String,
}

pub(super) async fn show(log: Option<Extension<LogControl>>) -> Result<Json<LogLevel>, Problem> {
    let Extension(log) = log.ok_or_else(|| not_found("log"))?;
    let level = (log.level)();
    Ok(Json(LogLevel { level }))
}

pub(super) async fn set(
    log: Option<Extension<LogControl>>,
    Given(new): Given<NewLevel>,
) -> Result<Json<Done>, Problem> {
    let Extension(log) = log.ok_or_else(|| not_found("log"))?;
    let before = (log.level)();
    (log.set)(&new.level).map_err(|detail| fault("/level", detail))?;
    let level = new.level;
    tracing::info!(
        level,
        before,
        "the operator changes what the log lets through"
    );
    let done = format!("the log lets {level} through, until the next reload or restart");
    Ok(Json(Done { done }))
}
