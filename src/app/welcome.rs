//! Agents who are new here.

use arc_swap::ArcSwap;

use crate::clock::Clock;
use crate::live::Live;
use crate::model::{AgentId, Happening};
use crate::store::{Rank, Store};

/// Remembers agents who were not configured before, so that what was before them is no news to them. Where the store
/// fails at that, it fails for good, and whoever watches it ends the process.
pub(super) async fn welcome(store: &Store, clock: &dyn Clock, live: &ArcSwap<Live>) {
    tokio::select! {
        () = welcome_all(store, clock, live) => {}
        _ = store.fails() => {}
    }
}

async fn welcome_all(store: &Store, clock: &dyn Clock, live: &ArcSwap<Live>) {
    let Ok(known) = store.profiles().await else {
        return;
    };
    let agents: Vec<AgentId> = live.load().routes.agents.keys().copied().collect();
    let new = agents
        .into_iter()
        .filter(|agent| !known.contains_key(agent));
    let joining = new.map(|agent| store.commit(clock.event(Happening::Joined(agent)), Rank::Agent));
    for joined in futures_util::future::join_all(joining).await {
        if let Err(error) = joined {
            tracing::warn!(%error, "an agent who is new here was not remembered");
        }
    }
}
