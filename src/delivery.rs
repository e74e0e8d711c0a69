//! From what is due to what is sent: lanes take turns, gates hold them back, calls are made and settled.
//!
//! One task, the dispatcher, owns all lanes and gates in memory; it never waits for the store or a receiver itself.
//! What is in memory is only a view: every decision that must survive is in the store, and a lane is here only while
//! something in it is due.

mod call;
mod call_threads;
mod dispatcher;
mod gate;
mod lane;
mod pulse;
mod rates;
mod timers;
mod withholding;

use std::sync::Arc;

use arc_swap::ArcSwap;
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;

use crate::alerts::Alerts;
use crate::clock::Clock;
use crate::live::Live;
use crate::metrics::Metrics;
use crate::store::Store;
use crate::systems::Courier;

pub use call_threads::CallThreads;
pub use pulse::{Pulse, PulseTaker, Standing, pulse};
pub use withholding::Withholding;

/// What delivering needs.
#[derive(Clone)]
pub struct Delivering {
    /// What is due, and where outcomes go.
    pub store: Store,
    /// What tells the time.
    pub clock: Arc<dyn Clock>,
    /// The settings in force.
    pub live: Arc<ArcSwap<Live>>,
    /// What counts.
    pub metrics: Arc<Metrics>,
    /// Who tells people.
    pub alerts: Alerts,
    /// What makes the calls.
    pub courier: Arc<dyn Courier>,
    /// Where they are made; see [`CallThreads`].
    pub calls: Handle,
}

impl Delivering {
    /// Delivers until `stop`; then begins no call and ends when the calls in hand have. Those that are still under
    /// way at `cut` are settled as unknown. Until then `pulse` is answered.
    pub async fn run(self, pulse: PulseTaker, stop: CancellationToken, cut: CancellationToken) {
        let dispatcher = dispatcher::Dispatcher::new(self, stop, cut);
        dispatcher.answering(pulse).run().await;
    }
}

#[cfg(test)]
mod tests;
