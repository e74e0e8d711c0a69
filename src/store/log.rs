//! The engine's log as it lies on the disk, read before the engine opens it, and never changed.
//!
//! The engine takes a message that is damaged, or that the disk does not give, for the end of its log: it drops what lies
//! behind, writes over it and says nothing. Here that is found out beforehand. Each sync of the writer leaves a [`mark`] in the log; all that lies before
//! a mark that the disk has confirmed must be whole, and so must the rest of the batch that the mark stands in: a batch of
//! which the last byte cannot be read is dropped from its first one on.
//!
//! The layout is sled 0.34's: segments of 512 KiB, each with a header (CRC-32, position in the log, both reversed) and
//! messages (CRC-32, kind, length, number of the segment, page, payload). A segment is used again under a higher number
//! when all in it is superseded.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

use super::witness::Confirmed;

const SEGMENT: usize = 512 * 1024;
const SEGMENT_HEADER: usize = 20;
/// Where less than this is left, a segment holds no further message.
const LONGEST_HEADER: usize = 32;
const CAP: u8 = 2;
/// The first message of a batch: it says where in the log the last byte of the batch is.
const BATCH: u8 = 3;
const LAST_KIND: u8 = 11;

/// What a look at the log has found.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Finding {
    /// What was confirmed is there.
    Whole,
    /// The log ends before what was confirmed, or that lies in a part which was not looked at.
    Unsure,
    /// What was confirmed follows a part that cannot be read.
    Damaged {
        /// The byte of the log where that part begins.
        at: u64,
    },
}

/// What sync number `syncs` writes into the log, last of all.
pub(super) fn mark(incarnation: &str, syncs: u64) -> String {
    format!("{}{syncs:020}", mark_of(incarnation))
}

fn mark_of(incarnation: &str) -> String {
    format!("store {incarnation} sync ")
}

/// The number in a [`mark`].
pub(super) fn number_in(mark: &str) -> Option<u64> {
    mark.rsplit_once(' ')?.1.parse().ok()
}

/// Reads all that the engine is about to read: the head of each segment, and what was written since it was opened last.
/// With what was `confirmed`, it looks whether that is there.
///
/// # Errors
///
/// If a part cannot be read. The engine would take that for one that is not there.
pub(super) fn inspect(folder: &Path, confirmed: Option<&Confirmed>) -> io::Result<Finding> {
    let log = match File::open(folder.join("db")) {
        Ok(log) => log,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Finding::Whole),
        Err(error) => return Err(error),
    };
    let snapshot = newest_snapshot(folder)?;
    let (segments, rest) = segments(&log, snapshot / SEGMENT as u64)?;
    let last = segments.last().map(|segment| segment.offset);
    let mut look = confirmed.map(Look::for_what_was);
    let mut found = None;
    for segment in segments {
        let mut bytes = vec![0; SEGMENT];
        let read = read_up_to(&log, &mut bytes, segment.offset)?;
        bytes.truncate(read);
        if let (Some(look), None) = (&mut look, &found) {
            found = look.at(&segment, &bytes, last == Some(segment.offset));
        }
    }
    let (Some(look), Some(confirmed)) = (look, confirmed) else {
        return Ok(Finding::Whole);
    };
    // The engine may have shortened its log after the sync, and while it is open it blanks what it does not use.
    let is_suspect = rest.is_garbled
        || log.metadata()?.len() < confirmed.length
        || confirmed.is_closed && rest.blank > confirmed.blank;
    // What a closed store's snapshot does not hold, the log does, up to its end.
    let is_at_the_end = confirmed.is_closed && look.broken_at.is_none() && look.reached >= snapshot;
    Ok(match found {
        Some(Finding::Damaged { at }) => Finding::Damaged { at },
        Some(Finding::Whole) if !is_suspect => Finding::Whole,
        None if is_at_the_end && !is_suspect => Finding::Whole,
        _ => Finding::Unsure,
    })
}

struct Segment {
    /// The position in the log, in segments; higher is later.
    number: u64,
    /// Where it lies in the file.
    offset: u64,
    has_header: bool,
}

struct Look {
    mark: Vec<u8>,
    confirmed: u64,
    is_closed: bool,
    /// Where the first part that cannot be read begins.
    broken_at: Option<u64>,
    /// How far the log could be read, in its own positions.
    reached: u64,
    /// The last byte of the batches that began so far.
    batch_ends: u64,
    /// Whether what was confirmed is there, of a batch whose end is still to come.
    is_in_batch: bool,
}

impl Look {
    fn for_what_was(confirmed: &Confirmed) -> Self {
        Self {
            mark: mark_of(&confirmed.incarnation).into_bytes(),
            confirmed: confirmed.syncs,
            is_closed: confirmed.is_closed,
            broken_at: None,
            reached: 0,
            batch_ends: 0,
            is_in_batch: false,
        }
    }

    fn at(&mut self, segment: &Segment, bytes: &[u8], is_last: bool) -> Option<Finding> {
        // What belongs to one batch lies in segments that follow each other.
        let follows = self.reached.div_ceil(SEGMENT as u64) == segment.number;
        if self.is_in_batch && !(segment.has_header && follows) {
            return Some(Finding::Unsure);
        }
        if !segment.has_header {
            self.broken_at.get_or_insert(segment.offset);
        }
        let mut place = SEGMENT_HEADER;
        while place + LONGEST_HEADER <= SEGMENT {
            place = match Message::read(bytes, place, segment.number) {
                Some(message) => {
                    let reached = segment.number * SEGMENT as u64 + message.end as u64;
                    if let Some(finding) = self.judge(&message, reached) {
                        return Some(finding);
                    }
                    if message.kind == CAP {
                        break;
                    }
                    message.end
                }
                None if self.is_in_batch => return Some(Finding::Unsure),
                None if is_last && self.is_closed && is_blank(bytes, place) => return None,
                None => {
                    if self.broken_at.is_none() && is_written_over(bytes, place, segment.number) {
                        return None;
                    }
                    self.broken_at.get_or_insert(segment.offset + place as u64);
                    next_message(bytes, place + 1, segment.number)?
                }
            };
            self.reached = segment.number * SEGMENT as u64 + place as u64;
        }
        self.reached = (segment.number + 1) * SEGMENT as u64;
        None
    }

    /// `reached`: where the message ends in the log.
    fn judge(&mut self, message: &Message<'_>, reached: u64) -> Option<Finding> {
        if message.kind == BATCH
            && let Ok(last) = message.payload.try_into()
        {
            self.batch_ends = self.batch_ends.max(u64::from_le_bytes(last));
        }
        if let Some(newest) = marks(message.payload, &self.mark).max() {
            match self.broken_at {
                Some(at) if newest <= self.confirmed => return Some(Finding::Damaged { at }),
                None if newest >= self.confirmed => self.is_in_batch = true,
                _ => {}
            }
        }
        (self.is_in_batch && reached > self.batch_ends).then_some(Finding::Whole)
    }
}

/// How many segments of the log in `folder` are blank.
pub(super) fn blank_segments(folder: &Path) -> io::Result<u64> {
    let log = File::open(folder.join("db"))?;
    Ok(segments(&log, u64::MAX)?.1.blank)
}

/// What of the file is no segment of the log.
#[derive(Default)]
struct Rest {
    /// How many segments there are nothing but zeros.
    blank: u64,
    /// Whether there is anything else that nothing can be read from.
    is_garbled: bool,
}

/// The segments that begin at `first` or later, in the order of the log, and what is none. Where a header cannot be
/// read, a message says which segment it is.
fn segments(log: &File, first: u64) -> io::Result<(Vec<Segment>, Rest)> {
    let length = log.metadata()?.len();
    let mut found = Vec::new();
    let mut none = Rest::default();
    for offset in (0..length).step_by(SEGMENT) {
        let mut header = [0; SEGMENT_HEADER];
        read_up_to(log, &mut header, offset)?;
        let in_header = number_in_header(&header);
        let number = match in_header {
            Some(number) => Some(number),
            None => {
                let mut bytes = vec![0; SEGMENT];
                let read = read_up_to(log, &mut bytes, offset)?;
                let number = number_in_messages(&bytes[..read]);
                if is_blank(&bytes, 0) {
                    none.blank += 1;
                } else {
                    none.is_garbled |= number.is_none();
                }
                number
            }
        };
        found.extend(
            number
                .filter(|number| *number >= first)
                .map(|number| Segment {
                    number,
                    offset,
                    has_header: in_header.is_some(),
                }),
        );
    }
    found.sort_by_key(|segment| (segment.number, !segment.has_header));
    found.dedup_by_key(|segment| segment.number);
    Ok((found, none))
}

fn number_in_messages(bytes: &[u8]) -> Option<u64> {
    (SEGMENT_HEADER..bytes.len()).find_map(|place| {
        let header = Message::header(bytes, place)?;
        Message::read(bytes, place, header.segment).map(|_| header.segment)
    })
}

fn number_in_header(bytes: &[u8]) -> Option<u64> {
    let check = u32::from_le_bytes(bytes.get(..4)?.try_into().ok()?);
    if crc32fast::hash(bytes.get(4..SEGMENT_HEADER)?) != !check {
        return None;
    }
    let reversed = u64::from_le_bytes(bytes.get(4..12)?.try_into().ok()?);
    Some((reversed ^ (u64::MAX >> 1)) / SEGMENT as u64)
}

struct Header {
    check: u32,
    kind: u8,
    length: usize,
    segment: u64,
    /// Where the payload begins.
    end: usize,
}

struct Message<'a> {
    kind: u8,
    payload: &'a [u8],
    end: usize,
}

impl<'a> Message<'a> {
    fn header(bytes: &[u8], place: usize) -> Option<Header> {
        let fixed = bytes.get(place..place + 5)?;
        let mut end = place + 5;
        let length = usize::try_from(number(bytes, &mut end)?).ok()?;
        let segment = number(bytes, &mut end)?;
        number(bytes, &mut end)?;
        Some(Header {
            check: u32::from_le_bytes(fixed[..4].try_into().ok()?),
            kind: fixed[4],
            length,
            segment,
            end,
        })
    }

    /// The message at `place`, if there is a whole one that belongs to `segment`.
    fn read(bytes: &'a [u8], place: usize, segment: u64) -> Option<Self> {
        let header = Self::header(bytes, place)?;
        if header.segment != segment || !(1..=LAST_KIND).contains(&header.kind) {
            return None;
        }
        let end = header.end.checked_add(header.length)?;
        let payload = bytes.get(header.end..end)?;
        let mut check = crc32fast::Hasher::new();
        check.update(payload);
        check.update(&bytes[place + 4..header.end]);
        (check.finalize() == !header.check).then_some(Self {
            kind: header.kind,
            payload,
            end,
        })
    }
}

/// An integer as the engine writes it: one byte up to 240, else a first byte that says how many follow.
fn number(bytes: &[u8], place: &mut usize) -> Option<u64> {
    let first = *bytes.get(*place)?;
    let following = match first {
        0..=240 => 0,
        241..=248 => 1,
        249 => 2,
        more => usize::from(more) - 247,
    };
    let rest = bytes.get(*place + 1..*place + 1 + following)?;
    *place += 1 + following;
    Some(match (first, rest) {
        (241..=248, [low]) => 240 + 256 * (u64::from(first) - 241) + u64::from(*low),
        (249, [high, low]) => 2288 + 256 * u64::from(*high) + u64::from(*low),
        (_, []) => u64::from(first),
        (_, rest) => rest
            .iter()
            .rev()
            .fold(0, |number, byte| number << 8 | u64::from(*byte)),
    })
}

fn is_blank(bytes: &[u8], from: usize) -> bool {
    bytes.iter().skip(from).all(|byte| *byte == 0)
}

/// The next place from `from` on where a whole message of `segment` begins.
fn next_message(bytes: &[u8], from: usize, segment: u64) -> Option<usize> {
    (from..bytes.len()).find(|place| Message::read(bytes, *place, segment).is_some())
}

/// Whether later parts of the log have begun to take this segment's place: what was in it is superseded.
fn is_written_over(bytes: &[u8], from: usize, segment: u64) -> bool {
    (from..bytes.len()).any(|place| {
        Message::header(bytes, place).is_some_and(|header| {
            header.segment > segment && Message::read(bytes, place, header.segment).is_some()
        })
    })
}

fn marks<'a>(payload: &'a [u8], mark: &'a [u8]) -> impl Iterator<Item = u64> + 'a {
    memchr::memmem::find_iter(payload, mark).filter_map(|found| {
        let digits = payload.get(found + mark.len()..found + mark.len() + 20)?;
        std::str::from_utf8(digits).ok()?.parse().ok()
    })
}

/// Up to where the newest snapshot of the engine reaches, in bytes of the log.
fn newest_snapshot(folder: &Path) -> io::Result<u64> {
    let mut newest = 0;
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        let reach = name
            .to_str()
            .and_then(|name| name.strip_prefix("snap."))
            .and_then(|reach| u64::from_str_radix(reach, 16).ok());
        newest = newest.max(reach.unwrap_or_default());
    }
    Ok(newest)
}

fn read_up_to(log: &File, bytes: &mut [u8], offset: u64) -> io::Result<usize> {
    let mut read = 0;
    while read < bytes.len() {
        match log.read_at(&mut bytes[read..], offset + read as u64) {
            Ok(0) => break,
            Ok(more) => read += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(read)
}
