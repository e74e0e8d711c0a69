//! Builds the daemon from its parts, owns its tasks, and ends it in order.

pub(crate) mod decided;
mod log;
mod reload;
mod sockets;
mod welcome;
mod windows;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use arc_swap::ArcSwap;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, sleep_until};
use tokio_util::sync::CancellationToken;

use crate::alerts::{Alert, Alerts, Kind, LoopWatch, Watched, know_pauses};
use crate::clock::{Clock, SystemClock};
use crate::delivery::{CallThreads, Delivering};
use crate::http::{self, Bridge, CurrentOptions, Hearing, ListenerOptions};
use crate::live::Live;
use crate::metrics::Metrics;
use crate::model::RESPONSE_URL;
use crate::plan;
use crate::polling::{Polling, Questions};
use crate::room::Room;
use crate::settings::{Loaded, Settings};
use crate::store::{CommitError, OpenError, Planner, Store, StoreOptions};
use crate::systems::Couriers;

use reload::Reloading;
use welcome::{probe_systems, welcome};

pub use log::{LogLevel, init as init_log, init_for_command as init_command_log};
pub use windows::hearing;

/// After the store failed, this long is left for answers that say so.
const LAST_WORDS: Duration = Duration::from_millis(250);
/// How often the disk and the writer are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Why the daemon ended other than by order.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The store could not be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The store failed while the daemon ran.
    #[error("the store failed while running: {0}")]
    Store(String),
    /// The store turned out to be damaged while the daemon ran.
    #[error("the store is damaged, nothing in it was changed on purpose: {0}")]
    Damaged(String),
    /// Anything else that keeps it from starting or running.
    #[error(transparent)]
    Other(#[from] anyhow::Error),
}

impl ServeError {
    /// What the process ends with.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Open(error) => open_exit_code(error),
            Self::Store(_) => 74,
            Self::Damaged(_) => 65,
            Self::Other(_) => 1,
        }
    }
}

/// What a process ends with that could not open the store.
#[must_use]
pub fn open_exit_code(error: &OpenError) -> u8 {
    match error {
        OpenError::Absent(_) => 1,
        OpenError::Held(_) => 75,
        OpenError::Damaged { .. } | OpenError::Alien { .. } | OpenError::Newer { .. } => 65,
        OpenError::Io { .. } => 74,
    }
}

/// What planning rests on while these settings are in force.
#[must_use]
pub fn planner(live: &Arc<ArcSwap<Live>>) -> Planner {
    let live = Arc::clone(live);
    Arc::new(move |event, facts| plan::plan(event, facts, &live.load().routes))
}

/// The ways to the configured systems for a process that is no daemon, whose store is of this incarnation.
///
/// # Errors
///
/// If one of them cannot be called as it is configured.
pub fn couriers(
    live: &Live,
    clock: &Arc<dyn Clock>,
    incarnation: &str,
) -> Result<Couriers, anyhow::Error> {
    let ways = reload::ways(&live.settings, &live.routes.mappings)?;
    let gates = reload::gates(live);
    Ok(Couriers::new(ways, gates, Arc::clone(clock), incarnation))
}

/// The daemon, from start to orderly end.
///
/// # Errors
///
/// See [`ServeError`].
pub async fn serve(config: PathBuf, loaded: Loaded, log: LogLevel) -> Result<(), ServeError> {
    let mut signals = Signals::listen()?;
    log::show_panics();
    for warning in &loaded.warnings {
        tracing::warn!(%warning, "configuration");
    }
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let settings = loaded.settings;
    // Before anything is touched.
    reload::ways(&settings, &Arc::default())?;
    let metrics = Arc::new(new_metrics(&settings));
    let room = Room::unknown();
    let live = Arc::new(ArcSwap::from_pointee(Live::new(settings)));
    let alerts = Alerts::new(Arc::clone(&live), Arc::clone(&clock));
    let Some(store) = open_unless_told_to_end(&live, &metrics, &clock, &mut signals).await? else {
        tracing::info!("told to stop before the store was open");
        return Ok(());
    };
    look_at_disk(&room, &live, &alerts);
    // Only now: whoever holds the store's lock owns the sockets as well.
    let listeners = match sockets::bind(&live.load().settings) {
        Ok(listeners) => listeners,
        Err(error) => {
            close(store).await?;
            return Err(error.into());
        }
    };

    let mapping = live.load().settings.mapping.clone();
    let mappings = decided::recall(&store, mapping).await?;
    decided::decide(&store, &*clock, &mappings).await?;
    let before = live.load_full();
    let settings = before.settings.clone();
    live.store(Arc::new(Live::after(settings, &before.keys, mappings)));
    let couriers = Arc::new(couriers(&live.load(), &clock, store.incarnation())?);
    let call_threads = CallThreads::start()
        .map_err(|error| anyhow::Error::new(error).context("cannot start threads for calls"))?;
    let bridge = Bridge {
        store: store.clone(),
        clock: Arc::clone(&clock),
        live: Arc::clone(&live),
        metrics: Arc::clone(&metrics),
        room: room.clone(),
        systems: Some(Arc::clone(&couriers)),
    };
    let loops = LoopWatch::begin(Watched {
        store: store.clone(),
        live: Arc::clone(&live),
        metrics: Arc::clone(&metrics),
        alerts: alerts.clone(),
    })
    .await;
    know_pauses(&store, &live.load_full(), &alerts).await;
    welcome(&store, &*clock, &live).await;
    let stop = CancellationToken::new();
    let cut = CancellationToken::new();
    let mut tasks = JoinSet::new();
    let questions = Questions::default();
    let hearing = windows::hearing(store.incarnation(), &questions);
    spawn_listeners(&mut tasks, &bridge, hearing, listeners, &stop);
    let delivering = Delivering {
        store: store.clone(),
        clock: Arc::clone(&clock),
        live: Arc::clone(&live),
        metrics: Arc::clone(&metrics),
        alerts: alerts.clone(),
        courier: Arc::clone(&couriers) as _,
        calls: call_threads.handle(),
    };
    tasks.spawn(delivering.run(stop.clone(), cut.clone()));
    let polling = Polling {
        store: store.clone(),
        clock: Arc::clone(&clock),
        live: Arc::clone(&live),
        metrics: Arc::clone(&metrics),
        room: room.clone(),
        questions,
        windows: windows::windows(&couriers),
        threads: windows::threads(&couriers),
    };
    tasks.spawn(polling.run(stop.clone()));
    tasks.spawn(loops.run(stop.clone()));
    tasks.spawn(alerts.clone().run(stop.clone()));
    drop(bridge);
    tracing::info!(
        listen = %sockets::shown(&live.load().settings.server.listen),
        store = %live.load().settings.store.path.display(),
        brands = live.load().settings.brands.len(),
        after_crash = store.run().after_crash,
        "taking tickets"
    );

    let ended = watch(
        &store,
        &room,
        &live,
        &alerts,
        &mut signals,
        &mut tasks,
        &Reloading {
            config,
            store: store.clone(),
            clock,
            couriers,
            metrics,
            log,
        },
    )
    .await;
    match ended {
        Ended::Ordered => {}
        Ended::StoreFailed(reason) => fail(&store, &reason, &alerts).await,
        Ended::Broken => tracing::error!("a task that must not end has ended; stopping"),
    }
    let grace = live.load().settings.server.shutdown_grace;
    tracing::info!(grace_s = grace.as_secs(), "stopping");
    stop.cancel();
    finish(&mut tasks, grace, &cut).await;
    drop(tasks);
    // What the last calls ended with is told, too.
    let (closed, ()) = tokio::join!(close(store), alerts.finish());
    if let Err(error) = closed {
        if matches!(error, ServeError::Store(_) | ServeError::Damaged(_)) {
            let alert = Alert::new(Kind::Store, "", error.to_string());
            alerts.last_words(&alert).await;
        }
        return Err(error);
    }
    tracing::info!("stopped");
    if matches!(ended, Ended::Broken) {
        return Err(ServeError::Other(anyhow::anyhow!(
            "a task that must not end has ended"
        )));
    }
    Ok(())
}

enum Ended {
    Ordered,
    StoreFailed(String),
    Broken,
}

/// Waits for a reason to end, reloads on demand, and keeps an eye on the disk and the writer.
async fn watch(
    store: &Store,
    room: &Room,
    live: &Arc<ArcSwap<Live>>,
    alerts: &Alerts,
    signals: &mut Signals,
    tasks: &mut JoinSet<()>,
    reloading: &Reloading,
) -> Ended {
    let mut failures = store.failures();
    let mut look = interval(LOOK_EVERY);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            failed = failures.wait_for(Option::is_some) => {
                let reason = failed.ok().and_then(|reason| reason.clone());
                return Ended::StoreFailed(reason.unwrap_or_default());
            }
            order = signals.next() => match order {
                Order::End => return Ended::Ordered,
                Order::Reload => {
                    reloading.reload(live).await;
                    alerts.reload();
                    welcome(store, &*reloading.clock, live).await;
                    probe_systems(store, &*reloading.clock, live).await;
                    store.nudge();
                }
            },
            ended = tasks.join_next() => {
                if let Some(Err(error)) = ended {
                    tracing::error!(%error, "a task failed");
                }
                return Ended::Broken;
            }
            _ = look.tick() => {
                // What it finds comes back by `failures`.
                drop(store.check());
                look_at_disk(room, live, alerts);
            }
        }
    }
}

fn look_at_disk(room: &Room, live: &ArcSwap<Live>, alerts: &Alerts) {
    let live = live.load();
    let settings = &live.settings.store;
    match room.look(&settings.path, settings.min_free) {
        Ok(false) => {}
        Ok(true) if room.space().low => {
            let (free, min_free) = (room.space().free, settings.min_free);
            tracing::error!(free, min_free, "the disk is low; intake is refused");
            let detail = format!("{free} bytes are free, `store.min_free` is {min_free}");
            alerts.raise(&Alert::new(Kind::Disk, "", detail));
        }
        Ok(true) => {
            let free = room.space().free;
            tracing::info!(free, "the disk has room again; intake is open");
            alerts.end(&Alert::new(
                Kind::Disk,
                "",
                format!("{free} bytes are free"),
            ));
        }
        Err(error) => tracing::error!(%error, "cannot see how much room the disk has"),
    }
}

/// `None` if the order to end comes first: opening can take long, and on a disk that hangs it never ends. It is left
/// where it is, as a crash would leave it.
async fn open_unless_told_to_end(
    live: &Arc<ArcSwap<Live>>,
    metrics: &Arc<Metrics>,
    clock: &Arc<dyn Clock>,
    signals: &mut Signals,
) -> Result<Option<Store>, ServeError> {
    let (live, metrics, clock) = (Arc::clone(live), Arc::clone(metrics), Arc::clone(clock));
    let mut opening = tokio::task::spawn_blocking(move || open_store(&live, &metrics, &*clock));
    loop {
        tokio::select! {
            opened = &mut opening => {
                let opened = opened.context("opening the store broke off")?;
                return Ok(Some(opened?));
            }
            order = signals.next() => match order {
                Order::End => return Ok(None),
                // The settings were read a moment ago.
                Order::Reload => {}
            },
        }
    }
}

fn open_store(
    live: &Arc<ArcSwap<Live>>,
    metrics: &Arc<Metrics>,
    clock: &dyn Clock,
) -> Result<Store, OpenError> {
    let current = live.load();
    let metrics = Arc::clone(metrics);
    Store::open(StoreOptions {
        path: current.settings.store.path.clone(),
        cache: current.settings.store.cache,
        create: true,
        now: clock.now(),
        planner: planner(live),
        observer: Some(Arc::new(move |took, events| metrics.commit(took, events))),
        sync_gate: None,
    })
}

fn new_metrics(settings: &Settings) -> Metrics {
    let systems = settings.systems.keys().map(String::as_str);
    Metrics::new(
        settings.brands.keys().map(String::as_str),
        std::iter::once(RESPONSE_URL).chain(systems),
    )
}

fn spawn_listeners(
    tasks: &mut JoinSet<()>,
    bridge: &Bridge,
    hearing: Hearing,
    listeners: sockets::Listeners,
    stop: &CancellationToken,
) {
    let live = Arc::clone(&bridge.live);
    let options = CurrentOptions::new(move || {
        let server = &live.load().settings.server;
        ListenerOptions::new(server.read_timeout, server.shutdown_grace)
    });
    let public = http::public_router(bridge.clone(), hearing, listeners.ops.is_none());
    tasks.spawn(http::serve(
        listeners.public,
        public,
        options.clone(),
        stop.clone(),
    ));
    if let Some(ops) = listeners.ops {
        tasks.spawn(http::serve(
            ops,
            http::ops_router(bridge.clone()),
            options.clone(),
            stop.clone(),
        ));
    }
    tasks.spawn(http::serve(
        listeners.admin,
        http::admin_router(bridge.clone()),
        options,
        stop.clone(),
    ));
}

/// Lets everything that was told to stop do so, for `grace`; then cuts what is left.
async fn finish(tasks: &mut JoinSet<()>, grace: Duration, cut: &CancellationToken) {
    let deadline = Instant::now() + grace;
    loop {
        tokio::select! {
            ended = tasks.join_next() => {
                if ended.is_none() {
                    return;
                }
            }
            () = sleep_until(deadline), if !cut.is_cancelled() => {
                tracing::warn!("calls still under way are recorded as unknown");
                cut.cancel();
            }
            () = sleep_until(deadline + LAST_WORDS * 4) => return,
        }
    }
}

async fn close(store: Store) -> Result<(), ServeError> {
    let damaged = store.is_damaged();
    match store.close().await {
        Ok(()) => Ok(()),
        Err(CommitError::Failed(reason)) if damaged => Err(ServeError::Damaged(reason)),
        Err(CommitError::Failed(reason)) => Err(ServeError::Store(reason)),
        Err(error) => Err(ServeError::Other(error.into())),
    }
}

/// Ends the process without closing the store: closing would write to it again.
async fn fail(store: &Store, reason: &str, alerts: &Alerts) -> ! {
    let error = if store.is_damaged() {
        tracing::error!(
            reason,
            "the store is damaged; ending, and nothing in it is deleted"
        );
        ServeError::Damaged(reason.to_owned())
    } else {
        tracing::error!(
            reason,
            "the store failed; ending so that the next start can recover it"
        );
        ServeError::Store(reason.to_owned())
    };
    let alert = Alert::new(Kind::Store, "", error.to_string());
    tokio::join!(sleep(LAST_WORDS), alerts.last_words(&alert));
    std::mem::forget(store.clone());
    std::process::exit(i32::from(error.exit_code()))
}

enum Order {
    End,
    Reload,
}

/// What the service manager and people tell the process.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hang_up: Signal,
}

impl Signals {
    fn listen() -> anyhow::Result<Self> {
        let listen = |kind| signal(kind).context("cannot listen for signals");
        Ok(Self {
            terminate: listen(SignalKind::terminate())?,
            interrupt: listen(SignalKind::interrupt())?,
            hang_up: listen(SignalKind::hangup())?,
        })
    }

    async fn next(&mut self) -> Order {
        tokio::select! {
            _ = self.terminate.recv() => Order::End,
            _ = self.interrupt.recv() => Order::End,
            _ = self.hang_up.recv() => Order::Reload,
        }
    }
}
