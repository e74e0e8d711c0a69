//! Everybody hears of everything that is for them, once.

use ticketbridge_sim::deskhive::Status;

use super::stage::{SOON, Stage};

#[tokio::test]
async fn a_conversation_is_everywhere_once_and_in_order() {
    let stage = Stage::new().await;
    let number = stage.writes("T-1", "It says a < b && c", None).await;
    let there = stage.at_desk("It says").await;
    stage.replies(number, "Try <again>").await;
    stage.notes(number, "a difficult one").await;
    stage.writes("T-2", "Still broken", Some("T-1")).await;
    let so_far = ["Try <again>", "Jane Eyre wrote:\n\nStill broken"];
    stage.desk_says(there, &so_far).await;

    // Answered at the helpdesk, by somebody else and under the very account that the daemon uses.
    stage.desk.agent_replies(there, 5, "<p>On it.</p>").unwrap();
    stage
        .desk
        .agent_notes(there, 5, "do not tell them")
        .unwrap();
    stage.receives(&["Try <again>", "On it."]).await;
    stage
        .desk
        .agent_replies(there, 3, "<p>Try &lt;again&gt;</p>")
        .unwrap();
    stage
        .receives(&["Try <again>", "On it.", "Try <again>"])
        .await;

    // And at the hub, which never says who.
    let pushed = stage.hub.ticket_called(7, "acme::T-2").unwrap();
    let stored = stage
        .hub
        .reply(pushed.id, "Have you tried another one?")
        .await
        .unwrap();
    assert_eq!(stored.parent, Some(pushed.id));
    let said = [
        "Try <again>",
        "(note) a difficult one",
        "Still broken",
        "On it.",
        "(note) do not tell them",
        "Try <again>",
        "Have you tried another one?",
    ];
    stage.is_said(number, &said).await;
    let thread = [
        "Try <again>",
        "Jane Eyre wrote:\n\nStill broken",
        "On it.",
        "(note) do not tell them",
        "Try <again>",
        "Have you tried another one?",
    ];
    stage.desk_says(there, &thread).await;
    let received = [
        "Try <again>",
        "On it.",
        "Try <again>",
        "Have you tried another one?",
    ];
    stage.receives(&received).await;
    stage.comes_to_rest().await;
    let uids: Vec<String> = stage
        .hub
        .tickets()
        .into_iter()
        .map(|one| one.external_uid)
        .collect();
    assert_eq!(uids.len(), 3, "{uids:?}");

    // The record at the front desk has all that is public.
    let record = |world: &ticketbridge_sim::qminder::World| {
        let mut tickets = world.tickets();
        let found = tickets.find_map(|ticket| ticket.external_by("ticketbridge").cloned())?;
        let data = found.data.to_string();
        data.contains("Have you tried another one?").then_some(data)
    };
    let record = stage.qminder.wait_for(SOON, record).await.unwrap();
    assert!(
        !record.contains("difficult") && !record.contains("do not tell"),
        "{record}"
    );
    stage.all_went_by_the_book();
}

#[tokio::test]
async fn where_a_ticket_stands_is_known_on_both_sides() {
    let stage = Stage::new().await;
    let number = stage.writes("T-1", "The printer is on fire", None).await;
    let there = stage.at_desk("on fire").await;
    stage.desk.set_status(there, Status::OnHold).unwrap();
    stage
        .ticket_is(number, "on hold", |shown| shown["status"] == "on_hold")
        .await;
    stage.desk.close(there).unwrap();
    stage
        .ticket_is(number, "closed", |shown| shown["status"] == "closed")
        .await;
    // The customer has something to add.
    stage
        .writes("T-2", "It is on fire again", Some("T-1"))
        .await;
    stage
        .ticket_is(number, "open", |shown| shown["status"] == "open")
        .await;
    let is_open = |world: &ticketbridge_sim::deskhive::World| {
        world.ticket(there).unwrap().status == Status::Open
    };
    stage.desk.wait_until(SOON, is_open).await.unwrap();
    stage.comes_to_rest().await;
    stage.all_went_by_the_book();
}

#[tokio::test]
async fn a_ticket_that_began_at_the_helpdesk_goes_everywhere_and_answers_come_back_there() {
    let mut stage = Stage::set("import_to = \"acme\"", "").await;
    let jane = stage.desk.customer("Jane Doe", "jane.doe@example.com");
    let there = stage
        .desk
        .customer_creates_ticket(jane, "Cannot log in", "It says <b>500</b>.")
        .unwrap();
    stage.daemon.start().await;
    let pushed = |world: &ticketbridge_sim::respondo::World| {
        let mut tickets = world.tickets();
        tickets
            .find(|ticket| ticket.content.contains("It says 500"))
            .cloned()
    };
    let pushed = stage.hub.wait_for(SOON, pushed).await.unwrap();
    stage.hub.reply(pushed.id, "Which browser?").await.unwrap();
    stage.desk_says(there, &["Which browser?"]).await;
    stage.desk.customer_replies(there, "Any of them.").unwrap();
    let follows = |world: &ticketbridge_sim::respondo::World| {
        let mut tickets = world.tickets();
        tickets
            .find(|ticket| ticket.content == "Any of them.")
            .map(|ticket| ticket.parent)
    };
    let parent = stage.hub.wait_for(SOON, follows).await.unwrap();
    assert_eq!(parent, Some(pushed.id));
    stage.comes_to_rest().await;
    assert_eq!(stage.desk.tickets().len(), 1, "it is not made there again");
    assert!(stage.received().is_empty());
    stage.all_went_by_the_book();
}

#[tokio::test]
async fn a_ticket_that_the_agents_key_does_not_see_is_answered_with_the_other() {
    let mut stage = Stage::set("", "").await;
    stage.desk.auto_assign(false);
    stage.daemon.start().await;
    let number = stage.writes("T-1", "Nobody is assigned to me", None).await;
    let there = stage.at_desk("Nobody is assigned").await;
    stage.replies(number, "I am").await;
    stage.desk_says(there, &["I am"]).await;
    stage.desk.agent_replies(there, 5, "So am I").unwrap();
    stage.receives(&["I am", "So am I"]).await;
    stage.comes_to_rest().await;
    stage.desk_says(there, &["I am", "So am I"]).await;
}
