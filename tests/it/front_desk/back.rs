//! What happens at the desk comes back, once.

use serde_json::json;
use ticketbridge_sim::qminder::{HookFault, Operation, Outcome, Release};

use super::stage::{SOON, Stage};

#[tokio::test]
async fn a_visit_is_followed_by_webhooks() {
    let mut stage = Stage::set("", "").await;
    stage.reconfigure("poll_interval = \"200ms\"", "poll_interval = \"1h\"");
    stage.daemon.start().await;
    stage.registers_webhook();
    let number = stage.writes("T-1", "first", None).await;
    let made = stage.record_says("first").await;
    stage.qminder.call(&made.id, 15144).unwrap();
    stage.status_is(number, "in_progress").await;
    stage.qminder.return_to_queue(&made.id, 15144).unwrap();
    stage.status_is(number, "open").await;
    stage.qminder.call(&made.id, 15144).unwrap();
    stage.status_is(number, "in_progress").await;
    stage.qminder.serve(&made.id).unwrap();
    stage.status_is(number, "closed").await;
    let refused = stage
        .qminder
        .deliveries()
        .into_iter()
        .find(|one| one.outcome != Outcome::Answered(200));
    assert_eq!(refused, None);

    // The visit is over, so that what follows is another.
    stage.writes("T-2", "again", Some("T-1")).await;
    let again = stage.record_says("again").await;
    assert_ne!(again.id, made.id);
    stage.status_is(number, "open").await;
}

#[tokio::test]
async fn what_webhooks_lose_the_poll_finds() {
    let stage = Stage::new("").await;
    stage.registers_webhook();
    stage.qminder.webhook_fault_any(HookFault::Dropped, 1000);
    let number = stage.writes("T-1", "first", None).await;
    let made = stage.record_says("first").await;
    stage.qminder.call(&made.id, 15144).unwrap();
    stage.status_is(number, "in_progress").await;
    stage.qminder.assign(&made.id, 900, 15145).unwrap();
    stage.qminder.no_show(&made.id).unwrap();
    stage.status_is(number, "closed").await;
    let trace = stage
        .trace_says(number, "from CALLED to NOSHOW at front-desk")
        .await;
    assert_eq!(trace.matches("following front-desk").count(), 2, "{trace}");
}

#[tokio::test]
async fn each_change_acts_once_whatever_order_and_however_often_it_is_told() {
    let stage = Stage::new("").await;
    stage.registers_webhook();
    let number = stage.writes("T-1", "first", None).await;
    let made = stage.record_says("first").await;
    stage.qminder.hold_webhooks();
    stage.qminder.webhook_fault_any(HookFault::Repeated(3), 3);
    stage.qminder.call(&made.id, 15144).unwrap();
    stage.qminder.recall(&made.id).unwrap();
    stage.qminder.serve(&made.id).unwrap();
    stage.qminder.release_webhooks(Release::Reversed);
    stage
        .desk("all are answered", |world| {
            let answered =
                |one: &&ticketbridge_sim::qminder::Delivery| one.outcome == Outcome::Answered(200);
            (world.deliveries().iter().filter(answered).count() >= 9).then_some(())
        })
        .await;
    stage.status_is(number, "closed").await;
    let trace = stage.daemon.ok(&["trace", &number.to_string()]).await;
    assert_eq!(
        trace.matches("to closed, following front-desk").count(),
        1,
        "{trace}"
    );
    // A broken signature is nobody's word.
    stage
        .qminder
        .webhook_fault_any(HookFault::BrokenSignature, 1);
    let visitor = stage.qminder.visitor(12345, "Somebody").unwrap();
    stage
        .desk("refused", |world| {
            world
                .deliveries()
                .iter()
                .find(|one| one.outcome == Outcome::Answered(401))
                .cloned()
        })
        .await;
    assert!(stage.qminder.ticket(&visitor).is_some());
}

#[tokio::test]
async fn sms_go_both_ways_once() {
    let stage = Stage::new("mapping = { sms_replies = true }").await;
    stage.registers_webhook();
    let mut sent = crate::daemon::ticket("T-1", &stage.receiver.url("/hook"));
    sent["author"] = json!({ "external_uid": "+12125551234", "username": "Jane" });
    let (_, taken) = stage.daemon.post_ticket(&sent).await;
    let number = taken["id"].as_u64().unwrap();
    let made = stage.record_says("content of T-1").await;
    assert_eq!(made.phone_number.as_deref(), Some("+12125551234"));

    stage.qminder.fault(
        Operation::SendMessage,
        ticketbridge_sim::qminder::Fault::LoseAnswer,
        1,
    );
    stage.replies(number, "Come at nine").await;
    stage.qminder.incoming_sms(&made.id, "I am late").unwrap();
    stage
        .qminder
        .automatic_sms(&made.id, "You are next")
        .unwrap();
    stage
        .qminder
        .outgoing_sms(&made.id, "No problem", 15144)
        .unwrap();
    stage
        .qminder
        .outgoing_sms(&made.id, "Second floor", 15145)
        .unwrap();
    let got = stage.receiver.wait_for("/hook", 3, SOON).await.unwrap();
    let mut texts: Vec<(String, String)> = got
        .iter()
        .map(|got| {
            let json = got.json().unwrap();
            let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
            (
                text(&json["author"]["external_uid"]),
                text(&json["response_text"]),
            )
        })
        .collect();
    texts.sort();
    let expected = [
        ("3", "Come at nine"),
        ("3", "No problem"),
        ("front-desk:15145", "Second floor"),
    ];
    assert_eq!(
        texts,
        expected.map(|(by, text)| (by.to_owned(), text.to_owned()))
    );
    stage.record_says("I am late").await;
    // The call whose answer was lost is looked up.
    stage.trace_says(number, "send SMS").await;
    stage
        .desk("sent once", |world| {
            let sms = world
                .ticket(&made.id)?
                .messages
                .iter()
                .filter(|sms| sms.body == "Come at nine")
                .count();
            (sms == 1).then_some(())
        })
        .await;
    let pending = || async {
        let systems = stage.daemon.json(&["systems", "list"]).await;
        systems[0]["pending"].as_u64().unwrap()
    };
    let deadline = tokio::time::Instant::now() + SOON;
    while pending().await > 0 {
        assert!(
            tokio::time::Instant::now() < deadline,
            "{}",
            stage.daemon.log()
        );
    }
    let ticket = stage.qminder.ticket(&made.id).unwrap();
    let ours = ticket
        .messages
        .iter()
        .filter(|sms| sms.body == "Come at nine")
        .count();
    assert_eq!(ours, 1, "looked up, not sent again");
    let shown = stage
        .daemon
        .ok(&["tickets", "show", &number.to_string()])
        .await;
    for (words, times) in [
        ("I am late", 1),
        ("No problem", 1),
        ("Come at nine", 1),
        ("You are next", 0),
    ] {
        assert_eq!(shown.matches(words).count(), times, "{words}\n{shown}");
    }
}

#[tokio::test]
async fn a_visitor_becomes_a_ticket_here_and_answers_stand_beside_it_there() {
    let stage = Stage::new("import_to = \"acme\"").await;
    stage.registers_webhook();
    let id = stage
        .qminder
        .visitor_with(12345, "Jane", |ticket| {
            ticket.last_name = Some("Eyre".to_owned());
            ticket.phone_number = Some("+12125551234".to_owned());
        })
        .unwrap();
    let shown = stage
        .ticket_is(1, "imported", |shown| {
            shown["customer"]["name"] == "Jane Eyre"
        })
        .await;
    assert_eq!(shown["status"], "open");
    stage.replies(1, "Welcome").await;
    let ticket = stage.record_says("Welcome").await;
    assert_eq!(ticket.id, id);
    stage.qminder.call(&id, 15144).unwrap();
    stage.status_is(1, "in_progress").await;
    let shown = stage
        .ticket_is(1, "details", |shown| {
            shown["custom_fields"].to_string().contains("15144")
        })
        .await;
    assert!(
        shown["custom_fields"].to_string().contains(&id),
        "{shown:#}"
    );
    let trace = stage.trace_says(1, "caller 15144").await;
    assert!(trace.contains("at front-desk: "), "{trace}");
    let (_, list) = stage.daemon.agent_get("/tickets").await;
    assert_eq!(list["meta"]["total"], 1);
    assert!(
        stage
            .qminder
            .requests_for(Operation::CreateTicket)
            .is_empty()
    );
}
