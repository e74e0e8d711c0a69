//! What follows from the settings in force; a reload puts another in its place, whole.

mod keys;

use std::sync::Arc;

use crate::gates::Limiters;
use crate::knowledge::Knowledge;
use crate::mapping::Mappings;
use crate::model::{AgentId, Status};
use crate::outbound::Guard;
use crate::plan::{
    AgentRoute, AssignRule, BrandRoute, BreakerRule, DeskRoute, HelpdeskRoute, LoopLimit,
    OnUnknown, Retention, Role, Routes, Schedule, SystemRoute, host_key,
};
use crate::settings::{self, Settings, Sha256Digest};

pub use keys::Keys;

/// The settings in force and what follows from them.
#[derive(Debug)]
pub struct Live {
    /// As loaded.
    pub settings: Settings,
    /// For planning.
    pub routes: Routes,
    /// For response URLs.
    pub guard: Guard,
    /// By brand and token name.
    pub intake_limits: Limiters<(String, String)>,
    /// By agent.
    pub agent_limits: Limiters<u64>,
    /// Over `settings.agent_api.knowledge_base`.
    pub knowledge: Knowledge,
    /// Of systems.
    pub keys: Keys,
}

impl Live {
    /// Derives everything from `settings`.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        let mappings = Arc::new(Mappings::new(settings.mapping.clone()));
        Self::after(settings, &Keys::default(), mappings)
    }

    /// The same, in the place of settings under which systems' keys were used. `mappings`: what these settings say, and
    /// what others said before.
    #[must_use]
    pub fn after(settings: Settings, keys: &Keys, mappings: Arc<Mappings>) -> Self {
        Self {
            keys: Keys::of(&settings, keys),
            routes: routes(&settings, mappings),
            guard: Guard {
                allow_http: settings.delivery.allow_http,
                allow_networks: settings.delivery.allow_networks.clone(),
            },
            intake_limits: Limiters::new(settings.intake.rate),
            agent_limits: Limiters::new(settings.agent_api.rate),
            knowledge: Knowledge::of(&settings.agent_api.knowledge_base),
            settings,
        }
    }

    /// The same settings, with all that was decided about fields before.
    #[must_use]
    pub fn with_mappings(&self, mappings: Mappings) -> Self {
        Self::after(self.settings.clone(), &self.keys, Arc::new(mappings))
    }

    /// The agent who holds an API key, if any does; whether they are active is another question.
    pub fn agent_with_key(&self, key: &str) -> Option<&settings::Agent> {
        let presented = Sha256Digest::of(key);
        let holds = |agent: &&settings::Agent| {
            agent
                .api_keys
                .iter()
                .fold(false, |held, key| held | (*key == presented))
        };
        self.settings.agents.values().fold(
            None,
            |found, agent| if holds(&agent) { Some(agent) } else { found },
        )
    }

    /// The token of `brand` that is presented, where the name fits as well; as slow for any other.
    pub fn token<'a>(
        &'a self,
        brand: &str,
        name: Option<&str>,
        token: &str,
    ) -> Option<&'a settings::Token> {
        let presented = Sha256Digest::of(token);
        let tokens = self
            .settings
            .brands
            .get(brand)
            .map(|brand| brand.tokens.as_slice())
            .unwrap_or_default();
        tokens.iter().fold(None, |found, known| {
            let fits = known.sha256 == presented && name.is_none_or(|name| name == known.name);
            if fits { Some(known) } else { found }
        })
    }
}

fn routes(settings: &Settings, mappings: Arc<Mappings>) -> Routes {
    let brands = settings.brands.values().map(|brand| {
        let route = BrandRoute {
            name: brand.name.clone(),
            agents: brand.agents.iter().copied().map(AgentId).collect(),
            assign: match brand.assign {
                settings::Assign::All => AssignRule::All,
                settings::Assign::RoundRobin => AssignRule::RoundRobin,
                settings::Assign::LeastOpen => AssignRule::LeastOpen,
            },
            mirror_to: brand.mirror_to.clone(),
            priority: brand
                .default_priority
                .parse()
                .unwrap_or(crate::model::Priority::Medium),
            department: brand.department,
            category: brand.category,
            product: brand.product,
        };
        (brand.id.clone(), route)
    });
    let agents = settings.agents.values().map(|agent| {
        (
            AgentId(agent.id),
            AgentRoute {
                name: agent.name.clone(),
                active: agent.active,
                qminder_user: agent.qminder_user.map(|user| user.to_string()),
            },
        )
    });
    let delivery = &settings.delivery;
    Routes {
        brands: brands.collect(),
        agents: agents.collect(),
        require_response_url: settings.intake.require_response_url,
        schedule: Schedule {
            first_delay: delivery.first_delay,
            max_delay: delivery.max_delay,
            max_age: delivery.max_age,
            jitter: delivery.jitter,
            breaker: BreakerRule {
                failures: delivery.breaker.failures,
                open_for: delivery.breaker.open_for,
            },
            on_unknown: match delivery.on_unknown {
                settings::OnUnknown::Resend => OnUnknown::Resend,
                settings::OnUnknown::Hold => OnUnknown::Hold,
            },
            look_after: delivery.timeout * 2,
        },
        systems: settings
            .systems
            .values()
            .map(|system| (system.id.clone(), system_route(system, &mappings)))
            .collect(),
        labels: settings
            .agent_api
            .labels
            .iter()
            .map(|(id, label)| (*id, label.name.clone()))
            .collect(),
        loop_limit: LoopLimit {
            changes: settings.mirror.loop_limit.changes,
            within: settings.mirror.loop_limit.within,
        },
        mappings,
        retention: Retention {
            closed_tickets: settings.retention.closed_tickets,
            deliveries: settings.retention.deliveries,
            dedup_window: settings.intake.dedup_window,
        },
        traces: settings
            .traces
            .endpoint
            .as_ref()
            .map(|_| settings.traces.sample),
    }
}

fn system_route(system: &settings::System, mappings: &Mappings) -> SystemRoute {
    let mapping = mappings.in_force().systems.get(&system.id);
    let mapping = mapping.cloned().unwrap_or_else(|| system.mapping());
    let host = host_key(system.base_url.as_str());
    let base_url = &system.base_url;
    let is_dry_run = system.mode == settings::Mode::DryRun;
    match &system.kind {
        settings::SystemKind::Qminder(qminder) => SystemRoute {
            host,
            queue: format!(
                "{base_url} {} {}",
                Sha256Digest::of(qminder.api_key.reveal()).hex(),
                qminder.line
            ),
            user: qminder.user.map(|user| user.to_string()),
            new_status: "NEW".to_owned(),
            mapping,
            import_to: qminder.import_to.clone(),
            shows_internal: qminder.mapping.internal_notes,
            is_dry_run,
            role: Role::Desk(DeskRoute {
                follow_up_makes_new: qminder.after_served == settings::AfterServed::NewTicket,
                sends_sms: qminder.mapping.sms_replies,
                cancels_closed: qminder.mapping.cancel_closed,
            }),
        },
        settings::SystemKind::DeskHive(deskhive) => SystemRoute {
            host,
            queue: format!(
                "{base_url} {}",
                Sha256Digest::of(deskhive.external_key.reveal()).hex()
            ),
            user: None,
            new_status: Status::Open.as_str().to_owned(),
            mapping,
            import_to: deskhive.import_to.clone(),
            shows_internal: deskhive.mapping.internal_notes,
            is_dry_run,
            role: Role::Helpdesk(HelpdeskRoute {
                makes_tickets: deskhive.internal_key.is_some(),
            }),
        },
        settings::SystemKind::Respondo(_) => SystemRoute {
            host,
            // Its tickets are told apart by the addresses that were given with them.
            queue: system.id.clone(),
            user: None,
            new_status: Status::Open.as_str().to_owned(),
            mapping,
            import_to: None,
            shows_internal: false,
            is_dry_run,
            role: Role::Hub,
        },
    }
}
