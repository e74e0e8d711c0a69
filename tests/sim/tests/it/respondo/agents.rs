//! What agents do: impatience, deletion, and what nobody outside hears of.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use ticketbridge_sim::respondo::{Era, Fault, NotStored, Outage, ReplyFault, Variation};
use tokio::sync::Barrier;

use super::answering::{Answering, Then, json as say_json, say};
use super::{body, create, created, stored, with, with_ticket};
use crate::client::LONG;

#[tokio::test]
async fn an_impatient_agent_replies_twice_and_both_calls_go_out() {
    let barrier = Arc::new(Barrier::new(2));
    let both = |uid: &str| {
        let Then::Say(bytes) = say_json(&stored(uid)) else {
            unreachable!("it says something");
        };
        Then::Together(Arc::clone(&barrier), bytes)
    };
    let answering = Answering::start(vec![both("r-1"), both("r-1")]).await;
    let (peer, ticket) = with_ticket(&answering.url("/r")).await;
    let (one, two) = tokio::join!(peer.reply(ticket.id, "x"), peer.reply(ticket.id, "x"));
    let requests = answering.requests();
    assert_eq!(requests[0], requests[1]);
    let stored = [&one, &two].into_iter().filter(|each| each.is_ok()).count();
    assert_eq!(stored, 1, "the uid is there: {one:?} {two:?}");
    assert_eq!(peer.tickets().len(), 2);
}

#[tokio::test]
async fn an_answer_that_is_lost_leaves_a_reply_on_one_side_alone() {
    let answering = Answering::start(vec![
        say_json(&stored("r-1")),
        say_json(&stored("r-2")),
        say_json(&stored("r-3")),
    ])
    .await;
    let (peer, ticket) = with_ticket(&answering.url("/r")).await;
    peer.reply_fault(ReplyFault::LoseAnswer, 1);
    peer.reply_fault(ReplyFault::HangUp, 1);
    let lost = peer.reply(ticket.id, "x").await;
    assert_eq!(lost, Err(NotStored::AnswerLost));
    assert_eq!(answering.requests().len(), 1);
    assert_eq!(peer.exchanges()[0].answered.as_ref().unwrap().0, 200);
    let hung_up = peer.reply(ticket.id, "x").await;
    assert_eq!(hung_up, Err(NotStored::AnswerLost));
    assert_eq!(peer.exchanges()[1].answered, None);
    assert_eq!(peer.tickets().len(), 1);
    assert_eq!(peer.reply(ticket.id, "x").await.unwrap().parent, Some(1));
}

#[tokio::test]
async fn no_connection_and_no_answer_are_errors_to_the_agent() {
    let answering = Answering::start(vec![
        Then::Hang,
        Then::Say(Vec::new()),
        Then::Say(b"?\r\n\r\n".to_vec()),
    ])
    .await;
    let (peer, ticket) = with_ticket(&answering.url("/r")).await;
    peer.set_patience(Duration::from_millis(300));
    assert_eq!(peer.reply(ticket.id, "x").await, Err(NotStored::TimedOut));
    peer.set_patience(LONG);
    assert_eq!(peer.reply(ticket.id, "x").await, Err(NotStored::AnswerLost));
    let rude = peer.reply(ticket.id, "x").await;
    assert!(matches!(rude, Err(NotStored::NotHttp(_))), "{rude:?}");
    assert_eq!(answering.requests().len(), 3);
    drop(answering);
    let nobody = peer.reply(ticket.id, "x").await;
    assert!(
        matches!(nobody, Err(NotStored::Unreachable(_))),
        "{nobody:?}"
    );
    assert_eq!(peer.reply(99, "x").await, Err(NotStored::NoSuchTicket(99)));
}

#[tokio::test]
async fn replies_can_be_sent_elsewhere_than_their_urls_say() {
    let answering = Answering::start(vec![say_json(&stored("r-1"))]).await;
    let (peer, ticket) = with_ticket("http://bridge.example.com/r").await;
    peer.send_replies_to(([127, 0, 0, 1], answering.port()).into());
    peer.reply(ticket.id, "x").await.unwrap();
    assert!(answering.requests()[0].contains("\r\nHost: bridge.example.com\r\n"));
}

#[tokio::test]
async fn agents_reply_while_nobody_can_reach_the_server() {
    let answering = Answering::start(vec![say_json(&stored("r-1"))]).await;
    let (peer, ticket) = with_ticket(&answering.url("/r")).await;
    peer.outage(Some(Outage::Refused)).await.unwrap();
    peer.fault(Fault::Garbage, 1);
    assert!(peer.reply(ticket.id, "x").await.is_ok());
}

#[tokio::test]
async fn a_deletion_takes_the_replies_along_once_the_other_side_has_answered() {
    let answering = Answering::start(vec![say(200, "gone"), say(500, "[]"), say(404, "{}")]).await;
    let (peer, ticket) = with_ticket(&answering.url("/r")).await;
    created(&peer, &with(body("b"), "/parent_uid", json!("lamp-1"))).await;
    let other = created(&peer, &body("c")).await;
    assert_eq!(peer.delete(ticket.id).await, Err(NotStored::NotInThisEra));
    peer.set_era(Era::C);
    peer.variation(Variation::PlainHttp);
    let unread = peer.delete(ticket.id).await;
    assert!(matches!(unread, Err(NotStored::NotJson(_))), "{unread:?}");
    let unread = peer.delete(ticket.id).await;
    assert_eq!(unread, Err(NotStored::NotAnObject("the answer")));
    assert_eq!(peer.tickets().len(), 3);
    assert_eq!(peer.delete(ticket.id).await, Ok(()));
    assert_eq!(peer.tickets(), [other]);
    assert_eq!(answering.requests().len(), 3);
    // Its uid is free again.
    assert_eq!(create(&peer, &body("lamp-1")).await.status, 200);
}

#[tokio::test]
async fn a_deletion_is_called_once_more_if_the_connection_broke() {
    let answering = Answering::start(vec![
        Then::Say(Vec::new()),
        say(200, "{}"),
        Then::Say(Vec::new()),
        Then::Say(Vec::new()),
    ])
    .await;
    let (peer, ticket) = with_ticket(&answering.url("/r")).await;
    peer.set_era(Era::C);
    peer.variation(Variation::PlainHttp);
    assert_eq!(peer.delete(ticket.id).await, Ok(()));
    assert_eq!(answering.requests().len(), 2);
    let body = with(body("b"), "/response_url", json!(answering.url("/b")));
    let second = created(&peer, &body).await;
    assert_eq!(peer.delete(second.id).await, Err(NotStored::AnswerLost));
    assert_eq!(answering.requests().len(), 4);
    assert_eq!(peer.tickets().len(), 1);
}

#[tokio::test]
async fn status_and_notes_stay_inside() {
    let answering = Answering::start(Vec::new()).await;
    let (peer, ticket) = with_ticket(&answering.url("/r")).await;
    peer.solve(ticket.id);
    peer.reopen(ticket.id);
    peer.note(ticket.id, "Call her.");
    assert_eq!(peer.ticket(ticket.id).unwrap().notes, ["Call her."]);
    assert!(peer.exchanges().is_empty() && answering.requests().is_empty());
}
