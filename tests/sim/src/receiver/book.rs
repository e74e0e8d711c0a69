//! What a receiver knows, shared by its connections and its user.
//!
//! Everything is behind one lock that is never held over a wait, and every change is
//! signalled after it was made.

use std::collections::BTreeMap;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, timeout};

use super::decide::{Play, Request};
use super::hold::Queue;
use super::received::path_only;
use super::script::Script;
use super::state::{Choose, Gauge, Moment, State};
use super::{Behaviour, Received, ZapierLimits};
use crate::clock::wall_clock;

/// The records of one receiver.
pub(crate) struct Book {
    started: Instant,
    state: Mutex<State>,
    changed: watch::Sender<()>,
}

impl Book {
    pub(crate) fn new() -> Self {
        Self {
            started: Instant::now(),
            state: Mutex::new(State::new(wall_clock())),
            changed: watch::Sender::new(()),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic in a test's closure must not hide behind one about the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change<T>(&self, make: impl FnOnce(&mut State) -> T) -> T {
        let made = make(&mut self.state());
        self.changed.send_replace(());
        made
    }

    pub(crate) fn script(&self, path: &str, steps: Vec<Behaviour>) {
        self.change(|state| {
            state
                .scripts
                .insert(path_only(path).to_owned(), Script::new(steps))
        });
    }

    pub(crate) fn otherwise(&self, choose: Choose) {
        self.change(|state| {
            state.choose = choose;
            state.chosen.clear();
        });
    }

    pub(crate) fn limit_zapier(&self, limits: ZapierLimits) {
        self.change(|state| state.judge.zapier.limit(limits));
    }

    pub(crate) fn release(&self, path: &str, count: usize) {
        self.change(|state| {
            state
                .held
                .entry(path.to_owned())
                .or_default()
                .release(count)
        });
    }

    pub(crate) fn held(&self, path: &str) -> usize {
        self.state().held.get(path_only(path)).map_or(0, Queue::len)
    }

    pub(crate) fn accepted(&self, at: Option<SocketAddr>) {
        self.change(|state| {
            state.accepted += 1;
            if let Some(at) = at {
                *state.called.entry(at.ip().to_canonical()).or_default() += 1;
            }
            state.open += 1;
        });
    }

    pub(crate) fn closed(&self) {
        self.change(|state| state.open -= 1);
    }

    /// How many connections were accepted, and how many are open.
    pub(crate) fn connections(&self) -> (usize, usize) {
        let state = self.state();
        (state.accepted, state.open)
    }

    /// How many connections were made to each address.
    pub(crate) fn called(&self) -> BTreeMap<IpAddr, usize> {
        self.state().called.clone()
    }

    /// What is in flight at a path, or everywhere.
    pub(crate) fn in_flight(&self, path: Option<&str>) -> Gauge {
        let state = self.state();
        match path {
            Some(path) => state
                .by_path
                .get(path_only(path))
                .copied()
                .unwrap_or_default(),
            None => state.overall,
        }
    }

    /// Whether the next request at this target is to be left unread after its head.
    pub(crate) fn stops_at_head(&self, target: &str) -> bool {
        self.state()
            .script_at(path_only(target))
            .is_some_and(|script| script.stops_at_head())
    }

    /// Records a request, and decides what it is answered.
    pub(crate) fn arrive(&self, request: Request) -> (u64, Play) {
        self.change(|state| state.arrive(request, self.moment()))
    }

    /// Records something that is not a request.
    pub(crate) fn malformed(&self, status: u16, reason: String) {
        self.change(|state| state.malformed(status, reason, self.moment()));
    }

    /// Records that a request which lasted has ended, and with which answer.
    pub(crate) fn end(&self, seq: u64, answered: Option<u16>) {
        self.change(|state| state.end(seq, answered, self.moment().after));
    }

    fn moment(&self) -> Moment {
        let now = Instant::now();
        Moment {
            now,
            after: now - self.started,
            at: wall_clock(),
        }
    }

    pub(crate) fn received(&self, wanted: impl Fn(&Received) -> bool) -> Vec<Received> {
        self.state()
            .received
            .iter()
            .filter(|each| wanted(each))
            .cloned()
            .collect()
    }

    pub(crate) async fn take_ended(&self) -> Vec<Received> {
        let ended = || {
            let received = &mut self.state().received;
            let ended: Vec<_> = received
                .extract_if(.., |each| each.ended.is_some())
                .collect();
            Some(ended).filter(|all| !all.is_empty())
        };
        self.changes(ended).await
    }

    /// Waits at most so long until there is something, looking whenever a change was made.
    pub(crate) async fn wait<T>(
        &self,
        within: Duration,
        there: impl FnMut() -> Option<T>,
    ) -> Option<T> {
        timeout(within, self.changes(there)).await.ok()
    }

    async fn changes<T>(&self, mut there: impl FnMut() -> Option<T>) -> T {
        let mut changes = self.changed.subscribe();
        loop {
            // Marked as seen before looking, so that no change falls between the two.
            changes.mark_unchanged();
            if let Some(found) = there() {
                return found;
            }
            changes
                .changed()
                .await
                .expect("the sender is borrowed and cannot be dropped");
        }
    }
}

impl fmt::Debug for Book {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.debug_struct("Book")
            .field("received", &self.state().received)
            .finish_non_exhaustive()
    }
}
