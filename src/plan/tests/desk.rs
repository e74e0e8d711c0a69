//! Tickets at systems: made there once, kept current, and what is seen of them there.

mod erased;
mod imported;
mod made;
mod mirrored;
mod observed;
mod paused;
mod said;

use super::world::*;
use crate::mapping::SystemMapping;
use crate::model::*;
use crate::plan::{AfterSettle, Answer, DeskRoute, Role, Routes, Sighting, SystemRoute};

const DESK: &str = "front-desk";
/// Has its own record beside the tickets of [`DESK`].
const SECOND_DESK: &str = "second-desk";

/// A desk's route, flat.
struct Desk {
    queue: String,
    import_to: Option<String>,
    role: DeskRoute,
}

impl std::ops::Deref for Desk {
    type Target = DeskRoute;

    fn deref(&self) -> &DeskRoute {
        &self.role
    }
}

impl std::ops::DerefMut for Desk {
    fn deref_mut(&mut self) -> &mut DeskRoute {
        &mut self.role
    }
}

fn desk_route() -> Desk {
    Desk {
        queue: "line 1".to_owned(),
        import_to: None,
        role: DeskRoute {
            follow_up_makes_new: true,
            sends_sms: false,
            cancels_closed: false,
        },
    }
}

fn at_desk(routes: &mut Routes, system: &str, desk: Desk) {
    let route = SystemRoute {
        host: "api.example.com:443".to_owned(),
        queue: desk.queue,
        user: Some("900".to_owned()),
        new_status: "NEW".to_owned(),
        mapping: SystemMapping::Qminder(Box::default()),
        import_to: desk.import_to,
        is_dry_run: false,
        shows_internal: false,
        role: Role::Desk(desk.role),
    };
    routes.systems.insert(system.to_owned(), route);
    let brand = routes.brands.get_mut("acme").unwrap();
    brand.mirror_to.push(system.to_owned());
}

/// A world whose brand mirrors to [`DESK`].
fn world(change: impl FnOnce(&mut Desk)) -> World {
    let mut desk = desk_route();
    change(&mut desk);
    World::with(|routes| {
        at_desk(routes, DESK, desk);
        routes.labels = [(1, "Bug".to_owned()), (2, "VIP".to_owned())].into();
    })
}

fn deliveries(world: &World, ticket: TicketId) -> Vec<Delivery> {
    let story = world.story(ticket);
    let mut found: Vec<Delivery> = story
        .deliveries
        .into_iter()
        .map(|story| story.delivery)
        .collect();
    found.sort_by_key(|delivery| delivery.id);
    found.retain(|delivery| delivery.reply().is_none());
    found
}

fn commands(world: &World, ticket: TicketId) -> Vec<String> {
    let found = deliveries(world, ticket).into_iter();
    found
        .map(|delivery| match delivery.command {
            Command::AddLabel(label) => format!("+{label}"),
            Command::RemoveLabel(label) => format!("-{label}"),
            Command::CancelTicket { remote } => format!("cancel {remote}"),
            command => command.word().to_owned(),
        })
        .collect()
}

fn last(world: &World, ticket: TicketId) -> Delivery {
    deliveries(world, ticket).pop().unwrap()
}

fn link(world: &World, ticket: TicketId) -> Link {
    let links = world.ticket(ticket).links;
    links.into_iter().find(|link| link.system == DESK).unwrap()
}

/// The system made `remote` for the delivery that asks for it.
fn is_made(world: &mut World, create: DeliveryId, remote: &str) -> AfterSettle {
    let settled = Settled {
        remote_uid: Some(remote.to_owned()),
        ..world.end(create, Class::Ok)
    };
    world.settles(settled)
}

/// A ticket that stands as `100` at the desk, with its record sent.
fn linked(world: &mut World) -> TicketId {
    let ticket = world.arrives(ticket("a")).ticket;
    let create = last(world, ticket).id;
    is_made(world, create, "100");
    let record = last(world, ticket).id;
    world.ends(record, Class::Ok);
    ticket
}

/// What happens there does so after all that happens here, unless a test wants it otherwise.
const THEIR_CLOCK: i64 = 4_000_000_000_000_000;

/// The desk's ticket `100` in a status, by the desk's clock.
fn remote(status: &str, changed_at: i64) -> RemoteTicket {
    let phase = match status {
        "NEW" => Some(Phase::Waiting),
        "CALLED" => Some(Phase::Attended),
        "SERVED" => Some(Phase::Ended),
        _ => None,
    };
    RemoteTicket {
        id: "100".to_owned(),
        status: status.to_owned(),
        phase,
        made_by: Maker::Somebody,
        changed_at: Some(Time::from_micros(THEIR_CLOCK + changed_at)),
        created_at: Some(Time::from_micros(1_000_000_000_000_000)),
        assignee: None,
        priority: None,
        labels: None,
        unsettled: false,
        ended_at: None,
        person: Person {
            name: "Jane Eyre".to_owned(),
            email: None,
            phone: Some("+12125551234".to_owned()),
        },
        opening: "Jane Eyre is here".to_owned(),
        details: Vec::new(),
        fates: Vec::new(),
        messages: None,
    }
}

fn sees(world: &mut World, by: Observation, remote: RemoteTicket) -> Sighting {
    let observed = Observed {
        system: DESK.to_owned(),
        by,
        remote,
    };
    match world.happens(Happening::Observed(Box::new(observed))) {
        Answer::Seen(sighting) => sighting,
        other => panic!("{other:?}"),
    }
}

fn is_told(world: &mut World, status: &str, changed_at: i64) -> Sighting {
    sees(world, Observation::Told, remote(status, changed_at))
}

fn asks(world: &mut World, status: &str, changed_at: i64) -> Sighting {
    let at = world.now;
    let remote = RemoteTicket {
        messages: Some(Vec::new()),
        ..remote(status, changed_at)
    };
    sees(world, Observation::Asked { at }, remote)
}
