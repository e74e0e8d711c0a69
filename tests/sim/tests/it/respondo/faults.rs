//! Every fault that a test can order, and outages.

use std::time::Duration;

use serde_json::json;
use ticketbridge_sim::Respondo;
use ticketbridge_sim::respondo::{Fault, Outage};
use tokio::net::TcpStream;

use super::{JSON, PATH, body, create, created, send};
use crate::client::{Client, LONG, post};

fn request(uid: &str) -> String {
    post(PATH, JSON, &body(uid).to_string())
}

/// Sends a ticket, and expects the end of the connection and nothing before it.
async fn create_without_answer(peer: &Respondo, uid: &str) {
    let mut client = Client::connect(peer.addr()).await;
    client.send(&request(uid)).await;
    assert_eq!(client.rest().await, (Vec::new(), None));
}

#[tokio::test]
async fn a_lost_answer_leaves_its_ticket() {
    let peer = Respondo::start().await.unwrap();
    peer.fault(Fault::LoseAnswer, 1);
    create_without_answer(&peer, "a").await;
    assert!(peer.ticket_called(7, "a").is_some());
    let seen = &peer.requests()[0];
    assert_eq!(
        (seen.answered, &seen.fault),
        (None, &Some(Fault::LoseAnswer))
    );
    assert_eq!(create(&peer, &body("a")).await.status, 422);
}

#[tokio::test]
async fn late_work_lands_on_the_tests_word_or_by_itself() {
    let peer = Respondo::start().await.unwrap();
    peer.fault(Fault::LandLate(None), 1);
    create_without_answer(&peer, "a").await;
    assert!(peer.tickets().is_empty());
    created(&peer, &body("b")).await;
    assert_eq!((peer.land(), peer.land()), (1, 0));
    assert_eq!(peer.ticket_called(7, "a").unwrap().id, 2);
    peer.fault(Fault::LandLate(Some(Duration::from_millis(20))), 1);
    create_without_answer(&peer, "c").await;
    let there = peer.wait_for(LONG, |world| world.ticket_called(7, "c").cloned());
    assert_eq!(there.await.unwrap().id, 3);
    assert_eq!(peer.land(), 0);
}

#[tokio::test]
async fn work_that_is_done_twice_is_done_once() {
    let peer = Respondo::start().await.unwrap();
    peer.fault(Fault::Duplicate, 1);
    peer.fault(Fault::Race, 1);
    assert_eq!(create(&peer, &body("a")).await.status, 422);
    assert_eq!(create(&peer, &body("b")).await.status, 500);
    let uids: Vec<_> = peer
        .tickets()
        .into_iter()
        .map(|each| each.external_uid)
        .collect();
    assert_eq!(uids, ["a", "b"]);
}

#[tokio::test]
async fn nothing_is_done_behind_errors_pages_and_redirects() {
    let peer = Respondo::start().await.unwrap();
    peer.fault(
        Fault::Status(429, r#"{"error":"Retry later"}"#.to_owned()),
        2,
    );
    peer.fault(Fault::Garbage, 1);
    peer.fault(Fault::Maintenance, 1);
    peer.fault(Fault::ForceSsl, 1);
    for _ in 0..2 {
        let answer = create(&peer, &body("a")).await;
        assert_eq!(
            (answer.status, answer.json()),
            (429, json!({ "error": "Retry later" }))
        );
    }
    for status in [502, 503] {
        let answer = create(&peer, &body("a")).await;
        assert_eq!(answer.status, status);
        assert!(answer.head.contains("text/html") && answer.body.ends_with(b"</html>\n"));
    }
    let redirect = send(&peer, &request("a").replace(PATH, &format!("{PATH}?a=b"))).await;
    assert_eq!(redirect.status, 307);
    let place = format!("\r\nLocation: https://sim{PATH}?a=b\r\n");
    assert!(redirect.head.contains(&place), "{}", redirect.head);
    assert!(peer.tickets().is_empty());
    peer.fault(Fault::Garbage, 1);
    peer.clear_faults();
    created(&peer, &body("a")).await;
}

#[tokio::test]
async fn a_fault_can_be_for_one_ticket_alone() {
    let peer = Respondo::start().await.unwrap();
    peer.fault_for("b", Fault::Garbage, 1);
    for (uid, status) in [("a", 200), ("b", 502), ("b", 200)] {
        assert_eq!(create(&peer, &body(uid)).await.status, status, "{uid}");
    }
}

#[tokio::test]
async fn what_hangs_is_done_when_it_is_released_and_never_if_the_client_left() {
    let peer = Respondo::start().await.unwrap();
    peer.fault(Fault::Hang, 2);
    let mut leaves = Client::connect(peer.addr()).await;
    leaves.send(&request("a")).await;
    let arrived = |count| peer.wait_until(LONG, move |world| world.requests().len() == count);
    arrived(1).await.unwrap();
    drop(leaves);
    let abandoned = peer.wait_until(LONG, |world| world.requests()[0].abandoned);
    abandoned.await.unwrap();
    let mut stays = Client::connect(peer.addr()).await;
    stays.send(&request("b")).await;
    arrived(2).await.unwrap();
    assert!(peer.tickets().is_empty());
    assert_eq!(peer.release_hung(), 1);
    assert_eq!(stays.answer().await.status, 200);
    assert_eq!((peer.tickets().len(), peer.release_hung()), (1, 0));
}

#[tokio::test]
async fn a_slow_answer_is_late_and_its_work_is_not() {
    let peer = Respondo::start().await.unwrap();
    peer.fault(Fault::Slow(Duration::from_secs(3600)), 1);
    peer.fault(Fault::Slow(Duration::from_millis(1)), 1);
    let mut client = Client::connect(peer.addr()).await;
    client.send(&request("a")).await;
    let done = peer.wait_until(LONG, |world| world.ticket_called(7, "a").is_some());
    done.await.unwrap();
    created(&peer, &body("b")).await;
}

#[tokio::test]
async fn an_outage_refuses_resets_or_says_so_and_ends_at_the_same_address() {
    let peer = Respondo::start().await.unwrap();
    let mut open = Client::connect(peer.addr()).await;
    assert_eq!(open.ask(&request("a")).await.status, 200);
    peer.outage(Some(Outage::Refused)).await.unwrap();
    assert!(TcpStream::connect(peer.addr()).await.is_err());
    assert_eq!(open.rest().await.0, b"");
    peer.outage(Some(Outage::Reset)).await.unwrap();
    let mut reset = Client::connect(peer.addr()).await;
    let error = reset.byte().await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
    peer.outage(Some(Outage::Maintenance)).await.unwrap();
    assert_eq!(create(&peer, &body("b")).await.status, 503);
    peer.outage(None).await.unwrap();
    created(&peer, &body("b")).await;
    let addr = peer.addr();
    peer.stop().await;
    let next = Respondo::start_on(addr).await.unwrap();
    assert_eq!(next.base_url(), format!("http://{addr}"));
    assert!(next.tickets().is_empty());
}

#[tokio::test]
async fn what_does_not_come_in_time_is_said_with_what_did() {
    let peer = Respondo::start().await.unwrap();
    created(&peer, &body("a")).await;
    let never = peer.wait_until(Duration::from_millis(1), |_| false).await;
    let error = never.unwrap_err();
    assert_eq!((error.requests, error.exchanges, error.tickets), (1, 0, 1));
}
