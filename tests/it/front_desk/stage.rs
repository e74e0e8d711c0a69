//! A daemon that mirrors to a simulated Qminder, and a receiver for its replies.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use serde_json::{Value, json};
use ticketbridge_sim::qminder::{External, Rate, Status, Ticket, World};
use ticketbridge_sim::{Behaviour, Qminder, Receiver};
use tokio::time::{Instant, sleep};

use crate::daemon::{Daemon, ticket};

pub(super) const SOON: Duration = Duration::from_secs(30);
/// As registered at Qminder, which takes no address on loopback.
const HOOK: &str = "https://bridge.example.com/webhooks/qminder/front-desk";
const HOOK_SECRET: &str = "hook-s3cret";

/// Calls end soon, and what is in doubt is looked for after twice a call's time.
const DELIVERY: &str = r#"
[delivery]
allow_http = true
allow_networks = ["127.0.0.0/8"]
timeout = "1s"
first_delay = "50ms"
max_delay = "500ms"
rate = { per_second = 100000, burst = 100000 }
breaker = { failures = 1000000, open_for = "1s" }
"#;

pub(super) struct Stage {
    pub(super) qminder: Qminder,
    pub(super) receiver: Receiver,
    pub(super) daemon: Daemon,
}

impl Stage {
    /// With a daemon at work; `more` is added to what is configured of the system.
    pub(super) async fn new(more: &str) -> Self {
        let mut stage = Self::set(more, "").await;
        stage.daemon.start().await;
        stage
    }

    /// The same without it; `others` are further tables.
    pub(super) async fn set(more: &str, others: &str) -> Self {
        let qminder = Qminder::start().await.unwrap();
        qminder.unlimited();
        qminder.add_user(15144);
        qminder.add_user(15145);
        let receiver = Receiver::start().await.unwrap();
        receiver.behave("/hook", Behaviour::ValidReply);
        let base_url = qminder.base_url();
        let second = others.contains("second-desk");
        let mirror_to = if second {
            r#"mirror_to = ["front-desk", "second-desk"]"#
        } else {
            r#"mirror_to = ["front-desk"]"#
        };
        let others = others.replace("BASE_URL", &base_url);
        let config = format!(
            r#"
{DELIVERY}

[[agent_api.labels]]
id = 1
name = "Bug"

[[systems]]
id = "front-desk"
kind = "qminder"
base_url = "{base_url}"
api_key_file = "./qminder.key"
line = "12345"
user = 900
poll_interval = "200ms"
rate = {{ per_second = 1000, burst = 1000 }}
webhook = {{ url = "{HOOK}", secret_file = "./hook.secret" }}
{more}

{others}
"#
        );
        let daemon = Daemon::configured_with(mirror_to, &config);
        for (name, secret) in [("qminder.key", "qminder-key"), ("hook.secret", HOOK_SECRET)] {
            let file = daemon.folder().join(name);
            fs::write(&file, secret).unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        }
        qminder.deliver_webhooks_to(daemon.address());
        Self {
            qminder,
            receiver,
            daemon,
        }
    }

    /// Puts `new` in the place of `old` in what is configured.
    pub(super) fn reconfigure(&self, old: &str, new: &str) {
        let config = fs::read_to_string(self.daemon.config()).unwrap();
        assert!(config.contains(old), "{old} is not in\n{config}");
        fs::write(self.daemon.config(), config.replace(old, new)).unwrap();
    }

    /// Limits the desk and the daemon alike, by clocks of their own.
    pub(super) fn limit(&self, per_second: u32, burst: u32) {
        let limit = format!("per_second = {per_second}, burst = {burst}");
        self.reconfigure("per_second = 1000, burst = 1000", &limit);
        self.qminder.set_rate(Rate {
            per_second: per_second.into(),
            burst,
            retry_after: None,
        });
    }

    /// How many requests the desk refused because there were too many.
    pub(super) fn throttled(&self) -> usize {
        let requests = self.qminder.requests();
        let throttled = requests.iter().filter(|seen| seen.answered == Some(429));
        throttled.count()
    }

    /// So many customers write, and their tickets reach the desk.
    pub(super) async fn crowd(&self, customers: usize) {
        for count in 0..customers {
            self.writes(&format!("T-{count}"), &format!("ticket {count}!"), None)
                .await;
        }
        for count in 0..customers {
            self.record_says(&format!("ticket {count}!")).await;
        }
    }

    pub(super) fn registers_webhook(&self) {
        self.qminder.register_webhook(HOOK, HOOK_SECRET);
    }

    /// A customer writes; the ticket's number.
    pub(super) async fn writes(&self, uid: &str, content: &str, parent: Option<&str>) -> u64 {
        let mut sent = ticket(uid, &self.receiver.url("/hook"));
        sent["content"] = json!(content);
        sent["author"] = json!({ "external_uid": "jane@example.com", "username": "Jane Eyre" });
        if let Some(parent) = parent {
            sent["parent_uid"] = json!(parent);
        }
        let (status, taken) = self.daemon.post_ticket(&sent).await;
        assert_eq!(status, 201, "{taken}");
        taken["id"].as_u64().unwrap()
    }

    pub(super) async fn replies(&self, ticket: u64, text: &str) {
        let (status, reply) = self.daemon.reply(ticket, &json!({ "content": text })).await;
        assert_eq!(status, 201, "{reply}");
    }

    /// Waits for what becomes true at the desk.
    pub(super) async fn desk<T>(&self, what: &str, there: impl FnMut(&World) -> Option<T>) -> T {
        match self.qminder.wait_for(SOON, there).await {
            Ok(found) => found,
            Err(error) => panic!("{what}: {error}\n{}", self.daemon.log()),
        }
    }

    /// Waits until the only ticket at the desk has a record that says this.
    pub(super) async fn record_says(&self, words: &str) -> Ticket {
        self.desk(words, |world| {
            let shown = |ticket: &&Ticket| ticket.external.iter().any(|record| says(record, words));
            world.tickets().find(shown).cloned()
        })
        .await
    }

    /// Waits until the agents' interface shows `ticket` as `holds` wants it.
    pub(super) async fn ticket_is(
        &self,
        ticket: u64,
        what: &str,
        holds: impl Fn(&Value) -> bool,
    ) -> Value {
        let deadline = Instant::now() + SOON;
        loop {
            let (_, shown) = self.daemon.agent_get(&format!("/tickets/{ticket}")).await;
            if holds(&shown["data"]) {
                return shown["data"].clone();
            }
            assert!(
                Instant::now() < deadline,
                "{what}: {shown:#}\n{}",
                self.daemon.log()
            );
            // Another process, so there is no signal to wait for.
            sleep(Duration::from_millis(20)).await;
        }
    }

    pub(super) async fn status_is(&self, ticket: u64, status: &str) {
        self.ticket_is(ticket, status, |shown| shown["status"] == status)
            .await;
    }

    /// Waits until `trace` tells of `words`.
    pub(super) async fn trace_says(&self, ticket: u64, words: &str) -> String {
        let deadline = Instant::now() + SOON;
        loop {
            let trace = self.daemon.ok(&["trace", &ticket.to_string()]).await;
            if trace.contains(words) {
                return trace;
            }
            assert!(
                Instant::now() < deadline,
                "{words:?} is not in\n{trace}\n{}",
                self.daemon.log()
            );
            // Another process, so there is no signal to wait for.
            sleep(Duration::from_millis(20)).await;
        }
    }

    /// Nothing that the daemon asked of the desk was refused for another reason than those expected.
    pub(super) fn nothing_was_refused(&self, but: &[&str]) {
        for seen in self.qminder.requests() {
            let reason = seen.refused.as_deref().unwrap_or_default();
            let expected = reason.is_empty() || but.iter().any(|but| reason.contains(but));
            assert!(expected, "{} {}: {reason}", seen.method, seen.path);
        }
    }
}

pub(super) fn says(record: &External, words: &str) -> bool {
    record.data.to_string().contains(words)
}

/// Tickets that the bridge made and that stand in a queue or are attended to.
pub(super) fn ours(world: &World) -> Vec<Ticket> {
    let ours = |ticket: &&Ticket| {
        ticket
            .labels
            .iter()
            .any(|label| label.value.starts_with("tb-"))
    };
    let open = |ticket: &&Ticket| matches!(ticket.status, Status::New | Status::Called);
    world.tickets().filter(ours).filter(open).cloned().collect()
}
