//! Deliveries to a strict simulated DeskHive, and to one that says what it is told to, and looks at them.

mod classes;
mod closed;
mod commands;
mod customers;
mod doubt;
mod heard;
mod looking;
mod readings;
mod seen;

use std::sync::Arc;
use std::time::Duration;

use ticketbridge_sim::DeskHive as Desk;

use crate::clock::SystemClock;
use crate::gates::KeyGate;
use crate::mapping::DeskHiveMapping;
use crate::model::{Command, Time};
use crate::settings::{DeskHive, Mode, Rate, Secret, System, SystemKind};
use crate::store::Parcel;
use crate::systems::tests::specimens::{self, CLIENT, INCARNATION, SAID, author};
use crate::systems::{Courier as _, Report};

use super::spelling::Spelling;
use super::{Helpdesk, HelpdeskWays};

const EXTERNAL_KEY: &str = "desk-agent-key";
const INTERNAL_KEY: &str = "desk-internal-key";
const TIMEOUT: Duration = Duration::from_millis(2500);

fn system(base: &str) -> System {
    System {
        id: "support".to_owned(),
        base_url: base.parse().unwrap(),
        rate: rate(),
        mode: Mode::Live,
        ca_file: None,
        kind: SystemKind::DeskHive(DeskHive {
            external_key: Secret::new(EXTERNAL_KEY.to_owned()),
            internal_key: Some(Secret::new(INTERNAL_KEY.to_owned())),
            customer_email_domain: None,
            poll_interval: Duration::from_secs(15),
            import_to: None,
            mapping: DeskHiveMapping {
                internal_notes: true,
                ..DeskHiveMapping::default()
            },
        }),
    }
}

/// No test waits for its turn unless it wants to.
fn rate() -> Rate {
    Rate {
        per_second: 1.0,
        burst: 10_000,
    }
}

/// The settings of `system`, changed.
fn changed(mut system: System, change: impl FnOnce(&mut DeskHive)) -> System {
    let SystemKind::DeskHive(deskhive) = &mut system.kind else {
        panic!("{system:?}")
    };
    change(deskhive);
    system
}

fn ways(system: &System) -> HelpdeskWays {
    let SystemKind::DeskHive(deskhive) = &system.kind else {
        panic!("{system:?}")
    };
    HelpdeskWays::new(system, deskhive, CLIENT.clone(), TIMEOUT).unwrap()
}

/// With both keys.
pub(in crate::systems) fn ways_of(base: &str) -> HelpdeskWays {
    ways(&system(base))
}

fn helpdesk_of(system: &System) -> (Helpdesk, Arc<KeyGate>) {
    let gate = Arc::new(KeyGate::new(system.rate));
    let clock = Arc::new(SystemClock);
    let incarnation = INCARNATION.to_owned();
    let helpdesk = Helpdesk::new(ways(system), Arc::clone(&gate), clock, incarnation);
    (helpdesk.speaks(Spelling::Rich), gate)
}

fn helpdesk(base: &str) -> Helpdesk {
    helpdesk_of(&system(base)).0
}

/// With the agent's key alone.
fn helpdesk_of_agent(base: &str) -> Helpdesk {
    let system = changed(system(base), |deskhive| deskhive.internal_key = None);
    helpdesk_of(&system).0
}

/// A DeskHive that counts no calls, and a help desk that calls it.
async fn started() -> (Desk, Helpdesk) {
    let desk = Desk::start().await.unwrap();
    desk.unlimited();
    let helpdesk = helpdesk(&desk.base_url());
    (desk, helpdesk)
}

/// The same, with a ticket of Jane's that is assigned to our agent.
async fn with_ticket() -> (Desk, Helpdesk, u64) {
    let (desk, helpdesk) = started().await;
    let jane = desk.customer("Jane Doe", "jane@example.com");
    let ticket = desk.customer_creates_ticket(jane, "Cannot log in", "It says 500.");
    (desk, helpdesk, ticket.unwrap())
}

fn create_ticket() -> Command {
    Command::CreateTicket { visitor: author() }
}

fn all_commands() -> [Command; 4] {
    [
        create_ticket(),
        Command::PostMessage,
        Command::PostEdit,
        Command::UpdateTicket,
    ]
}

/// What is to be done, about the ticket of this number there.
fn parcel(command: Command, remote: u64) -> Parcel {
    specimens::parcel("support", command, &remote.to_string())
}

/// After a call of which nobody knows whether it arrived.
fn doubtful(command: Command, remote: u64) -> Parcel {
    let mut parcel = parcel(command, remote);
    parcel.delivery.in_doubt_since = Some(Time::EPOCH);
    parcel
}

async fn deliver(helpdesk: &Helpdesk, parcel: Parcel) -> Report {
    let report = helpdesk.deliver(parcel, "msg_test_7".to_owned()).await;
    let shown = format!("{report:?}");
    for secret in [
        EXTERNAL_KEY,
        INTERNAL_KEY,
        "http://",
        "PIN is",
        "cat is",
        "Whiskers",
        "jane@",
    ] {
        assert!(!shown.contains(secret), "{shown}");
    }
    report
}
