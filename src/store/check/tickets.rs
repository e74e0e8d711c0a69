//! Tickets, their messages, and what stands beside them.

use super::{Checking, Found};
use crate::model::{Delivery, Message, MessageId, Status, Text, Ticket, TicketId, Time, WayOut};
use crate::plan::{Note, Slot};
use crate::store::keys;
use crate::store::record;
use crate::store::rows::RowsError;
use crate::store::shelf::{self, Shelf};
use crate::store::traits::TicketTraits;

impl Checking {
    pub(super) fn tickets(&mut self) -> Result<(), RowsError> {
        self.each_record(b"t", |checking, key, ticket: Ticket| {
            let id = ticket.id;
            checking.must(key == keys::ticket(id), || {
                format!(
                    "the record at {} is that of ticket {id}",
                    key.escape_ascii()
                )
            });
            let next = checking.numbers.ticket;
            checking.must(id.0 < next, || {
                format!("ticket {id} is there, but {next} is said to be the next")
            });
            checking.must(
                ticket.closed_at.is_some() == (ticket.status == Status::Closed),
                || format!("ticket {id} does not know whether it is closed"),
            );
            checking.listed(&ticket)?;
            checking.linked(&ticket)?;
            let opening = checking.has(&keys::message(id, ticket.opening))?;
            checking.must(opening, || {
                format!("ticket {id} has lost its first message")
            });
            if let Some(answer) = ticket.answer {
                let found = checking.get::<Message>(&keys::message(id, answer))?;
                let holds = found.is_or_may_be(|message| message.response_url.is_some());
                checking.must(holds, || {
                    format!(
                        "message {answer} of ticket {id}, which is to be answered, has no way back"
                    )
                });
            }
            if let Some(since) = ticket.loop_since {
                let found = checking.get::<Time>(&keys::looping(id))?;
                let holds = found.is_or_may_be(|noted| *noted == since);
                checking.must(holds, || {
                    format!("the loop break of ticket {id} is not noted")
                });
            }
            checking.expected.ticket(&ticket);
            Ok(())
        })
    }

    fn listed(&mut self, ticket: &Ticket) -> Result<(), RowsError> {
        let shelf = Shelf::tickets(&ticket.brand, ticket.assignee);
        let listed = match shelf::get(&self.rows, &shelf, ticket.id.0) {
            Ok(listed) => listed,
            Err(record::RecordError::Rows(error)) => return Err(error),
            // Told with the lists.
            Err(record::RecordError::Unreadable { .. }) => return Ok(()),
        };
        let holds = listed == Some(TicketTraits::of(ticket).to_bytes());
        self.must(holds, || {
            format!(
                "the list of its brand says something else of ticket {}, or nothing",
                ticket.id
            )
        });
        Ok(())
    }

    fn linked(&mut self, ticket: &Ticket) -> Result<(), RowsError> {
        let id = ticket.id;
        for link in &ticket.links {
            let system = &link.system;
            if let Some(remote) = &link.remote {
                let is_known = self.has(&keys::linked(system, remote))?;
                self.must(is_known, || {
                    format!("what ticket {id} is linked to at {system} does not lead back to it")
                });
            }
            let followed = self.get::<String>(&keys::open_link(system, id))?;
            let holds = match (&followed, link.followed()) {
                (Found::There(noted), Some(followed)) => noted == followed,
                (Found::Nothing, None) | (Found::Unreadable, _) => true,
                _ => false,
            };
            self.must(holds, || {
                format!("whether ticket {id} is still to be asked for at {system} is noted wrongly")
            });
        }
        Ok(())
    }

    pub(super) fn messages(&mut self) -> Result<(), RowsError> {
        let mut newest: Option<(TicketId, Found<Ticket>)> = None;
        self.each_record(b"m", |checking, key, message: Message| {
            let (id, of) = (message.id, message.ticket);
            checking.must(key == keys::message(of, id), || {
                format!("the record at {} is that of message {id}", key.escape_ascii())
            });
            let next = checking.numbers.message;
            checking.must(id.0 < next, || {
                format!("message {id} is there, but {next} is said to be the next")
            });
            if newest.as_ref().is_none_or(|(ticket, _)| *ticket != of) {
                newest = Some((of, checking.get(&keys::ticket(of))?));
            }
            match &newest {
                Some((_, Found::There(ticket))) => checking.named(&message, &ticket.brand)?,
                Some((_, Found::Unreadable)) => {}
                Some((_, Found::Nothing)) | None => {
                    let is_leaving = checking.is_leaving(of)?;
                    checking.must(is_leaving, || {
                        format!("message {id} belongs to ticket {of}, which is not there")
                    });
                }
            }
            if message.text == Text::Apart {
                // The texts of what is being removed go before it.
                let is_there = checking.has(&keys::text(id, message.revision))?
                    || checking.is_leaving(of)?;
                checking.must(is_there, || format!("the text of message {id} is not there"));
            }
            if let WayOut::By(delivery) = message.way_out {
                // The delivery may be gone, with its time; another one in its place may not.
                let found = checking.get::<Delivery>(&keys::delivery(delivery))?;
                let is_other =
                    matches!(&found, Found::There(delivery) if delivery.message != id);
                checking.must(!is_other, || {
                    format!("message {id} is said to go out as delivery {delivery}, which carries another")
                });
            }
            Ok(())
        })
    }

    /// Its uid leads to a message with that uid.
    fn named(&mut self, message: &Message, brand: &str) -> Result<(), RowsError> {
        // What was said at a system has a uid as well, by which nothing is looked up.
        let Some(uid) = message
            .external_uid
            .as_ref()
            .filter(|_| message.said_at().is_none())
        else {
            return Ok(());
        };
        let slot = Slot::Sent(message.provider.clone());
        let found = self.get::<(TicketId, MessageId)>(&keys::uid(brand, uid, &slot))?;
        let holds = found.is_or_may_be(|found| *found == (message.ticket, message.id));
        let id = message.id;
        self.must(holds, || {
            format!("the uid of message {id} does not lead to it")
        });
        Ok(())
    }

    pub(super) fn texts(&mut self) -> Result<(), RowsError> {
        self.each(b"x", |checking, key, value| {
            match record::bytes_from_row(&checking.rows, key, value) {
                Ok(bytes) => {
                    let is_text = String::from_utf8(bytes).is_ok();
                    checking.must(is_text, || {
                        format!("the record at {} is no text", key.escape_ascii())
                    });
                    Ok(())
                }
                Err(error) => checking.unreadable(error),
            }
        })
    }

    pub(super) fn notes(&mut self) -> Result<(), RowsError> {
        self.each_record(b"e", |checking, key, _: Note| {
            let ticket = TicketId(keys::number_at(key, 1).unwrap_or_default());
            let is_there = checking.has(&keys::ticket(ticket))? || checking.is_leaving(ticket)?;
            checking.must(is_there, || {
                format!("something is noted of ticket {ticket}, which is not there")
            });
            Ok(())
        })
    }
}
