//! Loop breaks, over a store that plans as the daemon does.

use super::*;
use crate::alerts::{LoopWatch, Watched};
use crate::metrics::Metrics;
use crate::model::{
    Attempt, Author, Class, ExternalTicket, Happening, OperatorOrder, Settled, TicketId,
};
use crate::plan::{Answer, plan};
use crate::store::{Rank, Store};

const CONFIGURATION: &str = r#"
[alerts]
url = "https://hooks.example.com/hunter2"

[mirror]
loop_limit = { changes = 1, within = "1h" }

[[brands]]
id = "acme"
name = "Acme"
mirror_to = ["desk"]

[[systems]]
id = "desk"
kind = "qminder"
api_key_file = "k"
line = "12345"
"#;

struct Mirroring {
    world: World,
    store: Store,
    metrics: Arc<Metrics>,
    clock: TokioClock,
}

impl Mirroring {
    fn new() -> Self {
        let world = World::new(CONFIGURATION);
        let clock = TokioClock::starting_at(Time::EPOCH);
        let live = Arc::clone(&world.live);
        let planner = Arc::new(move |event: &_, facts: &_| plan(event, facts, &live.load().routes));
        Self {
            world,
            store: Store::in_memory(planner, Time::EPOCH),
            metrics: Arc::new(Metrics::new([].into_iter(), [].into_iter())),
            clock,
        }
    }

    /// As the daemon does when it starts.
    async fn watched(&self) -> JoinHandle<()> {
        let watch = LoopWatch::begin(Watched {
            store: self.store.clone(),
            live: Arc::clone(&self.world.live),
            metrics: Arc::clone(&self.metrics),
            alerts: self.world.alerts.clone(),
        })
        .await;
        tokio::spawn(watch.run(self.world.stop.clone()))
    }

    async fn commit(&self, what: Happening) -> Answer {
        let event = self.clock.event(what);
        self.store.commit(event, Rank::Intake).await.unwrap()
    }

    /// A ticket is made at the desk, and then changed by its sender, which is one change too many.
    async fn breaks(&self, uid: &str) -> TicketId {
        let sent = ExternalTicket {
            brand: "acme".to_owned(),
            external_uid: uid.to_owned(),
            content: "Hello".to_owned(),
            response_url: Some("https://hooks.example.com/hunter3".to_owned()),
            provider: None,
            parent_uid: None,
            author: Author {
                external_uid: "jane".to_owned(),
                username: "Jane".to_owned(),
            },
            created_at: Time::EPOCH,
        };
        let changed = ExternalTicket {
            content: "Something else by now".to_owned(),
            ..sent.clone()
        };
        let taken = match self.commit(Happening::Arrived(Box::new(sent))).await {
            Answer::Taken(taken) => taken,
            other => panic!("{other:?}"),
        };
        let making = self.store.story(taken.ticket).await.unwrap().unwrap();
        let making = making.deliveries.first().unwrap().delivery.clone();
        let settled = Settled {
            delivery: making.id,
            lane: making.lane,
            revision: making.revision,
            attempt: Attempt {
                number: 0,
                at: self.clock.now(),
                took_ms: 1,
                class: Class::Ok,
                status: Some(200),
                detail: String::new(),
                next: None,
                may_repeat: false,
                fates: Vec::new(),
            },
            until: None,
            gone: false,
            remote_uid: Some(format!("remote-{}", making.id)),
            vanished: false,
            failure: None,
            host_troubled: false,
        };
        self.commit(Happening::Settled(Box::new(settled))).await;
        tokio::time::advance(Duration::from_millis(1)).await;
        self.commit(Happening::Arrived(Box::new(changed))).await;
        let found = self.store.looping().await.unwrap();
        assert!(found.iter().any(|(ticket, _)| *ticket == taken.ticket));
        taken.ticket
    }

    async fn releases(&self, ticket: TicketId) {
        let order = OperatorOrder::Release { ticket };
        let answer = self.commit(Happening::Ordered(order)).await;
        assert!(matches!(answer, Answer::Done(_)), "{answer:?}");
    }

    fn counted(&self) -> String {
        let text = self.metrics.render();
        let (_, after) = text
            .split_once("\nticketbridge_loop_breaks_total ")
            .unwrap();
        after.lines().next().unwrap().to_owned()
    }
}

#[tokio::test(start_paused = true)]
async fn a_loop_break_is_counted_and_told_once_and_so_is_its_end() {
    let on = Mirroring::new();
    on.watched().await;
    assert_eq!(on.counted(), "0");
    let ticket = on.breaks("a").await;
    let posted = on.world.posts(1).await;
    assert_eq!(told(&posted[0]), ("loop", "begun", 1));
    assert_eq!(posted[0]["systems"], serde_json::json!(["desk"]));
    let example = &posted[0]["examples"][0];
    assert_eq!(example["ticket"], ticket.0);
    assert_eq!(example["detail"], "more than 1 changes within 3600 s");
    assert!(!posted[0].to_string().contains("hunter"), "{}", posted[0]);
    assert_eq!(on.counted(), "1");
    on.world.pass(300).await;
    assert_eq!(on.world.posted().len(), 1);
    on.releases(ticket).await;
    assert_eq!(told(&on.world.posts(2).await[1]), ("loop", "over", 1));
    assert_eq!(on.counted(), "1");
}

#[tokio::test(start_paused = true)]
async fn several_at_once_are_all_counted_and_all_told() {
    let on = Mirroring::new();
    on.watched().await;
    for number in 0..7 {
        on.breaks(&format!("t{number}")).await;
    }
    on.world.pass(300).await;
    assert_eq!(on.counted(), "7");
    let counts: u64 = on.world.posted().iter().map(|body| told(body).2).sum();
    assert_eq!(counts, 7);
}

#[tokio::test(start_paused = true)]
async fn a_start_alarms_nobody_of_old_loop_breaks_and_misses_no_new_one() {
    let on = Mirroring::new();
    let old = on.breaks("old").await;
    on.watched().await;
    on.world.pass(300).await;
    assert_eq!(on.world.posted().len(), 0);
    let new = on.breaks("new").await;
    on.world.pass(1).await;
    on.releases(old).await;
    on.world.pass(300).await;
    let posted = on.world.posted();
    let about: Vec<_> = posted
        .iter()
        .map(|body| (told(body), body["examples"][0]["ticket"].as_u64().unwrap()))
        .collect();
    let expected = [(("loop", "begun", 1), new.0), (("loop", "over", 1), old.0)];
    assert_eq!(about, expected);
}

#[tokio::test(start_paused = true)]
async fn the_watch_ends_when_it_is_told_to() {
    let on = Mirroring::new();
    let running = on.watched().await;
    on.world.stop.cancel();
    timeout(NEVER, running).await.unwrap().unwrap();
}
