//! What agents ask for says what is stored: lists, counters, what they are told and what of that they have read.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Kept, records};
use crate::model::{AgentId, Message, News, Notice, Status, Ticket};
use crate::plan::Numbers;
use crate::store::keys;
use crate::store::memory::MemoryRows;
use crate::store::record;
use crate::store::rows::{Batch, Read, Rows, Scan};
use crate::store::shelf::{Item, Shelf, Shelving};
use crate::store::traits::{NoticeTraits, TicketTraits, notice_from};

/// Lists and counters of tickets say what the tickets say.
pub(super) fn audit_tickets(kept: &Kept) {
    let tickets: Vec<Ticket> = records(kept, b't');
    let mut shelves = Shelving::default();
    let mut counts: BTreeMap<Vec<u8>, u64> = BTreeMap::new();
    for ticket in &tickets {
        let item = Item {
            traits: TicketTraits::of(ticket).to_bytes(),
            rest: Vec::new(),
        };
        let (brand, assignee) = (&ticket.brand, ticket.assignee);
        shelves.shelve(
            &Shelf::tickets(brand, assignee),
            ticket.id.0,
            None,
            Some(&item),
        );
        if ticket.needs_response() {
            *counts
                .entry(keys::waiting_counter(brand, assignee))
                .or_default() += 1;
        }
        assert_eq!(
            ticket.status == Status::Closed,
            ticket.closed_at.is_some(),
            "{ticket:?}"
        );
        if let Some(at) = ticket.closed_at {
            let key = keys::closed_counter(brand, assignee, at.day());
            *counts.entry(key).or_default() += 1;
        }
        if let Some(answer) = ticket.answer {
            let answered: Option<Message> =
                record::get(&kept.rows, &keys::message(ticket.id, answer)).unwrap();
            assert!(answered.unwrap().response_url.is_some(), "{ticket:?}");
        }
    }
    assert_eq!(kept.shelved(b't'), rows_of(shelves));
    let stored = [b"Cw", b"Cd"].map(|counters| Scan::prefix(counters.to_vec()));
    let stored: BTreeMap<Vec<u8>, u64> = stored
        .iter()
        .flat_map(|counters| kept.rows.scan(counters).unwrap())
        .map(|(key, value)| {
            let count = record::from_row(&kept.rows, &key, &value).unwrap();
            (key, count)
        })
        .filter(|(_, count)| *count > 0)
        .collect();
    assert_eq!(stored, counts);
}

/// The rows that hold nothing but this.
fn rows_of(shelves: Shelving) -> BTreeMap<Vec<u8>, Vec<u8>> {
    let mut batch = Batch::new();
    let none: Arc<dyn Rows> = Arc::new(MemoryRows::default());
    shelves.finish(&none, &mut batch).unwrap();
    let rows = batch.into_iter();
    rows.filter_map(|(key, value)| Some((key, value?)))
        .collect()
}

/// What the leaves of all shelves of this kind hold: which shelf, without its kind, number, and item.
fn leaves(kept: &Kept, kind: u8) -> Vec<(Vec<u8>, u64, Vec<u8>)> {
    let mut found = Vec::new();
    for (key, value) in kept.rows.scan(&Scan::prefix(vec![b'l', kind])).unwrap() {
        let bytes = record::bytes_from_row(&kept.rows, &key, &value).unwrap();
        let (shelf, first) = key.split_at(key.len() - 8);
        let first = u64::from_be_bytes(first.try_into().unwrap()) * 64;
        let mut left = bytes.as_slice();
        while let [offset, length, rest @ ..] = left {
            let (item, rest) = rest.split_at(usize::from(*length));
            found.push((
                shelf[2..].to_vec(),
                first + u64::from(*offset),
                item.to_vec(),
            ));
            left = rest;
        }
    }
    found
}

/// What agents are told is counted as it is kept, each once, and is about what is there; what they have read was
/// told.
pub(super) fn audit_notices(kept: &Kept) {
    let mut shelves = Shelving::default();
    let mut told = BTreeMap::new();
    for (shelf, number, item) in leaves(kept, b'n') {
        let notice = notice_from(number, &item).unwrap();
        let (brand, assignee) = keys::brand_and_assignee(&shelf, 0).unwrap();
        let traits = NoticeTraits::of(&notice).to_bytes();
        let rest = item[traits.len()..].to_vec();
        shelves.shelve(
            &Shelf::notices(&brand, assignee),
            number,
            None,
            Some(&Item {
                traits: traits.clone(),
                rest,
            }),
        );
        let ticket: Ticket = record::get(&kept.rows, &keys::ticket(notice.ticket))
            .unwrap()
            .unwrap();
        assert_eq!(ticket.brand, brand);
        if let News::Wrote { message } = notice.news {
            let key = keys::message(notice.ticket, message);
            let message: Message = record::get(&kept.rows, &key).unwrap().unwrap();
            assert!(message.is_customers());
        }
        let twice = told.insert(number, (notice, shelf, traits));
        assert!(twice.is_none(), "{twice:?}");
    }
    assert_eq!(kept.shelved(b'n'), rows_of(shelves));
    let numbers: Option<Numbers> = record::get(&kept.rows, &keys::meta("numbers")).unwrap();
    let next = numbers.unwrap_or_default().notice;
    if kept.keeps_all {
        assert_eq!(told.len() as u64, next - 1);
    }
    // Each ticket and each later message of a customer is told of.
    let messages: Vec<Message> = records(kept, b'm');
    let customers = messages.iter().filter(|it| it.is_customers()).count();
    let tickets = kept.all(b't').len();
    let wrote = |(notice, ..): &&(Notice, _, _)| matches!(notice.news, News::Wrote { .. });
    assert_eq!(told.values().filter(wrote).count(), customers - tickets);

    let mut shelves = Shelving::default();
    for (shelf, number, item) in leaves(kept, b'r') {
        let (_, home, traits) = &told[&number];
        assert_eq!((&shelf[8..], &item), (home.as_slice(), traits));
        let agent = AgentId(keys::number_at(&shelf, 0).unwrap());
        let (brand, assignee) = keys::brand_and_assignee(&shelf, 8).unwrap();
        shelves.shelve(
            &Shelf::read(agent, &brand, assignee),
            number,
            None,
            Some(&Item {
                traits: item,
                rest: Vec::new(),
            }),
        );
    }
    assert_eq!(kept.shelved(b'r'), rows_of(shelves));
}
