//! A backup in a file: whether it is whole, and what is in it.

use std::fs::File;
use std::io::{self, BufReader, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use super::frames::{Decoder, Frame, Heading, NAME, rows_in};
use crate::store::open::LAYOUT;
use crate::store::rows::RowsError;

/// Why a file is no backup to go by.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It is something else.
    #[error("it is no backup of ticketbridge's")]
    Alien,
    /// A later version made it.
    #[error("it has format {found}, which this program does not know: use a newer program")]
    NewerFormat {
        /// Its format.
        found: u32,
    },
    /// A later version's store is in it.
    #[error(
        "the store in it has layout {found}, this program knows up to {LAYOUT}: use a newer program"
    )]
    NewerLayout {
        /// The layout of its rows.
        found: u32,
    },
    /// A store of before the first release is in it.
    #[error("the store in it has layout {found}, from before the first release")]
    OlderLayout {
        /// The layout of its rows.
        found: u32,
    },
    /// It ends too early.
    #[error("it is cut off: the part that begins at byte {at} has no end")]
    CutOff {
        /// Where the part begins that is not whole.
        at: u64,
    },
    /// A part of it is not as it was written.
    #[error("it is damaged at byte {at}: {what}")]
    Damaged {
        /// Where that part begins.
        at: u64,
        /// What is wrong.
        what: &'static str,
    },
    /// It cannot be read.
    #[error("it cannot be read")]
    Io(#[from] io::Error),
}

/// A backup that was found whole, kept open.
#[derive(Debug)]
pub struct BackupFile {
    path: PathBuf,
    file: File,
    /// What it says of itself.
    pub heading: Heading,
    /// Its length.
    pub bytes: u64,
    /// Rows that were found while it was taken.
    pub stored: u64,
    /// Rows that were written meanwhile.
    pub changed: u64,
}

/// Which rows of a backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) enum Part {
    /// What was found.
    Stored,
    /// What was written meanwhile; to be written over that.
    Changed,
}

/// Why rows were not handed over to the last.
#[derive(Debug, thiserror::Error)]
pub(in crate::store) enum HandingError {
    #[error(transparent)]
    File(#[from] FileError),
    #[error(transparent)]
    Rows(#[from] RowsError),
}

impl BackupFile {
    /// What every backup begins with, of whatever version.
    pub const BEGINS_WITH: &[u8] = NAME;

    /// Reads the file at `path` to its end; `told` hears how many of how many bytes are read.
    ///
    /// # Errors
    ///
    /// See [`FileError`].
    pub fn open(path: &Path, told: &dyn Fn(u64, u64)) -> Result<Self, FileError> {
        let file = File::open(path)?;
        let bytes = file.metadata()?.len();
        let mut decoder = Decoder::begin(BufReader::with_capacity(1 << 17, &file))?;
        let heading = match decoder.next()? {
            (_, Frame::Heading(heading)) => heading,
            (at, _) => {
                let what = "the heading is missing";
                return Err(FileError::Damaged { at, what });
            }
        };
        if heading.layout > LAYOUT {
            return Err(FileError::NewerLayout {
                found: heading.layout,
            });
        }
        if heading.layout < LAYOUT {
            return Err(FileError::OlderLayout {
                found: heading.layout,
            });
        }
        let (mut stored, mut changed) = (0, 0);
        loop {
            told(decoder.at, bytes);
            let (at, frame) = decoder.next()?;
            let damaged = |what| FileError::Damaged { at, what };
            let count = |rows: &[u8]| {
                rows_in::<()>(rows, |_, _| Ok(()))
                    .and_then(Result::ok)
                    .ok_or_else(|| damaged("its rows have no end"))
            };
            match frame {
                Frame::Heading(_) => return Err(damaged("there is a second heading")),
                Frame::Stored(rows) => stored += count(&rows)?,
                Frame::Changed(rows) => changed += count(&rows)?,
                Frame::End(closing) => {
                    if (closing.stored, closing.changed) != (stored, changed) {
                        return Err(damaged("the number of rows is wrong"));
                    }
                    break;
                }
            }
        }
        Ok(Self {
            path: path.to_owned(),
            file,
            heading,
            bytes,
            stored,
            changed,
        })
    }

    /// Where it was found.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Hands each row of one part to `each`, in the order of the file.
    pub(in crate::store) fn each(
        &self,
        part: Part,
        told: &dyn Fn(u64, u64),
        mut each: impl FnMut(&[u8], Option<&[u8]>) -> Result<(), RowsError>,
    ) -> Result<(), HandingError> {
        let mut file = &self.file;
        file.seek(SeekFrom::Start(0)).map_err(FileError::Io)?;
        let mut decoder = Decoder::begin(BufReader::with_capacity(1 << 17, file))?;
        loop {
            let (at, frame) = decoder.next()?;
            told(decoder.at, self.bytes);
            let rows = match (part, frame) {
                (_, Frame::End(_)) => return Ok(()),
                (Part::Stored, Frame::Stored(rows)) | (Part::Changed, Frame::Changed(rows)) => rows,
                _ => continue,
            };
            let what = "its rows have no end";
            rows_in(&rows, &mut each).ok_or(FileError::Damaged { at, what })??;
        }
    }
}
