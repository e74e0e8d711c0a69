//! What is told of things that were removed, and for how long.

use super::{Checking, Found};
use crate::model::{TicketId, Time, Tombstone};
use crate::plan::{Departed, Leftover};
use crate::store::keys;
use crate::store::record;
use crate::store::rows::{Read as _, RowsError, Scan};

impl Checking {
    /// Whether a ticket was removed and something of it is left, which goes a part at a time.
    pub(super) fn is_leaving(&self, ticket: TicketId) -> Result<bool, RowsError> {
        self.has(&keys::unswept(ticket))
    }

    /// Whether it is noted that the row at `key`, of a ticket that was removed, is to be forgotten some time.
    pub(super) fn is_to_be_forgotten(
        &self,
        ticket: TicketId,
        key: &[u8],
    ) -> Result<bool, RowsError> {
        match self.get::<Tombstone>(&keys::tombstone(ticket))? {
            Found::There(stone) => self.is_noted(keys::all_remembered_of(stone.at, ticket), key),
            Found::Unreadable => Ok(true),
            // It is the first that is forgotten. When that was cannot be told any more, so that all must be looked at.
            Found::Nothing => self.is_noted(keys::all_remembered(), key),
        }
    }

    /// Whether a row that is to be forgotten is named by one of those that begin with `prefix`.
    fn is_noted(&self, prefix: Vec<u8>, row: &[u8]) -> Result<bool, RowsError> {
        let name = hex::encode(row);
        let mut is_noted = false;
        self.rows.each(&Scan::prefix(prefix), &mut |key, value| {
            is_noted = match record::from_row::<Vec<String>>(&self.rows, key, value) {
                Ok(names) => names.contains(&name),
                // It is told where its own turn comes.
                Err(_) => true,
            };
            !is_noted
        })?;
        Ok(is_noted)
    }

    fn is_noted_at(&self, at: Time, ticket: TicketId, row: &[u8]) -> Result<bool, RowsError> {
        self.is_noted(keys::all_remembered_of(at, ticket), row)
    }

    pub(super) fn tombstones(&mut self) -> Result<(), RowsError> {
        self.each_record(b"T", |checking, key, stone: Tombstone| {
            let id = TicketId(keys::number_at(key, 1).unwrap_or_default());
            checking.is_gone(id, "removed")?;
            let is_noted = checking.is_noted_at(stone.at, id, key)?;
            checking.must(is_noted, || {
                format!("that ticket {id} was removed is never forgotten")
            });
            Ok(())
        })
    }

    pub(super) fn leftovers(&mut self) -> Result<(), RowsError> {
        self.each_record(b"G", |checking, key, _: Leftover| {
            let id = TicketId(keys::number_at(key, 1).unwrap_or_default());
            // Since when may be forgotten by now, where a part of it cannot be removed.
            checking.is_gone(id, "being removed")
        })
    }

    fn is_gone(&mut self, id: TicketId, what: &str) -> Result<(), RowsError> {
        let next = self.numbers.ticket;
        self.must(id.0 < next, || {
            format!("ticket {id} is said to be {what}, but {next} is said to be the next")
        });
        let is_there = self.has(&keys::ticket(id))?;
        self.must(!is_there, || {
            format!("ticket {id} is said to be {what}, and is there")
        });
        Ok(())
    }

    pub(super) fn departed(&mut self) -> Result<(), RowsError> {
        self.each_record(b"U", |checking, key, departed: Departed| {
            let numbers = checking.numbers;
            let Departed {
                ticket, message, ..
            } = departed;
            checking.must(
                ticket.0 < numbers.ticket && message.0 < numbers.message,
                || {
                    format!(
                        "the removed uid at {} leads to a number that was not given yet",
                        key.escape_ascii()
                    )
                },
            );
            let is_noted = checking.is_noted_at(departed.at, ticket, key)?;
            checking.must(is_noted, || {
                format!(
                    "the removed uid at {} is never forgotten",
                    key.escape_ascii()
                )
            });
            Ok(())
        })
    }

    /// What is to be forgotten is there.
    pub(super) fn remembered(&mut self) -> Result<(), RowsError> {
        self.each_record(b"Y", |checking, key, names: Vec<String>| {
            let Some(what) = keys::remembered_of(key) else {
                checking.find(format!(
                    "nothing that is to be forgotten belongs at {}",
                    key.escape_ascii()
                ));
                return Ok(());
            };
            let ticket = what.ticket;
            let stone = keys::tombstone(ticket);
            for name in names {
                let row = hex::decode(&name).unwrap_or_default();
                let holds = match row.first() {
                    Some(b'T') => row == stone && checking.has(&row)?,
                    Some(b'U') => checking.has(&row)?,
                    // Where two parts name a link, it goes with the first of them, and with the very first the stone.
                    Some(b'R') => checking.has(&row)? || !checking.has(&stone)?,
                    _ => false,
                };
                checking.must(holds, || {
                    format!(
                        "what is to be forgotten of ticket {ticket} at {} is not there",
                        row.escape_ascii()
                    )
                });
            }
            Ok(())
        })
    }
}
