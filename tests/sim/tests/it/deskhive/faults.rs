//! Every fault that a test can order, outages and the end.

use std::time::Duration;

use serde_json::{Value, json};
use ticketbridge_sim::DeskHive;
use ticketbridge_sim::deskhive::{
    Fault, Operation, Outage, debug_trace, maintenance, redirected_home,
};
use tokio::net::TcpStream;

use super::{ACCEPT, AGENT, JSON, agent, read, request, with_ticket};
use crate::client::{Client, LONG};

fn reply(ticket: u64) -> String {
    let line = format!("POST /api/v1/external/tickets/{ticket}/messages");
    request(
        &line,
        &format!("{ACCEPT}{AGENT}{JSON}"),
        r#"{"content":"Hello"}"#,
    )
}

/// Sends a reply, and expects the end of the connection and nothing before it.
async fn reply_without_answer(peer: &DeskHive, ticket: u64) {
    let mut client = Client::connect(peer.addr()).await;
    client.send(&reply(ticket)).await;
    assert_eq!(client.rest().await, (Vec::new(), None));
}

async fn status(peer: &DeskHive, ticket: u64) -> u16 {
    super::ask(peer, &reply(ticket)).await.status
}

#[tokio::test]
async fn a_lost_answer_leaves_its_message() {
    let (peer, id) = with_ticket().await;
    peer.fault(Operation::Reply, Fault::LoseAnswer, 1);
    read(&peer, "/tickets").await;
    reply_without_answer(&peer, id).await;
    assert_eq!(peer.messages(id).len(), 1);
    let seen = &peer.seen_for(Operation::Reply)[0];
    assert_eq!(
        (seen.answered, &seen.fault),
        (None, &Some(Fault::LoseAnswer))
    );
    assert_eq!(seen.text(), r#"{"content":"Hello"}"#);
    assert_eq!(status(&peer, id).await, 201);
    assert_eq!(peer.messages(id).len(), 2);
}

#[tokio::test]
async fn late_work_lands_on_the_tests_word_or_by_itself() {
    let (peer, id) = with_ticket().await;
    peer.fault(Operation::Reply, Fault::LandLate(None), 1);
    reply_without_answer(&peer, id).await;
    assert!(peer.messages(id).is_empty());
    peer.advance(jiff::SignedDuration::from_secs(60));
    assert_eq!(peer.land_only(Operation::CloseTicket), 0);
    assert_eq!((peer.land_only(Operation::Reply), peer.land()), (1, 0));
    assert_eq!(peer.messages(id)[0].created_at, peer.now());
    let after = Fault::LandLate(Some(Duration::from_millis(20)));
    peer.fault(Operation::Reply, after, 1);
    reply_without_answer(&peer, id).await;
    peer.wait_until(LONG, |world| world.messages(id).len() == 2)
        .await
        .unwrap();
    assert_eq!(peer.land(), 0);
}

#[tokio::test]
async fn late_work_may_find_its_ticket_locked() {
    let (peer, id) = with_ticket().await;
    peer.fault(Operation::Reply, Fault::LandLate(None), 1);
    reply_without_answer(&peer, id).await;
    peer.lock(id).unwrap();
    assert_eq!(peer.land(), 1);
    assert!(peer.messages(id).is_empty());
    assert_eq!(
        peer.seen()[0].refused.as_deref(),
        Some("This ticket is locked.")
    );
}

#[tokio::test]
async fn a_duplicate_is_two_messages_and_one_answer() {
    let (peer, id) = with_ticket().await;
    peer.fault(Operation::Reply, Fault::Duplicate, 1);
    let answer = super::ask(&peer, &reply(id)).await;
    let messages = peer.messages(id);
    assert_eq!((answer.status, messages.len()), (201, 2));
    assert_eq!(answer.json()["data"]["id"], messages[1].id);
}

#[tokio::test]
async fn what_is_no_answer_of_the_api_does_no_work_and_ends_after_its_count() {
    let (peer, id) = with_ticket().await;
    peer.fault(
        Operation::Reply,
        Fault::Status(500, r#"{"message":"Server Error"}"#.to_owned()),
        2,
    );
    for _ in 0..2 {
        let answer = super::ask(&peer, &reply(id)).await;
        let body = json!({ "message": "Server Error" });
        assert_eq!((answer.status, answer.json()), (500, body));
    }
    peer.fault_any(redirected_home(), 1);
    let home = super::ask(&peer, &reply(id)).await;
    assert_eq!(home.status, 302);
    assert!(home.head.contains("Location: /\r\n"));
    for (fault, expected) in [(maintenance(), 503), (Fault::Garbage, 502)] {
        peer.fault_any(fault, 1);
        let page = super::ask(&peer, &reply(id)).await;
        assert_eq!(page.status, expected);
        assert!(page.head.contains("text/html") && page.body.starts_with(b"<"));
        assert!(serde_json::from_slice::<Value>(&page.body).is_err());
    }
    peer.fault_any(debug_trace(), 1);
    let trace = super::ask(&peer, &reply(id)).await;
    assert_eq!(trace.status, 500);
    assert!(trace.json()["trace"].as_array().unwrap().len() > 50 && trace.body.len() > 10_000);
    assert!(peer.messages(id).is_empty());
    peer.fault_any(Fault::Garbage, 9);
    peer.clear_faults();
    assert_eq!(status(&peer, id).await, 201);
}

#[tokio::test]
async fn a_fault_may_be_for_one_ticket_alone() {
    let (peer, first) = with_ticket().await;
    let second = super::open(&peer);
    peer.fault_ticket(first, Fault::Garbage, 2);
    assert_eq!(status(&peer, second).await, 201);
    read(&peer, "/tickets").await;
    let line = format!("GET /tickets/{first}");
    assert_eq!(agent(&peer, &line, "").await.status, 502);
    assert_eq!(status(&peer, first).await, 502);
    assert_eq!(super::admin(&peer, &line, "").await.status, 502);
    assert_eq!(status(&peer, first).await, 201);
}

#[tokio::test]
async fn what_hangs_is_done_when_it_is_released_and_never_if_the_client_left() {
    let (peer, id) = with_ticket().await;
    peer.fault(Operation::Reply, Fault::Hang, 2);
    let mut leaves = Client::connect(peer.addr()).await;
    leaves.send(&reply(id)).await;
    peer.wait_until(LONG, |world| world.seen().len() == 1)
        .await
        .unwrap();
    drop(leaves);
    peer.wait_until(LONG, |world| world.seen()[0].abandoned)
        .await
        .unwrap();
    let mut stays = Client::connect(peer.addr()).await;
    stays.send(&reply(id)).await;
    peer.wait_until(LONG, |world| world.seen_for(Operation::Reply).count() == 2)
        .await
        .unwrap();
    assert!(peer.messages(id).is_empty());
    assert_eq!(peer.release_hung(), 1);
    assert_eq!(stays.answer().await.status, 201);
    assert_eq!((peer.messages(id).len(), peer.release_hung()), (1, 0));
}

#[tokio::test]
async fn a_slow_answer_is_late_and_its_work_is_not() {
    let (peer, id) = with_ticket().await;
    peer.fault(Operation::Reply, Fault::Slow(Duration::from_secs(3600)), 1);
    let mut client = Client::connect(peer.addr()).await;
    client.send(&reply(id)).await;
    let said = peer
        .wait_for(LONG, |world| world.messages(id).first().map(|each| each.id))
        .await
        .unwrap();
    assert_eq!(peer.messages(id)[0].id, said);
    peer.fault(
        Operation::GetProfile,
        Fault::Slow(Duration::from_millis(20)),
        1,
    );
    let started = tokio::time::Instant::now();
    read(&peer, "/profile").await;
    assert!(started.elapsed() >= Duration::from_millis(20));
}

#[tokio::test]
async fn what_does_not_come_in_time_is_said() {
    let (peer, id) = with_ticket().await;
    peer.customer_replies(id, "a").unwrap();
    let never = peer.wait_until(Duration::from_millis(1), |_| false).await;
    assert_eq!(
        never.unwrap_err().to_string(),
        "what was waited for did not come within 1ms; 0 requests, 1 tickets and 1 messages did"
    );
}

#[tokio::test]
async fn an_outage_is_what_was_ordered_and_ends_at_the_same_address() {
    let (peer, id) = with_ticket().await;
    let mut open = Client::connect(peer.addr()).await;
    assert_eq!(open.ask(&reply(id)).await.status, 201);
    peer.outage(Some(Outage::Refused)).await.unwrap();
    assert!(TcpStream::connect(peer.addr()).await.is_err());
    assert_eq!(open.rest().await.0, b"");
    peer.outage(Some(Outage::Reset)).await.unwrap();
    let mut reset = Client::connect(peer.addr()).await;
    assert_eq!(
        reset.byte().await.unwrap_err().kind(),
        std::io::ErrorKind::ConnectionReset
    );
    peer.outage(Some(Outage::Unavailable)).await.unwrap();
    let page = super::ask(&peer, &reply(id)).await;
    assert!(page.status == 503 && page.head.contains("text/html"));
    peer.outage(None).await.unwrap();
    assert_eq!(status(&peer, id).await, 201);
    assert_eq!(peer.messages(id).len(), 2);
}

#[tokio::test]
async fn one_that_stopped_leaves_its_address_to_the_next() {
    let (peer, id) = with_ticket().await;
    let addr = peer.addr();
    let mut open = Client::connect(addr).await;
    assert_eq!(open.ask(&reply(id)).await.status, 201);
    peer.stop().await;
    assert_eq!(open.rest().await.0, b"");
    let next = DeskHive::start_on(addr).await.unwrap();
    assert_eq!(next.base_url(), format!("http://{addr}"));
    assert_eq!(
        agent(&next, "GET /tickets", "").await.json()["data"],
        json!([])
    );
}

#[tokio::test]
async fn over_tls_it_has_a_certificate() {
    let peer = DeskHive::start_tls_on("127.0.0.1:0").await.unwrap();
    assert_eq!(peer.base_url(), format!("https://{}", peer.addr()));
    assert!(
        peer.certificate()
            .unwrap()
            .starts_with("-----BEGIN CERTIFICATE-----")
    );
}
