//! Records as bytes: a version, then JSON or raw text; what is too long for one row goes on in further ones.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::keys;
use super::rows::{Read, RowsError};

/// A page of the engine holds neighbouring values, and a page that grows too large leaves the synced log.
pub(super) const LONGEST_VALUE: usize = 4096;

pub(super) const VERSION: u8 = 1;
/// Version, number of further parts.
pub(super) const HEADER: usize = 3;

/// A record that cannot be had.
#[derive(Debug, thiserror::Error)]
pub(super) enum RecordError {
    #[error(transparent)]
    Rows(#[from] RowsError),
    #[error("the record at {key} {what}")]
    Unreadable { key: String, what: String },
}

pub(super) fn unreadable(key: &[u8], what: impl Into<String>) -> RecordError {
    RecordError::Unreadable {
        key: key.escape_ascii().to_string(),
        what: what.into(),
    }
}

/// The rows that `record` takes under `key`.
pub(super) fn encode<T: Serialize>(key: Vec<u8>, record: &T) -> Vec<(Vec<u8>, Vec<u8>)> {
    let json = serde_json::to_vec(record)
        .expect("our records have string keys and no failing serializers");
    encode_bytes(key, &json)
}

/// The rows that raw `bytes` take under `key`.
pub(super) fn encode_bytes(key: Vec<u8>, bytes: &[u8]) -> Vec<(Vec<u8>, Vec<u8>)> {
    let (first, rest) = bytes.split_at(bytes.len().min(LONGEST_VALUE - HEADER));
    let parts: Vec<&[u8]> = rest.chunks(LONGEST_VALUE).collect();
    let count = u16::try_from(parts.len()).unwrap_or(u16::MAX);
    let mut value = Vec::with_capacity(HEADER + first.len());
    value.push(VERSION);
    value.extend_from_slice(&count.to_be_bytes());
    value.extend_from_slice(first);
    let mut rows = Vec::with_capacity(1 + parts.len());
    for (number, part) in (0_u16..).zip(parts) {
        rows.push((keys::part(&key, number), part.to_vec()));
    }
    rows.push((key, value));
    rows
}

/// The keys of all rows of the record whose first row is this.
pub(super) fn keys_of(key: &[u8], value: &[u8]) -> Vec<Vec<u8>> {
    let parts = match value {
        [_, high, low, ..] => u16::from_be_bytes([*high, *low]),
        _ => 0,
    };
    let mut keys = vec![key.to_vec()];
    keys.extend((0..parts).map(|part| keys::part(key, part)));
    keys
}

/// The record under `key`, if there is one.
pub(super) fn get<T: DeserializeOwned>(
    rows: &impl Read,
    key: &[u8],
) -> Result<Option<T>, RecordError> {
    match get_bytes(rows, key)? {
        Some(bytes) => decode(key, &bytes).map(Some),
        None => Ok(None),
    }
}

/// The raw bytes under `key`, if there are any.
pub(super) fn get_bytes(rows: &impl Read, key: &[u8]) -> Result<Option<Vec<u8>>, RecordError> {
    match rows.get(key)? {
        Some(value) => assemble(rows, key, &value).map(Some),
        None => Ok(None),
    }
}

/// The record whose first row was read by a scan.
pub(super) fn from_row<T: DeserializeOwned>(
    rows: &impl Read,
    key: &[u8],
    value: &[u8],
) -> Result<T, RecordError> {
    decode(key, &assemble(rows, key, value)?)
}

/// The raw bytes whose first row was read by a scan.
pub(super) fn bytes_from_row(
    rows: &impl Read,
    key: &[u8],
    value: &[u8],
) -> Result<Vec<u8>, RecordError> {
    assemble(rows, key, value)
}

fn decode<T: DeserializeOwned>(key: &[u8], bytes: &[u8]) -> Result<T, RecordError> {
    serde_json::from_slice(bytes).map_err(|error| {
        unreadable(
            key,
            format!(
                "is not what it should be (line {}, column {})",
                error.line(),
                error.column()
            ),
        )
    })
}

fn assemble(rows: &impl Read, key: &[u8], value: &[u8]) -> Result<Vec<u8>, RecordError> {
    let &[version, high, low, ref first @ ..] = value else {
        return Err(unreadable(key, "is cut off"));
    };
    if version != VERSION {
        return Err(unreadable(
            key,
            format!("has version {version}, expected {VERSION}"),
        ));
    }
    let mut bytes = first.to_vec();
    for number in 0..u16::from_be_bytes([high, low]) {
        let part = rows.get(&keys::part(key, number))?;
        bytes.extend_from_slice(
            &part.ok_or_else(|| unreadable(key, format!("lacks its part {number}")))?,
        );
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::memory::MemoryRows;
    use crate::store::rows::{Row, Rows};
    use proptest::prelude::*;

    fn store(rows: Vec<(Vec<u8>, Vec<u8>)>) -> MemoryRows {
        let memory = MemoryRows::default();
        memory
            .apply(
                rows.into_iter()
                    .map(|(key, value)| (key, Some(value)))
                    .collect(),
            )
            .unwrap();
        memory
    }

    proptest! {
        #[test]
        fn any_text_reads_back_and_no_value_is_too_long(text in proptest::collection::vec(any::<u8>(), 0..20_000)) {
            let rows = encode_bytes(b"k".to_vec(), &text);
            prop_assert!(rows.iter().all(|(_, value)| value.len() <= LONGEST_VALUE));
            prop_assert_eq!(get_bytes(&store(rows), b"k").unwrap(), Some(text));
        }
    }

    #[test]
    fn what_is_broken_says_where_and_what() {
        let cases: [(Vec<Row>, &str); 4] = [
            (vec![(b"k".to_vec(), vec![1])], "is cut off"),
            (vec![(b"k".to_vec(), vec![9, 0, 0])], "has version 9"),
            (
                vec![(b"k".to_vec(), vec![1, 0, 1, b'1'])],
                "lacks its part 0",
            ),
            (
                vec![(b"k".to_vec(), b"\x01\0\0{".to_vec())],
                "is not what it should be",
            ),
        ];
        for (rows, what) in cases {
            let error = get::<u64>(&store(rows), b"k").unwrap_err().to_string();
            assert!(error.contains(what) && error.contains("at k "), "{error}");
        }
    }
}
