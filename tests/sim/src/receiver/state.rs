//! The records of a receiver and its behaviours, and how a request changes them.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::time::{Duration, SystemTime};

use tokio::time::Instant;

use super::decide::{Decision, Judge, Play, Request};
use super::hold::Queue;
use super::received::path_only;
use super::script::Script;
use super::{Behaviour, Received};

/// Says how a path behaves that was given nothing.
pub(crate) type Choose = Box<dyn Fn(&str) -> Option<Behaviour> + Send + Sync>;

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

/// One moment, on tokio's clock, since the receiver's start and by the wall clock.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    pub(crate) now: Instant,
    pub(crate) after: Duration,
    pub(crate) at: SystemTime,
}

/// What a receiver knows at one time.
pub(crate) struct State {
    pub(crate) scripts: HashMap<String, Script>,
    pub(crate) choose: Choose,
    /// What `choose` said, kept because a behaviour may count its requests.
    pub(crate) chosen: HashMap<String, Script>,
    pub(crate) held: HashMap<String, Queue>,
    pub(crate) judge: Judge,
    pub(crate) received: Vec<Received>,
    last_seq: u64,
    pub(crate) accepted: usize,
    pub(crate) open: usize,
    pub(crate) called: BTreeMap<IpAddr, usize>,
    pub(crate) overall: Gauge,
    pub(crate) by_path: HashMap<String, Gauge>,
}

impl State {
    pub(crate) fn new(started: SystemTime) -> Self {
        Self {
            scripts: HashMap::new(),
            choose: Box::new(|_| None),
            chosen: HashMap::new(),
            held: HashMap::new(),
            judge: Judge::new(started),
            received: Vec::new(),
            last_seq: 0,
            accepted: 0,
            open: 0,
            called: BTreeMap::new(),
            overall: Gauge::default(),
            by_path: HashMap::new(),
        }
    }

    /// Records a request, and decides what it is answered.
    pub(crate) fn arrive(&mut self, request: Request, when: Moment) -> (u64, Play) {
        let path = path_only(&request.head.target).to_owned();
        let behaviour = self.script_at(&path).and_then(Script::next);
        let behaviour = behaviour.unwrap_or(Behaviour::Status(404));
        let queue = self.held.entry(path.clone()).or_default();
        let Decision {
            play,
            refused,
            reply_uid,
        } = self
            .judge
            .decide(behaviour, &request, queue, when.at, when.now);
        self.overall.rise();
        self.by_path.entry(path).or_default().rise();
        let seq = self.record(Received {
            seq: 0,
            at: when.at,
            after: when.after,
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
            self.end(seq, None, when.after);
        }
        (seq, play)
    }

    /// Records something that is not a request, which never is in flight.
    pub(crate) fn malformed(&mut self, status: u16, reason: String, when: Moment) {
        self.record(Received {
            seq: 0,
            at: when.at,
            after: when.after,
            method: String::new(),
            path: String::new(),
            headers: Vec::new(),
            body: Vec::new(),
            refused: Some(reason),
            answered: Some(status),
            reply_uid: None,
            ended: Some(when.after),
        });
    }

    /// Takes a request out of flight; what it was answered before stays.
    pub(crate) fn end(&mut self, seq: u64, answered: Option<u16>, after: Duration) {
        let Some(received) = self.find(seq) else {
            return;
        };
        received.answered = received.answered.or(answered);
        received.ended = Some(after);
        let path = path_only(&received.path).to_owned();
        self.overall.fall();
        if let Some(gauge) = self.by_path.get_mut(&path) {
            gauge.fall();
        }
    }

    /// The script of a path, which may have to be chosen first.
    pub(crate) fn script_at(&mut self, path: &str) -> Option<&mut Script> {
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
}
