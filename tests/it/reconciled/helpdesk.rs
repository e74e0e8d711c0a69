//! At a DeskHive.

use ticketbridge_sim::deskhive::{Priority, Status};

use super::stage::{Stage, holds_nothing_private};

const DESK: &str = "support";

impl Stage {
    /// The only ticket there, once all is sent.
    async fn thread(&self) -> u64 {
        self.comes_to_rest().await;
        let tickets = self.desk.tickets();
        assert_eq!(tickets.len(), 1, "{tickets:#?}");
        tickets[0].id
    }

    fn said(&self, ticket: u64) -> Vec<String> {
        let messages = self.desk.messages(ticket).into_iter();
        messages.map(|message| message.content).collect()
    }
}

#[tokio::test]
async fn where_both_sides_agree_there_is_nothing_to_find() {
    let stage = Stage::mirroring_to(&[DESK]).await;
    let number = stage.writes("T-1", "It says a < b && c", None).await;
    stage.thread().await;
    stage.replies(number, "Try <again>\n\n  & again").await;
    stage
        .writes("T-2", "Still   broken\nhere", Some("T-1"))
        .await;
    // The same words twice are two messages.
    stage.replies(number, "On it").await;
    stage.replies(number, "On it").await;
    let there = stage.thread().await;
    assert_eq!(stage.said(there).len(), 4);
    stage.finds_nothing().await;
}

#[tokio::test]
async fn a_message_that_was_deleted_there_is_brought_again_once() {
    let stage = Stage::mirroring_to(&[DESK]).await;
    let number = stage.writes("T-1", "The printer is on fire", None).await;
    stage.thread().await;
    stage.replies(number, "On it").await;
    stage.replies(number, "On it").await;
    stage.writes("T-2", "Still broken", Some("T-1")).await;
    let there = stage.thread().await;
    let first = stage.desk.messages(there)[0].id;
    let last = stage.desk.messages(there)[2].id;
    stage.desk.delete_message(there, first).unwrap();
    stage.desk.delete_message(there, last).unwrap();
    let twice = [(DESK, number, "message"), (DESK, number, "message")];
    stage.finds_and_heals(&twice).await;
    let said = stage.said(there);
    assert_eq!(said.len(), 3, "{said:#?}");
    assert_eq!(said.iter().filter(|text| text.contains("On it")).count(), 2);
    let customers = said.iter().filter(|text| text.contains("Still broken"));
    assert_eq!(customers.count(), 1, "{said:#?}");
}

#[tokio::test]
async fn what_people_there_did_unseen_is_learnt() {
    let stage = Stage::mirroring_to(&[DESK]).await;
    let number = stage.writes("T-1", "The printer is on fire", None).await;
    let there = stage.thread().await;
    stage
        .desk
        .agent_replies(there, 5, "<p>Put it out</p>")
        .unwrap();
    stage.desk.set_status(there, Status::OnHold).unwrap();
    let urgent = |ticket: &mut ticketbridge_sim::deskhive::Ticket| {
        ticket.priority = Priority::Critical;
    };
    stage.desk.edit(there, urgent).unwrap();
    stage
        .finds_and_heals(&[
            (DESK, number, "status"),
            (DESK, number, "priority"),
            (DESK, number, "unheard"),
        ])
        .await;
    let (_, shown) = stage.daemon.agent_get(&format!("/tickets/{number}")).await;
    assert_eq!(shown["data"]["status"], "on_hold", "{shown:#}");
    assert_eq!(shown["data"]["priority"], "critical", "{shown:#}");
    assert_eq!(
        stage.receiver.received().len(),
        1,
        "the customer got it once"
    );
}

#[tokio::test]
async fn a_ticket_that_was_deleted_there_is_known_to_be_gone() {
    let stage = Stage::mirroring_to(&[DESK]).await;
    let number = stage.writes("T-1", "The printer is on fire", None).await;
    let there = stage.thread().await;
    stage.desk.delete(there).unwrap();
    stage.finds_and_heals(&[(DESK, number, "missing")]).await;
    assert_eq!(stage.desk.tickets().len(), 0, "none is made anew");
}

#[tokio::test]
async fn what_is_told_holds_nothing_that_people_wrote() {
    let stage = Stage::mirroring_to(&[DESK]).await;
    let number = stage.writes("T-1", "The printer is on fire", None).await;
    stage.thread().await;
    stage.replies(number, "Have some water").await;
    let there = stage.thread().await;
    let ours = stage.desk.messages(there)[0].id;
    stage.desk.delete_message(there, ours).unwrap();
    stage.desk.agent_replies(there, 5, "No, sand").unwrap();
    let run = stage.daemon.run(&["reconcile"]).await;
    let mut text = String::from_utf8(run.stdout).unwrap();
    assert!(
        text.contains("message") && text.contains("unheard"),
        "{text}"
    );
    text += &String::from_utf8(run.stderr).unwrap();
    text += &stage.reconcile(&["--apply"]).await.out;
    holds_nothing_private(&text, &["printer", "fire", "water", "sand"]);
}

#[tokio::test]
async fn a_ticket_that_a_lost_answer_left_behind_is_closed() {
    let stage = Stage::mirroring_to(&[DESK]).await;
    let number = stage.writes("T-1", "The printer is on fire", None).await;
    let there = stage.thread().await;
    let content = stage.desk.ticket(there).unwrap().content;
    let jane = stage.desk.ticket(there).unwrap().customer.unwrap();
    let copy = stage
        .desk
        .customer_creates_ticket(jane, "The printer", &content)
        .unwrap();
    stage.desk.assign(copy, 3).unwrap();
    let found = stage.reconcile(&[]).await;
    assert_eq!(found.findings[0]["remote"], copy.to_string());
    stage.finds_and_heals(&[(DESK, number, "extra")]).await;
    let is_open = |ticket: u64| stage.desk.ticket(ticket).unwrap().status != Status::Closed;
    assert!(is_open(there) && !is_open(copy));
}
