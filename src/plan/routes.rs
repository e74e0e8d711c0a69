//! What planning knows of the operator's settings.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::mapping::{Mappings, SystemMapping};
use crate::model::{AgentId, Assignee, Delivery, Priority, Ticket};

/// The operator's decisions, as far as planning needs them.
#[derive(Debug, Clone)]
pub struct Routes {
    /// By id.
    pub brands: BTreeMap<String, BrandRoute>,
    /// By number.
    pub agents: BTreeMap<AgentId, AgentRoute>,
    /// Whether a ticket needs a way back.
    pub require_response_url: bool,
    /// When a delivery is tried again.
    pub schedule: Schedule,
    /// By id.
    pub systems: BTreeMap<String, SystemRoute>,
    /// What labels are called, by number.
    pub labels: BTreeMap<u64, String>,
    /// How often a ticket may be mirrored before that is taken for a loop.
    pub loop_limit: LoopLimit,
    /// What becomes of fields, now and as it was decided when a delivery was planned.
    pub mappings: Arc<Mappings>,
    /// How long what is finished is kept.
    pub retention: Retention,
    /// The share of tickets whose way is told as a trace, where nobody has decided before; `None`: no way is told.
    pub traces: Option<f64>,
}

/// How long what is finished is kept; `None`: for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Closed tickets, since anything about them last changed.
    pub closed_tickets: Option<Duration>,
    /// The records of deliveries that ended, with their attempts.
    pub deliveries: Option<Duration>,
    /// How long repetitions of what was removed are known.
    pub dedup_window: Duration,
}

/// More changes than this of one ticket are taken for copies that chase each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoopLimit {
    /// How many.
    pub changes: u32,
    /// Within this time.
    pub within: Duration,
}

/// What is known of a system.
#[derive(Debug, Clone)]
pub struct SystemRoute {
    /// The host and port that it answers at.
    pub host: String,
    /// Systems of the same queue have the same name here, and share its tickets.
    pub queue: String,
    /// Who we are there, if that is known: what others say is never our own.
    pub user: Option<String>,
    /// The status of a ticket that was just made there.
    pub new_status: String,
    /// What becomes of a ticket there, and of its tickets here.
    pub mapping: SystemMapping,
    /// Brand of tickets begun there.
    pub import_to: Option<String>,
    /// Whether it shows internal notes.
    pub shows_internal: bool,
    /// Whether what is planned for it is written down instead of sent.
    pub is_dry_run: bool,
    /// What it does with tickets.
    pub role: Role,
}

/// What a system does with tickets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Role {
    /// They stand in a queue before people, with a record of the conversation beside them.
    Desk(DeskRoute),
    /// People answer them in a thread, to which we add.
    Helpdesk(HelpdeskRoute),
    /// Each message of the customer's is a ticket, to whose address people's answers are sent.
    Hub,
}

/// A system where tickets stand in a queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeskRoute {
    /// Whether a follow-up after the visit makes a new one.
    pub follow_up_makes_new: bool,
    /// Whether replies go out as SMS.
    pub sends_sms: bool,
    /// Whether a ticket that is closed while it waits there is cancelled there.
    pub cancels_closed: bool,
}

/// A system where tickets are threads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HelpdeskRoute {
    /// Whether we can make tickets there.
    pub makes_tickets: bool,
}

impl Routes {
    /// Whether what is planned for a system is written down instead of sent.
    pub fn is_dry_run(&self, system: &str) -> bool {
        let route = self.systems.get(system);
        route.is_some_and(|route| route.is_dry_run)
    }
}

impl SystemRoute {
    /// It as one where tickets stand in a queue.
    pub fn desk(&self) -> Option<&DeskRoute> {
        match &self.role {
            Role::Desk(desk) => Some(desk),
            Role::Helpdesk(_) | Role::Hub => None,
        }
    }
}

/// What a brand decides.
#[derive(Debug, Clone)]
pub struct BrandRoute {
    /// What people see.
    pub name: String,
    /// Who may be assigned, in order.
    pub agents: Vec<AgentId>,
    /// Systems that get a copy of its tickets.
    pub mirror_to: Vec<String>,
    /// Who of them gets a new ticket.
    pub assign: AssignRule,
    /// Of a new ticket.
    pub priority: Priority,
    /// Of a new ticket.
    pub department: Option<u64>,
    /// Of a new ticket.
    pub category: Option<u64>,
    /// Of a new ticket.
    pub product: Option<u64>,
}

/// Who gets a new ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AssignRule {
    /// Everyone.
    All,
    /// One after the other.
    RoundRobin,
    /// Whoever has the fewest open ones.
    LeastOpen,
}

/// What is known of an agent.
#[derive(Debug, Clone)]
pub struct AgentRoute {
    /// What people see.
    pub name: String,
    /// Whether they may work.
    pub active: bool,
    /// Who they are at Qminder.
    pub qminder_user: Option<String>,
}

/// When a delivery is tried again.
#[derive(Debug, Clone)]
pub struct Schedule {
    /// Before the second try.
    pub first_delay: Duration,
    /// No wait is longer.
    pub max_delay: Duration,
    /// Older ones become dead letters.
    pub max_age: Duration,
    /// 0.2: up to a fifth more or less.
    pub jitter: f64,
    /// When a lane or host is left alone.
    pub breaker: BreakerRule,
    /// What an unknown outcome leads to.
    pub on_unknown: OnUnknown,
    /// How long after a call of unknown outcome it is looked for, where it can be.
    pub look_after: Duration,
}

/// When a lane or host is left alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BreakerRule {
    /// Failures in a row that open it.
    pub failures: u32,
    /// How long it stays open before one probe.
    pub open_for: Duration,
}

/// What an unknown outcome leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnUnknown {
    /// Another try under the same id.
    Resend,
    /// Waiting for a person.
    Hold,
}

impl Routes {
    /// What was decided of the delivery's system when it was planned, if it is configured still.
    pub fn mapping_of(&self, delivery: &Delivery) -> Option<&SystemMapping> {
        let route = self.systems.get(&delivery.system)?;
        let then = self
            .mappings
            .of(delivery.mapping)
            .systems
            .get(&delivery.system);
        Some(then.unwrap_or(&route.mapping))
    }

    /// Whether two systems share their tickets.
    pub fn share_queue(&self, one: &str, other: &str) -> bool {
        let queue = |system: &str| self.systems.get(system).map(|route| &route.queue);
        one == other || (queue(one).is_some() && queue(one) == queue(other))
    }

    /// The active agents who may work on `ticket`, in the brand's order.
    pub fn agents_of(&self, ticket: &Ticket) -> Vec<AgentId> {
        match ticket.assignee {
            Assignee::One(agent) => self.is_active(agent).then_some(agent).into_iter().collect(),
            Assignee::All => self.active_agents(&ticket.brand),
        }
    }

    /// The active agents of a brand, in its order.
    pub fn active_agents(&self, brand: &str) -> Vec<AgentId> {
        let agents = self
            .brands
            .get(brand)
            .map(|brand| brand.agents.as_slice())
            .unwrap_or_default();
        agents
            .iter()
            .copied()
            .filter(|agent| self.is_active(*agent))
            .collect()
    }

    /// Whether an agent, active or not, works for a brand.
    pub fn works_for(&self, agent: AgentId, brand: &str) -> bool {
        let brand = self.brands.get(brand);
        brand.is_some_and(|brand| brand.agents.contains(&agent)) && self.agents.contains_key(&agent)
    }

    /// Where the tickets that an active agent may work on are listed: with those of all agents of each brand that has
    /// them, and with their own.
    pub fn lists_of(&self, agent: AgentId) -> Vec<(String, Assignee)> {
        let mut lists = Vec::new();
        for brand in self.brands.keys() {
            if self.active_agents(brand).contains(&agent) {
                lists.push((brand.clone(), Assignee::All));
            }
            lists.push((brand.clone(), Assignee::One(agent)));
        }
        lists
    }

    /// The active agent of a brand who follows `last` in its order, round and round.
    pub(super) fn next_in_turn(&self, brand: &str, last: Option<AgentId>) -> Option<AgentId> {
        let agents = &self.brands.get(brand)?.agents;
        let last = last.and_then(|last| agents.iter().position(|agent| *agent == last));
        let (before, after) = agents.split_at(last.map_or(0, |last| last + 1));
        let mut turn = after.iter().chain(before).copied();
        turn.find(|agent| self.is_active(*agent))
    }

    fn is_active(&self, agent: AgentId) -> bool {
        self.agents.get(&agent).is_some_and(|agent| agent.active)
    }
}

/// The host and port whose gate calls to `url` pass, such as `hooks.example.com:443`.
pub fn host_key(url: &str) -> String {
    match url::Url::parse(url) {
        Ok(url) => format!(
            "{}:{}",
            url.host_str().unwrap_or_default().to_ascii_lowercase(),
            url.port_or_known_default().unwrap_or_default()
        ),
        Err(_) => String::new(),
    }
}
