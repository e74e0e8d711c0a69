//! A bridge over a store in memory, with settings made by hand, and calls to it without sockets.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use futures_util::FutureExt as _;
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;

use super::{Bridge, Hearing, public_router};
use crate::clock::TokioClock;
use crate::live::Live;
use crate::metrics::Metrics;
use crate::model::{AgentId, Happening, OperatorOrder, RESPONSE_URL, Time};
use crate::plan::{Answer, plan};
use crate::room::Room;
use crate::settings::{self, Rate, Settings, Sha256Digest};
use crate::store::{Planner, Rank, Store};

pub(super) const TOKEN: &str = "acme-token-1";
pub(super) const OTHER_TOKEN: &str = "globex-token-1";
pub(super) const KEY: &str = "key-of-smith";
pub(super) const SECOND_KEY: &str = "key-of-jones";
pub(super) const INACTIVE_KEY: &str = "key-of-brown";
pub(super) const FOREIGN_KEY: &str = "key-of-gates";
/// 2026-03-15T14:30:00.25Z
const NOW: i64 = 1_773_585_000_250_000;

/// Two brands; agents 3 and 4 work for `acme`, 5 is inactive, 6 works for `globex`.
pub(super) fn settings() -> Settings {
    let rate = Rate {
        per_second: 100.0,
        burst: 200,
    };
    let brands = [
        brand("acme", "zapier", TOKEN, &[5, 3, 4]),
        brand("globex", "zapier", OTHER_TOKEN, &[6]),
    ];
    let agents = [
        agent(3, "Agent Smith", KEY, true),
        agent(4, "Agent Jones", SECOND_KEY, true),
        agent(5, "Agent Brown", INACTIVE_KEY, false),
        agent(6, "Agent Gates", FOREIGN_KEY, true),
    ];
    Settings {
        server: settings::Server {
            listen: settings::Listen::Tcp(([127, 0, 0, 1], 0).into()),
            ops_listen: None,
            public_url: "https://bridge.example.com/".parse().unwrap(),
            max_body: 4096,
            read_timeout: Duration::from_secs(15),
            shutdown_grace: Duration::from_secs(10),
            trusted_proxies: Vec::new(),
        },
        store: settings::Store {
            path: PathBuf::new(),
            min_free: 0,
            cache: 1 << 20,
        },
        admin: settings::Admin {
            socket: PathBuf::new(),
            token: None,
        },
        log: settings::Log {
            level: "info".to_owned(),
            format: settings::LogFormat::Text,
        },
        intake: settings::Intake {
            require_response_url: true,
            dedup_window: Duration::from_secs(86_400),
            rate,
        },
        agent_api: settings::AgentApi {
            rate,
            canned_responses: Vec::new(),
            knowledge_base: Vec::new(),
            departments: BTreeMap::from([(1, "Technical Support".to_owned())]),
            categories: BTreeMap::from([(2, "Account Issues".to_owned())]),
            products: BTreeMap::new(),
            labels: BTreeMap::from([
                (1, label("Bug", "#e74c3c")),
                (2, label("Billing", "#3498db")),
            ]),
        },
        delivery: settings::Delivery {
            timeout: Duration::from_secs(15),
            first_delay: Duration::from_secs(5),
            max_delay: Duration::from_secs(3600),
            max_age: Duration::from_secs(3 * 86_400),
            jitter: 0.2,
            lane_concurrency: 4,
            host_concurrency: 32,
            max_in_flight: 512,
            breaker: settings::Breaker {
                failures: 10,
                open_for: Duration::from_secs(30),
            },
            on_unknown: settings::OnUnknown::Resend,
            allow_http: false,
            allow_networks: Vec::new(),
            rate,
            rates: Vec::new(),
        },
        outbound: settings::Outbound {
            proxy: None,
            ca_file: None,
        },
        mirror: settings::Mirror {
            loop_limit: settings::LoopLimit {
                changes: 30,
                within: Duration::from_secs(60),
            },
        },
        mapping: Default::default(),
        retention: settings::Retention {
            closed_tickets: None,
            deliveries: None,
        },
        alerts: settings::Alerts {
            url: None,
            events: Vec::new(),
        },
        traces: settings::Traces::nowhere(),
        brands: brands
            .into_iter()
            .map(|brand| (brand.id.clone(), brand))
            .collect(),
        agents: agents.into_iter().map(|agent| (agent.id, agent)).collect(),
        systems: BTreeMap::new(),
    }
}

fn brand(id: &str, token_name: &str, token: &str, agents: &[u64]) -> settings::Brand {
    settings::Brand {
        id: id.to_owned(),
        name: id.to_uppercase(),
        tokens: vec![settings::Token {
            name: token_name.to_owned(),
            sha256: Sha256Digest::of(token),
        }],
        mirror_to: Vec::new(),
        agents: agents.to_vec(),
        assign: settings::Assign::All,
        signing_keys: Vec::new(),
        department: Some(1),
        category: Some(2),
        product: Some(9),
        default_priority: "high".to_owned(),
    }
}

fn label(name: &str, color: &str) -> settings::Label {
    settings::Label {
        name: name.to_owned(),
        color: color.to_owned(),
    }
}

fn agent(id: u64, name: &str, key: &str, active: bool) -> settings::Agent {
    settings::Agent {
        id,
        name: name.to_owned(),
        email: String::new(),
        api_keys: vec![Sha256Digest::of(key)],
        active,
        phone: String::new(),
        locale: "en".to_owned(),
        avatar_url: String::new(),
        qminder_user: None,
    }
}

/// The planner that goes by the settings in force.
pub(super) fn planner(live: &Arc<ArcSwap<Live>>) -> Planner {
    let live = Arc::clone(live);
    Arc::new(move |event, facts| plan(event, facts, &live.load().routes))
}

/// A bridge over the store that `open` makes from a planner.
pub(super) fn bridge_over(settings: Settings, open: impl FnOnce(Planner) -> Store) -> Bridge {
    let metrics = Metrics::new(
        settings.brands.keys().map(String::as_str),
        [RESPONSE_URL].into_iter(),
    );
    let live = Arc::new(ArcSwap::from_pointee(Live::new(settings)));
    Bridge {
        store: open(planner(&live)),
        clock: Arc::new(TokioClock::starting_at(Time::from_micros(NOW))),
        live,
        metrics: Arc::new(metrics),
        room: Room::unknown(),
        systems: None,
    }
}

/// The whole router over a store in memory.
pub(super) struct Fixture {
    pub(super) bridge: Bridge,
    router: Router,
}

impl Fixture {
    pub(super) fn new() -> Self {
        Self::with(|_| {})
    }

    pub(super) fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = settings();
        change(&mut settings);
        let now = Time::from_micros(NOW);
        let agents: Vec<u64> = settings.agents.keys().copied().collect();
        let bridge = bridge_over(settings, |planner| Store::in_memory(planner, now));
        for agent in agents {
            let joined = bridge.clock.event(Happening::Joined(AgentId(agent)));
            let commit = bridge.store.commit(joined, Rank::Agent).now_or_never();
            assert!(matches!(commit, Some(Ok(Answer::Profile(_)))));
        }
        Self::over(bridge)
    }

    pub(super) fn over(bridge: Bridge) -> Self {
        let router = public_router(bridge.clone(), Hearing::deaf(), true);
        Self::routed(bridge, router)
    }

    pub(super) fn routed(bridge: Bridge, router: Router) -> Self {
        Self { bridge, router }
    }

    pub(super) async fn call(&self, request: Request<Body>) -> Reply {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Reply {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8(body.to_vec()).unwrap(),
        }
    }

    /// A POST of `body` as JSON.
    pub(super) async fn post(&self, path: &str, headers: &[(&str, &str)], body: &Value) -> Reply {
        let request = request("POST", path, headers)
            .header("content-type", "application/json")
            .body(Body::from(body.to_string()))
            .unwrap();
        self.call(request).await
    }

    pub(super) async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Reply {
        self.without_body("GET", path, headers).await
    }

    pub(super) async fn without_body(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
    ) -> Reply {
        let request = request(method, path, headers).body(Body::empty()).unwrap();
        self.call(request).await
    }

    /// A new ticket of `acme`, with `change` made to what is sent.
    pub(super) async fn ticket(&self, change: impl FnOnce(&mut Value)) -> Reply {
        let mut sent = ticket();
        change(&mut sent);
        self.post("/brands/acme/external_tickets", &[], &sent).await
    }

    pub(super) async fn order(&self, order: OperatorOrder) {
        let event = self.bridge.clock.event(Happening::Ordered(order));
        let answer = self.bridge.store.commit(event, Rank::Agent).await.unwrap();
        assert!(matches!(answer, Answer::Done(_)));
    }

    /// What `/metrics` shows of one series.
    pub(super) async fn metric(&self, series: &str) -> f64 {
        let shown = self.get("/metrics", &[]).await.text;
        let line = shown
            .lines()
            .find_map(|line| line.strip_prefix(series)?.strip_prefix(' '))
            .unwrap_or_else(|| panic!("{series} is not in\n{shown}"));
        line.parse().unwrap()
    }
}

fn request(method: &str, path: &str, headers: &[(&str, &str)]) -> axum::http::request::Builder {
    headers.iter().fold(
        Request::builder().method(method).uri(path),
        |request, (name, value)| request.header(*name, *value),
    )
}

/// A ticket that nothing is wrong with.
pub(super) fn ticket() -> Value {
    serde_json::json!({
        "external_uid": "t-1",
        "content": "The printer is on fire.",
        "response_url": "https://hooks.example.com/secret-path-1",
        "author": {"external_uid": "u-1", "username": "Ada"},
        "created_at": "2020-04-04 23:35:27.632879 UTC",
        "personal_access_token": {"name": "zapier", "token": TOKEN},
    })
}

/// An answer.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) text: String,
}

impl Reply {
    #[track_caller]
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    #[track_caller]
    pub(super) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        self
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// Asserts an RFC 9457 document with a top-level `error`, and gives its violations as (pointer, detail).
    #[track_caller]
    pub(super) fn problem(&self, status: u16) -> Vec<(String, String)> {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        assert_eq!(
            self.header("content-type"),
            Some("application/problem+json")
        );
        let json = self.json();
        assert_eq!(json["status"], status);
        assert_eq!(json["type"], "about:blank");
        assert!(json["title"].is_string() && json["detail"].is_string());
        assert_eq!(json["error"], json["detail"]);
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let errors = json["errors"].as_array().unwrap();
        errors
            .iter()
            .map(|entry| (text(&entry["pointer"]), text(&entry["detail"])))
            .collect()
    }
}
