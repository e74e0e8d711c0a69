//! Opens the store, which can take its time, and hears meanwhile whether the daemon is to end.

use std::sync::Arc;

use anyhow::Context as _;
use arc_swap::ArcSwap;

use crate::clock::Clock;
use crate::live::Live;
use crate::metrics::Metrics;
use crate::store::{OpenError, Store, StoreOptions};
use crate::traces::Traces;

use super::signals::{Order, Signals};
use super::{ServeError, planner};

/// `None` if the order to end comes first: opening can take long, and on a disk that hangs it never ends. It is left
/// where it is, as a crash would leave it.
pub(super) async fn open_unless_told_to_end(
    live: &Arc<ArcSwap<Live>>,
    metrics: &Arc<Metrics>,
    traces: &Traces,
    clock: &Arc<dyn Clock>,
    signals: &mut Signals,
) -> Result<Option<Store>, ServeError> {
    let (live, metrics, clock) = (Arc::clone(live), Arc::clone(metrics), Arc::clone(clock));
    let traces = traces.clone();
    let mut opening =
        tokio::task::spawn_blocking(move || open_store(&live, &metrics, traces, &*clock));
    loop {
        tokio::select! {
            opened = &mut opening => {
                let opened = opened.context("opening the store broke off")?;
                return Ok(Some(opened?));
            }
            order = signals.next() => match order {
                Order::End => return Ok(None),
                // The settings were read a moment ago.
                Order::Reload => {}
            },
        }
    }
}

fn open_store(
    live: &Arc<ArcSwap<Live>>,
    metrics: &Arc<Metrics>,
    traces: Traces,
    clock: &dyn Clock,
) -> Result<Store, OpenError> {
    let current = live.load();
    let metrics = Arc::clone(metrics);
    Store::open(StoreOptions {
        path: current.settings.store.path.clone(),
        cache: current.settings.store.cache,
        create: true,
        now: clock.now(),
        planner: planner(live),
        observer: Some(Arc::new(move |took, events| metrics.commit(took, events))),
        traces: Some(Arc::new(move |event, step, answer| {
            traces.tell(event, step, answer);
        })),
        sync_gate: None,
    })
}
