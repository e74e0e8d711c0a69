//! The state of the first release, kept as a backup of a store with something of everything, and opened by every version
//! since.
//!
//! `MAKE_FIXTURE=1 cargo test -p ticketbridge --lib the_state_of_the_first_release` makes the file anew. Once a version is
//! released, that is never done again: a later layout gets a file of its own.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Runtime;

use super::backups::{read, restored};
use super::folder::options;
use crate::mapping::SystemMapping;
use crate::model::*;
use crate::plan::tests::world::{DAY, HOUR, World, follow_up, reply, ticket};
use crate::plan::{Answer, DeskRoute, HelpdeskRoute, Role, Routes, SystemRoute};
use crate::store::rows::{Read as _, Scan};
use crate::store::{Backup, DeliveryQuery, Store, StoreOptions};

const DESK: &str = "front-desk";
const SUPPORT: &str = "support";
const HUB: &str = "hub";

fn fixture() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/store-2.backup")
}

fn systems(routes: &mut Routes) {
    let desk = DeskRoute {
        follow_up_makes_new: true,
        sends_sms: true,
        cancels_closed: true,
    };
    let helpdesk = HelpdeskRoute {
        makes_tickets: true,
    };
    for (system, role) in [
        (DESK, Role::Desk(desk)),
        (SUPPORT, Role::Helpdesk(helpdesk)),
        (HUB, Role::Hub),
    ] {
        let mapping = match system {
            DESK => SystemMapping::Qminder(Box::default()),
            HUB => SystemMapping::Respondo,
            _ => SystemMapping::DeskHive(Box::default()),
        };
        let route = SystemRoute {
            host: format!("{system}.example.com:443"),
            queue: system.to_owned(),
            user: Some("900".to_owned()),
            new_status: "open".to_owned(),
            mapping,
            import_to: Some("acme".to_owned()),
            shows_internal: system == SUPPORT,
            is_dry_run: false,
            role,
        };
        routes.systems.insert(system.to_owned(), route);
    }
    let brand = routes.brands.get_mut("acme").unwrap();
    brand.mirror_to = [DESK, SUPPORT, HUB].map(str::to_owned).into();
    routes.labels = [(1, "Bug".to_owned()), (2, "VIP".to_owned())].into();
    routes.loop_limit.changes = 12;
    routes.retention.closed_tickets = Some(DAY);
    routes.require_response_url = false;
    routes.schedule.on_unknown = crate::plan::OnUnknown::Hold;
}

/// A world over the store in `folder`.
fn world_in(folder: &Path) -> World {
    World::over(systems, |planner, now| {
        let opened = Store::open(StoreOptions {
            planner,
            now,
            ..options(folder)
        });
        opened.unwrap().in_turn()
    })
}

fn all(world: &World) -> Vec<Delivery> {
    let query = DeliveryQuery {
        limit: usize::MAX,
        ..DeliveryQuery::default()
    };
    let all = futures_util::FutureExt::now_or_never(world.store.deliveries(query));
    let mut all = all.unwrap().unwrap();
    all.reverse();
    all
}

fn is_due(delivery: &Delivery) -> bool {
    matches!(delivery.state, DeliveryState::Due { .. })
}

/// Everything that is to be done at systems is done, and what comes of that.
fn carry_out(world: &mut World, at: &[&str]) {
    for _ in 0..40 {
        let due = all(world).into_iter().filter(is_due);
        let due: Vec<Delivery> = due
            .filter(|delivery| at.contains(&delivery.system.as_str()))
            .collect();
        if due.is_empty() {
            return;
        }
        for delivery in due {
            if delivery.command.is_looked_up() {
                let delivery = delivery.id;
                world.happens(Happening::Started { delivery });
            }
            let remote_uid =
                (delivery.system != RESPONSE_URL).then(|| (1000 + delivery.id.0).to_string());
            let mut settled = Settled {
                remote_uid,
                ..world.end(delivery.id, Class::Ok)
            };
            settled.attempt.fates = fates("author.username", How::Cut);
            world.happens(Happening::Settled(Box::new(settled)));
        }
    }
}

fn fates(from: &'static str, how: How) -> Vec<Fate> {
    vec![Fate {
        from: from.into(),
        to: "/name".into(),
        how,
        why: "it is too long there".into(),
    }]
}

fn seen(world: &World, system: &str, of: TicketId, status: &str) -> RemoteTicket {
    let links = world.ticket(of).links;
    let link = links
        .into_iter()
        .find(|link| link.system == system)
        .unwrap();
    let phase = match status {
        "open" => Phase::Waiting,
        "closed" => Phase::Ended,
        _ => Phase::Attended,
    };
    RemoteTicket {
        id: link.remote.unwrap(),
        status: status.to_owned(),
        phase: Some(phase),
        made_by: Maker::Somebody,
        changed_at: Some(world.now.plus(HOUR)),
        created_at: Some(world.now),
        ended_at: None,
        assignee: Some("7".to_owned()),
        priority: Some(Priority::High),
        labels: Some(vec!["VIP".to_owned()]),
        person: Person {
            name: "Jane Eyre".to_owned(),
            email: Some("jane@example.com".to_owned()),
            phone: Some("+12125551234".to_owned()),
        },
        opening: "Jane Eyre is here".to_owned(),
        details: vec![("desk".to_owned(), "4".to_owned())],
        messages: Some(Vec::new()),
        unsettled: false,
        fates: fates("/custom/desk", How::Dropped),
    }
}

fn observe(world: &mut World, system: &str, remote: RemoteTicket) {
    let observed = Observed {
        system: system.to_owned(),
        by: Observation::Asked { at: world.now },
        remote,
    };
    world.happens(Happening::Observed(Box::new(observed)));
    world.pass(2 * HOUR);
}

fn said(number: u64, from: RemoteSender, text: &str) -> RemoteMessage {
    RemoteMessage {
        number: Some(number),
        at: Time::from_micros(4_000_000_000_000_000),
        from,
        text: text.to_owned(),
        visibility: Visibility::Public,
    }
}

/// One ticket goes because its time is up, one because it was too much to go at once goes half, one is erased.
fn removals(world: &mut World, systems: &[&str]) {
    let (old, large) = (
        world.arrives(ticket("old")).ticket,
        world.arrives(ticket("large")).ticket,
    );
    for number in 0..70 {
        world.arrives(follow_up(&format!("large {number}"), "large"));
    }
    let hers = world.arrives(ExternalTicket {
        author: Author {
            external_uid: "jane".to_owned(),
            username: "Jane".to_owned(),
        },
        ..ticket("hers")
    });
    carry_out(world, systems);
    for ticket in [old, large] {
        world.closes(ticket);
        carry_out(world, systems);
    }
    world.pass(2 * DAY);
    for ticket in [old, large] {
        let removed = world.happens(Happening::Tidied(Tidying::Retire { ticket }));
        assert!(matches!(removed, Answer::Tidied { .. }), "{removed:?}");
    }
    let erasing = Erasing::Ticket {
        ticket: hers.ticket,
        author: "jane".to_owned(),
    };
    while matches!(
        world.happens(Happening::Erased(erasing.clone())),
        Answer::Tidied { more: true }
    ) {}
}

/// Something of everything happens.
fn story(world: &mut World) {
    let mappings = Arc::clone(&world.routes.lock().unwrap().mappings);
    world.happens(Happening::Decided {
        version: mappings.current(),
        mapping: mappings.written(),
    });
    for agent in 1..=4 {
        world.happens(Happening::Joined(AgentId(agent)));
    }
    let all_systems = [DESK, SUPPORT, HUB];
    // One ticket that goes through everything at systems.
    let first = world
        .arrives(ticket("a").by("za:pier").saying(&"long ".repeat(2000)))
        .ticket;
    carry_out(world, &all_systems);
    world.arrives(follow_up("b", "a").by("za:pier"));
    world.arrives(ticket("a").by("za:pier").saying("edited"));
    world.arrives(ticket("a").by("za:pier").saying("edited"));
    carry_out(world, &all_systems);
    world.replies(reply(first));
    world.happens(Happening::Replied(Replied {
        visibility: Visibility::Internal,
        agent: Some(AgentId(3)),
        ..reply(first)
    }));
    carry_out(world, &all_systems);
    for (labels, priority) in [(vec![1, 2], Priority::Critical), (vec![2], Priority::Low)] {
        world.does(
            1,
            AgentOrder::Update {
                ticket: first,
                status: Some(Status::OnHold),
                priority: Some(priority),
                labels: Some(labels),
            },
        );
        carry_out(world, &all_systems);
    }
    let message = world.ticket(first).opening;
    world.does(
        1,
        AgentOrder::Like {
            ticket: first,
            message,
        },
    );
    world.does(
        1,
        AgentOrder::Read {
            notice: NoticeId(1),
        },
    );
    let change = ProfileChange {
        name: Some("Agent Smith".to_owned()),
        ..ProfileChange::default()
    };
    world.does(3, AgentOrder::Introduce(change));
    let colleague = RemoteSender::Colleague {
        id: "7".to_owned(),
        name: Some("Clerk".to_owned()),
        may_be_us: false,
    };
    for (system, status) in [
        (DESK, "in_progress"),
        (SUPPORT, "in_progress"),
        (SUPPORT, "open"),
    ] {
        let remote = RemoteTicket {
            messages: Some(vec![
                said(9001, colleague.clone(), "please wait"),
                said(9002, RemoteSender::Customer, "I do"),
            ]),
            ..seen(world, system, first, status)
        };
        observe(world, system, remote);
        carry_out(world, &all_systems);
    }
    let pushes = all(world)
        .into_iter()
        .filter_map(|delivery| match delivery.command {
            Command::PushTicket(pushing) => Some(pushing.token),
            _ => None,
        });
    let token = pushes.take(1).next().unwrap();
    let returned = Returned {
        token: token.clone(),
        text: "from the hub".to_owned(),
    };
    world.happens(Happening::Returned(Box::new(returned)));
    world.happens(Happening::Removed { token });
    carry_out(world, &all_systems);
    let closed = seen(world, DESK, first, "closed");
    observe(world, DESK, closed);
    world.arrives(follow_up("again", "b").by("za:pier"));
    carry_out(world, &all_systems);
    let remote = seen(world, SUPPORT, first, "open").id;
    let system = SUPPORT.to_owned();
    world.happens(Happening::Vanished { system, remote });

    // Replies and every way in which they can end.
    for (number, class) in Class::ALL.into_iter().enumerate() {
        let url = format!("https://hooks{number}.example.com/secret");
        let sent = ticket(&format!("r{number}")).at(&url);
        let one = world.arrives(sent).ticket;
        let delivery = world.sends(one);
        let second = world.sends(one);
        let settled = Settled {
            remote_uid: (class == Class::Ok).then(|| "their-7".to_owned()),
            until: (class == Class::Throttled).then(|| world.now.plus(HOUR)),
            failure: (class == Class::Retry).then_some(LaneFailure::Silence),
            host_troubled: class == Class::Retry,
            ..world.end(delivery, class)
        };
        world.settles(settled);
        if class == Class::Ok {
            world.ends(second, Class::Ok);
        }
        if class == Class::Retry {
            world.pass(4 * 24 * HOUR);
            world.ends(delivery, Class::Retry);
        }
    }
    let gone = world
        .arrives(ticket("gone").at("https://gone.example.com/secret"))
        .ticket;
    let delivery = world.sends(gone);
    let settled = Settled {
        gone: true,
        ..world.end(delivery, Class::Rejected)
    };
    world.settles(settled);
    let cancelled = world.sends(gone);
    world.orders(OperatorOrder::Cancel {
        delivery: cancelled,
    });
    let unread = world
        .arrives(ticket("unread").at("https://unread.example.com/secret"))
        .ticket;
    let delivery = world.sends(unread);
    let lost = world.delivery(delivery);
    let DeliveryState::Due { at: due } = lost.state else {
        panic!("{lost:?}")
    };
    let head = Head {
        due,
        retried: false,
        ticket: unread,
        delivery,
    };
    world.happens(Happening::SetAside(SetAside {
        lane: lost.lane,
        head,
        reason: "its record is cut off".to_owned(),
    }));
    let moved = world
        .arrives(ticket("moved").at("https://old.example.com/secret"))
        .ticket;
    world.sends(moved);
    world.redirects(moved, "https://new.example.com/secret");
    world.orders(OperatorOrder::Assign {
        ticket: moved,
        agent: AgentId(1),
    });
    world.orders(OperatorOrder::Lock {
        ticket: moved,
        locked: true,
    });

    // A parent that is late, one that never comes, and another brand.
    world.arrives(follow_up("child", "late").at("https://late.example.com/secret"));
    world.arrives(follow_up("other child", "late").at("https://late.example.com/secret"));
    world.arrives(ticket("late"));
    world.arrives(follow_up("orphan", "never").at("https://late.example.com/secret"));
    world.arrives(ExternalTicket {
        brand: "other".to_owned(),
        ..ticket("a")
    });

    let long = ticket("long").saying(&"long ".repeat(2000));
    world.arrives(long);
    let nowhere = world.arrives(ExternalTicket {
        response_url: None,
        ..ticket("nowhere")
    });
    world.replies(reply(nowhere.ticket));
    carry_out(world, &all_systems);
    let attended = seen(world, DESK, nowhere.ticket, "in_progress");
    observe(world, DESK, attended);

    // One that waits at the desk is closed, and one goes in circles.
    let waits = world.arrives(ticket("waits")).ticket;
    carry_out(world, &all_systems);
    world.closes(waits);
    carry_out(world, &[DESK]);
    removals(world, &all_systems);
    let circles = world.arrives(ticket("circles")).ticket;
    carry_out(world, &all_systems);
    for number in 0..20 {
        let status = if number % 2 == 0 {
            Status::OnHold
        } else {
            Status::Open
        };
        world.stands(1, circles, status);
        carry_out(world, &all_systems);
    }
    world.pass(Duration::from_secs(1));
    world.orders(OperatorOrder::Pause {
        system: HUB.to_owned(),
    });
    let mut routes = world.routes.lock().unwrap();
    routes.systems.get_mut(SUPPORT).unwrap().is_dry_run = true;
    drop(routes);
    let last = world.arrives(ticket("last")).ticket;
    let started = all(world).into_iter().rev();
    let mut started = started.filter(|it| it.ticket == last && it.system == DESK && is_due(it));
    let delivery = started.next().unwrap().id;
    world.happens(Happening::Started { delivery });
}

fn make(runtime: &Runtime) {
    let folder = tempfile::tempdir().unwrap();
    let mut world = world_in(folder.path());
    story(&mut world);
    let bytes = runtime.block_on(async {
        let mut backup: Backup = world.store.backup(world.now).await.unwrap();
        let mut bytes = Vec::new();
        while let Some(piece) = backup.next().await {
            bytes.extend_from_slice(&piece.unwrap());
        }
        bytes
    });
    runtime.block_on(world.store.close()).unwrap();
    std::fs::create_dir_all(fixture().parent().unwrap()).unwrap();
    std::fs::write(fixture(), bytes).unwrap();
}

/// Words that stand in records, each for a case that is stored.
const WORDS: &[&str] = &[
    // States of deliveries, and why they are dead.
    "\"waiting\"",
    "{\"due\":",
    "{\"started\":",
    "{\"held\":",
    "{\"delivered\":",
    "{\"dead\":",
    "{\"cancelled\":",
    "{\"rejected\":",
    "{\"too_old\":",
    "\"verified\":true",
    "\"verified\":false",
    "{\"recorded\":",
    // What is to be done.
    "{\"reply\":",
    "{\"create_ticket\":",
    "\"replace_record\"",
    "{\"add_label\":",
    "{\"remove_label\":",
    "{\"cancel_ticket\":",
    "\"send_sms\"",
    "{\"push_ticket\":",
    "\"post_message\"",
    "\"post_edit\"",
    "\"update_ticket\"",
    // Ends of calls.
    "\"class\":\"ok\"",
    "\"class\":\"retry\"",
    "\"class\":\"throttled\"",
    "\"class\":\"rejected\"",
    "\"class\":\"unknown\"",
    // Links, lanes, messages and tickets.
    "{\"wanted\":",
    "\"state\":\"waiting\"",
    "\"state\":\"attended\"",
    "\"state\":\"gone\"",
    "{\"response_url\":",
    "{\"system\":",
    "\"silent_lanes\":[",
    "{\"customer\":",
    "{\"agent\":",
    "{\"colleague\":",
    "\"public\"",
    "\"internal\"",
    "{\"inline\":",
    "\"apart\"",
    "{\"by\":",
    "\"nowhere\"",
    "\"open\"",
    "\"in_progress\"",
    "\"on_hold\"",
    "\"closed\"",
    "\"low\"",
    "\"critical\"",
    "\"all\"",
    "{\"one\":",
    "\"status_by\":\"",
    "\"how\":\"cut\"",
    "\"how\":\"dropped\"",
    // What was removed.
    "\"erased\":true",
    "\"erased\":false",
    "\"joined\":true",
    // What is noted.
    "{\"edited\":",
    "{\"related\":",
    "{\"assigned\":",
    "{\"locked\":",
    "{\"status\":",
    "{\"priority\":",
    "{\"labels\":",
    "{\"linked\":",
    "{\"vanished\":",
    "{\"followed\":",
    "{\"loop_broken\":",
    "{\"removed\":",
];

#[test]
fn the_state_of_the_first_release_is_opened_whole_and_goes_on() {
    // The story itself goes on without it: who waits for the store does so on the spot.
    let runtime = Runtime::new().unwrap();
    if std::env::var_os("MAKE_FIXTURE").is_some() {
        make(&runtime);
    }
    let folder = tempfile::tempdir().unwrap();
    let told = restored(&fixture(), folder.path(), false).unwrap();
    assert_eq!(read(&fixture()).unwrap().heading.layout, 2);
    let mut world = world_in(folder.path());
    assert_eq!(world.store.incarnation().name(), told.incarnation);
    let rows = world
        .store
        .0
        .rows
        .scan(&Scan::all_from(Vec::new()))
        .unwrap();
    let kinds: std::collections::BTreeSet<u8> = rows.iter().map(|(key, _)| key[0]).collect();
    let kinds = String::from_utf8(kinds.into_iter().collect()).unwrap();
    // What is set aside is unreadable, and so in no sound store.
    assert_eq!(kinds, "ACDGHLMOPRSTUYabcdefghklmnopqstuvwx");
    let mut text = Vec::new();
    for (_, value) in &rows {
        text.extend_from_slice(value);
        text.push(b'\n');
    }
    let text = String::from_utf8_lossy(&text);
    let missing: Vec<&&str> = WORDS.iter().filter(|word| !text.contains(**word)).collect();
    assert!(missing.is_empty(), "{missing:?}");

    // It goes on: what is pending is delivered, tickets come, are answered and closed.
    let sound = |world: &World| {
        let (store, now) = (world.store.clone(), world.now);
        let checked = store.check_rows(now, Arc::new(|_| {}));
        let checked = futures_util::FutureExt::now_or_never(checked)
            .unwrap()
            .unwrap();
        assert_eq!(checked.findings, Vec::<String>::new());
    };
    world.now = Time::from_micros(3_000_000_000_000_000);
    sound(&world);
    world.orders(OperatorOrder::ResumeSystem {
        system: HUB.to_owned(),
    });
    let pending = |world: &World| all(world).iter().filter(|it| it.state.is_pending()).count();
    let before = pending(&world);
    carry_out(&mut world, &[RESPONSE_URL, DESK, SUPPORT, HUB]);
    assert!(pending(&world) < before, "{before}");
    let new = world.arrives(ticket("new")).ticket;
    assert!(new.0 > 1_000_000);
    let joined = world.arrives(follow_up("newer", "orphan"));
    assert!(
        joined.ticket.0 < 1_000_000,
        "what was there before is known"
    );
    assert!(matches!(
        world.happens(Happening::Replied(reply(new))),
        Answer::Replied(_)
    ));
    carry_out(&mut world, &[RESPONSE_URL, DESK, SUPPORT, HUB]);
    world.closes(new);
    sound(&world);
    runtime.block_on(world.store.close()).unwrap();
}
