//! The operator's settings: what they are, where each came from, and every problem with them at once.
//!
//! The values arrive in layers (compiled-in defaults, the file, `conf.d`, the environment), see [`load`].
//! Nothing else in the daemon reads files of the operator's or the environment.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;
use url::Url;

mod secret;

/// Everything the operator decides, checked.
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
    /// `[retention]`
    pub retention: Retention,
    /// `[alerts]`
    pub alerts: Alerts,
    /// `[[brands]]`, by id.
    pub brands: BTreeMap<String, Brand>,
    /// `[[agents]]`, by id.
    pub agents: BTreeMap<u64, Agent>,
    /// `[[systems]]`, by id.
    pub systems: BTreeMap<String, System>,
}

/// Where a listener stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listen {
    /// `"127.0.0.1:8080"`
    Tcp(SocketAddr),
    /// `"unix:/path"`
    Unix(PathBuf),
}

/// `[server]`
#[derive(Debug, Clone)]
pub struct Server {
    /// The HTTP listener; a socket handed over by the service manager wins.
    pub listen: Listen,
    /// Where operations answer; `None`: on `listen`.
    pub ops_listen: Option<Listen>,
    /// How the outside reaches us.
    pub public_url: Url,
    /// The largest request body, in bytes; at most 384 KiB.
    pub max_body: u64,
    /// How long a peer may take for its headers, and again for its body.
    pub read_timeout: Duration,
    /// How long calls in hand may take to finish at a stop.
    pub shutdown_grace: Duration,
    /// Networks whose `X-Forwarded-For` counts.
    pub trusted_proxies: Vec<IpNet>,
}

/// `[store]`
#[derive(Debug, Clone)]
pub struct Store {
    /// The store's folder, absolute.
    pub path: PathBuf,
    /// Intake is refused while less than this is free on its disk, in bytes.
    pub min_free: u64,
    /// sled's page cache, in bytes.
    pub cache: u64,
}

/// `[admin]`
#[derive(Debug, Clone)]
pub struct Admin {
    /// The admin socket, absolute.
    pub socket: PathBuf,
    /// Allows `/admin` over TCP to the bearer of this token.
    pub token: Option<Sha256Digest>,
}

/// `[log]`
#[derive(Debug, Clone)]
pub struct Log {
    /// A level or a `tracing` filter, such as `info,ticketbridge::delivery=debug`.
    pub level: String,
    /// How lines look.
    pub format: LogFormat,
}

/// `log.format`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// `journald` under systemd, else `text`.
    Auto,
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
    /// Text with a syslog priority in front and no time.
    Journald,
}

/// A ceiling on how often something may happen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    /// Sustained, may be a fraction; above 0.
    pub per_second: f64,
    /// How many may come at once; at least 1.
    pub burst: u32,
}

/// `[intake]`
#[derive(Debug, Clone)]
pub struct Intake {
    /// Whether a ticket needs a way back.
    pub require_response_url: bool,
    /// How long a uid stays taken after its ticket is deleted.
    pub dedup_window: Duration,
    /// Per token.
    pub rate: Rate,
}

/// `[agent_api]`
#[derive(Debug, Clone)]
pub struct AgentApi {
    /// Per key.
    pub rate: Rate,
    /// A TOML file, absolute.
    pub canned_responses: Option<PathBuf>,
    /// A folder of Markdown files, absolute.
    pub knowledge_base: Option<PathBuf>,
    /// By id.
    pub departments: BTreeMap<u64, String>,
    /// By id.
    pub categories: BTreeMap<u64, String>,
    /// By id.
    pub products: BTreeMap<u64, String>,
    /// By id.
    pub labels: BTreeMap<u64, Label>,
}

/// One of `agent_api.labels`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// What people see.
    pub name: String,
    /// `#rrggbb`
    pub color: String,
}

/// `[delivery]`
#[derive(Debug, Clone)]
pub struct Delivery {
    /// For one whole call.
    pub timeout: Duration,
    /// Before the second try.
    pub first_delay: Duration,
    /// No wait between tries is longer.
    pub max_delay: Duration,
    /// A delivery older than this becomes a dead letter.
    pub max_age: Duration,
    /// 0.2: up to a fifth more or less.
    pub jitter: f64,
    /// Calls in flight per lane.
    pub lane_concurrency: u32,
    /// Calls in flight per host and port.
    pub host_concurrency: u32,
    /// Calls in flight in all.
    pub max_in_flight: u32,
    /// When a lane or host is left alone for a while.
    pub breaker: Breaker,
    /// What an unknown outcome at a response URL leads to.
    pub on_unknown: OnUnknown,
    /// Whether a response URL may be plain http.
    pub allow_http: bool,
    /// Private networks that may be called.
    pub allow_networks: Vec<IpNet>,
    /// Per host and port, for hosts without an entry in `rates`.
    pub rate: Rate,
    /// Hosts with limits of their own.
    pub rates: Vec<HostRate>,
}

/// `delivery.breaker`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Breaker {
    /// Failures in a row that open it.
    pub failures: u32,
    /// How long it stays open before one probe.
    pub open_for: Duration,
}

/// `delivery.on_unknown`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnUnknown {
    /// Try again, under the same id.
    Resend,
    /// Wait for a person.
    Hold,
}

/// One of `delivery.rates`, unique by host and scope.
#[derive(Debug, Clone, PartialEq)]
pub struct HostRate {
    /// Lower case, without port.
    pub host: String,
    /// What shares the limit.
    pub scope: RateScope,
    /// The limit.
    pub rate: Rate,
}

/// What shares a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RateScope {
    /// One exact URL.
    Url,
    /// The host and port.
    Host,
    /// The first path segment after `/hooks/catch/`.
    Account,
}

/// `[outbound]`
#[derive(Debug, Clone)]
pub struct Outbound {
    /// An HTTP proxy for all calls out.
    pub proxy: Option<Url>,
    /// More certificate authorities, PEM, absolute.
    pub ca_file: Option<PathBuf>,
}

/// `[mirror]`
#[derive(Debug, Clone)]
pub struct Mirror {
    /// More changes of one ticket than this end its mirroring.
    pub loop_limit: LoopLimit,
}

/// `mirror.loop_limit`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoopLimit {
    /// How many.
    pub changes: u32,
    /// Within this time.
    pub within: Duration,
}

/// `[retention]`
#[derive(Debug, Clone)]
pub struct Retention {
    /// How long closed tickets are kept; `None`: for ever.
    pub closed_tickets: Option<Duration>,
    /// How long finished deliveries are kept; `None`: for ever.
    pub deliveries: Option<Duration>,
}

/// `[alerts]`
#[derive(Debug, Clone)]
pub struct Alerts {
    /// Where to post; a secret.
    pub url: Option<Secret<Url>>,
    /// Of `dead-letter`, `paused`, `breaker`, `loop`, `disk`, `store`.
    pub events: Vec<String>,
}

/// One of `[[brands]]`.
#[derive(Debug, Clone)]
pub struct Brand {
    /// As in the intake's path.
    pub id: String,
    /// What people see.
    pub name: String,
    /// Who may send tickets.
    pub tokens: Vec<Token>,
    /// Ids of systems that get a copy.
    pub mirror_to: Vec<String>,
    /// Ids of agents who may be assigned, in order.
    pub agents: Vec<u64>,
    /// Who of them gets a new ticket.
    pub assign: Assign,
    /// Standard Webhooks secrets, decoded; the first signs, all are sent.
    pub signing_keys: Vec<Secret<Vec<u8>>>,
    /// Of `agent_api.departments`.
    pub department: Option<u64>,
    /// Of `agent_api.categories`.
    pub category: Option<u64>,
    /// Of `agent_api.products`.
    pub product: Option<u64>,
    /// `low`, `medium`, `high` or `critical`.
    pub default_priority: String,
}

/// Who gets a new ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Assign {
    /// Every active agent of the brand.
    All,
    /// One after the other.
    RoundRobin,
    /// Whoever has the fewest open tickets.
    LeastOpen,
}

/// One of a brand's tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// What the sender calls it.
    pub name: String,
    /// Of the token.
    pub sha256: Sha256Digest,
}

/// One of `[[agents]]`.
#[derive(Debug, Clone)]
pub struct Agent {
    /// At least 1.
    pub id: u64,
    /// What people see.
    pub name: String,
    /// Empty where unknown.
    pub email: String,
    /// Of the agent's API keys.
    pub api_keys: Vec<Sha256Digest>,
    /// Whether the keys work and tickets may be assigned.
    pub active: bool,
    /// Empty where unknown.
    pub phone: String,
    /// Such as `en`.
    pub locale: String,
    /// Empty where there is none.
    pub avatar_url: String,
    /// Their Qminder user id, if any.
    pub qminder_user: Option<u64>,
}

/// One of `[[systems]]`.
#[derive(Debug, Clone)]
pub struct System {
    /// Unique; the label in metrics.
    pub id: String,
    /// Where it answers.
    pub base_url: Url,
    /// Of the key: everything that uses it shares this.
    pub rate: Rate,
    /// Whether anything is really sent.
    pub mode: Mode,
    /// More certificate authorities for this system, PEM, absolute.
    pub ca_file: Option<PathBuf>,
    /// What it is.
    pub kind: SystemKind,
}

/// Whether a system's deliveries are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// They are.
    Live,
    /// They are planned and recorded only.
    DryRun,
}

/// What a system is, with what only this kind has.
#[derive(Debug, Clone)]
pub enum SystemKind {
    /// `kind = "qminder"`
    Qminder(Qminder),
    /// `kind = "deskhive"`
    DeskHive(DeskHive),
    /// `kind = "respondo"`
    Respondo(Respondo),
}

/// A Qminder account.
#[derive(Debug, Clone)]
pub struct Qminder {
    /// From `api_key_file`.
    pub api_key: Secret<String>,
    /// Where tickets are created.
    pub line: String,
    /// In whose name calls that need a user are made.
    pub user: Option<u64>,
    /// Of the visitors.
    pub language: String,
    /// Of the external data record.
    pub provider: String,
    /// Of the external data record.
    pub title: String,
    /// Signed events from Qminder.
    pub webhook: Option<QminderWebhook>,
    /// Of the reconciling poll.
    pub poll_interval: Duration,
    /// What a follow-up after the visit leads to.
    pub after_served: AfterServed,
    /// Brand of tickets begun there.
    pub import_to: Option<String>,
}

/// `webhook` of a Qminder system.
#[derive(Debug, Clone)]
pub struct QminderWebhook {
    /// As registered; part of what is signed.
    pub url: Url,
    /// From `secret_file`.
    pub secret: Secret<String>,
}

/// What a follow-up after the visit leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterServed {
    /// A new visit.
    NewTicket,
    /// Only the record.
    RecordOnly,
}

/// A DeskHive installation.
#[derive(Debug, Clone)]
pub struct DeskHive {
    /// From `external_key_file`.
    pub external_key: Secret<String>,
    /// From `internal_key_file`.
    pub internal_key: Option<Secret<String>>,
    /// For customers without an address.
    pub customer_email_domain: Option<String>,
    /// Of the ticket list.
    pub poll_interval: Duration,
    /// Brand of tickets begun there.
    pub import_to: Option<String>,
}

/// A Respondo server.
#[derive(Debug, Clone)]
pub struct Respondo {
    /// Its number there.
    pub remote_brand: u64,
    /// Of the personal access token.
    pub token_name: String,
    /// From `token_file`.
    pub token: Secret<String>,
    /// Which of its two paths.
    pub path: RespondoPath,
}

/// Which path a Respondo server has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RespondoPath {
    /// `/brands/{id}/external_tickets.json`
    Brands,
    /// `/organizations/{id}/external_tickets.json`
    Organizations,
}

/// The SHA-256 of a token or key; comparing takes the same time whatever differs.
#[derive(Clone, Copy, Eq)]
pub struct Sha256Digest(pub [u8; 32]);

/// What must never be printed; its `Debug` does not.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret<T>(T);
