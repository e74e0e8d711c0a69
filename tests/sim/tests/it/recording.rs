//! What is known of a request afterwards.

use std::time::{Duration, SystemTime};

use ticketbridge_sim::{Behaviour, Receiver};

use crate::client::{Client, LONG, post, post_reply};

#[tokio::test]
async fn a_request_is_recorded_as_it_came() {
    let receiver = Receiver::start().await.unwrap();
    receiver.behave("/r", Behaviour::Empty(200));
    let mut client = Client::connect(receiver.addr()).await;
    client
        .ask(&post(
            "/r?a=b",
            "WEBHOOK-id: tb-1\r\nX-A: 1\r\nx-a: 2\r\n",
            "\0body",
        ))
        .await;
    let received = receiver.received().remove(0);
    assert_eq!((received.seq, received.method.as_str()), (1, "POST"));
    assert_eq!(
        (received.path.as_str(), &received.body[..]),
        ("/r?a=b", &b"\0body"[..])
    );
    assert_eq!(
        received.headers[1],
        ("WEBHOOK-id".to_owned(), "tb-1".to_owned())
    );
    assert_eq!(received.webhook_id(), Some("tb-1"));
    assert_eq!(
        (received.header("X-a"), received.header("y")),
        (Some("1"), None)
    );
    assert_eq!(received.header_values("x-A"), ["1", "2"]);
    assert!(received.json().is_err());
    assert!(received.at > SystemTime::UNIX_EPOCH + Duration::from_secs(1_500_000_000));
    assert_eq!(received.ended, Some(received.after));
    let text = format!("{received:?}");
    assert!(text.contains(r#"body: "\0body""#), "{text}");
}

#[tokio::test]
async fn requests_are_found_by_path_with_and_without_their_query() {
    let receiver = Receiver::start().await.unwrap();
    let mut client = Client::connect(receiver.addr()).await;
    for path in ["/a", "/a?x=1", "/a?x=2", "/b"] {
        client.ask(&post(path, "", "")).await;
    }
    let seqs = |path| {
        receiver
            .received_at(path)
            .iter()
            .map(|each| each.seq)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        (seqs("/a"), seqs("/a?x=2"), seqs("/b")),
        (vec![1, 2, 3], vec![3], vec![4])
    );
}

#[tokio::test]
async fn what_has_ended_can_be_taken_out() {
    let receiver = Receiver::start().await.unwrap();
    receiver.behave("/held", Behaviour::Held);
    let mut held = Client::connect(receiver.addr()).await;
    held.send(&post_reply("/held", "1", "hello")).await;
    receiver.wait_for("/held", 1, LONG).await.unwrap();
    let mut client = Client::connect(receiver.addr()).await;
    client.ask(&post("/a", "", "")).await;
    let paths = |taken: Vec<ticketbridge_sim::Received>| {
        taken.into_iter().map(|each| each.path).collect::<Vec<_>>()
    };
    assert_eq!(paths(receiver.take_ended().await), ["/a"]);
    assert_eq!(paths(receiver.received()), ["/held"]);
    receiver.release("/held", 1);
    assert_eq!(paths(receiver.take_ended().await), ["/held"]);
    assert_eq!(held.answer().await.status, 200);
    assert_eq!(receiver.received(), []);
    assert_eq!(
        (
            receiver.in_flight_overall(),
            receiver.max_in_flight_overall()
        ),
        (0, 2)
    );
}
