//! Every fault that a test can order, and outages.

use std::time::Duration;

use serde_json::json;
use ticketbridge_sim::Qminder;
use ticketbridge_sim::qminder::{Fault, IndexLag, Operation, Outage};
use tokio::net::TcpStream;

use super::{ask, create, get, with_visitor};
use crate::client::{Client, LONG};

const JOHN: &str = r#"{"lineId":"12345","firstName":"John"}"#;

async fn peer() -> Qminder {
    let peer = Qminder::start().await.unwrap();
    peer.unlimited();
    peer
}

/// Sends a create, and expects the end of the connection and nothing before it.
async fn create_without_answer(peer: &Qminder) {
    let mut client = Client::connect(peer.addr()).await;
    client.send(&create(JOHN)).await;
    assert_eq!(client.rest().await, (Vec::new(), None));
}

#[tokio::test]
async fn a_lost_answer_leaves_its_ticket() {
    let peer = peer().await;
    peer.fault(Operation::CreateTicket, Fault::LoseAnswer, 1);
    create_without_answer(&peer).await;
    assert_eq!(peer.tickets().len(), 1);
    let seen = &peer.requests()[0];
    assert_eq!(
        (seen.answered, &seen.fault),
        (None, &Some(Fault::LoseAnswer))
    );
    assert_eq!(ask(&peer, &create(JOHN)).await.status, 201);
    assert_eq!(peer.tickets().len(), 2);
}

#[tokio::test]
async fn late_work_lands_on_the_tests_word_with_the_date_of_its_landing() {
    let peer = peer().await;
    peer.fault(Operation::CreateTicket, Fault::LandLate(None), 1);
    create_without_answer(&peer).await;
    assert!(peer.tickets().is_empty());
    peer.set_clock_ahead(jiff::SignedDuration::from_hours(24));
    assert_eq!(peer.land_only(Operation::EditTicket), 0);
    assert_eq!((peer.land(), peer.land()), (1, 0));
    let other = peer.visitor(12345, "Jane").unwrap();
    peer.set_clock_ahead(jiff::SignedDuration::ZERO);
    let now = peer.visitor(12345, "Now").unwrap();
    let landed = peer.tickets()[0].created;
    assert!(landed <= peer.ticket(&other).unwrap().created);
    assert!(landed > peer.ticket(&now).unwrap().created);
}

#[tokio::test]
async fn late_work_lands_by_itself_after_its_time() {
    let peer = peer().await;
    let after = Fault::LandLate(Some(Duration::from_millis(50)));
    peer.fault(Operation::CreateTicket, after, 1);
    create_without_answer(&peer).await;
    peer.wait_until(LONG, |world| world.tickets().count() == 1)
        .await
        .unwrap();
    assert_eq!(peer.land(), 0);
}

#[tokio::test]
async fn a_duplicate_is_two_tickets_and_one_answer() {
    let peer = peer().await;
    peer.fault(Operation::CreateTicket, Fault::Duplicate, 1);
    let answer = ask(&peer, &create(JOHN)).await;
    let tickets = peer.tickets();
    assert_eq!((answer.status, tickets.len()), (201, 2));
    assert_eq!(answer.json()["id"], tickets[1].id);
}

#[tokio::test]
async fn errors_and_garbage_do_no_work_and_end_after_their_count() {
    let peer = peer().await;
    peer.fault(
        Operation::CreateTicket,
        Fault::Status(500, r#"{"error":"Internal Server Error"}"#.to_owned()),
        2,
    );
    peer.fault_any(Fault::Garbage, 1);
    for _ in 0..2 {
        let answer = ask(&peer, &create(JOHN)).await;
        assert_eq!(
            (answer.status, answer.json()),
            (500, json!({ "error": "Internal Server Error" }))
        );
    }
    let answer = ask(&peer, &create(JOHN)).await;
    assert_eq!(answer.status, 502);
    assert!(answer.head.contains("text/html") && answer.body.starts_with(b"<html>"));
    assert!(peer.tickets().is_empty());
    assert_eq!(ask(&peer, &create(JOHN)).await.status, 201);
    peer.fault_any(Fault::Garbage, 1);
    peer.clear_faults();
    assert_eq!(ask(&peer, &create(JOHN)).await.status, 201);
}

#[tokio::test]
async fn what_hangs_is_done_when_it_is_released_and_never_if_the_client_left() {
    let peer = peer().await;
    peer.fault(Operation::CreateTicket, Fault::Hang, 2);
    let mut leaves = Client::connect(peer.addr()).await;
    leaves.send(&create(JOHN)).await;
    peer.wait_until(LONG, |world| world.requests().len() == 1)
        .await
        .unwrap();
    drop(leaves);
    peer.wait_until(LONG, |world| world.requests()[0].abandoned)
        .await
        .unwrap();
    let mut stays = Client::connect(peer.addr()).await;
    stays.send(&create(JOHN)).await;
    peer.wait_until(LONG, |world| world.requests().len() == 2)
        .await
        .unwrap();
    assert!(peer.tickets().is_empty());
    assert_eq!(peer.release_hung(), 1);
    assert_eq!(stays.answer().await.status, 201);
    assert_eq!((peer.tickets().len(), peer.release_hung()), (1, 0));
}

#[tokio::test]
async fn a_slow_answer_is_late_and_its_work_is_not() {
    let peer = peer().await;
    peer.fault(
        Operation::CreateTicket,
        Fault::Slow(Duration::from_secs(3600)),
        1,
    );
    peer.fault(
        Operation::GetTicket,
        Fault::Slow(Duration::from_millis(20)),
        1,
    );
    let mut client = Client::connect(peer.addr()).await;
    client.send(&create(JOHN)).await;
    let id = peer
        .wait_for(LONG, |world| {
            world.tickets().next().map(|ticket| ticket.id.clone())
        })
        .await
        .unwrap();
    let started = tokio::time::Instant::now();
    assert_eq!(
        ask(&peer, &get(&format!("/v1/tickets/{id}"))).await.status,
        200
    );
    assert!(started.elapsed() >= Duration::from_millis(20));
}

#[tokio::test]
async fn searches_may_lag_behind_creates() {
    let (peer, old) = with_visitor().await;
    let found = async || {
        let answer = ask(&peer, &get("/v1/tickets/search?line=12345"))
            .await
            .json();
        let ids = answer["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|each| each["id"].clone());
        let count = ask(&peer, &get("/v1/tickets/count?line=12345"))
            .await
            .json();
        let ids: Vec<_> = ids.collect();
        assert_eq!(count["count"], ids.len());
        ids
    };
    peer.index_lag(IndexLag::UntilReleased);
    let new = ask(&peer, &create(JOHN)).await.json()["id"].clone();
    assert_eq!(found().await, [json!(old)]);
    let read = get(&format!("/v1/tickets/{}", new.as_str().unwrap()));
    assert_eq!(ask(&peer, &read).await.status, 200);
    peer.release_index();
    assert_eq!(found().await, [json!(old), new.clone()]);
    peer.index_lag(IndexLag::For(Duration::ZERO));
    let last = ask(&peer, &create(JOHN)).await.json()["id"].clone();
    assert_eq!(found().await, [json!(old), new.clone(), last.clone()]);
    peer.index_lag(IndexLag::For(Duration::from_secs(3600)));
    ask(&peer, &create(JOHN)).await;
    assert_eq!(found().await, [json!(old), new, last]);
}

#[tokio::test]
async fn an_outage_is_what_was_ordered_and_ends_at_the_same_address() {
    let (peer, id) = with_visitor().await;
    let read = get(&format!("/v1/tickets/{id}"));
    let mut open = Client::connect(peer.addr()).await;
    assert_eq!(open.ask(&read).await.status, 200);
    peer.outage(Some(Outage::Refused)).await.unwrap();
    assert!(TcpStream::connect(peer.addr()).await.is_err());
    let (rest, _) = open.rest().await;
    assert_eq!(rest, b"");
    peer.outage(Some(Outage::Reset)).await.unwrap();
    let mut reset = Client::connect(peer.addr()).await;
    assert_eq!(
        reset.byte().await.unwrap_err().kind(),
        std::io::ErrorKind::ConnectionReset
    );
    peer.outage(Some(Outage::Unavailable)).await.unwrap();
    assert_eq!(ask(&peer, &create(JOHN)).await.status, 503);
    peer.outage(None).await.unwrap();
    assert_eq!(ask(&peer, &read).await.status, 200);
    assert_eq!(peer.tickets().len(), 1);
}

#[tokio::test]
async fn one_that_stopped_leaves_its_address_to_the_next() {
    let (peer, _) = with_visitor().await;
    let addr = peer.addr();
    let mut open = Client::connect(addr).await;
    assert_eq!(open.ask(&get("/v1/locations")).await.status, 200);
    peer.stop().await;
    assert_eq!(open.rest().await.0, b"");
    let next = Qminder::start_on(addr).await.unwrap();
    assert_eq!(next.base_url(), format!("http://{addr}"));
    assert!(next.tickets().is_empty());
}
