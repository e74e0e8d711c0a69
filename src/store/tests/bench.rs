//! A ledger over rows in memory that watch their bounds.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::model::{
    Class, Delivery, DeliveryId, Event, ExternalTicket, Happening, Head, LaneId, Message,
    OperatorOrder, Replied, Settled, TicketId, Time, WayOut,
};
use crate::plan::tests::world::{end_of, planner, reply, routes};
use crate::plan::{Answer, Routes, Taken};
use crate::store::keys;
use crate::store::ledger::{EventError, Ledger};
use crate::store::memory::MemoryRows;
use crate::store::record;
use crate::store::rows::{Batch, Read, Row, Rows, RowsError, Scan};

/// Rows in memory that refuse a batch or value that is too large, and remember the batches.
#[derive(Default)]
pub(super) struct Watched {
    rows: MemoryRows,
    pub(super) batches: Mutex<Vec<Batch>>,
}

impl Read for Watched {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, RowsError> {
        self.rows.get(key)
    }

    fn each(
        &self,
        scan: &Scan,
        each: &mut dyn FnMut(&[u8], &[u8]) -> bool,
    ) -> Result<(), RowsError> {
        self.rows.each(scan, each)
    }
}

impl Rows for Watched {
    fn apply(&self, batch: Batch) -> Result<(), RowsError> {
        assert!(batch.len() <= 128, "a batch of {} rows", batch.len());
        for (key, value) in &batch {
            let length = value.as_ref().map_or(0, Vec::len);
            assert!(length <= 4096, "{length} bytes at {}", key.escape_ascii());
            assert!(key.len() <= 2048, "{}", key.escape_ascii());
        }
        self.batches.lock().unwrap().push(batch.clone());
        self.rows.apply(batch)
    }

    fn sync(&self) -> Result<(), RowsError> {
        self.rows.sync()
    }

    fn bytes(&self) -> Result<u64, RowsError> {
        self.rows.bytes()
    }
}

pub(super) struct Bench {
    pub(super) rows: Arc<Watched>,
    pub(super) ledger: Ledger<Watched>,
    pub(super) routes: Arc<Mutex<Routes>>,
    pub(super) now: Time,
}

impl Bench {
    pub(super) fn new() -> Self {
        let rows = Arc::new(Watched::default());
        let routes = Arc::new(Mutex::new(routes()));
        let ledger = Ledger::open(Arc::clone(&rows), planner(&routes)).unwrap();
        Self {
            rows,
            ledger,
            routes,
            now: Time::from_micros(5_000_000_000),
        }
    }

    /// Stages what happens; it is written when the batch is full or with the next [`Bench::happens`].
    pub(super) fn stages(&mut self, what: Happening) -> Result<Answer, EventError> {
        self.now = self.now.plus(Duration::from_micros(1));
        let event = Event {
            at: self.now,
            random: [7; 16],
            trace: None,
            what,
        };
        self.ledger.take(&event).unwrap().map(|(answer, _)| answer)
    }

    pub(super) fn happens(&mut self, what: Happening) -> Result<Answer, EventError> {
        let answer = self.stages(what);
        self.ledger.write().unwrap();
        answer
    }

    pub(super) fn arrives(&mut self, sent: ExternalTicket) -> Taken {
        match self.happens(Happening::Arrived(Box::new(sent))) {
            Ok(Answer::Taken(taken)) => *taken,
            other => panic!("{other:?}"),
        }
    }

    pub(super) fn replies(&mut self, reply: Replied) -> Message {
        match self.happens(Happening::Replied(reply)) {
            Ok(Answer::Replied(taken)) => taken.message,
            other => panic!("{other:?}"),
        }
    }

    pub(super) fn sends(&mut self, ticket: TicketId) -> DeliveryId {
        match self.replies(reply(ticket)).way_out {
            WayOut::By(id) => id,
            other => panic!("{other:?}"),
        }
    }

    pub(super) fn delivery(&self, id: DeliveryId) -> Delivery {
        let found = record::get(&self.rows, &keys::delivery(id)).unwrap();
        found.unwrap()
    }

    pub(super) fn end(&self, id: DeliveryId, class: Class) -> Settled {
        end_of(&self.delivery(id), class, self.now)
    }

    pub(super) fn settles(&mut self, settled: Settled) -> Delivery {
        match self.happens(Happening::Settled(Box::new(settled))) {
            Ok(Answer::Settled(after)) => after.delivery,
            other => panic!("{other:?}"),
        }
    }

    pub(super) fn orders(&mut self, order: OperatorOrder) -> Answer {
        self.happens(Happening::Ordered(order)).unwrap()
    }

    pub(super) fn all(&self, kind: u8) -> Vec<Row> {
        self.rows.scan(&Scan::prefix(vec![kind])).unwrap()
    }

    /// Every due row, with its lane.
    pub(super) fn heads(&self) -> Vec<(LaneId, Head)> {
        let rows = self.all(b'q').into_iter();
        rows.map(|(key, _)| {
            let lane = LaneId(keys::number_at(&key, 1).unwrap());
            (lane, keys::head_of(&key).unwrap())
        })
        .collect()
    }

    /// Writes a row behind the ledger's back.
    pub(super) fn plant(&self, key: Vec<u8>, value: &[u8]) {
        let batch = [(key, Some(value.to_vec()))].into();
        self.rows.apply(batch).unwrap();
    }
}
