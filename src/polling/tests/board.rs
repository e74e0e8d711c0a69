//! A system where tickets are threads, as a test has it, and what it was asked.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::world::NOW;
use crate::clock::{Clock, TokioClock};
use crate::model::{
    Maker, Person, Phase, RemoteMessage, RemoteSender, RemoteTicket, Time, Visibility,
};
use crate::polling::{Hint, ListPage, Looking, Threads, Unseen};

/// Longer than any jittered interval of a quarter of a minute, also of one that is stretched.
pub(super) const LONG_TURN: Duration = Duration::from_secs(67);

/// A ticket that somebody there began, as it was so many seconds ago when the test began.
pub(super) fn thread(id: &str, status: &str, seconds_ago: i64) -> RemoteTicket {
    RemoteTicket {
        id: id.to_owned(),
        status: status.to_owned(),
        phase: match status {
            "open" => Some(Phase::Waiting),
            "in_progress" | "on_hold" => Some(Phase::Attended),
            "closed" => Some(Phase::Ended),
            _ => None,
        },
        made_by: Maker::Somebody,
        changed_at: Some(Time::from_micros(NOW - seconds_ago * 1_000_000)),
        created_at: Some(Time::from_micros(NOW - 1_000_000_000)),
        assignee: None,
        priority: None,
        labels: None,
        unsettled: false,
        ended_at: None,
        person: Person {
            name: "Jane".to_owned(),
            email: Some("jane@example.com".to_owned()),
            phone: None,
        },
        opening: format!("ticket {id}"),
        details: Vec::new(),
        fates: Vec::new(),
        messages: None,
    }
}

/// What a test puts before the poller, and what was asked; clones are the same.
#[derive(Clone)]
pub(super) struct Board(Arc<Mutex<There>>);

pub(super) struct There {
    clock: TokioClock,
    /// In the order of the list.
    pub(super) tickets: Vec<RemoteTicket>,
    /// By ticket.
    pub(super) said: BTreeMap<String, Vec<RemoteMessage>>,
    /// Tickets that no page has.
    pub(super) hidden: Vec<String>,
    /// So many more pages the list claims to have.
    pub(super) claimed: u64,
    pub(super) per_page: usize,
    pub(super) hints: Vec<Hint>,
    /// What every question meets.
    pub(super) trouble: Option<Unseen>,
    /// What some questions meet.
    pub(super) broken: BTreeMap<String, Unseen>,
    /// The next question is not survived.
    pub(super) panics: bool,
    /// How long each answer takes; all is as it was when the question came.
    pub(super) slow: Duration,
    /// `page 1`, `thread 7`, `look 7`, `hints` or `followed 3`, and when.
    asked: Vec<(Instant, String)>,
}

impl Default for Board {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(There {
            clock: TokioClock::starting_at(Time::from_micros(NOW)),
            tickets: Vec::new(),
            said: BTreeMap::new(),
            hidden: Vec::new(),
            claimed: 0,
            per_page: 100,
            hints: Vec::new(),
            trouble: None,
            broken: BTreeMap::new(),
            panics: false,
            slow: Duration::ZERO,
            asked: Vec::new(),
        })))
    }
}

impl There {
    fn find(&self, id: &str) -> Option<RemoteTicket> {
        let now = self.clock.now().as_micros().div_euclid(1_000_000);
        let found = self.tickets.iter().find(|ticket| ticket.id == id)?;
        let changed_at = found.changed_at.unwrap().as_micros().div_euclid(1_000_000);
        Some(RemoteTicket {
            messages: Some(self.said.get(id).cloned().unwrap_or_default()),
            unsettled: now - changed_at < 3,
            ..found.clone()
        })
    }

    fn page(&self, number: u64) -> ListPage {
        let is_listed = |ticket: &&RemoteTicket| !self.hidden.contains(&ticket.id);
        let listed: Vec<&RemoteTicket> = self.tickets.iter().filter(is_listed).collect();
        let pages = listed.len().div_ceil(self.per_page).max(1);
        let before = usize::try_from(number - 1).unwrap() * self.per_page;
        let tickets = listed.into_iter().skip(before).take(self.per_page).cloned();
        ListPage {
            tickets: tickets.collect(),
            last: u64::try_from(pages).unwrap() + self.claimed,
            at: Some(self.clock.now()),
        }
    }
}

impl Board {
    /// A new ticket at the end of the list, or one that changed in its place.
    pub(super) fn put(&self, ticket: RemoteTicket) {
        let mut there = self.there();
        match there.tickets.iter_mut().find(|known| known.id == ticket.id) {
            Some(known) => *known = ticket,
            None => there.tickets.push(ticket),
        }
    }

    /// An agent says something, and the ticket changes unless that was in this second already.
    pub(super) fn say(&self, id: &str, number: u64, text: &str) {
        let mut there = self.there();
        let now = there.clock.now();
        let second = now.as_micros().div_euclid(1_000_000) * 1_000_000;
        let said = there.said.entry(id.to_owned()).or_default();
        said.push(RemoteMessage {
            number: Some(number),
            at: now,
            from: RemoteSender::Colleague {
                id: "5".to_owned(),
                name: None,
                may_be_us: false,
            },
            text: text.to_owned(),
            visibility: Visibility::Public,
        });
        let ticket = there.tickets.iter_mut().find(|ticket| ticket.id == id);
        ticket.unwrap().changed_at = Some(Time::from_micros(second));
    }

    pub(super) fn hint(&self, id: u64, remote: &str, is_read: bool) {
        let remote = remote.to_owned();
        let hint = Hint {
            id,
            remote,
            is_read,
        };
        self.there().hints.push(hint);
    }

    /// What was asked since the last time.
    pub(super) fn asked(&self) -> Vec<String> {
        let asked = std::mem::take(&mut self.there().asked);
        asked.into_iter().map(|(_, question)| question).collect()
    }

    /// Those of them that begin with this word.
    pub(super) fn asked_for(&self, word: &str) -> Vec<String> {
        let mut asked = self.asked();
        asked.retain(|question| question.starts_with(word));
        asked
    }

    /// When lists were asked for since the last time.
    pub(super) fn turns(&self) -> Vec<Instant> {
        let asked = std::mem::take(&mut self.there().asked);
        let pages = asked.into_iter().filter(|(_, it)| it.starts_with("page"));
        pages.map(|(at, _)| at).collect()
    }

    /// Lets time pass until so many lists were asked for since the last time, and what follows from the last of them
    /// is done. Gives all that was asked.
    pub(super) async fn after_turns(&self, number: usize) -> Vec<String> {
        for _ in 0..20_000 {
            sleep(Duration::from_millis(500)).await;
            let is_page = |(_, it): &&(Instant, String)| it.starts_with("page");
            if self.there().asked.iter().filter(is_page).count() >= number {
                return self.asked();
            }
        }
        panic!("there were no {number} turns: {:?}", self.asked());
    }

    pub(super) fn there(&self) -> MutexGuard<'_, There> {
        self.0.lock().unwrap()
    }

    async fn answer<T>(
        &self,
        question: String,
        see: impl FnOnce(&There) -> T,
    ) -> Result<T, Unseen> {
        let panics = std::mem::take(&mut self.there().panics);
        assert!(!panics, "a test's panic");
        let (seen, slow) = {
            let mut there = self.there();
            // On a paused clock, whoever asks without a pause would do so for ever.
            assert!(there.asked.len() < 20_000, "too much is asked");
            there.asked.push((Instant::now(), question.clone()));
            let broken = there.broken.get(&question);
            let seen = match there.trouble.as_ref().or(broken) {
                Some(trouble) => Err(trouble.clone()),
                None => Ok(see(&there)),
            };
            (seen, there.slow)
        };
        sleep(slow).await;
        seen
    }
}

impl Threads for Board {
    fn page(&self, number: u64) -> Looking<'_, ListPage> {
        Box::pin(self.answer(format!("page {number}"), move |there| there.page(number)))
    }

    /// As it was listed, with the messages that are there by now.
    fn thread<'a>(&'a self, listed: &'a RemoteTicket) -> Looking<'a, Option<RemoteTicket>> {
        let question = format!("thread {}", listed.id);
        Box::pin(self.answer(question, move |there| {
            let found = there.find(&listed.id)?;
            Some(RemoteTicket {
                messages: found.messages,
                unsettled: found.unsettled,
                ..listed.clone()
            })
        }))
    }

    fn look<'a>(&'a self, remote: &'a str) -> Looking<'a, Option<RemoteTicket>> {
        let question = format!("look {remote}");
        Box::pin(self.answer(question, move |there| there.find(remote)))
    }

    fn hints(&self) -> Looking<'_, Vec<Hint>> {
        Box::pin(self.answer("hints".to_owned(), |there| there.hints.clone()))
    }

    fn followed(&self, hint: u64) -> Looking<'_, ()> {
        Box::pin(self.answer(format!("followed {hint}"), |_| ()))
    }
}
