//! Answers that keep to HTTP.

use serde_json::json;
use ticketbridge_sim::{Behaviour, Receiver, ZapierLimits};

use crate::client::{Client, post, post_reply, reply};

#[tokio::test]
async fn a_valid_reply_is_answered_in_the_documented_form() {
    let receiver = Receiver::start().await.unwrap();
    receiver.behave("/r", Behaviour::ValidReply);
    let mut client = Client::connect(receiver.addr()).await;
    let answer = client.ask(&post_reply("/r?token=1", "tb-1", "hello")).await;
    assert_eq!(answer.status, 200);
    assert!(
        answer
            .head
            .contains("\r\nContent-Type: application/json\r\n")
    );
    let body = answer.json();
    let received = &receiver.received_at("/r")[0];
    assert_eq!(body["external_uid"].as_str(), received.reply_uid.as_deref());
    assert_eq!(body["parent_uid"], "p-1");
    assert_eq!(body["content"], "hello");
    assert_eq!(
        body["author"],
        json!({ "external_uid": "3", "username": "Agent Smith" })
    );
    assert!(body["created_at"].as_str().unwrap().ends_with(" UTC"));
    assert_eq!(body.as_object().unwrap().len(), 5);
}

#[tokio::test]
async fn the_same_webhook_id_is_given_the_same_answer() {
    let receiver = Receiver::start().await.unwrap();
    receiver.behave("/r", Behaviour::ValidReply);
    let mut client = Client::connect(receiver.addr()).await;
    let first = client.ask(&post_reply("/r", "tb-1", "hello")).await.json();
    assert_eq!(
        client.ask(&post_reply("/r", "tb-1", "hello")).await.json(),
        first
    );
    let second = client.ask(&post_reply("/r", "tb-2", "hello")).await.json();
    assert_ne!(second["external_uid"], first["external_uid"]);
}

#[tokio::test]
async fn a_request_that_breaks_the_format_is_answered_422_and_recorded_as_refused() {
    let receiver = Receiver::start().await.unwrap();
    receiver.behave("/r", Behaviour::ValidReply);
    let mut client = Client::connect(receiver.addr()).await;
    let json = "Content-Type: application/json\r\n";
    let mut without_author = reply("hello");
    without_author.as_object_mut().unwrap().remove("author");
    let good = reply("hello").to_string();
    let form = "Content-Type: application/x-www-form-urlencoded\r\n";
    let cases = [
        (
            post("/r", json, &without_author.to_string()),
            "author is missing",
        ),
        (
            post("/r", form, &good),
            "the Content-Type is \"application/x-www-form-urlencoded\", not application/json",
        ),
        (
            post("/r", "", &good),
            "there is not exactly one Content-Type",
        ),
        (
            "GET /r HTTP/1.1\r\nHost: sim\r\n\r\n".to_owned(),
            "the method is GET, not POST",
        ),
    ];
    for (request, reason) in cases {
        let answer = client.ask(&request).await;
        assert_eq!(
            (answer.status, answer.json()),
            (422, json!({ "error": reason }))
        );
        let received = receiver.received_at("/r").pop().unwrap();
        assert_eq!(received.refused.as_deref(), Some(reason));
        assert_eq!((received.answered, received.reply_uid), (Some(422), None));
    }
}

#[tokio::test]
async fn plain_answers_are_as_they_are_said() {
    let receiver = Receiver::start().await.unwrap();
    let mut client = Client::connect(receiver.addr()).await;
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let cases = [
        (
            Behaviour::Empty(202),
            202,
            "Content-Length: 0\r\n",
            Some(""),
        ),
        (
            Behaviour::Empty(204),
            204,
            "HTTP/1.1 204 No Content\r\n\r\n",
            Some(""),
        ),
        (
            Behaviour::Json(201, json!([1])),
            201,
            "application/json\r\n",
            Some("[1]"),
        ),
        (
            Behaviour::Status(503),
            503,
            "HTTP/1.1 503 Service Unavailable\r\n",
            None,
        ),
        (
            Behaviour::StatusWithHeaders(503, vec![header("Retry-After", "7"), header("X-A", "b")]),
            503,
            "Retry-After: 7\r\nX-A: b\r\n",
            None,
        ),
        (
            Behaviour::Throttle {
                retry_after: "Fri, 31 Dec 2100 23:59:59 GMT".to_owned(),
            },
            429,
            "Retry-After: Fri, 31 Dec 2100 23:59:59 GMT\r\n",
            None,
        ),
        (Behaviour::Gone, 410, "HTTP/1.1 410 Gone\r\n", None),
        (
            Behaviour::Redirect {
                to: "http://127.0.0.1:1/x".to_owned(),
            },
            307,
            "Location: http://127.0.0.1:1/x\r\n",
            None,
        ),
    ];
    for (behaviour, status, in_head, body) in cases {
        receiver.behave("/r", behaviour.clone());
        let answer = client.ask(&post_reply("/r", "tb-1", "hello")).await;
        assert_eq!(answer.status, status, "{behaviour:?}");
        assert!(
            answer.head.contains(in_head),
            "{behaviour:?}: {}",
            answer.head
        );
        if let Some(body) = body {
            assert_eq!(answer.body, body.as_bytes(), "{behaviour:?}");
        }
        assert_eq!(receiver.received().pop().unwrap().answered, Some(status));
    }
    assert_eq!(receiver.connections(), 1);
}

#[tokio::test]
async fn wrong_json_is_json_and_not_an_answer_to_a_reply() {
    let receiver = Receiver::start().await.unwrap();
    receiver.behave("/r", Behaviour::WrongJson);
    let mut client = Client::connect(receiver.addr()).await;
    let answer = client.ask(&post_reply("/r", "tb-1", "hello")).await;
    assert_eq!(answer.status, 200);
    assert!(!answer.json()["external_uid"].is_string());
}

#[tokio::test]
async fn failures_are_counted_and_then_replies_are_taken() {
    let receiver = Receiver::start().await.unwrap();
    receiver.behave(
        "/r",
        Behaviour::FailFor {
            count: 2,
            status: 502,
        },
    );
    let mut client = Client::connect(receiver.addr()).await;
    for status in [502, 502, 200, 200] {
        assert_eq!(
            client.ask(&post_reply("/r", "tb-1", "hello")).await.status,
            status
        );
    }
}

#[tokio::test]
async fn a_script_gives_each_request_its_behaviour() {
    let receiver = Receiver::start().await.unwrap();
    let steps = vec![
        Behaviour::Status(500),
        Behaviour::Gone,
        Behaviour::Empty(200),
    ];
    receiver.script("/r", steps);
    let mut client = Client::connect(receiver.addr()).await;
    for status in [500, 410, 200, 200] {
        assert_eq!(
            client.ask(&post_reply("/r", "tb-1", "hello")).await.status,
            status
        );
    }
}

#[tokio::test]
async fn an_unknown_path_answers_404_unless_something_else_is_said() {
    let receiver = Receiver::start().await.unwrap();
    let mut client = Client::connect(receiver.addr()).await;
    assert_eq!(
        client.ask(&post_reply("/r", "tb-1", "hello")).await.status,
        404
    );
    let received = receiver.received_at("/r").pop().unwrap();
    assert_eq!((received.answered, received.refused), (Some(404), None));
    receiver.otherwise(|path| {
        path.starts_with("/a").then_some(Behaviour::FailFor {
            count: 1,
            status: 500,
        })
    });
    for (path, status) in [
        ("/a1", 500),
        ("/a2?q", 500),
        ("/a1?q", 200),
        ("/a2", 200),
        ("/r", 404),
    ] {
        assert_eq!(
            client.ask(&post_reply(path, "tb-1", "hello")).await.status,
            status,
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_catch_hook_acknowledges_within_its_limits_and_says_429_beyond() {
    let receiver = Receiver::start().await.unwrap();
    receiver.otherwise(|_| Some(Behaviour::ZapierCatchHook));
    receiver.limit_zapier(ZapierLimits {
        account_per_five_minutes: 2,
        ..Default::default()
    });
    let mut client = Client::connect(receiver.addr()).await;
    let answer = client
        .ask(&post("/hooks/catch/7/a/", "", "anything=1"))
        .await;
    assert_eq!(
        (answer.status, &answer.json()["status"]),
        (200, &json!("success"))
    );
    assert_eq!(
        client.ask(&post("/hooks/catch/7/b/", "", "")).await.status,
        200
    );
    let refused = client.ask(&post("/hooks/catch/7/c/", "", "")).await;
    assert_eq!(refused.status, 429);
    assert!(!refused.head.contains("Retry-After"), "{}", refused.head);
    assert_eq!(
        client.ask(&post("/hooks/catch/8/a/", "", "")).await.status,
        200
    );
    let received = receiver.received_at("/hooks/catch/7/c/").pop().unwrap();
    let reason = "beyond the limit of 2 in five minutes for this account";
    assert_eq!(received.refused.as_deref(), Some(reason));
    let delete = "DELETE /hooks/catch/8/a/ HTTP/1.1\r\nHost: sim\r\n\r\n";
    assert_eq!(client.ask(delete).await.status, 405);
}

#[tokio::test]
async fn huge_and_many_headers_come_before_a_reply() {
    let receiver = Receiver::start().await.unwrap();
    let mut client = Client::connect(receiver.addr()).await;
    receiver.behave("/r", Behaviour::HugeHeaders { bytes: 300_000 });
    let huge = client.ask(&post_reply("/r", "tb-1", "hello")).await;
    assert!(
        huge.head
            .contains(&format!("X-Padding: {}\r\n", "a".repeat(300_000)))
    );
    assert_eq!(huge.json()["content"], "hello");
    receiver.behave("/r", Behaviour::ManyHeaders { count: 500 });
    let many = client.ask(&post_reply("/r", "tb-1", "hello")).await;
    assert_eq!(many.head.matches("X-Filler-").count(), 500);
    assert_eq!(many.json(), huge.json());
}
