//! The operator's interface over the store, opened by this process because no daemon runs.

use std::sync::Arc;

use arc_swap::ArcSwap;
use bytes::Bytes;
use http::{Request, Response, StatusCode};

use crate::app;
use crate::app::decided;
use crate::clock::{Clock, SystemClock};
use crate::http::Bridge;
use crate::http::admin::InProcess;
use crate::live::Live;
use crate::metrics::Metrics;
use crate::model::RESPONSE_URL;
use crate::room::Room;
use crate::settings::Settings;
use crate::store::{CommitError, OpenError, Store, StoreOptions};

use super::Failure;

pub(in super::super) struct Offline {
    store: Store,
    clock: Arc<dyn Clock>,
    live: Arc<ArcSwap<Live>>,
    interface: InProcess,
}

impl Offline {
    /// Opens the store; with `calls`, the systems can be asked as well, for which the settings hold their keys.
    pub(super) async fn open(settings: &Settings, calls: bool) -> Result<Self, Failure> {
        let live = Arc::new(ArcSwap::from_pointee(Live::new(settings.clone())));
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let store = Store::open(StoreOptions {
            path: settings.store.path.clone(),
            cache: settings.store.cache,
            create: false,
            now: clock.now(),
            planner: app::planner(&live),
            observer: None,
            traces: None,
            sync_gate: None,
        })
        .map_err(Failure::Store)?;
        let room = Room::unknown();
        room.look(&settings.store.path, settings.store.min_free)
            .map_err(|source| OpenError::Io {
                path: settings.store.path.clone(),
                source,
            })
            .map_err(Failure::Store)?;
        decided::recall(&store, &live).await;
        let systems = match calls {
            true => {
                let couriers = app::couriers(&live.load(), &clock, store.incarnation())?;
                Some(Arc::new(couriers))
            }
            false => None,
        };
        let brands = settings.brands.keys().map(String::as_str);
        let interface = InProcess::new(Bridge {
            store: store.clone(),
            clock: Arc::clone(&clock),
            live: Arc::clone(&live),
            metrics: Arc::new(Metrics::new(brands, std::iter::once(RESPONSE_URL))),
            room,
            systems,
        });
        Ok(Self {
            store,
            clock,
            live,
            interface,
        })
    }

    pub(super) async fn call(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Failure> {
        let answer = tokio::select! {
            answer = self.answer(request) => answer,
            reason = self.store.fails() => return Err(self.has_failed(reason)),
        };
        let answer = match (answer, self.store.check()) {
            (Ok(answer), _) => answer,
            (Err(_), Err(reason)) => return Err(self.has_failed(reason)),
            (Err(error), Ok(())) => return Err(error.into()),
        };
        if answer.status() == StatusCode::SERVICE_UNAVAILABLE
            && let Err(reason) = self.store.check()
        {
            return Err(self.has_failed(reason));
        }
        Ok(answer)
    }

    /// What is planned here goes by the mapping of this configuration, also if the daemon starts with another one.
    async fn answer(&self, request: Request<Bytes>) -> anyhow::Result<Response<Bytes>> {
        if !request.method().is_safe() {
            decided::keep(&self.store, &*self.clock, &self.live).await?;
        }
        self.interface.call(request).await
    }

    pub(super) fn store(&self) -> &Store {
        &self.store
    }

    fn has_failed(&self, reason: String) -> Failure {
        // Closing a failed store would write to it again.
        std::mem::forget(self.store.clone());
        failed(&self.store, reason)
    }

    pub(super) async fn close(self) -> Result<(), Failure> {
        drop(self.interface);
        if let Err(reason) = self.store.check() {
            let failure = failed(&self.store, reason);
            std::mem::forget(self.store);
            return Err(failure);
        }
        self.store.close().await.map_err(|error| match error {
            CommitError::Failed(reason) => Failure::StoreFailed(reason),
            error @ (CommitError::Full | CommitError::SetAside(_)) => Failure::Failed(error.into()),
        })
    }
}

fn failed(store: &Store, reason: String) -> Failure {
    if store.is_damaged() {
        Failure::StoreDamaged(reason)
    } else {
        Failure::StoreFailed(reason)
    }
}
