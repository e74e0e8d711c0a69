//! Requests that are held until a test lets them go.

use ticketbridge_sim::{Behaviour, Receiver};

use crate::client::{Client, LONG, post_reply};

async fn hold(receiver: &Receiver, path: &str, text: &str) -> Client {
    let before = receiver.received().len();
    let mut client = Client::connect(receiver.addr()).await;
    client.send(&post_reply(path, text, text)).await;
    receiver
        .wait_until(LONG, |receiver| receiver.received().len() > before)
        .await
        .unwrap();
    client
}

#[tokio::test]
async fn held_requests_are_let_go_by_count_and_age() {
    let receiver = Receiver::start().await.unwrap();
    receiver.behave("/a", Behaviour::Held);
    receiver.behave("/b", Behaviour::Held);
    let mut first = hold(&receiver, "/a", "first").await;
    let mut second = hold(&receiver, "/a", "second").await;
    let mut third = hold(&receiver, "/a", "third").await;
    let mut other = hold(&receiver, "/b", "other").await;
    assert_eq!((receiver.held("/a"), receiver.held("/b")), (3, 1));
    assert_eq!(receiver.in_flight_overall(), 4);

    receiver.release("/a", 2);
    assert_eq!(first.answer().await.json()["content"], "first");
    assert_eq!(second.answer().await.json()["content"], "second");
    assert_eq!((receiver.in_flight("/a"), receiver.in_flight("/b")), (1, 1));
    let answered: Vec<_> = receiver
        .received()
        .iter()
        .map(|each| each.answered)
        .collect();
    assert_eq!(answered, [Some(200), Some(200), None, None]);

    receiver.release("/b", 1);
    assert_eq!(other.answer().await.status, 200);
    assert_eq!(receiver.held("/a"), 1);
    receiver.release("/a", 1);
    assert_eq!(third.answer().await.json()["content"], "third");
    assert_eq!(
        (
            receiver.in_flight_overall(),
            receiver.max_in_flight_overall()
        ),
        (0, 4)
    );
    assert_eq!(
        (receiver.max_in_flight("/a"), receiver.max_in_flight("/b")),
        (3, 1)
    );
}

#[tokio::test]
async fn a_release_may_come_first() {
    let receiver = Receiver::start().await.unwrap();
    receiver.behave("/a", Behaviour::Held);
    receiver.release("/a", 1);
    let mut client = Client::connect(receiver.addr()).await;
    assert_eq!(
        client.ask(&post_reply("/a", "1", "hello")).await.status,
        200
    );
    let _held = hold(&receiver, "/a", "held").await;
    assert_eq!(receiver.held("/a"), 1);
}

#[tokio::test]
async fn a_release_passes_over_a_client_that_has_gone() {
    let receiver = Receiver::start().await.unwrap();
    receiver.behave("/a", Behaviour::Held);
    let gone = hold(&receiver, "/a", "gone").await;
    let mut there = hold(&receiver, "/a", "there").await;
    drop(gone);
    receiver
        .wait_until(LONG, |receiver| receiver.in_flight("/a") == 1)
        .await
        .unwrap();
    receiver.release("/a", 1);
    assert_eq!(there.answer().await.json()["content"], "there");
    let answered: Vec<_> = receiver
        .received()
        .iter()
        .map(|each| each.answered)
        .collect();
    assert_eq!(answered, [None, Some(200)]);
}

#[tokio::test]
async fn a_held_request_that_breaks_the_format_is_refused_when_it_is_let_go() {
    let receiver = Receiver::start().await.unwrap();
    receiver.behave("/a", Behaviour::Held);
    receiver.release("/a", 1);
    let mut client = Client::connect(receiver.addr()).await;
    let answer = client.ask("GET /a HTTP/1.1\r\nHost: sim\r\n\r\n").await;
    assert_eq!(answer.status, 422);
}
