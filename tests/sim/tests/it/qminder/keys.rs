//! Who may ask, and how often.

use serde_json::json;
use ticketbridge_sim::Qminder;
use ticketbridge_sim::qminder::{KeyKind, Operation, Rate};

use super::{KEY, ask, get, request};

const READ: &str = "/v1/locations";

#[tokio::test]
async fn a_request_without_a_key_is_answered_as_documented() {
    let peer = Qminder::start().await.unwrap();
    let answer = ask(&peer, &request("GET", READ, "", "")).await;
    let expected = json!({
        "statusCode": 401,
        "message": "Please authenticate",
        "developerMessage": "Set X-Qminder-REST-API-Key HTTP header with API key",
    });
    assert_eq!((answer.status, answer.json()), (401, expected));
}

#[tokio::test]
async fn a_key_is_in_the_header_or_in_the_query_and_never_in_the_records() {
    let peer = Qminder::start().await.unwrap();
    assert_eq!(ask(&peer, &get(READ)).await.status, 200);
    let in_query = format!("{READ}?rest-api-key=qminder-key");
    assert_eq!(
        ask(&peer, &request("GET", &in_query, "", "")).await.status,
        200
    );
    let seen = format!("{:?}", peer.requests());
    assert!(!seen.contains("qminder-key"), "{seen}");
    assert_eq!(peer.requests_for(Operation::ListLocations).len(), 2);
}

#[tokio::test]
async fn a_bad_key_is_refused_as_the_test_says_and_a_revoked_one_too() {
    let peer = Qminder::start().await.unwrap();
    let bad = get(READ).replace("qminder-key", "wrong");
    assert_eq!(ask(&peer, &bad).await.status, 401);
    peer.answer_bad_keys(403);
    assert_eq!(ask(&peer, &bad).await.status, 403);
    peer.add_key("wrong", KeyKind::Plain);
    assert_eq!(ask(&peer, &bad).await.status, 200);
    peer.revoke_key("wrong");
    assert_eq!(ask(&peer, &bad).await.status, 403);
}

#[tokio::test]
async fn a_key_that_asks_too_often_is_told_so() {
    let peer = Qminder::start().await.unwrap();
    peer.add_key("another", KeyKind::Plain);
    peer.set_rate(Rate {
        per_second: 0.0,
        burst: 2,
        retry_after: Some(7),
    });
    for (status, left) in [(200, "1"), (200, "0"), (429, "0")] {
        let answer = ask(&peer, &get(READ)).await;
        assert_eq!(answer.status, status);
        assert!(
            answer
                .head
                .contains(&format!("\r\nX-Ratelimit-Remaining: {left}\r\n")),
            "{}",
            answer.head
        );
        assert_eq!(
            answer.head.contains("\r\nRetry-After: 7\r\n"),
            status == 429
        );
    }
    let another = get(READ).replace("qminder-key", "another");
    assert_eq!(ask(&peer, &another).await.status, 200);
    peer.unlimited();
    let answer = ask(&peer, &get(READ)).await;
    assert_eq!(answer.status, 200);
    assert!(!answer.head.contains("Ratelimit"));
}

#[tokio::test]
async fn the_usual_rate_has_a_burst_of_forty() {
    let peer = Qminder::start().await.unwrap();
    let answer = ask(&peer, &get(READ)).await;
    assert!(
        answer.head.contains("X-Ratelimit-Remaining: 39\r\n"),
        "{}",
        answer.head
    );
}

#[tokio::test]
async fn what_no_document_mentions_is_refused() {
    let peer = Qminder::start().await.unwrap();
    let twice = format!("{KEY}{KEY}");
    for (request, status) in [
        (get("/v1/locations?page=2"), 400),
        (get("/v2/tickets/1"), 404),
        (request("DELETE", READ, KEY, ""), 405),
        (
            request(
                "GET",
                READ,
                &format!("{KEY}X-Qminder-API-Version: 2020-09-01\r\n"),
                "",
            ),
            400,
        ),
        (request("GET", READ, &twice, ""), 400),
    ] {
        assert_eq!(ask(&peer, &request).await.status, status, "{request}");
    }
}
