//! Forgetting a person.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::http::Bridge;
use crate::http::problem::Problem;
use crate::retention::{Erasure, RemoveError, Wanted};

use super::given::Given;
use super::problem::fault;
use super::wire::Receipt;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Who {
    /// What the person goes by: the `author.external_uid` of their tickets.
    #[schemars(length(min = 1))]
    author: String,
    /// Only in this brand.
    brand: Option<String>,
    /// Only say what would go.
    #[serde(default)]
    dry_run: bool,
}

/// Whoever breaks off waiting breaks off the rest of it; it may be asked for again.
pub(super) async fn erase(
    State(bridge): State<Bridge>,
    Given(who): Given<Who>,
) -> Result<Json<Receipt>, Problem> {
    if who.author.is_empty() {
        return Err(fault("/author", "is empty"));
    }
    let Who {
        author,
        brand,
        dry_run,
    } = who;
    let author_sha256 = hex::encode(Sha256::digest(&author));
    let erasure = Erasure {
        store: bridge.store.clone(),
        clock: Arc::clone(&bridge.clock),
    };
    let wanted = Wanted {
        author,
        brand: brand.clone(),
        dry_run,
    };
    let receipt = match erasure.erase(&wanted).await {
        Ok(receipt) => receipt,
        Err(RemoveError::Read(error)) => return Err(error.into()),
        Err(RemoveError::Commit(error)) => return Err(error.into()),
    };
    if !dry_run {
        tracing::info!(
            author_sha256,
            tickets = receipt.tickets.len(),
            messages = receipt.messages.len(),
            "the operator had a person forgotten"
        );
    }
    Ok(Json(Receipt::to_wire(
        &receipt,
        author_sha256,
        brand,
        dry_run,
    )))
}
