//! Builds the daemon from its parts, owns its tasks, and ends it in order.

pub(crate) mod decided;
mod descriptors;
mod ending;
mod log;
mod notify;
mod opening;
mod reload;
mod signals;
mod sockets;
mod standing;
mod watchdog;
mod welcome;
mod windows;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use crate::alerts::{Alert, Alerts, Kind, LoopWatch, Watched, know_pauses};
use crate::clock::{Clock, SystemClock};
use crate::delivery::{CallThreads, Delivering, Withholding, pulse};
use crate::http::{self, Bridge, CurrentOptions, Hearing, ListenerOptions};
use crate::live::Live;
use crate::metrics::Metrics;
use crate::model::{Incarnation, RESPONSE_URL};
use crate::plan;
use crate::polling::{Polling, Questions};
use crate::retention::Retaining;
use crate::room::Room;
use crate::settings::{Loaded, Settings};
use crate::store::{OpenError, Planner, Store};
use crate::systems::Couriers;
use crate::traces::Traces;

use ending::{close, fail, finish};
use opening::open_unless_told_to_end;
use reload::Reloading;
use signals::{Order, Signals};
use standing::Observed;
use watchdog::Asked;
use welcome::{probe_systems, welcome};

pub use log::{LogLevel, init as init_log, init_for_command as init_command_log, is_journal};
pub use sockets::HandedOver;
pub use windows::hearing;

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
        OpenError::Damaged { .. }
        | OpenError::Alien { .. }
        | OpenError::Newer { .. }
        | OpenError::NewerRecords { .. }
        | OpenError::Older { .. }
        | OpenError::HalfRestored(_) => 65,
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
    incarnation: &Incarnation,
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
pub async fn serve(
    config: PathBuf,
    loaded: Loaded,
    log: LogLevel,
    handed_over: HandedOver,
) -> Result<(), ServeError> {
    let mut signals = Signals::listen()?;
    log::show_panics();
    for warning in &loaded.warnings {
        tracing::warn!(%warning, "configuration");
    }
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let (settings, effective) = (loaded.settings, loaded.effective);
    // Before anything is touched.
    reload::ways(&settings, &Arc::default())?;
    let metrics = Arc::new(new_metrics(&settings));
    let room = Room::unknown();
    let live = Arc::new(ArcSwap::from_pointee(Live::new(settings)));
    let alerts = Alerts::new(Arc::clone(&live), Arc::clone(&clock));
    let traces = Traces::new(Arc::clone(&live), Arc::clone(&clock), Arc::clone(&metrics));
    notify::starting("opening the store");
    let Some(store) =
        open_unless_told_to_end(&live, &metrics, &traces, &clock, &mut signals).await?
    else {
        tracing::info!("told to stop before the store was open");
        return Ok(());
    };
    look_at_disk(&room, &live, &alerts);
    // Only now: whoever holds the store's lock owns the sockets as well.
    let listeners = match sockets::bind(&live.load().settings, handed_over) {
        Ok(listeners) => listeners,
        Err(error) => {
            close(store).await?;
            return Err(error.into());
        }
    };

    decided::recall(&store, &live).await;
    if let Err(error) = decided::keep(&store, &*clock, &live).await {
        tracing::error!(
            error = format!("{error:#}"),
            "after a restart with another mapping, what is planned now goes by that one"
        );
    }
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
    let (listen, socket_files) =
        spawn_listeners(&mut tasks, &bridge, hearing, &log, listeners, &stop);
    let delivering = Delivering {
        store: store.clone(),
        clock: Arc::clone(&clock),
        live: Arc::clone(&live),
        metrics: Arc::clone(&metrics),
        alerts: alerts.clone(),
        courier: Arc::clone(&couriers) as _,
        calls: call_threads.handle(),
    };
    let reloaded = Arc::new(Notify::new());
    let withholding = Withholding {
        store: store.clone(),
        clock: Arc::clone(&clock),
        live: Arc::clone(&live),
        reloaded: Arc::clone(&reloaded),
    };
    tasks.spawn(withholding.run(stop.clone()));
    let (pulse, pulse_taker) = pulse();
    tasks.spawn(delivering.run(pulse_taker, stop.clone(), cut.clone()));
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
    let retaining = Retaining {
        store: store.clone(),
        clock: Arc::clone(&clock),
        live: Arc::clone(&live),
        room: room.clone(),
    };
    tasks.spawn(retaining.run(stop.clone()));
    // What the last calls ended with is told, too.
    let all_told = CancellationToken::new();
    let tracing = AbortOnDropHandle::new(tokio::spawn(traces.run(all_told.clone())));
    tasks.spawn(loops.run(stop.clone()));
    tasks.spawn(alerts.clone().run(stop.clone()));
    drop(bridge);
    let reload_refused = watch::Sender::new(false);
    let observed = Observed {
        store: store.clone(),
        live: Arc::clone(&live),
        room: room.clone(),
        reload_refused: reload_refused.subscribe(),
    };
    let asked = Asked::new(store.clone(), pulse, call_threads.handle());
    // Beside all else: whoever never answers must not keep the daemon from noticing it, or from ending.
    let quiet = CancellationToken::new();
    let telling = tell_of_itself(listen, observed, asked, quiet.clone());
    let _telling = AbortOnDropHandle::new(tokio::spawn(telling));

    let reloading = Reloading {
        config,
        store: store.clone(),
        clock,
        couriers,
        metrics,
        log,
        effective,
        refused: reload_refused,
        reloaded,
    };
    let ended = watch(
        &store,
        &room,
        &live,
        &alerts,
        &mut signals,
        &mut tasks,
        reloading,
    )
    .await;
    quiet.cancel();
    notify::stopping();
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
    socket_files.remove();
    let (closed, ()) = tokio::join!(close(store), alerts.finish());
    all_told.cancel();
    if tracing.await.is_err() {
        tracing::error!("the task that sends traces broke off");
    }
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
    mut reloading: Reloading,
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
                    notify::reloading();
                    reloading.reload(live).await;
                    alerts.reload();
                    welcome(store, &*reloading.clock, live).await;
                    probe_systems(store, &*reloading.clock, live).await;
                    store.nudge();
                    reloading.reloaded.notify_one();
                    notify::reloaded();
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
    log: &LogLevel,
    listeners: sockets::Listeners,
    stop: &CancellationToken,
) -> (String, sockets::SocketFiles) {
    let calls = bridge.live.load().settings.delivery.max_in_flight;
    let connections = descriptors::connections_beside(calls);
    let options = |connections: usize| {
        let live = Arc::clone(&bridge.live);
        CurrentOptions::new(move || {
            let server = &live.load().settings.server;
            ListenerOptions {
                max_connections: connections,
                ..ListenerOptions::new(server.read_timeout, server.shutdown_grace)
            }
        })
    };
    let with_log = |router| http::with_log(router, log.control());
    let public = http::public_router(bridge.clone(), hearing, listeners.ops.is_empty());
    let (public, ops) = (with_log(public), with_log(http::ops_router(bridge.clone())));
    let admin = with_log(http::admin_router(bridge.clone()));
    let mut serve = |listening, router, connections| {
        let options = options(connections);
        tasks.spawn(http::serve(listening, router, options, stop.clone()));
    };
    let each = (connections / listeners.public.len().max(1)).max(1);
    for listening in listeners.public {
        serve(listening, public.clone(), each);
    }
    for listening in listeners.ops {
        serve(listening, ops.clone(), descriptors::FOR_OPERATORS);
    }
    serve(listeners.admin, admin, descriptors::FOR_OPERATORS);
    (listeners.shown, listeners.files)
}

/// Tells that tickets are taken, once all who have to do with that have answered; then the service manager how the daemon
/// stands, until it is to be `quiet`, and that it is well.
async fn tell_of_itself(
    listen: String,
    observed: Observed,
    mut asked: Asked,
    quiet: CancellationToken,
) {
    tokio::select! {
        answered = asked.ask() => if let Err(reason) = answered {
            // The store failed, which ends the process.
            tracing::error!(reason, "not ready");
            return;
        },
        () = quiet.cancelled() => return,
    }
    {
        let settings = &observed.live.load().settings;
        tracing::info!(
            listen,
            store = %settings.store.path.display(),
            brands = settings.brands.len(),
            after_crash = observed.store.run().after_crash,
            "taking tickets"
        );
    }
    let line = observed.line().await.unwrap_or_default();
    notify::ready(&line);
    let standing = async {
        tokio::select! {
            () = observed.keep_telling(line, notify::status) => {}
            () = quiet.cancelled() => {}
        }
    };
    match notify::watchdog() {
        Some(limit) => {
            tokio::join!(standing, asked.feed(limit, notify::alive));
        }
        None => standing.await,
    }
}
