//! The peer's time, in dates and in the `Date` of every answer.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use ticketbridge_sim::DeskHive;
use ticketbridge_sim::deskhive::{Fault, Outage, maintenance};

use super::{ACCEPT, agent, ask, open, read, request, with_ticket};

#[tokio::test]
async fn every_answer_has_the_date_of_the_peers_clock() {
    let (peer, id) = with_ticket().await;
    peer.advance(SignedDuration::from_millis(3_661_999));
    let dated = async |line: &str| {
        let answer = agent(&peer, line, "").await;
        let date = "\r\nDate: Sat, 14 Mar 2026 10:01:01 GMT\r\n";
        assert!(answer.head.contains(date), "{line}: {}", answer.head);
        answer.status
    };
    assert_eq!(dated(&format!("GET /tickets/{id}")).await, 200);
    assert_eq!(dated("GET /tickets/99").await, 404);
    assert_eq!(dated("GET /nowhere").await, 404);
    for fault in [
        maintenance(),
        Fault::Garbage,
        Fault::Status(500, "{}".to_owned()),
    ] {
        peer.fault_any(fault, 1);
        assert!(dated("GET /profile").await >= 500);
    }
    peer.set_rate(0);
    assert_eq!(dated("GET /profile").await, 429);
    peer.outage(Some(Outage::Unavailable)).await.unwrap();
    assert_eq!(dated("GET /profile").await, 503);
}

#[tokio::test]
async fn a_clock_that_nobody_set_is_the_machines_in_whole_seconds() {
    let peer = DeskHive::start().await.unwrap();
    let before = peer.now();
    let id = open(&peer);
    let ticket = peer.ticket(id).unwrap();
    assert!(before <= ticket.created_at && ticket.created_at <= peer.now());
    assert_eq!(ticket.created_at.subsec_nanosecond(), 0);
    peer.advance(SignedDuration::from_hours(-1));
    assert!(peer.now() < before);
    let health = ask(&peer, &request("GET /api/v1/health-check", ACCEPT, "")).await;
    assert!(health.head.contains("\r\nDate: "));
}

#[tokio::test]
async fn what_is_done_in_one_second_has_one_date() {
    let (peer, id) = with_ticket().await;
    let at: Timestamp = "2026-03-14T09:30:00.400Z".parse().unwrap();
    peer.set_clock(at);
    peer.customer_replies(id, "a").unwrap();
    peer.customer_replies(id, "b").unwrap();
    let list = read(&peer, &format!("/tickets/{id}/messages")).await;
    let dates = super::each(&list, "created_at");
    assert_eq!(dates, vec![Value::from("2026-03-14T09:30:00Z"); 2]);
}
