//! A daemon without sockets: every route over a store in memory that forgets.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::Value;
use ticketbridge::clock::Clock;
use ticketbridge::http::{Bridge, Hearing, public_router};
use ticketbridge::live::Live;
use ticketbridge::metrics::Metrics;
use ticketbridge::model::{Event, Happening, RESPONSE_URL, Time};
use ticketbridge::plan::{Facts, plan};
use ticketbridge::room::Room;
use ticketbridge::settings::{LoadOptions, Settings, load_in};
use ticketbridge::store::Store;
use tokio::runtime::Runtime;
use tower::ServiceExt;

/// The token that may send tickets.
pub const TOKEN: &str = "tk";
/// Its name.
pub const TOKEN_NAME: &str = "n";
/// The key of an agent who works on every ticket.
pub const KEY: &str = "k";

const CONFIGURATION: &str = r#"
[server]
max_body = "8KiB"
trusted_proxies = ["127.0.0.0/8"]
[intake]
rate = { per_second = 1000000, burst = 1000000 }
[agent_api]
rate = { per_second = 1000000, burst = 1000000 }
[[brands]]
id = "b"
name = "B"
tokens = [{ name = "n", sha256 = "1ec22d56dbbc91e849b00643bc4f10eb764441c93bde5c6090fe81db55cf6932" }]
agents = [3]
[[agents]]
id = 3
name = "A"
email = "a@example.com"
api_keys = [{ sha256 = "8254c329a92850f6d539dd376f4816ee2764517da5e0235514af433164480d7a" }]
"#;

/// So many calls are made of one daemon, whose memory grows with each ticket.
const CALLS: u32 = 2000;

/// What was answered.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body, which must be JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("the body is JSON")
    }
}

/// Answers a request.
pub fn call(request: Request<Body>) -> Answer {
    thread_local! {
        static DAEMON: RefCell<Option<Daemon>> = const { RefCell::new(None) };
    }
    DAEMON.with_borrow_mut(|daemon| {
        let running = daemon.get_or_insert_with(Daemon::new);
        let answer = running.call(request);
        running.calls_left -= 1;
        if running.calls_left == 0 {
            *daemon = None;
        }
        answer
    })
}

struct Daemon {
    router: Router,
    runtime: Runtime,
    calls_left: u32,
}

impl Daemon {
    fn new() -> Self {
        Self {
            router: router(settings()),
            runtime: tokio::runtime::Builder::new_current_thread()
                .enable_time()
                .build()
                .expect("there are threads"),
            calls_left: CALLS,
        }
    }

    fn call(&self, request: Request<Body>) -> Answer {
        let router = self.router.clone();
        self.runtime.block_on(async {
            let (parts, body) = router
                .oneshot(request)
                .await
                .expect("routers answer")
                .into_parts();
            Answer {
                status: parts.status,
                headers: parts.headers,
                body: body
                    .collect()
                    .await
                    .expect("bodies end")
                    .to_bytes()
                    .to_vec(),
            }
        })
    }
}

fn settings() -> Settings {
    let folder = tempfile::tempdir().expect("there is a place for temporary files");
    let file = folder.path().join("config.toml");
    std::fs::write(&file, CONFIGURATION).expect("it can be written to");
    let options = LoadOptions { open_files: false };
    match load_in(&file, options, &BTreeMap::new()) {
        Ok(loaded) => loaded.settings,
        Err(problems) => panic!("{problems}"),
    }
}

fn router(settings: Settings) -> Router {
    let brands = settings.brands.keys().map(String::as_str);
    let metrics = Metrics::new(brands, [RESPONSE_URL].into_iter());
    let live = Arc::new(Live::new(settings));
    let planner = {
        let live = Arc::clone(&live);
        Arc::new(move |event: &Event, facts: &Facts| plan(event, facts, &live.routes))
    };
    let bridge = Bridge {
        store: Store::in_memory(planner, Time::EPOCH),
        clock: Arc::new(Standing),
        live: Arc::new(arc_swap::ArcSwap::from(live)),
        metrics: Arc::new(metrics),
        room: Room::unknown(),
        systems: None,
    };
    public_router(bridge, Hearing::deaf(), true)
}

/// Always the same moment and no chance, so that an input always does the same.
struct Standing;

impl Clock for Standing {
    fn now(&self) -> Time {
        Time::from_micros(1_773_585_000_250_000)
    }

    fn event(&self, what: Happening) -> Event {
        Event {
            at: self.now(),
            random: [7; 16],
            trace: None,
            what,
        }
    }
}
