//! A system that shows what a test puts there, and remembers what it was asked.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use tokio::time::sleep;

use crate::model::{Maker, Person, Phase, RemoteTicket, Time};
use crate::polling::{Looking, Unseen, Window};

/// A ticket that somebody there began, as it is at this second.
pub(in crate::polling) fn ticket(id: &str, status: &str, second: i64) -> RemoteTicket {
    let phase = match status {
        "NEW" => Some(Phase::Waiting),
        "CALLED" => Some(Phase::Attended),
        "SERVED" | "NOSHOW" | "CANCELLED_BY_CLERK" => Some(Phase::Ended),
        _ => None,
    };
    RemoteTicket {
        id: id.to_owned(),
        status: status.to_owned(),
        phase,
        made_by: Maker::Somebody,
        changed_at: Some(Time::from_micros(second * 1_000_000)),
        created_at: Some(Time::from_micros(0)),
        assignee: None,
        priority: None,
        labels: None,
        unsettled: false,
        ended_at: None,
        person: Person {
            name: "Jane".to_owned(),
            email: None,
            phone: None,
        },
        opening: format!("visitor {id}"),
        details: Vec::new(),
        fates: Vec::new(),
        messages: Some(Vec::new()),
    }
}

/// What a test puts before the poller, and what was asked; clones are the same.
#[derive(Clone, Default)]
pub(super) struct View(Arc<Mutex<There>>);

#[derive(Default)]
pub(super) struct There {
    /// By id, in order.
    pub(super) tickets: BTreeMap<String, RemoteTicket>,
    /// Tickets that no search finds, such as those of other lines.
    pub(super) hidden: BTreeSet<String>,
    /// What every question meets.
    pub(super) trouble: Option<Unseen>,
    /// What looks at single tickets meet.
    pub(super) broken: BTreeMap<String, Unseen>,
    /// The next question is not survived.
    pub(super) panics: bool,
    /// How long each answer takes; the ticket is as it was when the question came.
    pub(super) slow: Duration,
    /// `*` for each question after all open tickets, else the id of a ticket.
    pub(super) asked: Vec<String>,
    /// How many questions are under way, and how many were at most.
    under_way: usize,
    pub(super) most_under_way: usize,
}

impl View {
    pub(super) fn put(&self, ticket: RemoteTicket) {
        self.there().tickets.insert(ticket.id.clone(), ticket);
    }

    /// What was asked since the last time.
    pub(super) fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.there().asked)
    }

    pub(super) fn there(&self) -> MutexGuard<'_, There> {
        self.0.lock().unwrap()
    }

    async fn answer<T>(
        &self,
        question: &str,
        see: impl FnOnce(&There) -> Result<T, Unseen>,
    ) -> Result<T, Unseen> {
        let panics = std::mem::take(&mut self.there().panics);
        assert!(!panics, "a test's panic");
        let (seen, slow) = {
            let mut there = self.there();
            there.asked.push(question.to_owned());
            there.under_way += 1;
            there.most_under_way = there.most_under_way.max(there.under_way);
            let seen = match &there.trouble {
                Some(trouble) => Err(trouble.clone()),
                None => see(&there),
            };
            (seen, there.slow)
        };
        sleep(slow).await;
        self.there().under_way -= 1;
        seen
    }
}

impl Window for View {
    fn look<'a>(&'a self, remote: &'a str) -> Looking<'a, Option<RemoteTicket>> {
        Box::pin(self.answer(remote, |there| match there.broken.get(remote) {
            Some(unseen) => Err(unseen.clone()),
            None => Ok(there.tickets.get(remote).cloned()),
        }))
    }

    fn open_tickets(&self) -> Looking<'_, Vec<RemoteTicket>> {
        Box::pin(self.answer("*", |there| {
            let is_open = |ticket: &&RemoteTicket| {
                matches!(ticket.phase, Some(Phase::Waiting | Phase::Attended))
                    && !there.hidden.contains(&ticket.id)
            };
            Ok(there.tickets.values().filter(is_open).cloned().collect())
        }))
    }
}
