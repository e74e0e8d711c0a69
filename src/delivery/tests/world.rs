//! A daemon in small: a store in memory, the dispatcher, a fake courier, and a clock that goes as fast as it can.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::alerts::Alerts as Alarms;
use crate::clock::{Clock, TokioClock};
use crate::delivery::Delivering;
use crate::delivery::dispatcher::{Dispatcher, Look};
use crate::live::Live;
use crate::metrics::Metrics;
use crate::model::{
    AgentId, Author, Delivery, DeliveryId, DeliveryState, Destination, Event, ExternalTicket,
    Happening, Lane, LaneId, OperatorOrder, Replied, TicketId, Time, Visibility, WayOut,
};
use crate::plan::{Answer, plan};
use crate::settings::{
    Admin, AgentApi, Alerts, Assign, Brand, Delivery as DeliverySettings, Intake, Listen, Log,
    LogFormat, LoopLimit, Mirror, Outbound, Rate, Retention, Server, Settings,
    Store as StoreSettings, Traces,
};
use crate::store::{DeliveryStory, Planner, Rank, Store, StoreOptions};

use super::courier::FakeCourier;
use super::delivery_settings;

const BEGINNING: Time = Time::EPOCH;

pub(super) const MINUTE: Duration = Duration::from_secs(60);
pub(super) const HOUR: Duration = Duration::from_secs(3600);

pub(super) fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

pub(super) fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

type Hook = Box<dyn Fn(&Event) + Send + Sync>;

pub(in crate::delivery) struct World {
    pub(in crate::delivery) store: Store,
    pub(super) clock: TokioClock,
    pub(super) courier: Arc<FakeCourier>,
    pub(super) look: Arc<Look>,
    live: Arc<ArcSwap<Live>>,
    hook: Arc<Mutex<Hook>>,
    running: Option<Running>,
    tickets: Mutex<u64>,
}

struct Running {
    stop: CancellationToken,
    cut: CancellationToken,
    task: JoinHandle<()>,
}

/// Settings with which nothing but what a test is about matters: no jitter, and rates out of the way.
pub(in crate::delivery) fn plain() -> DeliverySettings {
    DeliverySettings {
        jitter: 0.0,
        rate: Rate {
            per_second: 1e6,
            burst: 1_000_000,
        },
        rates: Vec::new(),
        ..delivery_settings()
    }
}

impl World {
    /// With the dispatcher at work.
    pub(super) fn running(delivery: DeliverySettings) -> Self {
        let mut world = Self::resting(delivery);
        world.start();
        world
    }

    /// Without it.
    pub(in crate::delivery) fn resting(delivery: DeliverySettings) -> Self {
        Self::over(delivery, |planner| Store::in_memory(planner, BEGINNING))
    }

    /// Over the store on disk, for what only its threads bring about.
    pub(super) fn on_disk(delivery: DeliverySettings, path: &Path) -> Self {
        Self::over(delivery, |planner| {
            let options = StoreOptions {
                path: path.to_owned(),
                cache: 1 << 20,
                create: true,
                now: BEGINNING,
                planner,
                observer: None,
                traces: None,
                sync_gate: None,
            };
            Store::open(options).unwrap()
        })
    }

    fn over(delivery: DeliverySettings, store: impl FnOnce(Planner) -> Store) -> Self {
        let live = Arc::new(ArcSwap::from_pointee(Live::new(settings(delivery))));
        let hook: Arc<Mutex<Hook>> = Arc::new(Mutex::new(Box::new(|_| {})));
        let (routes, hooked) = (Arc::clone(&live), Arc::clone(&hook));
        let planner = Arc::new(move |event: &Event, facts: &_| {
            hooked.lock().unwrap_or_else(PoisonError::into_inner)(event);
            plan(event, facts, &routes.load().routes)
        });
        Self {
            store: store(planner),
            clock: TokioClock::starting_at(BEGINNING),
            courier: Arc::new(FakeCourier::new()),
            look: Arc::default(),
            live,
            hook,
            running: None,
            tickets: Mutex::new(0),
        }
    }

    /// Sees each event before it is planned; may panic. An event is planned several times.
    pub(super) fn hook(&self, hook: impl Fn(&Event) + Send + Sync + 'static) {
        *self.hook.lock().unwrap_or_else(PoisonError::into_inner) = Box::new(hook);
    }

    /// What a dispatcher of this world works with.
    pub(in crate::delivery) fn delivering(&self) -> Delivering {
        Delivering {
            store: self.store.clone(),
            clock: Arc::new(self.clock),
            live: Arc::clone(&self.live),
            metrics: Arc::new(Metrics::new(["acme"].into_iter(), [].into_iter())),
            alerts: Alarms::new(Arc::clone(&self.live), Arc::new(self.clock)),
            courier: self.courier.clone(),
            calls: Handle::current(),
        }
    }

    pub(super) fn start(&mut self) {
        let (stop, cut) = (CancellationToken::new(), CancellationToken::new());
        let delivering = self.delivering();
        let dispatcher = Dispatcher::new(delivering, stop.clone(), cut.clone());
        self.look = dispatcher.look();
        let task = tokio::spawn(dispatcher.run());
        self.running = Some(Running { stop, cut, task });
    }

    /// Begins to stop.
    pub(super) fn stop(&self) {
        self.running.as_ref().unwrap().stop.cancel();
    }

    pub(super) fn stop_token(&self) -> CancellationToken {
        self.running.as_ref().unwrap().stop.clone()
    }

    /// The grace period is over.
    pub(super) fn cut(&self) {
        self.running.as_ref().unwrap().cut.cancel();
    }

    pub(super) fn is_done(&self) -> bool {
        self.running.as_ref().unwrap().task.is_finished()
    }

    /// Stops in order, and waits for the end.
    pub(super) async fn stopped(&mut self) {
        let running = self.running.take().unwrap();
        running.stop.cancel();
        timeout(HOUR, running.task)
            .await
            .expect("the dispatcher ends after stop")
            .expect("the dispatcher does not panic");
    }

    /// Ends as a killed process does.
    pub(super) async fn killed(&mut self) {
        let running = self.running.take().unwrap();
        running.task.abort();
        assert!(running.task.await.unwrap_err().is_cancelled());
    }

    /// Lets this much time pass.
    pub(super) async fn pass(&self, time: Duration) {
        sleep(time).await;
    }

    pub(in crate::delivery) fn now(&self) -> Time {
        self.clock.now()
    }

    /// As a reload does.
    pub(super) fn reload(&self, delivery: DeliverySettings) {
        self.live.store(Arc::new(Live::new(settings(delivery))));
    }

    pub(super) async fn commit(&self, what: Happening) -> Answer {
        let event = self.clock.event(what);
        self.store.commit(event, Rank::Agent).await.unwrap()
    }

    pub(super) async fn order(&self, order: OperatorOrder) -> Answer {
        self.commit(Happening::Ordered(order)).await
    }

    async fn arrive(&self, uid: String, url: &str) -> TicketId {
        let arrived = Happening::Arrived(Box::new(ExternalTicket {
            brand: "acme".to_owned(),
            external_uid: uid.clone(),
            content: "help".to_owned(),
            response_url: Some(url.to_owned()),
            provider: None,
            parent_uid: None,
            author: Author {
                external_uid: "customer".to_owned(),
                username: "Customer".to_owned(),
            },
            created_at: self.now(),
        }));
        match self.commit(arrived).await {
            Answer::Taken(taken) => taken.ticket,
            other => panic!("{other:?}"),
        }
    }

    /// A new ticket whose answers go to `url`.
    pub(super) async fn ticket(&self, url: &str) -> TicketId {
        let number = {
            let mut tickets = self.tickets.lock().unwrap();
            *tickets += 1;
            *tickets
        };
        self.arrive(format!("uid-{number}"), url).await
    }

    /// A public reply.
    pub(super) async fn reply(&self, ticket: TicketId, text: &str) -> DeliveryId {
        let replied = Happening::Replied(Replied {
            ticket,
            agent: Some(AgentId(3)),
            only_assigned: false,
            text: text.to_owned(),
            visibility: Visibility::Public,
        });
        match self.commit(replied).await {
            Answer::Replied(taken) => match taken.message.way_out {
                WayOut::By(delivery) => delivery,
                other => panic!("{other:?}"),
            },
            other => panic!("{other:?}"),
        }
    }

    /// A reply in a ticket of its own.
    pub(in crate::delivery) async fn send(&self, url: &str) -> DeliveryId {
        let ticket = self.ticket(url).await;
        self.reply(ticket, "reply").await
    }

    pub(super) async fn redirect(&self, ticket: TicketId, url: &str) {
        let url = url.to_owned();
        let answer = self
            .order(OperatorOrder::SetResponseUrl { ticket, url })
            .await;
        assert!(matches!(answer, Answer::Done(_)), "{answer:?}");
    }

    pub(super) async fn story(&self, id: DeliveryId) -> DeliveryStory {
        self.store.delivery(id).await.unwrap().unwrap()
    }

    pub(in crate::delivery) async fn delivery(&self, id: DeliveryId) -> Delivery {
        self.story(id).await.delivery
    }

    /// Where a delivery stands, in a word.
    pub(super) async fn state(&self, id: DeliveryId) -> &'static str {
        self.delivery(id).await.state.word()
    }

    pub(super) async fn states(&self, ids: &[DeliveryId]) -> BTreeMap<&'static str, usize> {
        let mut states = BTreeMap::new();
        for id in ids {
            *states.entry(self.state(*id).await).or_default() += 1;
        }
        states
    }

    pub(super) async fn dead_reason(&self, id: DeliveryId) -> String {
        match self.delivery(id).await.state {
            DeliveryState::Dead { reason, .. } => reason.to_string(),
            other => panic!("{other:?}"),
        }
    }

    pub(super) async fn lane_id(&self, url: &str) -> LaneId {
        let to = Destination::ResponseUrl(url.to_owned());
        self.store.lane_to(to).await.unwrap().unwrap()
    }

    pub(in crate::delivery) async fn lane(&self, url: &str) -> Lane {
        let id = self.lane_id(url).await;
        let now = self.now();
        let work = self.store.lane_work(id, now, Default::default(), 0).await;
        work.unwrap().unwrap().lane
    }

    /// Asserts that nothing is left in memory.
    pub(super) fn assert_empty(&self) {
        assert_eq!(self.look.in_memory(), (0, 0), "lanes and calls in memory");
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert_eq!(self.courier.breaches(), [] as [String; 0]);
        }
    }
}

pub(super) fn settings(delivery: DeliverySettings) -> Settings {
    let rate = Rate {
        per_second: 1000.0,
        burst: 1000,
    };
    let brand = Brand {
        id: "acme".to_owned(),
        name: "Acme".to_owned(),
        tokens: Vec::new(),
        mirror_to: Vec::new(),
        agents: vec![3],
        assign: Assign::All,
        signing_keys: Vec::new(),
        department: None,
        category: None,
        product: None,
        default_priority: "medium".to_owned(),
    };
    let agent = crate::settings::Agent {
        id: 3,
        name: "Agent Smith".to_owned(),
        email: String::new(),
        api_keys: Vec::new(),
        active: true,
        phone: String::new(),
        locale: "en".to_owned(),
        avatar_url: String::new(),
        qminder_user: None,
    };
    Settings {
        server: Server {
            listen: Listen::Unix("/nowhere".into()),
            ops_listen: None,
            public_url: "http://127.0.0.1:8080".parse().unwrap(),
            max_body: 256 * 1024,
            read_timeout: secs(15),
            shutdown_grace: secs(10),
            trusted_proxies: Vec::new(),
        },
        store: StoreSettings {
            path: "/nowhere".into(),
            min_free: 0,
            cache: 1 << 20,
        },
        admin: Admin {
            socket: "/nowhere".into(),
            token: None,
        },
        log: Log {
            level: "info".to_owned(),
            format: LogFormat::Text,
        },
        intake: Intake {
            require_response_url: true,
            dedup_window: HOUR,
            rate,
        },
        agent_api: AgentApi {
            rate,
            canned_responses: Vec::new(),
            knowledge_base: Vec::new(),
            departments: BTreeMap::new(),
            categories: BTreeMap::new(),
            products: BTreeMap::new(),
            labels: BTreeMap::new(),
        },
        delivery,
        outbound: Outbound {
            proxy: None,
            ca_file: None,
        },
        mirror: Mirror {
            loop_limit: LoopLimit {
                changes: 30,
                within: MINUTE,
            },
        },
        mapping: Default::default(),
        retention: Retention {
            closed_tickets: None,
            deliveries: None,
        },
        alerts: Alerts {
            url: None,
            events: Vec::new(),
        },
        traces: Traces::nowhere(),
        brands: BTreeMap::from([("acme".to_owned(), brand)]),
        agents: BTreeMap::from([(3, agent)]),
        systems: BTreeMap::new(),
    }
}
