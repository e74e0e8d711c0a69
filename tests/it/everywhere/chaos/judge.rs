//! Whether all systems and the receiver agree with the model.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde_json::Value;
use tokio::time::sleep;

use super::drive::{all_tickets, at_desk};
use super::model::{Model, Thread};
use crate::everywhere::stage::{Stage, plain, said};

/// What is not as it must be, one thing a line. Where a line begins with `N:`, it is ticket N's.
pub(super) async fn problems(stage: &Stage, model: &Model) -> Vec<String> {
    let mut problems = Vec::new();
    let systems = stage.daemon.json(&["systems", "list"]).await;
    for system in systems.as_array().unwrap() {
        if system["pending"] != 0 || system["pause"] != Value::Null {
            problems.push(format!("the system has work left: {system}"));
        }
    }
    let dead = stage.daemon.json(&["dead-letters", "list"]).await;
    for letter in dead.as_array().unwrap() {
        problems.push(format!("{}: a dead letter: {letter}", letter["ticket"]));
    }
    let tickets = all_tickets(stage).await;
    for (nth, thread) in model.threads.iter().enumerate() {
        let named: Vec<&Value> = tickets
            .iter()
            .filter(|one| one["customer"]["name"] == *thread.name)
            .collect();
        match named.as_slice() {
            [one] => {
                let number = one["id"].as_u64().unwrap();
                let mut of = Of {
                    problems: &mut problems,
                    nth,
                    number,
                };
                of.judge(stage, model, thread, one).await;
            }
            // Nobody looked while it stood open there.
            [] if thread.began_at_desk.is_some() && thread.number.is_none() => {}
            _ => problems.push(format!(
                "#{nth} {} has {} tickets",
                thread.name,
                named.len()
            )),
        }
    }
    nothing_is_told(stage, model, &mut problems);
    problems.extend(stage.desk.complaints());
    // What came a second time, since nobody knew of the first.
    let complaints = stage.hub.complaints().into_iter();
    problems.extend(complaints.filter(|one| !one.contains("has been taken")));
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

    fn equal(&mut self, what: &str, found: &[String], expected: &[String]) {
        if found != expected {
            self.say(format!("{what}: {found:?}, not {expected:?}"));
        }
    }

    async fn judge(&mut self, stage: &Stage, model: &Model, thread: &Thread, shown: &Value) {
        let texts = |wanted: &dyn Fn(&super::model::Origin) -> bool| -> Vec<String> {
            let said = thread.said.iter().filter(|(from, _)| wanted(from));
            said.map(|(_, text)| text.clone()).collect()
        };
        let here = said(&stage.daemon, self.number).await;
        let here: Vec<String> = here
            .into_iter()
            .filter(|text| !text.starts_with("(note) "))
            .collect();
        self.equal("here", &sorted(&here), &sorted(&texts(&|_| true)));
        // In the order in which it was said here, as far as it is brought.
        let ours = texts(&|from| !from.is_of_desk());
        let in_order: Vec<String> = here
            .iter()
            .filter(|text| ours.contains(text))
            .cloned()
            .collect();
        let Some(there) = at_desk(stage, thread) else {
            return self.say("is not at the helpdesk".to_owned());
        };
        let messages = stage.desk.messages(there);
        let public = messages.iter().filter(|one| !one.is_internal);
        let public: Vec<String> = public.map(|one| bare(&plain(&one.content))).collect();
        let brought: Vec<String> = public
            .iter()
            .filter(|text| ours.contains(text))
            .cloned()
            .collect();
        self.equal("brought to the helpdesk", &brought, &in_order);
        let public: Vec<String> = public
            .into_iter()
            .filter(|text| *text != thread.opening)
            .collect();
        self.equal(
            "at the helpdesk",
            &sorted(&public),
            &sorted(&texts(&|_| true)),
        );
        let theirs = stage.desk.ticket(there).unwrap();
        let (status, priority) = (theirs.status.as_str(), theirs.priority.as_str());
        if shown["status"] != status || shown["priority"] != priority {
            self.say(format!(
                "is {} and {}, and there {status} and {priority}",
                shown["status"], shown["priority"]
            ));
        }
        self.judge_hub(stage, thread, &texts(&|from| from.is_customers()));
        self.judge_hook(stage, model, thread, &texts(&|from| !from.is_customers()));
        self.judge_record(stage, thread, &here);
    }

    fn judge_hub(&mut self, stage: &Stage, thread: &Thread, follow_ups: &[String]) {
        let tickets = stage.hub.tickets();
        let is_of = |content: &str, text: &str| content.contains(text);
        let openings: Vec<_> = tickets
            .iter()
            .filter(|one| !one.by_agent && is_of(&one.content, &thread.opening))
            .collect();
        let [opening] = openings.as_slice() else {
            return self.say(format!("is {} times at the hub", openings.len()));
        };
        for text in follow_ups {
            let pushed: Vec<_> = tickets
                .iter()
                .filter(|one| !one.by_agent && one.content == *text)
                .collect();
            match pushed.as_slice() {
                [one] if one.parent == Some(opening.id) => {}
                _ => self.say(format!("{text} is at the hub as {pushed:?}")),
            }
        }
    }

    fn judge_hook(&mut self, stage: &Stage, model: &Model, thread: &Thread, expected: &[String]) {
        if thread.uid.is_none() {
            return;
        }
        let hook = format!("/hook/{}", self.nth);
        let mut names: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut times: BTreeMap<String, usize> = BTreeMap::new();
        for got in stage.receiver.received_at(&hook) {
            let json = got.json().unwrap();
            let text = json["response_text"].as_str().unwrap().to_owned();
            let name = got.webhook_id().unwrap().to_owned();
            names.entry(text.clone()).or_default().insert(name);
            *times.entry(text).or_default() += 1;
        }
        let got: Vec<String> = names.keys().cloned().collect();
        self.equal(&hook, &got, &sorted(expected));
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

    fn judge_record(&mut self, stage: &Stage, thread: &Thread, here: &[String]) {
        let tickets = stage.qminder.tickets();
        let records = tickets
            .iter()
            .filter_map(|ticket| ticket.external_by("ticketbridge"));
        let texts: Vec<String> = records.map(|record| record.data.to_string()).collect();
        let Some(record) = texts.iter().find(|record| record.contains(&thread.opening)) else {
            return self.say("has no record at the front desk".to_owned());
        };
        for text in here {
            if !record.contains(text.as_str()) {
                self.say(format!("{text} is not in the record at the front desk"));
            }
        }
    }
}

fn sorted(texts: &[String]) -> Vec<String> {
    let mut texts = texts.to_vec();
    texts.sort_unstable();
    texts
}

/// Without who is said to have written it.
fn bare(text: &str) -> String {
    let text = text.split("\n\ntb-").next().unwrap_or(text);
    match text.split_once(" wrote:\n\n") {
        Some((_, text)) => text.to_owned(),
        None => text.to_owned(),
    }
}

/// What is internal stays where it is, and what is secret or somebody's words stays out of the log.
fn nothing_is_told(stage: &Stage, model: &Model, problems: &mut Vec<String>) {
    let mut outside: String = stage
        .receiver
        .received()
        .iter()
        .map(|got| String::from_utf8_lossy(&got.body).into_owned())
        .collect();
    for ticket in stage.hub.tickets() {
        outside += &ticket.content;
    }
    for seen in stage.qminder.requests() {
        outside += &seen.text();
    }
    let desk: String = stage
        .desk
        .tickets()
        .iter()
        .flat_map(|ticket| stage.desk.messages(ticket.id))
        .map(|message| message.content)
        .collect();
    for note in model.notes.iter().chain(&model.desk_notes) {
        if outside.contains(note) {
            problems.push(format!("{note} is internal and was told"));
        }
    }
    for note in model.notes.iter().filter(|note| desk.contains(*note)) {
        problems.push(format!("{note} is internal and was told at the helpdesk"));
    }
    let log = stage.daemon.log();
    for word in [
        "zebra-",
        "hush-",
        "whisper-",
        "qminder-key",
        "desk-agent-key",
        "desk-internal-key",
        "hub-token",
        "test-token",
        "panicked",
        "please report this",
        "set aside",
    ] {
        if let Some(line) = log.lines().find(|line| line.contains(word)) {
            problems.push(format!("the log says {word}: {line}"));
        }
    }
}

/// What is written to any system within `time`.
pub(super) async fn written_in(stage: &Stage, time: Duration) -> Vec<String> {
    let written = || -> Vec<String> {
        let desk = stage.desk.seen().into_iter();
        let desk = desk.filter(|seen| seen.method != "GET");
        let desk = desk.map(|seen| format!("{} {}", seen.method, seen.path));
        let hub = stage.hub.requests().into_iter().map(|seen| seen.path);
        let front = stage.qminder.requests().into_iter();
        let front = front.filter(|seen| !["GET"].contains(&seen.method.as_str()));
        let front =
            front.filter(|seen| !seen.path.contains("search") && !seen.path.contains("graphql"));
        desk.chain(hub).chain(front.map(|seen| seen.path)).collect()
    };
    let before = written().len();
    sleep(time).await;
    written().split_off(before.min(written().len()))
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
    for number in numbers.into_iter().take(4) {
        traces += &stage.daemon.ok(&["trace", number]).await;
        traces.push('\n');
    }
    traces
}
