//! How requests are read.

use ticketbridge_sim::{Behaviour, Receiver};

use crate::client::{Client, LONG, post_reply, reply};

async fn receiver() -> Receiver {
    let receiver = Receiver::start().await.unwrap();
    receiver.behave("/r", Behaviour::ValidReply);
    receiver
}

#[tokio::test]
async fn chunks_are_put_together_and_trailers_passed_over() {
    let receiver = receiver().await;
    let mut client = Client::connect(receiver.addr()).await;
    let body = reply("hello").to_string();
    let (one, two) = body.split_at(10);
    let request = format!(
        "POST /r HTTP/1.1\r\nHost: sim\r\nContent-Type: application/json\r\n\
         Transfer-Encoding: chunked\r\n\r\na\r\n{one}\r\n{:X};x=y\r\n{two}\r\n0\r\nA: b\r\n\r\n",
        two.len()
    );
    assert_eq!(client.ask(&request).await.status, 200);
    assert_eq!(receiver.received()[0].body, body.as_bytes());
    assert_eq!(
        client.ask(&post_reply("/r", "1", "again")).await.status,
        200
    );
}

#[tokio::test]
async fn a_connection_is_kept_and_requests_may_be_sent_ahead() {
    let receiver = receiver().await;
    let mut client = Client::connect(receiver.addr()).await;
    let both = format!(
        "{}{}",
        post_reply("/r", "1", "one"),
        post_reply("/r", "2", "two")
    );
    client.send(&both).await;
    assert_eq!(client.answer().await.json()["content"], "one");
    assert_eq!(client.answer().await.json()["content"], "two");
    assert_eq!(
        (receiver.connections(), receiver.open_connections()),
        (1, 1)
    );
    drop(client);
    receiver
        .wait_until(LONG, |receiver| receiver.open_connections() == 0)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_connection_is_closed_when_the_client_says_so() {
    let receiver = receiver().await;
    let mut client = Client::connect(receiver.addr()).await;
    let answer = client
        .ask("GET /r HTTP/1.1\r\nHost: sim\r\nConnection: close\r\n\r\n")
        .await;
    assert!(
        answer.head.contains("Connection: close\r\n"),
        "{}",
        answer.head
    );
    assert_eq!(client.rest().await, (Vec::new(), None));
}

#[tokio::test]
async fn a_client_that_waits_is_told_to_continue() {
    let receiver = receiver().await;
    let mut client = Client::connect(receiver.addr()).await;
    let head = "POST /r HTTP/1.1\r\nHost: sim\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n";
    client.send(head).await;
    assert_eq!(client.head().await, "HTTP/1.1 100 Continue\r\n\r\n");
    assert_eq!(client.ask("{}").await.status, 422);
}

#[tokio::test]
async fn what_is_not_a_request_is_answered_and_recorded() {
    let receiver = receiver().await;
    let too_many = format!(
        "POST /r HTTP/1.1\r\nHost: h\r\n{}\r\n",
        "A: b\r\n".repeat(200)
    );
    let too_long = format!("POST /r HTTP/1.1\r\nHost: h\r\nA: {}", "a".repeat(70_000));
    let chunked = "POST /r HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
    let cases = [
        ("hello\r\n\r\n".to_owned(), 400),
        ("POST /r HTTP/1.1\r\n\r\n".to_owned(), 400),
        (too_many, 400),
        (too_long, 431),
        (
            "POST /r HTTP/1.1\r\nHost: h\r\nContent-Length: 1048577\r\n\r\n".to_owned(),
            413,
        ),
        (format!("{chunked}100001\r\n"), 413),
        (format!("{chunked}x\r\n"), 400),
        (format!("{chunked}1\r\nabc"), 400),
    ];
    for (request, status) in cases {
        let mut client = Client::connect(receiver.addr()).await;
        let answer = client.ask(&request).await;
        assert_eq!(answer.status, status, "{request:.80}");
        assert_eq!(client.rest().await, (Vec::new(), None), "{request:.80}");
        let received = receiver.received().pop().unwrap();
        assert_eq!(received.refused.unwrap().as_bytes(), answer.body);
        assert_eq!(
            (received.path.as_str(), received.answered),
            ("", Some(status))
        );
    }
    assert_eq!(receiver.in_flight_overall(), 0);
}

#[tokio::test]
async fn a_request_that_breaks_off_is_not_recorded() {
    let receiver = receiver().await;
    let mut client = Client::connect(receiver.addr()).await;
    client
        .send("POST /r HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nhalf")
        .await;
    drop(client);
    let over =
        |receiver: &Receiver| receiver.connections() == 1 && receiver.open_connections() == 0;
    receiver.wait_until(LONG, over).await.unwrap();
    assert_eq!(receiver.received(), []);
}
