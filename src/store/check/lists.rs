//! The shelves: each leaf says what its tickets say, and each census counts what is in the leaves below it.

use std::collections::BTreeMap;

use super::{Checking, Found};
use crate::model::{AgentId, Ticket, TicketId};
use crate::store::keys;
use crate::store::record::{self, RecordError};
use crate::store::rows::RowsError;
use crate::store::shelf::{self, Shelf};
use crate::store::traits::{NoticeTraits, TicketTraits, notice_from};

type Counts = BTreeMap<Vec<u8>, u64>;

/// What the leaves below one census hold, as long as they go by.
#[derive(Default)]
pub(super) struct Tally {
    key: Vec<u8>,
    counts: Counts,
}

impl Checking {
    pub(super) fn leaves(&mut self) -> Result<(), RowsError> {
        let mut tallies = [Tally::default(), Tally::default()];
        self.each(b"l", |checking, key, value| {
            let items = record::bytes_from_row(&checking.rows, key, value)
                .and_then(|bytes| shelf::items_in(key, bytes));
            let items = match items {
                Ok(items) => items,
                Err(error) => return checking.unreadable(error),
            };
            let Some((first, censuses)) = shelf::above_leaf(key) else {
                checking.find(format!("no leaf belongs at {}", key.escape_ascii()));
                return Ok(());
            };
            for (tally, census) in tallies.iter_mut().zip(censuses) {
                if tally.key != census {
                    checking.compare(std::mem::take(tally))?;
                    tally.key = census;
                }
            }
            for (offset, item) in items {
                let number = first + u64::from(offset);
                let traits = checking.item(key, number, &item)?;
                for tally in &mut tallies {
                    *tally.counts.entry(traits.clone()).or_default() += 1;
                }
            }
            Ok(())
        })?;
        for tally in tallies {
            self.compare(tally)?;
        }
        Ok(())
    }

    fn compare(&mut self, tally: Tally) -> Result<(), RowsError> {
        if tally.key.is_empty() {
            return Ok(());
        }
        let counted = match record::get_bytes(&self.rows, &tally.key) {
            Ok(Some(bytes)) => shelf::counts_in(&tally.key, &bytes),
            Ok(None) => Ok(Vec::new()),
            Err(error) => Err(error),
        };
        match counted {
            Ok(counted) => {
                let counted: Counts = counted.into_iter().collect();
                self.expected.censuses += u64::from(!tally.counts.is_empty());
                self.must(counted == tally.counts, || {
                    format!(
                        "the census at {} counts something else than there is",
                        tally.key.escape_ascii()
                    )
                });
                Ok(())
            }
            Err(RecordError::Rows(error)) => Err(error),
            // Told where its own turn comes.
            Err(RecordError::Unreadable { .. }) => Ok(()),
        }
    }

    /// Looks at what is kept of `number`, and says by which traits it is counted.
    fn item(&mut self, key: &[u8], number: u64, item: &[u8]) -> Result<Vec<u8>, RowsError> {
        let here = || key.escape_ascii().to_string();
        match key.get(1) {
            Some(b't') => {
                let found = self.get::<Ticket>(&keys::ticket(TicketId(number)))?;
                let holds = found.is_or_may_be(|ticket| {
                    shelf::is_leaf_of(key, &Shelf::tickets(&ticket.brand, ticket.assignee))
                        && TicketTraits::of(ticket).to_bytes() == item
                });
                self.must(holds, || {
                    format!(
                        "the list at {} says something else of ticket {number}",
                        here()
                    )
                });
                Ok(item.to_vec())
            }
            Some(b'n') => {
                let Some(notice) = notice_from(number, item) else {
                    self.find(format!("notice {number} at {} cannot be read", here()));
                    return Ok(item.to_vec());
                };
                let next = self.numbers.notice;
                self.must(number < next, || {
                    format!("notice {number} is there, but {next} is said to be the next")
                });
                let next = self.numbers.ticket;
                self.must(notice.ticket.0 < next, || {
                    format!("notice {number} is about a ticket whose number was not given yet")
                });
                let is_there = self.has(&keys::ticket(notice.ticket))?
                    || self.has(&keys::tombstone(notice.ticket))?;
                self.must(is_there, || {
                    format!(
                        "notice {number} is about a ticket which is not there, and was not removed"
                    )
                });
                Ok(NoticeTraits::of(&notice).to_bytes())
            }
            Some(b'r') => {
                let agent = AgentId(keys::number_at(key, 2).unwrap_or_default());
                let told = match keys::brand_and_assignee(key, 10) {
                    Some((brand, assignee)) => {
                        match shelf::get(&self.rows, &Shelf::notices(&brand, assignee), number) {
                            Ok(Some(told)) => Found::There(told),
                            Ok(None) => Found::Nothing,
                            Err(RecordError::Rows(error)) => return Err(error),
                            Err(RecordError::Unreadable { .. }) => Found::Unreadable,
                        }
                    }
                    None => Found::Nothing,
                };
                let holds = told.is_or_may_be(|told| told.starts_with(item));
                self.must(holds, || {
                    format!("agent {agent} is said to have read notice {number}, which is another or none")
                });
                Ok(item.to_vec())
            }
            _ => {
                self.find(format!("no list belongs at {}", here()));
                Ok(item.to_vec())
            }
        }
    }

    pub(super) fn censuses_of_blocks(&mut self) -> Result<(), RowsError> {
        self.censuses(b"b")
    }

    /// With the spans all are seen.
    pub(super) fn censuses_of_spans(&mut self) -> Result<(), RowsError> {
        self.censuses(b"s")?;
        let left = self.expected.censuses;
        self.must(left == 0, || {
            "there are censuses of lists that count what is not there".to_owned()
        });
        Ok(())
    }

    fn censuses(&mut self, prefix: &[u8]) -> Result<(), RowsError> {
        self.each(prefix, |checking, key, value| {
            let counts = record::bytes_from_row(&checking.rows, key, value)
                .and_then(|bytes| shelf::counts_in(key, &bytes));
            if let Err(error) = counts {
                return checking.unreadable(error);
            }
            checking.expected.censuses = checking.expected.censuses.wrapping_sub(1);
            Ok(())
        })
    }
}
