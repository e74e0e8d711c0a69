//! A ticket, what is said in it, and what is to be done about it.

use std::sync::LazyLock;
use std::time::Duration;

use crate::model::{
    Assignee, Author, Command, Delivery, DeliveryId, DeliveryState, Destination, Incarnation,
    LaneId, Link, LinkState, Message, MessageId, Priority, Sender, Status, Text, Ticket, TicketId,
    Time, Visibility, WayOut,
};
use crate::outbound::{Client, system_client};
use crate::store::{Conversation, MessageView, Parcel};

/// What the customer says; no report may.
pub(in crate::systems) const SAID: &str = "My PIN is 1234 and my cat is called Whiskers";
pub(in crate::systems) const INCARNATION: Incarnation = Incarnation::named("00aa11bb22cc");

/// Takes long to make, and keeps no connection to these servers.
pub(in crate::systems) static CLIENT: LazyLock<Client> =
    LazyLock::new(|| system_client(None, [], Duration::from_millis(1000)).unwrap());

pub(in crate::systems) fn ticket(links: Vec<Link>) -> Ticket {
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
        status_by: None,
        trace: None,
    }
}

pub(in crate::systems) fn author() -> Author {
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
            addresses: Vec::new(),
        },
        content: SAID.to_owned(),
    }
}

pub(in crate::systems) fn link(system: &str, state: LinkState, remote: Option<&str>) -> Link {
    Link {
        state,
        remote: remote.map(str::to_owned),
        ..Link::wanted(system, DeliveryId(7), Time::EPOCH)
    }
}

/// What is to be done at `system` about a ticket that has this number there, unless it is to be made.
pub(in crate::systems) fn parcel(system: &str, command: Command, remote: &str) -> Parcel {
    let link = match command {
        Command::CreateTicket { .. } => link(system, LinkState::Wanted(DeliveryId(7)), None),
        _ => link(system, LinkState::Waiting, Some(remote)),
    };
    Parcel {
        delivery: Delivery {
            id: DeliveryId(7),
            lane: LaneId(1),
            system: system.to_owned(),
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
            mapping: Default::default(),
            recorded_at: None,
            trace: None,
        },
        message: message().message,
        text: SAID.to_owned(),
        to: Destination::System(system.to_owned()),
        wanted_url: None,
        conversation: Some(Box::new(Conversation {
            ticket: ticket(vec![link]),
            messages: vec![message()],
            omitted: 0,
        })),
    }
}
