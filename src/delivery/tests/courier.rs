//! A courier that calls nobody: it keeps what it was given, and answers as told.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::model::{Class, DeliveryId, Destination, LaneFailure, TicketId, Time};
use crate::plan::host_key;
use crate::store::Parcel;
use crate::systems::{Courier, Delivering, Report};

/// What one call meets.
#[derive(Debug, Clone)]
pub(super) enum Act {
    /// This, after so long.
    Report(Duration, Report),
    /// Nothing, ever.
    Hang,
    /// The adapter panics while it waits.
    Panic,
    /// The adapter panics before it begins.
    PanicAtOnce,
}

fn report(class: Class, status: u16) -> Report {
    Report {
        class,
        status: Some(status),
        detail: format!("answered {status}"),
        until: None,
        gone: false,
        remote_uid: None,
        vanished: false,
        failure: (status >= 500).then_some(LaneFailure::ServerError),
        fates: Vec::new(),
        withheld: false,
    }
}

impl Act {
    pub(super) fn ok() -> Self {
        Self::status(Class::Ok, 200)
    }

    pub(super) fn status(class: Class, status: u16) -> Self {
        Self::Report(Duration::ZERO, report(class, status))
    }

    pub(super) fn broken() -> Self {
        Self::status(Class::Retry, 500)
    }

    pub(super) fn not_found() -> Self {
        Self::status(Class::Retry, 404)
    }

    pub(super) fn rejected() -> Self {
        Self::status(Class::Rejected, 400)
    }

    pub(super) fn gone() -> Self {
        let gone = Report {
            gone: true,
            ..report(Class::Rejected, 410)
        };
        Self::Report(Duration::ZERO, gone)
    }

    pub(super) fn throttled(until: Option<Time>) -> Self {
        let throttled = Report {
            until,
            ..report(Class::Throttled, 429)
        };
        Self::Report(Duration::ZERO, throttled)
    }

    /// Nobody listens.
    pub(super) fn refused() -> Self {
        let refused = Report::unanswered(Class::Retry, "refused", Some(LaneFailure::Silence));
        Self::Report(Duration::ZERO, refused)
    }

    /// The call runs into its timeout.
    pub(super) fn silent() -> Self {
        let silent = Report::unanswered(Class::Unknown, "timed out", Some(LaneFailure::Silence));
        Self::Report(Duration::from_secs(15), silent)
    }

    /// As before, but it takes so long.
    pub(super) fn after(self, takes: Duration) -> Self {
        match self {
            Self::Report(_, report) => Self::Report(takes, report),
            other => other,
        }
    }
}

/// One call as the courier saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Call {
    /// Since the world began.
    pub(super) at: Duration,
    pub(super) url: String,
    pub(super) delivery: DeliveryId,
    pub(super) ticket: TicketId,
    pub(super) webhook_id: String,
    pub(super) text: String,
}

/// How many calls are under way, and the most there ever were.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Gauge {
    pub(super) now: usize,
    pub(super) most: usize,
}

impl Gauge {
    fn rise(&mut self) {
        self.now += 1;
        self.most = self.most.max(self.now);
    }
}

type Choose = Box<dyn Fn(&Call) -> Act + Send + Sync>;

#[derive(Default)]
struct Book {
    scripts: BTreeMap<String, VecDeque<Act>>,
    otherwise: Option<Choose>,
    calls: Vec<Call>,
    under_way: HashSet<DeliveryId>,
    chains: HashSet<(String, TicketId)>,
    overall: Gauge,
    urls: BTreeMap<String, Gauge>,
    hosts: BTreeMap<String, Gauge>,
    watched: Gauge,
    watch: Option<String>,
    /// What must never happen, and did.
    breaches: Vec<String>,
}

pub(super) struct FakeCourier {
    began: Instant,
    book: Mutex<Book>,
}

impl FakeCourier {
    pub(super) fn new() -> Self {
        Self {
            began: Instant::now(),
            book: Mutex::default(),
        }
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Calls to `url` meet these in turn; the last stays.
    pub(super) fn script(&self, url: &str, acts: impl IntoIterator<Item = Act>) {
        let acts = acts.into_iter().collect();
        self.book().scripts.insert(url.to_owned(), acts);
    }

    /// What calls meet that have no script; else they are accepted.
    pub(super) fn otherwise(&self, choose: impl Fn(&Call) -> Act + Send + Sync + 'static) {
        self.book().otherwise = Some(Box::new(choose));
    }

    /// Counts calls to URLs with this prefix together.
    pub(super) fn watch(&self, prefix: &str) {
        self.book().watch = Some(prefix.to_owned());
    }

    pub(super) fn calls(&self) -> Vec<Call> {
        self.book().calls.clone()
    }

    pub(super) fn calls_to(&self, url: &str) -> Vec<Call> {
        let mut calls = self.calls();
        calls.retain(|call| call.url == url);
        calls
    }

    /// When `url` was called, in milliseconds.
    pub(super) fn times(&self, url: &str) -> Vec<u128> {
        let calls = self.calls_to(url);
        calls.iter().map(|call| call.at.as_millis()).collect()
    }

    pub(super) fn breaches(&self) -> Vec<String> {
        self.book().breaches.clone()
    }

    pub(super) fn overall(&self) -> Gauge {
        self.book().overall
    }

    pub(super) fn watched(&self) -> Gauge {
        self.book().watched
    }

    pub(super) fn at_url(&self, url: &str) -> Gauge {
        self.book().urls.get(url).copied().unwrap_or_default()
    }

    /// The most calls that any one host had under way.
    pub(super) fn most_at_a_host(&self) -> usize {
        self.book()
            .hosts
            .values()
            .map(|gauge| gauge.most)
            .max()
            .unwrap_or(0)
    }

    /// The most calls that any one URL had under way.
    pub(super) fn most_at_a_url(&self) -> usize {
        self.book()
            .urls
            .values()
            .map(|gauge| gauge.most)
            .max()
            .unwrap_or(0)
    }

    fn begin(&self, parcel: &Parcel, webhook_id: String) -> (Act, UnderWay<'_>) {
        let Destination::ResponseUrl(url) = &parcel.to else {
            panic!("{:?}", parcel.to)
        };
        let call = Call {
            at: self.began.elapsed(),
            url: url.clone(),
            delivery: parcel.delivery.id,
            ticket: parcel.delivery.ticket,
            webhook_id,
            text: parcel.text.clone(),
        };
        let mut book = self.book();
        // A panic here would be taken for the adapter's, and survived.
        if !book.under_way.insert(call.delivery) {
            book.breaches
                .push(format!("sent twice at a time: {call:?}"));
        }
        if !book.chains.insert((url.clone(), call.ticket)) {
            book.breaches
                .push(format!("two of a ticket at a time: {call:?}"));
        }
        book.overall.rise();
        book.urls.entry(url.clone()).or_default().rise();
        book.hosts.entry(host_key(url)).or_default().rise();
        let watched = book
            .watch
            .as_ref()
            .is_some_and(|prefix| url.starts_with(prefix));
        if watched {
            book.watched.rise();
        }
        book.calls.push(call.clone());
        let act = match book.scripts.get_mut(url) {
            Some(script) if script.len() > 1 => script.pop_front(),
            Some(script) => script.front().cloned(),
            None => book.otherwise.as_ref().map(|choose| choose(&call)),
        };
        drop(book);
        let under_way = UnderWay {
            courier: self,
            call,
            watched,
        };
        (act.unwrap_or_else(Act::ok), under_way)
    }
}

/// Counts a call as under way until it is dropped.
struct UnderWay<'a> {
    courier: &'a FakeCourier,
    call: Call,
    watched: bool,
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        let mut book = self.courier.book();
        let url = &self.call.url;
        book.under_way.remove(&self.call.delivery);
        book.chains.remove(&(url.clone(), self.call.ticket));
        book.overall.now -= 1;
        if let Some(gauge) = book.urls.get_mut(url) {
            gauge.now -= 1;
        }
        if let Some(gauge) = book.hosts.get_mut(&host_key(url)) {
            gauge.now -= 1;
        }
        if self.watched {
            book.watched.now -= 1;
        }
    }
}

impl Courier for FakeCourier {
    fn deliver(&self, parcel: Parcel, webhook_id: String) -> Delivering<'_> {
        let (act, under_way) = self.begin(&parcel, webhook_id);
        if matches!(act, Act::PanicAtOnce) {
            panic!("the fake courier panics at once");
        }
        Box::pin(async move {
            let _under_way = under_way;
            match act {
                Act::Report(takes, report) => {
                    if takes > Duration::ZERO {
                        sleep(takes).await;
                    }
                    report
                }
                Act::Hang => std::future::pending().await,
                Act::Panic | Act::PanicAtOnce => panic!("the fake courier panics"),
            }
        })
    }
}
