//! Replies to a receiver on a real socket, which answers as told.

mod answers;
mod couriers;
mod hostile;
mod request;
pub(super) mod server;
pub(super) mod specimens;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use ticketbridge_sim::Receiver;

use crate::clock::SystemClock;
use crate::model::{
    Answering, Command, Delivery, DeliveryId, DeliveryState, Destination, LaneId, MessageId,
    RESPONSE_URL, TicketId, Time,
};
use crate::outbound::tests::options;
use crate::outbound::{ClientOptions, Guard, guarded_client};
use crate::settings::Secret;
use crate::store::Parcel;

use super::{Courier as _, Report, ResponseUrls, Ways};

/// What stands in for the secret part of a response URL.
const SECRET: &str = "s3cr3t-hook";
const TIMEOUT: Duration = Duration::from_millis(700);

fn keys() -> Vec<Secret<Vec<u8>>> {
    [
        "the-first-signing-key-of-acme-01",
        "the-other-signing-key-of-acme-02",
    ]
    .map(|key| Secret::new(key.as_bytes().to_vec()))
    .to_vec()
}

fn ways(options: &ClientOptions, client: reqwest::Client) -> Ways {
    Ways {
        client,
        guard: options.guard.clone(),
        timeout: TIMEOUT,
        signing_keys: BTreeMap::from([("acme".to_owned(), keys())]),
    }
}

/// May call this machine.
fn courier() -> ResponseUrls {
    let options = options();
    let client = guarded_client(&options).unwrap();
    ResponseUrls::new(ways(&options, client), Arc::new(SystemClock))
}

/// May call nothing inside.
fn strict_courier() -> ResponseUrls {
    let options = ClientOptions {
        guard: Guard::default(),
        ..options()
    };
    let client = guarded_client(&options).unwrap();
    ResponseUrls::new(ways(&options, client), Arc::new(SystemClock))
}

pub(super) fn parcel(url: &str) -> Parcel {
    Parcel {
        delivery: Delivery {
            id: DeliveryId(7),
            lane: LaneId(1),
            system: RESPONSE_URL.to_owned(),
            ticket: TicketId(2),
            brand: "acme".to_owned(),
            command: Command::Reply(Answering {
                answers: MessageId(3),
                parent_uid: "parent/\"1\"".to_owned(),
                author_uid: "3".to_owned(),
                author_name: "Agent Smith".to_owned(),
            }),
            message: MessageId(4),
            revision: 0,
            state: DeliveryState::Due { at: Time::EPOCH },
            attempts: 0,
            tries: 0,
            last: None,
            created_at: Time::EPOCH,
            age_from: Time::EPOCH,
            in_doubt_since: None,
            mark: None,
            mapping: Default::default(),
            recorded_at: None,
            trace: None,
        },
        message: specimens::message().message,
        text: "grüß dich\n<b>\u{1f600}".to_owned(),
        to: Destination::ResponseUrl(url.to_owned()),
        wanted_url: Some(url.to_owned()),
        conversation: None,
    }
}

async fn deliver(courier: &ResponseUrls, url: &str) -> Report {
    let report = courier.deliver(parcel(url), "msg_test_7".to_owned()).await;
    assert!(!report.detail.contains(SECRET), "{}", report.detail);
    assert!(!report.detail.contains("grüß"), "{}", report.detail);
    report
}

/// A receiver, and the URL of its one hook.
async fn receiver(behaviours: Vec<ticketbridge_sim::Behaviour>) -> (Receiver, String) {
    let receiver = Receiver::start().await.unwrap();
    receiver.script(&format!("/{SECRET}"), behaviours);
    let url = receiver.url(&format!("/{SECRET}"));
    (receiver, url)
}
