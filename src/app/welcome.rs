//! What new settings change in the store: agents who are new here, and systems whose trouble may be over.

use arc_swap::ArcSwap;

use crate::clock::Clock;
use crate::live::Live;
use crate::model::{AgentId, Happening, OperatorOrder};
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

/// Has systems that paused by themselves tried at once: a new key or line may be what they waited for.
pub(super) async fn probe_systems(store: &Store, clock: &dyn Clock, live: &ArcSwap<Live>) {
    let systems: Vec<String> = live.load().settings.systems.keys().cloned().collect();
    let probing = systems.into_iter().map(|system| {
        let order = OperatorOrder::Probe { system };
        store.commit(clock.event(Happening::Ordered(order)), Rank::Agent)
    });
    tokio::select! {
        probed = futures_util::future::join_all(probing) => {
            for error in probed.into_iter().filter_map(Result::err) {
                tracing::warn!(%error, "a paused system is not tried at once");
            }
        }
        _ = store.fails() => {}
    }
}
