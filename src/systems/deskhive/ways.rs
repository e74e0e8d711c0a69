//! What the settings of a DeskHive system come to.

use std::sync::Arc;
use std::time::Duration;

use deskhive_client::{ApiKey, Client, InvalidBase, InvalidKey};

use crate::mapping::{DeskHiveMapping, Mappings, SystemMapping};
use crate::model::MappingVersion;
use crate::outbound;
use crate::settings::{DeskHive, Mode, System};

/// One DeskHive system as it is configured.
#[derive(Debug)]
pub struct HelpdeskWays {
    /// The system's id.
    pub(super) system: String,
    pub(super) is_live: bool,
    /// With the agent's key.
    pub(super) external: Client,
    /// With the installation's, if there is one.
    pub(super) internal: Option<Client>,
    pub(super) terms: Terms,
}

/// What is done beside what a delivery says.
#[derive(Debug, Clone)]
pub(super) struct Terms {
    /// Of customers whose address is not known.
    pub(super) customer_email_domain: Option<String>,
    system: String,
    mappings: Arc<Mappings>,
}

impl Terms {
    /// By which a delivery goes that was planned then.
    pub(super) fn mapping(&self, version: MappingVersion) -> &DeskHiveMapping {
        match self.mappings.of_system(version, &self.system) {
            Some(SystemMapping::DeskHive(mapping)) => mapping,
            // One of this name was of another kind then.
            _ => match self.mappings.in_force().systems.get(&self.system) {
                Some(SystemMapping::DeskHive(mapping)) => mapping,
                _ => DeskHiveMapping::usual(),
            },
        }
    }

    /// That in force.
    pub(super) fn now(&self) -> &DeskHiveMapping {
        self.mapping(self.mappings.current())
    }
}

/// A setting that DeskHive cannot be called with.
#[derive(Debug, thiserror::Error)]
pub enum HelpdeskFault {
    /// The agent's key.
    #[error("`external_key_file` of the system holds no key")]
    ExternalKey(#[source] InvalidKey),
    /// The installation's key.
    #[error("`internal_key_file` of the system holds no key")]
    InternalKey(#[source] InvalidKey),
    /// The address.
    #[error("`base_url` of the system is no server's address")]
    Base(#[source] InvalidBase),
}

impl HelpdeskWays {
    /// Calls through `http`, each for at most `timeout`.
    ///
    /// # Errors
    ///
    /// See [`HelpdeskFault`].
    pub fn new(
        system: &System,
        deskhive: &DeskHive,
        http: outbound::Client,
        timeout: Duration,
    ) -> Result<Self, HelpdeskFault> {
        let client = |key| {
            let client = Client::new(http.clone(), &system.base_url, key);
            let client = client.map_err(HelpdeskFault::Base)?;
            Ok(client.with_timeout(timeout))
        };
        let external = ApiKey::new(deskhive.external_key.reveal());
        let internal = deskhive.internal_key.as_ref();
        let internal = internal.map(|key| ApiKey::new(key.reveal())).transpose();
        Ok(Self {
            system: system.id.clone(),
            is_live: system.mode == Mode::Live,
            external: client(external.map_err(HelpdeskFault::ExternalKey)?)?,
            internal: internal
                .map_err(HelpdeskFault::InternalKey)?
                .map(client)
                .transpose()?,
            terms: Terms {
                customer_email_domain: deskhive.customer_email_domain.clone(),
                system: system.id.clone(),
                mappings: Arc::new(Mappings::of_one(
                    &system.id,
                    SystemMapping::DeskHive(Box::new(deskhive.mapping.clone())),
                )),
            },
        })
    }

    /// By those decisions, which know of earlier ones, too.
    #[must_use]
    pub fn with_mappings(mut self, mappings: &Arc<Mappings>) -> Self {
        self.terms.mappings = Arc::clone(mappings);
        self
    }
}
