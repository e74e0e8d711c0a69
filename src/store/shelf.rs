//! Shelves: numbers in order, each with its traits, of which any page costs about the same.
//!
//! What is kept of 64 neighbouring numbers is one row, a leaf. Above the leaves stand censuses, which say how many
//! numbers have which traits: one for 64 leaves (a block), one for 256 blocks (a span). Whoever looks for a place
//! far behind skips by spans, then by blocks, and reads the leaves of one block only, whatever is filtered.
//! All rows of a shelf that one batch changes are written once in it.

use std::collections::BTreeMap;

use crate::model::{AgentId, Assignee};

use super::keys::{self, Key};
use super::record::{self, RecordError};
use super::rows::{Batch, Read, Scan};

mod codec;
mod walk;

#[cfg(test)]
use walk::Found;
pub(super) use walk::Walk;

use codec::{Census, Leaf};

/// How the numbers below one row are cut off.
#[derive(Debug, Clone, Copy)]
struct Level {
    kind: u8,
    bits: u32,
}

const LEAF: Level = Level {
    kind: b'l',
    bits: 6,
};
const BLOCK: Level = Level {
    kind: b'b',
    bits: 12,
};
const SPAN: Level = Level {
    kind: b's',
    bits: 20,
};

/// Which numbers stand together.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Shelf(Vec<u8>);

/// What is kept of a number: its traits, which are counted, and what else there is to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item {
    pub(super) traits: Vec<u8>,
    pub(super) rest: Vec<u8>,
}

impl Shelf {
    /// The tickets of a brand and assignee, by number.
    pub(super) fn tickets(brand: &str, assignee: Assignee) -> Self {
        Self::of(b't', None, brand, assignee)
    }

    /// What those who may work on these tickets are told.
    pub(super) fn notices(brand: &str, assignee: Assignee) -> Self {
        Self::of(b'n', None, brand, assignee)
    }

    /// What of that one agent has read.
    pub(super) fn read(agent: AgentId, brand: &str, assignee: Assignee) -> Self {
        Self::of(b'r', Some(agent), brand, assignee)
    }

    fn of(kind: u8, agent: Option<AgentId>, brand: &str, assignee: Assignee) -> Self {
        let key = Key::of(kind);
        let key = match agent {
            Some(agent) => key.number(agent.0),
            None => key,
        };
        let key = key.text(brand).number(keys::assignee_number(assignee));
        Self(key.done())
    }

    fn row(&self, level: Level, index: u64) -> Vec<u8> {
        Key::of(level.kind).bytes(&self.0).number(index).done()
    }
}

/// Where the spans of all shelves of tickets stand.
pub(super) fn ticket_spans() -> Vec<u8> {
    Key::of(SPAN.kind).byte(b't').done()
}

/// Where the spans of a brand's shelves of tickets stand.
pub(super) fn ticket_spans_of(brand: &str) -> Vec<u8> {
    Key::of(SPAN.kind).byte(b't').text(brand).done()
}

/// The brand and assignee in the key of a span of tickets.
pub(super) fn ticket_span_of(key: &[u8]) -> Option<(String, Assignee)> {
    keys::brand_and_assignee(key, 2)
}

/// Just behind the spans of one shelf.
pub(super) fn spans_end(shelf: &Shelf) -> Vec<u8> {
    keys::end_of(&Key::of(SPAN.kind).bytes(&shelf.0).done())
}

/// How many numbers a row of a census counts, by traits.
pub(super) fn counts_in(key: &[u8], bytes: &[u8]) -> Result<Vec<(Vec<u8>, u64)>, RecordError> {
    Ok(Census::read(key, bytes)?.0.into_iter().collect())
}

/// What a leaf keeps: the offset of each number, and what is kept of it, traits first.
pub(super) fn items_in(key: &[u8], bytes: Vec<u8>) -> Result<Vec<(u8, Vec<u8>)>, RecordError> {
    let leaf = Leaf::read(key, bytes)?;
    let items = leaf.items().map(|(offset, item)| (offset, item.to_vec()));
    Ok(items.collect())
}

/// The first number of the leaf at `key`, and where the censuses above it stand.
pub(super) fn above_leaf(key: &[u8]) -> Option<(u64, [Vec<u8>; 2])> {
    let at = key.len().checked_sub(8)?;
    let first = keys::number_at(key, at)?.checked_shl(LEAF.bits)?;
    let shelf = Shelf(key.get(1..at)?.to_vec());
    let above = [BLOCK, SPAN].map(|level| shelf.row(level, first >> level.bits));
    Some((first, above))
}

/// Whether a leaf of `shelf` stands at `key`.
pub(super) fn is_leaf_of(key: &[u8], shelf: &Shelf) -> bool {
    let of = key.split_first().map(|(_, rest)| rest);
    of.is_some_and(|of| of.len() == shelf.0.len() + 8 && of.starts_with(&shelf.0))
}

/// What is kept of `number`, traits first.
pub(super) fn get(
    rows: &impl Read,
    shelf: &Shelf,
    number: u64,
) -> Result<Option<Vec<u8>>, RecordError> {
    let key = shelf.row(LEAF, number >> LEAF.bits);
    let Some(bytes) = record::get_bytes(rows, &key)? else {
        return Ok(None);
    };
    let leaf = Leaf::read(&key, bytes)?;
    Ok(leaf.get(offset_of(number)).map(<[u8]>::to_vec))
}

/// What is kept of all numbers that stand in one leaf with `number`.
pub(super) fn leaf_of(
    rows: &impl Read,
    shelf: &Shelf,
    number: u64,
) -> Result<Vec<(u64, Vec<u8>)>, RecordError> {
    let index = number >> LEAF.bits;
    let key = shelf.row(LEAF, index);
    let Some(bytes) = record::get_bytes(rows, &key)? else {
        return Ok(Vec::new());
    };
    let leaf = Leaf::read(&key, bytes)?;
    let items = leaf.items();
    let items =
        items.map(|(offset, item)| ((index << LEAF.bits) | u64::from(offset), item.to_vec()));
    Ok(items.collect())
}

/// The first leaf at or behind `from`, a key or the start of one, of all shelves of notices: its key, brand, assignee,
/// and what is kept of its numbers.
pub(super) fn next_notices(
    rows: &impl Read,
    from: Option<Vec<u8>>,
) -> Result<Option<NoticesLeaf>, RecordError> {
    let mut scan = Scan::prefix(Key::of(LEAF.kind).byte(b'n').done()).limit(1);
    if let Some(from) = from {
        scan.from = from;
    }
    let Some((key, value)) = rows.scan(&scan)?.into_iter().next() else {
        return Ok(None);
    };
    let (Some((brand, assignee)), Some(index)) = (
        keys::brand_and_assignee(&key, 2),
        keys::number_at(&key, key.len().saturating_sub(8)),
    ) else {
        return Err(record::unreadable(&key, "is no leaf of notices"));
    };
    let leaf = Leaf::read(&key, record::bytes_from_row(rows, &key, &value)?)?;
    let items = leaf.items();
    let items =
        items.map(|(offset, item)| ((index << LEAF.bits) | u64::from(offset), item.to_vec()));
    Ok(Some(NoticesLeaf {
        items: items.collect(),
        key,
        brand,
        assignee,
    }))
}

/// Neighbouring notices to the same agents.
pub(super) struct NoticesLeaf {
    pub(super) key: Vec<u8>,
    pub(super) brand: String,
    pub(super) assignee: Assignee,
    /// By number.
    pub(super) items: Vec<(u64, Vec<u8>)>,
}

/// Just behind the leaves of one shelf.
pub(super) fn leaves_end(shelf: &Shelf) -> Vec<u8> {
    keys::end_of(&Key::of(LEAF.kind).bytes(&shelf.0).done())
}

/// The agents who have read anything at all.
pub(super) fn readers(rows: &impl Read) -> Result<Vec<AgentId>, RecordError> {
    let mut found = Vec::new();
    let mut scan = Scan::prefix(Key::of(SPAN.kind).byte(b'r').done()).limit(1);
    while let Some((key, _)) = rows.scan(&scan)?.into_iter().next() {
        let Some(agent) = keys::number_at(&key, 2) else {
            break;
        };
        found.push(AgentId(agent));
        scan.from = keys::end_of(&Key::of(SPAN.kind).byte(b'r').number(agent).done());
    }
    Ok(found)
}

fn offset_of(number: u64) -> u8 {
    number.to_be_bytes()[7] & ((1 << LEAF.bits) - 1)
}

/// What one event changes of shelves.
#[derive(Debug, Default)]
pub(super) struct Shelving {
    leaves: BTreeMap<Vec<u8>, BTreeMap<u8, Option<Vec<u8>>>>,
    censuses: BTreeMap<Vec<u8>, BTreeMap<Vec<u8>, i64>>,
}

impl Shelving {
    /// `number` had these traits, if any, and is kept as `new` from now on, if at all.
    pub(super) fn shelve(
        &mut self,
        shelf: &Shelf,
        number: u64,
        old: Option<&[u8]>,
        new: Option<&Item>,
    ) {
        let leaf = self
            .leaves
            .entry(shelf.row(LEAF, number >> LEAF.bits))
            .or_default();
        leaf.insert(
            offset_of(number),
            new.map(|item| [item.traits.as_slice(), &item.rest].concat()),
        );
        for level in [BLOCK, SPAN] {
            let row = shelf.row(level, number >> level.bits);
            let census = self.censuses.entry(row).or_default();
            if let Some(old) = old {
                *census.entry(old.to_vec()).or_insert(0) -= 1;
            }
            if let Some(new) = new {
                *census.entry(new.traits.clone()).or_insert(0) += 1;
            }
        }
    }

    /// Adds the rows as they will then be.
    pub(super) fn finish(self, rows: &impl Read, batch: &mut Batch) -> Result<(), RecordError> {
        for (key, changes) in self.leaves {
            let mut leaf = match record::get_bytes(rows, &key)? {
                Some(bytes) => Leaf::read(&key, bytes)?,
                None => Leaf::default(),
            };
            for (offset, item) in changes {
                leaf.set(offset, item.as_deref());
            }
            put(batch, key, leaf.into_bytes());
        }
        for (key, changes) in self.censuses {
            if changes.values().all(|by| *by == 0) {
                continue;
            }
            let mut census = match record::get_bytes(rows, &key)? {
                Some(bytes) => Census::read(&key, &bytes)?,
                None => Census::default(),
            };
            for (traits, by) in changes {
                let count = census.0.entry(traits).or_insert(0);
                *count = count.saturating_add_signed(by);
            }
            census.0.retain(|_, count| *count > 0);
            put(batch, key, census.to_bytes());
        }
        Ok(())
    }
}

/// A row that says nothing is none.
fn put(batch: &mut Batch, key: Vec<u8>, bytes: Vec<u8>) {
    if bytes.is_empty() {
        batch.insert(key, None);
    } else {
        let rows = record::encode_bytes(key, &bytes).into_iter();
        batch.extend(rows.map(|(key, value)| (key, Some(value))));
    }
}

#[cfg(test)]
mod tests;
