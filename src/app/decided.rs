//! What the operator decides about fields, kept in the store: what was planned by it goes by it, whatever is decided
//! later. Whoever plans anything keeps it first, the daemon and commands alike.

use std::sync::Arc;

use anyhow::Context as _;
use arc_swap::ArcSwap;

use crate::clock::Clock;
use crate::live::Live;
use crate::mapping::Mappings;
use crate::model::Happening;
use crate::store::{Rank, Store};

/// Adds all that was decided before to what is in force. A store that fails here fails in whole, which ends the daemon
/// soon.
pub(crate) async fn recall(store: &Store, live: &ArcSwap<Live>) {
    let now = live.load_full();
    let mut mappings = Mappings::clone(&now.routes.mappings);
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
    live.store(Arc::new(now.with_mappings(mappings)));
}

/// Keeps what is in force, unless it is kept already.
///
/// # Errors
///
/// The store does not take it.
pub(crate) async fn keep(
    store: &Store,
    clock: &dyn Clock,
    live: &ArcSwap<Live>,
) -> Result<(), anyhow::Error> {
    let now = live.load_full();
    if now.routes.mappings.is_kept() {
        return Ok(());
    }
    let mut mappings = Mappings::clone(&now.routes.mappings);
    decide(store, clock, &mut mappings).await?;
    live.store(Arc::new(now.with_mappings(mappings)));
    Ok(())
}

/// Keeps what is to be in force from now on, unless it is kept already.
///
/// # Errors
///
/// The store does not take it.
pub(super) async fn decide(
    store: &Store,
    clock: &dyn Clock,
    mappings: &mut Mappings,
) -> Result<(), anyhow::Error> {
    if mappings.is_kept() {
        return Ok(());
    }
    let decided = Happening::Decided {
        version: mappings.current(),
        mapping: mappings.written(),
    };
    let kept = store.commit(clock.event(decided), Rank::Agent).await;
    kept.context("the mapping cannot be kept")?;
    mappings.set_kept();
    Ok(())
}
