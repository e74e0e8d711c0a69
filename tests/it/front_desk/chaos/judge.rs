//! Whether both sides and the receiver agree with the model.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde_json::Value;
use ticketbridge_sim::qminder::{MessageKind, Operation, Status, Ticket};
use tokio::time::sleep;

use crate::front_desk::stage::Stage;

use super::drive::{all_tickets, is_open, visits};
use super::model::{Model, Thread};

/// What is not as it must be, one thing a line. Where a line begins with `N:`, it is ticket N's.
pub(super) async fn problems(stage: &Stage, model: &Model) -> Vec<String> {
    let mut problems = Vec::new();
    let systems = stage.daemon.json(&["systems", "list"]).await;
    if systems[0]["pending"] != 0 || systems[0]["pause"] != Value::Null {
        problems.push(format!("the system has work left: {}", systems[0]));
    }
    let dead = stage.daemon.json(&["dead-letters", "list"]).await;
    for letter in dead.as_array().unwrap() {
        problems.push(format!("{}: a dead letter: {letter}", letter["ticket"]));
    }
    let metrics = metrics(stage).await;
    for line in metrics.lines() {
        let counts = [
            "ticketbridge_pending",
            "ticketbridge_dead_letters",
            "ticketbridge_paused",
        ];
        if counts.iter().any(|name| line.starts_with(name)) && !line.ends_with(" 0") {
            problems.push(line.to_owned());
        }
    }
    let tickets = all_tickets(stage).await;
    for (nth, thread) in model.threads.iter().enumerate() {
        let named: Vec<&Value> = tickets
            .iter()
            .filter(|one| one["customer"]["name"] == *thread.name)
            .collect();
        match named.as_slice() {
            [one] => {
                let mut of = Of {
                    problems: &mut problems,
                    nth,
                    number: one["id"].as_u64().unwrap(),
                };
                of.judge(stage, model, thread, one).await;
            }
            // Who came and went before anybody looked is not known here.
            [] if thread.visitor.is_some() && !visits(stage, thread).iter().any(is_open) => {}
            _ => problems.push(format!(
                "#{nth} {} has {} tickets",
                thread.name,
                named.len()
            )),
        }
    }
    nothing_is_told(stage, model, &mut problems);
    nothing_was_refused(stage, &mut problems);
    problems
}

struct Of<'a> {
    problems: &'a mut Vec<String>,
    nth: usize,
    number: u64,
}

impl Of<'_> {
    fn say(&mut self, what: String) {
        self.problems
            .push(format!("{}: #{} {what}", self.number, self.nth));
    }

    async fn judge(&mut self, stage: &Stage, model: &Model, thread: &Thread, shown: &Value) {
        let said = said(stage, self.number).await;
        let mut public: Vec<&str> = said.iter().map(String::as_str).collect();
        if thread.visitor.is_none() {
            public.push(shown["content"].as_str().unwrap());
        }
        public.sort_unstable();
        if public != thread.public() {
            self.say(format!(
                "was said {:?} and holds {public:?}",
                thread.public()
            ));
        }
        let visits = visits(stage, thread);
        let of_thread = |visit: &&Ticket| {
            thread.visitor.as_ref() == Some(&visit.id)
                || visit.external_by("ticketbridge").is_some()
        };
        let (kept, surplus): (Vec<&Ticket>, Vec<&Ticket>) = visits.iter().partition(of_thread);
        for one in surplus {
            if one.status != Status::CancelledByClerk {
                self.say(format!("{} is one too many and {:?}", one.id, one.status));
            }
        }
        let open: Vec<&&Ticket> = kept.iter().filter(|visit| is_open(visit)).collect();
        let most = 1 + thread.wrote_after_end;
        if kept.is_empty() || open.len() > 1 || (kept.len() > most && !model.skewed) {
            let ids: Vec<_> = kept.iter().map(|one| (&one.id, one.status)).collect();
            self.say(format!(
                "stands there as {ids:?}, and {most} at most are right"
            ));
        }
        let Some(newest) = kept.last() else { return };
        if !thread.replies.is_empty() || thread.visitor.is_none() {
            self.judge_record(newest, &public, thread);
        }
        self.judge_hook(stage, model, thread);
        self.judge_sms(&visits, thread);
        let status = shown["status"].as_str().unwrap();
        let ended = !is_open(newest);
        let expected = match newest.status {
            _ if thread.touched => None,
            // What the visitor said before an agent closed it may have been heard after.
            _ if thread.closed && !thread.texts.is_empty() => None,
            _ if ended => Some("closed"),
            Status::New => Some("open"),
            _ => Some("in_progress"),
        };
        if expected.is_some_and(|expected| expected != status) {
            self.say(format!(
                "is {status}, and {} is {:?}",
                newest.id, newest.status
            ));
        }
        if thread.unanswered && !model.skewed && (status == "closed" || ended) {
            self.say(format!(
                "is {status} and {} {:?}, and the customer has written since",
                newest.id, newest.status
            ));
        }
        let bug = newest.has_label("Bug");
        if !ended && bug != thread.labelled {
            self.say(format!("{} has the label: {bug}", newest.id));
        }
    }

    fn judge_record(&mut self, visit: &Ticket, public: &[&str], thread: &Thread) {
        let Some(record) = visit.external_by("ticketbridge") else {
            self.say(format!("{} has no record", visit.id));
            return;
        };
        let fields = record.data["fields"].as_array().unwrap();
        let items = fields.iter().filter(|field| field["type"] == "list");
        let items = items.flat_map(|list| list["items"].as_array().unwrap());
        let mut shown: Vec<&str> = items.map(|item| item["text"].as_str().unwrap()).collect();
        if thread.visitor.is_some() {
            shown.pop();
        }
        shown.sort_unstable();
        let all = fields.iter().all(|field| field["title"] != "Not shown");
        if all && shown != public {
            self.say(format!(
                "the record of {} shows {shown:?}, not {public:?}",
                visit.id
            ));
        }
    }

    fn judge_hook(&mut self, stage: &Stage, model: &Model, thread: &Thread) {
        let Some(hook) = &thread.hook else { return };
        let mut names: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut times: BTreeMap<String, usize> = BTreeMap::new();
        for got in stage.receiver.received_at(hook) {
            let json = got.json().unwrap();
            let text = json["response_text"].as_str().unwrap().to_owned();
            let name = got.webhook_id().unwrap().to_owned();
            names.entry(text.clone()).or_default().insert(name);
            *times.entry(text).or_default() += 1;
        }
        let clerks = thread.clerks.iter().map(|(_, text)| text);
        let expected: BTreeSet<&String> = thread.replies.iter().chain(clerks).collect();
        let got: BTreeSet<&String> = names.keys().collect();
        if expected != got {
            self.say(format!("{hook} got {got:?}, not {expected:?}"));
        }
        for (text, names) in &names {
            // What was under way when the daemon was killed comes again, under the same name.
            if names.len() > 1 || (times[text] > 1 && model.kills == 0) {
                self.say(format!(
                    "{hook} got {text} {} times as {names:?}",
                    times[text]
                ));
            }
        }
    }

    fn judge_sms(&mut self, visits: &[Ticket], thread: &Thread) {
        let sent: Vec<&str> = visits
            .iter()
            .flat_map(|visit| &visit.messages)
            .filter(|sms| sms.kind == MessageKind::Outgoing && sms.user == Some(900))
            .map(|sms| sms.body.as_str())
            .collect();
        for text in &thread.replies {
            let times = sent.iter().filter(|sent| *sent == text).count();
            let sure = thread.surely_sms.contains(text);
            if times > 1 || (sure && times == 0) {
                self.say(format!(
                    "{text} was sent as SMS {times} times; surely: {sure}"
                ));
            }
        }
    }
}

/// Every public message but the opening.
async fn said(stage: &Stage, number: u64) -> Vec<String> {
    let path = format!("/tickets/{number}/messages?per_page=100");
    let (_, list) = stage.daemon.agent_get(&path).await;
    let all = list["data"]
        .as_array()
        .unwrap_or_else(|| panic!("{list:#}"));
    let public = all.iter().filter(|one| one["is_internal"] == false);
    let text = |one: &Value| one["content"].as_str().unwrap().to_owned();
    public.map(text).collect()
}

async fn metrics(stage: &Stage) -> String {
    let call = stage.daemon.client().get(stage.daemon.url("/metrics"));
    call.send().await.unwrap().text().await.unwrap()
}

/// What is internal stays here, and what is secret or somebody's words stays out of the log.
fn nothing_is_told(stage: &Stage, model: &Model, problems: &mut Vec<String>) {
    let mut outside: String = stage
        .receiver
        .received()
        .iter()
        .map(|got| String::from_utf8_lossy(&got.body).into_owned())
        .collect();
    for seen in stage.qminder.requests() {
        outside += &seen.text();
        outside += &seen.query;
    }
    for note in &model.notes {
        if outside.contains(note) {
            problems.push(format!("{note} is internal and was told"));
        }
    }
    let log = stage.daemon.log();
    for word in [
        "zebra-",
        "hush-",
        "qminder-key",
        "hook-s3cret",
        "test-token",
        "panicked",
        "please report this",
        "set aside",
        "makes no sense",
        "cannot be read",
    ] {
        if let Some(line) = log.lines().find(|line| line.contains(word)) {
            problems.push(format!("the log says {word}: {line}"));
        }
    }
}

fn nothing_was_refused(stage: &Stage, problems: &mut Vec<String>) {
    for seen in stage.qminder.requests() {
        let Some(reason) = &seen.refused else {
            continue;
        };
        // Somebody called or removed it at the same moment.
        let is_race =
            seen.operation == Some(Operation::Cancel) && reason.contains("Ticket is not in");
        if !is_race && !reason.contains("oo many") {
            problems.push(format!(
                "{} {} was refused: {reason}",
                seen.method, seen.path
            ));
        }
    }
}

/// What is asked within `time` beside what a poll asks.
pub(super) async fn asked_in(stage: &Stage, time: Duration) -> Vec<String> {
    let before = stage.qminder.requests().len();
    let told = stage.receiver.received().len();
    sleep(time).await;
    let mut asked: Vec<String> = Vec::new();
    let mut polls = 0;
    for seen in stage.qminder.requests().into_iter().skip(before) {
        match seen.operation {
            Some(Operation::SearchTickets | Operation::GetTicket) => polls += 1,
            _ => asked.push(format!("{} {}", seen.method, seen.path)),
        }
    }
    // A search every 200 ms and a look at each that was forwarded.
    let forwarded = stage
        .qminder
        .tickets()
        .iter()
        .filter(|one| one.line != 12345 && is_open(one))
        .count();
    let turns = usize::try_from(time.as_millis() / 170).unwrap() + 1;
    if polls > turns * (1 + forwarded) {
        asked.push(format!("{polls} polls in {time:?}"));
    }
    if stage.receiver.received().len() > told {
        asked.push("a reply".to_owned());
    }
    asked
}

/// The traces of the tickets that have problems.
pub(super) async fn traces(stage: &Stage, problems: &[String]) -> String {
    let numbers: BTreeSet<&str> = problems
        .iter()
        .filter_map(|problem| problem.split_once(": "))
        .map(|(number, _)| number)
        .filter(|number| number.parse::<u64>().is_ok())
        .collect();
    let mut traces = String::new();
    for number in numbers.into_iter().take(5) {
        traces += &stage.daemon.ok(&["trace", number]).await;
        traces.push('\n');
    }
    traces
}
