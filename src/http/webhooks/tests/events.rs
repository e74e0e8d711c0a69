//! What events lead to.

use serde_json::json;

use super::{Desks, created, event};
use crate::model::{LinkState, Status};
use crate::settings::SystemKind;

fn called() -> serde_json::Value {
    event("ticket_called", "CALLED", &[0, 10])
}

fn served() -> serde_json::Value {
    event("ticket_served", "SERVED", &[0, 10, 20])
}

#[tokio::test(start_paused = true)]
async fn a_visit_becomes_a_ticket_and_is_followed_to_its_end() {
    let desks = Desks::new();
    let reply = desks.tell(&created()).await.expect(200);
    assert_eq!(reply.text, "");
    assert_eq!(
        desks.state(1).await,
        (Status::Open, LinkState::Waiting, "NEW".to_owned())
    );
    desks.tell(&called()).await.expect(200);
    assert_eq!(
        desks.state(1).await,
        (Status::InProgress, LinkState::Attended, "CALLED".to_owned())
    );
    desks.tell(&served()).await.expect(200);
    assert_eq!(
        desks.state(1).await,
        (Status::Closed, LinkState::Ended, "SERVED".to_owned())
    );
    assert_eq!(desks.counted("taken").await, 3.0);
    assert!(desks.ticket(2).await.is_none());
}

#[tokio::test(start_paused = true)]
async fn an_event_that_comes_again_changes_nothing() {
    let desks = Desks::new();
    for event in [created(), created(), called(), called(), called()] {
        desks.tell(&event).await.expect(200);
    }
    let after = desks.ticket(1).await.unwrap();
    desks.tell(&called()).await.expect(200);
    assert_eq!(desks.ticket(1).await.unwrap().ticket, after.ticket);
    assert!(desks.ticket(2).await.is_none());
    assert!(!desks.asked("front-desk", "7"));
}

#[tokio::test(start_paused = true)]
async fn what_is_told_late_changes_nothing_and_is_asked_for() {
    let desks = Desks::new();
    desks.tell(&created()).await.expect(200);
    assert!(!desks.asked("front-desk", "7"));
    desks.tell(&served()).await.expect(200);
    // Webhooks do not tell what was said before the end.
    assert!(desks.asked("front-desk", "7"));
    desks.tell(&called()).await.expect(200);
    assert_eq!(desks.state(1).await.2, "SERVED");
    assert!(desks.asked("front-desk", "7"));
}

#[tokio::test(start_paused = true)]
async fn a_change_may_be_a_message_where_those_matter() {
    let changed = event("ticket_changed", "NEW", &[0]);
    for sends_sms in [false, true] {
        let desks = Desks::with(|settings| {
            for system in settings.systems.values_mut() {
                if let SystemKind::Qminder(qminder) = &mut system.kind {
                    qminder.mapping.sms_replies = sends_sms;
                }
            }
        });
        desks.tell(&created()).await.expect(200);
        assert!(!desks.asked("front-desk", "7"));
        desks.tell(&changed).await.expect(200);
        assert_eq!(desks.asked("front-desk", "7"), sends_sms);
        let mut with_message = changed.clone();
        with_message["data"]["messages"] = json!([
            {"created": {"date": "2026-03-15T14:00:05Z"}, "type": "INCOMING", "body": "I am late"},
        ]);
        desks.tell(&with_message).await.expect(200);
        assert!(!desks.asked("front-desk", "7"));
    }
}

#[tokio::test(start_paused = true)]
async fn what_concerns_nothing_here_is_taken_and_ignored() {
    let desks = Desks::new();
    let mut elsewhere = created();
    elsewhere["data"]["line"] = 99.into();
    let mut nowhere = created();
    nowhere["data"].as_object_mut().unwrap().remove("line");
    for event in [
        elsewhere,
        nowhere,
        served(),
        event("ticket_created", "SCHEDULED", &[0]),
        json!({"type": "ticket_teleported", "data": {"id": "7"}}),
        json!({"type": "ticket_teleported"}),
        json!({"type": "line_changed", "data": {"id": 1, "name": "Support"}}),
        json!({"type": "location_created", "data": {"id": 1, "name": "Here"}}),
        json!({"type": "location_changed", "data": {"id": 1}}),
    ] {
        let reply = desks.tell(&event).await.expect(200);
        assert_eq!(reply.text, "");
    }
    assert!(desks.ticket(1).await.is_none());
    assert_eq!(desks.counted("ignored").await, 9.0);
    assert_eq!(desks.counted("taken").await, 0.0);
}

/// An account has one webhook, whatever its lines are to us.
#[tokio::test(start_paused = true)]
async fn an_event_concerns_whichever_system_of_the_account_has_the_line() {
    let desks = Desks::new();
    let mut there = created();
    there["data"]["line"] = 2.into();
    desks.tell(&there).await.expect(200);
    let view = desks.ticket(1).await.unwrap();
    assert_eq!(view.ticket.links.len(), 1);
    assert_eq!(view.ticket.links[0].system, "back-desk");
    // It moves to the other line, and stays what it is.
    desks.tell(&called()).await.expect(200);
    assert_eq!(desks.state(1).await.2, "CALLED");
    assert!(desks.ticket(2).await.is_none());
}

#[tokio::test(start_paused = true)]
async fn our_own_ticket_coming_back_is_its_makers_outcome_and_counts_as_an_echo() {
    for system in ["front-desk", "back-desk"] {
        let desks = Desks::with(|settings| {
            let brand = settings.brands.get_mut("acme").unwrap();
            brand.mirror_to = vec![system.to_owned()];
        });
        desks.fixture.bridge.metrics.watch_system(system);
        desks.fixture.ticket(|_| {}).await.expect(201);
        let LinkState::Wanted(delivery) = desks.state(1).await.1 else {
            panic!("it is to be made there");
        };
        let mut ours = created();
        ours["data"]["labels"] = json!([{"value": format!("ours-{}", delivery.0)}]);
        for _ in 0..2 {
            desks.tell(&ours).await.expect(200);
            assert_eq!(desks.state(1).await.1, LinkState::Waiting);
        }
        let echoes = format!("ticketbridge_echoes_total{{system=\"{system}\"}}");
        assert_eq!(desks.fixture.metric(&echoes).await, 1.0);
        assert!(desks.ticket(2).await.is_none());
    }
}
