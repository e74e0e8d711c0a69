//! Whoever is down, or loses answers, has it all in the end, once and in order.

use std::time::Duration;

use ticketbridge_sim::deskhive::{self, Fault, Operation};
use ticketbridge_sim::respondo;

use super::stage::{SOON, Stage};

#[tokio::test]
async fn a_helpdesk_that_was_down_catches_up_in_order_and_delays_nobody_else() {
    let mut stage = Stage::new().await;
    stage
        .desk
        .outage(Some(deskhive::Outage::Refused))
        .await
        .unwrap();
    let number = stage.writes("T-1", "The printer is on fire", None).await;
    stage.replies(number, "one").await;
    stage.writes("T-2", "two", Some("T-1")).await;
    stage.replies(number, "three").await;
    stage.receives(&["one", "three"]).await;
    // A call whose end is not stored yet would be made again.
    stage.has_settled(2).await;
    stage.daemon.kill().await;
    stage.daemon.start().await;
    stage.replies(number, "four").await;
    stage.receives(&["one", "three", "four"]).await;
    stage.desk.outage(None).await.unwrap();
    let there = stage.at_desk("on fire").await;
    let all = ["one", "Jane Eyre wrote:\n\ntwo", "three", "four"];
    stage.desk_says(there, &all).await;
    stage.comes_to_rest().await;
    stage.desk_says(there, &all).await;
}

#[tokio::test]
async fn whatever_answer_is_lost_nothing_is_there_twice() {
    let stage = Stage::new().await;
    for operation in [
        Operation::CreateCustomer,
        Operation::InternalCreateTicket,
        Operation::Reply,
    ] {
        stage.desk.fault(operation, Fault::LoseAnswer, 1);
    }
    stage.hub.fault(respondo::Fault::LoseAnswer, 1);
    let number = stage.writes("T-1", "The printer is on fire", None).await;
    let there = stage.at_desk("on fire").await;
    stage.replies(number, "one").await;
    stage.replies(number, "two").await;
    stage.desk_says(there, &["one", "two"]).await;
    // What lands late is found in time.
    let late = Fault::LandLate(Some(Duration::from_millis(300)));
    stage.desk.fault(Operation::Reply, late, 1);
    stage.replies(number, "three").await;
    stage.desk_says(there, &["one", "two", "three"]).await;
    stage.comes_to_rest().await;
    stage.desk_says(there, &["one", "two", "three"]).await;
    assert_eq!(stage.desk.tickets().len(), 1);
    assert_eq!(stage.desk.customers().len(), 1);
    assert_eq!(stage.hub.tickets().len(), 1);
    stage.receives(&["one", "two", "three"]).await;
    stage.is_said(number, &["one", "two", "three"]).await;
}

#[tokio::test]
async fn a_hub_that_was_down_has_parents_before_children_in_the_end() {
    let stage = Stage::new().await;
    stage
        .hub
        .outage(Some(respondo::Outage::Refused))
        .await
        .unwrap();
    stage.writes("T-1", "one", None).await;
    stage.writes("T-2", "two", Some("T-1")).await;
    stage.writes("T-3", "three", Some("T-2")).await;
    stage.hub.outage(None).await.unwrap();
    let all = |world: &respondo::World| (world.tickets().count() == 3).then_some(());
    stage.hub.wait_for(SOON, all).await.unwrap();
    let tickets = stage.hub.tickets();
    let texts: Vec<&str> = tickets
        .iter()
        .map(|ticket| ticket.content.as_str())
        .collect();
    assert_eq!(texts, ["one", "two", "three"]);
    assert!(
        tickets[1..]
            .iter()
            .all(|ticket| ticket.parent == Some(tickets[0].id))
    );
    stage.all_went_by_the_book();
}

#[tokio::test]
async fn a_locked_ticket_is_a_dead_letter_and_holds_up_nothing_else() {
    let stage = Stage::new().await;
    let number = stage.writes("T-1", "The printer is on fire", None).await;
    let there = stage.at_desk("on fire").await;
    stage.desk.lock(there).unwrap();
    stage.replies(number, "one").await;
    stage.receives(&["one"]).await;
    let other = stage.writes("T-2", "Another matter", None).await;
    let another = stage.at_desk("Another matter").await;
    stage.replies(other, "two").await;
    stage.desk_says(another, &["two"]).await;
    stage.comes_to_rest().await;
    let dead = stage.daemon.json(&["dead-letters", "list"]).await;
    assert_eq!(dead.as_array().unwrap().len(), 1, "{dead:#}");
    stage.desk.unlock(there).unwrap();
    stage
        .daemon
        .ok(&["dead-letters", "retry", "--system", "support"])
        .await;
    stage.desk_says(there, &["one"]).await;
}
