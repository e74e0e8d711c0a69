//! Each parcel takes the way that its lane leads to, as the settings in force have it.

use std::collections::BTreeMap;
use std::sync::Arc;

use ticketbridge_sim::Behaviour;

use crate::clock::SystemClock;
use crate::gates::KeyGate;
use crate::model::{Class, Command, Destination};
use crate::outbound::guarded_client;
use crate::outbound::tests::options;
use crate::systems::qminder::tests::{create_ticket, parcel as to_system, system, ways_of};
use crate::systems::{AllWays, Courier as _, Couriers, Report, SystemWays};

use super::server::{Act, Server};
use super::{parcel, receiver, ways};

/// Response URLs on this machine, and these systems.
fn all(systems: Vec<(&str, SystemWays)>) -> AllWays {
    let options = options();
    let systems = systems.into_iter().map(|(id, ways)| (id.to_owned(), ways));
    AllWays {
        replies: ways(&options, guarded_client(&options).unwrap()),
        systems: systems.collect(),
    }
}

fn front_desk(server: &Server) -> SystemWays {
    SystemWays::Qminder(Box::new(ways_of(&system(&server.base()))))
}

fn gates(_: &str) -> Option<Arc<KeyGate>> {
    let system = system("http://127.0.0.1:1");
    Some(Arc::new(KeyGate::new(system.rate)))
}

fn couriers(ways: AllWays) -> Couriers {
    Couriers::new(
        ways,
        gates,
        Arc::new(SystemClock),
        &crate::model::Incarnation::named("00aa11bb22cc"),
    )
}

async fn deliver(couriers: &Couriers, parcel: crate::store::Parcel) -> Report {
    couriers.deliver(parcel, "msg_test_7".to_owned()).await
}

#[tokio::test]
async fn each_parcel_takes_the_way_that_its_lane_leads_to() {
    let (receiver, url) = receiver(vec![Behaviour::ValidReply]).await;
    let server = Server::start(vec![Act::ok()]).await;
    let couriers = couriers(all(vec![("front-desk", front_desk(&server))]));
    assert_eq!(deliver(&couriers, parcel(&url)).await.class, Class::Ok);
    let report = deliver(&couriers, to_system(Command::SendSms)).await;
    assert_eq!(report.class, Class::Ok, "{report:?}");
    assert_eq!(receiver.received().len(), 1);
    assert_eq!(server.lines(), ["POST /v1/tickets/226859/messages"]);
    assert_eq!(couriers.desk("front-desk").unwrap().system(), "front-desk");
}

#[tokio::test]
async fn a_help_desk_is_one_of_the_ways() {
    let desk = ticketbridge_sim::DeskHive::start().await.unwrap();
    let ways = crate::systems::deskhive::tests::ways_of(&desk.base_url());
    let couriers = couriers(all(vec![("support", SystemWays::DeskHive(Box::new(ways)))]));
    let mut parcel = to_system(create_ticket());
    parcel.to = Destination::System("support".to_owned());
    let shown = couriers.shown(&parcel).unwrap();
    assert_eq!(shown.requests[1].target, "/api/v1/internal/tickets");
    let report = deliver(&couriers, parcel).await;
    assert_eq!(report.class, Class::Ok, "{report:?}");
    assert_eq!(desk.tickets().len(), 1);
    let helpdesk = couriers.helpdesk("support").unwrap();
    assert_eq!(helpdesk.system(), "support");
    assert!(couriers.desk("support").is_none() && couriers.helpdesk("front-desk").is_none());
}

#[tokio::test]
async fn what_has_no_way_keeps_its_queue() {
    let couriers = couriers(all(Vec::new()));
    for system in ["support", "front-desk"] {
        let words = "not configured any more";
        let mut parcel = to_system(create_ticket());
        parcel.to = Destination::System(system.to_owned());
        assert!(
            couriers
                .shown(&parcel)
                .is_err_and(|said| said.contains(words))
        );
        let report = deliver(&couriers, parcel).await;
        assert_eq!(
            (report.class, report.status, report.failure),
            (Class::Paused, None, None)
        );
        assert!(
            report.detail.contains(words) && report.detail.contains(system),
            "{report:?}"
        );
        assert!(couriers.desk(system).is_none());
    }
}

#[tokio::test]
async fn other_ways_count_from_the_next_call_on() {
    let (receiver, url) = receiver(vec![Behaviour::ValidReply]).await;
    let (old, new) = (
        Server::start(vec![Act::ok()]).await,
        Server::start(vec![Act::ok()]).await,
    );
    let couriers = couriers(all(vec![("front-desk", front_desk(&old))]));
    assert_eq!(deliver(&couriers, parcel(&url)).await.class, Class::Ok);
    let mut closed = options();
    closed.guard.allow_networks.clear();
    let replacing = AllWays {
        replies: ways(&closed, guarded_client(&closed).unwrap()),
        systems: BTreeMap::from([("front-desk".to_owned(), front_desk(&new))]),
    };
    couriers.replace(replacing, gates);
    assert_eq!(
        deliver(&couriers, parcel(&url)).await.class,
        Class::Rejected
    );
    deliver(&couriers, to_system(Command::SendSms)).await;
    assert_eq!(receiver.received().len(), 1);
    assert_eq!((old.lines().len(), new.lines().len()), (0, 1));

    couriers.replace(all(Vec::new()), gates);
    let report = deliver(&couriers, to_system(Command::SendSms)).await;
    assert_eq!(report.class, Class::Paused);
}

#[tokio::test]
async fn what_would_be_sent_is_shown_without_the_secret_part_of_a_url() {
    let server = Server::start(Vec::new()).await;
    let couriers = couriers(all(vec![("front-desk", front_desk(&server))]));
    let shown = couriers
        .shown(&parcel("https://hooks.example.com/s3cr3t"))
        .unwrap();
    assert_eq!(shown.requests[0].target, "https://hooks.example.com/…");
    assert!(shown.requests[0].body.contains("grüß dich"));
    let shown = couriers.shown(&to_system(create_ticket())).unwrap();
    assert_eq!(
        (
            shown.requests[0].method.as_str(),
            shown.requests[0].target.as_str()
        ),
        ("POST", "/tickets")
    );
    assert!(shown.requests[0].body.contains("tb-00aa11bb22cc-7"));
    assert_eq!(server.lines(), [""; 0]);
}
