//! The daemon's parts in this process, with nobody outside.

use std::sync::Arc;

use anyhow::Context as _;
use arc_swap::ArcSwap;
use bytes::Bytes;
use http::{Request, Response};

use crate::app;
use crate::clock::Clock;
use crate::http::{Bridge, Entrance};
use crate::live::Live;
use crate::metrics::Metrics;
use crate::model::{AgentId, Happening, RESPONSE_URL, Time};
use crate::plan::Answer;
use crate::polling::{Questions, Reporter};
use crate::room::Room;
use crate::settings::{QminderWebhook, Rate, Secret, Settings, Sha256Digest, SystemKind, Token};
use crate::store::{Rank, Store};
use crate::systems::Couriers;

use super::cast::Cast;
use super::specimen;
use super::stage_clock::StageClock;

/// In the place of every secret; what is shown hides it.
const PLACEHOLDER: &str = "rehearsal";
/// Nobody waits here.
const ANY_RATE: Rate = Rate {
    per_second: 1e6,
    burst: 1_000_000,
};

pub(super) struct Stage {
    pub(super) store: Store,
    pub(super) clock: Arc<StageClock>,
    pub(super) live: Arc<ArcSwap<Live>>,
    pub(super) couriers: Couriers,
    pub(super) reporter: Reporter,
    entrance: Entrance,
}

impl Stage {
    pub(super) async fn open(settings: &Settings, cast: &Cast) -> anyhow::Result<Self> {
        let live = Live::new(prepared(settings, cast));
        let live = Arc::new(ArcSwap::from_pointee(live));
        let clock = Arc::new(StageClock::starting_at(Time::from_timestamp(
            specimen::ARRIVAL,
        )));
        let shared: Arc<dyn Clock> = Arc::clone(&clock) as _;
        let store = Store::in_memory(app::planner(&live), clock.now());
        let couriers = app::couriers(&live.load(), &shared, store.incarnation())
            .context("the systems cannot be called as they are configured")?;
        let brands = settings.brands.keys().map(String::as_str);
        let systems = settings.systems.keys().map(String::as_str);
        let systems = std::iter::once(RESPONSE_URL).chain(systems);
        let metrics = Arc::new(Metrics::new(brands, systems));
        let bridge = Bridge {
            store: store.clone(),
            clock: Arc::clone(&shared),
            live: Arc::clone(&live),
            metrics: Arc::clone(&metrics),
            room: Room::unknown(),
            systems: None,
        };
        let hearing = app::hearing(store.incarnation(), &Questions::default());
        let stage = Self {
            reporter: Reporter {
                store: store.clone(),
                clock: shared,
                metrics,
                trace: None,
            },
            entrance: Entrance::new(bridge, hearing),
            store,
            clock,
            live,
            couriers,
        };
        let agents: Vec<AgentId> = stage.live.load().routes.agents.keys().copied().collect();
        for agent in agents {
            stage.commit(Happening::Joined(agent)).await?;
        }
        Ok(stage)
    }

    /// Has `what` happen now.
    pub(super) async fn commit(&self, what: Happening) -> anyhow::Result<Answer> {
        let event = self.clock.event(what);
        Ok(self.store.commit(event, Rank::Agent).await?)
    }

    /// Has the daemon answer a request.
    pub(super) async fn call(&self, request: Request<Bytes>) -> anyhow::Result<Response<Bytes>> {
        self.entrance.call(request).await
    }
}

/// The key that this agent has here.
pub(super) fn key_of(agent: AgentId) -> String {
    format!("{PLACEHOLDER}-{agent}")
}

/// The token that whoever shows none has here.
pub(super) fn token() -> &'static str {
    PLACEHOLDER
}

/// With what webhooks are signed here.
pub(super) fn webhook_secret() -> &'static str {
    PLACEHOLDER
}

/// `settings` as they are, but for secrets, which were not read; everything is live, and everybody may come in.
fn prepared(settings: &Settings, cast: &Cast) -> Settings {
    let mut settings = settings.clone();
    let secret = || Secret::new(PLACEHOLDER.to_owned());
    settings.outbound.ca_file = None;
    settings.outbound.proxy = None;
    settings.intake.rate = ANY_RATE;
    settings.agent_api.rate = ANY_RATE;
    let public_url = settings.server.public_url.clone();
    for (id, system) in &mut settings.systems {
        system.mode = crate::settings::Mode::Live;
        system.ca_file = None;
        match &mut system.kind {
            SystemKind::Qminder(qminder) => {
                qminder.api_key = secret();
                let url = match &qminder.webhook {
                    Some(webhook) => webhook.url.clone(),
                    None => public_url.clone(),
                };
                qminder.webhook = Some(QminderWebhook {
                    registered_url: format!("{url}#{id}"),
                    url,
                    secret: secret(),
                });
            }
            SystemKind::DeskHive(deskhive) => {
                deskhive.external_key = secret();
                deskhive.internal_key = deskhive.internal_key.take().map(|_| secret());
            }
            SystemKind::Respondo(respondo) => respondo.token = secret(),
        }
    }
    for brand in settings.brands.values_mut() {
        for key in &mut brand.signing_keys {
            *key = Secret::new(PLACEHOLDER.as_bytes().to_vec());
        }
    }
    if let Some(brand) = settings.brands.get_mut(&cast.brand) {
        let known = cast.credentials.iter().cloned();
        let strangers = [(PLACEHOLDER.to_owned(), PLACEHOLDER.to_owned())];
        brand.tokens = known
            .chain(strangers)
            .map(|(name, token)| Token {
                name,
                sha256: Sha256Digest::of(token),
            })
            .collect();
    }
    for agent in settings.agents.values_mut() {
        agent.api_keys = vec![Sha256Digest::of(key_of(AgentId(agent.id)))];
    }
    settings
}
