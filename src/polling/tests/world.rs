//! A poller at work, with its store and what it sees.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use arc_swap::ArcSwap;
use tokio::task::JoinHandle;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::board::Board;
use super::window::View;
use crate::clock::TokioClock;
use crate::live::Live;
use crate::metrics::Metrics;
use crate::model::{Event, Happening, Link, LinkState, Status, Ticket, TicketId, Time};
use crate::plan::plan;
use crate::polling::{AllThreads, Polling, Questions, Reporter, Threads, Window, Windows};
use crate::room::Room;
use crate::settings::trial::loaded;
use crate::store::{Planner, Store};

/// 2026-03-15T14:30:00Z
pub(super) const NOW: i64 = 1_773_585_000_000_000;
/// Longer than any jittered interval of a minute.
pub(super) const TURN: Duration = Duration::from_secs(70);

const BRAND: &str = "[[brands]]\nid = \"acme\"\nname = \"Acme\"\n";

/// A system with a line of its own.
pub(super) fn desk(id: &str, line: u32, more: &str) -> String {
    format!(
        "[[systems]]\nid = \"{id}\"\nkind = \"qminder\"\nline = \"{line}\"\napi_key_file = \"k\"\n{more}\n"
    )
}

/// A system with an address of its own, where tickets are threads.
pub(super) fn helpdesk(id: &str, host: &str, more: &str) -> String {
    format!(
        "[[systems]]\nid = \"{id}\"\nkind = \"deskhive\"\nbase_url = \"https://{host}.example.com\"\nexternal_key_file = \"k\"\n{more}\n"
    )
}

pub(super) const IMPORTS: &str = "import_to = \"acme\"";

pub(super) fn live(systems: &str) -> Live {
    Live::new(loaded(&format!("{BRAND}{systems}")).settings)
}

pub(super) struct World {
    pub(super) polling: Polling,
    pub(super) view: View,
    pub(super) board: Board,
    /// Events about what was seen.
    observed: Arc<AtomicUsize>,
    /// Events that wrote something.
    written: Arc<AtomicUsize>,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl World {
    /// Systems as the configuration spells them, and what is there when polling begins.
    pub(super) fn new(systems: &str, furnish: impl FnOnce(&View)) -> Self {
        let view = View::default();
        furnish(&view);
        Self::before(systems, view, Board::default())
    }

    /// The same, where tickets are threads.
    pub(super) fn listing(systems: &str, furnish: impl FnOnce(&Board)) -> Self {
        let board = Board::default();
        furnish(&board);
        Self::before(systems, View::default(), board)
    }

    fn before(systems: &str, view: View, board: Board) -> Self {
        let live = Arc::new(ArcSwap::from_pointee(live(systems)));
        let observed = Arc::new(AtomicUsize::new(0));
        let written = Arc::new(AtomicUsize::new(0));
        let planner: Planner = {
            let (live, observed) = (Arc::clone(&live), Arc::clone(&observed));
            let written = Arc::clone(&written);
            Arc::new(move |event: &Event, facts| {
                let planned = plan(event, facts, &live.load().routes);
                let counts = matches!(event.what, Happening::Observed(_)) && planned.is_ok();
                observed.fetch_add(usize::from(counts), Ordering::SeqCst);
                let writes = planned.as_ref().is_ok_and(|out| !out.writes.is_empty());
                written.fetch_add(usize::from(writes), Ordering::SeqCst);
                planned
            })
        };
        let systems: Vec<String> = live.load().settings.systems.keys().cloned().collect();
        let metrics = Metrics::new(std::iter::empty(), systems.iter().map(String::as_str));
        let windows: Windows = {
            let view = view.clone();
            Arc::new(move |_| Some(Arc::new(view.clone()) as Arc<dyn Window>))
        };
        let threads: AllThreads = {
            let board = board.clone();
            Arc::new(move |_| Some(Arc::new(board.clone()) as Arc<dyn Threads>))
        };
        let polling = Polling {
            store: Store::in_memory(planner, Time::from_micros(NOW)),
            clock: Arc::new(TokioClock::starting_at(Time::from_micros(NOW))),
            live,
            metrics: Arc::new(metrics),
            room: Room::unknown(),
            questions: Questions::default(),
            windows,
            threads,
        };
        let stop = CancellationToken::new();
        let task = tokio::spawn(polling.clone().run(stop.clone()));
        Self {
            polling,
            view,
            board,
            observed,
            written,
            stop,
            task,
        }
    }

    /// Lets what is due happen, and at most so much time pass.
    pub(super) async fn pass(&self, time: Duration) {
        sleep(time).await;
    }

    pub(super) async fn turns(&self, number: u32) {
        self.pass(TURN * number).await;
    }

    /// How many events there were about what was seen, since the last time.
    pub(super) fn observed(&self) -> usize {
        self.observed.swap(0, Ordering::SeqCst)
    }

    /// How many events wrote something, since the last time.
    pub(super) fn written(&self) -> usize {
        self.written.swap(0, Ordering::SeqCst)
    }

    pub(super) fn reporter(&self) -> Reporter {
        Reporter {
            store: self.polling.store.clone(),
            clock: Arc::clone(&self.polling.clock),
            metrics: Arc::clone(&self.polling.metrics),
            trace: None,
        }
    }

    pub(super) fn now(&self) -> Time {
        self.polling.clock.now()
    }

    pub(super) async fn find(&self, id: u64) -> Option<Ticket> {
        let view = self.polling.store.ticket(TicketId(id)).await.unwrap();
        view.map(|view| view.ticket)
    }

    pub(super) async fn link(&self, id: u64) -> Link {
        self.find(id).await.unwrap().links[0].clone()
    }

    /// Our status, the link's state, and the status there.
    pub(super) async fn state(&self, id: u64) -> (Status, LinkState, String) {
        let link = self.link(id).await;
        let ticket = self.find(id).await.unwrap();
        (ticket.status, link.state, link.status)
    }

    pub(super) fn age(&self, system: &str) -> f64 {
        self.polling.metrics.set_poll_ages();
        let text = self.polling.metrics.render();
        let series = format!("ticketbridge_poll_age_seconds{{system=\"{system}\"}} ");
        let (_, after) = text.split_once(&series).unwrap();
        after.lines().next().unwrap().parse().unwrap()
    }

    pub(super) fn reload(&self, systems: &str) {
        self.polling.live.store(Arc::new(live(systems)));
        self.polling.store.nudge();
    }

    /// Polling ends and begins anew, with the same store.
    pub(super) async fn restart(&mut self) {
        self.stop.cancel();
        (&mut self.task).await.unwrap();
        self.stop = CancellationToken::new();
        self.task = tokio::spawn(self.polling.clone().run(self.stop.clone()));
    }

    /// What was said in a ticket after its opening.
    pub(super) async fn said(&self, id: u64) -> Vec<String> {
        let ticket = self.find(id).await.unwrap();
        let (messages, _) = self.polling.store.messages(ticket, 0, 1000).await.unwrap();
        let texts = messages.into_iter().map(|message| message.content);
        texts.collect()
    }

    pub(super) async fn end(self) {
        self.stop.cancel();
        self.task.await.unwrap();
    }
}
