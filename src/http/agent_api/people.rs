//! Who agents are: what the operator configured, and over it what they changed themselves.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::http::Bridge;
use crate::live::Live;
use crate::model::{AgentId, Profile};
use crate::settings;
use crate::store::ReadError;

/// All agents of the settings in force.
pub(super) struct People {
    live: Arc<Live>,
    profiles: BTreeMap<AgentId, Profile>,
}

impl People {
    pub(super) async fn of(bridge: &Bridge, live: &Arc<Live>) -> Result<Self, ReadError> {
        Ok(Self {
            live: Arc::clone(live),
            profiles: bridge.store.profiles().await?,
        })
    }

    /// What the operator says of an agent, if they are configured.
    pub(super) fn configured(&self, agent: AgentId) -> Option<&settings::Agent> {
        self.live.settings.agents.get(&agent.0)
    }

    /// What is kept of an agent; who is not known has changed nothing.
    pub(super) fn profile(&self, agent: AgentId) -> Profile {
        self.profiles.get(&agent).cloned().unwrap_or_default()
    }

    /// What people see, if the agent is configured.
    pub(super) fn name(&self, agent: AgentId) -> Option<&str> {
        let configured = self.configured(agent)?;
        let profile = self.profiles.get(&agent);
        let changed = profile.and_then(|profile| profile.changed.name.as_deref());
        Some(changed.unwrap_or(&configured.name))
    }
}
