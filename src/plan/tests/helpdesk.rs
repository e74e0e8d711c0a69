//! Systems where tickets are threads, and systems where each message is a ticket.

mod backlog;
mod decided;
mod echoes;
mod erased;
mod given_up;
mod heard;
mod hub;
mod looping;
mod mended;
mod recorded;
mod standing;
mod told;

use std::time::Duration;

use super::world::*;
use crate::mapping::SystemMapping;
use crate::model::*;
use crate::plan::{Answer, HelpdeskRoute, Note, ReturnTaken, Role, Routes, Sighting, SystemRoute};

const SUPPORT: &str = "support";
const SECOND: &str = "second";
const HUB: &str = "hub";

fn route(system: &str, role: Role) -> SystemRoute {
    let mapping = match &role {
        Role::Hub => SystemMapping::Respondo,
        Role::Helpdesk(_) => SystemMapping::DeskHive(Box::default()),
        Role::Desk(_) => SystemMapping::Qminder(Box::default()),
    };
    SystemRoute {
        host: format!("{system}.example.com:443"),
        queue: system.to_owned(),
        user: None,
        new_status: "open".to_owned(),
        mapping,
        import_to: None,
        is_dry_run: false,
        shows_internal: false,
        role,
    }
}

fn mirrors_to(routes: &mut Routes, system: &str, role: Role) {
    routes
        .systems
        .insert(system.to_owned(), route(system, role));
    let brand = routes.brands.get_mut("acme").unwrap();
    brand.mirror_to.push(system.to_owned());
}

fn helpdesk() -> Role {
    Role::Helpdesk(HelpdeskRoute {
        makes_tickets: true,
    })
}

/// A world whose brand mirrors to these.
fn world(systems: &[(&str, Role)]) -> World {
    World::with(|routes| {
        for (system, role) in systems {
            mirrors_to(routes, system, role.clone());
        }
    })
}

/// What is to be done, or was done, at a system for a ticket.
fn orders(world: &World, ticket: TicketId, system: &str) -> Vec<Delivery> {
    let stories = world.story(ticket).deliveries.into_iter();
    let mut found: Vec<Delivery> = stories
        .map(|story| story.delivery)
        .filter(|delivery| delivery.system == system)
        .collect();
    found.sort_by_key(|delivery| delivery.id);
    found
}

/// The same in words, messages with what they say.
fn told(world: &World, ticket: TicketId, system: &str) -> Vec<String> {
    let orders = orders(world, ticket, system).into_iter();
    orders
        .map(|order| match order.command {
            Command::PostMessage | Command::PostEdit => format!(
                "{}: {}",
                order.command.word(),
                world.text_at(order.message, order.revision)
            ),
            command => command.word().to_owned(),
        })
        .collect()
}

/// Carries out everything that is to be done at a system, one after the other; messages get numbers from `first` on.
fn carries_out(world: &mut World, ticket: TicketId, system: &str, first: u64) {
    let mut number = first;
    loop {
        let orders = orders(world, ticket, system);
        let due = |order: &&Delivery| matches!(order.state, DeliveryState::Due { .. });
        let Some(order) = orders.iter().find(due) else {
            return;
        };
        world.happens(Happening::Started { delivery: order.id });
        let remote_uid = match order.command {
            Command::CreateTicket { .. } => Some("77".to_owned()),
            Command::PushTicket(_) | Command::PostMessage | Command::PostEdit => {
                number += 1;
                Some((number - 1).to_string())
            }
            _ => None,
        };
        let settled = Settled {
            remote_uid,
            ..world.end(order.id, Class::Ok)
        };
        world.settles(settled);
    }
}

/// A ticket that is number 77 at the helpdesk.
fn linked(world: &mut World) -> TicketId {
    let ticket = world.arrives(ticket("a")).ticket;
    carries_out(world, ticket, SUPPORT, 1);
    ticket
}

fn link(world: &World, ticket: TicketId, system: &str) -> Link {
    let mut links = world.ticket(ticket).links.into_iter();
    links.find(|link| link.system == system).unwrap()
}

/// Ticket 77 as it stands there.
fn there(status: &str, changed_at: i64) -> RemoteTicket {
    RemoteTicket {
        id: "77".to_owned(),
        status: status.to_owned(),
        phase: Some(match status {
            "open" => Phase::Waiting,
            "closed" => Phase::Ended,
            _ => Phase::Attended,
        }),
        made_by: Maker::Somebody,
        changed_at: Some(Time::from_micros(changed_at)),
        created_at: Some(Time::from_micros(1_000_000)),
        ended_at: (status == "closed").then_some(Time::from_micros(changed_at)),
        assignee: None,
        priority: Some(Priority::Medium),
        labels: Some(Vec::new()),
        person: Person {
            name: "Jane Eyre".to_owned(),
            email: Some("jane@example.com".to_owned()),
            phone: None,
        },
        opening: "Cannot log in\n\nSince today.".to_owned(),
        details: Vec::new(),
        fates: Vec::new(),
        messages: Some(Vec::new()),
        unsettled: false,
    }
}

fn said(number: u64, from: RemoteSender, text: &str) -> RemoteMessage {
    RemoteMessage {
        number: Some(number),
        at: Time::from_micros(i64::try_from(number).unwrap() * 60_000_000),
        from,
        text: text.to_owned(),
        visibility: Visibility::Public,
    }
}

fn agent(id: &str) -> RemoteSender {
    RemoteSender::Colleague {
        id: id.to_owned(),
        name: Some(format!("Agent {id}")),
        may_be_us: id == "3",
    }
}

fn sees(world: &mut World, remote: RemoteTicket) -> Sighting {
    let at = world.now;
    sees_at(world, SUPPORT, at, remote)
}

fn sees_at(world: &mut World, system: &str, at: Time, remote: RemoteTicket) -> Sighting {
    let observed = Observed {
        system: system.to_owned(),
        by: Observation::Asked { at },
        remote,
    };
    match world.happens(Happening::Observed(Box::new(observed))) {
        Answer::Seen(sighting) => sighting,
        other => panic!("{other:?}"),
    }
}

/// Sees the ticket with these messages.
fn hears(world: &mut World, messages: &[RemoteMessage]) -> Sighting {
    let remote = RemoteTicket {
        messages: Some(messages.to_vec()),
        ..there("open", 5)
    };
    sees(world, remote)
}

/// What was said in a ticket, by whom, in order.
fn texts(world: &World, ticket: TicketId) -> Vec<String> {
    let messages = world.story(ticket).messages.into_iter();
    messages
        .map(|view| {
            let note = match view.message.visibility {
                Visibility::Public => "",
                Visibility::Internal => " (note)",
            };
            format!("{}{note}: {}", view.message.from.name(), view.content)
        })
        .collect()
}

/// What goes out as replies to response URLs.
fn replies(world: &World, ticket: TicketId) -> Vec<String> {
    let orders = orders(world, ticket, RESPONSE_URL);
    orders
        .iter()
        .map(|order| world.text_at(order.message, order.revision))
        .collect()
}
