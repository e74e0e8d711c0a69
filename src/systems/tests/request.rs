//! What is sent, to the byte.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use ticketbridge_sim::{Behaviour, verify_signature};

use crate::clock::SystemClock;
use crate::model::Class;
use crate::outbound::guarded_client;
use crate::outbound::tests::options;
use crate::systems::{ResponseUrls, Ways};

use super::{courier, deliver, keys, parcel, receiver, ways};

const BODY: &str = "{\"response_text\":\"grüß dich\\n<b>\u{1f600}\",\"author\":{\"external_uid\":\"3\",\"username\":\"Agent Smith\"},\"parent_id\":\"parent/\\\"1\\\"\"}";

#[tokio::test]
async fn every_try_has_the_same_bytes_and_id_and_is_signed_with_every_key() {
    let (receiver, url) = receiver(vec![
        Behaviour::Reset,
        Behaviour::Empty(500),
        Behaviour::ValidReply,
    ])
    .await;
    let courier = courier();
    for class in [Class::Unknown, Class::Retry, Class::Ok] {
        assert_eq!(deliver(&courier, &url).await.class, class);
    }
    let received = receiver.received();
    assert_eq!(received.len(), 3);
    for request in &received {
        assert_eq!(std::str::from_utf8(&request.body).unwrap(), BODY);
        assert_eq!(request.method, "POST");
        for (name, value) in [
            ("webhook-id", "msg_test_7"),
            ("idempotency-key", "msg_test_7"),
            ("content-type", "application/json"),
            ("accept", "application/json"),
            (
                "user-agent",
                concat!("ticketbridge/", env!("CARGO_PKG_VERSION")),
            ),
            ("content-length", &BODY.len().to_string()),
        ] {
            assert_eq!(request.header_values(name), [value], "{name}");
        }
        for key in keys() {
            assert_eq!(
                verify_signature(key.reveal(), request, Duration::from_secs(60)),
                Ok(())
            );
        }
        assert!(verify_signature(b"another", request, Duration::from_secs(60)).is_err());
    }
    assert_eq!(received[2].refused, None);
}

#[tokio::test]
async fn a_brand_without_keys_signs_nothing() {
    let (receiver, url) = receiver(vec![Behaviour::ValidReply]).await;
    let options = options();
    let ways = Ways {
        signing_keys: BTreeMap::new(),
        ..ways(&options, guarded_client(&options).unwrap())
    };
    let courier = ResponseUrls::new(ways, Arc::new(SystemClock));
    deliver(&courier, &url).await;
    let request = &receiver.received()[0];
    assert_eq!(request.header("webhook-signature"), None);
    assert!(request.header("webhook-timestamp").is_some());
    assert_eq!(request.webhook_id(), Some("msg_test_7"));
}

#[test]
fn the_body_is_made_from_the_parcel_alone() {
    let first = super::super::body_of(&parcel("https://a.example.com/"));
    assert_eq!(
        first,
        super::super::body_of(&parcel("https://b.example.com/"))
    );
    assert_eq!(std::str::from_utf8(&first).unwrap(), BODY);
}
