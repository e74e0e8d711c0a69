//! Ordered rows of bytes: what the store's own logic needs of an engine.

use std::collections::BTreeMap;

/// Rows to write at once; `None` removes.
pub(super) type Batch = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

/// Key and value.
pub(super) type Row = (Vec<u8>, Vec<u8>);

/// Which rows, in which order.
#[derive(Debug, Clone)]
pub(super) struct Scan {
    pub(super) from: Vec<u8>,
    /// Exclusive.
    pub(super) to: Vec<u8>,
    pub(super) backwards: bool,
    pub(super) limit: usize,
}

impl Scan {
    /// All that begin with `prefix`.
    pub(super) fn prefix(prefix: Vec<u8>) -> Self {
        let to = super::keys::end_of(&prefix);
        Self {
            from: prefix,
            to,
            backwards: false,
            limit: usize::MAX,
        }
    }

    /// All from `from` on.
    pub(super) fn all_from(from: Vec<u8>) -> Self {
        Self {
            from,
            to: vec![u8::MAX],
            backwards: false,
            limit: usize::MAX,
        }
    }

    pub(super) fn limit(mut self, limit: usize) -> Self {
        self.limit = limit;
        self
    }

    pub(super) fn backwards(mut self) -> Self {
        self.backwards = true;
        self
    }
}

/// The engine failed; nothing of it may be trusted any more.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the store failed: {what}")]
pub(super) struct RowsError {
    pub(super) what: String,
    /// Whether what lies on the disk is at fault, so that a new start does not help.
    pub(super) damaged: bool,
}

/// Reading rows.
pub(super) trait Read {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, RowsError>;

    /// Hands row after row to `each` until that says `false` or the scan ends.
    fn each(
        &self,
        scan: &Scan,
        each: &mut dyn FnMut(&[u8], &[u8]) -> bool,
    ) -> Result<(), RowsError>;

    fn scan(&self, scan: &Scan) -> Result<Vec<Row>, RowsError> {
        let mut found = Vec::new();
        self.each(scan, &mut |key, value| {
            found.push((key.to_vec(), value.to_vec()));
            true
        })?;
        Ok(found)
    }
}

/// An engine: a batch is written whole or not at all, and is safe once a later `sync` has returned.
pub(super) trait Rows: Read + Send + Sync {
    fn apply(&self, batch: Batch) -> Result<(), RowsError>;

    fn sync(&self) -> Result<(), RowsError>;

    /// What failed in the background, if anything: whoever waits for that may wait for ever.
    fn failure(&self) -> Option<RowsError> {
        None
    }

    /// Bytes on disk.
    fn bytes(&self) -> Result<u64, RowsError>;
}

/// Rows as they will be once `staged` is written.
pub(super) struct View<'a, R: ?Sized> {
    pub(super) rows: &'a R,
    pub(super) staged: &'a Batch,
}

impl<R: Read + ?Sized> Read for View<'_, R> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, RowsError> {
        match self.staged.get(key) {
            Some(value) => Ok(value.clone()),
            None => self.rows.get(key),
        }
    }

    fn each(
        &self,
        scan: &Scan,
        each: &mut dyn FnMut(&[u8], &[u8]) -> bool,
    ) -> Result<(), RowsError> {
        if scan.from >= scan.to {
            return Ok(());
        }
        let range = self.staged.range(scan.from.clone()..scan.to.clone());
        let staged: Vec<(&Vec<u8>, &Option<Vec<u8>>)> = if scan.backwards {
            range.rev().collect()
        } else {
            range.collect()
        };
        let mut staged = staged.into_iter().peekable();
        let mut left = scan.limit;
        let mut going = true;
        let unbounded = Scan {
            limit: usize::MAX,
            ..scan.clone()
        };
        let goes_before = |staged: &[u8], stored: &[u8]| {
            if scan.backwards {
                staged > stored
            } else {
                staged < stored
            }
        };
        self.rows.each(&unbounded, &mut |key, value| {
            while let Some((staged_key, staged_value)) =
                staged.next_if(|(staged, _)| goes_before(staged, key))
            {
                if let Some(value) = staged_value {
                    going = left > 0 && each(staged_key, value);
                    left = left.saturating_sub(1);
                    if !going {
                        return false;
                    }
                }
            }
            let shown = match staged.next_if(|(staged, _)| staged.as_slice() == key) {
                Some((_, replaced)) => replaced.as_deref(),
                None => Some(value),
            };
            if let Some(value) = shown {
                going = left > 0 && each(key, value);
                left = left.saturating_sub(1);
            }
            going && left > 0
        })?;
        for (key, value) in staged {
            if let Some(value) = value {
                if !going || left == 0 || !each(key, value) {
                    break;
                }
                left -= 1;
            }
        }
        Ok(())
    }
}

impl<R: Read + ?Sized> Read for std::sync::Arc<R> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, RowsError> {
        (**self).get(key)
    }

    fn each(
        &self,
        scan: &Scan,
        each: &mut dyn FnMut(&[u8], &[u8]) -> bool,
    ) -> Result<(), RowsError> {
        (**self).each(scan, each)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::memory::MemoryRows;
    use proptest::prelude::*;

    fn small_rows() -> impl Strategy<Value = BTreeMap<Vec<u8>, Option<Vec<u8>>>> {
        proptest::collection::btree_map(
            proptest::collection::vec(0_u8..4, 1..3),
            proptest::option::of(proptest::collection::vec(any::<u8>(), 0..2)),
            0..12,
        )
    }

    proptest! {
        #[test]
        fn a_view_reads_as_if_the_batch_were_written(
            stored in small_rows(), staged in small_rows(),
            backwards in any::<bool>(), limit in 0_usize..8,
            from in proptest::collection::vec(0_u8..4, 0..3), to in proptest::collection::vec(0_u8..5, 0..3),
        ) {
            let before = MemoryRows::default();
            before.apply(stored.clone()).unwrap();
            let after = MemoryRows::default();
            after.apply(stored).unwrap();
            after.apply(staged.clone()).unwrap();
            let scan = Scan { from, to, backwards, limit };
            let view = View { rows: &before, staged: &staged };
            prop_assert_eq!(view.scan(&scan).unwrap(), after.scan(&scan).unwrap());
        }
    }
}
