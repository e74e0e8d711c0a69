//! A daemon that mirrors to all kinds of systems and hardly ever looks at them by itself, so that what people do there
//! stays unknown until it is asked for.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use serde_json::{Value, json};
use ticketbridge_sim::{Behaviour, DeskHive, Qminder, Receiver, Respondo};
use tokio::time::{Instant, sleep};

use crate::daemon::{Daemon, ticket};

pub(super) const SOON: Duration = Duration::from_secs(30);

const DELIVERY: &str = r#"
[delivery]
allow_http = true
allow_networks = ["127.0.0.0/8"]
timeout = "2s"
first_delay = "50ms"
max_delay = "500ms"
rate = { per_second = 100000, burst = 100000 }
breaker = { failures = 1000000, open_for = "1s" }
"#;

/// What no output may hold.
pub(super) const SECRETS: [(&str, &str); 4] = [
    ("qminder.key", "qminder-key"),
    ("agent.key", "desk-agent-key"),
    ("internal.key", "desk-internal-key"),
    ("hub.token", "hub-token"),
];

pub(super) struct Stage {
    pub(super) qminder: Qminder,
    pub(super) desk: DeskHive,
    pub(super) hub: Respondo,
    pub(super) receiver: Receiver,
    pub(super) daemon: Daemon,
}

/// A run of the command.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) code: i32,
    pub(super) out: String,
    pub(super) findings: Vec<Value>,
}

impl Stage {
    /// With a daemon at work that mirrors to `systems`.
    pub(super) async fn mirroring_to(systems: &[&str]) -> Self {
        let mut stage = Self::set(systems).await;
        stage.daemon.start().await;
        stage
    }

    /// Without it.
    pub(super) async fn set(systems: &[&str]) -> Self {
        let qminder = Qminder::start().await.unwrap();
        qminder.unlimited();
        qminder.add_user(15144);
        let desk = DeskHive::start().await.unwrap();
        desk.unlimited();
        desk.add_agent(5, "Agent Jones");
        let hub = Respondo::start().await.unwrap();
        let receiver = Receiver::start().await.unwrap();
        receiver.otherwise(|_| Some(Behaviour::ValidReply));
        let (front_desk, support) = (qminder.base_url(), desk.base_url());
        let respondo = hub.base_url();
        let config = format!(
            r#"
{DELIVERY}

[[systems]]
id = "front-desk"
kind = "qminder"
base_url = "{front_desk}"
api_key_file = "./qminder.key"
line = "12345"
user = 900
poll_interval = "1d"
rate = {{ per_second = 1000, burst = 1000 }}

[[systems]]
id = "support"
kind = "deskhive"
base_url = "{support}"
external_key_file = "./agent.key"
internal_key_file = "./internal.key"
poll_interval = "1d"
rate = {{ per_second = 1000, burst = 1000 }}

[[systems]]
id = "hub"
kind = "respondo"
base_url = "{respondo}"
remote_brand = 7
token_name = "bridge"
token_file = "./hub.token"
rate = {{ per_second = 1000, burst = 1000 }}
"#
        );
        let daemon = Daemon::configured_with(&mirror_to(systems), &config);
        for (name, secret) in SECRETS {
            let file = daemon.folder().join(name);
            fs::write(&file, secret).unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        }
        hub.send_replies_to(daemon.address());
        Self {
            qminder,
            desk,
            hub,
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

    /// Waits until nothing is left to be done.
    pub(super) async fn comes_to_rest(&self) {
        let deadline = Instant::now() + SOON;
        loop {
            let status = self.daemon.json(&["systems", "list"]).await;
            let systems = status.as_array().unwrap().iter();
            let left: u64 = systems.map(|one| one["pending"].as_u64().unwrap()).sum();
            if left == 0 {
                return;
            }
            let log = self.daemon.log();
            assert!(Instant::now() < deadline, "{status:#}\n{log}");
            // Another process, so there is no signal to wait for.
            sleep(Duration::from_millis(20)).await;
        }
    }

    /// Runs `reconcile` with these arguments.
    pub(super) async fn reconcile(&self, arguments: &[&str]) -> Run {
        let mut all = vec!["reconcile"];
        all.extend(arguments);
        all.push("--json");
        let output = self.daemon.run(&all).await;
        let out = String::from_utf8_lossy(&output.stdout).into_owned();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let findings = serde_json::from_str(&out);
        let findings = findings.unwrap_or_else(|error| panic!("{error}: {out}\n{said}"));
        Run {
            code: output.status.code().unwrap(),
            findings,
            out: format!("{out}{said}"),
        }
    }

    /// Finds exactly these differences (system, ticket, drift), heals them, and finds none when all is sent.
    pub(super) async fn finds_and_heals(&self, expected: &[(&str, u64, &str)]) {
        let found = self.reconcile(&[]).await;
        assert_eq!(found.told(), expected, "{}", found.out);
        assert_eq!(found.code, 1, "{}", found.out);
        assert!(found.all("found"), "{}", found.out);
        let again = self.reconcile(&[]).await;
        assert_eq!(again.told(), expected, "looking changes nothing");
        let healed = self.reconcile(&["--apply"]).await;
        assert_eq!(healed.told(), expected, "{}", healed.out);
        assert!(healed.all("healed"), "{}", healed.out);
        assert_eq!(healed.code, 0, "{}", healed.out);
        self.comes_to_rest().await;
        self.finds_nothing().await;
    }

    pub(super) async fn finds_nothing(&self) {
        for arguments in [&[][..], &["--apply"]] {
            let run = self.reconcile(arguments).await;
            let log = self.daemon.log();
            assert_eq!(run.findings, Vec::<Value>::new(), "{}\n{log}", run.out);
            assert_eq!(run.code, 0, "{}\n{log}", run.out);
            assert!(!run.out.contains("on their way"), "{}", run.out);
        }
    }
}

impl Run {
    /// System, ticket and kind of each difference, in order.
    pub(super) fn told(&self) -> Vec<(&str, u64, &str)> {
        let told = self.findings.iter().map(|finding| {
            let text = |name: &str| finding[name].as_str().unwrap();
            let ticket = finding["ticket"].as_u64().unwrap_or(0);
            (text("system"), ticket, text("drift"))
        });
        told.collect()
    }

    pub(super) fn all(&self, outcome: &str) -> bool {
        let mut findings = self.findings.iter();
        findings.all(|finding| finding["outcome"] == outcome)
    }
}

fn mirror_to(systems: &[&str]) -> String {
    let systems: Vec<String> = systems.iter().map(|id| format!("{id:?}")).collect();
    format!("mirror_to = [{}]", systems.join(", "))
}

pub(super) fn holds_nothing_private(text: &str, more: &[&str]) {
    let secrets = SECRETS.iter().map(|(_, secret)| *secret);
    let private = ["Jane", "Eyre", "jane@", "Jones", "example.com", "/replies/"];
    for word in secrets.chain(private).chain(more.iter().copied()) {
        assert!(!text.contains(word), "{word} is in\n{text}");
    }
}
