//! A daemon that mirrors to a simulated Qminder, DeskHive and Respondo, and a receiver for its replies.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use serde_json::{Value, json};
use ticketbridge_sim::deskhive;
use ticketbridge_sim::{Behaviour, DeskHive, Qminder, Receiver, Respondo};
use tokio::time::{Instant, sleep};

use crate::daemon::{Daemon, ticket};

pub(super) const SOON: Duration = Duration::from_secs(30);

/// Calls end soon, and what is in doubt is looked for after twice a call's time.
pub(super) const DELIVERY: &str = r#"
[delivery]
allow_http = true
allow_networks = ["127.0.0.0/8"]
timeout = "1s"
first_delay = "50ms"
max_delay = "500ms"
rate = { per_second = 100000, burst = 100000 }
breaker = { failures = 1000000, open_for = "1s" }
"#;

const SECRETS: [(&str, &str); 4] = [
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

impl Stage {
    /// With a daemon at work.
    pub(super) async fn new() -> Self {
        let mut stage = Self::set("", "").await;
        stage.daemon.start().await;
        stage
    }

    /// Without it; `of_desk` is added to what is configured of the DeskHive, and `others` are further tables.
    pub(super) async fn set(of_desk: &str, others: &str) -> Self {
        let qminder = Qminder::start().await.unwrap();
        qminder.unlimited();
        qminder.add_user(15144);
        let desk = DeskHive::start().await.unwrap();
        desk.unlimited();
        desk.add_agent(5, "Agent Jones");
        let hub = Respondo::start().await.unwrap();
        let receiver = Receiver::start().await.unwrap();
        receiver.otherwise(|_| Some(Behaviour::ValidReply));
        let (front_desk, support) = (qminder.base_url(), helpdesk("support", &desk, of_desk));
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
poll_interval = "200ms"
rate = {{ per_second = 1000, burst = 1000 }}

{support}

[[systems]]
id = "hub"
kind = "respondo"
base_url = "{respondo}"
remote_brand = 7
token_name = "bridge"
token_file = "./hub.token"
rate = {{ per_second = 1000, burst = 1000 }}

{others}
"#
        );
        let mirror_to = r#"mirror_to = ["front-desk", "support", "hub"]"#;
        let daemon = Daemon::configured_with(mirror_to, &config);
        keep_secrets(&daemon);
        hub.send_replies_to(daemon.address());
        Self {
            qminder,
            desk,
            hub,
            receiver,
            daemon,
        }
    }

    /// A customer writes; the ticket's number.
    pub(super) async fn writes(&self, uid: &str, content: &str, parent: Option<&str>) -> u64 {
        writes(&self.daemon, &self.receiver, uid, content, parent).await
    }

    pub(super) async fn replies(&self, ticket: u64, text: &str) {
        let (status, reply) = self.daemon.reply(ticket, &json!({ "content": text })).await;
        assert_eq!(status, 201, "{reply}");
    }

    pub(super) async fn notes(&self, ticket: u64, text: &str) {
        let note = json!({ "content": text, "is_internal": true });
        let (status, reply) = self.daemon.reply(ticket, &note).await;
        assert_eq!(status, 201, "{reply}");
    }

    /// Waits until the helpdesk has a ticket that says this; its number.
    pub(super) async fn at_desk(&self, words: &str) -> u64 {
        let found = |world: &deskhive::World| {
            let mut tickets = world.tickets();
            let found = tickets.find(|ticket| ticket.content.contains(words));
            found.map(|ticket| ticket.id)
        };
        match self.desk.wait_for(SOON, found).await {
            Ok(found) => found,
            Err(error) => panic!("{words}: {error}\n{}", self.daemon.log()),
        }
    }

    /// Waits until the thread there says exactly this.
    pub(super) async fn desk_says(&self, ticket: u64, expected: &[&str]) {
        let is_so = |world: &deskhive::World| thread(world, ticket) == expected;
        if let Err(error) = self.desk.wait_until(SOON, is_so).await {
            let said: Vec<String> = self.desk.messages(ticket).iter().map(shown).collect();
            panic!(
                "{error}: {said:#?}, not {expected:#?}\n{}",
                self.daemon.log()
            );
        }
    }

    /// Waits until the texts that came to the receiver are these, in this order.
    pub(super) async fn receives(&self, expected: &[&str]) {
        let deadline = Instant::now() + SOON;
        loop {
            let got = self.received();
            if got == expected {
                return;
            }
            let log = self.daemon.log();
            assert!(
                Instant::now() < deadline,
                "{got:#?}, not {expected:#?}\n{log}"
            );
            sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until the end of so many calls to the receiver is stored.
    pub(super) async fn has_settled(&self, calls: usize) {
        let of = |line: &str, outcome: &str| {
            let name = format!(
                r#"ticketbridge_deliveries_total{{system="response-url",outcome="{outcome}"}} "#
            );
            line.strip_prefix(&name)?.parse::<usize>().ok()
        };
        let deadline = Instant::now() + SOON;
        loop {
            let client = self.daemon.client();
            let answer = client.get(self.daemon.url("/metrics")).send().await;
            let metrics = answer.unwrap().text().await.unwrap();
            let lines = metrics.lines();
            let settled =
                lines.filter_map(|line| of(line, "delivered").or_else(|| of(line, "unverified")));
            if settled.sum::<usize>() == calls {
                return;
            }
            assert!(Instant::now() < deadline, "{metrics}");
            sleep(Duration::from_millis(20)).await;
        }
    }

    pub(super) fn received(&self) -> Vec<String> {
        let received = self.receiver.received().into_iter();
        let text = received.map(|got| got.json().unwrap()["response_text"].clone());
        text.map(|text| text.as_str().unwrap().to_owned()).collect()
    }

    /// Waits until the agents' interface shows `ticket` as `holds` wants it.
    pub(super) async fn ticket_is(
        &self,
        ticket: u64,
        what: &str,
        holds: impl Fn(&Value) -> bool,
    ) -> Value {
        ticket_is(&self.daemon, ticket, what, holds).await
    }

    /// What was said in the ticket after its opening, notes marked as such.
    pub(super) async fn said(&self, ticket: u64) -> Vec<String> {
        said(&self.daemon, ticket).await
    }

    /// Waits until exactly this was said.
    pub(super) async fn is_said(&self, ticket: u64, expected: &[&str]) {
        let deadline = Instant::now() + SOON;
        loop {
            let said = self.said(ticket).await;
            if said == expected {
                return;
            }
            let log = self.daemon.log();
            assert!(
                Instant::now() < deadline,
                "{said:#?}, not {expected:#?}\n{log}"
            );
            sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until nothing is left to be done.
    pub(super) async fn comes_to_rest(&self) {
        let deadline = Instant::now() + SOON;
        loop {
            let systems = self.daemon.json(&["systems", "list"]).await;
            let systems = systems.as_array().unwrap();
            let left: u64 = systems
                .iter()
                .map(|one| one["pending"].as_u64().unwrap())
                .sum();
            if left == 0 {
                return;
            }
            let log = self.daemon.log();
            assert!(Instant::now() < deadline, "{systems:#?}\n{log}");
            sleep(Duration::from_millis(20)).await;
        }
    }

    /// No peer had anything to complain of.
    pub(super) fn all_went_by_the_book(&self) {
        assert_eq!(self.desk.complaints(), Vec::<String>::new());
        assert_eq!(self.hub.complaints(), Vec::<String>::new());
        for secret in [
            "desk-agent-key",
            "desk-internal-key",
            "hub-token",
            "/replies/",
        ] {
            assert!(
                !self.daemon.log().contains(secret),
                "{secret} is in the log"
            );
        }
    }
}

/// A DeskHive as it is configured.
pub(super) fn helpdesk(id: &str, desk: &DeskHive, more: &str) -> String {
    let base_url = desk.base_url();
    format!(
        r#"
[[systems]]
id = "{id}"
kind = "deskhive"
base_url = "{base_url}"
external_key_file = "./agent.key"
internal_key_file = "./internal.key"
poll_interval = "100ms"
rate = {{ per_second = 1000, burst = 1000 }}
{more}
"#
    )
}

pub(super) fn keep_secrets(daemon: &Daemon) {
    for (name, secret) in SECRETS {
        let file = daemon.folder().join(name);
        fs::write(&file, secret).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    }
}

pub(super) async fn writes(
    daemon: &Daemon,
    receiver: &Receiver,
    uid: &str,
    content: &str,
    parent: Option<&str>,
) -> u64 {
    let mut sent = ticket(uid, &receiver.url("/hook"));
    sent["content"] = json!(content);
    sent["author"] = json!({ "external_uid": "jane@example.com", "username": "Jane Eyre" });
    if let Some(parent) = parent {
        sent["parent_uid"] = json!(parent);
    }
    let (status, taken) = daemon.post_ticket(&sent).await;
    assert_eq!(status, 201, "{taken}");
    taken["id"].as_u64().unwrap()
}

pub(super) async fn ticket_is(
    daemon: &Daemon,
    ticket: u64,
    what: &str,
    holds: impl Fn(&Value) -> bool,
) -> Value {
    let deadline = Instant::now() + SOON;
    loop {
        let (_, shown) = daemon.agent_get(&format!("/tickets/{ticket}")).await;
        if holds(&shown["data"]) {
            return shown["data"].clone();
        }
        let log = daemon.log();
        assert!(Instant::now() < deadline, "{what}: {shown:#}\n{log}");
        // Another process, so there is no signal to wait for.
        sleep(Duration::from_millis(20)).await;
    }
}

pub(super) async fn said(daemon: &Daemon, ticket: u64) -> Vec<String> {
    let path = format!("/tickets/{ticket}/messages?per_page=100");
    let (_, list) = daemon.agent_get(&path).await;
    let all = list["data"]
        .as_array()
        .unwrap_or_else(|| panic!("{list:#}"));
    let text = |one: &Value| {
        let note = if one["is_internal"] == true {
            "(note) "
        } else {
            ""
        };
        format!("{note}{}", one["content"].as_str().unwrap())
    };
    all.iter().map(text).collect()
}

/// What was said in a thread at the helpdesk, as people read it there.
pub(super) fn thread(world: &deskhive::World, ticket: u64) -> Vec<String> {
    world.messages(ticket).iter().map(shown).collect()
}

fn shown(message: &deskhive::Message) -> String {
    let note = if message.is_internal { "(note) " } else { "" };
    format!("{note}{}", plain(&message.content))
}

/// What people see of these few pieces of HTML.
pub(super) fn plain(html: &str) -> String {
    let text = html.replace("</p>\n<p>", "\n\n").replace("<br>\n", "\n");
    let text = text.replace("<br>", "\n");
    let text = text.replace("<p>", "").replace("</p>", "");
    let text = text.replace("&lt;", "<").replace("&gt;", ">");
    let text = text.replace("&quot;", "\"").replace("&#39;", "'");
    text.replace("&amp;", "&").trim().to_owned()
}
