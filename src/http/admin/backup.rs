//! A copy of the store while the daemon runs, as it is made.

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use futures_util::stream;

use crate::http::Bridge;
use crate::http::problem::Problem;
use crate::store::{Backup, BackupError};

use super::problem::unavailable;

pub(super) const CONTENT: &str = "application/octet-stream";

/// The answer breaks off where the backup does: only what comes to its end is one.
pub(super) async fn backup(State(bridge): State<Bridge>) -> Result<Response, Problem> {
    let begun = bridge.store.backup(bridge.clock.now()).await;
    let pieces = stream::unfold(begun.map_err(refused)?, next);
    Ok(([(CONTENT_TYPE, CONTENT)], Body::from_stream(pieces)).into_response())
}

async fn next(mut backup: Backup) -> Option<(Result<Bytes, BackupError>, Backup)> {
    let piece = backup.next().await?;
    if let Err(error) = &piece {
        tracing::warn!(%error, "a backup was broken off");
    }
    Some((piece, backup))
}

fn refused(error: BackupError) -> Problem {
    match error {
        BackupError::UnderWay => Problem::new(StatusCode::CONFLICT, error.to_string()),
        BackupError::TooSlow | BackupError::Failed(_) => unavailable(error.to_string()),
    }
}
