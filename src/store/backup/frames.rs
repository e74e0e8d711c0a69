//! How a backup lies in a file: a line that says what it is, then frames, each with its own checksum, and a last one
//! with the checksum of all. Only a file with that last one is whole.
//!
//! | frame | payload |
//! | --- | --- |
//! | `H` | [`Heading`], as JSON; always the first |
//! | `S` | rows as they were found, in the order of their keys, over the whole time that it took |
//! | `C` | rows of one batch that was written meanwhile, in the order of writing |
//! | `E` | [`Closing`], as JSON; always the last |
//!
//! All rows of `S`, and after them all of `C` in order, are the store as it was when the last of `C` was written: what
//! changed while it was copied stands in `C`, whatever `S` has caught of it.

use std::io::{self, Read};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::file::FileError;
use crate::model::Time;

/// What the first line begins with, before the version of all this.
pub(super) const NAME: &[u8] = b"ticketbridge-backup-";
/// The version that this program writes.
const FORMAT: u32 = 1;
const LONGEST_FIRST_LINE: usize = 40;

/// Kind and length, before the payload.
const HEAD: usize = 5;
/// Behind the payload.
const CHECK: usize = 4;
/// A longer frame is none of ours.
const LONGEST_PAYLOAD: usize = 4 * 1024 * 1024;
/// In place of a value's length, where the row was removed.
const REMOVED: u32 = u32::MAX;

/// What a backup says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heading {
    /// The layout of its rows.
    pub layout: u32,
    /// Which store it was taken from.
    pub incarnation: String,
    /// Its last sync, where nothing was written meanwhile.
    pub syncs: u64,
    /// When it was begun.
    pub taken_at: Time,
    /// Whether no daemon ran over it, so that nothing was written meanwhile.
    pub stopped: bool,
    /// The version that took it.
    pub program: String,
}

/// What a backup must add up to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Closing {
    /// Rows in frames `S`.
    pub(super) stored: u64,
    /// Rows in frames `C`.
    pub(super) changed: u64,
    /// Of all that lies before this frame, in hexadecimal digits.
    pub(super) sha256: String,
}

/// Rows on their way into a frame.
#[derive(Debug, Default)]
pub(super) struct Payload {
    pub(super) bytes: Vec<u8>,
    pub(super) rows: u64,
}

impl Payload {
    /// Adds a row, or that it was removed.
    pub(super) fn push(&mut self, key: &[u8], value: Option<&[u8]>) {
        let length = |length: usize| u32::try_from(length).unwrap_or(REMOVED);
        self.bytes
            .extend_from_slice(&length(key.len()).to_le_bytes());
        let of_value = value.map_or(REMOVED, |value| length(value.len()));
        self.bytes.extend_from_slice(&of_value.to_le_bytes());
        self.bytes.extend_from_slice(key);
        self.bytes.extend_from_slice(value.unwrap_or_default());
        self.rows += 1;
    }
}

/// Hands the rows of a payload to `each`; `None` where it is none.
pub(super) fn rows_in<E>(
    payload: &[u8],
    mut each: impl FnMut(&[u8], Option<&[u8]>) -> Result<(), E>,
) -> Option<Result<u64, E>> {
    let mut left = payload;
    let mut rows = 0;
    while !left.is_empty() {
        let (of_key, rest) = left.split_first_chunk()?;
        let (of_value, rest) = rest.split_first_chunk()?;
        let of_value = u32::from_le_bytes(*of_value);
        let of_key = usize::try_from(u32::from_le_bytes(*of_key)).ok()?;
        let (key, rest) = rest.split_at_checked(of_key)?;
        let (value, rest) = match of_value {
            REMOVED => (None, rest),
            length => {
                let (value, rest) = rest.split_at_checked(usize::try_from(length).ok()?)?;
                (Some(value), rest)
            }
        };
        if let Err(error) = each(key, value) {
            return Some(Err(error));
        }
        rows += 1;
        left = rest;
    }
    Some(Ok(rows))
}

/// Makes the bytes of a backup, one after the other.
pub(super) struct Encoder {
    digest: Sha256,
    stored: u64,
    changed: u64,
}

impl Encoder {
    /// With the bytes that come first.
    pub(super) fn begin(heading: &Heading) -> (Self, Vec<u8>) {
        let mut encoder = Self {
            digest: Sha256::new(),
            stored: 0,
            changed: 0,
        };
        let mut first = NAME.to_vec();
        first.extend_from_slice(format!("{FORMAT}\n").as_bytes());
        encoder.digest.update(&first);
        first.extend(encoder.frame(b'H', &json(heading)));
        (encoder, first)
    }

    pub(super) fn stored(&mut self, rows: &Payload) -> Vec<u8> {
        self.stored += rows.rows;
        self.frame(b'S', &rows.bytes)
    }

    pub(super) fn changed(&mut self, rows: &Payload) -> Vec<u8> {
        self.changed += rows.rows;
        self.frame(b'C', &rows.bytes)
    }

    /// The bytes that come last.
    pub(super) fn end(mut self) -> Vec<u8> {
        let closing = Closing {
            stored: self.stored,
            changed: self.changed,
            sha256: hex::encode(self.digest.clone().finalize()),
        };
        self.frame(b'E', &json(&closing))
    }

    fn frame(&mut self, kind: u8, payload: &[u8]) -> Vec<u8> {
        let length = u32::try_from(payload.len()).unwrap_or(u32::MAX);
        let mut frame = Vec::with_capacity(HEAD + payload.len() + CHECK);
        frame.push(kind);
        frame.extend_from_slice(&length.to_le_bytes());
        frame.extend_from_slice(payload);
        frame.extend_from_slice(&crc32fast::hash(&frame).to_le_bytes());
        self.digest.update(&frame);
        frame
    }
}

fn json(record: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(record).expect("our records have string keys and no failing serializers")
}

/// What is read of a backup.
#[derive(Debug)]
pub(super) enum Frame {
    Heading(Heading),
    Stored(Vec<u8>),
    Changed(Vec<u8>),
    End(Closing),
}

/// Reads a backup from its beginning.
pub(super) struct Decoder<R> {
    from: R,
    /// The byte that is read next.
    pub(super) at: u64,
    digest: Sha256,
}

impl<R: Read> Decoder<R> {
    /// Reads the first line.
    pub(super) fn begin(from: R) -> Result<Self, FileError> {
        let mut decoder = Self {
            from,
            at: 0,
            digest: Sha256::new(),
        };
        let mut line = Vec::new();
        while line.last() != Some(&b'\n') {
            let mut byte = [0];
            if line.len() == LONGEST_FIRST_LINE || decoder.fill(&mut byte)? == 0 {
                return Err(FileError::Alien);
            }
            line.push(byte[0]);
        }
        decoder.digest.update(&line);
        let version = line.strip_prefix(NAME).and_then(|rest| {
            let digits = std::str::from_utf8(rest).ok()?;
            digits.strip_suffix('\n')?.parse::<u32>().ok()
        });
        match version {
            Some(FORMAT) => Ok(decoder),
            Some(found) => Err(FileError::NewerFormat { found }),
            None => Err(FileError::Alien),
        }
    }

    /// The next frame, with the byte where it begins. After [`Frame::End`] there is none.
    pub(super) fn next(&mut self) -> Result<(u64, Frame), FileError> {
        let begins = self.at;
        let cut_off = FileError::CutOff { at: begins };
        let damaged = |what: &'static str| FileError::Damaged { at: begins, what };
        let mut head = [0; HEAD];
        if self.fill(&mut head)? < HEAD {
            return Err(cut_off);
        }
        let [kind, length @ ..] = head;
        let length = u32::from_le_bytes(length);
        let length = usize::try_from(length)
            .ok()
            .filter(|length| *length <= LONGEST_PAYLOAD)
            .ok_or_else(|| damaged("no frame is that long"))?;
        let mut rest = vec![0; length + CHECK];
        if self.fill(&mut rest)? < rest.len() {
            return Err(cut_off);
        }
        let (payload, check) = rest.split_at(length);
        let mut found = crc32fast::Hasher::new();
        found.update(&head);
        found.update(payload);
        if check != found.finalize().to_le_bytes() {
            return Err(damaged("its checksum is wrong"));
        }
        if kind == b'E' {
            let closing: Closing = read_json(payload).ok_or_else(|| damaged("it says nothing"))?;
            if closing.sha256 != hex::encode(self.digest.clone().finalize()) {
                return Err(damaged("the checksum of the whole file is wrong"));
            }
            if self.fill(&mut [0])? > 0 {
                return Err(FileError::Damaged {
                    at: self.at - 1,
                    what: "something follows the end",
                });
            }
            return Ok((begins, Frame::End(closing)));
        }
        self.digest.update(head);
        self.digest.update(&rest);
        rest.truncate(length);
        let frame = match kind {
            b'H' => Frame::Heading(read_json(&rest).ok_or_else(|| damaged("it says nothing"))?),
            b'S' => Frame::Stored(rest),
            b'C' => Frame::Changed(rest),
            _ => return Err(damaged("no frame is of that kind")),
        };
        Ok((begins, frame))
    }

    /// As much as there is.
    fn fill(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0;
        while filled < into.len() {
            match self.from.read(&mut into[filled..]) {
                Ok(0) => break,
                Ok(more) => filled += more,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.at += filled as u64;
        Ok(filled)
    }
}

fn read_json<T: serde::de::DeserializeOwned>(payload: &[u8]) -> Option<T> {
    serde_json::from_slice(payload).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn rows_read_back(rows in proptest::collection::vec(
            (proptest::collection::vec(any::<u8>(), 0..9), proptest::option::of(proptest::collection::vec(any::<u8>(), 0..9))),
            0..9,
        )) {
            let mut payload = Payload::default();
            for (key, value) in &rows {
                payload.push(key, value.as_deref());
            }
            let mut read = Vec::new();
            let counted = rows_in::<()>(&payload.bytes, |key, value| {
                read.push((key.to_vec(), value.map(<[u8]>::to_vec)));
                Ok(())
            });
            prop_assert_eq!(counted, Some(Ok(rows.len() as u64)));
            prop_assert_eq!(read, rows);
        }

        #[test]
        fn no_payload_panics(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            let rows = rows_in::<()>(&bytes, |_, _| Ok(()));
            prop_assert!(rows.is_none_or(|rows| rows.is_ok()));
            drop(Decoder::begin(bytes.as_slice()).map(|mut decoder| decoder.next().is_ok()));
        }
    }
}
