//! A walk along shelves that are read as one, newest first.

use std::collections::BTreeMap;

use crate::store::keys;
use crate::store::record::{self, RecordError};
use crate::store::rows::{Read, Scan};

use super::codec::{Census, Leaf};
use super::{BLOCK, LEAF, Level, SPAN, Shelf};

/// Which numbers of which shelves; no number stands in two of them.
pub(in crate::store) struct Walk<'a, R> {
    pub(in crate::store) rows: &'a R,
    pub(in crate::store) shelves: &'a [Shelf],
    /// By what is kept of a number, of which the traits alone may be there.
    pub(in crate::store) wanted: &'a dyn Fn(usize, &[u8]) -> bool,
    /// None below this.
    pub(in crate::store) from: u64,
}

/// A number that is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::store) struct Found {
    pub(in crate::store) number: u64,
    /// The place of its shelf among those that were named.
    pub(in crate::store) shelf: usize,
    /// What is kept of it, traits first.
    pub(in crate::store) item: Vec<u8>,
}

impl<R: Read> Walk<'_, R> {
    /// How many there are.
    pub(in crate::store) fn count(&self) -> Result<u64, RecordError> {
        Ok(self.spans()?.values().sum())
    }

    /// Those behind the first `offset`, at most `limit`, newest first; and how many there are in all.
    pub(in crate::store) fn page(
        &self,
        offset: u64,
        limit: usize,
    ) -> Result<(Vec<Found>, u64), RecordError> {
        let spans = self.spans()?;
        let total = spans.values().sum();
        let mut page = Vec::new();
        let mut skip = offset;
        for (span, count) in spans.into_iter().rev() {
            if passes(&mut skip, count) {
                continue;
            }
            for (block, count) in self.blocks(span)?.into_iter().rev() {
                if page.len() >= limit {
                    return Ok((page, total));
                }
                if passes(&mut skip, count) {
                    continue;
                }
                let mut items = self.items(block)?;
                items.sort_unstable_by_key(|found| std::cmp::Reverse(found.number));
                let behind = usize::try_from(std::mem::take(&mut skip)).unwrap_or(usize::MAX);
                let room = limit - page.len();
                page.extend(items.into_iter().skip(behind).take(room));
            }
        }
        Ok((page, total))
    }

    fn spans(&self) -> Result<BTreeMap<u64, u64>, RecordError> {
        let first = self.from >> SPAN.bits;
        let mut spans = self.counts(SPAN, first, u64::MAX)?;
        if self.starts_within(SPAN)
            && let Some(count) = spans.get_mut(&first)
        {
            *count = self.blocks(first)?.values().sum();
        }
        Ok(spans)
    }

    fn blocks(&self, span: u64) -> Result<BTreeMap<u64, u64>, RecordError> {
        let bits = SPAN.bits - BLOCK.bits;
        let start = self.from >> BLOCK.bits;
        let mut blocks = self.counts(BLOCK, start.max(span << bits), (span + 1) << bits)?;
        if self.starts_within(BLOCK)
            && let Some(count) = blocks.get_mut(&start)
        {
            *count = self.items(start)?.len() as u64;
        }
        Ok(blocks)
    }

    fn starts_within(&self, level: Level) -> bool {
        self.from & ((1 << level.bits) - 1) != 0
    }

    /// How many are wanted in each row of `level` from `first` to before `end`.
    fn counts(
        &self,
        level: Level,
        first: u64,
        end: u64,
    ) -> Result<BTreeMap<u64, u64>, RecordError> {
        let mut counts = BTreeMap::new();
        for (place, shelf) in self.shelves.iter().enumerate() {
            for row in self.rows_of(shelf, level, first, end)? {
                let census = Census::read(&row.key, &row.bytes)?.0.into_iter();
                let wanted = census.filter(|(traits, _)| (self.wanted)(place, traits));
                let count: u64 = wanted.map(|(_, count)| count).sum();
                *counts.entry(row.index).or_insert(0) += count;
            }
        }
        Ok(counts)
    }

    fn items(&self, block: u64) -> Result<Vec<Found>, RecordError> {
        let bits = BLOCK.bits - LEAF.bits;
        let mut found = Vec::new();
        for (place, shelf) in self.shelves.iter().enumerate() {
            for row in self.rows_of(shelf, LEAF, block << bits, (block + 1) << bits)? {
                for (offset, item) in Leaf::read(&row.key, row.bytes)?.items() {
                    let number = (row.index << LEAF.bits) | u64::from(offset);
                    if number >= self.from && (self.wanted)(place, item) {
                        found.push(Found {
                            number,
                            shelf: place,
                            item: item.to_vec(),
                        });
                    }
                }
            }
        }
        Ok(found)
    }

    fn rows_of(
        &self,
        shelf: &Shelf,
        level: Level,
        first: u64,
        end: u64,
    ) -> Result<Vec<LevelRow>, RecordError> {
        let scan = Scan {
            from: shelf.row(level, first),
            to: shelf.row(level, end),
            backwards: false,
            limit: usize::MAX,
        };
        let mut found = Vec::new();
        for (key, value) in self.rows.scan(&scan)? {
            let bytes = record::bytes_from_row(self.rows, &key, &value)?;
            if let Some(index) = keys::number_at(&key, key.len() - 8) {
                found.push(LevelRow { key, index, bytes });
            }
        }
        Ok(found)
    }
}

/// A row of one level, and which of the level's rows it is.
struct LevelRow {
    key: Vec<u8>,
    index: u64,
    bytes: Vec<u8>,
}

/// Whether all of these are skipped, and then skips them.
fn passes(skip: &mut u64, count: u64) -> bool {
    let all = *skip >= count;
    if all {
        *skip -= count;
    }
    all
}
