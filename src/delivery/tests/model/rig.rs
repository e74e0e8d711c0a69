//! A daemon in small beside the model: each step happens to both, and both must then say the same.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::clock::{Clock, TokioClock};
use crate::delivery::Delivering;
use crate::delivery::tests::world::{plain, settings};
use crate::live::Live;
use crate::metrics::Metrics;
use crate::model::{Happening, Time};
use crate::plan::{Answer, plan};
use crate::settings::{Agent, Assign, Brand, Breaker, Delivery, OnUnknown, Settings};
use crate::store::{Planner, Rank, Store, StoreOptions};

use super::ideal::Ideal;
use super::receivers::{Book, Receivers};
use super::step::{AssignBy, Rules};

pub(super) struct Rig {
    pub(super) store: Option<Store>,
    pub(super) receivers: Arc<Receivers>,
    pub(super) clock: TokioClock,
    live: Arc<ArcSwap<Live>>,
    running: Option<Running>,
    /// When the daemon was last started.
    pub(super) up_since: Option<Time>,
    folder: Option<Folder>,
}

struct Running {
    stop: CancellationToken,
    cut: CancellationToken,
    task: JoinHandle<()>,
}

/// Where a store on disk lives; after a crash, in the next of its folders.
struct Folder {
    within: PathBuf,
    crashes: u32,
}

impl Folder {
    fn path(&self) -> PathBuf {
        self.within.join(self.crashes.to_string())
    }
}

impl Rig {
    /// Over a store in memory, or over one on disk in a folder below `within`.
    pub(super) fn new(rules: Rules, within: Option<&Path>) -> Self {
        let clock = TokioClock::starting_at(Time::EPOCH);
        let live = Arc::new(ArcSwap::from_pointee(Live::new(settings_of(&rules))));
        let mut rig = Self {
            store: None,
            receivers: Receivers::new(clock, Ideal::new(rules)),
            clock,
            live,
            running: None,
            up_since: None,
            folder: within.map(|within| Folder {
                within: within.to_owned(),
                crashes: 0,
            }),
        };
        rig.open();
        rig
    }

    pub(super) fn now(&self) -> Time {
        self.clock.now()
    }

    pub(super) fn book(&self) -> std::sync::MutexGuard<'_, Book> {
        self.receivers.book()
    }

    pub(super) fn store(&self) -> &Store {
        self.store.as_ref().unwrap()
    }

    fn open(&mut self) {
        let (live, receivers) = (Arc::clone(&self.live), Arc::clone(&self.receivers));
        let planner: Planner = Arc::new(move |event, facts| {
            receivers.book().see(event);
            plan(event, facts, &live.load().routes)
        });
        let store = match &self.folder {
            None => Store::in_memory(planner, self.now()),
            Some(folder) => {
                let store = Store::open(StoreOptions {
                    path: folder.path(),
                    cache: 1 << 20,
                    create: true,
                    now: self.now(),
                    planner,
                    observer: None,
                    traces: None,
                    sync_gate: None,
                });
                store.unwrap().in_turn()
            }
        };
        self.store = Some(store);
    }

    pub(super) async fn commit(&self, what: Happening) -> Answer {
        let event = self.clock.event(what);
        self.store().commit(event, Rank::Agent).await.unwrap()
    }

    pub(super) fn start(&mut self) {
        if self.running.is_some() {
            return;
        }
        let delivering = Delivering {
            store: self.store().clone(),
            clock: Arc::new(self.clock),
            live: Arc::clone(&self.live),
            metrics: Arc::new(Metrics::new(["acme", "other"].into_iter(), [].into_iter())),
            alerts: crate::alerts::Alerts::new(Arc::clone(&self.live), Arc::new(self.clock)),
            courier: self.receivers.clone(),
            calls: Handle::current(),
        };
        let (stop, cut) = (CancellationToken::new(), CancellationToken::new());
        let task =
            tokio::spawn(delivering.run(crate::delivery::pulse().1, stop.clone(), cut.clone()));
        self.running = Some(Running { stop, cut, task });
        self.up_since = Some(self.now());
    }

    /// Stops in order: calls under way have so long to end. A store on disk is closed and opened again.
    pub(super) async fn stop(&mut self, grace: Duration) {
        let Some(running) = self.running.take() else {
            return;
        };
        self.up_since = None;
        running.stop.cancel();
        sleep(grace).await;
        running.cut.cancel();
        running.task.await.unwrap();
        if self.folder.is_some() {
            self.store.take().unwrap().close().await.unwrap();
            self.open();
        }
    }

    /// Ends as a killed process does. A store on disk goes on from what its files held at that moment.
    pub(super) async fn crash(&mut self) {
        let Some(running) = self.running.take() else {
            return;
        };
        self.up_since = None;
        running.task.abort();
        assert!(running.task.await.unwrap_err().is_cancelled());
        self.book().ideal.crash();
        if let Some(folder) = &mut self.folder {
            let before = folder.path();
            folder.crashes += 1;
            crate::store::tests::folder::copy(&before, &folder.path());
            self.store.take().unwrap().close().await.unwrap();
            self.open();
        }
    }
}

fn settings_of(rules: &Rules) -> Settings {
    let mut settings = settings(Delivery {
        first_delay: rules.first_delay,
        max_delay: rules.max_delay,
        max_age: rules.max_age,
        lane_concurrency: rules.slots,
        breaker: Breaker {
            failures: rules.breaker,
            open_for: rules.open_for,
        },
        on_unknown: if rules.holds {
            OnUnknown::Hold
        } else {
            OnUnknown::Resend
        },
        ..plain()
    });
    settings.intake.require_response_url = rules.url_required;
    let assign = match rules.assign {
        AssignBy::All => Assign::All,
        AssignBy::Turn => Assign::RoundRobin,
        AssignBy::Load => Assign::LeastOpen,
    };
    let (brand, agent) = (settings.brands["acme"].clone(), settings.agents[&3].clone());
    settings.brands = [("acme", vec![1, 2, 3]), ("other", vec![4])]
        .map(|(id, agents)| {
            let brand = Brand {
                id: id.to_owned(),
                agents,
                assign,
                ..brand.clone()
            };
            (id.to_owned(), brand)
        })
        .into();
    settings.agents = [1, 2, 3, 4]
        .map(|id| {
            let agent = Agent {
                id,
                name: rules.name_of(id).unwrap(),
                active: id != 2,
                ..agent.clone()
            };
            (id, agent)
        })
        .into();
    settings
}
