//! Deliveries to a Qminder on a real socket, which says what it is told to.

mod classes;
mod commands;
mod doubt;
mod looking;
pub(in crate::systems) mod server;

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use serde_json::{Value, json};

use crate::clock::SystemClock;
use crate::gates::KeyGate;
use crate::model::{
    Assignee, Author, Command, Delivery, DeliveryId, DeliveryState, Destination, LaneId, Link,
    LinkState, Message, MessageId, Priority, Sender, Status, Text, Ticket, TicketId, Time,
    Visibility, WayOut,
};
use crate::outbound::{Client, system_client};
use crate::settings::{AfterServed, Mode, Qminder, Rate, Secret, System, SystemKind};
use crate::store::{Conversation, MessageView, Parcel};
use crate::systems::{Courier as _, Report};

use super::{Desk, DeskWays};
use server::{Act, Server};

pub(in crate::systems) const KEY: &str = "s3cret-key-of-front-desk";
/// What the customer says; no report may.
const SAID: &str = "My PIN is 1234 and my cat is called Whiskers";
const TIMEOUT: Duration = Duration::from_millis(1500);
const INCARNATION: &str = "00aa11bb22cc";

/// Takes long to make, and keeps no connection to these servers.
static CLIENT: LazyLock<Client> =
    LazyLock::new(|| system_client(None, [], Duration::from_millis(1000)).unwrap());

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
        sms_replies: true,
        cancel_closed: true,
        internal_notes: false,
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

fn ticket(links: Vec<Link>) -> Ticket {
    Ticket {
        id: TicketId(12),
        brand: "acme".to_owned(),
        external_uid: "t-1".to_owned(),
        provider: None,
        title: "Printer on fire".to_owned(),
        opening: MessageId(4),
        status: Status::Open,
        priority: Priority::Medium,
        department: None,
        category: None,
        product: None,
        labels: Vec::new(),
        locked: false,
        author: author(),
        customer: TicketId(12),
        assignee: Assignee::All,
        answer: None,
        awaits_agent: true,
        created_at: Time::EPOCH,
        arrived_at: Time::EPOCH,
        updated_at: Time::EPOCH,
        last_reply_at: None,
        closed_at: None,
        closed_by: None,
        related: Vec::new(),
        links,
        pace: crate::model::Pace::default(),
        loop_since: None,
    }
}

fn author() -> Author {
    Author {
        external_uid: "jane@example.com".to_owned(),
        username: "Jane Doe".to_owned(),
    }
}

pub(in crate::systems) fn message() -> MessageView {
    MessageView {
        message: Message {
            id: MessageId(4),
            ticket: TicketId(12),
            from: Sender::Customer(author()),
            visibility: Visibility::Public,
            revision: 0,
            text: Text::Inline(String::new()),
            external_uid: None,
            provider: None,
            parent_uid: None,
            response_url: None,
            late: false,
            answers: None,
            way_out: WayOut::None,
            remote_uid: None,
            duplicates: 0,
            duplicate_at: None,
            created_at: Time::EPOCH,
            arrived_at: Time::EPOCH,
            edited_at: None,
            likes: Vec::new(),
        },
        content: SAID.to_owned(),
    }
}

fn link(state: LinkState, remote: Option<&str>) -> Link {
    Link {
        state,
        remote: remote.map(str::to_owned),
        ..Link::wanted("front-desk", DeliveryId(7), Time::EPOCH)
    }
}

/// What is to be done about a ticket that is number 226859 there.
pub(in crate::systems) fn parcel(command: Command) -> Parcel {
    let links = match command {
        Command::CreateTicket { .. } => vec![link(LinkState::Wanted(DeliveryId(7)), None)],
        _ => vec![link(LinkState::Waiting, Some("226859"))],
    };
    Parcel {
        delivery: Delivery {
            id: DeliveryId(7),
            lane: LaneId(1),
            system: "front-desk".to_owned(),
            ticket: TicketId(12),
            brand: "acme".to_owned(),
            command,
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
        },
        message: message().message,
        text: SAID.to_owned(),
        to: Destination::System("front-desk".to_owned()),
        wanted_url: None,
        conversation: Some(Box::new(Conversation {
            ticket: ticket(links),
            messages: vec![message()],
            omitted: 0,
        })),
    }
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
