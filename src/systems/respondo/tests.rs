//! Deliveries to a strict simulated Respondo server.

use std::sync::Arc;
use std::time::Duration;

use ticketbridge_sim::Respondo;
use ticketbridge_sim::respondo::{Era, Fault, Outage};

use crate::clock::SystemClock;
use crate::model::{Author, Class, Command, Pushing, Time};
use crate::outbound::system_client;
use crate::settings::{self, Mode, Rate, RespondoPath, Secret, System, SystemKind};
use crate::store::Parcel;
use crate::systems::qminder::tests as specimens;
use crate::systems::{Courier as _, Report};

use super::{Hub, HubWays};

const TOKEN: &str = "hub-token";
const ADDRESS: &str = "0123456789abcdef0123456789abcdef";
/// What the customer says; no report may.
const SAID: &str = "My PIN is 1234 and my cat is called Whiskers";

fn hub(base: &str, change: impl FnOnce(&mut System)) -> Hub {
    let respondo = settings::Respondo {
        remote_brand: 7,
        token_name: "bridge".to_owned(),
        token: Secret::new(TOKEN.to_owned()),
        path: RespondoPath::Brands,
    };
    let mut system = System {
        id: "hub".to_owned(),
        base_url: base.parse().unwrap(),
        rate: Rate {
            per_second: 10.0,
            burst: 20,
        },
        mode: Mode::Live,
        ca_file: None,
        kind: SystemKind::Respondo(respondo),
    };
    change(&mut system);
    let SystemKind::Respondo(respondo) = &system.kind else {
        panic!("{system:?}")
    };
    let client = system_client(None, [], Duration::from_millis(1000)).unwrap();
    let public_url = "https://bridge.example.com/".parse().unwrap();
    let timeout = Duration::from_millis(1500);
    let ways = HubWays::new(&system, respondo, client, timeout, &public_url).unwrap();
    Hub::new(ways, Arc::new(SystemClock))
}

fn pushing(uid: &str, parent_uid: Option<&str>) -> Command {
    Command::PushTicket(Pushing {
        uid: uid.to_owned(),
        parent_uid: parent_uid.map(str::to_owned),
        author: Author {
            external_uid: "jane@example.com".to_owned(),
            username: "Jane Doe".to_owned(),
        },
        token: ADDRESS.to_owned(),
    })
}

fn parcel(command: Command) -> Parcel {
    Parcel {
        text: SAID.to_owned(),
        ..specimens::parcel(command)
    }
}

async fn deliver(hub: &Hub, parcel: Parcel) -> Report {
    let report = hub.deliver(parcel, "msg_test_7".to_owned()).await;
    for secret in [TOKEN, ADDRESS, "Whiskers"] {
        assert!(!report.detail.contains(secret), "{}", report.detail);
    }
    report
}

async fn push(hub: &Hub, uid: &str) -> Report {
    deliver(hub, parcel(pushing(uid, None))).await
}

#[tokio::test]
async fn tickets_are_pushed_by_the_book_and_children_thread() {
    let server = Respondo::start().await.unwrap();
    let hub = hub(&server.base_url(), |_| {});
    let report = push(&hub, "acme::a").await;
    assert_eq!(
        (report.class, report.status),
        (Class::Ok, Some(200)),
        "{report:?}"
    );
    let child = deliver(&hub, parcel(pushing("acme::b", Some("acme::a")))).await;
    assert_eq!(child.class, Class::Ok);
    let tickets = server.tickets();
    assert_eq!(tickets.len(), 2);
    assert_eq!(report.remote_uid, Some(tickets[0].id.to_string()));
    assert_eq!(tickets[0].content, SAID);
    assert_eq!(tickets[1].parent, Some(tickets[0].id));
    assert_eq!(server.complaints(), Vec::<String>::new());
}

#[tokio::test]
async fn organizations_are_served_in_their_own_shape() {
    let server = Respondo::start().await.unwrap();
    server.set_era(Era::D);
    let hub = hub(&server.base_url(), |system| {
        if let SystemKind::Respondo(respondo) = &mut system.kind {
            respondo.path = RespondoPath::Organizations;
        }
    });
    assert_eq!(push(&hub, "acme::a").await.class, Class::Ok);
    assert_eq!(server.complaints(), Vec::<String>::new());
}

#[tokio::test]
async fn a_duplicate_is_one_only_where_an_earlier_call_may_have_arrived() {
    let server = Respondo::start().await.unwrap();
    let hub = hub(&server.base_url(), |_| {});
    server.fault(Fault::LoseAnswer, 1);
    assert_eq!(push(&hub, "acme::a").await.class, Class::Unknown);
    let mut doubtful = parcel(pushing("acme::a", None));
    doubtful.delivery.in_doubt_since = Some(Time::EPOCH);
    let report = deliver(&hub, doubtful).await;
    assert_eq!((report.class, report.remote_uid), (Class::Ok, None));
    assert_eq!(push(&hub, "acme::a").await.class, Class::Rejected);
    assert_eq!(server.tickets().len(), 1);
}

#[tokio::test]
async fn every_refusal_has_its_class() {
    let server = Respondo::start().await.unwrap();
    let base = server.base_url();
    let live = hub(&base, |_| {});
    let gibberish = "<html><body>Whiskers</body></html>".to_owned();
    for (fault, class) in [
        (Fault::Status(429, String::new()), Class::Throttled),
        (
            Fault::Status(200, r#"{"error":"Invalid payload schema."}"#.to_owned()),
            Class::Rejected,
        ),
        (
            Fault::Status(200, format!(r#"{{"error":"{SAID} is bad"}}"#)),
            Class::Rejected,
        ),
        (Fault::Status(200, "{}".to_owned()), Class::Unknown),
        (Fault::Status(400, gibberish.clone()), Class::Rejected),
        (Fault::Status(422, gibberish.clone()), Class::Rejected),
        (Fault::Status(500, gibberish.clone()), Class::Unknown),
        (Fault::Status(404, String::new()), Class::Paused),
        (Fault::Garbage, Class::Unknown),
        (Fault::ForceSsl, Class::Paused),
        (Fault::Hang, Class::Unknown),
        (Fault::LandLate(None), Class::Unknown),
    ] {
        let shown = format!("{fault:?}");
        server.fault(fault, 1);
        let report = push(&live, "acme::a").await;
        assert_eq!(report.class, class, "{shown}: {report:?}");
        server.release_hung();
    }
    server.outage(Some(Outage::Refused)).await.unwrap();
    let report = push(&live, "acme::a").await;
    assert!(
        matches!(report.class, Class::Retry | Class::Unknown),
        "{report:?}"
    );
    server.outage(None).await.unwrap();
    server.revoke_token("bridge");
    assert_eq!(push(&live, "acme::a").await.class, Class::Paused);
    let dry = hub(&base, |system| system.mode = Mode::DryRun);
    assert!(push(&dry, "acme::a").await.withheld);
}

#[tokio::test]
async fn nameless_authors_have_a_name_and_empty_text_is_no_ticket() {
    let server = Respondo::start().await.unwrap();
    let hub = hub(&server.base_url(), |_| {});
    let nameless = Command::PushTicket(Pushing {
        uid: "acme::a".to_owned(),
        parent_uid: None,
        author: Author {
            external_uid: " ".to_owned(),
            username: String::new(),
        },
        token: ADDRESS.to_owned(),
    });
    assert_eq!(deliver(&hub, parcel(nameless)).await.class, Class::Ok);
    let mut empty = parcel(pushing("acme::b", None));
    empty.text = " \n".to_owned();
    assert_eq!(deliver(&hub, empty).await.class, Class::Rejected);
    let other = deliver(&hub, parcel(Command::PostMessage)).await;
    assert_eq!(other.class, Class::Rejected);
    assert_eq!(server.tickets().len(), 1);
}

#[tokio::test]
async fn what_would_be_sent_is_shown_without_secrets() {
    let hub = hub("https://app.example.com", |_| {});
    let shown = hub.shown(&parcel(pushing("acme::a", None))).unwrap();
    let shown = &shown.requests[0];
    assert_eq!(shown.target, "/brands/7/external_tickets.json");
    assert!(shown.body.contains("Whiskers") && shown.body.contains("/replies/(hidden)"));
    assert!(!shown.body.contains(TOKEN) && !shown.body.contains(ADDRESS));
}
