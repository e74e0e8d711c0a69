//! A ticket's way as one trace, told to a strict collector, and the traces of others passed on.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use serde_json::{Value, json};
use ticketbridge_sim::collector::Span;
use ticketbridge_sim::{Behaviour, Collector, Receiver};

use crate::daemon::{Daemon, LOOPBACK, answer, ticket};

pub(crate) const SOON: Duration = Duration::from_secs(30);
const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const SPAN: &str = "b7ad6b7169203331";

/// The settings for traces to `collector`.
pub(crate) fn to(collector: &Collector) -> String {
    format!("[traces]\nendpoint = \"{}\"\n", collector.base_url())
}

struct Scene {
    hooks: Receiver,
    collector: Collector,
    daemon: Daemon,
}

impl Scene {
    async fn new() -> Self {
        let scene = Self::set().await;
        scene.daemon.configure_more(&to(&scene.collector));
        scene.started().await
    }

    /// Traces are told nowhere yet, and no daemon is at work.
    async fn set() -> Self {
        let hooks = Receiver::start().await.unwrap();
        hooks.otherwise(|_| Some(Behaviour::ValidReply));
        Self {
            hooks,
            collector: Collector::start().await.unwrap(),
            daemon: Daemon::configured(LOOPBACK),
        }
    }

    async fn started(mut self) -> Self {
        self.daemon.start().await;
        self
    }

    /// A customer's ticket, sent in a trace or in none; its number.
    async fn arrives(&self, uid: &str, hook: &str, parent: Option<&str>) -> u64 {
        let mut call = self
            .daemon
            .client()
            .post(self.daemon.url("/brands/acme/external_tickets"))
            .header("content-type", "application/json")
            .body(ticket(uid, &self.hooks.url(hook)).to_string());
        if let Some(parent) = parent {
            call = call
                .header("traceparent", parent)
                .header("tracestate", "zap=7");
        }
        let (status, taken) = answer(call).await.unwrap();
        assert_eq!(status, 201, "{taken}");
        taken["id"].as_u64().unwrap()
    }

    async fn replies(&self, number: u64, text: &str) {
        let (status, reply) = self.daemon.reply(number, &json!({ "content": text })).await;
        assert_eq!(status, 201, "{reply}");
    }

    /// Waits for these spans, by name, and gives them in that order.
    async fn told(&self, names: &[&str]) -> Vec<Span> {
        let there = |spans: &[Span]| {
            let mut left = spans.to_vec();
            let found = names.iter().map(|name| {
                let index = left.iter().position(|span| span.name == *name)?;
                Some(left.remove(index))
            });
            found.collect::<Option<Vec<Span>>>()
        };
        match self.collector.wait_for(SOON, there).await {
            Ok(found) => found,
            Err(spans) => panic!(
                "{names:?} are not in {spans:#?}; refused: {:?}\n{}",
                self.collector.refused(),
                self.daemon.log()
            ),
        }
    }

    /// What is counted of spans: exported, refused, dropped.
    async fn counted(&self) -> [u64; 3] {
        let call = self.daemon.client().get(self.daemon.url("/metrics"));
        let text = call.send().await.unwrap().text().await.unwrap();
        ["exported", "refused", "dropped"].map(|outcome| {
            let name = format!("ticketbridge_spans_total{{outcome=\"{outcome}\"}} ");
            let line = text.lines().find_map(|line| line.strip_prefix(&name));
            line.unwrap().parse().unwrap()
        })
    }
}

fn traceparent(received: &ticketbridge_sim::Received) -> String {
    received
        .header("traceparent")
        .unwrap_or_default()
        .to_owned()
}

#[tokio::test]
async fn a_tickets_way_from_intake_to_reply_is_one_trace() {
    let mut scene = Scene::new().await;
    let script = vec![Behaviour::Empty(500), Behaviour::ValidReply];
    scene.hooks.script("/hook", script);
    let number = scene.arrives("T-1", "/hook", Some(PARENT)).await;
    // Through a restart.
    assert_eq!(scene.daemon.terminate().await, Some(0));
    scene.daemon.start().await;
    scene.replies(number, "Have you tried hunter2 again?").await;
    let got = scene.hooks.wait_for("/hook", 2, SOON).await.unwrap();

    let names = ["take ticket", "take reply", "call: reply", "call: reply"];
    let spans = scene.told(&names).await;
    let [taken, replied, failed, delivered] = &spans[..] else {
        unreachable!("four names were asked for")
    };
    assert!(spans.iter().all(|span| span.trace == TRACE), "{spans:#?}");
    assert!(spans.iter().all(|span| span.state == "zap=7"), "{spans:#?}");
    assert_eq!(taken.parent.as_deref(), Some(SPAN));
    assert_eq!(replied.parent.as_ref(), Some(&taken.id));
    assert_eq!(
        (failed.parent.as_ref(), delivered.parent.as_ref()),
        (Some(&replied.id), Some(&replied.id))
    );
    assert_eq!(
        (taken.kind, replied.kind, failed.kind),
        ("server", "server", "client")
    );
    assert_eq!(failed.attributes["http.response.status_code"], "500");
    assert_eq!(failed.attributes["ticketbridge.class"], "retry");
    assert!(
        failed.error.is_some() && delivered.error.is_none(),
        "{spans:#?}"
    );
    assert_eq!(delivered.attributes["ticketbridge.try"], "2");
    assert_eq!(delivered.attributes["server.address"], "127.0.0.1");
    let port = scene.hooks.addr().port().to_string();
    assert_eq!(delivered.attributes["server.port"], port);
    for span in &spans {
        assert_eq!(span.attributes["ticketbridge.ticket"], number.to_string());
        assert_eq!(span.service, "ticketbridge");
    }

    // Who got the reply knows which call it was.
    let carried: Vec<String> = got.iter().map(traceparent).collect();
    let of = |span: &Span| format!("00-{TRACE}-{}-01", span.id);
    assert_eq!(carried, [of(failed), of(delivered)]);
    assert_eq!(got[1].header("tracestate"), Some("zap=7"));

    // Nothing that is nobody's business.
    let told = format!("{:?}", scene.collector.spans());
    for secret in [
        "hunter2",
        "content of",
        "best_username",
        "author-1",
        "/hook",
        "test-token",
    ] {
        assert!(!told.contains(secret), "{secret}: {told}");
    }
    assert_eq!(scene.collector.refused(), [""; 0]);
    let story = scene.daemon.ok(&["trace", &number.to_string()]).await;
    assert!(story.contains(TRACE), "{story}");
}

#[tokio::test]
async fn a_ticket_of_nobodys_trace_begins_one() {
    let scene = Scene::new().await;
    let number = scene.arrives("T-1", "/hook", None).await;
    scene.arrives("T-2", "/hook", None).await;
    scene.replies(number, "Hello").await;
    let spans = scene
        .told(&["take ticket", "take ticket", "take reply", "call: reply"])
        .await;
    let [one, other, replied, delivered] = &spans[..] else {
        unreachable!("four names were asked for")
    };
    assert_eq!((&one.parent, &other.parent), (&None, &None));
    assert_ne!(one.trace, other.trace);
    assert_eq!((&replied.trace, &delivered.trace), (&one.trace, &one.trace));
    let got = scene.hooks.wait_for("/hook", 1, SOON).await.unwrap();
    let carried = format!("00-{}-{}-01", one.trace, delivered.id);
    assert_eq!(traceparent(&got[0]), carried);
}

#[tokio::test]
async fn where_no_trace_is_told_those_of_others_are_passed_on() {
    let scene = Scene::set().await.started().await;
    let number = scene.arrives("T-1", "/hook", Some(PARENT)).await;
    let other = scene.arrives("T-2", "/other", None).await;
    let broken = scene
        .arrives("T-3", "/broken", Some("00-not-a-trace-01"))
        .await;
    for ticket in [number, other, broken] {
        scene.replies(ticket, "Hello").await;
    }
    let got = scene.hooks.wait_for("/hook", 1, SOON).await.unwrap();
    assert_eq!(traceparent(&got[0]), PARENT);
    assert_eq!(got[0].header("tracestate"), Some("zap=7"));
    for path in ["/other", "/broken"] {
        let got = scene.hooks.wait_for(path, 1, SOON).await.unwrap();
        assert_eq!(got[0].header("traceparent"), None, "{path}");
        assert_eq!(got[0].header("tracestate"), None, "{path}");
    }
}

#[tokio::test]
async fn a_collector_in_trouble_is_nobody_elses() {
    let scene = Scene::set().await;
    scene.collector.demand("authorization", "Basic hunter2");
    scene.collector.answer(503, Some(1), 2);
    let key = scene.daemon.folder().join("traces.header");
    fs::write(&key, "Authorization: Basic hunter2\n").unwrap();
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    scene.daemon.configure_more(&format!(
        "{}header_file = \"./traces.header\"\n",
        to(&scene.collector)
    ));
    let mut scene = scene.started().await;
    let number = scene.arrives("T-1", "/hook", None).await;
    scene.replies(number, "Hello").await;
    scene.hooks.wait_for("/hook", 1, SOON).await.unwrap();
    scene
        .told(&["take ticket", "take reply", "call: reply"])
        .await;
    scene.daemon.says("traces cannot be sent", 1).await;
    scene.daemon.says("traces are taken again", 1).await;
    assert_eq!(scene.counted().await, [3, 0, 0]);
    assert!(!scene.daemon.log().contains("hunter2"));

    // Another word than the one it wants: what it does not take is counted, and nothing waits for it.
    scene.collector.demand("authorization", "Basic other");
    let before = scene.collector.requests();
    scene.replies(number, "Hello again").await;
    scene.hooks.wait_for("/hook", 2, SOON).await.unwrap();
    assert!(scene.collector.wait_for_requests(before + 1, SOON).await);
    scene.daemon.says("traces cannot be sent", 2).await;

    // One that is gone does not keep the daemon from ending.
    let Scene { collector, .. } = scene;
    collector.stop().await;
    let number = number.to_string();
    scene.daemon.ok(&["reply", &number, "And again"]).await;
    assert_eq!(
        scene.daemon.terminate().await,
        Some(0),
        "{}",
        scene.daemon.log()
    );
}

#[tokio::test]
async fn traces_begin_and_end_with_a_reload() {
    let scene = Scene::set().await.started().await;
    let number = scene.arrives("T-1", "/hook", None).await;
    scene.daemon.configure_more(&to(&scene.collector));
    scene
        .daemon
        .reload("the new configuration is in force")
        .await;
    scene.replies(number, "told").await;
    let spans = scene.told(&["take reply", "call: reply"]).await;
    assert_eq!(
        (&spans[0].parent, &spans[1].trace),
        (&None, &spans[0].trace)
    );
    scene.daemon.configure_more("");
    scene
        .daemon
        .reload("the new configuration is in force")
        .await;
    let before = scene.collector.requests();
    scene.replies(number, "told to nobody").await;
    let got = scene.hooks.wait_for("/hook", 2, SOON).await.unwrap();
    // Whoever follows the trace still can.
    assert!(traceparent(&got[1]).contains(&spans[0].trace));
    assert_eq!(scene.collector.requests(), before);
}

#[tokio::test]
async fn whoever_answers_may_say_in_which_trace() {
    let scene = Scene::new().await;
    let number = scene.arrives("T-1", "/hook", None).await;
    let path = format!("/api/v1/external/tickets/{number}/messages");
    let call = scene.daemon.client().post(scene.daemon.url(&path));
    let call = call
        .header("x-api-key", "test-agent-key")
        .header("content-type", "application/json")
        .header("traceparent", PARENT);
    let (status, body): (u16, Value) = answer(call.body(r#"{"content": "Hello"}"#)).await.unwrap();
    assert_eq!(status, 201, "{body}");
    let spans = scene
        .told(&["take ticket", "take reply", "call: reply"])
        .await;
    assert_ne!(spans[0].trace, TRACE);
    assert_eq!(
        (spans[1].trace.as_str(), spans[1].parent.as_deref()),
        (TRACE, Some(SPAN))
    );
    assert_eq!(spans[2].trace, TRACE);
}
