//! What is to be sent, gathered by kind: pure, bounded, and told the time.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tokio::time::Instant;

use crate::model::Time;

use super::{Alert, Kind};

/// A kind that was just sent is gathered for so long.
pub(super) const EVERY: Duration = Duration::from_secs(60);
/// How often a URL that takes nothing is tried: after this, then twice that, and so on.
const FIRST_DELAY: Duration = Duration::from_secs(5);
/// And never later than after this.
const MAX_DELAY: Duration = Duration::from_secs(300);
/// What could not be sent for so long is given up on.
const MAX_AGE: Duration = Duration::from_secs(24 * 3600);
/// So many examples are sent along.
const MOST_EXAMPLES: usize = 5;
/// So many systems are named.
const MOST_SYSTEMS: usize = 20;
/// In characters.
const LONGEST_DETAIL: usize = 300;
/// Of so many things that have begun is the end told.
const MOST_LASTING: usize = 1000;

/// Whether it has begun or is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum State {
    Begun,
    Over,
}

impl State {
    fn other(self) -> Self {
        match self {
            Self::Begun => Self::Over,
            Self::Over => Self::Begun,
        }
    }
}

/// Now, by both clocks: what is told, and what waiting goes by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment {
    pub(super) at: Time,
    pub(super) here: Instant,
}

/// One of what was gathered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Example {
    pub(super) at: Time,
    pub(super) alert: Alert,
}

/// What one POST tells.
#[derive(Debug, Clone)]
pub(super) struct Batch {
    pub(super) count: u64,
    /// When the first of it happened.
    pub(super) since: Time,
    first: Instant,
    /// The last of it, counted over everything that happens.
    last: u64,
    pub(super) systems: BTreeSet<String>,
    /// The first of it.
    pub(super) examples: Vec<Example>,
}

#[derive(Debug, Default)]
struct OfKind {
    begun: Option<Batch>,
    over: Option<Batch>,
    /// Nothing is sent before.
    not_before: Option<Instant>,
    /// The other one was just sent, and this goes with it.
    next: Option<State>,
}

/// Everything that is kept.
#[derive(Debug, Default)]
pub(super) struct Gathering {
    kinds: BTreeMap<Kind, OfKind>,
    /// And since when, where that is known.
    lasting: BTreeMap<(Kind, String), Option<Time>>,
    events: u64,
    /// How often in a row the URL took nothing, and when it is tried again.
    failing: Option<(u32, Instant)>,
}

impl Gathering {
    /// Something has begun.
    pub(super) fn begin(&mut self, alert: &Alert, now: Moment) {
        if alert.kind.ends() {
            let key = (alert.kind, alert.subject.clone());
            // Several calls that end at the same time see the same beginning.
            if alert.since.is_some() && self.lasting.get(&key) == Some(&alert.since) {
                return;
            }
            self.last(key, alert.since);
        }
        self.gather(alert, State::Begun, now);
    }

    /// Something is over. Says whether anybody knew that it had begun.
    pub(super) fn end(&mut self, alert: &Alert, now: Moment) -> bool {
        let key = (alert.kind, alert.subject.clone());
        let known = self.lasting.remove(&key).is_some();
        if known {
            self.gather(alert, State::Over, now);
        }
        known
    }

    /// Whether anything lasts; asked after each call.
    pub(super) fn awaits_ends(&self) -> bool {
        !self.lasting.is_empty()
    }

    /// Something has begun long ago.
    pub(super) fn know(&mut self, kind: Kind, subject: &str) {
        self.last((kind, subject.to_owned()), None);
    }

    fn last(&mut self, key: (Kind, String), since: Option<Time>) {
        if self.lasting.len() < MOST_LASTING || self.lasting.contains_key(&key) {
            self.lasting.insert(key, since);
        }
    }

    /// Forgets all other kinds, and that the URL took nothing.
    pub(super) fn keep_only(&mut self, wanted: impl Fn(Kind) -> bool) {
        self.kinds.retain(|kind, _| wanted(*kind));
        self.lasting.retain(|(kind, _), _| wanted(*kind));
        self.failing = None;
    }

    fn gather(&mut self, alert: &Alert, state: State, now: Moment) {
        self.events += 1;
        let detail = alert.detail.chars().take(LONGEST_DETAIL).collect();
        let example = Example {
            at: now.at,
            alert: Alert {
                detail,
                ..alert.clone()
            },
        };
        let more = Batch {
            count: 1,
            since: now.at,
            first: now.here,
            last: self.events,
            systems: alert.systems.iter().take(MOST_SYSTEMS).cloned().collect(),
            examples: vec![example],
        };
        let kind = self.kinds.entry(alert.kind).or_default();
        match kind.slot(state) {
            Some(batch) => batch.add(more),
            slot => *slot = Some(more),
        }
    }

    /// When there is something to send.
    pub(super) fn next_due(&self, now: Instant) -> Option<Instant> {
        let due = |of: &OfKind| of.what().map(|_| of.not_before.unwrap_or(now));
        let due = self.kinds.values().filter_map(due).min()?;
        Some(self.failing.map_or(due, |(_, again)| due.max(again)))
    }

    /// Something to send now. What becomes of it, [`Self::sent`] or [`Self::failed`] must be told.
    pub(super) fn take(&mut self, now: Instant) -> Option<(Kind, State, Batch)> {
        if self.next_due(now)? > now {
            return None;
        }
        self.kinds.iter_mut().find_map(|(kind, of)| {
            let due = of.not_before.is_none_or(|moment| moment <= now);
            let state = of.what().filter(|_| due)?;
            Some((*kind, state, of.slot(state).take()?))
        })
    }

    /// Something to send, whenever it would be due.
    pub(super) fn take_any(&mut self) -> Option<(Kind, State, Batch)> {
        self.kinds.iter_mut().find_map(|(kind, of)| {
            let state = of.what()?;
            Some((*kind, state, of.slot(state).take()?))
        })
    }

    /// It was taken. Says whether the URL had taken nothing before.
    pub(super) fn sent(&mut self, kind: Kind, state: State, now: Instant) -> bool {
        let of = self.kinds.entry(kind).or_default();
        let other = state.other();
        // Its end is not held back for having come together with its beginning, nor the reverse.
        of.next = (of.next.is_none() && of.slot(other).is_some()).then_some(other);
        if of.next.is_none() {
            of.not_before = Some(now + EVERY);
        }
        self.failing.take().is_some()
    }

    /// It was not taken: it is kept for another try, together with what came since, unless it is too old.
    pub(super) fn failed(&mut self, kind: Kind, state: State, batch: Batch, now: Instant) -> Kept {
        let times = self.failing.map_or(0, |(times, _)| times);
        let delay = FIRST_DELAY
            .saturating_mul(1 << times.min(16))
            .min(MAX_DELAY);
        self.failing = Some((times.saturating_add(1), now + delay));
        if now.duration_since(batch.first) >= MAX_AGE {
            return Kept::GivenUp(batch.count);
        }
        let slot = self.kinds.entry(kind).or_default().slot(state);
        let newer = slot.replace(batch);
        if let (Some(batch), Some(newer)) = (slot, newer) {
            batch.add(newer);
        }
        if times == 0 {
            Kept::ForTheFirstTime
        } else {
            Kept::Again
        }
    }
}

/// What became of an alert that was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kept {
    ForTheFirstTime,
    Again,
    /// So many.
    GivenUp(u64),
}

impl OfKind {
    fn slot(&mut self, state: State) -> &mut Option<Batch> {
        match state {
            State::Begun => &mut self.begun,
            State::Over => &mut self.over,
        }
    }

    /// What is sent first: what came last is what holds, so it is told last.
    fn what(&self) -> Option<State> {
        match (&self.begun, &self.over) {
            (Some(_), Some(_)) if self.next.is_some() => self.next,
            (Some(begun), Some(over)) if over.last < begun.last => Some(State::Over),
            (Some(_), _) => Some(State::Begun),
            (None, Some(_)) => Some(State::Over),
            (None, None) => None,
        }
    }
}

impl Batch {
    /// Adds what happened later.
    fn add(&mut self, more: Self) {
        self.count = self.count.saturating_add(more.count);
        self.last = self.last.max(more.last);
        for system in more.systems {
            if self.systems.len() < MOST_SYSTEMS {
                self.systems.insert(system);
            }
        }
        let room = MOST_EXAMPLES.saturating_sub(self.examples.len());
        self.examples.extend(more.examples.into_iter().take(room));
    }
}
