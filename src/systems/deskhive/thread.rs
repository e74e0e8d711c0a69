//! All messages of a ticket there.

use std::collections::HashSet;

use deskhive_client::{Error, ThreadMessage, external, internal};
use jiff::Timestamp;

use crate::model::Time;
use crate::systems::Turn;

use super::access::{Access, Key};
use super::helpdesk::Helpdesk;
use super::pages::Pages;

/// More pages than this are not turned for one thread.
const MOST_PAGES: u64 = 200;

/// What there is of a thread.
#[derive(Debug, Default)]
pub(super) struct Thread {
    /// Each once, in no order.
    pub(super) messages: Vec<ThreadMessage>,
    /// Whether that is all of it.
    pub(super) is_whole: bool,
    /// What DeskHive's clock said when it was first asked.
    pub(super) at: Option<Timestamp>,
    /// What ours said then.
    pub(super) asked_at: Option<Time>,
}

impl Helpdesk {
    /// The thread of a ticket, page by page.
    pub(super) async fn messages(
        &self,
        access: Access<'_>,
        ticket: u64,
        turn: &mut Turn,
    ) -> Result<Thread, Error> {
        let mut thread = Thread::default();
        let mut known = HashSet::new();
        let mut pages = Pages::up_to(MOST_PAGES);
        let mut unreadable = 0;
        while let Some(paging) = pages.next() {
            let call = match access.key {
                Key::Agent => external::messages(ticket, paging),
                Key::Installation => internal::messages(ticket, paging),
            };
            let answer = self.ask(access, &call, turn).await?;
            thread.at = thread.at.or(answer.date);
            thread.asked_at = thread.asked_at.or(answer.date.map(|_| self.now()));
            let mut listed = answer.value;
            unreadable += listed.unreadable;
            let items = std::mem::take(&mut listed.items);
            let count = items.len();
            let before = thread.messages.len();
            let new = items.into_iter().filter(|message| known.insert(message.id));
            thread.messages.extend(new);
            pages.turn(
                &listed.place,
                count + listed.unreadable,
                thread.messages.len() > before,
            );
        }
        self.warn_of_unreadable("messages", unreadable);
        thread.is_whole = unreadable == 0 && !pages.is_cut();
        Ok(thread)
    }
}
