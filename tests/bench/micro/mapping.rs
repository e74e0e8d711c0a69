//! How long it takes to map one ticket to all that it goes to, held against serde_json's parse and print of the ticket as
//! it came, in the same process and in turns.
//!
//! Mapped are a visit with its record at a Qminder, a customer with a ticket at a DeskHive, a ticket at a Respondo server
//! and a reply to a response URL, with the word on what became of each field, as the daemon does it before each call.

#![expect(clippy::print_stdout, reason = "it tells people what it measured")]
#![expect(clippy::disallowed_methods, reason = "it measures real time")]

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use ticketbridge::clock::{Clock, SystemClock};
use ticketbridge::live::Live;
use ticketbridge::model::*;
use ticketbridge::settings::{LoadOptions, Secret, Settings, SystemKind, load_in};
use ticketbridge::store::{Conversation, MessageView, Parcel};
use ticketbridge::systems::Couriers;

const SAID: &str = "The printer on the second floor is on fire again.\n\nIt happens whenever somebody prints in \
    colour, and by now also when nobody does. We have put it out twice; a third time would be too much.";
const CONFIGURATION: &str = r#"
[[brands]]
id = "acme"
mirror_to = ["front-desk", "support", "hub"]
[[systems]]
id = "front-desk"
kind = "qminder"
api_key_file = "k"
line = "12345"
[[systems]]
id = "support"
kind = "deskhive"
base_url = "https://desk.example.com"
external_key_file = "k"
internal_key_file = "k"
[[systems]]
id = "hub"
kind = "respondo"
base_url = "https://app.example.com"
remote_brand = 7
token_name = "bridge"
token_file = "k"
"#;

fn main() -> anyhow::Result<()> {
    let is_quick = std::env::args().any(|arg| arg == "--quick");
    let (rounds, each) = if is_quick { (3, 20) } else { (61, 2_000) };
    let couriers = couriers()?;
    let parcels = parcels();
    let sent = sent();

    let map = || {
        for parcel in &parcels {
            let shown = couriers.shown(parcel);
            black_box(shown.map_err(anyhow::Error::msg)?);
        }
        anyhow::Ok(())
    };
    let parse_and_print = || {
        let ticket: serde_json::Value = serde_json::from_str(black_box(&sent))?;
        black_box(serde_json::to_string(&ticket)?);
        anyhow::Ok(())
    };
    let (mut mapped, mut printed) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        mapped.push(time(each, &map)?);
        printed.push(time(each, &parse_and_print)?);
    }
    let (mapped, printed) = (median(&mut mapped), median(&mut printed));
    println!(
        "mapping one ticket to four targets   {:8.1} µs",
        micros(mapped)
    );
    println!(
        "serde_json, parse and print          {:8.1} µs",
        micros(printed)
    );
    println!(
        "ratio                                {:8.1}   (medians of {rounds} rounds of {each}, in turns)",
        mapped.as_secs_f64() / printed.as_secs_f64()
    );
    Ok(())
}

fn time(each: u32, work: &impl Fn() -> anyhow::Result<()>) -> anyhow::Result<Duration> {
    let began = Instant::now();
    for _ in 0..each {
        work()?;
    }
    Ok(began.elapsed() / each)
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

/// As a sender posts it.
fn sent() -> String {
    serde_json::json!({
        "external_uid": "t-1",
        "content": SAID,
        "response_url": "https://hooks.example.com/hooks/catch/1/abc",
        "custom_provider": "mail",
        "author": {"external_uid": "+1 212 555 1234", "username": "Jane Doe <jane@example.com>"},
        "created_at": "2020-04-04 23:35:27.632879 UTC",
        "personal_access_token": {"name": "zapier", "token": "123TOKEN321"},
    })
    .to_string()
}

fn couriers() -> anyhow::Result<Couriers> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("config.toml");
    std::fs::write(&file, CONFIGURATION)?;
    let settings = settings(&file)?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    ticketbridge::app::couriers(
        &Live::new(settings),
        &clock,
        &Incarnation::named("00aa11bb22cc"),
    )
}

/// The settings of `file`, with keys, since none was read.
fn settings(file: &Path) -> anyhow::Result<Settings> {
    let options = LoadOptions { open_files: false };
    let mut settings = load_in(file, options, &Default::default())
        .context("the configuration is not in order")?
        .settings;
    let key = || Secret::new("key".to_owned());
    for system in settings.systems.values_mut() {
        match &mut system.kind {
            SystemKind::Qminder(qminder) => qminder.api_key = key(),
            SystemKind::DeskHive(deskhive) => {
                deskhive.external_key = key();
                deskhive.internal_key = Some(key());
            }
            SystemKind::Respondo(respondo) => respondo.token = key(),
        }
    }
    Ok(settings)
}

/// What a ticket becomes everywhere.
fn parcels() -> Vec<Parcel> {
    let visitor = author();
    let pushing = Pushing {
        uid: "acme:mail:t-1".to_owned(),
        parent_uid: None,
        author: author(),
        token: "abcdefghijklmnopqrstuvwxyz".to_owned(),
    };
    let answering = Answering {
        answers: MessageId(3),
        parent_uid: "t-1".to_owned(),
        author_uid: "3".to_owned(),
        author_name: "Agent Smith".to_owned(),
    };
    let create = || Command::CreateTicket {
        visitor: visitor.clone(),
    };
    vec![
        parcel("front-desk", create()),
        parcel("front-desk", Command::ReplaceRecord),
        parcel("support", create()),
        parcel("hub", Command::PushTicket(pushing)),
        Parcel {
            to: Destination::ResponseUrl("https://hooks.example.com/hooks/catch/1/abc".to_owned()),
            ..parcel(RESPONSE_URL, Command::Reply(answering))
        },
    ]
}

fn author() -> Author {
    Author {
        external_uid: "+1 212 555 1234".to_owned(),
        username: "Jane Doe <jane@example.com>".to_owned(),
    }
}

fn parcel(system: &str, command: Command) -> Parcel {
    let delivery: Delivery = serde_json::from_value(serde_json::json!({
        "id": 7, "lane": 1, "system": system, "ticket": 12, "brand": "acme", "command": command, "message": 4,
        "revision": 0, "state": "waiting", "attempts": 0, "tries": 0, "last": null, "created_at": 0, "age_from": 0,
        "in_doubt_since": null, "mark": null,
    }))
    .expect("a delivery as it is stored");
    let message = message();
    Parcel {
        delivery,
        message: message.message.clone(),
        text: SAID.to_owned(),
        to: Destination::System(system.to_owned()),
        wanted_url: None,
        conversation: Some(Box::new(Conversation {
            ticket: ticket(system),
            messages: vec![message],
            omitted: 0,
        })),
    }
}

fn message() -> MessageView {
    let message: Message = serde_json::from_value(serde_json::json!({
        "id": 4, "ticket": 12, "from": {"customer": author()}, "visibility": "public", "revision": 0,
        "text": {"inline": ""}, "external_uid": "t-1", "provider": "mail", "parent_uid": null, "response_url": null,
        "late": false, "answers": null, "way_out": "none", "remote_uid": null, "duplicates": 0, "duplicate_at": null,
        "created_at": 0, "arrived_at": 0, "edited_at": null, "likes": [],
    }))
    .expect("a message as it is stored");
    MessageView {
        message,
        content: SAID.to_owned(),
    }
}

fn ticket(system: &str) -> Ticket {
    let link = Link {
        state: LinkState::Waiting,
        remote: Some("226859".to_owned()),
        ..Link::wanted(system, DeliveryId(7), Time::EPOCH)
    };
    Ticket {
        id: TicketId(12),
        brand: "acme".to_owned(),
        external_uid: "t-1".to_owned(),
        provider: Some("mail".to_owned()),
        title: Ticket::title_of(SAID),
        opening: MessageId(4),
        status: Status::Open,
        status_by: None,
        trace: None,
        priority: Priority::High,
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
        links: vec![link],
        pace: Pace::default(),
        loop_since: None,
    }
}
