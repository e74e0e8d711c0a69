//! Shelves against plain maps.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::store::memory::MemoryRows;
use crate::store::rows::Rows;

fn shelf(number: usize) -> Shelf {
    Shelf::tickets(["acme", "other"][number % 2], Assignee::All)
}

fn shelve(rows: &MemoryRows, shelf: &Shelf, number: u64, old: Option<&Item>, new: Option<&Item>) {
    let mut shelving = Shelving::default();
    let old = old.map(|item| item.traits.as_slice());
    shelving.shelve(shelf, number, old, new);
    let mut batch = Batch::new();
    shelving.finish(&rows, &mut batch).unwrap();
    rows.apply(batch).unwrap();
}

impl Read for &MemoryRows {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, crate::store::rows::RowsError> {
        (**self).get(key)
    }

    fn each(
        &self,
        scan: &crate::store::rows::Scan,
        each: &mut dyn FnMut(&[u8], &[u8]) -> bool,
    ) -> Result<(), crate::store::rows::RowsError> {
        (**self).each(scan, each)
    }
}

/// Around the ends of leaves, blocks and spans.
fn number() -> impl Strategy<Value = u64> {
    let near = |at: u64| at.saturating_sub(2)..at + 3;
    prop_oneof![
        near(0),
        near(1 << LEAF.bits),
        near(1 << BLOCK.bits),
        near(3 << BLOCK.bits),
        near(1 << SPAN.bits),
        near(5 << SPAN.bits)
    ]
}

fn item() -> impl Strategy<Value = Option<Item>> {
    proptest::option::weighted(
        0.9,
        (0_u8..3, 0_u8..2).prop_map(|(traits, rest)| Item {
            traits: vec![traits],
            rest: vec![rest; usize::from(rest)],
        }),
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn a_walk_finds_what_a_search_of_all_finds(
        changes in proptest::collection::vec((0_usize..2, number(), item()), 0..60),
        both in any::<bool>(), traits in proptest::option::of(0_u8..3), from in number(),
        offset in 0_u64..12, limit in 0_usize..8,
    ) {
        let rows = MemoryRows::default();
        let mut model: BTreeMap<u64, (usize, Item)> = BTreeMap::new();
        for (place, number, new) in changes {
            let old = model.get(&number).filter(|(there, _)| *there == place).map(|(_, item)| item.clone());
            if old.is_none() && model.contains_key(&number) {
                continue;
            }
            shelve(&rows, &shelf(place), number, old.as_ref(), new.as_ref());
            match new {
                Some(item) => model.insert(number, (place, item)),
                None => model.remove(&number),
            };
        }
        let shelves: Vec<Shelf> = (0..=usize::from(both)).map(shelf).collect();
        let walk = Walk {
            rows: &&rows,
            shelves: &shelves,
            wanted: &|_, item: &[u8]| traits.is_none_or(|traits| item[0] == traits),
            from,
        };
        let expected: Vec<Found> = model
            .iter()
            .rev()
            .filter(|(number, (place, item))| {
                **number >= from && *place < shelves.len() && traits.is_none_or(|traits| item.traits[0] == traits)
            })
            .map(|(number, (place, item))| Found {
                number: *number,
                shelf: *place,
                item: [item.traits.as_slice(), &item.rest].concat(),
            })
            .collect();
        let (page, total) = walk.page(offset, limit).unwrap();
        prop_assert_eq!(total, expected.len() as u64);
        prop_assert_eq!(walk.count().unwrap(), total);
        let wanted: Vec<Found> = expected.into_iter().skip(usize::try_from(offset).unwrap()).take(limit).collect();
        prop_assert_eq!(page, wanted);
        for (number, (place, item)) in &model {
            let kept = get(&&rows, &shelf(*place), *number).unwrap();
            prop_assert_eq!(kept, Some([item.traits.as_slice(), &item.rest].concat()));
        }
        if model.is_empty() {
            prop_assert!(rows.scan(&crate::store::rows::Scan::prefix(Vec::new())).unwrap().is_empty());
        }
    }

    #[test]
    fn no_bytes_are_a_panic(bytes: Vec<u8>) {
        if let Ok(mut leaf) = Leaf::read(b"k", bytes.clone()) {
            leaf.set(3, Some(b"x"));
            prop_assert_eq!(leaf.get(3), Some(&b"x"[..]));
            let bytes = leaf.into_bytes();
            prop_assert!(Leaf::read(b"k", bytes).is_ok());
        }
        if let Ok(census) = Census::read(b"k", &bytes) {
            prop_assert_eq!(Census::read(b"k", &census.to_bytes()).unwrap(), census);
        }
    }
}

#[test]
fn a_page_far_behind_reads_as_few_rows_as_the_first() {
    let rows = Counting::default();
    let item = Item {
        traits: vec![1],
        rest: Vec::new(),
    };
    let shelves = [shelf(0)];
    let mut batch = Batch::new();
    let mut shelving = Shelving::default();
    for number in 0..200_000 {
        shelving.shelve(&shelves[0], number, None, Some(&item));
    }
    shelving.finish(&rows, &mut batch).unwrap();
    rows.rows.apply(batch).unwrap();
    for offset in [0, 15_000, 100_000, 199_985] {
        let walk = Walk {
            rows: &rows,
            shelves: &shelves,
            wanted: &|_, _| true,
            from: 0,
        };
        rows.read.store(0, std::sync::atomic::Ordering::SeqCst);
        let (page, total) = walk.page(offset, 15).unwrap();
        assert_eq!((page.len(), total), (15, 200_000));
        assert_eq!(page[0].number, 199_999 - offset);
        let read = rows.read.load(std::sync::atomic::Ordering::SeqCst);
        assert!(read < 200, "{read} rows for what stands behind {offset}");
    }
}

/// Rows that count how many of them are read.
#[derive(Default)]
struct Counting {
    rows: MemoryRows,
    read: std::sync::atomic::AtomicUsize,
}

impl Read for Counting {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, crate::store::rows::RowsError> {
        self.read.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        self.rows.get(key)
    }

    fn each(
        &self,
        scan: &crate::store::rows::Scan,
        each: &mut dyn FnMut(&[u8], &[u8]) -> bool,
    ) -> Result<(), crate::store::rows::RowsError> {
        self.rows.each(scan, &mut |key, value| {
            self.read.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            each(key, value)
        })
    }
}
