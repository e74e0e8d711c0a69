//! What has to be true at the end, looked up at every place, and not remembered from the acts.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::{Context as _, anyhow, ensure};
use serde_json::{Value, json};
use ticketbridge_sim::qminder::Status;
use tokio::time::{Instant, sleep};

use super::ledger::{Account, Said, Voice};
use super::scene::{conversation, counted, is_of, plain};
use super::stage::{SOON, Stage};

/// Between two runs of the command that says what is left.
const LOOK: Duration = Duration::from_millis(100);

/// What was found; everything in it was counted at the peers.
#[derive(Debug, Default)]
pub(super) struct Findings {
    tickets: usize,
    messages: usize,
    notes: usize,
    replies: usize,
    in_threads: usize,
    at_hub: usize,
    at_front_desk: usize,
    at_agent: usize,
}

impl Findings {
    pub(super) fn words(&self) -> Vec<String> {
        let messages = counted(self.messages, "message");
        let notes = counted(self.notes, "note");
        let tickets = counted(self.tickets, "ticket");
        vec![
            format!(
                "{messages} and {notes} in {tickets}. Looked up at each place, each is there once and in order:"
            ),
            format!(
                "  Zapier     {} replies, each under an id of its own, in answer to the right mail",
                self.replies
            ),
            format!(
                "  DeskHive   {} in its threads, of the notes only that which was written there",
                self.in_threads
            ),
            format!(
                "  Respondo   {} tickets and answers, each under a name of its own",
                self.at_hub
            ),
            format!(
                "  Qminder    {} beside the visits, and no ticket with two open visits",
                self.at_front_desk
            ),
            format!(
                "  agent      {} in the tickets, with the notes",
                self.at_agent
            ),
            "The notes are nowhere else. No request was against the documents.".to_owned(),
        ]
    }

    pub(super) fn object(&self) -> Value {
        json!({ "summary": {
            "tickets": self.tickets,
            "messages": self.messages,
            "notes": self.notes,
            "replies": self.replies,
            "in_threads": self.in_threads,
            "at_hub": self.at_hub,
            "at_front_desk": self.at_front_desk,
            "at_agent": self.at_agent,
        } })
    }
}

/// Waits until nothing is left to be done.
pub(super) async fn rest(stage: &Stage) -> anyhow::Result<()> {
    let resting = async {
        let began = Instant::now();
        loop {
            let systems = stage.daemon.run(&["systems", "list", "--json"]).await?;
            let systems: Vec<Value> = serde_json::from_str(&systems)?;
            let pending = systems.iter().map(|one| one["pending"].as_u64());
            let pending: Option<u64> = pending.sum();
            match pending.context("systems list does not say what is pending")? {
                0 => return Ok(()),
                _ if began.elapsed() < SOON => sleep(LOOK).await,
                left => return Err(anyhow!("{left} deliveries are left after {SOON:?}")),
            }
        }
    };
    let what = "all deliveries are made";
    stage.expect::<(), anyhow::Error>(what, resting).await
}

pub(super) async fn check(stage: &Stage) -> anyhow::Result<Findings> {
    let accounts = stage.ledger.accounts();
    let said = || accounts.iter().flat_map(|one| &one.said);
    let mut found = Findings {
        tickets: accounts.len(),
        messages: said().filter(|one| !one.is_note).count(),
        notes: said().filter(|one| one.is_note).count(),
        ..Findings::default()
    };
    let known = stage.agent.tickets().await?.len();
    same("tickets that our agent sees", &known, &accounts.len())?;
    for account in accounts {
        found.at_agent += agent_has(stage, account).await?;
        found.in_threads += desk_has(stage, account)?;
        found.at_front_desk += front_desk_has(stage, account)?;
    }
    found.at_hub = hub_has(stage, accounts)?;
    found.replies = zapier_has(stage, accounts)?;
    let visits = stage.qminder.tickets().len();
    let ours = |visit: &&ticketbridge_sim::qminder::Ticket| {
        accounts.iter().any(|account| is_of(visit, account.number))
    };
    let visits_of_ours = stage.qminder.tickets().iter().filter(ours).count();
    same("visits that are of a ticket", &visits_of_ours, &visits)?;
    let at_desk = stage.desk.tickets().len();
    same("tickets at DeskHive", &at_desk, &accounts.len())?;
    same("what peers refused", &refused(stage), &Vec::new())?;
    notes_are_inside(stage, accounts)?;
    Ok(found)
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, found: &T, expected: &T) -> anyhow::Result<()> {
    ensure!(
        found == expected,
        "expected: {what} to be {expected:#?}, not {found:#?}"
    );
    Ok(())
}

/// What the peers had to complain of, whether they refused it or not.
fn refused(stage: &Stage) -> Vec<String> {
    let desk = stage.desk.seen().into_iter().map(|one| one.refused);
    let front_desk = stage.qminder.requests().into_iter().map(|one| one.refused);
    let hub = stage.hub.requests().into_iter().map(|one| one.refused);
    let hook = stage.hook.received().into_iter().map(|one| one.refused);
    let refused = desk.chain(front_desk).chain(hub).chain(hook).flatten();
    let complaints = [stage.desk.complaints(), stage.hub.complaints()];
    refused.chain(complaints.concat()).collect()
}

fn public(account: &Account) -> impl DoubleEndedIterator<Item = &Said> {
    account.said.iter().filter(|one| !one.is_note)
}

async fn agent_has(stage: &Stage, account: &Account) -> anyhow::Result<usize> {
    let found = stage.agent.reads(account.number).await?;
    let expected = account.said.iter();
    let expected: Vec<(String, bool)> = expected
        .map(|one| (one.text.clone(), one.is_note))
        .collect();
    same("what our agent reads", &found, &expected)?;
    Ok(found.len())
}

/// All but our own notes; the customer's words, except those in the portal, are relayed as theirs.
fn desk_has(stage: &Stage, account: &Account) -> anyhow::Result<usize> {
    let there = account.at_desk.context("a ticket is not at DeskHive")?;
    let messages = stage.desk.messages(there);
    let found: Vec<String> = messages.iter().map(|one| plain(&one.content)).collect();
    let is_there = |one: &&Said| !one.is_note || one.voice == Voice::Support;
    let after_opening = account.said.iter().skip(1).filter(is_there);
    let expected: Vec<String> = after_opening
        .map(|one| match one.voice {
            Voice::Mail => format!("{} wrote:\n\n{}", account.customer, one.text),
            _ => one.text.clone(),
        })
        .collect();
    same("what is said at DeskHive", &found, &expected)?;
    Ok(found.len() + 1)
}

/// The newest visit has all that is public beside it, the newest first.
fn front_desk_has(stage: &Stage, account: &Account) -> anyhow::Result<usize> {
    let visits = stage.qminder.tickets();
    let visits = || visits.iter().filter(|visit| is_of(visit, account.number));
    let open = visits().filter(|visit| matches!(visit.status, Status::New | Status::Called));
    let open = open.count();
    ensure!(
        open <= 1,
        "expected one open visit of ticket {}, not {open}",
        account.number
    );
    let newest = visits()
        .next_back()
        .context("a ticket was never at Qminder")?;
    let found = conversation(newest);
    let expected: Vec<String> = public(account).rev().map(|one| one.text.clone()).collect();
    same("what stands beside the visit", &found, &expected)?;
    Ok(found.len())
}

/// Each message of a customer's and each answer that was given there, under a name of its own.
fn hub_has(stage: &Stage, accounts: &[Account]) -> anyhow::Result<usize> {
    let tickets = stage.hub.tickets();
    let names: BTreeSet<&str> = tickets
        .iter()
        .map(|one| one.external_uid.as_str())
        .collect();
    same("names at Respondo", &names.len(), &tickets.len())?;
    let mut found: Vec<(&str, bool)> = tickets
        .iter()
        .map(|one| (one.content.as_str(), one.by_agent))
        .collect();
    let said = accounts.iter().flat_map(public);
    let said = said.filter(|one| one.is_customers() || one.voice == Voice::Hub);
    let mut expected: Vec<(&str, bool)> = said
        .map(|one| (one.text.as_str(), one.voice == Voice::Hub))
        .collect();
    found.sort_unstable();
    expected.sort_unstable();
    same("what is at Respondo", &found, &expected)?;
    Ok(tickets.len())
}

/// Each reply to a customer who wrote by mail came once.
fn zapier_has(stage: &Stage, accounts: &[Account]) -> anyhow::Result<usize> {
    let replies = stage.replies()?;
    let ids: BTreeSet<&str> = replies.iter().map(|one| one.id.as_str()).collect();
    same("ids of replies", &ids.len(), &replies.len())?;
    let requests = stage.hook.received().len();
    same("requests to the hook", &requests, &replies.len())?;
    let all = replies.iter();
    let mut left: Vec<(&str, &str)> = all
        .map(|one| (one.text.as_str(), one.answers.as_str()))
        .collect();
    for account in accounts {
        let expected = account.replies();
        // The texts of the demo are all different.
        let found = left.iter().filter(|reply| expected.contains(reply));
        let found: Vec<(&str, &str)> = found.copied().collect();
        same("the replies that came to Zapier", &found, &expected)?;
        left.retain(|reply| !expected.contains(reply));
    }
    same("replies to nobody", &left, &Vec::new())?;
    Ok(replies.len())
}

/// No note is in anything that left for a place where it was not written.
fn notes_are_inside(stage: &Stage, accounts: &[Account]) -> anyhow::Result<()> {
    let hook = stage.hook.received();
    let hook = hook
        .iter()
        .map(|one| String::from_utf8_lossy(&one.body).into_owned());
    let hub = stage.hub.tickets().into_iter().map(|one| one.content);
    let front_desk = stage.qminder.tickets();
    let front_desk = front_desk.iter().map(|one| format!("{one:?}"));
    let outside: Vec<String> = hook.chain(hub).chain(front_desk).collect();
    let desk = stage.desk.tickets();
    let desk: Vec<String> = desk.iter().map(|one| format!("{one:?}")).collect();
    for note in accounts
        .iter()
        .flat_map(|one| &one.said)
        .filter(|one| one.is_note)
    {
        let at_desk =
            note.voice != Voice::Support && desk.iter().any(|text| text.contains(&note.text));
        let is_outside = outside.iter().any(|text| text.contains(&note.text));
        ensure!(
            !at_desk && !is_outside,
            "expected the note {:?} to stay inside",
            note.text
        );
    }
    Ok(())
}
