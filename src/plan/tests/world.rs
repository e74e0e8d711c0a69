//! A store in memory, a clock that goes by hand, and short names for what happens.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::FutureExt as _;

use crate::model::{
    AgentId, AgentOrder, Attempt, Author, Class, Delivery, DeliveryId, DeliveryState, Destination,
    Event, ExternalTicket, Happening, Lane, LaneFailure, LaneId, Message, MessageId, OperatorOrder,
    Priority, Replied, Settled, Status, Ticket, TicketId, Time, TraceContext, Visibility, WayOut,
};
use crate::plan::{
    AfterSettle, AgentRoute, Answer, AssignRule, BrandRoute, BreakerRule, Facts, Missing, Note,
    OnUnknown, Outcome, Refusal, ReplyTaken, Routes, Schedule, Step, Taken, Write, plan,
};
use crate::store::{DeliveryStory, Planner, Rank, Store, Story};

pub(crate) const FIRST: &str = "https://one.example/hook";
pub(crate) const SECOND: &str = "https://two.example/hook";
pub(crate) const THIRD: &str = "https://three.example/hook";

pub(crate) const SECOND_LONG: Duration = Duration::from_secs(1);
pub(crate) const MINUTE: Duration = Duration::from_secs(60);
pub(crate) const HOUR: Duration = Duration::from_secs(3600);
pub(crate) const DAY: Duration = Duration::from_secs(86_400);

/// The settings that most tests run under: brand `acme` with agents 1 to 3 of whom 2 is inactive, brand `other`
/// with agent 4, no jitter.
pub(crate) fn routes() -> Routes {
    let brand = |agents: &[u64]| BrandRoute {
        name: "A brand".to_owned(),
        agents: agents.iter().copied().map(AgentId).collect(),
        mirror_to: Vec::new(),
        assign: AssignRule::All,
        priority: Priority::Medium,
        department: None,
        category: None,
        product: None,
    };
    let agent = |id: u64| {
        let route = AgentRoute {
            name: format!("Agent {id}"),
            active: id != 2,
            qminder_user: None,
        };
        (AgentId(id), route)
    };
    Routes {
        brands: [
            ("acme".to_owned(), brand(&[1, 2, 3])),
            ("other".to_owned(), brand(&[4])),
        ]
        .into(),
        agents: (1..=4).map(agent).collect(),
        systems: [].into(),
        labels: [].into(),
        mappings: Default::default(),
        traces: None,
        loop_limit: crate::plan::LoopLimit {
            changes: 30,
            within: Duration::from_secs(60),
        },
        retention: crate::plan::Retention {
            closed_tickets: None,
            deliveries: None,
            dedup_window: Duration::from_secs(60 * 86_400),
        },
        require_response_url: true,
        schedule: Schedule {
            first_delay: Duration::from_secs(5),
            max_delay: HOUR,
            max_age: 3 * DAY,
            jitter: 0.0,
            breaker: BreakerRule {
                failures: 10,
                open_for: Duration::from_secs(30),
            },
            on_unknown: OnUnknown::Resend,
            look_after: Duration::from_secs(30),
        },
    }
}

/// The plan under `routes`.
pub(crate) fn planner(routes: &Arc<Mutex<Routes>>) -> Planner {
    let routes = Arc::clone(routes);
    Arc::new(move |event, facts| plan(event, facts, &routes.lock().unwrap()))
}

/// A ticket of brand `acme` that says `text of UID` and wants answers at [`FIRST`].
pub(crate) fn ticket(uid: &str) -> ExternalTicket {
    ExternalTicket {
        brand: "acme".to_owned(),
        external_uid: uid.to_owned(),
        content: format!("text of {uid}"),
        response_url: Some(FIRST.to_owned()),
        provider: None,
        parent_uid: None,
        author: Author {
            external_uid: "ann@example.com".to_owned(),
            username: "Ann".to_owned(),
        },
        created_at: Time::from_micros(77),
    }
}

/// A follow-up of `parent` without a response URL of its own.
pub(crate) fn follow_up(uid: &str, parent: &str) -> ExternalTicket {
    ExternalTicket {
        parent_uid: Some(parent.to_owned()),
        response_url: None,
        ..ticket(uid)
    }
}

impl ExternalTicket {
    pub(crate) fn at(self, url: &str) -> Self {
        Self {
            response_url: Some(url.to_owned()),
            ..self
        }
    }

    pub(crate) fn by(self, provider: &str) -> Self {
        Self {
            provider: Some(provider.to_owned()),
            ..self
        }
    }

    pub(crate) fn saying(self, content: &str) -> Self {
        Self {
            content: content.to_owned(),
            ..self
        }
    }
}

/// A public reply of whoever is assigned.
pub(crate) fn reply(ticket: TicketId) -> Replied {
    Replied {
        ticket,
        agent: None,
        only_assigned: false,
        text: "an answer".to_owned(),
        visibility: Visibility::Public,
    }
}

/// The end of a call for `delivery` that was made in its present lane at its present revision.
pub(crate) fn end_of(delivery: &Delivery, class: Class, at: Time) -> Settled {
    Settled {
        delivery: delivery.id,
        lane: delivery.lane,
        revision: delivery.revision,
        attempt: Attempt {
            number: 0,
            at,
            took_ms: 12,
            class,
            status: status_of(class),
            detail: format!("it was {}", class.as_str()),
            next: None,
            may_repeat: false,
            fates: Vec::new(),
        },
        until: None,
        gone: false,
        remote_uid: None,
        vanished: false,
        failure: None,
        host_troubled: false,
    }
}

/// A status that an answer of this class may have; an unknown outcome had no answer.
fn status_of(class: Class) -> Option<u16> {
    match class {
        Class::Ok => Some(200),
        Class::Retry => Some(409),
        Class::Throttled => Some(429),
        Class::Rejected => Some(400),
        Class::Paused => Some(401),
        Class::Unknown => None,
    }
}

/// What a test decides instead of the plan.
type Script = Box<dyn Fn(&Facts) -> Result<Vec<Write>, Missing> + Send>;

pub(crate) struct World {
    script: Arc<Mutex<Option<Script>>>,
    pub(crate) store: Store,
    pub(crate) routes: Arc<Mutex<Routes>>,
    pub(crate) now: Time,
    pub(crate) random: [u8; 16],
    /// Where the next events say that they happen.
    pub(crate) trace: Option<TraceContext>,
    /// What is told of the last event.
    step: Arc<Mutex<Option<Step>>>,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(|_| {})
    }

    pub(crate) fn with(change: impl FnOnce(&mut Routes)) -> Self {
        Self::over(change, Store::in_memory)
    }

    /// The same over a store of another kind, which answers at once.
    pub(crate) fn over(
        change: impl FnOnce(&mut Routes),
        open: impl FnOnce(Planner, Time) -> Store,
    ) -> Self {
        let mut routes = routes();
        change(&mut routes);
        let routes = Arc::new(Mutex::new(routes));
        let now = Time::from_micros(1_000_000_000_000_000);
        let script: Arc<Mutex<Option<Script>>> = Arc::default();
        let step: Arc<Mutex<Option<Step>>> = Arc::default();
        let (planned, scripted, noted) = (planner(&routes), Arc::clone(&script), Arc::clone(&step));
        let planner: Planner = Arc::new(move |event, facts| match &*scripted.lock().unwrap() {
            Some(script) => Ok(Outcome {
                writes: script(facts)?,
                numbers: facts.numbers,
                answer: Answer::Done("as the test decides".to_owned()),
                step: None,
            }),
            None => {
                let outcome = planned(event, facts)?;
                noted.lock().unwrap().clone_from(&outcome.step);
                Ok(outcome)
            }
        });
        Self {
            step,
            trace: None,
            script,
            store: open(planner, now),
            routes,
            now,
            random: [0; 16],
        }
    }

    pub(crate) fn pass(&mut self, time: Duration) {
        self.now = self.now.plus(time);
    }

    /// What `what` leads to, one microsecond after what was before.
    pub(crate) fn happens(&mut self, what: Happening) -> Answer {
        self.pass(Duration::from_micros(1));
        let event = Event {
            at: self.now,
            random: self.random,
            trace: self.trace.clone(),
            what,
        };
        let commit = self.store.commit(event, Rank::Agent).now_or_never();
        commit.unwrap().unwrap()
    }

    pub(crate) fn arrives(&mut self, sent: ExternalTicket) -> Taken {
        match self.happens(Happening::Arrived(Box::new(sent))) {
            Answer::Taken(taken) => *taken,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn is_refused(&mut self, what: Happening) -> Refusal {
        match self.happens(what) {
            Answer::Refused(refusal) => refusal,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn replies(&mut self, reply: Replied) -> ReplyTaken {
        match self.happens(Happening::Replied(reply)) {
            Answer::Replied(taken) => *taken,
            other => panic!("{other:?}"),
        }
    }

    /// A public reply in `ticket`; its delivery.
    pub(crate) fn sends(&mut self, ticket: TicketId) -> DeliveryId {
        let taken = self.replies(reply(ticket));
        match taken.message.way_out {
            WayOut::By(delivery) => delivery,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn settles(&mut self, settled: Settled) -> AfterSettle {
        match self.happens(Happening::Settled(Box::new(settled))) {
            Answer::Settled(after) => *after,
            other => panic!("{other:?}"),
        }
    }

    /// A call for `delivery` as it now is ends with `class`.
    pub(crate) fn ends(&mut self, delivery: DeliveryId, class: Class) -> AfterSettle {
        let settled = self.end(delivery, class);
        self.settles(settled)
    }

    /// The same, to be changed before it happens.
    pub(crate) fn end(&self, delivery: DeliveryId, class: Class) -> Settled {
        end_of(&self.delivery(delivery), class, self.now)
    }

    /// A call that got no answer.
    pub(crate) fn is_silent(&mut self, delivery: DeliveryId) -> AfterSettle {
        let settled = Settled {
            failure: Some(LaneFailure::Silence),
            ..self.end(delivery, Class::Retry)
        };
        self.settles(settled)
    }

    pub(crate) fn orders(&mut self, order: OperatorOrder) -> Answer {
        self.happens(Happening::Ordered(order))
    }

    pub(crate) fn redirects(&mut self, ticket: TicketId, url: &str) {
        let order = OperatorOrder::SetResponseUrl {
            ticket,
            url: url.to_owned(),
        };
        let answer = self.orders(order);
        assert!(matches!(answer, Answer::Done(_)), "{answer:?}");
    }

    /// What is told of the last event in a trace.
    pub(crate) fn step(&self) -> Option<Step> {
        self.step.lock().unwrap().clone()
    }

    pub(crate) fn story(&self, ticket: TicketId) -> Story {
        let story = self.store.story(ticket).now_or_never();
        story.unwrap().unwrap().unwrap()
    }

    pub(crate) fn ticket(&self, ticket: TicketId) -> Ticket {
        self.story(ticket).ticket
    }

    pub(crate) fn message(&self, ticket: TicketId, message: MessageId) -> Message {
        let messages = self.story(ticket).messages;
        let found = messages.into_iter().find(|view| view.message.id == message);
        found.unwrap().message
    }

    pub(crate) fn notes(&self, ticket: TicketId) -> Vec<Note> {
        let notes = self.story(ticket).notes.into_iter();
        notes.map(|(_, note)| note).collect()
    }

    pub(crate) fn deliveries_story(&self, delivery: DeliveryId) -> DeliveryStory {
        let story = self.store.delivery(delivery).now_or_never();
        story.unwrap().unwrap().unwrap()
    }

    pub(crate) fn delivery(&self, delivery: DeliveryId) -> Delivery {
        self.deliveries_story(delivery).delivery
    }

    pub(crate) fn state(&self, delivery: DeliveryId) -> DeliveryState {
        self.delivery(delivery).state
    }

    /// When `delivery` is due, counted from now.
    pub(crate) fn due_in(&self, delivery: DeliveryId) -> Duration {
        match self.state(delivery) {
            DeliveryState::Due { at } => at.since(self.now),
            other => panic!("{other:?}"),
        }
    }

    /// What a message said at `revision`.
    pub(crate) fn text_at(&self, message: MessageId, revision: u32) -> String {
        let found = Arc::new(Mutex::new(String::new()));
        let to = Arc::clone(&found);
        self.plans(Box::new(move |facts| {
            let text = facts.text(message, revision)?;
            *to.lock().unwrap() = text.unwrap_or_default();
            Ok(Vec::new())
        }));
        let found = found.lock().unwrap().clone();
        if found.is_empty() {
            // The present text of a message, where it is short.
            let views = self.story(self.ticket_of(message)).messages.into_iter();
            let mut views = views.filter(|view| view.message.id == message);
            return views.next().unwrap().content;
        }
        found
    }

    fn ticket_of(&self, message: MessageId) -> TicketId {
        let all = (1..).map(TicketId).take_while(|id| self.has(*id));
        let mut all = all.filter(|id| {
            self.story(*id)
                .messages
                .iter()
                .any(|view| view.message.id == message)
        });
        all.next().unwrap()
    }

    fn has(&self, ticket: TicketId) -> bool {
        let found = self.store.ticket(ticket).now_or_never();
        found.unwrap().unwrap().is_some()
    }

    /// Stores what `script` decides, in the place of the plan.
    fn plans(&self, script: Script) {
        *self.script.lock().unwrap() = Some(script);
        let event = Event {
            at: self.now,
            random: self.random,
            trace: None,
            what: Happening::Started {
                delivery: DeliveryId(0),
            },
        };
        let answer = self.store.commit(event, Rank::Agent).now_or_never();
        *self.script.lock().unwrap() = None;
        assert!(matches!(answer, Some(Ok(Answer::Done(_)))), "{answer:?}");
    }

    /// What an agent does to a ticket.
    pub(crate) fn does(&mut self, agent: u64, order: AgentOrder) -> Answer {
        self.happens(Happening::Did(AgentId(agent), order))
    }

    /// An answer whose delivery succeeds.
    pub(crate) fn is_answered(&mut self, ticket: TicketId) -> DeliveryId {
        let delivery = self.sends(ticket);
        self.ends(delivery, Class::Ok);
        delivery
    }

    /// An agent lets a ticket stand at `status`.
    pub(crate) fn stands(&mut self, agent: u64, ticket: TicketId, status: Status) -> Ticket {
        let update = AgentOrder::Update {
            ticket,
            status: Some(status),
            priority: None,
            labels: None,
        };
        match self.does(agent, update) {
            Answer::Changed(ticket) => *ticket,
            other => panic!("{other:?}"),
        }
    }

    /// Whoever may work on a ticket closes it.
    pub(crate) fn closes(&mut self, ticket: TicketId) {
        let agents = self.routes.lock().unwrap().agents_of(&self.ticket(ticket));
        self.stands(agents[0].0, ticket, Status::Closed);
    }

    /// What `delivery` would send.
    pub(crate) fn parcel_text(&self, delivery: DeliveryId) -> String {
        let parcel = self.store.parcel(delivery).now_or_never();
        parcel.unwrap().unwrap().unwrap().text
    }

    pub(crate) fn is_misplaced(&self, delivery: DeliveryId) -> bool {
        let parcel = self.store.parcel(delivery).now_or_never();
        let parcel = parcel.unwrap().unwrap().unwrap();
        let Destination::ResponseUrl(to) = parcel.to else {
            panic!("{:?}", parcel.to)
        };
        parcel.wanted_url.is_some_and(|wanted| wanted != to)
    }

    pub(crate) fn lane_to(&self, url: &str) -> LaneId {
        let to = Destination::ResponseUrl(url.to_owned());
        let lane = self.store.lane_to(to).now_or_never();
        lane.unwrap().unwrap().unwrap()
    }

    pub(crate) fn lane(&self, id: LaneId) -> Lane {
        let work = self
            .store
            .lane_work(id, self.now, Default::default(), 1)
            .now_or_never();
        work.unwrap().unwrap().unwrap().lane
    }

    /// The deliveries that may be sent to `url` now, by what their lane says.
    pub(crate) fn sendable(&self, url: &str) -> Vec<DeliveryId> {
        let lane = self.lane_to(url);
        let due = self
            .store
            .due_lanes(self.now, Default::default(), usize::MAX)
            .now_or_never();
        if !due.unwrap().unwrap().lanes.contains(&lane) {
            return Vec::new();
        }
        let work = self
            .store
            .lane_work(lane, self.now, Default::default(), usize::MAX)
            .now_or_never();
        let work = work.unwrap().unwrap().unwrap();
        let heads = work.fresh.iter().chain(&work.retried);
        let mut ids: Vec<DeliveryId> = heads
            .filter(|head| {
                work.lane
                    .opens_for(head.due)
                    .is_some_and(|at| at <= self.now)
            })
            .map(|head| head.delivery)
            .collect();
        ids.sort_unstable();
        ids
    }
}
