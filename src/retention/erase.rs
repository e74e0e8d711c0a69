//! A person's right to be forgotten, by order: everything that names them is looked for and removed, and a receipt says
//! what that was, without naming them.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::clock::Clock;
use crate::model::{
    Delivery, DeliveryState, Erasing, Happening, Link, MessageId, TicketId, Tidying, Time,
};
use crate::plan::Note;
use crate::store::{CommitError, Store, Story};

use super::{RemoveError, Step, step};

/// What arrives while a person is being forgotten is looked for once more, so often.
const ROUNDS: usize = 3;

/// What forgets.
#[derive(Clone)]
pub struct Erasure {
    /// From where.
    pub store: Store,
    /// What tells the time.
    pub clock: Arc<dyn Clock>,
}

/// Who is to be forgotten.
#[derive(Clone)]
pub struct Wanted {
    /// What they go by.
    pub author: String,
    /// Only in this brand.
    pub brand: Option<String>,
    /// Only say what would be removed.
    pub dry_run: bool,
}

/// What was removed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Receipt {
    /// When it began.
    pub at: Option<Time>,
    /// Tickets that went whole.
    pub tickets: BTreeSet<TicketId>,
    /// Messages in others' tickets that lost their words.
    pub messages: BTreeSet<(TicketId, MessageId)>,
    /// Messages that went with their tickets.
    pub messages_removed: u64,
    /// Deliveries that went, also those that had ended.
    pub deliveries: u64,
    /// Those of them that were pending, and are never sent.
    pub called_off: Vec<CalledOff>,
    /// Leaves of notices to agents that were changed.
    pub notices: u64,
    /// Brands in which the person was known as an author.
    pub brands: BTreeSet<String>,
    /// What outside systems have of it, which cannot be erased from here.
    pub remote: BTreeSet<RemoteTicket>,
    /// What names the person still, because its record cannot be changed.
    pub left: u64,
}

/// A delivery that was pending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalledOff {
    /// Its number.
    pub delivery: u64,
    /// Whose it was.
    pub ticket: TicketId,
    /// Where it was to go.
    pub system: String,
    /// Whether a call may have arrived.
    pub may_have_arrived: bool,
}

/// A ticket at an outside system.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RemoteTicket {
    /// Which system.
    pub system: String,
    /// Its id there.
    pub remote: String,
    /// Ours, for which it stood.
    pub ticket: TicketId,
}

/// What names a person.
struct Found {
    tickets: BTreeSet<TicketId>,
    messages: BTreeSet<(TicketId, MessageId)>,
    brands: BTreeSet<String>,
}

impl Found {
    fn is_empty(&self) -> bool {
        self.tickets.is_empty() && self.messages.is_empty() && self.brands.is_empty()
    }
}

impl Erasure {
    /// Forgets them. May be repeated, also where it was broken off.
    ///
    /// # Errors
    ///
    /// See [`RemoveError`].
    pub async fn erase(&self, wanted: &Wanted) -> Result<Receipt, RemoveError> {
        let mut receipt = Receipt {
            at: Some(self.clock.now()),
            ..Receipt::default()
        };
        for _ in 0..ROUNDS {
            let found = self.find(wanted).await?;
            receipt.left = (found.tickets.len() + found.messages.len()) as u64;
            if found.is_empty() {
                break;
            }
            for ticket in &found.tickets {
                self.tell_of_ticket(*ticket, &mut receipt).await?;
            }
            for (ticket, message) in &found.messages {
                self.tell_of_message(*ticket, *message, &mut receipt)
                    .await?;
            }
            receipt.brands.extend(found.brands.iter().cloned());
            if wanted.dry_run {
                return Ok(receipt);
            }
            self.remove(wanted, &found).await?;
        }
        if !wanted.dry_run {
            self.finish(&mut receipt).await?;
        }
        Ok(receipt)
    }

    async fn find(&self, wanted: &Wanted) -> Result<Found, RemoveError> {
        let author = || wanted.author.clone();
        let mut found = Found {
            tickets: BTreeSet::new(),
            messages: BTreeSet::new(),
            brands: BTreeSet::new(),
        };
        let mut from = Some(TicketId(0));
        while let Some(next) = from {
            let brand = wanted.brand.clone();
            let page = self.store.tickets_by(author(), brand, next).await?;
            found.tickets.extend(page.found);
            from = page.next;
        }
        let mut from = Some((TicketId(0), MessageId(0)));
        while let Some(next) = from {
            let page = self.store.messages_by(author(), next).await?;
            for (ticket, message) in page.found {
                if !found.tickets.contains(&ticket) && self.is_of(ticket, wanted).await? {
                    found.messages.insert((ticket, message));
                }
            }
            from = page.next;
        }
        let brands = self.store.brands_of(author()).await?.into_iter();
        let is_wanted = |brand: &String| wanted.brand.as_ref().is_none_or(|one| one == brand);
        found.brands.extend(brands.filter(is_wanted));
        Ok(found)
    }

    /// Whether a ticket is of the brand in question. What is left of a removed one is swept, not changed.
    async fn is_of(&self, ticket: TicketId, wanted: &Wanted) -> Result<bool, RemoveError> {
        let view = self.store.ticket(ticket).await?;
        let brand = wanted.brand.as_ref();
        Ok(view.is_some_and(|view| brand.is_none_or(|brand| *brand == view.ticket.brand)))
    }

    async fn tell_of_ticket(
        &self,
        ticket: TicketId,
        receipt: &mut Receipt,
    ) -> Result<(), RemoveError> {
        let Some(story) = self.store.story(ticket).await? else {
            return Ok(());
        };
        if !receipt.tickets.insert(ticket) {
            return Ok(());
        }
        receipt.messages_removed += story.messages.len() as u64;
        for told in &story.deliveries {
            tell_of_delivery(&told.delivery, receipt);
        }
        tell_of_remotes(&story, receipt);
        Ok(())
    }

    async fn tell_of_message(
        &self,
        ticket: TicketId,
        message: MessageId,
        receipt: &mut Receipt,
    ) -> Result<(), RemoveError> {
        let Some(story) = self.store.story(ticket).await? else {
            return Ok(());
        };
        if !receipt.messages.insert((ticket, message)) {
            return Ok(());
        }
        for told in &story.deliveries {
            let delivery = &told.delivery;
            let answers = delivery.reply().map(|reply| reply.answers);
            if delivery.message == message || answers == Some(message) {
                tell_of_delivery(delivery, receipt);
            }
        }
        tell_of_remotes(&story, receipt);
        Ok(())
    }

    async fn remove(&self, wanted: &Wanted, found: &Found) -> Result<(), RemoveError> {
        for ticket in &found.tickets {
            self.step_to_the_end(Erasing::Ticket {
                ticket: *ticket,
                author: wanted.author.clone(),
            })
            .await?;
        }
        for (ticket, message) in &found.messages {
            self.step_to_the_end(Erasing::Message {
                ticket: *ticket,
                message: *message,
                author: wanted.author.clone(),
            })
            .await?;
        }
        for brand in &found.brands {
            self.step_to_the_end(Erasing::Author {
                brand: brand.clone(),
                author: wanted.author.clone(),
            })
            .await?;
        }
        Ok(())
    }

    async fn step_to_the_end(&self, erasing: Erasing) -> Result<(), RemoveError> {
        loop {
            let what = Happening::Erased(erasing.clone());
            match step(&self.store, &self.clock, what).await {
                Ok(Step::More) => {}
                // What cannot be planned was said in the log; the receipt counts what is left.
                Ok(Step::Done | Step::Nothing) | Err(CommitError::SetAside(_)) => return Ok(()),
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// What was too much for one event, also of an order that was broken off, and what agents were told.
    async fn finish(&self, receipt: &mut Receipt) -> Result<(), RemoveError> {
        let mut ended = BTreeSet::new();
        loop {
            let left = self.store.unswept().await?;
            let mut left = left.into_iter().filter(|ticket| !ended.contains(ticket));
            let Some(ticket) = left.next() else {
                break;
            };
            let what = Happening::Tidied(Tidying::Sweep { ticket });
            match step(&self.store, &self.clock, what).await {
                Ok(Step::More) => {}
                Ok(Step::Done | Step::Nothing) => {
                    ended.insert(ticket);
                }
                Err(CommitError::SetAside(_)) => {
                    ended.insert(ticket);
                    receipt.left += 1;
                }
                Err(error) => return Err(error.into()),
            }
        }
        let mut from = None;
        loop {
            let (found, next) = self.store.stale_notices(from, None).await?;
            for leaf in found {
                receipt.notices += 1;
                let what = Happening::Tidied(Tidying::Unnotice(leaf));
                loop {
                    match step(&self.store, &self.clock, what.clone()).await {
                        Ok(Step::More) => {}
                        Ok(_) | Err(CommitError::SetAside(_)) => break,
                        Err(error) => return Err(error.into()),
                    }
                }
            }
            match next {
                Some(next) => from = Some(next),
                None => return Ok(()),
            }
        }
    }
}

fn tell_of_delivery(delivery: &Delivery, receipt: &mut Receipt) {
    receipt.deliveries += 1;
    if !delivery.state.is_pending() {
        return;
    }
    let is_begun = matches!(delivery.state, DeliveryState::Started { .. });
    receipt.called_off.push(CalledOff {
        delivery: delivery.id.0,
        ticket: delivery.ticket,
        system: delivery.system.clone(),
        may_have_arrived: is_begun || delivery.tries > 0 || delivery.in_doubt_since.is_some(),
    });
}

fn tell_of_remotes(story: &Story, receipt: &mut Receipt) {
    let ticket = story.ticket.id;
    let links = story.ticket.links.iter().flat_map(remotes_of);
    let linked = story.notes.iter().filter_map(|(_, note)| match note {
        Note::Linked { system, remote } | Note::Surplus { system, remote } => {
            Some((system.clone(), remote.clone()))
        }
        _ => None,
    });
    let remote = links.chain(linked).map(|(system, remote)| RemoteTicket {
        system,
        remote,
        ticket,
    });
    receipt.remote.extend(remote);
}

fn remotes_of(link: &Link) -> Vec<(String, String)> {
    let remotes = link.remote.iter().chain(&link.earlier).chain(&link.surplus);
    remotes
        .map(|remote| (link.system.clone(), remote.clone()))
        .collect()
}
