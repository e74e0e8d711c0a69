//! Tickets that should be at a system and never were.

use ticketbridge_sim::{deskhive, qminder};

use super::stage::Stage;

/// In their order.
const ALL: [&str; 3] = ["front-desk", "hub", "support"];

#[tokio::test]
async fn open_tickets_from_before_are_made_where_they_are_mirrored_by_now() {
    let mut stage = Stage::mirroring_to(&[]).await;
    let open = stage.writes("T-1", "The printer is on fire", None).await;
    stage.writes("T-2", "Still", Some("T-1")).await;
    let closed = stage.writes("T-3", "Never mind", None).await;
    let id = format!("/api/v1/external/tickets/{closed}/close");
    let call = stage.daemon.client().post(stage.daemon.url(&id));
    let call = call.header("x-api-key", "test-agent-key").send();
    assert!(call.await.unwrap().status().is_success());
    assert_eq!(stage.daemon.terminate().await, Some(0));
    stage.reconfigure(
        "mirror_to = []",
        r#"mirror_to = ["front-desk", "support", "hub"]"#,
    );
    stage.daemon.start().await;
    stage
        .finds_and_heals(&ALL.map(|system| (system, open, "unmirrored")))
        .await;
    assert_eq!(stage.qminder.tickets().len(), 1);
    assert_eq!(stage.desk.tickets().len(), 1);
    assert_eq!(stage.hub.tickets().len(), 2, "the follow-up, too");
    let there = stage.desk.tickets()[0].id;
    assert_eq!(stage.desk.messages(there).len(), 1);
    let people = stage.daemon.ok(&["reconcile"]).await;
    assert!(
        people.contains("1 closed ticket never mirrored"),
        "{people}"
    );
    assert!(
        people.contains("hub: 0 links compared, 1 looked at on this side only"),
        "{people}"
    );
}

#[tokio::test]
async fn what_was_given_up_on_or_called_off_is_made_after_all() {
    let mut stage = Stage::mirroring_to(&ALL).await;
    let refused = |status| {
        let words = r#"{"message": "No", "errors": {"title": ["No"]}}"#;
        qminder::Fault::Status(status, words.to_owned())
    };
    let (made, created) = (
        qminder::Operation::CreateTicket,
        deskhive::Operation::InternalCreateTicket,
    );
    stage.qminder.fault(made, refused(400), 1);
    stage.desk.fault(created, refused(422), 1);
    let number = stage.writes("T-1", "The printer is on fire", None).await;
    stage.comes_to_rest().await;
    assert!(stage.qminder.tickets().is_empty() && stage.desk.tickets().is_empty());
    // One is given up on, the other one called off by a person.
    let dead = stage.daemon.json(&["dead-letters", "list"]).await;
    let of = |system: &str| {
        let mut dead = dead.as_array().unwrap().iter();
        let found = dead.find(|one| one["system"] == system);
        found.unwrap_or_else(|| panic!("{dead:#?}"))["id"].to_string()
    };
    let (desk, _) = (of("front-desk"), of("support"));
    stage.daemon.ok(&["deliveries", "cancel", &desk]).await;
    stage
        .finds_and_heals(&[
            ("front-desk", number, "missing"),
            ("support", number, "missing"),
        ])
        .await;
    assert_eq!(stage.qminder.tickets().len(), 1);
    assert_eq!(stage.desk.tickets().len(), 1);
    assert_eq!(stage.daemon.terminate().await, Some(0));
}
