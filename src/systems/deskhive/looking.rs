//! What the help desk tells those who only ask.

use std::time::Duration;

use deskhive_client::external::TicketFilter;
use deskhive_client::{Error, Paging, ThreadMessage, Ticket, external, internal};

use crate::mapping::Tally;
use crate::model::{Class, Fate, RemoteTicket, Time};
use crate::systems::{Trouble, Turn};

use super::access::{Access, Key};
use super::fault::{Purpose, is_closed, is_gone};
use super::heard::{Us, heard};
use super::helpdesk::Helpdesk;
use super::order::number;
use super::pages::PAGE;
use super::seen::{noted, seen};
use super::spelling::Spelling;
use super::thread::Thread;

/// So many of the newest notifications are looked at.
const NOTIFICATIONS: u64 = 50;
/// What changed so shortly before an answer may have changed again since, in the same second of its clock.
const SETTLES_IN: Duration = Duration::from_secs(3);

/// Clocks that differ by less are taken for the same.
const SAME_CLOCK: Duration = Duration::from_secs(5);

/// One page of all tickets that the agent sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketPage {
    /// What is on it, without messages.
    pub tickets: Vec<RemoteTicket>,
    /// The number of the last page.
    pub last: u64,
    /// What DeskHive's clock said.
    pub at: Option<Time>,
}

/// A ticket that the agent is told about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeardOf {
    /// The notification's number.
    pub id: u64,
    /// The ticket's.
    pub remote: String,
    /// Whether the agent has read it.
    pub is_read: bool,
}

impl Helpdesk {
    /// Page `number`, from 1, of the tickets that the agent sees.
    ///
    /// # Errors
    ///
    /// [`Trouble`] of a question.
    pub async fn page(&self, number: u64) -> Result<TicketPage, Trouble> {
        let number = number.max(1);
        let call = external::tickets(&TicketFilter::default(), Paging::new(number, PAGE));
        let answer = self.ask(self.external(), &call, &mut Turn::Waits).await;
        let answer =
            answer.map_err(|error| self.trouble(&error, self.external(), Purpose::Listing))?;
        let listed = answer.value;
        self.warn_of_unreadable("tickets", listed.unreadable);
        let tickets = listed.items.iter();
        let last = match (listed.place.last_page, listed.place.has_next) {
            (Some(last), _) => last,
            (None, Some(true)) => number.saturating_add(1),
            (None, _) => number,
        };
        Ok(TicketPage {
            tickets: tickets.map(|ticket| self.understood(ticket)).collect(),
            last: last.max(1),
            at: answer.date.map(Time::from_timestamp),
        })
    }

    /// A ticket that was listed, with its messages; `None` if DeskHive says that there is none.
    ///
    /// # Errors
    ///
    /// [`Trouble`] of a question.
    pub async fn thread(&self, listed: &RemoteTicket) -> Result<Option<RemoteTicket>, Trouble> {
        let id = number(&listed.id).map_err(|words| Trouble::new(Class::Rejected, words))?;
        let external = self.external();
        match self.messages(external, id, &mut Turn::Waits).await {
            Ok(thread) => Ok(Some(self.with_messages(listed.clone(), thread).await)),
            Err(error) if is_closed(&error) => self.look_inside(id, &error).await,
            Err(error) => Err(self.trouble(&error, external, Purpose::Question)),
        }
    }

    /// A ticket as it is now, with its messages; `None` if DeskHive says that there is none.
    ///
    /// # Errors
    ///
    /// [`Trouble`] of a question.
    pub async fn look(&self, remote: &str) -> Result<Option<RemoteTicket>, Trouble> {
        let id = number(remote).map_err(|words| Trouble::new(Class::Rejected, words))?;
        let external = self.external();
        match self.whole(external, id).await {
            Ok(ticket) => Ok(Some(ticket)),
            Err(error) if is_closed(&error) => self.look_inside(id, &error).await,
            Err(error) => Err(self.trouble(&error, external, Purpose::Question)),
        }
    }

    /// The same with the installation's key, after the agent's was refused with `error`.
    async fn look_inside(&self, id: u64, error: &Error) -> Result<Option<RemoteTicket>, Trouble> {
        let Some(internal) = self.internal() else {
            return match is_gone(error) {
                true => self.absent().await.map(|()| None),
                false => Err(self.trouble(error, self.external(), Purpose::Question)),
            };
        };
        match self.whole(internal, id).await {
            Ok(ticket) => Ok(Some(ticket)),
            Err(error) if is_gone(&error) => self.absent().await.map(|()| None),
            Err(error) => Err(self.trouble(&error, internal, Purpose::Question)),
        }
    }

    /// A ticket, without its messages, by the operator's word for what there stands for what here.
    fn understood(&self, ticket: &Ticket) -> RemoteTicket {
        let priority = self.terms().now().priority.of(ticket.priority.as_str());
        RemoteTicket {
            priority: priority.0,
            ..seen(ticket, self.incarnation(), self.known_spelling())
        }
    }

    /// A ticket and its messages.
    async fn whole(&self, access: Access<'_>, id: u64) -> Result<RemoteTicket, Error> {
        let turn = &mut Turn::Waits;
        let ticket = self.ticket(access, id, turn).await?;
        let thread = self.messages(access, id, turn).await?;
        let seen = self.understood(&ticket);
        Ok(self.with_messages(seen, thread).await)
    }

    /// A ticket alone.
    pub(super) async fn ticket(
        &self,
        access: Access<'_>,
        id: u64,
        turn: &mut Turn,
    ) -> Result<deskhive_client::Ticket, Error> {
        let call = match access.key {
            Key::Agent => external::ticket(id),
            Key::Installation => internal::ticket(id),
        };
        let answer = self.ask(access, &call, turn).await;
        answer.map(|answer| answer.value)
    }

    /// That a ticket is not there counts only where DeskHive is: a wrong address would say the same of every ticket.
    ///
    /// # Errors
    ///
    /// [`Trouble`] of a question.
    pub(super) async fn absent(&self) -> Result<(), Trouble> {
        let call = external::connection_check();
        let answer = self.ask(self.external(), &call, &mut Turn::Waits).await;
        answer
            .map(|_| ())
            .map_err(|error| self.trouble(&error, self.external(), Purpose::Listing))
    }

    async fn with_messages(&self, ticket: RemoteTicket, thread: Thread) -> RemoteTicket {
        let us = self.us(&mut Turn::Waits).await;
        let at = thread.at.map_or(self.now(), Time::from_timestamp);
        let otherwise = ticket.created_at.or(ticket.changed_at).unwrap_or(at);
        if !thread.is_whole {
            tracing::warn!(
                system = self.system(),
                remote = ticket.id,
                "a thread there cannot be read to its end"
            );
        }
        let clocks = thread.at.map(Time::from_timestamp).zip(thread.asked_at);
        let mut tally = Tally::new();
        let messages = heard(
            &thread.messages,
            otherwise,
            us,
            self.known_spelling(),
            &mut tally,
        );
        let fates = ticket.fates.iter().cloned().chain(tally.into_losses());
        RemoteTicket {
            fates: fates.take(Fate::MOST_KEPT).collect(),
            ended_at: ticket.ended_at.map(|ended_at| match clocks {
                Some((theirs, ours)) => by_our_clock(ended_at, theirs, ours),
                None => ended_at,
            }),
            messages: Some(messages),
            unsettled: ticket
                .changed_at
                .is_some_and(|changed_at| at.since(changed_at) < SETTLES_IN),
            ..ticket
        }
    }

    /// The tickets that the newest notifications are about.
    ///
    /// # Errors
    ///
    /// [`Trouble`] of a question.
    pub async fn heard_of(&self) -> Result<Vec<HeardOf>, Trouble> {
        let call = external::notifications(Paging::new(1, NOTIFICATIONS));
        let answer = self.ask(self.external(), &call, &mut Turn::Waits).await;
        let answer =
            answer.map_err(|error| self.trouble(&error, self.external(), Purpose::Listing))?;
        let notifications = answer.value.items.into_iter();
        let about_tickets = notifications.filter_map(|notification| {
            Some(HeardOf {
                id: notification.id,
                remote: notification.ticket_id?.to_string(),
                is_read: notification.is_read,
            })
        });
        Ok(about_tickets.collect())
    }

    /// Marks a notification as read, if the operator wants that.
    ///
    /// # Errors
    ///
    /// [`Trouble`] of a question.
    pub async fn acted_upon(&self, notification: u64) -> Result<(), Trouble> {
        if !self.terms().now().mark_read || !self.is_live() {
            return Ok(());
        }
        let call = external::mark_read(notification);
        match self.ask(self.external(), &call, &mut Turn::Waits).await {
            Ok(_) => Ok(()),
            // Then nobody has to read it.
            Err(error) if is_gone(&error) => Ok(()),
            Err(error) => Err(self.trouble(&error, self.external(), Purpose::Question)),
        }
    }
}

/// A ticket that DeskHive answers with, and its messages, as words of our own, with what became of each field. What
/// does not say when was said at `at`.
pub fn noted_thread(
    ticket: &Ticket,
    messages: &[ThreadMessage],
    incarnation: &crate::model::Incarnation,
    at: Time,
    tally: &mut Tally,
) -> RemoteTicket {
    let (agent, writes_as_user) = (None, true);
    let us = Us {
        agent,
        writes_as_user,
    };
    let seen = noted(ticket, incarnation, Spelling::Rich, tally);
    let otherwise = seen.created_at.or(seen.changed_at).unwrap_or(at);
    let heard = heard(messages, otherwise, us, Spelling::Rich, tally);
    RemoteTicket {
        messages: Some(heard),
        ..seen
    }
}

/// A moment there, which is compared with moments here: `theirs` is what the clock there said when ours said `ours`.
fn by_our_clock(moment: Time, theirs: Time, ours: Time) -> Time {
    let ahead = ours.as_micros().saturating_sub(theirs.as_micros());
    // An answer takes its time, and clocks that are told over the network differ by less.
    if ahead.unsigned_abs() < SAME_CLOCK.as_micros().try_into().unwrap_or(u64::MAX) {
        return moment;
    }
    Time::from_micros(moment.as_micros().saturating_add(ahead))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_of_a_clock_that_is_wrong_is_put_right() {
        let second = |second: i64| Time::from_micros(second * 1_000_000);
        for (moment, theirs, ours, expected) in [
            (100, 200, 200, 100),
            (100, 200, 204, 100),
            (100, 204, 200, 100),
            (100, 200, 3800, 3700),
            (3700, 3800, 200, 100),
        ] {
            let found = by_our_clock(second(moment), second(theirs), second(ours));
            assert_eq!(found, second(expected), "{moment} {theirs} {ours}");
        }
    }
}
