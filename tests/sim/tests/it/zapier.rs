//! The Zap, against peers that hold it up, and against an external ticket's own format.

use std::time::Duration;

use ticketbridge_sim::zapier::{Attempt, Credentials, PayloadType};
use ticketbridge_sim::{Behaviour, Receiver, Zap};

use crate::client::LONG;

const ROWS: &[(&str, &str)] = &[
    ("external_uid", "row-5"),
    ("content", "Ä & b"),
    ("author__username", "Ada"),
    ("custom_provider", ""),
    ("personal_access_token__token", "t"),
];

async fn against(script: Vec<Behaviour>) -> (Receiver, Zap) {
    let receiver = Receiver::start().await.unwrap();
    receiver.script("/in", script);
    let zap = Zap::new(&receiver.url("/in?a=b")).unwrap();
    (receiver, zap.wait_at_most(Duration::ZERO))
}

fn statuses(attempts: &[Attempt]) -> Vec<u16> {
    let status = |attempt: &Attempt| attempt.answer.as_ref().map_or(0, |answer| answer.0);
    attempts.iter().map(status).collect()
}

fn text(body: &[u8]) -> String {
    String::from_utf8(body.to_vec()).unwrap()
}

fn minutes(attempts: &[Attempt]) -> Vec<u64> {
    let minutes = |attempt: &Attempt| attempt.after.as_secs() / 60;
    attempts.iter().map(minutes).collect()
}

#[tokio::test]
async fn json_nests_and_a_form_does_not() {
    let (receiver, zap) = against(vec![Behaviour::Status(200)]).await;
    let bearer = zap.credentials(Credentials::Bearer("tb".to_owned()));
    assert!(bearer.step(ROWS).await.is_success());
    let basic = Credentials::Basic("zapier".to_owned(), "tb".to_owned());
    let form = bearer.payload_type(PayloadType::Form).credentials(basic);
    assert!(form.step(ROWS).await.is_success());
    let received = receiver.received_at("/in");
    let json = r#"{"author":{"username":"Ada"},"content":"Ä & b","external_uid":"row-5","personal_access_token":{"token":"t"}}"#;
    assert_eq!(text(&received[0].body), json);
    assert_eq!(received[0].header("Authorization"), Some("Bearer tb"));
    assert_eq!(received[0].header("Content-Type"), Some("application/json"));
    let form = "external_uid=row-5&content=%C3%84+%26+b&author__username=Ada&personal_access_token__token=t";
    assert_eq!(text(&received[1].body), form);
    assert_eq!(
        received[1].header("Authorization"),
        Some("Basic emFwaWVyOnRi")
    );
}

#[tokio::test]
async fn what_fails_is_replayed_five_times_and_then_no_more() {
    let (receiver, zap) = against(vec![Behaviour::Status(503)]).await;
    let attempts = zap.run(ROWS).await;
    assert_eq!(statuses(&attempts), [503; 6]);
    assert_eq!(minutes(&attempts), [0, 5, 30, 60, 180, 360]);
    let bodies: Vec<_> = receiver
        .received()
        .into_iter()
        .map(|each| each.body)
        .collect();
    assert_eq!(bodies, vec![bodies[0].clone(); 6]);
}

#[tokio::test]
async fn a_success_ends_it_and_a_step_by_hand_is_one_sending() {
    let script = [500, 404, 201].map(Behaviour::Status).to_vec();
    let (receiver, zap) = against(script).await;
    assert_eq!(statuses(&zap.run(ROWS).await), [500, 404, 201]);
    receiver.behave("/in", Behaviour::Status(422));
    assert!(!zap.step(ROWS).await.is_success());
    assert_eq!(receiver.received().len(), 4);
}

#[tokio::test]
async fn a_step_that_is_throttled_is_held_for_as_long_as_it_is_told() {
    let retry_after = "120".to_owned();
    let mut script = vec![
        Behaviour::Throttle { retry_after },
        Behaviour::Status(429),
        Behaviour::Status(500),
        Behaviour::Status(200),
    ];
    let (_receiver, zap) = against(script.clone()).await;
    let attempts = zap.run(ROWS).await;
    assert_eq!(statuses(&attempts), [429, 429, 500, 200]);
    assert_eq!(minutes(&attempts), [0, 2, 1, 5]);
    script.truncate(1);
    let (receiver, zap) = against(script).await;
    let attempts = zap.run(ROWS).await;
    assert_eq!(minutes(&attempts)[9..], [2, 2, 5, 30, 60, 180, 360]);
    assert_eq!(receiver.received().len(), attempts.len());
}

#[tokio::test]
async fn a_redirect_is_an_error_and_not_followed() {
    let elsewhere = Receiver::start().await.unwrap();
    let to = elsewhere.url("/in");
    let (_receiver, zap) = against(vec![Behaviour::Redirect { to }]).await;
    assert_eq!(statuses(&[zap.step(ROWS).await]), [307]);
    assert!(elsewhere.received().is_empty());
}

#[tokio::test]
async fn a_step_gives_up_in_time_and_sends_again() {
    let (receiver, zap) = against(vec![Behaviour::Hang, Behaviour::Status(200)]).await;
    let hasty = zap.clone().time_limit(Duration::from_millis(500));
    let given_up = hasty.step(ROWS).await;
    assert_eq!(given_up.answer, Err("the step took too long".to_owned()));
    receiver.wait_for("/in", 1, LONG).await.unwrap();
    assert!(zap.step(ROWS).await.is_success());
    let url = receiver.url("/in");
    receiver.stop().await;
    let nobody = Zap::new(&url).unwrap().step(ROWS).await;
    assert!(nobody.answer.unwrap_err().starts_with("no connection"));
}
