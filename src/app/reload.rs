//! New settings for a running daemon: all that can change does, at once; a bad file changes nothing.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use arc_swap::ArcSwap;
use tokio::sync::{Notify, watch};

use super::decided::decide;
use super::log::LogLevel;
use crate::clock::Clock;
use crate::live::Live;
use crate::mapping::Mappings;
use crate::metrics::Metrics;
use crate::outbound::{ClientOptions, Guard, guarded_client, system_client};
use crate::settings::{
    self, Effective, LoadOptions, Settings, System, SystemKind, keep_what_needs_restart,
    needs_restart,
};
use crate::store::Store;
use crate::systems::deskhive::HelpdeskWays;
use crate::systems::qminder::DeskWays;
use crate::systems::respondo::HubWays;
use crate::systems::{AllWays, Couriers, Gates, SystemWays, Ways};

/// A connection that takes longer than this share of a call's time is given up on, so that its outcome is certain.
const CONNECT_SHARE: u32 = 2;
const LONGEST_CONNECT: Duration = Duration::from_secs(10);

/// How everything is sent under `settings`.
pub(super) fn ways(
    settings: &Settings,
    mappings: &Arc<Mappings>,
) -> Result<AllWays, anyhow::Error> {
    let mut systems = BTreeMap::new();
    for (id, system) in &settings.systems {
        let ways = to_system(settings, system, mappings);
        let ways = ways.with_context(|| format!("systems[{id}] cannot be called"))?;
        systems.insert(id.clone(), ways);
    }
    Ok(AllWays {
        replies: to_response_urls(settings)?,
        systems,
    })
}

fn to_response_urls(settings: &Settings) -> Result<Ways, anyhow::Error> {
    let delivery = &settings.delivery;
    let guard = Guard {
        allow_http: delivery.allow_http,
        allow_networks: delivery.allow_networks.clone(),
    };
    let client = guarded_client(&ClientOptions {
        guard: guard.clone(),
        proxy: settings.outbound.proxy.clone(),
        ca_file: settings.outbound.ca_file.clone(),
        connect_timeout: connect_timeout(settings),
    })?;
    let keys = settings
        .brands
        .values()
        .map(|brand| (brand.id.clone(), brand.signing_keys.clone()));
    Ok(Ways {
        client,
        guard,
        timeout: delivery.timeout,
        signing_keys: keys.collect(),
    })
}

fn to_system(
    settings: &Settings,
    system: &System,
    mappings: &Arc<Mappings>,
) -> Result<SystemWays, anyhow::Error> {
    let outbound = &settings.outbound;
    let ca_files = outbound.ca_file.iter().chain(&system.ca_file);
    let client = system_client(
        outbound.proxy.as_ref(),
        ca_files.map(PathBuf::as_path),
        connect_timeout(settings),
    )?;
    let timeout = settings.delivery.timeout;
    Ok(match &system.kind {
        SystemKind::Qminder(qminder) => {
            let ways = DeskWays::new(system, qminder, client, timeout)?;
            SystemWays::Qminder(Box::new(ways.with_mappings(mappings)))
        }
        SystemKind::Respondo(respondo) => {
            let public_url = &settings.server.public_url;
            let ways = HubWays::new(system, respondo, client, timeout, public_url)?;
            SystemWays::Respondo(Box::new(ways))
        }
        SystemKind::DeskHive(deskhive) => {
            let ways = HelpdeskWays::new(system, deskhive, client, timeout)?;
            SystemWays::DeskHive(Box::new(ways.with_mappings(mappings)))
        }
    })
}

fn connect_timeout(settings: &Settings) -> Duration {
    (settings.delivery.timeout / CONNECT_SHARE).min(LONGEST_CONNECT)
}

/// The gates of all systems' keys.
pub(super) fn gates(live: &Live) -> impl Gates {
    |system: &str| live.keys.gate(system).map(|(_, gate)| gate)
}

/// What a reload changes beside the settings themselves.
pub(super) struct Reloading {
    pub(super) config: PathBuf,
    pub(super) store: Store,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) couriers: Arc<Couriers>,
    pub(super) metrics: Arc<Metrics>,
    pub(super) log: LogLevel,
    /// Told when other settings are in force.
    pub(super) reloaded: Arc<Notify>,
    /// As last read and used.
    pub(super) effective: Effective,
    /// Whether the last attempt was refused.
    pub(super) refused: watch::Sender<bool>,
}

impl Reloading {
    /// Reads the configuration again and puts it in force.
    pub(super) async fn reload(&mut self, live: &ArcSwap<Live>) {
        let refused = self.try_reload(live).await.is_none();
        self.refused.send_replace(refused);
        if refused {
            tracing::error!(
                "the new configuration is not used; the old one stays in force, in whole"
            );
        }
    }

    /// `None` if the configuration is bad, which has been said.
    async fn try_reload(&mut self, live: &ArcSwap<Live>) -> Option<()> {
        let loaded = match settings::load(&self.config, LoadOptions { open_files: true }) {
            Ok(loaded) => loaded,
            Err(problems) => {
                for problem in &problems.0 {
                    tracing::error!(%problem, "configuration");
                }
                return None;
            }
        };
        let mut mappings = live
            .load()
            .routes
            .mappings
            .followed_by(loaded.settings.mapping.clone());
        if let Err(error) = decide(&self.store, &*self.clock, &mut mappings).await {
            tracing::error!(error = format!("{error:#}"), "configuration");
            return None;
        }
        let mappings = Arc::new(mappings);
        let ways = match ways(&loaded.settings, &mappings) {
            Ok(ways) => ways,
            Err(error) => {
                tracing::error!(error = format!("{error:#}"), "configuration");
                return None;
            }
        };
        for warning in &loaded.warnings {
            tracing::warn!(%warning, "configuration");
        }
        let mut settings = loaded.settings;
        let before = live.load_full();
        let old = &before.settings;
        let waiting = needs_restart(old, &settings);
        keep_what_needs_restart(&mut settings, old);
        // It may have been changed by hand meanwhile.
        if self.log.spec() != settings.log.level
            && let Err(error) = self.log.set(&settings.log.level)
        {
            tracing::error!(
                error = format!("{error:#}"),
                "the log's level stays as it is"
            );
        }
        for brand in settings.brands.keys() {
            self.metrics.watch_brand(brand);
        }
        for system in settings.systems.keys() {
            self.metrics.watch_system(system);
        }
        let after = Live::after(settings, &before.keys, mappings);
        self.couriers.replace(ways, gates(&after));
        live.store(Arc::new(after));
        let changes = self.effective.changes(&loaded.effective);
        self.effective = loaded.effective;
        for key in &changes {
            if !waiting.contains(key) {
                tracing::info!(key, "changed");
            }
        }
        for key in &waiting {
            tracing::warn!(key, "this change needs a restart");
        }
        tracing::info!(
            changed = changes.len(),
            need_restart = waiting.len(),
            "the new configuration is in force"
        );
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::trial::loaded;

    const QMINDER: &str =
        "[[systems]]\nid = \"front-desk\"\nkind = \"qminder\"\napi_key_file = \"k\"\n";
    const OTHERS: &str = "[[systems]]\nid = \"support\"\nkind = \"deskhive\"\nbase_url = \"https://desk.example.com\"\nexternal_key_file = \"k\"\n\
        [[systems]]\nid = \"hub\"\nkind = \"respondo\"\nbase_url = \"https://app.example.com\"\nremote_brand = 7\ntoken_name = \"bridge\"\ntoken_file = \"t\"\n";

    /// The settings in `text`, with a key where no file was read.
    fn settings(text: &str) -> Settings {
        let mut settings = loaded(text).settings;
        for system in settings.systems.values_mut() {
            let key = || settings::Secret::new("k".to_owned());
            match &mut system.kind {
                SystemKind::Qminder(qminder) => qminder.api_key = key(),
                SystemKind::DeskHive(deskhive) => deskhive.external_key = key(),
                SystemKind::Respondo(respondo) => respondo.token = key(),
            }
        }
        settings
    }

    #[test]
    fn every_configured_system_has_a_way_or_a_word_why_not() {
        let settings = settings(&format!("{QMINDER}line = \"12345\"\n{OTHERS}"));
        let ways = ways(&settings, &Arc::default()).unwrap();
        let kinds = ways.systems.iter().map(|(id, ways)| match ways {
            SystemWays::Qminder(_) => (id.as_str(), "qminder"),
            SystemWays::Respondo(_) => (id.as_str(), "respondo"),
            SystemWays::DeskHive(_) => (id.as_str(), "deskhive"),
        });
        assert_eq!(
            kinds.collect::<Vec<_>>(),
            [
                ("front-desk", "qminder"),
                ("hub", "respondo"),
                ("support", "deskhive")
            ]
        );
        let live = Live::new(settings);
        let gates = gates(&live);
        assert!(gates("front-desk").is_some() && gates("other").is_none());
    }

    #[test]
    fn a_system_that_cannot_be_called_is_named() {
        let mut settings = settings(&format!("{QMINDER}line = \"12\"\n"));
        let system = settings.systems.get_mut("front-desk").unwrap();
        if let SystemKind::Qminder(qminder) = &mut system.kind {
            qminder.line = "1 2".to_owned();
        }
        let error = ways(&settings, &Arc::default()).err().unwrap();
        assert!(format!("{error:#}").starts_with("systems[front-desk] cannot be called: `line`"));
    }
}
