//! Receivers that answer as the steps say, and tell the model of every call; what it forbids is a breach.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::sleep;

use crate::clock::{Clock, TokioClock};
use crate::model::{Class, DeliveryId, Destination, Event, Happening, LaneFailure, Time};
use crate::store::Parcel;
use crate::systems::{Courier, Delivering, Report, body_of};

use super::deliveries::shown;
use super::ideal::{Call, Ideal};
use super::step::Meets;

/// How long a call takes that nobody answers.
const TIMEOUT: Duration = Duration::from_secs(15);

/// What both sides of a case see.
#[derive(Debug)]
pub(super) struct Book {
    pub(super) ideal: Ideal,
    scripts: BTreeMap<String, VecDeque<(Meets, Duration)>>,
    /// By delivery and revision of its text, under which id it went out.
    ids: BTreeMap<DeliveryId, String>,
    /// Everything that happened, in words.
    pub(super) trace: Vec<String>,
    /// The first thing that must not be.
    pub(super) breach: Option<String>,
}

pub(super) struct Receivers {
    pub(super) clock: TokioClock,
    book: Mutex<Book>,
}

impl Book {
    pub(super) fn tell(&mut self, now: Time, what: impl AsRef<str>) {
        self.trace
            .push(format!("{:>14}  {}", shown(now), what.as_ref()));
    }

    pub(super) fn breaks(&mut self, now: Time, what: String) {
        self.tell(now, format!("BREACH: {what}"));
        self.breach.get_or_insert(what);
    }

    pub(super) fn script(&mut self, url: String, acts: impl Iterator<Item = (Meets, Duration)>) {
        self.scripts.entry(url).or_default().extend(acts);
    }

    pub(super) fn heal(&mut self) {
        self.scripts.clear();
    }

    fn begin(&mut self, now: Time, parcel: &Parcel, webhook_id: String) -> (Meets, Duration) {
        let id = parcel.delivery.id;
        let Destination::ResponseUrl(url) = &parcel.to else {
            panic!("{:?}", parcel.to)
        };
        self.tell(now, format!("call: delivery {id} to {url}"));
        if parcel.delivery.id.0 > self.ideal.deliveries.len() as u64 {
            self.breaks(now, format!("delivery {id} is not known"));
            return (Meets::Ok, Duration::ZERO);
        }
        if let Some(why) = self.ideal.forbids(id, url, now) {
            self.breaks(
                now,
                format!("delivery {id} must not be sent to {url} now: {why}"),
            );
        }
        self.check_bytes(now, parcel);
        let first = self.ids.entry(id).or_insert(webhook_id.clone());
        if *first != webhook_id
            || self
                .ids
                .values()
                .filter(|other| **other == webhook_id)
                .count()
                > 1
        {
            self.breaks(
                now,
                format!("delivery {id} went out under another id: {webhook_id}"),
            );
        }
        let call = Call {
            url: url.clone(),
            ticket: self.ideal.delivery(id).ticket,
            begun: self.ideal.rules.holds,
            lost: false,
            report: None,
        };
        self.ideal.calls.insert(id, call);
        let script = self.scripts.get_mut(url);
        let act = script.and_then(VecDeque::pop_front);
        act.unwrap_or((Meets::Ok, self.ideal.rules.takes))
    }

    fn check_bytes(&mut self, now: Time, parcel: &Parcel) {
        let delivery = self.ideal.delivery(parcel.delivery.id);
        let wanted = serde_json::json!({
            "response_text": delivery.text,
            "author": { "external_uid": delivery.author.0, "username": delivery.author.1 },
            "parent_id": delivery.parent,
        });
        let sent = body_of(parcel);
        let found = serde_json::from_slice::<serde_json::Value>(&sent).ok();
        if found.as_ref() != Some(&wanted) {
            let sent = String::from_utf8_lossy(&sent).into_owned();
            self.breaks(
                now,
                format!(
                    "delivery {} says {sent} and not {wanted}",
                    parcel.delivery.id
                ),
            );
        }
        if self
            .ideal
            .message(self.ideal.delivery(parcel.delivery.id).message)
            .internal
        {
            self.breaks(
                now,
                format!("delivery {} carries an internal note", parcel.delivery.id),
            );
        }
    }

    /// What the daemon is about to store of its own accord.
    pub(super) fn see(&mut self, event: &Event) {
        match &event.what {
            Happening::Settled(settled) => {
                let id = settled.delivery;
                // An event is planned several times; the first is as good as any.
                let Some(call) = self.ideal.calls.remove(&id) else {
                    return;
                };
                let cut = || Report::unanswered(Class::Unknown, "cut off", None);
                let report = call.report.clone().unwrap_or_else(cut);
                let told = settled.attempt.class;
                self.tell(event.at, format!("end: delivery {id} {}", told.as_str()));
                if told != report.class {
                    let class = report.class.as_str();
                    let what = format!(
                        "delivery {id} ended {class} and is stored as {}",
                        told.as_str()
                    );
                    self.breaks(event.at, what);
                }
                self.ideal.ends(id, &call, &report, event.at);
            }
            Happening::Expired { delivery } => self.ideal.expire(*delivery, event.at),
            _ => {}
        }
    }
}

impl Receivers {
    pub(super) fn new(clock: TokioClock, ideal: Ideal) -> Arc<Self> {
        Arc::new(Self {
            clock,
            book: Mutex::new(Book {
                ideal,
                scripts: BTreeMap::new(),
                ids: BTreeMap::new(),
                trace: Vec::new(),
                breach: None,
            }),
        })
    }

    pub(super) fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn report(&self, meets: Meets) -> Report {
        let silence = Some(LaneFailure::Silence);
        let answer = |class, status| Report {
            class,
            status: Some(status),
            detail: format!("answered {status}"),
            until: None,
            gone: status == 410,
            remote_uid: None,
            vanished: false,
            failure: (status >= 500).then_some(LaneFailure::ServerError),
            fates: Vec::new(),
            withheld: false,
        };
        match meets {
            Meets::Ok => answer(Class::Ok, 200),
            Meets::Named(name) => Report {
                remote_uid: Some(format!("r{name}")),
                vanished: false,
                ..answer(Class::Ok, 201)
            },
            Meets::NotFound => answer(Class::Retry, 404),
            Meets::Broken => answer(Class::Retry, 500),
            Meets::Rejected => answer(Class::Rejected, 400),
            Meets::Gone => answer(Class::Rejected, 410),
            Meets::Throttled(seconds) => Report {
                until: seconds
                    .map(|seconds| self.clock.now().plus(Duration::from_secs(seconds.into()))),
                ..answer(Class::Throttled, 429)
            },
            Meets::Refused => Report::unanswered(Class::Retry, "refused", silence),
            Meets::Silent | Meets::Reset => {
                Report::unanswered(Class::Unknown, "no answer", silence)
            }
            Meets::Hangs | Meets::Panics => Report::unanswered(Class::Unknown, "panicked", None),
        }
    }
}

impl Courier for Receivers {
    fn deliver(&self, parcel: Parcel, webhook_id: String) -> Delivering<'_> {
        let id = parcel.delivery.id;
        let (meets, takes) = self.book().begin(self.clock.now(), &parcel, webhook_id);
        Box::pin(async move {
            match meets {
                Meets::Hangs => std::future::pending().await,
                Meets::Silent => sleep(TIMEOUT).await,
                _ if takes > Duration::ZERO => sleep(takes).await,
                _ => {}
            }
            let report = self.report(meets);
            if let Some(call) = self.book().ideal.calls.get_mut(&id) {
                call.report = Some(report.clone());
            }
            if meets == Meets::Panics {
                // Without the words that a panic prints.
                std::panic::resume_unwind(Box::new("as told"));
            }
            report
        })
    }
}
