//! What the settings of a Qminder system come to.

use std::sync::Arc;
use std::time::Duration;

use qminder_client::{ApiKey, Client, InvalidBase, InvalidId, InvalidKey, LineId, UserId};

use crate::mapping::{Mappings, QminderMapping, SystemMapping, said};
use crate::model::MappingVersion;
use crate::outbound;
use crate::settings::{Mode, Qminder, System};
use crate::store::Parcel;

use super::record::RecordStyle;

/// One Qminder system as it is configured.
#[derive(Debug)]
pub struct DeskWays {
    /// The system's id.
    pub(super) system: String,
    pub(super) is_live: bool,
    pub(super) client: Client,
    pub(super) terms: Terms,
}

/// What requests are made from beside the delivery.
#[derive(Debug, Clone)]
pub(super) struct Terms {
    /// Where tickets are made.
    pub(super) line: LineId,
    /// Of the visitors.
    pub(super) language: String,
    /// In whose name calls that need a user are made.
    pub(super) user: Option<UserId>,
    /// Of the external data record.
    provider: String,
    /// Of the external data record.
    title: String,
    system: String,
    mappings: Arc<Mappings>,
}

impl Terms {
    /// By which a delivery goes that was planned then.
    pub(super) fn mapping(&self, version: MappingVersion) -> &QminderMapping {
        match self.mappings.of_system(version, &self.system) {
            Some(SystemMapping::Qminder(mapping)) => mapping,
            // One of this name was of another kind then.
            _ => match self.mappings.in_force().systems.get(&self.system) {
                Some(SystemMapping::Qminder(mapping)) => mapping,
                _ => QminderMapping::usual(),
            },
        }
    }

    /// That in force.
    pub(super) fn now(&self) -> &QminderMapping {
        self.mapping(self.mappings.current())
    }

    /// How records look.
    pub(super) fn style<'a>(&'a self, mapping: &'a QminderMapping) -> RecordStyle<'a> {
        RecordStyle {
            provider: &self.provider,
            title: &self.title,
            mapping,
        }
    }

    /// What the visitor is told by `parcel`.
    pub(super) fn sms(&self, parcel: &Parcel) -> String {
        let mapping = self.mapping(parcel.delivery.mapping);
        said(&mapping.texts.sms, &parcel.message, &parcel.text)
    }
}

/// A setting that Qminder cannot be called with.
#[derive(Debug, thiserror::Error)]
pub enum DeskFault {
    /// The line's id.
    #[error("`line` of the system is not the id of a line")]
    Line(#[source] InvalidId),
    /// The key.
    #[error("`api_key_file` of the system holds no key")]
    Key(#[source] InvalidKey),
    /// The address.
    #[error("`base_url` of the system is no server's address")]
    Base(#[source] InvalidBase),
}

impl DeskWays {
    /// Calls through `http`, each for at most `timeout`.
    ///
    /// # Errors
    ///
    /// See [`DeskFault`].
    pub fn new(
        system: &System,
        qminder: &Qminder,
        http: outbound::Client,
        timeout: Duration,
    ) -> Result<Self, DeskFault> {
        let key = ApiKey::new(qminder.api_key.reveal()).map_err(DeskFault::Key)?;
        let client = Client::new(http, &system.base_url, key).map_err(DeskFault::Base)?;
        Ok(Self {
            system: system.id.clone(),
            is_live: system.mode == Mode::Live,
            client: client.with_timeout(timeout),
            terms: Terms {
                line: qminder.line.parse().map_err(DeskFault::Line)?,
                language: qminder.language.clone(),
                user: qminder.user.map(UserId::from),
                provider: qminder.provider.clone(),
                title: qminder.title.clone(),
                system: system.id.clone(),
                mappings: Arc::new(Mappings::of_one(
                    &system.id,
                    SystemMapping::Qminder(Box::new(qminder.mapping.clone())),
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
