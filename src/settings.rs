//! The operator's settings: what they are, where each came from, and every problem with them at once.
//!
//! The values arrive in layers (compiled-in defaults, the file, `conf.d`, the environment), see [`load`].
//! Nothing else in the daemon reads files of the operator's or the environment.

use std::collections::BTreeMap;

use crate::mapping::MappingSet;

mod agent;
mod agent_api;
mod alerts;
mod article;
mod brand;
mod canned_response;
mod delivery;
mod effective;
mod intake;
mod join;
mod knowledge_base;
mod known;
mod layers;
mod lines;
mod load;
mod log;
mod mapping;
mod mirror;
mod outbound;
mod problem;
mod rate;
mod reader;
#[cfg(test)]
mod reference;
mod reload;
mod retention;
#[cfg(test)]
mod robust;
mod secret;
mod secret_file;
mod server;
#[cfg(test)]
mod shipped;
mod store;
mod system;
mod text_file;
mod token;
mod traces;
#[cfg(test)]
pub(crate) mod trial;

pub use agent::Agent;
pub use agent_api::{AgentApi, Label};
pub use alerts::Alerts;
pub use article::Article;
pub use brand::{Assign, Brand, Token};
pub use canned_response::CannedResponse;
pub use delivery::{Breaker, Delivery, HostRate, OnUnknown, RateScope};
pub use effective::{Effective, EffectiveRow};
pub use intake::Intake;
pub use layers::DEFAULT_TOML;
pub use load::{LoadOptions, Loaded, load, load_in};
pub use log::{Log, LogFormat, judge_log_level};
pub use mirror::{LoopLimit, Mirror};
pub use outbound::Outbound;
pub use problem::{Problem, Problems};
pub use rate::Rate;
pub use reload::{keep_what_needs_restart, needs_restart};
pub use retention::Retention;
pub use secret::{Secret, Sha256Digest};
pub use server::{Listen, Server};
pub use store::{Admin, Store};
pub use system::{
    AfterServed, DeskHive, Mode, Qminder, QminderWebhook, Respondo, RespondoPath, System,
    SystemKind,
};
pub use token::{NewToken, new_token};
pub use traces::Traces;

/// Everything that the operator decides, checked.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `[server]`
    pub server: Server,
    /// `[store]`
    pub store: Store,
    /// `[admin]`
    pub admin: Admin,
    /// `[log]`
    pub log: Log,
    /// `[intake]`
    pub intake: Intake,
    /// `[agent_api]`
    pub agent_api: AgentApi,
    /// `[delivery]`
    pub delivery: Delivery,
    /// `[outbound]`
    pub outbound: Outbound,
    /// `[mirror]`
    pub mirror: Mirror,
    /// `[mapping]`, with that of every system.
    pub mapping: MappingSet,
    /// `[retention]`
    pub retention: Retention,
    /// `[alerts]`
    pub alerts: Alerts,
    /// `[traces]`
    pub traces: Traces,
    /// `[[brands]]`, by id.
    pub brands: BTreeMap<String, Brand>,
    /// `[[agents]]`, by id.
    pub agents: BTreeMap<u64, Agent>,
    /// `[[systems]]`, by id.
    pub systems: BTreeMap<String, System>,
}

impl Settings {
    /// The brand of this id.
    pub fn brand(&self, id: &str) -> Option<&Brand> {
        self.brands.get(id)
    }

    /// The active agents who may work on a brand's tickets, in the brand's order.
    pub fn agents_of<'a>(&'a self, brand: &'a Brand) -> impl Iterator<Item = &'a Agent> {
        brand
            .agents
            .iter()
            .filter_map(|id| self.agents.get(id))
            .filter(|agent| agent.active)
    }
}

#[cfg(test)]
mod tests {
    use super::trial::loaded;

    #[test]
    fn the_agents_of_a_brand_are_the_active_ones_in_its_order() {
        let settings = loaded(
            r#"
            agents = [
                { id = 1, name = "A" },
                { id = 2, name = "B", active = false },
                { id = 3, name = "C" },
            ]
            brands = [{ id = "acme", agents = [3, 2, 1] }]
            "#,
        )
        .settings;
        let brand = settings.brand("acme").unwrap();
        let ids: Vec<_> = settings.agents_of(brand).map(|agent| agent.id).collect();
        assert_eq!(ids, [3, 1]);
        assert!(settings.brand("other").is_none());
    }
}
