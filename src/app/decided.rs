//! What the operator decides about fields, kept in the store: what was planned by it goes by it, whatever is decided
//! later.

use std::sync::Arc;

use anyhow::Context as _;

use crate::clock::Clock;
use crate::mapping::{MappingSet, Mappings};
use crate::model::Happening;
use crate::store::{Rank, Store};

/// `set`, and all that was decided before. A store that fails here fails in whole, which ends the daemon soon.
pub(crate) async fn recall(store: &Store, set: MappingSet) -> Arc<Mappings> {
    let mut mappings = Mappings::new(set);
    let kept = store.mappings().await.unwrap_or_else(|error| {
        tracing::error!(%error, "earlier mappings cannot be read");
        Vec::new()
    });
    for (version, text) in kept {
        match serde_json::from_str(&text) {
            Ok(earlier) => mappings.remember(version, earlier),
            Err(error) => tracing::warn!(
                mapping = %version,
                %error,
                "an earlier mapping is not understood; what was planned by it goes by the one in force"
            ),
        }
    }
    Arc::new(mappings)
}

/// Keeps what is in force from now on, unless it is kept already.
///
/// # Errors
///
/// The store does not take it.
pub(super) async fn decide(
    store: &Store,
    clock: &dyn Clock,
    mappings: &Mappings,
) -> Result<(), anyhow::Error> {
    let version = mappings.current();
    let kept = store
        .mappings()
        .await
        .context("earlier mappings cannot be read")?;
    if kept.iter().any(|(known, _)| *known == version) {
        return Ok(());
    }
    let decided = Happening::Decided {
        version,
        mapping: mappings.written(),
    };
    let kept = store.commit(clock.event(decided), Rank::Agent).await;
    kept.context("the mapping cannot be kept")?;
    Ok(())
}
