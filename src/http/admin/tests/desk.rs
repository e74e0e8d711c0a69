//! An installation with a store in memory and a clock that is moved by hand.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use arc_swap::ArcSwap;
use axum::http::{Request, Response, StatusCode};
use bytes::Bytes;
use serde_json::Value;

use crate::app;
use crate::clock::Clock;
use crate::http::Bridge;
use crate::http::admin::InProcess;
use crate::live::Live;
use crate::metrics::Metrics;
use crate::model::{
    Attempt, Author, Class, DeliveryId, ExternalTicket, Happening, Replied, Settled, TicketId,
    Time, Visibility,
};
use crate::plan::Answer;
use crate::room::Room;
use crate::settings::{LoadOptions, Settings, load_in};
use crate::store::{Rank, Store};

/// 2026-01-01T10:00:00Z
pub(super) const BEGAN: i64 = 1_767_261_600_000_000;
const SECRET: &str = "secret-1";
const CONFIGURATION: &str = r#"
[[brands]]
id = "acme"
agents = [3, 5]

[[brands]]
id = "other"
agents = [5]

[[agents]]
id = 3
name = "Agent Smith"

[[agents]]
id = 5
name = "Agent Jones"
"#;

pub(super) struct Desk {
    pub(super) bridge: Bridge,
    clock: Arc<HandClock>,
    interface: InProcess,
}

struct HandClock(AtomicI64);

impl Clock for HandClock {
    fn now(&self) -> Time {
        Time::from_micros(self.0.load(Ordering::SeqCst))
    }
}

pub(super) fn settings(more: &str) -> Settings {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config.toml");
    std::fs::write(&file, format!("{CONFIGURATION}{more}")).unwrap();
    let options = LoadOptions { open_files: false };
    load_in(&file, options, &Default::default())
        .unwrap()
        .settings
}

pub(super) fn has_no_secret(what: &str, shown: &Value) {
    let text = shown.to_string();
    assert!(!text.contains("secret-"), "{what} shows a secret: {text}");
}

impl Desk {
    pub(super) fn new() -> Self {
        Self::with("")
    }

    pub(super) fn with(more: &str) -> Self {
        let live = Arc::new(ArcSwap::from_pointee(Live::new(settings(more))));
        let clock = Arc::new(HandClock(AtomicI64::new(BEGAN)));
        let store = Store::in_memory(app::planner(&live), clock.now());
        let bridge = Bridge {
            store,
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            live,
            metrics: Arc::new(Metrics::new(
                std::iter::empty(),
                ["response-url"].into_iter(),
            )),
            room: Room::unknown(),
            systems: None,
        };
        Self {
            interface: InProcess::new(bridge.clone()),
            bridge,
            clock,
        }
    }

    pub(super) fn passes(&self, duration: Duration) {
        let micros = i64::try_from(duration.as_micros()).unwrap();
        self.clock.0.fetch_add(micros, Ordering::SeqCst);
    }

    async fn commit(&self, what: Happening) -> Answer {
        let mut event = self.bridge.clock.event(what);
        event.random = [0; 16];
        self.bridge.store.commit(event, Rank::Intake).await.unwrap()
    }

    pub(super) fn external(uid: &str) -> ExternalTicket {
        ExternalTicket {
            brand: "acme".to_owned(),
            external_uid: uid.to_owned(),
            content: format!("Text of {uid}\nand more"),
            response_url: Some(format!("https://hooks.example.com/{SECRET}/{uid}")),
            provider: None,
            parent_uid: None,
            author: Author {
                external_uid: "jane-1".to_owned(),
                username: "Jane Doe".to_owned(),
            },
            created_at: Time::from_micros(BEGAN),
        }
    }

    pub(super) async fn arrives(&self, uid: &str) {
        self.takes(Self::external(uid)).await;
    }

    pub(super) async fn takes(&self, sent: ExternalTicket) {
        let answer = self.commit(Happening::Arrived(Box::new(sent))).await;
        assert!(matches!(answer, Answer::Taken(_)), "{answer:?}");
    }

    pub(super) async fn replies(&self, ticket: u64, text: &str) {
        let replied = Replied {
            ticket: TicketId(ticket),
            agent: None,
            only_assigned: false,
            text: text.to_owned(),
            visibility: Visibility::Public,
        };
        let answer = self.commit(Happening::Replied(replied)).await;
        assert!(matches!(answer, Answer::Replied(_)), "{answer:?}");
    }

    /// A call ends so, having begun just now.
    pub(super) async fn settles(&self, delivery: u64, change: impl FnOnce(&mut Settled)) {
        let found = self.bridge.store.delivery(DeliveryId(delivery)).await;
        let found = found.unwrap().unwrap().delivery;
        let mut settled = Settled {
            delivery: found.id,
            lane: found.lane,
            revision: found.revision,
            attempt: Attempt {
                number: 0,
                at: self.clock.now(),
                took_ms: 120,
                class: Class::Ok,
                status: Some(200),
                detail: String::new(),
                next: None,
                may_repeat: false,
                fates: Vec::new(),
            },
            until: None,
            gone: false,
            remote_uid: None,
            vanished: false,
            failure: None,
            host_troubled: false,
        };
        change(&mut settled);
        self.passes(Duration::from_millis(120));
        let answer = self.commit(Happening::Settled(Box::new(settled))).await;
        assert!(matches!(answer, Answer::Settled(_)), "{answer:?}");
    }

    /// It is rejected for good.
    pub(super) async fn dies(&self, delivery: u64) {
        self.settles(delivery, |settled| {
            settled.attempt.class = Class::Rejected;
            settled.attempt.status = Some(422);
            settled.attempt.detail = "it will not have it".to_owned();
        })
        .await;
    }

    pub(super) async fn call(&self, method: &str, path: &str, body: &str) -> Response<Bytes> {
        let request = Request::builder()
            .method(method)
            .uri(format!("/admin/v1/{path}"))
            .body(Bytes::from(body.to_owned()))
            .unwrap();
        self.interface.call(request).await.unwrap()
    }

    pub(super) async fn get(&self, path: &str) -> (StatusCode, Value) {
        read(self.call("GET", path, "").await)
    }

    pub(super) async fn post(&self, path: &str, body: Value) -> (StatusCode, Value) {
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        self.post_raw(path, &body).await
    }

    pub(super) async fn post_raw(&self, path: &str, body: &str) -> (StatusCode, Value) {
        read(self.call("POST", path, body).await)
    }
}

fn read(answer: Response<Bytes>) -> (StatusCode, Value) {
    (
        answer.status(),
        serde_json::from_slice(answer.body()).unwrap(),
    )
}
