//! What the operator's URL is told of deliveries, and that its own troubles are nobody else's.

use std::time::Duration;

use serde_json::{Value, json};
use ticketbridge_sim::{Behaviour, Receiver};

use crate::daemon::{Daemon, LOOPBACK, ticket};

const SOON: Duration = Duration::from_secs(30);
/// Its last part is the secret.
pub(crate) const ALARM: &str = "/alarm/hunter2";

/// The settings for alerts to `receiver`.
pub(crate) fn to(receiver: &Receiver) -> String {
    format!("[alerts]\nurl = \"{}\"\n", receiver.url(ALARM))
}

/// What `receiver` was told so far: kind, state and count of each.
pub(crate) fn told(receiver: &Receiver) -> Vec<(String, String, u64)> {
    let received = receiver.received_at(ALARM);
    let bodies = received.iter().map(|one| one.json().unwrap());
    bodies
        .map(|body| {
            let word = |key: &str| body[key].as_str().unwrap().to_owned();
            (word("kind"), word("state"), body["count"].as_u64().unwrap())
        })
        .collect()
}

/// The same, for comparing.
pub(crate) fn expected(alerts: &[(&str, &str, u64)]) -> Vec<(String, String, u64)> {
    let owned = alerts.iter();
    owned
        .map(|(kind, state, count)| ((*kind).to_owned(), (*state).to_owned(), *count))
        .collect()
}

struct Scene {
    hooks: Receiver,
    alarm: Receiver,
    daemon: Daemon,
}

impl Scene {
    async fn new(more: &str) -> Self {
        let hooks = Receiver::start().await.unwrap();
        let alarm = Receiver::start().await.unwrap();
        alarm.behave(ALARM, Behaviour::Empty(204));
        let mut daemon = Daemon::configured(&format!("{LOOPBACK}{more}"));
        daemon.configure_more(&to(&alarm));
        daemon.start().await;
        Self {
            hooks,
            alarm,
            daemon,
        }
    }

    /// A customer's ticket with a reply to this hook.
    async fn replies(&self, uid: &str, hook: &str) -> u64 {
        let sent = ticket(uid, &self.hooks.url(hook));
        let (status, taken) = self.daemon.post_ticket(&sent).await;
        assert_eq!(status, 201, "{taken}");
        let number = taken["id"].as_u64().unwrap();
        let body = json!({ "content": format!("reply to {uid}") });
        let (status, reply) = self.daemon.reply(number, &body).await;
        assert_eq!(status, 201, "{reply}");
        number
    }

    /// Two failures are enough from now on.
    async fn breaks_soon(&self) {
        let (never, soon) = (
            "failures = 1000000, open_for = \"1s\"",
            "failures = 2, open_for = \"100ms\"",
        );
        let config = std::fs::read_to_string(self.daemon.config()).unwrap();
        assert!(config.contains(never));
        std::fs::write(self.daemon.config(), config.replace(never, soon)).unwrap();
        self.daemon
            .reload("the new configuration is in force")
            .await;
    }

    async fn alarms(&self, count: usize) -> Vec<Value> {
        let received = self.alarm.wait_for(ALARM, count, SOON).await;
        let received = received.unwrap_or_else(|error| panic!("{error}\n{}", self.daemon.log()));
        received.iter().map(|one| one.json().unwrap()).collect()
    }
}

#[tokio::test]
async fn a_dead_letter_is_told_once_without_secrets_and_texts() {
    let mut scene = Scene::new("").await;
    scene.hooks.behave("/gone/hunter3", Behaviour::Gone);
    let number = scene.replies("T-1", "/gone/hunter3").await;
    let body = scene.alarms(1).await[0].clone();
    assert_eq!(body["kind"], "dead-letter");
    assert_eq!(body["systems"], json!(["response-url"]));
    assert_eq!(body["examples"][0]["ticket"], number);
    assert_eq!(body["examples"][0]["detail"], "refused with 410");
    let text = body["text"].as_str().unwrap();
    assert!(text.contains("`ticketbridge dead-letters list`"), "{text}");
    let delivery = body["examples"][0]["delivery"].as_u64().unwrap();
    let dead = scene.daemon.json(&["dead-letters", "list"]).await;
    assert_eq!(dead[0]["id"], delivery, "{dead}");
    for secret in ["hunter", "reply to", "content of", "best_username"] {
        assert!(!body.to_string().contains(secret), "{secret}: {body}");
    }
    let sent = &scene.alarm.received_at(ALARM)[0];
    assert_eq!(
        (sent.method.as_str(), sent.header("content-type")),
        ("POST", Some("application/json"))
    );

    assert_eq!(scene.daemon.terminate().await, Some(0));
    scene.daemon.start().await;
    assert_eq!(scene.daemon.terminate().await, Some(0));
    assert_eq!(told(&scene.alarm), expected(&[("dead-letter", "begun", 1)]));
    assert!(
        !scene.daemon.log().contains("hunter2"),
        "{}",
        scene.daemon.log()
    );
}

#[tokio::test]
async fn many_dead_letters_are_two_posts() {
    let mut scene = Scene::new("").await;
    scene.hooks.otherwise(|_| Some(Behaviour::Status(400)));
    for count in 0..20 {
        scene
            .replies(&format!("T-{count}"), &format!("/{count}"))
            .await;
    }
    scene.alarms(1).await;
    scene
        .daemon
        .says("a delivery became a dead letter", 20)
        .await;
    assert_eq!(scene.daemon.terminate().await, Some(0));
    let told = told(&scene.alarm);
    assert_eq!(told.len(), 2, "{told:?}");
    assert_eq!(told.iter().map(|(_, _, count)| count).sum::<u64>(), 20);
}

#[tokio::test]
async fn a_reply_that_is_too_old_is_told_as_a_dead_letter_too() {
    let scene = Scene::new("max_age = \"200ms\"\n").await;
    scene.hooks.behave("/hook", Behaviour::Status(500));
    scene.replies("T-1", "/hook").await;
    let body = scene.alarms(1).await[0].clone();
    assert_eq!(body["kind"], "dead-letter");
    let detail = body["examples"][0]["detail"].as_str().unwrap();
    assert!(
        detail.starts_with("too old after ") && detail.ends_with("the last answered 500"),
        "{detail}"
    );
}

#[tokio::test]
async fn a_breaker_is_told_when_it_opens_and_when_its_destination_answers_again() {
    let mut scene = Scene::new("").await;
    scene.breaks_soon().await;
    let script = [vec![Behaviour::Status(500); 6], vec![Behaviour::ValidReply]];
    scene.hooks.script("/hook", script.concat());
    scene.replies("T-1", "/hook").await;
    let body = scene.alarms(1).await[0].clone();
    let host = scene.hooks.addr().to_string();
    let detail = body["examples"][0]["detail"].as_str().unwrap();
    assert!(detail.contains(&host), "{detail}");
    scene.daemon.says("delivered delivery=", 1).await;
    assert_eq!(scene.daemon.terminate().await, Some(0));
    let expected = expected(&[("breaker", "begun", 1), ("breaker", "over", 1)]);
    assert_eq!(told(&scene.alarm), expected, "{}", scene.daemon.log());
}

#[tokio::test]
async fn a_host_that_answers_nobody_is_told_and_so_is_that_it_does_again() {
    let mut scene = Scene::new("").await;
    scene.breaks_soon().await;
    let gone = Receiver::start().await.unwrap();
    let address = gone.addr();
    gone.stop().await;
    for uid in ["1", "2"] {
        let sent = ticket(uid, &format!("http://{address}/{uid}"));
        let (_, taken) = scene.daemon.post_ticket(&sent).await;
        let number = taken["id"].as_u64().unwrap();
        let (status, reply) = scene.daemon.reply(number, &json!({ "content": uid })).await;
        assert_eq!(status, 201, "{reply}");
    }
    let opened = "the destination is left alone for a while";
    scene.daemon.says(opened, 3).await;
    let back = Receiver::start_on(address).await.unwrap();
    back.otherwise(|_| Some(Behaviour::ValidReply));
    scene.daemon.says("delivered delivery=", 2).await;
    assert_eq!(scene.daemon.terminate().await, Some(0));
    let received = scene.alarm.received_at(ALARM);
    let mut details = std::collections::BTreeMap::from([("begun", vec![]), ("over", vec![])]);
    for body in received.iter().map(|one| one.json().unwrap()) {
        let examples = body["examples"].as_array().unwrap();
        let some = examples.iter().map(|one| one["detail"].to_string());
        let state = if body["state"] == "over" {
            "over"
        } else {
            "begun"
        };
        details.get_mut(state).unwrap().extend(some);
    }
    // Both lanes' and the host's.
    details.values_mut().for_each(|each| each.sort());
    assert_eq!(details["begun"], details["over"], "{}", scene.daemon.log());
    assert_eq!(details["begun"].len(), 3, "{details:?}");
    assert_eq!(details["begun"][0], format!("\"all of {address}\""));
}

#[tokio::test]
async fn an_alarm_that_is_not_taken_is_tried_again_and_never_a_reason_for_another() {
    let mut scene = Scene::new("").await;
    let elsewhere = scene.alarm.url("/elsewhere");
    let refusals = vec![
        Behaviour::Status(500),
        Behaviour::Redirect { to: elsewhere },
        Behaviour::Empty(204),
    ];
    scene.alarm.script(ALARM, refusals);
    scene.hooks.behave("/hook", Behaviour::Gone);
    scene.replies("T-1", "/hook").await;
    scene.alarms(3).await;
    scene.daemon.says("alerts are taken again", 1).await;
    scene
        .daemon
        .says("an alert cannot be sent; it is tried again", 1)
        .await;
    assert_eq!(scene.daemon.terminate().await, Some(0));
    let log = scene.daemon.log();
    assert_eq!(log.matches("an alert cannot be sent").count(), 1, "{log}");
    assert!(
        log.contains("answered 500") && !log.contains("hunter2"),
        "{log}"
    );
    assert_eq!(
        scene.alarm.received_at("/elsewhere").len(),
        0,
        "redirects are not followed"
    );
    assert_eq!(told(&scene.alarm).len(), 3);
}

#[tokio::test]
async fn a_reload_sends_alarms_elsewhere_or_nowhere() {
    let mut scene = Scene::new("").await;
    scene.hooks.otherwise(|_| Some(Behaviour::Gone));
    let other = Receiver::start().await.unwrap();
    other.behave(ALARM, Behaviour::Empty(204));
    scene.daemon.configure_more(&to(&other));
    scene
        .daemon
        .reload("the new configuration is in force")
        .await;
    scene.replies("T-1", "/1").await;
    other.wait_for(ALARM, 1, SOON).await.unwrap();
    scene
        .daemon
        .configure_more(&format!("{}events = [\"disk\"]\n", to(&other)));
    scene
        .daemon
        .reload("the new configuration is in force")
        .await;
    scene.replies("T-2", "/2").await;
    scene
        .daemon
        .says("a delivery became a dead letter", 2)
        .await;
    assert_eq!(scene.daemon.terminate().await, Some(0));
    assert_eq!(told(&other), expected(&[("dead-letter", "begun", 1)]));
    assert_eq!(told(&scene.alarm), expected(&[]));
}
