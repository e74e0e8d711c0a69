//! The steps: who does what next, and what goes wrong.

use std::fmt::Write as _;
use std::time::Duration;

use serde_json::{Value, json};
use ticketbridge_sim::deskhive::{
    Content, Dates, Envelope, Fault, Lists, MessageOrder, Operation, Outage, Status, TicketOrder,
};
use ticketbridge_sim::{qminder, respondo};
use tokio::time::{Instant, sleep};

use super::model::{Model, Origin, Thread};
use crate::daemon::ticket;
use crate::everywhere::stage::Stage;
use crate::traffic::Chance;

const MOST_THREADS: usize = 200;

const OPERATIONS: [Operation; 10] = [
    Operation::CreateCustomer,
    Operation::ListCustomers,
    Operation::InternalCreateTicket,
    Operation::ListTickets,
    Operation::GetTicket,
    Operation::ListMessages,
    Operation::Reply,
    Operation::Reply,
    Operation::UpdateTicket,
    Operation::ListNotifications,
];

pub(super) struct Drive {
    chance: Chance,
    pub(super) model: Model,
    words: u64,
    story: String,
    began: Instant,
    paused: Option<&'static str>,
}

impl Drive {
    pub(super) fn new(seed: u64, stage: &Stage) -> Self {
        let mut chance = Chance::of(seed);
        let mut pick = |end: u64| usize::try_from(chance.below(end)).unwrap();
        let envelopes = [Envelope::StatusAndData, Envelope::Data, Envelope::Bare];
        let lists = [
            Lists::Overview,
            Lists::Collection,
            Lists::Paginator,
            Lists::PaginatorUnderData,
        ];
        let orders = [
            TicketOrder::NewestFirst,
            TicketOrder::OldestFirst,
            TicketOrder::UpdatedFirst,
        ];
        let dates = [Dates::Zulu, Dates::Micros, Dates::Offset, Dates::Plain];
        let (envelope, list) = (envelopes[pick(3)], lists[pick(4)]);
        let (order, date) = (orders[pick(3)], dates[pick(4)]);
        let backwards = pick(2) == 0;
        let is_message = pick(2) == 0;
        stage.desk.vary(|reading| {
            reading.envelope = envelope;
            reading.lists = list;
            reading.ticket_order = order;
            reading.dates = date;
            reading.content = Content::AsWritten;
            reading.content_is_message = is_message;
            if backwards {
                reading.message_order = MessageOrder::NewestFirst;
            }
        });
        let mut story = String::new();
        writeln!(
            story,
            "{envelope:?} {list:?} {order:?} {date:?} backwards: {backwards}, the opening is a message: {is_message}"
        )
        .unwrap();
        Self {
            chance,
            model: Model::default(),
            words: 0,
            story,
            began: Instant::now(),
            paused: None,
        }
    }

    pub(super) fn story(&self) -> &str {
        &self.story
    }

    fn tell(&mut self, what: &str) {
        let at = self.began.elapsed().as_millis();
        writeln!(self.story, "{at:>6} {what}").unwrap();
    }

    fn below(&mut self, end: u64) -> u64 {
        self.chance.below(end)
    }

    fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        let index = self.below(all.len() as u64);
        all[usize::try_from(index).unwrap()]
    }

    fn millis(&mut self, most: u64) -> Duration {
        Duration::from_millis(self.below(most))
    }

    /// A text that nobody else says.
    fn words(&mut self, kind: &str) -> String {
        self.words += 1;
        format!("{kind}-{:04}-said", self.words)
    }

    pub(super) async fn step(&mut self, stage: &mut Stage, step: u64) {
        match self.below(100) {
            0..18 => self.writes(stage).await,
            18..30 => self.writes_again(stage).await,
            30..34 => self.comes_to_desk(stage),
            34..45 => self.replies(stage).await,
            45..48 => self.notes(stage).await,
            48..52 => self.stands(stage).await,
            52..66 => self.desk(stage),
            66..72 => self.hub(stage).await,
            72..90 => self.trouble(stage).await,
            90..92 => self.pauses(stage).await,
            92 => {
                self.tell("reload");
                stage
                    .daemon
                    .reload("the new configuration is in force")
                    .await;
            }
            93 => self.kills(stage).await,
            _ => sleep(self.millis(300)).await,
        }
        // What went wrong is not wrong for ever.
        if step % 40 == 39 {
            self.tell("all is well for now");
            self.mend(stage).await;
        }
        sleep(self.millis(30)).await;
    }

    fn some_thread(&mut self) -> Option<usize> {
        let count = self.model.threads.len() as u64;
        (count > 0).then(|| usize::try_from(self.below(count)).unwrap())
    }

    fn hears(&mut self, nth: usize, from: Origin, text: String) {
        self.tell(&format!("#{nth} {from:?} says {text}"));
        self.model.threads[nth].said.push((from, text));
    }

    async fn sends(&self, stage: &Stage, nth: usize, uid: &str, text: &str, of: &Thread) -> Value {
        let mut sent = ticket(uid, &stage.receiver.url(&format!("/hook/{nth}")));
        sent["content"] = json!(text);
        let address = format!("{}@example.com", of.name.replace(' ', "."));
        sent["author"] = json!({ "external_uid": address, "username": of.name });
        if let Some(parent) = of.uid.as_ref().filter(|parent| *parent != uid) {
            sent["parent_uid"] = json!(parent);
        }
        let (status, taken) = stage.daemon.post_ticket(&sent).await;
        assert_eq!(status, 201, "{taken}");
        taken
    }

    async fn writes(&mut self, stage: &Stage) {
        if self.model.threads.len() >= MOST_THREADS {
            return;
        }
        let nth = self.model.threads.len();
        let (uid, opening) = (format!("T-{nth}"), self.words("zebra"));
        let mut thread = Thread {
            name: format!("Jane {nth:03}"),
            uid: Some(uid.clone()),
            opening: opening.clone(),
            ..Thread::default()
        };
        let taken = self.sends(stage, nth, &uid, &opening, &thread).await;
        thread.number = taken["id"].as_u64();
        self.tell(&format!(
            "#{nth} {opening} ({:?}) is written",
            thread.number
        ));
        self.model.threads.push(thread);
    }

    async fn writes_again(&mut self, stage: &Stage) {
        let Some(nth) = self.some_thread() else {
            return;
        };
        if self.model.threads[nth].uid.is_none() {
            return;
        }
        let text = self.words("zebra");
        let thread = &self.model.threads[nth];
        self.sends(stage, nth, &format!("T-{nth}-{text}"), &text, thread)
            .await;
        self.hears(nth, Origin::Webhook, text);
    }

    fn comes_to_desk(&mut self, stage: &Stage) {
        if self.model.threads.len() >= MOST_THREADS {
            return;
        }
        let nth = self.model.threads.len();
        let (name, opening) = (format!("Jack {nth:03}"), self.words("zebra"));
        let customer = stage
            .desk
            .customer(&name, &format!("jack{nth}@example.org"));
        let there = stage
            .desk
            .customer_creates_ticket(customer, "A question", &opening)
            .unwrap();
        self.tell(&format!(
            "#{nth} {opening} begins at the helpdesk as {there}"
        ));
        self.model.threads.push(Thread {
            name,
            opening,
            began_at_desk: Some(there),
            ..Thread::default()
        });
    }

    /// A thread whose number is known.
    async fn numbered(&mut self, stage: &Stage) -> Option<(usize, u64)> {
        let nth = self.some_thread()?;
        if self.model.threads[nth].number.is_none() {
            let name = &self.model.threads[nth].name;
            let all = all_tickets(stage).await;
            let found = all.iter().find(|one| one["customer"]["name"] == **name);
            self.model.threads[nth].number = found.and_then(|one| one["id"].as_u64());
        }
        Some((nth, self.model.threads[nth].number?))
    }

    async fn replies(&mut self, stage: &Stage) {
        let Some((nth, number)) = self.numbered(stage).await else {
            return;
        };
        let text = self.words("zebra");
        stage.replies(number, &text).await;
        self.hears(nth, Origin::Agent, text);
    }

    async fn notes(&mut self, stage: &Stage) {
        let Some((nth, number)) = self.numbered(stage).await else {
            return;
        };
        let text = self.words("hush");
        stage.notes(number, &text).await;
        self.tell(&format!("#{nth} is noted {text}"));
        self.model.notes.push(text);
    }

    async fn stands(&mut self, stage: &Stage) {
        let Some((nth, number)) = self.numbered(stage).await else {
            return;
        };
        let status = self.one_of(&["open", "in_progress", "on_hold", "closed"]);
        let priority = self.one_of(&["low", "medium", "high", "critical"]);
        let path = format!("/api/v1/external/tickets/{number}");
        let call = stage.daemon.client().put(stage.daemon.url(&path));
        let call = call
            .header("x-api-key", "test-agent-key")
            .header("content-type", "application/json");
        let body = json!({ "status": status, "priority": priority });
        let answer = call.body(body.to_string()).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{body}");
        self.tell(&format!("#{nth} is {status}, {priority} here"));
    }

    fn desk(&mut self, stage: &Stage) {
        let Some(nth) = self.some_thread() else {
            return;
        };
        let Some(there) = at_desk(stage, &self.model.threads[nth]) else {
            return;
        };
        let choice = self.below(10);
        let text = self.words(if choice == 6 { "whisper" } else { "zebra" });
        match choice {
            0..3 => {
                stage.desk.agent_replies(there, 5, &text).unwrap();
                self.hears(nth, Origin::Desk, text);
            }
            3 => {
                // Under the account that the daemon uses.
                stage.desk.agent_replies(there, 3, &text).unwrap();
                self.hears(nth, Origin::Desk, text);
            }
            4..6 => {
                if stage.desk.customer_replies(there, &text).is_ok() {
                    self.hears(nth, Origin::DeskCustomer, text);
                }
            }
            6 => {
                stage.desk.agent_notes(there, 5, &text).unwrap();
                self.tell(&format!("#{nth} is noted {text} there"));
                self.model.desk_notes.push(text);
            }
            _ => {
                let all = [
                    Status::Open,
                    Status::InProgress,
                    Status::OnHold,
                    Status::Closed,
                ];
                let status = self.one_of(&all);
                stage.desk.set_status(there, status).unwrap();
                self.tell(&format!("#{nth} is {status:?} there"));
            }
        }
    }

    async fn hub(&mut self, stage: &Stage) {
        let Some(nth) = self.some_thread() else {
            return;
        };
        let thread = &self.model.threads[nth];
        let of_customer = |text: &str| {
            let of_thread = thread
                .said
                .iter()
                .any(|(from, said)| from.is_customers() && text.contains(said));
            of_thread || text.contains(&thread.opening)
        };
        let tickets = stage.hub.tickets().into_iter();
        let mut pushed: Vec<u64> = tickets
            .filter(|one| !one.by_agent && of_customer(&one.content))
            .map(|one| one.id)
            .collect();
        if pushed.is_empty() {
            return;
        }
        let place = usize::try_from(self.below(pushed.len() as u64)).unwrap();
        let answered = pushed.swap_remove(place);
        let text = self.words("zebra");
        let stored = stage.hub.reply(answered, &text).await;
        assert!(stored.is_ok(), "{stored:?}\n{}", stage.daemon.log());
        self.hears(nth, Origin::Hub, text);
    }

    async fn trouble(&mut self, stage: &Stage) {
        let operation = self.one_of(&OPERATIONS);
        let fault = match self.below(16) {
            0..4 => Fault::LoseAnswer,
            4 => Fault::Status(500, "{}".to_owned()),
            5 => Fault::Status(429, "{}".to_owned()),
            6 => Fault::Garbage,
            7 => Fault::Slow(self.millis(1500)),
            8 => Fault::Hang,
            // A message that lands after it was looked for in vain is sent again: nobody could know.
            9..11 => Fault::LandLate(Some(self.millis(800))),
            11 => {
                let outage = self.one_of(&[Outage::Refused, Outage::Reset]);
                let lasts = self.millis(600);
                self.tell(&format!("{outage:?} for {lasts:?}"));
                stage.desk.outage(Some(outage)).await.unwrap();
                sleep(lasts).await;
                stage.desk.outage(None).await.unwrap();
                return;
            }
            12..14 => {
                let fault = match self.below(4) {
                    0 => respondo::Fault::LoseAnswer,
                    1 => respondo::Fault::LandLate(Some(self.millis(800))),
                    2 => respondo::Fault::Garbage,
                    _ => respondo::Fault::Status(500, String::new()),
                };
                self.tell(&format!("{fault:?} at the hub"));
                stage.hub.fault(fault, 1);
                return;
            }
            _ => {
                self.tell("an answer of the front desk is lost");
                let fault = qminder::Fault::LoseAnswer;
                stage
                    .qminder
                    .fault(qminder::Operation::CreateTicket, fault, 1);
                return;
            }
        };
        let times = 1 + usize::try_from(self.below(2)).unwrap();
        self.tell(&format!("{times} times {fault:?} for {operation:?}"));
        stage.desk.fault(operation, fault, times);
    }

    async fn pauses(&mut self, stage: &Stage) {
        let (what, system) = match self.paused.take() {
            Some(system) => ("resume", system),
            None => ("pause", self.one_of(&["support", "hub", "front-desk"])),
        };
        self.tell(&format!("{what} {system}"));
        stage.daemon.ok(&["systems", what, system]).await;
        self.paused = (what == "pause").then_some(system);
    }

    async fn kills(&mut self, stage: &mut Stage) {
        self.tell("kill");
        self.model.kills += 1;
        stage.daemon.kill().await;
        sleep(self.millis(200)).await;
        stage.daemon.start().await;
    }

    async fn mend(&mut self, stage: &Stage) {
        stage.desk.clear_faults();
        stage.desk.release_hung();
        stage.desk.land();
        stage.hub.clear_faults();
        stage.hub.release_hung();
        stage.hub.land();
        stage.qminder.clear_faults();
        if self.paused.is_some() {
            self.pauses(stage).await;
        }
    }

    /// Nothing goes wrong any more.
    pub(super) async fn heal(&mut self, stage: &mut Stage) {
        self.tell("all is well");
        self.mend(stage).await;
        if self.below(2) == 0 {
            self.kills(stage).await;
        }
        // What paused by itself, since it was refused for what seemed a person's to see to, is tried at once.
        stage
            .daemon
            .reload("the new configuration is in force")
            .await;
    }
}

/// What stands for a thread at the helpdesk.
pub(super) fn at_desk(stage: &Stage, thread: &Thread) -> Option<u64> {
    if thread.began_at_desk.is_some() {
        return thread.began_at_desk;
    }
    let mut tickets = stage.desk.tickets().into_iter();
    tickets
        .find(|ticket| ticket.content.contains(&thread.opening))
        .map(|ticket| ticket.id)
}

/// Every ticket as agents see it.
pub(super) async fn all_tickets(stage: &Stage) -> Vec<Value> {
    let mut all = Vec::new();
    for page in 1.. {
        let path = format!("/tickets?per_page=100&page={page}");
        let (_, list) = stage.daemon.agent_get(&path).await;
        let found = list["data"].as_array().unwrap().clone();
        let is_last = found.len() < 100;
        all.extend(found);
        if is_last {
            break;
        }
    }
    all
}
