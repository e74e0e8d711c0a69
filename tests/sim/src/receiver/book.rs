//! What a receiver knows: behaviours, records and who waits.
//!
//! Everything is behind one lock that is never held over a wait, and every change is
//! signalled after it was made.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::sync::watch;
use tokio::time::{Instant, timeout};

use super::decide::{Decision, Judge, Play, Request};
use super::hold::Queue;
use super::received::path_only;
use super::script::Script;
use super::{Behaviour, Received, ZapierLimits};

type Choose = Box<dyn Fn(&str) -> Option<Behaviour> + Send + Sync>;

/// How many of something there are, and the most there ever were.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Gauge {
    pub(crate) now: usize,
    pub(crate) most: usize,
}

impl Gauge {
    fn rise(&mut self) {
        self.now += 1;
        self.most = self.most.max(self.now);
    }

    fn fall(&mut self) {
        self.now -= 1;
    }
}

/// The records of one receiver.
pub(crate) struct Book {
    started: Instant,
    state: Mutex<State>,
    changed: watch::Sender<()>,
}

struct State {
    scripts: HashMap<String, Script>,
    choose: Choose,
    /// What `choose` said, kept because a behaviour may count its requests.
    chosen: HashMap<String, Script>,
    held: HashMap<String, Queue>,
    judge: Judge,
    received: Vec<Received>,
    last_seq: u64,
    accepted: usize,
    open: usize,
    overall: Gauge,
    by_path: HashMap<String, Gauge>,
}

impl Book {
    pub(crate) fn new() -> Self {
        Self {
            started: Instant::now(),
            state: Mutex::new(State {
                scripts: HashMap::new(),
                choose: Box::new(|_| None),
                chosen: HashMap::new(),
                held: HashMap::new(),
                judge: Judge::new(wall_clock()),
                received: Vec::new(),
                last_seq: 0,
                accepted: 0,
                open: 0,
                overall: Gauge::default(),
                by_path: HashMap::new(),
            }),
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
        self.change(|state| state.scripts.insert(path.to_owned(), Script::new(steps)));
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
        self.state().held.get(path).map_or(0, Queue::len)
    }

    pub(crate) fn accepted(&self) {
        self.change(|state| {
            state.accepted += 1;
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

    /// What is in flight at a path, or everywhere.
    pub(crate) fn in_flight(&self, path: Option<&str>) -> Gauge {
        let state = self.state();
        match path {
            Some(path) => state.by_path.get(path).copied().unwrap_or_default(),
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
        self.change(|state| {
            let (at, now) = (wall_clock(), Instant::now());
            let path = path_only(&request.head.target).to_owned();
            let behaviour = state.script_at(&path).and_then(Script::next);
            let behaviour = behaviour.unwrap_or(Behaviour::Status(404));
            let queue = state.held.entry(path.clone()).or_default();
            let Decision {
                play,
                refused,
                reply_uid,
            } = state.judge.decide(behaviour, &request, queue, at, now);
            state.overall.rise();
            state.by_path.entry(path).or_default().rise();
            let seq = state.record(Received {
                seq: 0,
                at,
                after: now - self.started,
                method: request.head.method,
                path: request.head.target,
                headers: request.head.headers,
                body: request.body,
                refused,
                answered: play.status_at_once(),
                reply_uid,
                ended: None,
            });
            if !play.lasts() {
                state.end(seq, now - self.started);
            }
            (seq, play)
        })
    }

    /// Records something that is not a request.
    pub(crate) fn malformed(&self, status: u16, reason: String) {
        self.change(|state| {
            let after = self.started.elapsed();
            state.record(Received {
                seq: 0,
                at: wall_clock(),
                after,
                method: String::new(),
                path: String::new(),
                headers: Vec::new(),
                body: Vec::new(),
                refused: Some(reason),
                answered: Some(status),
                reply_uid: None,
                ended: Some(after),
            })
        });
    }

    /// Records that a request which lasted has ended, and with which answer.
    pub(crate) fn end(&self, seq: u64, answered: Option<u16>) {
        self.change(|state| {
            if let Some(received) = state.find(seq) {
                received.answered = received.answered.or(answered);
            }
            state.end(seq, self.started.elapsed());
        });
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

impl State {
    fn script_at(&mut self, path: &str) -> Option<&mut Script> {
        if self.scripts.contains_key(path) {
            return self.scripts.get_mut(path);
        }
        if !self.chosen.contains_key(path) {
            let chosen = (self.choose)(path)?;
            self.chosen
                .insert(path.to_owned(), Script::new(vec![chosen]));
        }
        self.chosen.get_mut(path)
    }

    fn record(&mut self, received: Received) -> u64 {
        self.last_seq += 1;
        self.received.push(Received {
            seq: self.last_seq,
            ..received
        });
        self.last_seq
    }

    fn find(&mut self, seq: u64) -> Option<&mut Received> {
        let index = self
            .received
            .binary_search_by_key(&seq, |each| each.seq)
            .ok()?;
        self.received.get_mut(index)
    }

    fn end(&mut self, seq: u64, after: Duration) {
        let Some(received) = self.find(seq) else {
            return;
        };
        received.ended = Some(after);
        let path = path_only(&received.path).to_owned();
        self.overall.fall();
        if let Some(gauge) = self.by_path.get_mut(&path) {
            gauge.fall();
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

/// The time of the world outside the daemon, to which a peer belongs.
#[expect(clippy::disallowed_methods, reason = "a peer has a clock of its own")]
fn wall_clock() -> SystemTime {
    SystemTime::now()
}
