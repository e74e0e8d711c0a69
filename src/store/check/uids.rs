//! What leads from names that others give to what they call so. A system's name for a ticket outlives it for a while.

use super::{Checking, Found};
use crate::model::{Message, MessageId, Ticket, TicketId};
use crate::plan::{Address, AuthorRecord};
use crate::store::keys;
use crate::store::rows::RowsError;

impl Checking {
    pub(super) fn uids(&mut self) -> Result<(), RowsError> {
        self.each_record(
            b"u",
            |checking, key, (ticket, message): (TicketId, MessageId)| {
                checking.leads_somewhere(ticket, message, &|| {
                    format!("the uid at {}", key.escape_ascii())
                })
            },
        )
    }

    pub(super) fn addresses(&mut self) -> Result<(), RowsError> {
        self.each_record(b"P", |checking, _, address: Address| {
            checking.leads_somewhere(address.ticket, address.message, &|| {
                "an address for replies".to_owned()
            })
        })
    }

    /// A name goes with what it names.
    fn leads_somewhere(
        &mut self,
        ticket: TicketId,
        message: MessageId,
        who: &dyn Fn() -> String,
    ) -> Result<(), RowsError> {
        let is_there = self.has(&keys::message(ticket, message))?;
        self.must(is_there, || {
            format!(
                "{} leads to message {message} of ticket {ticket}, which is not there",
                who()
            )
        });
        Ok(())
    }

    pub(super) fn waiting(&mut self) -> Result<(), RowsError> {
        self.each_record(b"w", |checking, key, _: Option<String>| {
            let at = key.len().saturating_sub(16);
            let ticket = TicketId(keys::number_at(key, at).unwrap_or_default());
            let message = MessageId(keys::number_at(key, at + 8).unwrap_or_default());
            let found = checking.get::<Message>(&keys::message(ticket, message))?;
            let holds = found.is_or_may_be(|found| {
                let parent = found.parent_uid.as_deref().unwrap_or_default();
                // Brand and uid stand before.
                key[..at].ends_with(parent.as_bytes())
            });
            checking.must(holds, || {
                format!("message {message} of ticket {ticket} is said to wait for a parent, and does not")
            });
            Ok(())
        })
    }

    pub(super) fn authors(&mut self) -> Result<(), RowsError> {
        self.each_record(b"a", |checking, key, author: AuthorRecord| {
            let next = checking.numbers.ticket;
            checking.must(author.customer.0 < next, || {
                format!(
                    "the author at {} has a number that was not given yet",
                    key.escape_ascii()
                )
            });
            Ok(())
        })
    }

    pub(super) fn links(&mut self) -> Result<(), RowsError> {
        self.each_record(b"R", |checking, key, ticket: TicketId| {
            let next = checking.numbers.ticket;
            checking.must(ticket.0 < next, || {
                format!(
                    "the link at {} leads to a number that was not given yet",
                    key.escape_ascii()
                )
            });
            // Those of a ticket that is being removed are noted for forgetting with what told of them.
            let is_kept = checking.has(&keys::ticket(ticket))?
                || checking.is_leaving(ticket)?
                || checking.is_to_be_forgotten(ticket, key)?;
            checking.must(is_kept, || {
                format!(
                    "the link at {} leads to ticket {ticket}, which is not there, and is never forgotten",
                    key.escape_ascii()
                )
            });
            Ok(())
        })
    }

    pub(super) fn open_links(&mut self) -> Result<(), RowsError> {
        self.each_record(b"o", |checking, key, remote: String| {
            let id = keys::ticket_of_open_link(key).unwrap_or_default();
            let found = checking.get::<Ticket>(&keys::ticket(id))?;
            let holds = match &found {
                Found::There(ticket) => ticket.links.iter().any(|link| {
                    link.followed() == Some(&remote) && keys::open_link(&link.system, id) == key
                }),
                Found::Nothing => false,
                Found::Unreadable => true,
            };
            checking.must(holds, || {
                format!(
                    "ticket {id} is said to be asked for at a system, and does not know of that"
                )
            });
            Ok(())
        })
    }
}
