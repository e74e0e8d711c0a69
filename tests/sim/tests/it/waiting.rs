//! Waiting for requests, and a receiver's end.

use std::time::Duration;

use ticketbridge_sim::{Behaviour, Receiver};
use tokio::net::TcpStream;

use crate::client::{Client, LONG, post};

#[tokio::test]
async fn a_wait_ends_with_the_request_that_was_waited_for() {
    let receiver = Receiver::start().await.unwrap();
    let mut client = Client::connect(receiver.addr()).await;
    let asks = async {
        for path in ["/a", "/b", "/a"] {
            client.ask(&post(path, "", "")).await;
        }
    };
    let (received, ()) = tokio::join!(receiver.wait_for("/a", 2, LONG), asks);
    assert_eq!(received.unwrap().len(), 2);
    assert_eq!(
        receiver
            .wait_for("/b", 1, Duration::ZERO)
            .await
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn a_wait_that_is_over_says_what_came_instead() {
    let receiver = Receiver::start().await.unwrap();
    let mut client = Client::connect(receiver.addr()).await;
    client.ask(&post("/a", "", "")).await;
    let within = Duration::from_millis(20);
    let never = receiver.wait_for("/b", 1, within).await.unwrap_err();
    assert_eq!(
        never.to_string(),
        "1 requests at /b did not come within 20ms; 1 requests were received"
    );
    assert_eq!(never.received[0].path, "/a");
    assert!(receiver.wait_until(within, |_| false).await.is_err());
}

#[tokio::test]
async fn a_receiver_that_stopped_refuses_and_its_address_can_be_used_again() {
    let receiver = Receiver::start().await.unwrap();
    receiver.behave("/r", Behaviour::Hang);
    let addr = receiver.addr();
    let mut client = Client::connect(addr).await;
    client.send(&post("/r", "", "")).await;
    receiver.wait_for("/r", 1, LONG).await.unwrap();
    receiver.stop().await;
    assert_eq!(client.rest().await.0, b"");
    assert!(TcpStream::connect(addr).await.is_err());

    let again = Receiver::start_on(addr).await.unwrap();
    assert_eq!(again.url("/r"), format!("http://{addr}/r"));
    let mut client = Client::connect(addr).await;
    assert_eq!(client.ask(&post("/r", "", "")).await.status, 404);
}

#[tokio::test]
async fn a_receiver_that_is_dropped_closes_its_connections() {
    let receiver = Receiver::start().await.unwrap();
    let mut client = Client::connect(receiver.addr()).await;
    client.ask(&post("/r", "", "")).await;
    drop(receiver);
    assert_eq!(client.rest().await, (Vec::new(), None));
}
