//! What is particular to one kind of queue.

use std::time::Duration;

use crate::model::{Observation, RemoteTicket};
use crate::polling::{Polling, Unseen};

use super::look::Looked;
use super::{Trouble, Watcher};

/// A kind of queue, with what is remembered between the turns.
pub(in crate::polling) trait Round: Default + Send + 'static {
    /// One turn.
    fn turn(watcher: &mut Watcher<Self>) -> impl Future<Output = Result<(), Trouble>> + Send;

    /// Asks for one ticket; `None` where it is not there any more.
    fn find(
        with: &Polling,
        system: &str,
        remote: &str,
    ) -> impl Future<Output = Result<Option<RemoteTicket>, Unseen>> + Send;

    /// Tells of a ticket that was asked for.
    fn tell_found(
        watcher: &mut Watcher<Self>,
        found: &RemoteTicket,
        by: Observation,
    ) -> impl Future<Output = Result<Looked, Trouble>> + Send;

    /// From a turn that ended well to the next, where `interval` is what the operator asks for; `news`: something
    /// happened since the turn before.
    fn pause(&mut self, interval: Duration, _news: bool) -> Duration {
        interval
    }
}
