//! The steps: who does what next, and what goes wrong.

use std::fmt::Write as _;
use std::time::Duration;

use jiff::SignedDuration;
use serde_json::{Value, json};
use ticketbridge_sim::qminder::{
    Fault, HookFault, IndexLag, Operation, Outage, Rate, Release, Status, Ticket, Variation,
};
use tokio::time::{Instant, sleep};

use crate::daemon::ticket;
use crate::front_desk::stage::Stage;
use crate::traffic::Chance;

use super::model::{Model, Thread};

const CLERKS: [u64; 2] = [15144, 15145];
const MOST_THREADS: usize = 40;

const VARIATIONS: [Variation; 9] = [
    Variation::PhoneAsString,
    Variation::EmptyArrays,
    Variation::CalledOnlyWhileCalled,
    Variation::WebhooksInFull,
    Variation::ChangedForEverything,
    Variation::ChangedForExternal,
    Variation::ExternalAnswersResult,
    Variation::ExternalRenewed,
    Variation::AutomatedInRest,
];

const OPERATIONS: [Operation; 8] = [
    Operation::CreateTicket,
    Operation::SearchTickets,
    Operation::GetTicket,
    Operation::ListMessages,
    Operation::SendMessage,
    Operation::SetExternal,
    Operation::AddLabel,
    Operation::Cancel,
];

pub(super) struct Drive {
    chance: Chance,
    pub(super) model: Model,
    words: u64,
    story: String,
    began: Instant,
    paused: bool,
}

impl Drive {
    pub(super) fn new(seed: u64, stage: &Stage) -> Self {
        let mut chance = Chance::of(seed);
        let mut story = String::new();
        for variation in VARIATIONS {
            if chance.below(2) == 0 {
                stage.qminder.variation(variation);
                writeln!(story, "{variation:?}").unwrap();
            }
        }
        if chance.below(2) == 0 {
            stage.qminder.answer_illegal_acts(409);
        }
        Self {
            chance,
            model: Model::default(),
            words: 0,
            story,
            began: Instant::now(),
            paused: false,
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
            0..14 => self.writes(stage).await,
            14..22 => self.writes_again(stage).await,
            22..25 => self.edits(stage).await,
            25..28 => self.comes_in(stage),
            28..40 => self.replies(stage).await,
            40..43 => self.notes(stage).await,
            43..46 => self.closes(stage).await,
            46..49 => self.labels(stage).await,
            49..69 => self.clerk(stage),
            69..75 => self.sms(stage),
            75..91 => self.trouble(stage).await,
            91..93 => self.webhooks(stage),
            93..95 => self.pauses(stage).await,
            95..97 => {
                self.tell("reload");
                stage
                    .daemon
                    .reload("the new configuration is in force")
                    .await;
            }
            97 => self.kills(stage).await,
            _ => sleep(self.millis(400)).await,
        }
        // What went wrong is not wrong for ever.
        if step % 40 == 39 {
            self.tell("all is well for now");
            self.mend(stage).await;
        }
        sleep(self.millis(50)).await;
    }

    fn some_thread(&mut self) -> Option<usize> {
        let count = self.model.threads.len() as u64;
        (count > 0).then(|| usize::try_from(self.below(count)).unwrap())
    }

    fn sent(&self, stage: &Stage, of: &Thread, uid: &str, text: &str) -> Value {
        let mut sent = ticket(
            uid,
            &stage.receiver.url(of.hook.as_deref().unwrap_or("/none")),
        );
        sent["content"] = json!(text);
        sent["author"] = json!({ "external_uid": of.phone, "username": of.name });
        sent
    }

    async fn writes(&mut self, stage: &Stage) {
        if self.model.threads.len() >= MOST_THREADS {
            return;
        }
        let nth = self.model.threads.len();
        let (uid, text) = (format!("T-{nth}"), self.words("zebra"));
        let mut thread = Thread {
            name: format!("Jane {nth:03}"),
            phone: format!("+1212555{nth:04}"),
            hook: Some(format!("/hook/{nth}")),
            ..Thread::default()
        };
        let sent = self.sent(stage, &thread, &uid, &text);
        let (status, taken) = stage.daemon.post_ticket(&sent).await;
        assert_eq!(status, 201, "{taken}");
        thread.number = taken["id"].as_u64();
        self.tell(&format!("#{nth} {text} ({:?}) is written", thread.number));
        thread.written.insert(uid, text);
        self.model.threads.push(thread);
    }

    async fn writes_again(&mut self, stage: &Stage) {
        let Some(nth) = self.some_thread() else {
            return;
        };
        if self.model.threads[nth].hook.is_none() {
            return;
        }
        let text = self.words("zebra");
        let uid = format!("T-{nth}-{text}");
        let thread = &self.model.threads[nth];
        let mut sent = self.sent(stage, thread, &uid, &text);
        sent["parent_uid"] = json!(format!("T-{nth}"));
        let is_over = !visits(stage, thread).iter().any(is_open);
        let (status, taken) = stage.daemon.post_ticket(&sent).await;
        assert_eq!(status, 201, "{taken}");
        let thread = &mut self.model.threads[nth];
        thread.written.insert(uid, text.clone());
        // The visit is taken out of the queue, or will be, for who closed it.
        let is_closing = thread.closed && !thread.unanswered;
        let is_over = is_over || is_closing;
        thread.touched = true;
        thread.unanswered = true;
        thread.wrote_after_end += usize::from(is_over);
        self.tell(&format!(
            "#{nth} {text} follows; no visit is open: {is_over}"
        ));
    }

    async fn edits(&mut self, stage: &Stage) {
        let Some(nth) = self.some_thread() else {
            return;
        };
        let thread = &self.model.threads[nth];
        let Some(uid) = thread.written.keys().next_back().cloned() else {
            return;
        };
        let text = self.words("zebra");
        let thread = &self.model.threads[nth];
        let mut sent = self.sent(stage, thread, &uid, &text);
        if uid != format!("T-{nth}") {
            sent["parent_uid"] = json!(format!("T-{nth}"));
        }
        let (status, taken) = stage.daemon.post_ticket(&sent).await;
        assert!(status == 200 || status == 201, "{taken}");
        assert_eq!(taken["updated"], true, "{taken}");
        self.tell(&format!("#{nth} {uid} says {text} now"));
        self.model.threads[nth].written.insert(uid, text);
    }

    fn comes_in(&mut self, stage: &Stage) {
        if self.model.threads.len() >= MOST_THREADS {
            return;
        }
        let nth = self.model.threads.len();
        let (name, phone) = (format!("Visitor {nth:03}"), format!("+1212555{nth:04}"));
        let id = stage.qminder.visitor_with(12345, "Visitor", |ticket| {
            ticket.last_name = Some(format!("{nth:03}"));
            ticket.phone_number = Some(phone.clone());
        });
        let visitor = id.ok();
        self.tell(&format!("#{nth} comes in as {visitor:?}"));
        self.model.threads.push(Thread {
            name,
            phone,
            visitor,
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
        // Where another visit may be wanted, none is there yet. What else is open and has been seen to be ours is known to be open.
        let thread = &self.model.threads[nth];
        let sure = !thread.closed
            && visits(stage, thread)
                .iter()
                .any(|visit| is_open(visit) && visit.external_by("ticketbridge").is_some());
        stage.replies(number, &text).await;
        self.tell(&format!("#{nth} is answered {text}; surely an SMS: {sure}"));
        let thread = &mut self.model.threads[nth];
        if sure {
            thread.surely_sms.push(text.clone());
        }
        thread.replies.push(text);
    }

    async fn notes(&mut self, stage: &Stage) {
        let Some((nth, number)) = self.numbered(stage).await else {
            return;
        };
        let text = self.words("hush");
        let note = json!({ "content": text, "is_internal": true });
        let (status, reply) = stage.daemon.reply(number, &note).await;
        assert_eq!(status, 201, "{reply}");
        self.tell(&format!("#{nth} is noted {text}"));
        self.model.notes.push(text);
    }

    async fn closes(&mut self, stage: &Stage) {
        let Some((nth, number)) = self.numbered(stage).await else {
            return;
        };
        let path = format!("/api/v1/external/tickets/{number}/close");
        let call = stage.daemon.client().post(stage.daemon.url(&path));
        let call = call
            .header("x-api-key", "test-agent-key")
            .send()
            .await
            .unwrap();
        self.tell(&format!("#{nth} is closed: {}", call.status()));
        self.model.threads[nth].touched = true;
        self.model.threads[nth].unanswered = false;
        self.model.threads[nth].closed = true;
    }

    async fn labels(&mut self, stage: &Stage) {
        let Some((nth, number)) = self.numbered(stage).await else {
            return;
        };
        let on = !self.model.threads[nth].labelled;
        let labels = if on { json!([1]) } else { json!([]) };
        let path = format!("/api/v1/external/tickets/{number}");
        let call = stage.daemon.client().put(stage.daemon.url(&path));
        let call = call
            .header("x-api-key", "test-agent-key")
            .header("content-type", "application/json");
        let body = json!({ "labels": labels, "priority": if on { "high" } else { "low" } });
        let answer = call.body(body.to_string()).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{body}");
        self.tell(&format!("#{nth} is labelled: {on}"));
        self.model.threads[nth].labelled = on;
    }

    /// A visit that a clerk has before them, and whose it is. Clerks leave alone what has nothing beside it: it may be
    /// one too many.
    fn before_a_clerk(&mut self, stage: &Stage) -> Option<(usize, Ticket)> {
        let nth = self.some_thread()?;
        let thread = &self.model.threads[nth];
        let mut open = visits(stage, thread).into_iter().filter(is_open);
        let visit = open.find(|visit| {
            thread.visitor.as_ref() == Some(&visit.id)
                || visit.external_by("ticketbridge").is_some()
        })?;
        Some((nth, visit))
    }

    fn clerk(&mut self, stage: &Stage) {
        let Some((nth, visit)) = self.before_a_clerk(stage) else {
            return;
        };
        let (clerk, other) = (self.one_of(&CLERKS), self.one_of(&CLERKS));
        let (desk, id) = (&stage.qminder, visit.id.as_str());
        let choice = self.chance.below(10);
        let (what, done) = match (visit.status, choice) {
            (Status::New, 0..6) => ("call", desk.call(id, clerk)),
            (Status::New, 6) => ("cancel", desk.cancel(id, clerk)),
            (Status::Called, 0..3) => ("serve", desk.serve(id)),
            (Status::Called, 3) => ("no-show", desk.no_show(id)),
            (Status::Called, 4..6) => ("return", desk.return_to_queue(id, clerk)),
            (Status::Called, 6) => {
                let line = if visit.line == 12345 { 12346 } else { 12345 };
                ("forward", desk.forward(id, line))
            }
            (_, 7) => ("assign", desk.assign(id, clerk, other)),
            (_, 8) => ("label", desk.label(id, "VIP")),
            (Status::Called, _) => ("recall", desk.recall(id)),
            _ => return,
        };
        if ["cancel", "serve", "no-show"].contains(&what) && done.is_ok() {
            self.model.threads[nth].touched = false;
            self.model.threads[nth].unanswered = false;
        }
        self.tell(&format!("#{nth} {what} {id} by {clerk}: {}", done.is_ok()));
    }

    fn sms(&mut self, stage: &Stage) {
        let Some((nth, visit)) = self.before_a_clerk(stage) else {
            return;
        };
        let text = self.words("zebra");
        let (kind, clerk) = (self.below(5), self.one_of(&CLERKS));
        let desk = &stage.qminder;
        let what = match kind {
            0..2 => {
                desk.incoming_sms(&visit.id, &text).unwrap();
                self.model.threads[nth].texts.push(text.clone());
                "the visitor"
            }
            2..4 => {
                desk.outgoing_sms(&visit.id, &text, clerk).unwrap();
                self.model.threads[nth].clerks.push((clerk, text.clone()));
                "a clerk"
            }
            _ => {
                desk.automatic_sms(&visit.id, "You are next").unwrap();
                "a machine"
            }
        };
        self.tell(&format!("#{nth} {what} says {text} at {}", visit.id));
    }

    async fn trouble(&mut self, stage: &Stage) {
        let operation = self.one_of(&OPERATIONS);
        let fault = match self.below(16) {
            0..3 => Fault::LoseAnswer,
            3 => Fault::Status(500, "{}".to_owned()),
            4 => Fault::Status(429, "{}".to_owned()),
            5 => Fault::Garbage,
            6..8 => Fault::Slow(self.millis(1500)),
            8 => Fault::Hang,
            9..11 => {
                // A message that lands after it was looked for in vain is sent again: nobody could know.
                let most = if operation == Operation::SendMessage {
                    800
                } else {
                    4000
                };
                Fault::LandLate(Some(self.millis(most)))
            }
            11 => {
                let outage = self.one_of(&[Outage::Refused, Outage::Reset, Outage::Unavailable]);
                let lasts = self.millis(600);
                self.tell(&format!("{outage:?} for {lasts:?}"));
                stage.qminder.outage(Some(outage)).await.unwrap();
                sleep(lasts).await;
                stage.qminder.outage(None).await.unwrap();
                return;
            }
            12 => {
                let lag = self.one_of(&[
                    IndexLag::None,
                    IndexLag::For(Duration::from_millis(1500)),
                    IndexLag::For(Duration::from_secs(5)),
                    IndexLag::UntilReleased,
                ]);
                self.tell(&format!("{lag:?}"));
                stage.qminder.index_lag(lag);
                return;
            }
            13 => {
                let ahead = self.one_of(&[-55, 0, 0, 55]);
                self.tell(&format!("the clock is {ahead} s ahead"));
                stage
                    .qminder
                    .set_clock_ahead(SignedDuration::from_secs(ahead));
                self.model.skewed = true;
                return;
            }
            14 => {
                self.tell("few calls a second");
                stage.qminder.set_rate(Rate {
                    per_second: 20.0,
                    burst: 10,
                    retry_after: None,
                });
                return;
            }
            _ => {
                let late = Fault::LandLate(None);
                self.tell(&format!("{late:?} for a create"));
                stage.qminder.fault(Operation::CreateTicket, late, 1);
                return;
            }
        };
        let times = 1 + usize::try_from(self.below(2)).unwrap();
        self.tell(&format!("{times} times {fault:?} for {operation:?}"));
        stage.qminder.fault(operation, fault, times);
    }

    fn webhooks(&mut self, stage: &Stage) {
        match self.below(5) {
            0 => {
                self.tell("webhooks are held");
                stage.qminder.hold_webhooks();
            }
            1 => {
                self.tell("webhooks are released");
                let order = if self.below(2) == 0 {
                    Release::Reversed
                } else {
                    Release::InOrder
                };
                stage.qminder.release_webhooks(order);
            }
            2 => {
                self.tell("webhooks are dropped");
                stage.qminder.webhook_fault_any(HookFault::Dropped, 5);
            }
            3 => {
                self.tell("webhooks are repeated");
                stage.qminder.webhook_fault_any(HookFault::Repeated(3), 5);
            }
            _ => {
                self.tell("late calls land");
                stage.qminder.land();
            }
        }
    }

    async fn pauses(&mut self, stage: &Stage) {
        self.paused = !self.paused;
        let what = if self.paused { "pause" } else { "resume" };
        self.tell(what);
        stage.daemon.ok(&["systems", what, "front-desk"]).await;
    }

    async fn kills(&mut self, stage: &mut Stage) {
        self.tell("kill");
        self.model.kills += 1;
        stage.daemon.kill().await;
        sleep(self.millis(200)).await;
        stage.daemon.start().await;
    }

    async fn mend(&mut self, stage: &Stage) {
        stage.qminder.clear_faults();
        stage.qminder.release_hung();
        stage.qminder.land();
        stage.qminder.unlimited();
        stage.qminder.index_lag(IndexLag::None);
        stage.qminder.release_index();
        stage.qminder.set_clock_ahead(SignedDuration::ZERO);
        stage.qminder.release_webhooks(Release::InOrder);
        if self.paused {
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
    }
}

/// What stands for a thread at the desk.
pub(super) fn visits(stage: &Stage, thread: &Thread) -> Vec<Ticket> {
    let all = stage.qminder.tickets().into_iter();
    all.filter(|one| one.phone_number.as_ref() == Some(&thread.phone))
        .collect()
}

pub(super) fn is_open(visit: &Ticket) -> bool {
    matches!(visit.status, Status::New | Status::Called)
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
