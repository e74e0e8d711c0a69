//! What the documents do not speak of, or this peer has no part of.

use serde_json::json;
use ticketbridge_sim::DeskHive;
use ticketbridge_sim::deskhive::Errors;

use super::{ACCEPT, AGENT, admin, agent, ask, request, with_ticket};

#[tokio::test]
async fn what_is_nowhere_is_404_or_405_in_laravels_words_and_complained_of() {
    let peer = DeskHive::start().await.unwrap();
    let nowhere = agent(&peer, "GET /tickets/1/attachments", "").await;
    let message = "The route api/v1/external/tickets/1/attachments could not be found.";
    assert_eq!(
        (nowhere.status, nowhere.json()),
        (404, json!({ "message": message }))
    );
    let other = agent(&peer, "DELETE /tickets/1", "").await;
    let message = "The DELETE method is not supported for route api/v1/external/tickets/1. \
                   Supported methods: GET, HEAD, PUT.";
    assert_eq!(
        (other.status, other.json()),
        (405, json!({ "message": message }))
    );
    assert!(other.head.contains("Allow: GET, HEAD, PUT\r\n"));
    assert_eq!(peer.complaints().len(), 2);
    assert_eq!(peer.seen()[0].operation, None);
    peer.vary(|reading| reading.errors = Errors::Core);
    let other = agent(&peer, "DELETE /tickets/1", "").await;
    assert_eq!((other.status, &other.json()["error"]), (404, &json!(true)));
}

#[tokio::test]
async fn what_is_documented_and_not_here_is_said_to_be_so() {
    let peer = DeskHive::start().await.unwrap();
    for line in [
        "POST /labels",
        "GET /reports/overview",
        "PUT /settings",
        "GET /agents/3",
    ] {
        let answer = admin(&peer, line, "").await;
        let complaint = peer.complaints().pop().unwrap();
        assert_eq!(answer.status, 501, "{line}");
        assert!(complaint.ends_with("no part of this peer"), "{complaint}");
    }
}

#[tokio::test]
async fn undocumented_parameters_fields_and_bodies_are_refused_and_complained_of() {
    let (peer, ticket) = with_ticket().await;
    let one = format!("/tickets/{ticket}");
    for (line, body) in [
        ("GET /tickets?search=x".to_owned(), ""),
        ("GET /tickets?updated_since=1".to_owned(), ""),
        ("GET /tickets?status=new".to_owned(), ""),
        ("GET /tickets?per_page=-1".to_owned(), ""),
        ("GET /canned-responses?page=2".to_owned(), ""),
        (format!("POST {one}/close"), r#"{"reason":"done"}"#),
        (
            format!("POST {one}/messages"),
            r#"{"content":"a","sender_type":"customer"}"#,
        ),
        (format!("PUT {one}"), r#"{"assigned_to":3}"#),
    ] {
        peer.vary(|reading| reading.forces_json = true);
        let before = peer.complaints().len();
        let answer = agent(&peer, &line, body).await;
        assert!([400, 422].contains(&answer.status), "{line}: {answer:?}");
        let complaints = peer.complaints();
        assert_eq!(complaints.len(), before + 1, "{line}");
        assert_eq!(
            peer.seen().last().unwrap().refused.as_deref(),
            complaints
                .last()
                .unwrap()
                .split_once(": ")
                .map(|(_, why)| why)
        );
    }
    assert!(peer.messages(ticket).is_empty());
    let page = agent(&peer, "GET /tickets?page=2&per_page=1", "").await;
    assert_eq!((page.status, peer.complaints().len()), (200, 8));
    let plain = format!("{ACCEPT}{AGENT}Content-Type: text/plain\r\n");
    let reply = format!("POST /api/v1/external{one}/messages");
    let answer = ask(&peer, &request(&reply, &plain, "content=a")).await;
    assert_eq!((answer.status, peer.complaints().len()), (400, 9));
}
