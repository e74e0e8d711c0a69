//! What had begun before the daemon started: nobody is told of it again, but of its end.

use crate::live::Live;
use crate::store::Store;

use super::{Alerts, Kind};

/// Systems that are paused. Loop breaks are [`super::LoopWatch`]'s, and breakers end by themselves.
pub async fn know_pauses(store: &Store, live: &Live, alerts: &Alerts) {
    let systems: Vec<String> = live.settings.systems.keys().cloned().collect();
    let lanes = tokio::select! {
        lanes = store.system_lanes(systems) => lanes.unwrap_or_default(),
        // Whoever watches the store ends the process.
        _ = store.fails() => return,
    };
    for (system, lane) in lanes {
        if lane.pause.is_some() {
            alerts.know(Kind::Paused, &system);
        }
    }
}
