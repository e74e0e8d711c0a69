//! Deliveries to a Qminder on a real socket, which says what it is told to.

mod classes;
mod commands;
mod doubt;
mod looking;

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use crate::clock::SystemClock;
use crate::gates::KeyGate;
use crate::mapping::QminderMapping;
use crate::model::{Command, DeliveryId, Link, LinkState, Time};
use crate::outbound::system_client;
use crate::settings::{AfterServed, Mode, Qminder, Rate, Secret, System, SystemKind};
use crate::store::Parcel;
use crate::systems::tests::server::{Act, Server};
use crate::systems::tests::specimens::{self, CLIENT, INCARNATION, SAID, author};
use crate::systems::{Courier as _, Report};

use super::{Desk, DeskWays};

pub(in crate::systems) const KEY: &str = "s3cret-key-of-front-desk";
const TIMEOUT: Duration = Duration::from_millis(1500);

pub(in crate::systems) fn system(base: &str) -> System {
    System {
        id: "front-desk".to_owned(),
        base_url: base.parse().unwrap(),
        rate: rate(),
        mode: Mode::Live,
        ca_file: None,
        kind: SystemKind::Qminder(qminder()),
    }
}

fn rate() -> Rate {
    Rate {
        per_second: 5.0,
        burst: 40,
    }
}

fn qminder() -> Qminder {
    Qminder {
        api_key: Secret::new(KEY.to_owned()),
        line: "12345".to_owned(),
        user: Some(900),
        language: "en".to_owned(),
        provider: "ticketbridge".to_owned(),
        title: "Support ticket".to_owned(),
        webhook: None,
        poll_interval: Duration::from_secs(60),
        after_served: AfterServed::NewTicket,
        import_to: None,
        mapping: QminderMapping {
            sms_replies: true,
            cancel_closed: true,
            ..QminderMapping::default()
        },
    }
}

pub(in crate::systems) fn ways_of(system: &System) -> DeskWays {
    let SystemKind::Qminder(qminder) = &system.kind else {
        panic!("{system:?}")
    };
    DeskWays::new(system, qminder, CLIENT.clone(), TIMEOUT).unwrap()
}

fn desk_of(system: &System) -> (Desk, Arc<KeyGate>) {
    let gate = Arc::new(KeyGate::new(rate()));
    let clock = Arc::new(SystemClock);
    let desk = Desk::new(
        ways_of(system),
        Arc::clone(&gate),
        clock,
        INCARNATION.to_owned(),
    );
    (desk, gate)
}

fn desk(server: &Server) -> Desk {
    desk_of(&system(&server.base())).0
}

fn link(state: LinkState, remote: Option<&str>) -> Link {
    specimens::link("front-desk", state, remote)
}

/// What is to be done about a ticket that is number 226859 there.
pub(in crate::systems) fn parcel(command: Command) -> Parcel {
    specimens::parcel("front-desk", command, "226859")
}

/// As [`parcel`], after a call at that time of which nobody knows whether it arrived.
fn doubtful(command: Command) -> Parcel {
    let mut parcel = parcel(command);
    let doubt: jiff::Timestamp = "2026-03-01T12:00:00Z".parse().unwrap();
    parcel.delivery.in_doubt_since = Some(Time::from_timestamp(doubt));
    parcel
}

pub(in crate::systems) fn create_ticket() -> Command {
    Command::CreateTicket { visitor: author() }
}

fn all_commands() -> Vec<Command> {
    vec![
        create_ticket(),
        Command::ReplaceRecord,
        Command::AddLabel("VIP".to_owned()),
        Command::RemoveLabel("VIP".to_owned()),
        Command::CancelTicket {
            remote: "226859".to_owned(),
        },
        Command::SendSms,
    ]
}

async fn deliver(desk: &Desk, parcel: Parcel) -> Report {
    let report = desk.deliver(parcel, "msg_test_7".to_owned()).await;
    let shown = format!("{report:?}");
    assert!(!shown.contains(KEY), "{shown}");
    for part in ["PIN is", "cat is", "Whiskers"] {
        assert!(!shown.contains(part), "{shown}");
    }
    report
}

/// A server with this script, a desk that calls it, and what becomes of one delivery.
async fn once(parcel: Parcel, script: Vec<Act>) -> (Report, Vec<String>) {
    let server = Server::start(script).await;
    let report = deliver(&desk(&server), parcel).await;
    (report, server.lines())
}

fn there(status: &str) -> Value {
    json!({"statusCode": 200, "id": "226859", "status": status, "labels": []})
}
