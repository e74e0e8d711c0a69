//! Whether what is stored holds together: every record can be read, every index says what its records say, every counter
//! what there is to count. Nothing is changed.
//!
//! What it reads must not change meanwhile: it is for a store of which nobody else has hold, and for backups. Memory
//! follows the number of counters, not of rows.

mod counters;
mod deliveries;
mod kinds;
mod lanes;
mod lists;
mod removal;
mod tickets;
mod uids;

use std::sync::Arc;

use serde::de::DeserializeOwned;

use crate::model::Time;
use crate::plan::Numbers;

use super::keys;
use super::record::{self, RecordError};
use super::rows::{Read, Rows, RowsError, Scan};
use super::{ReadError, Store};

use counters::Expected;
use kinds::KINDS;

/// Findings that are put in words; the rest is counted.
const MOST_FINDINGS: usize = 100;
/// Rows that are read at a time.
const PIECE: usize = 512;

/// What a check has found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// Rows of each kind that there are, by its name.
    pub kinds: Vec<(&'static str, u64)>,
    /// What does not hold, in words without secrets; no more than the first hundred.
    pub findings: Vec<String>,
    /// How much does not hold.
    pub count: u64,
}

impl Checked {
    /// Whether everything holds.
    pub fn is_sound(&self) -> bool {
        self.count == 0
    }

    /// All rows.
    pub fn rows(&self) -> u64 {
        self.kinds.iter().map(|(_, rows)| rows).sum()
    }
}

/// Hears how many rows were looked at so far.
pub type Told = Arc<dyn Fn(u64) + Send + Sync>;

impl Store {
    /// Looks at everything that is stored. Nobody may commit meanwhile.
    ///
    /// # Errors
    ///
    /// If the store fails at it.
    pub async fn check_rows(&self, now: Time, told: Told) -> Result<Checked, ReadError> {
        self.ask(move |rows| Ok(check(rows, now, &told)?)).await
    }
}

/// Looks at all `rows`.
pub(super) fn check(rows: &Arc<dyn Rows>, now: Time, told: &Told) -> Result<Checked, RowsError> {
    let mut checking = Checking {
        rows: Arc::clone(rows),
        now,
        numbers: Numbers::default(),
        expected: Expected::default(),
        seen: 0,
        told: Arc::clone(told),
        checked: Checked {
            kinds: Vec::new(),
            findings: Vec::new(),
            count: 0,
        },
    };
    checking.own()?;
    for kind in KINDS {
        let before = checking.seen;
        (kind.check)(&mut checking)?;
        let rows = checking.seen - before;
        if rows > 0 {
            checking.checked.kinds.push((kind.name, rows));
        }
    }
    checking.unknown_kinds()?;
    Ok(checking.checked)
}

/// What is under a key.
enum Found<T> {
    There(T),
    Nothing,
    /// It is told where its own turn comes.
    Unreadable,
}

impl<T> Found<T> {
    /// Whether it is there, or cannot be read, and `holds`.
    fn is_or_may_be(&self, holds: impl FnOnce(&T) -> bool) -> bool {
        match self {
            Self::There(record) => holds(record),
            Self::Nothing => false,
            Self::Unreadable => true,
        }
    }
}

struct Checking {
    rows: Arc<dyn Rows>,
    now: Time,
    /// The next of each number, as the store says.
    numbers: Numbers,
    /// What counters must say, as far as it was seen.
    expected: Expected,
    /// Rows that were looked at.
    seen: u64,
    told: Told,
    checked: Checked,
}

impl Checking {
    fn find(&mut self, what: impl Into<String>) {
        self.checked.count += 1;
        if self.checked.findings.len() < MOST_FINDINGS {
            self.checked.findings.push(what.into());
        }
    }

    /// Says `what` where it does not hold.
    fn must(&mut self, holds: bool, what: impl FnOnce() -> String) {
        if !holds {
            self.find(what());
        }
    }

    /// Hands each row that begins with `prefix` to `each`, which may read others.
    fn each(
        &mut self,
        prefix: &[u8],
        mut each: impl FnMut(&mut Self, &[u8], &[u8]) -> Result<(), RowsError>,
    ) -> Result<(), RowsError> {
        let mut scan = Scan::prefix(prefix.to_vec()).limit(PIECE);
        loop {
            let piece = self.rows.scan(&scan)?;
            for (key, value) in &piece {
                each(self, key, value)?;
            }
            self.seen += piece.len() as u64;
            (self.told)(self.seen);
            let Some((last, _)) = piece.last().filter(|_| piece.len() == PIECE) else {
                return Ok(());
            };
            scan.from.clone_from(last);
            scan.from.push(0);
        }
    }

    /// As [`Self::each`], with records. Those that cannot be read are findings.
    fn each_record<T: DeserializeOwned>(
        &mut self,
        prefix: &[u8],
        mut each: impl FnMut(&mut Self, &[u8], T) -> Result<(), RowsError>,
    ) -> Result<(), RowsError> {
        self.each(prefix, |checking, key, value| {
            match record::from_row(&checking.rows, key, value) {
                Ok(record) => each(checking, key, record),
                Err(error) => checking.unreadable(error),
            }
        })
    }

    fn unreadable(&mut self, error: RecordError) -> Result<(), RowsError> {
        match error {
            RecordError::Rows(error) => Err(error),
            error @ RecordError::Unreadable { .. } => {
                self.find(error.to_string());
                Ok(())
            }
        }
    }

    fn get<T: DeserializeOwned>(&self, key: &[u8]) -> Result<Found<T>, RowsError> {
        match record::get(&self.rows, key) {
            Ok(Some(record)) => Ok(Found::There(record)),
            Ok(None) => Ok(Found::Nothing),
            Err(RecordError::Rows(error)) => Err(error),
            Err(RecordError::Unreadable { .. }) => Ok(Found::Unreadable),
        }
    }

    fn has(&self, key: &[u8]) -> Result<bool, RowsError> {
        Ok(self.rows.get(key)?.is_some())
    }

    /// The rows about the store itself.
    fn own(&mut self) -> Result<(), RowsError> {
        for name in ["layout", "incarnation", "run", "syncs"] {
            let found = self.get::<serde_json::Value>(&keys::meta(name))?;
            let is_there = matches!(found, Found::There(_));
            self.must(is_there, || {
                format!("the store's own `{name}` is missing or unreadable")
            });
        }
        match self.get::<Numbers>(&keys::meta("numbers"))? {
            Found::There(numbers) => self.numbers = numbers,
            Found::Nothing => {}
            Found::Unreadable => self.find("the next numbers are unreadable"),
        }
        Ok(())
    }

    /// Rows of kinds that nothing here writes.
    fn unknown_kinds(&mut self) -> Result<(), RowsError> {
        for kind in 0..=u8::MAX {
            if KINDS.iter().any(|known| known.prefix == kind) {
                continue;
            }
            let first = self.rows.scan(&Scan::prefix(vec![kind]).limit(1))?;
            self.must(first.is_empty(), || {
                format!(
                    "there are rows of a kind `{}` that nothing here writes",
                    kind.escape_ascii()
                )
            });
        }
        Ok(())
    }
}
