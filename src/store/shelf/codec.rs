//! Leaves and censuses as bytes.

use std::collections::BTreeMap;

use crate::store::record::{RecordError, unreadable};

/// What is kept of up to 64 neighbouring numbers, by their offsets, rising. A leaf is changed with every ticket, so it
/// stays bytes.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Leaf(Vec<u8>);

/// How many numbers have which traits.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Census(pub(super) BTreeMap<Vec<u8>, u64>);

impl Leaf {
    pub(super) fn read(key: &[u8], bytes: Vec<u8>) -> Result<Self, RecordError> {
        let mut left = bytes.as_slice();
        let mut before = None;
        while let Some((offset, rest)) = left.split_first() {
            let next = pull(rest).filter(|_| before < Some(*offset));
            before = Some(*offset);
            left = next.ok_or_else(|| unreadable(key, "is no leaf"))?.1;
        }
        Ok(Self(bytes))
    }

    pub(super) fn items(&self) -> impl Iterator<Item = (u8, &[u8])> {
        let mut left = self.0.as_slice();
        std::iter::from_fn(move || {
            let (offset, rest) = left.split_first()?;
            let (item, rest) = pull(rest)?;
            left = rest;
            Some((*offset, item))
        })
    }

    pub(super) fn get(&self, offset: u8) -> Option<&[u8]> {
        let mut items = self.items();
        items.find_map(|(other, item)| (other == offset).then_some(item))
    }

    /// Keeps `item` at `offset`, or nothing.
    pub(super) fn set(&mut self, offset: u8, item: Option<&[u8]>) {
        let start: usize = self
            .items()
            .take_while(|(other, _)| *other < offset)
            .map(|(_, item)| item.len() + 2)
            .sum();
        let replaced = self.get(offset).map_or(0, |item| item.len() + 2);
        let mut new = Vec::new();
        if let Some(item) = item {
            new.push(offset);
            push(&mut new, item);
        }
        drop(self.0.splice(start..start + replaced, new));
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

impl Census {
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (traits, count) in &self.0 {
            push(&mut bytes, traits);
            bytes.extend_from_slice(&count.to_be_bytes());
        }
        bytes
    }

    pub(super) fn read(key: &[u8], bytes: &[u8]) -> Result<Self, RecordError> {
        let mut counts = BTreeMap::new();
        let mut left = bytes;
        while !left.is_empty() {
            let parts = pull(left).and_then(|(traits, rest)| {
                let (count, rest) = rest.split_first_chunk()?;
                Some((traits, u64::from_be_bytes(*count), rest))
            });
            let (traits, count, rest) = parts.ok_or_else(|| unreadable(key, "is no census"))?;
            counts.insert(traits.to_vec(), count);
            left = rest;
        }
        Ok(Self(counts))
    }
}

/// With its length in front; what a shelf keeps of a number is short.
fn push(bytes: &mut Vec<u8>, item: &[u8]) {
    let length = u8::try_from(item.len()).unwrap_or(u8::MAX);
    bytes.push(length);
    bytes.extend_from_slice(&item[..usize::from(length)]);
}

fn pull(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first()?;
    rest.split_at_checked(usize::from(*length))
}
